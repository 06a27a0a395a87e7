#include "sampled.h"

#include <stdlib.h>

uint64_t sampled_wait_ns(const struct sampled *s, uint32_t node_count,
                         enum wait_kind kind)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; s->node_wait_ns && i < node_count; i++)
        sum += s->node_wait_ns[i][kind];
    return sum;
}

void sampled_free(struct sampled *s)
{
    free(s->node_wait_ns);
    free(s->timeline);
    free(s->lines);
    free(s->peers);
    *s = (struct sampled){0};
}
