#include "futex.h"

#include <limits.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* On 32-bit systems time_t may have 64 bits. The older call would take the halves of
 * the seconds for seconds and nanoseconds, and return at once. */
static long wait_number(void)
{
#ifdef SYS_futex_time64
    if (sizeof(time_t) > sizeof(long))
        return SYS_futex_time64;
#endif
    return SYS_futex;
}

void futex_wait(uint32_t *word, uint32_t value, const struct timespec *timeout)
{
    syscall(wait_number(), word, FUTEX_WAIT, value, timeout, NULL, 0);
}

void futex_wake(uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}
