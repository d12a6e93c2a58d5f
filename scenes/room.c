/*
 * room.c - a hall with a back wall, a floor and a door seen edge-on, drawn once into a map.
 */
#include <stdlib.h>

#include "scenes/surface.h"

typedef struct {
    const scene_room_t *room;
    scene_surface_t wall[2], floor[2], mat; /* left and right of the door */
    float dado_m, skirting_m, ceiling_m, mat_half_m;
    scene_rgb_t ceiling;
    float step_px; /* array pixels of a map pixel */
} plan_t;

static plan_t make_plan(const scene_room_t *room)
{
    const scene_desc_t *desc = room->desc;
    sim_stream_t s = sim_stream(desc->seed, SCENE_RNG_ROOM, 0);
    plan_t plan = {.room = room};
    for (int i = 0; i < 2; i++) {
        plan.wall[i] = scene_surface_pick(&s, scene_wall_kinds, SCENE_WALL_KINDS, desc->back.wall);
        plan.floor[i] =
            scene_surface_pick(&s, scene_floor_kinds, SCENE_FLOOR_KINDS, desc->back.floor);
    }
    if (sim_stream_below(&s, 10) < 4) /* often one floor, or one wall, on both sides */
        plan.floor[1] = plan.floor[0];
    if (sim_stream_below(&s, 10) < 3)
        plan.wall[1] = plan.wall[0];
    plan.mat = scene_surface_pick(&s, scene_floor_kinds, SCENE_FLOOR_KINDS, SCENE_FLOOR_CARPET);
    plan.mat.color = scene_rgb_scale(plan.mat.color, 0.6f);
    plan.dado_m = sim_stream_below(&s, 3) == 0 ? sim_stream_range(&s, 0.85f, 1.25f) : 0.0f;
    plan.skirting_m = sim_stream_range(&s, 0.0f, 0.14f);
    plan.ceiling_m = sim_stream_range(&s, 3.1f, 3.8f);
    plan.mat_half_m = sim_stream_below(&s, 4) == 0 ? 0.0f : sim_stream_range(&s, 0.45f, 0.9f);
    plan.ceiling = scene_rgb_scale(scene_rgb_hex(0xd8d8d4), sim_stream_range(&s, 0.6f, 1.0f));
    return plan;
}

float scene_room_light(const scene_room_t *room, const scene_row_t *row, float x_px)
{
    const scene_camera_t *c = &room->desc->camera;
    float dx = scene_row_column(row, c, x_px) / (float)c->array_width_px - room->lamp_x;
    float dy = row->view_y_px / (float)c->array_height_px - room->lamp_y;
    return 1.0f / (1.0f + (float)room->desc->falloff * 1.6f * (dx * dx + dy * dy));
}

/* ---- rows ---- */

/* Rooms get darker toward the corner of wall and floor. */
static float corner_shade(float way_m)
{
    return 1.0f - 0.28f * (1.0f - scene_smooth(way_m / 0.5f));
}

static scene_rgb_t wall_at(const plan_t *plan, float x, float height, float px_m)
{
    const scene_surface_t *wall = &plan->wall[x < 0 ? 0 : 1];
    if (height > plan->ceiling_m)
        return scene_rgb_scale(plan->ceiling, height < plan->ceiling_m + 0.08f ? 0.7f : 1.0f);
    scene_rgb_t color = scene_surface_at(wall, plan->room->noise, x, height, px_m, px_m);
    float tone = corner_shade(height);
    if (height < plan->dado_m)
        tone *= height > plan->dado_m - 0.05f ? 0.65f : 0.84f;
    if (height < plan->skirting_m)
        tone *= 0.55f;
    return scene_rgb_scale(color, tone);
}

static scene_rgb_t floor_at(const plan_t *plan, float x, float z, float px_x, float px_z)
{
    const scene_desc_t *desc = plan->room->desc;
    const scene_noise_t *noise = plan->room->noise;
    float wall_m = (float)desc->back.wall_m, away = x < 0 ? -x : x;
    scene_rgb_t color = scene_surface_at(&plan->floor[x < 0 ? 0 : 1], noise, x, z, px_x, px_z);
    if (desc->door.shown) {
        float on_mat = scene_clamp((plan->mat_half_m - away) / px_x + 0.5f, 0.0f, 1.0f);
        if (on_mat > 0.0f && z > (float)desc->door.near_m + 0.15f && z < wall_m - 0.35f)
            color =
                scene_rgb_mix(color, scene_surface_at(&plan->mat, noise, x, z, px_x, px_z), on_mat);
        float on_sill = scene_clamp((0.035f - away) / px_x + 0.5f, 0.0f, 1.0f);
        color = scene_rgb_mix(color, scene_rgb_scale(plan->room->door_color, 0.7f), on_sill);
    }
    return scene_rgb_scale(color, corner_shade(wall_m - z));
}

