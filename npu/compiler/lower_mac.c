/*
 * lower_mac.c - CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED: array, then requantize.
 *
 * A fully connected layer is a convolution: of one pixel when its input is dense in L2, else with a
 * kernel that covers the whole map; its weights are ordered O, (h, w, c) either way. Constants of a
 * group of output channels stand together, so that one LOAD each brings its weights and its
 * requantization records.
 */
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/compile_int.h"
#include "npu/narrow.h"
#include "npu/pack.h"

/* ---- arithmetic ------------------------------------------------------------------------------ */

/* Real multiplier of an output channel. For uint8 weights, and for fully connected layers with one
 * weight scale, the reference multiplies the scales in float (TFLite kernel_util.cc,
 * GetQuantizedConvolutionMultipler); with a scale for each channel in double. */
static double real_multiplier(const cc_t *cc, const cc_layer_t *l, uint32_t channel)
{
    const npu_tensor_t *in = cc_tensor(cc, l->node->input[0]);
    const npu_tensor_t *weights = cc_tensor(cc, l->node->input[1]);
    float x = in->scale[0], w = npu_tensor_scale(weights, channel);
    bool fully = l->node->op == NPU_NODE_FULLY_CONNECTED;
    bool in_float = weights->type == NPU_TYPE_UINT8 || (fully && weights->scales == 1);
    double product = in_float ? (double)(x * w) : (double)x * (double)w;
    return product / (double)cc_tensor(cc, l->out)->scale[0];
}

static const npu_tensor_t *bias_of(const cc_t *cc, const cc_layer_t *l)
{
    const npu_node_t *n = l->node;
    return n->inputs > 2 && n->input[2] != NPU_NO_TENSOR ? cc_tensor(cc, n->input[2]) : NULL;
}

static int32_t weight_zero(const cc_t *cc, const cc_layer_t *l)
{
    return cc_zero(cc, l->node->input[1]);
}

/* What makes int8 codes of a file's weights: code - 128 of uint8. */
static uint8_t weight_flip(const npu_tensor_t *weights)
{
    return weights->type == NPU_TYPE_UINT8 ? 0x80 : 0;
}

/* The kernel as the file has it: the array's may have taps more (layout.c), which weigh nothing. */
static const npu_window_t *file_kernel(const cc_layer_t *l)
{
    return l->gather ? &l->array : &l->window;
}

/* In the graph's order: O KH KW I, or KH KW O for depthwise. Input channels follow each other. */
static uint64_t weight_index(const cc_layer_t *l, npu_hwc_t out, uint32_t oc, uint32_t tap,
                             uint32_t ic)
{
    uint64_t taps = (uint64_t)file_kernel(l)->kernel_h * file_kernel(l)->kernel_w;
    return l->all_in ? (oc * taps + tap) * l->depth + ic : (uint64_t)tap * out.c + oc;
}

/* Sizes are 32 bits everywhere behind this. */
static bool weights_fit(cc_t *cc, const cc_layer_t *l)
{
    uint64_t bytes = (uint64_t)l->array.kernel_h * l->array.kernel_w *
                     npu_round_lanes(npu_tensor_hwc(cc_tensor(cc, l->out)).c) *
                     (l->all_in ? npu_round_lanes(l->depth) : 1);
    if (bytes > INT32_MAX)
        return cc_fail(cc, l, SIM_EFULL, "weights need %llu bytes, expected less than 2 GiB",
                       (unsigned long long)bytes);
    return true;
}

static int64_t magnitude(const uint8_t *code, uint32_t count, uint8_t flip, int32_t zero)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < count; i++)
        sum += abs((int8_t)(code[i] ^ flip) - zero);
    return sum;
}

