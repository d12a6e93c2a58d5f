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

/* The photosites of a binned sample share its light and noise: their charge together is Poisson.
 * Averaging n read noises leaves 1 / sqrt(n) of one; charge that is added is read once. */
pix_law_t pix_law_of(const pix_t *pix, const pix_frame_t *frame, uint32_t row)
{
    const pix_desc_t *d = &pix->desc;
    const pix_fpn_t *fpn = &pix->fpn[PIX_FPN_FULL];
    double sites = pix_sites(frame), spread = sqrt(sites); /* of the mean of so many */
    double share = frame->bin_sum ? 1 : 1 / sites;
    double light_s = (double)pix_row_light_pck(frame, row) / (double)d->clk_hz;
    double dark_s = (double)pix_row_dark_pck(frame, row) / (double)d->clk_hz;
    double finer = (double)(1u << frame->adc_bits) / (double)(1u << d->adc_bits);
    double gain = pix_analog_gain(frame->gain_code), dn_per_e = d->dn_per_e * gain * finer;
    pix_law_t law = {
        .prnu_step = (float)(fpn->prnu_step / spread),
        .dark_step = (float)(sites * dark_s * pix_dark_e_per_s(d) * fpn->dark_step),
        .site_share = (float)share,
        .full_well_e = (float)(sites * share * d->full_well_e),
        .dn_per_e = (float)dn_per_e,
        .dsnu_step_dn = (float)(sites * share * fpn->dsnu_step_e / spread * dn_per_e),
        .read_dn = (float)(pix_read_noise_e(d, gain) / (frame->bin_sum ? 1 : spread) * dn_per_e),
        .black_dn = (float)(d->black_dn * finer),
        .white_dn = (float)((1u << frame->adc_bits) - 1),
    };
    uint32_t site_row = pix_line_at(frame, row).sample; /* of the same parity */
    for (uint32_t column = 0; column < PIX_LANES; column++) {
        const double *e = pix->electrons[color_at(d->bayer, site_row, column)];
        for (uint32_t band = 0; band < PIX_COLORS; band++)
            law.e_per_lux[band][column] = (float)(sites * light_s * e[band]);
    }
    return law;
}
