/*
 * animal.c - dogs and cats as a kind of actor: four legs with a gait, seen from any side.
 *
 * Lengths are shares of the height of the shoulders. Paws stand still on the floor for STANCE of a
 * cycle, and follow each other left hind, left fore, right hind, right fore, a quarter of a cycle
 * apart: the walk of dogs and cats (Hildebrand, "The quadrupedal gaits of vertebrates", BioScience
 * 39, 1989). Elbows bend backward, knees forward. Proportions are assumed from pictures.
 * Not modeled: trot and gallop, sitting and lying, turning of the head.
 */
#include "scenes/actor.h"

#define STANCE 0.6f
#define STRIDE 1.0f /* length of a cycle */
#define LIFT 0.10f
#define STILL_MPS 0.25 /* slower: steps become smaller */

static const char *const animal_names[] = {"dog", "cat"};
_Static_assert(SIM_COUNT(animal_names) == SCENE_ANIMALS, "a name for each animal");

static const uint32_t coats[] = {0x1a1613, 0x3a2618, 0x6b4526, 0x9c6b3a, 0xc79a5e,
                                 0xe3cfa6, 0xf0ece4, 0x8a8680, 0x565350, 0xb55f28};

/* What one animal has otherwise than another. */
typedef struct {
    scene_range_t height_m;
    float half;               /* shoulder and hip are this far from the middle */
    float chest, belly, rump; /* radii of the trunk */
    float neck[2], head;      /* from the shoulder to the head; its radius */
    float muzzle;             /* length */
    float ear[3];             /* its tip from its root: ahead, up, aside */
    float tail[3][2], tail_r; /* from the rump: three points */
    float leg;                /* thickness */
} build_t;

static const build_t builds[SCENE_ANIMALS] = {
    [SCENE_DOG] = {{0.35, 0.65},
                   0.45f,
                   0.210f,
                   0.165f,
                   0.155f,
                   {0.25f, 0.36f},
                   0.125f,
                   0.16f,
                   {-0.07f, -0.12f, 0.02f},
                   {{-0.06f, 0.02f}, {-0.24f, 0.14f}, {-0.30f, 0.34f}},
                   0.035f,
                   1.0f},
    [SCENE_CAT] = {{0.22, 0.28},
                   0.55f,
                   0.190f,
                   0.185f,
                   0.185f,
                   {0.24f, 0.26f},
                   0.150f,
                   0.07f,
                   {0.0f, 0.15f, 0.02f},
                   {{-0.08f, 0.04f}, {-0.42f, 0.10f}, {-0.72f, 0.44f}},
                   0.042f,
                   0.95f},
};

typedef struct {
    scene_cloth_map_t coat, under, nose, eye;
    bool pricked; /* a dog's ears */
    float phase, wag;
} look_t;

/* ---- JSON ---- */

static void animal_read(const sim_cfg_t *cfg, uint64_t seed, uint32_t index, void *subject)
{
    scene_animal_t *a = subject;
    sim_stream_t s = sim_stream(seed, SCENE_RNG_ACTOR, index);
    uint32_t drawn = sim_stream_below(&s, SCENE_ANIMALS);
    a->animal = (scene_animal_kind_t)SCENE_ENUM(cfg, "animal", animal_names, drawn);
    a->height_m = scene_read_drawn(cfg, "height_m", 0.1, 2, builds[a->animal].height_m, &s);
    scene_read_color(cfg, "color", coats, SIM_COUNT(coats), &s, a->color);
    a->look =
        sim_cfg_u64(cfg, "look", 0, SCENE_MOST_SEED, (seed * 1000003u + index) & SCENE_MOST_SEED);
    scene_path_read(cfg, seed, index, true, &a->path);
    sim_cfg_done(cfg);
}

