/*
 * emva.c - EMVA 1288 release 4.0 linear: chapters 6 (temporal noise), 7 (dark current), 8
 * (spatial).
 */
#include "tools/emva.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pixel/spectrum.h"

enum { BAND_FROM_NM = 490, BAND_TO_NM = 580, D65_K = 6504 };

static const double quantization_var = 1.0 / 12; /* DN^2 */
/* Less than this is mostly quantization: not a valid dark noise, and not below it in what follows
 * from it (6.6). */
static const double least_dark_var = 0.24; /* DN^2 */

typedef struct {
    sense_t sense;
    pix_frame_t frame;        /* next.frame counts up: no two images have the same noise */
    float lux;                /* of the green band, scene exitance */
    double photons_per_lux_s; /* on one photosite */
    uint32_t column;          /* of the phase: the first one */
    uint32_t width_px, height_px;
    uint16_t *image[2];
    double *stack; /* sum of images */
} rig_t;

/* ---- images ---- */

enum { RNG_MOMENT = 0x454d5641 };

/* The next image: the camera runs on, and images are taken when one feels like it, so that a tone
 * on the supply has another phase in each. */
static void next_image(rig_t *rig)
{
    uint64_t second_pck = rig->sense.pixel->desc.clk_hz;
    const sim_rng_t rng = {rig->sense.pixel->desc.seed, RNG_MOMENT, ++rig->frame.frame, 0};
    /* later than any exposure is long */
    rig->frame.readout_pck = 1000 * second_pck + sim_rng_u32(&rng, 0) % second_pck;
}

static void flat_row(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    const rig_t *rig = ctx;
    for (uint32_t i = 0; i < req->width_px; i++) {
        out->r[i] = out->b[i] = 0;
        out->g[i] = rig->lux;
    }
}

typedef struct {
    const rig_t *rig;
    uint16_t *image;
} shot_t;

static void shoot_row(void *ctx, uint32_t job, uint32_t worker)
{
    const shot_t *shot = ctx;
    const rig_t *rig = shot->rig;
    uint16_t line[PIX_MAX_WIDTH + 64], *out = shot->image + (size_t)job * rig->width_px;
    pix_row(rig->sense.pixel, &rig->frame, 2 * job, worker, line);
    for (uint32_t i = 0; i < rig->width_px; i++)
        out[i] = line[2 * i + rig->column];
}

static void shoot(rig_t *rig, double photons, uint16_t *image)
{
    shot_t shot = {rig, image};
    double seconds =
        (double)pix_row_light_pck(&rig->frame, 0) / (double)rig->sense.pixel->desc.clk_hz;
    rig->lux = (float)(photons / (rig->photons_per_lux_s * seconds));
    next_image(rig);
    sim_pool_run(rig->sense.pool, shoot_row, &shot, rig->height_px);
}

static double mean_of(const rig_t *rig, const uint16_t *image)
{
    uint64_t sum = 0, px = (uint64_t)rig->width_px * rig->height_px;
    for (size_t i = 0; i < px; i++)
        sum += image[i];
    return (double)sum / (double)px;
}

static double share_at_zero(const rig_t *rig, const uint16_t *image)
{
    size_t zeros = 0, px = (size_t)rig->width_px * rig->height_px;
    for (size_t i = 0; i < px; i++)
        zeros += image[i] == 0;
    return (double)zeros / (double)px;
}

/* From a pair: half the variance of its difference, without what the whole image moved by (eq. 19).
 */
static emva_point_t measure_pair(rig_t *rig, double photons)
{
    const uint16_t *a = rig->image[0], *b = rig->image[1];
    size_t px = (size_t)rig->width_px * rig->height_px;
    shoot(rig, photons, rig->image[0]);
    shoot(rig, photons, rig->image[1]);
    double mean_a = mean_of(rig, a), mean_b = mean_of(rig, b), sum = 0;
    for (size_t i = 0; i < px; i++) {
        double d = (double)a[i] - b[i];
        sum += d * d;
    }
    double moved = mean_a - mean_b;
    return (emva_point_t){photons, (mean_a + mean_b) / 2,
                          0.5 * sum / (double)px - 0.5 * moved * moved};
}

/* ---- temporal noise ---- */

/* Where the photosite is full: an exposure of many times that. */
static double clip_level(rig_t *rig, double photons)
{
    shoot(rig, photons, rig->image[0]);
    return mean_of(rig, rig->image[0]);
}

