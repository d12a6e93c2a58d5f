/*
 * array_test.c - how long instructions take: every kind of MAC array, and the vector unit, against
 * steps counted one by one; systolic arrays against published counts and through the compiler.
 */
#include "npu/array.h"

#include "npu/compiler/compile.h"
#include "sim/rng.h"
#include "tests/npu/compile_graph.h"
#include "tests/npu/cycles_ref.h"
#include "tests/npu/npu_random.h"
#include "tests/test.h"

static npu_desc_t grid(npu_array_t kind, uint32_t rows, uint32_t columns)
{
    npu_desc_t d = npu_desc_default();
    d.mac_kind = kind;
    d.mac_rows = rows;
    d.mac_columns = columns;
    return d;
}

static npu_insn_t conv(uint32_t h, uint32_t w, uint32_t k, uint32_t in_c, uint32_t c)
{
    return (npu_insn_t){
        .op = NPU_OP_CONV, .h = h, .w = w, .c = c, .in_c = in_c, .k_h = k, .k_w = k};
}

static npu_insn_t depthwise(uint32_t h, uint32_t w, uint32_t k, uint32_t in_c, uint32_t times)
{
    return (npu_insn_t){
        .op = NPU_OP_DWCONV, .h = h, .w = w, .c = in_c * times, .in_c = in_c, .k_h = k, .k_w = k};
}

/* ---- counted step by step -------------------------------------------------------------------- */

static npu_desc_t random_desc(sim_stream_t *r)
{
    npu_desc_t d = grid((npu_array_t)sim_stream_below(r, NPU_ARRAYS), 1 + sim_stream_below(r, 9),
                        1 + sim_stream_below(r, 9));
    d.mac_overlap = sim_stream_below(r, 2);
    d.mac_taps = 1 + sim_stream_below(r, 20);
    d.mac_channels = 1 + sim_stream_below(r, 20);
    d.mac_round_in_c = 1 + sim_stream_below(r, 40);
    d.mac_start_cycles = 1 + sim_stream_below(r, 100);
    d.conv_permille = 1 + sim_stream_below(r, 1000);
    d.point_permille = 1 + sim_stream_below(r, 1000);
    d.dw_permille = 1 + sim_stream_below(r, 1000);
    d.dw_pixels = 1 + sim_stream_below(r, 9);
    d.vec_start_cycles = 1 + sim_stream_below(r, 100);
    d.vec_elements = 1 + sim_stream_below(r, 100);
    d.vec_pool_taps = 1 + sim_stream_below(r, 10);
    d.vec_softmax_cycles = 1 + sim_stream_below(r, 20);
    d.vec_copy_bytes = 1 + sim_stream_below(r, 100);
    d.vec_transform_bytes = 1 + sim_stream_below(r, 100);
    return d;
}

/* Any instruction of that opcode, small; a depthwise with some channels for each of the source. */
static npu_insn_t random_small(sim_stream_t *r, uint32_t op)
{
    npu_insn_t insn = random_small_insn(r, op);
    if (op != NPU_OP_DWCONV)
        return insn;
    insn.in_c = 1 + sim_stream_below(r, 20);
    insn.c = insn.in_c * (1 + sim_stream_below(r, 6));
    return insn;
}

START_TEST(instructions_take_as_long_as_their_steps_counted_one_by_one)
{
    sim_stream_t r = sim_stream(1, 22, 0);
    for (uint32_t n = 0; n < 12000; n++) {
        npu_desc_t d = random_desc(&r);
        uint32_t vec = NPU_OP_REQUANT + n / 2 % (NPU_OPS - NPU_OP_REQUANT);
        npu_insn_t insn = random_small(&r, n % 2 != 0   ? vec
                                           : n % 4 != 0 ? NPU_OP_CONV
                                                        : NPU_OP_DWCONV);
        uint64_t expected = cycles_ref(&d, &insn);
        ck_assert_msg(npu_insn_cycles(&d, &insn) == expected,
                      "%u: %s, kind %u, overlap %u: %llu cycles, %llu steps", n,
                      npu_opinfo(insn.op)->name, d.mac_kind, d.mac_overlap,
                      (unsigned long long)npu_insn_cycles(&d, &insn), (unsigned long long)expected);
    }
}
END_TEST

/* Published: SCALE-Sim v3 on layers of MobileNetV1, 48 x 48; it prints the number of the last
 * cycle, one less than their count. */
