/*
 * camera: a plain camera. Pictures on the link as the host's registers say, with auto exposure and
 * auto white balance when it wants them; no network. It is looked after: the watchdog, the mailbox
 * (health.h), a post-mortem.
 */
#include "auto.h"
#include "camera.h"
#include "health.h"
#include "mailbox.h"
#include "postmortem.h"
#include "service.h"

enum { CCS_FRAME_COUNT = 0x0005, CCS_MODE_SELECT = 0x0100 };
enum { EV_COMMAND = HAL_BIT(0), EV_HOST_WROTE = HAL_BIT(1), EV_FRAME = HAL_BIT(2) };
enum { DOG_TIMEOUT = 100000, DOG_WINDOW = 50000, DOG_GRACE = 10000 }; /* us */

/* L2 is ours: a panic's packet, and the statistics behind it. */
enum { PACKET_ADDR = L2_BASE, STATS_AT = L2_BASE + ((PM_MAX_BYTES + 31u) & ~31u) };

static void on_host_task(uint32_t happened);

static sched_task_t host_task = {
    .name = "host", .run = on_host_task, .mask = EV_COMMAND | EV_HOST_WROTE | EV_FRAME};

/* ---- interrupts ---- */

static void on_isp(void)
{
    uint32_t status = reg_read(ISP_STATUS);
    reg_write(ISP_STATUS, status);
    auto_on_isp(status);
    if ((status & ISP_STATUS_FRAME_DONE_MASK) != 0)
        sched_post(&host_task, EV_FRAME);
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

/* ---- the task "host" ---- */

static void apply_host(void)
{
    camera_apply_settings();
    auto_apply_host();
    camera_stream(hal_ccs_read8(CCS_MODE_SELECT) != 0);
}

static void on_host_task(uint32_t happened)
{
    uint32_t command;
    if ((happened & EV_HOST_WROTE) != 0)
        apply_host();
    if ((happened & EV_FRAME) != 0)
        hal_ccs_write8(CCS_FRAME_COUNT, reg_read(PIX_FRAME) & 0xffu);
    if (mailbox_command(&command) && !health_command(command))
        mailbox_answer(0); /* none of ours */
}

int main(void)
{
    static sched_task_t *const tasks[] = {&auto_task, &host_task};
    service_start(PACKET_ADDR, PANIC_RESET);
    hal_print("camera 1\n");
    if (panic_send_last())
        hal_print("started again after a panic\n");
    reg_write(ISP_IRQ_EN, ISP_STATUS_FRAME_DONE_MASK);
    reg_write(ISP_CTRL, ISP_CTRL_ENABLE);
    auto_init(STATS_AT);
    hal_irq_enable(IRQ_ISP, on_isp);
    hal_irq_enable(IRQ_CCI, on_host);
    reg_write(CCI_IRQ_EN, CCI_STATUS_WROTE);
    mailbox_listen(on_command);
    apply_host(); /* what the host wrote before we listened */
    hal_print("ready\n");
    sched_keep_watchdog(DOG_TIMEOUT, DOG_WINDOW, DOG_GRACE);
    sched_run(tasks, sizeof(tasks) / sizeof(tasks[0]));
}
