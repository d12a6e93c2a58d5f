/*
 * timing.c - pure arithmetic: when rows are exposed and read, dark current, noise.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "pixel/kernels.h"
#include "pixel/pixel_int.h"
#include "pixel/site.h"

double pix_exp(double x)
{
    assert(x >= -700 && x <= 700);
    double r = x / 1024, term = 1, sum = 1; /* |r| < 0.7 */
    for (int n = 1; n < 18; n++) {
        term *= r / n;
        sum += term;
    }
    for (int halving = 0; halving < 10; halving++)
        sum *= sum;
    return sum;
}

uint32_t pix_padded_px(uint32_t width_px)
{
    return (width_px + PIX_LANES - 1) / PIX_LANES * PIX_LANES;
}

/* ---- gain ---- */

double pix_analog_gain(uint32_t gain_code)
{
    assert(gain_code < 1024);
    return 1024.0 / (1024.0 - gain_code);
}

uint32_t pix_gain_code(const pix_desc_t *desc, double gain)
{
    uint32_t best = 0;
    for (uint32_t code = 1; code <= desc->gain_code_max; code++)
        if (fabs(pix_analog_gain(code) - gain) < fabs(pix_analog_gain(best) - gain))
            best = code;
    return best;
}

/* ---- what sets the row time ---- */

const char *const pix_limit_names[PIX_LIMITS] = {"line_length", "adc", "columns", "link"};

uint32_t pix_reset_counts(const pix_desc_t *desc, uint32_t bits)
{
    return (uint32_t)((UINT64_C(1) << bits) * desc->reset_ramp_permille / 1000);
}

uint32_t pix_ramp_counts(const pix_desc_t *desc, uint32_t bits)
{
    return (1u << bits) + desc->ramp_margin + pix_reset_counts(desc, bits);
}

uint64_t pix_adc_time_ps(const pix_desc_t *desc, uint32_t bits)
{
    uint64_t counts = pix_ramp_counts(desc, bits);
    uint64_t settle_ns = (uint64_t)desc->reset_settle_ns + desc->transfer_settle_ns;
    return settle_ns * 1000 + sim_edge_ps(counts, desc->counter_hz);
}

pix_limit_t pix_row_limit(const pix_desc_t *desc, const pix_frame_t *frame,
                          uint32_t pck[PIX_LIMITS])
{
    uint64_t width = pix_frame_size(frame).width_px;
    uint64_t adc_ps = pix_adc_time_ps(desc, frame->adc_bits);
    pck[PIX_LIMIT_REGISTER] = frame->asked_pck;
    pck[PIX_LIMIT_ADC] = (uint32_t)sim_edge_at_or_after(adc_ps, frame->clk_hz);
    pck[PIX_LIMIT_COLUMNS] =
        (uint32_t)((width * frame->clk_hz + desc->column_hz - 1) / desc->column_hz);
    pck[PIX_LIMIT_LINK] = frame->link_pck;
    uint32_t longest = 0;
    for (uint32_t i = 1; i < PIX_LIMITS; i++)
        longest = pck[i] > pck[longest] ? i : longest;
    return (pix_limit_t)longest;
}

/*
 * Normally one frame length after `now`. A frame whose exposure is too long for that waits: row r
 * may begin its exposure when it has been read, and not within the margin after frame start, in
 * which the settings are taken over. Where rows are read in another rhythm, or all begin at once,
 * the last row decides; also when lines get shorter. Without the coarse time:
 */
static uint64_t least_pck(const pix_desc_t *desc, const pix_frame_t *now, const pix_frame_t *next)
{
    bool in_step = memcmp(&now->y, &next->y, sizeof(now->y)) == 0 &&
                   next->line_length_pck >= now->line_length_pck &&
                   pix_frame_exposures(now) == pix_frame_exposures(next) && !next->global_reset;
    uint64_t free_after = in_step ? pix_exposure_margin(desc, now) : pix_slots(now);
    return free_after * now->line_length_pck + next->fine_pck;
}

static uint64_t period_pck(const pix_frame_t *now)
{
    return (uint64_t)now->frame_length_lines * now->line_length_pck;
}

uint64_t pix_follow_pck(const pix_desc_t *desc, const pix_frame_t *now, const pix_frame_t *next)
{
    uint64_t exposed =
        least_pck(desc, now, next) + (uint64_t)next->coarse_lines * next->line_length_pck;
    uint64_t period = period_pck(now);
    return now->readout_pck + (period > exposed ? period : exposed);
}

