/*
 * tflite_move_test.c - operators that move codes, read from .tflite files: attributes, constant
 * operands, and what is wrong with them.
 */
#include "npu/compiler/tflite.h"
#include "tests/npu/build_move.h"
#include "tests/npu/tflite_write.h"
#include "tests/test.h"

static build_t begin(uint32_t dims, const uint32_t *shape)
{
    build_t b;
    build_begin(&b, NPU_TYPE_INT8, 1);
    int32_t *list = npu_graph_alloc(&b.graph, sizeof(*list));
    *list = build_tensor(&b, b.type, dims, shape, 0.5f, 3);
    b.graph.input = list;
    b.graph.inputs = 1;
    return b;
}

/* ---- read back ------------------------------------------------------------------------------- */

static void check_node(const npu_node_t *a, const npu_node_t *b)
{
    ck_assert_int_eq(a->op, b->op);
    ck_assert_uint_ge(b->inputs, a->inputs); /* what the graph keeps in the node may be inputs */
    ck_assert_mem_eq(a->input, b->input, a->inputs * sizeof(*a->input));
    ck_assert_uint_eq(a->outputs, b->outputs);
    ck_assert_mem_eq(a->output, b->output, a->outputs * sizeof(*a->output));
    ck_assert_uint_eq(a->axis, b->axis);
    ck_assert_mem_eq(a->pad, b->pad, sizeof(a->pad));
    ck_assert_int_eq(a->pad_value, b->pad_value);
    ck_assert_mem_eq(a->begin, b->begin, sizeof(a->begin));
    ck_assert_mem_eq(a->step, b->step, sizeof(a->step));
    ck_assert_mem_eq(a->count, b->count, sizeof(a->count));
    ck_assert_mem_eq(a->perm, b->perm, sizeof(a->perm));
    ck_assert_uint_eq(a->block, b->block);
    ck_assert_int_eq(a->align_corners, b->align_corners);
    ck_assert_int_eq(a->half_pixel_centers, b->half_pixel_centers);
}

START_TEST(random_moves_read_back_as_they_were_written)
{
    uint32_t met[NPU_NODE_OPS] = {0};
    for (uint64_t seed = 0; seed < 400; seed++) {
        build_t b;
        npu_graph_t read;
        char error[256];
        int32_t outputs[BUILD_MOVE_OUTPUTS];
        build_begin(&b, seed % 2 == 0 ? NPU_TYPE_UINT8 : NPU_TYPE_INT8, seed);
        int32_t in = build_input_of(&b, 4);
        uint32_t count = build_random_move(&b, in, outputs);
        for (uint32_t o = 0; o < count; o++)
            outputs[o] = build_one_map(&b, outputs[o]);
        build_end(&b, outputs, count);
        tflite_image_t image = tflite_write(&b.graph);
        ck_assert_msg(npu_tflite_read(image.data, image.bytes, "a.tflite", &read, error,
                                      sizeof(error)) == SIM_OK,
                      "seed %llu: %s", (unsigned long long)seed, error);
        free(image.data);
        for (uint32_t n = 0; n < b.graph.nodes; n++) {
            check_node(&b.graph.node[n], &read.node[n]);
            met[read.node[n].op]++;
        }
        npu_graph_free(&read);
        build_free(&b);
    }
    build_moves_met(met, 1);
}
END_TEST

/* ---- how a slice may be spelled -------------------------------------------------------------- */

typedef struct {
    uint32_t entries;
    int32_t begin[5], end[5], step[5];
    uint32_t mask[6]; /* begin, end, ellipsis, new axis, shrink, offset */
    build_range_t want[4];
} spelling_t;

