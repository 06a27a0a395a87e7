/* formats.h -- the table of all report formats.
 *
 * To add a format, write a file with its write function and add a row to formats.c. */

#ifndef PROFILER_FORMATS_H
#define PROFILER_FORMATS_H

#include "choice/format.h"

extern const struct format_table report_formats;

#endif
