/*
 * post_test.c - the operators of the core, through the table as it stands in L2, against slow ones.
 */
#include <math.h>

#include "npu/post.h"
#include "post.h"
#include "post_ops.h"
#include "sim/rng.h"
#include "tests/npu/post_ref.h"
#include "tests/test.h"

enum { MEMORY_BYTES = 1 << 20, SCRATCH_BYTES = 1 << 16 };
#define BASE 0x04000000u

typedef struct {
    npu_post_t post;
    uint32_t top; /* of what is handed out */
    uint8_t *memory;
    double scratch[SCRATCH_BYTES / 8];
} rig_t;

static char error[300];

static rig_t *rig_new(void)
{
    rig_t *r = calloc(1, sizeof(*r));
    r->memory = malloc(MEMORY_BYTES);
    memset(r->memory, 0xa5, MEMORY_BYTES);
    r->post.l2 = 1024;
    r->post.scratch_bytes = SCRATCH_BYTES;
    r->top = 65536;
    return r;
}

static void rig_free(rig_t *r)
{
    npu_post_free(&r->post);
    free(r->memory);
    free(r);
}

/* Shape: zero ends it. */
static uint32_t tensor(rig_t *r, uint32_t dtype, const uint32_t shape[4], float scale, int32_t zero)
{
    npu_net_tensor_t t = {.addr = BASE + r->top, .dtype = dtype, .shape = {1, 1, 1, 1}};
    for (; t.dims < 4 && shape[t.dims] != 0; t.dims++)
        t.shape[t.dims] = shape[t.dims];
    t.zero_point = zero;
    memcpy(&t.scale_bits, &scale, 4);
    r->top += ((uint32_t)npu_net_tensor_elements(&t) * npu_dtype_bytes(dtype) + 7u) & ~7u;
    ck_assert_uint_le(r->top, MEMORY_BYTES);
    return npu_post_add_tensor(&r->post, &t);
}

static void *data(rig_t *r, uint32_t number)
{
    return r->memory + (r->post.tensor[number].addr - BASE);
}

static npu_post_op_t op_of(uint32_t code)
{
    npu_post_op_t op = {.name = "op", .code = code};
    memset(op.in, 0xff, sizeof(op.in));
    memset(op.out, 0xff, sizeof(op.out));
    return op;
}

/* Writes the table and runs its only operator. */
static uint32_t run(rig_t *r, const npu_post_op_t *op)
{
    r->post.ops = 0;
    ck_assert_uint_eq(npu_post_add_op(&r->post, op), 0);
    ck_assert_msg(npu_post_valid(&r->post, error, sizeof(error)), "%s", error);
    npu_post_put(&r->post, BASE, (uint32_t *)(void *)(r->memory + r->post.l2));
    post_view_t view = {r->memory, BASE, BASE + r->post.l2};
    ck_assert_uint_eq(post_head(&view, POST_OPS), 1);
    return post_run(&view, 0, r->scratch, npu_post_scratch_bytes(&r->post, op));
}

/* ---- codes and floats ---- */

START_TEST(dequantized_codes_are_the_rounded_product)
{
    sim_stream_t rng = sim_stream(1, 0, 0);
    for (uint32_t round = 0; round < 300; round++) {
        rig_t *r = rig_new();
        uint32_t shape[4] = {1, 1 + sim_stream_below(&rng, 700)};
        float scale = sim_stream_range(&rng, 1e-4f, 3.0f);
        int32_t zero = (int32_t)sim_stream_below(&rng, 256) - 128;
        npu_post_op_t op = op_of(NPU_POST_DEQUANTIZE);
        op.in[0] = tensor(r, round % 2 ? NPU_DTYPE_UINT8 : NPU_DTYPE_INT8, shape, scale, zero);
        op.out[0] = tensor(r, NPU_DTYPE_FLOAT32, shape, 0, 0);
        int8_t *in = data(r, op.in[0]);
        for (uint32_t i = 0; i < shape[1]; i++)
            in[i] = (int8_t)sim_stream_u32(&rng);
        ck_assert_uint_eq(run(r, &op), POST_STATUS_DONE);
        const float *out = data(r, op.out[0]);
        for (uint32_t i = 0; i < shape[1]; i++)
            ck_assert(out[i] == (float)((double)scale * (in[i] - zero)));
        rig_free(r);
    }
}
END_TEST

