/*
 * lamp.h - the scene's light, turned up and down by a host script or a viewer.
 *
 * A change is of exposures that begin at its time or later, and of none of a frame that the sensor
 * has latched already: rows of those may be worked out. In between, within the frame that follows,
 * it is a lamp that is switched while a rolling shutter is open: a part of the rows has it.
 */
#ifndef TOOLS_LAMP_H
#define TOOLS_LAMP_H

#include <stdatomic.h>

#include "pixel/pixel.h"

enum { LAMP_CHANGES = 256, LAMP_MOST = 1000 * 1000, LAMP_NORMAL = 1000 };

typedef struct {
    sim_light_t under;
    /* Grow only, but for snapshots; rows are read on other threads. */
    _Atomic uint32_t changes;
    _Atomic uint64_t from_ps[LAMP_CHANGES];
    _Atomic uint32_t thousandths[LAMP_CHANGES];
} lamp_t;

/* The light with the lamp's changes; lamp must outlive it. */
sim_light_t lamp_light(lamp_t *lamp, sim_light_t under);

/* Thousandths of the scene's light, up to LAMP_MOST, from now on, or from the end of what pixel has
 * latched. False: there were LAMP_CHANGES before. */
bool lamp_change(lamp_t *lamp, const pix_t *pixel, uint64_t now_ps, uint32_t thousandths);
/* As it was changed last. */
uint32_t lamp_thousandths(const lamp_t *lamp);

#endif
