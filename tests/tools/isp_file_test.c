/*
 * isp_file_test.c - fovea isp: RAW files of known content through the ISP.
 */
#include <unistd.h>

#include "sim/dng.h"
#include "sim/file.h"
#include "sim/png.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

enum { W = 32, H = 24 };
static char text[4096], error[256];
static sim_image_t image;
static const char *const raw_file = FOVEA_OUT "/isp_in.dng", *const out_file =
                                                                 FOVEA_OUT "/isp_out.png";

/* The inverse of the matrix of sRGB primaries to XYZ (IEC 61966-2-1 gives it, too): a camera that
 * sees linear sRGB. */
static const double srgb_camera[9] = {3.2406, -1.5372, -0.4986, -0.9689, 1.8758,
                                      0.0415, 0.0557,  -0.2040, 1.0570};

/* A plain field: above black, by place in 2 x 2, level[0], [1], [2] of white in red, green, blue
 * photosites. */
static void write_places(sim_bayer_t bayer, uint32_t bits, uint32_t white, const double black[4],
                         const double level[3])
{
    static const uint8_t color[4][4] = {
        [SIM_BAYER_GRBG] = {1, 0, 2, 1},
        [SIM_BAYER_RGGB] = {0, 1, 1, 2},
        [SIM_BAYER_BGGR] = {2, 1, 1, 0},
        [SIM_BAYER_GBRG] = {1, 2, 0, 1},
    };
    static uint16_t px[W * H];
    for (uint32_t i = 0; i < W * H; i++) {
        uint32_t place = i / W % 2 * 2 + i % W % 2;
        px[i] =
            (uint16_t)(black[place] + (white - black[place]) * level[color[bayer][place]] + 0.5);
    }
    sim_raw_t raw = {.width_px = W,
                     .height_px = H,
                     .bits = bits,
                     .bayer = bayer,
                     .data = px,
                     .white = white,
                     .has_color = true,
                     .neutral = {0.5, 1, 0.75}};
    memcpy(raw.black, black, sizeof(raw.black));
    memcpy(raw.color_matrix, srgb_camera, sizeof(srgb_camera));
    ck_assert_msg(sim_dir_make(FOVEA_OUT, error, sizeof(error)) == SIM_OK, "%s", error);
    ck_assert_msg(sim_dng_write(raw_file, &raw, error, sizeof(error)) == SIM_OK, "%s", error);
}

/* The same with one black, and levels in DN. */
static void write_field(sim_bayer_t bayer, uint32_t bits, uint32_t white, double black,
                        const double level_dn[3])
{
    const double places[4] = {black, black, black, black}, range = white - black;
    const double level[3] = {level_dn[0] / range, level_dn[1] / range, level_dn[2] / range};
    write_places(bayer, bits, white, places, level);
}

/* Develops it; every pixel must be the same, and is returned. */
static const uint8_t *developed(const char *options)
{
    int code = fovea(text, sizeof(text), "isp %s -o %s %s", raw_file, out_file, options);
    ck_assert_msg(code == 0, "%d: %s", code, text);
    ck_assert_int_eq(sim_png_read(out_file, &image, error, sizeof(error)), SIM_OK);
    ck_assert_uint_eq(image.width_px, W);
    ck_assert_uint_eq(image.height_px, H);
    ck_assert_uint_eq(image.channels, 3);
    static uint8_t first[3];
    memcpy(first, image.data, 3);
    for (size_t i = 0; i < (size_t)W * H; i++)
        ck_assert_mem_eq(image.data + 3 * i, first, 3);
    sim_image_free(&image);
    return first;
}

static void expect_near(const uint8_t *rgb, int r, int g, int b)
{
    ck_assert_msg(abs(rgb[0] - r) <= 1 && abs(rgb[1] - g) <= 1 && abs(rgb[2] - b) <= 1,
                  "%d %d %d, not %d %d %d", rgb[0], rgb[1], rgb[2], r, g, b);
}

/* With --set gamma=0 a code is the linear value / 16: of 959 DN above black, 0.4 is 102 of 255. */
START_TEST(a_gray_field_comes_out_gray_in_every_bayer_order)
{
    static const double level[3] = {959 * 0.4 * 0.5, 959 * 0.4, 959 * 0.4 * 0.75};
    for (uint32_t bayer = 0; bayer < 4; bayer++) {
        write_field((sim_bayer_t)bayer, 10, 1023, 64, level);
        expect_near(developed("--set gamma=0"), 102, 102, 102);
    }
}
END_TEST

