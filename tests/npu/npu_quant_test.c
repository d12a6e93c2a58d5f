/*
 * npu_quant_test.c - fixed-point arithmetic against vectors worked out by hand, against the slow
 * definitions, and against the real functions that the fixed-point ones approximate.
 */
#include <math.h>

#include "npu/quant.h"
#include "sim/rng.h"
#include "tests/test.h"

START_TEST(multipliers_are_a_mantissa_of_31_bits_and_a_shift)
{
    const struct {
        double real;
        int32_t mult, shift;
    } cases[] = {
        {1.0, 1 << 30, 1}, /* 0.5 * 2^1 */
        {0.5, 1 << 30, 0},
        {0.75, 1610612736, 0}, /* 0.75 * 2^31 */
        {3.0, 1610612736, 2},
        {0.25, 1 << 30, -1},
        {1.0 / 3, 1431655765, -1}, /* 2/3 * 2^31 = 1431655765.33 */
        {0.0, 0, 0},
        {1.0 - 1.0 / (INT64_C(1) << 40), 1 << 30, 1}, /* rounds up to 1.0 */
        {1.0 / (INT64_C(1) << 32), 1 << 30, -31},
        {1.0 / (INT64_C(1) << 33), 0, 0}, /* too small: nothing would be left */
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        npu_mult_t m = npu_quantize_multiplier(cases[i].real, NPU_ROUND_DOUBLE);
        ck_assert_int_eq(m.mult, cases[i].mult);
        ck_assert_int_eq(m.shift, cases[i].shift);
    }
    npu_mult_t big = npu_quantize_multiplier(1073741824.0, NPU_ROUND_SINGLE); /* 2^30: shift 31 */
    ck_assert_int_eq(big.mult, INT32_MAX);
    ck_assert_int_eq(big.shift, 30);
    ck_assert_int_eq(npu_quantize_multiplier(NAN, NPU_ROUND_DOUBLE).mult, 0);
    ck_assert_int_eq(npu_quantize_multiplier(INFINITY, NPU_ROUND_DOUBLE).shift, 31);
}
END_TEST

START_TEST(the_two_roundings_differ_where_they_must)
{
    const struct {
        int32_t x, mult, shift, twice, once;
    } cases[] = {
        /* 5 / 2 = 2.5, up; then one more halving: 3 / 2 = 1.5 -> 2. Once: 1.25 -> 1 */
        {5, 1 << 30, -1, 2, 1},
        /* -2.5 -> -2 (first rounding: ties up), -1 exactly. Once: -1.25 -> -1 */
        {-5, 1 << 30, -1, -1, -1},
        /* 7 / 2 = 3.5 -> 4; / 2 = 2. Once: 1.75 -> 2 */
        {7, 1 << 30, -1, 2, 2},
        /* -3 / 2 = -1.5 -> -1; / 2 = -0.5 -> -1 (second rounding: away from zero). Once: -0.75 */
        {-3, 1 << 30, -1, -1, -1},
        /* -6 / 2 = -3; / 2 = -1.5 -> -2 away from zero. Once: -1.5 -> -1 up */
        {-6, 1 << 30, -1, -2, -1},
        /* 100 * 0.75 * 4: the left shift comes first, exact */
        {100, 1610612736, 2, 300, 300},
        {0, INT32_MAX, -31, 0, 0},
        /* 2^30 - 0.5 -> 2^30; / 2^31 = 0.5 -> 1. Once: just below 0.5 */
        {INT32_MAX, 1 << 30, -31, 1, 0},
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        ck_assert_int_eq(npu_requant(cases[i].x, cases[i].mult, cases[i].shift, NPU_ROUND_DOUBLE),
                         cases[i].twice);
        ck_assert_int_eq(npu_requant(cases[i].x, cases[i].mult, cases[i].shift, NPU_ROUND_SINGLE),
                         cases[i].once);
    }
    /* x 1.0 as 0.5 * 2: the left shift by one drops the only bit of INT32_MIN */
    ck_assert_int_eq(npu_requant_double(INT32_MIN, 1 << 30, 1), 0);
    ck_assert_int_eq(npu_requant_single(INT32_MIN, 1 << 30, 1), INT32_MIN);
}
END_TEST

