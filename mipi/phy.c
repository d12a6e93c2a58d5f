#include "mipi/phy.h"

#include <stdio.h>
#include <string.h>

#include "sim/time.h"

enum {
    PHY_CTRL = 0x0808,
    LINK_RATE = 0x0820, /* 16.16 Mb/s, all lanes */
    PERIODIC_CTRL = 0x0830,
    PERIODIC_INTERVAL = 0x0831,
    INIT_CTRL = 0x0832,
    TGR_PREAMBLE = 0x0841,
    TGR_POST = 0x0842,
    TGR_SEQUENCE = 0x0843,
    EPD_EN_SSP_C = 0x0860,
    EPD_OP_SLP_C = 0x0862,
    EPD_EN_SSP_D = 0x0864,
    EPD_OP_SLP_D = 0x0866,
    SCRAMBLING_CTRL = 0x0870,
    SEED = 0x0872,
};
enum { CTRL_AUTO, CTRL_UI, CTRL_MANUAL };

#define BYTE_UI 8u
#define EPD_TOP 0x8000u

/* clang-format off */
#define T(member) offsetof(mipi_dphy_desc_t, member)
static const struct {
    uint16_t byte, word; /* registers */
    size_t offset;
    bool zero_is_auto;
} times[] = {
    {0x0800, 0x080a, T(clk_post),    false},
    {0x0801, 0x080c, T(hs_prepare),  false},
    {0x0802, 0x080e, T(hs_zero),     false},
    {0x0803, 0x0810, T(hs_trail),    false},
    {0x0804, 0x0812, T(clk_trail),   false},
    {0x0805, 0x0814, T(clk_prepare), false},
    {0x0806, 0x0816, T(clk_zero),    false},
    {0x0807, 0x0818, T(lpx),         false},
    {0x082c, 0x082e, T(hs_exit),     true},
};
#undef T
/* clang-format on */

static uint32_t reg(const mipi_phy_regs_t *regs, uint16_t addr, uint32_t bytes)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < bytes; i++)
        value = value << 8 | regs->value[addr - MIPI_PHY_REGS_FIRST + i];
    return value;
}

static mipi_dphy_time_t *time_at(mipi_dphy_desc_t *dphy, size_t offset)
{
    return (mipi_dphy_time_t *)(void *)((char *)dphy + offset);
}

/* In byte clocks, or in UI where those would be too long. */
static void count_ui(mipi_dphy_desc_t *dphy, size_t offset, uint32_t ui)
{
    mipi_dphy_time_t *time = time_at(dphy, offset);
    *time = (mipi_dphy_time_t){0, (ui + BYTE_UI - 1) / BYTE_UI * BYTE_UI};
    if (mipi_dphy_too_long(dphy, offset))
        time->ui = ui;
}

/* Of ns + UI at the rate that was asked for; 0: at no rate, the time stays as it is. */
static void automatic(mipi_dphy_desc_t *dphy, size_t offset, uint64_t asked_bps)
{
    mipi_dphy_time_t t = *time_at(dphy, offset);
    uint64_t per_ns = 1000000000;
    if (asked_bps != 0)
        count_ui(dphy, offset, (uint32_t)((t.ns * asked_bps + per_ns - 1) / per_ns) + t.ui);
}

static void set_times(const mipi_phy_regs_t *regs, mipi_dphy_desc_t *dphy)
{
    uint32_t ctrl = reg(regs, PHY_CTRL, 1);
    uint64_t asked_bps = ((uint64_t)reg(regs, LINK_RATE, 4) * 1000000 >> 16) / dphy->lanes;
    if (ctrl == CTRL_AUTO)
        automatic(dphy, offsetof(mipi_dphy_desc_t, clk_pre), asked_bps);
    for (size_t i = 0; i < SIM_COUNT(times); i++) {
        bool manual = ctrl == CTRL_MANUAL;
        uint32_t value = manual ? reg(regs, times[i].word, 2) : reg(regs, times[i].byte, 1);
        if (ctrl == CTRL_AUTO)
            automatic(dphy, times[i].offset, asked_bps);
        else if (value != 0 || !times[i].zero_is_auto)
            count_ui(dphy, times[i].offset, manual ? value + 1 : value);
    }
}