static void animal_write(const void *subject, sim_json_t *out)
{
    const scene_animal_t *a = subject;
    sim_json_add_str(out, "animal", animal_names[a->animal]);
    sim_json_add_num(out, "height_m", a->height_m);
    scene_write_color(out, "color", a->color);
    sim_json_add_u64(out, "look", a->look);
    scene_path_write(&a->path, out);
}

static void animal_prepare(const void *subject, void *memory)
{
    const scene_animal_t *a = subject;
    look_t *look = memory;
    sim_stream_t s = sim_stream(a->look, SCENE_RNG_LOOK, 0);
    scene_rgb_t coat = {(float)a->color[0], (float)a->color[1], (float)a->color[2]};
    scene_rgb_t other = scene_rgb_hex(coats[sim_stream_below(&s, SIM_COUNT(coats))]);
    bool two = sim_stream_below(&s, 100) < 45;
    scene_cloth_plain(&look->coat, coat, 0.2f, 4.0f);
    if (sim_stream_below(&s, 100) < 30) { /* spots or stripes */
        look->coat.color[1] = other;
        look->coat.noise = 1.1f;
        look->coat.noise_per_m = 1.2f;
    }
    scene_cloth_plain(&look->under, two ? other : scene_rgb_scale(coat, 0.85f), 0.15f, 4.0f);
    scene_cloth_plain(&look->nose, scene_rgb_hex(0x171312), 0, 0);
    scene_cloth_plain(&look->eye, scene_rgb_hex(a->animal == SCENE_CAT ? 0x8a9a35 : 0x20140d), 0,
                      0);
    look->pricked = sim_stream_below(&s, 2) == 0;
    look->phase = sim_stream_unit(&s);
    look->wag = sim_stream_range(&s, 0.2f, 1.6f);
}

static void animal_place(const void *subject, double time_s, scene_place_t *out)
{
    const scene_animal_t *a = subject;
    scene_step_t step = scene_path_at(&a->path, time_s);
    *out = scene_place_turned(&step, 1.5 * a->height_m, 0.5 * a->height_m);
    out->low = -0.1f * (float)a->height_m;
    out->high = 1.7f * (float)a->height_m;
    out->size_m = 1.2f * (float)a->height_m;
    double turned = out->reach_m > out->deep_m ? 1.0 : 0.5;
    out->shadow_wide = 0.55f * (float)(out->reach_m / (double)out->size_m);
    out->shadow_deep = 0.35f * (float)(out->deep_m / (double)out->size_m * turned);
}

/* ---- the body ---- */

typedef struct {
    const build_t *build;
    const look_t *look;
    scene_body_t *body;
    scene_frame_t frame; /* its axes are as long as the height of the shoulders */
    float size;
    float steps; /* 1: whole steps; 0: stands */
    double cycle;
} pose_t;

static scene_part_t *limb(const pose_t *p, scene_point_t a, float ra, scene_point_t b, float rb,
                          const scene_cloth_map_t *cloth)
{
    return scene_add_limb(p->body, &p->frame, a, ra * p->size, b, rb * p->size, cloth);
}

static float share_of(double cycle)
{
    double share = cycle - (double)(int64_t)cycle;
    return (float)(share < 0 ? share + 1 : share);
}

/* A paw from below its joint: ahead and up. */
static scene_point_t paw_at(const pose_t *p, double cycle)
{
    float t = share_of(cycle), sweep = STRIDE * STANCE * p->steps, q = (t - STANCE) / (1 - STANCE);
    if (t < STANCE)
        return (scene_point_t){sweep * (0.5f - t / STANCE), 0, 0};
    return (scene_point_t){sweep * (scene_smooth(q) - 0.5f), 4 * LIFT * p->steps * q * (1 - q), 0};
}

/* The middle joint of two bones between a and b, which is pulled in when it is out of reach; bend
 * +1: ahead, -1: back. */
