#include "gesture.h"

#include <string.h>

#include "fovea_metadata.h"

void gest_init(gest_state_t *state)
{
    memset(state, 0, sizeof(*state));
    state->next_id = 1;
}

static void tell(gest_state_t *state, uint16_t id, uint8_t kind)
{
    if (state->events < GEST_EVENTS)
        state->event[state->events++] =
            (meta_event_t){.kind = META_EVENT_GESTURE, .track = id, .value = kind};
}

static void note(gest_state_t *state, uint16_t id, uint8_t kind, uint8_t phase, uint32_t score)
{
    if (state->gestures < 2 * GEST_HANDS)
        state->gesture[state->gestures++] =
            (meta_gesture_t){id, kind, phase, (uint8_t)(score < 255 ? score : 255)};
}

/* ---- whose box it is ---- */

static int32_t middle(int32_t low, int32_t high)
{
    return low + (high - low) / 2;
}

static int32_t longer_side(const det_box_t *box)
{
    int32_t w = box->x1 - box->x0, h = box->y1 - box->y0;
    return w > h ? w : h;
}

static int32_t size_of(int32_t way)
{
    return way < 0 ? -way : way;
}

/* In 1/256 of the hand's size; too far: INT32_MAX. */
static int32_t distance(const gest_hand_t *hand, const det_box_t *box)
{
    int32_t dx = size_of(middle(box->x0, box->x1) - hand->x);
    int32_t dy = size_of(middle(box->y0, box->y1) - hand->y);
    int32_t far = dx > dy ? dx + dy / 2 : dy + dx / 2; /* within 12 % of the true one */
    int64_t shares = (int64_t)far * 256 / (hand->size > 0 ? hand->size : 1);
    return shares <= GEST_NEAR ? (int32_t)shares : INT32_MAX;
}

/* The pair that is nearest of those that are left. */
static bool find_pair(const gest_state_t *state, const det_box_t *boxes, uint32_t count,
                      uint32_t taken, const uint16_t *ids, uint32_t *hand, uint32_t *box)
{
    int32_t least = INT32_MAX;
    for (uint32_t i = 0; i < GEST_HANDS; i++)
        for (uint32_t b = 0; b < count && state->hand[i].id != 0 && (taken >> i & 1) == 0; b++) {
            int32_t far = ids[b] == 0 ? distance(&state->hand[i], &boxes[b]) : INT32_MAX;
            if (far >= least)
                continue;
            least = far;
            *hand = i;
            *box = b;
        }
    return least < INT32_MAX;
}

static gest_hand_t *begin_hand(gest_state_t *state, const det_box_t *box)
{
    for (uint32_t i = 0; i < GEST_HANDS; i++) {
        gest_hand_t *hand = &state->hand[i];
        if (hand->id != 0)
            continue;
        *hand = (gest_hand_t){.id = state->next_id++, .size = longer_side(box)};
        if (state->next_id == 0)
            state->next_id = 1;
        return hand;
    }
    return NULL;
}

/* ---- wave ---- */

static void rest_at(gest_wave_t *wave, int32_t x, uint32_t time_ms)
{
    *wave = (gest_wave_t){.turn_px = x, .turn_ms = time_ms};
}

static bool is_swing(const gest_rule_t *rule, const gest_wave_t *wave, int32_t size)
{
    int32_t way_px = size_of(wave->far_px - wave->turn_px);
    uint32_t took_ms = wave->far_ms - wave->turn_ms;
    return (int64_t)way_px * 256 >= (int64_t)rule->swing * size && took_ms >= GEST_SWING_LEAST_MS &&
           took_ms <= GEST_SWING_MOST_MS;
}

static void forget(gest_wave_t *wave)
{
    wave->swings = 0;
    wave->frames = wave->open = 0;
}

static void turn_round(const gest_rule_t *rule, gest_wave_t *wave, int32_t size)
{
    if (!is_swing(rule, wave, size))
        forget(wave);
    else if (wave->swings < UINT8_MAX)
        wave->swings++;
    wave->turn_px = wave->far_px;
    wave->turn_ms = wave->far_ms;
    wave->way = (int8_t)-wave->way;
}

/* It has turned when it has come back by half a swing. */
static void follow(const gest_rule_t *rule, gest_hand_t *hand, uint8_t pose, uint32_t time_ms)
{
    gest_wave_t *wave = &hand->wave;
    int32_t half = (int32_t)((int64_t)hand->size * rule->swing / 512), x = hand->x;
    if (wave->way == 0) {
        if (size_of(x - wave->turn_px) < half) {
            wave->turn_ms = time_ms;
            return;
        }
        wave->way = x > wave->turn_px ? 1 : -1;
        wave->far_px = x;
    }
    if (wave->frames < UINT16_MAX) {
        wave->frames++;
        wave->open = (uint16_t)(wave->open + (pose == GEST_OPEN));
    }
    bool turned = (wave->far_px - x) * wave->way >= half;
    if (turned)
        turn_round(rule, wave, hand->size);
    if (turned || (x - wave->far_px) * wave->way >= 0) {
        wave->far_px = x;
        wave->far_ms = time_ms;
    }
}

