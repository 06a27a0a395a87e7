#include "keep.h"
#include "base/values.h"

#define SLOWER_MOST_NS 86400000000000 /* a day */

#define STATUS_LEAST 100
#define STATUS_MOST 999

/* Of several lengths, the shortest decides. */
static bool add_slower(struct keep *k, struct str length, struct buf *error)
{
    uint64_t ns;
    if (!value_duration(length, 1000, SLOWER_MOST_NS, &ns, error))
        return false;
    if (!k->slower_ns || ns < k->slower_ns)
        k->slower_ns = ns;
    return true;
}

static bool add_status(struct keep *k, struct str status, struct buf *error)
{
    bool class = status.len == 3 && status.data[0] >= '1' && status.data[0] <= '9' &&
                 status.data[1] == 'x' && status.data[2] == 'x';
    uint64_t first, count = 1;
    if (class) {
        first = (uint64_t)(status.data[0] - '0') * 100;
        count = 100;
    } else if (!value_number(status, STATUS_LEAST, STATUS_MOST, &first, error)) {
        return false;
    }
    for (uint64_t i = first; i < first + count; i++)
        k->statuses[i / 64] |= UINT64_C(1) << i % 64;
    return true;
}

static bool take_prefix(struct str *rule, struct str prefix)
{
    if (!str_starts(*rule, prefix))
        return false;
    *rule = (struct str){rule->data + prefix.len, rule->len - prefix.len};
    return true;
}

static bool add(struct keep *k, struct str rule, struct buf *why)
{
    struct str argument = rule;
    if (take_prefix(&argument, STR("slower:")))
        return add_slower(k, argument, why);
    if (take_prefix(&argument, STR("status:")))
        return add_status(k, argument, why);
    k->all |= str_equal(rule, STR("all"));
    k->exception |= str_equal(rule, STR("exception"));
    return str_equal(rule, STR("all")) || str_equal(rule, STR("exception"));
}

bool keep_add(struct keep *k, struct str rule, struct buf *error)
{
    struct buf why = {0};
    bool ok = add(k, rule, &why);
    if (!ok) {
        value_quote(error, rule);
        buf_add_text(error, "is not a rule");
        if (why.len)
            buf_printf(error, ": %s", buf_cstr(&why));
        else
            buf_add_text(error, " (one each: repeat the option for more)");
    }
    buf_free(&why);
    return ok;
}

static bool has_status(const struct keep *k, int status)
{
    return status >= STATUS_LEAST && status <= STATUS_MOST &&
           k->statuses[status / 64] >> status % 64 & 1;
}

static const char *separator(const struct buf *out, size_t before)
{
    return out->len > before ? ", " : "";
}

static bool has_class(const struct keep *k, int class)
{
    for (int status = class * 100; status < class * 100 + 100; status++)
        if (!has_status(k, status))
            return false;
    return true;
}

#define STATUSES_SHOWN 8

static void describe_statuses(const struct keep *k, size_t before, struct buf *out)
{
    int others = 0;
    for (int class = 1; class <= 9; class ++)
        if (has_class(k, class))
            buf_printf(out, "%sstatus:%dxx", separator(out, before), class);
    for (int status = STATUS_LEAST; status <= STATUS_MOST; status++) {
        if (!has_status(k, status) || has_class(k, status / 100))
            continue;
        if (++others <= STATUSES_SHOWN)
            buf_printf(out, "%sstatus:%d", separator(out, before), status);
    }
    if (others > STATUSES_SHOWN)
        buf_printf(out, " and %d more", others - STATUSES_SHOWN);
}

void keep_describe(const struct keep *k, struct buf *out)
{
    size_t before = out->len;
    if (k->all) {
        buf_add_text(out, "all");
        return;
    }
    if (k->slower_ns) {
        buf_add_text(out, "slower:");
        duration_add(out, k->slower_ns);
    }
    describe_statuses(k, before, out);
    if (k->exception)
        buf_printf(out, "%sexception", separator(out, before));
}

bool keep_wants(const struct keep *k, const struct keep_facts *facts)
{
    return k->all || (k->exception && facts->exception) ||
           (k->slower_ns && facts->took_ns >= k->slower_ns) ||
           has_status(k, facts->status);
}
