/*
 * figures.h - the figures of expect.h, read from the folder of a run's results.
 */
#ifndef TOOLS_FIGURES_H
#define TOOLS_FIGURES_H

#include "tools/expect.h"

enum { FIGURES_WHERE = 200, FIGURES_BOXES = 4096 };

typedef struct {
    double value[FIGURES];              /* NAN: the results do not have it */
    char where[FIGURES][FIGURES_WHERE]; /* the frame and box to look at; may be empty */
    int64_t frame[FIGURES];             /* whose boxes show it; below 0: none */
} figures_t;

/* A box of a line of metadata.jsonl or truth.jsonl. */
typedef struct {
    uint32_t id;
    char class_name[EXPECT_KEY];
    double x, y, w, h;
} figures_box_t;

/*
 * Reads metadata.jsonl, truth.jsonl, stats.json and summary.json of dir. iou: least overlap of a
 * pair. A figure whose file is not there is NAN. False with one line in error where a file is
 * malformed.
 */
bool figures_read(const char *dir, double iou, figures_t *figures, char *error, size_t error_bytes);

/* Boxes of one line, at most FIGURES_BOXES; those with a class, id and place. */
uint32_t figures_boxes(const sim_json_t *line, figures_box_t *box);
double figures_iou(const figures_box_t *a, const figures_box_t *b);

/* What a tree has at a path of keys with dots between them; keys may have dots, too, and where an
 * object is found it is its "value". NAN: no number there. */
double figures_number(const sim_json_t *tree, const char *path);

#endif
