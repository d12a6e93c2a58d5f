/*
 * truth.c - what is really there: boxes, how much of each body can be seen, and counts.
 *
 * What can be seen is counted on a grid over the un-clipped box, one machine word a grid row:
 * columns of the body, minus columns of nearer bodies and the jamb, minus what is outside.
 */
#include "scenes/world_int.h"

#define GRID_COLUMNS 64
#define GRID_ROWS 48

/* A body standing somewhere, in pixels of the scene's array. */
typedef struct {
    scene_place_t place;
    scene_body_t body;
    float left, top, right, bottom;
} figure_t;

static void stand_figure(const scene_t *scene, uint32_t index, double time_s, figure_t *out)
{
    const scene_person_t *p = &scene->desc.people[index];
    out->place = scene_person_place(scene, index, time_s);
    scene_body_pose(&out->body, p, &scene->look[index], out->place.way_m);
    const scene_body_t *b = &out->body;
    float scale = out->place.px_per_m, x = out->place.x_px, y = out->place.y_px;
    bool ahead = out->place.mirror > 0;
    out->left = x + scale * (ahead ? b->left : -b->right);
    out->right = x + scale * (ahead ? b->right : -b->left);
    out->top = y - scale * b->high;
    out->bottom = y - scale * b->low;
}

/* Mid-exposure time of the row that shows row y_px of the scene's array. */
static double time_of_row(const scene_t *scene, const scene_timing_t *timing, float y_px)
{
    float y = y_px * (float)timing->array_height_px / (float)scene->desc.camera.array_height_px;
    float row = (y - 0.5f - timing->y0_px) / timing->y_step_px + 0.5f;
    uint64_t r = row > 0 ? (uint64_t)row : 0;
    if (r >= timing->rows)
        r = timing->rows > 0 ? timing->rows - 1 : 0;
    uint64_t ps = timing->start_ps + r * timing->line_ps + timing->exposure_ps / 2;
    return (double)ps * 1e-12;
}

/* The figure at the time of the row through its own middle. */
static double settle_figure(const scene_t *scene, const scene_timing_t *timing, uint32_t index,
                            figure_t *figure)
{
    const scene_camera_t *c = &scene->desc.camera;
    const scene_person_t *p = &scene->desc.people[index];
    double middle_m = c->height_m - 0.5 * p->height_m;
    float y = (float)(c->horizon_px + c->focal_px * middle_m / p->depth_m);
    double time_s = 0;
    for (int i = 0; i < 2; i++) {
        time_s = time_of_row(scene, timing, y);
        stand_figure(scene, index, time_s, figure);
        y = 0.5f * (figure->top + figure->bottom);
    }
    return time_s;
}

/* ---- what can be seen ---- */

/* Bits of the grid columns whose middles are between two columns of the array. */
static uint64_t columns(const figure_t *grid, float left, float right)
{
    float per = GRID_COLUMNS / (grid->right - grid->left);
    float a = scene_clamp((left - grid->left) * per + 0.5f, 0, GRID_COLUMNS);
    float b = scene_clamp((right - grid->left) * per + 0.5f, 0, GRID_COLUMNS);
    uint32_t from = (uint32_t)a, to = (uint32_t)b;
    if (from >= to)
        return 0;
    uint64_t mask = to - from == 64 ? UINT64_MAX : (UINT64_C(1) << (to - from)) - 1;
    return mask << from;
}

static void add_figure(const figure_t *grid, const figure_t *figure, uint64_t rows[GRID_ROWS])
{
    const scene_place_t *place = &figure->place;
    float step = (grid->bottom - grid->top) / GRID_ROWS;
    if (figure->right < grid->left || figure->left > grid->right)
        return;
    for (uint32_t i = 0; i < figure->body.count; i++) {
        scene_hull_t hull;
        scene_hull_init(&hull, &figure->body.part[i]);
        for (uint32_t k = 0; k < GRID_ROWS; k++) {
            float left, right, y = grid->top + ((float)k + 0.5f) * step;
            if (!scene_hull_span(&hull, (place->y_px - y) / place->px_per_m, &left, &right))
                continue;
            float a = place->x_px + place->mirror * place->px_per_m * left;
            float b = place->x_px + place->mirror * place->px_per_m * right;
            rows[k] |= columns(grid, scene_min(a, b), scene_max(a, b));
        }
    }
}

static void add_jamb(const scene_t *scene, const figure_t *grid, uint64_t rows[GRID_ROWS])
{
    scene_box_px_t jamb = scene_jamb_box(&scene->desc, (float)scene->desc.door.near_m);
    float step = (grid->bottom - grid->top) / GRID_ROWS;
    for (uint32_t k = 0; k < GRID_ROWS; k++) {
        float y = grid->top + ((float)k + 0.5f) * step;
        if (y > jamb.top && y < jamb.bottom)
            rows[k] |= columns(grid, jamb.left, jamb.right);
    }
}

/* Everything nearer than the person at `rank` of the order. */
static void add_hiders(const scene_t *scene, uint32_t rank, double time_s, const figure_t *grid,
                       uint64_t rows[GRID_ROWS])
{
    const scene_desc_t *desc = &scene->desc;
    for (uint32_t i = rank + 1; i < desc->people_count; i++) {
        figure_t other;
        if (!scene_person_place(scene, scene->order[i], time_s).in_view)
            continue;
        stand_figure(scene, scene->order[i], time_s, &other);
        add_figure(grid, &other, rows);
    }
    if (desc->door.shown && desc->people[scene->order[rank]].depth_m >= desc->door.near_m)
        add_jamb(scene, grid, rows);
}

