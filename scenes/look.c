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

static const uint32_t child_hex[] = {0xe03a3e, 0xf2b632, 0x3fa7d6, 0x59b55b, 0xf07f3c,
                                     0xd95f9c, 0x8e6cc9, 0xf5e14a, 0x37b8a8, 0xf4f2ec};
static const uint32_t gray_hex[] = {0xe9e7e3, 0xd5d3ce, 0xc4c2be, 0xb0aeaa, 0xf2f0ec};
static const uint32_t muted_hex[] = {0xcbb796, 0x8f8460, 0x9a8f84, 0x6f7f8f, 0x7a7c80, 0x5f5a66,
                                     0x6b4a32, 0xb8babd, 0x4a5a50, 0x5f1a28, 0x3a4660, 0xd8d2c4};
static const uint32_t box_hex[] = {0xb08a5a, 0x9c7648, 0xc6a271, 0xd8d4cc};

static scene_rgb_t pick(sim_stream_t *s, const uint32_t *hex, uint32_t count, float vary)
{
    scene_rgb_t color = scene_rgb_hex(hex[sim_stream_below(s, count)]);
    return scene_rgb_scale(color, sim_stream_range(s, 1.0f - vary, 1.0f + vary));
}

#define PICK(s, table, vary) pick(s, table, (uint32_t)SIM_COUNT(table), vary)

void scene_cloth_plain(scene_cloth_map_t *cloth, scene_rgb_t color, float depth, float noise_per_m)
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
    static const uint8_t usual[] = {52, 18, 16, 14}; /* nothing, backpack, shoulder, hand */
    static const uint8_t weaves[] = {0, 58, 12, 8, 12, 10};
    look->hair_kind = (scene_hair_t)choose(s, hair, SCENE_HAIR_KINDS);
    look->top_kind = (scene_top_t)choose(s, top, SCENE_TOP_KINDS);
    look->legs_kind = (scene_legs_t)choose(s, legs, SCENE_LEGS_KINDS);
    look->carry = (scene_carry_t)(SCENE_CARRY_NOTHING + choose(s, usual, SIM_COUNT(usual)));
    uint32_t kind = choose(s, weaves, SCENE_CLOTH_KINDS);
    if (*cloth == SCENE_CLOTH_ANY)
        *cloth = (scene_cloth_t)kind;
    look->beard = sim_stream_below(s, 100) < 20 && look->legs_kind != SCENE_LEGS_SKIRT;
}

/* ---- ages ---- */

scene_age_t scene_look_age(uint64_t look)
{
    sim_stream_t s = sim_stream(look, SCENE_RNG_LOOK, 1);
    return (scene_age_t)sim_stream_below(&s, SCENE_AGES);
}

/* What a child or a senior has otherwise than an adult of the same seed. */
static void look_child(scene_look_t *look, sim_stream_t *s)
{
    static const uint8_t hair[] = {42, 26, 20, 12, 0};
    static const uint8_t legs[] = {56, 28, 16};
    look->hair_kind = (scene_hair_t)choose(s, hair, SCENE_HAIR_KINDS);
    look->legs_kind = (scene_legs_t)choose(s, legs, SCENE_LEGS_KINDS);
    if (look->top_kind == SCENE_TOP_COAT)
        look->top_kind = SCENE_TOP_JACKET;
    look->beard = false;
}

static void look_senior(scene_look_t *look, sim_stream_t *s)
{
    static const uint8_t hair[] = {48, 10, 14, 10, 18};
    static const uint8_t top[] = {8, 34, 32, 26};
    look->hair_kind = (scene_hair_t)choose(s, hair, SCENE_HAIR_KINDS);
    look->top_kind = (scene_top_t)choose(s, top, SCENE_TOP_KINDS);
    if (look->legs_kind == SCENE_LEGS_SHORTS)
        look->legs_kind = SCENE_LEGS_TROUSERS;
}

static void look_at_age(scene_look_t *look, scene_age_t age)
{
    static const uint8_t child[] = {40, 40, 0, 0, 0, 0, 0, 0, 0, 0, 20};
    static const uint8_t senior[] = {24, 0, 16, 22, 0, 0, 0, 0, 0, 38, 0};
    if (age == SCENE_AGE_ADULT)
        return;
    sim_stream_t s = sim_stream(look->seed, SCENE_RNG_LOOK, 2);
    bool young = age == SCENE_AGE_CHILD;
    if (young)
        look_child(look, &s);
    else
        look_senior(look, &s);
    const uint8_t *usual = young ? child : senior;
    look->carry = (scene_carry_t)(SCENE_CARRY_NOTHING + choose(&s, usual, SIM_COUNT(child)));
}

