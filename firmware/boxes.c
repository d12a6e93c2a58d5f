#include "boxes.h"

#include "settings.h"

bool boxes_known(const net_t *net)
{
    return det_known(net->output, net->outputs);
}

uint32_t boxes_above(const app_frame_t *frame, uint8_t least, det_box_t boxes[DET_MAX_BOXES])
{
    const net_t *net = frame->net;
    int found = det_decode(net->output, net->outputs, frame->seen, least, boxes);
    PANIC_ASSERT(found >= 0); /* known */
    return (uint32_t)found;
}

uint32_t boxes_of(const app_frame_t *frame, det_box_t boxes[DET_MAX_BOXES])
{
    uint32_t least = hal_ccs_read16(APP_SCORE_MIN);
    return boxes_above(frame, (uint8_t)(least < UINT8_MAX ? least : UINT8_MAX), boxes);
}
