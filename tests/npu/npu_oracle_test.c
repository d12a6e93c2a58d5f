/*
 * npu_oracle_test.c - the machine, which wakes only when something happens, against a naive model
 * that looks at everything in every cycle: random programs, semaphores and machines.
 *
 * The naive model follows the definition in npu.h and the memory of npu_port.h.
 */
#include "sim/rng.h"
#include "tests/npu/npu_port.h"
#include "tests/test.h"

#define MAX_INSNS 120
#define NONE UINT64_MAX

typedef struct {
    uint64_t done[64]; /* cycles at which outstanding bursts come back, oldest first */
    uint32_t count;
    uint64_t free_cycle; /* of the master in memory */
} port_t;

typedef struct {
    uint32_t queue[NPU_MAX_QUEUE], count; /* instruction numbers */
    uint64_t ready[NPU_MAX_QUEUE];
    uint32_t now; /* the running one */
    uint64_t start, end;
    bool busy;
} engine_t;

typedef struct {
    const npu_desc_t *d;
    npu_insn_t insn[MAX_INSNS];
    uint32_t count;
    uint32_t sem[NPU_SEMAPHORES], signaled[NPU_SEMAPHORES];
    engine_t engine[NPU_ENGINES];
    port_t port[3];                /* fetch, load, store */
    uint64_t asked[3], channel[3]; /* bytes asked for; when the DMA's channel is free */
    uint32_t fetched, requested, issued;
    uint64_t end_of[MAX_INSNS];
    uint64_t busy[NPU_ENGINES], wait[NPU_ENGINES], fetch_stall, issue_stall, idle_fetch;
    bool over, deadlock;
    uint32_t deadlock_index;
} naive_t;

/* A burst of that many bytes at that address, asked for in this cycle. */
static void ask(port_t *port, uint64_t cycle, uint64_t addr, uint64_t bytes)
{
    uint64_t beats = (addr + bytes - 1) / 64 - addr / 64 + 1;
    uint64_t start = cycle > port->free_cycle ? cycle : port->free_cycle;
    port->free_cycle = start + beats;
    port->done[port->count++] = start + beats + 3;
}

static bool come_back(port_t *port, uint64_t cycle)
{
    if (port->count == 0 || port->done[0] != cycle)
        return false;
    port->count--;
    memmove(port->done, port->done + 1, port->count * sizeof(port->done[0]));
    return true;
}

static bool met(const naive_t *n, const npu_insn_t *i)
{
    return n->sem[i->wait[0].sem] >= i->wait[0].count && n->sem[i->wait[1].sem] >= i->wait[1].count;
}

static void take(naive_t *n, const npu_insn_t *i)
{
    n->sem[i->wait[0].sem] -= i->wait[0].count;
    n->sem[i->wait[1].sem] -= i->wait[1].count;
}

static void finish(naive_t *n, uint32_t index, uint64_t cycle)
{
    n->end_of[index] = cycle;
    for (int k = 0; k < 2; k++)
        if (n->insn[index].signal[k] != 0)
            n->signaled[n->insn[index].signal[k]]++;
}

/* Every row is contiguous here, so a DMA is row_bytes at l2. */
static void dma_cycle(naive_t *n, npu_engine_t e, uint64_t cycle)
{
    engine_t *engine = &n->engine[e];
    port_t *port = &n->port[e];
    if (!engine->busy || engine->end != NONE)
        return;
    const npu_insn_t *i = &n->insn[engine->now];
    if (n->asked[e] < i->row_bytes && port->count < n->d->dma_bursts && cycle >= n->channel[e]) {
        uint64_t at = i->l2 + n->asked[e], room = 256 - at % 256, left = i->row_bytes - n->asked[e];
        uint64_t bytes = left < room ? left : room;
        uint32_t rate = i->mem == NPU_MEM_WGT || i->mem == NPU_MEM_PAR ? n->d->dma_weight_bytes
                                                                       : n->d->dma_act_bytes;
        ask(port, cycle, at, bytes);
        n->asked[e] += bytes;
        n->channel[e] = cycle + (bytes + rate - 1) / rate;
    }
}

