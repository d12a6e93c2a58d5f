/*
 * snapshot_run_test.c - runs that are broken and gone on with leave the files of the unbroken run.
 */
#include "tests/test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/file.h"
#include "sim/rng.h"
#include "tests/sensor/fovea.h"

#define DIR FOVEA_OUT "/snapshots"
#define SNAP DIR "/x.snap"

/* The first frame is read, the network runs for a millisecond. */
#define NETWORK_US 39411

static char text[65536];

static void clear(const char *dir)
{
    char command[512];
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    ck_assert_int_eq(system(command), 0);
    char error[256];
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
}

static void run(const char *scenario, const char *dir, const char *flags)
{
    clear(dir);
    int code = fovea(text, sizeof(text), "run %s --out %s %s", scenario, dir, flags);
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
}

/* Every file, hidden ones too, and no other; host.json has wall time. */
static void check_same(const char *a, const char *b)
{
    char command[512];
    snprintf(command, sizeof(command), "diff -rq --exclude=host.json %s %s 2>&1", a, b);
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    size_t used = fread(text, 1, sizeof(text) - 1, pipe);
    text[used] = '\0';
    int status = pclose(pipe);
    ck_assert_msg(status == 0, "%s", text);
}

/* entrance.json with something else in it, beside it: paths in it are relative. */
#define VARIANT "scenes/snapshot_test.part.json"
static void write_variant(const char *what, const char *instead)
{
    char error[256];
    size_t bytes;
    char *scenario =
        (char *)sim_file_read("scenes/entrance.json", 1 << 20, &bytes, error, sizeof(error));
    ck_assert_ptr_nonnull(scenario);
    char *at = strstr(scenario, what);
    ck_assert_ptr_nonnull(at);
    size_t before = (size_t)(at - scenario), length = strlen(what);
    char *changed = malloc(bytes + strlen(instead) + 1);
    memcpy(changed, scenario, before);
    strcpy(changed + before, instead);
    strcat(changed, at + length);
    ck_assert_int_eq(sim_file_write(VARIANT, changed, strlen(changed), error, sizeof(error)),
                     SIM_OK);
    free(scenario);
    free(changed);
}

/* Random times of the first 72 ms; half of them where most happens. */
static void break_and_compare(const char *scenario, const char *flags, uint32_t busy_us,
                              uint32_t busy_for_us, uint64_t seed)
{
    static const char *const how[] = {"--threads 1", "--threads 2 --exact",
                                      "--threads 3 --simd scalar"};
    sim_stream_t random = sim_stream(seed, 0, 0);
    char more[256];
    int rounds = getenv("SNAPSHOT_ROUNDS") != NULL ? atoi(getenv("SNAPSHOT_ROUNDS")) : 1;
    run(scenario, DIR "/whole", flags);
    for (int i = 0; i < rounds; i++) {
        uint32_t us = sim_stream_below(&random, 2) == 0
                          ? sim_stream_below(&random, 72000)
                          : busy_us + sim_stream_below(&random, busy_for_us);
        snprintf(more, sizeof(more), "%s %s --snapshot-at %uus --snapshot " SNAP, flags,
                 how[sim_stream_below(&random, 3)], us);
        run(scenario, DIR "/first", more);
        check_same(DIR "/whole", DIR "/first");
        snprintf(more, sizeof(more), "%s %s --restore " SNAP, flags,
                 how[sim_stream_below(&random, 3)]);
        run(scenario, DIR "/second", more);
        check_same(DIR "/whole", DIR "/second");
    }
}

START_TEST(a_restored_run_leaves_the_files_of_the_unbroken_one)
{
    break_and_compare("scenes/entrance.json", "--frames 2", NETWORK_US, 1000, 1);
}
END_TEST

