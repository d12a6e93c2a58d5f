/*
 * png.c - libpng, wrapped.
 *
 * libpng reports errors by longjmp. The function that calls setjmp has no locals that change; all
 * that must be freed is in a struct of its caller.
 */
#include "sim/png.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h> /* Z_RLE; nothing is called */

#include "sim/file.h"

#define MAX_PX (UINT64_C(64) << 20)
#define MAX_FILE_BYTES ((size_t)1 << 30)

typedef struct {
    png_structp png;
    png_infop info;
    const uint8_t *data; /* of the file, when reading */
    size_t bytes_left;
    sim_image_t image;
    uint8_t *row; /* of a RAW picture */
    sim_raw_t *raw;
    char what[128]; /* first error */
} codec_t;

static void on_error(png_structp png, png_const_charp what)
{
    codec_t *codec = png_get_error_ptr(png);
    snprintf(codec->what, sizeof(codec->what), "%s", what);
    longjmp(png_jmpbuf(png), 1);
}

static void on_warning(png_structp png, png_const_charp what)
{
    (void)png, (void)what;
}

static sim_err_t fail(const char *name, const char *what, char *error, size_t error_bytes)
{
    snprintf(error, error_bytes, "%s: %s", name, what);
    return SIM_EPARSE;
}

/* ---- reading ---- */

static void on_read(png_structp png, png_bytep out, size_t bytes)
{
    codec_t *codec = png_get_io_ptr(png);
    if (bytes > codec->bytes_left)
        png_error(png, "file ends too early");
    memcpy(out, codec->data, bytes);
    codec->data += bytes;
    codec->bytes_left -= bytes;
}

/* 8-bit gray or RGB, whatever the file has. */
static void set_transforms(png_structp png)
{
    png_color_16 black;
    memset(&black, 0, sizeof(black));
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_background(png, &black, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
}

static void check_size(png_structp png, uint32_t width_px, uint32_t height_px)
{
    if ((uint64_t)width_px * height_px > MAX_PX)
        png_error(png, "image larger than 64 Mpixel");
}

/* False, with codec->what, on any error; codec->image.data is then the caller's to free. */
static bool decode(codec_t *codec)
{
    png_structp png = codec->png;
    sim_image_t *image = &codec->image;
    if (setjmp(png_jmpbuf(png)) != 0)
        return false;
    png_set_read_fn(png, codec, on_read);
    png_read_info(png, codec->info);
    image->width_px = png_get_image_width(png, codec->info);
    image->height_px = png_get_image_height(png, codec->info);
    check_size(png, image->width_px, image->height_px);
    set_transforms(png);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, codec->info);
    image->channels = png_get_channels(png, codec->info);
    size_t row_bytes = (size_t)image->width_px * image->channels;
    if ((image->channels != 1 && image->channels != 3) ||
        png_get_rowbytes(png, codec->info) != row_bytes)
        png_error(png, "pixel format not supported");
    image->data = malloc(row_bytes * image->height_px);
    if (image->data == NULL)
        png_error(png, "out of memory");
    for (int pass = 0; pass < passes; pass++)
        for (uint32_t y = 0; y < image->height_px; y++)
            png_read_row(png, image->data + y * row_bytes, NULL);
    png_read_end(png, NULL);
    return true;
}

/* The same for codec->raw, and codec->row. */
static bool decode_raw(codec_t *codec)
{
    png_structp png = codec->png;
    sim_raw_t *raw = codec->raw;
    if (setjmp(png_jmpbuf(png)) != 0)
        return false;
    png_set_read_fn(png, codec, on_read);
    png_read_info(png, codec->info);
    raw->width_px = png_get_image_width(png, codec->info);
    raw->height_px = png_get_image_height(png, codec->info);
    raw->bits = png_get_bit_depth(png, codec->info);
    check_size(png, raw->width_px, raw->height_px);
    if (png_get_color_type(png, codec->info) != PNG_COLOR_TYPE_GRAY || raw->bits < 8)
        png_error(png, "a RAW picture is gray, 8 or 16 bits, without alpha");
    if (png_get_interlace_type(png, codec->info) != PNG_INTERLACE_NONE)
        png_error(png, "a RAW picture is not interlaced");
    size_t width_px = raw->width_px;
    raw->data = malloc(width_px * raw->height_px * sizeof(uint16_t));
    codec->row = malloc(2 * width_px);
    if (raw->data == NULL || codec->row == NULL)
        png_error(png, "out of memory");
    for (uint32_t y = 0; y < raw->height_px; y++) {
        uint16_t *out = raw->data + y * width_px;
        const uint8_t *in = codec->row;
        png_read_row(png, codec->row, NULL);
        for (size_t x = 0; x < width_px; x++)
            out[x] = (uint16_t)(raw->bits == 8 ? in[x] : in[2 * x] << 8 | in[2 * x + 1]);
    }
    png_read_end(png, NULL);
    return true;
}

