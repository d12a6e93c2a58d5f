/*
 * track.h - boxes of one frame to tracks over frames, and crossings of lines.
 *
 *     boxes --> predict --> cost of each pair --> assign --> correct --> sides of lines --> events
 *     looks ------------------^
 *
 * In the spirit of SORT (A. Bewley et al., "Simple online and realtime tracking", 2016) with an
 * appearance term (N. Wojke et al., "Simple online and realtime tracking with a deep association
 * metric", 2017). Center, width and height of a track are Kalman filters (kalman.h) in units of its
 * height. A pair of track and box costs what its logarithmic likelihood says,
 *
 *     d^2 (how far the box is, in standard deviations) + ln |S| (how little the track is known)
 *         + squared distance of the looks (look.h), up to a limit, so that light may change,
 *
 * and the assignment of least cost wins; a pair that costs TRK_GATE is none. Boxes in a crowd (a
 * good part behind a taller box, or where more than one track is expected) move their track little
 * and teach it no look. Somebody unseen is kept TRK_PATIENCE, and found again by place and look.
 *
 * A crossing is a track whose foot went from one side of a line to the other by more than the
 * hysteresis, on a way between its ends. Only tracks count that were seen TRK_CONFIRM times, and
 * TRK_CLEAR times with the most part in front of taller boxes: detectors find a second, smaller
 * person in a near one's upper body. Who is hidden at the line counts when the prediction passes
 * it.
 *
 * Frames may come at any rate, and not all of them: speeds, pushes and patience are in time, in
 * steps of 1/30 s. Not modeled: people who turn while nobody sees them.
 */
#ifndef FW_TRACK_H
#define FW_TRACK_H

#include "assign.h"
#include "kalman.h"
#include "line.h"
#include "look.h"
#include "meta.h"

enum { TRK_MAX = 32, TRK_MAX_EVENTS = 16, TRK_LINES = 4 };
enum { TRK_CONFIRM = 3, TRK_CLEAR = 6 }; /* sightings */
enum { TRK_DOUBT = 3 };                  /* frames unseen before TRK_CONFIRM */
enum {
    TRK_STEPS_PER_S = 30,
    TRK_PATIENCE = TRK_STEPS_PER_S * KAL_STEP, /* time unseen from then on */
    TRK_LONGEST = 2 * TRK_PATIENCE,            /* between two frames: who was there is lost */
};
enum { TRK_X, TRK_Y, TRK_W, TRK_H, TRK_AXES };
enum { TRK_CENTER, TRK_SIZE, TRK_NOISES }; /* what axes have in common */

typedef struct {
    uint16_t id;                  /* 0: free */
    uint16_t seen, clear, unseen; /* frames */
    uint32_t away;                /* time unseen */
    uint8_t class_id;
    int8_t side[TRK_LINES];    /* line_side_t; LINE_NEAR: not known yet */
    kal_t axis[TRK_AXES];      /* 1/256 px; a step */
    kal_cov_t cov[TRK_NOISES]; /* heights squared */
    look_t look;
} trk_track_t;

typedef struct {
    trk_track_t track[TRK_MAX];
    uint16_t next_id;
    uint32_t time_us; /* of the newest frame */
    line_t line[TRK_LINES];
    uint32_t lines;
    int32_t hysteresis; /* px */
    meta_count_t count[TRK_LINES];
    meta_event_t event[TRK_MAX_EVENTS]; /* of the newest frame; place: the line */
    uint32_t events;
    assign_t pairs; /* of boxes and tracks */
} trk_state_t;

void trk_init(trk_state_t *state);

/* Other lines from now on, up to TRK_LINES, and how far to go beyond; where these are the same as
 * before nothing happens, else everybody's sides are forgotten. Counts stay. */
void trk_set_lines(trk_state_t *state, const line_t *lines, uint32_t count, int32_t hysteresis);

/* So many us as a filter's time, at most TRK_LONGEST; nearest. */
uint32_t trk_time(uint32_t us);

/*
 * One frame of up to DET_MAX_BOXES boxes, at a time in us that may wrap. ids[i] becomes the track
 * of boxes[i], 0 when there was no place for it. looks: one a box, or NULL.
 */
void trk_update(trk_state_t *state, uint32_t time_us, const det_box_t *boxes, const look_t *looks,
                uint32_t count, uint16_t *ids);

#endif
