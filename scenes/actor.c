/*
 * actor.c - the kinds of actors, and the list of them in a scene.
 */
#include <string.h>

#include "scenes/actor.h"

const scene_actor_kind_t *const scene_actor_kinds[SCENE_KINDS] = {
    [SCENE_KIND_PERSON] = &scene_kind_person,   [SCENE_KIND_VEHICLE] = &scene_kind_vehicle,
    [SCENE_KIND_ANIMAL] = &scene_kind_animal,   [SCENE_KIND_ROBOT_ARM] = &scene_kind_robot_arm,
    [SCENE_KIND_SHAPE] = &scene_kind_shape,     [SCENE_KIND_CHART] = &scene_kind_chart,
    [SCENE_KIND_PRODUCT] = &scene_kind_product, [SCENE_KIND_HAND] = &scene_kind_hand,
};

const char *scene_class_name(uint32_t class_id)
{
    for (uint32_t i = 0; i < SCENE_KINDS; i++)
        if (scene_actor_kinds[i]->class_id == class_id)
            return scene_actor_kinds[i]->name;
    return NULL;
}

static double size_of(double x)
{
    return x < 0 ? -x : x;
}

scene_place_t scene_place_turned(const scene_step_t *step, double wide, double deep)
{
    double c = size_of((double)step->dir_x), s = size_of((double)step->dir_z);
    return (scene_place_t){.x_m = step->x_m,
                           .z_m = step->z_m,
                           .reach_m = wide * c + deep * s,
                           .deep_m = wide * s + deep * c,
                           .mirror = 1.0f,
                           .speed_mps = size_of(step->x_mps)};
}

void scene_read_color(const sim_cfg_t *cfg, const char *key, const uint32_t *hex, uint32_t count,
                      sim_stream_t *s, double out[3])
{
    scene_rgb_t color = scene_rgb_hex(hex[sim_stream_below(s, count)]);
    out[0] = (double)color.r;
    out[1] = (double)color.g;
    out[2] = (double)color.b;
    sim_cfg_nums(cfg, key, out, 3, 0, 1);
}

uint32_t scene_class_called(const char *name)
{
    for (uint32_t i = 0; i < SCENE_KINDS; i++)
        if (strcmp(scene_actor_kinds[i]->name, name) == 0)
            return scene_actor_kinds[i]->class_id;
    return 0;
}

static void read_actor(const sim_cfg_t *cfg, uint64_t seed, uint32_t index, scene_actor_t *actor)
{
    const char *names[SCENE_KINDS];
    for (uint32_t i = 0; i < SCENE_KINDS; i++)
        names[i] = scene_actor_kinds[i]->name;
    *actor = (scene_actor_t){0};
    sim_cfg_need(cfg, "kind");
    actor->kind = sim_cfg_enum(cfg, "kind", names, SCENE_KINDS, 0);
    scene_actor_kinds[actor->kind]->read(cfg, seed, index, &actor->as);
}

void scene_actors_read(const sim_cfg_t *cfg, scene_desc_t *desc)
{
    uint32_t count = sim_cfg_count(cfg, "actors");
    if (count > SCENE_MAX_ACTORS) {
        sim_cfg_fail(cfg, "actors", "%u are more than %d", (unsigned)count, SCENE_MAX_ACTORS);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        sim_cfg_t actor = sim_cfg_at(cfg, "actors", i);
        read_actor(&actor, desc->seed, SCENE_MAX_PEOPLE + i, &desc->actor[i]);
    }
    desc->actor_count = count;
}

void scene_actors_write(const scene_desc_t *desc, sim_json_t *out)
{
    if (desc->actor_count == 0)
        return;
    sim_json_t *actors = sim_json_add_array(out, "actors");
    for (uint32_t i = 0; i < desc->actor_count; i++) {
        const scene_actor_t *actor = &desc->actor[i];
        sim_json_t *one = sim_json_add_object(actors, NULL);
        sim_json_add_str(one, "kind", scene_actor_kinds[actor->kind]->name);
        scene_actor_kinds[actor->kind]->write(&actor->as, one);
    }
}
