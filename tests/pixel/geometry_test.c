/*
 * geometry_test.c - what is read: windows, subsampling, binning, flips. The photosites of a sample
 * are found here by walking along the axis, as CCS describes it.
 */
#include <math.h>

#include "pixel/site.h"
#include "tests/pixel/die.h"
#include "tests/test.h"

/* ---- the reference: a walk ---- */

typedef struct {
    uint32_t samples;
    uint32_t site[PIX_MAX_WIDTH][2]; /* of each sample as it leaves */
} walk_t;

static void walk(const pix_axis_t *axis, walk_t *w)
{
    uint32_t read[PIX_MAX_WIDTH], count = 0;
    for (uint32_t at = axis->start; at < axis->start + axis->size;) {
        read[count] = at;
        at += count % 2 == 0 ? axis->even_inc : axis->odd_inc;
        count++;
    }
    w->samples = 0;
    for (uint32_t group = 0; group + 2 * axis->bin <= count; group += 2 * axis->bin)
        for (uint32_t p = 0; p < 2; p++, w->samples++)
            for (uint32_t i = 0; i < axis->bin; i++)
                w->site[w->samples][i] = read[group + p + 2 * i];
    for (uint32_t i = 0; axis->flip && i < w->samples / 2; i++)
        for (uint32_t k = 0; k < 2; k++) {
            uint32_t kept = w->site[i][k];
            w->site[i][k] = w->site[w->samples - 1 - i][k];
            w->site[w->samples - 1 - i][k] = kept;
        }
}

static bool holds(const walk_t *w, const pix_axis_t *axis, uint32_t sample, uint32_t site)
{
    for (uint32_t i = 0; i < axis->bin; i++)
        if (w->site[sample][i] == site)
            return true;
    return false;
}

/* ---- a die without randomness, and settings of all kinds ---- */

static pix_desc_t quiet(void)
{
    pix_desc_t desc = die_small();
    desc.prnu = desc.dsnu_e = desc.dark_e_per_s = 0;
    desc.read_noise_e = desc.read_noise_at_gain1_e = 0;
    desc.psf_sigma_px = 0;
    desc.noise = (pix_noise_t){.cds = true};
    return desc;
}

static pix_axis_t random_axis(sim_stream_t *s, uint32_t extent)
{
    pix_axis_t axis = {
        .start = 2 * sim_stream_below(s, extent / 4),
        .even_inc = 1 + 2 * sim_stream_below(s, 3),
        .odd_inc = 1 + 2 * sim_stream_below(s, 3),
        .bin = 1 + sim_stream_below(s, 2),
        .flip = sim_stream_below(s, 2),
    };
    axis.size = 2 * sim_stream_below(s, (extent - axis.start) / 2 + 1);
    return axis;
}

static pix_frame_t random_frame(const pix_desc_t *desc, sim_stream_t *s)
{
    pix_frame_t frame = pix_frame_default(desc);
    frame.readout_pck = UINT64_C(1) << 32;
    frame.x = random_axis(s, desc->width_px);
    frame.y = random_axis(s, desc->height_px);
    frame.bin_sum = sim_stream_below(s, 2);
    (void)pix_clamp(desc, &frame);
    return frame;
}

static void assert_axis_is_legal(const pix_axis_t *axis, uint32_t extent)
{
    ck_assert_uint_eq(axis->start % 2 + axis->size % 2, 0);
    ck_assert_uint_le(axis->start + axis->size, extent);
    ck_assert(axis->bin == 1 || axis->bin == 2);
    ck_assert(axis->even_inc % 2 == 1 && axis->odd_inc % 2 == 1);
}