START_TEST(scale_sims_published_counts_are_met)
{
    static const struct {
        npu_array_t kind;
        uint32_t size, in_c, c;
        uint64_t last;
    } published[] = {
        {NPU_ARRAY_WS, 14, 256, 512, 22307}, {NPU_ARRAY_WS, 14, 512, 512, 40897},
        {NPU_ARRAY_OS, 14, 512, 512, 33329}, {NPU_ARRAY_WS, 7, 512, 1024, 46221},
        {NPU_ARRAY_OS, 7, 512, 1024, 26663}, {NPU_ARRAY_IS, 7, 512, 1024, 25651},
    };
    for (size_t i = 0; i < SIM_COUNT(published); i++) {
        npu_desc_t d = grid(published[i].kind, 48, 48);
        npu_insn_t insn =
            conv(published[i].size, published[i].size, 1, published[i].in_c, published[i].c);
        ck_assert_uint_eq(npu_insn_cycles(&d, &insn) - 1, published[i].last);
    }
}
END_TEST

/* K = 100 in grids of 8 rows: 13 folds; 20 columns in grids of 4: 5. T = 9 pixels. */
START_TEST(overlapped_folds_start_as_soon_as_what_stays_and_what_passes_allow)
{
    npu_desc_t d = grid(NPU_ARRAY_WS, 8, 4);
    npu_insn_t insn = conv(3, 3, 1, 100, 20);
    ck_assert_uint_eq(npu_insn_cycles(&d, &insn), 65 * (9 + 2 * 8 + 4 - 2));
    d.mac_overlap = 1;
    ck_assert_uint_eq(npu_insn_cycles(&d, &insn), 64 * 9 + 27);
    insn.h = 1; /* T = 3: the 8 rows of the next fold take longer */
    ck_assert_uint_eq(npu_insn_cycles(&d, &insn), 64 * 8 + 21);
    d.mac_kind = NPU_ARRAY_OS; /* 1 x 5 folds, T = 100 */
    ck_assert_uint_eq(npu_insn_cycles(&d, &insn), 4 * 100 + 100 + 8 + 4 - 2);
}
END_TEST

START_TEST(one_fold_takes_the_same_with_and_without_overlap)
{
    for (uint32_t kind = NPU_ARRAY_WS; kind <= NPU_ARRAY_IS; kind++) {
        npu_desc_t d = grid((npu_array_t)kind, 16, 16);
        npu_insn_t insn = conv(4, 4, 1, 16, 16);
        uint64_t alone = npu_insn_cycles(&d, &insn);
        d.mac_overlap = 1;
        ck_assert_uint_eq(npu_insn_cycles(&d, &insn), alone);
    }
}
END_TEST

/* ---- MobileNetV1 1.0/224 --------------------------------------------------------------------- */

/* Depthwise layers: input channels and size of the result, and their stride; a 1 x 1 to twice the
 * channels (or as many) follows each. */
static const uint32_t blocks[13][4] = {
    {32, 112, 1, 64},  {64, 56, 2, 128},  {128, 56, 1, 128}, {128, 28, 2, 256}, {256, 28, 1, 256},
    {256, 14, 2, 512}, {512, 14, 1, 512}, {512, 14, 1, 512}, {512, 14, 1, 512}, {512, 14, 1, 512},
    {512, 14, 1, 512}, {512, 7, 2, 1024}, {1024, 7, 1, 1024}};

/* A 3 x 3 window leaves out the edges when nothing is padded: by 1 at stride 2 of even sizes, by 2
 * at stride 1. */
static uint64_t mobilenet(const npu_desc_t *d, bool padded)
{
    uint32_t first = padded ? 112 : 111;
    npu_insn_t stem = conv(first, first, 3, 3, 32), head = conv(1, 1, 1, 1024, 1001);
    uint64_t cycles = npu_insn_cycles(d, &stem) + npu_insn_cycles(d, &head);
    for (size_t i = 0; i < SIM_COUNT(blocks); i++) {
        uint32_t size = blocks[i][1], less = padded ? 0 : blocks[i][2] == 1 ? 2 : 1;
        npu_insn_t dw = depthwise(size - less, size - less, 3, blocks[i][0], 1);
        npu_insn_t point = conv(size, size, 1, blocks[i][0], blocks[i][3]);
        cycles += npu_insn_cycles(d, &dw) + npu_insn_cycles(d, &point);
    }
    return cycles;
}

/* A naive array of as many multipliers needs 3.6 times the published 3.1 ms (813,750 cycles at
 * 262.5 MHz): 2.9 to 3.1 million when windows stay inside the map, as SCALE-Sim has them, and more
 * with the padding that the network has. The chip's array computes channels side by side. */
