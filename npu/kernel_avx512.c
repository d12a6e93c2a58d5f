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
 * vpdpbusd wants one operand unsigned: that is the source, copied as u = x + 128. Then
 *     sum (x - xz)(w - wz) = sum u w  -  wz sum u  -  (xz + 128) sum (w - wz)
 * where the last term, the sums' first value, is mostly 0 (after a ReLU xz is -128), and sum u is
 * taken once for all blocks. Weights of no input channel are 0, and those of no output channel wz,
 * which makes their sums 0.
 */
#include <immintrin.h>

typedef unsigned char dense_elem_t;
#define DENSE_MINUS(insn) (-128)
#define DENSE_IN_PLACE(insn) ((insn)->k_h == 1 && (insn)->k_w == 1) /* copy_sums copies these */
#include "npu/kernel_dense.h"

#define MOST_PIXELS 14u

typedef struct {
    const int8_t *wgt; /* of the block, [segment][group][lane][4] */
    _Alignas(64) int8_t copy[DENSE_GROUPS * NPU_LANES * 4];
    _Alignas(64) int8_t real[DENSE_GROUPS * 4 + 64]; /* of a segment: 1, but 0 for padding */
    _Alignas(64) int32_t base[NPU_LANES];            /* -(xz + 128) sum (w - wz) */
    _Alignas(64) int32_t sum_u[DENSE_PIXELS + 16];   /* wz sum u, of the strip's pixels */
    dense_t dense;
} conv_t;

static inline __m512i four_bytes(const void *x)
{
    int32_t four;
    memcpy(&four, x, 4);
    return _mm512_set1_epi32(four);
}

/* ---- sum u --------------------------------------------------------------------------------------
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
static void row_sums(const conv_t *c, const uint8_t *row, int32_t *out)
{
    const dense_t *d = &c->dense;
    const uint32_t bytes = d->groups * 4, whole = bytes / 64 * 64;
    const __mmask64 tail = (UINT64_C(1) << (bytes - whole)) - 1;
    const __m128i wz = _mm_set1_epi32(d->insn->wgt_zp);
    for (uint32_t x = 0; x < d->cols; x += 4) {
        const uint8_t *px[4];
        __m512i sum[4];
        for (uint32_t p = 0; p < 4; p++) {
            px[p] = row + (x + p < d->cols ? x + p : d->cols - 1) * d->src_pix;
            sum[p] = _mm512_setzero_si512();
        }
        for (uint32_t s = 0; s < d->segs; s++) {
            for (uint32_t at = 0; at < whole; at += 64)
                for (uint32_t p = 0; p < 4; p++)
                    sum[p] = _mm512_dpbusd_epi32(sum[p], _mm512_loadu_si512(px[p] + d->seg[s] + at),
                                                 _mm512_load_si512(c->real + at));
            if (tail == 0)
                continue;
            for (uint32_t p = 0; p < 4; p++)
                sum[p] = _mm512_dpbusd_epi32(
                    sum[p], _mm512_maskz_loadu_epi8(tail, px[p] + d->seg[s] + whole),
                    _mm512_load_si512(c->real + whole));
        }
        _mm_storeu_si128((__m128i *)(void *)(out + x),
                         _mm_mullo_epi32(sums_of(sum[0], sum[1], sum[2], sum[3]), wz));
    }
}

/* 16 pixels at a time, where from one to the next are one or two groups: a group of each is a
 * vector, or every other lane of two. */
static void narrow_sums(const conv_t *c, const uint8_t *row, int32_t *out)
{
    const dense_t *d = &c->dense;
    const __m512i even =
        _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    const __m512i wz = _mm512_set1_epi32(d->insn->wgt_zp);
    for (uint32_t x = 0; x < d->cols; x += 16) {
        __m512i sum = _mm512_setzero_si512();
        for (uint32_t s = 0; s < d->segs; s++)
            for (uint32_t at = 0; at < 4 * d->groups; at += 4) {
                const uint8_t *from = row + x * d->src_pix + d->seg[s] + at;
                __m512i u = _mm512_loadu_si512(from);
                if (d->src_pix == 8)
                    u = _mm512_permutex2var_epi32(u, even, _mm512_loadu_si512(from + 64));
                sum = _mm512_dpbusd_epi32(sum, u, four_bytes(c->real + at));
            }
        _mm512_storeu_si512(out + x, _mm512_mullo_epi32(sum, wz));
    }
}

