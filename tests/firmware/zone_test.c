/*
 * zone_test.c - polygons by hand, and random ones against the winding number in floating point.
 */
#include "tests/test.h"

#include <math.h>
#include <stdlib.h>

#include "firmware/include/zone.h"

static bool in(const zone_t *zone, int32_t x, int32_t y)
{
    return zone_holds(zone, (zone_point_t){x, y});
}

static const zone_t square = {.corners = 4, .corner = {{10, 20}, {30, 20}, {30, 50}, {10, 50}}};

START_TEST(a_square_has_its_left_and_upper_edge_and_not_the_others)
{
    ck_assert(in(&square, 20, 35));
    ck_assert(in(&square, 10, 20)); /* the corner between the two edges that are its own */
    ck_assert(in(&square, 10, 49));
    ck_assert(in(&square, 29, 20));
    ck_assert(!in(&square, 30, 20));
    ck_assert(!in(&square, 30, 35));
    ck_assert(!in(&square, 20, 50));
    ck_assert(!in(&square, 9, 35));
    ck_assert(!in(&square, 20, 19));
}
END_TEST

START_TEST(the_other_way_round_is_the_same_zone)
{
    const zone_t other = {.corners = 4, .corner = {{10, 50}, {30, 50}, {30, 20}, {10, 20}}};
    for (int32_t y = 15; y < 55; y++)
        for (int32_t x = 5; x < 35; x++)
            ck_assert_int_eq(in(&square, x, y), in(&other, x, y));
}
END_TEST

/* 40 wide and high, open to the right from (10, 10) to (40, 30). */
START_TEST(the_bay_of_a_u_is_outside)
{
    const zone_t u = {
        .corners = 8,
        .corner = {{0, 0}, {40, 0}, {40, 10}, {10, 10}, {10, 30}, {40, 30}, {40, 40}, {0, 40}}};
    ck_assert(in(&u, 5, 20));
    ck_assert(in(&u, 35, 5));
    ck_assert(in(&u, 35, 35));
    ck_assert(!in(&u, 20, 20)); /* the bay */
    ck_assert(!in(&u, 10, 20)); /* its shore is a right edge */
    ck_assert(!in(&u, 20, 10)); /* and its upper one a lower edge of the arm */
    ck_assert(in(&u, 20, 30));
}
END_TEST

/* A right angle at (0, 0), legs of 10: inside while x + y < 10. */
START_TEST(a_slanted_edge_is_met_exactly)
{
    const zone_t triangle = {.corners = 3, .corner = {{0, 0}, {10, 0}, {0, 10}}};
    for (int32_t y = -1; y <= 11; y++)
        for (int32_t x = -1; x <= 11; x++)
            ck_assert_int_eq(in(&triangle, x, y), x >= 0 && y >= 0 && x + y < 10);
}
END_TEST

START_TEST(of_two_zones_with_an_edge_in_common_one_has_the_point)
{
    const zone_t left = {.corners = 4, .corner = {{0, 0}, {60, 0}, {37, 100}, {0, 100}}};
    const zone_t right = {.corners = 4, .corner = {{60, 0}, {100, 0}, {100, 100}, {37, 100}}};
    for (int32_t y = 0; y < 100; y++)
        for (int32_t x = 0; x < 100; x++)
            ck_assert_int_eq(in(&left, x, y) + in(&right, x, y), 1);
}
END_TEST

START_TEST(what_has_no_three_corners_holds_nothing)
{
    zone_t zone = square;
    zone.corners = 0;
    ck_assert(!in(&zone, 20, 35));
    zone.corners = 2;
    ck_assert(!in(&zone, 20, 35));
    zone.corners = 9; /* more than there are */
    ck_assert(!in(&zone, 20, 35));
}
END_TEST

START_TEST(the_largest_coordinates_do_not_overflow)
{
    enum { FAR = 1 << 29 };
    const zone_t all = {.corners = 4,
                        .corner = {{-FAR, -FAR}, {FAR, -FAR}, {FAR, FAR}, {-FAR, FAR}}};
    const zone_t half = {.corners = 3, .corner = {{-FAR, -FAR}, {FAR, -FAR}, {-FAR, FAR}}};
    ck_assert(in(&all, FAR - 1, FAR - 1));
    ck_assert(in(&half, -1, 0));
    ck_assert(!in(&half, 0, 0)); /* on the slanted edge, a right one */
    ck_assert(!in(&half, FAR - 1, 1 - FAR));
    ck_assert(in(&half, FAR - 2, 1 - FAR));
}
END_TEST

/* ---- random polygons ---- */

/* How often the corners go round the point. */
static int winding(const zone_t *zone, double x, double y)
{
    double turned = 0;
    for (uint32_t i = 0; i < zone->corners; i++) {
        zone_point_t a = zone->corner[i], b = zone->corner[(i + 1) % zone->corners];
        double ax = a.x - x, ay = a.y - y, bx = b.x - x, by = b.y - y;
        turned += atan2(ax * by - ay * bx, ax * bx + ay * by);
    }
    return (int)lround(turned / (2 * 3.14159265358979323846));
}

static double distance(zone_point_t a, zone_point_t b, double x, double y)
{
    double dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
    double t = length > 0 ? ((x - a.x) * dx + (y - a.y) * dy) / length : 0;
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    return hypot(a.x + t * dx - x, a.y + t * dy - y);
}

