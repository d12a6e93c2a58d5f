/*
 * onnx_ref.c - docs/Operators.md of github.com/onnx/onnx, read literally.
 */
#include "tests/npu/onnx_ref.h"

#include <math.h>

#include "tests/test.h"

/* ---- values ---------------------------------------------------------------------------------- */

static onnx_ref_value_t *add(onnx_ref_t *r, const char *name, uint32_t dims, const uint32_t *shape)
{
    ck_assert_uint_lt(r->values, SIM_COUNT(r->value));
    onnx_ref_value_t *v = &r->value[r->values++];
    *v = (onnx_ref_value_t){.name = name, .dims = dims, .shape = {1, 1, 1, 1}, .count = 1};
    for (uint32_t d = 0; d < dims; d++) {
        v->shape[d] = shape[d];
        v->count *= shape[d];
    }
    v->x = calloc(v->count + 1, sizeof(*v->x));
    return v;
}

static const onnx_ref_value_t *find(const onnx_ref_t *r, const char *name)
{
    for (uint32_t i = 0; i < r->values; i++)
        if (strcmp(r->value[i].name, name) == 0)
            return &r->value[i];
    return NULL;
}

const onnx_ref_value_t *onnx_ref_value(const onnx_ref_t *ref, const char *name)
{
    const onnx_ref_value_t *v = find(ref, name);
    ck_assert_msg(v != NULL, "no value %s", name);
    return v;
}

static const onnx_ref_value_t *in(const onnx_ref_t *r, size_t i)
{
    if (i >= r->node->n_input || r->node->input[i][0] == '\0')
        return NULL;
    return onnx_ref_value(r, r->node->input[i]);
}

static onnx_ref_value_t *out(onnx_ref_t *r, size_t i, uint32_t dims, const uint32_t *shape)
{
    return add(r, r->node->output[i], dims, shape);
}

static const Onnx__AttributeProto *attribute(const onnx_ref_t *r, const char *name)
{
    for (size_t i = 0; i < r->node->n_attribute; i++)
        if (strcmp(r->node->attribute[i]->name, name) == 0)
            return r->node->attribute[i];
    return NULL;
}

static int64_t int_of(const onnx_ref_t *r, const char *name, size_t i, int64_t otherwise)
{
    const Onnx__AttributeProto *a = attribute(r, name);
    if (a == NULL)
        return otherwise;
    return a->n_ints > 0 ? a->ints[i] : a->i;
}

static float float_of(const onnx_ref_t *r, const char *name, float otherwise)
{
    const Onnx__AttributeProto *a = attribute(r, name);
    return a == NULL ? otherwise : a->f;
}

static bool string_is(const onnx_ref_t *r, const char *name, const char *value)
{
    const Onnx__AttributeProto *a = attribute(r, name);
    return a != NULL && a->s.len == strlen(value) && memcmp(a->s.data, value, a->s.len) == 0;
}

static uint32_t axis_of(const onnx_ref_t *r, int64_t otherwise, uint32_t dims)
{
    int64_t axis = int_of(r, "axis", 0, otherwise);
    return (uint32_t)(axis < 0 ? axis + dims : axis);
}

/* Index of an element from its place along each of four axes. */
static uint64_t at(const onnx_ref_value_t *v, const uint32_t p[4])
{
    uint64_t i = 0;
    for (uint32_t d = 0; d < v->dims; d++)
        i = i * v->shape[d] + p[d];
    return i;
}

static void place(const onnx_ref_value_t *v, uint64_t i, uint32_t p[4])
{
    for (uint32_t d = v->dims; d-- > 0;) {
        p[d] = (uint32_t)(i % v->shape[d]);
        i /= v->shape[d];
    }
}

/* ---- quantization ---------------------------------------------------------------------------- */

static float per_axis(const onnx_ref_t *r, const onnx_ref_value_t *of, const onnx_ref_value_t *q,
                      uint64_t i)
{
    uint32_t p[4];
    if (q == NULL)
        return 0.0f;
    if (q->count == 1)
        return q->x[0];
    place(of, i, p);
    return q->x[p[of->dims == 1 ? 0 : axis_of(r, 1, of->dims)]];
}

