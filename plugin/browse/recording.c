#include "recording.h"

#include "report/common/json.h"

static struct str cookie_of(const struct triggers *t)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->items[i].kind == TRIGGER_COOKIE)
            return (struct str){t->items[i].name, t->items[i].name_len};
    return (struct str){NULL, 0};
}

void recording_write(const struct recording *r, const struct config *c, struct buf *out)
{
    bool possible = r->has_app && !c->key.len;
    buf_add_char(out, '{');
    json_number(out, "v", 1);
    json_key(out, "app");
    buf_add_text(out, r->has_app ? "true" : "false");
    json_key(out, "possible");
    buf_add_text(out, possible ? "true" : "false");
    json_text_or_null(out, "cookie", cookie_of(&c->triggers));
    json_number(out, "most", c->max_per_minute);
    json_number(out, "taken", r->taken);
    buf_add_char(out, '}');
}
