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
    scene_seen_t seen; /* of the level camera, as the body */
    float mirror;
    scene_eye_t eye;
    scene_body_t body;
    float left, top, right, bottom;
} figure_t;

/* The columns, relative to the center, between which a tilted camera sees a disc of an upright
 * plane z away: column f k, where the line x = k * depth touches the disc (depth along the axis).
 * An ellipse `wide` times as wide as high: as many times those of the disc at x / wide. */
static void disc_columns(const scene_camera_t *c, float x, float h, float r, float wide, double z,
                         float range[2])
{
    x /= wide;
    double sine = (double)scene_sin(c->pitch_deg / 360),
           cosine = (double)scene_cos(c->pitch_deg / 360);
    double depth = z * cosine + (c->height_m - (double)h) * sine;
    double rs = (double)r * sine, reach = (double)r, at = (double)x;
    double a = depth * depth - rs * rs;
    if (depth <= rs || a < 1e-6) /* reaches beside the camera */
        return;
    double root =
        (double)sqrtf((float)(reach * reach * (depth * depth - rs * rs + at * at * sine * sine)));
    range[0] = scene_min(range[0], wide * (float)(c->focal_px * (at * depth - root) / a));
    range[1] = scene_max(range[1], wide * (float)(c->focal_px * (at * depth + root) / a));
}

/* Extents of the parts in the picture of a tilted camera. */
static void tilt_parts(const scene_camera_t *c, const scene_place_t *place, figure_t *out)
{
    float range[2] = {1e9f, -1e9f};
    for (uint32_t i = 0; i < out->body.count; i++) {
        const scene_part_t *p = &out->body.part[i];
        if (p->loose)
            continue;
        float wide = 1.0f + p->stretch;
        float x0 = (float)place->x_m + place->mirror * p->x0;
        float x1 = (float)place->x_m + place->mirror * p->x1;
        disc_columns(c, x0, p->y0, p->r0, wide, place->z_m, range);
        disc_columns(c, x1, p->y1, p->r1, wide, place->z_m, range);
    }
    out->left = (float)c->center_px + range[0];
    out->right = (float)c->center_px + range[1];
    out->top = (float)scene_tilt_level(c, (double)out->top).y_px;
    out->bottom = (float)scene_tilt_level(c, (double)out->bottom).y_px;
}

static void measure_parts(const scene_camera_t *c, const scene_place_t *place, figure_t *out)
{
    scene_body_t *b = &out->body;
    float scale = out->seen.px_per_m, x = out->seen.x_px, y = out->seen.y_px;
    bool ahead = out->mirror > 0;
    scene_body_measure(b);
    out->left = x + scale * (ahead ? b->left : -b->right);
    out->right = x + scale * (ahead ? b->right : -b->left);
    out->top = y - scale * b->high;
    out->bottom = y - scale * b->low;
    if (c->pitch_deg != 0)
        tilt_parts(c, place, out);
}

/* A face is flat: it reaches as far as its corners. */
static void measure_face(const scene_camera_t *c, const scene_sight_t *o, figure_t *out)
{
    for (uint32_t i = 0; i < o->count; i++) {
        scene_tilt_t at = scene_tilt_level(c, (double)o->y[i]);
        float x = scene_tilt_column(c, &at, o->x[i]), y = (float)at.y_px;
        out->left = scene_min(out->left, x);
        out->right = scene_max(out->right, x);
        out->top = scene_min(out->top, y);
        out->bottom = scene_max(out->bottom, y);
    }
}