START_TEST(each_place_of_the_pattern_has_its_own_black)
{
    static const double black[4] = {400, 900, 1400, 1900}, level[3] = {0.2, 0.4, 0.3};
    for (uint32_t bayer = 0; bayer < 4; bayer++) {
        write_places((sim_bayer_t)bayer, 16, 65535, black, level);
        expect_near(developed("--set gamma=0"), 102, 102, 102);
    }
}
END_TEST

/* 0.2 of linear light is 124 in sRGB: 1.055 * 0.2^(1 / 2.4) - 0.055 = 0.4845. */
START_TEST(samples_of_any_width_and_white_mean_the_same_light)
{
    static const struct {
        uint32_t bits, white;
        double black;
    } kinds[] = {{8, 255, 10},      {10, 1023, 64},    {12, 4095, 256},
                 {14, 16383, 1024}, {16, 60000, 1000}, {13, 5000, 0}};
    for (size_t i = 0; i < SIM_COUNT(kinds); i++) {
        double range = kinds[i].white - kinds[i].black;
        double level[3] = {range * 0.2 * 0.5, range * 0.2, range * 0.2 * 0.75};
        write_field(SIM_BAYER_RGGB, kinds[i].bits, kinds[i].white, kinds[i].black, level);
        const uint8_t *rgb = developed("");
        ck_assert_msg(abs(rgb[1] - 124) <= (kinds[i].bits == 8 ? 3 : 1), "%u bits: %d",
                      kinds[i].bits, rgb[1]);
    }
}
END_TEST

START_TEST(the_matrix_is_the_file_s)
{
    /* camera values (balanced) are linear sRGB here: 0.6, 0.3, 0.1 stay what they are */
    static const double level[3] = {959 * 0.6 * 0.5, 959 * 0.3, 959 * 0.1 * 0.75};
    write_field(SIM_BAYER_GRBG, 10, 1023, 64, level);
    expect_near(developed("--set gamma=0"), 153, 77, 26);
    /* without the matrix nothing changes, since it is 1; a swap of red and blue does */
    expect_near(developed("--set gamma=0 --set ccm.00=0 --set ccm.02=1024 --set ccm.22=0 --set "
                          "ccm.20=1024"),
                26, 77, 153);
}
END_TEST

START_TEST(a_png_is_told_what_it_does_not_say)
{
    /* two 8-bit gray columns: green sites 100, others 50 */
    sim_image_t gray = {W, H, 1, malloc(W * H)};
    for (uint32_t i = 0; i < W * H; i++)
        gray.data[i] = (i / W + i) % 2 == 0 ? 100 : 50;
    const char *png = FOVEA_OUT "/isp_in.png";
    ck_assert_msg(sim_dir_make(FOVEA_OUT, error, sizeof(error)) == SIM_OK, "%s", error);
    ck_assert_int_eq(sim_png_write(png, &gray, error, sizeof(error)), SIM_OK);
    int code = fovea(text, sizeof(text),
                     "isp %s -o %s --bayer grbg --black 20 --colors file --set gamma=0 --set "
                     "wb.r=256 --set wb.gr=256 --set wb.gb=256 --set wb.b=256 --set ccm.00=1024 "
                     "--set ccm.01=0 --set ccm.02=0 --set ccm.10=0 --set ccm.11=1024 --set "
                     "ccm.12=0 --set ccm.20=0 --set ccm.21=0 --set ccm.22=1024",
                     png, out_file);
    ck_assert_msg(code == 0, "%s", text);
    ck_assert_int_eq(sim_png_read(out_file, &image, error, sizeof(error)), SIM_OK);
    expect_near(image.data, 30, 80, 30);
    sim_image_free(&image);
    sim_image_free(&gray);
}
END_TEST

START_TEST(a_ppm_holds_the_same_pixels_as_a_png)
{
    static const double level[3] = {100, 300, 200};
    size_t bytes;
    write_field(SIM_BAYER_RGGB, 10, 1023, 64, level);
    developed("");
    int code = fovea(text, sizeof(text), "isp %s -o " FOVEA_OUT "/isp_out.ppm", raw_file);
    ck_assert_msg(code == 0, "%s", text);
    uint8_t *ppm = sim_file_read(FOVEA_OUT "/isp_out.ppm", 1 << 20, &bytes, error, sizeof(error));
    ck_assert_ptr_nonnull(ppm);
    static const char head[] = "P6\n32 24\n255\n";
    ck_assert_uint_eq(bytes, strlen(head) + 3 * W * H);
    ck_assert_mem_eq(ppm, head, strlen(head));
    ck_assert_int_eq(sim_png_read(out_file, &image, error, sizeof(error)), SIM_OK);
    ck_assert_mem_eq(ppm + strlen(head), image.data, 3 * W * H);
    sim_image_free(&image);
    free(ppm);
}
END_TEST

