/*
 * npu_perf.c - accounts: where the cycles of a run went, all in all and by layer.
 */
#include <assert.h>
#include <string.h>

#include "npu/npu_int.h"

const char *npu_class_name(npu_class_t c)
{
    static const char *const names[NPU_CLASSES] = {
#define X(name, text, help) text,
        NPU_CLASS_TABLE(X)
#undef X
    };
    assert(c < NPU_CLASSES);
    return names[c];
}

uint64_t npu_counter(const npu_perf_t *perf, uint32_t counter)
{
    const uint64_t values[NPU_PERFS] = {
#define X(member, name, unit, help) [NPU_PERF_##name] = perf->member,
        NPU_PERF_TABLE(X)
#undef X
    };
    if (counter < NPU_PERFS)
        return values[counter];
    counter -= NPU_PERFS;
    return counter < NPU_CLASSES ? perf->split[counter] : perf->overlap[counter - NPU_CLASSES];
}

/* ---- cycles -----------------------------------------------------------------------------------
 */

static bool queued_for(const npu_t *npu, npu_engine_t engine, uint32_t layer)
{
    for (uint32_t i = 0; i < npu->engine[engine].count; i++)
        if (npu_waiting(npu, engine, i)->insn.layer == layer)
            return true;
    return false;
}

static bool draining(const npu_t *npu)
{
    uint32_t layer = npu_slot_at(npu, NPU_ENGINE_STORE, 0)->insn.layer;
    return npu->engine[NPU_ENGINE_STORE].busy && !queued_for(npu, NPU_ENGINE_MAC, layer) &&
           !queued_for(npu, NPU_ENGINE_VEC, layer);
}

/* Of a cycle in which that is granted. */
static npu_class_t class_of(const npu_t *npu, uint32_t granted)
{
    if (npu->engine[NPU_ENGINE_MAC].busy || npu->engine[NPU_ENGINE_VEC].busy)
        return granted != 0 ? NPU_CLASS_COMPUTE : NPU_CLASS_BANK;
    if (draining(npu))
        return NPU_CLASS_DRAIN;
    if (npu->engine[NPU_ENGINE_LOAD].busy || npu->engine[NPU_ENGINE_STORE].busy)
        return NPU_CLASS_DMA;
    return npu->fetch_waits ? NPU_CLASS_FETCH : NPU_CLASS_DEPENDENCY;
}

static bool denied(const npu_t *npu, npu_engine_t engine, uint32_t granted)
{
    return npu->engine[engine].busy && (granted >> engine & 1) == 0;
}

/* Cycles in which that is granted. */
static void account_granted(const npu_t *npu, npu_perf_t *perf, uint32_t granted, uint64_t cycles)
{
    perf->split[class_of(npu, granted)] += cycles;
    perf->mac_bank += denied(npu, NPU_ENGINE_MAC, granted) ? cycles : 0;
    perf->vec_bank += denied(npu, NPU_ENGINE_VEC, granted) ? cycles : 0;
}

void npu_account(const npu_t *npu, npu_perf_t *perf, uint64_t cycle)
{
    uint64_t *const busy[NPU_ENGINES] = {NULL, &perf->load_busy, &perf->store_busy, &perf->mac_busy,
                                         &perf->vec_busy};
    uint64_t *const wait[NPU_ENGINES] = {NULL, &perf->load_wait, &perf->store_wait, &perf->mac_wait,
                                         &perf->vec_wait};
    if (!npu->running || cycle <= npu->account_cycle)
        return;
    uint64_t elapsed = cycle - npu->account_cycle;
    uint32_t who = 0;
    for (npu_engine_t e = NPU_ENGINE_LOAD; e < NPU_ENGINES; e++) {
        const npu_engine_state_t *engine = &npu->engine[e];
        bool ready = engine->count > 0 && npu_waiting(npu, e, 0)->ready_cycle <= npu->account_cycle;
        who |= (uint32_t)engine->busy << (e - NPU_ENGINE_LOAD);
        *busy[e] += engine->busy ? elapsed : 0;
        *wait[e] += !engine->busy && ready ? elapsed : 0;
    }
    perf->cycles += elapsed;
    perf->overlap[who] += elapsed;
    perf->fetch_stall += npu->fetch_waits ? elapsed : 0;
    perf->issue_stall += npu->queue_waits ? elapsed : 0;
    if (npu->granted[0] == npu->granted[1]) {
        account_granted(npu, perf, npu->granted[0], elapsed);
    } else {
        account_granted(npu, perf, npu->granted[0], npu_bank_cycles(npu, cycle, 0));
        account_granted(npu, perf, npu->granted[1], npu_bank_cycles(npu, cycle, 1));
    }
}

