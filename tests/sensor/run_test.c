/*
 * Whole runs of the command: what must be equal, what must differ, what must add up.
 */
#include "tests/test.h"

#include <unistd.h>

#include "npu/npu.h"
#include "sim/file.h"
#include "sim/json.h"
#include "sim/png.h"
#include "tests/sensor/fovea.h"

static char text[65536];

static void run_entrance(const char *name, const char *flags)
{
    int code = fovea(text, sizeof(text),
                     "run scenes/entrance.json --frames 3 --out " FOVEA_OUT "/%s %s", name, flags);
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
}

static char *read_text(const char *path, size_t *bytes)
{
    char error[256];
    uint8_t *data = sim_file_read(path, 1 << 28, bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s", error);
    return (char *)data;
}

START_TEST(threads_and_vector_level_change_no_byte)
{
    run_entrance("one", "--threads 1 --simd scalar");
    run_entrance("two", "--threads 2");
    const char *differs = runs_differ(FOVEA_OUT "/one", FOVEA_OUT "/two");
    ck_assert_msg(differs == NULL, "%s differs", differs);
}
END_TEST

START_TEST(shuffled_ties_change_no_byte)
{
    run_entrance("plain", "");
    setenv("SIM_SHUFFLE", "12345", 1);
    run_entrance("shuffled", "");
    unsetenv("SIM_SHUFFLE");
    const char *differs = runs_differ(FOVEA_OUT "/plain", FOVEA_OUT "/shuffled");
    ck_assert_msg(differs == NULL, "%s differs", differs);
}
END_TEST

START_TEST(exact_changes_no_byte)
{
    run_entrance("fast", "");
    run_entrance("exact", "--exact");
    const char *differs = runs_differ(FOVEA_OUT "/fast", FOVEA_OUT "/exact");
    ck_assert_msg(differs == NULL, "%s differs", differs);
}
END_TEST

/* Zones and facings beyond the picture, faults, a host's steps, a late start, a script. */
START_TEST(config_json_of_a_run_makes_it_again)
{
    static const struct {
        const char *scenario, *flags;
    } run[] = {
        {"entrance.json", "--scene-seed 3 --seed 9 --late 7ms"},
        {"visitor_counter/diagonal.json", "--network scenes/person_160.tflite"},
        {"zone_guard/intruder.json", ""},
        {"shelf_stock/day.json", "--scene-seed 2"},
        {"gesture/two.json", "--firmware build/firmware/gesture.elf"},
        {"faults/cci_lost.json", ""},
        {"plain_camera/yuv.json", ""},
        {"entrance.json", "--host scenes/host/imx500_2028x1520.txt"},
    };
    static const char *const files[] = {"config.json", "link.csi2",  "metadata.jsonl",
                                        "truth.jsonl", "stats.json", "uart.log"};
    for (size_t i = 0; i < sizeof(run) / sizeof(run[0]); i++) {
        int code = fovea(text, sizeof(text), "run scenes/%s %s -n 2 --out " FOVEA_OUT "/told",
                         run[i].scenario, run[i].flags);
        ck_assert_msg(code == 0, "%s: exit %d: %s", run[i].scenario, code, text);
        code = fovea(text, sizeof(text),
                     "run " FOVEA_OUT "/told/config.json --out " FOVEA_OUT "/again");
        ck_assert_msg(code == 0, "%s, again: exit %d: %s", run[i].scenario, code, text);
        for (size_t f = 0; f < sizeof(files) / sizeof(files[0]); f++) {
            char a[512], b[512];
            snprintf(a, sizeof(a), FOVEA_OUT "/told/%s", files[f]);
            snprintf(b, sizeof(b), FOVEA_OUT "/again/%s", files[f]);
            ck_assert_msg(same_file(a, b), "%s: %s differs", run[i].scenario, files[f]);
        }
    }
}
END_TEST

START_TEST(config_json_elsewhere_says_where_its_names_begin)
{
    run_entrance("told", "");
    ck_assert_int_eq(
        system("mkdir -p " FOVEA_OUT "/elsewhere && at=$PWD && cd " FOVEA_OUT
               "/elsewhere && \"$at/${FOVEA:-build/fovea}\" run ../told/config.json 2>said; "
               "test $? -eq 2 && grep -q 'config.json: firmware: .*relative to the "
               "working directory of the run' said"),
        0);
}
END_TEST

START_TEST(config_json_without_the_technology_is_an_error)
{
    ck_assert_int_eq(
        system("echo '{\"chip_data\": {}, \"chip\": \"a\", \"firmware\": \"b\"}' >" FOVEA_OUT
               "/bare.json"),
        0);
    ck_assert_int_eq(fovea(text, sizeof(text), "run " FOVEA_OUT "/bare.json"), 2);
    ck_assert_msg(strstr(text, "bare.json: tech_data: missing") != NULL, "%s", text);
}
END_TEST

/* The demo's network on a gray picture. */
START_TEST(an_inference_is_the_same_exact_and_takes_the_same_time_without_numerics)
{
    static char exact[1 << 20], fast[1 << 20], timing[1 << 20];
    static uint8_t gray[3 * 160 * 120];
    char error[256];
    memset(gray, 0x20, sizeof(gray));
    ck_assert_int_eq(
        sim_file_write(FOVEA_OUT "/gray.bin", gray, sizeof(gray), error, sizeof(error)), SIM_OK);
    static const char run[] =
        "infer scenes/person_160.tflite --input " FOVEA_OUT "/gray.bin --json %s";
    ck_assert_int_eq(fovea(fast, sizeof(fast), run, ""), 0);
    ck_assert_int_eq(fovea(exact, sizeof(exact), run, "--exact"), 0);
    ck_assert_int_eq(fovea(timing, sizeof(timing), run, "--timing-only"), 0);
    ck_assert_str_eq(fast, exact);
    const char *cycles = strstr(fast, "\"cycles\""), *also = strstr(timing, "\"cycles\"");
    ck_assert_ptr_nonnull(cycles);
    ck_assert_ptr_nonnull(also);
    ck_assert_str_eq(cycles, also); /* and every layer after it */
}
END_TEST

static uint64_t number(const sim_cfg_t *object, const char *key)
{
    sim_cfg_need(object, key);
    return sim_cfg_u64(object, key, 0, UINT64_MAX, 0);
}

/* Layers share the run's cycles, and stalls share a layer's. */
START_TEST(the_compiler_s_report_adds_up_to_the_cycles)
{
    static char json[1 << 20];
    uint64_t sum = 0;
    ck_assert_int_eq(fovea(json, sizeof(json),
                           "compile scenes/person_160.tflite -o " FOVEA_OUT "/person.fnp --json"),
                     0);
    sim_doc_t *doc = sim_doc_parse(json, strlen(json), "report");
    ck_assert_ptr_null(sim_doc_error(doc));
    sim_cfg_t root = sim_doc_root(doc);
    uint32_t layers = sim_cfg_count(&root, "layers");
    ck_assert_uint_gt(layers, 10);
    for (uint32_t i = 0; i < layers; i++) {
        sim_cfg_t layer = sim_cfg_at(&root, "layers", i), stalls = sim_cfg_obj(&layer, "stalls");
        uint64_t cycles = number(&layer, "cycles"), classes = 0;
        for (int c = 0; c < NPU_CLASSES; c++)
            classes += number(&stalls, npu_class_name((npu_class_t)c));
        ck_assert_uint_eq(classes, cycles);
        sum += cycles;
    }
    ck_assert_uint_eq(sum, number(&root, "cycles"));
    sim_doc_free(doc);
}
END_TEST

START_TEST(another_seed_is_other_noise_and_another_scene_seed_another_world)
{
    run_entrance("seed1", "");
    run_entrance("seed2", "--seed 99");
    run_entrance("scene2", "--scene-seed 99");
    ck_assert(same_file(FOVEA_OUT "/seed1/truth.jsonl", FOVEA_OUT "/seed2/truth.jsonl"));
    ck_assert(!same_file(FOVEA_OUT "/seed1/frames/frame_00000.png",
                         FOVEA_OUT "/seed2/frames/frame_00000.png"));
    ck_assert(!same_file(FOVEA_OUT "/seed1/truth.jsonl", FOVEA_OUT "/scene2/truth.jsonl"));
}
END_TEST

START_TEST(decode_rebuilds_the_metadata_from_the_link_alone)
{
    run_entrance("decode", "");
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "decode " FOVEA_OUT "/decode/link.csi2 --out " FOVEA_OUT
                           "/decoded --names " FOVEA_OUT "/decode/config.json"),
                     0);
    ck_assert(same_file(FOVEA_OUT "/decode/metadata.jsonl", FOVEA_OUT "/decoded/metadata.jsonl"));
}
END_TEST

