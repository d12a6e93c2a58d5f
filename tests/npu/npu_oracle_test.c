/*
 * npu_oracle_test.c - the machine, which wakes only when something happens, against a naive model
 * that looks at everything in every cycle: random programs, semaphores and machines.
 *
 * The naive model follows the definition in npu.h and the memory of npu_port.h; operands are sets
 * of single bytes (touch_ref.h). The machine runs each program twice, the second time with `exact`.
 */
#include "npu/pack.h"
#include "sim/rng.h"
#include "tests/npu/npu_plain.h"
#include "tests/npu/npu_port.h"
#include "tests/npu/touch_ref.h"
#include "tests/test.h"

#define MAX_INSNS 120
#define NONE UINT64_MAX
#define LAYERS 4
#define MEM_MOST 8192 /* bytes of each L1 memory, and of L2 that DMAs touch */

typedef struct {
    uint64_t done[64]; /* cycles at which outstanding bursts come back, oldest first */
    uint32_t count;
    uint64_t free_cycle; /* of the master in memory */
} port_t;

typedef struct {
    uint32_t queue[NPU_MAX_QUEUE], count; /* instruction numbers */
    uint64_t ready[NPU_MAX_QUEUE];
    uint32_t now;        /* the running one */
    uint64_t start, end; /* end: of DMAs */
    uint64_t left;       /* array, vector unit: cycles to go */
    bool busy;
} engine_t;

/* What one instruction touches. */
typedef struct {
    uint8_t how[TOUCH_REF_MEMS][MEM_MOST];
    bool claims[NPU_MEMS][NPU_MAX_BANKS];
} bytes_t;

typedef struct {
    const npu_desc_t *d;
    npu_insn_t insn[MAX_INSNS];
    uint32_t count;
    uint32_t sem[NPU_SEMAPHORES], signaled[NPU_SEMAPHORES];
    engine_t engine[NPU_ENGINES];
    port_t port[3];                /* fetch, load, store */
    uint64_t asked[3], channel[3]; /* bytes asked for; when the DMA's channel is free */
    uint64_t decoded[3];           /* when a packed stream is decoded; 0 for others */
    uint32_t fetched, requested, issued;
    uint64_t resume; /* nothing issues before this cycle */
    uint64_t end_of[MAX_INSNS];
    uint64_t busy[NPU_ENGINES], wait[NPU_ENGINES], denied[NPU_ENGINES], fetch_stall, issue_stall;
    uint64_t split[NPU_CLASSES], overlap[NPU_OVERLAPS];
    uint64_t layer_split[LAYERS][NPU_CLASSES]; /* when its last instruction completed */
    bool granted[NPU_ENGINES];
    bytes_t bytes[MAX_INSNS];
    bool written[NPU_MEMS][MEM_MOST];
    bool checked, over;
    npu_error_t error;
    uint32_t error_index, error_other;
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
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        for (uint32_t i = 0; i < MEM_MOST; i++)
            n->written[m][i] |= (n->bytes[index].how[m][i] & TOUCH_REF_WRITE) != 0;
    memcpy(n->layer_split[n->insn[index].layer], n->split, sizeof(n->split));
}

static void stop_at(naive_t *n, npu_error_t error, uint32_t index, uint32_t other)
{
    n->over = true;
    n->error = error;
    n->error_index = index;
    n->error_other = other;
}

/* ---- bytes ------------------------------------------------------------------------------------
 */

static void note(void *ctx, uint32_t mem, uint64_t byte, uint32_t how)
{
    bytes_t *b = ctx;
    if (byte >= MEM_MOST)
        ck_abort_msg("byte %llu of memory %u", (unsigned long long)byte, mem);
    b->how[mem][byte] |= (uint8_t)how;
}

