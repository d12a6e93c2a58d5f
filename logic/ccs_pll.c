/*
 * ccs_pll.c - two clock trees from the board's input clock (facts: Linux ccs-pll.h, imx500.c):
 *
 *   inck / pre_pll_clk_div x pll_multiplier = VCO / vt_sys_clk_div / vt_pix_clk_div = vt_pix
 *   inck / op_pre_pll_clk_div x op_pll_multiplier = VCO / op_sys_clk_div = bits a lane
 *                                                       / op_pix_clk_div = samples a lane
 *
 * vt_lanes pixels leave the array each vt_pix clock. pll_mode 0: op's dividers hang on vt's VCO.
 */
#include <stdio.h>
#include <string.h>

#include "logic/ccs_int.h"

typedef struct {
    const char *tree;
    char *error;
    size_t error_bytes;
} judge_t;

static const struct {
    uint16_t addr;
    uint16_t limits, range; /* offsets in ccs_desc_t, ccs_pll_limits_t */
} dividers[] = {
#define L(tree, member) offsetof(ccs_desc_t, tree), offsetof(ccs_pll_limits_t, member)
    {0x0300, L(vt, pix_div)},    {0x0302, L(vt, sys_div)},    {0x0304, L(vt, pre_div)},
    {0x0306, L(vt, multiplier)}, {0x0308, L(op, pix_div)},    {0x030a, L(op, sys_div)},
    {0x030c, L(op, pre_div)},    {0x030e, L(op, multiplier)},
#undef L
};

const uint32_t *ccs_divider_range(const ccs_desc_t *desc, uint16_t addr)
{
    for (uint32_t i = 0; i < SIM_COUNT(dividers); i++)
        if (dividers[i].addr == addr)
            return (const uint32_t *)(const void *)((const char *)desc + dividers[i].limits +
                                                    dividers[i].range);
    return NULL;
}

ccs_clocks_t ccs_clocks(uint32_t (*get)(const void *ctx, uint16_t addr), const void *ctx)
{
    return (ccs_clocks_t){
        .vt = {get(ctx, 0x0304), get(ctx, 0x0306), get(ctx, 0x0302), get(ctx, 0x0300)},
        .op = {get(ctx, 0x030c), get(ctx, 0x030e), get(ctx, 0x030a), get(ctx, 0x0308)},
        .dual = (get(ctx, 0x0310) & 1) != 0,
        .cphy = get(ctx, CCS_SIGNALING) == 3,
        .format = get(ctx, CCS_DATA_FORMAT),
    };
}

/* Odd dividers but 1 do not keep the duty cycle (CCS, without "ext divider"). */
static bool judge_div(const judge_t *j, const char *what, uint32_t div, const uint32_t range[2])
{
    bool fine = div >= range[0] && div <= range[1] && (div == 1 || div % 2 == 0);
    if (!fine)
        snprintf(j->error, j->error_bytes, "%s %s %u, expected 1 or even in %u..%u", j->tree, what,
                 div, range[0], range[1]);
    return fine;
}

static bool judge_hz(const judge_t *j, const char *what, uint64_t hz, const uint64_t range[2])
{
    bool fine = hz >= range[0] && hz <= range[1];
    if (!fine)
        snprintf(j->error, j->error_bytes, "%s %s of %llu Hz, expected %llu..%llu", j->tree, what,
                 (unsigned long long)hz, (unsigned long long)range[0],
                 (unsigned long long)range[1]);
    return fine;
}

static bool judge_range(const judge_t *j, const char *what, uint32_t value, const uint32_t range[2])
{
    bool fine = value >= range[0] && value <= range[1];
    if (!fine)
        snprintf(j->error, j->error_bytes, "%s %s %u, expected %u..%u", j->tree, what, value,
                 range[0], range[1]);
    return fine;
}

