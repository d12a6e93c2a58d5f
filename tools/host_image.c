#include "tools/host_image.h"

#include <stdlib.h>
#include <string.h>

#include "isp/yuv.h"
#include "sim/dng.h"
#include "sim/file.h"
#include "sim/png.h"

const char *const host_format_names[HOST_FORMAT_COUNT] = {
#define X(name, text) text,
    HOST_FORMATS(X)
#undef X
};

bool host_image_is_raw(const mipi_rx_stream_t *stream)
{
    return stream->bits != 0;
}

bool host_image_is(const mipi_rx_stream_t *stream)
{
    return stream->dt == MIPI_DT_RGB888 || stream->dt == MIPI_DT_YUV422_8 ||
           (stream->bits != 0 && stream->px != NULL);
}

/* Of YUV422 whole pairs. */
uint32_t host_image_width(const mipi_rx_stream_t *stream)
{
    if (stream->dt == MIPI_DT_RGB888)
        return stream->line_bytes / 3;
    return stream->dt == MIPI_DT_YUV422_8 ? stream->line_bytes / 4 * 2 : stream->width_px;
}

const char *host_image_suffix(const mipi_rx_stream_t *stream, host_format_t format)
{
    bool png = format == HOST_DNG && !host_image_is_raw(stream);
    return host_format_names[png ? HOST_PNG : format];
}

/* ---- pixels -------------------------------------------------------------------------------------
 */
/* The mosaic as a gray picture: the upper eight bits of each sample. */
static void take_raw(const mipi_rx_stream_t *stream, uint8_t *out)
{
    size_t count = (size_t)stream->width_px * stream->lines;
    for (size_t i = 0; i < count; i++)
        out[i] = (uint8_t)(stream->px[i] >> (stream->bits - 8));
}

/* The link does not tell which YUV it is: full range of BT.601, the ISP's reset value. */
static void take_rgb(const mipi_rx_stream_t *stream, uint32_t width_px, uint8_t *out)
{
    for (uint32_t row = 0; row < stream->lines; row++) {
        const uint8_t *line = stream->bytes + (size_t)row * stream->line_bytes;
        uint8_t *to = out + (size_t)row * width_px * 3;
        if (stream->dt == MIPI_DT_RGB888)
            mipi_swap_rgb888(to, line, width_px);
        else
            yuv_unpack_422(line, width_px, YUV_FULL, to);
    }
}

/* Samples of 16 bits, low byte first. */
static void take_samples(const mipi_rx_stream_t *stream, uint8_t *out)
{
    size_t count = (size_t)stream->width_px * stream->lines;
    for (size_t i = 0; i < count; i++) {
        out[2 * i] = (uint8_t)stream->px[i];
        out[2 * i + 1] = (uint8_t)(stream->px[i] >> 8);
    }
}

/* ---- files --------------------------------------------------------------------------------------
 */
static bool write_dng(const char *file, const mipi_rx_stream_t *stream, char *error,
                      size_t error_bytes)
{
    const sim_raw_t raw = {
        .width_px = stream->width_px,
        .height_px = stream->lines,
        .bits = stream->bits,
        .bayer = SIM_BAYER_RGGB,
        .data = stream->px,
        .white = (1u << stream->bits) - 1,
        .model = "CSI-2",
    };
    return sim_dng_write(file, &raw, error, error_bytes) == SIM_OK;
}

bool host_image_write(const char *file, const mipi_rx_stream_t *stream, host_format_t format,
                      char *error, size_t error_bytes)
{
    bool raw = host_image_is_raw(stream);
    sim_image_t image = {host_image_width(stream), stream->lines, raw ? 1 : 3, NULL};
    if (image.width_px == 0 || image.height_px == 0 || format == HOST_NONE)
        return true;
    if (raw && format == HOST_DNG)
        return write_dng(file, stream, error, error_bytes);
    bool samples = raw && format == HOST_RAW;
    size_t bytes = (size_t)image.width_px * image.height_px * (samples ? 2 : image.channels);
    image.data = malloc(bytes);
    if (image.data == NULL) {
        snprintf(error, error_bytes, "%s: out of memory", file);
        return false;
    }
    if (samples)
        take_samples(stream, image.data);
    else if (raw)
        take_raw(stream, image.data);
    else
        take_rgb(stream, image.width_px, image.data);
    sim_err_t err = format == HOST_RAW ? sim_file_write(file, image.data, bytes, error, error_bytes)
                                       : sim_png_write(file, &image, error, error_bytes);
    sim_image_free(&image);
    return err == SIM_OK;
}
