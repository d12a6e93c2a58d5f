/*
 * kernel_dw_avx512.c - DWCONV with AVX-512 VNNI.
 *
 * vpdpbusd multiplies 4 bytes a lane: here 4 taps of one kernel row, a "quad", for 16 channels.
 * Source rows become rows of quads once, and each serves all results of a column that look at it:
 *
 *     source row  --line-->  one 64-byte vector a column  --quads-->  2 vectors a result
 *                            (shuffled, outside: zero point)          channels 0..15, 16..31
 *
 *     ring of k_h rows of quads   x   weights as quads   -->  sums of 4 results x 32 channels
 *
 * With u = x + 128, which vpdpbusd wants unsigned, and zu = in_zp + 128,
 *     sum (x - xz)(w - wz) = sum u w  +  sum u (-wz)  -  zu sum (w - wz)
 * where the last is the sums' first value, and the second a term with constant weights (two of
 * them when -wz does not fit a byte). Columns come in strips that keep all of it in L1.
 */
#include <immintrin.h>

#include "npu/kernel_int.h"

#define QUAD_BYTES 128u                      /* of 32 channels */
#define RING_BYTES (20u * 1024)              /* rows of quads of a strip */
#define LINE_COLUMNS 160u                    /* source columns of a strip */
#define MOST_QUADS (RING_BYTES / QUAD_BYTES) /* of a kernel */

typedef struct {
    const npu_insn_t *insn;
    const npu_l1_t *l1;
    uint32_t quads;  /* of a kernel row */
    uint32_t width;  /* results of a strip at most */
    size_t ring_row; /* bytes */
    bool minus;      /* wgt_zp is not 0 */

    /* the block */
    uint32_t first; /* channel */
    uint32_t from;  /* source channel of the first */
    __mmask32 real; /* lanes, or source bytes if they are spread */
    __m256i spread; /* where each lane stands in the source bytes, if it is not in order */

    /* the strip */
    uint32_t x, cols;
    uint64_t tag[MOST_QUADS]; /* of each ring row: 1 + the source row it holds, padding counted */

    __m512i base[2];
    __m512i wgt[MOST_QUADS][2];
    __m512i minus_wz[MOST_QUADS][2]; /* of a kernel row */
    _Alignas(64) uint8_t line[(LINE_COLUMNS + 4 * 15) * 64];
    _Alignas(64) uint8_t ring[RING_BYTES];
} dw_t;

/* ---- quads --------------------------------------------------------------------------------------
 */

/* 32 bytes so that quads_of makes channels in order: each quarter has 4 of 0..15 and 4 of 16..31.
 */
static inline __m512i line_of(__m256i bytes)
{
    const __m512i order = _mm512_setr_epi32(0, 4, 0, 4, 1, 5, 1, 5, 2, 6, 2, 6, 3, 7, 3, 7);
    return _mm512_permutexvar_epi32(order, _mm512_castsi256_si512(bytes));
}

/* Four taps' lines to quads of channels 0..15 and 16..31. */
static inline void quads_of(__m512i a, __m512i b, __m512i c, __m512i d, __m512i quad[2])
{
    __m512i ab = _mm512_unpacklo_epi8(a, b), cd = _mm512_unpacklo_epi8(c, d);
    quad[0] = _mm512_unpacklo_epi16(ab, cd);
    quad[1] = _mm512_unpackhi_epi16(ab, cd);
}

/* Lines of n source pixels: the block's channels of each. */
static void lines_of_source(const dw_t *d, const int8_t *src, uint32_t n, uint8_t *out)
{
    const __m512i flip = _mm512_set1_epi8((char)0x80);
    const __m256i spread = d->spread;
    const __mmask32 real = d->real;
    const size_t pix = d->insn->src.pix;
    if (d->insn->in_c == d->insn->c)
        for (; n > 0; n--, src += pix, out += 64) {
            __m512i line = line_of(_mm256_maskz_loadu_epi8(real, src));
            _mm512_store_si512(out, _mm512_xor_si512(line, flip));
        }
    for (; n > 0; n--, src += pix, out += 64) {
        __m256i few = _mm256_broadcastsi128_si256(_mm_maskz_loadu_epi8((__mmask16)real, src));
        __m512i line = line_of(_mm256_shuffle_epi8(few, spread));
        _mm512_store_si512(out, _mm512_xor_si512(line, flip));
    }
}