/* One tree, its clock times `lanes` in hz; sys_hz gets what sys_div leaves of it. */
static bool run_tree(const judge_t *j, uint64_t inck_hz, const ccs_dividers_t *pll,
                     const ccs_dividers_t *after, const ccs_pll_limits_t *limits, uint32_t lanes,
                     uint64_t *sys_hz, uint64_t *hz)
{
    if (!judge_div(j, "pre-divider", pll->pre_div, limits->pre_div) ||
        !judge_range(j, "multiplier", pll->multiplier, limits->multiplier) ||
        !judge_div(j, "system divider", after->sys_div, limits->sys_div) ||
        !judge_range(j, "pixel divider", after->pix_div, limits->pix_div))
        return false;
    uint64_t vco = inck_hz * pll->multiplier;
    uint64_t sys_div = (uint64_t)pll->pre_div * after->sys_div, pix_div = sys_div * after->pix_div;
    *sys_hz = vco / sys_div;
    *hz = vco * lanes / pix_div;
    return judge_hz(j, "PLL input", inck_hz / pll->pre_div, limits->ip_hz) &&
           judge_hz(j, "VCO", vco / pll->pre_div, limits->vco_hz) &&
           judge_hz(j, "system clock", *sys_hz, limits->sys_hz) &&
           judge_hz(j, "pixel clock", vco / pix_div, limits->pix_hz);
}

/* Pixels of array and link a second must be the same, as far as no FIFO is between them. */
static bool judge_fifo(const ccs_desc_t *desc, const ccs_pll_t *pll, uint32_t bits, bool cphy,
                       char *error, size_t error_bytes)
{
    static const char *const expected[] = {"as many as", "at most"};
    uint64_t lane_bps = cphy ? pll->lane_bit_hz * 16 / 7 : pll->lane_bit_hz;
    uint64_t link_hz = lane_bps * desc->op_lanes / bits;
    if (desc->fifo == 2 || link_hz == pll->pixel_hz || (desc->fifo == 1 && link_hz < pll->pixel_hz))
        return true;
    snprintf(error, error_bytes,
             "the link sends %llu pixels/s, expected %s the array's %llu (fifo_support_capability)",
             (unsigned long long)link_hz, expected[desc->fifo], (unsigned long long)pll->pixel_hz);
    return false;
}

bool ccs_clocks_run(const ccs_desc_t *desc, const ccs_clocks_t *clocks, ccs_pll_t *pll, char *error,
                    size_t error_bytes)
{
    const judge_t vt = {"vt", error, error_bytes}, op = {"op", error, error_bytes};
    const ccs_dividers_t *source = clocks->dual ? &clocks->op : &clocks->vt;
    const ccs_pll_limits_t *limits = &desc->op;
    ccs_pll_limits_t shared = desc->op;
    uint64_t sys_hz, samples_hz;
    if (!clocks->dual) {
        memcpy(shared.pre_div, desc->vt.pre_div, sizeof(shared.pre_div));
        memcpy(shared.multiplier, desc->vt.multiplier, sizeof(shared.multiplier));
        memcpy(shared.ip_hz, desc->vt.ip_hz, sizeof(shared.ip_hz));
        memcpy(shared.vco_hz, desc->vt.vco_hz, sizeof(shared.vco_hz));
        limits = &shared;
    }
    if (!run_tree(&vt, desc->inck_hz, &clocks->vt, &clocks->vt, &desc->vt, desc->vt_lanes, &sys_hz,
                  &pll->pixel_hz) ||
        !run_tree(&op, desc->inck_hz, source, &clocks->op, limits, 1, &pll->lane_bit_hz,
                  &samples_hz))
        return false;
    /* C-PHY: 7 symbols for 16 bits, and the FIFO for the rest (Linux ccs-pll.c: rounded down). */
    uint32_t bits = clocks->format & 0xff, div = clocks->cphy ? bits * 7 / 16 : bits;
    if (clocks->op.pix_div == div)
        return judge_fifo(desc, pll, bits, clocks->cphy, error, error_bytes);
    snprintf(error, error_bytes, "op pixel divider %u, expected %u as csi_data_format 0x%04x%s",
             clocks->op.pix_div, div, clocks->format, clocks->cphy ? " on C-PHY" : "");
    return false;
}

static uint32_t get_power_up(const void *ctx, uint16_t addr)
{
    return ccs_power_up(ctx, addr);
}

bool ccs_pll_power_up(const ccs_desc_t *desc, ccs_pll_t *pll, char *error, size_t error_bytes)
{
    ccs_clocks_t clocks = ccs_clocks(get_power_up, desc);
    return ccs_clocks_run(desc, &clocks, pll, error, error_bytes);
}