static void stand_figure(const scene_t *scene, uint32_t index, const scene_place_t *place,
                         double time_s, figure_t *out)
{
    const scene_camera_t *camera = &scene->desc.camera;
    const scene_cast_t *cast = &scene->cast[index];
    scene_sight_t sight;
    out->seen = scene_see(camera, place);
    out->mirror = place->mirror;
    out->eye = scene_eye(camera, place);
    out->left = out->top = 1e9f;
    out->right = out->bottom = -1e9f;
    scene_body_clear(&out->body);
    cast->kind->pose(cast->subject, cast->look, time_s, &out->body);
    scene_body_flatten(&out->body, &out->eye, place->mirror);
    if (place->z_m < SCENE_NEAREST_M)
        out->body.count = 0;
    if (out->body.count > 0)
        measure_parts(camera, place, out);
    for (uint32_t i = 0; i < out->body.faces; i++)
        if (scene_face_sight(&out->eye, &out->body.face[i], &sight))
            measure_face(camera, &sight, out);
}

uint64_t scene_row_middle_ps(const scene_t *scene, const scene_timing_t *timing, float y_px)
{
    float y = y_px * (float)timing->array_height_px / (float)scene->desc.camera.array_height_px;
    float row = (y - 0.5f - timing->y0_px) / timing->y_step_px + 0.5f;
    uint64_t r = row > 0 ? (uint64_t)row : 0;
    if (r >= timing->rows)
        r = timing->rows > 0 ? timing->rows - 1 : 0;
    return timing->start_ps + r * timing->line_ps + timing->exposure_ps / 2;
}

