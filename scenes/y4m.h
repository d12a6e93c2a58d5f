/*
 * y4m.h - uncompressed video, YUV4MPEG2: one line of text, then frames of planes.
 *
 *   YUV4MPEG2 W640 H480 F30:1 Ip A1:1 C420jpeg XCOLORRANGE=LIMITED\n
 *   FRAME\n  Y plane, Cb plane, Cr plane
 *   FRAME\n  ...
 *
 * Source: yuv4mpeg(5) of mjpegtools; samples above 8 bits (two bytes, low one first) and
 * XCOLORRANGE as ffmpeg writes them.
 *
 * Modeled:      C mono, 411, 420 (jpeg, mpeg2, paldv), 422, 444, all but 411 also with p10 and p12
 *               (mono: mono10, mono12); any size, of odd ones the chroma planes are rounded up;
 *               the place of chroma samples, interpolated between.
 * Not modeled:  interlaced frames, alpha (both refused); the pixels' aspect.
 */
#ifndef SCENES_Y4M_H
#define SCENES_Y4M_H

#include <stdio.h>

#include "scenes/scene.h"

#define Y4M_MAX_SIDE_PX 16384
#define Y4M_MAX_PX (64u << 20) /* as a picture */

typedef struct {
    uint32_t width_px, height_px;
    uint32_t bits;             /* of a sample: 8, 10, 12 */
    uint32_t planes;           /* 1, 3 */
    uint32_t across, down;     /* luma samples to one of chroma: 1, 2, 4 */
    bool on_left, on_top;      /* a chroma sample is where its first luma sample is, not between */
    scene_levels_t levels;     /* AUTO: not stated */
    uint64_t fps_num, fps_den; /* 0: not stated */
    size_t frame_bytes;        /* without its line "FRAME" */
} y4m_t;

/* The first line, up to and with its newline. False with one line in error: what, found, expected.
 * name is the file's. */
bool y4m_open(FILE *stream, const char *name, y4m_t *y4m, char *error, size_t error_bytes);

/* The line before a frame's samples: 1; 0 at the end of the stream; -1 with error filled. number is
 * for the message. */
int y4m_next(FILE *stream, const char *name, uint32_t number, char *error, size_t error_bytes);

/* From codes to linear light. */
typedef struct {
    float luma_zero, luma_gain;     /* code to 0..1 */
    float chroma_zero, chroma_gain; /* code to -0.5..0.5 */
    float cr_r, cb_g, cr_g, cb_b;   /* R = Y + cr_r Cr and so on */
    float linear[4082];             /* sRGB's curve in steps of 1/4080; the last one twice */
} y4m_color_t;

/* BT.601 or BT.709 (not AUTO) and full or limited range (not AUTO) of samples of that many bits. */
void y4m_color_init(y4m_color_t *color, const y4m_t *y4m, scene_matrix_t matrix,
                    scene_levels_t levels);

/* Row `row` of a frame (frame_bytes from its first sample on) as linear light, 0..1. scratch holds
 * 3 * width_px floats. */
void y4m_row(const y4m_t *y4m, const y4m_color_t *color, const uint8_t *frame, uint32_t row,
             float *const rgb[3], float *scratch);

#endif
