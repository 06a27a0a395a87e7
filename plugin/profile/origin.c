#include "origin.h"
#include "base/utf8.h"
#include "base/vec.h"

#include <stdlib.h>

static const struct str nothing = {"", 0};

/* Where a file is, and the rest of its name below that directory: "flask/app.py" for a
 * library. For own code the whole name. */
struct place {
    enum origin origin;
    struct str below;
};

/* Copies a place as UTF-8, like the file names in functab.h. Returns an owned string,
 * or NULL when out of memory. */
static char *copy_place(struct str place)
{
    struct buf shown = {0};
    utf8_restore(place, &shown);
    char *copy = shown.failed ? NULL : strdup(buf_cstr(&shown));
    buf_free(&shown);
    return copy;
}

static bool is_listed(char *const *places, size_t count, const char *place)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(places[i], place))
            return true;
    return false;
}

bool origins_add(struct origins *o, struct str prefix)
{
    while (prefix.len && prefix.data[prefix.len - 1] == '/')
        prefix.len--;
    if (!prefix.len)
        return true;
    char *copy = copy_place(prefix);
    if (copy && is_listed(o->prefixes, o->count, copy)) {
        free(copy);
        return true;
    }
    if (!copy || !VEC_RESIZE(o->prefixes, o->count + 1)) {
        free(copy);
        return false;
    }
    o->prefixes[o->count++] = copy;
    return true;
}

void origins_free(struct origins *o)
{
    for (size_t i = 0; i < o->count; i++)
        free(o->prefixes[i]);
    free(o->prefixes);
    for (size_t i = 0; i < o->own_count; i++)
        free(o->own[i]);
    *o = (struct origins){0};
}

static bool ends_with(struct str s, struct str end)
{
    return s.len >= end.len && !memcmp(s.data + s.len - end.len, end.data, end.len);
}

/* The part before the first separator, or all of it if there is no separator. */
static struct str first_part(struct str s, char separator)
{
    struct str part = nothing;
    str_split(&s, separator, &part);
    return part;
}

static struct str without_first(struct str path)
{
    struct str part;
    str_split(&path, '/', &part);
    return path.data ? path : nothing;
}

/* True for "python3.11", "python3.14t". Not for Debian's "python3", which only holds
 * packages. */
static bool is_versioned_python(struct str part)
{
    const struct str name = STR("python");
    if (!str_starts(part, name) || part.len == name.len)
        return false;
    char digit = part.data[name.len];
    return digit >= '0' && digit <= '9' && memchr(part.data, '.', part.len);
}

/* True for a directory whose entries are packages of all kinds. Packed eggs and wheels
 * (buildout, pex) are directories of this kind, too. */
static bool holds_packages(struct str part)
{
    return str_equal(part, STR("site-packages")) ||
           str_equal(part, STR("dist-packages")) || ends_with(part, STR(".egg")) ||
           ends_with(part, STR(".whl"));
}

/* Finds the part of path below the innermost directory of packages. */
static bool find_packages(struct str path, struct str *below)
{
    bool found = false;
    struct str part;
    while (str_split(&path, '/', &part) && path.data)
        if (holds_packages(part)) {
            *below = path;
            found = true;
        }
    return found;
}

/* Finds the part of path below a lib/pythonX.Y. Any prefix will do: it may not be
 * known, and a venv runs the standard library of another prefix. */
static bool find_stdlib(struct str path, struct str *below)
{
    bool after_lib = false;
    struct str part;
    while (str_split(&path, '/', &part) && path.data) {
        if (after_lib && is_versioned_python(part)) {
            *below = path;
            if (str_equal(first_part(path, '/'), STR("lib-dynload")))
                *below = without_first(path);
            return true;
        }
        after_lib = str_starts(part, STR("lib"));
    }
    return false;
}

/* Applications are in these directories as well. */
static bool is_shared_prefix(struct str prefix)
{
    return str_equal(prefix, STR("/usr")) || str_equal(prefix, STR("/usr/local"));
}

/* "/srv/shop" for "/srv/shop/." and "/srv/shop//". */
static struct str without_end(struct str place)
{
    for (;;) {
        if (place.len && place.data[place.len - 1] == '/')
            place.len--;
        else if (ends_with(place, STR("/.")))
            place.len -= 2;
        else
            return place;
    }
}