/* The figure at the time of the row through its own middle. */
static double settle_figure(const scene_t *scene, const scene_timing_t *timing, uint32_t index,
                            figure_t *figure)
{
    const scene_camera_t *c = &scene->desc.camera;
    const scene_cast_t *cast = &scene->cast[index];
    scene_place_t place;
    double time_s = (double)timing->start_ps * 1e-12;
    cast->kind->place(cast->subject, time_s, &place);
    double middle_m = c->height_m - 0.5 * (double)place.size_m;
    double z = place.z_m > SCENE_NEAREST_M ? place.z_m : SCENE_NEAREST_M;
    double level = c->horizon_px + c->focal_px * middle_m / z;
    float y = (float)scene_tilt_level(c, level).y_px;
    for (int i = 0; i < 2; i++) {
        time_s = (double)scene_row_middle_ps(scene, timing, y) * 1e-12;
        cast->kind->place(cast->subject, time_s, &place);
        stand_figure(scene, index, &place, time_s, figure);
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

/* The level camera's row of each grid row. */
static void grid_rows(const scene_camera_t *camera, const figure_t *grid,
                      scene_tilt_t row[GRID_ROWS])
{
    float step = (grid->bottom - grid->top) / GRID_ROWS;
    for (uint32_t k = 0; k < GRID_ROWS; k++)
        row[k] = scene_tilt_row(camera, (double)(grid->top + ((float)k + 0.5f) * step));
}

/* Level columns of a grid row, in any order. */
static uint64_t level_columns(const scene_camera_t *camera, const figure_t *grid,
                              const scene_tilt_t *row, float a, float b)
{
    a = scene_tilt_column(camera, row, a);
    b = scene_tilt_column(camera, row, b);
    return columns(grid, scene_min(a, b), scene_max(a, b));
}

static void add_part(const scene_camera_t *camera, const figure_t *grid, const figure_t *figure,
                     const scene_part_t *part, const scene_tilt_t row[GRID_ROWS],
                     uint64_t rows[GRID_ROWS])
{
    const scene_seen_t *seen = &figure->seen;
    float scale = figure->mirror * seen->px_per_m;
    scene_hull_t hull;
    scene_hull_init(&hull, part);
    for (uint32_t k = 0; k < GRID_ROWS; k++) {
        float left, right, y = (float)row[k].y_px;
        if (scene_hull_span(&hull, (seen->y_px - y) / seen->px_per_m, &left, &right))
            rows[k] |= level_columns(camera, grid, &row[k], seen->x_px + scale * left,
                                     seen->x_px + scale * right);
    }
}

static void add_figure(const scene_camera_t *camera, const figure_t *grid, const figure_t *figure,
                       const scene_tilt_t row[GRID_ROWS], uint64_t rows[GRID_ROWS])
{
    scene_sight_t sight;
    if (figure->right < grid->left || figure->left > grid->right)
        return;
    for (uint32_t i = 0; i < figure->body.count; i++)
        if (figure != grid || !figure->body.part[i].loose)
            add_part(camera, grid, figure, &figure->body.part[i], row, rows);
    for (uint32_t i = 0; i < figure->body.faces; i++) {
        float left, right;
        if (!scene_face_sight(&figure->eye, &figure->body.face[i], &sight))
            continue;
        for (uint32_t k = 0; k < GRID_ROWS; k++)
            if (scene_sight_span(&sight, (float)row[k].y_px, &left, &right))
                rows[k] |= level_columns(camera, grid, &row[k], left, right);
    }
}

static void add_jamb(const scene_t *scene, const figure_t *grid, const scene_tilt_t row[GRID_ROWS],
                     uint64_t rows[GRID_ROWS])
{
    const scene_camera_t *c = &scene->desc.camera;
    scene_box_px_t jamb = scene_jamb_box(&scene->desc, (float)scene->desc.door.near_m);
    for (uint32_t k = 0; k < GRID_ROWS; k++)
        if ((float)row[k].y_px > jamb.top && (float)row[k].y_px < jamb.bottom)
            rows[k] |= columns(grid, scene_tilt_column(c, &row[k], jamb.left),
                               scene_tilt_column(c, &row[k], jamb.right));
}

/* What stands nearer of the background. */
static void add_solids(const scene_t *scene, const figure_t *grid, float z_m,
                       uint64_t rows[GRID_ROWS])
{
    const scene_camera_t *c = &scene->desc.camera;
    float wide = (grid->right - grid->left) / GRID_COLUMNS, per = 1.0f / (float)c->array_width_px;
    float high = (grid->bottom - grid->top) / GRID_ROWS;
    for (uint32_t k = 0; k < GRID_ROWS; k++) {
        float y = grid->top + ((float)k + 0.5f) * high, solid_m[GRID_COLUMNS];
        scene_map_solid_row(&scene->map, y / (float)c->array_height_px,
                            (grid->left + 0.5f * wide) * per, wide * per, GRID_COLUMNS, solid_m);
        for (uint32_t i = 0; i < GRID_COLUMNS; i++)
            rows[k] |= (uint64_t)(solid_m[i] < z_m) << i;
    }
}

/* Everything nearer than somebody. */
static void add_hiders(const scene_t *scene, uint32_t index, double time_s, const figure_t *grid,
                       const scene_tilt_t row[GRID_ROWS], uint64_t rows[GRID_ROWS])
{
    const scene_desc_t *desc = &scene->desc;
    scene_place_t place[SCENE_MAX_CAST];
    uint32_t order[SCENE_MAX_CAST];
    scene_stand_all(scene, time_s, place, order);
    for (uint32_t i = scene->cast_count; i-- > 0 && order[i] != index;) {
        figure_t other;
        if (!scene_see(&desc->camera, &place[order[i]]).in_view)
            continue;
        stand_figure(scene, order[i], &place[order[i]], time_s, &other);
        add_figure(&desc->camera, grid, &other, row, rows);
    }
    if (desc->door.shown && place[index].z_m >= desc->door.near_m)
        add_jamb(scene, grid, row, rows);
    if (scene->map.solid_mm != NULL)
        add_solids(scene, grid, (float)place[index].z_m, rows);
}

static uint32_t count_bits(uint64_t word)
{
    uint32_t n = 0;
    for (; word != 0; word &= word - 1)
        n++;
    return n;
}

scene_box_px_t scene_window_of(const scene_timing_t *timing)
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

static float visible_share(const scene_t *scene, const scene_timing_t *timing, uint32_t index,
                           double time_s, const figure_t *figure)
{
    const scene_camera_t *c = &scene->desc.camera;
    scene_box_px_t view = scene_window_of(timing);
    float sx = (float)c->array_width_px / (float)timing->array_width_px;
    float sy = (float)c->array_height_px / (float)timing->array_height_px;
    uint64_t own[GRID_ROWS] = {0}, hidden[GRID_ROWS] = {0};
    uint64_t inside = columns(figure, view.left * sx, view.right * sx);
    float step = (figure->bottom - figure->top) / GRID_ROWS;
    uint32_t all = 0, seen = 0;
    scene_tilt_t row[GRID_ROWS];
    grid_rows(c, figure, row);
    add_figure(c, figure, figure, row, own);
    add_hiders(scene, index, time_s, figure, row, hidden);
    for (uint32_t k = 0; k < GRID_ROWS; k++) {
        float y = figure->top + ((float)k + 0.5f) * step;
        bool row_inside = y > view.top * sy && y < view.bottom * sy;
        all += count_bits(own[k]);
        seen += row_inside ? count_bits(own[k] & inside & ~hidden[k]) : 0;
    }
    return all > 0 ? (float)seen / (float)all : 0.0f;
}

/* ---- facings ---- */

static float clip_end(float px, float low, float high)
{
    return scene_clamp(scene_quarter(scene_clamp(px, low - 1.0f, high + 1.0f)), low, high);
}

/* The extents of its opening in the scene's picture. */
static scene_box_px_t opening_of(const scene_camera_t *camera, const scene_product_t *p)
{
    scene_box_px_t box = {1e9f, 1e9f, -1e9f, -1e9f};
    for (uint32_t i = 0; i < 4; i++) {
        double px[2], x = p->x_m + (i % 2 == 0 ? -0.5 : 0.5) * p->width_m;
        if (!scene_project(camera, x, p->up_m + (i < 2 ? 0 : p->height_m), p->z_m, px))
            continue;
        box.left = scene_min(box.left, (float)px[0]);
        box.right = scene_max(box.right, (float)px[0]);
        box.top = scene_min(box.top, (float)px[1]);
        box.bottom = scene_max(box.bottom, (float)px[1]);
    }
    return box;
}

static scene_box_px_t clip_opening(const scene_t *scene, const scene_timing_t *timing,
                                   scene_box_px_t box)
{
    float sx = (float)timing->array_width_px / (float)scene->desc.camera.array_width_px;
    float sy = (float)timing->array_height_px / (float)scene->desc.camera.array_height_px;
    scene_box_px_t view = scene_window_of(timing);
    return (scene_box_px_t){clip_end(box.left * sx, view.left, view.right),
                            clip_end(box.top * sy, view.top, view.bottom),
                            clip_end(box.right * sx, view.left, view.right),
                            clip_end(box.bottom * sy, view.top, view.bottom)};
}

uint32_t scene_facings(const scene_t *scene, const scene_timing_t *timing,
                       scene_facing_t out[SCENE_MAX_ACTORS])
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < scene->cast_count; i++) {
        if (scene->cast[i].kind != &scene_kind_product)
            continue;
        const scene_product_t *p = scene->cast[i].subject;
        scene_box_px_t box = opening_of(&scene->desc.camera, p);
        uint64_t at_ps = scene_row_middle_ps(scene, timing, 0.5f * (box.top + box.bottom));
        box = clip_opening(scene, timing, box);
        out[count++] = (scene_facing_t){.id = i + 1,
                                        .name = p->facing,
                                        .items = scene_product_items(p, (double)at_ps * 1e-12),
                                        .x = box.left,
                                        .y = box.top,
                                        .w = scene_max(box.right - box.left, 0.0f),
                                        .h = scene_max(box.bottom - box.top, 0.0f)};
    }
    return count;
}

