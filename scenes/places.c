/*
 * places.c - plans of backgrounds: what solids stand where. Sizes and colors are assumed, after
 * what such places usually have.
 */
#include "scenes/stage.h"

#define FAR_M 60.0f

static float range(scene_stage_t *st, float low, float high)
{
    return sim_stream_range(&st->rng, low, high);
}

static uint32_t below(scene_stage_t *st, uint32_t n)
{
    return sim_stream_below(&st->rng, n);
}

/* ---- materials ---- */

/* The last one again when all are used up. */
static uint16_t mix(scene_stage_t *st, scene_material_t material)
{
    if (st->materials < SCENE_MAX_MATERIALS)
        st->materials++;
    material.palette = st->palette;
    st->material[st->materials - 1] = material;
    return (uint16_t)(st->materials - 1);
}

static uint16_t flat(scene_stage_t *st, uint32_t hex)
{
    return mix(st, (scene_material_t){.at = scene_at_surface, .surface.color = scene_rgb_hex(hex)});
}

static uint16_t two(scene_stage_t *st,
                    scene_rgb_t (*at)(const scene_material_t *, const scene_noise_t *,
                                      scene_spot_t *),
                    uint32_t hex, uint32_t other, float size_m, float share)
{
    return mix(st, (scene_material_t){.at = at,
                                      .surface.color = scene_rgb_hex(hex),
                                      .other = scene_rgb_hex(other),
                                      .size_m = size_m,
                                      .share = share});
}

static uint16_t wall(scene_stage_t *st, uint32_t kind)
{
    return mix(st, (scene_material_t){
                       .at = scene_at_surface,
                       .surface = scene_surface_pick(&st->rng, scene_wall_kinds, SCENE_WALL_KINDS,
                                                     kind != 0 ? kind : st->desc->back.wall)});
}

static uint16_t ground(scene_stage_t *st, uint32_t kind)
{
    return mix(st, (scene_material_t){
                       .at = scene_at_surface,
                       .surface = scene_surface_pick(&st->rng, scene_floor_kinds, SCENE_FLOOR_KINDS,
                                                     kind != 0 ? kind : st->desc->back.floor)});
}

/* A surface kind in a color of one's own. */
static uint16_t tint(scene_stage_t *st, const scene_surface_kind_t *kind, uint32_t hex)
{
    return mix(st, (scene_material_t){.at = scene_at_surface,
                                      .surface = {.kind = kind,
                                                  .color = scene_rgb_hex(hex),
                                                  .salt = sim_stream_u32(&st->rng)}});
}

static const scene_surface_kind_t asphalt = {
    .cell_a = 90, .cell_b = 90, .joint_tone = 1, .grain_a = 1.9f, .grain_b = 1.9f, .grain = 0.22f};
static const scene_surface_kind_t slabs = {.cell_a = 0.5f,
                                           .cell_b = 0.5f,
                                           .shift = 0.5f,
                                           .joint_m = 0.01f,
                                           .joint_tone = 0.6f,
                                           .vary = 0.08f,
                                           .grain_a = 0.9f,
                                           .grain_b = 0.9f,
                                           .grain = 0.12f};

/* ---- solids ---- */

/* The last one again when all are used up. */
static scene_solid_t *block(scene_stage_t *st, float x0, float x1, float h0, float h1, float z0,
                            float z1, uint16_t side)
{
    if (st->solids < SCENE_MAX_SOLIDS)
        st->solids++;
    scene_solid_t *s = &st->solid[st->solids - 1];
    *s = (scene_solid_t){.x = {x0, x1},
                         .h = {h0, h1},
                         .z = {z0, z1},
                         .side = side,
                         .top = side,
                         .salt = sim_stream_u32(&st->rng)};
    return s;
}

/* Stands on the ground and darkens it. */
static scene_solid_t *stand(scene_stage_t *st, float x0, float x1, float h1, float z0, float z1,
                            uint16_t side)
{
    scene_solid_t *s = block(st, x0, x1, 0, h1, z0, z1, side);
    s->grounded = true;
    return s;
}

