/* strings.h -- the string table of a JSON report: each text once, identified by its
 * number.
 *
 * Texts are compared in their JSON form, so two texts that differ only in invalid UTF-8
 * are one. Numbers count from 0 in the order of first use. Valid when zeroed; not
 * thread-safe. */

#ifndef PROFILER_STRINGS_H
#define PROFILER_STRINGS_H

#include "base/buf.h"
#include "base/slots.h"

struct strings {
    struct buf json; /* the quoted texts, separated by commas */
    size_t *ends;    /* owned; for each text, where it ends in json */
    uint32_t count, cap;
    struct slots slots;
    bool failed; /* out of memory; stays set, like that of a buf */
};

/* Returns the number of the text and adds it when it is new. Returns any number when
 * out of memory. */
uint32_t strings_add(struct strings *t, struct str text);

void strings_free(struct strings *t);

#endif
