#include "track.h"

#include <string.h>

#include "fixed.h"
#include "fovea_metadata.h"

_Static_assert((int)TRK_MAX <= (int)ASSIGN_MAX && (int)DET_MAX_BOXES <= (int)ASSIGN_MAX,
               "all pairs have a place");

/*
 * Noise in heights: measured with person_160 on twelve scenes of people who cross in both lanes
 * (12,943 boxes in 2,160 frames), root mean square of box less truth: center 0.028 to 0.039 across
 * and 0.019 to 0.021 down, width 0.049 to 0.067, height 0.034 to 0.040, more where somebody is
 * hidden in part. Speeds: 0.025 a step, of 1 % above 0.062. Pushes: a speed drifts by a tenth in a
 * second; a width breathes with the stride.
 */
static const struct {
    uint32_t noise, speed, push; /* variances: of a box; of the speed of a new track; a step */
} axis_noise[TRK_NOISES] = {
    [TRK_CENTER] = {KAL_VARIANCE(28), KAL_VARIANCE(24), KAL_VARIANCE(2048)},
    [TRK_SIZE] = {KAL_VARIANCE(14), KAL_VARIANCE(64), KAL_VARIANCE(512)},
};
enum { CROWD_NOISE = 6 }; /* times the variance of a box in a crowd: chosen by IDF1 there */

/*
 * Costs in 1/256. Of chi-square with 10 degrees of freedom (axes and tones) 1 % lies above 23.2.
 * Looks of one person lie 66 codes from their mean at most (99 %; half of them 19), those of two
 * people 56 apart (median): a limit of 10 is reached where no more than 1 % of one's own lie.
 */
enum { COST_ONE = 256, TRK_GATE = 24 * COST_ONE, LOOK_MOST = 10 * COST_ONE };
enum { LOOK_VARIANCE = 450, LOOK_VARIANCE_CROWD = 2400, LOOK_SHIFT = 2 };

enum { SUB = 256, LEAST_HEIGHT = 8 }; /* 1/px; px */
enum { FAR = 2 << 12 };               /* heights, 2^-12: a box so far away is another one */
enum { HIDDEN = 128, CLAIMED = 102 }; /* share of a box's area, 1/256 */

typedef struct {
    int32_t x0, y0, x1, y1;
} area_t;

typedef struct {
    int32_t at[TRK_AXES]; /* measured, as trk_track_t.axis */
    bool clear, crowd;    /* not behind another; not on its own */
} sight_t;

/* A track as costs need it. */
typedef struct {
    uint32_t per_height;             /* 2^20 / px */
    uint32_t per_spread[TRK_NOISES]; /* 2^32 / S, S in 2^-KAL_BITS */
    int32_t vagueness;               /* ln |S|, less that of a box's own noise */
} view_t;

static uint32_t noise_of(int axis)
{
    return axis == TRK_X || axis == TRK_Y ? TRK_CENTER : TRK_SIZE;
}

/* ---- lines ---- */

/* No more than has to be: a start that clears all takes 0.1 ms. */
void trk_init(trk_state_t *state)
{
    for (int i = 0; i < TRK_MAX; i++)
        state->track[i].id = 0;
    state->next_id = 1;
    state->time_us = 0;
    state->lines = state->events = 0;
    state->hysteresis = 0;
    memset(state->count, 0, sizeof(state->count));
}

void trk_set_lines(trk_state_t *state, const line_t *lines, uint32_t count, int32_t hysteresis)
{
    count = count < TRK_LINES ? count : TRK_LINES;
    state->hysteresis = hysteresis;
    if (count == state->lines && memcmp(lines, state->line, count * sizeof(*lines)) == 0)
        return;
    state->lines = count;
    memcpy(state->line, lines, count * sizeof(*lines));
    for (int i = 0; i < TRK_MAX; i++)
        memset(state->track[i].side, LINE_NEAR, sizeof(state->track[i].side));
}

