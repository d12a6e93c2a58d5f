/*
 * look.c - what a person looks like, all from one seed.
 */
#include "scenes/scene_int.h"

/* Clothes: half of them muted, as on a street. sRGB. */
static const uint32_t cloth_hex[] = {
    0x1d1d20, 0x26282e, 0x3a3b40, 0x55585c, 0x7a7c80, 0xb8babd, 0xeceae4, 0xd8d2c4, /* grays */
    0x1f2a4a, 0x2b3a5e, 0x3f5878, 0x2f5fa8, 0x86aede, 0x1f6f78, 0x2f7a46, 0x5d6334, /* cool */
    0xb3262e, 0x5f1a28, 0xd9742c, 0xc79a2d, 0xe3c84e, 0x5d3b82, 0xd98aa6, 0x9ccfb4, /* bright */
    0xcbb796, 0x6b4a32, 0xa57b52, 0x8f8460, 0x4a3b34, 0x9a8f84, 0x6f7f8f, 0xa9b7c2, /* earth */
};
static const uint32_t legs_hex[] = {
    0x1b1c20, 0x24272d, 0x33373f, 0x1f2a44, 0x2c3c58, 0x3f5878, 0x5d7898, 0x8398b0,
    0x55504a, 0x6b6254, 0x8f8460, 0xb8a888, 0x4a3a30, 0x3c4434, 0x77797c, 0xc9c5ba,
};
static const uint32_t shoes_hex[] = {0x16161a, 0x2a2320, 0x4a3424, 0xdedad2,
                                     0x8a8c90, 0x2e3d66, 0x8c2f2f, 0x3a3a3c};
static const uint32_t skin_hex[] = {0xf2cdb0, 0xe6b591, 0xd29a70, 0xb57f54, 0x8d5c3c, 0x5f3d28};
static const uint32_t hair_hex[] = {0x15120f, 0x2a1d16, 0x46301f, 0x6b4a2e, 0x9a7444,
                                    0xcaa868, 0x6f2f1c, 0x8f8f8e, 0xd5d3ce};

static scene_rgb_t pick(sim_stream_t *s, const uint32_t *hex, uint32_t count, float vary)
{
    scene_rgb_t color = scene_rgb_hex(hex[sim_stream_below(s, count)]);
    return scene_rgb_scale(color, sim_stream_range(s, 1.0f - vary, 1.0f + vary));
}

#define PICK(s, table, vary) pick(s, table, (uint32_t)SIM_COUNT(table), vary)

/* One color; with depth, noise between a darker and a lighter one: folds or strands. */
static void plain(scene_cloth_map_t *cloth, scene_rgb_t color, float depth, float noise_per_m)
{
    *cloth = (scene_cloth_map_t){.mean = 0.5f, .noise_per_m = noise_per_m};
    cloth->noise = depth > 0.0f ? 0.55f : 0.0f;
    cloth->color[0] = scene_rgb_scale(color, 1.0f - depth);
    cloth->color[1] = scene_rgb_scale(color, 1.0f + depth);
}

/* Stripes: 0 or 1 with soft edges; width is the share of the second color. */
static void stripe(float *table, float width, float height)
{
    for (int i = 0; i < SCENE_PATTERN; i++) {
        float t = ((float)i + 0.5f) / SCENE_PATTERN - 0.5f;
        float inside = (0.5f * width - (t < 0 ? -t : t)) * 16.0f + 0.5f;
        table[i] = height * scene_clamp(inside, 0.0f, 1.0f);
    }
}

static void find_mean(scene_cloth_map_t *cloth)
{
    cloth->mean = 0.0f;
    for (int i = 0; i < SCENE_PATTERN; i++)
        cloth->mean += (cloth->along[i] + cloth->across[i]) * (1.0f / SCENE_PATTERN);
}

