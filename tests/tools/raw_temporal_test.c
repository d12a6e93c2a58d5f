/*
 * raw_temporal_test.c - temporal noise reduction beside a whole sensor at work: the frame that it
 * keeps lies in what the network leaves of L2, packed; no line is late, and neither threads, nor
 * how bursts are counted, nor the order of ties, nor a snapshot changes anything. And in a run of
 * the plain camera, whose host asks for it: noise of its pictures falls as the law says.
 */
#include <math.h>
#include <unistd.h>

#include "sim/file.h"
#include "sim/png.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tests/tools/snapshot_rig.h"

enum {
    WIDTH = 2028,
    HEIGHT = 1520,
    BYTES = 3072 * HEIGHT, /* rows of 3042 bytes */
    ROOM = 0x04100000,     /* between the network and what it works with */
    ISP_TNR = 0x40004290,
    ISP_TNR_ADDR = ISP_TNR + 4,
    ISP_TNR_BYTES = ISP_TNR + 8,
};

static rig_t *filtering(const rig_options_t *options)
{
    rig_t *rig = rig_new(options);
    static uint8_t there[BYTES], zeros[BYTES];
    ck_assert(sim_mem_peek(&rig->sensor->isp.port, ROOM, there, BYTES));
    ck_assert_mem_eq(there, zeros, BYTES);
    ck_assert(bus_write_reg(&rig->sensor->bus, ISP_TNR_ADDR, 4, ROOM));
    ck_assert(bus_write_reg(&rig->sensor->bus, ISP_TNR_BYTES, 4, BYTES));
    ck_assert(bus_write_reg(&rig->sensor->bus, ISP_TNR, 4, 7));
    return rig;
}

/* The second frame has been read by 74 ms, the third begins at 86. */
static uint64_t end_of(rig_t *rig)
{
    sim_run_until_ps(rig->sim, 80 * SIM_PS_PER_MS);
    return rig_hash(rig);
}

START_TEST(two_frames_are_filtered_in_time_and_the_same_however_they_are_run)
{
    rig_t *rig = filtering(&(rig_options_t){.threads = 1});
    const tnr_t *tnr = &rig->sensor->isp.tnr;
    uint64_t hash = end_of(rig);
    ck_assert_uint_eq(rig->sensor->isp.frames, 2);
    ck_assert_uint_eq(tnr->starts, 1);
    ck_assert_uint_eq(tnr->frames, 1);
    ck_assert_uint_eq(tnr->late_lines + tnr->lost_lines, 0);
    ck_assert_uint_eq(tnr->bytes_written, UINT64_C(2) * 3042 * HEIGHT);
    ck_assert_uint_eq(tnr->bytes_read,
                      UINT64_C(3042) * (HEIGHT + 2)); /* rows 0 and 1 for the third */
    rig_free(rig);
    rig = filtering(&(rig_options_t){.threads = 2, .exact = true, .shuffle = 5});
    ck_assert_uint_eq(end_of(rig), hash);
    rig_free(rig);
}
END_TEST

START_TEST(it_goes_on_from_a_snapshot_in_the_middle_of_a_frame)
{
    rig_t *rig = filtering(&(rig_options_t){.threads = 1});
    sim_run_until_ps(rig->sim, 60 * SIM_PS_PER_MS);
    sim_snapshot_t *snapshot = sim_snapshot_take(rig->sim, NULL);
    ck_assert_ptr_nonnull(snapshot);
    uint64_t hash = end_of(rig);
    rig_free(rig);
    rig = rig_new(&(rig_options_t){.threads = 2, .exact = true});
    ck_assert_int_eq(sim_snapshot_restore(rig->sim, snapshot), SIM_OK);
    ck_assert_uint_gt(rig->sensor->isp.tnr.rows_in, 0);
    ck_assert_uint_eq(end_of(rig), hash);
    sim_snapshot_free(snapshot);
    rig_free(rig);
}
END_TEST

/* ---- the plain camera ---- */

#define DIR FOVEA_OUT "/temporal"
enum { FIRST = 5, SECOND = 10 };

