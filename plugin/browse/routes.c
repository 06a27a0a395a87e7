#include "routes.h"

#include "base/hash.h"
#include "base/vec.h"
#include "report/common/decimal.h"
#include "report/common/json.h"

#include <stdlib.h>

static struct str name_of(const struct routes *r, const struct route *route)
{
    return (struct str){r->names.data + route->name, route->name_len};
}

static uint64_t hash_of(const void *table, uint32_t entry)
{
    const struct routes *r = table;
    return hash_bytes(0, name_of(r, &r->items[entry - 1]));
}

/* Returns NULL if there is none of this name yet. */
static struct route *find(const struct routes *r, struct str name, uint64_t hash)
{
    if (!r->slots.count)
        return NULL;
    for (uint32_t i = slots_first(&r->slots, hash); r->slots.entries[i];
         i = slots_next(&r->slots, i)) {
        struct route *route = &r->items[r->slots.entries[i] - 1];
        if (str_equal(name_of(r, route), name))
            return route;
    }
    return NULL;
}

static struct route *add(struct routes *r, struct str name, uint64_t hash)
{
    if (!VEC_ROOM(r->items, r->count, r->cap, 16) ||
        !slots_reserve(&r->slots, r->count, hash_of, r) ||
        !buf_reserve(&r->names, name.len + 1)) {
        r->failed = true;
        return NULL;
    }
    r->items[r->count++] = (struct route){.name = r->names.len, .name_len = name.len};
    buf_add_str(&r->names, name);
    slots_place(&r->slots, hash, r->count);
    return &r->items[r->count - 1];
}

static bool is_full(const struct routes *r, bool known)
{
    return r->duration_count == ROUTES_DURATIONS_MOST ||
           (!known && (r->count == ROUTES_MOST || r->names.len > ROUTES_BYTES_MOST));
}

bool routes_add(struct routes *r, const struct index_row *row)
{
    uint64_t hash = hash_bytes(0, row->route);
    struct route *route = find(r, row->route, hash);
    if (is_full(r, route))
        return false;
    if (!VEC_ROOM(r->durations, r->duration_count, r->duration_cap, 64)) {
        r->failed = true;
        return false;
    }
    if (!route && !(route = add(r, row->route, hash)))
        return false;
    route->count++;
    if (row->elapsed_ms < 0)
        return true;
    r->durations[r->duration_count++] =
        (struct route_duration){row->elapsed_ms, route->first};
    route->first = r->duration_count;
    return true;
}

void routes_write(const struct routes *r, struct buf *out)
{
    for (uint32_t i = 0; i < r->count; i++) {
        const struct route *route = &r->items[i];
        json_next(out);
        buf_add_char(out, '{');
        json_text(out, "route", name_of(r, route));
        json_number(out, "count", route->count);
        json_key(out, "elapsed_ms");
        buf_add_char(out, '[');
        for (uint32_t at = route->first; at; at = r->durations[at - 1].next) {
            json_next(out);
            decimal_add(out, r->durations[at - 1].ms, 0);
        }
        buf_add_text(out, "]}");
    }
}

void routes_free(struct routes *r)
{
    buf_free(&r->names);
    free(r->items);
    slots_free(&r->slots);
    free(r->durations);
    *r = (struct routes){0};
}