START_TEST(floats_are_quantized_half_away_from_zero_and_clamped)
{
    static const float x[] = {0.0f,  0.25f, -0.25f, 0.74f,    0.75f,     -0.75f, 63.0f,
                              63.3f, 64.0f, -64.5f, INFINITY, -INFINITY, NAN};
    static const int8_t want[] = {1, 2, 0, 2, 3, -1, 127, 127, 127, -128, 127, -128, -128};
    rig_t *r = rig_new();
    uint32_t shape[4] = {SIM_COUNT(x)};
    npu_post_op_t op = op_of(NPU_POST_QUANTIZE);
    op.in[0] = tensor(r, NPU_DTYPE_FLOAT32, shape, 0, 0);
    op.out[0] = tensor(r, NPU_DTYPE_INT8, shape, 0.5f, 1);
    memcpy(data(r, op.in[0]), x, sizeof(x));
    ck_assert_uint_eq(run(r, &op), POST_STATUS_DONE);
    ck_assert_mem_eq(data(r, op.out[0]), want, sizeof(want));
    rig_free(r);
}
END_TEST

START_TEST(random_floats_are_quantized_as_the_c_library_rounds)
{
    sim_stream_t rng = sim_stream(2, 0, 0);
    rig_t *r = rig_new();
    uint32_t shape[4] = {1, 50, 100};
    float scale = 0.0371f;
    npu_post_op_t op = op_of(NPU_POST_QUANTIZE);
    op.in[0] = tensor(r, NPU_DTYPE_FLOAT32, shape, 0, 0);
    op.out[0] = tensor(r, NPU_DTYPE_UINT8, shape, scale, -11);
    float *in = data(r, op.in[0]);
    for (uint32_t i = 0; i < 5000; i++)
        in[i] = sim_stream_range(&rng, -6.0f, 6.0f);
    ck_assert_uint_eq(run(r, &op), POST_STATUS_DONE);
    const int8_t *out = data(r, op.out[0]);
    for (uint32_t i = 0; i < 5000; i++) {
        float code = -11.0f + roundf(in[i] / scale);
        ck_assert_int_eq(out[i], (int)fminf(fmaxf(code, -128), 127));
    }
    rig_free(r);
}
END_TEST

/* ---- arg max ---- */

static void fill(sim_stream_t *rng, rig_t *r, uint32_t number, float *value)
{
    const npu_net_tensor_t *t = &r->post.tensor[number];
    float scale;
    memcpy(&scale, &t->scale_bits, 4);
    for (uint32_t i = 0; i < npu_net_tensor_elements(t); i++) {
        int32_t code = (int32_t)sim_stream_below(rng, 40) - 20; /* few, so that some are equal */
        value[i] = t->dtype == NPU_DTYPE_FLOAT32 ? (float)code * 0.37f
                                                 : (float)(code - t->zero_point) * scale;
        if (t->dtype == NPU_DTYPE_FLOAT32)
            ((float *)data(r, number))[i] = value[i];
        else
            ((int8_t *)data(r, number))[i] = (int8_t)code;
    }
}

