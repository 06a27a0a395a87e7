#include "redact.h"
#include "flag.h"
#include "proofwords.h"

/* No real URL is encoded more often. A flag that is still encoded after so many rounds
 * stays in the text. */
#define DECODE_ROUNDS 4

static bool is_flag(const struct config *c, struct str parameter)
{
    for (size_t i = 0; i < c->triggers.count; i++) {
        const struct trigger *t = &c->triggers.items[i];
        const struct str name = {t->name, t->name_len};
        if (t->kind == TRIGGER_QUERY && str_starts(parameter, name) &&
            (parameter.len == name.len || parameter.data[name.len] == '='))
            return true;
    }
    return false;
}

static bool holds(struct str text, struct str part)
{
    return text.len && memmem(text.data, text.len, part.data, part.len);
}

/* Does the text, such as a URL inside a URL, contain the proof of a flag? */
static bool has_secret(struct str text)
{
    return holds(text, proof_words[PROOF_KEY]) || holds(text, proof_words[PROOF_SIG]);
}

/* When out of memory, marks the output as failed: showing too little is safer. */
static bool hides_secret(struct str text, struct buf *out)
{
    struct buf copy = {0}, decoded = {0};
    bool found = has_secret(text);
    for (int round = 0; round < DECODE_ROUNDS && !found && holds(text, STR("%"));
         round++) {
        decoded.len = 0;
        flag_decode(text, true, &decoded);
        copy.len = 0;
        buf_add_str(&copy, buf_str(&decoded));
        text = buf_str(&copy);
        found = has_secret(text);
    }
    out->failed |= copy.failed || decoded.failed;
    buf_free(&copy);
    buf_free(&decoded);
    return found;
}

/* Checks the value, and also the name, in case the '=' is encoded, too. */
static bool parameter_hides_secret(struct str parameter, struct buf *out)
{
    struct str name;
    return str_split(&parameter, '=', &name) &&
           (hides_secret(name, out) || hides_secret(parameter, out));
}

void redact_query(const struct config *c, struct str query, struct buf *out)
{
    struct str parameter;
    bool first = true;
    while (str_split(&query, '&', &parameter)) {
        if (is_flag(c, parameter) || parameter_hides_secret(parameter, out))
            continue;
        if (!first)
            buf_add_char(out, '&');
        buf_add_str(out, parameter);
        first = false;
    }
}

void redact_url(const struct config *c, struct str url, struct buf *out)
{
    if (!url.len)
        return;
    const char *end = url.data + url.len;
    const char *fragment = memchr(url.data, '#', url.len);
    const char *limit = fragment ? fragment : end;
    const char *mark = memchr(url.data, '?', (size_t)(limit - url.data));
    if (!mark) {
        buf_add(out, url.data, (size_t)(limit - url.data));
    } else {
        struct str query = {mark + 1, (size_t)(limit - mark) - 1};
        buf_add(out, url.data, (size_t)(mark - url.data) + 1);
        size_t before = out->len;
        redact_query(c, query, out);
        if (out->len == before && query.len)
            out->len -= !out->failed;
    }
    if (!hides_secret((struct str){limit, (size_t)(end - limit)}, out))
        buf_add(out, limit, (size_t)(end - limit));
}
