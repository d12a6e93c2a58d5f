/*
 * gesture_test.c - waves and pinches, frame by frame at 30 frames a second, and what is neither.
 */
#include <stdlib.h>

#include "tests/test.h"

#include "firmware/include/fovea_metadata.h"
#include "firmware/include/gesture.h"
#include "sim/types.h"

enum { SIZE = 400, FRAME_US = 33333 };

static const gest_rule_t usual = {.swings = 3, .swing = 56, .hold_ms = 90};

static gest_state_t g;
static uint64_t now_us;
static uint32_t waves, pinches;
static uint32_t told_ms; /* the last event */

static void begin(void)
{
    gest_init(&g);
    g.rule = usual;
    now_us = waves = pinches = told_ms = 0;
}

static det_box_t box_at(int32_t x, uint8_t pose)
{
    return (det_box_t){x - SIZE / 4, 1000, x + SIZE / 4, 1000 + SIZE, 200, pose};
}

static void see_all(const det_box_t *boxes, uint32_t count, uint16_t *ids)
{
    uint32_t ms = (uint32_t)(now_us / 1000);
    gest_update(&g, boxes, count, ms, ids);
    for (uint32_t i = 0; i < g.events; i++) {
        ck_assert_uint_eq(g.event[i].kind, META_EVENT_GESTURE);
        waves += g.event[i].value == META_GESTURE_WAVE;
        pinches += g.event[i].value == META_GESTURE_PINCH;
        told_ms = ms;
    }
    now_us += FRAME_US;
}

static uint16_t see(int32_t x, uint8_t pose)
{
    det_box_t box = box_at(x, pose);
    uint16_t id = 0;
    see_all(&box, 1, &id);
    return id;
}

static void nobody(int frames)
{
    uint16_t id;
    for (int i = 0; i < frames; i++)
        see_all(NULL, 0, &id);
}

static void rest(uint8_t pose, int frames)
{
    for (int i = 0; i < frames; i++)
        see(2000, pose);
}

/* Frame i of swings of `period` frames that go `way` px to each side: a triangle that begins in the
 * middle, to the right. */
static int32_t swung(int i, int period, int32_t way)
{
    int at = (i + period / 4) % period, half = period / 2;
    int up = at < half ? at : period - at; /* 0..half */
    return -way + 2 * way * up / half;
}

static void swing(uint8_t pose, int swings, int period, int32_t way)
{
    for (int i = 0; i < swings * period; i++)
        see(2000 + swung(i, period, way), pose);
}

/* ---- wave ---- */

START_TEST(an_open_hand_that_swings_twice_waves_once)
{
    /* Two swings of 16 frames, 533 ms, 100 px (a quarter of the hand) to each side: the last turn
     * is 4 frames before the end, 133 ms; told 480 ms after it, by the next frame. */
    begin();
    rest(GEST_OPEN, 20);
    swing(GEST_OPEN, 2, 16, 100);
    uint32_t end_ms = (uint32_t)(now_us / 1000);
    rest(GEST_OPEN, 40);
    ck_assert_uint_eq(waves, 1);
    ck_assert_uint_eq(pinches, 0);
    ck_assert_uint_ge(told_ms - end_ms, 480 - 133 - 34);
    ck_assert_uint_le(told_ms - end_ms, 480 - 133 + 34 + 34);
}
END_TEST

START_TEST(a_long_wave_is_one_and_goes_on_until_it_is_over)
{
    uint32_t begins = 0, holds = 0;
    begin();
    rest(GEST_OPEN, 10);
    for (int i = 0; i < 6 * 14; i++) {
        see(2000 + swung(i, 14, 120), GEST_OPEN);
        ck_assert_uint_le(g.gestures, 1);
        if (g.gestures == 0)
            continue;
        ck_assert_uint_eq(g.gesture[0].kind, META_GESTURE_WAVE);
        begins += g.gesture[0].phase == META_PHASE_BEGIN;
        holds += g.gesture[0].phase == META_PHASE_HOLD;
        ck_assert_uint_eq(g.gesture[0].score, 255);
    }
    ck_assert_uint_eq(begins, 1);
    ck_assert_uint_ge(holds, 3 * 14);
    ck_assert_uint_eq(waves, 0);
    uint32_t ends = 0;
    for (int i = 0; i < 30; i++) {
        see(2000, GEST_OPEN);
        ends += g.gestures == 1 && g.gesture[0].phase == META_PHASE_END;
    }
    ck_assert_uint_eq(ends, 1);
    ck_assert_uint_eq(waves, 1);
}
END_TEST

