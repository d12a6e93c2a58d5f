/*
 * gesture.h - hands over frames, and what they say: wave and pinch.
 *
 *     boxes with poses --> nearest hand --> x over time ------> swings --> wave
 *                                      \--> poses over time ------------> pinch
 *
 * A box is of the hand that was last seen nearest, at most GEST_NEAR hand sizes away; pairs are
 * taken nearest first. The size of a hand is the longer side of its box; it shrinks slowly, so that
 * a fist does not change it. A hand unseen for GEST_LOST_MS is forgotten.
 *
 * Wave:  an open hand that goes from side to side. A swing is the way between two turns; it counts
 *        when it is at least `swing` of the size and took GEST_SWING_LEAST_MS..MOST_MS.
 *        `swings` in a row, in which it showed an open hand in half of the frames, are a wave;
 *        it is over, and told, when no turn has come for GEST_SWING_MOST_MS.
 * Pinch: open in GEST_OPENED frames, then thumb and index meet in GEST_CLOSED frames at least and
 *        for `hold_ms`, then open again: told. Frames of other poses, or without the hand, may
 *        come between for GEST_GAP_MS, but not more of them than of the pinch: a hand that is half
 *        closed looks like one now and then. A fist or a pointing finger in GEST_CLOSED frames in a
 *        row is no part of it, nor is what is seen while it swings.
 *
 * Integers only, no registers. Times are in ms and may wrap.
 * Not modeled: hands that pass each other closer than their size keep no identity.
 */
#ifndef FW_GESTURE_H
#define FW_GESTURE_H

#include "meta.h"

/* What a box shows: the classes of the network, its class_id. */
enum { GEST_OPEN = 1, GEST_FIST, GEST_PINCH, GEST_POINT, GEST_OTHER, GEST_POSES = GEST_OTHER };

enum { GEST_HANDS = 8, GEST_EVENTS = 8 };
enum { GEST_NEAR = 320 }; /* 1/256 of the size */
enum { GEST_SWING_LEAST_MS = 50, GEST_SWING_MOST_MS = 480 };
enum { GEST_OPENED = 2, GEST_CLOSED = 3 }; /* frames */
enum { GEST_GAP_MS = 600, GEST_LONGEST_MS = 5000, GEST_LOST_MS = 500 };

/* What the host may set (fovea_settings.h). */
typedef struct {
    uint32_t swings;
    uint32_t swing; /* 1/256 of the size */
    uint32_t hold_ms;
} gest_rule_t;

typedef struct {
    int8_t way;              /* 1: to the right, -1: to the left, 0: rests at turn_px */
    bool going;              /* a wave */
    uint8_t swings;          /* in a row */
    int32_t turn_px, far_px; /* where it turned last, and the farthest since */
    uint32_t turn_ms, far_ms;
    uint16_t frames, open; /* since the first of the swings; those with an open hand */
} gest_wave_t;

typedef enum { GEST_IDLE, GEST_READY, GEST_MET } gest_stage_t;

typedef struct {
    gest_stage_t stage;               /* READY: it was open; MET: thumb and index have met */
    bool going;                       /* for long enough */
    uint8_t open, wrong;              /* frames in a row */
    uint16_t closed, others;          /* frames since it was open: of the pinch, of other poses */
    uint32_t open_ms, from_ms, to_ms; /* last open; first and last of the pinch */
} gest_pinch_t;

typedef struct {
    uint16_t id;        /* 0: free */
    int32_t x, y, size; /* middle of the box, px */
    uint32_t seen_ms;
    gest_wave_t wave;
    gest_pinch_t pinch;
} gest_hand_t;

typedef struct {
    gest_rule_t rule; /* may change from frame to frame */
    gest_hand_t hand[GEST_HANDS];
    uint16_t next_id;
    uint32_t events, gestures; /* of the newest frame */
    meta_event_t event[GEST_EVENTS];
    meta_gesture_t gesture[2 * GEST_HANDS]; /* those that go on, begin or end */
} gest_state_t;

/* Nobody is there. The rule is not set. */
void gest_init(gest_state_t *state);

/* One frame of up to DET_MAX_BOXES boxes. ids[i] becomes the hand of boxes[i], 0 when there was no
 * place for it. */
void gest_update(gest_state_t *state, const det_box_t *boxes, uint32_t count, uint32_t time_ms,
                 uint16_t *ids);

#endif
