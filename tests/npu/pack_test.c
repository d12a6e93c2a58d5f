/*
 * pack_test.c - packed and narrow weights: streams by hand and at random, hostile ones, time, and
 * random networks whose weights stand so in L2.
 */
#include "npu/pack.h"

#include "npu/array.h"
#include "npu/compiler/compile.h"
#include "npu/compiler/tensor_io.h"
#include "npu/narrow.h"
#include "tests/npu/compile_check.h"
#include "tests/npu/compile_graph.h"
#include "tests/npu/golden_machine.h"
#include "tests/npu/golden_ref.h"
#include "tests/npu/npu_plain.h"
#include "tests/npu/npu_port.h"
#include "tests/test.h"

enum { MAX = 6000 };

static uint8_t data[MAX], stream[MAX + 300], back[MAX + 16];

static bool read_bytes(void *ctx, uint32_t at, uint8_t *to, uint32_t bytes)
{
    memcpy(to, (const uint8_t *)ctx + at, bytes);
    return true;
}

/* Decodes a copy of its exact size, so that sanitizers see every overrun. */
static bool unpacks(const uint8_t *from, uint32_t from_bytes, uint32_t bytes)
{
    uint8_t *copy = malloc(from_bytes + 1u), *to = malloc(bytes + 1u);
    memcpy(copy, from, from_bytes);
    bool fine = npu_unpack(read_bytes, copy, from_bytes, to, bytes);
    memcpy(back, to, bytes < MAX ? bytes : MAX);
    free(copy);
    free(to);
    return fine;
}

/* ---- streams --------------------------------------------------------------------------------- */

START_TEST(streams_mean_what_the_header_says)
{
    static const struct {
        uint8_t stream[6];
        uint32_t stream_bytes, bytes;
        int8_t data[8];
    } cases[] = {
        /* k 1: 0 is 0,0; 1 is z 2: 1,0,0; -1 is z 1: 0,1 -> bits 0010001 */
        {{0x01, 0x44}, 2, 3, {0, 1, -1}},
        /* k 0: 100 is z 200: 15 ones, then 01100100 -> ff 7f 32 */
        {{0x00, 0xff, 0x7f, 0x32}, 4, 1, {100}},
        /* k 0, runs with r 1: 0 is 0; 3 more zeros are 1,0,1; 1 is 1,1,0 -> bits 0 101 110 */
        {{0x48, 0x3a}, 2, 5, {0, 0, 0, 0, 1}},
        /* k 7: 3 is z 6: 0, then 0110000; -4 is z 7: 0, then 1110000 */
        {{0x07, 0x0c, 0x0e}, 3, 2, {3, -4}},
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        ck_assert_msg(unpacks(cases[i].stream, cases[i].stream_bytes, cases[i].bytes), "case %zu",
                      i);
        ck_assert_mem_eq(back, cases[i].data, cases[i].bytes);
    }
    /* 4096 zeros: one byte, then codes for 15 << 7 = 1920 zeros: 0; 14 ones, 0, 7 ones */
    memset(data, 0, 4096);
    ck_assert_uint_eq(npu_pack(data, 4096, stream, sizeof(stream)), 1 + (23 + 23 + 10 + 7) / 8);
}
END_TEST

/* Codes like those of weights: sums of uniform ones, or mostly zeros, or one of few. */
static void random_codes(sim_stream_t *r, uint32_t bytes, uint32_t kind)
{
    uint32_t spread = 1 + sim_stream_below(r, 60), zeros = 1 + sim_stream_below(r, 50);
    for (uint32_t i = 0; i < bytes; i++) {
        int32_t sum = 0;
        for (uint32_t k = 0; k < 3; k++)
            sum += (int32_t)sim_stream_below(r, spread) - (int32_t)(spread / 2);
        data[i] = kind == 0 ? (uint8_t)sum : kind == 1 ? (uint8_t)sim_stream_u32(r) : 0;
        if (kind == 2 && sim_stream_below(r, zeros) == 0)
            data[i] = (uint8_t)sum;
        if (kind == 3)
            data[i] = (uint8_t)(i / 700 % 2 != 0 ? sum : 0);
    }
}