static bool is_signed(const onnx_ref_t *r, const char *zero)
{
    for (size_t i = 0; i < r->model->graph.n_initializer; i++)
        if (strcmp(r->model->initializers[i]->name, zero) == 0)
            return r->model->initializers[i]->data_type == ONNX__TENSOR_PROTO__DATA_TYPE__INT8;
    return false;
}

static void run_quantize(onnx_ref_t *r)
{
    const onnx_ref_value_t *x = in(r, 0), *s = in(r, 1), *z = in(r, 2);
    onnx_ref_value_t *y = out(r, 0, x->dims, x->shape);
    float low = z != NULL && is_signed(r, r->node->input[2]) ? -128.0f : 0.0f;
    for (uint64_t i = 0; i < y->count; i++) {
        float code = rintf(x->x[i] / per_axis(r, x, s, i)) + per_axis(r, x, z, i);
        y->x[i] = fminf(fmaxf(code, low), low + 255.0f);
    }
}

static void run_dequantize(onnx_ref_t *r)
{
    const onnx_ref_value_t *x = in(r, 0), *s = in(r, 1), *z = in(r, 2);
    onnx_ref_value_t *y = out(r, 0, x->dims, x->shape);
    for (uint64_t i = 0; i < y->count; i++)
        y->x[i] = (x->x[i] - per_axis(r, x, z, i)) * per_axis(r, x, s, i);
}

/* ---- windows --------------------------------------------------------------------------------- */

typedef struct {
    int64_t k[2], stride[2], dilation[2], before[2];
    uint32_t size[2];
} window_t;

static window_t window_of(const onnx_ref_t *r, const onnx_ref_value_t *x, int64_t kh, int64_t kw)
{
    window_t w = {.k = {kh, kw}};
    for (uint32_t d = 0; d < 2; d++) {
        int64_t after = int_of(r, "pads", 2 + d, 0), in_size = x->shape[2 + d];
        w.k[d] = w.k[d] != 0 ? w.k[d] : int_of(r, "kernel_shape", d, 1);
        w.stride[d] = int_of(r, "strides", d, 1);
        w.dilation[d] = int_of(r, "dilations", d, 1);
        w.before[d] = int_of(r, "pads", d, 0);
        int64_t reach = (w.k[d] - 1) * w.dilation[d] + 1;
        if (string_is(r, "auto_pad", "SAME_UPPER") || string_is(r, "auto_pad", "SAME_LOWER")) {
            int64_t results = (in_size + w.stride[d] - 1) / w.stride[d];
            int64_t total = (results - 1) * w.stride[d] + reach - in_size;
            total = total < 0 ? 0 : total;
            w.before[d] = string_is(r, "auto_pad", "SAME_UPPER") ? total / 2 : total - total / 2;
            after = total - w.before[d];
        }
        int64_t room = in_size + w.before[d] + after - reach;
        w.size[d] = (uint32_t)(room / w.stride[d]) + 1;
        /* no window may start in the padding behind */
        if (int_of(r, "ceil_mode", 0, 0) != 0 && room % w.stride[d] != 0 &&
            w.size[d] * w.stride[d] < in_size + w.before[d])
            w.size[d]++;
    }
    return w;
}

/* Element of a map under a tap; false outside. */
static bool tap(const onnx_ref_value_t *x, const window_t *w, const uint32_t p[4], uint32_t c,
                int64_t ky, int64_t kx, float *value)
{
    int64_t y = p[2] * w->stride[0] - w->before[0] + ky * w->dilation[0];
    int64_t col = p[3] * w->stride[1] - w->before[1] + kx * w->dilation[1];
    if (y < 0 || col < 0 || y >= x->shape[2] || col >= x->shape[3])
        return false;
    uint32_t from[4] = {0, c, (uint32_t)y, (uint32_t)col};
    *value = x->x[at(x, from)];
    return true;
}

