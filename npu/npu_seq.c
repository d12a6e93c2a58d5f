/*
 * npu_seq.c - one cycle of the machine: completions, the sequencer, starts; and instruction fetch.
 */
#include <assert.h>
#include <string.h>

#include "npu/npu_int.h"

#define SEM_MAX 65535u

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* ---- semaphores ---------------------------------------------------------------------------------
 */

static bool waits_met(const npu_t *npu, const npu_insn_t *insn)
{
    return npu->sem[insn->wait[0].sem] >= insn->wait[0].count &&
           npu->sem[insn->wait[1].sem] >= insn->wait[1].count;
}

static void take_waits(npu_t *npu, const npu_insn_t *insn)
{
    for (int i = 0; i < 2; i++)
        npu->sem[insn->wait[i].sem] -= insn->wait[i].count;
}

static void raise_signals(npu_t *npu, const npu_insn_t *insn)
{
    for (int i = 0; i < 2; i++)
        if (insn->signal[i] != 0)
            npu->signal[npu->signals++] = insn->signal[i];
}

/* What earlier cycles signaled becomes visible. False when a semaphore overflows. */
static bool settle_signals(npu_t *npu)
{
    bool fine = true;
    for (uint32_t i = 0; i < npu->signals; i++)
        fine &= ++npu->sem[npu->signal[i]] <= SEM_MAX;
    npu->signals = 0;
    return fine;
}

/* ---- completion ---------------------------------------------------------------------------------
 */

static void account_layer(npu_t *npu, npu_engine_t engine, const npu_slot_t *slot, uint64_t start,
                          uint64_t cycle)
{
    npu_layer_state_t *layer = &npu->layers[slot->insn.layer];
    bool dma = engine == NPU_ENGINE_LOAD || engine == NPU_ENGINE_STORE;
    layer->insns++;
    layer->end_cycle = cycle;
    layer->open = true;
    memcpy(layer->split, npu->perf.split, sizeof(layer->split));
    layer->busy[engine] += cycle - start;
    layer->macs += slot->macs;
    layer->l1_bytes += slot->l1_bytes;
    layer->l2_bytes += dma ? npu_dma_bytes(&slot->insn) : 0;
    npu->layers_seen = (uint32_t)later(npu->layers_seen, slot->insn.layer + 1);
}

static void trace(npu_t *npu, npu_engine_t engine, const npu_slot_t *slot, uint64_t start,
                  uint64_t end)
{
    static const char *const tracks[NPU_ENGINES] = {"npu.seq", "npu.load", "npu.store", "npu.mac",
                                                    "npu.vec"};
    if (!sim_tracing(npu->comp.sim))
        return;
    const npu_prog_t *names = npu_names(npu);
    bool named = names != NULL && slot->insn.layer < names->layer_count;
    char name[SIM_TRACE_NAME] = "";
    if (named)
        sim_trace_quote(name, names->layers[slot->insn.layer].name);
    sim_trace_span(npu->comp.sim, tracks[engine], npu_opinfo(slot->insn.op)->name,
                   npu_edge_ps(npu, start), npu_edge_ps(npu, end),
                   "\"insn\":%u,\"layer\":%u,\"name\":\"%s\"", slot->index, slot->insn.layer, name);
}

static void refuse(npu_t *npu, const npu_slot_t *slot, npu_error_t error)
{
    char me[NPU_SLOT_TEXT];
    const char *why = error == NPU_ERROR_PACKED    ? "has a stream that does not decode"
                      : error == NPU_ERROR_L2_DATA ? "meets an error of L2 that is not corrected"
                                                   : "leaves L2";
    sim_log(&npu->comp, SIM_LOG_ERROR, "%s %s", npu_slot_text(npu, slot, me), why);
    npu_stop(npu, error, slot->index);
}

/* What an instruction does happens now. False when it failed. */
static bool perform(npu_t *npu, npu_engine_t engine, const npu_slot_t *slot)
{
    npu_dma_t *dma = engine == NPU_ENGINE_LOAD ? &npu->load : &npu->store;
    if (engine == NPU_ENGINE_LOAD || engine == NPU_ENGINE_STORE) {
        bool moved = npu_dma_move(dma, slot);
        if (moved && npu_dma_unpack(dma, &slot->insn))
            return true;
        refuse(npu, slot,
               moved                              ? NPU_ERROR_PACKED
               : npu_dma_inside(dma, &slot->insn) ? NPU_ERROR_L2_DATA
                                                  : NPU_ERROR_L2);
        return false;
    }
    if (engine != NPU_ENGINE_SEQ && !npu->timing_only)
        npu_late_put(npu, &slot->insn, slot->touch, NULL);
    return true;
}

