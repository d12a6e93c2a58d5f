/*
 * explore_test.c - sweeps: workers that die, runs that are killed and go on, the same results
 * whatever the number of workers; the command and what it answers.
 */
#include <math.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/file.h"
#include "sim/rng.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/explore/point.h"
#include "tools/explore/store.h"
#include "tools/explore/table.h"
#include "tools/explore/worker.h"

#define DIR FOVEA_OUT "/explore"

static char text[1 << 18], other[1 << 18], error[1024];

#define BASE                                                                                       \
    "\"base\": {\"evaluate\": \"npu\", \"chip\": \"../../../logic/chips/imx500.json\", "           \
    "\"models\": [\"../../../scenes/models/presence.tflite\", "                                    \
    "\"../../../scenes/models/shelf.tflite\"]}"

/* 72 points; a quarter of them refused for their parameters, some for their area. */
static const char space_json[] =
    "{" BASE ", \"parameters\": {"
    "\"channels\": {\"field\": \"chip.npu.mac.channels\", \"values\": [2, 4, 8, 16]},"
    "\"l2_kib\": {\"range\": [2048, 8192], \"log2\": true},"
    "\"l2\": {\"field\": \"chip.logic.l2.bytes\", \"expr\": \"l2_kib * 1024\"},"
    "\"clock_mhz\": {\"values\": [100, 200, 300]},"
    "\"clock\": {\"field\": [\"chip.npu.clk_hz\", \"chip.logic.clock_hz\"],"
    " \"expr\": \"clock_mhz * 1e6\"}},"
    "\"constraints\": [\"channels * clock_mhz < 2400\", \"area_logic_mm2 < 20\"],"
    "\"objectives\": [{\"name\": \"npu_ms\", \"goal\": \"min\"},"
    " {\"name\": \"area_logic_mm2\", \"goal\": \"min\"}]}";

static void start_anew(const char *space)
{
    ck_assert_int_eq(system("rm -rf " DIR), 0);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(DIR "/s.json", space, strlen(space), error, sizeof(error)),
                     SIM_OK);
}

static void sweep(const char *options)
{
    int code = fovea(text, sizeof(text), "explore " DIR "/s.json %s", options);
    ck_assert_msg(code == 0, "%d: %s", code, text);
}

/* Everything but times and workers. */
static void results(const char *file, char *to)
{
    int code = fovea(to, sizeof(text),
                     "explore query --csv " DIR "/%s \"SELECT id, hash, parameters, config, state, "
                     "reason FROM point ORDER BY id; SELECT * FROM value\"",
                     file);
    ck_assert_msg(code == 0, "%s", to);
    ck_assert(strlen(to) > 1000);
}

/* What nobody does to a file but a test. False: there is no sqlite3. */
static bool change(const char *file, const char *sql)
{
    char command[512];
    if (system("command -v sqlite3 >/dev/null") != 0)
        return false;
    snprintf(command, sizeof(command), "sqlite3 " DIR "/%s \"%s\"", file, sql);
    ck_assert_int_eq(system(command), 0);
    return true;
}

#define ONE_MORE "UPDATE value SET number = number + 1 WHERE point = 3 AND name = 'npu_cycles'"

static double number_of(const char *file, const char *sql)
{
    char path[256];
    snprintf(path, sizeof(path), DIR "/%s", file);
    store_t *store = store_open(path, error);
    ck_assert_msg(store != NULL, "%s", error);
    double number = store_number(store, sql, -1);
    store_close(store);
    return number;
}

START_TEST(the_number_of_workers_changes_nothing)
{
    start_anew(space_json);
    sweep("--out " DIR "/one.db -j 1");
    sweep("--out " DIR "/five.db -j 5 --check 6");
    ck_assert_msg(strstr(text, "checked   6 in full, 0 differ") != NULL, "%s", text);
    ck_assert_double_eq(number_of("five.db", "SELECT count(*) FROM point"), 72);
    ck_assert_double_eq(
        number_of("five.db", "SELECT count(*) FROM point WHERE reason LIKE 'channels * clock%'"),
        18);
    ck_assert(number_of("five.db", "SELECT count(*) FROM point WHERE reason LIKE 'area_logic%'") >
              0);
    ck_assert_double_eq(number_of("five.db", "SELECT count(*) FROM point WHERE checked = 'same'"),
                        6);
    results("one.db", other);
    results("five.db", text);
    ck_assert_str_eq(text, other);
}
END_TEST

