/*
 * quant.c - gemmlowp's exp, reciprocal, logistic and tanh in fixed point, TFLite's parameters.
 *
 * Qm.n below: m integer bits, n = 31 - m fraction bits, in an int32_t. A product of two such
 * numbers by npu_high_mul has the sum of their integer bits.
 */
#include "npu/quant.h"

#include <math.h>
#include <stddef.h>

#define SOFTMAX_INTEGER_BITS 5 /* TFLite kScaledDiffIntegerBits */
#define SOFTMAX_SUM_BITS 12    /* TFLite kAccumulationIntegerBits */
#define LOGISTIC_INTEGER_BITS 4

/* gemmlowp SaturatingRoundingMultiplyByPOT for a positive exponent. */
static int32_t sat_shl(int32_t x, int32_t exponent)
{
    int32_t threshold = (int32_t)((UINT32_C(1) << (31 - exponent)) - 1);
    return x > threshold ? INT32_MAX : x < -threshold ? INT32_MIN : npu_wrap_shl(x, exponent);
}

/* gemmlowp RoundingHalfSum: (a + b) / 2, ties away from zero. */
static int32_t half_sum(int32_t a, int32_t b)
{
    int64_t sum = (int64_t)a + b;
    return (int32_t)((sum + (sum >= 0 ? 1 : -1)) / 2);
}

/* exp(a) for a in [-1/4, 0), Q0.31: a Taylor series around -1/8. */
static int32_t exp_last_quarter(int32_t a)
{
    const int32_t exp_minus_eighth = 1895147668; /* exp(-1/8) * 2^31 */
    const int32_t third = 715827883;
    int32_t x = npu_wrap_add(a, 1 << 28);
    int32_t x2 = npu_high_mul(x, x);
    int32_t x3 = npu_high_mul(x2, x);
    int32_t x4_over_4 = npu_round_shr(npu_high_mul(x2, x2), 2);
    int32_t high = npu_wrap_add(npu_high_mul(npu_wrap_add(x4_over_4, x3), third), x2);
    int32_t sum = npu_wrap_add(x, npu_round_shr(high, 1));
    return npu_wrap_add(exp_minus_eighth, npu_high_mul(exp_minus_eighth, sum));
}

int32_t npu_exp_negative(int32_t x, int32_t integer_bits)
{
    /* exp(-2^e) * 2^31 for e = -2..4 */
    static const int32_t factors[] = {1672461947, 1302514674, 790015084, 290630308,
                                      39332535,   720401,     242};
    if (x == 0)
        return INT32_MAX;
    int32_t fraction_bits = 31 - integer_bits;
    int32_t quarter = (int32_t)(UINT32_C(1) << (fraction_bits - 2));
    int32_t low = (x & (quarter - 1)) - quarter;
    int32_t result = exp_last_quarter(integer_bits > 0 ? sat_shl(low, integer_bits) : low);
    uint32_t remainder = (uint32_t)low - (uint32_t)x;
    for (int32_t e = -2; e <= 4 && e < integer_bits; e++)
        if ((remainder >> (fraction_bits + e) & 1) != 0)
            result = npu_high_mul(result, factors[e + 2]);
    return result;
}

/* 1 / half_denominator in Q2.29, by three Newton-Raphson steps from 48/17 - 32/17 d. */
static int32_t newton_reciprocal(int32_t half_denominator)
{
    const int32_t c48_over_17 = 1515870810, neg_32_over_17 = -1010580540, one = 1 << 29;
    int32_t x = npu_wrap_add(c48_over_17, npu_high_mul(half_denominator, neg_32_over_17));
    for (int i = 0; i < 3; i++) {
        int32_t error = one - npu_high_mul(half_denominator, x);
        x = npu_wrap_add(x, sat_shl(npu_high_mul(x, error), 2));
    }
    return x;
}

/* 1 / (1 + a), a in [0, 1), Q0.31. */
static int32_t one_over_one_plus(int32_t a)
{
    return sat_shl(newton_reciprocal(half_sum(a, INT32_MAX)), 1);
}

/* (1 - a) / (1 + a), a in [0, 1), Q0.31. */
static int32_t one_minus_over_one_plus(int32_t a)
{
    return sat_shl(newton_reciprocal(half_sum(a, INT32_MAX)) - (1 << 29), 2);
}

int32_t npu_logistic(int32_t x, int32_t integer_bits)
{
    if (x == 0)
        return 1 << 30;
    int32_t minus_abs = x > 0 ? -x : x;
    int32_t positive = one_over_one_plus(npu_exp_negative(minus_abs, integer_bits));
    return x > 0 ? positive : INT32_MAX - positive;
}

int32_t npu_tanh(int32_t x, int32_t integer_bits)
{
    if (x == 0)
        return 0;
    int32_t minus_abs = x > 0 ? -x : x;
    /* exp(2a): the same bits read with one more integer bit */
    int32_t t = one_minus_over_one_plus(npu_exp_negative(minus_abs, integer_bits + 1));
    return x > 0 ? t : -t;
}

