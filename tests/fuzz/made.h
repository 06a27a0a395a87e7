/* made.h -- makes profiles from a fuzzer's input, with the recorder that collectors
 * use.
 *
 * The input is lines up to an empty one, then events. The first line is "method path";
 * a '~' in it makes a sampled request, where the events are moments, too. The other
 * lines are functions, "file<tab>line<tab>name". An event is one byte: a call of the
 * function with this number (0 to 63), a return (64 to 79), a count (80 to 127), time
 * (from 128 on). */

#ifndef FUZZ_MADE_H
#define FUZZ_MADE_H

#include "report/common/report.h"

struct made {
    struct profile *profile;
    struct stats stats;
    struct restrictions restrictions;
    struct report_choice choice;
};

/* The input of a report. */
#define REPORT(m) (&(struct report){(m)->profile, &(m)->stats, &(m)->choice})

/* Takes its part of *rest. Function names become UTF-8 with surrogates, which functab.h
 * requires, whatever the input is. */
void made_from(struct made *m, struct str *rest);

/* Reads a line of restrictions and one of sort keys. Invalid ones count as none. */
void made_sort(struct made *m, struct str restrictions, struct str sort);

void made_free(struct made *m);

#endif
