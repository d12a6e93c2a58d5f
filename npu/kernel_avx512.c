/*
 * kernel_avx512.c - CONV with VNNI, DWCONV and REQUANT with AVX-512.
 *
 * CONV packs the taps of up to 12 result pixels side by side (im2col, a piece of the sum at a
 * time), then runs each block of 32 output channels over the pack. vpdpbusd wants one operand
 * unsigned: that is the weight, w + 128, so with zw = wgt_zp + 128
 *     sum (x - xz)(w - wz) = sum x (w + 128)  -  zw sum x  -  xz sum (w - wz)
 * and a tap outside the source is packed as xz, which makes its terms cancel.
 */
#include <immintrin.h>

#include "npu/kernel_int.h"

#define PACK_PIXELS 12
#define PACK_GROUPS 1024 /* groups of 4 input channels, all taps of the piece together */
#define BATCH 32         /* blocks of 32 output channels that share a pack's correction sums */

typedef struct {
    _Alignas(64) int8_t x[PACK_GROUPS * PACK_PIXELS * 4 + 64]; /* [tap][group][pixel][4] */
    _Alignas(64) int32_t sum_x[16];
    _Alignas(64) int32_t sum_w[BATCH][NPU_LANES];
    int32_t *acc[PACK_PIXELS];
    uint32_t pixels; /* that are real */
    uint32_t width;  /* packed: 1, 2, 4, 8 or 12 */
} pack_t;

static uint32_t pack_width(uint32_t pixels)
{
    return pixels > 8 ? 12 : pixels > 4 ? 8 : pixels > 2 ? 4 : pixels;
}

/* 1..3 bytes, the others 0. */
static uint32_t few_bytes(const int8_t *src, uint32_t n)
{
    uint32_t value = (uint8_t)src[0];
    if (n > 1)
        value |= (uint32_t)(uint8_t)src[1] << 8;
    if (n > 2)
        value |= (uint32_t)(uint8_t)src[2] << 16;
    return value;
}

/* Copies one tap of one pixel into its column of the pack, 4 bytes a group. src NULL: outside. */
static void pack_column(const npu_insn_t *insn, const int8_t *src, const npu_piece_t *piece,
                        int8_t *column, size_t stride)
{
    const uint32_t whole = piece->channels / 4, rest = piece->channels % 4;
    const uint32_t fill = (uint8_t)insn->in_zp * UINT32_C(0x01010101);
    for (uint32_t g = 0; g < whole; g++)
        memcpy(column + g * stride,
               src != NULL ? (const void *)(src + piece->first_ic + 4 * (size_t)g) : &fill, 4);
    if (rest == 0)
        return;
    uint32_t last = fill >> (8 * (4 - rest));
    if (src != NULL)
        last = few_bytes(src + piece->first_ic + 4 * (size_t)whole, rest);
    memcpy(column + whole * stride, &last, 4);
}

/* Sum over the piece of each packed pixel's codes. */
static void pack_sums(pack_t *pack, uint32_t groups)
{
    const __m512i ones = _mm512_set1_epi8(1);
    __m512i sum = _mm512_setzero_si512();
    for (uint32_t g = 0; g < groups; g++)
        sum = _mm512_dpbusd_epi32(sum, ones,
                                  _mm512_loadu_si512(pack->x + (size_t)g * pack->width * 4));
    _mm512_store_si512(pack->sum_x, sum);
}

static void pack_pixels(const npu_insn_t *insn, const npu_l1_t *l1, const npu_piece_t *piece,
                        uint32_t first, pack_t *pack)
{
    uint32_t all = insn->h * insn->w;
    pack->pixels = all - first < PACK_PIXELS ? all - first : PACK_PIXELS;
    pack->width = pack_width(pack->pixels);
    size_t stride = (size_t)pack->width * 4;
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
    pack_sums(pack, piece->taps * piece->groups);
}

/* First weight byte of a piece for one block of output channels. */
static const int8_t *piece_weights(const npu_insn_t *insn, const npu_l1_t *l1,
                                   const npu_piece_t *piece, uint32_t block, size_t *tap_bytes)
{
    *tap_bytes = (size_t)npu_round_lanes(insn->in_c) * NPU_LANES;
    size_t tap = (size_t)block * insn->k_h * insn->k_w + piece->first_tap;
    return (const int8_t *)l1->data[NPU_MEM_WGT] + insn->wgt + tap * *tap_bytes +
           (size_t)piece->first_ic * NPU_LANES;
}

