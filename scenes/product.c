/*
 * product.c - products in a facing of a shelf, as a kind of actor: boxes, cans, bottles, bags.
 *
 *      ____________________     opening: width_m by height_m, its front at z_m
 *     |  ___    ___        |
 *     | |   |  |   |       |    across 3, of 2 items: one place is bare
 *     | |___|  |___|       |
 *     ----------------------    board
 *
 * Size and label are the SKU's: all of a SKU look alike. Items fill places from one end (the SKU's)
 * and are pushed to the front, so who stands behind is not seen and not drawn.
 * Not modeled: items that stand askew, that lie, or whose row recedes as it gets shorter.
 */
#include <stdio.h>
#include <string.h>

#include "scenes/actor.h"

#define MOST_ACROSS 3
#define MOST_ITEMS 1000
#define INSET_M 0.012 /* behind the edge of the board */
#define SIDES 8       /* of what is round */

static const char *const pack_names[] = {"box", "can", "bottle", "bag"};
_Static_assert(SIM_COUNT(pack_names) == SCENE_PACKS, "a name for each pack");

/* sRGB of packs and labels. */
static const uint32_t hues[] = {0xc62828, 0xe8c22c, 0x1f5fa8, 0x2f8a46, 0xe6762a, 0xf0ece2,
                                0x6a3d8f, 0x8c5a34, 0xe07aa0, 0x2aa0b4, 0x9fc33a, 0x30343a,
                                0xd8b48c, 0xb01848, 0x7aa8d8, 0xf3dca0, 0xb8bcc0, 0x4a6a58};

/* ---- JSON ---- */

static void read_stock(const sim_cfg_t *cfg, scene_product_t *p)
{
    uint32_t count = sim_cfg_count(cfg, "stock");
    if (count > SCENE_MAX_STOCKS) {
        sim_cfg_fail(cfg, "stock", "%u are more than %d", (unsigned)count, SCENE_MAX_STOCKS);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        sim_cfg_t item = sim_cfg_at(cfg, "stock", i);
        scene_stock_t *stock = &p->stock[i];
        sim_cfg_need(&item, "at_s");
        sim_cfg_need(&item, "items");
        stock->at_s = sim_cfg_num(&item, "at_s", 0, 1e6, 0);
        stock->items = (uint32_t)sim_cfg_u64(&item, "items", 0, MOST_ITEMS, 0);
        if (i > 0 && stock->at_s <= stock[-1].at_s)
            sim_cfg_fail(&item, "at_s", "%g is not after %g, the one before", stock->at_s,
                         stock[-1].at_s);
        sim_cfg_done(&item);
    }
    p->stock_count = count;
}

void scene_product_read_goods(const sim_cfg_t *cfg, sim_stream_t *s, scene_product_t *p)
{
    uint32_t sku = sim_stream_u32(s), pack = sim_stream_below(s, SCENE_PACKS);
    uint32_t deep = 1 + sim_stream_below(s, 4);
    p->sku = sim_cfg_u64(cfg, "sku", 0, SCENE_MOST_SEED, sku);
    p->pack = (scene_pack_t)SCENE_ENUM(cfg, "pack", pack_names, pack);
    p->across = (uint32_t)sim_cfg_u64(cfg, "across", 1, MOST_ACROSS, p->across);
    p->items = (uint32_t)sim_cfg_u64(cfg, "items", 0, MOST_ITEMS, deep * p->across);
    read_stock(cfg, p);
}

static void product_read(const sim_cfg_t *cfg, uint64_t seed, uint32_t index, void *subject)
{
    static const char *const needed[] = {"facing", "x_m", "z_m", "up_m"};
    scene_product_t *p = subject;
    sim_stream_t s = sim_stream(seed, SCENE_RNG_ACTOR, index);
    for (uint32_t i = 0; i < SIM_COUNT(needed); i++)
        sim_cfg_need(cfg, needed[i]);
    const char *name = sim_cfg_str(cfg, "facing", "-");
    if (name[0] == '\0' || strlen(name) >= SCENE_NAME)
        sim_cfg_fail(cfg, "facing", "%zu bytes, expected 1..%d", strlen(name), SCENE_NAME - 1);
    snprintf(p->facing, sizeof(p->facing), "%s", name);
    p->x_m = sim_cfg_num(cfg, "x_m", -100, 100, 0);
    p->z_m = sim_cfg_num(cfg, "z_m", 0.2, 100, 3);
    p->up_m = sim_cfg_num(cfg, "up_m", 0, 10, 1);
    p->width_m = sim_cfg_num(cfg, "width_m", 0.03, 4, 0.4);
    p->height_m = sim_cfg_num(cfg, "height_m", 0.03, 2, 0.35);
    p->across = 3;
    scene_product_read_goods(cfg, &s, p);
    sim_cfg_done(cfg);
}