/* One bit of the capture, counted from the end of the file's 32-byte header. */
static int decode_with_flip(const char *path, size_t byte, int bit)
{
    size_t bytes;
    char error[256];
    uint8_t *data = (uint8_t *)read_text(FOVEA_OUT "/flip/link.csi2", &bytes);
    data[byte] ^= (uint8_t)(1u << bit);
    ck_assert_int_eq(sim_file_write(path, data, bytes, error, sizeof(error)), SIM_OK);
    free(data);
    return fovea(text, sizeof(text), "decode %s --out " FOVEA_OUT "/flipped", path);
}

START_TEST(a_flipped_bit_of_the_capture_is_told_with_its_packet)
{
    enum { FILE_HEADER = 32, RECORD = 28, SHORT = 4 };
    run_entrance("flip", "");
    /* Packet 0 is the metadata's frame start, packet 1 its first line. */
    size_t first = FILE_HEADER + RECORD, second = first + SHORT + RECORD;
    ck_assert_int_eq(decode_with_flip(FOVEA_OUT "/flip/a.csi2", first, 3), 1);
    ck_assert_msg(strstr(text, "link: packet 0, ") != NULL, "%s", text);
    ck_assert_msg(strstr(text, "VC 1 FS: ecc_1bit: header bit corrected") != NULL, "%s", text);
    ck_assert_int_eq(decode_with_flip(FOVEA_OUT "/flip/b.csi2", second + 4 + 20, 5), 1);
    ck_assert_msg(strstr(text, "link: packet 1, ") != NULL, "%s", text);
    ck_assert_msg(strstr(text, ": payload CRC wrong") != NULL, "%s", text);
}
END_TEST