/* sum (w - wz) over the piece, per lane. */
static void weight_sums(const npu_insn_t *insn, const npu_l1_t *l1, const npu_piece_t *piece,
                        uint32_t block, int32_t sum[NPU_LANES])
{
    const __m512i flip = _mm512_set1_epi8((char)0x80);
    size_t tap_bytes;
    const int8_t *wgt = piece_weights(insn, l1, piece, block, &tap_bytes);
    __m512i low = _mm512_setzero_si512(), high = low;
    uint32_t rest = piece->channels % 4;
    for (uint32_t t = 0; t < piece->taps; t++)
        for (uint32_t g = 0; g < piece->groups; g++) {
            const int8_t *w = wgt + t * tap_bytes + (size_t)g * 128;
            bool cut = rest != 0 && g + 1 == piece->groups;
            uint32_t which = cut ? UINT32_C(0x01010101) >> (8 * (4 - rest)) : 0x01010101;
            __m512i ones = _mm512_set1_epi32((int)which);
            low = _mm512_dpbusd_epi32(low, _mm512_xor_si512(_mm512_loadu_si512(w), flip), ones);
            high =
                _mm512_dpbusd_epi32(high, _mm512_xor_si512(_mm512_loadu_si512(w + 64), flip), ones);
        }
    int32_t bias = (int32_t)(piece->taps * piece->channels) * (insn->wgt_zp + 128);
    _mm512_store_si512(sum, _mm512_sub_epi32(low, _mm512_set1_epi32(bias)));
    _mm512_store_si512(sum + 16, _mm512_sub_epi32(high, _mm512_set1_epi32(bias)));
}

/* One pixel's block of raw sums goes to ACC with the corrections. */
static inline void put_pixel(const npu_insn_t *insn, uint32_t block, int32_t *acc,
                             const __m512i sum[2], int32_t sum_x, const int32_t sum_w[NPU_LANES],
                             bool add)
{
    const __m512i xz = _mm512_set1_epi32(insn->in_zp);
    uint32_t lanes = insn->c - block * NPU_LANES;
    uint32_t real = lanes >= 32 ? UINT32_MAX : (UINT32_C(1) << lanes) - 1;
    __m512i sx = _mm512_set1_epi32((int32_t)((uint32_t)sum_x * (uint32_t)(insn->wgt_zp + 128)));
    __m512i sw0 = _mm512_mullo_epi32(xz, _mm512_load_si512(sum_w));
    __m512i sw1 = _mm512_mullo_epi32(xz, _mm512_load_si512(sum_w + 16));
    __m512i r0 = _mm512_sub_epi32(sum[0], _mm512_add_epi32(sx, sw0));
    __m512i r1 = _mm512_sub_epi32(sum[1], _mm512_add_epi32(sx, sw1));
    r0 = _mm512_maskz_mov_epi32((__mmask16)real, r0);
    r1 = _mm512_maskz_mov_epi32((__mmask16)(real >> 16), r1);
    acc += (size_t)block * NPU_LANES;
    if (add) {
        r0 = _mm512_add_epi32(r0, _mm512_loadu_si512(acc));
        r1 = _mm512_add_epi32(r1, _mm512_loadu_si512(acc + 16));
    }
    _mm512_storeu_si512(acc, r0);
    _mm512_storeu_si512(acc + 16, r1);
}

