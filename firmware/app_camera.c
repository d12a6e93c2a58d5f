/*
 * camera: a plain camera. Pictures on the link as the host's registers say, with auto exposure and
 * auto white balance when it wants them; no network: each frame's metadata has its number and time
 * only. It is looked after: the watchdog, the mailbox (health.h), a post-mortem.
 */
#include "auto.h"
#include "camera.h"
#include "fovea_metadata.h"
#include "health.h"
#include "link.h"
#include "mailbox.h"
#include "meta.h"
#include "postmortem.h"
#include "service.h"

enum { CCS_MODE_SELECT = 0x0100, CCS_ANALOG_GAIN_CODE = 0x0204 };
enum { APP_TNR = 0x9014 };      /* 0: off; 1..256: ISP_TNR_GAIN */
enum { EV_FRAME = HAL_BIT(0) }; /* of the task "frame" */
enum { EV_COMMAND = HAL_BIT(0), EV_HOST_WROTE = HAL_BIT(1) };
enum {
    TNR_ON = ISP_TNR_TEMPORAL_NOISE_REDUCTION_OF_RAW_MASK |
             ISP_TNR_START_ANEW_WHEN_EXPOSURE_OR_GAIN_CHANGE_MASK
};
enum { DOG_TIMEOUT = 100000, DOG_WINDOW = 50000, DOG_GRACE = 10000 }; /* us */

/* L2 is ours: a panic's packet, one of metadata, statistics, the frame before. */
#define BEHIND(addr, bytes) (((addr) + (bytes) + 31u) & ~31u)
enum {
    PANIC_ADDR = L2_BASE,
    META_ADDR = BEHIND(PANIC_ADDR, PM_MAX_BYTES),
    STATS_BLOCK = BEHIND(META_ADDR, META_MAX_BYTES),
    TNR_FRAME = BEHIND(STATS_BLOCK, STATS_BYTES),
    TNR_BYTES = L2_BASE + 8388480 - TNR_FRAME, /* of the IMX500's L2 */
};

static void on_frame_task(uint32_t happened);
static void on_host_task(uint32_t happened);

static sched_task_t frame_task = {.name = "frame", .run = on_frame_task, .mask = EV_FRAME};
static sched_task_t host_task = {
    .name = "host", .run = on_host_task, .mask = EV_COMMAND | EV_HOST_WROTE};

/* ---- interrupts ---- */

static void on_isp(void)
{
    uint32_t status = reg_read(ISP_STATUS);
    reg_write(ISP_STATUS, status);
    auto_on_isp(status);
    if ((status & ISP_STATUS_FRAME_DONE_MASK) != 0)
        sched_post(&frame_task, EV_FRAME);
}

static void on_command(void)
{
    reg_write(MBX_STATUS, MBX_STATUS_COMMAND_CAME_MASK);
    sched_post(&host_task, EV_COMMAND);
}

static void on_host(void)
{
    reg_write(CCI_STATUS, CCI_STATUS_WROTE);
    sched_post(&host_task, EV_HOST_WROTE);
}

/* ---- temporal noise reduction ---- */

/* Differences up to 3 sigma are noise: shot noise grows with the analog gain, read noise with its
 * square but for the part behind the amplifier (ISP_TNR_READ and _SHOT out of reset are of gain 1;
 * 3.0 electrons there and 1.5 at 16 make the rest). */
static void follow_gain(void)
{
    uint32_t code = hal_ccs_read16(CCS_ANALOG_GAIN_CODE) & 0x3ffu;
    uint32_t gain_q4 = 16u * 1024u / (1024u - code);
    reg_write(ISP_TNR_READ, 29u + (9u * gain_q4 * gain_q4 >> 9));
    reg_write(ISP_TNR_SHOT, 1234u * gain_q4 >> 4);
}

/* A frame that L2 has no room for passes as it is. */
static void apply_noise_reduction(void)
{
    uint32_t share = hal_ccs_read16(APP_TNR);
    follow_gain();
    reg_write(ISP_TNR_ADDR, TNR_FRAME);
    reg_write(ISP_TNR_BYTES, TNR_BYTES);
    reg_write(ISP_TNR_GAIN, share != 0 ? share : 1);
    reg_write(ISP_TNR, share != 0 ? TNR_ON : 0);
}

/* ---- the task "frame" ---- */

static void on_frame_task(uint32_t happened)
{
    static uint32_t packet[META_MAX_BYTES / 4];
    static const trk_state_t nobody;
    uint32_t low = reg_read(PIX_SOF_LO), frame = reg_read(PIX_FRAME);
    uint64_t start_ps = (uint64_t)reg_read(PIX_SOF_HI) << 32 | low;
    meta_frame_t meta = {
        .frame = frame,
        .latency_us = (uint32_t)((hal_time_ps() - start_ps) / 1000000u),
        .time_ps = start_ps,
        .tracker = &nobody,
    };
    (void)happened;
    follow_gain(); /* auto exposure may have changed it */
    link_send(META_ADDR, packet, meta_build(&meta, packet), META_VIRTUAL_CHANNEL, META_DATA_TYPE,
              frame);
}

/* ---- the task "host" ---- */

static void apply_host(void)
{
    auto_apply_host();
    apply_noise_reduction();
    camera_stream(hal_ccs_read8(CCS_MODE_SELECT) != 0);
}

static void on_host_task(uint32_t happened)
{
    uint32_t command;
    if ((happened & EV_HOST_WROTE) != 0)
        apply_host();
    if (mailbox_command(&command) && !health_command(command))
        mailbox_answer(0); /* none of ours */
}

int main(void)
{
    static sched_task_t *const tasks[] = {&frame_task, &auto_task, &host_task};
    service_start(PANIC_ADDR, PANIC_RESET);
    hal_print("camera 1\n");
    if (panic_send_last())
        hal_print("started again after a panic\n");
    reg_write(ISP_IRQ_EN, ISP_STATUS_FRAME_DONE_MASK);
    reg_write(ISP_CTRL, ISP_CTRL_ENABLE);
    auto_init(STATS_BLOCK);
    hal_irq_enable(IRQ_ISP, on_isp);
    hal_irq_enable(IRQ_CCI, on_host);
    reg_write(CCI_IRQ_EN, CCI_STATUS_WROTE);
    mailbox_listen(on_command);
    apply_host(); /* what the host wrote before we listened */
    hal_print("ready\n");
    sched_keep_watchdog(DOG_TIMEOUT, DOG_WINDOW, DOG_GRACE);
    sched_run(tasks, sizeof(tasks) / sizeof(tasks[0]));
}