static scene_point_t joint_of(scene_point_t a, scene_point_t *b, float upper, float lower,
                              float bend)
{
    float dx = b->x - a.x, dy = b->y - a.y, way = sqrtf(dx * dx + dy * dy);
    float most = 0.999f * (upper + lower);
    dx /= way;
    dy /= way;
    if (way > most) {
        way = most;
        b->x = a.x + dx * way;
        b->y = a.y + dy * way;
    }
    float along = (upper * upper - lower * lower + way * way) / (2 * way);
    float aside = sqrtf(scene_max(upper * upper - along * along, 0)) * bend;
    return (scene_point_t){a.x + dx * along - dy * aside, a.y + dy * along + dx * aside, a.z};
}

static void add_fore_leg(const pose_t *p, float side, double cycle)
{
    float k = p->build->leg;
    scene_point_t paw = paw_at(p, cycle), shoulder = {p->build->half - 0.05f, 0.72f, 0.11f * side};
    paw = (scene_point_t){shoulder.x + 0.02f + paw.x, 0.05f + paw.y, 0.10f * side};
    scene_point_t elbow = joint_of(shoulder, &paw, 0.30f, 0.42f, -1);
    scene_point_t toe = {paw.x + 0.07f, paw.y - 0.02f, paw.z};
    limb(p, shoulder, 0.10f * k, elbow, 0.062f * k, &p->look->coat);
    limb(p, elbow, 0.058f * k, paw, 0.038f * k, &p->look->coat);
    limb(p, paw, 0.042f * k, toe, 0.032f * k, &p->look->under);
}

static void add_hind_leg(const pose_t *p, float side, double cycle)
{
    float k = p->build->leg;
    scene_point_t paw = paw_at(p, cycle), hip = {-p->build->half + 0.06f, 0.80f, 0.10f * side};
    paw = (scene_point_t){hip.x - 0.04f + paw.x, 0.05f + paw.y, 0.10f * side};
    scene_point_t hock = {paw.x - 0.09f, paw.y + 0.21f, paw.z};
    scene_point_t knee = joint_of(hip, &hock, 0.32f, 0.34f, 1);
    scene_point_t toe = {paw.x + 0.07f, paw.y - 0.02f, paw.z};
    limb(p, hip, 0.135f * k, knee, 0.085f * k, &p->look->coat);
    limb(p, knee, 0.078f * k, hock, 0.042f * k, &p->look->coat);
    limb(p, hock, 0.040f * k, paw, 0.036f * k, &p->look->coat);
    limb(p, paw, 0.042f * k, toe, 0.032f * k, &p->look->under);
}

static void add_trunk(const pose_t *p)
{
    const build_t *b = p->build;
    scene_point_t chest = {b->half - 0.12f, 0.80f, 0}, rump = {-b->half + 0.05f, 0.86f, 0};
    scene_point_t brisket = {b->half - 0.09f, 0.71f, 0}, flank = {-0.12f, 0.80f, 0};
    limb(p, brisket, b->chest * 0.85f, flank, b->belly * 0.9f, &p->look->coat);
    limb(p, chest, b->chest, flank, b->belly, &p->look->coat);
    limb(p, flank, b->belly, rump, b->rump, &p->look->coat);
}

static void add_tail(const pose_t *p, double time_s)
{
    const build_t *b = p->build;
    float sway = scene_sin(time_s * (double)p->look->wag), r = b->tail_r;
    scene_point_t at[4] = {{-b->half + 0.02f, 0.90f, 0}};
    for (int i = 0; i < 3; i++)
        at[i + 1] = (scene_point_t){at[0].x + b->tail[i][0] - 0.06f, at[0].y + b->tail[i][1],
                                    0.05f * (float)((i + 1) * (i + 1)) * sway * 0.4f};
    for (int i = 0; i < 3; i++)
        limb(p, at[i], r * (1.5f - 0.3f * (float)i), at[i + 1], r * (1.2f - 0.3f * (float)i),
             &p->look->coat);
}

