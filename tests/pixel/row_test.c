/*
 * row_test.c - rows are pure functions: any row, any order, any thread, any vector level; and they
 * show what a Bayer array with a rolling shutter shows.
 */
#include <math.h>

#include "tests/pixel/die.h"
#include "tests/test.h"

static die_t *streaming(const pix_desc_t *desc, uint32_t threads, uint32_t mode)
{
    die_t *die = die_new(desc, threads);
    die_set_mode(die, mode);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    return die;
}

static void assert_same_frames(const die_t *a, const die_t *b, uint32_t frames)
{
    for (uint32_t i = 0; i < frames; i++) {
        size_t px = (size_t)a->frame[i].width_px * a->frame[i].height_px;
        ck_assert_uint_eq(px, (size_t)b->frame[i].width_px * b->frame[i].height_px);
        ck_assert_mem_eq(a->frame[i].sample, b->frame[i].sample, px * sizeof(uint16_t));
    }
}

static size_t differing(const uint16_t *a, const uint16_t *b, size_t count)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += a[i] != b[i];
    return found;
}

/* All of lens.h, too. */
static pix_desc_t small_with_lens(void)
{
    pix_desc_t desc = die_small();
    desc.focal_mm = 0.1;
    desc.shading[PIX_GREEN][0] = -0.2;
    desc.psf_sigma_px = 1.5;
    return desc;
}

START_TEST(any_row_alone_is_the_row_in_sequence)
{
    pix_desc_t desc = small_with_lens();
    desc.width_px = 1100; /* more than one span, the last one ragged */
    for (uint32_t mode = 0; mode < DIE_MODES; mode++) {
        die_t *die = streaming(&desc, 1, mode);
        die_run_frames(die, 1);
        pix_frame_t frame = die->pix->now;
        const die_frame_t *seen = &die->frame[0];
        uint16_t *out = calloc(pix_row_room(&frame), sizeof(*out));
        for (uint32_t i = 0; i < seen->height_px; i++) {
            uint32_t row = (i * 17 + 5) % seen->height_px; /* 17 is prime to both heights */
            pix_row(die->pix, &frame, row, 0, out);
            ck_assert_mem_eq(out, seen->sample + (size_t)row * seen->width_px,
                             seen->width_px * sizeof(*out));
        }
        free(out);
        die_free(die);
    }
}
END_TEST

START_TEST(threads_change_neither_samples_nor_state)
{
    pix_desc_t desc = small_with_lens();
    desc.height_px = 176; /* several bands, the last one short */
    die_t *one = streaming(&desc, 1, DIE_FULL), *three = streaming(&desc, 3, DIE_FULL);
    for (uint32_t frame = 1; frame <= 3; frame++) {
        die_run_frames(one, frame);
        die_run_frames(three, frame);
        ck_assert_uint_eq(sim_state_hash(one->sim), sim_state_hash(three->sim));
        for (int step = 0; step < 50; step++) { /* amid a frame, with bands on their way */
            sim_step(one->sim, SIM_NEVER_PS);
            sim_step(three->sim, SIM_NEVER_PS);
        }
        ck_assert_uint_eq(sim_state_hash(one->sim), sim_state_hash(three->sim));
    }
    assert_same_frames(one, three, 3);
    die_free(one);
    die_free(three);
}
END_TEST

START_TEST(vector_levels_change_no_sample)
{
    pix_desc_t desc = small_with_lens();
    desc.width_px = 1100;
    sim_simd_t best = sim_simd();
    for (uint32_t mode = 0; mode < DIE_MODES; mode++) {
        ck_assert(sim_simd_force(SIM_SIMD_SCALAR));
        die_t *scalar = die_new(&desc, 1);
        for (int level = SIM_SIMD_AVX2; level <= (int)best; level++) {
            ck_assert(sim_simd_force((sim_simd_t)level));
            die_t *vector = die_new(&desc, 1);
            static const float lux[] = {0, 0.2f, 1, 5, 300, 5000};
            for (size_t i = 0; i < SIM_COUNT(lux); i++) {
                pix_frame_t frame = die_latched(&desc, (die_mode_t)mode, 3);
                frame.gain_code = 300;
                for (int color = 0; color < 3; color++)
                    scalar->lux[color] = vector->lux[color] = lux[i] * (float)(color + 1);
                uint16_t *a = die_picture(scalar, &frame), *b = die_picture(vector, &frame);
                pix_size_t size = pix_frame_size(&frame);
                ck_assert_uint_eq(differing(a, b, (size_t)size.width_px * size.height_px), 0);
                free(a);
                free(b);
            }
            die_free(vector);
        }
        die_free(scalar);
    }
    ck_assert(sim_simd_force(best));
}
END_TEST

