/* origin.h -- whose code a function is: the user's own, a library's, Python's.
 *
 * What lies in a site-packages or dist-packages is a library's; what lies in another
 * part of a lib/pythonX.Y, or is frozen, the standard library's; whatever else lies
 * below a prefix of Python's, a library's. /usr and /usr/local do not count as such
 * prefixes, because applications live there too. What was compiled from no file
 * ("<string>", "<attrs generated init Item>") is a library's: own classes have such
 * methods, too, but nobody wrote them. All the rest is own code. */

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
 * code, what profiler-hide finds is not, whatever profiler-show says (as profiler-skip
 * prevails over profiler-path). Each may be NULL; borrowed. */
struct origin_rules {
    const struct origins *origins;
    const struct regex_list *show, *hide;
};

/* *library is a view into the function's names or static: "flask" for
 * .../site-packages/flask/app.py, "json" for .../lib/python3.11/json/decoder.py, "time"
 * for <built-in method time.sleep>, {"", 0} for own code and where nothing tells. Of
 * hidden code outside of any library: the last directory. FUNCTAB_NONE is the request.
 * When memory runs out, nothing is shown or hidden by the rules. */
enum origin origin_of(const struct origin_rules *rules, const struct functab *t,
                      uint32_t func, struct str *library);

/* The same to one who folds libraries: own code that hides itself (functab_is_hidden)
 * is a library's there, whatever profiler-show says. */
enum origin origin_folded(const struct origin_rules *rules, const struct functab *t,
                          uint32_t func, struct str *library);

/* The file without the directory that says only where libraries are: "flask/app.py",
 * "json/decoder.py"; own code keeps its last two components: "shop/views.py". "~" and
 * "<string>" stay what they are. A view into the file's name. */
struct str origin_short_path(const struct origins *o, struct str file);

#endif