START_TEST(evolution_is_the_same_with_any_number_of_workers)
{
    start_anew(space_json);
    sweep("--out " DIR "/one.db -j 1 --strategy evolve --seed 4 --budget 70");
    sweep("--out " DIR "/four.db -j 4 --strategy evolve --seed 4 --budget 70");
    sweep("--out " DIR "/seed.db -j 4 --strategy evolve --seed 5 --budget 70");
    results("one.db", other);
    results("four.db", text);
    ck_assert_str_eq(text, other);
    results("seed.db", text);
    ck_assert_str_ne(text, other);
}
END_TEST

/* ---- killed ---- */

static pid_t begin_sweep(const char *const *arguments)
{
    const char *program = getenv("FOVEA");
    program = program != NULL ? program : "build/fovea";
    pid_t pid = fork();
    if (pid == 0) {
        ck_assert(freopen("/dev/null", "w", stdout) != NULL);
        ck_assert(freopen("/dev/null", "w", stderr) != NULL);
        execv(program, (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    return pid;
}

static void nap_ms(uint32_t ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

/* Every line of `before` is one of `after`. */
static void all_there(char *before, const char *after)
{
    char line[128];
    for (char *at = strtok(before, "\r\n"); at != NULL; at = strtok(NULL, "\r\n")) {
        snprintf(line, sizeof(line), "\n%s\r", at);
        if (strncmp(at, "id,", 3) != 0)
            ck_assert_msg(strstr(after, line) != NULL, "%s", at);
    }
}

/* Points that are over, with the time that each took: a point that runs again takes another. */
static void times(char *to)
{
    static const char sql[] = "SELECT id, seconds, worker FROM point WHERE seconds IS NOT NULL";
    to[0] = '\0';
    if (access(DIR "/killed.db", R_OK) == 0 &&
        fovea(to, sizeof(text), "explore query --csv " DIR "/killed.db \"%s\"", sql) != 0)
        to[0] = '\0'; /* killed before its tables were there */
}

static double points_over(void)
{
    store_t *store = store_open(DIR "/killed.db", error);
    double over =
        store != NULL
            ? store_number(store, "SELECT count(*) FROM point WHERE seconds IS NOT NULL", 0)
            : 0;
    store_close(store);
    return over;
}

/* At any time, or soon after a point is over, however fast the machine is. */
static void wait_a_while(sim_stream_t *random, bool for_point)
{
    double before = for_point ? points_over() : 0;
    for (int i = 0; for_point && i < 5000 && points_over() <= before; i++)
        nap_ms(1);
    nap_ms(sim_stream_below(random, for_point ? 5 : 120));
}

/* SIGKILL at random times, then one run that comes through. */
static void kill_until_done(const char *strategy, uint32_t seed)
{
    const char *const arguments[] = {"fovea",          "explore",  DIR "/s.json", "--out",
                                     DIR "/killed.db", "--resume", "-j",          "1",
                                     "--strategy",     strategy,   NULL};
    sim_stream_t random = sim_stream(seed, 0x6b696c6c, 0);
    uint32_t kills = 0, cuts = 0; /* of them: points were over, and others not */
    for (bool over = false; !over;) {
        int status = 0;
        times(other);
        pid_t pid = begin_sweep(arguments);
        if (kills < 14) {
            /* the first soon after a point, or a fast machine would be through before the third */
            wait_a_while(&random, kills < 5 || kills % 2 == 1);
            kill(pid, SIGKILL);
        }
        waitpid(pid, &status, 0);
        over = WIFEXITED(status);
        ck_assert_msg(!over || WEXITSTATUS(status) == 0, "code %d", WEXITSTATUS(status));
        kills += !over;
        times(text);
        cuts += !over && strlen(text) > 40;
        all_there(other, text);
    }
    ck_assert_msg(cuts >= 3, "%u of %u kills while points were under way", cuts, kills);
}

static void resumes(const char *strategy, const char *plain)
{
    start_anew(space_json);
    sweep(plain);
    kill_until_done(strategy, 7);
    results("plain.db", other);
    results("killed.db", text);
    ck_assert_str_eq(text, other);
    ck_assert(access(DIR "/killed.db-lock", F_OK) != 0);
}

START_TEST(a_killed_sweep_goes_on)
{
    resumes("grid", "--out " DIR "/plain.db -j 1 --strategy grid");
}
END_TEST

START_TEST(a_killed_evolution_goes_on)
{
    resumes("evolve", "--out " DIR "/plain.db -j 1 --strategy evolve");
}
END_TEST

START_TEST(ctrl_c_leaves_what_can_go_on)
{
    const char *const arguments[] = {"fovea",          "explore", DIR "/s.json", "--out",
                                     DIR "/killed.db", "-j",      "1",           NULL};
    int status;
    start_anew(space_json);
    pid_t pid = begin_sweep(arguments);
    for (int i = 0; i < 1000 && access(DIR "/killed.db", F_OK) != 0; i++)
        nap_ms(5);
    nap_ms(30);
    kill(pid, SIGINT);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    if (WEXITSTATUS(status) == 0)
        return; /* it was through already */
    ck_assert_int_eq(WEXITSTATUS(status), 1);
    ck_assert_double_eq(
        number_of("killed.db", "SELECT count(*) FROM point WHERE state = 'running'"), 0);
    sweep("--out " DIR "/killed.db --resume -j 2");
    sweep("--out " DIR "/plain.db -j 2");
    results("plain.db", other);
    results("killed.db", text);
    ck_assert_str_eq(text, other);
}
END_TEST

/* Points of a smaller budget are the first ones of a larger: both ways come to the same. */
START_TEST(a_sweep_gets_more_points)
{
    static const char *const strategies[] = {"grid", "random", "sobol", "evolve"};
    for (size_t i = 0; i < sizeof(strategies) / sizeof(strategies[0]); i++) {
        char options[256];
        start_anew(space_json);
        for (int budget = 10; budget <= 60; budget += 25) {
            snprintf(options, sizeof(options),
                     "--out " DIR "/killed.db --resume -j 2 --strategy %s --budget %d",
                     strategies[i], budget);
            sweep(options);
        }
        snprintf(options, sizeof(options), "--out " DIR "/plain.db --strategy %s --budget 60",
                 strategies[i]);
        sweep(options);
        results("plain.db", other);
        results("killed.db", text);
        ck_assert_str_eq(text, other);
    }
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "explore " DIR "/s.json --resume --out " DIR "/killed.db --budget 59"),
                     2);
    ck_assert(strstr(text, "has a budget of 60 points, it cannot get less") != NULL);
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "explore " DIR "/s.json --resume --out " DIR "/killed.db --seed 9"),
                     2);
    ck_assert(strstr(text, "has strategy evolve and seed 1") != NULL);
}
END_TEST

