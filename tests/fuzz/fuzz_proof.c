/* The words of a flag for access, and the request that they are for.
 *
 * Input: the method, REQUEST_URI, "q" for a flag in the query, then the decoded value.
 * In the value, "@sig" stands for the correct signature of the text before it, "@key"
 * for the key. */

#include "fuzz.h"

#include "gate/flag.h"
#include "gate/proof.h"
#include "gate/signature.h"

#include <stdlib.h>

#define KEY "sesame-open-0123"
#define NOW_S 1700000000

struct request {
    struct iovec vars[2];
    struct request_view view;
};

static struct request make_request(struct str method, struct str uri)
{
    struct request r = {.view = {.method = method, .var_count = 2}};
    r.vars[0] = (struct iovec){(void *)(uintptr_t) "REQUEST_URI", 11};
    r.vars[1] = (struct iovec){(void *)(uintptr_t)uri.data, uri.len};
    return r;
}

static void add_signature(struct buf *out, const struct config *c, struct str method,
                          struct str uri, struct str before)
{
    uint8_t signature[SIGNATURE_BYTES];
    struct buf text = {0};
    struct str path = STR("");
    str_split(&uri, '?', &path);
    buf_add_str(&text, method);
    buf_add_char(&text, '\n');
    buf_add_str(&text, path);
    buf_add_char(&text, '\n');
    buf_add_str(&text, before);
    CHECK(signature_make(&c->key, buf_str(&text), signature));
    buf_free(&text);
    for (size_t i = 0; i < sizeof signature; i++)
        buf_printf(out, "%02x", signature[i]);
}

/* Replaces "@sig" and "@key", which the fuzzer cannot find itself. */
static struct str fill(const struct config *c, struct str method, struct str uri,
                       struct str value)
{
    struct buf filled = {0};
    while (value.len) {
        if (str_starts(value, STR("@sig"))) {
            struct str before = buf_str(&filled);
            buf_add_text(&filled, ",sig=");
            before = (struct str){filled.data, before.len};
            struct buf hex = {0};
            add_signature(&hex, c, method, uri, before);
            buf_add_str(&filled, buf_str(&hex));
            buf_free(&hex);
        } else if (str_starts(value, STR("@key"))) {
            buf_add_text(&filled, KEY);
        } else {
            buf_add_char(&filled, *value.data);
            value = (struct str){value.data + 1, value.len - 1};
            continue;
        }
        value = (struct str){value.data + 4, value.len - 4};
    }
    struct str copy = fuzz_copy(buf_str(&filled));
    buf_free(&filled);
    return copy;
}

static bool has_key_word(struct str value)
{
    struct str word;
    while (str_split(&value, ',', &word))
        if (str_equal(str_trim(word), STR("key=" KEY)))
            return true;
    return false;
}

/* Returns the only "exp=" of the value; -1 if there is none, or more than one. */
static long long expiry(struct str value)
{
    struct str word;
    long long found = -1;
    int count = 0;
    while (str_split(&value, ',', &word)) {
        word = str_trim(word);
        if (!str_starts(word, STR("exp=")))
            continue;
        char digits[16] = "";
        count++;
        if (word.len - 4 < sizeof digits)
            memcpy(digits, word.data + 4, word.len - 4);
        found = atoll(digits);
    }
    return count == 1 ? found : -1;
}

/* Checks a value with a valid signature. */
static void check_signed(struct str value)
{
    const struct str mark = STR(",sig=");
    value = str_trim(value);
    CHECK(value.len >= mark.len + 2 * SIGNATURE_BYTES);
    size_t at = value.len - mark.len - 2 * SIGNATURE_BYTES;
    CHECK(str_starts((struct str){value.data + at, mark.len}, mark));
    long long exp_s = expiry((struct str){value.data, at});
    CHECK(exp_s > NOW_S && exp_s <= NOW_S + PROOF_AHEAD_MOST_S);
}

/* The same flag must be invalid for any other request. */
static void check_bound(const struct config *c, struct str method, struct str uri,
                        struct str value, bool in_query)
{
    struct request other = make_request(STR("OTHER"), uri);
    other.view.vars = other.vars;
    if (!str_equal(method, STR("OTHER")))
        CHECK(flag_unproven(c, &other.view, value, in_query, NOW_S));
    other = make_request(method, STR("/other"));
    other.view.vars = other.vars;
    struct str path = STR("");
    str_split(&uri, '?', &path);
    if (!str_equal(path, STR("/other")))
        CHECK(flag_unproven(c, &other.view, value, in_query, NOW_S));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config c;
    if (!c.formats)
        c = fuzz_config("key=" KEY);
    struct str rest = fuzz_input(data, size);
    struct str method = fuzz_line(&rest), uri = fuzz_line(&rest);
    bool in_query = str_equal(fuzz_line(&rest), STR("q"));
    struct str value = fill(&c, method, uri, rest.data ? rest : STR(""));
    struct request r = make_request(method, uri);
    r.view.vars = r.vars;

    const char *why = flag_unproven(&c, &r.view, value, in_query, NOW_S);
    if (why) {
        fuzz_check_message(str_from(why));
        CHECK(!strstr(why, KEY));
    } else if (in_query || !has_key_word(value)) {
        CHECK(value.len <= FLAG_BYTES_MAX);
        check_signed(value);
        check_bound(&c, method, uri, value, in_query);
    }
    free((char *)value.data);
    return 0;
}
