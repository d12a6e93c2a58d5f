/*
 * tasks_test.c - a sweep in pieces: task files, results, what does not belong together. With Slurm
 * and GNU parallel, and with workers that are killed: tests/slurm.sh.
 */
#include <unistd.h>

#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/explore/tasks.h"

#define DIR FOVEA_OUT "/tasks"

static char text[1 << 18], other[1 << 18], error[1024];

/* 20 points, 2 of them refused for their parameters. */
#define SPACE(least)                                                                               \
    "{\"base\": {\"evaluate\": \"npu\", \"chip\": \"../../../logic/chips/imx500.json\","           \
    " \"models\": [\"../../../scenes/models/presence.tflite\"]}, \"parameters\": {"                \
    "\"channels\": {\"field\": \"chip.npu.mac.channels\", \"values\": [2, 4, 8, 16]},"             \
    "\"clock_mhz\": {\"values\": [100, 150, 200, 250, 300]},"                                      \
    "\"clock\": {\"field\": [\"chip.npu.clk_hz\", \"chip.logic.clock_hz\"],"                       \
    " \"expr\": \"clock_mhz * 1e6\"}}, \"constraints\": [\"channels * clock_mhz < " least "\"],"   \
    "\"objectives\": [{\"name\": \"npu_ms\"}]}"

static void write_text(const char *file, const char *content)
{
    ck_assert_int_eq(sim_file_write(file, content, strlen(content), error, sizeof(error)), SIM_OK);
}

static void start_anew(void)
{
    ck_assert_int_eq(system("rm -rf " DIR), 0);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    write_text(DIR "/s.json", SPACE("4000"));
}

#define EXPLORE(wanted, ...)                                                                       \
    do {                                                                                           \
        int code_ = fovea(text, sizeof(text), "explore " __VA_ARGS__);                             \
        ck_assert_msg(code_ == (wanted), "%d: %s", code_, text);                                   \
    } while (0)

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

static void planned(void)
{
    start_anew();
    EXPLORE(0, DIR "/s.json --engine none --out " DIR "/a.db");
    EXPLORE(0, "tasks " DIR "/a.db --chunk 7 -o " DIR "/t");
    ck_assert_msg(strstr(text, "3 tasks of 20 points") != NULL, "%s", text);
}

START_TEST(pieces_are_the_whole)
{
    planned();
    for (int i = 2; i >= 0; i--)
        EXPLORE(0, "work -j %d " DIR "/t/%06d.json", i + 1, i);
    EXPLORE(0, "status " DIR "/a.db"); /* merges */
    EXPLORE(0, DIR "/s.json -j 1 --out " DIR "/b.db");
    results("a.db", text);
    results("b.db", other);
    ck_assert_str_eq(text, other);
    EXPLORE(0, "work " DIR "/t/000001.json");
    ck_assert_msg(strstr(text, "is there") != NULL, "%s", text);
    EXPLORE(0, "merge " DIR "/a.db " DIR "/t/000000.db " DIR "/t/000002.db");
    ck_assert_msg(strstr(text, "0 points of 2 results are new") != NULL, "%s", text);
}
END_TEST

START_TEST(what_is_missing_becomes_new_tasks)
{
    planned();
    EXPLORE(0, "work " DIR "/t/000001.json");
    EXPLORE(0, "merge " DIR "/a.db");
    ck_assert_msg(strstr(text, "7 points of 1 results are new") != NULL, "%s", text);
    EXPLORE(0, "tasks " DIR "/a.db --chunk 10 -o " DIR "/t");
    ck_assert_msg(strstr(text, "2 tasks of 13 points") != NULL, "%s", text);
    task_t task = {0};
    ck_assert_msg(task_load(&task, DIR "/t/000003.json", error, sizeof(error)), "%s", error);
    ck_assert_uint_eq(task.parts, 2); /* 0..6, 14..16 */
    ck_assert_uint_eq(task.part[0].last, 6);
    ck_assert_uint_eq(task.part[1].first, 14);
    ck_assert_uint_eq(task.part[1].last, 16);
    task_free(&task);
    /* an old task that comes late, and the local engine for the rest */
    EXPLORE(0, "work " DIR "/t/000003.json");
    EXPLORE(0, "work " DIR "/t/000000.json");
    EXPLORE(0, "merge " DIR "/a.db");
    ck_assert_msg(strstr(text, "10 points of 2 results are new") != NULL, "%s", text);
    EXPLORE(0, DIR "/s.json --resume -j 1 --check 2 --out " DIR "/a.db");
    ck_assert_msg(strstr(text, "2 in full, 0 differ") != NULL, "%s", text);
    EXPLORE(0, DIR "/s.json -j 1 --out " DIR "/b.db");
    results("a.db", text);
    results("b.db", other);
    ck_assert_str_eq(text, other);
}
END_TEST

