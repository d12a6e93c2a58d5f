/*
 * hand_body.c - a hand as parts: palm, five fingers, forearm and sleeve.
 *
 *        | | | |      Lengths are shares of the hand's length, wrist to tip of the middle finger.
 *        | | | |      x across the palm toward the thumb, y along the fingers, z out of the palm.
 *      . |_|_|_| .    A finger's three joints bend it out of the palm's plane, each by its angle;
 *       \|     |/     the thumb is given by its points.
 *        |_____|
 *
 * Lengths of fingers are in the proportions of P. Chatzioglou et al., "Biometric analysis hand
 * parameters in young adults", Anat Cell Biol 57 (2024): 63.9, 70.7, 65.5, 53.3 mm, thumb 49.5 mm;
 * their spread is within what they measured (17, 14, 32 degrees). All else is assumed.
 */
#include "scenes/hand.h"

enum { FINGERS = 4, JOINTS = 3, THUMB_POINTS = 3 };

typedef struct {
    float knuckle_x, knuckle_y, length, radius;
} finger_t;

/* Index to little finger; from the joint, which is below where the finger parts from the palm. */
static const finger_t fingers[FINGERS] = {
    {0.145f, 0.475f, 0.470f, 0.052f},
    {0.050f, 0.490f, 0.510f, 0.054f},
    {-0.045f, 0.475f, 0.480f, 0.051f},
    {-0.135f, 0.435f, 0.395f, 0.045f},
};
static const float bones[JOINTS] = {0.50f, 0.28f, 0.22f}; /* shares of a finger */

typedef struct {
    float bend[FINGERS][JOINTS]; /* degrees */
    float spread[FINGERS];       /* toward the thumb */
    float thumb[THUMB_POINTS][3];
} joints_t;

/* clang-format off */
static const joints_t poses[SCENE_POSES] = {
    [SCENE_POSE_OPEN] = {
        {{4, 6, 4}, {3, 5, 4}, {4, 6, 4}, {6, 8, 5}}, {12, 2, -8, -20},
        {{0.245f, 0.260f, 0.03f}, {0.335f, 0.390f, 0.04f}, {0.385f, 0.500f, 0.04f}}},
    [SCENE_POSE_FIST] = {
        {{80, 95, 50}, {82, 97, 50}, {82, 96, 50}, {80, 94, 50}}, {2, 0, -2, -4},
        {{0.205f, 0.270f, 0.09f}, {0.150f, 0.380f, 0.22f}, {0.010f, 0.390f, 0.26f}}},
    [SCENE_POSE_POINT] = {
        {{4, 5, 3}, {82, 97, 50}, {82, 96, 50}, {80, 94, 50}}, {3, 0, -2, -4},
        {{0.205f, 0.270f, 0.09f}, {0.130f, 0.370f, 0.22f}, {-0.010f, 0.370f, 0.26f}}},
    [SCENE_POSE_OTHER] = {
        {{35, 38, 20}, {40, 42, 22}, {44, 44, 24}, {46, 46, 24}}, {5, 1, -3, -8},
        {{0.225f, 0.265f, 0.06f}, {0.270f, 0.380f, 0.13f}, {0.265f, 0.480f, 0.19f}}},
    [SCENE_POSE_PINCH] = {
        {{45, 55, 25}, {18, 22, 12}, {10, 14, 8}, {6, 10, 6}}, {4, 1, -9, -22},
        {{0.240f, 0.270f, 0.11f}, {0.245f, 0.400f, 0.25f}, {0.180f, 0.520f, 0.36f}}},
};
/* clang-format on */

typedef struct {
    const scene_hand_t *hand;
    const hand_look_t *look;
    scene_body_t *out;
    scene_frame_t frame; /* ahead: across, up: along, left: out of the palm */
    joints_t joints;
    float size, thick;
} build_t;

/* ---- joints ---- */

static void mix(const float *from, float share, float *to, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        to[i] += share * from[i];
}

static void mix_joints(const hand_moment_t *moment, joints_t *out)
{
    *out = (joints_t){0};
    for (uint32_t i = 0; i < SCENE_POSES; i++) {
        mix(poses[i].bend[0], moment->pose[i], out->bend[0], FINGERS * JOINTS);
        mix(poses[i].spread, moment->pose[i], out->spread, FINGERS);
        mix(poses[i].thumb[0], moment->pose[i], out->thumb[0], THUMB_POINTS * 3);
    }
}

/* Some fold the fingers that do not pinch. */
static void fold_others(float share, joints_t *joints)
{
    for (uint32_t i = 1; i < FINGERS; i++)
        for (uint32_t k = 0; k < JOINTS; k++)
            joints->bend[i][k] += share * (poses[SCENE_POSE_FIST].bend[i][k] - joints->bend[i][k]);
}

/* ---- where the hand is turned ---- */

static scene_point_t both(scene_point_t a, float u, scene_point_t b, float v)
{
    return (scene_point_t){a.x * u + b.x * v, a.y * u + b.y * v, a.z * u + b.z * v};
}

/* Turns a toward b. */
static void turn(scene_point_t *a, scene_point_t *b, double degrees)
{
    float c = scene_cos(degrees / 360), s = scene_sin(degrees / 360);
    scene_point_t was = *a;
    *a = both(was, c, *b, s);
    *b = both(*b, c, was, -s);
}

static scene_point_t tilt(scene_point_t p, double degrees)
{
    float c = scene_cos(degrees / 360), s = scene_sin(degrees / 360);
    return (scene_point_t){p.x * c + p.y * s, p.y * c - p.x * s, p.z};
}

