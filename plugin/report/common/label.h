/* label.h -- labels of functions and requests in reports for other tools.
 *
 * The bytes are raw: the caller escapes them for its format. */

#ifndef PROFILER_LABEL_H
#define PROFILER_LABEL_H

#include "profile/origin.h"
#include "profile/profile.h"

/* Appends "Cart.total"; for builtins "time.sleep", "socket.recv_into", or cProfile's
 * name if it does not have such a form. */
void label_name(const struct functab *t, uint32_t func, struct buf *out);

/* Appends "Cart.total (shop/cart.py:12)"; for a builtin only the name. */
void label_frame(const struct functab *t, const struct origins *origins, uint32_t func,
                 struct buf *out);

/* Appends "GET /search". Never empty. */
void label_request(const struct profile *p, struct buf *out);

#endif