START_TEST(a_grid_of_48_by_48_needs_3_million_cycles_for_mobilenet)
{
    npu_desc_t ws = grid(NPU_ARRAY_WS, 48, 48), chip = npu_desc_default();
    ck_assert_uint_eq(npu_peak_macs(&ws, 0), npu_peak_macs(&chip, 0));
    uint64_t inside = mobilenet(&ws, false);
    ck_assert_uint_ge(inside, 2900000);
    ck_assert_uint_le(inside, 3100000);
    ck_assert_uint_eq(mobilenet(&ws, true), 3204858); /* summed by hand from the closed forms */
    ck_assert_uint_lt(mobilenet(&chip, true), 813750);
}
END_TEST

/* ---- through the compiler -------------------------------------------------------------------- */

/* What the closed form of the kind says of a whole layer. */
static uint64_t closed_form(const npu_desc_t *d, bool dense, npu_hwc_t in, npu_hwc_t out,
                            uint64_t k)
{
    uint64_t e = (uint64_t)out.h * out.w, rows = d->mac_rows, columns = d->mac_columns;
    uint64_t count = dense ? 1 : in.c, m = out.c / count, depth = k * k * (dense ? in.c : 1);
    uint64_t stays = depth, beside = m, passes = e, around = 2 * rows + columns - 2;
    if (d->mac_kind == NPU_ARRAY_OS) {
        stays = e;
        passes = depth;
        around = rows + columns - 2;
    }
    if (d->mac_kind == NPU_ARRAY_IS) {
        beside = e;
        passes = m;
    }
    uint64_t folds = (stays + rows - 1) / rows * ((beside + columns - 1) / columns);
    return count * folds * (passes + around);
}

/* Cycles of the array's instructions in a program, and how many those are. */
static uint64_t array_cycles(const npu_desc_t *d, const npu_prog_t *prog, uint32_t *pieces)
{
    uint64_t cycles = 0;
    *pieces = 0;
    for (uint32_t n = 0; n < prog->insn_count; n++) {
        npu_insn_t insn;
        ck_assert(npu_insn_decode(prog->insns[n], &insn, NULL, 0));
        if (npu_op_engine(insn.op) != NPU_ENGINE_MAC)
            continue;
        cycles += npu_insn_cycles(d, &insn);
        ++*pieces;
    }
    return cycles;
}

/* A random layer on a chip with room for all of it in L1; false when the compiler cuts it all the
 * same, to overlap loads with its work. */
static bool check_layer(npu_array_t kind, uint64_t seed)
{
    build_t b;
    char error[256];
    npu_prog_t prog;
    npu_desc_t d = grid(kind, 1 + (uint32_t)(seed % 50), 1 + (uint32_t)(seed * 7 % 40));
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        d.mem_bytes[m] = 1 << 24;
    d.dma_start_cycles = d.vec_start_cycles = 4096; /* cuts cost more than they hide, mostly */
    d.dma_weight_bytes = d.dma_act_bytes = d.vec_elements = 1024;
    build_begin(&b, NPU_TYPE_INT8, seed);
    uint32_t k = 1 + build_below(&b, 3), h = 4 + build_below(&b, 20), w = 4 + build_below(&b, 20);
    bool dense = seed % 2 != 0;
    build_conv_t window = {1 + build_below(&b, 70), k, k, 1, 1, 1, 1, true, NPU_ACT_NONE};
    int32_t in = build_input(&b, h, w, 5 + build_below(&b, 60));
    int32_t out = dense ? build_conv(&b, in, &window)
                        : build_depthwise(&b, in, &window, 1 + build_below(&b, 2));
    build_end(&b, &out, 1);
    npu_compile_options_t options = {.rounding = NPU_ROUND_DOUBLE};
    ck_assert_msg(npu_compile(&b.graph, &d, &options, &prog, NULL, error, sizeof(error)) == SIM_OK,
                  "%s", error);
    uint32_t pieces;
    uint64_t cycles = array_cycles(&d, &prog, &pieces);
    npu_hwc_t i = npu_tensor_hwc(&b.graph.tensor[in]), o = npu_tensor_hwc(&b.graph.tensor[out]);
    if (pieces == 1)
        ck_assert_uint_eq(cycles, closed_form(&d, dense, i, o, k));
    npu_prog_free(&prog);
    build_free(&b);
    return pieces == 1;
}

