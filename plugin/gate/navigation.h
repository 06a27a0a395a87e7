/* navigation.h -- what becomes of the answer to this request: a page in a browser, or a
 * connection that leaves HTTP?
 *
 * Only a browser's page may be replaced by ours, unless a flag asks for it by name:
 * what a script fetches, a style sheet or an image must stay what it is. */

#ifndef PROFILER_NAVIGATION_H
#define PROFILER_NAVIGATION_H

#include "view.h"

/* GET, HEAD or POST; Accept names text/html; Sec-Fetch-Dest, which newer browsers send,
 * is absent, "document" or "iframe". */
bool request_is_navigation(const struct request_view *r);

/* Does the Upgrade header offer "websocket"? Such a connection lasts for minutes, and
 * is never profiled. Offers of other protocols ("h2c": curl --http2, Java's client) are
 * ordinary requests: no WSGI app can accept them. Connection is not looked at: proxies
 * rewrite it, and uWSGI's handshake does not need it. */
bool request_is_upgrade(const struct request_view *r);

#endif
