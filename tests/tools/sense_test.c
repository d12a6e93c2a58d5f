/*
 * sense_test.c - fovea sense: pictures of known light through the pixel die, and back by the ISP.
 */
#include <math.h>
#include <unistd.h>

#include "sim/file.h"
#include "sim/png.h"
#include "sim/raw.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

static char text[4096], error[256];
static const char *const picture = FOVEA_OUT "/sense_in.png", *const dng = FOVEA_OUT "/sense.dng",
                         *const png = FOVEA_OUT "/sense_out.png";

/* Left half white, right half of that code. */
static void write_picture(uint8_t code)
{
    enum { W = 64, H = 48 };
    sim_image_t image = {W, H, 3, malloc(W * H * 3)};
    for (uint32_t i = 0; i < W * H; i++)
        memset(image.data + 3 * i, i % W < W / 2 ? 255 : code, 3);
    ck_assert_msg(sim_dir_make(FOVEA_OUT, error, sizeof(error)) == SIM_OK, "%s", error);
    ck_assert_int_eq(sim_png_write(picture, &image, error, sizeof(error)), SIM_OK);
    sim_image_free(&image);
}

static sim_raw_t sensed(const char *options)
{
    sim_raw_t raw;
    int code = fovea(text, sizeof(text), "sense %s -o %s %s", picture, dng, options);
    ck_assert_msg(code == 0, "%d: %s", code, text);
    ck_assert_msg(sim_raw_read(dng, &raw, error, sizeof(error)) == SIM_OK, "%s", error);
    return raw;
}

/* Mean above black of the green samples in red rows, columns from..to of a quarter of the rows. */
static double green_mean(const sim_raw_t *raw, uint32_t from, uint32_t to)
{
    double sum = 0, count = 0;
    for (uint32_t y = 0; y < raw->height_px / 2; y += 2)
        for (uint32_t x = from | 1; x < to; x += 2) {
            sum += raw->data[(size_t)y * raw->width_px + x];
            count++;
        }
    return sum / count - raw->black[1];
}

/* 511.16 e-/s/lux (photon_test): 300 lux for 10 ms are 1533.5 e-, 180.95 DN; the converter's curve
 * adds 0.5 * 6 sqrt(3) u (1 - u) (1 - 2 u) = 0.50 at u = 180.95 / 959. sRGB 188 is 0.5029 of
 * white's light. */
START_TEST(light_becomes_electrons_becomes_samples)
{
    write_picture(188);
    sim_raw_t raw = sensed("--lux 300 --exposure 10ms");
    ck_assert_uint_eq(raw.width_px, 2028);
    ck_assert_double_eq_tol(raw.exposure_s, 0.01, 1e-8);
    ck_assert_double_eq_tol(raw.f_number, 1.79, 1e-6);
    double white = green_mean(&raw, 100, 900);
    ck_assert_double_eq_tol(white, 181.45, 0.4);
    ck_assert_double_eq_tol(green_mean(&raw, 1100, 1900) / white, 0.5029, 0.003);
    sim_raw_free(&raw);
}
END_TEST

START_TEST(gain_exposure_and_light_multiply)
{
    write_picture(0);
    sim_raw_t raw = sensed("--lux 100 --exposure 15ms --gain 2");
    double all = green_mean(&raw, 100, 900); /* the same light and exposure product */
    ck_assert_double_eq_tol(all, 181.45, 0.5);
    ck_assert_double_eq_tol(raw.iso, 200, 0.5);
    sim_raw_free(&raw);
}
END_TEST

START_TEST(the_isp_makes_the_picture_again)
{
    write_picture(128);
    sim_raw_t raw = sensed("--lux 560 --exposure 10ms"); /* white just below full scale */
    sim_raw_free(&raw);
    int code = fovea(text, sizeof(text), "isp %s -o %s", dng, png);
    ck_assert_msg(code == 0, "%s", text);
    sim_image_t image;
    ck_assert_int_eq(sim_png_read(png, &image, error, sizeof(error)), SIM_OK);
    double mean[2][3] = {{0}};
    for (uint32_t y = 100; y < 1400; y++)
        for (uint32_t x = 100; x < 900; x++)
            for (uint32_t c = 0; c < 3; c++) {
                mean[0][c] += image.data[3 * (y * 2028 + x) + c];
                mean[1][c] += image.data[3 * (y * 2028 + x + 1000) + c];
            }
    /* white is 511.16 * 560 * 0.01 * 0.118 = 337.8 of 959 DN, 0.3522 of the range: sRGB 160;
     * 128 is 0.2158 of that light: 0.0760, sRGB 78 */
    static const double want[2] = {160, 78};
    for (int half = 0; half < 2; half++)
        for (int c = 0; c < 3; c++)
            ck_assert_double_eq_tol(mean[half][c] / (1300 * 800), want[half], 1.5);
    sim_image_free(&image);
}
END_TEST

