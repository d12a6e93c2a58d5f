/*
 * desc.c - scene descriptions from and to JSON. README.md lists the keys.
 */
#include <stdio.h>
#include <string.h>

#include "scenes/stage.h"
#include "scenes/world_int.h"

const char *const scene_fit_names[3] = {"stretch", "contain", "cover"};
static const char *const wall_names[] = {"any", "paint", "brick", "panel", "tile"};
static const char *const motion_names[] = {"cross", "diagonal", "wander"};
_Static_assert(SIM_COUNT(motion_names) == SCENE_MOTIONS, "a name for each motion");
static const char *const floor_names[] = {"any", "tile", "wood", "stone", "carpet"};
_Static_assert(SIM_COUNT(wall_names) == SCENE_WALL_KINDS, "a name for each wall");
_Static_assert(SIM_COUNT(floor_names) == SCENE_FLOOR_KINDS, "a name for each floor");

/* Least share of a ray that goes forward: 84 degrees from the level. */
#define LEAST_NARROW 0.1

/* A lane, in meters from a camera 2.9 m up; two lanes and a wall as scenes/README.md draws them. */
scene_desc_t scene_desc_default(void)
{
    scene_desc_t desc = {
        .seed = 1,
        .lux = {500, 500},
        .color_k = {6500, 6500},
        .flicker_hz = 100,
        .falloff = 0.35,
        .min_visible = 0.35,
        .camera = {.array_width_px = 4056, /* IMX500 active array */
                   .array_height_px = 3040,
                   .height_m = 2.9,
                   .focal_px = 3950,
                   .horizon_px = 430,
                   .center_px = 2028},
        .back = {.kind = SCENE_BACK_ROOM,
                 .wall_m = 8.2,
                 .clutter = {1, 6},
                 .high_m = 2.0,
                 .reflectance = 0.5},
        .door = {.shown = true,
                 .near_m = 4.1,
                 .far_m = 8.0,
                 .width_m = 0.05,
                 .height_m = 2.3,
                 .color = {-1, -1, -1}},
        .crowd = {.duration_s = 3.0,
                  .rate = {1.34, 1.66},
                  .speed_mps = {1.15, 1.75},
                  .height_m = {1.52, 1.93},
                  .build = {0.85, 1.25},
                  .near_m = {4.6, 4.9},
                  .far_m = {6.6, 7.0},
                  .in_share = 0.5},
    };
    scene_areas_default(&desc);
    return desc;
}

scene_range_t scene_read_range(const sim_cfg_t *cfg, const char *key, double low, double high,
                               scene_range_t otherwise)
{
    if (!sim_cfg_has(cfg, key))
        return otherwise;
    double ends[2] = {otherwise.low, otherwise.high};
    if (sim_cfg_is_num(cfg, key))
        ends[0] = ends[1] = sim_cfg_num(cfg, key, low, high, otherwise.low);
    else if (sim_json_kind(sim_json_find(cfg->node, key)) != SIM_JSON_ARRAY)
        sim_cfg_fail(cfg, key, "must be a number or [low, high]");
    else
        sim_cfg_nums(cfg, key, ends, 2, low, high);
    if (ends[0] > ends[1])
        sim_cfg_fail(cfg, key, "%g is above %g", ends[0], ends[1]);
    return (scene_range_t){ends[0], ends[1]};
}

double scene_draw_range(sim_stream_t *s, scene_range_t range)
{
    return range.low + (range.high - range.low) * (double)sim_stream_unit(s);
}

double scene_read_drawn(const sim_cfg_t *cfg, const char *key, double low, double high,
                        scene_range_t otherwise, sim_stream_t *s)
{
    return scene_draw_range(s, scene_read_range(cfg, key, low, high, otherwise));
}

