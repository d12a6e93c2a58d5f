/*
 * material.c - what the solids of a background are painted with.
 */
#include "scenes/stage.h"

/* Packs of SCENE_GOODS colors; then what windows and tags need. */
enum { GLASS_DARK = SCENE_GOODS, GLASS_LIGHT, CURTAIN, OFFER };
static const uint32_t palette_hex[SCENE_PALETTE] = {
    0xc62828, 0xe8c22c, 0x1f5fa8, 0x2f8a46, 0xe6762a, 0xf0ece2, 0x6a3d8f,
    0x8c5a34, 0xe07aa0, 0x2aa0b4, 0x9fc33a, 0x30343a, 0xd8b48c, 0xb01848,
    0x7aa8d8, 0xf3dca0, 0x2c3640, 0x8aa0b0, 0xd8ccb4, 0xf0d040};

void scene_palette_init(scene_rgb_t palette[SCENE_PALETTE])
{
    for (int i = 0; i < SCENE_PALETTE; i++)
        palette[i] = scene_rgb_hex(palette_hex[i]);
}

static float share8(uint32_t h, int byte)
{
    return (float)(h >> (8 * byte) & 0xff) / 256.0f;
}

scene_rgb_t scene_at_surface(const scene_material_t *m, const scene_noise_t *n, scene_spot_t *s)
{
    if (m->surface.kind == NULL)
        return m->surface.color;
    return scene_surface_at(&m->surface, n, s->a, s->b, s->pa, s->pb);
}

/* A facing: how wide and high its product is, what it looks like. */
typedef struct {
    float x, y; /* place in it: -1..1 across, 0..1 of the product's height */
    uint32_t look;
} facing_t;

enum { PACK_BOX, PACK_BAG, PACK_CAN, PACK_BOTTLE, PACKS };

/* Half width of a pack at height y (0..1), in facings. */
static float pack_half(uint32_t pack, float y)
{
    switch (pack) {
    case PACK_BAG:
        return 0.94f - 0.25f * scene_smooth((y - 0.85f) * 7.0f);
    case PACK_CAN:
        return y > 0.93f ? 0.72f : 0.82f;
    case PACK_BOTTLE:
        return y > 0.9f ? 0.34f : 0.8f - 0.5f * scene_smooth((y - 0.6f) * 4.0f);
    default:
        return 0.95f;
    }
}

static scene_rgb_t pack_color(const scene_rgb_t *palette, uint32_t pack, const facing_t *f)
{
    scene_rgb_t body = palette[f->look % SCENE_GOODS],
                label = palette[(f->look >> 5) % SCENE_GOODS];
    float low = 0.15f + 0.3f * share8(f->look, 2), high = low + 0.2f + 0.3f * share8(f->look, 3);
    scene_rgb_t color = f->y > low && f->y < high ? label : body;
    float away = f->x < 0 ? -f->x : f->x;
    if (f->y > low + 0.06f && f->y < high - 0.1f && away < 0.45f) /* the brand */
        color = scene_rgb_mix(color, body, 0.75f);
    if (pack == PACK_BOTTLE && f->y > 0.9f)
        color = palette[(f->look >> 9) % SCENE_GOODS];
    bool round = pack >= PACK_CAN;
    return scene_rgb_scale(color, round ? 1.0f - 0.5f * f->x * f->x : 1.0f - 0.08f * away);
}

/* Products in facings: a few of one kind beside each other, some facings empty, the dark of the
 * shelf around them. Every meter and a quarter is a bay with facings of one width. */
scene_rgb_t scene_at_goods(const scene_material_t *m, const scene_noise_t *n, scene_spot_t *s)
{
    (void)n;
    const float bay_m = 1.25f;
    float bay = scene_floor(s->u / bay_m), in_bay = s->u - bay * bay_m;
    uint32_t b = scene_hash2((uint32_t)(int32_t)bay, s->salt, 7);
    float count = scene_floor(bay_m / m->size_m * (0.75f + 0.6f * share8(b, 0)));
    float wide = bay_m / scene_max(count, 1.0f), at = scene_floor(in_bay / wide);
    uint32_t run = (uint32_t)(int32_t)(at + 4.0f * share8(b, 1)) / (2 + (b >> 16) % 3);
    uint32_t look = scene_hash2(run, b, 8), own = scene_hash2((uint32_t)(int32_t)at, b, 9);
    scene_rgb_t dark = scene_rgb_scale(m->other, 0.5f + 0.5f * s->v / s->high);
    float high = s->high * (0.62f + 0.3f * share8(look, 2));
    facing_t f = {.x = 2.0f * (in_bay - at * wide) / wide - 1.0f, .y = s->v / high, .look = look};
    uint32_t pack = (look >> 3) % PACKS;
    float away = f.x < 0 ? -f.x : f.x;
    s->piece = 1;
    if (share8(own, 0) >= m->share || f.y > 1.0f || away > pack_half(pack, f.y))
        return dark;
    s->piece = own | 2;
    return scene_rgb_scale(pack_color(m->palette, pack, &f), 0.88f + 0.12f * share8(own, 1));
}

