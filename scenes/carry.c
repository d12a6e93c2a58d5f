/*
 * carry.c - what people carry, hold and push. Sizes are shares of the body's height, assumed.
 */
#include "scenes/figure.h"

/* ---- arms ---- */

void fig_hold(const fig_t *fig, uint32_t arm, fig_arm_t *held)
{
    switch (fig->look->carry) {
    case SCENE_CARRY_BOX: /* before the chest */
        *held = (fig_arm_t){0.03f, 0.235f, 0.10f, -0.15f};
        break;
    case SCENE_CARRY_STROLLER:
        *held = (fig_arm_t){0.06f, 0.16f, 0.05f, -0.20f};
        break;
    case SCENE_CARRY_UMBRELLA:
        if (arm == FIG_NEAR)
            *held = (fig_arm_t){0.03f, 0.36f, 0.05f, -0.40f};
        break;
    case SCENE_CARRY_PHONE: /* at the ear */
        if (arm == FIG_NEAR)
            *held = (fig_arm_t){0.185f, 0.61f, 0.20f, -0.65f};
        break;
    case SCENE_CARRY_TROLLEY: /* pulled */
        if (arm == FIG_NEAR)
            *held = (fig_arm_t){-0.07f, -0.04f, 0.20f, 0.05f};
        break;
    case SCENE_CARRY_CANE:
        if (arm == FIG_NEAR)
            *held = (fig_arm_t){0.4f * (held->upper + 0.005f), 0.11f, 0.22f, 0.10f};
        break;
    case SCENE_CARRY_BALLOON:
        if (arm == FIG_NEAR)
            *held = (fig_arm_t){0.03f, 0.27f, 0.15f, 0.0f};
        break;
    default:
        break;
    }
}

/* ---- in a hand ---- */

/* The last part belongs to nobody's box: it is not worn. */
static void set_loose(fig_t *fig)
{
    fig->out->part[fig->out->count - 1].loose = true;
}

static void set_flat(fig_t *fig, float round)
{
    fig->out->part[fig->out->count - 1].round = round;
}

static void add_bag(fig_t *fig, fig_point_t hand, float shade)
{
    const scene_cloth_map_t *cloth = &fig->look->bag;
    fig_point_t top = fig_at(hand, 0, -0.085f, 0);
    fig_add(fig, hand, 0.005f, (fig_point_t){hand.x - 0.03f, top.y, hand.z}, 0.005f, cloth,
            shade * 0.7f);
    fig_add(fig, hand, 0.005f, (fig_point_t){hand.x + 0.03f, top.y, hand.z}, 0.005f, cloth,
            shade * 0.7f);
    fig_add(fig, top, 0.042f, fig_at(top, 0, -0.07f, 0), 0.060f, cloth, shade);
    fig_widen(fig, 1.0f, 0.6f);
    fig_cut(fig, top.y - 0.10f);
}

/* Its tip is on the floor beside the left foot, and goes with it. */
static void add_cane(fig_t *fig, fig_point_t hand)
{
    const fig_leg_t *leg = &fig->leg[FIG_FAR];
    float lift = 0.5f * scene_max(leg->ankle.y - fig->form->ankle, 0.0f);
    fig_point_t tip = {leg->ankle.x + 0.06f, 0.008f + lift, hand.z - 0.01f};
    fig_add(fig, hand, 0.007f, tip, 0.006f, &fig->look->eye, 1.0f);
}

static void add_umbrella(fig_t *fig, fig_point_t hand)
{
    fig_point_t top = {hand.x + 0.01f, 1.13f, hand.z + 0.03f}, rim = fig_at(top, 0, -0.13f, 0);
    fig_add(fig, hand, 0.005f, top, 0.004f, &fig->look->eye, 1.0f);
    set_loose(fig);
    fig_ball(fig, rim, 0.125f, &fig->look->bag, 1.0f);
    fig_widen(fig, 2.5f, 2.5f);
    fig_cut(fig, rim.y + 0.01f);
    set_loose(fig);
}

/* It lags behind who walks, and sways. */
static void add_balloon(fig_t *fig, fig_point_t hand)
{
    float sway = scene_sin(0.3 * fig->time_s + (double)fig->look->phase);
    fig_point_t ball = {hand.x - 0.10f * fig->go + 0.02f * sway, 1.27f, hand.z + 0.03f * sway};
    fig_add(fig, hand, 0.002f, fig_at(ball, 0, -0.11f, 0), 0.002f, &fig->look->eye, 1.0f);
    set_loose(fig);
    fig_add(fig, ball, 0.098f, fig_at(ball, 0, -0.05f, 0), 0.06f, &fig->look->bag, 1.0f);
    set_loose(fig);
}

static void add_trolley(fig_t *fig, fig_point_t hand)
{
    const scene_look_t *look = fig->look;
    fig_point_t low = {hand.x - 0.17f, 0.05f, hand.z}, high = fig_at(low, 0.07f, 0.25f, 0);
    fig_add(fig, hand, 0.006f, high, 0.006f, &look->eye, 1.0f);
    set_loose(fig);
    fig_ball(fig, fig_at(low, 0, -0.025f, 0), 0.022f, &look->eye, 1.0f);
    set_loose(fig);
    fig_add(fig, low, 0.020f, high, 0.020f, &look->bag, 1.0f);
    fig_widen(fig, 3.0f, 4.6f);
    set_flat(fig, 0.4f);
    set_loose(fig);
}