/* The accumulator is 32 bits wide: the largest sum a channel can reach must fit. */
static bool sums_fit(cc_t *cc, const cc_layer_t *l)
{
    const npu_tensor_t *weights = cc_tensor(cc, l->node->input[1]), *bias = bias_of(cc, l);
    npu_hwc_t out = npu_tensor_hwc(cc_tensor(cc, l->out));
    uint32_t taps = file_kernel(l)->kernel_h * file_kernel(l)->kernel_w;
    uint32_t in_c = l->all_in ? l->depth : 1;
    uint8_t flip = weight_flip(weights);
    int32_t zero = weight_zero(cc, l);
    for (uint32_t oc = 0; oc < out.c; oc++) {
        int64_t sum = 0, b = bias == NULL ? 0 : npu_tensor_i32(bias, oc);
        for (uint32_t tap = 0; tap < taps; tap++)
            sum += magnitude(weights->data + weight_index(l, out, oc, tap, 0), in_c, flip, zero);
        if (sum * 255 + (b < 0 ? -b : b) > INT32_MAX)
            return cc_fail(cc, l, SIM_EPARSE,
                           "output channel %u can sum up to %lld, the accumulator holds 2147483647",
                           oc, (long long)(sum * 255 + (b < 0 ? -b : b)));
    }
    return true;
}

/* A multiplier is 31 bits and a shift of at most 30 to the left. */
static bool multipliers_fit(cc_t *cc, const cc_layer_t *l)
{
    npu_hwc_t out = npu_tensor_hwc(cc_tensor(cc, l->out));
    for (uint32_t oc = 0; oc < out.c; oc++)
        if (!(real_multiplier(cc, l, oc) < (double)(1 << 30)))
            return cc_fail(cc, l, SIM_EPARSE, "output channel %u is scaled by %g, expected < 2^30",
                           oc, real_multiplier(cc, l, oc));
    return true;
}

/* ---- prepare --------------------------------------------------------------------------------- */

bool cc_window_fits(cc_t *cc, cc_layer_t *l)
{
    npu_window_t *w = &l->window;
    npu_hwc_t out = npu_tensor_hwc(cc_tensor(cc, l->out));
    if (out.h == 1)
        w->stride_h = 1;
    if (out.w == 1)
        w->stride_w = 1;
    if (w->kernel_h == 1)
        w->dilation_h = 1;
    if (w->kernel_w == 1)
        w->dilation_w = 1;
    if (w->stride_h > 15 || w->stride_w > 15 || w->dilation_h > 15 || w->dilation_w > 15)
        return cc_fail(cc, l, SIM_EPARSE, "strides %u, %u, dilations %u, %u, expected at most 15",
                       w->stride_h, w->stride_w, w->dilation_h, w->dilation_w);
    if (w->kernel_h > 255 || w->kernel_w > 255 || w->pad_top > 255 || w->pad_left > 255)
        return cc_fail(cc, l, SIM_EPARSE, "kernel %ux%u, expected at most 255x255", w->kernel_h,
                       w->kernel_w);
    return true;
}

/* What packing leaves of the weights, in the order of the graph; the cuts that decide on the order
 * in L2 are not known yet. Lanes and channels that only fill up a block are nearly free. */
static uint32_t packed_permille(const cc_t *cc, const cc_layer_t *l)
{
    const npu_tensor_t *w = cc_tensor(cc, l->node->input[1]);
    uint32_t bytes = (uint32_t)w->bytes;
    if (cc->desc->dma_compression == NPU_COMPRESSION_NONE || l->narrow != 0)
        return 1000;
    uint64_t packed = npu_packed_bytes(w->data, bytes);
    return (uint32_t)(1000 * (packed < bytes ? packed : bytes) / l->weights_bytes);
}

