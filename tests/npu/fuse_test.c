/*
 * fuse_test.c - which nodes share a layer, and that sharing changes no code.
 */
#include "npu/compiler/compile.h"
#include "tests/npu/compile_check.h"
#include "tests/npu/compile_graph.h"
#include "tests/npu/npu_plain.h"
#include "tests/test.h"

#define RANDOM_GRAPHS (300 / TEST_FEWER)

static const build_conv_t conv_3x3 = {40, 3, 3, 1, 1, 1, 1, true, NPU_ACT_NONE};

/* ---- at random ------------------------------------------------------------------------------- */

START_TEST(random_networks_fused_in_every_way_equal_the_reference)
{
    uint32_t compiled = 0, layers = 0, nodes = 0;
    for (uint64_t seed = 0; seed < RANDOM_GRAPHS; seed++) {
        build_t b;
        char error[256];
        npu_prog_t prog;
        build_random_chain(&b, seed);
        npu_desc_t desc = build_desc(&b, seed);
        desc.layout_nodes = seed % 5 == 0;
        npu_compile_options_t options = {
            .rounding = seed % 2 ? NPU_ROUND_SINGLE : NPU_ROUND_DOUBLE,
            .fuse = NPU_FUSE_NONE | (seed % 3 == 0 ? build_below(&b, 16) : NPU_FUSE_ALL)};
        if (npu_compile(&b.graph, &desc, &options, &prog, NULL, error, sizeof(error)) == SIM_OK) {
            compile_check_run(&b, &prog, &desc, seed);
            if (prog.insn_count < 500)
                compile_check_waits(&prog, seed);
            compiled++;
            nodes += b.graph.nodes;
            for (uint32_t l = 0; l < prog.layer_count; l++)
                layers += strcmp(prog.layers[l].op, "TRANSFORM") != 0;
            npu_prog_free(&prog);
        } else {
            ck_assert_msg(strstr(error, "there are") != NULL, "seed %llu: %s",
                          (unsigned long long)seed, error);
        }
        build_free(&b);
    }
    ck_assert_uint_ge(compiled, RANDOM_GRAPHS * 4 / 5);
    ck_assert_uint_lt(layers, nodes * 3 / 4); /* else little was fused at all */
}
END_TEST

/* ---- by hand --------------------------------------------------------------------------------- */

typedef struct {
    npu_prog_t prog;
    npu_compile_report_t report;
} made_t;

/* Ends the graph, compiles and checks it. */
static made_t make(build_t *b, int32_t out, npu_compile_options_t options)
{
    made_t m;
    char error[256];
    npu_desc_t desc = npu_plain_desc();
    build_end(b, &out, 1);
    ck_assert_msg(
        npu_compile(&b->graph, &desc, &options, &m.prog, &m.report, error, sizeof(error)) == SIM_OK,
        "%s", error);
    compile_check_run(b, &m.prog, &desc, 0);
    return m;
}

static void discard(build_t *b, made_t *m)
{
    npu_compile_report_free(&m->report);
    npu_prog_free(&m->prog);
    build_free(b);
}

static uint32_t count_op(const npu_prog_t *prog, npu_op_t op)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < prog->insn_count; i++) {
        npu_insn_t insn;
        ck_assert(npu_insn_decode(prog->insns[i], &insn, NULL, 0));
        count += insn.op == op;
    }
    return count;
}

static bool is_kept(const npu_prog_t *prog, int32_t tensor)
{
    for (uint32_t k = 0; k < prog->kept_count; k++)
        if (prog->kept[k].tensor == (uint32_t)tensor)
            return true;
    return false;
}

/* input, PAD, 3x3 convolution, RELU, ADD of an earlier map, QUANTIZE: nodes and layers 0..6. */
static int32_t all_kinds(build_t *b)
{
    build_conv_t valid = conv_3x3;
    uint32_t pad[3][2] = {{1, 1}, {1, 1}, {0, 0}};
    valid.same = false;
    build_begin(b, NPU_TYPE_INT8, 3);
    int32_t earlier = build_conv(b, build_input(b, 9, 9, 8), &conv_3x3);
    int32_t at = build_conv(b, build_pad(b, earlier, pad), &valid);
    at = build_unary(b, NPU_NODE_RELU, at);
    at = build_elementwise(b, NPU_NODE_ADD, earlier, at);
    return build_unary(b, NPU_NODE_QUANTIZE, at);
}

START_TEST(each_switch_takes_its_own_kind_of_node)
{
    static const struct {
        uint32_t fuse, layers;
    } cases[] = {
        {NPU_FUSE_NONE, 6},       {NPU_FUSE_AS_CHIP, 5}, /* the activation */
        {NPU_FUSE_ACTIVATION, 5}, {NPU_FUSE_PAD, 5},
        {NPU_FUSE_ADD, 5}, /* onto the RELU */
        {NPU_FUSE_REQUANTIZE, 5}, {NPU_FUSE_ACTIVATION | NPU_FUSE_ADD, 4},
        {NPU_FUSE_ALL, 2},
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        build_t b;
        made_t m = make(&b, all_kinds(&b), (npu_compile_options_t){.fuse = cases[i].fuse});
        ck_assert_uint_eq(m.prog.layer_count, cases[i].layers);
        discard(&b, &m);
    }
}
END_TEST

