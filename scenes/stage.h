/*
 * stage.h - backgrounds that are built of solids and seen by casting a ray a map element.
 *
 *   places.c: a kind's plan --> scene_stage_t: solids, each with materials --stage.c--> map
 *
 * A solid is an upright block with a rectangular foot; its top may be set in, so that it tapers.
 * World as in actor.h: x right, z away, heights up, meters; the camera over x = 0, z = 0.
 * Modeled:     what hides what (and who is behind it: scene_map_t.solid_mm), textures as sharp as a
 * map element (edges by 9 rays), contact shadows on the ground, sides a little darker than tops.
 * Not modeled: light that bounces, cast shadows, reflections, glass.
 */
#ifndef SCENES_STAGE_H
#define SCENES_STAGE_H

#include "scenes/surface.h"

/* A point on a face: place in the world along it (a: x or z; b: height, or z on a level face), the
 * same from the face's corner, the size of a map element there. */
typedef struct {
    float a, b, u, v, wide, high, pa, pb;
    uint32_t salt;
    uint32_t piece; /* out: which piece of the texture; where it changes more rays are cast */
} scene_spot_t;

typedef struct scene_material scene_material_t;
struct scene_material {
    scene_rgb_t (*at)(const scene_material_t *material, const scene_noise_t *noise,
                      scene_spot_t *spot);
    scene_surface_t surface; /* its color is that of the material */
    scene_rgb_t other;
    const scene_rgb_t *palette;
    float size_m, share; /* of what repeats; how much of it there is */
};

/* ---- material.c ---- */

#define SCENE_GOODS 16
#define SCENE_PALETTE (SCENE_GOODS + 4)
void scene_palette_init(scene_rgb_t palette[SCENE_PALETTE]);

/* What `at` may be. */
scene_rgb_t scene_at_surface(const scene_material_t *m, const scene_noise_t *n, scene_spot_t *s);
scene_rgb_t scene_at_goods(const scene_material_t *m, const scene_noise_t *n, scene_spot_t *s);
scene_rgb_t scene_at_tags(const scene_material_t *m, const scene_noise_t *n, scene_spot_t *s);
scene_rgb_t scene_at_facade(const scene_material_t *m, const scene_noise_t *n, scene_spot_t *s);
scene_rgb_t scene_at_hazard(const scene_material_t *m, const scene_noise_t *n, scene_spot_t *s);
scene_rgb_t scene_at_leaves(const scene_material_t *m, const scene_noise_t *n, scene_spot_t *s);
scene_rgb_t scene_at_glass(const scene_material_t *m, const scene_noise_t *n, scene_spot_t *s);
scene_rgb_t scene_at_bars(const scene_material_t *m, const scene_noise_t *n, scene_spot_t *s);

typedef struct {
    float x[2], h[2], z[2];
    float in_x, in_z[2]; /* the top is set in by this on both sides, in front and behind */
    uint16_t side, top;  /* materials */
    bool grounded;       /* darkens the ground around it */
    uint32_t salt;
} scene_solid_t;

#define SCENE_MAX_SOLIDS 1280 /* a car park of the narrowest bays, all of them taken */
#define SCENE_MAX_MATERIALS 96
typedef struct {
    const scene_desc_t *desc;
    const scene_noise_t *noise;
    sim_stream_t rng;
    double depth_m, width_m, fill; /* of the background, drawn */
    uint32_t solids, materials;
    scene_solid_t solid[SCENE_MAX_SOLIDS];
    scene_material_t material[SCENE_MAX_MATERIALS];
    scene_rgb_t sky[2]; /* at the horizon, above */
    scene_rgb_t palette[SCENE_PALETTE];
} scene_stage_t;

/* Draws it as scene.desc's camera sees it; false without memory. */
bool scene_stage_draw(const scene_stage_t *stage, const scene_room_t *room, scene_map_t *map);

/* ---- back.c ---- */

/* A kind of background; plan NULL: not built of solids. Ranges are the defaults. */
typedef struct {
    const char *name;
    bool indoor; /* lit by lamps that leave corners darker */
    void (*plan)(scene_stage_t *stage);
    scene_range_t depth_m, width_m, fill;
} scene_back_info_t;

extern const scene_back_info_t scene_backs[SCENE_BACK_KINDS];

/* ---- places.c ---- */

void scene_plan_aisle(scene_stage_t *stage);
void scene_plan_door(scene_stage_t *stage);
void scene_plan_shelf_wall(scene_stage_t *stage);
void scene_plan_road(scene_stage_t *stage);
void scene_plan_cell(scene_stage_t *stage);
void scene_plan_car_park(scene_stage_t *stage);

#endif
