/*
 * desc.c - what an ISP is made of: defaults, chip file, limits.
 */
#include "isp/isp_int.h"

/*
 * Gains and matrix are computed for the pixel die's color filters (its desc):
 * with A[c][k] the electrons that linear sRGB primary k brings a photosite of
 * color c, and w = A (1, 1, 1), the gains are w_g / w_c times 4095 / 3836
 * rounded up (black 256 leaves 3836 at saturation; 274 / 256), and the matrix
 * is the inverse of diag(w_g / w_c) A / w_g, its rows brought to a sum of 1024,
 * so that gray stays gray. tests/isp computes it again.
 */
isp_desc_t isp_desc_default(void)
{
    isp_desc_t desc = {
        .clk_hz = 262500000, /* assumed: the logic die's one clock */
        .px_per_clk = 4,     /* assumed: 1050 Mpixel/s; arrays give 744 (IMX500), 840 (IMX477) */
        .max_width_px = 4056,
        .max_height_px = 3040,
        .array_width_px = 4056,
        .array_height_px = 3040,
        .max_tensor_width_px = 640, /* published: at most 640 x 640 */
        .max_tensor_height_px = 640,
        /* Assumed; BLC, WB, demosaic and CCM as in the Infinite-ISP RTL. */
        .blc = {.pipe_cycles = 4},
        .tnr_pipe_cycles = 5,
        .dpc_pipe_cycles = 6,
        .lsc_pipe_cycles = 4,
        .wb = {.pipe_cycles = 3},
        .demosaic_pipe_cycles = 9,
        .edge_pipe_cycles = 16,
        .ccm = {.pipe_cycles = 4},
        .gamma = {.pipe_cycles = 4},
        .mask_pipe_cycles = 4,
        .yuv_pipe_cycles = 4,
        .nr_pipe_cycles = 10,
        .sharpen_pipe_cycles = 8,
        .scaler_pipe_cycles = 8,
        .writer_slots = 4, /* assumed */
        .writer_outstanding = 4,
        .blc_dn = {256, 256, 256, 256}, /* IMX500 registers 0xd80c..: 0x100 */
        .wb_gain_q8 = {386, 274, 274, 402},
        .ccm_q10 = {1306, -277, -5, -288, 1648, -336, 0, -467, 1491},
    };
    for (uint32_t i = 0; i < LSC_GAINS; i++)
        desc.lsc_q10[i] = LSC_ONE;
    return desc;
}

static void read_u32(const sim_cfg_t *cfg, const char *key, uint32_t low, uint32_t high,
                     uint32_t *value)
{
    *value = (uint32_t)sim_cfg_u64(cfg, key, low, high, *value);
}

static void read_pipe_cycles(const sim_cfg_t *cfg, isp_desc_t *desc)
{
    sim_cfg_t pipe = sim_cfg_obj(cfg, "pipe_cycles");
    read_u32(&pipe, "blc", 1, ISP_MAX_PIPE, &desc->blc.pipe_cycles);
    read_u32(&pipe, "tnr", 1, ISP_MAX_PIPE, &desc->tnr_pipe_cycles);
    read_u32(&pipe, "dpc", 1, ISP_MAX_PIPE, &desc->dpc_pipe_cycles);
    read_u32(&pipe, "lsc", 1, ISP_MAX_PIPE, &desc->lsc_pipe_cycles);
    read_u32(&pipe, "wb", 1, ISP_MAX_PIPE, &desc->wb.pipe_cycles);
    read_u32(&pipe, "demosaic", 1, ISP_MAX_PIPE, &desc->demosaic_pipe_cycles);
    read_u32(&pipe, "demosaic_edge", 1, ISP_MAX_PIPE, &desc->edge_pipe_cycles);
    read_u32(&pipe, "ccm", 1, ISP_MAX_PIPE, &desc->ccm.pipe_cycles);
    read_u32(&pipe, "gamma", 1, ISP_MAX_PIPE, &desc->gamma.pipe_cycles);
    read_u32(&pipe, "mask", 1, ISP_MAX_PIPE, &desc->mask_pipe_cycles);
    read_u32(&pipe, "yuv", 1, ISP_MAX_PIPE, &desc->yuv_pipe_cycles);
    read_u32(&pipe, "nr", 1, ISP_MAX_PIPE, &desc->nr_pipe_cycles);
    read_u32(&pipe, "sharpen", 1, ISP_MAX_PIPE, &desc->sharpen_pipe_cycles);
    read_u32(&pipe, "scaler", 1, ISP_MAX_PIPE, &desc->scaler_pipe_cycles);
    sim_cfg_done(&pipe);
}

