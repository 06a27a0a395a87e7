/* navigation.h -- does a browser show the answer to this request as a page?
 *
 * Only then may a page of ours stand in the place of the app's answer, unless a flag
 * asks for it by name: what a script fetches, a style sheet or an image must stay what
 * it is. */

#ifndef PROFILER_NAVIGATION_H
#define PROFILER_NAVIGATION_H

#include "trigger.h"

/* GET, HEAD or POST; Accept names text/html; Sec-Fetch-Dest, which newer browsers send,
 * is absent, "document" or "iframe". */
bool request_is_navigation(const struct request_view *r);

#endif
