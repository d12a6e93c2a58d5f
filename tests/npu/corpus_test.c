/*
 * corpus_test.c - seeds of the fuzzers: each is what its reader accepts, or is called refused_*;
 * every operator has one. Those of the table below are written here: `make seeds` writes them anew.
 */
#include <glob.h>

#include "npu/asm.h"
#include "npu/compiler/flexbuffer.h"
#include "npu/compiler/onnx.h"
#include "npu/compiler/tflite.h"
#include "npu/compiler/topology.h"
#include "npu/pack.h"
#include "sim/file.h"
#include "tests/npu/build_math.h"
#include "tests/npu/tflite_write.h"
#include "tests/test.h"

#define CORPUS "tests/npu/corpus/"

/* ---- readers --------------------------------------------------------------------------------- */

static char error[256];

static bool asm_takes(const uint8_t *data, size_t bytes)
{
    npu_prog_t prog;
    bool ok = npu_asm((const char *)data, bytes, "seed", &prog, error, sizeof(error)) == SIM_OK;
    npu_prog_free(&prog);
    return ok;
}

static bool desc_takes(const uint8_t *data, size_t bytes)
{
    npu_desc_t desc = npu_desc_default();
    sim_doc_t *doc = sim_doc_parse((const char *)data, bytes, "seed");
    sim_cfg_t cfg = sim_doc_root(doc);
    npu_desc_read(&cfg, &desc);
    bool ok = sim_doc_error(doc) == NULL;
    if (!ok)
        snprintf(error, sizeof(error), "%s", sim_doc_error(doc));
    sim_doc_free(doc);
    return ok;
}

static bool flexbuffer_takes(const uint8_t *data, size_t bytes)
{
    flex_map_t map;
    return flex_map(data, (uint32_t)bytes, &map);
}

static bool fnp_takes(const uint8_t *data, size_t bytes)
{
    npu_prog_t prog;
    bool ok = npu_fnp_parse(data, bytes, "seed", &prog, error, sizeof(error)) == SIM_OK;
    npu_prog_free(&prog);
    return ok;
}

static bool onnx_takes(const uint8_t *data, size_t bytes)
{
    npu_graph_t graph;
    bool ok = npu_onnx_read(data, bytes, "seed", &graph, error, sizeof(error)) == SIM_OK;
    npu_graph_free(&graph);
    return ok;
}

static bool read_stream(void *ctx, uint32_t at, uint8_t *to, uint32_t bytes)
{
    memcpy(to, (const uint8_t *)ctx + at, bytes);
    return true;
}

/* As pack_fuzz.c has it: how many bytes, less one, then the stream. */
static bool pack_takes(const uint8_t *data, size_t bytes)
{
    uint8_t stream[4096], *to;
    uint32_t count = 1 + ((uint32_t)data[0] | (uint32_t)data[1] << 8);
    ck_assert_uint_le(bytes, sizeof(stream));
    memcpy(stream, data + 2, bytes - 2);
    to = malloc(count);
    bool ok = npu_unpack(read_stream, stream, (uint32_t)bytes - 2, to, count);
    free(to);
    return ok;
}

static uint64_t ops_met; /* of .tflite seeds */

static bool tflite_takes(const uint8_t *data, size_t bytes)
{
    npu_graph_t graph;
    bool ok = npu_tflite_read(data, bytes, "seed", &graph, error, sizeof(error)) == SIM_OK;
    for (uint32_t n = 0; n < graph.nodes; n++)
        ops_met |= UINT64_C(1) << graph.node[n].op;
    npu_graph_free(&graph);
    return ok;
}

static bool topology_takes(const uint8_t *data, size_t bytes)
{
    npu_graph_t graph;
    bool ok = npu_topology_read((const char *)data, bytes, "seed", &graph, error, sizeof(error)) ==
              SIM_OK;
    npu_graph_free(&graph);
    return ok;
}

static const struct {
    const char *name;
    bool (*takes)(const uint8_t *data, size_t bytes);
} readers[] = {
    {"asm", asm_takes},           {"desc", desc_takes},
    {"fnp", fnp_takes},           {"onnx", onnx_takes},
    {"pack", pack_takes},         {"tflite", tflite_takes},
    {"topology", topology_takes}, {"flexbuffer", flexbuffer_takes},
};

