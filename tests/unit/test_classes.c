/* Class names for inherited methods. */

#include "support.h"

#include "profile/classes.h"

static void the_class_is_what_stands_before_the_name(void **state)
{
    (void)state;
    const struct {
        const char *qualname, *name;
    } cases[] = {
        {"A.f", "A"},
        {"A.B.f", "B"},
        {"f.<locals>.A.g", "A"},
        {"A.f.<locals>.g", ""},
        {"f", ""},
        {"", ""},
        {".f", ""},
        {"..f", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!str_equal(classes_of_name(str_from(cases[i].qualname)),
                       str_from(cases[i].name)))
            fail_msg("%s", cases[i].qualname);
}

static void labels_stand_in_the_order_they_came_in(void **state)
{
    (void)state;
    struct classes c = {0};
    for (uint32_t i = 0; i < 100; i++)
        assert_true(classes_add(&c, i * 2, i % 2 ? STR("A") : STR("Long"), STR("f")));
    assert_int_equal(c.count, 100);
    assert_int_equal(c.labels[99].node, 198);
    assert_true(str_equal(classes_label(&c, 0), STR("Long.f")));
    assert_true(str_equal(classes_label(&c, 99), STR("A.f")));
    classes_free(&c);
    assert_int_equal(c.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_class_is_what_stands_before_the_name),
        cmocka_unit_test(labels_stand_in_the_order_they_came_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
