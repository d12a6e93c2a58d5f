/*
 * gait.c - how a body walks and stands: hip, trunk, head and legs.
 *
 * All lengths are shares of the body's height H. An adult's proportions follow Winter,
 * "Biomechanics and Motor Control of Human Movement", fig. 4.1 (hip 0.530, shoulder 0.818, knee
 * 0.285, upper arm 0.186), rounded. A child is one of about 7 years: head 1/6 of the height, adults
 * 1/7.75 (Stratz, "Der Koerper des Kindes", 1903), hip 0.035 lower (sitting height 0.55 of the
 * height against 0.52: Bogin and Varela-Silva, "Leg length, body proportion, and health", 2010). A
 * senior stoops; how much, and the shorter step (after Winter, Patla, Frank and Walt,
 * "Biomechanical walking pattern changes in the fit and healthy elderly", 1990), is assumed.
 *
 * One cycle is two steps; step length grows with speed, cadence follows. In stance the foot stands
 * still on the floor; ankle lift and foot pitch over the cycle are assumed from pictures of
 * walking. Knees come from the triangle hip - knee - ankle, so no angle is stored.
 *
 * Who follows a path makes a whole number of equal steps from stand to stand, each a place on
 * the path: feet are as still on the floor in curves, and come to stand side by side.
 */
#include "scenes/figure.h"

#define STANCE 0.60f /* share of the cycle that a foot is on the floor */
#define REACH 0.22f  /* ankle ahead of the hip at heel strike, in cycles' lengths */
#define HEEL 0.055f  /* how far the ankle goes up and on as the heel leaves the floor */
#define HIPS 0.045f  /* half of the distance of the feet */

/* clang-format off */
const fig_form_t fig_forms[SCENE_AGES] = {
    [SCENE_AGE_CHILD] = {
        .hip = 0.488f, .thigh = 0.229f, .shin = 0.229f, .ankle = 0.045f,
        .upper_arm = 0.160f, .forearm = 0.135f,
        .chest = 0.205f, .shoulder = 0.272f, .head = 0.418f,
        .waist = 0.535f, .neck_low = 0.775f, .neck_top = 0.835f,
        .nape = 0.862f, .nape_long = 0.775f,
        .skull = 1.33f, .wide = 0.094f,
        .step = 0.27f, .step_per_mps = 0.13f, .swing = 1.2f,
    },
    [SCENE_AGE_ADULT] = {
        .hip = 0.523f, .thigh = 0.245f, .shin = 0.246f, .ankle = 0.045f,
        .upper_arm = 0.172f, .forearm = 0.145f,
        .chest = 0.215f, .shoulder = 0.285f, .head = 0.408f,
        .waist = 0.575f, .neck_low = 0.815f, .neck_top = 0.875f,
        .nape = 0.898f, .nape_long = 0.825f,
        .skull = 1.0f, .wide = 0.103f,
        .step = 0.28f, .step_per_mps = 0.12f, .swing = 1.0f,
    },
    [SCENE_AGE_SENIOR] = {
        .hip = 0.510f, .thigh = 0.245f, .shin = 0.246f, .ankle = 0.045f,
        .upper_arm = 0.172f, .forearm = 0.145f,
        .chest = 0.205f, .shoulder = 0.268f, .head = 0.378f,
        .waist = 0.560f, .neck_low = 0.775f, .neck_top = 0.835f,
        .nape = 0.855f, .nape_long = 0.800f,
        .skull = 1.02f, .stoop = 0.050f, .poke = 0.028f, .wide = 0.098f,
        .step = 0.21f, .step_per_mps = 0.10f, .swing = 0.55f,
    },
};
/* clang-format on */

/* Where one foot is in its cycle. */
typedef struct {
    float share;         /* of the cycle; the foot stands below STANCE */
    float ahead;         /* standing: of the hip, along the way */
    float from, to;      /* in the air: ahead of the hip when it left, and when it lands */
    float push, strike;  /* 0: out of a stand, into a stand; else 1 */
    scene_stance_t spot; /* turned: under the foot when it was flat */
    float lift;          /* of a turn on the spot */
} tread_t;

/* 0..1 share of a cycle. */
static float cycle_share(double cycle)
{
    double whole = (double)(int64_t)cycle;
    double share = cycle - whole;
    return (float)(share < 0 ? share + 1 : share);
}

/* ---- along a straight line ---- */

static tread_t straight_tread(const fig_t *fig, double cycle)
{
    tread_t t = {.share = cycle_share(cycle), .push = 1.0f, .strike = 1.0f};
    t.ahead = fig->stride * (REACH - t.share);
    t.from = fig->stride * (REACH - STANCE);
    t.to = fig->stride * REACH;
    return t;
}

/* ---- along a path ---- */

static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/*
 * Footprints are one step apart; the right foot has the odd ones, the left foot the even ones. A
 * foot stands on footprint k from 0.44 steps of the hip before it to 0.76 after it. Footprints
 * before the first and after the last one fall together with these, and a foot is not in the air
 * while the hip rests.
 */
