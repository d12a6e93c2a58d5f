/*
 * gait.c - a body walking to the right, seen from the side.
 *
 * All lengths are shares of the body's height H (proportions after Winter, "Biomechanics and Motor
 * Control of Human Movement", fig. 4.1: hip 0.530, shoulder 0.818, knee 0.285, upper arm 0.186),
 * rounded. One cycle is two steps; step length grows with speed, cadence follows. In stance
 * the foot stands still on the floor; ankle lift and foot pitch over the cycle are assumed from
 * pictures of walking. Knees come from the triangle hip - knee - ankle, so no angle is stored.
 */
#include "scenes/scene_int.h"

#define THIGH 0.245f
#define SHIN 0.246f
#define ANKLE 0.045f
#define HIP 0.523f
#define UPPER_ARM 0.172f
#define FOREARM 0.145f
#define STANCE 0.60f /* share of the cycle that a foot is on the floor */
#define REACH 0.22f  /* ankle ahead of the hip at heel strike, in cycles' lengths */

typedef struct {
    float x, y;
} point_t;

typedef struct {
    const scene_look_t *look;
    float build;
    float stride; /* length of a cycle */
    double cycle; /* of the near leg */
    point_t hip, chest, shoulder, head;
    scene_body_t *out;
} pose_t;

static point_t along(point_t from, point_t unit, float way)
{
    return (point_t){from.x + unit.x * way, from.y + unit.y * way};
}

/* Straight down, turned forward by turns. */
static point_t hanging(float turns)
{
    return (point_t){scene_sin((double)turns), -scene_cos((double)turns)};
}

static scene_part_t *add(pose_t *pose, point_t a, float ra, point_t b, float rb,
                         const scene_cloth_map_t *cloth, float shade)
{
    assert(pose->out->count < SCENE_MAX_PARTS);
    scene_part_t *part = &pose->out->part[pose->out->count++];
    *part = (scene_part_t){.x0 = a.x,
                           .y0 = a.y,
                           .r0 = ra,
                           .x1 = b.x,
                           .y1 = b.y,
                           .r1 = rb,
                           .cut = -1.0f,
                           .cloth = cloth,
                           .shade = shade,
                           .round = 1.0f};
    return part;
}

static scene_part_t *disc(pose_t *pose, point_t at, float r, const scene_cloth_map_t *cloth,
                          float shade)
{
    return add(pose, at, r, at, r, cloth, shade);
}

/* ---- legs ---- */

typedef struct {
    point_t hip, knee, ankle, foot; /* foot: direction of the sole */
} leg_t;

/* 0..1 share of a cycle. */
static float cycle_share(double cycle)
{
    double whole = (double)(int64_t)cycle;
    double share = cycle - whole;
    return (float)(share < 0 ? share + 1 : share);
}

/* Ankle relative to the hip's column, and pitch of the foot in turns (toe up positive). */
static point_t ankle_at(float p, float stride, float *pitch)
{
    float rise = scene_smooth((p - 0.40f) / (STANCE - 0.40f)); /* heel leaves the floor */
    if (p < STANCE) {
        *pitch = 0.045f * scene_smooth(1.0f - p / 0.09f) - 0.13f * rise;
        return (point_t){stride * (REACH - p) + 0.055f * rise, ANKLE + 0.055f * rise};
    }
    float q = (p - STANCE) / (1.0f - STANCE), land = scene_smooth((q - 0.05f) / 0.75f);
    float from = stride * (REACH - STANCE) + 0.055f, to = stride * REACH;
    *pitch = scene_lerp(-0.13f, 0.045f, land);
    return (point_t){scene_lerp(from, to, scene_smooth(q)),
                     ANKLE + 0.055f * (1.0f - scene_smooth(q * 1.2f)) + 0.10f * q * (1.0f - q)};
}

