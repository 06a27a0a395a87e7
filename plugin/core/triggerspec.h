/* triggerspec.h -- profiler-trigger: "query:NAME", "header:NAME", "cookie:NAME",
 * "var:NAME", "always", "ratio:0.01". */

#ifndef PROFILER_TRIGGERSPEC_H
#define PROFILER_TRIGGERSPEC_H

#include "config.h"

#define TRIGGER_SPECS                                                                  \
    "query:NAME, header:NAME, cookie:NAME, var:NAME, always, ratio:0.01"

/* Adds one trigger to the configuration's, in the order in which they are asked. One
 * that is there already is left alone; of ratios, the last stays. False with what is
 * wrong in *error (nothing when out of memory). */
bool triggers_add(struct config *c, struct str spec, struct buf *error);

/* Frees all triggers of the configuration; it has none then. */
void triggers_free(struct config *c);

#endif
