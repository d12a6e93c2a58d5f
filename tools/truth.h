/*
 * truth.h - when a frame of the pixel die sees what, and its truth as a line of JSON.
 */
#ifndef TOOLS_TRUTH_H
#define TOOLS_TRUTH_H

#include <stdio.h>

#include "pixel/pixel.h"
#include "scenes/scene.h"

scene_timing_t truth_timing(const pix_desc_t *die, const pix_frame_t *frame);

/* Adds frame, time, truth and events (since the frame before) to a value: a line of truth.jsonl. */
void truth_add(sim_json_t *out, uint32_t frame, const scene_timing_t *timing,
               const scene_truth_t *truth, const scene_events_t *events);
void truth_write_line(FILE *to, uint32_t frame, const scene_timing_t *timing,
                      const scene_truth_t *truth, const scene_events_t *events);

#endif
