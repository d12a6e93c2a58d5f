/*
 * ccs_rules.c - what a host may write into CCS registers, and what must fit together before a
 * stream starts: each refusal names the parameter and says why, in one line.
 */
#include <stdio.h>

#include "logic/ccs_int.h"

/* ---- one register ---- */

typedef enum { AT_MOST, BITS, ONLY } rule_t;

/* Registers that are not here take any value; what then makes no sense the pixel die clamps, or the
 * start of a stream refuses. */
static const struct {
    uint16_t addr;
    rule_t rule;
    uint16_t limit;
    const char *because; /* NULL: that is all there is */
} rules[] = {
    {CCS_MODE_SELECT, AT_MOST, 1, NULL},
    {CCS_ORIENTATION, AT_MOST, 3, NULL},
    {CCS_SOFTWARE_RESET, AT_MOST, 1, NULL},
    {CCS_HOLD, AT_MOST, 1, NULL},
    {CCS_MASK_CORRUPTED, AT_MOST, 1, NULL},
    {CCS_FAST_STANDBY, AT_MOST, 1, NULL},
    {CCS_CHANNEL, AT_MOST, 15, NULL},
    {CCS_GAIN_MODE, AT_MOST, 0, "analog_gain_capability is global"},
    {CCS_HDR_MODE, BITS, 0x21, "hdr_capability_1 has no more"},
    {CCS_FRAME_LENGTH_CTRL, AT_MOST, 1, NULL},
    {CCS_X_EVEN_INC, AT_MOST, 15, NULL},
    {CCS_X_ODD_INC, AT_MOST, 15, NULL},
    {CCS_X_EVEN_INC + 4, AT_MOST, 15, NULL},
    {CCS_X_ODD_INC + 4, AT_MOST, 15, NULL},
    {CCS_SCALING_MODE, AT_MOST, 0, "scaling_capability is none"},
    {CCS_TEST_PATTERN_MODE, AT_MOST, 4, "test_mode_capability has no more"},
    {CCS_PHY_CTRL, AT_MOST, 2, NULL},
    {CCS_TWAKEUP, AT_MOST, 0, "phy_ctrl_capability_3 has no twakeup"},
    {CCS_TINIT, AT_MOST, 0, "phy_ctrl_capability_3 has no tinit"},
    {CCS_CALIBRATION_MODE, AT_MOST, 0, "dphy_calibration_capability has no alternate_seq"},
    {CCS_EPD_MISC_C, AT_MOST, 0, "lrte_cphy_capability has no more"},
    {CCS_EPD_MISC_D, AT_MOST, 0, "lrte_dphy_capability has no spacer_variable_opt2"},
    {CCS_SCRAMBLING, BITS, 1, "scrambling_capability has one seed a lane"},
    {CCS_BINNING_WEIGHTING, AT_MOST, 3, NULL},
    {CCS_GLOBAL_RESET_CTRL1, AT_MOST, 1, NULL},
    {CCS_GLOBAL_RESET_CONFIG1, ONLY, 0x10, "global resets come again and again, without strobes"},
    {CCS_IMAGE_ROTATE, AT_MOST, 3, NULL},
    {CCS_INPUT_FORMAT, AT_MOST, 5, NULL},
    {CCS_INPUT_FORMAT + 1, AT_MOST, 5, NULL},
    {CCS_INPUT_FORMAT + 2, AT_MOST, 5, NULL},
    {CCS_IMX477_EXP_SHIFT, AT_MOST, 7, NULL},
    {CCS_IMX500_EXP_SHIFT, AT_MOST, 7, NULL},
};

typedef struct {
    char *text;
    size_t bytes;
} why_t;

static bool keeps_rule(uint16_t addr, uint32_t value, const why_t *why)
{
    for (size_t i = 0; i < SIM_COUNT(rules); i++) {
        static const char *const words[] = {"at most", "no bits but", "only"};
        const char *because = rules[i].because;
        rule_t rule = rules[i].rule;
        uint32_t limit = rules[i].limit;
        bool kept = rule == BITS   ? (value & ~limit) == 0
                    : rule == ONLY ? value == limit
                                   : value <= limit;
        if (rules[i].addr != addr || kept)
            continue;
        snprintf(why->text, why->bytes, "expected %s 0x%x%s%s", words[rule], limit,
                 because != NULL ? ", " : "", because != NULL ? because : "");
        return false;
    }
    return true;
}

