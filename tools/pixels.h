/*
 * pixels.h - a PNG as an input tensor of a network.
 *
 * Channels are made to fit (gray from RGB by BT.601 weights 77, 150, 29 / 256; RGB from gray by
 * copying), then the size, bilinearly with half-pixel centers. A uint8 input takes pixels as they
 * are, int8 pixel - 128, float32 pixel / 127.5f - 1.0f in float arithmetic.
 */
#ifndef TOOLS_PIXELS_H
#define TOOLS_PIXELS_H

#include "npu/fnp.h"

/* Of a float input: (pixel - mean) / scale when given. */
typedef struct {
    bool given;
    double mean, scale;
} pixels_scale_t;

/* Input n, which has the shape 1 H W C with 1 or 3 channels, into data, npu_input_bytes(prog, n)
 * large. False with one line in error. */
bool pixels_read(const char *file, const npu_prog_t *prog, uint32_t n, const pixels_scale_t *scale,
                 uint8_t *data, char *error, size_t error_bytes);

#endif
