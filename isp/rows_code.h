/*
 * rows_code.h - the row kernels, compiled once per SIMD level by the file that includes it.
 *
 * Plain loops of stride one that compilers turn into vector code; integers only, so the width of
 * the vectors cannot change a bit. What each kernel computes is said in rows.h. Three of them gain
 * from vector code by hand: rows_vec.h.
 */
#ifndef ISP_ROWS_CODE_H
#define ISP_ROWS_CODE_H

#include "isp/rows.h"

#define S16(expression) ((int16_t)(expression))
#define U16(expression) ((uint16_t)(expression))

#include "isp/raw_code.h"

static inline int32_t clamp_dn(int32_t v)
{
    v = v < 0 ? 0 : v;
    return v > ISP_WHITE_DN ? ISP_WHITE_DN : v;
}

static uint32_t blc_row(const uint16_t *raw, uint32_t width_px, uint32_t shift,
                        const uint32_t offset_dn[2], isp_half_t out)
{
    uint16_t *restrict even = out.even, *restrict odd = out.odd;
    int32_t offset_even = (int32_t)offset_dn[0], offset_odd = (int32_t)offset_dn[1];
    uint32_t pairs = width_px / 2, clipped = 0;
    for (uint32_t i = 0; i < pairs; i++) {
        int32_t e = (raw[2 * i] << shift) - offset_even;
        int32_t o = (raw[2 * i + 1] << shift) - offset_odd;
        clipped += (uint32_t)(e < 0) + (uint32_t)(o < 0);
        even[i] = (uint16_t)clamp_dn(e);
        odd[i] = (uint16_t)clamp_dn(o);
    }
    if (width_px & 1) {
        int32_t e = (raw[2 * pairs] << shift) - offset_even;
        clipped += (uint32_t)(e < 0);
        even[pairs] = (uint16_t)clamp_dn(e);
    }
    return clipped;
}

static uint32_t gain_row(uint16_t *v, uint32_t count, uint32_t gain_q8)
{
    uint32_t saturated = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t x = (v[i] * gain_q8 + 128) >> 8;
        saturated += (uint32_t)(x > ISP_WHITE_DN);
        v[i] = (uint16_t)(x > ISP_WHITE_DN ? ISP_WHITE_DN : x);
    }
    return saturated;
}

/*
 * The filters of demosaic.h in 16-bit arithmetic, which is exact: nested floor divisions by powers
 * of two are one floor division, so with samples of 12 bits
 *   (12 c + 4 d - 3 f + 8) >> 4          == (3 c + d - f + ((f + 8) >> 2)) >> 2
 *   (10 c + 8 h - 2 d - 2 r + v + 8) >> 4 == (h + c + ((c - d - r + ((v + 8) >> 1)) >> 2)) >> 1
 * and no term leaves -32768..32767. Green alone, -16380..49140, needs an offset.
 */

static inline uint16_t clamp_s16(int16_t v)
{
    v = v < 0 ? 0 : v;
    return U16(v > ISP_WHITE_DN ? ISP_WHITE_DN : v);
}

/* floor((sum + 4) / 8) clamped, of a sum -16380..49140 given as sum + 16384 + 4. */
static inline uint16_t clamp_offset(uint16_t sum)
{
    int16_t v = S16((sum >> 3) - 2048);
    return clamp_s16(v);
}

/* At a chroma sample: c[] are this color's columns, g[][i] and g[][i + 1] lie left and right. */
static void demosaic_at_chroma(const uint16_t *const c[5], const uint16_t *const g[5],
                               uint32_t count, uint16_t *restrict own, uint16_t *restrict luma,
                               uint16_t *restrict other)
{
    const uint16_t *nn = c[0], *n = c[1], *x = c[2], *s = c[3], *ss = c[4];
    const uint16_t *nw = g[1], *w = g[2], *sw = g[3], *left = c[2] - 1;
    for (uint32_t i = 0; i < count; i++) {
        uint16_t far = U16(nn[i] + ss[i] + left[i] + x[i + 1]);
        uint16_t cross = U16(n[i] + s[i] + w[i] + w[i + 1]);
        uint16_t diagonal = U16(nw[i] + nw[i + 1] + sw[i] + sw[i + 1]);
        uint16_t quarter = U16((far + 8) >> 2);
        own[i] = x[i];
        luma[i] = clamp_offset(U16(4 * x[i] + 2 * cross - far + 16388));
        other[i] = clamp_s16(S16(S16(3 * x[i] + diagonal - far + quarter) >> 2));
    }
}

