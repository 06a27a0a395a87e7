#include "support.h"

#include <stdio.h>

#include <stdlib.h>

static long countdown = -1; /* allocations until the one that fails; -1: none does */
static bool injected;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool fails(void)
{
    if (countdown < 0 || countdown-- > 0)
        return false;
    injected = true;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

/* The runner has each test run by itself. */
__attribute__((constructor)) static void choose_test(void)
{
    const char *name = getenv("CMOCKA_TEST_FILTER");
    if (name)
        cmocka_set_test_filter(name);
}

void skip_because(const char *reason)
{
    fprintf(stderr, "%s\n", reason);
    skip();
}

bool oom_injected(void)
{
    return injected;
}

void oom_sweep(bool (*body)(void))
{
    long round = 0;
    do {
        injected = false;
        countdown = round++;
        bool noticed = body();
        countdown = -1;
        assert_int_equal(noticed, injected);
        assert_true(round < 100000);
    } while (injected);
    assert_true(round > 1); /* a body that allocates nothing tests nothing */
}
