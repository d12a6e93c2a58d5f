/*
 * post_ops.c - dequantize, quantize, arg max; keys that compare as floats do; e^x.
 */
#include "post_ops.h"

#include <string.h>

uint32_t post_elements(const post_tensor_t *t)
{
    return t->shape[0] * t->shape[1] * t->shape[2] * t->shape[3];
}

int32_t post_float_key(float value)
{
    int32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    int32_t magnitude = bits & INT32_MAX;
    if (magnitude > 0x7f800000) /* NaN */
        return INT32_MIN;
    return bits < 0 ? -magnitude : magnitude;
}

/* ---- codes and floats ---- */

enum { CODES = 256 };

/* A multiplication in soft float costs more than a look into a table, and a byte of L2 as much as a
 * word of it: each code is worked out once, if there are enough of them, and four are read at once.
 */
uint32_t post_dequantize(const post_args_t *a)
{
    const post_tensor_t *in = &a->in[0];
    const int8_t *from = in->data;
    const uint32_t *four = in->data;
    float *to = a->out[0].data, value[CODES];
    uint32_t count = post_elements(in), i = 0;
    for (int32_t code = -128; code < 128 && count >= CODES; code++)
        value[(uint8_t)code] = post_value(in, code);
    for (; count >= CODES && i + 4 <= count; i += 4) {
        uint32_t codes = four[i / 4];
        to[i] = value[codes & 255u];
        to[i + 1] = value[codes >> 8 & 255u];
        to[i + 2] = value[codes >> 16 & 255u];
        to[i + 3] = value[codes >> 24];
    }
    for (; i < count; i++)
        to[i] = post_value(in, from[i]);
    return POST_STATUS_DONE;
}

/* Half away from zero; beyond any code the result is only known to be so. */
static int32_t rounded(float x)
{
    if (!(x > -512.0f)) /* NaN too */
        return -512;
    if (x > 512.0f)
        return 512;
    int32_t whole = (int32_t)x;
    float rest = x - (float)whole; /* exact */
    return rest >= 0.5f ? whole + 1 : rest <= -0.5f ? whole - 1 : whole;
}

uint32_t post_quantize(const post_args_t *a)
{
    const post_tensor_t *out = &a->out[0];
    const float *from = a->in[0].data;
    int8_t *to = out->data;
    uint32_t count = post_elements(out);
    for (uint32_t i = 0; i < count; i++) {
        int32_t code = out->zero_point + rounded(from[i] / out->scale);
        to[i] = (int8_t)(code < -128 ? -128 : code > 127 ? 127 : code);
    }
    return POST_STATUS_DONE;
}

/* ---- arg max ---- */

static void put_index(const post_tensor_t *t, uint32_t i, uint32_t index)
{
    uint32_t *word = t->data;
    if (t->type == DTYPE_INT32) {
        word[i] = index;
    } else { /* int64, little-endian */
        word[2 * i] = index;
        word[2 * i + 1] = 0;
    }
}

/* Of `count` elements from `first` on, `step` apart. */
static uint32_t largest(const post_tensor_t *t, uint32_t first, uint32_t count, uint32_t step)
{
    uint32_t best = 0;
    int32_t best_key = post_key(t, first);
    for (uint32_t i = 1; i < count; i++) {
        int32_t key = post_key(t, first + i * step);
        if (key > best_key) {
            best_key = key;
            best = i;
        }
    }
    return best;
}

uint32_t post_arg_max(const post_args_t *a)
{
    const post_tensor_t *in = &a->in[0];
    uint32_t axis = a->attr[0], inner = 1, outer = 1, count = in->shape[axis];
    for (uint32_t d = 0; d < axis; d++)
        outer *= in->shape[d];
    for (uint32_t d = axis + 1; d < 4; d++)
        inner *= in->shape[d];
    for (uint32_t o = 0; o < outer; o++)
        for (uint32_t i = 0; i < inner; i++)
            put_index(&a->out[0], o * inner + i, largest(in, o * count * inner + i, count, inner));
    return POST_STATUS_DONE;
}

/* ---- e^x ---- */

/* 2^k for -1022 <= k <= 1023. */
static double power_of_two(int32_t k)
{
    uint64_t bits = (uint64_t)(uint32_t)(k + 1023) << 52;
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

double post_exp(double x)
{
    /* ln 2 in two parts, the first of 33 bits: its product with k is exact. */
    static const double log2_e = 1.4426950408889634, ln2_high = 0x1.62e42feep-1,
                        ln2_low = 0x1.a39ef35793c76p-33;
    static const double inverse_factorial[] = {
        1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
        1.0 / 5040,       1.0 / 720,       1.0 / 120,      1.0 / 24,      1.0 / 6,      1.0 / 2};
    if (x != x)
        return x;
    if (x > 709.782712893384)
        return power_of_two(1023) * 2; /* infinity */
    if (x < -745.2)
        return 0;
    int32_t k = (int32_t)(x * log2_e + (x < 0 ? -0.5 : 0.5));
    double high = x - k * ln2_high, low = k * ln2_low, r = high - low, p = 0;
    double lost = high - r - low; /* by rounding r */
    for (uint32_t i = 0; i < sizeof(inverse_factorial) / sizeof(inverse_factorial[0]); i++)
        p = p * r + inverse_factorial[i];
    double e = 1 + (r + (r * r * p + lost));
    if (k > 1023) /* half of it first: 2^1024 is no double */
        return e * 2 * power_of_two(k - 1);
    return k < -1022 ? e * power_of_two(k + 60) * power_of_two(-60) : e * power_of_two(k);
}