START_TEST(only_what_belongs_together_is_merged)
{
    planned();
    write_text(DIR "/s2.json", SPACE("3500"));
    EXPLORE(0, DIR "/s2.json -j 1 --out " DIR "/c.db");
    EXPLORE(2, "merge " DIR "/a.db " DIR "/c.db");
    ck_assert_msg(strstr(text, "is of another sweep") != NULL, "%s", text);
    EXPLORE(2, "merge " DIR "/a.db " DIR "/s.json");
    EXPLORE(2, "merge " DIR "/a.db " DIR "/none.db");
    EXPLORE(2, "merge " DIR "/a.db " DIR "/../tasks/a.db");
    ck_assert_msg(strstr(text, "is the sweep itself") != NULL, "%s", text);
    ck_assert_int_ne(access(DIR "/none.db", F_OK), 0);
    /* one that is broken does not hold up the others */
    write_text(DIR "/t/000000.db", "no database");
    EXPLORE(0, "work " DIR "/t/000001.json");
    EXPLORE(1, "merge " DIR "/a.db");
    ck_assert_msg(strstr(text, "7 points of 1 results are new") != NULL, "%s", text);
    ck_assert_msg(strstr(text, "000000.db") != NULL, "%s", text);
    /* a space that has changed is not evaluated */
    write_text(DIR "/s.json", SPACE("3500"));
    EXPLORE(2, "work " DIR "/t/000002.json");
    ck_assert_msg(strstr(text, "has changed since") != NULL, "%s", text);
    ck_assert_int_ne(access(DIR "/t/000002.db", F_OK), 0);
}
END_TEST

START_TEST(wrong_usage_is_told)
{
    planned();
    EXPLORE(2, "tasks " DIR "/none.db -o " DIR "/x");
    EXPLORE(2, "work " DIR "/a.db");
    EXPLORE(2, "work " DIR "/none.json");
    EXPLORE(2, DIR "/s.json --engine cluster --out " DIR "/d.db");
    EXPLORE(2, DIR "/s.json --wait --out " DIR "/d.db");
    EXPLORE(2, DIR "/s.json --engine none --check 3 --out " DIR "/d.db");
    EXPLORE(2, DIR "/s.json --engine none --strategy evolve --out " DIR "/d.db");
    ck_assert_msg(strstr(text, "evolve breeds points from results") != NULL, "%s", text);
    ck_assert_int_ne(access(DIR "/d.db", F_OK), 0);
    /* another sweep's tasks are not overwritten */
    EXPLORE(0, DIR "/s.json --engine none --out " DIR "/e.db");
    EXPLORE(2, "tasks " DIR "/e.db -o " DIR "/t");
    ck_assert_msg(strstr(text, "000000.json") != NULL, "%s", text);
}
END_TEST

/* A file whose numbers nobody checked: lines, no billions of tasks. */
START_TEST(a_plan_that_is_none_is_told)
{
    static const struct {
        const char *sql, *why;
    } c[] = {
        {"UPDATE sweep SET budget = -5", "the plan of its sweep is none"},
        {"UPDATE sweep SET budget = 1 << 40", "the plan of its sweep is none"},
        {"UPDATE sweep SET strategy = 'luck'", "the plan of its sweep is none"},
        {"UPDATE sweep SET budget = 1 << 24", "more than a million tasks"},
        {"CREATE TABLE task(id INTEGER, result, points, merged); INSERT INTO task "
         "VALUES(-9, 'x', 1, 1); INSERT INTO point(id, state) VALUES(-3, 'done')",
         "20 tasks of 20 points"},
    };
    if (system("command -v sqlite3 >/dev/null") != 0) {
        test_skip("no sqlite3");
        return;
    }
    for (size_t i = 0; i < SIM_COUNT(c); i++) {
        char command[400];
        start_anew();
        EXPLORE(0, DIR "/s.json --engine none --out " DIR "/a.db");
        snprintf(command, sizeof(command), "sqlite3 " DIR "/a.db \"%s\"", c[i].sql);
        ck_assert_int_eq(system(command), 0);
        bool fine = c[i].why[0] == '2';
        EXPLORE(fine ? 0 : 2, "tasks " DIR "/a.db --chunk 1 -o " DIR "/t");
        ck_assert_msg(strstr(text, c[i].why) != NULL, "%s", text);
    }
}
END_TEST

