/* made.h -- profiles made of a fuzzer's input, by the recorder that collectors use.
 *
 * The input is lines up to an empty one: "method path", which a '~' makes a sampled
 * request (the events are then its moments, too), then functions as
 * "file<tab>line<tab>name". What follows are events, a byte each: calls of the
 * functions by number (0 to 63), returns (64 to 79), counts (80 to 127), time (from 128
 * on). */

#ifndef FUZZ_MADE_H
#define FUZZ_MADE_H

#include "report/common/report.h"

struct made {
    struct profile *profile;
    struct stats stats;
    struct restrictions restrictions;
    struct report_choice choice;
};

/* To make a report from. */
#define REPORT(m) (&(struct report){(m)->profile, &(m)->stats, &(m)->choice})

/* Takes its part of *rest. The names of functions are UTF-8 with surrogates, as
 * functab.h asks for, whatever the input. */
void made_from(struct made *m, struct str *rest);

/* A line of "restrictions" and one of "sort keys", which may be wrong: then none. */
void made_sort(struct made *m, struct str restrictions, struct str sort);

void made_free(struct made *m);

#endif
