#include "mipi/dphy.h"

#include <stdio.h>

#include "sim/time.h"

#define BYTE_UI 8u
#define MAX_SKEW_UI 255u

mipi_dphy_time_t mipi_dphy_sum(mipi_dphy_time_t a, mipi_dphy_time_t b)
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
        .deskew_initial_ui = 32768,
        .deskew_periodic_ui = 1024,
    };
}

/* ---- limits ---- */

#define NONE SIZE_MAX
/* clang-format off */
#define D(member) offsetof(mipi_dphy_desc_t, member)
static const struct {
    const char *field;
    size_t value, plus; /* offsets: the sum of both counts */
    mipi_dphy_time_t low, high;
} limits[] = {
    {"lpx",                    D(lpx),                NONE,        {50, 0},      {UINT32_MAX, 0}},
    {"hs_prepare",             D(hs_prepare),         NONE,        {40, 4},      {85, 6}},
    {"hs_prepare + hs_zero",   D(hs_prepare),         D(hs_zero),  {145, 10},    {UINT32_MAX, 0}},
    {"hs_trail",               D(hs_trail),           NONE,        {60, 4},      {UINT32_MAX, 0}},
    {"hs_exit",                D(hs_exit),            NONE,        {100, 0},     {UINT32_MAX, 0}},
    {"clk_prepare",            D(clk_prepare),        NONE,        {38, 0},      {95, 0}},
    {"clk_prepare + clk_zero", D(clk_prepare),        D(clk_zero), {300, 0},     {UINT32_MAX, 0}},
    {"clk_pre",                D(clk_pre),            NONE,        {0, 8},       {UINT32_MAX, 0}},
    {"clk_post",               D(clk_post),           NONE,        {60, 52},     {UINT32_MAX, 0}},
    {"clk_trail",              D(clk_trail),          NONE,        {60, 0},      {UINT32_MAX, 0}},
};
#undef D
/* clang-format on */

static mipi_dphy_time_t value_at(const mipi_dphy_desc_t *desc, size_t offset)
{
    return *(const mipi_dphy_time_t *)(const void *)((const char *)desc + offset);
}

bool mipi_dphy_too_long(const mipi_dphy_desc_t *desc, size_t offset)
{
    for (size_t i = 0; i < SIM_COUNT(limits); i++)
        if (limits[i].value == offset && limits[i].plus == NONE)
            return difference(desc->bit_rate_bps, value_at(desc, offset), limits[i].high) > 0;
    return false;
}

static const char *check_times(const mipi_dphy_desc_t *desc, char *error, size_t error_bytes)
{
    for (size_t i = 0; i < SIM_COUNT(limits); i++) {
        mipi_dphy_time_t v = value_at(desc, limits[i].value);
        if (limits[i].plus != NONE)
            v = mipi_dphy_sum(v, value_at(desc, limits[i].plus));
        bool below = difference(desc->bit_rate_bps, v, limits[i].low) < 0;
        if (!below && difference(desc->bit_rate_bps, v, limits[i].high) <= 0)
            continue;
        mipi_dphy_time_t limit = below ? limits[i].low : limits[i].high;
        snprintf(error, error_bytes, "%s: %u ns + %u UI %s %u ns + %u UI", limits[i].field, v.ns,
                 v.ui, below ? "below" : "above", limit.ns, limit.ui);
        return error;
    }
    return NULL;
}

static const char *check_deskew(const mipi_dphy_desc_t *desc, char *error, size_t error_bytes)
{
    const struct {
        const char *field;
        uint32_t ui, low, high_us;
    } lengths[] = {
        {"deskew_initial_ui", desc->deskew_initial_ui, 32768, 100},
        {"deskew_periodic_ui", desc->deskew_periodic_ui, 1024, 10},
    };
    for (size_t i = 0; desc->bit_rate_bps > MIPI_DESKEW_BPS && i < SIM_COUNT(lengths); i++) {
        uint64_t most = desc->bit_rate_bps / 1000000 * lengths[i].high_us;
        if (lengths[i].ui >= lengths[i].low && lengths[i].ui <= most)
            continue;
        snprintf(error, error_bytes, "%s: %u not in %u..%llu (%u us)", lengths[i].field,
                 lengths[i].ui, lengths[i].low, (unsigned long long)most, lengths[i].high_us);
        return error;
    }
    return NULL;
}

const char *mipi_dphy_check(const mipi_dphy_desc_t *desc, char *error, size_t error_bytes)
{
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
    for (uint32_t lane = 0; lane < MIPI_MAX_LANES; lane++) {
        if (desc->skew_ui[lane] > MAX_SKEW_UI) {
            snprintf(error, error_bytes, "skew_ui: %u of lane %u not in 0..%u", desc->skew_ui[lane],
                     lane, MAX_SKEW_UI);
            return error;
        }
    }
    const char *wrong = check_times(desc, error, error_bytes);
    return wrong != NULL ? wrong : check_deskew(desc, error, error_bytes);
}

