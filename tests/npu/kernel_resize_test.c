/*
 * kernel_resize_test.c - RESIZE by hand and against exact fractions.
 */
#include "npu/kernel.h"
#include "sim/rng.h"
#include "tests/test.h"

enum { ACT_BYTES = 4096, PAR_BYTES = 1024, DST = 2048, COLUMNS = 512 };

static uint8_t act[ACT_BYTES], par[PAR_BYTES];
static sim_stream_t rng;

static void run(const npu_insn_t *insn)
{
    const uint32_t bytes[NPU_MEMS] = {ACT_BYTES, 0, 0, PAR_BYTES};
    uint32_t words[NPU_INSN_WORDS];
    char error[200];
    npu_l1_t l1 = {.data = {act, NULL, NULL, par}};
    ck_assert_msg(npu_insn_encode(insn, words, error, sizeof(error)), "%s", error);
    ck_assert(npu_l1_inside(insn, bytes, NULL, NULL));
    uint8_t first[ACT_BYTES];
    for (sim_simd_t level = SIM_SIMD_SCALAR; level <= sim_simd_best(); level++) {
        npu_kernels_t kernels = npu_kernels(level);
        kernels.run[NPU_OP_RESIZE](insn, &l1);
        if (level == SIM_SIMD_SCALAR)
            memcpy(first, act, ACT_BYTES);
        ck_assert_mem_eq(act, first, ACT_BYTES);
    }
}

static void put_record(uint32_t at, uint32_t low, uint32_t high, int32_t part)
{
    const uint32_t word[2] = {low | high << 16, (uint32_t)part};
    memcpy(par + at, word, sizeof(word));
}

static void put_float(uint32_t at, uint32_t low, uint32_t high, float part)
{
    int32_t bits;
    memcpy(&bits, &part, sizeof(bits));
    put_record(at, low, high, bits);
}

/* A row of two pixels of one channel, four columns of the result between them. */
static npu_insn_t row_of_four(int8_t first, int8_t second)
{
    act[0] = (uint8_t)first;
    act[1] = (uint8_t)second;
    put_record(0, 0, 0, 0);
    for (uint32_t x = 0; x < 4; x++)
        put_record(COLUMNS + 8 * x, 0, 1, (int32_t)(256 * x));
    return (npu_insn_t){.op = NPU_OP_RESIZE,
                        .h = 1,
                        .w = 4,
                        .c = 1,
                        .in_h = 1,
                        .in_w = 2,
                        .k_h = 1,
                        .k_w = 2,
                        .src = {0, 2, 1},
                        .dst = {DST, 4, 1},
                        .par2 = COLUMNS};
}

static void check_row(int a, int b, int c, int d)
{
    const int want[4] = {a, b, c, d};
    for (int x = 0; x < 4; x++)
        ck_assert_int_eq((int8_t)act[DST + x], want[x]);
}

START_TEST(results_lie_between_two_pixels_and_are_rounded)
{
    npu_insn_t i = row_of_four(10, 21);
    run(&i);
    check_row(10, 13, 16, 18); /* 10, 12.75, 15.5, 18.25 */
    i = row_of_four(-10, -21);
    run(&i);
    check_row(-10, -13, -16, -18);
}
END_TEST

START_TEST(single_rounding_takes_halves_up)
{
    npu_insn_t i = row_of_four(-10, -21);
    i.flags = NPU_FLAG_SINGLE;
    run(&i);
    check_row(-10, -13, -15, -18);
}
END_TEST

START_TEST(one_column_is_the_first_that_the_record_names)
{
    npu_insn_t i = row_of_four(-10, 77);
    put_record(COLUMNS + 8, 1, 1, 300);
    i.k_w = 1;
    run(&i);
    check_row(-10, 77, -10, -10);
}
END_TEST

START_TEST(unsigned_ones_are_floats_that_lose_their_fraction_after_a_half)
{
    npu_insn_t i = row_of_four(10 - 128, 21 - 128);
    i.flags = NPU_FLAG_UNSIGNED;
    put_float(0, 0, 0, 0.0f);
    for (uint32_t x = 0; x < 4; x++)
        put_float(COLUMNS + 8 * x, 0, 1, 0.25f * (float)x);
    run(&i);
    check_row(10 - 128, 13 - 128, 16 - 128, 18 - 128);
}
END_TEST

/* The middle of 0, 100, -60, 20 is 15. Half across, the rows are 50 and -20; a quarter down: 32.5.
 */
START_TEST(four_pixels_are_weighted_by_both_axes)
{
    static const int8_t source[4] = {0, 100, -60, 20};
    npu_insn_t i = {.op = NPU_OP_RESIZE,
                    .h = 2,
                    .w = 1,
                    .c = 1,
                    .in_h = 2,
                    .in_w = 2,
                    .k_h = 2,
                    .k_w = 2,
                    .src = {0, 2, 1},
                    .dst = {DST, 1, 1},
                    .par2 = COLUMNS};
    memcpy(act, source, sizeof(source));
    put_record(0, 0, 1, 512);
    put_record(8, 0, 1, 256);
    put_record(COLUMNS, 0, 1, 512);
    run(&i);
    ck_assert_int_eq((int8_t)act[DST], 15);
    ck_assert_int_eq((int8_t)act[DST + 1], 33);
}
END_TEST

