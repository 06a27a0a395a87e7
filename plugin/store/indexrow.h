/* indexrow.h -- one line of index.jsonl with all its members (index.h lists them). */

#ifndef PROFILER_INDEXROW_H
#define PROFILER_INDEXROW_H

#include "base/buf.h"

#include <stdint.h>

#define ROW_NONE (-1.0) /* a number that is not there; no number is negative */

/* Texts, each with a NUL after it: json_next_name walks through them. */
struct row_names {
    struct str text;
    size_t count;
};

/* Valid when zeroed; then read it before you use it. */
struct index_row {
    struct buf text; /* owned; the bytes of all texts below */
    struct str id, method, path, query, mode, exception, route;      /* NULL: none */
    double time, status, elapsed_ms, bytes, cpu_ms, wait_ms, worker; /* or ROW_NONE */
    struct row_names notices, files;
};

enum row_kind {
    ROW_TEXT,  /* struct str */
    ROW_TIME,  /* double: seconds since 1970, with six decimals */
    ROW_MS,    /* double: milliseconds, with three decimals */
    ROW_COUNT, /* double: a whole number */
    ROW_NAMES, /* struct row_names */
};

struct row_field {
    struct str name; /* of the member */
    enum row_kind kind;
    size_t offset; /* in struct index_row */
};

#define ROW_FIELDS 16
extern const struct row_field row_fields[ROW_FIELDS]; /* in the order of a line */

/* Returns NULL if no member has this name. */
const struct row_field *row_field_find(struct str name);

static inline const void *row_member(const struct index_row *row,
                                     const struct row_field *field)
{
    return (const char *)row + field->offset;
}

/* Length of an id: lowercase hexadecimal digits. */
#define ROW_ID_DIGITS 16
bool row_is_id(struct str text);

/* Reads a line without its newline. The row keeps no view of the line. Blanks and the
 * order of members do not matter; members of other names are skipped.
 *
 * Returns false, and the row is of no use, if it is not a line of the index: not one
 * object; no id; no files, or a name that index_is_name refuses; a known member twice
 * or with a value of another type; a negative or too large number. Also returns false
 * when out of memory; then row->text.failed is set. */
bool indexrow_read(struct index_row *row, struct str line);

/* Appends all members that index.jsonl has, as an object without its closing brace.
 * Missing ones are null. */
void indexrow_write(const struct index_row *row, struct buf *out);

void indexrow_free(struct index_row *row);

#endif
