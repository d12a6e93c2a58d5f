#include <stdbool.h>
#include <stdlib.h>

#include "tests/test.h"

#include "firmware/include/fovea_metadata.h"
#include "firmware/include/track.h"
#include "sim/types.h"

enum { FRAME_US = 33333 };

static trk_state_t t;
static uint32_t frame_us = FRAME_US, now_us; /* between two frames; the newest */

static det_box_t box_at(int32_t cx, int32_t cy)
{
    return (det_box_t){cx - 100, cy - 300, cx + 100, cy + 300, 200, 1};
}

/* Of one color from head to foot. */
static look_t dressed(uint32_t red, uint32_t green, uint32_t blue)
{
    uint16_t r = (uint16_t)red, g = (uint16_t)green, b = (uint16_t)blue;
    return (look_t){{r, g, b, r, g, b}, LOOK_TONES};
}

static void update(const det_box_t *boxes, const look_t *looks, uint32_t count, uint16_t *ids)
{
    now_us += frame_us;
    trk_update(&t, now_us, boxes, looks, count, ids);
}

/* A tracker with an upright line at x. Its time wraps soon. */
static void start(int32_t x, int32_t hysteresis)
{
    line_t line;
    frame_us = FRAME_US;
    now_us = UINT32_MAX - 5 * FRAME_US;
    trk_init(&t);
    ck_assert(line_make(&line, x, 0, x, 8191));
    trk_set_lines(&t, &line, 1, hysteresis);
}

static uint16_t follow(det_box_t box)
{
    uint16_t id = 0;
    update(&box, NULL, 1, &id);
    return id;
}

static void nobody(int frames)
{
    uint16_t ids[1];
    for (int i = 0; i < frames; i++)
        update(NULL, NULL, 0, ids);
}

/* Walks one person from x by step for frames; returns the last id. */
static uint16_t walk(int32_t x, int32_t step, int frames)
{
    uint16_t id = 0;
    for (int i = 0; i < frames; i++)
        id = follow(box_at(x + i * step, 1000));
    return id;
}

static uint32_t tracks(void)
{
    uint32_t n = 0;
    for (int i = 0; i < TRK_MAX; i++)
        n += t.track[i].id != 0;
    return n;
}

static void counts_are(uint32_t in, uint32_t out)
{
    ck_assert_uint_eq(t.count[0].in, in);
    ck_assert_uint_eq(t.count[0].out, out);
}

START_TEST(one_person_keeps_one_id)
{
    start(2000, 16);
    uint16_t first = follow(box_at(500, 1000));
    ck_assert_int_ne(first, 0);
    for (int i = 1; i < 30; i++)
        ck_assert_int_eq(follow(box_at(500 + 40 * i, 1000)), first);
}
END_TEST

START_TEST(a_track_learns_how_fast_somebody_walks)
{
    start(2000, 16);
    walk(500, 40, 20);
    ck_assert_int_ge(t.track[0].axis[TRK_X].speed, 38 * 256);
    ck_assert_int_le(t.track[0].axis[TRK_X].speed, 42 * 256);
    ck_assert_int_ge(t.track[0].axis[TRK_X].place, (500 + 19 * 40 - 8) * 256);
    ck_assert_int_le(t.track[0].axis[TRK_X].place, (500 + 19 * 40 + 8) * 256);
}
END_TEST

START_TEST(time_is_in_steps_of_a_thirtieth_of_a_second)
{
    ck_assert_uint_eq(trk_time(0), 0);
    ck_assert_uint_eq(trk_time(33331), KAL_STEP);
    ck_assert_uint_eq(trk_time(33335), KAL_STEP);
    ck_assert_uint_eq(trk_time(100000), 3 * KAL_STEP);
    ck_assert_uint_eq(trk_time(5617), 43); /* 178 frames/s: 43.1 */
    ck_assert_uint_eq(trk_time(1000000), TRK_PATIENCE);
    ck_assert_uint_eq(trk_time(UINT32_MAX), TRK_LONGEST);
}
END_TEST

/* 1200 px/s, at 60, 30, 10 frames a second and at whatever comes: the same speed, nobody is lost,
 * and the crossing counts. */
