/*
 * program.c - instructions, constants, network table, layers, tensors: into an npu_prog_t.
 */
#include "npu/compiler/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A name for the program file: its end when it is too long. TensorFlow joins names by ';': the
 * first. */
void cc_short_name(const cc_t *cc, char to[NPU_NAME_BYTES], const char *from)
{
    size_t length = cc->graph->by_name ? strlen(from) : strcspn(from, ";");
    size_t cut = length < NPU_NAME_BYTES ? 0 : length - (NPU_NAME_BYTES - 1);
    char end[NPU_NAME_BYTES];
    snprintf(end, sizeof(end), "%.*s", (int)(length - cut), from + cut);
    npu_name_set(to, length == 0 ? "_" : end);
}

static uint32_t float_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

static uint32_t dtype_of(npu_type_t type)
{
    static const uint8_t dtypes[NPU_TYPES] = {
        [NPU_TYPE_INT8] = NPU_DTYPE_INT8,       [NPU_TYPE_UINT8] = NPU_DTYPE_UINT8,
        [NPU_TYPE_INT32] = NPU_DTYPE_INT32,     [NPU_TYPE_INT64] = NPU_DTYPE_INT64,
        [NPU_TYPE_FLOAT32] = NPU_DTYPE_FLOAT32,
    };
    return dtypes[type];
}

static bool no_memory(cc_t *cc)
{
    return cc_fail(cc, NULL, SIM_ENOMEM, "out of memory");
}

/* ---- instructions and layers ----------------------------------------------------------------- */

static bool add_instructions(cc_t *cc, npu_prog_t *prog)
{
    char what[160] = "out of memory";
    for (uint32_t i = 0; i < cc->emit.insns; i++) {
        const npu_insn_t *insn = emit_at(&cc->emit, i);
        if (npu_prog_add_insn(prog, insn, what, sizeof(what)) == UINT32_MAX)
            return cc_fail(cc, &cc->layer[insn->layer], SIM_EFULL, "instruction %u: %s", i, what);
    }
    return true;
}

/* "CONV_2D", "PAD+CONV_2D+RELU", what does not fit cut off */
static void layer_op(const cc_t *cc, const cc_layer_t *l, char op[NPU_NAME_BYTES])
{
    char all[FUSE_NAMES_BYTES];
    if (l->op != NULL) {
        cc_short_name(cc, op, l->op);
        return;
    }
    fuse_names(cc, l, true, "+", all);
    all[NPU_NAME_BYTES - 1] = '\0';
    cc_short_name(cc, op, all);
}

static bool add_layers(cc_t *cc, npu_prog_t *prog)
{
    for (uint32_t i = 0; i < cc->layers; i++) {
        const cc_layer_t *l = &cc->layer[i];
        npu_layer_t layer = {.first = l->first, .last = l->last, .macs = l->macs};
        cc_short_name(cc, layer.name, l->node->name);
        layer_op(cc, l, layer.op);
        if (npu_prog_add_layer(prog, &layer) == UINT32_MAX)
            return no_memory(cc);
        prog->meta.macs += l->macs;
    }
    return true;
}

/* ---- tensors --------------------------------------------------------------------------------- */

#define BY_CORE UINT32_MAX

/* For each tensor the instruction that completes it, plus 1; 0 at the start; or BY_CORE. What is
 * another name, or stands in place, is complete when what it is made of is. */
static uint32_t *completions(const cc_t *cc)
{
    uint32_t *done = calloc(cc->graph->tensors + 1u, sizeof(*done));
    for (uint32_t i = 0; done != NULL && i < cc->layers; i++) {
        const npu_node_t *node = &cc->node[cc->layer[i].last_node];
        for (uint32_t o = 0; o < node->outputs; o++) /* of several layers the last counts */
            done[node->output[o]] = cc->layer[i].last + 1;
    }
    for (uint32_t n = 0; done != NULL && n < cc->graph->nodes; n++) {
        const npu_node_t *node = &cc->node[n];
        uint32_t last = cc_on_core(cc, node) ? BY_CORE : 0;
        if (cc->fate[n].hidden || (last == 0 && !cc->fate[n].still))
            continue;
        for (uint32_t k = 0; k < node->inputs; k++)
            if (node->input[k] != NPU_NO_TENSOR && last < done[node->input[k]])
                last = done[node->input[k]];
        for (uint32_t o = 0; o < node->outputs; o++)
            done[node->output[o]] = last;
    }
    return done;
}

