/*
 * events_test.c - who crosses lines and enters zones, and when: by hand for even walks, and the
 * same whatever time is asked for.
 */
#include "film_help.h"
#include "scene_help.h"
#include "sim/time.h"
#include "tests/test.h"

#define NEAR_PS 20 /* times are doubles in seconds: 0.2 ps at 1000 s */
#define PLAIN "\"background\": {\"kind\": \"plain\"}"

typedef struct {
    scene_event_type_t type;
    double time_s;
    uint32_t id;
    const char *name;
    int32_t value;
} expected_t;

static scene_events_t happened(const scene_t *scene, double from_s, double to_s)
{
    scene_events_t events = {0};
    ck_assert(scene_events(scene, (uint64_t)(from_s * 1e12 + 0.5), (uint64_t)(to_s * 1e12 + 0.5),
                           &events));
    return events;
}

/* All that happens in a time is what is expected, in this order. */
static void happens(const scene_t *scene, double from_s, double to_s, const expected_t *expected,
                    uint32_t count)
{
    scene_events_t events = happened(scene, from_s, to_s);
    for (uint32_t i = 0; i < events.count && i < count; i++) {
        const scene_event_t *e = &events.event[i];
        double off_ps = (double)e->time_ps - expected[i].time_s * 1e12;
        ck_assert_msg(e->type == expected[i].type && e->id == expected[i].id &&
                          strcmp(e->name, expected[i].name) == 0 && e->value == expected[i].value &&
                          off_ps >= -NEAR_PS && off_ps <= NEAR_PS,
                      "event %u: %s of %u, %s, %d, at %.12f s", i, scene_event_name(e->type), e->id,
                      e->name, e->value, (double)e->time_ps * 1e-12);
    }
    ck_assert_uint_eq(events.count, count);
    scene_events_free(&events);
}

#define HAPPENS(scene, from_s, to_s, ...)                                                          \
    do {                                                                                           \
        const expected_t expected_[] = {__VA_ARGS__};                                              \
        happens(scene, from_s, to_s, expected_, SIM_COUNT(expected_));                             \
    } while (0)

/* ---- lines ---- */

START_TEST(somebody_at_even_speed_crosses_at_cross_s)
{
    scene_t *scene = scene_of("{" PLAIN ", \"line\": {\"name\": \"door\"}, \"people\": ["
                              "{\"direction\": \"in\", \"cross_s\": 1.234567},"
                              "{\"direction\": \"out\", \"cross_s\": 0.3, \"speed_mps\": 0.8},"
                              "{\"direction\": \"in\", \"cross_s\": 1000.5, \"depth_m\": 0.6},"
                              "{\"direction\": \"out\", \"cross_s\": -0.1}]}",
                              0);
    HAPPENS(scene, 0, 2000, {SCENE_EVENT_CROSSING, 0.3, 2, "door", SCENE_OUT},
            {SCENE_EVENT_CROSSING, 1.234567, 1, "door", SCENE_IN},
            {SCENE_EVENT_CROSSING, 1000.5, 3, "door", SCENE_IN});
    scene_free(scene);
}
END_TEST

START_TEST(a_segment_is_crossed_between_its_ends_toward_its_left_hand)
{
    /* At 5 m and 1.25 m/s: x = 1 is passed 0.8 s after the door. Lines up the picture (toward the
     * wall) and down, and one that ends before the lane. */
    scene_t *scene =
        scene_of("{" PLAIN ", \"lines\": [{\"name\": \"away\", \"segment_m\": [[1, 4], [1, 6]]},"
                 " {\"name\": \"near\", \"segment_m\": [[1, 6], [1, 4]]},"
                 " {\"name\": \"short\", \"segment_m\": [[1, 5.1], [1, 6]]}], \"people\": ["
                 "{\"direction\": \"in\", \"cross_s\": 1, \"speed_mps\": 1.25, \"depth_m\": 5}]}",
                 0);
    HAPPENS(scene, 0, 1.5, {SCENE_EVENT_CROSSING, 1, 1, "line", SCENE_IN});
    HAPPENS(scene, 1.5, 3, {SCENE_EVENT_CROSSING, 1.8, 1, "away", SCENE_OUT},
            {SCENE_EVENT_CROSSING, 1.8, 1, "near", SCENE_IN});
    scene_free(scene);
}
END_TEST