/* ---- the frame ---- */

static scene_box_t clip_box(const scene_t *scene, const scene_timing_t *timing,
                            const figure_t *figure)
{
    float w = (float)timing->array_width_px, h = (float)timing->array_height_px;
    float sx = w / (float)scene->desc.camera.array_width_px;
    float sy = h / (float)scene->desc.camera.array_height_px;
    scene_box_px_t view = scene_window_of(timing);
    float left = clip_end(figure->left * sx, view.left, view.right);
    float right = clip_end(figure->right * sx, view.left, view.right);
    float top = clip_end(figure->top * sy, view.top, view.bottom);
    float bottom = clip_end(figure->bottom * sy, view.top, view.bottom);
    return (scene_box_t){.x = left, .y = top, .w = right - left, .h = bottom - top};
}

static void count_crossing(const scene_cast_t *cast, double time_s, scene_truth_t *truth)
{
    for (uint32_t i = 0; i < cast->crossing_count; i++) {
        const scene_crossing_t *crossing = &cast->crossing[i];
        if (crossing->at_s >= 0 && time_s >= crossing->at_s)
            *(crossing->direction == SCENE_IN ? &truth->in : &truth->out) += 1;
    }
}

void scene_truth(const scene_t *scene, const scene_timing_t *timing, uint32_t frame,
                 scene_truth_t *truth)
{
    *truth = (scene_truth_t){.frame = frame};
    for (uint32_t i = 0; i < scene->cast_count; i++) {
        figure_t figure;
        double time_s = settle_figure(scene, timing, i, &figure);
        count_crossing(&scene->cast[i], time_s, truth);
        if (!figure.seen.in_view)
            continue;
        scene_box_t box = clip_box(scene, timing, &figure);
        if (box.w <= 0 || box.h <= 0)
            continue;
        box.id = i + 1;
        box.class_id = scene->cast[i].kind->class_id;
        if (scene->ages_told && box.class_id == SCENE_CLASS_PERSON)
            box.age = 1 + ((const scene_person_t *)scene->cast[i].subject)->age;
        if (scene->cast[i].kind->posture != NULL)
            box.pose = scene->cast[i].kind->posture(scene->cast[i].subject, time_s);
        box.visible = visible_share(scene, timing, i, time_s, &figure);
        if (box.visible > 0 && (double)box.visible >= scene->desc.min_visible)
            truth->box[truth->count++] = box;
    }
    truth->facings = scene_facings(scene, timing, truth->facing);
    if (scene->film != NULL)
        scene_film_truth(scene, timing, truth);
}

