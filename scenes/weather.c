/*
 * weather.c - fog, rain and snow.
 *
 * Fog: contrast falls as exp(-3.0 d / fog_m) (Koschmieder's law with the 5 % that the WMO's
 * meteorological optical range means), the rest is the fog's own light.
 *
 * Rain and snow: upright layers at a few distances, each a lattice of cells that falls as a whole,
 * with at most one drop a cell. A row sees the part of the lattice that passes its height during
 * its own exposure, and a drop covers it for the share of the exposure that it takes to pass: long
 * faint streaks at long exposures, short bright ones at short exposures, slanted by the wind and
 * by the rolling shutter. Sizes and speeds: 2 mm falls at 6.5 m/s (Gunn and Kinzer 1949, table
 * 1), flakes at about 1 m/s; how bright a drop is and how many there are is assumed. Nothing falls
 * below the ground, or behind the walls of a room. Not modeled: splashes, wet ground, drops on
 * the lens, shelter under roofs.
 */
#include "scenes/stage.h"
#include "scenes/world_int.h"

#define HAZE_TONE 0.72f
#define LAYERS 12
#define NEAREST_LAYER_M 0.8
#define NEXT_LAYER 1.28
#define MOST_CELLS 64 /* of one column in one exposure */

typedef struct {
    double fall_mps, cell_m, period_m; /* of the lattice */
    double least_m, most_m;            /* size of a drop */
    float tone;                        /* reflectance of a white surface as bright */
    double sway_m;
} falling_t;

static const falling_t rain = {6.5, 0.10, 0.30, 0.0012, 0.0028, 1.5f, 0};
static const falling_t snow = {1.1, 0.10, 0.12, 0.004, 0.012, 0.95f, 0.03};

/* ---- fog ---- */

/* exp(-x), x >= 0: Taylor of x / 16, squared four times; error below 1e-6. */
static float decay(float x)
{
    if (x > 20.0f)
        return 0.0f;
    float t = x * (1.0f / 16);
    float e =
        1.0f +
        t * (1.0f +
             t * (0.5f + t * (1.0f / 6 + t * (1.0f / 24 + t * (1.0f / 120 + t * (1.0f / 720))))));
    e = 1.0f / e;
    e *= e;
    e *= e;
    e *= e;
    return e * e;
}

/* The share of what is seen at a distance that is fog. */
static float haze(const scene_desc_t *desc, float distance_m)
{
    double far_m = desc->weather.fog_m;
    return far_m > 0 ? 1.0f - decay(distance_m * (float)(2.9957323 / far_m)) : 0.0f;
}

float scene_haze_clear(const scene_desc_t *desc, float distance_m)
{
    return 1.0f - haze(desc, distance_m);
}

scene_rgb_t scene_haze_over(const scene_desc_t *desc, scene_rgb_t color, float distance_m)
{
    static const scene_rgb_t fog = {HAZE_TONE, HAZE_TONE, HAZE_TONE};
    float share = haze(desc, distance_m);
    return share > 0.0f ? scene_rgb_mix(color, fog, share) : color;
}

void scene_haze_stand(const scene_desc_t *desc, scene_stand_t *stand, float distance_m)
{
    float share = haze(desc, distance_m);
    stand->air = scene_rgb_scale(stand->light, HAZE_TONE * share);
    if (share > 0.0f)
        stand->light = scene_rgb_scale(stand->light, 1.0f - share);
}

/* ---- rain and snow ---- */

/* What a row sees of a layer. */
typedef struct {
    const scene_fall_t *fall;
    const falling_t *kind;
    double z, height_m;
    double from, to; /* of the lattice that passes the row, meters up */
    uint32_t salt, chance;
    float clear; /* of the fog before it */
} sheet_t;

static double share_of(uint32_t hash, int byte)
{
    return (double)(hash >> (8 * byte) & 0xff) / 256.0;
}

static double whole(double x)
{
    double n = (double)(int64_t)x;
    return n > x ? n - 1 : n;
}

/* One cell: column i, period n of the lattice. */
static void paint_drop(const sheet_t *s, uint32_t i, uint32_t n, double x0, double s0)
{
    const falling_t *k = s->kind;
    uint32_t h = scene_hash2(i, n, s->salt);
    if ((h & 0xff) >= s->chance)
        return;
    uint32_t more = scene_hash2(n, i, ~s->salt);
    double radius = 0.5 * (k->least_m + (k->most_m - k->least_m) * share_of(h, 1));
    double at = s0 + k->period_m * share_of(more, 0);
    double from = at - radius > s->from ? at - radius : s->from;
    double to = at + radius < s->to ? at + radius : s->to;
    if (from >= to)
        return;
    const scene_camera_t *c = &s->fall->scene->desc.camera;
    double passes_s = (at - s->height_m) / k->fall_mps;
    double x =
        x0 + k->cell_m * share_of(more, 1) + s->fall->scene->desc.weather.wind_mps * passes_s;
    if (k->sway_m > 0)
        x += k->sway_m * (double)scene_sin(0.7 * passes_s + share_of(h, 2));
    double px = c->focal_px / s->z, middle = c->center_px + px * x;
    scene_paint_streak(s->fall->row, (float)(middle - px * radius), (float)(middle + px * radius),
                       s->clear * (float)((to - from) / (s->to - s->from)),
                       s->fall->color[k == &snow], (float)s->z);
}