/* Painted on the ground. */
static void mark(scene_stage_t *st, float x0, float x1, float z0, float z1, uint16_t paint)
{
    block(st, x0, x1, 0.0f, 0.002f, z0, z1, paint);
}

static void earth(scene_stage_t *st, uint16_t material)
{
    block(st, -500, 500, -1, 0, -1, 900, material);
}

/* Floor, ceiling with rows of lights, far wall and the walls aside. */
static void hall(scene_stage_t *st, float half_m, float far_m, float high_m, uint16_t floor,
                 uint16_t walls)
{
    uint16_t ceiling = flat(st, 0xc8c8c4), lamp = flat(st, 0xffffff);
    st->material[lamp].surface.color = (scene_rgb_t){1.8f, 1.8f, 1.75f};
    earth(st, floor);
    block(st, -half_m - 1, half_m + 1, high_m, high_m + 1, 0, far_m + 1, ceiling);
    block(st, -half_m - 1, half_m + 1, -0.5f, high_m + 1, far_m, far_m + 1, walls);
    block(st, -half_m - 1, -half_m, -0.5f, high_m + 1, 0, far_m + 1, walls);
    block(st, half_m, half_m + 1, -0.5f, high_m + 1, 0, far_m + 1, walls);
    for (float z = 2.0f; z < far_m - 1.0f; z += 2.5f)
        for (int k = -1; k <= 1; k++)
            block(st, 0.6f * half_m * (float)k - 0.12f, 0.6f * half_m * (float)k + 0.12f,
                  high_m - 0.03f, high_m, z, z + 1.4f, lamp);
}

/* ---- shelves ---- */

#define LEVELS 5
typedef struct {
    uint16_t metal, tags, back, goods[LEVELS], foot;
    float high_m;
} shelf_t;

static shelf_t make_shelf(scene_stage_t *st)
{
    static const uint32_t tag_hex[] = {0xb8bcc0, 0xc03030, 0x2a5a9a, 0xe8e4da};
    static const float facing_m[LEVELS] = {0.16f, 0.12f, 0.10f, 0.085f, 0.11f};
    shelf_t shelf = {.metal = flat(st, 0xdcdcd8), .foot = flat(st, 0x3a3c40)};
    shelf.tags = two(st, scene_at_tags, tag_hex[below(st, SIM_COUNT(tag_hex))], 0xf6f4ee, 0.13f, 1);
    shelf.back = flat(st, 0xa8a49c);
    shelf.high_m = range(st, 1.9f, 2.15f);
    for (int i = 0; i < LEVELS; i++)
        shelf.goods[i] = two(st, scene_at_goods, 0xffffff, 0x34302c,
                             facing_m[i] * range(st, 0.85f, 1.2f), (float)st->fill);
    return shelf;
}

static float level_m(const shelf_t *shelf, int level)
{
    return scene_board_m((double)shelf->high_m, LEVELS, (uint32_t)level);
}

/* Between x0 and x1 and z0 and z1; goods stand `in` behind the edges of the boards. */
static void put_shelf(scene_stage_t *st, const shelf_t *shelf, float x0, float x1, float z0,
                      float z1, float in_x, float in_z)
{
    stand(st, x0 + in_x, x1 - in_x, SCENE_FOOT_M, z0 + in_z, z1 - in_z, shelf->foot);
    for (int i = 0; i < LEVELS; i++) {
        float low = level_m(shelf, i), high = level_m(shelf, i + 1) - SCENE_BOARD_M;
        block(st, x0, x1, low - SCENE_BOARD_M, low, z0, z1, shelf->tags)->top = shelf->metal;
        block(st, x0 + in_x, x1 - in_x, low, high, z0 + in_z, z1 - in_z, shelf->goods[i])->top =
            shelf->back;
    }
    block(st, x0, x1, shelf->high_m - SCENE_BOARD_M, shelf->high_m, z0, z1, shelf->tags)->top =
        shelf->metal;
}

/* A gondola on one side (-1, +1), its near face `from` off the middle. */
static void put_gondola(scene_stage_t *st, float side, float from, float far_m)
{
    shelf_t shelf = make_shelf(st);
    float a = side * from, b = side * (from + 0.95f);
    put_shelf(st, &shelf, scene_min(a, b), scene_max(a, b), 0.3f, far_m, 0.03f, 0.0f);
    for (float z = 1.55f; z < far_m; z += 1.25f)
        block(st, scene_min(a, a - side * 0.005f), scene_max(a, a - side * 0.005f), 0, shelf.high_m,
              z, z + 0.03f, shelf.metal);
}

