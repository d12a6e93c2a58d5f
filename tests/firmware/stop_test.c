/*
 * stop_test.c - when the stop signal rises and falls, frame by frame at 100 frames a second.
 */
#include "tests/test.h"

#include "firmware/include/fovea_metadata.h"
#include "firmware/include/stop.h"

enum { NOON = 43200 };
#define ZONE(x)                                                                                    \
    {                                                                                              \
        .corners = 4, .corner = {{x, 0}, {x + 100, 0}, {x + 100, 100}, {x, 100}},                  \
        .to_s = ZONE_DAY_S                                                                         \
    }

static stop_t stop;
static uint32_t now_ms;

/* Two zones of 100 px at x = 0 and x = 200; 30 ms to be over. */
static void begin(uint32_t at_ms)
{
    stop = (stop_t){.release_ms = 30, .zones = 2, .zone = {ZONE(0), ZONE(200)}};
    now_ms = at_ms;
    stop_begin(&stop);
}

static bool frame(uint32_t inside)
{
    bool halts = stop_update(&stop, inside, now_ms);
    now_ms += 10;
    return halts;
}

/* The start's fault is over. */
static void settle(void)
{
    for (int i = 0; i < 4; i++)
        frame(0);
    ck_assert(!frame(0));
    ck_assert_uint_eq(stop.events, 0);
}

static void told(uint32_t n, uint8_t kind, uint8_t place, uint32_t value)
{
    ck_assert_uint_lt(n, stop.events);
    ck_assert_uint_eq(stop.event[n].kind, kind);
    ck_assert_uint_eq(stop.event[n].place, place);
    ck_assert_uint_eq(stop.event[n].value, value);
}

static det_box_t standing_at(int32_t x)
{
    return (det_box_t){x - 5, 0, x + 5, 51, 200, 1}; /* the foot in row 50 */
}

START_TEST(nothing_may_move_before_frames_have_come_for_a_while)
{
    begin(0xfffffff0u); /* times wrap */
    ck_assert(frame(0));
    told(0, META_EVENT_FAULT, 0, META_FAULT_START);
    ck_assert(frame(0));
    ck_assert_uint_eq(stop.events, 0);
    ck_assert(frame(0));
    ck_assert(!frame(0)); /* 30 ms after the first */
    told(0, META_EVENT_FAULT_END, 0, META_FAULT_START);
    ck_assert_uint_eq(stop.events, 1);
}
END_TEST

START_TEST(somebody_inside_stops_at_once_and_until_gone_for_a_while)
{
    begin(0);
    settle();
    ck_assert(frame(2));
    told(0, META_EVENT_STOP, 1, 0);
    ck_assert(frame(2));
    ck_assert_uint_eq(stop.events, 0);
    ck_assert(frame(0)); /* 10 ms */
    ck_assert(frame(0)); /* 20 */
    ck_assert(frame(2)); /* again, before it was over */
    ck_assert_uint_eq(stop.events, 0);
    ck_assert(frame(0));
    ck_assert(frame(0));
    ck_assert(!frame(0)); /* 30 */
    told(0, META_EVENT_RELEASE, 1, 0);
}
END_TEST

START_TEST(each_zone_has_its_own_events_and_one_holds_the_signal)
{
    begin(0);
    settle();
    ck_assert(frame(3));
    ck_assert_uint_eq(stop.events, 2);
    told(0, META_EVENT_STOP, 0, 0);
    told(1, META_EVENT_STOP, 1, 0);
    ck_assert(frame(1));
    ck_assert(frame(1));
    ck_assert(frame(1)); /* the second is over, 30 ms */
    ck_assert_uint_eq(stop.events, 1);
    told(0, META_EVENT_RELEASE, 1, 0);
}
END_TEST

START_TEST(a_fault_holds_until_results_have_come_for_a_while_without_another)
{
    begin(0);
    settle();
    stop_fail(&stop, META_FAULT_NO_FRAME);
    ck_assert(frame(0));
    told(0, META_EVENT_FAULT, 0, META_FAULT_NO_FRAME);
    ck_assert(frame(0));
    stop_fail(&stop, META_FAULT_NO_FRAME); /* the same again is not told, but lasts */
    ck_assert(frame(0));
    ck_assert_uint_eq(stop.events, 0);
    ck_assert(frame(0));
    stop_fail(&stop, META_FAULT_NPU_ERROR);
    ck_assert(frame(0));
    told(0, META_EVENT_FAULT, 0, META_FAULT_NPU_ERROR);
    ck_assert(frame(0));
    ck_assert(frame(0));
    ck_assert(!frame(0));
    told(0, META_EVENT_FAULT_END, 0, META_FAULT_NPU_ERROR);
}
END_TEST

START_TEST(feet_are_looked_for_in_the_zones_that_count_now)
{
    begin(0);
    det_box_t boxes[2] = {standing_at(250), standing_at(150)};
    ck_assert_uint_eq(stop_inside(&stop, boxes, 2, NOON), 2);
    boxes[1] = standing_at(99);
    ck_assert_uint_eq(stop_inside(&stop, boxes, 2, NOON), 3);
    stop.zone[0].from_s = NOON + 1;
    ck_assert_uint_eq(stop_inside(&stop, boxes, 2, NOON), 2);
    ck_assert_uint_eq(stop_inside(&stop, boxes, 2, NOON + 1), 3);
    ck_assert_uint_eq(stop_inside(&stop, boxes, 0, NOON + 1), 0);
}
END_TEST

/* 32 zones and room for 8 events: the signal does not wait for its events. */
START_TEST(what_finds_no_room_is_told_later_and_stops_now)
{
    begin(0);
    settle();
    ck_assert(frame(0xffffffffu));
    ck_assert_uint_eq(stop.events, STOP_MAX_EVENTS);
    uint32_t events = stop.events;
    for (int i = 0; i < 3; i++) {
        ck_assert(frame(0xffffffffu));
        events += stop.events;
    }
    ck_assert_uint_eq(events, 32);
}
END_TEST

TEST_MAIN("firmware stop", nothing_may_move_before_frames_have_come_for_a_while,
          somebody_inside_stops_at_once_and_until_gone_for_a_while,
          each_zone_has_its_own_events_and_one_holds_the_signal,
          a_fault_holds_until_results_have_come_for_a_while_without_another,
          feet_are_looked_for_in_the_zones_that_count_now,
          what_finds_no_room_is_told_later_and_stops_now)
