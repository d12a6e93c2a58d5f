/*
 * kernel_avx2.c - CONV, DWCONV and REQUANT with AVX2.
 *
 * CONV packs (x - in_zp) of up to 3 result pixels as 16-bit numbers (im2col, a piece of the sum at
 * a time; 0 outside the source) and multiplies them with (w - wgt_zp), 16 output channels at once.
 */
#include <immintrin.h>

#include "npu/kernel_int.h"

#define PACK_PIXELS 3
#define PACK_GROUPS 1024 /* groups of 4 input channels, all taps of the piece together */

typedef struct {
    _Alignas(32) int16_t x[PACK_GROUPS * PACK_PIXELS * 4]; /* [tap][group][pixel][4] */
    int32_t *acc[PACK_PIXELS];
    uint32_t pixels, width; /* real ones; packed: 1 or 3 */
} pack_t;

static void pack_column(const npu_insn_t *insn, const int8_t *src, const npu_piece_t *piece,
                        int16_t *column, uint32_t stride)
{
    for (uint32_t g = 0; g < piece->groups; g++, column += stride)
        for (uint32_t i = 0; i < 4; i++) {
            uint32_t ic = 4 * g + i;
            bool there = src != NULL && ic < piece->channels;
            column[i] = there ? (int16_t)(src[piece->first_ic + ic] - insn->in_zp) : 0;
        }
}

static void pack_pixels(const npu_insn_t *insn, const npu_l1_t *l1, const npu_piece_t *piece,
                        uint32_t first, pack_t *pack)
{
    uint32_t all = insn->h * insn->w;
    pack->pixels = all - first < PACK_PIXELS ? all - first : PACK_PIXELS;
    pack->width = pack->pixels > 1 ? PACK_PIXELS : 1;
    uint32_t stride = pack->width * 4;
    for (uint32_t p = 0; p < pack->width; p++) {
        /* columns beyond the last pixel repeat it; their results are dropped */
        uint32_t pixel = first + (p < pack->pixels ? p : pack->pixels - 1);
        uint32_t y = pixel / insn->w, x = pixel % insn->w;
        pack->acc[p] = npu_acc_at(l1, &insn->dst, y, x);
        uint32_t ky = piece->first_tap / insn->k_w, kx = piece->first_tap % insn->k_w;
        for (uint32_t t = 0; t < piece->taps; t++) {
            const int8_t *src = npu_tap_at(insn, l1, y, x, ky, kx);
            pack_column(insn, src, piece, pack->x + (size_t)t * piece->groups * stride + 4 * p,
                        stride);
            ky += ++kx == insn->k_w;
            kx = kx == insn->k_w ? 0 : kx;
        }
    }
}

static __m256i widen(const int8_t *bytes)
{
    return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)bytes));
}

/* Stores 8 lanes: those from c on as 0, on top of what is there if add. */
static void store8(int32_t *acc, __m256i value, int32_t real, bool add)
{
    const __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    __m256i *at = (__m256i *)(void *)acc;
    value = _mm256_and_si256(value, _mm256_cmpgt_epi32(_mm256_set1_epi32(real), index));
    if (add)
        value = _mm256_add_epi32(value, _mm256_loadu_si256(at));
    _mm256_storeu_si256(at, value);
}

/* Sums of adjacent pairs: 4 channels in a, 4 in b, to 8 channels in order. */
static __m256i pair_sums(__m256i a, __m256i b)
{
    return _mm256_permute4x64_epi64(_mm256_hadd_epi32(a, b), 0xd8);
}

