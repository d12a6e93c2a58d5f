#include "heat.h"

#include <string.h>

#include "zone.h"

bool heat_begin(heat_t *heat, uint32_t columns, uint32_t rows, uint32_t width_px,
                uint32_t height_px)
{
    if (columns == 0 || rows == 0 || columns > HEAT_MAX_CELLS || rows > HEAT_MAX_CELLS ||
        columns * rows > HEAT_MAX_CELLS || columns > width_px || rows > height_px)
        return false;
    heat->columns = (uint16_t)columns;
    heat->rows = (uint16_t)rows;
    heat->width_px = width_px;
    heat->height_px = height_px;
    heat_clear(heat);
    return true;
}

void heat_clear(heat_t *heat)
{
    heat->frames = 0;
    heat->first_ps = 0;
    memset(heat->cell, 0, sizeof(heat->cell));
}

/* The k for which size * k / parts <= at < size * (k + 1) / parts. */
static uint32_t part_of(int32_t at, uint32_t size, uint32_t parts)
{
    uint32_t inside = at < 0 ? 0 : (uint32_t)at < size ? (uint32_t)at : size - 1;
    return (uint32_t)((((uint64_t)inside + 1) * parts - 1) / size);
}

static void take(heat_t *heat, zone_point_t foot)
{
    uint32_t column = part_of(foot.x, heat->width_px, heat->columns);
    uint32_t row = part_of(foot.y, heat->height_px, heat->rows);
    heat->taken[row * heat->columns + column] = 1;
}

void heat_add(heat_t *heat, uint64_t time_ps, const det_box_t *boxes, uint32_t count)
{
    memset(heat->taken, 0, sizeof(heat->taken));
    for (uint32_t i = 0; i < count; i++)
        take(heat, zone_foot(&boxes[i]));
    for (uint32_t i = 0; i < (uint32_t)heat->columns * heat->rows; i++)
        if (heat->cell[i] < UINT16_MAX)
            heat->cell[i] = (uint16_t)(heat->cell[i] + heat->taken[i]);
    if (heat->frames++ == 0)
        heat->first_ps = time_ps;
}

uint32_t heat_ms(const heat_t *heat, uint64_t time_ps)
{
    return heat->frames != 0 ? (uint32_t)((time_ps - heat->first_ps) / 1000000000u) : 0;
}

meta_heat_map_t heat_map(const heat_t *heat, uint64_t time_ps)
{
    return (meta_heat_map_t){heat->columns, heat->rows, heat->frames, heat_ms(heat, time_ps),
                             heat->cell};
}
