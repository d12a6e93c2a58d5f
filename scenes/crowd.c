/*
 * crowd.c - who comes when: traffic through a door that is fair to count.
 *
 * Rules (scenes/README.md says them to users, tests/scenes/crowd_test.c holds them for many seeds):
 *   each direction has its own lane in depth, so opposite walkers pass and never collide;
 *   crossings keep a gap, longer when they follow in the same lane;
 *   nobody crosses within QUIET of the first or last moment;
 *   in one lane nobody comes closer than MIN_GAP_M to the one ahead while both are in view;
 *   traffic is thinner, but not gone, before and after the counted time.
 */
#include <string.h>

#include "scenes/scene_int.h"

#define SAME_LANE 1.4 /* gaps relative to each other */
#define OTHER_LANE 0.9
#define EDGE 0.35
#define MIN_GAP_M 0.70
#define KEPT 0.55f /* share of it that comes */

/* Heights of children of 4 to 10 years (medians of the CDC growth charts of 2000, rounded); that
 * seniors are less tall, and how much slower children and seniors walk, is assumed. */
#define CHILD_LOW_M 1.02
#define CHILD_HIGH_M 1.40
#define SENIOR_HEIGHT 0.96

typedef struct {
    scene_desc_t *desc;
    sim_stream_t rng;
    scene_direction_t near_direction;
    uint32_t last_of[2]; /* index + 1 of the one ahead, by direction */
    scene_direction_t last[2];
} crowd_t;

/* More of the middle than of the ends. */
static double draw_middle(sim_stream_t *s, scene_range_t range)
{
    double t = 0.5 * ((double)sim_stream_unit(s) + (double)sim_stream_unit(s));
    return range.low + (range.high - range.low) * t;
}

static uint32_t side(scene_direction_t direction)
{
    return direction == SCENE_IN ? 0 : 1;
}

/* At most two of one direction in a row, unless there is only one direction. */
static scene_direction_t draw_direction(crowd_t *crowd)
{
    double share = crowd->desc->crowd.in_share;
    scene_direction_t d = (double)sim_stream_unit(&crowd->rng) < share ? SCENE_IN : SCENE_OUT;
    if (share > 0 && share < 1 && crowd->last[0] == d && crowd->last[1] == d)
        d = d == SCENE_IN ? SCENE_OUT : SCENE_IN;
    crowd->last[1] = crowd->last[0];
    crowd->last[0] = d;
    return d;
}

/* Least distance between the one ahead and the one behind while both are within reach_m. */
static double least_gap_m(const scene_person_t *ahead, const scene_person_t *behind, double reach_m)
{
    double later = behind->cross_s - ahead->cross_s;
    double enters = ahead->speed_mps * (later - reach_m / behind->speed_mps) + reach_m;
    double leaves = reach_m - behind->speed_mps * (reach_m / ahead->speed_mps - later);
    return enters < leaves ? enters : leaves;
}

/* Half of the field of view at a depth, and half a body. */
static double reach_at(const scene_camera_t *camera, double depth_m)
{
    double left = camera->center_px, right = (double)camera->array_width_px - camera->center_px;
    return (left > right ? left : right) * depth_m / camera->focal_px + 0.5;
}

double scene_pace(scene_age_t age)
{
    static const double pace[SCENE_AGES] = {
        [SCENE_AGE_ADULT] = 1, [SCENE_AGE_CHILD] = 0.85, [SCENE_AGE_SENIOR] = 0.62};
    return pace[age];
}

static void draw_speed(crowd_t *crowd, scene_person_t *person)
{
    const scene_desc_t *desc = crowd->desc;
    uint32_t ahead = crowd->last_of[side(person->direction)];
    for (int i = 0; i < 8; i++) {
        person->speed_mps =
            scene_pace(person->age) * scene_draw_range(&crowd->rng, desc->crowd.speed_mps);
        if (ahead == 0 || least_gap_m(&desc->people[ahead - 1], person,
                                      reach_at(&desc->camera, person->depth_m)) >= MIN_GAP_M)
            return;
    }
    person->speed_mps = desc->people[ahead - 1].speed_mps; /* walks along */
}

/* Children are as tall in their range as they would be among adults. */
static void set_age(const scene_crowd_t *crowd, scene_person_t *p)
{
    p->age = crowd->age < SCENE_AGES ? (scene_age_t)crowd->age : scene_look_age(p->look);
    p->age_told = crowd->age_told;
    p->carry = crowd->carry;
    double range = crowd->height_m.high - crowd->height_m.low;
    double share = range > 0 ? (p->height_m - crowd->height_m.low) / range : 0.5;
    if (p->age == SCENE_AGE_CHILD)
        p->height_m = CHILD_LOW_M + (CHILD_HIGH_M - CHILD_LOW_M) * share;
    if (p->age == SCENE_AGE_SENIOR)
        p->height_m *= SENIOR_HEIGHT;
}

