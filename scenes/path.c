/*
 * path.c - where something goes: points in time and place, and what is between them.
 *
 * Between two points the place is a cubic in time that has the speed wanted at both ends (a Hermite
 * spline): with straight lines that is the even speed of the line itself; smooth, the speed at a
 * point is that from the point before to the one after, and nothing beside a wait, so stops are
 * soft and corners round. Whoever goes on in another direction turns in half a second.
 */
#include "scenes/scene_int.h"

#define TURN_S 0.5
#define LEAST_S 0.001    /* between two points */
#define STILL_M 1e-6     /* nearer points are one place */
#define PIECES 16        /* of a segment whose length is added up */
#define MOST_M 1000.0    /* from the camera */
#define SLOW_MPS 1e-4    /* has no direction of its own */
#define REPEATS_MOST 1e9 /* as a number of rounds */

typedef struct {
    double x, z;
} flat_t;

/* ---- between two points ---- */

/* Point `i` to the next one. */
typedef struct {
    flat_t from, way, start, end; /* start, end: speed there times the time that it takes */
    double length_s;
    bool moves;
} segment_t;

static flat_t between(const scene_path_t *path, uint32_t i, uint32_t k)
{
    const scene_waypoint_t *a = &path->point[i], *b = &path->point[k];
    return (flat_t){b->x_m - a->x_m, b->z_m - a->z_m};
}

static bool is_way(flat_t way)
{
    return way.x * way.x + way.z * way.z > STILL_M * STILL_M;
}

/* Speed at point i, wanted by a segment of that chord and time, times that time. */
static flat_t speed_at(const scene_path_t *path, uint32_t i, flat_t chord, double length_s)
{
    if (!path->smooth || i == 0 || i + 1 == path->count)
        return chord;
    if (!is_way(between(path, i - 1, i)) || !is_way(between(path, i, i + 1)))
        return (flat_t){0, 0};
    flat_t way = between(path, i - 1, i + 1);
    double share = length_s / (path->point[i + 1].at_s - path->point[i - 1].at_s);
    return (flat_t){way.x * share, way.z * share};
}

static segment_t segment_of(const scene_path_t *path, uint32_t i)
{
    const scene_waypoint_t *p = &path->point[i];
    segment_t s = {.from = {p->x_m, p->z_m}, .way = between(path, i, i + 1)};
    s.length_s = p[1].at_s - p->at_s;
    s.moves = is_way(s.way);
    s.start = speed_at(path, i, s.way, s.length_s);
    s.end = speed_at(path, i + 1, s.way, s.length_s);
    return s;
}

static double place_on(double from, double way, double start, double end, double t)
{
    return from + t * (start + t * (3 * way - 2 * start - end + t * (start + end - 2 * way)));
}

/* Its derivative: meters a whole segment's time. */
static double speed_on(double way, double start, double end, double t)
{
    return start + t * (2 * (3 * way - 2 * start - end) + t * 3 * (start + end - 2 * way));
}

static flat_t speed_in(const segment_t *s, double t)
{
    return (flat_t){speed_on(s->way.x, s->start.x, s->end.x, t),
                    speed_on(s->way.z, s->start.z, s->end.z, t)};
}

static double length_of(flat_t way)
{
    return (double)sqrtf((float)(way.x * way.x + way.z * way.z));
}

/* The way from the segment's beginning. */
static double way_in(const segment_t *s, double t)
{
    double sum = 0;
    for (int k = 0; k < PIECES; k++)
        sum += length_of(speed_in(s, t * (k + 0.5) / PIECES));
    return sum * t / PIECES;
}

/* ---- heading ---- */

static flat_t unit(flat_t way)
{
    double length = length_of(way);
    return (flat_t){way.x / length, way.z / length};
}

static flat_t direction_in(const segment_t *s, double t)
{
    flat_t speed = speed_in(s, t);
    return unit(length_of(speed) > SLOW_MPS * s->length_s ? speed : s->way);
}

static flat_t mix(flat_t a, flat_t b, double t)
{
    return unit((flat_t){a.x + (b.x - a.x) * t, a.z + (b.z - a.z) * t});
}

/* From a to b the shorter way, about by way of the camera's side; t in 0..1. */
static flat_t turn(flat_t a, flat_t b, double t)
{
    flat_t sum = {a.x + b.x, a.z + b.z};
    flat_t aside = a.x > 0 ? (flat_t){a.z, -a.x} : (flat_t){-a.z, a.x};
    flat_t middle = length_of(sum) > 0.01 ? unit(sum) : aside;
    t = (double)scene_smooth((float)t);
    return t < 0.5 ? mix(a, middle, 2 * t) : mix(middle, b, 2 * t - 1);
}

