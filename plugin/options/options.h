/* options.h -- the profiler-* options: their names, their help, and setting their
 * values.
 *
 * options.c has one table with a row per option. A new option needs a row there and a
 * field in struct config; also a setter (setters.h) if its kind of value is new. */

#ifndef PROFILER_OPTIONS_H
#define PROFILER_OPTIONS_H

#include "config.h"

size_t options_count(void);
const char *options_name(size_t i); /* "profiler-mode" */

/* Appends one line for uwsgi --help, with the default. */
void options_help(size_t i, struct buf *out);

/* Sets the defaults. formats must outlive the configuration. False when out of
 * memory. */
bool options_init(struct config *c, const struct format_table *formats);

/* Sets one option from the text that the server read. False with one line in *error:
 * profiler-sort-by: "totime" is not a key; did you mean "tottime"? keys: calls, ... */
bool options_set(struct config *c, struct str option, struct str value,
                 struct buf *error);

/* Call it after the last option: checks and sets what depends on several options. Fails
 * like options_set. */
bool options_finish(struct config *c, struct buf *error);

/* Call it after the server has changed its directory, root and user. Fails like
 * options_set when profiler-dir or profiler-stream cannot exist. Does not check whether
 * the worker may write there. */
bool options_check_places(const struct config *c, struct buf *error);

/* Returns the name that is most similar to an unknown option, or NULL. */
const char *options_similar(struct str option);

#endif
