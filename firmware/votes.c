#include "votes.h"

#include <stddef.h>

enum { FULL = 1 << 30 }; /* sums are halved there: old votes fade */

/* Its place; VOTES_TRACKS: none. */
static uint32_t find(const votes_t *v, uint16_t id)
{
    uint32_t i = id != 0 ? 0 : VOTES_TRACKS;
    while (i < VOTES_TRACKS && v->track[i].id != id)
        i++;
    return i;
}

/* A free one, or the one that was seen longest ago. */
static votes_track_t *take(votes_t *v, uint16_t id, uint32_t frame)
{
    votes_track_t *oldest = &v->track[0];
    for (uint32_t i = 0; i < VOTES_TRACKS && oldest->id != 0; i++)
        if (v->track[i].id == 0 || v->track[i].seen < oldest->seen)
            oldest = &v->track[i];
    *oldest = (votes_track_t){.id = id, .last = frame}; /* waits since then */
    return oldest;
}

void votes_see(votes_t *v, const uint16_t *ids, uint32_t count, uint32_t frame)
{
    for (uint32_t i = 0; i < count; i++) {
        if (ids[i] == 0)
            continue;
        uint32_t place = find(v, ids[i]);
        votes_track_t *t = place < VOTES_TRACKS ? &v->track[place] : take(v, ids[i], frame);
        t->seen = frame;
    }
}

static bool comes_before(const votes_track_t *a, const votes_track_t *b)
{
    if ((a->votes == 0) != (b->votes == 0))
        return a->votes == 0;
    return a->last < b->last;
}

int votes_next(const votes_t *v, const uint16_t *ids, uint32_t count, uint32_t done)
{
    const votes_track_t *first = NULL;
    int at = -1;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t place = (done >> i & 1u) != 0 ? VOTES_TRACKS : find(v, ids[i]);
        if (place == VOTES_TRACKS || (first != NULL && !comes_before(&v->track[place], first)))
            continue;
        first = &v->track[place];
        at = (int)i;
    }
    return at;
}

void votes_add(votes_t *v, uint16_t id, const uint8_t *score, uint32_t classes, uint32_t frame)
{
    uint32_t place = find(v, id);
    bool full = false;
    if (place == VOTES_TRACKS)
        return;
    votes_track_t *t = &v->track[place];
    for (uint32_t c = 0; c < classes; c++) {
        t->sum[c] += score[c];
        full = full || t->sum[c] >= FULL;
    }
    for (uint32_t c = 0; full && c < classes; c++)
        t->sum[c] /= 2;
    if (t->votes != UINT16_MAX)
        t->votes++;
    t->last = frame;
}

bool votes_of(const votes_t *v, uint16_t id, uint32_t *class_at, uint8_t *share)
{
    uint32_t place = find(v, id);
    uint64_t all = 0;
    *class_at = 0;
    if (place == VOTES_TRACKS || v->track[place].votes == 0)
        return false;
    const votes_track_t *t = &v->track[place];
    for (uint32_t c = 0; c < VOTES_CLASSES; c++) {
        all += t->sum[c];
        if (t->sum[c] > t->sum[*class_at])
            *class_at = c;
    }
    uint64_t part = all != 0 ? t->sum[*class_at] * UINT64_C(256) / all : 0;
    *share = (uint8_t)(part > 255 ? 255 : part);
    return true;
}
