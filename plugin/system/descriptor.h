/* descriptor.h -- what a descriptor of this process is, and what a thread waits for
 * that waits for any of several.
 *
 * Asks no file server, which may be what another thread waits for. */

#ifndef PROFILER_DESCRIPTOR_H
#define PROFILER_DESCRIPTOR_H

#include "base/str.h"
#include "wait.h"

#include <stdint.h>

enum descriptor_kind {
    DESCRIPTOR_OTHER, /* a terminal, a device; or there is none of that number */
    DESCRIPTOR_SOCKET,
    DESCRIPTOR_PAIR, /* an end of a socketpair(): within this process, or to a child */
    DESCRIPTOR_FILE,
    DESCRIPTOR_PIPE,
    DESCRIPTOR_CHILD, /* a pidfd */
    DESCRIPTOR_TIMER,
    DESCRIPTOR_OWN, /* an eventfd and the like: something in this process */
};

enum descriptor_kind descriptor_kind(int fd);

#define WATCHED_MAX 64

/* A call that waits for any of several descriptors: poll, select, epoll_wait. */
struct watch {
    bool timed; /* it ends after some time, too */
    uint32_t count;
    struct {
        int fd;
        bool reads, writes;
    } of[WATCHED_MAX];
};

/* One more; what there is no room for is left out. */
void watch_add(struct watch *w, int fd, bool reads, bool writes);

/* Those of an epoll, from the text of its /proc/self/fdinfo file. */
void watch_parse_epoll(struct watch *w, struct str text);

/* The same, asked for now. False when that cannot be told. */
bool watch_epoll(struct watch *w, int epoll);

/* The network, where a socket is among them (*fd, where it is the only one); else a
 * child; else, where all are of this process, the timer, or WAITS_LOOP: whoever wakes
 * the loop. */
enum wait_kind watch_kind(const struct watch *w, int *fd);

#endif
