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

/* Data types that become RGB. */
typedef struct {
    uint8_t dt;
    uint8_t line_bytes, line_px; /* so many bytes are so many pixels of the first line */
    bool yuv, yuv420, ten_bits;
} color_t;

/* clang-format off */
static const color_t colors[] = {
    {MIPI_DT_RGB888,         3, 1, false, false, false},
    {MIPI_DT_RGB565,         2, 1, false, false, false},
    {MIPI_DT_YUV422_8,       4, 2, true,  false, false},
    {MIPI_DT_YUV422_10,      5, 2, true,  false, true},
    {MIPI_DT_YUV420_8,       2, 2, true,  true,  false},
    {MIPI_DT_YUV420_8_CSPS,  2, 2, true,  true,  false},
    {MIPI_DT_YUV420_10,      5, 4, true,  true,  true},
    {MIPI_DT_YUV420_10_CSPS, 5, 4, true,  true,  true},
};
/* clang-format on */

static const color_t *color_of(const mipi_rx_stream_t *stream)
{
    for (size_t i = 0; i < SIM_COUNT(colors); i++)
        if (colors[i].dt == stream->dt)
            return &colors[i];
    return NULL;
}

bool host_image_is_raw(const mipi_rx_stream_t *stream)
{
    return mipi_bits_of_dt(stream->dt) != 0;
}

bool host_image_is(const mipi_rx_stream_t *stream)
{
    bool kept = stream->bits != 0 ? stream->px != NULL : stream->bytes != NULL;
    return kept && (host_image_is_raw(stream) || color_of(stream) != NULL);
}

/* Of YUV whole pairs. */
uint32_t host_image_width(const mipi_rx_stream_t *stream)
{
    const color_t *color = color_of(stream);
    if (stream->bits != 0)
        return stream->width_px;
    if (color == NULL)
        return stream->line_bytes / 5 * 2; /* RAW20 */
    uint32_t width = stream->line_bytes / color->line_bytes * color->line_px;
    uint32_t chroma = stream->odd_bytes / (color->ten_bits ? 5 : 4) * 2;
    return color->yuv420 && stream->lines > 1 && chroma < width ? chroma : width;
}

const char *host_image_suffix(const mipi_rx_stream_t *stream, host_format_t format)
{
    bool png = format == HOST_DNG && !host_image_is_raw(stream);
    return host_format_names[png ? HOST_PNG : format];
}

/* ---- pixels -------------------------------------------------------------------------------------
 */
/* Where a row's payload is. */
static const uint8_t *payload(const mipi_rx_stream_t *stream, uint32_t row)
{
    size_t pair = (size_t)stream->line_bytes + stream->odd_bytes;
    if (stream->odd_bytes != 0)
        return stream->bytes + row / 2 * pair + (row % 2 != 0 ? stream->line_bytes : 0);
    return stream->bytes + (size_t)row * stream->line_bytes;
}

/* The samples of a row, whatever their depth. */
static void raw_row(const mipi_rx_stream_t *stream, uint32_t row, uint32_t width_px, uint32_t *out)
{
    if (stream->bits == 0) {
        mipi_unpack20(out, payload(stream, row), width_px);
        return;
    }
    for (uint32_t i = 0; i < width_px; i++)
        out[i] = stream->px[(size_t)row * width_px + i];
}

/* Sample i of a YUV line, its upper eight bits. */
static uint8_t component(const uint8_t *line, bool ten_bits, uint32_t i)
{
    return ten_bits ? line[i / 4 * 5 + i % 4] : line[i];
}

/* A row as U Y V Y of 8 bits. Of YUV420 every other line has the chroma of two; without it: gray.
 */
static void uyvy_row(const mipi_rx_stream_t *stream, const color_t *color, uint32_t row,
                     uint32_t width_px, uint8_t *out)
{
    bool luma = color->yuv420 && row % 2 == 0, gray = luma && row + 1 == stream->lines;
    const uint8_t *line = payload(stream, row);
    const uint8_t *chroma = payload(stream, luma && !gray ? row + 1 : row);
    for (uint32_t i = 0; i < width_px; i++) {
        out[2 * i] = gray ? 128 : component(chroma, color->ten_bits, 2 * i);
        out[2 * i + 1] = component(line, color->ten_bits, luma ? i : 2 * i + 1);
    }
}

/* The link does not tell which YUV it is: full range of BT.601, the ISP's reset value. */
static void rgb_row(const mipi_rx_stream_t *stream, uint32_t row, uint32_t width_px,
                    uint8_t *scratch, uint8_t *out)
{
    const color_t *color = color_of(stream);
    if (stream->dt == MIPI_DT_RGB888) {
        mipi_swap_rgb888(out, payload(stream, row), width_px);
    } else if (stream->dt == MIPI_DT_RGB565) {
        mipi_unpack_rgb565(out, payload(stream, row), width_px);
    } else {
        uyvy_row(stream, color, row, width_px, scratch);
        yuv_unpack_422(scratch, width_px, YUV_FULL, out);
    }
}