/* One block of output channels over a pack of `width` pixels; width is a constant at each call. */
static inline void block_run(const npu_insn_t *insn, const npu_l1_t *l1, const npu_piece_t *piece,
                             const pack_t *pack, uint32_t block, uint32_t batch_block, bool add,
                             const uint32_t width)
{
    const __m512i flip = _mm512_set1_epi8((char)0x80);
    __m512i low[PACK_PIXELS], high[PACK_PIXELS];
    for (uint32_t p = 0; p < width; p++)
        low[p] = high[p] = _mm512_setzero_si512();

    size_t tap_bytes;
    const int8_t *tap = piece_weights(insn, l1, piece, block, &tap_bytes);
    const int8_t *x = pack->x;
    for (uint32_t t = 0; t < piece->taps; t++, tap += tap_bytes) {
        const int8_t *w = tap;
        for (uint32_t g = 0; g < piece->groups; g++, w += 128, x += (size_t)width * 4) {
            __m512i w0 = _mm512_xor_si512(_mm512_loadu_si512(w), flip);
            __m512i w1 = _mm512_xor_si512(_mm512_loadu_si512(w + 64), flip);
            for (uint32_t p = 0; p < width; p++) {
                int32_t four;
                memcpy(&four, x + 4 * (size_t)p, 4);
                __m512i v = _mm512_set1_epi32(four);
                low[p] = _mm512_dpbusd_epi32(low[p], w0, v);
                high[p] = _mm512_dpbusd_epi32(high[p], w1, v);
            }
        }
    }

    /* the copies let the compiler keep the sums in registers up to here */
    __m512i sum[PACK_PIXELS][2];
    for (uint32_t p = 0; p < width; p++) {
        sum[p][0] = low[p];
        sum[p][1] = high[p];
    }
    for (uint32_t p = 0; p < width && p < pack->pixels; p++)
        put_pixel(insn, block, pack->acc[p], sum[p], pack->sum_x[p], pack->sum_w[batch_block], add);
}

static void block_dispatch(const npu_insn_t *insn, const npu_l1_t *l1, const npu_piece_t *piece,
                           const pack_t *pack, uint32_t block, uint32_t batch_block, bool add)
{
    switch (pack->width) {
    case 12:
        block_run(insn, l1, piece, pack, block, batch_block, add, 12);
        break;
    case 8:
        block_run(insn, l1, piece, pack, block, batch_block, add, 8);
        break;
    case 4:
        block_run(insn, l1, piece, pack, block, batch_block, add, 4);
        break;
    case 2:
        block_run(insn, l1, piece, pack, block, batch_block, add, 2);
        break;
    default:
        block_run(insn, l1, piece, pack, block, batch_block, add, 1);
        break;
    }
}

static void conv_piece(const npu_insn_t *insn, const npu_l1_t *l1, const npu_piece_t *piece,
                       bool add, void *ctx)
{
    pack_t *pack = ctx;
    uint32_t all = npu_round_lanes(insn->c) / NPU_LANES;
    for (uint32_t first = 0; first < all; first += BATCH) {
        uint32_t blocks = all - first < BATCH ? all - first : BATCH;
        for (uint32_t b = 0; b < blocks; b++)
            weight_sums(insn, l1, piece, first + b, pack->sum_w[b]);
        for (uint32_t pixel = 0; pixel < insn->h * insn->w; pixel += PACK_PIXELS) {
            pack_pixels(insn, l1, piece, pixel, pack);
            for (uint32_t b = 0; b < blocks; b++)
                block_dispatch(insn, l1, piece, pack, first + b, b, add);
        }
    }
}

/* ---- 1 x 1 without packing: pixels at equal distances, read where they stand
 * ------------------------ */

static bool is_direct(const npu_insn_t *insn)
{
    bool one = insn->k_h == 1 && insn->k_w == 1 && insn->stride_h == 1 && insn->stride_w == 1;
    bool inside =
        insn->pad_top == 0 && insn->pad_left == 0 && insn->h <= insn->in_h && insn->w <= insn->in_w;
    bool even = insn->h == 1 || insn->src.row == insn->w * insn->src.pix;
    return one && inside && even && insn->in_c % 4 == 0 && insn->in_c <= PACK_GROUPS * 4;
}

/* Sum of a pixel's channels. */
static int32_t pixel_sum(const int8_t *x, uint32_t channels)
{
    const __m512i ones = _mm512_set1_epi8(1);
    __m512i sum = _mm512_setzero_si512();
    for (uint32_t c = 0; c < channels; c += 64) {
        uint64_t mask = channels - c >= 64 ? UINT64_MAX : (UINT64_C(1) << (channels - c)) - 1;
        sum = _mm512_dpbusd_epi32(sum, ones, _mm512_maskz_loadu_epi8(mask, x + c));
    }
    return _mm512_reduce_add_epi32(sum);
}

