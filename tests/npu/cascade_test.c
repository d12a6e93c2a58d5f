/*
 * cascade_test.c - layers in stripes: the same codes from less memory, chosen where needed.
 */
#include "npu/compiler/compile.h"
#include "npu/compiler/tensor_io.h"
#include "npu/compiler/topology.h"
#include "sim/file.h"
#include "tests/npu/build_core.h"
#include "tests/npu/build_move.h"
#include "tests/npu/compile_check.h"
#include "tests/npu/compile_exec.h"
#include "tests/npu/compile_graph.h"
#include "tests/npu/npu_plain.h"
#include "tests/npu/segmentation.h"
#include "tests/test.h"

/* ---- too large for L2 --------------------------------------------------------------------------
 */

/* Outputs of a program on an input of pseudorandom codes. */
static uint8_t *run(const npu_prog_t *prog, const npu_desc_t *desc, uint64_t out_bytes)
{
    compile_exec_t exec;
    sim_stream_t random = sim_stream(4, 2, 0);
    uint64_t in_bytes = npu_input_bytes(prog, 0);
    uint8_t *codes = malloc(in_bytes);
    for (uint64_t i = 0; i < in_bytes; i++)
        codes[i] = (uint8_t)sim_stream_u32(&random);
    compile_exec_init(&exec, prog, desc, sim_simd());
    ck_assert(npu_input_write(prog, 0, &exec.port, codes));
    compile_exec_run(&exec);
    uint8_t *out = malloc(out_bytes);
    ck_assert(npu_output_read(prog, 0, &exec.port, out));
    compile_exec_free(&exec);
    free(codes);
    return out;
}

static void compile(const npu_graph_t *graph, const npu_desc_t *desc, npu_cascade_t cascade,
                    npu_prog_t *prog, npu_compile_report_t *report)
{
    char error[256];
    npu_compile_options_t options = {.cascade = cascade};
    ck_assert_msg(npu_compile(graph, desc, &options, prog, report, error, sizeof(error)) == SIM_OK,
                  "%s", error);
}

/* The graph on the chip and on one with a large L2: the same codes. The latter's report in *whole.
 */
static void compare_with_large_chip(const npu_graph_t *graph, uint64_t out_bytes,
                                    npu_compile_report_t *stripes, npu_compile_report_t *whole)
{
    npu_prog_t striped, large_prog;
    npu_desc_t desc = npu_desc_default(), large = desc;
    large.l2_bytes = 64 << 20;
    compile(graph, &desc, NPU_CASCADE_AS_CHIP, &striped, stripes);
    compile(graph, &large, NPU_CASCADE_AS_CHIP, &large_prog, whole);
    ck_assert_uint_ge(stripes->cascades, 1);
    ck_assert_uint_eq(whole->cascades, 0);
    ck_assert_uint_eq(stripes->whole_bound_bytes, whole->live_bound_bytes);
    ck_assert_uint_le(striped.meta.l2_peak_bytes, desc.l2_bytes);
    ck_assert_uint_le(stripes->estimate_cycles * 100, whole->estimate_cycles * 102); /* cheap */
    uint8_t *a = run(&striped, &desc, out_bytes), *b = run(&large_prog, &large, out_bytes);
    ck_assert_mem_eq(a, b, out_bytes);
    free(a);
    free(b);
    npu_prog_free(&striped);
    npu_prog_free(&large_prog);
}

/* The classes stretched to the image's size: 5.5 MB that leave the network, and 8.4 MB with
 * channels in 32s between the operator and the layout node at the output. */
START_TEST(a_segmentation_network_too_large_for_l2_runs_in_stripes)
{
    build_t b;
    npu_compile_report_t stripes, whole;
    int32_t out = segmentation_build(&b, 513);
    out = build_resize(&b, NPU_NODE_RESIZE_BILINEAR, out, 513, 513, true, false);
    build_end(&b, &out, 1);
    compare_with_large_chip(&b.graph, 513 * 513 * 21, &stripes, &whole);
    ck_assert_uint_ge(stripes.cascades, 2); /* in the backbone, and at the end */
    /* the image 544 x 514 x 3, 513 x 513 of 21 channels in 32, and of 21; each in 64s */
    ck_assert_uint_eq(whole.live_bound_bytes, 838848 + 8421440 + 5526592);
    npu_compile_report_free(&stripes);
    npu_compile_report_free(&whole);
    build_free(&b);
}
END_TEST