static tread_t walk_tread(double u, double steps, double odd, float step)
{
    const double before = 2 * (double)REACH, after = 2 * (double)STANCE - before;
    double pairs = (u + before - odd) * 0.5;
    double k = odd + 2 * (double)(int64_t)(pairs + 2) - 4;
    double since = u - (k - before);
    double from = clamp(k, 0, steps), to = clamp(k + 2, 0, steps);
    tread_t t = {.share = (float)(since * 0.5), .push = 1.0f, .strike = 1.0f};
    t.ahead = (float)(from - u) * step;
    if (t.share < STANCE)
        return t;
    double leaves = k + after, lands = k + 2 - before;
    t.push = leaves < 0 ? 0.0f : 1.0f;
    t.strike = lands > steps ? 0.0f : 1.0f;
    leaves = clamp(leaves, 0, steps);
    lands = clamp(lands, 0, steps);
    float q = lands > leaves ? (float)((u - leaves) / (lands - leaves)) : 1.0f;
    t.share = scene_lerp(STANCE, 1.0f, scene_clamp(q, 0.0f, 1.0f));
    t.from = (float)(from - leaves) * step;
    t.to = (float)(to - lands) * step;
    return t;
}

/* On the spot: each foot turns in its half of the time. */
static tread_t stand_tread(const scene_path_t *path, const scene_going_t *going, uint32_t foot)
{
    tread_t t = {.share = REACH, .push = 1.0f, .strike = 1.0f, .spot = going->spot};
    scene_stance_t from, to;
    float u = scene_clamp(2.0f * (float)going->turned - (float)foot, 0.0f, 1.0f);
    scene_walk_turn(path, going->segment, &from, &to);
    scene_turn(&from, &to, (double)scene_smooth(u), &t.spot);
    t.lift = 0.14f * u * (1.0f - u);
    return t;
}

typedef struct {
    const scene_path_t *path;
    scene_going_t going;
    scene_walk_t walk;
    double steps, step_m;
} hike_t;

static hike_t find_hike(const fig_t *fig)
{
    const fig_form_t *form = fig->form;
    hike_t h = {.path = &fig->person->path};
    h.going = scene_walk_at(h.path, fig->time_s);
    h.walk = scene_walk_of(h.path, h.going.segment);
    double length = h.walk.to_m - h.walk.from_m;
    double step =
        (double)((form->step + form->step_per_mps * (float)h.walk.speed_mps) * fig->height);
    h.steps = (double)(int64_t)(length / step + 0.5);
    if (h.steps < 1)
        h.steps = 1;
    h.step_m = length / h.steps;
    return h;
}

static tread_t path_tread(const fig_t *fig, const hike_t *h, uint32_t foot)
{
    if (h->step_m <= 0)
        return stand_tread(h->path, &h->going, foot);
    double u = clamp((h->going.way_m - h->walk.from_m) / h->step_m, 0, h->steps);
    double odd = foot == FIG_NEAR ? 1 : 0;
    return walk_tread(u, h->steps, odd, (float)h->step_m / fig->height);
}

/* ---- legs ---- */

/* Bends the knee forward so that both bones fit; an ankle out of reach is pulled in. */
static void bend_knee(const fig_form_t *form, fig_leg_t *leg)
{
    const float thigh = form->thigh, shin = form->shin;
    float dx = leg->ankle.x - leg->hip.x, dy = leg->ankle.y - leg->hip.y;
    float dz = leg->ankle.z - leg->hip.z;
    float way = sqrtf(dx * dx + dy * dy + dz * dz), most = 0.998f * (thigh + shin);
    fig_point_t e = {dx / way, dy / way, dz / way};
    if (way > most) {
        way = most;
        leg->ankle = fig_along(leg->hip, e, way);
    }
    float a = (thigh * thigh - shin * shin + way * way) / (2.0f * way);
    float h = sqrtf(scene_max(thigh * thigh - a * a, 0.0f));
    fig_point_t mid = fig_along(leg->hip, e, a);
    leg->knee = (fig_point_t){mid.x - e.y * h, mid.y + e.x * h, mid.z};
}

/* From the world's directions to the body's. */
static fig_point_t inward(const fig_t *fig, double x, double y, double z)
{
    double dx = (double)fig->ahead_x, dz = (double)fig->ahead_z;
    return (fig_point_t){(float)(x * dx + z * dz), (float)y, (float)(z * dx - x * dz)};
}

/* The ankle over its place on the path, `ahead` of the hip along it and `on` before that place. */
static fig_point_t path_ankle(const fig_t *fig, const hike_t *h, tread_t *t, float ahead, float on,
                              float side)
{
    double tall = (double)fig->height;
    if (h->step_m > 0)
        t->spot = scene_walk_spot(h->path, h->going.segment, h->going.way_m + (double)ahead * tall);
    const scene_stance_t *s = &t->spot, *hip = &h->going.spot;
    double left = (double)(side * HIPS), front = (double)on;
    return inward(fig, (s->x_m - hip->x_m) / tall + s->dx * front - s->dz * left, 0,
                  (s->z_m - hip->z_m) / tall + s->dz * front + s->dx * left);
}

