#include "support.h"

#include "choice/format.h"

static const struct format formats[] = {{.name = "prof"}, {.name = "txt"}};
static const struct format_table table = {formats, 2};

static void a_format_is_found_by_its_whole_name_alone(void **state)
{
    (void)state;
    assert_ptr_equal(format_find(&table, STR("prof")), &formats[0]);
    assert_ptr_equal(format_find(&table, STR("txt")), &formats[1]);
    assert_null(format_find(&table, STR("tx")));
    assert_null(format_find(&table, STR("txt ")));
    assert_null(format_find(&table, STR("TXT")));
    assert_null(format_find(&table, STR("")));
}

static void the_names_are_listed_for_messages(void **state)
{
    (void)state;
    struct buf b = {0};
    format_names(&table, &b);
    assert_buf(&b, "prof, txt");
}

static void a_format_that_is_missing_is_known_but_not_listed(void **state)
{
    (void)state;
    static const struct format partly[] = {
        {.name = "pprof", .missing = "is not here"}, {.name = "prof"}, {.name = "txt"}};
    static const struct format_table without = {partly, 3};
    struct buf b = {0};
    format_names(&without, &b);
    assert_buf(&b, "prof, txt");
    assert_ptr_equal(format_find(&without, STR("pprof")), &partly[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_format_is_found_by_its_whole_name_alone),
        cmocka_unit_test(the_names_are_listed_for_messages),
        cmocka_unit_test(a_format_that_is_missing_is_known_but_not_listed),
    };
    return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