/* A level camera says where its horizon is, a tilted one where its axis is. */
static void read_axis(const sim_cfg_t *cfg, scene_camera_t *camera)
{
    bool level = camera->pitch_deg == 0;
    const char *key = level ? "horizon_px" : "axis_px", *other = level ? "axis_px" : "horizon_px";
    if (sim_cfg_has(cfg, other))
        sim_cfg_fail(cfg, other, "with pitch_deg %g, expected %s", camera->pitch_deg, key);
    if (!level)
        camera->horizon_px = 0.5 * camera->array_height_px;
    camera->horizon_px = sim_cfg_num(cfg, key, -20000, 20000, camera->horizon_px);
    double top = scene_tilt_row(camera, 0).narrow;
    double bottom = scene_tilt_row(camera, camera->array_height_px).narrow;
    if (top < LEAST_NARROW || bottom < LEAST_NARROW)
        sim_cfg_fail(cfg, "pitch_deg",
                     "at %g the %s row looks up or down too steeply, expected less or a longer "
                     "focal_px than %g",
                     camera->pitch_deg, top < bottom ? "top" : "bottom", camera->focal_px);
}

static void read_camera(const sim_cfg_t *cfg, scene_camera_t *camera)
{
    double array[2] = {camera->array_width_px, camera->array_height_px};
    sim_cfg_nums(cfg, "array_px", array, 2, 16, 16384);
    camera->array_width_px = (uint32_t)array[0];
    camera->array_height_px = (uint32_t)array[1];
    camera->height_m = sim_cfg_num(cfg, "height_m", 0.5, 10, camera->height_m);
    camera->focal_px = sim_cfg_num(cfg, "focal_px", 10, 100000, camera->focal_px);
    camera->pitch_deg = sim_cfg_num(cfg, "pitch_deg", -60, 80, camera->pitch_deg);
    read_axis(cfg, camera);
    sim_cfg_done(cfg);
}

void scene_read_path(const sim_cfg_t *cfg, const char *key, const char *base_dir,
                     char out[SCENE_PATH])
{
    const char *name = sim_cfg_str(cfg, key, "");
    bool absolute = name[0] == '/' || base_dir == NULL || base_dir[0] == '\0';
    int length =
        snprintf(out, SCENE_PATH, "%s%s%s", absolute ? "" : base_dir, absolute ? "" : "/", name);
    if (length < 0 || length >= SCENE_PATH)
        sim_cfg_fail(cfg, key, "name too long");
}

static scene_back_kind_t read_back_kind(const sim_cfg_t *cfg, scene_back_kind_t otherwise)
{
    const char *names[SCENE_BACK_KINDS];
    for (uint32_t i = 0; i < SCENE_BACK_KINDS; i++)
        names[i] = scene_backs[i].name;
    return (scene_back_kind_t)sim_cfg_enum(cfg, "kind", names, SCENE_BACK_KINDS, otherwise);
}

static void read_surfaces(const sim_cfg_t *cfg, scene_back_t *back)
{
    back->wall = (scene_wall_t)SCENE_ENUM(cfg, "wall", wall_names, back->wall);
    back->floor = (scene_floor_t)SCENE_ENUM(cfg, "floor", floor_names, back->floor);
}

static void read_stage(const sim_cfg_t *cfg, scene_back_t *back)
{
    const scene_back_info_t *info = &scene_backs[back->kind];
    if (info->indoor)
        read_surfaces(cfg, back);
    back->depth_m = scene_read_range(cfg, "depth_m", 1, 60, info->depth_m);
    back->width_m = scene_read_range(cfg, "width_m", 0.8, 20, info->width_m);
    back->fill = scene_read_range(cfg, "fill", 0, 1, info->fill);
    if (back->kind == SCENE_BACK_SHELF_WALL) {
        back->boards = (uint32_t)sim_cfg_u64(cfg, "boards", 0, SCENE_MOST_BOARDS, 0);
        back->high_m = sim_cfg_num(cfg, "high_m", 0.5, 5, back->high_m);
    }
}