START_TEST(arg_max_along_any_axis_finds_the_first_of_the_largest)
{
    static const uint32_t types[] = {NPU_DTYPE_INT8, NPU_DTYPE_UINT8, NPU_DTYPE_FLOAT32};
    sim_stream_t rng = sim_stream(3, 0, 0);
    float value[5 * 7 * 9];
    for (uint32_t round = 0; round < 500; round++) {
        rig_t *r = rig_new();
        uint32_t shape[4] = {1, 1 + sim_stream_below(&rng, 5), 1 + sim_stream_below(&rng, 7),
                             1 + sim_stream_below(&rng, 9)};
        uint32_t axis = sim_stream_below(&rng, 4), left[4], n = 0, inner = 1;
        for (uint32_t d = 0; d < 4; d++)
            if (d != axis)
                left[n++] = shape[d];
        left[3] = 0;
        for (uint32_t d = axis + 1; d < 4; d++)
            inner *= shape[d];
        npu_post_op_t op = op_of(NPU_POST_ARG_MAX);
        op.in[0] = tensor(r, types[round % 3], shape, 0.1f, 7);
        op.out[0] = tensor(r, round % 2 ? NPU_DTYPE_INT32 : NPU_DTYPE_INT64, left, 0, 0);
        op.attr[0] = axis;
        fill(&rng, r, op.in[0], value);
        ck_assert_uint_eq(run(r, &op), POST_STATUS_DONE);
        uint32_t count = (uint32_t)npu_net_tensor_elements(&r->post.tensor[op.out[0]]);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t first = i / inner * inner * shape[axis] + i % inner;
            uint32_t want = post_ref_arg_max(value + first, shape[axis], inner);
            if (round % 2)
                ck_assert_int_eq(((int32_t *)data(r, op.out[0]))[i], (int32_t)want);
            else
                ck_assert_int_eq(((int64_t *)data(r, op.out[0]))[i], (int64_t)want);
        }
        rig_free(r);
    }
}
END_TEST

/* ---- keys and e^x ---- */

START_TEST(keys_compare_as_floats_do)
{
    static const float rising[] = {-INFINITY, -3e38f, -1.0f, -1e-45f, 0.0f,
                                   1e-45f,    1e-38f, 1.0f,  3e38f,   INFINITY};
    for (size_t a = 0; a < SIM_COUNT(rising); a++)
        for (size_t b = 0; b < SIM_COUNT(rising); b++)
            ck_assert((post_float_key(rising[a]) < post_float_key(rising[b])) == (a < b));
    ck_assert_int_eq(post_float_key(-0.0f), post_float_key(0.0f));
    ck_assert_int_lt(post_float_key(NAN), post_float_key(-INFINITY));
    ck_assert_int_lt(post_float_key(-NAN), post_float_key(-INFINITY));
}
END_TEST

/* In units of the last place of want. */
static double ulps(double found, long double want)
{
    int exponent;
    frexp((double)want, &exponent);
    return (double)fabsl((long double)found - want) / ldexp(1, exponent - 53);
}

START_TEST(e_to_the_x_is_right_to_the_last_place)
{
    sim_stream_t rng = sim_stream(4, 0, 0);
    double worst = 0;
    for (uint32_t i = 0; i < 400000; i++) {
        double span = i % 4 == 0 ? 700 : i % 4 == 1 ? 20 : i % 4 == 2 ? 1 : 1e-6;
        double unit = (double)sim_stream_u32(&rng) / 4294967296.0;
        double x = span * (2 * unit - 1) + 1e-11 * (double)sim_stream_u32(&rng) / 4294967296.0;
        double off = ulps(post_exp(x), expl((long double)x));
        worst = off > worst ? off : worst;
    }
    ck_assert_msg(worst < 1, "%g units", worst);
    ck_assert(post_exp(0) == 1);
    ck_assert(fabs(post_exp(1) - 0x1.5bf0a8b145769p+1) <= 0x1p-51); /* e */
    ck_assert(post_exp(709.782712893384) < INFINITY);
    ck_assert(post_exp(709.9) == INFINITY);
    ck_assert(post_exp(-745.13) == 0x1p-1074);
    ck_assert(post_exp(-746) == 0);
    ck_assert(post_exp(INFINITY) == INFINITY);
    ck_assert(post_exp(-INFINITY) == 0);
    ck_assert(isnan(post_exp(NAN)));
}
END_TEST

