/*
 * visitor_counter: who stands in the picture, and who crossed the line in which direction: each
 * frame's boxes are followed from frame to frame by place and look, crossings of a vertical line
 * counted.
 *
 * Looks are read from the network's input at once: behind the last row there are 14 ms of blanking
 * in the 30 frames/s mode until the ISP writes the next one.
 */
#include "boxes.h"
#include "camera.h"
#include "fovea_metadata.h"
#include "fovea_settings.h"
#include "track.h"

enum { LOWEST_ROW = 8191 };

static net_t net;
static trk_state_t tracker;

static void begin(void)
{
    trk_init(&tracker);
}

static void on_host(void)
{
    line_t line;
    int32_t x = (int32_t)hal_ccs_read16(APP_LINE_X);
    line_make(&line, x, 0, x, LOWEST_ROW);
    trk_set_lines(&tracker, &line, 1, (int32_t)hal_ccs_read16(APP_LINE_HYSTERESIS));
}

static void on_frame(const app_frame_t *frame)
{
    static det_box_t boxes[DET_MAX_BOXES];
    static look_t looks[DET_MAX_BOXES];
    static uint16_t ids[DET_MAX_BOXES];
    uint32_t found = boxes_of(frame, boxes);
    camera_trigger(META_VIRTUAL_CHANNEL, frame->frame, found > 0);
    look_image_t image = look_image(frame->net, frame->seen);
    look_at_all(&image, boxes, found, looks);
    trk_update(&tracker, app_frame_us(frame), boxes, looks, found, ids);
    meta_t *meta = app_meta(frame);
    meta_add_boxes(meta, boxes, ids, found);
    meta_add_counts(meta, tracker.count, tracker.lines);
    meta_add_events(meta, tracker.event, tracker.events);
    app_send(frame);
}

int main(void)
{
    static const app_t app = {
        .name = "visitor_counter 1",
        .net = &net,
        .known = boxes_known,
        .begin = begin,
        .on_host = on_host,
        .on_frame = on_frame,
    };
    app_run(&app);
}
