/*
 * room.c - a hall with a back wall, a floor and a door seen edge-on, drawn once into a map.
 *
 * Every surface is one rule with other numbers: a grid of cells with joints, a tone per cell and
 * noise stretched along the grain. Bricks, tiles, planks and carpet are rows of a table.
 */
#include <stdlib.h>

#include "scenes/scene_int.h"

typedef struct {
    float cell_a, cell_b; /* meters; a is across, b is up the wall or into the room */
    float shift;          /* of each course, in cells */
    float joint_m, joint_tone;
    float vary;                    /* of the tone of a cell */
    float grain_a, grain_b, grain; /* noise tiles per meter, amplitude */
    uint32_t hex[5];
} surface_kind_t;

/* clang-format off */
static const surface_kind_t wall_kinds[SCENE_WALL_KINDS] = {
    /*                    cell        shift  joint         vary   grain                hex */
    [SCENE_WALL_PAINT] = {90,  90,    0,     0,      1,    0,     0.11f, 0.13f, 0.05f,
                          {0xe8e2d6, 0xcfd5d9, 0xc9c2b2, 0xa9b8be, 0xb7a68c}},
    [SCENE_WALL_BRICK] = {0.24f, 0.083f, 0.5f, 0.012f, 1.35f, 0.16f, 0.9f, 1.3f, 0.16f,
                          {0x96533c, 0xa8694a, 0x7d4f40, 0xb89a86, 0x716a64}},
    [SCENE_WALL_PANEL] = {0.6f, 2.4f, 0,     0.014f, 0.5f, 0.08f, 1.6f,  0.09f, 0.14f,
                          {0x8a6240, 0xa87c50, 0x6b4a34, 0xc2a376, 0xccc8c0}},
    [SCENE_WALL_TILE] =  {0.3f, 0.3f, 0,     0.008f, 0.72f, 0.05f, 0.5f, 0.5f,  0.06f,
                          {0xdfe2e0, 0xc2ced2, 0xb2c2b6, 0xd2c6b2, 0x9aa6b0}},
};
static const surface_kind_t floor_kinds[SCENE_FLOOR_KINDS] = {
    [SCENE_FLOOR_TILE] =   {0.6f, 0.6f, 0,     0.008f, 0.65f, 0.07f, 0.8f, 0.8f, 0.08f,
                            {0xb8b4aa, 0x96928a, 0xc4b8a4, 0x7c7a78, 0xa8aeb0}},
    [SCENE_FLOOR_WOOD] =   {1.7f, 0.14f, 0.37f, 0.005f, 0.5f, 0.15f, 0.12f, 1.8f, 0.16f,
                            {0x9c7048, 0xb08658, 0x7a5636, 0xc09c70, 0x8e7a62}},
    [SCENE_FLOOR_STONE] =  {1.2f, 1.2f, 0,     0.006f, 0.7f, 0.05f, 1.1f, 1.1f,  0.18f,
                            {0x8f8c86, 0xa8a49c, 0x6f6d6a, 0xb2a898, 0x84888c}},
    [SCENE_FLOOR_CARPET] = {0.5f, 0.5f, 0,     0,      1,    0.04f, 3.1f, 3.1f,  0.16f,
                            {0x4a5260, 0x6a4a48, 0x55605a, 0x7a7468, 0x3e4a5e}},
};
/* clang-format on */

typedef struct {
    const surface_kind_t *kind;
    scene_rgb_t color;
    uint32_t salt;
} surface_t;

typedef struct {
    const scene_room_t *room;
    surface_t wall[2], floor[2], mat; /* left and right of the door */
    float dado_m, skirting_m, ceiling_m, mat_half_m;
    scene_rgb_t ceiling;
    float step_px; /* array pixels of a map pixel */
} plan_t;

static uint32_t hash2(uint32_t a, uint32_t b, uint32_t salt)
{
    uint32_t h = a * 0x9E3779B1u ^ b * 0x85EBCA77u ^ salt * 0xC2B2AE3Du;
    h ^= h >> 15;
    h *= 0x2C1B3C6Du;
    h ^= h >> 12;
    h *= 0x297A2D39u;
    return h ^ h >> 15;
}

/* Share of a pixel of px meters that lies in a joint centered on a cell's edge. */
static float joint_share(float place, float cell, float joint_m, float px)
{
    float near = scene_min(place, cell - place);
    return scene_clamp((0.5f * joint_m - near) / px + 0.5f, 0.0f, 1.0f) *
           scene_min(1.0f, joint_m / px);
}

/* a, b: place in meters; pa, pb: size of a pixel there. */
static scene_rgb_t surface_at(const surface_t *s, const scene_noise_t *noise, float a, float b,
                              float pa, float pb)
{
    const surface_kind_t *k = s->kind;
    float course = scene_floor(b / k->cell_b);
    float moved = a + k->shift * course * k->cell_a;
    float column = scene_floor(moved / k->cell_a);
    uint32_t h = hash2((uint32_t)(int32_t)column, (uint32_t)(int32_t)course, s->salt);
    float tone = 1.0f + k->vary * ((float)(h >> 16) / 32768.0f - 1.0f);
    float off = (float)(h & 0xff) / 256.0f;
    float fine = scene_clamp(1.5f - pb * k->grain_b * 24.0f, 0.2f, 1.0f);
    tone += fine * k->grain * scene_noise_at(noise, a * k->grain_a + off, b * k->grain_b + off);
    float joint = scene_max(joint_share(moved - column * k->cell_a, k->cell_a, k->joint_m, pa),
                            joint_share(b - course * k->cell_b, k->cell_b, k->joint_m, pb));
    return scene_rgb_scale(s->color, tone * scene_lerp(1.0f, k->joint_tone, joint));
}

