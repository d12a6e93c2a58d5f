/*
 * clutter.c - what stands and hangs around in a room and is not a person: some of it on purpose
 * looks a little like one (portraits, coats on a stand).
 */
#include "scenes/scene_int.h"

typedef struct {
    scene_clutter_t *all;
    scene_thing_t *thing;
    sim_stream_t rng;
} maker_t;

static const uint32_t print_hex[] = {0xb3262e, 0x2f5fa8, 0xe3c84e, 0x2f7a46, 0xd9742c, 0x1f2a4a,
                                     0xeceae4, 0x26282e, 0x9ccfb4, 0x5d3b82, 0xd98aa6, 0x86aede};
static const uint32_t leaf_hex[] = {0x2f5a2a, 0x3f6e34, 0x55803e, 0x274a2c};
static const uint32_t carton_hex[] = {0xb08c5c, 0xa07c50, 0xc2a070, 0x8c6c46};
static const uint32_t metal_hex[] = {0x3a3c40, 0x9a9ea2, 0xa83028, 0x2f4f8a};
static const uint32_t skin_hex[] = {0xf2cdb0, 0xd29a70, 0x8d5c3c};

#define PICK(m, table) scene_rgb_hex((table)[sim_stream_below(&(m)->rng, SIM_COUNT(table))])

static float range(maker_t *m, float low, float high)
{
    return sim_stream_range(&m->rng, low, high);
}

/* The last cloth again when all are used up. */
static const scene_cloth_map_t *dye(maker_t *m, scene_rgb_t color)
{
    scene_clutter_t *all = m->all;
    if (all->cloths < SIM_COUNT(all->cloth))
        all->cloths++;
    scene_cloth_map_t *cloth = &all->cloth[all->cloths - 1];
    *cloth = (scene_cloth_map_t){.mean = 0.5f, .noise = 0.5f, .noise_per_m = 2.0f};
    cloth->color[0] = scene_rgb_scale(color, 0.9f);
    cloth->color[1] = scene_rgb_scale(color, 1.1f);
    return cloth;
}

static void add(maker_t *m, scene_shape_t shape)
{
    if (m->all->shapes == SIM_COUNT(m->all->shape))
        return;
    m->all->shape[m->all->shapes++] = shape;
    m->thing->count++;
}

static void rect(maker_t *m, float left, float low, float right, float high, scene_rgb_t color)
{
    add(m, (scene_shape_t){.rect = true,
                           .color = color,
                           .part = {.x0 = left, .y0 = low, .x1 = right, .y1 = high}});
}

static void hull(maker_t *m, float x0, float y0, float r0, float x1, float y1, float r1,
                 const scene_cloth_map_t *cloth, float round)
{
    add(m, (scene_shape_t){.part = {.x0 = x0,
                                    .y0 = y0,
                                    .r0 = r0,
                                    .x1 = x1,
                                    .y1 = y1,
                                    .r1 = r1,
                                    .cut = -10.0f,
                                    .cloth = cloth,
                                    .shade = 1.0f,
                                    .round = round}});
}

/* ---- on the wall ---- */

static void poster(maker_t *m)
{
    float w = range(m, 0.3f, 0.5f), h = range(m, 0.45f, 0.75f), y = range(m, 0.9f, 1.3f);
    rect(m, -w, y, w, y + 2 * h, scene_rgb_hex(0x303030));
    rect(m, -w + 0.02f, y + 0.02f, w - 0.02f, y + 2 * h - 0.02f, PICK(m, print_hex));
    uint32_t blobs = 2 + sim_stream_below(&m->rng, 4);
    for (uint32_t i = 0; i < blobs; i++) {
        float r = range(m, 0.04f, 0.14f), x = range(m, r - w + 0.03f, w - r - 0.03f);
        float at = y + h + range(m, -0.3f, h - r - 0.04f);
        hull(m, x, at, r, x, at + 0.001f, r, dye(m, PICK(m, print_hex)), 0.2f);
    }
    for (float at = y + 0.08f; at < y + 0.3f; at += 0.07f)
        rect(m, -w + 0.08f, at, w * range(m, 0.2f, 0.85f), at + 0.025f, scene_rgb_hex(0x444444));
}