/* The next segment that moves, from i on; count - 1: none. */
static uint32_t find_moving(const scene_path_t *path, uint32_t i)
{
    while (i + 1 < path->count && !is_way(between(path, i, i + 1)))
        i++;
    return i;
}

/* The last one before i; SCENE_MAX_WAYPOINTS: none. */
static uint32_t find_moved(const scene_path_t *path, uint32_t i)
{
    while (i > 0 && !is_way(between(path, i - 1, i)))
        i--;
    return i > 0 ? i - 1 : SCENE_MAX_WAYPOINTS;
}

static bool is_segment(const scene_path_t *path, uint32_t i)
{
    return i < SCENE_MAX_WAYPOINTS && i + 1 < path->count;
}

static flat_t direction_of(const scene_path_t *path, uint32_t i, double t)
{
    segment_t s = segment_of(path, i);
    return direction_in(&s, t);
}

/* While it waits: as it came, at last as it will go. */
static flat_t heading_waiting(const scene_path_t *path, uint32_t i, double time_s)
{
    uint32_t before = find_moved(path, i), after = find_moving(path, i);
    if (!is_segment(path, before) && !is_segment(path, after))
        return (flat_t){(double)scene_cos(path->heading_deg / 360),
                        (double)scene_sin(path->heading_deg / 360)};
    if (!is_segment(path, before))
        return direction_of(path, after, 0);
    if (!is_segment(path, after))
        return direction_of(path, before, 1);
    double left_s = path->point[after].at_s - time_s;
    double waits_s = path->point[after].at_s - path->point[before + 1].at_s;
    double turns_s = waits_s < TURN_S ? waits_s : TURN_S, t = 1 - left_s / turns_s;
    return turn(direction_of(path, before, 1), direction_of(path, after, 0), t > 0 ? t : 0);
}

/* While it moves: its own direction, turning where it comes from or goes to another line. */
static flat_t heading_moving(const scene_path_t *path, uint32_t i, const segment_t *s, double t)
{
    flat_t own = direction_in(s, t);
    double half_s = 0.5 * (s->length_s < TURN_S ? s->length_s : TURN_S);
    double since = t * s->length_s / half_s, until = (1 - t) * s->length_s / half_s;
    if (since < 1 && i > 0 && is_way(between(path, i - 1, i)))
        return turn(direction_of(path, i - 1, 1), own, 0.5 + 0.5 * since);
    if (until < 1 && is_segment(path, i + 1) && is_way(between(path, i + 1, i + 2)))
        return turn(own, direction_of(path, i + 1, 0), 0.5 - 0.5 * until);
    return own;
}

/* ---- the whole ---- */

void scene_path_finish(scene_path_t *path)
{
    for (uint32_t i = 0; i < path->count; i++)
        path->point[i].way_m = 0;
    for (uint32_t i = 0; is_segment(path, i); i++) {
        segment_t s = segment_of(path, i);
        path->point[i + 1].way_m = path->point[i].way_m + (s.moves ? way_in(&s, 1) : 0);
    }
}

static scene_step_t stand_at(const scene_path_t *path, uint32_t i)
{
    const scene_waypoint_t *p = &path->point[i];
    uint32_t at = i > 0 ? i - 1 : 0;
    flat_t dir = is_segment(path, at) && is_way(between(path, at, at + 1))
                     ? direction_of(path, at, i > 0 ? 1 : 0)
                     : heading_waiting(path, at, p->at_s);
    return (scene_step_t){.x_m = p->x_m,
                          .z_m = p->z_m,
                          .way_m = p->way_m,
                          .dir_x = (float)dir.x,
                          .dir_z = (float)dir.z};
}

static scene_step_t go_along(const scene_path_t *path, uint32_t i, double time_s)
{
    segment_t s = segment_of(path, i);
    double t = (time_s - path->point[i].at_s) / s.length_s;
    flat_t dir = s.moves ? heading_moving(path, i, &s, t) : heading_waiting(path, i, time_s);
    flat_t speed = s.moves ? speed_in(&s, t) : (flat_t){0, 0};
    return (scene_step_t){.x_m = place_on(s.from.x, s.way.x, s.start.x, s.end.x, t),
                          .z_m = place_on(s.from.z, s.way.z, s.start.z, s.end.z, t),
                          .x_mps = speed.x / s.length_s,
                          .z_mps = speed.z / s.length_s,
                          .way_m = path->point[i].way_m + (s.moves ? way_in(&s, t) : 0),
                          .dir_x = (float)dir.x,
                          .dir_z = (float)dir.z};
}

