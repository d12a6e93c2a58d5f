/*
 * walk.c - people on paths.
 */
#include "scenes/walk.h"

#define CUT_M 0.35    /* a corner's curve begins this far before it */
#define CHANGE_S 0.25 /* half the time in which the speed changes */
#define TURN_S 1.0    /* of a turn on the spot */

static double length_of(double x, double z)
{
    return (double)sqrtf((float)(x * x + z * z));
}

/* ---- segments ---- */

/* Meters of way from waypoint i to the next; 0 past the ends. */
static double reach_of(const scene_path_t *path, uint32_t i)
{
    return i + 1 < path->count ? path->point[i + 1].way_m - path->point[i].way_m : 0;
}

static double speed_of(const scene_path_t *path, uint32_t i)
{
    if (i + 1 >= path->count)
        return 0;
    return reach_of(path, i) / (path->point[i + 1].at_s - path->point[i].at_s);
}

/* Direction of a segment that has a length. */
static scene_stance_t heading_of(const scene_path_t *path, uint32_t i)
{
    const scene_waypoint_t *a = &path->point[i], *b = &path->point[i + 1];
    double length = b->way_m - a->way_m;
    return (scene_stance_t){.dx = (b->x_m - a->x_m) / length, .dz = (b->z_m - a->z_m) / length};
}

/* The heading with which a stand begins (or ends): that of the walk before it (after it), or else
 * of the other; the path's own when there is none. */
static scene_stance_t stand_heading(const scene_path_t *path, uint32_t segment, bool ends)
{
    uint32_t before = segment, after = segment;
    while (before > 0 && reach_of(path, before - 1) == 0)
        before--;
    while (after + 1 < path->count && reach_of(path, after) == 0)
        after++;
    bool has_before = before > 0, has_after = after + 1 < path->count;
    if (has_after && (ends || !has_before))
        return heading_of(path, after);
    if (has_before)
        return heading_of(path, before - 1);
    return (scene_stance_t){.dx = (double)scene_cos(path->heading_deg / 360),
                            .dz = (double)scene_sin(path->heading_deg / 360)};
}

/* Half the time in which the speed changes at a waypoint. */
static double change_of(const scene_path_t *path, uint32_t i)
{
    double s = CHANGE_S;
    for (uint32_t k = i > 0 ? i - 1 : 0; k <= i && k + 1 < path->count; k++) {
        double quarter = 0.25 * (path->point[k + 1].at_s - path->point[k].at_s);
        s = quarter < s ? quarter : s;
    }
    return s;
}

/* How far from a waypoint its curve begins; 0 where there is no corner. */
static double cut_of(const scene_path_t *path, uint32_t i)
{
    if (i == 0)
        return 0;
    double before = 0.5 * reach_of(path, i - 1), after = 0.5 * reach_of(path, i), cut = CUT_M;
    cut = before < cut ? before : cut;
    return after < cut ? after : cut;
}

/* ---- places ---- */

void scene_turn(const scene_stance_t *from, const scene_stance_t *to, double u, scene_stance_t *out)
{
    double mx = from->dx + to->dx, mz = from->dz + to->dz;
    if (mx * mx + mz * mz < 0.01) { /* about half a turn */
        double side = from->dx > 0 ? -1 : 1;
        mx = -from->dz * side;
        mz = from->dx * side;
    }
    double m = length_of(mx, mz), v = u < 0.5 ? 2 * u : 2 * u - 1;
    double ax = u < 0.5 ? from->dx : mx / m, az = u < 0.5 ? from->dz : mz / m;
    double bx = u < 0.5 ? mx / m : to->dx, bz = u < 0.5 ? mz / m : to->dz;
    double x = ax + (bx - ax) * v, z = az + (bz - az) * v, n = length_of(x, z);
    out->dx = x / n;
    out->dz = z / n;
}