void scene_plan_aisle(scene_stage_t *st)
{
    static const uint32_t sign_hex[] = {0x1f5fa8, 0xc62828, 0x2f7a46, 0xe0a020};
    float far_m = (float)st->depth_m, half = 0.5f * (float)st->width_m;
    float end_m = far_m + (float)st->width_m + 0.6f;
    uint16_t floor = ground(st, SCENE_FLOOR_TILE), walls = wall(st, SCENE_WALL_PAINT);
    hall(st, half + 7.0f, end_m, 3.7f, floor, walls);
    for (int k = 0; k < 2; k++) {
        float side = k == 0 ? -1.0f : 1.0f;
        put_gondola(st, side, half, far_m);
        put_gondola(st, side, half + 0.95f + 2 * half, far_m);
    }
    shelf_t cooler = make_shelf(st); /* along the far wall */
    put_shelf(st, &cooler, -half - 6, half + 6, end_m - 0.6f, end_m, 0.0f, 0.04f);
    uint16_t sign = flat(st, sign_hex[below(st, SIM_COUNT(sign_hex))]), text = flat(st, 0xf4f4f0);
    float z = range(st, 0.35f, 0.6f) * far_m;
    block(st, -0.75f, 0.75f, 2.65f, 3.05f, z, z + 0.04f, sign);
    for (int i = 0; i < 3; i++)
        block(st, -0.6f, range(st, -0.1f, 0.6f), 2.93f - 0.11f * (float)i, 2.98f - 0.11f * (float)i,
              z - 0.005f, z, text);
    for (int k = -1; k <= 1; k += 2)
        block(st, 0.7f * (float)k - 0.01f, 0.7f * (float)k + 0.01f, 3.05f, 3.7f, z, z + 0.02f,
              text);
}

/* Bare boards before a back panel, for actors to stand on. */
static void put_bare_shelf(scene_stage_t *st, const shelf_t *shelf, float half, float z)
{
    static const uint32_t panel_hex[] = {0x4a4844, 0x77736a, 0x8d99a5,
                                         0xa8a49c, 0x6b4f38, 0x3a4652};
    uint32_t boards = st->desc->back.boards, hex = panel_hex[below(st, SIM_COUNT(panel_hex))];
    uint16_t panel = tint(st, &scene_wall_kinds[SCENE_WALL_PAINT], hex);
    uint16_t side = tint(st, &scene_wall_kinds[SCENE_WALL_PAINT], hex);
    stand(st, -half, half, SCENE_FOOT_M - SCENE_BOARD_M, z + 0.03f, z + 0.5f, shelf->foot);
    block(st, -half, half, 0, shelf->high_m, z + 0.45f, z + 0.5f, panel);
    for (int k = -1; k <= 1; k += 2)
        block(st, (float)k * half - 0.02f, (float)k * half + 0.02f, 0, shelf->high_m, z, z + 0.5f,
              side);
    for (uint32_t i = 0; i <= boards; i++) {
        float top = scene_board_m((double)shelf->high_m, boards, i);
        block(st, -half, half, top - SCENE_BOARD_M, top, z, z + 0.45f, shelf->tags)->top =
            shelf->metal;
    }
}

void scene_plan_shelf_wall(scene_stage_t *st)
{
    float z = (float)st->depth_m, half = 0.5f * (float)st->width_m;
    uint16_t floor = ground(st, 0), walls = wall(st, SCENE_WALL_PAINT);
    hall(st, half + 3, z + 0.55f, 3.2f, floor, walls);
    shelf_t shelf = make_shelf(st);
    if (st->desc->back.boards > 0) {
        shelf.high_m = (float)st->desc->back.high_m;
        put_bare_shelf(st, &shelf, half, z);
        return;
    }
    put_shelf(st, &shelf, -half, half, z, z + 0.5f, 0.0f, 0.035f);
    for (float x = -half; x < half + 0.02f; x += (float)st->width_m / 3)
        block(st, x - 0.02f, x + 0.02f, 0, shelf.high_m + 0.1f, z - 0.01f, z + 0.5f, shelf.metal);
    block(st, -half, half, shelf.high_m + 0.08f, shelf.high_m + 0.42f, z + 0.2f, z + 0.5f,
          flat(st, 0x2a5a9a));
}

