/* futex.h -- waiting on a word in memory shared by several processes. */

#ifndef PROFILER_FUTEX_H
#define PROFILER_FUTEX_H

#include <stdint.h>
#include <time.h>

/* Waits until woken, at most for the timeout (NULL: without limit). Returns at once if
 * the word does not have this value; may also return for no reason. Both functions are
 * safe in a signal handler. */
void futex_wait(uint32_t *word, uint32_t value, const struct timespec *timeout);

/* Wakes all waiters. */
void futex_wake(uint32_t *word);

#endif