/* A line of least squares. */
typedef struct {
    double n, x, y, xx, xy;
} line_t;

static void add_point(line_t *line, double x, double y)
{
    line->n++;
    line->x += x;
    line->y += y;
    line->xx += x * x;
    line->xy += x * y;
}

static double slope_from_origin(const line_t *l)
{
    return l->xy / l->xx;
}

static double slope(const line_t *l)
{
    return (l->n * l->xy - l->x * l->y) / (l->n * l->xx - l->x * l->x);
}

/* The photon transfer curve: its highest variance is saturation; slopes from 0 to 70 % of it. A
 * dark variance that is not valid lacks quantization's 1/12 DN^2, which the others have: then the
 * line need not go through the dark point. */
static void transfer(emva_t *e)
{
    e->dark_valid = e->dark.var_dn >= least_dark_var;
    uint32_t top = 0;
    for (uint32_t i = 0; i < EMVA_STEPS; i++)
        top = e->point[i].var_dn > e->point[top].var_dn ? i : top;
    e->saturation_photons = e->point[top].photons;
    double limit = 0.7 * (e->point[top].mean_dn - e->dark.mean_dn);
    line_t k = {0}, response = {0};
    for (uint32_t i = 0; i < EMVA_STEPS; i++) {
        double signal = e->point[i].mean_dn - e->dark.mean_dn;
        if (signal > limit)
            continue;
        add_point(&k, signal, e->point[i].var_dn - e->dark.var_dn);
        add_point(&response, e->point[i].photons, signal);
    }
    e->measured.k = e->dark_valid ? slope_from_origin(&k) : slope(&k);
    e->measured.qe = 100 * slope_from_origin(&response) / e->measured.k;
}

/* Mean departure from the line of least relative squares, 5 to 95 % of saturation (6.7). */
static double linearity(const emva_t *e)
{
    double sw = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, sum = 0;
    uint32_t count = 0;
    for (int pass = 0; pass < 2; pass++) {
        double det = sw * sxx - sx * sx;
        double a0 = pass ? (sy * sxx - sx * sxy) / det : 0,
               a1 = pass ? (sw * sxy - sx * sy) / det : 0;
        for (uint32_t i = 0; i < EMVA_STEPS; i++) {
            double x = e->point[i].photons / e->saturation_photons;
            double y = e->point[i].mean_dn - e->dark.mean_dn, w = 1 / (y * y);
            if (x < 0.05 || x > 0.95)
                continue;
            if (pass) {
                sum += fabs(y - a0 - a1 * x) / (a0 + a1 * x);
                count++;
            } else {
                sw += w, sx += w * x, sy += w * y, sxx += w * x * x, sxy += w * x * y;
            }
        }
    }
    return 100 * sum / count;
}

/* ---- dark current ---- */

/* Of 1, 3, 5, .. parts the longest exposure: so many electrons that the quantization of little
 * noise does not count, far from a full well, as far as the registers go. */
static double longest_dark_s(const emva_t *e, const rig_t *rig)
{
    const emva_values_t *known = &e->configured;
    double range[2], parts = 2 * EMVA_DARK_STEPS - 1;
    double some_dn = e->dark_valid ? 2 : 8; /* little noise leaves steps */
    double some_e = fmin(fmax(8, some_dn / known->k), known->full_well_e / 4);
    sense_exposures(&rig->sense, range);
    double wanted = some_e / known->dark_e_s; /* of 0: for ever */
    return fmin(fmax(wanted, 1.01 * parts * range[0]), fmin(range[1], 100));
}

/* Noise of a pair's mean, mostly that of its rows, is a hundredth of half an electron. */
static bool is_enough(const emva_t *e, double dark_e)
{
    return dark_e >= (e->dark_valid ? 0.5 : 1 / e->measured.k);
}

static bool dark_current(emva_t *e, rig_t *rig, double *e_per_s, char *error, size_t error_bytes)
{
    const double part_ps = longest_dark_s(e, rig) / (2 * EMVA_DARK_STEPS - 1) * SIM_PS_PER_S;
    line_t line = {0};
    for (uint32_t i = 0; i < EMVA_DARK_STEPS; i++) {
        if (!sense_set_exposure(&rig->sense, (uint64_t)((2 * i + 1) * part_ps), error, error_bytes))
            return false;
        uint32_t number = rig->frame.frame;
        rig->frame = pix_frame_asked(rig->sense.pixel);
        rig->frame.frame = number;
        double x = (double)pix_row_dark_pck(&rig->frame, 0) / (double)rig->sense.pixel->desc.clk_hz;
        double y = measure_pair(rig, 0).mean_dn;
        e->dark_step[i].seconds = x;
        e->dark_step[i].mean_dn = y;
        add_point(&line, x, y);
    }
    *e_per_s = slope(&line) / e->measured.k;
    e->dark_current_valid = is_enough(e, *e_per_s * e->dark_step[EMVA_DARK_STEPS - 1].seconds);
    return true;
}

