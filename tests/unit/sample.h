/* sample.h -- one profile made by hand, which all reports are tested with.
 *
 * A small tree: a view that calls a recursive function, builtins with two callers, and
 * functions whose names are not ASCII, or meant to break out of a report. */

#ifndef TEST_SAMPLE_H
#define TEST_SAMPLE_H

#include "support.h"

#include "report/common/report.h"

/* sample_free ends it. */
struct sample {
    struct profile *profile;
    struct stats stats;
    struct report_choice choice;
};

/* To make a report from: of a sample, in a style of the log, of a profile with what
 * stands for no choice. */
#define REPORT(s) (&(struct report){(s)->profile, &(s)->stats, &(s)->choice})
#define REPORT_IN(s, style) ((s)->choice.log_style = (style), REPORT(s))
#define REPORT_OF(p, s, style)                                                         \
    (&(struct report){p, s, &(struct report_choice){.limit = -1, .log_style = style}})

void sample_make(struct sample *s);
void sample_free(struct sample *s);

/* oom_sweep of a report of the sample. */
void oom_sweep_report(struct sample *s,
                      bool (*write)(const struct report *r, struct buf *out));

/* The text is exactly that of tests/golden/NAME; frees the buffer. With UPDATE_GOLDEN
 * in the environment, the file is written instead. */
void assert_golden(struct buf *text, const char *name);

#endif
