#include "digits.h"

size_t digits_count(struct str text, unsigned base)
{
    size_t count = 0;
    while (count < text.len && digits_value(text.data[count]) < base)
        count++;
    return count;
}

enum digits_result digits_take(struct str *text, unsigned base, uint64_t most,
                               uint64_t *number)
{
    uint64_t value = 0;
    size_t count = 0;
    bool large = false;
    for (; count < text->len; count++) {
        unsigned digit = digits_value(text->data[count]);
        if (digit >= base)
            break;
        large |= __builtin_mul_overflow(value, base, &value);
        large |= __builtin_add_overflow(value, digit, &value);
    }
    large |= value > most;
    *number = large ? UINT64_MAX : value;
    if (!count) /* there may be no text: NULL has no sum, not even with 0 */
        return DIGITS_NONE;
    text->data += count;
    text->len -= count;
    return large ? DIGITS_TOO_LARGE : DIGITS_OK;
}

enum digits_result digits_read(struct str text, unsigned base, uint64_t most,
                               uint64_t *number)
{
    enum digits_result result = digits_take(&text, base, most, number);
    if (!text.len)
        return result;
    *number = 0;
    return DIGITS_NONE;
}

int digits_byte(const char two[2])
{
    unsigned high = digits_value(two[0]), low = digits_value(two[1]);
    return high == DIGIT_NONE || low == DIGIT_NONE ? -1 : (int)(high * 16 + low);
}

char *digits_put(char *end, uint64_t value, int least)
{
    for (; value || least > 0; value /= 10, least--)
        *--end = (char)('0' + value % 10);
    return end;
}
