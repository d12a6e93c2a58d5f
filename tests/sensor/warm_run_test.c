/*
 * warm_run_test.c - whole runs of dies that warm up from their own power: the same in every byte
 * however they are run, and as warm as their energy allows.
 */
#include "tests/test.h"

#include <unistd.h>

#include "sim/file.h"
#include "sim/json.h"
#include "sim/png.h"
#include "tests/sensor/fovea.h"

#define DIR FOVEA_OUT "/warm"
#define CHIP DIR "/chip.json"
#define SNAP DIR "/x.snap"
#define SCENARIO                                                                                   \
    "scenes/warm_run_test.part.json" /* beside entrance.json: its paths are relative               \
                                      */

static const double AMBIENT_C = 30;
enum { FRAMES = 2 };

static char text[65536], error[256];

static void save(const char *file, const char *content)
{
    ck_assert_msg(sim_file_write(file, content, strlen(content), error, sizeof(error)) == SIM_OK,
                  "%s", error);
}

/* entrance.json, in a room of 30 degrees; keys: more of the scenario. */
static void prepare(const char *keys)
{
    static char changed[8192];
    size_t bytes;
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    char *scenario =
        (char *)sim_file_read("scenes/entrance.json", 1 << 20, &bytes, error, sizeof(error));
    ck_assert_msg(scenario != NULL, "%s", error);
    snprintf(changed, sizeof(changed), "{\"thermal\": {\"ambient_c\": 30}, %s %s", keys,
             strchr(scenario, '{') + 1);
    free(scenario);
    save(SCENARIO, changed);
    /* RC of a tenth of a second: three frames */
    save(CHIP, "{\"logic\": {\"thermal\": {\"r_mk_per_w\": 50000, \"c_uj_per_k\": 2000}},"
               " \"pixel\": {\"charge\": {\"dark_e_per_s\": 500}}}");
}

static void run(const char *name, const char *flags)
{
    int code = fovea(text, sizeof(text),
                     "run " SCENARIO " --chip " CHIP " --frames %d --out " DIR "/%s %s", FRAMES,
                     name, flags);
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
}

static void same(const char *a, const char *b)
{
    const char *differs = runs_differ(a, b);
    ck_assert_msg(differs == NULL, "%s differs between %s and %s", differs, a, b);
}

START_TEST(threads_ties_exactness_and_snapshots_change_no_byte)
{
    prepare("\"host\": [{\"at\": \"0us\", \"write\": \"temp_sensor_ctrl\", \"value\": 1}],");
    run("plain", "--threads 1");
    run("threads", "--threads 2");
    run("exact", "--exact");
    setenv("SIM_SHUFFLE", "54321", 1);
    run("shuffled", "");
    unsetenv("SIM_SHUFFLE");
    run("broken", "--snapshot-at 60ms --snapshot " SNAP);
    run("restored", "--restore " SNAP);
    unlink(SCENARIO);
    same(DIR "/plain", DIR "/threads");
    same(DIR "/plain", DIR "/exact");
    same(DIR "/plain", DIR "/shuffled");
    same(DIR "/plain", DIR "/broken");
    same(DIR "/plain", DIR "/restored");
}
END_TEST

typedef struct {
    double start_c, end_c, max_c, die_c[FRAMES];
} track_t;

static double celsius(const sim_cfg_t *dies, const char *key)
{
    sim_cfg_t stat = sim_cfg_obj(dies, key);
    return ((double)sim_cfg_u64(&stat, "value", 0, UINT64_MAX, 0) - 273150) / 1000;
}

static track_t track_of(const char *file)
{
    track_t t;
    sim_doc_t *doc = sim_doc_load(file);
    ck_assert_ptr_null(sim_doc_error(doc));
    sim_cfg_t root = sim_doc_root(doc), sensor = sim_cfg_obj(&root, "sensor");
    sim_cfg_t dies = sim_cfg_obj(&sensor, "thermal");
    t.start_c = celsius(&dies, "start_mk");
    t.end_c = celsius(&dies, "now_mk");
    t.max_c = celsius(&dies, "most_mk");
    ck_assert_uint_eq(sim_cfg_count(&root, "frames"), FRAMES);
    for (uint32_t i = 0; i < FRAMES; i++) {
        sim_cfg_t frame = sim_cfg_at(&root, "frames", i);
        t.die_c[i] = sim_cfg_num(&frame, "die_c", -100, 200, -273);
    }
    sim_doc_free(doc);
    return t;
}

START_TEST(results_tell_how_warm_the_dies_were)
{
    prepare("");
    run("track", "");
    unlink(SCENARIO);
    track_t t = track_of(DIR "/track/stats.json");
    ck_assert_double_eq_tol(t.start_c, AMBIENT_C, 1e-9);
    ck_assert_double_gt(t.end_c, AMBIENT_C + 0.5);
    ck_assert_double_ge(t.max_c, t.end_c);
    ck_assert(t.die_c[0] == AMBIENT_C);
    ck_assert_double_gt(t.die_c[1], AMBIENT_C);
    ck_assert_double_lt(t.die_c[1], t.max_c);
    ck_assert_ptr_nonnull(strstr(text, "dies      30.00 C at the start"));
    size_t bytes;
    char *trace =
        (char *)sim_file_read(DIR "/track/trace.json", 1 << 28, &bytes, error, sizeof(error));
    ck_assert_msg(trace != NULL, "%s", error);
    ck_assert_ptr_nonnull(strstr(trace, "\"temperature\""));
    free(trace);
}
END_TEST

static double mean_of(const char *file)
{
    sim_image_t image;
    double sum = 0;
    ck_assert_msg(sim_png_read(file, &image, error, sizeof(error)) == SIM_OK, "%s", error);
    size_t count = (size_t)image.width_px * image.height_px * image.channels;
    for (size_t i = 0; i < count; i++)
        sum += image.data[i];
    sim_image_free(&image);
    return sum / (double)count;
}

START_TEST(the_example_gets_brighter_with_the_lens_cap_on)
{
    int code = fovea(text, sizeof(text), "run scenes/visitor_counter/warm_up.json --frames 14 --out " DIR "/up");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    double cold = mean_of(DIR "/up/frames/frame_00000.png");
    double warm = mean_of(DIR "/up/frames/frame_00013.png"); /* 10 s later, some 8 K warmer */
    ck_assert_msg(warm > 1.15 * cold, "means %f, %f", cold, warm);
}
END_TEST

TEST_MAIN("runs that warm up", threads_ties_exactness_and_snapshots_change_no_byte,
          results_tell_how_warm_the_dies_were, the_example_gets_brighter_with_the_lens_cap_on)