START_TEST(a_line_of_the_picture_is_crossed_where_the_foot_is_seen)
{
    /* At 5 m feet are on row 430 + 3950 * 2.9 / 5 = 2721 and go 790 * 1.25 = 987.5 px a second.
     * Column 3015.5 is there 1 s after the door; the oblique line from (2028, 2221) to (3028, 3221)
     * is at column 2528 on that row: 500 px, 0.506329.. s. */
    scene_t *scene = scene_of(
        "{" PLAIN ", \"camera\": {\"array_px\": [4056, 3300]}, \"lines\": ["
        "{\"name\": \"column\", \"x_px\": 3015.5},"
        " {\"name\": \"oblique\", \"segment_px\": [[2028, 2221], [3028, 3221]]}], \"people\": ["
        "{\"direction\": \"in\", \"cross_s\": 1, \"speed_mps\": 1.25, \"depth_m\": 5}]}",
        0);
    HAPPENS(scene, 1.1, 3, {SCENE_EVENT_CROSSING, 1 + 500 / 987.5, 1, "oblique", SCENE_IN},
            {SCENE_EVENT_CROSSING, 2, 1, "column", SCENE_IN});
    scene_free(scene);
}
END_TEST

/* ---- zones ---- */

/* x -1..1, z 4..6, and a triangle of the picture. */
#define ZONES(more)                                                                                \
    "\"zones\": [{\"name\": \"mat\", \"polygon_m\": [[-1, 4], [1, 4], [1, 6], [-1, 6]]" more "}]"

START_TEST(a_zone_is_entered_and_left_at_its_edges)
{
    /* x = -1 and 1 at 1.25 m/s: 0.8 s before and after the door; who walks at 7 m is not in it. */
    scene_t *scene = scene_of(
        "{" PLAIN ", " ZONES(
            "") ", \"people\": ["
                "{\"direction\": \"in\", \"cross_s\": 2, \"speed_mps\": 1.25, \"depth_m\": 5},"
                "{\"direction\": \"out\", \"cross_s\": 4, \"speed_mps\": 1, \"depth_m\": 4.5},"
                "{\"direction\": \"in\", \"cross_s\": 2, \"depth_m\": 7}]}",
        0);
    HAPPENS(scene, 0, 1.9, {SCENE_EVENT_ZONE_ENTER, 1.2, 1, "mat", 0});
    HAPPENS(scene, 2.1, 3.9, {SCENE_EVENT_ZONE_LEAVE, 2.8, 1, "mat", 0},
            {SCENE_EVENT_ZONE_ENTER, 3, 2, "mat", 0});
    HAPPENS(scene, 4.1, 9, {SCENE_EVENT_ZONE_LEAVE, 5, 2, "mat", 0});
    scene_free(scene);
}
END_TEST

START_TEST(a_tilted_camera_changes_no_time_on_the_floor)
{
    scene_t *scene = scene_of(
        "{" PLAIN ", \"camera\": {\"pitch_deg\": 25, \"focal_px\": 2500}, " ZONES(
            "") ", \"people\": ["
                "{\"direction\": \"in\", \"cross_s\": 2, \"speed_mps\": 1.25, \"depth_m\": 5}]}",
        0);
    HAPPENS(scene, 0, 9, {SCENE_EVENT_ZONE_ENTER, 1.2, 1, "mat", 0},
            {SCENE_EVENT_CROSSING, 2, 1, "line", SCENE_IN},
            {SCENE_EVENT_ZONE_LEAVE, 2.8, 1, "mat", 0});
    scene_free(scene);
}
END_TEST

