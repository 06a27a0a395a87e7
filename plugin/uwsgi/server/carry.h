/* carry.h -- carries the secret of profiler-key-file over a reload.
 *
 * When a server that has dropped root reloads, it re-executes itself as a user who
 * normally cannot read the file. So the master alone keeps the secret in a sealed,
 * nameless file, which can be inherited only at the moment of the reload. If the new
 * server does not load this plugin, it closes the file, as it closes all unknown
 * descriptors. */

#ifndef PROFILER_CARRY_H
#define PROFILER_CARRY_H

#include "options/secret.h"

#include <time.h>

/* After a reload: returns the secret that the previous server read from this file, and
 * the file's st_mtim at that time (*changed). A NULL path only drops the secret. False,
 * with *s unchanged, when the previous server kept no secret of this file. */
bool carry_take(const char *path, struct secret *s, struct timespec *changed);

/* Keeps the secret for the next reload. If that fails, the next reload has to read the
 * file. */
void carry_keep(const char *path, const struct secret *s, struct timespec changed);

/* For the master, when it ends or is about to re-execute itself. */
void carry_over_reload(void);

/* For workers, mules and spoolers, which do not need the secret. */
void carry_drop(void);

#endif
