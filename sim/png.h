/*
 * png.h - PNG files in and out, 8 bits a channel, and RAW pictures in; the one place that knows
 * libpng.
 */
#ifndef SIM_PNG_H
#define SIM_PNG_H

#include "sim/raw.h"

typedef struct {
    uint32_t width_px, height_px;
    uint32_t channels; /* 1 gray, 3 RGB */
    uint8_t *data;     /* width * height * channels, rows without padding; malloc'ed */
} sim_image_t;

/*
 * Reads a PNG of any kind: 16 bits become 8, palettes RGB, alpha is composed on black; gray stays
 * gray. error gets "file: what" (error_bytes long) on failure. Images above 64 Mpixel are refused.
 * The caller frees with sim_image_free.
 */
sim_err_t sim_png_read(const char *file, sim_image_t *image, char *error, size_t error_bytes);
sim_err_t sim_png_write(const char *file, const sim_image_t *image, char *error,
                        size_t error_bytes);
/* The same into malloc'ed memory, which the caller frees. */
sim_err_t sim_png_encode(const sim_image_t *image, uint8_t **data, size_t *bytes, char *error,
                         size_t error_bytes);
/* sim_png_read from memory; name stands for the file in messages. */
sim_err_t sim_png_decode(const void *data, size_t bytes, const char *name, sim_image_t *image,
                         char *error, size_t error_bytes);
/* A gray PNG of 8 or 16 bits, without alpha, as a RAW picture: RGGB, black 0, white full scale. The
 * caller frees raw with sim_raw_free, also after an error. */
sim_err_t sim_png_decode_raw(const void *data, size_t bytes, const char *name, sim_raw_t *raw,
                             char *error, size_t error_bytes);
void sim_image_free(sim_image_t *image);

#endif