START_TEST(a_polygon_of_the_picture_may_be_concave)
{
    /* On row 2721 the polygon is columns 1238..1633 and 2423..2818: x -1..-0.5 and 0.5..1 at 5 m.
     */
    scene_t *scene = scene_of(
        "{" PLAIN ", \"zones\": [{\"name\": \"u\", \"polygon_px\": [[1238, 2000], [2818, 2000],"
        " [2818, 2900], [2423, 2900], [2423, 2500], [1633, 2500], [1633, 2900], [1238, 2900]]}],"
        " \"people\": [{\"direction\": \"out\", \"cross_s\": 2, \"speed_mps\": 1.25, \"depth_m\":"
        " 5}]}",
        0);
    HAPPENS(scene, 0, 1.9, {SCENE_EVENT_ZONE_ENTER, 1.2, 1, "u", 0},
            {SCENE_EVENT_ZONE_LEAVE, 1.6, 1, "u", 0});
    HAPPENS(scene, 2.1, 9, {SCENE_EVENT_ZONE_ENTER, 2.4, 1, "u", 0},
            {SCENE_EVENT_ZONE_LEAVE, 2.8, 1, "u", 0});
    scene_free(scene);
}
END_TEST

START_TEST(who_is_inside_at_time_0_enters_then)
{
    scene_t *scene = scene_of(
        "{" PLAIN ", " ZONES(", \"dwell_ms\": 300") ", \"people\": ["
                                                    "{\"direction\": \"in\", \"cross_s\": -0.3, "
                                                    "\"speed_mps\": 1.25, \"depth_m\": 5}]}",
        0);
    HAPPENS(scene, 0, 9, {SCENE_EVENT_ZONE_ENTER, 0, 1, "mat", 0},
            {SCENE_EVENT_DWELL, 0.3, 1, "mat", 300}, {SCENE_EVENT_ZONE_LEAVE, 0.5, 1, "mat", 0});
    scene_free(scene);
}
END_TEST

/* One visit of 1.6 s, from 1.2 to 2.8. */
static scene_t *visit(uint32_t dwell_ms, const char *kinds)
{
    char text[512];
    snprintf(text, sizeof(text),
             "{" PLAIN ", " ZONES(
                 ", \"dwell_ms\": %u, \"kinds\": [%s]") ", \"people\": ["
                                                        "{\"direction\": \"in\", \"cross_s\": 2, "
                                                        "\"speed_mps\": 1.25, \"depth_m\": 5}]}",
             dwell_ms, kinds);
    return scene_of(text, 0);
}

START_TEST(dwell_is_told_once_a_visit_that_is_long_enough)
{
    scene_t *scene = visit(700, "\"person\"");
    HAPPENS(scene, 1.3, 1.95, {SCENE_EVENT_DWELL, 1.9, 1, "mat", 700});
    HAPPENS(scene, 2.1, 9, {SCENE_EVENT_ZONE_LEAVE, 2.8, 1, "mat", 0});
    scene_free(scene);
    scene = visit(1599, "\"person\"");
    HAPPENS(scene, 2.1, 2.7999, {SCENE_EVENT_DWELL, 2.799, 1, "mat", 1599});
    scene_free(scene);
    scene = visit(1601, "\"person\"");
    HAPPENS(scene, 2.1, 9, {SCENE_EVENT_ZONE_LEAVE, 2.8, 1, "mat", 0});
    scene_free(scene);
}
END_TEST

START_TEST(kinds_that_do_not_matter_are_nowhere)
{
    scene_t *scene = visit(700, "");
    HAPPENS(scene, 0, 9, {SCENE_EVENT_CROSSING, 2, 1, "line", SCENE_IN});
    scene_free(scene);
}
END_TEST