static void judge_wave(gest_state_t *state, gest_hand_t *hand, uint32_t time_ms)
{
    gest_wave_t *wave = &hand->wave;
    bool over = wave->way != 0 && time_ms - wave->turn_ms > GEST_SWING_MOST_MS;
    bool was = wave->going;
    wave->going = was || (wave->swings >= state->rule.swings && 2 * wave->open >= wave->frames);
    if (wave->going) {
        uint8_t phase = over ? META_PHASE_END : was ? META_PHASE_HOLD : META_PHASE_BEGIN;
        uint32_t score = wave->frames > 0 ? 256u * wave->open / wave->frames : 255;
        note(state, hand->id, META_GESTURE_WAVE, phase, score);
    }
    if (over && wave->going)
        tell(state, hand->id, META_GESTURE_WAVE);
    if (over)
        rest_at(wave, hand->x, time_ms);
}

/* ---- pinch ---- */

static void get_ready(gest_pinch_t *pinch, uint32_t time_ms)
{
    pinch->stage = GEST_READY;
    pinch->open_ms = time_ms;
    pinch->closed = pinch->others = 0;
    pinch->going = false;
}

static void count_up(uint16_t *frames)
{
    *frames = (uint16_t)(*frames + (*frames < UINT16_MAX));
}

static void see_pinch(gest_pinch_t *pinch, uint32_t time_ms)
{
    if (pinch->stage == GEST_IDLE)
        return;
    if (pinch->stage == GEST_READY)
        pinch->from_ms = time_ms;
    pinch->stage = GEST_MET;
    pinch->to_ms = time_ms;
    count_up(&pinch->closed);
}

static void count_row(uint8_t *row, bool on)
{
    *row = on ? (uint8_t)(*row + (*row < UINT8_MAX)) : 0;
}

/* Returns whether it was a pinch that is over. */
static bool see_pose(gest_pinch_t *pinch, uint8_t pose, uint32_t time_ms)
{
    count_row(&pinch->open, pose == GEST_OPEN);
    count_row(&pinch->wrong, pose == GEST_FIST || pose == GEST_POINT);
    bool opened = pinch->open >= GEST_OPENED;
    bool done = opened && pinch->going && pinch->closed >= pinch->others;
    if (pose == GEST_PINCH)
        see_pinch(pinch, time_ms);
    else if (opened)
        get_ready(pinch, time_ms);
    else if (pose != GEST_OPEN)
        count_up(&pinch->others);
    if (pinch->wrong >= GEST_CLOSED)
        *pinch = (gest_pinch_t){.wrong = pinch->wrong};
    return done;
}

static void judge_pinch(gest_state_t *state, gest_hand_t *hand, bool done, uint32_t time_ms)
{
    gest_pinch_t *pinch = &hand->pinch;
    uint32_t seen_ms = pinch->stage == GEST_MET ? pinch->to_ms : pinch->open_ms;
    bool was = pinch->going;
    if (done) {
        tell(state, hand->id, META_GESTURE_PINCH);
        note(state, hand->id, META_GESTURE_PINCH, META_PHASE_END, 255);
        return;
    }
    if (pinch->stage != GEST_IDLE &&
        (time_ms - seen_ms > GEST_GAP_MS || hand->wave.swings > 1 ||
         (pinch->stage == GEST_MET && time_ms - pinch->from_ms > GEST_LONGEST_MS)))
        *pinch = (gest_pinch_t){0};
    pinch->going = pinch->stage == GEST_MET && pinch->closed >= GEST_CLOSED &&
                   pinch->to_ms - pinch->from_ms >= state->rule.hold_ms;
    if (pinch->going)
        note(state, hand->id, META_GESTURE_PINCH, was ? META_PHASE_HOLD : META_PHASE_BEGIN, 255);
}

/* ---- a frame ---- */

/* Returns whether a pinch is over. */
static bool see_hand(const gest_rule_t *rule, gest_hand_t *hand, const det_box_t *box,
                     uint32_t time_ms)
{
    int32_t side = longer_side(box), shrunk = hand->size - hand->size / 32;
    hand->x = middle(box->x0, box->x1);
    hand->y = middle(box->y0, box->y1);
    hand->size = side > shrunk ? side : shrunk;
    hand->seen_ms = time_ms;
    follow(rule, hand, box->class_id, time_ms);
    return see_pose(&hand->pinch, box->class_id, time_ms);
}

static void begin_all(gest_state_t *state, const det_box_t *boxes, uint32_t count, uint32_t time_ms,
                      uint16_t *ids)
{
    for (uint32_t b = 0; b < count; b++) {
        gest_hand_t *hand = ids[b] == 0 ? begin_hand(state, &boxes[b]) : NULL;
        if (hand == NULL)
            continue;
        ids[b] = hand->id;
        rest_at(&hand->wave, middle(boxes[b].x0, boxes[b].x1), time_ms);
        see_hand(&state->rule, hand, &boxes[b], time_ms);
    }
}

void gest_update(gest_state_t *state, const det_box_t *boxes, uint32_t count, uint32_t time_ms,
                 uint16_t *ids)
{
    uint32_t taken = 0, done = 0, i = 0, b = 0;
    state->events = state->gestures = 0;
    memset(ids, 0, count * sizeof(ids[0]));
    while (find_pair(state, boxes, count, taken, ids, &i, &b)) {
        taken |= 1u << i;
        ids[b] = state->hand[i].id;
        done |= (uint32_t)see_hand(&state->rule, &state->hand[i], &boxes[b], time_ms) << i;
    }
    begin_all(state, boxes, count, time_ms, ids);
    for (i = 0; i < GEST_HANDS; i++) {
        gest_hand_t *hand = &state->hand[i];
        if (hand->id == 0)
            continue;
        judge_wave(state, hand, time_ms);
        judge_pinch(state, hand, (done >> i & 1) != 0, time_ms);
        if (time_ms - hand->seen_ms > GEST_LOST_MS)
            hand->id = 0;
    }
}
