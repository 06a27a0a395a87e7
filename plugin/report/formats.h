/* formats.h -- the one table of report formats.
 *
 * To add one: a file with its write function, declared here, and a row in formats.c. */

#ifndef PROFILER_FORMATS_H
#define PROFILER_FORMATS_H

#include "../core/format.h"

extern const struct format_table report_formats;

/* .prof: marshal of {(file, line, name): (cc, nc, tt, ct, callers)}, then, after that
 * object, where readers do not look, "\nprofile <id>\n". */
bool prof_write(const struct profile *p, const struct stats *s, struct buf *out);

/* .html: the page of templates/, with the txt and the json report in it. */
bool html_write(const struct profile *p, const struct stats *s, struct buf *out);

/* .txt: the log record, as record.h makes it, without FILE lines. */
bool txt_write(const struct profile *p, const struct stats *s, struct buf *out);

/* .folded: stacks and microseconds, for flamegraph.pl and inferno; see folded.c. */
bool folded_write(const struct profile *p, const struct stats *s, struct buf *out);

/* .speedscope.json: for https://www.speedscope.app; see speedscope.c. */
bool speedscope_write(const struct profile *p, const struct stats *s, struct buf *out);

/* .pb.gz: for go tool pprof; see pprof.c. */
bool pprof_write(const struct profile *p, const struct stats *s, struct buf *out);

/* .json: all there is, for programs; its schema is in profile_json.c. */
bool json_write(const struct profile *p, const struct stats *s, struct buf *out);

#endif