/* Children's clothes are bright, seniors' are muted, their hair is gray or white. */
static void colors_at_age(scene_look_t *look, scene_age_t age)
{
    sim_stream_t s = sim_stream(look->seed, SCENE_RNG_LOOK, 3);
    if (age == SCENE_AGE_CHILD) {
        scene_cloth_plain(&look->top, PICK(&s, child_hex, 0.1f), 0.15f, 1.3f);
        scene_cloth_plain(&look->cap, PICK(&s, child_hex, 0.1f), 0.0f, 0.0f);
    }
    if (age == SCENE_AGE_SENIOR) {
        scene_cloth_plain(&look->hair, PICK(&s, gray_hex, 0.05f), 0.12f, 5.0f);
        scene_cloth_plain(&look->top, PICK(&s, muted_hex, 0.12f), 0.2f, 1.3f);
    }
}

/* What is carried alone decides the color of boxes; umbrellas and balloons are bright. */
static void color_carried(scene_look_t *look)
{
    sim_stream_t s = sim_stream(look->seed, SCENE_RNG_LOOK, 4);
    if (look->carry == SCENE_CARRY_BOX)
        scene_cloth_plain(&look->bag, PICK(&s, box_hex, 0.12f), 0.06f, 2.0f);
    if (look->carry == SCENE_CARRY_UMBRELLA || look->carry == SCENE_CARRY_BALLOON)
        scene_cloth_plain(&look->bag, PICK(&s, child_hex, 0.1f), 0.0f, 0.0f);
}

/* Each of the kinds as often as any other; a balloon is for children, a cane is not. */
static scene_carry_t draw_carry(uint64_t seed, scene_age_t age)
{
    sim_stream_t s = sim_stream(seed, SCENE_RNG_LOOK, 5);
    scene_carry_t carry, not = age == SCENE_AGE_CHILD ? SCENE_CARRY_CANE : SCENE_CARRY_BALLOON;
    do {
        carry = (scene_carry_t)(SCENE_CARRY_NOTHING +
                                sim_stream_below(&s, SCENE_CARRY_KINDS - SCENE_CARRY_NOTHING));
    } while (carry == not );
    return carry;
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
    *look = (scene_look_t){.seed = person->look};
    look_kinds(look, &s, &cloth);
    look_at_age(look, person->age);
    if (person->carry == SCENE_CARRY_ANY)
        look->carry = draw_carry(person->look, person->age);
    else if (person->carry != SCENE_CARRY_USUAL)
        look->carry = person->carry;
    look->phase = sim_stream_unit(&s);
    look->lean = sim_stream_range(&s, 0.004f, 0.022f);
    look->bend = sim_stream_range(&s, 0.02f, 0.09f);
    look->swing = sim_stream_range(&s, 0.045f, 0.085f);
    scene_cloth_plain(&look->skin, PICK(&s, skin_hex, 0.08f), 0.0f, 0.0f);
    scene_cloth_plain(&look->hair, PICK(&s, hair_hex, 0.1f), 0.25f, 5.0f);
    scene_cloth_plain(&look->top, given_or(person->top, PICK(&s, cloth_hex, 0.15f)), 0.22f, 1.3f);
    scene_cloth_plain(&look->legs, given_or(person->bottom, PICK(&s, legs_hex, 0.15f)), 0.2f, 1.5f);
    scene_cloth_plain(&look->shoes, PICK(&s, shoes_hex, 0.1f), 0.0f, 0.0f);
    scene_cloth_plain(&look->bag, PICK(&s, cloth_hex, 0.15f), 0.12f, 2.0f);
    scene_cloth_plain(&look->cap, PICK(&s, cloth_hex, 0.15f), 0.0f, 0.0f);
    scene_cloth_plain(&look->eye, scene_rgb_hex(0x2a2018), 0.0f, 0.0f);
    colors_at_age(look, person->age);
    if (person->top[0] >= 0)
        scene_cloth_plain(&look->top, given_or(person->top, look->top.color[0]), 0.22f, 1.3f);
    color_carried(look);
    weave(&look->top, cloth, &s);
    if (look->legs_kind == SCENE_LEGS_SKIRT && cloth == SCENE_CLOTH_PLAIN)
        weave(&look->legs, sim_stream_below(&s, 2) ? SCENE_CLOTH_NOISE : SCENE_CLOTH_PLAIN, &s);
}
