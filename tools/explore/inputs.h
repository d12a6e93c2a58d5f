/*
 * inputs.h - files that a configuration needs beside its own text, and what they were: networks,
 * firmware, host scripts and what these send, scenes, pictures and films of the world.
 *
 * Whatever text of a scenario names a file that is there is an input, relative to the scenario; so
 * is what a JSON file or a host script among them names, relative to that. Numbered pictures
 * (step/%d.png) are one input. The chip and its technology are none: the configuration has them.
 */
#ifndef TOOLS_EXPLORE_INPUTS_H
#define TOOLS_EXPLORE_INPUTS_H

#include "tools/explore/space.h"

/* Hash of a file's bytes (16 digits), or of numbered pictures, names and bytes. False with a line
 * in error: it cannot be read. */
enum { INPUT_HASH = 17 };
bool input_hash(const char *path, char hash[INPUT_HASH], char *error, size_t error_bytes);

/* A name that stands in a file, from the root on. False with a line in error: too long. */
bool input_path(const char *file, const char *name, char path[SPACE_PATH], char *error,
                size_t error_bytes);

/* Adds "path": "hash" to the object `files`. known: an object of the same kind, what has been
 * hashed before; it gets what is new. */
bool input_add(sim_json_t *files, sim_json_t *known, const char *path, char *error,
               size_t error_bytes);

/* Adds what a scenario names; file: where it comes from, absolute. */
bool input_add_scenario(sim_json_t *files, sim_json_t *known, const sim_json_t *scenario,
                        const char *file, char *error, size_t error_bytes);

#endif
