#include "isp/isp.h"


/*
 * White balance and matrix are computed for the pixel die's default color filters: with A the
 * 3 x 3 matrix of electrons that linear-sRGB red, green and blue give R, G and B photosites, and
 * w = A (1, 1, 1), the gains are w_g / w_c and the matrix is the inverse of diag(gains) A / w_g, so
 * that gray stays gray. All gains are raised by 1.07 so that a saturated sample reaches full scale.
 */
isp_desc_t isp_desc_default(void)
{
    return (isp_desc_t){
        .clk_hz = 262500000, /* assumed: the logic die's clock */
        .px_per_clk = 4,     /* assumed: the pixel die delivers four a vt_pix clock */
        .max_width_px = 4056,
        .max_height_px = 3040,
        .array_width_px = 4056,
        .array_height_px = 3040,
        .max_tensor_width_px = 640, /* published: 640 x 640 RGB at most */
        .max_tensor_height_px = 640,
        /* pipe depths: assumed, near Infinite-ISP's RTL (facts: sensor.md 3) */
        .blc = {.pipe_cycles = 4},
        .wb = {.pipe_cycles = 3},
        .demosaic_pipe_cycles = 9,
        .ccm = {.pipe_cycles = 4},
        .gamma = {.pipe_cycles = 4},
        .scaler_pipe_cycles = 8,
        .writer_slots = 4,
        .writer_outstanding = 4,
        .blc_dn = {256, 256, 256, 256},
        .wb_gain_q8 = {396, 274, 274, 402},
        .ccm_q10 = {1282, -242, -16, -271, 1674, -379, -14, -481, 1519},
    };
}

static uint32_t u32(const sim_cfg_t *cfg, const char *key, uint32_t low, uint32_t high,
                    uint32_t otherwise)
{
    return (uint32_t)sim_cfg_u64(cfg, key, low, high, otherwise);
}

static void read_pipes(const sim_cfg_t *cfg, isp_desc_t *d)
{
    sim_cfg_t pipe = sim_cfg_obj(cfg, "pipe_cycles");
    d->blc.pipe_cycles = u32(&pipe, "blc", 0, 255, d->blc.pipe_cycles);
    d->wb.pipe_cycles = u32(&pipe, "wb", 0, 255, d->wb.pipe_cycles);
    d->demosaic_pipe_cycles = u32(&pipe, "demosaic", 0, 255, d->demosaic_pipe_cycles);
    d->ccm.pipe_cycles = u32(&pipe, "ccm", 0, 255, d->ccm.pipe_cycles);
    d->gamma.pipe_cycles = u32(&pipe, "gamma", 0, 255, d->gamma.pipe_cycles);
    d->scaler_pipe_cycles = u32(&pipe, "scaler", 0, 255, d->scaler_pipe_cycles);
    sim_cfg_done(&pipe);
}

static void read_colors(const sim_cfg_t *cfg, isp_desc_t *d)
{
    double black[4], gain[4], matrix[9];
    for (int i = 0; i < 4; i++) {
        black[i] = d->blc_dn[i];
        gain[i] = d->wb_gain_q8[i];
    }
    for (int i = 0; i < 9; i++)
        matrix[i] = d->ccm_q10[i];
    sim_cfg_nums(cfg, "black_dn", black, 4, 0, 4095);
    sim_cfg_nums(cfg, "wb_gain_q8", gain, 4, 1, 4095);
    sim_cfg_nums(cfg, "ccm_q10", matrix, 9, -32768, 32767);
    for (int i = 0; i < 4; i++) {
        d->blc_dn[i] = (uint32_t)black[i];
        d->wb_gain_q8[i] = (uint32_t)gain[i];
    }
    for (int i = 0; i < 9; i++)
        d->ccm_q10[i] = (int16_t)matrix[i];
}

void isp_desc_read(const sim_cfg_t *cfg, isp_desc_t *desc)
{
    isp_desc_t *d = desc;
    d->clk_hz = sim_cfg_u64(cfg, "clock_hz", 1000000, 10000000000, d->clk_hz);
    d->px_per_clk = u32(cfg, "px_per_clk", 1, 16, d->px_per_clk);
    d->max_width_px = u32(cfg, "max_width_px", 4, 8192, d->max_width_px);
    d->max_height_px = u32(cfg, "max_height_px", 4, 8192, d->max_height_px);
    d->array_width_px = u32(cfg, "array_width_px", 1, 8191, d->array_width_px);
    d->array_height_px = u32(cfg, "array_height_px", 1, 8191, d->array_height_px);
    d->max_tensor_width_px = u32(cfg, "max_tensor_width_px", 1, 4095, d->max_tensor_width_px);
    d->max_tensor_height_px = u32(cfg, "max_tensor_height_px", 1, 4095, d->max_tensor_height_px);
    d->writer_slots = u32(cfg, "writer_slots", 1, TWR_MAX_SLOTS, d->writer_slots);
    d->writer_outstanding =
        u32(cfg, "writer_outstanding", 1, TWR_MAX_OUTSTANDING, d->writer_outstanding);
    read_pipes(cfg, d);
    read_colors(cfg, d);
    sim_cfg_done(cfg);
}