/* One block over `width` pixels from x on, a constant at each call; acc: of the same pixels. */
static inline void direct_run(const npu_insn_t *insn, const int8_t *w, const int8_t *x,
                              int32_t *const *acc, const int32_t *sum_x, const int32_t *sum_w,
                              uint32_t block, const uint32_t width)
{
    const __m512i flip = _mm512_set1_epi8((char)0x80);
    const size_t pix = insn->src.pix;
    __m512i low[PACK_PIXELS], high[PACK_PIXELS];
    for (uint32_t p = 0; p < width; p++)
        low[p] = high[p] = _mm512_setzero_si512();
    /* one address for every three pixels: base, base + pix, base + 2 pix need no more registers */
    const int8_t *const base[4] = {x, x + 3 * pix, x + 6 * pix, x + 9 * pix};
    for (uint32_t g = 0; g < insn->in_c / 4; g++, w += 128) {
        __m512i w0 = _mm512_xor_si512(_mm512_loadu_si512(w), flip);
        __m512i w1 = _mm512_xor_si512(_mm512_loadu_si512(w + 64), flip);
        for (uint32_t p = 0; p < width; p++) {
            int32_t four;
            memcpy(&four, base[p / 3] + (p % 3) * pix + 4 * (size_t)g, 4);
            __m512i v = _mm512_set1_epi32(four);
            low[p] = _mm512_dpbusd_epi32(low[p], w0, v);
            high[p] = _mm512_dpbusd_epi32(high[p], w1, v);
        }
    }
    bool add = (insn->flags & NPU_FLAG_ACCUMULATE) != 0;
    __m512i sum[PACK_PIXELS][2]; /* as in block_run */
    for (uint32_t p = 0; p < width; p++) {
        sum[p][0] = low[p];
        sum[p][1] = high[p];
    }
    for (uint32_t p = 0; p < width; p++)
        put_pixel(insn, block, acc[p], sum[p], sum_x[p], sum_w, add);
}

/* Up to 12 pixels from `first` on; returns how many. */
static uint32_t direct_pixels(const npu_insn_t *insn, const npu_l1_t *l1, uint32_t first,
                              uint32_t first_block, uint32_t blocks, const pack_t *pack)
{
    uint32_t left = insn->h * insn->w - first;
    uint32_t width = left >= 12 ? 12 : left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    const int8_t *x = npu_act_at(l1, &insn->src, 0, 0) + (size_t)first * insn->src.pix;
    const int8_t *w = (const int8_t *)l1->data[NPU_MEM_WGT] + insn->wgt;
    const size_t block_bytes = (size_t)npu_round_lanes(insn->in_c) * NPU_LANES;
    int32_t *acc[PACK_PIXELS], sum_x[PACK_PIXELS];
    for (uint32_t p = 0; p < width; p++) {
        acc[p] = npu_acc_at(l1, &insn->dst, (first + p) / insn->w, (first + p) % insn->w);
        sum_x[p] = pixel_sum(x + (size_t)p * insn->src.pix, insn->in_c);
    }
    for (uint32_t b = 0; b < blocks; b++) {
        uint32_t block = first_block + b;
        const int8_t *wb = w + block * block_bytes;
        const int32_t *sum_w = pack->sum_w[b];
        if (width == 12)
            direct_run(insn, wb, x, acc, sum_x, sum_w, block, 12);
        else if (width == 8)
            direct_run(insn, wb, x, acc, sum_x, sum_w, block, 8);
        else if (width == 4)
            direct_run(insn, wb, x, acc, sum_x, sum_w, block, 4);
        else if (width == 2)
            direct_run(insn, wb, x, acc, sum_x, sum_w, block, 2);
        else
            direct_run(insn, wb, x, acc, sum_x, sum_w, block, 1);
    }
    return width;
}

static void conv_direct(const npu_insn_t *insn, const npu_l1_t *l1, pack_t *pack)
{
    const npu_piece_t all_of_it = {0, 1, 0, insn->in_c, insn->in_c / 4};
    uint32_t all = npu_round_lanes(insn->c) / NPU_LANES, pixels = insn->h * insn->w;
    for (uint32_t first = 0; first < all; first += BATCH) {
        uint32_t blocks = all - first < BATCH ? all - first : BATCH;
        for (uint32_t b = 0; b < blocks; b++)
            weight_sums(insn, l1, &all_of_it, first + b, pack->sum_w[b]);
        for (uint32_t pixel = 0; pixel < pixels;)
            pixel += direct_pixels(insn, l1, pixel, first, blocks, pack);
    }
}

