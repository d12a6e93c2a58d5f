/*
 * npu.c - the component: tables, registers, start and end of a run.
 */
#include "npu/npu.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu/npu_int.h"

static const char *const error_names[NPU_ERRORS] = {
    "none",   "illegal instruction", "L1 address", "L2 address",    "deadlock",    "fetch",
    "no end", "semaphore",           "hazard",     "uninitialized", "packed data", "L2 data",
};

const char *npu_error_name(npu_error_t error)
{
    return error < NPU_ERRORS ? error_names[error] : "unknown";
}

/* ---- time ---------------------------------------------------------------------------------- */

/* a / b by an estimate in floating point that whole numbers then put right: several times faster
 * than a 64-bit division, and these conversions happen once a burst. */
static uint64_t divide(uint64_t a, uint64_t b, double one_over_b)
{
    uint64_t q = (uint64_t)((double)a * one_over_b);
    while (q * b > a)
        q--;
    while (a - q * b >= b)
        q++;
    return q;
}

#define SMALL (UINT64_C(1) << 52) /* products of this size cannot overflow in divide */

uint64_t npu_edge_ps(const npu_t *npu, uint64_t cycle)
{
    if (cycle > SMALL / npu->edge_num)
        return sim_edge_ps(cycle, npu->desc.clk_hz);
    return divide(cycle * npu->edge_num, npu->edge_den, npu->one_over_den);
}

uint64_t npu_now_cycle(const npu_t *npu)
{
    uint64_t now = sim_now_ps(npu->comp.sim);
    if (now > SMALL / npu->edge_den)
        return sim_edge_at_or_after(now, npu->desc.clk_hz);
    /* the least n with floor(n * num / den) >= now */
    return divide(now * npu->edge_den + npu->edge_num - 1, npu->edge_num, npu->one_over_num);
}

static void reduce_edge(npu_t *npu)
{
    uint64_t a = SIM_PS_PER_S, b = npu->desc.clk_hz;
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    npu->edge_num = SIM_PS_PER_S / a;
    npu->edge_den = npu->desc.clk_hz / a;
    npu->one_over_num = 1.0 / (double)npu->edge_num;
    npu->one_over_den = 1.0 / (double)npu->edge_den;
}

/* ---- a run --------------------------------------------------------------------------------------
 */

void npu_wake(npu_t *npu, uint64_t cycle)
{
    uint64_t at_ps = npu_edge_ps(npu, cycle);
    if (npu->hung)
        return;
    if (!sim_event_pending(&npu->tick) || npu->tick.at_ps > at_ps)
        sim_event_at(npu->comp.sim, &npu->tick, at_ps);
}

static void update_irq(npu_t *npu)
{
    const uint32_t pairs[][2] = {{NPU_STATUS_DONE, NPU_CTRL_IRQ_DONE},
                                 {NPU_STATUS_ERROR, NPU_CTRL_IRQ_ERROR},
                                 {NPU_STATUS_MARK, NPU_CTRL_IRQ_MARK}};
    bool level = false;
    for (uint32_t i = 0; i < SIM_COUNT(pairs); i++)
        level |= (npu->status_reg & pairs[i][0]) != 0 && (npu->ctrl_reg & pairs[i][1]) != 0;
    sim_wire_set(&npu->irq, level);
}

/* What a run starts from; L1 keeps its bytes. */
static void clear_run(npu_t *npu)
{
    npu_dma_reset(&npu->load);
    npu_dma_reset(&npu->store);
    memset(npu->sem, 0, sizeof(npu->sem));
    memset(npu->signal, 0, sizeof(npu->signal));
    npu->signals = 0;
    memset(npu->engine, 0, sizeof(npu->engine));
    memset(npu->layers, 0, npu->layers_seen * sizeof(npu->layers[0]));
    memset(&npu->perf, 0, sizeof(npu->perf));
    memset(npu->turn_split, 0, sizeof(npu->turn_split));
    npu->layers_seen = 0;
    memset(npu->granted, 0, sizeof(npu->granted));
    npu->decoded = false;
    npu->for_engine = NPU_ENGINE_SEQ;
    npu->fetching = npu->fetch_waits = npu->queue_waits = npu->stopping = false;
    npu->fetched = npu->requested = npu->issued = 0;
    npu->resume_cycle = 0;
    npu->error_code = npu->error_index = npu->error_other = 0;
    npu->error_reg = npu->error_other_reg = 0;
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        memset(npu->written[m], 0, npu_written_bytes(npu, (npu_mem_t)m));
}