_Static_assert(DENSE_GROUPS * 4 / 16 <= 64, "16 parts of a pixel's sum fit sums_of_16");

/* The sums of each of 16 vectors of sums of up to 64 products of 255: two by two, four by four,
 * then the quarters of vectors. */
static inline __m512i sums_of_16(const __m512i v[16])
{
    const __m512i ones = _mm512_set1_epi16(1);
    __m512i four[4];
    for (uint32_t i = 0; i < 4; i++) {
        __m512i a = _mm512_madd_epi16(_mm512_packs_epi32(v[4 * i], v[4 * i + 1]), ones);
        __m512i b = _mm512_madd_epi16(_mm512_packs_epi32(v[4 * i + 2], v[4 * i + 3]), ones);
        four[i] = _mm512_madd_epi16(_mm512_packs_epi32(a, b), ones);
    }
    __m512i a = _mm512_add_epi32(_mm512_shuffle_i64x2(four[0], four[1], 0x44),
                                 _mm512_shuffle_i64x2(four[0], four[1], 0xee));
    __m512i b = _mm512_add_epi32(_mm512_shuffle_i64x2(four[2], four[3], 0x44),
                                 _mm512_shuffle_i64x2(four[2], four[3], 0xee));
    return _mm512_add_epi32(_mm512_shuffle_i64x2(a, b, 0x88), _mm512_shuffle_i64x2(a, b, 0xdd));
}

/* A pixel copied as u; its sums in 16 parts. */
static inline __m512i copy_pixel(const uint8_t *from, uint8_t *to, uint32_t bytes)
{
    const __m512i ones = _mm512_set1_epi8(1), flip = _mm512_set1_epi8((char)0x80);
    const __mmask64 some = (UINT64_C(1) << bytes % 64) - 1;
    __m512i sum = _mm512_setzero_si512();
    uint32_t at = 0;
    for (; at + 64 <= bytes; at += 64) {
        __m512i u = _mm512_xor_si512(_mm512_loadu_si512(from + at), flip);
        _mm512_storeu_si512(to + at, u);
        sum = _mm512_dpbusd_epi32(sum, u, ones);
    }
    if (some != 0) {
        __m512i u = _mm512_xor_si512(_mm512_maskz_loadu_epi8(some, from + at), flip);
        u = _mm512_maskz_mov_epi8(some, u);
        _mm512_mask_storeu_epi8(to + at, some, u);
        sum = _mm512_dpbusd_epi32(sum, u, ones);
    }
    return sum;
}

/* Sixteen, pix bytes apart; their sums. */
static inline __m512i copy_16(const uint8_t *from, size_t pix, uint8_t *to, const uint32_t bytes)
{
    __m512i sum[16];
    for (uint32_t p = 0; p < 16; p++)
        sum[p] = copy_pixel(from + p * pix, to + (size_t)p * bytes, bytes);
    return sums_of_16(sum);
}

/* The same of n of them. */
static __m512i copy_few(const uint8_t *from, size_t pix, uint8_t *to, uint32_t bytes, uint32_t n)
{
    __m512i sum[16] = {_mm512_setzero_si512()};
    for (uint32_t p = 0; p < n; p++)
        sum[p] = copy_pixel(from + p * pix, to + (size_t)p * bytes, bytes);
    return sums_of_16(sum);
}

/* A row of the strip of a 1 x 1 window, copied as u and summed on the way. */
static void copy_row(conv_t *c, const uint8_t *row, uint8_t *to, int32_t *out)
{
    const dense_t *d = &c->dense;
    const uint32_t bytes = d->channels;
    const size_t pix = d->src_pix;
    const __m512i wz = _mm512_set1_epi32(d->insn->wgt_zp);
    for (uint32_t x = 0; x < d->cols; x += 16, row += 16 * pix, to += (size_t)16 * bytes) {
        const uint32_t n = d->cols - x < 16 ? d->cols - x : 16;
        __m512i sum;
        if (n == 16 && bytes == 32) /* a loop within each pixel would take longer than the pixel */
            sum = copy_16(row, pix, to, 32);
        else if (n == 16 && bytes == 64)
            sum = copy_16(row, pix, to, 64);
        else if (n == 16 && bytes == 128)
            sum = copy_16(row, pix, to, 128);
        else
            sum = copy_few(row, pix, to, bytes, n);
        _mm512_storeu_si512(out + x, _mm512_mullo_epi32(sum, wz));
    }
}