static void add_crossing(trk_state_t *state, uint32_t line, bool in, uint16_t track)
{
    if (in)
        state->count[line].in++;
    else
        state->count[line].out++;
    if (state->events < TRK_MAX_EVENTS)
        state->event[state->events++] =
            (meta_event_t){.kind = META_EVENT_CROSSING,
                           .place = (uint8_t)line,
                           .track = track,
                           .value = in ? META_DIRECTION_IN : META_DIRECTION_OUT};
}

/* A side changes when the track is real, and not before. */
static void judge_side(trk_state_t *state, trk_track_t *t, uint32_t line)
{
    int32_t foot = (t->axis[TRK_Y].place + t->axis[TRK_H].place / 2) / SUB;
    line_side_t now =
        line_side(&state->line[line], t->axis[TRK_X].place / SUB, foot, state->hysteresis);
    line_side_t before = (line_side_t)t->side[line];
    if (now == LINE_NEAR || now == before)
        return;
    if (now == LINE_PAST)
        now = LINE_NEAR; /* who walks around the end has not crossed */
    if (now != LINE_NEAR && before != LINE_NEAR) {
        if (t->seen < TRK_CONFIRM || t->clear < TRK_CLEAR)
            return;
        add_crossing(state, line, now == LINE_IN, t->id);
    }
    t->side[line] = (int8_t)now;
}

/* ---- boxes ---- */

static area_t box_area(const det_box_t *b)
{
    return (area_t){b->x0, b->y0, b->x1, b->y1};
}

static area_t expected_area(const trk_track_t *t)
{
    int32_t x = t->axis[TRK_X].place / SUB, y = t->axis[TRK_Y].place / SUB;
    int32_t w = t->axis[TRK_W].place / SUB, h = t->axis[TRK_H].place / SUB;
    return (area_t){x - w / 2, y - h / 2, x + w / 2, y + h / 2};
}

static int64_t overlap(int32_t a0, int32_t a1, int32_t b0, int32_t b1)
{
    int32_t low = a0 > b0 ? a0 : b0, high = a1 < b1 ? a1 : b1;
    return high > low ? high - low : 0;
}

/* Whether b takes more than that share of a. */
static bool takes(area_t b, area_t a, int32_t share)
{
    int64_t all = (int64_t)(a.x1 - a.x0) * (a.y1 - a.y0);
    int64_t common = overlap(a.x0, a.x1, b.x0, b.x1) * overlap(a.y0, a.y1, b.y0, b.y1);
    return common * 256 > all * share;
}

/* Behind somebody taller in the image, who is nearer? */
static bool is_hidden(const det_box_t *boxes, uint32_t count, const det_box_t *box)
{
    int32_t height = box->y1 - box->y0;
    for (uint32_t i = 0; i < count; i++)
        if (boxes[i].y1 - boxes[i].y0 > height && takes(box_area(&boxes[i]), box_area(box), HIDDEN))
            return true;
    return false;
}

/* Does more than one real track expect to be there? */
static bool is_disputed(const trk_state_t *state, const det_box_t *box)
{
    uint32_t claims = 0;
    for (int i = 0; i < TRK_MAX; i++) {
        const trk_track_t *t = &state->track[i];
        claims +=
            t->id != 0 && t->seen >= TRK_CONFIRM && takes(expected_area(t), box_area(box), CLAIMED);
    }
    return claims > 1;
}

static sight_t see(const trk_state_t *state, const det_box_t *boxes, uint32_t count,
                   const det_box_t *b)
{
    bool clear = !is_hidden(boxes, count, b);
    return (sight_t){
        .at = {[TRK_X] = (b->x0 + b->x1) * (SUB / 2),
               [TRK_Y] = (b->y0 + b->y1) * (SUB / 2),
               [TRK_W] = (b->x1 - b->x0) * SUB,
               [TRK_H] = (b->y1 - b->y0) * SUB},
        .clear = clear,
        .crowd = !clear || is_disputed(state, b),
    };
}

/* ---- costs ---- */

