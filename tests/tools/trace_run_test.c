/*
 * trace_run_test.c - trace.json of runs at each level: valid, with the rows that the level has, the
 * same whatever computes it; and that the check finds what is wrong.
 */
#include <sys/stat.h>

#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tests/tools/report_rig.h"
#include "tests/tools/trace_check.h"

#define DIR FOVEA_OUT "/trace_run"

static char said[8192], error[512];
static trace_check_t check;

static void run(const char *arguments)
{
    ck_assert_msg(fovea(said, sizeof(said), "run %s", arguments) == 0, "%s", said);
}

static void check_run(const char *name)
{
    char file[200];
    snprintf(file, sizeof(file), DIR "/%s/trace.json", name);
    ck_assert_msg(trace_check(file, &check, error, sizeof(error)), "%s: %s", file, error);
}

static uint64_t bytes_of(const char *name)
{
    char file[200];
    struct stat s;
    snprintf(file, sizeof(file), DIR "/%s/trace.json", name);
    ck_assert_int_eq(stat(file, &s), 0);
    return (uint64_t)s.st_size;
}

START_TEST(each_level_has_its_rows_and_those_before_it)
{
    static const struct {
        const char *track;
        uint32_t level;
    } rows[] = {{"pixel.exposure.0", 0},
                {"pixel.readout", 0},
                {"isp", 0},
                {"isp.tensor", 0},
                {"npu", 0},
                {"firmware", 0},
                {"link.vc1", 0},
                {"npu.layers", 1},
                {"isp.demosaic", 1},
                {"isp.gamma", 1},
                {"irq.NPU", 1},
                {"irq.ISP", 1},
                {"cci", 1},
                {"core", 1},
                {"npu.mac", 2},
                {"npu.load", 2},
                {"npu.vec", 2},
                {"link.packets", 2},
                {"pixel.rows", 3},
                {"core.calls", 3}};
    uint64_t bytes = 0;
    for (uint32_t level = 0; level < 4; level++) {
        char arguments[200], name[8];
        snprintf(name, sizeof(name), "l%u", level);
        snprintf(arguments, sizeof(arguments),
                 "scenes/entrance.json -n 2 -o " DIR "/%s --trace-level %u", name, level);
        run(arguments);
        check_run(name);
        for (size_t i = 0; i < SIM_COUNT(rows); i++)
            ck_assert_msg((trace_check_spans(&check, rows[i].track) > 0) ==
                              (rows[i].level <= level),
                          "level %u: %s", level, rows[i].track);
        ck_assert_uint_eq(check.flows, 2); /* each frame's */
        ck_assert_uint_gt(bytes_of(name), bytes);
        bytes = bytes_of(name);
    }
    ck_assert_uint_eq(trace_check_spans(&check, "pixel.rows"), 2 * 1520);
    ck_assert_uint_eq(trace_check_spans(&check, "link.packets"), 2 * 3); /* start, data, end */
    ck_assert_uint_eq(trace_check_spans(&check, "irq.NPU"), 2);
    ck_assert_uint_lt(bytes_of("l2") / 2 * 90, 100000000);
}
END_TEST

START_TEST(the_level_moves_no_result)
{
    run("scenes/entrance.json -n 1 -o " DIR "/none --trace-level 0");
    run("scenes/entrance.json -n 1 -o " DIR "/all --trace-level 3");
    static const char *const files[] = {"stats.json", "metadata.jsonl", "link.csi2", "truth.jsonl",
                                        "uart.log"};
    for (size_t i = 0; i < SIM_COUNT(files); i++) {
        char a[200], b[200];
        snprintf(a, sizeof(a), DIR "/none/%s", files[i]);
        snprintf(b, sizeof(b), DIR "/all/%s", files[i]);
        ck_assert_msg(same_file(a, b), "%s", files[i]);
    }
}
END_TEST

START_TEST(a_trace_of_everything_is_the_same_on_any_threads_and_exactly)
{
    run("scenes/entrance.json -n 1 -o " DIR "/one --trace-level 3 -j 1");
    run("scenes/entrance.json -n 1 -o " DIR "/two --trace-level 3 -j 2 --exact");
    ck_assert(same_file(DIR "/one/trace.json", DIR "/two/trace.json"));
}
END_TEST

