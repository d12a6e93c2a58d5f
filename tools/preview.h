/*
 * preview.h - pictures of a run: the ISP's RGB image with the boxes that the host received.
 *
 * Listens to the ISP beside the chip's own consumers; nothing that it does reaches the simulation.
 */
#ifndef TOOLS_PREVIEW_H
#define TOOLS_PREVIEW_H

#include "isp/isp.h"
#include "scenes/scene.h"
#include "sim/png.h"
#include "tools/metadata.h"

typedef struct {
    const isp_t *isp;
    sim_image_t image;   /* of the newest chosen frame; data NULL: none yet, or no memory for it */
    size_t image_bytes;  /* of its data */
    sim_window_t window; /* what of the array it shows */
    uint32_t every;      /* a picture of every n-th frame; 0: none */
    bool mute;           /* no file is wanted: the image is made, for that counts, and not kept */
    uint32_t frame;      /* that image shows */
    bool complete;       /* all its lines are there */
    void *written;       /* numbers of the frames whose pictures are, uint32_t each */
    size_t written_bytes;
    float line_px; /* the counting line's column in the array */
} preview_t;

/* Frames of any size are shown. False when the ISP has no place left. Free with preview_free. */
bool preview_init(preview_t *preview, isp_t *isp, const scene_t *scene, uint32_t every);
void preview_free(preview_t *preview);

/* Draws the boxes into the picture of their frame and writes dir/frame_NNNNN.png; true with nothing
 * done when that frame was not chosen. */
bool preview_write(preview_t *preview, const metadata_t *metadata, const char *dir, char *error,
                   size_t error_bytes);

#endif