/* On the curve of a corner, u from 0 at its begin to 1. */
static scene_stance_t corner(const scene_path_t *path, uint32_t i, double cut, double u)
{
    scene_stance_t a = heading_of(path, i - 1), b = heading_of(path, i), out;
    double back = cut * (1 - u) * (1 - u), on = cut * u * u;
    out.x_m = path->point[i].x_m - a.dx * back + b.dx * on;
    out.z_m = path->point[i].z_m - a.dz * back + b.dz * on;
    scene_turn(&a, &b, u, &out);
    return out;
}

scene_stance_t scene_walk_spot(const scene_path_t *path, uint32_t segment, double way_m)
{
    const scene_waypoint_t *p = path->point;
    uint32_t i = segment;
    while (i + 2 < path->count && way_m > p[i + 1].way_m && reach_of(path, i + 1) > 0)
        i++;
    while (i > 0 && way_m < p[i].way_m && reach_of(path, i - 1) > 0)
        i--;
    double length = reach_of(path, i), on = way_m - p[i].way_m, left = length - on;
    scene_stance_t spot = stand_heading(path, i, false);
    if (length > 0) {
        double cut = cut_of(path, i), next = cut_of(path, i + 1);
        if (cut > 0 && on < cut)
            return corner(path, i, cut, 0.5 + 0.5 * on / cut);
        if (next > 0 && left < next)
            return corner(path, i + 1, next, 0.5 - 0.5 * left / next);
        spot = heading_of(path, i);
    }
    spot.x_m = p[i].x_m + spot.dx * on;
    spot.z_m = p[i].z_m + spot.dz * on;
    return spot;
}

scene_walk_t scene_walk_of(const scene_path_t *path, uint32_t segment)
{
    const scene_waypoint_t *p = path->point;
    scene_walk_t walk = {.first = segment, .last = segment};
    walk.from_m = walk.to_m = p[segment].way_m;
    if (reach_of(path, segment) == 0)
        return walk;
    while (walk.first > 0 && reach_of(path, walk.first - 1) > 0)
        walk.first--;
    while (reach_of(path, walk.last + 1) > 0)
        walk.last++;
    walk.from_m = p[walk.first].way_m;
    walk.to_m = p[walk.last + 1].way_m;
    walk.speed_mps = (walk.to_m - walk.from_m) / (p[walk.last + 1].at_s - p[walk.first].at_s);
    return walk;
}

/* ---- time ---- */

/* The segment in which a moment is; the first one before it begins, too. */
static uint32_t segment_at(const scene_path_t *path, double time_s)
{
    uint32_t i = 0;
    while (i + 1 < path->count && time_s >= path->point[i + 1].at_s)
        i++;
    return i;
}

/* Way and speed: a constant speed, and even changes around the waypoints. */
static void find_way(const scene_path_t *path, scene_going_t *going, double time_s)
{
    const scene_waypoint_t *p = path->point;
    uint32_t i = going->segment;
    for (uint32_t k = i; k <= i + 1 && k < path->count; k++) {
        double change = change_of(path, k), on = time_s - p[k].at_s;
        if (on <= -change || on >= change)
            continue;
        double a = k > 0 ? speed_of(path, k - 1) : 0, b = speed_of(path, k);
        double u = 0.5 * (on / change + 1);
        going->speed_mps = a + (b - a) * u;
        going->way_m = p[k].way_m + a * on + (b - a) * change * u * u;
        return;
    }
    bool early = time_s < p[0].at_s;
    going->speed_mps = early ? 0 : speed_of(path, i);
    going->way_m = p[i].way_m + (early ? 0 : going->speed_mps * (time_s - p[i].at_s));
}

/* How much of a stand's turn is done: it takes TURN_S before the next walk. */
static double turned_at(const scene_path_t *path, uint32_t i, double time_s)
{
    if (reach_of(path, i + 1) == 0) /* stands on */
        return 0;
    double from = path->point[i].at_s + change_of(path, i);
    double to = path->point[i + 1].at_s - change_of(path, i + 1);
    if (to - from > TURN_S)
        from = to - TURN_S;
    double u = (time_s - from) / (to - from);
    return u < 0 ? 0 : u > 1 ? 1 : u;
}

