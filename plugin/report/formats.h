/* formats.h -- the one table of report formats.
 *
 * To add one: a file with its write function, and a row in formats.c. */

#ifndef PROFILER_FORMATS_H
#define PROFILER_FORMATS_H

#include "choice/format.h"

extern const struct format_table report_formats;

#endif