/* Each of these instructions reads one operand, and writes one, of each memory at the most. */
static void claim(const npu_desc_t *d, bytes_t *b, uint32_t mem, uint32_t how)
{
    uint32_t slice =
        d->mem_bytes[mem] / d->mem_banks[mem] + (d->mem_bytes[mem] % d->mem_banks[mem] != 0);
    uint32_t first = MEM_MOST, last = 0;
    for (uint32_t i = 0; i < MEM_MOST; i++)
        if ((b->how[mem][i] & how) != 0) {
            first = i < first ? i : first;
            last = i;
        }
    for (uint32_t k = 0; first < MEM_MOST && k < NPU_MAX_BANKS; k++)
        b->claims[mem][k] |= k >= first / slice && k <= last / slice;
}

static void work_out_bytes(naive_t *n)
{
    for (uint32_t i = 0; i < n->count; i++) {
        touch_ref(&n->insn[i], note, &n->bytes[i]);
        for (uint32_t m = 0; m < NPU_MEMS; m++) {
            claim(n->d, &n->bytes[i], m, TOUCH_REF_READ);
            claim(n->d, &n->bytes[i], m, TOUCH_REF_WRITE);
        }
    }
}

static bool clash(const bytes_t *a, const bytes_t *b)
{
    for (uint32_t m = 0; m < TOUCH_REF_MEMS; m++)
        for (uint32_t i = 0; i < MEM_MOST; i++)
            if (a->how[m][i] != 0 && b->how[m][i] != 0 &&
                ((a->how[m][i] | b->how[m][i]) & TOUCH_REF_WRITE) != 0)
                return true;
    return false;
}

static bool complete(const naive_t *n, uint32_t index)
{
    return n->end_of[index] != NONE;
}

/* The head of a queue is about to start: false when it may not. */
static bool may_start(naive_t *n, uint32_t index)
{
    if (!n->checked)
        return true;
    for (uint32_t i = 0; i < index; i++)
        if (!complete(n, i) && clash(&n->bytes[i], &n->bytes[index])) {
            stop_at(n, NPU_ERROR_HAZARD, index, i);
            return false;
        }
    for (uint32_t m = 0; m < NPU_MEMS && n->insn[index].op != NPU_OP_STORE; m++)
        for (uint32_t i = 0; i < MEM_MOST; i++)
            if ((n->bytes[index].how[m][i] & TOUCH_REF_READ) != 0 && !n->written[m][i]) {
                stop_at(n, NPU_ERROR_UNINIT, index, 0);
                return false;
            }
    return true;
}

/* ---- banks ------------------------------------------------------------------------------------
 */

typedef struct {
    uint32_t taken[NPU_MEMS][NPU_MAX_BANKS];
} ports_t;

static bool running_claims(const naive_t *n, npu_engine_t e, uint32_t m, uint32_t bank)
{
    return n->engine[e].busy && n->bytes[n->engine[e].now].claims[m][bank];
}

static bool take_ports(const naive_t *n, npu_engine_t e, ports_t *ports)
{
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        for (uint32_t k = 0; k < NPU_MAX_BANKS; k++)
            if (running_claims(n, e, m, k) && ports->taken[m][k] == n->d->mem_ports[m])
                return false;
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        for (uint32_t k = 0; k < NPU_MAX_BANKS; k++)
            ports->taken[m][k] += running_claims(n, e, m, k);
    return true;
}

static void bank_cycle(naive_t *n, uint64_t cycle)
{
    ports_t ports = {{{0}}};
    npu_engine_t first = cycle % 2 == 0 ? NPU_ENGINE_MAC : NPU_ENGINE_VEC;
    npu_engine_t second = cycle % 2 == 0 ? NPU_ENGINE_VEC : NPU_ENGINE_MAC;
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        for (uint32_t k = 0; k < NPU_MAX_BANKS; k++)
            ports.taken[m][k] = running_claims(n, NPU_ENGINE_LOAD, m, k) ||
                                running_claims(n, NPU_ENGINE_STORE, m, k);
    n->granted[first] = n->engine[first].busy && take_ports(n, first, &ports);
    n->granted[second] = n->engine[second].busy && take_ports(n, second, &ports);
    for (npu_engine_t e = NPU_ENGINE_MAC; e <= NPU_ENGINE_VEC; e++) {
        n->engine[e].left -= n->granted[e];
        n->denied[e] += n->engine[e].busy && !n->granted[e];
    }
}

