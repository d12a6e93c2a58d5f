/*
 * power.h - where the energy of the demo goes, as a picture.
 */
#ifndef TOOLS_GALLERY_POWER_H
#define TOOLS_GALLERY_POWER_H

#include "sim/types.h"

/* Runs a few frames of scenes/entrance.json into dir/power, draws dir/power.png by gnuplot: power
 * of each block over two frames, and the mean energy of a frame. False with one line in error. */
bool power_picture(const char *dir, char *error, size_t error_bytes);

#endif
