/*
 * person.c - people as a kind of actor: they walk across the view and through the door, or follow
 * a path.
 */
#include "scenes/actor.h"

#define FASTEST_MPS 2.2 /* on a path; nobody runs */

static const char *const cloth_names[] = {"any", "plain", "hoops", "stripes", "plaid", "noise"};
static const char *const direction_names[] = {"in", "out"};
static const char *const age_names[] = {"adult", "child", "senior", "any"};
static const char *const carry_names[] = {"usual",    "any",  "nothing",  "backpack", "shoulder",
                                          "bag",      "box",  "umbrella", "phone",    "trolley",
                                          "stroller", "cane", "balloon"};
_Static_assert(SIM_COUNT(cloth_names) == SCENE_CLOTH_KINDS, "a name for each cloth");
_Static_assert(SIM_COUNT(age_names) == SCENE_AGES + 1, "a name for each age, and any");
_Static_assert(SIM_COUNT(carry_names) == SCENE_CARRY_KINDS, "a name for each thing");

/* ---- JSON ---- */

const char *scene_age_name(scene_age_t age)
{
    return age_names[age];
}

uint32_t scene_read_age(const sim_cfg_t *cfg)
{
    return SCENE_ENUM(cfg, "age", age_names, SCENE_AGE_ADULT);
}

uint32_t scene_read_told_age(const sim_cfg_t *cfg)
{
    return sim_cfg_has(cfg, "age") ? 1 + sim_cfg_enum(cfg, "age", age_names, SCENE_AGES, 0) : 0;
}

scene_carry_t scene_read_carry(const sim_cfg_t *cfg)
{
    return (scene_carry_t)SCENE_ENUM(cfg, "carry", carry_names, SCENE_CARRY_USUAL);
}

void scene_write_age(sim_json_t *out, uint32_t age, bool told)
{
    if (told)
        sim_json_add_str(out, "age", age_names[age]);
}

void scene_write_carry(sim_json_t *out, scene_carry_t carry)
{
    if (carry != SCENE_CARRY_USUAL)
        sim_json_add_str(out, "carry", carry_names[carry]);
}

bool scene_ages_told(const scene_desc_t *desc)
{
    bool told = desc->crowd.on && desc->crowd.age_told;
    for (uint32_t i = 0; i < desc->people_count; i++)
        told |= desc->people[i].age_told;
    for (uint32_t i = 0; i < desc->actor_count; i++)
        told |= desc->actor[i].kind == SCENE_KIND_PERSON && desc->actor[i].as.person.age_told;
    return told;
}

/* People have their own way to be smooth, and do not jump back to where they began. */
static void check_path(const sim_cfg_t *cfg, const scene_path_t *path)
{
    if (path->smooth)
        sim_cfg_fail(cfg, "path_smooth", "people's paths are neither smooth nor repeated");
    if (path->repeat_s > 0)
        sim_cfg_fail(cfg, "path_repeat_s", "people's paths are neither smooth nor repeated");
    for (uint32_t i = 1; i < path->count; i++) {
        const scene_waypoint_t *a = &path->point[i - 1], *b = &path->point[i];
        double speed = (b->way_m - a->way_m) / (b->at_s - a->at_s);
        if (speed > FASTEST_MPS)
            sim_cfg_fail(cfg, "path", "%.3g m/s to point %u, expected at most %g", speed,
                         (unsigned)i, FASTEST_MPS);
    }
}

/* How somebody goes: along a path, or straight across. */
static void read_way(const sim_cfg_t *cfg, uint64_t seed, uint32_t index, scene_person_t *p)
{
    p->direction = SCENE_IN;
    if (sim_cfg_has(cfg, "path")) {
        scene_path_read(cfg, seed, index, true, &p->path);
        check_path(cfg, &p->path);
        return;
    }
    sim_cfg_need(cfg, "direction");
    sim_cfg_need(cfg, "cross_s");
    bool in = SCENE_ENUM(cfg, "direction", direction_names, 0) == 0;
    p->direction = in ? SCENE_IN : SCENE_OUT;
    p->cross_s = sim_cfg_num(cfg, "cross_s", -1e6, 1e6, 0);
    p->speed_mps = sim_cfg_num(cfg, "speed_mps", 0.4, 1.8, p->age == SCENE_AGE_SENIOR ? 0.8 : 1.3);
    p->depth_m = sim_cfg_num(cfg, "depth_m", 0.5, 100, in ? 4.8 : 6.8);
}

