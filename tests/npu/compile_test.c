/*
 * compile_test.c - the compiler: what it makes computes what the graph says, waits for what it
 * must, fits where it says, and refuses by name what it cannot do.
 */
#include "npu/compiler/compile.h"
#include "npu/compiler/tensor_io.h"
#include "tests/npu/compile_check.h"
#include "tests/npu/compile_exec.h"
#include "tests/npu/compile_graph.h"
#include "tests/npu/npu_plain.h"
#include "tests/test.h"

#define RANDOM_GRAPHS 250

static const npu_compile_options_t plain = {.rounding = NPU_ROUND_DOUBLE,
                                            .cascade = NPU_CASCADE_OFF};

/* ---- what it computes ------------------------------------------------------------------------ */

START_TEST(random_networks_equal_the_reference_however_they_are_cut)
{
    uint32_t compiled = 0;
    for (uint64_t seed = 0; seed < RANDOM_GRAPHS; seed++) {
        build_t b;
        char error[256];
        npu_prog_t prog;
        build_random(&b, seed);
        npu_desc_t desc = build_desc(&b, seed);
        npu_compile_options_t options = {.rounding = seed % 2 ? NPU_ROUND_SINGLE : NPU_ROUND_DOUBLE,
                                         .keep_all = seed % 5 == 0,
                                         .reuse_input = seed % 7 == 0,
                                         .gather_input = seed % 3 == 1};
        sim_err_t err = npu_compile(&b.graph, &desc, &options, &prog, NULL, error, sizeof(error));
        if (err == SIM_OK) {
            compile_check_run(&b, &prog, &desc, seed);
            npu_prog_free(&prog);
            compiled++;
        } else {
            ck_assert_msg(strstr(error, "there are") != NULL, "seed %llu: %s",
                          (unsigned long long)seed, error);
        }
        build_free(&b);
    }
    ck_assert_uint_ge(compiled, RANDOM_GRAPHS * 3 / 4);
}
END_TEST

/* 16x16x3, 3x3 SAME to 32 channels. */
static uint64_t mac_cycles(bool gather)
{
    build_t b;
    char error[256];
    npu_prog_t prog;
    npu_compile_report_t r;
    npu_desc_t desc = npu_plain_desc();
    build_conv_t k = {32, 3, 3, 1, 1, 1, 1, true, NPU_ACT_NONE};
    npu_compile_options_t options = {.gather_input = gather};
    build_begin(&b, NPU_TYPE_UINT8, 1);
    int32_t out = build_conv(&b, build_input(&b, 16, 16, 3), &k);
    build_end(&b, &out, 1);
    ck_assert(npu_compile(&b.graph, &desc, &options, &prog, &r, error, sizeof(error)) == SIM_OK);
    compile_check_run(&b, &prog, &desc, gather);
    ck_assert_uint_eq(r.layer[0].macs, 16 * 16 * 32 * 27);
    ck_assert_uint_eq(r.layer[0].weight_bytes, (gather ? 1 : 9) * 32 * 32);
    uint64_t cycles = r.layer[0].engine_cycles[NPU_ENGINE_MAC];
    npu_compile_report_free(&r);
    npu_prog_free(&prog);
    build_free(&b);
    return cycles;
}

START_TEST(gathered_taps_keep_the_array_busy_and_the_result_the_same)
{
    /* 27 gathered channels are one 1x1 of 32 for nine pixels at once, instead of 9 x 32 for one */
    ck_assert_uint_gt(mac_cycles(false), 3 * mac_cycles(true));
}
END_TEST

/* ---- L2 -------------------------------------------------------------------------------------- */

