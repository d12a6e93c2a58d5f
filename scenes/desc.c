/*
 * desc.c - scene descriptions from and to JSON. README.md lists the keys.
 */
#include <stdio.h>
#include <string.h>

#include "scenes/scene_int.h"

static const char *const back_names[] = {"room", "plain", "png"};
static const char *const fit_names[] = {"stretch", "contain", "cover"};
static const char *const wall_names[] = {"any", "paint", "brick", "panel", "tile"};
static const char *const floor_names[] = {"any", "tile", "wood", "stone", "carpet"};
static const char *const cloth_names[] = {"any", "plain", "hoops", "stripes", "plaid", "noise"};
static const char *const direction_names[] = {"in", "out"};
_Static_assert(SIM_COUNT(wall_names) == SCENE_WALL_KINDS, "a name for each wall");
_Static_assert(SIM_COUNT(floor_names) == SCENE_FLOOR_KINDS, "a name for each floor");
_Static_assert(SIM_COUNT(cloth_names) == SCENE_CLOTH_KINDS, "a name for each cloth");

#define MOST_SEED ((UINT64_C(1) << 53) - 1) /* what a JSON number holds exactly */

#define ENUM(cfg, key, names, otherwise)                                                           \
    sim_cfg_enum(cfg, key, names, (uint32_t)SIM_COUNT(names), otherwise)

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
        .back = {.kind = SCENE_BACK_ROOM, .wall_m = 8.2, .clutter = {1, 6}, .reflectance = 0.5},
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
    return desc;
}

/* A number, or [low, high]. */
static scene_range_t read_range(const sim_cfg_t *cfg, const char *key, double low, double high,
                                scene_range_t otherwise)
{
    if (!sim_cfg_has(cfg, key))
        return otherwise;
    double ends[2] = {otherwise.low, otherwise.high};
    if (sim_cfg_is_num(cfg, key))
        ends[0] = ends[1] = sim_cfg_num(cfg, key, low, high, otherwise.low);
    else
        sim_cfg_nums(cfg, key, ends, 2, low, high);
    if (ends[0] > ends[1])
        sim_cfg_fail(cfg, key, "%g is above %g", ends[0], ends[1]);
    return (scene_range_t){ends[0], ends[1]};
}

static void read_camera(const sim_cfg_t *cfg, scene_camera_t *camera)
{
    double array[2] = {camera->array_width_px, camera->array_height_px};
    sim_cfg_nums(cfg, "array_px", array, 2, 16, 16384);
    camera->array_width_px = (uint32_t)array[0];
    camera->array_height_px = (uint32_t)array[1];
    camera->height_m = sim_cfg_num(cfg, "height_m", 0.5, 10, camera->height_m);
    camera->focal_px = sim_cfg_num(cfg, "focal_px", 10, 100000, camera->focal_px);
    camera->horizon_px = sim_cfg_num(cfg, "horizon_px", -20000, 20000, camera->horizon_px);
    sim_cfg_done(cfg);
}

static void read_file_name(const sim_cfg_t *cfg, const char *base_dir, scene_back_t *back)
{
    sim_cfg_need(cfg, "file");
    const char *name = sim_cfg_str(cfg, "file", "");
    bool absolute = name[0] == '/' || base_dir == NULL || base_dir[0] == '\0';
    int length = snprintf(back->file, sizeof(back->file), "%s%s%s", absolute ? "" : base_dir,
                          absolute ? "" : "/", name);
    if (length < 0 || (size_t)length >= sizeof(back->file))
        sim_cfg_fail(cfg, "file", "name too long");
}