static void read_back(const sim_cfg_t *cfg, const char *base_dir, scene_back_t *back)
{
    back->kind = read_back_kind(cfg, back->kind);
    switch (back->kind) {
    case SCENE_BACK_ROOM:
        read_surfaces(cfg, back);
        back->wall_m = sim_cfg_num(cfg, "wall_m", 1, 100, back->wall_m);
        scene_range_t things = {back->clutter[0], back->clutter[1]};
        things = scene_read_range(cfg, "clutter", 0, SCENE_MAX_CLUTTER, things);
        back->clutter[0] = (uint32_t)things.low;
        back->clutter[1] = (uint32_t)things.high;
        break;
    case SCENE_BACK_PLAIN:
        back->reflectance = sim_cfg_num(cfg, "reflectance", 0, 1, back->reflectance);
        break;
    case SCENE_BACK_PNG:
        sim_cfg_need(cfg, "file");
        scene_read_path(cfg, "file", base_dir, back->file);
        back->fit = (scene_fit_t)SCENE_ENUM(cfg, "fit", scene_fit_names, back->fit);
        break;
    default:
        read_stage(cfg, back);
        break;
    }
    sim_cfg_done(cfg);
}

static void read_weather(const sim_cfg_t *cfg, scene_weather_t *weather)
{
    if (sim_cfg_has(cfg, "fog_m"))
        weather->fog_m = sim_cfg_num(cfg, "fog_m", 1, 100000, 0);
    weather->rain = sim_cfg_num(cfg, "rain", 0, 1, weather->rain);
    weather->snow = sim_cfg_num(cfg, "snow", 0, 1, weather->snow);
    weather->wind_mps = sim_cfg_num(cfg, "wind_mps", -20, 20, weather->wind_mps);
    sim_cfg_done(cfg);
}

static void read_door(const sim_cfg_t *cfg, scene_door_t *door)
{
    door->shown = sim_cfg_bool(cfg, "shown", door->shown);
    door->near_m = sim_cfg_num(cfg, "near_m", 0.5, 100, door->near_m);
    door->far_m = sim_cfg_num(cfg, "far_m", 0.5, 100, door->far_m);
    door->width_m = sim_cfg_num(cfg, "width_m", 0.01, 1, door->width_m);
    door->height_m = sim_cfg_num(cfg, "height_m", 1, 10, door->height_m);
    sim_cfg_nums(cfg, "color", door->color, 3, 0, 1);
    if (door->near_m >= door->far_m)
        sim_cfg_fail(cfg, "near_m", "%g is not nearer than far_m, %g", door->near_m, door->far_m);
    sim_cfg_done(cfg);
}

/* Who wanders comes seldom and stays long. */
static void read_motion(const sim_cfg_t *cfg, scene_crowd_t *crowd)
{
    crowd->motion = (scene_motion_t)SCENE_ENUM(cfg, "motion", motion_names, SCENE_MOTION_CROSS);
    if (crowd->motion != SCENE_MOTION_WANDER)
        return;
    crowd->rate = (scene_range_t){0.2, 0.3};
    crowd->visits = scene_read_range(cfg, "visits", 1, 10, (scene_range_t){2, 5});
    crowd->dwell_s = scene_read_range(cfg, "dwell_s", 1, 1000, (scene_range_t){2, 12});
    crowd->aisle = sim_cfg_has(cfg, "x_m");
    crowd->x_m = scene_read_range(cfg, "x_m", -100, 100, (scene_range_t){0, 0});
}

static void read_crowd(const sim_cfg_t *cfg, scene_crowd_t *crowd)
{
    crowd->on = true;
    read_motion(cfg, crowd);
    crowd->duration_s = sim_cfg_num(cfg, "duration_s", 0.5, 100000, crowd->duration_s);
    crowd->rate = scene_read_range(cfg, "rate_per_s", 0, 4, crowd->rate);
    crowd->speed_mps = scene_read_range(cfg, "speed_mps", 0.8, 1.8, crowd->speed_mps);
    crowd->height_m = scene_read_range(cfg, "height_m", 1.0, 2.2, crowd->height_m);
    crowd->build = scene_read_range(cfg, "build", 0.7, 1.5, crowd->build);
    crowd->near_m = scene_read_range(cfg, "near_m", 1, 100, crowd->near_m);
    crowd->far_m = scene_read_range(cfg, "far_m", 1, 100, crowd->far_m);
    crowd->in_share = sim_cfg_num(cfg, "in_share", 0, 1, crowd->in_share);
    crowd->stray_share = sim_cfg_num(cfg, "stray_share", 0, 1, crowd->stray_share);
    crowd->age_told = sim_cfg_has(cfg, "age");
    crowd->age = scene_read_age(cfg);
    crowd->carry = scene_read_carry(cfg);
    if (crowd->near_m.high > crowd->far_m.low)
        sim_cfg_fail(cfg, "near_m", "%g is beyond far_m, %g", crowd->near_m.high, crowd->far_m.low);
    double more_s = crowd->motion == SCENE_MOTION_WANDER ? 30 : 7; /* before and after */
    if (crowd->rate.high * (crowd->duration_s + more_s) > SCENE_MAX_PEOPLE)
        sim_cfg_fail(cfg, "duration_s",
                     "%g s, and %g s before and after, at %g a second are more than %d people",
                     crowd->duration_s, more_s, crowd->rate.high, SCENE_MAX_PEOPLE);
    sim_cfg_done(cfg);
}

