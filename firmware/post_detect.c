/*
 * post_detect.c - DETECTION_POSTPROCESS: encoded boxes and scores to the best detections.
 *
 *   boxes, anchors --decode--> edges ---------------+
 *                                                   v
 *   scores --at least the threshold--> candidates --suppress--> results
 *
 * Scores are compared as integer keys, edges are tried against each other as keys before any float
 * is computed: most pairs do not meet.
 */
#include <string.h>

#include "post_ops.h"

typedef struct {
    float ymin, xmin, ymax, xmax;
} box_t;

typedef struct {
    int32_t key; /* of the score */
    uint32_t box;
} candidate_t;

typedef struct {
    int32_t key;
    uint32_t box, class;
} result_t;

enum { CODES = 256, COORDINATES = 4 };

/* What a coordinate's code decodes to, once it is known. */
typedef struct {
    double value[COORDINATES][CODES];
    bool known[COORDINATES][CODES];
} table_t;

typedef struct {
    const post_args_t *args;
    uint32_t boxes, classes, all_classes; /* all: with the background, which comes first */
    uint32_t max_detections, classes_per_detection, detections_per_class;
    float scale[COORDINATES], score_threshold, iou_threshold;
    bool regular;
    box_t *box;
    candidate_t *candidate;
    result_t *result;
    table_t *table;
} work_t;

