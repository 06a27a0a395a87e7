#include "places.h"

#include <stdlib.h>

bool places_init(struct places *p, size_t count)
{
    p->until_ns = calloc(count, sizeof *p->until_ns);
    p->count = p->until_ns ? count : 0;
    return p->until_ns;
}

bool places_take(struct places *p, uint64_t now_ns, struct held_place *place)
{
    for (size_t i = 0; i < p->count; i++) {
        word64 *word = &p->until_ns[i];
        uint64_t until_ns = __atomic_load_n(word, __ATOMIC_RELAXED);
        if (until_ns <= now_ns &&
            __atomic_compare_exchange_n(word, &until_ns, PLACE_OPEN, false,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
            *place = (struct held_place){word, PLACE_OPEN};
            return true;
        }
    }
    return false;
}

void place_limit(struct held_place *place, uint64_t until_ns)
{
    place->until_ns = until_ns;
    __atomic_store_n(place->word, until_ns, __ATOMIC_RELAXED);
}

/* A word never has the same limit twice: the next owner takes it after the old
 * limit. */
void place_leave(struct held_place *place)
{
    if (place->word)
        __atomic_compare_exchange_n(place->word, &place->until_ns, 0, false,
                                    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    place->word = NULL;
}
