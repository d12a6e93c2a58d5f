/*
 * dng.c - libtiff, wrapped: files are made and read in memory.
 */
#include "sim/dng.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

#include "sim/file.h"

#define MAX_PX (UINT64_C(64) << 20)
#define MAX_FILE_BYTES ((size_t)1 << 30)

/* A file in memory. Reading: data is the caller's and stays. Writing: it grows. */
typedef struct {
    uint8_t *data;
    size_t bytes, room, at;
    bool writing;
    char what[160]; /* first error */
} memory_t;

static void note(memory_t *memory, const char *what)
{
    if (memory->what[0] == '\0')
        snprintf(memory->what, sizeof(memory->what), "%s", what);
}

/* ---- libtiff's view of it ---- */

static tsize_t on_read(thandle_t ctx, void *out, tsize_t bytes)
{
    memory_t *memory = ctx;
    size_t left = memory->at < memory->bytes ? memory->bytes - memory->at : 0;
    size_t taken = bytes < 0 ? 0 : (size_t)bytes < left ? (size_t)bytes : left;
    if (taken != 0)
        memcpy(out, memory->data + memory->at, taken);
    memory->at += taken;
    return (tsize_t)taken;
}

static bool make_room(memory_t *memory, size_t bytes)
{
    if (bytes > MAX_FILE_BYTES)
        return false;
    size_t room = memory->room;
    while (room < bytes)
        room = room == 0 ? 65536 : 2 * room;
    uint8_t *data = room == memory->room ? memory->data : realloc(memory->data, room);
    if (data == NULL)
        return false;
    memory->data = data;
    memory->room = room;
    return true;
}

static tsize_t on_write(thandle_t ctx, void *in, tsize_t bytes)
{
    memory_t *memory = ctx;
    if (!memory->writing || bytes < 0 || !make_room(memory, memory->at + (size_t)bytes))
        return -1;
    if (memory->at > memory->bytes)
        memset(memory->data + memory->bytes, 0, memory->at - memory->bytes);
    if (bytes != 0)
        memcpy(memory->data + memory->at, in, (size_t)bytes);
    memory->at += (size_t)bytes;
    memory->bytes = memory->at > memory->bytes ? memory->at : memory->bytes;
    return bytes;
}

static toff_t on_seek(thandle_t ctx, toff_t offset, int whence)
{
    memory_t *memory = ctx;
    size_t from = whence == SEEK_END ? memory->bytes : whence == SEEK_CUR ? memory->at : 0;
    memory->at = from + (size_t)offset;
    return memory->at;
}

static toff_t on_size(thandle_t ctx)
{
    return ((memory_t *)ctx)->bytes;
}

static int on_close(thandle_t ctx)
{
    (void)ctx;
    return 0;
}

SIM_PRINTF(4, 0)
static int on_error(TIFF *tiff, void *ctx, const char *module, const char *format, va_list args)
{
    char what[160];
    (void)module;
    vsnprintf(what, sizeof(what), format, args);
    const char *name = tiff != NULL ? TIFFFileName(tiff) : "";
    size_t length = strlen(name); /* it comes first again in sim_dng_decode's message */
    bool named = length > 0 && strncmp(what, name, length) == 0 && what[length] == ':';
    note(ctx, named ? what + length + 2 : what);
    return 1;
}

static int on_warning(TIFF *tiff, void *ctx, const char *module, const char *format, va_list args)
{
    (void)tiff, (void)ctx, (void)module, (void)format, (void)args;
    return 1;
}

static TIFF *open_tiff(memory_t *memory, const char *name)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (options == NULL)
        return NULL;
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, memory);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, NULL);
    if (!memory->writing) /* a file may say anything; what is written is ours, and a tenth more */
        TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)(2 * MAX_PX));
    TIFF *tiff = TIFFClientOpenExt(name, memory->writing ? "wl" : "rm", memory, on_read, on_write,
                                   on_seek, on_close, on_size, NULL, NULL, options);
    TIFFOpenOptionsFree(options);
    return tiff;
}