/* Of a tensor of 1 x 8 x 6 x 5; wanted ranges worked out by hand from Python's slices. */
/* clang-format off */
static const spelling_t spellings[] = {
    /* x[0:1, 2:5, 1:6, 0:5] */
    {4, {0, 2, 1, 0}, {1, 5, 6, 5}, {1, 1, 1, 1}, {0},
     {{0, 1, 1}, {2, 1, 3}, {1, 1, 5}, {0, 1, 5}}},
    /* x[:, -3:, :-2, ::2] */
    {4, {9, -3, 9, 9}, {-9, -9, -2, 9}, {1, 1, 1, 2}, {13, 11},
     {{0, 1, 1}, {5, 1, 3}, {0, 1, 4}, {0, 2, 3}}},
    /* ends beyond the tensor: x[-9:9, -99:3, 4:99, 0:99:3] */
    {4, {-9, -99, 4, 0}, {9, 3, 99, 99}, {1, 1, 1, 3}, {0},
     {{0, 1, 1}, {0, 1, 3}, {4, 1, 2}, {0, 3, 2}}},
    /* backwards: x[0:1, ::-1, 4:1:-2, 9::-4] */
    {4, {0, 0, 4, 9}, {1, 0, 1, 0}, {1, -1, -2, -4}, {2, 10},
     {{0, 1, 1}, {7, -1, 8}, {4, -2, 2}, {4, -4, 2}}},
    /* x[..., 1]: the end of what is one index does not matter */
    {2, {0, 1}, {0, -7}, {1, 1}, {0, 0, 1, 0, 2},
     {{0, 1, 1}, {0, 1, 8}, {0, 1, 6}, {1, 1, 1}}},
    /* x[0, ..., newaxis, -2:] */
    {4, {0, 0, 0, -2}, {0, 0, 0, 0}, {1, 1, 1, 1}, {0, 8, 2, 4, 1},
     {{0, 1, 1}, {0, 1, 8}, {0, 1, 6}, {3, 1, 2}}},
    /* x[:, 3]: the rest is whole */
    {2, {0, 3}, {0, 4}, {1, 1}, {1, 1},
     {{0, 1, 1}, {3, 1, 1}, {0, 1, 6}, {0, 1, 5}}},
    /* an ellipsis of nothing: x[0:1, 1:3, ..., 2:4, 4:5] */
    {5, {0, 1, 0, 2, 4}, {1, 3, 0, 4, 5}, {1, 1, 1, 1, 1}, {0, 0, 4},
     {{0, 1, 1}, {1, 1, 2}, {2, 1, 2}, {4, 1, 1}}},
    /* ends counted from begins: x[0:1, 2:2+4, -3:-3+2, 1:1+3:2] */
    {4, {0, 2, -3, 1}, {1, 4, 2, 3}, {1, 1, 1, 2}, {0, 0, 0, 0, 0, 1},
     {{0, 1, 1}, {2, 1, 4}, {3, 1, 2}, {1, 2, 2}}},
};
/* clang-format on */

static tflite_odd_t spelled(const spelling_t *s)
{
    tflite_odd_t odd = {.fields = 6, .lists = 3};
    memcpy(odd.field, s->mask, sizeof(s->mask));
    const int32_t *list[3] = {s->begin, s->end, s->step};
    for (uint32_t l = 0; l < 3; l++) {
        odd.list[l].count = s->entries;
        memcpy(odd.list[l].value, list[l], s->entries * sizeof(*list[l]));
    }
    return odd;
}

START_TEST(strided_slices_mean_what_python_s_do)
{
    const uint32_t shape[4] = {1, 8, 6, 5};
    for (size_t i = 0; i < SIM_COUNT(spellings); i++) {
        build_t b = begin(4, shape);
        tflite_odd_t odd = spelled(&spellings[i]);
        npu_graph_t read;
        char error[256];
        int32_t out = build_slice(&b, NPU_NODE_STRIDED_SLICE, b.graph.input[0], spellings[i].want);
        build_end(&b, &out, 1);
        tflite_image_t image = tflite_write_odd(&b.graph, &odd);
        ck_assert_msg(npu_tflite_read(image.data, image.bytes, "a.tflite", &read, error,
                                      sizeof(error)) == SIM_OK,
                      "case %zu: %s", i, error);
        check_node(&b.graph.node[0], &read.node[0]);
        free(image.data);
        npu_graph_free(&read);
        build_free(&b);
    }
}
END_TEST

