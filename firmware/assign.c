#include "assign.h"

enum { NOBODY = -1 };

/* Ways to the open columns by a row, which is itself `base` away. Returns the nearest of all. */
static uint32_t look_around(assign_t *a, uint32_t columns, uint32_t open, int8_t row, int32_t base)
{
    const int32_t *cost = a->cost[row];
    int32_t least = INT32_MAX;
    uint32_t best = 0;
    for (uint32_t c = 0; c < columns; c++, open >>= 1) {
        if ((open & 1u) == 0)
            continue;
        int32_t way = base + cost[c] - a->price[c];
        if (way < a->way[c]) {
            a->way[c] = way;
            a->from[c] = row;
        }
        if (a->way[c] < least) {
            least = a->way[c];
            best = c;
        }
    }
    return best;
}

/* The shortest way from a row without column to a column without row; it is turned around. */
static void place_row(assign_t *a, int8_t row, uint32_t columns, int8_t *column_of)
{
    uint32_t open = UINT32_MAX, c;
    int32_t base = 0;
    int8_t at = row;
    for (c = 0; c < columns; c++)
        a->way[c] = INT32_MAX;
    for (;;) {
        c = look_around(a, columns, open, at, base);
        open &= ~(1u << c);
        if (a->row[c] == NOBODY)
            break;
        at = a->row[c];
        base = a->way[c] - (a->cost[at][c] - a->price[c]);
    }
    for (uint32_t i = 0; i < columns; i++)
        if ((open >> i & 1u) == 0)
            a->price[i] += a->way[i] - a->way[c];
    do {
        at = a->from[c];
        a->row[c] = at;
        int8_t before = column_of[at];
        column_of[at] = (int8_t)c;
        c = (uint32_t)before;
    } while (at != row);
}

void assign_solve(assign_t *a, uint32_t rows, uint32_t columns, int8_t *column_of)
{
    for (uint32_t c = 0; c < columns; c++) {
        a->price[c] = 0;
        a->row[c] = NOBODY;
    }
    for (uint32_t r = 0; r < rows; r++) {
        column_of[r] = NOBODY;
        place_row(a, (int8_t)r, columns, column_of);
    }
}