static sim_err_t fail(sim_err_t err, const char *name, const char *what, char *error,
                      size_t error_bytes)
{
    snprintf(error, error_bytes, "%s: %s", name, what);
    return err;
}

/* ---- patterns ---- */

enum { RED, GREEN, BLUE };

/* clang-format off */
static const uint8_t patterns[][4] = {
    [SIM_BAYER_GRBG] = {GREEN, RED,   BLUE,  GREEN},
    [SIM_BAYER_RGGB] = {RED,   GREEN, GREEN, BLUE},
    [SIM_BAYER_BGGR] = {BLUE,  GREEN, GREEN, RED},
    [SIM_BAYER_GBRG] = {GREEN, BLUE,  RED,   GREEN},
};
/* clang-format on */

static bool find_pattern(const uint8_t *cells, sim_bayer_t *bayer)
{
    for (uint32_t order = 0; order < SIM_COUNT(patterns); order++)
        if (memcmp(patterns[order], cells, sizeof(patterns[order])) == 0) {
            *bayer = (sim_bayer_t)order;
            return true;
        }
    return false;
}

/* ---- writing ---- */

enum { CFA = 32803, D65 = 21, LAYOUT_RECTANGULAR = 1 };

static bool set_colors(TIFF *tiff, const sim_raw_t *raw)
{
    float matrix[9], neutral[3];
    for (uint32_t i = 0; i < 9; i++)
        matrix[i] = (float)raw->color_matrix[i];
    for (uint32_t i = 0; i < 3; i++)
        neutral[i] = (float)raw->neutral[i];
    return TIFFSetField(tiff, TIFFTAG_CALIBRATIONILLUMINANT1, D65) &&
           TIFFSetField(tiff, TIFFTAG_COLORMATRIX1, 9, matrix) &&
           TIFFSetField(tiff, TIFFTAG_ASSHOTNEUTRAL, 3, neutral);
}

static bool set_levels(TIFF *tiff, const sim_raw_t *raw)
{
    static const uint16_t repeat[2] = {2, 2};
    float black[4];
    for (uint32_t i = 0; i < 4; i++)
        black[i] = (float)raw->black[i];
    return TIFFSetField(tiff, TIFFTAG_CFAREPEATPATTERNDIM, repeat) &&
           TIFFSetField(tiff, TIFFTAG_CFAPATTERN, 4, patterns[raw->bayer]) &&
           TIFFSetField(tiff, TIFFTAG_CFAPLANECOLOR, 3, "\0\1\2") &&
           TIFFSetField(tiff, TIFFTAG_CFALAYOUT, LAYOUT_RECTANGULAR) &&
           TIFFSetField(tiff, TIFFTAG_BLACKLEVELREPEATDIM, repeat) &&
           TIFFSetField(tiff, TIFFTAG_BLACKLEVEL, 4, black) &&
           TIFFSetField(tiff, TIFFTAG_WHITELEVEL, 1, &raw->white);
}

static bool set_main(TIFF *tiff, const sim_raw_t *raw, uint64_t exif)
{
    const char *model = raw->model[0] != '\0' ? raw->model : "Fovea";
    bool fine = TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, 0) &&
                TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, raw->width_px) &&
                TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, raw->height_px) &&
                TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 16) &&
                TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1) &&
                TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE) &&
                TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, CFA) &&
                TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) &&
                TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, raw->height_px) &&
                TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT) &&
                TIFFSetField(tiff, TIFFTAG_MAKE, "Fovea") &&
                TIFFSetField(tiff, TIFFTAG_MODEL, model) &&
                TIFFSetField(tiff, TIFFTAG_UNIQUECAMERAMODEL, model) &&
                TIFFSetField(tiff, TIFFTAG_SOFTWARE, "Fovea") &&
                TIFFSetField(tiff, TIFFTAG_DNGVERSION, "\1\4\0\0") &&
                TIFFSetField(tiff, TIFFTAG_DNGBACKWARDVERSION, "\1\1\0\0");
    fine = fine && set_levels(tiff, raw) && (!raw->has_color || set_colors(tiff, raw));
    return fine && (exif == 0 || TIFFSetField(tiff, TIFFTAG_EXIFIFD, exif));
}

