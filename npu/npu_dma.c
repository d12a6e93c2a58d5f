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

/* L2 offset of a contiguous piece; what follows itself without a gap counts as one. */
static uint64_t run_l2(const npu_dma_t *dma, const npu_insn_t *insn, uint64_t run)
{
    if (dma->runs == insn->planes)
        return insn->l2 + run * insn->l2_plane;
    uint64_t plane = run / insn->rows, row = run % insn->rows;
    return insn->l2 + plane * insn->l2_plane + row * insn->l2_row;
}

static void split(npu_dma_t *dma, const npu_insn_t *insn)
{
    dma->run = dma->run_offset = 0;
    dma->runs = (uint64_t)insn->rows * insn->planes;
    dma->run_bytes = insn->row_bytes;
    if (insn->rows == 1 || insn->l2_row == insn->row_bytes) {
        dma->runs = insn->planes;
        dma->run_bytes *= insn->rows;
    }
    if (dma->runs == insn->planes && insn->planes > 1 && insn->l2_plane == dma->run_bytes) {
        dma->run_bytes *= insn->planes;
        dma->runs = 1;
    }
}

/* Requests the next burst; the channel is taken for as long as its bytes need. */
static void request_burst(npu_dma_t *dma, uint64_t cycle)
{
    npu_t *npu = dma->npu;
    const npu_insn_t *insn = insn_of(dma);
    uint64_t at = npu->l2_base + run_l2(dma, insn, dma->run) + dma->run_offset;
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
    if (dma->run_offset == dma->run_bytes) {
        dma->run_offset = 0;
        dma->run++;
    }
    uint32_t rate = npu_dma_rate(&npu->desc, insn->mem);
    dma->free_cycle = cycle + (bytes + rate - 1) / rate;
    sim_mem_request(&dma->port, req);
}

static bool can_request(const npu_dma_t *dma)
{
    const npu_t *npu = dma->npu;
    return dma->run < dma->runs && dma->outstanding < npu->desc.dma_bursts;
}

static void schedule(npu_dma_t *dma, uint64_t now_cycle)
{
    npu_t *npu = dma->npu;
    uint64_t cycle = dma->free_cycle > now_cycle ? dma->free_cycle : now_cycle;
    if (can_request(dma) && !sim_event_pending(&dma->issue))
        sim_event_at(npu->comp.sim, &dma->issue, sim_edge_ps(cycle, npu->desc.clk_hz));
}

static void on_issue(void *ctx)
{
    npu_dma_t *dma = ctx;
    uint64_t cycle = npu_now_cycle(dma->npu);
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
    uint64_t now = npu_now_cycle(npu);
    if (dma->run < dma->runs) {
        schedule(dma, now);
    } else if (dma->outstanding == 0) {
        npu_engine_state_t *engine = &npu->engine[dma->engine];
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
    dma->free_cycle = dma->run = dma->runs = dma->run_bytes = dma->run_offset = 0;
    dma->oldest = dma->outstanding = 0;
    dma->error = false;
}