/* ---- spatial noise ---- */

typedef struct {
    double all, row, column, pixel; /* variances, DN^2 */
    double mean_dn;
} spatial_t;

/* Of the mean of a stack of images; what is left of temporal noise is taken off (eqs. 38..45). */
static spatial_t spatial_of(const rig_t *rig, double temporal_var)
{
    double m = rig->height_px, n = rig->width_px, mean = 0, all = 0, rows = 0, columns = 0;
    double left = temporal_var / EMVA_STACK;
    double *row = calloc(rig->height_px, sizeof(double)),
           *column = calloc(rig->width_px, sizeof(double));
    for (uint32_t y = 0; row != NULL && column != NULL && y < rig->height_px; y++)
        for (uint32_t x = 0; x < rig->width_px; x++) {
            double v = rig->stack[(size_t)y * rig->width_px + x] / EMVA_STACK;
            mean += v / (m * n);
            row[y] += v / n;
            column[x] += v / m;
        }
    for (uint32_t y = 0; row != NULL && column != NULL && y < rig->height_px; y++) {
        rows += (row[y] - mean) * (row[y] - mean) / m;
        for (uint32_t x = 0; x < rig->width_px; x++) {
            double v = rig->stack[(size_t)y * rig->width_px + x] / EMVA_STACK - mean;
            all += v * v / (m * n);
        }
    }
    for (uint32_t x = 0; column != NULL && x < rig->width_px; x++)
        columns += (column[x] - mean) * (column[x] - mean) / n;
    free(row);
    free(column);
    double d = m * n - m - n;
    return (spatial_t){
        .all = all - left,
        .column = (m * n - m) / d * columns - n / d * (all - rows),
        .row = (m * n - n) / d * rows - m / d * (all - columns),
        .pixel = m * n / d * (all - columns - rows) - left,
        .mean_dn = mean,
    };
}

/* A stack of images; the temporal variance over all of it. */
static double stack_up(rig_t *rig, double photons)
{
    size_t px = (size_t)rig->width_px * rig->height_px;
    double var = 0;
    memset(rig->stack, 0, px * sizeof(double));
    for (uint32_t i = 0; i < EMVA_STACK; i += 2) {
        var += measure_pair(rig, photons).var_dn / (EMVA_STACK / 2.0);
        for (size_t k = 0; k < px; k++)
            rig->stack[k] += (double)rig->image[0][k] + rig->image[1][k];
    }
    return var;
}

static double root(double variance)
{
    return variance > 0 ? sqrt(variance) : 0;
}

static void measure_spatial(emva_t *e, rig_t *rig)
{
    double k = e->measured.k, dark_var = stack_up(rig, 0);
    spatial_t dark = spatial_of(rig, dark_var);
    double light_var = stack_up(rig, e->saturation_photons / 2);
    spatial_t light = spatial_of(rig, light_var);
    e->dark.var_dn = dark_var; /* of more images than a pair */
    e->measured.dsnu_e = root(dark.all) / k;
    e->measured.prnu = 100 * root(light.all - dark.all) / (light.mean_dn - dark.mean_dn);
    e->row.dark_e = root(dark.row) / k;
    e->column.dark_e = root(dark.column) / k;
    e->pixel.dark_e = root(dark.pixel) / k;
    e->row.light_e = root(light.row) / k;
    e->column.light_e = root(light.column) / k;
    e->pixel.light_e = root(light.pixel) / k;
}

/* ---- all of it ---- */

/* What follows from the rest (6.5, 6.6). */
static void derive(emva_values_t *v, double dark_var, double saturation_e)
{
    double sigma_dn = sqrt(fmax(dark_var, least_dark_var)), eta = v->qe / 100;
    v->sat_e = saturation_e;
    v->snr_max_db = 10 * log10(saturation_e);
    v->threshold = (sigma_dn / v->k + 0.5) / eta;
    v->range_db = 20 * log10(saturation_e / eta / v->threshold);
}

