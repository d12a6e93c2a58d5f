/*
 * pixels.h - a PNG as the input tensor of a network.
 *
 * Channels are made to fit (gray from RGB by BT.601 weights 77, 150, 29 / 256; RGB from gray by
 * copying), then the size, bilinearly with half-pixel centers. A uint8 input takes pixels as they
 * are, int8 pixel - 128, float32 pixel / 127.5f - 1.0f in float arithmetic, quantized as the
 * network's own QUANTIZE does.
 */
#ifndef TOOLS_PIXELS_H
#define TOOLS_PIXELS_H

#include "npu/fnp.h"

/* Of a float input: (pixel - mean) / scale when given. */
typedef struct {
    bool given;
    double mean, scale;
    bool float_input; /* the network takes float32 */
} pixels_scale_t;

/* codes: npu_input_bytes(prog). False with one line in error. */
bool pixels_read(const char *file, const npu_prog_t *prog, const pixels_scale_t *scale,
                 uint8_t *codes, char *error, size_t error_bytes);

#endif
