/*
 * tflite_test.c - the .tflite reader: reads what was written, names what is wrong, survives the
 * rest.
 */
#include "npu/compiler/tflite.h"
#include "sim/file.h"
#include "tests/npu/compile_graph.h"
#include "tests/npu/tflite_write.h"
#include "tests/test.h"

static void check_tensor(const npu_tensor_t *a, const npu_tensor_t *b)
{
    ck_assert_str_eq(a->name, b->name);
    ck_assert_int_eq(a->type, b->type);
    ck_assert_uint_eq(a->dims, b->dims);
    ck_assert_mem_eq(a->shape, b->shape, a->dims * sizeof(*a->shape));
    ck_assert_uint_eq(a->scales, b->scales);
    for (uint32_t i = 0; i < a->scales; i++) {
        ck_assert(a->scale[i] == b->scale[i]);
        ck_assert_int_eq(a->zero_point[i], b->zero_point[i]);
    }
    ck_assert((a->data == NULL) == (b->data == NULL));
    ck_assert_uint_eq(a->bytes, b->bytes);
    if (a->data != NULL)
        ck_assert_mem_eq(a->data, b->data, a->bytes);
}

static void check_node(const npu_node_t *a, const npu_node_t *b)
{
    ck_assert_int_eq(a->op, b->op);
    ck_assert_str_eq(a->name, b->name);
    ck_assert_uint_ge(b->inputs, a->inputs); /* axes and paddings are an input in the file */
    ck_assert_mem_eq(a->input, b->input, a->inputs * sizeof(*a->input));
    ck_assert_int_eq(a->output[0], b->output[0]);
    ck_assert_int_eq(a->activation, b->activation);
    ck_assert_mem_eq(&a->window, &b->window, sizeof(a->window));
    ck_assert_uint_eq(a->depth_multiplier, b->depth_multiplier);
    ck_assert_uint_eq(a->axis, b->axis);
    ck_assert_uint_eq(a->axes, b->axes);
    ck_assert_mem_eq(a->pad, b->pad, sizeof(a->pad));
    ck_assert(a->beta == b->beta);
}

START_TEST(random_graphs_read_back_as_they_were_written)
{
    for (uint64_t seed = 0; seed < 60; seed++) {
        build_t b;
        npu_graph_t read;
        char error[256];
        build_random(&b, seed);
        tflite_image_t image = tflite_write(&b.graph);
        ck_assert_msg(npu_tflite_read(image.data, image.bytes, "a.tflite", &read, error,
                                      sizeof(error)) == SIM_OK,
                      "seed %llu: %s", (unsigned long long)seed, error);
        free(image.data); /* the graph has its own copy */
        ck_assert_str_eq(read.name, "a.tflite");
        ck_assert_uint_ge(read.tensors, b.graph.tensors);
        for (uint32_t t = 0; t < b.graph.tensors; t++)
            check_tensor(&b.graph.tensor[t], &read.tensor[t]);
        ck_assert_uint_eq(read.nodes, b.graph.nodes);
        for (uint32_t n = 0; n < b.graph.nodes; n++)
            check_node(&b.graph.node[n], &read.node[n]);
        ck_assert_int_eq(read.input[0], b.graph.input[0]);
        ck_assert_mem_eq(read.output, b.graph.output, b.graph.outputs * sizeof(*read.output));
        npu_graph_free(&read);
        build_free(&b);
    }
}
END_TEST

/* A 3x3 convolution, SAME, of 8x8x3. */
static tflite_image_t small_model(void)
{
    build_t b;
    build_conv_t k = {8, 3, 3, 2, 2, 1, 1, true, NPU_ACT_RELU};
    build_begin(&b, NPU_TYPE_INT8, 2);
    int32_t out = build_conv(&b, build_input(&b, 8, 8, 3), &k);
    build_end(&b, &out, 1);
    tflite_image_t image = tflite_write(&b.graph);
    build_free(&b);
    return image;
}

static void refuses(const tflite_image_t *image, const char *message)
{
    npu_graph_t graph;
    char error[256] = "";
    ck_assert(npu_tflite_read(image->data, image->bytes, "m.tflite", &graph, error,
                              sizeof(error)) == SIM_EPARSE);
    ck_assert_str_eq(error, message);
    ck_assert_ptr_null(graph.arena);
}

