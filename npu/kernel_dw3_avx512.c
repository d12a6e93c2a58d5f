/*
 * kernel_dw3_avx512.c - DWCONV 3 x 3, stride 1 or 2, with AVX-512 VNNI: what most networks have.
 *
 * A column of the source is a vector of 4 rows x 16 channels, made in registers and used at once:
 *
 *     column      x          x + 1      x + 2           4 rows of 32 channels, byte r of a 32-bit
 *     row y     u u u u    u u u u    u u u u           lane from row r
 *     row y + 1 u u u u    u u u u    u u u u
 *     row y + 2 u u u u    u u u u    u u u u     ->    result row y:      weights w0 w1 w2 0
 *     row y + 3 u u u u    u u u u    u u u u     ->    result row y + 1:  weights 0 w0 w1 w2
 *
 * With stride 1 a column is the third, second and first tap of three results in two rows. With
 * stride 2 rows of results have only one row of the source in common, and are made one by one.
 *
 * Vpdpbusd wants the source unsigned: u = x + 128. With v = w - wz and zu = in_zp + 128
 *     sum (x - xz)(w - wz) = sum u v  -  zu sum v
 * where the last is the sums' first value. Where some v of a block is no signed byte, it is summed
 * in two parts, w and -wz.
 */
#include <immintrin.h>

#include "npu/kernel_int.h"

/* What two rows of results take of a column: [row][column] of 16 channels. */
typedef struct {
    __m512i base[2][2];
    __m512i wgt[2][3][2]; /* v, or w */
    __m512i minus[2][2];  /* -wz where v does not fit, else 0 */
} taps_t;

typedef struct {
    const npu_insn_t *insn;
    const npu_l1_t *l1;
    uint32_t first; /* channel of the block */
    __mmask32 real; /* its channels */
    taps_t taps;
    __m512i outside; /* a column beyond the source: zu */
} dw3_t;

/* Up to four rows of the source, and the next column of them. */
typedef struct {
    const int8_t *row[4]; /* the block's channels in column 0; of a row outside, those of row 0 */
    __m512i keep;         /* bytes of rows inside */
    bool edge;            /* some row is outside */
    size_t at, pix;       /* bytes to the column, and from one to the next */
    uint32_t x, in_w;     /* columns beyond the source wrap */
} walk_t;

/* Byte r of each 32-bit lane from row r of [a b] [c d], 16 channels each. */
static inline void column_of(__m512i ab, __m512i cd, __m512i out[2])
{
    const __m512i low = _mm512_setr_epi32(0, 8, 16, 24, 1, 9, 17, 25, 2, 10, 18, 26, 3, 11, 19, 27);
    const __m512i high =
        _mm512_setr_epi32(4, 12, 20, 28, 5, 13, 21, 29, 6, 14, 22, 30, 7, 15, 23, 31);
    const __m512i turn = _mm512_set4_epi32(0x0f0b0703, 0x0e0a0602, 0x0d090501, 0x0c080400);
    out[0] = _mm512_shuffle_epi8(_mm512_permutex2var_epi32(ab, low, cd), turn);
    out[1] = _mm512_shuffle_epi8(_mm512_permutex2var_epi32(ab, high, cd), turn);
}

static inline __m512i two_of(__m256i a, __m256i b)
{
    return _mm512_inserti64x4(_mm512_castsi256_si512(a), b, 1);
}

/* ---- weights ------------------------------------------------------------------------------------
 */

/* The weights of a column; false where some less wz is no signed byte. */
static bool column_weights(dw3_t *d, uint32_t kx, const __mmask64 some[2])
{
    const int8_t *from = (const int8_t *)d->l1->data[NPU_MEM_WGT] + d->insn->wgt + d->first * 9;
    const __m512i wz = _mm512_set1_epi8((char)d->insn->wgt_zp);
    __m512i *out = d->taps.wgt[0][kx];
    __m256i w[3];
    __mmask64 wide = 0;
    for (uint32_t ky = 0; ky < 3; ky++)
        w[ky] = _mm256_maskz_loadu_epi8(d->real, from + (size_t)(3 * ky + kx) * NPU_LANES);
    column_of(two_of(w[0], w[1]), two_of(w[2], _mm256_setzero_si256()), out);
    for (uint32_t half = 0; half < 2; half++)
        wide |= _mm512_mask_cmpneq_epi8_mask(some[half], _mm512_subs_epi8(out[half], wz),
                                             _mm512_sub_epi8(out[half], wz));
    return wide == 0;
}