/* ---- refusals -------------------------------------------------------------------------------- */

static void refuses(build_t *b, int32_t out, const tflite_odd_t *odd, const char *message)
{
    npu_graph_t graph;
    char error[256] = "", expected[300];
    if (out >= 0) {
        int32_t *list = npu_graph_alloc(&b->graph, sizeof(*list));
        *list = out;
        b->graph.output = list;
        b->graph.outputs = 1;
    }
    snprintf(expected, sizeof(expected), "m.tflite: %s", message);
    tflite_image_t image = tflite_write_odd(&b->graph, odd);
    ck_assert(npu_tflite_read(image.data, image.bytes, "m.tflite", &graph, error, sizeof(error)) ==
              SIM_EPARSE);
    ck_assert_str_eq(error, expected);
    ck_assert_ptr_null(graph.arena);
    free(image.data);
    build_free(b);
}

static const uint32_t map[4] = {1, 8, 6, 4};

static void refuses_slice(const spelling_t *s, const char *message)
{
    static const build_range_t whole[4] = {{0, 1, 1}, {0, 1, 8}, {0, 1, 6}, {0, 1, 4}};
    build_t b = begin(4, map);
    tflite_odd_t odd = spelled(s);
    int32_t out = build_slice(&b, NPU_NODE_STRIDED_SLICE, b.graph.input[0], whole);
    refuses(&b, out, &odd, message);
}

START_TEST(a_strided_slice_of_nothing_is_refused_with_its_dimension)
{
    spelling_t s = {4, {0, 5, 0, 0}, {1, 5, 6, 4}, {1, 1, 1, 1}, {0}, {{0, 0, 0}}};
    refuses_slice(&s, "operator 0 (STRIDED_SLICE, \"t1\"): found slice of dimension 1, expected at "
                      "least one element in 0..7 (0 from 5 on, every 1)");
}
END_TEST

START_TEST(a_strided_slice_without_a_stride_is_refused)
{
    spelling_t s = {4, {0, 0, 0, 0}, {1, 8, 6, 4}, {1, 1, 0, 1}, {0}, {{0, 0, 0}}};
    refuses_slice(&s, "operator 0 (STRIDED_SLICE, \"t1\"): found stride 0, expected one other than "
                      "0, and all in 32 bits");
}
END_TEST

START_TEST(a_strided_slice_of_more_dimensions_than_there_are_is_refused)
{
    spelling_t s = {5, {0}, {1, 1, 1, 1, 1}, {1, 1, 1, 1, 1}, {0}, {{0, 0, 0}}};
    refuses_slice(&s, "operator 0 (STRIDED_SLICE, \"t1\"): found dimensions: 5, expected no more "
                      "than the input has");
}
END_TEST

START_TEST(two_ellipses_are_refused)
{
    spelling_t s = {3, {0}, {1, 1, 1}, {1, 1, 1}, {0, 0, 5}, {{0, 0, 0}}};
    refuses_slice(&s, "operator 0 (STRIDED_SLICE, \"t1\"): found ellipsis_mask 5, expected at most "
                      "one bit");
}
END_TEST

START_TEST(a_slice_beyond_the_input_is_refused_with_its_dimension)
{
    static const build_range_t range[4] = {{0, 1, 1}, {0, 1, 8}, {3, 1, 3}, {0, 1, 4}};
    build_t b = begin(4, map);
    tflite_odd_t odd = {.lists = 2, .list = {{4, {0, 0, 3, 0}}, {4, {1, 8, 4, 4}}}};
    int32_t out = build_slice(&b, NPU_NODE_SLICE, b.graph.input[0], range);
    refuses(&b, out, &odd,
            "operator 0 (SLICE, \"t1\"): found slice of dimension 2, expected at least one element "
            "in 0..5 (4 from 3 on, every 1)");
}
END_TEST