/* ---- what must not go on ---- */

START_TEST(only_the_same_sweep_goes_on)
{
    start_anew(space_json);
    sweep("--out " DIR "/a.db -j 2 --budget 8");
    ck_assert_int_eq(fovea(text, sizeof(text), "explore " DIR "/s.json --out " DIR "/a.db"), 2);
    ck_assert_msg(strstr(text, "a.db: is there already: --resume goes on with it") != NULL, "%s",
                  text);
    ck_assert_int_eq(system("sed -i 's/300/301/' " DIR "/s.json"), 0);
    ck_assert_int_eq(
        fovea(text, sizeof(text), "explore " DIR "/s.json --resume --out " DIR "/a.db"), 2);
    ck_assert_msg(strstr(text, "is of another space: the file has changed since") != NULL, "%s",
                  text);
    ck_assert_int_eq(system("sed -i 's/301/300/' " DIR "/s.json"), 0);
    if (!change("a.db", "UPDATE sweep SET version = 'old'")) {
        test_skip("no sqlite3");
        return;
    }
    ck_assert_int_eq(
        fovea(text, sizeof(text), "explore " DIR "/s.json --resume --out " DIR "/a.db"), 2);
    ck_assert_msg(strstr(text, "a.db: made by fovea old, this is 0") != NULL, "%s", text);
}
END_TEST

