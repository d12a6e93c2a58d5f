/*
 * develop.h - light and fixed patterns of one row's photosites become samples.
 */
#ifndef PIXEL_DEVELOP_H
#define PIXEL_DEVELOP_H

#include "pixel/pixel.h"

/* One row: all arrays have count elements, count a multiple of PIX_LANES. */
typedef struct {
    const float *light[PIX_COLORS]; /* lux */
    const int8_t *prnu, *dsnu;      /* fixed patterns: steps as in pix_fpn_t */
    const uint8_t *dark;
    uint16_t *out;
    uint32_t count;
} pix_strip_t;

/* A pure function of pix's description, frame, row and strip. */
void pix_develop(const pix_t *pix, const pix_frame_t *frame, uint32_t row,
                 const pix_strip_t *strip);

#endif
