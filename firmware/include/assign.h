/*
 * assign.h - the cheapest one-to-one assignment of rows to columns, in integers and a fixed room.
 *
 * H. W. Kuhn, "The Hungarian method for the assignment problem" (1955), by shortest augmenting
 * paths with prices of the columns (R. Jonker, A. Volgenant, "A shortest augmenting path algorithm
 * for dense and sparse linear assignment problems", 1987): at most rows * (rows + 1) / 2 looks at
 * all columns.
 */
#ifndef FW_ASSIGN_H
#define FW_ASSIGN_H

#include <stdint.h>

enum { ASSIGN_MAX = 32, ASSIGN_MOST = 1 << 24 };

typedef struct {
    int32_t cost[ASSIGN_MAX][ASSIGN_MAX]; /* of row and column, 0..ASSIGN_MOST; the caller's */

    int32_t price[ASSIGN_MAX], way[ASSIGN_MAX]; /* of columns */
    int8_t row[ASSIGN_MAX], from[ASSIGN_MAX];
} assign_t;

/*
 * Gives each row a column of its own such that the sum of their costs is as small as can be:
 * column_of[row]. rows <= columns <= ASSIGN_MAX.
 */
void assign_solve(assign_t *a, uint32_t rows, uint32_t columns, int8_t *column_of);

#endif
