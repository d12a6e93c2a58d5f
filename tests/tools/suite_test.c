/*
 * suite_test.c - many scenarios: crashes, hangs and broken files stay with the one they happen to;
 * order, filters, odd names, reports that others can read.
 */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/cli.h"
#include "tools/suite_report.h"

#define DIR FOVEA_OUT "/suite"
#define OUT FOVEA_OUT "/suite_out"

static char text[1 << 16], error[1024];

static void put(const char *name, const char *content)
{
    char path[1024];
    snprintf(path, sizeof(path), DIR "/%s", name);
    ck_assert_msg(sim_file_write(path, content, strlen(content), error, sizeof(error)) == SIM_OK,
                  "%s", error);
}

static void start_anew(void)
{
    ck_assert_int_eq(system("rm -rf " DIR " " OUT), 0);
    ck_assert_int_eq(sim_dir_make(DIR "/deep/er", error, sizeof(error)), SIM_OK);
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static void nap_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

/* In the child: what the scenario's name says. */
static int act(const suite_t *suite, const suite_job_t *job, const char *dir)
{
    char path[2048];
    verdict_t verdict;
    (void)suite;
    if (strstr(job->file, "crash") != NULL)
        raise(SIGABRT);
    if (strstr(job->file, "hang") != NULL) {
        alarm(1);
        for (;;)
            pause();
    }
    if (strstr(job->file, "slow") != NULL)
        nap_ms(300);
    if (strstr(job->file, "gone") != NULL)
        return 0; /* without a verdict */
    if (strstr(job->file, "bad") != NULL)
        return cli_fail(EXIT_FAILED, "the file is bad");
    snprintf(path, sizeof(path),
             "cd '%s' && mkdir frames && touch frames/0.png trace.json link.csi2", dir);
    if (strstr(job->file, "large") != NULL && system(path) != 0)
        return EXIT_FAILED;
    snprintf(path, sizeof(path), "%s/verdict.json", dir);
    verdict_init(&verdict);
    verdict.figure[FIGURE_recall] = strcmp(job->seed, "2") == 0 ? 0.75 : 0.5;
    check_t *check = verdict_add(&verdict, "recall", strstr(job->file, "fail") == NULL);
    check = verdict_add(&verdict, "event, \"in\"", true);
    check->value = strcmp(job->seed, "2") == 0 ? 3 : 1;
    check = &verdict.check[0];
    snprintf(check->found, sizeof(check->found), "a <b> & \"c\" \x01\xff\xc3\xa4");
    bool fine = verdict_write(&verdict, path, error, sizeof(error));
    verdict_free(&verdict);
    return fine ? EXIT_FINE : EXIT_FAILED;
}

static suite_t jobs;
static suite_report_t report;

/* Of all that is in DIR; what is told goes to text. */
static int run(const suite_desc_t *more, bool tap)
{
    suite_desc_t desc = *more;
    desc.out = OUT;
    desc.run = act;
    desc.parallel = desc.parallel != 0 ? desc.parallel : 2;
    desc.begin = suite_report_begin;
    desc.tell = suite_report_tell;
    desc.ctx = &report;
    memset(text, 0, sizeof(text));
    report = (suite_report_t){.to = fmemopen(text, sizeof(text) - 1, "w"), .tap = tap};
    suite_init(&jobs, &desc);
    ck_assert_msg(suite_add(&jobs, DIR), "%s", jobs.error);
    int code = suite_run(&jobs);
    if (jobs.error[0] == '\0')
        suite_report_end(&report, &jobs);
    fclose(report.to);
    return code;
}

static const suite_job_t *job(const char *part)
{
    for (uint32_t i = 0; i < jobs.jobs; i++)
        if (strstr(jobs.job[i].file, part) != NULL)
            return &jobs.job[i];
    ck_abort_msg("no %s", part);
    return NULL;
}

#define TEST_FILE "{\"expect\": {}}"

START_TEST(a_crash_and_a_hang_are_failures_of_that_one)
{
    start_anew();
    put("a.json", TEST_FILE);
    put("crash.json", TEST_FILE);
    put("gone.json", TEST_FILE);
    put("hang.json", TEST_FILE);
    put("z.json", TEST_FILE);
    ck_assert_int_eq(run(&(suite_desc_t){0}, false), EXIT_FAILED);
    ck_assert_uint_eq(suite_count(&jobs, SUITE_PASSED), 2);
    ck_assert_uint_eq(suite_count(&jobs, SUITE_BROKEN), 3);
    ck_assert(strstr(job("crash")->why, "ended by signal 6 (Aborted)") != NULL);
    ck_assert(strstr(job("hang")->why, "no end within its time limit, 1 s") != NULL);
    ck_assert(strstr(job("gone")->why, "verdict.json") != NULL);
    ck_assert(strstr(text, "2 passed, 0 failed, 3 broken") != NULL);
    suite_free(&jobs);
}
END_TEST

START_TEST(scenarios_are_found_below_and_told_in_order_whoever_ends_first)
{
    start_anew();
    put("a_slow.json", TEST_FILE);
    put("b.json", TEST_FILE);
    put("deep/er/c.json", TEST_FILE);
    put("chip.json", "{\"no\": 1}");
    put("notes.txt", TEST_FILE);
    put(".hidden.json", TEST_FILE);
    ck_assert_int_eq(symlink("..", DIR "/deep/loop"), 0);
    for (uint32_t parallel = 1; parallel < 4; parallel++) {
        ck_assert_int_eq(run(&(suite_desc_t){.parallel = parallel}, false), EXIT_FINE);
        const char *a = strstr(text, "a_slow.json"), *b = strstr(text, "/b.json");
        const char *c = strstr(text, "deep/er/c.json");
        ck_assert(a != NULL && b != NULL && c != NULL);
        ck_assert(a < b && b < c);
        ck_assert_uint_eq(jobs.jobs, 3);
        suite_free(&jobs);
    }
}
END_TEST

START_TEST(a_file_that_is_given_twice_runs_once)
{
    start_anew();
    put("a.json", TEST_FILE);
    suite_init(&jobs, &(suite_desc_t){.seeds = 2});
    ck_assert(suite_add(&jobs, DIR "/a.json"));
    ck_assert(suite_add(&jobs, DIR));
    ck_assert_uint_eq(jobs.jobs, 2);
    suite_free(&jobs);
}
END_TEST

START_TEST(filters_take_a_part_or_a_pattern)
{
    static const struct {
        const char *filter;
        uint32_t jobs;
    } cases[] = {{"alpha", 1}, {"*.json", 2}, {"*/b*", 1}, {"[", 0}, {"nothing", 0}};
    start_anew();
    put("alpha.json", TEST_FILE);
    put("beta.json", TEST_FILE);
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        int code = run(&(suite_desc_t){.filter = cases[i].filter}, false);
        ck_assert_uint_eq(jobs.jobs, cases[i].jobs);
        ck_assert_int_eq(code, cases[i].jobs > 0 ? EXIT_FINE : EXIT_USAGE);
        ck_assert(cases[i].jobs > 0 || strstr(jobs.error, "that matches '") != NULL);
        suite_free(&jobs);
    }
}
END_TEST