/* Source row sy from column `left` on. */
static void make_line(dw_t *d, uint32_t sy, int32_t left, uint32_t columns)
{
    const npu_insn_t *i = d->insn;
    const __m512i zero = _mm512_set1_epi8((char)(i->in_zp + 128));
    int32_t right = (int32_t)i->in_w - left; /* where the source ends */
    uint32_t end = sy >= i->in_h || right <= 0 ? 0 : (uint32_t)right;
    end = end < columns ? end : columns;
    uint32_t begin = left >= 0 ? 0 : (uint32_t)-left < end ? (uint32_t)-left : end;
    for (uint32_t n = 0; n < begin; n++)
        _mm512_store_si512(d->line + (size_t)n * 64, zero);
    if (begin < end) {
        uint32_t sx = (uint32_t)(left + (int32_t)begin);
        lines_of_source(d, npu_act_at(d->l1, &i->src, sy, sx) + d->from, end - begin,
                        d->line + (size_t)begin * 64);
    }
    for (uint32_t n = end; n < columns; n++)
        _mm512_store_si512(d->line + (size_t)n * 64, zero);
}

/* Quads of n results whose lines begin `step` apart, `tap` from a tap to the next. */
static void quads_of_lines(const uint8_t *line, size_t step, size_t tap, uint32_t n, uint8_t *out,
                           size_t out_step)
{
    for (; n > 0; n--, line += step, out += out_step) {
        __m512i quad[2];
        quads_of(_mm512_load_si512(line), _mm512_load_si512(line + tap),
                 _mm512_load_si512(line + 2 * tap), _mm512_load_si512(line + 3 * tap), quad);
        _mm512_store_si512(out, quad[0]);
        _mm512_store_si512(out + 64, quad[1]);
    }
}

/* The quads of source row sy for all results of the strip. */
static void make_quads(dw_t *d, uint32_t sy, uint8_t *out)
{
    const npu_insn_t *i = d->insn;
    const size_t tap = (size_t)i->dil_w * 64, step = (size_t)i->stride_w * 64;
    int32_t left = (int32_t)(d->x * i->stride_w) - (int32_t)i->pad_left;
    make_line(d, sy, left, (d->cols - 1) * i->stride_w + (i->k_w - 1) * i->dil_w + 1);
    for (uint32_t q = 0; q < d->quads; q++)
        quads_of_lines(d->line + 4 * q * tap, step, tap, d->cols, out + q * QUAD_BYTES,
                       d->quads * QUAD_BYTES);
}

/* ---- weights ------------------------------------------------------------------------------------
 */

static __m512i weight_line(const dw_t *d, uint32_t ky, uint32_t kx, __mmask32 real)
{
    const npu_insn_t *i = d->insn;
    const uint32_t taps = i->k_h * i->k_w, tap = ky * i->k_w + kx;
    const uint8_t *wgt = d->l1->data[NPU_MEM_WGT] + i->wgt + (size_t)d->first * taps;
    __mmask32 there = kx < i->k_w ? real : 0;
    return line_of(_mm256_maskz_loadu_epi8(there, wgt + (size_t)(there ? tap : 0) * NPU_LANES));
}

/* -wz wherever the block has a lane and the kernel row a tap. */
static void minus_quads(dw_t *d, __mmask32 real)
{
    const __m512i line = line_of(_mm256_maskz_set1_epi8(real, (char)-d->insn->wgt_zp));
    for (uint32_t q = 0; q < d->quads; q++) {
        __m512i tap[4];
        for (uint32_t i = 0; i < 4; i++)
            tap[i] = 4 * q + i < d->insn->k_w ? line : _mm512_setzero_si512();
        quads_of(tap[0], tap[1], tap[2], tap[3], d->minus_wz[q]);
    }
}

/* Which source bytes the block's lanes read: its own channels, or each for several lanes. */
static void block_source(dw_t *d, __mmask32 real)
{
    const uint32_t times = d->insn->c / d->insn->in_c;
    int8_t spread[NPU_LANES];
    d->from = d->first / times;
    d->real = real;
    if (times == 1)
        return;
    for (uint32_t lane = 0; lane < NPU_LANES; lane++)
        spread[lane] = (int8_t)((d->first + lane) / times - d->from);
    d->spread = _mm256_loadu_si256((const __m256i *)(const void *)spread);
    if (d->insn->in_c - d->from < 16)
        d->real = (UINT32_C(1) << (d->insn->in_c - d->from)) - 1;
}

/* Terms and base of the block from channel `first` on. */
static void block_begin(dw_t *d, uint32_t first)
{
    const npu_insn_t *i = d->insn;
    const uint32_t lanes = i->c - first;
    const __mmask32 real = lanes >= NPU_LANES ? UINT32_MAX : (UINT32_C(1) << lanes) - 1;
    d->first = first;
    block_source(d, real);

    __m512i sum[2] = {_mm512_setzero_si512(), _mm512_setzero_si512()};
    minus_quads(d, real);
    for (uint32_t ky = 0, t = 0; ky < i->k_h; ky++)
        for (uint32_t q = 0; q < d->quads; q++, t++) {
            quads_of(weight_line(d, ky, 4 * q, real), weight_line(d, ky, 4 * q + 1, real),
                     weight_line(d, ky, 4 * q + 2, real), weight_line(d, ky, 4 * q + 3, real),
                     d->wgt[t]);
            for (uint32_t half = 0; half < 2; half++) {
                const __m512i ones = _mm512_set1_epi8(1);
                sum[half] = _mm512_dpbusd_epi32(sum[half], ones, d->wgt[t][half]);
                sum[half] = _mm512_dpbusd_epi32(sum[half], ones, d->minus_wz[q][half]);
            }
        }
    for (uint32_t half = 0; half < 2; half++)
        d->base[half] = _mm512_mullo_epi32(sum[half], _mm512_set1_epi32(-(i->in_zp + 128)));
}