/* perf stands at cycle. */
static bool complete(npu_t *npu, npu_engine_t engine, const npu_slot_t *slot, uint64_t start,
                     uint64_t cycle)
{
    if (!perform(npu, engine, slot))
        return false;
    npu_hazard_wrote(npu, slot);
    npu->perf.macs += slot->macs;
    npu->perf.insns++;
    npu_work_add(&npu->work, &slot->work);
    raise_signals(npu, &slot->insn);
    account_layer(npu, engine, slot, start, cycle);
    trace(npu, engine, slot, start, cycle);
    if (npu->on_insn != NULL)
        npu->on_insn(npu->on_insn_ctx, slot->index);
    return true;
}

static bool complete_engines(npu_t *npu, uint64_t cycle)
{
    for (npu_engine_t e = NPU_ENGINE_LOAD; e < NPU_ENGINES; e++) {
        npu_engine_state_t *engine = &npu->engine[e];
        bool dma = e == NPU_ENGINE_LOAD || e == NPU_ENGINE_STORE;
        if (!engine->busy || (dma ? engine->end_cycle > cycle : engine->left_cycles > 0))
            continue;
        engine->busy = false;
        const npu_slot_t *slot = &engine->slot[engine->head];
        engine->head = npu_place(npu, e, 1);
        if (!complete(npu, e, slot, engine->start_cycle, cycle))
            return false;
    }
    return true;
}

/* ---- fetch --------------------------------------------------------------------------------------
 */

void npu_on_fetched(void *ctx, sim_mem_req_t *req)
{
    npu_t *npu = ctx;
    npu->fetching = false;
    if (npu_stopping(npu))
        return;
    if (req->error) {
        bool inside = sim_mem_view(&npu->fetch, req->addr, req->bytes) != NULL;
        npu_stop(npu, inside ? NPU_ERROR_L2_DATA : NPU_ERROR_FETCH, npu->fetched);
        return;
    }
    npu->perf.l2_read += req->bytes;
    npu->insn_bytes += req->bytes;
    npu->fetched = npu->requested;
    npu_wake(npu, npu_now_cycle(npu));
}

/* Instructions that can be asked for in one burst: up to its boundary, the buffer's end, the
 * program's end. */
static uint32_t fetch_count(const npu_t *npu, uint64_t addr)
{
    uint32_t places = npu->desc.prefetch_insns;
    uint32_t burst = npu->fetch.max_burst_bytes;
    uint32_t to_boundary = (burst - (uint32_t)(addr & (burst - 1))) / NPU_INSN_BYTES;
    uint32_t count = places - (npu->requested - npu->issued);
    count = (uint32_t)earlier(count, places - npu->requested % places);
    count = (uint32_t)earlier(count, npu->prog_count - npu->requested);
    return (uint32_t)earlier(count, to_boundary);
}

/* Asks for more when a burst's worth of places is free, or the buffer runs dry. */
static void fetch_more(npu_t *npu)
{
    if (npu->fetching || npu->requested == npu->prog_count ||
        npu->requested - npu->issued > npu->desc.prefetch_insns / 2)
        return;
    uint64_t addr = npu->prog_addr + (uint64_t)npu->requested * NPU_INSN_BYTES;
    uint32_t count = fetch_count(npu, addr);
    if (count == 0)
        return;
    if (addr + (uint64_t)count * NPU_INSN_BYTES > UINT32_MAX) {
        npu_stop(npu, NPU_ERROR_FETCH, npu->requested);
        return;
    }
    npu->fetch_req = (sim_mem_req_t){
        .addr = (uint32_t)addr,
        .bytes = count * NPU_INSN_BYTES,
        .data = (uint8_t *)npu->prefetch[npu->requested % npu->desc.prefetch_insns],
        .done = npu_on_fetched,
        .ctx = npu,
    };
    npu->requested += count;
    npu->fetching = true;
    sim_mem_request(&npu->fetch, &npu->fetch_req);
}

