/*
 * zone.h - polygons on the pixel array, who stands in them, and when they count.
 *
 *      (0, 0) --> x        A polygon has 3 to 8 corners in turn, clockwise or not, and may be
 *        |   __            concave. Inside is from where a ray meets its edges an odd number of
 *        v  /  \_          times. A point on a left or an upper edge is inside, one on a right or a
 *        y  \____|         lower edge is not: of two zones that share an edge one has the point.
 *
 * Integers only, no registers: settings.h reads zones. Units: active-array pixels, within +-2^29;
 * the left edge of column n is at x = n.
 */
#ifndef FW_ZONE_H
#define FW_ZONE_H

#include "detect.h"

enum { ZONE_MAX = 32, ZONE_MIN_CORNERS = 3, ZONE_MAX_CORNERS = 8, ZONE_DAY_S = 86400 };

typedef struct {
    int32_t x, y;
} zone_point_t;

typedef struct {
    uint32_t corners; /* 3..8; less: there is no such zone, nothing is inside */
    zone_point_t corner[ZONE_MAX_CORNERS];
    uint32_t dwell_ms; /* what that means is the application's affair, and so it is of flags */
    uint32_t from_s,
        to_s; /* it counts from..to - 1, seconds of the day; from > to: over midnight */
    uint32_t flags;
} zone_t;

/* Where somebody stands: the middle of the box's lowest row. */
zone_point_t zone_foot(const det_box_t *box);

bool zone_holds(const zone_t *zone, zone_point_t point);

/* Bit n: zone n of so many (at most ZONE_MAX) holds the point. */
uint32_t zone_mask(const zone_t *zones, uint32_t count, zone_point_t point);

/* Second of the day at time_ps, when time 0 was at start_s. */
uint32_t zone_day_s(uint32_t start_s, uint64_t time_ps);

/* Does the zone count in this second of the day? From and to alike: never. */
bool zone_counts(const zone_t *zone, uint32_t day_s);

#endif
