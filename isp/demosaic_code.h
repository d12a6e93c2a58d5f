/*
 * demosaic_code.h - bilinear and edge-directed demosaicing, compiled with rows_code.h once per SIMD
 * level. What is computed is said in demosaic.h.
 */
#ifndef ISP_DEMOSAIC_CODE_H
#define ISP_DEMOSAIC_CODE_H

#include "isp/rows.h"

/* ---- bilinear ---- */

/* g[][i] and g[][i + 1] lie left and right of c[][i]. */
static void bilinear_at_chroma(const uint16_t *const c[3], const uint16_t *const g[3],
                               uint32_t count, uint16_t *restrict own, uint16_t *restrict luma,
                               uint16_t *restrict other)
{
    const uint16_t *n = c[0], *x = c[1], *s = c[2], *nw = g[0], *w = g[1], *sw = g[2];
    for (uint32_t i = 0; i < count; i++) {
        own[i] = x[i];
        luma[i] = U16(U16(n[i] + s[i] + w[i] + w[i + 1] + 2) >> 2);
        other[i] = U16(U16(nw[i] + nw[i + 1] + sw[i] + sw[i + 1] + 2) >> 2);
    }
}

/* c[i] and c[i + 1] lie left and right of g[][i]. */
static void bilinear_at_green(const uint16_t *c, const uint16_t *const g[3], uint32_t count,
                              uint16_t *restrict own, uint16_t *restrict luma,
                              uint16_t *restrict other)
{
    const uint16_t *n = g[0], *x = g[1], *s = g[2];
    for (uint32_t i = 0; i < count; i++) {
        luma[i] = x[i];
        own[i] = U16(U16(c[i] + c[i + 1] + 1) >> 1);
        other[i] = U16(U16(n[i] + s[i] + 1) >> 1);
    }
}

static void bilinear_rows(const isp_demosaic_job_t *job)
{
    const uint16_t *left[3];
    for (uint32_t k = 0; k < 3; k++)
        left[k] = job->green[1 + k] - (job->chroma_first ? 1 : 0);
    bilinear_at_chroma(job->chroma + 1, left, job->count, job->own[0], job->luma[0], job->other[0]);
    bilinear_at_green(job->chroma[2] - (job->chroma_first ? 0 : 1), job->green + 1, job->count,
                      job->own[1], job->luma[1], job->other[1]);
}

/* ---- edge-directed ---- */

/* q of demosaic.h: m between a, b at one and aa, bb at two places. */
static void bends(const uint16_t *aa, const uint16_t *a, const uint16_t *m, const uint16_t *b,
                  const uint16_t *bb, uint32_t count, int16_t *restrict q)
{
    for (uint32_t i = 0; i < count; i++)
        q[i] = S16(2 * (a[i] + b[i] - m[i]) - aa[i] - bb[i]);
}

/* The turn of demosaic.h between two places with bends a, b (within +-16380) and samples u, v. */
static void turns(const int16_t *a, const int16_t *b, const uint16_t *u, const uint16_t *v,
                  uint32_t count, uint16_t *restrict out)
{
    for (uint32_t i = 0; i < count; i++) {
        int16_t d = S16(a[i] - b[i]), size = S16(d < 0 ? -d : d);
        uint16_t step = u[i] < v[i] ? U16(v[i] - u[i]) : U16(u[i] - v[i]);
        out[i] = U16((U16(size) >> 2) + (step >> 2));
    }
}

static inline int16_t half_sum(int16_t a, int16_t b)
{
    return S16(S16(a + b) >> 1);
}

/* The five steps between along the row and along the column. */
static inline int16_t blend_directions(int16_t row, int16_t column, uint16_t dh, uint16_t dv)
{
    int16_t both = half_sum(row, column), d = both;
    uint16_t half_h = U16(dh >> 1), half_v = U16(dv >> 1);
    uint16_t most_h = U16(dh - U16(dh >> 2)), most_v = U16(dv - U16(dv >> 2));
    int16_t row_both = half_sum(row, both), column_both = half_sum(column, both);
    d = dh < most_v ? row_both : d;
    d = dh < half_v ? row : d;
    d = dv < most_h ? column_both : d;
    d = dv < half_h ? column : d;
    return d;
}

/* Rows of job->work, from column 4 on: bends from sample -2 to count + 1, turns from -1 to count.
 */
enum { BEND_C, BEND_G, UP_C, HERE_C, DOWN_C, UP_G, DOWN_G, ROW_C, ROW_G, COLUMN_C, COLUMN_G };

static void make_bends(const isp_green_job_t *job, int16_t *const q[ISP_GREEN_WORK])
{
    const uint16_t *c = job->chroma[3] - 2, *g = job->green[3] - 2;
    const uint16_t *left_g = job->chroma_first ? g - 1 : g, *left_c = job->chroma_first ? c : c - 1;
    uint32_t count = job->count + 4;
    bends(c - 1, left_g, c, left_g + 1, c + 1, count, q[BEND_C] - 2);
    bends(g - 1, left_c, g, left_c + 1, g + 1, count, q[BEND_G] - 2);
    for (uint32_t k = 0; k < 3; k++) {
        const uint16_t *const *row = job->chroma + k;
        bends(row[0] - 2, row[1] - 2, row[2] - 2, row[3] - 2, row[4] - 2, count, q[UP_C + k] - 2);
    }
    for (uint32_t k = 0; k < 2; k++) {
        const uint16_t *const *row = job->green + 2 * k;
        bends(row[0] - 2, row[1] - 2, row[2] - 2, row[3] - 2, row[4] - 2, count, q[UP_G + k] - 2);
    }
}