/* The directory that the main one points to: before it, so that nothing is written twice. */
static bool write_exif(TIFF *tiff, const sim_raw_t *raw, uint64_t *offset)
{
    uint16_t iso = raw->iso < 65535 ? (uint16_t)(raw->iso + 0.5) : 65535;
    *offset = 0;
    if (TIFFCreateEXIFDirectory(tiff) != 0)
        return false;
    bool fine = TIFFSetField(tiff, EXIFTAG_EXIFVERSION, "0230") != 0;
    if (raw->exposure_s > 0)
        fine = fine && TIFFSetField(tiff, EXIFTAG_EXPOSURETIME, raw->exposure_s);
    if (raw->f_number > 0)
        fine = fine && TIFFSetField(tiff, EXIFTAG_FNUMBER, raw->f_number);
    if (iso > 0)
        fine = fine && TIFFSetField(tiff, EXIFTAG_ISOSPEEDRATINGS, 1, &iso);
    fine = fine && TIFFWriteCustomDirectory(tiff, offset);
    TIFFFreeDirectory(tiff);
    return TIFFCreateDirectory(tiff) == 0 && fine;
}

static bool encode(memory_t *memory, const char *name, const sim_raw_t *raw)
{
    TIFF *tiff = open_tiff(memory, name);
    if (tiff == NULL)
        return false;
    uint64_t exif;
    tmsize_t bytes = (tmsize_t)((size_t)raw->width_px * raw->height_px * 2);
    bool fine = write_exif(tiff, raw, &exif) && set_main(tiff, raw, exif) &&
                TIFFWriteEncodedStrip(tiff, 0, raw->data, bytes) == bytes &&
                TIFFWriteDirectory(tiff);
    TIFFClose(tiff);
    return fine;
}

sim_err_t sim_dng_write(const char *file, const sim_raw_t *raw, char *error, size_t error_bytes)
{
    if (raw->width_px == 0 || raw->height_px == 0 ||
        (uint64_t)raw->width_px * raw->height_px > MAX_PX)
        return fail(SIM_EDESC, file, "no picture, or one above 64 Mpixel", error, error_bytes);
    memory_t memory = {.writing = true};
    sim_err_t err = SIM_EFILE;
    if (encode(&memory, file, raw))
        err = sim_file_write(file, memory.data, memory.bytes, error, error_bytes);
    else
        fail(err, file, memory.what[0] != '\0' ? memory.what : "no memory", error, error_bytes);
    free(memory.data);
    return err;
}

/* ---- reading ---- */

typedef struct {
    memory_t memory;
    TIFF *tiff;
    sim_raw_t *raw;
    uint32_t width_px, height_px; /* of the stored picture */
    uint32_t x_px, y_px;          /* where the active area begins in it */
    uint16_t bits;                /* stored */
    uint8_t *strip;
    uint16_t linear[65536]; /* from stored samples */
} reader_t;

static bool refuse(reader_t *r, const char *what)
{
    note(&r->memory, what);
    return false;
}

static uint16_t short_field(TIFF *tiff, uint32_t tag, uint16_t otherwise)
{
    uint16_t value = otherwise;
    return TIFFGetFieldDefaulted(tiff, tag, &value) ? value : otherwise;
}

