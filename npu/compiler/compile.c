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

const cc_kind_t *cc_kind_of(npu_node_op_t op)
{
    static const cc_kind_t *const kinds[NPU_NODE_OPS] = {
        [NPU_NODE_ADD] = &cc_kind_elementwise,
        [NPU_NODE_AVERAGE_POOL_2D] = &cc_kind_pool,
        [NPU_NODE_CONCATENATION] = &cc_kind_move,
        [NPU_NODE_CONV_2D] = &cc_kind_conv,
        [NPU_NODE_DEPTHWISE_CONV_2D] = &cc_kind_depthwise,
        [NPU_NODE_DEPTH_TO_SPACE] = &cc_kind_move,
        [NPU_NODE_FULLY_CONNECTED] = &cc_kind_fully_connected,
        [NPU_NODE_HARD_SWISH] = &cc_kind_table,
        [NPU_NODE_LEAKY_RELU] = &cc_kind_table,
        [NPU_NODE_LOGISTIC] = &cc_kind_table,
        [NPU_NODE_MAXIMUM] = &cc_kind_elementwise,
        [NPU_NODE_MAX_POOL_2D] = &cc_kind_pool,
        [NPU_NODE_MEAN] = &cc_kind_mean,
        [NPU_NODE_MINIMUM] = &cc_kind_elementwise,
        [NPU_NODE_MUL] = &cc_kind_elementwise,
        [NPU_NODE_PACK] = &cc_kind_move,
        [NPU_NODE_PADV2] = &cc_kind_pad,
        [NPU_NODE_PAD] = &cc_kind_pad,
        [NPU_NODE_PRELU] = &cc_kind_elementwise,
        [NPU_NODE_QUANTIZE] = &cc_kind_table,
        [NPU_NODE_RELU6] = &cc_kind_table,
        [NPU_NODE_RELU] = &cc_kind_table,
        [NPU_NODE_RESHAPE] = &cc_kind_move,
        [NPU_NODE_RESIZE_BILINEAR] = &cc_kind_resize,
        [NPU_NODE_RESIZE_NEAREST_NEIGHBOR] = &cc_kind_resize,
        [NPU_NODE_SQUEEZE] = &cc_kind_move,
        [NPU_NODE_EXPAND_DIMS] = &cc_kind_move,
        [NPU_NODE_SLICE] = &cc_kind_move,
        [NPU_NODE_RELU_N1_TO_1] = &cc_kind_table,
        [NPU_NODE_SOFTMAX] = &cc_kind_softmax,
        [NPU_NODE_SPACE_TO_DEPTH] = &cc_kind_move,
        [NPU_NODE_SPLIT] = &cc_kind_move,
        [NPU_NODE_SPLIT_V] = &cc_kind_move,
        [NPU_NODE_STRIDED_SLICE] = &cc_kind_move,
        [NPU_NODE_SUB] = &cc_kind_elementwise,
        [NPU_NODE_TABLE] = &cc_kind_table,
        [NPU_NODE_TRANSPOSE] = &cc_kind_move,
        [NPU_NODE_UNPACK] = &cc_kind_move,
        [NPU_NODE_TANH] = &cc_kind_table,
        [NPU_NODE_TRANSPOSE_CONV] = &cc_kind_transpose_conv,
    };
    return kinds[op];
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
    l.up_h = l.up_w = 1;
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
    l->made = l->kind == &cc_kind_move /* writes every layout */
                  ? cc->place_of[l->result]
                  : layout_raw_place(cc, l, cc->place_of[l->result]);
    cc->layers++;
    if (!add_followers(cc, l, last) || !l->kind->prepare(cc, l))
        return;
    if (l->kind->run == NULL && !tile_choose(cc, l))
        return;
    if (l->kind->run == NULL)
        try_gathering(cc, l);
    else
        tile_count(cc, l, 1, 1);
    if (l->made != cc->place_of[l->result])
        layout_after(cc, l);
}