static int32_t leading_zeros(uint32_t x)
{
    int32_t n = 0;
    for (; n < 32 && (x & UINT32_C(0x80000000)) == 0; n++)
        x <<= 1;
    return n;
}

/* exp of the difference to the row's largest code, Q0.31. */
static int32_t exp_of_diff(const npu_softmax_t *params, npu_round_t round, int32_t diff)
{
    if (diff < params->diff_min)
        return 0;
    int32_t scaled = npu_requant(diff, params->mult, params->shift, round);
    return npu_exp_negative(scaled, SOFTMAX_INTEGER_BITS);
}

void npu_softmax_row(const npu_softmax_t *params, npu_round_t round, const int8_t *in, int8_t *out,
                     uint32_t n)
{
    int32_t max = INT8_MIN, count[256] = {0}, result[256];
    for (uint32_t i = 0; i < n; i++)
        max = in[i] > max ? in[i] : max;
    for (uint32_t i = 0; i < n; i++)
        count[max - in[i]]++;

    /* codes are 8 bits, so there are at most 256 different exponentials */
    int32_t sum = 0;
    for (int32_t d = 0; d < 256; d++) {
        result[d] = count[d] != 0 ? exp_of_diff(params, round, -d) : 0;
        int32_t term = npu_round_shr(result[d], SOFTMAX_SUM_BITS);
        sum = (int32_t)((uint32_t)sum + (uint32_t)term * (uint32_t)count[d]);
    }
    int32_t headroom = leading_zeros((uint32_t)sum);
    int32_t exponent = SOFTMAX_SUM_BITS - headroom + 31 - 8;
    uint32_t shifted = headroom < 32 ? (uint32_t)sum << headroom : 0;
    int32_t scale = one_over_one_plus((int32_t)(shifted - UINT32_C(0x80000000)));
    for (int32_t d = 0; d < 256; d++) {
        int32_t p = npu_high_mul(scale, result[d]);
        /* of a sum of 512 or more even 1 is less than half a code; the reference's shift by 32 is
         * undefined there */
        int32_t q = exponent > 31 ? 0 : npu_round_shr(p, npu_clamp(exponent, 0, 31));
        result[d] = npu_clamp(q + INT8_MIN, INT8_MIN, INT8_MAX);
    }
    for (uint32_t i = 0; i < n; i++)
        out[i] = (int8_t)result[max - in[i]];
}

npu_mult_t npu_quantize_multiplier(double real, npu_round_t round_mode)
{
    npu_mult_t m = {0, 0};
    int32_t max_shift = npu_max_shift(round_mode);
    if (!(real > 0))
        return m;
    if (real >= 4294967296.0)
        return (npu_mult_t){INT32_MAX, max_shift};
    int shift;
    double q = frexp(real, &shift);
    int64_t fixed = (int64_t)round(q * 2147483648.0);
    if (fixed == INT64_C(1) << 31) {
        fixed /= 2;
        shift++;
    }
    if (shift < -31)
        return m;
    if (shift > max_shift) {
        shift = max_shift;
        fixed = INT32_MAX;
    }
    m.mult = (int32_t)fixed;
    m.shift = shift;
    return m;
}

/* TFLite CalculateInputRadius with 31 signed bits. */
static int32_t input_radius(int32_t integer_bits, int32_t left_shift)
{
    double max = (double)((1 << integer_bits) - 1) * ldexp(1.0, 31 - integer_bits - left_shift);
    return max < (double)INT32_MAX ? (int32_t)floor(max) : INT32_MAX;
}

npu_softmax_t npu_softmax_params(float scale, float beta, npu_round_t round_mode)
{
    double cap = (double)(INT64_C(1) << (round_mode == NPU_ROUND_SINGLE ? 30 : 31)) - 1.0;
    double real = (double)beta * (double)scale * (double)(1 << (31 - SOFTMAX_INTEGER_BITS));
    npu_mult_t m = npu_quantize_multiplier(real < cap ? real : cap, round_mode);
    int32_t diff_min = -input_radius(SOFTMAX_INTEGER_BITS, m.shift);
    return (npu_softmax_t){m.mult, m.shift, diff_min};
}

/* LOGISTIC and TANH differ in the function and in how its result becomes a code. */
static void sigmoid_table(float scale, int32_t zero_point, npu_round_t round_mode,
                          int32_t (*fn)(int32_t, int32_t), int32_t right, int32_t offset,
                          int8_t table[256])
{
    double real = (double)scale * (double)(1 << (31 - LOGISTIC_INTEGER_BITS));
    /* the reference does not cap the shift here: from a scale of 8 on, every code is outside */
    npu_mult_t m = npu_quantize_multiplier(real, NPU_ROUND_DOUBLE);
    int32_t radius = input_radius(LOGISTIC_INTEGER_BITS, m.shift);
    for (int32_t code = -128; code < 128; code++) {
        int32_t x = code - zero_point;
        int32_t y = x <= -radius ? INT8_MIN : INT8_MAX;
        if (x > -radius && x < radius) {
            int32_t q4 = npu_requant(x, m.mult, m.shift, round_mode);
            y = npu_round_shr(fn(q4, LOGISTIC_INTEGER_BITS), right) + offset;
        }
        table[code + 128] = (int8_t)npu_clamp(y, INT8_MIN, INT8_MAX);
    }
}

