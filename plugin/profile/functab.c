#include "functab.h"

#include "base/digits.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "base/vec.h"

#include <stdlib.h>

static uint64_t func_hash(struct str file, int32_t line, struct str name)
{
    return hash_u64(hash_bytes(hash_bytes((uint64_t)(uint32_t)line, name), file));
}

struct str functab_file(const struct functab *t, uint32_t id)
{
    const struct func *f = &t->funcs[id];
    return (struct str){t->text.data + f->file_offset, f->file_len};
}

struct str functab_name(const struct functab *t, uint32_t id)
{
    const struct func *f = &t->funcs[id];
    return (struct str){t->text.data + f->name_offset, f->name_len};
}

struct str functab_qualname(const struct functab *t, uint32_t id)
{
    const struct func *f = &t->funcs[id];
    if (!f->qualname_len)
        return functab_name(t, id);
    return (struct str){t->text.data + f->qualname_offset, f->qualname_len};
}

bool functab_is_builtin(const struct functab *t, uint32_t id)
{
    return t->funcs[id].line == 0 && str_equal(functab_file(t, id), STR("~"));
}

/* Not printf, which takes half the time of a table's row. */
static void add_number(struct buf *out, int32_t value)
{
    char text[DIGITS_MAX], *end = text + sizeof text;
    uint32_t magnitude = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
    char *start = digits_put(end, magnitude, 1);
    if (value < 0)
        *--start = '-';
    buf_add(out, start, (size_t)(end - start));
}

static void display(const struct functab *t, uint32_t id, struct str name,
                    struct buf *out)
{
    if (!functab_is_builtin(t, id)) {
        buf_add_str(out, functab_file(t, id));
        buf_add_char(out, ':');
        add_number(out, t->funcs[id].line);
        buf_add_char(out, '(');
        buf_add_str(out, name);
        buf_add_char(out, ')');
    } else if (name.len > 0 && name.data[0] == '<' && name.data[name.len - 1] == '>') {
        buf_add_char(out, '{');
        if (name.len > 2)
            buf_add(out, name.data + 1, name.len - 2);
        buf_add_char(out, '}');
    } else {
        buf_add_str(out, name);
    }
}

void functab_display(const struct functab *t, uint32_t id, struct buf *out)
{
    display(t, id, functab_name(t, id), out);
}

void functab_describe(const struct functab *t, uint32_t id, struct buf *out)
{
    bool builtin = functab_is_builtin(t, id);
    display(t, id, builtin ? functab_qualname(t, id) : functab_name(t, id), out);
}

static uint64_t entry_hash(const void *table, uint32_t entry)
{
    const struct functab *t = table;
    uint32_t id = entry - 1;
    return func_hash(functab_file(t, id), t->funcs[id].line, functab_name(t, id));
}

static uint32_t find(const struct functab *t, struct str file, int32_t line,
                     struct str name)
{
    const struct slots *s = &t->slots;
    if (!s->count)
        return FUNCTAB_NONE;
    uint32_t i = slots_first(s, func_hash(file, line, name));
    for (; s->entries[i]; i = slots_next(s, i)) {
        uint32_t id = s->entries[i] - 1;
        if (t->funcs[id].line == line && str_equal(functab_name(t, id), name) &&
            str_equal(functab_file(t, id), file))
            return id;
    }
    return FUNCTAB_NONE;
}

static bool make_room(struct functab *t, size_t text_bytes)
{
    if (!VEC_ROOM(t->funcs, t->count, t->cap, 512) ||
        !slots_reserve(&t->slots, t->count, entry_hash, t))
        return false;
    if (t->text.len + text_bytes > UINT32_MAX)
        return false;
    bool reserved = buf_reserve(&t->text, text_bytes);
    t->text.failed = false; /* the old text is still complete */
    return reserved;
}

static uint32_t intern(struct functab *t, struct str file, int32_t line,
                       struct str name)
{
    uint32_t id = find(t, file, line, name);
    if (id != FUNCTAB_NONE)
        return id;
    if (!make_room(t, file.len + name.len + 1))
        return FUNCTAB_NONE;

    struct func *f = &t->funcs[t->count];
    *f = (struct func){.line = line};
    f->file_offset = (uint32_t)t->text.len;
    f->file_len = (uint32_t)file.len;
    buf_add_str(&t->text, file);
    f->name_offset = (uint32_t)t->text.len;
    f->name_len = (uint32_t)name.len;
    buf_add_str(&t->text, name);
    t->count++;
    slots_place(&t->slots, entry_hash(t, t->count), t->count);
    return t->count - 1;
}

uint32_t functab_intern(struct functab *t, struct str file, int32_t line,
                        struct str name)
{
    if (!utf8_has_surrogate(file) && !utf8_has_surrogate(name))
        return intern(t, file, line, name);
    struct buf shown_file = {0}, shown_name = {0};
    utf8_restore(file, &shown_file);
    utf8_restore(name, &shown_name);
    bool ok = !shown_file.failed && !shown_name.failed;
    uint32_t id =
        ok ? intern(t, buf_str(&shown_file), line, buf_str(&shown_name)) : FUNCTAB_NONE;
    buf_free(&shown_file);
    buf_free(&shown_name);
    return id;
}

static void set_qualname(struct functab *t, uint32_t id, struct str qualname)
{
    struct func *f = &t->funcs[id];
    if (f->qualname_len || str_equal(qualname, functab_name(t, id)) ||
        t->text.len + qualname.len > UINT32_MAX)
        return;
    bool reserved = buf_reserve(&t->text, qualname.len);
    t->text.failed = false;
    if (!reserved)
        return;
    f->qualname_offset = (uint32_t)t->text.len;
    f->qualname_len = (uint32_t)qualname.len;
    buf_add_str(&t->text, qualname);
}

void functab_set_qualname(struct functab *t, uint32_t id, struct str qualname)
{
    struct buf shown = {0};
    if (!utf8_has_surrogate(qualname)) {
        set_qualname(t, id, qualname);
        return;
    }
    utf8_restore(qualname, &shown);
    if (!shown.failed)
        set_qualname(t, id, buf_str(&shown));
    buf_free(&shown);
}

void functab_set_hidden(struct functab *t, uint32_t id, bool hidden)
{
    t->funcs[id].hidden = hidden;
}

bool functab_is_hidden(const struct functab *t, uint32_t id)
{
    return t->funcs[id].hidden;
}

void functab_free(struct functab *t)
{
    free(t->funcs);
    slots_free(&t->slots);
    buf_free(&t->text);
    *t = (struct functab){0};
}
