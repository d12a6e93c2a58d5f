/*
 * compile_order_test.c - tensors that the file has with channels first; tables given by the graph.
 */
#include "npu/compiler/compile.h"
#include "npu/compiler/tensor_io.h"
#include "tests/npu/compile_exec.h"
#include "tests/npu/compile_graph.h"
#include "tests/npu/npu_plain.h"
#include "tests/test.h"

enum { H = 3, W = 5, C = 40 };

/* int8 in, uint8 out: the complement of the code, counted from its lowest. */
static void build_complement(build_t *b, uint32_t channels)
{
    const uint32_t shape[4] = {1, H, W, channels}, entries = 256;
    build_begin(b, NPU_TYPE_INT8, 1);
    int32_t in[2] = {build_input(b, H, W, channels), 0};
    in[1] = build_tensor(b, NPU_TYPE_UINT8, 1, &entries, 0.5f, 7);
    uint8_t *table = npu_graph_alloc(&b->graph, 256);
    for (uint32_t i = 0; i < 256; i++)
        table[i] = (uint8_t)(255 - i);
    b->graph.tensor[in[1]].data = table;
    int32_t out = build_tensor(b, NPU_TYPE_UINT8, 4, shape, 0.5f, 7);
    build_node(b, NPU_NODE_TABLE, in, 2, out);
    b->graph.tensor[in[0]].channels_first = true;
    b->graph.tensor[out].channels_first = true;
    b->graph.by_name = true;
    build_end(b, &out, 1);
}

/* As an image, or dense. */
static void check_order(uint32_t channels)
{
    build_t b;
    npu_prog_t prog;
    compile_exec_t exec;
    char error[256];
    uint8_t in[H * W * C];
    npu_compile_options_t options = {.rounding = NPU_ROUND_DOUBLE};
    npu_desc_t desc = npu_plain_desc();
    build_complement(&b, channels);
    ck_assert_msg(npu_compile(&b.graph, &desc, &options, &prog, NULL, error, sizeof(error)) ==
                      SIM_OK,
                  "%s", error);
    compile_exec_init(&exec, &prog, &desc, sim_simd());
    for (uint32_t i = 0; i < H * W * C; i++)
        in[i] = (uint8_t)(i * 37);
    ck_assert_uint_eq(prog.kept_count, 2);
    ck_assert_uint_eq(prog.meta.by_name, 1);
    ck_assert(npu_input_write(&prog, 0, &exec.port, in));
    const uint8_t *l2 = exec.l2 + (npu_prog_input(&prog, 0).addr - desc.l2_base);
    ck_assert_uint_eq(l2[channels > 4 ? channels : 1], in[1]);   /* pixel 1 of channel 0 */
    ck_assert_uint_eq(l2[channels > 4 ? 1 : 4 * 32], in[H * W]); /* pixel 0 of channel 1 */
    compile_exec_run(&exec);
    const npu_kept_t *out = &prog.kept[1];
    const uint32_t shape[4] = {1, channels, H, W}, count = H * W * channels;
    ck_assert_mem_eq(out->shape, shape, sizeof(shape));
    uint8_t again[H * W * C];
    ck_assert(npu_kept_read(&prog, &prog.kept[0], &exec.port, again));
    ck_assert_mem_eq(again, in, count);
    ck_assert(npu_output_read(&prog, 0, &exec.port, again));
    for (uint32_t i = 0; i < count; i++) {
        ck_assert_uint_eq(exec.kept[1][i], 255 - (in[i] ^ 0x80u));
        ck_assert_uint_eq(again[i], exec.kept[1][i]);
    }
    compile_exec_free(&exec);
    npu_prog_free(&prog);
    build_free(&b);
}

START_TEST(a_table_changes_codes_and_kept_tensors_have_the_order_of_the_file)
{
    check_order(C);
    check_order(3);
}
END_TEST

TEST_MAIN("npu compiler, order of elements",
          a_table_changes_codes_and_kept_tensors_have_the_order_of_the_file)
