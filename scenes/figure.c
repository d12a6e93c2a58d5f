/*
 * figure.c - the parts of a body: legs, arms, trunk, head.
 *
 * Trunk and head are wider than deep or deeper than wide, so their parts are widened as the body
 * turns: an upright cylinder with an elliptic section is seen sqrt((a cos)^2 + (b sin)^2) wide.
 * What sits on the head (eyes, nose, ears, hair) is drawn before the skull where it is behind it.
 */
#include "scenes/figure.h"

/* ---- parts ---- */

scene_part_t *fig_add(fig_t *fig, fig_point_t a, float ra, fig_point_t b, float rb,
                      const scene_cloth_map_t *cloth, float shade)
{
    assert(fig->out->count < SCENE_MAX_PARTS);
    scene_part_t *part = &fig->out->part[fig->out->count++];
    const float h = fig->height;
    *part = (scene_part_t){.x0 = a.x * h,
                           .y0 = a.y * h,
                           .r0 = ra * h,
                           .x1 = b.x * h,
                           .y1 = b.y * h,
                           .r1 = rb * h,
                           .cut = -h,
                           .cloth = cloth,
                           .shade = shade,
                           .round = 1.0f};
    if (fig->turned) {
        part->x0 = (a.x * fig->ahead_x - a.z * fig->ahead_z) * h;
        part->z0 = fig_depth(fig, a) * h;
        part->x1 = (b.x * fig->ahead_x - b.z * fig->ahead_z) * h;
        part->z1 = fig_depth(fig, b) * h;
    }
    return part;
}

scene_part_t *fig_ball(fig_t *fig, fig_point_t at, float r, const scene_cloth_map_t *cloth,
                       float shade)
{
    return fig_add(fig, at, r, at, r, cloth, shade);
}

void fig_widen(fig_t *fig, float x, float z)
{
    float a = x * fig->across, b = z * fig->toward;
    fig->out->part[fig->out->count - 1].stretch = (fig->turned ? sqrtf(a * a + b * b) : x) - 1.0f;
}

void fig_cut(fig_t *fig, float y)
{
    fig->out->part[fig->out->count - 1].cut = y * fig->height;
}

float fig_shade(const fig_t *fig, float side, float far)
{
    return 1.0f - (1.0f - far) * scene_max(side * fig->ahead_x, 0.0f);
}

/* ---- legs ---- */

static void add_leg(fig_t *fig, uint32_t side)
{
    const scene_look_t *look = fig->look;
    const fig_leg_t *leg = &fig->leg[side];
    const float ankle = fig->form->ankle, shade = fig_shade(fig, side == FIG_NEAR ? -1 : 1, 0.68f);
    bool bare = look->legs_kind != SCENE_LEGS_TROUSERS;
    float w = 0.5f + 0.5f * fig->build, wide = bare ? 0.0f : 0.005f;
    fig_point_t foot = {leg->pitch_x * leg->ahead.x, leg->pitch_y, leg->pitch_x * leg->ahead.z};
    fig_point_t down = {leg->pitch_y * leg->ahead.x, -leg->pitch_x, leg->pitch_y * leg->ahead.z};
    fig_point_t heel = fig_along(fig_along(leg->ankle, down, ankle - 0.020f), foot, -0.022f);
    fig_point_t toe = fig_along(fig_along(leg->ankle, down, ankle - 0.015f), foot, 0.098f);
    const scene_cloth_map_t *shin = bare ? &look->skin : &look->legs;
    const scene_cloth_map_t *thigh =
        look->legs_kind == SCENE_LEGS_SKIRT ? &look->skin : &look->legs;
    bool toe_last = fig_depth(fig, toe) < fig_depth(fig, leg->ankle) - 0.04f;
    if (bare)
        fig_add(fig, leg->knee, 0.030f * w, leg->ankle, 0.019f * w, shin, shade);
    if (!toe_last)
        fig_add(fig, heel, 0.020f, toe, 0.015f, &look->shoes, shade);
    if (!bare)
        fig_add(fig, leg->knee, 0.034f * w + wide, leg->ankle, 0.023f * w + wide, shin, shade);
    if (toe_last)
        fig_add(fig, heel, 0.020f, toe, 0.015f, &look->shoes, shade);
    fig_add(fig, leg->hip, 0.052f * w + wide, leg->knee, 0.033f * w + wide, thigh, shade);
}

