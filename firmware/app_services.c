/*
 * services: the skeleton of a program that is looked after. Tasks of sched.h under the watchdog,
 * frames when the host wants them;
 * the host asks by mailbox how it is (health.h) and may make it die in any way.
 */
#include <stdlib.h>

#include "camera.h"
#include "health.h"
#include "mailbox.h"
#include "net.h"
#include "sched.h"
#include "service.h"
#include "timer.h"

/* What else the host may command: data word 0 is the argument. */
enum { DIE_ASSERT = 1, DIE_LOAD, DIE_DEEP, DIE_HANG, USE_HEAP, USE_STACK, COUNTS };

enum { CCS_MODE_SELECT = 0x0100 };

enum {
    EV_COMMAND = HAL_BIT(0),
    EV_WROTE = HAL_BIT(1),
    EV_FRAME = HAL_BIT(0),
    EV_BEAT = HAL_BIT(0)
};
enum { BEAT_TICKS = 1000, DOG_TIMEOUT = 20000, DOG_WINDOW = 1000, DOG_GRACE = 2000 }; /* us */

static void on_host_task(uint32_t happened);
static void on_frame_task(uint32_t happened);
static void on_beat_task(uint32_t happened);

static sched_task_t frame_task = {.name = "frame", .run = on_frame_task, .mask = EV_FRAME};
static sched_task_t host_task = {
    .name = "host", .run = on_host_task, .mask = EV_COMMAND | EV_WROTE};
static sched_task_t beat_task = {.name = "beat", .run = on_beat_task, .mask = EV_BEAT};
static sched_timer_t beat;
static uint32_t frames, beats;

/* ---- ways to die ---- */

/* 64 bytes of stack and more at each level. */
static __attribute__((noinline)) uint32_t go_deep(uint32_t levels)
{
    volatile uint32_t room[16];
    for (uint32_t i = 0; i < 16; i++)
        room[i] = levels;
    return levels == 0 ? 0 : go_deep(levels - 1) + room[levels % 16];
}

static __attribute__((noinline)) void load_from(uint32_t addr)
{
    reg_read(addr);
}

static __attribute__((noinline)) void hang(void)
{
    for (;;)
        __asm__ volatile("nop");
}

/* ---- tasks ---- */

static void obey(uint32_t command, uint32_t argument)
{
    PANIC_ASSERT(command != DIE_ASSERT);
    if (command == DIE_LOAD)
        load_from(argument);
    else if (command == DIE_DEEP)
        go_deep(UINT32_MAX);
    else if (command == DIE_HANG)
        hang();
    else if (command == USE_HEAP)
        mailbox_set_word(0, (uint32_t)malloc(argument));
    else if (command == USE_STACK)
        go_deep(argument);
    mailbox_set_word(1, frames);
    mailbox_set_word(2, beats);
    mailbox_answer(1);
}

static void on_host_task(uint32_t happened)
{
    uint32_t command;
    if ((happened & EV_WROTE) != 0) {
        camera_apply_settings();
        camera_stream(hal_ccs_read8(CCS_MODE_SELECT) != 0);
    }
    if (mailbox_command(&command) && !health_command(command))
        obey(command, mailbox_word(0));
}

static void on_frame_task(uint32_t happened)
{
    (void)happened;
    frames++;
}

static void on_beat_task(uint32_t happened)
{
    (void)happened;
    beats++;
}

/* ---- interrupts ---- */

static void on_command(void)
{
    reg_write(MBX_STATUS, MBX_STATUS_COMMAND_CAME_MASK);
    sched_post(&host_task, EV_COMMAND);
}

static void on_wrote(void)
{
    reg_write(CCI_STATUS, CCI_STATUS_WROTE);
    sched_post(&host_task, EV_WROTE);
}

static void on_frame(void)
{
    sched_post(&frame_task, EV_FRAME);
}

/* Where a network leaves room, if there is one. */
static uint32_t packet_room(void)
{
    bool network = reg_read(NET_MAGIC) == NET_MAGIC_VALUE;
    return network ? reg_read(NET_FREE_ADDR) : L2_BASE;
}

int main(void)
{
    static sched_task_t *const tasks[] = {&frame_task, &host_task, &beat_task};
    service_start(packet_room(), PANIC_RESET);
    hal_print("services, reset cause ");
    hal_print_u32(panic_reset_cause());
    hal_print(panic_send_last() ? ", it had died\n" : "\n");
    mailbox_listen(on_command);
    hal_irq_enable(IRQ_CCI, on_wrote);
    reg_write(CCI_IRQ_EN, CCI_STATUS_WROTE);
    sched_post(&host_task, EV_WROTE); /* what the host wrote before we listened */
    timer_follow_frames(0, 1, on_frame);
    sched_every(&beat, &beat_task, EV_BEAT, BEAT_TICKS);
    sched_keep_watchdog(DOG_TIMEOUT, DOG_WINDOW, DOG_GRACE);
    sched_run(tasks, sizeof(tasks) / sizeof(tasks[0]));
}
