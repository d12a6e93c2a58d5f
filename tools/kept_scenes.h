/*
 * kept_scenes.h - scenes that one run after the other looks at: their still background, the most of
 * making them, is drawn once.
 *
 * A scene is kept under its object of the scenario, as text. Those with files (pictures, videos)
 * are made every time: a file may change.
 */
#ifndef TOOLS_KEPT_SCENES_H
#define TOOLS_KEPT_SCENES_H

#include "scenes/scene.h"

enum { KEPT_SCENES = 8 };

typedef struct {
    struct {
        char *text;
        scene_t *scene;
        uint64_t used; /* when last; 0: the place is free */
    } place[KEPT_SCENES];
    uint64_t now;
    uint32_t made; /* of these */
} kept_scenes_t;

void kept_scenes_free(kept_scenes_t *kept);

/* As scene_load with the object's own seed, for one run at a time. borrowed: it stays the keeper's,
 * and lives until the next but KEPT_SCENES of these calls; else it is the caller's. */
sim_err_t kept_scenes_load(kept_scenes_t *kept, const sim_cfg_t *cfg, const char *base_dir,
                           scene_t **scene, bool *borrowed);

#endif
