/*
 * vehicle.c - cars, vans and trucks as a kind of actor: two or three prisms, wheels, and what is
 * painted on them, in tables.
 *
 * Along a vehicle places are shares of its length from -0.5 (tail) to 0.5 (nose), up shares of its
 * height. Shapes and proportions are assumed from pictures of common models.
 * Not modeled: steering and tilting of wheels and body, glass that one sees through, reflections,
 * lamps that shine.
 */
#include "scenes/actor.h"

#define WHEEL_CORNERS 16
#define MAX_HULLS 3

static const char *const vehicle_names[] = {"car", "van", "truck"};
_Static_assert(SIM_COUNT(vehicle_names) == SCENE_VEHICLES, "a name for each vehicle");

/* sRGB; grays are the most common. */
static const uint32_t paints[] = {0xe9e9e6, 0xd8dadc, 0xb4b8bc, 0x7c8186, 0x4a4e53, 0x1d1f22,
                                  0x121314, 0x8e1b1f, 0xc0282a, 0x1f3f77, 0x2c62a8, 0x1f4d3a,
                                  0x5d4a36, 0xc8b48a, 0xd9772b, 0xe8c53a};
static const uint32_t cargos[] = {0xf0efec, 0xe2e4e6, 0xc9ced3, 0x2f5d94, 0xb53a35, 0x3e7d55};
static const uint32_t glasses[] = {0x1a2126, 0x222b31, 0x2b363d, 0x10161a};

typedef enum {
    PAINT,
    CARGO,
    GLASS,
    TRIM,  /* black plastic, tires */
    SEAM,  /* a darker paint */
    METAL, /* rims, handles */
    LAMP,
    TAIL_LAMP,
    PLATE,
    STRIPE, /* on a cargo box */
    CLOTHS
} color_t;

/* A prism: profile, counterclockwise from the tail's lower corner, and half widths of the
 * vehicle's half width at its bottom and top. */
typedef struct {
    uint32_t corners;
    scene_flat_t at[8];
    float wide[2];
    color_t color;
} hull_t;

/* Painted on a hull: on both ends (line -1), a polygon in the vehicle's shares; else on the side
 * along that line of the profile, from at[0].x to at[0].y along it and at[1] across from the right:
 * shares.
 */
typedef struct {
    uint32_t hull;
    int line;
    color_t color;
    uint32_t corners;
    scene_flat_t at[5];
} mark_t;

typedef struct {
    scene_range_t length_m, width_m, height_m;
    float wheel;   /* radius, of the height */
    float axle[3]; /* places; 9: none */
    uint32_t hulls, marks;
    hull_t hull[MAX_HULLS];
    mark_t mark[28];
} plan_t;