static void check_places(const npu_compile_report_t *r, const npu_desc_t *desc)
{
    for (uint32_t a = 0; a < r->places; a++) {
        const npu_place_plan_t *p = &r->place[a];
        ck_assert_uint_ge(p->l2, NPU_NET_BYTES);
        ck_assert_uint_le(p->l2 + p->bytes, r->program_l2);
        for (uint32_t b = 0; b < a; b++) {
            const npu_place_plan_t *q = &r->place[b];
            bool together = p->first_layer <= q->last_layer && q->first_layer <= p->last_layer;
            ck_assert(!together || p->l2 + p->bytes <= q->l2 || q->l2 + q->bytes <= p->l2);
        }
    }
    ck_assert_uint_le(r->program_l2 + r->program_bytes, r->constants_l2);
    ck_assert_uint_eq(r->constants_l2 + r->constants_bytes, desc->l2_bytes);
    ck_assert_uint_le(r->live_bound_bytes, r->activations_bytes);
}

START_TEST(places_in_l2_never_overlap_while_both_are_needed)
{
    npu_desc_t desc = npu_plain_desc();
    for (uint64_t seed = 2000; seed < 2060; seed++) {
        build_t b;
        char error[256];
        npu_prog_t prog;
        npu_compile_report_t report;
        npu_compile_options_t options = {.reuse_input = seed % 2 == 0, .keep_all = seed % 3 == 0};
        build_random(&b, seed);
        ck_assert_msg(
            npu_compile(&b.graph, &desc, &options, &prog, &report, error, sizeof(error)) == SIM_OK,
            "%s", error);
        check_places(&report, &desc);
        ck_assert(!options.keep_all || report.all_kept);
        npu_compile_report_free(&report);
        npu_prog_free(&prog);
        build_free(&b);
    }
}
END_TEST

/* What is alive at a time is the least a plan can need; fragments may cost one in ten thousand. */
START_TEST(plans_need_hardly_more_than_what_is_alive)
{
    npu_desc_t desc = npu_plain_desc();
    uint64_t needed = 0, bound = 0;
    for (uint64_t seed = 0; seed < 300; seed++) {
        build_t b;
        char error[256];
        npu_prog_t prog;
        npu_compile_report_t report;
        npu_compile_options_t options = {.reuse_input = true, .fuse = NPU_FUSE_NONE};
        desc.layout_nodes = seed % 2 == 0;
        build_random(&b, seed);
        ck_assert_msg(
            npu_compile(&b.graph, &desc, &options, &prog, &report, error, sizeof(error)) == SIM_OK,
            "%s", error);
        needed += report.activations_bytes;
        bound += report.live_bound_bytes;
        npu_compile_report_free(&report);
        npu_prog_free(&prog);
        build_free(&b);
    }
    ck_assert_uint_ge(needed, bound);
    ck_assert_uint_le((needed - bound) * 10000, bound);
}
END_TEST

/* input 8x8x32, a 1x1 convolution to 64, one to 32. */
static void two_layers(build_t *b)
{
    build_conv_t k = {64, 1, 1, 1, 1, 1, 1, false, NPU_ACT_NONE};
    build_begin(b, NPU_TYPE_INT8, 7);
    int32_t middle = build_conv(b, build_input(b, 8, 8, 32), &k);
    k.channels = 32;
    int32_t out = build_conv(b, middle, &k);
    build_end(b, &out, 1);
}

START_TEST(sizes_in_the_report_are_the_padded_ones_of_the_chip)
{
    build_t b;
    char error[256];
    npu_prog_t prog;
    npu_compile_report_t r;
    npu_desc_t desc = npu_plain_desc();
    two_layers(&b);
    ck_assert(npu_compile(&b.graph, &desc, &plain, &prog, &r, error, sizeof(error)) == SIM_OK);
    ck_assert_uint_eq(r.layers, 2);
    ck_assert_uint_eq(r.layer[0].weight_bytes, 32 * 64);
    ck_assert_uint_eq(r.layer[0].param_bytes, 2 * 384);
    ck_assert_uint_eq(r.layer[0].in_bytes, 64 * 32); /* no image: dense */
    ck_assert_uint_eq(r.layer[0].out_bytes, 64 * 64);
    ck_assert_uint_eq(r.layer[0].macs, 64 * 32 * 64);
    /* the input persists: layer 1 has it, its own source and its result */
    ck_assert_uint_eq(r.live_bound_bytes, 2048 + 4096 + 2048);
    ck_assert_uint_eq(r.activations_bytes, r.live_bound_bytes);
    ck_assert_uint_eq(prog.meta.l2_lower_bound_bytes, prog.meta.l2_peak_bytes);
    ck_assert_uint_eq(prog.meta.macs, 64 * 32 * 64 * 2);
    npu_compile_report_free(&r);
    npu_prog_free(&prog);
    build_free(&b);
}
END_TEST

