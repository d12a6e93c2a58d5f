/*
 * npu_test.c - the machine: timing by hand, order, semaphores, errors, registers, accounts.
 *
 * The memory (npu_port.h): beats of 64 bytes, bursts of 256, done 3 cycles after the last beat.
 * Defaults: decode 2 cycles, DMA start 8, vector start 16, MAC start 24.
 */
#include "tests/npu/npu_plain.h"
#include "tests/npu/npu_port.h"
#include "tests/test.h"

static bench_t b;

typedef struct {
    uint32_t index[64];
    uint64_t cycle[64]; /* since the start of the run */
    uint32_t count;
} events_t;

static events_t events;

static void on_insn(void *ctx, uint32_t index)
{
    (void)ctx;
    uint64_t now = sim_cycles_at(sim_now_ps(b.sim), b.npu.desc.clk_hz);
    if (events.count < 64) {
        events.index[events.count] = index;
        events.cycle[events.count++] = now - b.npu.start_cycle;
    }
}

static void make(void)
{
    npu_desc_t desc = npu_plain_desc();
    bench_make(&b, &desc);
    events.count = 0;
    b.npu.on_insn = on_insn;
}

/* For programs whose operands do not matter: no checks of hazards. */
static void make_unchecked(void)
{
    make();
    b.npu.unchecked = true;
}

static uint64_t end_of(uint32_t index)
{
    for (uint32_t i = 0; i < events.count; i++)
        if (events.index[i] == index)
            return events.cycle[i];
    ck_abort_msg("instruction %u did not complete", index);
    return 0;
}

static npu_insn_t end_insn(void)
{
    return (npu_insn_t){.op = NPU_OP_END};
}

static npu_insn_t fill_insn(uint32_t addr, uint32_t bytes, int32_t value)
{
    return (npu_insn_t){
        .op = NPU_OP_FILL, .h = 1, .w = 1, .c = bytes, .dst = {addr, 0, 0}, .value = value};
}

static npu_insn_t dma_insn(npu_op_t op, npu_mem_t mem, uint32_t l1, uint32_t l2, uint32_t bytes)
{
    return (npu_insn_t){
        .op = op, .mem = mem, .l1 = l1, .l2 = l2, .row_bytes = bytes, .rows = 1, .planes = 1};
}

/* A 1 x 1 convolution of one pixel, 32 channels in and out: 4 steps at 0.6 = 7, and 24: 31. */
static npu_insn_t small_conv(void)
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

/* ---- timing -------------------------------------------------------------------------------------
 */

START_TEST(cycles_of_single_instructions_follow_from_their_geometry)
{
    const npu_desc_t d = npu_plain_desc();
    npu_insn_t conv = {
        .op = NPU_OP_CONV, .h = 16, .w = 16, .c = 32, .in_c = 32, .k_h = 3, .k_w = 3};
    /* 1 block, 32/8 channel steps, 9 taps at once, 256 pixels: 1024 / 0.6 = 1706.7, and 24 */
    ck_assert_uint_eq(npu_insn_cycles(&d, &conv), 1707 + 24);
    ck_assert_uint_eq(npu_insn_macs(&conv), 256u * 32 * 32 * 9);
    conv.in_c = 3; /* rounded to 32: the same */
    ck_assert_uint_eq(npu_insn_cycles(&d, &conv), 1707 + 24);
    ck_assert_uint_eq(npu_insn_macs(&conv), 256u * 32 * 3 * 9);
    conv.k_h = conv.k_w = 5; /* 25 taps: 3 steps */
    ck_assert_uint_eq(npu_insn_cycles(&d, &conv), 5120 + 24);
    /* 1 x 1: 9 pixels at once: 16 blocks * 64 * ceil(196 / 9) = 22528, / 0.6 = 37546.7 */
    npu_insn_t one = {
        .op = NPU_OP_CONV, .h = 14, .w = 14, .c = 512, .in_c = 512, .k_h = 1, .k_w = 1};
    ck_assert_uint_eq(npu_insn_cycles(&d, &one), 37547 + 24);
    /* 2 x 2: two pixels side by side: 4 * ceil(9 / 2) = 20, / 0.6 = 33.3 */
    npu_insn_t two = {.op = NPU_OP_CONV, .h = 3, .w = 3, .c = 20, .in_c = 20, .k_h = 2, .k_w = 2};
    ck_assert_uint_eq(npu_insn_cycles(&d, &two), 34 + 24);
    npu_insn_t dw = {
        .op = NPU_OP_DWCONV, .h = 14, .w = 14, .c = 512, .in_c = 512, .k_h = 3, .k_w = 3};
    /* 16 blocks, 196 pixels: 3136 / 0.6 = 5226.7 */
    ck_assert_uint_eq(npu_insn_cycles(&d, &dw), 5227 + 24);
    ck_assert_uint_eq(npu_insn_macs(&dw), 196u * 512 * 9);
    npu_desc_t wide = d;
    wide.dw_pixels = 8; /* ceil(196 / 8) = 25: 400 / 0.6 = 666.7 */
    ck_assert_uint_eq(npu_insn_cycles(&wide, &dw), 667 + 24);
    npu_insn_t requant = {.op = NPU_OP_REQUANT, .h = 4, .w = 4, .c = 33};
    ck_assert_uint_eq(npu_insn_cycles(&d, &requant), 16 + 32); /* 2 blocks of 16 pixels */
    npu_insn_t pool = {.op = NPU_OP_AVGPOOL, .h = 1, .w = 1, .c = 64, .k_h = 7, .k_w = 7};
    ck_assert_uint_eq(npu_insn_cycles(&d, &pool), 16 + 98);
    npu_insn_t resize = {.op = NPU_OP_RESIZE, .h = 2, .w = 5, .c = 33, .k_h = 2, .k_w = 2};
    ck_assert_uint_eq(npu_insn_cycles(&d, &resize), 16 + 80); /* 2 blocks, 10 pixels, 4 taps */
    npu_insn_t soft = {.op = NPU_OP_SOFTMAX, .h = 1, .w = 1, .c = 10};
    ck_assert_uint_eq(npu_insn_cycles(&d, &soft), 16 + 40);
    npu_insn_t load = {.op = NPU_OP_LOAD,
                       .mem = NPU_MEM_WGT,
                       .row_bytes = 100,
                       .rows = 3,
                       .planes = 2,
                       .l2_row = 200};
    ck_assert_uint_eq(npu_insn_cycles(&d, &load), 8 + 6 * 9); /* 6 rows of ceil(100 / 12) */
    load.l2_row = 100;
    ck_assert_uint_eq(npu_insn_cycles(&d, &load), 8 + 2 * 25); /* 2 planes of ceil(300 / 12) */
}
END_TEST

