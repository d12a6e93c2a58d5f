/*
 * lower.c - what all kinds of layers use: values, constants, L1 room, moves between L2 and L1.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/compile_int.h"

bool cc_fail(cc_t *cc, const cc_layer_t *layer, sim_err_t err, const char *fmt, ...)
{
    if (cc->err != SIM_OK)
        return false;
    cc->err = err;
    char what[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof(what), fmt, args);
    va_end(args);
    if (layer == NULL)
        snprintf(cc->error, cc->error_bytes, "%s: %s", cc->graph->name, what);
    else
        snprintf(cc->error, cc->error_bytes, "%s: layer %td %s \"%.80s\": %s", cc->graph->name,
                 layer->node - (cc->node != NULL ? cc->node : cc->graph->node),
                 npu_node_op_name(layer->node->op), layer->node->name, what);
    return false;
}

/* ---- tensors --------------------------------------------------------------------------------- */

const npu_tensor_t *cc_tensor(const cc_t *cc, int32_t tensor)
{
    return &cc->graph->tensor[tensor];
}

int32_t cc_zero(const cc_t *cc, int32_t tensor)
{
    const npu_tensor_t *t = cc_tensor(cc, tensor);
    return t->zero_point[0] - (t->type == NPU_TYPE_UINT8 ? 128 : 0);
}

/* TFLite CalculateActivationRangeQuantized: zero point + round(bound / scale), in float. */
static int32_t bound_code(const npu_tensor_t *t, int32_t zero, float bound)
{
    float steps = roundf(bound / t->scale[0]);
    if (steps > 512.0f || steps < -512.0f)
        return steps > 0 ? 512 : -512; /* beyond any code; the cast would be undefined */
    return zero + (int32_t)steps;
}

void cc_clamp(const cc_t *cc, int32_t tensor, npu_activation_t act, int32_t *low, int32_t *high)
{
    const npu_tensor_t *t = cc_tensor(cc, tensor);
    int32_t zero = cc_zero(cc, tensor);
    *low = -128;
    *high = 127;
    if (act == NPU_ACT_RELU || act == NPU_ACT_RELU6)
        *low = bound_code(t, zero, 0.0f);
    if (act == NPU_ACT_RELU6)
        *high = bound_code(t, zero, 6.0f);
    if (act == NPU_ACT_RELU_N1_P1) {
        *low = bound_code(t, zero, -1.0f);
        *high = bound_code(t, zero, 1.0f);
    }
    *low = npu_clamp(*low, -128, 127);
    *high = npu_clamp(*high, -128, 127);
}

void cc_set_clamp(const cc_t *cc, cc_layer_t *l)
{
    cc_clamp(cc, l->out, l->node->activation, &l->out_min, &l->out_max);
    l->out_min = npu_clamp(l->out_min, l->low, l->high);
    l->out_max = npu_clamp(l->out_max, l->low, l->high);
}

const npu_window_t cc_one_by_one = {
    .kernel_h = 1, .kernel_w = 1, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1};

/* ---- values in L2 ---------------------------------------------------------------------------- */

static cc_value_t value_at(npu_hwc_t size, npu_layout_t layout, uint32_t l2)
{
    cc_value_t v = {.size = size, .layout = layout, .l2 = l2, .plane = 1};
    if (layout == NPU_LAYOUT_PLANAR) {
        v.pix = 1;
        v.row = npu_round_lanes(size.w);
        v.plane = v.row * ((size.h + 1) / 2 * 2);
    } else {
        v.pix = layout == NPU_LAYOUT_DENSE ? size.c : npu_round_lanes(size.c);
        v.row = size.w * v.pix;
    }
    return v;
}

static cc_value_t value_in(const cc_place_t *p, npu_hwc_t size)
{
    cc_value_t v = value_at(size, p->layout, p->l2);
    v.ring = p->ring_rows;
    return v;
}

