#include "isp/isp_int.h"

#define R(member) (offsetof(isp_t, regs) + offsetof(isp_regs_t, member))
#define ISP_ID_VALUE 0x00050001u /* block 5, version 1 */

static void wrote_irq(sim_comp_t *comp, uint32_t value)
{
    (void)value;
    isp_update_irq((isp_t *)(void *)comp);
}

/* clang-format off */
#define POINT(n, addr) {"ISP_GAMMA_" #n, "7:0: code of curve point " #n, addr, 0, 0xff, 0, R(point[n]), NULL}
const sim_reg_t isp_regs[] = {
    /* name             help                                                        addr   reset         rw_mask     w1c  member             side effect */
    {"ISP_ID",          "31:16: block id; 15:0: version",                           0x000, ISP_ID_VALUE, 0x0,        0x0, R(id),             NULL},
    {"ISP_CTRL",        "0: enable; 1: make tensors",                               0x004, 0x0,          0x3,        0x0, R(ctrl),           NULL},
    {"ISP_STATUS",      "0: frame done; 1: tensor done; 2: overrun; all W1C",       0x008, 0x0,          0x0,        0x7, R(status),         wrote_irq},
    {"ISP_IRQ_EN",      "2:0: interrupt on the same bits of ISP_STATUS",            0x00c, 0x0,          0x7,        0x0, R(irq_en),         wrote_irq},
    {"ISP_BLC_R",       "11:0: black level of R, 12-bit DN",                        0x010, 0x0,          0xfff,      0x0, R(blc[0]),         NULL},
    {"ISP_BLC_GR",      "11:0: the same, green in red rows",                        0x014, 0x0,          0xfff,      0x0, R(blc[1]),         NULL},
    {"ISP_BLC_GB",      "11:0: the same, green in blue rows",                       0x018, 0x0,          0xfff,      0x0, R(blc[2]),         NULL},
    {"ISP_BLC_B",       "11:0: the same, B",                                        0x01c, 0x0,          0xfff,      0x0, R(blc[3]),         NULL},
    {"ISP_WB_R",        "11:0: white-balance gain of R, 8.8, 1..0xfff",             0x020, 0x0,          0xfff,      0x0, R(wb[0]),          NULL},
    {"ISP_WB_GR",       "11:0: the same, green in red rows",                        0x024, 0x0,          0xfff,      0x0, R(wb[1]),          NULL},
    {"ISP_WB_GB",       "11:0: the same, green in blue rows",                       0x028, 0x0,          0xfff,      0x0, R(wb[2]),          NULL},
    {"ISP_WB_B",        "11:0: the same, B",                                        0x02c, 0x0,          0xfff,      0x0, R(wb[3]),          NULL},
    {"ISP_CCM_00",      "15:0: matrix, R from R, signed Q10",                       0x030, 0x0,          0xffff,     0x0, R(ccm[0]),         NULL},
    {"ISP_CCM_01",      "15:0: R from G",                                           0x034, 0x0,          0xffff,     0x0, R(ccm[1]),         NULL},
    {"ISP_CCM_02",      "15:0: R from B",                                           0x038, 0x0,          0xffff,     0x0, R(ccm[2]),         NULL},
    {"ISP_CCM_10",      "15:0: G from R",                                           0x03c, 0x0,          0xffff,     0x0, R(ccm[3]),         NULL},
    {"ISP_CCM_11",      "15:0: G from G",                                           0x040, 0x0,          0xffff,     0x0, R(ccm[4]),         NULL},
    {"ISP_CCM_12",      "15:0: G from B",                                           0x044, 0x0,          0xffff,     0x0, R(ccm[5]),         NULL},
    {"ISP_CCM_20",      "15:0: B from R",                                           0x048, 0x0,          0xffff,     0x0, R(ccm[6]),         NULL},
    {"ISP_CCM_21",      "15:0: B from G",                                           0x04c, 0x0,          0xffff,     0x0, R(ccm[7]),         NULL},
    {"ISP_CCM_22",      "15:0: B from B",                                           0x050, 0x0,          0xffff,     0x0, R(ccm[8]),         NULL},
    {"ISP_GAMMA",       "0: tone curve on; off: code = value / 16",                 0x054, 0x1,          0x1,        0x0, R(gamma),          NULL},
    {"ISP_ROI_X",       "12:0: region of the tensor, left, array px",               0x058, 0x0,          0x1fff,     0x0, R(roi_x),          NULL},
    {"ISP_ROI_Y",       "12:0: top, array px",                                      0x05c, 0x0,          0x1fff,     0x0, R(roi_y),          NULL},
    {"ISP_ROI_W",       "12:0: width, array px",                                    0x060, 0x0,          0x1fff,     0x0, R(roi_w),          NULL},
    {"ISP_ROI_H",       "12:0: height, array px",                                   0x064, 0x0,          0x1fff,     0x0, R(roi_h),          NULL},
    {"ISP_TENSOR_ADDR", "31:0: bus address of the tensor, a multiple of 32",        0x068, 0x0,          0xffffffe0, 0x0, R(tensor_addr),    NULL},
    {"ISP_TENSOR_W",    "11:0: tensor width, px",                                   0x06c, 0x0,          0xfff,      0x0, R(tensor_w),       NULL},
    {"ISP_TENSOR_H",    "11:0: tensor height, px",                                  0x070, 0x0,          0xfff,      0x0, R(tensor_h),       NULL},
    {"ISP_TENSOR_CH",   "1:0: channels, 1 (luma) or 3 (R, G, B)",                   0x074, 0x3,          0x3,        0x0, R(tensor_ch),      NULL},
    {"ISP_DIV_VAL",     "15:0: normalize: multiplier",                              0x078, 0x400,        0xffff,     0x0, R(div_val),        NULL},
    {"ISP_DIV_SHIFT",   "3:0: normalize: shift after it",                           0x07c, 0x6,          0xf,        0x0, R(div_shift),      NULL},
    {"ISP_NORM_VAL0",   "12:0: normalize: offset of R or luma, signed",             0x080, 0x1800,       0x1fff,     0x0, R(norm_val[0]),    NULL},
    {"ISP_NORM_VAL1",   "12:0: of G",                                               0x084, 0x1800,       0x1fff,     0x0, R(norm_val[1]),    NULL},
    {"ISP_NORM_VAL2",   "12:0: of B",                                               0x088, 0x1800,       0x1fff,     0x0, R(norm_val[2]),    NULL},
    {"ISP_NORM_SHIFT",  "3:0: normalize: last shift",                               0x08c, 0x4,          0xf,        0x0, R(norm_shift),     NULL},
    {"ISP_TENSOR_FRAME","31:0: frame of the tensor finished last",                  0x090, 0x0,          0x0,        0x0, R(tensor_frame),   NULL},
    POINT(0,  0x100), POINT(1,  0x104), POINT(2,  0x108), POINT(3,  0x10c), POINT(4,  0x110), POINT(5,  0x114),
    POINT(6,  0x118), POINT(7,  0x11c), POINT(8,  0x120), POINT(9,  0x124), POINT(10, 0x128), POINT(11, 0x12c),
    POINT(12, 0x130), POINT(13, 0x134), POINT(14, 0x138), POINT(15, 0x13c), POINT(16, 0x140), POINT(17, 0x144),
    POINT(18, 0x148), POINT(19, 0x14c), POINT(20, 0x150), POINT(21, 0x154), POINT(22, 0x158), POINT(23, 0x15c),
    POINT(24, 0x160), POINT(25, 0x164), POINT(26, 0x168), POINT(27, 0x16c), POINT(28, 0x170), POINT(29, 0x174),
    POINT(30, 0x178), POINT(31, 0x17c), POINT(32, 0x180), POINT(33, 0x184), POINT(34, 0x188), POINT(35, 0x18c),
    POINT(36, 0x190), POINT(37, 0x194), POINT(38, 0x198), POINT(39, 0x19c), POINT(40, 0x1a0), POINT(41, 0x1a4),
    SIM_REG_END,
};

