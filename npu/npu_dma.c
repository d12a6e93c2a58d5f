/*
 * npu_dma.c - load and store: an instruction becomes bursts; time by bursts, bytes at the end.
 */
#include <assert.h>
#include <string.h>

#include "npu/npu_int.h"
#include "npu/pack.h"

uint64_t npu_dma_bytes(const npu_insn_t *insn)
{
    return (uint64_t)insn->row_bytes * insn->rows * insn->planes;
}

static const npu_insn_t *insn_of(const npu_dma_t *dma)
{
    const npu_t *npu = dma->npu;
    return &npu_slot_at(npu, dma->engine, 0)->insn;
}

static sim_bursts_t bursts_of(const npu_t *npu, const npu_insn_t *i)
{
    return sim_bursts((uint64_t)npu->l2_base + i->l2, i->row_bytes, i->rows, i->l2_row, i->planes,
                      i->l2_plane);
}

/* ---- one burst at a time ------------------------------------------------------------------------
 */

/* Requests the next burst; the channel is taken for as long as its bytes need. */
static void request_burst(npu_dma_t *dma, uint64_t cycle)
{
    npu_t *npu = dma->npu;
    uint64_t at;
    uint32_t bytes = sim_bursts_next(&dma->bursts, dma->port.max_burst_bytes, &at);
    sim_mem_req_t *req = &dma->req[(dma->oldest + dma->outstanding) % NPU_MAX_BURSTS];
    if (at + bytes > UINT64_C(1) << 32)
        dma->error = true; /* beyond the bus; the request itself is made for the wrapped address */
    req->addr = (uint32_t)at;
    req->bytes = bytes;
    dma->outstanding++;
    uint32_t rate = npu_dma_rate(&npu->desc, insn_of(dma)->mem);
    dma->free_cycle = cycle + (bytes + rate - 1) / rate;
    sim_mem_request(&dma->port, req);
}

