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

#define GREEN_STEPS 128u

/* q of demosaic.h: m between a, b at one and aa, bb at two places. */
static inline void bends(const uint16_t *aa, const uint16_t *a, const uint16_t *m,
                         const uint16_t *b, const uint16_t *bb, int16_t *restrict q)
{
    for (uint32_t i = 0; i < GREEN_STEPS; i++)
        q[i] = S16(2 * (a[i] + b[i] - m[i]) - aa[i] - bb[i]);
}

/* The turn of demosaic.h between two places with bends a, b (within +-16380) and samples u, v. */
static inline void turns(const int16_t *a, const int16_t *b, const uint16_t *u, const uint16_t *v,
                         uint16_t *restrict out)
{
    for (uint32_t i = 0; i < GREEN_STEPS; i++) {
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

/* Bends and turns of some samples, from sample -4 on: bends are those of -2 .. and turns of -1 ...
 */
enum { BEND_C, BEND_G, UP_C, HERE_C, DOWN_C, UP_G, DOWN_G, BENDS };
enum { ROW_C, ROW_G, COLUMN_C, COLUMN_G, TURNS };
typedef struct {
    int16_t bend[BENDS][4 + GREEN_STEPS + 4];
    uint16_t turn[TURNS][4 + GREEN_STEPS + 4];
} green_work_t;

/* Rows of a job from sample `at` on. */
typedef struct {
    const uint16_t *c[7], *g[7];
    uint32_t shift; /* the green at the left of chroma sample i is i - shift */
} green_rows_t;

static inline void make_bends(const green_rows_t *r, green_work_t *w)
{
    const uint16_t *c = r->c[3] - 2, *g = r->g[3] - 2;
    const uint16_t *left_g = g - r->shift, *left_c = c - 1 + r->shift;
    bends(c - 1, left_g, c, left_g + 1, c + 1, w->bend[BEND_C] + 2);
    bends(g - 1, left_c, g, left_c + 1, g + 1, w->bend[BEND_G] + 2);
    for (uint32_t k = 0; k < 3; k++) {
        const uint16_t *const *row = r->c + k;
        bends(row[0] - 2, row[1] - 2, row[2] - 2, row[3] - 2, row[4] - 2, w->bend[UP_C + k] + 2);
    }
    for (uint32_t k = 0; k < 2; k++) {
        const uint16_t *const *row = r->g + 2 * k;
        bends(row[0] - 2, row[1] - 2, row[2] - 2, row[3] - 2, row[4] - 2, w->bend[UP_G + k] + 2);
    }
}

static inline void make_turns(const green_rows_t *r, green_work_t *w)
{
    const int16_t *up_c = w->bend[UP_C], *down_c = w->bend[DOWN_C];
    const int16_t *up_g = w->bend[UP_G], *down_g = w->bend[DOWN_G];
    const uint16_t *g = r->g[3] - 1 - r->shift, *c = r->c[3] - 2 + r->shift; /* left of -1 */
    const int16_t *at_g = w->bend[BEND_G] + 3 - r->shift, *at_c = w->bend[BEND_C] + 2 + r->shift;
    turns(at_g, at_g + 1, g, g + 1, w->turn[ROW_C] + 3);
    turns(at_c, at_c + 1, c, c + 1, w->turn[ROW_G] + 3);
    turns(up_c + 3, down_c + 3, r->c[2] - 1, r->c[4] - 1, w->turn[COLUMN_C] + 3);
    turns(up_g + 3, down_g + 3, r->g[2] - 1, r->g[4] - 1, w->turn[COLUMN_G] + 3);
}

/* out = color less green at the samples c of the row. Left of sample i are the bend g[i] and the
 * turns hg[i], vg[i], right of it the next ones. */
static inline void differences(const green_rows_t *r, const green_work_t *w, int16_t *restrict out)
{
    const uint16_t *c = r->c[3];
    const int16_t *middle = w->bend[BEND_C] + 4, *g = w->bend[BEND_G] + 4 - r->shift;
    const int16_t *up = w->bend[UP_C] + 4, *here = w->bend[HERE_C] + 4, *down = w->bend[DOWN_C] + 4;
    const uint16_t *h = w->turn[ROW_C] + 3, *hg = w->turn[ROW_G] + 4 - r->shift;
    const uint16_t *v = w->turn[COLUMN_C] + 3, *vg = w->turn[COLUMN_G] + 4 - r->shift;
    for (uint32_t i = 0; i < GREEN_STEPS; i++) {
        uint16_t dh = U16(h[i] + h[i + 1] + h[i + 2] + hg[i] + hg[i + 1]);
        uint16_t dv = U16(v[i] + v[i + 1] + v[i + 2] + vg[i] + vg[i + 1]);
        int16_t row = half_sum(half_sum(S16(-g[i]), S16(-g[i + 1])), middle[i]);
        int16_t column = half_sum(half_sum(S16(-up[i]), S16(-down[i])), here[i]);
        int16_t d = blend_directions(row, column, dh, dv);
        int16_t green = S16(S16(4 * c[i] + d + 2) >> 2);
        out[i] = S16(c[i] - clamp_s16(green));
    }
}

/* All loops have the same constant length; ISP_GREEN_PX samples of each are right, and what the
 * others write is written again, or lies behind the row. */
_Static_assert(GREEN_STEPS == ISP_GREEN_PX + 4, "bends lie two samples to either side");

static void green_row(const isp_green_job_t *job)
{
    green_work_t work;
    for (uint32_t at = 0; at < job->count; at = next_first(at, ISP_GREEN_PX, job->count)) {
        green_rows_t r = {.shift = job->chroma_first ? 1 : 0};
        for (uint32_t k = 0; k < 7; k++) {
            r.c[k] = job->chroma[k] + at;
            r.g[k] = job->green[k] + at;
        }
        make_bends(&r, &work);
        make_turns(&r, &work);
        differences(&r, &work, job->out + at);
    }
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
