/*
 * zone_guard: who is where nobody may be (intrusion), or stays where one may only pass (loitering),
 * in zones and at hours that the host chose (guard.h).
 */
#include "boxes.h"
#include "guard.h"
#include "settings.h"
#include "track.h"

static net_t net;
static trk_state_t tracker;
static guard_t guard;

static void begin(void)
{
    trk_init(&tracker);
}

static void on_host(void)
{
    guard.enter_ms = hal_ccs_read16(APP_GUARD_ENTER_MS);
    guard.leave_ms = hal_ccs_read16(APP_GUARD_LEAVE_MS);
    guard.zones = settings_zones(guard.zone);
}

static void on_frame(const app_frame_t *frame)
{
    static det_box_t boxes[DET_MAX_BOXES];
    static look_t looks[DET_MAX_BOXES];
    static uint16_t ids[DET_MAX_BOXES];
    uint32_t found = boxes_of(frame, boxes);
    look_image_t image = look_image(frame->net, frame->seen);
    look_at_all(&image, boxes, found, looks);
    trk_update(&tracker, app_frame_us(frame), boxes, looks, found, ids);
    guard_update(&guard, boxes, ids, found, app_frame_ms(frame), settings_day_s(frame->start_ps));
    meta_t *meta = app_meta(frame);
    meta_add_boxes(meta, boxes, ids, found);
    meta_add_events(meta, guard.event, guard.events);
    app_send(frame);
}

int main(void)
{
    static const app_t app = {.name = "zone_guard 1",
                              .net = &net,
                              .known = boxes_known,
                              .begin = begin,
                              .on_host = on_host,
                              .on_frame = on_frame};
    app_run(&app);
}
