/*
 * tflite_core_test.c - operators of the core in files: read back as written, refused when broken.
 */
#include <math.h>

#include "npu/compiler/tflite.h"
#include "tests/npu/build_core.h"
#include "tests/npu/tflite_write.h"
#include "tests/test.h"

static char error[300];

static bool reads(const tflite_image_t *image, npu_graph_t *graph)
{
    return npu_tflite_read(image->data, image->bytes, "m", graph, error, sizeof(error)) == SIM_OK;
}

static void check_node(const npu_node_t *found, const npu_node_t *want)
{
    ck_assert_int_eq(found->op, want->op);
    ck_assert_uint_eq(found->axis, want->axis);
    ck_assert_uint_eq(found->outputs, want->outputs);
    ck_assert_mem_eq(found->output, want->output, want->outputs * sizeof(*want->output));
    ck_assert((found->detection == NULL) == (want->detection == NULL));
    if (want->detection == NULL)
        return;
    const npu_detection_t *f = found->detection, *w = want->detection;
    ck_assert_uint_eq(f->max_detections, w->max_detections);
    ck_assert_uint_eq(f->classes_per_detection, w->classes_per_detection);
    ck_assert_uint_eq(f->detections_per_class, w->detections_per_class);
    ck_assert_uint_eq(f->classes, w->classes);
    ck_assert(f->y_scale == w->y_scale && f->x_scale == w->x_scale && f->h_scale == w->h_scale &&
              f->w_scale == w->w_scale);
    ck_assert(f->score_threshold == w->score_threshold && f->iou_threshold == w->iou_threshold);
    ck_assert(f->regular == w->regular);
}

START_TEST(operators_of_the_core_read_back_as_they_were_written)
{
    for (uint64_t seed = 0; seed < 200; seed++) {
        build_t b;
        npu_graph_t back;
        build_random_core(&b, seed);
        tflite_image_t image = tflite_write(&b.graph);
        ck_assert_msg(reads(&image, &back), "seed %llu: %s", (unsigned long long)seed, error);
        ck_assert_uint_eq(back.nodes, b.graph.nodes);
        for (uint32_t n = 0; n < back.nodes; n++)
            check_node(&back.node[n], &b.graph.node[n]);
        npu_graph_free(&back);
        free(image.data);
        build_free(&b);
    }
}
END_TEST

/* 12 boxes of 4 numbers, 2 classes and background, 3 detections; tensors 0, 1 are the inputs. */
static npu_node_t *detector(build_t *b, const npu_detection_t *options, int32_t outputs[4])
{
    static const uint32_t boxes[3] = {1, 12, 4}, scores[3] = {1, 12, 3};
    build_begin(b, NPU_TYPE_INT8, 1);
    int32_t x = build_add_input(b, build_tensor(b, NPU_TYPE_INT8, 3, boxes, 0.1f, 0));
    int32_t y = build_add_input(b, build_tensor(b, NPU_TYPE_INT8, 3, scores, 0.1f, 0));
    build_detection(b, x, y, options, NPU_TYPE_FLOAT32, outputs);
    int32_t *list = npu_graph_alloc(&b->graph, 4 * sizeof(*list));
    memcpy(list, outputs, 4 * sizeof(*list));
    b->graph.output = list;
    b->graph.outputs = 4;
    return &b->graph.node[0];
}

static const npu_detection_t good = {.max_detections = 3,
                                     .classes_per_detection = 1,
                                     .detections_per_class = 2,
                                     .classes = 2,
                                     .y_scale = 10,
                                     .x_scale = 10,
                                     .h_scale = 5,
                                     .w_scale = 5,
                                     .score_threshold = 0.1f,
                                     .iou_threshold = 0.6f};

START_TEST(results_without_a_size_get_the_one_that_the_options_say)
{
    build_t b;
    int32_t out[4];
    npu_graph_t back;
    detector(&b, &good, out);
    for (uint32_t i = 0; i < 4; i++)
        b.graph.tensor[out[i]].dims = 0;
    tflite_image_t image = tflite_write(&b.graph);
    ck_assert_msg(reads(&image, &back), "%s", error);
    const uint32_t dims[4] = {3, 2, 2, 1}, elements[4] = {12, 3, 3, 1};
    for (uint32_t i = 0; i < 4; i++) {
        const npu_tensor_t *t = &back.tensor[out[i]];
        ck_assert_uint_eq(t->dims, dims[i]);
        ck_assert_uint_eq(npu_tensor_elements(t), elements[i]);
        ck_assert_uint_eq(t->bytes, 4 * elements[i]);
    }
    npu_graph_free(&back);
    free(image.data);
    build_free(&b);
}
END_TEST