static void run_conv(onnx_ref_t *r)
{
    const onnx_ref_value_t *x = in(r, 0), *k = in(r, 1), *b = in(r, 2);
    window_t w = window_of(r, x, k->shape[2], k->shape[3]);
    uint32_t shape[4] = {1, k->shape[0], w.size[0], w.size[1]};
    uint32_t per_group = k->shape[0] / (uint32_t)int_of(r, "group", 0, 1);
    onnx_ref_value_t *y = out(r, 0, 4, shape);
    for (uint64_t i = 0; i < y->count; i++) {
        uint32_t p[4];
        place(y, i, p);
        double sum = b == NULL ? 0.0 : (double)b->x[p[1]];
        for (uint32_t c = 0; c < k->shape[1]; c++)
            for (uint32_t ky = 0; ky < k->shape[2]; ky++)
                for (uint32_t kx = 0; kx < k->shape[3]; kx++) {
                    uint32_t at_weight[4] = {p[1], c, ky, kx};
                    float value;
                    if (tap(x, &w, p, p[1] / per_group * k->shape[1] + c, ky, kx, &value))
                        sum += (double)value * (double)k->x[at(k, at_weight)];
                }
        y->x[i] = (float)sum;
    }
}

/* Every element of the source is spread over the results that its kernel reaches. */
static void run_conv_transpose(onnx_ref_t *r)
{
    const onnx_ref_value_t *x = in(r, 0), *k = in(r, 1), *b = in(r, 2);
    uint32_t shape[4] = {1, k->shape[1]}, p[4];
    for (uint32_t d = 0; d < 2; d++)
        shape[2 + d] = (uint32_t)(int_of(r, "strides", d, 1) * (x->shape[2 + d] - 1) +
                                  k->shape[2 + d] + int_of(r, "output_padding", d, 0) -
                                  int_of(r, "pads", d, 0) - int_of(r, "pads", 2 + d, 0));
    onnx_ref_value_t *y = out(r, 0, 4, shape);
    double *sum = calloc(y->count, sizeof(*sum));
    for (uint64_t i = 0; i < k->count; i++)
        for (uint64_t j = 0; j < (uint64_t)x->shape[2] * x->shape[3]; j++) {
            place(k, i, p);
            uint32_t row = (uint32_t)(j / x->shape[3]), col = (uint32_t)(j % x->shape[3]);
            uint32_t from[4] = {0, p[0], row, col};
            int64_t oy = row * int_of(r, "strides", 0, 1) + p[2] - int_of(r, "pads", 0, 0);
            int64_t ox = col * int_of(r, "strides", 1, 1) + p[3] - int_of(r, "pads", 1, 0);
            uint32_t to[4] = {0, p[1], (uint32_t)oy, (uint32_t)ox};
            if (oy >= 0 && ox >= 0 && oy < shape[2] && ox < shape[3])
                sum[at(y, to)] += (double)x->x[at(x, from)] * (double)k->x[i];
        }
    for (uint64_t i = 0; i < y->count; i++) {
        place(y, i, p);
        y->x[i] = (float)(sum[i] + (b == NULL ? 0.0 : (double)b->x[p[1]]));
    }
    free(sum);
}

static void pool(onnx_ref_t *r, bool average)
{
    const onnx_ref_value_t *x = in(r, 0);
    window_t w = window_of(r, x, 0, 0);
    uint32_t shape[4] = {1, x->shape[1], w.size[0], w.size[1]};
    onnx_ref_value_t *y = out(r, 0, 4, shape);
    bool padding = int_of(r, "count_include_pad", 0, 0) != 0;
    for (uint64_t i = 0; i < y->count; i++) {
        uint32_t p[4], inside = 0;
        double sum = 0.0, max = -INFINITY;
        place(y, i, p);
        for (int64_t ky = 0; ky < w.k[0]; ky++)
            for (int64_t kx = 0; kx < w.k[1]; kx++) {
                float value;
                if (!tap(x, &w, p, p[1], ky, kx, &value))
                    continue;
                inside++;
                sum += (double)value;
                max = (double)value > max ? (double)value : max;
            }
        y->x[i] = (float)(average ? sum / (padding ? (double)(w.k[0] * w.k[1]) : inside) : max);
    }
}

static void run_average_pool(onnx_ref_t *r)
{
    pool(r, true);
}

