/*
 * npu_naive.c - see npu_naive.h.
 */
#include "tests/npu/npu_naive.h"

#include "tests/npu/cycles_ref.h"
#include "tests/test.h"

/* A burst of that many bytes at that address, asked for in this cycle. */
static void ask(naive_port_t *port, uint64_t cycle, uint64_t addr, uint64_t bytes)
{
    uint64_t beats = (addr + bytes - 1) / 64 - addr / 64 + 1;
    uint64_t start = cycle > port->free_cycle ? cycle : port->free_cycle;
    port->free_cycle = start + beats;
    port->done[port->count++] = start + beats + 3;
}

static bool come_back(naive_port_t *port, uint64_t cycle)
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
        for (uint32_t i = 0; i < NAIVE_BYTES; i++)
            n->written[m][i] |= (n->bytes[index].how[m][i] & TOUCH_REF_WRITE) != 0;
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

static void note(void *ctx, uint32_t operand, uint32_t mem, uint64_t byte, uint32_t how)
{
    naive_bytes_t *b = ctx;
    if (byte >= NAIVE_BYTES)
        ck_abort_msg("byte %llu of memory %u", (unsigned long long)byte, mem);
    b->how[mem][byte] |= (uint8_t)how;
    if (b->operand[operand].end == 0 || byte < b->operand[operand].first)
        b->operand[operand].first = byte;
    if (byte >= b->operand[operand].end)
        b->operand[operand].end = byte + 1;
    b->operand[operand].mem = mem;
}

/* Every bank from the first to the last byte of each operand. */
static void claim(const npu_desc_t *d, naive_bytes_t *b)
{
    for (uint32_t o = 0; o < TOUCH_REF_OPERANDS; o++) {
        uint32_t mem = b->operand[o].mem;
        if (b->operand[o].end == 0 || mem == NPU_MEMS)
            continue;
        uint32_t slice =
            d->mem_bytes[mem] / d->mem_banks[mem] + (d->mem_bytes[mem] % d->mem_banks[mem] != 0);
        for (uint64_t byte = b->operand[o].first; byte < b->operand[o].end; byte++)
            b->claims[mem][byte / slice] = true;
    }
}

static void work_out_bytes(naive_t *n)
{
    for (uint32_t i = 0; i < n->count; i++) {
        touch_ref(&n->insn[i], note, &n->bytes[i]);
        claim(n->d, &n->bytes[i]);
    }
}

static bool clash(const naive_bytes_t *a, const naive_bytes_t *b)
{
    for (uint32_t m = 0; m < TOUCH_REF_MEMS; m++)
        for (uint32_t i = 0; i < NAIVE_BYTES; i++)
            if (a->how[m][i] != 0 && b->how[m][i] != 0 &&
                ((a->how[m][i] | b->how[m][i]) & TOUCH_REF_WRITE) != 0)
                return true;
    return false;
}

