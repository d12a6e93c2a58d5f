/*
 * ccs_desc.c - the chip's numbers behind the CCS registers, and what registers hold after power-up.
 */
#include <string.h>

#include "logic/ccs_int.h"

#define MHZ UINT64_C(1000000)

/* Limits: assumed, so that all published settings (VCOs of 888 to 2100 MHz, inputs of 6 and 12) lie
 * within; lanes up to 2.1 Gb/s are published of the IMX477. */
ccs_desc_t ccs_desc_default(void)
{
    return (ccs_desc_t){
        .inck_hz = 24 * MHZ, /* the AI Camera module's oscillator; facts: imx500.md 1 */
        .inck_range_hz = {6 * MHZ, 27 * MHZ},
        .model = 0x0500,
        .vt_lanes = 4,
        .op_lanes = 2,
        .fifo = 2,
        .link = {.signaling = 2,
                 .signalings = 0x4,
                 .lane_mode = 1,
                 .dphy_lanes = 0x3,
                 .dphy_rate = 2100u << 16,
                 .line_bytes = 4096},
        .tensor = {.gain = {386, 274, 274, 402}, .black = {256, 256, 256, 256}},
        .vt = {.pre_div = {1, 4},
               .multiplier = {16, 1023},
               .sys_div = {1, 4},
               .pix_div = {1, 20},
               .ip_hz = {6 * MHZ, 27 * MHZ},
               .vco_hz = {800 * MHZ, 2200 * MHZ},
               .sys_hz = {200 * MHZ, 2200 * MHZ},
               .pix_hz = {20 * MHZ, 250 * MHZ}},
        .op = {.pre_div = {1, 4},
               .multiplier = {16, 1023},
               .sys_div = {1, 8},
               .pix_div = {8, 12},
               .ip_hz = {6 * MHZ, 27 * MHZ},
               .vco_hz = {800 * MHZ, 2200 * MHZ},
               .sys_hz = {80 * MHZ, 2100 * MHZ},
               .pix_hz = {8 * MHZ, 262500000}},
        .timing = {.x_last = 4055,
                   .y_last = 3039,
                   .width = 4056,
                   .height = 3040,
                   .x_middle = 2028,
                   .coarse_min = 8,
                   .coarse_margin = 22,
                   .fine_margin = 1,
                   .gain_max = 978,
                   .frame_min = 30,
                   .frame_max = 0xffdc,
                   .frame_blank_min = 22,
                   .line_min = 4043,
                   .line_min_binned = 2704,
                   .line_max = 0xfff0,
                   .inc_max = 15,
                   .black = 64,
                   .raw_bits = 10,
                   .data_format = 0x0a0a,
                   .pixel_order = 1,
                   .embedded = 2},
    };
}

/* ---- chip file ---- */

static void read_hz(const sim_cfg_t *cfg, const char *key, uint64_t hz[2])
{
    double low_high[2] = {(double)hz[0], (double)hz[1]};
    sim_cfg_nums(cfg, key, low_high, 2, 0, 1e10);
    if (low_high[0] > low_high[1])
        sim_cfg_fail(cfg, key, "expected the lower limit first");
    for (uint32_t i = 0; i < 2; i++)
        hz[i] = (uint64_t)low_high[i];
}

static void read_pll(const sim_cfg_t *cfg, const char *key, ccs_pll_limits_t *limits)
{
    sim_cfg_t pll = sim_cfg_obj(cfg, key);
    read_hz(&pll, "input_hz", limits->ip_hz);
    read_hz(&pll, "vco_hz", limits->vco_hz);
    read_hz(&pll, "system_hz", limits->sys_hz);
    read_hz(&pll, "pixel_hz", limits->pix_hz);
    sim_cfg_done(&pll);
}

static void set_power_up(ccs_desc_t *desc, uint16_t addr, uint32_t value)
{
    uint32_t at = 0;
    while (at < desc->power_ups && desc->power_up[at].addr != addr)
        at++;
    desc->power_up[at].addr = addr;
    desc->power_up[at].value = value;
    desc->power_ups += at == desc->power_ups;
}

/* Registers by their names; what the pixel die says is not asked for here. */
static void read_power_up(const sim_cfg_t *cfg, ccs_desc_t *desc)
{
    sim_cfg_t values = sim_cfg_obj(cfg, "power_up");
    uint32_t count;
    const ccs_reg_t *regs = ccs_regs(&count);
    for (uint32_t i = 0; i < count; i++) {
        if (!regs[i].writable || !sim_cfg_has(&values, regs[i].name))
            continue;
        if (desc->power_ups == CCS_MAX_POWER_UP) {
            sim_cfg_fail(&values, NULL, "more than %u registers", CCS_MAX_POWER_UP);
            return;
        }
        uint64_t most = (UINT64_C(1) << 8 * regs[i].bytes) - 1;
        set_power_up(desc, regs[i].addr, (uint32_t)sim_cfg_u64(&values, regs[i].name, 0, most, 0));
    }
    sim_cfg_done(&values);
}

/* Between pixel array and link: fifo_support_capability. */
static const char *const fifos[] = {"none", "derating", "both"};

void ccs_desc_read(const sim_cfg_t *cfg, ccs_desc_t *desc)
{
    desc->vt_lanes = (uint32_t)sim_cfg_u64(cfg, "pixels_per_clock", 1, 64, desc->vt_lanes);
    desc->fifo = sim_cfg_enum(cfg, "fifo", fifos, SIM_COUNT(fifos), desc->fifo);
    read_pll(cfg, "vt_pll", &desc->vt);
    read_pll(cfg, "op_pll", &desc->op);
    read_power_up(cfg, desc);
    sim_cfg_done(cfg);
}

/* ---- after power-up ---- */

static uint32_t mhz(uint64_t hz)
{
    float value = (float)((double)hz / 1e6);
    uint32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

static uint32_t field(const ccs_desc_t *desc, const ccs_reg_t *reg)
{
    const char *at = (const char *)desc + reg->offset;
    uint64_t hz;
    uint32_t value;
    memcpy(&value, at, sizeof(value));
    if (reg->from == CCS_U32)
        return value;
    memcpy(&hz, at, sizeof(hz));
    return mhz(hz);
}

uint32_t ccs_power_up(const ccs_desc_t *desc, uint16_t addr)
{
    for (uint32_t i = 0; i < desc->power_ups; i++)
        if (desc->power_up[i].addr == addr)
            return desc->power_up[i].value;
    const ccs_reg_t *reg = ccs_find(desc, addr);
    if (reg == NULL)
        return 0;
    return reg->from == CCS_NUMBER ? reg->reset : field(desc, reg);
}
