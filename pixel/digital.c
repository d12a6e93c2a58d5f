/*
 * digital.c - behind the ADC: stuck photosites, mirror, digital gain, test patterns.
 */
#include "pixel/digital.h"

#include "pixel/site.h"

static uint32_t full_scale(const pix_frame_t *frame)
{
    return (1u << frame->adc_bits) - 1;
}

static uint32_t black_of(const pix_desc_t *d, const pix_frame_t *frame)
{
    return (d->black_dn << frame->adc_bits) >> d->adc_bits;
}

/* PIX_PHASE_* of the output's even and odd columns, in this row. */
static void phases_of(const pix_desc_t *d, const pix_frame_t *frame, uint32_t row,
                      uint32_t phase[2])
{
    static const uint8_t phases[4][2][2] = {
        [SIM_BAYER_GRBG] = {{PIX_PHASE_GR, PIX_PHASE_R}, {PIX_PHASE_B, PIX_PHASE_GB}},
        [SIM_BAYER_RGGB] = {{PIX_PHASE_R, PIX_PHASE_GR}, {PIX_PHASE_GB, PIX_PHASE_B}},
        [SIM_BAYER_BGGR] = {{PIX_PHASE_B, PIX_PHASE_GB}, {PIX_PHASE_GR, PIX_PHASE_R}},
        [SIM_BAYER_GBRG] = {{PIX_PHASE_GB, PIX_PHASE_B}, {PIX_PHASE_R, PIX_PHASE_GR}},
    };
    sim_bayer_t bayer = pix_frame_bayer(d, frame);
    phase[0] = phases[bayer][row % 2][0];
    phase[1] = phases[bayer][row % 2][1];
}

/* ---- stuck photosites ---- */

static const pix_stuck_t *stuck_at(const pix_desc_t *d, uint32_t frame, uint32_t x, uint32_t y)
{
    const pix_stuck_t *found = NULL;
    for (uint32_t i = 0; i < d->stuck_count; i++) {
        const pix_stuck_t *s = &d->stuck[i];
        if (frame >= s->from_frame && s->y == y && (s->x == x || s->x == PIX_STUCK_ROW))
            found = s;
    }
    return found;
}

/* The others give their share of what the sample has. Added: without the black levels of all but
 * one. */
static void stick_sample(const pix_desc_t *d, const pix_frame_t *frame, uint32_t column,
                         uint32_t row, uint16_t *sample)
{
    const pix_axis_t *x = &frame->x, *y = &frame->y;
    uint32_t sites = pix_sites(frame), black = black_of(d, frame);
    int64_t weight = frame->bin_sum ? 1 : sites, sum = 0; /* times sites, above black */
    for (uint32_t i = 0; i < sites; i++) {
        const pix_stuck_t *s = stuck_at(d, frame->frame, pix_axis_site(x, column, i % x->bin),
                                        pix_axis_site(y, row, i / x->bin));
        int64_t stuck = s != NULL ? (int64_t)((s->value_dn << frame->adc_bits) >> d->adc_bits) : 0;
        sum += s != NULL ? (stuck - black) * (int64_t)sites : ((int64_t)*sample - black) * weight;
    }
    int64_t divisor = (int64_t)sites * weight;
    int64_t value = (sum + black * divisor + divisor / 2) / divisor;
    int64_t white = full_scale(frame);
    *sample = (uint16_t)(value < 0 ? 0 : value > white ? white : value);
}

/* Whether an earlier entry has this sample already. */
static bool is_done(const pix_desc_t *d, const pix_frame_t *frame, uint32_t row, uint32_t column,
                    uint32_t entry)
{
    uint32_t x, y;
    for (uint32_t i = 0; i < entry; i++)
        if (pix_axis_sample(&frame->y, d->stuck[i].y, &y) && y == row &&
            pix_axis_sample(&frame->x, d->stuck[i].x, &x) && x == column)
            return true;
    return false;
}

void pix_stick(const pix_desc_t *d, const pix_frame_t *frame, uint32_t line, uint16_t *sample)
{
    uint32_t row = pix_line_at(frame, line).sample, x, y;
    bool whole = false;
    for (uint32_t i = 0; i < d->stuck_count; i++)
        whole = whole || (d->stuck[i].x == PIX_STUCK_ROW &&
                          pix_axis_sample(&frame->y, d->stuck[i].y, &y) && y == row);
    for (x = 0; whole && x < pix_axis_samples(&frame->x); x++)
        stick_sample(d, frame, x, row, &sample[x]);
    for (uint32_t i = 0; !whole && i < d->stuck_count; i++)
        if (pix_axis_sample(&frame->y, d->stuck[i].y, &y) && y == row &&
            pix_axis_sample(&frame->x, d->stuck[i].x, &x) && !is_done(d, frame, row, x, i))
            stick_sample(d, frame, x, row, &sample[x]);
}

