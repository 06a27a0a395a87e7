/* What it costs a request to be sampled at all: the collector's start and finish, in a
 * Python of its own, without a sample in between.
 *
 *     startstop TIMES  ->  "start_us finish_us both_us": medians
 *
 * In between the thread works for PAUSE_NS, as a request does, so that the sampler's
 * thread, which the start wakes, has gone to sleep again. */

#include "median.h"

#include "collect/collector.h"
#include "profile/profile.h"

#include <Python.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PAUSE_NS 200000

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void work(void)
{
    uint64_t end = now_ns() + PAUSE_NS;
    while (now_ns() < end) {
    }
}

static void once(struct collector_env *env, uint64_t *start_ns, uint64_t *finish_ns)
{
    const struct collector_settings settings = {
        .mode = MODE_SAMPLING,
        .max_nodes = 65536,
        .interval_ns = 1000000000,
        .max_ns = 3600000000000}; /* 0 would end it at once, and wake the sampler */
    struct profile *p = calloc(1, sizeof *p);
    const char *why = NULL;
    uint64_t began = now_ns();
    struct collector *c = collector_start(env, &settings, &why);
    *start_ns = now_ns() - began;
    if (!p || !c) {
        fprintf(stderr, "cannot start: %s\n", why);
        exit(1);
    }
    work();
    began = now_ns();
    collector_finish(c, p);
    *finish_ns = now_ns() - began;
    profile_destroy(p);
    work();
}

int main(int argc, char **argv)
{
    int times = argc > 1 ? atoi(argv[1]) : 0;
    if (times < 1) {
        fprintf(stderr, "usage: startstop TIMES\n");
        return 2;
    }
    size_t count = (size_t)times;
    uint64_t *start = calloc(count, sizeof *start);
    uint64_t *finish = calloc(count, sizeof *finish);
    uint64_t *both = calloc(count, sizeof *both);
    struct collector_env *env = collector_env_create();
    if (!start || !finish || !both || !env)
        return 1;
    Py_Initialize();
    for (size_t i = 0; i < count; i++) {
        once(env, &start[i], &finish[i]);
        both[i] = start[i] + finish[i];
    }
    printf("%.1f %.1f %.1f\n", median_us(start, count), median_us(finish, count),
           median_us(both, count));
    return 0;
}
