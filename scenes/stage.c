/*
 * stage.c - casts rays at the solids of a background.
 *
 * Rays are those of the level camera (camera.c): through (X, R) of its image plane a ray is at
 * x = X z, h = height - R z, so its parameter is the distance z itself.
 */
#include <stdlib.h>

#include "scenes/stage.h"

#define FINE 3      /* rays a side where pieces meet */
#define STEP_M 0.2f /* lower things are walked on: they hide nobody */
#define CONTACT_M 0.5f
#define NEAREST 0.1f
#define FARTHEST 2000.0f

typedef enum { FACE_LEFT, FACE_RIGHT, FACE_FRONT, FACE_BACK, FACE_TOP, FACE_BOTTOM } face_t;

typedef struct {
    const scene_solid_t *solid;
    float left, top, right, bottom; /* where it can be seen, level pixels */
} target_t;

typedef struct {
    const scene_stage_t *stage;
    const scene_room_t *room;
    float focal, center, horizon, height;
    uint32_t count, near_count;
    target_t target[SCENE_MAX_SOLIDS];
    const target_t *near[SCENE_MAX_SOLIDS]; /* that the row may meet */
    uint32_t dark_count;
    const scene_solid_t *dark[SCENE_MAX_SOLIDS]; /* that darken the ground of the row */
} caster_t;

/* Color and identity of what an element sees. */
typedef struct {
    scene_rgb_t color;
    uint32_t piece;             /* of the texture; 0: sky */
    const scene_solid_t *solid; /* NULL: sky */
    float solid_m;              /* how far, of what stands up from the ground; else 0 */
} seen_t;

/* Whether an element needs more rays: no; to see more of one solid; to see several. */
typedef enum { EVEN, PIECES, SOLIDS } mixed_t;

/* ---- one ray, one solid ---- */

/* Where a ray is inside a solid, and through which face it came. */
typedef struct {
    float from, to;
    face_t face;
} stay_t;

/* A half-space that the ray leaves (speed > 0) or enters at room / speed. */
static void cut(stay_t *stay, float speed, float room, face_t face)
{
    if (speed == 0.0f) {
        if (room < 0.0f)
            stay->to = -1.0f;
        return;
    }
    float at = room / speed;
    if (speed > 0.0f) {
        stay->to = scene_min(stay->to, at);
    } else if (at > stay->from) {
        stay->from = at;
        stay->face = face;
    }
}

static stay_t stay_in(const scene_solid_t *s, float height, float x, float r)
{
    stay_t stay = {NEAREST, FARTHEST, FACE_BACK};
    float up = height - s->h[0], per = s->h[1] > s->h[0] ? 1.0f / (s->h[1] - s->h[0]) : 0.0f;
    float lean = s->in_x * per, front = s->in_z[0] * per, back = s->in_z[1] * per;
    cut(&stay, -x - lean * r, -s->x[0] - lean * up, FACE_LEFT);
    cut(&stay, x - lean * r, s->x[1] - lean * up, FACE_RIGHT);
    cut(&stay, -1.0f - front * r, -s->z[0] - front * up, FACE_FRONT);
    cut(&stay, 1.0f - back * r, s->z[1] - back * up, FACE_BACK);
    cut(&stay, -r, s->h[1] - height, FACE_TOP);
    cut(&stay, r, height - s->h[0], FACE_BOTTOM);
    return stay;
}

/* ---- what it looks like ---- */

static float outside(float at, const float range[2])
{
    return scene_max(scene_max(range[0] - at, at - range[1]), 0.0f);
}

/* The ground is darker where little of the sky is seen: beside and below what stands on it. */
static float contact(const caster_t *c, float x, float z)
{
    float light = 1.0f;
    for (uint32_t i = 0; i < c->dark_count; i++) {
        float dx = outside(x, c->dark[i]->x), dz = outside(z, c->dark[i]->z);
        if (dx < CONTACT_M && dz < CONTACT_M)
            light *= 1.0f - 0.6f * scene_smooth(1.0f - sqrtf(dx * dx + dz * dz) / CONTACT_M);
    }
    return light;
}

