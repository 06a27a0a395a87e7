/* delivery.h -- one finished profile with the reports that are to be made of it.
 *
 * It has one owner at a time. No GIL needed. */

#ifndef PROFILER_DELIVERY_H
#define PROFILER_DELIVERY_H

#include "report/common/report.h"

struct delivery {
    struct profile *profile; /* owned */
    struct report_choice choice;
    struct stats stats; /* owned; computed for the first report */
    bool has_stats;
};

/* Fills in *r for the writers of reports. Computes the statistics at the first call.
 * False when out of memory. */
bool delivery_report(struct delivery *d, struct report *r);

/* Call it when the report could not become the answer: if the client asked for nothing
 * else, the report goes to the log. */
void delivery_unanswered(struct delivery *d);

/* Returns the memory that it holds, without the allocator's overhead. */
size_t delivery_bytes(const struct delivery *d);

void delivery_free(struct delivery *d);

#endif