/* XYZ of D65, luminance 1. */
START_TEST(the_matrix_of_the_file_takes_daylight_to_its_neutral)
{
    static const double white[3] = {0.95047, 1, 1.08883};
    write_picture(0);
    sim_raw_t raw = sensed("--lux 300 --exposure 10ms");
    for (int c = 0; c < 3; c++) {
        double sum = 0;
        for (int i = 0; i < 3; i++)
            sum += raw.color_matrix[3 * c + i] * white[i];
        ck_assert_double_eq_tol(sum, raw.neutral[c], 1e-3);
    }
    sim_raw_free(&raw);
}
END_TEST

/* Of the white half, red, green, blue. */
static void developed_white(double mean[3])
{
    int code = fovea(text, sizeof(text), "isp %s -o %s", dng, png);
    ck_assert_msg(code == 0, "%s", text);
    sim_image_t image;
    ck_assert_int_eq(sim_png_read(png, &image, error, sizeof(error)), SIM_OK);
    mean[0] = mean[1] = mean[2] = 0;
    for (uint32_t y = 100; y < 1400; y++)
        for (uint32_t x = 100; x < 900; x++)
            for (uint32_t c = 0; c < 3; c++)
                mean[c] += image.data[3 * (y * 2028 + x) + c] / (1300.0 * 800);
    sim_image_free(&image);
}

/* 3000 e- are 354 DN above black. A brighter white is white, not what the gains of white balance
 * make of three equal samples. */
START_TEST(white_of_the_file_is_the_full_well_where_that_comes_first)
{
    static const char *const chip = FOVEA_OUT "/sense_chip.json";
    static const char small_well[] = "{\"pixel\": {\"charge\": {\"full_well_e\": 3000}}}";
    ck_assert_int_eq(sim_file_write(chip, small_well, sizeof(small_well) - 1, error, sizeof(error)),
                     SIM_OK);
    write_picture(0);
    char options[128];
    snprintf(options, sizeof(options), "--lux 5000 --exposure 10ms --chip %s", chip);
    sim_raw_t raw = sensed(options);
    ck_assert_uint_eq(raw.white, 418);
    sim_raw_free(&raw);
    double white[3];
    developed_white(white);
    for (int c = 0; c < 3; c++)
        ck_assert_double_ge(white[c], 250);
    snprintf(options, sizeof(options), "--gain 2 --set adc.bits=12 --chip %s", chip);
    raw = sensed(options); /* 4 x 64 + 4 x 2 x 354 */
    ck_assert_uint_eq(raw.white, 3088);
    sim_raw_free(&raw);
    raw = sensed("--lux 5000 --exposure 10ms"); /* 8180 e- are 1029 DN: the converter ends before */
    ck_assert_uint_eq(raw.white, 1023);
    sim_raw_free(&raw);
}
END_TEST

/* White is 0.7095, 1, 0.6809 without: twice as much of red is 1.4189, 1, 0.6809. */
START_TEST(digital_gain_is_in_the_colors_and_the_speed_of_the_file)
{
    write_picture(0);
    sim_raw_t raw = sensed("--lux 300 --exposure 10ms --set dgain.r=512");
    ck_assert_double_eq_tol(raw.neutral[0], 1, 1e-6);
    ck_assert_double_eq_tol(raw.neutral[1], 1 / 1.4189, 1e-4);
    ck_assert_double_eq_tol(raw.neutral[2], 0.6809 / 1.4189, 1e-4);
    ck_assert_double_eq_tol(raw.iso, 100, 0.5);
    sim_raw_free(&raw);
    double white[3];
    developed_white(white);
    ck_assert_double_eq_tol(white[0], white[1], 1);
    ck_assert_double_eq_tol(white[2], white[1], 1);
    raw = sensed("--gain 2 --set dgain.r=384 --set dgain.gr=384 --set dgain.gb=384 "
                 "--set dgain.b=384");
    ck_assert_double_eq_tol(raw.iso, 300, 0.5);
    ck_assert_double_eq_tol(raw.neutral[0], 0.7095, 1e-4);
    sim_raw_free(&raw);
}
END_TEST

