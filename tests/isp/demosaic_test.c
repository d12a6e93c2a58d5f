/*
 * demosaic_test.c - how well the filters do on made pictures, and what the edge-directed one costs.
 * isp_test compares them with the reference.
 */
#include <math.h>

#include "tests/isp/slow.h"

enum { SIDE = 192, CROP = 10, FILTERS = 3 };

static const double pi = 3.14159265358979;

/* ---- pictures: linear R, G, B of 12 bits; colors change more slowly than brightness ---- */

/* Rings that get as fine as 0.3 cycles per pixel at the corners. */
static void zone_plate(uint32_t x, uint32_t y, double rgb[3])
{
    double dx = x / (SIDE / 2.0) - 1, dy = y / (SIDE / 2.0) - 1;
    double rings = cos(pi * 0.3 * (SIDE / 2.0) * (dx * dx + dy * dy) / sqrt(2));
    for (int c = 0; c < 3; c++)
        rgb[c] = 2048 + 1200 * rings + 300 * (c - 1) * dx + 150 * (c == 1) * dy;
}

/* 16 squares, each with an edge at another angle, as sharp as a good lens makes it. */
static void edges(uint32_t x, uint32_t y, double rgb[3])
{
    uint32_t cell = SIDE / 4, k = y / cell * 4 + x / cell;
    double angle = pi * k / 16, dx = x % cell - cell / 2.0, dy = y % cell - cell / 2.0;
    double side = 1 / (1 + exp(-(dx * cos(angle) + dy * sin(angle)) / 0.6));
    double low = 500 + 50 * k, high = 3400 - 70 * k;
    for (int c = 0; c < 3; c++) {
        double tint = 1 + 0.08 * (c - 1) * ((k * 7 % 16) / 8.0 - 1);
        rgb[c] = tint * (low + (high - low) * side);
    }
}

/* Stripes of 2.5 to 8.5 pixels, leaning, behind a lens' blur. */
static void stripes(uint32_t x, uint32_t y, double rgb[3])
{
    double period = 2.5 + 0.4 * (y / 12), at = (x + 0.3 * y) / period;
    double wave = sin(2 * pi * at) + sin(6 * pi * at) / 3 * exp(-pow(2.4 / period, 2) * 4);
    for (int c = 0; c < 3; c++)
        rgb[c] = 2048 + (1000 - 100 * c) * wave;
}

/* Waves of random frequency and direction, amplitudes as in nature: one over the frequency. */
static void texture(uint32_t x, uint32_t y, double rgb[3])
{
    sim_stream_t s = sim_stream(5, 1, 0);
    double light = 0, tint = 0;
    for (int k = 0; k < 48; k++) {
        double f = 0.01 * pow(32, sim_stream_below(&s, 1000) / 1000.0);
        double a = 2 * pi * sim_stream_below(&s, 1000) / 1000, p = sim_stream_below(&s, 1000);
        double wave = sin(2 * pi * f * (x * cos(a) + y * sin(a)) + p) * pow(0.01 / f, 0.6);
        light += 300 * wave;
        tint += f < 0.04 ? 0.02 * wave : 0;
    }
    for (int c = 0; c < 3; c++)
        rgb[c] = (1800 + light) * (1 + (c - 1) * tint);
}

static const struct {
    const char *name;
    void (*draw)(uint32_t x, uint32_t y, double rgb[3]);
} pictures[] = {
    {"zone plate", zone_plate}, {"edges", edges}, {"stripes", stripes}, {"texture", texture}};

/* ---- one picture through the ISP ---- */

static ref_t plain(rig_t *rig)
{
    ref_t ref = rig_reference(rig, SIDE, SIDE);
    ref.bits = 12;
    ref.tone = false;
    for (int i = 0; i < 4; i++)
        ref.black[i] = 0, ref.gain_q8[i] = 256;
    for (int i = 0; i < 9; i++)
        ref.matrix_q10[i] = i % 4 == 0 ? 1024 : 0;
    return ref;
}