static seen_t color_of(const caster_t *c, const scene_solid_t *s, const stay_t *stay, float x,
                       float r, const scene_row_t *row)
{
    static const float tone[] = {0.80f, 0.80f, 0.92f, 0.92f, 1.0f, 0.55f};
    float z = stay->from, at_x = x * z, h = c->height - r * z, px = z / c->focal;
    bool level = stay->face == FACE_TOP || stay->face == FACE_BOTTOM;
    bool aside = stay->face == FACE_LEFT || stay->face == FACE_RIGHT;
    const float *wide = aside ? s->z : s->x, *high = level ? s->z : s->h;
    float steep = x < 0 ? -x : x, flat = r < 0 ? -r : r;
    scene_spot_t spot = {.a = aside ? z : at_x, .b = level ? z : h, .salt = s->salt};
    spot.u = spot.a - wide[0];
    spot.v = spot.b - high[0];
    spot.wide = wide[1] - wide[0];
    spot.high = high[1] - high[0];
    spot.pa = px * row->x_step_px * (aside ? 1.0f / scene_max(steep, 0.01f) : 1.0f);
    spot.pb = px * row->y_step_px * (level ? 1.0f / scene_max(flat, 0.01f) : 1.0f);
    const scene_material_t *m = &c->stage->material[level ? s->top : s->side];
    seen_t seen = {.color = m->at(m, c->stage->noise, &spot), .solid = s};
    float light = tone[stay->face];
    if (stay->face == FACE_TOP && h < 0.03f)
        light *= contact(c, at_x, z);
    seen.color = scene_rgb_scale(seen.color, light);
    seen.solid_m = h > STEP_M ? z : 0.0f;
    seen.piece = scene_hash2((uint32_t)stay->face, spot.piece, 1) | 1;
    return seen;
}

/* Brighter toward the horizon, with clouds. */
static seen_t sky(const caster_t *c, float x, float r)
{
    float up = scene_clamp(-3.0f * r, 0.0f, 1.0f);
    scene_rgb_t blue = scene_rgb_mix(c->stage->sky[0], c->stage->sky[1], up);
    float flat = 0.15f / (0.1f + (r < 0 ? -r : 0.0f));
    float cloud = scene_noise_at(c->stage->noise, 0.3f * x * flat, 0.5f * flat);
    blue = scene_rgb_mix(blue, (scene_rgb_t){0.86f, 0.87f, 0.88f},
                         0.8f * scene_smooth(2.5f * cloud + 0.3f));
    return (seen_t){.color = blue};
}

/* The nearest solid along a ray; NULL: none. only: the one that it can be, when that is known. */
static const scene_solid_t *find(const caster_t *c, float x_px, float x, float r,
                                 const scene_solid_t *only, stay_t *nearest)
{
    const scene_solid_t *hit = NULL;
    if (only != NULL) {
        stay_t stay = stay_in(only, c->height, x, r);
        if (stay.from < stay.to) {
            *nearest = stay;
            return only;
        }
    }
    for (uint32_t i = 0; i < c->near_count; i++) {
        const target_t *t = c->near[i];
        if (x_px < t->left || x_px > t->right)
            continue;
        stay_t stay = stay_in(t->solid, c->height, x, r);
        if (stay.from < stay.to && stay.from > NEAREST && stay.from < nearest->from) {
            *nearest = stay;
            hit = t->solid;
        }
    }
    return hit;
}

static seen_t cast(const caster_t *c, const scene_row_t *row, float x_px, const scene_solid_t *only)
{
    float x = (x_px - c->center) / c->focal, r = (row->y_px - c->horizon) / c->focal;
    stay_t nearest = {FARTHEST, FARTHEST, FACE_BACK};
    const scene_solid_t *hit = find(c, x_px, x, r, only, &nearest);
    seen_t seen = hit != NULL ? color_of(c, hit, &nearest, x, r, row) : sky(c, x, r);
    seen.color = scene_haze_over(c->stage->desc, seen.color, nearest.from);
    return seen;
}