static struct str last_part(struct str path)
{
    const char *slash = path.len ? memrchr(path.data, '/', path.len) : NULL;
    size_t start = slash ? (size_t)(slash + 1 - path.data) : 0;
    return (struct str){path.data + start, path.len - start};
}

bool origin_is_installed(struct str path)
{
    struct str below;
    return find_packages(path, &below) || find_stdlib(path, &below) ||
           holds_packages(last_part(path)) || is_versioned_python(last_part(path));
}

void origins_add_own(struct origins *o, struct str place)
{
    place = without_end(place);
    if (!place.len || holds_packages(last_part(place)) ||
        o->own_count == ORIGIN_PLACES_MAX)
        return;
    char *copy = copy_place(place);
    if (!copy || is_listed(o->own, o->own_count, copy)) {
        free(copy);
        return;
    }
    o->own[o->own_count] = copy;
    __atomic_store_n(&o->own_count, o->own_count + 1, __ATOMIC_RELEASE);
}

static struct str parent(struct str path)
{
    struct str last = last_part(path);
    size_t below = last.len + (last.len < path.len);
    return without_end((struct str){path.data, path.len - below});
}

void origins_add_module(struct origins *o, struct str name, struct str file)
{
    struct str place = file, top = file, part;
    if (!file.len || *file.data != '/')
        return;
    bool is_package = str_starts(last_part(file), STR("__init__."));
    place = parent(file);
    if (is_package)
        place = parent(top = place);
    for (str_split(&name, '.', &part); str_split(&name, '.', &part);)
        place = parent(top = place);
    origins_add_own(o, holds_packages(last_part(place)) ? top : place);
}

/* Finds the part of file below the longest prefix. */
static bool find_prefix(const struct origins *o, struct str file, struct str *below)
{
    size_t longest = 0;
    for (size_t i = 0; o && i < o->count; i++) {
        struct str prefix = str_from(o->prefixes[i]);
        if (!is_shared_prefix(prefix) && prefix.len > longest &&
            str_starts(file, prefix) && file.len > prefix.len + 1 &&
            file.data[prefix.len] == '/')
            longest = prefix.len;
    }
    if (longest)
        *below = (struct str){file.data + longest + 1, file.len - longest - 1};
    return longest > 0;
}

/* True for "<string>" and the like: code compiled from no file. Almost always a library
 * compiled it: namedtuple, dataclasses, attrs, SQLAlchemy, templates. */
static bool is_pseudo_file(struct str file)
{
    return file.len >= 2 && file.data[0] == '<' && file.data[file.len - 1] == '>';
}

static struct place place_pseudo_file(struct str file)
{
    const struct str frozen = STR("<frozen ");
    if (!str_starts(file, frozen))
        return (struct place){ORIGIN_LIBRARY, nothing};
    struct str module = {file.data + frozen.len, file.len - frozen.len - 1};
    return (struct place){ORIGIN_STDLIB, first_part(module, '.')};
}

/* The length of the innermost app's place that contains the file, or is the file. */
static size_t own_place(const struct origins *o, struct str file)
{
    size_t longest = 0;
    size_t count = o ? __atomic_load_n(&o->own_count, __ATOMIC_ACQUIRE) : 0;
    for (size_t i = 0; i < count; i++) {
        struct str place = str_from(o->own[i]);
        if (place.len > longest && str_starts(file, place) &&
            (file.len == place.len || file.data[place.len] == '/'))
            longest = place.len;
    }
    return longest;
}

static struct place place_of(const struct origins *o, struct str file)
{
    if (is_pseudo_file(file))
        return place_pseudo_file(file);
    const struct place own = {ORIGIN_OWN, file};
    struct place place = own;
    bool shared = false; /* place is a directory of packages: an app's place is one of
                            its entries */
    if ((shared = find_packages(file, &place.below)))
        place.origin = ORIGIN_LIBRARY;
    else if ((shared = find_stdlib(file, &place.below)))
        place.origin = ORIGIN_STDLIB;
    else if (find_prefix(o, file, &place.below))
        place.origin = ORIGIN_LIBRARY;
    if (place.origin == ORIGIN_OWN)
        return own;
    size_t above = file.len - place.below.len - 1;
    size_t app = own_place(o, file);
    return app > above || (app == above && app && !shared) ? own : place;
}

