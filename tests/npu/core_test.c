/*
 * core_test.c - networks whose head or tail runs on the core: what they compute, where their
 * tensors stand, what is refused.
 */
#include "npu/compiler/compile.h"
#include "npu/compiler/tensor_io.h"
#include "tests/npu/build_core.h"
#include "tests/npu/build_move.h"
#include "tests/npu/compile_check.h"
#include "tests/npu/compile_exec.h"
#include "tests/npu/golden_machine.h"
#include "tests/npu/golden_ref.h"
#include "tests/test.h"

static const npu_compile_options_t plain = {.rounding = NPU_ROUND_DOUBLE};
static char error[300];

static void compile_it(const build_t *b, const npu_compile_options_t *options, npu_prog_t *prog)
{
    npu_desc_t desc = npu_desc_default();
    ck_assert_msg(npu_compile(&b->graph, &desc, options, prog, NULL, error, sizeof(error)) ==
                      SIM_OK,
                  "%s", error);
}

/* ---- what they compute ----------------------------------------------------------------------- */

START_TEST(random_tails_equal_the_reference)
{
    npu_desc_t desc = npu_desc_default();
    for (uint64_t seed = 0; seed < 400; seed++) {
        build_t b;
        npu_prog_t prog;
        npu_compile_options_t options = {.rounding = seed % 2 ? NPU_ROUND_SINGLE : NPU_ROUND_DOUBLE,
                                         .keep_all = seed % 5 == 0,
                                         .reuse_input = seed % 4 == 0,
                                         .fuse = seed % 3 ? NPU_FUSE_ALL : NPU_FUSE_AS_CHIP,
                                         .cascade =
                                             seed % 7 ? NPU_CASCADE_AUTO : NPU_CASCADE_ALWAYS,
                                         .no_parts = seed % 11 == 0};
        build_random_core(&b, seed);
        compile_it(&b, &options, &prog);
        ck_assert_uint_gt(prog.post.ops, 0);
        compile_check_run(&b, &prog, &desc, seed);
        npu_prog_free(&prog);
        build_free(&b);
    }
}
END_TEST

START_TEST(they_do_so_on_the_machine_in_a_small_l2)
{
    npu_desc_t desc = npu_desc_default();
    desc.l2_bytes = 1 << 17;
    for (uint64_t seed = 1000; seed < 1030; seed++) {
        build_t b;
        npu_prog_t prog;
        golden_ref_t ref;
        golden_machine_t machine;
        build_random_core(&b, seed);
        const npu_graph_t *g = &b.graph;
        ck_assert_msg(npu_compile(g, &desc, &plain, &prog, NULL, error, sizeof(error)) == SIM_OK,
                      "%s", error);
        golden_ref_init(&ref, g, false);
        for (uint64_t i = 0; i < g->tensor[g->input[0]].bytes; i++)
            ref.tensor[g->input[0]][i] = (uint8_t)sim_stream_u32(&b.random);
        golden_ref_run(&ref);
        golden_machine_init(&machine, &desc, &prog);
        golden_machine_run(&machine, ref.tensor[g->input[0]]);
        for (uint32_t o = 0; o < g->outputs; o++) {
            uint64_t bytes = npu_output_bytes(&prog, o);
            uint8_t *data = malloc(bytes);
            ck_assert_uint_eq(bytes, g->tensor[g->output[o]].bytes);
            ck_assert(npu_output_read(&prog, o, &machine.port, data));
            ck_assert_msg(memcmp(data, ref.tensor[g->output[o]], bytes) == 0,
                          "seed %llu: output %u differs", (unsigned long long)seed, o);
            free(data);
        }
        golden_machine_free(&machine);
        golden_ref_free(&ref);
        npu_prog_free(&prog);
        build_free(&b);
    }
}
END_TEST

/* What detectors with anchors end in: 1 x 4 x 5 x 30 as 4 x 5 x 3 x 10, codes and floats of it. */
START_TEST(a_batch_leaves_the_network_as_codes_and_as_floats)
{
    static const uint32_t shape[4] = {4, 5, 3, 10};
    npu_desc_t desc = npu_desc_default();
    for (uint64_t seed = 0; seed < 8; seed++) {
        build_t b;
        npu_prog_t prog;
        npu_compile_options_t options = {.rounding = NPU_ROUND_DOUBLE, .keep_all = seed % 4 < 2};
        build_begin(&b, seed % 2 == 0 ? NPU_TYPE_INT8 : NPU_TYPE_UINT8, seed);
        int32_t map = build_unary(&b, NPU_NODE_RELU, build_input(&b, 4, 5, 30));
        int32_t batch = build_shape(&b, NPU_NODE_RESHAPE, map, 4, shape);
        int32_t out[2] = {batch, build_dequantize(&b, batch)};
        build_end(&b, seed < 4 ? out : out + 1, seed < 4 ? 2 : 1);
        compile_it(&b, &options, &prog);
        npu_net_tensor_t last = npu_prog_output(&prog, seed < 4);
        ck_assert_uint_eq(last.dims, 4);
        ck_assert_mem_eq(last.shape, shape, sizeof(shape));
        ck_assert_uint_eq(npu_output_bytes(&prog, seed < 4), 4 * 600);
        compile_check_run(&b, &prog, &desc, seed);
        npu_prog_free(&prog);
        build_free(&b);
    }
}
END_TEST

