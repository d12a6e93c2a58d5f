/*
 * figure.h - a person's body while it is put together (gait.c, figure.c, carry.c).
 *
 * Joints are in space: x forward, y up, z to the left of the way the body looks; shares of its
 * height, from the floor under the hip. Who walks across the view is flat, seen from the right
 * side; who follows a path is turned, and in space.
 */
#ifndef SCENES_FIGURE_H
#define SCENES_FIGURE_H

#include "scenes/actor.h"
#include "scenes/walk.h"

typedef struct {
    float x, y, z;
} fig_point_t;

/* Proportions at an age, shares of the height, but what is said. */
typedef struct {
    float hip, thigh, shin, ankle; /* height of the hip; bones; height of the ankle */
    float upper_arm, forearm;
    float chest, shoulder, head;     /* from the hip on */
    float waist, neck_low, neck_top; /* heights */
    float nape, nape_long;           /* heights where hair ends */
    float skull;                     /* size of the head, 1: an adult's */
    float stoop, poke;               /* shoulders before the hip, head before the shoulders */
    float wide;                      /* half of the distance of the shoulders */
    float step, step_per_mps;        /* length of a step, as the speed grows */
    float swing;                     /* of the arms, 1: an adult's */
} fig_form_t;

extern const fig_form_t fig_forms[SCENE_AGES];

typedef struct {
    fig_point_t hip, knee, ankle;
    fig_point_t ahead;      /* where the foot points, on the floor */
    float pitch_x, pitch_y; /* cosine and sine of its pitch, toe up positive */
} fig_leg_t;

enum { FIG_NEAR, FIG_FAR }; /* right and left: from the right side the right one is near */

typedef struct {
    const scene_person_t *person;
    const scene_look_t *look;
    const fig_form_t *form;
    float build, height;
    float stride; /* length of a cycle */
    double cycle; /* of the right leg */
    float go;     /* 1: walks, 0: stands */
    double time_s;
    fig_point_t hip, chest, shoulder, head;
    fig_leg_t leg[2];

    bool turned;            /* in space, else flat */
    float ahead_x, ahead_z; /* heading, as in walk.h */
    float across, toward;   /* of it: |x|, and how far it points to the camera: -1..1 */

    scene_body_t *out;
} fig_t;

static inline fig_point_t fig_along(fig_point_t from, fig_point_t unit, float way)
{
    return (fig_point_t){from.x + unit.x * way, from.y + unit.y * way, from.z + unit.z * way};
}

static inline fig_point_t fig_at(fig_point_t from, float x, float y, float z)
{
    return (fig_point_t){from.x + x, from.y + y, from.z + z};
}

/* Straight down, turned forward by turns. */
static inline fig_point_t fig_hanging(float turns)
{
    return (fig_point_t){scene_sin((double)turns), -scene_cos((double)turns), 0.0f};
}

/* How far a point is behind the plane of the body. */
static inline float fig_depth(const fig_t *fig, fig_point_t p)
{
    return fig->turned ? p.x * fig->ahead_z + p.z * fig->ahead_x : p.z;
}

/* ---- gait.c ---- */

/* Where the joints of hip, trunk, head and, if wanted, legs are. */
void fig_walk(fig_t *fig, double way_m, bool legs);

/* ---- figure.c ---- */

/* Adds the hull of two balls. */
scene_part_t *fig_add(fig_t *fig, fig_point_t a, float ra, fig_point_t b, float rb,
                      const scene_cloth_map_t *cloth, float shade);
scene_part_t *fig_ball(fig_t *fig, fig_point_t at, float r, const scene_cloth_map_t *cloth,
                       float shade);
/* Makes the last part as wide as one of x forward and z aside times its radius. */
void fig_widen(fig_t *fig, float x, float z);
/* Cuts the last part below a height. */
void fig_cut(fig_t *fig, float y);
/* How much light a limb of a side (-1: right) gets: less on the far one. */
float fig_shade(const fig_t *fig, float side, float far);

/* ---- carry.c ---- */

/* How an arm is held: turns of its upper part and of its lower one against straight down; how far
 * elbow and wrist are out to the side, in halves of the distance of the shoulders. */
typedef struct {
    float upper, lower;
    float elbow_out, wrist_out;
} fig_arm_t;

/* Changes how an arm hangs for what is carried. */
void fig_hold(const fig_t *fig, uint32_t arm, fig_arm_t *held);
/* What is in a hand, drawn before the hand. */
void fig_add_held(fig_t *fig, uint32_t arm, fig_point_t hand, float shade);
/* What hangs on the body or is pushed: what is behind the trunk, and what is before it. */
void fig_add_things(fig_t *fig, bool behind);

#endif
