/*
 * boxes.h - what the network of an application saw, where that is boxes (detect.h).
 */
#ifndef FW_BOXES_H
#define FW_BOXES_H

#include "app.h"

/* For app_t.known. */
bool boxes_known(const net_t *net);

/* Boxes of a frame's result with at least the score that the host has set, best first; how many.
 * Their network is one of boxes_known. */
uint32_t boxes_of(const app_frame_t *frame, det_box_t boxes[DET_MAX_BOXES]);
/* With another least score, 1/256. */
uint32_t boxes_above(const app_frame_t *frame, uint8_t least, det_box_t boxes[DET_MAX_BOXES]);

#endif