void fig_add_held(fig_t *fig, uint32_t arm, fig_point_t hand, float shade)
{
    if (arm != FIG_NEAR)
        return;
    switch (fig->look->carry) {
    case SCENE_CARRY_BAG:
        add_bag(fig, hand, shade);
        break;
    case SCENE_CARRY_UMBRELLA:
        add_umbrella(fig, hand);
        break;
    case SCENE_CARRY_PHONE:
        fig_add(fig, fig_at(hand, 0, -0.02f, 0), 0.010f, fig_at(hand, 0, 0.035f, 0), 0.010f,
                &fig->look->eye, 1.0f);
        break;
    case SCENE_CARRY_TROLLEY:
        add_trolley(fig, hand);
        break;
    case SCENE_CARRY_CANE:
        add_cane(fig, hand);
        break;
    case SCENE_CARRY_BALLOON:
        add_balloon(fig, hand);
        break;
    default:
        break;
    }
}

/* ---- on the body, before it ---- */

static bool is_behind(const fig_t *fig, fig_point_t at)
{
    return fig_depth(fig, at) > 0.02f;
}

static void add_backpack(fig_t *fig, bool behind)
{
    const scene_look_t *look = fig->look;
    float b = fig->build, size = fig->form->skull; /* a child's is as large for it as its head */
    fig_point_t chest = fig->chest, hip = fig->hip;
    fig_point_t high = fig_at(chest, -0.105f * b, 0.02f, 0);
    fig_point_t low = fig_at(hip, -0.110f * b, 0.115f, 0);
    if ((fig->toward > -0.3f) == behind) {
        fig_add(fig, high, 0.045f * size, low, 0.055f * size, &look->bag, 1.0f);
        fig_widen(fig, 1.0f, 1.55f);
    }
    for (float side = -1; side <= 1 && !behind && fig->toward > 0.3f; side += 2) {
        float z = side * 0.55f * fig->form->wide;
        fig_add(fig, fig_at(fig->shoulder, 0.01f, 0.035f, z), 0.012f,
                fig_at(chest, 0.07f, -0.10f, z), 0.010f, &look->bag, 0.85f);
    }
}

static void add_shoulder_bag(fig_t *fig, bool behind)
{
    float out = fig->turned ? -0.118f * fig->build : 0.0f;
    fig_point_t hip = fig_at(fig->hip, 0, 0, out);
    if (is_behind(fig, (fig_point_t){0, 0, out}) != behind)
        return;
    fig_point_t strap = fig_at(fig->shoulder, 0, 0, -0.75f * fig->form->wide);
    float y = fig->form->hip - fig_forms[SCENE_AGE_ADULT].hip;
    fig_add(fig, strap, 0.008f, (fig_point_t){hip.x - 0.02f, 0.61f + y, hip.z}, 0.008f,
            &fig->look->bag, 0.8f);
    fig_add(fig, (fig_point_t){hip.x - 0.015f, 0.580f + y, hip.z}, 0.045f,
            (fig_point_t){hip.x - 0.015f, 0.530f + y, hip.z}, 0.058f, &fig->look->bag, 1.0f);
    fig_widen(fig, 1.0f, 0.6f);
}

static void add_box(fig_t *fig, bool behind)
{
    fig_point_t at = {fig->chest.x + 0.185f, fig->form->waist + 0.005f, fig->hip.z};
    if (is_behind(fig, (fig_point_t){at.x, 0, 0}) != behind)
        return;
    fig_add(fig, fig_at(at, 0, -0.060f, 0), 0.003f, fig_at(at, 0, 0.065f, 0), 0.003f,
            &fig->look->bag, 1.0f);
    fig_widen(fig, 30.0f, 38.0f);
    set_flat(fig, 0.3f);
}

static void add_wheels(fig_t *fig, float x, float z)
{
    for (float side = -1; side <= 1; side += 2) {
        fig_ball(fig, (fig_point_t){x, 0.045f, side * z}, 0.042f, &fig->look->eye, 1.0f);
        fig_widen(fig, 1.0f, 0.35f);
        set_loose(fig);
    }
}

static void add_stroller(fig_t *fig, bool behind)
{
    const scene_look_t *look = fig->look;
    if (is_behind(fig, (fig_point_t){0.3f, 0, 0}) != behind)
        return;
    fig_point_t grip = {fig->shoulder.x + 0.235f, 0.585f, 0}, seat = {grip.x + 0.20f, 0.28f, 0};
    add_wheels(fig, grip.x + 0.03f, 0.12f);
    add_wheels(fig, seat.x + 0.13f, 0.12f);
    for (float side = -1; side <= 1; side += 2) {
        fig_add(fig, fig_at(grip, 0, 0, side * 0.10f), 0.007f,
                fig_at(seat, 0.10f, -0.18f, side * 0.10f), 0.007f, &look->eye, 1.0f);
        set_loose(fig);
    }
    fig_add(fig, fig_at(seat, -0.06f, 0.08f, 0), 0.06f, fig_at(seat, 0.10f, -0.04f, 0), 0.07f,
            &look->bag, 1.0f);
    fig_widen(fig, 1.0f, 1.8f);
    set_loose(fig);
    fig_point_t hood = fig_at(seat, -0.03f, 0.10f, 0);
    fig_ball(fig, hood, 0.11f, &look->bag, 0.8f);
    fig_widen(fig, 1.0f, 1.1f);
    fig_cut(fig, hood.y);
    set_loose(fig);
}

void fig_add_things(fig_t *fig, bool behind)
{
    switch (fig->look->carry) {
    case SCENE_CARRY_BACKPACK:
        add_backpack(fig, behind);
        break;
    case SCENE_CARRY_SHOULDER:
        add_shoulder_bag(fig, behind);
        break;
    case SCENE_CARRY_BOX:
        add_box(fig, behind);
        break;
    case SCENE_CARRY_STROLLER:
        add_stroller(fig, behind);
        break;
    default:
        break;
    }
}