/* clang-format off */
static const plan_t plans[SCENE_VEHICLES] = {
    [SCENE_CAR] = {
        .length_m = {3.7, 4.8}, .width_m = {1.68, 1.88}, .height_m = {1.40, 1.62},
        .wheel = 0.215f, .axle = {0.31f, -0.30f, 9}, .hulls = 2, .marks = 24,
        .hull = {
            {8, {{-0.485f, 0.16f}, {0.48f, 0.14f}, {0.50f, 0.22f}, {0.495f, 0.42f}, {0.46f, 0.50f},
                 {0.19f, 0.60f}, {-0.47f, 0.60f}, {-0.50f, 0.42f}}, {0.97f, 0.97f}, PAINT},
            {4, {{-0.45f, 0.60f}, {0.19f, 0.60f}, {0.03f, 0.97f}, {-0.31f, 1.0f}}, {0.95f, 0.72f}, PAINT},
        },
        .mark = {
            {0, -1, TRIM, 4, {{-0.485f, 0.165f}, {0.478f, 0.148f}, {0.485f, 0.215f}, {-0.485f, 0.225f}}},
            {0, -1, SEAM, 4, {{-0.005f, 0.23f}, {0.0f, 0.23f}, {0.0f, 0.60f}, {-0.005f, 0.60f}}},
            {0, -1, SEAM, 4, {{0.185f, 0.26f}, {0.19f, 0.26f}, {0.19f, 0.59f}, {0.185f, 0.59f}}},
            {0, -1, SEAM, 4, {{-0.205f, 0.36f}, {-0.20f, 0.36f}, {-0.19f, 0.60f}, {-0.195f, 0.60f}}},
            {0, -1, METAL, 4, {{0.01f, 0.515f}, {0.05f, 0.515f}, {0.05f, 0.53f}, {0.01f, 0.53f}}},
            {0, -1, METAL, 4, {{-0.18f, 0.515f}, {-0.14f, 0.515f}, {-0.14f, 0.53f}, {-0.18f, 0.53f}}},
            {0, -1, LAMP, 4, {{0.43f, 0.41f}, {0.49f, 0.40f}, {0.475f, 0.46f}, {0.43f, 0.475f}}},
            {0, -1, TAIL_LAMP, 4, {{-0.495f, 0.44f}, {-0.45f, 0.45f}, {-0.45f, 0.53f}, {-0.48f, 0.53f}}},
            {0, 2, TRIM, 0, {{0.1f, 0.75f}, {0.30f, 0.70f}}},    /* grille */
            {0, 2, PLATE, 0, {{0.2f, 0.42f}, {0.36f, 0.64f}}},
            {0, 2, LAMP, 0, {{0.70f, 1.0f}, {0.03f, 0.24f}}},
            {0, 2, LAMP, 0, {{0.70f, 1.0f}, {0.76f, 0.97f}}},
            {0, 4, SEAM, 0, {{0.0f, 1.0f}, {0.08f, 0.088f}}},    /* hood */
            {0, 4, SEAM, 0, {{0.0f, 1.0f}, {0.912f, 0.92f}}},
            {0, 6, TAIL_LAMP, 0, {{0.25f, 0.75f}, {0.02f, 0.2f}}},
            {0, 6, TAIL_LAMP, 0, {{0.25f, 0.75f}, {0.8f, 0.98f}}},
            {0, 7, PLATE, 0, {{0.10f, 0.42f}, {0.36f, 0.64f}}},
            {0, 7, TRIM, 0, {{0.62f, 0.95f}, {0.08f, 0.92f}}},
            {1, 1, GLASS, 0, {{0.06f, 0.94f}, {0.04f, 0.96f}}},  /* windshield */
            {1, 3, GLASS, 0, {{0.12f, 0.88f}, {0.07f, 0.93f}}},
            {1, -1, GLASS, 4, {{-0.015f, 0.63f}, {0.155f, 0.63f}, {0.035f, 0.91f}, {-0.015f, 0.925f}}},
            {1, -1, GLASS, 4, {{-0.21f, 0.63f}, {-0.03f, 0.63f}, {-0.03f, 0.925f}, {-0.21f, 0.945f}}},
            {1, -1, GLASS, 4, {{-0.395f, 0.64f}, {-0.225f, 0.63f}, {-0.225f, 0.94f}, {-0.295f, 0.93f}}},
            {0, -1, TRIM, 4, {{-0.47f, 0.585f}, {0.18f, 0.585f}, {0.18f, 0.60f}, {-0.47f, 0.60f}}},
        },
    },
    [SCENE_VAN] = {
        .length_m = {4.9, 6.0}, .width_m = {1.90, 2.05}, .height_m = {1.95, 2.5},
        .wheel = 0.155f, .axle = {0.33f, -0.29f, 9}, .hulls = 2, .marks = 20,
        .hull = {
            {7, {{-0.495f, 0.13f}, {0.48f, 0.11f}, {0.50f, 0.17f}, {0.495f, 0.33f}, {0.46f, 0.41f},
                 {0.37f, 0.49f}, {-0.50f, 0.49f}}, {0.98f, 0.98f}, PAINT},
            {5, {{-0.50f, 0.49f}, {0.37f, 0.49f}, {0.235f, 0.93f}, {0.17f, 1.0f}, {-0.485f, 1.0f}},
                {0.98f, 0.88f}, PAINT},
        },
        .mark = {
            {0, -1, TRIM, 4, {{-0.495f, 0.135f}, {0.478f, 0.117f}, {0.49f, 0.17f}, {-0.495f, 0.19f}}},
            {0, -1, TRIM, 4, {{-0.40f, 0.27f}, {0.24f, 0.27f}, {0.24f, 0.31f}, {-0.40f, 0.31f}}},
            {0, -1, SEAM, 4, {{0.125f, 0.15f}, {0.13f, 0.15f}, {0.13f, 0.49f}, {0.125f, 0.49f}}},
            {0, -1, SEAM, 4, {{-0.105f, 0.15f}, {-0.10f, 0.15f}, {-0.10f, 0.49f}, {-0.105f, 0.49f}}},
            {0, -1, METAL, 4, {{0.14f, 0.44f}, {0.175f, 0.44f}, {0.175f, 0.455f}, {0.14f, 0.455f}}},
            {0, -1, METAL, 4, {{0.085f, 0.44f}, {0.115f, 0.44f}, {0.115f, 0.455f}, {0.085f, 0.455f}}},
            {0, -1, LAMP, 4, {{0.43f, 0.32f}, {0.49f, 0.31f}, {0.47f, 0.38f}, {0.43f, 0.41f}}},
            {0, -1, TAIL_LAMP, 4, {{-0.498f, 0.30f}, {-0.475f, 0.30f}, {-0.475f, 0.48f}, {-0.499f, 0.48f}}},
            {0, 2, TRIM, 0, {{0.15f, 0.9f}, {0.28f, 0.72f}}},
            {0, 2, PLATE, 0, {{0.2f, 0.42f}, {0.38f, 0.62f}}},
            {0, 2, LAMP, 0, {{0.62f, 1.0f}, {0.03f, 0.22f}}},
            {0, 2, LAMP, 0, {{0.62f, 1.0f}, {0.78f, 0.97f}}},
            {0, 6, TAIL_LAMP, 0, {{0.05f, 0.5f}, {0.01f, 0.1f}}},
            {0, 6, TAIL_LAMP, 0, {{0.05f, 0.5f}, {0.9f, 0.99f}}},
            {0, 6, PLATE, 0, {{0.62f, 0.78f}, {0.12f, 0.34f}}},
            {0, 6, SEAM, 0, {{0.0f, 0.9f}, {0.496f, 0.504f}}},
            {1, 1, GLASS, 0, {{0.04f, 0.95f}, {0.04f, 0.96f}}},
            {1, 4, SEAM, 0, {{0.0f, 1.0f}, {0.496f, 0.504f}}},
            {1, -1, GLASS, 4, {{0.15f, 0.52f}, {0.335f, 0.52f}, {0.235f, 0.84f}, {0.15f, 0.84f}}},
            {1, -1, SEAM, 4, {{-0.105f, 0.49f}, {-0.10f, 0.49f}, {-0.10f, 0.95f}, {-0.105f, 0.95f}}},
        },
    },
    [SCENE_TRUCK] = {
        .length_m = {6.5, 8.8}, .width_m = {2.30, 2.50}, .height_m = {2.9, 3.6},
        .wheel = 0.145f, .axle = {0.365f, -0.24f, -0.37f}, .hulls = 3, .marks = 17,
        .hull = {
            {4, {{-0.49f, 0.17f}, {0.25f, 0.17f}, {0.25f, 0.29f}, {-0.49f, 0.29f}}, {0.80f, 0.80f}, TRIM},
            {5, {{0.265f, 0.12f}, {0.495f, 0.11f}, {0.50f, 0.42f}, {0.475f, 0.83f}, {0.265f, 0.85f}},
                {0.96f, 0.92f}, PAINT},
            {4, {{-0.50f, 0.30f}, {0.25f, 0.30f}, {0.25f, 1.0f}, {-0.50f, 1.0f}}, {1.0f, 1.0f}, CARGO},
        },
        .mark = {
            {1, -1, TRIM, 4, {{0.266f, 0.122f}, {0.494f, 0.113f}, {0.496f, 0.2f}, {0.266f, 0.2f}}},
            {1, -1, GLASS, 4, {{0.33f, 0.50f}, {0.485f, 0.50f}, {0.465f, 0.78f}, {0.33f, 0.78f}}},
            {1, -1, SEAM, 4, {{0.315f, 0.2f}, {0.319f, 0.2f}, {0.319f, 0.83f}, {0.315f, 0.83f}}},
            {1, -1, METAL, 4, {{0.325f, 0.43f}, {0.345f, 0.43f}, {0.345f, 0.445f}, {0.325f, 0.445f}}},
            {1, 1, TRIM, 0, {{0.0f, 0.28f}, {0.02f, 0.98f}}},    /* bumper */
            {1, 1, TRIM, 0, {{0.5f, 0.92f}, {0.22f, 0.78f}}},    /* grille */
            {1, 1, PLATE, 0, {{0.08f, 0.2f}, {0.38f, 0.62f}}},
            {1, 1, LAMP, 0, {{0.32f, 0.46f}, {0.05f, 0.22f}}},
            {1, 1, LAMP, 0, {{0.32f, 0.46f}, {0.78f, 0.95f}}},
            {1, 2, GLASS, 0, {{0.2f, 0.9f}, {0.05f, 0.95f}}},    /* windshield */
            {2, -1, STRIPE, 4, {{-0.48f, 0.50f}, {0.23f, 0.58f}, {0.23f, 0.70f}, {-0.48f, 0.62f}}},
            {2, -1, SEAM, 4, {{-0.50f, 0.30f}, {0.25f, 0.30f}, {0.25f, 0.32f}, {-0.50f, 0.32f}}},
            {2, 3, SEAM, 0, {{0.03f, 0.97f}, {0.495f, 0.505f}}},
            {2, 3, METAL, 0, {{0.05f, 0.95f}, {0.40f, 0.41f}}},
            {2, 3, METAL, 0, {{0.05f, 0.95f}, {0.59f, 0.60f}}},
            {0, 3, TAIL_LAMP, 0, {{0.3f, 0.8f}, {0.02f, 0.14f}}},
            {0, 3, TAIL_LAMP, 0, {{0.3f, 0.8f}, {0.86f, 0.98f}}},
        },
    },
};
/* clang-format on */

