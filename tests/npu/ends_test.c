/*
 * ends_test.c - several inputs and outputs: where they stand, in which layout, and that networks
 * between them compute what the graph says.
 */
#include "npu/compiler/compile.h"
#include "npu/compiler/tensor_io.h"
#include "tests/npu/compile_check.h"
#include "tests/npu/compile_exec.h"
#include "tests/npu/compile_graph.h"
#include "tests/npu/golden_machine.h"
#include "tests/npu/golden_ref.h"
#include "tests/npu/npu_plain.h"
#include "tests/test.h"

static const npu_compile_options_t plain = {.rounding = NPU_ROUND_DOUBLE};
static char error[256];

START_TEST(random_networks_between_many_ends_equal_the_reference)
{
    uint32_t compiled = 0;
    for (uint64_t seed = 0; seed < 300; seed++) {
        build_t b;
        npu_prog_t prog;
        build_random_ends(&b, seed);
        npu_desc_t desc = build_desc(&b, seed);
        npu_compile_options_t options = {.rounding = seed % 2 ? NPU_ROUND_SINGLE : NPU_ROUND_DOUBLE,
                                         .keep_all = seed % 5 == 0,
                                         .reuse_input = seed % 7 == 0,
                                         .fuse = seed % 3 ? NPU_FUSE_ALL : NPU_FUSE_AS_CHIP};
        if (npu_compile(&b.graph, &desc, &options, &prog, NULL, error, sizeof(error)) == SIM_OK) {
            compile_check_run(&b, &prog, &desc, seed);
            npu_prog_free(&prog);
            compiled++;
        } else {
            ck_assert_msg(strstr(error, "there are") != NULL, "seed %llu: %s",
                          (unsigned long long)seed, error);
        }
        build_free(&b);
    }
    ck_assert_uint_ge(compiled, 200);
}
END_TEST

START_TEST(they_do_so_on_the_machine_twice_in_a_row)
{
    npu_desc_t desc = npu_plain_desc();
    desc.l2_bytes = 1 << 20;
    for (uint64_t seed = 700; seed < 740; seed++) {
        build_t b;
        npu_prog_t prog;
        golden_ref_t ref;
        golden_machine_t machine;
        build_random_ends(&b, seed);
        const npu_graph_t *g = &b.graph;
        ck_assert_msg(npu_compile(g, &desc, &plain, &prog, NULL, error, sizeof(error)) == SIM_OK,
                      "seed %llu: %s", (unsigned long long)seed, error);
        golden_ref_init(&ref, g, false);
        golden_machine_init(&machine, &desc, &prog);
        for (uint32_t run = 0; run < 2; run++) {
            uint8_t *inputs[NPU_NET_ENDS];
            for (uint32_t n = 0; n < g->inputs; n++) {
                inputs[n] = ref.tensor[g->input[n]];
                for (uint64_t i = 0; i < g->tensor[g->input[n]].bytes; i++)
                    inputs[n][i] = (uint8_t)sim_stream_u32(&b.random);
            }
            golden_ref_run(&ref);
            golden_machine_run_all(&machine, inputs);
            for (uint32_t o = 0; o < g->outputs; o++) {
                uint64_t bytes = npu_output_bytes(&prog, o);
                uint8_t *codes = malloc(bytes);
                ck_assert(npu_output_read(&prog, o, &machine.port, codes));
                ck_assert_msg(memcmp(codes, ref.tensor[g->output[o]], bytes) == 0,
                              "seed %llu: output %u differs", (unsigned long long)seed, o);
                free(codes);
            }
        }
        golden_machine_free(&machine);
        golden_ref_free(&ref);
        npu_prog_free(&prog);
        build_free(&b);
    }
}
END_TEST

