/*
 * tflite_raw_test.c - graphs against their files, read a second time. Whoever runs a graph relies
 * on its shapes, scales and windows, the reference included (golden_ref.h): what the .tflite reader
 * makes of a file is compared here with the bytes, by field numbers from TensorFlow Lite's
 * schema.fbs and the padding of its kernels (kernels/padding.h).
 */
#include "npu/compiler/tflite.h"
#include "sim/file.h"
#include "tests/npu/build_math.h"
#include "tests/npu/compile_graph.h"
#include "tests/npu/op_case.h"
#include "tests/npu/tflite_write.h"
#include "tests/test.h"

/* ---- flatbuffers: tables and vectors by hand ------------------------------------------------- */

static const uint8_t *file;

static uint64_t number(size_t at, uint32_t bytes)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < bytes; i++)
        n |= (uint64_t)file[at + i] << 8 * i;
    return n;
}

static size_t follow(size_t at)
{
    return at + number(at, 4);
}

/* Where a table has that field; 0: it has not. */
static size_t field(size_t table, uint32_t index)
{
    size_t vtable = table - (size_t)(int32_t)number(table, 4), entry = 4 + 2 * (size_t)index;
    if (table == 0 || entry >= number(vtable, 2))
        return 0;
    size_t offset = number(vtable + entry, 2);
    return offset == 0 ? 0 : table + offset;
}

static int64_t value(size_t table, uint32_t index, uint32_t bytes, int64_t otherwise)
{
    size_t at = field(table, index);
    return at == 0 ? otherwise : (int64_t)number(at, bytes);
}

/* A table, vector or string that a field points to; 0: there is none. */
static size_t child(size_t table, uint32_t index)
{
    size_t at = field(table, index);
    return at == 0 ? 0 : follow(at);
}

static uint32_t count(size_t vector)
{
    return vector == 0 ? 0 : (uint32_t)number(vector, 4);
}

static size_t table_in(size_t vector, uint64_t i)
{
    return follow(vector + 4 + 4 * i);
}

static int32_t i32_in(size_t vector, uint32_t i)
{
    return (int32_t)number(vector + 4 + 4 * (size_t)i, 4);
}

/* Field numbers of schema.fbs. */
enum { MODEL_CODES = 1, MODEL_SUBGRAPHS = 2, MODEL_BUFFERS = 4 };
enum { SUBGRAPH_TENSORS, SUBGRAPH_INPUTS, SUBGRAPH_OUTPUTS, SUBGRAPH_OPERATORS };
enum { TENSOR_SHAPE, TENSOR_TYPE, TENSOR_BUFFER, TENSOR_NAME, TENSOR_QUANTIZATION };
enum { QUANT_SCALE = 2, QUANT_ZERO_POINT = 3, QUANT_DIMENSION = 6 };
enum { CODE_OLD = 0, CODE_NEW = 3 };
enum { OPERATOR_CODE, OPERATOR_INPUTS, OPERATOR_OUTPUTS, OPERATOR_OPTIONS = 4 };

/* ---- tensors --------------------------------------------------------------------------------- */

static size_t model, subgraph;

static size_t raw_tensor(int32_t t)
{
    return table_in(child(subgraph, SUBGRAPH_TENSORS), (uint64_t)t);
}

/* Size of dimension `back` from the end, 1 beyond. */
static int64_t size_of(int32_t t, uint32_t back)
{
    size_t shape = child(raw_tensor(t), TENSOR_SHAPE);
    return back < count(shape) ? i32_in(shape, count(shape) - 1 - back) : 1;
}

static void check_quantization(size_t raw, const npu_tensor_t *t)
{
    size_t quant = child(raw, TENSOR_QUANTIZATION), scale = child(quant, QUANT_SCALE);
    size_t zero = child(quant, QUANT_ZERO_POINT);
    uint32_t scales = count(scale);
    if (t->type == NPU_TYPE_FLOAT32)
        return;
    ck_assert_uint_eq(t->scales, scales);
    for (uint32_t i = 0; i < scales; i++) {
        float expected;
        memcpy(&expected, file + scale + 4 + 4 * (size_t)i, 4);
        ck_assert(npu_tensor_scale(t, i) == expected);
        ck_assert_int_eq(t->zero_point[i], (int64_t)number(zero + 4 + 8 * (size_t)i, 8));
    }
    if (scales > 1) {
        ck_assert_int_eq(t->axis + t->leading, value(quant, QUANT_DIMENSION, 4, 0));
        ck_assert(t->type == NPU_TYPE_INT32 || t->shape[t->axis] == scales); /* not of biases */
    }
}