static void run_max_pool(onnx_ref_t *r)
{
    pool(r, false);
}

/* ---- matrices, reductions -------------------------------------------------------------------- */

static void run_matrix(onnx_ref_t *r)
{
    const onnx_ref_value_t *a = in(r, 0), *b = in(r, 1), *c = in(r, 2);
    bool transposed = int_of(r, "transB", 0, 0) != 0;
    uint32_t k = a->shape[a->dims - 1], n = b->shape[transposed ? 0 : 1], shape[4];
    memcpy(shape, a->shape, sizeof(shape));
    shape[a->dims - 1] = n;
    onnx_ref_value_t *y = out(r, 0, a->dims, shape);
    for (uint64_t i = 0; i < y->count; i++) {
        double sum = c == NULL ? 0.0 : (double)c->x[i % n];
        for (uint32_t j = 0; j < k; j++)
            sum += (double)a->x[i / n * k + j] *
                   (double)b->x[transposed ? i % n * k + j : (uint64_t)j * n + i % n];
        y->x[i] = (float)sum;
    }
}

/* Means over a set of axes. */
static void reduce(onnx_ref_t *r, uint32_t set, bool keep)
{
    const onnx_ref_value_t *x = in(r, 0);
    uint32_t full[4] = {1, 1, 1, 1}, shape[4], dims = 0, step[4];
    uint64_t results = 1;
    for (uint32_t d = 0; d < x->dims; d++) {
        bool gone = (set >> d & 1) != 0;
        full[d] = gone ? 1 : x->shape[d];
        results *= full[d];
        if (!gone || keep)
            shape[dims++] = full[d];
    }
    onnx_ref_value_t *y = out(r, 0, dims, shape), whole = *y;
    double *sum = calloc(results, sizeof(*sum));
    whole.dims = x->dims;
    memcpy(whole.shape, full, sizeof(full));
    for (uint64_t i = 0; i < x->count; i++) {
        place(x, i, step);
        for (uint32_t d = 0; d < x->dims; d++)
            step[d] = full[d] == 1 ? 0 : step[d];
        sum[at(&whole, step)] += (double)x->x[i];
    }
    for (uint64_t i = 0; i < results; i++)
        y->x[i] = (float)(sum[i] / (double)(x->count / results));
    free(sum);
}

static void run_global_average(onnx_ref_t *r)
{
    reduce(r, 1u << 2 | 1u << 3, true);
}

static void run_reduce_mean(onnx_ref_t *r)
{
    const Onnx__AttributeProto *a = attribute(r, "axes");
    uint32_t set = 0, dims = in(r, 0)->dims;
    for (size_t i = 0; a != NULL && i < a->n_ints; i++)
        set |= 1u << (a->ints[i] < 0 ? a->ints[i] + dims : a->ints[i]);
    reduce(r, set, int_of(r, "keepdims", 0, 1) != 0);
}

static void run_softmax(onnx_ref_t *r)
{
    const onnx_ref_value_t *x = in(r, 0);
    onnx_ref_value_t *y = out(r, 0, x->dims, x->shape);
    uint32_t axis = axis_of(r, -1, x->dims), p[4];
    for (uint64_t i = 0; i < y->count; i++) {
        double sum = 0.0;
        place(x, i, p);
        for (p[axis] = 0; p[axis] < x->shape[axis]; p[axis]++)
            sum += exp((double)x->x[at(x, p)] - (double)x->x[i]);
        y->x[i] = (float)(1.0 / sum);
    }
}

/* ---- element by element ---------------------------------------------------------------------- */

