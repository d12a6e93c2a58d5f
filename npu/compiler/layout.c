/*
 * layout.c - layout nodes: layers that change where bytes stand, as the chip's converter inserts
 * them.
 *
 *   image  C x H x W, planar
 *     | rows of padding above and below        TRANSFORM     C x H' x W
 *     | rows and columns change places         TRANSFORM     C x W  x H'
 *     | rows of padding, now at the sides      TRANSFORM     C x W' x H'
 *     | and back                               TRANSFORM     C x H' x W'
 *     v
 *   first convolution, the width of its result on the lanes, no padding left
 *
 *   map with channels in 32s --TRANSFORM--> dense, as a flattening layer or the network's reader
 *   wants it
 *
 * Published (converter's reports of the IMX500): the four nodes and their bytes (3.3, 6.1, 6.5, 6.5
 * KB for 3 x 32 x 32 and a 3 x 3 kernel), the one before a flattening fully connected layer, the
 * one at the network's output; kernels of that first convolution in 3 x 3 pieces. Assumed: each is
 * a load, a pass through the vector unit, a store, a few rows at a time.
 */
#include "npu/compiler/compile_int.h"

static uint32_t new_place(cc_t *cc, int32_t tensor, npu_layout_t layout, npu_hwc_t size)
{
    cc_value_t value;
    cc->place[cc->places] = (cc_place_t){.tensor = tensor, .layout = layout, .size = size};
    value = cc_place_value(cc, cc->places);
    uint64_t bytes =
        layout == NPU_LAYOUT_PLANAR ? (uint64_t)value.plane * size.c : (uint64_t)value.row * size.h;
    cc->place[cc->places].bytes = (bytes + CC_ALIGN - 1) / CC_ALIGN * CC_ALIGN;
    return cc->places++;
}

static cc_layer_t *new_layer(cc_t *cc, const npu_node_t *node, const cc_kind_t *kind,
                             uint32_t source, uint32_t made)
{
    cc_layer_t *l = &cc->layer[cc->layers];
    *l = (cc_layer_t){.node = node,
                      .kind = kind,
                      .op = "TRANSFORM",
                      .index = cc->layers,
                      .last_node = (uint32_t)(node - cc->node),
                      .out = NPU_NO_TENSOR,
                      .result = NPU_NO_TENSOR,
                      .source = source,
                      .made = made,
                      .moves = true,
                      .ins = 1,
                      .multiplier = 1};
    l->in[0] = (cc_operand_t){.tensor = NPU_NO_TENSOR, .laid_out = true, .place = source};
    l->in[0].size = cc->place[source].size;
    cc->layers++;
    return l;
}

/* ---- planes ---------------------------------------------------------------------------------- */

/* Where the pieces of a plane go: through L1 `rows` rows at a time. */
typedef struct {
    cc_value_t from, to;
    uint32_t plane, rows;
} planes_t;

static npu_insn_t move_rows(npu_op_t op, const cc_value_t *v, uint32_t plane, uint32_t y,
                            uint32_t x, uint32_t h, uint32_t w, uint32_t l1)
{
    return (npu_insn_t){.op = op,
                        .mem = NPU_MEM_ACT,
                        .l1 = l1,
                        .l1_row = w,
                        .l2 = v->l2 + plane * v->plane + y * v->row + x,
                        .l2_row = v->row,
                        .row_bytes = w,
                        .rows = h,
                        .planes = 1};
}

/* Two areas of a piece: as loaded, as stored. */
static uint32_t take_areas(cc_t *cc, uint32_t bytes, uint32_t *second)
{
    uint32_t at = cc_take(cc, NPU_MEM_ACT, 2 * cc_align(bytes));
    *second = at + cc_align(bytes);
    return at;
}

/* Rows y.. of the result, `top` of padding before the first of the source. */
static void pad_piece(cc_t *cc, cc_layer_t *l, const planes_t *p, uint32_t y, uint32_t h)
{
    uint32_t w = p->to.size.w, top = l->window.pad_top, to;
    uint32_t first = y > top ? y - top : 0;
    uint32_t end = y + h > top ? cc_min(y + h - top, p->from.size.h) : 0;
    uint32_t count = end > first ? end - first : 0, from = take_areas(cc, h * w, &to);
    npu_insn_t fill = {.op = NPU_OP_FILL, .dst = {to, w, 1}, .h = h, .w = w, .c = 1};
    fill.value = cc_zero(cc, l->node->input[0]);
    if (count < h)
        cc_emit(cc, l, fill);
    if (count > 0) {
        npu_insn_t move = {.op = NPU_OP_TRANSFORM, .h = count, .w = w, .c = 1};
        move.src = (npu_tile_t){from, w, 1};
        move.dst = (npu_tile_t){to + (first + top - y) * w, w, 1};
        cc_emit(cc, l, move_rows(NPU_OP_LOAD, &p->from, p->plane, first, 0, count, w, from));
        cc_emit(cc, l, move);
    }
    cc_emit(cc, l, move_rows(NPU_OP_STORE, &p->to, p->plane, y, 0, h, w, to));
}