void npu_conv_avx512(const npu_insn_t *insn, const npu_l1_t *l1)
{
    pack_t pack;
    if (is_direct(insn))
        conv_direct(insn, l1, &pack);
    else
        npu_pieces(insn, l1, PACK_GROUPS, conv_piece, &pack);
}

/* ---- depthwise: 32 channels of a pixel at a time, two taps a multiply-add
 * --------------------------- */

typedef struct {
    __m512i low[NPU_DW_TAPS / 2], high[NPU_DW_TAPS / 2]; /* weights - wz of two taps, interleaved */
    __m512i sub_low, sub_high;                           /* xz * sum (w - wz) in the same order */
} dw_block_t;

static __m512i widen(const int8_t *bytes, __mmask32 lanes)
{
    return _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8(lanes, bytes));
}

static void dw_weights(const npu_insn_t *insn, const int8_t *wgt, dw_block_t *block)
{
    const uint32_t taps = insn->k_h * insn->k_w;
    const __m512i wz = _mm512_set1_epi16((int16_t)insn->wgt_zp);
    const __m512i xz =
        _mm512_set1_epi32((int)((uint32_t)insn->in_zp << 16 | ((uint32_t)insn->in_zp & 0xffff)));
    block->sub_low = block->sub_high = _mm512_setzero_si512();
    for (uint32_t t = 0; t < taps; t += 2) {
        __m512i a = _mm512_sub_epi16(widen(wgt + (size_t)t * NPU_LANES, UINT32_MAX), wz);
        __m512i b = _mm512_setzero_si512();
        if (t + 1 < taps)
            b = _mm512_sub_epi16(widen(wgt + (size_t)(t + 1) * NPU_LANES, UINT32_MAX), wz);
        block->low[t / 2] = _mm512_unpacklo_epi16(a, b);
        block->high[t / 2] = _mm512_unpackhi_epi16(a, b);
        block->sub_low = _mm512_add_epi32(block->sub_low, _mm512_madd_epi16(block->low[t / 2], xz));
        block->sub_high =
            _mm512_add_epi32(block->sub_high, _mm512_madd_epi16(block->high[t / 2], xz));
    }
}