START_TEST(images_have_arrows_of_their_own_and_functions_their_names)
{
    run("scenes/plain_camera/yuv.json -n 2 -o " DIR "/camera --trace-level 3");
    check_run("camera");
    ck_assert_uint_eq(check.flows, trace_check_spans(&check, "link.vc0"));
    ck_assert_uint_ge(check.flows, 2);
    char *text = report_rig_get(DIR "/camera", "trace.json");
    ck_assert(strstr(text, "\"name\":\"main\"") != NULL);
    ck_assert(strstr(text, "\"cat\":\"frame\",\"name\":\"to image\"") != NULL);
    free(text);
    run("scenes/imx500/tensors.json -n 3 -o " DIR
        "/inline"); /* metadata within the image's frame */
    check_run("inline");
    run("scenes/cascade/ages.json -n 1 -o " DIR "/two_networks");
    check_run("two_networks");
    ck_assert_uint_gt(trace_check_spans(&check, "dma.0"), 0);
}
END_TEST

START_TEST(a_restored_run_goes_on_with_its_trace_and_another_level_is_refused)
{
#define ENTRANCE "scenes/entrance.json -n 3 --trace-level 1 -o " DIR
    run(ENTRANCE "/whole");
    run(ENTRANCE "/cut --snapshot-at 40100us --snapshot " DIR "/s.snap"); /* while the NPU works */
    run(ENTRANCE "/restored --restore " DIR "/s.snap");
    ck_assert(same_file(DIR "/whole/trace.json", DIR "/restored/trace.json"));
    static const char *const refused[][2] = {
        {"scenes/entrance.json -n 3 --trace-level 2 -o " DIR "/r --restore " DIR "/s.snap",
         "--trace-level"},
        {"scenes/entrance.json -n 3 --trace-level 3 -o " DIR "/r --restore " DIR "/s.snap",
         "--trace-level 3"},
        {"scenes/entrance.json --trace-level 4", "--trace-level"},
        {"scenes/entrance.json --trace-level x", "--trace-level"}};
    for (size_t i = 0; i < SIM_COUNT(refused); i++) {
        int code = fovea(said, sizeof(said), "run %s", refused[i][0]);
        ck_assert_msg(code == 2 && strstr(said, refused[i][1]) != NULL, "%d %s", code, said);
    }
}
END_TEST

/* Stripes take their layers in turns: a span each, whose cycles are together the program's. */
START_TEST(layers_of_a_striped_network_stand_side_by_side)
{
    ck_assert_int_eq(system("mkdir -p " DIR
                            " && sed -e 's/\"cascade\": \"auto\"/\"cascade\": \"always\"/' "
                            "-e 's|\"pixel_65nm|\"../../../logic/tech/pixel_65nm|' "
                            "-e 's|\"logic_22nm|\"../../../logic/tech/logic_22nm|' "
                            "logic/chips/imx500.json > " DIR "/striped.json"),
                     0);
    run("scenes/entrance.json -n 1 --chip " DIR "/striped.json -o " DIR "/striped");
    check_run("striped");
    char *text = report_rig_get(DIR "/striped", "trace.json");
    ck_assert(strstr(text, "\"turn\":2,") != NULL);
    uint64_t cycles = 0, spans = 0;
    for (const char *at = text; (at = strstr(at, "\"turn\":")) != NULL; spans++) {
        at = strstr(at, "\"cycles\":") + 9;
        cycles += strtoull(at, NULL, 10);
    }
    ck_assert_uint_eq(spans, trace_check_spans(&check, "npu.layers"));
    const char *program = strstr(text, "\"name\":\"program\"");
    ck_assert(program != NULL && strstr(program, "\"cycles\":") != NULL);
    ck_assert_uint_eq(strtoull(strstr(program, "\"cycles\":") + 9, NULL, 10), cycles);
    free(text);
}
END_TEST

/* ---- the check itself ---- */