static void find_leg(fig_t *fig, const hike_t *hike, uint32_t foot, double cycle)
{
    fig_leg_t *leg = &fig->leg[foot];
    float side = foot == FIG_NEAR ? -1.0f : 1.0f;
    tread_t t = hike != NULL ? path_tread(fig, hike, foot) : straight_tread(fig, cycle);
    float p = t.share, ahead, on = 0.0f, height, pitch;
    if (p < STANCE) {
        float rise = scene_smooth((p - 0.40f) / (STANCE - 0.40f)); /* heel leaves the floor */
        pitch = 0.045f * scene_smooth(1.0f - p / 0.09f) - 0.13f * rise;
        ahead = t.ahead;
        on = HEEL * rise;
        height = fig->form->ankle + HEEL * rise;
    } else {
        float q = (p - STANCE) / (1.0f - STANCE), land = scene_smooth((q - 0.05f) / 0.75f);
        pitch = scene_lerp(-0.13f * t.push, 0.045f * t.strike, land);
        ahead = scene_lerp(t.from + HEEL * t.push, t.to, scene_smooth(q));
        height = fig->form->ankle + HEEL * t.push * (1.0f - scene_smooth(q * 1.2f)) +
                 0.10f * q * (1.0f - q);
    }
    leg->hip = fig_at(fig->hip, 0.018f * fig->go * scene_cos(cycle), 0, side * HIPS); /* pelvis */
    if (hike != NULL) {
        leg->ankle = path_ankle(fig, hike, &t, ahead, on, side);
        leg->ahead = inward(fig, t.spot.dx, 0, t.spot.dz);
    } else {
        leg->ankle = (fig_point_t){ahead + on + fig->hip.x, 0.0f, leg->hip.z};
        leg->ahead = (fig_point_t){1.0f, 0.0f, 0.0f};
    }
    leg->ankle.y = height + t.lift;
    leg->pitch_x = scene_cos((double)pitch);
    leg->pitch_y = scene_sin((double)pitch);
    bend_knee(fig->form, leg);
}

/* ---- the whole ---- */

/* Who stands sways a little; who walks leans over the foot that stands. */
static void find_hip(fig_t *fig)
{
    const scene_look_t *look = fig->look;
    /* Lowest with both feet on the floor, twice a cycle. */
    fig->hip =
        (fig_point_t){0.0f, fig->form->hip - 0.010f * fig->go * scene_cos(2.0 * fig->cycle), 0.0f};
    if (!fig->turned)
        return;
    float rest = 1.0f - fig->go;
    double t = fig->time_s + 10 * (double)look->phase;
    fig->hip.x = 0.005f * rest * scene_sin(0.21 * t);
    fig->hip.y += 0.003f * rest - 0.014f * fig->go; /* low enough for both legs to reach */
    fig->hip.z = 0.009f * rest * scene_sin(0.13 * t) -
                 0.012f * fig->go * scene_cos(fig->cycle - (double)REACH);
}

static void find_trunk(fig_t *fig)
{
    const fig_form_t *form = fig->form;
    float lean = fig->look->lean;
    fig_point_t up = {scene_sin((double)lean), scene_cos((double)lean), 0.0f};
    fig->chest = fig_along(fig->hip, up, form->chest);
    fig->shoulder = fig_along(fig->hip, up, form->shoulder);
    fig->chest.x += 0.35f * form->stoop;
    fig->shoulder.x += form->stoop;
    fig->head = (fig_point_t){fig->shoulder.x + 0.016f + form->poke, fig->hip.y + form->head,
                              fig->shoulder.z};
}

void fig_walk(fig_t *fig, double way_m, bool legs)
{
    hike_t hike, *on = NULL;
    if (fig->turned) {
        hike = find_hike(fig);
        on = &hike;
        double u = hike.step_m > 0 ? (hike.going.way_m - hike.walk.from_m) / hike.step_m : 0;
        fig->cycle = 0.5 * (u - 1 + 2 * (double)REACH);
        fig->go = scene_smooth((float)hike.going.speed_mps / 0.6f);
        fig->ahead_x = (float)hike.going.spot.dx;
        fig->ahead_z = (float)hike.going.spot.dz;
    } else {
        float speed = (float)fig->person->speed_mps;
        fig->stride = 2.0f * (fig->form->step + fig->form->step_per_mps * speed);
        fig->cycle = way_m / (double)(fig->stride * fig->height) + (double)fig->look->phase;
        fig->go = 1.0f;
        fig->ahead_x = 1.0f;
    }
    find_hip(fig);
    find_trunk(fig);
    if (!legs)
        return;
    find_leg(fig, on, FIG_NEAR, fig->cycle);
    find_leg(fig, on, FIG_FAR, fig->cycle + 0.5);
}
