/*
 * roi_test.c - regions around tracks, with numbers worked out by hand.
 */
#include <string.h>

#include "roi.h"
#include "tests/test.h"

static const roi_desc_t still = {.width = 4056, .height = 3040, .margin = 0, .ahead = KAL_STEP};

/* Center, size and speed in px; 1/256 px in the filter. */
static trk_track_t track(int32_t x, int32_t y, int32_t w, int32_t h, int32_t vx, int32_t vy)
{
    trk_track_t t = {.id = 1, .seen = TRK_CONFIRM};
    t.axis[TRK_X] = (kal_t){x * 256, vx * 256};
    t.axis[TRK_Y] = (kal_t){y * 256, vy * 256};
    t.axis[TRK_W] = (kal_t){w * 256, 0};
    t.axis[TRK_H] = (kal_t){h * 256, 0};
    return t;
}

static void expect(roi_t r, int32_t x0, int32_t y0, int32_t x1, int32_t y1)
{
    ck_assert_msg(r.x0 == x0 && r.y0 == y0 && r.x1 == x1 && r.y1 == y1, "%d %d %d %d", (int)r.x0,
                  (int)r.y0, (int)r.x1, (int)r.y1);
}

/* 1000 +- 50 is 950..1051 with the pixel that the edge is in: 944 and 1056 of eights. */
START_TEST(a_region_lies_around_the_box_on_the_grid)
{
    trk_track_t t = track(1000, 2000, 100, 200, 0, 0);
    expect(roi_of_track(&t, NULL, &still), 944, 1896, 1056, 2104);
}
END_TEST

/* 40 to the right and 24 up a frame: one side goes, the other one stays. */
START_TEST(it_is_widened_where_the_box_will_be)
{
    trk_track_t t = track(1000, 2000, 100, 200, 40, -24);
    expect(roi_of_track(&t, NULL, &still), 944, 1872, 1096, 2104);
    roi_desc_t later = still;
    later.ahead = 2 * KAL_STEP;
    expect(roi_of_track(&t, NULL, &later), 944, 1848, 1136, 2104);
}
END_TEST

/* 20 px a frame wider: 10 more on each side; one that shrinks keeps its size. */
START_TEST(a_box_that_grows_is_given_room)
{
    trk_track_t t = track(1000, 2000, 100, 200, 0, 0);
    t.axis[TRK_W].speed = 20 * 256;
    t.axis[TRK_H].speed = -40 * 256;
    expect(roi_of_track(&t, NULL, &still), 936, 1896, 1064, 2104);
}
END_TEST

/* A stretched leg: the box of this frame ends 30 px behind the track's, and moves with it. */
START_TEST(a_box_that_sticks_out_of_its_track_is_held_too)
{
    static trk_state_t people;
    const det_box_t boxes[2] = {{0, 0, 40, 40, 200, 1}, {970, 1900, 1080, 2090, 200, 1}};
    const uint16_t ids[2] = {5, 1};
    roi_plan_t plan;
    trk_init(&people);
    people.track[0] = track(1000, 2000, 100, 200, 24, -8);
    expect(roi_of_track(&people.track[0], &boxes[1], &still), 944, 1888, 1104, 2104);
    roi_plan(&plan, &people, boxes, ids, 2, &still);
    ck_assert_uint_eq(plan.masks, 1);
    expect(plan.mask[0], 944, 1888, 1104, 2104);
}
END_TEST

START_TEST(who_is_unseen_may_be_farther_away_each_frame)
{
    roi_desc_t desc = still;
    desc.margin = 16;
    trk_track_t t = track(1000, 2000, 96, 192, 0, 0);
    expect(roi_of_track(&t, NULL, &desc), 936, 1888, 1072, 2120);
    t.unseen = 2; /* 32 more */
    expect(roi_of_track(&t, NULL, &desc), 904, 1856, 1104, 2152);
}
END_TEST