/* The line of an array row: everything in it is at one depth and height. */
static void draw_row(const plan_t *plan, const scene_row_t *row)
{
    const scene_camera_t *c = &plan->room->desc->camera;
    float wall_m = (float)plan->room->desc->back.wall_m, focal = (float)c->focal_px;
    float drop = row->y_px - (float)c->horizon_px;
    bool floor = drop * wall_m > focal * (float)c->height_m;
    float z = floor ? focal * (float)c->height_m / drop : wall_m;
    float per_px = z / focal, px_m = per_px * row->x_step_px, py_m = per_px * row->y_step_px;
    for (uint32_t i = 0; i < row->width; i++) {
        float x_px = row->x0_px + (float)(int32_t)i * row->x_step_px;
        float x = (x_px - (float)c->center_px) * per_px;
        scene_rgb_t color = floor ? floor_at(plan, x, z, px_m, py_m * z / (float)c->height_m)
                                  : wall_at(plan, x, (float)c->height_m - drop * per_px, px_m);
        color = scene_haze_over(plan->room->desc, color, z);
        row->plane[0][i] = color.r;
        row->plane[1][i] = color.g;
        row->plane[2][i] = color.b;
    }
}

static void draw_far_jamb(const scene_room_t *room, const scene_row_t *row)
{
    const scene_door_t *door = &room->desc->door;
    if (!door->shown)
        return;
    scene_box_px_t box = scene_jamb_box(room->desc, (float)door->far_m);
    scene_paint_box(row, &box, room->door_color, 1.0f);
}

scene_box_px_t scene_jamb_box(const scene_desc_t *desc, float z)
{
    const scene_camera_t *c = &desc->camera;
    float scale = (float)c->focal_px / z, half = 0.5f * (float)desc->door.width_m * scale;
    float center = (float)c->center_px, horizon = (float)c->horizon_px;
    return (scene_box_px_t){.left = center - half,
                            .right = center + half,
                            .top = horizon + scale * (float)(c->height_m - desc->door.height_m),
                            .bottom = horizon + scale * (float)c->height_m};
}

static void light_row(const scene_room_t *room, const scene_row_t *row)
{
    for (uint32_t i = 0; i < row->width; i++) {
        float light = scene_room_light(room, row, row->x0_px + (float)(int32_t)i * row->x_step_px);
        for (int c = 0; c < 3; c++)
            row->plane[c][i] *= light;
    }
}

bool scene_room_draw(scene_map_t *map, const scene_room_t *room)
{
    const scene_camera_t *c = &room->desc->camera;
    uint32_t width = map->level[0].width;
    float step = (float)c->array_width_px / (float)width;
    float step_y = (float)c->array_height_px / (float)map->level[0].height;
    scene_clutter_t *clutter = malloc(sizeof(*clutter));
    float *lines = malloc((size_t)width * 6 * sizeof(float));
    bool fine = clutter != NULL && lines != NULL;
    if (fine) {
        plan_t plan = make_plan(room);
        scene_clutter_make(clutter, room);
        scene_row_t row = {.width = width, .noise = room->noise};
        for (int k = 0; k < 3; k++)
            row.plane[k] = lines + (size_t)k * width;
        row.cover = lines + (size_t)3 * width;
        row.tone = row.cover + width;
        row.mix = row.tone + width;
        for (uint32_t y = 0; y < map->level[0].height; y++) {
            scene_row_place(&row, c, 0.5f * step, ((float)y + 0.5f) * step_y, step);
            draw_row(&plan, &row);
            draw_far_jamb(room, &row);
            scene_clutter_paint(clutter, &row);
            light_row(room, &row);
            const float *rgb[3] = {row.plane[0], row.plane[1], row.plane[2]};
            scene_map_put(map, y, rgb);
        }
    }
    free(lines);
    free(clutter);
    return fine;
}