static void add_ears(const pose_t *p, scene_point_t head, float r)
{
    const build_t *b = p->build;
    bool up = b->ear[1] > 0 || p->look->pricked;
    for (int side = -1; side <= 1; side += 2) {
        float aside = (float)side;
        scene_point_t root = {head.x - 0.35f * r, head.y + 0.75f * r, 0.6f * r * aside};
        scene_point_t tip = {root.x + b->ear[0], root.y + b->ear[1],
                             root.z + (b->ear[2] + 0.03f) * aside};
        if (up)
            tip = (scene_point_t){root.x - 0.01f, root.y + 0.13f, root.z + b->ear[2] * aside};
        limb(p, root, 0.40f * r, tip, up ? 0.06f * r : 0.30f * r, &p->look->coat)->shade = 0.85f;
    }
}

static void add_head(const pose_t *p)
{
    const build_t *b = p->build;
    float r = b->head, nod = 0.015f * p->steps * scene_cos(2 * p->cycle);
    scene_point_t neck = {b->half - 0.02f, 0.88f, 0};
    scene_point_t head = {b->half + b->neck[0], 0.84f + b->neck[1] + nod, 0};
    scene_point_t mouth = {head.x + 0.55f * r, head.y - 0.30f * r, 0};
    scene_point_t nose = {mouth.x + b->muzzle, mouth.y - 0.2f * b->muzzle, 0};
    limb(p, neck, b->chest * 0.72f, head, r * 0.72f, &p->look->coat);
    limb(p, head, r, mouth, r * 0.70f, &p->look->coat);
    limb(p, mouth, r * 0.55f, nose, r * 0.36f, &p->look->under);
    scene_point_t tip = {nose.x + 0.28f * r, nose.y + 0.12f * r, 0};
    limb(p, tip, r * 0.17f, tip, r * 0.17f, &p->look->nose);
    for (int side = -1; side <= 1; side += 2) {
        scene_point_t eye = {head.x + 0.62f * r, head.y + 0.22f * r, 0.62f * r * (float)side};
        limb(p, eye, r * 0.12f, eye, r * 0.12f, &p->look->eye);
    }
    add_ears(p, head, r);
}

/* Whole steps when it goes; smaller ones as it comes to rest. */
static float steps_at(const scene_path_t *path, double time_s)
{
    double way_m =
        scene_path_at(path, time_s + 0.3).way_m - scene_path_at(path, time_s - 0.3).way_m;
    return scene_clamp((float)(way_m / (0.6 * STILL_MPS)), 0, 1);
}

static void animal_pose(const void *subject, const void *memory, double time_s, scene_body_t *out)
{
    const scene_animal_t *a = subject;
    const look_t *look = memory;
    scene_step_t step = scene_path_at(&a->path, time_s);
    pose_t p = {.build = &builds[a->animal], .look = look, .body = out};
    p.size = (float)a->height_m;
    p.frame = scene_frame_heading(step.dir_x * p.size, step.dir_z * p.size);
    p.frame.up.y = p.size;
    p.steps = steps_at(&a->path, time_s);
    p.cycle = step.way_m / (double)(STRIDE * p.size) + (double)look->phase;
    for (int side = 1; side >= -1; side -= 2) {
        double half = side > 0 ? 0 : 0.5;
        add_hind_leg(&p, (float)side, p.cycle + half);
        add_fore_leg(&p, (float)side, p.cycle + half - 0.25);
    }
    add_tail(&p, time_s);
    add_trunk(&p);
    add_head(&p);
    scene_body_sort(out);
}

const scene_actor_kind_t scene_kind_animal = {
    .name = "animal",
    .class_id = SCENE_CLASS_ANIMAL,
    .look_bytes = sizeof(look_t),
    .read = animal_read,
    .write = animal_write,
    .prepare = animal_prepare,
    .place = animal_place,
    .pose = animal_pose,
};