static void read_people(const sim_cfg_t *cfg, scene_desc_t *desc)
{
    uint32_t count = sim_cfg_count(cfg, "people");
    if (count > SCENE_MAX_PEOPLE) {
        sim_cfg_fail(cfg, "people", "%u are more than %d", (unsigned)count, SCENE_MAX_PEOPLE);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        sim_cfg_t person = sim_cfg_at(cfg, "people", i);
        scene_kind_person.read(&person, desc->seed, i, &desc->people[i]);
    }
    desc->people_count = count;
}

static void read_change(const sim_cfg_t *cfg, double not_before_s, scene_change_t *change)
{
    sim_cfg_need(cfg, "at_s");
    change->at_s = sim_cfg_num(cfg, "at_s", 0, 1e6, 0);
    change->over_s = sim_cfg_num(cfg, "over_s", 0, 1e6, 0);
    change->lux = change->color_k = -1;
    if (sim_cfg_has(cfg, "lux"))
        change->lux = sim_cfg_num(cfg, "lux", 0, 200000, 0);
    if (sim_cfg_has(cfg, "color_temperature_k"))
        change->color_k = sim_cfg_num(cfg, "color_temperature_k", 2000, 10000, 0);
    if (change->at_s < not_before_s)
        sim_cfg_fail(cfg, "at_s", "%g is before %g, when the change before it ends", change->at_s,
                     not_before_s);
    sim_cfg_done(cfg);
}

static void read_changes(const sim_cfg_t *cfg, scene_desc_t *desc)
{
    uint32_t count = sim_cfg_count(cfg, "light");
    if (count > SCENE_MAX_CHANGES) {
        sim_cfg_fail(cfg, "light", "%u are more than %d", (unsigned)count, SCENE_MAX_CHANGES);
        return;
    }
    double not_before_s = 0;
    for (uint32_t i = 0; i < count; i++) {
        sim_cfg_t change = sim_cfg_at(cfg, "light", i);
        read_change(&change, not_before_s, &desc->change[i]);
        not_before_s = desc->change[i].at_s + desc->change[i].over_s;
    }
    desc->change_count = count;
}

static void read_light(const sim_cfg_t *cfg, scene_desc_t *desc)
{
    desc->lux = scene_read_range(cfg, "lux", 0, 200000, desc->lux);
    desc->color_k = scene_read_range(cfg, "color_temperature_k", 2000, 10000, desc->color_k);
    read_changes(cfg, desc);
    desc->falloff = sim_cfg_num(cfg, "falloff", 0, 0.8, desc->falloff);
    sim_cfg_t flicker = sim_cfg_obj(cfg, "flicker");
    desc->flicker_hz = sim_cfg_num(&flicker, "hz", 1, 10000, desc->flicker_hz);
    desc->flicker_depth = sim_cfg_num(&flicker, "depth", 0, 1, desc->flicker_depth);
    sim_cfg_done(&flicker);
}