static scene_frame_t frame_of(const scene_hand_t *hand, const hand_moment_t *moment)
{
    scene_point_t across = {hand->left ? -1.0f : 1.0f, 0, 0}, along = {0, 1, 0}, out = {0, 0, -1};
    double degrees = hand->tilt_deg + moment->tilt_deg;
    turn(&across, &out, hand->turn_deg);
    turn(&along, &out, hand->lean_deg);
    return (scene_frame_t){.at = {0, (float)(hand->up_m + moment->y_m), 0},
                           .ahead = tilt(across, degrees),
                           .up = tilt(along, degrees),
                           .left = tilt(out, degrees)};
}

/* ---- parts ---- */

static scene_part_t *add(build_t *b, scene_point_t from, float from_r, scene_point_t to, float to_r)
{
    float k = b->size, r = b->size * b->thick;
    return scene_add_limb(b->out, &b->frame, (scene_point_t){from.x * k, from.y * k, from.z * k},
                          from_r * r, (scene_point_t){to.x * k, to.y * k, to.z * k}, to_r * r,
                          &b->look->skin);
}

static void add_palm(build_t *b)
{
    static const float root[FINGERS] = {0.055f, 0.02f, -0.025f, -0.06f};
    for (uint32_t i = 0; i < FINGERS; i++) {
        const finger_t *f = &fingers[i];
        scene_point_t from = {root[i], 0.06f, 0}, to = {f->knuckle_x, f->knuckle_y + 0.02f, 0.004f};
        add(b, from, 0.105f, to, f->radius + 0.014f)->round = 0.35f;
    }
    const float *joint = b->joints.thumb[0];
    scene_point_t base = {0.085f, 0.13f, 0.02f}, thumb = {joint[0], joint[1], joint[2]};
    add(b, base, 0.105f, thumb, 0.068f)->round = 0.6f;
}

static void add_finger(build_t *b, uint32_t index)
{
    const finger_t *f = &fingers[index];
    double spread = (double)(b->joints.spread[index] * b->look->spread) / 360, bent = 0;
    scene_point_t at = {f->knuckle_x, f->knuckle_y, 0};
    float r = f->radius;
    for (uint32_t i = 0; i < JOINTS; i++) {
        bent += (double)b->joints.bend[index][i] / 360;
        float way = bones[i] * f->length, flat = way * scene_cos(bent);
        scene_point_t to = {at.x + flat * scene_sin(spread), at.y + flat * scene_cos(spread),
                            at.z + way * scene_sin(bent)};
        float thin = i == JOINTS - 1 ? 0.80f : 0.90f;
        if (i == JOINTS - 1) { /* its ball ends where the finger does */
            float back = (way - thin * r) / way;
            to = both(at, 1 - back, to, back);
        }
        add(b, at, r, to, thin * r);
        at = to;
        r *= thin;
    }
}

static void add_thumb(build_t *b)
{
    scene_point_t at[THUMB_POINTS];
    for (uint32_t i = 0; i < THUMB_POINTS; i++) {
        const float *p = b->joints.thumb[i];
        at[i] = (scene_point_t){p[0], p[1], p[2]};
    }
    add(b, at[0], 0.064f, at[1], 0.056f);
    add(b, at[1], 0.056f, at[2], 0.044f);
}

static void add_loose(build_t *b, scene_point_t from, float from_r, scene_point_t to, float to_r,
                      const scene_cloth_map_t *cloth)
{
    static const scene_frame_t still = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    float r = b->size * b->thick;
    scene_add_limb(b->out, &still, from, from_r * r, to, to_r * r, cloth)->loose = true;
}

static scene_point_t nearer(scene_point_t p, float by)
{
    return (scene_point_t){p.x, p.y, p.z - by};
}

/* The elbow stays where it is; the forearm goes from there to the wrist. The sleeve is nearer, so
 * that it is drawn over the arm. */
static void add_forearm(build_t *b, const hand_moment_t *moment)
{
    const hand_look_t *look = b->look;
    float s = b->size, wrist_y = b->frame.at.y;
    scene_point_t wrist = {0, wrist_y, 0};
    scene_point_t elbow = {look->elbow * s - (float)moment->x_m, (float)b->hand->up_m - 1.45f * s,
                           0.35f * s};
    scene_point_t shoulder = {elbow.x + look->elbow * s, elbow.y - 1.2f * s, 1.1f * s};
    scene_point_t end = both(elbow, 1 - look->sleeved, wrist, look->sleeved);
    add_loose(b, elbow, 0.27f, shoulder, 0.33f, &look->sleeve);
    add_loose(b, elbow, 0.22f, wrist, 0.135f, &look->skin);
    float by = (0.18f - 0.175f * look->sleeved) * s; /* in the middle, a little */
    add_loose(b, nearer(elbow, by), 0.27f, nearer(end, by), 0.27f - 0.09f * look->sleeved,
              &look->sleeve);
}

void hand_body(const scene_hand_t *hand, const hand_look_t *look, const hand_moment_t *moment,
               scene_body_t *out)
{
    build_t b = {.hand = hand,
                 .look = look,
                 .out = out,
                 .frame = frame_of(hand, moment),
                 .size = (float)hand->size_m,
                 .thick = look->thick};
    mix_joints(moment, &b.joints);
    fold_others(look->folded * moment->pose[SCENE_POSE_PINCH], &b.joints);
    add_forearm(&b, moment);
    add_palm(&b);
    add_thumb(&b);
    for (uint32_t i = 0; i < FINGERS; i++)
        add_finger(&b, i);
    scene_body_sort(out);
}