/* Bends the knee forward so that both bones fit; an ankle out of reach is pulled in. */
static void bend_knee(leg_t *leg)
{
    float dx = leg->ankle.x - leg->hip.x, dy = leg->ankle.y - leg->hip.y;
    float way = sqrtf(dx * dx + dy * dy), most = 0.998f * (THIGH + SHIN);
    point_t e = {dx / way, dy / way};
    if (way > most) {
        way = most;
        leg->ankle = along(leg->hip, e, way);
    }
    float a = (THIGH * THIGH - SHIN * SHIN + way * way) / (2.0f * way);
    float h = sqrtf(scene_max(THIGH * THIGH - a * a, 0.0f));
    point_t mid = along(leg->hip, e, a);
    leg->knee = (point_t){mid.x - e.y * h, mid.y + e.x * h};
}

static leg_t leg_at(const pose_t *pose, double cycle)
{
    float pitch;
    leg_t leg = {.hip = pose->hip};
    leg.hip.x += 0.018f * scene_cos(cycle); /* the pelvis turns with the step */
    leg.ankle = ankle_at(cycle_share(cycle), pose->stride, &pitch);
    leg.ankle.x += pose->hip.x;
    leg.foot = (point_t){scene_cos((double)pitch), scene_sin((double)pitch)};
    bend_knee(&leg);
    return leg;
}

static void add_leg(pose_t *pose, const leg_t *leg, float shade)
{
    const scene_look_t *look = pose->look;
    bool bare = look->legs_kind != SCENE_LEGS_TROUSERS;
    float w = 0.5f + 0.5f * pose->build, wide = bare ? 0.0f : 0.005f;
    point_t down = {leg->foot.y, -leg->foot.x};
    point_t heel = along(along(leg->ankle, down, ANKLE - 0.020f), leg->foot, -0.022f);
    point_t toe = along(along(leg->ankle, down, ANKLE - 0.015f), leg->foot, 0.098f);
    const scene_cloth_map_t *shin = bare ? &look->skin : &look->legs;
    const scene_cloth_map_t *thigh =
        look->legs_kind == SCENE_LEGS_SKIRT ? &look->skin : &look->legs;
    if (bare)
        add(pose, leg->knee, 0.030f * w, leg->ankle, 0.019f * w, shin, shade);
    add(pose, heel, 0.020f, toe, 0.015f, &look->shoes, shade);
    if (!bare)
        add(pose, leg->knee, 0.034f * w + wide, leg->ankle, 0.023f * w + wide, shin, shade);
    add(pose, leg->hip, 0.052f * w + wide, leg->knee, 0.033f * w + wide, thigh, shade);
}

/* ---- arms ---- */

static void add_arm(pose_t *pose, double cycle, float shade, bool carries)
{
    const scene_look_t *look = pose->look;
    float swing = scene_cos(cycle), reach = look->swing * (carries ? 0.3f : 1.0f);
    float upper = -0.005f + reach * swing;
    float lower = upper + look->bend * (carries ? 0.2f : 1.0f) + 0.3f * reach * (1.0f + swing);
    float w = 0.6f + 0.4f * pose->build;
    float thick = look->top_kind >= SCENE_TOP_JACKET ? 0.006f : 0.0f;
    point_t elbow = along(pose->shoulder, hanging(upper), UPPER_ARM);
    point_t wrist = along(elbow, hanging(lower), FOREARM);
    point_t hand = along(wrist, hanging(lower + 0.01f), 0.030f);
    bool shirt = look->top_kind == SCENE_TOP_SHIRT;
    if (carries && look->bag_kind == SCENE_BAG_HAND) {
        point_t top = {hand.x, hand.y - 0.085f};
        add(pose, hand, 0.005f, (point_t){hand.x - 0.03f, top.y}, 0.005f, &look->bag, shade * 0.7f);
        add(pose, hand, 0.005f, (point_t){hand.x + 0.03f, top.y}, 0.005f, &look->bag, shade * 0.7f);
        add(pose, top, 0.042f, (point_t){top.x, top.y - 0.07f}, 0.060f, &look->bag, shade)->cut =
            top.y - 0.10f;
    }
    add(pose, hand, 0.019f, wrist, 0.016f, &look->skin, shade);
    if (shirt) {
        point_t sleeve = along(pose->shoulder, hanging(upper), 0.11f);
        add(pose, elbow, 0.024f * w, wrist, 0.017f * w, &look->skin, shade);
        add(pose, pose->shoulder, 0.030f * w, elbow, 0.024f * w, &look->skin, shade);
        add(pose, pose->shoulder, 0.037f * w, sleeve, 0.034f * w, &look->top, shade);
        return;
    }
    add(pose, elbow, 0.027f * w + thick, wrist, 0.021f * w + thick, &look->top, shade);
    add(pose, pose->shoulder, 0.037f * w + thick, elbow, 0.028f * w + thick, &look->top, shade);
}

