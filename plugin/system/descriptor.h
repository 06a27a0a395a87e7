/* descriptor.h -- finds the kind of a descriptor, and why a thread waits for several.
 *
 * Never asks a file server: another thread may be waiting for the same one. */

#ifndef PROFILER_DESCRIPTOR_H
#define PROFILER_DESCRIPTOR_H

#include "base/str.h"
#include "wait.h"

#include <stdint.h>

enum descriptor_kind {
    DESCRIPTOR_OTHER, /* a terminal, a device, a closed number */
    DESCRIPTOR_SOCKET,
    DESCRIPTOR_PAIR, /* one end of a socketpair(): within this process, or to a child */
    DESCRIPTOR_FILE,
    DESCRIPTOR_PIPE,
    DESCRIPTOR_CHILD, /* a pidfd */
    DESCRIPTOR_TIMER,
    DESCRIPTOR_OWN, /* an eventfd and the like: signalled within this process */
};

enum descriptor_kind descriptor_kind(int fd);

#define WATCHED_MAX 64

/* A call that waits for any of several descriptors: poll, select, epoll_wait. */
struct watch {
    bool timed; /* it has a timeout */
    uint32_t count;
    struct {
        int fd;
        bool reads, writes;
    } of[WATCHED_MAX];
};

/* Adds a descriptor. Ignored when the struct is full. */
void watch_add(struct watch *w, int fd, bool reads, bool writes);

/* Adds the descriptors of an epoll, from the text of its /proc/self/fdinfo file. */
void watch_parse_epoll(struct watch *w, struct str text);

/* Adds the descriptors that an epoll watches now. False when they are unknown. */
bool watch_epoll(struct watch *w, int epoll);

/* Returns the kind of wait, by the first of these that holds:
 *
 *     one is a socket (*fd is the socket if there is no other, else -1)   the network
 *     one is a pipe or a pidfd                                            WAITS_CHILD
 *     one is a file or unknown                                            WAITS_OTHER
 *     there is a timer or a timeout, or nothing is watched                WAITS_SLEEP
 *     else another thread of this process has to end the wait             WAITS_LOOP
 *
 * A socketpair counts as a socket only if the wait is not for reading. */
enum wait_kind watch_kind(const struct watch *w, int *fd);

#endif