START_TEST(a_slice_that_does_not_make_its_output_is_refused)
{
    static const build_range_t range[4] = {{0, 1, 1}, {0, 1, 8}, {3, 1, 2}, {0, 1, 4}};
    build_t b = begin(4, map);
    int32_t out = build_slice(&b, NPU_NODE_SLICE, b.graph.input[0], range);
    b.graph.node[0].count[2] = 3;
    refuses(&b, out, NULL,
            "layer 0 SLICE \"t1\": 3 elements of dimension 2 do not make the output's shape");
}
END_TEST

static void refuses_split(const tflite_odd_t *odd, bool even, const char *message)
{
    build_t b = begin(4, map);
    int32_t outputs[2];
    build_split(&b, b.graph.input[0], 3, even ? (uint32_t[]){2, 2} : (uint32_t[]){1, 3}, 2,
                outputs);
    refuses(&b, outputs[0], odd, message);
}

START_TEST(a_split_along_no_dimension_is_refused)
{
    tflite_odd_t odd = {.lists = 1, .list = {{1, {-5}}}};
    refuses_split(&odd, true,
                  "operator 0 (SPLIT, \"t1\"): found axis -5, expected one of the "
                  "input's dimensions");
}
END_TEST

START_TEST(a_split_into_another_number_of_pieces_is_refused)
{
    tflite_odd_t odd = {.fields = 1, .field = {3}};
    refuses_split(&odd, true,
                  "operator 0 (SPLIT, \"t1\"): found the number of pieces: 3, expected "
                  "2, as tensors stand there");
}
END_TEST

START_TEST(a_split_by_other_sizes_than_its_outputs_is_refused)
{
    tflite_odd_t odd = {.lists = 2, .list = {{2, {1, 2}}, {1, {3}}}};
    refuses_split(&odd, false,
                  "operator 0 (SPLIT_V, \"t1\"): found size 2, expected the output's, "
                  "or -1");
}
END_TEST

START_TEST(a_split_whose_outputs_do_not_add_up_is_refused)
{
    build_t b = begin(4, map);
    int32_t outputs[2];
    build_split(&b, b.graph.input[0], 3, (uint32_t[]){1, 2}, 2, outputs);
    refuses(&b, outputs[0], NULL,
            "layer 0 SPLIT_V \"t1\": outputs add up to 3 along axis 3, the input has 4");
}
END_TEST

START_TEST(a_permutation_that_names_a_dimension_twice_is_refused)
{
    build_t b = begin(4, map);
    int32_t out = build_transpose(&b, b.graph.input[0], (uint32_t[]){0, 2, 1, 3});
    b.graph.node[0].perm[1] = 1;
    b.graph.tensor[out].shape[1] = 8;
    b.graph.tensor[out].shape[2] = 8;
    b.graph.tensor[out].bytes = 256;
    refuses(&b, out, NULL,
            "layer 0 TRANSPOSE \"t1\": dimension 2 comes from 1, expected each of 0..3 once");
}
END_TEST

START_TEST(a_permutation_of_too_few_dimensions_is_refused)
{
    build_t b = begin(4, map);
    tflite_odd_t odd = {.lists = 1, .list = {{3, {0, 2, 1}}}};
    int32_t out = build_transpose(&b, b.graph.input[0], (uint32_t[]){0, 2, 1, 3});
    refuses(&b, out, &odd,
            "operator 0 (TRANSPOSE, \"t1\"): found permutation of dimensions: 3, "
            "expected as many as the input has");
}
END_TEST

START_TEST(a_batch_is_for_moves_and_functions_of_one_element)
{
    build_t b = begin(4, map);
    int32_t out = build_transpose(&b, b.graph.input[0], (uint32_t[]){1, 0, 2, 3});
    build_conv_t window = {4, 1, 1, 1, 1, 1, 1, true, NPU_ACT_NONE};
    refuses(&b, build_pool(&b, build_unary(&b, NPU_NODE_RELU6, out), &window, false), NULL,
            "layer 2 MAX_POOL_2D \"t3\": input 0 \"t2\": 8 maps (batch, leading dimensions), "
            "expected 1");
}
END_TEST

