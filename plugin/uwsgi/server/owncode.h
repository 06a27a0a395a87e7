/* owncode.h -- finds the directories of the apps' own code, from the server's options
 * and from the modules that Python has loaded. */

#ifndef PROFILER_OWNCODE_H
#define PROFILER_OWNCODE_H

#include "server.h"

/* Call it in a worker, before its first request. Finds nothing when out of memory. */
void owncode_prepare(void);

/* Looks at the app of this request, at its first profiled request. GIL held. */
void owncode_find(const struct wsgi_request *r);

#endif
