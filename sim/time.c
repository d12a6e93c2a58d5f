/*
 * time.c - edges of clocks, and times as text.
 */
#include "sim/time.h"

#include <string.h>

#include "sim/types.h"

static uint64_t saturate(sim_u128_t value)
{
    return value > UINT64_MAX ? UINT64_MAX : (uint64_t)value;
}

uint64_t sim_edge_ps(uint64_t n, uint64_t clk_hz)
{
    return saturate((sim_u128_t)n * SIM_PS_PER_S / clk_hz);
}

/* floor(n * 1e12 / hz) >= t  <=>  n * 1e12 >= t * hz, because t is whole. */
uint64_t sim_edge_at_or_after(uint64_t time_ps, uint64_t clk_hz)
{
    return saturate(((sim_u128_t)time_ps * clk_hz + SIM_PS_PER_S - 1) / SIM_PS_PER_S);
}

/* floor(n * 1e12 / hz) <= t  <=>  n * 1e12 < (t + 1) * hz */
uint64_t sim_cycles_at(uint64_t time_ps, uint64_t clk_hz)
{
    return saturate((((sim_u128_t)time_ps + 1) * clk_hz - 1) / SIM_PS_PER_S);
}

static uint64_t unit_ps(const char *unit)
{
    static const struct {
        const char *name;
        uint64_t ps;
    } units[] = {
        {"ps", 1},           {"ns", SIM_PS_PER_NS}, {"us", SIM_PS_PER_US}, {"ms", SIM_PS_PER_MS},
        {"s", SIM_PS_PER_S},
    };
    for (size_t i = 0; i < SIM_COUNT(units); i++)
        if (strcmp(units[i].name, unit) == 0)
            return units[i].ps;
    return 0;
}

static unsigned digit(char c)
{
    return (unsigned)(c - '0');
}

/* value += digits * ps, each digit after the first worth a tenth. False when parts of a ps are. */
static bool add_fraction(sim_u128_t *value, const char *digits, size_t count, uint64_t ps)
{
    for (size_t i = 0; i < count; i++) {
        if (digits[i] != '0' && ps % 10 != 0)
            return false;
        ps /= 10;
        *value += (sim_u128_t)digit(digits[i]) * ps;
    }
    return true;
}

bool sim_time_parse(const char *text, uint64_t *time_ps)
{
    static const char decimal[] = "0123456789";
    size_t whole = strspn(text, decimal);
    const char *fraction = text + whole + (text[whole] == '.');
    size_t part = text[whole] == '.' ? strspn(fraction, decimal) : 0;
    uint64_t ps = unit_ps(fraction + part);
    if (whole == 0 || ps == 0 || (text[whole] == '.' && part == 0))
        return false;

    sim_u128_t value = 0;
    for (size_t i = 0; i < whole; i++) {
        value = value * 10 + digit(text[i]);
        if (value > UINT64_MAX)
            return false;
    }
    value *= ps;
    if (!add_fraction(&value, fraction, part, ps) || value >= SIM_NEVER_PS)
        return false;
    *time_ps = (uint64_t)value;
    return true;
}
