/*
 * noise.c - defaults of the noise terms, their place in a chip file, and arithmetic for set-up.
 */
#include "pixel/noise.h"

#include <math.h>

#include "pixel/kernels.h"
#include "pixel/pixel_int.h"

/* Where each number comes from is said beside it in logic/chips/imx500.json. */
pix_noise_t pix_noise_default(void)
{
    return (pix_noise_t){
        .cds = true,
        .cds_interval_us = 5,
        .conversion_gain_uv = 100,
        .hot_share = 1e-4,
        .hot_e_per_s = 50,
        .rtn_share = 0.002,
        .rtn_e = 4,
        .rtn_us = {1, 10000},
        .column_gain = 0.0005,
        .column_offset_dn = 4,
        .column_count_dn = 0.125,
        .row_share = 0.1,
        .banding_e = 0,
        .banding_hz = 100000,
        .inl_dn = 0.5,
        .knee_e = 100,
        .bloom_share = 0,
        .bloom_rows = 2,
        .sun_share = 0,
        .sun_clamp_e = 500,
    };
}

static double number(const sim_cfg_t *cfg, const char *key, double high, double otherwise)
{
    return sim_cfg_num(cfg, key, 0, high, otherwise);
}

static void read_photosites(const sim_cfg_t *pixel, pix_noise_t *n)
{
    sim_cfg_t hot = sim_cfg_obj(pixel, "hot"), rtn = sim_cfg_obj(pixel, "rtn");
    sim_cfg_t saturation = sim_cfg_obj(pixel, "saturation"), sun = sim_cfg_obj(pixel, "sun");
    n->hot_share = number(&hot, "share", 0.05, n->hot_share);
    n->hot_e_per_s = number(&hot, "e_per_s", 1e6, n->hot_e_per_s);
    n->rtn_share = number(&rtn, "share", 0.05, n->rtn_share);
    n->rtn_e = number(&rtn, "amplitude_e", 1000, n->rtn_e);
    sim_cfg_nums(&rtn, "times_us", n->rtn_us, SIM_COUNT(n->rtn_us), 0.001, 1e9);
    if (n->rtn_us[1] < n->rtn_us[0])
        sim_cfg_fail(&rtn, "times_us", "%g to %g: expected the shorter time first", n->rtn_us[0],
                     n->rtn_us[1]);
    n->knee_e = number(&saturation, "knee_e", 1e6, n->knee_e);
    n->bloom_share = number(&saturation, "bloom_share", 1, n->bloom_share);
    n->bloom_rows =
        (uint32_t)sim_cfg_u64(&saturation, "bloom_rows", 1, PIX_BLOOM_MAX, n->bloom_rows);
    n->sun_share = number(&sun, "share", 1, n->sun_share);
    n->sun_clamp_e = number(&sun, "clamp_e", 1e6, n->sun_clamp_e);
    sim_cfg_done(&hot);
    sim_cfg_done(&rtn);
    sim_cfg_done(&saturation);
    sim_cfg_done(&sun);
}

static void read_columns(const sim_cfg_t *pixel, pix_noise_t *n)
{
    sim_cfg_t cds = sim_cfg_obj(pixel, "cds"), columns = sim_cfg_obj(pixel, "columns");
    sim_cfg_t rows = sim_cfg_obj(pixel, "rows"), curve = sim_cfg_obj(pixel, "curve");
    n->cds = sim_cfg_bool(&cds, "on", n->cds);
    n->cds_interval_us = number(&cds, "interval_us", 1e6, n->cds_interval_us);
    n->conversion_gain_uv = number(&cds, "conversion_gain_uv", 10000, n->conversion_gain_uv);
    n->column_gain = number(&columns, "gain", 0.1, n->column_gain);
    n->column_offset_dn = number(&columns, "offset_dn", 100, n->column_offset_dn);
    n->column_count_dn = number(&columns, "count_dn", 1, n->column_count_dn);
    n->row_share = number(&rows, "share", 10, n->row_share);
    n->banding_e = number(&rows, "banding_e", 1e6, n->banding_e);
    n->banding_hz = number(&rows, "banding_hz", 1e9, n->banding_hz);
    n->inl_dn = number(&curve, "inl_dn", 16, n->inl_dn);
    sim_cfg_done(&cds);
    sim_cfg_done(&columns);
    sim_cfg_done(&rows);
    sim_cfg_done(&curve);
}

void pix_noise_read(const sim_cfg_t *pixel, pix_noise_t *noise)
{
    read_photosites(pixel, noise);
    read_columns(pixel, noise);
}

double pix_reset_noise_e(double conversion_gain_uv, double temperature_c)
{
    const double k_over_q = 1.380649e-23 / 1.602176634e-19; /* V/K; SI, exact */
    if (!(conversion_gain_uv > 0))
        return 0;
    /* charge noise sqrt(k T C) with C = q / gain: in electrons sqrt(k T / (q gain)) */
    return sqrt(k_over_q * (temperature_c + 273.15) / (conversion_gain_uv * 1e-6));
}

double pix_ln(double x)
{
    int exponent;
    double m = frexp(x, &exponent), s = (m - 1) / (m + 1), power = s, sum = 0; /* |s| <= 1/3 */
    for (int n = 1; n < 40; n += 2) {
        sum += power / n;
        power *= s * s;
    }
    return 2 * sum + exponent * 0.69314718055994530942;
}

double pix_sine(double turns)
{
    turns -= floor(turns + 0.5);
    if (fabs(turns) > 0.25) /* the same value nearer to 0 */
        turns = (turns > 0 ? 0.5 : -0.5) - turns;
    double x = 6.28318530717958647693 * turns, term = x, sum = 0; /* |x| <= pi / 2 */
    for (int n = 1; n < 24; n += 2) {
        sum += term;
        term *= -x * x / ((n + 1) * (n + 2));
    }
    return sum;
}

double pix_normal(uint32_t word)
{
    float z;
    pix_kernels_scalar.normal(&word, 1, &z, 1);
    return (double)z;
}
