/*
 * meta.h - builds one metadata packet (fovea_metadata.h) in memory.
 */
#ifndef FW_META_H
#define FW_META_H

#include "detect.h"
#include "track.h"

typedef struct {
    uint32_t frame, network, latency_us;
    uint64_t time_ps;
    const det_box_t *boxes;
    const uint16_t *ids; /* one a box */
    uint32_t box_count;  /* up to META_MAX_BOXES are written */
    const trk_state_t *tracker;
    uint32_t memory_errors; /* that were not corrected, since the last packet */
} meta_frame_t;

/* Writes the packet to out (META_MAX_BYTES large) and returns its bytes. */
uint32_t meta_build(const meta_frame_t *frame, uint32_t *out);

#endif
