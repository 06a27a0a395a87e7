/* utf8.h -- UTF-8, strictly as Python decodes it.
 *
 * No overlong forms, no surrogates, nothing above U+10FFFF. */

#ifndef PROFILER_UTF8_H
#define PROFILER_UTF8_H

#include "buf.h"

#include <stdint.h>

/* Returns the length of the first character of s, and its code point in *code. Returns
 * 0 if s is empty or does not begin with valid UTF-8; then the caller handles the first
 * byte on its own. */
size_t utf8_char(struct str s, uint32_t *code);

/* Converts a Python str, encoded with "surrogatepass", to UTF-8, and appends it. A lone
 * surrogate from U+DC80 to U+DCFF stands for a byte that Python could not decode
 * ("surrogateescape": names of files in the C locale). If these bytes are UTF-8, they
 * are shown as such, else as \xNN. Other surrogates become \uNNNN, other invalid bytes
 * \xNN. So the result is always valid UTF-8. */
void utf8_restore(struct str s, struct buf *out);

/* True if utf8_restore may change s. (Also true for some Hangul.) */
static inline bool utf8_has_surrogate(struct str s)
{
    return s.len && memchr(s.data, 0xed, s.len);
}

/* True for characters that control a terminal or end a line: C0, DEL, C1, and the line
 * ends U+2028 and U+2029. */
static inline bool utf8_is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 ||
           code == 0x2029;
}

/* True for controls, and for invisible characters that change how others are shown:
 * marks, overrides and isolates of the bidirectional algorithm, joiners and spaces
 * without width, tags. A text with these may look like another text. */
bool utf8_misleads(uint32_t code);

#endif
