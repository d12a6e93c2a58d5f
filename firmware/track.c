#include "track.h"

#include <string.h>

#include "fovea_metadata.h"

enum { SUB = 16, NO_MATCH = -1 };

void trk_init(trk_state_t *state, int32_t line_x, int32_t hysteresis)
{
    memset(state, 0, sizeof(*state));
    state->next_id = 1;
    state->line_x = line_x;
    state->hysteresis = hysteresis;
}

static int32_t overlap(int32_t a0, int32_t a1, int32_t b0, int32_t b1)
{
    int32_t low = a0 > b0 ? a0 : b0, high = a1 < b1 ? a1 : b1;
    return high > low ? high - low : 0;
}

/* Intersection over union of a prediction and a box, in 1/256. */
static int32_t match_quality(const trk_track_t *t, const det_box_t *box)
{
    int32_t x0 = t->cx / SUB - t->w / 2, y0 = t->cy / SUB - t->h / 2;
    int64_t common = (int64_t)overlap(x0, x0 + t->w, box->x0, box->x1) *
                     overlap(y0, y0 + t->h, box->y0, box->y1);
    int64_t all =
        (int64_t)t->w * t->h + (int64_t)(box->x1 - box->x0) * (box->y1 - box->y0) - common;
    return all > 0 ? (int32_t)(common * 256 / all) : 0;
}

static void predict(trk_state_t *state)
{
    for (int i = 0; i < TRK_MAX; i++) {
        trk_track_t *t = &state->track[i];
        t->cx += t->vx;
        t->cy += t->vy;
    }
}

static void absorb(trk_track_t *t, const det_box_t *box)
{
    int32_t cx = (box->x0 + box->x1) * (SUB / 2), cy = (box->y0 + box->y1) * (SUB / 2);
    int32_t dx = cx - t->cx, dy = cy - t->cy;
    t->cx += dx * 3 / 4;
    t->cy += dy * 3 / 4;
    t->vx += dx / (t->seen < TRK_CONFIRM ? 2 : 4);
    t->vy += dy / (t->seen < TRK_CONFIRM ? 2 : 4);
    t->w += (box->x1 - box->x0 - t->w) / 2;
    t->h += (box->y1 - box->y0 - t->h) / 2;
    t->unseen = 0;
    if (t->seen < UINT16_MAX)
        t->seen++;
}

/* The best remaining pair of track and box: at least a quarter overlap for a match. */
static bool best_pair(const trk_state_t *state, const det_box_t *boxes, uint32_t count,
                      const uint16_t *ids, uint32_t taken, int *track, uint32_t *box)
{
    int32_t best = 40; /* in 1/256 */
    bool found = false;
    for (int i = 0; i < TRK_MAX; i++) {
        if (state->track[i].id == 0 || (taken & (1u << i)) != 0)
            continue;
        for (uint32_t b = 0; b < count; b++) {
            int32_t quality = ids[b] != 0 ? 0 : match_quality(&state->track[i], &boxes[b]);
            if (quality > best) {
                best = quality;
                *track = i;
                *box = b;
                found = true;
            }
        }
    }
    return found;
}

static uint16_t start_track(trk_state_t *state, const det_box_t *box)
{
    for (int i = 0; i < TRK_MAX; i++) {
        trk_track_t *t = &state->track[i];
        if (t->id != 0)
            continue;
        *t = (trk_track_t){.id = state->next_id++, .seen = 1};
        t->cx = (box->x0 + box->x1) * (SUB / 2);
        t->cy = (box->y0 + box->y1) * (SUB / 2);
        t->w = box->x1 - box->x0;
        t->h = box->y1 - box->y0;
        if (state->next_id == 0)
            state->next_id = 1;
        return t->id;
    }
    return 0;
}

static void add_event(trk_state_t *state, uint16_t kind, uint16_t track)
{
    if (state->events < TRK_MAX_EVENTS)
        state->event[state->events++] = (trk_event_t){kind, track};
}

static void judge_side(trk_state_t *state, trk_track_t *t)
{
    int32_t distance = t->cx / SUB - state->line_x;
    int8_t side = t->side;
    if (distance > state->hysteresis)
        side = 1;
    else if (distance < -state->hysteresis)
        side = -1;
    bool crossed = t->side != 0 && side != t->side;
    if (crossed && t->seen < TRK_CONFIRM)
        return; /* judge again when it is real */
    t->side = side;
    if (!crossed)
        return;
    if (side > 0)
        state->count_in++;
    else
        state->count_out++;
    add_event(state, side > 0 ? META_EVENT_CROSSED_IN : META_EVENT_CROSSED_OUT, t->id);
}

void trk_update(trk_state_t *state, const det_box_t *boxes, uint32_t count, uint16_t *ids)
{
    uint32_t taken = 0, box = 0;
    int track = NO_MATCH;
    state->events = 0;
    memset(ids, 0, count * sizeof(ids[0]));
    predict(state);
    while (best_pair(state, boxes, count, ids, taken, &track, &box)) {
        absorb(&state->track[track], &boxes[box]);
        ids[box] = state->track[track].id;
        taken |= 1u << track;
    }
    for (int i = 0; i < TRK_MAX; i++) {
        trk_track_t *t = &state->track[i];
        if (t->id != 0 && (taken & (1u << i)) == 0 && ++t->unseen > TRK_PATIENCE)
            t->id = 0;
        else if (t->id != 0)
            judge_side(state, t);
    }
    for (uint32_t b = 0; b < count; b++)
        if (ids[b] == 0)
            ids[b] = start_track(state, &boxes[b]);
}