START_TEST(the_report_and_the_program_name_what_a_layer_took_in)
{
    build_t b;
    made_t m = make(&b, all_kinds(&b), (npu_compile_options_t){.fuse = NPU_FUSE_ALL});
    ck_assert_str_eq(m.report.layer[0].fused, "");
    ck_assert_str_eq(m.report.layer[1].op, "CONV_2D");
    ck_assert_str_eq(m.report.layer[1].fused, "PAD RELU ADD QUANTIZE");
    ck_assert_str_eq(m.prog.layers[1].op, "PAD+CONV_2D+RELU+ADD+QUANTIZE");
    ck_assert_uint_eq(m.report.layer[1].node, 2);
    discard(&b, &m);
}
END_TEST

START_TEST(a_kept_network_hides_no_tensor)
{
    build_t b;
    int32_t out = all_kinds(&b);
    made_t m = make(&b, out, (npu_compile_options_t){.fuse = NPU_FUSE_ALL, .keep_all = true});
    ck_assert_uint_eq(m.prog.layer_count, 6);
    ck_assert_uint_eq(m.prog.kept_count, 7); /* and the input */
    discard(&b, &m);
}
END_TEST

START_TEST(an_activation_of_equal_codes_is_only_a_clamp)
{
    build_t b;
    build_begin(&b, NPU_TYPE_INT8, 5);
    int32_t sum = build_conv(&b, build_input(&b, 9, 9, 8), &conv_3x3);
    int32_t out = build_unary(&b, NPU_NODE_RELU6, sum); /* scale and zero point of its source */
    made_t m = make(&b, out, (npu_compile_options_t){.fuse = NPU_FUSE_ALL});
    ck_assert_uint_eq(m.prog.layer_count, 1);
    ck_assert_uint_eq(count_op(&m.prog, NPU_OP_LUT), 0);
    ck_assert(!is_kept(&m.prog, sum) && is_kept(&m.prog, out));
    discard(&b, &m);
}
END_TEST

START_TEST(an_activation_of_other_codes_is_a_step_on_the_tile)
{
    build_t b;
    build_begin(&b, NPU_TYPE_INT8, 5);
    int32_t out = build_conv(&b, build_input(&b, 9, 9, 8), &conv_3x3);
    out = build_unary(&b, NPU_NODE_LOGISTIC, out);
    made_t m = make(&b, out, (npu_compile_options_t){.fuse = NPU_FUSE_ALL});
    ck_assert_uint_eq(m.prog.layer_count, 1);
    ck_assert_uint_eq(count_op(&m.prog, NPU_OP_LUT), m.report.layer[0].tiles);
    ck_assert_uint_eq(count_op(&m.prog, NPU_OP_STORE), m.report.layer[0].tiles);
    discard(&b, &m);
}
END_TEST

START_TEST(a_result_that_two_read_or_the_network_gives_is_not_hidden)
{
    build_t b;
    build_begin(&b, NPU_TYPE_INT8, 6);
    int32_t at = build_conv(&b, build_input(&b, 9, 9, 8), &conv_3x3);
    int32_t one = build_unary(&b, NPU_NODE_RELU6, at);
    made_t m = make(&b, build_elementwise(&b, NPU_NODE_ADD, one, at),
                    (npu_compile_options_t){.fuse = NPU_FUSE_ALL});
    ck_assert_uint_eq(m.prog.layer_count, 2); /* ADD follows RELU6, which follows nothing */
    ck_assert(is_kept(&m.prog, at) && !is_kept(&m.prog, one));
    discard(&b, &m);

    build_begin(&b, NPU_TYPE_INT8, 7);
    int32_t outputs[2] = {build_conv(&b, build_input(&b, 9, 9, 8), &conv_3x3)};
    outputs[1] = build_unary(&b, NPU_NODE_RELU6, outputs[0]);
    build_end(&b, outputs, 2);
    char error[256];
    npu_desc_t desc = npu_plain_desc();
    npu_compile_options_t all = {.fuse = NPU_FUSE_ALL};
    ck_assert(npu_compile(&b.graph, &desc, &all, &m.prog, NULL, error, sizeof(error)) == SIM_OK);
    ck_assert_uint_eq(m.prog.layer_count, 2);
    npu_prog_free(&m.prog);
    build_free(&b);
}
END_TEST

/* A 2x2 pool of stride 2 after `before`, and an activation after it. */
START_TEST(a_pool_is_a_layer_of_its_own)
{
    build_t b;
    build_conv_t k = {0, 2, 2, 2, 2, 1, 1, false, NPU_ACT_NONE};
    uint32_t pad[3][2] = {{1, 0}, {1, 0}, {0, 0}};
    build_begin(&b, NPU_TYPE_INT8, 8);
    int32_t at = build_conv(&b, build_input(&b, 9, 9, 8), &conv_3x3);
    at = build_pool(&b, build_pad(&b, at, pad), &k, false);
    at = build_unary(&b, NPU_NODE_RELU, at);
    made_t m = make(&b, at, (npu_compile_options_t){.fuse = NPU_FUSE_ALL});
    ck_assert_uint_eq(m.prog.layer_count, 4);
    discard(&b, &m);
}
END_TEST