/* Inputs 1x5, 1x2x3x2, 1x4x4x3, 1x2x2x1: the third is the image. */
START_TEST(the_first_map_of_few_channels_is_the_image_and_the_rest_is_dense)
{
    build_t b;
    npu_prog_t prog;
    npu_desc_t desc = npu_plain_desc();
    static const uint32_t vector[2] = {1, 5};
    build_begin(&b, NPU_TYPE_UINT8, 3);
    build_add_input(&b, build_tensor(&b, NPU_TYPE_UINT8, 2, vector, 0.02f, 100));
    build_input(&b, 2, 3, 2);
    build_input(&b, 4, 4, 3);
    build_input(&b, 2, 2, 1);
    int32_t outputs[4];
    for (uint32_t i = 0; i < 4; i++)
        outputs[i] = build_unary(&b, NPU_NODE_RELU, b.graph.input[i]);
    build_end(&b, outputs, 4);
    ck_assert_msg(npu_compile(&b.graph, &desc, &plain, &prog, NULL, error, sizeof(error)) == SIM_OK,
                  "%s", error);
    ck_assert_uint_eq(prog.net[NPU_NET_INPUTS_W], 4);
    ck_assert_uint_eq(prog.net[NPU_NET_OUTPUTS_W], 4);
    ck_assert_uint_eq(npu_image_input(&prog), 2);
    ck_assert_uint_eq(prog.net[NPU_NET_INPUT_CHANNELS_W], 3);
    ck_assert_uint_eq(prog.end_count, 8);
    for (uint32_t i = 0; i < 4; i++) {
        ck_assert_str_eq(prog.ends[i].name, b.graph.tensor[b.graph.input[i]].name);
        ck_assert_str_eq(prog.ends[4 + i].name, b.graph.tensor[outputs[i]].name);
        ck_assert_uint_eq(prog.ends[i].tensor, (uint32_t)b.graph.input[i]);
    }
    compile_exec_t exec;
    compile_exec_init(&exec, &prog, &desc, SIM_SIMD_SCALAR);
    uint8_t codes[48], want[12];
    for (uint32_t i = 0; i < 48; i++)
        codes[i] = (uint8_t)(3 * i);
    for (uint32_t i = 0; i < 12; i++)
        want[i] = (uint8_t)(3 * i) ^ 0x80; /* code - 128 */
    for (uint32_t i = 0; i < 4; i++)
        ck_assert(npu_input_write(&prog, i, &exec.port, codes));
    ck_assert_mem_eq(exec.l2 + (npu_prog_input(&prog, 0).addr - desc.l2_base), want, 5);
    ck_assert_mem_eq(exec.l2 + (npu_prog_input(&prog, 1).addr - desc.l2_base), want, 12);
    ck_assert_mem_eq(exec.l2 + (npu_prog_input(&prog, 3).addr - desc.l2_base), want, 4);
    const uint8_t *image = exec.l2 + (npu_prog_input(&prog, 2).addr - desc.l2_base);
    for (uint32_t x = 0; x < 4; x++) /* second row of the last plane: pixels 4.., channel 2 */
        ck_assert_uint_eq(image[2 * 128 + 32 + x], (uint8_t)(3 * ((4 + x) * 3 + 2)) ^ 0x80);
    compile_exec_free(&exec);
    npu_prog_free(&prog);
    build_free(&b);
}
END_TEST

START_TEST(a_network_without_image_says_so)
{
    build_t b;
    npu_prog_t prog;
    npu_desc_t desc = npu_plain_desc();
    static const uint32_t vector[2] = {1, 40};
    build_begin(&b, NPU_TYPE_INT8, 3);
    int32_t in = build_add_input(&b, build_tensor(&b, NPU_TYPE_INT8, 2, vector, 0.02f, 0));
    int32_t out = build_fully_connected(&b, in, 3);
    build_end(&b, &out, 1);
    ck_assert(npu_compile(&b.graph, &desc, &plain, &prog, NULL, error, sizeof(error)) == SIM_OK);
    ck_assert_uint_eq(npu_image_input(&prog), UINT32_MAX);
    ck_assert_uint_eq(prog.net[NPU_NET_INPUT_CHANNELS_W], 0);
    ck_assert_uint_eq(prog.net[NPU_NET_INPUT_ADDR_W], 0);
    compile_check_run(&b, &prog, &desc, 1);
    npu_prog_free(&prog);
    build_free(&b);
}
END_TEST

/* ---- refusals -------------------------------------------------------------------------------- */

static void refuses(build_t *b, const char *what)
{
    npu_prog_t prog;
    npu_desc_t desc = npu_plain_desc();
    ck_assert(npu_compile(&b->graph, &desc, &plain, &prog, NULL, error, sizeof(error)) != SIM_OK);
    ck_assert_str_eq(error, what);
    build_free(b);
}

START_TEST(seventeen_inputs_are_one_too_many)
{
    build_t b;
    build_begin(&b, NPU_TYPE_INT8, 3);
    for (uint32_t i = 0; i < 17; i++)
        build_input(&b, 1, 1, 2);
    int32_t out = build_unary(&b, NPU_NODE_RELU, b.graph.input[0]);
    build_end(&b, &out, 1);
    refuses(&b, "built: 17 inputs and 1 outputs, expected at most 16 each");
}
END_TEST

START_TEST(an_input_listed_twice_is_refused)
{
    build_t b;
    build_begin(&b, NPU_TYPE_INT8, 3);
    int32_t in = build_input(&b, 1, 1, 2);
    int32_t out = build_unary(&b, NPU_NODE_RELU, in);
    build_end(&b, &out, 1);
    build_add_input(&b, in);
    ck_assert(npu_graph_check(&b.graph, error, sizeof(error)) != SIM_OK);
    ck_assert_str_eq(error, "built: graph input 1 \"t0\" is listed twice");
    build_free(&b);
}
END_TEST

START_TEST(an_image_that_is_an_output_is_refused)
{
    build_t b;
    build_begin(&b, NPU_TYPE_INT8, 3);
    int32_t in = build_input(&b, 2, 2, 3);
    int32_t out[2] = {build_unary(&b, NPU_NODE_RELU, in), in};
    build_end(&b, out, 2);
    refuses(&b, "built: output \"t0\" is the image that comes in");
}
END_TEST

TEST_MAIN("npu inputs and outputs", random_networks_between_many_ends_equal_the_reference,
          they_do_so_on_the_machine_twice_in_a_row,
          the_first_map_of_few_channels_is_the_image_and_the_rest_is_dense,
          a_network_without_image_says_so, seventeen_inputs_are_one_too_many,
          an_input_listed_twice_is_refused, an_image_that_is_an_output_is_refused)