/* "flask" for "flask/app.py", "six" for "six.py". */
static struct str library_of(struct str below)
{
    struct str name = first_part(below, '/');
    if (name.len == below.len && ends_with(name, STR(".py")))
        name.len -= 3;
    return name;
}

/* "time" for "<built-in method time.sleep>". The names of methods contain no module. */
static struct str module_of(struct str builtin)
{
    const struct str kind = STR("<built-in method ");
    if (!str_starts(builtin, kind))
        return nothing;
    struct str path = {builtin.data + kind.len, builtin.len - kind.len};
    struct str module = first_part(path, '.');
    bool whole = module.len == path.len || memchr(module.data, ' ', module.len);
    return whole ? nothing : module;
}

static struct str last_directory(struct str file)
{
    struct str part, previous = nothing;
    while (str_split(&file, '/', &part) && file.data)
        previous = part;
    return previous;
}

static bool finds(const struct regex_list *list, struct str name)
{
    for (size_t i = 0; list && i < list->count; i++)
        if (regex_search(list->items[i], name))
            return true;
    return false;
}

/* Applies the rules to a function whose place gives it the origin by_place. Returns
 * by_place when out of memory. */
static enum origin apply_rules(const struct origin_rules *rules,
                               const struct functab *t, uint32_t func,
                               enum origin by_place)
{
    bool can_show = by_place != ORIGIN_OWN && rules->show && rules->show->count;
    if (!can_show && !(rules->hide && rules->hide->count))
        return by_place;
    struct buf name = {0};
    enum origin origin = by_place;
    functab_display(t, func, &name);
    if (!name.failed && can_show && finds(rules->show, buf_str(&name)))
        origin = ORIGIN_OWN;
    if (!name.failed && finds(rules->hide, buf_str(&name)))
        origin = by_place == ORIGIN_OWN ? ORIGIN_LIBRARY : by_place;
    buf_free(&name);
    return origin;
}

enum origin origin_of(const struct origin_rules *rules, const struct functab *t,
                      uint32_t func, struct str *library)
{
    *library = nothing;
    if (func == FUNCTAB_NONE)
        return ORIGIN_SYNTHETIC;
    struct str file = functab_file(t, func);
    bool builtin = functab_is_builtin(t, func);
    struct place place = builtin ? (struct place){ORIGIN_BUILTIN, nothing}
                                 : place_of(rules->origins, file);
    if (!builtin && rules->all_own)
        place.origin = ORIGIN_OWN;
    enum origin origin = apply_rules(rules, t, func, place.origin);
    if (origin == ORIGIN_OWN)
        return origin;
    if (builtin)
        *library = module_of(functab_name(t, func));
    else if (place.origin == ORIGIN_OWN) /* a rule hides it */
        *library = last_directory(file);
    else
        *library = library_of(place.below);
    return origin;
}

enum origin origin_folded(const struct origin_rules *rules, const struct functab *t,
                          uint32_t func, struct str *library)
{
    enum origin origin = origin_of(rules, t, func, library);
    if (origin != ORIGIN_OWN || !functab_is_hidden(t, func))
        return origin;
    *library = last_directory(functab_file(t, func));
    return ORIGIN_LIBRARY;
}

bool origin_has_own(const struct origin_rules *rules, const struct functab *t)
{
    bool foreign = false;
    for (uint32_t i = 0; i < t->count; i++) {
        struct str library;
        enum origin origin = origin_of(rules, t, i, &library);
        if (origin == ORIGIN_OWN)
            return true;
        foreign |= origin != ORIGIN_BUILTIN;
    }
    return !foreign;
}

struct str origin_short_path(const struct origins *o, struct str file)
{
    struct place place = place_of(o, file);
    if (is_pseudo_file(file))
        return file;
    if (place.origin != ORIGIN_OWN)
        return place.below;
    size_t start = file.len, slashes = 0;
    while (start && (file.data[start - 1] != '/' || ++slashes < 2))
        start--;
    return (struct str){file.data + start, file.len - start};
}
