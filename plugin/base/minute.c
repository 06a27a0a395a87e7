#include "minute.h"

#define MINUTE_NS 60000000000u

bool minute_take(uint64_t *word, uint64_t now_ns, uint32_t most)
{
    uint64_t minute = (uint32_t)(now_ns / MINUTE_NS);
    uint64_t seen = __atomic_load_n(word, __ATOMIC_RELAXED), next;
    do {
        uint32_t taken = seen >> 32 == minute ? (uint32_t)seen : 0;
        if (taken >= most)
            return false;
        next = minute << 32 | (taken + 1);
    } while (!__atomic_compare_exchange_n(word, &seen, next, true, __ATOMIC_RELAXED,
                                          __ATOMIC_RELAXED));
    return true;
}