static uint64_t at(const sim_cfg_t *frame, const char *key)
{
    sim_cfg_need(frame, key);
    return sim_cfg_u64(frame, key, 0, UINT64_MAX, 0);
}

START_TEST(the_first_frames_timeline_adds_up)
{
    run_entrance("times", "");
    sim_doc_t *doc = sim_doc_load(FOVEA_OUT "/times/stats.json");
    ck_assert_ptr_null(sim_doc_error(doc));
    sim_cfg_t root = sim_doc_root(doc), f = sim_cfg_at(&root, "frames", 0);
    uint64_t exposure = at(&f, "exposure_start_ps"), readout = at(&f, "readout_start_ps");
    uint64_t read = at(&f, "readout_end_ps"), tensor = at(&f, "tensor_ready_ps");
    uint64_t npu = at(&f, "npu_start_ps"), judged = at(&f, "npu_end_ps");
    uint64_t told = at(&f, "firmware_end_ps"), sent = at(&f, "link_last_ps");
    ck_assert_ptr_null(sim_doc_error(doc));
    /* 1520 rows of 9398 pixel clocks at 744 MHz: 12.632 us each, 19.200 ms */
    uint64_t rows_ps = UINT64_C(1520) * 9398 * 1000000 / 744;
    ck_assert_uint_le(read - readout - rows_ps + 1, 2);
    ck_assert(exposure < readout && read < tensor && tensor <= npu && npu < judged);
    ck_assert(judged < told && told < sent);
    /* The tensor follows the last row by two lines of demosaic at most and a little writing. */
    ck_assert_uint_lt(tensor - read, 3 * UINT64_C(12632000));
    ck_assert_uint_lt(npu - tensor, 20000);
    sim_doc_free(doc);
}
END_TEST

static double sum_of(const sim_cfg_t *counters, const char *name)
{
    double value[64], sum = 0;
    sim_cfg_t counter = sim_cfg_obj(counters, name);
    uint32_t count = sim_cfg_count(&counter, "value");
    ck_assert_uint_le(count, SIM_COUNT(value));
    sim_cfg_nums(&counter, "value", value, count, 0, 1e18);
    ck_assert(count == 0 || value[count - 1] > 0); /* trailing zeros are left out */
    for (uint32_t i = 0; i < count; i++)
        sum += value[i];
    return sum;
}

