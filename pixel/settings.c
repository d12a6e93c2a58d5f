/*
 * settings.c - registers, what of them makes a frame, and their legal ranges.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "pixel/pixel_int.h"
#include "pixel/site.h"

#define LINE_LENGTH_MAX 0xfff0u  /* IMX500 kernel driver imx500.c */
#define FRAME_LENGTH_MAX 0xffdcu /* the same; times 2^exposure_shift */
#define SHIFT_MAX 7u             /* the same */
#define DIGITAL_GAIN_MIN 0x0100u /* IMX477 kernel driver imx477.c */
#define HDR_DELAY_MAX 0x3fffu
#define INC_MAX 15u /* 4 bits in CCS, odd */

/* clang-format off */
#define R(member) offsetof(pix_t, regs.member)
const sim_reg_t pix_reg_table[] = {
    /* name              help                                                addr  reset         rw_mask w1c  member           side effect */
    {"PIX_ID",           "31:16: block id; 15:0: version",                   0x00, PIX_ID_VALUE, 0x0,    0x0, R(id),           NULL},
    {"PIX_CTRL",         "0: stream; 1: cut, what stops within a frame ends with the row that is read, as CCS fast_standby_ctrl; 2: mask corrupt, such frames do not leave, as CCS mask_corrupted_frames", 0x04, 0x0, 0x7,    0x0, R(ctrl),         pix_wrote_ctrl},
    {"PIX_BIN",          "7:4: columns a sample, 1, 2; 3:0: rows; as CCS binning_type", 0x08, 0x22, 0xff, 0x0, R(bin),         NULL},
    {"PIX_LINE_LENGTH",  "15:0: pixel clocks a line",                        0x0c, 9398,         0xffff, 0x0, R(line_length),  NULL},
    {"PIX_FRAME_LENGTH", "15:0: lines a frame",                              0x10, 2637,         0xffff, 0x0, R(frame_length), NULL},
    {"PIX_COARSE",       "15:0: exposure, lines",                            0x14, 1600,         0xffff, 0x0, R(coarse),       NULL},
    {"PIX_GAIN",         "15:0: analog gain code, gain = 1024/(1024 - code)", 0x18, 0x0,         0xffff, 0x0, R(gain),         NULL},
    {"PIX_BLACK",        "15:0: black level, DN",                            0x1c, 64,           0x0,    0x0, R(black),        NULL},
    {"PIX_FRAME",        "31:0: number of the frame that is read, or was last", 0x20, 0x0,       0x0,    0x0, R(frame),        NULL},
    {"PIX_SOF_LO",       "31:0: start of that frame's exposure, ps, low",    0x24, 0x0,          0x0,    0x0, R(sof_lo),       NULL},
    {"PIX_SOF_HI",       "31:0: the same, high",                             0x28, 0x0,          0x0,    0x0, R(sof_hi),       NULL},
    {"PIX_STATUS",       "0: frame start; 1: frame end; 2: setting clamped; 3: line too short, refused; W1C", 0x2c, 0x0, 0x0, 0xf, R(status), pix_wrote_irq},
    {"PIX_IRQ_EN",       "3:0: interrupt on the same bit of PIX_STATUS",     0x30, 0x0,          0xf,    0x0, R(irq_en),       pix_wrote_irq},
    {"PIX_FINE",         "15:0: exposure beyond PIX_COARSE, pixel clocks",   0x34, 0x0,          0xffff, 0x0, R(fine),         NULL},
    {"PIX_EXP_SHIFT",    "2:0: PIX_FRAME_LENGTH and PIX_COARSE times 2^n",   0x38, 0x0,          0x7,    0x0, R(exposure_shift), NULL},
    {"PIX_X_START",      "15:0: first column of the window, array pixels, even", 0x3c, 0,        0xffff, 0x0, R(x_start),      NULL},
    {"PIX_Y_START",      "15:0: first row",                                  0x40, 0,            0xffff, 0x0, R(y_start),      NULL},
    {"PIX_X_SIZE",       "15:0: columns of the window (0 as far as the array goes)", 0x44, 0,         0xffff, 0x0, R(x_size),       NULL},
    {"PIX_Y_SIZE",       "15:0: rows (0 as far as the array goes)",               0x48, 0,            0xffff, 0x0, R(y_size),       NULL},
    {"PIX_X_INC",        "11:8: columns from an even one read to the odd one; 3:0: on to the next even one; odd", 0x4c, 0x101, 0xf0f, 0x0, R(x_inc), NULL},
    {"PIX_Y_INC",        "11:8: rows from an even one read to the odd one; 3:0: on to the next even one; odd",    0x50, 0x101, 0xf0f, 0x0, R(y_inc), NULL},
    {"PIX_BIN_WEIGHT",   "1:0: binned photosites are averaged (0, 2) or added (1), as CCS binning_weighting", 0x54, 0x2, 0x3, 0x0, R(bin_weight), NULL},
    {"PIX_FLIP",         "0: mirror; 1: upside down; as CCS image_orientation", 0x58, 0x0,       0x3,    0x0, R(flip),         NULL},
    {"PIX_DGAIN_GR",     "15:0: digital gain 8.8 of green in red rows",      0x5c, 0x100,        0xffff, 0x0, R(digital_gain[PIX_PHASE_GR]), NULL},
    {"PIX_DGAIN_R",      "15:0: of red",                                     0x60, 0x100,        0xffff, 0x0, R(digital_gain[PIX_PHASE_R]),  NULL},
    {"PIX_DGAIN_B",      "15:0: of blue",                                    0x64, 0x100,        0xffff, 0x0, R(digital_gain[PIX_PHASE_B]),  NULL},
    {"PIX_DGAIN_GB",     "15:0: of green in blue rows",                      0x68, 0x100,        0xffff, 0x0, R(digital_gain[PIX_PHASE_GB]), NULL},
    {"PIX_PATTERN",      "2:0: test pattern (0 off, 1 solid, 2 bars, 3 fading bars, 4 PN9), as CCS test_pattern_mode", 0x6c, 0x0, 0x7, 0x0, R(pattern), NULL},
    {"PIX_PATTERN_GR",   "15:0: solid color, DN: green in red rows",         0x70, 0x0,          0xffff, 0x0, R(pattern_dn[PIX_PHASE_GR]), NULL},
    {"PIX_PATTERN_R",    "15:0: red",                                        0x74, 0x0,          0xffff, 0x0, R(pattern_dn[PIX_PHASE_R]),  NULL},
    {"PIX_PATTERN_B",    "15:0: blue",                                       0x78, 0x0,          0xffff, 0x0, R(pattern_dn[PIX_PHASE_B]),  NULL},
    {"PIX_PATTERN_GB",   "15:0: green in blue rows",                         0x7c, 0x0,          0xffff, 0x0, R(pattern_dn[PIX_PHASE_GB]), NULL},
    {"PIX_ADC_BITS",     "3:0: 8, 10, 12 (0 the chip's own)",                  0x80, 0,            0xf,    0x0, R(adc_bits),     NULL},
    {"PIX_HDR",          "0: two exposures a frame",                         0x84, 0x0,          0x1,    0x0, R(hdr),          NULL},
    {"PIX_HDR_COARSE",   "15:0: the short exposure, lines",                  0x88, 100,          0xffff, 0x0, R(hdr_coarse),   NULL},
    {"PIX_HDR_DELAY",    "15:0: lines from a row's long readout to its short one; odd", 0x8c, 0x81, 0xffff, 0x0, R(hdr_delay),  NULL},
    {"PIX_GLOBAL",       "0: all rows begin their exposure together",        0x90, 0x0,          0x1,    0x0, R(global_reset), NULL},
    {"PIX_SHUTTER",      "15:0: with PIX_GLOBAL: light for so many lines (0: until a row is read)", 0x94, 0x0, 0xffff, 0x0, R(shutter), NULL},
    {"PIX_ORDER",        "1:0: Bayer order of the frame that is read, as CCS pixel_order", 0x98, 0x0, 0x0, 0x0, R(order),      NULL},
    {"PIX_ROW_PCK",      "15:0: pixel clocks a line of that frame takes",    0x9c, 0x0,          0x0,    0x0, R(row_pck),      NULL},
    {"PIX_ROW_LIMIT",    "1:0: what sets them (0 PIX_LINE_LENGTH, 1 ADC, 2 columns, 3 link)", 0xa0, 0x0, 0x0, 0x0, R(row_limit), NULL},
    {"PIX_HOLD",         "0: settings that are written wait until this bit is 0", 0xa4, 0x0,      0x1,    0x0, R(hold),         pix_wrote_hold},
    {"PIX_CLOCK_HZ",     "31:0: pixel clock of the stream, Hz",              0xa8, 0x0,          0x0,    0x0, R(clock_hz),     NULL},
    SIM_REG_END
};
#undef R
/* clang-format on */