/* ---- JSON ---- */

static void vehicle_read(const sim_cfg_t *cfg, uint64_t seed, uint32_t index, void *subject)
{
    static const uint32_t weights[] = {SCENE_CAR, SCENE_CAR, SCENE_CAR, SCENE_VAN, SCENE_TRUCK};
    scene_vehicle_t *v = subject;
    sim_stream_t s = sim_stream(seed, SCENE_RNG_ACTOR, index);
    uint32_t drawn = weights[sim_stream_below(&s, SIM_COUNT(weights))];
    v->vehicle = (scene_vehicle_kind_t)SCENE_ENUM(cfg, "vehicle", vehicle_names, drawn);
    const plan_t *plan = &plans[v->vehicle];
    v->length_m = scene_read_drawn(cfg, "length_m", 2.5, 12, plan->length_m, &s);
    v->width_m = scene_read_drawn(cfg, "width_m", 1.2, 3, plan->width_m, &s);
    v->height_m = scene_read_drawn(cfg, "height_m", 1, 4, plan->height_m, &s);
    scene_read_color(cfg, "color", paints, SIM_COUNT(paints), &s, v->color);
    v->look =
        sim_cfg_u64(cfg, "look", 0, SCENE_MOST_SEED, (seed * 1000003u + index) & SCENE_MOST_SEED);
    scene_path_read(cfg, seed, index, true, &v->path);
    sim_cfg_done(cfg);
}