START_TEST(a_frame_has_the_samples_that_a_walk_along_the_axes_finds)
{
    static walk_t x, y;
    pix_desc_t desc = quiet();
    sim_stream_t s = sim_stream(1, 2, 3);
    for (int i = 0; i < 500; i++) {
        pix_frame_t frame = random_frame(&desc, &s);
        pix_frame_t again = frame;
        ck_assert(!pix_clamp(&desc, &again));
        assert_axis_is_legal(&frame.x, desc.width_px);
        assert_axis_is_legal(&frame.y, desc.height_px);
        walk(&frame.x, &x);
        walk(&frame.y, &y);
        pix_size_t size = pix_frame_size(&frame);
        ck_assert_uint_eq(size.width_px, x.samples);
        ck_assert_uint_eq(size.height_px, y.samples);
        ck_assert_uint_ge(size.width_px, 4);
        ck_assert_uint_ge(size.height_px, 4);
    }
}
END_TEST

START_TEST(the_windows_of_published_modes_have_their_sizes)
{
    static const struct {
        uint32_t x, y, w, h, bin, width, height;
    } modes[] = {
        {0, 0, 4056, 3040, 1, 4056, 3040},
        {0, 0, 4056, 3040, 2, 2028, 1520},
        {0, 440, 4056, 2160, 2, 2028, 1080},
        {696, 528, 2664, 1980, 2, 1332, 990},
    };
    pix_desc_t desc = pix_desc_default();
    for (size_t i = 0; i < SIM_COUNT(modes); i++) {
        pix_frame_t frame = pix_frame_default(&desc);
        frame.frame_length_lines = 4157;
        frame.x = (pix_axis_t){modes[i].x, modes[i].w, 1, 1, modes[i].bin, 0};
        frame.y = (pix_axis_t){modes[i].y, modes[i].h, 1, 1, modes[i].bin, 0};
        ck_assert(!pix_clamp(&desc, &frame));
        ck_assert_uint_eq(pix_frame_size(&frame).width_px, modes[i].width);
        ck_assert_uint_eq(pix_frame_size(&frame).height_px, modes[i].height);
    }
}
END_TEST

/* ---- light: one bright photosite ---- */

typedef struct {
    float x, y;
    uint32_t samples; /* that are asked for: none that is not read */
} spot_t;

static void spot_row(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    const spot_t *spot = ctx;
    ck_assert_uint_eq(req->width_px, spot->samples);
    for (uint32_t i = 0; i < req->width_px; i++) {
        bool lit = req->y_px == spot->y && sim_light_x_px(req, i) == spot->x;
        out->r[i] = out->g[i] = out->b[i] = lit ? 1e6f : 0;
    }
}

START_TEST(a_spot_of_light_shows_in_the_samples_of_its_photosite_alone)
{
    static walk_t x, y;
    pix_desc_t desc = quiet();
    die_t *die = die_new(&desc, 1);
    sim_stream_t s = sim_stream(2, 2, 3);
    spot_t spot;
    die->pix->light = (sim_light_t){spot_row, &spot};
    for (int i = 0; i < 300; i++) {
        pix_frame_t frame = random_frame(&desc, &s);
        frame.x.bin = frame.y.bin = 1; /* binned samples have centers between photosites */
        (void)pix_clamp(&desc, &frame);
        walk(&frame.x, &x);
        walk(&frame.y, &y);
        uint32_t px = frame.x.start + sim_stream_below(&s, frame.x.size);
        uint32_t py = y.site[sim_stream_below(&s, y.samples)][0];
        spot = (spot_t){(float)px, (float)py, x.samples};
        uint16_t *picture = die_picture(die, &frame);
        for (uint32_t r = 0; r < y.samples; r++)
            for (uint32_t c = 0; c < x.samples; c++)
                ck_assert_int_eq(picture[r * x.samples + c] > 64,
                                 y.site[r][0] == py && x.site[c][0] == px);
        free(picture);
    }
    die_free(die);
}
END_TEST

