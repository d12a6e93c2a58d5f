/*
 * op_move_test.c - operators that move codes, alone and at random: compiled for small machines, run
 * one instruction at a time, every tensor equal to the oracle's.
 */
#include "npu/compiler/compile.h"
#include "tests/npu/build_move.h"
#include "tests/npu/compile_check.h"
#include "tests/test.h"

/* The operator's input as the network's (planar), in blocks of 32 channels, or dense. */
static int32_t random_source(build_t *b)
{
    int32_t in = build_input_of(b, 4);
    npu_tensor_t t = b->graph.tensor[in];
    switch (build_below(b, 3)) {
    case 0:
        return in;
    case 1:
        return build_unary(b, NPU_NODE_RELU6, in);
    default:
        return build_shape(b, NPU_NODE_RESHAPE, build_unary(b, NPU_NODE_RELU6, in), t.dims,
                           t.shape);
    }
}

/* One node, and what is read of it: outputs of the network are dense, maps between layers not. How
 * many outputs are batches. */
static uint32_t build_case(build_t *b, uint64_t seed)
{
    static const npu_node_op_t functions[] = {NPU_NODE_RELU6, NPU_NODE_RELU, NPU_NODE_LOGISTIC,
                                              NPU_NODE_TANH, NPU_NODE_SOFTMAX};
    uint32_t batches = 0;
    int32_t outputs[BUILD_MOVE_OUTPUTS], ends[4];
    build_begin(b, seed % 2 == 0 ? NPU_TYPE_UINT8 : NPU_TYPE_INT8, seed);
    uint32_t count = build_random_move(b, random_source(b), outputs), found = 0;
    bool renamed = outputs[0] == 1; /* perhaps nothing is done to the network's input yet */
    for (uint32_t o = 0; o < count && found < 4; o++) {
        bool as_it_is = !renamed && build_below(b, 2) == 0; /* perhaps a batch */
        ends[found] = as_it_is ? outputs[o] : build_one_map(b, outputs[o]);
        batches +=
            b->graph.tensor[ends[found]].dims == 4 && b->graph.tensor[ends[found]].shape[0] > 1;
        if (renamed || build_below(b, 3) == 0)
            ends[found] = build_unary(b, functions[build_below(b, 5)], ends[found]);
        found++;
    }
    build_end(b, ends, found);
    return batches;
}

static uint32_t run_case(uint64_t seed, uint32_t *met)
{
    build_t b;
    npu_prog_t prog;
    char error[256];
    uint32_t batches = build_case(&b, seed);
    npu_desc_t desc = build_desc(&b, seed);
    desc.layout_nodes = seed / 32 % 2 == 0;
    desc.l2_bytes = 1 << 20; /* enough, and quick to fill */
    npu_compile_options_t options = {.rounding =
                                         seed / 2 % 2 == 0 ? NPU_ROUND_DOUBLE : NPU_ROUND_SINGLE,
                                     .keep_all = seed / 4 % 2 == 0,
                                     .no_parts = seed / 8 % 4 == 0};
    sim_err_t err = npu_compile(&b.graph, &desc, &options, &prog, NULL, error, sizeof(error));
    ck_assert_msg(err == SIM_OK, "seed %llu: %s", (unsigned long long)seed, error);
    for (uint32_t n = 0; n < b.graph.nodes; n++)
        met[b.graph.node[n].op]++;
    compile_check_run(&b, &prog, &desc, seed);
    npu_prog_free(&prog);
    build_free(&b);
    return batches;
}

START_TEST(every_move_of_codes_equals_the_oracle)
{
    uint32_t met[NPU_NODE_OPS] = {0};
    uint32_t batches = 0;
    for (uint64_t seed = 0; seed < 5000 / TEST_FEWER; seed++)
        batches += run_case(seed, met);
    build_moves_met(met, 80 / TEST_FEWER);
    ck_assert_uint_gt(batches, 150 / TEST_FEWER);
}
END_TEST

TEST_MAIN("npu moves of codes", every_move_of_codes_equals_the_oracle)
