/*
 * crowd.h - as many people as there are places for, close together: every box may be everybody's,
 * and the assignment's ways are long. For the core (crowd.c) and the host (crowd_test.c).
 */
#ifndef GUEST_CROWD_H
#define GUEST_CROWD_H

#include "track.h"

enum { CROWD_FRAMES = 40, CROWD_US = 33333 };

static inline uint32_t crowd_draw(uint32_t *random)
{
    *random = *random * 1664525u + 1013904223u;
    return *random >> 20;
}

static inline void crowd_frame(uint32_t frame, det_box_t *boxes, look_t *looks)
{
    uint32_t random = frame;
    for (int32_t i = 0; i < DET_MAX_BOXES; i++) {
        int32_t x =
            1000 + 3 * ((i * 13 + (int32_t)frame) % 32) + (int32_t)(crowd_draw(&random) % 64);
        int32_t y = 1000 + (int32_t)(crowd_draw(&random) % 64);
        boxes[i] = (det_box_t){x, y, x + 300, y + 900 - i, 200, 1};
        looks[i].tones = LOOK_TONES;
        for (int t = 0; t < LOOK_TONES; t++)
            looks[i].tone[t] = (uint16_t)(1500 + crowd_draw(&random) % 400);
    }
}

/* Of what the tracker makes of it. */
static inline uint32_t crowd_hash(uint32_t hash, const trk_state_t *t, const uint16_t *ids)
{
    for (int i = 0; i < DET_MAX_BOXES; i++)
        hash = (hash ^ ids[i]) * 16777619u;
    for (int i = 0; i < TRK_MAX; i++)
        for (int a = 0; a < TRK_AXES; a++)
            hash = (hash ^ (uint32_t)t->track[i].axis[a].place ^ t->track[i].cov[a / 2].place) *
                   16777619u;
    return hash;
}

#endif