START_TEST(nothing_to_run_and_folders_that_are_not_ours_are_misuse)
{
    start_anew();
    ck_assert_int_eq(run(&(suite_desc_t){0}, false), EXIT_USAGE);
    ck_assert(strstr(jobs.error, "no scenario with `expect`") != NULL);
    suite_init(&jobs, &(suite_desc_t){0});
    ck_assert(!suite_add(&jobs, DIR "/none"));
    put("plain.json", "{}");
    ck_assert(!suite_add(&jobs, DIR "/plain.json"));
    ck_assert(strstr(jobs.error, "no `expect` in it") != NULL);

    put("a.json", TEST_FILE); /* its results' folder is there, and somebody else's */
    ck_assert_int_eq(run(&(suite_desc_t){0}, false), EXIT_FINE);
    char path[2048];
    snprintf(path, sizeof(path), OUT "/%s/test.log", jobs.job[0].folder);
    ck_assert_int_eq(unlink(path), 0);
    suite_free(&jobs);
    ck_assert_int_eq(run(&(suite_desc_t){0}, false), EXIT_USAGE);
    ck_assert(strstr(jobs.error, "not the results of a test") != NULL);
    suite_free(&jobs);
    ck_assert_int_eq(system("rm -rf " OUT " && touch " OUT), 0); /* cannot be written to */
    ck_assert_int_eq(run(&(suite_desc_t){0}, false), EXIT_USAGE);
    suite_free(&jobs);
    ck_assert_int_eq(unlink(OUT), 0);
}
END_TEST

