/* html.h -- the .html report: the page of templates/, with the txt and the json report
 * in it. */

#ifndef PROFILER_HTML_H
#define PROFILER_HTML_H

#include "report/common/report.h"

/* False when out of memory. */
bool html_write(const struct report *r, struct buf *out);

#endif