static void vehicle_write(const void *subject, sim_json_t *out)
{
    const scene_vehicle_t *v = subject;
    sim_json_add_str(out, "vehicle", vehicle_names[v->vehicle]);
    sim_json_add_num(out, "length_m", v->length_m);
    sim_json_add_num(out, "width_m", v->width_m);
    sim_json_add_num(out, "height_m", v->height_m);
    scene_write_color(out, "color", v->color);
    sim_json_add_u64(out, "look", v->look);
    scene_path_write(&v->path, out);
}

/* ---- looks ---- */

typedef struct {
    scene_cloth_map_t cloth[CLOTHS];
    scene_flat_t circle[WHEEL_CORNERS]; /* from ahead over up */
} look_t;

static scene_rgb_t pick(sim_stream_t *s, const uint32_t *hex, uint32_t count)
{
    return scene_rgb_hex(hex[sim_stream_below(s, count)]);
}

static void vehicle_prepare(const void *subject, void *memory)
{
    const scene_vehicle_t *v = subject;
    look_t *look = memory;
    sim_stream_t s = sim_stream(v->look, SCENE_RNG_LOOK, 0);
    scene_rgb_t paint = {(float)v->color[0], (float)v->color[1], (float)v->color[2]};
    float rim = sim_stream_range(&s, 0.25f, 0.6f);
    const scene_rgb_t color[CLOTHS] = {
        [PAINT] = paint,
        [CARGO] = pick(&s, cargos, SIM_COUNT(cargos)),
        [GLASS] = pick(&s, glasses, SIM_COUNT(glasses)),
        [TRIM] = scene_rgb_hex(0x1b1c1e),
        [SEAM] = scene_rgb_scale(paint, 0.45f),
        [METAL] = {rim, rim, rim},
        [LAMP] = scene_rgb_hex(0xe6ebee),
        [TAIL_LAMP] = scene_rgb_hex(0xa31318),
        [PLATE] = scene_rgb_hex(0xf2f2ea),
        [STRIPE] = pick(&s, paints, SIM_COUNT(paints)),
    };
    for (uint32_t i = 0; i < CLOTHS; i++)
        scene_cloth_plain(&look->cloth[i], color[i], 0, 0);
    for (uint32_t i = 0; i < WHEEL_CORNERS; i++)
        look->circle[i] = (scene_flat_t){scene_cos((double)i / WHEEL_CORNERS),
                                         scene_sin((double)i / WHEEL_CORNERS)};
}

