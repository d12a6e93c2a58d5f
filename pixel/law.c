/*
 * law.c - from description and settings to the numbers of one row's arithmetic.
 */
#include "pixel/law.h"

#include "pixel/fpn.h"
#include "pixel/pixel_int.h"

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

/* Four photosites of a binned sample share its light and noise: their charge together is Poisson,
 * and averaging four conversions halves the read noise. */
pix_law_t pix_law_of(const pix_t *pix, const pix_frame_t *frame, uint32_t row)
{
    const pix_desc_t *d = &pix->desc;
    const pix_fpn_t *fpn = &pix->fpn[frame->mode];
    double sites = frame->mode == PIX_MODE_BINNED ? 4 : 1;
    double seconds = (double)frame->coarse_lines * frame->line_length_pck / (double)d->clk_hz;
    double gain = pix_analog_gain(frame->gain_code), dn_per_e = d->dn_per_e * gain;
    pix_law_t law = {
        .prnu_step = (float)fpn->prnu_step,
        .dark_step = (float)(sites * seconds * pix_dark_e_per_s(d) * fpn->dark_step),
        .site_share = (float)(1 / sites),
        .full_well_e = (float)d->full_well_e,
        .dn_per_e = (float)dn_per_e,
        .dsnu_step_dn = (float)(fpn->dsnu_step_e * dn_per_e),
        .read_dn = (float)(pix_read_noise_e(d, gain) / (sites > 1 ? 2 : 1) * dn_per_e),
        .black_dn = (float)d->black_dn,
        .white_dn = (float)((1u << d->adc_bits) - 1),
    };
    for (uint32_t column = 0; column < PIX_LANES; column++) {
        const double *e = pix->electrons[color_at(d->bayer, row, column)];
        for (uint32_t band = 0; band < PIX_COLORS; band++)
            law.e_per_lux[band][column] = (float)(sites * seconds * e[band]);
    }
    return law;
}