static void read_back(const sim_cfg_t *cfg, const char *base_dir, scene_back_t *back)
{
    back->kind = (scene_back_kind_t)ENUM(cfg, "kind", back_names, back->kind);
    switch (back->kind) {
    case SCENE_BACK_ROOM:
        back->wall = (scene_wall_t)ENUM(cfg, "wall", wall_names, back->wall);
        back->floor = (scene_floor_t)ENUM(cfg, "floor", floor_names, back->floor);
        back->wall_m = sim_cfg_num(cfg, "wall_m", 1, 100, back->wall_m);
        scene_range_t things = {back->clutter[0], back->clutter[1]};
        things = read_range(cfg, "clutter", 0, SCENE_MAX_CLUTTER, things);
        back->clutter[0] = (uint32_t)things.low;
        back->clutter[1] = (uint32_t)things.high;
        break;
    case SCENE_BACK_PLAIN:
        back->reflectance = sim_cfg_num(cfg, "reflectance", 0, 1, back->reflectance);
        break;
    case SCENE_BACK_PNG:
        read_file_name(cfg, base_dir, back);
        back->fit = (scene_fit_t)ENUM(cfg, "fit", fit_names, back->fit);
        break;
    }
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

static void read_crowd(const sim_cfg_t *cfg, scene_crowd_t *crowd)
{
    crowd->on = true;
    crowd->duration_s = sim_cfg_num(cfg, "duration_s", 0.5, 100000, crowd->duration_s);
    crowd->rate = read_range(cfg, "rate_per_s", 0, 4, crowd->rate);
    crowd->speed_mps = read_range(cfg, "speed_mps", 0.8, 1.8, crowd->speed_mps);
    crowd->height_m = read_range(cfg, "height_m", 1.0, 2.2, crowd->height_m);
    crowd->build = read_range(cfg, "build", 0.7, 1.5, crowd->build);
    crowd->near_m = read_range(cfg, "near_m", 1, 100, crowd->near_m);
    crowd->far_m = read_range(cfg, "far_m", 1, 100, crowd->far_m);
    crowd->in_share = sim_cfg_num(cfg, "in_share", 0, 1, crowd->in_share);
    if (crowd->near_m.high > crowd->far_m.low)
        sim_cfg_fail(cfg, "near_m", "%g is beyond far_m, %g", crowd->near_m.high, crowd->far_m.low);
    if (crowd->rate.high * (crowd->duration_s + 7) > SCENE_MAX_PEOPLE)
        sim_cfg_fail(cfg, "duration_s", "%g s at %g crossings a second are more than %d people",
                     crowd->duration_s, crowd->rate.high, SCENE_MAX_PEOPLE);
    sim_cfg_done(cfg);
}

static void read_person(const sim_cfg_t *cfg, uint64_t seed, uint32_t index, scene_person_t *p)
{
    *p = (scene_person_t){.top = {-1, -1, -1}, .bottom = {-1, -1, -1}};
    sim_cfg_need(cfg, "direction");
    sim_cfg_need(cfg, "cross_s");
    bool in = ENUM(cfg, "direction", direction_names, 0) == 0;
    p->direction = in ? SCENE_IN : SCENE_OUT;
    p->cross_s = sim_cfg_num(cfg, "cross_s", -1e6, 1e6, 0);
    p->speed_mps = sim_cfg_num(cfg, "speed_mps", 0.8, 1.8, 1.3);
    p->depth_m = sim_cfg_num(cfg, "depth_m", 0.5, 100, in ? 4.8 : 6.8);
    p->height_m = sim_cfg_num(cfg, "height_m", 1.0, 2.2, 1.72);
    p->build = sim_cfg_num(cfg, "build", 0.7, 1.5, 1.0);
    p->look = sim_cfg_u64(cfg, "look", 0, MOST_SEED, (seed * 1000003u + index) & MOST_SEED);
    p->cloth = (scene_cloth_t)ENUM(cfg, "cloth", cloth_names, SCENE_CLOTH_ANY);
    sim_cfg_nums(cfg, "top", p->top, 3, 0, 1);
    sim_cfg_nums(cfg, "bottom", p->bottom, 3, 0, 1);
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
        read_person(&person, desc->seed, i, &desc->people[i]);
    }
    desc->people_count = count;
}