START_TEST(a_shape_on_a_path_is_where_its_lower_edge_is_seen)
{
    /* From x = -2 to 2 at 1 m/s, again every 5 s; its lower edge, 1 m up at 5 m, is on row 430 +
     * 3950 * 1.9 / 5 = 1931, its zone is columns 1238..2818: x -1..1. Back to -2 it goes at once,
     * and crosses nothing. */
    scene_t *scene = scene_of(
        "{" PLAIN ", \"zones\": [{\"name\": \"belt\", \"kinds\": [\"shape\"], \"polygon_px\":"
        " [[1238, 1900], [2818, 1900], [2818, 2000], [1238, 2000]]}], \"lines\": [{\"name\": \"b\","
        " \"x_px\": 2028, \"kinds\": [\"shape\"]}], \"actors\": [{\"kind\": \"shape\", \"up_m\": 1,"
        " \"path_repeat_s\": 5, \"path\": [{\"at_s\": 0, \"x_m\": -2, \"z_m\": 5}, {\"at_s\": 4,"
        " \"x_m\": 2, \"z_m\": 5}]}]}",
        0);
    HAPPENS(scene, 0, 7.5, {SCENE_EVENT_ZONE_ENTER, 1, 1, "belt", 0},
            {SCENE_EVENT_CROSSING, 2, 1, "b", SCENE_IN}, {SCENE_EVENT_ZONE_LEAVE, 3, 1, "belt", 0},
            {SCENE_EVENT_ZONE_ENTER, 6, 1, "belt", 0}, {SCENE_EVENT_CROSSING, 7, 1, "b", SCENE_IN});
    scene_free(scene);
}
END_TEST

/* ---- any time asked for ---- */

static const char *const busy =
    "{\"crowd\": {}, " PLAIN ", \"lines\": [{\"name\": \"a\", \"segment_m\": [[-2, 4], [1, 8]]}],"
    " \"zones\": [{\"name\": \"mat\", \"polygon_m\": [[-1, 4], [1, 4], [0.5, 8]], \"dwell_ms\":"
    " 400}, {\"name\": \"till\", \"polygon_px\": [[2500, 1800], [3900, 1800], [3200, 2900]],"
    " \"dwell_ms\": 90}]}";

START_TEST(events_do_not_depend_on_the_frame_rate)
{
    /* As frames of a step of 1 ps to a second would ask for them. */
    static const uint64_t steps_ps[] = {UINT64_C(33311000000), UINT64_C(4000000000),
                                        UINT64_C(1000000000000), UINT64_C(10000000000),
                                        UINT64_C(9999999999)};
    for (uint64_t seed = 1; seed <= 5; seed++) {
        scene_t *scene = scene_of(busy, seed);
        scene_events_t all = happened(scene, 0, 4);
        ck_assert_uint_gt(all.count, 15);
        for (size_t i = 0; i < SIM_COUNT(steps_ps); i++) {
            scene_events_t part = {0};
            uint64_t end = 4 * SIM_PS_PER_S;
            for (uint64_t at = 0; at < end; at += steps_ps[i]) {
                uint64_t to = at + steps_ps[i] < end ? at + steps_ps[i] : end;
                ck_assert(scene_events(scene, at, to, &part));
            }
            ck_assert_uint_eq(part.count, all.count);
            for (uint32_t k = 0; k < all.count; k++)
                ck_assert(part.event[k].type == all.event[k].type &&
                          part.event[k].time_ps == all.event[k].time_ps &&
                          part.event[k].id == all.event[k].id &&
                          part.event[k].name == all.event[k].name);
            scene_events_free(&part);
        }
        scene_events_free(&all);
        scene_free(scene);
    }
}
END_TEST

START_TEST(an_event_is_in_the_time_that_has_its_picosecond)
{
    scene_t *scene = visit(700, "\"person\"");
    scene_events_t all = happened(scene, 0, 9);
    ck_assert_uint_eq(all.count, 4);
    for (uint32_t i = 0; i < all.count; i++) {
        scene_events_t one = {0};
        uint64_t at = all.event[i].time_ps;
        ck_assert(scene_events(scene, at, at, &one));
        ck_assert(scene_events(scene, at + 1, at + 1000, &one));
        ck_assert(scene_events(scene, at - 1000, at, &one));
        ck_assert_uint_eq(one.count, 0);
        ck_assert(scene_events(scene, at, at + 1, &one));
        ck_assert_uint_eq(one.count, 1);
        scene_events_free(&one);
    }
    scene_events_free(&all);
    scene_free(scene);
}
END_TEST

