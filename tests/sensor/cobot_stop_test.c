/*
 * cobot_stop_test.c - the firmware cobot_stop with faults in the run: its pins tell the machine.
 */
#include "tests/test.h"

#include <stdlib.h>

#include "sim/file.h"
#include "tests/sensor/fovea.h"

#define DIR FOVEA_OUT "/cobot_stop"
#define MOST_EDGES 32

/* A white wall, 178 frames a second; on a chip with ECC. 12 ms without a result are a fault, 20 ms
 * with them the end of one. */
static const char scenario[] =
    "{\"chip\": \"ecc.json\", \"firmware\": \"../../firmware/cobot_stop.elf\","
    " \"networks\": [\"../../../scenes/person_160.tflite\"],"
    " \"scene\": {\"background\": {\"kind\": \"plain\"}},"
    " \"settings\": {\"stop_release_ms\": 20},"
    " \"host\": [{\"at\": \"0us\", \"write\": \"line_length_pck\", \"value\": 2704},"
    "            {\"at\": \"0us\", \"write\": \"frame_length_lines\", \"value\": 1542},"
    "            {\"at\": \"0us\", \"write\": \"coarse_integration_time\", \"value\": 275},"
    "            {\"at\": \"0us\", \"write\": \"mode_select\", \"value\": 1},"
    "            {\"at\": \"1us\", \"write\": \"app_stop_timeout_ms\", \"value\": %d}%s],"
    " \"frames\": %d, \"faults\": [%s], \"output\": {\"metadata\": false}}";

static char text[65536], error[256];

typedef struct {
    double ms;
    unsigned pin, level;
} edge_t;
static edge_t edge[MOST_EDGES];
static int edges;

static char *load(const char *file)
{
    size_t bytes;
    char *content = (char *)sim_file_read(file, 1 << 20, &bytes, error, sizeof(error));
    ck_assert_msg(content != NULL, "%s", error);
    return content;
}

static void save(const char *file, const char *content)
{
    ck_assert_int_eq(sim_file_write(file, content, strlen(content), error, sizeof(error)), SIM_OK);
}

static void make_chip(void)
{
    ck_assert_int_eq(system("mkdir -p " DIR " && sed -e 's/\"ecc\": \"none\"/\"ecc\": \"secded\"/' "
                            "-e 's|\"pixel_65nm|\"../../../logic/tech/pixel_65nm|' "
                            "-e 's|\"logic_22nm|\"../../../logic/tech/logic_22nm|' "
                            "logic/chips/imx500.json > " DIR "/ecc.json"),
                     0);
}

static void read_edges(void)
{
    char *pins = load(DIR "/run/pins.jsonl"), *at = pins;
    double ps;
    for (edges = 0; edges < MOST_EDGES && at != NULL && *at != '\0'; edges++) {
        edge_t *e = &edge[edges];
        ck_assert_int_eq(
            sscanf(at, "{\"time_ps\":%lf,\"pin\":%u,\"level\":%u}", &ps, &e->pin, &e->level), 3);
        e->ms = ps / 1e9;
        at = strchr(at, '\n');
        at = at != NULL ? at + 1 : NULL;
    }
    free(pins);
}

static void run_with(int timeout_ms, int frames, const char *host, const char *faults)
{
    char content[4096];
    make_chip();
    snprintf(content, sizeof(content), scenario, timeout_ms, host, frames, faults);
    save(DIR "/s.json", content);
    int code = fovea(text, sizeof(text), "run " DIR "/s.json --out " DIR "/run");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    read_edges();
}

static void run(int frames, const char *host, const char *faults)
{
    run_with(12, frames, host, faults);
}

/* The first change of a pin to level from `from` on; its time, ms. */
static double find(unsigned pin, unsigned level, double from)
{
    for (int i = 0; i < edges; i++)
        if (edge[i].pin == pin && edge[i].level == level && edge[i].ms >= from)
            return edge[i].ms;
    ck_assert_msg(false, "no edge of pin %u to %u from %g ms on", pin, level, from);
    return 0;
}

static void between(double value, double low, double high)
{
    ck_assert_msg(value >= low && value <= high, "%g is not in %g..%g", value, low, high);
}