static void copy_sums(conv_t *c)
{
    dense_t *d = &c->dense;
    const size_t row = (size_t)d->cols * d->channels;
    for (uint32_t y = 0; y < d->rows; y++)
        copy_row(c, d->src + y * d->src_row, d->copy + y * row, c->sum_u + (size_t)y * d->cols);
    d->src = d->copy;
    d->src_row = row;
    d->src_pix = d->channels;
}

static void strip_sums(conv_t *c)
{
    const dense_t *d = &c->dense;
    const uint32_t bytes = d->groups * 4, pixel = dense_round4(d->channels);
    memset(c->real, 1, bytes);
    memset(c->real + bytes, 0, 64);
    for (uint32_t at = 0; at < bytes && pixel > d->channels; at += pixel)
        memset(c->real + at + d->channels, 0, pixel - d->channels);
    for (uint32_t y = 0; y < d->rows; y++) {
        const uint8_t *row = d->src + y * d->src_row;
        if (d->src_pix <= 8)
            narrow_sums(c, row, c->sum_u + (size_t)y * d->cols);
        else
            row_sums(c, row, c->sum_u + (size_t)y * d->cols);
    }
}

/* ---- weights ------------------------------------------------------------------------------------
 */

/* The block's without gaps: 0 where there is no input channel, wz where no output channel. */
static void copy_weights(conv_t *c, uint32_t block, uint32_t lanes)
{
    const dense_t *d = &c->dense;
    const __mmask32 real = lanes >= NPU_LANES ? UINT32_MAX : (UINT32_C(1) << lanes) - 1;
    const uint32_t groups = dense_round4(d->channels) / 4, rest = d->channels % 4;
    const __m512i wz = _mm512_set1_epi8((char)d->insn->wgt_zp);
    const __m512i some = _mm512_set1_epi32(rest == 0 ? -1 : (1 << (8 * rest)) - 1);
    int8_t *out = c->copy;
    for (uint32_t t = 0; t < d->taps; t++) {
        const int8_t *from = dense_weights(d, block, t);
        for (uint32_t i = 0; i < 2 * groups; i++, from += 64, out += 64) {
            const __mmask16 half = (__mmask16)(i % 2 == 0 ? real : real >> 16);
            __m512i w = _mm512_mask_mov_epi32(wz, half, _mm512_loadu_si512(from));
            _mm512_store_si512(out, i / 2 + 1 < groups ? w : _mm512_and_si512(w, some));
        }
    }
}

/* Even and odd groups are summed apart, since vpdpbusd takes a while. */
static void block_base(conv_t *c)
{
    const dense_t *d = &c->dense;
    const uint32_t all = d->taps * d->channels * (uint32_t)d->insn->wgt_zp;
    const __m512i xz = _mm512_set1_epi32(d->insn->in_zp + 128), ones = _mm512_set1_epi8(1);
    const __m512i wzs = _mm512_set1_epi32((int32_t)all);
    __m512i sum[4] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(),
                      _mm512_setzero_si512()};
    const int8_t *w = c->wgt, *const end = w + (size_t)d->segs * d->groups * 128;
    for (; w + 128 < end; w += 256)
        for (uint32_t k = 0; k < 4; k++)
            sum[k] = _mm512_dpbusd_epi32(sum[k], ones, _mm512_loadu_si512(w + 64 * k));
    for (; w < end; w += 128)
        for (uint32_t k = 0; k < 2; k++)
            sum[k] = _mm512_dpbusd_epi32(sum[k], ones, _mm512_loadu_si512(w + 64 * k));
    for (uint32_t half = 0; half < 2; half++) {
        __m512i all_w = _mm512_add_epi32(sum[half], sum[half + 2]);
        _mm512_store_si512(c->base + 16 * half,
                           _mm512_mullo_epi32(xz, _mm512_sub_epi32(wzs, all_w)));
    }
}

/* Finds or makes the weights of a block, and its base. */
static void block_weights(conv_t *c, uint32_t block)
{
    const dense_t *d = &c->dense;
    const uint32_t lanes = d->insn->c - block * NPU_LANES;
    const bool gaps = d->channels % NPU_LANES != 0 || (d->channels < d->insn->in_c && d->taps > 1);
    c->wgt = dense_weights(d, block, 0);
    if (gaps || lanes < NPU_LANES) {
        copy_weights(c, block, lanes);
        c->wgt = c->copy;
    }
    if (d->insn->in_zp != -128)
        block_base(c);
}