START_TEST(a_reused_input_lowers_what_must_be_alive)
{
    build_t b;
    char error[256];
    npu_prog_t prog;
    npu_compile_report_t r;
    npu_desc_t desc = npu_plain_desc();
    npu_compile_options_t reuse = {.reuse_input = true};
    two_layers(&b);
    ck_assert(npu_compile(&b.graph, &desc, &reuse, &prog, &r, error, sizeof(error)) == SIM_OK);
    ck_assert_uint_eq(r.live_bound_bytes, 2048 + 4096); /* layer 0: input and result */
    npu_compile_report_free(&r);
    npu_prog_free(&prog);
    build_free(&b);
}
END_TEST

START_TEST(the_network_table_says_where_input_and_output_are)
{
    build_t b;
    char error[256];
    npu_prog_t prog;
    npu_desc_t desc = npu_plain_desc();
    npu_compile_options_t options = {.network_id = 77};
    build_conv_t k = {32, 1, 1, 1, 1, 1, 1, false, NPU_ACT_NONE};
    build_begin(&b, NPU_TYPE_INT8, 7);
    int32_t out = build_conv(&b, build_input(&b, 7, 8, 3), &k);
    build_end(&b, &out, 1);
    ck_assert(npu_compile(&b.graph, &desc, &options, &prog, NULL, error, sizeof(error)) == SIM_OK);
    ck_assert_uint_eq(prog.net[NPU_NET_MAGIC_W], NPU_NET_MAGIC);
    ck_assert_uint_eq(prog.net[NPU_NET_NETWORK_ID_W], 77);
    ck_assert_uint_eq(prog.net[NPU_NET_PROG_COUNT_W], prog.insn_count);
    ck_assert_uint_eq(prog.net[NPU_NET_PROG_ADDR_W], desc.l2_base + prog.meta.insn_l2);
    ck_assert_uint_eq(prog.net[NPU_NET_INPUT_HEIGHT_W], 7);
    ck_assert_uint_eq(prog.net[NPU_NET_INPUT_WIDTH_W], 8);
    ck_assert_uint_eq(prog.net[NPU_NET_INPUT_CHANNELS_W], 3);
    ck_assert_uint_eq(prog.net[NPU_NET_INPUT_ROW_BYTES_W], 32);    /* width to 32 */
    ck_assert_uint_eq(prog.net[NPU_NET_INPUT_PLANE_BYTES_W], 256); /* height to 2 */
    ck_assert_uint_eq(prog.net[NPU_NET_INPUTS_W], 1);
    ck_assert_uint_eq(prog.net[NPU_NET_OUTPUTS_W], 1);
    npu_net_tensor_t in = npu_prog_input(&prog, 0), to = npu_prog_output(&prog, 0);
    ck_assert_uint_eq(in.addr, prog.net[NPU_NET_INPUT_ADDR_W]);
    ck_assert_uint_eq(npu_net_tensor_elements(&in), 7 * 8 * 3);
    ck_assert_uint_eq(to.dims, 4);
    ck_assert_uint_eq(to.shape[3], 32);
    ck_assert_uint_eq(npu_output_bytes(&prog, 0), 7 * 8 * 32);
    /* image 3 planes of 256, result 7 * 8 * 32: 2560 bytes behind the table; the program is at
     * the top, below constants of 1024 + 384 bytes, all in steps of 64 */
    uint32_t program = desc.l2_bytes - 1408 - 64 * prog.insn_count;
    ck_assert_uint_eq(prog.net[NPU_NET_FREE_ADDR_W], desc.l2_base + 1024 + 2560);
    /* below it, the list of one output and apParams, padded to steps of 64 */
    uint32_t sent = prog.net[NPU_NET_SENT_ADDR_W], ap = prog.net[NPU_NET_AP_ADDR_W];
    ck_assert_uint_eq(prog.net[NPU_NET_SENT_W], 1);
    ck_assert_uint_eq(ap, sent + 12);
    ck_assert_uint_eq((ap + prog.net[NPU_NET_AP_BYTES_W] + 63) / 64 * 64, desc.l2_base + program);
    ck_assert_uint_eq(prog.net[NPU_NET_FREE_BYTES_W], sent - desc.l2_base - 1024 - 2560);
    npu_prog_free(&prog);
    build_free(&b);
}
END_TEST

