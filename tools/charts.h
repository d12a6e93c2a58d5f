/*
 * charts.h - worlds to test a camera with, as light: exact at any place and time.
 *
 * Coordinates: u from 0 to 1 across the array, v from 0 down at the same scale (IMX500: to 0.75).
 */
#ifndef TOOLS_CHARTS_H
#define TOOLS_CHARTS_H

#include "sim/line.h"

typedef struct {
    float r, g, b; /* linear reflectance */
} chart_rgb_t;

/* What is seen at a place and a time. */
typedef chart_rgb_t (*chart_fn_t)(float u, float v, double seconds);

typedef struct {
    chart_fn_t at;
    float lux;              /* light of white */
    double flicker_hz;      /* the light is 1 + sin(2 pi hz t); 0: steady */
    uint32_t places, times; /* samples averaged: places x places of a sample's area, times of its
                             * exposure; 1.. */
} chart_t;

/* The light of a chart; valid as long as the chart. */
sim_light_t chart_light(const chart_t *chart);

/* Siemens star of 72 sectors, zone plate, slanted edges of 5 degrees, bars of 16 to 2 array pixels.
 */
chart_rgb_t chart_resolution(float u, float v, double seconds);
/* The 24 patches of the ColorChecker, 6 x 4. */
chart_rgb_t chart_colors(float u, float v, double seconds);
/* A bar through the middle, 10 turns a second, over a grid. */
chart_rgb_t chart_bar(float u, float v, double seconds);
/* Gray of 50 %. */
chart_rgb_t chart_gray(float u, float v, double seconds);

/* sRGB code of a patch, 0..23 from top left; where its middle is. */
void chart_patch(uint32_t patch, uint8_t rgb[3], float *u, float *v);

#endif
