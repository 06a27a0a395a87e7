/* digits.h -- reads and writes whole numbers in base 8, 10 or 16. They have no sign and
 * no blanks, and the locale has no effect. */

#ifndef PROFILER_DIGITS_H
#define PROFILER_DIGITS_H

#include "str.h"

#include <stdint.h>

#define DIGIT_NONE 16u

/* Returns 0 to 15, for either case; DIGIT_NONE if c is not a digit. */
static inline unsigned digits_value(char c)
{
    unsigned decimal = (unsigned char)c - (unsigned)'0';
    unsigned letter = ((unsigned char)c | 0x20u) - (unsigned)'a';
    return decimal < 10 ? decimal : letter < 6 ? letter + 10 : DIGIT_NONE;
}

/* Returns the number of digits that text starts with. */
size_t digits_count(struct str text, unsigned base);

enum digits_result {
    DIGITS_OK,
    DIGITS_NONE,      /* *number is 0 */
    DIGITS_TOO_LARGE, /* above most: *number is UINT64_MAX */
};

/* Takes all digits from the start of *text. */
enum digits_result digits_take(struct str *text, unsigned base, uint64_t most,
                               uint64_t *number);

/* Reads a text of digits only; other texts are DIGITS_NONE. */
enum digits_result digits_read(struct str text, unsigned base, uint64_t most,
                               uint64_t *number);

/* Returns the byte that two hexadecimal digits stand for; -1 if they are not digits. */
int digits_byte(const char two[2]);

#define DIGITS_MAX 20 /* of the largest uint64_t, in base 10 */

/* Writes value in base 10 so that it ends just before end. Adds zeros in front up to
 * `least` digits. Returns the start of the text. */
char *digits_put(char *end, uint64_t value, int least);

#endif