static void paint_column(const sheet_t *s, double i)
{
    const falling_t *k = s->kind;
    double x0 = i * k->cell_m;
    double first = whole((s->from - k->most_m) / k->period_m), last = s->to + k->most_m;
    for (int cells = 0; cells < MOST_CELLS && first * k->period_m < last; cells++, first++)
        paint_drop(s, (uint32_t)(int64_t)i, (uint32_t)(int64_t)first, x0, first * k->period_m);
}

/* The lattice stands in air that drifts: a drop that passes the row at a time t is wind t from its
 * column, so columns are counted from where those in view at mid-exposure come from. */
static void paint_sheet(const scene_fall_t *fall, const falling_t *kind, double chance,
                        uint32_t layer, double z)
{
    const scene_desc_t *desc = &fall->scene->desc;
    const scene_camera_t *c = &desc->camera;
    const scene_row_t *row = fall->row;
    double per_px = z / c->focal_px, half = 0.5 * (double)row->y_step_px * per_px;
    sheet_t s = {.fall = fall, .kind = kind, .z = z};
    s.height_m = c->height_m - ((double)row->y_px - c->horizon_px) * per_px;
    if (s.height_m < 0 || chance <= 0 || kind->cell_m < (double)row->x_step_px * per_px)
        return; /* underground, none, or too fine to be seen */
    s.from = s.height_m + kind->fall_mps * fall->start_s - half;
    s.to = s.height_m + kind->fall_mps * (fall->start_s + fall->exposure_s) + half;
    s.salt = (uint32_t)desc->seed * 2654435761u + SCENE_RNG_WEATHER + 16 * layer + (kind == &snow);
    s.clear = scene_haze_clear(desc, (float)z);
    s.chance = (uint32_t)(chance * 256);
    double drift = desc->weather.wind_mps * (fall->start_s + 0.5 * fall->exposure_s);
    double margin =
        kind->cell_m + kind->sway_m +
        0.5 * fall->exposure_s *
            (desc->weather.wind_mps < 0 ? -desc->weather.wind_mps : desc->weather.wind_mps);
    double left = ((double)row->x0_px - c->center_px) * per_px - margin - drift;
    double wide = (double)row->width * (double)row->x_step_px * per_px + 2 * margin;
    double first = whole(left / kind->cell_m), last = whole((left + wide) / kind->cell_m);
    for (double i = first; i <= last; i++)
        paint_column(&s, i);
}

/* Beyond this there is a wall. How far what a recording shows is, nobody knows. */
static double walls_at(const scene_desc_t *desc)
{
    if (desc->world.on)
        return 1e9;
    if (desc->back.kind == SCENE_BACK_ROOM)
        return desc->back.wall_m;
    return desc->back.depth_m.low > 0 && scene_backs[desc->back.kind].indoor
               ? desc->back.depth_m.low
               : 1e9;
}

void scene_fall_init(scene_fall_t *fall, const scene_t *scene, const scene_row_t *row,
                     scene_rgb_t white, double start_s, double exposure_s)
{
    *fall = (scene_fall_t){
        .scene = scene,
        .row = row,
        .start_s = start_s,
        .exposure_s = exposure_s,
        .color = {scene_rgb_scale(white, rain.tone), scene_rgb_scale(white, snow.tone)}};
    const scene_weather_t *w = &scene->desc.weather;
    fall->next = w->rain > 0 || w->snow > 0 ? LAYERS : 0;
}

void scene_paint_fall(scene_fall_t *fall, double beyond_m)
{
    const scene_desc_t *desc = &fall->scene->desc;
    double walls_m = walls_at(desc);
    for (; fall->next > 0; fall->next--) {
        double z = NEAREST_LAYER_M;
        for (uint32_t i = 1; i < fall->next; i++)
            z *= NEXT_LAYER;
        if (z <= beyond_m)
            return;
        if (z > walls_m)
            continue;
        paint_sheet(fall, &rain, desc->weather.rain, fall->next, z);
        paint_sheet(fall, &snow, desc->weather.snow, fall->next, z);
    }
}