cc_value_t cc_value(const cc_t *cc, int32_t tensor)
{
    npu_hwc_t size = npu_tensor_hwc(cc_tensor(cc, tensor));
    if (cc->place_of[tensor] == CC_NO_PLACE)
        return value_at(size, NPU_LAYOUT_NHWC32, cc->constants_l2 + cc->constant_of[tensor]);
    const cc_place_t *p = &cc->place[cc->place_of[tensor]];
    const cc_part_t *part = &cc->part[tensor];
    if (!part->is)
        return value_in(p, size);
    cc_value_t v = value_in(p, p->size);
    v.l2 += part->at.h * v.row + part->at.w * v.pix + part->at.c * v.plane;
    v.shared = v.size.c != size.c && p->layout != NPU_LAYOUT_PLANAR;
    v.size = size;
    return v;
}

cc_value_t cc_place_value(const cc_t *cc, uint32_t place)
{
    return value_in(&cc->place[place], cc->place[place].size);
}

cc_value_t cc_result_value(const cc_t *cc, const cc_layer_t *layer)
{
    if (layer->made == cc->place_of[layer->result])
        return cc_value(cc, layer->result);
    return value_in(&cc->place[layer->made], npu_tensor_hwc(cc_tensor(cc, layer->result)));
}

cc_value_t cc_operand_value(const cc_t *cc, const cc_operand_t *operand)
{
    if (operand->laid_out)
        return cc_place_value(cc, operand->place);
    if (operand->flat)
        return value_at(operand->size, NPU_LAYOUT_DENSE, cc_value(cc, operand->tensor).l2);
    if (!operand->constant)
        return cc_value(cc, operand->tensor);
    return value_at(operand->size, NPU_LAYOUT_NHWC32, cc->constants_l2 + operand->at);
}

/* A constant as NHWC32 int8 codes; one channel is repeated to as many as the result has. */
static void store_constant(cc_t *cc, const npu_tensor_t *t, cc_operand_t *operand)
{
    npu_hwc_t from = npu_tensor_hwc(t), to = operand->size;
    uint32_t pix = npu_round_lanes(to.c);
    uint8_t flip = t->type == NPU_TYPE_UINT8 ? 0x80 : 0, *at;
    operand->at = cc_constant(cc, to.h * to.w * pix, &at);
    for (uint32_t p = 0; at != NULL && p < to.h * to.w; p++)
        for (uint32_t c = 0; c < to.c; c++)
            at[(size_t)p * pix + c] = t->data[(size_t)p * from.c + (from.c == 1 ? 0 : c)] ^ flip;
}

bool cc_operand(cc_t *cc, const cc_layer_t *layer, uint32_t i, uint32_t channels,
                cc_operand_t *operand)
{
    int32_t tensor = layer->node->input[i];
    const npu_tensor_t *t = cc_tensor(cc, tensor);
    *operand = (cc_operand_t){.tensor = tensor, .size = npu_tensor_hwc(t)};
    operand->constant = t->data != NULL;
    if (operand->size.c != channels && channels != 0) {
        if (operand->constant)
            operand->size.c = channels;
        operand->spread = !operand->constant;
    }
    if (operand->constant)
        store_constant(cc, t, operand);
    return cc->err == SIM_OK;
}

void cc_place_constant(cc_t *cc, int32_t tensor)
{
    const npu_tensor_t *t = cc_tensor(cc, tensor);
    cc_operand_t operand = {.tensor = tensor, .size = npu_tensor_hwc(t)};
    if (t->data == NULL || cc->constant_of[tensor] != CC_NO_PLACE)
        return;
    store_constant(cc, t, &operand);
    cc->constant_of[tensor] = operand.at;
}

/* ---- constants ------------------------------------------------------------------------------- */

uint32_t cc_constant(cc_t *cc, uint32_t bytes, uint8_t **at)
{
    uint32_t offset = cc->constants_bytes, rounded = cc_align(bytes);
    *at = NULL;
    if (rounded < bytes || rounded > INT32_MAX - offset) {
        cc_fail(cc, NULL, SIM_EFULL, "constants need more than 2 GiB");
        return 0;
    }
    if (offset + rounded > cc->constants_capacity) {
        uint32_t capacity = cc_align(offset + rounded + offset / 2);
        uint8_t *more = realloc(cc->constants, capacity);
        if (more == NULL) {
            cc_fail(cc, NULL, SIM_ENOMEM, "out of memory");
            return 0;
        }
        cc->constants = more;
        cc->constants_capacity = capacity;
    }
    *at = cc->constants + offset;
    memset(*at, 0, rounded);
    cc->constants_bytes = offset + rounded;
    return offset;
}