static void person_read(const sim_cfg_t *cfg, uint64_t seed, uint32_t index, void *subject)
{
    static const double height_m[SCENE_AGES] = {
        [SCENE_AGE_ADULT] = 1.72, [SCENE_AGE_CHILD] = 1.22, [SCENE_AGE_SENIOR] = 1.66};
    scene_person_t *p = subject;
    *p = (scene_person_t){.top = {-1, -1, -1}, .bottom = {-1, -1, -1}};
    p->look =
        sim_cfg_u64(cfg, "look", 0, SCENE_MOST_SEED, (seed * 1000003u + index) & SCENE_MOST_SEED);
    p->age_told = sim_cfg_has(cfg, "age");
    uint32_t age = scene_read_age(cfg);
    p->age = age < SCENE_AGES ? (scene_age_t)age : scene_look_age(p->look);
    read_way(cfg, seed, index, p);
    p->height_m = sim_cfg_num(cfg, "height_m", 0.8, 2.2, height_m[p->age]);
    p->build = sim_cfg_num(cfg, "build", 0.7, 1.5, 1.0);
    p->carry = scene_read_carry(cfg);
    p->cloth = (scene_cloth_t)SCENE_ENUM(cfg, "cloth", cloth_names, SCENE_CLOTH_ANY);
    sim_cfg_nums(cfg, "top", p->top, 3, 0, 1);
    sim_cfg_nums(cfg, "bottom", p->bottom, 3, 0, 1);
    sim_cfg_done(cfg);
}

static void person_write(const void *subject, sim_json_t *out)
{
    const scene_person_t *person = subject;
    if (person->path.count > 0) {
        scene_path_write(&person->path, out);
    } else {
        sim_json_add_str(out, "direction", direction_names[person->direction == SCENE_IN ? 0 : 1]);
        sim_json_add_num(out, "cross_s", person->cross_s);
        sim_json_add_num(out, "speed_mps", person->speed_mps);
        sim_json_add_num(out, "depth_m", person->depth_m);
    }
    sim_json_add_num(out, "height_m", person->height_m);
    sim_json_add_num(out, "build", person->build);
    sim_json_add_u64(out, "look", person->look);
    scene_write_age(out, person->age, person->age_told);
    scene_write_carry(out, person->carry);
    sim_json_add_str(out, "cloth", cloth_names[person->cloth]);
    scene_write_color(out, "top", person->top);
    scene_write_color(out, "bottom", person->bottom);
}

/* ---- the actor ---- */

static void person_prepare(const void *subject, void *look)
{
    scene_look_init(look, subject);
}

/* Walked since the door, meters; without a path. */
static double way_at(const scene_person_t *person, double time_s)
{
    return person->speed_mps * (time_s - person->cross_s);
}

/* Does nothing that is carried reach beyond the body? */
static bool is_compact(const scene_person_t *p)
{
    return (p->carry == SCENE_CARRY_USUAL && p->age != SCENE_AGE_CHILD) ||
           (p->carry >= SCENE_CARRY_NOTHING && p->carry <= SCENE_CARRY_BOX) ||
           p->carry == SCENE_CARRY_PHONE || p->carry == SCENE_CARRY_CANE;
}

static void person_place(const void *subject, double time_s, scene_place_t *out)
{
    const scene_person_t *p = subject;
    float mirror = p->direction == SCENE_IN ? 1.0f : -1.0f, height = (float)p->height_m;
    bool compact = is_compact(p);
    *out = (scene_place_t){.x_m = way_at(p, time_s) * (double)mirror,
                           .z_m = p->depth_m,
                           .reach_m = (compact ? 0.7 : 0.9) * p->height_m,
                           .low = -0.04f * height,
                           .high = (compact ? 1.06f : 1.4f) * height,
                           .size_m = height,
                           .mirror = mirror,
                           .speed_mps = p->speed_mps,
                           .shadow_wide = 0.30f,
                           .shadow_deep = 0.16f};
    if (p->path.count == 0)
        return;
    out->deep_m = (compact ? 0.45 : 0.85) * p->height_m;
    out->slim = true;
    const scene_waypoint_t *first = &p->path.point[0], *last = first + p->path.count - 1;
    if (time_s < first->at_s - 1 || time_s > last->at_s + 1) { /* at rest: most of a crowd */
        const scene_waypoint_t *at = time_s < first->at_s ? first : last;
        out->x_m = at->x_m;
        out->z_m = at->z_m;
        out->speed_mps = 0;
        return;
    }
    scene_going_t going = scene_walk_at(&p->path, time_s);
    double across = going.spot.dx < 0 ? -going.spot.dx : going.spot.dx;
    out->x_m = going.spot.x_m;
    out->z_m = going.spot.z_m;
    out->speed_mps = going.speed_mps * across;
    out->shadow_wide = scene_lerp(0.22f, 0.30f, (float)across);
    out->shadow_deep = scene_lerp(0.24f, 0.16f, (float)across);
}

static void person_pose(const void *subject, const void *look, double time_s, scene_body_t *out)
{
    const scene_person_t *p = subject;
    scene_body_pose(out, p, look, time_s, way_at(p, time_s));
}

static uint32_t person_crossings(const void *subject, scene_crossing_t *out, uint32_t most)
{
    const scene_person_t *p = subject;
    if (p->path.count > 0)
        return scene_walk_crossings(&p->path, out, most);
    *out = (scene_crossing_t){.at_s = p->cross_s, .direction = p->direction};
    return 1;
}

const scene_actor_kind_t scene_kind_person = {
    .name = "person",
    .class_id = SCENE_CLASS_PERSON,
    .look_bytes = sizeof(scene_look_t),
    .read = person_read,
    .write = person_write,
    .prepare = person_prepare,
    .place = person_place,
    .pose = person_pose,
    .crossings = person_crossings,
};