static uint32_t in_words(uint32_t ui)
{
    return (ui + MIPI_WORD_UI - 1) / MIPI_WORD_UI * MIPI_WORD_UI;
}

/* clang-format off */
#define T(member) offsetof(mipi_cphy_desc_t, member)
static const struct {
    uint16_t word; /* register */
    size_t offset;
} symbol_times[] = {
    {0x084e, T(prepare)},
    {0x0850, T(lpx)},
    {0x082e, T(hs_exit)},
};
#undef T
/* clang-format on */

static void set_preamble(const mipi_phy_regs_t *regs, mipi_cphy_desc_t *cphy)
{
    uint32_t begin = reg(regs, TGR_PREAMBLE, 1), post = reg(regs, TGR_POST, 1) & 0x1f;
    if (begin != 0)
        cphy->prebegin_ui = MIPI_WORD_UI * ((begin & 0x3f) + 1);
    if (post != 0)
        cphy->post_ui = MIPI_WORD_UI * (post + 1);
    cphy->prog_seq = cphy->prog_seq || (begin & 0x80) != 0;
    for (uint16_t n = 0; (begin & 0x80) != 0 && n < sizeof(cphy->prog_symbol); n++) {
        uint32_t two = reg(regs, (uint16_t)(TGR_SEQUENCE + n / 2), 1);
        cphy->prog_symbol[n] = (uint8_t)(n % 2 == 0 ? two & 7 : two >> 3 & 7);
    }
}

static void set_symbol_times(const mipi_phy_regs_t *regs, mipi_cphy_desc_t *cphy)
{
    uint32_t ctrl = reg(regs, PHY_CTRL, 1);
    uint64_t asked = ((uint64_t)reg(regs, LINK_RATE, 4) * 1000000 >> 16) * 7 / 16 / cphy->trios;
    uint64_t per_ns = 1000000000;
    for (size_t i = 0; i < SIM_COUNT(symbol_times); i++) {
        mipi_dphy_time_t *time =
            (mipi_dphy_time_t *)(void *)((char *)cphy + symbol_times[i].offset);
        uint32_t value = reg(regs, symbol_times[i].word, 2);
        uint32_t ui = (uint32_t)((time->ns * asked + per_ns - 1) / per_ns) + time->ui;
        if (ctrl != CTRL_AUTO)
            ui = value != 0 ? value + 1 : 0;
        if (ui == 0 || (ctrl == CTRL_AUTO && asked == 0))
            continue;
        *time = (mipi_dphy_time_t){0, in_words(ui)};
        if (mipi_cphy_too_long(cphy))
            time->ui = ui;
    }
    set_preamble(regs, cphy);
}

static void set_options(const mipi_phy_regs_t *regs, mipi_phy_t *phy)
{
    bool d = phy->signaling == MIPI_DPHY;
    uint32_t en = reg(regs, d ? EPD_EN_SSP_D : EPD_EN_SSP_C, 2);
    uint32_t op = reg(regs, d ? EPD_OP_SLP_D : EPD_OP_SLP_C, 2);
    phy->lrte.on = (en & EPD_TOP) != 0;
    phy->lrte.only_spacers = d && (op & EPD_TOP) != 0;
    phy->lrte.after_short = en & ~EPD_TOP;
    phy->lrte.after_long = op & ~EPD_TOP;
    phy->scramble.on = (reg(regs, SCRAMBLING_CTRL, 1) & 1) != 0;
    for (uint16_t lane = 0; lane < MIPI_MAX_LANES; lane++)
        phy->scramble.seed[lane] = (uint16_t)reg(regs, (uint16_t)(SEED + 2 * lane), 2);
    if ((reg(regs, INIT_CTRL, 1) & 1) != 0)
        phy->deskew.initial_ui = phy->dphy.deskew_initial_ui;
    if ((reg(regs, PERIODIC_CTRL, 1) & 1) != 0)
        phy->deskew.periodic_ui = phy->dphy.deskew_periodic_ui;
    uint32_t interval = reg(regs, PERIODIC_INTERVAL, 1);
    phy->deskew.interval_frames = interval != 0 ? interval : 1;
}