START_TEST(an_empty_program_takes_one_fetch)
{
    make();
    bench_add(&b, end_insn());
    bench_run(&b);
    /* requested in the first cycle, one beat, 3 cycles */
    ck_assert_uint_eq(bench_counter(&b, "NPU_CYCLES"), 4);
    ck_assert_uint_eq(bench_counter(&b, "NPU_FETCH_STALL"), 4);
    ck_assert_uint_eq(bench_counter(&b, "NPU_L2_READ"), 64);
    ck_assert_uint_eq(bench_counter(&b, "NPU_INSNS"), 1);
    ck_assert_uint_eq(b.npu.status_reg, NPU_STATUS_DONE);
    bench_free(&b);
}
END_TEST

START_TEST(a_fill_takes_fetch_decode_and_its_own_cycles)
{
    make();
    bench_add(&b, fill_insn(0, 64, 7));
    bench_add(&b, end_insn());
    bench_run(&b);
    /* fetch of 128 bytes: 2 + 3 = 5; decode 2: starts at 7; 16 + 1 cycles: 24; end the same cycle
     */
    ck_assert_uint_eq(end_of(0), 24);
    ck_assert_uint_eq(end_of(1), 24);
    ck_assert_uint_eq(bench_counter(&b, "NPU_CYCLES"), 24);
    ck_assert_uint_eq(bench_counter(&b, "NPU_VEC_BUSY"), 17);
    for (uint32_t i = 0; i < 64; i++)
        ck_assert_int_eq(npu_l1_bytes(&b.npu, NPU_MEM_ACT)[i], 7);
    ck_assert_int_eq(npu_l1_bytes(&b.npu, NPU_MEM_ACT)[64], 0);
    bench_free(&b);
}
END_TEST

START_TEST(a_load_of_activations_runs_at_the_pace_of_memory)
{
    make();
    for (uint32_t i = 0; i < 512; i++)
        b.mem.bytes[4096 + i] = (uint8_t)(i * 3);
    bench_add(&b, dma_insn(NPU_OP_LOAD, NPU_MEM_ACT, 128, 4096, 512));
    bench_add(&b, end_insn());
    bench_run(&b);
    /* starts at 7; bursts asked for at 15 and 19; the second is done at 19 + 4 + 3 */
    ck_assert_uint_eq(end_of(0), 26);
    ck_assert_uint_eq(bench_counter(&b, "NPU_LOAD_BUSY"), 19);
    ck_assert_uint_eq(bench_counter(&b, "NPU_L2_READ"), 512 + 128);
    ck_assert_mem_eq(npu_l1_bytes(&b.npu, NPU_MEM_ACT) + 128, b.mem.bytes + 4096, 512);
    bench_free(&b);
}
END_TEST

START_TEST(a_load_of_weights_runs_at_the_pace_of_its_channel)
{
    make();
    bench_add(&b, dma_insn(NPU_OP_LOAD, NPU_MEM_WGT, 0, 4096, 512));
    bench_add(&b, end_insn());
    bench_run(&b);
    /* starts at 7, first request at 15; 256 bytes at 12 a cycle are 22 cycles: until 15 + 44 */
    ck_assert_uint_eq(end_of(0), 59);
    bench_free(&b);
}
END_TEST

START_TEST(a_load_across_a_burst_boundary_takes_two_bursts)
{
    make();
    uint64_t before = b.mem.requests;
    bench_add(&b, dma_insn(NPU_OP_LOAD, NPU_MEM_ACT, 0, 4096 + 250, 10));
    bench_add(&b, end_insn());
    bench_run(&b);
    ck_assert_uint_eq(b.mem.requests - before, 3); /* one fetch, 6 bytes, 4 bytes */
    /* asked for at 15 and 16, a beat each */
    ck_assert_uint_eq(end_of(0), 16 + 1 + 3);
    bench_free(&b);
}
END_TEST

START_TEST(no_more_bursts_are_outstanding_than_the_chip_allows)
{
    npu_desc_t desc = npu_plain_desc();
    desc.dma_bursts = 1;
    bench_make(&b, &desc);
    events.count = 0;
    b.npu.on_insn = on_insn;
    bench_add(&b, dma_insn(NPU_OP_LOAD, NPU_MEM_ACT, 0, 4096, 512));
    bench_add(&b, end_insn());
    bench_run(&b);
    /* the first is done at 15 + 7 = 22; only then comes the second */
    ck_assert_uint_eq(end_of(0), 22 + 7);
    bench_free(&b);
}
END_TEST

