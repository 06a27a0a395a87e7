#include "strings.h"

#include "base/hash.h"
#include "base/vec.h"
#include "report/common/json.h"

#include <stdlib.h>

static struct str item(const struct strings *t, uint32_t index)
{
    size_t start = index ? t->ends[index - 1] + 1 : 0; /* skips the comma */
    return (struct str){t->json.data + start, t->ends[index] - start};
}

static uint64_t text_hash(struct str text)
{
    return hash_u64(hash_bytes(0, text));
}

static uint64_t entry_hash(const void *table, uint32_t entry)
{
    return text_hash(item(table, entry - 1));
}

static bool make_room(struct strings *t)
{
    return VEC_ROOM(t->ends, t->count, t->cap, 256) &&
           slots_reserve(&t->slots, t->count, entry_hash, t);
}

/* Searches the last item, just written, among those before it. Returns its number, or
 * count if it is new. */
static uint32_t find(const struct strings *t, struct str text, uint64_t hash)
{
    const struct slots *s = &t->slots;
    for (uint32_t i = slots_first(s, hash); s->entries[i]; i = slots_next(s, i))
        if (str_equal(item(t, s->entries[i] - 1), text))
            return s->entries[i] - 1;
    return t->count;
}

uint32_t strings_add(struct strings *t, struct str text)
{
    size_t before = t->json.len;
    if (t->failed || !make_room(t)) {
        t->failed = true;
        return 0;
    }
    if (t->count)
        buf_add_char(&t->json, ',');
    size_t start = t->json.len;
    json_string(&t->json, text);
    if (t->json.failed) {
        t->failed = true;
        return 0;
    }
    struct str written = {t->json.data + start, t->json.len - start};
    uint64_t hash = text_hash(written);
    uint32_t index = find(t, written, hash);
    if (index < t->count) {
        t->json.len = before;
        return index;
    }
    t->ends[t->count++] = t->json.len;
    slots_place(&t->slots, hash, t->count);
    return index;
}

void strings_free(struct strings *t)
{
    buf_free(&t->json);
    free(t->ends);
    slots_free(&t->slots);
    *t = (struct strings){0};
}