/* Which of the files that act() made are there still, and that verdicts are. */
static void left_over(bool timeline, bool link)
{
    char path[512];
    for (uint32_t i = 0; i < jobs.jobs; i++) {
        const char *const names[] = {"trace.json", "frames", "link.csi2", "verdict.json"};
        const bool wanted[] = {timeline, timeline, link, true};
        for (size_t k = 0; k < SIM_COUNT(names); k++) {
            snprintf(path, sizeof(path), OUT "/%s/%s", jobs.job[i].folder, names[k]);
            ck_assert_msg(is_there(path) == wanted[k], "%s", path);
        }
    }
    suite_free(&jobs);
}

START_TEST(of_what_passed_stays_what_a_replay_needs)
{
    start_anew();
    put("large.json", TEST_FILE);
    ck_assert_int_eq(run(&(suite_desc_t){0}, false), EXIT_FINE);
    left_over(false, true);
    ck_assert_int_eq(run(&(suite_desc_t){.keep = true}, false), EXIT_FINE);
    left_over(true, true);
    ck_assert_int_eq(run(&(suite_desc_t){.seeds = 2}, false), EXIT_FINE);
    left_over(false, false);
    ck_assert_int_eq(run(&(suite_desc_t){.seeds = 2, .keep = true}, false), EXIT_FINE);
    left_over(true, true);
    start_anew();
    put("large fail.json", TEST_FILE);
    ck_assert_int_eq(run(&(suite_desc_t){0}, false), EXIT_FAILED);
    left_over(true, true);
}
END_TEST

START_TEST(results_never_take_the_place_of_their_recordings)
{
    char folder[512];
    start_anew();
    put("large.json", TEST_FILE);
    ck_assert_int_eq(run(&(suite_desc_t){.keep = true}, false), EXIT_FINE);
    snprintf(folder, sizeof(folder), OUT "/../suite_out/%s", jobs.job[0].folder);
    suite_free(&jobs);
    const char *const mine[] = {OUT, FOVEA_OUT "/../runs-tools-suite/suite_out", folder};
    for (size_t i = 0; i < SIM_COUNT(mine); i++) {
        ck_assert_int_eq(run(&(suite_desc_t){.replay = mine[i]}, false), EXIT_USAGE);
        ck_assert(strstr(jobs.error, "results would take its place") != NULL);
        suite_free(&jobs);
    }
    strcat(folder, "/link.csi2");
    ck_assert(is_there(folder));
    const char *const wrong[] = {DIR "/none", DIR "/large.json"};
    for (size_t i = 0; i < SIM_COUNT(wrong); i++) {
        ck_assert_int_eq(run(&(suite_desc_t){.replay = wrong[i]}, false), EXIT_USAGE);
        ck_assert(strstr(jobs.error, wrong[i]) != NULL);
        suite_free(&jobs);
    }
    ck_assert_int_eq(run(&(suite_desc_t){.replay = DIR}, false), EXIT_FINE);
    suite_free(&jobs);
}
END_TEST

/* ---- reports ---- */

static bool has_program(const char *name)
{
    char command[128];
    snprintf(command, sizeof(command), "command -v %s >/dev/null", name);
    return system(command) == 0;
}

#define ODD "od <&'\"#\\ \n\x01\xff d.json"

START_TEST(odd_names_and_texts_make_valid_reports)
{
    size_t bytes;
    start_anew();
    put(ODD, TEST_FILE);
    put("fail " ODD, TEST_FILE);
    put("bad.json", "{");
    ck_assert_int_eq(run(&(suite_desc_t){0}, true), EXIT_FAILED);
    ck_assert_uint_eq(jobs.jobs, 3);
    ck_assert_uint_eq(suite_count(&jobs, SUITE_BROKEN), 1);
    ck_assert_str_eq(job("bad")->why, "the file is bad");
    FILE *xml_file = fopen(DIR "/junit.xml", "w");
    ck_assert_ptr_nonnull(xml_file);
    suite_junit(&jobs, xml_file);
    fclose(xml_file);
    put("run.tap", text);
    suite_free(&jobs);
    char *xml = (char *)sim_file_read(DIR "/junit.xml", 1 << 20, &bytes, error, sizeof(error));
    ck_assert(strstr(xml, "tests=\"3\" failures=\"1\" errors=\"1\"") != NULL);
    ck_assert(strstr(xml, "od &lt;&amp;'&quot;#\\ &#10;?? d.json") != NULL);
    ck_assert(strstr(xml, "a &lt;b&gt; &amp; &quot;c&quot; ??\xc3\xa4") != NULL);
    free(xml);
    if (has_program("xmllint"))
        ck_assert_int_eq(system("xmllint --noout --schema tests/tools/junit.xsd " DIR
                                "/junit.xml >" DIR "/lint.log 2>&1"),
                         0);
    if (has_program("prove")) {
        ck_assert(system("prove --exec cat " DIR "/run.tap >" DIR "/prove.log 2>&1") != 0);
        char *log = (char *)sim_file_read(DIR "/prove.log", 1 << 20, &bytes, error, sizeof(error));
        ck_assert(strstr(log, "Failed 2/3 subtests") != NULL);
        ck_assert(strstr(log, "Parse errors") == NULL);
        free(log);
    }
}
END_TEST

