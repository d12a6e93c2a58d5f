/*
 * ccs_rules.c - what a host may write into CCS registers, and what must fit together before a
 * stream starts.
 */
#include <stdio.h>

#include "logic/ccs_int.h"

static uint32_t get_reg(const void *ctx, uint16_t addr)
{
    const ccs_t *ccs = ctx;
    return ccs_get(ccs, addr, ccs_find(&ccs->desc, addr)->bytes);
}

/* Samples that are read along an axis. */
static uint32_t samples_read(const ccs_t *ccs, uint16_t y)
{
    uint32_t start = ccs_get(ccs, (uint16_t)(CCS_X_ADDR_START + 2 * y), 2);
    uint32_t end = ccs_get(ccs, (uint16_t)(CCS_X_ADDR_END + 2 * y), 2);
    uint32_t even = ccs_get(ccs, (uint16_t)(CCS_X_EVEN_INC + 4 * y), 2);
    uint32_t odd = ccs_get(ccs, (uint16_t)(CCS_X_ODD_INC + 4 * y), 2);
    uint32_t type =
        ccs_get(ccs, CCS_BINNING_MODE, 1) != 0 ? ccs_get(ccs, CCS_BINNING_TYPE, 1) : 0x11;
    uint32_t pair = (y == 0 ? type >> 4 : type & 0xf) * (even + odd); /* photosites of two */
    return pair != 0 && end >= start ? 2 * (end + 1 - start) / pair : 0;
}

/* CCS knows no such size; what is read is sent. */
static void judge_output(ccs_t *ccs)
{
    for (uint16_t y = 0; y < 2; y++) {
        uint32_t out = ccs_get(ccs, (uint16_t)(CCS_X_OUTPUT_SIZE + 2 * y), 2);
        uint32_t read = samples_read(ccs, y);
        if (out > read)
            sim_log(&ccs->comp, SIM_LOG_GUEST, "%c_output_size: %u, but %u are read", "xy"[y], out,
                    read);
    }
}

/* The PLLs start with the stream. */
static bool start_clocks(ccs_t *ccs, char *error, size_t error_bytes)
{
    ccs_clocks_t clocks = ccs_clocks(get_reg, ccs);
    ccs_pll_t pll;
    if (!ccs_clocks_run(&ccs->desc, &clocks, &pll, error, error_bytes))
        return false;
    ccs->pll = pll;
    judge_output(ccs);
    return true;
}

/* The last value that a register knows; those that are not here are judged by the pixel die. */
static uint32_t last_value(uint16_t addr)
{
    static const struct {
        uint16_t addr, last;
    } few[] = {
        {CCS_ORIENTATION, 3},        {CCS_X_EVEN_INC, 15},      {CCS_X_ODD_INC, 15},
        {CCS_X_EVEN_INC + 4, 15},    {CCS_X_ODD_INC + 4, 15},   {CCS_TEST_PATTERN_MODE, 4},
        {CCS_BINNING_WEIGHTING, 3},  {CCS_IMX477_EXP_SHIFT, 7}, {CCS_IMX500_EXP_SHIFT, 7},
        {CCS_GLOBAL_RESET_CTRL1, 1},
    };
    for (size_t i = 0; i < SIM_COUNT(few); i++)
        if (few[i].addr == addr)
            return few[i].last;
    return UINT32_MAX;
}

bool ccs_allowed(ccs_t *ccs, uint16_t addr, uint32_t value, bool whole, char *error, size_t bytes)
{
    bool streaming = ccs_get(ccs, CCS_MODE_SELECT, 1) != 0;
    const uint32_t *range = ccs_divider_range(&ccs->desc, addr);
    error[0] = '\0';
    if (addr >= CCS_PLL_FIRST && addr <= CCS_PLL_LAST && streaming)
        snprintf(error, bytes, "clocks change in standby only");
    else if (whole && range != NULL && (value < range[0] || value > range[1]))
        snprintf(error, bytes, "expected %u..%u", range[0], range[1]);
    else if (whole && value > last_value(addr))
        snprintf(error, bytes, "expected at most %u", last_value(addr));
    else if (addr == CCS_DATA_FORMAT && streaming)
        snprintf(error, bytes, "the format changes in standby only");
    else if (whole && addr == CCS_DATA_FORMAT && value != 0x0808 && value != 0x0a0a &&
             value != 0x0c0c)
        snprintf(error, bytes, "expected 0x0808, 0x0a0a, 0x0c0c");
    else if (addr == CCS_MODE_SELECT && value != 0 && !streaming)
        return start_clocks(ccs, error, bytes);
    return error[0] == '\0';
}
