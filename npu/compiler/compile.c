/*
 * compile.c - the order of things: places, layers, tiles, constants, L2, instructions.
 */
#include "npu/compiler/compile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/compile_int.h"
#include "npu/compiler/program.h"

/* ---- what kind of layer a node is ------------------------------------------------------------ */

static bool is_code(const npu_tensor_t *t)
{
    return t->type == NPU_TYPE_INT8 || t->type == NPU_TYPE_UINT8;
}

/* The same numbers, byte for byte, inside the chip. */
static bool same_codes(const cc_t *cc, int32_t a, int32_t b)
{
    return cc_tensor(cc, a)->scale[0] == cc_tensor(cc, b)->scale[0] &&
           cc_zero(cc, a) == cc_zero(cc, b);
}

/* No layer: the result is the same bytes. Floats exist only at the border of the network, where
 * whoever feeds it quantizes (tensor_io.h); a change between uint8 and int8 alone is none here. */
bool cc_is_alias(const cc_t *cc, const npu_node_t *n)
{
    if (n->op == NPU_NODE_RESHAPE || n->op == NPU_NODE_SQUEEZE || n->op == NPU_NODE_EXPAND_DIMS ||
        n->op == NPU_NODE_DEQUANTIZE)
        return true;
    return n->op == NPU_NODE_QUANTIZE &&
           (!is_code(cc_tensor(cc, n->input[0])) || same_codes(cc, n->input[0], n->output[0]));
}

const cc_kind_t *cc_kind_of(npu_node_op_t op)
{
    static const cc_kind_t *const kinds[NPU_NODE_OPS] = {
        [NPU_NODE_ADD] = &cc_kind_elementwise,
        [NPU_NODE_AVERAGE_POOL_2D] = &cc_kind_pool,
        [NPU_NODE_CONCATENATION] = &cc_kind_concatenation,
        [NPU_NODE_CONV_2D] = &cc_kind_conv,
        [NPU_NODE_DEPTHWISE_CONV_2D] = &cc_kind_depthwise,
        [NPU_NODE_FULLY_CONNECTED] = &cc_kind_fully_connected,
        [NPU_NODE_LOGISTIC] = &cc_kind_table,
        [NPU_NODE_MAX_POOL_2D] = &cc_kind_pool,
        [NPU_NODE_MEAN] = &cc_kind_mean,
        [NPU_NODE_MUL] = &cc_kind_elementwise,
        [NPU_NODE_PAD] = &cc_kind_pad,
        [NPU_NODE_QUANTIZE] = &cc_kind_table,
        [NPU_NODE_RELU] = &cc_kind_table,
        [NPU_NODE_RELU6] = &cc_kind_table,
        [NPU_NODE_SOFTMAX] = &cc_kind_softmax,
        [NPU_NODE_SUB] = &cc_kind_elementwise,
        [NPU_NODE_TABLE] = &cc_kind_table,
    };
    return kinds[op];
}

/* ---- places ---------------------------------------------------------------------------------- */

static bool same_hwc(npu_hwc_t a, npu_hwc_t b)
{
    return a.h == b.h && a.w == b.w && a.c == b.c;
}

static void add_place(cc_t *cc, int32_t tensor, npu_layout_t layout)
{
    cc->place_of[tensor] = cc->places;
    cc->place[cc->places++] = (cc_place_t){.tensor = tensor, .layout = layout};
}

static bool is_input(const npu_graph_t *g, int32_t tensor)
{
    for (uint32_t i = 0; i < g->inputs; i++)
        if (g->input[i] == tensor)
            return true;
    return false;
}

/* The ISP writes planes; whoever writes the other inputs writes them as the file has them. */
static int32_t find_image(const npu_graph_t *g)
{
    for (uint32_t i = 0; i < g->inputs; i++) {
        const npu_tensor_t *t = &g->tensor[g->input[i]];
        uint32_t c = t->shape[NPU_GRAPH_DIMS - 1];
        if (t->dims == NPU_GRAPH_DIMS && (c == 1 || c == 3 || c == 4))
            return g->input[i];
    }
    return NPU_NO_TENSOR;
}

