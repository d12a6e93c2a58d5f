/*
 * attribute_judge.h - what a second network said of tracks (metadata's `attributes`) against the
 * truth's `age` of the person that each of them followed.
 *
 * A reported box is the person's whose true box it overlaps most, by `iou` at least; a track is
 * that of the person whom most of its boxes show. Of tracks with at least ATTRIBUTE_BOXES such
 * boxes it is judged what was said last; of whom nothing was said is wrong.
 */
#ifndef TOOLS_ATTRIBUTE_JUDGE_H
#define TOOLS_ATTRIBUTE_JUDGE_H

#include <stddef.h>
#include <stdint.h>

#include "sim/types.h"

enum { ATTRIBUTE_BOXES = 3, ATTRIBUTE_WHERE = 160 };

typedef struct {
    uint32_t tracks;
    double right;                /* share of them; NAN: none, or no attribute in the metadata */
    char where[ATTRIBUTE_WHERE]; /* the first one that is wrong */
} attribute_figures_t;

/* Reads metadata.jsonl and truth.jsonl of dir. False with one line in error where one is malformed,
 * or there is no memory. */
bool attribute_judge(const char *dir, double iou, attribute_figures_t *out, char *error,
                     size_t error_bytes);

#endif
