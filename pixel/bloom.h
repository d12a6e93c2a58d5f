/*
 * bloom.h - charge above the full well flows over to neighbors.
 *
 * Of what a sample's well cannot hold a share goes to the four samples beside, above and below, a
 * quarter to each; the rest is drained. What is then above their wells flows on, and so forth, as
 * many times as said: so a row depends on that many rows above and below, and no more. Mean charges
 * flow, ahead of the Poisson numbers: a full well has no shot noise, what spills over has.
 */
#ifndef PIXEL_BLOOM_H
#define PIXEL_BLOOM_H

#include "sim/types.h"

/* mean: 2 steps + 1 rows of width samples, the one in the middle is the result's. over: as many
 * rows of scratch. */
void pix_bloom(float *const *mean, float *const *over, uint32_t steps, uint32_t width, float well_e,
               float share);

#endif