static view_t view_of(const trk_track_t *t)
{
    int32_t height = t->axis[TRK_H].place / SUB;
    view_t v = {.per_height =
                    (1u << 20) / (uint32_t)(height > LEAST_HEIGHT ? height : LEAST_HEIGHT)};
    for (int n = 0; n < TRK_NOISES; n++) {
        uint32_t noise = axis_noise[n].noise, spread = t->cov[n].place + noise;
        v.per_spread[n] = UINT32_MAX / spread;
        /* two axes: 2 ln 2 log2, in 1/256 */
        v.vagueness += (fx_log2(spread) - fx_log2(noise)) * 355 >> 16;
    }
    return v;
}

static int32_t look_cost(const look_t *known, const look_t *now, bool crowd)
{
    if (now == NULL || now->tones == 0 || now->tones != known->tones)
        return 0;
    uint32_t variance = crowd ? LOOK_VARIANCE_CROWD : LOOK_VARIANCE;
    int32_t cost = (int32_t)(look_distance(known, now) * COST_ONE / variance);
    return cost < LOOK_MOST ? cost : LOOK_MOST;
}

/* TRK_GATE, or less for a pair that can be. */
static int32_t pair_cost(const trk_track_t *t, const view_t *v, const sight_t *s,
                         const look_t *look)
{
    uint64_t sum = 0;
    for (int a = 0; a < TRK_AXES; a++) {
        int64_t off = ((int64_t)s->at[a] - t->axis[a].place) * v->per_height >> 16; /* 2^-12 */
        if (off > FAR || off < -FAR)
            return TRK_GATE;
        sum += (uint64_t)(off * off) * v->per_spread[noise_of(a)] >> 20; /* 24 + 4 - 8 */
    }
    if (sum >= TRK_GATE)
        return TRK_GATE;
    int32_t cost = (int32_t)sum + v->vagueness + look_cost(&t->look, look, s->crowd);
    return cost < TRK_GATE ? cost : TRK_GATE;
}

/* ---- tracks ---- */

/* Sizes of those whom nobody sees stay. */
static void predict(trk_track_t *t, uint32_t time)
{
    kal_step(&t->axis[TRK_X], time);
    kal_step(&t->axis[TRK_Y], time);
    if (t->unseen == 0) {
        kal_step(&t->axis[TRK_W], time);
        kal_step(&t->axis[TRK_H], time);
    }
    for (int n = 0; n < TRK_NOISES; n++)
        kal_spread(&t->cov[n], axis_noise[n].push, time);
    t->away += time;
}

static bool is_lost(const trk_track_t *t)
{
    return t->seen < TRK_CONFIRM ? t->unseen > TRK_DOUBT : t->away > TRK_PATIENCE;
}

static void learn_look(look_t *known, const look_t *now, bool crowd)
{
    if (now == NULL || now->tones == 0)
        return;
    if (now->tones != known->tones)
        *known = *now;
    else if (!crowd)
        look_learn(known, now, LOOK_SHIFT);
}

static void absorb(trk_track_t *t, const sight_t *s, const look_t *look)
{
    kal_gain_t gain[TRK_NOISES];
    for (int n = 0; n < TRK_NOISES; n++)
        gain[n] = kal_narrow(&t->cov[n], (s->crowd ? CROWD_NOISE : 1) * axis_noise[n].noise);
    for (int a = 0; a < TRK_AXES; a++)
        kal_correct(&t->axis[a], gain[noise_of(a)], s->at[a]);
    learn_look(&t->look, look, s->crowd);
    t->unseen = 0;
    t->away = 0;
    if (t->seen < UINT16_MAX)
        t->seen++;
    if (s->clear && t->clear < UINT16_MAX)
        t->clear++;
}

/* A free place, else that of whom nobody has seen for longest; NULL: all are seen. */
static trk_track_t *find_place(trk_state_t *state)
{
    trk_track_t *best = NULL;
    for (int i = 0; i < TRK_MAX; i++) {
        trk_track_t *t = &state->track[i];
        if (t->id == 0)
            return t;
        if (t->unseen > (best == NULL ? 0 : best->unseen))
            best = t;
    }
    return best;
}

