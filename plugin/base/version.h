/* version.h -- the version of the plugin, and of its packages (pyproject.toml reads it
 * here). */

#ifndef PROFILER_VERSION_H
#define PROFILER_VERSION_H

#define PROFILER_VERSION "0.1.0"

#endif