/* Head and shoulders in a frame: a picture of a person is no person. */
static void portrait(maker_t *m)
{
    float w = range(m, 0.28f, 0.42f), h = range(m, 0.4f, 0.55f), y = range(m, 1.1f, 1.4f);
    rect(m, -w, y, w, y + 2 * h, PICK(m, metal_hex));
    rect(m, -w + 0.03f, y + 0.03f, w - 0.03f, y + 2 * h - 0.03f, PICK(m, print_hex));
    float r = 0.34f * w, chest = y + 0.03f + 0.35f * w, at = chest + 0.35f * w + 1.35f * r;
    const scene_cloth_map_t *coat = dye(m, PICK(m, print_hex)), *skin = dye(m, PICK(m, skin_hex));
    hull(m, -0.3f * w, chest, 0.35f * w, 0.3f * w, chest, 0.35f * w, coat, 0.5f);
    rect(m, -0.65f * w, y + 0.03f, 0.65f * w, chest, coat->color[0]);
    hull(m, 0, at - 1.2f * r, 0.4f * r, 0, at, 0.4f * r, skin, 0.5f);
    hull(m, 0, at + 0.3f * r, r, 0, at - 0.25f * r, 0.8f * r, skin, 0.6f);
    hull(m, -0.5f * r, at + 0.85f * r, 0.5f * r, 0.5f * r, at + 0.85f * r, 0.5f * r,
         dye(m, scene_rgb_hex(0x3a2a20)), 0.6f);
}

static void notice(maker_t *m)
{
    float s = range(m, 0.1f, 0.2f), y = range(m, 1.4f, 2.1f);
    rect(m, -s, y, s, y + 2 * s, PICK(m, print_hex));
    hull(m, 0, y + s, 0.55f * s, 0, y + s + 0.001f, 0.55f * s, dye(m, PICK(m, print_hex)), 0.0f);
}

static void window(maker_t *m)
{
    float w = range(m, 0.35f, 0.5f), y = range(m, 1.0f, 1.3f), top = y + range(m, 0.8f, 1.2f);
    rect(m, -w - 0.05f, y - 0.05f, w + 0.05f, top + 0.05f, scene_rgb_hex(0x8c8a86));
    rect(m, -w, y, w, top, scene_rgb_hex(0xb6ccd8));
    rect(m, -w, y, w, y + 0.4f * (top - y), scene_rgb_hex(0x8fa79a));
    rect(m, -0.02f, y, 0.02f, top, scene_rgb_hex(0x8c8a86));
}

/* ---- on the floor ---- */

static void plant(maker_t *m)
{
    float size = range(m, 0.5f, 1.0f);
    uint32_t leaves = 12 + sim_stream_below(&m->rng, 10);
    for (uint32_t i = 0; i < leaves; i++) {
        float way = size * range(m, 0.45f, 1.0f), turn = range(m, -0.24f, 0.24f);
        float dx = scene_sin((double)turn), dy = scene_cos((double)turn);
        hull(m, 0.1f * dx, 0.38f, 0.012f, way * dx, 0.4f + way * dy, range(m, 0.02f, 0.055f),
             dye(m, scene_rgb_scale(PICK(m, leaf_hex), range(m, 0.8f, 1.3f))), 0.7f);
    }
    hull(m, 0, 0.09f, 0.12f, 0, 0.30f, 0.165f, dye(m, PICK(m, print_hex)), 1.0f);
}

static void cartons(maker_t *m, float x, float y, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        float w = range(m, 0.16f, 0.27f), h = range(m, 0.2f, 0.36f), dx = range(m, -0.04f, 0.04f);
        scene_rgb_t color = PICK(m, carton_hex);
        rect(m, x + dx - w, y, x + dx + w, y + h, color);
        rect(m, x + dx - w, y + h - 0.015f, x + dx + w, y + h, scene_rgb_scale(color, 1.25f));
        rect(m, x + dx - 0.025f, y, x + dx + 0.025f, y + h, scene_rgb_scale(color, 0.8f));
        y += h;
    }
}