/* ---- tensors at the border ------------------------------------------------------------------- */

/* float -> QUANTIZE (1/128, 0) -> RELU -> DEQUANTIZE -> float, 1x2x2x1. */
static void float_network(build_t *b)
{
    uint32_t shape[4] = {1, 2, 2, 1};
    build_begin(b, NPU_TYPE_INT8, 1);
    int32_t *input = npu_graph_alloc(&b->graph, sizeof(*input));
    *input = build_tensor(b, NPU_TYPE_FLOAT32, 4, shape, 0.0f, 0);
    b->graph.input = input;
    b->graph.inputs = 1;
    int32_t codes = build_map(b, 2, 2, 1, 1.0f / 128, 0);
    build_node(b, NPU_NODE_QUANTIZE, input, 1, codes);
    int32_t result = build_map(b, 2, 2, 1, 1.0f / 128, 0);
    build_node(b, NPU_NODE_RELU, &codes, 1, result);
    int32_t out = build_tensor(b, NPU_TYPE_FLOAT32, 4, shape, 0.0f, 0);
    build_node(b, NPU_NODE_DEQUANTIZE, &result, 1, out);
    build_end(b, &out, 1);
}

START_TEST(a_float_image_is_quantized_outside_and_dequantized_by_the_core)
{
    build_t b;
    char error[256];
    npu_prog_t prog;
    npu_desc_t desc = npu_plain_desc();
    float_network(&b);
    ck_assert_msg(npu_compile(&b.graph, &desc, &plain, &prog, NULL, error, sizeof(error)) == SIM_OK,
                  "%s", error);
    ck_assert_uint_eq(prog.layer_count, 1);
    /* x / 127.5 - 1 in 1/128: -128, -0.50196 -> -1, 0.50196 -> 1, 128 -> 127 */
    static const uint8_t pixels[4] = {0, 127, 128, 255};
    static const int8_t codes[4] = {-128, -1, 1, 127};
    static const float relu[4] = {0, 0, 1.0f / 128, 127.0f / 128};
    float input[4];
    float output[4];
    ck_assert_uint_eq(npu_input_dtype(&prog, 0), NPU_DTYPE_FLOAT32);
    ck_assert_uint_eq(npu_input_bytes(&prog, 0), sizeof(input));
    ck_assert(npu_input_from_pixels(&prog, 0, pixels, input));
    ck_assert(input[0] == -1.0f && input[3] == 1.0f);
    compile_exec_t exec;
    compile_exec_init(&exec, &prog, &desc, SIM_SIMD_SCALAR);
    ck_assert(npu_input_write(&prog, 0, &exec.port, input));
    const uint8_t *l2 = exec.l2 + (prog.net[NPU_NET_INPUT_ADDR_W] - desc.l2_base);
    ck_assert_mem_eq(l2, codes, 2); /* one plane, rows of 32 */
    ck_assert_mem_eq(l2 + 32, codes + 2, 2);
    compile_exec_run(&exec);
    ck_assert_uint_eq(npu_output_bytes(&prog, 0), sizeof(output));
    ck_assert(npu_output_read(&prog, 0, &exec.port, (uint8_t *)output));
    ck_assert_mem_eq(output, relu, sizeof(relu));
    compile_exec_free(&exec);
    npu_prog_free(&prog);
    build_free(&b);
}
END_TEST