/* ---- registers to settings ---- */

static pix_axis_t axis_of(uint32_t extent, uint32_t start, uint32_t size, uint32_t inc,
                          uint32_t bin, uint32_t flip)
{
    if (size == 0 && start < extent)
        size = extent - start;
    return (pix_axis_t){start, size, inc >> 8, inc & 0xf, bin & 0xf, flip & 1};
}

void pix_take_geometry(const pix_desc_t *desc, const pix_regs_t *regs, pix_frame_t *frame)
{
    frame->bin_sum = regs->bin_weight == 1;
    frame->x = axis_of(desc->width_px, regs->x_start, regs->x_size, regs->x_inc, regs->bin >> 4,
                       regs->flip);
    frame->y = axis_of(desc->height_px, regs->y_start, regs->y_size, regs->y_inc, regs->bin,
                       regs->flip >> 1);
    frame->adc_bits = regs->adc_bits != 0 ? regs->adc_bits : desc->adc_bits;
    frame->line_length_pck = frame->asked_pck = regs->line_length;
    frame->exposure_shift = regs->exposure_shift;
    frame->frame_length_lines = regs->frame_length << regs->exposure_shift;
    frame->short_lines = regs->hdr;
    frame->short_delay = regs->hdr_delay;
}

void pix_take_exposure(const pix_regs_t *regs, pix_frame_t *frame)
{
    frame->coarse_lines = regs->coarse << frame->exposure_shift;
    frame->fine_pck = regs->fine;
    frame->gain_code = regs->gain;
    frame->short_lines = frame->short_lines == 0 ? 0 : regs->hdr_coarse == 0 ? 1 : regs->hdr_coarse;
    frame->global_reset = regs->global_reset;
    frame->shutter_lines = regs->shutter;
    frame->pattern = regs->pattern;
    for (uint32_t i = 0; i < PIX_PHASES; i++) {
        frame->digital_gain[i] = regs->digital_gain[i];
        frame->pattern_dn[i] = regs->pattern_dn[i];
    }
}