/* unpacklo, unpackhi work in quarters of 128 bits: this puts 16 channels each back in order. */
static void dw_store(const npu_insn_t *insn, int32_t *acc, __m512i low, __m512i high, uint32_t real)
{
    const __m512i first = _mm512_setr_epi32(0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
    const __m512i second =
        _mm512_setr_epi32(8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
    __m512i r0 = _mm512_permutex2var_epi32(low, first, high);
    __m512i r1 = _mm512_permutex2var_epi32(low, second, high);
    r0 = _mm512_maskz_mov_epi32((__mmask16)real, r0);
    r1 = _mm512_maskz_mov_epi32((__mmask16)(real >> 16), r1);
    if ((insn->flags & NPU_FLAG_ACCUMULATE) != 0) {
        r0 = _mm512_add_epi32(r0, _mm512_loadu_si512(acc));
        r1 = _mm512_add_epi32(r1, _mm512_loadu_si512(acc + 16));
    }
    _mm512_storeu_si512(acc, r0);
    _mm512_storeu_si512(acc + 16, r1);
}

/* Where each tap of a pixel stands; outside the source, a block of zero points. */
static void dw_taps(const npu_insn_t *insn, const npu_l1_t *l1, uint32_t y, uint32_t x,
                    const int8_t *outside, uint32_t first, const int8_t *tap[NPU_DW_TAPS])
{
    uint32_t t = 0;
    for (uint32_t ky = 0; ky < insn->k_h; ky++)
        for (uint32_t kx = 0; kx < insn->k_w; kx++) {
            const int8_t *src = npu_tap_at(insn, l1, y, x, ky, kx);
            tap[t++] = src != NULL ? src + first : outside;
        }
    tap[t] = outside; /* meets weight 0 when the number of taps is odd */
}

/* Whether all taps of a pixel lie inside the source. */
static bool dw_inside(const npu_insn_t *insn, uint32_t y, uint32_t x)
{
    uint32_t top = y * insn->stride_h, left = x * insn->stride_w;
    return top >= insn->pad_top && left >= insn->pad_left &&
           top - insn->pad_top + (insn->k_h - 1) * insn->dil_h < insn->in_h &&
           left - insn->pad_left + (insn->k_w - 1) * insn->dil_w < insn->in_w;
}

static inline void dw_pixel(const npu_insn_t *insn, const dw_block_t *block, const int8_t **tap,
                            int32_t *acc, uint32_t real)
{
    __m512i low = _mm512_setzero_si512(), high = low;
    const uint32_t taps = insn->k_h * insn->k_w;
    for (uint32_t t = 0; t < taps; t += 2) {
        __m512i a = widen(tap[t], real), b = widen(tap[t + 1], real);
        low = _mm512_add_epi32(low,
                               _mm512_madd_epi16(_mm512_unpacklo_epi16(a, b), block->low[t / 2]));
        high = _mm512_add_epi32(high,
                                _mm512_madd_epi16(_mm512_unpackhi_epi16(a, b), block->high[t / 2]));
    }
    dw_store(insn, acc, _mm512_sub_epi32(low, block->sub_low),
             _mm512_sub_epi32(high, block->sub_high), real);
}

static void dw_block(const npu_insn_t *insn, const npu_l1_t *l1, uint32_t first)
{
    const uint32_t taps = insn->k_h * insn->k_w, lanes = insn->c - first;
    const uint32_t real = lanes >= NPU_LANES ? UINT32_MAX : (UINT32_C(1) << lanes) - 1;
    const int8_t *wgt = (const int8_t *)l1->data[NPU_MEM_WGT] + insn->wgt + (size_t)first * taps;
    const size_t step = (size_t)insn->stride_w * insn->src.pix;
    int8_t outside[NPU_LANES];
    dw_block_t block;
    memset(outside, insn->in_zp, sizeof(outside));
    dw_weights(insn, wgt, &block);
    for (uint32_t y = 0; y < insn->h; y++) {
        const int8_t *tap[NPU_DW_TAPS];
        bool before = false; /* the pixel before had all its taps inside */
        for (uint32_t x = 0; x < insn->w; x++) {
            bool inside = dw_inside(insn, y, x);
            for (uint32_t t = 0; t < taps && inside && before; t++)
                tap[t] += step;
            if (!inside || !before)
                dw_taps(insn, l1, y, x, outside, first, tap);
            before = inside;
            dw_pixel(insn, &block, tap, npu_acc_at(l1, &insn->dst, y, x) + first, real);
        }
    }
}

void npu_dwconv_avx512(const npu_insn_t *insn, const npu_l1_t *l1)
{
    if (insn->in_c != insn->c || insn->k_h * insn->k_w >= NPU_DW_TAPS) {
        npu_dwconv_scalar(insn, l1);
        return;
    }
    for (uint32_t first = 0; first < insn->c; first += NPU_LANES)
        dw_block(insn, l1, first);
}

/* ---- requantize ---------------------------------------------------------------------------------
 */

/* 16 lanes of per-channel parameters, and what follows from them alone. */
typedef struct {
    __m512i bias, mult, mult_odd, left, right, mask, half;
    __m512i total_even, total_odd, round_even, round_odd; /* single rounding: 64-bit lanes */
    bool shifts_left;
} lanes_t;

static lanes_t lanes_read(const npu_block_t *params, uint32_t at)
{
    const __m512i zero = _mm512_setzero_si512(), one = _mm512_set1_epi32(1);
    lanes_t l;
    __m512i shift = _mm512_loadu_si512(params->shift + at);
    l.bias = _mm512_loadu_si512(params->bias + at);
    l.mult = _mm512_loadu_si512(params->mult + at);
    l.mult_odd = _mm512_srli_epi64(l.mult, 32);
    l.left = _mm512_max_epi32(shift, zero);
    l.right = _mm512_max_epi32(_mm512_sub_epi32(zero, shift), zero);
    l.mask = _mm512_sub_epi32(_mm512_sllv_epi32(one, l.right), one);
    l.half = _mm512_srai_epi32(l.mask, 1);
    l.shifts_left = _mm512_test_epi32_mask(l.left, l.left) != 0;
    __m512i total = _mm512_sub_epi32(_mm512_set1_epi32(31), shift);
    l.total_even = _mm512_and_si512(total, _mm512_set1_epi64(0xffffffff));
    l.total_odd = _mm512_srli_epi64(total, 32);
    const __m512i one64 = _mm512_set1_epi64(1);
    l.round_even = _mm512_sllv_epi64(one64, _mm512_sub_epi64(l.total_even, one64));
    l.round_odd = _mm512_sllv_epi64(one64, _mm512_sub_epi64(l.total_odd, one64));
    return l;
}

/* npu_requant_double. With mult >= 0, npu_high_mul is (x * mult + 2^30) >> 31 for either sign. */
static inline __m512i requant_double(__m512i x, const lanes_t *l)
{
    const __m512i nudge = _mm512_set1_epi64(INT64_C(1) << 30);
    if (l->shifts_left)
        x = _mm512_sllv_epi32(x, l->left);
    __m512i even = _mm512_add_epi64(_mm512_mul_epi32(x, l->mult), nudge);
    __m512i odd = _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(x, 32), l->mult_odd), nudge);
    __m512i h =
        _mm512_mask_mov_epi32(_mm512_srli_epi64(even, 31), 0xaaaa, _mm512_slli_epi64(odd, 1));
    __m512i rest = _mm512_and_si512(h, l->mask);
    __m512i threshold = _mm512_add_epi32(l->half, _mm512_srli_epi32(h, 31));
    __m512i q = _mm512_srav_epi32(h, l->right);
    return _mm512_mask_add_epi32(q, _mm512_cmpgt_epi32_mask(rest, threshold), q,
                                 _mm512_set1_epi32(1));
}