/* Shape and order of the file. */
static void channels_first(const npu_tensor_t *from, npu_kept_t *k)
{
    k->order = NPU_ORDER_CHW;
    k->shape[1] = from->shape[3];
    k->shape[2] = from->shape[1];
    k->shape[3] = from->shape[2];
}

npu_net_tensor_t cc_net_tensor(const cc_t *cc, int32_t tensor)
{
    const npu_tensor_t *t = cc_tensor(cc, tensor);
    npu_net_tensor_t to = {.dtype = dtype_of(t->type), .dims = t->dims == 0 ? 1 : t->dims};
    for (uint32_t d = 0; d < NPU_GRAPH_DIMS; d++)
        to.shape[d] = d < t->dims ? t->shape[d] : 1;
    if (t->scales == 0)
        return to;
    to.zero_point = cc_zero(cc, tensor);
    to.scale_bits = float_bits(t->scale[0]);
    return to;
}

static npu_kept_t kept_tensor(const cc_t *cc, int32_t tensor, uint32_t done)
{
    const npu_tensor_t *from = cc_tensor(cc, tensor);
    npu_net_tensor_t t = cc_net_tensor(cc, tensor);
    uint32_t bytes = npu_type_bytes(from->type);
    cc_value_t v = cc_value(cc, tensor);
    npu_kept_t k = {.tensor = (uint32_t)tensor,
                    .l2 = v.l2,
                    .dtype = t.dtype,
                    .row = v.row * bytes,
                    .pix = v.pix * bytes,
                    .chan = v.plane * bytes,
                    .dims = t.dims,
                    .zero_point = from->scales == 0 ? 0 : from->zero_point[0],
                    .scale_bits = t.scale_bits};
    k.valid_after = done == 0 ? NPU_VALID_AT_START : done == BY_CORE ? NPU_VALID_AT_END : done - 1;
    memcpy(k.shape, t.shape, sizeof(k.shape));
    if (from->channels_first)
        channels_first(from, &k);
    if (from->dims == NPU_GRAPH_DIMS && from->shape[0] != 1) {
        k.dims--;
        k.shape[0] = v.size.h;
        memmove(k.shape + 1, from->shape + 2, 2 * sizeof(*k.shape));
        k.shape[3] = 1;
    }
    cc_short_name(cc, k.name, from->name);
    return k;
}

/* Not what is never whole in L2, nor a float image, which comes as codes. */
static bool is_kept(const cc_t *cc, int32_t t)
{
    if (cc->place_of[t] == CC_NO_PLACE)
        return false;
    const cc_place_t *place = &cc->place[cc->place_of[t]];
    return place->ring_rows == 0 &&
           (place->layout != NPU_LAYOUT_PLANAR || cc_code_tensor(cc, t) == t);
}

static bool add_kept(cc_t *cc, npu_prog_t *prog)
{
    uint32_t *done = completions(cc);
    bool fine = done != NULL;
    for (uint32_t t = 0; fine && t < cc->graph->tensors; t++) {
        if (!is_kept(cc, (int32_t)t))
            continue;
        npu_kept_t k = kept_tensor(cc, (int32_t)t, done[t]);
        fine = npu_prog_add_kept(prog, &k) != UINT32_MAX;
    }
    free(done);
    return fine || no_memory(cc);
}

/* ---- network table --------------------------------------------------------------------------- */

static void put_image(const cc_t *cc, uint32_t *net)
{
    if (cc->image == NPU_NO_TENSOR)
        return;
    cc_value_t v = cc_value(cc, cc->image);
    net[NPU_NET_INPUT_ADDR_W] = cc->desc->l2_base + v.l2;
    net[NPU_NET_INPUT_WIDTH_W] = v.size.w;
    net[NPU_NET_INPUT_HEIGHT_W] = v.size.h;
    net[NPU_NET_INPUT_CHANNELS_W] = v.size.c;
    net[NPU_NET_INPUT_ROW_BYTES_W] = v.row;
    net[NPU_NET_INPUT_PLANE_BYTES_W] = v.plane;
}