/* Nearest, as libm's rounding would be on any machine. */
int64_t pix_uc(double temperature_c)
{
    return (int64_t)(temperature_c * 1e6 + (temperature_c < 0 ? -0.5 : 0.5));
}

static pix_frame_t frame_of(const pix_desc_t *desc, const pix_regs_t *regs, uint64_t clk_hz,
                            int64_t die_uc)
{
    pix_frame_t frame = {.clk_hz = clk_hz, .die_uc = die_uc};
    pix_take_geometry(desc, regs, &frame);
    pix_take_exposure(regs, &frame);
    (void)pix_clamp(desc, &frame);
    return frame;
}

pix_frame_t pix_frame_asked(const pix_t *pix)
{
    return frame_of(&pix->desc, &pix->regs, pix_clock_hz(pix), pix_die_uc(pix));
}

pix_frame_t pix_frame_default(const pix_desc_t *desc)
{
    pix_regs_t regs;
    for (const sim_reg_t *reg = pix_reg_table; reg->name != NULL; reg++)
        memcpy((char *)&regs + (reg->member - offsetof(pix_t, regs)), &reg->reset,
               sizeof(reg->reset));
    return frame_of(desc, &regs, desc->clk_hz, pix_uc(desc->temperature_c));
}

/* ---- legal ranges ---- */

