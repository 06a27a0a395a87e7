/* support.h -- shared by all unit tests: cmocka, and an allocator that fails on demand.
 *
 * The test binaries are linked with --wrap for malloc, calloc and realloc. So these
 * functions control every allocation of the code under test (not of libraries). */

#ifndef TEST_SUPPORT_H
#define TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* cmocka 2 warns of the name that cmocka 1 has. */
#ifdef assert_int_in_range
#undef assert_in_range
#define assert_in_range assert_int_in_range
#endif

#include "base/buf.h"

/* Runs body with the 1st, then the 2nd, ... allocation failing, until it runs without a
 * failure. body must not leak or crash. It returns true if it noticed a failure, which
 * must be the case exactly if one was injected. */
void oom_sweep(bool (*body)(void));

/* True if an allocation has failed in this round. */
bool oom_injected(void);

/* Removes a directory and everything in it. Does nothing if it does not exist. */
void remove_tree(const char *path);

/* Skips the test. The runner shows the reason. */
void skip_because(const char *reason);

#define assert_str(actual, expected)                                                   \
    do {                                                                               \
        struct str a_ = (actual);                                                      \
        assert_int_equal(a_.len, strlen(expected));                                    \
        assert_memory_equal(a_.data ? a_.data : "", expected, a_.len);                 \
    } while (0)

/* Compares the buffer's text, and frees the buffer. */
#define assert_buf(b, expected)                                                        \
    do {                                                                               \
        assert_false((b)->failed);                                                     \
        assert_string_equal(buf_cstr(b), expected);                                    \
        buf_free(b);                                                                   \
    } while (0)

#endif
