/*
 * bloom.c - charge above the full well flows over to neighbors.
 */
#include "pixel/bloom.h"

static void take_excess(float *mean, float *over, uint32_t width, float well_e)
{
    for (uint32_t i = 0; i < width; i++) {
        over[i] = mean[i] > well_e ? mean[i] - well_e : 0;
        mean[i] -= over[i];
    }
}

static void spill(float *mean, const float *above, const float *beside, const float *below,
                  uint32_t width, float quarter)
{
    for (uint32_t i = 0; i < width; i++) {
        float sides = (i > 0 ? beside[i - 1] : 0) + (i + 1 < width ? beside[i + 1] : 0);
        mean[i] += quarter * (above[i] + below[i] + sides);
    }
}

void pix_bloom(float *const *mean, float *const *over, uint32_t steps, uint32_t width, float well_e,
               float share)
{
    uint32_t rows = 2 * steps + 1;
    for (uint32_t step = 0; step < steps; step++) {
        for (uint32_t row = step; row < rows - step; row++)
            take_excess(mean[row], over[row], width, well_e);
        for (uint32_t row = step + 1; row < rows - step - 1; row++)
            spill(mean[row], over[row - 1], over[row], over[row + 1], width, share / 4);
    }
}