/* ---- arms ---- */

typedef struct {
    fig_point_t shoulder, elbow, wrist, hand;
    float upper;
} arm_t;

static arm_t find_arm(const fig_t *fig, uint32_t side)
{
    const scene_look_t *look = fig->look;
    double cycle = side == FIG_NEAR ? fig->cycle + 0.5 : fig->cycle;
    float swing = scene_cos(cycle) * fig->go, reach = look->swing, bend = look->bend;
    bool bag = side == FIG_NEAR && look->carry == SCENE_CARRY_BAG;
    reach *= bag ? 0.3f : 1.0f;
    reach *= fig->form->swing;
    float upper = -0.005f + reach * swing;
    float lower = upper + bend * (bag ? 0.2f : 1.0f) + 0.3f * reach * (1.0f + swing);
    fig_arm_t held = {upper, lower, 0.16f, 0.0f};
    fig_hold(fig, side, &held);
    float out = side == FIG_NEAR ? -fig->form->wide : fig->form->wide;
    float sunk = fig->turned ? -0.014f : 0.0f; /* their tops are level with the trunk's */
    arm_t arm = {.shoulder = fig_at(fig->shoulder, 0, sunk, out), .upper = held.upper};
    arm.elbow = fig_along(arm.shoulder, fig_hanging(held.upper), fig->form->upper_arm);
    arm.elbow.z += held.elbow_out * out;
    arm.wrist = fig_along(arm.elbow, fig_hanging(held.lower), fig->form->forearm);
    arm.wrist.z += held.wrist_out * out;
    arm.hand = fig_along(arm.wrist, fig_hanging(held.lower + 0.01f), 0.030f);
    return arm;
}

static void add_arm(fig_t *fig, uint32_t side, const arm_t *arm)
{
    const scene_look_t *look = fig->look;
    float shade = fig_shade(fig, side == FIG_NEAR ? -1 : 1, 0.62f);
    float w = 0.6f + 0.4f * fig->build;
    float thick = look->top_kind >= SCENE_TOP_JACKET ? 0.006f : 0.0f;
    fig_add_held(fig, side, arm->hand, shade);
    fig_add(fig, arm->hand, 0.019f, arm->wrist, 0.016f, &look->skin, shade);
    if (look->top_kind == SCENE_TOP_SHIRT) {
        fig_point_t sleeve = fig_along(arm->shoulder, fig_hanging(arm->upper), 0.11f);
        sleeve.z += 0.64f * (arm->elbow.z - arm->shoulder.z);
        fig_add(fig, arm->elbow, 0.024f * w, arm->wrist, 0.017f * w, &look->skin, shade);
        fig_add(fig, arm->shoulder, 0.030f * w, arm->elbow, 0.024f * w, &look->skin, shade);
        fig_add(fig, arm->shoulder, 0.037f * w, sleeve, 0.034f * w, &look->top, shade);
        return;
    }
    fig_add(fig, arm->elbow, 0.027f * w + thick, arm->wrist, 0.021f * w + thick, &look->top, shade);
    fig_add(fig, arm->shoulder, 0.037f * w + thick, arm->elbow, 0.028f * w + thick, &look->top,
            shade);
}

/* ---- trunk ---- */

#define BREADTH 1.38f /* of the trunk, against its depth */

/* How far down the top reaches, by its kind; an adult's. */
static float hem(const fig_t *fig)
{
    static const float height[SCENE_TOP_KINDS] = {0.485f, 0.490f, 0.455f, 0.330f};
    const float adult = fig_forms[SCENE_AGE_ADULT].hip;
    return height[fig->look->top_kind] + (fig->form->hip - adult);
}