static bool prepare_mac(cc_t *cc, cc_layer_t *l)
{
    npu_hwc_t out = npu_tensor_hwc(cc_tensor(cc, l->out));
    cc_set_clamp(cc, l);
    l->ins = 1;
    uint32_t in_c = l->all_in ? l->in[0].size.c : 1;
    l->depth = l->in[0].size.c;
    l->macs = (uint64_t)out.h * out.w * out.c * l->window.kernel_h * l->window.kernel_w * in_c;
    if (!cc_window_fits(cc, l))
        return false;
    l->array = l->window;
    if (l->source != CC_NO_PLACE) {
        l->array.kernel_h = layout_kernel(l->window.kernel_h);
        l->array.kernel_w = layout_kernel(l->window.kernel_w);
    }
    if (l->gather) {
        l->depth *= l->window.kernel_h * l->window.kernel_w;
        l->array = cc_one_by_one;
    }
    l->narrow = l->node->weight_bits == 4 ? 1 : l->node->weight_bits == 2 ? 2 : 0;
    if (!weights_fit(cc, l) || !sums_fit(cc, l) || !multipliers_fit(cc, l))
        return false;
    l->weights_bytes = weight_bytes(l, out.c, l->depth);
    l->params_bytes = npu_requant_par_bytes(out.c);
    l->packed_permille = packed_permille(cc, l);
    return true;
}

/* The source stands as layout nodes made it, with its padding. */
static void lay_out(const cc_t *cc, cc_layer_t *l)
{
    npu_window_t *w = &l->window;
    l->in[0].laid_out = true;
    l->in[0].place = l->source;
    l->in[0].size = cc->place[l->source].size;
    w->pad_top = w->pad_left = w->pad_bottom = w->pad_right = 0;
}

static bool prepare_conv(cc_t *cc, cc_layer_t *l)
{
    l->all_in = true;
    l->window = l->node->window;
    if (!cc_operand(cc, l, 0, 0, &l->in[0]))
        return false;
    if (l->source != CC_NO_PLACE)
        lay_out(cc, l);
    return prepare_mac(cc, l);
}

/* The weights' order, O (KH KW I), is already that of gathered taps. */
static bool prepare_gathered_conv(cc_t *cc, cc_layer_t *l)
{
    l->gather = true;
    return prepare_conv(cc, l);
}

static bool prepare_depthwise(cc_t *cc, cc_layer_t *l)
{
    l->multiplier = l->node->depth_multiplier;
    l->one_group = l->multiplier > 1;
    l->window = l->node->window;
    return cc_operand(cc, l, 0, 0, &l->in[0]) && prepare_mac(cc, l);
}

/* Length of `size` pixels `up` apart, or what the last window of all looks at if that is more. */
static uint32_t apart(uint32_t size, uint32_t up, uint32_t results, uint32_t kernel, uint32_t pad)
{
    uint32_t length = (size - 1) * up + 1, seen = results - 1 + kernel - pad;
    return length > seen ? length : seen;
}

/* A convolution of the source with pixels set apart by the strides, kernel turned around: each tap
 * of a source pixel reaches the result that the transposed kernel puts it to. */
static bool prepare_transpose_conv(cc_t *cc, cc_layer_t *l)
{
    const npu_window_t *w = &l->node->window;
    npu_hwc_t in = npu_tensor_hwc(cc_tensor(cc, l->node->input[0]));
    npu_hwc_t out = npu_tensor_hwc(cc_tensor(cc, l->out));
    if (cc_value(cc, l->node->input[0]).layout == NPU_LAYOUT_PLANAR)
        return cc_fail(cc, l, SIM_EPARSE, "input 0 is the image, expected a map");
    l->all_in = true;
    l->up_h = w->stride_h;
    l->up_w = w->stride_w;
    l->window.kernel_h = w->kernel_h;
    l->window.kernel_w = w->kernel_w;
    l->window.pad_top = w->kernel_h - 1 - w->pad_top;
    l->window.pad_left = w->kernel_w - 1 - w->pad_left;
    if (!cc_operand(cc, l, 0, 0, &l->in[0]))
        return false;
    l->in[0].size.h = apart(in.h, l->up_h, out.h, w->kernel_h, l->window.pad_top);
    l->in[0].size.w = apart(in.w, l->up_w, out.w, w->kernel_w, l->window.pad_left);
    bool fine = prepare_mac(cc, l);
    l->macs = (uint64_t)in.h * in.w * in.c * out.c * w->kernel_h * w->kernel_w;
    return fine;
}