/* 16 output channels from channel o on over a pack of `width` pixels, a constant at each call. */
static inline void half_run(const npu_insn_t *insn, const npu_l1_t *l1, const npu_piece_t *piece,
                            const pack_t *pack, uint32_t o, bool add, const uint32_t width)
{
    const __m256i wz = _mm256_set1_epi16((int16_t)insn->wgt_zp);
    const size_t tap_bytes = (size_t)npu_round_lanes(insn->in_c) * NPU_LANES;
    size_t first = (size_t)(o / NPU_LANES) * insn->k_h * insn->k_w + piece->first_tap;
    const int8_t *tap = (const int8_t *)l1->data[NPU_MEM_WGT] + insn->wgt + first * tap_bytes +
                        (size_t)piece->first_ic * NPU_LANES + (o % NPU_LANES) * 4;
    const int16_t *x = pack->x;
    __m256i sum[PACK_PIXELS][4];
    for (uint32_t p = 0; p < width; p++)
        sum[p][0] = sum[p][1] = sum[p][2] = sum[p][3] = _mm256_setzero_si256();
    for (uint32_t t = 0; t < piece->taps; t++, tap += tap_bytes) {
        const int8_t *w = tap;
        for (uint32_t g = 0; g < piece->groups; g++, w += 128, x += width * 4) {
            __m256i v[PACK_PIXELS];
            for (uint32_t p = 0; p < width; p++) {
                int64_t four;
                memcpy(&four, x + 4 * (size_t)p, 8);
                v[p] = _mm256_set1_epi64x(four);
            }
            for (uint32_t q = 0; q < 4; q++) {
                __m256i wq = _mm256_sub_epi16(widen(w + 16 * (size_t)q), wz);
                for (uint32_t p = 0; p < width; p++)
                    sum[p][q] = _mm256_add_epi32(sum[p][q], _mm256_madd_epi16(wq, v[p]));
            }
        }
    }
    for (uint32_t p = 0; p < width && p < pack->pixels; p++) {
        int32_t real = (int32_t)insn->c - (int32_t)o;
        store8(pack->acc[p] + o, pair_sums(sum[p][0], sum[p][1]), real, add);
        store8(pack->acc[p] + o + 8, pair_sums(sum[p][2], sum[p][3]), real - 8, add);
    }
}

static void conv_piece(const npu_insn_t *insn, const npu_l1_t *l1, const npu_piece_t *piece,
                       bool add, void *ctx)
{
    pack_t *pack = ctx;
    for (uint32_t pixel = 0; pixel < insn->h * insn->w; pixel += PACK_PIXELS) {
        pack_pixels(insn, l1, piece, pixel, pack);
        for (uint32_t o = 0; o < npu_round_lanes(insn->c); o += 16) {
            if (pack->width == PACK_PIXELS)
                half_run(insn, l1, piece, pack, o, add, PACK_PIXELS);
            else
                half_run(insn, l1, piece, pack, o, add, 1);
        }
    }
}

void npu_conv_avx2(const npu_insn_t *insn, const npu_l1_t *l1)
{
    pack_t pack;
    npu_pieces(insn, l1, PACK_GROUPS, conv_piece, &pack);
}

/* ---- depthwise: 16 channels of a pixel at a time, two taps a multiply-add
 * --------------------------- */

typedef struct {
    __m256i low[NPU_DW_TAPS / 2], high[NPU_DW_TAPS / 2]; /* weights - wz of two taps, interleaved */
} dw_half_t;

static void dw_weights(const npu_insn_t *insn, const int8_t *wgt, dw_half_t *half)
{
    const uint32_t taps = insn->k_h * insn->k_w;
    const __m256i wz = _mm256_set1_epi16((int16_t)insn->wgt_zp);
    for (uint32_t t = 0; t < taps; t += 2) {
        __m256i a = _mm256_sub_epi16(widen(wgt + (size_t)t * NPU_LANES), wz);
        __m256i b = _mm256_setzero_si256();
        if (t + 1 < taps)
            b = _mm256_sub_epi16(widen(wgt + (size_t)(t + 1) * NPU_LANES), wz);
        half->low[t / 2] = _mm256_unpacklo_epi16(a, b);
        half->high[t / 2] = _mm256_unpackhi_epi16(a, b);
    }
}

/* x - in_zp of 16 channels, 0 outside the source and from `real` on. */
static __m256i dw_source(const npu_insn_t *insn, const int8_t *src, int32_t real)
{
    int8_t part[16];
    if (src == NULL || real <= 0)
        return _mm256_setzero_si256();
    if (real < 16) {
        memset(part, insn->in_zp, sizeof(part));
        memcpy(part, src, (size_t)real);
        src = part;
    }
    return _mm256_sub_epi16(widen(src), _mm256_set1_epi16((int16_t)insn->in_zp));
}