START_TEST(binned_samples_lie_evenly_in_their_window)
{
    pix_desc_t desc = quiet();
    pix_frame_t frame = die_latched(&desc, DIE_BINNED, 0);
    frame.y = (pix_axis_t){10, 24, 1, 1, 2, 0};
    ck_assert(!pix_clamp(&desc, &frame));
    for (uint32_t row = 0; row < 12; row++)
        ck_assert_float_eq(pix_row_y_px(&frame, row), 10.5f + 2 * (float)row);
    frame.y.flip = 1;
    ck_assert_float_eq(pix_row_y_px(&frame, 0), 32.5f);
    ck_assert_float_eq(pix_row_y_px(&frame, 11), 10.5f);
    frame.y = (pix_axis_t){10, 24, 1, 3, 1, 0}; /* rows 10, 11, 14, 15, .. */
    ck_assert_float_eq(pix_row_y_px(&frame, 2), 14);
    ck_assert_float_eq(pix_row_y_px(&frame, 5), 19);
}
END_TEST

/* ---- patterns of the array ---- */

/* Dark: a sample is black level plus offset, the same in every frame. */
static pix_desc_t offsets_only(void)
{
    pix_desc_t desc = quiet();
    desc.dsnu_e =
        400; /* 47 DN: the 3.5 sigma of the tails stay in range, at a black level of 500 */
    desc.black_dn = 500;
    return desc;
}

/* The same of columns: a comparator's offset, which without CDS nothing takes away. */
static pix_desc_t column_offsets_only(void)
{
    pix_desc_t desc = quiet();
    desc.noise = (pix_noise_t){.column_offset_dn = 47.2};
    desc.black_dn = 500;
    return desc;
}

/* of_columns: the patterns are the converters': charge that is added passes the first one's, once.
 */
static void assert_patterns_stay(pix_desc_t desc, bool of_columns)
{
    static walk_t x, y;
    die_t *die = die_new(&desc, 1);
    die->lux[0] = die->lux[1] = die->lux[2] = 0;
    pix_frame_t whole = die_latched(&desc, DIE_FULL, 0);
    uint16_t *map = die_picture(die, &whole);
    sim_stream_t s = sim_stream(3, 2, 3);
    for (int i = 0; i < 200; i++) {
        pix_frame_t frame = random_frame(&desc, &s);
        walk(&frame.x, &x);
        walk(&frame.y, &y);
        uint16_t *picture = die_picture(die, &frame);
        uint32_t sites = of_columns && frame.bin_sum ? 1 : frame.x.bin * frame.y.bin;
        for (uint32_t r = 0; r < y.samples; r++)
            for (uint32_t c = 0; c < x.samples; c++) {
                double sum = 0;
                for (uint32_t k = 0; k < sites; k++)
                    sum += map[y.site[r][k / frame.x.bin] * 64 + x.site[c][k % frame.x.bin]] - 500;
                /* a mean's pattern ends at 127/32 = 4 of its sigmas, 47.2 DN / sqrt(sites) */
                double most = 127.0 / 32 * 47.2 / sqrt(sites), mean = sum / sites;
                bool added = frame.bin_sum && !of_columns;
                if (!of_columns)
                    mean = mean < -most ? -most : mean > most ? most : mean;
                double dn = 500 + (added ? sites * mean : mean);
                dn = dn < 0 ? 0 : dn > 1023 ? 1023 : dn;
                /* the map's rounding to DN, and that of patterns to 1/64 sigma of the mean */
                double slack = sites == 1 ? 0.01 : (added ? 0.5 * sites + 2 : 1.5);
                ck_assert_double_eq_tol(picture[r * x.samples + c], dn, slack);
            }
        free(picture);
    }
    free(map);
    die_free(die);
}

START_TEST(every_geometry_shows_the_same_photosites_patterns)
{
    assert_patterns_stay(offsets_only(), false);
}
END_TEST

START_TEST(every_geometry_shows_the_same_columns_patterns)
{
    assert_patterns_stay(column_offsets_only(), true);
}
END_TEST

