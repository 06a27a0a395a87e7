/* config.h -- the profiler-* options, parsed and checked.
 *
 * Set once, at the server's start, by one thread; read-only afterwards. */

#ifndef PROFILER_CONFIG_H
#define PROFILER_CONFIG_H

#include "filename.h"
#include "format.h"
#include "keep.h"
#include "netlist.h"
#include "origin.h"
#include "regex.h"
#include "restrictions.h"
#include "secret.h"
#include "sortkeys.h"

#include <sys/types.h>

enum profile_mode { MODE_DETERMINISTIC, MODE_SAMPLING };

#define MODE_COUNT 2
#define MODE_NAMES "deterministic, sampling" /* for a list of what is possible */

/* "deterministic" */
const char *mode_name(enum profile_mode mode);

/* The mode of this name. False, and *mode as it was, when it is none. */
bool mode_find(struct str name, enum profile_mode *mode);

/* Between two samples. */
#define INTERVAL_LEAST_NS 100000
#define INTERVAL_MOST_NS 1000000000
#define INTERVAL_DEFAULT_NS 1000000
#define INTERVAL_RANGE "100us to 1s" /* the same, for a reader */

#define MAX_TIME_LEAST_NS 1000000
#define MAX_TIME_MOST_NS 86400000000000
#define MAX_TIME_DEFAULT_NS 60000000000
#define MAX_TIME_RANGE "1ms to 86400s"

#define DIR_MAX_FILES_DEFAULT 1000
#define DIR_MAX_BYTES_DEFAULT (UINT64_C(256) << 20)
#define DIR_MAX_BYTES_MOST (UINT64_C(1024) << 30)

enum output { OUTPUT_LOG = 1, OUTPUT_FILE = 2, OUTPUT_HTML = 4 };

enum log_style { LOG_TABLE, LOG_LINE, LOG_JSON };

/* What is asked of the reports of one profile: the configuration's, or changed by the
 * request's flag. The pointers are into the configuration, which outlives it. */
struct report_choice {
    unsigned outputs; /* enum output */
    enum log_style log_style;
    struct sort_keys sort;
    const struct restrictions *restrictions;
    int64_t limit;               /* >= 0: the first rows, in place of restrictions */
    const struct format *answer; /* replaces the app's answer; NULL: none */
    const struct format **files; /* the formats of OUTPUT_FILE */
    size_t file_count;
    bool source;               /* with the source text of lines, read from files */
    struct origin_rules rules; /* config.c leaves .origins to others */
};

/* Flags first: what stands from TRIGGER_ALWAYS on asks nobody. */
enum trigger_kind {
    TRIGGER_QUERY,
    TRIGGER_HEADER,
    TRIGGER_COOKIE,
    TRIGGER_VAR,
    TRIGGER_ALWAYS,
    TRIGGER_RATIO,
};

struct trigger {
    enum trigger_kind kind;
    char *name; /* owned; of a header: its variable, "HTTP_X_PROFILE"; of a ratio: its
                   number as written; NULL: always */
    size_t name_len;
    uint32_t billionths; /* TRIGGER_RATIO: see chance.h */
};

struct config {
    enum profile_mode mode;
    uint64_t interval_ns; /* between samples: the mean distance */
    struct trigger
        *triggers; /* owned; in the order header, query, cookie, var, always, ratio */
    size_t trigger_count;
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
    uint64_t given; /* which options were set, by bit: settings.h's business */
};

struct config_option {
    const char *name; /* "profiler-mode" */
    const char *help; /* one line for uwsgi --help */
};

/* All options, for the server's table. */
const struct config_option *config_options(size_t *count);

/* The defaults. formats must outlive the configuration. False when out of memory. */
bool config_init(struct config *c, const struct format_table *formats);

/* One option as the server read it. False with one line in *error:
 * profiler-sort-by: "totime" is not a key; did you mean "tottime"? keys: calls, ... */
bool config_set(struct config *c, struct str option, struct str value,
                struct buf *error);

/* After the last option: what depends on several of them. False as config_set. */
bool config_finish(struct config *c, struct buf *error);

/* Do flags have to prove a key? One that is not there (its file cannot be read any
 * more) cannot be proven. */
static inline bool config_wants_key(const struct config *c)
{
    return c->key.len || c->key_file;
}

/* After the server has changed its directory, root and user: can there be such a
 * profiler-dir and profiler-stream? False as config_set. What may be done there is
 * found out later, by the worker. */
bool config_check_places(const struct config *c, struct buf *error);

/* For an option of ours that does not exist: the most similar name, or NULL. */
const char *config_similar_option(struct str option);

/* What the configuration asks of the reports. */
struct report_choice config_choice(const struct config *c);

void config_free(struct config *c);

#endif
