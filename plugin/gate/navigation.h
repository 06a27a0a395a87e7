/* navigation.h -- does this request load a page into a browser, or start a websocket?
 *
 * If a flag has no word for the answer, our page replaces only pages in a browser. The
 * answers to scripts, style sheets and images must stay unchanged. */

#ifndef PROFILER_NAVIGATION_H
#define PROFILER_NAVIGATION_H

#include "view.h"

/* Is the method GET, HEAD or POST, does Accept name text/html, and is Sec-Fetch-Dest
 * (newer browsers send it) absent, "document" or "iframe"? */
bool request_is_navigation(const struct request_view *r);

/* Does the Upgrade header offer "websocket"? Such a connection lasts for minutes, and
 * is never profiled. Requests that offer other protocols ("h2c": curl --http2, Java's
 * client) are ordinary: no WSGI app can accept the offer. The header Connection is
 * ignored: proxies rewrite it, and uWSGI's handshake does not need it. */
bool request_is_upgrade(const struct request_view *r);

#endif
