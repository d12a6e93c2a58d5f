/*
 * gesture: hands before the camera, and what they say: wave and pinch (gesture.h).
 *
 * The network is a grid detector whose classes are the poses of gesture.h. The host gets boxes of
 * hands, an attribute each that says the pose, the gestures that go on, and an event when one is
 * over.
 */
#include "boxes.h"
#include "fovea_metadata.h"
#include "gesture.h"
#include "settings.h"

static net_t net;
static gest_state_t hands;

/* Scores of so many classes, besides the boxes. */
static bool known(const net_t *n)
{
    return boxes_known(n) && n->outputs == 2 &&
           (n->output[0].dims[3] == GEST_POSES || n->output[1].dims[3] == GEST_POSES);
}

static void begin(void)
{
    gest_init(&hands);
}

/* Boxes of the network are of poses, those of the host of hands. */
static uint32_t name_poses(det_box_t *boxes, uint32_t count, meta_attribute_t *poses)
{
    for (uint32_t i = 0; i < count; i++) {
        uint8_t pose = (uint8_t)(META_ATTRIBUTE_OPEN + boxes[i].class_id - GEST_OPEN);
        poses[i] = (meta_attribute_t){(uint16_t)i, pose, boxes[i].score};
        boxes[i].class_id = META_CLASS_HAND;
    }
    return count;
}

static void on_frame(const app_frame_t *frame)
{
    static det_box_t boxes[DET_MAX_BOXES];
    static uint16_t ids[DET_MAX_BOXES];
    static meta_attribute_t poses[DET_MAX_BOXES];
    uint32_t count = boxes_of(frame, boxes);
    hands.rule = (gest_rule_t){.swings = hal_ccs_read16(APP_GESTURE_SWINGS),
                               .swing = hal_ccs_read16(APP_GESTURE_SWING),
                               .hold_ms = hal_ccs_read16(APP_GESTURE_HOLD_MS)};
    gest_update(&hands, boxes, count, app_frame_ms(frame), ids);
    meta_t *meta = app_meta(frame);
    count = name_poses(boxes, count, poses);
    meta_add_boxes(meta, boxes, ids, count);
    meta_add_attributes(meta, poses, count);
    meta_add_gestures(meta, hands.gesture, hands.gestures);
    meta_add_events(meta, hands.event, hands.events);
    app_send(frame);
}

int main(void)
{
    static const app_t app = {
        .name = "gesture 1", .net = &net, .known = known, .begin = begin, .on_frame = on_frame};
    app_run(&app);
}
