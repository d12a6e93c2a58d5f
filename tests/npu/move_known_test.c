/*
 * move_known_test.c - operators that move codes, with answers known beforehand: those of TensorFlow
 * Lite's own tests (tensorflow/lite/kernels/{resize_bilinear,resize_nearest_neighbor,concatenation,
 * pack,depth_to_space}_test.cc) and some worked out by hand; and which of them cost no layer.
 */
#include <math.h>

#include "npu/compiler/compile.h"
#include "npu/compiler/tensor_io.h"
#include "tests/npu/build_move.h"
#include "tests/npu/compile_check.h"
#include "tests/npu/compile_exec.h"
#include "tests/npu/npu_plain.h"
#include "tests/test.h"

static const npu_compile_options_t plain = {.rounding = NPU_ROUND_DOUBLE};

static npu_desc_t small_chip(void)
{
    npu_desc_t desc = npu_plain_desc();
    desc.l2_bytes = 1 << 20; /* enough, and quick to fill */
    return desc;
}

static build_t begin(npu_type_t type, uint32_t dims, const uint32_t *shape)
{
    build_t b;
    build_begin(&b, type, 1);
    build_add_input(&b, build_tensor(&b, type, dims, shape, 0.5f, 3));
    return b;
}

static void compile(build_t *b, const npu_compile_options_t *options, npu_prog_t *prog)
{
    npu_desc_t desc = small_chip();
    char error[256];
    ck_assert_msg(npu_compile(&b->graph, &desc, options, prog, NULL, error, sizeof(error)) ==
                      SIM_OK,
                  "%s", error);
}

/* The codes that `in` makes of output 0, in both roundings. */
static void gives(build_t *b, int32_t out, const int *in, const int *want)
{
    npu_desc_t desc = small_chip();
    uint8_t codes[64];
    build_end(b, &out, 1);
    uint64_t inputs = npu_tensor_elements(&b->graph.tensor[b->graph.input[0]]);
    uint64_t outputs = npu_tensor_elements(&b->graph.tensor[out]);
    for (int round = 0; round < 2; round++) {
        npu_compile_options_t options = {.rounding =
                                             round == 0 ? NPU_ROUND_DOUBLE : NPU_ROUND_SINGLE};
        npu_prog_t prog;
        compile_exec_t exec;
        compile(b, &options, &prog);
        compile_exec_init(&exec, &prog, &desc, sim_simd());
        for (uint64_t i = 0; i < inputs; i++)
            codes[i] = (uint8_t)in[i];
        ck_assert(npu_input_write(&prog, 0, &exec.port, codes));
        compile_exec_run(&exec);
        ck_assert(npu_output_read(&prog, 0, &exec.port, codes));
        for (uint64_t i = 0; i < outputs; i++)
            ck_assert_msg(codes[i] == (uint8_t)want[i], "element %llu: %d, expected %d",
                          (unsigned long long)i, codes[i], want[i]);
        compile_exec_free(&exec);
        npu_prog_free(&prog);
    }
    build_free(b);
}

/* ---- RESIZE ---------------------------------------------------------------------------------- */

typedef struct {
    npu_type_t type;
    bool align_corners, half_pixel_centers;
    uint32_t from[3], to[2]; /* h, w, c; h, w */
    int in[8], out[18];
} resize_t;

static void check_resize(npu_node_op_t op, const resize_t *r)
{
    uint32_t shape[4] = {1, r->from[0], r->from[1], r->from[2]};
    build_t b = begin(r->type, 4, shape);
    int32_t out = build_resize(&b, op, b.graph.input[0], r->to[0], r->to[1], r->align_corners,
                               r->half_pixel_centers);
    gives(&b, out, r->in, r->out);
}

static void check_resizes(npu_node_op_t op, const resize_t *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_resize(op, &cases[i]);
}

