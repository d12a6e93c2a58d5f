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

/* ---- defects ---- */

static inline uint16_t difference(uint16_t a, uint16_t b)
{
    return U16(most(a, b) - least(a, b));
}

static inline uint16_t middle(uint16_t a, uint16_t b)
{
    return U16(U16(a + b + 1) >> 1);
}

/* dn + floor(v q8 / 256): the high half of a product of 16-bit numbers. */
static inline uint16_t threshold(uint16_t v, uint16_t dn, uint16_t q8)
{
    return U16(dn + (((uint32_t)U16(v << 4) * U16(q8 << 4)) >> 16));
}

/* Hot and cold samples of half a row; they, or with `all` every sample, are replaced in out. */
static void replace_defects(const isp_defects_t *job, uint32_t count, uint16_t *restrict out,
                            uint16_t found[2])
{
    const uint16_t *n = job->row[0], *x = job->row[1], *s = job->row[2];
    const uint16_t *nw = n - 1, *ne = n + 1, *w = x - 1, *e = x + 1, *sw = s - 1, *se = s + 1;
    uint16_t hot_dn = job->hot_dn, hot_q8 = job->hot_q8;
    uint16_t cold_dn = job->cold_dn, cold_q8 = job->cold_q8, all = job->all ? 0xffff : 0;
    uint16_t hots = 0, colds = 0; /* a half row is at most 4096 */
    for (uint32_t i = 0; i < count; i++) {
        uint16_t high = most(most(most(nw[i], n[i]), most(ne[i], w[i])),
                             most(most(e[i], sw[i]), most(s[i], se[i])));
        uint16_t low = least(least(least(nw[i], n[i]), least(ne[i], w[i])),
                             least(least(e[i], sw[i]), least(s[i], se[i])));
        uint16_t hot = x[i] > U16(high + threshold(high, hot_dn, hot_q8)) ? 0xffff : 0;
        uint16_t cold = U16(x[i] + threshold(low, cold_dn, cold_q8)) < low ? 0xffff : 0;
        uint16_t d = difference(w[i], e[i]), mean = middle(w[i], e[i]);
        uint16_t d1 = difference(n[i], s[i]), d2 = difference(nw[i], se[i]);
        uint16_t d3 = difference(ne[i], sw[i]);
        mean = d1 < d ? middle(n[i], s[i]) : mean;
        d = least(d, d1);
        mean = d2 < d ? middle(nw[i], se[i]) : mean;
        d = least(d, d2);
        mean = d3 < d ? middle(ne[i], sw[i]) : mean;
        uint16_t bad = hot | cold | all;
        out[i] = U16((mean & bad) | (x[i] & ~bad));
        hots = U16(hots + (hot & 1u));
        colds = U16(colds + (cold & 1u));
    }
    found[0] = hots;
    found[1] = colds;
}

static void find_defects(isp_defects_t *job)
{
    uint16_t found[2];
    replace_defects(job, job->count, job->out, found);
    job->hot = found[0];
    job->cold = found[1];
}

/* ---- shading ---- */

/* Between two nodes. */
static uint32_t shade_run(uint16_t *restrict v, const uint16_t *restrict place, uint32_t count,
                          uint32_t a, uint32_t b)
{
    uint32_t saturated = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t gain = (a * 256 + (b - a) * (place[i] & 255u) + (1u << 13)) >> 14; /* may wrap */
        uint32_t x = (v[i] * gain + (1u << 11)) >> 12;
        saturated += (uint32_t)(x > ISP_WHITE_DN);
        v[i] = (uint16_t)(x > ISP_WHITE_DN ? ISP_WHITE_DN : x);
    }
    return saturated;
}

static uint32_t shade_row(uint16_t *v, const uint16_t *place, uint32_t count,
                          const uint32_t node[ISP_NODES])
{
    uint32_t saturated = 0;
    for (uint32_t i = 0, end = 0; i < count; i = end) {
        uint32_t k = place[i] >> 8;
        while (end < count && place[end] >> 8 == k)
            end++;
        saturated += shade_run(v + i, place + i, end - i, node[k], node[k + 1]);
    }
    return saturated;
}

/* ---- temporal noise reduction ---- */

