/*
 * shelf_stock: which facings of a shelf are empty. The sensor is in standby but for one frame every
 * look_ms; a packet leaves for each of them: the state of every facing, and what changed.
 */
#include "app.h"
#include "camera.h"
#include "settings.h"

enum { EV_TIME = HAL_BIT(0) };

static void on_time(uint32_t happened);
static sched_task_t time_task = {.name = "time", .run = on_time, .mask = EV_TIME};
static sched_timer_t timer;

static net_t net;
static stock_t stock;
static uint32_t period_us;

static bool known(const net_t *n)
{
    return stock_known(n->output, n->outputs);
}

static void on_host(void)
{
    static stock_rect_t facings[STOCK_MAX];
    stock_set(&stock, facings, settings_facings(facings));
    stock.rule = (stock_rule_t){hal_ccs_read16(APP_STOCK_HOLD_MS), hal_ccs_read16(APP_STOCK_SHARE)};
}

static void on_frame(const app_frame_t *frame)
{
    static meta_facing_t facings[STOCK_MAX];
    uint32_t time_ms = (uint32_t)(frame->start_ps / 1000000000u);
    stock_update(&stock, &net.output[0], frame->seen, time_ms);
    meta_t *meta = app_meta(frame);
    meta_add_events(meta, stock.event, stock.events);
    meta_add_stock(meta, facings, stock_report(&stock, time_ms, facings));
    app_send(frame);
}

/* ---- a frame now and then ---- */

static void on_frame_begins(void)
{
    reg_write(PIX_STATUS, PIX_STATUS_FRAME_START_MASK);
    camera_end_stream();
}

static void on_time(uint32_t happened)
{
    (void)happened;
    camera_stream(true);
}

static void stream(bool on)
{
    uint32_t wanted = on ? 1000 * hal_ccs_read16(APP_LOOK_MS) : 0;
    if (wanted == period_us)
        return;
    period_us = wanted;
    sched_cancel(&timer);
    camera_stream(on);
    if (on)
        sched_every(&timer, &time_task, EV_TIME, period_us);
}

static void begin(void)
{
    hal_irq_enable(IRQ_PIX, on_frame_begins);
    reg_write(PIX_IRQ_EN, PIX_STATUS_FRAME_START_MASK);
}

int main(void)
{
    static const app_t app = {
        .name = "shelf_stock 1",
        .net = &net,
        .known = known,
        .begin = begin,
        .on_host = on_host,
        .on_frame = on_frame,
        .task = &time_task,
        .stream = stream,
    };
    app_run(&app);
}
