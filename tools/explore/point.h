/*
 * point.h - from a space and the values of a point to a configuration that says everything.
 *
 *   chip, technology, scenarios --+
 *   (files, read once)            +--> fields replaced --> JSON text, its hash
 *   values of parameters ---------+
 *
 * {"evaluate": "npu", "model": "/models/a.tflite", "chip": {..}, "tech": {"pixel": {..}, "logic":
 * {..}}, "files": {"/models/a.tflite": "hash"}}; with "run" "scenarios": [{"file": .., "data":
 * {..}}] beside. Names of files are absolute; notes (keys with _, note, source, comment) are left
 * out. Equal configurations are equal texts.
 */
#ifndef TOOLS_EXPLORE_POINT_H
#define TOOLS_EXPLORE_POINT_H

#include "tools/explore/space.h"

typedef struct {
    const space_t *space;
    sim_json_t *chip, *tech[2]; /* tech: pixel, logic */
    sim_json_t *scenario[SPACE_FILES];
    char scenario_file[SPACE_FILES][SPACE_PATH]; /* absolute */
    char model[SPACE_FILES][SPACE_PATH];         /* the same */
    sim_json_t *files; /* inputs (inputs.h) of the base, and what points have named since */
    uint64_t hash;     /* of all of it, at the beginning */
} point_base_t;

/* A file's name from the root on. False with a line in error. */
bool point_absolute(const char *file, char path[SPACE_PATH], char *error, size_t error_bytes);

/* Reads what the space names. False with a line in error; the caller frees base in any case. */
bool point_base_load(point_base_t *base, const space_t *space, char *error, size_t error_bytes);
void point_base_free(point_base_t *base);

/* The configuration of a point; the caller frees it. NULL with a line in error: a field that cannot
 * be there (a number has no keys), out of memory. */
char *point_config(const point_base_t *base, const space_value_t *value, char *error,
                   size_t error_bytes);

/* 16 hexadecimal digits. */
enum { POINT_HASH = 17 };
void point_hash(const char *text, char hash[POINT_HASH]);

/* Whether the files of a configuration are what they were; else a line in error. */
bool point_files_same(const sim_json_t *config, char *error, size_t error_bytes);

/* Replaces or adds what path ("npu.mac.rows", "networks[0]") names below *root, which is an object.
 * Takes value over. False with a line in error. */
bool point_set(sim_json_t **root, const char *path, sim_json_t *value, char *error,
               size_t error_bytes);

#endif
