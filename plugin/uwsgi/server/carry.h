/* carry.h -- the secret of profiler-key-file, over a reload.
 *
 * The server re-executes itself as the user that it has dropped root to, who can not
 * read the file, as a rule. What was read before stays in a sealed file without a name,
 * of the master alone; only for the moment of the reload can it be inherited. A server
 * that starts without this plugin closes it, as it does all that it does not know. */

#ifndef PROFILER_CARRY_H
#define PROFILER_CARRY_H

#include "options/secret.h"

#include <time.h>

/* After a reload: takes what the server before has kept of this file, or, when path is
 * NULL, lets go of what it has kept. False, and *s as it was, when there is none.
 * *changed is then the file's st_mtim as it was read. */
bool carry_take(const char *path, struct secret *s, struct timespec *changed);

/* Keeps the secret for the next reload. Without the means to do so, that one will have
 * to read the file. */
void carry_keep(const char *path, const struct secret *s, struct timespec changed);

/* In the master, when it ends or is about to re-execute itself. */
void carry_over_reload(void);

/* In a worker, mule or spooler, which have no use for it. */
void carry_drop(void);

#endif