/* d^2 << (8 - 2 f) against multiples of 2^8 t^2, all below 2^32. */
static uint32_t temporal_row(const isp_temporal_t *job, uint16_t *restrict sample,
                             uint16_t *restrict word, uint32_t count)
{
    uint32_t f = job->fraction_bits, half = (1u << f) >> 1, moved = 0;
    uint32_t read = job->read_dn2 << 8, shot = job->shot_q8, k[4];
    for (uint32_t level = 0; level < 4; level++)
        k[level] = job->gain_q8 + ((256 - job->gain_q8) * level >> 2);
    uint32_t k0 = k[0], k1 = k[1], k2 = k[2], k3 = k[3];
    for (uint32_t i = 0; i < count; i++) {
        uint32_t before = word[i], d = ((uint32_t)sample[i] << f) - before; /* may wrap */
        uint32_t square = d * d << (8 - 2 * f), limit = read + shot * (before >> f);
        uint32_t by = square > limit ? k1 : k0;
        by = square > 2 * limit ? k2 : by;
        by = square > 3 * limit ? k3 : by;
        by = square > 4 * limit ? 256 : by;
        uint32_t y = before + (uint32_t)(((int32_t)by * (int32_t)d + 128) >> 8);
        moved += square > 4 * limit ? 1 : 0;
        word[i] = (uint16_t)y;
        sample[i] = (uint16_t)((y + half) >> f);
    }
    return moved;
}

static void put_wide(isp_half_t words, uint32_t pairs, uint8_t *restrict row)
{
    const uint16_t *even = words.even, *odd = words.odd;
    for (uint32_t i = 0; i < pairs; i++) {
        row[4 * i] = (uint8_t)even[i];
        row[4 * i + 1] = (uint8_t)(even[i] >> 8);
        row[4 * i + 2] = (uint8_t)odd[i];
        row[4 * i + 3] = (uint8_t)(odd[i] >> 8);
    }
}

static void put_packed(isp_half_t words, uint32_t pairs, uint8_t *restrict row)
{
    const uint16_t *even = words.even, *odd = words.odd;
    for (uint32_t i = 0; i < pairs; i++) {
        row[3 * i] = (uint8_t)even[i];
        row[3 * i + 1] = (uint8_t)(even[i] >> 8 | odd[i] << 4);
        row[3 * i + 2] = (uint8_t)(odd[i] >> 4);
    }
}

static void put_words(isp_half_t words, uint32_t width_px, bool packed, uint8_t *row)
{
    uint32_t pairs = width_px / 2;
    (packed ? put_packed : put_wide)(words, pairs, row);
    if (width_px & 1) {
        uint8_t *last = row + (packed ? 3 : 4) * pairs;
        last[0] = (uint8_t)words.even[pairs];
        last[1] = (uint8_t)(words.even[pairs] >> 8);
    }
}

static void get_wide(const uint8_t *row, uint32_t pairs, isp_half_t words)
{
    uint16_t *restrict even = words.even, *restrict odd = words.odd;
    for (uint32_t i = 0; i < pairs; i++) {
        even[i] = U16(row[4 * i] | row[4 * i + 1] << 8);
        odd[i] = U16(row[4 * i + 2] | row[4 * i + 3] << 8);
    }
}

static void get_packed(const uint8_t *row, uint32_t pairs, isp_half_t words)
{
    uint16_t *restrict even = words.even, *restrict odd = words.odd;
    for (uint32_t i = 0; i < pairs; i++) {
        even[i] = U16(row[3 * i] | (row[3 * i + 1] & 0xf) << 8);
        odd[i] = U16(row[3 * i + 1] >> 4 | row[3 * i + 2] << 4);
    }
}

static void get_words(const uint8_t *row, uint32_t width_px, bool packed, isp_half_t words)
{
    uint32_t pairs = width_px / 2;
    (packed ? get_packed : get_wide)(row, pairs, words);
    if (width_px & 1) {
        const uint8_t *last = row + (packed ? 3 : 4) * pairs;
        words.even[pairs] = U16(last[0] | (packed ? last[1] & 0xf : last[1]) << 8);
    }
}

/* ---- statistics ---- */

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
    uint16_t above = 0, below = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint16_t darkest = least(least(r[i], gr[i]), least(gb[i], b[i]));
        uint16_t brightest = most(most(r[i], gr[i]), most(gb[i], b[i]));
        below = U16(below + (darkest < low ? 1 : 0));
        above = U16(above + (brightest > high ? 1 : 0));
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
