#include "target.h"

#define ID_DIGITS 16

/* s.data may be NULL, if the server in front sends no PATH_INFO. */
static struct str after(struct str s, size_t len)
{
    return len ? (struct str){s.data + len, s.len - len} : s;
}

bool target_is_below(struct str prefix, struct str mount, struct str path,
                     struct str *below)
{
    if (mount.len > prefix.len) {
        struct str mounted = after(mount, prefix.len);
        *below = path.len ? STR("/?") : mounted; /* nothing of ours is below a mount */
        return str_starts(mount, prefix) && *mounted.data == '/';
    }
    if (!str_starts(prefix, mount) || !str_starts(path, after(prefix, mount.len)))
        return false;
    *below = after(path, prefix.len - mount.len);
    return below->len == 0 || *below->data == '/';
}

static bool is_id(struct str text)
{
    if (text.len != ID_DIGITS)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!(text.data[i] >= '0' && text.data[i] <= '9') &&
            !(text.data[i] >= 'a' && text.data[i] <= 'f'))
            return false;
    return true;
}

static const struct format *format_of(struct str extension,
                                      const struct format_table *formats)
{
    for (size_t i = 0; i < formats->count; i++)
        if (str_equal(extension, str_from(formats->formats[i].extension)))
            return &formats->formats[i];
    return NULL;
}

static struct target parse_profile(struct str name, const struct format_table *formats)
{
    struct target t = {.kind = TARGET_UNKNOWN};
    struct str extension = {NULL, 0};
    if (name.len > ID_DIGITS) {
        extension = after(name, ID_DIGITS);
        name.len = ID_DIGITS;
        t.format = format_of(extension, formats);
    }
    if (!is_id(name) || (extension.data && !t.format))
        return t;
    t.kind = t.format ? TARGET_FILE : TARGET_PROFILE;
    t.id = name;
    return t;
}

struct target target_parse(struct str below, const struct format_table *formats)
{
    static const struct {
        struct str path;
        enum target_kind kind;
    } pages[] = {
        {{"", 0}, TARGET_BARE},
        {{"/", 1}, TARGET_LIST},
        {{"/merge", 6}, TARGET_MERGE},
        {{"/compare", 8}, TARGET_COMPARE},
        {{"/index.json", 11}, TARGET_INDEX},
        {{"/flag.json", 10}, TARGET_FLAG},
    };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (str_equal(below, pages[i].path))
            return (struct target){.kind = pages[i].kind};
    return parse_profile(after(below, 1), formats);
}
