/*
 * scene_int.h - what the files of scenes/ share.
 *
 *   color.c   sRGB and illuminants               gait.c    a walking body as a list of parts
 *   map.c     reflectance of the background      look.c    clothes and tones from a seed
 *   room.c    draws a room into a map            paint.c   parts and bars onto one row
 *   clutter.c things that are not people         crowd.c   who comes when
 *   desc.c    JSON                               scene.c   row and truth of the whole
 *   light.c   light over time
 *
 * Bodies, clutter and door are made of one primitive, the part: the convex hull of two discs. Its
 * span on a row is exact arithmetic with one square root, and hulls of discs look like limbs.
 */
#ifndef SCENES_SCENE_INT_H
#define SCENES_SCENE_INT_H

#include <assert.h>
#include <math.h> /* sqrtf only: correctly rounded, same bits everywhere */

#include "scenes/scene.h"
#include "sim/rng.h"

/* Purposes of random streams keyed by a scene's or a look's seed. */
enum {
    SCENE_RNG_LIGHT = 0x5C01,
    SCENE_RNG_ROOM,
    SCENE_RNG_CLUTTER,
    SCENE_RNG_CROWD,
    SCENE_RNG_LOOK,
    SCENE_RNG_NOISE,
    SCENE_RNG_DOOR,
};

typedef struct {
    float r, g, b;
} scene_rgb_t;

static inline float scene_min(float a, float b)
{
    return a < b ? a : b;
}

static inline float scene_max(float a, float b)
{
    return a > b ? a : b;
}

static inline float scene_clamp(float x, float low, float high)
{
    return scene_min(scene_max(x, low), high);
}

static inline float scene_lerp(float a, float b, float t)
{
    return a + (b - a) * t;
}

/* 0 below 0, 1 above 1, smooth between. */
static inline float scene_smooth(float t)
{
    float u = scene_clamp(t, 0.0f, 1.0f);
    return u * u * (3.0f - 2.0f * u);
}

static inline float scene_floor(float x)
{
    float whole = (float)(int32_t)x;
    return whole > x ? whole - 1.0f : whole;
}

static inline scene_rgb_t scene_rgb_mix(scene_rgb_t a, scene_rgb_t b, float t)
{
    return (scene_rgb_t){scene_lerp(a.r, b.r, t), scene_lerp(a.g, b.g, t), scene_lerp(a.b, b.b, t)};
}

static inline scene_rgb_t scene_rgb_scale(scene_rgb_t a, float k)
{
    return (scene_rgb_t){a.r * k, a.g * k, a.b * k};
}

/* ---- color.c ---- */

/* sin and cos of turns * 2 pi; error below 2e-6 for |turns| < 1e6. */
float scene_sin(double turns);
float scene_cos(double turns);
/* Linear reflectance of an sRGB code (IEC 61966-2-1). */
float scene_srgb_decode(uint8_t code);
/* A linear color from sRGB codes 0xRRGGBB. */
scene_rgb_t scene_rgb_hex(uint32_t hex);
/* Illuminant as multipliers of linear sRGB, mean 1; kelvin is clamped to 2000..10000. */
scene_rgb_t scene_illuminant(float kelvin);

/* ---- map.c ---- */

/* Planar linear reflectance, 16 bits (65535 = 1), with smaller copies for coarse requests. */
#define SCENE_MAP_LEVELS 8
typedef struct {
    uint32_t width, height;
    uint16_t *plane[3];
} scene_level_t;

typedef struct {
    uint32_t levels;
    scene_level_t level[SCENE_MAP_LEVELS];
    /* Where the map lies in the array, as fractions of it; outside is black. */
    float left, top, right, bottom;
    /* Enlarged, a map element stays a square with edges one sample wide, so that a picture keeps
     * its own pixels; else it is interpolated. */
    bool squares;
} scene_map_t;