START_TEST(a_resize_to_another_size_than_its_output_s_is_refused)
{
    build_t b = begin(4, map);
    tflite_odd_t odd = {.lists = 1, .list = {{2, {16, 11}}}};
    int32_t out = build_resize(&b, NPU_NODE_RESIZE_BILINEAR, b.graph.input[0], 16, 12, false, true);
    refuses(&b, out, &odd,
            "operator 0 (RESIZE_BILINEAR, \"t1\"): found input 1, expected the "
            "height and width of the output there");
}
END_TEST

START_TEST(a_resize_with_both_kinds_of_positions_is_refused)
{
    build_t b = begin(4, map);
    int32_t out =
        build_resize(&b, NPU_NODE_RESIZE_NEAREST_NEIGHBOR, b.graph.input[0], 16, 12, true, true);
    refuses(&b, out, NULL,
            "layer 0 RESIZE_NEAREST_NEIGHBOR \"t1\": align_corners and "
            "half_pixel_centers, expected at most one");
}
END_TEST

START_TEST(a_resize_of_three_dimensions_is_refused)
{
    build_t b = begin(3, map + 1);
    b.graph.tensor[0].dims = 4; /* for the builder */
    memcpy(b.graph.tensor[0].shape, map, sizeof(map));
    int32_t out = build_resize(&b, NPU_NODE_RESIZE_BILINEAR, b.graph.input[0], 8, 6, false, false);
    b.graph.tensor[0].dims = 3;
    memcpy(b.graph.tensor[0].shape, map + 1, 12);
    refuses(&b, out, NULL,
            "layer 0 RESIZE_BILINEAR \"t1\": input \"t0\" has 3 dimensions, expected 4");
}
END_TEST

START_TEST(blocks_that_do_not_fit_are_refused)
{
    build_t b = begin(4, map);
    int32_t out = build_blocks(&b, NPU_NODE_DEPTH_TO_SPACE, b.graph.input[0], 2);
    b.graph.node[0].block = 4;
    refuses(&b, out, NULL,
            "layer 0 DEPTH_TO_SPACE \"t1\": 8x6x4 does not become 16x12x1 by blocks of 4");
}
END_TEST

START_TEST(a_block_of_no_size_is_refused)
{
    build_t b = begin(4, map);
    tflite_odd_t odd = {.fields = 1, .field = {0}};
    int32_t out = build_blocks(&b, NPU_NODE_SPACE_TO_DEPTH, b.graph.input[0], 2);
    refuses(&b, out, &odd,
            "operator 0 (SPACE_TO_DEPTH, \"t1\"): found block_size 0, expected 1..65536");
}
END_TEST

START_TEST(a_pack_along_a_dimension_that_its_result_has_not_is_refused)
{
    build_t b = begin(2, map + 1);
    tflite_odd_t odd = {.fields = 2, .field = {1, 3}};
    int32_t out = build_pack(&b, b.graph.input, 1, 2);
    refuses(&b, out, &odd,
            "operator 0 (PACK, \"t1\"): found axis 3, expected one of the output's dimensions");
}
END_TEST

START_TEST(an_unpack_of_other_shapes_is_refused)
{
    build_t b = begin(3, map + 1);
    int32_t outputs[8];
    build_unpack(&b, b.graph.input[0], 0, outputs);
    b.graph.tensor[outputs[5]].shape[1] = 5;
    b.graph.tensor[outputs[5]].bytes = 30;
    refuses(&b, outputs[0], NULL, "layer 0 UNPACK \"t1\": dimension 2 is 4, without the axis 5");
}
END_TEST

