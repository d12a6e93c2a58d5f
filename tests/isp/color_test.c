/*
 * color_test.c - what the numbers mean: colors stay, gray is gray, edges are sharp, the tone curve
 * is sRGB's, and the tensor's bytes are those worked out by hand.
 */
#include <math.h>

#include "tests/isp/rig.h"
#include "tests/test.h"

#define ADDR RIG_MEM_BASE

/* No black level, unit gains and matrix, code = value / 16: the filters alone. */
static ref_t plain(uint32_t width_px, uint32_t height_px)
{
    return (ref_t){.bayer = SIM_BAYER_RGGB,
                   .bits = 12,
                   .width_px = width_px,
                   .height_px = height_px,
                   .gain_q8 = {256, 256, 256, 256},
                   .digital_q8 = 256,
                   .matrix_q10 = {1024, 0, 0, 0, 1024, 0, 0, 0, 1024},
                   .array_width_px = 256,
                   .array_height_px = 256,
                   .roi_w = 256,
                   .roi_h = 256,
                   .out_width_px = 1,
                   .out_height_px = 1,
                   .channels = 3,
                   .div_val = {1024, 1024, 1024},
                   .div_shift = {6, 6, 6},
                   .norm_shift = {4, 4, 4},
                   .norm_val = {-2048, -2048, -2048},
                   .clip_min = {-128, -128, -128},
                   .clip_max = {127, 127, 127}};
}

/* The Bayer mosaic of a picture of three planes. */
static uint16_t mosaic_at(sim_bayer_t bayer, uint32_t x, uint32_t y, const uint16_t rgb[3])
{
    static const int channel[4][2][2] = {
        [SIM_BAYER_GRBG] = {{1, 0}, {2, 1}},
        [SIM_BAYER_RGGB] = {{0, 1}, {1, 2}},
        [SIM_BAYER_BGGR] = {{2, 1}, {1, 0}},
        [SIM_BAYER_GBRG] = {{1, 2}, {0, 1}},
    };
    return rgb[channel[bayer][y & 1][x & 1]];
}

static void flat(const ref_t *shape, const uint16_t rgb[3], uint16_t *raw)
{
    for (uint32_t y = 0; y < shape->height_px; y++)
        for (uint32_t x = 0; x < shape->width_px; x++)
            raw[y * shape->width_px + x] = mosaic_at(shape->bayer, x, y, rgb);
}

START_TEST(a_field_of_one_color_stays_one_color)
{
    isp_desc_t desc = rig_small();
    static const uint16_t colors[][3] = {
        {3200, 1600, 800}, {16, 4095, 2000}, {0, 0, 4095}, {4095, 4095, 4095}, {1, 17, 4000}};
    uint16_t raw[37 * 11];
    for (size_t i = 0; i < SIM_COUNT(colors); i++)
        for (int order = 0; order < 4; order++) {
            rig_t *rig = rig_new(&desc);
            ref_t ref = plain(37, 11);
            ref.bayer = (sim_bayer_t)order;
            flat(&ref, colors[i], raw);
            rig_configure(rig, &ref, ADDR);
            rig_frame(rig, &ref, 0, raw);
            for (uint32_t p = 0; p < 37 * 11; p++)
                for (int c = 0; c < 3; c++)
                    ck_assert_uint_eq(rig->rgb[3 * p + (uint32_t)c], colors[i][c] / 16);
            rig_free(rig);
        }
}
END_TEST

/* ---- the pixel die's colors ---- */

/* Electrons a second of each photosite for a lux of linear-sRGB red, green, blue: what the pixel
 * die's spectra come to; tests/sensor/chip_test.c holds the ISP's defaults against those. */
static const double electrons[3][3] = {
    {296.207, 53.499, 13.062}, {77.998, 353.394, 79.931}, {16.680, 75.316, 256.165}};

static double response(int site, int band)
{
    return electrons[site][band];
}