/* sRGB at the curve's points: round(255 f(x / 4095)), f of IEC 61966-2-1. */
static const uint8_t srgb_points[GAMMA_POINTS] = {
    0, 3, 4, 5, 6, 6, 8, 10, 11, 13, 15, 18, 20, 22,
    25, 28, 31, 34, 38, 42, 46, 49, 56, 61, 66, 71, 79, 86,
    93, 99, 110, 120, 129, 137, 152, 165, 177, 188, 207, 225, 240, 255,
};
/* clang-format on */

void isp_regs_defaults(isp_t *isp)
{
    isp_regs_t *regs = &isp->regs;
    for (int i = 0; i < 4; i++) {
        regs->blc[i] = isp->desc.blc_dn[i];
        regs->wb[i] = isp->desc.wb_gain_q8[i];
    }
    for (int i = 0; i < 9; i++)
        regs->ccm[i] = (uint16_t)isp->desc.ccm_q10[i];
    for (int i = 0; i < GAMMA_POINTS; i++)
        regs->point[i] = srgb_points[i];
    regs->roi_w = isp->desc.array_width_px;
    regs->roi_h = isp->desc.array_height_px;
}

void isp_update_irq(isp_t *isp)
{
    sim_wire_set(&isp->irq, (isp->regs.status & isp->regs.irq_en) != 0);
}

