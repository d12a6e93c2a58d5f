/*
 * npu_late_test.c - two machines run one random program, one with a memory that says when somebody
 * looks, one with a memory that does not, where nothing can be put off. Whoever looks, at any time,
 * sees the same bytes.
 */
#include "tests/npu/npu_port.h"
#include "tests/npu/npu_random.h"
#include "tests/test.h"

#define ROOM 0x8000u  /* of each memory of L1, and of the two places in L2 that chains use */
#define CODE 0x80000u /* the program in L2, see bench_start */

static bench_t late, now;
static sim_stream_t rng;

static uint32_t below(uint32_t n)
{
    return sim_stream_below(&rng, n);
}

static void add(npu_insn_t insn)
{
    bench_add(&late, insn);
    bench_add(&now, insn);
}

/* Tiles that follow each other closely, and over each other: what later ones overwrite is of use
 * to nobody. */
typedef struct {
    uint32_t h, w, c, act, acc, l2;
} tile_t;

static npu_insn_t dma_of(npu_op_t op, const tile_t *t, uint32_t l1, uint32_t l2)
{
    const uint32_t gap = 32 * below(3);
    npu_insn_t dma = {.op = op, .mem = NPU_MEM_ACT, .l1 = l1, .l2 = l2, .row_bytes = t->c};
    dma.rows = t->w;
    dma.planes = t->h;
    dma.l1_row = t->c;
    dma.l1_plane = t->w * t->c;
    dma.l2_row = t->c + gap;
    dma.l2_plane = t->w * dma.l2_row + (below(3) == 0 ? 64 : 0);
    if (below(4) == 0 && dma.rows > 1)
        dma.rows--; /* the last column stays as it was */
    if (below(4) == 0)
        dma.row_bytes -= 16;
    return dma;
}

/* LOAD, CONV or DWCONV, REQUANT, STORE. */
static void add_chain(void)
{
    tile_t t = {1 + below(4), 1 + below(6), 32 * (1 + below(3)), 0, 0, 0};
    const uint32_t from = 64 * below(64), to = ROOM / 2 + 64 * below(64);
    npu_insn_t weights = {.op = NPU_OP_LOAD, .mem = below(2) ? NPU_MEM_WGT : NPU_MEM_PAR};
    weights.l1 = 64 * below(8);
    weights.l2 = 64 * below(256);
    weights.row_bytes = ROOM / 2;
    weights.rows = weights.planes = 1;
    if (below(3) == 0)
        add(weights);
    add(dma_of(NPU_OP_LOAD, &t, from, 64 * below(256)));
    npu_insn_t mac = {.op = below(2) ? NPU_OP_CONV : NPU_OP_DWCONV, .h = t.h, .w = t.w, .c = t.c};
    mac.src = (npu_tile_t){from, t.w * t.c, t.c};
    mac.dst = (npu_tile_t){64 * below(32), 4 * t.w * t.c, 4 * t.c};
    mac.in_h = t.h;
    mac.in_w = t.w;
    mac.in_c = t.c;
    mac.k_h = mac.k_w = mac.stride_h = mac.stride_w = mac.dil_h = mac.dil_w = 1;
    mac.wgt = 64 * below(16);
    mac.in_zp = -128;
    mac.flags = below(6) == 0 ? NPU_FLAG_ACCUMULATE : 0;
    add(mac);
    npu_insn_t requant = {
        .op = NPU_OP_REQUANT, .h = t.h, .w = t.w, .c = t.c, .par = 64 * below(16)};
    requant.src = mac.dst;
    requant.dst = (npu_tile_t){to, t.w * t.c, t.c};
    requant.out_min = -128;
    requant.out_max = 127;
    add(requant);
    add(dma_of(NPU_OP_STORE, &t, to, below(4) == 0 ? 64 * below(256) : ROOM + 64 * below(256)));
}

static void add_any(void)
{
    npu_insn_t insn = random_small_insn(&rng, NPU_OP_LOAD + below(NPU_OPS - NPU_OP_LOAD));
    insn.signal[0] = insn.signal[1] = 0;
    insn.packed = 0;
    if (insn.op == NPU_OP_STORE && insn.l2 + insn.planes * insn.l2_plane >= CODE)
        insn.l2 = insn.l2_plane = insn.l2_row = 0;
    add(insn);
}

static void make(void)
{
    npu_desc_t desc = npu_desc_default();
    bench_make(&late, &desc);
    bench_make(&now, &desc);
    now.npu.load.port.watch = now.npu.store.port.watch = NULL;
    late.npu.unchecked = now.npu.unchecked = true; /* nothing waits: what counts is what happened */
    for (uint32_t i = 0; i < late.mem.size; i++)
        late.mem.bytes[i] = now.mem.bytes[i] = (uint8_t)below(256);
    for (uint32_t i = 20 + below(100); i > 0; i--) {
        if (below(8) == 0)
            add((npu_insn_t){.op = NPU_OP_BARRIER});
        if (below(5) == 0)
            add_any();
        else
            add_chain();
    }
    add((npu_insn_t){.op = NPU_OP_END});
}

static void both_peek(uint32_t at, uint32_t bytes)
{
    static uint8_t a[1 << 20], b[1 << 20];
    ck_assert(sim_mem_peek(&late.npu.fetch, FAKE_BASE + at, a, bytes));
    ck_assert(sim_mem_peek(&now.npu.fetch, FAKE_BASE + at, b, bytes));
    ck_assert_mem_eq(a, b, bytes);
}

static void both_poke(uint32_t at, uint32_t bytes)
{
    uint8_t noise[512];
    for (uint32_t i = 0; i < bytes; i++)
        noise[i] = (uint8_t)below(256);
    sim_mem_poke(&late.npu.fetch, FAKE_BASE + at, noise, bytes);
    sim_mem_poke(&now.npu.fetch, FAKE_BASE + at, noise, bytes);
}

static void both_l1(void)
{
    for (npu_mem_t m = 0; m < NPU_MEMS; m++)
        ck_assert_mem_eq(npu_l1_bytes(&late.npu, m), npu_l1_bytes(&now.npu, m),
                         late.npu.desc.mem_bytes[m]);
}

static void look(void)
{
    const uint32_t at = below(2 * ROOM), bytes = 1 + below(512);
    switch (below(8)) {
    case 0:
        both_l1();
        break;
    case 1:
        ck_assert_uint_eq(sim_state_hash(late.sim), sim_state_hash(now.sim));
        break;
    case 2:
    case 3:
        both_poke(at, bytes);
        break;
    default:
        both_peek(at, bytes);
    }
}

static void compare_one(uint32_t seed)
{
    rng = sim_stream(seed, 23, 0);
    make();
    bench_start(&late);
    bench_start(&now);
    const uint32_t often = 500 + below(100000);
    while (late.npu.running) {
        const uint64_t at_ps = sim_now_ps(late.sim) + UINT64_C(1000) * below(2 * often);
        sim_run_until_ps(late.sim, at_ps);
        sim_run_until_ps(now.sim, at_ps);
        look();
    }
    ck_assert(!now.npu.running);
    ck_assert_uint_eq(late.npu.error_reg, 0);
    ck_assert_mem_eq(late.mem.bytes, now.mem.bytes, late.mem.size); /* as the run left them */
    both_l1();
    bench_free(&late);
    bench_free(&now);
}

START_TEST(whoever_looks_sees_what_instructions_did)
{
    for (uint32_t seed = 1; seed <= 100 / TEST_FEWER; seed++)
        compare_one(seed);
}
END_TEST

TEST_MAIN("npu, bytes later", whoever_looks_sees_what_instructions_did)