static float unary(const onnx_ref_t *r, const char *op, float x)
{
    if (strcmp(op, "Relu") == 0)
        return fmaxf(x, 0.0f);
    if (strcmp(op, "Clip") == 0) {
        const onnx_ref_value_t *low = in(r, 1), *high = in(r, 2);
        x = low == NULL ? x : fmaxf(x, low->x[0]);
        return high == NULL ? x : fminf(x, high->x[0]);
    }
    if (strcmp(op, "Sigmoid") == 0)
        return (float)(1.0 / (1.0 + exp(-(double)x)));
    if (strcmp(op, "Tanh") == 0)
        return (float)tanh((double)x);
    if (strcmp(op, "Elu") == 0)
        return x < 0 ? (float)((double)float_of(r, "alpha", 1.0f) * expm1((double)x)) : x;
    if (strcmp(op, "HardSigmoid") == 0)
        return fminf(1.0f, fmaxf(0.0f, float_of(r, "alpha", 0.2f) * x + float_of(r, "beta", 0.5f)));
    if (strcmp(op, "HardSwish") == 0)
        return x * fminf(1.0f, fmaxf(0.0f, x * (1.0f / 6.0f) + 0.5f));
    if (strcmp(op, "LeakyRelu") == 0)
        return x < 0 ? float_of(r, "alpha", 0.01f) * x : x;
    if (strcmp(op, "Abs") == 0)
        return fabsf(x);
    if (strcmp(op, "Neg") == 0)
        return -x;
    if (strcmp(op, "Exp") == 0)
        return (float)exp((double)x);
    return x; /* Identity, Dropout */
}

static void run_unary(onnx_ref_t *r)
{
    const onnx_ref_value_t *x = in(r, 0);
    onnx_ref_value_t *y = out(r, 0, x->dims, x->shape);
    for (uint64_t i = 0; i < y->count; i++)
        y->x[i] = unary(r, r->node->op_type, x->x[i]);
}

/* The operand's element for a place in the result, with broadcasting from the right. */
static float broadcast(const onnx_ref_value_t *v, const onnx_ref_value_t *y, const uint32_t p[4])
{
    uint32_t from[4];
    for (uint32_t d = 0; d < v->dims; d++)
        from[d] = v->shape[d] == 1 ? 0 : p[d + y->dims - v->dims];
    return v->x[at(v, from)];
}

static float pair(const char *op, float a, float b)
{
    if (strcmp(op, "PRelu") == 0)
        return a < 0 ? a * b : a;
    if (strcmp(op, "Max") == 0)
        return fmaxf(a, b);
    if (strcmp(op, "Min") == 0)
        return fminf(a, b);
    return op[0] == 'A' ? a + b : op[0] == 'S' ? a - b : op[0] == 'M' ? a * b : a / b;
}

static void run_binary(onnx_ref_t *r)
{
    const onnx_ref_value_t *a = in(r, 0), *b = in(r, 1);
    uint32_t dims = a->dims > b->dims ? a->dims : b->dims, shape[4], p[4];
    for (uint32_t d = 0; d < dims; d++) {
        uint32_t x = d + a->dims < dims ? 1 : a->shape[d + a->dims - dims];
        uint32_t z = d + b->dims < dims ? 1 : b->shape[d + b->dims - dims];
        shape[d] = x > z ? x : z;
    }
    onnx_ref_value_t *y = out(r, 0, dims, shape);
    for (uint64_t i = 0; i < y->count; i++) {
        place(y, i, p);
        y->x[i] = pair(r->node->op_type, broadcast(a, y, p), broadcast(b, y, p));
    }
}

/* ---- moves ----------------------------------------------------------------------------------- */

static void run_transpose(onnx_ref_t *r)
{
    const onnx_ref_value_t *x = in(r, 0);
    uint32_t shape[4], perm[4], p[4], from[4];
    for (uint32_t d = 0; d < x->dims; d++) {
        perm[d] = (uint32_t)int_of(r, "perm", d, x->dims - 1 - d);
        shape[d] = x->shape[perm[d]];
    }
    onnx_ref_value_t *y = out(r, 0, x->dims, shape);
    for (uint64_t i = 0; i < y->count; i++) {
        place(y, i, p);
        for (uint32_t d = 0; d < x->dims; d++)
            from[perm[d]] = p[d];
        y->x[i] = x->x[at(x, from)];
    }
}

/* Reshape, Flatten, Squeeze, Unsqueeze: the same elements; the test gives the shape as constants
 * without -1 and 0, or as axes. */
