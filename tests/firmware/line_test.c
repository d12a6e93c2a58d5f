#include "tests/test.h"

#include "firmware/include/line.h"

START_TEST(right_of_a_line_that_runs_down_is_in)
{
    line_t l;
    ck_assert(line_make(&l, 1000, 0, 1000, 3000));
    ck_assert_int_eq(l.length, 3000);
    ck_assert_int_eq(line_side(&l, 1017, 1500, 16), LINE_IN);
    ck_assert_int_eq(line_side(&l, 1016, 1500, 16), LINE_NEAR);
    ck_assert_int_eq(line_side(&l, 984, 1500, 16), LINE_NEAR);
    ck_assert_int_eq(line_side(&l, 983, 1500, 16), LINE_OUT);
}
END_TEST

START_TEST(other_ends_first_turn_the_sides)
{
    line_t l;
    ck_assert(line_make(&l, 1000, 3000, 1000, 0));
    ck_assert_int_eq(line_side(&l, 1100, 1500, 16), LINE_OUT);
    ck_assert_int_eq(line_side(&l, 900, 1500, 16), LINE_IN);
}
END_TEST

/* From (0, 0) to (300, 400), 500 long. (700, 100) is dy px - dx py = 400 x 700 - 300 x 100 over 500
 * = 500 off, along 300 x 700 + 400 x 100 over 500 = 500: beside its last point. */
START_TEST(a_slanted_line_measures_at_right_angles)
{
    line_t l;
    ck_assert(line_make(&l, 0, 0, 300, 400));
    ck_assert_int_eq(l.length, 500);
    ck_assert_int_eq(line_side(&l, 700, 100, 499), LINE_IN);
    ck_assert_int_eq(line_side(&l, 700, 100, 500), LINE_NEAR);
    ck_assert_int_eq(line_side(&l, 703, 100, 0), LINE_PAST);
    ck_assert_int_eq(line_side(&l, 150, 300, 10), LINE_OUT);
}
END_TEST

START_TEST(beyond_its_ends_there_are_no_sides)
{
    line_t l;
    ck_assert(line_make(&l, 1000, 500, 1000, 800));
    ck_assert_int_eq(line_side(&l, 2000, 499, 0), LINE_PAST);
    ck_assert_int_eq(line_side(&l, 2000, 500, 0), LINE_IN);
    ck_assert_int_eq(line_side(&l, 0, 800, 0), LINE_OUT);
    ck_assert_int_eq(line_side(&l, 0, 801, 0), LINE_PAST);
}
END_TEST

START_TEST(a_point_is_no_line)
{
    line_t l;
    ck_assert(!line_make(&l, 7, 8, 7, 8));
    ck_assert(line_make(&l, 7, 8, 8, 9)); /* 1.4 */
    ck_assert_int_eq(l.length, 1);
}
END_TEST

START_TEST(places_far_outside_have_sides_too)
{
    line_t l;
    ck_assert(line_make(&l, 0, 0, 16383, 16383));
    ck_assert_int_eq(line_side(&l, 1000000, -999000, 16), LINE_IN);
    ck_assert_int_eq(line_side(&l, -1000000, 1001000, 16), LINE_OUT);
}
END_TEST

TEST_MAIN("firmware line", right_of_a_line_that_runs_down_is_in, other_ends_first_turn_the_sides,
          a_slanted_line_measures_at_right_angles, beyond_its_ends_there_are_no_sides,
          a_point_is_no_line, places_far_outside_have_sides_too)