START_TEST(speed_does_not_depend_on_the_frame_rate)
{
    static const uint32_t periods[][4] = {
        {16667, 16667, 16667, 16667},
        {33333, 33333, 33333, 33333},
        {100000, 100000, 100000, 100000},
        {33333, 100000, 16667, 66667},
    };
    for (uint32_t p = 0; p < SIM_COUNT(periods); p++) {
        uint32_t walked_us = 0;
        uint16_t first = 0;
        start(1500, 16);
        for (int i = 0; walked_us < 1500000; i++) {
            uint16_t id = follow(box_at(500 + (int32_t)(walked_us / 1000 * 12 / 10), 1000));
            first = i == 0 ? id : first;
            ck_assert_int_eq(id, first);
            frame_us = periods[p][i % 4];
            walked_us += frame_us;
        }
        ck_assert_int_ge(t.track[0].axis[TRK_X].speed, 39 * 256);
        ck_assert_int_le(t.track[0].axis[TRK_X].speed, 41 * 256);
        counts_are(1, 0);
    }
}
END_TEST

/* At each rate: who was seen is found again after 0.9 s, and is somebody else after 1.5 s. */
START_TEST(patience_is_a_time)
{
    static const uint32_t periods[] = {16667, 33333, 100000, 300000};
    for (uint32_t p = 0; p < SIM_COUNT(periods); p++) {
        for (uint32_t late = 0; late < 2; late++) {
            start(3000, 16);
            frame_us = periods[p];
            uint16_t first = walk(1000, 0, 10);
            nobody((int)((late != 0 ? 1500000 : 900000) / frame_us) - 1);
            uint16_t again = follow(box_at(1000, 1000));
            ck_assert_msg((again == first) == (late == 0), "%u us, late %u", frame_us, late);
        }
    }
}
END_TEST

START_TEST(crossing_to_the_right_is_in_and_counts_once)
{
    start(1000, 16);
    walk(600, 40, 30);
    counts_are(1, 0);
}
END_TEST

START_TEST(crossing_to_the_left_is_out)
{
    start(1000, 16);
    walk(1400, -40, 30);
    counts_are(0, 1);
}
END_TEST

START_TEST(swaying_within_the_hysteresis_counts_nothing)
{
    start(1000, 60);
    walk(800, 40, 6); /* up to the line */
    for (int i = 0; i < 20; i++)
        follow(box_at(1000 + (i % 2 ? 20 : -20), 1000));
    counts_are(0, 0);
}
END_TEST

START_TEST(a_person_hidden_at_the_line_still_crosses)
{
    start(1000, 16);
    uint16_t before = walk(600, 40, 9), after = 0; /* last seen at 920 */
    nobody(4);
    for (int i = 13; i < 20; i++)
        after = follow(box_at(600 + 40 * i, 1000));
    ck_assert_int_eq(after, before);
    counts_are(1, 0);
}
END_TEST

START_TEST(two_people_who_pass_each_other_both_count)
{
    uint16_t ids[2];
    start(1000, 16);
    for (int i = 0; i < 30; i++) {
        det_box_t boxes[2] = {box_at(500 + 40 * i, 1000), box_at(1500 - 40 * i, 1500)};
        update(boxes, NULL, 2, ids);
    }
    counts_are(1, 1);
}
END_TEST

/*
 * Two of a size meet at 1000: while their boxes overlap by more than a third, non-maximum
 * suppression leaves one of the two, now this, now that.
 */
START_TEST(people_who_meet_go_on_as_who_they_were)
{
    uint16_t ids[2], right = 0, left = 0;
    start(1000, 16);
    for (int i = 0; i < 40; i++) {
        int32_t x0 = 610 + 20 * i, x1 = 1390 - 20 * i, apart = x0 > x1 ? x0 - x1 : x1 - x0;
        det_box_t boxes[2] = {box_at(x0, 1000), box_at(x1, 1006)};
        if (apart < 100) {
            update(&boxes[i / 2 % 2], NULL, 1, ids);
            continue;
        }
        update(boxes, NULL, 2, ids);
        if (i == 10)
            right = ids[0], left = ids[1];
        if (i > 10) {
            ck_assert_int_eq(ids[0], right);
            ck_assert_int_eq(ids[1], left);
        }
    }
    ck_assert_int_ne(right, left);
    ck_assert_uint_eq(tracks(), 2);
    counts_are(1, 1);
}
END_TEST

static uint32_t noise = 1;

static int32_t draw(int32_t below)
{
    noise = noise * 1664525u + 1013904223u;
    return (int32_t)((uint64_t)(noise >> 8) * (uint32_t)below >> 24);
}

/* As a detector sees it: a few percent off, wider and narrower with the stride. */
static det_box_t seen_at(int32_t x, int32_t y)
{
    int32_t cx = x + draw(41) - 20, cy = y + draw(31) - 15, w = 180 + draw(91), h = 580 + draw(41);
    return (det_box_t){cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2, 200, 1};
}

