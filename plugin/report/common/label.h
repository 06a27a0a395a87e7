/* label.h -- what a function and a request are called in a report for other tools.
 *
 * Bytes as they are: whoever writes them makes them harmless for its format. */

#ifndef PROFILER_LABEL_H
#define PROFILER_LABEL_H

#include "profile/origin.h"
#include "profile/profile.h"

/* "Cart.total"; of builtins "time.sleep", "socket.recv_into", and what cProfile calls
 * them where that cannot be made out. */
void label_name(const struct functab *t, uint32_t func, struct buf *out);

/* "Cart.total (shop/cart.py:12)"; of a builtin its name alone. */
void label_frame(const struct functab *t, const struct origins *origins, uint32_t func,
                 struct buf *out);

/* "GET /search"; never empty. */
void label_request(const struct profile *p, struct buf *out);

#endif