static void dw_pixel(const npu_insn_t *insn, const npu_l1_t *l1, const dw_half_t *half, uint32_t y,
                     uint32_t x, uint32_t o)
{
    const uint32_t taps = insn->k_h * insn->k_w;
    int32_t real = (int32_t)insn->c - (int32_t)o;
    __m256i tap[NPU_DW_TAPS], low = _mm256_setzero_si256(), high = low;
    uint32_t n = 0;
    for (uint32_t ky = 0; ky < insn->k_h; ky++)
        for (uint32_t kx = 0; kx < insn->k_w; kx++) {
            const int8_t *src = npu_tap_at(insn, l1, y, x, ky, kx);
            tap[n++] = dw_source(insn, src == NULL ? NULL : src + o, real);
        }
    tap[n] = _mm256_setzero_si256();
    for (uint32_t t = 0; t < taps; t += 2) {
        __m256i a = _mm256_unpacklo_epi16(tap[t], tap[t + 1]);
        __m256i b = _mm256_unpackhi_epi16(tap[t], tap[t + 1]);
        low = _mm256_add_epi32(low, _mm256_madd_epi16(a, half->low[t / 2]));
        high = _mm256_add_epi32(high, _mm256_madd_epi16(b, half->high[t / 2]));
    }
    bool add = (insn->flags & NPU_FLAG_ACCUMULATE) != 0;
    int32_t *acc = npu_acc_at(l1, &insn->dst, y, x) + o;
    store8(acc, _mm256_permute2x128_si256(low, high, 0x20), real, add);
    store8(acc + 8, _mm256_permute2x128_si256(low, high, 0x31), real - 8, add);
}

void npu_dwconv_avx2(const npu_insn_t *insn, const npu_l1_t *l1)
{
    const uint32_t taps = insn->k_h * insn->k_w;
    if (insn->in_c != insn->c || taps >= NPU_DW_TAPS) {
        npu_dwconv_scalar(insn, l1);
        return;
    }
    const int8_t *wgt = (const int8_t *)l1->data[NPU_MEM_WGT] + insn->wgt;
    for (uint32_t o = 0; o < npu_round_lanes(insn->c); o += 16) {
        dw_half_t half;
        dw_weights(insn, wgt + (size_t)(o / NPU_LANES) * taps * NPU_LANES + o % NPU_LANES, &half);
        for (uint32_t y = 0; y < insn->h; y++)
            for (uint32_t x = 0; x < insn->w; x++)
                dw_pixel(insn, l1, &half, y, x, o);
    }
}

/* ---- requantize ---------------------------------------------------------------------------------
 */

/* 8 lanes of per-channel parameters, and what follows from them alone. */
typedef struct {
    __m256i bias, mult, mult_odd, left, right, mask, half;
    __m256i total_even, total_odd, round_even, round_odd; /* single rounding: 64-bit lanes */
} lanes_t;

static __m256i load(const int32_t *words)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)words);
}

static lanes_t lanes_read(const npu_block_t *params, uint32_t at)
{
    const __m256i zero = _mm256_setzero_si256(), one = _mm256_set1_epi32(1);
    const __m256i one64 = _mm256_set1_epi64x(1);
    lanes_t l;
    __m256i shift = load(params->shift + at);
    l.bias = load(params->bias + at);
    l.mult = load(params->mult + at);
    l.mult_odd = _mm256_srli_epi64(l.mult, 32);
    l.left = _mm256_max_epi32(shift, zero);
    l.right = _mm256_max_epi32(_mm256_sub_epi32(zero, shift), zero);
    l.mask = _mm256_sub_epi32(_mm256_sllv_epi32(one, l.right), one);
    l.half = _mm256_srai_epi32(l.mask, 1);
    __m256i total = _mm256_sub_epi32(_mm256_set1_epi32(31), shift);
    l.total_even = _mm256_and_si256(total, _mm256_set1_epi64x(0xffffffff));
    l.total_odd = _mm256_srli_epi64(total, 32);
    l.round_even = _mm256_sllv_epi64(one64, _mm256_sub_epi64(l.total_even, one64));
    l.round_odd = _mm256_sllv_epi64(one64, _mm256_sub_epi64(l.total_odd, one64));
    return l;
}

