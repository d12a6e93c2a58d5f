/*
 * track.h - boxes of one frame to tracks over frames, and crossings of a vertical line.
 *
 * A track predicts its box by constant velocity; boxes are given to tracks greedily by overlap, the
 * best first. A track counts as real after TRK_CONFIRM sightings and ends after TRK_PATIENCE frames
 * unseen. A crossing is a confirmed track whose center moved from one side of the line to the
 * other by more than the hysteresis.
 */
#ifndef FW_TRACK_H
#define FW_TRACK_H

#include "detect.h"

enum { TRK_MAX = 32, TRK_MAX_EVENTS = 16, TRK_CONFIRM = 3, TRK_PATIENCE = 12 };

typedef struct {
    uint16_t id; /* 0: free */
    uint16_t seen, unseen;
    int8_t side;    /* -1 left, 1 right, 0 not known yet */
    int32_t cx, cy; /* center, 1/16 px */
    int32_t vx, vy; /* 1/16 px a frame */
    int32_t w, h;   /* px */
} trk_track_t;

typedef struct {
    uint16_t kind; /* META_EVENT_* */
    uint16_t track;
} trk_event_t;

typedef struct {
    trk_track_t track[TRK_MAX];
    uint16_t next_id;
    int32_t line_x, hysteresis; /* px */
    uint32_t count_in, count_out;
    trk_event_t event[TRK_MAX_EVENTS]; /* of the newest frame */
    uint32_t events;
} trk_state_t;

void trk_init(trk_state_t *state, int32_t line_x, int32_t hysteresis);

/* One frame: ids[i] becomes the track of boxes[i], 0 when there was no place for it. */
void trk_update(trk_state_t *state, const det_box_t *boxes, uint32_t count, uint16_t *ids);

#endif