START_TEST(two_do_not_write_one_file)
{
    store_sweep_t plan = {.seed = 1, .budget = 8};
    space_t space = {0};
    start_anew(space_json);
    ck_assert(space_load(&space, DIR "/s.json", evaluate_is_figure, error, sizeof(error)));
    store_t *store = store_create(DIR "/a.db", &space, &plan, error);
    ck_assert_msg(store != NULL, "%s", error);
    ck_assert_int_eq(
        fovea(text, sizeof(text), "explore " DIR "/s.json --resume --out " DIR "/a.db"), 2);
    ck_assert_msg(strstr(text, "a.db: another fovea explore writes it") != NULL, "%s", text);
    ck_assert_int_eq(fovea(text, sizeof(text), "explore status " DIR "/a.db"), 0);
    store_close(store);
    space_free(&space);
}
END_TEST

/* A field that no chip has is the space's mistake; so is one that is no object. */
START_TEST(unknown_fields_are_told_at_once)
{
    start_anew("{" BASE ", \"parameters\": {\"a\": {\"field\": \"chip.npu.mac.chanels\", "
               "\"values\": [4, 8]}}}");
    ck_assert_int_eq(fovea(text, sizeof(text), "explore " DIR "/s.json --out " DIR "/a.db"), 2);
    ck_assert_msg(strstr(text, "s.json: point: chip.npu.mac.chanels: unknown key (did you mean "
                               "\"channels\"?)") != NULL,
                  "%s", text);
    ck_assert(access(DIR "/a.db", F_OK) != 0);
    start_anew("{\"base\": {\"evaluate\": \"npu\", \"models\": [\"s.json\"]}, \"parameters\": "
               "{\"a\": {\"values\": [4]}}}");
    ck_assert_int_eq(fovea(text, sizeof(text), "explore " DIR "/s.json --out " DIR "/a.db"), 2);
    ck_assert_msg(strstr(text, "explore/s.json: byte 4: found") != NULL, "%s", text);
    start_anew("{\"base\": {\"evaluate\": \"run\", \"scenarios\": "
               "[\"../../../scenes/entrance.json\"]}, \"parameters\": {\"a\": {\"field\": "
               "\"scenario.frame\", \"values\": [4]}}}");
    ck_assert_int_eq(fovea(text, sizeof(text), "explore " DIR "/s.json --out " DIR "/a.db"), 2);
    ck_assert_msg(strstr(text, "s.json: point: scenario.frame: unknown key (did you mean "
                               "\"frames\"?)") != NULL,
                  "%s", text);
}
END_TEST

/* ---- workers ---- */

static space_t one_space;

/* Of the first point of a space that stays. */
static char *one_config(const char *text_of_space)
{
    double gene[SPACE_FREE] = {0};
    space_value_t value[SPACE_PARAMS + 1];
    point_base_t base = {.space = NULL};
    start_anew(text_of_space);
    space_free(&one_space);
    ck_assert(space_load(&one_space, DIR "/s.json", evaluate_is_figure, error, sizeof(error)));
    ck_assert_msg(point_base_load(&base, &one_space, error, sizeof(error)), "%s", error);
    ck_assert(space_values(&one_space, gene, value, error, sizeof(error)));
    char *config = point_config(&base, value, error, sizeof(error));
    point_base_free(&base);
    return config;
}

START_TEST(a_worker_that_dies_is_a_reason)
{
    worker_t workers[2] = {{.pid = 0}, {.pid = 0}};
    worker_result_t result;
    worker_job_t job = {.point = 3};
    char *slow = one_config("{\"base\": {\"evaluate\": \"run\", \"scenarios\": "
                            "[\"../../../scenes/entrance.json\"]}, \"parameters\": {\"a\": "
                            "{\"field\": \"scenario.frames\", \"values\": [100000]}}}");
    char *quick = one_config("{" BASE ", \"time_limit_s\": 2, \"parameters\": {\"a\": "
                             "{\"values\": [1]}}}");
    const worker_desc_t desc = {.space = &one_space, .scratch = DIR "/runs"};
    ck_assert(worker_start(workers, 2, 0, &desc));
    ck_assert(worker_start(workers, 2, 1, &desc));
    ck_assert(worker_send(&workers[0], &job, slow));
    kill(workers[0].pid, SIGKILL);
    ck_assert(!worker_receive(&workers[0], &one_space, &result));
    ck_assert_int_eq(result.e.outcome, EVALUATE_FAILED);
    ck_assert_msg(strstr(result.e.reason, "ended by signal 9") != NULL, "%s", result.e.reason);
    ck_assert(worker_start(workers, 2, 0, &desc));
    ck_assert(worker_send(&workers[0], &job, slow));
    ck_assert(!worker_receive(&workers[0], &one_space, &result));
    ck_assert_str_eq(result.e.reason, "no end within its time limit, 2 s");
    ck_assert(worker_send(&workers[1], &job, quick)); /* and the others go on */
    ck_assert(worker_receive(&workers[1], &one_space, &result));
    ck_assert_int_eq(result.e.outcome, EVALUATE_DONE);
    worker_kill(&workers[0]);
    worker_kill(&workers[1]);
    space_free(&one_space);
    free(slow);
    free(quick);
}
END_TEST

