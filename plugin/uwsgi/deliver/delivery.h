/* delivery.h -- one finished profile on its way to its reports, and what was asked of
 * them.
 *
 * One owner at a time; no GIL. */

#ifndef PROFILER_DELIVERY_H
#define PROFILER_DELIVERY_H

#include "report/common/report.h"

struct delivery {
    struct profile *profile; /* owned */
    struct report_choice choice;
    struct stats stats; /* owned; computed with the first report */
    bool has_stats;
};

/* What the writers of reports need; computes the statistics, once. False when out of
 * memory. */
bool delivery_report(struct delivery *d, struct report *r);

/* The report is not the answer: a client that asked for that alone finds it in the log.
 */
void delivery_unanswered(struct delivery *d);

/* The memory that it holds, but for what the allocator adds. */
size_t delivery_bytes(const struct delivery *d);

void delivery_free(struct delivery *d);

#endif
