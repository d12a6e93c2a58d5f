/*
 * rng_test.c - Philox against its published vectors, vector code against scalar, streams.
 */
#include <math.h>

#include "sim/cpu.h"
#include "sim/rng.h"
#include "tests/test.h"

START_TEST(blocks_equal_the_published_known_answers)
{
    /* Random123, tests/kat_vectors, "philox4x32 10" */
    static const struct {
        uint64_t seed;
        uint32_t counter[4], want[4];
    } known[] = {
        {0, {0, 0, 0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {UINT64_MAX,
         {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {UINT64_C(0x299f31d0a4093822), /* key words a4093822, 299f31d0 */
         {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        uint32_t out[4];
        sim_rng_block(known[i].seed, known[i].counter, out);
        ck_assert_mem_eq(out, known[i].want, sizeof(out));
    }
}
END_TEST

START_TEST(blocks_of_seven_rounds_equal_the_published_known_answers)
{
    /* the same file, "philox4x32 7" */
    static const struct {
        uint64_t seed;
        uint32_t counter[4], want[4];
    } known[] = {
        {0, {0, 0, 0, 0}, {0x5f6fb709, 0x0d893f64, 0x4f121f81, 0x4f730a48}},
        {UINT64_MAX,
         {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX},
         {0x5207ddc2, 0x45165e59, 0x4d8ee751, 0x8c52f662}},
        {UINT64_C(0x299f31d0a4093822),
         {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0x4dfccaba, 0x190a87f0, 0xc47362ba, 0xb6b5242a}},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        uint32_t out[4];
        sim_rng_block7(known[i].seed, known[i].counter, out);
        ck_assert_mem_eq(out, known[i].want, sizeof(out));
    }
}
END_TEST

/* Of 2^18 columns: each value of the top byte, and each pair of neighbors' top bits of two, as
 * often as any other: chi-square of 255 and 15 cells within five of its sigmas. */
START_TEST(seven_rounds_spread_words_and_pairs_evenly)
{
    enum { COUNT = 1 << 18 };
    static uint32_t word[COUNT], byte[256], pair[16];
    const sim_rng_t rng = {.seed = 1, .purpose = 2, .frame = 3, .row = 4};
    double bytes = 0, pairs = 0;
    sim_rng_fill7_u32(&rng, 0, COUNT, word);
    for (uint32_t i = 0; i < COUNT; i++) {
        byte[word[i] >> 24]++;
        pair[word[i] >> 30 << 2 | word[(i + 1) % COUNT] >> 30]++;
    }
    for (uint32_t i = 0; i < 256; i++)
        bytes += (byte[i] - COUNT / 256.0) * (byte[i] - COUNT / 256.0) / (COUNT / 256.0);
    for (uint32_t i = 0; i < 16; i++)
        pairs += (pair[i] - COUNT / 16.0) * (pair[i] - COUNT / 16.0) / (COUNT / 16.0);
    ck_assert_double_eq_tol(bytes, 255, 5 * sqrt(2 * 255));
    ck_assert_double_eq_tol(pairs, 15, 5 * sqrt(2 * 15));
}
END_TEST

/* A bit of row, frame or purpose flips half of the bits of all words. */
START_TEST(seven_rounds_tell_neighboring_rows_and_frames_apart)
{
    enum { COUNT = 4096 };
    static uint32_t a[COUNT], b[COUNT];
    for (uint32_t bit = 0; bit < 96; bit++) {
        sim_rng_t rng = {.seed = 9, .purpose = 0x50495853, .frame = 100, .row = 1000};
        sim_rng_fill7_u32(&rng, 0, COUNT, a);
        uint32_t *field[] = {&rng.row, &rng.frame, &rng.purpose};
        *field[bit / 32] ^= 1u << bit % 32;
        sim_rng_fill7_u32(&rng, 0, COUNT, b);
        uint32_t flipped = 0;
        for (uint32_t i = 0; i < COUNT; i++)
            for (uint32_t x = a[i] ^ b[i]; x != 0; x &= x - 1)
                flipped++;
        /* 131,072 fair coins: sigma 181 */
        ck_assert_int_le(abs((int)flipped - 65536), 5 * 181);
    }
}
END_TEST

START_TEST(a_column_is_a_word_of_the_block_that_the_header_names)
{
    const sim_rng_t rng = {.seed = 0x123456789abcdef0, .purpose = 7, .frame = 11, .row = 13};
    for (uint32_t column = 0; column < 64; column++) {
        uint32_t out[4];
        sim_rng_block(rng.seed, (uint32_t[4]){column / 4, 13, 11, 7}, out);
        ck_assert_uint_eq(sim_rng_u32(&rng, column), out[column % 4]);
    }
}
END_TEST

/* Every level the machine has, every count up to a few groups, odd places and nothing overrun. */
START_TEST(filling_gives_the_same_numbers_on_every_simd_level)
{
    static uint32_t out[4128];
    const sim_rng_t rng = {.seed = 0xfedcba9876543210, .purpose = 3, .frame = 90, .row = 1519};
    for (int level = SIM_SIMD_SCALAR; level <= (int)sim_simd_best(); level++) {
        ck_assert(sim_simd_force((sim_simd_t)level));
        for (uint32_t count = 0; count < 4100; count += count < 200 ? 1 : 433) {
            uint32_t first = count % 7 * 4;
            out[count] = 0xdeadbeef;
            sim_rng_fill_u32(&rng, first, count, out);
            for (uint32_t i = 0; i < count; i++)
                ck_assert_uint_eq(out[i], sim_rng_u32(&rng, first + i));
            ck_assert_uint_eq(out[count], 0xdeadbeef);
        }
    }
}
END_TEST

START_TEST(filling_with_seven_rounds_gives_the_same_numbers_on_every_simd_level)
{
    static uint32_t out[1028];
    const sim_rng_t rng = {.seed = 0xfedcba9876543210, .purpose = 3, .frame = 90, .row = 1519};
    for (int level = SIM_SIMD_SCALAR; level <= (int)sim_simd_best(); level++) {
        ck_assert(sim_simd_force((sim_simd_t)level));
        for (uint32_t count = 1; count < 1028; count += 79) {
            uint32_t first = count % 7 * 4;
            out[count] = 0xdeadbeef;
            sim_rng_fill7_u32(&rng, first, count, out);
            for (uint32_t i = 0; i < count; i++) {
                uint32_t counter[4] = {(first + i) / 4, 1519, 90, 3}, want[4];
                sim_rng_block7(rng.seed, counter, want);
                ck_assert_uint_eq(out[i], want[i % 4]);
            }
            ck_assert_uint_eq(out[count], 0xdeadbeef);
        }
    }
}
END_TEST

START_TEST(filling_is_right_at_the_highest_columns)
{
    static uint32_t out[256];
    const sim_rng_t rng = {.seed = 5};
    const uint32_t first = UINT32_MAX - 255;
    for (int level = SIM_SIMD_SCALAR; level <= (int)sim_simd_best(); level++) {
        ck_assert(sim_simd_force((sim_simd_t)level));
        sim_rng_fill_u32(&rng, first, 256, out);
        for (uint32_t i = 0; i < 256; i++)
            ck_assert_uint_eq(out[i], sim_rng_u32(&rng, first + i));
    }
}
END_TEST

START_TEST(a_level_that_the_machine_lacks_is_refused)
{
    sim_simd_t best = sim_simd_best();
    ck_assert_int_eq(sim_simd(), best);
    for (int level = (int)best + 1; level < SIM_SIMD_LEVELS; level++)
        ck_assert(!sim_simd_force((sim_simd_t)level));
    ck_assert_int_eq(sim_simd(), best);
    ck_assert(sim_simd_force(SIM_SIMD_SCALAR));
    ck_assert_int_eq(sim_simd(), SIM_SIMD_SCALAR);
    ck_assert_str_eq(sim_simd_name(SIM_SIMD_AVX512), "avx512");
    ck_assert_str_eq(sim_simd_name(SIM_SIMD_AMX), "amx");
}
END_TEST

START_TEST(streams_repeat_and_differ_by_seed_purpose_and_index)
{
    sim_stream_t a = sim_stream(1, 2, 3), again = sim_stream(1, 2, 3);
    sim_stream_t others[3] = {sim_stream(9, 2, 3), sim_stream(1, 9, 3), sim_stream(1, 2, 9)};
    uint32_t equal[3] = {0};
    for (int i = 0; i < 100; i++) {
        uint32_t value = sim_stream_u32(&a);
        ck_assert_uint_eq(sim_stream_u32(&again), value);
        for (int k = 0; k < 3; k++)
            equal[k] += sim_stream_u32(&others[k]) == value;
    }
    for (int k = 0; k < 3; k++)
        ck_assert_uint_lt(equal[k], 3);
}
END_TEST

START_TEST(stream_values_stay_in_their_ranges_and_fill_them)
{
    sim_stream_t s = sim_stream(1, 1, 1);
    double sum = 0;
    uint32_t histogram[10] = {0};
    for (int i = 0; i < 100000; i++) {
        float unit = sim_stream_unit(&s);
        ck_assert(unit >= 0.0f && unit < 1.0f);
        sum += (double)unit;
        float x = sim_stream_range(&s, 16777216.0f, 16777218.0f); /* rounds up to the end easily */
        ck_assert(x >= 16777216.0f && x < 16777218.0f);
        uint32_t below = sim_stream_below(&s, 10);
        ck_assert_uint_lt(below, 10);
        histogram[below]++;
    }
    ck_assert(sum > 49500 && sum < 50500); /* sigma is 91 */
    for (int i = 0; i < 10; i++) {
        ck_assert_uint_gt(histogram[i], 9500); /* sigma is 95 */
        ck_assert_uint_lt(histogram[i], 10500);
    }
    ck_assert_uint_eq(sim_stream_below(&s, 1), 0);
}
END_TEST

TEST_MAIN("sim rng", blocks_equal_the_published_known_answers,
          blocks_of_seven_rounds_equal_the_published_known_answers,
          seven_rounds_spread_words_and_pairs_evenly,
          seven_rounds_tell_neighboring_rows_and_frames_apart,
          a_column_is_a_word_of_the_block_that_the_header_names,
          filling_gives_the_same_numbers_on_every_simd_level,
          filling_with_seven_rounds_gives_the_same_numbers_on_every_simd_level,
          filling_is_right_at_the_highest_columns, a_level_that_the_machine_lacks_is_refused,
          streams_repeat_and_differ_by_seed_purpose_and_index,
          stream_values_stay_in_their_ranges_and_fill_them)
