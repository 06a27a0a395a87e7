/* strings.h -- the string table of a JSON report: each text once, named by its number.
 *
 * Texts are told apart as they are written, so that two which differ only in bytes that
 * are not UTF-8 are one. Numbers count from 0 in the order of first sight. Valid when
 * zeroed; not thread-safe. */

#ifndef PROFILER_STRINGS_H
#define PROFILER_STRINGS_H

#include "base/buf.h"
#include "base/slots.h"

struct strings {
    struct buf json; /* the quoted texts, end to end, with commas between */
    size_t *ends;    /* owned; where each ends in json */
    uint32_t count, cap;
    struct slots slots;
    bool failed; /* out of memory: sticky, as a buf's */
};

/* The number of the text, added when new; any number when memory runs out. */
uint32_t strings_add(struct strings *t, struct str text);

void strings_free(struct strings *t);

#endif
