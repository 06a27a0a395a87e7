/* sample.h -- a profile made by hand, the input of all report tests.
 *
 * A small tree: a view that calls a recursive function, builtins with two callers, and
 * functions with names that are not ASCII or try to break out of a report. */

#ifndef TEST_SAMPLE_H
#define TEST_SAMPLE_H

#include "support.h"

#include "report/common/report.h"

/* Free it with sample_free. */
struct sample {
    struct profile *profile;
    struct stats stats;
    struct report_choice choice;
};

/* The input of a report: REPORT of a sample, of a sample with a log style, of a profile
 * with the default choice. */
#define REPORT(s) (&(struct report){(s)->profile, &(s)->stats, &(s)->choice})
#define REPORT_IN(s, style) ((s)->choice.log_style = (style), REPORT(s))
#define REPORT_OF(p, s, style)                                                         \
    (&(struct report){p, s, &(struct report_choice){.limit = -1, .log_style = style}})

void sample_make(struct sample *s);
void sample_free(struct sample *s);

/* Runs oom_sweep with a report of the sample. */
void oom_sweep_report(struct sample *s,
                      bool (*write)(const struct report *r, struct buf *out));

/* Compares the text with tests/golden/NAME, and frees the buffer. With UPDATE_GOLDEN in
 * the environment, writes that file instead. */
void assert_golden(struct buf *text, const char *name);

#endif