static void boxes(maker_t *m)
{
    cartons(m, -0.2f, 0.0f, 1 + sim_stream_below(&m->rng, 3));
    cartons(m, 0.28f, 0.0f, 1 + sim_stream_below(&m->rng, 2));
}

static void handcart(maker_t *m)
{
    const scene_cloth_map_t *metal = dye(m, PICK(m, metal_hex));
    hull(m, -0.27f, 0.12f, 0.02f, -0.42f, 1.15f, 0.02f, metal, 1.0f);
    hull(m, -0.42f, 1.15f, 0.02f, -0.54f, 1.18f, 0.02f, metal, 1.0f);
    hull(m, -0.27f, 0.14f, 0.018f, 0.27f, 0.12f, 0.018f, metal, 1.0f);
    cartons(m, 0.0f, 0.15f, 1 + sim_stream_below(&m->rng, 3));
    hull(m, -0.26f, 0.12f, 0.12f, -0.26f, 0.121f, 0.12f, dye(m, scene_rgb_hex(0x222224)), 0.6f);
    hull(m, -0.26f, 0.12f, 0.05f, -0.26f, 0.121f, 0.05f, metal, 0.6f);
}

static void bin(maker_t *m)
{
    const scene_cloth_map_t *body = dye(m, PICK(m, metal_hex));
    float h = range(m, 0.55f, 0.85f);
    hull(m, 0, 0.16f, 0.16f, 0, h, 0.18f, body, 1.0f);
    hull(m, -0.12f, h + 0.1f, 0.06f, 0.12f, h + 0.1f, 0.06f, dye(m, scene_rgb_hex(0x1c1c1e)), 0.4f);
}

static void bench(maker_t *m)
{
    scene_rgb_t wood = scene_rgb_hex(0x8a6240), leg = PICK(m, metal_hex);
    rect(m, -0.55f, 0.0f, -0.5f, 0.42f, leg);
    rect(m, 0.5f, 0.0f, 0.55f, 0.42f, leg);
    for (float y = 0.62f; y < 0.9f; y += 0.12f)
        rect(m, -0.65f, y, 0.65f, y + 0.08f, wood);
    rect(m, -0.65f, 0.40f, 0.65f, 0.46f, scene_rgb_scale(wood, 1.2f));
}

/* A pole with a coat or two and a hat: the shape of a person without legs. */
static void coat_stand(maker_t *m)
{
    const scene_cloth_map_t *pole = dye(m, scene_rgb_hex(0x3a2a1e));
    hull(m, 0, 0.03f, 0.02f, 0, 1.75f, 0.018f, pole, 1.0f);
    hull(m, -0.22f, 0.02f, 0.02f, 0.22f, 0.02f, 0.02f, pole, 1.0f);
    hull(m, 0.1f, 1.5f, 0.06f, 0.13f, 0.85f, 0.13f, dye(m, PICK(m, print_hex)), 1.0f);
    if (sim_stream_below(&m->rng, 2) == 0)
        hull(m, -0.12f, 1.5f, 0.05f, -0.14f, 0.95f, 0.12f, dye(m, PICK(m, print_hex)), 1.0f);
    if (sim_stream_below(&m->rng, 2) == 0)
        hull(m, -0.03f, 1.76f, 0.09f, 0.03f, 1.76f, 0.09f, dye(m, PICK(m, print_hex)), 1.0f);
}

/* ---- where ---- */

typedef void (*thing_fn_t)(maker_t *m);
static const thing_fn_t on_wall[] = {poster, portrait, notice, window};
static const thing_fn_t on_floor[] = {plant, handcart, bin, bench, boxes, coat_stand};

