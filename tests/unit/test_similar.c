#include "support.h"

#include "base/similar.h"

static void the_distance_counts_typing_mistakes(void **state)
{
    (void)state;
    const struct {
        struct str a, b;
        size_t distance;
    } cases[] = {
        {STR(""), STR(""), 0},
        {STR("time"), STR("time"), 0},
        {STR(""), STR("time"), 4},
        {STR("time"), STR(""), 4},
        {STR("totime"), STR("tottime"), 1},
        {STR("totime"), STR("time"), 2},
        {STR("allwo"), STR("allow"), 1},
        {STR("kitten"), STR("sitting"), 3},
        {STR("abcd"), STR("badc"), 2},
        {{NULL, 0}, STR("a"), 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_int_equal(similar_distance(cases[i].a, cases[i].b), cases[i].distance);
}

static void long_words_are_similar_to_nothing(void **state)
{
    (void)state;
    char text[SIMILAR_MAX_BYTES + 1];
    memset(text, 'a', sizeof(text));
    struct str most = {text, SIMILAR_MAX_BYTES}, more = {text, sizeof(text)};
    assert_int_equal(similar_distance(most, most), 0);
    assert_true(similar_distance(more, most) == SIMILAR_NEVER);
    assert_true(similar_distance(most, more) == SIMILAR_NEVER);
}

static void short_words_need_to_be_closer(void **state)
{
    (void)state;
    assert_int_equal(similar_enough(STR("tt")), 0);
    assert_int_equal(similar_enough(STR("tiem")), 1);
    assert_int_equal(similar_enough(STR("totime")), 2);
    assert_int_equal(similar_enough(STR("profiler-allwo")), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_distance_counts_typing_mistakes),
        cmocka_unit_test(long_words_are_similar_to_nothing),
        cmocka_unit_test(short_words_need_to_be_closer),
    };
    return cmocka_run_group_tests_name("similar", tests, NULL, NULL);
}