/* ---- a door ahead ---- */

static void put_leaf(scene_stage_t *st, float x0, float x1, float z, uint16_t frame, uint16_t glass,
                     uint16_t steel)
{
    bool left = x0 < 0;
    block(st, x0, x1, 0, 2.2f, z, z + 0.05f, frame);
    block(st, x0 + 0.07f, x1 - 0.07f, 0.25f, 1.02f, z - 0.004f, z, glass);
    block(st, x0 + 0.07f, x1 - 0.07f, 1.12f, 2.12f, z - 0.004f, z, glass);
    float x = left ? x1 - 0.12f : x0 + 0.09f;
    block(st, x, x + 0.03f, 0.8f, 1.4f, z - 0.06f, z - 0.03f, steel);
}

void scene_plan_door(scene_stage_t *st)
{
    static const uint32_t frame_hex[] = {0x3a3e44, 0x6b4a32, 0xc8ccd0, 0x2f4a3a};
    float z = (float)st->depth_m, half = 0.5f * (float)st->width_m, side = half + 3.5f;
    uint16_t floor = ground(st, 0), walls = wall(st, 0);
    uint16_t frame = flat(st, frame_hex[below(st, SIM_COUNT(frame_hex))]);
    uint16_t glass = two(st, scene_at_glass, 0x9fbccc, 0, 1, 1), steel = flat(st, 0xd0d2d4);
    hall(st, side, z, range(st, 2.9f, 3.4f), floor, walls);
    block(st, -half - 0.09f, half + 0.09f, 0, 2.3f, z - 0.05f, z + 0.1f, frame);
    uint16_t leaf = flat(st, 0x000000);
    st->material[leaf].surface.color = scene_rgb_scale(st->material[frame].surface.color, 1.25f);
    put_leaf(st, -half, -0.01f, z - 0.07f, leaf, glass, steel);
    put_leaf(st, 0.01f, half, z - 0.07f, leaf, glass, steel);
    block(st, -0.3f, 0.3f, 2.4f, 2.6f, z - 0.08f, z, flat(st, 0x1f8a4a)); /* the exit sign */
    block(st, -0.2f, 0.2f, 2.46f, 2.54f, z - 0.085f, z, flat(st, 0xf0f4ee));
    uint16_t mat = tint(st, &scene_floor_kinds[SCENE_FLOOR_CARPET], 0x3c3c42);
    block(st, -half, half, 0, 0.008f, z - 1.6f, z - 0.25f, mat);
    block(st, half + 0.3f, half + 0.42f, 1.1f, 1.25f, z - 0.03f, z, flat(st, 0xe8e8e4));
    float bench = range(st, 0.6f, 1.4f);
    stand(st, -half - bench - 1.4f, -half - bench, 0.45f, z - 0.6f, z - 0.1f, flat(st, 0x8a6240));
    stand(st, half + 1.1f, half + 1.5f, 0.42f, z - 0.55f, z - 0.15f, flat(st, 0xa8604a));
    for (int i = 0; i < 5; i++) { /* a plant in its pot */
        float x = half + 1.3f + range(st, -0.16f, 0.16f), at = z - 0.35f + range(st, -0.1f, 0.1f);
        block(st, x - 0.2f, x + 0.2f, 0.42f, range(st, 0.9f, 1.5f), at - 0.2f, at + 0.2f,
              two(st, scene_at_leaves, 0x2f6a34, 0, 1, 1))
            ->in_x = 0.18f;
    }
}

/* ---- outside ---- */

static void open_sky(scene_stage_t *st)
{
    float gray = range(st, 0.0f, 0.7f);
    scene_rgb_t cloud = {0.72f, 0.74f, 0.76f};
    st->sky[0] = scene_rgb_mix(scene_rgb_hex(0xd4e4f2), cloud, gray);
    st->sky[1] = scene_rgb_mix(scene_rgb_hex(0x7aaede), cloud, gray);
}

