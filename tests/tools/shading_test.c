/*
 * shading_test.c - fovea isp --calibrate-shading: gains that are known are found again, and what
 * the pixel die sees behind a lens comes out flat.
 */
#include <math.h>
#include <unistd.h>

#include "sim/file.h"
#include "sim/png.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/shading.h"

static char text[4096], error[256];

/* ---- gains that are known ---- */

enum { W = 301, H = 222 };
static uint16_t known[LSC_GAINS], px[W * H];

/* What is where, by the order's name. */
static uint32_t phase_at(sim_bayer_t bayer, uint32_t x, uint32_t y)
{
    static const char *const order[4] = {[SIM_BAYER_GRBG] = "rRBb",
                                         [SIM_BAYER_RGGB] = "RrbB",
                                         [SIM_BAYER_BGGR] = "BbrR",
                                         [SIM_BAYER_GBRG] = "bBRr"};
    return (uint32_t)(strchr("RrbB", order[bayer][2 * (y & 1) + (x & 1)]) - "RrbB");
}

/* The gain of isp/lsc.h, unrounded: nodes from edge to edge, bilinear between. */
static double gain_at(uint32_t x, uint32_t y, uint32_t phase)
{
    double u = (x + 0.5) / W * 15, v = (y + 0.5) / H * 11;
    uint32_t i = (uint32_t)u, j = (uint32_t)v;
    const uint16_t *at = known + 4 * (16 * j + i) + phase;
    double upper = at[0] * (1 - (u - i)) + at[4] * (u - i);
    double lower = at[64] * (1 - (u - i)) + at[68] * (u - i);
    return (upper * (1 - (v - j)) + lower * (v - j)) / 1024;
}

static sim_raw_t field(sim_bayer_t bayer, double level)
{
    static const double black[4] = {100, 200, 300, 400};
    sim_raw_t raw = {.width_px = W, .height_px = H, .bits = 12, .white = 4095, .bayer = bayer};
    for (uint32_t i = 0; i < W * H; i++) {
        uint32_t x = i % W, y = i / W, place = 2 * (y & 1) + (x & 1);
        double dn = black[place] + level / gain_at(x, y, phase_at(bayer, x, y));
        px[i] = (uint16_t)(dn > 4095 ? 4095 : dn + 0.5);
    }
    memcpy(raw.black, black, sizeof(black));
    raw.data = px;
    return raw;
}

static void even_gains(uint16_t gain)
{
    for (uint32_t i = 0; i < LSC_GAINS; i++)
        known[i] = gain;
}

/* Any gains from 1 to 1.4, 1 somewhere in each color. Rounded samples of 2500 DN and more tell them
 * to a part in 5000; means of two samples that differ by 4 % are 0.04 % beside the middle's. */
START_TEST(gains_that_are_known_are_found_again_in_every_bayer_order)
{
    for (uint32_t bayer = 0; bayer < 4; bayer++) {
        sim_stream_t s = sim_stream(5, 7, bayer);
        uint16_t found[LSC_GAINS];
        for (uint32_t i = 0; i < LSC_GAINS; i++)
            known[i] = (uint16_t)(1024 + sim_stream_below(&s, 410));
        for (uint32_t phase = 0; phase < 4; phase++)
            known[4 * (20 + 31 * phase) + phase] = 1024;
        sim_raw_t raw = field((sim_bayer_t)bayer, 3500);
        ck_assert_msg(shading_fit(&raw, found, error, sizeof(error)), "%s", error);
        for (uint32_t i = 0; i < LSC_GAINS; i++)
            ck_assert_msg(abs(found[i] - known[i]) <= 2, "order %u, gain %u: %u, not %u", bayer, i,
                          found[i], known[i]);
    }
}
END_TEST

static void refused(const sim_raw_t *raw, const char *what)
{
    uint16_t found[LSC_GAINS];
    ck_assert(!shading_fit(raw, found, error, sizeof(error)));
    ck_assert_msg(strstr(error, what) != NULL, "%s", error);
}

START_TEST(what_is_no_even_field_is_refused)
{
    even_gains(1024);
    sim_raw_t raw = field(SIM_BAYER_RGGB, 150);
    refused(&raw, "too dark: 150.0 DN above black");
    raw = field(SIM_BAYER_RGGB, 3800); /* with black 300 and 400 */
    refused(&raw, "saturated");
    raw = field(SIM_BAYER_RGGB, 2000);
    raw.width_px = 63;
    refused(&raw, "63 x 222: a grid needs 64 x 48");
    known[4 * (16 * 11 + 15) + 3] = 5 * 1024;
    raw = field(SIM_BAYER_RGGB, 2000);
    refused(&raw, "B at column 15, row 11 of the grid would need a gain of 5.0");
    memset(px, 0, sizeof(px));
    refused(&raw, "too dark");
    for (uint32_t i = 0; i < W * H; i++) /* one bright sample in the dark, but none saturated */
        px[i] = i == W * H / 2 ? 4094 : 0;
    refused(&raw, "");
}
END_TEST

