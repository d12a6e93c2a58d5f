/*
 * regs.c - the register page of the ISP, and what of it a frame is made with.
 */
#include <string.h>

#include "isp/isp_int.h"

/* Point and code: the sRGB curve (IEC 61966-2-1) at gamma_point_x of 4095, and
 * 255 at 4096. */
/* clang-format off */
#define SRGB_POINTS(X) \
    X(0, 0)    X(1, 3)    X(2, 4)    X(3, 5)    X(4, 6)    X(5, 6)    X(6, 8) \
    X(7, 10)   X(8, 11)   X(9, 13)   X(10, 15)  X(11, 18)  X(12, 20)  X(13, 22) \
    X(14, 25)  X(15, 28)  X(16, 31)  X(17, 34)  X(18, 38)  X(19, 42)  X(20, 46) \
    X(21, 49)  X(22, 56)  X(23, 61)  X(24, 66)  X(25, 71)  X(26, 79)  X(27, 86) \
    X(28, 93)  X(29, 99)  X(30, 110) X(31, 120) X(32, 129) X(33, 137) X(34, 152) \
    X(35, 165) X(36, 177) X(37, 188) X(38, 207) X(39, 225) X(40, 240) X(41, 255)
/* clang-format on */

static void update_irq(isp_t *isp)
{
    sim_wire_set(&isp->irq, (isp->regs.status & isp->regs.irq_en) != 0);
}

void isp_raise(isp_t *isp, uint32_t status)
{
    isp->regs.status |= status;
    update_irq(isp);
}

static void wrote_irq(sim_comp_t *comp, uint32_t value)
{
    (void)value;
    update_irq((isp_t *)comp);
}

/* ---- tables behind an index and a word ---- */

#define LSC_WORDS (LSC_GAINS / 2)

void isp_refresh(sim_comp_t *comp, uint32_t addr, bool peek)
{
    isp_t *isp = (isp_t *)comp;
    const uint16_t *gain = isp->lsc.grid + (size_t)(2 * (isp->regs.lsc_index % LSC_WORDS));
    (void)addr, (void)peek;
    isp->regs.dpc_site = isp->dpc.site[isp->regs.dpc_index % DPC_SITES];
    isp->regs.lsc_gains = (uint32_t)gain[1] << 16 | gain[0];
}

static void wrote_site(sim_comp_t *comp, uint32_t value)
{
    isp_t *isp = (isp_t *)comp;
    (void)value;
    isp->dpc.site[isp->regs.dpc_index % DPC_SITES] = isp->regs.dpc_site;
    isp->regs.dpc_index = (isp->regs.dpc_index + 1) % DPC_SITES;
}

static void wrote_gains(sim_comp_t *comp, uint32_t value)
{
    isp_t *isp = (isp_t *)comp;
    uint32_t index = isp->regs.lsc_index % LSC_WORDS;
    (void)value;
    isp->lsc.grid[2 * index] = (uint16_t)(isp->regs.lsc_gains & 0xffff);
    isp->lsc.grid[2 * index + 1] = (uint16_t)(isp->regs.lsc_gains >> 16);
    isp->regs.lsc_index = (index + 1) % LSC_WORDS;
}

/* clang-format off */
#define R(member) offsetof(isp_t, regs.member)
#define POINT(number, code) \
    {"ISP_GAMMA_" #number, "7:0: code of point " #number " of the tone curve", \
     0x100 + 4 * number, code, 0xff, 0, R(point[number]), NULL},

