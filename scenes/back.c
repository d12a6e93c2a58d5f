/*
 * back.c - the still background: a table of kinds, each drawn once into the map.
 */
#include <stdlib.h>
#include <string.h>

#include "scenes/stage.h"
#include "scenes/world_int.h"
#include "sim/png.h"

#define MAP_MOST_PX 2048

/* clang-format off */
const scene_back_info_t scene_backs[SCENE_BACK_KINDS] = {
    /*                        name       indoor   plan                  depth_m     width_m      fill */
    [SCENE_BACK_ROOM]       = {"room",       true,  NULL,                  {0, 0},     {0, 0},      {0, 0}},
    [SCENE_BACK_PLAIN]      = {"plain",      false, NULL,                  {0, 0},     {0, 0},      {0, 0}},
    [SCENE_BACK_PNG]        = {"png",        false, NULL,                  {0, 0},     {0, 0},      {0, 0}},
    [SCENE_BACK_AISLE]      = {"aisle",      true,  scene_plan_aisle,      {10, 16},   {2.2, 2.8},  {0.90, 1.0}},
    [SCENE_BACK_DOOR]       = {"door",       true,  scene_plan_door,       {6, 8},     {1.6, 2.4},  {1, 1}},
    [SCENE_BACK_SHELF_WALL] = {"shelf_wall", true,  scene_plan_shelf_wall, {2.6, 3.2}, {3.2, 4.4},  {0.90, 1.0}},
    [SCENE_BACK_ROAD]       = {"road",       false, scene_plan_road,       {6, 9},     {6, 7.5},    {0.5, 0.9}},
    [SCENE_BACK_CELL]       = {"cell",       true,  scene_plan_cell,       {6, 8},     {4, 5.5},    {0.5, 1.0}},
    [SCENE_BACK_CAR_PARK]   = {"car_park",   false, scene_plan_car_park,   {8, 11},    {2.4, 2.7},  {0.4, 0.8}},
};
/* clang-format on */

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
        scene_map_put_image(&scene->map, &image, line);
        scene_map_fit(&scene->map, &scene->desc.camera, back->fit);
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

/* Half of the array, or less. */
static bool init_map(scene_t *scene)
{
    uint32_t width = scene->desc.camera.array_width_px / 2;
    uint32_t height = scene->desc.camera.array_height_px / 2;
    while (width > MAP_MOST_PX || height > MAP_MOST_PX) {
        width /= 2;
        height /= 2;
    }
    return scene_map_init(&scene->map, width > 0 ? width : 1, height > 0 ? height : 1);
}

static sim_err_t make_room(scene_t *scene)
{
    return init_map(scene) && scene_room_draw(&scene->map, &scene->room) ? SIM_OK : SIM_ENOMEM;
}

static double draw_from(sim_stream_t *s, scene_range_t *range)
{
    range->low = range->high = scene_draw_range(s, *range);
    return range->low;
}

static sim_err_t make_stage(scene_t *scene)
{
    scene_back_t *back = &scene->desc.back;
    scene_stage_t *stage = calloc(1, sizeof(*stage));
    bool fine = stage != NULL && init_map(scene) && scene_map_solids(&scene->map);
    if (fine) {
        stage->desc = &scene->desc;
        stage->noise = &scene->noise;
        stage->rng = sim_stream(scene->desc.seed, SCENE_RNG_STAGE, 0);
        stage->depth_m = draw_from(&stage->rng, &back->depth_m);
        stage->width_m = draw_from(&stage->rng, &back->width_m);
        stage->fill = draw_from(&stage->rng, &back->fill);
        scene_palette_init(stage->palette);
        scene_backs[back->kind].plan(stage);
        fine = scene_stage_draw(stage, &scene->room, &scene->map);
    }
    free(stage);
    return fine ? SIM_OK : SIM_ENOMEM;
}

sim_err_t scene_back_make(scene_t *scene, char *error, size_t error_bytes)
{
    sim_err_t err;
    if (scene->desc.world.on)
        return film_open(&scene->desc.world, &scene->desc.camera, &scene->film, error, error_bytes);
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
    default:
        err = make_stage(scene);
        break;
    }
    if (err == SIM_OK)
        scene_map_shrink(&scene->map);
    return err;
}
