/* utf8.h -- UTF-8, strictly as Python decodes it.
 *
 * No overlong forms, no surrogates, nothing above U+10FFFF. */

#ifndef PROFILER_UTF8_H
#define PROFILER_UTF8_H

#include "str.h"

#include <stdint.h>

/* The bytes of the character that s begins with, and its code point in *code; 0 when
 * they are none of UTF-8 (then the first byte is to be taken on its own), or s is
 * empty. */
size_t utf8_char(struct str s, uint32_t *code);

#endif
