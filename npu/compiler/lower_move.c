/*
 * lower_move.c - layers that only move codes: PAD and CONCATENATION.
 *
 *   PAD             fill an ACT tile with the zero point, load the source into its middle, store
 *   CONCATENATION   load a piece of a source, store it at its place in the result
 */
#include <string.h>

#include "npu/compiler/compile_int.h"

/* Rows of `row_bytes` to move at once: four moves or more, so that they overlap, of what fits half
 * of ACT; 0 when not even one row fits. */
static uint32_t rows_at_once(const cc_t *cc, uint64_t row_bytes, uint32_t rows)
{
    uint32_t room = cc->desc->mem_bytes[NPU_MEM_ACT];
    if (row_bytes > room)
        return 0;
    uint64_t fit = room / 2 / row_bytes;
    return fit == 0 ? 1 : cc_min((uint32_t)(fit < rows ? fit : rows), cc_div_up(rows, 4));
}

static bool row_fits(cc_t *cc, const cc_layer_t *l, uint64_t row_bytes)
{
    if (rows_at_once(cc, row_bytes, 1) == 0)
        return cc_fail(cc, l, SIM_EFULL, "a row needs %llu bytes of L1 activations, there are %u",
                       (unsigned long long)row_bytes, cc->desc->mem_bytes[NPU_MEM_ACT]);
    return true;
}

/* ---- PAD ------------------------------------------------------------------------------------- */

/* Padding before and after of height, width, channels. */
static void pads_hwc(const cc_t *cc, const cc_layer_t *l, uint32_t pad[3][2])
{
    uint32_t dims = cc_tensor(cc, l->out)->dims;
    memset(pad, 0, 3 * sizeof(*pad));
    for (uint32_t i = 0; i < 3 && i < dims; i++)
        memcpy(pad[2 - i], l->node->pad[dims - 1 - i], sizeof(pad[0]));
}

static bool prepare_pad(cc_t *cc, cc_layer_t *l)
{
    cc_value_t out = cc_result_value(cc, l);
    l->ins = 1;
    return row_fits(cc, l, cc_align(out.row)) && cc_operand(cc, l, 0, 0, &l->in[0]);
}

/* Result rows y.. of a tile: where the source lies in them. */
static void load_middle(cc_t *cc, cc_layer_t *l, uint32_t y, uint32_t h, uint32_t top,
                        uint32_t left, uint32_t front, const npu_tile_t *tile)
{
    cc_value_t in = cc_operand_value(cc, &l->in[0]);
    uint32_t first = y > top ? y - top : 0;
    uint32_t end = y + h > top ? cc_min(y + h - top, in.size.h) : 0;
    if (end <= first)
        return;
    npu_tile_t middle = *tile;
    middle.addr += (first + top - y) * tile->row + left * tile->pix + front;
    cc_span_t rows = {first, end - first, 0}, cols = {0, in.size.w, 0};
    if (in.layout != NPU_LAYOUT_PLANAR) {
        npu_insn_t load = {.op = NPU_OP_LOAD, .mem = NPU_MEM_ACT, .l1 = middle.addr};
        load.l2 = in.l2 + first * in.row;
        load.planes = rows.count;
        load.rows = cols.count;
        load.row_bytes = in.size.c;
        load.l2_plane = in.row;
        load.l2_row = in.pix;
        load.l1_plane = middle.row;
        load.l1_row = middle.pix;
        cc_emit(cc, l, load);
        return;
    }
    /* planes beside the tile, interleaved there, then moved into it */
    npu_tile_t beside = {
        tile->addr + cc_align(h * tile->row) + cc_align(in.size.c * rows.count * cols.count),
        cols.count * cc_tile_pix(&in, 0, in.size.c), cc_tile_pix(&in, 0, in.size.c)};
    cc_load(cc, l, &in, rows, cols, 0, in.size.c, &beside);
    npu_insn_t copy = {.op = NPU_OP_COPY, .h = rows.count, .w = cols.count, .c = in.size.c};
    copy.src = beside;
    copy.dst = middle;
    cc_emit(cc, l, copy);
}

