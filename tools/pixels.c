#include "tools/pixels.h"

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

static bool put_floats(const npu_prog_t *prog, uint32_t n, const pixels_scale_t *affine,
                       const uint8_t *pixels, uint64_t count, uint8_t *data)
{
    float *x = malloc(count * sizeof(*x));
    for (uint64_t i = 0; x != NULL && i < count; i++)
        x[i] = ((float)pixels[i] - (float)affine->mean) / (float)affine->scale;
    if (x != NULL)
        npu_input_arrange(prog, n, x, data);
    free(x);
    return x != NULL;
}

static bool convert(const npu_prog_t *prog, uint32_t n, const pixels_scale_t *scale,
                    const uint8_t *pixels, uint64_t count, uint8_t *data)
{
    if (npu_input_dtype(prog, n) != NPU_DTYPE_FLOAT32 || !scale->given)
        return npu_input_from_pixels(prog, n, pixels, data);
    return put_floats(prog, n, scale, pixels, count, data);
}

bool pixels_read(const char *file, const npu_prog_t *prog, uint32_t n, const pixels_scale_t *scale,
                 uint8_t *data, char *error, size_t error_bytes)
{
    sim_image_t image;
    npu_net_tensor_t t = npu_prog_input(prog, n);
    uint32_t h = t.shape[1], w = t.shape[2], channels = t.shape[3];
    if (t.dims != 4 || (channels != 1 && channels != 3)) {
        snprintf(error, error_bytes, "%s: input %u is no image of 1 or 3 channels", file, n);
        return false;
    }
    if (sim_png_read(file, &image, error, error_bytes) != SIM_OK)
        return false;
    uint64_t count = npu_net_tensor_elements(&t);
    uint8_t *pixels = malloc(count);
    bool fine = pixels != NULL;
    if (fine) {
        resize(&image, w, h, channels, pixels);
        fine = convert(prog, n, scale, pixels, count, data);
    }
    if (!fine)
        snprintf(error, error_bytes, "%s: input %u is %s, which no image becomes", file, n,
                 npu_dtype_name(npu_input_dtype(prog, n)));
    free(pixels);
    sim_image_free(&image);
    return fine;
}