static double white(int site)
{
    return response(site, 0) + response(site, 1) + response(site, 2);
}

static double det(double a[3][3])
{
    return a[0][0] * (a[1][1] * a[2][2] - a[1][2] * a[2][1]) -
           a[0][1] * (a[1][0] * a[2][2] - a[1][2] * a[2][0]) +
           a[0][2] * (a[1][0] * a[2][1] - a[1][1] * a[2][0]);
}

/* By Cramer's rule: element (i, j) of the inverse. */
static double inverse_at(double a[3][3], int i, int j)
{
    double b[3][3];
    memcpy(b, a, sizeof(b));
    for (int k = 0; k < 3; k++)
        b[k][i] = k == j;
    return det(b) / det(a);
}

START_TEST(default_gains_and_matrix_undo_the_pixels_color_filters)
{
    isp_desc_t desc = isp_desc_default();
    static const int site_of_phase[4] = {0, 1, 1, 2};
    for (int i = 0; i < 4; i++) {
        double gain = 1.07 * 256 * white(1) / white(site_of_phase[i]);
        ck_assert_msg(fabs(desc.wb_gain_q8[i] - gain) <= 0.5 + 1e-9, "gain %d: %u, not %.3f", i,
                      desc.wb_gain_q8[i], gain);
    }
    double balanced[3][3];
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            balanced[i][j] = response(i, j) / white(i);
    for (int i = 0; i < 3; i++) {
        int sum = 0;
        for (int j = 0; j < 3; j++) {
            double k = 1024 * inverse_at(balanced, i, j);
            sum += desc.ccm_q10[3 * i + j];
            /* a last digit may give way so that the row adds up to exactly 1 */
            ck_assert_msg(fabs(desc.ccm_q10[3 * i + j] - k) < 1, "matrix %d%d: %d, not %.3f", i, j,
                          desc.ccm_q10[3 * i + j], k);
        }
        ck_assert_int_eq(sum, 1024);
    }
}
END_TEST

/* Light of `color` at `level` of what saturates green, as 12-bit samples over a black of 256. */
static void expose(const double color[3], double level, uint16_t rgb[3])
{
    for (int site = 0; site < 3; site++) {
        double e = 0;
        for (int band = 0; band < 3; band++)
            e += response(site, band) * color[band];
        rgb[site] = (uint16_t)lround(256 + 3839 * level * e / white(1));
    }
}

static void shoot(const double color[3], double level, uint8_t rgb[3])
{
    isp_desc_t desc = rig_small();
    rig_t *rig = rig_new(&desc);
    ref_t ref = rig_reference(rig, 8, 8);
    ref.bits = 12;
    uint16_t raw[64], sample[3];
    expose(color, level, sample);
    flat(&ref, sample, raw);
    rig_configure(rig, &ref, ADDR);
    rig_frame(rig, &ref, 0, raw);
    memcpy(rgb, rig->rgb, 3);
    rig_free(rig);
}

START_TEST(a_gray_scene_comes_out_gray)
{
    static const double gray[3] = {1, 1, 1};
    for (int percent = 5; percent <= 100; percent += 5) {
        uint8_t rgb[3];
        shoot(gray, percent / 100.0, rgb);
        for (int c = 0; c < 3; c++)
            ck_assert_msg(abs(rgb[c] - rgb[1]) <= 1, "%d %%: %u %u %u", percent, rgb[0], rgb[1],
                          rgb[2]);
    }
    uint8_t rgb[3];
    shoot(gray, 1, rgb); /* saturation is white */
    ck_assert(rgb[0] == 255 && rgb[1] == 255 && rgb[2] == 255);
}
END_TEST

static double srgb(double linear)
{
    return linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;
}