START_TEST(whatever_is_packed_comes_back)
{
    sim_stream_t r = sim_stream(1, 31, 0);
    uint64_t packed_bytes[4] = {0}, all[4] = {0};
    for (uint32_t n = 0; n < 2000; n++) {
        uint32_t kind = n % 4, bytes = 1 + sim_stream_below(&r, n < 100 ? 40 : 3000);
        random_codes(&r, bytes, kind);
        uint32_t packed = npu_pack(data, bytes, stream, sizeof(stream));
        if (packed == 0)
            continue; /* noise: more than there is room for */
        ck_assert(unpacks(stream, packed, bytes));
        ck_assert_mem_eq(back, data, bytes);
        ck_assert_uint_eq(npu_pack(data, bytes, stream, packed), packed);
        ck_assert_uint_eq(npu_pack(data, bytes, stream, packed - 1), 0);
        packed_bytes[kind] += packed;
        all[kind] += bytes;
    }
    ck_assert_uint_lt(packed_bytes[0] * 10, all[0] * 9); /* centered codes shrink, */
    ck_assert_uint_lt(packed_bytes[2] * 4, all[2]);      /* sparse ones very much, */
    ck_assert_uint_lt(packed_bytes[1], all[1] * 5 / 4);  /* noise grows a little */
}
END_TEST

START_TEST(cut_stretched_or_bent_streams_are_refused)
{
    sim_stream_t r = sim_stream(2, 31, 0);
    for (uint32_t n = 0; n < 60; n++) {
        uint32_t bytes = 1 + sim_stream_below(&r, 300);
        random_codes(&r, bytes, n % 4);
        uint32_t packed = npu_pack(data, bytes, stream, sizeof(stream));
        ck_assert_uint_ne(packed, 0);
        for (uint32_t cut = 0; cut < packed; cut++)
            ck_assert(!unpacks(stream, cut, bytes));
        stream[packed] = 0;
        ck_assert(!unpacks(stream, packed + 1, bytes));
        stream[0] |= 0x80;
        ck_assert(!unpacks(stream, packed, bytes));
    }
    /* a run beyond the end; bits to spare; r without runs */
    static const uint8_t bad[3][2] = {{0x48, 0x3a}, {0x01, 0xc4}, {0x09, 0x44}};
    ck_assert(!unpacks(bad[0], 2, 3));
    ck_assert(!unpacks(bad[1], 2, 3));
    ck_assert(!unpacks(bad[2], 2, 3));
}
END_TEST

START_TEST(noise_as_a_stream_never_overruns)
{
    sim_stream_t r = sim_stream(3, 31, 0);
    for (uint32_t n = 0; n < 20000; n++) {
        uint32_t bytes = sim_stream_below(&r, 120);
        for (uint32_t i = 0; i < bytes; i++)
            stream[i] = (uint8_t)sim_stream_u32(&r);
        unpacks(stream, bytes, sim_stream_below(&r, 900));
    }
}
END_TEST

static bool read_nothing(void *ctx, uint32_t at, uint8_t *to, uint32_t bytes)
{
    (void)ctx;
    (void)at;
    memset(to, 0, bytes);
    return false;
}

START_TEST(a_stream_that_cannot_be_read_is_refused)
{
    ck_assert(!npu_unpack(read_nothing, NULL, 100, back, 10));
}
END_TEST

/* ---- narrow codes ---------------------------------------------------------------------------- */

