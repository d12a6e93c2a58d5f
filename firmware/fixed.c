#include "fixed.h"

enum { STEPS_LOG2 = 5, STEPS = 1 << STEPS_LOG2 };

/* clang-format off */
/* log2(1 + i / 32) and 2^(i / 32), rounded; between them a straight line. */
static const uint32_t log_at[STEPS + 1] = {
    0,     2909,  5732,  8473,  11136, 13727, 16248, 18704, 21098, 23433, 25711,
    27936, 30109, 32234, 34312, 36346, 38336, 40286, 42196, 44068, 45904, 47705,
    49472, 51207, 52911, 54584, 56229, 57845, 59434, 60997, 62534, 64047, 65536,
};
static const uint32_t power_at[STEPS + 1] = {
    65536,  66971,  68438,  69936,  71468,  73032,  74632,  76266,  77936,  79642,  81386,
    83169,  84990,  86851,  88752,  90696,  92682,  94711,  96785,  98905,  101070, 103283,
    105545, 107856, 110218, 112631, 115098, 117618, 120194, 122825, 125515, 128263, 131072,
};
/* clang-format on */

/* The table at part / 2^16 of its way. */
static uint32_t along(const uint32_t *table, uint32_t part)
{
    uint32_t i = part >> (16 - STEPS_LOG2), rest = part & ((1u << (16 - STEPS_LOG2)) - 1);
    return table[i] + ((table[i + 1] - table[i]) * rest >> (16 - STEPS_LOG2));
}

int32_t fx_log2(uint32_t x)
{
    if (x == 0)
        return 0;
    uint32_t top = 31u - (uint32_t)__builtin_clz(x);
    uint32_t part = x << (31u - top) << 1 >> 16;
    return (int32_t)(top << 16) + (int32_t)along(log_at, part);
}

uint32_t fx_exp2(int32_t x)
{
    int32_t whole = x >> 16;
    uint32_t value = along(power_at, (uint32_t)x & 0xffffu);
    if (whole > 15)
        return UINT32_MAX;
    if (whole >= 0)
        return value << whole;
    return whole > -32 ? value >> -whole : 0;
}