/* float 1x6 -> QUANTIZE (scale 0.5, zero 1) -> RELU: nearest, halves away from zero, clamped. */
static int32_t float_head(build_t *b)
{
    static const uint32_t shape[2] = {1, 6};
    build_begin(b, NPU_TYPE_INT8, 3);
    int32_t in = build_add_input(b, build_tensor(b, NPU_TYPE_FLOAT32, 2, shape, 0.0f, 0));
    int32_t codes = build_tensor(b, NPU_TYPE_INT8, 2, shape, 0.5f, 1);
    build_node(b, NPU_NODE_QUANTIZE, &in, 1, codes);
    return build_unary(b, NPU_NODE_RELU, codes);
}

START_TEST(a_float_vector_is_quantized_by_the_core_before_the_npu)
{
    build_t b;
    npu_prog_t prog;
    npu_desc_t desc = npu_desc_default();
    static const float x[6] = {0.0f, 0.25f, -0.25f, 0.7f, 1e30f, -1e30f};
    static const int8_t codes[6] = {1, 2, 0, 2, 127, -128};
    int32_t out = float_head(&b);
    build_end(&b, &out, 1);
    compile_it(&b, &plain, &prog);
    ck_assert_uint_eq(prog.post.ops, 1);
    ck_assert_uint_eq(prog.post.before, 1);
    ck_assert_uint_eq(prog.post.op[0].code, NPU_POST_QUANTIZE);
    ck_assert_uint_eq(npu_prog_input(&prog, 0).dtype, NPU_DTYPE_FLOAT32);
    ck_assert_uint_eq(npu_input_bytes(&prog, 0), sizeof(x));
    compile_exec_t exec;
    compile_exec_init(&exec, &prog, &desc, SIM_SIMD_SCALAR);
    ck_assert(npu_input_write(&prog, 0, &exec.port, x));
    compile_exec_run(&exec);
    uint32_t at = prog.post.tensor[prog.post.op[0].out[0]].addr - desc.l2_base;
    ck_assert_mem_eq(exec.l2 + at, codes, 6);
    compile_exec_free(&exec);
    compile_check_run(&b, &prog, &desc, 1); /* and what becomes of them */
    npu_prog_free(&prog);
    build_free(&b);
}
END_TEST

/* ---- where things stand ---------------------------------------------------------------------- */

static bool apart(uint32_t a, uint64_t a_bytes, uint32_t b, uint64_t b_bytes)
{
    return a + a_bytes <= b || b + b_bytes <= a;
}

START_TEST(the_table_and_all_its_tensors_stand_apart)
{
    for (uint64_t seed = 0; seed < 60; seed++) {
        build_t b;
        npu_prog_t prog;
        build_random_core(&b, seed);
        compile_it(&b, &plain, &prog);
        const npu_post_t *post = &prog.post;
        uint32_t base = prog.net[NPU_NET_L2_BASE_W];
        ck_assert_uint_eq(prog.net[NPU_NET_POST_ADDR_W], base + post->l2);
        ck_assert_uint_le(post->l2 + 4 * npu_post_words(post), prog.meta.insn_l2);
        ck_assert_uint_ge(base + post->l2,
                          prog.net[NPU_NET_FREE_ADDR_W] + prog.net[NPU_NET_FREE_BYTES_W]);
        for (uint32_t i = 0; i < post->tensors; i++) {
            const npu_net_tensor_t *t = &post->tensor[i];
            uint64_t bytes = npu_net_tensor_elements(t) * npu_dtype_bytes(t->dtype);
            ck_assert_uint_ge(t->addr, base + NPU_NET_BYTES);
            ck_assert(apart(t->addr, bytes, base + post->l2, 4 * npu_post_words(post)));
            ck_assert(apart(t->addr, bytes, base + post->scratch_l2, post->scratch_bytes));
            for (uint32_t k = 0; k < i; k++) {
                const npu_net_tensor_t *u = &post->tensor[k];
                ck_assert(t->addr == u->addr || /* renamed */
                          apart(t->addr, bytes, u->addr,
                                npu_net_tensor_elements(u) * npu_dtype_bytes(u->dtype)));
            }
        }
        npu_prog_free(&prog);
        build_free(&b);
    }
}
END_TEST