/* data_format_descriptor_0 and on; why lists them where it is none of these. */
static bool keeps_format(const ccs_t *ccs, uint32_t format, const why_t *why)
{
    uint32_t count = ccs_get(ccs, CCS_DATA_FORMATS, 1) & 0xf;
    size_t used = (size_t)snprintf(
        why->text, why->bytes, "csi_data_format 0x%04x is in no data_format_descriptor", format);
    for (uint32_t i = 0; i < count && used < why->bytes; i++) {
        uint32_t known = ccs_get(ccs, (uint16_t)(CCS_DATA_FORMATS + 1 + 2 * i), 2);
        if (known == format)
            return true;
        used += (size_t)snprintf(why->text + used, why->bytes - used, "%s0x%04x",
                                 i == 0 ? ": " : ", ", known);
    }
    return false;
}

/* I2C keeps the addresses below 8 and from 0x78 on (UM10204, table 4). */
static bool keeps_address(uint32_t value, const why_t *why)
{
    if ((value & 1) == 0 && value >> 1 >= 8 && value >> 1 < 0x78)
        return true;
    snprintf(why->text, why->bytes, "expected an I2C address 0x08..0x77 << 1");
    return false;
}

/* ---- all together ---- */

static uint32_t get_reg(const void *ctx, uint16_t addr)
{
    const ccs_t *ccs = ctx;
    return ccs_get(ccs, addr, ccs_find(&ccs->desc, addr)->bytes);
}

static bool judge_axis(const ccs_t *ccs, uint16_t y, const why_t *why)
{
    const ccs_timing_t *t = &ccs->desc.timing;
    char axis = "xy"[y];
    uint32_t start = ccs_get(ccs, (uint16_t)(CCS_X_ADDR_START + 2 * y), 2);
    uint32_t end = ccs_get(ccs, (uint16_t)(CCS_X_ADDR_END + 2 * y), 2);
    uint32_t last = y == 0 ? t->x_last : t->y_last;
    uint32_t even = ccs_get(ccs, (uint16_t)(CCS_X_EVEN_INC + 4 * y), 2);
    uint32_t odd = ccs_get(ccs, (uint16_t)(CCS_X_ODD_INC + 4 * y), 2);
    uint32_t crop = ccs_get(ccs, (uint16_t)(CCS_X_CROP_OFFSET + 2 * y), 2);
    uint32_t read = ccs_samples_read(ccs, y);
    why->text[0] = '\0';
    if (end < start)
        snprintf(why->text, why->bytes, "%c_addr_end %u, expected at least %c_addr_start %u", axis,
                 end, axis, start);
    else if (end > last)
        snprintf(why->text, why->bytes, "%c_addr_end %u, expected at most %c_addr_max %u", axis,
                 end, axis, last);
    else if (even % 2 == 0 || even > t->inc_max)
        snprintf(why->text, why->bytes, "%c_even_inc %u, expected odd, at most %u", axis, even,
                 t->inc_max);
    else if (odd % 2 == 0 || odd > t->inc_max)
        snprintf(why->text, why->bytes, "%c_odd_inc %u, expected odd, at most %u", axis, odd,
                 t->inc_max);
    else if (crop >= read)
        snprintf(why->text, why->bytes, "digital_crop_%c_offset %u, but %u are read", axis, crop,
                 read);
    return why->text[0] == '\0';
}

/* binning_sub_type_1 and on; 0x11 is no binning. */
static bool judge_binning(const ccs_t *ccs, const why_t *why)
{
    uint32_t type = ccs_get(ccs, CCS_BINNING_TYPE, 1);
    if (ccs_get(ccs, CCS_BINNING_MODE, 1) == 0 ||
        ((type >> 4 == 1 || type >> 4 == 2) && ((type & 0xf) == 1 || (type & 0xf) == 2)))
        return true;
    snprintf(why->text, why->bytes, "binning_type 0x%02x, expected 0x11, 0x12, 0x21 or 0x22", type);
    return false;
}

/* While it is on: the only bit depth and resolution that there are. */
static bool judge_hdr(const ccs_t *ccs, const why_t *why)
{
    uint32_t bits = ccs_get(ccs, CCS_HDR_BITS, 1), most = ccs->desc.timing.raw_bits;
    uint32_t reduction = ccs_get(ccs, CCS_HDR_REDUCTION, 1);
    why->text[0] = '\0';
    if ((ccs_get(ccs, CCS_HDR_MODE, 1) & 1) == 0)
        return true;
    if (bits != most)
        snprintf(why->text, why->bytes, "hdr_internal_bit_depth %u, expected max_hdr_bit_depth %u",
                 bits, most);
    else if (reduction != 0x11)
        snprintf(why->text, why->bytes,
                 "hdr_resolution_reduction 0x%02x, expected hdr_resolution_sub_type_0 0x11",
                 reduction);
    return why->text[0] == '\0';
}