/* Writes the detector after `change` has been at it; the reader must say what. */
static void refuses(const npu_detection_t *options, void (*change)(build_t *b, int32_t out[4]),
                    const char *what)
{
    build_t b;
    int32_t out[4];
    npu_graph_t back;
    char want[300];
    detector(&b, options, out);
    if (change != NULL)
        change(&b, out);
    tflite_image_t image = tflite_write(&b.graph);
    ck_assert(!reads(&image, &back));
    snprintf(want, sizeof(want), "m: layer 0 DETECTION_POSTPROCESS \"t%d\": %s", out[0], what);
    ck_assert_str_eq(error, want);
    free(image.data);
    build_free(&b);
}

static void fewer_anchors(build_t *b, int32_t out[4])
{
    npu_tensor_t *t = &b->graph.tensor[b->graph.node[0].input[2]];
    (void)out;
    t->shape[0]--;
    t->bytes -= 16;
}

static void broken_anchor(build_t *b, int32_t out[4])
{
    static const uint8_t inf[4] = {0, 0, 0x80, 0x7f};
    (void)out;
    memcpy((uint8_t *)(uintptr_t)b->graph.tensor[b->graph.node[0].input[2]].data + 32, inf, 4);
}

static void variable_anchors(build_t *b, int32_t out[4])
{
    (void)out;
    b->graph.tensor[b->graph.node[0].input[2]].data = NULL;
    build_add_input(b, b->graph.node[0].input[2]);
}

static void more_classes(build_t *b, int32_t out[4])
{
    (void)out;
    b->graph.tensor[1].shape[2] = 5;
    b->graph.tensor[1].bytes = 60;
}

static void flat_boxes(build_t *b, int32_t out[4])
{
    (void)out;
    b->graph.tensor[0].dims = 2;
    b->graph.tensor[0].shape[1] = 48;
}

static void small_result(build_t *b, int32_t out[4])
{
    b->graph.tensor[out[1]].shape[1] = 2;
    b->graph.tensor[out[1]].bytes = 8;
}

START_TEST(a_detector_that_does_not_hold_together_is_refused)
{
    npu_detection_t d = good;
    refuses(&good, fewer_anchors, "anchors \"t2\": 2 dimensions, 11 x 4, expected 12 x 4");
    refuses(&good, broken_anchor, "anchor 2 has the number inf");
    refuses(&good, variable_anchors, "anchors \"t2\" are not constant");
    refuses(&good, more_classes,
            "input 1 \"t1\" has not 12 boxes of 2 classes, with or without background");
    refuses(&good, flat_boxes,
            "input 0 \"t0\" is no list of at most 65536 boxes of 4 numbers or more");
    refuses(&good, small_result, "output 1 is float32 of 2 elements, expected float32 of 3");
    d.iou_threshold = 0;
    refuses(&d, NULL, "overlap threshold 0, expected more than 0, at most 1");
    d.iou_threshold = 1.5f;
    refuses(&d, NULL, "overlap threshold 1.5, expected more than 0, at most 1");
    d = good;
    d.score_threshold = INFINITY;
    refuses(&d, NULL, "score threshold inf");
    d = good;
    d.w_scale = 0;
    refuses(&d, NULL, "scale 0 of coordinate 3, expected 1e-30..1e30");
    d = good;
    d.detections_per_class = 0;
    refuses(&d, NULL,
            "3 detections of 1 classes each, 0 of each class, 2 classes: expected none to be 0, at "
            "most 65536 results");
}
END_TEST

/* The reader's own complaints. */
static void complains(tflite_image_t *image, const char *what)
{
    npu_graph_t back;
    ck_assert(!reads(image, &back));
    ck_assert_str_eq(error, what);
}

/* The bytes of `find` in the image, which are there once. */
static uint8_t *place(tflite_image_t *image, const char *find)
{
    uint8_t *at = NULL;
    for (uint32_t i = 0; i + strlen(find) < image->bytes; i++)
        if (memcmp(image->data + i, find, strlen(find) + 1) == 0) {
            ck_assert_ptr_null(at);
            at = image->data + i;
        }
    ck_assert_msg(at != NULL, "%s", find);
    return at;
}