static void vehicle_place(const void *subject, double time_s, scene_place_t *out)
{
    const scene_vehicle_t *v = subject;
    scene_step_t step = scene_path_at(&v->path, time_s);
    *out = scene_place_turned(&step, 0.5 * v->length_m, 0.5 * v->width_m);
    out->high = out->size_m = (float)v->height_m;
    out->shadow_wide = 1.12f * (float)(out->reach_m / v->height_m);
    out->shadow_deep = 1.12f * (float)(out->deep_m / v->height_m);
}

/* ---- the body ---- */

typedef struct {
    const scene_vehicle_t *vehicle;
    const plan_t *plan;
    const look_t *look;
    scene_body_t *body;
    scene_frame_t frame;
    float length, half, height;
} build_t;

static void scale(const build_t *b, const scene_flat_t *from, uint32_t count, scene_flat_t *to)
{
    for (uint32_t i = 0; i < count; i++)
        to[i] = (scene_flat_t){from[i].x * b->length, from[i].y * b->height};
}

static void add_mark(const build_t *b, const scene_prism_t *prism, const mark_t *mark)
{
    const scene_cloth_map_t *cloth = &b->look->cloth[mark->color];
    scene_flat_t at[5];
    if (mark->line >= 0) {
        const float u[2] = {mark->at[0].x, mark->at[0].y}, v[2] = {mark->at[1].x, mark->at[1].y};
        scene_add_side_decal(b->body, &b->frame, prism, (uint32_t)mark->line, u, v, cloth);
        return;
    }
    scale(b, mark->at, mark->corners, at);
    for (int side = -1; side <= 1; side += 2)
        scene_add_end_decal(b->body, &b->frame, prism, side, at, mark->corners, cloth);
}

/* Half a disc above a wheel, on both ends. */
static void add_arch(const build_t *b, const scene_prism_t *prism, float axle, float radius)
{
    scene_flat_t at[WHEEL_CORNERS / 2 + 1];
    for (uint32_t i = 0; i < SIM_COUNT(at); i++) {
        at[i].x = axle * b->length + 1.13f * radius * b->look->circle[i].x;
        at[i].y = radius + 1.13f * radius * b->look->circle[i].y;
    }
    for (int side = -1; side <= 1; side += 2)
        scene_add_end_decal(b->body, &b->frame, prism, side, at, SIM_COUNT(at),
                            &b->look->cloth[TRIM]);
}

static void add_hull(const build_t *b, uint32_t index)
{
    const hull_t *hull = &b->plan->hull[index];
    scene_flat_t profile[8];
    float low = 1e9f, high = -1e9f, radius = b->plan->wheel * b->height;
    scale(b, hull->at, hull->corners, profile);
    for (uint32_t i = 0; i < hull->corners; i++) {
        low = scene_min(low, profile[i].y);
        high = scene_max(high, profile[i].y);
    }
    float taper = b->half * (hull->wide[1] - hull->wide[0]) / (high - low);
    scene_prism_t prism = {profile, hull->corners, b->half * hull->wide[0] - taper * low, taper, 0};
    scene_add_prism(b->body, &b->frame, &prism, &b->look->cloth[hull->color]);
    for (uint32_t i = 0; i < b->plan->marks; i++)
        if (b->plan->mark[i].hull == index)
            add_mark(b, &prism, &b->plan->mark[i]);
    for (uint32_t i = 0; i < SIM_COUNT(b->plan->axle); i++) {
        float axle = b->plan->axle[i];
        if (axle * b->length > profile[0].x && axle * b->length < profile[1].x &&
            hull->color == PAINT && low < radius)
            add_arch(b, &prism, axle, radius);
    }
}

