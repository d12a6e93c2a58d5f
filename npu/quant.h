/*
 * quant.h - exact fixed-point arithmetic of the TensorFlow Lite int8 reference kernels.
 *
 * Sources: TFLite kernels/internal/{common,quantization_util,reference/softmax,
 * reference/integer_ops/...}.h and gemmlowp's fixedpoint.h, which TFLite builds on; both
 * Apache-2.0; written anew here. "Double rounding" is TFLite's default, "single" its
 * TFLITE_SINGLE_ROUNDING.
 *
 * Overflow is defined: int32 sums and left shifts wrap, where the reference has undefined
 * behavior.
 */
#ifndef NPU_QUANT_H
#define NPU_QUANT_H

#include "sim/types.h"

typedef enum {
    NPU_ROUND_DOUBLE,
    NPU_ROUND_SINGLE,
} npu_round_t;

/* A positive real number as mult * 2^(shift - 31), mult in 2^30..2^31 - 1 or 0. */
typedef struct {
    int32_t mult;
    int32_t shift; /* > 0: left */
} npu_mult_t;

/* ---- at run time ------------------------------------------------------------------------------
 */

static inline int32_t npu_wrap_add(int32_t a, int32_t b)
{
    return (int32_t)((uint32_t)a + (uint32_t)b);
}

static inline int32_t npu_wrap_shl(int32_t x, int32_t shift)
{
    return (int32_t)((uint32_t)x << shift);
}

/* gemmlowp SaturatingRoundingDoublingHighMul: round(a * b / 2^31), ties away from zero. */
static inline int32_t npu_high_mul(int32_t a, int32_t b)
{
    if (a == INT32_MIN && b == INT32_MIN)
        return INT32_MAX;
    int64_t product = (int64_t)a * b;
    int64_t nudge = product >= 0 ? INT64_C(1) << 30 : 1 - (INT64_C(1) << 30);
    return (int32_t)((product + nudge) / (INT64_C(1) << 31));
}

/* gemmlowp RoundingDivideByPOT: x / 2^exponent, ties away from zero; exponent 0..31. */
static inline int32_t npu_round_shr(int32_t x, int32_t exponent)
{
    int32_t mask = (int32_t)((UINT32_C(1) << exponent) - 1);
    int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
    return (x >> exponent) + ((x & mask) > threshold ? 1 : 0);
}

/* The largest left shift of a rounding mode; the smallest is -31. */
static inline int32_t npu_max_shift(npu_round_t round)
{
    return round == NPU_ROUND_SINGLE ? 30 : 31;
}

/* TFLite MultiplyByQuantizedMultiplier. shift -31..npu_max_shift; mult >= 0. */
static inline int32_t npu_requant_double(int32_t x, int32_t mult, int32_t shift)
{
    int32_t left = shift > 0 ? shift : 0;
    int32_t right = shift > 0 ? 0 : -shift;
    return npu_round_shr(npu_high_mul(npu_wrap_shl(x, left), mult), right);
}

static inline int32_t npu_requant_single(int32_t x, int32_t mult, int32_t shift)
{
    int64_t round = INT64_C(1) << (30 - shift);
    return (int32_t)(((int64_t)x * mult + round) >> (31 - shift));
}

static inline int32_t npu_requant(int32_t x, int32_t mult, int32_t shift, npu_round_t round)
{
    return round == NPU_ROUND_SINGLE ? npu_requant_single(x, mult, shift)
                                     : npu_requant_double(x, mult, shift);
}

static inline int32_t npu_clamp(int32_t x, int32_t low, int32_t high)
{
    return x < low ? low : x > high ? high : x;
}

/* exp(x) for x <= 0 in Q(integer_bits).(31 - integer_bits), integer_bits 0..5; result in Q0.31. */
int32_t npu_exp_negative(int32_t x, int32_t integer_bits);
/* 1 / (1 + exp(-x)) and tanh(x): x in Q4.27 and Q(integer_bits); result in Q0.31. */
int32_t npu_logistic(int32_t x, int32_t integer_bits);
int32_t npu_tanh(int32_t x, int32_t integer_bits);

typedef struct {
    int32_t mult, shift; /* from differences of codes to Q5.26 */
    int32_t diff_min;    /* smaller differences count as exp = 0 */
} npu_softmax_t;

/* One row of n codes; out has scale 1/256 and zero point -128. in == out is allowed. */
void npu_softmax_row(const npu_softmax_t *params, npu_round_t round, const int8_t *in, int8_t *out,
                     uint32_t n);

/* ---- at compile time (frexp, round: exact functions) -------------------------------------------
 */

/* real >= 0 (NaN counts as 0). Below 2^-32 the result is {0, 0}; shifts above npu_max_shift
 * saturate (in double rounding the reference leaves them undefined). */
npu_mult_t npu_quantize_multiplier(double real, npu_round_t round);

/* scale of the input, beta of the operator (1.0f where not given). */
npu_softmax_t npu_softmax_params(float scale, float beta, npu_round_t round);

/* Output scale 1/256, zero point -128, as TFLite demands. table index: code + 128. */
void npu_logistic_table(float scale, int32_t zero_point, npu_round_t round, int8_t table[256]);
/* Output scale 1/128, zero point 0. */
void npu_tanh_table(float scale, int32_t zero_point, npu_round_t round, int8_t table[256]);

/* HARD_SWISH in the reference's 16-bit arithmetic (hard_swish.h); both roundings are the same.
 * False, and no table, where in_scale / 128 is not below out_scale. */
bool npu_hard_swish_table(float in_scale, int32_t in_zp, float out_scale, int32_t out_zp,
                          int8_t table[256]);
/* LEAKY_RELU, 0 <= alpha. */
void npu_leaky_relu_table(float in_scale, int32_t in_zp, float out_scale, int32_t out_zp,
                          float alpha, npu_round_t round, int8_t table[256]);

/* int8 -> int8 requantize (QUANTIZE; also RELU, RELU6 standing alone with their clamp). */
void npu_requant_table(float in_scale, int32_t in_zp, float out_scale, int32_t out_zp, int32_t low,
                       int32_t high, npu_round_t round, int8_t table[256]);

/* Multiplier and shift of MEAN over n >= 1 elements: TFLite's, widened and divided by n. */
npu_mult_t npu_mean_multiplier(float in_scale, float out_scale, uint32_t n, npu_round_t round);

#endif
