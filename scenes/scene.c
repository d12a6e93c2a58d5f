/*
 * scene.c - makes a world, shows it by rows and tells the truth about it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/world_int.h"
#include "sim/png.h"
#include "sim/time.h"

#define MAP_MOST_PX 2048

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

/* Far to near; equal depths in the order of the list. */
static void sort_people(scene_t *scene)
{
    for (uint32_t i = 0; i < scene->desc.people_count; i++) {
        uint32_t k = i;
        double depth = scene->desc.people[i].depth_m;
        for (; k > 0 && scene->desc.people[scene->order[k - 1]].depth_m < depth; k--)
            scene->order[k] = scene->order[k - 1];
        scene->order[k] = i;
    }
}

/* A picture covers the array, or lies inside it, or reaches beyond it; always centered. */
static void fit_map(scene_map_t *map, const scene_camera_t *camera, scene_fit_t fit)
{
    if (fit == SCENE_FIT_STRETCH)
        return;
    float array = (float)camera->array_width_px / (float)camera->array_height_px;
    float picture = (float)map->level[0].width / (float)map->level[0].height;
    bool full_width = (picture > array) == (fit == SCENE_FIT_CONTAIN);
    float share = full_width ? array / picture : picture / array;
    float from = 0.5f - 0.5f * share, to = 0.5f + 0.5f * share;
    if (full_width) {
        map->top = from;
        map->bottom = to;
    } else {
        map->left = from;
        map->right = to;
    }
}

static void put_picture(scene_map_t *map, const sim_image_t *image, float *line)
{
    float table[256];
    for (int i = 0; i < 256; i++)
        table[i] = scene_srgb_decode((uint8_t)i);
    const float *rgb[3];
    for (uint32_t c = 0; c < 3; c++)
        rgb[c] = line + (size_t)c * image->width_px;
    for (uint32_t y = 0; y < image->height_px; y++) {
        const uint8_t *px = image->data + (size_t)y * image->width_px * image->channels;
        for (uint32_t x = 0; x < image->width_px; x++)
            for (uint32_t c = 0; c < 3; c++)
                line[(size_t)c * image->width_px + x] =
                    table[px[x * image->channels + (image->channels == 3 ? c : 0)]];
        scene_map_put(map, y, rgb);
    }
}

static sim_err_t make_picture(scene_t *scene, char *error, size_t error_bytes)
{
    const scene_back_t *back = &scene->desc.back;
    sim_image_t image;
    sim_err_t err = sim_png_read(back->file, &image, error, error_bytes);
    if (err != SIM_OK)
        return err;
    float *line = malloc((size_t)image.width_px * 3 * sizeof(float));
    if (line != NULL && scene_map_init(&scene->map, image.width_px, image.height_px)) {
        scene->map.squares = true;
        put_picture(&scene->map, &image, line);
        fit_map(&scene->map, &scene->desc.camera, back->fit);
    } else {
        err = SIM_ENOMEM;
    }
    free(line);
    sim_image_free(&image);
    return err;
}

static sim_err_t make_plain(scene_t *scene)
{
    if (!scene_map_init(&scene->map, 1, 1))
        return SIM_ENOMEM;
    float value = (float)scene->desc.back.reflectance;
    scene_map_put(&scene->map, 0, (const float *const[3]){&value, &value, &value});
    return SIM_OK;
}

static sim_err_t make_room(scene_t *scene)
{
    uint32_t width = scene->desc.camera.array_width_px / 2;
    uint32_t height = scene->desc.camera.array_height_px / 2;
    while (width > MAP_MOST_PX || height > MAP_MOST_PX) {
        width /= 2;
        height /= 2;
    }
    if (!scene_map_init(&scene->map, width > 0 ? width : 1, height > 0 ? height : 1))
        return SIM_ENOMEM;
    return scene_room_draw(&scene->map, &scene->room) ? SIM_OK : SIM_ENOMEM;
}

static sim_err_t make_back(scene_t *scene, char *error, size_t error_bytes)
{
    sim_err_t err = SIM_OK;
    switch (scene->desc.back.kind) {
    case SCENE_BACK_ROOM:
        err = make_room(scene);
        break;
    case SCENE_BACK_PLAIN:
        err = make_plain(scene);
        break;
    case SCENE_BACK_PNG:
        err = make_picture(scene, error, error_bytes);
        break;
    }
    if (err == SIM_OK)
        scene_map_shrink(&scene->map);
    return err;
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
    if (desc->back.kind != SCENE_BACK_ROOM)
        scene->desc.falloff = 0; /* a picture has its own light */
    scene->room.desc = &scene->desc;
    scene->room.noise = &scene->noise;
    scene_noise_init(&scene->noise, scene->desc.seed);
    scene_light_make(scene);
    draw_door(scene);
    sort_people(scene);
    for (uint32_t i = 0; i < scene->desc.people_count; i++)
        scene_look_init(&scene->look[i], &scene->desc.people[i]);
    sim_err_t err = make_back(scene, error, error_bytes);
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
    scene_map_free(&scene->map);
    free(scene->scratch);
    free(scene);
}

