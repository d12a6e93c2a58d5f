#include "tests/npu/post_ref.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    float ymin, xmin, ymax, xmax;
} edges_t;

uint32_t post_ref_arg_max(const float *value, uint32_t count, uint32_t step)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < count; i++)
        if (value[i * step] > value[best * step])
            best = i;
    return best;
}

static edges_t decode(const post_ref_detection_t *d, const float *e, const float *anchor)
{
    float y = (float)((double)e[0] / (double)d->y_scale * (double)anchor[2] + (double)anchor[0]);
    float x = (float)((double)e[1] / (double)d->x_scale * (double)anchor[3] + (double)anchor[1]);
    float h = (float)(0.5 * exp((double)e[2] / (double)d->h_scale) * (double)anchor[2]);
    float w = (float)(0.5 * exp((double)e[3] / (double)d->w_scale) * (double)anchor[3]);
    return (edges_t){y - h, x - w, y + h, x + w};
}

static float overlap(const edges_t *a, const edges_t *b)
{
    float area_a = (a->ymax - a->ymin) * (a->xmax - a->xmin);
    float area_b = (b->ymax - b->ymin) * (b->xmax - b->xmin);
    if (area_a <= 0 || area_b <= 0)
        return 0;
    float h = fminf(a->ymax, b->ymax) - fmaxf(a->ymin, b->ymin);
    float w = fminf(a->xmax, b->xmax) - fmaxf(a->xmin, b->xmin);
    float common = fmaxf(h, 0) * fmaxf(w, 0);
    return common / (area_a + area_b - common);
}

/* Suppression on one score a box: the indices kept, best first; returns how many. Sorting is
 * insertion, which is stable. */
static uint32_t suppress(const post_ref_detection_t *d, const edges_t *box, const float *score,
                         uint32_t most, uint32_t *kept)
{
    uint32_t *order = malloc((d->boxes + 1) * sizeof(*order)), count = 0, found = 0;
    bool *gone = calloc(d->boxes + 1, sizeof(*gone));
    for (uint32_t n = 0; n < d->boxes; n++) {
        if (!(score[n] >= d->score_threshold))
            continue;
        uint32_t at = count++;
        for (; at > 0 && score[order[at - 1]] < score[n]; at--)
            order[at] = order[at - 1];
        order[at] = n;
    }
    for (uint32_t i = 0; i < count && found < most; i++) {
        if (gone[i])
            continue;
        kept[found++] = order[i];
        for (uint32_t j = i + 1; j < count; j++)
            if (overlap(&box[order[i]], &box[order[j]]) > d->iou_threshold)
                gone[j] = true;
    }
    free(order);
    free(gone);
    return found;
}

typedef struct {
    const post_ref_detection_t *d;
    const edges_t *box;
    const float *scores;
    float *boxes, *classes, *best;
} out_t;

static float score_of(const out_t *o, uint32_t box, uint32_t class)
{
    return o->scores[box * (o->d->classes + o->d->background) + o->d->background + class];
}

static void put(const out_t *o, uint32_t place, uint32_t box, uint32_t class)
{
    memcpy(o->boxes + 4 * place, &o->box[box], sizeof(o->box[box]));
    o->classes[place] = (float)class;
    o->best[place] = score_of(o, box, class);
}

static uint32_t detect_fast(const out_t *o)
{
    const post_ref_detection_t *d = o->d;
    float *score = malloc((d->boxes + 1) * sizeof(*score));
    uint32_t *kept = malloc((d->boxes + 1) * sizeof(*kept));
    bool *taken = malloc(d->classes * sizeof(*taken));
    for (uint32_t n = 0; n < d->boxes; n++) {
        score[n] = score_of(o, n, 0);
        for (uint32_t c = 1; c < d->classes; c++)
            score[n] = score_of(o, n, c) > score[n] ? score_of(o, n, c) : score[n];
    }
    uint32_t found = suppress(d, o->box, score, d->max_detections, kept);
    for (uint32_t i = 0; i < found; i++) {
        memset(taken, 0, d->classes * sizeof(*taken));
        for (uint32_t k = 0; k < d->classes_per_detection && k < d->classes; k++) {
            uint32_t best = d->classes;
            for (uint32_t c = 0; c < d->classes; c++)
                if (!taken[c] &&
                    (best == d->classes || score_of(o, kept[i], c) > score_of(o, kept[i], best)))
                    best = c;
            taken[best] = true;
            put(o, d->classes_per_detection * i + k, kept[i], best);
        }
    }
    free(score);
    free(kept);
    free(taken);
    return found;
}

typedef struct {
    float score;
    uint32_t box, class;
} row_t;

/* Class after class: all that were best so far and those of the class, sorted stably, cut. */
static uint32_t detect_regular(const out_t *o)
{
    const post_ref_detection_t *d = o->d;
    float *score = malloc((d->boxes + 1) * sizeof(*score));
    uint32_t *kept = malloc((d->boxes + 1) * sizeof(*kept));
    row_t *row = malloc((d->boxes + d->max_detections + 1) * sizeof(*row));
    uint32_t rows = 0;
    for (uint32_t c = 0; c < d->classes; c++) {
        for (uint32_t n = 0; n < d->boxes; n++)
            score[n] = score_of(o, n, c);
        uint32_t found = suppress(d, o->box, score, d->detections_per_class, kept);
        for (uint32_t i = 0; i < found; i++) {
            uint32_t at = rows++;
            for (; at > 0 && row[at - 1].score < score[kept[i]]; at--)
                row[at] = row[at - 1];
            row[at] = (row_t){score[kept[i]], kept[i], c};
        }
        rows = rows < d->max_detections ? rows : d->max_detections;
    }
    for (uint32_t i = 0; i < rows; i++)
        put(o, i, row[i].box, row[i].class);
    free(score);
    free(kept);
    free(row);
    return rows;
}

bool post_ref_detect(const post_ref_detection_t *d, const float *encoded, const float *scores,
                     const float *anchors, float *boxes, float *classes, float *best, float *found)
{
    uint32_t places = d->max_detections * d->classes_per_detection;
    edges_t *box = malloc((d->boxes + 1) * sizeof(*box));
    bool whole = true;
    memset(boxes, 0, 16 * places);
    memset(classes, 0, 4 * places);
    memset(best, 0, 4 * places);
    *found = 0;
    for (uint32_t n = 0; n < d->boxes; n++) {
        box[n] = decode(d, encoded + n * d->coordinates, anchors + 4 * n);
        whole = whole && !(box[n].ymin > box[n].ymax || box[n].xmin > box[n].xmax);
    }
    out_t out = {d, box, scores, boxes, classes, best};
    if (whole)
        *found = (float)(d->regular ? detect_regular(&out) : detect_fast(&out));
    free(box);
    return whole;
}