START_TEST(strided_rows_and_planes_land_where_the_strides_say)
{
    make();
    for (uint32_t i = 0; i < 4096; i++)
        b.mem.bytes[i + 8192] = (uint8_t)(i ^ (i >> 8));
    npu_insn_t load = {.op = NPU_OP_LOAD,
                       .mem = NPU_MEM_ACT,
                       .l1 = 5,
                       .l1_row = 40,
                       .l1_plane = 200,
                       .l2 = 8192,
                       .l2_row = 100,
                       .l2_plane = 1000,
                       .row_bytes = 30,
                       .rows = 4,
                       .planes = 3,
                       .signal = {1}};
    bench_add(&b, load);
    npu_insn_t store = {.op = NPU_OP_STORE,
                        .mem = NPU_MEM_ACT,
                        .l1 = 5,
                        .l1_row = 40,
                        .l1_plane = 200,
                        .l2 = 65536,
                        .l2_row = 30,
                        .l2_plane = 120,
                        .row_bytes = 30,
                        .rows = 4,
                        .planes = 3,
                        .wait = {{1, 1}}};
    bench_add(&b, store);
    bench_add(&b, end_insn());
    bench_run(&b);
    for (uint32_t p = 0; p < 3; p++)
        for (uint32_t r = 0; r < 4; r++)
            ck_assert_mem_eq(b.mem.bytes + 65536 + 120 * p + 30 * r,
                             b.mem.bytes + 8192 + 1000 * p + 100 * r, 30);
    ck_assert_uint_eq(bench_counter(&b, "NPU_L2_WRITTEN"), 360);
    bench_free(&b);
}
END_TEST

/* ---- order --------------------------------------------------------------------------------------
 */

START_TEST(engines_run_at_the_same_time)
{
    make_unchecked();
    bench_add(&b, fill_insn(0, 640, 1)); /* 16 + 10 */
    bench_add(&b, small_conv());
    bench_add(&b, end_insn());
    bench_run(&b);
    /* fetch 3 + 3 = 6; issued at 6 and 7, started at 8 and 9 */
    ck_assert_uint_eq(end_of(0), 8 + 26);
    ck_assert_uint_eq(end_of(1), 9 + 31);
    ck_assert_uint_eq(b.npu.perf.overlap[0x4 | 0x8], 25);
    bench_free(&b);
}
END_TEST

START_TEST(one_engine_runs_in_order_back_to_back)
{
    make();
    bench_add(&b, fill_insn(0, 640, 1));
    bench_add(&b, fill_insn(0, 64, 2));
    bench_add(&b, end_insn());
    bench_run(&b);
    ck_assert_uint_eq(end_of(0), 8 + 26);
    ck_assert_uint_eq(end_of(1), 8 + 26 + 17);
    ck_assert_int_eq(npu_l1_bytes(&b.npu, NPU_MEM_ACT)[0], 2);
    ck_assert_int_eq(npu_l1_bytes(&b.npu, NPU_MEM_ACT)[100], 1);
    bench_free(&b);
}
END_TEST

START_TEST(a_waiting_instruction_starts_one_cycle_after_the_signal)
{
    make_unchecked();
    npu_insn_t fill = fill_insn(0, 640, 1), conv = small_conv();
    fill.signal[0] = 9;
    conv.wait[0].sem = 9;
    conv.wait[0].count = 1;
    bench_add(&b, fill);
    bench_add(&b, conv);
    bench_add(&b, end_insn());
    bench_run(&b);
    ck_assert_uint_eq(end_of(1), 8 + 26 + 1 + 31);
    /* the array's instruction could start at 9 and did at 35 */
    ck_assert_uint_eq(bench_counter(&b, "NPU_MAC_WAIT"), 26);
    ck_assert_uint_eq(b.npu.sem[9], 0);
    bench_free(&b);
}
END_TEST

START_TEST(a_wait_for_two_takes_two_signals_and_both_semaphores)
{
    make_unchecked();
    npu_insn_t fill = fill_insn(0, 640, 1), nop = {.op = NPU_OP_NOP, .signal = {4}};
    npu_insn_t conv = small_conv();
    fill.signal[0] = 3;
    fill.signal[1] = 3; /* the same twice */
    conv.wait[0].sem = 3;
    conv.wait[0].count = 2;
    conv.wait[1].sem = 4;
    conv.wait[1].count = 1;
    bench_add(&b, conv);
    bench_add(&b, fill);
    bench_add(&b, nop);
    bench_add(&b, end_insn());
    bench_run(&b);
    /* 4 instructions arrive at 7; the fill is issued at 8, starts at 10, ends at 36 */
    ck_assert_uint_eq(end_of(1), 36);
    ck_assert_uint_eq(end_of(0), 37 + 31);
    bench_free(&b);
}
END_TEST

START_TEST(of_two_engines_the_one_earlier_in_the_list_takes_the_semaphore)
{
    make_unchecked();
    npu_insn_t vec = fill_insn(0, 64, 1), mac = small_conv();
    npu_insn_t nop = {.op = NPU_OP_NOP, .signal = {1}}, again = nop;
    vec.wait[0].sem = mac.wait[0].sem = 1;
    vec.wait[0].count = mac.wait[0].count = 1;
    vec.signal[0] = mac.signal[0] = 2;
    again.wait[0].sem = 2; /* the second signal comes when the first user is done */
    again.wait[0].count = 1;
    bench_add(&b, vec); /* first in the program, but mac is before vec in order */
    bench_add(&b, mac);
    bench_add(&b, (npu_insn_t){.op = NPU_OP_NOP});
    bench_add(&b, (npu_insn_t){.op = NPU_OP_NOP});
    bench_add(&b, nop);
    bench_add(&b, again);
    bench_add(&b, end_insn());
    bench_run(&b);
    ck_assert_uint_lt(end_of(1), end_of(0));
    bench_free(&b);
}
END_TEST