/* An input or output: shape as the file has it; a float image has type and scale of its codes. */
static void put_end(const cc_t *cc, int32_t end, uint32_t *word)
{
    npu_net_tensor_t to = cc_net_tensor(cc, end == cc->image ? cc_code_tensor(cc, end) : end);
    to.addr = cc->desc->l2_base + cc_value(cc, end).l2;
    npu_net_tensor_put(&to, word);
}

static void put_network_table(const cc_t *cc, uint32_t *net)
{
    const npu_graph_t *g = cc->graph;
    net[NPU_NET_MAGIC_W] = NPU_NET_MAGIC;
    net[NPU_NET_VERSION_W] = NPU_NET_VERSION;
    net[NPU_NET_NETWORK_ID_W] = cc->options.network_id;
    net[NPU_NET_PROG_ADDR_W] = cc->desc->l2_base + cc->program_l2;
    net[NPU_NET_PROG_COUNT_W] = cc->emit.insns;
    net[NPU_NET_L2_BASE_W] = cc->desc->l2_base;
    net[NPU_NET_FREE_ADDR_W] = cc->desc->l2_base + cc->activations_top;
    net[NPU_NET_FREE_BYTES_W] = cc->program_l2 - cc->table_bytes - cc->activations_top;
    if (cc->post.ops > 0)
        net[NPU_NET_POST_ADDR_W] = cc->desc->l2_base + cc->program_l2 - cc->table_bytes;
    net[NPU_NET_INPUTS_W] = g->inputs;
    net[NPU_NET_OUTPUTS_W] = g->outputs;
    net[NPU_NET_PLACES_W] = 1;
    put_image(cc, net);
    for (uint32_t i = 0; i < g->inputs; i++)
        put_end(cc, g->input[i], net + NPU_NET_INPUT_W(i));
    for (uint32_t o = 0; o < g->outputs; o++)
        put_end(cc, g->output[o], net + NPU_NET_OUTPUT_W(o));
}

static bool add_ends(cc_t *cc, npu_prog_t *prog, const int32_t *list, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const npu_tensor_t *t = cc_tensor(cc, list[i]);
        npu_end_t end = {.tensor = (uint32_t)list[i],
                         .dtype = dtype_of(t->type),
                         .order = t->channels_first ? NPU_ORDER_CHW : NPU_ORDER_HWC};
        cc_short_name(cc, end.name, t->name);
        if (npu_prog_add_end(prog, &end) == UINT32_MAX)
            return no_memory(cc);
    }
    return true;
}

/* ---- the program ----------------------------------------------------------------------------- */

/* "dir/model.tflite" is the network "model". */
static void network_name(const cc_t *cc, char to[NPU_NAME_BYTES], const char *file)
{
    char base[NPU_NAME_BYTES];
    const char *slash = strrchr(file, '/');
    snprintf(base, sizeof(base), "%s", slash == NULL ? file : slash + 1);
    char *dot = strrchr(base, '.');
    if (dot != NULL && dot != base)
        *dot = '\0';
    cc_short_name(cc, to, base);
}

bool program_build(cc_t *cc, npu_prog_t *prog)
{
    npu_meta_t *m = &prog->meta;
    uint32_t fixed =
        NPU_NET_BYTES + cc->emit.insns * NPU_INSN_BYTES + cc->table_bytes + cc->constants_bytes;
    network_name(cc, m->name, cc->graph->name);
    m->rounding = cc->options.rounding;
    m->by_name = cc->graph->by_name;
    m->insn_l2 = cc->program_l2;
    m->l2_peak_bytes = fixed + cc->activations_top - NPU_NET_BYTES;
    m->l2_lower_bound_bytes =
        fixed + (uint32_t)plan_bound(cc->place, cc->places, cc->layers + cc->steps);
    memcpy(m->mem_bytes, cc->emit.used, sizeof(m->mem_bytes));
    prog->made_for = npu_made_for(cc->desc);
    put_network_table(cc, prog->net);
    if (!add_instructions(cc, prog) || !add_layers(cc, prog) || !add_kept(cc, prog) ||
        !add_ends(cc, prog, cc->graph->input, cc->graph->inputs) ||
        !add_ends(cc, prog, cc->graph->output, cc->graph->outputs))
        return false;
    if (cc->constants_bytes != 0 &&
        npu_prog_add_blob(prog, cc->constants_l2, cc->constants, cc->constants_bytes) == UINT32_MAX)
        return no_memory(cc);
    if (!cc_add_sent(cc, prog))
        return false;
    prog->net[NPU_NET_OWN_ADDR_W] =
        prog->net[NPU_NET_FREE_ADDR_W] + prog->net[NPU_NET_FREE_BYTES_W];
    prog->net[NPU_NET_OWN_BYTES_W] =
        cc->desc->l2_base + cc->desc->l2_bytes - prog->net[NPU_NET_OWN_ADDR_W];
    core_finish(cc, &prog->post);
    char what[160];
    if (!npu_prog_valid(prog, what, sizeof(what)))
        return cc_fail(cc, NULL, SIM_EDESC, "%s", what);
    return true;
}