/* ---- answers ---- */

START_TEST(answers_are_tables_csv_and_json)
{
    start_anew(space_json);
    sweep("--out " DIR "/a.db -j 2");
    ck_assert_int_eq(fovea(text, sizeof(text), "explore csv " DIR "/a.db"), 0);
    ck_assert_int_eq(line_count(text), 73);
    ck_assert(strncmp(text, "id,state,channels,l2_kib,l2,clock_mhz,clock,model,tops,", 55) == 0);
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "explore query --json " DIR
                           "/a.db \"SELECT id, model FROM points LIMIT 1\""),
                     0);
    ck_assert_str_eq(text, "[{\n\t\t\"id\":\t0,\n\t\t\"model\":\t\"presence.tflite\"\n\t}]\n");
    ck_assert_int_eq(
        fovea(text, sizeof(text), "explore query " DIR "/a.db \"SELECT 'a,b' AS x, 1.5 AS y\""), 0);
    ck_assert_str_eq(text, "x      y\na,b  1.5\n");
    ck_assert_int_eq(fovea(text, sizeof(text), "explore status --json " DIR "/a.db"), 0);
    ck_assert(strstr(text, "\"points\":\t72") != NULL);
}
END_TEST

/* Each point of the front by comparing all with all, in SQL. */
START_TEST(the_front_is_what_nothing_is_better_than)
{
    start_anew(space_json);
    sweep("--out " DIR "/a.db -j 2");
    for (int mixed = 0; mixed < 2; mixed++) {
        char sql[512];
        snprintf(sql, sizeof(sql),
                 "SELECT count(*) FROM points a WHERE state = 'done' AND NOT EXISTS (SELECT 1 FROM "
                 "points b WHERE b.state = 'done' AND (%d OR a.model = b.model) AND b.npu_ms <= "
                 "a.npu_ms AND b.area_logic_mm2 <= a.area_logic_mm2 AND (b.npu_ms < a.npu_ms OR "
                 "b.area_logic_mm2 < a.area_logic_mm2))",
                 mixed);
        double expected = number_of("a.db", sql);
        ck_assert_int_eq(fovea(text, sizeof(text), "explore front --csv %s " DIR "/a.db",
                               mixed ? "--mixed" : ""),
                         0);
        ck_assert(expected >= 2);
        ck_assert_int_eq(line_count(text), (int)expected + 1);
    }
}
END_TEST

START_TEST(questions_only_read)
{
    static const char *const sql[] = {"DELETE FROM point",          "UPDATE point SET state = 'x'",
                                      "DROP TABLE point",           "PRAGMA journal_mode=WAL",
                                      "ATTACH 'build/x.db' AS x",   "CREATE TABLE t(a)",
                                      "SELECT 1; DELETE FROM value"};
    start_anew(space_json);
    sweep("--out " DIR "/a.db -j 2 --budget 4");
    for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++)
        ck_assert_int_eq(fovea(text, sizeof(text), "explore query " DIR "/a.db \"%s\"", sql[i]), 2);
    ck_assert_double_eq(number_of("a.db", "SELECT count(*) FROM point WHERE state <> 'x'"), 4);
    ck_assert(access("build/x.db", F_OK) != 0);
    ck_assert_int_eq(fovea(text, sizeof(text), "explore query " DIR "/a.db \"SELECT nobody\""), 2);
    ck_assert(strstr(text, "no such column: nobody") != NULL);
    ck_assert_int_eq(fovea(text, sizeof(text), "explore status " DIR "/s.json"), 2);
    ck_assert_int_eq(fovea(text, sizeof(text), "explore status " DIR "/none.db"), 2);
}
END_TEST

/* ---- runs, and points once more ---- */

