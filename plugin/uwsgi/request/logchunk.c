#include "logchunk.h"

#include "slot.h"

/* The server writes the request's line after its end, on the thread of its core, before
 * another request begins there. It only reads the text. */
static ssize_t show(char **out, const char *text)
{
    *out = (char *)(uintptr_t)text;
    return (ssize_t)strlen(text);
}

/* Returns NULL when this request left no report. */
static const struct request_trace *trace(const struct wsgi_request *r)
{
    const struct request_slot *slot = profiler.slots ? request_slot(r) : NULL;
    return slot && request_is(r, &slot->trace.request) ? &slot->trace : NULL;
}

static ssize_t on_id(struct wsgi_request *r, char **out)
{
    const struct request_trace *t = trace(r);
    return show(out, t ? t->id : "-");
}

static ssize_t on_status(struct wsgi_request *r, char **out)
{
    const struct request_trace *t = trace(r);
    return show(out, t ? t->status : "-");
}

void logchunk_register(void)
{
    uwsgi_register_logchunk((char *)"profile_id", on_id, 0);
    uwsgi_register_logchunk((char *)"profile_status", on_status, 0);
}