static bool can_request(const npu_dma_t *dma)
{
    const npu_t *npu = dma->npu;
    return sim_bursts_left(&dma->bursts) && dma->outstanding < npu->desc.dma_bursts;
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

static void count_bytes(npu_dma_t *dma, uint64_t bytes)
{
    npu_t *npu = dma->npu;
    if (dma->engine == NPU_ENGINE_LOAD)
        npu->perf.l2_read += bytes;
    else
        npu->perf.l2_written += bytes;
}

/* The last burst is back; the channel may need longer. */
static void all_done(npu_dma_t *dma)
{
    npu_t *npu = dma->npu;
    npu_engine_state_t *engine = &npu->engine[dma->engine];
    uint64_t now = npu_now_cycle(npu);
    engine->end_cycle = dma->free_cycle > now ? dma->free_cycle : now;
    if (dma->decoded_cycle > engine->end_cycle)
        engine->end_cycle = dma->decoded_cycle;
    npu_wake(npu, engine->end_cycle);
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
    count_bytes(dma, req->error ? 0 : req->bytes);
    if (!sim_bursts_left(&dma->bursts)) {
        if (dma->outstanding == 0)
            all_done(dma);
    } else if (!sim_event_pending(&dma->issue)) {
        schedule(dma, npu_now_cycle(npu));
    }
}

/* ---- all bursts at once -------------------------------------------------------------------------
 */

static void on_stream(void *ctx, sim_mem_stream_t *stream)
{
    npu_dma_t *dma = ctx;
    dma->streaming = false;
    dma->error = stream->error;
    dma->free_cycle = stream->channel_cycle;
    if (npu_stopping(dma->npu))
        return;
    count_bytes(dma, stream->done_bytes);
    all_done(dma);
}

static void start_stream(npu_dma_t *dma)
{
    const npu_t *npu = dma->npu;
    dma->streaming = true;
    dma->stream = (sim_mem_stream_t){.bursts = dma->bursts,
                                     .write = dma->engine == NPU_ENGINE_STORE,
                                     .rate = npu_dma_rate(&npu->desc, insn_of(dma)->mem),
                                     .outstanding = npu->desc.dma_bursts,
                                     .first_cycle = dma->free_cycle,
                                     .done = on_stream,
                                     .ctx = dma};
    dma->port.stream(dma->port.ctx, dma->port.master, &dma->stream);
}

uint64_t npu_dma_streamed_bytes(const npu_dma_t *dma)
{
    if (!dma->streaming || dma->stream.last_cycle != UINT64_MAX) /* stopped: counted then */
        return 0;
    dma->port.stream_settle(dma->port.ctx, dma->port.master);
    return dma->stream.done_bytes;
}

/* ---- an instruction -----------------------------------------------------------------------------
 */

void npu_dma_start(npu_dma_t *dma, uint64_t cycle)
{
    npu_t *npu = dma->npu;
    dma->bursts = bursts_of(npu, insn_of(dma));
    dma->error = false;
    dma->free_cycle = cycle + npu->desc.dma_start_cycles;
    uint64_t decode = npu_decode_cycles(&npu->desc, insn_of(dma));
    dma->decoded_cycle = decode != 0 ? dma->free_cycle + decode : 0;
    bool one_clock = dma->port.clk_hz == npu->desc.clk_hz;
    if (dma->port.stream != NULL && one_clock && !npu->exact)
        start_stream(dma);
    else
        schedule(dma, cycle);
}

void npu_dma_stop(npu_dma_t *dma)
{
    const npu_t *npu = dma->npu;
    bool due = sim_event_pending(&dma->issue) && dma->issue_cycle == npu_now_cycle(npu);
    sim_event_cancel(npu->comp.sim, &dma->issue);
    if (due) /* else it has been asked for already: events of one time have no order */
        on_issue(dma);
    sim_event_cancel(npu->comp.sim, &dma->issue);
    count_bytes(dma, npu_dma_streamed_bytes(dma));
    if (dma->streaming)
        dma->streaming = dma->port.stream_stop(dma->port.ctx, dma->port.master);
}

bool npu_dma_outstanding(const npu_dma_t *dma)
{
    return dma->streaming || dma->outstanding > 0;
}

bool npu_dma_inside(const npu_dma_t *dma, const npu_insn_t *insn)
{
    const npu_t *npu = dma->npu;
    bool inside = true;
    uint64_t at;
    for (sim_bursts_t b = bursts_of(npu, insn); sim_bursts_left(&b) && inside;) {
        uint32_t bytes = sim_bursts_next(&b, dma->port.max_burst_bytes, &at);
        inside = at + bytes <= UINT64_C(1) << 32 &&
                 sim_mem_view(&dma->port, (uint32_t)at, bytes) != NULL;
    }
    return inside;
}

/* The host's place of plane p: rows l2_row apart; NULL when they are not all in memory. */
static uint8_t *plane_at(const npu_dma_t *dma, const npu_insn_t *insn, uint32_t p)
{
    const npu_t *npu = dma->npu;
    const uint64_t at = (uint64_t)npu->l2_base + insn->l2 + (uint64_t)p * insn->l2_plane;
    const uint64_t span = (uint64_t)(insn->rows - 1) * insn->l2_row + insn->row_bytes;
    if (at + span > UINT64_C(1) << 32 || span > UINT32_MAX)
        return NULL;
    return sim_mem_view(&dma->port, (uint32_t)at, (uint32_t)span);
}

typedef struct {
    const sim_mem_port_t *port;
    uint32_t addr;
} stream_t;

/* A piece of a packed stream. */
static bool read_stream(void *ctx, uint32_t at, uint8_t *to, uint32_t bytes)
{
    const stream_t *stream = ctx;
    const sim_mem_rows_t rows = {stream->addr + at, bytes, 1, 0, false};
    bool fine = sim_mem_peek(stream->port, rows.addr, to, bytes);
    if (fine)
        sim_mem_moved(stream->port, &rows);
    return fine;
}

bool npu_dma_unpack(npu_dma_t *dma, const npu_insn_t *insn)
{
    npu_t *npu = dma->npu;
    stream_t stream = {&dma->port, npu->l2_base + insn->l2};
    if (npu->timing_only || insn->packed == 0)
        return true;
    npu_late_do(npu);
    return npu_unpack(read_stream, &stream, insn->row_bytes, npu->l1.data[insn->mem] + insn->l1,
                      insn->l1_row);
}

/* The same bytes as fewer, longer pieces: planes that follow each other as rows do are rows, and
 * rows without gaps are one. */
static npu_insn_t merged(const npu_insn_t *insn)
{
    npu_insn_t m = *insn;
    const uint64_t rows = m.rows, row = m.row_bytes;
    if (m.l2_plane == rows * m.l2_row && m.l1_plane == rows * m.l1_row) {
        m.rows *= m.planes;
        m.planes = 1;
    }
    if (m.l2_row == row && m.l1_row == row) {
        m.row_bytes *= m.rows;
        m.rows = 1;
    }
    return m;
}

static void tell_moved(const npu_dma_t *dma, const npu_insn_t *insn, uint32_t p)
{
    const npu_t *npu = dma->npu;
    const uint32_t at = npu->l2_base + insn->l2 + p * insn->l2_plane;
    sim_mem_moved(&dma->port, &(sim_mem_rows_t){at, insn->row_bytes, insn->rows, insn->l2_row,
                                                dma->engine == NPU_ENGINE_STORE});
}

bool npu_dma_move(npu_dma_t *dma, const npu_slot_t *slot)
{
    npu_t *npu = dma->npu;
    npu_insn_t m = merged(&slot->insn);
    npu_touch_t touch[NPU_MAX_TOUCHES] = {0};
    uint32_t there = 0;
    if (dma->error || npu->timing_only || m.packed != 0)
        return !dma->error;
    uint8_t *l2 = plane_at(dma, &m, 0);
    for (; there < m.planes && plane_at(dma, &m, there) != NULL; there++)
        tell_moved(dma, &m, there);
    if (there == m.planes) {
        npu_late_put(npu, &m, slot->touch, l2);
    } else if (there > 0) { /* what has a place moves */
        m.planes = there;
        npu_touches(&m, touch);
        npu_late_put(npu, &m, touch, l2);
    }
    return there == merged(&slot->insn).planes;
}

void npu_dma_init(npu_dma_t *dma, npu_t *npu, npu_engine_t engine, const char *event)
{
    dma->npu = npu;
    dma->engine = engine;
    sim_event_init(&dma->issue, &npu->comp, event, SIM_PRIO_REQUEST, on_issue, dma);
    dma->stream = (sim_mem_stream_t){.done = on_stream, .ctx = dma};
    for (uint32_t i = 0; i < NPU_MAX_BURSTS; i++)
        dma->req[i] =
            (sim_mem_req_t){.write = engine == NPU_ENGINE_STORE, .done = on_burst, .ctx = dma};
}

void npu_dma_reset(npu_dma_t *dma)
{
    npu_t *npu = dma->npu;
    sim_event_cancel(npu->comp.sim, &dma->issue);
    dma->issue_cycle = dma->free_cycle = dma->decoded_cycle = 0;
    dma->bursts = (sim_bursts_t){0};
    dma->streaming = false;
    dma->oldest = dma->outstanding = 0;
    dma->error = false;
}