/*
 * Two people meet at different speeds. One box in four is missed, one frame in four has a false
 * one, and where they overlap by nearly a third one is left. Whether both come out as who they were
 * before.
 */
static bool meeting_keeps_identities(void)
{
    int32_t right = 5 + draw(8), left = 5 + draw(8);
    const look_t look[3] = {dressed(2600, 1500, 1200), dressed(1000, 1300, 2200),
                            dressed(1800, 1800, 1800)};
    uint16_t before[2] = {0}, after[2] = {0};
    start(5000, 16);
    for (int32_t i = -60; i < 60; i++) {
        const int32_t x[2] = {1000 + right * i, 1000 - left * i};
        bool apart = abs(x[0] - x[1]) > 110; /* or much of one is hidden */
        int32_t hidden = apart ? -1 : draw(2);
        det_box_t boxes[3];
        look_t looks[3];
        uint16_t ids[3];
        uint32_t who[3], count = 0;
        for (uint32_t k = 0; k < 3; k++) {
            if (k == 2 ? draw(4) != 0 : (int32_t)k == hidden || draw(4) == 0)
                continue;
            boxes[count] = k == 2 ? seen_at(draw(4000), 1000 + draw(1000))
                                  : seen_at(x[k], 1000 + 10 * (int32_t)k);
            looks[count] = look[k];
            who[count++] = k;
        }
        update(boxes, looks, count, ids);
        for (uint32_t b = 0; b < count; b++)
            if (who[b] < 2 && (i < -22 || i > 22))
                (i < 0 ? before : after)[who[b]] = ids[b];
    }
    return before[0] == after[0] && before[1] == after[1];
}

/* Boxes given to tracks by overlap alone, the best first, at constant velocity: 115. */
START_TEST(of_many_people_who_meet_nearly_all_go_on_as_who_they_were)
{
    int kept = 0;
    for (int i = 0; i < 200; i++)
        kept += meeting_keeps_identities();
    ck_assert_int_ge(kept, 195);
}
END_TEST

/* Both stand still until one box is left, and come back where either may be: clothes decide. */
static void part_again(uint32_t first_red)
{
    uint16_t ids[2], was[2];
    const look_t looks[2] = {dressed(3000, 800, 800), dressed(800, 800, 3000)};
    start(3000, 16);
    det_box_t boxes[2] = {box_at(900, 1000), box_at(1100, 1000)};
    for (int i = 0; i < 10; i++)
        update(boxes, looks, 2, was);
    nobody(10);
    boxes[0] = box_at(980, 1000);
    boxes[1] = box_at(1020, 1000);
    look_t now[2] = {looks[first_red], looks[1 - first_red]};
    update(boxes, now, 2, ids);
    ck_assert_int_eq(ids[0], was[first_red]);
    ck_assert_int_eq(ids[1], was[1 - first_red]);
}

START_TEST(clothes_tell_who_is_who_after_an_occlusion)
{
    part_again(0);
    part_again(1);
}
END_TEST

START_TEST(light_that_changes_at_once_loses_nobody)
{
    uint16_t id = 0, first;
    start(3000, 16);
    for (int i = 0; i < 20; i++) {
        det_box_t box = box_at(500 + 20 * i, 1000);
        look_t look = i < 10 ? dressed(3000, 3000, 3000) : dressed(300, 300, 300);
        update(&box, &look, 1, &id);
        first = i == 0 ? id : first;
        ck_assert_int_eq(id, first);
    }
}
END_TEST

START_TEST(looks_that_come_and_go_are_no_reason_to_lose_anybody)
{
    uint16_t id = 0, first = 0;
    const look_t look = dressed(2000, 1000, 500), luma = {{900, 900}, 2}, none = {.tones = 0};
    const look_t *const kinds[] = {&look, &luma, &none, NULL};
    start(3000, 16);
    for (int i = 0; i < 20; i++) {
        det_box_t box = box_at(500 + 20 * i, 1000);
        update(&box, kinds[i % 4], 1, &id);
        first = i == 0 ? id : first;
        ck_assert_int_eq(id, first);
    }
}
END_TEST

/* The same boxes in any order are the same people. */
START_TEST(the_order_of_boxes_does_not_matter)
{
    uint16_t ids[3], first[3] = {0};
    start(3000, 16);
    for (int i = 0; i < 20; i++) {
        det_box_t boxes[3];
        for (int k = 0; k < 3; k++)
            boxes[(k + i) % 3] = box_at(500 + 150 * k + 20 * i, 1000 + 40 * k);
        update(boxes, NULL, 3, ids);
        for (int k = 0; k < 3; k++) {
            if (i == 0)
                first[k] = ids[k];
            ck_assert_int_eq(ids[(k + i) % 3], first[k]);
        }
    }
}
END_TEST

