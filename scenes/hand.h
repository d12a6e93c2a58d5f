/*
 * hand.h - a hand before the camera: what it does when (hand.c), and its body (hand_body.c).
 *
 *      rest ... | lead: 0.25 s | what the act is, lasts_s | back: 0.3 s | ... rest
 *               at_s           |                          |
 *                              the pose is there          a gesture is told here
 *
 * A pose is a set of joint angles; between two of them angles and points are mixed.
 * Not modeled: the back of the hand but for what turning shows, nails, two hands that touch.
 */
#ifndef SCENES_HAND_H
#define SCENES_HAND_H

#include "scenes/actor.h"

#define HAND_LEAD_S 0.25
#define HAND_BACK_S 0.3

typedef struct {
    double x_m, y_m;         /* of the wrist, from where it is at rest */
    double tilt_deg;         /* more than at rest */
    float pose[SCENE_POSES]; /* shares, 1 together */
} hand_moment_t;

hand_moment_t hand_at(const scene_hand_t *hand, double time_s);

typedef struct {
    scene_cloth_map_t skin, sleeve;
    float spread, thick;  /* 1: usual */
    float folded;         /* of the other fingers while two pinch: 0..1 */
    float elbow, sleeved; /* elbow to the side, hand lengths; share of the forearm in the sleeve */
} hand_look_t;

/* Meters from the wrist's place at rest and the floor. */
void hand_body(const scene_hand_t *hand, const hand_look_t *look, const hand_moment_t *moment,
               scene_body_t *out);

#endif
