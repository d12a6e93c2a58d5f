/*
 * onnx_curve.c - functions of one value. What stands between a DequantizeLinear and a
 * QuantizeLinear and depends on one code only is a curve: 256 reals; QuantizeLinear makes it a
 * table of 256 codes, which is what the ONNX definition gives, whatever the curve.
 *
 * exp is our own, so that tables are the same on every host: exp(x) = 2^k exp(r), |r| <= ln 2 / 2,
 * r in a Taylor series of which the first term left out is below 2^-58.
 */
#include <math.h>
#include <string.h>

#include "npu/compiler/onnx_int.h"

/* ---- functions ------------------------------------------------------------------------------- */

static double exp_of(double x)
{
    static const double log2_e = 1.4426950408889634, ln2 = 0.6931471805599453;
    if (x > 700.0)
        x = 700.0;
    if (x < -700.0)
        return 0.0;
    double k = floor(x * log2_e + 0.5), r = x - k * ln2, term = 1.0, sum = 1.0;
    for (int n = 1; n <= 14; n++) {
        term = term * r / n;
        sum += term;
    }
    return ldexp(sum, (int)k);
}

static float clip_to(float x, float low, float high)
{
    return x < low ? low : x > high ? high : x;
}

/* a and b are the attributes or bounds of the operator. */
typedef float curve_t(float x, float a, float b);

static float f_sigmoid(float x, float a, float b)
{
    (void)a;
    (void)b;
    return (float)(1.0 / (1.0 + exp_of(-(double)x)));
}

static float f_tanh(float x, float a, float b)
{
    (void)a;
    (void)b;
    return (float)(2.0 / (1.0 + exp_of(-2.0 * (double)x)) - 1.0);
}

static float f_elu(float x, float a, float b)
{
    (void)b;
    return x < 0.0f ? (float)((double)a * (exp_of((double)x) - 1.0)) : x;
}

static float f_hard_sigmoid(float x, float a, float b)
{
    return clip_to(a * x + b, 0.0f, 1.0f);
}

static float f_hard_swish(float x, float a, float b)
{
    return x * clip_to(x * a + b, 0.0f, 1.0f);
}

static float f_leaky(float x, float a, float b)
{
    (void)b;
    return x < 0.0f ? a * x : x;
}

static float f_abs(float x, float a, float b)
{
    (void)a;
    (void)b;
    return fabsf(x);
}

static float f_negative(float x, float a, float b)
{
    (void)a;
    (void)b;
    return -x;
}

static float f_exp(float x, float a, float b)
{
    (void)a;
    (void)b;
    return (float)exp_of((double)x);
}

static float f_plus(float x, float a, float b)
{
    (void)b;
    return x + a;
}

static float f_minus(float x, float a, float b)
{
    (void)b;
    return x - a;
}

static float f_from(float x, float a, float b)
{
    (void)b;
    return a - x;
}

static float f_times(float x, float a, float b)
{
    (void)b;
    return x * a;
}

static float f_by(float x, float a, float b)
{
    (void)b;
    return x / a;
}

static float f_larger(float x, float a, float b)
{
    (void)b;
    return x > a ? x : a;
}

static float f_smaller(float x, float a, float b)
{
    (void)b;
    return x < a ? x : a;
}

/* clang-format off */
static const struct {
    const char *op;
    curve_t *curve;
    const char *a, *b;        /* names of attributes, NULL without */
    float a_default, b_default;
} functions[] = {
    {"Sigmoid",     f_sigmoid,      NULL,    NULL,   0.0f,        0.0f},
    {"Tanh",        f_tanh,         NULL,    NULL,   0.0f,        0.0f},
    {"Elu",         f_elu,          "alpha", NULL,   1.0f,        0.0f},
    {"HardSigmoid", f_hard_sigmoid, "alpha", "beta", 0.2f,        0.5f},
    {"HardSwish",   f_hard_swish,   NULL,    NULL,   1.0f / 6.0f, 0.5f},
    {"LeakyRelu",   f_leaky,        "alpha", NULL,   0.01f,       0.0f},
    {"Relu",        clip_to,        NULL,    NULL,   0.0f,        INFINITY},
    {"Abs",         f_abs,          NULL,    NULL,   0.0f,        0.0f},
    {"Neg",         f_negative,     NULL,    NULL,   0.0f,        0.0f},
    {"Exp",         f_exp,          NULL,    NULL,   0.0f,        0.0f},
};
/* clang-format on */

