#include "zone.h"

zone_point_t zone_foot(const det_box_t *box)
{
    return (zone_point_t){box->x0 + (box->x1 - box->x0) / 2, box->y1 - 1};
}

/* Does the edge from a to b cross the row of p on the right of p? Upper ends belong to an edge,
 * lower ones do not. */
static bool crosses(zone_point_t a, zone_point_t b, zone_point_t p)
{
    if ((a.y > p.y) == (b.y > p.y))
        return false;
    int64_t side = (int64_t)(b.x - a.x) * (p.y - a.y) - (int64_t)(p.x - a.x) * (b.y - a.y);
    return b.y > a.y ? side > 0 : side < 0;
}

bool zone_holds(const zone_t *zone, zone_point_t point)
{
    bool inside = false;
    if (zone->corners < ZONE_MIN_CORNERS || zone->corners > ZONE_MAX_CORNERS)
        return false;
    zone_point_t last = zone->corner[zone->corners - 1];
    for (uint32_t i = 0; i < zone->corners; i++) {
        inside ^= crosses(last, zone->corner[i], point);
        last = zone->corner[i];
    }
    return inside;
}

uint32_t zone_mask(const zone_t *zones, uint32_t count, zone_point_t point)
{
    uint32_t mask = 0;
    for (uint32_t n = 0; n < count; n++)
        mask |= (uint32_t)zone_holds(&zones[n], point) << n;
    return mask;
}

uint32_t zone_day_s(uint32_t start_s, uint64_t time_ps)
{
    return (start_s + (uint32_t)(time_ps / 1000000000000u % ZONE_DAY_S)) % ZONE_DAY_S;
}

bool zone_counts(const zone_t *zone, uint32_t day_s)
{
    bool after = day_s >= zone->from_s, before = day_s < zone->to_s;
    return zone->from_s <= zone->to_s ? after && before : after || before;
}
