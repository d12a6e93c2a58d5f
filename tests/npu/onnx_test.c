/*
 * onnx_test.c - the .onnx reader: what becomes of small models, named complaints about broken ones,
 * and bytes that mean no good.
 */
#include "npu/compiler/onnx.h"

#include "npu/compiler/compile.h"
#include "npu/compiler/tensor_io.h"
#include "sim/file.h"
#include "sim/rng.h"
#include "tests/npu/compile_exec.h"
#include "tests/npu/onnx_write.h"
#include "tests/test.h"

enum {
    INT8 = ONNX__TENSOR_PROTO__DATA_TYPE__INT8,
    UINT8 = ONNX__TENSOR_PROTO__DATA_TYPE__UINT8,
    INT32 = ONNX__TENSOR_PROTO__DATA_TYPE__INT32,
    FLOAT = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT,
};

static const uint32_t map_shape[4] = {1, 2, 3, 4}; /* N C H W */

static sim_err_t read_model(const onnx_write_t *w, npu_graph_t *graph, char error[256])
{
    size_t bytes;
    uint8_t *image = onnx_write_pack(w, &bytes);
    sim_err_t err = npu_onnx_read(image, bytes, "m.onnx", graph, error, 256);
    free(image);
    return err;
}

static void reads(onnx_write_t *w, npu_graph_t *graph)
{
    char error[256] = "";
    ck_assert_msg(read_model(w, graph, error) == SIM_OK, "%s", error);
    onnx_write_end(w);
}

static void refuses(onnx_write_t *w, const char *message)
{
    npu_graph_t graph;
    char error[256] = "";
    ck_assert_int_eq(read_model(w, &graph, error), SIM_EPARSE);
    ck_assert_str_eq(error, message);
    ck_assert_ptr_null(graph.arena);
    onnx_write_end(w);
}

/* An int8 input x of shape 1 2 3 4 and what it means, x_f. */
static void begin(onnx_write_t *w)
{
    onnx_write_begin(w);
    onnx_write_input(w, "x", INT8, 4, map_shape);
    onnx_write_dequantize(w, "x", 0.5f, 10, false);
}

static void end(onnx_write_t *w, const char *from)
{
    onnx_write_quantize(w, from, "y", 0.25f, -3, false);
    onnx_write_output(w, "y");
}

/* ---- what becomes of it ---------------------------------------------------------------------- */

/* Two outputs of two channels, one tap: weight o, i is 10 o + i. */
static void add_conv(onnx_write_t *w, const char *inputs)
{
    static const int8_t k[4] = {0, 1, 10, 11};
    static const uint32_t shape[4] = {2, 2, 1, 1};
    onnx_write_raw(w, "k", INT8, 4, shape, k);
    onnx_write_dequantize(w, "k", 0.125f, 0, false);
    onnx_write_node(w, "Conv", inputs, "sum");
}

START_TEST(a_convolution_between_q_and_dq_is_one_node)
{
    static const int32_t steps[2] = {7, -9};
    const uint32_t two = 2;
    onnx_write_t w;
    npu_graph_t g;
    begin(&w);
    onnx_write_raw(&w, "b", INT32, 1, &two, steps);
    onnx_write_f32(&w, "b_s", 0.0625f); /* 0.5 * 0.125: as it is */
    onnx_write_node(&w, "DequantizeLinear", "b b_s", "b_f");
    add_conv(&w, "x_f k_f b_f");
    onnx_write_node(&w, "Relu", "sum", "positive");
    end(&w, "positive");
    reads(&w, &g);
    ck_assert_uint_eq(g.nodes, 1);
    ck_assert(g.by_name);
    const npu_node_t *n = &g.node[0];
    ck_assert_int_eq(n->op, NPU_NODE_CONV_2D);
    ck_assert_str_eq(n->name, "y");
    ck_assert_int_eq(n->activation, NPU_ACT_RELU);
    const npu_tensor_t *x = &g.tensor[n->input[0]], *y = &g.tensor[n->output[0]];
    const uint32_t nhwc[4] = {1, 3, 4, 2};
    ck_assert_mem_eq(x->shape, nhwc, sizeof(nhwc));
    ck_assert_mem_eq(y->shape, nhwc, sizeof(nhwc));
    ck_assert(x->channels_first && y->channels_first);
    ck_assert(x->scale[0] == 0.5f && y->scale[0] == 0.25f);
    ck_assert_int_eq(x->zero_point[0], 10);
    ck_assert_int_eq(y->zero_point[0], -3);
    ck_assert_int_eq(npu_tensor_i32(&g.tensor[n->input[2]], 0), 7);
    ck_assert_int_eq(npu_tensor_i32(&g.tensor[n->input[2]], 1), -9);
    npu_graph_free(&g);
}
END_TEST