START_TEST(the_list_of_deeplab_runs_in_stripes)
{
    size_t bytes;
    char error[256];
    npu_graph_t graph;
    npu_compile_report_t stripes, whole;
    const char *path = "npu/networks/deeplab_513.topo";
    uint8_t *text = sim_file_read(path, 1 << 20, &bytes, error, sizeof(error));
    ck_assert_msg(text != NULL, "%s", error);
    ck_assert_int_eq(npu_topology_read((char *)text, bytes, path, &graph, error, sizeof(error)),
                     SIM_OK);
    compare_with_large_chip(&graph, 33 * 33 * 21, &stripes, &whole);
    /* 257 x 257 of 8 channels in 32, and of 48 in 64, and the image */
    ck_assert_uint_eq(whole.live_bound_bytes, 838848 + 2113600 + 4227136);
    npu_compile_report_free(&stripes);
    npu_compile_report_free(&whole);
    npu_graph_free(&graph);
    free(text);
}
END_TEST

START_TEST(without_stripes_it_is_refused_with_layer_and_bytes)
{
    build_t b;
    npu_prog_t prog;
    char error[256];
    npu_desc_t desc = npu_plain_desc();
    npu_compile_options_t options = {.cascade = NPU_CASCADE_OFF};
    int32_t out = segmentation_build(&b, 513);
    build_end(&b, &out, 1);
    ck_assert(npu_compile(&b.graph, &desc, &options, &prog, NULL, error, sizeof(error)) != SIM_OK);
    ck_assert_ptr_nonnull(strstr(error, "layer 3 CONV_2D"));
    ck_assert_ptr_nonnull(strstr(error, "activations need 9293184 bytes of L2, "));
    options.keep_all = true; /* whole maps, then */
    options.cascade = NPU_CASCADE_ALWAYS;
    ck_assert(npu_compile(&b.graph, &desc, &options, &prog, NULL, error, sizeof(error)) != SIM_OK);
    build_free(&b);
}
END_TEST

/* What is alive leaves too little for the fastest program: it gets by with larger tiles. */
START_TEST(a_program_gets_shorter_where_that_helps)
{
    build_t b;
    npu_prog_t prog;
    npu_compile_report_t r;
    npu_desc_t desc = npu_desc_default();
    int32_t out = segmentation_build(&b, 513);
    out = build_resize(&b, NPU_NODE_RESIZE_BILINEAR, out, 513, 513, true, false);
    out = build_arg_max(&b, out, 3, NPU_TYPE_INT32); /* on the core */
    build_end(&b, &out, 1);
    compile(&b.graph, &desc, NPU_CASCADE_AUTO, &prog, &r);
    /* the image, classes of every pixel, the best of them */
    ck_assert_uint_eq(r.activations_bytes, 838848 + 5526592 + 1052736);
    ck_assert_uint_le(prog.meta.l2_peak_bytes, desc.l2_bytes);
    npu_compile_report_free(&r);
    npu_prog_free(&prog);
    build_free(&b);
}
END_TEST

/* The less L2, the more of it runs in stripes. */
START_TEST(a_smaller_one_equals_the_reference_in_any_l2_that_takes_it)
{
    static const struct {
        uint32_t l2_bytes, cascades;
    } cases[] = {{700000, 0}, {630000, 1}, {590000, 2}};
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        build_t b;
        npu_prog_t prog;
        npu_compile_report_t r;
        npu_desc_t desc = npu_plain_desc();
        desc.l2_bytes = cases[i].l2_bytes;
        int32_t out = segmentation_build(&b, 65);
        build_end(&b, &out, 1);
        compile(&b.graph, &desc, NPU_CASCADE_AUTO, &prog, &r);
        ck_assert_uint_ge(r.cascades, cases[i].cascades);
        ck_assert(cases[i].cascades > 0 || r.cascades == 0);
        ck_assert_uint_le(r.activations_bytes, r.whole_bound_bytes);
        compile_check_run(&b, &prog, &desc, i);
        npu_compile_report_free(&r);
        npu_prog_free(&prog);
        build_free(&b);
    }
}
END_TEST