/* Seen once of three times: the margin counts three times, then twice. */
START_TEST(who_is_new_is_given_room_for_a_speed_not_known_yet)
{
    roi_desc_t desc = still;
    desc.margin = 16;
    trk_track_t t = track(1000, 2000, 96, 192, 0, 0);
    t.seen = 1;
    expect(roi_of_track(&t, NULL, &desc), 904, 1856, 1104, 2152);
    t.seen = 2;
    expect(roi_of_track(&t, NULL, &desc), 920, 1872, 1088, 2136);
}
END_TEST

START_TEST(regions_end_at_the_array)
{
    trk_track_t t = track(4050, 10, 100, 200, 0, 0);
    expect(roi_of_track(&t, NULL, &still), 4000, 0, 4056, 112);
    t = track(5000, 10, 100, 200, 0, 0);
    roi_t r = roi_of_track(&t, NULL, &still);
    ck_assert_int_le(r.x1, r.x0);
}
END_TEST

/* Somebody new who is seen counts, one who was seen too seldom and is gone does not. */
START_TEST(a_plan_is_around_all_who_are_there)
{
    static trk_state_t people;
    roi_plan_t plan;
    trk_init(&people);
    roi_plan(&plan, &people, NULL, NULL, 0, &still);
    ck_assert_uint_eq(plan.masks, 0);
    ck_assert_int_le(plan.shown.x1, plan.shown.x0);
    people.track[3] = track(1000, 2000, 100, 200, 0, 0);
    people.track[7] = track(2000, 1000, 100, 200, 0, 0);
    people.track[7].seen = 1;
    people.track[9] = track(3000, 1000, 100, 200, 0, 0);
    people.track[9].seen = 1;
    people.track[9].unseen = 1;
    roi_plan(&plan, &people, NULL, NULL, 0, &still);
    ck_assert_uint_eq(plan.masks, 2);
    expect(plan.shown, 944, 896, 2056, 2104);
    expect(plan.mask[0], 944, 1896, 1056, 2104);
    expect(plan.mask[1], 1944, 896, 2056, 1104);
}
END_TEST

/* 20 people side by side, 100 px apart: 16 rectangles, the last one around five of them. */
START_TEST(those_without_a_place_are_joined_with_the_last)
{
    static trk_state_t people;
    roi_plan_t plan;
    trk_init(&people);
    for (int i = 0; i < 20; i++)
        people.track[i] = track(104 + 100 * i, 1000, 80, 200, 0, 0);
    roi_plan(&plan, &people, NULL, NULL, 0, &still);
    ck_assert_uint_eq(plan.masks, ROI_MASKS);
    expect(plan.mask[15], 1560, 896, 2048, 1104);
    expect(plan.shown, 64, 896, 2048, 1104);
}
END_TEST

static void fits(uint32_t w, uint32_t h, uint32_t width, uint32_t height)
{
    const roi_t shown = {8, 16, 8 + (int32_t)w, 16 + (int32_t)h};
    uint32_t x = 640, y = 480;
    roi_fit(&shown, &x, &y);
    ck_assert_msg(x == width && y == height, "%u x %u: %u x %u", w, h, x, y);
}

START_TEST(a_picture_keeps_its_shape_and_is_even)
{
    fits(4000, 3000, 640, 480);
    fits(4000, 1000, 640, 160);
    fits(400, 1200, 160, 480);
    fits(1000, 3032, 158, 480);
    fits(8, 3040, 2, 480); /* 1.26 */
    fits(4056, 8, 640, 2);
}
END_TEST

TEST_MAIN("firmware roi", a_region_lies_around_the_box_on_the_grid,
          it_is_widened_where_the_box_will_be, a_box_that_grows_is_given_room,
          a_box_that_sticks_out_of_its_track_is_held_too,
          who_is_unseen_may_be_farther_away_each_frame,
          who_is_new_is_given_room_for_a_speed_not_known_yet, regions_end_at_the_array,
          a_plan_is_around_all_who_are_there, those_without_a_place_are_joined_with_the_last,
          a_picture_keeps_its_shape_and_is_even)
