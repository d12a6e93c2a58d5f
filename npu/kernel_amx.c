/*
 * kernel_amx.c - CONV with AMX: 16 x 16 sums a tile, 16384 multiply-adds an instruction.
 *
 *                        B  [group][lane][4]: the weights as they stand in WGT
 *                      +-------------+-------------+
 *                      | 6: lanes    | 7: lanes    |   up to 16 groups of 4 channels
 *                      |    0..15    |    16..31   |
 *     A  [pixel][64]   +-------------+-------------+
 *     +-------------+  +-------------+-------------+
 *     | 4: pixels   |  |      0      |      1      |   C  sums, int32
 *     |    0..15    |  |             |             |
 *     +-------------+  +-------------+-------------+
 *     | 5: pixels   |  |      2      |      3      |
 *     |    16..31   |  |             |             |
 *     +-------------+  +-------------+-------------+
 *
 * tdpbssd takes signed bytes on both sides, so with base = -xz sum (w - wz)
 *     sum (x - xz)(w - wz) = sum x w  -  wz sum x  +  base
 * and both kinds of correction sums are products as well, with a tile of ones on the other side.
 *
 * A and B have one shape in all of a strip: tiles of as many groups as divide those of a segment.
 * Channels that are no multiple of 16, and rows of a few results, do not pay: AVX-512 does them.
 *
 * The tile intrinsics do not tell the compiler which memory they read; the fences do.
 */
#include <immintrin.h>
#include <stdatomic.h>

typedef signed char dense_elem_t;
#define DENSE_MINUS(insn) 0
#define DENSE_IN_PLACE(insn) true
#include "npu/kernel_dense.h"

#define TILE 16u /* rows of a tile, and 32-bit columns */

typedef struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} config_t;
_Static_assert(sizeof(config_t) == 64, "as ldtilecfg reads it");

typedef struct {
    uint32_t step;     /* groups in a tile of A and B */
    uint32_t rows;     /* pixels in a tile of A and C */
    const int8_t *wgt; /* of the block, [segment][group][lane][4] */
    _Alignas(64) int8_t copy[DENSE_GROUPS * NPU_LANES * 4];
    int8_t ones[64]; /* every row of a tile of ones */
    int32_t base[NPU_LANES];
    int32_t sum_x[DENSE_PIXELS]; /* wz sum x, of the strip's pixels */
    dense_t dense;
} amx_t;

/* Compiler fence: tiles are loaded from memory that was just written. */
static void written(void)
{
    atomic_signal_fence(memory_order_seq_cst);
}

static void configure(amx_t *a)
{
    const dense_t *d = &a->dense;
    config_t config = {.palette = 1};
    a->rows = d->cols < TILE ? d->cols : TILE;
    for (a->step = TILE; d->groups % a->step != 0;)
        a->step--;
    for (uint32_t t = 0; t < 8; t++) {
        config.rows[t] = (uint8_t)(t < 6 ? a->rows : a->step);
        config.row_bytes[t] = (uint16_t)(t == 4 || t == 5 ? 4 * a->step : 64);
    }
    written();
    _tile_loadconfig(&config);
}

/* ---- correction sums ----------------------------------------------------------------------------
 */

/* wz times the sum of every pixel of the strip. */
static void strip_sums(amx_t *a)
{
    const dense_t *d = &a->dense;
    int32_t sum[TILE][TILE];
    _tile_loadd(6, a->ones, 0);
    for (uint32_t y = 0; y < d->rows; y++)
        for (uint32_t x = 0; x < d->cols; x += a->rows) {
            uint32_t at = x + a->rows <= d->cols ? x : d->cols - a->rows;
            const int8_t *src = d->src + y * d->src_row + at * d->src_pix;
            _tile_zero(0);
            for (uint32_t s = 0; s < d->segs; s++)
                for (uint32_t g = 0; g < d->groups; g += a->step) {
                    _tile_loadd(4, src + d->seg[s] + 4 * g, d->src_pix);
                    _tile_dpbssd(0, 4, 6);
                }
            _tile_stored(0, sum, sizeof(sum[0]));
            for (uint32_t p = 0; p < a->rows; p++)
                a->sum_x[(size_t)y * d->cols + at + p] =
                    (int32_t)((uint32_t)sum[p][0] * (uint32_t)d->insn->wgt_zp);
        }
}

/* -xz sum (w - wz) of each lane. */
static void block_base(amx_t *a)
{
    const dense_t *d = &a->dense;
    int32_t sum[2][TILE][TILE];
    const int8_t *w = a->wgt;
    _tile_zero(0);
    _tile_zero(1);
    _tile_loadd(4, a->ones, 0);
    for (uint32_t i = 0; i < d->segs * d->groups; i += a->step, w += a->step * 128) {
        _tile_loadd(6, w, 128);
        _tile_loadd(7, w + 64, 128);
        _tile_dpbssd(0, 4, 6);
        _tile_dpbssd(1, 4, 7);
    }
    _tile_stored(0, sum[0], sizeof(sum[0][0]));
    _tile_stored(1, sum[1], sizeof(sum[1][0]));
    const uint32_t all = d->taps * d->channels * (uint32_t)d->insn->wgt_zp;
    for (uint32_t lane = 0; lane < NPU_LANES; lane++)
        a->base[lane] = (int32_t)((all - (uint32_t)sum[lane / TILE][0][lane % TILE]) *
                                  (uint32_t)d->insn->in_zp);
}