START_TEST(the_waits_of_each_master_add_up)
{
    static const char *const masters[] = {"core",      "isp",  "npu_fetch", "npu_load",
                                          "npu_store", "mipi", "spi",       "dma"};
    uint64_t all = 0;
    run_entrance("waits", "");
    sim_doc_t *doc = sim_doc_load(FOVEA_OUT "/waits/stats.json");
    sim_cfg_t root = sim_doc_root(doc), chip = sim_cfg_obj(&root, "sensor");
    sim_cfg_t l2 = sim_cfg_obj(&chip, "l2"), list = sim_cfg_obj(&l2, "master");
    for (size_t i = 0; i < SIM_COUNT(masters); i++) {
        sim_cfg_t m = sim_cfg_obj(&list, masters[i]), counter = sim_cfg_obj(&m, "wait_cycles");
        sim_cfg_t longest = sim_cfg_obj(&m, "longest_wait_cycles");
        uint64_t waited = at(&counter, "value");
        ck_assert_uint_le(at(&longest, "value"), waited);
        ck_assert_double_eq(sum_of(&m, "bank_wait_cycles"), (double)waited);
        ck_assert_double_eq(sum_of(&m, "behind_cycles"), (double)waited);
        all += waited;
    }
    ck_assert_msg(sim_doc_error(doc) == NULL, "%s", sim_doc_error(doc));
    ck_assert_uint_gt(all, 0);
    sim_doc_free(doc);
}
END_TEST

/* The self-test never starts the camera: no frame, but its serial port had much to say. */
START_TEST(a_run_without_a_frame_keeps_what_was_printed)
{
    size_t bytes;
    int code = fovea(text, sizeof(text),
                     "run scenes/entrance.json --frames 1 --firmware build/firmware/selftest.elf "
                     "--out " FOVEA_OUT "/silent");
    ck_assert_int_eq(code, 1);
    ck_assert_ptr_nonnull(strstr(text, "(see " FOVEA_OUT "/silent/uart.log)"));
    char *uart = read_text(FOVEA_OUT "/silent/uart.log", &bytes);
    ck_assert_ptr_nonnull(strstr(uart, "\r\n"));
    free(uart);
    free(read_text(FOVEA_OUT "/silent/stats.json", &bytes));
}
END_TEST

/* Ctrl-C of somebody who has waited long enough: a core that counts for ever. */
START_TEST(an_interrupted_run_keeps_what_was_printed)
{
    size_t bytes;
    ck_assert_int_eq(system("rm -rf " FOVEA_OUT
                            "/ctrl_c; timeout --foreground -s INT 1 build/release/fovea run "
                            "scenes/entrance.json --frames 100000 --threads 1 --firmware "
                            "build/firmware/visitor_counter.elf --out " FOVEA_OUT
                            "/ctrl_c >/dev/null 2>" FOVEA_OUT "/ctrl_c.txt") == 0,
                     0);
    char *said = read_text(FOVEA_OUT "/ctrl_c.txt", &bytes);
    ck_assert_msg(strstr(said, "interrupted") != NULL, "%s", said);
    free(said);
    free(read_text(FOVEA_OUT "/ctrl_c/uart.log", &bytes));
    free(read_text(FOVEA_OUT "/ctrl_c/stats.json", &bytes));
}
END_TEST

START_TEST(one_line_a_frame_is_reported_and_true)
{
    size_t bytes;
    run_entrance("lines", "");
    char *lines = read_text(FOVEA_OUT "/lines/metadata.jsonl", &bytes);
    ck_assert_int_eq(line_count(lines), 3);
    free(lines);
    lines = read_text(FOVEA_OUT "/lines/truth.jsonl", &bytes);
    ck_assert_int_eq(line_count(lines), 3);
    free(lines);
}
END_TEST

