/* json.h -- JSON text that is safe in any place, inside a <script> too.
 *
 * '<' is written \u003c; control characters, U+2028 and U+2029 are escaped; bytes that
 * are not UTF-8 become U+FFFD. */

#ifndef PROFILER_JSON_H
#define PROFILER_JSON_H

#include "../core/buf.h"

/* A string with its quotes. */
void json_string(struct buf *out, struct str bytes);

#endif
