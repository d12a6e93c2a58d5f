/*
 * shot_test.c - firmware that takes a frame now and then: when frames come, whatever the host
 * wants.
 */
#include "tests/test.h"

#include <stdlib.h>

#include "sim/file.h"
#include "tests/sensor/fovea.h"

#define DIR FOVEA_OUT "/shot"
#define MOST_FRAMES 16

static const char scenario[] =
    "{\"chip\": \"../../../logic/chips/imx500.json\","
    " \"firmware\": \"../../firmware/%s.elf\", \"networks\": [\"../../../scenes/%s.tflite\"],"
    " \"scene\": {\"background\": {\"kind\": \"plain\"}}, \"settings\": {\"look_ms\": 200},"
    " \"host\": [{\"at\": \"0us\", \"write\": \"mode_select\", \"value\": 1},"
    "            {\"at\": \"490ms\", \"write\": \"app_look_ms\", \"value\": 0},"
    "            {\"at\": \"700ms\", \"write\": \"mode_select\", \"value\": 0},"
    "            {\"at\": \"1000ms\", \"write\": \"mode_select\", \"value\": 1}],"
    " \"frames\": %d, \"output\": {\"metadata\": false}}";

static double began_ms[MOST_FRAMES];
static int frames;

static void run(const char *program, const char *network, int count)
{
    char content[2048], text[16384], error[256];
    snprintf(content, sizeof(content), scenario, program, network, count);
    ck_assert_int_eq(system("mkdir -p " DIR), 0);
    ck_assert_int_eq(sim_file_write(DIR "/s.json", content, strlen(content), error, sizeof(error)),
                     SIM_OK);
    int code = fovea(text, sizeof(text), "run " DIR "/s.json --out " DIR "/run");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    size_t bytes;
    char *truth =
        (char *)sim_file_read(DIR "/run/truth.jsonl", 1 << 20, &bytes, error, sizeof(error));
    ck_assert_msg(truth != NULL, "%s", error);
    frames = 0;
    for (const char *at = truth; (at = strstr(at, "\"time_ps\":")) != NULL; at++, frames++) {
        ck_assert_int_lt(frames, MOST_FRAMES);
        ck_assert_int_eq(sscanf(at, "\"time_ps\":%lf", &began_ms[frames]), 1);
        began_ms[frames] /= 1e9;
    }
    free(truth);
}

/* A host that wants a frame every 0 ms gets one every 50; one that ends the stream gets none until
 * it wants another one. The program's start takes 0.6 ms. */
static void check_times(void)
{
    static const double wanted_ms[] = {0, 200, 400, 490, 540, 590, 640, 1000, 1050};
    ck_assert_int_ge(frames, (int)SIM_COUNT(wanted_ms));
    for (size_t i = 0; i < SIM_COUNT(wanted_ms); i++)
        ck_assert_msg(began_ms[i] >= wanted_ms[i] && began_ms[i] < wanted_ms[i] + 1.5,
                      "frame %d began at %g ms, expected %g", (int)i, began_ms[i], wanted_ms[i]);
}

START_TEST(frames_come_when_they_are_due_and_no_closer_than_50_ms)
{
    run("shelf_stock", "models/shelf", 9);
    check_times();
}
END_TEST

START_TEST(glances_and_looks_do_likewise)
{
    run("yes_no", "models/presence", 9);
    check_times();
}
END_TEST

/* A host may write what no scenario can say: scores beyond 255 are none. */
START_TEST(a_least_score_beyond_all_scores_finds_nobody)
{
    static const char plain[] =
        "{\"chip\": \"../../../logic/chips/imx500.json\","
        " \"firmware\": \"../../firmware/yes_no.elf\","
        " \"networks\": [\"../../../scenes/models/presence.tflite\"],"
        " \"scene\": {\"background\": {\"kind\": \"plain\"}},"
        " \"host\": [{\"at\": \"0us\", \"write\": \"app_score_min\", \"value\": 256},"
        "            {\"at\": \"0us\", \"write\": \"app_score_leave\", \"value\": 256}],"
        " \"frames\": 3, \"output\": {\"metadata\": false}}";
    char text[16384], error[256];
    ck_assert_int_eq(sim_file_write(DIR "/p.json", plain, strlen(plain), error, sizeof(error)),
                     SIM_OK);
    int code = fovea(text, sizeof(text), "run " DIR "/p.json --out " DIR "/run");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    ck_assert_int_eq(fovea(text, sizeof(text), "events " DIR "/run"), 1);
}
END_TEST

TEST_MAIN("frames now and then", frames_come_when_they_are_due_and_no_closer_than_50_ms,
          glances_and_looks_do_likewise, a_least_score_beyond_all_scores_finds_nobody)
