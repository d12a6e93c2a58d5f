/*
 * scene.c - makes a world, shows it by rows and tells the truth about it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/stage.h"
#include "scenes/world_int.h"
#include "sim/time.h"

/* ---- making ---- */

static void draw_door(scene_t *scene)
{
    static const uint32_t hex[] = {0x2c2e32, 0x9ea2a6, 0xe4e2dc, 0x6b4a32, 0x2f4a3a, 0x7a2c28};
    sim_stream_t s = sim_stream(scene->desc.seed, SCENE_RNG_DOOR, 0);
    scene_rgb_t color = scene_rgb_hex(hex[sim_stream_below(&s, SIM_COUNT(hex))]);
    double *out = scene->desc.door.color;
    if (out[0] < 0) {
        out[0] = (double)color.r;
        out[1] = (double)color.g;
        out[2] = (double)color.b;
    }
    scene->room.door_color = (scene_rgb_t){(float)out[0], (float)out[1], (float)out[2]};
}

/* One of the world; false without memory. */
static bool add_cast(scene_t *scene, uint32_t kind, const void *subject)
{
    scene_cast_t *cast = &scene->cast[scene->cast_count++];
    *cast = (scene_cast_t){.kind = scene_actor_kinds[kind], .subject = subject};
    cast->look = malloc(cast->kind->look_bytes);
    if (cast->look == NULL)
        return false;
    cast->kind->prepare(subject, cast->look);
    scene_crossing_t crossing[SCENE_MAX_CROSSINGS];
    if (cast->kind->crossings != NULL)
        cast->crossing_count = cast->kind->crossings(subject, crossing, SCENE_MAX_CROSSINGS);
    if (cast->crossing_count == 0)
        return true;
    cast->crossing = malloc(cast->crossing_count * sizeof(crossing[0]));
    if (cast->crossing != NULL)
        memcpy(cast->crossing, crossing, cast->crossing_count * sizeof(crossing[0]));
    return cast->crossing != NULL;
}

static sim_err_t make_cast(scene_t *scene)
{
    const scene_desc_t *desc = &scene->desc;
    bool fine = true;
    for (uint32_t i = 0; i < desc->people_count && fine; i++)
        fine = add_cast(scene, SCENE_KIND_PERSON, &desc->people[i]);
    for (uint32_t i = 0; i < desc->actor_count && fine; i++)
        fine = add_cast(scene, desc->actor[i].kind, &desc->actor[i].as);
    if (!fine)
        return SIM_ENOMEM;
    scene->ages_told = scene_ages_told(desc);
    scene_place_t place[SCENE_MAX_CAST];
    uint32_t order[SCENE_MAX_CAST];
    for (uint32_t i = 0; i < scene->cast_count; i++)
        scene->order[i] = i;
    scene_stand_all(scene, 0, place, order);
    memcpy(scene->order, order, sizeof(order[0]) * scene->cast_count);
    return SIM_OK;
}

sim_err_t scene_make(const scene_desc_t *desc, scene_t **out, char *error, size_t error_bytes)
{
    *out = NULL;
    snprintf(error, error_bytes, "no memory for the scene");
    scene_t *scene = calloc(1, sizeof(*scene));
    if (scene == NULL)
        return SIM_ENOMEM;
    scene->desc = *desc;
    scene_desc_expand(&scene->desc);
    if (desc->world.on || !scene_backs[desc->back.kind].indoor)
        scene->desc.falloff = 0; /* the sky, or a picture's own light */
    scene->room.desc = &scene->desc;
    scene->room.noise = &scene->noise;
    scene_noise_init(&scene->noise, scene->desc.seed);
    scene_light_make(scene);
    scene_areas_make(scene);
    draw_door(scene);
    sim_err_t err = make_cast(scene);
    if (err == SIM_OK)
        err = scene_back_make(scene, error, error_bytes);
    if (err != SIM_OK) {
        scene_free(scene);
        return err;
    }
    error[0] = '\0';
    *out = scene;
    return SIM_OK;
}

void scene_free(scene_t *scene)
{
    if (scene == NULL)
        return;
    for (uint32_t i = 0; i < scene->cast_count; i++) {
        free(scene->cast[i].look);
        free(scene->cast[i].crossing);
    }
    scene_map_free(&scene->map);
    film_free(scene->film);
    free(scene->scratch);
    free(scene->codes);
    free(scene);
}

/* Floats for what is behind the people. */
static size_t back_scratch(const scene_t *scene, uint32_t width_px)
{
    return scene->film != NULL ? film_scratch(scene->film, width_px)
                               : scene_map_scratch(&scene->map);
}