START_TEST(crossings_of_the_line_are_the_counts)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        scene_t *scene = scene_of("{\"crowd\": {}, " PLAIN "}", seed);
        scene_events_t events = happened(scene, 0, 3);
        scene_timing_t timing = timing_of(0, 2);
        scene_truth_t truth;
        uint32_t in = 0, out = 0;
        for (uint32_t i = 0; i < events.count; i++)
            *(events.event[i].value == SCENE_IN ? &in : &out) += 1;
        timing.start_ps = 3 * SIM_PS_PER_S; /* nobody crosses in the last 0.2 s */
        timing.line_ps = timing.exposure_ps = 0;
        scene_truth(scene, &timing, 0, &truth);
        ck_assert_uint_eq(truth.in, in);
        ck_assert_uint_eq(truth.out, out);
        ck_assert_uint_gt(in + out, 3);
        scene_events_free(&events);
        scene_free(scene);
    }
}
END_TEST

START_TEST(times_beyond_all_bounds_do_no_harm)
{
    scene_t *scene = scene_of(busy, 3);
    scene_events_t none = {0};
    ck_assert(scene_events(scene, UINT64_MAX - 1, UINT64_MAX, &none));
    ck_assert(scene_events(scene, 5, 4, &none));
    ck_assert(scene_events(scene, INT64_MAX / 2 - 1000, UINT64_MAX, &none));
    ck_assert_uint_eq(none.count, 0);
    scene_events_free(&none);
    scene_free(scene);
}
END_TEST

/* ---- recordings ---- */

static const uint8_t codes[] = {10, 20, 30, 40};

/* Of a picture of 4 x 4 over 4056 x 3040: feet at column 1014, 2028, 3042 on row 1520. */
static const char lines[] =
    "{\"frame\": 0, \"boxes\": [{\"id\": 4, \"x\": 0, \"y\": 1, \"w\": 2, \"h\": 1}]}\n"
    "{\"frame\": 1, \"boxes\": [{\"id\": 4, \"x\": 1, \"y\": 1, \"w\": 2, \"h\": 1}]}\n"
    "{\"frame\": 2, \"boxes\": [{\"id\": 4, \"x\": 2, \"y\": 1, \"w\": 2, \"h\": 1},"
    " {\"id\": 5, \"class\": 2, \"x\": 1, \"y\": 1, \"w\": 2, \"h\": 1},"
    " {\"id\": 6, \"x\": 1, \"y\": 1, \"w\": 2, \"h\": 1}]}\n";

#define AROUND                                                                                     \
    "}, \"zones\": [{\"name\": \"z\", \"dwell_ms\": 20, \"polygon_px\": [[1500, 1000], [2500, "    \
    "1000], [2500, 2000], [1500, 2000]]}], \"weather\": {\"rain\": 0"

START_TEST(boxes_of_a_recording_cross_and_enter_frame_by_frame)
{
    /* Frames begin at i * 1001 / 30000 s, rounded up: 33366666667, 66733333334 ps, 100.1 ms. In the
     * last one, of which nothing is told, nobody is there. 5 is no person. */
    scene_t *scene = film_scene("\"file\": \"%s\", \"truth\": \"%s\"" AROUND,
                                film_gray(0, "F30000:1001", codes, 4),
                                film_text(1, ".jsonl", lines, sizeof(lines) - 1));
    HAPPENS(scene, 0, 1, {SCENE_EVENT_CROSSING, 0.033366666667, 4, "line", SCENE_IN},
            {SCENE_EVENT_ZONE_ENTER, 0.033366666667, 4, "z", 0},
            {SCENE_EVENT_DWELL, 0.053366666667, 4, "z", 20},
            {SCENE_EVENT_ZONE_LEAVE, 0.066733333334, 4, "z", 0},
            {SCENE_EVENT_ZONE_ENTER, 0.066733333334, 6, "z", 0},
            {SCENE_EVENT_DWELL, 0.086733333334, 6, "z", 20},
            {SCENE_EVENT_ZONE_LEAVE, 0.1001, 6, "z", 0});
    scene_free(scene);
    film_remove();
}
END_TEST

