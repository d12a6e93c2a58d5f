/*
 * entrance.h - frames of scenes/entrance.json with a host that asks for something else.
 */
#ifndef TESTS_SENSOR_ENTRANCE_H
#define TESTS_SENSOR_ENTRANCE_H

#include <stddef.h>
#include <stdint.h>

/* A step of the host. */
#define CCI(reg, value) "{\"at\": \"0ms\", \"write\": \"" reg "\", \"value\": " #value "}"

/* Runs into fovea_out/name; output: the scenario's object, without braces; steps: the host's, in
 * front of the stream's start. text gets what the run said. */
void entrance_run(char *text, size_t text_bytes, const char *name, const char *output,
                  const char *steps, int frames);

/* The file is a PNG of that size. */
void entrance_picture(const char *file, uint32_t width_px, uint32_t height_px, uint32_t channels);

#endif