START_TEST(a_padding_value_of_another_scale_is_refused)
{
    uint32_t pad[3][2] = {{1, 1}, {1, 1}, {0, 0}};
    build_t b = begin(4, map);
    tflite_odd_t odd = {.lists = 2, .list = {{8, {0, 0, 1, 1, 1, 1, 0, 0}}, {1, {7}}}};
    int32_t out = build_padv2(&b, b.graph.input[0], pad, 7);
    refuses(&b, out, &odd,
            "operator 0 (PADV2, \"t1\"): found input 2, expected a constant of one "
            "code of the output's type there"); /* an int32 is written */
}
END_TEST

START_TEST(int8_tensors_of_other_scales_are_not_concatenated)
{
    build_t b = begin(4, map);
    int32_t list[2] = {b.graph.input[0], b.graph.input[0]};
    int32_t out = build_concatenation_scaled(&b, list, 2, 3, 0.25f, 3);
    refuses(&b, out, NULL,
            "layer 0 CONCATENATION \"t1\": input \"t0\": scale 0.5 zero point 3, "
            "expected the output's 0.25 3");
}
END_TEST

START_TEST(a_negative_axis_counts_from_the_back)
{
    build_t b = begin(4, map);
    npu_graph_t read;
    char error[256];
    int32_t list[2] = {b.graph.input[0], b.graph.input[0]};
    int32_t out = build_concatenation(&b, list, 2, 2);
    build_end(&b, &out, 1);
    tflite_odd_t odd = {.fields = 2, .field = {(uint32_t)-2, 0}};
    tflite_image_t image = tflite_write_odd(&b.graph, &odd);
    ck_assert(npu_tflite_read(image.data, image.bytes, "a", &read, error, sizeof(error)) == SIM_OK);
    ck_assert_uint_eq(read.node[0].axis, 2);
    free(image.data);
    npu_graph_free(&read);
    build_free(&b);
}
END_TEST

START_TEST(random_bytes_in_models_of_moves_never_crash_the_reader)
{
    sim_stream_t r = sim_stream(3, 9, 0);
    for (uint64_t seed = 0; seed < 60; seed++) {
        build_t b;
        int32_t outputs[BUILD_MOVE_OUTPUTS];
        build_begin(&b, NPU_TYPE_INT8, seed);
        int32_t in = build_input_of(&b, 4);
        uint32_t count = build_random_move(&b, in, outputs);
        for (uint32_t o = 0; o < count; o++)
            outputs[o] = build_one_map(&b, outputs[o]);
        build_end(&b, outputs, count);
        tflite_image_t image = tflite_write(&b.graph);
        uint8_t *copy = malloc(image.bytes);
        for (uint32_t i = 0; i < 400; i++) {
            npu_graph_t graph;
            char error[256] = "";
            memcpy(copy, image.data, image.bytes);
            for (uint32_t f = sim_stream_below(&r, 4) + 1; f > 0; f--)
                copy[sim_stream_below(&r, image.bytes)] = (uint8_t)sim_stream_u32(&r);
            sim_err_t err =
                npu_tflite_read(copy, image.bytes, "hostile", &graph, error, sizeof(error));
            ck_assert((err == SIM_OK) == (error[0] == '\0'));
            if (err == SIM_OK)
                npu_graph_free(&graph);
        }
        free(copy);
        free(image.data);
        build_free(&b);
    }
}
END_TEST

/* ---- more than four dimensions --------------------------------------------------------------- */

static void write_rank(build_t *b, uint32_t tensor, uint32_t leading)
{
    b->graph.tensor[tensor].leading = leading;
}

