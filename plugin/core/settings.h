/* settings.h -- what each profiler-* option does with its value.
 *
 * config.c is the only user. To add an option: its enum, a function and a row in
 * settings.c, and its help in config.c. */

#ifndef PROFILER_SETTINGS_H
#define PROFILER_SETTINGS_H

#include "config.h"

enum option_id {
    OPTION_MODE,
    OPTION_INTERVAL,
    OPTION_TRIGGER,
    OPTION_PATH,
    OPTION_SKIP,
    OPTION_SHOW,
    OPTION_HIDE,
    OPTION_OUTPUT,
    OPTION_STREAM,
    OPTION_LOG_STYLE,
    OPTION_SORT_BY,
    OPTION_RESTRICTIONS,
    OPTION_ALLOW,
    OPTION_KEY,
    OPTION_KEY_FILE,
    OPTION_TRUSTED_PROXIES,
    OPTION_KEEP,
    OPTION_OFF_FILE,
    OPTION_DIR,
    OPTION_DIR_MODE,
    OPTION_FILE_MODE,
    OPTION_FILENAME_FORMAT,
    OPTION_FORMAT,
    OPTION_SOURCE,
    OPTION_MAX_NODES,
    OPTION_MAX_ACTIVE,
    OPTION_MAX_PER_MINUTE,
    OPTION_MAX_TIME,
    OPTION_DIR_MAX_FILES,
    OPTION_DIR_MAX_BYTES,
    OPTION_COUNT,
};

_Static_assert(OPTION_COUNT <= 64, "config.given has a bit for each option");

/* Was it set, rather than left at its default? */
static inline bool option_given(const struct config *c, enum option_id option)
{
    return c->given >> option & 1;
}

/* Reads the value as the server handed it over, and keeps it. False with what is wrong
 * and what is possible in *error, without the option's name. */
bool setting_apply(struct config *c, enum option_id option, struct str value,
                   struct buf *error);

#endif