static float as_float(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static void read_attributes(work_t *w)
{
    const uint32_t *attr = w->args->attr;
    w->boxes = w->args->in[0].shape[1];
    w->all_classes = w->args->in[1].shape[2];
    w->classes = attr[POST_DET_CLASSES];
    w->max_detections = attr[POST_DET_MAX_DETECTIONS];
    w->classes_per_detection = attr[POST_DET_CLASSES_PER_DETECTION];
    w->detections_per_class = attr[POST_DET_DETECTIONS_PER_CLASS];
    w->scale[0] = as_float(attr[POST_DET_Y_SCALE]);
    w->scale[1] = as_float(attr[POST_DET_X_SCALE]);
    w->scale[2] = as_float(attr[POST_DET_H_SCALE]);
    w->scale[3] = as_float(attr[POST_DET_W_SCALE]);
    w->score_threshold = as_float(attr[POST_DET_SCORE_THRESHOLD]);
    w->iou_threshold = as_float(attr[POST_DET_IOU_THRESHOLD]);
    w->regular = attr[POST_DET_REGULAR] != 0;
}

/* The order matters: what needs the largest alignment comes first. */
static bool take_scratch(work_t *w)
{
    uint8_t *at = w->args->scratch;
    uint32_t table = post_is_code(&w->args->in[0]) ? sizeof(table_t) : 0;
    uint32_t boxes = w->boxes * sizeof(box_t), candidates = w->boxes * sizeof(candidate_t);
    uint32_t results = w->regular ? w->max_detections * sizeof(result_t) : 0;
    w->table = (table_t *)(void *)at;
    w->box = (box_t *)(void *)(at + table);
    w->candidate = (candidate_t *)(void *)(at + table + boxes);
    w->result = (result_t *)(void *)(at + table + boxes + candidates);
    return table + boxes + candidates + results <= w->args->scratch_bytes;
}

/* ---- boxes ---- */

/* Coordinate c as the reference has it: y and x divided by their scale, sizes as half of e^. */
static double decoded(const work_t *w, uint32_t c, float value)
{
    double ratio = (double)value / (double)w->scale[c];
    return c < 2 ? ratio : 0.5 * post_exp(ratio);
}

static double coordinate(const work_t *w, uint32_t box, uint32_t c)
{
    const post_tensor_t *t = &w->args->in[0];
    uint32_t i = box * t->shape[2] + c;
    if (!post_is_code(t))
        return decoded(w, c, ((const float *)t->data)[i]);
    int32_t code = ((const int8_t *)t->data)[i];
    double *value = &w->table->value[c][code + 128];
    bool *known = &w->table->known[c][code + 128];
    if (!*known)
        *value = decoded(w, c, post_value(t, code));
    *known = true;
    return *value;
}

/* One axis: c is 0 for y and h, 1 for x and w. */
static void decode_axis(const work_t *w, uint32_t box, uint32_t c, float *low, float *high)
{
    const float *anchor = (const float *)w->args->in[2].data + 4 * box;
    double size = (double)anchor[2 + c];
    float center = (float)(coordinate(w, box, c) * size + (double)anchor[c]);
    float half = (float)(coordinate(w, box, c + 2) * size);
    *low = center - half;
    *high = center + half;
}

static bool decode_boxes(const work_t *w)
{
    if (post_is_code(&w->args->in[0]))
        memset(w->table->known, 0, sizeof(w->table->known));
    for (uint32_t n = 0; n < w->boxes; n++) {
        box_t *b = &w->box[n];
        decode_axis(w, n, 0, &b->ymin, &b->ymax);
        decode_axis(w, n, 1, &b->xmin, &b->xmax);
        if (b->ymin > b->ymax || b->xmin > b->xmax)
            return false;
    }
    return true;
}

/* ---- overlap ---- */

static bool meet(float low_a, float high_a, float low_b, float high_b)
{
    return post_float_key(low_a) < post_float_key(high_b) &&
           post_float_key(low_b) < post_float_key(high_a);
}

static float area(const box_t *b)
{
    return (b->ymax - b->ymin) * (b->xmax - b->xmin);
}

static float larger(float a, float b)
{
    return post_float_key(a) > post_float_key(b) ? a : b;
}

static float smaller(float a, float b)
{
    return post_float_key(a) < post_float_key(b) ? a : b;
}

/* Intersection over union above the threshold? */
static bool overlap(const work_t *w, const box_t *a, const box_t *b)
{
    if (!meet(a->ymin, a->ymax, b->ymin, b->ymax) || !meet(a->xmin, a->xmax, b->xmin, b->xmax))
        return false; /* 0, or nothing at all where an area is 0 */
    float area_a = area(a), area_b = area(b);
    if (area_a <= 0 || area_b <= 0)
        return false;
    float height = smaller(a->ymax, b->ymax) - larger(a->ymin, b->ymin);
    float width = smaller(a->xmax, b->xmax) - larger(a->xmin, b->xmin);
    float common = height * width; /* both above 0: they meet */
    return common / (area_a + area_b - common) > w->iou_threshold;
}

/* ---- candidates ---- */

/* The smallest key whose score reaches the threshold. */
static int32_t least_key(const work_t *w)
{
    const post_tensor_t *t = &w->args->in[1];
    if (!post_is_code(t))
        return post_float_key(w->score_threshold);
    int32_t code = -128;
    while (code < 128 && post_value(t, code) < w->score_threshold)
        code++;
    return code;
}

/* Score of a class (without background) of a box. */
static uint32_t score_at(const work_t *w, uint32_t box, uint32_t class)
{
    return box * w->all_classes + (w->all_classes - w->classes) + class;
}

static int32_t score_key(const work_t *w, uint32_t box, uint32_t class)
{
    return post_key(&w->args->in[1], score_at(w, box, class));
}

/* Codes have a loop of their own: this looks at every score there is. */
static int32_t best_score_key(const work_t *w, uint32_t box)
{
    const post_tensor_t *t = &w->args->in[1];
    const int8_t *code = (const int8_t *)t->data + score_at(w, box, 0);
    int32_t best = score_key(w, box, 0);
    for (uint32_t c = 1; c < w->classes && post_is_code(t); c++)
        best = code[c] > best ? code[c] : best;
    for (uint32_t c = 1; c < w->classes && !post_is_code(t); c++) {
        int32_t key = score_key(w, box, c);
        best = key > best ? key : best;
    }
    return best;
}

/* Takes the best out of the list, and whatever it suppresses. Those left stay in order, so that of
 * equal scores the first wins. */
static candidate_t take_best(const work_t *w, uint32_t *count)
{
    candidate_t *list = w->candidate, best = list[0];
    uint32_t left = 0;
    for (uint32_t i = 1; i < *count; i++)
        if (list[i].key > best.key)
            best = list[i];
    for (uint32_t i = 0; i < *count; i++)
        if (list[i].box != best.box && !overlap(w, &w->box[best.box], &w->box[list[i].box]))
            list[left++] = list[i];
    *count = left;
    return best;
}

/* ---- results ---- */

static float score_value(const work_t *w, uint32_t box, uint32_t class)
{
    const post_tensor_t *t = &w->args->in[1];
    uint32_t i = score_at(w, box, class);
    return post_is_code(t) ? post_value(t, ((const int8_t *)t->data)[i])
                           : ((const float *)t->data)[i];
}

static void put_result(const work_t *w, uint32_t place, uint32_t box, uint32_t class)
{
    const post_tensor_t *out = w->args->out;
    ((box_t *)out[0].data)[place] = w->box[box];
    ((float *)out[1].data)[place] = (float)class;
    ((float *)out[2].data)[place] = score_value(w, box, class);
}

/* The best classes of a box, best first; of equal ones the first. */
static void put_classes(const work_t *w, uint32_t place, uint32_t box)
{
    uint32_t results =
        w->classes_per_detection < w->classes ? w->classes_per_detection : w->classes;
    int32_t last_key = INT32_MAX;
    uint32_t last = 0;
    for (uint32_t k = 0; k < results; k++) {
        uint32_t best = w->classes;
        int32_t best_key = 0;
        for (uint32_t c = 0; c < w->classes; c++) {
            int32_t key = score_key(w, box, c);
            bool later = k == 0 || key < last_key || (key == last_key && c > last);
            if (later && (best == w->classes || key > best_key)) {
                best = c;
                best_key = key;
            }
        }
        put_result(w, place + k, box, best);
        last = best;
        last_key = best_key;
    }
}

static uint32_t detect_fast(const work_t *w)
{
    int32_t least = least_key(w);
    uint32_t count = 0, found = 0;
    for (uint32_t n = 0; n < w->boxes; n++) {
        int32_t key = best_score_key(w, n);
        if (key >= least)
            w->candidate[count++] = (candidate_t){key, n};
    }
    for (; count > 0 && found < w->max_detections; found++)
        put_classes(w, found * w->classes_per_detection, take_best(w, &count).box);
    return found;
}

/* Behind all of at least its score; a full list loses its last. */
static uint32_t insert(result_t *list, uint32_t count, uint32_t room, result_t result)
{
    uint32_t at = count < room ? count : room - 1;
    for (; at > 0 && list[at - 1].key < result.key; at--)
        list[at] = list[at - 1];
    list[at] = result;
    return count < room ? count + 1 : count;
}

static uint32_t detect_regular(const work_t *w)
{
    int32_t least = least_key(w);
    uint32_t found = 0;
    for (uint32_t c = 0; c < w->classes; c++) {
        uint32_t count = 0;
        for (uint32_t n = 0; n < w->boxes; n++) {
            int32_t key = score_key(w, n, c);
            if (key >= least)
                w->candidate[count++] = (candidate_t){key, n};
        }
        for (uint32_t k = 0; count > 0 && k < w->detections_per_class; k++) {
            candidate_t best = take_best(w, &count);
            if (found == w->max_detections && w->result[found - 1].key >= best.key)
                break; /* nor will the next, which are no better */
            found = insert(w->result, found, w->max_detections, (result_t){best.key, best.box, c});
        }
    }
    for (uint32_t i = 0; i < found; i++)
        put_result(w, i, w->result[i].box, w->result[i].class);
    return found;
}

uint32_t post_detection(const post_args_t *a)
{
    work_t w = {.args = a};
    read_attributes(&w);
    if (!take_scratch(&w))
        return POST_STATUS_NO_SCRATCH;
    for (uint32_t i = 0; i < 4; i++)
        memset(a->out[i].data, 0, 4 * post_elements(&a->out[i]));
    if (!decode_boxes(&w))
        return POST_STATUS_BAD_BOX;
    *(float *)a->out[3].data = (float)(w.regular ? detect_regular(&w) : detect_fast(&w));
    return POST_STATUS_DONE;
}
