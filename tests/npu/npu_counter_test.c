/*
 * npu_counter_test.c - every counter register against a timeline worked out by hand.
 *
 * The memory (npu_port.h): beats of 64 bytes, bursts of 256, done 3 cycles after the last beat. So
 * n <= 4 instructions arrive in cycle n + 3 and are issued one a cycle from then on; two cycles
 * later they start. Lengths: fill of 640 bytes 16 + 10 = 26, the convolution below 24 + 7 = 31, a
 * DMA of 512 bytes of ACT 8 + 4 + 4 + 3 = 19.
 */
#include "tests/npu/npu_plain.h"
#include "tests/npu/npu_port.h"
#include "tests/test.h"

enum { FILL = 26, CONV = 31, DMA = 19 };

static bench_t b;

/* Operands do not matter here, so hazards are not looked for. All of ACT is one bank. */
static void make(uint32_t ports)
{
    npu_desc_t desc = npu_plain_desc();
    desc.mem_banks[NPU_MEM_ACT] = 1;
    desc.mem_ports[NPU_MEM_ACT] = ports;
    bench_make(&b, &desc);
    b.npu.unchecked = true;
}

static npu_insn_t fill(uint32_t bytes)
{
    return (npu_insn_t){.op = NPU_OP_FILL, .h = 1, .w = 1, .c = bytes};
}

static npu_insn_t conv(void)
{
    return (npu_insn_t){.op = NPU_OP_CONV,
                        .in_h = 1,
                        .in_w = 1,
                        .in_c = 32,
                        .h = 1,
                        .w = 1,
                        .c = 32,
                        .k_h = 1,
                        .k_w = 1,
                        .stride_h = 1,
                        .stride_w = 1,
                        .dil_h = 1,
                        .dil_w = 1};
}

static npu_insn_t dma(npu_op_t op)
{
    return (npu_insn_t){
        .op = op, .mem = NPU_MEM_ACT, .l2 = 4096, .row_bytes = 512, .rows = 1, .planes = 1};
}

static npu_insn_t waiting(npu_insn_t insn)
{
    insn.wait[0].sem = insn.wait[0].count = 1;
    return insn;
}

static npu_insn_t signaling(npu_insn_t insn)
{
    insn.signal[0] = 1;
    return insn;
}

static void run(const npu_insn_t *insn, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        bench_add(&b, insn[i]);
    bench_add(&b, (npu_insn_t){.op = NPU_OP_END});
    bench_run(&b);
    ck_assert_uint_eq(b.npu.status_reg, NPU_STATUS_DONE);
}

typedef struct {
    const char *name; /* without NPU_ */
    uint64_t value;
} expected_t;

static void expect(const expected_t *expected, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        char name[64];
        snprintf(name, sizeof(name), "NPU_%s", expected[i].name);
        uint64_t value = bench_counter(&b, name);
        ck_assert_msg(value == expected[i].value, "%s: %llu, expected %llu", name,
                      (unsigned long long)value, (unsigned long long)expected[i].value);
    }
    bench_free(&b);
}

#define RUN(...)                                                                                   \
    run((const npu_insn_t[]){__VA_ARGS__}, SIM_COUNT(((const npu_insn_t[]){__VA_ARGS__})))
#define EXPECT(...)                                                                                \
    expect((const expected_t[]){__VA_ARGS__}, SIM_COUNT(((const expected_t[]){__VA_ARGS__})))

/* ---- classes ----------------------------------------------------------------------------------
 */

START_TEST(a_load_alone_is_dma)
{
    make(2);
    RUN(dma(NPU_OP_LOAD));
    /* 0..4 fetch, 5..6 issue and decode, 7..25 */
    EXPECT({"CYCLES", 26}, {"CYCLES_FETCH", 5}, {"CYCLES_DEPENDENCY", 2}, {"CYCLES_DMA", DMA},
           {"CYCLES_DRAIN", 0}, {"CYCLES_COMPUTE", 0}, {"CYCLES_BANK", 0}, {"LOAD_BUSY", DMA},
           {"FETCH_STALL", 5}, {"L2_READ", 512 + 2 * 64}, {"L2_WRITTEN", 0}, {"INSNS", 2});
}
END_TEST

START_TEST(a_store_with_nothing_left_to_compute_is_drain)
{
    make(2);
    RUN(dma(NPU_OP_STORE));
    EXPECT({"CYCLES", 26}, {"CYCLES_FETCH", 5}, {"CYCLES_DEPENDENCY", 2}, {"CYCLES_DMA", 0},
           {"CYCLES_DRAIN", DMA}, {"STORE_BUSY", DMA}, {"L2_WRITTEN", 512}, {"L2_READ", 2 * 64});
}
END_TEST

