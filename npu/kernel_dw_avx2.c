/*
 * kernel_dw_avx2.c - DWCONV with AVX2: vpmaddwd takes 2 taps of 8 channels, as 16-bit numbers
 * x - in_zp and w - wgt_zp. Both are exact, no sums need correcting.
 */
#include <immintrin.h>

#define DEPTH_TAPS 2u
#include "npu/kernel_depth.h"

typedef struct {
    _Alignas(32) int16_t wgt[MOST_PACKS][PACK_BYTES / 2];
    depth_t depth;
} dw_t;

static __m256i load(const void *at)
{
    return _mm256_loadu_si256((const __m256i *)at);
}

static void store(void *at, __m256i value)
{
    _mm256_storeu_si256((__m256i *)at, value);
}

/* ---- packs --------------------------------------------------------------------------------------
 */

/* 16 channels less `minus`, fours of them in the order 0 2 1 3. */
static inline __m256i half_line(__m128i bytes, __m256i minus)
{
    return _mm256_permute4x64_epi64(_mm256_sub_epi16(_mm256_cvtepi8_epi16(bytes), minus), 0xd8);
}

static inline void put_line(uint8_t *out, __m128i low, __m128i high, __m256i minus)
{
    store(out, half_line(low, minus));
    store(out + 32, half_line(high, minus));
}

static __m128i load16(const void *at)
{
    return _mm_loadu_si128((const __m128i *)at);
}

static void depth_lines(const depth_t *d, const int8_t *src, uint32_t n, uint8_t *out)
{
    const __m256i xz = _mm256_set1_epi16((int16_t)d->insn->in_zp);
    const __m128i spread[2] = {load16(d->spread), load16(d->spread + 16)};
    const bool whole = d->bytes == NPU_LANES, same = d->insn->in_c == d->insn->c;
    for (; n > 0; n--, src += d->insn->src.pix, out += LINE_BYTES) {
        int8_t some[NPU_LANES];
        if (!whole)
            memcpy(some, src, d->bytes);
        const int8_t *from = whole ? src : some;
        if (same)
            put_line(out, load16(from), load16(from + 16), xz);
        else
            put_line(out, _mm_shuffle_epi8(load16(from), spread[0]),
                     _mm_shuffle_epi8(load16(from), spread[1]), xz);
    }
}

static void depth_outside(const depth_t *d, uint32_t n, uint8_t *out)
{
    (void)d;
    memset(out, 0, (size_t)n * LINE_BYTES);
}

/* 32 channels of two taps as pairs. */
static inline void put_pack(uint8_t *out, const uint8_t *a, const uint8_t *b)
{
    for (uint32_t half = 0; half < 2; half++) {
        __m256i x = load(a + 32 * half), y = load(b + 32 * half);
        store(out + 64 * half, _mm256_unpacklo_epi16(x, y));
        store(out + 64 * half + 32, _mm256_unpackhi_epi16(x, y));
    }
}

static void depth_packs(const uint8_t *line, size_t step, size_t tap, uint32_t n, uint8_t *out,
                        size_t out_step)
{
    for (; n > 0; n--, line += step, out += out_step)
        put_pack(out, line, line + tap);
}

/* ---- weights ------------------------------------------------------------------------------------
 */

/* The line of a tap: 0 for lanes and taps that are not there. */
static void weight_line(const depth_t *d, uint32_t ky, uint32_t kx, uint8_t *out)
{
    const __m256i wz = _mm256_set1_epi16((int16_t)d->insn->wgt_zp);
    int8_t w[NPU_LANES];
    memset(w, d->insn->wgt_zp, sizeof(w));
    if (kx < d->insn->k_w)
        memcpy(w, depth_weights(d, ky * d->insn->k_w + kx), d->lanes);
    put_line(out, load16(w), load16(w + 16), wz);
}

static void block_weights(dw_t *w)
{
    const depth_t *d = &w->depth;
    for (uint32_t t = 0; t < d->insn->k_h * d->packs; t++) {
        _Alignas(32) uint8_t a[LINE_BYTES], b[LINE_BYTES];
        weight_line(d, t / d->packs, t % d->packs * 2, a);
        weight_line(d, t / d->packs, t % d->packs * 2 + 1, b);
        put_pack((uint8_t *)w->wgt[t], a, b);
    }
}

/* ---- sums ---------------------------------------------------------------------------------------
 */

/* `count` results, 1 or 2, a constant at each call; `at` in each ring row. */
static inline void run(const dw_t *w, const uint8_t *const *row, size_t at, int32_t *acc,
                       const uint32_t count)
{
    const depth_t *d = &w->depth;
    const uint32_t packs = d->packs, k_h = d->insn->k_h;
    const size_t acc_pix = d->insn->dst.pix / 4, step = packs * PACK_BYTES;
    const bool add = (d->insn->flags & NPU_FLAG_ACCUMULATE) != 0;
    __m256i sum[2][4];
    for (uint32_t r = 0; r < count; r++)
        for (uint32_t q = 0; q < 4; q++)
            sum[r][q] = add ? load(acc + r * acc_pix + 8 * q) : _mm256_setzero_si256();
    for (uint32_t ky = 0, t = 0; ky < k_h; ky++)
        for (uint32_t p = 0; p < packs; p++, t++) {
            const uint8_t *x = row[ky] + at + p * PACK_BYTES;
            for (uint32_t q = 0; q < 4; q++) {
                const __m256i wq = load(w->wgt[t] + 16 * q);
                for (uint32_t r = 0; r < count; r++)
                    sum[r][q] = _mm256_add_epi32(
                        sum[r][q], _mm256_madd_epi16(wq, load(x + r * step + 32 * q)));
            }
        }
    for (uint32_t r = 0; r < count; r++)
        for (uint32_t q = 0; q < 4; q++)
            store(acc + r * acc_pix + 8 * q, sum[r][q]);
}

static void strip_row(dw_t *w, uint32_t y)
{
    depth_t *d = &w->depth;
    const uint8_t *row[MOST_PACKS];
    depth_rows(d, y, row);
    const size_t step = d->packs * PACK_BYTES, acc_pix = d->insn->dst.pix / 4;
    int32_t *acc = npu_acc_at(d->l1, &d->insn->dst, y, d->x) + d->first;
    for (uint32_t p = 0; p + 1 < d->cols; p += 2)
        run(w, row, p * step, acc + p * acc_pix, 2);
    if (d->cols % 2 != 0)
        run(w, row, (d->cols - 1) * step, acc + (d->cols - 1) * acc_pix, 1);
}

void npu_dwconv_avx2(const npu_insn_t *insn, const npu_l1_t *l1)
{
    dw_t w;
    depth_t *d = &w.depth;
    if (!depth_begin(d, insn, l1)) {
        npu_dwconv_scalar(insn, l1);
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