static const char run_json[] =
    "{\"base\": {\"evaluate\": \"run\", \"scenarios\": [\"../../../scenes/entrance.json\"]},"
    "\"parameters\": {"
    "\"channels\": {\"field\": \"chip.npu.mac.channels\", \"values\": [0, 4, 8]},"
    "\"shots\": {\"field\": \"scenario.frames\", \"values\": [2]}},"
    "\"constraints\": [\"npu_cycles > 200000\"],"
    "\"objectives\": [{\"name\": \"latency_mean_ms\"}, {\"name\": \"recall\", \"goal\": "
    "\"max\"}]}";

/* The same scenario by hand has the same figures. */
START_TEST(a_run_is_a_point_too)
{
    char sql[256];
    start_anew(run_json);
    sweep("--out " DIR "/r.db -j 2 --check 1");
    ck_assert_msg(strstr(text, "points    3: 1 done, 2 refused, 0 failed") != NULL, "%s", text);
    ck_assert_msg(strstr(text, "checked   1 in full, 0 differ") != NULL, "%s", text);
    ck_assert(access(DIR "/r.db-runs", F_OK) != 0);
    ck_assert_int_eq(fovea(text, sizeof(text), "explore status " DIR "/r.db"), 0);
    ck_assert(strstr(text, "point: chip.npu.mac.channels: 0 not in 1..256") != NULL);
    ck_assert(strstr(text, "npu_cycles > 200000: npu_cycles 145801") != NULL);
    ck_assert_int_eq(fovea(text, sizeof(text), "run --point " DIR "/r.db:1 --out " DIR "/again"),
                     0);
    ck_assert(access(DIR "/again/metadata.jsonl", R_OK) == 0);
    ck_assert_int_eq(
        fovea(text, sizeof(text), "run scenes/entrance.json --frames 2 --json --out " DIR "/plain"),
        0);
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "summary");
    const sim_json_t *latency = sim_json_find(sim_doc_root(doc).node, "latency");
    double mean =
        sim_json_num(sim_json_find(sim_json_find(latency, "readout_to_alert"), "max_ms"), -1);
    double cycles =
        sim_json_num(sim_json_find(sim_json_find(sim_doc_root(doc).node, "npu"), "cycles"), -1);
    sim_doc_free(doc);
    snprintf(sql, sizeof(sql), "SELECT readout_to_alert_ms FROM points WHERE id = 1");
    ck_assert(number_of("r.db", sql) > mean); /* half the array */
    snprintf(sql, sizeof(sql), "SELECT count(*) FROM point WHERE reason LIKE '%%npu_cycles %.0f'",
             cycles);
    ck_assert_double_eq(number_of("r.db", sql), 1);
}
END_TEST

