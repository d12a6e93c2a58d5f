#include "tools/image_judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/frame_at.h"
#include "tools/json_lines.h"

#define MOST_AREA 1e12 /* px; a larger box is none */

typedef struct {
    frame_at_t at;
    image_area_t shown, hidden[IMAGE_AREAS];
    uint32_t hiddens;
} image_t;

typedef struct {
    image_t *image;
    size_t images, at; /* at: frames of the truth that come are of this one or later */
    double area, covered, bare;
    figures_box_t box[FIGURES_BOXES];
    image_figures_t *out;
} reader_t;

/* ---- areas ---- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static image_area_t cut(const image_area_t *a, const image_area_t *to)
{
    return (image_area_t){fmax(a->x0, to->x0), fmax(a->y0, to->y0), fmin(a->x1, to->x1),
                          fmin(a->y1, to->y1)};
}

/* Length of y that areas cover between two of their edges in x; they are sorted by upper edge. */
static double column(const image_area_t *area, uint32_t areas, double x0, double x1)
{
    double sum = 0, end = -INFINITY;
    for (uint32_t i = 0; i < areas; i++) {
        if (area[i].x0 > x0 || area[i].x1 < x1 || area[i].y1 <= end)
            continue;
        sum += area[i].y1 - fmax(area[i].y0, end);
        end = area[i].y1;
    }
    return sum;
}

static int by_top(const void *a, const void *b)
{
    return by_size(&((const image_area_t *)a)->y0, &((const image_area_t *)b)->y0);
}

double image_covered(const image_area_t *box, const image_area_t *area, uint32_t areas)
{
    image_area_t in[IMAGE_AREAS];
    double edge[2 * IMAGE_AREAS], sum = 0;
    uint32_t count = 0;
    for (uint32_t i = 0; i < areas && i < IMAGE_AREAS; i++) {
        image_area_t part = cut(&area[i], box);
        if (part.x1 <= part.x0 || part.y1 <= part.y0)
            continue;
        edge[2 * count] = part.x0;
        edge[2 * count + 1] = part.x1;
        in[count++] = part;
    }
    if (count == 0)
        return 0;
    qsort(edge, 2 * (size_t)count, sizeof(*edge), by_size);
    qsort(in, count, sizeof(*in), by_top);
    for (uint32_t i = 1; i < 2 * count; i++)
        if (edge[i] > edge[i - 1])
            sum += (edge[i] - edge[i - 1]) * column(in, count, edge[i - 1], edge[i]);
    return sum;
}

/* ---- what images say ---- */

static void read_areas(const sim_cfg_t *line, image_t *image)
{
    uint32_t count = sim_cfg_count(line, "image");
    for (uint32_t i = 0; i < count; i++) {
        sim_cfg_t item = sim_cfg_at(line, "image", i);
        const char *what = sim_cfg_str(&item, "what", "");
        double x = sim_cfg_num(&item, "x", 0, UINT16_MAX, 0);
        double y = sim_cfg_num(&item, "y", 0, UINT16_MAX, 0);
        const image_area_t area = {x, y, x + sim_cfg_num(&item, "w", 0, UINT16_MAX, 0),
                                   y + sim_cfg_num(&item, "h", 0, UINT16_MAX, 0)};
        if (strcmp(what, "shown") == 0)
            image->shown = area;
        else if (image->hiddens < IMAGE_AREAS)
            image->hidden[image->hiddens++] = area;
    }
}

static bool take_image(void *ctx, const sim_cfg_t *line)
{
    reader_t *r = ctx;
    if (!sim_cfg_has(line, "image"))
        return true;
    image_t *more = realloc(r->image, (r->images + 1) * sizeof(*more));
    if (more == NULL) {
        sim_cfg_fail(line, NULL, "out of memory");
        return false;
    }
    r->image = more;
    image_t *image = &r->image[r->images++];
    *image = (image_t){.at = frame_at(line->node)};
    read_areas(line, image);
    return true;
}

/* ---- what is ---- */

static void judge_box(reader_t *r, int64_t frame, const figures_box_t *b, const image_t *image)
{
    image_figures_t *out = r->out;
    const image_area_t box = {b->x, b->y, b->x + b->w, b->y + b->h};
    double area = b->w * b->h, covered = 0, bare = 0;
    if (!(area > 0 && area < MOST_AREA))
        return;
    if (image != NULL) {
        const image_area_t seen = cut(&box, &image->shown);
        covered = image_covered(&box, &image->shown, 1);
        bare = covered - (covered > 0 ? image_covered(&seen, image->hidden, image->hiddens) : 0);
    }
    if (out->boxes == 0 || covered / area < out->least_cover) {
        out->least_cover = covered / area;
        out->least_cover_frame = frame;
        out->least_cover_id = b->id;
    }
    if (out->boxes == 0 || bare / area > out->most_bare) {
        out->most_bare = bare / area;
        out->most_bare_frame = frame;
        out->most_bare_id = b->id;
    }
    out->boxes++;
    r->area += area;
    r->covered += covered;
    r->bare += bare;
}

static bool take_truth(void *ctx, const sim_cfg_t *line)
{
    reader_t *r = ctx;
    const frame_at_t at = frame_at(line->node);
    while (r->at < r->images && frame_at_order(&r->image[r->at].at, &at) < 0)
        r->at++;
    if (frame_at_order(&at, &r->image[0].at) < 0)
        return true;
    if (r->at >= r->images)
        return false; /* behind the last image: the run may have ended */
    bool there = frame_at_order(&r->image[r->at].at, &at) == 0;
    const image_t *image = there ? &r->image[r->at] : NULL;
    uint32_t boxes = figures_boxes(line->node, r->box);
    for (uint32_t i = 0; i < boxes; i++)
        judge_box(r, at.frame, &r->box[i], image);
    return true;
}

/* ---- both ---- */

bool image_judge(const char *dir, image_figures_t *out, char *error, size_t error_bytes)
{
    reader_t *r = calloc(1, sizeof(*r));
    *out = (image_figures_t){.cover = NAN, .least_cover = NAN, .bare = NAN, .most_bare = NAN};
    if (r == NULL) {
        snprintf(error, error_bytes, "out of memory");
        return false;
    }
    r->out = out;
    bool fine = json_lines_in(dir, "metadata.jsonl", take_image, r, error, error_bytes);
    if (fine && r->images > 0)
        fine = json_lines_in(dir, "truth.jsonl", take_truth, r, error, error_bytes);
    out->images = (uint32_t)r->images;
    if (out->boxes > 0) {
        out->cover = r->covered / r->area;
        out->bare = r->bare / r->area;
    }
    free(r->image);
    free(r);
    return fine;
}