static void write_facings(const scene_truth_t *truth, sim_json_t *line)
{
    sim_json_t *facings = sim_json_add_array(line, "facings");
    for (uint32_t i = 0; i < truth->facings; i++) {
        const scene_facing_t *facing = &truth->facing[i];
        sim_json_t *out = sim_json_add_object(facings, NULL);
        sim_json_add_u64(out, "id", facing->id);
        sim_json_add_str(out, "facing", facing->name);
        sim_json_add_str(out, "state", facing->items > 0 ? "product" : "empty");
        sim_json_add_u64(out, "items", facing->items);
        sim_json_add_num(out, "x", (double)facing->x);
        sim_json_add_num(out, "y", (double)facing->y);
        sim_json_add_num(out, "w", (double)facing->w);
        sim_json_add_num(out, "h", (double)facing->h);
    }
}

void scene_truth_write(const scene_truth_t *truth, sim_json_t *line)
{
    sim_json_t *boxes = sim_json_add_array(line, "boxes");
    for (uint32_t i = 0; i < truth->count; i++) {
        const scene_box_t *box = &truth->box[i];
        sim_json_t *out = sim_json_add_object(boxes, NULL);
        sim_json_add_u64(out, "id", box->id);
        const char *name = scene_class_name(box->class_id);
        if (name != NULL)
            sim_json_add_str(out, "class", name);
        else
            sim_json_add_u64(out, "class", box->class_id);
        if (box->age != 0)
            sim_json_add_str(out, "age", scene_age_name((scene_age_t)(box->age - 1)));
        if (box->pose != NULL)
            sim_json_add_str(out, "pose", box->pose);
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
    if (truth->facings > 0)
        write_facings(truth, line);
}