static void run_reshape(onnx_ref_t *r)
{
    const onnx_ref_value_t *x = in(r, 0), *given = in(r, 1);
    const char *op = r->node->op_type;
    uint32_t shape[4], dims = 0, set = 0, axis = axis_of(r, 1, x->dims);
    for (uint64_t i = 0; op[0] != 'R' && given != NULL && i < given->count; i++)
        set |= 1u << (uint32_t)given->x[i];
    if (op[0] == 'R')
        for (; dims < given->count; dims++)
            shape[dims] = (uint32_t)given->x[dims];
    if (op[0] == 'F') {
        shape[0] = shape[1] = 1;
        for (uint32_t d = 0; d < x->dims; d++)
            shape[d < axis ? 0 : 1] *= x->shape[d];
        dims = 2;
    }
    for (uint32_t d = 0; op[0] == 'S' && d < x->dims; d++)
        if ((set >> d & 1) == 0)
            shape[dims++] = x->shape[d];
    for (uint32_t d = 0; op[0] == 'U' && dims < x->dims + given->count; dims++)
        shape[dims] = (set >> dims & 1) != 0 ? 1 : x->shape[d++];
    onnx_ref_value_t *y = out(r, 0, dims, shape);
    ck_assert_uint_eq(y->count, x->count);
    memcpy(y->x, x->x, x->count * sizeof(*x->x));
}

static void run_concat(onnx_ref_t *r)
{
    uint32_t shape[4], p[4], axis = axis_of(r, 1, in(r, 0)->dims), begin = 0;
    memcpy(shape, in(r, 0)->shape, sizeof(shape));
    shape[axis] = 0;
    for (size_t i = 0; i < r->node->n_input; i++)
        shape[axis] += in(r, i)->shape[axis];
    onnx_ref_value_t *y = out(r, 0, in(r, 0)->dims, shape);
    for (size_t k = 0; k < r->node->n_input; k++) {
        const onnx_ref_value_t *x = in(r, k);
        for (uint64_t i = 0; i < x->count; i++) {
            place(x, i, p);
            p[axis] += begin;
            y->x[at(y, p)] = x->x[i];
        }
        begin += x->shape[axis];
    }
}

static void run_pad(onnx_ref_t *r)
{
    const onnx_ref_value_t *x = in(r, 0), *pads = in(r, 1), *value = in(r, 2);
    uint32_t shape[4], p[4];
    for (uint32_t d = 0; d < x->dims; d++)
        shape[d] = x->shape[d] + (uint32_t)pads->x[d] + (uint32_t)pads->x[x->dims + d];
    onnx_ref_value_t *y = out(r, 0, x->dims, shape);
    for (uint64_t i = 0; i < y->count; i++)
        y->x[i] = value == NULL ? 0.0f : value->x[0];
    for (uint64_t i = 0; i < x->count; i++) {
        place(x, i, p);
        for (uint32_t d = 0; d < x->dims; d++)
            p[d] += (uint32_t)pads->x[d];
        y->x[at(y, p)] = x->x[i];
    }
}

/* Starts, ends, axes, steps inside the axis, steps positive. */
static void run_slice(onnx_ref_t *r)
{
    const onnx_ref_value_t *x = in(r, 0), *start = in(r, 1), *end = in(r, 2), *axes = in(r, 3);
    const onnx_ref_value_t *step = in(r, 4);
    uint32_t shape[4], p[4], first[4] = {0}, every[4] = {1, 1, 1, 1};
    memcpy(shape, x->shape, sizeof(shape));
    for (uint64_t i = 0; i < start->count; i++) {
        uint32_t d = axes == NULL ? (uint32_t)i : (uint32_t)axes->x[i];
        first[d] = (uint32_t)start->x[i];
        every[d] = step == NULL ? 1 : (uint32_t)step->x[i];
        shape[d] = ((uint32_t)end->x[i] - first[d] + every[d] - 1) / every[d];
    }
    onnx_ref_value_t *y = out(r, 0, x->dims, shape);
    for (uint64_t i = 0; i < y->count; i++) {
        place(y, i, p);
        for (uint32_t d = 0; d < x->dims; d++)
            p[d] = first[d] + p[d] * every[d];
        y->x[i] = x->x[at(x, p)];
    }
}