START_TEST(two_waves_with_a_rest_between_are_two)
{
    begin();
    rest(GEST_OPEN, 10);
    for (int i = 0; i < 2; i++) {
        swing(GEST_OPEN, 2, 14, 100);
        rest(GEST_OPEN, 25);
    }
    ck_assert_uint_eq(waves, 2);
}
END_TEST

START_TEST(a_fist_that_swings_does_not_wave)
{
    begin();
    rest(GEST_OPEN, 10);
    swing(GEST_FIST, 4, 14, 120);
    rest(GEST_OPEN, 40);
    ck_assert_uint_eq(waves, 0);
}
END_TEST

START_TEST(small_slow_and_single_movements_do_not_wave)
{
    begin();
    rest(GEST_OPEN, 10);
    swing(GEST_OPEN, 4, 14, 40); /* 80 px from side to side: less than 56/256 of 400 */
    rest(GEST_OPEN, 40);
    swing(GEST_OPEN, 4, 40, 120); /* 20 frames, 667 ms a swing */
    rest(GEST_OPEN, 40);
    swing(GEST_OPEN, 1, 20, 200); /* there, back, there: two, and a half */
    rest(GEST_OPEN, 40);
    for (int i = 0; i < 60; i++)
        see(2000 + 30 * i, GEST_OPEN); /* walks by */
    ck_assert_uint_eq(waves, 0);
}
END_TEST

START_TEST(a_wave_survives_frames_without_the_hand_and_wrong_poses)
{
    begin();
    rest(GEST_OPEN, 10);
    for (int i = 0; i < 3 * 16; i++) {
        int32_t x = 2000 + swung(i, 16, 110);
        if (i % 5 == 2)
            nobody(1);
        else
            see(x, i % 3 == 1 ? GEST_OTHER : GEST_OPEN);
    }
    rest(GEST_OPEN, 40);
    ck_assert_uint_eq(waves, 1);
}
END_TEST

START_TEST(a_wave_is_told_of_a_hand_that_is_gone)
{
    begin();
    rest(GEST_OPEN, 10);
    swing(GEST_OPEN, 3, 14, 110);
    nobody(40);
    ck_assert_uint_eq(waves, 1);
    for (int i = 0; i < GEST_HANDS; i++)
        ck_assert_uint_eq(g.hand[i].id, 0);
}
END_TEST

/* ---- pinch ---- */

START_TEST(open_pinch_open_is_a_pinch_told_in_the_second_open_frame)
{
    begin();
    rest(GEST_OPEN, 10);
    rest(GEST_OTHER, 4);
    rest(GEST_PINCH, 8);
    rest(GEST_OTHER, 4);
    uint32_t open_ms = (uint32_t)(now_us / 1000);
    ck_assert_uint_eq(pinches, 0);
    rest(GEST_OPEN, 10);
    ck_assert_uint_eq(pinches, 1);
    ck_assert_uint_eq(told_ms, open_ms + 33);
    ck_assert_uint_eq(waves, 0);
}
END_TEST

START_TEST(a_pinch_begins_when_it_has_held_and_ends_once)
{
    /* Three frames are 67 ms, four 100 ms: not less than hold_ms. */
    begin();
    rest(GEST_OPEN, 10);
    rest(GEST_PINCH, 3);
    ck_assert_uint_eq(g.gestures, 0);
    rest(GEST_PINCH, 1);
    ck_assert_uint_eq(g.gestures, 1);
    ck_assert_uint_eq(g.gesture[0].kind, META_GESTURE_PINCH);
    ck_assert_uint_eq(g.gesture[0].phase, META_PHASE_BEGIN);
    rest(GEST_PINCH, 1);
    ck_assert_uint_eq(g.gesture[0].phase, META_PHASE_HOLD);
    rest(GEST_OPEN, 2);
    ck_assert_uint_eq(g.gestures, 1);
    ck_assert_uint_eq(g.gesture[0].phase, META_PHASE_END);
    rest(GEST_OPEN, 1);
    ck_assert_uint_eq(g.gestures, 0);
    ck_assert_uint_eq(pinches, 1);
}
END_TEST

