/*
 * gesture_settings_test.c - what the host says about gestures counts in the program: two hands, of
 * which one pinches while the other one waves.
 */
#include "tests/test.h"

#include <stdlib.h>

#include "sim/file.h"
#include "tests/sensor/fovea.h"

#define DIR FOVEA_OUT "/gesture_settings"

static char text[65536];

/* scenes/gesture/two.json with more settings, to the end of the object, or other keys behind it. */
static void write_scenario(const char *settings)
{
    static const char names[] =
        "s#\"\\.\\./\\.\\./#\"'$PWD'/#; s#\"\\.\\./models#\"'$PWD'/scenes/models#";
    char command[1024];
    snprintf(command, sizeof(command),
             "mkdir -p " DIR " && sed '%s; s#\"score_min\": 96}#\"score_min\": 96%s#' "
             "scenes/gesture/two.json >" DIR "/s.json",
             names, settings);
    ck_assert_int_eq(system(command), 0);
}

/* How many of them a run of 90 frames tells. */
static int told(const char *gesture)
{
    char pattern[64];
    int count = 0;
    snprintf(pattern, sizeof(pattern), "gesture %s\n", gesture);
    for (const char *at = text; (at = strstr(at, pattern)) != NULL; at++)
        count++;
    return count;
}

static void run(const char *settings)
{
    write_scenario(settings);
    int code = fovea(text, sizeof(text), "run " DIR "/s.json -n 90 --out " DIR "/run");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    (void)fovea(text, sizeof(text), "events " DIR "/run --type gesture");
}

START_TEST(each_setting_of_gestures_reaches_the_program)
{
    static const struct {
        const char *settings;
        int pinches, waves;
    } cases[] = {
        {"}", 1, 1},
        {", \"gesture_hold_ms\": 5000}", 0, 1}, /* nobody pinches for so long */
        {", \"gesture_swings\": 20}", 1, 0},    /* nor swings so often */
        {", \"gesture_swing\": 1024}", 1, 0},   /* nor four times as far as a hand is long */
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        run(cases[i].settings);
        ck_assert_msg(told("pinch") == cases[i].pinches && told("wave") == cases[i].waves,
                      "'%s': expected %d pinches, %d waves, found %s", cases[i].settings,
                      cases[i].pinches, cases[i].waves, text);
    }
}
END_TEST

/* Written over CCI while the stream goes on, before the hand has swung three times. */
START_TEST(a_setting_may_change_between_two_frames)
{
    run("}, \"host\": [{\"at\": \"600ms\", \"write\": \"app_gesture_swings\", \"value\": 99}]");
    ck_assert_int_eq(told("pinch"), 1);
    ck_assert_int_eq(told("wave"), 0);
}
END_TEST

TEST_MAIN("settings of gestures", each_setting_of_gestures_reaches_the_program,
          a_setting_may_change_between_two_frames)
