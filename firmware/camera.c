#include "camera.h"

#include "fovea_settings.h"
#include "hal.h"
#include "link.h"

/* CCS registers, by their MIPI names. */
enum {
    CCS_IMAGE_ORIENTATION = 0x0101,
    CCS_MASK_CORRUPTED_FRAMES = 0x0105,
    CCS_FAST_STANDBY_CTRL = 0x0106,
    CCS_CSI_CHANNEL_IDENTIFIER = 0x0110,
    CCS_CSI_DATA_FORMAT = 0x0112,
    CCS_FINE_INTEGRATION_TIME = 0x0200,
    CCS_COARSE_INTEGRATION_TIME = 0x0202,
    CCS_ANALOG_GAIN_CODE_GLOBAL = 0x0204,
    CCS_DIGITAL_GAIN_GREENR = 0x020e,
    CCS_DIGITAL_GAIN_RED = 0x0210,
    CCS_DIGITAL_GAIN_BLUE = 0x0212,
    CCS_DIGITAL_GAIN_GREENB = 0x0214,
    CCS_HDR_MODE = 0x0220,
    CCS_EXPOSURE_RATIO = 0x0222,
    CCS_DIRECT_SHORT_INTEGRATION_TIME = 0x0224,
    CCS_FRAME_LENGTH_LINES = 0x0340,
    CCS_LINE_LENGTH_PCK = 0x0342,
    CCS_X_ADDR_START = 0x0344, /* y: 2 on; so all that is of an axis */
    CCS_X_ADDR_END = 0x0348,
    CCS_X_OUTPUT_SIZE = 0x034c,
    CCS_FRAME_LENGTH_CTRL = 0x0350,
    CCS_X_EVEN_INC = 0x0380, /* odd: 2 on; y: 4 on */
    CCS_DIGITAL_CROP_X_OFFSET = 0x0408,
    CCS_DIGITAL_CROP_IMAGE_WIDTH = 0x040c,
    CCS_TEST_PATTERN_MODE = 0x0600,
    CCS_TEST_DATA_RED = 0x0602,
    CCS_TEST_DATA_GREENR = 0x0604,
    CCS_TEST_DATA_BLUE = 0x0606,
    CCS_TEST_DATA_GREENB = 0x0608,
    CCS_BINNING_MODE = 0x0900,
    CCS_BINNING_TYPE = 0x0901,
    CCS_BINNING_WEIGHTING = 0x0902,
    CCS_GLOBAL_RESET_CTRL1 = 0x0c00,
    CCS_TSHUTTER_STROBE_DELAY_CTRL = 0x0c08,
    CCS_COARSE_MAX_MARGIN = 0x1006,
    CCS_MAX_ODD_INC = 0x11c6,
    IMX477_EXP_SHIFT = 0x3100, /* a chip has one of the two, the other one reads 0 */
    IMX500_EXP_SHIFT = 0x3210,
    DWP_AP_VC_VOFF = 0xd500,
    DWP_AP_VC_HOFF = 0xd502,
    DWP_AP_VC_VSIZE = 0xd504,
    DWP_AP_VC_HSIZE = 0xd506,
    IMX500_IMAGE_ROTATE = 0xd680,
};

/* bits of app_image_out */
enum {
    OUT_RAW = 1,
    OUT_ISP = 2,
    OUT_YUV422 = 4,
    OUT_SMALL = 8,
    OUT_LINE_SYNC = 16,
    OUT_TRIGGER = 32,
    OUT_WIDE = 64
};

enum { BIN_NONE = 0x11, HDR_ENABLED = 1, HDR_DIRECT = 1 << 5, RELAY_TRIES = 4 };

/* Registers that say the same on both sides. */
/* clang-format off */
static const struct {
    uint16_t ccs;
    uint16_t bytes;
    uint32_t pixel;
} relay[] = {
    {CCS_IMAGE_ORIENTATION,         1, PIX_FLIP},
    {CCS_FINE_INTEGRATION_TIME,     2, PIX_FINE},
    {CCS_COARSE_INTEGRATION_TIME,   2, PIX_COARSE},
    {CCS_ANALOG_GAIN_CODE_GLOBAL,   2, PIX_GAIN},
    {CCS_DIGITAL_GAIN_GREENR,       2, PIX_DGAIN_GR},
    {CCS_DIGITAL_GAIN_RED,          2, PIX_DGAIN_R},
    {CCS_DIGITAL_GAIN_BLUE,         2, PIX_DGAIN_B},
    {CCS_DIGITAL_GAIN_GREENB,       2, PIX_DGAIN_GB},
    {CCS_LINE_LENGTH_PCK,           2, PIX_LINE_LENGTH},
    {CCS_TEST_PATTERN_MODE,         2, PIX_PATTERN},
    {CCS_TEST_DATA_RED,             2, PIX_PATTERN_R},
    {CCS_TEST_DATA_GREENR,          2, PIX_PATTERN_GR},
    {CCS_TEST_DATA_BLUE,            2, PIX_PATTERN_B},
    {CCS_TEST_DATA_GREENB,          2, PIX_PATTERN_GB},
    {CCS_BINNING_WEIGHTING,         1, PIX_BIN_WEIGHT},
    {CCS_GLOBAL_RESET_CTRL1,        1, PIX_GLOBAL},
    {CCS_TSHUTTER_STROBE_DELAY_CTRL, 2, PIX_SHUTTER},
};
/* clang-format on */

