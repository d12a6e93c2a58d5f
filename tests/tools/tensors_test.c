/*
 * tensors_test.c - sweeps that reuse what the front end made of frames: all figures are those of
 * sweeps that do not, whatever reaches a pixel is made anew, and so is what a damaged record held.
 */
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/explore/store.h"

#define HERE FOVEA_OUT "/tensors"

enum { FRAMES = 6 };

static char text[1 << 18], other[1 << 18], error[1024];

/* parameters: of JSON, with a comma at their end. */
static void write_space(const char *name, const char *parameters)
{
    char path[256], json[4096];
    snprintf(path, sizeof(path), HERE "/%s.json", name);
    snprintf(json, sizeof(json),
             "{\"base\": {\"evaluate\": \"run\", \"scenarios\": "
             "[\"../../../scenes/visitor_counter/few.json\"]}, \"parameters\": {%s "
             "\"shots\": {\"field\": \"scenario.frames\", \"values\": [%d]}}, \"objectives\": "
             "[{\"name\": \"recall\", \"goal\": \"max\"}, {\"name\": \"latency_mean_ms\"}]}",
             parameters, FRAMES);
    ck_assert_int_eq(sim_file_write(path, json, strlen(json), error, sizeof(error)), SIM_OK);
}

static void start_anew(void)
{
    ck_assert_int_eq(system("rm -rf " HERE), 0);
    ck_assert_int_eq(sim_dir_make(HERE, error, sizeof(error)), SIM_OK);
}

/* NAME.json into OUT.db. */
static void sweep(const char *name, const char *out, const char *options)
{
    int code = fovea(text, sizeof(text), "explore " HERE "/%s.json --out " HERE "/%s.db %s", name,
                     out, options);
    ck_assert_msg(code == 0, "%d: %s", code, text);
}

static double number_of(const char *out, const char *sql)
{
    char path[256];
    snprintf(path, sizeof(path), HERE "/%s.db", out);
    store_t *store = store_open(path, error);
    ck_assert_msg(store != NULL, "%s", error);
    double number = store_number(store, sql, -1);
    store_close(store);
    return number;
}

/* What every point came to, but for the paths in reasons. */
static void figures(const char *out, char *to)
{
    int code = fovea(to, sizeof(text),
                     "explore query --csv " HERE "/%s.db \"SELECT id, state, hash FROM point ORDER "
                     "BY id; SELECT * FROM value ORDER BY point, name\"",
                     out);
    ck_assert_msg(code == 0, "%s", to);
    ck_assert(strlen(to) > 500);
}

static void same_figures(const char *a, const char *b)
{
    figures(a, text);
    figures(b, other);
    ck_assert_str_eq(text, other);
}

#define REUSED "SELECT sum(tensors_reused) FROM point"
#define RECORDED "SELECT sum(tensors_recorded) FROM point"
#define REJECTED "SELECT sum(tensors_rejected) FROM point"

/* Other arrays, networks, clocks: with 2 MHz and the larger array results come with the next frame,
 * with less the NPU misses frames, and the points fail for want of reports: alike. */
START_TEST(all_figures_are_those_of_the_whole_simulation)
{
    start_anew();
    write_space("s", "\"channels\": {\"field\": \"chip.npu.mac.channels\", \"values\": [4, 8]},"
                     "\"l2\": {\"field\": \"chip.logic.l2.bytes\", \"values\": [4194304]},"
                     "\"net\": {\"field\": \"scenario.networks\", \"values\": "
                     "[[\"../person_160.tflite\"], [\"../models/person.tflite\"]]},"
                     "\"hz\": {\"field\": \"chip.npu.clk_hz\", "
                     "\"values\": [1000000, 2000000, 262500000]},");
    sweep("s", "plain", "-j 1 --tensors none");
    ck_assert(strstr(text, "frames were there") == NULL);
    ck_assert_double_eq(number_of("plain", "SELECT count(recall) FROM points"), 6);
    ck_assert_double_eq(number_of("plain", "SELECT count(DISTINCT latency_ms) FROM points"), 6);
    ck_assert_double_eq(number_of("plain", REUSED), 0);
    ck_assert_double_eq(number_of("plain", RECORDED), 0);
    sweep("s", "shared", "-j 2 --check 3");
    ck_assert_msg(strstr(text, "checked   3 in full, 0 differ") != NULL, "%s", text);
    ck_assert_msg(strstr(text, "frames were there") != NULL, "%s", text);
    ck_assert(number_of("shared", REUSED) >= 6 * FRAMES);
    ck_assert_double_eq(number_of("shared", REJECTED), 0);
    ck_assert(access(HERE "/shared.db-runs", F_OK) != 0);
    same_figures("plain", "shared");
    const int last = (int)number_of("shared", "SELECT max(id) FROM point WHERE state = 'done'");
    ck_assert_int_eq(
        fovea(text, sizeof(text), "run --point " HERE "/shared.db:%d --out " HERE "/r", last), 0);
}
END_TEST

