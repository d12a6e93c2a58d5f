#include "tools/pixels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/tensor_io.h"
#include "sim/png.h"

static uint8_t sample(const sim_image_t *image, uint32_t x, uint32_t y, uint32_t c,
                      uint32_t channels)
{
    const uint8_t *px = image->data + ((size_t)y * image->width_px + x) * image->channels;
    if (image->channels == 3 && channels == 1)
        return (uint8_t)((77u * px[0] + 150u * px[1] + 29u * px[2] + 128u) >> 8);
    return image->channels == 1 ? px[0] : px[c];
}

/* Source position of a result's pixel center in 1/65536, and its two neighbors. */
typedef struct {
    uint32_t low, high, fraction;
} tap_t;

static tap_t tap(uint32_t i, uint32_t from, uint32_t to)
{
    int64_t at = (int64_t)(2 * (uint64_t)i + 1) * from * 32768 / to - 32768;
    int64_t last = (int64_t)(from - 1) << 16;
    at = at < 0 ? 0 : at > last ? last : at;
    uint32_t low = (uint32_t)(at >> 16);
    return (tap_t){low, low + 1 < from ? low + 1 : low, (uint32_t)(at & 0xffff)};
}

static uint8_t blend(const sim_image_t *image, tap_t x, tap_t y, uint32_t c, uint32_t channels)
{
    uint64_t top = (uint64_t)sample(image, x.low, y.low, c, channels) * (65536 - x.fraction) +
                   (uint64_t)sample(image, x.high, y.low, c, channels) * x.fraction;
    uint64_t bottom = (uint64_t)sample(image, x.low, y.high, c, channels) * (65536 - x.fraction) +
                      (uint64_t)sample(image, x.high, y.high, c, channels) * x.fraction;
    uint64_t sum = top * (65536 - y.fraction) + bottom * y.fraction;
    return (uint8_t)((sum + (UINT64_C(1) << 31)) >> 32);
}

static void resize(const sim_image_t *image, uint32_t w, uint32_t h, uint32_t channels,
                   uint8_t *out)
{
    for (uint32_t y = 0; y < h; y++) {
        tap_t ty = tap(y, image->height_px, h);
        for (uint32_t x = 0; x < w; x++) {
            tap_t tx = tap(x, image->width_px, w);
            for (uint32_t c = 0; c < channels; c++)
                *out++ = blend(image, tx, ty, c, channels);
        }
    }
}

/* As a QUANTIZE operator: zero point + x / scale rounded half away from zero, in float. */
static void quantize(const npu_prog_t *prog, const pixels_scale_t *affine, const uint8_t *pixels,
                     uint64_t count, uint8_t *codes)
{
    float scale;
    memcpy(&scale, &prog->net[NPU_NET_INPUT_SCALE_W], sizeof(scale));
    int32_t zero = (int32_t)prog->net[NPU_NET_INPUT_ZERO_POINT_W];
    for (uint64_t i = 0; i < count; i++) {
        float x = ((float)pixels[i] - (float)affine->mean) / (float)affine->scale;
        int32_t code = zero + (int32_t)lroundf(x / scale);
        codes[i] = (uint8_t)(code < -128 ? -128 : code > 127 ? 127 : code);
    }
}

bool pixels_read(const char *file, const npu_prog_t *prog, const pixels_scale_t *scale,
                 uint8_t *codes, char *error, size_t error_bytes)
{
    sim_image_t image;
    if (sim_png_read(file, &image, error, error_bytes) != SIM_OK)
        return false;
    uint32_t channels = prog->net[NPU_NET_INPUT_CHANNELS_W];
    uint64_t count = npu_input_bytes(prog);
    uint8_t *pixels = malloc(count + 1);
    bool fine = pixels != NULL && (channels == 1 || channels == 3);
    if (!fine)
        snprintf(error, error_bytes, "%s: the network takes %u channels, expected 1 or 3", file,
                 channels);
    if (fine) {
        resize(&image, prog->net[NPU_NET_INPUT_WIDTH_W], prog->net[NPU_NET_INPUT_HEIGHT_W],
               channels, pixels);
        if (scale->float_input && scale->given)
            quantize(prog, scale, pixels, count, codes);
        else if (scale->float_input)
            npu_input_from_pixels_float(prog, pixels, codes);
        else
            npu_input_from_pixels(prog, pixels, codes);
    }
    free(pixels);
    sim_image_free(&image);
    return fine;
}