/* ---- sequencer ----------------------------------------------------------------------------------
 */

static bool engines_idle(const npu_t *npu)
{
    bool idle = true;
    for (npu_engine_t e = NPU_ENGINE_LOAD; e < NPU_ENGINES; e++)
        idle &= !npu->engine[e].busy && npu->engine[e].count == 0;
    return idle;
}

static const uint8_t *next_bytes(const npu_t *npu)
{
    return (const uint8_t *)npu->prefetch[npu->issued % npu->desc.prefetch_insns];
}

/* Behind those that wait for its engine. */
static npu_slot_t *next_slot(npu_t *npu)
{
    npu_engine_state_t *engine = &npu->engine[npu->for_engine];
    return &engine->slot[npu_place(npu, npu->for_engine, engine->busy + engine->count)];
}

static bool decode(npu_t *npu)
{
    const npu_opinfo_t *info = npu_opinfo(next_bytes(npu)[0]);
    npu->for_engine = info != NULL ? info->engine : NPU_ENGINE_SEQ;
    return npu_decode(npu, next_bytes(npu), npu->issued, next_slot(npu));
}

/* Decodes the next instruction to issue. False: there is none, or it is illegal. */
static bool next_insn(npu_t *npu)
{
    npu->fetch_waits = false;
    if (npu->decoded)
        return true;
    if (npu->issued == npu->prog_count) {
        npu_stop(npu, NPU_ERROR_NO_END, npu->issued);
        return false;
    }
    if (npu->issued == npu->fetched) {
        npu->fetch_waits = true;
        return false;
    }
    npu->decoded = decode(npu);
    return npu->decoded;
}

/* One of the sequencer's own instructions. */
static bool run_own(npu_t *npu, uint64_t cycle)
{
    const npu_slot_t *slot = next_slot(npu);
    const npu_insn_t *insn = &slot->insn;
    if (!waits_met(npu, insn) || (insn->op != NPU_OP_NOP && !engines_idle(npu)))
        return false;
    take_waits(npu, insn);
    if (insn->op == NPU_OP_BARRIER) {
        npu->resume_cycle = cycle + 1 + npu->desc.barrier_cycles;
        npu_perf_close_turn(npu);
    }
    complete(npu, NPU_ENGINE_SEQ, slot, cycle, cycle);
    if (insn->op == NPU_OP_IRQ) {
        npu->mark_reg = insn->mark;
        npu->status_reg |= NPU_STATUS_MARK;
    }
    return true;
}

static bool enqueue(npu_t *npu, uint64_t cycle)
{
    npu_engine_state_t *engine = &npu->engine[npu->for_engine];
    npu->queue_waits = engine->count == npu->desc.queue_depth;
    if (npu->queue_waits)
        return false;
    next_slot(npu)->ready_cycle = cycle + npu->desc.decode_cycles;
    engine->count++;
    return true;
}

/* One instruction a cycle. True when one was taken. */
static bool issue(npu_t *npu, uint64_t cycle)
{
    npu->queue_waits = false;
    if (cycle < npu->resume_cycle)
        return false;
    if (!next_insn(npu))
        return false;
    const npu_insn_t *insn = &next_slot(npu)->insn;
    bool own = npu->for_engine == NPU_ENGINE_SEQ;
    if (own ? !run_own(npu, cycle) : !enqueue(npu, cycle))
        return false;
    npu->layer_reg = insn->layer;
    npu->issued++;
    npu->decoded = false;
    if (insn->op == NPU_OP_END)
        npu_finish(npu, cycle);
    return true;
}

/* ---- starts -------------------------------------------------------------------------------------
 */

/* The next that may start; NULL: none waits. */
static const npu_slot_t *head(const npu_t *npu, npu_engine_t e)
{
    return npu->engine[e].count > 0 ? npu_waiting(npu, e, 0) : NULL;
}

static void start_engine(npu_t *npu, npu_engine_t e, uint64_t cycle)
{
    npu_engine_state_t *engine = &npu->engine[e];
    const npu_slot_t *slot = head(npu, e);
    engine->count--;
    engine->busy = true;
    engine->start_cycle = cycle;
    engine->end_cycle = UINT64_MAX;
    engine->left_cycles = 0;
    engine->banks = slot->banks;
    take_waits(npu, &slot->insn);
    if (e == NPU_ENGINE_LOAD)
        npu_dma_start(&npu->load, cycle);
    else if (e == NPU_ENGINE_STORE)
        npu_dma_start(&npu->store, cycle);
    else
        engine->left_cycles = slot->cycles;
}