bool pix_shorten(const pix_desc_t *desc, const pix_frame_t *now, pix_frame_t *next)
{
    uint64_t period = period_pck(now), least = least_pck(desc, now, next);
    uint64_t fits = period > least ? (period - least) / next->line_length_pck : 0;
    if (next->coarse_lines <= fits)
        return false;
    next->coarse_lines = fits > desc->coarse_min ? (uint32_t)fits : desc->coarse_min;
    return true;
}

/* ---- times ---- */

uint64_t pix_line_time_ps(const pix_frame_t *frame)
{
    return sim_edge_ps(frame->line_length_pck, frame->clk_hz);
}

uint64_t pix_frame_time_ps(const pix_frame_t *frame)
{
    uint64_t clocks = (uint64_t)frame->frame_length_lines * frame->line_length_pck;
    return sim_edge_ps(clocks, frame->clk_hz);
}

static uint64_t readout_pck(const pix_frame_t *frame, uint32_t row)
{
    return frame->readout_pck + (uint64_t)pix_line_at(frame, row).slot * frame->line_length_pck;
}

static uint64_t exposure_start_pck(const pix_frame_t *frame, uint32_t row)
{
    uint32_t lines = pix_line_at(frame, row).exposure ? frame->short_lines : frame->coarse_lines;
    uint64_t end = frame->global_reset ? frame->readout_pck : readout_pck(frame, row);
    return end - (uint64_t)lines * frame->line_length_pck - frame->fine_pck;
}

uint64_t pix_row_dark_pck(const pix_frame_t *frame, uint32_t row)
{
    return readout_pck(frame, row) - exposure_start_pck(frame, row);
}

uint64_t pix_row_light_pck(const pix_frame_t *frame, uint32_t row)
{
    bool shutter = frame->global_reset && frame->shutter_lines != 0;
    return shutter ? (uint64_t)frame->shutter_lines * frame->line_length_pck
                   : pix_row_dark_pck(frame, row);
}

uint64_t pix_row_readout_start_ps(const pix_frame_t *frame, uint32_t row)
{
    return sim_edge_ps(readout_pck(frame, row), frame->clk_hz);
}

uint64_t pix_row_readout_end_ps(const pix_frame_t *frame, uint32_t row)
{
    return sim_edge_ps(readout_pck(frame, row) + frame->line_length_pck, frame->clk_hz);
}

uint64_t pix_row_exposure_start_ps(const pix_frame_t *frame, uint32_t row)
{
    return sim_edge_ps(exposure_start_pck(frame, row), frame->clk_hz);
}

uint64_t pix_row_exposure_end_ps(const pix_frame_t *frame, uint32_t row)
{
    return sim_edge_ps(exposure_start_pck(frame, row) + pix_row_light_pck(frame, row),
                       frame->clk_hz);
}

pix_timing_t pix_frame_timing(const pix_frame_t *frame)
{
    uint32_t last = pix_frame_lines(frame) - 1;
    return (pix_timing_t){
        .frame = frame->frame,
        .exposure_start_ps = pix_row_exposure_start_ps(frame, 0),
        .exposure_end_ps = pix_row_exposure_end_ps(frame, last),
        .readout_start_ps = pix_row_readout_start_ps(frame, 0),
        .readout_end_ps = pix_row_readout_end_ps(frame, last),
    };
}

/* ---- dark and noise ---- */

double pix_dark_factor(const pix_desc_t *desc, double temperature_c)
{
    const double ln2 = 0.69314718055994530942;
    return pix_exp((temperature_c - desc->dark_at_c) / desc->dark_doubling_k * ln2);
}

double pix_read_noise_e(const pix_desc_t *desc, double analog_gain)
{
    double a = desc->read_noise_e, b = desc->read_noise_at_gain1_e / analog_gain;
    return sqrt(a * a + b * b);
}

double pix_sample_noise_e(const pix_desc_t *desc, double analog_gain, double temperature_c)
{
    double both = pix_read_noise_e(desc, analog_gain);
    if (desc->noise.cds)
        return both;
    double reset = pix_reset_noise_e(desc->noise.conversion_gain_uv, temperature_c);
    return sqrt(both * both / 2 + reset * reset);
}
