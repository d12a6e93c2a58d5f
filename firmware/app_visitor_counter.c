/*
 * visitor_counter: who stands in the picture, and who crossed the line in which direction.
 *
 * Interrupts only note what happened; the main loop decodes the network's outputs, follows people
 * from frame to frame, counts crossings of a vertical line, and sends one metadata packet a
 * frame. It sleeps in between.
 */
#include <string.h>

#include "camera.h"
#include "fovea_metadata.h"
#include "hal.h"
#include "l2.h"
#include "meta.h"

/* Host parameters: see logic/ccs.c. */
enum {
    CCS_FRAME_COUNT = 0x0005,
    CCS_MODE_SELECT = 0x0100,
    APP_SCORE_MIN = 0x9000,
    APP_LINE_X = 0x9002,
    APP_LINE_HYSTERESIS = 0x9004,
};

enum {
    EV_NPU_DONE = HAL_BIT(0),
    EV_HOST_WROTE = HAL_BIT(1),
    EV_NPU_ERROR = HAL_BIT(2),
    EV_L2_ERROR = HAL_BIT(3),
};

typedef struct {
    uint32_t frame;
    uint64_t start_ps; /* of exposure */
} frame_id_t;

static volatile uint32_t events;         /* EV_*, set by interrupts, taken by the main loop */
static volatile frame_id_t tensor_frame; /* whose tensor the NPU works on */

static net_t net;
static det_roi_t roi;
static trk_state_t tracker;
static uint32_t packet[META_MAX_BYTES / 4];
static uint32_t l2_told; /* errors that the host knows of */

static void on_tensor(void)
{
    uint32_t low = reg_read(PIX_SOF_LO);
    tensor_frame.frame = reg_read(ISP_TENSOR_FRAME);
    tensor_frame.start_ps = (uint64_t)reg_read(PIX_SOF_HI) << 32 | low;
    reg_write(ISP_STATUS, reg_read(ISP_STATUS));
}

static void on_npu(void)
{
    uint32_t status = reg_read(NPU_STATUS);
    reg_write(NPU_STATUS, status & (NPU_STATUS_DONE | NPU_STATUS_ERROR));
    if ((status & NPU_STATUS_ERROR) != 0)
        events |= EV_NPU_ERROR;
    if ((status & NPU_STATUS_DONE) != 0)
        events |= EV_NPU_DONE;
}

static void on_host(void)
{
    reg_write(CCI_STATUS, CCI_STATUS_WROTE);
    events |= EV_HOST_WROTE;
}

static void on_l2_error(void)
{
    events |= EV_L2_ERROR;
}

static void send_packet(uint32_t bytes, uint32_t frame)
{
    while ((reg_read(MIPI_STATUS) & MIPI_STATUS_META) != 0)
        ; /* the last packet still leaves L2 */
    memcpy((void *)net.free_addr, packet, bytes);
    reg_write(MIPI_META_ADDR, net.free_addr);
    reg_write(MIPI_META_BYTES, bytes);
    reg_write(MIPI_META_DEST, META_VIRTUAL_CHANNEL << 8 | META_DATA_TYPE);
    reg_write(MIPI_META_FRAME, frame);
    reg_write(MIPI_META_GO, 1);
}

static void handle_frame(void)
{
    static det_box_t boxes[DET_MAX_BOXES];
    static uint16_t ids[DET_MAX_BOXES];
    frame_id_t id = {tensor_frame.frame, tensor_frame.start_ps};

    net_fetch_outputs(&net);
    int found =
        det_decode(net.output, net.outputs, roi, (uint8_t)hal_ccs_read16(APP_SCORE_MIN), boxes);
    if (found < 0)
        hal_stop("the network's outputs are of no kind that this program understands");
    trk_update(&tracker, boxes, (uint32_t)found, ids);
    hal_ccs_write8(CCS_FRAME_COUNT, id.frame & 0xffu);

    meta_frame_t frame = {
        .frame = id.frame,
        .network = net.id,
        .latency_us = (uint32_t)((hal_time_ps() - id.start_ps) / 1000000u),
        .time_ps = id.start_ps,
        .boxes = boxes,
        .ids = ids,
        .box_count = (uint32_t)found,
        .tracker = &tracker,
        .memory_errors = l2_errors().fatal - l2_told,
    };
    l2_told += frame.memory_errors;
    send_packet(meta_build(&frame, packet), id.frame);
}

/* The frame has no metadata; the next tensor starts the program again. */
static void report_npu_error(void)
{
    hal_print("NPU error ");
    hal_print_hex(reg_read(NPU_ERROR));
    hal_print("\n");
}

static void apply_host(void)
{
    camera_apply_settings();
    tracker.line_x = (int32_t)hal_ccs_read16(APP_LINE_X);
    tracker.hysteresis = (int32_t)hal_ccs_read16(APP_LINE_HYSTERESIS);
    camera_stream(hal_ccs_read8(CCS_MODE_SELECT) != 0);
}

int main(void)
{
    hal_print("visitor_counter 1\n");
    if (!net_read(&net))
        hal_stop("no usable network in L2");
    if (net.free_bytes < META_MAX_BYTES)
        hal_stop("the network leaves no room in L2 for a packet of metadata");
    trk_init(&tracker, (int32_t)hal_ccs_read16(APP_LINE_X),
             (int32_t)hal_ccs_read16(APP_LINE_HYSTERESIS));
    camera_setup(&net, &roi);
    hal_irq_enable(IRQ_ISP, on_tensor);
    hal_irq_enable(IRQ_NPU, on_npu);
    hal_irq_enable(IRQ_CCI, on_host);
    l2_listen(on_l2_error);
    reg_write(CCI_IRQ_EN, CCI_STATUS_WROTE);
    hal_irq_start();
    apply_host(); /* what the host wrote before we listened */
    hal_print("ready\n");
    for (;;) {
        uint32_t happened = hal_wait(&events);
        if ((happened & EV_HOST_WROTE) != 0)
            apply_host();
        if ((happened & EV_NPU_DONE) != 0)
            handle_frame();
        if ((happened & EV_NPU_ERROR) != 0)
            report_npu_error();
        if ((happened & EV_L2_ERROR) != 0)
            l2_print_errors();
    }
}
