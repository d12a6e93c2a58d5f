/*
 * scene_int.h - what the files of scenes/ share.
 *
 *   color.c   sRGB and illuminants               figure.h  a body as a list of parts
 *   map.c     reflectance of the background      look.c    clothes and tones from a seed
 *   back.c    the kinds of backgrounds           paint.c   parts and bars onto one row
 *   room.c    draws a room into a map            crowd.c   who comes when
 *   clutter.c things that are not people         actor.h   kinds of what moves
 *   stage.h   places built of solids             camera.c  where things are seen
 *   desc.c    JSON                               scene.c   row and truth of the whole
 *   light.c   light over time                    weather.c fog, rain, snow
 *   film.c    recordings: frames with time       draw.c    a frame as a picture
 *   path.c    where things go                    area.c    zones and lines
 *   face.c    solid bodies of faces      block.c   how they are built
 *
 * What moves, clutter and door are made of two primitives. The part is the convex hull of two discs
 * in an upright plane: its span on a row is exact arithmetic with one square root, and hulls of
 * discs look like limbs. The face is a flat convex polygon anywhere in space; its coverage of a
 * sample is exact.
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
    SCENE_RNG_STAGE,
    SCENE_RNG_WEATHER,
    SCENE_RNG_PATH,
    SCENE_RNG_ACTOR,
    SCENE_RNG_PRODUCT,
    SCENE_RNG_PLANOGRAM,
};

#define SCENE_MOST_SEED ((UINT64_C(1) << 53) - 1) /* what a JSON number holds exactly */

#define SCENE_ENUM(cfg, key, names, otherwise)                                                     \
    sim_cfg_enum(cfg, key, names, (uint32_t)SIM_COUNT(names), otherwise)

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

/* ---- desc.c, film_desc.c ---- */

enum { SCENE_PATH = 512 };
extern const char *const scene_fit_names[3];

/* A file's name, relative to base_dir. */
void scene_read_path(const sim_cfg_t *cfg, const char *key, const char *base_dir,
                     char out[SCENE_PATH]);
/* "world" of a scene. */
void scene_film_read(const sim_cfg_t *scene, const char *base_dir, scene_film_desc_t *desc);
void scene_film_write(const scene_film_desc_t *desc, sim_json_t *out);

/* A number within low..high, or [low, high] of such. */
scene_range_t scene_read_range(const sim_cfg_t *cfg, const char *key, double low, double high,
                               scene_range_t otherwise);
/* One of the range, evenly. */
double scene_draw_range(sim_stream_t *s, scene_range_t range);
/* scene_read_range and scene_draw_range: a number that the seed draws as it is read. */
double scene_read_drawn(const sim_cfg_t *cfg, const char *key, double low, double high,
                        scene_range_t otherwise, sim_stream_t *s);

/* ---- path.c ---- */

/* Somebody on a path. */
typedef struct {
    double x_m, z_m, x_mps, z_mps;
    double way_m;       /* gone since the first point */
    float dir_x, dir_z; /* heading, of length 1; whoever turns takes half a second */
} scene_step_t;

/*
 * Reads the keys `path`, `path_smooth`, `path_repeat_s`, `path_delay_s` and `heading_deg` of an
 * actor, with the same ranges drawn from seed and index. needed: one without a path is an error;
 * else its count is 0.
 */
void scene_path_read(const sim_cfg_t *cfg, uint64_t seed, uint32_t index, bool needed,
                     scene_path_t *path);
void scene_path_write(const scene_path_t *path, sim_json_t *out);
/* Works out way_m of points that were set otherwise, in order of time. */
void scene_path_finish(scene_path_t *path);
/* Pure; of a path with a point at least. */
scene_step_t scene_path_at(const scene_path_t *path, double time_s);

/* ---- color.c ---- */

/* sin and cos of turns * 2 pi; error below 2e-6 for |turns| < 1e6. */
float scene_sin(double turns);
float scene_cos(double turns);
/* Linear reflectance of an sRGB value, 0..1, and of a code (IEC 61966-2-1). */
float scene_srgb_linear(double value);
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
    /* How far what stands there is, mm, of level 0; SCENE_NOTHING_MM: ground, far away. NULL:
     * nothing stands anywhere. */
    uint16_t *solid_mm;
} scene_map_t;

#define SCENE_NOTHING_MM 65535

