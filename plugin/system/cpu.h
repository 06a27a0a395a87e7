/* cpu.h -- moves the calling thread to the processor of another thread.
 *
 * The other thread cannot run there at the same time, so its memory does not change
 * while this thread reads it. This is likely, not guaranteed: the kernel may move the
 * other thread elsewhere, or interrupt this one. */

#ifndef PROFILER_CPU_H
#define PROFILER_CPU_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A thread of this process, as other threads see it. */
struct cpu_thread {
    pid_t id;
    /* Its processor. The kernel writes it before the thread runs there (rseq(2)). NULL
     * with glibc before 2.35 and other C libraries, which do not request this. */
    const uint32_t *processor;
};

/* Returns the calling thread. Valid until the thread ends. */
struct cpu_thread cpu_thread_self(void);

/* Returns the processors that the calling thread may use; call it before cpu_join. All
 * processors, if the machine has more than a cpu_set_t can hold. */
void cpu_allowed(cpu_set_t *allowed);

/* Asks the kernel to run the calling thread soon after it wakes up, by giving it the
 * shortest time slice. Has an effect from Linux 6.12 on. */
void cpu_run_shortly(void);

/* Returns once all threads of this process have made their stores visible, up to where
 * they are now. Most processors show another thread's stores in any order; those of the
 * x86 family show them in the order of the program, and nothing is done there. */
void cpu_settle(void);

/* Moves the calling thread to the processor on which that thread ran last. False, with
 * nothing changed, when the processor is unknown or forbidden. */
bool cpu_join(const struct cpu_thread *thread);

/* True when that thread is known to be on another processor than the caller. */
bool cpu_is_apart(const struct cpu_thread *thread);

/* Undoes cpu_join: the calling thread may use all these processors again. */
void cpu_leave(const cpu_set_t *allowed);

/* Returns the processor on which a thread ran last, from the text of its
 * /proc/.../stat: "1234 (a name, which may be (anything)) S 1 ...". -1 when the text
 * does not contain it. */
int cpu_in_stat(const char *stat);

#endif