npu_perf_t npu_perf(const npu_t *npu)
{
    npu_perf_t perf = npu->perf;
    npu_account(npu, &perf, sim_cycles_at(sim_now_ps(npu->comp.sim), npu->desc.clk_hz));
    perf.l2_read += npu_dma_streamed_bytes(&npu->load);
    perf.l2_written += npu_dma_streamed_bytes(&npu->store);
    return perf;
}

static uint64_t sum(const uint64_t *values, uint32_t count)
{
    uint64_t all = 0;
    for (uint32_t i = 0; i < count; i++)
        all += values[i];
    return all;
}

/* What the tables of npu.h promise. */
static void check_sums(const npu_t *npu)
{
    const npu_perf_t *perf = &npu->perf;
    assert(sum(perf->split, NPU_CLASSES) == perf->cycles);
    assert(sum(perf->overlap, NPU_OVERLAPS) == perf->cycles);
    for (uint32_t n = 0; n < npu->layers_seen; n++) {
        const npu_layer_state_t *layer = &npu->layers[n];
        assert(layer->insns == 0 ||
               sum(layer->split, NPU_CLASSES) == layer->end_cycle - npu->start_cycle);
        (void)layer;
    }
    (void)perf;
}

void npu_perf_add(npu_perf_t *total, const npu_perf_t *perf)
{
#define X(member, name, unit, help) total->member += perf->member;
    NPU_PERF_TABLE(X)
#undef X
    for (uint32_t i = 0; i < NPU_CLASSES; i++)
        total->split[i] += perf->split[i];
    for (uint32_t i = 0; i < NPU_OVERLAPS; i++)
        total->overlap[i] += perf->overlap[i];
}

void npu_perf_close(npu_t *npu)
{
    check_sums(npu);
    npu_perf_add(&npu->total, &npu->perf);
}

/* ---- work -------------------------------------------------------------------------------------
 */

static uint64_t touched(const npu_slot_t *slot, uint32_t write)
{
    uint64_t sum = 0;
    for (const npu_touch_t *t = slot->touch; t < slot->touch + NPU_MAX_TOUCHES; t++) {
        uint64_t bytes = t->end != 0 && t->mem != NPU_MEM_L2 && t->write == write ? t->bytes : 0;
        for (uint32_t d = 0; d < t->dims; d++)
            bytes *= t->dim[d].count;
        sum += bytes;
    }
    return sum;
}

static void array_work(const npu_desc_t *desc, const npu_slot_t *slot, npu_work_t *work)
{
    const npu_insn_t *insn = &slot->insn;
    uint32_t peak = npu_peak_macs(desc, insn->narrow);
    uint64_t most = slot->cycles * peak;
    *(insn->narrow == 2           ? &work->narrow2_macs
      : insn->narrow == 1         ? &work->narrow4_macs
      : insn->op == NPU_OP_DWCONV ? &work->depthwise_macs
                                  : &work->conv_macs) = slot->macs;
    if (most > slot->macs)
        work->idle_macs = (most - slot->macs) * npu_peak_macs(desc, 0) / peak;
}

static void vector_work(const npu_insn_t *insn, npu_work_t *work)
{
    uint64_t elements = (uint64_t)insn->h * insn->w * insn->c;
    switch (insn->op) {
    case NPU_OP_COPY:
    case NPU_OP_FILL:
    case NPU_OP_TRANSFORM:
        work->vector_moves = elements;
        break;
    case NPU_OP_AVGPOOL:
    case NPU_OP_MAXPOOL:
    case NPU_OP_RESIZE:
        work->vector_ops = elements * insn->k_h * insn->k_w;
        break;
    case NPU_OP_MEAN:
        work->vector_ops = (uint64_t)insn->in_h * insn->in_w * insn->c;
        break;
    default:
        work->vector_ops = elements;
    }
}

npu_work_t npu_work(const npu_desc_t *desc, const npu_slot_t *slot)
{
    const npu_insn_t *insn = &slot->insn;
    bool weights = insn->mem == NPU_MEM_WGT || insn->mem == NPU_MEM_PAR;
    npu_work_t work = {.l1_read = touched(slot, 0), .l1_written = touched(slot, 1)};
    switch (npu_op_engine(insn->op)) {
    case NPU_ENGINE_MAC:
        array_work(desc, slot, &work);
        break;
    case NPU_ENGINE_VEC:
        vector_work(insn, &work);
        break;
    case NPU_ENGINE_LOAD:
        *(weights ? &work.weight_bytes : &work.activation_bytes) = npu_dma_bytes(insn);
        break;
    default:
        break;
    }
    return work;
}

