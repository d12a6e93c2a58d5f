/*
 * stats.h - stats.json: every counter of every block, and the timeline of every frame.
 */
#ifndef TOOLS_STATS_H
#define TOOLS_STATS_H

#include "logic/timeline.h"
#include "sim/json.h"
#include "sim/sim.h"

/* A tree by component path; leaves are {value, unit, help}. The caller frees it. */
sim_json_t *stats_tree(const sim_t *sim);

/* Appends one element of "frames". */
void stats_add_frame(sim_json_t *frames, const timeline_frame_t *frame);

/* "images"; nothing when there are none. */
void stats_add_images(sim_json_t *stats, const timeline_image_t *image, size_t count);

#endif
