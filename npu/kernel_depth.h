/*
 * kernel_depth.h - DWCONV cut into blocks of 32 channels, strips of columns and rows of packs;
 * compiled once per vector level by the file that includes it, after it has defined DEPTH_TAPS.
 *
 * A multiply-add instruction takes DEPTH_TAPS taps of a channel at once, so taps of one kernel row
 * have to stand side by side. Source rows become rows of such packs once, and each serves all
 * results that look at it:
 *
 *     source row  --lines-->  one line a column        --packs-->  PACK_BYTES a result and pack
 *                             (outside: zero point)
 *
 *     ring of k_h rows of packs   x   packs of weights   -->  sums of 32 channels
 *
 * Strips are as wide as keeps all of it in L1. Lines hold 32 channels in an order that lets packs
 * come out in theirs.
 */
#ifndef NPU_KERNEL_DEPTH_H
#define NPU_KERNEL_DEPTH_H

#include "npu/kernel_int.h"

#define LINE_BYTES 64u
#define PACK_BYTES 128u
#define RING_BYTES (20u * 1024)
#define LINE_COLUMNS 160u                    /* of a strip's source */
#define MOST_PACKS (RING_BYTES / PACK_BYTES) /* of a kernel */

typedef struct {
    const npu_insn_t *insn;
    const npu_l1_t *l1;
    uint32_t packs;  /* of a kernel row */
    uint32_t width;  /* results of a strip at most */
    size_t ring_row; /* bytes */

    /* the block */
    uint32_t first, lanes;     /* channels */
    uint32_t from, bytes;      /* source channels they read */
    uint8_t spread[NPU_LANES]; /* which of these a lane reads, where c is not in_c */

    /* the strip */
    uint32_t x, cols;
    uint64_t tag[MOST_PACKS]; /* of each ring row: 1 + the source row it holds, padding counted */
    /* dilated taps of weight 0 may be read beyond the last column */
    _Alignas(64) uint8_t line[(LINE_COLUMNS + DEPTH_TAPS * 15) * LINE_BYTES];
    _Alignas(64) uint8_t ring[RING_BYTES];
} depth_t;

/* What the level has to say. Lines of n source pixels from src (of the block's first channel) on,
 * and of n columns outside. */
static void depth_lines(const depth_t *d, const int8_t *src, uint32_t n, uint8_t *out);
static void depth_outside(const depth_t *d, uint32_t n, uint8_t *out);
/* Packs of n results whose lines begin `step` apart, `tap` from a tap to the next. */
static void depth_packs(const uint8_t *line, size_t step, size_t tap, uint32_t n, uint8_t *out,
                        size_t out_step);

/* False: the kernel is too large. */
static inline bool depth_begin(depth_t *d, const npu_insn_t *insn, const npu_l1_t *l1)
{
    const uint32_t reach = (insn->k_w - 1) * insn->dil_w + 1;
    d->insn = insn;
    d->l1 = l1;
    d->packs = (insn->k_w + DEPTH_TAPS - 1) / DEPTH_TAPS;
    if (insn->k_h * d->packs > MOST_PACKS || reach > LINE_COLUMNS)
        return false;
    uint32_t by_ring = MOST_PACKS / (insn->k_h * d->packs);
    uint32_t by_line = (LINE_COLUMNS - reach) / insn->stride_w + 1;
    uint32_t most = by_ring < by_line ? by_ring : by_line;
    uint32_t strips = (insn->w + most - 1) / most;
    d->width = (insn->w + strips - 1) / strips;
    d->ring_row = (size_t)d->width * d->packs * PACK_BYTES;
    return true;
}

static inline void depth_block(depth_t *d, uint32_t first)
{
    const uint32_t left = d->insn->c - first, times = d->insn->c / d->insn->in_c;
    d->first = first;
    d->lanes = left < NPU_LANES ? left : NPU_LANES;
    d->from = first / times;
    d->bytes = d->lanes;
    for (uint32_t lane = 0; lane < NPU_LANES && times > 1; lane++)
        d->spread[lane] = (uint8_t)((first + lane) / times - d->from);
    if (times > 1)
        d->bytes = d->insn->in_c - d->from < 16 ? d->insn->in_c - d->from : 16;
}

static inline void depth_strip(depth_t *d, uint32_t x)
{
    d->x = x;
    d->cols = d->insn->w - x < d->width ? d->insn->w - x : d->width;
    memset(d->tag, 0, sizeof(d->tag));
}

/* First weight byte of a tap of the block: 32 lanes. */
static inline const int8_t *depth_weights(const depth_t *d, uint32_t tap)
{
    const size_t taps = (size_t)d->insn->k_h * d->insn->k_w;
    return (const int8_t *)d->l1->data[NPU_MEM_WGT] + d->insn->wgt + d->first * taps +
           (size_t)tap * NPU_LANES;
}

/* Source row sy from column `left` on. */
static inline void depth_row_lines(depth_t *d, uint32_t sy, int32_t left, uint32_t columns)
{
    const npu_insn_t *i = d->insn;
    int32_t right = (int32_t)i->in_w - left; /* where the source ends */
    uint32_t end = sy >= i->in_h || right <= 0 ? 0 : (uint32_t)right;
    end = end < columns ? end : columns;
    uint32_t begin = left >= 0 ? 0 : (uint32_t)-left < end ? (uint32_t)-left : end;
    depth_outside(d, begin, d->line);
    if (begin < end)
        depth_lines(d, npu_act_at(d->l1, &i->src, sy, (uint32_t)(left + (int32_t)begin)) + d->from,
                    end - begin, d->line + (size_t)begin * LINE_BYTES);
    depth_outside(d, columns - end, d->line + (size_t)end * LINE_BYTES);
}

/* The rows of packs under row y of the result, for each ky, made where they are not there yet. */
static inline void depth_rows(depth_t *d, uint32_t y, const uint8_t *row[MOST_PACKS])
{
    const npu_insn_t *i = d->insn;
    const size_t tap = (size_t)i->dil_w * LINE_BYTES, step = (size_t)i->stride_w * LINE_BYTES;
    const int32_t left = (int32_t)(d->x * i->stride_w) - (int32_t)i->pad_left;
    const uint32_t columns = (d->cols - 1) * i->stride_w + (i->k_w - 1) * i->dil_w + 1;
    for (uint32_t ky = 0; ky < i->k_h; ky++) {
        uint32_t sy = y * i->stride_h + ky * i->dil_h;
        uint32_t slot = sy / i->dil_h % i->k_h; /* a different one for each ky */
        uint8_t *out = d->ring + slot * d->ring_row;
        row[ky] = out;
        if (d->tag[slot] == (uint64_t)sy + 1)
            continue;
        d->tag[slot] = (uint64_t)sy + 1;
        depth_row_lines(d, sy - i->pad_top, left, columns); /* rows above wrap and are outside */
        for (uint32_t p = 0; p < d->packs; p++)
            depth_packs(d->line + DEPTH_TAPS * p * tap, step, tap, d->cols, out + p * PACK_BYTES,
                        d->packs * PACK_BYTES);
    }
}

#endif