void scene_walk_turn(const scene_path_t *path, uint32_t segment, scene_stance_t *from,
                     scene_stance_t *to)
{
    *from = stand_heading(path, segment, false);
    *to = stand_heading(path, segment, true);
}

scene_going_t scene_walk_at(const scene_path_t *path, double time_s)
{
    scene_going_t going = {.segment = segment_at(path, time_s)};
    find_way(path, &going, time_s);
    uint32_t i = going.segment;
    if (reach_of(path, i) > 0) {
        going.spot = scene_walk_spot(path, i, going.way_m);
        return going;
    }
    /* A stand; the ends of its time belong to the walks before and after it. */
    if (i > 0 && reach_of(path, i - 1) > 0 && time_s - path->point[i].at_s < change_of(path, i))
        going.segment = i - 1;
    else if (reach_of(path, i + 1) > 0 && path->point[i + 1].at_s - time_s < change_of(path, i + 1))
        going.segment = i + 1;
    if (going.segment != i) {
        going.spot = scene_walk_spot(path, going.segment, going.way_m);
        return going;
    }
    scene_stance_t from, to;
    scene_walk_turn(path, i, &from, &to);
    going.turned = turned_at(path, i, time_s);
    going.spot = (scene_stance_t){.x_m = path->point[i].x_m, .z_m = path->point[i].z_m};
    scene_turn(&from, &to, (double)scene_smooth((float)going.turned), &going.spot);
    return going;
}

/* ---- crossings ---- */

static double time_of(const scene_path_t *path, double way_m)
{
    double low = path->point[0].at_s - 1, high = path->point[path->count - 1].at_s + 1;
    for (int k = 0; k < 64; k++) {
        double middle = 0.5 * (low + high);
        scene_going_t going = {.segment = segment_at(path, middle)};
        find_way(path, &going, middle);
        *(going.way_m < way_m ? &low : &high) = middle;
    }
    return high;
}

/* The way between two, of which only one is at x >= 0. */
static double way_across(const scene_path_t *path, uint32_t segment, double low, double high)
{
    bool right = scene_walk_spot(path, segment, high).x_m >= 0;
    for (int k = 0; k < 64; k++) {
        double middle = 0.5 * (low + high);
        bool there = (scene_walk_spot(path, segment, middle).x_m >= 0) == right;
        *(there ? &high : &low) = middle;
    }
    return high;
}

/* Where x may turn on the curve of a corner. */
static double extreme_of(const scene_path_t *path, uint32_t i, double cut)
{
    double at = path->point[i].way_m;
    if (cut == 0)
        return at;
    double a = heading_of(path, i - 1).dx, b = heading_of(path, i).dx, u = 0;
    if (a * b < 0)
        u = a / (a - b);
    return at + cut * (2 * u - 1);
}

static double within(double way, double low, double high)
{
    return way < low ? low : way > high ? high : way;
}

uint32_t scene_walk_crossings(const scene_path_t *path, scene_crossing_t *out, uint32_t most)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i + 1 < path->count; i++) {
        if (reach_of(path, i) == 0)
            continue;
        double low = path->point[i].way_m, high = path->point[i + 1].way_m;
        double cut = cut_of(path, i), next = cut_of(path, i + 1);
        const double knot[] = {
            low,         within(extreme_of(path, i, cut), low, high),      low + cut,
            high - next, within(extreme_of(path, i + 1, next), low, high), high};
        for (uint32_t k = 1; k < SIM_COUNT(knot) && count < most; k++) {
            bool was = scene_walk_spot(path, i, knot[k - 1]).x_m >= 0;
            bool is = scene_walk_spot(path, i, knot[k]).x_m >= 0;
            if (was == is || knot[k] <= knot[k - 1])
                continue;
            double way = way_across(path, i, knot[k - 1], knot[k]);
            out[count++] = (scene_crossing_t){.at_s = time_of(path, way),
                                              .direction = is ? SCENE_IN : SCENE_OUT};
        }
    }
    return count;
}