/* A result that is its operand's bytes. */
static bool share_place(cc_t *cc, const npu_node_t *n)
{
    cc_layer_t at = {.node = n}; /* for messages */
    int32_t from = n->input[0], to = n->output[0];
    if (cc->place_of[from] == CC_NO_PLACE)
        return cc_fail(cc, &at, SIM_EPARSE, "input is a constant, which is not supported");
    if (!is_code(cc_tensor(cc, from)) && !is_input(cc->graph, from))
        return cc_fail(cc, &at, SIM_EPARSE,
                       "float32 inside the network, expected only at its border");
    cc_place_t *p = &cc->place[cc->place_of[from]];
    npu_hwc_t a = npu_tensor_hwc(cc_tensor(cc, from)), b = npu_tensor_hwc(cc_tensor(cc, to));
    cc->place_of[to] = cc->place_of[from];
    if (p->layout == NPU_LAYOUT_PLANAR && !same_hwc(a, b))
        return cc_fail(cc, &at, SIM_EPARSE, "the network's input is planar and cannot be reshaped");
    if (p->layout == NPU_LAYOUT_NHWC32 && a.c != b.c)
        p->layout = NPU_LAYOUT_DENSE;
    return true;
}

int32_t cc_code_tensor(const cc_t *cc, int32_t tensor)
{
    if (is_code(cc_tensor(cc, tensor)))
        return tensor;
    for (uint32_t t = 0; t < cc->graph->tensors; t++)
        if (cc->place_of[t] == cc->place_of[tensor] && is_code(cc_tensor(cc, (int32_t)t)))
            return (int32_t)t;
    return NPU_NO_TENSOR;
}

/* Whoever feeds a float input can quantize it in one way only. */
static bool one_quantization(cc_t *cc, int32_t tensor)
{
    int32_t first = cc_code_tensor(cc, tensor);
    if (first == NPU_NO_TENSOR)
        return cc_fail(cc, NULL, SIM_EPARSE, "tensor \"%.80s\" is %s and never quantized",
                       cc_tensor(cc, tensor)->name, npu_type_name(cc_tensor(cc, tensor)->type));
    const npu_tensor_t *a = cc_tensor(cc, first);
    for (uint32_t t = 0; t < cc->graph->tensors; t++) {
        const npu_tensor_t *b = cc_tensor(cc, (int32_t)t);
        if (cc->place_of[t] == cc->place_of[tensor] && is_code(b) &&
            !same_codes(cc, first, (int32_t)t))
            return cc_fail(cc, NULL, SIM_EPARSE, "\"%.80s\" and \"%.80s\" quantize one input",
                           a->name, b->name);
    }
    return true;
}

static uint64_t place_bytes(const cc_t *cc, const cc_place_t *p)
{
    const npu_tensor_t *t = cc_tensor(cc, p->tensor);
    npu_hwc_t s = npu_tensor_hwc(t);
    uint64_t pixels = (uint64_t)s.h * s.w;
    if (p->layout == NPU_LAYOUT_PLANAR)
        pixels = (uint64_t)npu_round_lanes(s.w) * ((s.h + 1) / 2 * 2);
    uint64_t c = p->layout == NPU_LAYOUT_NHWC32 ? npu_round_lanes(s.c) : s.c;
    return (pixels * c + CC_ALIGN - 1) / CC_ALIGN * CC_ALIGN;
}

/* A map that a fully connected layer reads as one vector has no gaps between its pixels. */
static void flatten_place(cc_t *cc, int32_t tensor)
{
    npu_hwc_t size = npu_tensor_hwc(cc_tensor(cc, tensor));
    uint32_t place = cc->place_of[tensor];
    if (place != CC_NO_PLACE && cc->place[place].layout == NPU_LAYOUT_NHWC32 && size.h * size.w > 1)
        cc->place[place].layout = NPU_LAYOUT_DENSE;
}