static void read_line(const sim_cfg_t *cfg, scene_camera_t *camera)
{
    camera->center_px = sim_cfg_num(cfg, "x_px", -16384, 32768, (double)camera->array_width_px / 2);
    sim_cfg_num(cfg, "x_m", 0, 0, 0); /* the world's origin is the line */
    sim_cfg_done(cfg);
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
    desc->lux = read_range(cfg, "lux", 0, 200000, desc->lux);
    desc->color_k = read_range(cfg, "color_temperature_k", 2000, 10000, desc->color_k);
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
    desc->seed = sim_cfg_u64(cfg, "seed", 0, MOST_SEED, desc->seed);
    if (seed != NULL)
        desc->seed = *seed;
    desc->min_visible = sim_cfg_num(cfg, "min_visible", 0, 1, desc->min_visible);
    read_light(cfg, desc);
    sim_cfg_t camera = sim_cfg_obj(cfg, "camera"), line = sim_cfg_obj(cfg, "line");
    read_camera(&camera, &desc->camera);
    read_line(&line, &desc->camera);
    sim_cfg_t back = sim_cfg_obj(cfg, "background"), door = sim_cfg_obj(cfg, "door");
    read_back(&back, base_dir, &desc->back);
    read_door(&door, &desc->door);
    if (desc->back.kind != SCENE_BACK_ROOM && !sim_cfg_has(&door, "shown"))
        desc->door.shown = false; /* a picture has its own door */
    if (sim_cfg_has(cfg, "crowd")) {
        sim_cfg_t crowd = sim_cfg_obj(cfg, "crowd");
        read_crowd(&crowd, &desc->crowd);
    }
    read_people(cfg, desc);
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

static void write_color(sim_json_t *out, const char *key, const double color[3])
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
    sim_json_add_num(out, "horizon_px", camera->horizon_px);
    sim_json_t *line = sim_json_add_object(scene, "line");
    sim_json_add_num(line, "x_px", camera->center_px);
    sim_json_add_num(line, "x_m", 0);
}

static void write_back(const scene_back_t *back, sim_json_t *out)
{
    sim_json_add_str(out, "kind", back_names[back->kind]);
    switch (back->kind) {
    case SCENE_BACK_ROOM:
        sim_json_add_str(out, "wall", wall_names[back->wall]);
        sim_json_add_str(out, "floor", floor_names[back->floor]);
        sim_json_add_num(out, "wall_m", back->wall_m);
        write_range(out, "clutter", (scene_range_t){back->clutter[0], back->clutter[1]});
        break;
    case SCENE_BACK_PLAIN:
        sim_json_add_num(out, "reflectance", back->reflectance);
        break;
    case SCENE_BACK_PNG:
        sim_json_add_str(out, "file", back->file);
        sim_json_add_str(out, "fit", fit_names[back->fit]);
        break;
    }
}

static void write_door(const scene_door_t *door, sim_json_t *out)
{
    sim_json_add_bool(out, "shown", door->shown);
    sim_json_add_num(out, "near_m", door->near_m);
    sim_json_add_num(out, "far_m", door->far_m);
    sim_json_add_num(out, "width_m", door->width_m);
    sim_json_add_num(out, "height_m", door->height_m);
    write_color(out, "color", door->color);
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
    sim_json_add_num(out, "in_share", crowd->in_share);
}

static void write_person(const scene_person_t *person, sim_json_t *out)
{
    sim_json_add_str(out, "direction", direction_names[person->direction == SCENE_IN ? 0 : 1]);
    sim_json_add_num(out, "cross_s", person->cross_s);
    sim_json_add_num(out, "speed_mps", person->speed_mps);
    sim_json_add_num(out, "depth_m", person->depth_m);
    sim_json_add_num(out, "height_m", person->height_m);
    sim_json_add_num(out, "build", person->build);
    sim_json_add_u64(out, "look", person->look);
    sim_json_add_str(out, "cloth", cloth_names[person->cloth]);
    write_color(out, "top", person->top);
    write_color(out, "bottom", person->bottom);
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
    write_back(&desc->back, sim_json_add_object(out, "background"));
    write_door(&desc->door, sim_json_add_object(out, "door"));
    if (desc->crowd.on)
        write_crowd(&desc->crowd, sim_json_add_object(out, "crowd"));
    sim_json_t *people = sim_json_add_array(out, "people");
    for (uint32_t i = 0; i < desc->people_count; i++)
        write_person(&desc->people[i], sim_json_add_object(people, NULL));
}

void scene_desc_expand(scene_desc_t *desc)
{
    if (desc->crowd.on)
        scene_crowd_make(desc);
    desc->crowd.on = false;
}
