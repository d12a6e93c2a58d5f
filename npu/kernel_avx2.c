/*
 * kernel_avx2.c - CONV with AVX2.
 *
 * AVX2 multiplies bytes only with saturation, so this works on 16-bit numbers: x - in_zp, copied
 * once for all output channels, and w - wgt_zp. Both are exact, no sums need correcting. The inner
 * kernel keeps 6 pixels x 16 output channels of sums in 12 registers, and walks over the input
 * channels in pairs:
 *
 *              w: 8 lanes x 2    w: 8 lanes x 2
 *            +----------------+----------------+
 *     x[0]:2 |     low[0]     |    high[0]     |    each step: 2 loads of weights, 6 broadcasts of
 *       ...  |      ...       |      ...       |    a pair, 12 vpmaddwd of 16 multiply-adds
 *     x[5]:2 |     low[5]     |    high[5]     |
 *            +----------------+----------------+
 */
#include <immintrin.h>

#include "sim/types.h"

typedef int16_t dense_elem_t;
#define DENSE_MINUS(insn) (insn)->in_zp
#define DENSE_IN_PLACE(insn) false
#include "npu/kernel_dense.h"

#define MOST_PIXELS 6u

typedef struct {
    _Alignas(32) int16_t wgt[DENSE_GROUPS * 4 * NPU_LANES]; /* of a block, [half][pair][16][2] */
    dense_t dense;
} conv_t;

static __m256i widen(const int8_t *bytes)
{
    return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)bytes));
}

static void store(void *at, __m256i value)
{
    _mm256_storeu_si256((__m256i *)at, value);
}

static __m256i load(const void *at)
{
    return _mm256_loadu_si256((const __m256i *)at);
}

/* One group of 4 channels, 8 lanes: two pairs of channels apart. */
static void group_weights(const int8_t *w, __m256i wz, __m256i keep, int16_t *first,
                          int16_t *second)
{
    __m256 a = _mm256_castsi256_ps(_mm256_and_si256(_mm256_sub_epi16(widen(w), wz), keep));
    __m256 b = _mm256_castsi256_ps(_mm256_and_si256(_mm256_sub_epi16(widen(w + 16), wz), keep));
    __m256i even = _mm256_castps_si256(_mm256_shuffle_ps(a, b, 0x88));
    __m256i odd = _mm256_castps_si256(_mm256_shuffle_ps(a, b, 0xdd));
    store(first, _mm256_permute4x64_epi64(even, 0xd8));
    store(second, _mm256_permute4x64_epi64(odd, 0xd8));
}

/* The block's weights; 0 where there is no input or no output channel. */
static void block_weights(conv_t *c, uint32_t block)
{
    const dense_t *d = &c->dense;
    const uint32_t groups = dense_round4(d->channels) / 4, pairs = 2 * groups * d->taps;
    const uint32_t lanes = d->insn->c - block * NPU_LANES, rest = d->channels % 4;
    const __m256i wz = _mm256_set1_epi16((int16_t)d->insn->wgt_zp);
    const __m256i all = _mm256_set1_epi16(-1);
    const __m256i some =
        _mm256_set1_epi64x(rest == 0 ? -1 : (int64_t)((UINT64_C(1) << (16 * rest)) - 1));
    int16_t *out = c->wgt;
    for (uint32_t t = 0; t < d->taps; t++) {
        const int8_t *w = dense_weights(d, block, t);
        for (uint32_t g = 0; g < groups; g++, w += 128, out += 64)
            for (uint32_t q = 0; q < 4; q++) { /* quarters of the block */
                int16_t *at = out + (size_t)(q / 2) * pairs * 32 + 16 * (q % 2);
                group_weights(w + 32 * q, wz, g + 1 < groups ? all : some, at, at + 32);
            }
    }
    for (uint32_t lane = lanes; lane < NPU_LANES; lane++)
        for (uint32_t pair = 0; pair < pairs; pair++)
            memset(c->wgt + (lane / 16 * pairs + pair) * 32 + lane % 16 * 2, 0, 4);
}