static void tree(scene_stage_t *st, float x, float z, float high)
{
    static const uint32_t hex[] = {0x3a5a2a, 0x4a6e30, 0x5a7a38, 0x2e4e2c};
    uint16_t bark = flat(st, 0x4a3c30), leaves[2];
    for (int i = 0; i < 2; i++)
        leaves[i] = two(st, scene_at_leaves, hex[below(st, SIM_COUNT(hex))], 0, 1, 1);
    stand(st, x - 0.11f, x + 0.11f, 0.5f * high, z - 0.11f, z + 0.11f, bark);
    for (int i = 0; i < 12; i++) {
        float r = high * range(st, 0.10f, 0.19f), h = high * range(st, 0.42f, 0.88f);
        float away = 0.22f * high * (1.15f - h / high);
        float cx = x + 2.2f * range(st, -away, away), cz = z + 2.2f * range(st, -away, away);
        scene_solid_t *s =
            block(st, cx - r, cx + r, h - 0.5f * r, h + r, cz - r, cz + r, leaves[i % 2]);
        s->in_x = s->in_z[0] = s->in_z[1] = 0.55f * r;
        s = block(st, cx - r, cx + r, h - 1.2f * r, h - 0.5f * r, cz - r, cz + r, leaves[i % 2]);
        s->x[0] += 0.2f * r;
        s->x[1] -= 0.2f * r;
    }
}

static void lamp_post(scene_stage_t *st, float x, float z, float reach)
{
    uint16_t steel = flat(st, 0x5a5e62), light = flat(st, 0xe8e8e0);
    stand(st, x - 0.06f, x + 0.06f, 5.8f, z - 0.06f, z + 0.06f, steel);
    block(st, x - 0.04f, x + 0.04f, 5.75f, 5.82f, scene_min(z, z + reach), scene_max(z, z + reach),
          steel);
    block(st, x - 0.14f, x + 0.14f, 5.68f, 5.76f, z + reach - 0.3f, z + reach + 0.3f, light);
}

/* A row of houses and gaps, seen from the front. */
static void houses(scene_stage_t *st, float z, double fill)
{
    static const uint32_t hex[] = {0xc9b89a, 0xa8594a, 0xd8d2c4, 0x8f9aa2, 0xb89a70, 0xc4a8a0};
    uint16_t roof = flat(st, 0x5a3a34);
    for (float x = -32.0f + range(st, 0, 6); x < 32.0f;) {
        float wide = range(st, 7, 13), high = 2.9f * (float)(2 + below(st, 3)) + 0.6f;
        if ((double)sim_stream_unit(&st->rng) >= fill) {
            tree(st, x + 0.5f * wide, z + 2, range(st, 4.5f, 7.5f));
            x += wide * 0.7f;
            continue;
        }
        uint16_t front =
            tint(st, &scene_wall_kinds[below(st, 2) == 0 ? SCENE_WALL_BRICK : SCENE_WALL_PAINT],
                 hex[below(st, SIM_COUNT(hex))]);
        st->material[front].at = scene_at_facade;
        st->material[front].size_m = range(st, 2.0f, 2.9f);
        st->material[front].other = scene_rgb_hex(0xe4e0d8);
        stand(st, x, x + wide, high, z, z + 9, front)->top = roof;
        scene_solid_t *gable =
            block(st, x - 0.2f, x + wide + 0.2f, high, high + 2.2f, z - 0.25f, z + 9, roof);
        gable->in_z[0] = gable->in_z[1] = 4.2f;
        float door = x + range(st, 0.2f, 0.7f) * wide;
        block(st, door, door + 1.0f, 0, 2.1f, z - 0.03f, z, flat(st, 0x4a2f26));
        x += wide + (below(st, 3) == 0 ? range(st, 1.5f, 4.0f) : 0.0f);
    }
}