START_TEST(a_change_of_type_alone_costs_nothing)
{
    build_t b;
    char error[256];
    npu_prog_t prog;
    npu_desc_t desc = npu_plain_desc();
    uint32_t shape[4] = {1, 2, 2, 1};
    build_begin(&b, NPU_TYPE_UINT8, 1);
    int32_t in = build_input(&b, 2, 2, 1);
    static const int32_t zero = 100;
    b.graph.tensor[in].zero_point = &zero;
    int32_t as_int8 = build_tensor(&b, NPU_TYPE_INT8, 4, shape, 0.02f, -28);
    build_node(&b, NPU_NODE_QUANTIZE, &in, 1, as_int8);
    int32_t out = build_tensor(&b, NPU_TYPE_INT8, 4, shape, 0.02f, -28);
    build_node(&b, NPU_NODE_RELU, &as_int8, 1, out);
    build_end(&b, &out, 1);
    ck_assert_msg(npu_compile(&b.graph, &desc, &plain, &prog, NULL, error, sizeof(error)) == SIM_OK,
                  "%s", error);
    ck_assert_uint_eq(prog.layer_count, 1);
    ck_assert_uint_eq(npu_prog_input(&prog, 0).dtype, NPU_DTYPE_UINT8);
    ck_assert_uint_eq(npu_prog_output(&prog, 0).dtype, NPU_DTYPE_INT8);
    compile_exec_t exec;
    compile_exec_init(&exec, &prog, &desc, SIM_SIMD_SCALAR);
    static const uint8_t input[4] = {0, 99, 101, 255}; /* -28 is zero: codes -128 -29 -27 127 */
    static const int8_t relu[4] = {-28, -28, -27, 127};
    uint8_t output[4];
    ck_assert(npu_input_write(&prog, 0, &exec.port, input));
    compile_exec_run(&exec);
    ck_assert(npu_output_read(&prog, 0, &exec.port, output));
    ck_assert_mem_eq(output, relu, 4);
    compile_exec_free(&exec);
    npu_prog_free(&prog);
    build_free(&b);
}
END_TEST

START_TEST(the_input_lies_in_planes_padded_with_zero)
{
    build_t b;
    char error[256];
    npu_prog_t prog;
    npu_desc_t desc = npu_plain_desc();
    build_begin(&b, NPU_TYPE_UINT8, 1);
    int32_t out = build_unary(&b, NPU_NODE_RELU, build_input(&b, 3, 2, 3));
    build_end(&b, &out, 1);
    ck_assert(npu_compile(&b.graph, &desc, &plain, &prog, NULL, error, sizeof(error)) == SIM_OK);
    compile_exec_t exec;
    compile_exec_init(&exec, &prog, &desc, SIM_SIMD_SCALAR);
    uint8_t codes[18];
    for (uint32_t i = 0; i < 18; i++)
        codes[i] = (uint8_t)(128 + i);
    ck_assert(npu_input_write(&prog, 0, &exec.port, codes));
    const uint8_t *l2 = exec.l2 + (prog.net[NPU_NET_INPUT_ADDR_W] - desc.l2_base);
    /* three planes of four rows (3, to 2) of 32; pixel (y, x) channel c was 128 + 6y + 3x + c */
    for (uint32_t c = 0; c < 3; c++)
        for (uint32_t y = 0; y < 4; y++)
            for (uint32_t x = 0; x < 32; x++)
                ck_assert_uint_eq(l2[(c * 4 + y) * 32 + x], y < 3 && x < 2 ? 6 * y + 3 * x + c : 0);
    compile_exec_free(&exec);
    npu_prog_free(&prog);
    build_free(&b);
}
END_TEST

