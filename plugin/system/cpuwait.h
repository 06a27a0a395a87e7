/* cpuwait.h -- how long a thread waited for a processor.
 *
 * The scheduler counts a wait once it is over. So what it counts is set against the
 * moments at which the thread was seen: ready to run, or asleep in a call.
 *
 *     ready    ready                asleep
 *       |--------|-----------|---------|      the thread did not run in the first span:
 *        waited    waited,ran   asleep        all of it was a wait, which the scheduler
 *                                             counts in the second
 *
 * Where the scheduler counts nothing (a kernel without schedstats, no /proc), such
 * whole spans are all that is known, and the rest stays what it seems to be. One struct
 * belongs to one thread that asks. A forked child must not use what its parent opened.
 */

#ifndef PROFILER_CPUWAIT_H
#define PROFILER_CPUWAIT_H

#include "ownfd.h"
#include "base/str.h"

#include <stdint.h>
#include <sys/types.h>

struct cpuwait {
    pid_t tid;
    struct ownfd file;
    bool opened;         /* it was tried */
    bool is_known;       /* .counted_ns is */
    bool was_ready;      /* at the end of the last span */
    uint64_t counted_ns; /* by the scheduler, since the thread began */
    uint64_t ahead_ns;   /* of waits that it has not counted yet: reported already */
    uint64_t unsure_ns;  /* the last span in which it ran or slept, and was ready then:
                            what may have been a wait of it */
    uint64_t owed_ns;    /* counted by the scheduler, and no span had room for it: it is
                            asked a moment later than the clocks */
};

/* A span of the thread's time, up to now. */
struct cpuwait_span {
    uint64_t dt_ns, cpu_ns; /* cpu_ns: it ran for so long */
    bool ready;             /* at its end the thread runs, or waits for a processor */
};

/* What was a wait for a processor; no more than did not run. */
struct cpuwait_part {
    uint64_t ns;         /* of the span */
    uint64_t earlier_ns; /* of the last span before it that was not such a wait as a
                            whole, beside what was reported of that */
};

/* Opens nothing before it is needed. */
struct cpuwait cpuwait_of(pid_t tid);

struct cpuwait_part cpuwait_count(struct cpuwait *w, struct cpuwait_span span);

/* The next span is not the one after the last: the thread did other things meanwhile.
 */
void cpuwait_interrupt(struct cpuwait *w);

void cpuwait_close(struct cpuwait *w);

/* Of the calling thread, since it began. False when the scheduler does not count. */
bool cpuwait_total(uint64_t *ns);

/* The text of a /proc/.../schedstat: "RAN WAITED TIMES", in ns. False when it is none.
 */
bool cpuwait_parse(struct str text, uint64_t *ns);

#endif