det_roi_t camera_seen(void)
{
    uint32_t xy = reg_read(ISP_SEEN_XY), wh = reg_read(ISP_SEEN_WH), flip = reg_read(ISP_SEEN_FLIP);
    return (det_roi_t){
        .x = (int32_t)(xy & 0xffffu),
        .y = (int32_t)(xy >> 16),
        .w = (int32_t)(wh & 0xffffu),
        .h = (int32_t)(wh >> 16),
        .flip_x = (flip & 1u) != 0,
        .flip_y = (flip & 2u) != 0,
        .turn = flip >> 2,
    };
}

uint32_t camera_frame_us(void)
{
    uint64_t pck = (uint64_t)reg_read(PIX_FRAME_LENGTH) * reg_read(PIX_ROW_PCK);
    return (uint32_t)((pck << reg_read(PIX_EXP_SHIFT)) * 1000000u / reg_read(PIX_CLOCK_HZ));
}

void camera_set_tensor(const net_t *net)
{
    reg_write(ISP_ROI_X, hal_ccs_read16(DWP_AP_VC_HOFF));
    reg_write(ISP_ROI_Y, hal_ccs_read16(DWP_AP_VC_VOFF));
    reg_write(ISP_ROI_W, hal_ccs_read16(DWP_AP_VC_HSIZE));
    reg_write(ISP_ROI_H, hal_ccs_read16(DWP_AP_VC_VSIZE));
    reg_write(ISP_TENSOR_TURN, hal_ccs_read8(IMX500_IMAGE_ROTATE));
    reg_write(ISP_TENSOR_ADDR, net->input);
    reg_write(ISP_TENSOR_W, net->width);
    reg_write(ISP_TENSOR_H, net->height);
    reg_write(ISP_TENSOR_CH, net->channels);
}

void camera_setup(const net_t *net)
{
    camera_set_tensor(net);
    reg_write(ISP_IRQ_EN, ISP_STATUS_TENSOR_DONE);
    reg_write(ISP_CTRL, ISP_CTRL_ENABLE | ISP_CTRL_TENSOR);
    net_arm(net);
}

/* ---- host's settings to the pixel die ---- */

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Of the window that is read, in samples, what digital crop and output size leave: read no more
 * than that. Crop and size 0: all. */
static void relay_axis(uint32_t y, uint32_t bin, uint32_t start_reg, uint32_t size_reg,
                       uint32_t inc_reg)
{
    uint32_t even = hal_ccs_read16(CCS_X_EVEN_INC + 4 * y);
    uint32_t odd = hal_ccs_read16(CCS_X_EVEN_INC + 4 * y + 2);
    uint32_t sites = bin * (even + odd) / 2; /* a sample */
    uint32_t start = hal_ccs_read16(CCS_X_ADDR_START + 2 * y);
    uint32_t end = hal_ccs_read16(CCS_X_ADDR_END + 2 * y) + 1u;
    uint32_t size = end > start ? end - start : 1u;
    uint32_t skipped = sites * hal_ccs_read16(CCS_DIGITAL_CROP_X_OFFSET + 2 * y);
    uint32_t crop = sites * hal_ccs_read16(CCS_DIGITAL_CROP_IMAGE_WIDTH + 2 * y);
    uint32_t out = sites * hal_ccs_read16(CCS_X_OUTPUT_SIZE + 2 * y);
    size = skipped < size ? size - skipped : 1u;
    size = crop != 0 ? least(size, crop) : size;
    size = out != 0 ? least(size, out) : size;
    reg_write(start_reg, start + skipped);
    reg_write(size_reg, size);
    reg_write(inc_reg, (even & 0xfu) << 8 | (odd & 0xfu));
}

