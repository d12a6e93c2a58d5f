/*
 * imx500_rig.h - runs of the program imx500 by the fovea command, for its tests.
 */
#ifndef TESTS_TOOLS_IMX500_RIG_H
#define TESTS_TOOLS_IMX500_RIG_H

#include "logic/sensor.h"
#include "npu/fnp.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

#define IMX500_DETECTOR "../../../scenes/person_160.tflite"
#define IMX500_NO_PIXELS "{\"at\": \"0ms\", \"write\": \"mipi_pixels\", \"value\": 0},"

/* Where scenario, networks and results are: FOVEA_OUT "/NAME", set by the program. */
extern const char *imx500_dir;

/* What the last run printed. */
extern char imx500_text[1 << 16];

/* A file in imx500_dir. */
void imx500_save(const char *name, const char *content);

/* Runs frames of a scenario, results to imx500_dir/out; the exit code. steps: further entries of
 * "host", each with its comma. Network files count from imx500_dir. ran: must be fine. */
int imx500_run(const char *network, const char *steps, uint32_t frames);
void imx500_ran(const char *network, const char *steps, uint32_t frames);

/* A file of the run as text; the caller frees it. */
char *imx500_result(const char *name);
/* The number behind "key": in text; -1: none. Of a counter in stats.json. */
long imx500_number(const char *from, const char *key);
long imx500_stat(const char *stats, const char *key);

/* Arrays of the tensors with that number: what prog computes alone of the picture that was sent
 * with them, bit for bit. */
void imx500_expect_outputs(const npu_prog_t *prog, const sensor_desc_t *chip, uint32_t set);

#endif
