/*
 * wander.c - crowds on paths: people who look around, and people whose ways cross.
 *
 * Rules (scenes/README.md says them to users, tests/scenes/wander_test.c holds them for many
 * seeds): everybody comes from beside the view, or behind the camera, and leaves there; nobody
 * comes nearer to anybody than APART_M. Whose way would is drawn again, and in the end left out.
 */
#include <string.h>

#include "scenes/walk.h"

#define APART_M 0.6  /* of middles; where corners are cut a little less */
#define LATER_S 0.4  /* who finds no way to wander tries so much later */
#define TRIES 40     /* to find a way */
#define CHECK_S 0.15 /* between moments in which two are compared */
#define REACH_M 1.75 /* of the largest with a stroller (person.c), to a side... */
#define DEEP_M 1.65  /* ...and forth: beyond, nothing of anybody is in the view */
#define BEHIND_M 2.0 /* the camera */
#define INSIDE_M 0.4 /* of the view: where places are */
#define TALL_M 1.9   /* heads are nearer to a camera that looks down than feet */
#define EARLY_S 30.0 /* wanderers may have come before time 0 */

typedef struct {
    scene_desc_t *desc;
    sim_stream_t rng;
} wander_t;

/* ---- the view ---- */

/* Where the view ends at a distance, to a side (-1: left): its narrowest for a body, or widest. */
static double edge_at(const scene_camera_t *c, double z_m, int side, bool narrowest)
{
    double sine = (double)scene_sin(c->pitch_deg / 360);
    double cosine = (double)scene_cos(c->pitch_deg / 360);
    double px = side < 0 ? c->center_px : (double)c->array_width_px - c->center_px;
    double feet = z_m * cosine + c->height_m * sine;
    double head = z_m * cosine + (c->height_m - TALL_M) * sine;
    double depth = (feet < head) == narrowest ? feet : head;
    return side * px * (depth > 0 ? depth : 0) / c->focal_px;
}

static double draw_depth(wander_t *w)
{
    const scene_crowd_t *c = &w->desc->crowd;
    return scene_draw_range(&w->rng, (scene_range_t){c->near_m.low, c->far_m.high});
}

/* Beside the view, or behind the camera. */
static scene_waypoint_t draw_end(wander_t *w, int side)
{
    const scene_crowd_t *c = &w->desc->crowd;
    if (c->aisle)
        return (scene_waypoint_t){.x_m = scene_draw_range(&w->rng, c->x_m), .z_m = -BEHIND_M};
    double z = draw_depth(w), x = edge_at(&w->desc->camera, z + DEEP_M, side, false);
    return (scene_waypoint_t){.x_m = x + side * REACH_M, .z_m = z};
}

static scene_waypoint_t draw_inside(wander_t *w)
{
    double z = draw_depth(w);
    double left = edge_at(&w->desc->camera, z, -1, true) + INSIDE_M;
    double right = edge_at(&w->desc->camera, z, 1, true) - INSIDE_M;
    scene_range_t across = {left, right};
    const scene_crowd_t *c = &w->desc->crowd;
    if (c->aisle)
        across = (scene_range_t){left > c->x_m.low ? left : c->x_m.low,
                                 right < c->x_m.high ? right : c->x_m.high};
    return (scene_waypoint_t){.x_m = scene_draw_range(&w->rng, across), .z_m = z};
}

static int draw_side(wander_t *w)
{
    return sim_stream_below(&w->rng, 2) == 0 ? -1 : 1;
}

/* ---- ways ---- */

static void add_point(scene_path_t *path, scene_waypoint_t point, double at_s)
{
    point.at_s = at_s;
    path->point[path->count++] = point;
}

/* Goes on to a place, evenly. */
static void walk_to(scene_path_t *path, scene_waypoint_t to, double speed_mps)
{
    const scene_waypoint_t *from = &path->point[path->count - 1];
    double x = to.x_m - from->x_m, z = to.z_m - from->z_m;
    double way = (double)sqrtf((float)(x * x + z * z));
    add_point(path, to, from->at_s + way / speed_mps + 0.1);
}

static void draw_wander(wander_t *w, double at_s, double speed_mps, scene_path_t *path)
{
    const scene_crowd_t *c = &w->desc->crowd;
    uint32_t visits = (uint32_t)(scene_draw_range(&w->rng, c->visits) + 0.5);
    add_point(path, draw_end(w, draw_side(w)), at_s);
    for (uint32_t i = 0; i < visits; i++) {
        walk_to(path, draw_inside(w), speed_mps);
        const scene_waypoint_t *here = &path->point[path->count - 1];
        add_point(path, *here, here->at_s + scene_draw_range(&w->rng, c->dwell_s));
    }
    walk_to(path, draw_end(w, draw_side(w)), speed_mps);
}

