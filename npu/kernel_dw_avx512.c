/*
 * kernel_dw_avx512.c - DWCONV with AVX-512 VNNI: vpdpbusd takes 4 taps of 16 channels.
 *
 * With u = x + 128, which vpdpbusd wants unsigned, and zu = in_zp + 128,
 *     sum (x - xz)(w - wz) = sum u w  +  sum u (-wz)  -  zu sum (w - wz)
 * where the last is the sums' first value, and the second a product with constant weights.
 */
#include <immintrin.h>

#define DEPTH_TAPS 4u
#include "npu/kernel_depth.h"

typedef struct {
    __m512i base[2];
    __m512i wgt[MOST_PACKS][2];
    __m512i minus_wz[MOST_PACKS][2]; /* of a kernel row */
    depth_t depth;
} dw_t;

/* ---- packs --------------------------------------------------------------------------------------
 */

/* Each quarter of a line has 4 channels of 0..15, then 4 of 16..31. */
static inline __m512i line_of(__m256i bytes)
{
    const __m512i order = _mm512_setr_epi32(0, 4, 0, 4, 1, 5, 1, 5, 2, 6, 2, 6, 3, 7, 3, 7);
    return _mm512_permutexvar_epi32(order, _mm512_castsi256_si512(bytes));
}

static inline void pack_of(__m512i a, __m512i b, __m512i c, __m512i d, __m512i pack[2])
{
    __m512i ab = _mm512_unpacklo_epi8(a, b), cd = _mm512_unpacklo_epi8(c, d);
    pack[0] = _mm512_unpacklo_epi16(ab, cd);
    pack[1] = _mm512_unpackhi_epi16(ab, cd);
}

static __mmask32 first_lanes(uint32_t n)
{
    return n >= NPU_LANES ? UINT32_MAX : (UINT32_C(1) << n) - 1;
}

static void depth_lines(const depth_t *d, const int8_t *src, uint32_t n, uint8_t *out)
{
    const __m512i flip = _mm512_set1_epi8((char)0x80);
    const __m256i spread = _mm256_loadu_si256((const __m256i *)(const void *)d->spread);
    const __mmask32 there = first_lanes(d->bytes);
    const size_t pix = d->insn->src.pix;
    if (d->insn->in_c == d->insn->c)
        for (; n > 0; n--, src += pix, out += LINE_BYTES) {
            __m512i line = line_of(_mm256_maskz_loadu_epi8(there, src));
            _mm512_store_si512(out, _mm512_xor_si512(line, flip));
        }
    for (; n > 0; n--, src += pix, out += LINE_BYTES) {
        __m256i few = _mm256_broadcastsi128_si256(_mm_maskz_loadu_epi8((__mmask16)there, src));
        __m512i line = line_of(_mm256_shuffle_epi8(few, spread));
        _mm512_store_si512(out, _mm512_xor_si512(line, flip));
    }
}

static void depth_outside(const depth_t *d, uint32_t n, uint8_t *out)
{
    for (uint32_t i = 0; i < n; i++)
        _mm512_store_si512(out + (size_t)i * LINE_BYTES,
                           _mm512_set1_epi8((char)(d->insn->in_zp + 128)));
}

static void depth_packs(const uint8_t *line, size_t step, size_t tap, uint32_t n, uint8_t *out,
                        size_t out_step)
{
    for (; n > 0; n--, line += step, out += out_step) {
        __m512i pack[2];
        pack_of(_mm512_load_si512(line), _mm512_load_si512(line + tap),
                _mm512_load_si512(line + 2 * tap), _mm512_load_si512(line + 3 * tap), pack);
        _mm512_store_si512(out, pack[0]);
        _mm512_store_si512(out + 64, pack[1]);
    }
}

/* ---- weights ------------------------------------------------------------------------------------
 */

/* Lines of 4 taps of a kernel row from kx on: the weights, or `value` for each of them. */
static void weight_pack(const depth_t *d, uint32_t ky, uint32_t kx, const int8_t *value,
                        __m512i pack[2])
{
    const __mmask32 real = first_lanes(d->lanes);
    __m512i line[4];
    for (uint32_t i = 0; i < 4; i++) {
        __m256i bytes = _mm256_setzero_si256();
        if (kx + i < d->insn->k_w && value != NULL)
            bytes = _mm256_maskz_set1_epi8(real, *value);
        else if (kx + i < d->insn->k_w)
            bytes = _mm256_maskz_loadu_epi8(real, depth_weights(d, ky * d->insn->k_w + kx + i));
        line[i] = line_of(bytes);
    }
    pack_of(line[0], line[1], line[2], line[3], pack);
}

