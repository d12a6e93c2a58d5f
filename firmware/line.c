#include "line.h"

/* The whole part. */
static int32_t root(uint32_t x)
{
    uint32_t r = 0;
    for (uint32_t bit = 1u << 15; bit != 0; bit >>= 1)
        if ((r | bit) * (r | bit) <= x)
            r |= bit;
    return (int32_t)r;
}

bool line_make(line_t *line, int32_t x0, int32_t y0, int32_t x1, int32_t y1)
{
    int32_t dx = x1 - x0, dy = y1 - y0;
    *line = (line_t){x0, y0, x1, y1, root((uint32_t)(dx * dx) + (uint32_t)(dy * dy))};
    return line->length > 0;
}

line_side_t line_side(const line_t *line, int32_t x, int32_t y, int32_t hysteresis)
{
    int64_t dx = line->x1 - line->x0, dy = line->y1 - line->y0;
    int64_t px = (int64_t)x - line->x0, py = (int64_t)y - line->y0;
    int64_t along = dx * px + dy * py, across = dy * px - dx * py; /* times the length */
    int64_t near = (int64_t)hysteresis * line->length;
    if (along < 0 || along > dx * dx + dy * dy)
        return LINE_PAST;
    return across > near ? LINE_IN : across < -near ? LINE_OUT : LINE_NEAR;
}