static void relay_window(void)
{
    bool binned = hal_ccs_read8(CCS_BINNING_MODE) != 0;
    uint32_t bin = binned ? hal_ccs_read8(CCS_BINNING_TYPE) : BIN_NONE;
    reg_write(PIX_BIN, bin);
    relay_axis(0, bin >> 4, PIX_X_START, PIX_X_SIZE, PIX_X_INC);
    relay_axis(1, bin & 0xfu, PIX_Y_START, PIX_Y_SIZE, PIX_Y_INC);
}

/* The short exposure's line follows as soon as its time allows: an odd number of lines. */
static void relay_hdr(void)
{
    uint32_t mode = hal_ccs_read8(CCS_HDR_MODE), ratio = hal_ccs_read8(CCS_EXPOSURE_RATIO);
    uint32_t lines = hal_ccs_read16(CCS_DIRECT_SHORT_INTEGRATION_TIME);
    if ((mode & HDR_DIRECT) == 0)
        lines = hal_ccs_read16(CCS_COARSE_INTEGRATION_TIME) / (ratio != 0 ? ratio : 1u);
    reg_write(PIX_HDR, mode & HDR_ENABLED);
    reg_write(PIX_HDR_COARSE, lines);
    reg_write(PIX_HDR_DELAY, (lines + 2u) | 1u);
}

/* frame_length_ctrl: a frame is at least as long as its integration time needs. */
static void relay_length(void)
{
    uint32_t lines = hal_ccs_read16(CCS_FRAME_LENGTH_LINES);
    uint32_t needs = hal_ccs_read16(CCS_COARSE_INTEGRATION_TIME) +
                     (uint32_t)hal_ccs_read16(CCS_COARSE_MAX_MARGIN);
    bool automatic = hal_ccs_read8(CCS_FRAME_LENGTH_CTRL) != 0;
    reg_write(PIX_FRAME_LENGTH, automatic && needs > lines ? least(needs, 0xffffu) : lines);
}

static void relay_all(void)
{
    for (uint32_t i = 0; i < sizeof(relay) / sizeof(relay[0]); i++)
        reg_write(relay[i].pixel,
                  relay[i].bytes == 1 ? hal_ccs_read8(relay[i].ccs) : hal_ccs_read16(relay[i].ccs));
    reg_write(PIX_EXP_SHIFT, hal_ccs_read8(IMX477_EXP_SHIFT) | hal_ccs_read8(IMX500_EXP_SHIFT));
    reg_write(PIX_ADC_BITS, hal_ccs_read8(CCS_CSI_DATA_FORMAT + 1));
    relay_length();
    relay_window();
    relay_hdr();
}

/* ---- what leaves on the link ---- */

static bool own_image; /* of the ISP: the program says which */

static uint32_t image_out(void)
{
    return hal_ccs_read16(APP_IMAGE_OUT);
}

static void set_out(uint32_t out, uint32_t x, uint32_t y, uint32_t w, uint32_t h)
{
    reg_write(ISP_OUT, out);
    reg_write(ISP_OUT_X, x);
    reg_write(ISP_OUT_Y, y);
    reg_write(ISP_OUT_W, w);
    reg_write(ISP_OUT_H, h);
}

/* images: of OUT_RAW and OUT_ISP, those that are sent. */
static void set_link(uint32_t images)
{
    uint32_t out = image_out();
    reg_write(MIPI_CTRL,
              MIPI_CTRL_META | (images & OUT_RAW ? MIPI_CTRL_RAW : 0) |
                  (images & OUT_ISP ? MIPI_CTRL_ISP : 0) | (out & OUT_SMALL ? MIPI_CTRL_SMALL : 0) |
                  (out & OUT_LINE_SYNC ? MIPI_CTRL_SYNC : 0) |
                  (out & OUT_WIDE ? MIPI_CTRL_WIDE : 0) | (images != 0 ? MIPI_CTRL_EMBEDDED : 0));
}

/* RAW, the ISP's image, or RAW and the ISP's image of the region that the network sees. */
static void apply_output(void)
{
    uint32_t out = image_out();
    reg_write(MIPI_IMAGE_VC, hal_ccs_read8(CCS_CSI_CHANNEL_IDENTIFIER));
    reg_write(MIPI_FILL, hal_ccs_read16(APP_LINK_FILL));
    if (out & OUT_ISP)
        reg_write(ISP_FORMAT, (out & OUT_YUV422) != 0);
    if (own_image)
        return;
    if (out & OUT_ISP)
        set_out((out & OUT_RAW) != 0, hal_ccs_read16(DWP_AP_VC_HOFF),
                hal_ccs_read16(DWP_AP_VC_VOFF), hal_ccs_read16(DWP_AP_VC_HSIZE),
                hal_ccs_read16(DWP_AP_VC_VSIZE));
    set_link(out & (OUT_RAW | OUT_ISP));
}