/* ---- sums ---------------------------------------------------------------------------------------
 */

/* All results of a strip's row; row: of the ring, for each ky. Where the last three are constants
 * the weights stay in registers. */
static inline void run(const dw_t *d, const uint8_t *const *row, int32_t *restrict acc,
                       const uint32_t k_h, const uint32_t quads, const bool minus)
{
    const size_t acc_pix = d->insn->dst.pix / 4, step = quads * QUAD_BYTES;
    const bool add = (d->insn->flags & NPU_FLAG_ACCUMULATE) != 0;
    const size_t end = d->cols * step;
    for (size_t at = 0; at < end; at += step, acc += acc_pix) {
        __m512i low = d->base[0], high = d->base[1];
        for (uint32_t ky = 0; ky < k_h; ky++)
            for (uint32_t q = 0; q < quads; q++) {
                const uint8_t *u = row[ky] + at + q * QUAD_BYTES;
                const __m512i u0 = _mm512_load_si512(u), u1 = _mm512_load_si512(u + 64);
                low = _mm512_dpbusd_epi32(low, u0, d->wgt[ky * quads + q][0]);
                high = _mm512_dpbusd_epi32(high, u1, d->wgt[ky * quads + q][1]);
                if (minus) {
                    low = _mm512_dpbusd_epi32(low, u0, d->minus_wz[q][0]);
                    high = _mm512_dpbusd_epi32(high, u1, d->minus_wz[q][1]);
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

static void strip_row(dw_t *d, uint32_t y)
{
    const npu_insn_t *i = d->insn;
    const uint8_t *row[MOST_QUADS];
    for (uint32_t ky = 0; ky < i->k_h; ky++) {
        uint32_t sy = y * i->stride_h + ky * i->dil_h;
        uint32_t slot = sy / i->dil_h % i->k_h; /* a different one for each ky */
        row[ky] = d->ring + slot * d->ring_row;
        if (d->tag[slot] == (uint64_t)sy + 1)
            continue;
        make_quads(d, sy - i->pad_top,
                   d->ring + slot * d->ring_row); /* rows above wrap, are outside */
        d->tag[slot] = (uint64_t)sy + 1;
    }
    int32_t *acc = npu_acc_at(d->l1, &i->dst, y, d->x) + d->first;
    if (i->k_h == 3 && d->quads == 1 && d->minus)
        run(d, row, acc, 3, 1, true);
    else if (i->k_h == 3 && d->quads == 1)
        run(d, row, acc, 3, 1, false);
    else
        run(d, row, acc, i->k_h, d->quads, d->minus);
}

/* Results of a strip; 0: the kernel is too large. */
static uint32_t strip_width(const npu_insn_t *i, uint32_t quads)
{
    uint32_t reach = (i->k_w - 1) * i->dil_w + 1;
    if (i->k_h * quads > MOST_QUADS || reach > LINE_COLUMNS)
        return 0;
    uint32_t by_ring = MOST_QUADS / (i->k_h * quads);
    uint32_t by_line = (LINE_COLUMNS - reach) / i->stride_w + 1;
    uint32_t most = by_ring < by_line ? by_ring : by_line;
    uint32_t strips = (i->w + most - 1) / most;
    return (i->w + strips - 1) / strips;
}

void npu_dwconv_avx512(const npu_insn_t *insn, const npu_l1_t *l1)
{
    dw_t d;
    d.insn = insn;
    d.l1 = l1;
    d.quads = (insn->k_w + 3) / 4;
    d.minus = insn->wgt_zp != 0;
    d.width = strip_width(insn, d.quads);
    if (d.width == 0 || insn->wgt_zp == -128) { /* 128 is no signed byte */
        npu_dwconv_avx2(insn, l1);
        return;
    }
    d.ring_row = (size_t)d.width * d.quads * QUAD_BYTES;
    for (uint32_t first = 0; first < insn->c; first += NPU_LANES) {
        block_begin(&d, first);
        for (d.x = 0; d.x < insn->w; d.x += d.cols) {
            d.cols = insn->w - d.x < d.width ? insn->w - d.x : d.width;
            memset(d.tag, 0, sizeof(d.tag));
            for (uint32_t y = 0; y < insn->h; y++)
                strip_row(&d, y);
        }
    }
}