/* One of the above on a file in memory. */
static sim_err_t read_with(bool (*read)(codec_t *codec), codec_t *codec, const char *name,
                           char *error, size_t error_bytes)
{
    if (codec->bytes_left < 8 || png_sig_cmp(codec->data, 0, 8) != 0)
        return fail(name, "not a PNG file", error, error_bytes);
    codec->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, codec, on_error, on_warning);
    codec->info = codec->png != NULL ? png_create_info_struct(codec->png) : NULL;
    bool done = codec->info != NULL && read(codec);
    png_destroy_read_struct(&codec->png, &codec->info, NULL);
    return done ? SIM_OK : fail(name, codec->what, error, error_bytes);
}

sim_err_t sim_png_decode(const void *data, size_t bytes, const char *name, sim_image_t *image,
                         char *error, size_t error_bytes)
{
    codec_t codec = {.data = data, .bytes_left = bytes, .what = "out of memory"};
    sim_err_t err = read_with(decode, &codec, name, error, error_bytes);
    if (err != SIM_OK)
        sim_image_free(&codec.image);
    *image = codec.image;
    return err;
}

sim_err_t sim_png_decode_raw(const void *data, size_t bytes, const char *name, sim_raw_t *raw,
                             char *error, size_t error_bytes)
{
    *raw = (sim_raw_t){.bayer = SIM_BAYER_RGGB};
    codec_t codec = {.data = data, .bytes_left = bytes, .raw = raw, .what = "out of memory"};
    sim_err_t err = read_with(decode_raw, &codec, name, error, error_bytes);
    raw->white = (1u << raw->bits) - 1;
    free(codec.row);
    return err;
}

sim_err_t sim_png_read(const char *file, sim_image_t *image, char *error, size_t error_bytes)
{
    size_t bytes = 0;
    *image = (sim_image_t){0};
    uint8_t *data = sim_file_read(file, MAX_FILE_BYTES, &bytes, error, error_bytes);
    if (data == NULL)
        return SIM_EFILE;
    sim_err_t err = sim_png_decode(data, bytes, file, image, error, error_bytes);
    free(data);
    return err;
}

/* ---- writing ---- */

static bool encode(codec_t *codec, FILE *stream)
{
    png_structp png = codec->png;
    const sim_image_t *image = &codec->image;
    if (setjmp(png_jmpbuf(png)) != 0)
        return false;
    png_init_io(png, stream);
    /* Frames are noisy and many: one cheap filter, runs and Huffman codes, no search for repeats.
     * On a noisy 2028 x 1520 RGB frame that is both faster and smaller than the usual strategy. */
    png_set_compression_level(png, 1);
    png_set_compression_strategy(png, Z_RLE);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB);
    png_set_IHDR(png, codec->info, image->width_px, image->height_px, 8,
                 image->channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, codec->info);
    for (uint32_t y = 0; y < image->height_px; y++)
        png_write_row(png, image->data + (size_t)y * image->width_px * image->channels);
    png_write_end(png, NULL);
    return true;
}

/* False with one line in error. */
static bool encode_to(FILE *stream, const char *name, const sim_image_t *image, char *error,
                      size_t error_bytes)
{
    codec_t codec = {.image = *image, .what = "out of memory"};
    codec.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &codec, on_error, on_warning);
    codec.info = codec.png != NULL ? png_create_info_struct(codec.png) : NULL;
    bool done = codec.info != NULL && encode(&codec, stream);
    png_destroy_write_struct(&codec.png, &codec.info);
    if (!done)
        fail(name, codec.what, error, error_bytes);
    return done;
}

static bool can_be_written(const char *name, const sim_image_t *image, char *error,
                           size_t error_bytes)
{
    bool fine = image->channels == 1 || image->channels == 3;
    if (!fine)
        fail(name, "an image has 1 or 3 channels", error, error_bytes);
    return fine;
}

sim_err_t sim_png_write(const char *file, const sim_image_t *image, char *error, size_t error_bytes)
{
    if (!can_be_written(file, image, error, error_bytes))
        return SIM_EDESC;
    FILE *stream = sim_file_create(file, error, error_bytes);
    if (stream == NULL)
        return SIM_EFILE;
    if (encode_to(stream, file, image, error, error_bytes))
        return sim_file_commit(stream, file, error, error_bytes);
    sim_file_abandon(stream, file);
    return SIM_EFILE;
}

sim_err_t sim_png_encode(const sim_image_t *image, uint8_t **data, size_t *bytes, char *error,
                         size_t error_bytes)
{
    static const char name[] = "PNG";
    char *text = NULL;
    *data = NULL;
    *bytes = 0;
    if (!can_be_written(name, image, error, error_bytes))
        return SIM_EDESC;
    FILE *stream = open_memstream(&text, bytes);
    bool fine = stream != NULL && encode_to(stream, name, image, error, error_bytes);
    if (stream == NULL || (fclose(stream) != 0 && fine)) {
        fail(name, "out of memory", error, error_bytes);
        fine = false;
    }
    if (fine)
        *data = (uint8_t *)text;
    else
        free(text);
    return fine ? SIM_OK : SIM_EFILE;
}

void sim_image_free(sim_image_t *image)
{
    free(image->data);
    *image = (sim_image_t){0};
}