static bool clamp(uint32_t *value, uint32_t low, uint32_t high)
{
    uint32_t wanted = *value;
    *value = wanted < low ? low : wanted > high ? high : wanted;
    return *value != wanted;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static bool clamp_odd(uint32_t *value, uint32_t low, uint32_t high)
{
    bool outside = clamp(value, low, high) || *value % 2 == 0;
    *value |= 1;
    return outside;
}

/* At least two pairs of samples: four, what the ISP needs. */
static bool clamp_axis(pix_axis_t *axis, uint32_t extent)
{
    pix_axis_t wanted = *axis;
    clamp(&axis->bin, 1, 2);
    clamp_odd(&axis->even_inc, 1, INC_MAX);
    clamp_odd(&axis->odd_inc, 1, INC_MAX);
    if (2 * axis->bin * (axis->even_inc + axis->odd_inc) > extent)
        axis->even_inc = axis->odd_inc = 1;
    uint32_t pair = axis->bin * (axis->even_inc + axis->odd_inc);
    axis->start &= ~UINT32_C(1);
    clamp(&axis->start, 0, extent - 2 * pair);
    clamp(&axis->size, 2 * pair, extent - axis->start);
    axis->size -= axis->size % pair;
    clamp(&axis->flip, 0, 1);
    return axis->start != wanted.start || axis->size != wanted.size || axis->bin != wanted.bin ||
           axis->even_inc != wanted.even_inc || axis->odd_inc != wanted.odd_inc;
}

static bool clamp_bits(uint32_t *bits)
{
    bool outside = clamp(bits, 8, 12) || *bits % 2 != 0;
    *bits += *bits % 2;
    return outside;
}

static bool clamp_line_length(const pix_desc_t *desc, pix_frame_t *frame)
{
    uint32_t pck[PIX_LIMITS];
    frame->asked_pck = frame->line_length_pck;
    bool outside = clamp(&frame->asked_pck, 0, LINE_LENGTH_MAX);
    frame->line_length_pck = pck[pix_row_limit(desc, frame, pck)];
    return outside || frame->line_length_pck != frame->asked_pck;
}

/* A row is read twice: its short exposure lies between the two. */
static bool clamp_hdr(const pix_desc_t *desc, pix_frame_t *frame)
{
    if (frame->short_lines == 0)
        return false;
    bool outside = clamp_odd(&frame->short_delay, desc->coarse_min + 2, HDR_DELAY_MAX);
    outside |= clamp(&frame->short_lines, desc->coarse_min, frame->short_delay - 2);
    return clamp(&frame->global_reset, 0, 0) || outside;
}

uint32_t pix_exposure_margin(const pix_desc_t *desc, const pix_frame_t *frame)
{
    bool twice = frame->short_lines != 0;
    return larger(desc->coarse_margin, twice ? frame->short_delay + 1 : 0);
}

bool pix_clamp(const pix_desc_t *desc, pix_frame_t *frame)
{
    bool outside = clamp_axis(&frame->x, desc->width_px);
    outside |= clamp_axis(&frame->y, desc->height_px);
    outside |= clamp_bits(&frame->adc_bits);
    outside |= clamp_line_length(desc, frame);
    outside |= clamp_hdr(desc, frame);
    outside |= clamp(&frame->exposure_shift, 0, SHIFT_MAX);

    uint32_t margin = pix_exposure_margin(desc, frame);
    uint32_t shortest = larger(pix_slots(frame) + desc->blank_lines_min, desc->coarse_min + margin);
    outside |=
        clamp(&frame->frame_length_lines, shortest, FRAME_LENGTH_MAX << frame->exposure_shift);
    outside |= clamp(&frame->coarse_lines, desc->coarse_min, frame->frame_length_lines - margin);
    outside |= clamp(&frame->fine_pck, 0, frame->line_length_pck - 1);
    outside |= clamp(&frame->shutter_lines, 0, frame->coarse_lines);
    outside |= clamp(&frame->gain_code, 0, desc->gain_code_max);
    for (uint32_t i = 0; i < PIX_PHASES; i++) {
        outside |= clamp(&frame->digital_gain[i], DIGITAL_GAIN_MIN, 0xffff);
        outside |= clamp(&frame->pattern_dn[i], 0, (1u << frame->adc_bits) - 1);
    }
    return clamp(&frame->pattern, 0, PIX_PATTERNS - 1) || outside;
}

/* ---- words about them ---- */

void pix_settings_diff(const pix_frame_t *wanted, const pix_frame_t *taken, char *out, size_t bytes)
{
#define F(name, member)                                                                            \
    {                                                                                              \
        name, offsetof(pix_frame_t, member)                                                        \
    }
    static const struct {
        const char *name;
        size_t offset;
    } fields[] = {
        F("x start", x.start),
        F("x size", x.size),
        F("x even inc", x.even_inc),
        F("x odd inc", x.odd_inc),
        F("x bin", x.bin),
        F("y start", y.start),
        F("y size", y.size),
        F("y even inc", y.even_inc),
        F("y odd inc", y.odd_inc),
        F("y bin", y.bin),
        F("bits", adc_bits),
        F("line", line_length_pck),
        F("frame", frame_length_lines),
        F("coarse", coarse_lines),
        F("fine", fine_pck),
        F("gain", gain_code),
        F("digital gain Gr", digital_gain[PIX_PHASE_GR]),
        F("digital gain R", digital_gain[PIX_PHASE_R]),
        F("digital gain B", digital_gain[PIX_PHASE_B]),
        F("digital gain Gb", digital_gain[PIX_PHASE_GB]),
        F("short exposure", short_lines),
        F("short delay", short_delay),
        F("global reset", global_reset),
        F("shutter", shutter_lines),
        F("pattern", pattern),
        F("pattern Gr", pattern_dn[PIX_PHASE_GR]),
        F("pattern R", pattern_dn[PIX_PHASE_R]),
        F("pattern B", pattern_dn[PIX_PHASE_B]),
        F("pattern Gb", pattern_dn[PIX_PHASE_GB]),
    };
#undef F
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < SIM_COUNT(fields) && used < bytes; i++) {
        const char *was = (const char *)wanted + fields[i].offset;
        const char *is = (const char *)taken + fields[i].offset;
        uint32_t a = *(const uint32_t *)(const void *)was, b = *(const uint32_t *)(const void *)is;
        if (a != b)
            used += (size_t)snprintf(out + used, bytes - used, "%s%s %u taken as %u",
                                     used == 0 ? "" : ", ", fields[i].name, a, b);
    }
}
