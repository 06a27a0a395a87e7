#include "delivery.h"

bool delivery_report(struct delivery *d, struct report *r)
{
    d->has_stats = d->has_stats || stats_compute(&d->stats, d->profile);
    *r = (struct report){d->profile, &d->stats, &d->choice};
    return d->has_stats;
}

void delivery_unanswered(struct delivery *d)
{
    if (!(d->choice.outputs & (OUTPUT_LOG | OUTPUT_FILE)))
        d->choice.outputs |= OUTPUT_LOG;
}

size_t delivery_bytes(const struct delivery *d)
{
    return profile_bytes(d->profile) + stats_bytes(&d->stats);
}

void delivery_free(struct delivery *d)
{
    stats_free(&d->stats);
    profile_destroy(d->profile);
    *d = (struct delivery){0};
}