static double clipped(double v)
{
    return v < 0 ? 0 : v > 4095 ? 4095 : v;
}

/* PSNR of the squared error pooled over the channels, in 8-bit codes, without a border of 10. */
static double psnr_of(const double *truth, uint32_t filter)
{
    isp_desc_t desc = rig_small();
    rig_t *rig = rig_new(&desc);
    ref_t ref = plain(rig);
    uint16_t *raw = malloc(SIDE * SIDE * sizeof(*raw));
    for (uint32_t y = 0; y < SIDE; y++)
        for (uint32_t x = 0; x < SIDE; x++) {
            uint32_t phase = ref_phase(&ref, x, y), c = phase == 0 ? 0 : phase == 3 ? 2 : 1;
            raw[y * SIDE + x] = (uint16_t)lround(truth[3 * (y * SIDE + x) + c]);
        }
    ref.demosaic = filter;
    rig_configure(rig, &ref, ADDR);
    rig_write(rig, "ISP_CTRL", ISP_CTRL_ENABLE);
    rig_frame(rig, &ref, 0, raw);
    double error = 0, count = 0;
    for (uint32_t y = CROP; y < SIDE - CROP; y++)
        for (uint32_t i = 3 * CROP; i < 3 * (SIDE - CROP); i++) {
            double us = rig->rgb[3 * y * SIDE + i] + 0.5; /* codes are floors */
            error += pow(us - truth[3 * y * SIDE + i] / 16, 2);
            count++;
        }
    free(raw);
    rig_free(rig);
    return 10 * log10(255 * 255 * count / error);
}

START_TEST(the_5x5_filter_beats_bilinear_by_5_db_and_the_edge_directed_one_beats_both)
{
    double *truth = malloc(3 * SIDE * SIDE * sizeof(*truth)), mean[FILTERS] = {0};
    for (size_t k = 0; k < SIM_COUNT(pictures); k++) {
        double psnr[FILTERS];
        for (uint32_t i = 0; i < SIDE * SIDE; i++) {
            pictures[k].draw(i % SIDE, i / SIDE, truth + 3 * (size_t)i);
            for (uint32_t c = 0; c < 3; c++)
                truth[3 * i + c] = clipped(truth[3 * i + c]);
        }
        for (uint32_t f = 0; f < FILTERS; f++) {
            psnr[f] = psnr_of(truth, f);
            mean[f] += psnr[f] / SIM_COUNT(pictures);
        }
        printf("%s: 5x5 %.2f dB, bilinear %.2f dB, edges %.2f dB\n", pictures[k].name,
               psnr[DEMOSAIC_MHC], psnr[DEMOSAIC_BILINEAR], psnr[DEMOSAIC_EDGE]);
        ck_assert_msg(psnr[DEMOSAIC_EDGE] >= psnr[DEMOSAIC_MHC] + 3, "%s", pictures[k].name);
    }
    free(truth);
    printf("mean: 5x5 %.2f dB, bilinear %.2f dB, edges %.2f dB\n", mean[DEMOSAIC_MHC],
           mean[DEMOSAIC_BILINEAR], mean[DEMOSAIC_EDGE]);
    ck_assert(mean[DEMOSAIC_MHC] >= mean[DEMOSAIC_BILINEAR] + 5);
    ck_assert(mean[DEMOSAIC_EDGE] >= 37);
}
END_TEST

/* ---- by hand ---- */

/* Gray stripes of 2 rows, 3000 and 1000: colors do not change, so differences are 0 along rows, and
 * what is between is what is beside it. The 5 x 5 filter overshoots. */