START_TEST(a_full_queue_stops_issue_for_all_engines)
{
    npu_desc_t desc = npu_plain_desc();
    desc.queue_depth = 1;
    bench_make(&b, &desc);
    events.count = 0;
    b.npu.on_insn = on_insn;
    b.npu.unchecked = true;
    bench_add(&b, fill_insn(0, 640, 1));
    bench_add(&b, fill_insn(0, 640, 2));
    bench_add(&b, fill_insn(0, 640, 3));
    bench_add(&b, small_conv());
    bench_run(&b);
    ck_assert_uint_eq(b.npu.error_reg >> 24, NPU_ERROR_NO_END);
    events.count = 0;
    bench_add(&b, end_insn());
    bench_run(&b);
    /* first four arrive at 7; issued at 7, its place is free from 10 on: second at 10, third when
     * the second has started, after 9 + 26 = 35: 36; the convolution at 37, starts at 39 */
    ck_assert_uint_eq(end_of(0), 35);
    ck_assert_uint_eq(end_of(3), 39 + 31);
    /* between 8 and 10, and from 11 to 36 */
    ck_assert_uint_eq(bench_counter(&b, "NPU_ISSUE_STALL"), 2 + 25);
    bench_free(&b);
}
END_TEST

START_TEST(barrier_holds_what_follows_until_all_is_quiet)
{
    make_unchecked();
    bench_add(&b, fill_insn(0, 640, 1));
    bench_add(&b, (npu_insn_t){.op = NPU_OP_BARRIER});
    bench_add(&b, small_conv());
    bench_add(&b, end_insn());
    bench_run(&b);
    /* fetch 7; the fill starts at 9, ends at 35; the convolution is issued at 36, starts at 38 */
    ck_assert_uint_eq(end_of(1), 35);
    ck_assert_uint_eq(end_of(2), 38 + 31);
    bench_free(&b);
}
END_TEST

/* ---- a small network ----------------------------------------------------------------------------
 */

/* 1 x 1 convolution 2 -> 3 channels over 2 pixels, worked out by hand. */
static void add_network(void)
{
    static const int8_t input[2][2] = {{10, -20}, {127, -128}};
    static const int8_t weights[3][2] = {{1, 2}, {-3, 4}, {127, -128}};
    int32_t params[96] = {0};
    memcpy(b.mem.bytes + 0x1000, input, sizeof(input));
    for (uint32_t o = 0; o < 3; o++) {
        for (uint32_t i = 0; i < 2; i++)
            b.mem.bytes[0x2000 + npu_conv_wgt_index(o, 0, 0, i, 1, 1, 2)] = (uint8_t)weights[o][i];
        params[o] = (int32_t)o * 10;  /* bias */
        params[32 + o] = 1 << 30;     /* x 0.5 */
        params[64 + o] = -(int32_t)o; /* then / 1, 2, 4 */
    }
    memcpy(b.mem.bytes + 0x3000, params, sizeof(params));

    npu_insn_t act = dma_insn(NPU_OP_LOAD, NPU_MEM_ACT, 0, 0x1000, 4);
    npu_insn_t wgt = dma_insn(NPU_OP_LOAD, NPU_MEM_WGT, 0, 0x2000, 1024);
    npu_insn_t par = dma_insn(NPU_OP_LOAD, NPU_MEM_PAR, 0, 0x3000, 384);
    act.signal[0] = 1;
    wgt.signal[0] = 2;
    par.signal[0] = 3;
    npu_insn_t conv = {.op = NPU_OP_CONV,
                       .wait = {{1, 1}, {2, 1}},
                       .signal = {4},
                       .in_h = 1,
                       .in_w = 2,
                       .in_c = 2,
                       .h = 1,
                       .w = 2,
                       .c = 3,
                       .k_h = 1,
                       .k_w = 1,
                       .stride_h = 1,
                       .stride_w = 1,
                       .dil_h = 1,
                       .dil_w = 1,
                       .src = {0, 4, 2},
                       .dst = {0, 256, 128},
                       .in_zp = 10};
    npu_insn_t requant = {.op = NPU_OP_REQUANT,
                          .wait = {{3, 1}, {4, 1}},
                          .signal = {5},
                          .h = 1,
                          .w = 2,
                          .c = 3,
                          .src = {0, 256, 128},
                          .dst = {64, 8, 4},
                          .out_zp = -1,
                          .out_min = -128,
                          .out_max = 127};
    npu_insn_t store = {.op = NPU_OP_STORE,
                        .wait = {{5, 1}},
                        .mem = NPU_MEM_ACT,
                        .l1 = 64,
                        .l1_row = 4,
                        .l2 = 0x4000,
                        .l2_row = 3,
                        .row_bytes = 3,
                        .rows = 2,
                        .planes = 1};
    bench_add(&b, act);
    bench_add(&b, wgt);
    bench_add(&b, par);
    conv.layer = requant.layer = 1;
    bench_add(&b, conv);
    bench_add(&b, requant);
    store.layer = 2;
    bench_add(&b, store);
    npu_insn_t end = end_insn();
    end.layer = 2;
    bench_add(&b, end);
}

