/* utf8.h -- UTF-8, strictly as Python decodes it.
 *
 * No overlong forms, no surrogates, nothing above U+10FFFF. */

#ifndef PROFILER_UTF8_H
#define PROFILER_UTF8_H

#include "buf.h"

#include <stdint.h>

/* The bytes of the character that s begins with, and its code point in *code; 0 when
 * they are none of UTF-8 (then the first byte is to be taken on its own), or s is
 * empty. */
size_t utf8_char(struct str s, uint32_t *code);

/* Appends what Python holds as a str, encoded with "surrogatepass", as UTF-8. A lone
 * surrogate from U+DC80 to U+DCFF is a byte that Python could not decode
 * ("surrogateescape": the names of files, where the process's locale is C): those that
 * are UTF-8 are shown as that, others as \xNN; other surrogates as \uNNNN. Other bytes
 * that are none of UTF-8 become \xNN, too: the result is UTF-8 always. */
void utf8_restore(struct str s, struct buf *out);

/* Does it hold what utf8_restore may change? (Hangul is taken for it, too.) */
static inline bool utf8_has_surrogate(struct str s)
{
    return s.len && memchr(s.data, 0xed, s.len);
}

/* What terminals and readers of lines take for more than a character: C0, DEL, C1, and
 * the line ends U+2028 and U+2029. */
static inline bool utf8_is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 ||
           code == 0x2029;
}

/* A control, or a character that changes how others are shown and is not seen itself:
 * the marks, overrides and isolates of the bidirectional algorithm, joiners and spaces
 * without width, tags. A reader takes a text with these for another one. */
bool utf8_misleads(uint32_t code);

#endif