START_TEST(hot_photosites_stay_where_they_are_in_every_geometry)
{
    static walk_t x, y;
    pix_desc_t desc = quiet();
    desc.noise = (pix_noise_t){.cds = true, .hot_share = 0.01, .hot_e_per_s = 1e9};
    die_t *die = die_new(&desc, 1);
    die->lux[0] = die->lux[1] = die->lux[2] = 0;
    pix_frame_t whole = die_latched(&desc, DIE_FULL, 0);
    uint16_t *map = die_picture(die, &whole);
    uint32_t hot = 0;
    for (uint32_t i = 0; i < 64 * 48; i++)
        hot += map[i] > 64;
    ck_assert_uint_gt(hot, 10);
    sim_stream_t s = sim_stream(7, 2, 3);
    for (int i = 0; i < 200; i++) {
        pix_frame_t frame = random_frame(&desc, &s);
        walk(&frame.x, &x);
        walk(&frame.y, &y);
        uint16_t *picture = die_picture(die, &frame);
        for (uint32_t r = 0; r < y.samples; r++)
            for (uint32_t c = 0; c < x.samples; c++) {
                bool is_hot = false;
                for (uint32_t k = 0; k < frame.x.bin * frame.y.bin; k++)
                    is_hot |=
                        map[y.site[r][k / frame.x.bin] * 64 + x.site[c][k % frame.x.bin]] > 64;
                ck_assert_int_eq(picture[r * x.samples + c] > 64, is_hot);
            }
        free(picture);
    }
    free(map);
    die_free(die);
}
END_TEST

/* ---- stuck photosites ---- */

START_TEST(a_stuck_photosite_stays_where_it_is_in_every_geometry)
{
    static walk_t x, y;
    pix_desc_t clean = quiet(), desc = clean;
    desc.stuck[desc.stuck_count++] = (pix_stuck_t){.x = 31, .y = 22, .value_dn = 864};
    desc.stuck[desc.stuck_count++] = (pix_stuck_t){.x = 10, .y = 22, .value_dn = 964};
    desc.stuck[desc.stuck_count++] = (pix_stuck_t){.x = 20, .y = 9, .value_dn = 464};
    die_t *die = die_new(&desc, 1);
    die->lux[0] = die->lux[1] = die->lux[2] = 0;
    sim_stream_t s = sim_stream(4, 2, 3);
    for (int i = 0; i < 300; i++) {
        pix_frame_t frame = random_frame(&desc, &s);
        walk(&frame.x, &x);
        walk(&frame.y, &y);
        uint16_t *picture = die_picture(die, &frame);
        uint32_t sites = frame.x.bin * frame.y.bin;
        for (uint32_t r = 0; r < y.samples; r++)
            for (uint32_t c = 0; c < x.samples; c++) {
                uint32_t above = 0; /* black level, of all stuck ones in the sample */
                for (uint32_t k = 0; k < 3; k++)
                    if (holds(&x, &frame.x, c, desc.stuck[k].x) &&
                        holds(&y, &frame.y, r, desc.stuck[k].y))
                        above += desc.stuck[k].value_dn - 64;
                uint32_t dn = 64 + (frame.bin_sum ? above : above / sites);
                ck_assert_uint_eq(picture[r * x.samples + c], dn < 1023 ? dn : 1023);
            }
        free(picture);
    }
    die_free(die);
}
END_TEST

/* ---- color ---- */

static const uint8_t red_at[4][2] = {
    [SIM_BAYER_GRBG] = {0, 1}, /* row, column of red in a cell */
    [SIM_BAYER_RGGB] = {0, 0},
    [SIM_BAYER_BGGR] = {1, 1},
    [SIM_BAYER_GBRG] = {1, 0},
};

START_TEST(the_bayer_order_of_the_output_follows_flips)
{
    for (uint32_t bayer = 0; bayer < 4; bayer++) {
        pix_desc_t desc = quiet();
        desc.bayer = (sim_bayer_t)bayer;
        for (uint32_t color = 0; color < 3; color++)
            for (uint32_t band = 0; band < PIX_SPECTRUM; band++)
                desc.qe[color][band] = color == PIX_RED ? 0.5 : 0;
        die_t *die = die_new(&desc, 1);
        sim_stream_t s = sim_stream(5, bayer, 3);
        for (int i = 0; i < 20; i++) {
            pix_frame_t frame = random_frame(&desc, &s);
            sim_bayer_t order = pix_frame_bayer(&desc, &frame);
            pix_size_t size = pix_frame_size(&frame);
            uint16_t *picture = die_picture(die, &frame);
            for (uint32_t k = 0; k < size.width_px * size.height_px; k++) {
                uint32_t r = k / size.width_px % 2, c = k % size.width_px % 2;
                bool red = r == red_at[order][0] && c == red_at[order][1];
                ck_assert_int_eq(picture[k] > 100, red);
            }
            free(picture);
        }
        die_free(die);
    }
}
END_TEST