/* npu_requant_double. With mult >= 0, npu_high_mul is (x * mult + 2^30) >> 31 for either sign. */
static __m256i requant_double(__m256i x, const lanes_t *l)
{
    const __m256i nudge = _mm256_set1_epi64x(INT64_C(1) << 30);
    x = _mm256_sllv_epi32(x, l->left);
    __m256i even = _mm256_add_epi64(_mm256_mul_epi32(x, l->mult), nudge);
    __m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(x, 32), l->mult_odd);
    odd = _mm256_add_epi64(odd, nudge);
    __m256i h = _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xaa);
    __m256i rest = _mm256_and_si256(h, l->mask);
    __m256i threshold = _mm256_add_epi32(l->half, _mm256_srli_epi32(h, 31));
    /* a comparison gives -1 */
    return _mm256_sub_epi32(_mm256_srav_epi32(h, l->right), _mm256_cmpgt_epi32(rest, threshold));
}

/* Arithmetic shift of 64-bit lanes: as unsigned with an offset, which is taken off again. */
static __m256i srav64(__m256i x, __m256i count)
{
    const __m256i sign = _mm256_set1_epi64x(INT64_MIN);
    return _mm256_sub_epi64(_mm256_srlv_epi64(_mm256_xor_si256(x, sign), count),
                            _mm256_srlv_epi64(sign, count));
}

static __m256i requant_single(__m256i x, const lanes_t *l)
{
    __m256i even = _mm256_add_epi64(_mm256_mul_epi32(x, l->mult), l->round_even);
    __m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(x, 32), l->mult_odd);
    odd = _mm256_add_epi64(odd, l->round_odd);
    even = srav64(even, l->total_even);
    odd = srav64(odd, l->total_odd);
    return _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa);
}

/* 8 codes as the low bytes of 8 lanes. */
static void requant8(const npu_insn_t *insn, const lanes_t *l, const int32_t *acc, int8_t *out)
{
    __m256i x = _mm256_add_epi32(load(acc), l->bias);
    bool single = (insn->flags & NPU_FLAG_SINGLE) != 0;
    __m256i q = single ? requant_single(x, l) : requant_double(x, l);
    q = _mm256_add_epi32(q, _mm256_set1_epi32(insn->out_zp));
    q = _mm256_max_epi32(q, _mm256_set1_epi32(insn->out_min));
    q = _mm256_min_epi32(q, _mm256_set1_epi32(insn->out_max));
    __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(q), _mm256_extracti128_si256(q, 1));
    int64_t bytes = _mm_cvtsi128_si64(_mm_packs_epi16(words, words));
    memcpy(out, &bytes, 8);
}

/* 1..7 lanes of a last, partial group. */
static void requant_rest(const npu_insn_t *insn, const lanes_t *l, const int32_t *acc, int8_t *out,
                         uint32_t lanes)
{
    int32_t in[8] = {0};
    int8_t codes[8];
    memcpy(in, acc, 4 * (size_t)lanes);
    requant8(insn, l, in, codes);
    memcpy(out, codes, lanes);
}

void npu_requant_avx2(const npu_insn_t *insn, const npu_l1_t *l1)
{
    for (uint32_t first = 0; first < insn->c; first += 8) {
        npu_block_t params;
        npu_block_read(insn, l1, first / NPU_LANES, &params);
        lanes_t l = lanes_read(&params, first % NPU_LANES);
        for (uint32_t y = 0; y < insn->h; y++)
            for (uint32_t x = 0; x < insn->w; x++) {
                const int32_t *acc = npu_acc_at(l1, &insn->src, y, x) + first;
                int8_t *out = npu_act_at(l1, &insn->dst, y, x) + first;
                if (insn->c - first >= 8)
                    requant8(insn, &l, acc, out);
                else
                    requant_rest(insn, &l, acc, out, insn->c - first);
            }
    }
}
