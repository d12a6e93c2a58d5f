/*
 * npu_oracle_test.c - the machine, which wakes only when something happens, against a naive model
 * that looks at everything in every cycle (npu_naive.h): random programs, semaphores and machines.
 *
 * The machine runs each program twice, the second time with `exact`.
 */
#include "npu/array.h"
#include "npu/pack.h"
#include "npu/touch.h"
#include "sim/rng.h"
#include "tests/npu/cycles_ref.h"
#include "tests/npu/npu_naive.h"
#include "tests/npu/npu_plain.h"
#include "tests/npu/npu_port.h"
#include "tests/npu/npu_random.h"
#include "tests/test.h"

/* ---- random machines and programs
 * ---------------------------------------------------------------- */

static bench_t b;
static naive_t naive;
static sim_stream_t rng;
static uint64_t ends[NAIVE_INSNS];

static uint32_t below(uint32_t n)
{
    return sim_stream_below(&rng, n);
}

static uint64_t cycle_of(uint64_t time_ps)
{
    return sim_cycles_at(time_ps, b.npu.desc.clk_hz) - b.npu.start_cycle;
}

static void on_insn(void *ctx, uint32_t index)
{
    (void)ctx;
    ends[index] = cycle_of(sim_now_ps(b.sim));
}

/* An offset such that so many bytes fit, now and then up to the end of a bank. */
static uint32_t place(uint32_t mem, uint32_t bytes)
{
    uint32_t room = b.npu.desc.mem_bytes[mem], banks = b.npu.desc.mem_banks[mem];
    uint32_t unit = mem == NPU_MEM_ACC ? 4 : 1,
             end = (room + banks - 1) / banks * (1 + below(banks));
    if (below(3) == 0 && end >= bytes && end <= room && (end - bytes) % unit == 0)
        return end - bytes;
    return unit * below((room - bytes) / unit + 1);
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
        stream_bytes[s] = npu_pack(data, stream_size[s], b.mem.bytes + at, NAIVE_BYTES - at);
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

/* Rows and planes that touch in L2, or with gaps of a few bytes. */
static npu_insn_t random_dma(void)
{
    if (below(4) == 0)
        return random_packed();
    npu_insn_t dma = {.op = below(2) ? NPU_OP_LOAD : NPU_OP_STORE,
                      .mem = below(NPU_MEMS),
                      .l2 = below(3072),
                      .rows = 1 + below(below(2) ? 5 : 1),
                      .planes = 1 + below(below(2) ? 3 : 1)};
    dma.row_bytes = 1 + below((below(4) ? 300 : 3000) / (dma.rows * dma.planes));
    dma.l2_row = dma.row_bytes + (below(2) ? below(40) : 0);
    dma.l2_plane = dma.rows * dma.l2_row + (below(2) ? below(40) : 0);
    dma.l1_row = dma.row_bytes + below(20);
    dma.l1_plane = dma.rows * dma.l1_row + below(20);
    dma.l1 = place(dma.mem, dma.planes * dma.l1_plane);
    return dma;
}

static npu_insn_t long_vec(void)
{
    npu_insn_t vec = {.op = NPU_OP_FILL, .h = 1, .w = 1, .c = 1 + below(below(4) ? 200 : 4000)};
    vec.dst.addr = place(NPU_MEM_ACT, vec.c);
    if (below(2) == 0) {
        vec.op = NPU_OP_COPY;
        vec.src.addr = place(NPU_MEM_ACT, vec.c);
    }
    return vec;
}

static npu_insn_t long_mac(void)
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

static bool fits(const npu_insn_t *insn)
{
    npu_touch_t touch[NPU_MAX_TOUCHES];
    uint32_t mem, count = npu_touches(insn, touch);
    uint64_t end;
    return npu_touches_inside(touch, count, b.npu.desc.mem_bytes, &mem, &end) &&
           cycles_ref(&b.npu.desc, insn) < 1500;
}

/* Any instruction of the array (two opcodes) or the vector unit that is small and short enough. */
static npu_insn_t random_compute(uint32_t first, uint32_t ops)
{
    npu_insn_t insn = {0};
    for (bool fine = false; !fine; fine = fits(&insn)) {
        insn = random_small_insn(&rng, first + below(ops));
        memset(insn.signal, 0, sizeof(insn.signal));
        insn.src.addr %= 2048;
        insn.src2.addr %= 2048;
        insn.dst.addr %= 2048;
    }
    return insn;
}

static npu_insn_t random_mac(void)
{
    return below(3) == 0 ? long_mac() : random_compute(NPU_OP_CONV, 2);
}

static npu_insn_t random_vec(void)
{
    return below(3) == 0 ? long_vec() : random_compute(NPU_OP_REQUANT, NPU_OPS - NPU_OP_REQUANT);
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
    n->count = 6 + below(NAIVE_INSNS - 6);
    for (uint32_t i = 0; i < n->count; i++) {
        n->insn[i] = i < first ? first_work(i) : random_work();
        n->insn[i].layer = below(NAIVE_LAYERS);
        n->end_of[i] = NAIVE_NEVER;
        if (i >= first)
            random_semaphores(&n->insn[i], balance);
        if (i + 1 == n->count)
            n->insn[i] = (npu_insn_t){.op = NPU_OP_END};
        bench_add(&b, n->insn[i]);
    }
}

static void random_array(npu_desc_t *desc)
{
    desc->mac_kind = below(NPU_ARRAYS);
    desc->mac_rows = 2 + below(31);
    desc->mac_columns = 2 + below(31);
    desc->mac_overlap = below(2);
    desc->mac_taps = 1 + below(12);
    desc->mac_channels = 1 + below(12);
    desc->mac_round_in_c = 1 + below(40);
    desc->conv_permille = 200 + below(801);
    desc->point_permille = 200 + below(801);
    desc->dw_permille = 200 + below(801);
    desc->dw_pixels = 1 + below(8);
    desc->mac_start_cycles = 1 + below(30);
}

static void random_vector(npu_desc_t *desc)
{
    desc->vec_start_cycles = 1 + below(30);
    desc->vec_elements = 16 + below(60);
    desc->vec_pool_taps = 1 + below(6);
    desc->vec_softmax_cycles = 1 + below(4);
    desc->vec_copy_bytes = 16 + below(60);
    desc->vec_transform_bytes = 16 + below(60);
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
    random_array(&desc);
    random_vector(&desc);
    for (uint32_t m = 0; m < NPU_MEMS; m++) {
        desc.mem_bytes[m] = 4096 + below(NAIVE_BYTES - 4096 + 1);
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

/* Of a run to its end: what each instruction did, and what was fetched. */
static void compare_work(uint32_t seed, const npu_perf_t *perf)
{
    uint64_t insns = 0, macs = 0, bytes[NPU_ENGINES] = {0};
    for (uint32_t i = 0; i < naive.count; i++) {
        const npu_insn_t *insn = &naive.insn[i];
        ck_assert(naive.end_of[i] != NAIVE_NEVER);
        insns++;
        macs += naive_macs(insn);
        bytes[npu_op_engine(insn->op)] += naive_dma_bytes(insn);
    }
    expect(seed, "instructions", 0, perf->insns, insns);
    expect(seed, "MACs", 0, perf->macs, macs);
    expect(seed, "written to L2", 0, perf->l2_written, bytes[NPU_ENGINE_STORE]);
    expect(seed, "read from L2", 0, perf->l2_read,
           bytes[NPU_ENGINE_LOAD] + (uint64_t)naive.fetched * NPU_INSN_BYTES);
}

static void compare_layer(uint32_t seed, uint32_t layer)
{
    npu_layer_report_t r;
    naive_layer_t n;
    bool there = npu_layer_report(&b.npu, layer, &r);
    expect(seed, "layer", layer, there, naive_layer(&naive, layer, &n));
    if (!there)
        return;
    expect(seed, "cycles of layer", layer, r.cycles, n.cycles);
    expect(seed, "start of layer", layer, cycle_of(r.start_ps), n.start);
    expect(seed, "end of layer", layer, cycle_of(r.end_ps), n.end);
    expect(seed, "MACs of layer", layer, r.macs, n.macs);
    expect(seed, "L1 bytes of layer", layer, r.l1_bytes, n.l1_bytes);
    expect(seed, "L2 bytes of layer", layer, r.l2_bytes, n.l2_bytes);
    expect(seed, "instructions of layer", layer, r.insns, n.insns);
    npu_engine_t pole = NPU_ENGINE_SEQ; /* the first of the busiest */
    for (npu_engine_t e = NPU_ENGINE_SEQ; e < NPU_ENGINES; e++) {
        expect(seed, "busy in layer", layer, r.busy[e], n.busy[e]);
        pole = n.busy[e] > n.busy[pole] ? e : pole;
    }
    expect(seed, "long pole of layer", layer, r.long_pole, pole);
    for (uint32_t c = 0; c < NPU_CLASSES; c++)
        expect(seed, "class in layer", layer, r.classes[c], n.classes[c]);
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
    for (uint32_t i = 0; i < naive.count; i++)
        expect(seed, "end of instruction", i, ends[i], naive.end_of[i]);
    expect(seed, "cycles", 0, perf->cycles, cycles);
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
    for (uint32_t c = 0; c < NPU_CLASSES; c++)
        expect(seed, "class", c, perf->split[c], naive.split[c]);
    for (uint32_t n = 0; n < NAIVE_LAYERS; n++)
        compare_layer(seed, n);
}

static uint64_t run_machine(const npu_desc_t *desc, uint32_t seed, bool exact, bool make_program)
{
    bench_make(&b, desc);
    sim_set_shuffle(b.sim, seed);
    make_streams();
    b.npu.on_insn = on_insn;
    b.npu.exact = exact;
    b.npu.unchecked = seed % 2 == 0;
    for (uint32_t i = 0; i < NAIVE_INSNS; i++)
        ends[i] = NAIVE_NEVER;
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
    uint64_t cycles = naive_run(&naive);
    compare(seed, cycles);
    bench_free(&b);
    uint64_t exact = run_machine(&desc, seed, true, false);
    compare(seed, cycles);
    expect(seed, "state", 0, exact, fast);
    bench_free(&b);
    return naive.error;
}

/* Instructions that completed: of the array by its kind, overlap and the width of weights, and of
 * each opcode. */
typedef struct {
    uint32_t array[NPU_ARRAYS][2][3], op[NPU_OPS];
} seen_t;

static void look(seen_t *seen)
{
    for (uint32_t i = 0; i < naive.count; i++) {
        const npu_insn_t *insn = &naive.insn[i];
        if (naive.end_of[i] == NAIVE_NEVER)
            continue;
        seen->op[insn->op]++;
        if (npu_op_engine(insn->op) == NPU_ENGINE_MAC)
            seen->array[b.npu.desc.mac_kind][b.npu.desc.mac_overlap][insn->narrow]++;
    }
}

static void check_seen(const seen_t *seen)
{
    for (uint32_t kind = 0; kind < NPU_ARRAYS; kind++)
        for (uint32_t n = 0; n < 2 * 3; n++)
            ck_assert_uint_gt(seen->array[kind][n / 3][n % 3], 20);
    for (uint32_t op = NPU_OP_NOP; op < NPU_OPS; op++)
        if (op != NPU_OP_IRQ)
            ck_assert_uint_gt(seen->op[op], 20);
}

/* Fewer programs differ more: less than their share is asked of them. */
#define LEAST(count) ((count) / (TEST_FEWER * TEST_FEWER))

START_TEST(the_machine_agrees_with_a_model_that_looks_at_every_cycle)
{
    uint32_t ended[NPU_ERRORS] = {0};
    uint64_t split[NPU_CLASSES] = {0}, overlap[NPU_OVERLAPS] = {0};
    seen_t seen = {0};
    for (uint32_t seed = 1; seed <= 320 / TEST_FEWER; seed++) {
        ended[compare_one(seed)]++;
        look(&seen);
        for (uint32_t c = 0; c < NPU_CLASSES; c++)
            split[c] += naive.split[c];
        for (uint32_t who = 0; who < NPU_OVERLAPS; who++)
            overlap[who] += naive.overlap[who];
    }
    if (TEST_FEWER == 1)
        check_seen(&seen); /* every kind of everything */
    ck_assert_uint_gt(ended[NPU_ERROR_NONE], LEAST(100));
    ck_assert_uint_gt(ended[NPU_ERROR_DEADLOCK], LEAST(5));
    ck_assert_uint_gt(ended[NPU_ERROR_HAZARD], LEAST(20));
    ck_assert_uint_gt(ended[NPU_ERROR_UNINIT], LEAST(5));
    for (uint32_t c = 0; c < NPU_CLASSES; c++)
        ck_assert_uint_gt(split[c], LEAST(100));
    for (uint32_t who = 0; who < NPU_OVERLAPS; who++)
        ck_assert_uint_gt(overlap[who], LEAST(100));
}
END_TEST

TEST_MAIN("npu against a naive model", the_machine_agrees_with_a_model_that_looks_at_every_cycle)
