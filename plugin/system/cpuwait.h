/* cpuwait.h -- measures how long a thread waited for a processor.
 *
 * The scheduler adds a wait to its count only when the wait is over. So the count alone
 * does not say in which span a wait was. The caller also says, for each span, whether
 * the thread was ready to run at its end, or asleep in a call.
 *
 *     ready    ready                asleep
 *       |--------|-----------|---------|
 *        waited    waited,ran   asleep
 *
 * In the first span the thread did not run: all of it was a wait. The scheduler counts
 * that wait in the second span.
 *
 * If the scheduler counts nothing (a kernel without schedstats, no /proc), only such
 * whole spans are known to be waits. One struct belongs to one measuring thread. A
 * forked child must not use what its parent opened. */

#ifndef PROFILER_CPUWAIT_H
#define PROFILER_CPUWAIT_H

#include "ownfd.h"
#include "base/str.h"

#include <stdint.h>
#include <sys/types.h>

struct cpuwait {
    pid_t tid;
    struct ownfd file;
    bool opened;         /* opening was tried */
    bool is_known;       /* .counted_ns is valid */
    bool was_ready;      /* at the end of the last span */
    uint64_t counted_ns; /* the scheduler's count, since the thread began */
    uint64_t ahead_ns;   /* waits that were reported before the scheduler counted
                            them */
    uint64_t unsure_ns;  /* the time of the last span that is not reported, but may
                            turn out to be a wait: the thread was ready at its end.
                            Spans that are one wait as a whole do not change it */
    uint64_t owed_ns;    /* waits that the scheduler counted, but that no span so far
                            has room for. The count is read a moment later than the
                            clocks, so the next span may have room */
};

/* A span of the thread's time, up to now. */
struct cpuwait_span {
    uint64_t dt_ns, cpu_ns; /* cpu_ns: CPU time in it */
    bool ready;             /* at its end the thread ran, or waited for a processor */
};

/* Waits for a processor. At most the time in which the thread did not run. */
struct cpuwait_part {
    uint64_t ns;         /* in this span */
    uint64_t earlier_ns; /* in addition to what was reported before: in the last
                            earlier span that was not a wait as a whole */
};

/* Returns a struct for the thread. Opens no file yet. */
struct cpuwait cpuwait_of(pid_t tid);

struct cpuwait_part cpuwait_count(struct cpuwait *w, struct cpuwait_span span);

/* Marks a gap: the next span does not follow the last one. */
void cpuwait_interrupt(struct cpuwait *w);

void cpuwait_close(struct cpuwait *w);

/* The time that the calling thread has waited for processors since it began. False when
 * the scheduler does not count it. */
bool cpuwait_total(uint64_t *ns);

/* Parses the text of a /proc/.../schedstat: "RAN WAITED TIMES", in ns. False when it is
 * malformed, or when the scheduler does not count. */
bool cpuwait_parse(struct str text, uint64_t *ns);

#endif
