#include "profile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static const struct {
    const char *name, *text;
} notices[NOTICE_COUNT] = {
    [NOTICE_TRUNCATED] =
        {"truncated", "the call tree is full (profiler-max-nodes): calls that had no "
                      "room are counted by function, exactly, but are not in the tree"},
    [NOTICE_MEMORY] = {"memory",
                       "memory ran out while profiling: the figures are incomplete"},
    [NOTICE_CALLBACK_REPLACED] =
        {"callback-replaced", "the app set a profile function of its own (cProfile, "
                              "sys.setprofile): calls from there on are missing"},
    [NOTICE_OTHER_PROFILER] =
        {"other-profiler", "another profiler was active in this thread; it was paused "
                           "for this request"},
    [NOTICE_GREENLETS] = {"greenlets",
                          "the request started greenlets, whose work is not in this "
                          "profile, or they could not be followed all the time"},
    [NOTICE_THREADS] = {"threads", "the request started threads: what they did is not "
                                   "in this profile"},
    [NOTICE_THINNED] = {"thinned",
                        "the request took more samples than the timeline has room for: "
                        "neighbours were merged (the call tree holds them all)"},
    [NOTICE_DEEP] = {"deep",
                     "stacks deeper than 16384 frames were cut: what runs below "
                     "counts for the deepest frame that is shown"},
    [NOTICE_WAITS_UNKNOWN] =
        {"waits-unknown",
         "the kernel does not tell what the request waited for, as the server has "
         "changed its user: start uWSGI as that user, without uid= and gid="},
    [NOTICE_WAITS_NO_PROC] =
        {"waits-unknown", "what the request waited for is not known, as there is no "
                          "/proc of this server's own: mount one (mount -t proc proc "
                          "/proc)"},
    [NOTICE_WAITS_NO_FILE] =
        {"waits-unknown", "what the request waited for is not known, as this kernel or "
                          "sandbox has no file /proc/PID/task/TID/syscall"},
    [NOTICE_WAITS_DENIED] =
        {"waits-unknown",
         "what the request waited for is not known, as this server may not read "
         "/proc/PID/task/TID/syscall: a sandbox, seccomp or another policy forbids it"},
    [NOTICE_WAITS_NO_DESCRIPTORS] =
        {"waits-unknown", "what the request waited for is not known, as the server had "
                          "no file descriptor left to ask the kernel with (max-fd)"},
    [NOTICE_NO_SAMPLES] = {"no-samples",
                           "the request ended before the first sample was taken: use "
                           "deterministic mode, or a shorter interval"},
    [NOTICE_TIME] = {"time",
                     "the request took longer than profiler-max-time: the profile "
                     "ends there"},
    [NOTICE_HARAKIRI] = {"harakiri", "the server killed the request (harakiri): the "
                                     "profile ends there"},
    [NOTICE_MERCY] = {"mercy", "the server killed the worker, which was told to end "
                               "(worker-reload-mercy): the profile ends there"},
    [NOTICE_FORKED] = {"forked", "the process is a fork of the one that was sampled: "
                                 "what it did is not in this profile"},
    [NOTICE_NO_OWN_CODE] =
        {"no-own-code",
         "no function of this request is known as the app's own, so those "
         "of libraries are shown as such: profiler-show names the files "
         "of your own code"},
    [NOTICE_SOURCE_ENCODING] =
        {"source-encoding", "some source text could not be decoded as its file says: "
                            "bytes are shown as \\xNN there"},
    [NOTICE_CLIENT_LEFT] =
        {"client-left", "the client closed the connection, or its sending half, before "
                        "the response was complete: the response, and with it the "
                        "profile, ends there"},
};

const char *notice_text(enum notice_code code)
{
    return notices[code].text;
}

const char *notice_name(enum notice_code code)
{
    return notices[code].name;
}

uint64_t profile_wait_ns(const struct profile *p, enum wait_kind kind)
{
    if (p->mode == MODE_SAMPLING)
        return sampled_wait_ns(&p->sampled, p->tree.count, kind);
    return kind == WAITS_CPU ? p->cpu_ns : kind == WAITS_CPU_WAIT ? p->cpu_wait_ns : 0;
}

bool profile_set(struct str *field, struct str value)
{
    char *copy = malloc(value.len + 1);
    if (!copy)
        return false;
    if (value.len)
        memcpy(copy, value.data, value.len);
    copy[value.len] = '\0';
    free((char *)field->data);
    *field = (struct str){copy, value.len};
    return true;
}

/* For the time after boot when the kernel has no randomness yet. Unique enough. */
static uint64_t id_from_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return ((uint64_t)now.tv_sec << 30 ^ (uint64_t)now.tv_nsec) ^ (uint64_t)getpid()
                                                                      << 48;
}

void profile_make_id(char id[PROFILE_ID_SIZE])
{
    uint64_t random;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != (ssize_t)sizeof random)
        random = id_from_time();
    snprintf(id, PROFILE_ID_SIZE, "%016llx", (unsigned long long)random);
}

static size_t slots_bytes(const struct slots *s)
{
    return s->count * sizeof *s->entries;
}

static size_t functab_bytes(const struct functab *t)
{
    return t->cap * sizeof *t->funcs + t->text.cap + slots_bytes(&t->slots);
}

static size_t overflow_bytes(const struct overflow *o)
{
    return o->func_count * sizeof *o->funcs + o->pairs.cap * sizeof *o->pairs.pairs +
           slots_bytes(&o->pairs.slots) + o->frame_cap * sizeof *o->frames +
           o->host_count * sizeof *o->host_ns;
}

static size_t sampled_bytes(const struct sampled *s)
{
    return s->node_wait_cap * sizeof *s->node_wait_ns +
           s->timeline_count * sizeof *s->timeline + s->line_count * sizeof *s->lines +
           s->peer_count * sizeof *s->peers;
}

size_t profile_bytes(const struct profile *p)
{
    size_t text = p->method.len + p->path.len + p->query.len + p->mount.len +
                  p->route.len + p->flag.len + p->location.len + p->exception.len;
    return sizeof *p + text + p->tree.cap * sizeof *p->tree.nodes +
           slots_bytes(&p->tree.slots) + functab_bytes(&p->functab) +
           overflow_bytes(&p->overflow) + sampled_bytes(&p->sampled) +
           p->classes.cap * sizeof *p->classes.labels + p->classes.text.cap;
}

struct profile *profile_copy_request(const struct profile *p)
{
    struct profile *copy = calloc(1, sizeof *copy);
    if (!copy)
        return NULL;
    memcpy(copy->id, p->id, sizeof copy->id);
    profile_set(&copy->method, p->method);
    profile_set(&copy->path, p->path);
    profile_set(&copy->query, p->query);
    profile_set(&copy->mount, p->mount);
    if (p->route.data)
        profile_set(&copy->route, p->route);
    if (p->flag.data)
        profile_set(&copy->flag, p->flag);
    profile_set(&copy->python, p->python);
    profile_set(&copy->server, p->server);
    copy->mode = p->mode;
    copy->worker = p->worker;
    copy->core = p->core;
    copy->pid = p->pid;
    return copy;
}

void profile_destroy(struct profile *p)
{
    if (!p)
        return;
    struct str *owned[] = {&p->method, &p->path,  &p->query,    &p->mount,
                           &p->route,  &p->flag,  &p->location, &p->exception,
                           &p->python, &p->server};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free((char *)owned[i]->data);
    functab_free(&p->functab);
    calltree_free(&p->tree);
    overflow_free(&p->overflow);
    sampled_free(&p->sampled);
    classes_free(&p->classes);
    free(p);
}
