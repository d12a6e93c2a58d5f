/*
 * kernel_avx512.c - CONV with AVX-512 VNNI.
 *
 * The inner kernel keeps 14 pixels x 32 output channels of sums in 28 registers, and walks over the
 * input channels in groups of 4:
 *
 *              w: 16 lanes x 4    w: 16 lanes x 4
 *            +------------------+------------------+
 *     x[0]:4 |      low[0]      |     high[0]      |    each step: 2 loads of weights, 14
 *     x[1]:4 |      low[1]      |     high[1]      |    broadcasts of 4 source bytes, 28 vpdpbusd
 *       ...  |       ...        |       ...        |    of 64 multiply-adds
 *    x[13]:4 |      low[13]     |     high[13]     |
 *            +------------------+------------------+
 *
 * vpdpbusd wants one operand unsigned: that is the weight, u = w + 128. With zw = wgt_zp + 128
 *     sum (x - xz)(w - wz) = sum x u  -  zw sum x  -  xz sum (w - wz)
 * where the last term is the sums' first value, and sum x is taken once for all blocks. Weights of
 * no input channel are u = 0, and those of no output channel u = zw, which makes their sums 0.
 */
#include <immintrin.h>

typedef signed char dense_elem_t;
#include "npu/kernel_dense.h"

#define MOST_PIXELS 14u

typedef struct {
    const uint8_t *wgt; /* of the block, [segment][group][lane][4]: u, or u ^ flip */
    uint8_t flip;
    _Alignas(64) uint8_t copy[DENSE_GROUPS * NPU_LANES * 4];
    _Alignas(64) uint8_t real[DENSE_GROUPS * 4 + 64]; /* of a segment: 1, but 0 for padding */
    _Alignas(64) int32_t base[NPU_LANES];             /* -xz sum (w - wz) */
    _Alignas(64) int32_t sum_x[DENSE_PIXELS + 16];    /* zw sum x, of the strip's pixels */
    dense_t dense;
} conv_t;

/* ---- sum x --------------------------------------------------------------------------------------
 */

/* The sums of each of four vectors. */
static inline __m128i sums_of(__m512i a, __m512i b, __m512i c, __m512i d)
{
    __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
    __m512i all = _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
    __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(all), _mm512_extracti64x4_epi64(all, 1));
    return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

/* Four pixels at a time; the last ones again where fewer are left. */
static void row_sums(const conv_t *c, const int8_t *row, int32_t *out)
{
    const dense_t *d = &c->dense;
    const uint32_t bytes = d->groups * 4, whole = bytes / 64 * 64;
    const __mmask64 tail = (UINT64_C(1) << (bytes - whole)) - 1;
    const __m128i zw = _mm_set1_epi32(d->insn->wgt_zp + 128);
    for (uint32_t x = 0; x < d->cols; x += 4) {
        const int8_t *px[4];
        __m512i sum[4];
        for (uint32_t p = 0; p < 4; p++) {
            px[p] = row + (x + p < d->cols ? x + p : d->cols - 1) * d->src_pix;
            sum[p] = _mm512_setzero_si512();
        }
        for (uint32_t s = 0; s < d->segs; s++) {
            for (uint32_t at = 0; at < whole; at += 64)
                for (uint32_t p = 0; p < 4; p++)
                    sum[p] = _mm512_dpbusd_epi32(sum[p], _mm512_load_si512(c->real + at),
                                                 _mm512_loadu_si512(px[p] + d->seg[s] + at));
            if (tail == 0)
                continue;
            for (uint32_t p = 0; p < 4; p++)
                sum[p] =
                    _mm512_dpbusd_epi32(sum[p], _mm512_load_si512(c->real + whole),
                                        _mm512_maskz_loadu_epi8(tail, px[p] + d->seg[s] + whole));
        }
        _mm_storeu_si128((__m128i *)(void *)(out + x),
                         _mm_mullo_epi32(sums_of(sum[0], sum[1], sum[2], sum[3]), zw));
    }
}

static void strip_sums(conv_t *c)
{
    const dense_t *d = &c->dense;
    const uint32_t bytes = d->groups * 4, pixel = dense_round4(d->channels);
    memset(c->real, 1, bytes);
    memset(c->real + bytes, 0, 64);
    for (uint32_t at = 0; at < bytes && pixel > d->channels; at += pixel)
        memset(c->real + at + d->channels, 0, pixel - d->channels);
    for (uint32_t y = 0; y < d->rows; y++)
        row_sums(c, d->src + y * d->src_row, c->sum_x + (size_t)y * d->cols);
}