/* False: the registers ask for what the chip does not have, and do not count. */
static bool judge(const mipi_phy_chip_t *chip, const mipi_phy_regs_t *regs, char *error,
                  size_t error_bytes)
{
    uint32_t ctrl = reg(regs, PHY_CTRL, 1);
    bool c = regs->signaling == MIPI_CPHY && chip->cphy->trios != 0;
    uint32_t lanes = c ? chip->cphy->trios : chip->dphy->lanes;
    if (regs->signaling != MIPI_DPHY && !c)
        snprintf(error, error_bytes, "csi_signaling_mode: %u, expected 2 (D-PHY)%s",
                 regs->signaling, chip->cphy->trios != 0 ? " or 3 (C-PHY)" : "");
    else if (regs->lane_mode >= lanes)
        snprintf(error, error_bytes, "csi_lane_mode: %u, expected 0..%u (%u %s)", regs->lane_mode,
                 lanes - 1, lanes, c ? "trios" : "lanes");
    else if (ctrl > CTRL_MANUAL)
        snprintf(error, error_bytes, "phy_ctrl: %u, expected 0..2", ctrl);
    else
        return true;
    return false;
}

static void set_phy(const mipi_phy_regs_t *regs, mipi_phy_t *phy)
{
    phy->signaling = (mipi_signaling_t)regs->signaling;
    if (phy->signaling == MIPI_DPHY) {
        phy->dphy.lanes = regs->lane_mode + 1u;
        set_times(regs, &phy->dphy);
    } else {
        phy->cphy.trios = regs->lane_mode + 1u;
        set_symbol_times(regs, &phy->cphy);
    }
    set_options(regs, phy);
}

/* Of the one of the two that is in use. */
static const char *check(const mipi_phy_t *phy, char *error, size_t error_bytes)
{
    char limit[160];
    bool d = phy->signaling == MIPI_DPHY;
    const char *wrong = d ? mipi_dphy_check(&phy->dphy, limit, sizeof(limit))
                          : mipi_cphy_check(&phy->cphy, limit, sizeof(limit));
    if (wrong == NULL)
        return NULL;
    double rate = (double)mipi_phy_ui_hz(phy) / 1e6;
    snprintf(error, error_bytes,
             d ? "D-PHY at %.3f Mb/s a lane: %s" : "C-PHY at %.3f Ms/s a trio: %s", rate, wrong);
    return error;
}

const char *mipi_phy_make(const mipi_phy_chip_t *chip, const mipi_phy_regs_t *regs,
                          uint64_t rate_hz, mipi_phy_t *phy, char *error, size_t error_bytes)
{
    *phy = (mipi_phy_t){.signaling = chip->signaling,
                        .dphy = *chip->dphy,
                        .cphy = *chip->cphy,
                        .deskew.interval_frames = 1};
    phy->dphy.bit_rate_bps = phy->cphy.symbol_rate_hz = rate_hz;
    if (regs != NULL && !judge(chip, regs, error, error_bytes))
        return error;
    if (regs != NULL)
        set_phy(regs, phy);
    if (rate_hz > MIPI_DESKEW_BPS)
        phy->deskew.initial_ui = phy->dphy.deskew_initial_ui;
    if (phy->signaling == MIPI_CPHY)
        phy->deskew.initial_ui = phy->deskew.periodic_ui = 0;
    return check(phy, error, error_bytes);
}

uint32_t mipi_phy_spacers(const mipi_phy_t *phy, mipi_join_t join)
{
    if (join == MIPI_OWN_BURST)
        return 0;
    return join == MIPI_AFTER_SHORT ? phy->lrte.after_short : phy->lrte.after_long;
}

mipi_dphy_time_t mipi_phy_idle(void)
{
    return (mipi_dphy_time_t){60, 16};
}

mipi_dphy_time_t mipi_phy_to_data(const mipi_phy_t *phy, mipi_join_t join)
{
    bool d = phy->signaling == MIPI_DPHY;
    if (join == MIPI_OWN_BURST)
        return d ? mipi_dphy_to_data(&phy->dphy) : mipi_cphy_to_data(&phy->cphy);
    if (!d)
        return (mipi_dphy_time_t){0, MIPI_WORD_UI * (mipi_phy_spacers(phy, join) + 1)};
    mipi_dphy_time_t time = {0, BYTE_UI * mipi_phy_spacers(phy, join)};
    if (!phy->lrte.only_spacers)
        time = mipi_dphy_sum(time, mipi_dphy_sum(mipi_phy_idle(), (mipi_dphy_time_t){0, BYTE_UI}));
    return time;
}