START_TEST(weights_are_turned_from_o_i_kh_kw_to_o_kh_kw_i)
{
    static const int8_t k[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}; /* 1 2 2 3 */
    static const uint8_t want[12] = {0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11};
    static const uint32_t shape[4] = {1, 2, 2, 3};
    onnx_write_t w;
    npu_graph_t g;
    begin(&w);
    onnx_write_raw(&w, "k", INT8, 4, shape, k);
    onnx_write_dequantize(&w, "k", 0.125f, 0, false);
    onnx_write_node(&w, "Conv", "x_f k_f", "sum");
    end(&w, "sum");
    reads(&w, &g);
    const npu_tensor_t *t = &g.tensor[g.node[0].input[1]];
    const uint32_t turned[4] = {1, 2, 3, 2};
    ck_assert_mem_eq(t->shape, turned, sizeof(turned));
    ck_assert_mem_eq(t->data, want, sizeof(want));
    npu_graph_free(&g);
}
END_TEST

START_TEST(depthwise_weights_are_turned_to_1_kh_kw_o)
{
    static const int8_t k[8] = {0, 1, 2, 3, 4, 5, 6, 7}; /* 4 1 1 2: two for each channel */
    static const uint8_t want[8] = {0, 2, 4, 6, 1, 3, 5, 7};
    static const uint32_t shape[4] = {4, 1, 1, 2};
    onnx_write_t w;
    npu_graph_t g;
    begin(&w);
    onnx_write_raw(&w, "k", INT8, 4, shape, k);
    onnx_write_dequantize(&w, "k", 0.125f, 0, false);
    onnx_write_int(&w, onnx_write_node(&w, "Conv", "x_f k_f", "sum"), "group", 2);
    end(&w, "sum");
    reads(&w, &g);
    ck_assert_int_eq(g.node[0].op, NPU_NODE_DEPTHWISE_CONV_2D);
    ck_assert_uint_eq(g.node[0].depth_multiplier, 2);
    ck_assert_mem_eq(g.tensor[g.node[0].input[1]].data, want, sizeof(want));
    npu_graph_free(&g);
}
END_TEST

/* As the shared models have it: N H W C outside, N C H W inside. */
START_TEST(transposes_around_the_border_vanish)
{
    static const int64_t inwards[4] = {0, 3, 1, 2}, outwards[4] = {0, 2, 3, 1};
    const uint32_t nhwc[4] = {1, 3, 4, 2};
    onnx_write_t w;
    npu_graph_t g;
    onnx_write_begin(&w);
    onnx_write_input(&w, "in", INT8, 4, nhwc);
    onnx_write_ints(&w, onnx_write_node(&w, "Transpose", "in", "x"), "perm", 4, inwards);
    onnx_write_dequantize(&w, "x", 0.5f, 10, false);
    add_conv(&w, "x_f k_f");
    onnx_write_ints(&w, onnx_write_node(&w, "Transpose", "q", "y"), "perm", 4, outwards);
    onnx_write_output(&w, "y");
    onnx_write_quantize(&w, "sum", "q", 0.25f, -3, false);
    Onnx__NodeProto *last = w.nodes[w.graph.n_node - 1]; /* the QuantizeLinear comes first */
    w.nodes[w.graph.n_node - 1] = w.nodes[w.graph.n_node - 2];
    w.nodes[w.graph.n_node - 2] = last;
    reads(&w, &g);
    const npu_node_op_t ops[3] = {NPU_NODE_RESHAPE, NPU_NODE_CONV_2D, NPU_NODE_RESHAPE};
    ck_assert_uint_eq(g.nodes, 3); /* the other two are names for the same bytes */
    for (uint32_t i = 0; i < 3; i++)
        ck_assert_int_eq(g.node[i].op, ops[i]);
    const npu_tensor_t *in = &g.tensor[g.input[0]], *x = &g.tensor[g.node[1].input[0]];
    const npu_tensor_t *y = &g.tensor[g.output[0]];
    ck_assert(!in->channels_first && x->channels_first && !y->channels_first);
    ck_assert_mem_eq(in->shape, nhwc, sizeof(nhwc));
    ck_assert_mem_eq(x->shape, nhwc, sizeof(nhwc));
    ck_assert_mem_eq(y->shape, nhwc, sizeof(nhwc));
    ck_assert(in->scale[0] == 0.5f); /* found where its other name is dequantized */
    npu_graph_free(&g);
}
END_TEST

START_TEST(a_bias_of_another_scale_is_rounded_to_steps_of_the_accumulator)
{
    /* steps of 0.5 * 0.125 = 1/16: 0.09375 is 1.5 steps, 0.03125 half a step, ties to even */
    static const float real[2] = {0.09375f, 0.03125f};
    const uint32_t two = 2;
    onnx_write_t w;
    npu_graph_t g;
    begin(&w);
    onnx_write_raw(&w, "b", FLOAT, 1, &two, real);
    add_conv(&w, "x_f k_f b");
    end(&w, "sum");
    reads(&w, &g);
    ck_assert_int_eq(npu_tensor_i32(&g.tensor[g.node[0].input[2]], 0), 2);
    ck_assert_int_eq(npu_tensor_i32(&g.tensor[g.node[0].input[2]], 1), 0);
    npu_graph_free(&g);
}
END_TEST