static void add_skirt(fig_t *fig)
{
    const float b = fig->build, size = fig->form->hip / fig_forms[SCENE_AGE_ADULT].hip;
    fig_point_t hip = fig->hip;
    fig_add(fig, fig_at(hip, 0, 0.03f, 0), 0.058f * b, (fig_point_t){hip.x, 0.30f * size, hip.z},
            0.125f * b, &fig->look->legs, 1.0f);
    fig_widen(fig, 1.0f, 1.2f);
    fig_cut(fig, 0.315f * size);
}

static void add_trunk(fig_t *fig)
{
    const scene_look_t *look = fig->look;
    float b = fig->build, thick = look->top_kind >= SCENE_TOP_JACKET ? 0.008f : 0.0f;
    fig_point_t hip = fig->hip, chest = fig->chest;
    float end = hem(fig), top = 0.58f + (fig->form->waist - fig_forms[SCENE_AGE_ADULT].waist);
    fig_point_t waist = {hip.x + 0.004f + 0.1f * fig->form->stoop, fig->form->waist, hip.z};
    fig_ball(fig, fig_at(hip, 0, 0.005f, 0), 0.066f * b, &look->legs, 0.95f);
    fig_widen(fig, 1.0f, BREADTH);
    if (look->legs_kind == SCENE_LEGS_SKIRT)
        add_skirt(fig);
    float flare = look->top_kind == SCENE_TOP_COAT ? 0.105f : 0.074f;
    if (look->top_kind >= SCENE_TOP_JACKET) {
        fig_add(fig, (fig_point_t){hip.x, top, hip.z}, 0.064f * b + thick,
                (fig_point_t){hip.x, end, hip.z}, flare * b, &look->top, 1.0f);
        fig_widen(fig, 1.0f, 1.3f);
        fig_cut(fig, end);
    }
    fig_add(fig, waist, 0.066f * b + thick, hip, 0.064f * b + thick, &look->top, 1.0f);
    fig_widen(fig, 1.0f, BREADTH);
    fig_cut(fig, end);
    fig_add(fig, chest, 0.076f * b + thick, waist, 0.066f * b + thick, &look->top, 1.0f);
    fig_widen(fig, 1.0f, BREADTH);
    fig_add(fig, fig_at(fig->shoulder, -0.004f, -0.008f, 0), 0.052f, chest, 0.073f * b + thick,
            &look->top, 1.0f);
    fig_widen(fig, 1.0f, 1.48f);
    if (!fig->turned)
        return;
    fig_ball(fig, fig_at(fig->shoulder, -0.004f, -0.012f, 0), 0.045f, &look->top, 1.0f);
    fig_widen(fig, 1.0f, (fig->form->wide + 0.022f) / 0.045f); /* from arm to arm */
}

/* ---- head ---- */

/* What sits on the head; radii are an adult's. */
typedef struct {
    fig_point_t a;
    float ra;
    fig_point_t b;
    float rb;
    const scene_cloth_map_t *cloth;
    float shade;
    float wide;  /* from the front, against the side */
    float least; /* hidden in the skull when less than this is toward the camera */
} feature_t;

#define ALWAYS -1.0f
#define IN_FRONT 0.006f
#define SPOT(at, r, cloth, shade, wide, least)                                                     \
    (feature_t)                                                                                    \
    {                                                                                              \
        at, r, at, r, cloth, shade, wide, least                                                    \
    }

/* A place from the head's middle, of an adult. */
static fig_point_t on_head(const fig_t *fig, float x, float y, float z)
{
    float s = fig->form->skull;
    return fig_at(fig->head, x * s, y * s, z * s);
}

/* Adds it when it is on the wanted side of the skull. */
static bool add_feature(fig_t *fig, const feature_t *f, bool behind)
{
    fig_point_t middle = {0.5f * (f->a.x + f->b.x) - fig->head.x, 0,
                          0.5f * (f->a.z + f->b.z) - fig->head.z};
    float before = -fig_depth(fig, middle), s = fig->form->skull;
    if ((before < 0.0f) != behind || before < f->least)
        return false;
    fig_add(fig, f->a, f->ra * s, f->b, f->rb * s, f->cloth, f->shade);
    fig_widen(fig, 1.0f, f->wide);
    return true;
}