#define NORM(c, what) \
    {"ISP_DIV_VAL" #c,    "15:0: of " what ": q = (((x * div_val) >> div_shift) + norm_val) >> norm_shift", 0x380 + 20 * c, 1024, 0xffff, 0, R(div_val[c]), NULL}, \
    {"ISP_DIV_SHIFT" #c,  "3:0: see ISP_DIV_VAL" #c,             0x384 + 20 * c, 6,          0xf,        0, R(div_shift[c]),  NULL}, \
    {"ISP_NORM_VAL" #c,   "12:0: signed, see ISP_DIV_VAL" #c,    0x388 + 20 * c, 0x1800,     0x1fff,     0, R(norm_val[c]),   NULL}, \
    {"ISP_NORM_SHIFT" #c, "3:0: see ISP_DIV_VAL" #c,             0x38c + 20 * c, 4,          0xf,        0, R(norm_shift[c]), NULL}, \
    {"ISP_CLIP" #c,       "24:16: most that q can be, signed; 8:0: least, signed", 0x390 + 20 * c, 0x007f0180, 0x01ff01ff, 0, R(clip[c]), NULL},

/* Rectangle n of the image's masks. */
#define MASK(n) \
    {"ISP_MASK_XY" #n,    "31:16: top edge of rectangle " #n ", array pixels; 15:0: left edge", 0x420 + 8 * n, 0, 0xffffffff, 0, R(mask_xy[n]), NULL}, \
    {"ISP_MASK_WH" #n,    "31:16: its height; 15:0: width; either 0: there is none", 0x424 + 8 * n, 0, 0xffffffff, 0, R(mask_wh[n]), NULL},

const sim_reg_t isp_reg_table[] = {
    /* name             help                                                        addr   reset       rw_mask     w1c  member            side effect */
    {"ISP_ID",          "31:16: block id; 15:0: version",                           0x000, 0x00050001, 0,          0,   R(id),            NULL},
    {"ISP_CTRL",        "0: enable; 1: make tensors; 2: make statistics; from the next frame on", 0x004, 0, 0x7,        0,   R(ctrl),          NULL},
    {"ISP_STATUS",      "0: frame done; 1: tensor done; 2: overrun; 3: statistics done; W1C", 0x008, 0, 0,       0xf, R(status),        wrote_irq},
    {"ISP_IRQ_EN",      "3:0: status bits that raise the interrupt",                0x00c, 0,          0xf,        0,   R(irq_en),        wrote_irq},
    {"ISP_BLC_R",       "11:0: black level of R, 12-bit DN",                        0x010, 256,        0xfff,      0,   R(blc[0]),        NULL},
    {"ISP_BLC_GR",      "11:0: black level of G in R rows, 12-bit DN",              0x014, 256,        0xfff,      0,   R(blc[1]),        NULL},
    {"ISP_BLC_GB",      "11:0: black level of G in B rows, 12-bit DN",              0x018, 256,        0xfff,      0,   R(blc[2]),        NULL},
    {"ISP_BLC_B",       "11:0: black level of B, 12-bit DN",                        0x01c, 256,        0xfff,      0,   R(blc[3]),        NULL},
    {"ISP_WB_R",        "11:0: gain of R, 8.8, 1..0xfff",                           0x020, 386,        0xfff,      0,   R(wb[0]),         NULL},
    {"ISP_WB_GR",       "11:0: gain of G in R rows, 8.8, 1..0xfff",                 0x024, 274,        0xfff,      0,   R(wb[1]),         NULL},
    {"ISP_WB_GB",       "11:0: gain of G in B rows, 8.8, 1..0xfff",                 0x028, 274,        0xfff,      0,   R(wb[2]),         NULL},
    {"ISP_WB_B",        "11:0: gain of B, 8.8, 1..0xfff",                           0x02c, 402,        0xfff,      0,   R(wb[3]),         NULL},
    {"ISP_CCM_00",      "15:0: R from R, signed, 0x400 is 1",                       0x030, 1306,       0xffff,     0,   R(ccm[0]),        NULL},
    {"ISP_CCM_01",      "15:0: R from G, signed",                                   0x034, 0xfeeb,     0xffff,     0,   R(ccm[1]),        NULL},
    {"ISP_CCM_02",      "15:0: R from B, signed",                                   0x038, 0xfffb,     0xffff,     0,   R(ccm[2]),        NULL},
    {"ISP_CCM_10",      "15:0: G from R, signed",                                   0x03c, 0xfee0,     0xffff,     0,   R(ccm[3]),        NULL},
    {"ISP_CCM_11",      "15:0: G from G, signed",                                   0x040, 1648,       0xffff,     0,   R(ccm[4]),        NULL},
    {"ISP_CCM_12",      "15:0: G from B, signed",                                   0x044, 0xfeb0,     0xffff,     0,   R(ccm[5]),        NULL},
    {"ISP_CCM_20",      "15:0: B from R, signed",                                   0x048, 0,     0xffff,     0,   R(ccm[6]),        NULL},
    {"ISP_CCM_21",      "15:0: B from G, signed",                                   0x04c, 0xfe2d,     0xffff,     0,   R(ccm[7]),        NULL},
    {"ISP_CCM_22",      "15:0: B from B, signed",                                   0x050, 1491,       0xffff,     0,   R(ccm[8]),        NULL},
    {"ISP_GAMMA",       "0: tone curve (0: value / 16, 1: ISP_GAMMA_0..41)",        0x054, 1,          0x1,        0,   R(gamma),         NULL},
    {"ISP_ROI_X",       "15:0: left edge of the tensor's region, array pixels",     0x060, 0,          0xffff,     0,   R(roi_x),         NULL},
    {"ISP_ROI_Y",       "15:0: top edge, array pixels",                             0x064, 0,          0xffff,     0,   R(roi_y),         NULL},
    {"ISP_ROI_W",       "15:0: width, array pixels",                                0x068, 4056,       0xffff,     0,   R(roi_w),         NULL},
    {"ISP_ROI_H",       "15:0: height, array pixels",                               0x06c, 3040,       0xffff,     0,   R(roi_h),         NULL},
    {"ISP_TENSOR_ADDR", "31:0: bus address of the tensor, a multiple of 32",        0x070, 0x04000400, 0xffffffe0, 0,   R(tensor_addr),   NULL},
    {"ISP_TENSOR_W",    "12:0: width, without padding",                             0x074, 224,        0x1fff,     0,   R(tensor_w),      NULL},
    {"ISP_TENSOR_H",    "12:0: height, without padding",                            0x078, 224,        0x1fff,     0,   R(tensor_h),      NULL},
    {"ISP_TENSOR_CH",   "2:0: channels (1 luma, 3 R G B, 4 R G B luma)",            0x07c, 3,          0x7,        0,   R(tensor_ch),     NULL},
    {"ISP_TENSOR_FRAME", "31:0: frame number of the newest finished tensor",        0x098, 0,          0,          0,   R(tensor_frame),  NULL},
    {"ISP_SEEN_XY",     "31:16: top edge of what that tensor shows, array pixels; 15:0: left edge", 0x09c, 0, 0,      0,   R(seen_xy),       NULL},
    {"ISP_SEEN_WH",     "31:16: its height, array pixels; 15:0: width",             0x0a0, 0,          0,          0,   R(seen_wh),       NULL},
    {"ISP_SEEN_FLIP",   "0: it is mirrored; 1: it is upside down; 3:2: and then turned clockwise, quarters", 0x0a4, 0,          0,          0,   R(seen_flip),     NULL},
    SRGB_POINTS(POINT)
    {"ISP_STATS_ADDR",  "31:0: bus address of the statistics, a multiple of 32",    0x200, 0,          0xffffffe0, 0,   R(stats_addr),    NULL},
    {"ISP_STATS_FRAME", "31:0: frame number of the newest statistics in memory",    0x204, 0,          0,          0,   R(stats_frame),   NULL},
    {"ISP_STATS_RANGE", "27:16: highest sample of cells that zones and AWB count, 12-bit DN; 11:0: lowest", 0x208, 3800u << 16, 0x0fff0fff, 0, R(stats_range), NULL},
    {"ISP_AWB_XY",      "31:16: top edge of the AWB window, array pixels; 15:0: left edge", 0x20c, 0,  0xffffffff, 0,   R(awb_xy),        NULL},
    {"ISP_AWB_WH",      "31:16: its height; 15:0: width",                           0x210, 3040u << 16 | 4056, 0xffffffff, 0, R(awb_wh),  NULL},
    {"ISP_AWB_RG",      "31:16: most R / G of a gray cell, 8.8; 15:0: least",       0x214, 0xffff0000, 0xffffffff, 0,   R(awb_rg),        NULL},
    {"ISP_AWB_BG",      "31:16: most B / G of a gray cell, 8.8; 15:0: least",       0x218, 0xffff0000, 0xffffffff, 0,   R(awb_bg),        NULL},
    {"ISP_FOCUS_XY",    "31:16: top edge of the 3 x 3 focus windows, array pixels; 15:0: left edge", 0x21c, 0, 0xffffffff, 0, R(focus_xy), NULL},
    {"ISP_FOCUS_WH",    "31:16: height of all; 15:0: width",                        0x220, 3040u << 16 | 4056, 0xffffffff, 0, R(focus_wh), NULL},
    {"ISP_FOCUS_MIN",   "11:0: smallest difference that counts, 12-bit DN",         0x224, 0,          0xfff,      0,   R(focus_min),     NULL},
    {"ISP_DGAIN",       "11:0: gain of all colors ahead of white balance, 8.8, 1..0xfff", 0x240, 256,   0xfff,      0,   R(dgain),         NULL},
    {"ISP_DPC",         "0: replace samples that stand out; 1: and those of the map", 0x250, 0,        0x3,        0,   R(dpc),           NULL},
    {"ISP_DPC_HOT",     "23:16: more per brightest neighbor, 1/256; 11:0: least step above it that is hot, 12-bit DN", 0x254, 32u << 16 | 96, 0x00ff0fff, 0, R(dpc_hot), NULL},
    {"ISP_DPC_COLD",    "23:16: more per darkest neighbor, 1/256; 11:0: least step below it that is cold, 12-bit DN", 0x258, 32u << 16 | 96, 0x00ff0fff, 0, R(dpc_cold), NULL},
    {"ISP_DPC_FOUND",   "31:0: samples of the newest frame that stood out",         0x25c, 0,          0,          0,   R(dpc_found),     NULL},
    {"ISP_DPC_SITES",   "9:0: photosites in the map, 0..512",                       0x260, 0,          0x3ff,      0,   R(dpc_sites),     NULL},
    {"ISP_DPC_INDEX",   "8:0: entry of the map that ISP_DPC_SITE is",               0x264, 0,          0x1ff,      0,   R(dpc_index),     NULL},
    {"ISP_DPC_SITE",    "28:16: row, array pixels; 12:0: column; a write goes on to the next entry", 0x268, 0, 0x1fff1fff, 0, R(dpc_site),   wrote_site},
    {"ISP_LSC",         "0: lens shading correction",                               0x270, 0,          0x1,        0,   R(lsc),           NULL},
    {"ISP_LSC_INDEX",   "8:0: entry 0..383 of the grid that ISP_LSC_GAINS is: nodes in rows of 16, R and Gr, then Gb and B", 0x274, 0, 0x1ff, 0, R(lsc_index), NULL},
    {"ISP_LSC_GAINS",   "27:16: gain of Gr or B, 0x400 is 1; 11:0: of R or Gb; a write goes on to the next entry", 0x278, 0x04000400, 0x0fff0fff, 0, R(lsc_gains), wrote_gains},
    {"ISP_DEMOSAIC",    "1:0: filter (0 Malvar-He-Cutler, 1 bilinear, 2 along edges)", 0x280, 0,       0x3,        0,   R(demosaic),      NULL},
    {"ISP_TNR",         "0: temporal noise reduction of RAW; 1: words of 12 bits, not 16; 2: start anew when exposure or gain change; 3: start anew with the next frame, which clears it", 0x290, 4, 0xf, 0, R(tnr), NULL},
    {"ISP_TNR_ADDR",    "31:0: bus address of the frame it keeps, a multiple of 32",  0x294, 0,          0xffffffe0, 0,   R(tnr_addr),      NULL},
    {"ISP_TNR_BYTES",   "31:0: memory there; a frame that takes more is not filtered", 0x298, 0,         0xffffffff, 0,   R(tnr_bytes),     NULL},
    {"ISP_TNR_GAIN",    "8:0: how much of the new frame, of what stands still, 1..256, 256: all", 0x29c, 64, 0x1ff,    0,   R(tnr_gain),      NULL},
    {"ISP_TNR_READ",    "19:0: square of the threshold of a black sample, 12-bit DN^2", 0x2a0, 34,      0xfffff,    0,   R(tnr_read),      NULL},
    {"ISP_TNR_SHOT",    "15:0: more of it for each DN of the sample, 8.8",          0x2a4, 1234,       0xffff,     0,   R(tnr_shot),      NULL},
    {"ISP_TNR_LATE",    "31:0: lines of the newest frame that memory was too slow for", 0x2a8, 0,      0,          0,   R(tnr_late),      NULL},
    {"ISP_YUV",         "0: BT.709, not BT.601; 1: full range, not limited",        0x300, 2,          0x3,        0,   R(yuv),           NULL},
    {"ISP_NR",          "0: spatial noise reduction of the image",                  0x304, 0,          0x1,        0,   R(nr),            NULL},
    {"ISP_NR_LUMA",     "6:0: differences of Y up to this are noise, codes",        0x308, 12,         0x7f,       0,   R(nr_luma),       NULL},
    {"ISP_NR_CHROMA",   "6:0: the same of U and V",                                 0x30c, 24,         0x7f,       0,   R(nr_chroma),     NULL},
    {"ISP_NR_STRENGTH", "4:0: 0..16, 16: all of the filter",                        0x310, 16,         0x1f,       0,   R(nr_strength),   NULL},
    {"ISP_SHARPEN",     "0: sharpening of the image",                               0x314, 0,          0x1,        0,   R(sharpen),       NULL},
    {"ISP_SHARPEN_AMOUNT", "7:0: how much of the detail is added, 32: once",        0x318, 32,         0xff,       0,   R(sharpen_amount), NULL},
    {"ISP_SHARPEN_CORE", "7:0: detail up to this is noise, 1/16 code",              0x31c, 24,         0xff,       0,   R(sharpen_core),  NULL},
    {"ISP_SHARPEN_LIMIT", "7:0: most that Y changes, codes",                        0x320, 48,         0xff,       0,   R(sharpen_limit), NULL},
    {"ISP_FORMAT",      "0: image lines are YUV422, not RGB888",                    0x324, 0,          0x1,        0,   R(format),        NULL},
    {"ISP_OUT",         "0: the image is the region below, resized; 1: and mirrored", 0x328, 0,        0x3,        0,   R(out),           NULL},
    {"ISP_OUT_X",       "15:0: left edge of the image's region, array pixels",      0x32c, 0,          0xffff,     0,   R(out_x),         NULL},
    {"ISP_OUT_Y",       "15:0: top edge, array pixels",                             0x330, 0,          0xffff,     0,   R(out_y),         NULL},
    {"ISP_OUT_W",       "15:0: width, array pixels",                                0x334, 4056,       0xffff,     0,   R(out_w),         NULL},
    {"ISP_OUT_H",       "15:0: height, array pixels",                               0x338, 3040,       0xffff,     0,   R(out_h),         NULL},
    {"ISP_OUT_WIDTH",   "12:0: width of the image, samples, or 0, the same as the region",  0x33c, 0,          0x1fff,     0,   R(out_width),     NULL},
    {"ISP_OUT_HEIGHT",  "12:0: height of the image, samples, or 0, the same as the region", 0x340, 0,          0x1fff,     0,   R(out_height),    NULL},
    NORM(0, "R, or luma if alone")
    NORM(1, "G")
    NORM(2, "B")
    NORM(3, "luma behind R G B")
    {"ISP_TENSOR_TURN", "1:0: quarter turns clockwise; 2: mirrored before that",    0x3d0, 0,          0x7,        0,   R(tensor_turn),   NULL},
    {"ISP_TENSOR_MIX",  "0: sums, R G B of the tensor, and luma alone, by ISP_MIX_00..22, not ISP_DIV_VAL0..2; 1: Bayer, its four channels are R G G B", 0x3d4, 0, 0x3, 0, R(tensor_mix), NULL},
    {"ISP_MIX_00",      "15:0: R of the tensor from R, signed, as ISP_DIV_VAL0", 0x3d8, 0x400, 0xffff, 0, R(mix[0]), NULL},
    {"ISP_MIX_01",      "15:0: R of the tensor from G, signed, as ISP_DIV_VAL0", 0x3dc, 0, 0xffff, 0, R(mix[1]), NULL},
    {"ISP_MIX_02",      "15:0: R of the tensor from B, signed, as ISP_DIV_VAL0", 0x3e0, 0, 0xffff, 0, R(mix[2]), NULL},
    {"ISP_MIX_10",      "15:0: G of the tensor from R, signed, as ISP_DIV_VAL0", 0x3e4, 0, 0xffff, 0, R(mix[3]), NULL},
    {"ISP_MIX_11",      "15:0: G of the tensor from G, signed, as ISP_DIV_VAL0", 0x3e8, 0x400, 0xffff, 0, R(mix[4]), NULL},
    {"ISP_MIX_12",      "15:0: G of the tensor from B, signed, as ISP_DIV_VAL0", 0x3ec, 0, 0xffff, 0, R(mix[5]), NULL},
    {"ISP_MIX_20",      "15:0: B of the tensor from R, signed, as ISP_DIV_VAL0", 0x3f0, 0, 0xffff, 0, R(mix[6]), NULL},
    {"ISP_MIX_21",      "15:0: B of the tensor from G, signed, as ISP_DIV_VAL0", 0x3f4, 0, 0xffff, 0, R(mix[7]), NULL},
    {"ISP_MIX_22",      "15:0: B of the tensor from B, signed, as ISP_DIV_VAL0", 0x3f8, 0x400, 0xffff, 0, R(mix[8]), NULL},
    {"ISP_MASK",        "1:0: rectangles of the image are left alone (0), filled (1), a mosaic (2)", 0x400, 0, 0x3, 0, R(mask),      NULL},
    {"ISP_MASK_CELL",   "6:0: edge of a cell of the mosaic, samples, 4..64",        0x404, 16,         0x7f,       0,   R(mask_cell),     NULL},
    {"ISP_MASK_COLOR",  "23:16: R of what is filled; 15:8: G; 7:0: B",              0x408, 0x808080,   0xffffff,   0,   R(mask_color),    NULL},
    MASK(0)  MASK(1)  MASK(2)  MASK(3)  MASK(4)  MASK(5)  MASK(6)  MASK(7)
    MASK(8)  MASK(9)  MASK(10) MASK(11) MASK(12) MASK(13) MASK(14) MASK(15)
    SIM_REG_END,
};
/* clang-format on */

void isp_regs_from_desc(isp_t *isp)
{
    const isp_desc_t *desc = &isp->desc;
    isp_regs_t *regs = &isp->regs;
    for (int i = 0; i < 4; i++) {
        regs->blc[i] = desc->blc_dn[i];
        regs->wb[i] = desc->wb_gain_q8[i];
    }
    for (int i = 0; i < 9; i++)
        regs->ccm[i] = (uint16_t)desc->ccm_q10[i];
    regs->dpc = desc->defects > 0 ? ISP_DPC_MAP : 0;
    regs->dpc_sites = desc->defects;
    memcpy(isp->dpc.site, desc->defect_site, sizeof(isp->dpc.site));
    regs->lsc = desc->lsc_on;
    memcpy(isp->lsc.grid, desc->lsc_q10, sizeof(isp->lsc.grid));
    regs->awb_wh = regs->focus_wh = desc->array_height_px << 16 | desc->array_width_px;
    regs->roi_w = regs->out_w = desc->array_width_px;
    regs->roi_h = regs->out_h = desc->array_height_px;
}

/* ---- latching ---- */

static void make_legal(isp_t *isp, const char *name, uint32_t *reg, uint32_t low, uint32_t high)
{
    uint32_t value = *reg;
    *reg = value < low ? low : value > high ? high : value;
    if (*reg != value)
        sim_log(&isp->comp, SIM_LOG_GUEST, "%s: %u not in %u..%u, takes %u", name, value, low, high,
                *reg);
}

static void make_regs_legal(isp_t *isp)
{
    static const char *const wb_names[4] = {"ISP_WB_R", "ISP_WB_GR", "ISP_WB_GB", "ISP_WB_B"};
    const isp_desc_t *desc = &isp->desc;
    isp_regs_t *regs = &isp->regs;
    for (int i = 0; i < 4; i++)
        make_legal(isp, wb_names[i], &regs->wb[i], 1, 0xfff);
    make_legal(isp, "ISP_DEMOSAIC", &regs->demosaic, 0, DEMOSAIC_KINDS - 1);
    make_legal(isp, "ISP_DGAIN", &regs->dgain, 1, 0xfff);
    make_legal(isp, "ISP_TNR_GAIN", &regs->tnr_gain, 1, 256);
    make_legal(isp, "ISP_DPC_SITES", &regs->dpc_sites, 0, DPC_SITES);
    make_legal(isp, "ISP_ROI_X", &regs->roi_x, 0, desc->array_width_px - 1);
    make_legal(isp, "ISP_ROI_Y", &regs->roi_y, 0, desc->array_height_px - 1);
    make_legal(isp, "ISP_ROI_W", &regs->roi_w, 1, desc->array_width_px - regs->roi_x);
    make_legal(isp, "ISP_ROI_H", &regs->roi_h, 1, desc->array_height_px - regs->roi_y);
    make_legal(isp, "ISP_TENSOR_W", &regs->tensor_w, 1, desc->max_tensor_width_px);
    make_legal(isp, "ISP_TENSOR_H", &regs->tensor_h, 1, desc->max_tensor_height_px);
    make_legal(isp, "ISP_NR_STRENGTH", &regs->nr_strength, 0, 16);
    make_legal(isp, "ISP_OUT_X", &regs->out_x, 0, desc->array_width_px - 1);
    make_legal(isp, "ISP_OUT_Y", &regs->out_y, 0, desc->array_height_px - 1);
    make_legal(isp, "ISP_OUT_W", &regs->out_w, 1, desc->array_width_px - regs->out_x);
    make_legal(isp, "ISP_OUT_H", &regs->out_h, 1, desc->array_height_px - regs->out_y);
    make_legal(isp, "ISP_MASK", &regs->mask, MASK_OFF, MASK_MODES - 1);
    make_legal(isp, "ISP_MASK_CELL", &regs->mask_cell, MASK_LEAST_CELL, MASK_MOST_CELL);
    if (regs->tensor_ch != 1)
        make_legal(isp, "ISP_TENSOR_CH", &regs->tensor_ch, 3, 4);
}

uint32_t isp_phase(sim_bayer_t bayer, uint32_t row, uint32_t column)
{
    static const uint8_t phase[4][2][2] = {
        [SIM_BAYER_GRBG] = {{1, 0}, {3, 2}},
        [SIM_BAYER_RGGB] = {{0, 1}, {2, 3}},
        [SIM_BAYER_BGGR] = {{3, 2}, {1, 0}},
        [SIM_BAYER_GBRG] = {{2, 3}, {0, 1}},
    };
    return phase[bayer][row][column];
}

static int32_t sign_extended(uint32_t value, uint32_t bits)
{
    uint32_t sign = 1u << (bits - 1);
    return (int32_t)(value ^ sign) - (int32_t)sign;
}

/* What of [first, first + count) is in the window [edge, edge + extent): at least a pixel. */
static void cut_to_window(uint32_t edge, uint32_t extent, uint32_t *first, uint32_t *count)
{
    uint32_t start = *first, end = *first + *count, last = edge + extent - 1;
    start = start < edge ? edge : start > last ? last : start;
    end = end > last + 1 ? last + 1 : end > start ? end : start + 1;
    *first = start;
    *count = end - start;
}

/* The window's pixels first..first + count - 1 in samples of a frame that is `samples` wide. */
static void to_samples(uint32_t first, uint32_t count, uint32_t samples, uint32_t extent,
                       uint32_t flip, uint32_t *start, uint32_t *size)
{
    uint32_t end = (first + count) * samples / extent;
    *start = first * samples / extent;
    *size = end > *start ? end - *start : 1;
    if (flip)
        *start = samples - (*start + *size);
}

/* Cuts `seen`, array pixels, to the frame's window; what of the frame it is. */
static stats_rect_t region_of(const isp_frame_t *now, sim_window_t *seen)
{
    const sim_window_t *w = &now->window;
    stats_rect_t r;
    seen->flip_x = w->flip_x;
    seen->flip_y = w->flip_y;
    cut_to_window(w->x_px, w->width_px, &seen->x_px, &seen->width_px);
    cut_to_window(w->y_px, w->height_px, &seen->y_px, &seen->height_px);
    to_samples(seen->x_px - w->x_px, seen->width_px, now->width_px, w->width_px, w->flip_x, &r.x,
               &r.w);
    to_samples(seen->y_px - w->y_px, seen->height_px, now->height_px, w->height_px, w->flip_y, &r.y,
               &r.h);
    return r;
}

static void latch_region(isp_t *isp, const sim_line_t *line)
{
    const isp_regs_t *regs = &isp->regs;
    isp_frame_t *now = &isp->now;
    now->window = line->window;
    if (line->window.width_px == 0)
        now->window =
            (sim_window_t){0, 0, isp->desc.array_width_px, isp->desc.array_height_px, 0, 0};
    now->seen = (sim_window_t){regs->roi_x, regs->roi_y, regs->roi_w, regs->roi_h, 0, 0};
    stats_rect_t roi = region_of(now, &now->seen);
    now->roi_x = roi.x;
    now->roi_y = roi.y;
    now->roi_w = roi.w;
    now->roi_h = roi.h;
}

/* Is the filter on, and is there room for the frame? */
static bool has_tnr(isp_t *isp)
{
    const isp_regs_t *regs = &isp->regs;
    uint64_t bytes = tnr_bytes(isp->now.width_px, isp->now.height_px, regs->tnr & ISP_TNR_PACKED);
    if (!(regs->tnr & ISP_TNR_ON))
        return false;
    bool room = bytes <= regs->tnr_bytes && regs->tnr_addr + bytes <= UINT64_C(1) << 32;
    if (!room)
        sim_log(&isp->comp, SIM_LOG_GUEST,
                "ISP_TNR: a frame of %u x %u takes %llu bytes at 0x%08x, not in the %u there, it "
                "is not filtered",
                isp->now.width_px, isp->now.height_px, (unsigned long long)bytes, regs->tnr_addr,
                regs->tnr_bytes);
    return room;
}

/* What is on, and what it costs. */
static void latch_stages(isp_t *isp)
{
    const isp_desc_t *desc = &isp->desc;
    isp_frame_t *now = &isp->now;
    now->stats = isp->regs.ctrl & ISP_CTRL_STATS;
    now->tnr = has_tnr(isp);
    now->dpc = isp->regs.dpc != 0;
    now->lsc = isp->regs.lsc != 0;
    demosaic_kind_t kind = (demosaic_kind_t)isp->regs.demosaic;
    now->delay_lines = demosaic_delay_lines(kind) + (now->dpc ? DPC_DELAY_LINES : 0);
    now->pipe_cycles = desc->blc.pipe_cycles + (now->tnr ? desc->tnr_pipe_cycles : 0) +
                       (now->dpc ? desc->dpc_pipe_cycles : 0) +
                       (now->lsc ? desc->lsc_pipe_cycles : 0) + desc->wb.pipe_cycles +
                       demosaic_pipe_cycles(&isp->demosaic, kind) + desc->ccm.pipe_cycles +
                       desc->gamma.pipe_cycles;
}

void isp_latch(isp_t *isp, const sim_line_t *line)
{
    const isp_desc_t *desc = &isp->desc;
    const isp_regs_t *regs = &isp->regs;
    isp_frame_t *now = &isp->now;
    make_regs_legal(isp);
    now->first_ps = line->start_ps;
    now->bayer = line->bayer;
    now->bits = line->bits;
    now->width_px = line->width_px;
    now->height_px = line->height_px;
    now->frame = line->frame;
    now->line_cycles = (line->width_px + desc->px_per_clk - 1) / desc->px_per_clk;
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t phase = isp_phase(line->bayer, i / 2, i % 2);
        now->blc[i / 2][i % 2] = regs->blc[phase];
        now->wb[i / 2][i % 2] = (regs->wb[phase] * regs->dgain + 128) >> 8;
    }
    for (int i = 0; i < 9; i++)
        now->ccm[i] = (int16_t)sign_extended(regs->ccm[i], 16);
    latch_region(isp, line);
    latch_stages(isp);
    now->tone = regs->gamma != 0;
    gamma_load(&isp->gamma, regs->gamma ? regs->point : NULL);
}

twr_job_t isp_tensor_job(const isp_t *isp)
{
    const isp_regs_t *regs = &isp->regs;
    twr_job_t job = {
        .addr = regs->tensor_addr,
        .width_px = regs->tensor_w,
        .height_px = regs->tensor_h,
        .channels = regs->tensor_ch,
        .turn = regs->tensor_turn & 3,
        .mirror = regs->tensor_turn >> 2,
        .bayer = (regs->tensor_mix & ISP_TENSOR_MIX_BAYER) != 0,
        .mix_on = (regs->tensor_mix & ISP_TENSOR_MIX_SUMS) != 0,
        .frame = isp->now.frame,
        .seen = isp->now.seen,
    };
    job.seen.flip_x ^= job.mirror;
    for (int i = 0; i < ISP_CHANNELS * ISP_CHANNELS; i++)
        job.mix[i / ISP_CHANNELS][i % ISP_CHANNELS] = sign_extended(regs->mix[i], 16);
    for (int c = 0; c < TWR_CHANNELS; c++) {
        job.div_val[c] = regs->div_val[c];
        job.div_shift[c] = regs->div_shift[c];
        job.norm_val[c] = sign_extended(regs->norm_val[c], 13);
        job.norm_shift[c] = regs->norm_shift[c];
        job.min[c] = sign_extended(regs->clip[c] & 0x1ff, 9);
        job.max[c] = sign_extended(regs->clip[c] >> 16, 9);
    }
    return job;
}

tnr_job_t isp_tnr_job(const isp_t *isp, const sim_line_t *line)
{
    const isp_regs_t *regs = &isp->regs;
    const isp_frame_t *now = &isp->now;
    tnr_job_t job = {
        .shape = {.addr = regs->tnr_addr,
                  .packed = (regs->tnr & ISP_TNR_PACKED) != 0,
                  .width_px = now->width_px,
                  .height_px = now->height_px,
                  .bits = now->bits,
                  .bayer = now->bayer,
                  .window = now->window},
        .gain_q8 = regs->tnr_gain,
        .read_dn2 = regs->tnr_read,
        .shot_q8 = regs->tnr_shot,
        .anew = (regs->tnr & ISP_TNR_ANEW) != 0,
    };
    memcpy(job.shape.black, regs->blc, sizeof(job.shape.black));
    if (regs->tnr & ISP_TNR_EXPOSURE) {
        job.shape.exposure = line->exposure_clk;
        memcpy(job.shape.gain, line->gain, sizeof(job.shape.gain));
    }
    return job;
}

/* A window given as two registers. */
static stats_rect_t window_of(const isp_t *isp, uint32_t xy, uint32_t wh)
{
    sim_window_t window = {xy & 0xffff, xy >> 16, wh & 0xffff, wh >> 16, 0, 0};
    return region_of(&isp->now, &window);
}

stats_job_t isp_stats_job(const isp_t *isp)
{
    const isp_regs_t *regs = &isp->regs;
    const isp_frame_t *now = &isp->now;
    return (stats_job_t){
        .addr = regs->stats_addr,
        .frame = now->frame,
        .bayer = now->bayer,
        .width_px = now->width_px,
        .height_px = now->height_px,
        .low = regs->stats_range & 0xfff,
        .high = regs->stats_range >> 16,
        .rg = {regs->awb_rg & 0xffff, regs->awb_rg >> 16},
        .bg = {regs->awb_bg & 0xffff, regs->awb_bg >> 16},
        .awb = window_of(isp, regs->awb_xy, regs->awb_wh),
        .focus = window_of(isp, regs->focus_xy, regs->focus_wh),
        .focus_min = regs->focus_min,
    };
}

/* ---- the image ---- */

/* Samples that leave of `has`, when the register says `wanted`. */
static uint32_t out_size(uint32_t wanted, uint32_t has)
{
    return wanted == 0 || wanted > has ? has : wanted;
}

static void set_out(const isp_t *isp, img_job_t *job)
{
    const isp_regs_t *regs = &isp->regs;
    sim_window_t shown = {regs->out_x, regs->out_y, regs->out_w, regs->out_h, 0, 0};
    stats_rect_t r = region_of(&isp->now, &shown);
    uint32_t width = out_size(regs->out_width, r.w);
    if (job->yuv422 && width > 1)
        width &= ~1u;
    job->out_on = 1;
    job->first_row = r.y;
    job->region =
        (scaler_job_t){r.x, r.w, r.h, width, out_size(regs->out_height, r.h), regs->out >> 1};
    job->window = shown;
    job->window.flip_x ^= regs->out >> 1;
}

/* Samples that have a part in [first, first + count) of the window's extent, or of what of it is
 * there; none: size 0. */
static void samples_around(uint32_t first, uint32_t count, uint32_t edge, uint32_t extent,
                           uint32_t samples, uint32_t flip, uint32_t *start, uint32_t *size)
{
    uint32_t from = first > edge ? first - edge : 0;
    uint32_t to = first + count > edge ? first + count - edge : 0;
    to = to < extent ? to : extent;
    *start = *size = 0;
    if (count == 0 || to <= from)
        return;
    uint32_t end = (to * samples + extent - 1) / extent;
    *start = from * samples / extent;
    *size = end - *start;
    if (flip)
        *start = samples - end;
}

/* A rectangle of array pixels, outward to whole samples. */
static mask_rect_t mask_of(const isp_frame_t *now, uint32_t xy, uint32_t wh)
{
    const sim_window_t *w = &now->window;
    mask_rect_t r;
    samples_around(xy & 0xffff, wh & 0xffff, w->x_px, w->width_px, now->width_px, w->flip_x, &r.x,
                   &r.w);
    samples_around(xy >> 16, wh >> 16, w->y_px, w->height_px, now->height_px, w->flip_y, &r.y,
                   &r.h);
    return r;
}

static mask_job_t mask_job(const isp_t *isp)
{
    const isp_regs_t *regs = &isp->regs;
    mask_job_t job = {.mode = regs->mask, .cell_px = regs->mask_cell, .color = regs->mask_color};
    for (uint32_t i = 0; i < MASK_RECTS && job.mode != MASK_OFF; i++) {
        mask_rect_t r = mask_of(&isp->now, regs->mask_xy[i], regs->mask_wh[i]);
        if (r.w != 0 && r.h != 0)
            job.rect[job.rects++] = r;
    }
    return job;
}

img_job_t isp_image_job(const isp_t *isp)
{
    const isp_regs_t *regs = &isp->regs;
    const isp_frame_t *now = &isp->now;
    img_job_t job = {
        .width_px = now->width_px,
        .height_px = now->height_px,
        .frame = now->frame,
        .mode = regs->yuv,
        .nr_on = regs->nr,
        .sharpen_on = regs->sharpen,
        .yuv422 = regs->format,
        .mask = mask_job(isp),
        .nr = {{regs->nr_luma, regs->nr_chroma, regs->nr_chroma}, regs->nr_strength},
        .sharpen = {regs->sharpen_amount, regs->sharpen_core, regs->sharpen_limit,
                    yuv_black(regs->yuv), yuv_white(regs->yuv)},
        .window = now->window,
    };
    if (regs->out & 1)
        set_out(isp, &job);
    return job;
}