sim_err_t scene_prepare(scene_t *scene, uint32_t workers, uint32_t width_px)
{
    size_t each = back_scratch(scene, width_px) + (size_t)7 * width_px;
    float *scratch = malloc(each * workers * sizeof(float));
    if (scratch == NULL)
        return SIM_ENOMEM;
    free(scene->scratch);
    scene->scratch = scratch;
    scene->scratch_each = each;
    scene->workers = workers;
    scene->width_px = width_px;
    return SIM_OK;
}

const scene_desc_t *scene_desc(const scene_t *scene)
{
    return &scene->desc;
}

float scene_line_px(const scene_t *scene, uint32_t array_width_px)
{
    const scene_camera_t *c = &scene->desc.camera;
    return (float)(c->center_px * array_width_px / c->array_width_px);
}

const char *scene_trouble(const scene_t *scene)
{
    return scene->film != NULL ? film_trouble(scene->film) : NULL;
}

bool scene_is_pipe(const scene_t *scene)
{
    return scene->film != NULL && film_is_pipe(scene->film);
}

sim_err_t scene_hash_files(const scene_t *scene, uint64_t *hash, char *error, size_t error_bytes)
{
    if (scene->film != NULL)
        return film_hash(scene->film, hash, error, error_bytes);
    if (scene->desc.back.kind == SCENE_BACK_PNG)
        return film_hash_file(scene->desc.back.file, hash, error, error_bytes);
    return SIM_OK;
}

/* ---- rows ---- */

typedef struct {
    const scene_t *scene;
    scene_row_t row; /* in pixels of the scene's array */
    scene_rgb_t white;
    double time_s, exposure_s;
    scene_fall_t fall;
    scene_place_t place[SCENE_MAX_CAST];
    scene_seen_t seen[SCENE_MAX_CAST];
    uint32_t order[SCENE_MAX_CAST]; /* far to near */
} view_t;

static scene_rgb_t light_at(const view_t *view, float x_px)
{
    return scene_rgb_scale(view->white, scene_room_light(&view->scene->room, &view->row, x_px));
}

static void paint_shadow(const view_t *view, uint32_t index)
{
    const scene_camera_t *c = &view->scene->desc.camera;
    const scene_place_t *place = &view->place[index];
    scene_seen_t seen = view->seen[index];
    float flat = (float)(c->height_m / place->z_m); /* how much the floor is foreshortened */
    float size = place->size_m * seen.px_per_m;
    float depth = 0.55f * scene_haze_clear(&view->scene->desc, (float)place->z_m);
    if (seen.in_view && place->shadow_wide > 0 && place->z_m >= SCENE_NEAREST_M)
        scene_paint_shadow(&view->row, seen.x_px, seen.y_px, place->shadow_wide * size,
                           place->shadow_deep * size * flat, depth, (float)place->z_m);
}

/* What a row shows of the plane of the foot, and what is before and behind that plane there. */
static void ask_heights(const view_t *view, const scene_place_t *place, const scene_seen_t *seen,
                        scene_body_t *body)
{
    float eye_m = (float)view->scene->desc.camera.height_m, margin = view->row.y_step_px;
    float low = (seen->y_px - view->row.y_px - margin) / seen->px_per_m;
    float high = (seen->y_px - view->row.y_px + margin) / seen->px_per_m;
    float deep =
        (float)(place->deep_m / (place->z_m > SCENE_NEAREST_M ? place->z_m : SCENE_NEAREST_M));
    body->low_m = low - deep * (low < eye_m ? eye_m - low : low - eye_m);
    body->high_m = high + deep * (high < eye_m ? eye_m - high : high - eye_m);
}

static void paint_actor(view_t *view, uint32_t index)
{
    const scene_cast_t *cast = &view->scene->cast[index];
    const scene_place_t *place = &view->place[index];
    scene_seen_t seen = view->seen[index];
    scene_paint_fall(&view->fall, place->z_m);
    float margin = view->row.y_step_px;
    if (!seen.in_view || view->row.y_px < seen.top_px - margin ||
        view->row.y_px > seen.bottom_px + margin)
        return;
    scene_body_t body;
    scene_body_clear(&body);
    ask_heights(view, place, &seen, &body);
    cast->kind->pose(cast->subject, cast->look, view->time_s, &body);
    scene_stand_t stand = {.x_px = seen.x_px,
                           .y_px = seen.y_px,
                           .px_per_m_x = seen.px_per_m,
                           .px_per_m_y = seen.px_per_m,
                           .mirror = place->mirror,
                           .light = light_at(view, seen.x_px)};
    stand.z_m = (float)place->z_m;
    scene_haze_stand(&view->scene->desc, &stand, stand.z_m);
    stand.blur_px = (float)(place->speed_mps * view->exposure_s) * seen.px_per_m;
    scene_eye_t eye = scene_eye(&view->scene->desc.camera, place);
    scene_body_flatten(&body, &eye, place->mirror);
    for (uint32_t i = 0; i < body.count && place->z_m >= SCENE_NEAREST_M; i++)
        scene_paint_part(&view->row, &stand, &body.part[i]);
    if (body.faces > 0)
        scene_paint_faces(&view->row, &stand, &eye, &body);
}