/* What of a frame leaves as RAW is made, and the same; its tensor is there. */
START_TEST(raw_on_the_link_is_made_beside_a_tensor_that_is_there)
{
    start_anew();
    write_space("s", "\"raw\": {\"field\": \"scenario.output.raw\", \"values\": [true]},"
                     "\"lanes\": {\"field\": \"chip.mipi.dphy.lanes\", \"values\": [4, 2]},"
                     "\"pck\": {\"field\": \"chip.logic.ccs.power_up.line_length_pck\", "
                     "\"values\": [20000]},");
    sweep("s", "plain", "-j 1 --tensors none");
    sweep("s", "shared", "-j 1");
    ck_assert_double_eq(number_of("shared", REUSED), FRAMES);
    ck_assert(number_of("shared", "SELECT min(link_bytes_frame) FROM points") > 3e6);
    same_figures("plain", "shared");
}
END_TEST

/* One sweep makes records, another takes all of its frames from them. */
START_TEST(records_outlast_a_sweep_that_is_told_to_keep_them)
{
    start_anew();
    write_space("s", "");
    write_space("t", "\"channels\": {\"field\": \"chip.npu.mac.channels\", \"values\": [2, 16]},");
    sweep("s", "first", "-j 1 --tensors " HERE "/kept");
    ck_assert_double_eq(number_of("first", RECORDED), FRAMES);
    sweep("t", "second", "-j 1 --tensors " HERE "/kept");
    ck_assert_double_eq(number_of("second", REUSED), 2 * FRAMES);
    ck_assert_double_eq(number_of("second", RECORDED), 0);
    sweep("t", "plain", "-j 1 --tensors none");
    same_figures("second", "plain");
    ck_assert_int_eq(fovea(text, sizeof(text), "explore status " HERE "/second.db"), 0);
    ck_assert_msg(strstr(text, "frames_reused") != NULL && strstr(text, "\n           12 ") != NULL,
                  "%s", text);
    ck_assert_int_eq(fovea(text, sizeof(text), "explore status " HERE "/plain.db"), 0);
    ck_assert(strstr(text, "frames_reused") == NULL);
}
END_TEST

START_TEST(what_reaches_a_pixel_is_not_reused)
{
    static const char *const changes[] = {
        "\"x\": {\"field\": \"scenario.seed\", \"values\": [2]},",
        "\"x\": {\"field\": \"scenario.scene.seed\", \"values\": [2]},",
        "\"x\": {\"field\": \"scenario.scene.lux\", \"values\": [300]},",
        "\"x\": {\"field\": \"scenario.temperature_c\", \"values\": [50]},",
        "\"x\": {\"field\": \"scenario.host[0].value\", \"values\": [7916]},",
        "\"x\": {\"field\": \"scenario.host[1]\", \"values\": "
        "[{\"at\": \"0ms\", \"write\": \"coarse_integration_time\", \"value\": 900}]},",
        "\"x\": {\"field\": \"chip.pixel.adc.bits\", \"values\": [12]},"
        "\"y\": {\"field\": \"chip.logic.ccs.power_up.op_pix_clk_div\", \"values\": [12]},"
        "\"z\": {\"field\": \"chip.pixel.adc.black_dn\", \"values\": [256]},",
        "\"x\": {\"field\": \"chip.pixel.rows.share\", \"values\": [0.2]},",
        "\"x\": {\"field\": \"chip.pixel.lens.f_number\", \"values\": [2.5]},",
    };
    char out[16];
    start_anew();
    write_space("s", "");
    sweep("s", "s", "-j 1 --tensors " HERE "/kept");
    for (uint32_t i = 0; i < SIM_COUNT(changes); i += TEST_FEWER) {
        snprintf(out, sizeof(out), "c%u", i);
        write_space("c", changes[i]);
        sweep("c", out, "-j 1 --tensors " HERE "/kept");
        ck_assert_msg(number_of(out, REUSED) < 1, "%s", changes[i]);
        ck_assert_msg(number_of(out, RECORDED) >= FRAMES, "%s", changes[i]);
    }
}
END_TEST