void scene_plan_road(scene_stage_t *st)
{
    float near = (float)st->depth_m, wide = (float)st->width_m, far = near + wide;
    uint16_t road = tint(st, &asphalt, 0x54565a), walk = tint(st, &slabs, 0xa8a49a);
    uint16_t stone = flat(st, 0xb8b6ae), white = flat(st, 0xe6e6e0);
    open_sky(st);
    earth(st, tint(st, &scene_floor_kinds[SCENE_FLOOR_CARPET], 0x5a7040));
    mark(st, -FAR_M, FAR_M, near, far, road);
    block(st, -FAR_M, FAR_M, 0, 0.11f, -1.0f, near - 0.15f, walk);
    block(st, -FAR_M, FAR_M, 0, 0.12f, near - 0.15f, near, stone);
    block(st, -FAR_M, FAR_M, 0, 0.12f, far, far + 0.15f, stone);
    block(st, -FAR_M, FAR_M, 0, 0.11f, far + 0.15f, far + 2.6f, walk);
    float zebra = range(st, -4.0f, 4.0f), middle = near + 0.5f * wide;
    for (float x = -40.0f; x < 40.0f; x += 4.5f)
        if (x + 1.6f < zebra - 2.5f || x > zebra + 2.5f)
            block(st, x, x + 1.6f, 0, 0.004f, middle - 0.06f, middle + 0.06f, white);
    for (float x = zebra - 1.75f; x < zebra + 1.6f; x += 1.0f)
        block(st, x, x + 0.5f, 0, 0.004f, near + 0.3f, far - 0.3f, white);
    for (float x = -30.0f + range(st, 0, 10); x < 30.0f; x += 17.0f)
        lamp_post(st, x, far + 0.5f, -1.4f);
    tree(st, range(st, -9.0f, -3.0f), far + 1.6f, range(st, 3.5f, 5.5f));
    tree(st, range(st, 4.0f, 10.0f), far + 1.6f, range(st, 3.5f, 5.5f));
    houses(st, far + 4.0f, st->fill);
}

/* A car that stands with its front (or its rear) toward us. */
static void car(scene_stage_t *st, float x, float z, const uint16_t paint[], uint32_t paints,
                const uint16_t part[5])
{
    enum { GLASS, TIRE, LIGHT, TAIL, PLATE };
    uint16_t body = paint[below(st, paints)], lamp = part[below(st, 2) == 0 ? LIGHT : TAIL];
    float half = range(st, 0.84f, 0.92f), roof = range(st, 1.38f, 1.72f),
          long_m = range(st, 3.9f, 4.6f);
    bool tail = lamp == part[TAIL];
    float hood = tail ? 0.45f : 1.05f, trunk = tail ? 1.05f : 0.3f;
    for (int k = -1; k <= 1; k += 2) {
        float a = (float)k * (half - 0.02f), b = (float)k * (half - 0.24f);
        for (int end = 0; end < 2; end++) {
            float at = end == 0 ? z + 0.5f : z + long_m - 1.15f;
            stand(st, x + scene_min(a, b), x + scene_max(a, b), 0.63f, at, at + 0.63f, part[TIRE]);
        }
        a = (float)k * (half - 0.08f);
        b = (float)k * (half - 0.40f);
        block(st, x + scene_min(a, b), x + scene_max(a, b), 0.62f, 0.76f, z - 0.01f, z, lamp);
    }
    stand(st, x - half, x + half, 0.5f, z, z + long_m, body)->h[0] = 0.24f;
    scene_solid_t *top = block(st, x - half, x + half, 0.5f, 0.9f, z, z + long_m, body);
    top->in_x = 0.07f;
    top->in_z[0] = top->in_z[1] = 0.12f;
    top = block(st, x - half + 0.08f, x + half - 0.08f, 0.9f, roof, z + hood, z + long_m - trunk,
                part[GLASS]);
    top->in_x = 0.16f;
    top->in_z[0] = tail ? 0.35f : 0.7f;
    top->in_z[1] = tail ? 0.7f : 0.35f;
    top = block(st, x - half + 0.24f, x + half - 0.24f, roof, roof + 0.05f, z + hood + top->in_z[0],
                z + long_m - trunk - top->in_z[1], body);
    top->in_x = 0.05f;
    block(st, x - 0.42f, x + 0.42f, 0.33f, 0.56f, z - 0.012f, z, part[TIRE]);
    block(st, x - 0.26f, x + 0.26f, 0.38f, 0.49f, z - 0.02f, z, part[PLATE]);
}

