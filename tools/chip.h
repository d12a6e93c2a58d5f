/*
 * chip.h - a chip file for commands that need only part of a sensor.
 */
#ifndef TOOLS_CHIP_H
#define TOOLS_CHIP_H

#include "logic/sensor.h"

/* file NULL: the built-in IMX500, equal to logic/chips/imx500.json. False with a line in error. */
bool chip_load(const char *file, sensor_desc_t *desc, char *error, size_t error_bytes);

#endif