START_TEST(what_lacks_a_part_of_a_pinch_is_none)
{
    static const struct {
        uint8_t pose[5];
        int frames[5];
    } lacks[] = {
        {{GEST_FIST, GEST_PINCH, GEST_OPEN}, {10, 10, 10}}, /* was not open */
        {{GEST_OPEN, GEST_PINCH, GEST_FIST}, {10, 10, 20}}, /* did not open */
        {{GEST_OPEN, GEST_PINCH, GEST_OPEN}, {10, 2, 10}},  /* two frames: a mistake */
        {{GEST_OPEN, GEST_FIST, GEST_OPEN}, {10, 10, 10}},  /* a fist */
        {{GEST_OPEN, GEST_OTHER, GEST_PINCH, GEST_OPEN}, {10, 20, 10, 10}}, /* long after */
        {{GEST_OPEN, GEST_PINCH, GEST_OTHER, GEST_OPEN}, {10, 10, 20, 10}}, /* long before */
        {{GEST_OPEN, GEST_PINCH, GEST_POINT, GEST_PINCH, GEST_OPEN}, {10, 2, 3, 2, 10}},
        {{GEST_OPEN, GEST_PINCH, GEST_OPEN}, {10, 170, 10}}, /* longer than five seconds */
        {{GEST_OPEN, GEST_OTHER, GEST_PINCH, GEST_OTHER, GEST_OPEN}, {10, 6, 10, 5, 10}}, /* 11, 10 */
    };
    for (size_t i = 0; i < SIM_COUNT(lacks); i++) {
        begin();
        for (int k = 0; k < 5; k++)
            rest(lacks[i].pose[k], lacks[i].frames[k]);
        ck_assert_msg(pinches == 0, "case %zu", i);
    }
}
END_TEST

START_TEST(a_half_closed_hand_that_looks_like_a_pinch_now_and_then_does_not_pinch)
{
    begin();
    rest(GEST_OPEN, 10);
    for (int i = 0; i < 15; i++)
        see(2000, i % 5 < 2 ? GEST_PINCH : GEST_OTHER);
    rest(GEST_OPEN, 10);
    ck_assert_uint_eq(pinches, 0);
    for (int i = 0; i < 16; i++) /* as often */
        see(2000, i % 4 < 2 ? GEST_PINCH : GEST_OTHER);
    rest(GEST_OPEN, 10);
    ck_assert_uint_eq(pinches, 1);
}
END_TEST

START_TEST(what_the_host_sets_decides)
{
    /* Two swings of 16 frames turn at 4, 12, 20 and 28: from rest to the first turn 100 px, a
     * quarter of the hand's 400 (64/256), then three times 200 px (128/256). */
    static const struct {
        gest_rule_t rule;
        uint32_t waves, pinches; /* of two swings, of four frames */
    } cases[] = {
        {{3, 128, 100}, 1, 1}, {{4, 64, 90}, 1, 1}, {{4, 65, 90}, 0, 1}, {{5, 64, 90}, 0, 1},
        {{3, 129, 90}, 0, 1},  {{3, 56, 101}, 1, 0},
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        begin();
        g.rule = cases[i].rule;
        rest(GEST_OPEN, 20);
        swing(GEST_OPEN, 2, 16, 100);
        rest(GEST_OPEN, 40);
        rest(GEST_PINCH, 4); /* 100 ms from the first to the last */
        rest(GEST_OPEN, 20);
        ck_assert_msg(waves == cases[i].waves && pinches == cases[i].pinches, "case %zu: %u, %u", i,
                      (unsigned)waves, (unsigned)pinches);
    }
}
END_TEST

START_TEST(wrong_frames_in_a_pinch_do_no_harm)
{
    begin();
    rest(GEST_OPEN, 10);
    rest(GEST_PINCH, 3);
    rest(GEST_POINT, 2);
    rest(GEST_PINCH, 2);
    nobody(3);
    rest(GEST_OPEN, 1);
    rest(GEST_PINCH, 3);
    rest(GEST_OTHER, 3);
    rest(GEST_OPEN, 5);
    ck_assert_uint_eq(pinches, 1);
}
END_TEST

START_TEST(pinches_seen_in_a_wave_are_none)
{
    begin();
    rest(GEST_OPEN, 10);
    for (int i = 0; i < 4 * 14; i++)
        see(2000 + swung(i, 14, 110), i > 28 && i < 34 ? GEST_PINCH : GEST_OPEN);
    rest(GEST_OPEN, 30);
    ck_assert_uint_eq(waves, 1);
    ck_assert_uint_eq(pinches, 0);
}
END_TEST

/* ---- hands ---- */

