#include "regex.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Limits the cost of a careless pattern, as subjects come from requests. Ordinary
 * searches in a path or a function's name take some hundreds of steps. */
#define MATCH_LIMIT 1000000
#define HEAP_LIMIT_KIB (16 * 1024)

struct regex {
    pcre2_code *code;
    pcre2_match_context *limits;
};

static void add_message(struct buf *error, int code, size_t offset)
{
    PCRE2_UCHAR text[256];
    if (pcre2_get_error_message(code, text, sizeof(text)) < 0)
        buf_printf(error, "error %d at offset %zu", code, offset);
    else
        buf_printf(error, "%s at offset %zu", (const char *)text, offset);
}

struct regex *regex_compile(struct str pattern, struct buf *error)
{
    /* As Python's re with str: \w and the like know all letters. \C would split
     * characters. */
    const uint32_t options =
        PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
    int code = 0;
    size_t offset = 0;
    struct regex *r = calloc(1, sizeof(*r));
    if (!r) {
        buf_add_text(error, "out of memory");
        return NULL;
    }
    PCRE2_SPTR text = (PCRE2_SPTR)(pattern.len ? pattern.data : "");
    r->code = pcre2_compile(text, pattern.len, options, &code, &offset, NULL);
    if (!r->code) {
        add_message(error, code, offset);
        regex_free(r);
        return NULL;
    }
    r->limits = pcre2_match_context_create(NULL);
    if (!r->limits) {
        buf_add_text(error, "out of memory");
        regex_free(r);
        return NULL;
    }
    pcre2_set_match_limit(r->limits, MATCH_LIMIT);
    pcre2_set_heap_limit(r->limits, HEAP_LIMIT_KIB);
    /* If this fails (no executable memory), the interpreter does the same work. */
    pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE);
    return r;
}

/* Returns whether it matches; a failure is no match. */
static bool match(const struct regex *r, struct str subject, pcre2_match_data *data)
{
    PCRE2_SPTR text = (PCRE2_SPTR)(subject.len ? subject.data : "");
    int found = pcre2_match(r->code, text, subject.len, 0, 0, data, r->limits);
    if (found == PCRE2_ERROR_JIT_STACKLIMIT)
        found =
            pcre2_match(r->code, text, subject.len, 0, PCRE2_NO_JIT, data, r->limits);
    return found >= 0;
}

static struct str group_of(pcre2_match_data *data, struct str subject, uint32_t group)
{
    const PCRE2_SIZE *places = pcre2_get_ovector_pointer(data);
    if (group >= pcre2_get_ovector_count(data) || places[2 * group] == PCRE2_UNSET)
        return (struct str){NULL, 0};
    size_t start = places[2 * group];
    return (struct str){subject.data + start, places[2 * group + 1] - start};
}

uint32_t regex_groups(const struct regex *r)
{
    uint32_t count = 0;
    pcre2_pattern_info(r->code, PCRE2_INFO_CAPTURECOUNT, &count);
    return count;
}

bool regex_search_groups(const struct regex *r, struct str subject, struct str *groups,
                         uint32_t count)
{
    uint32_t pairs = regex_groups(r);
    pairs = 1 + (pairs < count ? pairs : count);
    pcre2_match_data *data = pcre2_match_data_create(pairs, NULL);
    if (!data)
        return false;
    bool found = match(r, subject, data);
    for (uint32_t i = 0; found && i < count; i++)
        groups[i] = group_of(data, subject, i + 1);
    pcre2_match_data_free(data);
    return found;
}

bool regex_search(const struct regex *r, struct str subject)
{
    return regex_search_groups(r, subject, NULL, 0);
}

void regex_free(struct regex *r)
{
    if (!r)
        return;
    pcre2_match_context_free(r->limits);
    pcre2_code_free(r->code);
    free(r);
}
