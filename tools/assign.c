#include "tools/assign.h"

#include <math.h>
#include <stdlib.h>

/* Rows and columns count from 1; column 0 is where a new row begins its path. */
typedef struct {
    const double *cost;
    uint32_t rows, columns;
    bool turned;          /* cost is columns x rows */
    double *u, *v;        /* potentials of rows and columns */
    double *least;        /* reduced cost of the cheapest way to a column */
    uint32_t *row, *from; /* of a column: its row, the column before it on the way */
    bool *done;
} problem_t;

static double reduced(const problem_t *p, uint32_t row, uint32_t column)
{
    size_t at = p->turned ? (size_t)(column - 1) * p->rows + row - 1
                          : (size_t)(row - 1) * p->columns + column - 1;
    return p->cost[at] - p->u[row] - p->v[column];
}

/* From a column that is reached: cheaper ways to others. Returns the next column to go to. */
static uint32_t look_around(problem_t *p, uint32_t at)
{
    double delta = INFINITY;
    uint32_t next = 0;
    for (uint32_t c = 1; c <= p->columns; c++) {
        if (p->done[c])
            continue;
        double cost = reduced(p, p->row[at], c);
        if (cost < p->least[c]) {
            p->least[c] = cost;
            p->from[c] = at;
        }
        if (p->least[c] < delta) {
            delta = p->least[c];
            next = c;
        }
    }
    for (uint32_t c = 0; c <= p->columns; c++) {
        if (p->done[c]) {
            p->u[p->row[c]] += delta;
            p->v[c] -= delta;
        } else {
            p->least[c] -= delta;
        }
    }
    return next;
}

static void place_row(problem_t *p, uint32_t row)
{
    uint32_t at = 0;
    p->row[0] = row;
    for (uint32_t c = 0; c <= p->columns; c++) {
        p->least[c] = INFINITY;
        p->done[c] = false;
    }
    while (p->row[at] != 0) {
        p->done[at] = true;
        at = look_around(p, at);
    }
    for (; at != 0; at = p->from[at])
        p->row[at] = p->row[p->from[at]];
}

static void give(const problem_t *p, int32_t *column_of)
{
    for (uint32_t c = 1; c <= p->columns; c++) {
        if (p->row[c] == 0)
            continue;
        if (p->turned)
            column_of[c - 1] = (int32_t)p->row[c] - 1;
        else
            column_of[p->row[c] - 1] = (int32_t)c - 1;
    }
}

bool assign(const double *cost, uint32_t rows, uint32_t columns, int32_t *column_of)
{
    problem_t p = {.cost = cost, .turned = rows > columns};
    p.rows = p.turned ? columns : rows;
    p.columns = p.turned ? rows : columns;
    size_t many = (size_t)p.columns + 1;
    p.u = calloc((size_t)p.rows + 1, sizeof(*p.u));
    p.v = calloc(many, sizeof(*p.v));
    p.least = calloc(many, sizeof(*p.least));
    p.row = calloc(many, sizeof(*p.row));
    p.from = calloc(many, sizeof(*p.from));
    p.done = calloc(many, sizeof(*p.done));
    bool fine = p.u && p.v && p.least && p.row && p.from && p.done;
    for (uint32_t r = 0; r < rows; r++)
        column_of[r] = ASSIGN_NONE;
    for (uint32_t r = 1; fine && r <= p.rows; r++)
        place_row(&p, r);
    if (fine)
        give(&p, column_of);
    free(p.u);
    free(p.v);
    free(p.least);
    free(p.row);
    free(p.from);
    free(p.done);
    return fine;
}