static void check_reader(uint32_t r)
{
    char pattern[128];
    uint32_t accepted = 0;
    glob_t found;
    snprintf(pattern, sizeof(pattern), CORPUS "%s/*", readers[r].name);
    ck_assert_msg(glob(pattern, 0, NULL, &found) == 0, "%s: none", pattern);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        size_t bytes;
        const char *path = found.gl_pathv[i];
        uint8_t *data = sim_file_read(path, 1 << 16, &bytes, error, sizeof(error));
        ck_assert_msg(data != NULL, "%s", error);
        bool refused = strstr(path, "/refused_") != NULL;
        ck_assert_msg(readers[r].takes(data, bytes) != refused, "%s: %s", path, error);
        accepted += !refused;
        free(data);
    }
    ck_assert_uint_gt(accepted, 0);
    globfree(&found);
}

START_TEST(readers_take_their_seeds_and_refuse_those_called_so)
{
    for (uint32_t r = 0; r < SIM_COUNT(readers); r++)
        check_reader(r);
    glob_t folders;
    ck_assert_int_eq(glob(CORPUS "*", 0, NULL, &folders), 0);
    ck_assert_uint_eq(folders.gl_pathc, SIM_COUNT(readers));
    globfree(&folders);
}
END_TEST

START_TEST(every_operator_has_a_seed)
{
    for (uint32_t r = 0; r < SIM_COUNT(readers); r++)
        if (readers[r].takes == tflite_takes)
            check_reader(r);
    for (uint32_t op = 0; op < NPU_NODE_OPS; op++)
        ck_assert_msg(op == NPU_NODE_TABLE || (ops_met >> op & 1u) != 0, "%s has no seed",
                      npu_node_op_name((npu_node_op_t)op));
}
END_TEST

/* ---- what is written here -------------------------------------------------------------------- */

static void check_seed(const char *reader, const char *name, const uint8_t *data, size_t bytes)
{
    char path[128];
    size_t have;
    snprintf(path, sizeof(path), CORPUS "%s/%s", reader, name);
    if (getenv("REBASE") != NULL) {
        ck_assert_msg(sim_file_write(path, data, bytes, error, sizeof(error)) == SIM_OK, "%s",
                      error);
        return;
    }
    uint8_t *file = sim_file_read(path, 1 << 16, &have, error, sizeof(error));
    ck_assert_msg(file != NULL, "%s", error);
    ck_assert_msg(have == bytes && memcmp(file, data, bytes) == 0,
                  "%s is not what is written here; `make seeds` writes it", path);
    free(file);
}

static int32_t make_window(build_t *b, npu_node_op_t op, int32_t in)
{
    build_conv_t k = {4, 3, 2, 2, 1, 1, 2, true, NPU_ACT_RELU6};
    if (op == NPU_NODE_CONV_2D)
        return build_conv(b, in, &k);
    if (op == NPU_NODE_DEPTHWISE_CONV_2D)
        return build_depthwise(b, in, &k, 2);
    k.dilation_w = 1;
    return build_pool(b, in, &k, op == NPU_NODE_AVERAGE_POOL_2D);
}

/* With one number a channel. */
static int32_t make_pair(build_t *b, npu_node_op_t op, int32_t in)
{
    npu_tensor_t t = b->graph.tensor[in];
    int32_t list[] = {in, build_constant(b, 1, 1, t.shape[3], t.scale[0], t.zero_point[0])};
    int32_t out = build_map(b, t.shape[1], t.shape[2], t.shape[3], t.scale[0], t.zero_point[0]);
    build_node(b, op, list, 2, out);
    return out;
}

static int32_t make_function(build_t *b, npu_node_op_t op, int32_t in)
{
    int32_t out = build_unary(b, op, in);
    b->graph.node[b->graph.nodes - 1].alpha = op == NPU_NODE_LEAKY_RELU ? 0.125f : 0.0f;
    return out;
}

static int32_t make_other(build_t *b, npu_node_op_t op, int32_t in)
{
    static uint32_t pad[3][2] = {{1, 0}, {2, 1}, {0, 3}};
    switch (op) {
    case NPU_NODE_FULLY_CONNECTED:
        return build_fully_connected(b, in, 5);
    case NPU_NODE_MEAN:
        return build_mean(b, in);
    case NPU_NODE_PAD:
        return build_pad(b, in, pad);
    case NPU_NODE_RESHAPE:
        return build_reshape(b, in, 5, 2, 6);
    default:
        return build_transpose_conv(b, in);
    }
}