static uint16_t start_track(trk_state_t *state, const det_box_t *box, const sight_t *s,
                            const look_t *look)
{
    trk_track_t *t = find_place(state);
    if (t == NULL)
        return 0;
    *t = (trk_track_t){
        .id = state->next_id++, .seen = 1, .clear = s->clear, .class_id = box->class_id};
    for (int a = 0; a < TRK_AXES; a++)
        t->axis[a].place = s->at[a];
    for (int n = 0; n < TRK_NOISES; n++)
        t->cov[n] = (kal_cov_t){.place = axis_noise[n].noise, .speed = axis_noise[n].speed};
    learn_look(&t->look, look, false);
    if (state->next_id == 0)
        state->next_id = 1;
    return t->id;
}

/* ---- a frame ---- */

/* Rows are boxes, columns tracks; column c is track[c], more columns are nobody's. */
static uint32_t fill_costs(trk_state_t *state, const det_box_t *boxes, const sight_t *sights,
                           const look_t *looks, uint32_t count, uint8_t track[TRK_MAX])
{
    uint32_t columns = 0;
    for (uint8_t i = 0; i < TRK_MAX; i++) {
        const trk_track_t *t = &state->track[i];
        if (t->id == 0)
            continue;
        view_t view = view_of(t);
        for (uint32_t b = 0; b < count; b++)
            state->pairs.cost[b][columns] =
                boxes[b].class_id != t->class_id
                    ? TRK_GATE
                    : pair_cost(t, &view, &sights[b], looks != NULL ? &looks[b] : NULL);
        track[columns++] = i;
    }
    for (; columns < count; columns++)
        for (uint32_t b = 0; b < count; b++)
            state->pairs.cost[b][columns] = TRK_GATE;
    return columns;
}

/* All were unseen a frame longer, but those whom a box is given to. */
static void pair_up(trk_state_t *state, const det_box_t *boxes, const sight_t *sights,
                    const look_t *looks, uint32_t count, uint16_t *ids)
{
    uint8_t track[TRK_MAX];
    int8_t column[DET_MAX_BOXES];
    uint32_t columns = fill_costs(state, boxes, sights, looks, count, track);
    assign_solve(&state->pairs, count, columns, column);
    for (int i = 0; i < TRK_MAX; i++)
        state->track[i].unseen++;
    for (uint32_t b = 0; b < count; b++) {
        if (state->pairs.cost[b][column[b]] >= TRK_GATE)
            continue;
        trk_track_t *t = &state->track[track[column[b]]];
        absorb(t, &sights[b], looks != NULL ? &looks[b] : NULL);
        ids[b] = t->id;
    }
}

uint32_t trk_time(uint32_t us)
{
    enum { SECOND = TRK_STEPS_PER_S * KAL_STEP, LONGEST_US = TRK_LONGEST / SECOND * 1000000 };
    enum { UP = SECOND / 40, DOWN = 1000000 / 40 }; /* within 32 bits */
    us = us < LONGEST_US ? us : LONGEST_US;
    return (us * UP + DOWN / 2) / DOWN;
}

void trk_update(trk_state_t *state, uint32_t time_us, const det_box_t *boxes, const look_t *looks,
                uint32_t count, uint16_t *ids)
{
    sight_t sights[DET_MAX_BOXES];
    uint32_t time = trk_time(time_us - state->time_us);
    state->time_us = time_us;
    state->events = 0;
    memset(ids, 0, count * sizeof(ids[0]));
    for (int i = 0; i < TRK_MAX; i++)
        if (state->track[i].id != 0)
            predict(&state->track[i], time);
    for (uint32_t b = 0; b < count; b++)
        sights[b] = see(state, boxes, count, &boxes[b]);
    pair_up(state, boxes, sights, looks, count, ids);
    for (int i = 0; i < TRK_MAX; i++) {
        trk_track_t *t = &state->track[i];
        if (is_lost(t))
            t->id = 0;
        for (uint32_t line = 0; t->id != 0 && line < state->lines; line++)
            judge_side(state, t, line);
    }
    for (uint32_t b = 0; b < count; b++)
        if (ids[b] == 0)
            ids[b] = start_track(state, &boxes[b], &sights[b], looks != NULL ? &looks[b] : NULL);
}
