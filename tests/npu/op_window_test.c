/*
 * op_window_test.c - windows of any shape, pads of any dimensions and codes that change their type,
 * alone and at random: compiled for small machines, run one instruction at a time, every tensor
 * equal to the oracle's.
 */
#include "tests/npu/build_math.h"
#include "tests/npu/op_case.h"
#include "tests/test.h"

START_TEST(convolutions_with_windows_of_any_shape_equal_the_oracle)
{
    static const npu_node_op_t op = NPU_NODE_CONV_2D;
    op_case_run(build_window_conv, true, 600, &op, 1);
}
END_TEST

START_TEST(depthwise_convolutions_with_windows_of_any_shape_equal_the_oracle)
{
    static const npu_node_op_t op = NPU_NODE_DEPTHWISE_CONV_2D;
    op_case_run(build_window_depthwise, true, 600, &op, 1);
}
END_TEST

START_TEST(pools_with_windows_of_any_shape_equal_the_oracle)
{
    static const npu_node_op_t ops[] = {NPU_NODE_AVERAGE_POOL_2D, NPU_NODE_MAX_POOL_2D};
    op_case_run(build_window_pool, true, 400, ops, SIM_COUNT(ops));
}
END_TEST

START_TEST(pads_of_any_dimensions_equal_the_oracle)
{
    static const npu_node_op_t op = NPU_NODE_PAD;
    op_case_run(build_random_pad, true, 500, &op, 1);
}
END_TEST

START_TEST(codes_of_the_other_type_and_another_scale_equal_the_oracle)
{
    static const npu_node_op_t op = NPU_NODE_QUANTIZE;
    op_case_run(build_other_type, true, 300, &op, 1);
}
END_TEST

START_TEST(a_map_with_itself_equals_the_oracle)
{
    static const npu_node_op_t ops[] = {NPU_NODE_ADD, NPU_NODE_SUB, NPU_NODE_MUL};
    op_case_run(build_random_twin, true, 300, ops, SIM_COUNT(ops));
}
END_TEST

TEST_MAIN("npu windows", convolutions_with_windows_of_any_shape_equal_the_oracle,
          depthwise_convolutions_with_windows_of_any_shape_equal_the_oracle,
          pools_with_windows_of_any_shape_equal_the_oracle, pads_of_any_dimensions_equal_the_oracle,
          codes_of_the_other_type_and_another_scale_equal_the_oracle,
          a_map_with_itself_equals_the_oracle)