/* The directory with the CFA image: the first, one of its SubIFDs, or a plain gray picture. */
static bool find_image(reader_t *r)
{
    enum { FULL_IMAGE = 0, MOST = 16 };
    uint16_t count = 0;
    uint64_t *sub = NULL, offset[MOST];
    bool gray = short_field(r->tiff, TIFFTAG_PHOTOMETRIC, 0) == PHOTOMETRIC_MINISBLACK;
    if (short_field(r->tiff, TIFFTAG_PHOTOMETRIC, 0) == CFA)
        return true;
    if (TIFFGetField(r->tiff, TIFFTAG_SUBIFD, &count, &sub)) {
        count = count < MOST ? count : MOST;
        memcpy(offset, sub, count * sizeof(*sub));
        for (uint16_t i = 0; i < count; i++)
            if (TIFFSetSubDirectory(r->tiff, offset[i]) &&
                short_field(r->tiff, TIFFTAG_PHOTOMETRIC, 0) == CFA)
                return true;
        return refuse(r, "no CFA image in the file's directories");
    }
    return gray || refuse(r, "neither a CFA nor a gray image");
}

static bool read_shape(reader_t *r)
{
    TIFF *tiff = r->tiff;
    uint16_t format = short_field(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
    r->bits = short_field(tiff, TIFFTAG_BITSPERSAMPLE, 1);
    if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &r->width_px) ||
        !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &r->height_px) || r->width_px == 0 ||
        r->height_px == 0)
        return refuse(r, "no size of the image");
    if ((uint64_t)r->width_px * r->height_px > MAX_PX)
        return refuse(r, "image larger than 64 Mpixel");
    if (TIFFIsTiled(tiff))
        return refuse(r, "tiles are not supported");
    if (short_field(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE) == COMPRESSION_JPEG)
        return refuse(r, "JPEG compression is not supported");
    if (short_field(tiff, TIFFTAG_SAMPLESPERPIXEL, 1) != 1 || format != SAMPLEFORMAT_UINT ||
        r->bits < 8 || r->bits > 16)
        return refuse(r, "expected one unsigned sample of 8 to 16 bits a pixel");
    return true;
}

/* The part that sees light: top, left, bottom, right. */
static bool read_active_area(reader_t *r)
{
    uint32_t *area, right = r->width_px, bottom = r->height_px;
    if (TIFFGetField(r->tiff, TIFFTAG_ACTIVEAREA, &area)) {
        r->y_px = area[0], r->x_px = area[1], bottom = area[2], right = area[3];
        if (r->y_px >= bottom || r->x_px >= right || bottom > r->height_px || right > r->width_px)
            return refuse(r, "the active area is not within the image");
    }
    r->raw->width_px = right - r->x_px;
    r->raw->height_px = bottom - r->y_px;
    return true;
}

static bool read_pattern(reader_t *r)
{
    static const uint8_t plain[3] = {RED, GREEN, BLUE};
    uint16_t *dim = NULL, planes = 0, count = 0;
    uint8_t *plane = NULL, *cells = NULL;
    r->raw->bayer = SIM_BAYER_RGGB;
    if (short_field(r->tiff, TIFFTAG_PHOTOMETRIC, 0) != CFA)
        return true;
    if (TIFFGetField(r->tiff, TIFFTAG_CFAPLANECOLOR, &planes, &plane) &&
        (planes != 3 || memcmp(plane, plain, 3) != 0))
        return refuse(r, "colors of the CFA other than red, green and blue");
    if (!TIFFGetField(r->tiff, TIFFTAG_CFAREPEATPATTERNDIM, &dim) || dim[0] != 2 || dim[1] != 2 ||
        !TIFFGetField(r->tiff, TIFFTAG_CFAPATTERN, &count, &cells) || count != 4)
        return refuse(r, "the CFA pattern is not 2 x 2");
    if (!find_pattern(cells, &r->raw->bayer)) /* counts from the active area */
        return refuse(r, "the CFA pattern is no Bayer pattern");
    return true;
}