static bool make_places(cc_t *cc)
{
    const npu_graph_t *g = cc->graph;
    for (uint32_t t = 0; t < g->tensors; t++)
        cc->place_of[t] = CC_NO_PLACE;
    cc->image = find_image(g);
    for (uint32_t i = 0; i < g->inputs; i++)
        add_place(cc, g->input[i], g->input[i] == cc->image ? NPU_LAYOUT_PLANAR : NPU_LAYOUT_DENSE);
    for (uint32_t n = 0; n < g->nodes; n++) {
        if (cc->fate[n].hidden)
            continue;
        if (!cc_is_alias(cc, &cc->node[n]))
            add_place(cc, g->node[n].output[0], NPU_LAYOUT_NHWC32);
        else if (!share_place(cc, &cc->node[n]))
            return false;
    }
    for (uint32_t o = 0; o < g->outputs; o++) {
        cc_place_t *p = &cc->place[cc->place_of[g->output[o]]];
        if (p->layout == NPU_LAYOUT_PLANAR)
            return cc_fail(cc, NULL, SIM_EPARSE, "output %u is the image that comes in", o);
        p->layout = NPU_LAYOUT_DENSE;
    }
    for (uint32_t n = 0; n < g->nodes; n++)
        if (g->node[n].op == NPU_NODE_FULLY_CONNECTED)
            flatten_place(cc, g->node[n].input[0]);
    for (uint32_t p = 0; p < cc->places; p++) {
        cc->place[p].size = npu_tensor_hwc(cc_tensor(cc, cc->place[p].tensor));
        cc->place[p].bytes = place_bytes(cc, &cc->place[p]);
    }
    for (uint32_t i = 0; i < g->inputs; i++)
        if (!one_quantization(cc, g->input[i]))
            return false;
    return true;
}

/* ---- layers ---------------------------------------------------------------------------------- */

static cc_layer_t new_layer(const cc_t *cc, uint32_t node, const cc_kind_t *kind)
{
    const npu_node_t *n = &cc->node[node];
    cc_layer_t l = {.node = n, .kind = kind, .index = cc->layers};
    l.out = l.result = n->output[0];
    l.low = cc->fate[node].low;
    l.high = cc->fate[node].high;
    l.multiplier = 1;
    l.window = cc_one_by_one;
    l.source = CC_NO_PLACE;
    return l;
}

/* A convolution of the planar input with few taps in all may be faster with its taps gathered. */
static void try_gathering(cc_t *cc, cc_layer_t *l)
{
    enum { MAX_DEPTH = 64 };
    if (!cc->options.gather_input || l->kind != &cc_kind_conv || l->source != CC_NO_PLACE ||
        cc_value(cc, l->node->input[0]).layout != NPU_LAYOUT_PLANAR ||
        (uint64_t)l->window.kernel_h * l->window.kernel_w * l->depth > MAX_DEPTH)
        return;
    cc_layer_t gathered = new_layer(cc, (uint32_t)(l->node - cc->node), &cc_kind_gathered_conv);
    gathered.index = l->index;
    gathered.last_node = l->last_node;
    gathered.result = l->result;
    gathered.made = l->made;
    gathered.follower = l->follower;
    gathered.followers = l->followers;
    bool fits = gathered.kind->prepare(cc, &gathered) && tile_choose(cc, &gathered);
    if (!fits)
        cc->err = SIM_OK; /* the other way did fit */
    else if (gathered.estimate < l->estimate)
        *l = gathered;
}

/* What is done to each tile, up to node `last`. */
static bool add_followers(cc_t *cc, cc_layer_t *l, uint32_t last)
{
    uint32_t node[CC_MAX_FOLLOWERS], count = 0;
    for (uint32_t n = last; cc->fate[n].follows != CC_NO_NODE; n = cc->fate[n].follows)
        if (!cc->fate[n].clamp)
            node[count++] = n;
    l->follower = &cc->follower[cc->followers];
    for (; count > 0; count--) {
        cc_layer_t *f = &l->follower[l->followers++];
        const npu_node_t *n = &cc->node[node[count - 1]];
        *f = new_layer(cc, node[count - 1], cc_kind_of(n->op));
        f->index = l->index;
        f->chained = cc->fate[node[count - 1]].operand;
        cc->followers++;
        if (!f->kind->prepare(cc, f))
            return false;
    }
    return true;
}

/* The layer whose last node is `last`. */
static void add_layer(cc_t *cc, uint32_t last)
{
    uint32_t main = cc->fate[last].main;
    uint32_t source = layout_before(cc, main);
    cc_layer_t *l = &cc->layer[cc->layers];
    *l = new_layer(cc, main, cc_kind_of(cc->node[main].op));
    l->source = source;
    l->last_node = last;
    l->result = cc->node[last].output[0];
    l->made = layout_raw_place(cc, l, cc->place_of[l->result]);
    cc->layers++;
    if (!add_followers(cc, l, last) || !l->kind->prepare(cc, l))
        return;
    if (l->kind->run == NULL && !tile_choose(cc, l))
        return;
    if (l->kind->run == NULL)
        try_gathering(cc, l);
    if (l->made != cc->place_of[l->result])
        layout_after(cc, l);
}