START_TEST(high_mul_rounds_to_nearest_and_saturates_once)
{
    ck_assert_int_eq(npu_high_mul(INT32_MIN, INT32_MIN), INT32_MAX);
    ck_assert_int_eq(npu_high_mul(INT32_MAX, INT32_MAX), INT32_MAX - 1); /* 2147483645.0000000005 */
    ck_assert_int_eq(npu_high_mul(INT32_MIN, INT32_MAX), -INT32_MAX);
    ck_assert_int_eq(npu_high_mul(3, 1 << 30), 2);   /* 1.5 up */
    ck_assert_int_eq(npu_high_mul(-3, 1 << 30), -1); /* -1.5: as the reference, toward zero */
    ck_assert_int_eq(npu_high_mul(-5, 1 << 30), -2);
}
END_TEST

START_TEST(round_shr_breaks_ties_away_from_zero)
{
    ck_assert_int_eq(npu_round_shr(5, 1), 3);
    ck_assert_int_eq(npu_round_shr(-5, 1), -3);
    ck_assert_int_eq(npu_round_shr(-4, 3), -1); /* -0.5 */
    ck_assert_int_eq(npu_round_shr(-3, 3), 0);
    ck_assert_int_eq(npu_round_shr(3, 3), 0);
    ck_assert_int_eq(npu_round_shr(4, 3), 1);
    ck_assert_int_eq(npu_round_shr(-7, 0), -7);
    ck_assert_int_eq(npu_round_shr(INT32_MAX, 31), 1);
    ck_assert_int_eq(npu_round_shr(INT32_MIN, 31), -1);
    ck_assert_int_eq(npu_round_shr(1 << 30, 31), 1);
}
END_TEST

/* round(a / 2^n), ties away from zero. */
static int64_t shift_away(int64_t a, int n)
{
    int64_t half = n > 0 ? INT64_C(1) << (n - 1) : 0;
    return a >= 0 ? (a + half) >> n : -((-a + half) >> n);
}

START_TEST(requant_equals_its_definition_over_random_numbers)
{
    sim_stream_t rng = sim_stream(1, 1, 1);
    for (int i = 0; i < 200000; i++) {
        int32_t x = (int32_t)sim_stream_u32(&rng) >> sim_stream_below(&rng, 32);
        int32_t mult = (int32_t)((1u << 30) + sim_stream_below(&rng, 1u << 30));
        int32_t shift = (int32_t)sim_stream_below(&rng, 32) - 31;
        int64_t once = ((int64_t)x * mult + (INT64_C(1) << 30)) >> 31;
        ck_assert_int_eq(npu_requant_double(x, mult, shift), shift_away(once, -shift));
        double exact = (double)x * ((double)mult / 2147483648.0) * pow(2, shift);
        ck_assert(fabs(npu_requant_single(x, mult, shift) - exact) <= 0.5 + 1e-6);
    }
}
END_TEST

START_TEST(exp_of_negative_numbers_is_exp_to_nine_digits)
{
    ck_assert_int_eq(npu_exp_negative(0, 5), INT32_MAX);
    for (int32_t bits = 0; bits <= 5; bits++)
        for (int32_t i = 1; i < 2000; i++) {
            int32_t x = -(int32_t)((double)i / 2000 * 2147483647.0);
            double real = (double)x / pow(2, 31 - bits);
            double got = (double)npu_exp_negative(x, bits) / 2147483648.0;
            ck_assert_msg(fabs(got - exp(real)) < 3e-7, "exp(%g) = %g", real, got);
        }
}
END_TEST

