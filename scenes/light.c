/*
 * light.c - the light of a scene: drawn from the seed, then as its list of changes says.
 */
#include "scenes/world_int.h"

static double draw_range(sim_stream_t *s, scene_range_t *range, bool dim)
{
    double t = (double)sim_stream_unit(s);
    if (range->low < range->high)
        range->low = range->high = range->low + (range->high - range->low) * (dim ? t * t : t);
    return range->low;
}

static scene_rgb_t white_of(double lux, double color_k)
{
    return scene_rgb_scale(scene_illuminant((float)color_k), (float)lux);
}

/* What a change does not name stays as it was before. */
static void make_changes(scene_t *scene)
{
    scene_desc_t *desc = &scene->desc;
    double lux = desc->lux.low, color_k = desc->color_k.low;
    scene->white[0] = white_of(lux, color_k);
    for (uint32_t i = 0; i < desc->change_count; i++) {
        scene_change_t *change = &desc->change[i];
        if (change->lux < 0)
            change->lux = lux;
        if (change->color_k < 0)
            change->color_k = color_k;
        lux = change->lux;
        color_k = change->color_k;
        scene->white[i + 1] = white_of(lux, color_k);
    }
}

void scene_light_make(scene_t *scene)
{
    scene_desc_t *desc = &scene->desc;
    sim_stream_t s = sim_stream(desc->seed, SCENE_RNG_LIGHT, 0);
    draw_range(&s, &desc->lux, true);
    draw_range(&s, &desc->color_k, false);
    scene->room.lamp_x = sim_stream_range(&s, 0.1f, 0.9f);
    scene->room.lamp_y = sim_stream_range(&s, 0.1f, 0.6f);
    make_changes(scene);
}

/* Integral up to time_s of how much of a change has happened: 0, rising along over_s, then 1. */
static double happened(const scene_change_t *change, double time_s)
{
    double since = time_s - change->at_s;
    if (since <= 0)
        return 0;
    return since < change->over_s ? 0.5 * since * since / change->over_s
                                  : since - 0.5 * change->over_s;
}

/* Its mean over the exposure; exactly 1 when all of that is later. */
static double share_of(const scene_change_t *change, double start_s, double exposure_s)
{
    if (start_s >= change->at_s + change->over_s)
        return 1;
    if (exposure_s > 0)
        return (happened(change, start_s + exposure_s) - happened(change, start_s)) / exposure_s;
    return start_s <= change->at_s ? 0 : (start_s - change->at_s) / change->over_s;
}

static scene_rgb_t add(scene_rgb_t white, scene_rgb_t from, scene_rgb_t to, float share)
{
    return (scene_rgb_t){white.r + (to.r - from.r) * share, white.g + (to.g - from.g) * share,
                         white.b + (to.b - from.b) * share};
}

static scene_rgb_t changed(const scene_t *scene, double start_s, double exposure_s)
{
    const scene_desc_t *desc = &scene->desc;
    scene_rgb_t white = scene->white[0];
    for (uint32_t i = 0; i < desc->change_count; i++) {
        double share = share_of(&desc->change[i], start_s, exposure_s);
        if (share >= 1) /* and so were those before it */
            white = scene->white[i + 1];
        else
            white = add(white, scene->white[i], scene->white[i + 1], (float)share);
    }
    return white;
}

/* Mean of 1 + depth * sin(2 pi hz t) over the exposure. */
static float flicker(const scene_desc_t *desc, double start_s, double exposure_s)
{
    if (desc->flicker_depth == 0)
        return 1.0f;
    double turns = desc->flicker_hz * start_s, more = desc->flicker_hz * exposure_s;
    double wave = (double)scene_sin(turns);
    if (more > 1e-4)
        wave = ((double)scene_cos(turns) - (double)scene_cos(turns + more)) /
               (6.283185307179586 * more);
    return (float)(1.0 + desc->flicker_depth * wave);
}

scene_rgb_t scene_light_of(const scene_t *scene, double start_s, double exposure_s)
{
    return scene_rgb_scale(changed(scene, start_s, exposure_s),
                           flicker(&scene->desc, start_s, exposure_s));
}