START_TEST(a_store_that_its_own_layer_waits_for_is_dma)
{
    for (uint32_t layer = 0; layer < 2; layer++) {
        npu_insn_t late = waiting(fill(640));
        late.layer = layer;
        make(2);
        RUN(signaling(dma(NPU_OP_STORE)), late);
        /* the store runs from 8 to 27, the fill is queued at 7, starts at 28 */
        EXPECT({"CYCLES", 28 + FILL}, {"CYCLES_FETCH", 6}, {"CYCLES_DEPENDENCY", 2 + 1},
               {"CYCLES_DMA", layer == 0 ? DMA : 0}, {"CYCLES_DRAIN", layer == 0 ? 0 : DMA},
               {"CYCLES_COMPUTE", FILL});
    }
}
END_TEST

START_TEST(a_load_beside_the_last_store_leaves_it_drain)
{
    make(4);
    RUN(dma(NPU_OP_STORE), dma(NPU_OP_LOAD));
    /* the store from 8 to 27, the load from 9 to 28 */
    EXPECT({"CYCLES", 28}, {"CYCLES_DRAIN", DMA}, {"CYCLES_DMA", 1}, {"CYCLES_FETCH", 6},
           {"CYCLES_DEPENDENCY", 2});
}
END_TEST

START_TEST(fetch_counts_as_a_class_only_while_all_engines_are_idle)
{
    const npu_insn_t nop = {.op = NPU_OP_NOP};
    make(2);
    RUN(fill(6400), nop, nop, nop, nop, nop, nop);
    /* 4 instructions at 7, issued until 10; 4 more are asked for at 7 and come at 7 + 4 + 3 = 14:
     * the sequencer waits in 0..6 and 11..13; the fill runs from 9, 16 + 100 cycles */
    EXPECT({"CYCLES", 125}, {"FETCH_STALL", 7 + 3}, {"CYCLES_FETCH", 7}, {"CYCLES_DEPENDENCY", 2},
           {"CYCLES_COMPUTE", 116}, {"VEC_BUSY", 116}, {"INSNS", 8}, {"L2_READ", 8 * 64});
}
END_TEST

/* ---- banks ------------------------------------------------------------------------------------
 */

START_TEST(array_and_vector_unit_take_turns_at_the_last_port)
{
    make(1);
    RUN(fill(640), conv());
    /* The fill has cycle 8 to itself; from 9 on odd cycles are its, even ones the array's: 25 more
     * make it complete at 9 + 2 * 25 - 1 = 58. The array has had 24 by then, and needs 7 more. */
    EXPECT({"CYCLES", 65}, {"VEC_BUSY", 50}, {"MAC_BUSY", 56}, {"VEC_BANK", 24}, {"MAC_BANK", 25},
           {"CYCLES_COMPUTE", 57}, {"CYCLES_BANK", 0}, {"OVERLAP_V", 1}, {"OVERLAP_MV", 49},
           {"OVERLAP_M", 7});
    make(2);
    RUN(fill(640), conv());
    EXPECT({"CYCLES", 9 + CONV}, {"VEC_BUSY", FILL}, {"MAC_BUSY", CONV}, {"VEC_BANK", 0},
           {"MAC_BANK", 0});
}
END_TEST

START_TEST(the_dma_unit_takes_its_port_first)
{
    make(1);
    RUN(dma(NPU_OP_LOAD), fill(640));
    /* the load from 8 to 27; the fill starts at 9 and stands still until 27 */
    EXPECT({"CYCLES", 27 + FILL}, {"LOAD_BUSY", DMA}, {"VEC_BUSY", 18 + FILL}, {"VEC_BANK", 18},
           {"CYCLES_DMA", 1}, {"CYCLES_BANK", 18}, {"CYCLES_COMPUTE", FILL}, {"OVERLAP_LV", 18});
}
END_TEST

START_TEST(load_and_store_share_one_port)
{
    make(2);
    RUN(dma(NPU_OP_LOAD), dma(NPU_OP_STORE), fill(640));
    /* 4 instructions at 7: starts at 9, 10, 11; one port is left for the fill */
    EXPECT({"CYCLES", 11 + FILL}, {"VEC_BANK", 0}, {"CYCLES_BANK", 0});
}
END_TEST

