/*
 * law.c - from description and settings to the numbers of one row's arithmetic.
 */
#include "pixel/law.h"

#include <math.h>

#include "pixel/fpn.h"
#include "pixel/pixel_int.h"
#include "pixel/site.h"

/* Color of the photosites in even and odd columns of even and odd rows. */
static uint32_t color_at(sim_bayer_t bayer, uint32_t row, uint32_t column)
{
    static const uint8_t colors[][2][2] = {
        [SIM_BAYER_GRBG] = {{PIX_GREEN, PIX_RED}, {PIX_BLUE, PIX_GREEN}},
        [SIM_BAYER_RGGB] = {{PIX_RED, PIX_GREEN}, {PIX_GREEN, PIX_BLUE}},
        [SIM_BAYER_BGGR] = {{PIX_BLUE, PIX_GREEN}, {PIX_GREEN, PIX_RED}},
        [SIM_BAYER_GBRG] = {{PIX_GREEN, PIX_BLUE}, {PIX_RED, PIX_GREEN}},
    };
    return colors[bayer][row % 2][column % 2];
}

/* What all samples of a row are off by, e-: noise and the tone on the supply. */
static double row_offset_e(const pix_t *pix, const pix_frame_t *frame, uint32_t row, double read_e)
{
    const pix_noise_t *noise = &pix->desc.noise;
    sim_rng_t rng = {pix->desc.seed, PIX_RNG_ROW, frame->frame, row};
    double spread = frame->bin_sum ? 1 : sqrt(frame->y.bin); /* of the mean of so many rows */
    double e = 0;
    if (noise->row_share > 0)
        e += noise->row_share * read_e / spread * pix_normal(sim_rng_u32(&rng, 0));
    if (noise->banding_e > 0) {
        double seconds = (double)pix_row_readout_start_ps(frame, row) * 1e-12;
        e += noise->banding_e * pix_sine(seconds * noise->banding_hz);
    }
    return e;
}

/* n: of how many photosites. */
static void set_well(pix_law_t *law, const pix_desc_t *d, double n)
{
    double knee_e = d->noise.knee_e < d->full_well_e ? d->noise.knee_e : d->full_well_e;
    law->full_well_e = (float)(n * d->full_well_e);
    law->well_top_e = (float)(n * (d->full_well_e + knee_e));
    law->knee_low_e = (float)(n * (d->full_well_e - knee_e));
    law->knee_factor = knee_e > 0 ? (float)(1 / (4 * n * knee_e)) : 0;
    law->sun_share = d->noise.cds ? (float)d->noise.sun_share : 0;
    law->sun_clamp_e = (float)(n * fmin(d->noise.sun_clamp_e, d->full_well_e));
}

/* x + inl 6 sqrt(3) u (1 - u) (1 - 2 u), u = x / range: an S through both ends and the middle,
 * +-inl away from the line at most. */
static void set_curve(pix_law_t *law, double inl_dn, double range_dn)
{
    double slope = 6 * sqrt(3) * inl_dn / range_dn;
    law->curve[0] = (float)(1 + slope);
    law->curve[1] = (float)(-3 * slope / range_dn);
    law->curve[2] = (float)(2 * slope / (range_dn * range_dn));
}

/* The photosites of a binned sample share its light and noise: their charge together is Poisson.
 * Averaging n read noises leaves 1 / sqrt(n) of one; charge that is added is read once. */
pix_law_t pix_law_of(const pix_t *pix, const pix_frame_t *frame, uint32_t row)
{
    const pix_desc_t *d = &pix->desc;
    const pix_fpn_t *fpn = pix->fpn;
    double sites = pix_sites(frame), spread = sqrt(sites); /* of the mean of so many */
    double share = frame->bin_sum ? 1 : 1 / sites;
    double light_s = (double)pix_row_light_pck(frame, row) / (double)frame->clk_hz;
    double dark_s = (double)pix_row_dark_pck(frame, row) / (double)frame->clk_hz;
    double finer = (double)(1u << frame->adc_bits) / (double)(1u << d->adc_bits);
    double gain = pix_analog_gain(frame->gain_code), dn_per_e = d->dn_per_e * gain * finer;
    double die_c = (double)frame->die_uc / 1e6, hot_s = dark_s * pix_dark_factor(d, die_c);
    double read_e = pix_sample_noise_e(d, gain, die_c), black_dn = d->black_dn * finer;
    double white_dn = (1u << frame->adc_bits) - 1;
    pix_law_t law = {
        .prnu_step = (float)(fpn->prnu_step / spread),
        .dark_step = (float)(sites * hot_s * d->dark_e_per_s * fpn->dark_step),
        .dn_per_e = (float)(share * dn_per_e),
        .dsnu_step_dn = (float)(sites * share * fpn->dsnu_step_e / spread * dn_per_e),
        .read_dn = (float)(read_e / (frame->bin_sum ? 1 : spread) * dn_per_e),
        .column_scale = (float)finer,
        .black_dn = (float)(black_dn + row_offset_e(pix, frame, row, read_e) * dn_per_e),
        .white_dn = (float)white_dn,
        .hot_s = (float)hot_s,
        .trap_dn = (float)(share * dn_per_e),
    };
    set_well(&law, d, sites);
    set_curve(&law, d->noise.inl_dn * finer, white_dn - black_dn);
    uint32_t site_row = pix_line_at(frame, row).sample; /* of the same parity */
    for (uint32_t column = 0; column < PIX_LANES; column++) {
        const double *e = pix->electrons[color_at(d->bayer, site_row, column)];
        for (uint32_t band = 0; band < PIX_COLORS; band++)
            law.e_per_lux[band][column] = (float)(sites * light_s * e[band]);
    }
    return law;
}