static void read_tensor(const sim_cfg_t *cfg, isp_desc_t *desc)
{
    sim_cfg_t tensor = sim_cfg_obj(cfg, "tensor");
    read_u32(&tensor, "max_width_px", 1, 4096, &desc->max_tensor_width_px);
    read_u32(&tensor, "max_height_px", 1, 4096, &desc->max_tensor_height_px);
    read_u32(&tensor, "row_slots", 1, TWR_MAX_SLOTS, &desc->writer_slots);
    read_u32(&tensor, "outstanding_bursts", 1, TWR_MAX_OUTSTANDING, &desc->writer_outstanding);
    sim_cfg_done(&tensor);
}

/* Register values are whole numbers in the register's own unit. */
static void read_integers(const sim_cfg_t *cfg, const char *key, uint32_t count, double low,
                          double high, double value[])
{
    sim_cfg_nums(cfg, key, value, count, low, high);
    for (uint32_t i = 0; i < count; i++)
        if (value[i] != (double)(int32_t)value[i])
            sim_cfg_fail(cfg, key, "%g is not a whole number", value[i]);
}

static void read_colors(const sim_cfg_t *cfg, isp_desc_t *desc)
{
    double black[4], gain[4], matrix[9];
    for (int i = 0; i < 4; i++) {
        black[i] = desc->blc_dn[i];
        gain[i] = desc->wb_gain_q8[i];
    }
    for (int i = 0; i < 9; i++)
        matrix[i] = desc->ccm_q10[i];
    read_integers(cfg, "black_dn12", 4, 0, ISP_WHITE_DN, black);
    read_integers(cfg, "white_balance_q8", 4, 1, 4095, gain);
    read_integers(cfg, "color_matrix_q10", 9, INT16_MIN, INT16_MAX, matrix);
    for (int i = 0; i < 4; i++) {
        desc->blc_dn[i] = (uint32_t)black[i];
        desc->wb_gain_q8[i] = (uint32_t)gain[i];
    }
    for (int i = 0; i < 9; i++)
        desc->ccm_q10[i] = (int16_t)matrix[i];
}

/* "lens_shading_q10": 768 gains, nodes in rows, R, Gr, Gb, B of each: the correction is on. */
static void read_shading(const sim_cfg_t *cfg, isp_desc_t *desc)
{
    double gain[LSC_GAINS] = {0};
    if (!sim_cfg_has(cfg, "lens_shading_q10"))
        return;
    desc->lsc_on = true;
    read_integers(cfg, "lens_shading_q10", LSC_GAINS, 0, 4095, gain);
    for (uint32_t i = 0; i < LSC_GAINS; i++)
        desc->lsc_q10[i] = (uint16_t)gain[i];
}

/* "defects": [{"x_px": 17, "y_px": 4}, ..], photosites of the array. */
static void read_defects(const sim_cfg_t *cfg, isp_desc_t *desc)
{
    if (!sim_cfg_has(cfg, "defects"))
        return;
    uint32_t count = sim_cfg_count(cfg, "defects");
    if (count > DPC_SITES) {
        sim_cfg_fail(cfg, "defects", "%u, more than %u", count, DPC_SITES);
        return;
    }
    desc->defects = count;
    for (uint32_t i = 0; i < count; i++) {
        sim_cfg_t site = sim_cfg_at(cfg, "defects", i);
        sim_cfg_need(&site, "x_px");
        sim_cfg_need(&site, "y_px");
        uint32_t x = (uint32_t)sim_cfg_u64(&site, "x_px", 0, desc->array_width_px - 1, 0);
        uint32_t y = (uint32_t)sim_cfg_u64(&site, "y_px", 0, desc->array_height_px - 1, 0);
        desc->defect_site[i] = y << 16 | x;
        sim_cfg_done(&site);
    }
}

