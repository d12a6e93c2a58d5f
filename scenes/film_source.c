/*
 * film_source.c - the frames of a recording by their numbers, as maps.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scenes/film.h"
#include "sim/hash.h"

static sim_err_t fail_file(const char *file, char *error, size_t error_bytes)
{
    snprintf(error, error_bytes, "%s: %s", file, strerror(errno));
    return SIM_EFILE;
}

/* ---- pictures ---- */

/* file_name is checked (film_is_pattern): one %d, %Nd or %0Nd. */
static void name_of(const film_source_t *source, uint32_t frame, char name[SCENE_PATH + 16])
{
    const char *mark = film_mark(source->file);
    if (mark == NULL) {
        snprintf(name, SCENE_PATH + 16, "%s", source->file);
        return;
    }
    bool zeros = mark[1] == '0';
    const char *digits = mark + 1 + zeros, *rest = strchr(mark, 'd') + 1;
    int least = *digits == 'd' ? 0 : *digits - '0';
    int head = (int)(mark - source->file);
    snprintf(name, SCENE_PATH + 16, zeros ? "%.*s%0*u%s" : "%.*s%*u%s", head, source->file, least,
             source->first + frame, rest);
}

static uint32_t count_files(const film_source_t *source, uint32_t most)
{
    char name[SCENE_PATH + 16];
    uint32_t count = 0;
    for (; count < most; count++) {
        name_of(source, count, name);
        if (access(name, R_OK) != 0)
            break;
    }
    return count;
}

/* Without a count the first number that is missing is the end, unless another one comes behind it.
 */
static bool has_gap(const film_source_t *source)
{
    char name[SCENE_PATH + 16];
    name_of(source, source->frames + 1, name);
    return source->kind == FILM_SEQUENCE && source->frames + 1 < FILM_MAX_FRAMES &&
           access(name, R_OK) == 0;
}

static sim_err_t open_pictures(film_source_t *source, const scene_film_desc_t *desc, char *error,
                               size_t error_bytes)
{
    char name[SCENE_PATH + 16];
    sim_image_t image;
    if (source->kind == FILM_SEQUENCE && !film_is_pattern(source->file)) {
        snprintf(error, error_bytes, "%s: has not one %%d or %%05d alone", source->file);
        return SIM_EDESC;
    }
    name_of(source, 0, name);
    sim_err_t err = sim_png_read(name, &image, error, error_bytes);
    if (err != SIM_OK)
        return err;
    source->width_px = image.width_px;
    source->height_px = image.height_px;
    sim_image_free(&image);
    uint32_t most = desc->count != 0 ? desc->count : FILM_MAX_FRAMES;
    source->frames = source->kind == FILM_IMAGE ? 1 : count_files(source, most);
    bool gap = desc->count == 0 && has_gap(source);
    if (desc->count <= source->frames && !gap)
        return SIM_OK;
    name_of(source, source->frames, name);
    if (gap)
        snprintf(error, error_bytes,
                 "%s: missing, and the next one is there; `count` says how many", name);
    else
        snprintf(error, error_bytes, "%s: missing, frame %u of %u", name, source->frames,
                 desc->count);
    return SIM_EFILE;
}

static int read_picture(film_source_t *source, uint32_t frame, scene_map_t *map, char *error,
                        size_t error_bytes)
{
    char name[SCENE_PATH + 16];
    sim_image_t image;
    name_of(source, frame, name);
    if (sim_png_read(name, &image, error, error_bytes) != SIM_OK)
        return -1;
    bool fits = image.width_px == source->width_px && image.height_px == source->height_px;
    if (fits)
        scene_map_put_image(map, &image, source->line);
    else
        snprintf(error, error_bytes, "%s: %u x %u, the first one is %u x %u", name, image.width_px,
                 image.height_px, source->width_px, source->height_px);
    sim_image_free(&image);
    return fits ? 1 : -1;
}

/* ---- video ---- */

/* Puts frame `index` of the file into the list, or says that there is none: 1, 0, -1. */
static int index_frame(film_source_t *source, uint32_t index, uint64_t bytes, char *error,
                       size_t error_bytes)
{
    int next = y4m_next(source->stream, source->file, index, error, error_bytes);
    if (next <= 0)
        return next;
    uint64_t at = (uint64_t)ftello(source->stream), rest = bytes > at ? bytes - at : 0;
    if (rest < source->y4m.frame_bytes) {
        snprintf(error, error_bytes, "%s: frame %u is cut: found %llu bytes, expected %zu",
                 source->file, index, (unsigned long long)rest, source->y4m.frame_bytes);
        return -1;
    }
    if ((index & (index + 1)) == 0) { /* 0, 1, 3, 7: the list is full */
        uint64_t *more = realloc(source->at, 2 * ((size_t)index + 1) * sizeof(*more));
        if (more == NULL) {
            snprintf(error, error_bytes, "%s: no memory for its index", source->file);
            return -1;
        }
        source->at = more;
    }
    source->at[index] = at;
    if (fseeko(source->stream, (off_t)source->y4m.frame_bytes, SEEK_CUR) == 0)
        return 1;
    fail_file(source->file, error, error_bytes);
    return -1;
}