START_TEST(lines_tell_order_and_window)
{
    pix_desc_t desc = quiet();
    die_t *die = die_new(&desc, 1);
    die_write(die, "PIX_X_START", 8);
    die_write(die, "PIX_X_SIZE", 32);
    die_write(die, "PIX_Y_START", 6);
    die_write(die, "PIX_Y_SIZE", 40);
    die_write(die, "PIX_FLIP", 3);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_run_frames(die, 1);
    const sim_line_t *line = &die->frame[0].line;
    ck_assert_int_eq(line->bayer, SIM_BAYER_BGGR);
    ck_assert_uint_eq(die_read(die, "PIX_ORDER"), SIM_BAYER_BGGR);
    ck_assert_uint_eq(line->width_px, 16);
    ck_assert_uint_eq(line->height_px, 20);
    ck_assert_uint_eq(line->window.x_px, 8);
    ck_assert_uint_eq(line->window.y_px, 6);
    ck_assert_uint_eq(line->window.width_px, 32);
    ck_assert_uint_eq(line->window.height_px, 40);
    ck_assert_uint_eq(line->window.flip_x, 1);
    ck_assert_uint_eq(line->window.flip_y, 1);
    die_free(die);
}
END_TEST

/* ---- binning ---- */

typedef struct {
    double mean, sigma;
} level_t;

static level_t level_of(const pix_desc_t *desc, const pix_frame_t *frame, float lux)
{
    die_t *die = die_new(desc, 1);
    die->lux[0] = die->lux[1] = die->lux[2] = lux;
    pix_size_t size = pix_frame_size(frame);
    uint16_t *picture = die_picture(die, frame);
    double n = 0, sum = 0, squares = 0;
    for (uint32_t r = 0; r < size.height_px; r += 2) /* green of red rows */
        for (uint32_t c = 1; c < size.width_px; c += 2) {
            double dn = picture[r * size.width_px + c];
            n++, sum += dn, squares += dn * dn;
        }
    free(picture);
    die_free(die);
    return (level_t){sum / n, sqrt((squares - sum * sum / n) / (n - 1))};
}

START_TEST(a_sum_has_four_times_the_signal_and_one_read_noise_a_mean_half_of_it)
{
    pix_desc_t desc = quiet();
    desc.width_px = 256;
    desc.height_px = 256; /* 4096 green samples of red rows, binned: sigma to 1.1 % */
    desc.focal_mm = 0;
    desc.read_noise_e = 60; /* 7.08 DN */
    desc.full_well_e = 1e5;
    pix_frame_t one = die_latched(&desc, DIE_FULL, 0), mean = die_latched(&desc, DIE_BINNED, 0);
    pix_frame_t sum = mean;
    sum.bin_sum = 1;
    level_t a = level_of(&desc, &one, 60), b = level_of(&desc, &mean, 60);
    level_t c = level_of(&desc, &sum, 60);
    double signal = a.mean - 64;
    ck_assert_double_eq_tol(b.mean - 64, signal, 0.3);
    ck_assert_double_eq_tol(c.mean - 64, 4 * signal, 0.8);
    a = level_of(&desc, &one, 0), b = level_of(&desc, &mean, 0), c = level_of(&desc, &sum, 0);
    ck_assert_double_eq_tol(a.sigma, 7.086, 0.25); /* with 1/12 DN^2 of rounding */
    ck_assert_double_eq_tol(b.sigma, 3.552, 0.18);
    ck_assert_double_eq_tol(c.sigma, 7.086, 0.35);
}
END_TEST