void npu_work_add(npu_work_t *sum, const npu_work_t *work)
{
#define X(member, unit, help) sum->member += work->member;
    NPU_WORK_TABLE(X)
#undef X
}

/* ---- layers -----------------------------------------------------------------------------------
 */

/* Of the layers in this turn, the one that ended last before this one; NULL: this was the first. */
static const npu_layer_state_t *layer_before(const npu_t *npu, uint32_t layer)
{
    const npu_layer_state_t *me = &npu->layers[layer], *best = NULL;
    for (uint32_t i = 0; i < npu->layers_seen; i++) {
        const npu_layer_state_t *it = &npu->layers[i];
        bool before =
            it->end_cycle < me->end_cycle || (it->end_cycle == me->end_cycle && i < layer);
        if (!it->open || !before)
            continue;
        if (best == NULL || it->end_cycle >= best->end_cycle)
            best = it;
    }
    return best;
}

/* Adds the layer's part of the current turn to what it had before. Where that part begins. */
static uint64_t add_turn(const npu_t *npu, uint32_t layer, npu_layer_state_t *sum)
{
    const npu_layer_state_t *me = &npu->layers[layer], *before = layer_before(npu, layer);
    uint64_t start = before != NULL ? before->end_cycle : npu->turn_cycle;
    const uint64_t *then = before != NULL ? before->split : npu->turn_split;
    if (sum->turns++ == 0)
        sum->turn_start_cycle = start;
    sum->turn_cycles += me->end_cycle - start;
    for (uint32_t c = 0; c < NPU_CLASSES; c++)
        sum->turn_classes[c] += me->split[c] - then[c];
    return start;
}

void npu_perf_trace_turn(const npu_t *npu)
{
    const npu_prog_t *names = npu_names(npu);
    for (uint32_t n = 0; sim_tracing(npu->comp.sim) && n < npu->layers_seen; n++) {
        npu_layer_state_t sum = npu->layers[n];
        if (!sum.open)
            continue;
        uint64_t start = add_turn(npu, n, &sum);
        bool named = names != NULL && n < names->layer_count;
        char op[SIM_TRACE_NAME] = "";
        if (named)
            sim_trace_quote(op, names->layers[n].op);
        sim_trace_span(npu->comp.sim, "npu.layers", named ? names->layers[n].name : "layer",
                       npu_edge_ps(npu, start), npu_edge_ps(npu, sum.end_cycle),
                       "\"layer\":%u,\"op\":\"%s\",\"turn\":%llu,\"cycles\":%llu,\"macs\":%llu", n,
                       op, (unsigned long long)sum.turns,
                       (unsigned long long)(sum.end_cycle - start), (unsigned long long)sum.macs);
    }
}

void npu_perf_close_turn(npu_t *npu)
{
    const npu_layer_state_t *last = NULL;
    npu_perf_trace_turn(npu);
    for (uint32_t n = 0; n < npu->layers_seen; n++) {
        npu_layer_state_t *it = &npu->layers[n];
        if (!it->open)
            continue;
        (void)add_turn(npu, n, it);
        last = last == NULL || it->end_cycle >= last->end_cycle ? it : last;
    }
    if (last == NULL)
        return;
    npu->turn_cycle = last->end_cycle;
    memcpy(npu->turn_split, last->split, sizeof(npu->turn_split));
    for (uint32_t n = 0; n < npu->layers_seen; n++)
        npu->layers[n].open = false;
}

bool npu_layer_report(const npu_t *npu, uint32_t layer, npu_layer_report_t *report)
{
    *report = (npu_layer_report_t){.long_pole = NPU_ENGINE_SEQ};
    if (layer >= npu->layers_seen || npu->layers[layer].insns == 0)
        return false;
    const npu_layer_state_t *me = &npu->layers[layer];
    npu_layer_state_t sum = *me;
    if (me->open)
        (void)add_turn(npu, layer, &sum);
    memcpy(report->classes, sum.turn_classes, sizeof(report->classes));
    report->cycles = sum.turn_cycles;
    report->start_ps = npu_edge_ps(npu, sum.turn_start_cycle);
    report->end_ps = npu_edge_ps(npu, me->end_cycle);
    memcpy(report->busy, me->busy, sizeof(report->busy));
    for (npu_engine_t e = NPU_ENGINE_LOAD; e < NPU_ENGINES; e++)
        if (me->busy[e] > me->busy[report->long_pole])
            report->long_pole = e;
    report->macs = me->macs;
    report->l1_bytes = me->l1_bytes;
    report->l2_bytes = me->l2_bytes;
    report->insns = me->insns;
    return true;
}
