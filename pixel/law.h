/*
 * law.h - what turns light into samples in one row: the kernels' numbers, worked out once a row.
 */
#ifndef PIXEL_LAW_H
#define PIXEL_LAW_H

#include "pixel/kernels.h"
#include "pixel/pixel.h"

/* A pure function of pix's description and fixed patterns, frame and row. */
pix_law_t pix_law_of(const pix_t *pix, const pix_frame_t *frame, uint32_t row);

#endif