/* ---- rows ---- */

/* Bounds of a solid in the level camera's image: of its corners, or all when it is beside us. */
static target_t aim(const caster_t *c, const scene_solid_t *s)
{
    target_t t = {s, 1e9f, 1e9f, -1e9f, -1e9f};
    if (s->z[0] < NEAREST)
        return (target_t){s, -1e9f, -1e9f, 1e9f, 1e9f};
    for (int i = 0; i < 8; i++) {
        float scale = c->focal / s->z[i >> 2];
        float x = c->center + scale * s->x[i & 1];
        float y = c->horizon + scale * (c->height - s->h[i >> 1 & 1]);
        t.left = scene_min(t.left, x);
        t.right = scene_max(t.right, x);
        t.top = scene_min(t.top, y);
        t.bottom = scene_max(t.bottom, y);
    }
    return t;
}

/* What the row may meet, and what may darken its ground: that is at one distance. */
static void pick_near(caster_t *c, float top, float bottom)
{
    float drop = 0.5f * (top + bottom) - c->horizon;
    float z = drop > 0.0f ? c->focal * c->height / drop : FARTHEST;
    c->near_count = c->dark_count = 0;
    for (uint32_t i = 0; i < c->count; i++)
        if (c->target[i].solid->grounded && outside(z, c->target[i].solid->z) < CONTACT_M)
            c->dark[c->dark_count++] = c->target[i].solid;
    for (uint32_t i = 0; i < c->count; i++)
        if (c->target[i].top <= bottom && c->target[i].bottom >= top)
            c->near[c->near_count++] = &c->target[i];
}

static void place_row(caster_t *c, scene_row_t *row, const scene_map_t *map, float y)
{
    const scene_camera_t *camera = &c->stage->desc->camera;
    float step = (float)camera->array_width_px / (float)map->level[0].width;
    float step_y = (float)camera->array_height_px / (float)map->level[0].height;
    scene_row_place(row, camera, 0.5f * step, y * step_y, step);
    pick_near(c, row->y_px - row->y_step_px, row->y_px + row->y_step_px);
}

static void cast_row(caster_t *c, const scene_map_t *map, uint32_t y, seen_t *out)
{
    scene_row_t row;
    place_row(c, &row, map, (float)y + 0.5f);
    for (uint32_t i = 0; i < map->level[0].width; i++)
        out[i] = cast(c, &row, row.x0_px + (float)(int32_t)i * row.x_step_px, NULL);
}

/* FINE x FINE rays for the elements that need them. */
static void refine_row(caster_t *c, const scene_map_t *map, uint32_t y, const mixed_t *mixed,
                       seen_t *out)
{
    uint32_t width = map->level[0].width;
    for (uint32_t i = 0; i < width; i++)
        if (mixed[i] != EVEN)
            out[i].color = (scene_rgb_t){0, 0, 0};
    for (int k = 0; k < FINE; k++) {
        scene_row_t row;
        place_row(c, &row, map, (float)y + ((float)k + 0.5f) / FINE);
        for (uint32_t i = 0; i < width; i++) {
            for (int j = 0; j < FINE && mixed[i] != EVEN; j++) {
                float part = ((float)j + 0.5f) / FINE - 0.5f;
                float x_px = row.x0_px + ((float)(int32_t)i + part) * row.x_step_px;
                seen_t s = cast(c, &row, x_px, mixed[i] == PIECES ? out[i].solid : NULL);
                out[i].color.r += s.color.r * (1.0f / (FINE * FINE));
                out[i].color.g += s.color.g * (1.0f / (FINE * FINE));
                out[i].color.b += s.color.b * (1.0f / (FINE * FINE));
            }
        }
    }
}

static mixed_t differ(const seen_t *a, const seen_t *b)
{
    if (b == NULL || (a->solid == b->solid && a->piece == b->piece))
        return EVEN;
    return a->solid == b->solid ? PIECES : SOLIDS;
}