START_TEST(a_bank_is_claimed_from_the_first_to_the_last_byte_of_an_operand)
{
    npu_desc_t desc = npu_plain_desc();
    desc.mem_bytes[NPU_MEM_ACT] = 10000; /* 3 banks: 0..3333, 3334..6667, 6668.. */
    desc.mem_banks[NPU_MEM_ACT] = 3;
    desc.mem_ports[NPU_MEM_ACT] = 1;
    for (uint32_t i = 0; i < 4; i++) {
        static const uint32_t at[] = {6668 - 640, 6669 - 640, 3334 - 640, 9000};
        npu_insn_t write = fill(640);
        npu_insn_t load = {.op = NPU_OP_LOAD, .mem = NPU_MEM_ACT, .l1 = 0, .l1_row = 6668};
        load.rows = 2; /* bytes 0 and 6668: the bank between them is claimed as well */
        load.planes = load.row_bytes = 1;
        load.rows = i == 0 ? 1 : 2;
        write.dst.addr = at[i];
        bench_make(&b, &desc);
        b.npu.unchecked = true;
        RUN(load, write);
        /* one byte: asked for at 16, back at 16 + 1 + 3 = 20; the second a cycle later */
        EXPECT({"VEC_BANK", i == 0 ? 0 : 21 - 9});
    }
}
END_TEST

/* ---- engines ----------------------------------------------------------------------------------
 */

START_TEST(an_engine_waits_from_when_it_could_start)
{
    static const char *const names[] = {"LOAD_WAIT", "STORE_WAIT", "MAC_WAIT", "VEC_WAIT"};
    const npu_insn_t late[] = {dma(NPU_OP_LOAD), dma(NPU_OP_STORE), conv(), fill(64)};
    for (uint32_t e = 0; e < 4; e++) {
        make(4);
        RUN(signaling(e == 3 ? conv() : fill(640)), waiting(late[e]));
        /* the first runs from 8; the second could start at 9 and does a cycle after its signal */
        uint64_t wait = 8 + (e == 3 ? CONV : FILL) + 1 - 9;
        for (uint32_t k = 0; k < 4; k++) {
            char name[64];
            snprintf(name, sizeof(name), "NPU_%s", names[k]);
            ck_assert_uint_eq(bench_counter(&b, name), k == e ? wait : 0);
        }
        EXPECT({"CYCLES_DEPENDENCY", 2 + 1}); /* and the cycle in which the signal is on its way */
    }
}
END_TEST

START_TEST(a_full_queue_stalls_issue)
{
    npu_desc_t desc = npu_plain_desc();
    desc.queue_depth = 1;
    bench_make(&b, &desc);
    RUN(fill(640), fill(640), fill(640));
    /* issued at 7; the second at 10, when the first has started; the third at 36, when the second
     * has, at 35 */
    EXPECT({"ISSUE_STALL", 2 + 25}, {"CYCLES", 9 + 3 * FILL}, {"VEC_BUSY", 3 * FILL});
}
END_TEST

START_TEST(macs_are_those_of_real_channels_and_taps)
{
    npu_insn_t narrow = conv();
    narrow.in_c = 3;
    narrow.c = 5;
    narrow.h = narrow.in_h = 2;
    narrow.dst.row = 128;
    make(2);
    RUN(conv(), narrow);
    EXPECT({"MACS", 32 * 32 + 2 * 3 * 5}, {"INSNS", 3});
}
END_TEST

/* Each set of engines at once, and for each the cycles in which just these are busy. */
START_TEST(overlaps_are_counted_for_every_set_of_engines)
{
    static const char *const names[16] = {"NONE", "L",  "S",  "LS",  "M",  "LM",  "SM",  "LSM",
                                          "V",    "LV", "SV", "LSV", "MV", "LMV", "SMV", "LSMV"};
    static const uint64_t length[4] = {DMA, DMA, CONV, FILL};
    const npu_insn_t work[4] = {dma(NPU_OP_LOAD), dma(NPU_OP_STORE), conv(), fill(640)};
    for (uint32_t set = 1; set < 16; set++) {
        npu_insn_t insn[4];
        uint64_t start[4] = {0}, expected[16] = {0}, end = 0, all = 0;
        uint32_t count = 0;
        for (uint32_t e = 0; e < 4; e++)
            if ((set >> e & 1) != 0)
                insn[count++] = work[e];
        uint64_t arrival = count < 4 ? count + 1 + 3 : 4 + 3;
        for (uint32_t e = 0, i = 0; e < 4; e++)
            if ((set >> e & 1) != 0) {
                start[e] = arrival + 2 + i++;
                end = start[e] + length[e] > end ? start[e] + length[e] : end;
            }
        for (uint64_t cycle = 0; cycle < end; cycle++) {
            uint32_t who = 0;
            for (uint32_t e = 0; e < 4; e++)
                if ((set >> e & 1) != 0 && cycle >= start[e] && cycle < start[e] + length[e])
                    who |= 1u << e;
            expected[who]++;
        }
        make(4);
        run(insn, count);
        for (uint32_t who = 0; who < 16; who++) {
            char name[64];
            snprintf(name, sizeof(name), "NPU_OVERLAP_%s", names[who]);
            uint64_t value = bench_counter(&b, name);
            ck_assert_msg(value == expected[who], "set %x: %s", set, name);
            all += value;
        }
        ck_assert_uint_gt(expected[set], 0);
        ck_assert_uint_eq(all, end);
        EXPECT({"CYCLES", end});
    }
}
END_TEST