START_TEST(every_tensor_still_stands_at_the_end_when_all_are_kept)
{
    npu_desc_t desc = npu_plain_desc();
    npu_compile_options_t options = {.keep_all = true};
    for (uint64_t seed = 3000; seed < 3030; seed++) {
        build_t b;
        char error[256];
        npu_prog_t prog;
        npu_compile_report_t report;
        compile_exec_t exec;
        build_random(&b, seed);
        ck_assert(npu_compile(&b.graph, &desc, &options, &prog, &report, error, sizeof(error)) ==
                  SIM_OK);
        ck_assert(report.all_kept);
        compile_exec_init(&exec, &prog, &desc, sim_simd());
        uint8_t *input = calloc(1, npu_input_bytes(&prog, 0));
        ck_assert(npu_input_write(&prog, 0, &exec.port, input));
        compile_exec_run(&exec);
        for (uint32_t k = 0; k < prog.kept_count; k++) {
            uint64_t bytes = npu_kept_bytes(&prog.kept[k]);
            uint8_t *now = malloc(bytes);
            ck_assert(npu_kept_read(&prog, &prog.kept[k], &exec.port, now));
            ck_assert_mem_eq(now, exec.kept[k], bytes);
            free(now);
        }
        free(input);
        compile_exec_free(&exec);
        npu_compile_report_free(&report);
        npu_prog_free(&prog);
        build_free(&b);
    }
}
END_TEST

START_TEST(what_cannot_be_kept_to_the_end_is_compiled_all_the_same)
{
    build_t b;
    char error[256];
    npu_prog_t prog;
    npu_compile_report_t report;
    npu_desc_t desc = npu_plain_desc();
    npu_compile_options_t options = {.keep_all = true};
    build_conv_t k = {32, 1, 1, 1, 1, 1, 1, false, NPU_ACT_NONE};
    build_begin(&b, NPU_TYPE_INT8, 1);
    int32_t at = build_input(&b, 32, 32, 3);
    for (uint32_t i = 0; i < 6; i++)
        at = build_conv(&b, at, &k);
    build_end(&b, &at, 1);
    desc.l2_bytes = 100 << 10; /* two maps of 32 KiB, the input's 3 KiB, and the rest; not six */
    ck_assert_msg(npu_compile(&b.graph, &desc, &options, &prog, &report, error, sizeof(error)) ==
                      SIM_OK,
                  "%s", error);
    ck_assert(!report.all_kept);
    ck_assert_uint_eq(prog.kept_count, 7);
    npu_compile_report_free(&report);
    npu_prog_free(&prog);
    build_free(&b);
}
END_TEST

/* ---- the same every time; and refusals ------------------------------------------------------- */

START_TEST(the_same_graph_gives_the_same_bytes)
{
    npu_desc_t desc = npu_plain_desc();
    for (uint64_t seed = 10; seed < 20; seed++) {
        build_t b;
        char error[256];
        npu_prog_t once, twice;
        size_t bytes[2];
        build_random(&b, seed);
        ck_assert(npu_compile(&b.graph, &desc, &plain, &once, NULL, error, sizeof(error)) ==
                  SIM_OK);
        ck_assert(npu_compile(&b.graph, &desc, &plain, &twice, NULL, error, sizeof(error)) ==
                  SIM_OK);
        uint8_t *file[2] = {npu_fnp_print(&once, &bytes[0], error, sizeof(error)),
                            npu_fnp_print(&twice, &bytes[1], error, sizeof(error))};
        ck_assert(file[0] != NULL && file[1] != NULL);
        ck_assert_uint_eq(bytes[0], bytes[1]);
        ck_assert_int_eq(memcmp(file[0], file[1], bytes[0]), 0);
        free(file[0]);
        free(file[1]);
        npu_prog_free(&once);
        npu_prog_free(&twice);
        build_free(&b);
    }
}
END_TEST

