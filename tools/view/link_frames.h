/*
 * link_frames.h - what of the link's packets was the last frame: its bytes, and whether there was
 * an image among them.
 */
#ifndef TOOLS_VIEW_LINK_FRAMES_H
#define TOOLS_VIEW_LINK_FRAMES_H

#include "tools/view/model.h"

/* Of each virtual channel its newest whole frame, FS to FE, unless it ended more than a frame
 * before the newest of all. */
typedef struct {
    uint32_t frames;  /* how many channels have one; 0: no frame has left yet */
    uint64_t bytes;   /* of all packets, headers and CRCs included */
    uint64_t packets; /* how many these are */
    bool cut;         /* older packets of them are forgotten: it was more */
    /* Lines in these, and in frames that have begun since: */
    bool raw, color; /* image lines: of the mosaic; RGB or YUV */
    bool metadata;   /* user-defined lines */
    bool embedded;   /* embedded lines: registers, tensors */
    uint64_t end_ps; /* of the newest */
} link_frames_t;

link_frames_t link_frames_of(const view_model_t *model);

/* Bytes on the link of a frame of RAW lines alone: FS, a long packet a row, FE. */
uint64_t link_raw_bytes(const view_picture_t *raw);

#endif
