#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long countdown = -1; /* allocations until the one that fails; -1: none fails */
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

/* The runner starts each test in a process of its own. */
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
    assert_true(round > 1); /* a body that does not allocate tests nothing */
}

void remove_tree(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *entry;
    char inner[512];
    while (d && (entry = readdir(d))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        if (unlink(inner) != 0)
            remove_tree(inner);
    }
    if (d)
        closedir(d);
    rmdir(path);
}
