/* origin.h -- whose code a function is: the user's own, a library's or Python's.
 *
 * The directory of the function's file decides. If several of these contain the file,
 * the innermost one counts:
 *
 *   an app's place              own code: chdir, pythonpath, the directory of the
 *                               app's module
 *   site-packages and the like  a library
 *   the rest of lib/pythonX.Y   the standard library, as are frozen modules
 *   a prefix of Python          a library; /usr and /usr/local do not count, because
 *                               applications live there too
 *   any other directory         own code
 *
 * So a project may be inside its virtualenv, or a virtualenv inside its project. An app
 * that is installed as a package is own code, and the packages next to it are
 * libraries. Code that was compiled from no file ("<string>", "<attrs generated init
 * Item>") counts as a library's: own classes contain generated methods, too, but nobody
 * wrote them. */

#ifndef PROFILER_ORIGIN_H
#define PROFILER_ORIGIN_H

#include "functab.h"
#include "base/regex.h"

/* The json report contains these numbers. */
enum origin {
    ORIGIN_OWN,
    ORIGIN_LIBRARY,
    ORIGIN_STDLIB,
    ORIGIN_BUILTIN,
    ORIGIN_SYNTHETIC, /* the request itself */
};

/* More than any app has; further places are ignored. */
#define ORIGIN_PLACES_MAX 64

/* The directories of Python and its packages, and of the apps. The server sets prefixes
 * once, while it starts. Places in own are added later, by one thread at a time, while
 * other threads read. */
struct origins {
    char **prefixes; /* owned, with its items: sys.prefix etc., without final slash */
    size_t count;
    char *own[ORIGIN_PLACES_MAX]; /* owned: directories and files of apps, without
                                     final slash */
    size_t own_count;             /* atomic */
};

/* Adds a prefix, unless it is empty or known already. Returns false when out of
 * memory. */
bool origins_add(struct origins *o, struct str prefix);

/* Adds a directory or file of an app. Ignores directories that hold packages of all
 * kinds (.../site-packages, lib/python3.11). */
void origins_add_own(struct origins *o, struct str place);

/* Adds the place of a module, given its dotted name and absolute file: the directory
 * that contains its outermost package, as sys.path would name it. Inside a directory of
 * packages it adds only the package itself. */
void origins_add_module(struct origins *o, struct str name, struct str file);
void origins_free(struct origins *o);

/* True if the path goes through a directory of packages or of the standard library. */
bool origin_is_installed(struct str path);

struct regex_list {
    struct regex **items; /* owned */
    size_t count;
};

/* The rules for origin_of. Patterns are searched in "file:line(name)": a function that
 * profiler-show matches is own code; one that profiler-hide matches is not, even if
 * profiler-show matches too (as profiler-skip wins over profiler-path). Each pointer is
 * borrowed and may be NULL. */
struct origin_rules {
    const struct origins *origins;
    const struct regex_list *show, *hide;
    bool all_own; /* libraries count as own code: set when no other function does */
};

/* True if at least one function is own code, or if no function is a library's. If
 * false, a report that folds libraries would show nothing. */
bool origin_has_own(const struct origin_rules *rules, const struct functab *t);

/* Returns the origin of a function; FUNCTAB_NONE is the request. Sets *library:
 *
 *     .../site-packages/flask/app.py       "flask"
 *     .../lib/python3.11/json/decoder.py   "json"
 *     <built-in method time.sleep>         "time"
 *     own code that a rule hides           the file's last directory
 *     anything else                        "" (length 0)
 *
 * *library is a view into the function's names, or static. When out of memory, the
 * rules are ignored. */
enum origin origin_of(const struct origin_rules *rules, const struct functab *t,
                      uint32_t func, struct str *library);

/* As origin_of, for reports that fold libraries: own code with __tracebackhide__
 * (functab_is_hidden) counts as a library's, even if profiler-show matches it. */
enum origin origin_folded(const struct origin_rules *rules, const struct functab *t,
                          uint32_t func, struct str *library);

/* Shortens a file's path. Returns a view into it: for a library "flask/app.py",
 * "json/decoder.py"; for own code the last two components, "shop/views.py"; "~" and
 * "<string>" unchanged. */
struct str origin_short_path(const struct origins *o, struct str file);

#endif