static void run_pad(cc_t *cc, cc_layer_t *l)
{
    uint32_t pad[3][2];
    cc_value_t out = cc_result_value(cc, l);
    pads_hwc(cc, l, pad);
    bool planar = cc_operand_value(cc, &l->in[0]).layout == NPU_LAYOUT_PLANAR;
    uint64_t row =
        out.row + 2 * CC_ALIGN + (planar ? 2 * (uint64_t)out.size.w * (out.size.c + 4) : 0);
    if (!row_fits(cc, l, row))
        return;
    uint32_t rows = rows_at_once(cc, row, out.size.h);
    l->tiling.rows = rows;
    l->tiling.cols = out.size.w;
    l->tiling.group = out.size.c;
    for (uint32_t y = 0; y < out.size.h; y += rows) {
        uint32_t h = cc_min(rows, out.size.h - y);
        npu_tile_t tile = {cc_take(cc, NPU_MEM_ACT, (uint32_t)row * h), out.row, out.pix};
        npu_insn_t fill = {.op = NPU_OP_FILL, .dst = tile, .h = h, .w = out.size.w};
        fill.c = out.size.c;
        fill.value = cc_zero(cc, l->out);
        cc_emit(cc, l, fill);
        load_middle(cc, l, y, h, pad[0][0], pad[1][0], pad[2][0], &tile);
        cc_store(cc, l, &out, y, 0, h, out.size.w, 0, out.size.c, &tile);
    }
}

/* ---- CONCATENATION --------------------------------------------------------------------------- */

/* ACT bytes of one row of a source, planes included. */
static uint64_t source_row_bytes(const cc_value_t *v)
{
    uint64_t bytes = cc_tile_pix(v, 0, v->size.c);
    if (v->layout == NPU_LAYOUT_PLANAR)
        bytes += v->size.c;
    return bytes * v->size.w + CC_ALIGN;
}

static bool prepare_concatenation(cc_t *cc, cc_layer_t *l)
{
    const npu_tensor_t *out = cc_tensor(cc, l->out);
    if (l->node->activation != NPU_ACT_NONE)
        return cc_fail(cc, l, SIM_EPARSE, "fused activation %d, expected none",
                       (int)l->node->activation);
    for (uint32_t i = 0; i < l->node->inputs; i++) {
        const npu_tensor_t *in = cc_tensor(cc, l->node->input[i]);
        cc_operand_t operand;
        if (in->scale[0] != out->scale[0] || in->zero_point[0] != out->zero_point[0])
            return cc_fail(cc, l, SIM_EPARSE,
                           "input %u has scale %g zero point %d, expected the output's %g %d", i,
                           (double)in->scale[0], in->zero_point[0], (double)out->scale[0],
                           out->zero_point[0]);
        if (in->data != NULL)
            return cc_fail(cc, l, SIM_EPARSE, "input %u is a constant, which is not supported", i);
        if (!cc_operand(cc, l, i, 0, &operand))
            return false;
        cc_value_t value = cc_operand_value(cc, &operand);
        if (!row_fits(cc, l, source_row_bytes(&value)))
            return false;
    }
    return true;
}

/* Copies one source to (y0, x0, c0) of the result, as many rows at once as fit. */
static void copy_source(cc_t *cc, cc_layer_t *l, const cc_value_t *in, const cc_value_t *out,
                        uint32_t y0, uint32_t x0, uint32_t c0)
{
    npu_hwc_t size = in->size;
    uint32_t pix = cc_tile_pix(in, 0, size.c), row = size.w * pix;
    bool planar = in->layout == NPU_LAYOUT_PLANAR;
    uint64_t room = source_row_bytes(in);
    uint32_t rows = rows_at_once(cc, room, size.h);
    for (uint32_t y = 0; y < size.h; y += rows) {
        uint32_t h = cc_min(rows, size.h - y);
        uint32_t at = cc_take(cc, NPU_MEM_ACT, (uint32_t)room * h);
        npu_tile_t tile = {at + (planar ? cc_align(size.c * h * size.w) : 0), row, pix};
        cc_span_t ys = {y, h, 0}, xs = {0, size.w, 0};
        cc_load(cc, l, in, ys, xs, 0, size.c, &tile);
        cc_store(cc, l, out, y0 + y, x0, h, size.w, c0, size.c, &tile);
    }
}

static void run_concatenation(cc_t *cc, cc_layer_t *l)
{
    const npu_node_t *n = l->node;
    cc_value_t out = cc_result_value(cc, l);
    uint32_t at[3] = {0, 0, 0}; /* height, width, channels */
    uint32_t axis = n->axis + 3 - cc_tensor(cc, l->out)->dims;
    for (uint32_t i = 0; i < n->inputs; i++) {
        cc_value_t in = cc_value(cc, n->input[i]);
        copy_source(cc, l, &in, &out, at[0], at[1], at[2]);
        at[axis] += axis == 0 ? in.size.h : axis == 1 ? in.size.w : in.size.c;
    }
}

const cc_kind_t cc_kind_pad = {prepare_pad, NULL, NULL, NULL, run_pad};
const cc_kind_t cc_kind_concatenation = {prepare_concatenation, NULL, NULL, NULL,
                                         run_concatenation};