static void block_weights(dw_t *w)
{
    const depth_t *d = &w->depth;
    const __m512i ones = _mm512_set1_epi8(1), zu = _mm512_set1_epi32(d->insn->in_zp + 128);
    const int8_t minus_wz = (int8_t)-d->insn->wgt_zp;
    __m512i sum[2] = {_mm512_setzero_si512(), _mm512_setzero_si512()};
    for (uint32_t p = 0; p < d->packs; p++)
        weight_pack(d, 0, 4 * p, &minus_wz, w->minus_wz[p]);
    for (uint32_t t = 0; t < d->insn->k_h * d->packs; t++) {
        const uint32_t p = t % d->packs;
        weight_pack(d, t / d->packs, 4 * p, NULL, w->wgt[t]);
        for (uint32_t half = 0; half < 2; half++) {
            sum[half] = _mm512_dpbusd_epi32(sum[half], ones, w->wgt[t][half]);
            sum[half] = _mm512_dpbusd_epi32(sum[half], ones, w->minus_wz[p][half]);
        }
    }
    for (uint32_t half = 0; half < 2; half++)
        w->base[half] = _mm512_sub_epi32(_mm512_setzero_si512(), _mm512_mullo_epi32(sum[half], zu));
}

/* ---- sums ---------------------------------------------------------------------------------------
 */

/* All results of a strip's row; row: of the ring, for each ky. Where the last three are constants
 * the weights stay in registers. */
static inline void run(const dw_t *w, const uint8_t *const *row, int32_t *restrict acc,
                       const uint32_t k_h, const uint32_t packs, const bool minus)
{
    const size_t acc_pix = w->depth.insn->dst.pix / 4, step = packs * PACK_BYTES;
    const bool add = (w->depth.insn->flags & NPU_FLAG_ACCUMULATE) != 0;
    const size_t end = w->depth.cols * step;
    for (size_t at = 0; at < end; at += step, acc += acc_pix) {
        __m512i low = w->base[0], high = w->base[1];
        for (uint32_t ky = 0; ky < k_h; ky++)
            for (uint32_t p = 0; p < packs; p++) {
                const uint8_t *u = row[ky] + at + p * PACK_BYTES;
                const __m512i u0 = _mm512_load_si512(u), u1 = _mm512_load_si512(u + 64);
                low = _mm512_dpbusd_epi32(low, u0, w->wgt[ky * packs + p][0]);
                high = _mm512_dpbusd_epi32(high, u1, w->wgt[ky * packs + p][1]);
                if (minus) {
                    low = _mm512_dpbusd_epi32(low, u0, w->minus_wz[p][0]);
                    high = _mm512_dpbusd_epi32(high, u1, w->minus_wz[p][1]);
                }
            }
        if (add) {
            low = _mm512_add_epi32(low, _mm512_loadu_si512(acc));
            high = _mm512_add_epi32(high, _mm512_loadu_si512(acc + 16));
        }
        _mm512_storeu_si512(acc, low);
        _mm512_storeu_si512(acc + 16, high);
    }
}

static void strip_row(dw_t *w, uint32_t y)
{
    depth_t *d = &w->depth;
    const npu_insn_t *i = d->insn;
    const uint8_t *row[MOST_PACKS];
    depth_rows(d, y, row);
    int32_t *acc = npu_acc_at(d->l1, &i->dst, y, d->x) + d->first;
    if (i->k_h == 3 && d->packs == 1 && i->wgt_zp != 0)
        run(w, row, acc, 3, 1, true);
    else if (i->k_h == 3 && d->packs == 1)
        run(w, row, acc, 3, 1, false);
    else
        run(w, row, acc, i->k_h, d->packs, i->wgt_zp != 0);
}

void npu_dwconv_avx512(const npu_insn_t *insn, const npu_l1_t *l1)
{
    dw_t w;
    depth_t *d = &w.depth;
    if (insn->wgt_zp != -128 && npu_dwconv3_avx512(insn, l1)) /* 128 is no signed byte */
        return;
    if (insn->wgt_zp == -128 || !depth_begin(d, insn, l1)) {
        npu_dwconv_avx2(insn, l1);
        return;
    }
    for (uint32_t first = 0; first < insn->c; first += NPU_LANES) {
        depth_block(d, first);
        block_weights(&w);
        for (uint32_t x = 0; x < insn->w; x += d->width) {
            depth_strip(d, x);
            for (uint32_t y = 0; y < insn->h; y++)
                strip_row(&w, y);
        }
    }
}
