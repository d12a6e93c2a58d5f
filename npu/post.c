/*
 * post.c - the list of operators for the core: growing, checking, as words.
 */
#include "npu/post.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "npu/npu_int.h"

typedef struct {
    const char *name;
    uint32_t ins, outs;
} info_t;

static const info_t infos[NPU_POST_CODES] = {
#define X(name, inputs, outputs, help) {#name, inputs, outputs},
    NPU_POST_OPS_TABLE(X)
#undef X
};

const char *npu_post_op_name(uint32_t code)
{
    return code < NPU_POST_CODES ? infos[code].name : "unknown";
}

const char *npu_post_status_name(uint32_t status)
{
    static const char *const names[] = {
#define X(name, text) text,
        NPU_POST_STATUS_TABLE(X)
#undef X
    };
    return status < NPU_POST_STATUSES ? names[status] : "a status that no firmware gives";
}

/* ---- growing ------------------------------------------------------------------------------------
 */

void npu_post_free(npu_post_t *post)
{
    free(post->tensor);
    free(post->op);
    memset(post, 0, sizeof(*post));
}

uint32_t npu_post_add_tensor(npu_post_t *post, const npu_net_tensor_t *tensor)
{
    npu_net_tensor_t *more = NULL;
    if (post->tensors < NPU_POST_MAX_TENSORS)
        more = realloc(post->tensor, (post->tensors + 1) * sizeof(*more));
    if (more == NULL)
        return UINT32_MAX;
    post->tensor = more;
    post->tensor[post->tensors] = *tensor;
    return post->tensors++;
}

uint32_t npu_post_add_op(npu_post_t *post, const npu_post_op_t *op)
{
    npu_post_op_t *more = NULL;
    if (post->ops < NPU_POST_MAX_OPS)
        more = realloc(post->op, (post->ops + 1) * sizeof(*more));
    if (more == NULL)
        return UINT32_MAX;
    post->op = more;
    post->op[post->ops] = *op;
    return post->ops++;
}

static bool same_op(const npu_post_op_t *a, const npu_post_op_t *b)
{
    return strcmp(a->name, b->name) == 0 && a->code == b->code &&
           memcmp(a->in, b->in, sizeof(a->in)) == 0 &&
           memcmp(a->out, b->out, sizeof(a->out)) == 0 &&
           memcmp(a->attr, b->attr, sizeof(a->attr)) == 0;
}

static bool same_tensor(const npu_net_tensor_t *a, const npu_net_tensor_t *b)
{
    return a->addr == b->addr && a->dtype == b->dtype && a->dims == b->dims &&
           memcmp(a->shape, b->shape, sizeof(a->shape)) == 0 && a->zero_point == b->zero_point &&
           a->scale_bits == b->scale_bits;
}

bool npu_post_equal(const npu_post_t *a, const npu_post_t *b)
{
    bool same = a->l2 == b->l2 && a->scratch_l2 == b->scratch_l2 &&
                a->scratch_bytes == b->scratch_bytes && a->before == b->before &&
                a->tensors == b->tensors && a->ops == b->ops;
    for (uint32_t i = 0; same && i < a->tensors; i++)
        same = same_tensor(&a->tensor[i], &b->tensor[i]);
    for (uint32_t i = 0; same && i < a->ops; i++)
        same = same_op(&a->op[i], &b->op[i]);
    return same;
}

/* ---- checking -----------------------------------------------------------------------------------
 */

typedef struct {
    const npu_post_t *post;
    uint32_t index;
    const npu_post_op_t *op;
    char *error;
    size_t error_bytes;
} check_t;

static bool wrong(const check_t *c, const char *what)
{
    return npu_wrong(c->error, c->error_bytes, "operator %u for the core (%s): %s", c->index,
                     npu_post_op_name(c->op->code), what);
}

static const npu_net_tensor_t *in(const check_t *c, uint32_t i)
{
    return &c->post->tensor[c->op->in[i]];
}

static const npu_net_tensor_t *out(const check_t *c, uint32_t i)
{
    return &c->post->tensor[c->op->out[i]];
}