/* The best first would give the box at 540 to the track at 500 and leave the other one without. */
START_TEST(all_get_a_box_where_there_is_one_for_all)
{
    uint16_t ids[2], was[2];
    start(3000, 16);
    det_box_t boxes[2] = {box_at(500, 1000), box_at(580, 1000)};
    for (int i = 0; i < 10; i++)
        update(boxes, NULL, 2, was);
    boxes[0] = box_at(530, 1000);
    boxes[1] = box_at(610, 1000);
    update(boxes, NULL, 2, ids);
    ck_assert_int_eq(ids[0], was[0]);
    ck_assert_int_eq(ids[1], was[1]);
}
END_TEST

START_TEST(classes_are_never_mixed)
{
    start(3000, 16);
    det_box_t box = box_at(500, 1000);
    uint16_t person = follow(box);
    box.class_id = 2;
    uint16_t hand = follow(box);
    ck_assert_int_ne(hand, person);
    box.class_id = 1;
    ck_assert_int_eq(follow(box), person);
}
END_TEST

START_TEST(a_crossing_is_told_once_as_an_event_with_its_track)
{
    int told = 0;
    start(1000, 16);
    for (int i = 0; i < 30; i++) {
        uint16_t id = follow(box_at(600 + 40 * i, 1000));
        for (uint32_t e = 0; e < t.events; e++, told++) {
            ck_assert_int_eq(t.event[e].kind, META_EVENT_CROSSING);
            ck_assert_int_eq(t.event[e].value, META_DIRECTION_IN);
            ck_assert_int_eq(t.event[e].track, id);
            ck_assert_int_eq(t.event[e].place, 0);
        }
    }
    ck_assert_int_eq(told, 1);
}
END_TEST

/* Feet are at 1300: the second line ends at 1200, the third is crossed from right to left. */
START_TEST(each_line_counts_for_itself)
{
    line_t lines[3];
    trk_init(&t);
    ck_assert(line_make(&lines[0], 1000, 0, 1000, 3000) &&
              line_make(&lines[1], 1100, 0, 1100, 1200) &&
              line_make(&lines[2], 1200, 3000, 1200, 0));
    trk_set_lines(&t, lines, 3, 16);
    walk(600, 40, 30);
    ck_assert_uint_eq(t.lines, 3);
    const meta_count_t expected[3] = {{1, 0}, {0, 0}, {0, 1}};
    ck_assert_mem_eq(t.count, expected, sizeof(expected));
}
END_TEST

START_TEST(who_walks_around_the_end_of_a_line_has_not_crossed)
{
    line_t line;
    trk_init(&t);
    ck_assert(line_make(&line, 1000, 1000, 1000, 2000)); /* feet: 300 below the center */
    trk_set_lines(&t, &line, 1, 16);
    for (int i = 0; i < 80; i++)
        follow(box_at(700, 1200 + 10 * i)); /* down, past the end */
    for (int i = 0; i < 80; i++)
        follow(box_at(700 + 10 * i, 2000)); /* to the right */
    for (int i = 0; i < 80; i++)
        ck_assert_int_eq(follow(box_at(1500, 2000 - 10 * i)), 1); /* up again */
    counts_are(0, 0);
    ck_assert_int_eq(t.track[0].side[0], LINE_IN);
}
END_TEST

START_TEST(a_line_that_moves_across_somebody_counts_nothing)
{
    line_t line;
    start(1500, 16);
    walk(600, 5, 20);
    ck_assert(line_make(&line, 500, 0, 500, 8191));
    trk_set_lines(&t, &line, 1, 16);
    walk(700, 5, 20);
    counts_are(0, 0);
    walk(800, -40, 15);
    counts_are(0, 1);
}
END_TEST

START_TEST(one_stray_box_beyond_the_line_counts_nothing)
{
    start(1000, 16);
    follow(box_at(900, 1000));
    nobody(40);
    counts_are(0, 0);
    ck_assert_uint_eq(tracks(), 0);
}
END_TEST

/* A second, smaller person that the detector sees in the upper body of a near one, now and then. */
START_TEST(a_person_within_a_person_does_not_count)
{
    uint16_t ids[2];
    start(1000, 16);
    for (int i = 0; i < 30; i++) {
        int32_t x = 600 + 30 * i;
        det_box_t boxes[2] = {box_at(x, 1000), {x - 50, 700, x + 60, 1020, 150, 1}};
        update(boxes, NULL, i % 4 == 3 ? 1 : 2, ids);
    }
    counts_are(1, 0);
}
END_TEST

