/*
 * hand_test.c - hands: what they do when, what is told of it, what they look like.
 */
#include <math.h>

#include "scene_help.h"
#include "scenes/world_int.h"
#include "sim/time.h"
#include "tests/test.h"

/* Level camera at the height of the hand, f 3950 px, 1 m away. */
static scene_t *hand_world(const char *keys, uint64_t seed)
{
    char text[4096];
    snprintf(
        text, sizeof(text),
        "{\"lux\": 1000, \"falloff\": 0, \"background\": {\"kind\": \"plain\", \"reflectance\":"
        " 0}, \"camera\": {\"height_m\": 1.3, \"focal_px\": 3950, \"horizon_px\": 1520},"
        " \"actors\": [{\"kind\": \"hand\", \"up_m\": 1.2, \"idle_m\": 0, \"look\": 5,"
        " \"turn_deg\": 0, \"lean_deg\": 0, \"tilt_deg\": 0, \"path\": [{\"at_s\": 0,"
        " \"x_m\": 0, \"z_m\": 1}], %s}]}",
        keys);
    return scene_of(text, seed);
}

static scene_box_t box_at(const scene_t *scene, double time_s)
{
    scene_truth_t truth;
    scene_timing_t timing = timing_of(0, 2);
    timing.line_ps = timing.exposure_ps = 0;
    timing.start_ps = (uint64_t)(time_s * 1e12);
    scene_truth(scene, &timing, 0, &truth);
    ck_assert_uint_eq(truth.count, 1);
    return truth.box[0];
}

static void shows(const scene_t *scene, double time_s, const char *pose)
{
    scene_box_t box = box_at(scene, time_s);
    ck_assert_msg(strcmp(box.pose, pose) == 0, "at %g s: %s, expected %s", time_s, box.pose, pose);
    ck_assert_uint_eq(box.class_id, SCENE_CLASS_HAND);
}

#define THREE                                                                                      \
    "\"gestures\": [{\"at_s\": 1, \"gesture\": \"wave\", \"lasts_s\": 1.5},"                       \
    " {\"at_s\": 4, \"gesture\": \"fist\", \"lasts_s\": 1},"                                       \
    " {\"at_s\": 6, \"gesture\": \"pinch\", \"lasts_s\": 0.9}]"

/* ---- events ---- */

START_TEST(a_gesture_is_told_when_it_is_over_and_other_movements_are_not)
{
    /* Each begins with 0.25 s in which the pose comes: 1 + 0.25 + 1.5, 6 + 0.25 + 0.9. */
    scene_t *scene = hand_world("\"rest\": \"other\", " THREE, 1);
    scene_events_t events = {0};
    ck_assert(scene_events(scene, 0, 20 * SIM_PS_PER_S, &events));
    ck_assert_uint_eq(events.count, 2);
    ck_assert_int_eq(events.event[0].type, SCENE_EVENT_GESTURE);
    ck_assert_uint_eq(events.event[0].time_ps, UINT64_C(2750000000000));
    ck_assert_str_eq(events.event[0].name, "wave");
    ck_assert_uint_eq(events.event[1].time_ps, UINT64_C(7150000000000));
    ck_assert_str_eq(events.event[1].name, "pinch");
    ck_assert_uint_eq(events.event[1].id, 1);
    scene_events_free(&events);
    scene_free(scene);
}
END_TEST

START_TEST(a_gesture_belongs_to_the_time_that_has_its_picosecond)
{
    const uint64_t at = UINT64_C(2750000000000);
    scene_t *scene = hand_world("\"rest\": \"open\", " THREE, 1);
    scene_events_t events = {0};
    ck_assert(scene_events(scene, 0, at, &events));
    ck_assert_uint_eq(events.count, 0);
    ck_assert(scene_events(scene, at, at + 1, &events));
    ck_assert_uint_eq(events.count, 1);
    ck_assert(scene_events(scene, at + 1, 2 * at, &events));
    ck_assert_uint_eq(events.count, 1);
    scene_events_free(&events);
    scene_free(scene);
}
END_TEST

START_TEST(what_was_over_before_time_0_is_not_told)
{
    scene_t *scene =
        hand_world("\"gestures\": [{\"at_s\": -5, \"gesture\": \"wave\", \"lasts_s\": 1}]", 1);
    scene_events_t events = {0};
    ck_assert(scene_events(scene, 0, 10 * SIM_PS_PER_S, &events));
    ck_assert_uint_eq(events.count, 0);
    scene_events_free(&events);
    scene_free(scene);
}
END_TEST