static void check_tensor(int32_t number_of, const npu_tensor_t *t)
{
    size_t raw = raw_tensor(number_of), shape = child(raw, TENSOR_SHAPE);
    size_t buffers = child(model, MODEL_BUFFERS);
    size_t data = child(table_in(buffers, (uint64_t)value(raw, TENSOR_BUFFER, 4, 0)), 0);
    uint64_t elements = 1;
    ck_assert_uint_eq(t->leading + t->dims, count(shape));
    for (uint32_t back = 0; back < count(shape); back++) {
        ck_assert_int_eq(back < t->dims ? t->shape[t->dims - 1 - back] : 1,
                         size_of(number_of, back));
        elements *= (uint64_t)size_of(number_of, back);
    }
    npu_hwc_t size = npu_tensor_hwc(t);
    ck_assert_int_eq(size.c, size_of(number_of, 0));
    ck_assert_int_eq(size.w, size_of(number_of, 1));
    ck_assert_int_eq(size.h, size_of(number_of, 2) * (t->dims == 4 ? size_of(number_of, 3) : 1));
    ck_assert_uint_eq(npu_tensor_elements(t), elements);
    check_quantization(raw, t);
    ck_assert((t->data != NULL) == (count(data) > 0));
    ck_assert(t->data == NULL || count(data) == t->bytes);
    ck_assert(t->data == NULL || memcmp(t->data, file + data + 4, t->bytes) == 0);
    for (uint64_t i = 0; t->data != NULL && t->type == NPU_TYPE_INT32 && i < elements; i++)
        ck_assert_int_eq(npu_tensor_i32(t, i), (int32_t)number(data + 4 + 4 * i, 4));
}

/* ---- operators ------------------------------------------------------------------------------- */

/* kernels/padding.h, ComputePaddingWithOffset and ComputeOutSize. */
static void check_axis(int64_t in, int64_t out, int64_t filter, int64_t stride, int64_t dilation,
                       bool same, uint32_t before, uint32_t after)
{
    int64_t effective = (filter - 1) * dilation + 1;
    int64_t made = same ? (in + stride - 1) / stride : (in + stride - effective) / stride;
    int64_t total = (made - 1) * stride + effective - in;
    total = total > 0 ? total : 0;
    ck_assert_int_eq(made, out);
    ck_assert_int_eq(before, total / 2);
    ck_assert_int_eq(after, total / 2 + total % 2);
}

/* Where the options of an operator with a window have what; -1: not there. */
typedef struct {
    int code;
    int dilation_w, dilation_h, filter_w, filter_h, activation, multiplier;
} fields_t;

/* clang-format off */
static const fields_t windows[] = { /* padding 0, stride_w 1, stride_h 2 */
    {  3,  4,  5, -1, -1, 3, -1}, /* CONV_2D */
    {  4,  5,  6, -1, -1, 4,  3}, /* DEPTHWISE_CONV_2D */
    {  1, -1, -1,  3,  4, 5, -1}, /* AVERAGE_POOL_2D */
    { 17, -1, -1,  3,  4, 5, -1}, /* MAX_POOL_2D */
    { 67, -1, -1, -1, -1, 3, -1}, /* TRANSPOSE_CONV */
};
/* clang-format on */

static int64_t option(size_t options, int index, int64_t otherwise)
{
    return index < 0 ? otherwise : value(options, (uint32_t)index, 4, otherwise);
}

static void check_window(const fields_t *f, size_t op, const npu_node_t *n)
{
    size_t options = child(op, OPERATOR_OPTIONS), inputs = child(op, OPERATOR_INPUTS);
    bool back = f->code == 67; /* from the result to the source; inputs: shape, weights, source */
    int32_t weights = f->filter_w < 0 ? i32_in(inputs, 1) : -1;
    int32_t in = i32_in(inputs, back ? 2 : 0), out = i32_in(child(op, OPERATOR_OUTPUTS), 0);
    int32_t from = back ? out : in, to = back ? in : out;
    int64_t filter_h = weights < 0 ? option(options, f->filter_h, 0) : size_of(weights, 2);
    int64_t filter_w = weights < 0 ? option(options, f->filter_w, 0) : size_of(weights, 1);
    int64_t dilation_h = option(options, f->dilation_h, 1);
    int64_t dilation_w = option(options, f->dilation_w, 1);
    const npu_window_t *w = &n->window;
    bool same = value(options, 0, 1, 0) == 0;
    ck_assert_int_eq(w->kernel_h, filter_h);
    ck_assert_int_eq(w->kernel_w, filter_w);
    ck_assert_int_eq(w->stride_w, value(options, 1, 4, 0));
    ck_assert_int_eq(w->stride_h, value(options, 2, 4, 0));
    ck_assert_int_eq(w->dilation_w, dilation_w);
    ck_assert_int_eq(w->dilation_h, dilation_h);
    check_axis(size_of(from, 2), size_of(to, 2), filter_h, w->stride_h, dilation_h, same,
               w->pad_top, w->pad_bottom);
    check_axis(size_of(from, 1), size_of(to, 1), filter_w, w->stride_w, dilation_w, same,
               w->pad_left, w->pad_right);
    if (f->multiplier >= 0) {
        ck_assert_int_eq(n->depth_multiplier, option(options, f->multiplier, 0));
        ck_assert_int_eq(n->depth_multiplier * size_of(in, 0), size_of(out, 0));
    }
}

