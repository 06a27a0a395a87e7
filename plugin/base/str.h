/* str.h -- a view of bytes with a length. Somebody else owns the bytes.
 *
 * Not NUL-terminated, may contain any byte, valid while the owner keeps the bytes. */

#ifndef PROFILER_STR_H
#define PROFILER_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
    const char *data;
    size_t len;
};

/* A view of a string literal. */
#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})

static inline struct str str_from(const char *text)
{
    return (struct str){text, strlen(text)};
}

static inline bool str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len &&
           (prefix.len == 0 || memcmp(s.data, prefix.data, prefix.len) == 0);
}

static inline char str_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Compares without the case of ASCII letters. Not strncasecmp: in a Turkish locale,
 * which the app may set, "I" and "i" are different letters. */
static inline bool str_equal_nocase(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (str_lower(a.data[i]) != str_lower(b.data[i]))
            return false;
    return true;
}

/* Removes ASCII blanks (space, tab) from both ends. */
static inline struct str str_trim(struct str s)
{
    while (s.len && (s.data[0] == ' ' || s.data[0] == '\t'))
        s.data++, s.len--;
    while (s.len && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t'))
        s.len--;
    return s;
}

/* Takes the part before the next separator (or all) from *rest into *item. Returns
 * false at the end. "a,,b" gives "a", "", "b"; "" gives "" once; {NULL, 0} gives
 * nothing. */
static inline bool str_split(struct str *rest, char separator, struct str *item)
{
    if (!rest->data)
        return false;
    const char *end = rest->len ? memchr(rest->data, separator, rest->len) : NULL;
    *item = *rest;
    if (end) {
        item->len = (size_t)(end - rest->data);
        rest->data = end + 1;
        rest->len -= item->len + 1;
    } else {
        *rest = (struct str){NULL, 0};
    }
    return true;
}

#endif
