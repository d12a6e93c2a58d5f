/*
 * site.h - which photosites make which sample of which line.
 *
 *   photosites of an axis   s s . . s s . . s s . .     even_inc 1, odd_inc 3: period 4
 *   read                    0 1     2 3     4 5         q = 2 k + p: start + k period + p even_inc
 *   binned by 2             0 1     0 1     2 3         sample of q: q / 4 * 2 + q % 2
 *   flipped                 the same samples, last one first
 *
 * Two exposures of a row leave in lines of their own, in the order they are read: row r of the long
 * one in slot 2 r, of the short one in slot 2 r + short_delay (odd), a slot one line time.
 */
#ifndef PIXEL_SITE_H
#define PIXEL_SITE_H

#include "pixel/pixel.h"

/* Samples along an axis; 0 of a zeroed one. */
uint32_t pix_axis_samples(const pix_axis_t *axis);
/* The i-th (of axis->bin) photosite of a sample; samples counted as in an unflipped frame. */
static inline uint32_t pix_axis_site(const pix_axis_t *axis, uint32_t sample, uint32_t i)
{
    uint32_t pair = sample / 2 * axis->bin + i;
    return axis->start + pair * (axis->even_inc + axis->odd_inc) + sample % 2 * axis->even_inc;
}
/* The unflipped sample that a photosite is in; false: it is not read (sample is any number). */
bool pix_axis_sample(const pix_axis_t *axis, uint32_t site, uint32_t *sample);
/* Photosites from one sample's center to the next, and the first center. A binned sample's centers
 * are evenly spaced, as Bayer-corrected weights place them; subsampled ones are not
 * (pix_axis_site).
 */
float pix_axis_step_px(const pix_axis_t *axis);
float pix_axis_center_px(const pix_axis_t *axis, uint32_t sample);
bool pix_axis_is_dense(const pix_axis_t *axis); /* every photosite of the window is read */

/* The grid that a window is cut from: all samples like its own, one behind the other, on an axis of
 * so many photosites. And the number of the window's first sample among them. */
pix_axis_t pix_axis_grid(const pix_axis_t *axis, uint32_t sites);
uint32_t pix_axis_on_grid(const pix_axis_t *axis, const pix_axis_t *grid);
bool pix_axis_equal(const pix_axis_t *a, const pix_axis_t *b);

/* A walk along an axis: pair i of samples has the photosites (i bin + k) period and those `odd`
 * behind them, k = 0..bin - 1, counted from the axis's start. */
typedef struct {
    size_t pairs, odd, period, bin; /* wide: vectors need indices that cannot wrap */
} pix_walk_t;

/* Usual walks, odd 1: loops over them are compiled with constants, so become vectors. */
typedef enum {
    PIX_AXIS_BINNED,      /* period 2, bin 2 */
    PIX_AXIS_SKIPPED,     /* period 4, bin 1 */
    PIX_AXIS_SKIP_BINNED, /* period 4, bin 2 */
    PIX_AXIS_OTHER,
} pix_axis_kind_t;

pix_walk_t pix_axis_walk(const pix_axis_t *axis);
pix_axis_kind_t pix_axis_kind(const pix_axis_t *axis);
/* The mean of each sample's first `of` (1, axis->bin) photosites; sites from the axis's start on.
 */
void pix_axis_means(const pix_axis_t *axis, uint32_t of, const float *site, float *sample);

/* Photosites of a sample. */
uint32_t pix_sites(const pix_frame_t *frame);

/* Where a line of the frame, in the order they leave, comes from. */
typedef struct {
    uint32_t row;      /* of the image that leaves, from the top */
    uint32_t sample;   /* of axis y: the same row of an unflipped frame */
    uint32_t exposure; /* 0; 1: the short one */
    uint32_t slot;     /* line times from the frame's first line */
} pix_line_t;

/* Lines past the last one go on in its rhythm: for times, not for samples. */
pix_line_t pix_line_at(const pix_frame_t *frame, uint32_t line);

/* Line times from the first line's readout to the end of the last one's. */
uint32_t pix_slots(const pix_frame_t *frame);

#endif