static void car_row(scene_stage_t *st, float z, float bay, const uint16_t *paint, uint32_t paints,
                    const uint16_t part[5], uint16_t white)
{
    float first = -scene_floor(14.0f / bay) * bay + 0.5f * bay;
    for (float x = first; x < 14.0f; x += bay) {
        block(st, x - 0.5f * bay - 0.05f, x - 0.5f * bay + 0.05f, 0, 0.004f, z - 0.3f, z + 4.9f,
              white);
        if ((double)sim_stream_unit(&st->rng) >= st->fill || st->solids + 13 > SCENE_MAX_SOLIDS)
            continue;
        float off = range(st, -0.12f, 0.12f);
        car(st, x + off, z + range(st, 0.0f, 0.4f), paint, paints, part);
    }
}

void scene_plan_car_park(scene_stage_t *st)
{
    static const uint32_t hex[] = {0xe4e6e8, 0x9aa0a6, 0x2a2c30, 0x8c1f24,
                                   0x24467a, 0x5a6068, 0xb8a888, 0x2f5a48};
    static const uint32_t part_hex[] = {0x20262c, 0x141416, 0xf4f2e4, 0xb01820, 0xe8e8e0};
    uint16_t paint[SIM_COUNT(hex)], part[SIM_COUNT(part_hex)], white = flat(st, 0xdcdcd6);
    for (uint32_t i = 0; i < SIM_COUNT(hex); i++)
        paint[i] = flat(st, hex[i]);
    for (uint32_t i = 0; i < SIM_COUNT(part_hex); i++)
        part[i] = flat(st, part_hex[i]);
    float z = (float)st->depth_m, bay = (float)st->width_m;
    open_sky(st);
    earth(st, tint(st, &asphalt, 0x5e6064));
    car_row(st, z, bay, paint, SIM_COUNT(hex), part, white);
    car_row(st, z + 11.0f, bay, paint, SIM_COUNT(hex), part, white);
    float end = z + 18.0f;
    stand(st, -FAR_M, FAR_M, 1.2f, end, end + 1.2f, two(st, scene_at_leaves, 0x3e5a30, 0, 1, 1));
    for (float x = -18.0f + range(st, 0, 6); x < 18.0f; x += 14.0f)
        lamp_post(st, x, z + 8.0f, -1.2f);
    tree(st, range(st, -12, -4), end + 2.5f, range(st, 5, 7));
    houses(st, end + 6.0f, 0.6);
}

/* ---- a cell of a factory ---- */

static void fence(scene_stage_t *st, float x0, float x1, float z, uint16_t post, uint16_t mesh)
{
    for (float x = x0; x < x1 + 0.1f; x += (x1 - x0) / 5)
        stand(st, x - 0.03f, x + 0.03f, 2.0f, z - 0.03f, z + 0.03f, post);
    for (float h = 0.15f; h < 2.1f; h += 0.9f)
        block(st, x0, x1, h, h + 0.03f, z - 0.01f, z + 0.01f, post);
    for (float h = 0.3f; h < 1.95f; h += 0.15f)
        block(st, x0, x1, h, h + 0.006f, z - 0.003f, z + 0.003f, mesh);
}

static void conveyor(scene_stage_t *st, float x0, float x1, float z)
{
    uint16_t steel = flat(st, 0x8c9298),
             belt = two(st, scene_at_bars, 0xb8bcc0, 0x2a2c30, 0.09f, 0.8f);
    uint16_t carton = flat(st, 0xb08c5c), tape = flat(st, 0xd8c49a);
    for (float x = x0 + 0.3f; x < x1; x += 1.2f)
        stand(st, x - 0.04f, x + 0.04f, 0.75f, z + 0.02f, z + 0.58f, steel);
    block(st, x0, x1, 0.72f, 0.82f, z, z + 0.04f, flat(st, 0x2a5a9a));
    block(st, x0, x1, 0.74f, 0.80f, z, z + 0.6f, steel)->top = belt;
    for (float x = x0 + range(st, 0.2f, 1.0f); x < x1 - 0.5f; x += range(st, 0.7f, 1.8f)) {
        float w = range(st, 0.25f, 0.45f), h = range(st, 0.18f, 0.34f);
        block(st, x, x + w, 0.8f, 0.8f + h, z + 0.12f, z + 0.48f, carton);
        block(st, x + 0.45f * w, x + 0.55f * w, 0.8f, 0.802f + h, z + 0.118f, z + 0.482f, tape);
    }
}