/* ---- trunk and head ---- */

/* How far down the top reaches, by its kind. */
static float hem(scene_top_t kind)
{
    static const float height[SCENE_TOP_KINDS] = {0.485f, 0.490f, 0.455f, 0.330f};
    return height[kind];
}

static void add_trunk(pose_t *pose)
{
    const scene_look_t *look = pose->look;
    float b = pose->build, thick = look->top_kind >= SCENE_TOP_JACKET ? 0.008f : 0.0f;
    point_t hip = pose->hip, chest = pose->chest;
    if (look->bag_kind == SCENE_BAG_BACKPACK)
        add(pose, (point_t){chest.x - 0.105f * b, chest.y + 0.02f}, 0.045f,
            (point_t){hip.x - 0.110f * b, hip.y + 0.115f}, 0.055f, &look->bag, 1.0f);
    disc(pose, (point_t){hip.x, hip.y + 0.005f}, 0.066f * b, &look->legs, 0.95f);
    if (look->legs_kind == SCENE_LEGS_SKIRT)
        add(pose, (point_t){hip.x, hip.y + 0.03f}, 0.058f * b, (point_t){hip.x, 0.30f}, 0.125f * b,
            &look->legs, 1.0f)
            ->cut = 0.315f;
    float end = hem(look->top_kind), flare = look->top_kind == SCENE_TOP_COAT ? 0.105f : 0.074f;
    if (end < 0.48f)
        add(pose, (point_t){hip.x, 0.58f}, 0.064f * b + thick, (point_t){hip.x, end}, flare * b,
            &look->top, 1.0f)
            ->cut = end;
    add(pose, (point_t){hip.x + 0.004f, 0.575f}, 0.066f * b + thick, (point_t){hip.x, hip.y},
        0.064f * b + thick, &look->top, 1.0f)
        ->cut = end;
    add(pose, chest, 0.076f * b + thick, (point_t){hip.x + 0.004f, 0.575f}, 0.066f * b + thick,
        &look->top, 1.0f);
    add(pose, (point_t){pose->shoulder.x - 0.004f, pose->shoulder.y - 0.008f}, 0.052f, chest,
        0.073f * b + thick, &look->top, 1.0f);
}

static void add_hair(pose_t *pose)
{
    const scene_look_t *look = pose->look;
    point_t h = pose->head;
    const scene_cloth_map_t *hair = &look->hair;
    if (look->hair_kind == SCENE_HAIR_BALD)
        return;
    float back = look->hair_kind == SCENE_HAIR_LONG ? 0.825f : 0.898f;
    add(pose, (point_t){h.x - 0.026f, h.y + 0.012f}, 0.036f, (point_t){h.x - 0.038f, back}, 0.024f,
        hair, 0.95f);
    if (look->hair_kind == SCENE_HAIR_BUN)
        disc(pose, (point_t){h.x - 0.072f, h.y + 0.020f}, 0.025f, hair, 1.0f);
    const scene_cloth_map_t *crown = look->hair_kind == SCENE_HAIR_CAP ? &look->cap : hair;
    add(pose, (point_t){h.x - 0.014f, h.y + 0.012f}, 0.050f, (point_t){h.x + 0.016f, h.y + 0.031f},
        0.030f, crown, 1.0f)
        ->cut = h.y + 0.008f;
    if (look->hair_kind == SCENE_HAIR_CAP)
        add(pose, (point_t){h.x + 0.03f, h.y + 0.017f}, 0.009f,
            (point_t){h.x + 0.082f, h.y + 0.011f}, 0.006f, &look->cap, 0.85f);
}