START_TEST(padding_that_leaves_a_window_without_source_stays_a_node)
{
    for (uint32_t before = 2; before <= 3; before++) {
        build_t b;
        build_conv_t k = conv_3x3;
        uint32_t pad[3][2] = {{before, 0}, {0, 0}, {0, 0}};
        k.same = false;
        build_begin(&b, NPU_TYPE_INT8, 9);
        int32_t at = build_pad(&b, build_input(&b, 9, 9, 8), pad);
        made_t m = make(&b, build_conv(&b, at, &k), (npu_compile_options_t){.fuse = NPU_FUSE_ALL});
        ck_assert_uint_eq(m.prog.layer_count, before == 2 ? 1 : 2); /* the kernel has 3 rows */
        discard(&b, &m);
    }
}
END_TEST

/* PADV2 with the zero point's code is a PAD. */
START_TEST(padding_of_another_value_stays_a_node)
{
    for (int32_t value = 0; value <= 1; value++) {
        build_t b;
        build_conv_t k = conv_3x3;
        uint32_t pad[3][2] = {{1, 1}, {1, 1}, {0, 0}};
        k.same = false;
        build_begin(&b, NPU_TYPE_UINT8, 11);
        int32_t at = build_pad(&b, build_input(&b, 9, 9, 8), pad);
        npu_node_t *n = &b.graph.node[b.graph.nodes - 1];
        n->op = NPU_NODE_PADV2;
        n->pad_value = (b.graph.tensor[at].zero_point[0] + value) % 256;
        made_t m = make(&b, build_conv(&b, at, &k), (npu_compile_options_t){.fuse = NPU_FUSE_ALL});
        ck_assert_uint_eq(m.prog.layer_count, value == 0 ? 1 : 2);
        discard(&b, &m);
    }
}
END_TEST

/* x * LOGISTIC(x), in both orders: one table on the tile of the convolution that makes x. */
START_TEST(a_code_times_a_function_of_it_is_one_activation)
{
    for (uint32_t order = 0; order < 2; order++) {
        build_t b;
        build_begin(&b, NPU_TYPE_INT8, 12);
        int32_t x = build_conv(&b, build_input(&b, 9, 9, 8), &conv_3x3);
        int32_t f = build_unary(&b, NPU_NODE_LOGISTIC, x);
        int32_t out = order == 0 ? build_elementwise(&b, NPU_NODE_MUL, x, f)
                                 : build_elementwise(&b, NPU_NODE_MUL, f, x);
        made_t m = make(&b, out, (npu_compile_options_t){.fuse = NPU_FUSE_ACTIVATION});
        ck_assert_uint_eq(m.prog.layer_count, 1);
        ck_assert_str_eq(m.report.layer[0].fused, "LOGISTIC MUL");
        ck_assert_uint_eq(count_op(&m.prog, NPU_OP_LUT), m.report.layer[0].tiles);
        ck_assert_uint_eq(count_op(&m.prog, NPU_OP_MUL), 0);
        ck_assert(!is_kept(&m.prog, x) && !is_kept(&m.prog, f));
        discard(&b, &m);
    }
}
END_TEST

/* The skip of a residual block: the convolution made last takes the sum. */
START_TEST(a_sum_of_two_convolutions_goes_to_the_later_one)
{
    build_t b;
    build_begin(&b, NPU_TYPE_INT8, 10);
    int32_t in = build_input(&b, 9, 9, 8);
    int32_t first = build_conv(&b, in, &conv_3x3), second = build_conv(&b, in, &conv_3x3);
    int32_t out = build_elementwise(&b, NPU_NODE_ADD, second, first);
    made_t m = make(&b, out, (npu_compile_options_t){.fuse = NPU_FUSE_ALL});
    ck_assert_uint_eq(m.prog.layer_count, 2);
    ck_assert(is_kept(&m.prog, first) && !is_kept(&m.prog, second));
    ck_assert_str_eq(m.report.layer[1].fused, "ADD");
    discard(&b, &m);
}
END_TEST

TEST_MAIN("npu compiler fusion", random_networks_fused_in_every_way_equal_the_reference,
          each_switch_takes_its_own_kind_of_node,
          the_report_and_the_program_name_what_a_layer_took_in, a_kept_network_hides_no_tensor,
          an_activation_of_equal_codes_is_only_a_clamp,
          an_activation_of_other_codes_is_a_step_on_the_tile,
          a_result_that_two_read_or_the_network_gives_is_not_hidden, a_pool_is_a_layer_of_its_own,
          padding_that_leaves_a_window_without_source_stays_a_node,
          padding_of_another_value_stays_a_node, a_code_times_a_function_of_it_is_one_activation,
          a_sum_of_two_convolutions_goes_to_the_later_one)