START_TEST(narrow_codes_stand_lowest_first)
{
    static const int8_t four[4] = {1, -1, 7, -8}, two[4] = {1, -2, 0, -1};
    uint8_t packed[2];
    int8_t wide[4];
    npu_narrow_pack(packed, four, 4, 1);
    ck_assert_uint_eq(packed[0], 0xf1);
    ck_assert_uint_eq(packed[1], 0x87);
    npu_narrow_unpack(wide, packed, 4, 1);
    ck_assert_mem_eq(wide, four, 4);
    npu_narrow_pack(packed, two, 4, 2);
    ck_assert_uint_eq(packed[0], 0xc9); /* 11 00 10 01 */
    npu_narrow_unpack(wide, packed, 4, 2);
    ck_assert_mem_eq(wide, two, 4);
}
END_TEST

START_TEST(lanes_double_with_each_halving_on_the_imx500_array_only)
{
    npu_desc_t d = npu_plain_desc(), grid = d;
    npu_insn_t wide = {.op = NPU_OP_CONV, .h = 8, .w = 8, .c = 32, .in_c = 64, .k_h = 3, .k_w = 3};
    npu_insn_t narrow = wide;
    narrow.c = 64;
    narrow.narrow = 1;
    ck_assert_uint_eq(npu_insn_cycles(&d, &narrow), npu_insn_cycles(&d, &wide));
    narrow.c = 128;
    narrow.narrow = 2;
    ck_assert_uint_eq(npu_insn_cycles(&d, &narrow), npu_insn_cycles(&d, &wide));
    narrow.c = 129; /* a second block of 128 lanes */
    ck_assert_uint_gt(npu_insn_cycles(&d, &narrow), npu_insn_cycles(&d, &wide));
    ck_assert_uint_eq(npu_insn_wgt_bytes(&narrow), 160 * 9 * 64 / 4);
    grid.mac_kind = NPU_ARRAY_WS;
    narrow.c = 32;
    ck_assert_uint_eq(npu_insn_cycles(&grid, &narrow), npu_insn_cycles(&grid, &wide));
}
END_TEST

/* ---- networks -------------------------------------------------------------------------------- */

static bool has_weights(const npu_node_t *n)
{
    return n->op == NPU_NODE_CONV_2D || n->op == NPU_NODE_DEPTHWISE_CONV_2D ||
           n->op == NPU_NODE_FULLY_CONNECTED;
}

/* Weights of 8, 4 or 2 bits, at random: their upper bits, a scale for each still. Some zeros. */
static uint32_t narrow_weights(build_t *b)
{
    uint32_t changed = 0;
    for (uint32_t n = 0; n < b->graph.nodes; n++) {
        npu_node_t *node = &b->graph.node[n];
        if (!has_weights(node))
            continue;
        npu_tensor_t *w = &b->graph.tensor[node->input[1]];
        uint8_t *codes = npu_graph_alloc(&b->graph, w->bytes);
        uint32_t narrow = w->type == NPU_TYPE_INT8 ? build_below(b, 3) : 0;
        uint32_t some = 1 + build_below(b, 4);
        for (uint64_t i = 0; i < w->bytes; i++) {
            int32_t code = w->type == NPU_TYPE_INT8 ? (int8_t)w->data[i] : w->data[i];
            code = build_below(b, some) == 0 ? code : 0;
            codes[i] = (uint8_t)(code >> (8 - (8 >> narrow)));
        }
        w->data = codes;
        node->weight_bits = 8u >> narrow;
        changed += narrow != 0;
    }
    return changed;
}

