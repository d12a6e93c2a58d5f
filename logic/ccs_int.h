/*
 * ccs_int.h - what the files of the CCS registers share.
 */
#ifndef LOGIC_CCS_INT_H
#define LOGIC_CCS_INT_H

#include "logic/ccs.h"

enum {
    CCS_FRAME_COUNT = 0x0005,
    CCS_PIXEL_ORDER = 0x0006,
    CCS_FORMAT_COLUMNS = 0x0042, /* frame_format_descriptor_0.. */
    CCS_FORMAT_EMBEDDED = 0x0044,
    CCS_FORMAT_ROWS = 0x0046,
    CCS_DATA_FORMATS = 0x00c1, /* data_format_model_subtype; descriptors follow */
    CCS_MODE_SELECT = 0x0100,
    CCS_ORIENTATION = 0x0101,
    CCS_SOFTWARE_RESET = 0x0103,
    CCS_HOLD = 0x0104,
    CCS_MASK_CORRUPTED = 0x0105,
    CCS_FAST_STANDBY = 0x0106,
    CCS_CCI_ADDRESS = 0x0107,
    CCS_CHANNEL = 0x0110,
    CCS_SIGNALING = 0x0111,
    CCS_LANE_MODE = 0x0114,
    CCS_PHY_CTRL = 0x0808,
    CCS_TWAKEUP = 0x082a,
    CCS_TINIT = 0x082b,
    CCS_CALIBRATION_MODE = 0x0833,
    CCS_EPD_MISC_C = 0x0868,
    CCS_EPD_MISC_D = 0x0869,
    CCS_SCRAMBLING = 0x0870,
    CCS_DATA_FORMAT = 0x0112,
    CCS_GAIN_MODE = 0x0120,
    CCS_EXTCLK = 0x0136,
    CCS_HDR_MODE = 0x0220,
    CCS_HDR_REDUCTION = 0x0221,
    CCS_HDR_BITS = 0x0223,
    CCS_PLL_FIRST = 0x0300,
    CCS_PLL_LAST = 0x0310,
    CCS_X_ADDR_START = 0x0344, /* of an axis: y's is 2 on */
    CCS_X_ADDR_END = 0x0348,
    CCS_X_OUTPUT_SIZE = 0x034c,
    CCS_FRAME_LENGTH_CTRL = 0x0350,
    CCS_X_EVEN_INC = 0x0380, /* y's is 4 on */
    CCS_X_ODD_INC = 0x0382,
    CCS_SCALING_MODE = 0x0400,
    CCS_X_CROP_OFFSET = 0x0408,
    CCS_X_CROP_SIZE = 0x040c,
    CCS_BINNING_MODE = 0x0900,
    CCS_BINNING_TYPE = 0x0901,
    CCS_BINNING_WEIGHTING = 0x0902,
    CCS_TEST_PATTERN_MODE = 0x0600,
    CCS_GLOBAL_RESET_CTRL1 = 0x0c00,
    CCS_GLOBAL_RESET_CONFIG1 = 0x0c02,
    CCS_IMX477_EXP_SHIFT = 0x3100,
    CCS_IMX500_EXP_SHIFT = 0x3210,
    CCS_IMAGE_ROTATE = 0xd680, /* quarter turns */
    CCS_INPUT_FORMAT = 0xd750, /* of networks 0 to 2 */
    CCS_MAKER = 0x3000, /* from here on registers are the maker's */
};

enum { CCS_STATUS_HOST_WROTE = 1u };

/* ccs_channels.c: of the IMX500's channels 6 to 9, one register, whole; all before a stream. False
 * with the reason in error. */
bool ccs_channel_allowed(uint16_t addr, uint32_t value, char *error, size_t bytes);
bool ccs_channels_fit(const ccs_t *ccs, char *error, size_t bytes);

/* The register that has a byte there; NULL: none. */
const ccs_reg_t *ccs_covering(const ccs_desc_t *desc, uint16_t addr);

/* Big-endian, as kept: not held ones, nor windows. */
void ccs_put(ccs_t *ccs, uint16_t addr, uint32_t bytes, uint32_t value);
uint32_t ccs_get(const ccs_t *ccs, uint16_t addr, uint32_t bytes);

/* NULL: no other block keeps it. */
const ccs_window_t *ccs_window_at(const ccs_t *ccs, uint16_t addr);
/* From wherever it is kept. */
uint32_t ccs_read_reg(const ccs_t *ccs, const ccs_reg_t *reg);

/* The interrupt wire follows status and enable. */
void ccs_update_irq(ccs_t *ccs);

/* Whether the host may write that now; mode_select 1 starts the clocks. False: error says why.
 * whole: all bytes came together; parts are judged when the stream starts. */
bool ccs_allowed(ccs_t *ccs, uint16_t addr, uint32_t value, bool whole, char *error, size_t bytes);

/* Samples that are read along an axis (x 0, y 1); 0: the window makes no sense. */
uint32_t ccs_samples_read(const ccs_t *ccs, uint16_t y);

/* Registers that say what follows from others: pixel_order, frame format. */
void ccs_derive(ccs_t *ccs);

/* Values of the PLL registers, from wherever. */
typedef struct {
    uint32_t pre_div, multiplier, sys_div, pix_div;
} ccs_dividers_t;

typedef struct {
    ccs_dividers_t vt, op;
    bool dual;       /* pll_mode: op has a PLL of its own */
    bool cphy;       /* bits of a symbol are 16/7 */
    uint32_t format; /* csi_data_format */
} ccs_clocks_t;

/* Reads them with get, a register at a time. */
ccs_clocks_t ccs_clocks(uint32_t (*get)(const void *ctx, uint16_t addr), const void *ctx);

/* False: out of range, and error says what. */
bool ccs_clocks_run(const ccs_desc_t *desc, const ccs_clocks_t *clocks, ccs_pll_t *pll, char *error,
                    size_t error_bytes);

/* Limits of one PLL register on its own; NULL: it has none. */
const uint32_t *ccs_divider_range(const ccs_desc_t *desc, uint16_t addr);

#endif