/* Where the block's weights have gaps, or bytes of no channel, they are copied. */
static void block_weights(amx_t *a, uint32_t block)
{
    const dense_t *d = &a->dense;
    const uint32_t groups = d->channels / 4;
    a->wgt = dense_weights(d, block, 0);
    if (d->channels % NPU_LANES != 0 || (d->channels < d->insn->in_c && d->taps > 1)) {
        a->wgt = a->copy;
        for (uint32_t t = 0; t < d->taps; t++)
            memcpy(a->copy + (size_t)t * groups * 128, dense_weights(d, block, t), groups * 128);
        written();
    }
    block_base(a);
}

/* ---- the inner kernel ---------------------------------------------------------------------------
 */

typedef int32_t sums_t[2][2][TILE][TILE]; /* [pixels][lanes] */

/* One or two tiles of pixels from x on. */
static void products(const amx_t *a, const int8_t *x, bool two, sums_t sum)
{
    const dense_t *d = &a->dense;
    const size_t pix = d->src_pix;
    const int8_t *w = a->wgt;
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (uint32_t s = 0; s < d->segs; s++)
        for (uint32_t g = 0; g < d->groups; g += a->step, w += a->step * 128) {
            const int8_t *at = x + d->seg[s] + 4 * g;
            _tile_loadd(4, at, pix);
            _tile_loadd(6, w, 128);
            _tile_loadd(7, w + 64, 128);
            _tile_dpbssd(0, 4, 6);
            _tile_dpbssd(1, 4, 7);
            if (two) {
                _tile_loadd(5, at + TILE * pix, pix);
                _tile_dpbssd(2, 5, 6);
                _tile_dpbssd(3, 5, 7);
            }
        }
    _tile_stored(0, sum[0][0], 64);
    _tile_stored(1, sum[0][1], 64);
    if (two) {
        _tile_stored(2, sum[1][0], 64);
        _tile_stored(3, sum[1][1], 64);
    }
}

/* A tile's row to ACC, with its corrections: loops that a compiler makes vectors of. */
static void put_row(int32_t *restrict acc, const int32_t *restrict sum,
                    const int32_t *restrict base, uint32_t minus, bool add)
{
    if (add)
        for (uint32_t lane = 0; lane < TILE; lane++)
            acc[lane] =
                (int32_t)((uint32_t)sum[lane] + (uint32_t)base[lane] - minus + (uint32_t)acc[lane]);
    else
        for (uint32_t lane = 0; lane < TILE; lane++)
            acc[lane] = (int32_t)((uint32_t)sum[lane] + (uint32_t)base[lane] - minus);
}

/* The same of a row that is not full: behind it nothing is added, or 0 is put. */
static void put_part(int32_t *acc, const int32_t *sum, const int32_t *base, uint32_t minus,
                     bool add, uint32_t lanes)
{
    int32_t row[TILE] = {0};
    const size_t bytes = lanes * sizeof(*acc);
    if (add)
        memcpy(row, acc, bytes);
    put_row(row, sum, base, minus, add);
    memcpy(acc, row, bytes);
    if (!add)
        memset(acc + lanes, 0, sizeof(row) - bytes);
}

/* Sums first.. of the two tiles to ACC. lanes: with a channel, from the block's first one on. */
static void put(const amx_t *a, int32_t *acc, const int32_t *sum_x, sums_t sum, uint32_t first,
                uint32_t count, uint32_t lanes)
{
    const size_t acc_pix = a->dense.flat.dst.pix / 4;
    const bool add = a->dense.add;
    for (uint32_t p = first; p < first + count; p++, acc += acc_pix, sum_x++)
        for (uint32_t lane = 0; lane < NPU_LANES; lane += TILE) {
            const int32_t *row = sum[p / TILE][lane / TILE][p % TILE], *base = a->base + lane;
            const uint32_t minus = (uint32_t)*sum_x;
            if (lane + TILE <= lanes)
                put_row(acc + lane, row, base, minus, add);
            else
                put_part(acc + lane, row, base, minus, add, lane < lanes ? lanes - lane : 0);
        }
}

/* One block over a row of the strip. The last tile of pixels begins early enough to be full; what
 * it has in common with the one before is not put again. */
static void block_row(const amx_t *a, uint32_t block, uint32_t y)
{
    const dense_t *d = &a->dense;
    const uint32_t lanes = d->insn->c - block * NPU_LANES;
    const int8_t *src = d->src + y * d->src_row;
    int32_t *acc = npu_acc_at(d->l1, &d->flat.dst, d->y + y, d->x) + (size_t)block * NPU_LANES;
    sums_t sum;
    for (uint32_t x = 0, count; x < d->cols; x += count) {
        const uint32_t left = d->cols - x;
        const bool two = left >= 2 * TILE;
        const uint32_t begin = left >= a->rows ? x : d->cols - a->rows;
        count = two ? 2 * TILE : left < a->rows ? left : a->rows;
        products(a, src + begin * d->src_pix, two, sum);
        put(a, acc + (size_t)x * d->flat.dst.pix / 4, a->sum_x + (size_t)y * d->cols + x, sum,
            x - begin, count, lanes);
    }
}

void npu_conv_amx(const npu_insn_t *insn, const npu_l1_t *l1)
{
    amx_t a;
    if (insn->in_c % 16 != 0 || !dense_begin(&a.dense, insn, l1) || a.dense.most_cols < 4) {
        npu_conv_avx512(insn, l1);
        return;
    }
    memset(a.ones, 1, sizeof(a.ones));
    while (dense_next(&a.dense)) {
        configure(&a);
        strip_sums(&a);
        for (uint32_t block = 0; block * NPU_LANES < insn->c; block++) {
            block_weights(&a, block);
            for (uint32_t y = 0; y < a.dense.rows; y++)
                block_row(&a, block, y);
        }
    }
    _tile_release();
}