static bool measure(emva_t *e, rig_t *rig, char *error, size_t error_bytes)
{
    double full = e->configured.full_well_e / e->configured.qe * 100; /* where to look */
    e->exposure_s =
        (double)pix_row_light_pck(&rig->frame, 0) / (double)rig->sense.pixel->desc.clk_hz;
    e->dark = measure_pair(rig, 0);
    e->dark_at_zero = share_at_zero(rig, rig->image[0]);
    for (uint32_t i = 0; i < EMVA_STEPS; i++)
        e->point[i] = measure_pair(rig, full * 1.1 * (i + 1) / EMVA_STEPS);
    transfer(e);
    measure_spatial(e, rig);
    transfer(e); /* again, with the better dark variance */
    e->measured.linearity = linearity(e);
    e->measured.read_e = root(e->dark.var_dn - quantization_var) / e->measured.k;
    e->measured.full_well_e = (clip_level(rig, 3 * full) - e->dark.mean_dn) / e->measured.k;
    derive(&e->measured, e->dark.var_dn, e->saturation_photons * e->measured.qe / 100);
    return dark_current(e, rig, &e->measured.dark_e_s, error, error_bytes);
}

static bool set_up(rig_t *rig, const pix_desc_t *desc, const emva_options_t *options, char *error,
                   size_t error_bytes)
{
    if (!sense_open(&rig->sense, desc, (sim_light_t){flat_row, rig}, options->threads, error,
                    error_bytes))
        return false;
    uint32_t side_x = options->window_px < desc->width_px ? options->window_px : desc->width_px;
    uint32_t side_y = options->window_px < desc->height_px ? options->window_px : desc->height_px;
    sense_put(&rig->sense, "PIX_BIN", 0x11);
    sense_put(&rig->sense, "PIX_X_START", (desc->width_px - side_x) / 4 * 2);
    sense_put(&rig->sense, "PIX_Y_START", (desc->height_px - side_y) / 4 * 2);
    sense_put(&rig->sense, "PIX_X_SIZE", side_x);
    sense_put(&rig->sense, "PIX_Y_SIZE", side_y);
    sense_put(&rig->sense, "PIX_ADC_BITS", options->bits);
    if (!sense_set_gain(&rig->sense, options->gain, error, error_bytes) ||
        !sense_set_exposure(&rig->sense, 10 * SIM_PS_PER_MS, error, error_bytes))
        return false;
    rig->frame = pix_frame_asked(rig->sense.pixel);
    pix_keep(rig->sense.pixel, &rig->frame);
    pix_size_t size = pix_frame_size(&rig->frame);
    sim_bayer_t order = pix_frame_bayer(desc, &rig->frame);
    rig->column = order == SIM_BAYER_GRBG || order == SIM_BAYER_GBRG ? 0 : 1;
    rig->width_px = size.width_px / 2;
    rig->height_px = size.height_px / 2;
    size_t px = (size_t)rig->width_px * rig->height_px;
    rig->image[0] = malloc(px * sizeof(uint16_t));
    rig->image[1] = malloc(px * sizeof(uint16_t));
    rig->stack = malloc(px * sizeof(double));
    if (rig->image[0] != NULL && rig->image[1] != NULL && rig->stack != NULL)
        return true;
    snprintf(error, error_bytes, "no memory");
    return false;
}

static double lens_and_area(const pix_desc_t *d)
{
    double m = 1 + d->magnification;
    return d->transmission / (4 * d->f_number * d->f_number * m * m) * d->pitch_um * d->pitch_um *
           1e-12;
}