static uint32_t count_bits(uint64_t word)
{
    uint32_t n = 0;
    for (; word != 0; word &= word - 1)
        n++;
    return n;
}

/* What of the array is read, in its pixels. */
static scene_box_px_t view_of(const scene_timing_t *timing)
{
    const sim_window_t *w = &timing->window;
    if (w->width_px == 0)
        return (scene_box_px_t){.right = (float)timing->array_width_px,
                                .bottom = (float)timing->array_height_px};
    return (scene_box_px_t){.left = (float)w->x_px,
                            .top = (float)w->y_px,
                            .right = (float)(w->x_px + w->width_px),
                            .bottom = (float)(w->y_px + w->height_px)};
}

static float visible_share(const scene_t *scene, const scene_timing_t *timing, uint32_t rank,
                           double time_s, const figure_t *figure)
{
    const scene_camera_t *c = &scene->desc.camera;
    scene_box_px_t view = view_of(timing);
    float sx = (float)c->array_width_px / (float)timing->array_width_px;
    float sy = (float)c->array_height_px / (float)timing->array_height_px;
    uint64_t own[GRID_ROWS] = {0}, hidden[GRID_ROWS] = {0};
    uint64_t inside = columns(figure, view.left * sx, view.right * sx);
    float step = (figure->bottom - figure->top) / GRID_ROWS;
    uint32_t all = 0, seen = 0;
    add_figure(figure, figure, own);
    add_hiders(scene, rank, time_s, figure, hidden);
    for (uint32_t k = 0; k < GRID_ROWS; k++) {
        float y = figure->top + ((float)k + 0.5f) * step;
        bool row_inside = y > view.top * sy && y < view.bottom * sy;
        all += count_bits(own[k]);
        seen += row_inside ? count_bits(own[k] & inside & ~hidden[k]) : 0;
    }
    return all > 0 ? (float)seen / (float)all : 0.0f;
}

/* ---- the frame ---- */

/* To a quarter of a pixel. */
static float quarter(float px)
{
    return scene_floor(px * 4.0f + 0.5f) * 0.25f;
}

static scene_box_t clip_box(const scene_t *scene, const scene_timing_t *timing,
                            const figure_t *figure)
{
    float w = (float)timing->array_width_px, h = (float)timing->array_height_px;
    float sx = w / (float)scene->desc.camera.array_width_px;
    float sy = h / (float)scene->desc.camera.array_height_px;
    scene_box_px_t view = view_of(timing);
    float left = scene_clamp(quarter(figure->left * sx), view.left, view.right);
    float right = scene_clamp(quarter(figure->right * sx), view.left, view.right);
    float top = scene_clamp(quarter(figure->top * sy), view.top, view.bottom);
    float bottom = scene_clamp(quarter(figure->bottom * sy), view.top, view.bottom);
    return (scene_box_t){
        .class_id = SCENE_CLASS_PERSON, .x = left, .y = top, .w = right - left, .h = bottom - top};
}

static void count_person(const scene_person_t *person, double time_s, scene_truth_t *truth)
{
    if (person->cross_s < 0 || time_s < person->cross_s)
        return;
    if (person->direction == SCENE_IN)
        truth->in++;
    else
        truth->out++;
}

void scene_truth(const scene_t *scene, const scene_timing_t *timing, uint32_t frame,
                 scene_truth_t *truth)
{
    const scene_desc_t *desc = &scene->desc;
    uint32_t rank[SCENE_MAX_PEOPLE];
    for (uint32_t i = 0; i < desc->people_count; i++)
        rank[scene->order[i]] = i;
    *truth = (scene_truth_t){.frame = frame};
    for (uint32_t i = 0; i < desc->people_count; i++) {
        figure_t figure;
        double time_s = settle_figure(scene, timing, i, &figure);
        count_person(&desc->people[i], time_s, truth);
        if (!figure.place.in_view)
            continue;
        scene_box_t box = clip_box(scene, timing, &figure);
        if (box.w <= 0 || box.h <= 0)
            continue;
        box.id = i + 1;
        box.visible = visible_share(scene, timing, rank[i], time_s, &figure);
        if (box.visible > 0 && (double)box.visible >= desc->min_visible)
            truth->box[truth->count++] = box;
    }
}

void scene_truth_write(const scene_truth_t *truth, sim_json_t *line)
{
    sim_json_t *boxes = sim_json_add_array(line, "boxes");
    for (uint32_t i = 0; i < truth->count; i++) {
        const scene_box_t *box = &truth->box[i];
        sim_json_t *out = sim_json_add_object(boxes, NULL);
        sim_json_add_u64(out, "id", box->id);
        if (box->class_id == SCENE_CLASS_PERSON)
            sim_json_add_str(out, "class", "person");
        else
            sim_json_add_u64(out, "class", box->class_id);
        sim_json_add_num(out, "x", (double)box->x);
        sim_json_add_num(out, "y", (double)box->y);
        sim_json_add_num(out, "w", (double)box->w);
        sim_json_add_num(out, "h", (double)box->h);
        int32_t mille = (int32_t)(box->visible * 1000.0f + 0.5f);
        sim_json_add_num(out, "visible", mille / 1000.0);
    }
    sim_json_t *counts = sim_json_add_object(line, "counts");
    sim_json_add_u64(counts, "in", truth->in);
    sim_json_add_u64(counts, "out", truth->out);
}
