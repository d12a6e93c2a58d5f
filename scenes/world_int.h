/*
 * world_int.h - a made scene, as rows (scene.c) and truth (truth.c) see it.
 */
#ifndef SCENES_WORLD_INT_H
#define SCENES_WORLD_INT_H

#include "scenes/scene_int.h"

struct scene {
    scene_desc_t desc; /* crowd expanded, ranges drawn */
    scene_room_t room;
    scene_noise_t noise;
    scene_map_t map;
    scene_rgb_t white[SCENE_MAX_CHANGES + 1]; /* light of a white surface, lux: at first, and
                                               * after each change */
    uint32_t order[SCENE_MAX_PEOPLE];         /* far to near */
    scene_look_t look[SCENE_MAX_PEOPLE];
    uint32_t workers, width_px;
    size_t scratch_each; /* floats a worker */
    float *scratch;
};

/* Where a person is at a time, in pixels of the scene's array. */
typedef struct {
    double way_m; /* since the door */
    float x_px, y_px, px_per_m, mirror;
    bool in_view; /* some of the body may be inside the image's columns */
} scene_place_t;

/* Draws the light from the seed (light.c). */
void scene_light_make(scene_t *scene);
/* Mean light of a white surface over an exposure, lux. */
scene_rgb_t scene_light_of(const scene_t *scene, double start_s, double exposure_s);

scene_place_t scene_person_place(const scene_t *scene, uint32_t index, double time_s);

#endif
