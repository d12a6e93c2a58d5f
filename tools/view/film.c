#include "tools/view/film.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/file.h"

enum { MAX_NAME = 1000, MAX_DIGITS = 9, MAX_SIDE = 16384, FRACTION = 16 };

typedef enum { FILM_Y4M, FILM_PNG } film_kind_t;

/* A name cut at its number. */
typedef struct {
    film_kind_t kind;
    int before;       /* characters before the % */
    int digits;       /* at least so many */
    bool zeros;       /* in front; else blanks */
    const char *rest; /* after the d */
} film_name_t;

struct view_film {
    view_film_desc_t desc;
    char name[MAX_NAME];
    film_name_t parts;
    FILE *stream; /* Y4M */
    uint32_t pictures;
    uint8_t *rgb;      /* a picture of the film's size */
    uint8_t *planes;   /* Y4M: its Y, Cb, Cr */
    int32_t yuv[3][3]; /* of R G B, << FRACTION */
};

/* ---- names ---- */

static bool refuse(const char *name, const char *what, char *error, size_t error_bytes)
{
    snprintf(error, error_bytes, "%s: %s", name, what);
    return false;
}

/* A % is a number's, and there is one. */
static bool cut_number(film_name_t *parts, const char *name, char *error, size_t error_bytes)
{
    const char *percent = strchr(name, '%');
    if (percent == NULL)
        return refuse(name, "a picture each needs %d in its name, where the number goes", error,
                      error_bytes);
    char *end;
    parts->before = (int)(percent - name);
    parts->zeros = percent[1] == '0';
    parts->digits = 1;
    const char *at = percent + 1;
    if (*at >= '0' && *at <= '9') {
        unsigned long digits = strtoul(at, &end, 10);
        parts->digits = digits <= MAX_DIGITS ? (int)digits : -1;
        at = end;
    }
    parts->rest = at + 1;
    if (*at != 'd' || parts->digits < 0)
        return refuse(name, "after % there may only be d, or a width up to 9 and d, as in %04d",
                      error, error_bytes);
    if (strchr(parts->rest, '%') != NULL)
        return refuse(name, "has more than one %", error, error_bytes);
    if (strchr(parts->rest, '/') != NULL)
        return refuse(name, "the number is in a folder's name, not in the file's", error,
                      error_bytes);
    return true;
}

static bool cut_name(film_name_t *parts, const char *name, char *error, size_t error_bytes)
{
    *parts = (film_name_t){0};
    if (strlen(name) >= MAX_NAME - 16)
        return refuse("name of the film", "too long", error, error_bytes);
    if (sim_file_ends(name, ".png")) {
        parts->kind = FILM_PNG;
        return cut_number(parts, name, error, error_bytes);
    }
    if (!sim_file_ends(name, ".y4m"))
        return refuse(name, "a film's name ends in .y4m, or in .png with %d before", error,
                      error_bytes);
    parts->kind = FILM_Y4M;
    return true;
}

bool view_film_name_check(const char *name, char *error, size_t error_bytes)
{
    film_name_t parts;
    return cut_name(&parts, name, error, error_bytes);
}

static void picture_name(const view_film_t *film, char name[MAX_NAME], uint32_t number)
{
    const film_name_t *parts = &film->parts;
    snprintf(name, MAX_NAME, parts->zeros ? "%.*s%0*u%s" : "%.*s%*u%s", parts->before, film->name,
             parts->digits, number, parts->rest);
}

static bool make_folder(const char *name, char *error, size_t error_bytes)
{
    char dir[MAX_NAME];
    const char *slash = strrchr(name, '/');
    if (slash == NULL || slash == name)
        return true;
    snprintf(dir, sizeof(dir), "%.*s", (int)(slash - name), name);
    return sim_dir_make(dir, error, error_bytes) == SIM_OK;
}

/* ---- begin and end ---- */

/* Cb and Cr are as far from gray as B and R from Y; of 8 bits, limited range: 219 steps of Y, 224
 * of the others (BT.601 and BT.709, 2.5 and 3.4). */
static void set_matrix(view_film_t *film)
{
    double kr = film->desc.height > 576 ? 0.2126 : 0.299;
    double kb = film->desc.height > 576 ? 0.0722 : 0.114;
    const double k[3] = {kr, 1 - kr - kb, kb};
    const double unit = (1 << FRACTION) / 255.0;
    for (uint32_t c = 0; c < 3; c++) {
        double cb = ((c == 2 ? 1 : 0) - k[c]) / (2 * (1 - kb));
        double cr = ((c == 0 ? 1 : 0) - k[c]) / (2 * (1 - kr));
        film->yuv[0][c] = (int32_t)(k[c] * 219 * unit + 0.5);
        film->yuv[1][c] = (int32_t)(cb * 224 * unit + (cb < 0 ? -0.5 : 0.5));
        film->yuv[2][c] = (int32_t)(cr * 224 * unit + (cr < 0 ? -0.5 : 0.5));
    }
}