/* A gray wall in little light at gain 16, binned by 2: 512 x 384 RGB pictures. */
static void run_camera(uint32_t share)
{
    static char text[4096], error[256], scenario[1024];
    snprintf(scenario, sizeof(scenario),
             "{\"chip\": \"../../../logic/chips/imx500.json\","
             "\"firmware\": \"../../../build/firmware/plain_camera.elf\","
             "\"networks\": [\"../../../scenes/person_160.tflite\"], \"frames\": %d,"
             "\"output\": {\"format\": \"rgb888\"}, \"scene\": {\"lux\": 12,"
             "\"background\": {\"kind\": \"plain\", \"reflectance\": 0.5}}, \"host\": ["
             "{\"at\": \"0ms\", \"write\": \"x_addr_end\", \"value\": 1023},"
             "{\"at\": \"0ms\", \"write\": \"y_addr_end\", \"value\": 767},"
             "{\"at\": \"0ms\", \"write\": \"analog_gain_code_global\", \"value\": 960},"
             "{\"at\": \"0ms\", \"write\": \"app_tnr\", \"value\": %u}]}",
             SECOND + 1, share);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(
        sim_file_write(DIR "/camera.json", scenario, strlen(scenario), error, sizeof(error)),
        SIM_OK);
    int code = fovea(text, sizeof(text), "run " DIR "/camera.json --out " DIR "/out");
    ck_assert_msg(code == 0 && strstr(text, "0 problems") != NULL, "%d: %s", code, text);
}

/* Variance of the difference of two of its pictures, of a channel. */
static double difference(uint32_t channel)
{
    sim_image_t a, b;
    char error[256];
    ck_assert_int_eq(sim_png_read(DIR "/out/rgb_00005.png", &a, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_png_read(DIR "/out/rgb_00010.png", &b, error, sizeof(error)), SIM_OK);
    ck_assert(a.width_px == 512 && a.height_px == 384 && b.width_px == 512 && b.height_px == 384);
    double sum = 0, square = 0, count = 512 * 384;
    for (size_t i = channel; i < 3 * 512 * 384; i += 3) {
        double d = (double)a.data[i] - b.data[i];
        sum += d;
        square += d * d;
    }
    sim_image_free(&a);
    sim_image_free(&b);
    return square / count - sum / count * sum / count;
}

/* Of variance 1 a frame: v = (1 - k)^2 v + k^2 after each, from 1 in the first; n frames later the
 * older noise is still there (1 - k)^n times. Rounding to codes,
 * 0.29 of one, is little beside 3 codes and more. */
START_TEST(noise_of_the_cameras_pictures_falls_as_the_law_says_when_its_host_asks)
{
    const double k = 128 / 256.0, old = pow(1 - k, SECOND - FIRST);
    double plain[3], v[SECOND + 1] = {1};
    for (int n = 1; n <= SECOND; n++)
        v[n] = (1 - k) * (1 - k) * v[n - 1] + k * k;
    double law = (v[FIRST] + v[SECOND] - 2 * old * v[FIRST]) / 2; /* 0.3231 */
    run_camera(0);
    for (uint32_t c = 0; c < 3; c++)
        plain[c] = difference(c);
    run_camera(128);
    for (uint32_t c = 0; c < 3; c++) {
        double part = sqrt(difference(c) / plain[c]);
        printf("channel %u: %.2f codes become %.4f of it, the law says %.4f\n", c,
               sqrt(plain[c] / 2), part, sqrt(law));
        ck_assert_double_gt(plain[c], 2 * 3 * 3);
        ck_assert_double_eq_tol(part, sqrt(law), 0.03 * sqrt(law));
    }
}
END_TEST

TEST_MAIN("raw temporal noise reduction on the chip",
          two_frames_are_filtered_in_time_and_the_same_however_they_are_run,
          it_goes_on_from_a_snapshot_in_the_middle_of_a_frame,
          noise_of_the_cameras_pictures_falls_as_the_law_says_when_its_host_asks)
