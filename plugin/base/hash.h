/* hash.h -- hash functions for the small open-addressing tables. */

#ifndef PROFILER_HASH_H
#define PROFILER_HASH_H

#include "str.h"

#include <stdint.h>

/* The last step of MurmurHash3: every bit of the key affects all bits of the result. */
static inline uint64_t hash_u64(uint64_t key)
{
    key ^= key >> 33;
    key *= 0xff51afd7ed558ccdULL;
    key ^= key >> 33;
    key *= 0xc4ceb9fe1a85ec53ULL;
    return key ^ key >> 33;
}

static inline uint64_t hash_pair(uint32_t a, uint32_t b)
{
    return hash_u64((uint64_t)a << 32 | b);
}

/* FNV-1a, for names. */
static inline uint64_t hash_bytes(uint64_t seed, struct str s)
{
    uint64_t h = 0xcbf29ce484222325ULL ^ seed;
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.data[i]) * 0x100000001b3ULL;
    return h;
}

#endif
