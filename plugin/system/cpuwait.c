#include "cpuwait.h"

#include "base/digits.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* Holds three numbers of at most 20 digits. */
#define TEXT_BYTES 80

static bool take_number(struct str *text, uint64_t *number)
{
    return digits_take(text, 10, UINT64_MAX, number) == DIGITS_OK;
}

/* A kernel that does not count has zeros in the file. If it counts, a thread that runs
 * was given a processor at least once. */
bool cpuwait_parse(struct str text, uint64_t *ns)
{
    uint64_t ran, times;
    if (!take_number(&text, &ran) || !str_starts(text, STR(" ")))
        return false;
    text.data++, text.len--;
    if (!take_number(&text, ns) || !str_starts(text, STR(" ")))
        return false;
    text.data++, text.len--;
    return take_number(&text, &times) && str_starts(text, STR("\n")) && times > 0;
}

static bool read_text(int file, uint64_t *ns)
{
    char text[TEXT_BYTES];
    ssize_t size = pread(file, text, sizeof text, 0);
    return size > 0 && cpuwait_parse((struct str){text, (size_t)size}, ns);
}

bool cpuwait_total(uint64_t *ns)
{
    int file = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    bool known = read_text(file, ns);
    close(file);
    return known;
}

struct cpuwait cpuwait_of(pid_t tid)
{
    return (struct cpuwait){.tid = tid, .file = {.number = -1}};
}

static void open_file(struct cpuwait *w)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%ld/schedstat", (long)w->tid);
    w->opened = true;
    w->file = ownfd_take(open(path, O_RDONLY | O_CLOEXEC));
}

void cpuwait_close(struct cpuwait *w)
{
    ownfd_close(&w->file);
}

/* Returns what the scheduler has counted since the last call; 0 when unknown. */
static uint64_t newly_counted(struct cpuwait *w)
{
    uint64_t before = w->counted_ns, ahead = w->ahead_ns;
    bool was_known = w->is_known;
    if (!w->opened)
        open_file(w);
    w->ahead_ns = 0;
    w->is_known = ownfd_is_there(&w->file) && read_text(w->file.number, &w->counted_ns);
    if (!was_known || !w->is_known || w->counted_ns - before <= ahead ||
        w->counted_ns < before)
        return 0;
    return w->counted_ns - before - ahead;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The thread has not run since it was ready: it still waits. */
static struct cpuwait_part count_whole(struct cpuwait *w, uint64_t ns)
{
    w->ahead_ns += ns;
    return (struct cpuwait_part){.ns = ns};
}

/* A thread that has not run has ended no wait. Reading the count costs a microsecond:
 * not worth it for a tiny rest, except the first time, as later counts are compared
 * with it. */
static bool is_worth_asking(const struct cpuwait *w, uint64_t cpu_ns, uint64_t rest_ns)
{
    if (!w->is_known)
        return !w->opened || w->file.number >= 0;
    return cpu_ns && rest_ns + w->unsure_ns > cpu_ns / 32;
}

struct cpuwait_part cpuwait_count(struct cpuwait *w, struct cpuwait_span span)
{
    uint64_t rest = span.dt_ns > span.cpu_ns ? span.dt_ns - span.cpu_ns : 0;
    if (span.cpu_ns == 0 && span.ready && w->was_ready)
        return count_whole(w, rest);
    if (is_worth_asking(w, span.cpu_ns, rest))
        w->owed_ns += newly_counted(w);
    struct cpuwait_part part = {.ns = least(w->owed_ns, rest)};
    part.earlier_ns = least(w->owed_ns - part.ns, w->unsure_ns);
    w->owed_ns -= part.ns + part.earlier_ns;
    w->unsure_ns = span.ready ? rest - part.ns : 0;
    w->was_ready = span.ready;
    return part;
}

void cpuwait_interrupt(struct cpuwait *w)
{
    w->is_known = false;
    w->was_ready = false;
    w->ahead_ns = 0;
    w->unsure_ns = 0;
    w->owed_ns = 0;
}
