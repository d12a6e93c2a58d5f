/*
 * kernel_dense.h - CONV cut into strips that a register-blocked inner kernel takes; compiled once
 * per vector level by the file that includes it, after it has defined dense_elem_t, and
 *     DENSE_MINUS(insn)     which makes elements of codes: element = code - minus
 *     DENSE_IN_PLACE(insn)  whether the level takes codes where they are
 *
 * Whatever the window, the inner kernel sees pixels at equal distances, and sums each over a few
 * segments: groups of 4 channels side by side at the same places from every pixel.
 *
 *     x ----> [seg 0: group group ...]      [seg 1: group group ...]      kernel row ky = 0, 1
 *     x + x_pix ----> [seg 0 ...]           [seg 1 ...]                   the next pixel
 *
 * Where all taps are inside the source and the level takes codes, that is the source itself. Else
 * the strip's part of it is copied, once for all blocks of output channels, with zero points
 * outside (so that taps there add nothing) and whole groups of channels. A kernel row whose taps
 * touch is one segment.
 */
#ifndef NPU_KERNEL_DENSE_H
#define NPU_KERNEL_DENSE_H

#include "npu/kernel_int.h"

#define DENSE_GROUPS 256u        /* of 4 channels, in one sum; what goes beyond comes in pieces */
#define DENSE_PIXELS 2048u       /* of a strip */
#define DENSE_COPY (128u * 1024) /* elements of a strip's source */

typedef struct {
    const npu_insn_t *insn;
    npu_insn_t flat; /* insn, or the same with all rows in one */
    const npu_l1_t *l1;
    bool in_place;
    uint32_t taps;

    /* the piece: input channels first_ic.. of every tap */
    uint32_t first_ic, channels, most_channels;
    bool add; /* on top of what ACC holds */

    /* the strip: rows x cols results from (y, x) on */
    uint32_t y, x, rows, cols, most_rows, most_cols;
    const dense_elem_t *src; /* first tap of the first result */
    size_t src_row, src_pix; /* elements to the row, column of the next result */
    uint32_t segs, groups;
    uint32_t seg[DENSE_GROUPS];                       /* elements from a pixel's first tap */
    _Alignas(64) dense_elem_t copy[DENSE_COPY + 128]; /* a vector may be read beyond the last */
} dense_t;

/* Rows and columns that n results span. */
static inline uint32_t dense_span(uint32_t n, uint32_t stride, uint32_t k, uint32_t dil)
{
    return (n - 1) * stride + (k - 1) * dil + 1;
}

static inline uint32_t dense_round4(uint32_t n)
{
    return (n + 3) / 4 * 4;
}

/* 1 x 1 over rows that follow each other without a gap: one long row. */
static inline npu_insn_t dense_flatten(const npu_insn_t *insn)
{
    npu_insn_t flat = *insn;
    bool one = insn->k_h == 1 && insn->k_w == 1 && insn->stride_h == 1 && insn->stride_w == 1;
    bool inside =
        insn->pad_top == 0 && insn->pad_left == 0 && insn->h <= insn->in_h && insn->w <= insn->in_w;
    bool even =
        insn->src.row == insn->w * insn->src.pix && insn->dst.row == insn->w * insn->dst.pix;
    if (one && inside && even) {
        flat.w = flat.in_w = insn->h * insn->w;
        flat.h = flat.in_h = 1;
    }
    return flat;
}

/* Elements that a copy of the source of rows x cols results takes. */
static inline uint64_t dense_copy_elems(const npu_insn_t *i, uint32_t rows, uint32_t cols,
                                        uint32_t channels)
{
    return (uint64_t)dense_span(rows, i->stride_h, i->k_h, i->dil_h) *
           dense_span(cols, i->stride_w, i->k_w, i->dil_w) * dense_round4(channels);
}

/* The largest strip that fits: whole rows if that goes. */
static inline void dense_size(dense_t *d)
{
    const npu_insn_t *i = &d->flat;
    d->most_cols = i->w < DENSE_PIXELS ? i->w : DENSE_PIXELS;
    while (dense_copy_elems(i, 1, d->most_cols, d->most_channels) > DENSE_COPY)
        d->most_cols = (d->most_cols + 1) / 2;
    d->most_rows = DENSE_PIXELS / d->most_cols;
    d->most_rows = d->most_rows < i->h ? d->most_rows : i->h;
    while (dense_copy_elems(i, d->most_rows, d->most_cols, d->most_channels) > DENSE_COPY)
        d->most_rows = (d->most_rows + 1) / 2;
}

/* About half the channels, in whole lanes where it can be: that keeps their weights together. */
static inline uint32_t dense_half(uint32_t channels)
{
    return channels > 2 * NPU_LANES ? npu_round_lanes(channels / 2) : dense_round4(channels / 2);
}

/* False: the window is too large for the buffers. */
static inline bool dense_begin(dense_t *d, const npu_insn_t *insn, const npu_l1_t *l1)
{
    d->insn = insn;
    d->flat = dense_flatten(insn);
    d->l1 = l1;
    const npu_insn_t *i = &d->flat;
    d->taps = i->k_h * i->k_w;
    d->in_place = DENSE_IN_PLACE(i) && i->in_c % 4 == 0 && i->pad_top == 0 && i->pad_left == 0 &&
                  dense_span(i->h, i->stride_h, i->k_h, i->dil_h) <= i->in_h &&
                  dense_span(i->w, i->stride_w, i->k_w, i->dil_w) <= i->in_w;
    d->most_channels = i->in_c;
    while (d->taps * dense_round4(d->most_channels) > DENSE_GROUPS * 4 ||
           dense_copy_elems(i, 1, 1, d->most_channels) > DENSE_COPY) {
        if (d->most_channels <= 4)
            return false;
        d->most_channels = dense_half(d->most_channels);
    }
    dense_size(d);
    d->first_ic = d->y = d->x = 0;
    d->channels = d->most_channels;
    d->rows = d->cols = 0;
    return true;
}