START_TEST(every_counter_has_a_register_and_the_classes_and_overlaps_partition_the_run)
{
    make(1);
    RUN(signaling(dma(NPU_OP_LOAD)), waiting(conv()), fill(640), dma(NPU_OP_STORE));
    uint64_t split = 0, overlap = 0;
    uint32_t registers = 0, at[2] = {0};
    for (const sim_reg_t *r = b.npu.comp.kind->regs; r->name != NULL; r++) {
        size_t length = strlen(r->name);
        if (strcmp(r->name + length - 3, "_LO") != 0)
            continue;
        char name[64];
        snprintf(name, sizeof(name), "%.*s", (int)length - 3, r->name);
        uint64_t value = bench_counter(&b, name);
        at[registers == 0 ? 0 : 1] = r->addr;
        registers++;
        split += strncmp(name, "NPU_CYCLES_", 11) == 0 ? value : 0;
        overlap += strncmp(name, "NPU_OVERLAP_", 12) == 0 ? value : 0;
        ck_assert_uint_gt(strlen(r->help), 10);
    }
    ck_assert_uint_eq(registers, NPU_COUNTERS);
    ck_assert_uint_eq(at[1] - at[0], 8 * (NPU_COUNTERS - 1)); /* one after the other */
    ck_assert_uint_eq(split, bench_counter(&b, "NPU_CYCLES"));
    ck_assert_uint_eq(overlap, bench_counter(&b, "NPU_CYCLES"));
    bench_free(&b);
}
END_TEST

static uint64_t stat(const char *name)
{
    sim_tally(b.sim);
    for (const sim_stat_t *s = b.npu.comp.kind->stats; s->name != NULL; s++)
        if (strcmp(s->name, name) == 0)
            return sim_stat_value(&b.npu.comp, s, 0);
    ck_abort_msg("no statistic %s", name);
    return 0;
}

/* The second run is shorter: registers show it alone, statistics both. Of each counter that moves
 * one, and of classes and overlaps all. */
START_TEST(statistics_add_up_over_runs)
{
    static const char *const names[][2] = {{"cycles", "NPU_CYCLES"},
                                           {"load_busy", "NPU_LOAD_BUSY"},
                                           {"mac_busy", "NPU_MAC_BUSY"},
                                           {"l2_read", "NPU_L2_READ"},
                                           {"insns", "NPU_INSNS"}};
    uint64_t first[SIM_COUNT(names)], classes = 0;
    make(4); /* ports: nobody waits for one */
    RUN(signaling(dma(NPU_OP_LOAD)), waiting(conv()), fill(640), dma(NPU_OP_STORE));
    for (size_t i = 0; i < SIM_COUNT(names); i++)
        first[i] = bench_counter(&b, names[i][1]);
    bench_write(&b, "NPU_PROG_ADDR", FAKE_BASE + b.prog.meta.insn_l2 + 2 * NPU_INSN_BYTES);
    bench_write(&b, "NPU_PROG_COUNT", 3); /* without load and convolution */
    bench_write(&b, "NPU_CTRL", b.npu.ctrl_reg | NPU_CTRL_START);
    bench_wait(&b);
    for (size_t i = 0; i < SIM_COUNT(names); i++)
        ck_assert_uint_eq(stat(names[i][0]), first[i] + bench_counter(&b, names[i][1]));
    ck_assert_uint_eq(stat("mac_busy"), CONV);
    for (uint32_t c = 0; c < NPU_CLASSES; c++)
        classes += b.npu.total.split[c];
    ck_assert_uint_eq(classes, stat("cycles"));
    for (uint32_t who = 0; who < NPU_OVERLAPS; who++)
        classes -= b.npu.total.overlap[who];
    ck_assert_uint_eq(classes, 0);
    bench_free(&b);
}
END_TEST