void camera_own_image(void)
{
    own_image = true;
    set_link(0);
}

void camera_set_region(const det_roi_t *r, uint32_t width, uint32_t height)
{
    set_out(1, (uint32_t)r->x, (uint32_t)r->y, (uint32_t)r->w, (uint32_t)r->h);
    reg_write(ISP_OUT_WIDTH, width);
    reg_write(ISP_OUT_HEIGHT, height);
}

bool camera_wants_region(void)
{
    return (image_out() & OUT_ISP) != 0;
}

void camera_send_region(bool on)
{
    set_link(on ? image_out() & OUT_ISP : 0);
}

/* ---- settings ---- */

/* All of what the host has set counts from one frame on; what it sets meanwhile comes in, too. */
void camera_relay_settings(void)
{
    uint32_t count;
    reg_write(PIX_HOLD, 1);
    for (uint32_t tries = 0; tries < RELAY_TRIES; tries++) {
        count = reg_read(CCI_COUNT);
        relay_all();
        if (reg_read(CCI_COUNT) == count)
            break;
    }
    reg_write(PIX_HOLD, 0);
}

void camera_apply_settings(void)
{
    apply_output();
    camera_relay_settings();
}

void camera_trigger(uint32_t channel, uint32_t frame, bool found)
{
    if ((hal_ccs_read16(APP_IMAGE_OUT) & OUT_TRIGGER) != 0)
        link_short(channel, found ? 1 : 0, frame);
}

/* ---- automatic settings ---- */

ae_exposure_t camera_exposure(void)
{
    return (ae_exposure_t){.coarse = hal_ccs_read16(CCS_COARSE_INTEGRATION_TIME),
                           .gain_code = hal_ccs_read16(CCS_ANALOG_GAIN_CODE_GLOBAL),
                           .digital = hal_ccs_read16(CCS_DIGITAL_GAIN_GREENR)};
}

/* One setting on both sides. */
static void set(uint32_t ccs, uint32_t pixel, uint32_t value)
{
    hal_ccs_write16(ccs, value);
    reg_write(pixel, value);
}

void camera_set_exposure(const ae_exposure_t *e)
{
    reg_write(PIX_HOLD, 1);
    set(CCS_COARSE_INTEGRATION_TIME, PIX_COARSE, e->coarse);
    set(CCS_ANALOG_GAIN_CODE_GLOBAL, PIX_GAIN, e->gain_code);
    set(CCS_DIGITAL_GAIN_GREENR, PIX_DGAIN_GR, e->digital);
    set(CCS_DIGITAL_GAIN_RED, PIX_DGAIN_R, e->digital);
    set(CCS_DIGITAL_GAIN_BLUE, PIX_DGAIN_B, e->digital);
    set(CCS_DIGITAL_GAIN_GREENB, PIX_DGAIN_GB, e->digital);
    relay_length();
    reg_write(PIX_HOLD, 0);
}

void camera_set_white_balance(const awb_gains_t *gains)
{
    reg_write(ISP_WB_R, gains->r);
    reg_write(ISP_WB_GR, gains->g);
    reg_write(ISP_WB_GB, gains->g);
    reg_write(ISP_WB_B, gains->b);
}

static uint32_t mask_corrupt(void)
{
    return hal_ccs_read8(CCS_MASK_CORRUPTED_FRAMES) != 0 ? PIX_CTRL_MASK_CORRUPT_MASK : 0;
}

void camera_stream(bool on)
{
    uint32_t cut = hal_ccs_read8(CCS_FAST_STANDBY_CTRL) != 0 ? PIX_CTRL_CUT_MASK : 0;
    reg_write(PIX_CTRL, (on ? PIX_CTRL_STREAM : cut) | mask_corrupt());
}

void camera_end_stream(void)
{
    reg_write(PIX_CTRL, mask_corrupt());
}

/* One photosite pair of (1 + odd) / 2 is read, of a window that has a whole number of them. */
static void thin_axis(uint32_t bin, uint32_t size_reg, uint32_t inc_reg)
{
    uint32_t odd = hal_ccs_read16(CCS_MAX_ODD_INC), size = reg_read(size_reg);
    reg_write(size_reg, size - size % (bin * (1 + odd)));
    reg_write(inc_reg, 1u << 8 | odd);
}

void camera_thin(bool on)
{
    reg_write(PIX_HOLD, 1);
    relay_window();
    if (on) {
        uint32_t bin = reg_read(PIX_BIN);
        thin_axis(bin >> 4, PIX_X_SIZE, PIX_X_INC);
        thin_axis(bin & 0xfu, PIX_Y_SIZE, PIX_Y_INC);
    }
    reg_write(PIX_HOLD, 0);
}
