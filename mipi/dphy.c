#include "mipi/dphy.h"

#include <stdio.h>

#include "sim/time.h"

#define BYTE_UI 8u

static mipi_dphy_time_t sum(mipi_dphy_time_t a, mipi_dphy_time_t b)
{
    return (mipi_dphy_time_t){a.ns + b.ns, a.ui + b.ui};
}

/* a - b, times the bit rate in Hz and 1e12: exact. */
static sim_i128_t difference(uint64_t bit_rate_bps, mipi_dphy_time_t a, mipi_dphy_time_t b)
{
    sim_i128_t ns = (sim_i128_t)a.ns - b.ns, ui = (sim_i128_t)a.ui - b.ui;
    return ns * 1000 * (sim_i128_t)bit_rate_bps + ui * (sim_i128_t)SIM_PS_PER_S;
}

static mipi_dphy_time_t later(uint64_t bit_rate_bps, mipi_dphy_time_t a, mipi_dphy_time_t b)
{
    return difference(bit_rate_bps, a, b) >= 0 ? a : b;
}

mipi_dphy_desc_t mipi_dphy_desc_default(void)
{
    return (mipi_dphy_desc_t){
        .bit_rate_bps = 888000000, /* IMX500 driver: link frequency 444 MHz, DDR */
        .lanes = 2,
        .lpx = {50, 0},
        .hs_prepare = {40, 4},
        .hs_zero = {105, 6},
        .hs_trail = {60, 4},
        .hs_exit = {100, 0},
        .clk_prepare = {38, 0},
        .clk_zero = {262, 0},
        .clk_pre = {0, 8},
        .clk_post = {60, 52},
        .clk_trail = {60, 0},
    };
}

const char *mipi_dphy_check(const mipi_dphy_desc_t *desc, char *error, size_t error_bytes)
{
    const mipi_dphy_time_t none = {UINT32_MAX, 0};
    const struct {
        const char *field;
        mipi_dphy_time_t value, low, high;
    } limits[] = {
        {"lpx", desc->lpx, {50, 0}, none},
        {"hs_prepare", desc->hs_prepare, {40, 4}, {85, 6}},
        {"hs_prepare + hs_zero", sum(desc->hs_prepare, desc->hs_zero), {145, 10}, none},
        {"hs_trail", desc->hs_trail, {60, 4}, none},
        {"hs_exit", desc->hs_exit, {100, 0}, none},
        {"clk_prepare", desc->clk_prepare, {38, 0}, {95, 0}},
        {"clk_prepare + clk_zero", sum(desc->clk_prepare, desc->clk_zero), {300, 0}, none},
        {"clk_pre", desc->clk_pre, {0, 8}, none},
        {"clk_post", desc->clk_post, {60, 52}, none},
        {"clk_trail", desc->clk_trail, {60, 0}, none},
    };
    /* D-PHY v1.2: 80 Mb/s to 2.5 Gb/s in high speed. */
    if (desc->bit_rate_bps < 80000000 || desc->bit_rate_bps > UINT64_C(2500000000)) {
        snprintf(error, error_bytes, "bit_rate_bps: %llu not in 80000000..2500000000",
                 (unsigned long long)desc->bit_rate_bps);
        return error;
    }
    if (desc->lanes < 1 || desc->lanes > MIPI_MAX_LANES) {
        snprintf(error, error_bytes, "lanes: %u not in 1..%u", desc->lanes, MIPI_MAX_LANES);
        return error;
    }
    for (size_t i = 0; i < SIM_COUNT(limits); i++) {
        mipi_dphy_time_t v = limits[i].value, low = limits[i].low, high = limits[i].high;
        bool below = difference(desc->bit_rate_bps, v, low) < 0;
        if (!below && difference(desc->bit_rate_bps, v, high) <= 0)
            continue;
        mipi_dphy_time_t limit = below ? low : high;
        snprintf(error, error_bytes, "%s: %u ns + %u UI %s %u ns + %u UI", limits[i].field, v.ns,
                 v.ui, below ? "below" : "above", limit.ns, limit.ui);
        return error;
    }
    return NULL;
}

uint64_t mipi_dphy_time_ps(const mipi_dphy_desc_t *desc, mipi_dphy_time_t time)
{
    return time.ns * SIM_PS_PER_NS + sim_edge_ps(time.ui, desc->bit_rate_bps);
}

mipi_dphy_span_t mipi_dphy_packet(const mipi_dphy_desc_t *desc, uint32_t packet_bytes)
{
    uint32_t lane_bytes = (packet_bytes + desc->lanes - 1) / desc->lanes;
    mipi_dphy_time_t first = sum(desc->lpx, sum(desc->hs_prepare, desc->hs_zero));
    first.ui += BYTE_UI; /* sync byte */
    /* THS-TRAIL is at least 8 UI: counts below 66 Mb/s only, but is the standard's formula. */
    mipi_dphy_time_t after = later(desc->bit_rate_bps, desc->hs_trail, (mipi_dphy_time_t){0, 8});
    if (desc->gated_clock) {
        first =
            sum(first, sum(desc->lpx, sum(desc->clk_prepare, sum(desc->clk_zero, desc->clk_pre))));
        after = later(desc->bit_rate_bps, after, sum(desc->clk_post, desc->clk_trail));
    }
    mipi_dphy_time_t last = {first.ns, first.ui + BYTE_UI * lane_bytes};
    mipi_dphy_time_t end = sum(last, sum(after, desc->hs_exit));
    return (mipi_dphy_span_t){
        .first_byte_ps = mipi_dphy_time_ps(desc, first),
        .last_byte_ps = mipi_dphy_time_ps(desc, last),
        .end_ps = mipi_dphy_time_ps(desc, end),
    };
}