/* The front of a board: price tags. */
scene_rgb_t scene_at_tags(const scene_material_t *m, const scene_noise_t *n, scene_spot_t *s)
{
    (void)n;
    float at = scene_floor(s->u / m->size_m), in = s->u - at * m->size_m;
    uint32_t h = scene_hash2((uint32_t)(int32_t)at, s->salt, 3);
    bool tag = in > 0.2f * m->size_m && in < 0.2f * m->size_m + 0.055f && h % 8 != 0;
    bool inside = s->v > 0.1f * s->high && s->v < 0.9f * s->high;
    s->piece = tag && inside ? 2 + (h >> 8 & 1) : 1;
    if (!tag || !inside)
        return m->surface.color;
    return h % 11 == 0 ? m->palette[OFFER] : m->other;
}

/* Windows in rows; `other` is their frame. */
scene_rgb_t scene_at_facade(const scene_material_t *m, const scene_noise_t *n, scene_spot_t *s)
{
    const float story = 2.9f, bay = m->size_m;
    float column = scene_floor(s->u / bay), row = scene_floor(s->v / story);
    float x = s->u - column * bay - 0.5f * bay, y = s->v - row * story;
    float away = x < 0 ? -x : x, half = 0.28f * bay;
    uint32_t h = scene_hash2((uint32_t)(int32_t)column, (uint32_t)(int32_t)row, s->salt);
    s->piece = 1;
    if (away > half + 0.08f || y < 0.82f || y > 2.48f || s->v > s->high - 0.4f)
        return scene_surface_at(&m->surface, n, s->a, s->b, s->pa, s->pb);
    s->piece = 2;
    if (away > half || y < 0.9f || y > 2.4f || away < 0.03f)
        return m->other;
    s->piece = 3 + h % 3;
    float glow = scene_clamp(0.5f + 0.4f * (y - 1.6f) + 0.15f * x, 0.0f, 1.0f);
    scene_rgb_t glass = scene_rgb_mix(m->palette[GLASS_DARK], m->palette[GLASS_LIGHT], glow);
    return h % 3 == 0 ? scene_rgb_mix(glass, m->palette[CURTAIN], 0.5f) : glass;
}

/* Slanting stripes of two colors. */
scene_rgb_t scene_at_hazard(const scene_material_t *m, const scene_noise_t *n, scene_spot_t *s)
{
    (void)n;
    float t = (s->a + s->b) / m->size_m, in = t - scene_floor(t);
    s->piece = in < m->share ? 1 : 2;
    return in < m->share ? m->surface.color : m->other;
}

scene_rgb_t scene_at_leaves(const scene_material_t *m, const scene_noise_t *n, scene_spot_t *s)
{
    float off = share8(s->salt, 0);
    float light = scene_noise_at(n, 1.7f * s->a + off, 1.7f * s->b) +
                  0.5f * scene_noise_at(n, 0.4f * s->a + off, 0.4f * s->b);
    return scene_rgb_scale(m->surface.color, scene_clamp(1.0f + 0.9f * light, 0.35f, 1.9f));
}

/* Upright bars before `other`: corrugated metal, doors, rollers. */
scene_rgb_t scene_at_bars(const scene_material_t *m, const scene_noise_t *n, scene_spot_t *s)
{
    float t = s->a / m->size_m, in = t - scene_floor(t) - 0.5f;
    float sharp = scene_clamp(2.0f - 4.0f * s->pa / m->size_m, 0.0f, 1.0f);
    float dirt = 1.0f + 0.08f * scene_noise_at(n, 0.3f * s->a, 0.3f * s->b);
    float round = scene_clamp(1.0f - 4.0f * in * in / (m->share * m->share), 0.0f, 1.0f);
    scene_rgb_t color = scene_rgb_mix(m->other, m->surface.color, scene_lerp(0.6f, round, sharp));
    return scene_rgb_scale(color, dirt);
}

/* A pane: lighter upward, with the slanting light of what is behind us. */
scene_rgb_t scene_at_glass(const scene_material_t *m, const scene_noise_t *n, scene_spot_t *s)
{
    float t = s->u + 0.6f * s->v + 0.2f * scene_noise_at(n, 0.05f * s->a, 0.3f * s->b);
    float band = scene_smooth(1.0f - 4.0f * (t > 0.9f ? t - 0.9f : 0.9f - t));
    return scene_rgb_scale(m->surface.color, 0.75f + 0.3f * s->v / s->high + 0.15f * band);
}