scene_step_t scene_path_at(const scene_path_t *path, double time_s)
{
    const scene_waypoint_t *p = path->point;
    uint32_t last = path->count - 1, i = 0;
    double rounds = 0, since_s = time_s - p[0].at_s;
    if (path->repeat_s > 0 && since_s > 0 && since_s < REPEATS_MOST * path->repeat_s) {
        rounds = (double)(int64_t)(since_s / path->repeat_s);
        time_s -= rounds * path->repeat_s;
    }
    while (i < last && time_s >= p[i + 1].at_s)
        i++;
    bool between_points = i < last && time_s >= p[i].at_s;
    scene_step_t step = between_points ? go_along(path, i, time_s) : stand_at(path, i);
    step.way_m += rounds * p[last].way_m;
    return step;
}

/* ---- JSON ---- */

static void read_point(const sim_cfg_t *cfg, const scene_path_t *path, sim_stream_t *s,
                       scene_waypoint_t *point)
{
    static const scene_range_t none = {0, 0};
    sim_cfg_need(cfg, "at_s");
    sim_cfg_need(cfg, "x_m");
    sim_cfg_need(cfg, "z_m");
    point->at_s = sim_cfg_num(cfg, "at_s", -1e6, 1e6, 0);
    point->x_m = scene_read_drawn(cfg, "x_m", -MOST_M, MOST_M, none, s);
    point->z_m = scene_read_drawn(cfg, "z_m", -MOST_M, MOST_M, none, s);
    if (path->count > 0 && point->at_s < point[-1].at_s + LEAST_S)
        sim_cfg_fail(cfg, "at_s", "%g is not after %g, when it is at the point before", point->at_s,
                     point[-1].at_s);
    sim_cfg_done(cfg);
}

void scene_path_read(const sim_cfg_t *cfg, uint64_t seed, uint32_t index, bool needed,
                     scene_path_t *path)
{
    sim_stream_t s = sim_stream(seed, SCENE_RNG_PATH, index);
    uint32_t count = sim_cfg_count(cfg, "path");
    *path = (scene_path_t){.smooth = sim_cfg_bool(cfg, "path_smooth", false)};
    path->repeat_s = sim_cfg_num(cfg, "path_repeat_s", 0, 1e6, 0);
    path->heading_deg = scene_read_drawn(cfg, "heading_deg", -360, 360, (scene_range_t){0, 0}, &s);
    double delay_s = scene_read_drawn(cfg, "path_delay_s", -1e6, 1e6, (scene_range_t){0, 0}, &s);
    if (needed)
        sim_cfg_need(cfg, "path");
    if (count > SCENE_MAX_WAYPOINTS || (count == 0 && sim_cfg_has(cfg, "path"))) {
        sim_cfg_fail(cfg, "path", "%u points, expected 1..%d", (unsigned)count,
                     SCENE_MAX_WAYPOINTS);
        return;
    }
    for (; path->count < count; path->count++) {
        sim_cfg_t point = sim_cfg_at(cfg, "path", path->count);
        read_point(&point, path, &s, &path->point[path->count]);
    }
    if (count > 0 && path->repeat_s > 0 &&
        path->repeat_s < path->point[count - 1].at_s - path->point[0].at_s)
        sim_cfg_fail(cfg, "path_repeat_s", "%g s is shorter than the path", path->repeat_s);
    for (uint32_t i = 0; i < count; i++)
        path->point[i].at_s += delay_s;
    scene_path_finish(path);
}

void scene_path_write(const scene_path_t *path, sim_json_t *out)
{
    if (path->count == 0)
        return;
    sim_json_t *points = sim_json_add_array(out, "path");
    for (uint32_t i = 0; i < path->count; i++) {
        sim_json_t *one = sim_json_add_object(points, NULL);
        sim_json_add_num(one, "at_s", path->point[i].at_s);
        sim_json_add_num(one, "x_m", path->point[i].x_m);
        sim_json_add_num(one, "z_m", path->point[i].z_m);
    }
    sim_json_add_bool(out, "path_smooth", path->smooth);
    sim_json_add_num(out, "path_repeat_s", path->repeat_s);
    sim_json_add_num(out, "heading_deg", path->heading_deg);
}
