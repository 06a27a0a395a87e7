#include "label.h"

#include "decimal.h"

struct str label_name(const struct functab *t, uint32_t func)
{
    struct str name = functab_qualname(t, func);
    bool angled = name.len > 2 && name.data[0] == '<' && name.data[name.len - 1] == '>';
    if (functab_is_builtin(t, func) && angled)
        return (struct str){name.data + 1, name.len - 2};
    return name;
}

void label_frame(const struct profile *p, uint32_t func, struct buf *out)
{
    const struct functab *t = &p->functab;
    struct str file = functab_file(t, func);
    int32_t line = t->funcs[func].line;
    buf_add_str(out, label_name(t, func));
    if (functab_is_builtin(t, func) || file.len == 0)
        return;
    buf_add_text(out, " (");
    buf_add_str(out, origin_short_path(p->choice.rules.origins, file));
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