/* ---- weights ------------------------------------------------------------------------------------
 */

/* u of the block without gaps: 0 where there is no input channel, zw where no output channel. */
static void copy_weights(conv_t *c, uint32_t block, uint32_t lanes)
{
    const dense_t *d = &c->dense;
    const __mmask32 real = lanes >= NPU_LANES ? UINT32_MAX : (UINT32_C(1) << lanes) - 1;
    const uint32_t groups = dense_round4(d->channels) / 4, rest = d->channels % 4;
    const __m512i zw = _mm512_set1_epi8((char)(d->insn->wgt_zp + 128));
    const __m512i flip = _mm512_set1_epi8((char)0x80);
    const __m512i some = _mm512_set1_epi32(rest == 0 ? -1 : (1 << (8 * rest)) - 1);
    uint8_t *out = c->copy;
    for (uint32_t t = 0; t < d->taps; t++) {
        const int8_t *w = dense_weights(d, block, t);
        for (uint32_t i = 0; i < 2 * groups; i++, w += 64, out += 64) {
            __m512i u = _mm512_xor_si512(_mm512_loadu_si512(w), flip);
            u = _mm512_mask_mov_epi32(zw, (__mmask16)(i % 2 == 0 ? real : real >> 16), u);
            _mm512_store_si512(out, i / 2 + 1 < groups ? u : _mm512_and_si512(u, some));
        }
    }
}

/* Even and odd groups are summed apart, since vpdpbusd takes a while. */
static void block_base(conv_t *c)
{
    const dense_t *d = &c->dense;
    const uint32_t all = d->taps * d->channels * (uint32_t)(d->insn->wgt_zp + 128);
    const __m512i xz = _mm512_set1_epi32(d->insn->in_zp), zws = _mm512_set1_epi32((int32_t)all);
    const __m512i flip = _mm512_set1_epi8((char)c->flip), ones = _mm512_set1_epi8(1);
    __m512i sum[4] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(),
                      _mm512_setzero_si512()};
    const uint8_t *w = c->wgt, *const end = w + (size_t)d->segs * d->groups * 128;
    for (; w + 128 < end; w += 256)
        for (uint32_t k = 0; k < 4; k++)
            sum[k] = _mm512_dpbusd_epi32(
                sum[k], _mm512_xor_si512(_mm512_loadu_si512(w + 64 * k), flip), ones);
    for (; w < end; w += 128)
        for (uint32_t k = 0; k < 2; k++)
            sum[k] = _mm512_dpbusd_epi32(
                sum[k], _mm512_xor_si512(_mm512_loadu_si512(w + 64 * k), flip), ones);
    for (uint32_t half = 0; half < 2; half++) {
        __m512i u = _mm512_add_epi32(sum[half], sum[half + 2]);
        _mm512_store_si512(c->base + 16 * half, _mm512_mullo_epi32(xz, _mm512_sub_epi32(zws, u)));
    }
}

/* Finds or makes the weights of a block, and its base. */
static void block_weights(conv_t *c, uint32_t block)
{
    const dense_t *d = &c->dense;
    const uint32_t lanes = d->insn->c - block * NPU_LANES;
    const bool gaps = d->channels % NPU_LANES != 0 || (d->channels < d->insn->in_c && d->taps > 1);
    c->wgt = (const uint8_t *)dense_weights(d, block, 0);
    c->flip = 0x80;
    if (gaps || lanes < NPU_LANES) {
        copy_weights(c, block, lanes);
        c->wgt = c->copy;
        c->flip = 0;
    }
    block_base(c);
}

/* ---- the inner kernel ---------------------------------------------------------------------------
 */

static inline __m512i four_bytes(const int8_t *x)
{
    int32_t four;
    memcpy(&four, x, 4);
    return _mm512_set1_epi32(four);
}