/* ---- latching ---- */

static uint32_t legal(isp_t *isp, uint32_t *reg, const char *name, uint32_t low, uint32_t high)
{
    uint32_t value = *reg < low ? low : *reg > high ? high : *reg;
    if (value != *reg)
        sim_log(&isp->comp, SIM_LOG_GUEST, "%s: %u not in %u..%u, taken as %u", name, *reg, low, high,
                value);
    *reg = value;
    return value;
}

static void latch_colors(isp_t *isp)
{
    /* Which of R, Gr, Gb, B stands at [row parity][column parity]: rows of sim_bayer_t. */
    static const uint8_t phase[4][2][2] = {
        [SIM_BAYER_GRBG] = {{1, 0}, {3, 2}},
        [SIM_BAYER_RGGB] = {{0, 1}, {2, 3}},
        [SIM_BAYER_BGGR] = {{3, 2}, {1, 0}},
        [SIM_BAYER_GBRG] = {{2, 3}, {0, 1}},
    };
    for (int y = 0; y < 2; y++)
        for (int x = 0; x < 2; x++) {
            int color = phase[isp->now.bayer][y][x];
            isp->now.blc[y][x] = isp->regs.blc[color];
            isp->now.wb[y][x] = legal(isp, &isp->regs.wb[color], "ISP_WB", 1, 0xfff);
        }
    for (int i = 0; i < 9; i++)
        isp->now.ccm[i] = (int16_t)(uint16_t)isp->regs.ccm[i];
    gamma_load(&isp->gamma, isp->regs.gamma != 0 ? isp->regs.point : NULL);
}

/* One axis of the region, from array pixels to samples of this frame. */
static void to_samples(uint32_t at, uint32_t size, uint32_t array, uint32_t samples, uint32_t *first,
                       uint32_t *count)
{
    uint32_t begin = (uint32_t)((uint64_t)at * samples / array);
    uint32_t end = (uint32_t)((uint64_t)(at + size) * samples / array);
    *first = begin < samples ? begin : samples - 1;
    *count = end > *first ? end - *first : 1;
}

static void latch_region(isp_t *isp)
{
    isp_regs_t *r = &isp->regs;
    uint32_t aw = isp->desc.array_width_px, ah = isp->desc.array_height_px;
    legal(isp, &r->roi_x, "ISP_ROI_X", 0, aw - 1);
    legal(isp, &r->roi_y, "ISP_ROI_Y", 0, ah - 1);
    legal(isp, &r->roi_w, "ISP_ROI_W", 1, aw - r->roi_x);
    legal(isp, &r->roi_h, "ISP_ROI_H", 1, ah - r->roi_y);
    to_samples(r->roi_x, r->roi_w, aw, isp->now.width_px, &isp->now.roi_x, &isp->now.roi_w);
    to_samples(r->roi_y, r->roi_h, ah, isp->now.height_px, &isp->now.roi_y, &isp->now.roi_h);
}

static void latch_tensor(isp_t *isp, twr_job_t *job)
{
    isp_regs_t *r = &isp->regs;
    *job = (twr_job_t){
        .addr = r->tensor_addr,
        .width_px = legal(isp, &r->tensor_w, "ISP_TENSOR_W", 1, isp->desc.max_tensor_width_px),
        .height_px = legal(isp, &r->tensor_h, "ISP_TENSOR_H", 1, isp->desc.max_tensor_height_px),
        .div_val = r->div_val,
        .div_shift = r->div_shift,
        .norm_shift = r->norm_shift,
        .frame = isp->now.frame,
    };
    if (r->tensor_ch != 1)
        legal(isp, &r->tensor_ch, "ISP_TENSOR_CH", 3, 3);
    job->channels = r->tensor_ch;
    for (int c = 0; c < ISP_CHANNELS; c++) /* 13 bits, signed */
        job->norm_val[c] = (int32_t)(r->norm_val[c] ^ 0x1000u) - 0x1000;
}

void isp_latch(isp_t *isp, const sim_line_t *line, twr_job_t *tensor)
{
    isp->now = (isp_frame_t){
        .bayer = line->bayer,
        .bits = line->bits,
        .width_px = line->width_px,
        .height_px = line->height_px,
        .frame = line->frame,
        .line_cycles = (line->width_px + isp->desc.px_per_clk - 1) / isp->desc.px_per_clk,
        .tensor = (isp->regs.ctrl & ISP_CTRL_TENSOR) != 0,
        .first_ps = line->start_ps,
    };
    latch_colors(isp);
    latch_region(isp);
    if (isp->now.tensor)
        latch_tensor(isp, tensor);
}