sim_err_t scene_prepare(scene_t *scene, uint32_t workers, uint32_t width_px)
{
    size_t each = (size_t)scene_map_scratch(&scene->map) + (size_t)3 * width_px;
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

/* ---- rows ---- */

scene_place_t scene_person_place(const scene_t *scene, uint32_t index, double time_s)
{
    const scene_camera_t *c = &scene->desc.camera;
    const scene_person_t *p = &scene->desc.people[index];
    scene_place_t place = {.way_m = p->speed_mps * (time_s - p->cross_s),
                           .mirror = p->direction == SCENE_IN ? 1.0f : -1.0f,
                           .px_per_m = (float)(c->focal_px / p->depth_m)};
    double x_px = c->center_px + c->focal_px / p->depth_m * place.way_m * (double)place.mirror;
    place.x_px = (float)x_px;
    place.y_px = (float)(c->horizon_px + c->focal_px / p->depth_m * c->height_m);
    double reach = 0.7 * p->height_m * (double)place.px_per_m;
    place.in_view = x_px + reach > 0 && x_px - reach < (double)c->array_width_px;
    return place;
}

typedef struct {
    const scene_t *scene;
    scene_row_t row; /* in pixels of the scene's array */
    scene_rgb_t white;
    double time_s, exposure_s;
} view_t;

static scene_rgb_t light_at(const view_t *view, float x_px)
{
    return scene_rgb_scale(view->white, scene_room_light(&view->scene->room, x_px, view->row.y_px));
}

static void paint_shadow(const view_t *view, uint32_t index)
{
    const scene_camera_t *c = &view->scene->desc.camera;
    const scene_person_t *p = &view->scene->desc.people[index];
    scene_place_t place = scene_person_place(view->scene, index, view->time_s);
    float flat = (float)(c->height_m / p->depth_m); /* how much the floor is foreshortened */
    float size = (float)p->height_m * place.px_per_m;
    if (place.in_view)
        scene_paint_shadow(&view->row, place.x_px, place.y_px, 0.30f * size, 0.16f * size * flat,
                           0.55f);
}

static void paint_person(const view_t *view, uint32_t index)
{
    const scene_person_t *p = &view->scene->desc.people[index];
    scene_place_t place = scene_person_place(view->scene, index, view->time_s);
    float top = place.y_px - 1.06f * (float)p->height_m * place.px_per_m;
    float bottom = place.y_px + 0.04f * (float)p->height_m * place.px_per_m;
    float margin = view->row.x_step_px;
    if (!place.in_view || view->row.y_px < top - margin || view->row.y_px > bottom + margin)
        return;
    scene_body_t body;
    scene_body_pose(&body, p, &view->scene->look[index], place.way_m);
    scene_stand_t stand = {.x_px = place.x_px,
                           .y_px = place.y_px,
                           .px_per_m_x = place.px_per_m,
                           .px_per_m_y = place.px_per_m,
                           .mirror = place.mirror,
                           .light = light_at(view, place.x_px)};
    stand.blur_px = (float)(p->speed_mps * view->exposure_s) * place.px_per_m;
    for (uint32_t i = 0; i < body.count; i++)
        scene_paint_part(&view->row, &stand, &body.part[i]);
}

/* The near jamb, and the lintel, which runs into the depth and is seen from above or below. */
static void paint_door(const view_t *view)
{
    const scene_desc_t *desc = &view->scene->desc;
    const scene_door_t *door = &desc->door;
    if (!door->shown)
        return;
    scene_rgb_t color = view->scene->room.door_color;
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

static void paint_people(const view_t *view)
{
    const scene_t *scene = view->scene;
    uint32_t count = scene->desc.people_count, i = 0;
    for (uint32_t k = 0; k < count; k++)
        paint_shadow(view, scene->order[k]);
    for (; i < count && scene->desc.people[scene->order[i]].depth_m >= scene->desc.door.near_m; i++)
        paint_person(view, scene->order[i]);
    paint_door(view);
    for (; i < count; i++)
        paint_person(view, scene->order[i]);
}

static void light_row(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    const scene_t *scene = ctx;
    const scene_camera_t *c = &scene->desc.camera;
    uint32_t steps = req->width_px > 0 ? sim_gap_step(req->x_gap, req->width_px - 1) + 1 : 0;
    assert(req->worker < scene->workers && steps <= scene->width_px);
    float *scratch = scene->scratch + scene->scratch_each * req->worker;
    view_t view = {.scene = scene, .exposure_s = (double)req->exposure_ps * 1e-12};
    double start_s = (double)req->start_ps * 1e-12;
    view.time_s = start_s + 0.5 * view.exposure_s;
    view.white = scene_light_of(scene, start_s, view.exposure_s);

    scene_row_t *row = &view.row;
    float *const planes[3] = {out->r, out->g, out->b};
    for (uint32_t k = 0; k < 3; k++)
        row->plane[k] = (req->planes >> k & 1) != 0 ? planes[k] : NULL;
    const float gain[3] = {view.white.r, view.white.g, view.white.b};
    scene_map_row(&scene->map, req, gain, row->plane, scratch);

    float sx = (float)c->array_width_px / (float)req->array_width_px;
    float sy = (float)c->array_height_px / (float)req->array_height_px;
    row->width = steps;
    row->gap = req->x_gap;
    row->x0_px = (req->x0_px + 0.5f) * sx;
    row->x_step_px = req->x_step_px * sx;
    row->y_px = (req->y_px + 0.5f) * sy;
    row->cover = scratch + scene_map_scratch(&scene->map);
    row->tone = row->cover + scene->width_px;
    row->mix = row->tone + scene->width_px;
    row->noise = &scene->noise;
    paint_people(&view);
}

sim_light_t scene_light(const scene_t *scene)
{
    return (sim_light_t){.row = light_row, .ctx = scene};
}