START_TEST(seeds_have_a_row_each_and_mean_and_spread)
{
    size_t bytes;
    start_anew();
    put("a.json", TEST_FILE);
    ck_assert_int_eq(run(&(suite_desc_t){.seeds = 2}, false), EXIT_FINE);
    ck_assert(suite_csv(&jobs, DIR "/s.csv", error, sizeof(error)));
    suite_free(&jobs);
    char *csv = (char *)sim_file_read(DIR "/s.csv", 1 << 20, &bytes, error, sizeof(error));
    ck_assert(strstr(csv, ",npu_cycles,\"event, \"\"in\"\"\"\n\"" DIR "/a.json\",1,1,,0.5,,") !=
              NULL);
    ck_assert(strstr(csv, ",,1\n\"" DIR "/a.json\",2,1,,0.75,,") != NULL);
    ck_assert(strstr(csv, ",,3\n") != NULL);
    free(csv);
    /* 0.5 and 0.75: mean 0.625, deviation 0.25 / sqrt(2) */
    ck_assert(strstr(text, "recall                          0.625       0.176777            0.5"
                           "           0.75") != NULL);
    ck_assert(strstr(text, "event, \"in\"                         2        1.41421              1"
                           "              3") != NULL);
}
END_TEST

/* ---- the command ---- */

START_TEST(an_interrupt_ends_the_children_and_leaves_nothing_half_done)
{
    int status;
    start_anew();
    put("a.json", TEST_FILE);
    put("hang_1.json", TEST_FILE);
    put("hang_2.json", TEST_FILE);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGTERM, SIG_DFL);
        _exit(run(&(suite_desc_t){.parallel = 3}, false));
    }
    /* all have begun, and the first is over */
    for (int i = 0; i < 1000 && system("test \"$(ls " OUT " 2>/dev/null | wc -l)\" = 3 && "
                                       "test -n \"$(find " OUT " -name verdict.json)\"") != 0;
         i++)
        nap_ms(20);
    nap_ms(100);
    ck_assert_int_eq(kill(child, SIGTERM), 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(WEXITSTATUS(status), EXIT_FAILED);
    ck_assert_int_eq(system("test \"$(ls " OUT " | wc -l)\" = 1"), 0);
    ck_assert_int_eq(system("test -n \"$(find " OUT " -name verdict.json)\""), 0);
}
END_TEST

START_TEST(the_command_tells_pass_fail_and_misuse)
{
    char here[512];
    start_anew();
    ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
#define SMALL "{\"scenario\": \"%s/scenes/entrance.json\", \"frames\": 1, \"expect\": {%s}}"
    snprintf(text, sizeof(text), SMALL, here, "\"frames\": 1, \"latency_ms\": {\"max\": 45}");
    put("good.json", text);
    ck_assert_msg(fovea(text, sizeof(text), "test " DIR " -o " OUT) == 0, "%s", text);
    ck_assert(strstr(text, "1 passed, 0 failed, 0 broken") != NULL);
    snprintf(text, sizeof(text), SMALL, here, "\"latency_ms\": {\"max\": 4}");
    put("late.json", text);
    put("syntax.json", "{\"expect\"");
    ck_assert_int_eq(fovea(text, sizeof(text), "test " DIR " -j 2 -o " OUT), 1);
    ck_assert(strstr(text, "latency_ms: frame 0: expected at most 4 ms, found 40.") != NULL);
    ck_assert(strstr(text, "BROKEN " DIR "/syntax.json") != NULL);
    ck_assert(strstr(text, "1 passed, 1 failed, 1 broken") != NULL);
    ck_assert_int_eq(fovea(text, sizeof(text), "test " DIR " --filter nothing"), 2);
    ck_assert_int_eq(fovea(text, sizeof(text), "test " DIR " -j 0"), 2);
    ck_assert_int_eq(fovea(text, sizeof(text), "test " DIR " --seeds 2 --update"), 2);
    ck_assert_int_eq(fovea(text, sizeof(text), "test " DIR "/good.json -o /dev/null/x"), 2);
    /* told before anything runs */
    ck_assert_int_eq(system("rm -rf " OUT), 0);
    ck_assert_int_eq(
        fovea(text, sizeof(text), "test " DIR "/good.json --junit " DIR "/no/j.xml -o " OUT), 2);
    ck_assert_ptr_nonnull(strstr(text, "test: --junit: " DIR "/no/j.xml: No such file"));
    ck_assert_int_eq(fovea(text, sizeof(text), "test " DIR "/good.json --junit " DIR " -o " OUT),
                     2);
    ck_assert_int_ne(access(OUT, F_OK), 0);
    /* and one of a suite that does not run is not left half written */
    ck_assert_int_eq(
        fovea(text, sizeof(text), "test " DIR " --filter nothing --junit " DIR "/j.xml"), 2);
    ck_assert_int_ne(access(DIR "/j.xml", F_OK), 0);
    ck_assert_int_ne(access(DIR "/j.xml.part", F_OK), 0);
}
END_TEST