/* ---- curves ---------------------------------------------------------------------------------- */

static int32_t lowest(npu_type_t type)
{
    return type == NPU_TYPE_INT8 ? -128 : 0;
}

/* What the codes of v mean, lowest code first: DequantizeLinear is (code - zero) * scale in float.
 */
static void meaning(onnx_t *r, const onnx_value_t *v, float to[256])
{
    const npu_tensor_t *t = onnx_at(r, v->tensor);
    for (int32_t i = 0; i < 256; i++)
        to[i] = v->curve != NULL ? v->curve[i]
                                 : (float)(i + lowest(t->type) - t->zero_point[0]) * t->scale[0];
}

static bool bends(onnx_t *r, onnx_value_t *v)
{
    return v->kind == ONNX_REAL && v->tensor != NPU_NO_TENSOR && r->err == SIM_OK;
}

/* The node's output is the curve after the input's. */
static void bend(onnx_t *r, const onnx_value_t *v, curve_t *curve, float a, float b)
{
    onnx_value_t to = *v;
    float *real = onnx_take(r, 256 * sizeof(*real));
    if (real == NULL)
        return;
    meaning(r, v, real);
    for (int i = 0; i < 256; i++)
        real[i] = curve(real[i], a, b);
    to.curve = real;
    onnx_set(r, &to);
}

/* Bounds on a result that has no scale yet. */
static void clip_sum(onnx_t *r, onnx_value_t *v, float low, float high)
{
    onnx_value_t to = *v;
    const onnx_name_t *name = onnx_find(r, r->node->input[0]);
    if (name->uses != 1)
        onnx_fail(r, "input \"%.80s\": found %u uses of a float result, expected 1", name->name,
                  name->uses);
    to.low = clip_to(v->low, low, high);
    to.high = clip_to(v->high, low, high);
    onnx_set(r, &to);
}

static void function_of(onnx_t *r, onnx_value_t *v, curve_t *curve, float a, float b)
{
    if (v->kind == ONNX_SUM && v->part == NULL && curve == clip_to)
        clip_sum(r, v, a, b);
    else if (bends(r, v))
        bend(r, v, curve, a, b);
    else
        onnx_wants_codes(r, v, "input");
}

void onnx_function(onnx_t *r)
{
    onnx_value_t *v = onnx_input(r, 0);
    for (size_t i = 0; v != NULL && i < SIM_COUNT(functions); i++)
        if (strcmp(functions[i].op, r->node->op_type) == 0) {
            float a = functions[i].a_default, b = functions[i].b_default;
            if (functions[i].a != NULL)
                a = onnx_float(r, functions[i].a, a);
            if (functions[i].b != NULL)
                b = onnx_float(r, functions[i].b, b);
            function_of(r, v, functions[i].curve, a, b);
        }
}

void onnx_clip(onnx_t *r)
{
    onnx_value_t *v = onnx_input(r, 0);
    float low = onnx_scalar(r, 1, "min", -INFINITY), high = onnx_scalar(r, 2, "max", INFINITY);
    if (r->err == SIM_OK && !(low <= high))
        onnx_fail(r, "bounds: found %g..%g, expected rising ones", (double)low, (double)high);
    if (r->err == SIM_OK)
        function_of(r, v, clip_to, low, high);
}

/* ---- two operands ---------------------------------------------------------------------------- */