static bool make_layers(cc_t *cc)
{
    const npu_graph_t *g = cc->graph;
    for (uint32_t n = 0; n < g->nodes && cc->err == SIM_OK; n++) {
        if (cc->fate[n].hidden || cc_is_alias(cc, &cc->node[n]))
            continue;
        cc_layer_t at = {.node = &cc->node[n]}; /* for messages */
        if (cc_kind_of(cc->node[n].op) == NULL)
            return cc_fail(cc, &at, SIM_EPARSE, "not supported by the compiler");
        if (cc->layers + CC_LAYOUT_LAYERS > NPU_MAX_LAYERS)
            return cc_fail(cc, NULL, SIM_EFULL, "more than %d layers", NPU_MAX_LAYERS);
        add_layer(cc, n);
    }
    if (cc->layers == 0)
        return cc_fail(cc, NULL, SIM_EPARSE, "no layer that computes anything");
    return cc->err == SIM_OK;
}

static bool compile(cc_t *cc)
{
    const npu_graph_t *g = cc->graph;
    if (g->inputs > NPU_NET_ENDS || g->outputs > NPU_NET_ENDS)
        return cc_fail(cc, NULL, SIM_EPARSE, "%u inputs and %u outputs, expected at most %u each",
                       g->inputs, g->outputs, NPU_NET_ENDS);
    if (!fuse_nodes(cc))
        return false;
    uint32_t laid_out = cc->desc->layout_nodes ? g->nodes * CC_LAYOUT_LAYERS : 0;
    cc->layer = calloc((size_t)g->nodes + laid_out, sizeof(*cc->layer));
    cc->follower = calloc(g->nodes, sizeof(*cc->follower));
    cc->place = calloc((size_t)g->nodes + laid_out + g->inputs, sizeof(*cc->place));
    cc->place_of = calloc(g->tensors, sizeof(*cc->place_of));
    if (cc->layer == NULL || cc->follower == NULL || cc->place == NULL || cc->place_of == NULL)
        return cc_fail(cc, NULL, SIM_ENOMEM, "out of memory");
    return make_places(cc) && make_layers(cc) && schedule_all(cc);
}

static uint32_t fusions(const npu_compile_options_t *options, const npu_desc_t *desc)
{
    if (options->keep_all)
        return 0;
    return options->fuse == NPU_FUSE_AS_CHIP ? desc->fuse : options->fuse & NPU_FUSE_ALL;
}

static npu_cascade_t cascades(const npu_compile_options_t *options, const npu_desc_t *desc)
{
    if (options->keep_all)
        return NPU_CASCADE_OFF;
    return options->cascade == NPU_CASCADE_AS_CHIP ? (npu_cascade_t)desc->cascade
                                                   : options->cascade;
}

sim_err_t npu_compile(const npu_graph_t *graph, const npu_desc_t *desc,
                      const npu_compile_options_t *options, npu_prog_t *prog,
                      npu_compile_report_t *report, char *error, size_t error_bytes)
{
    cc_t cc = {.graph = graph,
               .desc = desc,
               .options = *options,
               .fuse = fusions(options, desc),
               .cascading = cascades(options, desc),
               .error = error,
               .error_bytes = error_bytes};
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        cc.ring[m].bytes = desc->mem_bytes[m] / CC_ALIGN * CC_ALIGN;
    memset(prog, 0, sizeof(*prog));
    if (report != NULL)
        memset(report, 0, sizeof(*report));
    if (compile(&cc) && program_build(&cc, prog) && report != NULL)
        program_report(&cc, report);
    if (cc.err != SIM_OK) {
        npu_prog_free(prog);
        memset(prog, 0, sizeof(*prog));
    }
    emit_free(&cc.emit);
    cascade_free(&cc);
    free(cc.node);
    free(cc.fate);
    free(cc.operand);
    free(cc.layer);
    free(cc.follower);
    free(cc.place);
    free(cc.place_of);
    free(cc.constants);
    return cc.err;
}
