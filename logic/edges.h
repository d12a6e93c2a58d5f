/*
 * edges.h - how often a line changes: what its pad pays for.
 */
#ifndef LOGIC_EDGES_H
#define LOGIC_EDGES_H

#include "sim/types.h"

/* Edges of a line that has `count` (1..31) bits one after another, the lowest first, and was at
 * `before`. */
static inline uint32_t line_edges(uint32_t bits, uint32_t count, bool before)
{
    uint32_t edges = 0, changes = (bits ^ (bits << 1 | before)) & ((UINT32_C(1) << count) - 1);
    for (; changes != 0; changes &= changes - 1)
        edges++;
    return edges;
}

#endif