static void add_ring(const build_t *b, scene_face_kind_t kind, color_t color, float ahead, float up,
                     float left, float radius, int side)
{
    scene_face_t *face = scene_add_face(b->body, kind, &b->look->cloth[color]);
    for (uint32_t i = 0; i < WHEEL_CORNERS; i++) {
        const scene_flat_t *at = &b->look->circle[side < 0 ? i : WHEEL_CORNERS - 1 - i];
        scene_add_corner(
            face, scene_frame_point(&b->frame, ahead + radius * at->x, up + radius * at->y, left));
    }
}

/* The spokes of a wheel that has turned so far, seen from a side. */
static void add_spokes(const build_t *b, float ahead, float up, float left, float radius, int side,
                       double turned)
{
    for (uint32_t i = 0; i < 5; i++) {
        double turns = i / 5.0 - turned;
        float c = scene_cos(turns), s = scene_sin(turns);
        const scene_flat_t at[3] = {{0.15f, -0.13f}, {0.92f, 0.0f}, {0.15f, 0.13f}};
        scene_face_t *face = scene_add_face(b->body, SCENE_DECAL, &b->look->cloth[TRIM]);
        for (uint32_t k = 0; k < 3; k++) {
            scene_flat_t p = at[side < 0 ? k : 2 - k];
            scene_add_corner(face,
                             scene_frame_point(&b->frame, ahead + radius * (p.x * c - p.y * s),
                                               up + radius * (p.x * s + p.y * c), left));
        }
    }
}

static float lowest(const build_t *b)
{
    float low = 1.0f;
    for (uint32_t i = 0; i < b->plan->hulls; i++)
        for (uint32_t k = 0; k < b->plan->hull[i].corners; k++)
            low = scene_min(low, b->plan->hull[i].at[k].y);
    return low * b->height;
}

/* A wheel: a disc outside, the tire below the body as it is seen from the front. */
static void add_wheel(const build_t *b, float axle, int side, double way_m)
{
    float r = b->plan->wheel * b->height, ahead = axle * b->length, low = lowest(b);
    float left = (float)side * (b->half + 0.01f), inner = (float)side * (b->half - 0.2f);
    float outer = (float)side * (b->half - 0.01f), reach = 0.85f * r;
    const scene_flat_t profile[4] = {
        {ahead - 0.5f * r, 0}, {ahead + 0.5f * r, 0}, {ahead + reach, low}, {ahead - reach, low}};
    scene_prism_t tire = {profile, 4, 0.5f * (b->half - 0.01f - (b->half - 0.2f)), 0,
                          0.5f * (inner + outer)};
    scene_add_prism(b->body, &b->frame, &tire, &b->look->cloth[TRIM]);
    add_ring(b, SCENE_SHEET, TRIM, ahead, r, left, r, side);
    add_ring(b, SCENE_DECAL, METAL, ahead, r, left, 0.64f * r, side);
    add_spokes(b, ahead, r, left, 0.64f * r, side, way_m / (6.2831853 * (double)r));
}

static void vehicle_pose(const void *subject, const void *look, double time_s, scene_body_t *out)
{
    const scene_vehicle_t *v = subject;
    scene_step_t step = scene_path_at(&v->path, time_s);
    build_t b = {.vehicle = v,
                 .plan = &plans[v->vehicle],
                 .look = look,
                 .body = out,
                 .frame = scene_frame_heading(step.dir_x, step.dir_z),
                 .length = (float)v->length_m,
                 .half = 0.5f * (float)v->width_m,
                 .height = (float)v->height_m};
    for (uint32_t i = 0; i < b.plan->hulls; i++)
        add_hull(&b, i);
    for (uint32_t i = 0; i < SIM_COUNT(b.plan->axle); i++)
        for (int side = -1; side <= 1 && b.plan->axle[i] < 1.0f; side += 2)
            add_wheel(&b, b.plan->axle[i], side, step.way_m);
}

const scene_actor_kind_t scene_kind_vehicle = {
    .name = "vehicle",
    .class_id = SCENE_CLASS_VEHICLE,
    .look_bytes = sizeof(look_t),
    .read = vehicle_read,
    .write = vehicle_write,
    .prepare = vehicle_prepare,
    .place = vehicle_place,
    .pose = vehicle_pose,
};