START_TEST(a_program_with_a_list_for_the_core_survives_its_file)
{
    for (uint64_t seed = 0; seed < 30; seed++) {
        build_t b;
        npu_prog_t prog, back;
        size_t bytes;
        build_random_core(&b, seed);
        compile_it(&b, &plain, &prog);
        uint8_t *file = npu_fnp_print(&prog, &bytes, error, sizeof(error));
        ck_assert_msg(file != NULL, "%s", error);
        ck_assert_msg(npu_fnp_parse(file, bytes, "f", &back, error, sizeof(error)) == SIM_OK, "%s",
                      error);
        ck_assert(npu_prog_equal(&prog, &back));
        back.post.op[0].attr[3]++;
        ck_assert(!npu_prog_equal(&prog, &back));
        free(file);
        npu_prog_free(&back);
        npu_prog_free(&prog);
        build_free(&b);
    }
}
END_TEST

START_TEST(a_list_whose_tensors_lie_outside_l2_does_not_fit)
{
    build_t b;
    npu_prog_t prog;
    npu_desc_t desc = npu_desc_default();
    build_random_core(&b, 0);
    compile_it(&b, &plain, &prog);
    ck_assert(npu_prog_fits(&prog, &desc, error, sizeof(error)));
    prog.post.tensor[0].addr = desc.l2_base - 64;
    ck_assert(!npu_prog_fits(&prog, &desc, error, sizeof(error)));
    prog.post.tensor[0].addr = 0x10000000;
    ck_assert(!npu_prog_fits(&prog, &desc, error, sizeof(error)));
    npu_prog_free(&prog);
    build_free(&b);
}
END_TEST

/* ---- refusals -------------------------------------------------------------------------------- */

static void refuses(build_t *b, const char *what)
{
    npu_prog_t prog;
    npu_desc_t desc = npu_desc_default();
    ck_assert(npu_compile(&b->graph, &desc, &plain, &prog, NULL, error, sizeof(error)) != SIM_OK);
    ck_assert_str_eq(error, what);
    build_free(b);
}

START_TEST(the_npu_takes_nothing_from_the_core)
{
    build_t b;
    build_begin(&b, NPU_TYPE_INT8, 1);
    int32_t at = build_unary(&b, NPU_NODE_RELU, build_input(&b, 4, 4, 3));
    int32_t floats = build_dequantize(&b, at);
    int32_t codes = build_map(&b, 4, 4, 3, 0.1f, 0);
    build_node(&b, NPU_NODE_QUANTIZE, &floats, 1, codes);
    int32_t out = build_unary(&b, NPU_NODE_RELU, codes);
    build_end(&b, &out, 1);
    refuses(&b,
            "built: layer 3 RELU \"t4\": input 0 \"t3\" is made by the core, which only runs at "
            "the end of a network");
}
END_TEST

START_TEST(the_core_does_not_read_the_image)
{
    build_t b;
    build_begin(&b, NPU_TYPE_INT8, 1);
    int32_t in = build_input(&b, 4, 4, 3);
    int32_t out[2] = {build_arg_max(&b, in, 3, NPU_TYPE_INT32), build_unary(&b, NPU_NODE_RELU, in)};
    build_end(&b, out, 2);
    refuses(&b,
            "built: layer 0 ARG_MAX \"t1\": reads the image, which is for the NPU alone, on the "
            "core");
}
END_TEST

START_TEST(more_operators_than_the_list_holds_are_refused)
{
    build_t b;
    int32_t out[16];
    build_begin(&b, NPU_TYPE_INT8, 1);
    int32_t at = build_unary(&b, NPU_NODE_RELU, build_input(&b, 2, 2, 3));
    for (uint32_t i = 0; i < 65; i++)
        out[i % 16] = build_dequantize(&b, at);
    build_end(&b, out, 16);
    refuses(&b, "built: more than 64 operators for the core");
}
END_TEST

TEST_MAIN("npu, what runs on the core", random_tails_equal_the_reference,
          they_do_so_on_the_machine_in_a_small_l2,
          a_batch_leaves_the_network_as_codes_and_as_floats,
          a_float_vector_is_quantized_by_the_core_before_the_npu,
          the_table_and_all_its_tensors_stand_apart,
          a_program_with_a_list_for_the_core_survives_its_file,
          a_list_whose_tensors_lie_outside_l2_does_not_fit, the_npu_takes_nothing_from_the_core,
          the_core_does_not_read_the_image, more_operators_than_the_list_holds_are_refused)
