/* origin.h -- whose code a function is: the user's own, a library's, Python's.
 *
 * Own code is what lies neither in site-packages or dist-packages, nor below a prefix
 * of Python's. For /usr and /usr/local, where applications live as well, only
 * lib/pythonX.Y below them counts as Python's. */

#ifndef PROFILER_ORIGIN_H
#define PROFILER_ORIGIN_H

#include "functab.h"
#include "regex.h"

/* The numbers are those of the json report. */
enum origin {
    ORIGIN_OWN,
    ORIGIN_LIBRARY,
    ORIGIN_STDLIB,
    ORIGIN_BUILTIN,
    ORIGIN_SYNTHETIC, /* the request itself */
};

/* Where this Python and its packages are. Set once in a worker, read-only then. */
struct origins {
    char **prefixes; /* owned, and each: sys.prefix and the like, without final slash */
    size_t count;
};

/* Adds a prefix, unless it is there already, or empty. False when out of memory. */
bool origins_add(struct origins *o, struct str prefix);
void origins_free(struct origins *o);

struct regex_list {
    struct regex **items; /* owned */
    size_t count;
};

/* How functions are told apart: what profiler-show finds in "file:line(name)" is own
 * code, what profiler-hide finds is not. Each may be NULL; borrowed. */
struct origin_rules {
    const struct origins *origins;
    const struct regex_list *show, *hide;
};

/* *library is a view into the file's name or static: "flask" for
 * .../site-packages/flask/app.py, "json" for .../lib/python3.11/json/decoder.py,
 * {"", 0} for own code. Of hidden code outside of any library: the last directory. */
enum origin origin_of(const struct origin_rules *rules, const struct functab *t,
                      uint32_t func, struct str *library);

/* The file without the directory that says only where libraries are: "flask/app.py",
 * "json/decoder.py"; own code keeps its last two components: "shop/views.py". A view
 * into the file's name. */
struct str origin_short_path(const struct origins *o, struct str file);

#endif