START_TEST(registers_choose_what_is_read)
{
    write_picture(0);
    sim_raw_t raw = sensed("--set bin=0x11 --set x.start=0 --set x.size=128 --set y.size=64 "
                           "--set adc.bits=12 --exposure 10ms --set flip=1");
    ck_assert_uint_eq(raw.width_px, 128);
    ck_assert_uint_eq(raw.height_px, 64);
    ck_assert_uint_eq(raw.bits, 12);
    ck_assert_uint_eq(raw.bayer, SIM_BAYER_GRBG);
    ck_assert_double_eq(raw.black[0], 256);
    ck_assert_ptr_nonnull(strstr(text, "128 x 64, 12 bits, exposure 10.000000 ms"));
    sim_raw_free(&raw);
}
END_TEST

/* Lengths of another chip are its own: 1600 lines of 12740 clocks at 840 MHz, and 800 lines of 800
 * clocks at 96 MHz, not binned. */
START_TEST(a_chip_begins_with_what_its_file_says_of_power_up)
{
    static const struct {
        const char *chip, *line;
    } cases[] = {
        {"imx477", "2028 x 1520, 12 bits, exposure 24.266667 ms"},
        {"vga-tiny", "640 x 480, 10 bits, exposure 6.666667 ms"},
    };
    write_picture(0);
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        int code = fovea(text, sizeof(text), "sense %s -o %s --chip logic/chips/%s.json", picture,
                         dng, cases[i].chip);
        ck_assert_msg(code == 0, "%d: %s", code, text);
        ck_assert_msg(strstr(text, cases[i].line) == text, "%s", text);
    }
}
END_TEST

START_TEST(one_seed_is_one_picture_whatever_the_threads)
{
    write_picture(100);
    sim_raw_t one = sensed("--seed 3 --threads 1 --simd scalar"),
              two = sensed("--seed 3 --threads 2"), other = sensed("--seed 4");
    size_t bytes = (size_t)one.width_px * one.height_px * 2;
    ck_assert_mem_eq(one.data, two.data, bytes);
    ck_assert_mem_ne(one.data, other.data, bytes);
    sim_raw_free(&one);
    sim_raw_free(&two);
    sim_raw_free(&other);
}
END_TEST

START_TEST(wrong_use_ends_with_one_line_and_code_2)
{
    write_picture(0);
    static const struct {
        const char *args, *line;
    } cases[] = {
        {"", "fovea: sense: --out is missing\n"},
        {"-o x.dng --lux bright", NULL},
        {"-o x.dng --lux -1", "fovea: sense: --lux: found -1, expected 0..1e+07\n"},
        {"-o x.dng --gain 0.5", "fovea: sense: gain: found 0.5, expected 1..22.26\n"},
        {"-o x.dng --exposure 5", "fovea: sense: --exposure: found 5, expected a time as 20ms\n"},
        {"-o x.dng --exposure 1us",
         "fovea: sense: exposure: found 0.000001000 s, expected 0.000101054..105.869\n"},
        {"-o x.dng --fit no",
         "fovea: sense: --fit: found no, expected stretch, contain or cover\n"},
        {"-o x.dng --set nosuch=1", "fovea: sense: nosuch=1: no register PIX_NOSUCH to write\n"},
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        ck_assert_int_eq(fovea(text, sizeof(text), "sense %s %s", picture, cases[i].args), 2);
        if (cases[i].line != NULL)
            ck_assert_str_eq(text, cases[i].line);
        ck_assert_int_eq(line_count(text), 1);
        ck_assert_int_ne(access("x.dng", F_OK), 0);
    }
}
END_TEST

TEST_MAIN("tools sense", light_becomes_electrons_becomes_samples, gain_exposure_and_light_multiply,
          the_isp_makes_the_picture_again, the_matrix_of_the_file_takes_daylight_to_its_neutral,
          white_of_the_file_is_the_full_well_where_that_comes_first,
          digital_gain_is_in_the_colors_and_the_speed_of_the_file, registers_choose_what_is_read,
          a_chip_begins_with_what_its_file_says_of_power_up,
          one_seed_is_one_picture_whatever_the_threads, wrong_use_ends_with_one_line_and_code_2)
