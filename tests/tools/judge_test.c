/*
 * judge_test.c - results written by hand against each kind of expectation: each holds, and each
 * fails where it should, with place, expected and found.
 */
#include <math.h>
#include <unistd.h>

#include "sim/file.h"
#include "sim/png.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/difference.h"
#include "tools/judge.h"

#define DIR FOVEA_OUT "/judge"

static char error[1024], line[4096];
static verdict_t verdict;

static void put(const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof(path), DIR "/%s", name);
    ck_assert_msg(sim_file_write(path, text, strlen(text), error, sizeof(error)) == SIM_OK, "%s",
                  error);
}

/*
 * Two people for three frames, 100 ms apart. Frame 0: both. Frame 1: the second is not reported.
 * Frame 2: both, the second as track 9, and a box where nobody is.
 * True 6, reported 6, right 5: precision 5/6, recall 5/6; MOTA 1 - (1 missed + 1 false + 1 switch)
 * / 6 = 0.5; all right boxes are exact: MOTP 1; identities: 3 + 1, IDF1 2 * 4 / 12. A heat map of
 * frames 0 and 1 says 1 1 0 0 where 2 0 0 0 is true: 1 / sqrt(3 * 1). The first one is an adult.
 */
static void write_results(void)
{
    ck_assert_int_eq(sim_dir_make(DIR "/golden/frames", error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_dir_make(DIR "/frames", error, sizeof(error)), SIM_OK);
#define TRUE_BOXES                                                                                 \
    "\"boxes\":[{\"id\":1,\"class\":\"person\",\"age\":\"adult\",\"x\":0,\"y\":0,\"w\":100,\"h\":" \
    "200},"                                                                                        \
    "{\"id\":2,\"class\":\"person\",\"x\":500,\"y\":0,\"w\":100,\"h\":200}]"
#define BOX(id, x) "{\"id\":" id ",\"class\":\"person\",\"x\":" x ",\"y\":0,\"w\":100,\"h\":200}"
    put("truth.jsonl",
        "{\"frame\":0,\"time_ps\":0," TRUE_BOXES ",\"counts\":{\"in\":0,\"out\":0}}\n"
        "{\"frame\":1,\"time_ps\":100000000000," TRUE_BOXES ",\"counts\":{\"in\":0,\"out\":0}}\n"
        "{\"frame\":2,\"time_ps\":200000000000," TRUE_BOXES ",\"counts\":{\"in\":2,\"out\":0}}\n");
    /* clang-format off */
#define NOBODY_YET "\"counts\":{\"in\":0,\"out\":0}"
    put("metadata.jsonl",
        "{\"frame\":0,\"time_ps\":0,\"boxes\":[" BOX("1", "0") "," BOX("2", "500") "]," NOBODY_YET ",\"events\":[]}\n"
        "{\"frame\":1,\"time_ps\":100000000000,\"boxes\":[" BOX("1", "0") "]," NOBODY_YET ",\"events\":["
            "{\"type\":\"crossing\",\"id\":1,\"line\":\"door\",\"direction\":\"in\"}]}\n"
        "{\"frame\":2,\"time_ps\":200000000000,\"boxes\":[" BOX("1", "0") "," BOX("9", "500") "," BOX("3", "900") "],"
            "\"counts\":{\"in\":1,\"out\":0},\"events\":[],"
            "\"heat_map\":{\"columns\":4,\"rows\":1,\"frames\":2,\"cells\":[[1,1,0,0]]},"
            "\"attributes\":[{\"box\":0,\"class\":\"adult\"}]}\n");
    /* clang-format on */
    put("config.json", "{\"chip_data\":{\"pixel\":{}}}");
    put("stats.json",
        "{\"sensor\":{\"isp\":{\"overruns\":{\"value\":0}},\"cci\":{\"pll.pixel_hz\":{\"value\":744"
        "}}},\"frames\":["
        "{\"frame\":0,\"exposure_start_ps\":0,\"link_last_ps\":40000000000},"
        "{\"frame\":1,\"exposure_start_ps\":100000000000,\"link_last_ps\":150000000000},"
        "{\"frame\":2,\"exposure_start_ps\":200000000000,\"link_last_ps\":240000000000}]}");
    put("summary.json",
        "{\"frames\":3,\"latency\":{\"photon_to_alert\":{\"mean_ms\":43},\"readout_to_alert\":{"
        "\"max_ms\":2}},\"npu\":{\"cycles\":1000},\"link\":{\"bytes\":300,\"problems\":0},"
        "\"energy\":{\"frame_fj\":5000000000,\"mean_mw\":50,\"peak_mw\":70}}");
}

/* `expect` as text; run_error NULL: it went well. True when all is as expected. */
static bool judge(const char *expect, bool update, const char *run_error)
{
    static judge_case_t test;
    judge_desc_t desc = {.update = update, .threads = 1};
    char text[4096];
    snprintf(text, sizeof(text), "{\"expect\": {%s}}", expect);
    put("test.json", text);
    ck_assert_msg(judge_load(&test, DIR "/test.json", error, sizeof(error)), "%s", error);
    verdict_free(&verdict);
    verdict_init(&verdict);
    judge_results(&test, &desc, DIR, run_error, &verdict);
    line[0] = '\0';
    for (size_t i = verdict.checks; i-- > 0;)
        if (!verdict.check[i].passed)
            verdict_line(&verdict.check[i], line, sizeof(line));
    return verdict_passed(&verdict);
}

static bool holds(const char *expect)
{
    return judge(expect, false, NULL);
}

static void fails_with(const char *expect, const char *words)
{
    ck_assert_msg(!holds(expect), "%s holds", expect);
    ck_assert_msg(strstr(line, words) != NULL, "'%s' is not in '%s'", words, line);
}

/* ---- figures ---- */

START_TEST(every_figure_holds_at_its_value_and_fails_beside_it)
{
    static const struct {
        const char *name;
        double value;
    } figures[] = {
        {"precision", 5.0 / 6},
        {"recall", 5.0 / 6},
        {"mota", 0.5},
        {"motp", 1},
        {"idf1", 8.0 / 12},
        {"id_switches", 1},
        {"fragments", 1},
        {"count_error", 1},
        {"heat_map", 0.57735026919},
        {"heat_maps", 1},
        {"attributes", 1},
        {"frames", 3},
        {"frame_rate_hz", 10},
        {"silence_ms", 100},
        {"latency_ms", 50},
        {"latency_mean_ms", 43},
        {"readout_to_alert_ms", 2},
        {"link_bytes", 300},
        {"link_problems", 0},
        {"frame_energy_uj", 5},
        {"mean_mw", 50},
        {"peak_mw", 70},
        {"npu_cycles", 1000},
    };
    enum { IN_IMAGES = 4 }; /* what images show: image_judge_test.c */
    char text[256];
    ck_assert_uint_eq(SIM_COUNT(figures) + IN_IMAGES, FIGURES);
    write_results();
    for (size_t i = 0; i < SIM_COUNT(figures); i++) {
        double v = figures[i].value;
        snprintf(text, sizeof(text), "\"%s\": {\"min\": %.12g, \"max\": %.12g}", figures[i].name,
                 v - 1e-6, v + 1e-6);
        ck_assert_msg(holds(text), "%s", line);
        snprintf(text, sizeof(text), "\"%s\": {\"min\": %.12g}", figures[i].name, v + 1e-6);
        fails_with(text, figures[i].name);
        snprintf(text, sizeof(text), "\"%s\": {\"max\": %.12g}", figures[i].name, v - 1e-6);
        fails_with(text, "expected at most");
    }
    ck_assert(holds("\"npu_cycles\": 1000"));
    fails_with("\"npu_cycles\": 1001", "npu_cycles: expected 1001 cycles, found 1000 cycles");
}
END_TEST

/* Somebody walks by, and the sensor is reset behind frame 1, which nobody reported. Frame 0 of 250
 * ms is not frame 0, and frame 1 of 351 ms is within a millisecond of its time. */
START_TEST(frames_behind_a_reset_are_told_from_those_before_by_their_times)
{
#define IS(frame, time, x)                                                                         \
    "{\"frame\":" frame ",\"time_ps\":" time "000000000,\"boxes\":[" BOX(                          \
        "1", x) "],"                                                                               \
                "\"counts\":{\"in\":0,\"out\":0},\"events\":[],\"latency_us\":40000}\n"
    write_results();
    put("truth.jsonl",
        IS("0", "0", "0") IS("1", "100", "300") IS("0", "250", "700") IS("1", "351", "900"));
    put("metadata.jsonl", IS("0", "0", "0") IS("0", "250", "700") IS("1", "350", "900"));
    ck_assert_msg(holds("\"precision\": 1, \"recall\": 0.75, \"silence_ms\": 250"), "%s", line);
    fails_with("\"silence_ms\": {\"max\": 249}", "behind frame 0 at 0.000000 s");
    put("metadata.jsonl", IS("0", "0", "0") IS("0", "249", "700") IS("1", "353", "900"));
    fails_with("\"recall\": {\"min\": 0.76}", "found 0.5"); /* 2 ms are another frame's */
}
END_TEST

START_TEST(a_failing_figure_names_frame_and_box_and_leaves_a_picture)
{
    sim_image_t image;
    write_results();
    fails_with("\"recall\": {\"min\": 0.9}",
               "recall: frame 1, person 2 at 500,0 100x200 was not reported: expected at least "
               "0.9, found 0.8333333333 (diff_recall.png)");
    ck_assert_int_eq(sim_png_read(DIR "/diff_recall.png", &image, error, sizeof(error)), SIM_OK);
    ck_assert_uint_gt(image.width_px, image.height_px); /* three panels */
    sim_image_free(&image);
    fails_with("\"precision\": 1", "frame 2, person 3 at 900,0 100x200 is nobody");
    fails_with("\"id_switches\": 0", "frame 2, person 9 at 500,0 100x200 is a new track, before 2");
    fails_with("\"count_error\": 0", "from frame 2 on, 1 in, 0 out, true 2 in, 0 out");
    fails_with("\"latency_ms\": {\"max\": 45}", "frame 1: expected at most 45 ms, found 50 ms");
}
END_TEST

START_TEST(a_figure_that_the_results_lack_is_a_failure)
{
    write_results();
    unlink(DIR "/summary.json");
    fails_with("\"link_bytes\": {\"max\": 1000}", "found none in the results");
    put("summary.json", "{\"link\":");
    fails_with("\"recall\": 0", "summary.json: line 1");
}
END_TEST

/* ---- counters and events ---- */

START_TEST(counters_are_found_by_their_path)
{
    write_results();
    ck_assert_msg(holds("\"stats\": {\"sensor.isp.overruns\": 0, \"sensor.cci.pll.pixel_hz\": "
                        "{\"min\": 700, \"max\": 800}}"),
                  "%s", line);
    fails_with("\"stats\": {\"sensor.isp.overruns\": 1}", "expected 1, found 0");
    fails_with("\"stats\": {\"sensor.isp\": 0}", "found none");
    fails_with("\"stats\": {\"sensor.nix\": 0}", "found none");
}
END_TEST

START_TEST(events_are_counted_by_type_in_their_window)
{
    write_results();
    ck_assert(holds("\"events\": [{\"type\": \"crossing\"}]"));
    ck_assert(holds("\"events\": [{\"type\": \"crossing\", \"from\": \"100ms\", \"to\": "
                    "\"101ms\", \"count\": 1}, {\"type\": \"zone_enter\", \"count\": 0}]"));
    ck_assert(holds("\"events\": [{\"type\": \"crossing\", \"line\": \"door\", \"direction\": "
                    "\"in\", \"id\": 1, \"count\": 1}, {\"type\": \"crossing\", \"line\": "
                    "\"gate\", \"count\": 0}]"));
    fails_with("\"events\": [{\"type\": \"crossing\", \"line\": \"door\", \"direction\": \"out\", "
               "\"to\": \"2s\"}]",
               "event crossing line door direction out to 2 s: expected at least 1, found 0");
    fails_with("\"events\": [{\"type\": \"crossing\", \"id\": 2}]", "crossing id 2: expected");
    fails_with("\"events\": [{\"type\": \"crossing\", \"from\": \"101ms\"}]",
               "event crossing from 0.101 s: expected at least 1, found 0");
    fails_with("\"events\": [{\"type\": \"crossing\", \"to\": \"100ms\"}]", "found 0");
    fails_with("\"events\": [{\"type\": \"crossing\", \"count\": {\"max\": 0}}]",
               "in frames 1: expected at most 0, found 1");
}
END_TEST

/* That nothing happens where nothing is says nothing. */
START_TEST(events_of_places_that_are_not_there_fail)
{
    write_results();
    put("config.json", "{\"scene\": {\"line\": {\"name\": \"door\"}, \"lines\": [{\"name\": "
                       "\"gate\"}]}, \"settings\": {\"zones\": [{\"name\": \"robot\"}], "
                       "\"facings\": []}}");
#define NONE(place) "\"events\": {\"crossing\": {" place ", \"from\": \"9s\", \"count\": 0}}"
    ck_assert(holds(NONE("\"line\": \"gate\"")));
    ck_assert(holds(NONE("\"zone\": \"robot\"")));
    ck_assert(holds(NONE("\"zone\": \"door\""))); /* a crossing of that line */
    ck_assert(holds(NONE("\"line\": \"3\"")));    /* one without a name */
    fails_with(NONE("\"line\": \"robot\""),
               "event crossing line robot from 9 s: expected a line of the scenario, found none "
               "that is called \"robot\"");
    fails_with(NONE("\"zone\": \"robt\""), "found none that is called \"robt\"");
    fails_with(NONE("\"facing\": \"A1\""), "expected a facing of the scenario");
}
END_TEST

/* ---- golden files ---- */

#define GOLDEN(files) "\"golden\": {\"folder\": \"golden\", \"files\": {" files "}}"

START_TEST(json_is_compared_value_by_value_with_tolerances_by_key)
{
    write_results();
    put("golden/a.json", "{\"x\": 100, \"list\": [1, 2], \"name\": \"door\", \"gone\": true}");
    put("a.json", "{\"name\": \"door\", \"x\": 101.5, \"list\": [1, 3], \"gone\": true}");
    ck_assert(holds(GOLDEN("\"a.json\": {\"x\": 2, \"list\": 1}")));
    fails_with(GOLDEN("\"a.json\": {\"x\": 1, \"list\": 1}"),
               "golden a.json: x: expected 100, found 101.5; 1 differ");
    fails_with(GOLDEN("\"a.json\": {\"x\": 2}"), "list[1]: expected 2, found 3");
    put("a.json", "{\"name\": \"gate\", \"x\": 100, \"list\": [1, 2, 3]}");
    fails_with(GOLDEN("\"a.json\": {}"), "list[2]: expected nothing, found 3; 3 differ");
    put("a.json", "{");
    fails_with(GOLDEN("\"a.json\": {}"), "expected an object, found nothing");
}
END_TEST

START_TEST(lines_and_other_files_are_compared_too)
{
    write_results();
    put("golden/b.jsonl", "{\"x\": 1}\n{\"x\": 2}\n");
    put("b.jsonl", "{\"x\": 1}\n{\"x\": 5}\n{\"x\": 9}\n");
    fails_with(GOLDEN("\"b.jsonl\": {}"),
               "golden b.jsonl: line 2.x: expected 2, found 5; 2 differ");
    put("golden/u.log", "abcd");
    put("u.log", "abXd!");
    fails_with(GOLDEN("\"u.log\": {}"), "byte 2: expected 4 bytes, found 5 bytes, 2 others");
    fails_with(GOLDEN("\"missing.log\": {}"), "missing.log: No such file");
    /* what comes behind a 0 byte */
    static const char zero[] = "{\"x\": 1}\n\0a", other[] = "{\"x\": 1}\n\0b";
    ck_assert_int_eq(
        sim_file_write(DIR "/golden/z.jsonl", zero, sizeof(zero), error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(DIR "/z.jsonl", other, sizeof(other), error, sizeof(error)),
                     SIM_OK);
    fails_with(GOLDEN("\"z.jsonl\": {}"), "golden z.jsonl: byte 10:");
}
END_TEST

/* 4 x 2, gray 100; one sample at 3,1 is off by dn. */
static void write_png(const char *name, int dn)
{
    uint8_t data[8];
    char path[256];
    memset(data, 100, sizeof(data));
    data[7] = (uint8_t)(100 + dn);
    sim_image_t image = {4, 2, 1, data};
    snprintf(path, sizeof(path), DIR "/%s", name);
    ck_assert_int_eq(sim_png_write(path, &image, error, sizeof(error)), SIM_OK);
}

/* PSNR of one sample of 8 that is 4 off: 10 log10(255^2 * 8 / 16) = 45.12 dB. */
START_TEST(frames_are_compared_by_samples_or_psnr_and_leave_a_picture)
{
    sim_image_t image;
    write_results();
    write_png("golden/frames/f.png", 0);
    write_png("frames/f.png", 4);
    ck_assert(holds(GOLDEN("\"frames/f.png\": {\"dn\": 4}")));
    ck_assert(holds(GOLDEN("\"frames/f.png\": {\"psnr_db\": 45}")));
    fails_with(GOLDEN("\"frames/f.png\": {\"psnr_db\": 46}"), "found PSNR 45.12 dB");
    fails_with(GOLDEN("\"frames/f.png\": {\"dn\": 4, \"psnr_db\": 46}"), "PSNR");
    fails_with(GOLDEN("\"frames/f.png\": {}"), "found 4 DN at 3,1");
    fails_with(GOLDEN("\"frames/f.png\": {\"dn\": 3}"),
               "box 3,1 1x1: expected within 3 DN, found 4 DN at 3,1, PSNR 45.12 dB");
    ck_assert_int_eq(sim_png_read(DIR "/diff_frames_f.png", &image, error, sizeof(error)), SIM_OK);
    ck_assert_uint_eq(image.width_px, 3 * 4 + 2 * 4); /* three panels, two gaps */
    ck_assert_uint_eq(image.data[3 * (4 + 4 + 3 + image.width_px)], 104); /* found, sample 3,1 */
    ck_assert_uint_eq(image.data[3 * (16 + 3 + image.width_px)], 255);    /* the difference */
    ck_assert_uint_eq(image.data[3 * 16], 0);
    sim_image_free(&image);
    put("frames/f.png", "no picture");
    fails_with(GOLDEN("\"frames/f.png\": {\"dn\": 255}"), "expected two PNG files");
}
END_TEST

START_TEST(update_rewrites_what_differs_and_says_by_how_much)
{
    write_results();
    unlink(DIR "/golden/new/c.json");
    ck_assert_int_eq(sim_dir_make(DIR "/new", error, sizeof(error)), SIM_OK);
    put("golden/a.json", "{\"x\": 100, \"y\": 1000}");
    put("a.json", "{\"x\": 110, \"y\": 1001}");
    put("new/c.json", "{}");
    fails_with(GOLDEN("\"a.json\": {}, \"new/c.json\": {}"), "x: expected 100, found 110");
    ck_assert_msg(judge(GOLDEN("\"a.json\": {}, \"new/c.json\": {}"), true, NULL), "%s", line);
    ck_assert_str_eq(verdict.check[1].found, "rewritten, 2 values moved, most: x 100 -> 110");
    ck_assert_str_eq(verdict.check[2].found, "new, 2 bytes");
    ck_assert(same_file(DIR "/a.json", DIR "/golden/a.json"));
    ck_assert(holds(GOLDEN("\"a.json\": {}, \"new/c.json\": {}")));
}
END_TEST

/* ---- failures that have to be ---- */

START_TEST(what_has_to_fail_fails_for_the_reason_that_is_said)
{
    write_results();
    ck_assert(judge("\"fails\": true", false, "core stopped at 0x10000000"));
    ck_assert(judge("\"fails\": \"core stopped\"", false, "core stopped at 0x10000000"));
    ck_assert(verdict.expected_failure);
    ck_assert(!judge("\"fails\": \"no frame\"", false, "core stopped at 0x10000000"));
    ck_assert(strstr(line, "expected a failure with: no frame, found run: core stopped") != NULL);
    fails_with("\"fails\": true", "expected a failure, found none");
    ck_assert(holds("\"recall\": 1, \"fails\": \"recall: frame 1\""));
    fails_with("\"recall\": 1, \"fails\": \"precision\"", "found recall: frame 1");
    ck_assert(!judge("\"recall\": {\"min\": 0}", false, "core stopped"));
    ck_assert_str_eq(line, "run: core stopped");
}
END_TEST

START_TEST(a_verdict_reads_back_as_it_was_written)
{
    verdict_t copy;
    write_results();
    ck_assert(!holds("\"recall\": 1"));
    ck_assert(verdict_write(&verdict, DIR "/verdict.json", error, sizeof(error)));
    verdict_init(&copy);
    ck_assert(verdict_read(&copy, DIR "/verdict.json", error, sizeof(error)));
    ck_assert_uint_eq(copy.checks, verdict.checks);
    for (size_t i = 0; i < copy.checks; i++)
        ck_assert_mem_eq(copy.check[i].found, verdict.check[i].found,
                         strlen(verdict.check[i].found) + 1);
    ck_assert(!verdict_passed(&copy));
    ck_assert(fabs(copy.figure[FIGURE_mota] - 0.5) < 1e-12);
    verdict_free(&copy);
}
END_TEST

START_TEST(each_frame_is_its_networks_and_none_is_missing)
{
    static const char frames[] = "{\"frame\":0,\"network\":4}\n{\"frame\":1,\"network\":4}\n"
                                 "{\"frame\":2,\"network\":7}\n{\"frame\":4,\"network\":7}\n";
    write_results();
    put("metadata.jsonl", frames);
#define FROM(frame, id) "{\"frame\": " #frame ", \"id\": " #id "}"
    fails_with("\"networks\": [" FROM(0, 4) ", " FROM(2, 7) "]",
               "networks: frame 3: expected network 7, found no packet");
    fails_with("\"networks\": [" FROM(0, 4) ", " FROM(1, 7) "]",
               "networks: frame 1: expected network 7, found network 4");
    ck_assert(holds("\"networks\": [" FROM(4, 7) "]"));
    fails_with("\"networks\": [" FROM(4, 7) ", " FROM(5, 4) "]",
               "networks: frame 5: expected network 4, found no packet");
    put("metadata.jsonl", "");
    fails_with("\"networks\": [" FROM(0, 4) "]", "frame 0: expected network 4, found no packet");
}
END_TEST

/* ---- the reader ---- */

START_TEST(errors_quote_path_found_and_expected)
{
    static const struct {
        const char *expect, *words;
    } wrong[] = {
        {"\"recal\": 1", "expect.recal: unknown key (did you mean \"recall\"?)"},
        {"\"recall\": \"high\"", "expect.recall: must be an object, not a string"},
        {"\"recall\": {}", "expect.recall: neither a number nor min, max"},
        {"\"recall\": {\"min\": 2, \"max\": 1}", "expect.recall: min 2 above max 1"},
        {"\"recall\": {\"least\": 2, \"min\": 1}", "expect.recall.least: unknown key"},
        {"\"fails\": 3", "expect.fails: must be true or false, not a number"},
        {"\"fails\": \"\"", "expect.fails: text of 0 bytes, expected 1..159"},
        {"\"time_limit_s\": 0", "expect.time_limit_s: 0 not in 1..86400"},
        {"\"iou\": 1.5", "expect.iou: 1.5 not in 0..1"},
        {"\"events\": [{\"type\": \"crossing\", \"direction\": \"up\"}]",
         "expect.events[0].direction: \"up\", expected in or out"},
        {"\"events\": [{\"type\": \"fly\"}]", "expect.events[0].type: \"fly\" is none of crossing"},
        {"\"events\": [{\"type\": \"crossing\", \"from\": \"2s\", \"to\": \"1s\"}]",
         "expect.events[0].to: not after from"},
        {"\"golden\": {\"files\": {}}", "expect.golden.folder: missing"},
        {"\"golden\": {\"folder\": \"g\", \"files\": {\"../a\": {}}}", "'../a' is not a file"},
        {"\"golden\": {\"folder\": \"g\", \"files\": {\"a\": {\"x\": -1}}}", "-1 is less than 0"},
        {"\"networks\": [{\"frame\": 2, \"id\": 1}, {\"frame\": 2, \"id\": 0}]",
         "expect.networks[1].frame: 2"},
        {"\"networks\": [{\"frame\": 2}]", "expect.networks[0].id: missing"},
        {"\"stats\": {\"\": 1}", "expect.stats: key of 0 bytes, expected 1..159"},
    };
    static judge_case_t test;
    char text[512];
    write_results();
    for (size_t i = 0; i < SIM_COUNT(wrong); i++) {
        snprintf(text, sizeof(text), "{\"expect\": {%s}}", wrong[i].expect);
        put("test.json", text);
        ck_assert_msg(!judge_load(&test, DIR "/test.json", error, sizeof(error)), "%s", text);
        ck_assert_msg(strstr(error, wrong[i].words) != NULL, "'%s' is not in '%s'", wrong[i].words,
                      error);
    }
}
END_TEST

START_TEST(many_keys_are_refused_and_not_written_past_the_end)
{
    static judge_case_t test;
    static char text[1 << 16];
    size_t used = (size_t)snprintf(text, sizeof(text), "{\"expect\": {\"stats\": {\"k\": 1");
    write_results();
    for (uint32_t i = 0; i < 200; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, ", \"k%u\": 1", i);
    snprintf(text + used, sizeof(text) - used, "}}}");
    put("test.json", text);
    ck_assert(!judge_load(&test, DIR "/test.json", error, sizeof(error)));
    ck_assert(strstr(error, "expect.stats: more than 64 keys") != NULL);
}
END_TEST

START_TEST(the_documents_have_the_table_of_the_code)
{
    static char schema[1 << 14];
    size_t bytes;
    FILE *to = fmemopen(schema, sizeof(schema), "w");
    expect_print_schema(to);
    fclose(to);
    char *readme = (char *)sim_file_read("tools/README.md", 1 << 24, &bytes, error, sizeof(error));
    ck_assert_ptr_nonnull(readme);
    ck_assert_msg(strstr(readme, schema) != NULL, "paste `fovea test --schema` into it");
    free(readme);
}
END_TEST

TEST_MAIN("tools judge", each_frame_is_its_networks_and_none_is_missing,
          every_figure_holds_at_its_value_and_fails_beside_it,
          frames_behind_a_reset_are_told_from_those_before_by_their_times,
          a_failing_figure_names_frame_and_box_and_leaves_a_picture,
          a_figure_that_the_results_lack_is_a_failure, counters_are_found_by_their_path,
          events_are_counted_by_type_in_their_window, events_of_places_that_are_not_there_fail,
          json_is_compared_value_by_value_with_tolerances_by_key,
          lines_and_other_files_are_compared_too,
          frames_are_compared_by_samples_or_psnr_and_leave_a_picture,
          update_rewrites_what_differs_and_says_by_how_much,
          what_has_to_fail_fails_for_the_reason_that_is_said,
          a_verdict_reads_back_as_it_was_written, errors_quote_path_found_and_expected,
          many_keys_are_refused_and_not_written_past_the_end,
          the_documents_have_the_table_of_the_code)