/* From one side to the other, through x = 0 at at_s. */
static void draw_crossing(wander_t *w, double at_s, double speed_mps, scene_path_t *path)
{
    bool in = (double)sim_stream_unit(&w->rng) < w->desc->crowd.in_share;
    scene_waypoint_t from = draw_end(w, in ? -1 : 1), to = draw_end(w, in ? 1 : -1);
    double x = to.x_m - from.x_m, z = to.z_m - from.z_m;
    double takes_s = (double)sqrtf((float)(x * x + z * z)) / speed_mps;
    double share = -from.x_m / x; /* of the way before the line */
    add_point(path, from, at_s - takes_s * share);
    add_point(path, to, at_s + takes_s * (1 - share));
}

/* ---- everybody apart ---- */

static void place_at(const scene_path_t *path, double time_s, double at[2])
{
    const scene_waypoint_t *p = path->point;
    uint32_t i = 0;
    while (i + 2 < path->count && time_s >= p[i + 1].at_s)
        i++;
    double t = (time_s - p[i].at_s) / (p[i + 1].at_s - p[i].at_s);
    at[0] = p[i].x_m + (p[i + 1].x_m - p[i].x_m) * t;
    at[1] = p[i].z_m + (p[i + 1].z_m - p[i].z_m) * t;
}

static double end_of(const scene_path_t *path)
{
    return path->point[path->count - 1].at_s;
}

static bool are_apart(const scene_path_t *a, const scene_path_t *b)
{
    double from = a->point[0].at_s, to = end_of(a), p[2], q[2];
    from = b->point[0].at_s > from ? b->point[0].at_s : from;
    to = end_of(b) < to ? end_of(b) : to;
    for (double t = from; t <= to; t += CHECK_S) {
        place_at(a, t, p);
        place_at(b, t, q);
        double x = p[0] - q[0], z = p[1] - q[1];
        if (x * x + z * z < APART_M * APART_M)
            return false;
    }
    return true;
}

static bool is_free(const scene_desc_t *desc, const scene_path_t *path)
{
    for (uint32_t i = 0; i < desc->people_count; i++)
        if (desc->people[i].path.count > 1 && !are_apart(path, &desc->people[i].path))
            return false;
    return true;
}

static void add_walker(wander_t *w, double at_s, bool crosses)
{
    scene_desc_t *desc = w->desc;
    if (desc->people_count == SCENE_MAX_PEOPLE) {
        desc->people_left_out++;
        return;
    }
    scene_person_t *p = &desc->people[desc->people_count];
    memset(p, 0, sizeof(*p));
    p->direction = SCENE_IN;
    scene_crowd_dress(&desc->crowd, &w->rng, p);
    for (int i = 0; i < TRIES; i++) {
        double speed = scene_draw_range(&w->rng, desc->crowd.speed_mps) * scene_pace(p->age);
        p->path.count = 0;
        if (crosses)
            draw_crossing(w, at_s, speed, &p->path);
        else
            draw_wander(w, at_s + LATER_S * i, speed, &p->path);
        if (!is_free(desc, &p->path))
            continue;
        scene_path_finish(&p->path);
        desc->people_count++;
        return;
    }
}

/* So many in a time, each somewhere in its own share of it. */
static void add_walkers(wander_t *w, double from_s, double to_s, double count, bool crosses)
{
    uint32_t n = (uint32_t)(count + 0.5);
    for (uint32_t i = 0; i < n; i++) {
        double share = ((double)i + (double)sim_stream_unit(&w->rng)) / (double)n;
        add_walker(w, from_s + (to_s - from_s) * share, crosses);
    }
}

void scene_wander_make(scene_desc_t *desc)
{
    const scene_crowd_t *c = &desc->crowd;
    wander_t w = {.desc = desc, .rng = sim_stream(desc->seed, SCENE_RNG_CROWD, 1)};
    double rate = scene_draw_range(&w.rng, c->rate), end_s = c->duration_s;
    if (c->motion == SCENE_MOTION_WANDER) {
        add_walkers(&w, -EARLY_S, end_s, rate * (end_s + EARLY_S), false);
        return;
    }
    add_walkers(&w, SCENE_QUIET_START_S, end_s - SCENE_QUIET_END_S, rate * end_s, true);
    add_walkers(&w, -SCENE_MARGIN_S, 0, rate * SCENE_MARGIN_S, true);
    add_walkers(&w, end_s, end_s + SCENE_MARGIN_S, rate * SCENE_MARGIN_S, true);
}