START_TEST(broken_options_are_named)
{
    build_t b;
    int32_t out[4];
    npu_detection_t d = good;
    d.h_scale = NAN;
    detector(&b, &d, out);
    tflite_image_t image = tflite_write(&b.graph);
    complains(&image, "m: operator 0 (DETECTION_POSTPROCESS, \"t3\"): found a broken option "
                      "h_scale, expected a number");
    free(image.data);
    build_free(&b);

    detector(&b, &good, out);
    image = tflite_write(&b.graph);
    place(&image, "num_classes")[0] = 'N';
    complains(&image, "m: operator 0 (DETECTION_POSTPROCESS, \"t3\"): found no option "
                      "num_classes, expected a number");
    free(image.data);
    image = tflite_write(&b.graph);
    place(&image, "TFLite_Detection_PostProcess")[0] = 'X';
    complains(&image, "m: operator 0 \"t3\": found CUSTOM XFLite_Detection_PostProcess(builtin "
                      "code 32), which is not supported");
    free(image.data);
    build_free(&b);
}
END_TEST

START_TEST(options_that_have_defaults_may_be_absent)
{
    build_t b;
    int32_t out[4];
    npu_graph_t back;
    npu_detection_t d = good;
    d.regular = true;
    detector(&b, &d, out);
    tflite_image_t image = tflite_write(&b.graph);
    place(&image, "detections_per_class")[0] = 'D';
    place(&image, "use_regular_nms")[0] = 'U';
    ck_assert_msg(reads(&image, &back), "%s", error);
    ck_assert_uint_eq(back.node[0].detection->detections_per_class, 100);
    ck_assert(!back.node[0].detection->regular);
    npu_graph_free(&back);
    free(image.data);
    build_free(&b);
}
END_TEST

START_TEST(an_arg_max_that_does_not_hold_together_is_refused)
{
    static const uint32_t shape[3] = {1, 6, 4};
    build_t b;
    build_begin(&b, NPU_TYPE_INT8, 1);
    int32_t in = build_add_input(&b, build_tensor(&b, NPU_TYPE_INT8, 3, shape, 0.1f, 0));
    int32_t out = build_arg_max(&b, in, 2, NPU_TYPE_INT32);
    build_end(&b, &out, 1);
    b.graph.tensor[out].shape[1] = 5;
    b.graph.tensor[out].bytes = 20;
    ck_assert(npu_graph_check(&b.graph, error, sizeof(error)) != SIM_OK);
    ck_assert_str_eq(error, "built: layer 0 ARG_MAX \"t1\": 24 elements along axis 2 of 4 do not "
                            "become 5");
    b.graph.tensor[out].type = NPU_TYPE_FLOAT32;
    ck_assert(npu_graph_check(&b.graph, error, sizeof(error)) != SIM_OK);
    ck_assert_str_eq(error,
                     "built: layer 0 ARG_MAX \"t1\": output type float32, expected int32 or int64");
    build_free(&b);
}
END_TEST

/* Words of a detector's file set to extremes, its options cut: an error or a graph, never a crash.
 */
START_TEST(damaged_files_never_crash_the_reader)
{
    static const uint32_t words[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff};
    build_t b;
    build_random_core(&b, 3); /* a detector */
    tflite_image_t image = tflite_write(&b.graph);
    for (uint32_t at = 0; at + 4 <= image.bytes; at += 4)
        for (size_t k = 0; k < SIM_COUNT(words); k++) {
            npu_graph_t graph;
            uint8_t kept[4];
            memcpy(kept, image.data + at, 4);
            memcpy(image.data + at, &words[k], 4);
            if (reads(&image, &graph))
                npu_graph_free(&graph);
            memcpy(image.data + at, kept, 4);
        }
    free(image.data);
    build_free(&b);
}
END_TEST

TEST_MAIN("npu .tflite reader, operators of the core",
          operators_of_the_core_read_back_as_they_were_written,
          results_without_a_size_get_the_one_that_the_options_say,
          a_detector_that_does_not_hold_together_is_refused, broken_options_are_named,
          options_that_have_defaults_may_be_absent,
          an_arg_max_that_does_not_hold_together_is_refused, damaged_files_never_crash_the_reader)