/* layer -1: the network as a whole */
static void refuses(build_t *b, const npu_desc_t *desc, int layer, const char *what)
{
    char error[256] = "", expected[256];
    npu_prog_t prog;
    const npu_node_t *n = &b->graph.node[layer < 0 ? 0 : layer];
    snprintf(expected, sizeof(expected), "built: layer %d %s \"%s\": %s", layer,
             npu_node_op_name(n->op), n->name, what);
    if (layer < 0)
        snprintf(expected, sizeof(expected), "built: %s", what);
    ck_assert(npu_compile(&b->graph, desc, &plain, &prog, NULL, error, sizeof(error)) != SIM_OK);
    ck_assert_str_eq(error, expected);
    ck_assert_uint_eq(prog.insn_count, 0);
    build_free(b);
}

START_TEST(too_many_activations_are_refused_with_layer_and_bytes)
{
    build_t b;
    npu_desc_t desc = npu_plain_desc();
    desc.l2_bytes = 12288;
    two_layers(&b);
    /* constants: 2048 + 768 + 2048 + 384, each already a multiple of 64 */
    refuses(&b, &desc, 1,
            "activations need 8192 bytes of L2, 6016 are left "
            "beside 5248 of constants and the program");
}
END_TEST

START_TEST(too_many_constants_are_refused_with_bytes)
{
    build_t b;
    npu_desc_t desc = npu_plain_desc();
    desc.l2_bytes = 5120;
    two_layers(&b);
    refuses(&b, &desc, -1, "constants need 5248 bytes of L2, there are 4096");
}
END_TEST

START_TEST(names_of_any_bytes_become_names_of_the_program)
{
    build_t b;
    npu_prog_t prog;
    char error[256], longer[200];
    memset(longer, 'x', sizeof(longer) - 1);
    longer[0] = '"';
    longer[sizeof(longer) - 1] = '\0';
    build_begin(&b, NPU_TYPE_INT8, 1);
    int32_t in = build_input(&b, 4, 4, 3), out = build_unary(&b, NPU_NODE_RELU, in);
    b.graph.tensor[in].name = "a\"b\\c\n;d";
    b.graph.tensor[out].name = longer;
    b.graph.name = "dir/net\"work.tflite";
    build_end(&b, &out, 1);
    npu_desc_t desc = npu_plain_desc();
    ck_assert_msg(npu_compile(&b.graph, &desc, &plain, &prog, NULL, error, sizeof(error)) == SIM_OK,
                  "%s", error);
    ck_assert_str_eq(prog.meta.name, "net_work");
    ck_assert_str_eq(prog.ends[0].name, "a_b_c_");
    ck_assert_str_eq(prog.ends[1].name, longer + sizeof(longer) - NPU_NAME_BYTES); /* its end */
    npu_prog_free(&prog);
    build_free(&b);
}
END_TEST

START_TEST(a_tile_larger_than_l1_is_refused_with_bytes)
{
    build_t b;
    npu_desc_t desc = npu_plain_desc();
    build_conv_t k = {32, 5, 5, 1, 1, 1, 1, true, NPU_ACT_NONE};
    desc.mem_bytes[NPU_MEM_WGT] = 4096;
    build_begin(&b, NPU_TYPE_INT8, 1);
    int32_t out = build_conv(&b, build_input(&b, 8, 8, 32), &k);
    build_end(&b, &out, 1);
    refuses(&b, &desc, 0,
            "the smallest tile needs 25600 bytes of L1 weights, "
            "there are 4096");
}
END_TEST

START_TEST(a_stride_beyond_the_instruction_is_refused_by_name)
{
    build_t b;
    npu_desc_t desc = npu_plain_desc();
    build_conv_t k = {4, 1, 1, 16, 1, 1, 1, false, NPU_ACT_NONE};
    build_begin(&b, NPU_TYPE_INT8, 1);
    int32_t out = build_conv(&b, build_input(&b, 40, 8, 4), &k);
    build_end(&b, &out, 1);
    refuses(&b, &desc, 0, "strides 16, 1, dilations 1, 1, expected at most 15");
}
END_TEST