static void memory_cycle(naive_t *n, uint64_t cycle)
{
    if (come_back(&n->port[0], cycle))
        n->fetched = n->requested;
    for (npu_engine_t e = NPU_ENGINE_LOAD; e <= NPU_ENGINE_STORE; e++) {
        engine_t *engine = &n->engine[e];
        if (come_back(&n->port[e], cycle) && n->port[e].count == 0 &&
            n->asked[e] == n->insn[engine->now].row_bytes)
            engine->end = cycle > n->channel[e] ? cycle : n->channel[e];
    }
}

static bool all_idle(const naive_t *n)
{
    for (npu_engine_t e = NPU_ENGINE_LOAD; e < NPU_ENGINES; e++)
        if (n->engine[e].busy || n->engine[e].count > 0)
            return false;
    return true;
}

/* Returns true when it did something; *fetch_waits, *queue_waits say why it did not. */
static bool issue_cycle(naive_t *n, uint64_t cycle, bool *fetch_waits, bool *queue_waits)
{
    *fetch_waits = n->issued == n->fetched;
    *queue_waits = false;
    if (*fetch_waits)
        return false;
    const npu_insn_t *i = &n->insn[n->issued];
    npu_engine_t e = npu_op_engine(i->op);
    if (e == NPU_ENGINE_SEQ) {
        if (!met(n, i) || (i->op != NPU_OP_NOP && !all_idle(n)))
            return false;
        take(n, i);
        finish(n, n->issued, cycle);
        n->over = i->op == NPU_OP_END;
    } else {
        engine_t *engine = &n->engine[e];
        *queue_waits = engine->count == n->d->queue_depth;
        if (*queue_waits)
            return false;
        engine->ready[engine->count] = cycle + n->d->decode_cycles;
        engine->queue[engine->count++] = n->issued;
    }
    n->issued++;
    return true;
}

static void start_cycle(naive_t *n, uint64_t cycle)
{
    for (npu_engine_t e = NPU_ENGINE_LOAD; e < NPU_ENGINES; e++) {
        engine_t *engine = &n->engine[e];
        if (engine->busy || engine->count == 0 || engine->ready[0] > cycle ||
            !met(n, &n->insn[engine->queue[0]]))
            continue;
        engine->busy = true;
        engine->now = engine->queue[0];
        engine->start = cycle;
        engine->count--;
        memmove(engine->queue, engine->queue + 1, engine->count * sizeof(engine->queue[0]));
        memmove(engine->ready, engine->ready + 1, engine->count * sizeof(engine->ready[0]));
        take(n, &n->insn[engine->now]);
        bool dma = e == NPU_ENGINE_LOAD || e == NPU_ENGINE_STORE;
        engine->end = dma ? NONE : cycle + npu_insn_cycles(n->d, &n->insn[engine->now]);
        if (dma) {
            n->asked[e] = 0;
            n->channel[e] = cycle + n->d->dma_start_cycles;
        }
    }
}

static void fetch_cycle(naive_t *n, uint64_t cycle)
{
    uint32_t held = n->requested - n->issued, places = n->d->prefetch_insns;
    if (n->port[0].count > 0 || n->requested == n->count || held > places / 2)
        return;
    uint64_t addr = 0x80000 + (uint64_t)n->requested * 64;
    uint64_t most = (256 - addr % 256) / 64, count = places - held;
    count = count < most ? count : most;
    count = count < places - n->requested % places ? count : places - n->requested % places;
    count = count < n->count - n->requested ? count : n->count - n->requested;
    if (count == 0)
        return;
    ask(&n->port[0], cycle, addr, count * 64);
    n->requested += (uint32_t)count;
}

static void look_for_deadlock(naive_t *n, uint64_t cycle, bool issued, bool signals)
{
    uint32_t oldest = n->issued < n->fetched ? n->issued : UINT32_MAX;
    bool moves = issued || signals || n->port[0].count > 0;
    for (npu_engine_t e = NPU_ENGINE_LOAD; e < NPU_ENGINES; e++) {
        const engine_t *engine = &n->engine[e];
        moves |= engine->busy || (engine->count > 0 && engine->ready[0] > cycle);
        if (engine->count > 0 && engine->queue[0] < oldest)
            oldest = engine->queue[0];
        /* a place that became free this cycle lets the sequencer go on in the next */
        moves |= n->issued < n->fetched && npu_op_engine(n->insn[n->issued].op) == e &&
                 engine->count < n->d->queue_depth;
    }
    if (!moves) {
        n->over = n->deadlock = true;
        n->deadlock_index = oldest;
    }
}

