/* support.h -- what the unit tests share: cmocka, and an allocator that fails on
 * demand.
 *
 * The test binaries are linked with --wrap for malloc, calloc and realloc, so that
 * these functions decide about every allocation of the code under test (not of
 * libraries). */

#ifndef TEST_SUPPORT_H
#define TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"

/* Runs body with the 1st, then the 2nd, ... allocation failing, until it runs through
 * without one. The body must leak nothing and crash nowhere; it returns whether it
 * noticed a failure, and must have, exactly when one was injected. */
void oom_sweep(bool (*body)(void));

/* True while an allocation of this round has been made to fail. */
bool oom_injected(void);

/* Removes a directory, with all in it; that it is not there is no error. */
void remove_tree(const char *path);

/* Ends the test as skipped; the runner shows the reason. */
void skip_because(const char *reason);

#define assert_str(actual, expected)                                                   \
    do {                                                                               \
        struct str a_ = (actual);                                                      \
        assert_int_equal(a_.len, strlen(expected));                                    \
        assert_memory_equal(a_.data ? a_.data : "", expected, a_.len);                 \
    } while (0)

/* The buffer's text is exactly expected; frees the buffer. */
#define assert_buf(b, expected)                                                        \
    do {                                                                               \
        assert_false((b)->failed);                                                     \
        assert_string_equal(buf_cstr(b), expected);                                    \
        buf_free(b);                                                                   \
    } while (0)

#endif
