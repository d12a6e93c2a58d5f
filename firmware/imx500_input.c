#include "imx500_input.h"

#include "hal.h"

enum { /* CCS registers */
       NORMALIZATION = 0xd708,
       COLOUR_BALANCE_R = 0xd804,
       BLACK_LEVEL_R = 0xd80c,
       GAMMA_ENABLE = 0xd814,
       SHADING_ENABLE = 0xd826,
       GAMMA_TABLE = 0xd850,
       GAMMA_END = 0xd8a4,
       SHADING_TABLE = 0xe000,  /* R and Gr of each node */
       SHADING_SECOND = 0xe300, /* Gb and B */
       SHADING_END = 0xe600,
};
enum { COLORS = 4, CHANNELS = 4, POINTS = 42 };
enum { NORM_STEP = 8, NORM_SHIFT = 2, NORM_MAX = 4, NORM_MIN = 6 }; /* of a channel */
enum { ISP_STEP = ISP_NORM_VAL1 - ISP_NORM_VAL0, SCALE_LOG2 = 4 };
enum { Q8_TO_Q10 = 2, GAIN_MOST = 0xfff };

static bool shading_is_hosts;

/* ---- from the next frame on ---- */

static void relay_colors(void)
{
    for (uint32_t c = 0; c < COLORS; c++) {
        reg_write(ISP_WB_R + 4 * c, hal_ccs_read16(COLOUR_BALANCE_R + 2 * c));
        reg_write(ISP_BLC_R + 4 * c, hal_ccs_read16(BLACK_LEVEL_R + 2 * c));
    }
}

static void relay_normalization(uint32_t channel)
{
    uint32_t ccs = NORMALIZATION + NORM_STEP * channel, isp = ISP_STEP * channel;
    uint32_t most = hal_ccs_read16(ccs + NORM_MAX), least = hal_ccs_read16(ccs + NORM_MIN);
    uint32_t add = hal_ccs_read16(ccs) & 0x1ffu;
    int32_t value = (int32_t)(add ^ 0x100u) - 0x100;
    reg_write(ISP_NORM_VAL0 + isp, (uint32_t)(value * (1 << SCALE_LOG2)));
    reg_write(ISP_NORM_SHIFT0 + isp, SCALE_LOG2 + (hal_ccs_read8(ccs + NORM_SHIFT) & 1u));
    reg_write(ISP_CLIP0 + isp, (most & 0x1ffu) << 16 | (least & 0x1ffu));
}

void input_relay(void)
{
    relay_colors();
    for (uint32_t c = 0; c < CHANNELS; c++)
        relay_normalization(c);
}

/* ---- before a stream ---- */

/* Two points a word of 32 bits, the first one low; of the host's 43 the last but one is left out.
 */
static void relay_gamma(void)
{
    reg_write(ISP_GAMMA, hal_ccs_read8(GAMMA_ENABLE) & 1u);
    for (uint32_t n = 0; n < POINTS - 1; n++)
        reg_write(ISP_GAMMA_0 + 4 * n, hal_ccs_read16(GAMMA_TABLE + 2 * (n ^ 1u)));
    reg_write(ISP_GAMMA_0 + 4 * (POINTS - 1), hal_ccs_read16(GAMMA_END));
}

static uint32_t shading_gain(uint32_t addr)
{
    uint32_t gain = hal_ccs_read16(addr) << Q8_TO_Q10;
    return gain < GAIN_MOST ? gain : GAIN_MOST;
}

/* Without the host's grid that of the chip stays, if it has one. */
static void relay_shading(void)
{
    bool on = (hal_ccs_read8(SHADING_ENABLE) & 1u) != 0;
    if (on || shading_is_hosts)
        reg_write(ISP_LSC, on);
    shading_is_hosts = shading_is_hosts || on;
    if (!on)
        return;
    reg_write(ISP_LSC_INDEX, 0);
    for (uint32_t at = SHADING_TABLE; at < SHADING_SECOND; at += 4)
        for (uint32_t pair = at; pair < SHADING_END; pair += SHADING_SECOND - SHADING_TABLE)
            reg_write(ISP_LSC_GAINS, shading_gain(pair) | shading_gain(pair + 2) << 16);
}

void input_begin(void)
{
    input_relay();
    relay_gamma();
    relay_shading();
}