/* Cycles are counted from the start of the run. Returns the last. */
static uint64_t naive_run(naive_t *n)
{
    for (uint64_t cycle = 0;; cycle++) {
        bool fetch_waits, queue_waits, signals = false;
        ck_assert_uint_lt(cycle, 1000000);
        memory_cycle(n, cycle);
        for (uint32_t s = 0; s < NPU_SEMAPHORES; s++) {
            n->sem[s] += n->signaled[s];
            n->signaled[s] = 0;
        }
        for (npu_engine_t e = NPU_ENGINE_LOAD; e < NPU_ENGINES; e++)
            if (n->engine[e].busy && n->engine[e].end == cycle) {
                n->engine[e].busy = false;
                finish(n, n->engine[e].now, cycle);
            }
        bool issued = issue_cycle(n, cycle, &fetch_waits, &queue_waits);
        if (n->over)
            return cycle;
        start_cycle(n, cycle);
        fetch_cycle(n, cycle);
        dma_cycle(n, NPU_ENGINE_LOAD, cycle);
        dma_cycle(n, NPU_ENGINE_STORE, cycle);
        for (uint32_t s = 0; s < NPU_SEMAPHORES; s++)
            signals |= n->signaled[s] != 0;
        look_for_deadlock(n, cycle, issued, signals);
        if (n->over)
            return cycle;
        bool idle = true;
        for (npu_engine_t e = NPU_ENGINE_LOAD; e < NPU_ENGINES; e++) {
            const engine_t *engine = &n->engine[e];
            n->busy[e] += engine->busy;
            n->wait[e] += !engine->busy && engine->count > 0 && engine->ready[0] <= cycle;
            idle &= !engine->busy;
        }
        n->fetch_stall += fetch_waits;
        n->issue_stall += queue_waits;
        n->idle_fetch += fetch_waits && idle;
    }
}

/* ---- random machines and programs
 * ---------------------------------------------------------------- */

static bench_t b;
static naive_t naive;
static sim_stream_t rng;
static uint64_t ends[MAX_INSNS];

static uint32_t below(uint32_t n)
{
    return sim_stream_below(&rng, n);
}

static void on_insn(void *ctx, uint32_t index)
{
    (void)ctx;
    ends[index] = sim_cycles_at(sim_now_ps(b.sim), b.npu.desc.clk_hz) - b.npu.start_cycle;
}

static npu_insn_t random_work(void)
{
    npu_insn_t dma = {.op = below(2) ? NPU_OP_LOAD : NPU_OP_STORE,
                      .mem = below(NPU_MEMS),
                      .l2 = below(4096),
                      .row_bytes = 1 + below(below(4) ? 300 : 3000),
                      .rows = 1,
                      .planes = 1};
    npu_insn_t vec = {.op = NPU_OP_FILL, .h = 1, .w = 1, .c = 1 + below(4000)};
    npu_insn_t mac = {.op = NPU_OP_DWCONV,
                      .in_h = 1,
                      .in_w = 1,
                      .in_c = 1,
                      .h = 1,
                      .w = 1,
                      .c = 1 + below(2000),
                      .k_h = 1,
                      .k_w = 1,
                      .stride_h = 1,
                      .stride_w = 1,
                      .dil_h = 1,
                      .dil_w = 1};
    npu_insn_t own = {.op = below(3) ? NPU_OP_NOP : NPU_OP_BARRIER};
    const npu_insn_t all[] = {dma, dma, dma, vec, vec, mac, mac, own};
    return all[below(8)];
}

/* Signals go ahead of waits, most of the time: some programs stop dead. */
static void random_semaphores(npu_insn_t *insn, int32_t balance[8])
{
    uint32_t s = 1 + below(7);
    if (below(2) == 0 && (balance[s] > 0 || below(60) == 0)) {
        insn->wait[0].sem = s;
        insn->wait[0].count = balance[s] > 1 && below(3) == 0 ? 2 : 1;
        balance[s] -= (int32_t)insn->wait[0].count;
    }
    for (int k = 0; k < 2; k++)
        if (below(2) == 0) {
            insn->signal[k] = 1 + below(7);
            balance[insn->signal[k]]++;
        }
}