static bool told(const char *what)
{
    char *lines = load(DIR "/run/metadata.jsonl");
    bool is = strstr(lines, what) != NULL;
    free(lines);
    return is;
}

/* Frames come every 5.6 ms; one is 1.0 ms of exposure, 5.5 of readout, 1 of NPU and firmware. The
 * first begins at about 2 ms, so the fourth after it, 20 ms later, has its result at about 32. */
START_TEST(a_machine_may_run_after_some_frames_and_stands_when_results_stay_away)
{
    run(30,
        ", {\"at\": \"60ms\", \"write\": \"mode_select\", \"value\": 0},"
        "{\"at\": \"90ms\", \"write\": \"mode_select\", \"value\": 1}",
        "");
    between(find(0, 1, 0), 0, 1); /* before anything else */
    double runs = find(0, 0, 0);
    between(runs, 25, 36);
    ck_assert_double_ge(find(1, 1, 0), runs);
    double halts = find(0, 1, runs);
    /* the frame that was exposed or read at 60 ms was the last */
    between(halts, 60 + 12 + 1 - 0.1, 60 + 12 + 1 + 5.6 + 1.7);
    ck_assert_double_le(find(1, 0, runs), halts);
    /* results of frames that began 20 ms or more after the first one from 90 ms on */
    between(find(0, 0, halts), 90 + 20 + 7.3, 90 + 1 + 22.5 + 7.4 + 0.2);
    ck_assert(told("\"type\":\"fault\",\"time_ps\":") && told("\"fault\":\"start\""));
    ck_assert(told("\"fault\":\"no_frame\""));
}
END_TEST

/* No result comes in no time: the machine never may. */
START_TEST(a_timeout_of_nothing_lets_no_machine_run)
{
    run_with(0, 18, "", "");
    ck_assert_int_eq(edges, 1);
    ck_assert(edge[0].pin == 0 && edge[0].level == 1);
}
END_TEST

/* Interrupts are looked after twice a frame: late by half of one, too early for the pin. */
START_TEST(a_machine_goes_on_without_interrupts)
{
    run(30, "",
        "{\"kind\": \"irq_lost\", \"irq\": \"NPU\", \"at\": \"60ms\", \"for\": \"9s\"},"
        "{\"kind\": \"irq_lost\", \"irq\": \"ISP\", \"at\": \"60ms\", \"for\": \"9s\"},"
        "{\"kind\": \"irq_lost\", \"irq\": \"TIMER\", \"at\": \"60ms\", \"for\": \"9s\"}");
    double runs = find(0, 0, 0);
    for (int i = 0; i < edges; i++)
        ck_assert(edge[i].pin != 0 || edge[i].ms <= runs);
    ck_assert(told("\"fault\":\"lost_interrupt\"") && !told("\"fault\":\"no_frame\""));
}
END_TEST

/* It is reset when three looks, of 2.8 ms, in a row have found it busy with the same instruction.
 */
START_TEST(a_machine_stands_when_the_npu_hangs_until_it_sees_again)
{
    run(36, "", "{\"kind\": \"npu_hang\", \"at\": \"60ms\"}");
    double runs = find(0, 0, 0), halts = find(0, 1, runs);
    between(halts, 60 + 3 * 2.8, 60 + 12 + 0.1); /* or no result for 12 ms, if that is sooner */
    find(0, 0, halts);                           /* and runs again */
    ck_assert(told("\"fault\":\"npu_hung\""));
}
END_TEST

/* A word of a tensor, read by the NPU after the last row: it stops, and both say so. */
START_TEST(a_machine_stands_at_an_error_of_memory)
{
    run(18, "",
        "{\"kind\": \"l2_flip\", \"at\": \"frame:9+500\", \"address\": \"0x04036e80\", "
        "\"bits\": 2}");
    double runs = find(0, 0, 0), starts = 0;
    char *stats = load(DIR "/run/faults.jsonl");
    const char *at = strstr(stats, "\"time_ps\":");
    ck_assert(at != NULL && sscanf(at, "\"time_ps\":%lf", &starts) == 1);
    free(stats);
    double halts = find(0, 1, runs);
    /* 1020 rows of 3.634 us are left of the frame, and the interrupt */
    between(halts, starts / 1e9 + 3.70, starts / 1e9 + 3.80);
    ck_assert(told("\"fault\":\"npu_error\"") || told("\"fault\":\"memory_error\""));
    find(0, 0, halts); /* and runs again */
}
END_TEST

