/*
 * film_help.h - small recordings for tests.
 */
#ifndef TESTS_SCENES_FILM_HELP_H
#define TESTS_SCENES_FILM_HELP_H

#include "scenes/scene.h"

/* Writes a full-range gray Y4M of 4 x 4 with one code a frame; header words after size may be added
 * ("F10:1"). The name is of this process; the same slot (0..9) the same file. */
const char *film_gray(int slot, const char *words, const uint8_t *code, uint32_t frames);
/* The same name with that content. */
const char *film_text(int slot, const char *ending, const void *data, size_t bytes);
void film_remove(void);

/* A scene with that "world" and lux 100, prepared for rows of 16; fails the test when it is wrong.
 */
scene_t *film_scene(const char *world, ...);
/* The one line that says why there is no scene. */
const char *film_refused(const char *world, ...);

/* Mean red of one row at array row 0 of 4, exposed from start_ms on. */
double film_light(const scene_t *scene, double start_ms, double exposure_ms);

#endif