START_TEST(false_boxes_take_no_identity)
{
    uint16_t ids[2], first = 0;
    start(1000, 16);
    for (int i = 0; i < 40; i++) {
        det_box_t boxes[2] = {box_at(400 + 30 * i, 1000), box_at(300 + 977 * i % 2000, 2200)};
        update(boxes, NULL, i % 3 == 0 ? 2 : 1, ids);
        first = i == 0 ? ids[0] : first;
        ck_assert_int_eq(ids[0], first);
    }
    counts_are(1, 0);
}
END_TEST

START_TEST(more_people_than_places_wait_until_somebody_is_lost)
{
    static det_box_t boxes[DET_MAX_BOXES];
    uint16_t ids[DET_MAX_BOXES], id;
    start(1000, 16);
    for (int i = 0; i < DET_MAX_BOXES; i++)
        boxes[i] = box_at(400 * (i % 16), 1000 + 700 * (i / 16));
    for (int frame = 0; frame < 4; frame++)
        update(boxes, NULL, DET_MAX_BOXES, ids);
    for (int i = 0; i < DET_MAX_BOXES; i++)
        for (int k = 0; k <= i; k++)
            ck_assert((ids[i] == ids[k]) == (i == k) && ids[i] != 0);
    boxes[DET_MAX_BOXES - 1] = box_at(7000, 2500);
    update(boxes, NULL, DET_MAX_BOXES, ids);
    id = ids[DET_MAX_BOXES - 1];
    ck_assert_int_eq(id, DET_MAX_BOXES + 1); /* in the place of the one who was not seen */
    ck_assert_uint_eq(tracks(), TRK_MAX);
}
END_TEST

/* Whatever comes, identities are those of tracks and one box has each. */
START_TEST(random_boxes_never_share_a_track)
{
    uint32_t random = 5;
    start(1000, 16);
    for (int frame = 0; frame < 2000; frame++) {
        det_box_t boxes[DET_MAX_BOXES];
        look_t looks[DET_MAX_BOXES];
        uint16_t ids[DET_MAX_BOXES];
        uint32_t count = (random >> 16) % (DET_MAX_BOXES + 1);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t v[4];
            for (int k = 0; k < 4; k++)
                v[k] = (random = random * 1664525u + 1013904223u) >> 12;
            boxes[i].x0 = (int32_t)(v[0] % 4056);
            boxes[i].y0 = (int32_t)(v[1] % 3040);
            boxes[i].x1 = boxes[i].x0 + 1 + (int32_t)(v[2] % (frame % 3 == 0 ? 4 : 1000));
            boxes[i].y1 = boxes[i].y0 + 1 + (int32_t)(v[3] % (frame % 3 == 0 ? 4 : 1500));
            boxes[i].score = boxes[i].class_id = 1;
            looks[i] = dressed(v[0] & 0xfff, v[1] & 0xfff, v[2] & 0xfff);
        }
        frame_us = random >> (random & 31);
        update(boxes, looks, count, ids);
        for (uint32_t i = 0; i < count; i++)
            for (uint32_t k = 0; k < i; k++)
                ck_assert(ids[i] != ids[k] || ids[i] == 0);
    }
}
END_TEST

TEST_MAIN("firmware track", one_person_keeps_one_id, a_track_learns_how_fast_somebody_walks,
          time_is_in_steps_of_a_thirtieth_of_a_second, speed_does_not_depend_on_the_frame_rate,
          patience_is_a_time, crossing_to_the_right_is_in_and_counts_once,
          crossing_to_the_left_is_out, swaying_within_the_hysteresis_counts_nothing,
          a_person_hidden_at_the_line_still_crosses, two_people_who_pass_each_other_both_count,
          people_who_meet_go_on_as_who_they_were,
          of_many_people_who_meet_nearly_all_go_on_as_who_they_were,
          clothes_tell_who_is_who_after_an_occlusion, light_that_changes_at_once_loses_nobody,
          looks_that_come_and_go_are_no_reason_to_lose_anybody, the_order_of_boxes_does_not_matter,
          all_get_a_box_where_there_is_one_for_all, classes_are_never_mixed,
          a_crossing_is_told_once_as_an_event_with_its_track, each_line_counts_for_itself,
          who_walks_around_the_end_of_a_line_has_not_crossed,
          a_line_that_moves_across_somebody_counts_nothing,
          one_stray_box_beyond_the_line_counts_nothing, a_person_within_a_person_does_not_count,
          false_boxes_take_no_identity, more_people_than_places_wait_until_somebody_is_lost,
          random_boxes_never_share_a_track)
