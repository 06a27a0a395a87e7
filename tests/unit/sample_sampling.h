/* sample_sampling.h -- a sampled profile made by hand, for the reports that contain
 * more than the table.
 *
 * It has own code that calls a library, which waits for a peer; a function that calls
 * itself; the standard library; builtins; and names that try to break out of a report:
 * ends of scripts and strings, line ends, ';', bytes that are not UTF-8, 10,000
 * characters. Self times, waits and sample counts are the sums of the timeline. */

#ifndef TEST_SAMPLE_SAMPLING_H
#define TEST_SAMPLE_SAMPLING_H

#include "sample.h"

/* Free it with sample_free. */
void sample_sampling_make(struct sample *s);

#endif