/* ---- detections ---- */

typedef struct {
    post_ref_detection_t d;
    uint32_t in[3], out[4]; /* tensors */
    float *encoded, *scores, *anchors;
} case_t;

static void detection_op(const case_t *c, npu_post_op_t *op)
{
    const post_ref_detection_t *d = &c->d;
    const float scales[] = {d->y_scale, d->x_scale,         d->h_scale,
                            d->w_scale, d->score_threshold, d->iou_threshold};
    *op = op_of(NPU_POST_DETECTION_POSTPROCESS);
    memcpy(op->in, c->in, sizeof(op->in));
    memcpy(op->out, c->out, sizeof(op->out));
    op->attr[NPU_POST_DET_MAX_DETECTIONS] = d->max_detections;
    op->attr[NPU_POST_DET_CLASSES_PER_DETECTION] = d->classes_per_detection;
    op->attr[NPU_POST_DET_DETECTIONS_PER_CLASS] = d->detections_per_class;
    op->attr[NPU_POST_DET_CLASSES] = d->classes;
    memcpy(&op->attr[NPU_POST_DET_Y_SCALE], scales, sizeof(scales));
    op->attr[NPU_POST_DET_REGULAR] = d->regular;
}

static uint32_t random_type(sim_stream_t *rng)
{
    static const uint32_t types[] = {NPU_DTYPE_INT8, NPU_DTYPE_UINT8, NPU_DTYPE_FLOAT32};
    return types[sim_stream_below(rng, 3)];
}

/* Boxes in clusters, few different scores: much to suppress, many equal. */
static void random_case(sim_stream_t *rng, rig_t *r, case_t *c)
{
    post_ref_detection_t *d = &c->d;
    *d = (post_ref_detection_t){.boxes = 1 + sim_stream_below(rng, 120),
                                .coordinates = 4 + sim_stream_below(rng, 2),
                                .classes = 1 + sim_stream_below(rng, 6),
                                .background = sim_stream_below(rng, 2),
                                .max_detections = 1 + sim_stream_below(rng, 20),
                                .classes_per_detection = 1 + sim_stream_below(rng, 3),
                                .detections_per_class = 1 + sim_stream_below(rng, 10),
                                .y_scale = 10,
                                .x_scale = 10,
                                .h_scale = 5,
                                .w_scale = 4,
                                .iou_threshold = sim_stream_range(rng, 0.1f, 0.9f),
                                .score_threshold = sim_stream_range(rng, -1.0f, 4.0f),
                                .regular = sim_stream_below(rng, 2) != 0};
    uint32_t places = d->max_detections * d->classes_per_detection;
    uint32_t boxes[4] = {1, d->boxes, d->coordinates}, anchors[4] = {d->boxes, 4};
    uint32_t scores[4] = {1, d->boxes, d->classes + d->background};
    uint32_t edges[4] = {1, places, 4}, row[4] = {1, places}, one[4] = {1};
    c->in[0] = tensor(r, random_type(rng), boxes, 0.3f, 4);
    c->in[1] = tensor(r, random_type(rng), scores, 0.21f, -3);
    c->in[2] = tensor(r, NPU_DTYPE_FLOAT32, anchors, 0, 0);
    c->out[0] = tensor(r, NPU_DTYPE_FLOAT32, edges, 0, 0);
    c->out[1] = tensor(r, NPU_DTYPE_FLOAT32, row, 0, 0);
    c->out[2] = tensor(r, NPU_DTYPE_FLOAT32, row, 0, 0);
    c->out[3] = tensor(r, NPU_DTYPE_FLOAT32, one, 0, 0);
    c->encoded = malloc(4 * d->boxes * d->coordinates);
    c->scores = malloc(4 * d->boxes * (d->classes + d->background));
    c->anchors = data(r, c->in[2]);
    fill(rng, r, c->in[0], c->encoded);
    fill(rng, r, c->in[1], c->scores);
    for (uint32_t n = 0; n < d->boxes; n++) {
        float at = (float)sim_stream_below(rng, 4) * 0.25f;
        c->anchors[4 * n] = at + sim_stream_range(rng, 0, 0.05f);
        c->anchors[4 * n + 1] = at + sim_stream_range(rng, 0, 0.05f);
        c->anchors[4 * n + 2] = sim_stream_range(rng, 0.1f, 0.4f);
        c->anchors[4 * n + 3] = sim_stream_range(rng, 0.1f, 0.4f);
    }
}

