#include "camera.h"

#include "hal.h"

/* CCS registers, by their MIPI names. */
enum {
    CCS_IMAGE_ORIENTATION = 0x0101,
    CCS_COARSE_INTEGRATION_TIME = 0x0202,
    CCS_ANALOG_GAIN_CODE_GLOBAL = 0x0204,
    CCS_FRAME_LENGTH_LINES = 0x0340,
    CCS_LINE_LENGTH_PCK = 0x0342,
    CCS_X_ADDR_START = 0x0344,
    CCS_Y_ADDR_START = 0x0346,
    CCS_X_ADDR_END = 0x0348,
    CCS_Y_ADDR_END = 0x034a,
    CCS_BINNING_MODE = 0x0900,
    CCS_BINNING_TYPE = 0x0901,
    DWP_AP_VC_VOFF = 0xd500,
    DWP_AP_VC_HOFF = 0xd502,
    DWP_AP_VC_VSIZE = 0xd504,
    DWP_AP_VC_HSIZE = 0xd506,
    APP_IMAGE_OUT = 0x9006,
};

enum { BIN_NONE = 0x11 }; /* binning_type: columns, rows a sample */

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
    };
}

void camera_setup(const net_t *net)
{
    reg_write(ISP_ROI_X, hal_ccs_read16(DWP_AP_VC_HOFF));
    reg_write(ISP_ROI_Y, hal_ccs_read16(DWP_AP_VC_VOFF));
    reg_write(ISP_ROI_W, hal_ccs_read16(DWP_AP_VC_HSIZE));
    reg_write(ISP_ROI_H, hal_ccs_read16(DWP_AP_VC_VSIZE));
    reg_write(ISP_TENSOR_ADDR, net->input);
    reg_write(ISP_TENSOR_W, net->width);
    reg_write(ISP_TENSOR_H, net->height);
    reg_write(ISP_TENSOR_CH, net->channels);
    reg_write(ISP_IRQ_EN, ISP_STATUS_TENSOR_DONE);
    reg_write(ISP_CTRL, ISP_CTRL_ENABLE | ISP_CTRL_TENSOR);
    reg_write(NPU_L2_BASE, net->l2_base);
    reg_write(NPU_PROG_ADDR, net->program);
    reg_write(NPU_PROG_COUNT, net->instructions);
    reg_write(NPU_CTRL, NPU_CTRL_AUTO | NPU_CTRL_IRQ_DONE | NPU_CTRL_IRQ_ERROR);
}

static void apply_window(void)
{
    uint32_t x = hal_ccs_read16(CCS_X_ADDR_START), y = hal_ccs_read16(CCS_Y_ADDR_START);
    reg_write(PIX_X_START, x);
    reg_write(PIX_Y_START, y);
    reg_write(PIX_X_SIZE, hal_ccs_read16(CCS_X_ADDR_END) + 1u - x);
    reg_write(PIX_Y_SIZE, hal_ccs_read16(CCS_Y_ADDR_END) + 1u - y);
    reg_write(PIX_FLIP, hal_ccs_read8(CCS_IMAGE_ORIENTATION));
}

void camera_apply_settings(void)
{
    bool image = (hal_ccs_read16(APP_IMAGE_OUT) & 1u) != 0;
    reg_write(MIPI_CTRL, MIPI_CTRL_META | (image ? MIPI_CTRL_RAW | MIPI_CTRL_EMBEDDED : 0));
    bool binned = hal_ccs_read8(CCS_BINNING_MODE) != 0;
    reg_write(PIX_BIN, binned ? hal_ccs_read8(CCS_BINNING_TYPE) : BIN_NONE);
    apply_window();
    reg_write(PIX_LINE_LENGTH, hal_ccs_read16(CCS_LINE_LENGTH_PCK));
    reg_write(PIX_FRAME_LENGTH, hal_ccs_read16(CCS_FRAME_LENGTH_LINES));
    reg_write(PIX_COARSE, hal_ccs_read16(CCS_COARSE_INTEGRATION_TIME));
    reg_write(PIX_GAIN, hal_ccs_read16(CCS_ANALOG_GAIN_CODE_GLOBAL));
}

void camera_stream(bool on)
{
    reg_write(PIX_CTRL, on ? PIX_CTRL_STREAM : 0);
}
