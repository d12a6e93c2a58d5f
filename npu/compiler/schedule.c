/*
 * schedule.c - lifetimes, constants, places in L2, instructions: until it all fits.
 */
#include "npu/compiler/compile_int.h"

/* ---- lifetimes ------------------------------------------------------------------------------- */

static void use_place(cc_t *cc, int32_t tensor, uint32_t layer)
{
    if (tensor != NPU_NO_TENSOR && cc->place_of[tensor] != CC_NO_PLACE)
        cc->place[cc->place_of[tensor]].last = layer;
}

static void use_operands(cc_t *cc, const npu_node_t *n, uint32_t layer)
{
    for (uint32_t k = 0; k < n->inputs; k++)
        use_place(cc, n->input[k], layer);
}

/* A layer with a source of its own, made by layout nodes, reads nothing else. */
static void use_sources(cc_t *cc, const cc_layer_t *l, uint32_t layer)
{
    if (l->source != CC_NO_PLACE)
        cc->place[l->source].last = layer;
    else
        use_operands(cc, l->node, layer);
}

/* A place lives from the first layer that writes any part of it. */
static void make_place(cc_t *cc, uint32_t place, uint32_t layer)
{
    cc->place[place].first = cc_min(cc->place[place].first, layer);
    cc->place[place].last = layer;
}

static void make_results(cc_t *cc, const cc_layer_t *l, uint32_t layer)
{
    const npu_node_t *n = &cc->node[l->last_node];
    make_place(cc, l->made, layer);
    for (uint32_t o = 1; o < n->outputs; o++)
        make_place(cc, cc->place_of[n->output[o]], layer);
}

static void set_lifetimes(cc_t *cc, bool keep_all)
{
    uint32_t end = cc->layers + cc->steps - 1;
    for (uint32_t p = 0; p < cc->places; p++)
        cc->place[p].first = UINT32_MAX;
    for (uint32_t i = 0; i < cc->graph->inputs; i++)
        cc->place[cc->place_of[cc->graph->input[i]]].first = 0;
    for (uint32_t i = 0; i < cc->layers; i++) {
        const cc_layer_t *l = &cc->layer[i];
        make_results(cc, l, i);
        use_sources(cc, l, i);
        for (uint32_t f = 0; f < l->followers; f++)
            use_operands(cc, l->follower[f].node, i);
    }
    for (uint32_t i = 0; i < cc->leavings; i++)
        use_place(cc, cc->leaving[i], end);
    core_lifetimes(cc);
    for (uint32_t i = 0; !cc->options.reuse_input && i < cc->graph->inputs; i++)
        use_place(cc, cc->graph->input[i], end);
    for (uint32_t p = 0; keep_all && p < cc->places; p++)
        cc->place[p].last = end;
}

/* ---- constants ------------------------------------------------------------------------------- */

/* Lays out what depends on the cuts; records and operands stand before it since they were prepared.
 */
static bool pack_constants(cc_t *cc)
{
    uint32_t l2 = cc->desc->l2_bytes;
    cc->constants_bytes = cc->records_bytes;
    cc->chunks = 0;
    for (uint32_t i = 0; i < cc->layers && cc->err == SIM_OK; i++)
        if (cc->layer[i].kind->pack != NULL)
            cc->layer[i].kind->pack(cc, &cc->layer[i]);
    if (cc->err != SIM_OK)
        return false;
    if (cc->constants_bytes + NPU_NET_BYTES + CC_ALIGN > l2)
        return cc_fail(cc, NULL, SIM_EFULL, "constants need %u bytes of L2, there are %u",
                       cc->constants_bytes, l2 - NPU_NET_BYTES);
    cc->constants_l2 = (l2 - cc->constants_bytes) / CC_ALIGN * CC_ALIGN;
    return true;
}

/* ---- instructions ---------------------------------------------------------------------------- */