/* Rows of features: a 1 x 1 convolution. */
static bool prepare_rows(cc_t *cc, cc_layer_t *l)
{
    l->all_in = true;
    return cc_operand(cc, l, 0, 0, &l->in[0]) && prepare_mac(cc, l);
}

static bool prepare_fully_connected(cc_t *cc, cc_layer_t *l)
{
    npu_hwc_t out = npu_tensor_hwc(cc_tensor(cc, l->out));
    if (out.h != 1 || out.w != 1)
        return prepare_rows(cc, l);
    if (!cc_operand(cc, l, 0, 0, &l->in[0]))
        return false;
    npu_hwc_t *in = &l->in[0].size;
    l->all_in = true;
    l->in[0].flat = cc_value(cc, l->node->input[0]).layout == NPU_LAYOUT_DENSE;
    if (l->in[0].flat)
        *in = (npu_hwc_t){1, 1, in->h * in->w * in->c};
    l->window.kernel_h = in->h;
    l->window.kernel_w = in->w;
    return prepare_mac(cc, l);
}

/* ---- constants ------------------------------------------------------------------------------- */

/* Codes of consecutive input channels: groups of four, a block of lanes apart (isa.h). */
static void pack_run(uint8_t *to, const uint8_t *code, uint32_t count, uint8_t flip)
{
    for (uint32_t ic = 0; ic < count; ic++)
        to[ic / 4 * 4 * NPU_LANES + ic % 4] = code[ic] ^ flip;
}

static void fill_run(uint8_t *to, uint32_t count, uint8_t code)
{
    for (uint32_t ic = 0; ic < count; ic++)
        to[ic / 4 * 4 * NPU_LANES + ic % 4] = code;
}

/* One group's weights for input channels [first, first + count), as int8. */
static void pack_wide(cc_t *cc, const cc_layer_t *l, uint32_t c0, uint32_t c, uint32_t first,
                      uint32_t count, uint8_t *at)
{
    const npu_tensor_t *weights = cc_tensor(cc, l->node->input[1]);
    const npu_window_t *file = file_kernel(l);
    npu_hwc_t out = npu_tensor_hwc(cc_tensor(cc, l->out));
    uint32_t kh = l->array.kernel_h, kw = l->array.kernel_w;
    bool turned = l->node->op == NPU_NODE_TRANSPOSE_CONV;
    for (uint32_t oc = 0; oc < c; oc++)
        for (uint32_t ky = 0; ky < kh; ky++)
            for (uint32_t kx = 0; kx < kw; kx++) {
                uint32_t y = turned ? kh - 1 - ky : ky, x = turned ? kw - 1 - kx : kx;
                uint32_t tap = y * file->kernel_w + x;
                uint8_t *to = at + (l->all_in ? npu_conv_wgt_index(oc, ky, kx, 0, kh, kw, count)
                                              : npu_dw_wgt_index(oc, ky, kx, kh, kw));
                if (ky < file->kernel_h && kx < file->kernel_w)
                    pack_run(to, weights->data + weight_index(l, out, c0 + oc, tap, first), count,
                             weight_flip(weights));
                else
                    fill_run(to, count, (uint8_t)weight_zero(cc, l));
            }
}

/* The same in the width of the layer's weights. */
static void pack_slice(cc_t *cc, const cc_layer_t *l, uint32_t c0, uint32_t c, uint32_t first,
                       uint32_t count, uint8_t *at)
{
    uint32_t bytes = weight_bytes(l, c, count) << l->narrow;
    uint8_t *wide = l->narrow == 0 ? at : calloc(bytes, 1);
    if (wide == NULL) {
        cc_fail(cc, NULL, SIM_ENOMEM, "out of memory");
        return;
    }
    pack_wide(cc, l, c0, c, first, count, wide);
    if (l->narrow == 0)
        return;
    npu_narrow_pack(at, (const int8_t *)wide, bytes, l->narrow);
    free(wide);
}

