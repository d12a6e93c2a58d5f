/*
 * line.h - on which side of a line somebody stands.
 *
 *      first end                Who looks from the first end to the second has `in` on the left,
 *          |                    as the array is seen: of a line that runs down (from small y to
 *     out  |  in                large y) the columns to its right.
 *          v
 *      second end
 *
 * Units: active-array pixels; ends at most 2^15 apart on each axis.
 */
#ifndef FW_LINE_H
#define FW_LINE_H

#include <stdbool.h>
#include <stdint.h>

/* LINE_NEAR: no farther than the hysteresis. LINE_PAST: beside neither of its points. */
typedef enum { LINE_OUT = -1, LINE_NEAR, LINE_IN, LINE_PAST } line_side_t;

typedef struct {
    int32_t x0, y0, x1, y1;
    int32_t length; /* the whole part */
} line_t;

/* False: the ends are one point; there is no such line then. */
bool line_make(line_t *line, int32_t x0, int32_t y0, int32_t x1, int32_t y1);

line_side_t line_side(const line_t *line, int32_t x, int32_t y, int32_t hysteresis);

#endif
