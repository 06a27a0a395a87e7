/* options.h -- the profiler-* options: their names and help, and how their values
 * become the configuration.
 *
 * options.c has one table with a row for each option: the only place to edit for a new
 * one whose kind of value is there (setters.h), beside its field in struct config. */

#ifndef PROFILER_OPTIONS_H
#define PROFILER_OPTIONS_H

#include "config.h"

size_t options_count(void);
const char *options_name(size_t i); /* "profiler-mode" */

/* Adds one line for uwsgi --help, with the default. */
void options_help(size_t i, struct buf *out);

/* The defaults. formats must outlive the configuration. False when out of memory. */
bool options_init(struct config *c, const struct format_table *formats);

/* One option as the server read it. False with one line in *error:
 * profiler-sort-by: "totime" is not a key; did you mean "tottime"? keys: calls, ... */
bool options_set(struct config *c, struct str option, struct str value,
                 struct buf *error);

/* After the last option: what depends on several of them. False as options_set. */
bool options_finish(struct config *c, struct buf *error);

/* After the server has changed its directory, root and user: can there be such a
 * profiler-dir and profiler-stream? False as options_set. The worker finds out later
 * whether it may write there. */
bool options_check_places(const struct config *c, struct buf *error);

/* For an option that does not exist: the most similar name, or NULL. */
const char *options_similar(struct str option);

#endif