static void case_free(case_t *c)
{
    free(c->encoded);
    free(c->scores);
}

/* Edges may be a last place apart: the C library's e^x is not ours. */
static void check_edges(const float *found, const float *want, uint32_t count, uint32_t round)
{
    for (uint32_t i = 0; i < count; i++)
        ck_assert_msg(abs(post_float_key(found[i]) - post_float_key(want[i])) <= 1,
                      "case %u: edge %u is %.9g, expected %.9g", round, i, (double)found[i],
                      (double)want[i]);
}

START_TEST(random_detections_equal_the_reference_in_both_modes)
{
    sim_stream_t rng = sim_stream(5, 0, 0);
    uint32_t total = 0, full = 0;
    for (uint32_t round = 0; round < 800; round++) {
        rig_t *r = rig_new();
        case_t c;
        npu_post_op_t op;
        random_case(&rng, r, &c);
        detection_op(&c, &op);
        uint32_t places = c.d.max_detections * c.d.classes_per_detection;
        float boxes[4 * 60], classes[60], scores[60], found;
        ck_assert(
            post_ref_detect(&c.d, c.encoded, c.scores, c.anchors, boxes, classes, scores, &found));
        ck_assert_uint_eq(run(r, &op), POST_STATUS_DONE);
        ck_assert_msg(*(float *)data(r, c.out[3]) == found, "case %u: %g found, expected %g", round,
                      (double)*(float *)data(r, c.out[3]), (double)found);
        check_edges(data(r, c.out[0]), boxes, 4 * places, round);
        ck_assert_mem_eq(data(r, c.out[1]), classes, 4 * places);
        ck_assert_mem_eq(data(r, c.out[2]), scores, 4 * places);
        total += (uint32_t)found;
        full += (uint32_t)found == c.d.max_detections;
        case_free(&c);
        rig_free(r);
    }
    ck_assert_uint_gt(total, 2000); /* the cases do find something, and are cut at times */
    ck_assert_uint_gt(full, 50);
}
END_TEST