START_TEST(wrong_use_ends_with_one_line_and_code_2)
{
    static const double level[3] = {10, 10, 10};
    write_field(SIM_BAYER_RGGB, 10, 1023, 64, level);
    const sim_image_t small = {3, 5, 1, (uint8_t[15]){0}};
    ck_assert_int_eq(sim_png_write(FOVEA_OUT "/small.png", &small, error, sizeof(error)), SIM_OK);
    sim_image_t large = {4096, 4096, 1, calloc(4096, 4096)};
    ck_assert_int_eq(sim_png_write(FOVEA_OUT "/large.png", &large, error, sizeof(error)), SIM_OK);
    sim_image_free(&large);
    static const struct {
        const char *args, *line;
    } cases[] = {
        {"isp " FOVEA_OUT "/isp_in.dng", "fovea: isp: --out is missing\n"},
        {"isp " FOVEA_OUT "/isp_in.dng -o x.jpg",
         "fovea: x.jpg: expected a name in .png or .ppm\n"},
        {"isp nosuch.dng -o x.png", "fovea: nosuch.dng: No such file or directory\n"},
        {"isp README.md -o x.png", "fovea: README.md: neither a DNG or TIFF nor a PNG file\n"},
        {"isp " FOVEA_OUT "/isp_in.dng -o " FOVEA_OUT "/x.png --set wb.r=4096",
         "fovea: isp: wb.r=4096: expected a number within ISP_WB_R (11:0: gain of R, 8.8, "
         "1..0xfff)\n"},
        {"isp " FOVEA_OUT "/isp_in.dng -o " FOVEA_OUT "/x.png --set wb.r=-5",
         "fovea: isp: wb.r=-5: expected a number within ISP_WB_R (11:0: gain of R, 8.8, "
         "1..0xfff)\n"},
        {"isp " FOVEA_OUT "/isp_in.dng -o " FOVEA_OUT "/x.png --set ccm.01=-32769",
         "fovea: isp: ccm.01=-32769: expected a number within ISP_CCM_01 (15:0: R from G, "
         "signed)\n"},
        {"isp " FOVEA_OUT "/isp_in.dng -o " FOVEA_OUT "/x.png --set nosuch.stage=1",
         "fovea: isp: nosuch.stage=1: no register ISP_NOSUCH_STAGE to write\n"},
        {"isp " FOVEA_OUT "/isp_in.dng -o " FOVEA_OUT "/x.png --bayer rgbw",
         "fovea: isp: --bayer: found rgbw, expected grbg, rggb, bggr or gbrg\n"},
        {"isp " FOVEA_OUT "/isp_in.dng -o " FOVEA_OUT "/x.png --bits 7",
         "fovea isp: --bits: '7' is not a number in 8..16\n"},
        {"isp " FOVEA_OUT "/small.png -o " FOVEA_OUT "/x.png",
         "fovea: isp: 3 x 5: expected 4 x 4 or more, below 16.8 Mpixel\n"},
        {"isp " FOVEA_OUT "/large.png -o " FOVEA_OUT "/x.png",
         "fovea: isp: 4096 x 4096: expected 4 x 4 or more, below 16.8 Mpixel\n"},
        {"isp " FOVEA_OUT "/isp_in.dng -o " FOVEA_OUT "/x.png --colors none",
         "fovea: isp: --colors: found none, expected file or chip\n"},
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        ck_assert_int_eq(fovea(text, sizeof(text), "%s", cases[i].args), 2);
        ck_assert_str_eq(text, cases[i].line);
        ck_assert_int_ne(access(FOVEA_OUT "/x.png", F_OK), 0);
    }
}
END_TEST

TEST_MAIN("tools isp", a_gray_field_comes_out_gray_in_every_bayer_order,
          each_place_of_the_pattern_has_its_own_black,
          samples_of_any_width_and_white_mean_the_same_light, the_matrix_is_the_file_s,
          a_png_is_told_what_it_does_not_say, a_ppm_holds_the_same_pixels_as_a_png,
          wrong_use_ends_with_one_line_and_code_2)