/* False when a start was wrong and the run stops. */
static bool start_engines(npu_t *npu, uint64_t cycle)
{
    for (npu_engine_t e = NPU_ENGINE_LOAD; e < NPU_ENGINES; e++) {
        const npu_slot_t *slot = head(npu, e);
        if (npu->engine[e].busy || slot == NULL || slot->ready_cycle > cycle ||
            !waits_met(npu, &slot->insn))
            continue;
        if (!npu_hazard_free(npu, slot))
            return false;
        start_engine(npu, e, cycle);
    }
    return true;
}

/* ---- the cycle ----------------------------------------------------------------------------------
 */

/* When the machine can go on by itself: UINT64_MAX when only L2, or nobody, can move it. */
static uint64_t next_cycle(npu_t *npu, uint64_t cycle, bool issued)
{
    uint64_t next = issued || npu->signals > 0 ? cycle + 1 : UINT64_MAX;
    if (npu->resume_cycle > cycle)
        next = earlier(next, npu->resume_cycle);
    for (npu_engine_t e = NPU_ENGINE_LOAD; e < NPU_ENGINES; e++) {
        const npu_engine_state_t *engine = &npu->engine[e];
        const npu_slot_t *slot = head(npu, e);
        bool dma = e == NPU_ENGINE_LOAD || e == NPU_ENGINE_STORE;
        if (engine->busy)
            next = earlier(next, dma ? engine->end_cycle : npu_bank_end(npu, e, cycle));
        else if (slot != NULL && slot->ready_cycle > cycle)
            next = earlier(next, slot->ready_cycle);
    }
    /* a queue was full when issue looked and has a place now */
    if (npu->queue_waits && npu->engine[npu->for_engine].count < npu->desc.queue_depth)
        next = cycle + 1;
    return next;
}

/* Nothing moves and nothing will. */
static void stop_deadlock(npu_t *npu)
{
    uint32_t oldest = UINT32_MAX;
    for (npu_engine_t e = NPU_ENGINE_SEQ; e < NPU_ENGINES; e++) {
        const npu_slot_t *slot = head(npu, e);
        if (e == NPU_ENGINE_SEQ && npu->decoded)
            slot = next_slot(npu);
        if (slot == NULL)
            continue;
        const npu_insn_t *insn = &slot->insn;
        sim_log(&npu->comp, SIM_LOG_ERROR,
                "deadlock: %s stands at instruction %u (%s), semaphores %u: %u of %u, %u: %u of %u",
                npu_engine_name(e), slot->index, npu_opinfo(insn->op)->name, insn->wait[0].sem,
                npu->sem[insn->wait[0].sem], insn->wait[0].count, insn->wait[1].sem,
                npu->sem[insn->wait[1].sem], insn->wait[1].count);
        oldest = (uint32_t)earlier(oldest, slot->index);
    }
    npu_stop(npu, NPU_ERROR_DEADLOCK, oldest);
}

void npu_on_tick(void *ctx)
{
    npu_t *npu = ctx;
    uint64_t cycle = npu_now_cycle(npu);
    npu_account(npu, &npu->perf, cycle);
    npu_bank_progress(npu, cycle);
    npu->account_cycle = cycle;
    if (!settle_signals(npu)) {
        npu_stop(npu, NPU_ERROR_SEMAPHORE, npu->issued);
        return;
    }
    if (!complete_engines(npu, cycle))
        return;
    bool issued = issue(npu, cycle);
    if (!npu->running || npu->stopping)
        return;
    if (!start_engines(npu, cycle))
        return;
    npu_bank_arbitrate(npu);
    fetch_more(npu);
    if (npu->stopping || !npu->running)
        return;
    uint64_t next = next_cycle(npu, cycle, issued);
    bool dma = npu->engine[NPU_ENGINE_LOAD].busy || npu->engine[NPU_ENGINE_STORE].busy;
    if (next == UINT64_MAX && !dma && !npu->fetching)
        stop_deadlock(npu);
    else if (npu->exact)
        npu_wake(npu, cycle + 1);
    else if (next != UINT64_MAX)
        npu_wake(npu, next);
}