START_TEST(seeds_and_frames_give_other_noise)
{
    pix_desc_t desc = die_small(), other = desc;
    other.seed = desc.seed + (UINT64_C(1) << 40);
    die_t *a = streaming(&desc, 1, 0), *b = streaming(&desc, 1, 0), *c = streaming(&other, 1, 0);
    die_run_frames(a, 2);
    die_run_frames(b, 2);
    die_run_frames(c, 2);
    assert_same_frames(a, b, 2);
    size_t px = 64 * 48; /* at 6 DN of noise few samples agree by chance: 1 / (6 * 3.5) */
    ck_assert_uint_gt(differing(a->frame[0].sample, c->frame[0].sample, px), px * 8 / 10);
    ck_assert_uint_gt(differing(a->frame[0].sample, a->frame[1].sample, px), px * 8 / 10);
    die_free(a);
    die_free(b);
    die_free(c);
}
END_TEST

START_TEST(a_reset_starts_the_same_run_again)
{
    pix_desc_t desc = die_small();
    die_t *die = streaming(&desc, 2, DIE_BINNED), *once = streaming(&desc, 1, DIE_BINNED);
    die_run_frames(once, 1);
    die_run_frames(die, 1);
    for (int step = 0; step < 10; step++) /* into frame 1, with rows computed ahead */
        sim_step(die->sim, SIM_NEVER_PS);
    sim_reset(die->sim);
    ck_assert_uint_eq(sim_next_event_ps(die->sim), SIM_NEVER_PS);
    ck_assert_uint_eq(die_read(die, "PIX_FRAME") | die_read(die, "PIX_STATUS"), 0);
    memset(die->frame[0].sample, 0, 32 * 24 * sizeof(uint16_t));
    die->ends = 0;
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_run_frames(die, 1);
    assert_same_frames(die, once, 1);
    ck_assert_uint_eq(die->pix->rows, 24);
    die_free(die);
    die_free(once);
}
END_TEST

/* Mean of the samples whose row and column have these parities. */
static double mean_of_phase(const uint16_t *picture, uint32_t row, uint32_t column)
{
    double sum = 0;
    for (uint32_t y = row; y < 48; y += 2)
        for (uint32_t x = column; x < 64; x += 2)
            sum += picture[y * 64 + x];
    return sum / (24 * 32);
}

START_TEST(each_color_of_light_reaches_its_own_photosites)
{
    /* color of the photosites of a 2x2 cell, row by row */
    static const uint8_t cells[][4] = {
        [SIM_BAYER_GRBG] = {1, 0, 2, 1},
        [SIM_BAYER_RGGB] = {0, 1, 1, 2},
        [SIM_BAYER_BGGR] = {2, 1, 1, 0},
        [SIM_BAYER_GBRG] = {1, 2, 0, 1},
    };
    /* e- per lux and second, worked out apart: 0.070223 * 2.4025e-12 m2 = 1.68711e-13 m2, times the
     * sum over 10 nm of the CIE's table of D65 as photons, the curves of the chip file, the cut */
    static const double share[3][3] = {
        {296.15, 53.48, 13.06}, {77.98, 353.28, 79.90}, {16.68, 75.29, 256.04}};
    for (uint32_t bayer = 0; bayer < 4; bayer++) {
        pix_desc_t desc = die_small();
        desc.bayer = (sim_bayer_t)bayer;
        die_t *die = die_new(&desc, 1);
        for (int light = 0; light < 3; light++) {
            for (int color = 0; color < 3; color++)
                die->lux[color] = color == light ? 500 : 0;
            pix_frame_t frame = die_latched(&desc, DIE_FULL, 0);
            uint16_t *picture = die_picture(die, &frame);
            for (uint32_t i = 0; i < 4; i++) {
                double dn = share[cells[bayer][i]][light] * 500 * 0.0202108 * 0.118;
                /* noise and PRNU of 768 samples: five sigma */
                double sigma = sqrt(0.118 * dn + 0.2 + dn * dn * 0.007 * 0.007) / sqrt(768);
                ck_assert_double_eq_tol(mean_of_phase(picture, i / 2, i % 2), 64 + dn,
                                        5 * sigma + 0.001 * dn);
            }
            free(picture);
        }
        die_free(die);
    }
}
END_TEST

/* ---- rolling shutter ---- */

typedef struct {
    uint64_t at_ps;     /* a flash: light for a moment that the exposure holds or does not */
    double px_per_line; /* an edge: speed, array columns a line time */
    uint32_t line_pck;
} moving_t;

static void flash_row(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    const moving_t *flash = ctx;
    bool lit = req->start_ps <= flash->at_ps && flash->at_ps < req->start_ps + req->exposure_ps;
    for (uint32_t i = 0; i < req->width_px; i++)
        out->r[i] = out->g[i] = out->b[i] = lit ? 1e6f : 0;
}

START_TEST(a_flash_lights_as_many_rows_as_the_exposure_has_lines)
{
    pix_desc_t desc = die_small();
    die_t *die = die_new(&desc, 1);
    /* rows r with 9398 r <= t < 9398 (r + 10), t = 9398 * 20 + 4000 clocks: 11 to 20 */
    moving_t flash = {.at_ps = sim_edge_ps(9398 * 20 + 4000, 744000000)};
    die->pix->light = (sim_light_t){flash_row, &flash};
    die_set_mode(die, DIE_FULL);
    die_write(die, "PIX_COARSE", 10);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_run_frames(die, 1);
    for (uint32_t row = 0; row < 48; row++)
        ck_assert_int_eq(die->frame[0].sample[row * 64 + 7] > 500, row >= 11 && row <= 20);
    ck_assert_uint_eq(die->pix->saturated_px, 10 * 64);
    die_free(die);
}
END_TEST

