/*
 * segmentation_test.c - networks that label every pixel of 513 x 513, whose maps L2 cannot hold
 * whole: the chip runs them in stripes, and every code equals the reference's (golden_ref.h).
 * Prints what was compared and how long the reference took.
 */
#include <time.h>

#include "npu/compiler/compile.h"
#include "npu/compiler/tensor_io.h"
#include "npu/compiler/topology.h"
#include "sim/file.h"
#include "tests/npu/build_move.h"
#include "tests/npu/golden_ref.h"
#include "tests/npu/segmentation.h"
#include "tests/test.h"
#include "tools/inference.h"

static char error[512];

static void compile(const npu_graph_t *graph, const npu_desc_t *desc, npu_prog_t *prog,
                    npu_compile_report_t *report)
{
    npu_compile_options_t options = {.rounding = NPU_ROUND_DOUBLE};
    ck_assert_msg(npu_compile(graph, desc, &options, prog, report, error, sizeof(error)) == SIM_OK,
                  "%s", error);
}

/* The program's only output on the whole machine; the caller frees it. */
static uint8_t *run(const sensor_desc_t *chip, const npu_prog_t *prog, uint8_t *input,
                    uint64_t out_bytes)
{
    inference_t *in = calloc(1, sizeof(*in));
    uint8_t *codes[1] = {input}, *out = malloc(out_bytes);
    ck_assert_msg(inference_init(in, chip, prog), "%s", in->error);
    ck_assert_msg(inference_run(in, codes), "%s", in->error);
    ck_assert(npu_output_read(prog, 0, &in->memory, out));
    inference_free(in);
    free(in);
    return out;
}

static void run_reference(golden_ref_t *ref, const npu_graph_t *graph, const char *what)
{
    sim_stream_t noise = sim_stream(4, 2, 0);
    golden_ref_init(ref, graph, false);
    for (uint64_t i = 0; i < graph->tensor[graph->input[0]].bytes; i++)
        ref->tensor[graph->input[0]][i] = (uint8_t)sim_stream_u32(&noise);
    clock_t start = clock();
    golden_ref_run(ref);
    printf("%s: the reference took %.1f s\n", what,
           (double)(clock() - start) / (double)CLOCKS_PER_SEC);
}

/* A network that says nearly the same everywhere would prove little. */
static void check_colorful(const uint8_t *codes, uint64_t bytes)
{
    uint64_t count[256] = {0};
    uint32_t different = 0;
    for (uint64_t i = 0; i < bytes; i++)
        different += count[codes[i]]++ == 0;
    ck_assert_uint_gt(different, 20);
    for (uint32_t code = 0; code < 256; code++)
        ck_assert_uint_lt(count[code], bytes / 3);
}

static void compare(const npu_graph_t *graph, const sensor_desc_t *chip, uint32_t cascades,
                    const char *what)
{
    npu_prog_t prog = {0};
    npu_compile_report_t report;
    golden_ref_t ref;
    uint64_t bytes = graph->tensor[graph->output[0]].bytes, differ = 0;
    compile(graph, &chip->npu, &prog, &report);
    ck_assert_uint_ge(report.cascades, cascades);
    run_reference(&ref, graph, what);
    const uint8_t *expected = ref.tensor[graph->output[0]];
    uint8_t *codes = run(chip, &prog, ref.tensor[graph->input[0]], bytes);
    for (uint64_t i = 0; i < bytes; i++)
        differ += codes[i] != expected[i];
    printf("%s: %llu of %llu codes differ; %u cascades, %u bytes of L2\n", what,
           (unsigned long long)differ, (unsigned long long)bytes, report.cascades,
           prog.meta.l2_peak_bytes);
    ck_assert_uint_eq(differ, 0);
    check_colorful(expected, bytes);
    free(codes);
    golden_ref_free(&ref);
    npu_compile_report_free(&report);
    npu_prog_free(&prog);
}

static sensor_desc_t default_chip(void)
{
    sensor_desc_t chip;
    ck_assert_msg(chip_load(NULL, &chip, error, sizeof(error)), "%s", error);
    return chip;
}

START_TEST(the_list_of_deeplab_at_513_equals_the_reference)
{
    const char *path = "npu/networks/deeplab_513.topo";
    size_t bytes;
    npu_graph_t graph;
    sensor_desc_t chip = default_chip();
    uint8_t *text = sim_file_read(path, 1 << 20, &bytes, error, sizeof(error));
    ck_assert_msg(text != NULL, "%s", error);
    ck_assert_int_eq(npu_topology_read((char *)text, bytes, path, &graph, error, sizeof(error)),
                     SIM_OK);
    compare(&graph, &chip, 1, "deeplab_513");
    npu_graph_free(&graph);
    free(text);
}
END_TEST

/* 5.5 MB that leave the network. */
START_TEST(classes_of_every_pixel_of_513_by_513_equal_the_reference)
{
    build_t b;
    sensor_desc_t chip = default_chip();
    int32_t out = segmentation_build(&b, 513);
    out = build_resize(&b, NPU_NODE_RESIZE_BILINEAR, out, 513, 513, true, false);
    build_end(&b, &out, 1);
    compare(&b.graph, &chip, 2, "513 x 513 x 21");
    build_free(&b);
}
END_TEST

/* Odd sizes, each in as little L2 as still compiles, by steps of 32 KiB: part of it runs in stripes. */
START_TEST(smaller_ones_equal_the_reference_in_as_little_l2_as_takes_them)
{
    for (uint32_t size = 97; size <= 161; size += 32) {
        build_t b;
        npu_prog_t prog = {0};
        char what[32];
        sensor_desc_t chip = default_chip();
        int32_t out = segmentation_build(&b, size);
        out = build_resize(&b, NPU_NODE_RESIZE_BILINEAR, out, size, size, true, false);
        build_end(&b, &out, 1);
        npu_compile_options_t options = {.rounding = NPU_ROUND_DOUBLE};
        for (uint32_t room = 2 << 20;; room -= 32768, npu_prog_free(&prog)) {
            npu_desc_t less = chip.npu;
            less.l2_bytes = room;
            if (npu_compile(&b.graph, &less, &options, &prog, NULL, error, sizeof(error)) != SIM_OK)
                break;
            chip.npu.l2_bytes = room;
        }
        snprintf(what, sizeof(what), "%u x %u x 21", size, size);
        compare(&b.graph, &chip, 1, what);
        build_free(&b);
    }
}
END_TEST

TEST_MAIN("segmentation at full size", the_list_of_deeplab_at_513_equals_the_reference,
          classes_of_every_pixel_of_513_by_513_equal_the_reference,
          smaller_ones_equal_the_reference_in_as_little_l2_as_takes_them)