START_TEST(a_file_without_the_identifier_is_refused_with_what_it_has)
{
    tflite_image_t image = small_model();
    memcpy(image.data + 4, "PNG\n", 4);
    refuses(&image, "m.tflite: byte 4: found 50 4e 47 0a, expected the identifier \"TFL3\"");
    free(image.data);
}
END_TEST

START_TEST(an_empty_file_is_refused)
{
    uint8_t nothing = 0;
    tflite_image_t image = {&nothing, 0, 0};
    refuses(&image, "m.tflite: byte 0: found the end of the file (0 bytes), expected 8 bytes of a "
                    "FlatBuffer");
}
END_TEST

START_TEST(a_root_beyond_the_file_is_refused_with_its_place)
{
    tflite_image_t image = small_model();
    memcpy(image.data, "\xf0\xff\xff\x7f", 4);
    char message[160];
    snprintf(message, sizeof(message),
             "m.tflite: byte 2147483632: found the end of the file (%u bytes), expected 4 bytes of "
             "a table",
             image.bytes);
    refuses(&image, message);
    free(image.data);
}
END_TEST

/* A model of one node of our choice, as written; the reader's own graph check is not reached. */
static tflite_image_t with_code(uint8_t code)
{
    build_t b;
    build_begin(&b, NPU_TYPE_INT8, 3);
    int32_t out = build_unary(&b, NPU_NODE_RELU, build_input(&b, 4, 4, 4));
    build_end(&b, &out, 1);
    tflite_image_t image = tflite_write(&b.graph);
    build_free(&b);
    /* the codes are 32-bit fields 0 and 3 of tables: RELU is 19 */
    for (uint32_t i = 0; i + 16 <= image.bytes; i += 4)
        if (memcmp(image.data + i, "\x13\0\0\0", 4) == 0 &&
            memcmp(image.data + i + 12, "\x13\0\0\0", 4) == 0) {
            image.data[i] = code;
            image.data[i + 12] = code;
            return image;
        }
    ck_abort_msg("no operator code found");
    return image;
}

START_TEST(an_unsupported_operator_is_named)
{
    tflite_image_t image = with_code(11);
    refuses(&image,
            "m.tflite: operator 0 \"t1\": found L2_NORMALIZATION (builtin code 11), which is "
            "not supported");
    free(image.data);
}
END_TEST

START_TEST(an_unknown_operator_is_given_by_its_code)
{
    tflite_image_t image = with_code(111);
    refuses(
        &image,
        "m.tflite: operator 0 \"t1\": found unknown (builtin code 111), which is not supported");
    free(image.data);
}
END_TEST

START_TEST(float_weights_are_refused_by_layer_and_type)
{
    build_t b;
    build_conv_t k = {4, 1, 1, 1, 1, 1, 1, false, NPU_ACT_NONE};
    build_begin(&b, NPU_TYPE_INT8, 3);
    int32_t in = build_input(&b, 2, 2, 1);
    int32_t out = build_conv(&b, in, &k);
    build_end(&b, &out, 1);
    npu_tensor_t *w = &b.graph.tensor[in + 1];
    static const uint8_t zeros[16];
    w->type = NPU_TYPE_FLOAT32;
    w->bytes = 16;
    w->data = zeros;
    char message[200];
    snprintf(message, sizeof(message),
             "m.tflite: layer 0 CONV_2D \"%s\": weights type float32, expected int8 or uint8",
             b.graph.tensor[out].name);
    tflite_image_t image = tflite_write(&b.graph);
    refuses(&image, message);
    free(image.data);
    build_free(&b);
}
END_TEST

START_TEST(a_shape_that_does_not_follow_is_refused_with_both_shapes)
{
    build_t b;
    build_begin(&b, NPU_TYPE_INT8, 3);
    int32_t out = build_unary(&b, NPU_NODE_LOGISTIC, build_input(&b, 4, 4, 4));
    build_end(&b, &out, 1);
    b.graph.tensor[out].shape[1] = 5;
    b.graph.tensor[out].bytes = 80;
    tflite_image_t image = tflite_write(&b.graph);
    refuses(&image, "m.tflite: layer 0 LOGISTIC \"t1\": output is 5x4x4 (h, w, channels), expected "
                    "4x4x4");
    free(image.data);
    build_free(&b);
}
END_TEST