/* Bytes of a pixel in the file: of RGB, of a mosaic of eight bits, of samples. */
static uint32_t pixel_bytes(const mipi_rx_stream_t *stream, host_format_t format)
{
    if (!host_image_is_raw(stream))
        return 3;
    return format == HOST_PNG ? 1 : stream->bits == 0 ? 4 : 2;
}

/* All rows as the file has them; scratch: 4 bytes for each pixel of a row. */
static void take_rows(const mipi_rx_stream_t *stream, host_format_t format, uint32_t width_px,
                      uint32_t *scratch, uint8_t *out)
{
    uint32_t bytes = pixel_bytes(stream, format);
    uint32_t drop = format == HOST_PNG ? mipi_bits_of_dt(stream->dt) - 8 : 0;
    for (uint32_t row = 0; row < stream->lines; row++) {
        if (!host_image_is_raw(stream)) {
            rgb_row(stream, row, width_px, (uint8_t *)scratch, out);
            out += (size_t)width_px * bytes;
            continue;
        }
        raw_row(stream, row, width_px, scratch);
        for (uint32_t i = 0; i < width_px; i++)
            for (uint32_t k = 0; k < bytes; k++)
                *out++ = (uint8_t)(scratch[i] >> drop >> (8 * k));
    }
}

/* RAW with at most 16 bits; scratch: a row. Returns how many bits. */
static uint32_t take_samples(const mipi_rx_stream_t *stream, uint32_t width_px, uint32_t *scratch,
                             uint16_t *out)
{
    uint32_t drop = stream->bits != 0 ? 0 : 4;
    for (uint32_t row = 0; row < stream->lines; row++) {
        raw_row(stream, row, width_px, scratch);
        for (uint32_t i = 0; i < width_px; i++)
            *out++ = (uint16_t)(scratch[i] >> drop);
    }
    return stream->bits != 0 ? stream->bits : 16;
}

/* Room for a row of either kind; NULL without memory. */
static uint32_t *row_scratch(const mipi_rx_stream_t *stream)
{
    return malloc(((size_t)host_image_width(stream) + 1) * sizeof(uint32_t));
}

uint32_t host_image_samples(const mipi_rx_stream_t *stream, uint16_t *samples)
{
    uint32_t *scratch = row_scratch(stream);
    uint32_t bits =
        scratch != NULL ? take_samples(stream, host_image_width(stream), scratch, samples) : 0;
    free(scratch);
    return bits;
}

bool host_image_rgb(const mipi_rx_stream_t *stream, uint8_t *rgb)
{
    uint32_t width_px = host_image_width(stream), *scratch = row_scratch(stream);
    for (uint32_t row = 0; scratch != NULL && row < stream->lines; row++)
        rgb_row(stream, row, width_px, (uint8_t *)scratch, rgb + 3 * (size_t)width_px * row);
    free(scratch);
    return scratch != NULL;
}

/* ---- files --------------------------------------------------------------------------------------
 */
/* A DNG has 16 bits at most. */
static sim_err_t write_dng(const char *file, const mipi_rx_stream_t *stream, uint32_t width_px,
                           uint32_t *scratch, uint16_t *samples, char *error, size_t error_bytes)
{
    uint32_t bits = take_samples(stream, width_px, scratch, samples);
    const sim_raw_t raw = {
        .width_px = width_px,
        .height_px = stream->lines,
        .bits = bits,
        .bayer = SIM_BAYER_RGGB,
        .data = samples,
        .white = (1u << bits) - 1,
        .model = "CSI-2",
    };
    return sim_dng_write(file, &raw, error, error_bytes);
}

static sim_err_t write_file(const char *file, const mipi_rx_stream_t *stream, host_format_t format,
                            uint32_t *scratch, void *data, char *error, size_t error_bytes)
{
    bool raw = host_image_is_raw(stream);
    sim_image_t image = {host_image_width(stream), stream->lines, raw ? 1 : 3, data};
    if (raw && format == HOST_DNG)
        return write_dng(file, stream, image.width_px, scratch, data, error, error_bytes);
    take_rows(stream, format, image.width_px, scratch, data);
    size_t count = (size_t)image.width_px * image.height_px;
    return format == HOST_RAW
               ? sim_file_write(file, data, count * pixel_bytes(stream, format), error, error_bytes)
               : sim_png_write(file, &image, error, error_bytes);
}

bool host_image_write(const char *file, const mipi_rx_stream_t *stream, host_format_t format,
                      char *error, size_t error_bytes)
{
    uint32_t width_px = host_image_width(stream);
    if (width_px == 0 || stream->lines == 0 || format == HOST_NONE)
        return true;
    uint32_t *scratch = malloc((size_t)width_px * sizeof(*scratch));
    void *data = malloc((size_t)width_px * stream->lines * pixel_bytes(stream, format));
    bool fine = scratch != NULL && data != NULL;
    if (!fine)
        snprintf(error, error_bytes, "%s: out of memory", file);
    else
        fine = write_file(file, stream, format, scratch, data, error, error_bytes) == SIM_OK;
    free(scratch);
    free(data);
    return fine;
}