static void random_program(naive_t *n)
{
    int32_t balance[8] = {0};
    n->count = 5 + below(MAX_INSNS - 5);
    for (uint32_t i = 0; i < n->count; i++) {
        n->insn[i] = random_work();
        random_semaphores(&n->insn[i], balance);
        if (i + 1 == n->count)
            n->insn[i] = (npu_insn_t){.op = NPU_OP_END};
        bench_add(&b, n->insn[i]);
    }
}

static npu_desc_t random_machine(void)
{
    npu_desc_t desc = npu_desc_default();
    desc.queue_depth = 1 + below(4);
    desc.prefetch_insns = 4 + below(20);
    desc.decode_cycles = 1 + below(4);
    desc.dma_bursts = 1 + below(4);
    desc.dma_start_cycles = 1 + below(10);
    desc.dma_weight_bytes = 1 + below(64);
    desc.mac_start_cycles = 1 + below(30);
    desc.vec_start_cycles = 1 + below(30);
    return desc;
}

static bool compare_one(uint32_t seed)
{
    rng = sim_stream(seed, 11, 0);
    npu_desc_t desc = random_machine();
    bench_make(&b, &desc);
    sim_set_shuffle(b.sim, seed);
    b.npu.on_insn = on_insn;
    b.npu.unchecked = true;
    memset(&naive, 0, sizeof(naive));
    memset(ends, 0, sizeof(ends));
    naive.d = &desc;
    random_program(&naive);
    uint64_t cycles = naive_run(&naive);
    bench_run(&b);

    ck_assert_msg(b.npu.perf.cycles == cycles, "seed %u: %llu cycles, naive %llu", seed,
                  (unsigned long long)b.npu.perf.cycles, (unsigned long long)cycles);
    for (uint32_t i = 0; i < naive.count; i++)
        ck_assert_msg(ends[i] == naive.end_of[i],
                      "seed %u: instruction %u ends at %llu, naive %llu", seed, i,
                      (unsigned long long)ends[i], (unsigned long long)naive.end_of[i]);
    ck_assert_uint_eq(b.npu.perf.load_busy, naive.busy[NPU_ENGINE_LOAD]);
    ck_assert_uint_eq(b.npu.perf.store_busy, naive.busy[NPU_ENGINE_STORE]);
    ck_assert_uint_eq(b.npu.perf.mac_busy, naive.busy[NPU_ENGINE_MAC]);
    ck_assert_uint_eq(b.npu.perf.vec_busy, naive.busy[NPU_ENGINE_VEC]);
    ck_assert_uint_eq(b.npu.perf.load_wait, naive.wait[NPU_ENGINE_LOAD]);
    ck_assert_uint_eq(b.npu.perf.store_wait, naive.wait[NPU_ENGINE_STORE]);
    ck_assert_uint_eq(b.npu.perf.mac_wait, naive.wait[NPU_ENGINE_MAC]);
    ck_assert_uint_eq(b.npu.perf.vec_wait, naive.wait[NPU_ENGINE_VEC]);
    ck_assert_uint_eq(b.npu.perf.fetch_stall, naive.fetch_stall);
    ck_assert_uint_eq(b.npu.perf.issue_stall, naive.issue_stall);
    ck_assert_uint_eq(b.npu.perf.idle_fetch, naive.idle_fetch);
    if (naive.deadlock)
        ck_assert_uint_eq(b.npu.error_reg,
                          (uint32_t)NPU_ERROR_DEADLOCK << 24 | naive.deadlock_index);
    else
        ck_assert_uint_eq(b.npu.status_reg, NPU_STATUS_DONE);
    bench_free(&b);
    return naive.deadlock;
}

START_TEST(the_machine_agrees_with_a_model_that_looks_at_every_cycle)
{
    uint32_t deadlocks = 0;
    for (uint32_t seed = 1; seed <= 400; seed++)
        deadlocks += compare_one(seed);
    ck_assert_uint_gt(deadlocks, 5); /* both kinds were seen */
    ck_assert_uint_lt(deadlocks, 300);
}
END_TEST

TEST_MAIN("npu against a naive model", the_machine_agrees_with_a_model_that_looks_at_every_cycle)
