/*
 * cascade_app_test.c - the program cascade: of three people a child, an adult and a senior it says
 * who is what, in the packet of the same frame; where the time until the next frame is short it
 * looks at fewer of them, and loses no frame.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/file.h"
#include "sim/json.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

#define DIR FOVEA_OUT "/cascade_app"
#define DETECTOR "\"../../../scenes/models/person_ages.tflite\""
#define BOTH DETECTOR ", \"../../../scenes/models/attribute.tflite\""

enum { FRAMES = 5, BOX_US = 1300 /* at most, measured 1160 */ };

static char text[1 << 16], error[512];
static sim_doc_t *line[FRAMES];

/* People from left to right: 1.2 m, 0.8 m left of the middle, 1.3 m right of it. */
static void run(const char *networks, const char *settings, uint32_t frame_lines)
{
    char scenario[4096], *at;
    size_t bytes;
    snprintf(scenario, sizeof(scenario),
             "{\"chip\": \"../../../logic/chips/imx500.json\", \"firmware\": "
             "\"../../firmware/cascade.elf\", \"networks\": [%s], \"scene\": {\"lux\": 600, "
             "\"background\": {\"kind\": \"plain\", \"reflectance\": 0.4}, \"people\": ["
             "{\"age\": \"child\", \"direction\": \"in\", \"cross_s\": 1.2, \"speed_mps\": 1}, "
             "{\"age\": \"adult\", \"direction\": \"in\", \"cross_s\": 0.6, \"depth_m\": 6.8}, "
             "{\"age\": \"senior\", \"direction\": \"out\", \"cross_s\": 1.6, \"depth_m\": 4.8}]}, "
             "\"settings\": {\"score_min\": 72%s}, \"output\": {\"isp\": false}, \"host\": ["
             "{\"at\": \"0ms\", \"write\": \"frame_length_lines\", \"value\": %u}, "
             "{\"at\": \"0ms\", \"write\": \"mode_select\", \"value\": 1}], \"frames\": %d}",
             networks, settings, frame_lines, FRAMES);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(
        sim_file_write(DIR "/run.json", scenario, strlen(scenario), error, sizeof(error)), SIM_OK);
    ck_assert_msg(fovea(text, sizeof(text), "run " DIR "/run.json --out " DIR "/out") == 0, "%s",
                  text);
    char *all =
        (char *)sim_file_read(DIR "/out/metadata.jsonl", 1 << 24, &bytes, error, sizeof(error));
    ck_assert_msg(all != NULL, "%s", error);
    at = all;
    for (uint32_t i = 0; i < FRAMES; i++) {
        char *end = memchr(at, '\n', bytes - (size_t)(at - all));
        ck_assert_msg(end != NULL, "%u frames", i);
        line[i] = sim_doc_parse(at, (size_t)(end - at), "metadata.jsonl");
        ck_assert_ptr_nonnull(line[i]);
        at = end + 1;
    }
    free(all);
}

static void leave(void)
{
    for (uint32_t i = 0; i < FRAMES; i++)
        sim_doc_free(line[i]);
}

static double number(uint32_t frame, const char *key)
{
    return sim_json_num(sim_json_find(sim_doc_root(line[frame]).node, key), -1);
}

static uint32_t count(uint32_t frame, const char *key)
{
    uint32_t n = 0;
    const sim_json_t *item = sim_json_first(sim_json_find(sim_doc_root(line[frame]).node, key));
    for (; item != NULL; item = sim_json_next(item))
        n++;
    return n;
}

/* Index of the box of whom the middle of the picture leaves so many others to the left. */
static double box_from_left(uint32_t frame, uint32_t others)
{
    const sim_json_t *boxes = sim_json_find(sim_doc_root(line[frame]).node, "boxes");
    uint32_t at = 0;
    for (const sim_json_t *a = sim_json_first(boxes); a != NULL; a = sim_json_next(a), at++) {
        uint32_t left = 0;
        for (const sim_json_t *b = sim_json_first(boxes); b != NULL; b = sim_json_next(b))
            left += sim_json_num(sim_json_find(b, "x"), 0) < sim_json_num(sim_json_find(a, "x"), 0);
        if (left == others)
            return at;
    }
    return -1;
}

/* "": nothing was said. */
static const char *said_of(uint32_t frame, uint32_t others)
{
    double box = box_from_left(frame, others);
    const sim_json_t *item =
        sim_json_first(sim_json_find(sim_doc_root(line[frame]).node, "attributes"));
    for (; item != NULL; item = sim_json_next(item))
        if (sim_json_num(sim_json_find(item, "box"), -1) == box)
            return sim_json_str(sim_json_find(item, "class"), "");
    return "";
}

static void expect_every_frame(void)
{
    for (uint32_t i = 0; i < FRAMES; i++) {
        ck_assert_double_eq(number(i, "frame"), i);
        ck_assert_uint_eq(count(i, "boxes"), 3);
    }
}

START_TEST(a_child_an_adult_and_a_senior_are_told_in_their_own_frame)
{
    run(BOTH, "", 2637);
    expect_every_frame();
    for (uint32_t i = 0; i < FRAMES; i++) {
        ck_assert_str_eq(said_of(i, 0), "child");
        ck_assert_str_eq(said_of(i, 1), "adult");
        ck_assert_str_eq(said_of(i, 2), "senior");
    }
    leave();
}
END_TEST

/* What each look costs is what the packet is later. */
START_TEST(the_host_limits_how_many_are_looked_at)
{
    double us[4];
    for (uint32_t most = 0; most < 4; most++) {
        char settings[64];
        snprintf(settings, sizeof(settings), ", \"classify_most\": %u", most);
        run(BOTH, settings, 2637);
        expect_every_frame();
        ck_assert_uint_eq(count(0, "attributes"), most);
        us[most] = number(0, "latency_us");
        ck_assert(most == 0 || (us[most] > us[most - 1] && us[most] < us[most - 1] + BOX_US));
        leave();
    }
}
END_TEST

/* 1520 rows of 1750, 12.6 us each: 2.9 ms until the next frame, of which detector and tracks take
 * 1.2: one look, not two. */
START_TEST(where_time_is_short_people_wait_and_no_frame_is_lost)
{
    run(BOTH, "", 1750);
    expect_every_frame();
    for (uint32_t i = 0; i < FRAMES; i++)
        ck_assert_uint_eq(count(i, "attributes"), i < 3 ? i + 1 : 3);
    ck_assert_str_eq(said_of(3, 0), "child");
    ck_assert_str_eq(said_of(3, 1), "adult");
    ck_assert_str_eq(said_of(3, 2), "senior");
    leave();
}
END_TEST

START_TEST(without_a_classifier_there_are_boxes_alone)
{
    run(DETECTOR, "", 2637);
    expect_every_frame();
    ck_assert_uint_eq(count(FRAMES - 1, "attributes"), 0);
    leave();
}
END_TEST

TEST_MAIN("cascade app", a_child_an_adult_and_a_senior_are_told_in_their_own_frame,
          the_host_limits_how_many_are_looked_at,
          where_time_is_short_people_wait_and_no_frame_is_lost,
          without_a_classifier_there_are_boxes_alone)
