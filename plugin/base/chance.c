#include "chance.h"

#include <string.h>

#define DECIMALS_MAX 9

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Up to a '.', or to the end; *rest is what follows the '.'. */
static bool read_whole(struct str value, uint64_t *whole, struct str *rest)
{
    size_t i = 0;
    *whole = 0;
    for (; i < value.len && is_digit(value.data[i]); i++)
        if ((*whole = *whole * 10 + (uint64_t)(value.data[i] - '0')) > 1)
            return false;
    bool point = i < value.len && value.data[i] == '.';
    *rest = (struct str){value.data + i + point, value.len - i - point};
    return point ? rest->len > 0 : i > 0 && i == value.len;
}

bool chance_parse(struct str value, uint32_t *billionths)
{
    uint64_t number;
    struct str decimals;
    if (!read_whole(value, &number, &decimals) || decimals.len > DECIMALS_MAX)
        return false;
    for (size_t i = 0; i < DECIMALS_MAX; i++) {
        char digit = i < decimals.len ? decimals.data[i] : '0';
        if (!is_digit(digit))
            return false;
        number = number * 10 + (uint64_t)(digit - '0');
    }
    if (number == 0 || number > CHANCE_SURE)
        return false;
    *billionths = (uint32_t)number;
    return true;
}