START_TEST(a_recording_that_begins_again_repeats_its_events)
{
    /* At 10 frames a second, three of them: what happened at 0.1 s happens at 0.4 and 0.7 s; back
     * from column 3042 to 1014 is a crossing as the boxes say it. */
    scene_t *scene = film_scene("\"file\": \"%s\", \"end\": \"loop\", \"truth\": \"%s\"",
                                film_gray(0, "F10:1", codes, 3),
                                film_text(1, ".jsonl", lines, sizeof(lines) - 1));
    HAPPENS(scene, 0.35, 0.75, {SCENE_EVENT_CROSSING, 0.4, 4, "line", SCENE_IN},
            {SCENE_EVENT_CROSSING, 0.6, 4, "line", SCENE_OUT},
            {SCENE_EVENT_CROSSING, 0.7, 4, "line", SCENE_IN});
    scene_free(scene);
    film_remove();
}
END_TEST

/* ---- as JSON ---- */

START_TEST(events_have_the_agreed_keys)
{
    scene_event_t list[] = {
        {SCENE_EVENT_CROSSING, 3, 1200000000001, "gate", SCENE_OUT},
        {SCENE_EVENT_ZONE_ENTER, 4, 5, "mat", 0},
        {SCENE_EVENT_ZONE_LEAVE, 4, 6, "mat", 0},
        {SCENE_EVENT_DWELL, 4, 7, "mat", 700},
        {SCENE_EVENT_FACING_EMPTY, 9, 8, "A3", 0},
        {SCENE_EVENT_FACING_FILLED, 9, 9, "A3", 0},
        {SCENE_EVENT_GESTURE, 1, 10, "wave", 0},
    };
    scene_events_t events = {.event = list, .count = SIM_COUNT(list)};
    sim_json_t *line = sim_json_object();
    scene_events_write(&events, line);
    char *text = sim_json_print(line, false);
    ck_assert_str_eq(
        text,
        "{\"events\":[{\"type\":\"crossing\",\"time_ps\":1200000000001,\"id\":3,\"direction\":"
        "\"out\",\"line\":\"gate\"},{\"type\":\"zone_enter\",\"time_ps\":5,\"id\":4,\"zone\":"
        "\"mat\"},{\"type\":\"zone_leave\",\"time_ps\":6,\"id\":4,\"zone\":\"mat\"},{\"type\":"
        "\"dwell\",\"time_ps\":7,\"id\":4,\"zone\":\"mat\",\"ms\":700},{\"type\":\"facing_empty\","
        "\"time_ps\":8,\"id\":9,\"facing\":\"A3\"},{\"type\":\"facing_filled\",\"time_ps\":9,"
        "\"id\":9,\"facing\":\"A3\"},{\"type\":\"gesture\",\"time_ps\":10,\"id\":1,\"gesture\":"
        "\"wave\"}]}");
    free(text);
    sim_json_free(line);
}
END_TEST

TEST_MAIN("scene events", somebody_at_even_speed_crosses_at_cross_s,
          a_segment_is_crossed_between_its_ends_toward_its_left_hand,
          a_line_of_the_picture_is_crossed_where_the_foot_is_seen,
          a_zone_is_entered_and_left_at_its_edges, a_tilted_camera_changes_no_time_on_the_floor,
          a_polygon_of_the_picture_may_be_concave, who_is_inside_at_time_0_enters_then,
          dwell_is_told_once_a_visit_that_is_long_enough, kinds_that_do_not_matter_are_nowhere,
          a_shape_on_a_path_is_where_its_lower_edge_is_seen, events_do_not_depend_on_the_frame_rate,
          an_event_is_in_the_time_that_has_its_picosecond, crossings_of_the_line_are_the_counts,
          times_beyond_all_bounds_do_no_harm, boxes_of_a_recording_cross_and_enter_frame_by_frame,
          a_recording_that_begins_again_repeats_its_events, events_have_the_agreed_keys)
