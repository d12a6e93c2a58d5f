/*
 * noise_test.c - the numbers noise is made of, judged against the laws themselves.
 *
 * A Poisson kernel maps 2^32 words to numbers, upward on each of the two halves of the words (see
 * words_up_to), so bisection finds how many words give each number: the distribution as built,
 * not a sample of it. Its total variation from Poisson is then a sum.
 */
#include <math.h>

#include "pixel/kernels.h"
#include "tests/test.h"

static float number_of(float mean, uint32_t word)
{
    float number;
    pix_kernels_scalar.poisson(&mean, &word, &number, 1);
    return number;
}

/* How many of the words first, first + step, ... (2^31 of them) give at most k; numbers rise. */
static uint64_t words_up_to(float mean, uint32_t first, uint32_t step, float k)
{
    uint64_t low = 0, high = UINT64_C(1) << 31;
    while (low < high) {
        uint64_t middle = (low + high) / 2;
        if (number_of(mean, first + step * (uint32_t)middle) <= k)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Small means take the word as it is. Large ones take its top bit for the sign and the rest for
 * the probability of the tail. */
static double share_up_to(float mean, float k)
{
    bool small = mean < PIX_POISSON_SWITCH;
    uint64_t lower = words_up_to(mean, small ? 0 : 0x80000000u, 1, k);
    uint64_t upper = small ? words_up_to(mean, 0x80000000u, 1, k)
                           : words_up_to(mean, 0x7fffffffu, UINT32_MAX, k);
    return (double)(lower + upper) * 0x1p-32;
}

static double total_variation(float mean)
{
    double spread = 7 * sqrt((double)mean) + 20, apart = 0, covered = 0, built = 0;
    double first = floor((double)mean - spread), last = (double)mean + spread;
    first = first < 0 ? 0 : first;
    if (first > 0)
        built = share_up_to(mean, (float)first - 1);
    apart += built;
    for (double k = first; k <= last; k++) {
        double share = share_up_to(mean, (float)k);
        double law = exp(k * log((double)mean) - (double)mean - lgamma(k + 1));
        apart += fabs(share - built - law);
        built = share;
        covered += law;
    }
    return (apart + (1 - built) + (1 - covered)) / 2;
}

START_TEST(small_poisson_means_are_exact_to_two_millionths)
{
    static const float means[] = {0.01f, 0.1f, 1, 5, 11.9f};
    for (size_t i = 0; i < SIM_COUNT(means); i++)
        ck_assert_double_lt(total_variation(means[i]), 2e-6);
}
END_TEST

START_TEST(every_poisson_mean_is_within_1e_4_total_variation)
{
    for (float mean = 0.01f; mean < 2e6f; mean *= mean < 10 || mean > 100 ? 1.7f : 1.03f)
        ck_assert_double_lt(total_variation(mean), 1e-4);
    ck_assert_double_lt(total_variation(PIX_POISSON_SWITCH), 1e-4); /* the worst of all */
}
END_TEST

START_TEST(large_poisson_means_are_within_the_documented_total_variation)
{
    static const struct {
        float mean;
        double limit;
    } cases[] = {{20, 5e-5}, {30, 2e-5}, {300, 3e-5}, {3000, 4e-5}, {30000, 4e-5}};
    for (size_t i = 0; i < SIM_COUNT(cases); i++)
        ck_assert_double_lt(total_variation(cases[i].mean), cases[i].limit);
}
END_TEST

START_TEST(a_mean_of_zero_gives_zero)
{
    static const uint32_t words[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff};
    for (size_t i = 0; i < SIM_COUNT(words); i++)
        ck_assert(number_of(0, words[i]) == 0);
}
END_TEST

START_TEST(every_word_gives_a_finite_number_of_sane_size)
{
    static const float means[] = {1e-6f, 0.5f, 11.99f, 12, 100, 32720, PIX_POISSON_MAX};
    static const uint32_t words[] = {0, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffe00, 0x55555555};
    for (size_t i = 0; i < SIM_COUNT(means); i++) {
        for (size_t j = 0; j < SIM_COUNT(words); j++) {
            double n = (double)number_of(means[i], words[j]), mean = (double)means[i];
            ck_assert_double_ge(n, 0);
            ck_assert_double_le(fabs(n - mean), 7 * sqrt(mean) + 20);
        }
    }
}
END_TEST

START_TEST(normal_numbers_have_the_tail_probability_of_their_word)
{
    for (uint32_t bits = 0; bits < 0x7ff00000; bits += bits / 8 + 1) {
        float plus, minus;
        uint32_t word = bits, mirrored = bits | 0x80000000;
        pix_kernels_scalar.normal(&word, 1, &plus, 1);
        pix_kernels_scalar.normal(&mirrored, 1, &minus, 1);
        ck_assert(minus == -plus);
        double z = (double)plus, p = (double)(bits | 1) * 0x1p-32;
        double density = exp(-z * z / 2) * 0.3989422804014327;
        double error = (0.5 * erfc(z * 0.70710678118654752) - p) / density;
        ck_assert_double_le(fabs(error), z < 4.2 ? 4e-6 : 6e-5 * z);
    }
}
END_TEST

START_TEST(half_words_give_the_quantiles_of_their_middles)
{
    enum { COUNT = 48 };
    uint32_t word[32];
    float number[COUNT], z;
    for (uint32_t i = 0; i < 32; i++)
        word[i] = (i * 0x9e3779b9u) ^ 0x80017fffu;
    pix_kernels_scalar.normal_halves(word, 2, number, COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        uint32_t two = word[i / 32 * 16 + i % 16],
                 half = i / 16 % 2 == 0 ? two >> 16 : two & 0xffff;
        uint32_t middle = half << 16 | 0x8000;
        pix_kernels_scalar.normal(&middle, 2, &z, 1);
        ck_assert(number[i] == z);
    }
}
END_TEST

START_TEST(normal_numbers_have_mean_0_and_variance_1)
{
    double sum = 0, squares = 0;
    const uint32_t count = 1 << 16;
    for (uint32_t i = 0; i < count; i++) { /* every part of 2^-16 of the words once */
        float z;
        uint32_t word = i << 16 | 0x8000;
        pix_kernels_scalar.normal(&word, 1, &z, 1);
        sum += (double)z;
        squares += (double)z * (double)z;
    }
    ck_assert_double_le(fabs(sum / count), 1e-9);
    /* strata of 2^-16 lose about their part of the tail beyond 4.2 sigma: 1e-4 of the variance */
    ck_assert_double_le(fabs(squares / count - 1), 2e-4);
}
END_TEST

/* Means from 0 to 40,000, many of them around the switch, in mixed order. */
static void make_inputs(float *mean, uint32_t *word, uint32_t count)
{
    sim_stream_t s = sim_stream(77, 0, 0);
    for (uint32_t i = 0; i < count; i++) {
        float high = i % 3 == 0 ? 1.0f : i % 3 == 1 ? 24.0f : 40000.0f;
        mean[i] = sim_stream_below(&s, 20) == 0 ? 0 : sim_stream_range(&s, 0, high);
        word[i] = sim_stream_u32(&s);
    }
}

/* Colors take turns: of one of them, all means as they are, below the switch, or not below it. */
static void change_color(float *mean, uint32_t count, uint32_t color, uint32_t kind)
{
    for (uint32_t i = color; i < count; i += 2)
        if (kind == 1)
            mean[i] = fminf(mean[i], nextafterf(PIX_POISSON_SWITCH, 0));
        else if (kind == 2)
            mean[i] = fmaxf(mean[i], PIX_POISSON_SWITCH);
}

static void check_colors(uint32_t even, uint32_t odd)
{
    enum { COUNT = 512 };
    static float mean[COUNT], expected[COUNT], number[COUNT];
    static uint32_t word[COUNT];
    make_inputs(mean, word, COUNT);
    change_color(mean, COUNT, 0, even);
    change_color(mean, COUNT, 1, odd);
    for (uint32_t i = 0; i < COUNT; i++)
        expected[i] = number_of(mean[i], word[i]);
    for (int level = SIM_SIMD_SCALAR; level <= (int)sim_simd_best(); level++) {
        for (uint32_t count = 16; count <= COUNT; count += 16) { /* the last ones of the inputs */
            uint32_t first = COUNT - count;
            pix_kernels_of((sim_simd_t)level)->poisson(mean + first, word + first, number, count);
            ck_assert_mem_eq(number, expected + first, count * sizeof(*number));
        }
    }
}

START_TEST(numbers_do_not_depend_on_those_beside_them)
{
    for (uint32_t even = 0; even < 3; even++)
        for (uint32_t odd = 0; odd < 3; odd++)
            check_colors(even, odd);
}
END_TEST

START_TEST(all_vector_levels_give_the_same_bits)
{
    enum { COUNT = 512 };
    static float mean[COUNT], expected[COUNT], number[COUNT];
    static uint32_t word[COUNT];
    for (int level = SIM_SIMD_AVX2; level <= (int)sim_simd_best(); level++) {
        const pix_kernels_t *kernels = pix_kernels_of((sim_simd_t)level);
        make_inputs(mean, word, COUNT);
        for (uint32_t i = 0; i < 32; i++) /* from the middle to the end of both tails, apart */
            word[i * 16 + i % 16] = (i % 2) << 31 | (0x7fffffffu >> i);
        pix_kernels_scalar.poisson(mean, word, expected, COUNT);
        kernels->poisson(mean, word, number, COUNT);
        ck_assert_mem_eq(number, expected, sizeof(number));
        pix_kernels_scalar.normal(word, 1.7f, expected, COUNT);
        kernels->normal(word, 1.7f, number, COUNT);
        ck_assert_mem_eq(number, expected, sizeof(number));
        pix_kernels_scalar.normal_halves(word, 1.7f, expected, COUNT - 16);
        kernels->normal_halves(word, 1.7f, number, COUNT - 16);
        ck_assert_mem_eq(number, expected, sizeof(number));
    }
}
END_TEST

TEST_MAIN("pixel noise", small_poisson_means_are_exact_to_two_millionths,
          every_poisson_mean_is_within_1e_4_total_variation,
          large_poisson_means_are_within_the_documented_total_variation, a_mean_of_zero_gives_zero,
          every_word_gives_a_finite_number_of_sane_size,
          normal_numbers_have_the_tail_probability_of_their_word,
          half_words_give_the_quantiles_of_their_middles, normal_numbers_have_mean_0_and_variance_1,
          numbers_do_not_depend_on_those_beside_them, all_vector_levels_give_the_same_bits)