#define AGAIN FOVEA_OUT "/suite_again"

/* The one folder of results below OUT; false: a shell command on it failed. */
static bool on_results(const char *command)
{
    char line[512];
    snprintf(line, sizeof(line), "cd " OUT "/* && %s", command);
    return system(line) == 0;
}

START_TEST(a_recorded_link_is_heard_again_and_judged)
{
    char here[512];
    start_anew();
    ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
    snprintf(text, sizeof(text), SMALL, here, "\"frames\": 1, \"link_problems\": 0");
    put("good.json", text);
    ck_assert_msg(fovea(text, sizeof(text), "test " DIR " -o " OUT) == 0, "%s", text);
    ck_assert_int_eq(system("rm -rf " AGAIN), 0);
#define REPLAY "test " DIR " --replay " OUT " -o " AGAIN
    ck_assert_msg(fovea(text, sizeof(text), REPLAY) == 0, "%s", text);
    ck_assert_int_eq(system("cmp " OUT "/*/metadata.jsonl " AGAIN "/*/metadata.jsonl"), 0);
    snprintf(text, sizeof(text), SMALL, here, "\"latency_ms\": {\"max\": 4}");
    put("good.json", text); /* another expectation of the same run */
    ck_assert_int_eq(fovea(text, sizeof(text), REPLAY), 1);
    ck_assert(strstr(text, "latency_ms: frame 0: expected at most 4 ms, found 40.") != NULL);
    /* a byte of the metadata on the link is another: its payload CRC is wrong */
    ck_assert(on_results("printf x | dd of=link.csi2 bs=1 conv=notrunc status=none "
                         "seek=$(($(grep -abo FOVM link.csi2 | head -n 1 | cut -d: -f1) + 8))"));
    ck_assert_int_eq(fovea(text, sizeof(text), REPLAY), 1);
    ck_assert_msg(strstr(text, "the recording's host found 0") != NULL, "%s", text);
    ck_assert(on_results("echo no > link.csi2"));
    ck_assert_int_eq(fovea(text, sizeof(text), REPLAY), 1);
    ck_assert_msg(strstr(text, "link.csi2: not a capture of a link") != NULL, "%s", text);
    ck_assert(on_results("rm link.csi2"));
    ck_assert_int_eq(fovea(text, sizeof(text), REPLAY), 1);
    ck_assert_msg(strstr(text, "BROKEN") != NULL && strstr(text, "link.csi2: No such file") != NULL,
                  "%s", text);
}
END_TEST

TEST_MAIN("tools suite", a_crash_and_a_hang_are_failures_of_that_one,
          scenarios_are_found_below_and_told_in_order_whoever_ends_first,
          a_file_that_is_given_twice_runs_once, filters_take_a_part_or_a_pattern,
          nothing_to_run_and_folders_that_are_not_ours_are_misuse,
          of_what_passed_stays_what_a_replay_needs,
          results_never_take_the_place_of_their_recordings, odd_names_and_texts_make_valid_reports,
          seeds_have_a_row_each_and_mean_and_spread,
          an_interrupt_ends_the_children_and_leaves_nothing_half_done,
          the_command_tells_pass_fail_and_misuse, a_recorded_link_is_heard_again_and_judged)
