/*
 * host_image.h - image frames off the link as files.
 */
#ifndef TOOLS_HOST_IMAGE_H
#define TOOLS_HOST_IMAGE_H

#include "mipi/rx.h"
#include "sim/line.h"

/*
 * PNG: 8 bits, RAW as a gray mosaic of the upper eight. DNG: RAW only, RGGB, black 0, white full
 * scale, for the link does not tell; RAW20 without its lowest four bits. raw: samples of 16 bits,
 * of RAW20 32, low byte first; RGB 8 bits each. RGB888, RGB565, YUV422 and YUV420 of 8 and 10 bits
 * become RGB of 8; legacy YUV420 is no image here.
 */
#define HOST_FORMATS(X) X(PNG, "png") X(DNG, "dng") X(RAW, "raw") X(NONE, "none")

typedef enum {
#define X(name, text) HOST_##name,
    HOST_FORMATS(X)
#undef X
        HOST_FORMAT_COUNT
} host_format_t;

extern const char *const host_format_names[HOST_FORMAT_COUNT];

/* Is it an image that can be written? RAW, or RGB and YUV that become RGB. */
bool host_image_is(const mipi_rx_stream_t *stream);
bool host_image_is_raw(const mipi_rx_stream_t *stream);
/* Whole pixels of a line. */
uint32_t host_image_width(const mipi_rx_stream_t *stream);
/* What its file ends with: RGB is PNG, where RAW is DNG. */
const char *host_image_suffix(const mipi_rx_stream_t *stream, host_format_t format);

/* RAW as samples of 16 bits at most, host_image_width x lines: how many bits they have; 0 without
 * memory. */
uint32_t host_image_samples(const mipi_rx_stream_t *stream, uint16_t *samples);
/* Others as RGB of 8 bits, 3 bytes a pixel; false without memory. */
bool host_image_rgb(const mipi_rx_stream_t *stream, uint8_t *rgb);

/* False with one line in error. An image without pixels is not written. */
bool host_image_write(const char *file, const mipi_rx_stream_t *stream, host_format_t format,
                      char *error, size_t error_bytes);

#endif
