/*
 * shelf_stock: which facings of a shelf are empty. The sensor is in standby but for one frame every
 * look_ms; a packet leaves for each of them: the state of every facing, and what changed.
 */
#include "app.h"
#include "settings.h"
#include "shot.h"

static net_t net;
static stock_t stock;

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
    uint32_t time_ms = app_frame_ms(frame);
    stock_update(&stock, &net.output[0], frame->seen, time_ms);
    meta_t *meta = app_meta(frame);
    meta_add_events(meta, stock.event, stock.events);
    meta_add_stock(meta, facings, stock_report(&stock, time_ms, facings));
    app_send(frame);
}

static void begin(void)
{
    shot_begin(shot_take);
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
        .task = &shot_task,
        .stream = shot_stream,
    };
    app_run(&app);
}