/*
 * pixel 0: (x - 10) = 0, -30: sums -60, -120, 3840; biased -60, -110, 3860; halved -30, -55, 1930;
 *          then / 1, / 2 (-27.5 -> -28, away from 0), / 4 (482.5 -> 483); - 1, clamped
 * pixel 1: 117, -138: -159, -903, 32523; -159, -893, 32543; the first halving rounds ties up:
 *          -79.5 -> -79, -446.5 -> -446, 16271.5 -> 16272; -79, -223, 4068; - 1, clamped
 */
static const int8_t network_output[6] = {-31, -29, 127, -80, -128, 127};

START_TEST(a_small_convolution_gives_the_numbers_worked_out_by_hand)
{
    make();
    add_network();
    bench_run(&b);
    ck_assert_uint_eq(b.npu.status_reg, NPU_STATUS_DONE);
    for (uint32_t i = 0; i < 6; i++)
        ck_assert_int_eq((int8_t)b.mem.bytes[0x4000 + i], network_output[i]);
    ck_assert_uint_eq(bench_counter(&b, "NPU_MACS"), 2 * 3 * 2);
    bench_free(&b);
}
END_TEST

START_TEST(layer_cycles_and_their_classes_add_up_to_the_run)
{
    make();
    add_network();
    bench_run(&b);
    uint64_t cycles = 0, macs = 0, last_ps = 0;
    for (uint32_t layer = 0; layer < 3; layer++) {
        npu_layer_report_t r;
        uint64_t classes = 0;
        ck_assert(npu_layer_report(&b.npu, layer, &r));
        for (uint32_t c = 0; c < NPU_CLASSES; c++)
            classes += r.classes[c];
        ck_assert_uint_eq(classes, r.cycles);
        ck_assert(layer == 0 || r.start_ps == last_ps);
        last_ps = r.end_ps;
        cycles += r.cycles;
        macs += r.macs;
    }
    ck_assert_uint_eq(cycles, bench_counter(&b, "NPU_CYCLES"));
    ck_assert_uint_eq(macs, 12);
    npu_layer_report_t r;
    ck_assert(!npu_layer_report(&b.npu, 3, &r));
    ck_assert(npu_layer_report(&b.npu, 0, &r));
    ck_assert_int_eq(r.long_pole, NPU_ENGINE_LOAD);
    ck_assert_uint_eq(r.l2_bytes, 4 + 1024 + 384);
    ck_assert(npu_layer_report(&b.npu, 2, &r));
    ck_assert_int_eq(r.long_pole, NPU_ENGINE_STORE);
    ck_assert_uint_eq(r.busy[NPU_ENGINE_STORE], r.classes[NPU_CLASS_DRAIN]);
    bench_free(&b);
}
END_TEST

/* Fills of 64 bytes, 17 cycles each; tags 0, 1, 0, a barrier before the second and the third. */
START_TEST(a_layer_that_comes_again_behind_a_barrier_has_all_its_turns)
{
    make();
    for (uint32_t i = 0; i < 3; i++) {
        npu_insn_t barrier = {.op = NPU_OP_BARRIER, .layer = i % 2};
        npu_insn_t fill = fill_insn(64 * i, 64, 1);
        fill.layer = i % 2;
        if (i > 0)
            bench_add(&b, barrier);
        bench_add(&b, fill);
    }
    bench_add(&b, end_insn());
    bench_run(&b);
    /* fetch of 256 bytes: 7; the first starts at 9, ends at 26; then issue at 27, start at 29, end
     * at 46; and 66 */
    npu_layer_report_t r[2];
    for (uint32_t layer = 0; layer < 2; layer++) {
        uint64_t classes = 0;
        ck_assert(npu_layer_report(&b.npu, layer, &r[layer]));
        for (uint32_t c = 0; c < NPU_CLASSES; c++)
            classes += r[layer].classes[c];
        ck_assert_uint_eq(classes, r[layer].cycles);
    }
    ck_assert_uint_eq(bench_counter(&b, "NPU_CYCLES"), 66);
    ck_assert_uint_eq(r[0].cycles, 26 + 20);
    ck_assert_uint_eq(r[1].cycles, 20);
    ck_assert_uint_lt(r[0].start_ps, r[1].start_ps);
    ck_assert_uint_lt(r[1].end_ps, r[0].end_ps);
    bench_free(&b);
}
END_TEST

static uint64_t run_with_ties(uint32_t latency_cycles, uint64_t order, bool exact)
{
    make();
    b.mem.latency_cycles = latency_cycles;
    b.npu.exact = exact;
    sim_set_shuffle(b.sim, order);
    add_network();
    bench_run(&b);
    sim_run_until_ps(b.sim, SIM_PS_PER_MS);
    uint64_t hash = sim_state_hash(b.sim);
    bench_free(&b);
    return hash;
}

START_TEST(the_same_run_gives_the_same_state_whatever_the_order_of_ties)
{
    static const uint64_t orders[] = {0, SIM_REVERSE, 1, 2, 3};
    for (uint32_t latency = 1; latency <= 64; latency++) {
        uint64_t plain = run_with_ties(latency, 0, false);
        for (size_t i = 0; i < 2 * SIM_COUNT(orders); i++)
            ck_assert_msg(run_with_ties(latency, orders[i / 2], i % 2) == plain,
                          "latency %u, order %zu", latency, i / 2);
    }
}
END_TEST

