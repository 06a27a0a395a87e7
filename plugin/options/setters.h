/* setters.h -- reads the value of an option into the configuration.
 *
 * A setter serves all options of its kind. The option's row says which field it sets,
 * and within which bounds. It returns false with the error in *error, without the
 * option's name. When out of memory, *error stays empty. */

#ifndef PROFILER_SETTERS_H
#define PROFILER_SETTERS_H

#include "config.h"

/* One row of the table in options.c: all facts of one option. */
struct option {
    const char *name; /* "profiler-mode" */
    const char *help; /* for uwsgi --help, without the default */
    /* In the user's syntax; two for a repeatable option. NULL: no value. */
    const char *defaults[2];
    const char *default_text; /* for the help, if .defaults are not the whole story */
    const char *possible;     /* NULL: .least to .most, see options.c */
    bool (*set)(struct config *c, const struct option *o, struct str value,
                struct buf *error);
    size_t field; /* offset in struct config */
    uint64_t least, most;
    /* For options that add to a list: empties the list, before the first value replaces
     * the defaults. */
    void (*empty)(struct config *c);
    bool explains;       /* its errors already say what is possible */
    bool keeps_quotes;   /* quotes belong to the value's own syntax */
    const char *missing; /* NULL, or why the option cannot be set in this plugin */
};

#define FIELD(name) offsetof(struct config, name)

/* One setter for each kind of value. The types of the fields that they set: uint32_t;
 * uint64_t (nanoseconds, bytes); mode_t; char * (owned); struct regex_list; struct
 * netlist. */
bool set_number(struct config *c, const struct option *o, struct str value,
                struct buf *error);
bool set_duration(struct config *c, const struct option *o, struct str value,
                  struct buf *error);
bool set_bytes(struct config *c, const struct option *o, struct str value,
               struct buf *error);
bool set_permissions(struct config *c, const struct option *o, struct str value,
                     struct buf *error); /* .least: the bits that must be set */
bool set_path(struct config *c, const struct option *o, struct str value,
              struct buf *error); /* .most: bytes */
bool set_regex(struct config *c, const struct option *o, struct str value,
               struct buf *error);
bool set_networks(struct config *c, const struct option *o, struct str value,
                  struct buf *error);

/* Setters of a single option each. */
bool set_mode(struct config *c, const struct option *o, struct str value,
              struct buf *error);
bool set_trigger(struct config *c, const struct option *o, struct str value,
                 struct buf *error);
bool set_group(struct config *c, const struct option *o, struct str value,
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
bool set_browse(struct config *c, const struct option *o, struct str value,
                struct buf *error); /* .most: bytes */
bool set_browse_host(struct config *c, const struct option *o, struct str value,
                     struct buf *error);

void empty_triggers(struct config *c);
void empty_keep(struct config *c);

#endif