START_TEST(uint8_weights_around_128_become_int8)
{
    static const uint8_t k[4] = {128, 129, 0, 255}, want[4] = {0, 1, 0x80, 127};
    static const uint32_t shape[4] = {2, 2, 1, 1};
    onnx_write_t w;
    npu_graph_t g;
    begin(&w);
    onnx_write_raw(&w, "k", UINT8, 4, shape, k);
    onnx_write_dequantize(&w, "k", 0.125f, 128, true);
    onnx_write_node(&w, "Conv", "x_f k_f", "sum");
    end(&w, "sum");
    reads(&w, &g);
    const npu_tensor_t *t = &g.tensor[g.node[0].input[1]];
    ck_assert_int_eq(t->type, NPU_TYPE_INT8);
    ck_assert_int_eq(t->zero_point[0], 0);
    ck_assert_mem_eq(t->data, want, sizeof(want));
    npu_graph_free(&g);
}
END_TEST

/* Weights that a training tool left as floats: quantized here, ties to even. */
START_TEST(float_weights_behind_a_quantizelinear_are_quantized)
{
    static const float k[4] = {0.3125f, -0.3125f, 0.4375f,
                               100.0f}; /* 2.5, -2.5, 3.5 steps of 1/8 */
    static const uint8_t want[4] = {2, 0xfe, 4, 127};
    static const uint32_t shape[4] = {2, 2, 1, 1};
    onnx_write_t w;
    npu_graph_t g;
    begin(&w);
    onnx_write_raw(&w, "real", FLOAT, 4, shape, k);
    onnx_write_quantize(&w, "real", "k", 0.125f, 0, false);
    onnx_write_dequantize(&w, "k", 0.125f, 0, false);
    onnx_write_node(&w, "Conv", "x_f k_f", "sum");
    end(&w, "sum");
    reads(&w, &g);
    ck_assert_mem_eq(g.tensor[g.node[0].input[1]].data, want, sizeof(want));
    npu_graph_free(&g);
}
END_TEST

START_TEST(qlinearconv_is_the_same_graph_as_its_qdq_form)
{
    static const int8_t k[4] = {0, 1, 10, 11};
    static const uint32_t shape[4] = {2, 2, 1, 1}, two = 2;
    static const int32_t steps[2] = {7, -9};
    onnx_write_t w;
    npu_graph_t g;
    onnx_write_begin(&w);
    onnx_write_input(&w, "x", INT8, 4, map_shape);
    onnx_write_raw(&w, "k", INT8, 4, shape, k);
    onnx_write_raw(&w, "b", INT32, 1, &two, steps);
    onnx_write_f32(&w, "xs", 0.5f);
    onnx_write_i8(&w, "xz", 10);
    onnx_write_f32(&w, "ks", 0.125f);
    onnx_write_i8(&w, "kz", 0);
    onnx_write_f32(&w, "ys", 0.25f);
    onnx_write_i8(&w, "yz", -3);
    onnx_write_node(&w, "QLinearConv", "x xs xz k ks kz ys yz b", "y");
    onnx_write_output(&w, "y");
    reads(&w, &g);
    ck_assert_uint_eq(g.nodes, 1);
    const npu_node_t *n = &g.node[0];
    ck_assert_int_eq(n->op, NPU_NODE_CONV_2D);
    ck_assert(g.tensor[n->input[0]].scale[0] == 0.5f);
    ck_assert_int_eq(g.tensor[n->input[0]].zero_point[0], 10);
    ck_assert_mem_eq(g.tensor[n->input[1]].data, k, sizeof(k));
    ck_assert_int_eq(npu_tensor_i32(&g.tensor[n->input[2]], 1), -9);
    ck_assert(g.tensor[n->output[0]].scale[0] == 0.25f);
    ck_assert_str_eq(g.tensor[n->output[0]].name, "y");
    npu_graph_free(&g);
}
END_TEST