/* Rows y.. of the source become columns. */
static void swap_piece(cc_t *cc, cc_layer_t *l, const planes_t *p, uint32_t y, uint32_t h)
{
    uint32_t w = p->from.size.w, to, from = take_areas(cc, h * w, &to);
    npu_insn_t move = {.op = NPU_OP_TRANSFORM, .h = h, .w = w, .c = 1};
    move.src = (npu_tile_t){from, w, 1};
    move.dst = (npu_tile_t){to, 1, h};
    cc_emit(cc, l, move_rows(NPU_OP_LOAD, &p->from, p->plane, y, 0, h, w, from));
    cc_emit(cc, l, move);
    cc_emit(cc, l, move_rows(NPU_OP_STORE, &p->to, p->plane, 0, y, w, h, to));
}

/* Rows at once: all of a plane where four pieces fit L1 side by side, else in 32s. */
static uint32_t rows_at_once(const cc_t *cc, uint32_t row_bytes, uint32_t rows)
{
    uint32_t fit = cc->desc->mem_bytes[NPU_MEM_ACT] / 8 / cc_align(row_bytes);
    if (fit >= rows)
        return rows;
    return fit > NPU_LANES ? fit / NPU_LANES * NPU_LANES : fit;
}

static void run_planes(cc_t *cc, cc_layer_t *l)
{
    planes_t p = {.from = cc_place_value(cc, l->source), .to = cc_place_value(cc, l->made)};
    bool pads = p.from.size.w == p.to.size.w && !l->swaps;
    uint32_t rows = pads ? p.to.size.h : p.from.size.h;
    p.rows = rows_at_once(cc, p.from.size.w, rows);
    l->tiling.rows = p.rows;
    l->tiling.cols = p.to.size.w;
    l->tiling.group = p.to.size.c;
    for (p.plane = 0; p.plane < p.to.size.c; p.plane++)
        for (uint32_t y = 0; y < rows; y += p.rows) {
            uint32_t h = cc_min(p.rows, rows - y);
            if (pads)
                pad_piece(cc, l, &p, y, h);
            else
                swap_piece(cc, l, &p, y, h);
        }
}

static const cc_kind_t kind_planes = {.run = run_planes};

uint32_t layout_kernel(uint32_t kernel)
{
    return kernel > 3 ? (kernel + 2) / 3 * 3 : kernel;
}

/* Appends "pad above and below" and "swap"; returns what they make. */
static uint32_t pad_and_swap(cc_t *cc, const npu_node_t *n, uint32_t source, uint32_t before,
                             uint32_t after)
{
    int32_t tensor = n->input[0];
    npu_hwc_t size = cc->place[source].size;
    size.h += before + after;
    uint32_t padded = new_place(cc, tensor, NPU_LAYOUT_PLANAR, size);
    npu_hwc_t turned = {size.w, size.h, size.c};
    uint32_t swapped = new_place(cc, tensor, NPU_LAYOUT_PLANAR, turned);
    new_layer(cc, n, &kind_planes, source, padded)->window.pad_top = before;
    new_layer(cc, n, &kind_planes, padded, swapped)->swaps = true;
    return swapped;
}

/* Of the smallest tile: 32 channels of the source and of the result. */
static bool pieces_fit(const cc_t *cc, const npu_node_t *n)
{
    uint64_t taps = (uint64_t)layout_kernel(n->window.kernel_h) * layout_kernel(n->window.kernel_w);
    uint32_t bits = n->weight_bits == 0 ? 8 : n->weight_bits;
    return taps * NPU_LANES * NPU_LANES * bits / 8 <= cc->desc->mem_bytes[NPU_MEM_WGT];
}

uint32_t layout_before(cc_t *cc, uint32_t node)
{
    const npu_node_t *n = &cc->node[node];
    if (!cc->desc->layout_nodes || n->op != NPU_NODE_CONV_2D ||
        cc->place_of[n->input[0]] == CC_NO_PLACE || cc->part[n->input[0]].is)
        return CC_NO_PLACE;
    uint32_t source = cc->place_of[n->input[0]];
    const cc_place_t *image = &cc->place[source];
    uint64_t row = image->size.w + (uint64_t)image->size.h + 1024; /* with padding, at most */
    if (image->layout != NPU_LAYOUT_PLANAR || row * 8 > cc->desc->mem_bytes[NPU_MEM_ACT] ||
        !pieces_fit(cc, n))
        return CC_NO_PLACE;
    const npu_window_t *w = &n->window;
    source = pad_and_swap(cc, n, source, w->pad_top, w->pad_bottom);
    return pad_and_swap(cc, n, source, w->pad_left, w->pad_right);
}