void scene_crowd_dress(const scene_crowd_t *crowd, sim_stream_t *s, scene_person_t *p)
{
    p->height_m = draw_middle(s, crowd->height_m);
    p->build = draw_middle(s, crowd->build);
    p->look = (uint64_t)(sim_stream_u32(s) >> 11) << 32; /* 53 bits: JSON's integers */
    p->look |= sim_stream_u32(s);
    for (int c = 0; c < 3; c++)
        p->top[c] = p->bottom[c] = -1;
    set_age(crowd, p);
}

static void add_person(crowd_t *crowd, scene_direction_t direction, double cross_s)
{
    scene_desc_t *desc = crowd->desc;
    if (desc->people_count == SCENE_MAX_PEOPLE) {
        desc->people_left_out++;
        return;
    }
    scene_person_t *p = &desc->people[desc->people_count];
    memset(p, 0, sizeof(*p));
    p->direction = direction;
    p->cross_s = cross_s;
    bool near = direction == crowd->near_direction;
    if (desc->crowd.stray_share > 0 &&
        (double)sim_stream_unit(&crowd->rng) < desc->crowd.stray_share)
        near = !near;
    p->depth_m = scene_draw_range(&crowd->rng, near ? desc->crowd.near_m : desc->crowd.far_m);
    scene_crowd_dress(&desc->crowd, &crowd->rng, p);
    draw_speed(crowd, p);
    crowd->last_of[side(direction)] = ++desc->people_count;
}

static double gap_of(scene_direction_t a, scene_direction_t b)
{
    return a == b ? SAME_LANE : OTHER_LANE;
}

/* Traffic that is not counted, from one moment to another, thinner. */
static void add_margin(crowd_t *crowd, double from_s, double to_s, double unit_s)
{
    double at = from_s;
    while (at < to_s) {
        scene_direction_t before = crowd->last[0], d = draw_direction(crowd);
        at += unit_s * gap_of(before, d);
        double jitter = 0.1 * unit_s * ((double)sim_stream_unit(&crowd->rng) - 0.5);
        if (at + jitter < to_s && sim_stream_unit(&crowd->rng) < KEPT)
            add_person(crowd, d, at + jitter);
    }
}

/* Directions of n crossings, both among them when they should be. */
static void draw_directions(crowd_t *crowd, scene_direction_t *direction, uint32_t n)
{
    uint32_t in = 0;
    for (uint32_t i = 0; i < n; i++) {
        direction[i] = draw_direction(crowd);
        in += direction[i] == SCENE_IN;
    }
    double share = crowd->desc->crowd.in_share;
    if (n >= 2 && share > 0 && share < 1 && (in == 0 || in == n))
        direction[n - 1] = crowd->last[0] = in == 0 ? SCENE_IN : SCENE_OUT;
}

/* The crossings that count: gaps by direction, stretched to fill the time. Returns the unit gap. */
static double add_counted(crowd_t *crowd, uint32_t n)
{
    double window = crowd->desc->crowd.duration_s - SCENE_QUIET_START_S - SCENE_QUIET_END_S;
    if (n == 0 || window <= 0)
        return 0.5;
    scene_direction_t direction[SCENE_MAX_PEOPLE];
    draw_directions(crowd, direction, n);
    double total = 2 * EDGE;
    for (uint32_t i = 1; i < n; i++)
        total += gap_of(direction[i - 1], direction[i]);
    double unit = window / total, at = SCENE_QUIET_START_S + EDGE * unit;
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0)
            at += unit * gap_of(direction[i - 1], direction[i]);
        double jitter = 0.10 * unit * ((double)sim_stream_unit(&crowd->rng) - 0.5);
        add_person(crowd, direction[i], at + jitter);
    }
    return unit;
}

void scene_crowd_make(scene_desc_t *desc)
{
    const scene_crowd_t *c = &desc->crowd;
    if (c->rate.high <= 0) /* nobody, not even before and after */
        return;
    crowd_t crowd = {.desc = desc, .rng = sim_stream(desc->seed, SCENE_RNG_CROWD, 0)};
    crowd.near_direction = sim_stream_below(&crowd.rng, 2) == 0 ? SCENE_IN : SCENE_OUT;
    uint32_t n = (uint32_t)(scene_draw_range(&crowd.rng, c->rate) * c->duration_s + 0.5);
    if (n > SCENE_MAX_PEOPLE)
        n = SCENE_MAX_PEOPLE;
    double unit = n > 0 ? c->duration_s / (1.1 * (double)n) : 1.0;
    add_margin(&crowd, -SCENE_MARGIN_S, -SCENE_QUIET_START_S, unit);
    unit = add_counted(&crowd, n);
    add_margin(&crowd, c->duration_s + SCENE_QUIET_END_S, c->duration_s + SCENE_MARGIN_S, unit);
}
