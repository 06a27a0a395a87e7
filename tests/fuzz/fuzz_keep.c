/* The rules of profiler-keep, and the decimals of ratio.
 *
 * Input: rules, one per line. Each is also read as a ratio. */

#include "fuzz.h"

#include "base/rate.h"
#include "base/values.h"
#include "options/keep.h"

static const uint64_t times_ns[] = {0, 1000, 999999999, 500000000, 86400000000000};
static const int statuses[] = {0, 100, 199, 200, 404, 500, 599, 999};

#define FACTS                                                                          \
    (sizeof times_ns / sizeof *times_ns * (sizeof statuses / sizeof *statuses) * 2)

static struct keep_facts facts(size_t number)
{
    const size_t times = sizeof times_ns / sizeof *times_ns;
    return (struct keep_facts){
        .took_ns = times_ns[number / 2 % times],
        .status = statuses[number / 2 / times],
        .exception = number % 2,
    };
}

/* A rule may add to what is kept, but never removes anything. */
static void check_grown(const struct keep *before, const struct keep *after)
{
    for (size_t i = 0; i < FACTS; i++) {
        struct keep_facts f = facts(i);
        CHECK(!keep_wants(before, &f) || keep_wants(after, &f));
    }
    if (after->all || !after->slower_ns)
        return;
    struct keep_facts slow = {.took_ns = after->slower_ns};
    CHECK(keep_wants(after, &slow));
    slow.took_ns--;
    CHECK(!keep_wants(after, &slow));
}

static void try_rule(struct keep *k, struct str rule)
{
    struct keep before = *k;
    struct buf error = {0};
    if (keep_add(k, rule, &error)) {
        CHECK(error.len == 0 && rule.len);
        check_grown(&before, k);
    } else {
        fuzz_check_message(buf_str(&error));
        CHECK(!memcmp(&before, k, sizeof before));
    }
    buf_free(&error);
}

static void try_ratio(struct str text)
{
    uint32_t billionths = 0;
    bool is_ratio = value_ratio(text, &billionths);
    CHECK(is_ratio == (billionths > 0) && billionths <= RATE_ALWAYS);
    for (size_t i = 0; is_ratio && i < text.len; i++)
        CHECK((text.data[i] >= '0' && text.data[i] <= '9') || text.data[i] == '.');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = fuzz_input(data, size);
    struct keep k;
    memset(&k, 0, sizeof k);
    while (rest.len) {
        struct str line = fuzz_line(&rest);
        try_rule(&k, line);
        try_ratio(line);
    }
    return 0;
}
