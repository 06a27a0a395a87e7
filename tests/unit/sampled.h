/* sampled.h -- a sampled profile made by hand, for the reports of sampling.
 *
 * A request of 800 ms: the server's own work, a web framework, a view, a database that
 * is waited for, templates reached by two ways through a library, a recursive function,
 * a name that is meant to break out of a report, and crumbs below 1 %. */

#ifndef TEST_SAMPLED_H
#define TEST_SAMPLED_H

#include "sample.h"

/* As sample_make; sample_free ends it. */
void sampled_make(struct sample *s);

/* For profiles of a test's own: a request that was sampled, with nothing in its tree.
 */
struct profile *sampled_empty(void);

/* Its reports: all rows, by time. */
struct report_choice sampled_choice(void);

/* A child of a node, with its samples and its self time, all of one kind. */
uint32_t sampled_add(struct profile *p, uint32_t parent, uint32_t func,
                     uint64_t samples, uint64_t self_us, enum wait_kind kind);

uint32_t sampled_func(struct profile *p, const char *file, int32_t line,
                      const char *name, const char *qualname);

#endif