bool scene_map_init(scene_map_t *map, uint32_t width, uint32_t height);
void scene_map_free(scene_map_t *map);
/* Stores a finished row of level 0. */
void scene_map_put(scene_map_t *map, uint32_t row, const float *const rgb[3]);
/* Fills the smaller levels from level 0. */
void scene_map_shrink(scene_map_t *map);
/* One row times gain into out; scratch holds scene_map_scratch floats. */
void scene_map_row(const scene_map_t *map, const sim_light_req_t *req, const float gain[3],
                   float *const out[3], float *scratch);
uint32_t scene_map_scratch(const scene_map_t *map);

/* ---- paint.c ---- */

/* Cloth or skin: a mix of two colors by 1-D patterns along and across and 2-D noise. */
#define SCENE_PATTERN 64
typedef struct {
    scene_rgb_t color[2];
    float along[SCENE_PATTERN],
        across[SCENE_PATTERN]; /* added up, and noise: 0 the one, 1 the other */
    float mean;                /* of along + across */
    float repeats_per_m;       /* of the patterns */
    float noise, noise_per_m;  /* amplitude; repeats of the noise tile */
    float offset;              /* into the noise tile */
} scene_cloth_map_t;

/* Hull of two discs, in meters of the plane it is drawn in (x forward, y up). */
typedef struct {
    float x0, y0, r0, x1, y1, r1;
    float cut; /* nothing is drawn below this height: a hem */
    const scene_cloth_map_t *cloth;
    float shade; /* 1: near, less: in the shadow of the body */
    float round; /* how much darker the rims are: 0 flat, 1 a cylinder */
} scene_part_t;

/* A part prepared for rows: tangents and the frame of its texture. */
typedef struct {
    const scene_part_t *part;
    bool disc;                            /* one disc holds the other */
    float t0x[2], t0y[2], t1x[2], t1y[2]; /* the two tangent segments */
    float ax, ay, length, inv_length;     /* axis */
} scene_hull_t;

void scene_hull_init(scene_hull_t *hull, const scene_part_t *part);
/* The part of the line at height y inside the hull; false when there is none. */
bool scene_hull_span(const scene_hull_t *hull, float y, float *left, float *right);

#define SCENE_NOISE_SIZE 128
typedef struct {
    int8_t tile[SCENE_NOISE_SIZE * SCENE_NOISE_SIZE]; /* 127 is 1; wraps around */
} scene_noise_t;
void scene_noise_init(scene_noise_t *noise, uint64_t seed);
/* Bilinear, in tiles. */
float scene_noise_at(const scene_noise_t *noise, float u, float v);

/* One row under the brush. Columns are of the array, continuous; x0_px and y_px are of centers. */
typedef struct {
    float *plane[3]; /* NULL: not wanted */
    uint32_t width;  /* steps from the first sample to the end of the last one */
    sim_gap_t gap;   /* what is not wanted of them: planes have samples */
    float x0_px, x_step_px, y_px;
    float *cover, *mix, *tone; /* scratch, width floats each */
    const scene_noise_t *noise;
} scene_row_t;

/* Where a plane of parts stands in the image: column = x_px + mirror * scale * x, and so on. */
typedef struct {
    float x_px, y_px; /* of the plane's origin */
    float px_per_m_x, px_per_m_y;
    float mirror;      /* +1 or -1 */
    float blur_px;     /* width of moving edges */
    scene_rgb_t light; /* multiplies the colors */
} scene_stand_t;

void scene_paint_part(const scene_row_t *row, const scene_stand_t *stand, const scene_part_t *part);
/* Darkens an ellipse, at most by `depth`, smooth toward its rim. */
void scene_paint_shadow(const scene_row_t *row, float x_px, float y_px, float a_px, float b_px,
                        float depth);
/* An upright rectangle of one color, shaded like a column when round is 1. Columns and rows of the
 * array, continuous: pixel i reaches from i to i + 1. */