/* above, below: NULL beyond the picture. Returns whether any is. */
static bool find_mixed(const seen_t *above, const seen_t *row, const seen_t *below, uint32_t width,
                       mixed_t *mixed)
{
    bool any = false;
    for (uint32_t i = 0; i < width; i++) {
        const seen_t *beside[4] = {i > 0 ? &row[i - 1] : NULL, i + 1 < width ? &row[i + 1] : NULL,
                                   above != NULL ? &above[i] : NULL,
                                   below != NULL ? &below[i] : NULL};
        mixed[i] = EVEN;
        for (int k = 0; k < 4; k++) {
            mixed_t m = differ(&row[i], beside[k]);
            mixed[i] = m > mixed[i] ? m : mixed[i];
        }
        any |= mixed[i] != EVEN;
    }
    return any;
}

static void put_row(const caster_t *c, scene_map_t *map, uint32_t y, const seen_t *row,
                    float *lines)
{
    uint32_t width = map->level[0].width;
    scene_row_t at;
    const scene_camera_t *camera = &c->stage->desc->camera;
    float step = (float)camera->array_width_px / (float)width;
    float step_y = (float)camera->array_height_px / (float)map->level[0].height;
    scene_row_place(&at, camera, 0.5f * step, ((float)y + 0.5f) * step_y, step);
    for (uint32_t i = 0; i < width; i++) {
        float light = scene_room_light(c->room, &at, at.x0_px + (float)(int32_t)i * at.x_step_px);
        float mm = 1000.0f * row[i].solid_m;
        if (mm > 0.0f && mm < (float)SCENE_NOTHING_MM)
            map->solid_mm[(size_t)y * width + i] = (uint16_t)mm;
        lines[i] = row[i].color.r * light;
        lines[width + i] = row[i].color.g * light;
        lines[2 * (size_t)width + i] = row[i].color.b * light;
    }
    scene_map_put(map, y, (const float *const[3]){lines, lines + width, lines + 2 * (size_t)width});
}

static void draw(caster_t *c, scene_map_t *map, seen_t *ring[3], seen_t *fine, mixed_t *mixed,
                 float *lines)
{
    uint32_t width = map->level[0].width, height = map->level[0].height;
    cast_row(c, map, 0, ring[0]);
    for (uint32_t y = 0; y < height; y++) {
        const seen_t *above = y > 0 ? ring[(y + 2) % 3] : NULL;
        seen_t *below = y + 1 < height ? ring[(y + 1) % 3] : NULL;
        if (below != NULL)
            cast_row(c, map, y + 1, below);
        for (uint32_t i = 0; i < width; i++)
            fine[i] = ring[y % 3][i];
        if (find_mixed(above, fine, below, width, mixed))
            refine_row(c, map, y, mixed, fine);
        put_row(c, map, y, fine, lines);
    }
}

bool scene_stage_draw(const scene_stage_t *stage, const scene_room_t *room, scene_map_t *map)
{
    const scene_camera_t *camera = &stage->desc->camera;
    size_t width = map->level[0].width;
    caster_t *c = malloc(sizeof(*c));
    seen_t *rows = malloc(4 * width * sizeof(*rows));
    mixed_t *mixed = malloc(width * sizeof(*mixed));
    float *lines = malloc(3 * width * sizeof(*lines));
    bool fine = c != NULL && rows != NULL && mixed != NULL && lines != NULL;
    if (fine) {
        c->stage = stage;
        c->room = room;
        c->focal = (float)camera->focal_px;
        c->center = (float)camera->center_px;
        c->horizon = (float)camera->horizon_px;
        c->height = (float)camera->height_m;
        c->count = stage->solids;
        for (uint32_t i = 0; i < c->count; i++)
            c->target[i] = aim(c, &stage->solid[i]);
        draw(c, map, (seen_t *[3]){rows, rows + width, rows + 2 * width}, rows + 3 * width, mixed,
             lines);
    }
    free(c);
    free(rows);
    free(mixed);
    free(lines);
    return fine;
}