static void check_networks(bool compressed)
{
    uint32_t compiled = 0, narrowed = 0, packed = 0;
    for (uint64_t seed = 0; seed < 150; seed++) {
        build_t b;
        char error[256];
        npu_prog_t prog;
        build_random(&b, seed);
        narrowed += narrow_weights(&b);
        ck_assert_msg(npu_graph_check(&b.graph, error, sizeof(error)) == SIM_OK, "%s", error);
        npu_desc_t desc = build_desc(&b, seed);
        desc.dma_compression = compressed ? NPU_COMPRESSION_RICE : NPU_COMPRESSION_NONE;
        npu_compile_options_t options = {.rounding =
                                             seed % 2 ? NPU_ROUND_SINGLE : NPU_ROUND_DOUBLE};
        if (npu_compile(&b.graph, &desc, &options, &prog, NULL, error, sizeof(error)) == SIM_OK) {
            npu_desc_t none = desc;
            none.dma_compression = NPU_COMPRESSION_NONE;
            bool has = !npu_prog_fits(&prog, &none, error, sizeof(error));
            ck_assert(!has || compressed);
            ck_assert(!has || strcmp(error, "packed weights; this chip's dma.weight_compression is "
                                            "none") == 0);
            ck_assert(npu_prog_fits(&prog, &desc, error, sizeof(error)));
            compile_check_run(&b, &prog, &desc, seed);
            compile_check_waits(&prog, seed);
            npu_prog_free(&prog);
            compiled++;
            packed += has;
        }
        build_free(&b);
    }
    ck_assert_uint_ge(compiled, 100);
    ck_assert_uint_ge(narrowed, 40);
    ck_assert(!compressed || packed >= 30);
}

START_TEST(networks_with_narrow_weights_equal_the_reference)
{
    check_networks(false);
}
END_TEST

START_TEST(networks_with_packed_weights_equal_the_reference)
{
    check_networks(true);
}
END_TEST

/* 3x3, 32 to 64 channels: 64 * 9 * 32 bytes, a half, a quarter. */
START_TEST(narrow_weights_take_a_half_and_a_quarter_of_l2)
{
    for (uint32_t narrow = 0; narrow <= NPU_MAX_NARROW; narrow++) {
        build_t b;
        char error[256];
        npu_prog_t prog;
        npu_compile_report_t report;
        npu_desc_t desc = npu_plain_desc();
        npu_compile_options_t options = {.rounding = NPU_ROUND_DOUBLE};
        build_conv_t k = {64, 3, 3, 1, 1, 1, 1, true, NPU_ACT_NONE};
        build_begin(&b, NPU_TYPE_INT8, 1);
        int32_t out = build_conv(&b, build_input(&b, 8, 8, 32), &k);
        npu_tensor_t *w = &b.graph.tensor[b.graph.node[0].input[1]];
        uint8_t *codes = npu_graph_alloc(&b.graph, w->bytes);
        memset(codes, 1, w->bytes);
        w->data = codes;
        b.graph.node[0].weight_bits = 8u >> narrow;
        build_end(&b, &out, 1);
        ck_assert_msg(
            npu_compile(&b.graph, &desc, &options, &prog, &report, error, sizeof(error)) == SIM_OK,
            "%s", error);
        ck_assert_uint_eq(report.layer[0].weight_bytes, (64 * 9 * 32) >> narrow);
        npu_compile_report_free(&report);
        npu_prog_free(&prog);
        build_free(&b);
    }
}
END_TEST

START_TEST(a_code_beyond_its_width_is_refused_with_both)
{
    build_t b;
    char error[256] = "";
    build_conv_t k = {4, 1, 1, 1, 1, 1, 1, false, NPU_ACT_NONE};
    build_begin(&b, NPU_TYPE_INT8, 1);
    int32_t out = build_conv(&b, build_input(&b, 2, 2, 2), &k);
    build_end(&b, &out, 1);
    npu_tensor_t *w = &b.graph.tensor[b.graph.node[0].input[1]];
    static const uint8_t codes[8] = {0, 7, 0xf8, 1, 2, 8, 0, 0};
    w->data = codes;
    b.graph.node[0].weight_bits = 4;
    ck_assert_int_eq(npu_graph_check(&b.graph, error, sizeof(error)), SIM_EPARSE);
    ck_assert_ptr_nonnull(strstr(error, "weight 5 is 8, expected -8..7 in 4 bits"));
    build_free(&b);
}
END_TEST