bool scene_map_init(scene_map_t *map, uint32_t width, uint32_t height);
void scene_map_free(scene_map_t *map);
/* Makes room for solid_mm, all of it nothing. */
bool scene_map_solids(scene_map_t *map);
/* How far what stands at points of a row of the array is, meters; 65 or more: nothing. y, x and dx
 * are fractions of the array. */
void scene_map_solid_row(const scene_map_t *map, float y, float x, float dx, uint32_t count,
                         float *out);
/* Stores a finished row of level 0. */
void scene_map_put(scene_map_t *map, uint32_t row, const float *const rgb[3]);
/* All of level 0 from a picture of its size, sRGB; line holds 3 * width floats. */
void scene_map_put_image(scene_map_t *map, const sim_image_t *image, float *line);
/* A picture covers the array, or lies inside it, or reaches beyond it; always centered. */
void scene_map_fit(scene_map_t *map, const scene_camera_t *camera, scene_fit_t fit);
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

/* Hull of two discs, in meters of the plane it is drawn in (x forward, y up), or of two ellipses,
 * 1 + stretch times as wide as high; an actor's may be of two balls, z away from that plane. */
typedef struct {
    float x0, y0, r0, x1, y1, r1;
    float z0, z1;
    float stretch;
    float cut; /* nothing is drawn below this height: a hem */
    const scene_cloth_map_t *cloth;
    float shade; /* 1: near, less: in the shadow of the body */
    float round; /* how much darker the rims are: 0 flat, 1 a cylinder */
    bool loose;  /* not of the body: in no box of the truth */
} scene_part_t;

/* A part prepared for rows: tangents and the frame of its texture. All x are divided by wide, so
 * that ellipses are discs. */
typedef struct {
    const scene_part_t *part;
    float wide, x0, x1;
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
    float *plane[3];              /* NULL: not wanted */
    uint32_t width;               /* steps from the first sample to the end of the last one */
    sim_gap_t gap;                /* what is not wanted of them: planes have samples */
    float x0_px, x_step_px, y_px; /* of the level camera (camera.c) */
    float y_step_px;              /* height of a sample */
    float view_y_px, narrow;      /* row of the picture itself; its columns (camera.c) */
    const float *solid_m;         /* how far what stands at a step is; NULL: nothing stands */
    float *cover, *mix, *tone;    /* scratch, width floats each */
    float *keep[3];               /* the same */
    const scene_noise_t *noise;
} scene_row_t;

/* Where a plane of parts stands in the image: column = x_px + mirror * scale * x, and so on. */
typedef struct {
    float x_px, y_px; /* of the plane's origin */
    float px_per_m_x, px_per_m_y;
    float mirror;      /* +1 or -1 */
    float blur_px;     /* width of moving edges */
    scene_rgb_t light; /* multiplies the colors */
    scene_rgb_t air;   /* added: fog before them */
    float z_m;         /* how far: hidden by what stands nearer */
} scene_stand_t;

void scene_paint_part(const scene_row_t *row, const scene_stand_t *stand, const scene_part_t *part);
/* Darkens an ellipse z_m away, at most by `depth`, smooth toward its rim. */
void scene_paint_shadow(const scene_row_t *row, float x_px, float y_px, float a_px, float b_px,
                        float depth, float z_m);
/* An upright rectangle of one color, shaded like a column when round is 1. Columns and rows of the
 * array, continuous: pixel i reaches from i to i + 1. */
typedef struct {
    float left, top, right, bottom;
} scene_box_px_t;
void scene_paint_box(const scene_row_t *row, const scene_box_px_t *box, scene_rgb_t color,
                     float round);
/* Covers what is between two columns, z_m away, by a share. */
void scene_paint_streak(const scene_row_t *row, float left_px, float right_px, float share,
                        scene_rgb_t color, float z_m);

/* ---- camera.c ---- */

/* Places a row whose first center is at x0_px, y_px of the picture; samples are step_px wide and
 * high. */
void scene_row_place(scene_row_t *row, const scene_camera_t *camera, float x0_px, float y_px,
                     float step_px);
/* The picture's column of a level column of the row. */
float scene_row_column(const scene_row_t *row, const scene_camera_t *camera, float x_px);
/* Column and row of a point; false, and nothing done, where it is not before the camera. */
bool scene_project(const scene_camera_t *camera, double x_m, double height_m, double z_m,
                   double px[2]);

/* ---- weather.c ---- */

