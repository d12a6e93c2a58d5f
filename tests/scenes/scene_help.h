/*
 * scene_help.h - frames of a scene as a sensor would pull them, for tests.
 */
#ifndef TESTS_SCENES_SCENE_HELP_H
#define TESTS_SCENES_SCENE_HELP_H

#include "scenes/scene.h"
#include "sim/png.h"

/* Planar lux. */
typedef struct {
    uint32_t width, height;
    float *plane[3];
} picture_t;

/* IMX500 at 30 fps: 2637 lines of 9398 pixel clocks at 744 MHz; 10 ms of exposure. A step of 2 is
 * 2x2 binning; coarser steps keep the time of a whole readout. */
scene_timing_t timing_of(uint32_t frame, float step);

/* The request for one row of that frame. */
sim_light_req_t row_of(const scene_timing_t *timing, uint32_t frame, uint32_t row);

/* A whole frame, and prepares the scene for it. */
picture_t picture_of(scene_t *scene, uint32_t frame, float step, uint32_t planes);
void picture_free(picture_t *picture);

/* The extents of what has at least so much green, in pixels of the scene's array; step as of
 * picture_of. */
scene_box_t picture_extents(const picture_t *picture, float least, float step);

/* sRGB, white at `white_lux`. */
sim_image_t picture_encode(const picture_t *picture, float white_lux);

/* Parses text as a scene; fails the test or exits when it is wrong. seed 0: the text's own. */
scene_t *scene_of(const char *text, uint64_t seed);

#endif