START_TEST(every_level_of_vector_code_leaves_the_same_state)
{
    uint64_t hash[SIM_SIMD_LEVELS];
    const sim_simd_t best = sim_simd_best();
    for (int level = 0; level <= (int)best; level++) {
        ck_assert(sim_simd_force((sim_simd_t)level));
        make();
        add_network();
        bench_run(&b);
        hash[level] = sim_state_hash(b.sim);
        ck_assert_uint_eq(hash[level], hash[0]);
        bench_free(&b);
    }
}
END_TEST

START_TEST(a_second_run_starts_from_clean_counters_and_semaphores)
{
    make();
    add_network();
    bench_run(&b);
    uint64_t cycles = bench_counter(&b, "NPU_CYCLES");
    memset(b.mem.bytes + 0x4000, 0, 6);
    bench_run(&b);
    ck_assert_uint_eq(bench_counter(&b, "NPU_CYCLES"), cycles);
    ck_assert_mem_eq(b.mem.bytes + 0x4000, network_output, 6);
    ck_assert_uint_eq(b.npu.runs, 2);
    ck_assert_uint_eq(b.npu.total.cycles, 2 * cycles);
    bench_free(&b);
}
END_TEST

/* ---- errors -------------------------------------------------------------------------------------
 */

static void expect_error(npu_error_t code, uint32_t index)
{
    bench_run(&b);
    ck_assert_uint_eq(b.npu.status_reg, NPU_STATUS_ERROR);
    ck_assert_uint_eq(sim_reg_read(&b.npu.comp, bench_reg(&b, "NPU_ERROR")),
                      (uint32_t)code << 24 | index);
    ck_assert_uint_eq(b.npu.runs, 0);
    /* the machine works again */
    npu_prog_free(&b.prog);
    bench_write(&b, "NPU_STATUS", NPU_STATUS_ERROR);
    bench_add(&b, end_insn());
    bench_run(&b);
    ck_assert_uint_eq(b.npu.status_reg, NPU_STATUS_DONE);
    ck_assert_uint_eq(b.npu.error_reg, 0);
    bench_free(&b);
}

START_TEST(a_wait_that_nobody_serves_is_a_deadlock_at_its_instruction)
{
    make();
    npu_insn_t conv = small_conv(), fill = fill_insn(0, 64, 1);
    conv.wait[0].sem = 1;
    conv.wait[0].count = 2;
    conv.signal[0] = 2;
    fill.wait[0].sem = 2; /* waits for the convolution */
    fill.wait[0].count = 1;
    bench_add(&b, (npu_insn_t){.op = NPU_OP_NOP, .signal = {1}}); /* one of two */
    bench_add(&b, conv);
    bench_add(&b, fill);
    bench_add(&b, end_insn());
    expect_error(NPU_ERROR_DEADLOCK, 1);
}
END_TEST

START_TEST(a_sequencer_that_waits_for_ever_is_a_deadlock_too)
{
    make();
    bench_add(&b, (npu_insn_t){.op = NPU_OP_NOP, .wait = {{5, 1}}});
    bench_add(&b, end_insn());
    expect_error(NPU_ERROR_DEADLOCK, 0);
}
END_TEST

START_TEST(an_operand_outside_l1_stops_the_program_at_its_instruction)
{
    make();
    bench_add(&b, fill_insn(0, 64, 1));
    bench_add(&b, fill_insn(b.npu.desc.mem_bytes[NPU_MEM_ACT] - 63, 64, 1));
    bench_add(&b, end_insn());
    expect_error(NPU_ERROR_L1, 1);
}
END_TEST

START_TEST(a_dma_outside_memory_stops_the_program_at_its_instruction)
{
    make();
    bench_add(&b, fill_insn(0, 64, 1));
    bench_add(&b, dma_insn(NPU_OP_STORE, NPU_MEM_ACT, 64, (1 << 20) - 600, 1000));
    bench_add(&b, end_insn());
    expect_error(NPU_ERROR_L2, 1);
}
END_TEST

START_TEST(of_a_dma_outside_memory_only_the_bytes_inside_count)
{
    make();
    bench_add(&b, dma_insn(NPU_OP_STORE, NPU_MEM_ACT, 64, (1 << 20) - 600, 1000));
    bench_add(&b, end_insn());
    bench_run(&b);
    ck_assert_uint_eq(bench_counter(&b, "NPU_L2_WRITTEN"), 600);
    ck_assert_uint_eq(bench_counter(&b, "NPU_L2_READ"), 2 * NPU_INSN_BYTES);
    bench_free(&b);
}
END_TEST

/* Without data only the bursts can tell. */
START_TEST(one_row_outside_memory_is_enough_in_timing_only_too)
{
    make();
    npu_insn_t load = dma_insn(NPU_OP_LOAD, NPU_MEM_ACT, 0, 0, 64);
    load.rows = 2;
    load.l1_row = 64;
    load.l2_row = 8192; /* the second is inside */
    bench_add(&b, load);
    bench_add(&b, end_insn());
    b.npu.timing_only = true;
    bench_write(&b, "NPU_L2_BASE", FAKE_BASE - 4096);
    expect_error(NPU_ERROR_L2, 0);
}
END_TEST

/* Memory answers with an error where there is memory. */
START_TEST(what_memory_has_lost_is_no_address_outside_of_it)
{
    make();
    bench_add(&b, dma_insn(NPU_OP_LOAD, NPU_MEM_ACT, 0, 4096, 64));
    bench_add(&b, end_insn());
    b.mem.lost = FAKE_BASE + 4096 + 63;
    expect_error(NPU_ERROR_L2_DATA, 0);
    make();
    bench_add(&b, end_insn());
    b.mem.lost = FAKE_BASE + 0x80000; /* of the program itself: bench_start puts it there */
    bench_run(&b);
    ck_assert_uint_eq(b.npu.error_reg >> 24, NPU_ERROR_L2_DATA);
    bench_free(&b);
}
END_TEST