/* The share of what is seen at a distance that is not fog. */
float scene_haze_clear(const scene_desc_t *desc, float distance_m);
/* A reflectance as it is seen through the fog before it. */
scene_rgb_t scene_haze_over(const scene_desc_t *desc, scene_rgb_t color, float distance_m);
/* The same for what is painted: its light (set before) and air. */
void scene_haze_stand(const scene_desc_t *desc, scene_stand_t *stand, float distance_m);

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
typedef struct {
    scene_hair_t hair_kind;
    scene_top_t top_kind;
    scene_legs_t legs_kind;
    scene_carry_t carry; /* never USUAL or ANY */
    uint64_t seed;
    bool beard;
    float phase;             /* of the gait at the door, turns */
    float lean, bend, swing; /* of trunk, elbows and arms */
    scene_cloth_map_t skin, hair, top, legs, shoes, bag, eye, cap;
} scene_look_t;

void scene_look_init(scene_look_t *look, const scene_person_t *person);
/* One color; with depth, noise between a darker and a lighter one: folds, strands, dirt. */
void scene_cloth_plain(scene_cloth_map_t *cloth, scene_rgb_t color, float depth, float noise_per_m);

/* ---- face.c ---- */

/* Meters from where an actor stands: x to the right, y up from the floor, z away. */
typedef struct {
    float x, y, z;
} scene_point_t;

typedef enum {
    SCENE_SIDE,  /* of a convex block; seen from outside alone */
    SCENE_DECAL, /* lies on the side or sheet before it, within it; seen from outside alone */
    SCENE_SHEET, /* thin: a block of its own, seen from both sides */
} scene_face_kind_t;

/* A flat convex polygon in the world. Corners run counterclockwise as seen from outside; texture u
 * runs from corner 0 toward corner 1, v from there into the face. */
#define SCENE_MAX_CORNERS 16
typedef struct {
    scene_face_kind_t kind;
    uint32_t corners; /* 3..SCENE_MAX_CORNERS */
    scene_point_t at[SCENE_MAX_CORNERS];
    const scene_cloth_map_t *cloth;
    float shade; /* 1; less: darker */
} scene_face_t;

/* Faces of one convex block: sides, then decals on them. Blocks of a body do not cut each other,
 * and any two have a side of the one between them. */
typedef struct {
    uint32_t first, count;
} scene_block_t;

#define SCENE_MAX_PARTS 64
#define SCENE_MAX_FACES 128
#define SCENE_MAX_BLOCKS 24
typedef struct {
    float low_m, high_m; /* asked for: parts wholly below or above may be missing */
    uint32_t count;
    scene_part_t part[SCENE_MAX_PARTS]; /* far to near */
    float left, right, low, high;       /* extents of parts (scene_body_measure) */
    uint32_t faces, blocks;             /* solid; in front of the parts */
    scene_face_t face[SCENE_MAX_FACES];
    scene_block_t block[SCENE_MAX_BLOCKS];
} scene_body_t;

/* ---- block.c ---- */

/* Nothing of it yet; all is asked for. */
void scene_body_clear(scene_body_t *body);
void scene_body_measure(scene_body_t *body); /* flat parts, without what is loose */
/* Puts the parts far to near by their z; those at one distance stay in order. */
void scene_body_sort(scene_body_t *body);

/* Of an upright plane: ahead and up. */
typedef struct {
    float x, y;
} scene_flat_t;

/* Axes of something that is turned, and where it stands in an actor's meters. */
typedef struct {
    scene_point_t at, ahead, up, left;
} scene_frame_t; /* a point of it: x ahead, y up, z left */

/* On the floor, heading along x and z (of length 1). */
scene_frame_t scene_frame_heading(float dir_x, float dir_z);
scene_point_t scene_frame_point(const scene_frame_t *frame, float ahead, float up, float left);

/*
 * A convex outline (counterclockwise as seen from its right, ahead to the right), as wide as two
 * half widths that change evenly with height: from `wide` at height 0 by `taper` a meter.
 */
typedef struct {
    const scene_flat_t *profile;
    uint32_t corners; /* up to SCENE_MAX_CORNERS */
    float wide, taper;
    float left; /* of its middle */
} scene_prism_t;

/* A face of so many corners: meters ahead and up in the frame, counterclockwise as seen from its
 * right. */
void scene_add_flat(scene_body_t *body, scene_face_kind_t kind, const scene_frame_t *frame,
                    const scene_flat_t *at, uint32_t corners, const scene_cloth_map_t *cloth);
