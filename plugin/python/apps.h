/* apps.h -- where an app's own code lies, as far as Python knows.
 *
 * Reads sys.path and the modules that are there; runs no code of the app's. */

#ifndef PROFILER_APPS_H
#define PROFILER_APPS_H

#include "profile/origin.h"

/* Adds to the places of apps: the entries of sys.path that hold no packages, and where
 * these modules lie: of that name (an option's value), of Flask's import_name, of
 * Django's settings, those that uWSGI loads from a file, and those that hold the
 * callable. Takes a millisecond. GIL held, the app's interpreter current; a pending
 * exception stays. */
void apps_find_places(struct origins *o, void *callable, const struct str *modules,
                      size_t module_count);

#endif