static bool complete(const naive_t *n, uint32_t index)
{
    return n->end_of[index] != NAIVE_NEVER;
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
        for (uint32_t i = 0; i < NAIVE_BYTES; i++)
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

uint64_t naive_dma_bytes(const npu_insn_t *i)
{
    return (uint64_t)i->row_bytes * i->rows * i->planes;
}

/* Where byte n of a DMA is in L2. */
static uint64_t l2_byte(const npu_insn_t *i, uint64_t n)
{
    uint64_t row = n / i->row_bytes, plane = row / i->rows;
    return i->l2 + plane * i->l2_plane + row % i->rows * i->l2_row + n % i->row_bytes;
}

/* Nothing of what follows byte n is in its burst: rows are apart unless each begins where the one
 * before it ends; planes likewise, if their rows are not. */
static bool burst_ends(const npu_insn_t *i, uint64_t n)
{
    uint64_t plane = (uint64_t)i->row_bytes * i->rows;
    bool rows_touch = i->rows == 1 || i->l2_row == i->row_bytes;
    if (n + 1 == naive_dma_bytes(i) || (l2_byte(i, n) + 1) % 256 == 0)
        return true;
    if ((n + 1) % plane == 0)
        return !rows_touch || i->l2_plane != plane;
    return (n + 1) % i->row_bytes == 0 && !rows_touch;
}

static void dma_cycle(naive_t *n, npu_engine_t e, uint64_t cycle)
{
    naive_engine_t *engine = &n->engine[e];
    naive_port_t *port = &n->port[e];
    if (!engine->busy || engine->end != NAIVE_NEVER)
        return;
    const npu_insn_t *i = &n->insn[engine->now];
    if (n->asked[e] == naive_dma_bytes(i) || port->count == n->d->dma_bursts ||
        cycle < n->channel[e])
        return;
    uint64_t at = l2_byte(i, n->asked[e]), bytes = 1;
    while (!burst_ends(i, n->asked[e] + bytes - 1))
        bytes++;
    uint32_t rate = i->mem == NPU_MEM_WGT || i->mem == NPU_MEM_PAR ? n->d->dma_weight_bytes
                                                                   : n->d->dma_act_bytes;
    ask(port, cycle, at, bytes);
    n->asked[e] += bytes;
    n->channel[e] = cycle + (bytes + rate - 1) / rate;
}

static void memory_cycle(naive_t *n, uint64_t cycle)
{
    if (come_back(&n->port[0], cycle))
        n->fetched = n->requested;
    for (npu_engine_t e = NPU_ENGINE_LOAD; e <= NPU_ENGINE_STORE; e++) {
        naive_engine_t *engine = &n->engine[e];
        if (come_back(&n->port[e], cycle) && n->port[e].count == 0 &&
            n->asked[e] == naive_dma_bytes(&n->insn[engine->now]))
            engine->end = cycle > n->channel[e] ? cycle : n->channel[e];
        if (engine->end != NAIVE_NEVER && engine->busy && engine->end < n->decoded[e])
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
        n->start_of[n->issued] = cycle;
        finish(n, n->issued, cycle);
        n->over = i->op == NPU_OP_END;
        if (i->op == NPU_OP_BARRIER)
            n->resume = cycle + 1 + n->d->barrier_cycles;
    } else {
        naive_engine_t *engine = &n->engine[e];
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
        naive_engine_t *engine = &n->engine[e];
        if (n->over || engine->busy || engine->count == 0 || engine->ready[0] > cycle ||
            !met(n, &n->insn[engine->queue[0]]) || !may_start(n, engine->queue[0]))
            continue;
        engine->busy = true;
        engine->now = engine->queue[0];
        n->start_of[engine->now] = cycle;
        engine->count--;
        memmove(engine->queue, engine->queue + 1, engine->count * sizeof(engine->queue[0]));
        memmove(engine->ready, engine->ready + 1, engine->count * sizeof(engine->ready[0]));
        take(n, &n->insn[engine->now]);
        bool dma = e == NPU_ENGINE_LOAD || e == NPU_ENGINE_STORE;
        engine->end = NAIVE_NEVER;
        engine->left = dma ? 0 : cycles_ref(n->d, &n->insn[engine->now]);
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
        const naive_engine_t *engine = &n->engine[e];
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
        const naive_engine_t *engine = &n->engine[e];
        n->busy[e] += engine->busy;
        n->wait[e] += !engine->busy && engine->count > 0 && engine->ready[0] <= cycle;
        who |= engine->busy ? 1u << (e - NPU_ENGINE_LOAD) : 0;
    }
    n->fetch_stall += fetch_waits;
    n->issue_stall += queue_waits;
    n->overlap[who]++;
    n->class_at[cycle] = (uint8_t)class_of_cycle(n, fetch_waits);
    n->split[n->class_at[cycle]]++;
}

uint64_t naive_run(naive_t *n)
{
    work_out_bytes(n);
    for (uint64_t cycle = 0;; cycle++) {
        bool fetch_waits, queue_waits, signals = false;
        if (cycle == NAIVE_CYCLES)
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

/* ---- layers -----------------------------------------------------------------------------------
 */

/* Every tap of every channel of every pixel, one by one. */
uint64_t naive_macs(const npu_insn_t *insn)
{
    uint64_t macs = 0;
    bool conv = insn->op == NPU_OP_CONV;
    for (uint32_t pixel = 0; (conv || insn->op == NPU_OP_DWCONV) && pixel < insn->h * insn->w;
         pixel++)
        for (uint32_t tap = 0; tap < insn->k_h * insn->k_w; tap++)
            macs += (uint64_t)insn->c * (conv ? insn->in_c : 1);
    return macs;
}

typedef struct {
    const npu_insn_t *insn;
    uint64_t bytes, weights;
} visits_t;

/* What is read and written again counts twice; of parameters only those of REQUANT, one a channel,
 * count. */
static void visit(void *ctx, uint32_t operand, uint32_t mem, uint64_t byte, uint32_t how)
{
    visits_t *v = ctx;
    (void)operand;
    (void)byte;
    bool dma = naive_dma_bytes(v->insn) > 0;
    if (mem == NPU_MEMS || (mem == NPU_MEM_PAR && !dma && v->insn->op != NPU_OP_REQUANT))
        return;
    if (mem == NPU_MEM_WGT && !dma)
        v->weights++;
    else
        v->bytes += how == (TOUCH_REF_READ | TOUCH_REF_WRITE) ? 2 : 1;
}

/* Bytes of L1, of all operands; of accumulators those of real channels. */
static uint64_t l1_bytes(const npu_insn_t *insn)
{
    visits_t v = {insn, 0, 0};
    uint64_t padding = (32 - insn->c % 32) % 32 * insn->h * insn->w * 4;
    touch_ref(insn, visit, &v);
    if (npu_op_engine(insn->op) == NPU_ENGINE_MAC)
        v.bytes -= padding * ((insn->flags & NPU_FLAG_ACCUMULATE) != 0 ? 2 : 1);
    return v.bytes + (v.weights >> insn->narrow); /* 1, 2 or 4 weights to a byte */
}

/* Barriers up to this instruction: a barrier opens a turn. */
static uint32_t turn_of(const naive_t *n, uint32_t index)
{
    uint32_t turn = 0;
    for (uint32_t i = 0; i <= index; i++)
        turn += n->insn[i].op == NPU_OP_BARRIER;
    return turn;
}

/* When the layer's last instruction of that turn completed; false: it has none. */
static bool layer_end(const naive_t *n, uint32_t layer, uint32_t turn, uint64_t *end)
{
    bool any = false;
    *end = 0;
    for (uint32_t i = 0; i < n->count; i++)
        if (n->insn[i].layer == layer && turn_of(n, i) == turn && complete(n, i)) {
            *end = n->end_of[i] > *end ? n->end_of[i] : *end;
            any = true;
        }
    return any;
}

/* The end of what ended last before this layer did: of layers of the same turn (of those that end
 * together the higher one is later), or of any turn before. */
static uint64_t layer_start(const naive_t *n, uint32_t layer, uint32_t turn, uint64_t end)
{
    uint64_t start = 0, its_end;
    for (uint32_t l = 0; l < NAIVE_LAYERS; l++)
        for (uint32_t t = 0; t <= turn; t++) {
            bool before = layer_end(n, l, t, &its_end) &&
                          (t < turn || its_end < end || (its_end == end && l < layer));
            start = before && its_end > start ? its_end : start;
        }
    return start;
}

static void add_turn(const naive_t *n, uint32_t layer, uint32_t turn, naive_layer_t *r)
{
    uint64_t end, start;
    if (!layer_end(n, layer, turn, &end))
        return;
    start = layer_start(n, layer, turn, end);
    if (r->end == 0)
        r->start = start;
    r->end = end;
    r->cycles += end - start;
    for (uint64_t cycle = start; cycle < end; cycle++)
        r->classes[n->class_at[cycle]]++;
}

bool naive_layer(const naive_t *n, uint32_t layer, naive_layer_t *report)
{
    *report = (naive_layer_t){0};
    for (uint32_t i = 0; i < n->count; i++) {
        const npu_insn_t *insn = &n->insn[i];
        if (insn->layer != layer || !complete(n, i))
            continue;
        report->busy[npu_op_engine(insn->op)] += n->end_of[i] - n->start_of[i];
        report->macs += naive_macs(insn);
        report->l1_bytes += l1_bytes(insn);
        report->l2_bytes += naive_dma_bytes(insn);
        report->insns++;
    }
    for (uint32_t turn = 0; turn <= turn_of(n, n->count - 1); turn++)
        add_turn(n, layer, turn, report);
    return report->insns > 0;
}