/* One source row of the strip, from column `left` on, columns of them. */
static inline void dense_copy_row(const dense_t *d, dense_elem_t *out, const int8_t *src,
                                  int32_t left, uint32_t columns)
{
    const npu_insn_t *i = &d->flat;
    const uint32_t pixel = dense_round4(d->channels);
    const int32_t minus = DENSE_MINUS(i);
    const dense_elem_t outside = (dense_elem_t)(i->in_zp - minus);
    uint32_t before = left >= 0 ? 0 : (uint32_t)-left < columns ? (uint32_t)-left : columns;
    uint32_t first = left >= 0 ? (uint32_t)left : 0;
    uint32_t there = src == NULL || first >= i->in_w ? 0 : i->in_w - first;
    there = there < columns - before ? there : columns - before;
    for (uint32_t n = 0; n < before * pixel; n++)
        out[n] = outside;
    out += (size_t)before * pixel;
    if (there > 0) {
        src += (size_t)first * i->src.pix + d->first_ic;
        if (i->src.pix == pixel) {
            size_t elems = (size_t)(there - 1) * pixel + d->channels;
            for (size_t n = 0; n < elems; n++)
                out[n] = (dense_elem_t)(src[n] - minus);
        } else {
            for (uint32_t x = 0; x < there; x++)
                for (uint32_t c = 0; c < d->channels; c++)
                    out[x * pixel + c] = (dense_elem_t)(src[(size_t)x * i->src.pix + c] - minus);
        }
    }
    out += (size_t)there * pixel;
    for (uint32_t n = 0; n < (columns - before - there) * pixel; n++)
        out[n] = outside;
}

static inline void dense_copy(dense_t *d, uint32_t columns)
{
    const npu_insn_t *i = &d->flat;
    uint32_t rows = dense_span(d->rows, i->stride_h, i->k_h, i->dil_h);
    int32_t top = (int32_t)(d->y * i->stride_h) - (int32_t)i->pad_top;
    int32_t left = (int32_t)(d->x * i->stride_w) - (int32_t)i->pad_left;
    size_t row_elems = (size_t)columns * dense_round4(d->channels);
    for (uint32_t r = 0; r < rows; r++) {
        uint32_t sy = (uint32_t)top + r; /* rows above wrap and are outside */
        const int8_t *src = sy < i->in_h ? npu_act_at(d->l1, &i->src, sy, 0) : NULL;
        dense_copy_row(d, d->copy + r * row_elems, src, left, columns);
    }
}

/* Where the strip's taps are: pix and row are the distances in what is read. */
static inline void dense_segments(dense_t *d, size_t row, size_t pix)
{
    const npu_insn_t *i = &d->flat;
    uint32_t channels = dense_round4(d->channels);
    bool touch = i->k_w == 1 || (i->dil_w == 1 && pix == channels);
    d->src_row = i->stride_h * row;
    d->src_pix = i->stride_w * pix;
    d->groups = channels / 4 * (touch ? i->k_w : 1);
    d->segs = 0;
    for (uint32_t ky = 0; ky < i->k_h; ky++)
        for (uint32_t kx = 0; kx < (touch ? 1 : i->k_w); kx++)
            d->seg[d->segs++] = (uint32_t)(ky * i->dil_h * row + kx * i->dil_w * pix);
}

/* Moves on to the next strip; false after the last. */
static inline bool dense_next(dense_t *d)
{
    const npu_insn_t *i = &d->flat;
    d->x += d->cols;
    if (d->x >= i->w) {
        d->x = 0;
        d->y += d->rows;
    }
    if (d->y >= i->h) {
        d->y = 0;
        d->first_ic += d->channels;
    }
    if (d->first_ic >= i->in_c)
        return false;
    d->cols = i->w - d->x < d->most_cols ? i->w - d->x : d->most_cols;
    d->rows = i->h - d->y < d->most_rows ? i->h - d->y : d->most_rows;
    d->channels =
        i->in_c - d->first_ic < d->most_channels ? i->in_c - d->first_ic : d->most_channels;
    d->add = (i->flags & NPU_FLAG_ACCUMULATE) != 0 || d->first_ic > 0;
    if (d->in_place) {
        const int8_t *src = npu_act_at(d->l1, &i->src, d->y * i->stride_h, d->x * i->stride_w);
        d->src = (const dense_elem_t *)(const void *)(src + d->first_ic);
        dense_segments(d, i->src.row, i->src.pix);
    } else {
        uint32_t columns = dense_span(d->cols, i->stride_w, i->k_w, i->dil_w);
        dense_copy(d, columns);
        d->src = d->copy;
        dense_segments(d, (size_t)columns * dense_round4(d->channels), dense_round4(d->channels));
    }
    return true;
}

/* First weight byte of the piece for a tap of a block of output channels. */
static inline const int8_t *dense_weights(const dense_t *d, uint32_t block, uint32_t tap)
{
    size_t tap_bytes = (size_t)npu_round_lanes(d->flat.in_c) * NPU_LANES;
    return (const int8_t *)d->l1->data[NPU_MEM_WGT] + d->flat.wgt +
           ((size_t)block * d->taps + tap) * tap_bytes + (size_t)d->first_ic * NPU_LANES;
}

#endif