/* ---- the inner kernel ---------------------------------------------------------------------------
 */

/* One block over `times` runs of `width` pixels; width is a constant at each call. */
static inline void run(const conv_t *c, const uint8_t *x, int32_t *acc, const int32_t *sum_u,
                       uint32_t times, __m512i low[MOST_PIXELS], __m512i high[MOST_PIXELS],
                       const uint32_t width)
{
    const dense_t *d = &c->dense;
    const size_t pix = d->src_pix, acc_pix = d->flat.dst.pix / 4;
    for (; times > 0; times--) {
        for (uint32_t p = 0; p < width; p++) {
            const __m512i sx = _mm512_set1_epi32(sum_u[p]);
            low[p] = _mm512_sub_epi32(_mm512_load_si512(c->base), sx);
            high[p] = _mm512_sub_epi32(_mm512_load_si512(c->base + 16), sx);
        }
        if (d->add)
            for (uint32_t p = 0; p < width; p++) {
                low[p] = _mm512_add_epi32(low[p], _mm512_loadu_si512(acc + p * acc_pix));
                high[p] = _mm512_add_epi32(high[p], _mm512_loadu_si512(acc + p * acc_pix + 16));
            }
        const int8_t *w = c->wgt;
        for (uint32_t s = 0; s < d->segs; s++) {
            /* an address for every three pixels: base, base + pix, base + 2 pix are one each */
            const uint8_t *base[(MOST_PIXELS + 2) / 3];
            for (uint32_t i = 0; i < (width + 2) / 3; i++)
                base[i] = x + d->seg[s] + 3 * i * pix;
            for (uint32_t g = 0; g < d->groups; g++, w += 128) {
                const __m512i w0 = _mm512_loadu_si512(w), w1 = _mm512_loadu_si512(w + 64);
                for (uint32_t p = 0; p < width; p++) {
                    const __m512i v = four_bytes(base[p / 3] + (p % 3) * pix + 4 * (size_t)g);
                    low[p] = _mm512_dpbusd_epi32(low[p], v, w0);
                    high[p] = _mm512_dpbusd_epi32(high[p], v, w1);
                }
            }
        }
        for (uint32_t p = 0; p < width; p++) {
            _mm512_storeu_si512(acc + p * acc_pix, low[p]);
            _mm512_storeu_si512(acc + p * acc_pix + 16, high[p]);
        }
        x += width * pix;
        acc += width * acc_pix;
        sum_u += width;
    }
}

typedef void (*run_fn_t)(const conv_t *c, const uint8_t *x, int32_t *acc, const int32_t *sum_u,
                         uint32_t times);

/* clang-format off */
#define RUN(width)                                                                                 \
    static void run_##width(const conv_t *c, const uint8_t *x, int32_t *acc, const int32_t *sum_u, \
                            uint32_t times)                                                        \
    {                                                                                              \
        __m512i low[MOST_PIXELS], high[MOST_PIXELS];                                               \
        run(c, x, acc, sum_u, times, low, high, width);                                            \
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
    const uint8_t *x = d->src + y * d->src_row;
    int32_t *acc = npu_acc_at(d->l1, &d->flat.dst, d->y + y, d->x) + (size_t)block * NPU_LANES;
    const int32_t *sum_u = c->sum_u + (size_t)y * d->cols;
    runs[width](c, x, acc, sum_u, times - wider);
    if (wider > 0) {
        const size_t at = (size_t)width * (times - wider);
        runs[width + 1](c, x + at * d->src_pix, acc + at * d->flat.dst.pix / 4, sum_u + at, wider);
    }
}

void npu_conv_avx512(const npu_insn_t *insn, const npu_l1_t *l1)
{
    conv_t c;
    if (!dense_begin(&c.dense, insn, l1)) {
        npu_conv_scalar(insn, l1);
        return;
    }
    memset(c.base, 0, sizeof(c.base));
    while (dense_next(&c.dense)) {
        if (c.dense.in_place)
            copy_sums(&c);
        else
            strip_sums(&c);
        for (uint32_t block = 0; block * NPU_LANES < insn->c; block++) {
            block_weights(&c, block);
            for (uint32_t y = 0; y < c.dense.rows; y++)
                block_row(&c, block, y);
        }
    }
}