static float as_float(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static bool good_scale(uint32_t bits)
{
    float scale = as_float(bits);
    return scale >= 1e-30f && scale <= 1e30f;
}

/* Codes with a scale. */
static bool is_code(const npu_net_tensor_t *t)
{
    return (t->dtype == NPU_DTYPE_INT8 || t->dtype == NPU_DTYPE_UINT8) &&
           good_scale(t->scale_bits) && t->zero_point >= -128 && t->zero_point <= 127;
}

static bool is_float(const npu_net_tensor_t *t)
{
    return t->dtype == NPU_DTYPE_FLOAT32;
}

static bool same_elements(const npu_net_tensor_t *a, const npu_net_tensor_t *b)
{
    return npu_net_tensor_elements(a) == npu_net_tensor_elements(b);
}

static bool dequantize_holds(const check_t *c)
{
    if (!is_code(in(c, 0)) || !is_float(out(c, 0)) || !same_elements(in(c, 0), out(c, 0)))
        return wrong(c, "expected codes to as many float32");
    return true;
}

static bool quantize_holds(const check_t *c)
{
    if (!is_float(in(c, 0)) || !is_code(out(c, 0)) || !same_elements(in(c, 0), out(c, 0)))
        return wrong(c, "expected float32 to as many codes");
    return true;
}

static bool arg_max_holds(const check_t *c)
{
    const npu_net_tensor_t *i = in(c, 0), *o = out(c, 0);
    if ((!is_code(i) && !is_float(i)) ||
        (o->dtype != NPU_DTYPE_INT32 && o->dtype != NPU_DTYPE_INT64))
        return wrong(c, "expected codes or float32 to int32 or int64");
    uint32_t axis = c->op->attr[0];
    if (axis >= i->dims ||
        npu_net_tensor_elements(o) * i->shape[axis] != npu_net_tensor_elements(i))
        return wrong(c, "the axis does not leave as many results");
    return true;
}

/* Counts of a detection; the products stay small. */
static bool detection_counts_hold(const check_t *c)
{
    const uint32_t *a = c->op->attr;
    uint64_t results =
        (uint64_t)a[NPU_POST_DET_MAX_DETECTIONS] * a[NPU_POST_DET_CLASSES_PER_DETECTION];
    uint32_t background = in(c, 1)->shape[2] - a[NPU_POST_DET_CLASSES];
    if (a[NPU_POST_DET_CLASSES] == 0 || background > 1)
        return wrong(c, "scores are not of its classes, with or without background");
    if (results == 0 || results > 65536 || a[NPU_POST_DET_MAX_DETECTIONS] > 65536 ||
        a[NPU_POST_DET_DETECTIONS_PER_CLASS] == 0 || a[NPU_POST_DET_REGULAR] > 1)
        return wrong(c, "a number of detections is 0 or too large");
    for (uint32_t i = 0; i < NPU_POST_OUTS; i++) {
        uint64_t want = i == 3 ? 1 : i == 0 ? 4 * results : results;
        if (!is_float(out(c, i)) || npu_net_tensor_elements(out(c, i)) != want)
            return wrong(c, "results have the wrong size or type");
    }
    return true;
}

static bool detection_holds(const check_t *c)
{
    const npu_net_tensor_t *boxes = in(c, 0), *scores = in(c, 1), *anchors = in(c, 2);
    const uint32_t *a = c->op->attr;
    uint32_t count = boxes->shape[1];
    if ((!is_code(boxes) && !is_float(boxes)) || (!is_code(scores) && !is_float(scores)) ||
        !is_float(anchors))
        return wrong(c, "expected codes or float32, and float32 anchors");
    if (boxes->dims != 3 || boxes->shape[0] != 1 || boxes->shape[2] < 4 || count > 65536 ||
        scores->dims != 3 || scores->shape[0] != 1 || scores->shape[1] != count)
        return wrong(c, "boxes and scores do not belong together");
    if (anchors->dims != 2 || anchors->shape[0] != count || anchors->shape[1] != 4)
        return wrong(c, "anchors are not four numbers a box");
    for (uint32_t i = NPU_POST_DET_Y_SCALE; i <= NPU_POST_DET_W_SCALE; i++)
        if (!good_scale(a[i]))
            return wrong(c, "a scale is not in 1e-30..1e30");
    float iou = as_float(a[NPU_POST_DET_IOU_THRESHOLD]);
    if (!isfinite(as_float(a[NPU_POST_DET_SCORE_THRESHOLD])) || !(iou > 0.0f && iou <= 1.0f))
        return wrong(c, "a threshold is out of range");
    return detection_counts_hold(c);
}

static bool operands_hold(const check_t *c)
{
    const info_t *info = &infos[c->op->code];
    for (uint32_t i = 0; i < NPU_POST_INS; i++)
        if (i < info->ins ? c->op->in[i] >= c->post->tensors : c->op->in[i] != NPU_POST_NONE)
            return wrong(c, "no such input tensor");
    for (uint32_t i = 0; i < NPU_POST_OUTS; i++)
        if (i < info->outs ? c->op->out[i] >= c->post->tensors : c->op->out[i] != NPU_POST_NONE)
            return wrong(c, "no such output tensor");
    return true;
}

static bool op_holds(const check_t *c)
{
    static bool (*const holds[NPU_POST_CODES])(const check_t *) = {
        [NPU_POST_DEQUANTIZE] = dequantize_holds,
        [NPU_POST_QUANTIZE] = quantize_holds,
        [NPU_POST_ARG_MAX] = arg_max_holds,
        [NPU_POST_DETECTION_POSTPROCESS] = detection_holds,
    };
    if (c->op->code >= NPU_POST_CODES)
        return wrong(c, "unknown code");
    if (!npu_name_good(c->op->name))
        return wrong(c, "name not printable");
    if (!operands_hold(c) || !holds[c->op->code](c))
        return false;
    if (npu_post_scratch_bytes(c->post, c->op) > c->post->scratch_bytes)
        return wrong(c, "needs more scratch memory than there is");
    return true;
}

bool npu_post_valid(const npu_post_t *post, char *error, size_t error_bytes)
{
    if (post->l2 % 4 != 0 || post->scratch_l2 % 8 != 0 || post->before > post->ops)
        return npu_wrong(error, error_bytes,
                         "operators for the core: table at 0x%x, scratch at 0x%x, %u of %u before",
                         post->l2, post->scratch_l2, post->before, post->ops);
    for (uint32_t i = 0; i < post->tensors; i++) {
        const npu_net_tensor_t *t = &post->tensor[i];
        if (t->dtype >= NPU_DTYPES || t->addr % 4 != 0 || !npu_shape_valid(t->dims, t->shape))
            return npu_wrong(error, error_bytes,
                             "operators for the core: tensor %u: type %u, %u dimensions, at 0x%x",
                             i, t->dtype, t->dims, t->addr);
    }
    for (uint32_t i = 0; i < post->ops; i++) {
        check_t c = {post, i, &post->op[i], error, error_bytes};
        if (!op_holds(&c))
            return false;
    }
    return true;
}

/* As firmware/post_detect.c uses it: edges (16) and a candidate (8) a box; a table of 4 x 256
 * doubles with flags where boxes are codes; a result (12) a detection where classes are apart. */
uint32_t npu_post_scratch_bytes(const npu_post_t *post, const npu_post_op_t *op)
{
    if (op->code != NPU_POST_DETECTION_POSTPROCESS)
        return 0;
    const npu_net_tensor_t *boxes = &post->tensor[op->in[0]];
    uint32_t bytes = 24 * boxes->shape[1];
    if (boxes->dtype != NPU_DTYPE_FLOAT32)
        bytes += 4 * 256 * 9;
    if (op->attr[NPU_POST_DET_REGULAR] != 0)
        bytes += 12 * op->attr[NPU_POST_DET_MAX_DETECTIONS];
    return bytes;
}

/* ---- words --------------------------------------------------------------------------------------
 */

uint32_t npu_post_words(const npu_post_t *post)
{
    return NPU_POST_HEAD_WORDS + post->tensors * NPU_TENSOR_WORDS + post->ops * NPU_POST_OP_WORDS;
}

void npu_post_put(const npu_post_t *post, uint32_t l2_base, uint32_t *word)
{
    word[NPU_POST_TENSORS_W] = post->tensors;
    word[NPU_POST_OPS_W] = post->ops;
    word[NPU_POST_BEFORE_W] = post->before;
    word[NPU_POST_SCRATCH_ADDR_W] = l2_base + post->scratch_l2;
    word[NPU_POST_SCRATCH_BYTES_W] = post->scratch_bytes;
    word += NPU_POST_HEAD_WORDS;
    for (uint32_t i = 0; i < post->tensors; i++, word += NPU_TENSOR_WORDS)
        npu_net_tensor_put(&post->tensor[i], word);
    for (uint32_t i = 0; i < post->ops; i++, word += NPU_POST_OP_WORDS) {
        const npu_post_op_t *op = &post->op[i];
        memset(word, 0, NPU_POST_OP_WORDS * sizeof(*word));
        word[NPU_POST_OP_CODE_W] = op->code;
        memcpy(&word[NPU_POST_OP_IN0_W], op->in, sizeof(op->in));
        memcpy(&word[NPU_POST_OP_OUT0_W], op->out, sizeof(op->out));
        memcpy(&word[NPU_POST_OP_ATTR0_W], op->attr, sizeof(op->attr));
    }
}
