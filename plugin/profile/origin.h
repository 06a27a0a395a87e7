/* origin.h -- whose code a function is: the user's own, a library's, Python's.
 *
 * Places decide, and of several that a file lies below, the innermost:
 *
 *   an app's place             own code: chdir, pythonpath, where the app's module is
 *   site-packages and the like a library's
 *   another part of lib/pythonX.Y, or frozen: the standard library's
 *   a prefix of Python's       a library's; /usr and /usr/local do not count as such,
 *                              because applications live there too
 *   elsewhere                  own code
 *
 * So a project may lie inside its virtualenv, a virtualenv inside its project, and an
 * app that is installed as a package is own code, while its neighbours are libraries'.
 * What was compiled from no file ("<string>", "<attrs generated init Item>") is a
 * library's: own classes have such methods, too, but nobody wrote them. */

#ifndef PROFILER_ORIGIN_H
#define PROFILER_ORIGIN_H

#include "functab.h"
#include "base/regex.h"

/* The numbers are those of the json report. */
enum origin {
    ORIGIN_OWN,
    ORIGIN_LIBRARY,
    ORIGIN_STDLIB,
    ORIGIN_BUILTIN,
    ORIGIN_SYNTHETIC, /* the request itself */
};

/* More than any app has; those that come later are left out. */
#define ORIGIN_PLACES_MAX 64

/* Where this Python and its packages are (set once, while the server starts), and where
 * the apps are: added by one thread at a time, when others may read. */
struct origins {
    char **prefixes; /* owned, and each: sys.prefix and the like, without final slash */
    size_t count;
    char *own[ORIGIN_PLACES_MAX]; /* owned: directories, or files; likewise */
    size_t own_count;             /* atomic */
};

/* Adds a prefix, unless it is there already, or empty. False when out of memory. */
bool origins_add(struct origins *o, struct str prefix);

/* Adds a place of an app's. Not one that holds packages of all kinds
 * (.../site-packages, lib/python3.11) rather than an app's. */
void origins_add_own(struct origins *o, struct str place);

/* Adds the place of a module with this dotted name, loaded from this absolute file: the
 * directory that its outermost package is in, as a part of sys.path; below a directory
 * of packages the package alone. */
void origins_add_module(struct origins *o, struct str name, struct str file);
void origins_free(struct origins *o);

/* Does the path lead through a directory of packages, or of the standard library? */
bool origin_is_installed(struct str path);

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
    bool all_own; /* libraries are own code, too, as nothing else is */
};

/* Is some function own code, or none a library's? Else a report that folds libraries
 * would show nothing. */
bool origin_has_own(const struct origin_rules *rules, const struct functab *t);

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
