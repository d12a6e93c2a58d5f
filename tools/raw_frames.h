/*
 * raw_frames.h - DNG files of a run: RAW frames as the pixel die reads them, ahead of ISP and link.
 *
 * Listens to the pixel die beside the chip's own consumers; nothing that it does reaches the
 * simulation.
 */
#ifndef TOOLS_RAW_FRAMES_H
#define TOOLS_RAW_FRAMES_H

#include "isp/isp.h"
#include "pixel/pixel.h"
#include "sim/raw.h"

typedef struct {
    const pix_t *pixel;
    const isp_t *isp;
    uint32_t every; /* a file of every n-th frame; 0: none */
    char dir[1200];
    sim_raw_t raw;  /* of the newest chosen frame, as far as it has come */
    size_t room_px; /* of raw.data */
    void *written;  /* numbers of the frames whose files are, uint32_t each */
    size_t written_bytes;
    char *error; /* the first failure; no file is written after it */
    size_t error_bytes;
} raw_frames_t;

/* False without memory, or when the pixel die has no place left. Free with raw_frames_free. error
 * is empty and the caller's; it gets one line when a file cannot be written. */
bool raw_frames_init(raw_frames_t *frames, pix_t *pixel, const isp_t *isp, uint32_t every,
                     const char *dir, char *error, size_t error_bytes);
void raw_frames_free(raw_frames_t *frames);

/* What a DNG file says of the frame that pixel reads, of which line is one: shape, levels, colors in
 * daylight, exposure. All of raw but the samples. */
void raw_frames_describe(const pix_t *pixel, const sim_line_t *line, sim_raw_t *raw);
/* Puts a line where it belongs in raw's samples; of two exposures, only the long one. */
void raw_frames_take(const sim_line_t *line, sim_raw_t *raw);

#endif