static bool read_linear(reader_t *r)
{
    uint16_t count = 0, *table = NULL;
    for (uint32_t i = 0; i < SIM_COUNT(r->linear); i++)
        r->linear[i] = (uint16_t)i;
    if (!TIFFGetField(r->tiff, TIFFTAG_LINEARIZATIONTABLE, &count, &table))
        return true;
    if (count == 0)
        return refuse(r, "an empty linearization table");
    for (uint32_t i = 0; i < SIM_COUNT(r->linear); i++)
        r->linear[i] = table[i < count ? i : count - 1u];
    r->raw->bits = 16;
    return true;
}

static bool read_black(reader_t *r)
{
    uint16_t *dim = NULL, count = 0, one[2] = {1, 1};
    float *black = NULL;
    if (!TIFFGetField(r->tiff, TIFFTAG_BLACKLEVEL, &count, &black))
        return true;
    if (!TIFFGetField(r->tiff, TIFFTAG_BLACKLEVELREPEATDIM, &dim))
        dim = one;
    if (dim[0] < 1 || dim[0] > 2 || dim[1] < 1 || dim[1] > 2 || count != dim[0] * dim[1])
        return refuse(r, "black level of more than 2 x 2 values");
    for (uint32_t i = 0; i < 4; i++)
        r->raw->black[i] = (double)black[(i / 2 % dim[0]) * dim[1] + i % 2 % dim[1]];
    return true;
}

static void read_white(reader_t *r)
{
    uint16_t count = 0;
    uint32_t *white = NULL;
    r->raw->white = (1u << r->raw->bits) - 1;
    if (TIFFGetField(r->tiff, TIFFTAG_WHITELEVEL, &count, &white) && count > 0 && white[0] > 0 &&
        white[0] <= 65535)
        r->raw->white = white[0];
    while (r->raw->bits > 1 && r->raw->white >> (r->raw->bits - 1) == 0)
        r->raw->bits--;
}

/* The matrix of daylight where there are two. Stands in the first directory. */
static void read_colors(reader_t *r)
{
    uint16_t count = 0, neutrals = 0;
    float *matrix = NULL, *neutral = NULL;
    bool second = short_field(r->tiff, TIFFTAG_CALIBRATIONILLUMINANT2, 0) == D65;
    if (!TIFFGetField(r->tiff, second ? TIFFTAG_COLORMATRIX2 : TIFFTAG_COLORMATRIX1, &count,
                      &matrix) ||
        count != 9 || !TIFFGetField(r->tiff, TIFFTAG_ASSHOTNEUTRAL, &neutrals, &neutral) ||
        neutrals != 3)
        return;
    for (uint32_t i = 0; i < 9; i++)
        r->raw->color_matrix[i] = (double)matrix[i];
    for (uint32_t i = 0; i < 3; i++)
        r->raw->neutral[i] = (double)neutral[i];
    r->raw->has_color = true;
}

static void read_model(reader_t *r)
{
    char *model = NULL;
    if (TIFFGetField(r->tiff, TIFFTAG_UNIQUECAMERAMODEL, &model) ||
        TIFFGetField(r->tiff, TIFFTAG_MODEL, &model))
        snprintf(r->raw->model, sizeof(r->raw->model), "%s", model);
}

/* Leaves the main directory; a broken EXIF directory is no reason to refuse the picture. */
static void read_exif(reader_t *r)
{
    uint64_t offset = 0;
    uint16_t count = 0, *iso = NULL;
    if (!TIFFGetField(r->tiff, TIFFTAG_EXIFIFD, &offset) || !TIFFReadEXIFDirectory(r->tiff, offset))
        return;
    float value; /* libtiff keeps these rationals as floats */
    if (TIFFGetField(r->tiff, EXIFTAG_EXPOSURETIME, &value))
        r->raw->exposure_s = (double)value;
    if (TIFFGetField(r->tiff, EXIFTAG_FNUMBER, &value))
        r->raw->f_number = (double)value;
    if (TIFFGetField(r->tiff, EXIFTAG_ISOSPEEDRATINGS, &count, &iso) && count > 0)
        r->raw->iso = iso[0];
}