/* All of them as they stand in L1, group by group. */
static void pack_layer(cc_t *cc, const cc_layer_t *l, uint8_t *at)
{
    const cc_tiling_t *t = &l->tiling;
    uint32_t in_c = l->depth, out_c = npu_tensor_hwc(cc_tensor(cc, l->out)).c;
    for (uint32_t c0 = 0; c0 < out_c; c0 += t->group) {
        uint32_t c = cc_min(t->group, out_c - c0);
        for (uint32_t s = 0; s < t->slices; s++) {
            uint32_t count = l->all_in ? cc_min(t->slice, in_c - s * t->slice) : 1;
            pack_slice(cc, l, c0, c, s * t->slice, count, at);
            at += weight_bytes(l, c, count);
        }
    }
}

/* One chunk among the constants: a stream where that is shorter. room: as many bytes. */
static void add_chunk(cc_t *cc, const uint8_t *weights, uint32_t bytes, uint8_t *room)
{
    uint32_t packed = npu_pack(weights, bytes, room, bytes - 1);
    cc_chunk_t chunk = {.bytes = packed != 0 ? packed : bytes, .packed = packed != 0};
    uint8_t *at;
    if (cc->chunks == cc->chunk_room) {
        uint32_t more = 2 * cc->chunk_room + 64;
        cc_chunk_t *grown = realloc(cc->chunk, more * sizeof(*grown));
        if (grown == NULL) {
            cc_fail(cc, NULL, SIM_ENOMEM, "out of memory");
            return;
        }
        cc->chunk = grown;
        cc->chunk_room = more;
    }
    chunk.at = cc_constant(cc, chunk.bytes, &at);
    if (at != NULL)
        memcpy(at, packed != 0 ? room : weights, chunk.bytes);
    cc->chunk[cc->chunks++] = chunk;
}

/* For chips that decode: chunk by chunk, as they are loaded. */
static void pack_chunks(cc_t *cc, cc_layer_t *l)
{
    const cc_tiling_t *t = &l->tiling;
    uint32_t in_c = l->depth, out_c = npu_tensor_hwc(cc_tensor(cc, l->out)).c;
    uint8_t *weights = calloc(2, l->weights_bytes);
    if (weights == NULL) {
        cc_fail(cc, NULL, SIM_ENOMEM, "out of memory");
        return;
    }
    uint8_t *room = weights + l->weights_bytes;
    pack_layer(cc, l, weights);
    l->chunks = cc->chunks;
    const uint8_t *at = weights;
    for (uint32_t c0 = 0; c0 < out_c; c0 += t->group)
        for (uint32_t s = 0; s < t->slices; s++) {
            uint32_t count = l->all_in ? cc_min(t->slice, in_c - s * t->slice) : 1;
            uint32_t bytes = weight_bytes(l, cc_min(t->group, out_c - c0), count);
            add_chunk(cc, at, bytes, room);
            at += bytes;
        }
    free(weights);
}

static void pack_weights(cc_t *cc, cc_layer_t *l)
{
    uint8_t *at;
    if (cc->desc->dma_compression != NPU_COMPRESSION_NONE) {
        pack_chunks(cc, l);
        return;
    }
    l->weights_at = cc_constant(cc, l->weights_bytes, &at);
    if (at != NULL)
        pack_layer(cc, l, at);
}

/* Records: bias[32], mult[32], shift[32] for each block of 32 channels; 0 in the lanes left over.
 */
