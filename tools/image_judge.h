/*
 * image_judge.h - what images show of the people who are there, and what of them is not hidden.
 *
 * Of programs whose metadata says what an image shows (key `image`): each true box of a frame from
 * the first such image on has a share of its area that is in the image (a frame without an image:
 * none), and one that is there and neither filled nor mosaic.
 */
#ifndef TOOLS_IMAGE_JUDGE_H
#define TOOLS_IMAGE_JUDGE_H

#include "tools/figures.h"

typedef struct {
    uint32_t images;
    uint64_t boxes;     /* true ones in those frames; without them the rest is NAN */
    double cover;       /* of their area, share that images show */
    double least_cover; /* of one box */
    double bare;        /* of their area, share that is shown and not hidden */
    double most_bare;   /* of one box */
    int64_t least_cover_frame, most_bare_frame;
    uint32_t least_cover_id, most_bare_id;
} image_figures_t;

/* Reads metadata.jsonl and truth.jsonl of dir. False with one line in error where one is malformed,
 * or there is no memory. */
bool image_judge(const char *dir, image_figures_t *out, char *error, size_t error_bytes);

enum { IMAGE_AREAS = 64 }; /* of an image; more are not looked at */

typedef struct {
    double x0, y0, x1, y1;
} image_area_t;

/* Area of box that any of the areas covers. */
double image_covered(const image_area_t *box, const image_area_t *area, uint32_t areas);

#endif