/* x (1 x 3) times a 3 x 2 matrix, plus itself: columns become rows of the graph's weights. */
START_TEST(qlinearmatmul_and_qlinearadd_are_read_like_their_qdq_forms)
{
    static const int8_t k[6] = {1, 2, 3, 4, 5, 6}, rows[6] = {1, 3, 5, 2, 4, 6};
    static const uint32_t line[2] = {1, 3}, matrix[2] = {3, 2};
    onnx_write_t w;
    npu_graph_t g;
    onnx_write_begin(&w);
    onnx_write_input(&w, "x", INT8, 2, line);
    onnx_write_raw(&w, "k", INT8, 2, matrix, k);
    onnx_write_f32(&w, "xs", 0.5f);
    onnx_write_i8(&w, "xz", 10);
    onnx_write_f32(&w, "ks", 0.125f);
    onnx_write_i8(&w, "kz", 0);
    onnx_write_f32(&w, "ps", 0.25f);
    onnx_write_i8(&w, "pz", -3);
    onnx_write_f32(&w, "ys", 0.75f);
    onnx_write_i8(&w, "yz", 4);
    onnx_write_node(&w, "QLinearMatMul", "x xs xz k ks kz ps pz", "p");
    Onnx__NodeProto *n = onnx_write_node(&w, "QLinearAdd", "p ps pz p ps pz ys yz", "y");
    n->domain = (char *)"com.microsoft";
    onnx_write_output(&w, "y");
    reads(&w, &g);
    ck_assert_uint_eq(g.nodes, 2);
    ck_assert_int_eq(g.node[0].op, NPU_NODE_FULLY_CONNECTED);
    ck_assert_int_eq(g.node[1].op, NPU_NODE_ADD);
    ck_assert_mem_eq(g.tensor[g.node[0].input[1]].data, rows, sizeof(rows));
    const npu_tensor_t *p = &g.tensor[g.node[1].input[0]], *y = &g.tensor[g.output[0]];
    ck_assert_int_eq(g.node[1].input[0], g.node[1].input[1]);
    ck_assert(p->scale[0] == 0.25f && y->scale[0] == 0.75f);
    ck_assert_int_eq(p->zero_point[0], -3);
    ck_assert_int_eq(y->zero_point[0], 4);
    npu_graph_free(&g);
}
END_TEST

START_TEST(floats_at_the_border_are_quantize_and_dequantize)
{
    onnx_write_t w;
    npu_graph_t g;
    onnx_write_begin(&w);
    onnx_write_input(&w, "image", FLOAT, 4, map_shape);
    onnx_write_quantize(&w, "image", "x", 0.5f, 10, true);
    onnx_write_dequantize(&w, "x", 0.5f, 10, true);
    onnx_write_node(&w, "Flatten", "x_f", "y");
    onnx_write_output(&w, "y");
    reads(&w, &g);
    ck_assert_uint_eq(g.nodes, 2);
    ck_assert_int_eq(g.node[0].op, NPU_NODE_QUANTIZE);
    ck_assert_int_eq(g.node[1].op, NPU_NODE_DEQUANTIZE);
    ck_assert_int_eq(g.tensor[g.input[0]].type, NPU_TYPE_FLOAT32);
    ck_assert_int_eq(g.tensor[g.node[0].output[0]].type, NPU_TYPE_UINT8);
    ck_assert_int_eq(g.tensor[g.output[0]].type, NPU_TYPE_FLOAT32);
    ck_assert_str_eq(g.tensor[g.output[0]].name, "y");
    npu_graph_free(&g);
}
END_TEST

START_TEST(a_function_is_a_table_of_the_definitions_codes)
{
    onnx_write_t w;
    npu_graph_t g;
    begin(&w);
    onnx_write_node(&w, "Relu", "x_f", "r");
    end(&w, "r");
    reads(&w, &g);
    ck_assert_int_eq(g.node[0].op, NPU_NODE_TABLE);
    const int8_t *table = (const int8_t *)g.tensor[g.node[0].input[1]].data;
    ck_assert_int_eq(table[0], -3);        /* -69.0: clipped to 0 */
    ck_assert_int_eq(table[128 + 10], -3); /* 0 */
    ck_assert_int_eq(table[128 + 11], -1); /* 0.5 is two steps of 0.25 */
    ck_assert_int_eq(table[255], 127);     /* 58.5: saturated */
    npu_graph_free(&g);
}
END_TEST

/* -1, 7, -8, 3 as halves of bytes; the width stays. */
START_TEST(weights_of_4_bits_stay_so)
{
    static const uint8_t halves[2] = {0x7f, 0x38}, want[4] = {0xff, 7, 0xf8, 3};
    static const uint32_t shape[4] = {2, 2, 1, 1};
    onnx_write_t w;
    npu_graph_t g;
    begin(&w);
    Onnx__TensorProto *k = onnx_write_raw(&w, "k", INT8, 4, shape, want);
    k->data_type = 22; /* INT4 */
    k->raw_data.len = 2;
    memcpy(k->raw_data.data, halves, 2);
    onnx_write_f32(&w, "k_s", 0.125f);
    onnx_write_node(&w, "DequantizeLinear", "k k_s", "k_f");
    onnx_write_node(&w, "Conv", "x_f k_f", "sum");
    end(&w, "sum");
    reads(&w, &g);
    ck_assert_uint_eq(g.node[0].weight_bits, 4);
    ck_assert_mem_eq(g.tensor[g.node[0].input[1]].data, want, sizeof(want));
    npu_graph_free(&g);
}
END_TEST

START_TEST(argmax_over_the_channels_is_indices)
{
    onnx_write_t w;
    npu_graph_t g;
    begin(&w);
    Onnx__NodeProto *n = onnx_write_node(&w, "ArgMax", "x_f", "y");
    onnx_write_int(&w, n, "axis", 1);
    onnx_write_int(&w, n, "keepdims", 0);
    onnx_write_output(&w, "y");
    reads(&w, &g);
    ck_assert_int_eq(g.node[0].op, NPU_NODE_ARG_MAX);
    ck_assert_uint_eq(g.node[0].axis, 3);
    const npu_tensor_t *y = &g.tensor[g.output[0]];
    const uint32_t map[3] = {1, 3, 4};
    ck_assert_int_eq(y->type, NPU_TYPE_INT64);
    ck_assert_uint_eq(y->dims, 3);
    ck_assert_mem_eq(y->shape, map, sizeof(map));
    npu_graph_free(&g);
}
END_TEST

