#include "cpu.h"

#include <fcntl.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#if __has_include(<sys/rseq.h>) && __has_builtin(__builtin_thread_pointer)
#include <sys/rseq.h>
#endif

#define FIELD_PROCESSOR 39 /* of /proc/.../stat, counted from 1; see proc(5) */

void cpu_allowed(cpu_set_t *allowed)
{
    if (sched_getaffinity(0, sizeof *allowed, allowed) != 0)
        memset(allowed, 0xff, sizeof *allowed);
}

/* As in sched_setattr(2), version 0. glibc declares it from 2.41 on. */
struct attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime_ns, deadline_ns, period_ns;
};

#define SHORTEST_SLICE_NS 100000

void cpu_run_shortly(void)
{
#ifdef SYS_sched_setattr
    struct attributes a = {.size = sizeof a, .policy = SCHED_OTHER};
    if (syscall(SYS_sched_getattr, 0, &a, sizeof a, 0) != 0 || a.policy != SCHED_OTHER)
        return;
    a.size = sizeof a;
    a.runtime_ns = SHORTEST_SLICE_NS;
    syscall(SYS_sched_setattr, 0, &a, 0);
#endif
}

int cpu_in_stat(const char *stat)
{
    const char *at = strrchr(stat, ')');
    for (int field = 2; at && field < FIELD_PROCESSOR; field++)
        if ((at = strchr(at, ' ')))
            at++;
    if (!at)
        return -1;
    char *end;
    unsigned long processor = strtoul(at, &end, 10);
    return end > at && *end == ' ' && processor < CPU_SETSIZE ? (int)processor : -1;
}

static const uint32_t *own_processor(void)
{
#ifdef RSEQ_SIG
    const char *area = (const char *)__builtin_thread_pointer() + __rseq_offset;
    if (__rseq_size)
        return &((const struct rseq *)(const void *)area)->cpu_id;
#endif
    return NULL;
}

struct cpu_thread cpu_thread_self(void)
{
    return (struct cpu_thread){.id = gettid(), .processor = own_processor()};
}

/* The kernel wants each process to register once. It waits for the stores then, too. */
void cpu_settle(void)
{
#if !defined(__x86_64__) && !defined(__i386__)
    if (syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) != 0)
        syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
#endif
}

static int processor_in_proc(pid_t thread)
{
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", (int)thread);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t size = read(fd, text, sizeof text - 1);
    close(fd);
    if (size <= 0)
        return -1;
    text[size] = '\0';
    return cpu_in_stat(text);
}

static int processor_of(const struct cpu_thread *thread)
{
    if (!thread->processor)
        return processor_in_proc(thread->id);
    uint32_t processor = __atomic_load_n(thread->processor, __ATOMIC_ACQUIRE);
    return processor < CPU_SETSIZE ? (int)processor : -1;
}

bool cpu_join(const struct cpu_thread *thread)
{
    int processor = processor_of(thread);
    if (processor < 0)
        return false;
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET((size_t)processor, &only);
    return sched_setaffinity(0, sizeof only, &only) == 0;
}

bool cpu_is_apart(const struct cpu_thread *thread)
{
    return thread->processor && processor_of(thread) != sched_getcpu();
}

void cpu_leave(const cpu_set_t *allowed)
{
    sched_setaffinity(0, sizeof *allowed, allowed);
}