START_TEST(an_edge_along_rows_stays_as_sharp_as_it_is)
{
    isp_desc_t desc = rig_small();
    for (uint32_t turn = 0; turn < 2; turn++) {
        rig_t *rig = rig_new(&desc);
        ref_t ref = plain(rig);
        ref.width_px = ref.height_px = 24;
        ref.demosaic = DEMOSAIC_EDGE;
        uint16_t raw[24 * 24];
        for (uint32_t i = 0; i < 24 * 24; i++)
            raw[i] = (turn ? i % 24 : i / 24) < 12 ? 3008 : 1008;
        rig_configure(rig, &ref, ADDR);
        rig_write(rig, "ISP_CTRL", ISP_CTRL_ENABLE);
        rig_frame(rig, &ref, 0, raw);
        for (uint32_t i = 0; i < 24 * 24; i++)
            for (uint32_t c = 0; c < 3; c++)
                ck_assert_msg(rig->rgb[3 * i + c] == raw[i] / 16, "turn %u: %u, %u: %u", turn,
                              i % 24, i / 24, rig->rgb[3 * i + c]);
        rig_free(rig);
    }
}
END_TEST

/* slow.h: a line each 20 cycles; 4 lines, and 4 - 3 cycles more than the 15 of the 5 x 5 filter. */
START_TEST(the_edge_directed_filter_delays_rows_by_four_lines)
{
    bench_t *b = bench_new();
    b->ref.demosaic = DEMOSAIC_EDGE;
    bench_expect(b);
    rig_configure(b->rig, &b->ref, ADDR);
    image_only(b);
    bench_frame(b, 0, usual);
    rig_run_dry(b->rig);
    row_left(b, 0, 0, 180 + 16, 190 + 16);
    row_left(b, 1, 1, 200 + 16, 210 + 16);
    for (uint32_t row = 2; row < HEIGHT; row++)
        row_left(b, row, row, 210 + 4 * (row - 2) + 16, 214 + 4 * (row - 2) + 16);
    image_is_right(b);
    bench_free(b);
}
END_TEST

START_TEST(a_filter_that_there_is_not_is_the_last_one)
{
    bench_t *b = bench_new();
    rig_write(b->rig, "ISP_DEMOSAIC", 3);
    bench_frame(b, 0, usual);
    rig_run_dry(b->rig);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_DEMOSAIC"), DEMOSAIC_EDGE);
    ck_assert(logged(b, "ISP_DEMOSAIC: 3 not in 0..2"));
    b->ref.demosaic = DEMOSAIC_EDGE;
    bench_expect(b);
    image_is_right(b);
    bench_free(b);
}
END_TEST

/* Rows above the region are not made: those of the region start from lines alone. */
START_TEST(a_region_in_the_middle_has_the_pixels_of_the_whole_frame)
{
    isp_desc_t desc = rig_small();
    for (uint32_t seed = 0; seed < 8; seed++) {
        rig_t *rig = rig_new_blind(&desc);
        ref_t ref = rig_reference(rig, 70, 40);
        uint16_t raw[70 * 40];
        uint8_t rgb[70 * 40 * 3];
        int8_t tensor[4096];
        ref.demosaic = DEMOSAIC_EDGE;
        ref.roi_x = 40 + 7 * seed;
        ref.roi_y = 90 + 11 * seed;
        ref.roi_w = 60;
        ref.roi_h = 40;
        ref.out_width_px = ref.out_height_px = 4;
        rig_noise(seed, 10, 70 * 40, raw);
        ref_rgb(&ref, raw, rgb);
        ref_tensor(&ref, rgb, tensor);
        rig_configure(rig, &ref, ADDR);
        rig_frame(rig, &ref, 0, raw);
        ck_assert_mem_eq(rig->mem.bytes + (ADDR - RIG_MEM_BASE), tensor, ref_tensor_bytes(&ref));
        rig_free(rig);
    }
}
END_TEST

TEST_MAIN("isp demosaic",
          the_5x5_filter_beats_bilinear_by_5_db_and_the_edge_directed_one_beats_both,
          an_edge_along_rows_stays_as_sharp_as_it_is,
          the_edge_directed_filter_delays_rows_by_four_lines,
          a_filter_that_there_is_not_is_the_last_one,
          a_region_in_the_middle_has_the_pixels_of_the_whole_frame)
