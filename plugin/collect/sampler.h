/* sampler.h -- the thread that samples; one per process.
 *
 * The thread is created with the first sampled request, and never holds the GIL. It
 * goes to sleep an interval or two after the last request has ended. It sleeps without
 * the lock; every holder keeps the lock for microseconds only. The sampled requests are
 * the sampler's targets. A forked child has no such thread, and no targets, until it
 * samples a request of its own. */

#ifndef PROFILER_SAMPLER_H
#define PROFILER_SAMPLER_H

#include "codewatch.h"
#include "sampled_request.h"

struct sampler;

/* Creates the sampler; to be called once per process. GIL held. NULL when out of
 * memory. */
struct sampler *sampler_create(void);

/* Begins and ends sampling the target. GIL held, on the target's thread. sampler_add
 * returns false, with the reason in *why, on failure. */
bool sampler_add(struct sampler *s, struct sampled_request *t, const char **why);
void sampler_remove(struct sampler *s, struct sampled_request *t);

/* The lock of all targets. sampler_lock returns the working memory, for use under the
 * lock. */
struct scratch *sampler_lock(struct sampler *s);
void sampler_unlock(struct sampler *s);

/* Locks like sampler_lock, but gives up after timeout_ns and returns false. */
bool sampler_lock_within(struct sampler *s, uint64_t timeout_ns);

const struct gil_range *sampler_gil(const struct sampler *s);

#endif