/* Nose, beard, eyes, mouth. */
static void add_face(fig_t *fig, bool behind)
{
    const scene_look_t *look = fig->look;
    const feature_t nose = {.a = on_head(fig, 0.040f, 0.004f, 0),
                            .ra = 0.006f,
                            .b = on_head(fig, 0.052f, -0.012f, 0),
                            .rb = 0.009f,
                            .cloth = &look->skin,
                            .shade = 1.0f - 0.12f * fig->toward,
                            .wide = 1.0f,
                            .least = ALWAYS};
    const feature_t beard = {.a = on_head(fig, 0.022f, -0.042f, 0),
                             .ra = 0.027f,
                             .b = on_head(fig, -0.006f, -0.026f, 0),
                             .rb = 0.017f,
                             .cloth = &look->hair,
                             .shade = 1.0f,
                             .wide = 1.05f,
                             .least = ALWAYS};
    add_feature(fig, &nose, behind);
    if (look->beard && fig->toward > -0.5f)
        add_feature(fig, &beard, behind);
    for (float side = -1; side <= 1; side += 2)
        add_feature(fig,
                    &SPOT(on_head(fig, 0.034f, 0.003f, side * 0.019f), 0.0055f, &look->eye, 1.0f,
                          1.2f, IN_FRONT),
                    behind);
    if (fig->turned)
        add_feature(
            fig,
            &SPOT(on_head(fig, 0.040f, -0.034f, 0), 0.004f, &look->skin, 0.62f, 3.5f, IN_FRONT),
            behind);
}

static void add_crown(fig_t *fig, const scene_cloth_map_t *cloth)
{
    float s = fig->form->skull;
    float line = s * (0.008f + (fig->toward > 0 ? 0.012f : 0.03f) * fig->toward);
    fig_add(fig, on_head(fig, -0.014f, 0.012f, 0), 0.050f * s, on_head(fig, 0.016f, 0.031f, 0),
            0.030f * s, cloth, 1.0f);
    fig_widen(fig, 1.0f, 0.95f);
    fig_cut(fig, fig->head.y + line);
}

static void add_hair(fig_t *fig, bool behind)
{
    const scene_look_t *look = fig->look;
    if (look->hair_kind == SCENE_HAIR_BALD)
        return;
    bool lengthy = look->hair_kind == SCENE_HAIR_LONG, cap = look->hair_kind == SCENE_HAIR_CAP;
    feature_t back = {.a = on_head(fig, -0.026f, 0.012f, 0),
                      .ra = 0.036f,
                      .b = on_head(fig, -0.038f, 0, 0),
                      .rb = 0.024f,
                      .cloth = &look->hair,
                      .shade = 0.95f,
                      .wide = lengthy ? 1.75f : 1.3f,
                      .least = ALWAYS};
    back.b.y = lengthy ? fig->form->nape_long : fig->form->nape;
    add_feature(fig, &back, behind);
    if (look->hair_kind == SCENE_HAIR_BUN)
        add_feature(
            fig, &SPOT(on_head(fig, -0.072f, 0.020f, 0), 0.025f, &look->hair, 1.0f, 1.0f, ALWAYS),
            behind);
    if (!behind)
        add_crown(fig, cap ? &look->cap : &look->hair);
}

static void add_visor(fig_t *fig, bool behind)
{
    const feature_t visor = {.a = on_head(fig, 0.03f, 0.017f, 0),
                             .ra = 0.009f,
                             .b = on_head(fig, 0.082f, 0.011f, 0),
                             .rb = 0.006f,
                             .cloth = &fig->look->cap,
                             .shade = 0.85f,
                             .wide = 4.5f,
                             .least = ALWAYS};
    if (fig->look->hair_kind == SCENE_HAIR_CAP)
        add_feature(fig, &visor, behind);
}

/* The near one of a head from the side; both from the front and from behind. */
static void add_ears(fig_t *fig, bool behind)
{
    for (float side = -1; side <= 1; side += 2)
        add_feature(fig,
                    &SPOT(on_head(fig, -0.010f, -0.008f, side * 0.043f), 0.011f, &fig->look->skin,
                          0.85f, 0.7f, -0.04f),
                    behind);
}