/* enum ActivationFunctionType: NONE, RELU, RELU_N1_TO_1, RELU6. */
static void check_activation(size_t op, int index, const npu_node_t *n)
{
    static const npu_activation_t kinds[] = {NPU_ACT_NONE, NPU_ACT_RELU, NPU_ACT_RELU_N1_P1,
                                             NPU_ACT_RELU6};
    int64_t kind = value(child(op, OPERATOR_OPTIONS), (uint32_t)index, 1, 0);
    ck_assert(kind >= 0 && kind < 4);
    ck_assert_int_eq(n->activation, kinds[kind]);
}

/* Returns whether the operator has a window. */
static bool check_operator(size_t op, const npu_node_t *n)
{
    size_t entry = table_in(child(model, MODEL_CODES), (uint64_t)value(op, OPERATOR_CODE, 4, 0));
    int64_t old = value(entry, CODE_OLD, 1, 0), new = value(entry, CODE_NEW, 4, 0);
    int64_t code = old > new ? old : new;
    size_t inputs = child(op, OPERATOR_INPUTS);
    for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++)
        if (windows[i].code == code) {
            check_window(&windows[i], op, n);
            check_activation(op, windows[i].activation, n);
            return true;
        }
    bool fused = code == 0 || code == 9 || code == 18 || code == 41; /* ADD, FULLY_CONNECTED, .. */
    if (fused)
        check_activation(op, 0, n);
    for (uint32_t i = 0; i < n->inputs && (fused || code == 54); i++) /* PRELU */
        ck_assert_int_eq(n->input[i], i32_in(inputs, i));
    return false;
}

/* Returns how many windows there were. */
static uint32_t check_file(const uint8_t *data, size_t bytes)
{
    char error[256];
    npu_graph_t g;
    ck_assert_msg(npu_tflite_read(data, bytes, "m", &g, error, sizeof(error)) == SIM_OK, "%s",
                  error);
    file = data;
    model = follow(0);
    subgraph = table_in(child(model, MODEL_SUBGRAPHS), 0);
    size_t operators = child(subgraph, SUBGRAPH_OPERATORS);
    uint32_t found = 0;
    ck_assert_uint_eq(g.tensors, count(child(subgraph, SUBGRAPH_TENSORS)));
    ck_assert_uint_eq(g.nodes, count(operators));
    for (uint32_t t = 0; t < g.tensors; t++)
        check_tensor((int32_t)t, &g.tensor[t]);
    for (uint32_t n = 0; n < g.nodes; n++)
        found += check_operator(table_in(operators, n), &g.node[n]);
    npu_graph_free(&g);
    return found;
}

START_TEST(graphs_of_real_models_say_what_their_files_say)
{
    static const struct {
        const char *name;
        uint32_t windows; /* layers that convolve or pool, counted in the architectures */
    } models[] = {{"person_detect", 29},
                  {"vww_96_int8", 28},
                  {"resnet8_cifar10_int8", 10},
                  {"blazeface_front_128_int8", 40},
                  {"mobilenet_v1_1.0_224_quant", 29}};
    const char *dir = test_models_dir();
    if (dir == NULL) {
        test_skip("no models");
        return;
    }
    for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
        char path[1024], error[256];
        size_t bytes;
        snprintf(path, sizeof(path), "%s/%s.tflite", dir, models[i].name);
        uint8_t *data = sim_file_read(path, 1 << 26, &bytes, error, sizeof(error));
        ck_assert_msg(data != NULL, "%s", error);
        ck_assert_uint_eq(check_file(data, bytes), models[i].windows);
        free(data);
    }
}
END_TEST

/* Kernels, strides and dilations that differ by axis; slopes; what is added or multiplied. */
static void build_one(build_t *b, uint64_t seed)
{
    static int32_t (*const make[])(build_t *, int32_t) = {build_window_conv, build_window_depthwise,
                                                          build_window_pool, build_transpose_conv,
                                                          build_rows,        build_random_pair};
    build_begin(b, seed / 16 % 2 == 0 ? NPU_TYPE_UINT8 : NPU_TYPE_INT8, seed);
    int32_t out = make[seed / 4 % 6](b, op_case_source(b, true));
    build_end(b, &out, 1);
}

static uint32_t check_random(uint64_t seed, void build(build_t *b, uint64_t seed))
{
    build_t b;
    build(&b, seed);
    tflite_image_t image = tflite_write(&b.graph);
    uint32_t found = check_file(image.data, image.bytes);
    free(image.data);
    build_free(&b);
    return found;
}

START_TEST(graphs_of_random_files_say_what_the_files_say)
{
    static void (*const make[])(build_t *, uint64_t) = {build_random, build_random_chain, build_one,
                                                        build_one};
    uint32_t found = 0;
    for (uint64_t seed = 0; seed < 800; seed++)
        found += check_random(seed, make[seed % 4]);
    ck_assert_uint_gt(found, 800);
}
END_TEST

TEST_MAIN("npu .tflite reader, read again", graphs_of_real_models_say_what_their_files_say,
          graphs_of_random_files_say_what_the_files_say)