START_TEST(a_sum_holds_four_wells_and_clips_at_full_scale)
{
    pix_desc_t desc = quiet();
    desc.full_well_e = 1000; /* 118 DN */
    pix_frame_t mean = die_latched(&desc, DIE_BINNED, 0), sum = mean;
    sum.bin_sum = 1;
    ck_assert_double_eq_tol(level_of(&desc, &mean, 1e5f).mean, 64 + 118, 0.001);
    ck_assert_double_eq_tol(level_of(&desc, &sum, 1e5f).mean, 64 + 472, 0.001);
    desc.full_well_e = 8180; /* 965 DN */
    ck_assert_double_eq_tol(level_of(&desc, &sum, 1e5f).mean, 1023, 0.001);
}
END_TEST

/* ---- any row, level, thread ---- */

START_TEST(vector_levels_change_no_sample_of_any_geometry)
{
    pix_desc_t desc = die_small();
    desc.width_px = 1100; /* more than a stretch of the kernels */
    sim_simd_t best = sim_simd();
    ck_assert(sim_simd_force(SIM_SIMD_SCALAR));
    die_t *scalar = die_new(&desc, 1);
    for (int level = SIM_SIMD_AVX2; level <= (int)best; level++) {
        ck_assert(sim_simd_force((sim_simd_t)level));
        die_t *vector = die_new(&desc, 1);
        sim_stream_t s = sim_stream(6, 2, 3);
        for (int i = 0; i < 30; i++) {
            pix_frame_t frame = random_frame(&desc, &s);
            frame.adc_bits = 8 + 2 * sim_stream_below(&s, 3);
            frame.short_lines = i % 3 == 0 ? 20 : 0;
            frame.short_delay = 51;
            frame.global_reset = i % 3 == 1;
            frame.digital_gain[PIX_PHASE_R] = 0x180;
            (void)pix_clamp(&desc, &frame);
            uint16_t *a = die_picture(scalar, &frame), *b = die_picture(vector, &frame);
            size_t samples = (size_t)pix_frame_size(&frame).width_px * pix_frame_lines(&frame);
            ck_assert_mem_eq(a, b, samples * sizeof(*a));
            free(a);
            free(b);
        }
        die_free(vector);
    }
    die_free(scalar);
    ck_assert(sim_simd_force(best));
}
END_TEST

static void assert_same_picture(const die_t *a, const die_t *b, const pix_frame_t *frame)
{
    uint16_t *of_a = die_picture(a, frame), *of_b = die_picture(b, frame);
    size_t samples = (size_t)pix_frame_size(frame).width_px * pix_frame_lines(frame);
    ck_assert_mem_eq(of_a, of_b, samples * sizeof(*of_a));
    free(of_a);
    free(of_b);
}

START_TEST(patterns_that_are_kept_change_no_sample)
{
    pix_desc_t desc = die_small();
    desc.width_px = 1100;
    desc.noise.column_offset_dn = 40; /* plain to see */
    die_t *bare = die_new(&desc, 1), *keeping = die_new(&desc, 2);
    sim_stream_t s = sim_stream(8, 2, 3);
    for (int i = 0; i < 60; i++) {
        pix_frame_t frame = random_frame(&desc, &s), moved = frame;
        moved.x.start = frame.x.start % (2 * frame.x.bin); /* on the same grid, or not */
        moved.y.start = 0;
        moved.bin_sum = i % 4 == 0 ? !frame.bin_sum : frame.bin_sum;
        (void)pix_clamp(&desc, &moved);
        assert_same_picture(bare, keeping, &frame); /* what was kept is of another mode */
        pix_keep(keeping->pix, &frame);
        assert_same_picture(bare, keeping, &frame);
        assert_same_picture(bare, keeping, &moved);
    }
    die_free(bare);
    die_free(keeping);
}
END_TEST