/* Shows that the film can be written before anything is simulated. */
static bool begin(view_film_t *film, char *error, size_t error_bytes)
{
    char first[MAX_NAME];
    const view_film_desc_t *desc = &film->desc;
    if (!make_folder(film->name, error, error_bytes))
        return false;
    if (film->parts.kind == FILM_PNG) {
        picture_name(film, first, 0);
        FILE *stream = sim_file_create(first, error, error_bytes);
        if (stream != NULL)
            sim_file_abandon(stream, first);
        return stream != NULL;
    }
    film->stream = sim_file_create(film->name, error, error_bytes);
    if (film->stream != NULL)
        fprintf(film->stream, "YUV4MPEG2 W%u H%u F%u:%u Ip A1:1 C444 XCOLORRANGE=LIMITED\n",
                desc->width, desc->height, desc->fps_num, desc->fps_den);
    return film->stream != NULL;
}

view_film_t *view_film_open(const view_film_desc_t *desc, char *error, size_t error_bytes)
{
    film_name_t parts;
    if (!cut_name(&parts, desc->name, error, error_bytes))
        return NULL;
    if (desc->width < 1 || desc->width > MAX_SIDE || desc->height < 1 || desc->height > MAX_SIDE ||
        desc->fps_num < 1 || desc->fps_den < 1) {
        snprintf(error, error_bytes, "%s: no film of %u x %u pixels at %u/%u Hz", desc->name,
                 desc->width, desc->height, desc->fps_num, desc->fps_den);
        return NULL;
    }
    size_t bytes = (size_t)desc->width * desc->height * 3;
    view_film_t *film = calloc(1, sizeof(*film));
    if (film != NULL) {
        film->desc = *desc;
        snprintf(film->name, sizeof(film->name), "%s", desc->name);
        cut_name(&film->parts, film->name, error, error_bytes);
        film->rgb = malloc(bytes);
        film->planes = malloc(bytes);
        set_matrix(film);
    }
    if (film == NULL || film->rgb == NULL || film->planes == NULL)
        snprintf(error, error_bytes, "%s: no memory for a film", desc->name);
    else if (begin(film, error, error_bytes))
        return film;
    view_film_abandon(film);
    return NULL;
}

static void film_free(view_film_t *film)
{
    free(film->rgb);
    free(film->planes);
    free(film);
}

bool view_film_commit(view_film_t *film, char *error, size_t error_bytes)
{
    bool fine = film->stream == NULL ||
                sim_file_commit(film->stream, film->name, error, error_bytes) == SIM_OK;
    film_free(film);
    return fine;
}

void view_film_abandon(view_film_t *film)
{
    if (film == NULL)
        return;
    if (film->stream != NULL)
        sim_file_abandon(film->stream, film->name);
    film_free(film);
}

uint32_t view_film_pictures(const view_film_t *film)
{
    return film->pictures;
}

/* ---- pictures ---- */

static void take_rgb(view_film_t *film, const sim_image_t *image)
{
    size_t row = (size_t)film->desc.width * 3, from_row = (size_t)image->width_px * 3;
    size_t bytes = row < from_row ? row : from_row;
    for (uint32_t y = 0; y < film->desc.height; y++) {
        uint8_t *to = film->rgb + y * row;
        memset(to, 0, row);
        if (y < image->height_px)
            memcpy(to, image->data + y * from_row, bytes);
    }
}

static uint8_t sample(const int32_t k[3], const uint8_t *rgb, int32_t zero)
{
    int32_t sum = k[0] * rgb[0] + k[1] * rgb[1] + k[2] * rgb[2];
    return (uint8_t)((sum + (zero << FRACTION) + (1 << (FRACTION - 1))) >> FRACTION);
}

static bool add_y4m(view_film_t *film, char *error, size_t error_bytes)
{
    size_t pixels = (size_t)film->desc.width * film->desc.height;
    uint8_t *y = film->planes, *cb = y + pixels, *cr = cb + pixels;
    for (size_t i = 0; i < pixels; i++) {
        const uint8_t *rgb = film->rgb + 3 * i;
        y[i] = sample(film->yuv[0], rgb, 16);
        cb[i] = sample(film->yuv[1], rgb, 128);
        cr[i] = sample(film->yuv[2], rgb, 128);
    }
    errno = 0;
    if (fputs("FRAME\n", film->stream) >= 0 &&
        fwrite(film->planes, 3, pixels, film->stream) == pixels)
        return true;
    return refuse(film->name, strerror(errno != 0 ? errno : EIO), error, error_bytes);
}

static bool add_png(const view_film_t *film, char *error, size_t error_bytes)
{
    char name[MAX_NAME];
    const sim_image_t image = {film->desc.width, film->desc.height, 3, film->rgb};
    picture_name(film, name, film->pictures);
    return sim_png_write(name, &image, error, error_bytes) == SIM_OK;
}

bool view_film_add(view_film_t *film, const sim_image_t *image, char *error, size_t error_bytes)
{
    take_rgb(film, image);
    bool fine = film->parts.kind == FILM_Y4M ? add_y4m(film, error, error_bytes)
                                             : add_png(film, error, error_bytes);
    film->pictures += fine;
    return fine;
}