/* 16 channels of both rows, from w in the first. */
static void half_taps(dw3_t *d, uint32_t half, __m512i minus, bool fits)
{
    taps_t *taps = &d->taps;
    const __m512i ones = _mm512_set1_epi8(1), zu = _mm512_set1_epi32(d->insn->in_zp + 128);
    const __m512i zero = _mm512_setzero_si512();
    __m512i sum = zero;
    for (uint32_t kx = 0; kx < 3; kx++) {
        __m512i w = taps->wgt[0][kx][half], v = fits ? _mm512_add_epi8(w, minus) : w;
        sum = _mm512_dpbusd_epi32(sum, ones, w);
        sum = _mm512_dpbusd_epi32(sum, ones, minus);
        taps->wgt[0][kx][half] = v;
        taps->wgt[1][kx][half] = _mm512_slli_epi32(v, 8);
    }
    taps->base[0][half] = taps->base[1][half] = _mm512_sub_epi32(zero, _mm512_mullo_epi32(sum, zu));
    taps->minus[0][half] = fits ? zero : minus;
    taps->minus[1][half] = fits ? zero : _mm512_slli_epi32(minus, 8);
}

/* Finds the taps of the block; returns whether w and -wz have to be summed apart. */
static bool block_taps(dw3_t *d)
{
    const __m256i real = _mm256_maskz_set1_epi8(d->real, -1);
    __m512i all[2];
    column_of(two_of(real, real), two_of(real, _mm256_setzero_si256()), all);
    const __mmask64 some[2] = {_mm512_movepi8_mask(all[0]), _mm512_movepi8_mask(all[1])};
    bool fits = true;
    for (uint32_t kx = 0; kx < 3; kx++)
        fits = column_weights(d, kx, some) && fits;
    for (uint32_t half = 0; half < 2; half++)
        half_taps(d, half, _mm512_maskz_set1_epi8(some[half], (char)-d->insn->wgt_zp), fits);
    return !fits;
}

/* ---- sums ---------------------------------------------------------------------------------------
 */

/* From column -pad_left of rows y.. on. */
static inline walk_t walk_from(const dw3_t *d, uint32_t y, const uint32_t rows)
{
    const npu_insn_t *i = d->insn;
    walk_t walk = {.pix = i->src.pix, .x = 0u - i->pad_left, .in_w = i->in_w};
    uint32_t keep = UINT32_MAX;
    walk.at = 0 - walk.pix * i->pad_left;
    for (uint32_t r = 0; r < rows; r++) {
        const uint32_t sy = y + r - i->pad_top; /* rows above wrap and are outside */
        const bool there = sy < i->in_h;
        walk.row[r] = npu_act_at(d->l1, &i->src, there ? sy : 0, 0) + d->first;
        keep ^= there ? 0 : UINT32_C(0xff) << 8 * r;
    }
    walk.keep = _mm512_set1_epi32((int32_t)keep);
    walk.edge = keep != UINT32_MAX;
    return walk;
}

/* Rows outside have no weights; what they add is a constant. */
static void edge_taps(const dw3_t *d, __m512i keep, taps_t *taps)
{
    *taps = d->taps;
    for (uint32_t row = 0; row < 2; row++)
        for (uint32_t half = 0; half < 2; half++) {
            __m512i *base = &taps->base[row][half], *minus = &taps->minus[row][half];
            for (uint32_t kx = 0; kx < 3; kx++) {
                __m512i *wgt = &taps->wgt[row][kx][half];
                *base = _mm512_dpbusd_epi32(*base, d->outside, _mm512_andnot_si512(keep, *wgt));
                *base = _mm512_dpbusd_epi32(*base, d->outside, _mm512_andnot_si512(keep, *minus));
                *wgt = _mm512_and_si512(keep, *wgt);
            }
            *minus = _mm512_and_si512(keep, *minus);
        }
}

/* The next column, as u; whole: all 32 channels are real. */
static inline void next_column(const dw3_t *d, walk_t *walk, const uint32_t rows, const bool whole,
                               __m512i out[2])
{
    const __m512i flip = _mm512_set1_epi8((char)0x80);
    __m256i r[4];
    out[0] = out[1] = d->outside;
    if (walk->x < walk->in_w) {
        for (uint32_t i = 0; i < rows; i++) {
            const int8_t *from = walk->row[i] + walk->at;
            r[i] = whole ? _mm256_loadu_si256((const __m256i *)(const void *)from)
                         : _mm256_maskz_loadu_epi8(d->real, from);
        }
        __m512i cd = rows == 4 ? two_of(r[2], r[3]) : _mm512_castsi256_si512(r[2]);
        column_of(_mm512_xor_si512(two_of(r[0], r[1]), flip), _mm512_xor_si512(cd, flip), out);
    }
    walk->at += walk->pix;
    walk->x++;
}

static inline __m512i tap(const taps_t *taps, __m512i sum, __m512i u, uint32_t row, uint32_t kx,
                          uint32_t half, const bool apart)
{
    if (apart)
        sum = _mm512_dpbusd_epi32(sum, u, taps->minus[row][half]);
    return _mm512_dpbusd_epi32(sum, u, taps->wgt[row][kx][half]);
}

