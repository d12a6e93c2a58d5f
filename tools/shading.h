/*
 * shading.h - lens shading gains from a RAW picture of an even field.
 *
 * Of each color, the grid whose gains, bilinear between nodes as isp/lsc.h applies them, bring the
 * picture nearest to even: least squares over means of small cells, so noise averages out and the
 * nodes at the edges need no picture beyond them. Then all gains are scaled so that the smallest
 * is 1.
 */
#ifndef TOOLS_SHADING_H
#define TOOLS_SHADING_H

#include "isp/lsc.h"
#include "sim/raw.h"

/* The picture shows the whole array. False with one line in error: it is smaller than 64 x 48, too
 * dark, saturated in places, or so uneven that a gain would be above 4095 / 1024. */
bool shading_fit(const sim_raw_t *raw, uint16_t gain_q10[LSC_GAINS], char *error,
                 size_t error_bytes);

#endif