/* ---- the machine ------------------------------------------------------------------------------
 */

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
        if (engine->end != NONE && engine->busy && engine->end < n->decoded[e])
            engine->end = n->decoded[e];
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
    *fetch_waits = *queue_waits = false;
    if (cycle < n->resume)
        return false;
    *fetch_waits = n->issued == n->fetched;
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
        if (i->op == NPU_OP_BARRIER)
            n->resume = cycle + 1 + n->d->barrier_cycles;
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
        if (n->over || engine->busy || engine->count == 0 || engine->ready[0] > cycle ||
            !met(n, &n->insn[engine->queue[0]]) || !may_start(n, engine->queue[0]))
            continue;
        engine->busy = true;
        engine->now = engine->queue[0];
        engine->start = cycle;
        engine->count--;
        memmove(engine->queue, engine->queue + 1, engine->count * sizeof(engine->queue[0]));
        memmove(engine->ready, engine->ready + 1, engine->count * sizeof(engine->ready[0]));
        take(n, &n->insn[engine->now]);
        bool dma = e == NPU_ENGINE_LOAD || e == NPU_ENGINE_STORE;
        engine->end = NONE;
        engine->left = dma ? 0 : npu_insn_cycles(n->d, &n->insn[engine->now]);
        if (dma) {
            n->asked[e] = 0;
            n->channel[e] = cycle + n->d->dma_start_cycles;
            const npu_insn_t *i = &n->insn[engine->now];
            n->decoded[e] = i->packed == 0
                                ? 0
                                : n->channel[e] + (i->l1_row + n->d->dma_decode_bytes - 1) /
                                                      n->d->dma_decode_bytes;
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
    bool moves = issued || signals || n->port[0].count > 0 || n->resume > cycle;
    for (npu_engine_t e = NPU_ENGINE_LOAD; e < NPU_ENGINES; e++) {
        const engine_t *engine = &n->engine[e];
        moves |= engine->busy || (engine->count > 0 && engine->ready[0] > cycle);
        if (engine->count > 0 && engine->queue[0] < oldest)
            oldest = engine->queue[0];
        /* a place that became free this cycle lets the sequencer go on in the next */
        moves |= n->issued < n->fetched && npu_op_engine(n->insn[n->issued].op) == e &&
                 engine->count < n->d->queue_depth;
    }
    if (!moves)
        stop_at(n, NPU_ERROR_DEADLOCK, oldest, 0);
}

static bool queued_for_layer(const naive_t *n, npu_engine_t e, uint32_t layer)
{
    for (uint32_t i = 0; i < n->engine[e].count; i++)
        if (n->insn[n->engine[e].queue[i]].layer == layer)
            return true;
    return false;
}

static npu_class_t class_of_cycle(const naive_t *n, bool fetch_waits)
{
    bool load = n->engine[NPU_ENGINE_LOAD].busy, store = n->engine[NPU_ENGINE_STORE].busy;
    bool mac = n->engine[NPU_ENGINE_MAC].busy, vec = n->engine[NPU_ENGINE_VEC].busy;
    if (n->granted[NPU_ENGINE_MAC] || n->granted[NPU_ENGINE_VEC])
        return NPU_CLASS_COMPUTE;
    if (mac || vec)
        return NPU_CLASS_BANK;
    uint32_t layer = n->insn[n->engine[NPU_ENGINE_STORE].now].layer;
    if (store && !queued_for_layer(n, NPU_ENGINE_MAC, layer) &&
        !queued_for_layer(n, NPU_ENGINE_VEC, layer))
        return NPU_CLASS_DRAIN;
    if (load || store)
        return NPU_CLASS_DMA;
    return fetch_waits ? NPU_CLASS_FETCH : NPU_CLASS_DEPENDENCY;
}

