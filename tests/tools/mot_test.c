/*
 * mot_test.c - assignments against all permutations; tracking figures of a published example and of
 * cases worked out by hand.
 */
#include <math.h>

#include "sim/rng.h"
#include "tests/test.h"
#include "tools/assign.h"
#include "tools/mot.h"

/* ---- assignment ---- */

/* Every way to place rows from `row` on; the cheapest sum. */
static double cheapest(const double *cost, uint32_t rows, uint32_t columns, uint32_t row,
                       uint32_t taken)
{
    double best = INFINITY;
    if (row == rows)
        return 0;
    for (uint32_t c = 0; c < columns; c++) {
        if ((taken >> c & 1) != 0)
            continue;
        double sum =
            cost[row * columns + c] + cheapest(cost, rows, columns, row + 1, taken | 1u << c);
        best = sum < best ? sum : best;
    }
    return best;
}

START_TEST(an_assignment_is_as_cheap_as_the_best_of_all_permutations)
{
    sim_stream_t random = sim_stream(7, 1, 0);
    for (uint32_t round = 0; round < 300; round++) {
        uint32_t rows = 1 + sim_stream_u32(&random) % 5;
        uint32_t columns = rows + sim_stream_u32(&random) % 3, used = 0;
        double cost[64], sum = 0;
        int32_t column[8];
        for (uint32_t i = 0; i < rows * columns; i++)
            cost[i] = (double)(sim_stream_u32(&random) % 20) - 10;
        ck_assert(assign(cost, rows, columns, column));
        for (uint32_t r = 0; r < rows; r++) {
            ck_assert_int_ge(column[r], 0);
            ck_assert_int_lt(column[r], (int)columns);
            ck_assert_uint_eq(used >> column[r] & 1, 0);
            used |= 1u << column[r];
            sum += cost[r * columns + (uint32_t)column[r]];
        }
        ck_assert(fabs(sum - cheapest(cost, rows, columns, 0, 0)) < 1e-9);
    }
}
END_TEST

START_TEST(rows_without_a_column_are_left_over)
{
    const double cost[] = {5, 9, 1, 4, 7, 2}; /* 3 rows, 2 columns: rows 1 and 2, 1 + 2 */
    int32_t column[3];
    ck_assert(assign(cost, 3, 2, column));
    ck_assert_int_eq(column[0], ASSIGN_NONE);
    ck_assert_int_eq(column[1], 0);
    ck_assert_int_eq(column[2], 1);
    ck_assert(assign(cost, 0, 2, column));
    ck_assert(assign(cost, 2, 0, column));
    ck_assert_int_eq(column[1], ASSIGN_NONE);
}
END_TEST

/* ---- tracking ---- */

static mot_t *mot;
static mot_fate_t fate[8];
static mot_result_t result;

static void frame(const uint32_t *truth, uint32_t truths, const uint32_t *report, uint32_t reports,
                  const double *quality)
{
    ck_assert(mot_frame(mot, truth, truths, report, reports, quality, fate));
}

static void finish(void)
{
    ck_assert(mot_result(mot, &result));
    mot_free(mot);
}

#define IDS(...) ((const uint32_t[]){__VA_ARGS__})
#define QUALITY(...) ((const double[]){__VA_ARGS__})
#define NEAR(value, expected) ck_assert_msg(fabs((value) - (expected)) < 1e-9, "%.12g", (value))

/* The example of py-motmetrics' README (C. Heindl, J. Valmadre; quality = 1 - its distance): MOTA
 * 50 %, MOTP 0.340 as distance, IDF1 83.3 %, 1 false, 1 missed, 1 switch, 1 fragmentation. */
