/* Every option with any value, as the server's ini parser passes it.
 *
 * Input: one option per line, "sort-by=time, calls". A line with an unknown name is a
 * value for an option that the target chooses, so new options need no new corpus. */

#include "fuzz.h"

#include "report/formats.h"

#include <stdlib.h>

static struct str find_option(struct str name)
{
    size_t count = options_count();
    size_t prefix = sizeof "profiler-" - 1;
    for (size_t i = 0; i < count; i++)
        if (str_equal(name, str_from(options_name(i) + prefix)))
            return str_from(options_name(i));
    return str_from(options_name(fuzz_hash(name) % count));
}

static void set(struct config *c, struct str line)
{
    struct buf error = {0};
    struct str value = line, name;
    if (!str_split(&value, '=', &name))
        return;
    struct str option = find_option(name);
    value = fuzz_copy(value.data ? value : line);
    if (options_set(c, option, value, &error)) {
        CHECK(error.len == 0);
    } else {
        fuzz_check_message(buf_str(&error));
        CHECK(str_starts(buf_str(&error), option));
    }
    free((char *)value.data);
    buf_free(&error);
}

/* An unknown name must give an error of one line, which may suggest another name. */
static void set_unknown(struct config *c, struct str name)
{
    struct buf error = {0}, option = {0};
    buf_add_text(&option, "profiler-");
    buf_add_str(&option, name);
    options_similar(buf_str(&option));
    if (!options_set(c, buf_str(&option), STR("1"), &error))
        fuzz_check_message(buf_str(&error));
    buf_free(&option);
    buf_free(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config c;
    struct str rest = fuzz_input(data, size);
    struct buf error = {0};
    CHECK(options_init(&c, &report_formats));
    for (int lines = 0; rest.len && lines < 40; lines++) {
        struct str line = fuzz_line(&rest);
        if (memchr(line.data, '=', line.len))
            set(&c, line);
        else
            set_unknown(&c, line);
    }
    if (options_finish(&c, &error)) {
        struct report_choice choice = config_choice(&c);
        CHECK(error.len == 0);
        CHECK(choice.outputs && choice.file_count >= 1);
        CHECK(!(choice.outputs & OUTPUT_FILE) || c.dir);
        CHECK(c.interval_ns >= INTERVAL_LEAST_NS && c.interval_ns <= INTERVAL_MOST_NS);
        CHECK((c.dir_mode & 0700) == 0700 && (c.file_mode & 0600) == 0600);
        CHECK(c.max_nodes >= 16 && c.max_active >= 1);
    } else {
        fuzz_check_message(buf_str(&error));
    }
    buf_free(&error);
    config_free(&c);
    return 0;
}