/* Begins a block, whose faces follow; a sheet begins its own. */
void scene_add_block(scene_body_t *body);
/* A face without corners; they follow. */
scene_face_t *scene_add_face(scene_body_t *body, scene_face_kind_t kind,
                             const scene_cloth_map_t *cloth);
void scene_add_corner(scene_face_t *face, scene_point_t at);
/* A part of two balls in the frame; round. */
scene_part_t *scene_add_limb(scene_body_t *body, const scene_frame_t *frame, scene_point_t from,
                             float from_r, scene_point_t to, float to_r,
                             const scene_cloth_map_t *cloth);
/* A block: both ends, and a side for each line of the profile, in their order. */
void scene_add_prism(scene_body_t *body, const scene_frame_t *frame, const scene_prism_t *prism,
                     const scene_cloth_map_t *cloth);
/* A box between two heights, ahead and left from low to high. */
void scene_add_box(scene_body_t *body, const scene_frame_t *frame, const float ahead[2],
                   const float up[2], const float left[2], const scene_cloth_map_t *cloth);
/* A decal on an end of a prism: +1 left, -1 right; at: corners in the profile's sense. */
void scene_add_end_decal(scene_body_t *body, const scene_frame_t *frame, const scene_prism_t *prism,
                         int side, const scene_flat_t *at, uint32_t corners,
                         const scene_cloth_map_t *cloth);
/* A decal on the side of a prism along line i of its profile: u along the line and v across it to
 * the left, shares 0..1. */
void scene_add_side_decal(scene_body_t *body, const scene_frame_t *frame,
                          const scene_prism_t *prism, uint32_t line, const float u[2],
                          const float v[2], const scene_cloth_map_t *cloth);

/* An age that the look's seed draws. */
scene_age_t scene_look_age(uint64_t look);

/* ---- figure.c ---- */

/* The body on its path, in space; without a path flat, from the side, after walking way_m past the
 * door. x is from the foot (under the hip), y up from the floor. */
void scene_body_pose(scene_body_t *body, const scene_person_t *person, const scene_look_t *look,
                     double time_s, double way_m);

/* ---- desc.c ---- */

/* Nothing for a color that the seed draws. */
void scene_write_color(sim_json_t *out, const char *key, const double color[3]);

/* ---- area.c ---- */

void scene_areas_default(scene_desc_t *desc);
/* "line", "lines" and "zones" of a scene whose camera was read, from and to JSON. */
void scene_areas_read(const sim_cfg_t *cfg, scene_desc_t *desc);
void scene_areas_write(const scene_desc_t *desc, sim_json_t *out);
/* Where the camera sees a corner; false: behind it. */
bool scene_area_corner(const scene_camera_t *camera, const scene_area_t *area, uint32_t corner,
                       double px[2]);

/* ---- planogram.c ---- */

#define SCENE_MOST_BOARDS 6
#define SCENE_FOOT_M 0.14f   /* height of the lowest board of a shelf */
#define SCENE_BOARD_M 0.035f /* how thick it is; both are assumed */
/* Upper face of a board of so many, from below; that of number `boards` is the shelf's height. */
float scene_board_m(double high_m, uint32_t boards, uint32_t board);

/* ---- crowd.c, wander.c ---- */

#define SCENE_QUIET_START_S 0.30 /* nobody crosses so soon after time 0, */
#define SCENE_QUIET_END_S 0.20   /* nor so shortly before the end */
#define SCENE_MARGIN_S 3.5       /* of traffic before and after what counts */

/* Appends the crowd's people to desc->people. */
void scene_crowd_make(scene_desc_t *desc);
/* The same of those on paths. */
void scene_wander_make(scene_desc_t *desc);
/* Draws how somebody of a crowd looks. */
void scene_crowd_dress(const scene_crowd_t *crowd, sim_stream_t *s, scene_person_t *person);
/* How fast an age walks, against an adult. */
double scene_pace(scene_age_t age);

/* ---- room.c, clutter.c ---- */

typedef struct {
    const scene_desc_t *desc;
    const scene_noise_t *noise;
    float lamp_x, lamp_y; /* fraction of the image where the light is strongest */
    scene_rgb_t door_color;
} scene_room_t;

bool scene_room_draw(scene_map_t *map, const scene_room_t *room);
/* Light falloff at a level column of a row, 1 at its strongest. */
float scene_room_light(const scene_room_t *room, const scene_row_t *row, float x_px);

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
