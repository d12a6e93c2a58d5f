/*
 * lower_pad.c - PAD, PADV2: fill an ACT tile, load the source into its middle, store.
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

/* Padding before and after of height, width, channels. */
static void pads_hwc(const cc_t *cc, const cc_layer_t *l, uint32_t pad[3][2])
{
    uint32_t dims = cc_tensor(cc, l->out)->dims;
    memset(pad, 0, 3 * sizeof(*pad));
    for (uint32_t i = 0; i < 3 && i < dims; i++)
        memcpy(pad[2 - i], l->node->pad[dims - 1 - i], sizeof(pad[0]));
}

/* The code inside the chip that the padding holds. */
static int32_t pad_code(const cc_t *cc, const cc_layer_t *l)
{
    bool flipped = cc_tensor(cc, l->out)->type == NPU_TYPE_UINT8;
    return l->node->op == NPU_NODE_PAD ? cc_zero(cc, l->out)
                                       : l->node->pad_value - (flipped ? 128 : 0);
}

static bool prepare_pad(cc_t *cc, cc_layer_t *l)
{
    cc_value_t out = cc_result_value(cc, l);
    l->ins = 1;
    return row_fits(cc, l, cc_align(out.size.w * cc_tile_pix(&out, 0, out.size.c))) &&
           cc_operand(cc, l, 0, 0, &l->in[0]);
}

/* Source rows `first` on, into the middle of a tile. */
static void load_rows(cc_t *cc, cc_layer_t *l, const cc_value_t *in, uint32_t first, uint32_t count,
                      npu_tile_t middle)
{
    while (count > 0) {
        uint32_t y = in->ring == 0 ? first : first % in->ring;
        uint32_t rows = in->ring == 0 ? count : cc_min(count, in->ring - y);
        npu_insn_t load = {.op = NPU_OP_LOAD, .mem = NPU_MEM_ACT, .l1 = middle.addr};
        load.l2 = in->l2 + y * in->row;
        load.planes = rows;
        load.rows = in->size.w;
        load.row_bytes = in->size.c;
        load.l2_plane = in->row;
        load.l2_row = in->pix;
        load.l1_plane = middle.row;
        load.l1_row = middle.pix;
        cc_emit_load(cc, l, load);
        middle.addr += rows * middle.row;
        first += rows;
        count -= rows;
    }
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
        load_rows(cc, l, &in, first, rows.count, middle);
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

/* Result rows [y, end), as many at once as fit. */
static void pad_rows(cc_t *cc, cc_layer_t *l, uint32_t y, uint32_t end)
{
    uint32_t pad[3][2];
    cc_value_t out = cc_result_value(cc, l);
    pads_hwc(cc, l, pad);
    bool planar = cc_operand_value(cc, &l->in[0]).layout == NPU_LAYOUT_PLANAR;
    uint32_t pix = cc_tile_pix(&out, 0, out.size.c), bytes = out.size.w * pix;
    uint64_t row =
        bytes + 2 * CC_ALIGN + (planar ? 2 * (uint64_t)out.size.w * (out.size.c + 4) : 0);
    if (!row_fits(cc, l, row))
        return;
    uint32_t rows = rows_at_once(cc, row, out.size.h);
    l->tiling.rows = rows;
    l->tiling.cols = out.size.w;
    l->tiling.group = out.size.c;
    for (; y < end; y += rows) {
        uint32_t h = cc_min(rows, end - y);
        npu_tile_t tile = {cc_take(cc, NPU_MEM_ACT, (uint32_t)row * h), bytes, pix};
        npu_insn_t fill = {.op = NPU_OP_FILL, .dst = tile, .h = h, .w = out.size.w};
        fill.c = out.size.c;
        fill.value = pad_code(cc, l);
        cc_emit(cc, l, fill);
        load_middle(cc, l, y, h, pad[0][0], pad[1][0], pad[2][0], &tile);
        cc_store(cc, l, &out, y, 0, h, out.size.w, 0, out.size.c, &tile);
    }
}

static void run_pad(cc_t *cc, cc_layer_t *l)
{
    pad_rows(cc, l, 0, cc_result_value(cc, l).size.h);
}

/* Source rows under result rows y..: none where all of them are padding. */
static cc_span_t source_rows(const cc_t *cc, const cc_layer_t *l, uint32_t y, uint32_t h)
{
    uint32_t pad[3][2], size = l->in[0].size.h;
    pads_hwc(cc, l, pad);
    uint32_t first = y > pad[0][0] ? y - pad[0][0] : 0;
    uint32_t end = y + h > pad[0][0] ? y + h - pad[0][0] : 0;
    first = cc_min(first, size);
    return (cc_span_t){first, cc_min(end, size) - first, 0};
}

const cc_by_rows_t *cc_by_rows(const cc_layer_t *l)
{
    static const cc_by_rows_t pad = {pad_rows, source_rows};
    return l->kind == &cc_kind_pad ? &pad : layout_by_rows(l);
}

const cc_kind_t cc_kind_pad = {.prepare = prepare_pad, .run = run_pad};