void cc_put_i32(uint8_t *at, uint32_t word, int32_t value)
{
    for (uint32_t b = 0; b < 4; b++)
        at[4 * word + b] = (uint8_t)((uint32_t)value >> 8 * b);
}

/* ---- emitting -------------------------------------------------------------------------------- */

uint64_t cc_insn_cycles(const cc_t *cc, const npu_insn_t *insn)
{
    npu_engine_t e = npu_op_engine(insn->op);
    bool dma = e == NPU_ENGINE_LOAD || e == NPU_ENGINE_STORE;
    return npu_insn_cycles(cc->desc, insn) + (dma ? CC_L2_CYCLES : 0);
}

void cc_emit(cc_t *cc, cc_layer_t *layer, npu_insn_t insn)
{
    if (cc->probe != NULL) {
        cc->probed++;
        cc->probe[npu_op_engine(insn.op)] += cc_insn_cycles(cc, &insn);
        return;
    }
    insn.layer = layer->index;
    uint32_t index = emit_add(&cc->emit, &insn);
    cc_layer_t *main = &cc->layer[layer->index]; /* layer may be a follower */
    if (main->first == UINT32_MAX)
        main->first = index;
    main->last = index;
}

/* The next instruction starts when these engines have done what they were given. */
static void cc_order(cc_t *cc, uint32_t engines)
{
    if (cc->probe == NULL)
        emit_order(&cc->emit, engines);
}

void cc_emit_load(cc_t *cc, cc_layer_t *layer, npu_insn_t insn)
{
    if ((cc->desc->overlap & NPU_OVERLAP_ACTIVATIONS) == 0)
        cc_order(cc, 1u << NPU_ENGINE_MAC | 1u << NPU_ENGINE_VEC | 1u << NPU_ENGINE_STORE);
    cc_emit(cc, layer, insn);
}

uint32_t cc_take(cc_t *cc, npu_mem_t mem, uint32_t bytes)
{
    cc_ring_t *ring = &cc->ring[mem];
    bytes = cc_align(bytes);
    if (ring->bytes - ring->head < bytes)
        ring->head = ring->base;
    uint32_t at = ring->head;
    ring->head += bytes;
    return at;
}

uint32_t cc_tile_pix(const cc_value_t *value, uint32_t c0, uint32_t c)
{
    if (value->layout == NPU_LAYOUT_PLANAR)
        return (c + 3) / 4 * 4; /* transformed on the way */
    bool all = c0 == 0 && c == value->size.c && !value->shared;
    return all ? value->pix : npu_round_lanes(c);
}

/* The DMA of h x w pixels of c channels at (y, x, c0), L2 to or from a tile. */
static npu_insn_t pixels_insn(npu_op_t op, const cc_value_t *v, uint32_t y, uint32_t x, uint32_t h,
                              uint32_t w, uint32_t c0, uint32_t c, const npu_tile_t *tile)
{
    npu_insn_t i = {.op = op, .mem = NPU_MEM_ACT, .l1 = tile->addr, .planes = 1, .rows = 1};
    i.l2 = v->l2 + (v->ring == 0 ? y : y % v->ring) * v->row + x * v->pix + c0;
    if (tile->pix != v->pix || c != v->size.c || v->shared) {
        i.planes = h;
        i.rows = w;
        i.row_bytes = c;
        i.l2_plane = v->row;
        i.l2_row = v->pix;
        i.l1_plane = tile->row;
        i.l1_row = tile->pix;
    } else if (w * v->pix == v->row && tile->row == v->row) {
        i.row_bytes = h * v->row;
    } else {
        i.rows = h;
        i.row_bytes = w * v->pix;
        i.l2_row = v->row;
        i.l1_row = tile->row;
    }
    return i;
}