static void product_write(const void *subject, sim_json_t *out)
{
    const scene_product_t *p = subject;
    sim_json_add_str(out, "facing", p->facing);
    sim_json_add_num(out, "x_m", p->x_m);
    sim_json_add_num(out, "z_m", p->z_m);
    sim_json_add_num(out, "up_m", p->up_m);
    sim_json_add_num(out, "width_m", p->width_m);
    sim_json_add_num(out, "height_m", p->height_m);
    sim_json_add_u64(out, "sku", p->sku);
    sim_json_add_str(out, "pack", pack_names[p->pack]);
    sim_json_add_u64(out, "across", p->across);
    sim_json_add_u64(out, "items", p->items);
    sim_json_t *stock = sim_json_add_array(out, "stock");
    for (uint32_t i = 0; i < p->stock_count; i++) {
        sim_json_t *item = sim_json_add_object(stock, NULL);
        sim_json_add_num(item, "at_s", p->stock[i].at_s);
        sim_json_add_u64(item, "items", p->stock[i].items);
    }
}

/* ---- what a SKU looks like ---- */

typedef struct {
    scene_cloth_map_t body, label, brand, top;
    float wide, high, deep;                             /* of an item, meters */
    float label_low, label_high, brand_low, brand_high; /* shares of its height */
    bool from_right;
} look_t;

static void draw_colors(sim_stream_t *s, look_t *look)
{
    uint32_t count = SIM_COUNT(hues), body = sim_stream_below(s, count);
    uint32_t label = (body + 1 + sim_stream_below(s, count - 1)) % count;
    scene_rgb_t brand = scene_rgb_hex(hues[sim_stream_below(s, count)]);
    float print = sim_stream_range(s, 0.05f, 0.3f);
    scene_cloth_plain(&look->body, scene_rgb_hex(hues[body]), 0.5f * print, 6.0f);
    scene_cloth_plain(&look->label, scene_rgb_hex(hues[label]), print, 14.0f);
    scene_cloth_plain(&look->brand, brand, 0.0f, 0.0f);
    scene_cloth_plain(&look->top, scene_rgb_scale(brand, 0.8f), 0.0f, 0.0f);
}

static void product_prepare(const void *subject, void *memory)
{
    static const float slim[SCENE_PACKS] = {1.0f, 0.8f, 0.62f, 0.95f};
    const scene_product_t *p = subject;
    look_t *look = memory;
    sim_stream_t s = sim_stream(p->sku, SCENE_RNG_PRODUCT, 0);
    float place = (float)p->width_m / (float)p->across;
    draw_colors(&s, look);
    look->high = (float)p->height_m * sim_stream_range(&s, 0.62f, 0.92f);
    look->wide = place * sim_stream_range(&s, 0.82f, 0.95f);
    float most = look->high * (slim[p->pack] + 0.25f);
    look->wide = scene_min(look->wide, most);
    look->deep = scene_min(look->wide, 0.2f);
    look->label_low = sim_stream_range(&s, 0.1f, 0.35f);
    look->label_high = look->label_low + sim_stream_range(&s, 0.2f, 0.45f);
    look->brand_low = sim_stream_range(&s, 0.1f, 0.5f);
    look->brand_high = look->brand_low + sim_stream_range(&s, 0.08f, 0.2f);
    look->from_right = sim_stream_below(&s, 2) == 0;
}

/* ---- the actor ---- */

uint32_t scene_product_items(const scene_product_t *p, double time_s)
{
    uint32_t items = p->items;
    for (uint32_t i = 0; i < p->stock_count && p->stock[i].at_s <= time_s; i++)
        items = p->stock[i].items;
    return items;
}

static void product_place(const void *subject, double time_s, scene_place_t *out)
{
    const scene_product_t *p = subject;
    (void)time_s;
    *out = (scene_place_t){.x_m = p->x_m,
                           .z_m = p->z_m + INSET_M,
                           .reach_m = 0.5 * p->width_m,
                           .deep_m = p->width_m / p->across,
                           .low = (float)p->up_m,
                           .high = (float)(p->up_m + p->height_m),
                           .size_m = (float)p->height_m,
                           .mirror = 1.0f,
                           .foot = (float)p->up_m};
}

/* One item: its middle, the board under it. */
typedef struct {
    const look_t *look;
    scene_body_t *body;
    float x, low;
} item_t;

/* An upright column of SIDES sides between two shares of the item's height, r as wide; lighter
 * where it faces the camera. label: of the middle three sides; NULL: none. */
static void add_column(const item_t *item, float low, float high, float r,
                       const scene_cloth_map_t *cloth, const scene_cloth_map_t *label)
{
    static const float all[2] = {0, 1};
    scene_flat_t profile[SIDES];
    float tall = item->look->high;
    uint32_t from = item->body->faces;
    scene_frame_t frame = {.at = {item->x, item->low, 0.5f * item->look->wide},
                           .ahead = {0, 0, 1},
                           .up = {1, 0, 0},
                           .left = {0, 1, 0}};
    for (uint32_t i = 0; i < SIDES; i++) { /* line 3 to 4 faces the camera */
        double turns = ((double)i + 0.5) / SIDES;
        profile[i] = (scene_flat_t){r * scene_cos(turns), r * scene_sin(turns)};
    }
    scene_prism_t prism = {profile, SIDES, 0.5f * (high - low) * tall, 0,
                           0.5f * (high + low) * tall};
    scene_add_prism(item->body, &frame, &prism, cloth);
    const float up[2] = {(item->look->label_low - low) / (high - low),
                         scene_min((item->look->label_high - low) / (high - low), 1.0f)};
    for (uint32_t i = 2; i <= 4 && label != NULL; i++)
        scene_add_side_decal(item->body, &frame, &prism, i, all, up, label);
    for (uint32_t i = from; i < item->body->faces; i++) {
        uint32_t line = i - from;
        line = line < 2 ? 3 : line < 2 + SIDES ? line - 2 : line - SIDES;
        item->body->face[i].shade = line == 3 ? 1.0f : line == 2 || line == 4 ? 0.8f : 0.5f;
    }
}

