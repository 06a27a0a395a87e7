/* profile.h -- one finished profile: all that a report needs, and nothing of Python's
 * or the server's.
 *
 * A collector fills the function table and the call tree, the request's life cycle the
 * facts. After the request has ended it is immutable, owns every byte, and may be read
 * by any thread without the GIL. Valid when zeroed. */

#ifndef PROFILER_PROFILE_H
#define PROFILER_PROFILE_H

#include "calltree.h"
#include "classes.h"
#include "functab.h"
#include "mode.h"
#include "overflow.h"
#include "sampled.h"

#define PROFILE_ID_SIZE 17 /* 16 hex digits and a NUL */

/* What a reader of the report must know about it. */
enum notice_code {
    NOTICE_TRUNCATED,         /* the tree is full; figures by function stay exact */
    NOTICE_MEMORY,            /* memory ran out: figures are incomplete */
    NOTICE_CALLBACK_REPLACED, /* the app set a profile function of its own */
    NOTICE_OTHER_PROFILER,    /* one was there before: paused for this request */
    NOTICE_GREENLETS,         /* of its own, or they could not be told apart */
    NOTICE_THREADS,           /* the request started threads */
    NOTICE_THINNED,           /* sampling: the timeline was thinned to fit */
    NOTICE_DEEP,              /* sampling: stacks were cut at a depth */
    NOTICE_WAITS_UNKNOWN,     /* sampling: the kernel does not say what it waits for, */
    NOTICE_WAITS_NO_PROC,     /* for one reason or another: all have one name */
    NOTICE_WAITS_NO_FILE,
    NOTICE_WAITS_DENIED,
    NOTICE_WAITS_NO_DESCRIPTORS,
    NOTICE_NO_SAMPLES,      /* sampling: the request was over before the first */
    NOTICE_FORKED,          /* sampling: this is a child of the sampled process */
    NOTICE_TIME,            /* the request took longer than profiler-max-time */
    NOTICE_HARAKIRI,        /* the server killed the request: it ends there */
    NOTICE_MERCY,           /* the same, as its worker took too long to end */
    NOTICE_NO_OWN_CODE,     /* every function is a library's: all are shown */
    NOTICE_SOURCE_ENCODING, /* some lines of source could not be decoded */
    NOTICE_CLIENT_LEFT,     /* a response that was held back was closed for it */
    NOTICE_COUNT,
};

#define NOTICES_WAITS_UNKNOWN                                                          \
    (1u << NOTICE_WAITS_UNKNOWN | 1u << NOTICE_WAITS_NO_PROC |                         \
     1u << NOTICE_WAITS_NO_FILE | 1u << NOTICE_WAITS_DENIED |                          \
     1u << NOTICE_WAITS_NO_DESCRIPTORS)

struct profile {
    char id[PROFILE_ID_SIZE];

    /* The request. Owned (profile_set), {NULL, 0} when there is none. */
    struct str method;
    struct str path;      /* SCRIPT_NAME and PATH_INFO: percent-decoded, any byte */
    struct str query;     /* as sent, without flags */
    struct str mount;     /* the app's mount point */
    struct str flag;      /* the parameter of the query that asked for the profile */
    struct str location;  /* of the app's redirect, without flags */
    struct str exception; /* the class name of what the app let escape */
    int status;           /* of the app's own answer; 0: it gave none */
    uint64_t response_bytes;

    int64_t started_us; /* wall clock, since the epoch */
    uint64_t wall_ns;   /* from the call of the callable to the end of close() */
    uint64_t cpu_ns;    /* of the request's thread, in that time */
    /* Deterministic: its thread waited for a processor; 0: not known. When sampling, it
     * is in .sampled. */
    uint64_t cpu_wait_ns;

    enum profile_mode mode;
    uint64_t interval_ns; /* sampling only: the mean distance of samples */
    int worker, core, pid;
    struct str python; /* its version: "3.11.2"; owned, as the next */
    struct str server; /* "2.0.21-debian" */

    uint32_t notices; /* bits of enum notice_code */

    struct functab functab;
    struct calltree tree;
    struct overflow overflow; /* empty unless the tree is truncated */
    struct classes classes;   /* deterministic, where it is known */
    struct sampled sampled;   /* empty unless sampling */
};

/* Copies bytes into one of the owned strings above, which keeps what it had when memory
 * runs out (then false). */
bool profile_set(struct str *field, struct str value);

/* A new profile of the same request: with the facts that are known when it starts (id,
 * method, path, query, mount, mode, place, versions), and nothing collected.
 * What of them memory has no room for stays empty; NULL when there is none at all. */
struct profile *profile_copy_request(const struct profile *p);

/* The request's whole time in one kind, as far as it is known. */
uint64_t profile_wait_ns(const struct profile *p, enum wait_kind kind);

/* The sentence for a reader: "the call tree was cut at 65536 nodes ...". Static. */
const char *notice_text(enum notice_code code);
const char *notice_name(enum notice_code code); /* one word: "truncated" */

/* The process's id of a new profile: 16 hex digits, random. */
void profile_make_id(char id[PROFILE_ID_SIZE]);

/* The memory that it holds, but for what the allocator adds. */
size_t profile_bytes(const struct profile *p);

/* Frees all that the profile owns, and the profile itself. */
void profile_destroy(struct profile *p);

#endif
