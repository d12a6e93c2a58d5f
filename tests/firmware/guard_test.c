/*
 * guard_test.c - intrusion and loitering, frame by frame at 10 frames a second.
 */
#include "tests/test.h"

#include "firmware/include/fovea_metadata.h"
#include "firmware/include/guard.h"

enum { NOON = 43200 };
#define ZONE(x)                                                                                    \
    {                                                                                              \
        .corners = 4, .corner = {{x, 0}, {x + 100, 0}, {x + 100, 100}, {x, 100}},                  \
        .to_s = ZONE_DAY_S                                                                         \
    }

static guard_t guard;
static uint32_t now_ms, day_s;

/* Zones of 100 px at x = 0 and x = 200; 200 ms to be in, 500 to be out. */
static void begin(uint32_t dwell_ms)
{
    guard = (guard_t){.enter_ms = 200, .leave_ms = 500, .zones = 2, .zone = {ZONE(0), ZONE(200)}};
    guard.zone[0].dwell_ms = dwell_ms;
    now_ms = 0;
    day_s = NOON;
}

/* A frame in which tracks stand at these places; x < 0: not there. */
static void see(const int32_t *x, const uint16_t *track, uint32_t count)
{
    det_box_t boxes[8];
    uint16_t tracks[8];
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (x[i] < 0)
            continue;
        boxes[n] = (det_box_t){x[i] - 5, 0, x[i] + 5, 51, 200, 1};
        tracks[n++] = track[i];
    }
    guard_update(&guard, boxes, tracks, n, now_ms, day_s);
    now_ms += 100;
}

static void see_one(int32_t x, uint16_t track)
{
    see(&x, &track, 1);
}

/* The frame had this one event. */
static void told(uint8_t kind, uint8_t zone, uint16_t track)
{
    ck_assert_uint_eq(guard.events, 1);
    ck_assert_uint_eq(guard.event[0].kind, kind);
    ck_assert_uint_eq(guard.event[0].place, zone);
    ck_assert_uint_eq(guard.event[0].track, track);
}

static void quiet(int32_t x, uint16_t track, int frames)
{
    for (int i = 0; i < frames; i++) {
        see_one(x, track);
        ck_assert_uint_eq(guard.events, 0);
    }
}

START_TEST(an_intrusion_is_told_once_and_its_end)
{
    begin(0);
    quiet(150, 3, 3);
    quiet(50, 3, 2);
    see_one(50, 3); /* inside for 200 ms */
    told(META_EVENT_INTRUSION, 0, 3);
    quiet(50, 3, 40);
    quiet(150, 3, 5); /* last seen inside 500 ms ago: not yet */
    see_one(150, 3);
    told(META_EVENT_ALERT_END, 0, 0);
    quiet(150, 3, 20);
}
END_TEST

START_TEST(who_only_touches_a_zone_is_no_intruder)
{
    begin(0);
    quiet(50, 3, 2);
    quiet(150, 3, 30);
}
END_TEST

/* In and out every frame: begun once, and over when it stays out. */
START_TEST(a_foot_that_trembles_on_the_edge_is_one_alert)
{
    begin(0);
    uint32_t events = 0;
    for (int i = 0; i < 50; i++) {
        see_one(i % 2 == 0 ? 99 : 100, 3);
        events += guard.events;
    }
    ck_assert_uint_eq(events, 1);
    for (int i = 0; i < 20; i++) {
        see_one(150, 3);
        events += guard.events;
    }
    ck_assert_uint_eq(events, 2);
}
END_TEST

START_TEST(frames_without_a_box_end_nothing)
{
    begin(0);
    quiet(50, 3, 2);
    see_one(50, 3);
    quiet(-1, 3, 5);
    quiet(50, 3, 10);
}
END_TEST

START_TEST(a_second_intruder_is_the_same_alert)
{
    const uint16_t tracks[] = {3, 4};
    uint32_t events = 0;
    begin(0);
    for (int i = 0; i < 60; i++) {
        const int32_t x[] = {i < 30 ? 50 : 150, i < 10 ? 150 : 60};
        see(x, tracks, 2);
        events += guard.events;
    }
    ck_assert_uint_eq(events, 1);
    ck_assert_uint_eq(guard.alert, 1);
}
END_TEST

START_TEST(each_zone_has_its_own_alert)
{
    const uint16_t tracks[] = {3, 4};
    const int32_t x[] = {50, 250};
    begin(0);
    see(x, tracks, 2);
    see(x, tracks, 2);
    see(x, tracks, 2);
    ck_assert_uint_eq(guard.events, 2);
    ck_assert_uint_eq(guard.event[0].place + guard.event[1].place, 1);
    ck_assert_uint_eq(guard.alert, 3);
}
END_TEST

START_TEST(who_may_pass_but_stays_loiters)
{
    begin(2000);
    quiet(50, 3, 20);
    see_one(50, 3); /* 2000 ms after the first frame inside */
    told(META_EVENT_LOITERING, 0, 3);
    quiet(50, 3, 50);
    quiet(150, 3, 5);
    see_one(150, 3);
    told(META_EVENT_ALERT_END, 0, 0);
}
END_TEST

START_TEST(who_passes_in_time_is_not_told)
{
    begin(2000);
    quiet(50, 3, 20);
    quiet(150, 3, 30);
    ck_assert_uint_eq(guard.alert, 0);
}
END_TEST

