/* config.h -- the values of the profiler-* options.
 *
 * options.h sets them, at the server's start, by one thread; read-only afterwards. */

#ifndef PROFILER_CONFIG_H
#define PROFILER_CONFIG_H

#include "base/regex.h"
#include "choice/choice.h"
#include "filename.h"
#include "keep.h"
#include "netlist.h"
#include "profile/mode.h"
#include "secret.h"
#include "triggerspec.h"

#include <sys/types.h>

/* Between two samples. */
#define INTERVAL_LEAST_NS 100000
#define INTERVAL_MOST_NS 1000000000
#define INTERVAL_RANGE "100us to 1s" /* the same, for a reader */

#define MAX_TIME_LEAST_NS 1000000
#define MAX_TIME_MOST_NS 86400000000000
#define MAX_TIME_RANGE "1ms to 86400s"

#define DIR_MAX_BYTES_MOST (UINT64_C(1024) << 30)

struct config {
    enum profile_mode mode;
    uint64_t interval_ns; /* between samples: the mean distance */
    struct triggers triggers;
    struct regex_list path, skip;
    struct regex_list show, hide;               /* see origin_rules */
    unsigned outputs;                           /* enum output */
    char *stream;                               /* owned; NULL: uWSGI's own log */
    enum log_style log_style, log_style_always; /* for flags, for always and ratio */
    struct sort_keys sort;
    struct restrictions restrictions;
    char *dir; /* owned; NULL: none */
    mode_t dir_mode, file_mode;
    struct filename_format filename;
    const struct format **files; /* owned array; profiler-format */
    size_t file_count;
    bool source;            /* reports hold the source text of lines */
    struct netlist allow;   /* empty: this machine only, or, with a key, anybody */
    char *not_allowed;      /* owned; "not in profiler-allow (10.0.0.0/8)" */
    struct netlist proxies; /* whose X-Forwarded-For is believed */
    struct secret key;      /* what flags have to prove */
    char *key_file;         /* owned; where it is from; NULL: none */
    struct keep keep;       /* for TRIGGER_ALWAYS and TRIGGER_RATIO only */
    char *off_file;         /* owned; NULL: none. While it exists nothing is profiled */
    uint32_t max_nodes, max_active;
    uint32_t dir_max_files; /* of all profiles in dir; 0: no limit */
    uint64_t dir_max_bytes;
    uint32_t max_per_minute; /* over all workers; 0: no limit */
    uint64_t max_ns;         /* a profile of a longer request ends there */

    const struct format_table *formats; /* all that there are; not owned */
    const struct format *page;          /* what OUTPUT_HTML answers with; NULL: none */
    uint64_t given; /* the options that were set, by their bit; options.c's own */
};

/* Do flags have to prove a key? One that is not there (its file cannot be read any
 * more) cannot be proven. */
static inline bool config_wants_key(const struct config *c)
{
    return c->key.len || c->key_file;
}

/* What the configuration asks of the reports. */
struct report_choice config_choice(const struct config *c);

void config_free(struct config *c);

#endif