static inline __m512i requant_single(__m512i x, const lanes_t *l)
{
    __m512i even = _mm512_add_epi64(_mm512_mul_epi32(x, l->mult), l->round_even);
    __m512i odd =
        _mm512_add_epi64(_mm512_mul_epi32(_mm512_srli_epi64(x, 32), l->mult_odd), l->round_odd);
    even = _mm512_srav_epi64(even, l->total_even);
    odd = _mm512_srav_epi64(odd, l->total_odd);
    return _mm512_mask_mov_epi32(even, 0xaaaa, _mm512_slli_epi64(odd, 32));
}

static inline void requant_lanes(const npu_insn_t *insn, const lanes_t *l, bool single,
                                 const int32_t *acc, int8_t *out, __mmask16 real)
{
    __m512i x = _mm512_add_epi32(_mm512_maskz_loadu_epi32(real, acc), l->bias);
    __m512i q = single ? requant_single(x, l) : requant_double(x, l);
    q = _mm512_add_epi32(q, _mm512_set1_epi32(insn->out_zp));
    q = _mm512_max_epi32(q, _mm512_set1_epi32(insn->out_min));
    q = _mm512_min_epi32(q, _mm512_set1_epi32(insn->out_max));
    _mm512_mask_cvtepi32_storeu_epi8(out, real, q);
}

void npu_requant_avx512(const npu_insn_t *insn, const npu_l1_t *l1)
{
    const bool single = (insn->flags & NPU_FLAG_SINGLE) != 0;
    for (uint32_t first = 0; first < insn->c; first += NPU_LANES) {
        npu_block_t params;
        npu_block_read(insn, l1, first / NPU_LANES, &params);
        uint32_t lanes = insn->c - first;
        uint32_t real = lanes >= NPU_LANES ? UINT32_MAX : (UINT32_C(1) << lanes) - 1;
        lanes_t low = lanes_read(&params, 0), high = lanes_read(&params, 16);
        for (uint32_t y = 0; y < insn->h; y++)
            for (uint32_t x = 0; x < insn->w; x++) {
                const int32_t *acc = npu_acc_at(l1, &insn->src, y, x) + first;
                int8_t *out = npu_act_at(l1, &insn->dst, y, x) + first;
                requant_lanes(insn, &low, single, acc, out, (__mmask16)real);
                requant_lanes(insn, &high, single, acc + 16, out + 16, (__mmask16)(real >> 16));
            }
    }
}