START_TEST(an_address_beyond_the_bus_is_outside_memory)
{
    make();
    npu_insn_t load = dma_insn(NPU_OP_LOAD, NPU_MEM_ACT, 0, 0xfffffff0, 32);
    bench_add(&b, load); /* base + offset wraps around to the memory again */
    bench_add(&b, end_insn());
    expect_error(NPU_ERROR_L2, 0);
}
END_TEST

START_TEST(an_instruction_that_cannot_be_decoded_stops_the_program)
{
    make();
    bench_add(&b, fill_insn(0, 64, 1));
    bench_add(&b, fill_insn(0, 64, 1));
    bench_add(&b, end_insn());
    b.prog.insns[1][0] = 0xff;
    expect_error(NPU_ERROR_ILLEGAL, 1);
}
END_TEST

START_TEST(a_program_without_end_runs_off_its_end)
{
    make();
    bench_add(&b, fill_insn(0, 64, 1));
    expect_error(NPU_ERROR_NO_END, 1);
}
END_TEST

START_TEST(a_program_outside_memory_cannot_be_fetched)
{
    make();
    bench_add(&b, end_insn());
    bench_start(&b);
    bench_wait(&b);
    bench_write(&b, "NPU_PROG_ADDR", 0x10000000);
    bench_write(&b, "NPU_CTRL", NPU_CTRL_START);
    bench_wait(&b);
    ck_assert_uint_eq(b.npu.error_reg, (uint32_t)NPU_ERROR_FETCH << 24);
    bench_free(&b);
}
END_TEST

START_TEST(a_semaphore_that_only_grows_is_an_error_in_the_end)
{
    make();
    for (uint32_t i = 0; i < 8000; i++) /* 16000 a run; the memory of the test is small */
        bench_add(&b, (npu_insn_t){.op = NPU_OP_NOP, .signal = {1, 1}});
    bench_add(&b, end_insn());
    bench_start(&b);
    sim_run_until_ps(b.sim, SIM_PS_PER_US);
    b.npu.sem[1] += 65000; /* as if it had grown before */
    bench_wait(&b);
    ck_assert_uint_eq(b.npu.error_reg >> 24, NPU_ERROR_SEMAPHORE);
    bench_free(&b);
}
END_TEST

/* Two signals on top of what it holds; the end would not come if it were one too many. */
static uint32_t error_with_semaphore_at(uint32_t count)
{
    make();
    bench_add(&b, (npu_insn_t){.op = NPU_OP_NOP, .signal = {1, 1}});
    bench_add(&b, (npu_insn_t){.op = NPU_OP_NOP});
    bench_add(&b, end_insn());
    bench_start(&b);
    sim_run_until_ps(b.sim, sim_edge_ps(3, b.npu.desc.clk_hz)); /* fetching */
    b.npu.sem[1] = count;
    bench_wait(&b);
    uint32_t error = b.npu.error_reg >> 24;
    bench_free(&b);
    return error;
}

START_TEST(a_semaphore_holds_65535_and_no_more)
{
    ck_assert_uint_eq(error_with_semaphore_at(65533), NPU_ERROR_NONE);
    ck_assert_uint_eq(error_with_semaphore_at(65534), NPU_ERROR_SEMAPHORE);
}
END_TEST

/* ---- registers ----------------------------------------------------------------------------------
 */

static uint32_t done_pulses, irq_edges;

static void on_done(void *ctx, bool level)
{
    (void)ctx;
    done_pulses += level;
}

static void on_irq(void *ctx, bool level)
{
    (void)ctx;
    (void)level;
    irq_edges++;
}

START_TEST(done_pulses_and_irq_stays_until_it_is_cleared)
{
    make();
    done_pulses = irq_edges = 0;
    sim_wire_connect(&b.npu.done, on_done, NULL);
    sim_wire_connect(&b.npu.irq, on_irq, NULL);
    bench_add(&b, end_insn());
    bench_run(&b);
    ck_assert_uint_eq(done_pulses, 1);
    ck_assert(!b.npu.irq.level); /* not enabled */
    bench_write(&b, "NPU_CTRL", NPU_CTRL_IRQ_DONE);
    ck_assert(b.npu.irq.level); /* still done */
    bench_write(&b, "NPU_STATUS", NPU_STATUS_DONE);
    ck_assert(!b.npu.irq.level);
    ck_assert_uint_eq(irq_edges, 2);
    ck_assert_uint_eq(b.npu.ctrl_reg, NPU_CTRL_IRQ_DONE);
    bench_free(&b);
}
END_TEST

START_TEST(an_irq_instruction_marks_the_moment_it_runs)
{
    make();
    bench_add(&b, fill_insn(0, 64, 1));
    bench_add(&b, (npu_insn_t){.op = NPU_OP_IRQ, .mark = 0xcafe, .layer = 3});
    bench_add(&b, fill_insn(0, 640, 1));
    bench_add(&b, end_insn());
    bench_start(&b);
    while ((b.npu.status_reg & NPU_STATUS_MARK) == 0)
        ck_assert(sim_step(b.sim, SIM_PS_PER_MS));
    ck_assert_uint_eq(b.npu.mark_reg, 0xcafe);
    ck_assert_uint_eq(end_of(0), end_of(1));
    ck_assert_uint_eq(b.npu.status_reg, NPU_STATUS_MARK | NPU_STATUS_BUSY);
    bench_wait(&b);
    ck_assert_uint_eq(b.npu.status_reg, NPU_STATUS_MARK | NPU_STATUS_DONE);
    bench_free(&b);
}
END_TEST

