/* futex.h -- a word in shared memory that threads of several processes wait for. */

#ifndef PROFILER_FUTEX_H
#define PROFILER_FUTEX_H

#include <stdint.h>
#include <time.h>

/* Until the word no longer has that value, or the time is over (NULL: never), or for no
 * reason. A signal's handler may call both. */
void futex_wait(uint32_t *word, uint32_t value, const struct timespec *timeout);

/* Wakes all that wait for it. */
void futex_wake(uint32_t *word);

#endif