/* Colors come out as they are, scaled by the highlight gain: 1.07 * 3839 / 4095 = 1.003. */
START_TEST(a_colored_scene_comes_out_in_its_colors)
{
    static const double colors[][3] = {
        {0.8, 0.2, 0.1}, {0.1, 0.7, 0.2}, {0.1, 0.2, 0.6}, {0.6, 0.5, 0.1}, {0.3, 0.1, 0.5}};
    for (size_t i = 0; i < SIM_COUNT(colors); i++) {
        uint8_t rgb[3];
        shoot(colors[i], 1, rgb);
        for (int c = 0; c < 3; c++) {
            double code = 255 * srgb(1.003 * colors[i][c]);
            ck_assert_msg(fabs(rgb[c] - code) <= 2.5, "color %zu channel %d: %u, not %.1f", i, c,
                          rgb[c], code);
        }
    }
}
END_TEST

/* ---- demosaic ---- */

enum { SIDE = 192, CROP = 4 };

/* A zone plate, the same in all channels but for slow changes of color, as in real pictures; its
 * rings get as fine as 0.3 cycles per pixel at the corners. */
static void zone_plate(uint32_t x, uint32_t y, uint16_t rgb[3])
{
    double dx = x / (SIDE / 2.0) - 1, dy = y / (SIDE / 2.0) - 1, pi = 3.14159265358979;
    double rings = cos(pi * 0.3 * (SIDE / 2.0) * (dx * dx + dy * dy) / sqrt(2));
    for (int c = 0; c < 3; c++)
        rgb[c] = (uint16_t)lround(2048 + 1200 * rings + 300 * (c - 1) * dx + 150 * (c == 1) * dy);
}

static double bilinear(const uint16_t *raw, uint32_t x, uint32_t y, int channel)
{
    static const uint16_t which[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    double sum = 0, count = 0; /* of the nearest samples of that color */
    for (int reach = 0; reach <= 2 && count == 0; reach++)
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++) {
                uint32_t xx = x + (uint32_t)dx, yy = y + (uint32_t)dy;
                if (abs(dx) + abs(dy) == reach &&
                    mosaic_at(SIM_BAYER_RGGB, xx, yy, which[channel]) != 0) {
                    sum += raw[yy * SIDE + xx];
                    count++;
                }
            }
    return sum / count;
}

/* PSNR of the squared error pooled over the three channels, 8-bit codes, without a border of 4. */
START_TEST(the_demosaic_beats_bilinear_by_5_db)
{
    isp_desc_t desc = rig_small();
    rig_t *rig = rig_new(&desc);
    ref_t ref = plain(SIDE, SIDE);
    uint16_t *raw = malloc(SIDE * SIDE * sizeof(*raw)), rgb[3];
    for (uint32_t y = 0; y < SIDE; y++)
        for (uint32_t x = 0; x < SIDE; x++) {
            zone_plate(x, y, rgb);
            raw[y * SIDE + x] = mosaic_at(SIM_BAYER_RGGB, x, y, rgb);
        }
    rig_configure(rig, &ref, ADDR);
    rig_frame(rig, &ref, 0, raw);
    double ours = 0, theirs = 0, count = 0;
    for (uint32_t y = CROP; y < SIDE - CROP; y++)
        for (uint32_t x = CROP; x < SIDE - CROP; x++) {
            zone_plate(x, y, rgb);
            for (int c = 0; c < 3; c++) {
                double truth = rgb[c] / 16.0, b = bilinear(raw, x, y, c) / 16;
                double us = rig->rgb[3 * (y * SIDE + x) + (uint32_t)c] + 0.5; /* codes are floors */
                ours += (us - truth) * (us - truth);
                theirs += (b - truth) * (b - truth);
                count++;
            }
        }
    double psnr = 10 * log10(255 * 255 * count / ours);
    double psnr_bilinear = 10 * log10(255 * 255 * count / theirs);
    ck_assert_msg(psnr >= psnr_bilinear + 5, "%.2f dB, bilinear %.2f dB", psnr, psnr_bilinear);
    free(raw);
    rig_free(rig);
}
END_TEST

/* ---- tone ---- */