START_TEST(a_node_that_uses_a_later_tensor_is_refused)
{
    build_t b;
    build_begin(&b, NPU_TYPE_INT8, 3);
    int32_t in = build_input(&b, 4, 4, 4);
    int32_t first = build_unary(&b, NPU_NODE_RELU6, in);
    int32_t second = build_unary(&b, NPU_NODE_RELU6, first);
    build_end(&b, &second, 1);
    npu_node_t swapped = b.graph.node[0];
    b.graph.node[0] = b.graph.node[1];
    b.graph.node[1] = swapped;
    tflite_image_t image = tflite_write(&b.graph);
    refuses(&image, "m.tflite: layer 0 RELU6 \"t2\": input 0 \"t1\" is used before it is made");
    free(image.data);
    build_free(&b);
}
END_TEST

/* ---- hostile bytes: an error or a whole graph, nothing else ---------------------------------- */

static bool reads(const uint8_t *data, size_t bytes)
{
    npu_graph_t graph;
    char error[256] = "";
    uint8_t *copy = malloc(bytes + 1); /* of its exact size, so that sanitizers see every overrun */
    memcpy(copy, data, bytes);
    sim_err_t err = npu_tflite_read(copy, bytes, "hostile", &graph, error, sizeof(error));
    free(copy);
    ck_assert((err == SIM_OK) == (error[0] == '\0'));
    if (err == SIM_OK)
        npu_graph_free(&graph);
    return err == SIM_OK;
}

START_TEST(every_truncation_is_an_error)
{
    tflite_image_t image = small_model();
    ck_assert(reads(image.data, image.bytes));
    uint32_t last_needed = 0;
    for (uint32_t bytes = 0; bytes < image.bytes; bytes++)
        if (!reads(image.data, bytes))
            last_needed = bytes;
    ck_assert_uint_eq(last_needed, image.bytes - 1);
    free(image.data);
}
END_TEST

static void flip(const uint8_t *data, size_t bytes, uint32_t rounds, uint64_t seed)
{
    uint8_t *copy = malloc(bytes);
    sim_stream_t r = sim_stream(seed, 9, 0);
    for (uint32_t i = 0; i < rounds; i++) {
        memcpy(copy, data, bytes);
        uint32_t flips = 1 + sim_stream_below(&r, 4);
        for (uint32_t f = 0; f < flips; f++)
            copy[sim_stream_below(&r, (uint32_t)bytes)] = (uint8_t)sim_stream_u32(&r);
        reads(copy, bytes);
    }
    free(copy);
}

START_TEST(random_bytes_in_a_small_model_never_crash_the_reader)
{
    tflite_image_t image = small_model();
    flip(image.data, image.bytes, 20000, 1);
    free(image.data);
}
END_TEST

/* Every word of the model set to values that make offsets and counts wild. */
START_TEST(extreme_words_never_crash_the_reader)
{
    static const uint32_t wild[] = {0, 1, 4, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff};
    tflite_image_t image = small_model();
    for (uint32_t at = 0; at + 4 <= image.bytes; at += 2)
        for (size_t i = 0; i < SIM_COUNT(wild); i++) {
            uint8_t before[4];
            memcpy(before, image.data + at, 4);
            memcpy(image.data + at, &wild[i], 4);
            reads(image.data, image.bytes);
            memcpy(image.data + at, before, 4);
        }
    free(image.data);
}
END_TEST

START_TEST(a_real_model_cut_or_damaged_never_crashes_the_reader)
{
    const char *dir = test_models_dir();
    if (dir == NULL) {
        test_skip("no model folder (FOVEA_MODELS)");
        return;
    }
    char path[1024], error[256];
    size_t bytes = 0;
    snprintf(path, sizeof(path), "%s/resnet8_cifar10_int8.tflite", dir);
    uint8_t *data = sim_file_read(path, 1 << 24, &bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s", error);
    for (size_t cut = 0; cut < bytes; cut += 97)
        reads(data, cut);
    flip(data, bytes, 1500, 2);
    free(data);
}
END_TEST

TEST_MAIN("npu .tflite reader", random_graphs_read_back_as_they_were_written,
          a_file_without_the_identifier_is_refused_with_what_it_has, an_empty_file_is_refused,
          a_root_beyond_the_file_is_refused_with_its_place, an_unsupported_operator_is_named,
          an_unknown_operator_is_given_by_its_code, float_weights_are_refused_by_layer_and_type,
          a_shape_that_does_not_follow_is_refused_with_both_shapes,
          a_node_that_uses_a_later_tensor_is_refused, every_truncation_is_an_error,
          random_bytes_in_a_small_model_never_crash_the_reader,
          extreme_words_never_crash_the_reader,
          a_real_model_cut_or_damaged_never_crashes_the_reader)
