/*
 * gather.c - the taps of a window made channels: a convolution of few channels becomes 1 x 1.
 *
 *   planes (C x rows x cols, padded with the zero point)      tile (h x w x taps * C)
 *   +-----------+
 *   | . t t t . |   for each tap one TRANSFORM moves the     pixel (y, x): t0c0 t0c1 t0c2 t1c0 ...
 *   | . t t t . |   source of all results at once      --->
 *   | . t t t . |
 *   +-----------+
 *
 * The array rounds input channels up (32 on the chip): a 3 x 3 kernel over 3 channels costs it 9 x
 * 32, gathered 1 x 32. The vector unit pays for the moves. Codes of padding are the zero point, so
 * they add nothing, as taps outside do.
 */
#include "npu/compiler/compile_int.h"

static uint32_t length(uint32_t results, uint32_t kernel, uint32_t stride, uint32_t dilation)
{
    return (results - 1) * stride + npu_window_reach(kernel, dilation);
}

static uint32_t rows_of(const cc_layer_t *l, uint32_t h)
{
    return length(h, l->window.kernel_h, l->window.stride_h, l->window.dilation_h);
}

static uint32_t cols_of(const cc_layer_t *l, uint32_t w)
{
    return length(w, l->window.kernel_w, l->window.stride_w, l->window.dilation_w);
}

uint32_t gather_planes_bytes(const cc_layer_t *l, uint32_t h, uint32_t w)
{
    uint64_t bytes = (uint64_t)l->in[0].size.c * rows_of(l, h) * cols_of(l, w) + CC_ALIGN;
    return bytes > INT32_MAX ? INT32_MAX : cc_align((uint32_t)bytes);
}

uint32_t gather_tile_pix(const cc_layer_t *l)
{
    return (l->depth + 3) / 4 * 4;
}

static void load_planes(cc_t *cc, cc_layer_t *l, const cc_step_t *s, uint32_t act)
{
    cc_value_t v = cc_operand_value(cc, &l->in[0]);
    uint32_t rows = rows_of(l, s->h), cols = cols_of(l, s->w);
    if (s->rows.count < rows || s->cols.count < cols) {
        npu_insn_t fill = {.op = NPU_OP_FILL, .dst = {act, cols, cols}};
        fill.h = v.size.c * rows;
        fill.w = 1;
        fill.c = cols;
        fill.value = cc_zero(cc, l->in[0].tensor);
        cc_emit(cc, l, fill);
    }
    npu_insn_t load = {.op = NPU_OP_LOAD, .mem = NPU_MEM_ACT};
    load.l1 = act + s->rows.pad * cols + s->cols.pad;
    load.l2 = v.l2 + s->rows.first * v.row + s->cols.first;
    load.planes = v.size.c;
    load.rows = s->rows.count;
    load.row_bytes = s->cols.count;
    load.l2_plane = v.plane;
    load.l2_row = v.row;
    load.l1_plane = rows * cols;
    load.l1_row = cols;
    cc_emit(cc, l, load);
}

void gather_load(cc_t *cc, cc_layer_t *l, cc_step_t *s, uint32_t act)
{
    const npu_window_t *w = &l->window;
    uint32_t cols = cols_of(l, s->w), c = l->in[0].size.c, pix = gather_tile_pix(l);
    load_planes(cc, l, s, act);
    s->in[0] = (npu_tile_t){act + gather_planes_bytes(l, s->h, s->w), s->w * pix, pix};
    for (uint32_t tap = 0; tap < w->kernel_h * w->kernel_w; tap++) {
        uint32_t y = tap / w->kernel_w * w->dilation_h, x = tap % w->kernel_w * w->dilation_w;
        npu_insn_t move = {.op = NPU_OP_TRANSFORM, .h = s->h, .w = s->w, .c = c};
        move.src = (npu_tile_t){act + y * cols + x, w->stride_h * cols, w->stride_w};
        move.src_chan = rows_of(l, s->h) * cols;
        move.dst = s->in[0];
        move.dst.addr += tap * c;
        move.dst_chan = 1;
        cc_emit(cc, l, move);
    }
}
