/*
 * pins_test.c - the host script's pins, through `fovea run`.
 */
#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

#include <unistd.h>

#define SCENARIO "scenes/pins_test.part.json"

static char text[65536];

static char *find(char *data, size_t bytes, const char *what)
{
    size_t length = strlen(what);
    for (size_t i = 0; i + length <= bytes; i++)
        if (memcmp(data + i, what, length) == 0)
            return data + i;
    return NULL;
}

/* The entrance with these steps of the host; the exit code of one frame of it. */
static int run_steps(const char *steps)
{
    static const char before[] = "\"output\"";
    char error[256], *all = malloc(1 << 16);
    size_t bytes;
    char *scenario =
        (char *)sim_file_read("scenes/entrance.json", 1 << 15, &bytes, error, sizeof(error));
    ck_assert_msg(scenario != NULL, "%s", error);
    char *at = find(scenario, bytes, before);
    ck_assert_ptr_nonnull(at);
    int length = snprintf(all, 1 << 16, "%.*s\"host\": [%s], %.*s", (int)(at - scenario), scenario,
                          steps, (int)(scenario + bytes - at), at);
    ck_assert_int_eq(sim_file_write(SCENARIO, all, (size_t)length, error, sizeof(error)), 0);
    free(scenario);
    free(all);
    int code = fovea(text, sizeof(text), "run " SCENARIO " --frames 1 --out " FOVEA_OUT "/pins");
    unlink(SCENARIO);
    return code;
}

START_TEST(a_driven_pin_is_seen_and_traced)
{
    char error[256];
    size_t bytes;
    int code = run_steps("{\"at\": \"1ms\", \"pin\": 3, \"value\": 1},"
                         "{\"at\": \"1.5ms\", \"pin\": 3, \"expect\": 1},"
                         "{\"at\": \"2ms\", \"pin\": 3, \"value\": 0},"
                         "{\"at\": \"frame:0\", \"pin\": 3, \"expect\": 0}");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    uint8_t *trace =
        sim_file_read(FOVEA_OUT "/pins/trace.json", 1 << 26, &bytes, error, sizeof(error));
    ck_assert_msg(trace != NULL, "%s", error);
    ck_assert_ptr_nonnull(find((char *)trace, bytes, "gpio.pin3"));
    free(trace);
}
END_TEST

START_TEST(an_expectation_that_does_not_hold_fails_the_run)
{
    int code = run_steps("{\"at\": \"1ms\", \"pin\": 15, \"expect\": 1}");
    ck_assert_msg(code == 1, "exit %d: %s", code, text);
    ck_assert_msg(strstr(text, "pin 15 is 0, expected 1") != NULL, "%s", text);
}
END_TEST

static void check_refused(const char *step, const char *why)
{
    int code = run_steps(step);
    ck_assert_msg(code == 2, "exit %d: %s", code, text);
    ck_assert_msg(strstr(text, why) != NULL, "%s", text);
}

START_TEST(steps_that_make_no_sense_are_refused)
{
    check_refused("{\"at\": \"1ms\", \"pin\": 16, \"value\": 1}", "host[0].pin: ");
    check_refused("{\"at\": \"1ms\", \"pin\": -1, \"value\": 1}", "host[0].pin: ");
    check_refused("{\"at\": \"1ms\", \"pin\": 1, \"value\": 2}", "host[0].value: ");
    check_refused("{\"at\": \"1ms\", \"pin\": 1}", "host[0].value: ");
    check_refused("{\"at\": \"1ms\", \"pin\": 1, \"expect\": 1, \"value\": 1}", "host[0].value: ");
    check_refused("{\"at\": \"1ms\", \"pin\": 1, \"write\": \"mode_select\", \"value\": 1}",
                  "host[0].write: ");
}
END_TEST

TEST_MAIN("host pins", a_driven_pin_is_seen_and_traced,
          an_expectation_that_does_not_hold_fails_the_run, steps_that_make_no_sense_are_refused)