static void start_run(npu_t *npu)
{
    if (npu->running) {
        sim_log(&npu->comp, SIM_LOG_GUEST, "start while busy, ignored");
        return;
    }
    clear_run(npu);
    npu->running = npu->marked = true;
    npu->status_reg |= NPU_STATUS_BUSY;
    npu->start_cycle = sim_cycles_at(sim_now_ps(npu->comp.sim), npu->desc.clk_hz) + 1;
    npu->turn_cycle = npu->start_cycle;
    npu->account_cycle = npu->start_cycle;
    npu_wake(npu, npu->start_cycle);
    sim_wire_set(&npu->active, true);
}

static void end_run(npu_t *npu, uint32_t status)
{
    npu_late_do(npu);
    npu->running = npu->stopping = false;
    npu->status_reg = (npu->status_reg & ~NPU_STATUS_BUSY) | status;
    npu_perf_close(npu);
    sim_wire_set(&npu->active, false);
    update_irq(npu);
}

const npu_prog_t *npu_names(const npu_t *npu)
{
    for (uint32_t n = 0; n < npu->more_names; n++)
        if (npu->names[1 + n].net[NPU_NET_PROG_ADDR_W] == npu->prog_addr)
            return &npu->names[1 + n];
    return npu->names;
}

void npu_finish(npu_t *npu, uint64_t cycle)
{
    npu_perf_trace_turn(npu);
    sim_trace_span(npu->comp.sim, "npu", "program", npu_edge_ps(npu, npu->start_cycle),
                   npu_edge_ps(npu, cycle), "\"cycles\":%llu",
                   (unsigned long long)(cycle - npu->start_cycle));
    npu_dma_reset(&npu->load); /* idle: equal state, however the bursts were made */
    npu_dma_reset(&npu->store);
    npu->runs++;
    end_run(npu, NPU_STATUS_DONE);
    sim_wire_pulse(&npu->done);
}

static bool outstanding(const npu_t *npu)
{
    return npu->fetching || npu_dma_outstanding(&npu->load) || npu_dma_outstanding(&npu->store);
}

static void fail_if_quiet(npu_t *npu)
{
    if (outstanding(npu))
        return;
    npu->error_reg = npu->error_code << 24 | (npu->error_index & 0xffffff);
    npu->error_other_reg = npu->error_other;
    npu->failed_runs++;
    sim_log(&npu->comp, SIM_LOG_ERROR, "program stopped: %s at instruction %u",
            npu_error_name((npu_error_t)npu->error_code), npu->error_index);
    end_run(npu, NPU_STATUS_ERROR);
}

const char *npu_slot_text(const npu_t *npu, const npu_slot_t *slot, char text[NPU_SLOT_TEXT])
{
    uint32_t layer = slot->insn.layer;
    const npu_prog_t *names = npu_names(npu);
    bool named = names != NULL && layer < names->layer_count;
    snprintf(text, NPU_SLOT_TEXT, "instruction %u, %s of layer %u%s%s%s,", slot->index,
             npu_opinfo(slot->insn.op)->name, layer, named ? " (" : "",
             named ? names->layers[layer].name : "", named ? ")" : "");
    return text;
}

