#include "tests/npu/op_case.h"

#include "npu/compiler/compile.h"
#include "tests/npu/compile_check.h"
#include "tests/test.h"

int32_t op_case_source(build_t *b, bool image)
{
    static const uint32_t channels[] = {1, 3, 4, 2, 31, 33, 64};
    uint32_t h = 1 + build_below(b, 14), w = 1 + build_below(b, build_below(b, 6) == 0 ? 120 : 14);
    int32_t in = build_input(b, h, w, channels[build_below(b, 7)]);
    return image && build_below(b, 2) == 0 ? in : build_unary(b, NPU_NODE_RELU6, in);
}

static void run_one(op_case_make_t *make, bool image, uint64_t seed, uint32_t *met)
{
    build_t b;
    npu_prog_t prog;
    char error[256];
    build_begin(&b, seed % 2 == 0 ? NPU_TYPE_UINT8 : NPU_TYPE_INT8, seed);
    int32_t out = make(&b, op_case_source(&b, image));
    build_end(&b, &out, 1);
    npu_desc_t desc = build_desc(&b, seed);
    desc.l2_bytes = 3 << 20; /* enough, and quick to fill */
    npu_compile_options_t options = {.rounding =
                                         seed / 2 % 2 == 0 ? NPU_ROUND_DOUBLE : NPU_ROUND_SINGLE,
                                     .keep_all = seed / 4 % 2 == 0,
                                     .fuse = seed / 8 % 2 == 0 ? NPU_FUSE_ALL : NPU_FUSE_AS_CHIP};
    sim_err_t err = npu_compile(&b.graph, &desc, &options, &prog, NULL, error, sizeof(error));
    if (err == SIM_EFULL && seed % 4 != 0) { /* small memories: named, and no more */
        build_free(&b);
        return;
    }
    ck_assert_msg(err == SIM_OK, "seed %llu: %s", (unsigned long long)seed, error);
    for (uint32_t n = 0; n < b.graph.nodes; n++)
        met[b.graph.node[n].op]++;
    compile_check_run(&b, &prog, &desc, seed);
    npu_prog_free(&prog);
    build_free(&b);
}

void op_case_run(op_case_make_t *make, bool image, uint32_t count, const npu_node_op_t *ops,
                 uint32_t kinds)
{
    uint32_t met[NPU_NODE_OPS] = {0};
    count /= TEST_FEWER;
    for (uint64_t seed = 0; seed < count; seed++)
        run_one(make, image, seed, met);
    for (uint32_t i = 0; i < kinds; i++)
        ck_assert_msg(met[ops[i]] >= count / kinds / 2, "%s met %u times", npu_node_op_name(ops[i]),
                      met[ops[i]]);
}