START_TEST(sums_that_can_overflow_the_accumulator_are_refused)
{
    build_t b;
    npu_desc_t desc = npu_plain_desc();
    build_begin(&b, NPU_TYPE_INT8, 1);
    int32_t in = build_input(&b, 1, 1, 60000);
    uint32_t w_shape[2] = {1, 60000}, shape[2] = {1, 1};
    int32_t w = build_tensor(&b, NPU_TYPE_INT8, 2, w_shape, 0.01f, 0);
    uint8_t *data = npu_graph_alloc(&b.graph, 60000);
    memset(data, 0x81, 60000); /* -127 */
    b.graph.tensor[w].data = data;
    int32_t list[2] = {in, w}, out = build_tensor(&b, NPU_TYPE_INT8, 2, shape, 1.0f, 0);
    build_node(&b, NPU_NODE_FULLY_CONNECTED, list, 2, out);
    build_end(&b, &out, 1);
    /* only whole bytes above 2^31 - 1 matter: 60000 * 127 * 255 = 1943100000 still fits */
    char error[256];
    npu_prog_t prog;
    ck_assert_msg(npu_compile(&b.graph, &desc, &plain, &prog, NULL, error, sizeof(error)) == SIM_OK,
                  "%s", error);
    npu_prog_free(&prog);
    memset(data, 0x80, 60000); /* -128: 1958400000 */
    b.graph.tensor[in].zero_point = b.graph.tensor[w].zero_point;
    uint32_t bias_shape = 1;
    int32_t bias = build_tensor(&b, NPU_TYPE_INT32, 1, &bias_shape, 0.0f, 0);
    static const uint8_t large[4] = {0, 0, 0, 0x10}; /* 2^28 */
    b.graph.tensor[bias].data = large;
    int32_t with_bias[3] = {in, w, bias};
    b.graph.nodes = 0;
    build_node(&b, NPU_NODE_FULLY_CONNECTED, with_bias, 3, out);
    refuses(&b, &desc, 0,
            "output channel 0 can sum up to 2226835456, "
            "the accumulator holds 2147483647");
}
END_TEST

/* The image is planar: its bytes are moved. */
START_TEST(a_reshaped_image_costs_a_layer)
{
    build_t b;
    npu_desc_t desc = npu_plain_desc();
    build_begin(&b, NPU_TYPE_INT8, 1);
    int32_t flat = build_reshape(&b, build_input(&b, 4, 4, 3), 1, 1, 48);
    int32_t out = build_unary(&b, NPU_NODE_RELU, flat);
    build_end(&b, &out, 1);
    npu_prog_t prog;
    char error[256];
    ck_assert_msg(npu_compile(&b.graph, &desc, &plain, &prog, NULL, error, sizeof(error)) == SIM_OK,
                  "%s", error);
    ck_assert_uint_eq(prog.layer_count, 2);
    ck_assert_str_eq(prog.layers[0].op, "RESHAPE");
    compile_check_run(&b, &prog, &desc, 1);
    npu_prog_free(&prog);
    build_free(&b);
}
END_TEST

TEST_MAIN(
    "npu compiler", random_networks_equal_the_reference_however_they_are_cut,
    gathered_taps_keep_the_array_busy_and_the_result_the_same,
    places_in_l2_never_overlap_while_both_are_needed, plans_need_hardly_more_than_what_is_alive,
    sizes_in_the_report_are_the_padded_ones_of_the_chip, a_reused_input_lowers_what_must_be_alive,
    the_network_table_says_where_input_and_output_are,
    a_float_image_is_quantized_outside_and_dequantized_by_the_core,
    a_change_of_type_alone_costs_nothing, the_input_lies_in_planes_padded_with_zero,
    every_tensor_still_stands_at_the_end_when_all_are_kept,
    what_cannot_be_kept_to_the_end_is_compiled_all_the_same, the_same_graph_gives_the_same_bytes,
    too_many_activations_are_refused_with_layer_and_bytes,
    too_many_constants_are_refused_with_bytes, names_of_any_bytes_become_names_of_the_program,
    a_tile_larger_than_l1_is_refused_with_bytes, a_stride_beyond_the_instruction_is_refused_by_name,
    sums_that_can_overflow_the_accumulator_are_refused, a_reshaped_image_costs_a_layer)
