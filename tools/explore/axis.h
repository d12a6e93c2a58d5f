/*
 * axis.h - axes of a sweep's plots: from values to what gnuplot is told of them.
 *
 * Values that span more than a power of ten stand on a logarithmic axis; those of text stand at the
 * numbers of their levels; large and small ones are drawn in a power of thousand that the name has.
 */
#ifndef TOOLS_EXPLORE_AXIS_H
#define TOOLS_EXPLORE_AXIS_H

#include "tools/explore/sheet.h"

typedef struct {
    const sheet_column_t *column; /* NULL: of no column */
    uint32_t at;                  /* column's number */
    char name[96];                /* with its unit */
    double low, high;             /* of the values, or somewhat around one alone */
    double one;                   /* this value is drawn as 1 */
    bool log;
} axis_t;

enum { AXIS_SHORT = 28 };

/* Names and levels that are long, as far as there is room for them. */
const char *axis_short(char text[AXIS_SHORT], const char *of);

/* unit: may be empty. */
axis_t axis_from(double low, double high, const char *name, const char *unit);
axis_t axis_of(const sheet_t *sheet, uint32_t column);

/* Where a value is drawn; NAN: nowhere (no number, or one that no plot has). */
double axis_drawn(const axis_t *axis, double value);

/* Range, scale, ticks and name of gnuplot's axis "x" or "y". */
void axis_put(const axis_t *axis, FILE *script, const char *which);
/* Range and ticks of gnuplot's parallel axis n, from 1: logarithms stand on it as such. */
void axis_put_parallel(const axis_t *axis, FILE *script, uint32_t n);
double axis_drawn_parallel(const axis_t *axis, double value);

#endif