/* x.view(x.size(0), -1) as an exporter writes it. */
START_TEST(a_shape_that_the_model_computes_is_worked_out)
{
    static const int64_t zero = 0, minus_one = -1;
    onnx_write_t w;
    npu_graph_t g;
    begin(&w);
    onnx_write_raw(&w, "index", ONNX__TENSOR_PROTO__DATA_TYPE__INT64, 0, NULL, &zero);
    onnx_write_i64(&w, "axis", 1, &zero);
    onnx_write_i64(&w, "rest", 1, &minus_one);
    onnx_write_node(&w, "Shape", "x_f", "all");
    onnx_write_node(&w, "Gather", "all index", "batch");
    onnx_write_node(&w, "Unsqueeze", "batch axis", "batch1");
    onnx_write_int(&w, onnx_write_node(&w, "Concat", "batch1 rest", "shape"), "axis", 0);
    onnx_write_node(&w, "Reshape", "x_f shape", "flat");
    onnx_write_node(&w, "Relu", "flat", "r");
    end(&w, "r");
    reads(&w, &g);
    ck_assert_uint_eq(g.nodes, 1);
    ck_assert_int_eq(g.node[0].op, NPU_NODE_TABLE);
    npu_graph_free(&g);
}
END_TEST

START_TEST(a_model_that_was_read_compiles)
{
    onnx_write_t w;
    npu_graph_t g;
    npu_prog_t prog;
    char error[256] = "";
    npu_desc_t desc = npu_desc_default();
    npu_compile_options_t options = {.rounding = NPU_ROUND_SINGLE};
    begin(&w);
    add_conv(&w, "x_f k_f");
    end(&w, "sum");
    reads(&w, &g);
    ck_assert_msg(npu_compile(&g, &desc, &options, &prog, NULL, error, sizeof(error)) == SIM_OK,
                  "%s", error);
    ck_assert_uint_eq(prog.meta.by_name, 1);
    ck_assert_uint_eq(prog.meta.macs, 12 * 2 * 2);
    npu_prog_free(&prog);
    npu_graph_free(&g);
}
END_TEST

/* The end of a detector with 3 anchors: 1 x 12 x 4 x 5 (N C H W) as 1 x 3 x 4 x 4 x 5, then 1 x 3 x
 * 4 x 5 x 4. */
static void add_anchors(onnx_write_t *w)
{
    static const uint32_t shape[4] = {1, 12, 4, 5};
    static const int64_t five[5] = {1, 3, 4, 4, 5}, perm[5] = {0, 1, 3, 4, 2};
    onnx_write_begin(w);
    onnx_write_input(w, "x", INT8, 4, shape);
    onnx_write_dequantize(w, "x", 0.5f, 10, false);
    onnx_write_i64(w, "five", 5, five);
    onnx_write_node(w, "Reshape", "x_f five", "boxes");
    onnx_write_ints(w, onnx_write_node(w, "Transpose", "boxes", "t"), "perm", 5, perm);
}

START_TEST(five_dimensions_of_which_the_first_is_1_are_four)
{
    onnx_write_t w;
    npu_graph_t g;
    npu_prog_t prog;
    compile_exec_t exec;
    char error[256] = "";
    int8_t x[12][4][5], y[3][4][5][4];
    npu_desc_t desc = npu_desc_default();
    npu_compile_options_t options = {.rounding = NPU_ROUND_SINGLE};
    sim_stream_t random = sim_stream(5, 5, 5);
    add_anchors(&w);
    onnx_write_node(&w, "Relu", "t", "r");
    onnx_write_quantize(&w, "r", "y", 0.5f, 10, false);
    onnx_write_output(&w, "y");
    reads(&w, &g);
    ck_assert_uint_eq(g.tensor[g.output[0]].dims, 4);
    ck_assert_msg(npu_compile(&g, &desc, &options, &prog, NULL, error, sizeof(error)) == SIM_OK,
                  "%s", error);
    for (size_t i = 0; i < sizeof(x); i++)
        (&x[0][0][0])[i] = (int8_t)sim_stream_u32(&random);
    compile_exec_init(&exec, &prog, &desc, SIM_SIMD_SCALAR);
    ck_assert(npu_input_write(&prog, 0, &exec.port, x));
    compile_exec_run(&exec);
    ck_assert_uint_eq(npu_output_bytes(&prog, 0), sizeof(y));
    ck_assert(npu_output_read(&prog, 0, &exec.port, (uint8_t *)y));
    for (uint32_t i = 0; i < sizeof(y); i++) {
        uint32_t c = i % 4, col = i / 4 % 5, row = i / 20 % 4, a = i / 80;
        int8_t code = x[4 * a + c][row][col];
        ck_assert_int_eq(y[a][row][col][c], code < 10 ? 10 : code); /* zero is 10 */
    }
    compile_exec_free(&exec);
    npu_prog_free(&prog);
    npu_graph_free(&g);
}
END_TEST