sim_err_t scene_desc_read(const sim_cfg_t *cfg, const char *base_dir, const uint64_t *seed,
                          scene_desc_t *desc)
{
    *desc = scene_desc_default();
    desc->seed = sim_cfg_u64(cfg, "seed", 0, SCENE_MOST_SEED, desc->seed);
    if (seed != NULL)
        desc->seed = *seed;
    desc->min_visible = sim_cfg_num(cfg, "min_visible", 0, 1, desc->min_visible);
    read_light(cfg, desc);
    sim_cfg_t camera = sim_cfg_obj(cfg, "camera");
    read_camera(&camera, &desc->camera);
    scene_areas_read(cfg, desc);
    sim_cfg_t back = sim_cfg_obj(cfg, "background"), door = sim_cfg_obj(cfg, "door");
    sim_cfg_t weather = sim_cfg_obj(cfg, "weather");
    read_back(&back, base_dir, &desc->back);
    read_weather(&weather, &desc->weather);
    read_door(&door, &desc->door);
    if (sim_cfg_has(cfg, "world"))
        scene_film_read(cfg, base_dir, &desc->world);
    if ((desc->world.on || desc->back.kind != SCENE_BACK_ROOM) && !sim_cfg_has(&door, "shown"))
        desc->door.shown = false; /* a picture has its own door */
    if (sim_cfg_has(cfg, "crowd")) {
        sim_cfg_t crowd = sim_cfg_obj(cfg, "crowd");
        read_crowd(&crowd, &desc->crowd);
    }
    read_people(cfg, desc);
    scene_actors_read(cfg, desc);
    scene_planogram_read(cfg, desc);
    sim_cfg_done(cfg);
    return sim_doc_error(cfg->doc) == NULL ? SIM_OK : SIM_EDESC;
}

/* ---- writing ---- */

static void write_nums(sim_json_t *out, const char *key, const double *value, uint32_t count)
{
    sim_json_t *array = sim_json_add_array(out, key);
    for (uint32_t i = 0; i < count; i++)
        sim_json_add_num(array, NULL, value[i]);
}

static void write_range(sim_json_t *out, const char *key, scene_range_t range)
{
    if (range.low < range.high)
        write_nums(out, key, (const double[]){range.low, range.high}, 2);
    else
        sim_json_add_num(out, key, range.low);
}

void scene_write_color(sim_json_t *out, const char *key, const double color[3])
{
    if (color[0] >= 0)
        write_nums(out, key, color, 3);
}

static void write_camera(const scene_camera_t *camera, sim_json_t *scene)
{
    sim_json_t *out = sim_json_add_object(scene, "camera");
    const double array[2] = {camera->array_width_px, camera->array_height_px};
    write_nums(out, "array_px", array, 2);
    sim_json_add_num(out, "height_m", camera->height_m);
    sim_json_add_num(out, "focal_px", camera->focal_px);
    if (camera->pitch_deg != 0)
        sim_json_add_num(out, "pitch_deg", camera->pitch_deg);
    sim_json_add_num(out, camera->pitch_deg == 0 ? "horizon_px" : "axis_px", camera->horizon_px);
}

static void write_surfaces(const scene_back_t *back, sim_json_t *out)
{
    sim_json_add_str(out, "wall", wall_names[back->wall]);
    sim_json_add_str(out, "floor", floor_names[back->floor]);
}

static void write_back(const scene_back_t *back, sim_json_t *out)
{
    sim_json_add_str(out, "kind", scene_backs[back->kind].name);
    switch (back->kind) {
    case SCENE_BACK_ROOM:
        write_surfaces(back, out);
        sim_json_add_num(out, "wall_m", back->wall_m);
        write_range(out, "clutter", (scene_range_t){back->clutter[0], back->clutter[1]});
        break;
    case SCENE_BACK_PLAIN:
        sim_json_add_num(out, "reflectance", back->reflectance);
        break;
    case SCENE_BACK_PNG:
        sim_json_add_str(out, "file", back->file);
        sim_json_add_str(out, "fit", scene_fit_names[back->fit]);
        break;
    default:
        if (scene_backs[back->kind].indoor)
            write_surfaces(back, out);
        write_range(out, "depth_m", back->depth_m);
        write_range(out, "width_m", back->width_m);
        write_range(out, "fill", back->fill);
        if (back->kind == SCENE_BACK_SHELF_WALL && back->boards > 0) {
            sim_json_add_u64(out, "boards", back->boards);
            sim_json_add_num(out, "high_m", back->high_m);
        }
        break;
    }
}

