/*
 * npu_dma.c - load and store: an instruction becomes bursts; time by bursts, bytes at the end.
 */
#include <assert.h>

#include "npu/npu_int.h"

uint64_t npu_dma_bytes(const npu_insn_t *insn)
{
    return (uint64_t)insn->row_bytes * insn->rows * insn->planes;
}

static const npu_insn_t *insn_of(const npu_dma_t *dma)
{
    const npu_t *npu = dma->npu;
    return &npu->engine[dma->engine].current.insn;
}

/* Cuts the instruction into runs: pieces that are contiguous in L2. */
static void split(npu_dma_t *dma, const npu_insn_t *insn)
{
    dma->run_bytes = insn->row_bytes;
    dma->rows = insn->rows;
    dma->planes = insn->planes;
    if (insn->rows == 1 || insn->l2_row == insn->row_bytes) {
        dma->run_bytes *= insn->rows;
        dma->rows = 1;
    }
    if (dma->rows == 1 && insn->planes > 1 && insn->l2_plane == dma->run_bytes) {
        dma->run_bytes *= insn->planes;
        dma->planes = 1;
    }
    dma->row = dma->plane = 0;
    dma->run_offset = 0;
    dma->plane_l2 = dma->run_l2 = insn->l2;
}

/* The next run: of this plane, or the first of the next. */
static void next_run(npu_dma_t *dma, const npu_insn_t *insn)
{
    dma->run_offset = 0;
    dma->run_l2 += insn->l2_row;
    if (++dma->row < dma->rows)
        return;
    dma->row = 0;
    dma->plane++;
    dma->plane_l2 += insn->l2_plane;
    dma->run_l2 = dma->plane_l2;
}

static bool all_requested(const npu_dma_t *dma)
{
    return dma->plane == dma->planes;
}

/* Requests the next burst; the channel is taken for as long as its bytes need. */
static void request_burst(npu_dma_t *dma, uint64_t cycle)
{
    npu_t *npu = dma->npu;
    const npu_insn_t *insn = insn_of(dma);
    uint64_t at = npu->l2_base + dma->run_l2 + dma->run_offset;
    uint64_t left = dma->run_bytes - dma->run_offset;
    uint64_t room = dma->port.max_burst_bytes - (at & (dma->port.max_burst_bytes - 1));
    uint32_t bytes = (uint32_t)(left < room ? left : room);
    sim_mem_req_t *req = &dma->req[(dma->oldest + dma->outstanding) % NPU_MAX_BURSTS];
    if (at + bytes > UINT64_C(1) << 32)
        dma->error = true; /* beyond the bus; the request itself is made for the wrapped address */
    req->addr = (uint32_t)at;
    req->bytes = bytes;
    dma->outstanding++;
    dma->run_offset += bytes;
    if (dma->run_offset == dma->run_bytes)
        next_run(dma, insn);
    uint32_t rate = npu_dma_rate(&npu->desc, insn->mem);
    dma->free_cycle = cycle + (bytes + rate - 1) / rate;
    sim_mem_request(&dma->port, req);
}

static bool can_request(const npu_dma_t *dma)
{
    const npu_t *npu = dma->npu;
    return !all_requested(dma) && dma->outstanding < npu->desc.dma_bursts;
}

static void schedule(npu_dma_t *dma, uint64_t now_cycle)
{
    npu_t *npu = dma->npu;
    uint64_t cycle = dma->free_cycle > now_cycle ? dma->free_cycle : now_cycle;
    if (!can_request(dma))
        return;
    dma->issue_cycle = cycle;
    sim_event_at(npu->comp.sim, &dma->issue, npu_edge_ps(npu, cycle));
}

static void on_issue(void *ctx)
{
    npu_dma_t *dma = ctx;
    uint64_t cycle = dma->issue_cycle;
    assert(can_request(dma) && dma->free_cycle <= cycle);
    request_burst(dma, cycle);
    schedule(dma, cycle);
}

static void on_burst(void *ctx, sim_mem_req_t *req)
{
    npu_dma_t *dma = ctx;
    npu_t *npu = dma->npu;
    assert(req == &dma->req[dma->oldest] && dma->outstanding > 0);
    dma->oldest = (dma->oldest + 1) % NPU_MAX_BURSTS;
    dma->outstanding--;
    dma->error |= req->error;
    if (npu_stopping(npu))
        return;
    if (dma->engine == NPU_ENGINE_LOAD)
        npu->perf.l2_read += req->bytes;
    else
        npu->perf.l2_written += req->bytes;
    if (!all_requested(dma)) {
        if (!sim_event_pending(&dma->issue))
            schedule(dma, npu_now_cycle(npu));
    } else if (dma->outstanding == 0) {
        npu_engine_state_t *engine = &npu->engine[dma->engine];
        uint64_t now = npu_now_cycle(npu);
        engine->end_cycle = dma->free_cycle > now ? dma->free_cycle : now;
        npu_wake(npu, engine->end_cycle);
    }
}

void npu_dma_start(npu_dma_t *dma, uint64_t cycle)
{
    npu_t *npu = dma->npu;
    split(dma, insn_of(dma));
    dma->error = false;
    dma->free_cycle = cycle + npu->desc.dma_start_cycles;
    schedule(dma, cycle);
}

bool npu_dma_move(npu_dma_t *dma, const npu_insn_t *insn)
{
    npu_t *npu = dma->npu;
    uint8_t *l1 = npu->l1.data[insn->mem] + insn->l1;
    bool dense = insn->l2_row == insn->row_bytes && insn->l1_row == insn->row_bytes;
    uint32_t rows = dense ? 1 : insn->rows;
    uint32_t bytes = dense ? insn->row_bytes * insn->rows : insn->row_bytes;
    bool fine = !dma->error;
    for (uint32_t p = 0; p < insn->planes && fine; p++)
        for (uint32_t r = 0; r < rows && fine; r++) {
            uint32_t at = npu->l2_base + insn->l2 + p * insn->l2_plane + r * insn->l2_row;
            uint8_t *data = l1 + (size_t)p * insn->l1_plane + (size_t)r * insn->l1_row;
            if (dma->engine == NPU_ENGINE_LOAD)
                fine = sim_mem_peek(&dma->port, at, data, bytes);
            else
                fine = sim_mem_poke(&dma->port, at, data, bytes);
        }
    return fine;
}

void npu_dma_init(npu_dma_t *dma, npu_t *npu, npu_engine_t engine, const char *event)
{
    dma->npu = npu;
    dma->engine = engine;
    sim_event_init(&dma->issue, &npu->comp, event, SIM_PRIO_REQUEST, on_issue, dma);
    for (uint32_t i = 0; i < NPU_MAX_BURSTS; i++)
        dma->req[i] =
            (sim_mem_req_t){.write = engine == NPU_ENGINE_STORE, .done = on_burst, .ctx = dma};
}

void npu_dma_reset(npu_dma_t *dma)
{
    npu_t *npu = dma->npu;
    sim_event_cancel(npu->comp.sim, &dma->issue);
    dma->issue_cycle = dma->free_cycle = dma->run_bytes = dma->run_offset = dma->run_l2 =
        dma->plane_l2 = 0;
    dma->row = dma->rows = dma->plane = dma->planes = 0;
    dma->oldest = dma->outstanding = 0;
    dma->error = false;
}