/* One block over `times` runs of `width` pixels; width is a constant at each call. */
static inline void run(const conv_t *c, const int8_t *x, int32_t *acc, const int32_t *sum_x,
                       uint32_t times, __m512i low[MOST_PIXELS], __m512i high[MOST_PIXELS],
                       const uint32_t width)
{
    const dense_t *d = &c->dense;
    const size_t pix = d->src_pix, acc_pix = d->flat.dst.pix / 4;
    const __m512i flip = _mm512_set1_epi8((char)c->flip);
    for (; times > 0; times--) {
        for (uint32_t p = 0; p < width; p++) {
            const __m512i sx = _mm512_set1_epi32(sum_x[p]);
            low[p] = _mm512_sub_epi32(_mm512_load_si512(c->base), sx);
            high[p] = _mm512_sub_epi32(_mm512_load_si512(c->base + 16), sx);
        }
        if (d->add)
            for (uint32_t p = 0; p < width; p++) {
                low[p] = _mm512_add_epi32(low[p], _mm512_loadu_si512(acc + p * acc_pix));
                high[p] = _mm512_add_epi32(high[p], _mm512_loadu_si512(acc + p * acc_pix + 16));
            }
        const uint8_t *w = c->wgt;
        for (uint32_t s = 0; s < d->segs; s++) {
            /* an address for every three pixels: base, base + pix, base + 2 pix are one each */
            const int8_t *base[(MOST_PIXELS + 2) / 3];
            for (uint32_t i = 0; i < (width + 2) / 3; i++)
                base[i] = x + d->seg[s] + 3 * i * pix;
            for (uint32_t g = 0; g < d->groups; g++, w += 128) {
                const __m512i w0 = _mm512_xor_si512(_mm512_loadu_si512(w), flip);
                const __m512i w1 = _mm512_xor_si512(_mm512_loadu_si512(w + 64), flip);
                for (uint32_t p = 0; p < width; p++) {
                    __m512i v = four_bytes(base[p / 3] + (p % 3) * pix + 4 * (size_t)g);
                    low[p] = _mm512_dpbusd_epi32(low[p], w0, v);
                    high[p] = _mm512_dpbusd_epi32(high[p], w1, v);
                }
            }
        }
        for (uint32_t p = 0; p < width; p++) {
            _mm512_storeu_si512(acc + p * acc_pix, low[p]);
            _mm512_storeu_si512(acc + p * acc_pix + 16, high[p]);
        }
        x += width * pix;
        acc += width * acc_pix;
        sum_x += width;
    }
}

typedef void (*run_fn_t)(const conv_t *c, const int8_t *x, int32_t *acc, const int32_t *sum_x,
                         uint32_t times);

/* clang-format off */
#define RUN(width)                                                                                 \
    static void run_##width(const conv_t *c, const int8_t *x, int32_t *acc, const int32_t *sum_x,  \
                            uint32_t times)                                                        \
    {                                                                                              \
        __m512i low[MOST_PIXELS], high[MOST_PIXELS];                                               \
        run(c, x, acc, sum_x, times, low, high, width);                                            \
    }
RUN(1) RUN(2) RUN(3) RUN(4) RUN(5) RUN(6) RUN(7) RUN(8) RUN(9) RUN(10) RUN(11) RUN(12) RUN(13) RUN(14)

static const run_fn_t runs[MOST_PIXELS + 1] = {
    NULL,  run_1, run_2, run_3,  run_4,  run_5,  run_6,  run_7,
    run_8, run_9, run_10, run_11, run_12, run_13, run_14,
};
/* clang-format on */

/* One block over a row of the strip, in runs of about equal width. */
static void block_row(const conv_t *c, uint32_t block, uint32_t y)
{
    const dense_t *d = &c->dense;
    const uint32_t times = (d->cols + MOST_PIXELS - 1) / MOST_PIXELS;
    const uint32_t width = d->cols / times, wider = d->cols % times; /* so many of width + 1 */
    const int8_t *x = d->src + y * d->src_row;
    int32_t *acc = npu_acc_at(d->l1, &d->flat.dst, d->y + y, d->x) + (size_t)block * NPU_LANES;
    const int32_t *sum_x = c->sum_x + (size_t)y * d->cols;
    runs[width](c, x, acc, sum_x, times - wider);
    if (wider > 0) {
        const size_t at = (size_t)width * (times - wider);
        runs[width + 1](c, x + at * d->src_pix, acc + at * d->flat.dst.pix / 4, sum_x + at, wider);
    }
}

void npu_conv_avx512(const npu_insn_t *insn, const npu_l1_t *l1)
{
    conv_t c;
    if (!dense_begin(&c.dense, insn, l1)) {
        npu_conv_scalar(insn, l1);
        return;
    }
    while (dense_next(&c.dense)) {
        strip_sums(&c);
        for (uint32_t block = 0; block * NPU_LANES < insn->c; block++) {
            block_weights(&c, block);
            for (uint32_t y = 0; y < c.dense.rows; y++)
                block_row(&c, block, y);
        }
    }
}
