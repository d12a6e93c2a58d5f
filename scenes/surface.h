/*
 * surface.h - what walls and floors look like, by place in meters.
 */
#ifndef SCENES_SURFACE_H
#define SCENES_SURFACE_H

#include "scenes/scene_int.h"

typedef struct {
    float cell_a, cell_b; /* meters; a is across, b is up the wall or into the room */
    float shift;          /* of each course, in cells */
    float joint_m, joint_tone;
    float vary;                    /* of the tone of a cell */
    float grain_a, grain_b, grain; /* noise tiles per meter, amplitude */
    uint32_t hex[5];
} scene_surface_kind_t;

extern const scene_surface_kind_t scene_wall_kinds[SCENE_WALL_KINDS];
extern const scene_surface_kind_t scene_floor_kinds[SCENE_FLOOR_KINDS];

typedef struct {
    const scene_surface_kind_t *kind;
    scene_rgb_t color;
    uint32_t salt;
} scene_surface_t;

uint32_t scene_hash2(uint32_t a, uint32_t b, uint32_t salt);

/* One of the kinds 1..count-1, the given one when that is not 0, in one of its colors. */
scene_surface_t scene_surface_pick(sim_stream_t *s, const scene_surface_kind_t *kinds,
                                   uint32_t count, uint32_t given);

/* a, b: place in meters; pa, pb: size of a pixel there. */
scene_rgb_t scene_surface_at(const scene_surface_t *s, const scene_noise_t *noise, float a, float b,
                             float pa, float pb);

#endif