START_TEST(a_stream_that_changes_its_mode_keeps_the_patterns_of_the_new_one)
{
    pix_desc_t desc = die_small();
    die_t *die = die_new(&desc, 2), *bare = die_new(&desc, 1);
    static const uint32_t bin[] = {0x22, 0x11, 0x12, 0x22};
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    for (uint32_t frames = 1; frames <= 8; frames++) {
        die_write(die, "PIX_BIN", bin[frames / 2 % 4]);
        die_write(die, "PIX_X_INC", frames % 3 == 0 ? 0x103 : 0x101);
        die_run_frames(die, frames);
        const die_frame_t *seen = &die->frame[frames - 1];
        uint16_t *expected = die_picture(bare, &die->pix->now);
        ck_assert_mem_eq(seen->sample, expected,
                         (size_t)seen->width_px * seen->height_px * sizeof(*expected));
        free(expected);
    }
    die_free(die);
    die_free(bare);
}
END_TEST

static die_t *odd_stream(const pix_desc_t *desc, uint32_t threads)
{
    static const struct {
        const char *name;
        uint32_t value;
    } regs[] = {
        {"PIX_BIN", 0x21},     {"PIX_X_START", 10},   {"PIX_X_SIZE", 44},   {"PIX_Y_START", 6},
        {"PIX_Y_SIZE", 150},   {"PIX_Y_INC", 0x103},  {"PIX_FLIP", 3},      {"PIX_HDR", 1},
        {"PIX_HDR_COARSE", 9}, {"PIX_HDR_DELAY", 25}, {"PIX_ADC_BITS", 12}, {"PIX_CTRL", 1},
    };
    die_t *die = die_new(desc, threads);
    for (size_t i = 0; i < SIM_COUNT(regs); i++)
        die_write(die, regs[i].name, regs[i].value);
    return die;
}

START_TEST(threads_and_order_change_no_sample_of_two_exposures_in_a_window)
{
    pix_desc_t desc = die_small();
    desc.height_px = 176;
    die_t *one = odd_stream(&desc, 1), *three = odd_stream(&desc, 3);
    for (uint32_t frame = 1; frame <= 3; frame++) {
        die_run_frames(one, frame);
        die_run_frames(three, frame);
        ck_assert_uint_eq(sim_state_hash(one->sim), sim_state_hash(three->sim));
    }
    const pix_frame_t *now = &one->pix->now;
    pix_size_t size = pix_frame_size(now);
    ck_assert_uint_eq(size.width_px, 22);
    ck_assert_uint_eq(size.height_px, 74);
    for (uint32_t i = 0; i < 3; i++)
        ck_assert_mem_eq(one->frame[i].sample, three->frame[i].sample,
                         (size_t)size.width_px * size.height_px * sizeof(uint16_t));
    /* alone, backwards: the long rows are those that were seen */
    uint16_t out[64];
    for (uint32_t line = pix_frame_lines(now); line-- > 0;) {
        pix_line_t at = pix_line_at(now, line);
        pix_row(one->pix, now, line, 0, out);
        if (at.exposure == 0)
            ck_assert_mem_eq(out, one->frame[2].sample + (size_t)at.row * size.width_px,
                             size.width_px * sizeof(*out));
    }
    die_free(one);
    die_free(three);
}
END_TEST

TEST_MAIN("pixel geometry", a_frame_has_the_samples_that_a_walk_along_the_axes_finds,
          the_windows_of_published_modes_have_their_sizes,
          a_spot_of_light_shows_in_the_samples_of_its_photosite_alone,
          binned_samples_lie_evenly_in_their_window,
          every_geometry_shows_the_same_photosites_patterns,
          every_geometry_shows_the_same_columns_patterns,
          hot_photosites_stay_where_they_are_in_every_geometry,
          a_stuck_photosite_stays_where_it_is_in_every_geometry,
          the_bayer_order_of_the_output_follows_flips, lines_tell_order_and_window,
          a_sum_has_four_times_the_signal_and_one_read_noise_a_mean_half_of_it,
          a_sum_holds_four_wells_and_clips_at_full_scale,
          vector_levels_change_no_sample_of_any_geometry, patterns_that_are_kept_change_no_sample,
          a_stream_that_changes_its_mode_keeps_the_patterns_of_the_new_one,
          threads_and_order_change_no_sample_of_two_exposures_in_a_window)
