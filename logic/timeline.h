/*
 * timeline.h - when each frame was exposed, read, turned into a tensor, judged and sent.
 *
 * Listens to the blocks' own pulses; it drives nothing and no result depends on it. A frame is
 * complete when its metadata has left the sensor; then `done` is told. Frames whose metadata never
 * leaves are dropped when TIMELINE_FRAMES newer ones have started.
 */
#ifndef LOGIC_TIMELINE_H
#define LOGIC_TIMELINE_H

#include "sim/sim.h"

#define TIMELINE_FRAMES 16u

/* Points in time of one frame, ps; 0 where it did not come that far. */
/* clang-format off */
#define TIMELINE_POINTS(X)                                                                         \
    X(exposure_start) X(exposure_end) X(readout_start) X(readout_end) X(tensor_ready)              \
    X(npu_start) X(npu_end) X(firmware_end) X(link_first) X(link_last)
/* clang-format on */

typedef struct {
    uint32_t frame;
    bool known;
#define X(name) uint64_t name##_ps;
    TIMELINE_POINTS(X)
#undef X
    uint32_t link_vc; /* virtual channel on which its metadata left */
    int64_t die_uc;   /* temperature that its dark current is of, 1/1,000,000 degree Celsius */
} timeline_frame_t;

/* An image of a frame that has left: from the first byte of its FS to the last of its FE. */
typedef struct {
    uint32_t frame, vc;
    uint64_t exposure_start_ps, readout_end_ps; /* of the frame */
    uint64_t first_ps, last_ps;
    uint64_t bytes; /* payload of its long packets */
} timeline_image_t;

typedef struct {
    sim_comp_t comp;
    timeline_frame_t frame[TIMELINE_FRAMES];                /* by frame number modulo */
    uint32_t npu_frame;                                     /* whose tensor the NPU works on */
    void (*done)(void *ctx, const timeline_frame_t *frame); /* may be NULL */
    void *done_ctx;
    void (*image)(void *ctx, const timeline_image_t *image); /* the same */
    void *image_ctx;
} timeline_t;

/* The caller owns timeline, zeroed; it must outlive sim. */
sim_err_t timeline_init(timeline_t *timeline, sim_t *sim, const char *name);

/* The place of a frame; a place that holds another frame is cleared for it. */
timeline_frame_t *timeline_at(timeline_t *timeline, uint32_t frame);

/* The frame's metadata has left, on that virtual channel: reports it. */
void timeline_sent(timeline_t *timeline, uint32_t frame, uint32_t vc, uint64_t first_ps,
                   uint64_t last_ps);

/* An image of image->frame has left; the frame's own times are filled in. */
void timeline_image_sent(timeline_t *timeline, const timeline_image_t *image);

#endif