START_TEST(so_does_one_with_raw_images_pictures_a_busy_host_and_faults)
{
    write_variant(
        "\"output\": {\"raw\": false,",
        "\"host\": [{\"at\": \"0us\", \"write\": \"mode_select\", \"value\": 1},"
        " {\"at\": \"frame:0+700\", \"write\": \"coarse_integration_time\", \"value\": 900},"
        " {\"at\": \"40ms\", \"write\": \"app_score_min\", \"value\": 140},"
        " {\"at\": \"45ms\", \"read\": \"app_score_min\", \"expect\": 140}],"
        "\"output\": {\"picture_every\": 1, \"dng_every\": 1, \"raw\": true,");
    break_and_compare(VARIANT, "--frames 2", NETWORK_US, 1000, 2);
    ck_assert(same_file(DIR "/whole/frames/frame_00000.dng", DIR "/second/frames/frame_00000.dng"));
    ck_assert(same_file(DIR "/whole/frames/frame_00001.dng", DIR "/second/frames/frame_00001.dng"));
    unlink(VARIANT);
}
END_TEST

START_TEST(so_does_one_that_is_broken_while_it_boots_from_flash)
{
    write_variant("\"frames\": 90,", "\"frames\": 90, \"boot\": \"spi\",");
    break_and_compare(VARIANT, "--frames 1", 0, 50000, 5);
    unlink(VARIANT);
}
END_TEST

START_TEST(two_runs_from_one_snapshot_do_not_disturb_each_other)
{
    run("scenes/entrance.json", DIR "/first", "--frames 1 --snapshot-at 30ms --snapshot " SNAP);
    clear(DIR "/a");
    clear(DIR "/b");
    ck_assert_int_eq(
        fovea(text, sizeof(text),
              "run scenes/entrance.json --frames 1 --restore " SNAP " --out " DIR
              "/a >/dev/null & ${FOVEA:-build/fovea} run scenes/entrance.json --frames 1 "
              "--restore " SNAP " --out " DIR "/b && wait"),
        0);
    check_same(DIR "/first", DIR "/a");
    check_same(DIR "/first", DIR "/b");
}
END_TEST

/* ---- crashes ---- */

static pid_t start_run(const char *dir, const char *autosnap)
{
    const char *program = getenv("FOVEA") != NULL ? getenv("FOVEA") : "build/fovea";
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execl(program, program, "run", "scenes/entrance.json", "--frames", "2", "--out", dir,
              "--autosnap", autosnap, (char *)NULL);
        _exit(127);
    }
    return child;
}

static void sleep_ms(uint32_t ms)
{
    struct timespec time = {ms / 1000, (long)(ms % 1000) * 1000000};
    nanosleep(&time, NULL);
}

