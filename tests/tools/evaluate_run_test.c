/*
 * evaluate_run_test.c - figures of runs: those of several scenarios together, and those that a run
 * does not have.
 */
#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/explore/store.h"

#define DIR FOVEA_OUT "/evaluate_run"

static char text[1 << 16], error[1024];

/* Scenarios in scenes/, 2 frames each, as one point. */
static void sweep(const char *scenarios)
{
    char space[1024];
    snprintf(space, sizeof(space),
             "{\"base\": {\"evaluate\": \"run\", \"scenarios\": [%s]}, \"parameters\": {\"shots\": "
             "{\"field\": \"scenario.frames\", \"values\": [2]}}, \"objectives\": [{\"name\": "
             "\"latency_mean_ms\"}, {\"name\": \"link_bytes_frame\"}]}",
             scenarios);
    ck_assert_int_eq(system("rm -rf " DIR), 0);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(DIR "/s.json", space, strlen(space), error, sizeof(error)),
                     SIM_OK);
    int code = fovea(text, sizeof(text), "explore " DIR "/s.json -j 1 --out " DIR "/a.db");
    ck_assert_msg(code == 0, "%s", text);
}

static double number(const char *sql, double otherwise)
{
    store_t *store = store_open(DIR "/a.db", error);
    ck_assert_msg(store != NULL, "%s", error);
    double value = store_number(store, sql, otherwise);
    store_close(store);
    return value;
}

#define PEOPLE "\"../../../scenes/entrance.json\""
#define PIXELS "\"../../../scenes/plain_camera/yuv.json\""

/* A camera that tells nobody anything has no latency of 0: it would be the best of all. */
START_TEST(who_says_nothing_has_no_latency)
{
    sweep(PIXELS);
    ck_assert_double_eq(number("SELECT count(*) FROM points WHERE state = 'done'", -1), 1);
    ck_assert_double_eq(number("SELECT count(*) FROM value WHERE name IN ('latency_ms', "
                               "'latency_mean_ms', 'readout_to_alert_ms')",
                               -1),
                        0);
    ck_assert(number("SELECT link_bytes_frame FROM points", -1) > 1000);
    ck_assert_int_eq(fovea(text, sizeof(text), "explore front --csv " DIR "/a.db"), 0);
    ck_assert_ptr_null(strchr(strchr(text, '\n') + 1, '\n')); /* names alone */
}
END_TEST

/* Whichever comes first. */
START_TEST(a_figure_that_one_scenario_lacks_the_point_lacks)
{
    static const char *const both[] = {PEOPLE ", " PIXELS, PIXELS ", " PEOPLE};
    for (size_t i = 0; i < SIM_COUNT(both); i++) {
        sweep(both[i]);
        ck_assert_double_eq(number("SELECT count(*) FROM value WHERE name IN ('latency_ms', "
                                   "'latency_mean_ms')",
                                   -1),
                            0);
        ck_assert(number("SELECT mean_mw FROM points", -1) > 1);
    }
    sweep(PEOPLE ", " PEOPLE);
    double twice = number("SELECT latency_ms FROM points", -1);
    double problems = number("SELECT link_bytes FROM points", -1);
    sweep(PEOPLE);
    ck_assert_double_eq_tol(number("SELECT latency_ms FROM points", -2), twice, 1e-9);
    ck_assert_double_eq_tol(number("SELECT link_bytes FROM points", -2), problems, 1e-6);
    ck_assert_double_gt(twice, 10);
}
END_TEST

TEST_MAIN("runs of points", who_says_nothing_has_no_latency,
          a_figure_that_one_scenario_lacks_the_point_lacks)