START_TEST(a_png_world_with_a_person_is_reported_as_one)
{
    const char *models = test_models_dir();
    size_t bytes;
    if (models == NULL) {
        test_skip("no models folder");
        return;
    }
    int code =
        fovea(text, sizeof(text),
              "run scenes/entrance.json --frames 2 --scene %s/images/person_96x96g.png --network "
              "%s/person_detect.tflite --out " FOVEA_OUT "/png",
              models, models);
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    char *lines = read_text(FOVEA_OUT "/png/metadata.jsonl", &bytes);
    ck_assert_int_eq(line_count(lines), 2);
    ck_assert_ptr_nonnull(strstr(lines, "\"class\":\"person\""));
    free(lines);
    code = fovea(
        text, sizeof(text),
        "run scenes/entrance.json --frames 1 --scene %s/images/no_person_96x96g.png --network "
        "%s/person_detect.tflite --out " FOVEA_OUT "/png0",
        models, models);
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    lines = read_text(FOVEA_OUT "/png0/metadata.jsonl", &bytes);
    ck_assert_ptr_null(strstr(lines, "person"));
    free(lines);
}
END_TEST

START_TEST(raw_images_cross_the_link_when_asked_for)
{
    size_t bytes;
    char error[256];
    char *scenario = read_text("scenes/entrance.json", &bytes);
    char *raw = strstr(scenario, "\"raw\": false");
    ck_assert_ptr_nonnull(raw);
    char *wanted = malloc(bytes + 64);
    int length = sprintf(wanted, "%.*s\"raw\": true, \"dng_every\": 2%s", (int)(raw - scenario),
                         scenario, raw + strlen("\"raw\": false"));
    ck_assert_int_eq(
        sim_file_write("scenes/raw_test.part.json", wanted, (size_t)length, error, sizeof(error)),
        SIM_OK);
    free(wanted);
    free(scenario);
    int code = fovea(text, sizeof(text),
                     "run scenes/raw_test.part.json --frames 2 --out " FOVEA_OUT "/raw");
    unlink("scenes/raw_test.part.json");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    code = fovea(text, sizeof(text), "decode " FOVEA_OUT "/raw/link.csi2 --out " FOVEA_OUT "/rawd");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    ck_assert(same_file(FOVEA_OUT "/raw/raw_00000.png", FOVEA_OUT "/rawd/raw_00000.png"));

    /* the same samples without the link, in a DNG file; the PNG has their upper 8 bits */
    sim_raw_t dng;
    sim_image_t png;
    ck_assert_msg(
        sim_raw_read(FOVEA_OUT "/raw/frames/frame_00000.dng", &dng, error, sizeof(error)) == SIM_OK,
        "%s", error);
    ck_assert_int_ne(access(FOVEA_OUT "/raw/frames/frame_00001.dng", F_OK), 0);
    ck_assert_int_eq(sim_png_read(FOVEA_OUT "/raw/raw_00000.png", &png, error, sizeof(error)),
                     SIM_OK);
    ck_assert_uint_eq(dng.width_px, 2028);
    ck_assert_uint_eq(dng.height_px, 1520);
    ck_assert_uint_eq(dng.bits, 10);
    ck_assert_double_eq(dng.black[0], 64);
    ck_assert_double_eq_tol(dng.exposure_s, 1600 * 9398 / 744e6, 1e-6); /* the driver's default */
    for (size_t i = 0; i < (size_t)png.width_px * png.height_px; i++)
        ck_assert_uint_eq(dng.data[i] >> 2, png.data[i]);
    sim_raw_free(&dng);
    sim_image_free(&png);
}
END_TEST

TEST_MAIN("sensor run", threads_and_vector_level_change_no_byte, shuffled_ties_change_no_byte,
          exact_changes_no_byte, the_waits_of_each_master_add_up,
          config_json_of_a_run_makes_it_again, config_json_elsewhere_says_where_its_names_begin,
          config_json_without_the_technology_is_an_error,
          an_inference_is_the_same_exact_and_takes_the_same_time_without_numerics,
          the_compiler_s_report_adds_up_to_the_cycles,
          another_seed_is_other_noise_and_another_scene_seed_another_world,
          decode_rebuilds_the_metadata_from_the_link_alone,
          a_flipped_bit_of_the_capture_is_told_with_its_packet, the_first_frames_timeline_adds_up,
          one_line_a_frame_is_reported_and_true, a_png_world_with_a_person_is_reported_as_one,
          raw_images_cross_the_link_when_asked_for, a_run_without_a_frame_keeps_what_was_printed,
          an_interrupted_run_keeps_what_was_printed)