/* ---- the machine ----------------------------------------------------------------------------- */

static bench_t b;

static npu_insn_t packed_load(uint32_t stream_bytes, uint32_t bytes)
{
    return (npu_insn_t){.op = NPU_OP_LOAD,
                        .mem = NPU_MEM_WGT,
                        .l2 = 4096,
                        .row_bytes = stream_bytes,
                        .rows = 1,
                        .planes = 1,
                        .packed = 1,
                        .l1_row = bytes};
}

/* data[0..bytes-1] packed through the machine; cycles it was busy. */
static uint64_t run_packed(uint32_t bytes, uint32_t rate, bool exact)
{
    npu_desc_t d = npu_plain_desc();
    d.dma_compression = NPU_COMPRESSION_RICE;
    d.dma_decode_bytes = rate;
    uint32_t packed = npu_pack(data, bytes, stream, sizeof(stream));
    ck_assert_uint_ne(packed, 0);
    bench_make(&b, &d);
    b.npu.exact = exact;
    memcpy(b.mem.bytes + 4096, stream, packed);
    bench_add(&b, packed_load(packed, bytes));
    bench_add(&b, (npu_insn_t){.op = NPU_OP_END});
    bench_run(&b);
    ck_assert_uint_ne(b.npu.status_reg & NPU_STATUS_DONE, 0);
    ck_assert_mem_eq(npu_l1_bytes(&b.npu, NPU_MEM_WGT), data, bytes);
    ck_assert_uint_eq(bench_counter(&b, "NPU_L2_READ"), packed + 2 * NPU_INSN_BYTES);
    uint64_t busy = bench_counter(&b, "NPU_LOAD_BUSY");
    bench_free(&b);
    return busy;
}

static uint64_t load_packed(uint32_t bytes, uint32_t rate)
{
    uint64_t busy = run_packed(bytes, rate, false);
    ck_assert_uint_eq(run_packed(bytes, rate, true), busy);
    return busy;
}

START_TEST(a_packed_load_takes_its_bytes_or_its_decoding_whichever_is_longer)
{
    /* 4096 zeros are 8 bytes: one burst; 8 cycles to start, then 4096 / 32 to decode */
    memset(data, 0, 4096);
    ck_assert_uint_eq(load_packed(4096, 32), 8 + 128);
    ck_assert_uint_eq(load_packed(4096, 1), 8 + 4096);
    /* what hardly shrinks is as slow as its 12 bytes a cycle */
    sim_stream_t r = sim_stream(4, 31, 0);
    for (uint32_t i = 0; i < 4096; i++)
        data[i] = (uint8_t)(sim_stream_below(&r, 128) - 64);
    uint32_t packed = npu_pack(data, 4096, stream, sizeof(stream));
    uint64_t busy = load_packed(4096, 1024);
    ck_assert_uint_ge(busy, 8 + packed / 12);
    ck_assert_uint_le(busy, 8 + packed / 12 + 32);
}
END_TEST

static void run_stream(const npu_desc_t *d, uint32_t stream_bytes, bool timing_only)
{
    bench_make(&b, d);
    b.npu.timing_only = timing_only;
    memcpy(b.mem.bytes + 4096, stream, stream_bytes);
    bench_add(&b, packed_load(stream_bytes, 100));
    bench_add(&b, (npu_insn_t){.op = NPU_OP_END});
    bench_run(&b);
}

static void expect_error(const npu_desc_t *d, uint32_t stream_bytes, npu_error_t error)
{
    run_stream(d, stream_bytes, false);
    ck_assert_uint_ne(b.npu.status_reg & NPU_STATUS_ERROR, 0);
    ck_assert_uint_eq(b.npu.error_reg >> 24, error);
    ck_assert_uint_eq(b.npu.error_reg & 0xffffff, 0);
    bench_free(&b);
}

