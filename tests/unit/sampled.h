/* sampled.h -- a sampled profile made by hand, for the reports of sampling mode.
 *
 * A request of 800 ms: the server's own work, a web framework, a view, a wait for a
 * database, templates called in two ways through a library, a recursive function, a
 * name that tries to break out of a report, and functions below 1 %. */

#ifndef TEST_SAMPLED_H
#define TEST_SAMPLED_H

#include "sample.h"

/* As sample_make. Free it with sample_free. */
void sampled_make(struct sample *s);

/* For a test's own profiles: a sampled request with an empty tree. */
struct profile *sampled_empty(void);

/* Shows all rows, sorted by time. */
struct report_choice sampled_choice(void);

/* Adds a child to a node, with its samples and its self time, all of one kind. */
uint32_t sampled_add(struct profile *p, uint32_t parent, uint32_t func,
                     uint64_t samples, uint64_t self_us, enum wait_kind kind);

uint32_t sampled_func(struct profile *p, const char *file, int32_t line,
                      const char *name, const char *qualname);

#endif