/* ---- the report ------------------------------------------------------------------------------ */

/* Copies name to *at and moves *at behind it. */
static const char *keep_name(char **at, const char *name)
{
    size_t bytes = strlen(name) + 1;
    char *copy = memcpy(*at, name, bytes);
    *at += bytes;
    return copy;
}

static size_t names_bytes(const cc_t *cc)
{
    size_t bytes = 1;
    for (uint32_t i = 0; i < cc->layers; i++)
        bytes += strlen(cc->layer[i].node->name) + 1 + FUSE_NAMES_BYTES;
    for (uint32_t p = 0; p < cc->places; p++)
        bytes += strlen(cc_tensor(cc, cc->place[p].tensor)->name) + 1;
    return bytes;
}

static uint64_t operand_bytes(const cc_t *cc, const npu_node_t *n)
{
    uint64_t sum = 0;
    for (uint32_t k = 0; k < n->inputs; k++)
        if (n->input[k] != NPU_NO_TENSOR && cc->place_of[n->input[k]] != CC_NO_PLACE)
            sum += cc->place[cc->place_of[n->input[k]]].bytes;
    return sum;
}

static uint32_t operands_bytes(const cc_t *cc, const cc_layer_t *l)
{
    uint64_t sum =
        l->source != CC_NO_PLACE ? cc->place[l->source].bytes : operand_bytes(cc, l->node);
    for (uint32_t f = 0; f < l->followers; f++)
        sum += operand_bytes(cc, l->follower[f].node);
    return (uint32_t)sum;
}

static void report_layer(const cc_t *cc, uint32_t index, npu_layer_plan_t *r, char **names)
{
    const cc_layer_t *l = &cc->layer[index];
    const cc_tiling_t *t = &l->tiling;
    r->name = keep_name(names, l->node->name);
    r->op = l->op != NULL ? l->op : npu_node_op_name(l->node->op);
    char fused[FUSE_NAMES_BYTES] = "";
    if (!l->moves)
        fuse_names(cc, l, false, " ", fused);
    r->fused = keep_name(names, fused);
    r->node = (uint32_t)(l->node - cc->node);
    r->in = l->source != CC_NO_PLACE ? cc->place[l->source].size
                                     : npu_tensor_hwc(cc_tensor(cc, l->node->input[0]));
    r->out = l->moves ? cc->place[l->made].size : npu_tensor_hwc(cc_tensor(cc, l->out));
    r->macs = l->macs;
    r->weight_bytes = l->weights_bytes;
    r->param_bytes = l->params_bytes;
    r->in_bytes = operands_bytes(cc, l);
    r->out_bytes = (uint32_t)cc->place[l->made].bytes;
    r->live_bytes = (uint32_t)plan_live(cc->place, cc->places, index);
    r->stripe_rows = t->rows;
    r->stripe_cols = t->cols;
    r->group_channels = t->group;
    r->tiles = t->row_tiles * t->col_tiles * t->groups;
    r->groups_outer = t->groups_outer;
    r->first = l->first;
    r->last = l->last;
}

