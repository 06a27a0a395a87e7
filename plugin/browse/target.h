/* target.h -- what a path below profiler-browse asks for.
 *
 * /              the list              /ID        the page of a profile
 * /index.json    the data of the list  /ID.EXT    one of its files
 * /flag.json     see recording.h
 * /merge         a page without data of its own; so is /compare
 *
 * An ID is 16 hexadecimal digits in lower case. */

#ifndef PROFILER_TARGET_H
#define PROFILER_TARGET_H

#include "choice/format.h"

enum target_kind {
    TARGET_BARE, /* profiler-browse itself, without a slash */
    TARGET_LIST,
    TARGET_INDEX,
    TARGET_FLAG,
    TARGET_PROFILE,
    TARGET_FILE,
    TARGET_MERGE,
    TARGET_COMPARE,
    TARGET_UNKNOWN,
};

struct target {
    enum target_kind kind;
    struct str id;               /* TARGET_PROFILE, TARGET_FILE: a view into the path */
    const struct format *format; /* TARGET_FILE */
};

/* Is this path (mount is SCRIPT_NAME, path PATH_INFO) the prefix, or below it? Then
 * *below is the part after the prefix. The prefix of "/" is "". */
bool target_is_below(struct str prefix, struct str mount, struct str path,
                     struct str *below);

struct target target_parse(struct str below, const struct format_table *formats);

#endif