START_TEST(logistic_and_tanh_are_themselves_to_six_digits)
{
    ck_assert_int_eq(npu_logistic(0, 4), 1 << 30);
    ck_assert_int_eq(npu_tanh(0, 4), 0);
    for (int32_t i = -1999; i < 2000; i++) {
        int32_t x = (int32_t)((double)i / 2000 * 2147483647.0);
        double real = (double)x / (double)(1 << 27);
        double logistic = (double)npu_logistic(x, 4) / 2147483648.0;
        double hyperbolic = (double)npu_tanh(x, 4) / 2147483648.0;
        ck_assert_msg(fabs(logistic - 1 / (1 + exp(-real))) < 1e-6, "logistic(%g) = %g", real,
                      logistic);
        ck_assert_msg(fabs(hyperbolic - tanh(real)) < 1e-6, "tanh(%g) = %g", real, hyperbolic);
    }
}
END_TEST

START_TEST(tables_are_within_one_code_of_the_real_functions)
{
    const float scales[] = {0.01f, 0.0625f, 0.2f};
    for (size_t s = 0; s < SIM_COUNT(scales); s++)
        for (int32_t zp = -128; zp <= 127; zp += 51) {
            int8_t logistic[256], hyperbolic[256];
            npu_logistic_table(scales[s], zp, NPU_ROUND_DOUBLE, logistic);
            npu_tanh_table(scales[s], zp, NPU_ROUND_DOUBLE, hyperbolic);
            for (int32_t code = -128; code < 128; code++) {
                double x = (double)scales[s] * (code - zp);
                double want = fmin(256 / (1 + exp(-x)) - 128, 127);
                ck_assert(fabs(logistic[code + 128] - want) < 0.51);
                want = fmin(128 * tanh(x), 127);
                ck_assert(fabs(hyperbolic[code + 128] - want) < 0.51);
            }
        }
}
END_TEST

START_TEST(hard_swish_and_leaky_relu_are_near_the_real_functions)
{
    /* rounded twice, -49 / 3 is -33 / 2 is -17: up to 3/4 of a code off */
    const float scales[] = {0.02f, 0.05f, 0.09f};
    for (size_t s = 0; s < SIM_COUNT(scales); s++)
        for (int32_t zp = -128; zp <= 127; zp += 51) {
            int8_t swish[256], leaky[256];
            float out = scales[s] * 0.9f;
            ck_assert(npu_hard_swish_table(scales[s], zp, out, -20, swish));
            npu_leaky_relu_table(scales[s], zp, out, -20, 0.3f, NPU_ROUND_DOUBLE, leaky);
            for (int32_t code = -128; code < 128; code++) {
                double x = (double)scales[s] * (code - zp);
                double gate = fmin(fmax(x + 3, 0), 6) / 6;
                double want = fmin(fmax(x * gate / (double)out - 20, -128), 127);
                ck_assert_msg(fabs(swish[code + 128] - want) < 1.01, "hard_swish(%g)", x);
                want = fmin(fmax((x < 0 ? 0.3 * x : x) / (double)out - 20, -128), 127);
                ck_assert_msg(fabs(leaky[code + 128] - want) < 0.76, "leaky_relu(%g)", x);
            }
        }
    /* the product has no room above the result's scale */
    int8_t table[256];
    ck_assert(!npu_hard_swish_table(1.0f, 0, 1.0f / 256, 0, table));
}
END_TEST

/* From a scale of 8 on the reference's radius is 0: every code is outside, 0 among the low ones. */
START_TEST(a_logistic_of_coarse_codes_is_a_step)
{
    int8_t table[256];
    for (npu_round_t round = NPU_ROUND_DOUBLE; round <= NPU_ROUND_SINGLE; round++) {
        npu_logistic_table(8.0f, 0, round, table);
        ck_assert_int_eq(table[127], -128);
        ck_assert_int_eq(table[128], -128);
        ck_assert_int_eq(table[129], 127);
    }
}
END_TEST

