#include "sample.h"

static void a_copy_of_the_request_has_its_facts_and_no_more(void **state)
{
    (void)state;
    struct sample s;
    sample_make(&s);
    assert_true(profile_set(&s.profile->exception, STR("ValueError")));
    struct profile *copy = profile_copy_request(s.profile);
    assert_non_null(copy);
    assert_string_equal(copy->id, s.profile->id);
    assert_str(copy->method, s.profile->method.data);
    assert_str(copy->path, s.profile->path.data);
    assert_true(copy->path.data != s.profile->path.data);
    assert_str(copy->query, s.profile->query.data);
    assert_str(copy->python, s.profile->python.data);
    assert_str(copy->server, s.profile->server.data);
    assert_int_equal(copy->mode, s.profile->mode);
    assert_int_equal(copy->worker, s.profile->worker);
    assert_int_equal(copy->core, s.profile->core);
    assert_int_equal(copy->pid, s.profile->pid);
    assert_memory_equal(&copy->choice, &s.profile->choice, sizeof copy->choice);
    assert_null(copy->exception.data);
    assert_int_equal(copy->status, 0);
    assert_int_equal(copy->wall_ns, 0);
    assert_int_equal(copy->functab.count, 0);
    assert_int_equal(copy->tree.count, 0);
    profile_destroy(copy);
    sample_free(&s);
}

static struct sample swept;

static bool copy_once(void)
{
    struct profile *copy = profile_copy_request(swept.profile);
    bool noticed = !copy || !copy->method.data || !copy->path.data ||
                   !copy->query.data || !copy->mount.data || !copy->python.data ||
                   !copy->server.data;
    profile_destroy(copy);
    return noticed;
}

static void without_memory_the_copy_lacks_texts(void **state)
{
    (void)state;
    sample_make(&swept);
    oom_sweep(copy_once);
    sample_free(&swept);
}

static void every_notice_has_a_name_and_a_sentence(void **state)
{
    (void)state;
    for (unsigned i = 0; i < NOTICE_COUNT; i++) {
        assert_non_null(notice_name((enum notice_code)i));
        assert_non_null(notice_text((enum notice_code)i));
    }
    assert_string_equal(notice_name(NOTICE_HARAKIRI), "harakiri");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_of_the_request_has_its_facts_and_no_more),
        cmocka_unit_test(without_memory_the_copy_lacks_texts),
        cmocka_unit_test(every_notice_has_a_name_and_a_sentence),
    };
    return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
