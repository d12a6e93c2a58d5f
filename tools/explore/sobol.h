/*
 * sobol.h - a Sobol sequence: points that fill a cube evenly, however many are taken.
 *
 * Direction numbers: S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better
 * two-dimensional projections", SIAM J. Sci. Comput. 30, 2635-2654 (2008), their file
 * new-joe-kuo-6.21201, dimensions 1 to 20.
 */
#ifndef TOOLS_EXPLORE_SOBOL_H
#define TOOLS_EXPLORE_SOBOL_H

#include "sim/types.h"

enum { SOBOL_DIMENSIONS = 20 };

/* Coordinate `dimension` (0..SOBOL_DIMENSIONS-1) of point `index`, in 2^-32; order of the plain
 * binary index, so point 0 is the corner 0. */
uint32_t sobol_u32(uint32_t dimension, uint32_t index);

#endif
