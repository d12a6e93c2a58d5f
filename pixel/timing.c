/*
 * timing.c - pure arithmetic: when rows are exposed and read, dark current, noise.
 */
#include <assert.h>
#include <math.h>

#include "pixel/kernels.h"
#include "pixel/pixel_int.h"

#define LINE_LENGTH_MAX 0xfff0u  /* IMX500 kernel driver imx500.c */
#define FRAME_LENGTH_MAX 0xffdcu /* the same; the long-exposure shift is not modeled */

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

pix_size_t pix_mode_size(const pix_desc_t *desc, pix_mode_t mode)
{
    uint32_t step = mode == PIX_MODE_BINNED ? 2 : 1;
    return (pix_size_t){desc->width_px / step, desc->height_px / step};
}

uint32_t pix_row_room(const pix_desc_t *desc, pix_mode_t mode)
{
    return pix_padded_px(pix_mode_size(desc, mode).width_px);
}

/* ---- settings ---- */

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

static bool clamp(uint32_t *value, uint32_t low, uint32_t high)
{
    uint32_t wanted = *value;
    *value = wanted < low ? low : wanted > high ? high : wanted;
    return *value != wanted;
}

bool pix_clamp(const pix_desc_t *desc, pix_frame_t *frame)
{
    bool outside = clamp(&frame->mode, 0, PIX_MODES - 1);
    uint32_t height = pix_mode_size(desc, (pix_mode_t)frame->mode).height_px;
    outside |= clamp(&frame->line_length_pck, desc->line_length_min[frame->mode], LINE_LENGTH_MAX);
    outside |= clamp(&frame->frame_length_lines, height + desc->blank_lines_min, FRAME_LENGTH_MAX);
    uint32_t longest = frame->frame_length_lines - desc->coarse_margin;
    outside |= clamp(&frame->coarse_lines, desc->coarse_min, longest);
    outside |= clamp(&frame->gain_code, 0, desc->gain_code_max);
    return outside;
}

/*
 * Normally one frame length after `now`. A frame whose exposure is too long for that waits: row r
 * may begin its exposure when it has been read, and not within the margin after frame start, in
 * which the settings are taken over. When lines get shorter the last row decides.
 */
uint64_t pix_follow_pck(const pix_desc_t *desc, const pix_frame_t *now, const pix_frame_t *next)
{
    uint64_t line = now->line_length_pck, new_line = next->line_length_pck;
    uint64_t height = pix_mode_size(desc, (pix_mode_t)now->mode).height_px;
    uint64_t period = now->frame_length_lines * line;
    bool in_step = now->mode == next->mode && new_line >= line;
    uint64_t free_after = (in_step ? desc->coarse_margin : height) * line;
    uint64_t exposed = free_after + next->coarse_lines * new_line;
    return now->readout_pck + (period > exposed ? period : exposed);
}

/* ---- times ---- */

static uint64_t clocks(const pix_frame_t *frame, uint64_t lines)
{
    return lines * frame->line_length_pck;
}

uint64_t pix_line_time_ps(const pix_desc_t *desc, const pix_frame_t *frame)
{
    return sim_edge_ps(frame->line_length_pck, desc->clk_hz);
}

uint64_t pix_frame_time_ps(const pix_desc_t *desc, const pix_frame_t *frame)
{
    return sim_edge_ps(clocks(frame, frame->frame_length_lines), desc->clk_hz);
}

uint64_t pix_row_readout_start_ps(const pix_desc_t *desc, const pix_frame_t *frame, uint32_t row)
{
    return sim_edge_ps(frame->readout_pck + clocks(frame, row), desc->clk_hz);
}

uint64_t pix_row_readout_end_ps(const pix_desc_t *desc, const pix_frame_t *frame, uint32_t row)
{
    return pix_row_readout_start_ps(desc, frame, row + 1);
}

uint64_t pix_row_exposure_start_ps(const pix_desc_t *desc, const pix_frame_t *frame, uint32_t row)
{
    uint64_t read = frame->readout_pck + clocks(frame, row);
    return sim_edge_ps(read - clocks(frame, frame->coarse_lines), desc->clk_hz);
}

pix_timing_t pix_frame_timing(const pix_desc_t *desc, const pix_frame_t *frame)
{
    uint32_t last = pix_mode_size(desc, (pix_mode_t)frame->mode).height_px - 1;
    return (pix_timing_t){
        .frame = frame->frame,
        .exposure_start_ps = pix_row_exposure_start_ps(desc, frame, 0),
        .exposure_end_ps = pix_row_readout_start_ps(desc, frame, last),
        .readout_start_ps = pix_row_readout_start_ps(desc, frame, 0),
        .readout_end_ps = pix_row_readout_end_ps(desc, frame, last),
    };
}

/* ---- dark and noise ---- */

double pix_dark_e_per_s(const pix_desc_t *desc)
{
    const double ln2 = 0.69314718055994530942;
    double doublings = (desc->temperature_c - desc->dark_at_c) / desc->dark_doubling_k;
    return desc->dark_e_per_s * pix_exp(doublings * ln2);
}

double pix_read_noise_e(const pix_desc_t *desc, double analog_gain)
{
    double a = desc->read_noise_e, b = desc->read_noise_at_gain1_e / analog_gain;
    return sqrt(a * a + b * b);
}