void npu_stop(npu_t *npu, npu_error_t code, uint32_t index)
{
    assert(npu->running && !npu->stopping);
    npu->stopping = true;
    npu->error_code = code;
    npu->error_index = index;
    npu_bank_arbitrate(npu);
    sim_event_cancel(npu->comp.sim, &npu->tick);
    npu_dma_stop(&npu->load);
    npu_dma_stop(&npu->store);
    fail_if_quiet(npu);
}

bool npu_stopping(npu_t *npu)
{
    if (npu->stopping)
        fail_if_quiet(npu);
    return npu->stopping || !npu->running;
}

void npu_tensor_ready(void *ctx, bool level)
{
    npu_t *npu = ctx;
    if (!level || (npu->ctrl_reg & NPU_CTRL_AUTO) == 0)
        return;
    if (npu->running)
        npu->tensors_skipped++;
    else
        start_run(npu);
}

void npu_hang(npu_t *npu)
{
    npu->hung = true;
    sim_event_cancel(npu->comp.sim, &npu->tick);
}

/* ---- registers ----------------------------------------------------------------------------------
 */

static void wrote_ctrl(sim_comp_t *comp, uint32_t value)
{
    npu_t *npu = (npu_t *)(void *)comp;
    if ((value & NPU_CTRL_START) != 0)
        start_run(npu);
    update_irq(npu);
}

static void wrote_status(sim_comp_t *comp, uint32_t value)
{
    (void)value;
    update_irq((npu_t *)(void *)comp);
}

#define PERF_ADDR 0x40u

/* Counters are brought up to now when one is read. */
static void refresh(sim_comp_t *comp, uint32_t addr, bool peek)
{
    npu_t *npu = (npu_t *)(void *)comp;
    (void)peek;
    if (addr < PERF_ADDR)
        return;
    npu_perf_t perf = npu_perf(npu);
    for (uint32_t i = 0; i < NPU_COUNTERS; i++) {
        uint64_t value = npu_counter(&perf, i);
        npu->perf_regs[2 * i] = (uint32_t)value;
        npu->perf_regs[2 * i + 1] = (uint32_t)(value >> 32);
    }
}

/* clang-format off */
#define R(member) offsetof(npu_t, member)
#define P(n) offsetof(npu_t, perf_regs) + (n) * sizeof(uint32_t)
static const sim_reg_t npu_regs[] = {
    /* name            help                                                                                     addr   reset       rw_mask     w1c  member         side effect */
    {"NPU_ID",         "31:16: block id; 15:0: version",                                                        0x000, 0x00060001, 0x0,        0x0, R(id_reg),     NULL},
    {"NPU_CTRL",       "0: start, reads 0; 1: start at tensor ready; 2: interrupt when done; 3: interrupt on error; 4: interrupt at a mark", 0x004, 0x0,        0x1e,       0x0, R(ctrl_reg),   wrote_ctrl},
    {"NPU_STATUS",     "0: busy; 1: done, W1C; 2: error, W1C; 3: mark, W1C",                                    0x008, 0x0,        0x0,        0xe, R(status_reg), wrote_status},
    {"NPU_PROG_ADDR",  "31:6: bus address of the first instruction",                                            0x00c, 0x0,        0xffffffc0, 0x0, R(prog_addr),  NULL},
    {"NPU_PROG_COUNT", "19:0: instructions of the program",                                                     0x010, 0x0,        0xfffff,    0x0, R(prog_count), NULL},
    {"NPU_L2_BASE",    "31:0: bus address that L2 offsets of instructions count from",                          0x014, 0x04000000, 0xffffffff, 0x0, R(l2_base),    NULL},
    {"NPU_ERROR",      "31:24: code (1 illegal, 2 L1, 3 L2, 4 deadlock, 5 fetch, 6 no end, 7 semaphore, 8 hazard, 9 uninitialized, 10 packed data, 11 L2 data); 23:0: instruction", 0x018, 0x0, 0x0, 0x0, R(error_reg), NULL},
    {"NPU_MARK",       "31:0: operand of the last irq instruction",                                             0x01c, 0x0,        0x0,        0x0, R(mark_reg),   NULL},
    {"NPU_ERROR_OTHER", "23:0: hazard: the earlier instruction that was not complete",                          0x024, 0x0,        0x0,        0x0, R(error_other_reg), NULL},
    {"NPU_LAYER",      "9:0: layer of the instruction issued last",                                             0x020, 0x0,        0x0,        0x0, R(layer_reg),  NULL},
#define COUNTER(name, unit, help, i) \
    {"NPU_" name "_LO", "31:0: " unit ", low word; run or last run: " help, PERF_ADDR + 8 * (i),     0x0, 0x0, 0x0, P(2 * (i)),     NULL}, \
    {"NPU_" name "_HI", "31:0: high word",                                  PERF_ADDR + 8 * (i) + 4, 0x0, 0x0, 0x0, P(2 * (i) + 1), NULL},
#define X(member, name, unit, help) COUNTER(#name, unit, help, NPU_PERF_##name)
    NPU_PERF_TABLE(X)
#undef X
#define X(name, text, help) COUNTER("CYCLES_" #name, "cycles", help, NPU_PERFS + NPU_CLASS_##name)
    NPU_CLASS_TABLE(X)
#undef X
#define X(bits, name, who) COUNTER("OVERLAP_" #name, "cycles", "these and no others have an instruction: " who, NPU_PERFS + NPU_CLASSES + (bits))
    NPU_OVERLAP_TABLE(X)
#undef X
    SIM_REG_END,
};
/* clang-format on */