#define HEAD                                                                                       \
    "{\"traceEvents\":[{\"ph\":\"M\",\"pid\":1,\"tid\":1,\"name\":\"thread_name\",\"args\":{"      \
    "\"name\":\"a\"}}"
#define X(ts, dur)                                                                                 \
    ",{\"ph\":\"X\",\"pid\":1,\"tid\":1,\"name\":\"x\",\"ts\":" #ts ",\"dur\":" #dur "}"
#define FLOW(phase, id, ts)                                                                        \
    ",{\"ph\":\"" phase "\",\"pid\":1,\"tid\":1,\"name\":\"f\",\"cat\":\"c\",\"id\":" #id          \
    ",\"bp\":\"e\",\"ts\":" #ts "}"

START_TEST(the_check_finds_what_is_wrong)
{
    static const struct {
        const char *text, *why; /* NULL: nothing */
    } c[] = {
        {HEAD X(0, 10) X(2, 3) X(2, 1) X(10, 5) "]}", NULL},
        {HEAD X(0, 10) FLOW("s", 1, 0) FLOW("t", 1, 4) FLOW("f", 1, 10) "]}", NULL},
        {HEAD X(0, 10) X(5, 6) "]}", "overlaps"},
        {HEAD ",{\"ph\":\"X\",\"pid\":1,\"tid\":2,\"name\":\"x\",\"ts\":1,\"dur\":1}]}",
         "without a name"},
        {HEAD ",{\"ph\":\"X\",\"pid\":1,\"tid\":1,\"name\":\"x\",\"ts\":1}]}",
         "without ts and dur"},
        {HEAD ",{\"ph\":\"X\",\"tid\":1,\"name\":\"x\",\"ts\":1,\"dur\":1}]}", "no pid"},
        {HEAD ",{\"ph\":\"C\",\"pid\":1,\"name\":\"c\",\"ts\":5,\"args\":{\"x\":\"1\"}}]}",
         "no number"},
        {HEAD ",{\"ph\":\"C\",\"pid\":1,\"name\":\"c\",\"ts\":5,\"args\":{\"x\":1}},{\"ph\":\"C\","
              "\"pid\":1,"
              "\"name\":\"c\",\"ts\":4,\"args\":{\"x\":1}}]}",
         "back in time"},
        {HEAD X(0, 10) FLOW("s", 1, 0) "]}", "does not end"},
        {HEAD X(0, 10) FLOW("t", 1, 0) "]}", "without a beginning"},
        {HEAD X(0, 10) FLOW("s", 1, 5) FLOW("f", 1, 4) "]}", "before its last point"},
        {HEAD X(0, 10) FLOW("s", 1, 5) FLOW("f", 1, 11) "]}", "in no span"},
        {HEAD FLOW("s", 1, 0) X(0, 10) FLOW("f", 1, 4) "]}", "in no span"},
        {HEAD X(0, 10) FLOW("s", 1, 5) ",{\"ph\":\"f\",\"pid\":1,\"tid\":1,\"name\":\"f\",\"cat\":"
                                       "\"c\",\"id\":1,\"ts\":7}]}",
         "without bp e"},
        {HEAD ",{\"ph\":\"Q\",\"pid\":1,\"name\":\"q\"}]}", "not used"},
        {HEAD ",", "trace.json"},
    };
    for (size_t i = 0; i < SIM_COUNT(c); i++) {
        report_rig_put(DIR "/wrong", "trace.json", c[i].text);
        bool fine = trace_check(DIR "/wrong/trace.json", &check, error, sizeof(error));
        ck_assert_msg(fine == (c[i].why == NULL), "%zu: %s", i, fine ? "" : error);
        ck_assert_msg(fine || strstr(error, c[i].why) != NULL, "%zu: %s", i, error);
    }
}
END_TEST

TEST_MAIN("trace of a run", each_level_has_its_rows_and_those_before_it, the_level_moves_no_result,
          a_trace_of_everything_is_the_same_on_any_threads_and_exactly,
          images_have_arrows_of_their_own_and_functions_their_names,
          a_restored_run_goes_on_with_its_trace_and_another_level_is_refused,
          layers_of_a_striped_network_stand_side_by_side, the_check_finds_what_is_wrong)