/* ---- complaints ------------------------------------------------------------------------------ */

START_TEST(five_dimensions_are_refused_where_they_count)
{
    static const int64_t five[5] = {3, 1, 4, 4, 5}, perm[5] = {1, 0, 2, 3, 4};
    onnx_write_t w;
    add_anchors(&w);
    onnx_write_int(&w, onnx_write_node(&w, "Softmax", "t", "s"), "axis", 4);
    end(&w, "s");
    refuses(&w, "m.onnx: node \"s\" Softmax: input \"t\": found 5 dimensions, expected at most 4");
    add_anchors(&w);
    onnx_write_ints(&w, onnx_write_node(&w, "Transpose", "t", "u"), "perm", 5, perm);
    end(&w, "u");
    refuses(&w, "m.onnx: node \"u\" Transpose: attribute perm: found 1 to 0, expected leading "
                "dimensions to stay");
    add_anchors(&w);
    onnx_write_i64(&w, "first", 5, five);
    onnx_write_node(&w, "Reshape", "t first", "u");
    end(&w, "u");
    refuses(&w, "m.onnx: node \"u\" Reshape: shape: found 5 dimensions, expected at most 4 but for "
                "leading ones of 1");
}
END_TEST

START_TEST(an_unsupported_operator_is_named_with_its_domain)
{
    onnx_write_t w;
    begin(&w);
    Onnx__NodeProto *n = onnx_write_node(&w, "Einsum", "x_f", "e");
    n->name = (char *)"/head/Einsum";
    end(&w, "e");
    refuses(&w,
            "m.onnx: node \"/head/Einsum\" Einsum: found an operator of domain \"ai.onnx\" that "
            "is not supported, expected another");
}
END_TEST

START_TEST(an_operator_on_floats_is_refused_with_what_is_missing)
{
    onnx_write_t w;
    begin(&w);
    onnx_write_node(&w, "Sigmoid", "x_f", "s");
    onnx_write_node(&w, "GlobalAveragePool", "s", "p");
    end(&w, "p");
    refuses(&w, "m.onnx: node \"p\" GlobalAveragePool: input: found a float result, expected a "
                "DequantizeLinear before it");
}
END_TEST

START_TEST(a_result_without_quantizelinear_is_refused)
{
    onnx_write_t w;
    begin(&w);
    add_conv(&w, "x_f k_f");
    onnx_write_output(&w, "sum");
    refuses(&w, "m.onnx: output \"sum\": found a constant, an input or a float result, expected a "
                "QuantizeLinear before it");
}
END_TEST

START_TEST(external_data_is_refused_by_name)
{
    onnx_write_t w;
    begin(&w);
    add_conv(&w, "x_f k_f");
    end(&w, "sum");
    Onnx__StringStringEntryProto entry = ONNX__STRING_STRING_ENTRY_PROTO__INIT, *entries = &entry;
    entry.key = (char *)"location";
    entry.value = (char *)"weights.bin";
    Onnx__TensorProto *k = w.initializers[2];
    ck_assert_str_eq(k->name, "k");
    k->n_external_data = 1;
    k->external_data = &entries;
    k->has_raw_data = 0;
    refuses(&w, "m.onnx: node \"k_f\" DequantizeLinear: tensor \"k\": found external data "
                "\"weights.bin\", expected it inside the file");
}
END_TEST

START_TEST(data_of_a_wrong_size_is_refused_with_both_sizes)
{
    onnx_write_t w;
    begin(&w);
    add_conv(&w, "x_f k_f");
    end(&w, "sum");
    w.initializers[2]->raw_data.len = 3;
    refuses(&w, "m.onnx: node \"k_f\" DequantizeLinear: tensor \"k\": found 3 bytes, expected 4");
}
END_TEST

START_TEST(an_old_operator_set_is_refused)
{
    onnx_write_t w;
    begin(&w);
    end(&w, "x_f");
    w.opset.version = 11;
    refuses(&w, "m.onnx: found operator set 11, expected 13 or later");
}
END_TEST

START_TEST(a_name_that_nothing_makes_is_refused)
{
    onnx_write_t w;
    begin(&w);
    onnx_write_node(&w, "Relu", "later", "r");
    onnx_write_node(&w, "Relu", "x_f", "later");
    end(&w, "r");
    refuses(&w, "m.onnx: node \"r\" Relu: input 0: found \"later\", which nothing before it makes, "
                "expected a value");
}
END_TEST

START_TEST(a_name_made_twice_is_refused)
{
    onnx_write_t w;
    begin(&w);
    onnx_write_node(&w, "Relu", "x_f", "r");
    onnx_write_node(&w, "Abs", "x_f", "r");
    end(&w, "r");
    refuses(&w, "m.onnx: node \"r\" Abs: output: found \"r\" made twice, expected once");
}
END_TEST