static void add_flat_item(const item_t *item, const scene_flat_t *outline, uint32_t corners)
{
    const look_t *l = item->look;
    float half = 0.5f * l->wide;
    scene_frame_t frame = scene_frame_heading(1, 0);
    frame.at = (scene_point_t){item->x, item->low, 0};
    scene_prism_t prism = {outline, corners, 0.5f * l->deep, 0, 0.5f * l->deep};
    scene_add_prism(item->body, &frame, &prism, &l->body);
    const float part[2][3] = {{l->label_low, l->label_high, 0.9f * half},
                              {l->brand_low, l->brand_high, 0.6f * half}};
    for (int i = 0; i < 2; i++) {
        float low = part[i][0] * l->high, high = part[i][1] * l->high, w = part[i][2];
        const scene_flat_t at[4] = {{-w, low}, {w, low}, {w, high}, {-w, high}};
        scene_add_end_decal(item->body, &frame, &prism, -1, at, 4, i == 0 ? &l->label : &l->brand);
    }
}

static void add_item(const item_t *item, scene_pack_t pack)
{
    const look_t *l = item->look;
    float half = 0.5f * l->wide, high = l->high, r = 0.54f * l->wide;
    const scene_flat_t box[4] = {{-half, 0}, {half, 0}, {half, high}, {-half, high}};
    const scene_flat_t bag[6] = {{-0.9f * half, 0},    {0.9f * half, 0},      {half, 0.8f * high},
                                 {0.75f * half, high}, {-0.75f * half, high}, {-half, 0.8f * high}};
    switch (pack) {
    case SCENE_BOX:
        add_flat_item(item, box, 4);
        break;
    case SCENE_BAG:
        add_flat_item(item, bag, 6);
        break;
    case SCENE_CAN:
        add_column(item, 0.0f, 0.96f, r, &l->body, &l->label);
        add_column(item, 0.96f, 1.0f, 0.9f * r, &l->top, NULL);
        break;
    default:
        add_column(item, 0.0f, 0.68f, r, &l->body, &l->label);
        add_column(item, 0.68f, 0.8f, 0.7f * r, &l->body, NULL);
        add_column(item, 0.8f, 1.0f, 0.38f * r, &l->top, NULL);
        break;
    }
}
_Static_assert(MOST_ACROSS *(3 * (SIDES + 2) + 3) <= SCENE_MAX_FACES, "faces for bottles");
_Static_assert(MOST_ACROSS * 3 <= SCENE_MAX_BLOCKS, "blocks for bottles");

static void product_pose(const void *subject, const void *memory, double time_s, scene_body_t *out)
{
    const scene_product_t *p = subject;
    const look_t *look = memory;
    uint32_t items = scene_product_items(p, time_s), shown = items < p->across ? items : p->across;
    float place = (float)p->width_m / (float)p->across;
    for (uint32_t i = 0; i < shown; i++) {
        uint32_t at = look->from_right ? p->across - 1 - i : i;
        item_t item = {look, out, place * ((float)at + 0.5f) - 0.5f * (float)p->width_m,
                       (float)p->up_m};
        add_item(&item, p->pack);
    }
}

/* The facing becomes empty or is so no more. */
static void product_events(const void *subject, const void *look, uint64_t from_ps, uint64_t to_ps,
                           const scene_emit_t *to)
{
    const scene_product_t *p = subject;
    (void)look;
    uint32_t before = p->items;
    for (uint32_t i = 0; i < p->stock_count; i++) {
        uint32_t now = p->stock[i].items;
        uint64_t at_ps = (uint64_t)(p->stock[i].at_s * 1e12 + 0.5);
        if ((before == 0) != (now == 0) && at_ps >= from_ps && at_ps < to_ps)
            scene_emit(to, now == 0 ? SCENE_EVENT_FACING_EMPTY : SCENE_EVENT_FACING_FILLED, at_ps,
                       p->facing);
        before = now;
    }
}

const scene_actor_kind_t scene_kind_product = {
    .name = "product",
    .class_id = SCENE_CLASS_PRODUCT,
    .look_bytes = sizeof(look_t),
    .read = product_read,
    .write = product_write,
    .prepare = product_prepare,
    .place = product_place,
    .pose = product_pose,
    .events = product_events,
};
