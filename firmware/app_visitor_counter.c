/*
 * visitor_counter: who stands in the picture, and who crossed the line in which direction.
 *
 * Interrupts only note what happened. The task "frame" decodes the network's outputs, follows
 * people from frame to frame, counts crossings of a vertical line, and sends one metadata packet a
 * frame; the task "host" takes settings and answers the mailbox (health.h). The core sleeps in
 * between. What hangs, faults or overflows its stack leaves a post-mortem packet, and the chip
 * starts anew.
 */
#include "auto.h"
#include "camera.h"
#include "fovea_metadata.h"
#include "fovea_postmortem.h"
#include "health.h"
#include "l2.h"
#include "link.h"
#include "mailbox.h"
#include "meta.h"
#include "sched.h"
#include "service.h"

/* Host parameters: see logic/ccs.c. */
enum {
    CCS_MODE_SELECT = 0x0100,
    APP_SCORE_MIN = 0x9000,
    APP_LINE_X = 0x9002,
    APP_LINE_HYSTERESIS = 0x9004,
};

enum {
    EV_NPU_DONE = HAL_BIT(0), /* of the task "frame" */
    EV_NPU_ERROR = HAL_BIT(1),
    EV_HOST_WROTE = HAL_BIT(0), /* of the task "host" */
    EV_COMMAND = HAL_BIT(1),
    EV_L2_ERROR = HAL_BIT(2),
};

/* Three frames without the main loop are one too many; us. */
enum { DOG_TIMEOUT = 100000, DOG_WINDOW = 50000, DOG_GRACE = 10000 };

typedef struct {
    uint32_t frame;
    uint64_t start_ps; /* of exposure */
    det_roi_t seen;    /* what its tensor shows */
} frame_id_t;

static void on_frame_task(uint32_t happened);
static void on_host_task(uint32_t happened);

static sched_task_t frame_task = {
    .name = "frame", .run = on_frame_task, .mask = EV_NPU_DONE | EV_NPU_ERROR};
static sched_task_t host_task = {
    .name = "host", .run = on_host_task, .mask = EV_HOST_WROTE | EV_COMMAND | EV_L2_ERROR};

static volatile frame_id_t tensor_frame; /* whose tensor the NPU works on */

static net_t net;
static uint32_t outputs[NET_ROOM_BYTES / 4];
static trk_state_t tracker;
static uint32_t packet[META_MAX_BYTES / 4];
static uint32_t l2_told; /* errors that the host knows of */

/* ---- interrupts ---- */

static void on_tensor(void)
{
    uint32_t low = reg_read(PIX_SOF_LO);
    tensor_frame.frame = reg_read(ISP_TENSOR_FRAME);
    tensor_frame.start_ps = (uint64_t)reg_read(PIX_SOF_HI) << 32 | low;
    tensor_frame.seen = camera_seen();
}

static void on_isp(void)
{
    uint32_t status = reg_read(ISP_STATUS);
    if ((status & ISP_STATUS_TENSOR_DONE) != 0)
        on_tensor();
    auto_on_isp(status);
    reg_write(ISP_STATUS, status);
}

static void on_npu(void)
{
    uint32_t status = reg_read(NPU_STATUS);
    reg_write(NPU_STATUS, status & (NPU_STATUS_DONE | NPU_STATUS_ERROR));
    if ((status & NPU_STATUS_ERROR) != 0)
        sched_post(&frame_task, EV_NPU_ERROR);
    if ((status & NPU_STATUS_DONE) != 0)
        sched_post(&frame_task, EV_NPU_DONE);
}

static void on_host(void)
{
    reg_write(CCI_STATUS, CCI_STATUS_WROTE);
    sched_post(&host_task, EV_HOST_WROTE);
}

static void on_l2_error(void)
{
    sched_post(&host_task, EV_L2_ERROR);
}

static void on_command(void)
{
    reg_write(MBX_STATUS, MBX_STATUS_COMMAND_CAME_MASK);
    sched_post(&host_task, EV_COMMAND);
}

/* ---- the task "frame" ---- */