static void run_split(onnx_ref_t *r)
{
    const onnx_ref_value_t *x = in(r, 0), *sizes = in(r, 1);
    uint32_t axis = axis_of(r, 0, x->dims), begin = 0, p[4], shape[4];
    for (size_t k = 0; k < r->node->n_output; k++) {
        memcpy(shape, x->shape, sizeof(shape));
        shape[axis] =
            sizes != NULL ? (uint32_t)sizes->x[k] : x->shape[axis] / (uint32_t)r->node->n_output;
        onnx_ref_value_t *y = out(r, k, x->dims, shape);
        for (uint64_t i = 0; i < y->count; i++) {
            place(y, i, p);
            p[axis] += begin;
            y->x[i] = x->x[at(x, p)];
        }
        begin += shape[axis];
    }
}

/* Depth-column-row: channel (by * block + bx) * C + c of the deep map. */
static void run_blocks(onnx_ref_t *r)
{
    const onnx_ref_value_t *x = in(r, 0);
    uint32_t b = (uint32_t)int_of(r, "blocksize", 0, 1), p[4], q[4] = {0};
    bool to_space = r->node->op_type[0] == 'D';
    uint32_t deep[4] = {1, x->shape[1] * b * b, x->shape[2] / b, x->shape[3] / b};
    uint32_t wide[4] = {1, x->shape[1] / (b * b), x->shape[2] * b, x->shape[3] * b};
    onnx_ref_value_t *y = out(r, 0, 4, to_space ? wide : deep);
    const onnx_ref_value_t *space = to_space ? y : x, *depth = to_space ? x : y;
    for (uint64_t i = 0; i < space->count; i++) {
        place(space, i, p);
        q[1] = (p[2] % b * b + p[3] % b) * space->shape[1] + p[1];
        q[2] = p[2] / b;
        q[3] = p[3] / b;
        if (to_space)
            y->x[i] = x->x[at(depth, q)];
        else
            y->x[at(depth, q)] = x->x[i];
    }
}

static double position(const onnx_ref_t *r, uint32_t i, uint32_t from, uint32_t to)
{
    double scale = (double)to / from;
    if (string_is(r, "coordinate_transformation_mode", "align_corners"))
        return to == 1 ? 0.0 : (double)i * (from - 1) / (to - 1);
    if (string_is(r, "coordinate_transformation_mode", "asymmetric"))
        return i / scale;
    return (i + 0.5) / scale - 0.5;
}

static double sample(const onnx_ref_value_t *x, uint32_t c, double row, double col)
{
    row = fmin(fmax(row, 0.0), x->shape[2] - 1.0);
    col = fmin(fmax(col, 0.0), x->shape[3] - 1.0);
    uint32_t p[4] = {0, c, (uint32_t)row, (uint32_t)col};
    return (double)x->x[at(x, p)];
}

static void run_resize(onnx_ref_t *r)
{
    const onnx_ref_value_t *x = in(r, 0), *sizes = in(r, 3);
    uint32_t shape[4], p[4];
    for (uint32_t d = 0; d < 4; d++)
        shape[d] = (uint32_t)sizes->x[d];
    onnx_ref_value_t *y = out(r, 0, 4, shape);
    bool linear = string_is(r, "mode", "linear"), down = string_is(r, "nearest_mode", "floor");
    bool up = string_is(r, "nearest_mode", "round_prefer_ceil");
    for (uint64_t i = 0; i < y->count; i++) {
        place(y, i, p);
        double row = position(r, p[2], x->shape[2], shape[2]);
        double col = position(r, p[3], x->shape[3], shape[3]);
        double fy = row - floor(row), fx = col - floor(col);
        if (!linear) {
            row = down ? floor(row) : up ? floor(row + 0.5) : ceil(row - 0.5);
            col = down ? floor(col) : up ? floor(col + 0.5) : ceil(col - 0.5);
            y->x[i] = (float)sample(x, p[1], row, col);
            continue;
        }
        row = floor(row);
        col = floor(col);
        double top = sample(x, p[1], row, col) * (1 - fx) + sample(x, p[1], row, col + 1) * fx;
        double low =
            sample(x, p[1], row + 1, col) * (1 - fx) + sample(x, p[1], row + 1, col + 1) * fx;
        y->x[i] = (float)(top * (1 - fy) + low * fy);
    }
}