static void pack_params(cc_t *cc, cc_layer_t *l)
{
    const npu_tensor_t *bias = bias_of(cc, l);
    uint32_t out_c = npu_tensor_hwc(cc_tensor(cc, l->out)).c;
    uint8_t *at;
    l->params_at = cc_constant(cc, l->params_bytes, &at);
    for (uint32_t c = 0; at != NULL && c < out_c; c++) {
        uint8_t *block = at + c / NPU_LANES * NPU_PAR_REQUANT_BYTES;
        npu_mult_t m = npu_quantize_multiplier(real_multiplier(cc, l, c), cc->options.rounding);
        uint32_t lane = c % NPU_LANES;
        cc_put_i32(block, NPU_PAR_REQUANT_BIAS + lane, bias == NULL ? 0 : npu_tensor_i32(bias, c));
        cc_put_i32(block, NPU_PAR_REQUANT_MULT + lane, m.mult);
        cc_put_i32(block, NPU_PAR_REQUANT_SHIFT + lane, m.shift);
    }
}

static void pack_mac(cc_t *cc, cc_layer_t *l)
{
    pack_weights(cc, l);
    pack_params(cc, l);
}

/* ---- instructions ---------------------------------------------------------------------------- */

static void emit_mac(cc_t *cc, cc_layer_t *l, const cc_step_t *s, uint32_t slice)
{
    const npu_window_t *w = &l->array;
    uint32_t first = l->all_in ? slice * l->tiling.slice : 0;
    npu_insn_t i = {.op = l->all_in ? NPU_OP_CONV : NPU_OP_DWCONV};
    i.flags = slice > 0 ? NPU_FLAG_ACCUMULATE : 0;
    i.flags |= l->source != CC_NO_PLACE ? NPU_FLAG_WIDTH_LANES : 0;
    i.src = s->in[0];
    i.src.addr += first;
    if (s->in[0].pix > UINT16_MAX && s->cols.count == 1)
        i.src.pix = 0; /* never used, and more than its field holds */
    i.dst = s->acc;
    i.h = s->h;
    i.w = s->w;
    i.c = s->c;
    i.in_h = l->gather ? s->h : s->rows.count;
    i.in_w = l->gather ? s->w : s->cols.count;
    i.in_c = l->all_in ? cc_min(l->tiling.slice, l->depth - first) : s->c / l->multiplier;
    i.k_h = w->kernel_h;
    i.k_w = w->kernel_w;
    i.stride_h = w->stride_h;
    i.stride_w = w->stride_w;
    i.dil_h = w->dilation_h;
    i.dil_w = w->dilation_w;
    i.pad_top = l->gather ? 0 : s->rows.pad;
    i.pad_left = l->gather ? 0 : s->cols.pad;
    i.wgt = s->wgt;
    i.narrow = l->narrow;
    i.in_zp = cc_zero(cc, l->node->input[0]);
    i.wgt_zp = weight_zero(cc, l);
    cc_emit(cc, l, i);
}

static void emit_requant(cc_t *cc, cc_layer_t *l, const cc_step_t *s)
{
    npu_insn_t i = {.op = NPU_OP_REQUANT, .h = s->h, .w = s->w, .c = s->c};
    i.flags = cc->options.rounding == NPU_ROUND_SINGLE ? NPU_FLAG_SINGLE : 0;
    i.src = s->acc;
    i.dst = s->out;
    i.par = s->par;
    i.out_zp = cc_zero(cc, l->out);
    i.out_min = l->out_min;
    i.out_max = l->out_max;
    cc_emit(cc, l, i);
}

const cc_kind_t cc_kind_conv = {
    .prepare = prepare_conv, .pack = pack_mac, .mac = emit_mac, .vec = emit_requant};
const cc_kind_t cc_kind_gathered_conv = {
    .prepare = prepare_gathered_conv, .pack = pack_mac, .mac = emit_mac, .vec = emit_requant};
const cc_kind_t cc_kind_depthwise = {
    .prepare = prepare_depthwise, .pack = pack_mac, .mac = emit_mac, .vec = emit_requant};
const cc_kind_t cc_kind_fully_connected = {
    .prepare = prepare_fully_connected, .pack = pack_mac, .mac = emit_mac, .vec = emit_requant};
const cc_kind_t cc_kind_transpose_conv = {
    .prepare = prepare_transpose_conv, .pack = pack_mac, .mac = emit_mac, .vec = emit_requant};
