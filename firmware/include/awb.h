/*
 * awb.h - auto white balance: gray world over the zones that may be gray.
 *
 * A zone counts when it is lit, most of it is not saturated, and its color is that of a gray
 * surface under some lamp between 2000 and 10000 K: in the plane of log2(r / g), log2(b / g) it
 * lies near their curve, which is of the pixel die's color filters (calibrated). So leaves, clothes
 * and painted walls do not pull, unless their color is that of a lamp: that no gray world can tell.
 * What the zones that count add up to shall be gray; gains go there by a quarter of the way a
 * frame, and the first time at once.
 *
 * The smallest of the three gains is the one that clipped white needs, so white stays white.
 *
 * Not modeled: a color matrix for each lamp, several lamps in one picture.
 */
#ifndef FW_AWB_H
#define FW_AWB_H

#include <stdbool.h>

#include "fixed.h"
#include "stats_zones.h"

typedef struct {
    uint32_t r, g, b; /* 8.8 */
} awb_gains_t;

typedef struct {
    uint32_t base;     /* the smallest gain, 8.8 */
    bool known;        /* the two below are of some frame */
    int32_t red, blue; /* log2 of the gains over green's */
    uint32_t gray;     /* zones of the newest frame that counted */
} awb_t;

void awb_init(awb_t *awb, uint32_t base);

/* True: these gains are to be written. */
bool awb_step(awb_t *awb, const stats_zones_t *zones, awb_gains_t *gains);

/* May a surface of those sums of red, green (two a cell) and blue be gray? */
bool awb_may_be_gray(uint32_t r, uint32_t g, uint32_t b);

#endif