/* Two boxes of one size a quarter apart overlap by 3/5; the third is elsewhere. By hand. */
START_TEST(a_box_suppresses_what_overlaps_it_more_than_the_threshold)
{
    static const float anchors[3][4] = {{0.5f, 0.5f, 1, 1}, {0.75f, 0.5f, 1, 1}, {3, 3, 1, 1}};
    static const float scores[3] = {0.5f, 0.75f, 0.25f};
    for (uint32_t k = 0; k < 2; k++) {
        rig_t *r = rig_new();
        case_t c = {.d = {3, 4, 1, 0, 4, 1, 4, 1, 1, 1, 1, 0.2f, k ? 0.59f : 0.61f, false}};
        uint32_t boxes[4] = {1, 3, 4}, row[4] = {1, 4}, edges[4] = {1, 4, 4}, one[4] = {1};
        uint32_t score[4] = {1, 3, 1}, anchor[4] = {3, 4};
        npu_post_op_t op;
        c.in[0] = tensor(r, NPU_DTYPE_FLOAT32, boxes, 0, 0);
        c.in[1] = tensor(r, NPU_DTYPE_FLOAT32, score, 0, 0);
        c.in[2] = tensor(r, NPU_DTYPE_FLOAT32, anchor, 0, 0);
        c.out[0] = tensor(r, NPU_DTYPE_FLOAT32, edges, 0, 0);
        c.out[1] = tensor(r, NPU_DTYPE_FLOAT32, row, 0, 0);
        c.out[2] = tensor(r, NPU_DTYPE_FLOAT32, row, 0, 0);
        c.out[3] = tensor(r, NPU_DTYPE_FLOAT32, one, 0, 0);
        memset(data(r, c.in[0]), 0, 3 * 16); /* the anchors themselves */
        memcpy(data(r, c.in[1]), scores, sizeof(scores));
        memcpy(data(r, c.in[2]), anchors, sizeof(anchors));
        detection_op(&c, &op);
        ck_assert_uint_eq(run(r, &op), POST_STATUS_DONE);
        const float *box = data(r, c.out[0]), *best = data(r, c.out[2]);
        ck_assert(*(float *)data(r, c.out[3]) == (k ? 2 : 3));
        ck_assert(best[0] == 0.75f && box[0] == 0.25f && box[1] == 0 && box[2] == 1.25f &&
                  box[3] == 1);
        ck_assert(best[1] == (k ? 0.25f : 0.5f));
        ck_assert(best[3] == 0 && box[12] == 0);
        rig_free(r);
    }
}
END_TEST

/* TensorFlow Lite Micro's own test (micro/kernels/detection_postprocess_test.cc): three boxes that
 * overlap, two more that do, one alone; two classes behind a background. */
static void published_case(rig_t *r, case_t *c, bool regular)
{
    static const float boxes[6][4] = {{0}, {0, 1}, {0, -1}, {0}, {0, 1}, {0}};
    static const float scores[6][3] = {{0, .9f, .8f},   {0, .75f, .72f}, {0, .6f, .5f},
                                       {0, .93f, .95f}, {0, .5f, .4f},   {0, .3f, .2f}};
    static const float x[6] = {.5f, .5f, .5f, 10.5f, 10.5f, 100.5f};
    uint32_t box[4] = {1, 6, 4}, score[4] = {1, 6, 3}, anchor[4] = {6, 4};
    uint32_t edges[4] = {1, 3, 4}, row[4] = {1, 3}, one[4] = {1};
    *c = (case_t){.d = {6, 4, 2, 1, 3, 1, 1, 10, 10, 5, 5, 0, 0.5f, regular}};
    c->in[0] = tensor(r, NPU_DTYPE_FLOAT32, box, 0, 0);
    c->in[1] = tensor(r, NPU_DTYPE_FLOAT32, score, 0, 0);
    c->in[2] = tensor(r, NPU_DTYPE_FLOAT32, anchor, 0, 0);
    c->out[0] = tensor(r, NPU_DTYPE_FLOAT32, edges, 0, 0);
    c->out[1] = tensor(r, NPU_DTYPE_FLOAT32, row, 0, 0);
    c->out[2] = tensor(r, NPU_DTYPE_FLOAT32, row, 0, 0);
    c->out[3] = tensor(r, NPU_DTYPE_FLOAT32, one, 0, 0);
    memcpy(data(r, c->in[0]), boxes, sizeof(boxes));
    memcpy(data(r, c->in[1]), scores, sizeof(scores));
    for (uint32_t n = 0; n < 6; n++) {
        float a[4] = {0.5f, x[n], 1, 1};
        memcpy((float *)data(r, c->in[2]) + 4 * n, a, sizeof(a));
    }
}