/* Two loiter, one after the other: both are told, one end. */
START_TEST(every_loiterer_is_told)
{
    const uint16_t tracks[] = {3, 4};
    uint32_t loitering = 0, ends = 0;
    begin(1000);
    for (int i = 0; i < 60; i++) {
        const int32_t x[] = {i < 40 ? 50 : 150, i < 10 || i >= 40 ? 150 : 60};
        see(x, tracks, 2);
        for (uint32_t e = 0; e < guard.events; e++) {
            loitering += guard.event[e].kind == META_EVENT_LOITERING;
            ends += guard.event[e].kind == META_EVENT_ALERT_END;
        }
    }
    ck_assert_uint_eq(loitering, 2);
    ck_assert_uint_eq(ends, 1);
}
END_TEST

/* Track 3 is lost, 4 is the same person. */
START_TEST(another_identity_goes_on_with_the_visit)
{
    begin(2000);
    quiet(50, 3, 10);
    quiet(55, 4, 10);
    see_one(55, 4);
    told(META_EVENT_LOITERING, 0, 4);
}
END_TEST

/* The box is 51 px high: 26 px away from where 3 was lost is too far. */
START_TEST(who_appears_elsewhere_is_another)
{
    begin(2000);
    quiet(50, 3, 10);
    quiet(76, 4, 20);
    see_one(76, 4);
    told(META_EVENT_LOITERING, 0, 4);
}
END_TEST

START_TEST(who_comes_while_the_other_is_seen_is_another)
{
    const uint16_t tracks[] = {3, 4};
    begin(2000);
    for (int i = 0; i < 40; i++) {
        const int32_t x[] = {i < 12 ? 50 : 150, i < 10 ? -1 : 60};
        see(x, tracks, 2);
        /* 4 came with frame 10: 2000 ms later is frame 30 */
        ck_assert_uint_eq(guard.events, i == 30);
    }
}
END_TEST

START_TEST(out_of_hours_there_are_no_alerts)
{
    begin(0);
    guard.zone[0].from_s = 79200; /* 22:00 to 6:00 */
    guard.zone[0].to_s = 21600;
    quiet(50, 3, 20);
    day_s = 79200;
    quiet(50, 3, 2);
    see_one(50, 3);
    told(META_EVENT_INTRUSION, 0, 3);
    day_s = 21600;
    see_one(50, 3);
    told(META_EVENT_ALERT_END, 0, 0);
    quiet(50, 3, 20);
}
END_TEST

START_TEST(untracked_boxes_are_nobody)
{
    begin(0);
    quiet(50, 0, 30);
}
END_TEST

/* 32 zones on one place, all entered at once: 32 events; the ends too. */
START_TEST(events_and_visits_have_room_for_all_zones)
{
    begin(0);
    guard.zones = ZONE_MAX;
    for (uint32_t n = 0; n < ZONE_MAX; n++)
        guard.zone[n] = (zone_t)ZONE(0);
    quiet(50, 3, 2);
    see_one(50, 3);
    ck_assert_uint_eq(guard.events, 32);
    ck_assert_uint_eq(guard.alert, UINT32_MAX);
    for (int i = 0; i < 6; i++)
        see_one(150, 3);
    ck_assert_uint_eq(guard.events, 32);
    ck_assert_uint_eq(guard.alert, 0);
}
END_TEST

/* Three tracks enter 32 zones: 64 visits are all there is room for. Nothing breaks, and when they
 * have left there is room again. */
START_TEST(more_visits_than_room_are_left_out)
{
    const uint16_t tracks[] = {3, 4, 5};
    const int32_t in[] = {50, 60, 70}, out[] = {150, 160, 170};
    begin(0);
    guard.zones = ZONE_MAX;
    for (uint32_t n = 0; n < ZONE_MAX; n++)
        guard.zone[n] = (zone_t)ZONE(0);
    for (int i = 0; i < 10; i++)
        see(in, tracks, 3);
    for (int i = 0; i < 10; i++)
        see(out, tracks, 3);
    ck_assert_uint_eq(guard.alert, 0);
    for (uint32_t i = 0; i < GUARD_MAX_VISITS; i++)
        ck_assert_uint_eq(guard.visit[i].track, 0);
}
END_TEST

START_TEST(time_may_wrap)
{
    begin(1000);
    now_ms = UINT32_MAX - 449;
    quiet(50, 3, 10);
    see_one(50, 3);
    told(META_EVENT_LOITERING, 0, 3);
}
END_TEST

TEST_MAIN("firmware guard", an_intrusion_is_told_once_and_its_end,
          who_only_touches_a_zone_is_no_intruder, a_foot_that_trembles_on_the_edge_is_one_alert,
          frames_without_a_box_end_nothing, a_second_intruder_is_the_same_alert,
          each_zone_has_its_own_alert, who_may_pass_but_stays_loiters,
          who_passes_in_time_is_not_told, every_loiterer_is_told,
          another_identity_goes_on_with_the_visit, who_appears_elsewhere_is_another,
          who_comes_while_the_other_is_seen_is_another, out_of_hours_there_are_no_alerts,
          untracked_boxes_are_nobody, events_and_visits_have_room_for_all_zones,
          more_visits_than_room_are_left_out, time_may_wrap)