static const sim_stat_t npu_stats[] = {
#define X(member, name, unit, help)                                                                \
    {#member, unit, help, offsetof(npu_t, shown) + offsetof(npu_perf_t, member), 0},
    NPU_PERF_TABLE(X)
#undef X
#define X(name, text, help)                                                                        \
    {"cycles_" text, "cycles", help,                                                               \
     offsetof(npu_t, shown) + offsetof(npu_perf_t, split) + NPU_CLASS_##name * sizeof(uint64_t),   \
     0},
        NPU_CLASS_TABLE(X)
#undef X
#define X(member, unit, help)                                                                      \
    {#member, unit, help, offsetof(npu_t, work) + offsetof(npu_work_t, member), 0},
            NPU_WORK_TABLE(X)
#undef X
                SIM_STAT(npu_t, insn_bytes, "bytes", "instructions fetched from L2"),
    SIM_STAT(npu_t, runs, "1", "programs finished"),
    SIM_STAT(npu_t, failed_runs, "1", "programs stopped by an error"),
    SIM_STAT(npu_t, tensors_skipped, "1", "tensors that came while the NPU was busy"),
    SIM_STAT_END,
};

/* ---- state --------------------------------------------------------------------------------------
 */

static size_t act_bytes(const sim_comp_t *comp)
{
    return ((const npu_t *)(const void *)comp)->desc.mem_bytes[NPU_MEM_ACT];
}

static size_t act_bits(const sim_comp_t *comp)
{
    return npu_written_bytes((const npu_t *)(const void *)comp, NPU_MEM_ACT);
}

static size_t wgt_bytes(const sim_comp_t *comp)
{
    return ((const npu_t *)(const void *)comp)->desc.mem_bytes[NPU_MEM_WGT];
}

static size_t wgt_bits(const sim_comp_t *comp)
{
    return npu_written_bytes((const npu_t *)(const void *)comp, NPU_MEM_WGT);
}

static size_t acc_bytes(const sim_comp_t *comp)
{
    return ((const npu_t *)(const void *)comp)->desc.mem_bytes[NPU_MEM_ACC];
}

static size_t acc_bits(const sim_comp_t *comp)
{
    return npu_written_bytes((const npu_t *)(const void *)comp, NPU_MEM_ACC);
}

static size_t par_bytes(const sim_comp_t *comp)
{
    return ((const npu_t *)(const void *)comp)->desc.mem_bytes[NPU_MEM_PAR];
}

static size_t par_bits(const sim_comp_t *comp)
{
    return npu_written_bytes((const npu_t *)(const void *)comp, NPU_MEM_PAR);
}

static size_t layer_bytes(const sim_comp_t *comp)
{
    const npu_t *npu = (const npu_t *)(const void *)comp;
    return npu->layers_seen * sizeof(npu->layers[0]);
}

static const sim_field_t npu_fields[] = {
    SIM_FIELD_BUF(npu_t, l1.data[NPU_MEM_ACT], act_bytes),
    SIM_FIELD_BUF(npu_t, l1.data[NPU_MEM_WGT], wgt_bytes),
    SIM_FIELD_BUF(npu_t, l1.data[NPU_MEM_ACC], acc_bytes),
    SIM_FIELD_BUF(npu_t, l1.data[NPU_MEM_PAR], par_bytes),
    SIM_FIELD_BUF(npu_t, written[NPU_MEM_ACT], act_bits),
    SIM_FIELD_BUF(npu_t, written[NPU_MEM_WGT], wgt_bits),
    SIM_FIELD_BUF(npu_t, written[NPU_MEM_ACC], acc_bits),
    SIM_FIELD_BUF(npu_t, written[NPU_MEM_PAR], par_bits),
    SIM_FIELD(npu_t, load.issue_cycle),
    SIM_FIELD(npu_t, load.free_cycle),
    SIM_FIELD(npu_t, load.decoded_cycle),
    SIM_FIELD(npu_t, load.bursts),
    SIM_FIELD(npu_t, load.oldest),
    SIM_FIELD(npu_t, load.outstanding),
    SIM_FIELD(npu_t, load.error),
    SIM_FIELD(npu_t, store.issue_cycle),
    SIM_FIELD(npu_t, store.free_cycle),
    SIM_FIELD(npu_t, store.bursts),
    SIM_FIELD(npu_t, store.oldest),
    SIM_FIELD(npu_t, store.outstanding),
    SIM_FIELD(npu_t, store.error),
    SIM_FIELD(npu_t, done.level),
    SIM_FIELD(npu_t, irq.level),
    SIM_FIELD(npu_t, active.level),
    SIM_FIELD(npu_t, ctrl_reg),
    SIM_FIELD(npu_t, status_reg),
    SIM_FIELD(npu_t, prog_addr),
    SIM_FIELD(npu_t, prog_count),
    SIM_FIELD(npu_t, l2_base),
    SIM_FIELD(npu_t, error_reg),
    SIM_FIELD(npu_t, error_other_reg),
    SIM_FIELD(npu_t, mark_reg),
    SIM_FIELD(npu_t, layer_reg),
    SIM_FIELD(npu_t, running),
    SIM_FIELD(npu_t, stopping),
    SIM_FIELD(npu_t, hung),
    SIM_FIELD(npu_t, error_code),
    SIM_FIELD(npu_t, error_index),
    SIM_FIELD(npu_t, error_other),
    SIM_FIELD(npu_t, start_cycle),
    SIM_FIELD(npu_t, account_cycle),
    SIM_FIELD(npu_t, sem),
    SIM_FIELD(npu_t, signal),
    SIM_FIELD(npu_t, signals),
    SIM_FIELD(npu_t, engine),
    SIM_FIELD(npu_t, granted),
    SIM_FIELD(npu_t, decoded),
    SIM_FIELD(npu_t, for_engine),
    SIM_FIELD(npu_t, prefetch),
    SIM_FIELD(npu_t, fetched),
    SIM_FIELD(npu_t, requested),
    SIM_FIELD(npu_t, issued),
    SIM_FIELD(npu_t, resume_cycle),
    SIM_FIELD(npu_t, fetching),
    SIM_FIELD(npu_t, fetch_waits),
    SIM_FIELD(npu_t, queue_waits),
    SIM_FIELD(npu_t, perf),
    SIM_FIELD(npu_t, layers_seen),
    SIM_FIELD_BUF(npu_t, layers, layer_bytes),
    SIM_FIELD(npu_t, turn_cycle),
    SIM_FIELD(npu_t, turn_split),
    SIM_FIELD(npu_t, total),
    SIM_FIELD(npu_t, work),
    SIM_FIELD(npu_t, insn_bytes),
    SIM_FIELD(npu_t, runs),
    SIM_FIELD(npu_t, failed_runs),
    SIM_FIELD(npu_t, tensors_skipped),
    SIM_FIELD_REQ(npu_t, fetch_req),
    SIM_FIELD_REQ(npu_t, load.req),
    SIM_FIELD_REQ(npu_t, store.req),
    SIM_FIELD_STREAM(npu_t, load.stream),
    SIM_FIELD_STREAM(npu_t, store.stream),
    SIM_FIELD_KEPT(npu_t, load.streaming),
    SIM_FIELD_KEPT(npu_t, store.streaming),
    SIM_FIELD_KEPT(npu_t, store.decoded_cycle),
    SIM_FIELD_END,
};

static sim_err_t check(sim_comp_t *comp)
{
    npu_t *npu = (npu_t *)(void *)comp;
    const struct {
        const char *name;
        const sim_mem_port_t *port;
    } ports[] = {{"fetch", &npu->fetch}, {"load", &npu->load.port}, {"store", &npu->store.port}};
    for (uint32_t i = 0; i < SIM_COUNT(ports); i++) {
        if (ports[i].port->request == NULL)
            return sim_fail(comp->sim, SIM_EWIRE, "%s.%s: not connected", comp->name,
                            ports[i].name);
        if (ports[i].port->max_burst_bytes < NPU_INSN_BYTES)
            return sim_fail(comp->sim, SIM_EWIRE, "%s.%s: bursts of %u bytes, at least %u needed",
                            comp->name, ports[i].name, ports[i].port->max_burst_bytes,
                            NPU_INSN_BYTES);
    }
    npu_late_watch(npu);
    return SIM_OK;
}

/* What runs have left behind. Megabytes, which a chip that starts anew before its first run need
 * not touch. */
static void forget_runs(npu_t *npu)
{
    clear_run(npu);
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        memset(npu->l1.data[m], 0, npu->l1.bytes[m]);
    memset(npu->prefetch, 0, sizeof(npu->prefetch));
    npu->marked = false;
}

static void reset(sim_comp_t *comp)
{
    npu_t *npu = (npu_t *)(void *)comp;
    sim_event_cancel(comp->sim, &npu->tick);
    npu_late_do(npu); /* L2 keeps its bytes */
    if (npu->marked)
        forget_runs(npu);
    npu->running = npu->hung = false;
    npu->start_cycle = npu->account_cycle = npu->turn_cycle = 0;
    npu->l2_base = npu->desc.l2_base;
    memset(&npu->total, 0, sizeof(npu->total));
    memset(&npu->work, 0, sizeof(npu->work));
    npu->insn_bytes = 0;
    npu->runs = npu->failed_runs = npu->tensors_skipped = 0;
    npu->done.level = npu->irq.level = false;
    sim_wire_set(&npu->active, false);
}

static void settle(sim_comp_t *comp)
{
    npu_late_do((npu_t *)(void *)comp);
}

static void tally(sim_comp_t *comp)
{
    npu_t *npu = (npu_t *)(void *)comp;
    npu->shown = npu->total;
    if (!npu->running)
        return;
    npu_perf_t perf = npu_perf(npu);
    npu_perf_add(&npu->shown, &perf);
}

/* The table has the layers that were seen; the others are zero. */
static void restored(sim_comp_t *comp)
{
    npu_t *npu = (npu_t *)(void *)comp;
    memset(npu->layers + npu->layers_seen, 0,
           (NPU_MAX_LAYERS - npu->layers_seen) * sizeof(npu->layers[0]));
    npu->marked = true;
}

static const sim_kind_t npu_kind = {
    .kind = "npu",
    .version = 9,
    .check = check,
    .reset = reset,
    .restored = restored,
    .settle = settle,
    .tally = tally,
    .fields = npu_fields,
    .stats = npu_stats,
    .regs = npu_regs,
    .refresh = refresh,
};
_Static_assert(offsetof(npu_t, comp) == 0, "comp stays first");
_Static_assert(sizeof(npu_slot_t) == sizeof(npu_insn_t) + 6 * sizeof(uint64_t) +
                                         sizeof(npu_work_t) + NPU_MAX_TOUCHES * sizeof(npu_touch_t),
               "no padding: slots are hashed");

static sim_err_t allocate(npu_t *npu, sim_t *sim, const char *name)
{
    npu->layers = calloc(NPU_MAX_LAYERS, sizeof(npu->layers[0]));
    npu->known = calloc(NPU_KNOWN, sizeof(npu->known[0]));
    bool fine = npu->layers != NULL && npu->known != NULL && npu_late_init(npu);
    for (uint32_t m = 0; m < NPU_MEMS; m++) {
        size_t bytes = (npu->desc.mem_bytes[m] + 63u) / 64 * 64;
        npu->l1.bytes[m] = npu->desc.mem_bytes[m];
        npu->l1.data[m] = aligned_alloc(64, bytes);
        if (npu->l1.data[m] != NULL)
            memset(npu->l1.data[m], 0, bytes);
        npu->written[m] = calloc(1, npu_written_bytes(npu, (npu_mem_t)m));
        fine &= npu->l1.data[m] != NULL && npu->written[m] != NULL;
    }
    /* scratch, no state: touched only by programs with narrow weights */
    npu->l1.wide =
        aligned_alloc(64, ((size_t)npu->desc.mem_bytes[NPU_MEM_WGT] + 63u) / 64 * 64 * 4);
    if (fine && npu->l1.wide != NULL)
        return SIM_OK;
    npu_free(npu);
    return sim_fail(sim, SIM_ENOMEM, "%s: no memory for L1", name);
}

sim_err_t npu_init(npu_t *npu, sim_t *sim, const npu_desc_t *desc, const char *name)
{
    *npu = (npu_t){.desc = *desc, .kernels = npu_kernels(sim_simd())};
    sim_err_t err = npu_desc_check(desc, sim, name);
    if (err == SIM_OK)
        err = allocate(npu, sim, name);
    if (err == SIM_OK)
        err = sim_comp_init(&npu->comp, sim, &npu_kind, name);
    if (err != SIM_OK)
        return err;
    reduce_edge(npu);
    npu_bank_init(npu);
    npu->fetch_req = (sim_mem_req_t){.done = npu_on_fetched, .ctx = npu};
    sim_event_init(&npu->tick, &npu->comp, "tick", SIM_PRIO_REQUEST, npu_on_tick, npu);
    npu_dma_init(&npu->load, npu, NPU_ENGINE_LOAD, "load");
    npu_dma_init(&npu->store, npu, NPU_ENGINE_STORE, "store");
    return SIM_OK;
}

void npu_free(npu_t *npu)
{
    for (uint32_t m = 0; m < NPU_MEMS; m++) {
        free(npu->l1.data[m]);
        free(npu->written[m]);
        npu->l1.data[m] = NULL;
        npu->written[m] = NULL;
    }
    npu_late_free(npu);
    free(npu->l1.wide);
    npu->l1.wide = NULL;
    free(npu->layers);
    npu->layers = NULL;
    free(npu->known);
    npu->known = NULL;
}

const uint8_t *npu_l1_bytes(npu_t *npu, npu_mem_t mem)
{
    assert(mem < NPU_MEMS);
    npu_late_do(npu);
    return npu->l1.data[mem];
}