START_TEST(the_published_example_has_its_published_figures)
{
    mot = mot_new();
    frame(IDS(1, 2), 2, IDS(1, 2, 3), 3, QUALITY(0.9, -1, 0.7, 0.5, 0.8, 0.7));
    frame(IDS(1, 2), 2, IDS(1), 1, QUALITY(0.8, 0.6));
    ck_assert_int_eq(fate[0].match, 0);
    ck_assert_int_lt(fate[1].match, 0);
    frame(IDS(1, 2), 2, IDS(1, 3), 2, QUALITY(0.4, 0.8, 0.9, 0.4));
    ck_assert_int_eq(fate[0].match, 0); /* stays, though 1 with 3, 2 with 1 would be better */
    ck_assert_int_eq(fate[1].match, 1);
    ck_assert_uint_eq(fate[1].was, 2);
    finish();
    NEAR(result.mota, 0.5);
    NEAR(1 - result.motp, 0.34);
    NEAR(result.idf1, 5.0 / 6);
    ck_assert_uint_eq(result.switches, 1);
    ck_assert_uint_eq(result.fragments, 1);
    ck_assert_uint_eq(result.truth - result.matched, 1);
    ck_assert_uint_eq(result.reported - result.matched, 1);
}
END_TEST

/* One object for ten frames, track 7 in six and track 8 in four: 1 switch, MOTA 0.9; IDTP 6, IDF1
 * 2 * 6 / 20. */
START_TEST(a_track_that_breaks_costs_one_switch_and_its_shorter_part)
{
    mot = mot_new();
    for (uint32_t i = 0; i < 10; i++)
        frame(IDS(4), 1, IDS(i < 6 ? 7 : 8), 1, QUALITY(0.75));
    finish();
    NEAR(result.mota, 0.9);
    NEAR(result.motp, 0.75);
    NEAR(result.idf1, 0.6);
    NEAR(result.precision, 1);
    NEAR(result.recall, 1);
    ck_assert_uint_eq(result.switches, 1);
    ck_assert_uint_eq(result.fragments, 0);
}
END_TEST

/* Two people whose tracks change places in the middle of four frames. Both switch: MOTA 1 - 2 / 8;
 * either way round half of the identities are right: IDF1 2 * 4 / 16. */
START_TEST(tracks_that_change_places_are_two_switches)
{
    mot = mot_new();
    for (uint32_t i = 0; i < 4; i++)
        frame(IDS(1, 2), 2, i < 2 ? IDS(1, 2) : IDS(2, 1), 2, QUALITY(0.9, -1, -1, 0.9));
    finish();
    ck_assert_uint_eq(result.switches, 2);
    NEAR(result.mota, 0.75);
    NEAR(result.idf1, 0.5);
}
END_TEST

START_TEST(boxes_that_nobody_follows_are_found_and_not_identified)
{
    mot = mot_new();
    frame(IDS(1, 2), 2, IDS(0, 0), 2, QUALITY(0.9, -1, -1, 0.9));
    finish();
    NEAR(result.mota, 1);
    NEAR(result.idf1, 0);
    ck_assert_uint_eq(result.switches, 0);
}
END_TEST

START_TEST(nothing_to_be_wrong_about_is_right_and_false_alarms_alone_are_wrong)
{
    mot = mot_new();
    frame(NULL, 0, NULL, 0, NULL);
    finish();
    NEAR(result.mota, 1);
    NEAR(result.precision, 1);
    NEAR(result.idf1, 1);
    mot = mot_new();
    frame(NULL, 0, IDS(3), 1, NULL);
    finish();
    NEAR(result.mota, 0);
    NEAR(result.precision, 0);
    NEAR(result.recall, 1);
    NEAR(result.idf1, 0);
}
END_TEST

/* As many pairs as possible come before good ones: 0.9 alone would leave object 2 without. */
START_TEST(more_matches_are_better_than_closer_ones)
{
    mot = mot_new();
    frame(IDS(1, 2), 2, IDS(5, 6), 2, QUALITY(0.9, 0.4, 0.4, -1));
    finish();
    ck_assert_uint_eq(result.matched, 2);
    NEAR(result.motp, 0.4);
}
END_TEST

TEST_MAIN("tools mot", an_assignment_is_as_cheap_as_the_best_of_all_permutations,
          rows_without_a_column_are_left_over, the_published_example_has_its_published_figures,
          a_track_that_breaks_costs_one_switch_and_its_shorter_part,
          tracks_that_change_places_are_two_switches,
          boxes_that_nobody_follows_are_found_and_not_identified,
          nothing_to_be_wrong_about_is_right_and_false_alarms_alone_are_wrong,
          more_matches_are_better_than_closer_ones)