static void add_head(pose_t *pose)
{
    const scene_look_t *look = pose->look;
    point_t h = pose->head;
    add(pose, (point_t){pose->shoulder.x + 0.002f, 0.815f}, 0.034f, (point_t){h.x - 0.008f, 0.875f},
        0.028f, &look->skin, 0.82f);
    add(pose, (point_t){h.x - 0.004f, h.y + 0.006f}, 0.051f, (point_t){h.x + 0.017f, h.y - 0.037f},
        0.030f, &look->skin, 1.0f);
    add(pose, (point_t){h.x + 0.040f, h.y + 0.004f}, 0.006f, (point_t){h.x + 0.052f, h.y - 0.012f},
        0.009f, &look->skin, 1.0f);
    if (look->beard)
        add(pose, (point_t){h.x + 0.022f, h.y - 0.042f}, 0.027f,
            (point_t){h.x - 0.006f, h.y - 0.026f}, 0.017f, &look->hair, 1.0f);
    disc(pose, (point_t){h.x + 0.034f, h.y + 0.003f}, 0.0055f, &look->eye, 1.0f);
    add_hair(pose);
    disc(pose, (point_t){h.x - 0.010f, h.y - 0.008f}, 0.011f, &look->skin, 0.85f);
}

/* ---- the whole ---- */

static void find_frame(pose_t *pose, double way_m, double height_m)
{
    const scene_look_t *look = pose->look;
    pose->cycle = way_m / (double)(pose->stride * (float)height_m) + (double)look->phase;
    /* Lowest with both feet on the floor, twice a cycle. */
    pose->hip = (point_t){0.0f, HIP - 0.010f * scene_cos(2.0 * pose->cycle)};
    point_t up = {scene_sin((double)look->lean), scene_cos((double)look->lean)};
    pose->chest = along(pose->hip, up, 0.215f);
    pose->shoulder = along(pose->hip, up, 0.285f);
    pose->head = (point_t){pose->shoulder.x + 0.016f, pose->hip.y + 0.408f};
}

static void scale_parts(scene_body_t *body, float height_m)
{
    body->left = body->low = 1e9f;
    body->right = body->high = -1e9f;
    for (uint32_t i = 0; i < body->count; i++) {
        scene_part_t *p = &body->part[i];
        float *length[] = {&p->x0, &p->y0, &p->r0, &p->x1, &p->y1, &p->r1, &p->cut};
        for (size_t k = 0; k < SIM_COUNT(length); k++)
            *length[k] *= height_m;
        body->left = scene_min(body->left, scene_min(p->x0 - p->r0, p->x1 - p->r1));
        body->right = scene_max(body->right, scene_max(p->x0 + p->r0, p->x1 + p->r1));
        body->high = scene_max(body->high, scene_max(p->y0 + p->r0, p->y1 + p->r1));
        float low = scene_min(p->y0 - p->r0, p->y1 - p->r1);
        body->low = scene_min(body->low, scene_max(low, p->cut));
    }
}

void scene_body_pose(scene_body_t *body, const scene_person_t *person, const scene_look_t *look,
                     double way_m)
{
    body->count = 0;
    pose_t pose = {.look = look, .build = (float)person->build, .out = body};
    /* Step: 0.28 H + 0.12 s * speed * H, about 0.76 m at 1.3 m/s (assumed linear). */
    pose.stride = 2.0f * (0.28f + 0.12f * (float)person->speed_mps);
    find_frame(&pose, way_m, person->height_m);
    leg_t near = leg_at(&pose, pose.cycle), far = leg_at(&pose, pose.cycle + 0.5);
    bool bag = look->bag_kind == SCENE_BAG_HAND;
    add_arm(&pose, pose.cycle, 0.62f, false);
    add_leg(&pose, &far, 0.68f);
    add_leg(&pose, &near, 1.0f);
    add_trunk(&pose);
    add_head(&pose);
    if (look->bag_kind == SCENE_BAG_SHOULDER) {
        add(&pose, pose.shoulder, 0.008f, (point_t){pose.hip.x - 0.02f, 0.61f}, 0.008f, &look->bag,
            0.8f);
        add(&pose, (point_t){pose.hip.x - 0.015f, 0.580f}, 0.045f,
            (point_t){pose.hip.x - 0.015f, 0.530f}, 0.058f, &look->bag, 1.0f);
    }
    add_arm(&pose, pose.cycle + 0.5, 1.0f, bag);
    scale_parts(body, (float)person->height_m);
}