/* Where app.c has the address of the program's callbacks: the core reads from nowhere: the
 * exception's first act is the pin, then a reset of all, in which no pin is driven, then the start
 * raises it again. */
START_TEST(a_machine_stands_when_the_program_dies_and_while_it_starts_again)
{
    run(24, "", "{\"kind\": \"tcm_flip\", \"at\": \"60ms\", \"address\": \"app+3\", \"bit\": 7}");
    double runs = find(0, 0, 0), halts = find(0, 1, runs);
    between(halts, 60, 60 + 5.7);
    ck_assert_double_le(find(1, 0, runs), halts);
    double again = find(0, 1, halts + 0.001), runs_again = find(1, 1, halts);
    between(again - halts, 0, 3); /* the packet, a line of 80 characters at 921600 Bd, the reset */
    between(runs_again - again, 20, 40);
    char *uart = load(DIR "/run/uart.log");
    ck_assert_ptr_nonnull(strstr(uart, "panic: exception "));
    ck_assert_ptr_nonnull(strstr(uart, "started again after a panic"));
    free(uart);
}
END_TEST

/* Two entries half a frame apart, of somebody who is there from 100 ms on: the frame whose row was
 * exposed after that tells it, within a frame and its parts. */
START_TEST(phases_of_an_entry_are_measured_and_bounded)
{
    int code =
        fovea(text, sizeof(text), "phases scenes/cobot_stop/step.json -n 2 -o " DIR "/phases");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    char *json = load(DIR "/phases/phases.json");
    double period = 0, worst = 0, bound = 0, phase[2] = {0};
    const char *at[] = {strstr(json, "\"period_ms\":"), strstr(json, "\"worst_ms\":"),
                        strstr(json, "\"bound_ms\":"), strstr(json, "\"each\":")};
    for (int i = 0; i < 4; i++)
        ck_assert_ptr_nonnull(at[i]);
    sscanf(at[0], "\"period_ms\": %lf", &period);
    sscanf(at[1], "\"worst_ms\": %lf", &worst);
    sscanf(at[2], "\"bound_ms\": %lf", &bound);
    between(period, 5.603, 5.605); /* 1542 lines of 2704 / 744 MHz */
    between(worst, 0, bound);
    for (int i = 0; i < 2; i++) {
        at[3] = strstr(at[3] + 1, "\"phase\":");
        ck_assert(at[3] != NULL && sscanf(at[3], "\"phase\": %lf", &phase[i]) == 1);
    }
    double apart = phase[0] > phase[1] ? phase[0] - phase[1] : phase[1] - phase[0];
    between(apart, 0.499, 0.501);
    free(json);
}
END_TEST

START_TEST(phases_says_what_it_cannot_measure)
{
    ck_assert_int_eq(fovea(text, sizeof(text), "phases scenes/cobot_stop/step.json --entries 0"),
                     2);
    ck_assert_ptr_nonnull(strstr(text, "entries"));
    make_chip();
    char content[4096];
    snprintf(content, sizeof(content), scenario, 12, "", 3, "");
    save(DIR "/s.json", content);
    ck_assert_int_eq(fovea(text, sizeof(text), "phases " DIR "/s.json -n 1 -o " DIR "/phases"), 2);
    ck_assert_ptr_nonnull(strstr(text, "nobody enters a zone"));
    ck_assert_int_eq(fovea(text, sizeof(text), "run " DIR "/s.json --late 3x -o " DIR "/late"), 2);
    ck_assert_ptr_nonnull(strstr(text, "--late: '3x'"));
}
END_TEST

TEST_MAIN("sensor cobot_stop",
          a_machine_may_run_after_some_frames_and_stands_when_results_stay_away,
          a_timeout_of_nothing_lets_no_machine_run, a_machine_goes_on_without_interrupts,
          a_machine_stands_when_the_npu_hangs_until_it_sees_again,
          a_machine_stands_at_an_error_of_memory,
          a_machine_stands_when_the_program_dies_and_while_it_starts_again,
          phases_of_an_entry_are_measured_and_bounded, phases_says_what_it_cannot_measure)
