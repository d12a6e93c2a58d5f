/*
 * camera_test.c - a tilted camera sees people and places by one projection.
 */
#include "scene_help.h"
#include "tests/test.h"

#define STANDING                                                                                   \
    "\"people\": [{\"direction\": \"in\", \"cross_s\": 1, \"depth_m\": 4, \"height_m\": 1.7}]"

static scene_truth_t truth_of(const char *text, double time_s)
{
    scene_truth_t truth;
    scene_t *scene = scene_of(text, 0);
    scene_timing_t timing = timing_of(0, 2);
    timing.line_ps = 0;
    timing.exposure_ps = 0;
    timing.start_ps = (uint64_t)(time_s * 1e12);
    scene_truth(scene, &timing, 0, &truth);
    scene_free(scene);
    return truth;
}

START_TEST(feet_and_head_are_where_the_pitch_puts_them)
{
    /* 3 m up, 30 degrees down, f 2000, axis in the middle (1520). Feet 4 m away: depth along the
     * axis 4 cos + 3 sin = 4.9641, down 3 cos - 4 sin = 0.5981: row 1520 + 241.0. Head 1.7 m up:
     * depth 4.1141, down -0.8742: row 1520 - 425.0. */
    scene_truth_t truth =
        truth_of("{\"background\": {\"kind\": \"plain\"}, \"camera\":"
                 " {\"height_m\": 3, \"focal_px\": 2000, \"pitch_deg\": 30}, " STANDING "}",
                 1.0);
    ck_assert_uint_eq(truth.count, 1);
    const scene_box_t *box = &truth.box[0];
    ck_assert_double_eq_tol((double)(box->y + box->h), 1761.0, 12);
    ck_assert_double_eq_tol((double)box->y, 1095.0, 20);
    ck_assert_double_eq_tol((double)(box->x + 0.5f * box->w), 2028, 80);
}
END_TEST

START_TEST(somebody_aside_is_seen_where_the_pitch_puts_him)
{
    /* The same, 1.3 m to the right: the box lies between the columns of hip -0.65 m and +0.65 m,
     * at the feet 2028 + 2000 x / 4.9641, at the head x / 4.1141. */
    scene_truth_t truth =
        truth_of("{\"background\": {\"kind\": \"plain\"}, \"camera\":"
                 " {\"height_m\": 3, \"focal_px\": 2000, \"pitch_deg\": 30}, " STANDING "}",
                 2.0);
    const scene_box_t *box = &truth.box[0];
    ck_assert_double_gt((double)box->x, 2028 + 2000 * 0.65 / 4.9641);
    ck_assert_double_lt((double)(box->x + box->w), 2028 + 2000 * 1.95 / 4.1141);
    double middle = (double)(box->x + 0.5f * box->w) - 2028;
    ck_assert_double_gt(middle, 2000 * 1.3 / 4.9641 - 40); /* between feet and head */
    ck_assert_double_lt(middle, 2000 * 1.3 / 4.1141 + 40);
}
END_TEST

START_TEST(a_tilt_of_almost_nothing_changes_almost_nothing)
{
    scene_t *level = scene_of("{\"crowd\": {}}", 3);
    scene_t *tilted =
        scene_of("{\"crowd\": {}, \"camera\": {\"pitch_deg\": 1e-6, \"axis_px\": 430}}", 3);
    picture_t a = picture_of(level, 30, 8, 2), b = picture_of(tilted, 30, 8, 2);
    size_t count = (size_t)a.width * a.height, off = 0;
    for (size_t i = 0; i < count; i++) {
        float difference = a.plane[1][i] - b.plane[1][i];
        off += difference > 5.0f || difference < -5.0f; /* 1 % of white */
    }
    ck_assert_uint_le(off, count / 1000);
    picture_free(&a);
    picture_free(&b);
    scene_free(level);
    scene_free(tilted);
}
END_TEST

START_TEST(a_place_is_seen_by_the_same_projection)
{
    /* The stone of the near curb ends 8 m away, 0.12 m up. From 4 m up and 20 degrees down, f 1250,
     * axis 760: depth 8 cos + 3.88 sin = 8.8446, down 3.88 cos - 8 sin = 0.9098: row 888.6. */
    scene_t *scene =
        scene_of("{\"lux\": 1000, \"background\": {\"kind\": \"road\", \"depth_m\": 8},"
                 " \"camera\": {\"array_px\": [2028, 1520], \"height_m\": 4, \"focal_px\": 1250,"
                 " \"pitch_deg\": 20}}",
                 5);
    picture_t picture = picture_of(scene, 0, 4, 2); /* rows of 4 in an array of 3040 */
    uint32_t y = picture.height - 1, x = picture.width / 2;
    while (y > 0 && picture.plane[1][(size_t)y * picture.width + x] > 200.0f)
        y--;
    ck_assert_double_eq_tol(((double)y + 1.0) * 2, 888.6, 4); /* the first row of road */
    picture_free(&picture);
    scene_free(scene);
}
END_TEST

TEST_MAIN("scene camera", feet_and_head_are_where_the_pitch_puts_them,
          somebody_aside_is_seen_where_the_pitch_puts_him,
          a_tilt_of_almost_nothing_changes_almost_nothing, a_place_is_seen_by_the_same_projection)