/* A file: all frames are looked for at once. */
static sim_err_t index_file(film_source_t *source, const scene_film_desc_t *desc, uint64_t bytes,
                            char *error, size_t error_bytes)
{
    uint32_t most = desc->first + (desc->count != 0 ? desc->count : FILM_MAX_FRAMES), found = 0;
    int next = 1;
    while (next == 1 && found < most) {
        next = index_frame(source, found, bytes, error, error_bytes);
        found += next == 1;
    }
    if (next < 0)
        return SIM_EPARSE;
    uint32_t least = desc->first + (desc->count != 0 ? desc->count : 1);
    if (found < least) {
        snprintf(error, error_bytes, "%s: found %u frames, expected %u", source->file, found,
                 least);
        return SIM_EPARSE;
    }
    source->frames = found - desc->first;
    return SIM_OK;
}

/* The next frame of a pipe, all of it: 1, 0, -1. */
static int read_pipe(film_source_t *source, char *error, size_t error_bytes)
{
    const y4m_t *y4m = &source->y4m;
    uint32_t index = source->first + source->next;
    int next = y4m_next(source->stream, source->file, index, error, error_bytes);
    if (next <= 0)
        return next;
    size_t got = fread(source->raw, 1, y4m->frame_bytes, source->stream);
    if (got == y4m->frame_bytes)
        return 1;
    snprintf(error, error_bytes, "%s: frame %u is cut: found %zu bytes, expected %zu", source->file,
             index, got, y4m->frame_bytes);
    return -1;
}

static sim_err_t pass_over(film_source_t *source, char *error, size_t error_bytes)
{
    uint32_t wanted = source->first;
    source->first = 0;
    for (; source->next < wanted; source->next++) {
        int next = read_pipe(source, error, error_bytes);
        if (next == 0)
            snprintf(error, error_bytes, "%s: found %u frames, expected %u", source->file,
                     source->next, wanted + 1);
        if (next <= 0)
            return SIM_EPARSE;
    }
    source->first = wanted;
    source->next = 0;
    return SIM_OK;
}

static sim_err_t open_stream(film_source_t *source, uint64_t *bytes, char *error,
                             size_t error_bytes)
{
    struct stat is;
    bool input = strcmp(source->file, "-") == 0;
    source->stream = input ? stdin : fopen(source->file, "rb");
    if (source->stream == NULL || fstat(fileno(source->stream), &is) != 0)
        return fail_file(source->file, error, error_bytes);
    if (S_ISDIR(is.st_mode)) {
        snprintf(error, error_bytes, "%s: a folder", source->file);
        return SIM_EFILE;
    }
    source->pipe = input || !S_ISREG(is.st_mode);
    *bytes = (uint64_t)is.st_size;
    return SIM_OK;
}

/* What the header does not say and desc neither. */
static sim_err_t settle(film_source_t *source, scene_film_desc_t *desc, char *error,
                        size_t error_bytes)
{
    const y4m_t *y4m = &source->y4m;
    if (desc->fps_num == 0)
        film_rate(y4m->fps_num, y4m->fps_den, desc);
    if (desc->fps_num == 0 || desc->fps_num / desc->fps_den > 10000) {
        snprintf(error, error_bytes, "%s: no frame rate up to 10000/s in it: say world.fps",
                 source->file);
        return SIM_EPARSE;
    }
    if (desc->levels == SCENE_LEVELS_AUTO)
        desc->levels = y4m->levels != SCENE_LEVELS_AUTO ? y4m->levels : SCENE_LEVELS_LIMITED;
    if (desc->matrix == SCENE_MATRIX_AUTO)
        desc->matrix = y4m->height_px > 576 ? SCENE_MATRIX_BT709 : SCENE_MATRIX_BT601;
    return SIM_OK;
}