START_TEST(packed_and_narrow_networks_run_on_the_machine)
{
    for (uint64_t seed = 200; seed < 230; seed++) {
        build_t n;
        npu_prog_t prog;
        char error[256];
        npu_compile_options_t options = {.rounding = NPU_ROUND_DOUBLE};
        build_random(&n, seed);
        narrow_weights(&n);
        npu_desc_t desc = build_desc(&n, seed);
        desc.l2_bytes = 1 << 20;
        desc.dma_compression = NPU_COMPRESSION_RICE;
        if (npu_compile(&n.graph, &desc, &options, &prog, NULL, error, sizeof(error)) == SIM_OK) {
            golden_ref_t ref;
            golden_machine_t machine;
            golden_ref_init(&ref, &n.graph, false);
            uint8_t *input = ref.tensor[n.graph.input[0]];
            for (uint64_t i = 0; i < n.graph.tensor[n.graph.input[0]].bytes; i++)
                input[i] = (uint8_t)sim_stream_u32(&n.random);
            golden_ref_run(&ref);
            golden_machine_init(&machine, &desc, &prog);
            golden_machine_run(&machine, input);
            for (uint32_t k = 0; k < prog.kept_count; k++)
                ck_assert_mem_eq(machine.kept[k], ref.tensor[prog.kept[k].tensor],
                                 npu_kept_bytes(&prog.kept[k]));
            golden_machine_free(&machine);
            golden_ref_free(&ref);
            npu_prog_free(&prog);
        }
        build_free(&n);
    }
}
END_TEST

START_TEST(a_stream_that_does_not_decode_is_an_error_of_the_npu)
{
    npu_desc_t d = npu_plain_desc();
    memset(data, 0, 100);
    uint32_t packed = npu_pack(data, 100, stream, sizeof(stream));
    expect_error(&d, packed, NPU_ERROR_PACKED); /* a chip without a decoder */
    d.dma_compression = NPU_COMPRESSION_RICE;
    expect_error(&d, packed - 1, NPU_ERROR_PACKED);
    stream[0] = 0x80;
    expect_error(&d, packed, NPU_ERROR_PACKED);
    ck_assert_str_eq(npu_error_name(NPU_ERROR_PACKED), "packed data");
    run_stream(&d, packed, true); /* nothing is decoded where only time counts */
    ck_assert_uint_eq(b.npu.status_reg, NPU_STATUS_DONE);
    bench_free(&b);
}
END_TEST

START_TEST(without_numerics_streams_are_not_looked_at)
{
    npu_desc_t d = npu_plain_desc();
    d.dma_compression = NPU_COMPRESSION_RICE;
    bench_make(&b, &d);
    memset(b.mem.bytes + 4096, 0xff, 50);
    b.npu.timing_only = true;
    bench_add(&b, packed_load(50, 100));
    bench_add(&b, (npu_insn_t){.op = NPU_OP_END});
    bench_run(&b);
    ck_assert_uint_ne(b.npu.status_reg & NPU_STATUS_DONE, 0);
    bench_free(&b);
}
END_TEST

TEST_MAIN("npu packed and narrow weights", streams_mean_what_the_header_says,
          whatever_is_packed_comes_back, cut_stretched_or_bent_streams_are_refused,
          noise_as_a_stream_never_overruns, a_stream_that_cannot_be_read_is_refused,
          narrow_codes_stand_lowest_first, lanes_double_with_each_halving_on_the_imx500_array_only,
          networks_with_narrow_weights_equal_the_reference,
          networks_with_packed_weights_equal_the_reference,
          narrow_weights_take_a_half_and_a_quarter_of_l2,
          a_code_beyond_its_width_is_refused_with_both,
          a_packed_load_takes_its_bytes_or_its_decoding_whichever_is_longer,
          packed_and_narrow_networks_run_on_the_machine,
          a_stream_that_does_not_decode_is_an_error_of_the_npu,
          without_numerics_streams_are_not_looked_at)
