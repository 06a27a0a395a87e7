/* apps.h -- finds the directories of an app's own code, as far as Python knows them.
 *
 * Reads sys.path and the imported modules; runs no code of the app. */

#ifndef PROFILER_APPS_H
#define PROFILER_APPS_H

#include "profile/origin.h"

/* Adds to o the entries of sys.path that do not hold installed packages, and the places
 * of these modules: the named ones (the value of an option), those of Flask's
 * import_name and of Django's settings, those that uWSGI loads from a file, and those
 * that hold the callable. Takes about a millisecond. GIL held, the app's interpreter
 * current. A pending exception stays pending. */
void apps_find_places(struct origins *o, void *callable, const struct str *modules,
                      size_t module_count);

#endif
