/*
 * heat.h - where somebody is: in how many frames each cell of a grid over the array had a foot in
 * it.
 *
 * Cell (c, r) covers columns width * c / columns up to width * (c + 1) / columns of the array, rows
 * likewise. Two feet in one cell count once. Integers only, no registers.
 */
#ifndef FW_HEAT_H
#define FW_HEAT_H

#include "detect.h"
#include "meta.h"

enum { HEAT_MAX_CELLS = 768 };

typedef struct {
    uint16_t columns, rows;
    uint32_t width_px, height_px; /* of the array */
    uint32_t frames;              /* since heat_clear */
    uint64_t first_ps;            /* of those frames */
    uint16_t cell[HEAT_MAX_CELLS];
    uint8_t taken[HEAT_MAX_CELLS]; /* in the newest frame */
} heat_t;

/* An empty grid; false, and it stays as it was, unless 1..HEAT_MAX_CELLS cells fit such an array.
 */
bool heat_begin(heat_t *heat, uint32_t columns, uint32_t rows, uint32_t width_px,
                uint32_t height_px);
/* Begins a new interval. */
void heat_clear(heat_t *heat);

/* One frame. A cell stays at 65535. A foot outside the array is in the nearest cell. */
void heat_add(heat_t *heat, uint64_t time_ps, const det_box_t *boxes, uint32_t count);

/* From the first frame until then. */
uint32_t heat_ms(const heat_t *heat, uint64_t time_ps);

/* For meta_add_heat_map, at that time; its cells are heat's. */
meta_heat_map_t heat_map(const heat_t *heat, uint64_t time_ps);

#endif