static void make_turns(const isp_green_job_t *job, int16_t *const q[ISP_GREEN_WORK],
                       uint16_t *const turn[4])
{
    const uint16_t *const *chroma = job->chroma, *const *green = job->green;
    uint32_t count = job->count + 2;
    int32_t g = job->chroma_first ? -2 : -1, c = job->chroma_first ? -1 : -2; /* left of -1 */
    turns(q[BEND_G] + g, q[BEND_G] + g + 1, green[3] + g, green[3] + g + 1, count, turn[0] - 1);
    turns(q[BEND_C] + c, q[BEND_C] + c + 1, chroma[3] + c, chroma[3] + c + 1, count, turn[1] - 1);
    turns(q[UP_C] - 1, q[DOWN_C] - 1, chroma[2] - 1, chroma[4] - 1, count, turn[2] - 1);
    turns(q[UP_G] - 1, q[DOWN_G] - 1, green[2] - 1, green[4] - 1, count, turn[3] - 1);
}

/* out = color less green at the samples c of the row. Left of sample i are the bend g[i] and the
 * turns hg[i], vg[i], right of it the next ones. */
static void differences(const uint16_t *c, int16_t *const q[ISP_GREEN_WORK], const int16_t *g,
                        const uint16_t *hc, const uint16_t *hg, const uint16_t *vc,
                        const uint16_t *vg, uint32_t count, int16_t *restrict out)
{
    const int16_t *middle = q[BEND_C], *up = q[UP_C], *here = q[HERE_C], *down = q[DOWN_C];
    const uint16_t *h0 = hc - 1, *h2 = hc + 1, *v0 = vc - 1, *v2 = vc + 1;
    for (uint32_t i = 0; i < count; i++) {
        uint16_t dh = U16(h0[i] + hc[i] + h2[i] + hg[i] + hg[i + 1]);
        uint16_t dv = U16(v0[i] + vc[i] + v2[i] + vg[i] + vg[i + 1]);
        int16_t row = half_sum(half_sum(S16(-g[i]), S16(-g[i + 1])), middle[i]);
        int16_t column = half_sum(half_sum(S16(-up[i]), S16(-down[i])), here[i]);
        int16_t d = blend_directions(row, column, dh, dv);
        int16_t green = S16(S16(4 * c[i] + d + 2) >> 2);
        out[i] = S16(c[i] - clamp_s16(green));
    }
}

static void green_row(const isp_green_job_t *job)
{
    int16_t *q[ISP_GREEN_WORK];
    uint16_t *turn[4];
    uint32_t shift = job->chroma_first ? 1 : 0;
    for (uint32_t k = 0; k < ISP_GREEN_WORK; k++)
        q[k] = job->work + (size_t)k * job->stride + 4;
    for (uint32_t k = 0; k < 4; k++)
        turn[k] = (uint16_t *)q[ROW_C + k];
    make_bends(job, q);
    make_turns(job, q, turn);
    differences(job->chroma[3], q, q[BEND_G] - shift, turn[0], turn[1] - shift, turn[2],
                turn[3] - shift, job->count, job->out);
}

/* As bilinear_at_chroma: d the differences of the row itself, n and s those above and below. */
static void edge_at_chroma(const uint16_t *c, const int16_t *d, const int16_t *n, const int16_t *s,
                           uint32_t count, uint16_t *restrict own, uint16_t *restrict luma,
                           uint16_t *restrict other)
{
    for (uint32_t i = 0; i < count; i++) {
        int16_t green = S16(c[i] - d[i]);
        int16_t mean = S16(S16(n[i] + n[i + 1] + s[i] + s[i + 1] + 2) >> 2);
        own[i] = c[i];
        luma[i] = U16(green);
        other[i] = clamp_s16(S16(green + mean));
    }
}

/* As bilinear_at_green. */
static void edge_at_green(const uint16_t *g, const int16_t *d, const int16_t *n, const int16_t *s,
                          uint32_t count, uint16_t *restrict own, uint16_t *restrict luma,
                          uint16_t *restrict other)
{
    for (uint32_t i = 0; i < count; i++) {
        luma[i] = g[i];
        own[i] = clamp_s16(S16(g[i] + S16(S16(d[i] + d[i + 1] + 1) >> 1)));
        other[i] = clamp_s16(S16(g[i] + S16(S16(n[i] + s[i] + 1) >> 1)));
    }
}

/* With job->difference; chroma[2] and green[2] are the row itself. */
static void edge_rows(const isp_demosaic_job_t *job)
{
    const int16_t *n = job->difference[0], *d = job->difference[1], *s = job->difference[2];
    uint32_t shift = job->chroma_first ? 1 : 0;
    edge_at_chroma(job->chroma[2], d, n - shift, s - shift, job->count, job->own[0], job->luma[0],
                   job->other[0]);
    edge_at_green(job->green[2], d - (1 - shift), n, s, job->count, job->own[1], job->luma[1],
                  job->other[1]);
}

#endif