/* Busy cycles of what was emitted; layers without tiling count their stores as tiles. */
static void report_instructions(const cc_t *cc, npu_compile_report_t *r)
{
    for (uint32_t i = 0; i < cc->emit.insns; i++) {
        const npu_insn_t *insn = emit_at(&cc->emit, i);
        npu_engine_t engine = npu_op_engine(insn->op);
        npu_layer_plan_t *plan = &r->layer[insn->layer];
        if (engine != NPU_ENGINE_SEQ)
            plan->engine_cycles[engine] += npu_insn_cycles(cc->desc, insn);
        if (cc->layer[insn->layer].kind->run != NULL && engine == NPU_ENGINE_STORE)
            plan->tiles++;
    }
}

/* Layers in the order in which they end, from the end of the turn before (npu_layer_report). */
static void close_turn(npu_compile_report_t *r, uint64_t *last, uint64_t *turn)
{
    for (;;) {
        uint32_t next = UINT32_MAX;
        for (uint32_t i = 0; i < r->layers; i++)
            if (last[i] != 0 && (next == UINT32_MAX || last[i] < last[next]))
                next = i;
        if (next == UINT32_MAX)
            return;
        r->layer[next].estimate_cycles += last[next] - *turn;
        *turn = last[next];
        last[next] = 0;
    }
}

/* Cycles of layers, as the machine counts them. */
static bool report_cycles(const cc_t *cc, npu_compile_report_t *r)
{
    uint64_t *end = calloc(cc->emit.insns, sizeof(*end)), turn = 0;
    uint64_t *last = calloc(cc->layers, sizeof(*last));
    bool fine = end != NULL && last != NULL && replay_program(cc, end);
    for (uint32_t i = 0; fine && i < cc->emit.insns; i++) {
        const npu_insn_t *insn = emit_at(&cc->emit, i);
        if (insn->op == NPU_OP_BARRIER)
            close_turn(r, last, &turn);
        last[insn->layer] = end[i] > last[insn->layer] ? end[i] : last[insn->layer];
    }
    if (fine)
        close_turn(r, last, &turn);
    r->estimate_cycles = turn;
    free(end);
    free(last);
    return fine;
}

bool program_report(cc_t *cc, npu_compile_report_t *r)
{
    r->layer = calloc(cc->layers, sizeof(*r->layer));
    r->place = calloc(cc->places, sizeof(*r->place));
    r->cascade = calloc(cc->cascades + 1u, sizeof(*r->cascade));
    r->names = malloc(names_bytes(cc));
    if (r->layer == NULL || r->place == NULL || r->cascade == NULL || r->names == NULL) {
        npu_compile_report_free(r);
        return no_memory(cc);
    }
    char *names = r->names;
    r->layers = cc->layers;
    r->places = cc->places;
    for (uint32_t i = 0; i < cc->layers; i++)
        report_layer(cc, i, &r->layer[i], &names);
    report_instructions(cc, r);
    if (!report_cycles(cc, r)) {
        npu_compile_report_free(r);
        return no_memory(cc);
    }
    for (uint32_t p = 0; p < cc->places; p++) {
        const cc_place_t *from = &cc->place[p];
        r->place[p] =
            (npu_place_plan_t){.name = keep_name(&names, cc_tensor(cc, from->tensor)->name),
                               .l2 = from->l2,
                               .bytes = (uint32_t)from->bytes,
                               .ring_rows = from->ring_rows,
                               .first_layer = from->first,
                               .last_layer = from->last};
    }
    r->cascades = cc->cascades;
    for (uint32_t c = 0; c < cc->cascades; c++)
        r->cascade[c] = cc->cascade[c];
    r->whole_bound_bytes = cascade_whole_bound(cc);
    r->constants_l2 = cc->constants_l2;
    r->constants_bytes = cc->constants_bytes;
    r->program_l2 = cc->program_l2;
    r->program_bytes = cc->emit.insns * NPU_INSN_BYTES;
    r->post_bytes = cc->table_bytes;
    r->sent_bytes = cc->sent_bytes;
    r->steps = cc->steps;
    r->activations_bytes = cc->activations_top - NPU_NET_BYTES;
    r->live_bound_bytes = (uint32_t)plan_bound(cc->place, cc->places, cc->layers + cc->steps);
    r->barriers = cc->emit.barriers;
    r->all_kept = cc->all_kept;
    return true;
}

void npu_compile_report_free(npu_compile_report_t *report)
{
    free(report->layer);
    free(report->place);
    free(report->cascade);
    free(report->names);
    memset(report, 0, sizeof(*report));
}