mipi_span_t mipi_phy_packet(const mipi_phy_t *phy, mipi_join_t join, uint32_t packet_bytes)
{
    mipi_dphy_time_t before = mipi_phy_to_data(phy, join);
    return phy->signaling == MIPI_DPHY ? mipi_dphy_bytes(&phy->dphy, before, packet_bytes)
                                       : mipi_cphy_words(&phy->cphy, before, packet_bytes);
}

mipi_hs_t mipi_phy_hs(const mipi_phy_t *phy, mipi_join_t join, uint32_t packet_bytes)
{
    mipi_dphy_time_t before = mipi_phy_to_data(phy, join);
    bool joined = join != MIPI_OWN_BURST;
    return phy->signaling == MIPI_DPHY
               ? mipi_dphy_hs(&phy->dphy, mipi_dphy_last(&phy->dphy, before, packet_bytes), joined)
               : mipi_cphy_hs(&phy->cphy, before, joined, packet_bytes);
}

/* From a packet's last byte to the next one's first. */
static uint64_t between_ps(const mipi_phy_t *phy, mipi_join_t join)
{
    mipi_span_t span = mipi_phy_packet(phy, join, MIPI_HEADER_BYTES);
    return span.first_byte_ps + (join == MIPI_OWN_BURST ? span.end_ps - span.last_byte_ps : 0);
}

const char *mipi_phy_note(const mipi_phy_t *phy, char *note, size_t note_bytes)
{
    static const mipi_join_t joins[] = {MIPI_AFTER_SHORT, MIPI_AFTER_LONG};
    uint64_t own_ps = between_ps(phy, MIPI_OWN_BURST);
    for (size_t i = 0; phy->lrte.on && i < SIM_COUNT(joins); i++) {
        uint64_t ps = between_ps(phy, joins[i]);
        if (ps <= own_ps)
            continue;
        snprintf(note, note_bytes,
                 "LRTE: %u spacers after a %s packet take %.3f us, leaving high speed and entering "
                 "it again %.3f us",
                 mipi_phy_spacers(phy, joins[i]), joins[i] == MIPI_AFTER_SHORT ? "short" : "long",
                 (double)ps * 1e-6, (double)own_ps * 1e-6);
        return note;
    }
    for (uint32_t lane = 0; phy->scramble.on && lane < mipi_phy_lanes(phy); lane++) {
        if (phy->scramble.seed[lane] != 0)
            continue;
        snprintf(note, note_bytes, "scrambling: lane_seed_value_%u is 0, nothing is scrambled",
                 lane);
        return note;
    }
    return NULL;
}

uint64_t mipi_phy_deskew_ps(const mipi_phy_t *phy, bool initial)
{
    uint32_t ui = initial ? phy->deskew.initial_ui : phy->deskew.periodic_ui;
    return ui == 0 ? 0 : mipi_dphy_deskew_ps(&phy->dphy, ui);
}

uint32_t mipi_phy_lanes(const mipi_phy_t *phy)
{
    return phy->signaling == MIPI_DPHY ? phy->dphy.lanes : phy->cphy.trios;
}

uint32_t mipi_phy_skew_ui(const mipi_phy_t *phy, uint32_t lane)
{
    return phy->signaling == MIPI_DPHY ? phy->dphy.skew_ui[lane] : phy->cphy.skew_ui[lane];
}

uint64_t mipi_phy_ui_hz(const mipi_phy_t *phy)
{
    return phy->signaling == MIPI_DPHY ? phy->dphy.bit_rate_bps : phy->cphy.symbol_rate_hz;
}

uint64_t mipi_phy_lane_bps(const mipi_phy_t *phy)
{
    return phy->signaling == MIPI_DPHY ? phy->dphy.bit_rate_bps : phy->cphy.symbol_rate_hz * 16 / 7;
}

uint64_t mipi_phy_time_ps(const mipi_phy_t *phy, mipi_dphy_time_t time)
{
    return phy->signaling == MIPI_DPHY ? mipi_dphy_time_ps(&phy->dphy, time)
                                       : mipi_cphy_time_ps(&phy->cphy, time);
}