/* Planes beside the tile first, then the vector unit interleaves them. */
static void load_planar(cc_t *cc, cc_layer_t *layer, const cc_value_t *v, cc_span_t rows,
                        cc_span_t cols, uint32_t c0, uint32_t c, const npu_tile_t *tile)
{
    uint32_t plane = rows.count * cols.count;
    uint32_t planes = tile->addr - cc_align(c * plane);
    npu_insn_t load = {.op = NPU_OP_LOAD, .mem = NPU_MEM_ACT, .l1 = planes};
    load.l2 = v->l2 + c0 * v->plane + rows.first * v->row + cols.first;
    load.planes = c;
    load.rows = rows.count;
    load.row_bytes = cols.count;
    load.l2_plane = v->plane;
    load.l2_row = v->row;
    load.l1_plane = plane;
    load.l1_row = cols.count;
    cc_emit(cc, layer, load);
    npu_insn_t move = {.op = NPU_OP_TRANSFORM, .h = rows.count, .w = cols.count, .c = c};
    move.src = (npu_tile_t){planes, cols.count, 1};
    move.src_chan = plane;
    move.dst = *tile;
    move.dst_chan = 1;
    cc_emit(cc, layer, move);
}

/* The same for a map of which only a ring of rows exists: in two pieces where it wraps. */
static void move_pixels(cc_t *cc, cc_layer_t *layer, npu_op_t op, const cc_value_t *v, uint32_t y,
                        uint32_t x, uint32_t h, uint32_t w, uint32_t c0, uint32_t c,
                        const npu_tile_t *tile)
{
    npu_tile_t at = *tile;
    while (h > 0) {
        uint32_t rows = v->ring == 0 ? h : cc_min(h, v->ring - y % v->ring);
        cc_emit(cc, layer, pixels_insn(op, v, y, x, rows, w, c0, c, &at));
        at.addr += rows * at.row;
        y += rows;
        h -= rows;
    }
}

void cc_load(cc_t *cc, cc_layer_t *layer, const cc_value_t *value, cc_span_t rows, cc_span_t cols,
             uint32_t c0, uint32_t c, const npu_tile_t *tile)
{
    if ((cc->desc->overlap & NPU_OVERLAP_ACTIVATIONS) == 0)
        cc_order(cc, 1u << NPU_ENGINE_MAC | 1u << NPU_ENGINE_VEC | 1u << NPU_ENGINE_STORE);
    if (value->layout == NPU_LAYOUT_PLANAR)
        load_planar(cc, layer, value, rows, cols, c0, c, tile);
    else
        move_pixels(cc, layer, NPU_OP_LOAD, value, rows.first, cols.first, rows.count, cols.count,
                    c0, c, tile);
}

void cc_store(cc_t *cc, cc_layer_t *layer, const cc_value_t *value, uint32_t y, uint32_t x,
              uint32_t h, uint32_t w, uint32_t c0, uint32_t c, const npu_tile_t *tile)
{
    move_pixels(cc, layer, NPU_OP_STORE, value, y, x, h, w, c0, c, tile);
}

void cc_load_packed(cc_t *cc, cc_layer_t *layer, npu_mem_t mem, uint32_t at, uint32_t stream_bytes,
                    uint32_t bytes, uint32_t l1)
{
    npu_insn_t load = {.op = NPU_OP_LOAD, .mem = mem, .l1 = l1, .planes = 1, .rows = 1};
    if ((cc->desc->overlap & NPU_OVERLAP_WEIGHTS) == 0)
        cc_order(cc, 1u << NPU_ENGINE_MAC);
    load.l2 = cc->constants_l2 + at;
    load.row_bytes = stream_bytes;
    load.packed = stream_bytes != bytes;
    load.l1_row = load.packed != 0 ? bytes : 0;
    cc_emit(cc, layer, load);
}

void cc_load_constants(cc_t *cc, cc_layer_t *layer, npu_mem_t mem, uint32_t at, uint32_t bytes,
                       uint32_t l1)
{
    cc_load_packed(cc, layer, mem, at, bytes, bytes, l1);
}