static bool make_layers(cc_t *cc)
{
    const npu_graph_t *g = cc->graph;
    for (uint32_t n = 0; n < g->nodes && cc->err == SIM_OK; n++) {
        if (cc->fate[n].hidden || cc->fate[n].still || cc_on_core(cc, &cc->node[n]))
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

static bool allocate(cc_t *cc)
{
    const npu_graph_t *g = cc->graph;
    uint32_t laid_out = cc->desc->layout_nodes ? g->nodes * CC_LAYOUT_LAYERS : 0;
    cc->layer = calloc((size_t)g->nodes + laid_out, sizeof(*cc->layer));
    cc->follower = calloc(g->nodes, sizeof(*cc->follower));
    cc->place = calloc((size_t)g->tensors + laid_out + 1, sizeof(*cc->place));
    cc->place_of = calloc(g->tensors, sizeof(*cc->place_of));
    cc->part = calloc(g->tensors, sizeof(*cc->part));
    cc->constant_of = calloc(g->tensors, sizeof(*cc->constant_of));
    if (cc->layer == NULL || cc->follower == NULL || cc->place == NULL || cc->place_of == NULL ||
        cc->part == NULL || cc->constant_of == NULL)
        return cc_fail(cc, NULL, SIM_ENOMEM, "out of memory");
    return true;
}

static bool compile(cc_t *cc)
{
    const npu_graph_t *g = cc->graph;
    if (g->inputs > NPU_NET_ENDS || g->outputs > NPU_NET_ENDS)
        return cc_fail(cc, NULL, SIM_EPARSE, "%u inputs and %u outputs, expected at most %u each",
                       g->inputs, g->outputs, NPU_NET_ENDS);
    return core_find(cc) && fuse_nodes(cc) && allocate(cc) && make_places(cc) && make_layers(cc) &&
           core_list(cc) && schedule_all(cc);
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

static cc_t begin(const npu_graph_t *graph, const npu_desc_t *desc,
                  const npu_compile_options_t *options, char *error, size_t error_bytes)
{
    cc_t cc = {.graph = graph,
               .desc = desc,
               .options = *options,
               .fuse = fusions(options, desc),
               .cascades_when = cascades(options, desc),
               .use_parts = !options->no_parts,
               .error = error,
               .error_bytes = error_bytes};
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        cc.ring[m].bytes = desc->mem_bytes[m] / CC_ALIGN * CC_ALIGN;
    return cc;
}

static void end(cc_t *cc)
{
    emit_free(&cc->emit);
    cascade_free(cc);
    fuse_free(cc);
    free(cc->layer);
    free(cc->follower);
    free(cc->place);
    free(cc->place_of);
    free(cc->part);
    free(cc->constant_of);
    free(cc->leaving);
    free(cc->constants);
    free(cc->chunk);
    npu_post_free(&cc->post);
}

sim_err_t npu_compile(const npu_graph_t *graph, const npu_desc_t *desc,
                      const npu_compile_options_t *options, npu_prog_t *prog,
                      npu_compile_report_t *report, char *error, size_t error_bytes)
{
    cc_t cc = begin(graph, desc, options, error, error_bytes);
    memset(prog, 0, sizeof(*prog));
    if (report != NULL)
        memset(report, 0, sizeof(*report));
    bool fine = compile(&cc);
    if (!fine && cc.err == SIM_EFULL && cc.parts > 0) { /* what is put together waits for long */
        npu_compile_options_t again = *options;
        again.no_parts = true;
        end(&cc);
        cc = begin(graph, desc, &again, error, error_bytes);
        fine = compile(&cc);
    }
    if (fine && program_build(&cc, prog) && report != NULL)
        program_report(&cc, report);
    if (cc.err != SIM_OK) {
        npu_prog_free(prog);
        memset(prog, 0, sizeof(*prog));
    }
    end(&cc);
    return cc.err;
}