START_TEST(a_tile_begins_with_the_row_that_its_first_record_names)
{
    npu_insn_t i = row_of_four(5, 9);
    for (uint32_t x = 0; x < 4; x++)
        put_record(COLUMNS + 8 * x, 700 + x / 2, 701, 0);
    put_record(0, 40, 41, 0);
    run(&i);
    check_row(5, 5, 9, 9);
}
END_TEST

/* The sum of four products, as an exact number of 2^-20. */
static int64_t exact(const npu_insn_t *i, const int32_t y[3], const int32_t x[3], uint32_t c)
{
    int64_t sum = 0;
    for (uint32_t k = 0; k < 4; k++) {
        int64_t wy = k < 2 ? 1024 - y[2] : y[2], wx = k % 2 == 0 ? 1024 - x[2] : x[2];
        uint32_t row = (uint32_t)y[k / 2], col = (uint32_t)x[k % 2];
        sum += wy * wx * (int8_t)act[i->src.addr + row * i->src.row + col * i->src.pix + c];
    }
    return sum;
}

/* To the nearest, halves away from zero or up. */
static int64_t rounded(int64_t sum, bool up)
{
    int64_t size = sum < 0 ? -sum : sum, whole = size >> 20, rest = size & ((1 << 20) - 1);
    bool more = rest > 1 << 19 || (rest == 1 << 19 && !(up && sum < 0));
    return (sum < 0 ? -1 : 1) * (whole + (more ? 1 : 0));
}

START_TEST(random_results_are_the_exact_sum_rounded_once)
{
    rng = sim_stream(5, 1, 0);
    for (uint32_t n = 0; n < 400; n++) {
        int32_t y[4][3], x[4][3];
        npu_insn_t i = {.op = NPU_OP_RESIZE, .h = 1 + n % 4, .w = 1 + n / 4 % 4, .c = 1 + n % 40};
        i.in_h = 1 + sim_stream_below(&rng, 4);
        i.in_w = 1 + sim_stream_below(&rng, 4);
        i.k_h = i.k_w = 2;
        i.src = (npu_tile_t){3, i.in_w * i.c + 5, i.c};
        i.dst = (npu_tile_t){DST, i.w * 41, 41};
        i.par2 = COLUMNS;
        i.flags = n % 3 == 0 ? NPU_FLAG_SINGLE : 0;
        for (uint32_t b = 0; b < DST; b++)
            act[b] = (uint8_t)sim_stream_u32(&rng);
        for (uint32_t k = 0; k < 4; k++) {
            for (uint32_t e = 0; e < 2; e++) {
                y[k][e] = k == 0 && e == 0 ? 0 : (int32_t)sim_stream_below(&rng, i.in_h);
                x[k][e] = k == 0 && e == 0 ? 0 : (int32_t)sim_stream_below(&rng, i.in_w);
            }
            y[k][2] = (int32_t)sim_stream_below(&rng, 1025);
            x[k][2] = (int32_t)sim_stream_below(&rng, 1025);
            put_record(8 * k, (uint32_t)y[k][0], (uint32_t)y[k][1], y[k][2]);
            put_record(COLUMNS + 8 * k, (uint32_t)x[k][0], (uint32_t)x[k][1], x[k][2]);
        }
        run(&i);
        for (uint32_t r = 0; r < i.h; r++)
            for (uint32_t p = 0; p < i.w; p++)
                for (uint32_t c = 0; c < i.c; c++)
                    ck_assert_int_eq((int8_t)act[DST + r * i.dst.row + p * i.dst.pix + c],
                                     rounded(exact(&i, y[r], x[p], c), i.flags != 0));
    }
}
END_TEST

START_TEST(records_that_lead_beyond_the_tile_read_its_border)
{
    rng = sim_stream(6, 1, 0);
    npu_insn_t i = row_of_four(40, 50);
    put_record(COLUMNS, 9, 9, 0);           /* the tile begins with column 9 */
    put_record(COLUMNS + 8, 2, 8, 512);     /* before it */
    put_record(COLUMNS + 16, 65535, 20, 0); /* behind it */
    run(&i);
    ck_assert_int_eq((int8_t)act[DST], 40);
    ck_assert_int_eq((int8_t)act[DST + 1], 40);
    ck_assert_int_eq((int8_t)act[DST + 2], 50);
    for (uint32_t n = 0; n < 2000; n++) { /* noise as records: nothing but codes comes out */
        for (uint32_t b = 0; b < PAR_BYTES; b++)
            par[b] = (uint8_t)sim_stream_u32(&rng);
        i.flags = n % 2 == 0 ? NPU_FLAG_UNSIGNED : 0;
        run(&i);
    }
}
END_TEST

START_TEST(more_than_two_rows_are_refused)
{
    npu_insn_t i = row_of_four(1, 2);
    uint32_t words[NPU_INSN_WORDS];
    char error[200];
    i.k_w = 3;
    ck_assert(!npu_insn_encode(&i, words, error, sizeof(error)));
    ck_assert_str_eq(error, "resize: 1 rows and 3 columns, not 1 or 2");
}
END_TEST

TEST_MAIN("npu resize kernel", results_lie_between_two_pixels_and_are_rounded,
          single_rounding_takes_halves_up, one_column_is_the_first_that_the_record_names,
          unsigned_ones_are_floats_that_lose_their_fraction_after_a_half,
          four_pixels_are_weighted_by_both_axes,
          a_tile_begins_with_the_row_that_its_first_record_names,
          random_results_are_the_exact_sum_rounded_once,
          records_that_lead_beyond_the_tile_read_its_border, more_than_two_rows_are_refused)