/* Sample i of a stored row; rows of 9..15 bits are packed, first bit first. */
static uint32_t stored(const uint8_t *row, uint16_t bits, uint32_t i)
{
    if (bits == 8)
        return row[i];
    if (bits == 16) {
        uint16_t word;
        memcpy(&word, row + 2 * (size_t)i, 2);
        return word;
    }
    size_t first = (size_t)i * bits;
    uint32_t value = 0;
    for (uint32_t b = 0; b < bits; b++, first++)
        value = value << 1 | ((uint32_t)row[first / 8] >> (7 - first % 8) & 1u);
    return value;
}

static void take_row(const reader_t *r, const uint8_t *row, uint32_t y)
{
    sim_raw_t *raw = r->raw;
    if (y < r->y_px || y - r->y_px >= raw->height_px)
        return;
    uint16_t *out = raw->data + (size_t)(y - r->y_px) * raw->width_px;
    for (uint32_t x = 0; x < raw->width_px; x++)
        out[x] = r->linear[stored(row, r->bits, r->x_px + x)];
}

static bool read_samples(reader_t *r)
{
    TIFF *tiff = r->tiff;
    uint32_t rows = 0;
    tmsize_t strip_bytes = TIFFStripSize(tiff), row_bytes = TIFFScanlineSize(tiff);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows);
    if (strip_bytes <= 0 || row_bytes <= 0 || rows == 0)
        return refuse(r, "strips without size");
    r->raw->data = calloc((size_t)r->raw->width_px * r->raw->height_px, sizeof(uint16_t));
    r->strip = malloc((size_t)strip_bytes);
    if (r->raw->data == NULL || r->strip == NULL)
        return refuse(r, "no memory");
    for (uint32_t y = 0; y < r->height_px; y++) {
        tmsize_t at = (tmsize_t)(y % rows) * row_bytes, got = strip_bytes;
        if (y % rows == 0)
            got = TIFFReadEncodedStrip(tiff, TIFFComputeStrip(tiff, y, 0), r->strip, strip_bytes);
        if (got < row_bytes || at + row_bytes > strip_bytes)
            return refuse(r, "samples are missing");
        take_row(r, r->strip + at, y);
    }
    return true;
}

/* What stands in the first directory comes first: reading on leaves it. */
static bool decode(reader_t *r)
{
    read_colors(r);
    read_model(r);
    if (!find_image(r) || !read_shape(r) || !read_active_area(r))
        return false;
    r->raw->bits = r->bits;
    if (!read_linear(r) || !read_pattern(r) || !read_black(r))
        return false;
    read_white(r);
    if (!read_samples(r))
        return false;
    if (TIFFSetDirectory(r->tiff, 0))
        read_exif(r);
    return true;
}

sim_err_t sim_dng_decode(const void *data, size_t bytes, const char *name, sim_raw_t *raw,
                         char *error, size_t error_bytes)
{
    *raw = (sim_raw_t){0};
    reader_t *r = calloc(1, sizeof(*r));
    if (r == NULL)
        return fail(SIM_ENOMEM, name, "no memory", error, error_bytes);
    r->memory.data = (uint8_t *)(uintptr_t)data; /* read only: on_write refuses */
    r->memory.bytes = bytes;
    r->raw = raw;
    r->tiff = open_tiff(&r->memory, name);
    bool fine = r->tiff != NULL && decode(r);
    if (r->tiff != NULL)
        TIFFClose(r->tiff);
    sim_err_t err = SIM_OK;
    if (!fine) {
        const char *what = r->memory.what[0] != '\0' ? r->memory.what : "not a TIFF file";
        err = fail(SIM_EPARSE, name, what, error, error_bytes);
    }
    free(r->strip);
    free(r);
    return err;
}
