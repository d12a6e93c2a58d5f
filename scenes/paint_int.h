/*
 * paint_int.h - what paint.c and face.c share: a shape on one row.
 */
#ifndef SCENES_PAINT_INT_H
#define SCENES_PAINT_INT_H

#include "scenes/scene_int.h"

/* An edge: coverage falls from 1 to 0 over `ramp` samples around `at`. */
typedef struct {
    float at, inv_ramp;
} scene_edge_t;

/* What a row sees of a shape, in steps. */
typedef struct {
    scene_edge_t left, right;
    float share;                        /* of the row's lines that meet the shape */
    uint32_t first, inner, outer, last; /* full coverage from inner to outer */
} scene_span_t;

static inline float to_sample(const scene_row_t *row, float px)
{
    return (px - row->x0_px) / row->x_step_px;
}

/* Clamped to the row, rounded down. */
static inline uint32_t bound(const scene_row_t *row, float sample)
{
    if (!(sample > 0.0f))
        return 0;
    return sample >= (float)row->width ? row->width : (uint32_t)sample;
}

/* Texture coordinates of sample i: u across, v along the part, meters. */
typedef struct {
    float u, du, v, dv;
} scene_weave_t;

/* Nothing of what is z_m away is seen behind what stands nearer: there it is `none`. */
void scene_paint_hide(const scene_row_t *row, const scene_span_t *s, float z_m, float none,
                      float *value);
/* What was worked out for each step of a span, closed up to samples; the span then counts these. */
void scene_paint_close_up(const scene_row_t *row, scene_span_t *s, float *const values[],
                          uint32_t count);
/* Mixes the cloth's colors into row->mix, where a sample is sample_m wide; false: it is plain, of
 * its mean, and mix is not touched. */
bool scene_paint_mix(const scene_row_t *row, const scene_cloth_map_t *cloth, const scene_weave_t *w,
                     float sample_m, const scene_span_t *s);

#endif
