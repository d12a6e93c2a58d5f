/*
 * op_math_test.c - operators that compute, alone and at random: compiled for small machines, run
 * one instruction at a time, every tensor equal to the oracle's.
 */
#include "npu/compiler/tflite.h"
#include "tests/npu/build_math.h"
#include "tests/npu/op_case.h"
#include "tests/npu/tflite_write.h"
#include "tests/test.h"

START_TEST(functions_of_one_code_equal_the_oracle)
{
    static const npu_node_op_t ops[] = {NPU_NODE_HARD_SWISH,   NPU_NODE_LEAKY_RELU,
                                        NPU_NODE_LOGISTIC,     NPU_NODE_RELU,
                                        NPU_NODE_RELU_N1_TO_1, NPU_NODE_TANH};
    op_case_run(build_random_function, true, 1500, ops, SIM_COUNT(ops));
}
END_TEST

START_TEST(pairs_of_any_reach_equal_the_oracle)
{
    static const npu_node_op_t ops[] = {NPU_NODE_ADD,   NPU_NODE_SUB,     NPU_NODE_MUL,
                                        NPU_NODE_PRELU, NPU_NODE_MAXIMUM, NPU_NODE_MINIMUM};
    op_case_run(build_random_pair, true, 2400, ops, SIM_COUNT(ops));
}
END_TEST

START_TEST(transposed_convolutions_equal_the_oracle)
{
    static const npu_node_op_t op = NPU_NODE_TRANSPOSE_CONV;
    op_case_run(build_transpose_conv, false, 600, &op, 1);
}
END_TEST

START_TEST(means_over_any_axes_equal_the_oracle)
{
    static const npu_node_op_t op = NPU_NODE_MEAN;
    op_case_run(build_random_mean, true, 1200, &op, 1);
}
END_TEST

START_TEST(rows_of_features_equal_the_oracle)
{
    static const npu_node_op_t op = NPU_NODE_FULLY_CONNECTED;
    op_case_run(build_rows, false, 600, &op, 1);
}
END_TEST

/* ---- read back from files ---- */

static void check_node(const npu_node_t *a, const npu_node_t *b)
{
    ck_assert_int_eq(a->op, b->op);
    ck_assert_uint_ge(b->inputs, a->inputs); /* axes of MEAN are an input of the file */
    ck_assert_mem_eq(a->input, b->input, a->inputs * sizeof(*a->input));
    ck_assert_mem_eq(a->output, b->output, a->outputs * sizeof(*a->output));
    ck_assert_mem_eq(&a->window, &b->window, sizeof(a->window));
    ck_assert_mem_eq(a->pad, b->pad, sizeof(a->pad));
    ck_assert_int_eq(a->activation, b->activation);
    ck_assert_uint_eq(a->depth_multiplier, b->depth_multiplier);
    ck_assert_uint_eq(a->axes, b->axes);
    ck_assert(a->op != NPU_NODE_LEAKY_RELU || memcmp(&a->alpha, &b->alpha, 4) == 0);
}

static void read_back(build_t *b, int32_t out, uint64_t seed)
{
    npu_graph_t read;
    char error[256];
    build_end(b, &out, 1);
    tflite_image_t image = tflite_write(&b->graph);
    ck_assert_msg(
        npu_tflite_read(image.data, image.bytes, "a.tflite", &read, error, sizeof(error)) == SIM_OK,
        "seed %llu: %s", (unsigned long long)seed, error);
    ck_assert_uint_eq(read.nodes, b->graph.nodes);
    for (uint32_t n = 0; n < read.nodes; n++)
        check_node(&b->graph.node[n], &read.node[n]);
    npu_graph_free(&read);
    build_free(b);
    free(image.data);
}

/* Of convolutions a file knows SAME and VALID only: those with other padding are left out. */
START_TEST(operators_read_back_as_they_were_written)
{
    static int32_t (*const make[])(build_t * b, int32_t input) = {
        build_random_function,  build_random_pair, build_random_mean, build_transpose_conv,
        build_window_depthwise, build_random_pad,  build_window_pool, build_rows,
        build_window_conv};
    for (uint64_t seed = 0; seed < 900; seed++) {
        build_t b;
        build_begin(&b, seed / 9 % 3 == 0 ? NPU_TYPE_UINT8 : NPU_TYPE_INT8, seed);
        int32_t out = make[seed % SIM_COUNT(make)](&b, op_case_source(&b, seed / 9 % 2 == 0));
        const npu_window_t *w = &b.graph.node[b.graph.nodes - 1].window;
        bool same = w->pad_top + w->pad_left + w->pad_bottom + w->pad_right > 0;
        npu_hwc_t size = npu_tensor_hwc(&b.graph.tensor[out]);
        bool valid = !same && size.h >= w->kernel_h && size.w >= w->kernel_w;
        if (b.graph.node[b.graph.nodes - 1].op != NPU_NODE_TRANSPOSE_CONV || same || valid)
            read_back(&b, out, seed);
        else
            build_free(&b);
    }
}
END_TEST

TEST_MAIN("npu arithmetic", functions_of_one_code_equal_the_oracle,
          pairs_of_any_reach_equal_the_oracle, transposed_convolutions_equal_the_oracle,
          means_over_any_axes_equal_the_oracle, rows_of_features_equal_the_oracle,
          operators_read_back_as_they_were_written)