/* ---- rings by hand ----------------------------------------------------------------------------
 */

static const npu_place_plan_t *place_named(const npu_compile_report_t *r, const build_t *b,
                                           int32_t tensor)
{
    for (uint32_t p = 0; p < r->places; p++)
        if (strcmp(r->place[p].name, b->graph.tensor[tensor].name) == 0)
            return &r->place[p];
    ck_abort_msg("tensor %d has no place", tensor);
    return NULL;
}

/* x, 1x1, 3x3, sum with x; all of 64 x 64 x 32. Tiles of s rows everywhere: while the sum is at row
 * y, the 3x3 needs rows y - 1 to y + s of the 1x1, whose tiles end at y + 2s. */
START_TEST(as_many_rows_exist_as_the_slowest_reader_still_needs)
{
    build_t b;
    npu_prog_t prog;
    npu_compile_report_t r;
    npu_desc_t desc = npu_plain_desc();
    build_conv_t one = segmentation_conv(32, 1, 1, NPU_ACT_NONE),
                 three = segmentation_conv(32, 3, 1, NPU_ACT_NONE);
    build_begin(&b, NPU_TYPE_INT8, 5);
    int32_t x = build_conv(&b, build_input(&b, 64, 64, 8), &one);
    int32_t p = build_conv(&b, x, &one), q = build_conv(&b, p, &three);
    int32_t sum = build_elementwise(&b, NPU_NODE_ADD, q, x);
    build_end(&b, &sum, 1);
    compile(&b.graph, &desc, NPU_CASCADE_ALWAYS, &prog, &r);
    ck_assert_uint_eq(r.cascades, 1);
    ck_assert_uint_eq(r.cascade[0].first, 0);
    ck_assert_uint_eq(r.cascade[0].last, 3);
    uint32_t s = r.cascade[0].rows;
    for (uint32_t i = 0; i < r.layers; i++)
        ck_assert_uint_eq(r.layer[i].stripe_rows, s);
    ck_assert_uint_eq(place_named(&r, &b, x)->ring_rows, 2 * s);
    ck_assert_uint_eq(place_named(&r, &b, p)->ring_rows, 2 * s + 1);
    ck_assert_uint_eq(place_named(&r, &b, q)->ring_rows, s);
    ck_assert_uint_eq(place_named(&r, &b, sum)->ring_rows, 0);
    ck_assert_uint_eq(r.cascade[0].ring_bytes, (5 * s + 1) * 64 * 32);
    ck_assert_uint_eq(r.cascade[0].whole_bytes, 3 * 64 * 64 * 32);
    ck_assert_uint_eq(prog.kept_count, 2); /* input and output: nothing else is ever whole */
    compile_check_run(&b, &prog, &desc, 5);
    compile_check_waits(&prog, 5);
    npu_compile_report_free(&r);
    npu_prog_free(&prog);
    build_free(&b);
}
END_TEST

START_TEST(a_pad_between_layers_runs_in_stripes_with_them)
{
    build_t b;
    npu_prog_t prog;
    npu_compile_report_t r;
    npu_desc_t desc = npu_plain_desc();
    uint32_t pad[3][2] = {{3, 1}, {0, 1}, {0, 0}};
    build_conv_t one = segmentation_conv(32, 1, 1, NPU_ACT_NONE),
                 half = segmentation_conv(0, 3, 2, NPU_ACT_NONE);
    half.same = false;
    build_begin(&b, NPU_TYPE_INT8, 6);
    int32_t x = build_conv(&b, build_input(&b, 64, 64, 8), &one);
    int32_t padded = build_pad(&b, x, pad), out = build_depthwise(&b, padded, &half, 1);
    build_end(&b, &out, 1);
    compile(&b.graph, &desc, NPU_CASCADE_ALWAYS, &prog, &r);
    ck_assert_uint_eq(r.cascades, 1);
    ck_assert_uint_eq(r.cascade[0].first, 0);
    ck_assert_uint_eq(r.cascade[0].last, 2);
    ck_assert_uint_ne(place_named(&r, &b, x)->ring_rows, 0);
    ck_assert_uint_ne(place_named(&r, &b, padded)->ring_rows, 0);
    ck_assert_uint_lt(r.live_bound_bytes, r.whole_bound_bytes / 2);
    compile_check_run(&b, &prog, &desc, 6);
    compile_check_waits(&prog, 6);
    npu_compile_report_free(&r);
    npu_prog_free(&prog);
    build_free(&b);
}
END_TEST