/* An empty file, text, somebody else's database, a sweep that is cut: each has its line, and stays
 * as it is. */
START_TEST(files_that_are_no_sweeps_are_told)
{
    static const char *const asked[] = {"status", "front", "csv", "report", "tasks", "merge"};
    static const struct {
        const char *make, *why;
    } c[] = {
        {": >" DIR "/x.db", "x.db: no sweep of fovea explore"},
        {"echo text >" DIR "/x.db", "x.db: file is not a database"},
        {"head -c 9000 " DIR "/a.db >" DIR "/x.db", "x.db: database disk image is malformed"},
        {"sqlite3 " DIR "/x.db 'CREATE TABLE other(a)'", "x.db: no sweep of fovea explore"},
        {"sqlite3 " DIR "/x.db 'CREATE TABLE sweep(a)'", "x.db: no sweep of fovea explore"},
    };
    bool there = system("command -v sqlite3 >/dev/null") == 0;
    planned();
    for (size_t i = 0; i < SIM_COUNT(c) - (there ? 0 : 2); i++) {
        ck_assert_int_eq(system("rm -f " DIR "/x.db"), 0);
        ck_assert_int_eq(system(c[i].make), 0);
        ck_assert_int_eq(system("cp " DIR "/x.db " DIR "/before.db"), 0);
        for (size_t k = 0; k < SIM_COUNT(asked); k++) {
            EXPLORE(2, "%s " DIR "/x.db", asked[k]);
            ck_assert_msg(strstr(text, c[i].why) != NULL, "%s: %s", asked[k], text);
        }
        if (i > 0) /* an empty one becomes a sweep: whoever was killed at once leaves such a file */
            EXPLORE(2, DIR "/s.json --resume --out " DIR "/x.db");
        ck_assert_int_eq(system("cmp -s " DIR "/x.db " DIR "/before.db"), 0);
        ck_assert_int_ne(access(DIR "/x.db-lock", F_OK), 0);
    }
}
END_TEST

static bool parses(const char *points)
{
    task_t task = {0};
    char json[512];
    snprintf(json, sizeof(json),
             "{\"task\": 1, \"fovea\": \"0\", \"space\": \"/s.json\", \"space_hash\": \"ff\", "
             "\"base_hash\": \"1\", \"strategy\": \"sobol\", \"seed\": \"18446744073709551615\", "
             "\"budget\": 10, \"points\": %s}",
             points);
    bool fine = task_parse(&task, json, strlen(json), "t.json", error, sizeof(error));
    ck_assert(!fine || task.sweep.seed == UINT64_MAX);
    task_free(&task);
    return fine;
}

START_TEST(ranges_rise_below_the_budget)
{
    ck_assert(parses("[[0, 9]]"));
    ck_assert(parses("[[0, 0], [2, 2], [3, 9]]"));
    static const char *const wrong[] = {"[]",          "[[0, 10]]",        "[[3, 2]]",
                                        "[[0]]",       "[[0, 1, 2]]",      "[[4, 5], [5, 6]]",
                                        "[[0.5, 1]]",  "[[-1, 1]]",        "[[\"0\", 1]]",
                                        "[[4, 5], 7]", "[[4, 5], [1, 2]]", "{}",
                                        "3",           "[[0, 1e300]]"};
    for (size_t i = 0; i < SIM_COUNT(wrong); i++) {
        ck_assert_msg(!parses(wrong[i]), "%s", wrong[i]);
        ck_assert_msg(strstr(error, "points") != NULL, "%s", error);
    }
}
END_TEST

TEST_MAIN("tools tasks", pieces_are_the_whole, what_is_missing_becomes_new_tasks,
          only_what_belongs_together_is_merged, wrong_usage_is_told, a_plan_that_is_none_is_told,
          files_that_are_no_sweeps_are_told, ranges_rise_below_the_budget)