START_TEST(a_tensor_starts_the_program_only_when_told_to_and_idle)
{
    make();
    bench_add(&b, end_insn());
    bench_run(&b);
    npu_tensor_ready(&b.npu, true);
    ck_assert(!b.npu.running);
    bench_write(&b, "NPU_CTRL", NPU_CTRL_AUTO);
    npu_tensor_ready(&b.npu, false);
    ck_assert(!b.npu.running);
    npu_tensor_ready(&b.npu, true);
    ck_assert(b.npu.running);
    npu_tensor_ready(&b.npu, true);
    ck_assert_uint_eq(b.npu.tensors_skipped, 1);
    bench_wait(&b);
    ck_assert_uint_eq(b.npu.runs, 2);
    bench_free(&b);
}
END_TEST

START_TEST(counters_can_be_read_while_the_program_runs)
{
    make();
    bench_add(&b, fill_insn(0, 64000, 1)); /* starts at 7 */
    bench_add(&b, end_insn());
    bench_start(&b);
    sim_run_until_ps(b.sim, sim_edge_ps(1 + 100, 262500000));
    uint64_t hash = sim_state_hash(b.sim);
    ck_assert_uint_eq(bench_counter(&b, "NPU_CYCLES"), 100);
    ck_assert_uint_eq(bench_counter(&b, "NPU_VEC_BUSY"), 93);
    ck_assert_uint_eq(sim_state_hash(b.sim), hash); /* reading changes nothing */
    bench_wait(&b);
    bench_free(&b);
}
END_TEST

START_TEST(the_layer_register_has_the_tag_of_what_was_issued_last)
{
    make();
    for (uint32_t i = 0; i < 3; i++) {
        npu_insn_t fill = fill_insn(64 * i, 64, 1);
        fill.layer = 700 + i;
        bench_add(&b, fill);
    }
    npu_insn_t end = end_insn();
    end.layer = 9;
    bench_add(&b, end);
    bench_start(&b);
    /* 4 instructions arrive in cycle 7, one is issued in each from then on */
    sim_run_until_ps(b.sim, sim_edge_ps(1 + 8, 262500000));
    ck_assert_uint_eq(sim_reg_read(&b.npu.comp, bench_reg(&b, "NPU_LAYER")), 701);
    bench_wait(&b);
    ck_assert_uint_eq(sim_reg_read(&b.npu.comp, bench_reg(&b, "NPU_LAYER")), 9);
    bench_free(&b);
}
END_TEST

START_TEST(registers_start_from_their_reset_values)
{
    make();
    for (const sim_reg_t *reg = b.npu.comp.kind->regs; reg->name != NULL; reg++) {
        ck_assert_uint_eq(sim_reg_peek(&b.npu.comp, reg->addr), reg->reset);
        ck_assert_msg(strncmp(reg->name, "NPU_", 4) == 0, "%s", reg->name);
    }
    bench_free(&b);
}
END_TEST

TEST_MAIN(
    "npu machine", cycles_of_single_instructions_follow_from_their_geometry,
    an_empty_program_takes_one_fetch, a_fill_takes_fetch_decode_and_its_own_cycles,
    a_load_of_activations_runs_at_the_pace_of_memory,
    a_load_of_weights_runs_at_the_pace_of_its_channel,
    a_load_across_a_burst_boundary_takes_two_bursts,
    no_more_bursts_are_outstanding_than_the_chip_allows,
    strided_rows_and_planes_land_where_the_strides_say, engines_run_at_the_same_time,
    one_engine_runs_in_order_back_to_back, a_waiting_instruction_starts_one_cycle_after_the_signal,
    a_wait_for_two_takes_two_signals_and_both_semaphores,
    of_two_engines_the_one_earlier_in_the_list_takes_the_semaphore,
    a_full_queue_stops_issue_for_all_engines, barrier_holds_what_follows_until_all_is_quiet,
    a_small_convolution_gives_the_numbers_worked_out_by_hand,
    layer_cycles_and_their_classes_add_up_to_the_run,
    a_layer_that_comes_again_behind_a_barrier_has_all_its_turns,
    the_same_run_gives_the_same_state_whatever_the_order_of_ties,
    every_level_of_vector_code_leaves_the_same_state,
    a_second_run_starts_from_clean_counters_and_semaphores,
    a_wait_that_nobody_serves_is_a_deadlock_at_its_instruction,
    a_sequencer_that_waits_for_ever_is_a_deadlock_too,
    an_operand_outside_l1_stops_the_program_at_its_instruction,
    a_dma_outside_memory_stops_the_program_at_its_instruction,
    of_a_dma_outside_memory_only_the_bytes_inside_count,
    one_row_outside_memory_is_enough_in_timing_only_too,
    what_memory_has_lost_is_no_address_outside_of_it, an_address_beyond_the_bus_is_outside_memory,
    a_semaphore_holds_65535_and_no_more, an_instruction_that_cannot_be_decoded_stops_the_program,
    a_program_without_end_runs_off_its_end, a_program_outside_memory_cannot_be_fetched,
    a_semaphore_that_only_grows_is_an_error_in_the_end,
    done_pulses_and_irq_stays_until_it_is_cleared, an_irq_instruction_marks_the_moment_it_runs,
    a_tensor_starts_the_program_only_when_told_to_and_idle,
    counters_can_be_read_while_the_program_runs,
    the_layer_register_has_the_tag_of_what_was_issued_last, registers_start_from_their_reset_values)