START_TEST(bilinear_results_are_tensorflow_lite_s)
{
    static const resize_t cases[] = {
        {NPU_TYPE_INT8, false, false, {1, 2, 1}, {1, 3}, {3, 6}, {3, 5, 6}},
        {NPU_TYPE_UINT8, false, false, {1, 2, 1}, {1, 3}, {3, 6}, {3, 5, 6}},
        {NPU_TYPE_INT8, false, false, {2, 1, 1}, {3, 1}, {3, 9}, {3, 7, 9}},
        {NPU_TYPE_UINT8, false, false, {2, 1, 1}, {3, 1}, {3, 9}, {3, 7, 9}},
        {NPU_TYPE_INT8,
         false,
         false,
         {2, 2, 1},
         {3, 3},
         {3, 6, 9, 12},
         {3, 5, 6, 7, 9, 10, 9, 11, 12}},
        {NPU_TYPE_UINT8,
         false,
         false,
         {2, 2, 1},
         {3, 3},
         {3, 6, 9, 12},
         {3, 5, 6, 7, 9, 10, 9, 11, 12}},
        {NPU_TYPE_UINT8, false, false, {1, 2, 1}, {1, 3}, {253, 255}, {253, 254, 255}},
        {NPU_TYPE_INT8, false, false, {1, 2, 1}, {1, 3}, {125, 127}, {125, 126, 127}},
    };
    check_resizes(NPU_NODE_RESIZE_BILINEAR, cases, SIM_COUNT(cases));
}
END_TEST

/* Half pixels: columns of the result lie at -1/4, 1/4, 3/4, 5/4; corners aligned: 0, 1/3, 2/3, 1.
 */
START_TEST(bilinear_results_lie_where_their_flags_say)
{
    static const resize_t cases[] = {
        {NPU_TYPE_INT8, false, true, {1, 2, 1}, {1, 4}, {-10, 30}, {-10, 0, 20, 30}},
        {NPU_TYPE_UINT8, false, true, {1, 2, 1}, {1, 4}, {10, 50}, {10, 20, 40, 50}},
        {NPU_TYPE_INT8, true, false, {1, 2, 1}, {1, 4}, {-30, 30}, {-30, -10, 10, 30}},
        {NPU_TYPE_UINT8, true, false, {1, 2, 1}, {1, 4}, {30, 90}, {30, 50, 70, 90}},
        {NPU_TYPE_INT8, false, false, {1, 2, 1}, {1, 4}, {-30, 30}, {-30, 0, 30, 30}},
        {NPU_TYPE_INT8, false, false, {1, 4, 1}, {1, 2}, {1, 2, 3, 4}, {1, 3}},
        {NPU_TYPE_UINT8, false, true, {1, 4, 1}, {1, 2}, {1, 3, 5, 9}, {2, 7}},
    };
    check_resizes(NPU_NODE_RESIZE_BILINEAR, cases, SIM_COUNT(cases));
}
END_TEST

START_TEST(nearest_results_are_tensorflow_lite_s)
{
    static const resize_t cases[] = {
        {NPU_TYPE_INT8, false, false, {1, 2, 1}, {1, 3}, {-3, 6}, {-3, -3, 6}},
        {NPU_TYPE_INT8, false, false, {2, 1, 1}, {3, 1}, {3, -9}, {3, 3, -9}},
        {NPU_TYPE_INT8,
         false,
         false,
         {2, 2, 2},
         {3, 3},
         {3, 4, -6, 10, 10, 12, -14, 16},
         {3, 4, 3, 4, -6, 10, 3, 4, 3, 4, -6, 10, 10, 12, 10, 12, -14, 16}},
        /* (x + 1/2) * 2/3 rounded down; x * 1/2 rounded */
        {NPU_TYPE_UINT8, false, true, {1, 2, 1}, {1, 3}, {3, 200}, {3, 200, 200}},
        {NPU_TYPE_UINT8, true, false, {1, 2, 1}, {1, 3}, {3, 200}, {3, 200, 200}},
    };
    check_resizes(NPU_NODE_RESIZE_NEAREST_NEIGHBOR, cases, SIM_COUNT(cases));
}
END_TEST

/* ---- other orders ---------------------------------------------------------------------------- */