typedef struct {
    float left, top, right, bottom;
} scene_box_px_t;
void scene_paint_box(const scene_row_t *row, const scene_box_px_t *box, scene_rgb_t color,
                     float round);

/* ---- look.c ---- */

typedef enum {
    SCENE_HAIR_SHORT,
    SCENE_HAIR_LONG,
    SCENE_HAIR_BUN,
    SCENE_HAIR_CAP,
    SCENE_HAIR_BALD,
    SCENE_HAIR_KINDS
} scene_hair_t;
typedef enum {
    SCENE_TOP_SHIRT,
    SCENE_TOP_SLEEVES,
    SCENE_TOP_JACKET,
    SCENE_TOP_COAT,
    SCENE_TOP_KINDS
} scene_top_t;
typedef enum {
    SCENE_LEGS_TROUSERS,
    SCENE_LEGS_SHORTS,
    SCENE_LEGS_SKIRT,
    SCENE_LEGS_KINDS
} scene_legs_t;
typedef enum {
    SCENE_BAG_NONE,
    SCENE_BAG_BACKPACK,
    SCENE_BAG_SHOULDER,
    SCENE_BAG_HAND,
    SCENE_BAG_KINDS
} scene_bag_t;

typedef struct {
    scene_hair_t hair_kind;
    scene_top_t top_kind;
    scene_legs_t legs_kind;
    scene_bag_t bag_kind;
    bool beard;
    float phase;             /* of the gait at the door, turns */
    float lean, bend, swing; /* of trunk, elbows and arms */
    scene_cloth_map_t skin, hair, top, legs, shoes, bag, eye, cap;
} scene_look_t;

void scene_look_init(scene_look_t *look, const scene_person_t *person);

/* ---- gait.c ---- */

#define SCENE_MAX_PARTS 44
typedef struct {
    uint32_t count;
    scene_part_t part[SCENE_MAX_PARTS]; /* far to near */
    float left, right, low, high;       /* extents, meters from the point under the hip */
} scene_body_t;

/* The body after walking `way_m` past the door; x forward of the hip, y up from the floor. */
void scene_body_pose(scene_body_t *body, const scene_person_t *person, const scene_look_t *look,
                     double way_m);

/* ---- crowd.c ---- */

/* Appends the crowd's people to desc->people. */
void scene_crowd_make(scene_desc_t *desc);

/* ---- room.c, clutter.c ---- */

typedef struct {
    const scene_desc_t *desc;
    const scene_noise_t *noise;
    float lamp_x, lamp_y; /* fraction of the image where the light is strongest */
    scene_rgb_t door_color;
} scene_room_t;

bool scene_room_draw(scene_map_t *map, const scene_room_t *room);
/* Light falloff at a point of the image, 1 at its strongest. */
float scene_room_light(const scene_room_t *room, float x_px, float y_px);

/* The door's jamb at depth z, in the image. */
scene_box_px_t scene_jamb_box(const scene_desc_t *desc, float z);

/* One thing is a few shapes that stand together. */
typedef struct {
    bool rect; /* x0, y0 to x1, y1 of part, in color; else the part */
    scene_rgb_t color;
    scene_part_t part;
} scene_shape_t;

typedef struct {
    scene_stand_t stand;
    float shadow_px;       /* half height on the floor; 0: hangs on the wall */
    uint32_t first, count; /* shapes */
} scene_thing_t;

#define SCENE_MAX_CLUTTER 10
typedef struct {
    uint32_t things, shapes, cloths;
    scene_thing_t thing[SCENE_MAX_CLUTTER];
    scene_shape_t shape[SCENE_MAX_CLUTTER * 24];
    scene_cloth_map_t cloth[SCENE_MAX_CLUTTER * 24];
} scene_clutter_t;

void scene_clutter_make(scene_clutter_t *clutter, const scene_room_t *room);
void scene_clutter_paint(const scene_clutter_t *clutter, const scene_row_t *row);

#endif