START_TEST(weights_that_do_not_fit_are_refused_with_both_sizes)
{
    static const int8_t k[3] = {1, 2, 3};
    static const uint32_t shape[4] = {1, 3, 1, 1};
    onnx_write_t w;
    begin(&w);
    onnx_write_raw(&w, "k", INT8, 4, shape, k);
    onnx_write_dequantize(&w, "k", 0.125f, 0, false);
    onnx_write_node(&w, "Conv", "x_f k_f", "sum");
    end(&w, "sum");
    refuses(&w, "m.onnx: node \"sum\" Conv: group: found 1 of 2 channels and weights of 3 to 1, "
                "expected as many");
}
END_TEST

START_TEST(an_attribute_of_a_wrong_type_is_refused)
{
    onnx_write_t w;
    begin(&w);
    onnx_write_float(&w, onnx_write_node(&w, "Flatten", "x_f", "f"), "axis", 1.0f);
    end(&w, "f");
    refuses(&w, "m.onnx: node \"f\" Flatten: attribute axis: found type 1, expected an integer");
}
END_TEST

START_TEST(a_message_stays_one_line_whatever_names_hold)
{
    onnx_write_t w;
    begin(&w);
    Onnx__NodeProto *n = onnx_write_node(&w, "Einsum", "x_f", "e");
    n->name = (char *)"a\nb\x7f";
    end(&w, "e");
    refuses(&w, "m.onnx: node \"a?b?\" Einsum: found an operator of domain \"ai.onnx\" that is not "
                "supported, expected another");
}
END_TEST

/* ---- hostile bytes --------------------------------------------------------------------------- */

static bool survives(const uint8_t *data, size_t bytes, char error[256])
{
    npu_graph_t graph;
    uint8_t *copy = malloc(bytes + 1); /* of its exact size, so that sanitizers see every overrun */
    memcpy(copy, data, bytes);
    copy = realloc(copy, bytes > 0 ? bytes : 1);
    error[0] = '\0';
    sim_err_t err = npu_onnx_read(copy, bytes, "hostile", &graph, error, 256);
    free(copy);
    ck_assert((err == SIM_OK) == (error[0] == '\0'));
    ck_assert_ptr_null(strchr(error, '\n'));
    if (err == SIM_OK)
        npu_graph_free(&graph);
    return err == SIM_OK;
}

static uint8_t *small_model(size_t *bytes)
{
    onnx_write_t w;
    begin(&w);
    add_conv(&w, "x_f k_f");
    onnx_write_node(&w, "Relu", "sum", "positive");
    end(&w, "positive");
    uint8_t *image = onnx_write_pack(&w, bytes);
    onnx_write_end(&w);
    return image;
}

START_TEST(every_truncation_is_an_error)
{
    char error[256];
    size_t bytes;
    uint8_t *image = small_model(&bytes);
    ck_assert(survives(image, bytes, error));
    /* the last field is operator sets: 4 bytes without which all else is whole */
    for (size_t n = 0; n < bytes; n++)
        ck_assert(!survives(image, n, error));
    free(image);
}
END_TEST

static void flip(const uint8_t *data, size_t bytes, uint32_t rounds, uint64_t seed)
{
    char error[256];
    uint8_t *copy = malloc(bytes);
    sim_stream_t r = sim_stream(seed, 11, 0);
    for (uint32_t i = 0; i < rounds; i++) {
        memcpy(copy, data, bytes);
        for (uint32_t f = 1 + sim_stream_below(&r, 4); f > 0; f--)
            copy[sim_stream_below(&r, (uint32_t)bytes)] = (uint8_t)sim_stream_u32(&r);
        survives(copy, bytes, error);
    }
    free(copy);
}

START_TEST(random_bytes_in_a_small_model_never_crash_the_reader)
{
    size_t bytes;
    uint8_t *image = small_model(&bytes);
    flip(image, bytes, 20000, 1);
    free(image);
}
END_TEST

