/*
 * develop.h - light and fixed patterns of one row's photosites become samples.
 */
#ifndef PIXEL_DEVELOP_H
#define PIXEL_DEVELOP_H

#include "pixel/pixel.h"

/* One row: all arrays have count elements, count a multiple of PIX_LANES. Either light or mean is
 * given. */
typedef struct {
    const float *light[PIX_COLORS]; /* lux */
    const float *mean;              /* mean charge, of pix_collect or pix_bloom; else NULL */
    const int8_t *prnu, *dsnu;      /* fixed patterns: steps as in pix_fpn_t */
    const uint8_t *dark;
    const float *column_gain, *column_offset;
    uint16_t *out;
    uint32_t count;
} pix_strip_t;

/* Pure functions of pix's description, frame, row and strip. */
void pix_develop(const pix_t *pix, const pix_frame_t *frame, uint32_t row,
                 const pix_strip_t *strip);
/* The mean charge of a row alone: light, dark current, hot photosites; count floats. */
void pix_collect(const pix_t *pix, const pix_frame_t *frame, uint32_t row, const pix_strip_t *strip,
                 float *mean);

#endif