static void emit_layers(cc_t *cc)
{
    emit_free(&cc->emit);
    emit_init(&cc->emit, cc->constants_l2);
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        cc->ring[m].head = 0;
    for (uint32_t i = 0; i < cc->layers; i++) {
        cc_layer_t *l = &cc->layer[i];
        l->first = UINT32_MAX;
        l->placed = false;
        l->groups_loaded = 0;
    }
    for (uint32_t i = 0; i < cc->layers && cc->err == SIM_OK; i++) {
        cc_layer_t *l = &cc->layer[i];
        if ((cc->desc->overlap & NPU_OVERLAP_NODES) == 0)
            l->first = l->last = emit_barrier(&cc->emit, i);
        if (l->cascade != NULL)
            i = cascade_run(cc, l->cascade);
        else if (l->kind->run != NULL)
            l->kind->run(cc, l);
        else
            tile_run(cc, l);
    }
    npu_insn_t end = {.op = NPU_OP_END, .layer = cc->layers - 1};
    emit_add(&cc->emit, &end);
    if (cc->emit.no_memory)
        cc_fail(cc, NULL, SIM_ENOMEM, "out of memory");
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* Places and instructions. Bytes of L2 by which they do not fit beside the constants; 0: they do.
 */
static uint64_t schedule(cc_t *cc, bool keep_all)
{
    set_lifetimes(cc, keep_all);
    cascade_widen(cc);
    uint64_t top = plan_places(cc->place, cc->places, NPU_NET_BYTES);
    cc->needed_bytes = top - NPU_NET_BYTES;
    cc->program_is_long = top <= cc->constants_l2;
    if (!cc->program_is_long)
        return top - cc->constants_l2;
    emit_layers(cc);
    uint64_t program = (uint64_t)cc->emit.insns * NPU_INSN_BYTES + cc->table_bytes;
    cc->needed_bytes += program;
    if (top + program > cc->constants_l2)
        return top + program - cc->constants_l2;
    cc->activations_top = (uint32_t)top;
    cc->program_l2 = cc->constants_l2 - cc->emit.insns * NPU_INSN_BYTES;
    return 0;
}

/* The layer that needs the most room. */
static const cc_layer_t *widest_layer(const cc_t *cc)
{
    uint32_t widest = 0;
    for (uint32_t l = 1; l < cc->layers; l++)
        if (plan_live(cc->place, cc->places, l) > plan_live(cc->place, cc->places, widest))
            widest = l;
    return &cc->layer[widest];
}

static bool no_room(cc_t *cc)
{
    return cc_fail(cc, widest_layer(cc), SIM_EFULL,
                   "activations need %llu bytes of L2%s, %u are left beside %u of constants and "
                   "the program",
                   (unsigned long long)cc->needed_bytes,
                   cc->cascades != 0 ? " even in stripes" : "", cc->constants_l2 - NPU_NET_BYTES,
                   cc->constants_bytes);
}

/* Whole maps first; then, where that is allowed, more and more of the network in stripes. */
static bool schedule_fits(cc_t *cc)
{
    uint64_t slack = 0, before = UINT64_MAX;
    set_lifetimes(cc, false);
    if (cc->cascades_when == NPU_CASCADE_ALWAYS && !(cascade_plan(cc, 0) && pack_constants(cc)))
        return false;
    while (cc->err == SIM_OK) {
        uint64_t missing = schedule(cc, false), room = cc->constants_l2 - NPU_NET_BYTES;
        if (missing == 0 || cc->err != SIM_OK)
            break;
        slack += cc->cascades == 0 ? 0 : missing;
        if (cc->cascades_when != NPU_CASCADE_AUTO || missing >= before || slack >= room)
            return false;
        before = missing;
        if (!cascade_plan(cc, room - slack) || !pack_constants(cc) || cc->cascades == 0)
            return false;
    }
    return cc->err == SIM_OK;
}

/* Cuts all layers anew, into fewer and larger tiles: the program stands in L2 too. An instruction
 * is worth so many cycles. */
static bool shorten_program(cc_t *cc, uint64_t cycles)
{
    cascade_drop(cc);
    cc->insn_cycles = cycles;
    for (uint32_t i = 0; i < cc->layers; i++)
        if (cc->layer[i].kind->run == NULL && !tile_choose(cc, &cc->layer[i]))
            return false;
    return pack_constants(cc);
}

static bool schedule_fitting(cc_t *cc)
{
    enum { FIRST = 16, LAST = 256 };
    bool fits = schedule_fits(cc);
    bool more = cc->err == SIM_OK && cc->program_is_long;
    for (uint64_t cycles = FIRST; !fits && more && cc->err == SIM_OK && cycles <= LAST; cycles *= 4)
        fits = shorten_program(cc, cycles) && schedule_fits(cc);
    return fits || (cc->err == SIM_OK && no_room(cc));
}

bool schedule_all(cc_t *cc)
{
    cc->records_bytes = cc->constants_bytes;
    if (!pack_constants(cc))
        return false;
    cc->all_kept = cc->options.keep_all && schedule(cc, true) == 0 && cc->err == SIM_OK;
    return cc->all_kept || (cc->err == SIM_OK && schedule_fitting(cc));
}