/* clang-format off */
static const struct {
    npu_node_op_t op;
    const char *name;
    int32_t (*make)(build_t *b, npu_node_op_t op, int32_t in);
} operators[] = {
    {NPU_NODE_ADD,               "add",               make_pair},
    {NPU_NODE_AVERAGE_POOL_2D,   "average_pool_2d",   make_window},
    {NPU_NODE_CONV_2D,           "conv_2d",           make_window},
    {NPU_NODE_DEPTHWISE_CONV_2D, "depthwise_conv_2d", make_window},
    {NPU_NODE_FULLY_CONNECTED,   "fully_connected",   make_other},
    {NPU_NODE_HARD_SWISH,        "hard_swish",        make_function},
    {NPU_NODE_LEAKY_RELU,        "leaky_relu",        make_function},
    {NPU_NODE_LOGISTIC,          "logistic",          make_function},
    {NPU_NODE_MAXIMUM,           "maximum",           make_pair},
    {NPU_NODE_MAX_POOL_2D,       "max_pool_2d",       make_window},
    {NPU_NODE_MEAN,              "mean",              make_other},
    {NPU_NODE_MINIMUM,           "minimum",           make_pair},
    {NPU_NODE_MUL,               "mul",               make_pair},
    {NPU_NODE_PAD,               "pad",               make_other},
    {NPU_NODE_PRELU,             "prelu",             make_pair},
    {NPU_NODE_RELU,              "relu",              make_function},
    {NPU_NODE_RELU6,             "relu6",             make_function},
    {NPU_NODE_RELU_N1_TO_1,      "relu_n1_to_1",      make_function},
    {NPU_NODE_RESHAPE,           "reshape",           make_other},
    {NPU_NODE_SOFTMAX,           "softmax",           make_function},
    {NPU_NODE_SUB,               "sub",               make_pair},
    {NPU_NODE_TANH,              "tanh",              make_function},
    {NPU_NODE_TRANSPOSE_CONV,    "transpose_conv",    make_other},
};
/* clang-format on */

START_TEST(seeds_of_operators_are_those_of_the_writer)
{
    for (uint32_t i = 0; i < SIM_COUNT(operators); i++) {
        build_t b;
        build_begin(&b, i % 2 == 0 ? NPU_TYPE_INT8 : NPU_TYPE_UINT8, i);
        int32_t out = operators[i].make(&b, operators[i].op, build_input(&b, 5, 4, 3));
        build_end(&b, &out, 1);
        tflite_image_t image = tflite_write(&b.graph);
        check_seed("tflite", operators[i].name, image.data, image.bytes);
        free(image.data);
        build_free(&b);
    }
}
END_TEST

/* Codes as packing likes them, and as it does not. */
static void fill(uint32_t kind, uint8_t *codes, uint32_t count)
{
    sim_stream_t random = sim_stream(kind, 1, 0);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t r = sim_stream_below(&random, 256);
        uint32_t small = r % 8 + r / 8 % 8; /* 0..14, mostly 7 */
        codes[i] = (uint8_t)(kind == 0 ? 0 : kind == 1 ? small - 7 : kind == 2 ? r : r % 9 == 0);
    }
}

START_TEST(seeds_of_packed_weights_are_those_of_the_writer)
{
    static const char *const names[] = {"zeros", "small", "noise", "sparse"};
    for (uint32_t kind = 0; kind < SIM_COUNT(names); kind++) {
        uint8_t codes[150], seed[2 + 400];
        uint32_t count = 150 - 37 * kind;
        fill(kind, codes, count);
        uint32_t packed = npu_pack(codes, count, seed + 2, sizeof(seed) - 2);
        ck_assert_uint_gt(packed, 0);
        seed[0] = (uint8_t)(count - 1);
        seed[1] = 0;
        check_seed("pack", names[kind], seed, 2 + packed);
        if (kind == 1)
            check_seed("pack", "refused_ends_early", seed, 2 + packed / 2);
    }
}
END_TEST

/* Writers first: `make seeds` begins with nothing. */
TEST_MAIN("npu seeds", seeds_of_operators_are_those_of_the_writer,
          seeds_of_packed_weights_are_those_of_the_writer,
          readers_take_their_seeds_and_refuse_those_called_so, every_operator_has_a_seed)