/* ---- poses ---- */

START_TEST(the_truth_names_what_the_hand_shows)
{
    /* The pose comes in 0.25 s and goes in 0.3 s; a pinch closes and opens in 0.22 s each. */
    scene_t *scene = hand_world("\"rest\": \"point\", " THREE, 1);
    shows(scene, 0.9, "point");
    shows(scene, 1.125, "between");
    shows(scene, 1.3, "open");
    shows(scene, 2.7, "open");
    shows(scene, 3.1, "point");
    shows(scene, 4.5, "fist");
    shows(scene, 6.26, "open");
    shows(scene, 6.7, "pinch");
    shows(scene, 7.14, "open");
    shows(scene, 8, "point");
    scene_free(scene);
}
END_TEST

START_TEST(an_open_hand_is_as_long_as_it_is_told)
{
    /* From the tip of the middle finger at 1.0 to the heel of the palm, 0.045 below the wrist
     * (0.105 round a point 0.06 above it), which is thicker by the look, 0.9 to 1.12. */
    for (uint64_t seed = 1; seed <= 5; seed++) {
        scene_t *scene = hand_world("\"rest\": \"open\", \"size_m\": 0.18", seed);
        scene_box_t box = box_at(scene, 0);
        double size_px = 3950 * 0.18;
        ck_assert_double_ge((double)box.h, 1.02 * size_px);
        ck_assert_double_le((double)box.h, 1.07 * size_px);
        ck_assert_double_eq_tol((double)box.y, 1520 + 3950 * (0.1 - 0.18), 12);
        scene_free(scene);
    }
}
END_TEST

START_TEST(poses_differ_in_their_outlines)
{
    static const char *const poses[] = {"open", "point", "other", "fist"};
    scene_box_t box[4];
    for (size_t i = 0; i < 4; i++) {
        char keys[64];
        snprintf(keys, sizeof(keys), "\"size_m\": 0.18, \"rest\": \"%s\"", poses[i]);
        scene_t *scene = hand_world(keys, 1);
        box[i] = box_at(scene, 0);
        scene_free(scene);
    }
    ck_assert_float_lt(box[1].w, 0.8f * box[0].w); /* folded fingers, and the thumb */
    ck_assert_float_gt(box[1].h, 0.85f * box[0].h);
    ck_assert_float_lt(box[2].h, 0.9f * box[0].h);
    ck_assert_float_lt(box[3].h, 0.72f * box[0].h);
}
END_TEST

START_TEST(a_left_hand_is_a_right_one_in_the_mirror)
{
    scene_t *right = hand_world("\"hand\": \"right\", \"rest\": \"open\"", 2);
    scene_t *left = hand_world("\"hand\": \"left\", \"rest\": \"open\"", 2);
    scene_box_t a = box_at(right, 0), b = box_at(left, 0);
    ck_assert_float_eq(a.x - 2028, 2028 - (b.x + b.w));
    ck_assert_float_eq(a.w, b.w);
    ck_assert_float_eq(a.y, b.y);
    ck_assert_float_gt(a.x + a.w - 2028, 2028 - a.x); /* the right one's thumb is at the right */
    scene_free(right);
    scene_free(left);
}
END_TEST

/* The part whose ends have this ratio of radii. */
static const scene_part_t *part_like(const scene_body_t *body, float ratio)
{
    for (uint32_t i = 0; i < body->count; i++)
        if (fabsf(body->part[i].r1 / body->part[i].r0 - ratio) < 1e-3f)
            return &body->part[i];
    ck_abort_msg("no part like that");
    return NULL;
}

START_TEST(thumb_and_index_meet_in_a_pinch_and_only_there)
{
    /* The thumb's end grows thinner from 0.056 to 0.044 of the hand, those of fingers by 0.8. */
    scene_t *scene = hand_world("\"rest\": \"open\", \"size_m\": 0.2, \"gestures\": [{\"at_s\": 0,"
                                " \"gesture\": \"pinch\", \"lasts_s\": 2}]",
                                1);
    const scene_cast_t *cast = &scene->cast[0];
    for (int k = 0; k < 2; k++) {
        scene_body_t body;
        float nearest = 1e9f;
        scene_body_clear(&body);
        cast->kind->pose(cast->subject, cast->look, k == 0 ? 0.25 : 1.25, &body);
        const scene_part_t *thumb = part_like(&body, 0.044f / 0.056f);
        for (uint32_t i = 0; i < body.count; i++) {
            const scene_part_t *p = &body.part[i];
            float dx = p->x1 - thumb->x1, dy = p->y1 - thumb->y1, dz = p->z1 - thumb->z1;
            float apart = sqrtf(dx * dx + dy * dy + dz * dz) - p->r1 - thumb->r1;
            if (fabsf(p->r1 / p->r0 - 0.8f) < 1e-3f) /* a finger's end */
                nearest = scene_min(nearest, apart);
        }
        if (k == 0)
            ck_assert_float_gt(nearest, 0.1f * 0.2f);
        else
            ck_assert_float_lt(nearest, 0.005f);
    }
    scene_free(scene);
}
END_TEST

