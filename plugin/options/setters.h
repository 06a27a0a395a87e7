/* setters.h -- reads the value of an option into the configuration.
 *
 * A setter serves all options of its kind: the row of the option says which field it
 * sets, and within which bounds. It returns false with the error in *error, without the
 * option's name; with nothing in *error when memory ran out. */

#ifndef PROFILER_SETTERS_H
#define PROFILER_SETTERS_H

#include "config.h"

/* One row of the table in options.c: all that is known of one option. */
struct option {
    const char *name; /* "profiler-mode" */
    const char *help; /* for uwsgi --help, without the default */
    /* As a user would write them; two for an option that is repeated. NULL: no value.
     */
    const char *defaults[2];
    const char *default_text; /* for the help, where .defaults do not say it all */
    const char *possible;     /* NULL: from .least to .most; see options.c */
    bool (*set)(struct config *c, const struct option *o, struct str value,
                struct buf *error);
    size_t field; /* its offset in struct config */
    uint64_t least, most;
    /* Of an option that adds to a list: empties it, before the first value takes the
     * place of the defaults. */
    void (*empty)(struct config *c);
    bool explains;     /* its errors say themselves what is possible */
    bool keeps_quotes; /* they are part of the value's own syntax */
};

#define FIELD(name) offsetof(struct config, name)

/* Fields of the kinds: uint32_t, uint64_t of nanoseconds and of bytes, mode_t, char *
 * (owned), struct regex_list, struct netlist. */
bool set_number(struct config *c, const struct option *o, struct str value,
                struct buf *error);
bool set_duration(struct config *c, const struct option *o, struct str value,
                  struct buf *error);
bool set_bytes(struct config *c, const struct option *o, struct str value,
               struct buf *error);
bool set_permissions(struct config *c, const struct option *o, struct str value,
                     struct buf *error); /* .least: the bits that it needs */
bool set_path(struct config *c, const struct option *o, struct str value,
              struct buf *error); /* .most: bytes */
bool set_regex(struct config *c, const struct option *o, struct str value,
               struct buf *error);
bool set_networks(struct config *c, const struct option *o, struct str value,
                  struct buf *error);

/* Of one option each. */
bool set_mode(struct config *c, const struct option *o, struct str value,
              struct buf *error);
bool set_trigger(struct config *c, const struct option *o, struct str value,
                 struct buf *error);
bool set_output(struct config *c, const struct option *o, struct str value,
                struct buf *error);
bool set_log_style(struct config *c, const struct option *o, struct str value,
                   struct buf *error);
bool set_sort_by(struct config *c, const struct option *o, struct str value,
                 struct buf *error);
bool set_restrictions(struct config *c, const struct option *o, struct str value,
                      struct buf *error);
bool set_allow(struct config *c, const struct option *o, struct str value,
               struct buf *error);
bool set_key(struct config *c, const struct option *o, struct str value,
             struct buf *error);
bool set_keep(struct config *c, const struct option *o, struct str value,
              struct buf *error);
bool set_filename_format(struct config *c, const struct option *o, struct str value,
                         struct buf *error);
bool set_format(struct config *c, const struct option *o, struct str value,
                struct buf *error);
bool set_source(struct config *c, const struct option *o, struct str value,
                struct buf *error);

void empty_triggers(struct config *c);
void empty_keep(struct config *c);

#endif