/* The wires and how many of them: csi_signaling_mode_capability and the two of lanes. */
static bool judge_link(const ccs_t *ccs, const why_t *why)
{
    const ccs_link_t *link = &ccs->desc.link;
    uint32_t signaling = ccs_get(ccs, CCS_SIGNALING, 1), mode = ccs_get(ccs, CCS_LANE_MODE, 1);
    uint32_t lanes = signaling == 2 ? link->dphy_lanes : link->cphy_lanes;
    why->text[0] = '\0';
    if (signaling > 7 || (link->signalings >> signaling & 1) == 0)
        snprintf(why->text, why->bytes, "csi_signaling_mode %u, expected 2 (D-PHY)%s", signaling,
                 (link->signalings & 8) != 0 ? " or 3 (C-PHY)" : "");
    else if (mode > 7 || (lanes >> mode & 1) == 0)
        snprintf(why->text, why->bytes, "csi_lane_mode %u, expected one of bits 0x%02x", mode,
                 lanes);
    return why->text[0] == '\0';
}

/* CCS knows no such size; what is read is sent. */
static void tell_output(ccs_t *ccs)
{
    for (uint16_t y = 0; y < 2; y++) {
        uint32_t out = ccs_get(ccs, (uint16_t)(CCS_X_OUTPUT_SIZE + 2 * y), 2);
        uint32_t read = ccs_samples_read(ccs, y);
        if (out > read)
            sim_log(&ccs->comp, SIM_LOG_GUEST, "%c_output_size: %u, but %u are read", "xy"[y], out,
                    read);
    }
}

static void tell_clock(ccs_t *ccs)
{
    uint32_t label = ccs_get(ccs, CCS_EXTCLK, 2); /* 8.8 MHz */
    if ((uint64_t)label * 1000000 != ccs->desc.inck_hz << 8)
        sim_log(&ccs->comp, SIM_LOG_INFO,
                "extclk_frequency_mhz says %.3f, the board's clock is %.3f", label / 256.0,
                (double)ccs->desc.inck_hz * 1e-6);
}

/* What the parts of registers came to is judged here, too. The PLLs start with the stream. */
static bool start_stream(ccs_t *ccs, const why_t *why)
{
    ccs_clocks_t clocks = ccs_clocks(get_reg, ccs);
    ccs_pll_t pll;
    if (!keeps_format(ccs, clocks.format, why) || !judge_axis(ccs, 0, why) ||
        !judge_axis(ccs, 1, why) || !judge_binning(ccs, why) || !judge_hdr(ccs, why) ||
        !judge_link(ccs, why) || !ccs_channels_fit(ccs, why->text, why->bytes) ||
        !ccs_clocks_run(&ccs->desc, &clocks, &pll, why->text, why->bytes))
        return false;
    ccs->pll = pll;
    tell_output(ccs);
    tell_clock(ccs);
    return true;
}

/* ---- a write ---- */

static bool keeps_range(const ccs_t *ccs, uint16_t addr, uint32_t value, const why_t *why)
{
    const uint32_t *range = ccs_divider_range(&ccs->desc, addr);
    if (range == NULL || (value >= range[0] && value <= range[1]))
        return true;
    snprintf(why->text, why->bytes, "expected %u..%u", range[0], range[1]);
    return false;
}

bool ccs_allowed(ccs_t *ccs, uint16_t addr, uint32_t value, bool whole, char *error, size_t bytes)
{
    const why_t why = {error, bytes};
    bool streaming = ccs_get(ccs, CCS_MODE_SELECT, 1) != 0;
    bool clock = addr >= CCS_PLL_FIRST && addr <= CCS_PLL_LAST;
    if (streaming && (clock || addr == CCS_DATA_FORMAT)) {
        snprintf(error, bytes, "%s in standby only",
                 clock ? "clocks change" : "the format changes");
        return false;
    }
    if (addr == CCS_MODE_SELECT && value == 1 && !streaming)
        return start_stream(ccs, &why);
    if (!whole)
        return true;
    if (addr == CCS_DATA_FORMAT)
        return keeps_format(ccs, value, &why);
    if (addr == CCS_CCI_ADDRESS)
        return keeps_address(value, &why);
    return ccs_channel_allowed(addr, value, error, bytes) && keeps_range(ccs, addr, value, &why) &&
           keeps_rule(addr, value, &why);
}
