#include "proof.h"

#include "flag.h"
#include "proofwords.h"
#include "signature.h"
#include "base/digits.h"
#include "base/values.h"

/* The access words of one flag; .data is NULL for a missing word. */
struct proof {
    struct str key;
    struct str exp;
    bool exp_twice;
    struct str sig;         /* the hexadecimal digits */
    bool sig_last;          /* required */
    struct str signed_part; /* the part of the flag before ",sig=" */
};

static void read_words(struct proof *p, struct str value)
{
    struct str rest = value, word, argument;
    *p = (struct proof){0};
    while (value_next_word(&rest, &word)) {
        p->sig_last = false;
        enum proof_word found = proofword_find(word, &argument);
        if (found == PROOF_KEY && !p->key.data) {
            p->key = argument;
        } else if (found == PROOF_EXP) {
            p->exp_twice = p->exp.data;
            p->exp = argument;
        } else if (found == PROOF_SIG) {
            p->sig = argument;
            size_t before = (size_t)(word.data - value.data);
            p->sig_last = before && word.data[-1] == ',';
            p->signed_part = (struct str){value.data, before ? before - 1 : 0};
        }
    }
}

#define SECONDS_DIGITS_MAX 12

bool proof_read_seconds(struct str digits, int64_t *seconds)
{
    uint64_t number;
    if (digits.len > SECONDS_DIGITS_MAX ||
        digits_read(digits, 10, INT64_MAX, &number) != DIGITS_OK)
        return false;
    *seconds = (int64_t)number;
    return true;
}

/* Returns what is wrong with the time of expiry, or NULL. */
static const char *not_valid(const struct proof *p, int64_t now_s)
{
    int64_t exp_s;
    if (!p->exp.data || p->exp_twice || !proof_read_seconds(p->exp, &exp_s))
        return "a signature needs one exp=, in seconds since 1970";
    if (exp_s <= now_s)
        return "the signature has expired";
    if (exp_s > now_s + PROOF_AHEAD_MOST_S)
        return "exp= is more than 24 hours ahead";
    return NULL;
}

/* Returns the path as sent. In uWSGI's own variable, escapes are decoded. */
static struct str sent_path(const struct request_view *r)
{
    struct str path = request_var(r, STR("REQUEST_URI"));
    const char *query = path.len ? memchr(path.data, '?', path.len) : NULL;
    if (query)
        path.len = (size_t)(query - path.data);
    return path;
}

static const char *unsigned_flag(const struct config *c, const struct request_view *r,
                                 const struct proof *p, int64_t now_s)
{
    static const char malformed[] = "the signature is malformed: sig= and 64 "
                                    "hexadecimal digits, as the last word";
    uint8_t signature[SIGNATURE_BYTES];
    if (!p->sig_last || p->sig.len != 2 * SIGNATURE_BYTES)
        return malformed;
    const char *why = not_valid(p, now_s); /* costs less than the digits */
    if (why)
        return why;
    if (!signature_read(p->sig, signature))
        return malformed;
    struct str path = sent_path(r);
    if (!path.data)
        return "the server in front sends no REQUEST_URI, which is signed";
    struct buf text = {0};
    buf_add_str(&text, r->method);
    buf_add_char(&text, '\n');
    buf_add_str(&text, path);
    buf_add_char(&text, '\n');
    buf_add_str(&text, p->signed_part);
    bool right = !text.failed && signature_matches(&c->key, buf_str(&text), signature);
    buf_free(&text);
    return right ? NULL : "the signature is wrong";
}

const char *flag_unproven(const struct config *c, const struct request_view *r,
                          struct str value, bool in_query, int64_t now_s)
{
    struct proof proof;
    if (!c->key.len)
        return "the file of profiler-key-file could not be read when the server "
               "started";
    if (value.len > FLAG_BYTES_MAX)
        return "it is too long";
    read_words(&proof, value);
    bool has_key = proof.key.data && !in_query;
    if (has_key && secret_equals(&c->key, proof.key))
        return NULL;
    if (proof.sig.data)
        return unsigned_flag(c, r, &proof, now_s);
    if (has_key)
        return "its key is wrong";
    return proof.key.data ? "key= counts in a header or cookie only"
                          : "it has no key and no signature";
}
