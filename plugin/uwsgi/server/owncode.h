/* owncode.h -- tells where the apps' own code lies, from the server's options and from
 * what Python has loaded. */

#ifndef PROFILER_OWNCODE_H
#define PROFILER_OWNCODE_H

#include "server.h"

/* In a worker, before its first request. Without memory nothing is found. */
void owncode_prepare(void);

/* The app of this request, when it is profiled for the first time. GIL held. */
void owncode_find(const struct wsgi_request *r);

#endif