START_TEST(the_published_detections_are_found)
{
    static const float fast[12] = {0, 10, 1, 11, 0, 0, 1, 1, 0, 100, 1, 101};
    static const float regular[12] = {0, 10, 1, 11, 0, 10, 1, 11};
    static const float classes[3] = {1, 0, 0}, fast_scores[3] = {.95f, .9f, .3f};
    static const float regular_scores[3] = {.95f, .93f, 0};
    for (uint32_t mode = 0; mode < 2; mode++) {
        rig_t *r = rig_new();
        case_t c;
        npu_post_op_t op;
        published_case(r, &c, mode != 0);
        detection_op(&c, &op);
        ck_assert_uint_eq(run(r, &op), POST_STATUS_DONE);
        ck_assert(*(float *)data(r, c.out[3]) == (mode ? 2 : 3));
        ck_assert_mem_eq(data(r, c.out[0]), mode ? regular : fast, sizeof(fast));
        ck_assert_mem_eq(data(r, c.out[1]), classes, sizeof(classes));
        ck_assert_mem_eq(data(r, c.out[2]), mode ? regular_scores : fast_scores, 12);
        rig_free(r);
    }
}
END_TEST

START_TEST(what_cannot_be_done_has_a_status)
{
    sim_stream_t rng = sim_stream(6, 0, 0);
    rig_t *r = rig_new();
    case_t c;
    npu_post_op_t op;
    random_case(&rng, r, &c);
    detection_op(&c, &op);
    ck_assert_uint_eq(run(r, &op), POST_STATUS_DONE);
    post_view_t view = {r->memory, BASE, BASE + r->post.l2};
    ck_assert_uint_eq(post_run(&view, 0, r->scratch, npu_post_scratch_bytes(&r->post, &op) - 1),
                      POST_STATUS_NO_SCRATCH);
    c.anchors[2] = -0.1f; /* the size of the first box */
    ck_assert_uint_eq(run(r, &op), POST_STATUS_BAD_BOX);
    uint32_t *word = (uint32_t *)(void *)(r->memory + r->post.l2);
    word[NPU_POST_HEAD_WORDS + r->post.tensors * NPU_TENSOR_WORDS + NPU_POST_OP_CODE_W] = 99;
    ck_assert_uint_eq(post_run(&view, 0, r->scratch, SCRATCH_BYTES), POST_STATUS_BAD_OPERATOR);
    post_note(&view, 0, 3, UINT64_C(0x123456789));
    word += NPU_POST_HEAD_WORDS + r->post.tensors * NPU_TENSOR_WORDS;
    ck_assert_uint_eq(word[NPU_POST_OP_STATUS_W], 3);
    ck_assert_uint_eq(word[NPU_POST_OP_CYCLES_LO_W], 0x23456789);
    ck_assert_uint_eq(word[NPU_POST_OP_CYCLES_HI_W], 1);
    case_free(&c);
    rig_free(r);
}
END_TEST

/* Floats of any bits: no sanitizer complains, and no NaN is chosen. */
START_TEST(any_floats_are_survived)
{
    sim_stream_t rng = sim_stream(7, 0, 0);
    for (uint32_t round = 0; round < 300; round++) {
        rig_t *r = rig_new();
        case_t c;
        npu_post_op_t op;
        random_case(&rng, r, &c);
        detection_op(&c, &op);
        for (uint32_t i = 0; i < 3; i++) {
            const npu_net_tensor_t *t = &r->post.tensor[c.in[i]];
            uint32_t *word = data(r, c.in[i]);
            for (uint32_t k = 0; k < npu_net_tensor_elements(t) * npu_dtype_bytes(t->dtype) / 4;
                 k++)
                if (sim_stream_below(&rng, 8) == 0)
                    word[k] = sim_stream_u32(&rng);
        }
        uint32_t status = run(r, &op);
        ck_assert(status == POST_STATUS_DONE || status == POST_STATUS_BAD_BOX);
        const float *score = data(r, c.out[2]), found = *(float *)data(r, c.out[3]);
        for (uint32_t i = 0; i < (uint32_t)found && c.d.classes_per_detection == 1; i++)
            ck_assert(score[i] >= c.d.score_threshold);
        case_free(&c);
        rig_free(r);
    }
}
END_TEST