START_TEST(each_hand_has_its_own_gestures)
{
    uint16_t ids[2], first[2] = {0};
    begin();
    for (int i = 0; i < 100; i++) {
        /* The order of the boxes changes; the left one waves, the right one pinches. */
        bool swings = i >= 10 && i < 58, pinch = i >= 20 && i < 35;
        det_box_t left = box_at(1000 + (swings ? swung(i - 10, 16, 100) : 0), GEST_OPEN);
        det_box_t right = box_at(2000, pinch ? GEST_PINCH : GEST_OPEN);
        det_box_t boxes[2] = {i % 2 ? left : right, i % 2 ? right : left};
        see_all(boxes, 2, ids);
        uint16_t of[2] = {ids[i % 2 ? 0 : 1], ids[i % 2 ? 1 : 0]};
        if (i == 0)
            memcpy(first, of, sizeof(of));
        ck_assert(of[0] == first[0] && of[1] == first[1] && of[0] != of[1] && of[0] != 0);
        for (uint32_t k = 0; k < g.events; k++)
            ck_assert_uint_eq(g.event[k].track,
                              first[g.event[k].value == META_GESTURE_WAVE ? 0 : 1]);
    }
    ck_assert_uint_eq(waves, 1);
    ck_assert_uint_eq(pinches, 1);
}
END_TEST

START_TEST(a_hand_is_forgotten_after_half_a_second_and_not_before)
{
    begin();
    uint16_t id = see(2000, GEST_OPEN);
    nobody(14); /* seen again 15 frames later, 500 ms */
    ck_assert_uint_eq(see(2000, GEST_OPEN), id);
    nobody(16);
    ck_assert_uint_ne(see(2000, GEST_OPEN), id);
    ck_assert_uint_ne(see(2000 + 2 * SIZE, GEST_OPEN), id + 1); /* too far to be that one */
}
END_TEST

START_TEST(more_hands_than_there_is_room_for_are_left_out)
{
    det_box_t boxes[DET_MAX_BOXES];
    uint16_t ids[DET_MAX_BOXES];
    begin();
    for (int i = 0; i < DET_MAX_BOXES; i++)
        boxes[i] = box_at(1000 * i, GEST_OPEN);
    for (int k = 0; k < 3; k++) {
        see_all(boxes, DET_MAX_BOXES, ids);
        for (uint16_t i = 0; i < DET_MAX_BOXES; i++)
            ck_assert_uint_eq(ids[i], i < GEST_HANDS ? i + 1 : 0);
    }
}
END_TEST

START_TEST(any_boxes_do_no_harm)
{
    uint32_t seed = 1;
    uint16_t ids[DET_MAX_BOXES];
    det_box_t boxes[DET_MAX_BOXES];
    begin();
    now_us = UINT64_C(4294960000000); /* the time in ms wraps */
    for (int k = 0; k < 3000; k++) {
        uint32_t count = (seed = seed * 1664525 + 1013904223) >> 27;
        for (uint32_t i = 0; i < count; i++) {
            int32_t v[4];
            for (int n = 0; n < 4; n++)
                v[n] = (int32_t)((seed = seed * 1664525 + 1013904223) >> 16) % 4056;
            boxes[i] = (det_box_t){v[0],        v[1], v[0] + v[2],
                                   v[1] + v[3], 200,  (uint8_t)(1 + (seed >> 20) % 7)};
        }
        see_all(boxes, count, ids);
        ck_assert_uint_le(g.events, GEST_EVENTS);
        ck_assert_uint_le(g.gestures, 2 * GEST_HANDS);
    }
}
END_TEST

TEST_MAIN("firmware gestures", an_open_hand_that_swings_twice_waves_once,
          a_long_wave_is_one_and_goes_on_until_it_is_over, two_waves_with_a_rest_between_are_two,
          a_fist_that_swings_does_not_wave, small_slow_and_single_movements_do_not_wave,
          a_wave_survives_frames_without_the_hand_and_wrong_poses,
          a_wave_is_told_of_a_hand_that_is_gone,
          open_pinch_open_is_a_pinch_told_in_the_second_open_frame,
          a_pinch_begins_when_it_has_held_and_ends_once, what_lacks_a_part_of_a_pinch_is_none,
          a_half_closed_hand_that_looks_like_a_pinch_now_and_then_does_not_pinch,
          what_the_host_sets_decides,
          wrong_frames_in_a_pinch_do_no_harm, pinches_seen_in_a_wave_are_none,
          each_hand_has_its_own_gestures, a_hand_is_forgotten_after_half_a_second_and_not_before,
          more_hands_than_there_is_room_for_are_left_out, any_boxes_do_no_harm)