static void add_head(fig_t *fig)
{
    const scene_look_t *look = fig->look;
    const fig_form_t *form = fig->form;
    float s = form->skull;
    float open =
        (fig->toward > 0 ? 0.022f : 0.045f) * fig->toward * fig->toward; /* of the collar */
    fig_point_t low = {fig->shoulder.x + 0.002f, form->neck_low + open, fig->shoulder.z};
    fig_point_t top = {fig->head.x - 0.008f, form->neck_top, fig->head.z};
    if (fig->toward > 0)
        add_hair(fig, true);
    fig_add(fig, low, 0.034f, top, 0.028f, &look->skin, 0.82f);
    if (fig->turned && fig->toward <= 0)
        add_hair(fig, true);
    if (fig->turned) { /* from the side nothing is behind the skull that can be seen */
        add_visor(fig, true);
        add_face(fig, true);
        add_ears(fig, true);
    }
    fig_add(fig, on_head(fig, -0.004f, 0.006f, 0), 0.051f * s, on_head(fig, 0.017f, -0.037f, 0),
            0.030f * s, &look->skin, 1.0f);
    fig_widen(fig, 1.0f, 0.88f);
    add_face(fig, false);
    add_hair(fig, false);
    add_visor(fig, false);
    add_ears(fig, false);
}

/* ---- the whole ---- */

/* The farther leg, then the nearer one. */
static void add_legs(fig_t *fig)
{
    const fig_leg_t *leg = fig->leg;
    float right = fig_depth(fig, leg[FIG_NEAR].knee) + fig_depth(fig, leg[FIG_NEAR].ankle);
    float left = fig_depth(fig, leg[FIG_FAR].knee) + fig_depth(fig, leg[FIG_FAR].ankle);
    uint32_t first = right > left ? FIG_NEAR : FIG_FAR;
    add_leg(fig, first);
    add_leg(fig, first ^ 1u);
}

/* Arms that are behind the trunk, or those before it. */
static void add_arms(fig_t *fig, const arm_t arm[2], bool behind)
{
    for (uint32_t side = FIG_NEAR; side <= FIG_FAR; side++) {
        float depth = fig_depth(fig, arm[side].elbow) + fig_depth(fig, arm[side].hand);
        if ((depth > 0.0f) == behind)
            add_arm(fig, side, &arm[side]);
    }
}

/* Is anything between two heights (shares) asked for? */
static bool touches(const fig_t *fig, float low, float high)
{
    return fig->out->low_m < high * fig->height && fig->out->high_m > low * fig->height;
}

void scene_body_pose(scene_body_t *body, const scene_person_t *person, const scene_look_t *look,
                     double time_s, double way_m)
{
    fig_t fig = {.person = person,
                 .look = look,
                 .form = &fig_forms[person->age],
                 .build = (float)person->build,
                 .height = (float)person->height_m,
                 .time_s = time_s,
                 .turned = person->path.count > 0,
                 .out = body};
    bool legs = touches(&fig, -1.0f, 0.62f) || look->carry == SCENE_CARRY_CANE;
    fig_walk(&fig, way_m, legs);
    fig.across = fig.ahead_x;
    fig.toward = -fig.ahead_z;
    arm_t arm[2];
    bool arms = look->carry > SCENE_CARRY_BOX || touches(&fig, 0.20f, 0.95f);
    if (arms) {
        arm[FIG_NEAR] = find_arm(&fig, FIG_NEAR);
        arm[FIG_FAR] = find_arm(&fig, FIG_FAR);
        add_arms(&fig, arm, true);
    }
    if (legs)
        add_legs(&fig);
    fig_add_things(&fig, true);
    if (touches(&fig, 0.20f, 0.95f))
        add_trunk(&fig);
    if (touches(&fig, 0.65f, 1.2f))
        add_head(&fig);
    fig_add_things(&fig, false);
    if (arms)
        add_arms(&fig, arm, false);
}