/* A constant of one element, of no more dimensions than beside has, as a float. */
static bool scalar(onnx_t *r, onnx_value_t *v, const onnx_value_t *beside, float *value)
{
    if (v->kind != ONNX_NUMBERS && !(v->kind == ONNX_REAL && v->tensor == NPU_NO_TENSOR))
        return false;
    if (v->numbers == NULL)
        v->numbers = onnx_numbers_of(r, v->proto);
    if (v->numbers == NULL || v->numbers->count != 1 || v->numbers->dims > beside->dims)
        return false;
    if (v->kind == ONNX_NUMBERS && v->numbers->type != NPU_TYPE_FLOAT32)
        return false;
    *value = v->kind == ONNX_NUMBERS ? onnx_f32(v->numbers, 0)
                                     : (float)(onnx_i32(v->numbers, 0) - v->zero[0]) * v->scale[0];
    return true;
}

/* clang-format off */
static const struct {
    char op;
    curve_t *right, *left; /* with the scalar at the right, at the left; NULL: not so */
} pairs[] = {
    {'+', f_plus,    f_plus},
    {'-', f_minus,   f_from},
    {'*', f_times,   f_times},
    {'/', f_by,      NULL},
    {'>', f_larger,  f_larger},
    {'<', f_smaller, f_smaller},
    {'p', f_leaky,   NULL},
};
/* clang-format on */

static bool two_curves(onnx_t *r, curve_t *curve, const onnx_value_t *a, const onnx_value_t *b)
{
    onnx_value_t to = *a;
    float x[256], y[256], *real = onnx_take(r, sizeof(x));
    if (real == NULL)
        return true;
    meaning(r, a, x);
    meaning(r, b, y);
    for (int i = 0; i < 256; i++)
        real[i] = curve(x[i], y[i], 0);
    to.curve = real;
    onnx_set(r, &to);
    return true;
}

bool onnx_curve_of_two(onnx_t *r, char op, onnx_value_t *a, onnx_value_t *b)
{
    float value;
    size_t i = 0;
    while (pairs[i].op != op)
        i++;
    if (bends(r, a) && scalar(r, b, a, &value)) {
        bend(r, a, pairs[i].right, value, 0);
        return true;
    }
    if (bends(r, b) && pairs[i].left != NULL && scalar(r, a, b, &value)) {
        bend(r, b, pairs[i].left, value, 0);
        return true;
    }
    return bends(r, a) && bends(r, b) && a->tensor == b->tensor && a->chw == b->chw &&
           (a->curve != NULL || b->curve != NULL) && two_curves(r, pairs[i].right, a, b);
}

/* ---- tables ---------------------------------------------------------------------------------- */

int32_t onnx_table(onnx_t *r, const onnx_value_t *v, npu_type_t type, float scale, int32_t zero)
{
    const npu_tensor_t from = *onnx_at(r, v->tensor);
    const uint32_t entries = 256;
    float real[256];
    uint8_t *codes = onnx_take(r, entries);
    if (codes == NULL)
        return v->tensor;
    meaning(r, v, real);
    for (int i = 0; i < 256; i++) {
        int32_t code = onnx_round(real[i] / scale) + zero, low = lowest(type);
        codes[i] = (uint8_t)(code < low ? low : code > low + 255 ? low + 255 : code);
    }
    int32_t in[2] = {v->tensor, onnx_tensor(r, onnx_output_name(r), type, 1, &entries)};
    int32_t to = onnx_tensor(r, onnx_output_name(r), type, from.dims, from.shape);
    onnx_node(r, NPU_NODE_TABLE, in, 2, to);
    if (r->err != SIM_OK)
        return to;
    onnx_at(r, in[1])->data = codes;
    onnx_set_scale(r, in[1], scale, zero);
    onnx_set_scale(r, to, scale, zero);
    onnx_at(r, to)->channels_first = v->chw && from.dims == NPU_GRAPH_DIMS;
    r->info[to].named = true;
    return to;
}