void isp_desc_read(const sim_cfg_t *cfg, isp_desc_t *desc)
{
    desc->clk_hz = sim_cfg_u64(cfg, "clk_hz", 1000, UINT64_C(10000000000), desc->clk_hz);
    read_u32(cfg, "px_per_clk", 1, 16, &desc->px_per_clk);
    read_u32(cfg, "max_width_px", 4, 8192, &desc->max_width_px);
    read_u32(cfg, "max_height_px", 4, 8192, &desc->max_height_px);
    read_u32(cfg, "array_width_px", 4, 8192, &desc->array_width_px);
    read_u32(cfg, "array_height_px", 4, 8192, &desc->array_height_px);
    read_pipe_cycles(cfg, desc);
    read_tensor(cfg, desc);
    read_colors(cfg, desc);
    read_shading(cfg, desc);
    read_defects(cfg, desc);
    sim_cfg_done(cfg);
}

sim_err_t isp_pipe_check(sim_t *sim, uint32_t pipe_cycles, const char *name)
{
    if (pipe_cycles >= 1 && pipe_cycles <= ISP_MAX_PIPE)
        return SIM_OK;
    return sim_fail(sim, SIM_EDESC, "%s.pipe_cycles: %u not in 1..%u", name, pipe_cycles,
                    ISP_MAX_PIPE);
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

uint32_t isp_tensor_px(const isp_desc_t *desc)
{
    return (uint32_t)larger(desc->max_tensor_width_px, desc->max_tensor_height_px);
}

/* Stages check their own part. */
sim_err_t isp_desc_check(const isp_desc_t *desc, sim_t *sim, const char *name)
{
    const struct {
        const char *key;
        uint64_t value, low, high;
    } limits[] = {
        {"clk_hz", desc->clk_hz, 1000, UINT64_C(10000000000)},
        {"px_per_clk", desc->px_per_clk, 1, 16},
        {"max_width_px", desc->max_width_px, 4, 8192},
        {"max_height_px", desc->max_height_px, 4, 8192},
        {"array_width_px", desc->array_width_px, 4, 8192},
        {"array_height_px", desc->array_height_px, 4, 8192},
        {"tensor.max_width_px", desc->max_tensor_width_px, 1, 4096},
        {"tensor.max_height_px", desc->max_tensor_height_px, 1, 4096},
        {"defects", desc->defects, 0, DPC_SITES},
    };
    for (size_t i = 0; i < SIM_COUNT(limits); i++)
        if (limits[i].value < limits[i].low || limits[i].value > limits[i].high)
            return sim_fail(sim, SIM_EDESC, "%s.%s: %llu not in %llu..%llu", name, limits[i].key,
                            (unsigned long long)limits[i].value, (unsigned long long)limits[i].low,
                            (unsigned long long)limits[i].high);
    for (uint32_t i = 0; i < LSC_GAINS; i++)
        if (desc->lsc_q10[i] > 0xfff)
            return sim_fail(sim, SIM_EDESC, "%s.lens_shading_q10[%u]: %u not in 0..4095", name, i,
                            desc->lsc_q10[i]);
    for (int i = 0; i < 4; i++) {
        if (desc->blc_dn[i] > ISP_WHITE_DN)
            return sim_fail(sim, SIM_EDESC, "%s.black_dn12[%d]: %u not in 0..%d", name, i,
                            desc->blc_dn[i], ISP_WHITE_DN);
        if (desc->wb_gain_q8[i] < 1 || desc->wb_gain_q8[i] > 0xfff)
            return sim_fail(sim, SIM_EDESC, "%s.white_balance_q8[%d]: %u not in 1..4095", name, i,
                            desc->wb_gain_q8[i]);
    }
    uint64_t tensor_px = isp_tensor_px(desc);
    uint64_t divisor =
        larger(desc->max_width_px, 2 * tensor_px) * larger(desc->max_height_px, 2 * tensor_px);
    if (divisor >= UINT64_C(1) << 24)
        return sim_fail(sim, SIM_EDESC,
                        "%s.max_width_px, max_height_px: weights of the scaler add up to %llu, "
                        "not below 2^24",
                        name, (unsigned long long)divisor);
    return SIM_OK;
}