/* What cannot be told apart by what it is made of, or leaves as an image, is always simulated. */
START_TEST(faults_and_images_are_simulated)
{
    static const char *const changes[] = {
        "\"x\": {\"field\": \"scenario.output\", \"values\": [{\"format\": \"rgb888\"}]},",
        "\"x\": {\"field\": \"scenario.faults\", \"values\": [[{\"kind\": \"npu_hang\", "
        "\"at\": \"5s\"}]]},",
    };
    char out[16];
    start_anew();
    for (uint32_t i = 0; i < SIM_COUNT(changes); i++) {
        write_space("c", changes[i]);
        for (uint32_t n = 0; n < 2; n++) {
            snprintf(out, sizeof(out), "c%u%u", i, n);
            sweep("c", out, "-j 1 --tensors " HERE "/kept");
            ck_assert_msg(number_of(out, REUSED) + number_of(out, RECORDED) < 1, "%s", changes[i]);
        }
    }
}
END_TEST

/* ---- damage ---- */

typedef void (*damage_t)(const char *path);

static void flip(const char *path, bool key)
{
    size_t bytes;
    uint8_t *data = sim_file_read(path, 1 << 26, &bytes, error, sizeof(error));
    ck_assert(data != NULL);
    data[key ? 40 : bytes - 1000] ^= 1;
    ck_assert_int_eq(sim_file_write(path, data, bytes, error, sizeof(error)), SIM_OK);
    free(data);
}

static void flip_content(const char *path)
{
    flip(path, false);
}

static void flip_key(const char *path)
{
    flip(path, true);
}

static void cut(const char *path)
{
    struct stat s;
    ck_assert_int_eq(stat(path, &s), 0);
    ck_assert_int_eq(truncate(path, s.st_size / 2), 0);
}

static void empty(const char *path)
{
    ck_assert_int_eq(truncate(path, 0), 0);
}

/* The first `count` records that the pattern names. */
static void harm(const char *pattern, damage_t damage, size_t count)
{
    glob_t found;
    ck_assert_int_eq(glob(pattern, 0, NULL, &found), 0);
    ck_assert_uint_ge(found.gl_pathc, count);
    for (size_t i = 0; i < count; i++)
        damage(found.gl_pathv[i]);
    globfree(&found);
}

START_TEST(damaged_records_are_rejected_and_made_again)
{
    static const struct {
        const char *pattern;
        damage_t damage;
        uint32_t tensors; /* of those that it harms */
    } cases[] = {
        {HERE "/kept/*/isp-*", flip_content, 2},
        {HERE "/kept/*/isp-*", flip_key, 2},
        {HERE "/kept/*/isp-*", cut, 2},
        {HERE "/kept/*/isp-*", empty, 2},
        {HERE "/kept/*/pixel-*", flip_content, 0},
    };
    char out[16];
    start_anew();
    write_space("s", "");
    sweep("s", "first", "-j 1 --tensors " HERE "/kept");
    for (uint32_t i = 0; i < SIM_COUNT(cases); i++) {
        harm(cases[i].pattern, cases[i].damage, 2);
        snprintf(out, sizeof(out), "d%u", i);
        sweep("s", out, "-j 1 --tensors " HERE "/kept");
        ck_assert(strstr(text, "2 records were damaged") != NULL);
        ck_assert_double_eq(number_of(out, REJECTED), 2);
        ck_assert_double_eq(number_of(out, RECORDED), cases[i].tensors);
        ck_assert_double_eq(number_of(out, REUSED), FRAMES - cases[i].tensors);
        same_figures("first", out);
    }
    sweep("s", "last", "-j 1 --tensors " HERE "/kept");
    ck_assert_double_eq(number_of("last", REUSED), FRAMES);
    ck_assert_double_eq(number_of("last", REJECTED), 0);
}
END_TEST

/* A hash that two worlds share, or a file of something else: no records, the same figures. */
START_TEST(the_folder_of_another_world_is_left_alone)
{
    start_anew();
    write_space("s", "");
    sweep("s", "first", "-j 1 --tensors " HERE "/kept");
    harm(HERE "/kept/*/world.json", cut, 1);
    sweep("s", "second", "-j 1 --tensors " HERE "/kept");
    ck_assert_double_eq(number_of("second", REUSED), 0);
    ck_assert_double_eq(number_of("second", RECORDED), 0);
    same_figures("first", "second");
}
END_TEST

TEST_MAIN("tools tensors", all_figures_are_those_of_the_whole_simulation,
          raw_on_the_link_is_made_beside_a_tensor_that_is_there,
          records_outlast_a_sweep_that_is_told_to_keep_them, what_reaches_a_pixel_is_not_reused,
          faults_and_images_are_simulated, damaged_records_are_rejected_and_made_again,
          the_folder_of_another_world_is_left_alone)