START_TEST(a_point_can_be_run_again)
{
    start_anew(space_json);
    sweep("--out " DIR "/a.db -j 2 --budget 6");
    ck_assert_int_eq(fovea(text, sizeof(text), "run --json --point " DIR "/a.db:3"), 0);
    ck_assert_int_eq(fovea(text, sizeof(text), "run --exact --point " DIR "/a.db:3"), 0);
    if (!change("a.db", ONE_MORE)) {
        test_skip("no sqlite3");
        return;
    }
    ck_assert_int_eq(fovea(text, sizeof(text), "run --point " DIR "/a.db:3"), 1);
    ck_assert_msg(strstr(text, "1 figures are not those of the file") != NULL, "%s", text);
    ck_assert_int_eq(fovea(text, sizeof(text), "run --point " DIR "/a.db:6"), 2);
    ck_assert_msg(strstr(text, "a.db: no point 6") != NULL, "%s", text);
    static const char *const wrong[] = {DIR "/a.db",
                                        DIR "/a.db:",
                                        DIR "/a.db:x",
                                        ":1",
                                        DIR "/none.db:1",
                                        DIR "/s.json:1",
                                        DIR "/a.db:1 --frames 3",
                                        DIR "/a.db:1 scenes/entrance.json"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        ck_assert_msg(fovea(text, sizeof(text), "run --point %s", wrong[i]) == 2, "%s", wrong[i]);
}
END_TEST

/* Some points of each: none fails, some are done, the first in full, too. Models that are not there
 * are left out, with a line. */
START_TEST(ready_made_studies_run)
{
    static const struct {
        const char *name;
        uint32_t points;
    } studies[] = {{"tops_latency", 12}, {"l2_size", 12}, {"array_shape", 24}, {"weight_bits", 12},
                   {"readout", 2},       {"cut", 4},      {"yes_no_duty", 2}};
    start_anew(space_json);
    for (size_t i = 0; i < sizeof(studies) / sizeof(studies[0]); i++) {
        char file[64];
        int code = fovea(text, sizeof(text),
                         "explore tools/explore/studies/%s.json --strategy random --budget %u "
                         "--check 1 --out " DIR "/%s.db",
                         studies[i].name, studies[i].points, studies[i].name);
        ck_assert_msg(code == 0, "%s: %s", studies[i].name, text);
        if (strstr(text, "none of its models is there, nothing to do") != NULL)
            continue;
        ck_assert_msg(strstr(text, " 0 failed") != NULL, "%s", text);
        ck_assert_msg(strstr(text, "checked   1 in full, 0 differ") != NULL, "%s", text);
        /* only its own constraints refuse a point, or a program that does not fit */
        snprintf(file, sizeof(file), "%s.db", studies[i].name);
        ck_assert_double_eq(
            number_of(file, "SELECT count(*) FROM point WHERE reason LIKE 'point: %'"), 0);
    }
}
END_TEST

/* A difference between fast and full fails the sweep, with the point. */
START_TEST(a_check_that_differs_fails_the_sweep)
{
    start_anew(space_json);
    sweep("--out " DIR "/b.db -j 2 --budget 6"); /* two where nobody says how many */
    ck_assert_msg(strstr(text, "checked   2 in full, 0 differ") != NULL, "%s", text);
    sweep("--out " DIR "/a.db -j 2 --budget 6 --check 0");
    ck_assert_ptr_null(strstr(text, "checked"));
    if (!change("a.db", ONE_MORE)) {
        test_skip("no sqlite3");
        return;
    }
    ck_assert_int_eq(
        fovea(text, sizeof(text), "explore " DIR "/s.json --resume --out " DIR "/a.db --check 6"),
        1);
    ck_assert_msg(strstr(text, "checked   6 in full, 1 differ") != NULL, "%s", text);
    ck_assert_msg(strstr(text, "npu_cycles: ") != NULL, "%s", text);
}
END_TEST

/* Of a file from elsewhere, whose view of points is another one. */
START_TEST(a_view_without_an_end_is_an_error)
{
    static const char *const views[] = {
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
        "SELECT x AS id, 'done' AS state FROM c",
        "SELECT id, state FROM point WHERE (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x "
        "+ 1 FROM c) SELECT count(*) FROM c) = 0",
    };
    for (uint32_t i = 0; i < SIM_COUNT(views); i++) {
        char sql[400];
        start_anew(space_json);
        sweep("--out " DIR "/a.db -j 2 --budget 2 --check 0");
        snprintf(sql, sizeof(sql), "DROP VIEW points; CREATE VIEW points AS %s", views[i]);
        if (!change("a.db", sql)) {
            test_skip("no sqlite3");
            return;
        }
        store_t *store = store_open(DIR "/a.db", error);
        ck_assert_msg(store != NULL, "%s", error);
        store_set_patience(store, 20);
        FILE *to = fopen("/dev/null", "w");
        ck_assert(!table_query(store, "SELECT * FROM points", TABLE_CSV, to));
        fclose(to);
        ck_assert_msg(strstr(store_error(store), "a.db: a query takes too long") != NULL, "%s",
                      store_error(store));
        store_close(store);
    }
}
END_TEST

TEST_MAIN("tools explore", the_number_of_workers_changes_nothing,
          evolution_is_the_same_with_any_number_of_workers, a_killed_sweep_goes_on,
          a_killed_evolution_goes_on, ctrl_c_leaves_what_can_go_on, a_sweep_gets_more_points,
          only_the_same_sweep_goes_on, two_do_not_write_one_file, unknown_fields_are_told_at_once,
          a_worker_that_dies_is_a_reason, answers_are_tables_csv_and_json,
          the_front_is_what_nothing_is_better_than, questions_only_read, a_run_is_a_point_too,
          a_point_can_be_run_again, ready_made_studies_run, a_check_that_differs_fails_the_sweep,
          a_view_without_an_end_is_an_error)