/* ---- a lens ---- */

enum { BLOCK = 76, COLUMNS = 2028 / BLOCK, ROWS = 1520 / BLOCK };
static const char *const
    lens = FOVEA_OUT "/shading_lens.json",
    *const grid = FOVEA_OUT "/shading_grid.json", *const white = FOVEA_OUT "/shading_white.png",
    *const flat = FOVEA_OUT "/shading_flat.dng", *const picture = FOVEA_OUT "/shading_out.png";

/* Runs a command that must do. */
#define DO(...)                                                                                    \
    do {                                                                                           \
        int code = fovea(text, sizeof(text), __VA_ARGS__);                                         \
        ck_assert_msg(code == 0, "%d: %s", code, text);                                            \
    } while (0)

/* Smallest and largest mean of a block of a channel over the one in the middle. */
static void spread(uint32_t channel, double *low, double *high)
{
    sim_image_t image;
    double mean[ROWS][COLUMNS] = {{0}};
    ck_assert_int_eq(sim_png_read(picture, &image, error, sizeof(error)), SIM_OK);
    ck_assert_uint_eq(image.width_px, 2028);
    for (uint32_t y = 0; y < ROWS * BLOCK; y++)
        for (uint32_t x = 0; x < COLUMNS * BLOCK; x++)
            mean[y / BLOCK][x / BLOCK] +=
                (image.data[3 * ((size_t)y * 2028 + x) + channel] + 0.5) / (BLOCK * BLOCK);
    *low = *high = 1;
    for (uint32_t i = 0; i < ROWS * COLUMNS; i++) {
        double part = mean[i / COLUMNS][i % COLUMNS] / mean[ROWS / 2][COLUMNS / 2];
        *low = part < *low ? part : *low;
        *high = part > *high ? part : *high;
    }
    sim_image_free(&image);
}

/* The module's 4.74 mm and a red that falls more to the sides. A second field, of other light and
 * other noise, is flat with the grid of the first. */
START_TEST(a_second_field_behind_the_lens_is_flat_within_one_percent)
{
    static const char chip[] =
        "{\"pixel\": {\"lens\": {\"focal_mm\": 4.74, \"shading_red\": [-0.2, 0.05]}}}";
    sim_image_t image = {64, 48, 3, malloc(64 * 48 * 3)};
    double low, high;
    memset(image.data, 255, 64 * 48 * 3);
    ck_assert_msg(sim_dir_make(FOVEA_OUT, error, sizeof(error)) == SIM_OK, "%s", error);
    ck_assert_int_eq(sim_png_write(white, &image, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(lens, chip, strlen(chip), error, sizeof(error)), SIM_OK);
    sim_image_free(&image);
    DO("sense %s --chip %s --lux 1200 --exposure 10ms -o %s", white, lens, flat);
    DO("isp %s --calibrate-shading %s", flat, grid);
    DO("sense %s --chip %s --lux 900 --exposure 10ms --seed 3 -o %s", white, lens, flat);
    for (int corrected = 0; corrected < 2; corrected++) {
        DO("isp %s -o %s --set gamma=0 --chip %s", flat, picture, corrected ? grid : lens);
        for (uint32_t channel = 0; channel < 3; channel++) {
            spread(channel, &low, &high);
            printf("%s, channel %u: %.4f .. %.4f of the middle\n",
                   corrected ? "corrected" : "as it is", channel, low, high);
            ck_assert(corrected ? low > 0.99 && high < 1.01 : low < 0.5);
        }
    }
}
END_TEST

START_TEST(files_that_cannot_be_are_told)
{
    ck_assert_int_eq(
        fovea(text, sizeof(text), "isp %s --calibrate-shading %s", "missing.dng", grid), 2);
    ck_assert_msg(strstr(text, "missing.dng") != NULL, "%s", text);
    ck_assert_int_eq(fovea(text, sizeof(text), "isp %s", flat), 2);
    ck_assert_msg(strstr(text, "--out is missing") != NULL, "%s", text);
    ck_assert_int_eq(fovea(text, sizeof(text), "isp %s --calibrate-shading %s", flat, flat), 2);
}
END_TEST

TEST_MAIN("tools shading", gains_that_are_known_are_found_again_in_every_bayer_order,
          what_is_no_even_field_is_refused,
          a_second_field_behind_the_lens_is_flat_within_one_percent, files_that_cannot_be_are_told)
