/*
 * stats_zones.h - the zones of the ISP's statistics (isp/stats.h), as the automatic settings read
 * them: 16 x 16 over the frame, in rows.
 */
#ifndef FW_STATS_ZONES_H
#define FW_STATS_ZONES_H

#include <stdint.h>

enum { ZONES_SIDE = 16, ZONES = ZONES_SIDE * ZONES_SIDE };

/* Sums over the cells of a zone that are not saturated: 12-bit DN, green two a cell; their count.
 */
typedef struct {
    uint32_t r, g, b, count;
} stats_zone_t;

/* All of a frame of so many cells. */
typedef struct {
    uint32_t width, height;
    stats_zone_t zone[ZONES];
} stats_zones_t;

static inline uint32_t stats_zones_part(uint32_t size, uint32_t k)
{
    return (k + 1) * size / ZONES_SIDE - k * size / ZONES_SIDE;
}

/* Cells of zone z, saturated ones among them. */
static inline uint32_t stats_zones_cells(const stats_zones_t *zones, uint32_t z)
{
    return stats_zones_part(zones->width, z % ZONES_SIDE) *
           stats_zones_part(zones->height, z / ZONES_SIDE);
}

#endif