static void place(maker_t *m, const scene_desc_t *desc, float x, float z)
{
    const scene_camera_t *c = &desc->camera;
    float scale = (float)c->focal_px / z;
    m->thing->stand = (scene_stand_t){.x_px = (float)c->center_px + scale * x,
                                      .y_px = (float)c->horizon_px + scale * (float)c->height_m,
                                      .px_per_m_x = scale,
                                      .px_per_m_y = scale,
                                      .mirror = sim_stream_below(&m->rng, 2) == 0 ? 1.0f : -1.0f,
                                      .light = {1.0f, 1.0f, 1.0f}};
    scene_haze_stand(desc, &m->thing->stand, z);
    m->thing->shadow_px = 0.25f * scale * (float)c->height_m / z;
}

/* Slots along the wall, shuffled; none behind the door. */
#define SLOTS 10
static void shuffle_slots(sim_stream_t *s, float slot[SLOTS], float half_m)
{
    for (int i = 0; i < SLOTS; i++) {
        float side = i % 2 == 0 ? 1.0f : -1.0f;
        slot[i] = side * scene_lerp(0.75f, half_m - 0.2f, (float)(i / 2) / (SLOTS / 2 - 1));
    }
    for (uint32_t i = SLOTS - 1; i > 0; i--) {
        uint32_t k = sim_stream_below(s, i + 1);
        float keep = slot[i];
        slot[i] = slot[k];
        slot[k] = keep;
    }
}

void scene_clutter_make(scene_clutter_t *clutter, const scene_room_t *room)
{
    const scene_desc_t *desc = room->desc;
    sim_stream_t s = sim_stream(desc->seed, SCENE_RNG_CLUTTER, 0);
    uint32_t least = desc->back.clutter[0], most = desc->back.clutter[1];
    uint32_t things = least + sim_stream_below(&s, most - least + 1);
    float wall_m = (float)desc->back.wall_m, slot[SLOTS];
    float half_m =
        0.5f * (float)desc->camera.array_width_px * wall_m / (float)desc->camera.focal_px;
    shuffle_slots(&s, slot, half_m);
    clutter->things = clutter->shapes = clutter->cloths = 0;
    for (uint32_t i = 0; i < things && i < SLOTS; i++) {
        maker_t m = {.all = clutter,
                     .thing = &clutter->thing[clutter->things++],
                     .rng = sim_stream(desc->seed, SCENE_RNG_CLUTTER, 1 + i)};
        *m.thing = (scene_thing_t){.first = clutter->shapes};
        bool wall = sim_stream_below(&m.rng, 2) == 0;
        place(&m, desc, slot[i], wall ? wall_m : wall_m - range(&m, 0.2f, 0.6f));
        m.thing->shadow_px = wall ? 0.0f : m.thing->shadow_px;
        if (wall)
            on_wall[sim_stream_below(&m.rng, SIM_COUNT(on_wall))](&m);
        else
            on_floor[sim_stream_below(&m.rng, SIM_COUNT(on_floor))](&m);
    }
}

static void paint_shape(const scene_row_t *row, const scene_stand_t *stand,
                        const scene_shape_t *shape)
{
    const scene_part_t *p = &shape->part;
    if (!shape->rect) {
        scene_paint_part(row, stand, p);
        return;
    }
    float a = stand->x_px + stand->mirror * stand->px_per_m_x * p->x0;
    float b = stand->x_px + stand->mirror * stand->px_per_m_x * p->x1;
    scene_box_px_t box = {.left = scene_min(a, b),
                          .right = scene_max(a, b),
                          .top = stand->y_px - stand->px_per_m_y * p->y1,
                          .bottom = stand->y_px - stand->px_per_m_y * p->y0};
    scene_paint_box(row, &box, shape->color, 0.12f);
}

void scene_clutter_paint(const scene_clutter_t *clutter, const scene_row_t *row)
{
    for (uint32_t i = 0; i < clutter->things; i++) {
        const scene_thing_t *thing = &clutter->thing[i];
        if (thing->shadow_px > 0.0f)
            scene_paint_shadow(row, thing->stand.x_px, thing->stand.y_px,
                               0.5f * thing->stand.px_per_m_x, thing->shadow_px, 0.5f, 0.0f);
        for (uint32_t k = 0; k < thing->count; k++)
            paint_shape(row, &thing->stand, &clutter->shape[thing->first + k]);
    }
}