static void cabinet(scene_stage_t *st, float x, float z)
{
    uint16_t gray = flat(st, 0xb4b8b8), dark = flat(st, 0x26282c);
    stand(st, x, x + 0.8f, 1.95f, z, z + 0.45f, gray);
    block(st, x + 0.395f, x + 0.405f, 0.05f, 1.9f, z - 0.003f, z, dark);
    block(st, x + 0.1f, x + 0.32f, 1.35f, 1.55f, z - 0.01f, z, flat(st, 0x3a7a9a));
    block(st, x + 0.5f, x + 0.62f, 1.4f, 1.52f, z - 0.02f, z, flat(st, 0xe8c020));
    block(st, x + 0.535f, x + 0.585f, 1.435f, 1.485f, z - 0.05f, z, flat(st, 0xc01818));
    static const uint32_t beacon[] = {0xc82020, 0xe8a020, 0x2a9a40};
    for (int i = 0; i < 3; i++)
        block(st, x + 0.37f, x + 0.43f, 2.15f - 0.08f * (float)i, 2.22f - 0.08f * (float)i,
              z + 0.2f, z + 0.26f, flat(st, beacon[i]));
}

void scene_plan_cell(scene_stage_t *st)
{
    float z = (float)st->depth_m, half = 0.5f * (float)st->width_m;
    uint16_t floor = tint(st, &scene_floor_kinds[SCENE_FLOOR_STONE], 0x9a9ea0);
    uint16_t walls = two(st, scene_at_bars, 0xc4c8c8, 0x8c9090, 0.25f, 0.9f);
    uint16_t yellow = flat(st, 0xe8b820), mesh = flat(st, 0x3a3c3e);
    uint16_t hazard = two(st, scene_at_hazard, 0xe8b820, 0x1c1c1e, 0.2f, 0.5f);
    hall(st, half + 4.0f, z + 3.0f, 5.0f, floor, walls);
    float near = 0.45f * z;
    mark(st, -half, half, near - 0.05f, near + 0.05f, hazard);
    mark(st, -half - 0.1f, -half, near - 0.05f, z, hazard);
    mark(st, half, half + 0.1f, near - 0.05f, z, hazard);
    fence(st, -half, half, z, yellow, mesh);
    conveyor(st, -half - 2.5f, half + 2.5f, z - 1.1f);
    cabinet(st, half + 0.5f, z - 0.6f);
    uint16_t top = flat(st, 0xc8ccd0);
    stand(st, -0.75f, 0.75f, 0.78f, 0.6f * z, 0.6f * z + 0.8f, flat(st, 0x5a6068)); /* the bench */
    block(st, -0.85f, 0.85f, 0.78f, 0.82f, 0.6f * z - 0.06f, 0.6f * z + 0.86f, hazard)->top = top;
    for (int k = -1; k <= 1; k += 2) /* a light curtain */
        stand(st, (float)k * half - 0.05f, (float)k * half + 0.05f, 1.2f, near - 0.05f,
              near + 0.05f, yellow);
    uint16_t wood = flat(st, 0xb08a58), carton = flat(st, 0xa88456);
    float x = -half - 1.6f;
    stand(st, x, x + 1.2f, 0.14f, z - 0.6f, z + 0.2f, wood);
    for (uint32_t i = 0; i < 8; i++)
        if ((double)sim_stream_unit(&st->rng) < st->fill)
            block(st, x + 0.3f * (float)(i % 4), x + 0.3f * (float)(i % 4) + 0.28f,
                  0.14f + 0.3f * (float)(i / 4), 0.43f + 0.3f * (float)(i / 4), z - 0.5f, z + 0.1f,
                  carton);
}