/* The near jamb, and the lintel, which runs into the depth and is seen from above or below. */
static void paint_door(view_t *view)
{
    const scene_desc_t *desc = &view->scene->desc;
    const scene_door_t *door = &desc->door;
    if (!door->shown)
        return;
    scene_paint_fall(&view->fall, door->near_m);
    scene_rgb_t color = scene_haze_over(desc, view->scene->room.door_color, (float)door->near_m);
    scene_rgb_t light = light_at(view, (float)desc->camera.center_px);
    color = (scene_rgb_t){color.r * light.r, color.g * light.g, color.b * light.b};
    scene_box_px_t near = scene_jamb_box(desc, (float)door->near_m);
    scene_box_px_t far = scene_jamb_box(desc, (float)door->far_m);
    scene_box_px_t lintel = {.top = scene_min(near.top, far.top),
                             .bottom = scene_max(near.top, far.top)};
    float along = scene_clamp((view->row.y_px - far.top) / (near.top - far.top), 0.0f, 1.0f);
    lintel.left = scene_lerp(far.left, near.left, along);
    lintel.right = scene_lerp(far.right, near.right, along);
    scene_paint_box(&view->row, &lintel, scene_rgb_scale(color, 0.8f), 0.3f);
    scene_paint_box(&view->row, &near, color, 1.0f);
}

static void paint_cast(view_t *view)
{
    const scene_t *scene = view->scene;
    uint32_t count = scene->cast_count, i = 0;
    scene_stand_all(scene, view->time_s, view->place, view->order);
    for (uint32_t k = 0; k < count; k++)
        view->seen[k] = scene_see(&scene->desc.camera, &view->place[k]);
    for (uint32_t k = 0; k < count; k++)
        paint_shadow(view, view->order[k]);
    for (; i < count && view->place[view->order[i]].z_m >= scene->desc.door.near_m; i++)
        paint_actor(view, view->order[i]);
    paint_door(view);
    for (; i < count; i++)
        paint_actor(view, view->order[i]);
    scene_paint_fall(&view->fall, 0);
}

static void light_row(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    const scene_t *scene = ctx;
    const scene_camera_t *c = &scene->desc.camera;
    uint32_t steps = req->width_px > 0 ? sim_gap_step(req->x_gap, req->width_px - 1) + 1 : 0;
    assert(req->worker < scene->workers && steps <= scene->width_px);
    float *scratch = scene->scratch + scene->scratch_each * req->worker;
    view_t view; /* places are many: not cleared */
    view.scene = scene;
    view.exposure_s = (double)req->exposure_ps * 1e-12;
    double start_s = (double)req->start_ps * 1e-12;
    view.time_s = start_s + 0.5 * view.exposure_s;
    view.white = scene_light_of(scene, start_s, view.exposure_s);

    scene_row_t *row = &view.row;
    float *const planes[3] = {out->r, out->g, out->b};
    for (uint32_t k = 0; k < 3; k++)
        row->plane[k] = (req->planes >> k & 1) != 0 ? planes[k] : NULL;
    const float gain[3] = {view.white.r, view.white.g, view.white.b};
    if (scene->film != NULL)
        film_row(scene->film, req, gain, row->plane, scratch);
    else
        scene_map_row(&scene->map, req, gain, row->plane, scratch);

    float sx = (float)c->array_width_px / (float)req->array_width_px;
    float sy = (float)c->array_height_px / (float)req->array_height_px;
    row->width = steps;
    row->gap = req->x_gap;
    scene_row_place(row, c, (req->x0_px + 0.5f) * sx, (req->y_px + 0.5f) * sy, req->x_step_px * sx);
    row->cover = scratch + back_scratch(scene, scene->width_px);
    row->tone = row->cover + scene->width_px;
    row->mix = row->tone + scene->width_px;
    for (uint32_t k = 0; k < 3; k++)
        row->keep[k] = row->mix + (k + 1) * (size_t)scene->width_px;
    row->noise = &scene->noise;
    row->solid_m = NULL;
    if (scene->map.solid_mm != NULL) {
        float *solid_m = row->keep[2] + scene->width_px;
        float per = 1.0f / (float)req->array_width_px;
        scene_map_solid_row(&scene->map, (req->y_px + 0.5f) / (float)req->array_height_px,
                            (req->x0_px + 0.5f) * per, req->x_step_px * per, steps, solid_m);
        row->solid_m = solid_m;
    }
    scene_fall_init(&view.fall, scene, row, view.white, start_s, view.exposure_s);
    paint_cast(&view);
}

sim_light_t scene_light(const scene_t *scene)
{
    return (sim_light_t){.row = light_row, .ctx = scene};
}
