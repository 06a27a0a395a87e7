#include "view.h"

#include <ctype.h>
#include <string.h>

/* Names of equal length mostly differ in their last bytes. The name is not empty. */
static inline bool is_named(const struct iovec *var, struct str name)
{
    const char *bytes = var->iov_base;
    return var->iov_len == name.len && bytes[name.len - 1] == name.data[name.len - 1] &&
           !memcmp(bytes, name.data, name.len);
}

/* Returns the last variable before var with this name, or NULL. Compares four at a
 * time: this search is the main cost of a request without a flag. */
static const struct iovec *find_last(const struct iovec *first, const struct iovec *var,
                                     struct str name)
{
    for (; var - first >= 8; var -= 8) {
        if (is_named(var - 2, name))
            return var - 2;
        if (is_named(var - 4, name))
            return var - 4;
        if (is_named(var - 6, name))
            return var - 6;
        if (is_named(var - 8, name))
            return var - 8;
    }
    for (; var > first; var -= 2)
        if (is_named(var - 2, name))
            return var - 2;
    return NULL;
}

/* As find_last, if the server's locale changed the "I" of the name: see access.c. */
static const struct iovec *find_respelt(const struct iovec *first,
                                        const struct iovec *var, struct str name,
                                        char letter)
{
    for (; var > first; var -= 2) {
        const char *bytes = var[-2].iov_base;
        size_t same = 0;
        while (var[-2].iov_len == name.len && same < name.len &&
               (name.data[same] == 'I' ? letter : name.data[same]) == bytes[same])
            same++;
        if (same == name.len)
            return var - 2;
    }
    return NULL;
}

struct str request_var(const struct request_view *r, struct str name)
{
    /* Searches from the end: if a variable exists twice, uWSGI uses the last. */
    const struct iovec *end = r->vars + (r->var_count & ~(size_t)1);
    const struct iovec *var = name.len ? find_last(r->vars, end, name) : NULL;
    char letter = (char)toupper('i'); /* in the locale that the app has set */
    if (!var && name.len && letter != 'I')
        var = find_respelt(r->vars, end, name, letter);
    if (!var)
        return (struct str){NULL, 0};
    return (struct str){var[1].iov_base ? var[1].iov_base : "", var[1].iov_len};
}