static void account_cycle(naive_t *n, uint64_t cycle, bool fetch_waits, bool queue_waits)
{
    uint32_t who = 0;
    for (npu_engine_t e = NPU_ENGINE_LOAD; e < NPU_ENGINES; e++) {
        const engine_t *engine = &n->engine[e];
        n->busy[e] += engine->busy;
        n->wait[e] += !engine->busy && engine->count > 0 && engine->ready[0] <= cycle;
        who |= engine->busy ? 1u << (e - NPU_ENGINE_LOAD) : 0;
    }
    n->fetch_stall += fetch_waits;
    n->issue_stall += queue_waits;
    n->overlap[who]++;
    n->split[class_of_cycle(n, fetch_waits)]++;
}

/* Cycles are counted from the start of the run. Returns the last. */
static uint64_t naive_run(naive_t *n)
{
    for (uint64_t cycle = 0;; cycle++) {
        bool fetch_waits, queue_waits, signals = false;
        if (cycle == 1000000)
            ck_abort_msg("no end");
        memory_cycle(n, cycle);
        for (uint32_t s = 0; s < NPU_SEMAPHORES; s++) {
            n->sem[s] += n->signaled[s];
            n->signaled[s] = 0;
        }
        for (npu_engine_t e = NPU_ENGINE_LOAD; e < NPU_ENGINES; e++) {
            bool dma = e == NPU_ENGINE_LOAD || e == NPU_ENGINE_STORE;
            if (n->engine[e].busy && (dma ? n->engine[e].end == cycle : n->engine[e].left == 0)) {
                n->engine[e].busy = false;
                finish(n, n->engine[e].now, cycle);
            }
        }
        bool issued = issue_cycle(n, cycle, &fetch_waits, &queue_waits);
        if (n->over)
            return cycle;
        start_cycle(n, cycle);
        if (n->over)
            return cycle;
        fetch_cycle(n, cycle);
        dma_cycle(n, NPU_ENGINE_LOAD, cycle);
        dma_cycle(n, NPU_ENGINE_STORE, cycle);
        for (uint32_t s = 0; s < NPU_SEMAPHORES; s++)
            signals |= n->signaled[s] != 0;
        look_for_deadlock(n, cycle, issued, signals);
        if (n->over)
            return cycle;
        bank_cycle(n, cycle);
        account_cycle(n, cycle, fetch_waits, queue_waits);
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

/* An offset such that so many bytes fit. */
static uint32_t place(uint32_t mem, uint32_t bytes)
{
    uint32_t room = b.npu.desc.mem_bytes[mem];
    return mem == NPU_MEM_ACC ? 4 * below((room - bytes) / 4 + 1) : below(room - bytes + 1);
}

/* Streams stand where no store goes: of zeros, which are short, and of noise, which are not. */
enum { STREAMS = 5, STREAM_L2 = 7168 };
static const uint32_t stream_size[STREAMS] = {1, 3000, 500, 100, 300};
static uint32_t stream_l2[STREAMS], stream_bytes[STREAMS];

static void make_streams(void)
{
    static uint8_t data[3000];
    sim_stream_t noise = sim_stream(5, 11, 0);
    uint32_t at = STREAM_L2;
    for (uint32_t s = 0; s < STREAMS; s++) {
        for (uint32_t i = 0; i < stream_size[s]; i++)
            data[i] = s < 3 ? 0 : (uint8_t)sim_stream_u32(&noise);
        stream_l2[s] = at;
        stream_bytes[s] = npu_pack(data, stream_size[s], b.mem.bytes + at, MEM_MOST - at);
        ck_assert_uint_ne(stream_bytes[s], 0);
        at += stream_bytes[s];
    }
}

static npu_insn_t random_packed(void)
{
    uint32_t s = below(STREAMS), mem = below(2) ? NPU_MEM_WGT : NPU_MEM_ACT;
    npu_insn_t load = {.op = NPU_OP_LOAD,
                       .mem = mem,
                       .l2 = stream_l2[s],
                       .row_bytes = stream_bytes[s],
                       .rows = 1,
                       .planes = 1,
                       .packed = 1,
                       .l1_row = stream_size[s]};
    load.l1 = place(mem, stream_size[s]);
    return load;
}

static npu_insn_t random_dma(void)
{
    if (below(4) == 0)
        return random_packed();
    npu_insn_t dma = {.op = below(2) ? NPU_OP_LOAD : NPU_OP_STORE,
                      .mem = below(NPU_MEMS),
                      .l2 = below(4096),
                      .row_bytes = 1 + below(below(4) ? 300 : 3000),
                      .rows = 1,
                      .planes = 1};
    dma.l1 = place(dma.mem, dma.row_bytes);
    return dma;
}

static npu_insn_t random_vec(void)
{
    npu_insn_t vec = {.op = NPU_OP_FILL, .h = 1, .w = 1, .c = 1 + below(below(4) ? 200 : 4000)};
    vec.dst.addr = place(NPU_MEM_ACT, vec.c);
    if (below(2) == 0) {
        vec.op = NPU_OP_COPY;
        vec.src.addr = place(NPU_MEM_ACT, vec.c);
    }
    return vec;
}

static npu_insn_t random_mac(void)
{
    npu_insn_t mac = {.op = NPU_OP_DWCONV,
                      .in_h = 1,
                      .in_w = 1,
                      .h = 1,
                      .w = 1,
                      .c = 1 + below(below(4) ? 64 : 900),
                      .k_h = 1,
                      .k_w = 1,
                      .stride_h = 1,
                      .stride_w = 1,
                      .dil_h = 1,
                      .dil_w = 1,
                      .narrow = below(3)};
    mac.in_c = mac.c;
    mac.src.addr = place(NPU_MEM_ACT, mac.c);
    mac.wgt = place(NPU_MEM_WGT, npu_round_lanes(mac.c) >> mac.narrow);
    mac.dst.addr = place(NPU_MEM_ACC, 4 * npu_round_lanes(mac.c));
    return mac;
}

static npu_insn_t random_work(void)
{
    npu_insn_t own = {.op = below(3) ? NPU_OP_NOP : NPU_OP_BARRIER};
    uint32_t kind = below(8);
    return kind < 3 ? random_dma() : kind < 5 ? random_vec() : kind < 7 ? random_mac() : own;
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

/* Most programs begin with what makes every byte of L1 good. */
static npu_insn_t first_work(uint32_t i)
{
    npu_insn_t load = {
        .op = NPU_OP_LOAD, .mem = i, .row_bytes = b.npu.desc.mem_bytes[i % NPU_MEMS]};
    load.rows = load.planes = 1;
    return i < NPU_MEMS ? load : (npu_insn_t){.op = NPU_OP_BARRIER};
}

static void random_program(naive_t *n)
{
    int32_t balance[8] = {0};
    uint32_t first = below(4) == 0 ? 0 : NPU_MEMS + 1;
    n->count = 6 + below(MAX_INSNS - 6);
    for (uint32_t i = 0; i < n->count; i++) {
        n->insn[i] = i < first ? first_work(i) : random_work();
        n->insn[i].layer = below(LAYERS);
        n->end_of[i] = NONE;
        if (i >= first)
            random_semaphores(&n->insn[i], balance);
        if (i + 1 == n->count)
            n->insn[i] = (npu_insn_t){.op = NPU_OP_END};
        bench_add(&b, n->insn[i]);
    }
}

static npu_desc_t random_machine(void)
{
    npu_desc_t desc = npu_plain_desc();
    desc.queue_depth = 1 + below(4);
    desc.prefetch_insns = 4 + below(20);
    desc.decode_cycles = 1 + below(4);
    desc.barrier_cycles = below(3) ? below(40) : 0;
    desc.dma_bursts = 1 + below(4);
    desc.dma_start_cycles = 1 + below(10);
    desc.dma_weight_bytes = 1 + below(64);
    desc.dma_compression = NPU_COMPRESSION_RICE;
    desc.dma_decode_bytes = 1 + below(below(2) ? 8 : 64);
    desc.mac_start_cycles = 1 + below(30);
    desc.vec_start_cycles = 1 + below(30);
    for (uint32_t m = 0; m < NPU_MEMS; m++) {
        desc.mem_bytes[m] = 4096 + below(MEM_MOST - 4096 + 1);
        desc.mem_banks[m] = 1 + below(NPU_MAX_BANKS);
        desc.mem_ports[m] = 1 + below(4);
    }
    return desc;
}

static void expect(uint32_t seed, const char *what, uint32_t index, uint64_t machine,
                   uint64_t model)
{
    if (machine != model)
        ck_abort_msg("seed %u: %s %u: %llu, naive %llu", seed, what, index,
                     (unsigned long long)machine, (unsigned long long)model);
}

/* Every tap of every channel of every pixel, one by one. */
static uint64_t macs_of(const npu_insn_t *i)
{
    uint64_t macs = 0;
    bool conv = i->op == NPU_OP_CONV;
    for (uint32_t pixel = 0; (conv || i->op == NPU_OP_DWCONV) && pixel < i->h * i->w; pixel++)
        for (uint32_t tap = 0; tap < i->k_h * i->k_w; tap++)
            macs += (uint64_t)i->c * (conv ? i->in_c : 1);
    return macs;
}

/* Of a run to its end: what each instruction did, and what was fetched. */
static void compare_work(uint32_t seed, const npu_perf_t *perf)
{
    uint64_t insns = 0, macs = 0, bytes[NPU_ENGINES] = {0};
    for (uint32_t i = 0; i < naive.count; i++) {
        const npu_insn_t *insn = &naive.insn[i];
        ck_assert(naive.end_of[i] != NONE);
        insns++;
        macs += macs_of(insn);
        for (uint32_t row = 0; row < insn->planes * insn->rows; row++)
            bytes[npu_op_engine(insn->op)] += insn->row_bytes;
    }
    expect(seed, "instructions", 0, perf->insns, insns);
    expect(seed, "MACs", 0, perf->macs, macs);
    expect(seed, "written to L2", 0, perf->l2_written, bytes[NPU_ENGINE_STORE]);
    expect(seed, "read from L2", 0, perf->l2_read,
           bytes[NPU_ENGINE_LOAD] + (uint64_t)naive.fetched * NPU_INSN_BYTES);
}

static void compare(uint32_t seed, uint64_t cycles)
{
    const npu_perf_t *perf = &b.npu.perf;
    if (naive.error == NPU_ERROR_NONE)
        compare_work(seed, perf);
    const uint64_t busy[] = {0, perf->load_busy, perf->store_busy, perf->mac_busy, perf->vec_busy};
    const uint64_t wait[] = {0, perf->load_wait, perf->store_wait, perf->mac_wait, perf->vec_wait};
    expect(seed, "error", 0, b.npu.error_reg >> 24, naive.error);
    expect(seed, "error index", 0, b.npu.error_reg & 0xffffff, naive.error_index);
    expect(seed, "error other", 0, b.npu.error_other_reg, naive.error_other);
    expect(seed, "cycles", 0, perf->cycles, cycles);
    for (uint32_t i = 0; i < naive.count; i++)
        expect(seed, "end of instruction", i, ends[i], naive.end_of[i]);
    for (npu_engine_t e = NPU_ENGINE_LOAD; e < NPU_ENGINES; e++) {
        expect(seed, "busy", e, busy[e], naive.busy[e]);
        expect(seed, "wait", e, wait[e], naive.wait[e]);
    }
    expect(seed, "bank", NPU_ENGINE_MAC, perf->mac_bank, naive.denied[NPU_ENGINE_MAC]);
    expect(seed, "bank", NPU_ENGINE_VEC, perf->vec_bank, naive.denied[NPU_ENGINE_VEC]);
    expect(seed, "fetch stall", 0, perf->fetch_stall, naive.fetch_stall);
    expect(seed, "issue stall", 0, perf->issue_stall, naive.issue_stall);
    for (uint32_t who = 0; who < NPU_OVERLAPS; who++)
        expect(seed, "overlap", who, perf->overlap[who], naive.overlap[who]);
    for (uint32_t c = 0; c < NPU_CLASSES; c++) {
        expect(seed, "class", c, perf->split[c], naive.split[c]);
        for (uint32_t n = 0; n < b.npu.layers_seen; n++)
            expect(seed, "class in layer", n, b.npu.layers[n].perf.split[c],
                   naive.layer_split[n][c]);
    }
}

static uint64_t run_machine(const npu_desc_t *desc, uint32_t seed, bool exact, bool make_program)
{
    bench_make(&b, desc);
    sim_set_shuffle(b.sim, seed);
    make_streams();
    b.npu.on_insn = on_insn;
    b.npu.exact = exact;
    b.npu.unchecked = seed % 2 == 0;
    for (uint32_t i = 0; i < MAX_INSNS; i++)
        ends[i] = NONE;
    if (make_program)
        random_program(&naive);
    for (uint32_t i = 0; !make_program && i < naive.count; i++)
        bench_add(&b, naive.insn[i]);
    bench_run(&b);
    return sim_state_hash(b.sim);
}

static npu_error_t compare_one(uint32_t seed)
{
    rng = sim_stream(seed, 11, 0);
    npu_desc_t desc = random_machine();
    memset(&naive, 0, sizeof(naive));
    naive.d = &desc;
    naive.checked = seed % 2 != 0;
    uint64_t fast = run_machine(&desc, seed, false, true);
    work_out_bytes(&naive);
    uint64_t cycles = naive_run(&naive);
    compare(seed, cycles);
    bench_free(&b);
    uint64_t exact = run_machine(&desc, seed, true, false);
    compare(seed, cycles);
    expect(seed, "state", 0, exact, fast);
    bench_free(&b);
    return naive.error;
}

START_TEST(the_machine_agrees_with_a_model_that_looks_at_every_cycle)
{
    uint32_t ended[NPU_ERRORS] = {0};
    uint64_t split[NPU_CLASSES] = {0}, overlap[NPU_OVERLAPS] = {0};
    for (uint32_t seed = 1; seed <= 400; seed++) {
        ended[compare_one(seed)]++;
        for (uint32_t c = 0; c < NPU_CLASSES; c++)
            split[c] += naive.split[c];
        for (uint32_t who = 0; who < NPU_OVERLAPS; who++)
            overlap[who] += naive.overlap[who];
    }
    /* every kind was seen */
    ck_assert_uint_gt(ended[NPU_ERROR_NONE], 100);
    ck_assert_uint_gt(ended[NPU_ERROR_DEADLOCK], 5);
    ck_assert_uint_gt(ended[NPU_ERROR_HAZARD], 20);
    ck_assert_uint_gt(ended[NPU_ERROR_UNINIT], 5);
    for (uint32_t c = 0; c < NPU_CLASSES; c++)
        ck_assert_uint_gt(split[c], 100);
    for (uint32_t who = 0; who < NPU_OVERLAPS; who++)
        ck_assert_uint_gt(overlap[who], 100);
}
END_TEST

TEST_MAIN("npu against a naive model", the_machine_agrees_with_a_model_that_looks_at_every_cycle)
