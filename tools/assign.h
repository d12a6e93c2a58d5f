/*
 * assign.h - the cheapest one-to-one assignment of rows to columns.
 *
 * H. W. Kuhn, "The Hungarian method for the assignment problem" (1955), by shortest augmenting
 * paths with potentials: O(rows^2 * columns).
 */
#ifndef TOOLS_ASSIGN_H
#define TOOLS_ASSIGN_H

#include "sim/types.h"

enum { ASSIGN_NONE = -1 };

/* cost: rows x columns, finite. column_of[row] becomes its column; where there are more rows than
 * columns those left over get ASSIGN_NONE. False without memory. */
bool assign(const double *cost, uint32_t rows, uint32_t columns, int32_t *column_of);

#endif