/* ---- the model ------------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *op;
    void (*run)(onnx_ref_t *r);
} operators[] = {
    {"QuantizeLinear", run_quantize}, {"DequantizeLinear", run_dequantize}, {"Conv", run_conv},
    {"AveragePool", run_average_pool}, {"MaxPool", run_max_pool}, {"Gemm", run_matrix},
    {"MatMul", run_matrix}, {"GlobalAveragePool", run_global_average},
    {"ReduceMean", run_reduce_mean}, {"Softmax", run_softmax}, {"Add", run_binary},
    {"Sub", run_binary}, {"Mul", run_binary}, {"Div", run_binary}, {"Max", run_binary},
    {"Min", run_binary}, {"PRelu", run_binary}, {"ConvTranspose", run_conv_transpose}, {"Transpose", run_transpose},
    {"Reshape", run_reshape}, {"Flatten", run_reshape}, {"Squeeze", run_reshape},
    {"Unsqueeze", run_reshape}, {"Concat", run_concat}, {"Pad", run_pad}, {"Slice", run_slice},
    {"Split", run_split}, {"DepthToSpace", run_blocks}, {"SpaceToDepth", run_blocks},
    {"Resize", run_resize},
};
/* clang-format on */

static void add_constant(onnx_ref_t *r, const Onnx__TensorProto *t)
{
    uint32_t shape[4];
    for (size_t d = 0; d < t->n_dims; d++)
        shape[d] = (uint32_t)t->dims[d];
    onnx_ref_value_t *v = add(r, t->name, (uint32_t)t->n_dims, shape);
    for (uint64_t i = 0; i < v->count; i++) {
        int32_t word;
        int64_t wide;
        switch (t->data_type) {
        case ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT:
            memcpy(&v->x[i], t->raw_data.data + 4 * i, 4);
            break;
        case ONNX__TENSOR_PROTO__DATA_TYPE__INT32:
            memcpy(&word, t->raw_data.data + 4 * i, 4);
            v->x[i] = (float)word; /* tests keep to 24 bits */
            break;
        case ONNX__TENSOR_PROTO__DATA_TYPE__INT64:
            memcpy(&wide, t->raw_data.data + 8 * i, 8);
            v->x[i] = (float)wide;
            break;
        case ONNX__TENSOR_PROTO__DATA_TYPE__INT8:
            v->x[i] = (float)(int8_t)t->raw_data.data[i];
            break;
        default:
            v->x[i] = (float)t->raw_data.data[i];
        }
    }
}

static void run_node(onnx_ref_t *r)
{
    for (size_t i = 0; i < SIM_COUNT(operators); i++)
        if (strcmp(operators[i].op, r->node->op_type) == 0) {
            operators[i].run(r);
            return;
        }
    run_unary(r);
}

void onnx_ref_run(onnx_ref_t *ref, const onnx_write_t *model, const uint8_t *codes)
{
    const Onnx__TypeProto__Tensor *type = model->inputs[0]->type->tensor_type;
    uint32_t shape[4];
    *ref = (onnx_ref_t){.model = model};
    for (size_t i = 0; i < model->graph.n_initializer; i++)
        add_constant(ref, model->initializers[i]);
    for (size_t d = 0; d < type->shape->n_dim; d++)
        shape[d] = (uint32_t)type->shape->dim[d]->dim_value;
    onnx_ref_value_t *v = add(ref, model->inputs[0]->name, (uint32_t)type->shape->n_dim, shape);
    bool int8 = type->elem_type == ONNX__TENSOR_PROTO__DATA_TYPE__INT8;
    for (uint64_t i = 0; i < v->count; i++)
        v->x[i] = int8 ? (float)(int8_t)codes[i] : (float)codes[i];
    for (size_t i = 0; i < model->graph.n_node; i++) {
        ref->node = model->nodes[i];
        run_node(ref);
    }
}

void onnx_ref_free(onnx_ref_t *ref)
{
    for (uint32_t i = 0; i < ref->values; i++)
        free(ref->value[i].x);
}
