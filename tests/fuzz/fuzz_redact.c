/* The part of a query, and of a URL, that reports show.
 *
 * Input: the query, or the URL. */

#include "fuzz.h"

#include "gate/flag.h"
#include "gate/redact.h"

#include <stdlib.h>

#define DECODE_ROUNDS 4

static const char *const configs[] = {
    "",
    "trigger=query:p\ntrigger=query:key\ntrigger=cookie:profile",
    "trigger=header:X-P",
};
#define CONFIGS (sizeof configs / sizeof *configs)

static bool holds(struct str text, const char *part)
{
    return text.len && memmem(text.data, text.len, part, strlen(part));
}

static bool is_named(struct str parameter, const struct trigger *t)
{
    struct str name = STR("");
    str_split(&parameter, '=', &name);
    return t->kind == TRIGGER_QUERY && str_equal(name, str_from(t->name));
}

/* No key or signature may be in the text, neither plain nor percent-encoded. */
static void check_hidden(struct str text)
{
    struct buf texts[DECODE_ROUNDS + 1] = {0};
    for (int round = 0; round <= DECODE_ROUNDS; round++) {
        CHECK(!holds(text, "key=") && !holds(text, "sig="));
        flag_decode(text, true, &texts[round]);
        text = buf_str(&texts[round]);
    }
    for (int round = 0; round <= DECODE_ROUNDS; round++)
        buf_free(&texts[round]);
}

/* The parameters that are left must be those of the query, in its order. */
static void check_query(const struct config *c, struct str query, struct str shown)
{
    struct str parameter, original, name;
    while (shown.len && str_split(&shown, '&', &parameter)) {
        do
            CHECK(str_split(&query, '&', &original));
        while (!str_equal(original, parameter));
        for (size_t i = 0; i < c->triggers.count; i++)
            CHECK(!is_named(parameter, &c->triggers.items[i]));
        if (str_split(&parameter, '=', &name))
            check_hidden(name);
        check_hidden(parameter);
    }
}

static struct str fragment_of(struct str url)
{
    struct str part;
    return str_split(&url, '#', &part) && url.data ? url : STR("");
}

static struct str query_of(struct str url)
{
    struct str part = STR("");
    str_split(&url, '#', &part);
    struct str query = part;
    str_split(&query, '?', &part);
    return query.data ? query : STR("");
}

static void try_on(const struct config *c, struct str text)
{
    struct buf shown = {0}, again = {0};
    redact_query(c, text, &shown);
    CHECK(!shown.failed && shown.len <= text.len);
    check_query(c, text, buf_str(&shown));
    redact_query(c, buf_str(&shown), &again);
    CHECK(str_equal(buf_str(&shown), buf_str(&again)));
    shown.len = again.len = 0;

    redact_url(c, text, &shown);
    CHECK(!shown.failed && shown.len <= text.len);
    check_query(c, query_of(text), query_of(buf_str(&shown)));
    check_hidden(fragment_of(buf_str(&shown)));
    redact_url(c, buf_str(&shown), &again);
    CHECK(str_equal(buf_str(&shown), buf_str(&again)));
    buf_free(&shown);
    buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config made[CONFIGS];
    fuzz_configs(made, configs, CONFIGS);
    struct str text = fuzz_copy(fuzz_input(data, size));
    for (size_t i = 0; i < CONFIGS; i++)
        try_on(&made[i], text);
    free((char *)text.data);
    return 0;
}
