#include "settings.h"

_Static_assert((int)ZONE_MAX == (int)APP_ZONES_MOST, "a register for each zone");
_Static_assert((int)ZONE_MAX_CORNERS == (int)APP_ZONE_MOST_CORNERS, "and for each corner");
_Static_assert((int)STOCK_MAX == (int)APP_FACINGS_MOST, "and for each facing");

/* Of zone n the register that is at addr in zone 0. */
static uint32_t at(uint32_t n, uint32_t addr)
{
    return addr + n * APP_ZONE_BYTES;
}

static void read_zone(zone_t *zone, uint32_t n)
{
    zone->corners = hal_ccs_read16(at(n, APP_ZONE_CORNERS));
    if (zone->corners < ZONE_MIN_CORNERS || zone->corners > ZONE_MAX_CORNERS) {
        *zone = (zone_t){0};
        return;
    }
    for (uint32_t i = 0; i < zone->corners; i++) {
        uint32_t corner = at(n, APP_ZONE_CORNER_0) + 4 * i;
        zone->corner[i].x = (int16_t)hal_ccs_read16(corner);
        zone->corner[i].y = (int16_t)hal_ccs_read16(corner + 2);
    }
    zone->dwell_ms = hal_ccs_read32(at(n, APP_ZONE_DWELL_MS));
    zone->from_s = hal_ccs_read32(at(n, APP_ZONE_FROM));
    zone->to_s = hal_ccs_read32(at(n, APP_ZONE_TO));
    zone->flags = hal_ccs_read16(at(n, APP_ZONE_FLAGS));
}

uint32_t settings_zones(zone_t zones[ZONE_MAX])
{
    uint32_t count = 0;
    for (uint32_t n = 0; n < ZONE_MAX; n++) {
        read_zone(&zones[n], n);
        count = zones[n].corners != 0 ? n + 1 : count;
    }
    return count;
}

uint32_t settings_facings(stock_rect_t facings[STOCK_MAX])
{
    uint32_t count = 0;
    for (uint32_t n = 0; n < STOCK_MAX; n++) {
        uint32_t corner = hal_ccs_read32(APP_FACING_CORNER + n * APP_FACING_BYTES);
        uint32_t size = hal_ccs_read32(APP_FACING_SIZE + n * APP_FACING_BYTES);
        facings[n] = (stock_rect_t){(int32_t)(corner >> 16), (int32_t)(corner & 0xffffu),
                                    (int32_t)(size >> 16), (int32_t)(size & 0xffffu)};
        count = facings[n].w > 0 && facings[n].h > 0 ? n + 1 : count;
    }
    return count;
}

uint32_t settings_day_s(uint64_t time_ps)
{
    return zone_day_s(hal_ccs_read32(APP_TIME_OF_DAY), time_ps);
}