/* At a green sample: c[][i] and c[][i + 1] lie left and right of g[][i]. */
static void demosaic_at_green(const uint16_t *const c[5], const uint16_t *const g[5],
                              uint32_t count, uint16_t *restrict own, uint16_t *restrict luma,
                              uint16_t *restrict other)
{
    const uint16_t *nn = g[0], *n = g[1], *x = g[2], *s = g[3], *ss = g[4];
    const uint16_t *nw = c[1], *w = c[2], *sw = c[3], *left = g[2] - 1;
    for (uint32_t i = 0; i < count; i++) {
        uint16_t diagonal = U16(nw[i] + nw[i + 1] + sw[i] + sw[i + 1]);
        uint16_t row = U16(left[i] + x[i + 1]), column = U16(nn[i] + ss[i]);
        uint16_t common = U16(x[i] - diagonal + 4);
        int16_t by_row = S16(S16(common - row + (column >> 1)) >> 2);
        int16_t by_column = S16(S16(common - column + (row >> 1)) >> 2);
        luma[i] = x[i];
        own[i] = clamp_s16(S16(S16(w[i] + w[i + 1] + x[i] + by_row) >> 1));
        other[i] = clamp_s16(S16(S16(n[i] + s[i] + x[i] + by_column) >> 1));
    }
}

static void demosaic_rows(const isp_demosaic_job_t *job)
{
    const uint16_t *chroma[5], *green[5];
    for (int k = 0; k < 5; k++) {
        chroma[k] = job->chroma[k] - (job->chroma_first ? 0 : 1);
        green[k] = job->green[k] - (job->chroma_first ? 1 : 0);
    }
    demosaic_at_chroma(job->chroma, green, job->count, job->own[0], job->luma[0], job->other[0]);
    demosaic_at_green(chroma, job->green, job->count, job->own[1], job->luma[1], job->other[1]);
}

#include "isp/demosaic_code.h"

static void ccm_rows(uint16_t *const rgb[ISP_CHANNELS], uint32_t count, const int16_t k[9])
{
    uint16_t *restrict r = rgb[0], *restrict g = rgb[1], *restrict b = rgb[2];
    for (uint32_t i = 0; i < count; i++) {
        int16_t x = (int16_t)r[i], y = (int16_t)g[i], z = (int16_t)b[i];
        r[i] = (uint16_t)clamp_dn((k[0] * x + k[1] * y + k[2] * z + 512) >> 10);
        g[i] = (uint16_t)clamp_dn((k[3] * x + k[4] * y + k[5] * z + 512) >> 10);
        b[i] = (uint16_t)clamp_dn((k[6] * x + k[7] * y + k[8] * z + 512) >> 10);
    }
}

static void gamma_rows(const uint16_t *even, const uint16_t *odd, uint32_t count,
                       const isp_curve_t *curve, uint8_t *restrict out)
{
    const uint8_t *restrict code = curve->code;
    for (uint32_t i = 0; i < count; i++) {
        out[2 * i] = code[even[i]];
        out[2 * i + 1] = code[odd[i]];
    }
}

static void interleave_rows(const uint8_t *const rgb[ISP_CHANNELS], uint32_t width_px,
                            uint8_t *restrict out)
{
    const uint8_t *r = rgb[0], *g = rgb[1], *b = rgb[2];
    for (uint32_t i = 0; i < width_px; i++) {
        out[3 * i] = r[i];
        out[3 * i + 1] = g[i];
        out[3 * i + 2] = b[i];
    }
}

static void accumulate_row(uint32_t *restrict sum, const uint8_t *restrict code, uint32_t count,
                           uint32_t weight)
{
    for (uint32_t i = 0; i < count; i++)
        sum[i] += weight * code[i];
}

static void integrate_row(uint32_t *sum, uint32_t count)
{
    uint32_t running = 0;
    for (uint32_t i = 0; i < count; i++)
        sum[i] = running += sum[i];
}

static void divide_row(const uint32_t *restrict sum, uint32_t count, uint32_t divisor,
                       uint64_t reciprocal, uint8_t *restrict out)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t n = (uint64_t)sum[i] + divisor / 2;
        out[i] = (uint8_t)(n * reciprocal >> ISP_RECIPROCAL_BITS);
    }
}

static void blend_row(uint32_t *restrict sum, const uint8_t *x, const uint8_t *y, uint32_t count,
                      uint32_t a, uint32_t b)
{
    for (uint32_t i = 0; i < count; i++)
        sum[i] = a * x[i] + b * y[i];
}

#endif