START_TEST(a_layer_that_is_one_instruction_takes_its_closed_form)
{
    uint32_t whole = 0;
    for (uint64_t seed = 0; seed < 2000; seed++)
        whole += check_layer((npu_array_t)(NPU_ARRAY_WS + seed % 3), seed);
    ck_assert_uint_ge(whole, 1000);
}
END_TEST

/* Layers that L1 cannot hold, or whose loads hide behind work when they are cut. Where folds are
 * whole pieces take together what one instruction would; where pixels are cut although they pass
 * through (ws), or the accumulators' memory does not leave the choice, fills add up. */
START_TEST(layers_are_cut_on_whole_folds)
{
    static const struct {
        uint32_t size, in_c, c, k;
        uint32_t percent[3]; /* of the closed form, at most: ws, os, is */
    } cases[] = {
        {14, 256, 512, 1, {100, 100, 100}}, {14, 512, 512, 1, {100, 100, 100}},
        {7, 512, 1024, 1, {100, 100, 100}}, {28, 64, 128, 3, {116, 100, 100}},
        {14, 128, 256, 3, {100, 100, 100}}, {56, 64, 128, 1, {140, 100, 107}},
    };
    for (size_t i = 0; i < 3 * SIM_COUNT(cases); i++) {
        build_t b;
        char error[256];
        npu_prog_t prog;
        uint32_t n = (uint32_t)i / 3, kind = (uint32_t)i % 3, pieces, k = cases[n].k;
        npu_desc_t d = grid((npu_array_t)(NPU_ARRAY_WS + kind), 48, 48);
        build_conv_t window = {cases[n].c, k, k, 1, 1, 1, 1, true, NPU_ACT_NONE};
        npu_hwc_t size = {cases[n].size, cases[n].size, cases[n].in_c}, result = size;
        result.c = cases[n].c;
        build_begin(&b, NPU_TYPE_INT8, i);
        int32_t out = build_conv(&b, build_input(&b, size.h, size.w, size.c), &window);
        build_end(&b, &out, 1);
        npu_compile_options_t options = {.rounding = NPU_ROUND_DOUBLE};
        ck_assert_msg(npu_compile(&b.graph, &d, &options, &prog, NULL, error, sizeof(error)) ==
                          SIM_OK,
                      "%s", error);
        uint64_t cycles = array_cycles(&d, &prog, &pieces);
        uint64_t whole = closed_form(&d, true, size, result, k);
        ck_assert_uint_gt(pieces, 1);
        ck_assert_msg(cycles >= whole && 100 * cycles <= cases[n].percent[kind] * whole,
                      "case %zu: %llu cycles in %u pieces, in one %llu", i,
                      (unsigned long long)cycles, pieces, (unsigned long long)whole);
        npu_prog_free(&prog);
        build_free(&b);
    }
}
END_TEST

START_TEST(chip_files_name_the_kind)
{
    static const char *const text = "{\"mac\": {\"kind\": \"os\", \"rows\": 16, \"columns\": 8, "
                                    "\"overlap\": true}}";
    npu_desc_t d = npu_desc_default();
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "chip");
    sim_cfg_t cfg = sim_doc_root(doc);
    npu_desc_read(&cfg, &d);
    ck_assert_ptr_null(sim_doc_error(doc));
    ck_assert_uint_eq(d.mac_kind, NPU_ARRAY_OS);
    ck_assert_uint_eq(d.mac_overlap, 1);
    ck_assert_uint_eq(npu_peak_macs(&d, 1), 128);
    sim_doc_free(doc);
}
END_TEST

START_TEST(the_systolic_chip_file_is_read)
{
    npu_desc_t d = npu_desc_default();
    sim_doc_t *doc = sim_doc_load("logic/chips/systolic.json");
    sim_cfg_t root = sim_doc_root(doc), cfg = sim_cfg_obj(&root, "npu");
    npu_desc_read(&cfg, &d);
    ck_assert_msg(sim_doc_error(doc) == NULL, "%s", sim_doc_error(doc));
    ck_assert_uint_eq(d.mac_kind, NPU_ARRAY_WS);
    sim_doc_free(doc);
}
END_TEST

TEST_MAIN("npu array kinds", instructions_take_as_long_as_their_steps_counted_one_by_one,
          scale_sims_published_counts_are_met,
          overlapped_folds_start_as_soon_as_what_stays_and_what_passes_allow,
          one_fold_takes_the_same_with_and_without_overlap,
          a_grid_of_48_by_48_needs_3_million_cycles_for_mobilenet,
          a_layer_that_is_one_instruction_takes_its_closed_form, layers_are_cut_on_whole_folds,
          chip_files_name_the_kind, the_systolic_chip_file_is_read)