/* ---- refusals of the table ---- */

START_TEST(a_list_that_firmware_could_not_rely_on_is_refused)
{
    static const struct {
        uint32_t attr, bits;
        const char *what;
    } cases[] = {
        {NPU_POST_DET_IOU_THRESHOLD, 0x7fc00000, "a threshold is out of range"},   /* NaN */
        {NPU_POST_DET_IOU_THRESHOLD, 0, "a threshold is out of range"},            /* 0 */
        {NPU_POST_DET_IOU_THRESHOLD, 0x3f800001, "a threshold is out of range"},   /* above 1 */
        {NPU_POST_DET_SCORE_THRESHOLD, 0x7f800000, "a threshold is out of range"}, /* inf */
        {NPU_POST_DET_SCORE_THRESHOLD, 0xffc00000, "a threshold is out of range"},
        {NPU_POST_DET_H_SCALE, 0, "a scale is not in 1e-30..1e30"},
        {NPU_POST_DET_W_SCALE, 0x7fc00000, "a scale is not in 1e-30..1e30"},
        {NPU_POST_DET_CLASSES, 0, "scores are not of its classes, with or without background"},
        {NPU_POST_DET_CLASSES, 50, "scores are not of its classes, with or without background"},
        {NPU_POST_DET_MAX_DETECTIONS, 0, "a number of detections is 0 or too large"},
        {NPU_POST_DET_MAX_DETECTIONS, 0x80000000, "a number of detections is 0 or too large"},
        {NPU_POST_DET_CLASSES_PER_DETECTION, 9, "results have the wrong size or type"},
        {NPU_POST_DET_DETECTIONS_PER_CLASS, 0, "a number of detections is 0 or too large"},
        {NPU_POST_DET_REGULAR, 2, "a number of detections is 0 or too large"},
    };
    sim_stream_t rng = sim_stream(8, 0, 0);
    rig_t *r = rig_new();
    case_t c;
    npu_post_op_t good, op;
    random_case(&rng, r, &c);
    detection_op(&c, &good);
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        char want[200];
        snprintf(want, sizeof(want), "operator 0 for the core (DETECTION_POSTPROCESS): %s",
                 cases[i].what);
        op = good;
        op.attr[cases[i].attr] = cases[i].bits;
        r->post.ops = 0;
        npu_post_add_op(&r->post, &op);
        ck_assert(!npu_post_valid(&r->post, error, sizeof(error)));
        ck_assert_str_eq(error, want);
    }
    r->post.ops = 0;
    npu_post_add_op(&r->post, &good);
    r->post.tensor[c.in[2]].shape[0]++; /* one anchor too many */
    ck_assert(!npu_post_valid(&r->post, error, sizeof(error)));
    ck_assert_str_eq(error, "operator 0 for the core (DETECTION_POSTPROCESS): "
                            "anchors are not four numbers a box");
    r->post.tensor[c.in[2]].shape[0]--;
    r->post.scratch_bytes = 23;
    ck_assert(!npu_post_valid(&r->post, error, sizeof(error)));
    ck_assert_str_eq(error, "operator 0 for the core (DETECTION_POSTPROCESS): "
                            "needs more scratch memory than there is");
    case_free(&c);
    rig_free(r);
}
END_TEST

TEST_MAIN("post-processing", dequantized_codes_are_the_rounded_product,
          floats_are_quantized_half_away_from_zero_and_clamped,
          random_floats_are_quantized_as_the_c_library_rounds,
          arg_max_along_any_axis_finds_the_first_of_the_largest, keys_compare_as_floats_do,
          e_to_the_x_is_right_to_the_last_place,
          random_detections_equal_the_reference_in_both_modes,
          a_box_suppresses_what_overlaps_it_more_than_the_threshold,
          the_published_detections_are_found, what_cannot_be_done_has_a_status,
          any_floats_are_survived, a_list_that_firmware_could_not_rely_on_is_refused)