/* Stride 1: results of rows y and y + 1; the last two are constants at each call. */
static inline void two_rows(const dw3_t *d, uint32_t y, const bool apart, const bool whole)
{
    const npu_insn_t *i = d->insn;
    int32_t none[NPU_LANES]; /* for a row below the last */
    int32_t *acc[2] = {npu_acc_at(d->l1, &i->dst, y, 0) + d->first, none};
    size_t pix[2] = {i->dst.pix / 4, 0};
    if (y + 1 < i->h) {
        acc[1] = npu_acc_at(d->l1, &i->dst, y + 1, 0) + d->first;
        pix[1] = pix[0];
    }
    taps_t edge;
    const taps_t *taps = &d->taps;
    walk_t walk = walk_from(d, y, 4);
    if (walk.edge) {
        edge_taps(d, walk.keep, &edge);
        taps = &edge;
    }
    __m512i u[2], older[2][2], newer[2][2]; /* results that have two taps, one tap */
    for (uint32_t x = 0; x < 2; x++) {
        next_column(d, &walk, 4, whole, u);
        for (uint32_t row = 0; row < 2; row++)
            for (uint32_t half = 0; half < 2; half++) {
                if (x == 1)
                    older[row][half] = tap(taps, newer[row][half], u[half], row, 1, half, apart);
                newer[row][half] = tap(taps, taps->base[row][half], u[half], row, 0, half, apart);
            }
    }
    for (uint32_t x = i->w; x > 0; x--) {
        next_column(d, &walk, 4, whole, u);
        for (uint32_t row = 0; row < 2; row++) {
            for (uint32_t half = 0; half < 2; half++) {
                __m512i sum = tap(taps, older[row][half], u[half], row, 2, half, apart);
                older[row][half] = tap(taps, newer[row][half], u[half], row, 1, half, apart);
                newer[row][half] = tap(taps, taps->base[row][half], u[half], row, 0, half, apart);
                _mm512_storeu_si512(acc[row] + 16 * half, sum);
            }
            acc[row] += pix[row];
        }
    }
}

/* Stride 2: the results of row y. */
static inline void one_row(const dw3_t *d, uint32_t y, const bool apart, const bool whole)
{
    const npu_insn_t *i = d->insn;
    const size_t pix = i->dst.pix / 4;
    int32_t *acc = npu_acc_at(d->l1, &i->dst, y, 0) + d->first;
    taps_t edge;
    const taps_t *taps = &d->taps;
    walk_t walk = walk_from(d, 2 * y, 3);
    if (walk.edge) {
        edge_taps(d, walk.keep, &edge);
        taps = &edge;
    }
    __m512i u[2], sum[2];
    next_column(d, &walk, 3, whole, u);
    for (uint32_t x = i->w; x > 0; x--, acc += pix) {
        for (uint32_t half = 0; half < 2; half++)
            sum[half] = tap(taps, taps->base[0][half], u[half], 0, 0, half, apart);
        next_column(d, &walk, 3, whole, u);
        for (uint32_t half = 0; half < 2; half++)
            sum[half] = tap(taps, sum[half], u[half], 0, 1, half, apart);
        next_column(d, &walk, 3, whole, u);
        for (uint32_t half = 0; half < 2; half++)
            _mm512_storeu_si512(acc + 16 * half, tap(taps, sum[half], u[half], 0, 2, half, apart));
    }
}

/* All rows of results of a block. */
typedef void (*rows_fn_t)(const dw3_t *d);

/* clang-format off */
#define ROWS(name, rows, step, apart, whole)                                                       \
    static void name(const dw3_t *d)                                                               \
    {                                                                                              \
        for (uint32_t y = 0; y < d->insn->h; y += step)                                            \
            rows(d, y, apart, whole);                                                              \
    }
ROWS(stride1,       two_rows, 2, false, true)
ROWS(stride1_apart, two_rows, 2, true,  true)
ROWS(stride1_part,  two_rows, 2, true,  false)
ROWS(stride2,       one_row,  1, false, true)
ROWS(stride2_apart, one_row,  1, true,  true)
ROWS(stride2_part,  one_row,  1, true,  false)

static const rows_fn_t all_rows[3][3] = { /* by stride */
    {NULL,    NULL,          NULL},
    {stride1, stride1_apart, stride1_part},
    {stride2, stride2_apart, stride2_part},
};
/* clang-format on */

bool npu_dwconv3_avx512(const npu_insn_t *insn, const npu_l1_t *l1)
{
    if (insn->k_h != 3 || insn->k_w != 3 || insn->dil_h != 1 || insn->dil_w != 1 ||
        insn->stride_h != insn->stride_w || insn->stride_h > 2 || insn->in_c != insn->c ||
        (insn->flags & NPU_FLAG_ACCUMULATE) != 0)
        return false;
    dw3_t d = {.insn = insn, .l1 = l1};
    d.outside = _mm512_set1_epi8((char)(insn->in_zp + 128));
    for (d.first = 0; d.first < insn->c; d.first += NPU_LANES) {
        const uint32_t left = insn->c - d.first;
        const bool whole = left >= NPU_LANES;
        d.real = whole ? UINT32_MAX : (UINT32_C(1) << left) - 1;
        const bool apart = block_taps(&d);
        all_rows[insn->stride_h][!whole ? 2 : apart ? 1 : 0](&d);
    }
    return true;
}
