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

static void set_options(const mipi_phy_regs_t *regs, mipi_phy_t *phy)
{
    uint32_t en = reg(regs, EPD_EN_SSP_D, 2), op = reg(regs, EPD_OP_SLP_D, 2);
    phy->lrte.on = (en & EPD_TOP) != 0;
    phy->lrte.only_spacers = (op & EPD_TOP) != 0;
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
static bool judge(const mipi_dphy_desc_t *chip, const mipi_phy_regs_t *regs, char *error,
                  size_t error_bytes)
{
    uint32_t ctrl = reg(regs, PHY_CTRL, 1);
    if (regs->signaling != MIPI_DPHY)
        snprintf(error, error_bytes, "csi_signaling_mode: %u, expected 2 (D-PHY)", regs->signaling);
    else if (regs->lane_mode >= chip->lanes)
        snprintf(error, error_bytes, "csi_lane_mode: %u, expected 0..%u (%u lanes)",
                 regs->lane_mode, chip->lanes - 1, chip->lanes);
    else if (ctrl > CTRL_MANUAL)
        snprintf(error, error_bytes, "phy_ctrl: %u, expected 0..2", ctrl);
    else
        return true;
    return false;
}

const char *mipi_phy_make(const mipi_dphy_desc_t *chip, const mipi_phy_regs_t *regs,
                          uint64_t rate_bps, mipi_phy_t *phy, char *error, size_t error_bytes)
{
    *phy = (mipi_phy_t){.signaling = MIPI_DPHY, .dphy = *chip, .deskew.interval_frames = 1};
    phy->dphy.bit_rate_bps = rate_bps;
    if (regs != NULL && !judge(chip, regs, error, error_bytes))
        return error;
    if (regs != NULL) {
        phy->dphy.lanes = regs->lane_mode + 1u;
        set_times(regs, &phy->dphy);
        set_options(regs, phy);
    }
    if (rate_bps > MIPI_DESKEW_BPS)
        phy->deskew.initial_ui = phy->dphy.deskew_initial_ui;
    char limit[160];
    if (mipi_dphy_check(&phy->dphy, limit, sizeof(limit)) == NULL)
        return NULL;
    snprintf(error, error_bytes, "D-PHY at %.3f Mb/s a lane: %s", (double)rate_bps / 1e6, limit);
    return error;
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
    if (join == MIPI_OWN_BURST)
        return mipi_dphy_to_data(&phy->dphy);
    mipi_dphy_time_t time = {0, BYTE_UI * mipi_phy_spacers(phy, join)};
    if (!phy->lrte.only_spacers)
        time = mipi_dphy_sum(time, mipi_dphy_sum(mipi_phy_idle(), (mipi_dphy_time_t){0, BYTE_UI}));
    return time;
}

mipi_span_t mipi_phy_packet(const mipi_phy_t *phy, mipi_join_t join, uint32_t packet_bytes)
{
    return mipi_dphy_bytes(&phy->dphy, mipi_phy_to_data(phy, join), packet_bytes);
}

uint64_t mipi_phy_deskew_ps(const mipi_phy_t *phy, bool initial)
{
    uint32_t ui = initial ? phy->deskew.initial_ui : phy->deskew.periodic_ui;
    return ui == 0 ? 0 : mipi_dphy_deskew_ps(&phy->dphy, ui);
}

uint32_t mipi_phy_lanes(const mipi_phy_t *phy)
{
    return phy->dphy.lanes;
}
