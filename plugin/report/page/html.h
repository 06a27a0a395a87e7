/* html.h -- the .html report: the page from templates/, with the txt and the json
 * report inside. */

#ifndef PROFILER_HTML_H
#define PROFILER_HTML_H

#include "report/common/report.h"

/* Returns false when out of memory. */
bool html_write(const struct report *r, struct buf *out);

/* The page around a profile's data, for other data: everything before their element,
 * with an empty text table; and everything after it. */
void html_add_head(struct buf *out);
struct str html_tail(void);

#endif
