/*
 * awb_test.c - white balance from zones made by hand.
 */
#include "tests/test.h"

#include <math.h>

#include "firmware/include/awb.h"

enum { SIDE = 64, CELLS = 16, BASE = 274 };

static stats_zones_t zones;

/* Sums of so many cells with these means. */
static void put(uint32_t z, double r, double g, double b, uint32_t cells)
{
    zones.zone[z] = (stats_zone_t){(uint32_t)(r * cells + 0.5), (uint32_t)(2 * g * cells + 0.5),
                                   (uint32_t)(b * cells + 0.5), cells};
}

static void fill(double r, double g, double b)
{
    zones.width = zones.height = SIDE;
    for (uint32_t z = 0; z < ZONES; z++)
        put(z, r, g, b, CELLS);
}

static bool step(awb_t *awb, awb_gains_t *gains)
{
    return awb_step(awb, &zones, gains);
}

static bool gray(double r, double g, double b)
{
    return awb_may_be_gray((uint32_t)(1000 * r), (uint32_t)(2000 * g), (uint32_t)(1000 * b));
}

/* Daylight: 0.71 and 0.68 of green; a bulb: 1.30 and 0.34. */
START_TEST(gray_under_lamps_may_be_gray_and_leaves_and_lilac_may_not)
{
    ck_assert(gray(0.71, 1, 0.68));
    ck_assert(gray(1.30, 1, 0.34));
    ck_assert(gray(0.99, 1, 0.48)); /* 4000 K */
    ck_assert(!gray(0.40, 1, 0.30));
    ck_assert(!gray(1.2, 1, 1.2));
    ck_assert(!gray(3, 1, 0.1));   /* redder than a candle */
    ck_assert(!gray(0.3, 1, 1.5)); /* bluer than any sky's light on gray */
    ck_assert(!gray(0, 1, 0.5));
    ck_assert(!gray(0, 0, 0));
}
END_TEST

/* The smallest gain, here green's, is the base's: clipped white stays white. */
START_TEST(the_first_frame_makes_gray_gray_at_once)
{
    awb_t awb;
    awb_gains_t gains;
    awb_init(&awb, BASE);
    fill(0.71 * 800, 800, 0.68 * 800);
    ck_assert(step(&awb, &gains));
    ck_assert_uint_eq(awb.gray, 256);
    ck_assert_uint_eq(gains.g, BASE);
    ck_assert_int_le(abs((int)gains.r - (int)(BASE / 0.71 + 0.5)), 1);
    ck_assert_int_le(abs((int)gains.b - (int)(BASE / 0.68 + 0.5)), 1);
}
END_TEST

START_TEST(under_a_bulb_red_has_the_smallest_gain)
{
    awb_t awb;
    awb_gains_t gains;
    awb_init(&awb, BASE);
    fill(1.30 * 500, 500, 0.34 * 500);
    ck_assert(step(&awb, &gains));
    ck_assert_uint_eq(gains.r, BASE);
    ck_assert_int_le(abs((int)gains.g - (int)(BASE * 1.30 + 0.5)), 1);
    ck_assert_int_le(abs((int)gains.b - (int)(BASE * 1.30 / 0.34 + 0.5)), 2);
}
END_TEST

/* (3 / 4)^n of the way is left, in stops: after n frames blue over green is 1 / 0.34 times
 * (0.34 / 0.68)^((3 / 4)^n). */
START_TEST(gains_go_a_quarter_of_the_way_each_frame)
{
    awb_t awb;
    awb_gains_t gains;
    awb_init(&awb, BASE);
    fill(0.71 * 500, 500, 0.68 * 500);
    ck_assert(step(&awb, &gains));
    fill(1.30 * 500, 500, 0.34 * 500);
    for (int n = 1; n <= 20; n++) {
        ck_assert(step(&awb, &gains));
        double blue = pow(0.5, pow(0.75, n)) / 0.34;
        ck_assert_double_eq_tol((double)gains.b / gains.g, blue, 0.01 * blue);
    }
}
END_TEST

START_TEST(zones_that_are_dark_saturated_or_colored_do_not_count)
{
    awb_t awb;
    awb_gains_t gains;
    awb_init(&awb, BASE);
    fill(0.40 * 900, 900, 0.30 * 900); /* leaves */
    ck_assert(!step(&awb, &gains));
    for (uint32_t z = 0; z < 16; z++) {
        put(z, 1.30 * 20, 20, 0.34 * 20, CELLS);             /* dark */
        put(16 + z, 1.30 * 900, 900, 0.34 * 900, CELLS / 2); /* half of it saturated */
        put(32 + z, 0, 0, 0, 0);                             /* all of it */
    }
    ck_assert(!step(&awb, &gains));
    for (uint32_t z = 100; z < 103; z++)
        put(z, 0.71 * 100, 100, 0.68 * 100, CELLS);
    ck_assert(!step(&awb, &gains)); /* three are too few */
    put(103, 0.71 * 100, 100, 0.68 * 100, CELLS);
    ck_assert(step(&awb, &gains));
    ck_assert_uint_eq(awb.gray, 4);
    ck_assert_int_le(abs((int)gains.r - (int)(BASE / 0.71 + 0.5)), 1);
}
END_TEST

/* 2028 x 1520: zones of 3008 cells and more at full scale. */
START_TEST(the_largest_sums_fit)
{
    awb_t awb;
    awb_gains_t gains;
    awb_init(&awb, BASE);
    for (uint32_t z = 0; z < ZONES; z++)
        put(z, 2690, 3800, 2585, 127 * 95);
    zones.width = 2028; /* 4056 x 3040 samples */
    zones.height = 1520;
    ck_assert(step(&awb, &gains));
    ck_assert_uint_eq(awb.gray, 256);
    ck_assert_int_le(abs((int)gains.r - (int)(BASE * 3800.0 / 2690 + 0.5)), 1);
}
END_TEST

TEST_MAIN("firmware white balance", gray_under_lamps_may_be_gray_and_leaves_and_lilac_may_not,
          the_first_frame_makes_gray_gray_at_once, under_a_bulb_red_has_the_smallest_gain,
          gains_go_a_quarter_of_the_way_each_frame,
          zones_that_are_dark_saturated_or_colored_do_not_count, the_largest_sums_fit)