/* Operands: the convolution 32 bytes of ACT, 32 x 32 of WGT and 32 accumulators of 4 bytes. */
START_TEST(work_is_counted_by_kind)
{
    npu_insn_t weights = dma(NPU_OP_LOAD), depthwise = conv(), narrow4 = conv(), narrow2 = conv();
    weights.mem = NPU_MEM_WGT;
    depthwise.op = NPU_OP_DWCONV;
    narrow4.narrow = 1;
    narrow2.narrow = 2;
    make(4);
    RUN(dma(NPU_OP_LOAD), weights, conv(), depthwise, narrow4, narrow2, fill(640),
        dma(NPU_OP_STORE));
    ck_assert_uint_eq(stat("conv_macs"), 32 * 32);
    ck_assert_uint_eq(stat("depthwise_macs"), 32);
    ck_assert_uint_eq(stat("narrow4_macs"), 32 * 32);
    ck_assert_uint_eq(stat("narrow2_macs"), 32 * 32);
    ck_assert_uint_eq(stat("macs"), 3 * 32 * 32 + 32);
    /* 24 + 4 steps / 0.6, 24 + 1 / 0.6; one of 8 bits is two of 4 and four of 2 */
    ck_assert_uint_eq(stat("idle_macs"), (31 + 26 + 31 + 31) * 2304 - (1024 + 32 + 512 + 256));
    ck_assert_uint_eq(stat("vector_moves"), 640);
    ck_assert_uint_eq(stat("vector_ops"), 0);
    ck_assert_uint_eq(stat("activation_bytes"), 512);
    ck_assert_uint_eq(stat("weight_bytes"), 512);
    ck_assert_uint_eq(stat("insn_bytes"), 9 * 64);
    ck_assert_uint_eq(stat("l1_read"), (32 + 1024) + (32 + 32) + (32 + 512) + (32 + 256) + 512);
    ck_assert_uint_eq(stat("l1_written"), 2 * 512 + 4 * 128 + 640);
    bench_free(&b);
}
END_TEST

/* 7 x 5 results of 3 x 2 taps. */
START_TEST(pooling_counts_its_taps)
{
    npu_insn_t pool = {.op = NPU_OP_MAXPOOL, .in_h = 9, .in_w = 6, .h = 7, .w = 5, .c = 40};
    pool.k_h = 3;
    pool.k_w = 2;
    pool.stride_h = pool.stride_w = pool.dil_h = pool.dil_w = 1;
    pool.src = (npu_tile_t){0, 240, 40};
    pool.dst = (npu_tile_t){4096, 200, 40};
    make(4);
    RUN(pool);
    ck_assert_uint_eq(stat("vector_ops"), 7 * 5 * 40 * 6);
    ck_assert_uint_eq(stat("l1_read"), 9 * 6 * 40);
    ck_assert_uint_eq(stat("l1_written"), 7 * 5 * 40);
    bench_free(&b);
}
END_TEST

START_TEST(counters_are_true_in_the_middle_of_a_run)
{
    make(4);
    bench_add(&b, dma(NPU_OP_LOAD));
    bench_add(&b, (npu_insn_t){.op = NPU_OP_END});
    bench_start(&b);
    uint64_t hz = b.npu.desc.clk_hz;
    for (uint64_t cycle = 0; cycle <= 26; cycle++) { /* of which 7..25 have the load */
        sim_run_until_ps(b.sim, sim_edge_ps(b.npu.start_cycle + cycle, hz));
        ck_assert_uint_eq(stat("cycles"), cycle);
        ck_assert_uint_eq(stat("load_busy"), cycle > 7 ? cycle - 7 : 0);
    }
    ck_assert_uint_eq(stat("runs"), 1);
    sim_run_until_ps(b.sim, sim_edge_ps(b.npu.start_cycle + 100, hz));
    ck_assert_uint_eq(stat("cycles"), 26);
    bench_free(&b);
}
END_TEST

TEST_MAIN("npu counters", a_load_alone_is_dma, a_store_with_nothing_left_to_compute_is_drain,
          a_store_that_its_own_layer_waits_for_is_dma, a_load_beside_the_last_store_leaves_it_drain,
          fetch_counts_as_a_class_only_while_all_engines_are_idle,
          array_and_vector_unit_take_turns_at_the_last_port, the_dma_unit_takes_its_port_first,
          load_and_store_share_one_port,
          a_bank_is_claimed_from_the_first_to_the_last_byte_of_an_operand,
          an_engine_waits_from_when_it_could_start, a_full_queue_stalls_issue,
          macs_are_those_of_real_channels_and_taps, overlaps_are_counted_for_every_set_of_engines,
          every_counter_has_a_register_and_the_classes_and_overlaps_partition_the_run,
          statistics_add_up_over_runs, work_is_counted_by_kind, pooling_counts_its_taps,
          counters_are_true_in_the_middle_of_a_run)
