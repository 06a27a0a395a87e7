/* config.h -- the values of the profiler-* options.
 *
 * options.h sets them at the server's start, on one thread. They are read-only
 * afterwards. */

#ifndef PROFILER_CONFIG_H
#define PROFILER_CONFIG_H

#include "base/regex.h"
#include "choice/choice.h"
#include "filename.h"
#include "keep.h"
#include "netlist.h"
#include "profile/mode.h"
#include "routenames.h"
#include "secret.h"
#include "triggerspec.h"

#include <sys/types.h>

/* Bounds of the time between two samples. */
#define INTERVAL_LEAST_NS 100000
#define INTERVAL_MOST_NS 1000000000
#define INTERVAL_RANGE "100us to 1s" /* the same bounds in words */

#define MAX_TIME_LEAST_NS 1000000
#define MAX_TIME_MOST_NS 86400000000000
#define MAX_TIME_RANGE "1ms to 86400s"

#define DIR_MAX_BYTES_MOST (UINT64_C(1024) << 30)

struct config {
    enum profile_mode mode;
    uint64_t interval_ns; /* mean time between two samples */
    struct triggers triggers;
    struct regex_list path, skip;
    struct regex_list show, hide;    /* own code or not, see origin_rules */
    struct route_rules groups;       /* names of routes */
    unsigned outputs;                /* enum output */
    char *stream;                    /* owned; NULL: uWSGI's own log */
    enum log_style log_style;        /* of requests with a flag or route */
    enum log_style log_style_always; /* of "always" and "ratio" */
    struct sort_keys sort;
    struct restrictions restrictions;
    char *dir; /* owned; NULL: none */
    mode_t dir_mode, file_mode;
    struct filename_format filename;
    const struct format **files; /* owned array; profiler-format */
    size_t file_count;
    bool source;            /* reports contain the source text of lines */
    struct netlist allow;   /* empty: this machine only, or, with a key, any client */
    char *not_allowed;      /* owned; reason: "not in profiler-allow (10.0.0.0/8)" */
    struct netlist proxies; /* their X-Forwarded-For is believed */
    struct secret key;      /* the key that flags must prove */
    char *key_file;         /* owned; the file of .key; NULL: none */
    struct keep keep;       /* for TRIGGER_ALWAYS and TRIGGER_RATIO only */
    char *off_file;         /* owned; while it exists, nothing is profiled; or NULL */
    uint32_t max_nodes, max_active;
    uint32_t dir_max_files; /* in .dir; 0: no limit */
    uint64_t dir_max_bytes;
    uint32_t max_per_minute; /* over all workers; 0: no limit */
    uint64_t max_ns;         /* length limit of a profile */
    char *browse;       /* owned; the shelf's path without its last slash: "" is all
                           paths; NULL: no shelf */
    char *browse_hosts; /* owned; names separated by blanks, or NULL */

    const struct format_table *formats; /* all formats; not owned */
    const struct format *page;          /* the format behind OUTPUT_HTML; NULL: none */
    uint64_t given; /* one bit per option that was set; for options.c only */
};

/* Must flags prove a key? True even if the key itself is missing (its file is no longer
 * readable): then no flag can prove it. */
static inline bool config_wants_key(const struct config *c)
{
    return c->key.len || c->key_file;
}

/* Returns the configured choice of reports. */
struct report_choice config_choice(const struct config *c);

/* Adds a format to .files, which has room for all formats, unless it is there. */
void config_add_file(struct config *c, const struct format *format);

void config_free(struct config *c);

#endif
