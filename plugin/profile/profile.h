/* profile.h -- one finished profile: everything that a report needs, without objects of
 * Python or of the server.
 *
 * A collector fills the function table and the call tree; describe.c (uwsgi/request)
 * fills in the facts about the request. After the request has ended, the profile is
 * immutable and owns all its memory, and any thread may read it without the GIL. Valid
 * when zeroed. */

#ifndef PROFILER_PROFILE_H
#define PROFILER_PROFILE_H

#include "calltree.h"
#include "classes.h"
#include "functab.h"
#include "mode.h"
#include "overflow.h"
#include "sampled.h"

#define PROFILE_ID_SIZE 17 /* 16 hex digits and a NUL */

/* Warnings that a reader of the report must know. */
enum notice_code {
    NOTICE_TRUNCATED,         /* the tree is full; figures by function are exact */
    NOTICE_MEMORY,            /* memory ran out: figures are incomplete */
    NOTICE_CALLBACK_REPLACED, /* the app set its own profile function */
    NOTICE_OTHER_PROFILER,    /* another profiler was active: paused for this request */
    NOTICE_GREENLETS,         /* it started greenlets, or following them failed */
    NOTICE_THREADS,           /* the request started threads */
    NOTICE_THINNED,           /* sampling: the timeline was thinned to fit */
    NOTICE_DEEP,              /* sampling: stacks were cut at a depth */
    /* sampling: the kernel does not say what the request waits for. Five reasons have
     * one name: */
    NOTICE_WAITS_UNKNOWN,        /* the server changed its user */
    NOTICE_WAITS_NO_PROC,        /* no /proc */
    NOTICE_WAITS_NO_FILE,        /* no syscall file in /proc */
    NOTICE_WAITS_DENIED,         /* a policy forbids reading it */
    NOTICE_WAITS_NO_DESCRIPTORS, /* no free file descriptor */
    NOTICE_NO_SAMPLES,      /* sampling: the request ended before the first sample */
    NOTICE_FORKED,          /* sampling: this process is a child of the sampled one */
    NOTICE_TIME,            /* the request took longer than profiler-max-time */
    NOTICE_HARAKIRI,        /* harakiri killed the request: the profile ends there */
    NOTICE_MERCY,           /* the same, because its worker took too long to end */
    NOTICE_NO_OWN_CODE,     /* all functions belong to libraries: all are shown */
    NOTICE_SOURCE_ENCODING, /* some source lines could not be decoded */
    NOTICE_CLIENT_LEFT,     /* the client left: a held-back response was closed */
    NOTICE_COUNT,
};

#define NOTICES_WAITS_UNKNOWN                                                          \
    (1u << NOTICE_WAITS_UNKNOWN | 1u << NOTICE_WAITS_NO_PROC |                         \
     1u << NOTICE_WAITS_NO_FILE | 1u << NOTICE_WAITS_DENIED |                          \
     1u << NOTICE_WAITS_NO_DESCRIPTORS)

struct profile {
    char id[PROFILE_ID_SIZE];

    /* The request. Strings are owned (profile_set); {NULL, 0} when absent. */
    struct str method;
    struct str path;      /* SCRIPT_NAME and PATH_INFO: percent-decoded, any byte */
    struct str query;     /* as sent, without flags */
    struct str mount;     /* the app's mount point */
    struct str route;     /* name of the path's route (profiler-group) */
    struct str flag;      /* name of the query parameter that asked for the profile */
    struct str location;  /* of the app's redirect, without flags */
    struct str exception; /* class name of the exception that the app raised */
    int status;           /* of the app's own answer; 0: none */
    uint64_t response_bytes;

    int64_t started_us; /* wall clock, microseconds since the epoch */
    uint64_t wall_ns;   /* from calling the app to the end of close() */
    uint64_t cpu_ns;    /* CPU time of the request's thread within wall_ns */
    /* Deterministic mode: time that the request's thread waited for a processor; 0: not
     * known. Sampling mode has it in .sampled. */
    uint64_t cpu_wait_ns;

    enum profile_mode mode;
    uint64_t interval_ns; /* sampling only: mean time between samples */
    int worker, core, pid;
    struct str python; /* Python's version: "3.11.2"; owned */
    struct str server; /* uWSGI's version: "2.0.21-debian"; owned */

    uint32_t notices; /* bits of enum notice_code */

    struct functab functab;
    struct calltree tree;
    struct overflow overflow; /* empty unless the tree is truncated */
    struct classes classes;   /* deterministic only, from Python 3.11 on */
    struct sampled sampled;   /* empty unless sampling */
};

/* Copies value into one of the owned strings above. Returns false when out of memory;
 * the field keeps its old value then. */
bool profile_set(struct str *field, struct str value);

/* Makes an empty profile of the same request. It has the facts that are known when a
 * request starts (id, method, path, query, mount, route, mode, worker, core, pid,
 * versions) and no figures. Strings that memory has no room for stay empty. Returns
 * NULL when out of memory. */
struct profile *profile_copy_request(const struct profile *p);

/* The request's total time in one kind of wait, as far as it is known. */
uint64_t profile_wait_ns(const struct profile *p, enum wait_kind kind);

/* The sentence for the reader: "the call tree is full ...". Static. */
const char *notice_text(enum notice_code code);
const char *notice_name(enum notice_code code); /* one word: "truncated" */

/* Makes an id for a new profile: 16 random hex digits. */
void profile_make_id(char id[PROFILE_ID_SIZE]);

/* The bytes of memory that the profile holds, without the allocator's overhead. */
size_t profile_bytes(const struct profile *p);

/* Frees the profile and everything that it owns. */
void profile_destroy(struct profile *p);

#endif