static void handle_frame(void)
{
    static det_box_t boxes[DET_MAX_BOXES];
    static uint16_t ids[DET_MAX_BOXES];
    frame_id_t id = tensor_frame;

    net_fetch_outputs(&net);
    int found =
        det_decode(net.output, net.outputs, id.seen, (uint8_t)hal_ccs_read16(APP_SCORE_MIN), boxes);
    PANIC_ASSERT(found >= 0); /* main looked */
    camera_trigger(META_VIRTUAL_CHANNEL, id.frame, found > 0);
    trk_update(&tracker, boxes, (uint32_t)found, ids);

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
    link_send(net.free_addr, packet, meta_build(&frame, packet), META_VIRTUAL_CHANNEL,
              META_DATA_TYPE, id.frame);
}

/* The frame has no metadata; the next tensor starts the program again. */
static void report_npu_error(void)
{
    hal_print("NPU error ");
    hal_print_hex(reg_read(NPU_ERROR));
    hal_print("\n");
}

static void on_frame_task(uint32_t happened)
{
    if ((happened & EV_NPU_DONE) != 0)
        handle_frame();
    if ((happened & EV_NPU_ERROR) != 0)
        report_npu_error();
}

/* ---- the task "host" ---- */

static void apply_host(void)
{
    auto_apply_host();
    tracker.line_x = (int32_t)hal_ccs_read16(APP_LINE_X);
    tracker.hysteresis = (int32_t)hal_ccs_read16(APP_LINE_HYSTERESIS);
    camera_stream(hal_ccs_read8(CCS_MODE_SELECT) != 0);
}

static void on_host_task(uint32_t happened)
{
    uint32_t command;
    if ((happened & EV_HOST_WROTE) != 0)
        apply_host();
    if ((happened & EV_L2_ERROR) != 0)
        l2_print_errors();
    if (mailbox_command(&command) && !health_command(command))
        mailbox_answer(0); /* none of ours */
}

/* ---- start-up ---- */

static void take_network(void)
{
    if (!net_read(&net, 0, outputs, sizeof(outputs)))
        hal_stop("no usable network in L2");
    if (net.free_bytes < META_MAX_BYTES || net.free_bytes < PM_MAX_BYTES)
        hal_stop("the network leaves no room in L2 for a packet of metadata");
    if (!det_known(net.output, net.outputs))
        hal_stop("the network's outputs are of no kind that this program understands");
    panic_init(net.free_addr, PANIC_RESET); /* from now on a panic's packet has its place */
    if (panic_send_last())
        hal_print("started again after a panic\n");
}

/* Behind the packets, where the network leaves room; without there are no automatic settings. */
static uint32_t room_for_statistics(void)
{
    uint32_t packets = META_MAX_BYTES > PM_MAX_BYTES ? META_MAX_BYTES : PM_MAX_BYTES;
    uint32_t at = (net.free_addr + packets + 31u) & ~31u;
    return at + STATS_BYTES <= net.free_addr + net.free_bytes ? at : 0;
}

static void listen(void)
{
    hal_irq_enable(IRQ_ISP, on_isp);
    hal_irq_enable(IRQ_NPU, on_npu);
    hal_irq_enable(IRQ_CCI, on_host);
    l2_listen(on_l2_error);
    reg_write(CCI_IRQ_EN, CCI_STATUS_WROTE);
    mailbox_listen(on_command);
}

int main(void)
{
    static sched_task_t *const tasks[] = {&frame_task, &auto_task, &host_task};
    service_start(0, PANIC_RESET);
    hal_print("visitor_counter 1\n");
    take_network();
    trk_init(&tracker, (int32_t)hal_ccs_read16(APP_LINE_X),
             (int32_t)hal_ccs_read16(APP_LINE_HYSTERESIS));
    camera_setup(&net);
    auto_init(room_for_statistics());
    listen();
    apply_host(); /* what the host wrote before we listened */
    hal_print("ready\n");
    sched_keep_watchdog(DOG_TIMEOUT, DOG_WINDOW, DOG_GRACE);
    sched_run(tasks, sizeof(tasks) / sizeof(tasks[0]));
}
