/* cpu.h -- moves the calling thread to the processor of another one, which then cannot
 * run: for as long as this thread does, what it reads of the other stands still.
 *
 * No guarantee: the other thread may be moved on, or this one put aside. It is a hint
 * to the kernel that makes a consistent reading likely. */

#ifndef PROFILER_CPU_H
#define PROFILER_CPU_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A thread of this process, for other threads. */
struct cpu_thread {
    pid_t id;
    /* Its processor, which the kernel writes before the thread runs there (rseq(2)).
     * NULL: glibc before 2.35, and other C libraries, do not ask the kernel to. */
    const uint32_t *processor;
};

/* The calling thread. Valid until it ends. */
struct cpu_thread cpu_thread_self(void);

/* The processors that the calling thread may use, before it is moved: all where the
 * kernel does not say, for it has more than a cpu_set_t has room for. */
void cpu_allowed(cpu_set_t *allowed);

/* Asks that the calling thread run soon when it wakes up, for it runs shortly: the
 * shortest time slice that the kernel has (Linux 6.12 and later). */
void cpu_run_shortly(void);

/* Moves the calling thread to where that thread ran last. False when that is not known
 * or not allowed: then nothing has changed. */
bool cpu_join(const struct cpu_thread *thread);

/* True when that thread is known to have moved to another processor than the caller's.
 */
bool cpu_is_apart(const struct cpu_thread *thread);

/* Lets the calling thread go where it may. */
void cpu_leave(const cpu_set_t *allowed);

/* Where a thread ran last, from the text of its /proc/.../stat, which is
 * "1234 (a name, which may be (anything)) S 1 ...". -1 when it does not say. */
int cpu_in_stat(const char *stat);

#endif
