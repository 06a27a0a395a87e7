#include "support.h"

#include "system/symbol.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/* Variables of a library: an executable does not export its own. */
static void a_librarys_variable_has_its_size(void **state)
{
    (void)state;
    void *library = dlopen(NULL, RTLD_NOW);
    assert_non_null(library);
    const void *variable = dlsym(library, "environ");
    assert_non_null(variable);
    assert_int_equal(symbol_size(variable, "environ"), sizeof(char **));
    const void *stream = dlsym(library, "stdout");
    assert_non_null(stream);
    assert_int_equal(symbol_size(stream, "stdout"), sizeof(FILE *));
    dlclose(library);
}

static void a_symbol_is_at_its_address_only(void **state)
{
    (void)state;
    const char *variable = dlsym(RTLD_DEFAULT, "environ");
    assert_non_null(variable);
    assert_int_equal(symbol_size(variable + 1, "environ"), 0);
    assert_int_equal(symbol_size(variable, "stdout"), 0);
    assert_int_equal(symbol_size(variable, "no_such_symbol"), 0);
    assert_int_equal(symbol_size(variable, ""), 0);
}

static void memory_of_no_object_has_no_symbol(void **state)
{
    (void)state;
    int here = 0;
    assert_int_equal(symbol_size(&here, "environ"), 0);
    assert_int_equal(symbol_size(NULL, "environ"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_librarys_variable_has_its_size),
        cmocka_unit_test(a_symbol_is_at_its_address_only),
        cmocka_unit_test(memory_of_no_object_has_no_symbol),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