/* ---- times ---- */

uint64_t mipi_dphy_time_ps(const mipi_dphy_desc_t *desc, mipi_dphy_time_t time)
{
    return time.ns * SIM_PS_PER_NS + sim_edge_ps(time.ui, desc->bit_rate_bps);
}

mipi_dphy_time_t mipi_dphy_to_request(const mipi_dphy_desc_t *desc)
{
    if (!desc->gated_clock)
        return (mipi_dphy_time_t){0, 0};
    return mipi_dphy_sum(mipi_dphy_sum(desc->lpx, desc->clk_prepare),
                         mipi_dphy_sum(desc->clk_zero, desc->clk_pre));
}

/* The data lanes' own way to the sync bits. */
static mipi_dphy_time_t to_sync(const mipi_dphy_desc_t *desc)
{
    return mipi_dphy_sum(mipi_dphy_to_request(desc),
                         mipi_dphy_sum(desc->lpx, mipi_dphy_sum(desc->hs_prepare, desc->hs_zero)));
}

mipi_dphy_time_t mipi_dphy_to_data(const mipi_dphy_desc_t *desc)
{
    return mipi_dphy_sum(to_sync(desc), (mipi_dphy_time_t){0, BYTE_UI});
}

/* The standard's formula: 8 UI count below 66 Mb/s only. */
mipi_dphy_time_t mipi_dphy_trail(const mipi_dphy_desc_t *desc)
{
    return later(desc->bit_rate_bps, desc->hs_trail, (mipi_dphy_time_t){0, 8});
}

/* From the last bit to the time when the next burst may begin. */
static mipi_dphy_time_t to_end(const mipi_dphy_desc_t *desc)
{
    mipi_dphy_time_t after = mipi_dphy_trail(desc);
    if (desc->gated_clock)
        after = mipi_dphy_sum(after, mipi_dphy_sum(desc->clk_post, desc->clk_trail));
    return mipi_dphy_sum(after, desc->hs_exit);
}

mipi_dphy_time_t mipi_dphy_last(const mipi_dphy_desc_t *desc, mipi_dphy_time_t before,
                                uint32_t packet_bytes)
{
    uint32_t lane_bytes = (packet_bytes + desc->lanes - 1) / desc->lanes;
    return (mipi_dphy_time_t){before.ns, before.ui + BYTE_UI * lane_bytes};
}

mipi_span_t mipi_dphy_bytes(const mipi_dphy_desc_t *desc, mipi_dphy_time_t before,
                            uint32_t packet_bytes)
{
    mipi_dphy_time_t last = mipi_dphy_last(desc, before, packet_bytes);
    return (mipi_span_t){
        .first_byte_ps = mipi_dphy_time_ps(desc, before),
        .last_byte_ps = mipi_dphy_time_ps(desc, last),
        .end_ps = mipi_dphy_time_ps(desc, mipi_dphy_sum(last, to_end(desc))),
    };
}

mipi_span_t mipi_dphy_packet(const mipi_dphy_desc_t *desc, uint32_t packet_bytes)
{
    return mipi_dphy_bytes(desc, mipi_dphy_to_data(desc), packet_bytes);
}

mipi_dphy_time_t mipi_dphy_deskew_last(const mipi_dphy_desc_t *desc, uint32_t pattern_ui)
{
    return mipi_dphy_sum(to_sync(desc), (mipi_dphy_time_t){0, MIPI_DESKEW_SYNC_UI + pattern_ui});
}

uint64_t mipi_dphy_deskew_ps(const mipi_dphy_desc_t *desc, uint32_t pattern_ui)
{
    return mipi_dphy_time_ps(desc,
                             mipi_dphy_sum(mipi_dphy_deskew_last(desc, pattern_ui), to_end(desc)));
}

mipi_hs_t mipi_dphy_hs(const mipi_dphy_desc_t *desc, mipi_dphy_time_t last, bool joined)
{
    const mipi_dphy_time_t now = {0, 0};
    mipi_dphy_time_t up =
        mipi_dphy_sum(mipi_dphy_to_request(desc), mipi_dphy_sum(desc->lpx, desc->hs_prepare));
    mipi_dphy_time_t down = mipi_dphy_sum(last, mipi_dphy_trail(desc));
    mipi_hs_t hs = {.lane_from_ps = mipi_dphy_time_ps(desc, joined ? now : up),
                    .lane_to_ps = mipi_dphy_time_ps(desc, down)};
    if (!desc->gated_clock)
        return hs;
    up = mipi_dphy_sum(desc->lpx, desc->clk_prepare);
    down = mipi_dphy_sum(down, mipi_dphy_sum(desc->clk_post, desc->clk_trail));
    hs.clock_from_ps = mipi_dphy_time_ps(desc, joined ? now : up);
    hs.clock_to_ps = mipi_dphy_time_ps(desc, down);
    return hs;
}