/* ---- pixels ---------------------------------------------------------------------------------- */

/* Channels lose the padding between them. */
static void pixels_piece(cc_t *cc, cc_layer_t *l, const cc_value_t *from, uint32_t l2, uint32_t to,
                         uint32_t count)
{
    uint32_t c = from->size.c, area, at = take_areas(cc, count * from->pix, &area);
    npu_insn_t load = {.op = NPU_OP_LOAD, .mem = NPU_MEM_ACT, .planes = 1, .rows = 1};
    load.l1 = at;
    load.l2 = l2;
    load.row_bytes = count * from->pix;
    npu_insn_t move = {.op = NPU_OP_TRANSFORM, .h = 1, .w = count, .c = c};
    move.src = (npu_tile_t){at, 0, from->pix};
    move.dst = (npu_tile_t){area, 0, c};
    move.src_chan = move.dst_chan = 1;
    npu_insn_t store = load;
    store.op = NPU_OP_STORE;
    store.l1 = area;
    store.l2 = to;
    store.row_bytes = count * c;
    cc_emit(cc, l, load);
    cc_emit(cc, l, move);
    cc_emit(cc, l, store);
}

/* Rows [y, end), a run of pixels at a time: as many as fit, up to where a ring of rows ends. */
static void pixels_rows(cc_t *cc, cc_layer_t *l, uint32_t y, uint32_t end)
{
    cc_value_t from = cc_place_value(cc, l->source), to = cc_place_value(cc, l->made);
    uint32_t w = from.size.w, ring = from.ring == 0 ? from.size.h : from.ring;
    uint32_t most = cc->desc->mem_bytes[NPU_MEM_ACT] / 8 / cc_align(from.pix);
    most = cc_min(most, UINT16_MAX);
    l->tiling.rows = from.size.h;
    l->tiling.cols = w;
    l->tiling.group = from.size.c;
    for (uint32_t first = y * w, count; first < end * w; first += count) {
        uint32_t at = first % (ring * w);
        count = cc_min(cc_min(most, end * w - first), ring * w - at);
        pixels_piece(cc, l, &from, from.l2 + at * from.pix, to.l2 + first * from.size.c, count);
    }
}

static void run_pixels(cc_t *cc, cc_layer_t *l)
{
    pixels_rows(cc, l, 0, cc->place[l->source].size.h);
}

static const cc_kind_t kind_pixels = {.run = run_pixels};

static cc_span_t same_rows(const cc_t *cc, const cc_layer_t *l, uint32_t y, uint32_t h)
{
    (void)cc;
    (void)l;
    return (cc_span_t){y, h, 0};
}

const cc_by_rows_t *layout_by_rows(const cc_layer_t *l)
{
    static const cc_by_rows_t pixels = {pixels_rows, same_rows};
    return l->kind == &kind_pixels ? &pixels : NULL;
}

static bool is_output(const cc_t *cc, uint32_t place)
{
    for (uint32_t i = 0; i < cc->leavings; i++)
        if (cc->place_of[cc->leaving[i]] == place)
            return true;
    return false;
}

uint32_t layout_raw_place(cc_t *cc, const cc_layer_t *layer, uint32_t made)
{
    npu_hwc_t size = npu_tensor_hwc(cc_tensor(cc, layer->result));
    bool wanted =
        cc->place[made].layout == NPU_LAYOUT_DENSE && (size.h * size.w > 1 || is_output(cc, made));
    bool fits = npu_round_lanes(size.c) <= UINT16_MAX &&
                (uint64_t)npu_round_lanes(size.c) * 8 <= cc->desc->mem_bytes[NPU_MEM_ACT];
    if (!cc->desc->layout_nodes || !wanted || !fits || cc->part[layer->result].is)
        return made;
    return new_place(cc, layer->result, NPU_LAYOUT_NHWC32, size);
}

void layout_after(cc_t *cc, const cc_layer_t *layer)
{
    uint32_t made = cc->place_of[layer->result];
    npu_hwc_t size = npu_tensor_hwc(cc_tensor(cc, layer->result));
    cc_layer_t *l = new_layer(cc, &cc->node[layer->last_node], &kind_pixels, layer->made, made);
    cc->place[made].size = size;
    l->result = layer->result;
}