START_TEST(the_default_tone_curve_is_srgb_within_one_code)
{
    for (int level = 0; level <= (int)sim_simd_best(); level++) {
        sim_simd_force((sim_simd_t)level);
        isp_desc_t desc = rig_small();
        rig_t *rig = rig_new(&desc);
        ref_t ref = rig_reference(rig, 8, 8);
        uint16_t x[2048], *half = x;
        uint8_t code[3][4096], *out[3] = {code[0], code[1], code[2]};
        for (uint16_t i = 0; i < 2048; i++)
            x[i] = i;
        demosaic_row_t row = {{{half, half}, {half, half}, {half, half}}};
        gamma_load(&rig->isp.gamma, ref.point);
        for (uint16_t base = 0; base < 4096; base = (uint16_t)(base + 2048)) {
            for (uint16_t i = 0; i < 2048; i++)
                x[i] = (uint16_t)(base + i);
            gamma_row(&rig->isp.gamma, &row, 0, 2048, out);
            for (int i = 0; i < 2048; i++) {
                double truth = 255 * srgb((base + i) / 4095.0);
                ck_assert_msg(fabs(code[2][2 * i] - truth) <= 1, "%d: %u, not %.2f", base + i,
                              code[2][2 * i], truth);
                ck_assert_uint_eq(code[2][2 * i], code[0][2 * i + 1]);
            }
        }
        rig_free(rig);
    }
}
END_TEST

START_TEST(points_lie_four_an_octave)
{
    static const struct {
        uint32_t point, x;
    } some[] = {{0, 0},  {1, 4},     {4, 7},     {5, 8},    {6, 10},
                {9, 16}, {37, 2048}, {40, 3584}, {41, 4096}};
    for (size_t i = 0; i < SIM_COUNT(some); i++)
        ck_assert_uint_eq(gamma_point_x(some[i].point), some[i].x);
}
END_TEST

/* ---- tensor bytes by hand ---- */

/* The first byte of each channel for a field whose codes are r, g, b. */
static void tensor_of(const ref_t *ref, const uint8_t codes[3], int8_t out[3])
{
    isp_desc_t desc = rig_small();
    rig_t *rig = rig_new_blind(&desc);
    uint16_t raw[64];
    flat(ref, (uint16_t[3]){codes[0] * 16, codes[1] * 16, codes[2] * 16}, raw);
    rig_configure(rig, ref, ADDR);
    rig_frame(rig, ref, 0, raw);
    ck_assert_uint_eq(rig->tensor_dones, 1);
    for (uint32_t c = 0; c < 3; c++)
        out[c] = (int8_t)rig->mem.bytes[c * 64]; /* planes: 2 rows of 32 */
    rig_free(rig);
}

START_TEST(the_default_normalization_subtracts_128)
{
    ref_t ref = plain(8, 8);
    for (int x = 0; x < 256; x += 5) {
        int8_t q[3];
        tensor_of(&ref, (uint8_t[3]){(uint8_t)x, (uint8_t)(255 - x), 128}, q);
        ck_assert_int_eq(q[0], x - 128);
        ck_assert_int_eq(q[1], 127 - x);
        ck_assert_int_eq(q[2], 0);
    }
}
END_TEST