static sim_err_t open_video(film_source_t *source, scene_film_desc_t *desc, char *error,
                            size_t error_bytes)
{
    y4m_t *y4m = &source->y4m;
    uint64_t bytes;
    sim_err_t err = open_stream(source, &bytes, error, error_bytes);
    if (err != SIM_OK)
        return err;
    if (!y4m_open(source->stream, source->file, y4m, error, error_bytes))
        return SIM_EPARSE;
    err = settle(source, desc, error, error_bytes);
    if (err != SIM_OK)
        return err;
    source->width_px = y4m->width_px;
    source->height_px = y4m->height_px;
    source->color = malloc(sizeof(*source->color));
    source->raw = malloc(y4m->frame_bytes);
    if (source->color == NULL || source->raw == NULL) {
        snprintf(error, error_bytes, "%s: no memory for a frame", source->file);
        return SIM_ENOMEM;
    }
    y4m_color_init(source->color, y4m, desc->matrix, desc->levels);
    if (!source->pipe)
        return index_file(source, desc, bytes, error, error_bytes);
    if (desc->end == SCENE_END_LOOP) {
        snprintf(error, error_bytes, "%s: a pipe cannot loop", source->file);
        return SIM_EDESC;
    }
    source->frames = desc->count != 0 ? desc->count : FILM_UNKNOWN;
    return pass_over(source, error, error_bytes);
}

static void put_frame(const film_source_t *source, scene_map_t *map)
{
    size_t width = source->width_px;
    float *const rgb[3] = {source->line, source->line + width, source->line + 2 * width};
    for (uint32_t y = 0; y < source->height_px; y++) {
        y4m_row(&source->y4m, source->color, source->raw, y, rgb, source->line + 3 * width);
        scene_map_put(map, y, (const float *const *)rgb);
    }
}

static int read_video(film_source_t *source, uint32_t frame, scene_map_t *map, char *error,
                      size_t error_bytes)
{
    int got = 1;
    if (source->pipe) {
        got = read_pipe(source, error, error_bytes);
        source->next += got == 1;
    } else if (fseeko(source->stream, (off_t)source->at[source->first + frame], SEEK_SET) != 0 ||
               fread(source->raw, source->y4m.frame_bytes, 1, source->stream) != 1) {
        snprintf(error, error_bytes, "%s: frame %u cannot be read any more", source->file,
                 source->first + frame);
        got = -1;
    }
    if (got == 1 && map != NULL)
        put_frame(source, map);
    return got;
}

/* ---- all of them ---- */

sim_err_t film_source_open(film_source_t *source, scene_film_desc_t *desc, char *error,
                           size_t error_bytes)
{
    *source =
        (film_source_t){.kind = film_kind(desc->file), .file = desc->file, .first = desc->first};
    sim_err_t err = source->kind == FILM_Y4M ? open_video(source, desc, error, error_bytes)
                                             : open_pictures(source, desc, error, error_bytes);
    if (err != SIM_OK)
        return err;
    source->line = malloc((size_t)source->width_px * 6 * sizeof(float));
    if (source->line != NULL)
        return SIM_OK;
    snprintf(error, error_bytes, "%s: no memory for a row", source->file);
    return SIM_ENOMEM;
}

void film_source_close(film_source_t *source)
{
    if (source->stream != NULL && source->stream != stdin)
        fclose(source->stream);
    free(source->color);
    free(source->at);
    free(source->raw);
    free(source->line);
}

int film_source_read(film_source_t *source, uint32_t frame, scene_map_t *map, char *error,
                     size_t error_bytes)
{
    int got = source->kind == FILM_Y4M ? read_video(source, frame, map, error, error_bytes)
                                       : read_picture(source, frame, map, error, error_bytes);
    if (got == 1 && map != NULL)
        scene_map_shrink(map);
    return got;
}

void film_source_newest(film_source_t *source, scene_map_t *map)
{
    put_frame(source, map);
    scene_map_shrink(map);
}

/* ---- their content ---- */

sim_err_t film_hash_file(const char *file, uint64_t *hash, char *error, size_t error_bytes)
{
    uint8_t part[1 << 15];
    size_t bytes;
    FILE *from = fopen(file, "rb");
    if (from == NULL)
        return fail_file(file, error, error_bytes);
    while ((bytes = fread(part, 1, sizeof(part), from)) > 0)
        *hash = sim_hash(*hash, part, bytes);
    bool whole = ferror(from) == 0;
    if (!whole)
        fail_file(file, error, error_bytes);
    fclose(from);
    return whole ? SIM_OK : SIM_EFILE;
}

sim_err_t film_source_hash(const film_source_t *source, uint64_t *hash, char *error,
                           size_t error_bytes)
{
    char name[SCENE_PATH + 16];
    if (source->kind == FILM_Y4M)
        return film_hash_file(source->file, hash, error, error_bytes);
    sim_err_t err = SIM_OK;
    for (uint32_t i = 0; err == SIM_OK && i < source->frames; i++) {
        name_of(source, i, name);
        err = film_hash_file(name, hash, error, error_bytes);
    }
    return err;
}
