#include "label.h"

#include "decimal.h"

/* Appends "socket.recv_into" for "<method 'recv_into' of 'socket' objects>". Returns
 * false for other names. */
static bool add_method_name(struct str name, struct buf *out)
{
    const struct str start = STR("<method '"), middle = STR("' of '");
    const struct str end = STR("' objects>");
    if (name.len < start.len + middle.len + end.len || !str_starts(name, start))
        return false;
    struct str rest = {name.data + start.len, name.len - start.len - end.len};
    if (memcmp(rest.data + rest.len, end.data, end.len) != 0)
        return false;
    const char *of = memmem(rest.data, rest.len, middle.data, middle.len);
    if (!of)
        return false;
    size_t len = (size_t)(of - rest.data);
    buf_add(out, of + middle.len, rest.len - len - middle.len);
    buf_add_char(out, '.');
    buf_add(out, rest.data, len);
    return true;
}

static void add_builtin_name(struct str name, struct buf *out)
{
    const struct str start = STR("<built-in method ");
    bool angled = name.len > 2 && name.data[0] == '<' && name.data[name.len - 1] == '>';
    if (add_method_name(name, out))
        return;
    if (angled && str_starts(name, start) && name.len > start.len + 1)
        name = (struct str){name.data + start.len, name.len - start.len - 1};
    else if (angled)
        name = (struct str){name.data + 1, name.len - 2};
    buf_add_str(out, name);
}

void label_name(const struct functab *t, uint32_t func, struct buf *out)
{
    if (functab_is_builtin(t, func))
        add_builtin_name(functab_qualname(t, func), out);
    else
        buf_add_str(out, functab_qualname(t, func));
}

void label_frame(const struct functab *t, const struct origins *origins, uint32_t func,
                 struct buf *out)
{
    struct str file = functab_file(t, func);
    int32_t line = t->funcs[func].line;
    label_name(t, func, out);
    if (functab_is_builtin(t, func) || file.len == 0)
        return;
    buf_add_text(out, " (");
    buf_add_str(out, origin_short_path(origins, file));
    buf_add_char(out, ':');
    decimal_add_integer(out, line > 0 ? (uint64_t)line : 0, 0);
    buf_add_char(out, ')');
}

void label_request(const struct profile *p, struct buf *out)
{
    if (p->method.len == 0 && p->path.len == 0) {
        buf_add_text(out, "request");
        return;
    }
    buf_add_str(out, p->method);
    if (p->method.len && p->path.len)
        buf_add_char(out, ' ');
    buf_add_str(out, p->path);
}
