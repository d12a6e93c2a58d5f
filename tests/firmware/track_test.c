#include "tests/test.h"

#include "firmware/include/fovea_metadata.h"
#include "firmware/include/track.h"

static det_box_t box_at(int32_t cx, int32_t cy)
{
    return (det_box_t){cx - 100, cy - 300, cx + 100, cy + 300, 200, 1};
}

/* Walks one person from x by step for frames; returns the last id. */
static uint16_t walk(trk_state_t *t, int32_t x, int32_t step, int frames)
{
    uint16_t id = 0;
    for (int i = 0; i < frames; i++) {
        det_box_t box = box_at(x + i * step, 1000);
        trk_update(t, &box, 1, &id);
    }
    return id;
}

START_TEST(one_person_keeps_one_id)
{
    trk_state_t t;
    trk_init(&t, 2000, 16);
    det_box_t box = box_at(500, 1000);
    uint16_t first = 0, id = 0;
    trk_update(&t, &box, 1, &first);
    ck_assert_int_ne(first, 0);
    for (int i = 1; i < 30; i++) {
        box = box_at(500 + 40 * i, 1000);
        trk_update(&t, &box, 1, &id);
        ck_assert_int_eq(id, first);
    }
}
END_TEST

START_TEST(crossing_to_the_right_is_in_and_counts_once)
{
    trk_state_t t;
    trk_init(&t, 1000, 16);
    walk(&t, 600, 40, 30);
    ck_assert_int_eq(t.count_in, 1);
    ck_assert_int_eq(t.count_out, 0);
}
END_TEST

START_TEST(crossing_to_the_left_is_out)
{
    trk_state_t t;
    trk_init(&t, 1000, 16);
    walk(&t, 1400, -40, 30);
    ck_assert_int_eq(t.count_in, 0);
    ck_assert_int_eq(t.count_out, 1);
}
END_TEST

START_TEST(swaying_within_the_hysteresis_counts_nothing)
{
    trk_state_t t;
    trk_init(&t, 1000, 40);
    walk(&t, 800, 40, 6); /* up to the line */
    for (int i = 0; i < 20; i++) {
        det_box_t box = box_at(1000 + (i % 2 ? 20 : -20), 1000);
        uint16_t id;
        trk_update(&t, &box, 1, &id);
    }
    ck_assert_int_eq(t.count_in + t.count_out, 0);
}
END_TEST

START_TEST(a_person_hidden_at_the_line_still_crosses)
{
    trk_state_t t;
    uint16_t before, after = 0;
    trk_init(&t, 1000, 16);
    before = walk(&t, 600, 40, 9); /* last seen at 920 */
    for (int i = 0; i < 4; i++)
        trk_update(&t, NULL, 0, &after);
    for (int i = 13; i < 20; i++) {
        det_box_t box = box_at(600 + 40 * i, 1000);
        trk_update(&t, &box, 1, &after);
    }
    ck_assert_int_eq(after, before);
    ck_assert_int_eq(t.count_in, 1);
}
END_TEST

START_TEST(two_people_who_pass_each_other_both_count)
{
    trk_state_t t;
    uint16_t ids[2];
    trk_init(&t, 1000, 16);
    for (int i = 0; i < 30; i++) {
        det_box_t boxes[2] = {box_at(500 + 40 * i, 1000), box_at(1500 - 40 * i, 1500)};
        trk_update(&t, boxes, 2, ids);
    }
    ck_assert_int_eq(t.count_in, 1);
    ck_assert_int_eq(t.count_out, 1);
}
END_TEST

START_TEST(a_crossing_is_told_once_as_an_event_with_its_track)
{
    trk_state_t t;
    uint16_t id = 0;
    int told = 0;
    trk_init(&t, 1000, 16);
    for (int i = 0; i < 30; i++) {
        det_box_t box = box_at(600 + 40 * i, 1000);
        trk_update(&t, &box, 1, &id);
        for (uint32_t e = 0; e < t.events; e++, told++) {
            ck_assert_int_eq(t.event[e].kind, META_EVENT_CROSSED_IN);
            ck_assert_int_eq(t.event[e].track, id);
        }
    }
    ck_assert_int_eq(told, 1);
}
END_TEST

START_TEST(one_stray_box_beyond_the_line_counts_nothing)
{
    trk_state_t t;
    uint16_t id;
    trk_init(&t, 1000, 16);
    det_box_t box = box_at(900, 1000);
    trk_update(&t, &box, 1, &id);
    for (int i = 0; i < 40; i++)
        trk_update(&t, NULL, 0, &id);
    ck_assert_int_eq(t.count_in + t.count_out, 0);
    for (int i = 0; i < TRK_MAX; i++)
        ck_assert_int_eq(t.track[i].id, 0);
}
END_TEST

START_TEST(more_people_than_places_are_left_untracked)
{
    trk_state_t t;
    static det_box_t boxes[TRK_MAX + 3];
    uint16_t ids[TRK_MAX + 3];
    trk_init(&t, 1000, 16);
    for (int i = 0; i < TRK_MAX + 3; i++)
        boxes[i] = box_at(110 * i, 1000 + 700 * (i % 3));
    trk_update(&t, boxes, TRK_MAX + 3, ids);
    int untracked = 0;
    for (int i = 0; i < TRK_MAX + 3; i++)
        untracked += ids[i] == 0;
    ck_assert_int_eq(untracked, 3);
}
END_TEST

TEST_MAIN("firmware track", one_person_keeps_one_id, crossing_to_the_right_is_in_and_counts_once,
          crossing_to_the_left_is_out, swaying_within_the_hysteresis_counts_nothing,
          a_person_hidden_at_the_line_still_crosses, two_people_who_pass_each_other_both_count,
          a_crossing_is_told_once_as_an_event_with_its_track,
          one_stray_box_beyond_the_line_counts_nothing, more_people_than_places_are_left_untracked)