START_TEST(tables_saturate_beyond_the_range_of_the_fixed_point)
{
    int8_t table[256];
    /* input radius: 15 * 2^27 / 2^27 = 15 at scale 1 (2^27 = 0.5 * 2^28: shift 28): 7.5 -> 7 */
    npu_logistic_table(1.0f, 0, NPU_ROUND_DOUBLE, table);
    ck_assert_int_eq(table[128 + 7], 127);
    ck_assert_int_eq(table[128 - 7], -128);
    /* logistic(6) = 0.99752738 * 256 - 128 = 127.367 */
    ck_assert_int_eq(table[128 + 6], 127);
    /* logistic(-6) = 0.00247262 * 256 - 128 = -127.367 */
    ck_assert_int_eq(table[128 - 6], -127);
    ck_assert_int_eq(table[128], 0);
}
END_TEST

START_TEST(requant_tables_rescale_and_clamp)
{
    int8_t table[256];
    npu_requant_table(0.5f, 10, 0.25f, -20, -30, 100, NPU_ROUND_DOUBLE, table);
    ck_assert_int_eq(table[128 + 10], -20);
    ck_assert_int_eq(table[128 + 20], 0);    /* 10 steps of 0.5 are 20 of 0.25 */
    ck_assert_int_eq(table[128 + 0], -30);   /* -40, clamped */
    ck_assert_int_eq(table[128 + 127], 100); /* 214, clamped */
}
END_TEST

START_TEST(softmax_of_equal_codes_is_even)
{
    const npu_softmax_t params = npu_softmax_params(0.1f, 1.0f, NPU_ROUND_DOUBLE);
    int8_t in[4] = {5, 5, 5, 5}, out[4];
    npu_softmax_row(&params, NPU_ROUND_DOUBLE, in, out, 4);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(out[i], 64 - 128); /* 1/4 of 256 */
    npu_softmax_row(&params, NPU_ROUND_DOUBLE, in, out, 1);
    ck_assert_int_eq(out[0], 127); /* 256, saturated */
}
END_TEST

/* 1 / 600 is 0.43 of a code, 1 / 400 is 0.64. */
START_TEST(softmax_of_very_many_equal_codes_is_rounded)
{
    static int8_t in[600], out[600];
    const npu_softmax_t params = npu_softmax_params(0.1f, 1.0f, NPU_ROUND_DOUBLE);
    npu_softmax_row(&params, NPU_ROUND_DOUBLE, in, out, 600);
    for (int i = 0; i < 600; i++)
        ck_assert_int_eq(out[i], -128);
    npu_softmax_row(&params, NPU_ROUND_DOUBLE, in, out, 400);
    for (int i = 0; i < 400; i++)
        ck_assert_int_eq(out[i], -127);
}
END_TEST

START_TEST(softmax_is_within_one_code_of_the_real_function)
{
    sim_stream_t rng = sim_stream(2, 2, 2);
    for (int trial = 0; trial < 400; trial++) {
        int8_t in[300], out[300];
        uint32_t n = 1 + sim_stream_below(&rng, 300);
        float scale = 0.002f + sim_stream_unit(&rng) * 0.3f;
        npu_round_t round = trial % 2 ? NPU_ROUND_SINGLE : NPU_ROUND_DOUBLE;
        const npu_softmax_t params = npu_softmax_params(scale, 1.0f, round);
        double sum = 0;
        int8_t max = -128;
        for (uint32_t i = 0; i < n; i++) {
            in[i] = (int8_t)(sim_stream_below(&rng, 256) - 128);
            max = in[i] > max ? in[i] : max;
        }
        for (uint32_t i = 0; i < n; i++)
            sum += exp((double)scale * (in[i] - max));
        npu_softmax_row(&params, round, in, out, n);
        for (uint32_t i = 0; i < n; i++) {
            double want = fmin(256 * exp((double)scale * (in[i] - max)) / sum - 128, 127);
            ck_assert_msg(fabs(out[i] - want) < 1.0, "%d, not %g", out[i], want);
        }
    }
}
END_TEST