START_TEST(leading_dimensions_of_one_do_not_count)
{
    build_t b = begin(4, map);
    npu_graph_t read;
    char error[256] = "";
    int32_t list[2] = {b.graph.input[0], b.graph.input[0]};
    int32_t out = build_concatenation(&b, list, 2, 2);
    build_end(&b, &out, 1);
    write_rank(&b, 0, 2);
    write_rank(&b, (uint32_t)out, 2); /* 1 x 1 x 1 x 8 x 12 x 4, of which axis 4 is 12 */
    tflite_odd_t odd = {.fields = 2, .field = {4, 0}};
    tflite_image_t image = tflite_write_odd(&b.graph, &odd);
    sim_err_t err = npu_tflite_read(image.data, image.bytes, "a", &read, error, sizeof(error));
    ck_assert_msg(err == SIM_OK, "%s", error);
    ck_assert_uint_eq(read.node[0].axis, 2);
    ck_assert_uint_eq(read.tensor[out].dims, 4);
    ck_assert_uint_eq(read.tensor[out].leading, 2);
    ck_assert_uint_eq(read.tensor[out].shape[2], 12);
    free(image.data);
    npu_graph_free(&read);
    build_free(&b);
}
END_TEST

/* RELU6 of 1 x 2 x 8 x 6 x 4. */
static tflite_image_t five_dimensions(uint32_t first)
{
    build_t b = begin(4, (const uint32_t[4]){2, 8, 6, 4});
    build_unary(&b, NPU_NODE_RELU6, b.graph.input[0]);
    b.graph.output = &b.graph.node[0].output[0];
    b.graph.outputs = 1;
    write_rank(&b, 0, 1);
    tflite_image_t image = tflite_write(&b.graph);
    static const uint32_t shape[5] = {1, 2, 8, 6, 4};
    for (uint32_t at = 0; at + sizeof(shape) <= image.bytes; at += 4)
        if (memcmp(image.data + at, shape, sizeof(shape)) == 0)
            memcpy(image.data + at, &first, sizeof(first));
    build_free(&b);
    return image;
}

static void refuses_five_dimensions(uint32_t first, const char *message)
{
    tflite_image_t image = five_dimensions(first);
    npu_graph_t graph;
    char error[256] = "";
    ck_assert(npu_tflite_read(image.data, image.bytes, "m.tflite", &graph, error, sizeof(error)) ==
              SIM_EPARSE);
    ck_assert_str_eq(error, message);
    free(image.data);
}

START_TEST(five_dimensions_are_refused)
{
    refuses_five_dimensions(3, "m.tflite: tensor \"t0\": found 5 dimensions, expected at most 4 "
                               "but for leading ones of 1");
}
END_TEST

START_TEST(a_batch_does_not_come_in)
{
    refuses_five_dimensions(
        1, "m.tflite: graph input \"t0\": 2 maps (batch, leading dimensions), expected 1");
}
END_TEST

TEST_MAIN("npu .tflite reader, moves", random_moves_read_back_as_they_were_written,
          strided_slices_mean_what_python_s_do,
          a_strided_slice_of_nothing_is_refused_with_its_dimension,
          a_strided_slice_without_a_stride_is_refused,
          a_strided_slice_of_more_dimensions_than_there_are_is_refused, two_ellipses_are_refused,
          a_slice_beyond_the_input_is_refused_with_its_dimension,
          a_slice_that_does_not_make_its_output_is_refused, a_split_along_no_dimension_is_refused,
          a_split_into_another_number_of_pieces_is_refused,
          a_split_by_other_sizes_than_its_outputs_is_refused,
          a_split_whose_outputs_do_not_add_up_is_refused,
          a_permutation_that_names_a_dimension_twice_is_refused,
          a_permutation_of_too_few_dimensions_is_refused,
          a_batch_is_for_moves_and_functions_of_one_element,
          a_resize_to_another_size_than_its_output_s_is_refused,
          a_resize_with_both_kinds_of_positions_is_refused, a_resize_of_three_dimensions_is_refused,
          blocks_that_do_not_fit_are_refused, a_block_of_no_size_is_refused,
          a_pack_along_a_dimension_that_its_result_has_not_is_refused,
          an_unpack_of_other_shapes_is_refused, a_padding_value_of_another_scale_is_refused,
          int8_tensors_of_other_scales_are_not_concatenated, a_negative_axis_counts_from_the_back,
          random_bytes_in_models_of_moves_never_crash_the_reader,
          leading_dimensions_of_one_do_not_count, five_dimensions_are_refused,
          a_batch_does_not_come_in)