void npu_logistic_table(float scale, int32_t zero_point, npu_round_t round_mode, int8_t table[256])
{
    sigmoid_table(scale, zero_point, round_mode, npu_logistic, 31 - 8, -128, table);
}

void npu_tanh_table(float scale, int32_t zero_point, npu_round_t round_mode, int8_t table[256])
{
    sigmoid_table(scale, zero_point, round_mode, npu_tanh, 31 - 7, 0, table);
}

/* TFLite common.h, DownScaleInt32ToInt16Multiplier. */
static int16_t multiplier_16(int32_t mult)
{
    return mult >= INT32_MAX - (1 << 15) ? INT16_MAX : (int16_t)((mult + (1 << 15)) >> 16);
}

static int16_t clamp_16(int32_t x)
{
    return (int16_t)npu_clamp(x, INT16_MIN, INT16_MAX);
}

/* gemmlowp SaturatingRoundingDoublingHighMul of 16 bits. */
static int16_t high_mul_16(int16_t a, int16_t b)
{
    int32_t product = a * b;
    return clamp_16((product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15));
}

/* hard_swish.h SaturatingDoublingHighMul: rounds to zero. */
static int16_t high_mul_16_down(int16_t a, int16_t b)
{
    return clamp_16(a * b / (1 << 15));
}

static int16_t shl_16(int16_t x, int32_t n)
{
    int64_t shifted = (int64_t)x * (INT64_C(1) << n);
    return shifted > INT16_MAX ? INT16_MAX : shifted < INT16_MIN ? INT16_MIN : (int16_t)shifted;
}

/* relu6(x + 3) / 6 in Q0.15 of x on the fine input scale. */
static int16_t relu_ish(int16_t x, npu_mult_t m)
{
    if (m.shift > 0)
        x = shl_16(x, m.shift - 1);
    x = high_mul_16(x, multiplier_16(m.mult));
    if (m.shift > 0)
        x = shl_16(x, 1);
    if (m.shift < 0)
        x = (int16_t)npu_round_shr(x, -m.shift);
    return (int16_t)((x + (1 << 15)) >> 1);
}

bool npu_hard_swish_table(float in_scale, int32_t in_zp, float out_scale, int32_t out_zp,
                          int8_t table[256])
{
    float fine = 1.0f / 128.0f * in_scale, ish = 3.0f / 32768.0f;
    npu_mult_t out = npu_quantize_multiplier((double)(fine / out_scale), NPU_ROUND_DOUBLE);
    npu_mult_t relu = npu_quantize_multiplier((double)(fine / ish), NPU_ROUND_DOUBLE);
    if (out.shift > 0)
        return false;
    for (int32_t code = -128; code < 128; code++) {
        int16_t x = (int16_t)((code - in_zp) * (1 << 7));
        int16_t on_out = high_mul_16(x, multiplier_16(out.mult));
        int16_t y = high_mul_16_down(relu_ish(x, relu), on_out);
        y = (int16_t)(npu_round_shr(y, -out.shift) + out_zp);
        table[code + 128] = (int8_t)npu_clamp(y, INT8_MIN, INT8_MAX);
    }
    return true;
}

void npu_leaky_relu_table(float in_scale, int32_t in_zp, float out_scale, int32_t out_zp,
                          float alpha, npu_round_t round_mode, int8_t table[256])
{
    npu_mult_t above = npu_quantize_multiplier((double)(in_scale / out_scale), round_mode);
    npu_mult_t below = npu_quantize_multiplier((double)(in_scale * alpha / out_scale), round_mode);
    for (int32_t code = -128; code < 128; code++) {
        npu_mult_t m = code >= in_zp ? above : below;
        int32_t y = npu_requant(code - in_zp, m.mult, m.shift, round_mode);
        table[code + 128] = (int8_t)npu_clamp(npu_wrap_add(y, out_zp), INT8_MIN, INT8_MAX);
    }
}

void npu_requant_table(float in_scale, int32_t in_zp, float out_scale, int32_t out_zp, int32_t low,
                       int32_t high, npu_round_t round_mode, int8_t table[256])
{
    npu_mult_t m = npu_quantize_multiplier((double)in_scale / (double)out_scale, round_mode);
    for (int32_t code = -128; code < 128; code++) {
        int32_t y = npu_requant(code - in_zp, m.mult, m.shift, round_mode);
        table[code + 128] = (int8_t)npu_clamp(npu_wrap_add(y, out_zp), low, high);
    }
}

npu_mult_t npu_mean_multiplier(float in_scale, float out_scale, uint32_t n, npu_round_t round_mode)
{
    npu_mult_t m = npu_quantize_multiplier((double)in_scale / (double)out_scale, round_mode);
    int32_t shift = 31 - leading_zeros(n); /* floor(log2 n) */
    shift = shift < 31 + m.shift ? shift : 31 + m.shift;
    m.mult = (int32_t)(((int64_t)m.mult << shift) / (int64_t)n);
    m.shift -= shift;
    return m;
}