START_TEST(softmax_parameters_of_a_known_scale)
{
    /* 1/16 * 2^26 = 2^22 = 0.5 * 2^23; radius: floor(31 * 2^26 / 2^23) = 248 */
    npu_softmax_t p = npu_softmax_params(0.0625f, 1.0f, NPU_ROUND_DOUBLE);
    ck_assert_int_eq(p.mult, 1 << 30);
    ck_assert_int_eq(p.shift, 23);
    ck_assert_int_eq(p.diff_min, -248);
    /* beta doubles it */
    p = npu_softmax_params(0.0625f, 2.0f, NPU_ROUND_DOUBLE);
    ck_assert_int_eq(p.shift, 24);
    ck_assert_int_eq(p.diff_min, -124);
    /* capped at 2^31 - 1 and 2^30 - 1 */
    p = npu_softmax_params(1e6f, 1.0f, NPU_ROUND_DOUBLE);
    ck_assert_int_eq(p.shift, 31);
    p = npu_softmax_params(1e6f, 1.0f, NPU_ROUND_SINGLE);
    ck_assert_int_eq(p.shift, 30);
}
END_TEST

START_TEST(the_mean_multiplier_is_widened_before_it_is_divided)
{
    /* scale ratio 1 = {2^30, 1}; n = 49: floor(log2) = 5: 2^30 * 32 / 49 = 701219150.4, shift -4 */
    npu_mult_t m = npu_mean_multiplier(0.5f, 0.5f, 49, NPU_ROUND_DOUBLE);
    ck_assert_int_eq(m.mult, 701219150);
    ck_assert_int_eq(m.shift, -4);
    m = npu_mean_multiplier(0.5f, 0.5f, 1, NPU_ROUND_DOUBLE);
    ck_assert_int_eq(m.mult, 1 << 30);
    ck_assert_int_eq(m.shift, 1);
    m = npu_mean_multiplier(0.5f, 0.5f, 64, NPU_ROUND_DOUBLE); /* 2^30 * 64 / 64 */
    ck_assert_int_eq(m.mult, 1 << 30);
    ck_assert_int_eq(m.shift, -5);
}
END_TEST

START_TEST(parameters_from_nowhere_do_no_harm)
{
    sim_stream_t rng = sim_stream(3, 3, 3);
    for (int i = 0; i < 3000; i++) {
        int8_t row[64];
        npu_softmax_t p = {(int32_t)(sim_stream_u32(&rng) >> 1),
                           (int32_t)sim_stream_below(&rng, 62) - 31, (int32_t)sim_stream_u32(&rng)};
        for (int k = 0; k < 64; k++)
            row[k] = (int8_t)sim_stream_u32(&rng);
        npu_softmax_row(&p, NPU_ROUND_SINGLE, row, row, 64); /* the sanitizers look on */
        int8_t table[256];
        union {
            uint32_t bits;
            float value;
        } scale = {sim_stream_u32(&rng)};
        npu_logistic_table(scale.value, (int32_t)sim_stream_below(&rng, 256) - 128,
                           NPU_ROUND_DOUBLE, table);
        npu_tanh_table(scale.value, 0, NPU_ROUND_SINGLE, table);
        ck_assert_int_ge(table[255], table[0]);
    }
}
END_TEST

TEST_MAIN("npu fixed point", multipliers_are_a_mantissa_of_31_bits_and_a_shift,
          the_two_roundings_differ_where_they_must, high_mul_rounds_to_nearest_and_saturates_once,
          round_shr_breaks_ties_away_from_zero, requant_equals_its_definition_over_random_numbers,
          exp_of_negative_numbers_is_exp_to_nine_digits,
          logistic_and_tanh_are_themselves_to_six_digits,
          tables_are_within_one_code_of_the_real_functions,
          hard_swish_and_leaky_relu_are_near_the_real_functions,
          a_logistic_of_coarse_codes_is_a_step, tables_saturate_beyond_the_range_of_the_fixed_point,
          requant_tables_rescale_and_clamp, softmax_of_equal_codes_is_even,
          softmax_of_very_many_equal_codes_is_rounded,
          softmax_is_within_one_code_of_the_real_function, softmax_parameters_of_a_known_scale,
          the_mean_multiplier_is_widened_before_it_is_divided, parameters_from_nowhere_do_no_harm)
