/*
 * walk.h - how people follow a path (path.c): they cut corners, stop softly, turn on the spot.
 *
 *      at 0 s        at 3 s                 A way is straight between waypoints; a corner is cut by
 *        o-----------__                     a curve that begins CUT_M before it, and the heading
 *                       \                   turns along the curve. Two waypoints at one place are a
 *                        |                  stand; there the heading turns, late in it, to where
 *                        o  at 5 s..8 s     the way goes on. Before the first waypoint and after
 *                                           the last one it stands.
 *
 * Speed:   constant between waypoints; it changes evenly within 0.25 s before and after each of
 * them (less where waypoints are closer than 1 s), so a stop is reached that much later than said.
 * Way:     meters along the straight lines; on a curve, which is shorter, a meter of way is less.
 * Heading: a unit vector on the floor, x to the right, z away from the camera.
 * Jumps:   position, speed and heading have none.
 */
#ifndef SCENES_WALK_H
#define SCENES_WALK_H

#include "scenes/scene_int.h"

/* A place of a path and the heading there. */
typedef struct {
    double x_m, z_m;
    double dx, dz;
} scene_stance_t;

/* At a moment. */
typedef struct {
    scene_stance_t spot;
    uint32_t segment; /* from waypoint `segment` to the next; the last waypoint has none after it */
    double way_m, speed_mps; /* along the way */
    double turned;           /* of a stand: 0..1, share of its turn that is done */
} scene_going_t;

/* What lies between two stands. */
typedef struct {
    uint32_t first, last; /* segments */
    double from_m, to_m;  /* ways */
    double speed_mps;     /* mean */
} scene_walk_t;

typedef struct {
    double at_s;
    scene_direction_t direction;
} scene_crossing_t;

/* Of paths with a waypoint at least, neither smooth nor repeated. */
scene_going_t scene_walk_at(const scene_path_t *path, double time_s);
/* The place at a way, in the walk that has this segment. */
scene_stance_t scene_walk_spot(const scene_path_t *path, uint32_t segment, double way_m);
/* The walk that has a segment; of a stand: no way. */
scene_walk_t scene_walk_of(const scene_path_t *path, uint32_t segment);
/* Headings before and after the turn of a stand. */
void scene_walk_turn(const scene_path_t *path, uint32_t segment, scene_stance_t *from,
                     scene_stance_t *to);
/* The heading u (0..1) between two, the shorter way round; half a turn goes by the camera. */
void scene_turn(const scene_stance_t *from, const scene_stance_t *to, double u,
                scene_stance_t *out);
/* When x = 0 is passed: at most `most` of them, in order of time. */
uint32_t scene_walk_crossings(const scene_path_t *path, scene_crossing_t *out, uint32_t most);

#endif
