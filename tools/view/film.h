/*
 * film.h - pictures of the window, one after the other, as a film: a Y4M file, or a PNG file each.
 *
 *   out/film.y4m         YUV4MPEG2 (yuv4mpeg(5)): C444, limited range, BT.709 above 576 rows, else
 *                        BT.601, as players take it to be
 *   out/film_%04d.png    %d, or %4d and %04d for more digits, is the picture's number from 0 on
 *
 * Written as other results are: out/film.y4m is there when it is complete. Its folder is made.
 */
#ifndef TOOLS_VIEW_FILM_H
#define TOOLS_VIEW_FILM_H

#include "sim/png.h"

typedef struct view_film view_film_t;

typedef struct {
    const char *name;
    uint32_t width, height;    /* pixels, 1..16384 */
    uint32_t fps_num, fps_den; /* pictures of a second, 1 and more; Y4M */
} view_film_desc_t;

/* Can it be a film's name? False with one line in error. */
bool view_film_name_check(const char *name, char *error, size_t error_bytes);
/* NULL with one line in error: its name, its folder, no memory. */
view_film_t *view_film_open(const view_film_desc_t *desc, char *error, size_t error_bytes);
/* The next picture, RGB; of one of another size the part from its upper left corner on, black where
 * there is none. False with one line in error; view_film_abandon then. */
bool view_film_add(view_film_t *film, const sim_image_t *image, char *error, size_t error_bytes);
uint32_t view_film_pictures(const view_film_t *film);
/* Completes and frees it. False with one line in error. */
bool view_film_commit(view_film_t *film, char *error, size_t error_bytes);
/* Frees it; no Y4M file is left. Pictures stay. NULL is fine. */
void view_film_abandon(view_film_t *film);

#endif