/* Sends `number` after ms; the exit code, or -1 when the signal came in time. */
static int run_for(uint32_t ms, int number)
{
    int status;
    pid_t child = start_run(DIR "/crashed", "0.2");
    ck_assert_int_gt(child, 0);
    sleep_ms(ms);
    kill(child, number);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(a_run_that_is_killed_again_and_again_ends_with_the_same_files)
{
    sim_stream_t random = sim_stream(3, 0, 0);
    run("scenes/entrance.json", DIR "/whole", "--frames 2");
    for (int round = 0; round < 2; round++) {
        int code = -1, kills = 0;
        clear(DIR "/crashed");
        while (code != 0 && kills < 6) {
            code = run_for(150 + sim_stream_below(&random, 700), SIGKILL);
            kills += code != 0;
        }
        if (code != 0)
            code =
                fovea(text, sizeof(text),
                      "run scenes/entrance.json --frames 2 --out " DIR "/crashed --autosnap 0.2");
        ck_assert_msg(code == 0, "exit %d: %s", code, text);
        check_same(DIR "/whole", DIR "/crashed");
    }
}
END_TEST

static bool exists(const char *file)
{
    return access(file, F_OK) == 0;
}

START_TEST(an_interrupted_run_goes_on_where_it_was)
{
    run("scenes/entrance.json", DIR "/whole", "--frames 2");
    clear(DIR "/crashed");
    uint32_t ms = 250;
    while (run_for(ms, SIGINT) != 1 && ms < 400) /* 1: interrupted; 0: it was over */
        clear(DIR "/crashed");
    ck_assert(exists(DIR "/crashed/.autosnap"));
    ck_assert(exists(DIR "/crashed/metadata.jsonl.part"));
    int code = fovea(text, sizeof(text),
                     "run scenes/entrance.json --frames 2 --out " DIR "/crashed --autosnap 100");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    ck_assert_msg(strstr(text, ".autosnap: goes on at ") != NULL, "%s", text);
    check_same(DIR "/whole", DIR "/crashed");
}
END_TEST

START_TEST(an_automatic_snapshot_of_another_run_is_not_gone_on_with)
{
    clear(DIR "/crashed");
    while (run_for(300, SIGINT) != 1)
        clear(DIR "/crashed");
    int code = fovea(text, sizeof(text),
                     "run scenes/entrance.json --frames 1 --out " DIR "/crashed --autosnap 100");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    ck_assert_msg(strstr(text, "another scenario; starting anew") != NULL, "%s", text);
    run("scenes/entrance.json", DIR "/whole", "--frames 1");
    check_same(DIR "/whole", DIR "/crashed");
}
END_TEST

/* ---- refusals ---- */

static void refused(const char *arguments, const char *why)
{
    int code = fovea(text, sizeof(text), "run %s --out " DIR "/refused", arguments);
    ck_assert_msg(code == 2, "exit %d: %s", code, text);
    ck_assert_msg(strstr(text, why) != NULL && line_count(text) == 1, "%s", text);
    ck_assert(!exists(DIR "/refused"));
}

START_TEST(a_snapshot_of_something_else_or_damaged_is_refused_with_the_reason)
{
    char error[256];
    size_t bytes;
    clear(DIR "/refused");
    run("scenes/entrance.json", DIR "/first", "--frames 1 --snapshot-at 20ms --snapshot " SNAP);
    refused("scenes/entrance.json --frames 2 --restore " SNAP, "of a run with another scenario");
    refused("scenes/entrance.json --frames 1 --seed 2 --restore " SNAP, "another scenario");
    refused("scenes/entrance.json --frames 1 --scene-seed 2 --restore " SNAP, "another scenario");
    refused("scenes/entrance.json --frames 1 --chip logic/chips/systolic.json --restore " SNAP,
            "of a run with another chip");
    refused("scenes/entrance.json --frames 1 --firmware build/firmware/infer.elf --restore " SNAP,
            "of a run with another firmware");
    refused("scenes/entrance.json --frames 1 --restore " DIR "/none.snap", "No such file");
    refused("scenes/entrance.json --frames 1 --restore scenes/entrance.json", "not a snapshot");
    refused("scenes/entrance.json --snapshot " SNAP, "need each other");
    refused("scenes/entrance.json --snapshot-at 3 --snapshot " SNAP, "'3' is not");
    refused("scenes/entrance.json --autosnap 0", "not above 0");
    refused("scenes/entrance.json --autosnap 1 --profile x", "no traces and profiles with --auto");
    uint8_t *data = sim_file_read(SNAP, 1 << 28, &bytes, error, sizeof(error));
    ck_assert_ptr_nonnull(data);
    ck_assert_int_eq(sim_file_write(SNAP, data, bytes - 1, error, sizeof(error)), SIM_OK);
    refused("scenes/entrance.json --frames 1 --restore " SNAP, "snapshot is truncated");
    data[bytes / 2] ^= 4;
    ck_assert_int_eq(sim_file_write(SNAP, data, bytes, error, sizeof(error)), SIM_OK);
    refused("scenes/entrance.json --frames 1 --restore " SNAP, "snapshot is damaged: checksum");
    free(data);
}
END_TEST

START_TEST(a_time_that_never_comes_is_told)
{
    clear(DIR "/first");
    unlink(SNAP);
    int code = fovea(text, sizeof(text),
                     "run scenes/entrance.json --frames 1 --out " DIR
                     "/first --snapshot-at 1s --snapshot " SNAP);
    ck_assert_int_eq(code, 1);
    ck_assert_msg(strstr(text, "no snapshot, the run ended at 0.04") != NULL, "%s", text);
    ck_assert(!exists(SNAP));
}
END_TEST

TEST_MAIN("snapshots of runs", a_restored_run_leaves_the_files_of_the_unbroken_one,
          so_does_one_with_raw_images_pictures_a_busy_host_and_faults,
          so_does_one_that_is_broken_while_it_boots_from_flash,
          two_runs_from_one_snapshot_do_not_disturb_each_other,
          a_run_that_is_killed_again_and_again_ends_with_the_same_files,
          an_interrupted_run_goes_on_where_it_was,
          an_automatic_snapshot_of_another_run_is_not_gone_on_with,
          a_snapshot_of_something_else_or_damaged_is_refused_with_the_reason,
          a_time_that_never_comes_is_told)