static surface_t pick_surface(sim_stream_t *s, const surface_kind_t *kinds, uint32_t count,
                              uint32_t given)
{
    uint32_t kind = 1 + sim_stream_below(s, count - 1);
    surface_t surface = {.kind = &kinds[given != 0 ? given : kind]};
    surface.color = scene_rgb_hex(surface.kind->hex[sim_stream_below(s, 5)]);
    surface.color = scene_rgb_scale(surface.color, sim_stream_range(s, 0.85f, 1.1f));
    surface.salt = sim_stream_u32(s);
    return surface;
}

static plan_t make_plan(const scene_room_t *room)
{
    const scene_desc_t *desc = room->desc;
    sim_stream_t s = sim_stream(desc->seed, SCENE_RNG_ROOM, 0);
    plan_t plan = {.room = room};
    for (int i = 0; i < 2; i++) {
        plan.wall[i] = pick_surface(&s, wall_kinds, SCENE_WALL_KINDS, desc->back.wall);
        plan.floor[i] = pick_surface(&s, floor_kinds, SCENE_FLOOR_KINDS, desc->back.floor);
    }
    if (sim_stream_below(&s, 10) < 4) /* often one floor, or one wall, on both sides */
        plan.floor[1] = plan.floor[0];
    if (sim_stream_below(&s, 10) < 3)
        plan.wall[1] = plan.wall[0];
    plan.mat = pick_surface(&s, floor_kinds, SCENE_FLOOR_KINDS, SCENE_FLOOR_CARPET);
    plan.mat.color = scene_rgb_scale(plan.mat.color, 0.6f);
    plan.dado_m = sim_stream_below(&s, 3) == 0 ? sim_stream_range(&s, 0.85f, 1.25f) : 0.0f;
    plan.skirting_m = sim_stream_range(&s, 0.0f, 0.14f);
    plan.ceiling_m = sim_stream_range(&s, 3.1f, 3.8f);
    plan.mat_half_m = sim_stream_below(&s, 4) == 0 ? 0.0f : sim_stream_range(&s, 0.45f, 0.9f);
    plan.ceiling = scene_rgb_scale(scene_rgb_hex(0xd8d8d4), sim_stream_range(&s, 0.6f, 1.0f));
    return plan;
}

float scene_room_light(const scene_room_t *room, float x_px, float y_px)
{
    const scene_camera_t *c = &room->desc->camera;
    float dx = x_px / (float)c->array_width_px - room->lamp_x;
    float dy = y_px / (float)c->array_height_px - room->lamp_y;
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
    const surface_t *wall = &plan->wall[x < 0 ? 0 : 1];
    if (height > plan->ceiling_m)
        return scene_rgb_scale(plan->ceiling, height < plan->ceiling_m + 0.08f ? 0.7f : 1.0f);
    scene_rgb_t color = surface_at(wall, plan->room->noise, x, height, px_m, px_m);
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
    scene_rgb_t color = surface_at(&plan->floor[x < 0 ? 0 : 1], noise, x, z, px_x, px_z);
    if (desc->door.shown) {
        float on_mat = scene_clamp((plan->mat_half_m - away) / px_x + 0.5f, 0.0f, 1.0f);
        if (on_mat > 0.0f && z > (float)desc->door.near_m + 0.15f && z < wall_m - 0.35f)
            color = scene_rgb_mix(color, surface_at(&plan->mat, noise, x, z, px_x, px_z), on_mat);
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
    float per_px = z / focal, px_m = per_px * row->x_step_px;
    for (uint32_t i = 0; i < row->width; i++) {
        float x_px = row->x0_px + (float)(int32_t)i * row->x_step_px;
        float x = (x_px - (float)c->center_px) * per_px;
        scene_rgb_t color = floor ? floor_at(plan, x, z, px_m, px_m * z / (float)c->height_m)
                                  : wall_at(plan, x, (float)c->height_m - drop * per_px, px_m);
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
        float light =
            scene_room_light(room, row->x0_px + (float)(int32_t)i * row->x_step_px, row->y_px);
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
        scene_row_t row = {
            .width = width, .x0_px = 0.5f * step, .x_step_px = step, .noise = room->noise};
        for (int k = 0; k < 3; k++)
            row.plane[k] = lines + (size_t)k * width;
        row.cover = lines + (size_t)3 * width;
        row.tone = row.cover + width;
        row.mix = row.tone + width;
        for (uint32_t y = 0; y < map->level[0].height; y++) {
            row.y_px = ((float)y + 0.5f) * step_y;
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