START_TEST(depth_becomes_space_and_back)
{
    static const int in[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    build_t b = begin(NPU_TYPE_INT8, 4, (uint32_t[]){1, 1, 1, 12});
    gives(&b, build_blocks(&b, NPU_NODE_DEPTH_TO_SPACE, b.graph.input[0], 2), in, in);
    b = begin(NPU_TYPE_INT8, 4, (uint32_t[]){1, 2, 2, 3});
    gives(&b, build_blocks(&b, NPU_NODE_SPACE_TO_DEPTH, b.graph.input[0], 2), in, in);
    /* two blocks side by side: rows are taken apart */
    static const int wide[8] = {1, 2, 3, 4, 5, 6, 7, 8}, deep[8] = {1, 2, 5, 6, 3, 4, 7, 8};
    b = begin(NPU_TYPE_UINT8, 4, (uint32_t[]){1, 2, 4, 1});
    gives(&b, build_blocks(&b, NPU_NODE_SPACE_TO_DEPTH, b.graph.input[0], 2), wide, deep);
}
END_TEST

START_TEST(a_matrix_is_transposed)
{
    static const int in[6] = {1, 2, 3, 4, 5, 6}, out[6] = {1, 4, 2, 5, 3, 6};
    build_t b = begin(NPU_TYPE_INT8, 2, (uint32_t[]){2, 3});
    gives(&b, build_transpose(&b, b.graph.input[0], (uint32_t[]){1, 0}), in, out);
    b = begin(NPU_TYPE_INT8, 4, (uint32_t[]){1, 2, 1, 3});
    gives(&b, build_transpose(&b, b.graph.input[0], (uint32_t[]){0, 3, 2, 1}), in, out);
}
END_TEST

/* ShuffleNet's: channels as groups by members, which change places. */
START_TEST(channels_are_shuffled_through_five_dimensions)
{
    static const int in[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    static const int out[12] = {1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12};
    build_t b = begin(NPU_TYPE_INT8, 4, (uint32_t[]){1, 2, 1, 6});
    /* 1 x 2 x 1 x 2 x 3, of which the first does not count */
    int32_t groups =
        build_shape(&b, NPU_NODE_RESHAPE, b.graph.input[0], 4, (uint32_t[]){2, 1, 2, 3});
    int32_t turned = build_transpose(&b, groups, (uint32_t[]){0, 1, 3, 2});
    gives(&b, build_shape(&b, NPU_NODE_RESHAPE, turned, 4, (uint32_t[]){1, 2, 1, 6}), in, out);
}
END_TEST

/* What stands in a place under another shape is no box of it. */
START_TEST(pieces_of_a_reshaped_map_are_moved)
{
    static const int in[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    static const int out[6] = {7, 8, 9, 10, 11, 12};
    build_t b = begin(NPU_TYPE_UINT8, 4, (uint32_t[]){1, 3, 2, 2});
    int32_t map = build_unary(&b, NPU_NODE_RELU6, b.graph.input[0]), pieces[2];
    int32_t other = build_shape(&b, NPU_NODE_RESHAPE, map, 4, (uint32_t[]){1, 2, 3, 2});
    build_split(&b, other, 1, (uint32_t[]){1, 1}, 2, pieces);
    gives(&b, build_concatenation(&b, &pieces[1], 1, 3), in, out);
}
END_TEST

START_TEST(a_slice_may_run_backwards)
{
    static const int in[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, out[4] = {12, 10, 9, 7};
    static const build_range_t range[4] = {{0, 1, 1}, {0, 1, 1}, {3, -1, 2}, {2, -2, 2}};
    build_t b = begin(NPU_TYPE_INT8, 4, (uint32_t[]){1, 1, 4, 3});
    gives(&b, build_slice(&b, NPU_NODE_STRIDED_SLICE, b.graph.input[0], range), in, out);
}
END_TEST

/* pack_test.cc: {1, 4}, {2, 5}, {3, 6} along axis 1; here cut from one input first. */
START_TEST(vectors_are_packed_side_by_side)
{
    static const int in[6] = {1, 4, 2, 5, 3, 6}, out[6] = {1, 2, 3, 4, 5, 6};
    build_t b = begin(NPU_TYPE_INT8, 2, (uint32_t[]){3, 2});
    int32_t vector[3];
    build_unpack(&b, b.graph.input[0], 0, vector);
    gives(&b, build_pack(&b, vector, 3, 1), in, out);
}
END_TEST

START_TEST(padding_may_have_any_value)
{
    static const int in[2] = {7, -8}, out[4] = {-128, 7, -8, -128};
    uint32_t pad[3][2] = {{0, 0}, {1, 1}, {0, 0}};
    build_t b = begin(NPU_TYPE_INT8, 4, (uint32_t[]){1, 1, 2, 1});
    gives(&b, build_padv2(&b, b.graph.input[0], pad, -128), in, out);
}
END_TEST

/* concatenation_test.cc, FourInputsQuantizedMixedRange: ranges of real numbers, uint8. */
START_TEST(uint8_pieces_of_other_scales_are_requantized)
{
    static const float low[4] = {-10.7f, 0.0f, -11.0f, 0.0f}, high[4] = {10.8f, 12.8f, 11.8f, 7.4f};
    static const float real[4] = {1.0f, 3.0f, 4.0f, 7.0f};
    static const int want[16] = {137, 157, 138, 158, 139, 159, 140, 160,
                                 167, 197, 168, 198, 169, 199, 170, 200};
    const uint32_t shape[3] = {2, 1, 2}, none[3] = {2, 1, 1};
    build_t b = begin(NPU_TYPE_UINT8, 3, none);
    int32_t list[5];
    for (uint32_t i = 0; i < 4; i++) {
        float scale = (high[i] - low[i]) / 255.0f;
        int32_t zero = (int32_t)roundf(-low[i] / scale);
        list[i] = build_tensor(&b, NPU_TYPE_UINT8, 3, shape, scale, zero);
        uint8_t *codes = npu_graph_alloc(&b.graph, 4);
        for (uint32_t k = 0; k < 4; k++)
            codes[k] = (uint8_t)(zero + (int32_t)roundf((real[k] + 0.1f * (float)i) / scale));
        b.graph.tensor[list[i]].data = codes;
    }
    list[4] = b.graph.input[0]; /* a fifth piece, of one code a row: 0.5 * (9 - 3) = 3.0 */
    static const int fifth[2] = {9, 9};
    int all[18];
    for (uint32_t y = 0; y < 2; y++) {
        memcpy(all + 9 * y, want + 8 * y, 8 * sizeof(*want));
        all[9 * y + 8] = 157;
    }
    gives(&b, build_concatenation_scaled(&b, list, 5, 2, 25.5f / 255.0f, 127), fifth, all);
}
END_TEST

/* ---- what costs no layer --------------------------------------------------------------------- */

static uint32_t layers_of(build_t *b, const npu_compile_options_t *options)
{
    npu_prog_t prog;
    npu_desc_t desc = small_chip();
    compile(b, options, &prog);
    uint32_t layers = prog.layer_count;
    compile_check_run(b, &prog, &desc, 0);
    npu_prog_free(&prog);
    return layers;
}

static void costs(build_t *b, const int32_t *outputs, uint32_t count, uint32_t in_place,
                  uint32_t moved)
{
    npu_compile_options_t all_moved = plain;
    all_moved.no_parts = true;
    build_end(b, outputs, count);
    ck_assert_uint_eq(layers_of(b, &plain), in_place);
    ck_assert_uint_eq(layers_of(b, &all_moved), moved);
    build_free(b);
}

static int32_t map_of(build_t *b, uint32_t c)
{
    build_begin(b, NPU_TYPE_INT8, 4);
    return build_unary(b, NPU_NODE_LOGISTIC, build_input(b, 6, 5, c));
}

START_TEST(pieces_of_a_split_are_parts_of_what_is_split)
{
    for (uint32_t axis = 1; axis < 4; axis++) {
        build_t b;
        static const uint32_t sizes[3][3] = {{1, 3, 2}, {2, 1, 2}, {8, 33, 7}};
        int32_t pieces[3], map = map_of(&b, 48);
        build_split(&b, map, axis, sizes[axis - 1], 3, pieces);
        for (uint32_t i = 0; i < 3; i++)
            pieces[i] = build_unary(&b, NPU_NODE_LOGISTIC, pieces[i]);
        costs(&b, pieces, 3, 1 + 3, 1 + 1 + 3);
    }
}
END_TEST

START_TEST(maps_are_made_where_they_are_put_together)
{
    for (uint32_t axis = 1; axis < 4; axis++) {
        build_t b;
        int32_t map = map_of(&b, 40), list[3];
        for (uint32_t i = 0; i < 3; i++)
            list[i] = build_unary(&b, NPU_NODE_LOGISTIC, map);
        int32_t all = build_concatenation(&b, list, 3, axis);
        int32_t out = build_unary(&b, NPU_NODE_LOGISTIC, all);
        costs(&b, &out, 1, 1 + 3 + 1, 1 + 3 + 1 + 1);
    }
}
END_TEST

/* The network's output is dense: its parts are written with gaps between their pixels. */
START_TEST(an_output_may_be_put_together_in_place)
{
    build_t b;
    int32_t map = map_of(&b, 40), list[2];
    for (uint32_t i = 0; i < 2; i++)
        list[i] = build_unary(&b, NPU_NODE_LOGISTIC, map);
    int32_t all = build_concatenation(&b, list, 2, 3);
    npu_compile_options_t all_moved = plain;
    all_moved.no_parts = true;
    build_end(&b, &all, 1);
    ck_assert_uint_eq(layers_of(&b, &plain), 3);
    ck_assert_uint_ge(layers_of(&b, &all_moved), 4);
    build_free(&b);
}
END_TEST

/* A part of a part of the result. */
START_TEST(what_is_put_together_twice_is_made_where_it_ends)
{
    build_t b;
    int32_t map = map_of(&b, 20), inner[2], outer[2];
    for (uint32_t i = 0; i < 2; i++)
        inner[i] = build_unary(&b, NPU_NODE_LOGISTIC, map);
    outer[0] = build_unary(&b, NPU_NODE_LOGISTIC, map);
    outer[1] = build_concatenation(&b, inner, 2, 3);
    int32_t out = build_unary(&b, NPU_NODE_LOGISTIC, build_concatenation(&b, outer, 2, 3));
    costs(&b, &out, 1, 1 + 3 + 1, 1 + 3 + 2 + 1);
}
END_TEST

START_TEST(what_is_put_in_twice_is_moved_once)
{
    build_t b;
    int32_t list[2];
    list[0] = list[1] = map_of(&b, 32);
    int32_t out = build_unary(&b, NPU_NODE_LOGISTIC, build_concatenation(&b, list, 2, 3));
    costs(&b, &out, 1, 1 + 1 + 1, 1 + 1 + 1);
}
END_TEST

/* In a dense vector there is no room for parts with other ends. */
START_TEST(what_is_read_as_one_vector_is_moved)
{
    build_t b;
    int32_t pieces[2], map = map_of(&b, 32);
    build_split(&b, map, 3, (uint32_t[]){16, 16}, 2, pieces);
    int32_t out = build_fully_connected(&b, pieces[1], 9);
    npu_prog_t prog;
    npu_desc_t desc = small_chip();
    build_end(&b, &out, 1);
    compile(&b, &plain, &prog);
    ck_assert_str_eq(prog.layers[1].op, "SPLIT");
    compile_check_run(&b, &prog, &desc, 0);
    npu_prog_free(&prog);
    build_free(&b);
}
END_TEST

/* KB: early 32, late 96, and between them 32 from 192 from 32. As parts, the first two take 128 all
 * the time: 352 with what is between them. Moved: 256, there and when they are put together. */
START_TEST(parts_that_would_not_fit_are_moved)
{
    build_t b;
    build_conv_t k = {192, 1, 1, 1, 1, 1, 1, false, NPU_ACT_NONE};
    build_begin(&b, NPU_TYPE_INT8, 4);
    int32_t map = build_unary(&b, NPU_NODE_LOGISTIC, build_input(&b, 32, 32, 32)), list[2];
    list[0] = build_unary(&b, NPU_NODE_LOGISTIC, map);
    int32_t between = build_conv(&b, map, &k);
    k.channels = 32;
    between = build_conv(&b, between, &k);
    k.channels = 96;
    list[1] = build_unary(&b, NPU_NODE_LOGISTIC, build_conv(&b, between, &k));
    int32_t out = build_mean(&b, build_concatenation(&b, list, 2, 3));
    npu_desc_t desc = small_chip();
    char error[256];
    uint32_t fewest = 0, most = 0;
    build_end(&b, &out, 1);
    for (uint32_t kb = 260; kb < 420; kb += 10 * TEST_FEWER) {
        npu_prog_t prog;
        npu_compile_options_t options = {.cascade = NPU_CASCADE_OFF, .reuse_input = true};
        desc.l2_bytes = kb << 10;
        if (npu_compile(&b.graph, &desc, &options, &prog, NULL, error, sizeof(error)) != SIM_OK)
            continue;
        if (fewest == 0)
            most = prog.layer_count;
        fewest = prog.layer_count;
        compile_check_run(&b, &prog, &desc, kb);
        npu_prog_free(&prog);
    }
    ck_assert_uint_gt(most, fewest); /* the smallest L2 that does: one layer more */
    build_free(&b);
}
END_TEST

TEST_MAIN("npu moves, known answers", bilinear_results_are_tensorflow_lite_s,
          bilinear_results_lie_where_their_flags_say, nearest_results_are_tensorflow_lite_s,
          depth_becomes_space_and_back, a_matrix_is_transposed,
          channels_are_shuffled_through_five_dimensions, pieces_of_a_reshaped_map_are_moved,
          a_slice_may_run_backwards, vectors_are_packed_side_by_side, padding_may_have_any_value,
          uint8_pieces_of_other_scales_are_requantized,
          pieces_of_a_split_are_parts_of_what_is_split, maps_are_made_where_they_are_put_together,
          an_output_may_be_put_together_in_place, what_is_put_together_twice_is_made_where_it_ends,
          what_is_put_in_twice_is_moved_once, what_is_read_as_one_vector_is_moved,
          parts_that_would_not_fit_are_moved)
