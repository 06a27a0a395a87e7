/* html.h -- the .html report: the page from templates/, with the txt and the json
 * report inside. */

#ifndef PROFILER_HTML_H
#define PROFILER_HTML_H

#include "report/common/report.h"

/* Returns false when out of memory. */
bool html_write(const struct report *r, struct buf *out);

#endif
