#include "classes.h"

#include "base/vec.h"

#include <stdlib.h>

static bool make_room(struct classes *c, size_t bytes)
{
    if (!VEC_ROOM(c->labels, c->count, c->cap, 32))
        return false;
    bool reserved = buf_reserve(&c->text, bytes);
    c->text.failed = false; /* the old text is still complete */
    return reserved;
}

bool classes_add(struct classes *c, uint32_t node, struct str type, struct str method)
{
    size_t offset = c->text.len;
    if (!make_room(c, type.len + 1 + method.len))
        return false;
    buf_add_str(&c->text, type);
    buf_add_char(&c->text, '.');
    buf_add_str(&c->text, method);
    c->labels[c->count++] = (struct class_label){node, offset, c->text.len - offset};
    return true;
}

struct str classes_label(const struct classes *c, uint32_t i)
{
    return (struct str){c->text.data + c->labels[i].offset, c->labels[i].len};
}

void classes_free(struct classes *c)
{
    free(c->labels);
    buf_free(&c->text);
    *c = (struct classes){0};
}

struct str classes_of_name(struct str qualname)
{
    static const struct str locals = {"<locals>", 8};
    const char *end = qualname.len ? memrchr(qualname.data, '.', qualname.len) : NULL;
    if (!end)
        return (struct str){NULL, 0};
    size_t len = (size_t)(end - qualname.data);
    const char *dot = len ? memrchr(qualname.data, '.', len) : NULL;
    const char *start = dot ? dot + 1 : qualname.data;
    struct str name = {start, (size_t)(end - start)};
    return str_equal(name, locals) ? (struct str){NULL, 0} : name;
}