/* 16 channels over `times` runs of `width` pixels; width is a constant at each call. */
static inline void run(const conv_t *c, const int16_t *wgt, const int16_t *x, int32_t *acc,
                       uint32_t times, __m256i low[MOST_PIXELS], __m256i high[MOST_PIXELS],
                       const uint32_t width)
{
    const dense_t *d = &c->dense;
    const size_t pix = d->src_pix, acc_pix = d->flat.dst.pix / 4;
    for (; times > 0; times--, x += width * pix, acc += width * acc_pix) {
        for (uint32_t p = 0; p < width; p++)
            low[p] = high[p] = _mm256_setzero_si256();
        const int16_t *w = wgt;
        for (uint32_t s = 0; s < d->segs; s++) {
            const int16_t *near = x + d->seg[s], *far = near + 3 * pix;
            const int16_t *const end = w + (size_t)d->groups * 64;
            for (; w < end; w += 32, near += 2, far += 2) {
                const __m256i w0 = load(w), w1 = load(w + 16);
                for (uint32_t p = 0; p < width; p++) {
                    int32_t pair;
                    memcpy(&pair, (p < 3 ? near : far) + (p % 3) * pix, 4);
                    const __m256i v = _mm256_set1_epi32(pair);
                    low[p] = _mm256_add_epi32(low[p], _mm256_madd_epi16(w0, v));
                    high[p] = _mm256_add_epi32(high[p], _mm256_madd_epi16(w1, v));
                }
            }
        }
        for (uint32_t p = 0; p < width; p++) {
            int32_t *at = acc + p * acc_pix;
            if (d->add) {
                low[p] = _mm256_add_epi32(low[p], load(at));
                high[p] = _mm256_add_epi32(high[p], load(at + 8));
            }
            store(at, low[p]);
            store(at + 8, high[p]);
        }
    }
}

typedef void (*run_fn_t)(const conv_t *c, const int16_t *wgt, const int16_t *x, int32_t *acc,
                         uint32_t times);

/* clang-format off */
#define RUN(width)                                                                                 \
    static void run_##width(const conv_t *c, const int16_t *wgt, const int16_t *x, int32_t *acc,   \
                            uint32_t times)                                                        \
    {                                                                                              \
        __m256i low[MOST_PIXELS], high[MOST_PIXELS];                                               \
        run(c, wgt, x, acc, times, low, high, width);                                              \
    }
RUN(1) RUN(2) RUN(3) RUN(4) RUN(5) RUN(6)

static const run_fn_t runs[MOST_PIXELS + 1] = {NULL, run_1, run_2, run_3, run_4, run_5, run_6};
/* clang-format on */

/* Half a block over a row of the strip, in runs of about equal width. */
static void half_row(const conv_t *c, uint32_t o, uint32_t y)
{
    const dense_t *d = &c->dense;
    const uint32_t times = (d->cols + MOST_PIXELS - 1) / MOST_PIXELS;
    const uint32_t width = d->cols / times, wider = d->cols % times; /* so many of width + 1 */
    const int16_t *wgt = c->wgt + (size_t)(o % NPU_LANES) * d->segs * d->groups * 4;
    const int16_t *x = d->src + y * d->src_row;
    int32_t *acc = npu_acc_at(d->l1, &d->flat.dst, d->y + y, d->x) + o;
    runs[width](c, wgt, x, acc, times - wider);
    if (wider > 0) {
        const size_t at = (size_t)width * (times - wider);
        runs[width + 1](c, wgt, x + at * d->src_pix, acc + at * d->flat.dst.pix / 4, wider);
    }
}

void npu_conv_avx2(const npu_insn_t *insn, const npu_l1_t *l1)
{
    conv_t c;
    if (!dense_begin(&c.dense, insn, l1)) {
        npu_conv_scalar(insn, l1);
        return;
    }
    while (dense_next(&c.dense))
        for (uint32_t o = 0; o < npu_round_lanes(insn->c); o += 16) {
            if (o % NPU_LANES == 0)
                block_weights(&c, o / NPU_LANES);
            for (uint32_t y = 0; y < c.dense.rows; y++)
                half_row(&c, o, y);
        }
}