/* ---- mirror, gain ---- */

void pix_mirror(uint16_t *sample, uint32_t count)
{
    for (uint32_t i = 0; i < count / 2; i++) {
        uint16_t kept = sample[i];
        sample[i] = sample[count - 1 - i];
        sample[count - 1 - i] = kept;
    }
}

void pix_digital_gain(const pix_desc_t *d, const pix_frame_t *frame, uint32_t line,
                      uint16_t *sample)
{
    uint32_t phase[2], width = pix_axis_samples(&frame->x);
    phases_of(d, frame, pix_line_at(frame, line).row, phase);
    int32_t black = (int32_t)black_of(d, frame), white = (int32_t)full_scale(frame);
    enum { FLOOR = 1 << 28 }; /* keeps dividends positive */
    const int32_t gain[2] = {(int32_t)frame->digital_gain[phase[0]],
                             (int32_t)frame->digital_gain[phase[1]]};
    if (gain[0] == 0x100 && gain[1] == 0x100)
        return;
    for (uint32_t i = 0; i < width; i++) {
        int32_t above = ((int32_t)sample[i] - black) * gain[i % 2]; /* below 2^28 */
        int32_t dn = black + (above + 128 + FLOOR) / 256 - FLOOR / 256;
        sample[i] = (uint16_t)(dn < 0 ? 0 : dn > white ? white : dn);
    }
}

/* ---- test patterns ---- */

/* Of so many bits: the first four of them, and these again in place of the others. */
static uint32_t quantized(uint32_t dn, uint32_t bits)
{
    return (dn >> (bits - 4)) * 0x1111 >> (16 - bits);
}

/* DN of a color that is on or off and fades to half of full scale. */
static uint32_t faded(uint32_t on, uint32_t white, uint32_t row, uint32_t rows)
{
    uint32_t middle = (white + 1) / 2, span = on ? white - middle : middle;
    uint32_t faded_by = rows > 1 ? (uint32_t)((uint64_t)span * row / (rows - 1)) : 0;
    return on ? white - faded_by : faded_by;
}

static void bars(const pix_desc_t *d, const pix_frame_t *frame, uint32_t row, uint16_t *sample)
{
    static const uint8_t color_bit[PIX_PHASES] = {
        [PIX_PHASE_GR] = 2, [PIX_PHASE_R] = 1, [PIX_PHASE_B] = 4, [PIX_PHASE_GB] = 2};
    static const uint8_t bar_colors[8] = {7, 3, 6, 2, 5, 1, 4, 0};
    pix_size_t size = pix_frame_size(frame);
    uint32_t phase[2], white = full_scale(frame);
    uint32_t rows = size.height_px < 128 ? size.height_px : size.height_px / 128 * 128;
    phases_of(d, frame, row, phase);
    for (uint32_t x = 0; x < size.width_px; x++) {
        uint32_t sixteenth = x * 16 / size.width_px;
        uint32_t on = bar_colors[sixteenth / 2] & color_bit[phase[x % 2]];
        uint32_t dn = on ? white : 0;
        if (frame->pattern == PIX_PATTERN_FADE) {
            dn = faded(on, white, row % rows, rows);
            dn = sixteenth % 2 != 0 ? quantized(dn, frame->adc_bits) : dn;
        }
        sample[x] = (uint16_t)dn;
    }
}

enum { PN9_PERIOD = 511 };

static void pn9(const pix_frame_t *frame, uint32_t row, uint16_t *sample)
{
    uint8_t bit[PN9_PERIOD];
    uint32_t state = 0x1ff, width = pix_axis_samples(&frame->x), bits = frame->adc_bits;
    for (uint32_t i = 0; i < PN9_PERIOD; i++) {
        bit[i] = state >> 8 & 1;
        state = (state << 1 & 0x1ff) | ((state >> 8 ^ state >> 4) & 1);
    }
    uint32_t at = (uint32_t)((uint64_t)row * width * bits % PN9_PERIOD);
    for (uint32_t x = 0; x < width; x++) {
        uint32_t word = 0;
        for (uint32_t i = 0; i < bits; i++, at = at + 1 == PN9_PERIOD ? 0 : at + 1)
            word = word << 1 | bit[at];
        sample[x] = (uint16_t)word;
    }
}

void pix_pattern(const pix_desc_t *d, const pix_frame_t *frame, uint32_t line, uint16_t *sample)
{
    uint32_t row = pix_line_at(frame, line).row, phase[2];
    switch (frame->pattern) {
    case PIX_PATTERN_SOLID:
        phases_of(d, frame, row, phase);
        for (uint32_t x = 0; x < pix_axis_samples(&frame->x); x++)
            sample[x] = (uint16_t)frame->pattern_dn[phase[x % 2]];
        break;
    case PIX_PATTERN_PN9:
        pn9(frame, row, sample);
        break;
    default:
        bars(d, frame, row, sample);
    }
}