bool emva_measure(const pix_desc_t *desc, const emva_options_t *options, emva_t *emva, char *error,
                  size_t error_bytes)
{
    pix_desc_t flat = *desc; /* EMVA 1288 has no lens: the same light everywhere */
    flat.focal_mm = flat.psf_sigma_px = 0;
    memset(flat.shading, 0, sizeof(flat.shading));
    rig_t *rig = calloc(1, sizeof(*rig));
    memset(emva, 0, sizeof(*emva));
    if (rig == NULL) {
        snprintf(error, error_bytes, "no memory");
        return false;
    }
    bool fine = set_up(rig, &flat, options, error, error_bytes);
    if (fine) {
        rig->photons_per_lux_s =
            lens_and_area(desc) * pix_photons_per_lux(D65_K, BAND_FROM_NM, BAND_TO_NM, NULL);
        emva->width_px = rig->width_px;
        emva->height_px = rig->height_px;
        emva->configured = emva_configured(&flat, &rig->frame);
        fine = flat.shot && emva->configured.qe > 0;
        if (!flat.shot)
            snprintf(error, error_bytes, "pixel.charge.shot is false: K is found by shot noise");
        else if (!fine)
            snprintf(error, error_bytes, "green photosites see nothing of %d..%d nm", BAND_FROM_NM,
                     BAND_TO_NM);
        fine = fine && measure(emva, rig, error, error_bytes);
    }
    sense_close(&rig->sense);
    free(rig->image[0]);
    free(rig->image[1]);
    free(rig->stack);
    free(rig);
    return fine;
}

/* ---- what the description says ---- */

static double squared(double x)
{
    return x * x;
}

/* Variance of an exponential number of a mean, of which only a share is not 0. */
static double rare_var(double share, double mean)
{
    return share * 2 * mean * mean - squared(share * mean);
}

/* Of the difference of two samples: a trap that is filled with probability p, whose state is kept
 * over the interval with probability s, moves by its amplitude with 2 p (1 - p) (1 - s). Averaged
 * over times of capture and emission, log-uniform. */
static double rtn_var(const pix_noise_t *noise)
{
    enum { STEPS = 64 };
    double moves = 0, ratio = noise->rtn_us[1] / noise->rtn_us[0];
    for (uint32_t i = 0; i < STEPS * STEPS; i++) {
        double capture_us = noise->rtn_us[0] * pow(ratio, (i / STEPS + 0.5) / STEPS);
        double emission_us = noise->rtn_us[0] * pow(ratio, (i % STEPS + 0.5) / STEPS);
        double p = emission_us / (capture_us + emission_us);
        double kept = exp(-noise->cds_interval_us * (1 / capture_us + 1 / emission_us));
        moves += 2 * p * (1 - p) * (noise->cds ? 1 - kept : 0.5) / (STEPS * STEPS);
    }
    return noise->rtn_share * 2 * squared(noise->rtn_e) * moves;
}

emva_values_t emva_configured(const pix_desc_t *d, const pix_frame_t *frame)
{
    const pix_noise_t *noise = &d->noise;
    double gain = pix_analog_gain(frame->gain_code), e[PIX_COLORS];
    double finer = (double)(1u << frame->adc_bits) / (double)(1u << d->adc_bits);
    double photons = pix_photons_per_lux(D65_K, BAND_FROM_NM, BAND_TO_NM, NULL);
    double seconds = (double)pix_row_dark_pck(frame, 0) / (double)d->clk_hz;
    double dark = pix_dark_factor(d, d->temperature_c);
    pix_electrons_per_lux_s(d, PIX_GREEN, e);
    emva_values_t v = {
        .k = d->dn_per_e * gain * finer,
        .qe = 100 * e[PIX_GREEN] / (lens_and_area(d) * photons),
        .dark_e_s = dark * (d->dark_e_per_s + noise->hot_share * noise->hot_e_per_s),
        .prnu = 100 * sqrt(squared(d->prnu) + squared(noise->column_gain)),
    };
    double read_e = pix_sample_noise_e(d, gain, d->temperature_c),
           white_dn = (1u << frame->adc_bits) - 1;
    double clip_e = (white_dn - d->black_dn * finer) / v.k;
    double column_dn = noise->column_offset_dn; /* of which CDS leaves less than a count */
    if (noise->cds)
        column_dn = fmin(column_dn, noise->column_count_dn / sqrt(12));
    double spread_e = dark * d->dark_e_per_s * seconds * d->dark_spread; /* to first order */
    v.read_e = sqrt(squared(read_e) * (1 + squared(noise->row_share)) + v.dark_e_s * seconds +
                    squared(noise->banding_e) / 2 + rtn_var(noise));
    v.dsnu_e = sqrt(squared(d->dsnu_e) + squared(column_dn * finer / v.k) + squared(spread_e) +
                    rare_var(noise->hot_share, noise->hot_e_per_s * dark * seconds));
    v.full_well_e = fmin(d->full_well_e, clip_e) - v.dark_e_s * seconds; /* above the dark */
    derive(&v, squared(v.read_e * v.k) + quantization_var, v.full_well_e);
    return v;
}
