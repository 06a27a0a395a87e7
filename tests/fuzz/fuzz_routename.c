/* profiler-group, and the names that it gives to paths.
 *
 * Input: rules, one per line, an empty line, then the path. */

#include "fuzz.h"

#include "options/routenames.h"

#include <stdlib.h>

static void add_rules(struct route_rules *rules, struct str *rest)
{
    struct str line;
    while (rules->count < 10 && (line = fuzz_line(rest)).len) {
        struct buf error = {0};
        struct str copy = fuzz_copy(line);
        if (routenames_add(rules, copy, &error))
            CHECK(error.len == 0);
        else
            fuzz_check_message(buf_str(&error));
        free((char *)copy.data);
        buf_free(&error);
    }
}

static void write_name(const struct route_rules *rules, struct str path,
                       struct buf *name)
{
    struct str copy = fuzz_copy(path);
    CHECK(routename_write(rules, copy, name));
    CHECK(name->len && name->len <= ROUTENAME_BYTES_MAX);
    free((char *)copy.data);
}

static size_t count_slashes(struct str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.data[i] == '/';
    return count;
}

/* The default keeps every slash, and a name is its own name. */
static void check_default(struct str path)
{
    const struct route_rules none = {0};
    struct buf name = {0}, again = {0};
    write_name(&none, path, &name);
    if (path.len && path.len <= ROUTENAME_BYTES_MAX) {
        CHECK(count_slashes(buf_str(&name)) == count_slashes(path));
        CHECK(name.len <= path.len);
        write_name(&none, buf_str(&name), &again);
        CHECK(str_equal(buf_str(&name), buf_str(&again)));
    }
    buf_free(&name);
    buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = fuzz_input(data, size);
    struct route_rules rules = {0};
    struct buf name = {0};
    add_rules(&rules, &rest);
    if (!rest.data)
        rest = STR("");
    write_name(&rules, rest, &name);
    check_default(rest);
    buf_free(&name);
    routenames_free(&rules);
    return 0;
}
