/* sample.h -- one profile made by hand, which all reports are tested with.
 *
 * A small tree: a view that calls a recursive function, builtins with two callers, and
 * functions whose names are not ASCII, or meant to break out of a report. */

#ifndef TEST_SAMPLE_H
#define TEST_SAMPLE_H

#include "support.h"

#include "../../plugin/core/profile.h"
#include "../../plugin/core/stats.h"

/* The profile and its statistics; sample_free ends both. */
struct sample {
    struct profile *profile;
    struct stats stats;
};

void sample_make(struct sample *s);
void sample_free(struct sample *s);

/* The text is exactly that of tests/golden/NAME; frees the buffer. With UPDATE_GOLDEN
 * in the environment, the file is written instead. */
void assert_golden(struct buf *text, const char *name);

#endif