static void weave(scene_cloth_map_t *cloth, scene_cloth_t kind, sim_stream_t *s)
{
    scene_rgb_t other = PICK(s, cloth_hex, 0.1f);
    float period_m = sim_stream_range(s, 0.05f, 0.13f);
    float width = sim_stream_range(s, 0.25f, 0.6f);
    float offset = sim_stream_range(s, 0.0f, 8.0f);
    cloth->offset = offset;
    if (kind == SCENE_CLOTH_PLAIN)
        return;
    cloth->color[0] = scene_rgb_mix(cloth->color[0], cloth->color[1], 0.5f);
    cloth->color[1] = other;
    cloth->noise = 0.12f;
    cloth->repeats_per_m = 1.0f / period_m;
    if (kind == SCENE_CLOTH_HOOPS || kind == SCENE_CLOTH_PLAID)
        stripe(cloth->along, width, kind == SCENE_CLOTH_PLAID ? 0.5f : 1.0f);
    if (kind == SCENE_CLOTH_STRIPES || kind == SCENE_CLOTH_PLAID)
        stripe(cloth->across, width, kind == SCENE_CLOTH_PLAID ? 0.5f : 1.0f);
    find_mean(cloth);
    if (kind == SCENE_CLOTH_NOISE) {
        cloth->repeats_per_m = 0.0f;
        cloth->mean = 0.5f;
        cloth->noise = 1.1f;
        cloth->noise_per_m = 1.6f;
    }
}

/* A kind by weights in percent. */
static uint32_t choose(sim_stream_t *s, const uint8_t *percent, uint32_t count)
{
    uint32_t at = sim_stream_below(s, 100), kind = 0;
    while (kind + 1 < count && at >= percent[kind])
        at -= percent[kind++];
    return kind;
}

static void look_kinds(scene_look_t *look, sim_stream_t *s, scene_cloth_t *cloth)
{
    static const uint8_t hair[] = {42, 26, 8, 16, 8};
    static const uint8_t top[] = {30, 28, 27, 15};
    static const uint8_t legs[] = {74, 12, 14};
    static const uint8_t bag[] = {52, 18, 16, 14};
    static const uint8_t weaves[] = {0, 58, 12, 8, 12, 10};
    look->hair_kind = (scene_hair_t)choose(s, hair, SCENE_HAIR_KINDS);
    look->top_kind = (scene_top_t)choose(s, top, SCENE_TOP_KINDS);
    look->legs_kind = (scene_legs_t)choose(s, legs, SCENE_LEGS_KINDS);
    look->bag_kind = (scene_bag_t)choose(s, bag, SCENE_BAG_KINDS);
    uint32_t kind = choose(s, weaves, SCENE_CLOTH_KINDS);
    if (*cloth == SCENE_CLOTH_ANY)
        *cloth = (scene_cloth_t)kind;
    look->beard = sim_stream_below(s, 100) < 20 && look->legs_kind != SCENE_LEGS_SKIRT;
}

static scene_rgb_t given_or(const double given[3], scene_rgb_t otherwise)
{
    if (given[0] < 0)
        return otherwise;
    return (scene_rgb_t){(float)given[0], (float)given[1], (float)given[2]};
}

void scene_look_init(scene_look_t *look, const scene_person_t *person)
{
    sim_stream_t s = sim_stream(person->look, SCENE_RNG_LOOK, 0);
    scene_cloth_t cloth = person->cloth;
    *look = (scene_look_t){0};
    look_kinds(look, &s, &cloth);
    look->phase = sim_stream_unit(&s);
    look->lean = sim_stream_range(&s, 0.004f, 0.022f);
    look->bend = sim_stream_range(&s, 0.02f, 0.09f);
    look->swing = sim_stream_range(&s, 0.045f, 0.085f);
    plain(&look->skin, PICK(&s, skin_hex, 0.08f), 0.0f, 0.0f);
    plain(&look->hair, PICK(&s, hair_hex, 0.1f), 0.25f, 5.0f);
    plain(&look->top, given_or(person->top, PICK(&s, cloth_hex, 0.15f)), 0.22f, 1.3f);
    plain(&look->legs, given_or(person->bottom, PICK(&s, legs_hex, 0.15f)), 0.2f, 1.5f);
    plain(&look->shoes, PICK(&s, shoes_hex, 0.1f), 0.0f, 0.0f);
    plain(&look->bag, PICK(&s, cloth_hex, 0.15f), 0.12f, 2.0f);
    plain(&look->cap, PICK(&s, cloth_hex, 0.15f), 0.0f, 0.0f);
    plain(&look->eye, scene_rgb_hex(0x2a2018), 0.0f, 0.0f);
    weave(&look->top, cloth, &s);
    if (look->legs_kind == SCENE_LEGS_SKIRT && cloth == SCENE_CLOTH_PLAIN)
        weave(&look->legs, sim_stream_below(&s, 2) ? SCENE_CLOTH_NOISE : SCENE_CLOTH_PLAIN, &s);
}
