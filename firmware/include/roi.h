/*
 * roi.h - which part of the array the next frame's image shows: where those who are followed will
 * be, and what of it is hidden when nobody shall be recognized.
 *
 *     frame n: box, track --> both, moved on by the track's speed for `ahead`, and a margin
 *
 * A region steers a later frame than the one it was seen in, so it holds the box where it was and
 * where it will be. Somebody unseen may be anywhere near: the margin counts once more for each
 * frame, and so it does for each sighting that a new track's speed is not known by yet
 * (TRK_CONFIRM). Rectangles lie on a grid of ROI_GRID px, outward: whole samples of every binning
 * and pairs of them for YUV.
 */
#ifndef FW_ROI_H
#define FW_ROI_H

#include "track.h"

enum { ROI_MASKS = 16, ROI_GRID = 8 };

typedef struct {
    int32_t x0, y0, x1, y1; /* active-array pixels, x1 and y1 exclusive; x1 <= x0: nothing */
} roi_t;

typedef struct {
    roi_t shown;           /* around all of them */
    roi_t mask[ROI_MASKS]; /* each; those for whom there is no place are joined with the last */
    uint32_t masks;
} roi_plan_t;

typedef struct {
    int32_t width, height; /* of the array */
    int32_t margin;        /* px */
    uint32_t ahead;        /* the filter's time (kalman.h) */
} roi_desc_t;

/* seen: its box in this frame, which may stick out of the track's; NULL: nobody saw it. */
roi_t roi_of_track(const trk_track_t *track, const det_box_t *seen, const roi_desc_t *desc);
/* Around both; nothing joined with something is that. */
roi_t roi_join(roi_t a, roi_t b);
/* The largest picture of its shape that is no larger than width x height; both even, at least 2. A
 * line of it has to fit into a line time of the frame, whose length is set before the region. */
void roi_fit(const roi_t *shown, uint32_t *width, uint32_t *height);
/* Of all that are seen, and of those who were before. Boxes and their tracks, as trk_update has
 * taken them. */
void roi_plan(roi_plan_t *plan, const trk_state_t *people, const det_box_t *boxes,
              const uint16_t *ids, uint32_t count, const roi_desc_t *desc);

#endif
