/* Preloaded into a server: makes the profiler's own calls fail, and its clock jump.
 *
 * What is to happen stands in a file (PROFILER_FAULTS names it), which the test changes
 * while the server runs. Only calls from the plugin PROFILER_FAULTY and from
 * libprotobuf-c, which nobody else here uses, are touched. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct faults {
    int64_t armed;              /* 0: nothing happens, nothing is counted */
    int64_t calls;              /* for memory, so far */
    int64_t first, last;        /* of these calls fail, counted from 1 */
    int64_t failed;             /* so many did */
    int64_t realtime_offset_ns; /* what CLOCK_REALTIME is wrong by */
};

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);

#define RANGES_MAX 16

static struct faults *faults;
static struct range {
    uintptr_t from, to;
} ranges[RANGES_MAX];
static int range_count;

static int add_ranges(struct dl_phdr_info *info, size_t size, void *unused)
{
    const char *plugin = getenv("PROFILER_FAULTY");
    (void)size;
    (void)unused;
    if (!strstr(info->dlpi_name, "libprotobuf-c") &&
        (!plugin || strcmp(info->dlpi_name, plugin) != 0))
        return 0;
    for (int i = 0; i < info->dlpi_phnum && range_count < RANGES_MAX; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uintptr_t from = info->dlpi_addr + segment->p_vaddr;
        if (segment->p_type == PT_LOAD && segment->p_flags & PF_X)
            ranges[range_count++] = (struct range){from, from + segment->p_memsz};
    }
    return 0;
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("PROFILER_FAULTS");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *area = mmap(NULL, sizeof *faults, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (area != MAP_FAILED)
        faults = area;
}

/* The plugin is loaded long before anything is armed. */
static bool is_ours(const void *caller)
{
    if (!faults || !faults->armed)
        return false;
    if (range_count == 0)
        dl_iterate_phdr(add_ranges, NULL);
    for (int i = 0; i < range_count; i++)
        if ((uintptr_t)caller >= ranges[i].from && (uintptr_t)caller < ranges[i].to)
            return true;
    return false;
}

static bool fails(const void *caller)
{
    if (!is_ours(caller))
        return false;
    int64_t call = __atomic_add_fetch(&faults->calls, 1, __ATOMIC_RELAXED);
    if (call < faults->first || call > faults->last)
        return false;
    __atomic_add_fetch(&faults->failed, 1, __ATOMIC_RELAXED);
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(memory, size);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (syscall(SYS_clock_gettime, clock, now) != 0)
        return -1;
    if (clock == CLOCK_REALTIME && is_ours(__builtin_return_address(0)))
        now->tv_sec += faults->realtime_offset_ns / 1000000000;
    return 0;
}