START_TEST(the_layout_node_at_the_output_takes_rows_as_they_come)
{
    build_t b;
    npu_prog_t prog;
    npu_compile_report_t r;
    npu_desc_t desc = npu_plain_desc();
    desc.layout_nodes = true;
    build_conv_t one = segmentation_conv(21, 1, 1, NPU_ACT_NONE);
    build_begin(&b, NPU_TYPE_INT8, 7);
    int32_t out = build_conv(&b, build_input(&b, 64, 64, 8), &one);
    build_end(&b, &out, 1);
    compile(&b.graph, &desc, NPU_CASCADE_ALWAYS, &prog, &r);
    ck_assert_uint_eq(r.layers, 2);
    ck_assert_str_eq(prog.layers[1].op, "TRANSFORM");
    ck_assert_uint_eq(r.cascades, 1);
    /* 21 channels in 32 need not be there whole: input and result are */
    ck_assert_uint_lt(r.live_bound_bytes, 64 * 64 * (8 + 21) + 64 * 64 * 32 / 2);
    compile_check_run(&b, &prog, &desc, 7);
    compile_check_waits(&prog, 7);
    npu_compile_report_free(&r);
    npu_prog_free(&prog);
    build_free(&b);
}
END_TEST

/* ---- at random ------------------------------------------------------------------------------- */

static uint32_t check_random(uint64_t seed, void build(build_t *b, uint64_t seed))
{
    build_t b;
    npu_prog_t prog;
    npu_compile_report_t r;
    char error[256];
    uint32_t cascades = 0;
    build(&b, seed);
    npu_desc_t desc = build_desc(&b, seed);
    if (seed % 3 == 0) { /* as the chip: stripes set apart, or weights not beside the work */
        desc.overlap = build_below(&b, NPU_OVERLAP_ALL + 1);
        desc.layout_nodes = build_below(&b, 2) == 0;
        desc.barrier_cycles = 50;
    }
    npu_compile_options_t options = {.rounding = seed % 2 ? NPU_ROUND_SINGLE : NPU_ROUND_DOUBLE,
                                     .fuse = seed % 3 ? NPU_FUSE_ALL : NPU_FUSE_NONE,
                                     .reuse_input = true,
                                     .cascade = NPU_CASCADE_ALWAYS};
    if (npu_compile(&b.graph, &desc, &options, &prog, &r, error, sizeof(error)) == SIM_OK) {
        compile_check_run(&b, &prog, &desc, seed);
        if (prog.insn_count < 1000)
            compile_check_waits(&prog, seed);
        cascades = r.cascades;
        npu_compile_report_free(&r);
        npu_prog_free(&prog);
    }
    build_free(&b);
    return cascades;
}

START_TEST(random_networks_in_stripes_equal_the_reference)
{
    uint32_t cascades = 0;
    for (uint64_t seed = 0; seed < 120 / TEST_FEWER; seed++) {
        cascades += check_random(seed, build_random);
        cascades += check_random(seed, build_random_chain);
    }
    ck_assert_uint_ge(cascades, 20 / TEST_FEWER); /* else this test sees too little */
}
END_TEST

TEST_MAIN("npu compiler cascades", a_segmentation_network_too_large_for_l2_runs_in_stripes,
          the_list_of_deeplab_runs_in_stripes, without_stripes_it_is_refused_with_layer_and_bytes,
          a_program_gets_shorter_where_that_helps,
          a_smaller_one_equals_the_reference_in_any_l2_that_takes_it,
          as_many_rows_exist_as_the_slowest_reader_still_needs,
          a_pad_between_layers_runs_in_stripes_with_them,
          the_layout_node_at_the_output_takes_rows_as_they_come,
          random_networks_in_stripes_equal_the_reference)