/* q = clip((((x * div_val) >> div_shift) + norm_val) >> norm_shift), one step at a time. */
START_TEST(normalization_vectors_worked_out_by_hand)
{
    static const struct {
        uint8_t x;
        uint32_t div_val, div_shift;
        int32_t norm_val;
        uint32_t norm_shift;
        int8_t q;
    } cases[] = {
        {100, 1000, 6, -2048, 4, -31},   /* 100000 / 64 = 1562.5; 1562 - 2048 = -486; -30.4 */
        {200, 1024, 6, 0, 4, 127},       /* 3200; 200: clipped */
        {77, 1024, 6, 0, 4, 77},         /* no offset: the code itself */
        {0, 1024, 6, -4096, 4, -128},    /* -256: clipped */
        {1, 1, 0, -2, 0, -1},            /* 1 - 2 */
        {1, 1, 0, -2, 1, -1},            /* -1 / 2 = -0.5, floor */
        {255, 65535, 15, 4095, 6, 71},   /* 16711425 / 32768 = 509.99; 509 + 4095 = 4604; 71.9 */
        {255, 65535, 0, -4096, 15, 127}, /* 16711425 - 4096 = 16707329; 509.9: clipped */
        {3, 7, 1, -11, 0, -1},           /* 21 / 2 = 10.5; 10 - 11 */
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        ref_t ref = plain(8, 8);
        ref.div_val[0] = cases[i].div_val;
        ref.div_shift[0] = cases[i].div_shift;
        ref.norm_shift[0] = cases[i].norm_shift;
        ref.norm_val[0] = cases[i].norm_val;
        int8_t q[3];
        tensor_of(&ref, (uint8_t[3]){cases[i].x, 0, 0}, q);
        ck_assert_msg(q[0] == cases[i].q, "case %zu: %d, not %d", i, q[0], cases[i].q);
    }
}
END_TEST

/* 77 * 200 + 150 * 100 + 29 * 50 = 31850; (31850 + 128) / 256 = 124.9; 124 - 128. */
START_TEST(luma_is_bt_601)
{
    ref_t ref = plain(8, 8);
    int8_t q[3];
    ref.channels = 1;
    tensor_of(&ref, (uint8_t[3]){200, 100, 50}, q);
    ck_assert_int_eq(q[0], 124 - 128);
    tensor_of(&ref, (uint8_t[3]){255, 255, 255}, q);
    ck_assert_int_eq(q[0], 127);
}
END_TEST

/* One row of pixels through the reference's resize: what isp_test compares with is itself right. */
static void resized(const uint8_t *codes, uint32_t from, uint32_t to, int expected[])
{
    ref_t ref = plain(from, 1);
    uint8_t rgb[16 * 3];
    int8_t tensor[3 * 2 * 32];
    for (uint32_t i = 0; i < 3 * from; i++)
        rgb[i] = codes[i / 3];
    ref.out_width_px = to;
    ref_tensor(&ref, rgb, tensor);
    for (uint32_t i = 0; i < to; i++)
        ck_assert_msg(tensor[i] + 128 == expected[i], "%u -> %u: %u is %d, not %d", from, to, i,
                      tensor[i] + 128, expected[i]);
    ck_assert_int_eq(tensor[to], 0);
}

START_TEST(the_references_resize_gives_what_is_worked_out_by_hand)
{
    resized((uint8_t[]){10, 21}, 2, 1, (int[]){16});             /* 15.5, half up */
    resized((uint8_t[]){10, 40, 100}, 3, 2, (int[]){20, 80});    /* (2 a + b) / 3 */
    resized((uint8_t[]){10, 41}, 2, 3, (int[]){10, 26, 41});     /* at -1/6, 1/2, 7/6 */
    resized((uint8_t[]){0, 100}, 2, 4, (int[]){0, 25, 75, 100}); /* at -1/4, 1/4, 3/4, 5/4 */
    resized((uint8_t[]){7}, 1, 3, (int[]){7, 7, 7});
    resized((uint8_t[]){1, 2, 3, 4, 5}, 5, 5, (int[]){1, 2, 3, 4, 5});
}
END_TEST

TEST_MAIN("isp color", a_field_of_one_color_stays_one_color,
          default_gains_and_matrix_undo_the_pixels_color_filters, a_gray_scene_comes_out_gray,
          a_colored_scene_comes_out_in_its_colors, the_demosaic_beats_bilinear_by_5_db,
          the_default_tone_curve_is_srgb_within_one_code, points_lie_four_an_octave,
          the_default_normalization_subtracts_128, normalization_vectors_worked_out_by_hand,
          luma_is_bt_601, the_references_resize_gives_what_is_worked_out_by_hand)