static void write_weather(const scene_weather_t *weather, sim_json_t *scene)
{
    if (weather->fog_m <= 0 && weather->rain <= 0 && weather->snow <= 0 && weather->wind_mps == 0)
        return;
    sim_json_t *out = sim_json_add_object(scene, "weather");
    if (weather->fog_m > 0)
        sim_json_add_num(out, "fog_m", weather->fog_m);
    sim_json_add_num(out, "rain", weather->rain);
    sim_json_add_num(out, "snow", weather->snow);
    sim_json_add_num(out, "wind_mps", weather->wind_mps);
}

static void write_door(const scene_door_t *door, sim_json_t *out)
{
    sim_json_add_bool(out, "shown", door->shown);
    sim_json_add_num(out, "near_m", door->near_m);
    sim_json_add_num(out, "far_m", door->far_m);
    sim_json_add_num(out, "width_m", door->width_m);
    sim_json_add_num(out, "height_m", door->height_m);
    scene_write_color(out, "color", door->color);
}

static void write_crowd(const scene_crowd_t *crowd, sim_json_t *out)
{
    sim_json_add_num(out, "duration_s", crowd->duration_s);
    write_range(out, "rate_per_s", crowd->rate);
    write_range(out, "speed_mps", crowd->speed_mps);
    write_range(out, "height_m", crowd->height_m);
    write_range(out, "build", crowd->build);
    write_range(out, "near_m", crowd->near_m);
    write_range(out, "far_m", crowd->far_m);
    sim_json_add_str(out, "motion", motion_names[crowd->motion]);
    if (crowd->motion == SCENE_MOTION_WANDER) {
        write_range(out, "visits", crowd->visits);
        write_range(out, "dwell_s", crowd->dwell_s);
        if (crowd->aisle)
            write_range(out, "x_m", crowd->x_m);
    }
    sim_json_add_num(out, "in_share", crowd->in_share);
    sim_json_add_num(out, "stray_share", crowd->stray_share);
    scene_write_age(out, crowd->age, crowd->age_told);
    scene_write_carry(out, crowd->carry);
}

static void write_change(const scene_change_t *change, sim_json_t *out)
{
    sim_json_add_num(out, "at_s", change->at_s);
    sim_json_add_num(out, "over_s", change->over_s);
    if (change->lux >= 0)
        sim_json_add_num(out, "lux", change->lux);
    if (change->color_k >= 0)
        sim_json_add_num(out, "color_temperature_k", change->color_k);
}

void scene_desc_write(const scene_desc_t *desc, sim_json_t *out)
{
    sim_json_add_u64(out, "seed", desc->seed);
    write_range(out, "lux", desc->lux);
    write_range(out, "color_temperature_k", desc->color_k);
    sim_json_t *light = desc->change_count > 0 ? sim_json_add_array(out, "light") : NULL;
    for (uint32_t i = 0; i < desc->change_count; i++)
        write_change(&desc->change[i], sim_json_add_object(light, NULL));
    sim_json_t *flicker = sim_json_add_object(out, "flicker");
    sim_json_add_num(flicker, "hz", desc->flicker_hz);
    sim_json_add_num(flicker, "depth", desc->flicker_depth);
    sim_json_add_num(out, "falloff", desc->falloff);
    sim_json_add_num(out, "min_visible", desc->min_visible);
    write_camera(&desc->camera, out);
    scene_areas_write(desc, out);
    if (desc->world.on)
        scene_film_write(&desc->world, sim_json_add_object(out, "world"));
    else
        write_back(&desc->back, sim_json_add_object(out, "background"));
    write_weather(&desc->weather, out);
    write_door(&desc->door, sim_json_add_object(out, "door"));
    if (desc->crowd.on)
        write_crowd(&desc->crowd, sim_json_add_object(out, "crowd"));
    sim_json_t *people = sim_json_add_array(out, "people");
    for (uint32_t i = 0; i < desc->people_count; i++)
        scene_kind_person.write(&desc->people[i], sim_json_add_object(people, NULL));
    scene_actors_write(desc, out);
}

void scene_desc_expand(scene_desc_t *desc)
{
    if (desc->crowd.on && desc->crowd.motion == SCENE_MOTION_CROSS)
        scene_crowd_make(desc);
    else if (desc->crowd.on)
        scene_wander_make(desc);
    desc->crowd.on = false;
}