/* Every byte of the model to values that make lengths and numbers wild. */
START_TEST(extreme_bytes_never_crash_the_reader)
{
    static const uint8_t wild[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    char error[256];
    size_t bytes;
    uint8_t *image = small_model(&bytes);
    for (size_t at = 0; at < bytes; at++)
        for (size_t i = 0; i < SIM_COUNT(wild); i++) {
            uint8_t before = image[at];
            image[at] = wild[i];
            survives(image, bytes, error);
            image[at] = before;
        }
    free(image);
}
END_TEST

/* GraphProto 7 > NodeProto 1 > AttributeProto 5 > GraphProto 6 > NodeProto 1 > ... */
START_TEST(messages_nested_without_end_are_refused)
{
    enum { LEVELS = 4000 };
    static const uint8_t tags[3] = {0x0a, 0x2a, 0x32};
    uint8_t *image = malloc(LEVELS * 6 + 6);
    size_t bytes = 0;
    char error[256];
    uint32_t length = 0;
    /* from the inside out: every level prepends a tag and a length of five bytes */
    for (uint32_t level = LEVELS; level-- > 0;) {
        uint8_t head[6] = {level == 0 ? 0x3a : tags[(level - 1) % 3]};
        for (uint32_t b = 0; b < 5; b++)
            head[1 + b] = (uint8_t)((b < 4 ? length >> 7 * b & 0x7f : 0) | (b < 4 ? 0x80 : 0));
        memmove(image + 6, image, bytes);
        memcpy(image, head, 6);
        bytes += 6;
        length += 6;
    }
    ck_assert(!survives(image, bytes, error));
    ck_assert_str_eq(error, "hostile: byte 198: found messages more than 32 deep, expected fewer");
    free(image);
}
END_TEST

/* 64 MiB of empty nodes would become gigabytes of structures. */
START_TEST(a_file_that_swells_when_unpacked_is_refused)
{
    enum { NODES = 8 << 20 };
    size_t bytes = 2 * (size_t)NODES + 6;
    uint8_t *image = malloc(bytes);
    char error[256];
    const uint32_t length = 2 * NODES;
    image[0] = 0x3a;
    for (uint32_t b = 0; b < 5; b++)
        image[1 + b] = (uint8_t)((b < 4 ? length >> 7 * b & 0x7f : 0) | (b < 4 ? 0x80 : 0));
    for (size_t i = 6; i < bytes; i += 2) {
        image[i] = 0x0a;
        image[i + 1] = 0x00;
    }
    ck_assert(!survives(image, bytes, error));
    ck_assert_ptr_nonnull(strstr(error, "or more than 301989900 bytes of them"));
    free(image);
}
END_TEST

START_TEST(messages_tell_the_byte)
{
    char error[256];
    ck_assert(!survives((const uint8_t *)"", 0, error));
    ck_assert_str_eq(error, "hostile: byte 0: found an empty file, expected an ONNX model");
    ck_assert(!survives((const uint8_t *)"\x08\x07\x3a\x7f", 4, error));
    ck_assert_str_eq(error,
                     "hostile: byte 4: found the end of a message, expected as many bytes as "
                     "a field says");
    ck_assert(!survives((const uint8_t *)"\x08\x07\x0b", 3, error));
    ck_assert_str_eq(error, "hostile: byte 3: found a group, expected wire type 0, 1, 2 or 5");
}
END_TEST

START_TEST(a_real_model_cut_or_damaged_never_crashes_the_reader)
{
    const char *dir = test_models_dir();
    char path[1024], error[256];
    size_t bytes = 0;
    if (dir == NULL) {
        test_skip("no model folder (FOVEA_MODELS)");
        return;
    }
    snprintf(path, sizeof(path), "%s/resnet8_cifar10_qdq.onnx", dir);
    uint8_t *data = sim_file_read(path, 1 << 24, &bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s", error);
    for (size_t cut = 0; cut < bytes; cut += 997)
        survives(data, cut, error);
    flip(data, bytes, 200, 2);
    free(data);
}
END_TEST

TEST_MAIN("npu .onnx reader", a_convolution_between_q_and_dq_is_one_node,
          weights_are_turned_from_o_i_kh_kw_to_o_kh_kw_i, depthwise_weights_are_turned_to_1_kh_kw_o,
          transposes_around_the_border_vanish,
          a_bias_of_another_scale_is_rounded_to_steps_of_the_accumulator,
          uint8_weights_around_128_become_int8, float_weights_behind_a_quantizelinear_are_quantized,
          qlinearconv_is_the_same_graph_as_its_qdq_form,
          qlinearmatmul_and_qlinearadd_are_read_like_their_qdq_forms,
          floats_at_the_border_are_quantize_and_dequantize,
          a_function_is_a_table_of_the_definitions_codes, weights_of_4_bits_stay_so,
          argmax_over_the_channels_is_indices, a_shape_that_the_model_computes_is_worked_out,
          a_model_that_was_read_compiles, five_dimensions_of_which_the_first_is_1_are_four,
          five_dimensions_are_refused_where_they_count,
          an_unsupported_operator_is_named_with_its_domain,
          an_operator_on_floats_is_refused_with_what_is_missing,
          a_result_without_quantizelinear_is_refused, external_data_is_refused_by_name,
          data_of_a_wrong_size_is_refused_with_both_sizes, an_old_operator_set_is_refused,
          a_name_that_nothing_makes_is_refused, a_name_made_twice_is_refused,
          weights_that_do_not_fit_are_refused_with_both_sizes,
          an_attribute_of_a_wrong_type_is_refused, a_message_stays_one_line_whatever_names_hold,
          every_truncation_is_an_error, random_bytes_in_a_small_model_never_crash_the_reader,
          extreme_bytes_never_crash_the_reader, messages_nested_without_end_are_refused,
          a_file_that_swells_when_unpacked_is_refused, messages_tell_the_byte,
          a_real_model_cut_or_damaged_never_crashes_the_reader)
