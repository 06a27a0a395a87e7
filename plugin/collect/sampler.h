/* sampler.h -- the thread that samples, one a process.
 *
 * It is made with the first sampled request, sleeps while there is none (from an
 * interval or two after the last one on), and never holds the GIL. Between two ticks it
 * sleeps without the lock; whoever holds the lock holds it for some microseconds. In a
 * child of a fork there is no such thread, nor any target, until the child samples
 * itself. */

#ifndef PROFILER_SAMPLER_H
#define PROFILER_SAMPLER_H

#include "codewatch.h"
#include "sampled_request.h"

struct sampler;

/* NULL when out of memory. To be made once in a process. GIL held. */
struct sampler *sampler_create(void);

/* Begins and ends sampling the target. GIL held, on the target's thread. False with the
 * reason in *why. */
bool sampler_add(struct sampler *s, struct sampled_request *t, const char **why);
void sampler_remove(struct sampler *s, struct sampled_request *t);

/* The lock of all targets, and the memory to be used under it. */
struct scratch *sampler_lock(struct sampler *s);
void sampler_unlock(struct sampler *s);

/* The same lock, for somebody who would rather go without: false when somebody else has
 * held it for that long. */
bool sampler_lock_within(struct sampler *s, uint64_t timeout_ns);

const struct gil_range *sampler_gil(const struct sampler *s);

#endif
