/* The value of ?profile=, X-Profile and cookies, as a client sends it.
 *
 * Input: the value, percent-encoded. */

#include "fuzz.h"

#include "gate/flag.h"

#include <stdlib.h>

static const char *const configs[] = {
    "",
    "mode=sampling\ninterval=2ms\ndir=/tmp\nformat=prof, txt\nrestrictions=none",
    "output=log\nsort-by=cumulative\nlog-style=line\nrestrictions=0.5, foo",
};
#define CONFIGS (sizeof configs / sizeof *configs)

static void check_flag(const struct flag *f, const struct config *c)
{
    CHECK(f->mode == MODE_DETERMINISTIC || f->mode == MODE_SAMPLING);
    CHECK(f->interval_ns >= INTERVAL_LEAST_NS && f->interval_ns <= INTERVAL_MOST_NS);
    CHECK(f->choice.outputs && f->choice.outputs <= 7);
    CHECK(!(f->choice.outputs & OUTPUT_FILE) || c->dir);
    CHECK(f->choice.limit >= -1 && f->choice.limit <= 1000000000);
    CHECK(f->choice.restrictions == &c->restrictions);
    CHECK(f->choice.sort.count <= SORT_KEYS_MAX);
    const struct format *answer = f->choice.answer;
    CHECK(!answer || format_find(c->formats, str_from(answer->name)) == answer);
}

static void try_value(const struct config *c, struct str value)
{
    struct flag flag;
    struct buf error = {0};
    enum flag_result result = flag_parse(&flag, c, value, &error);
    CHECK(flag_recognised(c, value) == (result != FLAG_FOREIGN));
    if (result == FLAG_OK) {
        CHECK(error.len == 0);
        check_flag(&flag, c);
    } else {
        fuzz_check_message(buf_str(&error));
    }
    buf_free(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config made[CONFIGS];
    fuzz_configs(made, configs, CONFIGS);

    struct str sent = fuzz_input(data, size);
    struct buf decoded = {0};
    flag_decode(sent, true, &decoded);
    CHECK(decoded.len <= sent.len);
    struct str value = fuzz_copy(buf_str(&decoded));
    for (size_t i = 0; i < CONFIGS; i++) {
        try_value(&made[i], value);
        try_value(&made[i], sent);
    }
    free((char *)value.data);
    buf_free(&decoded);
    return 0;
}