static bool on_an_edge(const zone_t *zone, double x, double y)
{
    for (uint32_t i = 0; i < zone->corners; i++)
        if (distance(zone->corner[i], zone->corner[(i + 1) % zone->corners], x, y) < 1e-6)
            return true;
    return false;
}

/* low..high - 1; xorshift64 (Marsaglia, Xorshift RNGs, 2003). */
static int32_t any(uint64_t *state, int32_t low, int32_t high)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return low + (int32_t)(*state % (uint64_t)(high - low));
}

/* Corners anywhere: concave, and crossing themselves, where an odd number of turns is inside. */
START_TEST(random_polygons_agree_with_the_winding_number)
{
    enum { POLYGONS = 3000, POINTS = 100 };
    uint64_t rng = 7;
    uint32_t inside = 0, looked = 0, holes = 0;
    for (uint32_t n = 0; n < POLYGONS; n++) {
        int32_t side = n % 2 == 0 ? 4056 : 12; /* in a small one many points are near edges */
        zone_t zone = {.corners = 3 + n % 6};
        for (uint32_t i = 0; i < zone.corners; i++)
            zone.corner[i] = (zone_point_t){any(&rng, 0, side), any(&rng, 0, side)};
        for (uint32_t i = 0; i < POINTS; i++) {
            int32_t x = any(&rng, -1, side + 1), y = any(&rng, -1, side + 1);
            if (on_an_edge(&zone, x, y))
                continue;
            int turns = winding(&zone, x, y);
            bool expected = turns % 2 != 0;
            ck_assert_msg(in(&zone, x, y) == expected, "polygon %u, point %d,%d", n, x, y);
            looked++;
            inside += expected;
            holes += turns != 0 && !expected;
        }
    }
    ck_assert_uint_gt(looked, POLYGONS * POINTS / 2);
    ck_assert_uint_gt(inside, looked / 20);
    ck_assert_uint_gt(holes, 100);
}
END_TEST

/* ---- feet, masks, schedules ---- */

START_TEST(somebody_stands_in_the_middle_of_the_lowest_row)
{
    const det_box_t box = {.x0 = 100, .y0 = 40, .x1 = 151, .y1 = 200};
    zone_point_t foot = zone_foot(&box);
    ck_assert_int_eq(foot.x, 125);
    ck_assert_int_eq(foot.y, 199);
}
END_TEST

START_TEST(a_mask_has_a_bit_of_each_zone_that_holds_the_point)
{
    const zone_t zones[3] = {
        square,
        {.corners = 0},
        {.corners = 3, .corner = {{0, 0}, {100, 0}, {0, 100}}},
    };
    ck_assert_uint_eq(zone_mask(zones, 3, (zone_point_t){20, 35}), 5);
    ck_assert_uint_eq(zone_mask(zones, 3, (zone_point_t){5, 5}), 4);
    ck_assert_uint_eq(zone_mask(zones, 1, (zone_point_t){5, 5}), 0);
}
END_TEST

START_TEST(a_schedule_may_go_over_midnight)
{
    zone_t day = {.from_s = 8 * 3600, .to_s = 18 * 3600};
    ck_assert(!zone_counts(&day, 8 * 3600 - 1));
    ck_assert(zone_counts(&day, 8 * 3600));
    ck_assert(zone_counts(&day, 18 * 3600 - 1));
    ck_assert(!zone_counts(&day, 18 * 3600));
    zone_t night = {.from_s = 22 * 3600, .to_s = 6 * 3600};
    ck_assert(zone_counts(&night, 23 * 3600));
    ck_assert(zone_counts(&night, 0));
    ck_assert(zone_counts(&night, 6 * 3600 - 1));
    ck_assert(!zone_counts(&night, 6 * 3600));
    ck_assert(!zone_counts(&night, 22 * 3600 - 1));
    zone_t always = {.from_s = 0, .to_s = ZONE_DAY_S}, never = {.from_s = 60, .to_s = 60};
    ck_assert(zone_counts(&always, 0) && zone_counts(&always, ZONE_DAY_S - 1));
    ck_assert(!zone_counts(&never, 60) && !zone_counts(&never, 59));
}
END_TEST

START_TEST(the_day_goes_on_from_where_it_was)
{
    const uint64_t second = 1000000000000u;
    ck_assert_uint_eq(zone_day_s(100, 0), 100);
    ck_assert_uint_eq(zone_day_s(100, second - 1), 100);
    ck_assert_uint_eq(zone_day_s(100, second), 101);
    ck_assert_uint_eq(zone_day_s(ZONE_DAY_S - 1, second), 0);
    ck_assert_uint_eq(zone_day_s(5, (uint64_t)ZONE_DAY_S * 3 * second), 5);
}
END_TEST

TEST_MAIN("zone", a_square_has_its_left_and_upper_edge_and_not_the_others,
          the_other_way_round_is_the_same_zone, the_bay_of_a_u_is_outside,
          a_slanted_edge_is_met_exactly, of_two_zones_with_an_edge_in_common_one_has_the_point,
          what_has_no_three_corners_holds_nothing, the_largest_coordinates_do_not_overflow,
          random_polygons_agree_with_the_winding_number,
          somebody_stands_in_the_middle_of_the_lowest_row,
          a_mask_has_a_bit_of_each_zone_that_holds_the_point, a_schedule_may_go_over_midnight,
          the_day_goes_on_from_where_it_was)