/* Light left of an edge that moves right, at its place in the middle of the exposure. */
static void edge_row(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    const moving_t *edge = ctx;
    double line_ps = 1e12 * edge->line_pck / 744e6;
    double lines = (double)(req->start_ps + req->exposure_ps / 2 - edge->at_ps) / line_ps;
    float x_px = (float)(8.25 + lines * edge->px_per_line);
    for (uint32_t i = 0; i < req->width_px; i++) {
        float x = req->x0_px + req->x_step_px * (float)i;
        out->r[i] = out->g[i] = out->b[i] = x < x_px ? 1e4f : 0;
    }
}

static uint32_t lit_columns(const die_t *die, uint32_t row)
{
    const die_frame_t *frame = &die->frame[0];
    uint32_t lit = 0;
    for (uint32_t i = 0; i < frame->width_px; i++)
        lit += frame->sample[row * frame->width_px + i] > 500;
    return lit;
}

START_TEST(a_moving_edge_leans_by_its_speed_times_the_row_time)
{
    for (uint32_t mode = 0; mode < DIE_MODES; mode++) {
        pix_desc_t desc = die_small();
        die_t *die = die_new(&desc, 1);
        /* a quarter of an array column a line; row 0 is exposed around line 400 */
        moving_t edge = {.at_ps = sim_edge_ps(400 * 9398, 744000000), 0.25, 9398};
        die->pix->light = (sim_light_t){edge_row, &edge};
        die_set_mode(die, mode);
        die_write(die, "PIX_COARSE", 800);
        die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
        die_run_frames(die, 1);
        for (uint32_t row = 0; row < die->frame[0].height_px; row++) {
            double x_px = 8.25 + 0.25 * row; /* full: column x < x_px; binned: 2 i + 0.5 < x_px */
            double lit = mode == DIE_FULL ? ceil(x_px - 1e-6) : ceil((x_px - 0.5) / 2 - 1e-6);
            ck_assert_int_le(abs((int)lit_columns(die, row) - (int)lit), row % 4 == 3);
        }
        /* 44 rows on: 11 columns */
        if (mode == DIE_FULL)
            ck_assert_uint_eq(lit_columns(die, 44) - lit_columns(die, 0), 11);
        die_free(die);
    }
}
END_TEST

/* ---- what one cannot do ---- */

START_TEST(a_die_without_light_fails_the_check)
{
    sim_t *sim = sim_new();
    sim_pool_t *pool = sim_pool_new(1);
    pix_t *pix = calloc(1, sizeof(*pix));
    pix_desc_t desc = die_small();
    ck_assert_int_eq(pix_init(pix, sim, &desc, "pixel", pool), SIM_OK);
    ck_assert_int_eq(sim_check(sim), SIM_EWIRE);
    ck_assert_str_eq(sim_error(sim), "pixel.light: not connected");
    pix_free(pix);
    free(pix);
    sim_pool_free(pool);
    sim_free(sim);
}
END_TEST

START_TEST(a_description_out_of_range_is_refused)
{
    sim_t *sim = sim_new();
    sim_pool_t *pool = sim_pool_new(1);
    pix_t *pix = calloc(1, sizeof(*pix));
    pix_desc_t desc = die_small();
    desc.width_px = 66;
    ck_assert_int_eq(pix_init(pix, sim, &desc, "pixel", pool), SIM_EDESC);
    ck_assert_str_eq(sim_error(sim), "pixel.width_px: 66 is not a multiple of 4 in 16..8192");
    desc = die_small();
    desc.black_dn = 1024;
    ck_assert_int_eq(pix_init(pix, sim, &desc, "pixel", pool), SIM_EDESC);
    desc = die_small();
    desc.coarse_min = 1000;
    ck_assert_int_eq(pix_init(pix, sim, &desc, "pixel", pool), SIM_EDESC);
    pix_free(pix);
    free(pix);
    sim_pool_free(pool);
    sim_free(sim);
}
END_TEST

START_TEST(there_is_room_for_four_sinks)
{
    pix_t *pix = calloc(1, sizeof(*pix));
    sim_line_sink_t sink = {0};
    for (uint32_t i = 0; i < PIX_MAX_SINKS; i++)
        ck_assert(pix_add_sink(pix, sink));
    ck_assert(!pix_add_sink(pix, sink));
    free(pix);
}
END_TEST

TEST_MAIN("pixel rows", any_row_alone_is_the_row_in_sequence,
          threads_change_neither_samples_nor_state, vector_levels_change_no_sample,
          seeds_and_frames_give_other_noise, a_reset_starts_the_same_run_again,
          each_color_of_light_reaches_its_own_photosites,
          a_flash_lights_as_many_rows_as_the_exposure_has_lines,
          a_moving_edge_leans_by_its_speed_times_the_row_time, a_die_without_light_fails_the_check,
          a_description_out_of_range_is_refused, there_is_room_for_four_sinks)