/* ---- movements ---- */

START_TEST(a_wave_swings_so_often_and_so_far)
{
    /* Three swings of 0.5 s from 1.25 s on: to the right at a quarter of each, to the left at three
     * quarters, in the middle between. */
    scene_t *scene = hand_world("\"rest\": \"open\", \"gestures\": [{\"at_s\": 1, \"gesture\":"
                                " \"wave\", \"times\": 3, \"lasts_s\": 1.5, \"way_m\": 0.08}]",
                                1);
    const scene_cast_t *cast = &scene->cast[0];
    scene_place_t place;
    for (int k = 0; k <= 12; k++) {
        static const double side[4] = {0, 0.08, 0, -0.08};
        cast->kind->place(cast->subject, 1.25 + 0.125 * k, &place);
        ck_assert_double_eq_tol(place.x_m, side[k % 4], 1e-6);
    }
    cast->kind->place(cast->subject, 1.75, &place); /* 2 pi 0.08 / 0.5 s, and it turns */
    ck_assert_double_gt(place.speed_mps, 1.0);
    cast->kind->place(cast->subject, 5, &place);
    ck_assert_double_eq(place.speed_mps, 0);
    scene_free(scene);
}
END_TEST

START_TEST(distractions_come_between_gestures_and_never_at_one_time)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        scene_t *scene = hand_world("\"distract_s\": [1, 2], " THREE, seed);
        const scene_hand_t *hand = scene->cast[0].subject;
        uint32_t gestures = 0;
        ck_assert_uint_gt(hand->act_count, 12);
        for (uint32_t i = 0; i < hand->act_count; i++) {
            const scene_act_t *act = &hand->act[i];
            gestures += act->act < SCENE_GESTURES;
            if (i > 0)
                ck_assert_double_ge(act->at_s, act[-1].at_s + 0.25 + act[-1].lasts_s + 0.3);
        }
        ck_assert_uint_eq(gestures, 2);
        scene_free(scene);
    }
}
END_TEST

START_TEST(nothing_is_drawn_outside_what_a_hand_says_it_takes)
{
    for (uint64_t seed = 1; seed <= 6; seed++) {
        scene_t *scene = hand_world("\"distract_s\": [0.5, 1]", seed);
        const scene_cast_t *cast = &scene->cast[0];
        for (double t = 0; t < 20; t += 0.13) {
            scene_body_t body;
            scene_place_t place;
            scene_body_clear(&body);
            cast->kind->place(cast->subject, t, &place);
            cast->kind->pose(cast->subject, cast->look, t, &body);
            for (uint32_t i = 0; i < body.count; i++) {
                const scene_part_t *p = &body.part[i];
                float r = scene_max(p->r0, p->r1), reach = (float)place.reach_m;
                ck_assert(scene_max(fabsf(p->x0), fabsf(p->x1)) + r <= reach);
                ck_assert(scene_min(p->y0, p->y1) - r >= place.low);
                ck_assert(scene_max(p->y0, p->y1) + r <= place.high);
            }
        }
        scene_free(scene);
    }
}
END_TEST

TEST_MAIN("scene hands", a_gesture_is_told_when_it_is_over_and_other_movements_are_not,
          a_gesture_belongs_to_the_time_that_has_its_picosecond,
          what_was_over_before_time_0_is_not_told, the_truth_names_what_the_hand_shows,
          an_open_hand_is_as_long_as_it_is_told, poses_differ_in_their_outlines,
          a_left_hand_is_a_right_one_in_the_mirror, thumb_and_index_meet_in_a_pinch_and_only_there,
          a_wave_swings_so_often_and_so_far,
          distractions_come_between_gestures_and_never_at_one_time,
          nothing_is_drawn_outside_what_a_hand_says_it_takes)
