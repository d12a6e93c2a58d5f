#include "shot.h"

#include "camera.h"
#include "fovea_settings.h"
#include "hal.h"

enum { EV_DUE = HAL_BIT(0) };

static void on_due(uint32_t happened);

sched_task_t shot_task = {.name = "time", .run = on_due, .mask = EV_DUE};
static sched_timer_t timer;
static void (*when_due)(void);
static uint32_t period_us; /* 0: no stream */

static void on_frame_begins(void)
{
    reg_write(PIX_STATUS, PIX_STATUS_FRAME_START_MASK);
    camera_end_stream();
}

void shot_take(void)
{
    if (period_us != 0)
        camera_stream(true);
}

static void on_due(uint32_t happened)
{
    (void)happened;
    when_due();
}

static uint32_t wanted_us(void)
{
    uint32_t ms = hal_ccs_read16(APP_LOOK_MS);
    return 1000 * (ms > SHOT_LEAST_MS ? ms : SHOT_LEAST_MS);
}

void shot_stream(bool on)
{
    uint32_t wanted = on ? wanted_us() : 0;
    if (wanted == period_us)
        return;
    period_us = wanted;
    sched_cancel(&timer);
    if (!on) {
        camera_stream(false);
        return;
    }
    sched_every(&timer, &shot_task, EV_DUE, period_us);
    when_due();
}

void shot_begin(void (*due)(void))
{
    when_due = due;
    hal_irq_enable(IRQ_PIX, on_frame_begins);
    reg_write(PIX_IRQ_EN, PIX_STATUS_FRAME_START_MASK);
}
