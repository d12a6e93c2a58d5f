/*
 * raw_code.h - kernels of the RAW domain's stages, compiled with rows_code.h once per SIMD level.
 */
#ifndef ISP_RAW_CODE_H
#define ISP_RAW_CODE_H

#include "isp/rows.h"

static inline uint16_t least(uint16_t a, uint16_t b)
{
    return a < b ? a : b;
}

static inline uint16_t most(uint16_t a, uint16_t b)
{
    return a > b ? a : b;
}

static void cell_sums(const isp_cells_t *cells, uint32_t first, uint32_t count, uint32_t sum[4])
{
    const uint16_t *r = cells->r + first, *gr = cells->gr + first;
    const uint16_t *gb = cells->gb + first, *b = cells->b + first;
    uint16_t low = cells->low, high = cells->high;
    uint32_t sum_r = 0, sum_g = 0, sum_b = 0, n = 0;
    for (uint32_t i = 0; i < count; i++) {
        bool in = least(least(r[i], gr[i]), least(gb[i], b[i])) >= low &&
                  most(most(r[i], gr[i]), most(gb[i], b[i])) <= high;
        uint16_t mask = in ? 0xffff : 0;
        sum_r += U16(r[i] & mask);
        sum_g += U16((gr[i] + gb[i]) & mask);
        sum_b += U16(b[i] & mask);
        n += mask & 1u;
    }
    sum[0] += sum_r;
    sum[1] += sum_g;
    sum[2] += sum_b;
    sum[3] += n;
}

static void cell_outside(const isp_cells_t *cells, uint32_t count, uint32_t outside[2])
{
    const uint16_t *r = cells->r, *gr = cells->gr, *gb = cells->gb, *b = cells->b;
    uint16_t low = cells->low, high = cells->high;
    uint32_t above = 0, below = 0;
    for (uint32_t i = 0; i < count; i++) {
        below += least(least(r[i], gr[i]), least(gb[i], b[i])) < low;
        above += most(most(r[i], gr[i]), most(gb[i], b[i])) > high;
    }
    outside[0] += above;
    outside[1] += below;
}

static void cell_grays(const isp_cells_t *cells, uint32_t first, uint32_t count,
                       const uint32_t rg[2], const uint32_t bg[2], uint32_t sum[4])
{
    const uint16_t *r = cells->r + first, *gr = cells->gr + first;
    const uint16_t *gb = cells->gb + first, *b = cells->b + first;
    uint16_t low = cells->low, high = cells->high;
    uint32_t sum_r = 0, sum_g = 0, sum_b = 0, n = 0;
    for (uint32_t i = 0; i < count; i++) {
        bool in = least(least(r[i], gr[i]), least(gb[i], b[i])) >= low &&
                  most(most(r[i], gr[i]), most(gb[i], b[i])) <= high;
        uint32_t g = (uint32_t)gr[i] + gb[i], red = 512u * r[i], blue = 512u * b[i];
        bool gray =
            (red >= rg[0] * g) & (red <= rg[1] * g) & (blue >= bg[0] * g) & (blue <= bg[1] * g);
        uint32_t mask = in & gray ? UINT32_MAX : 0;
        sum_r += r[i] & mask;
        sum_g += g & mask;
        sum_b += b[i] & mask;
        n += mask & 1u;
    }
    sum[0] += sum_r;
    sum[1] += sum_g;
    sum[2] += sum_b;
    sum[3] += n;
}

static void gradients(const uint16_t *g, uint32_t count, uint32_t smallest, uint64_t sum[2])
{
    uint32_t linear = 0;
    uint64_t square = 0;
    for (uint32_t i = 0; i + 1 < count; i++) {
        uint32_t d = (uint32_t)most(g[i], g[i + 1]) - least(g[i], g[i + 1]);
        d = d >= smallest ? d : 0;
        linear += d;
        square += d * d;
    }
    sum[0] += linear;
    sum[1] += square;
}

#endif
