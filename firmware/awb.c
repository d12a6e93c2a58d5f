#include "awb.h"

#include <string.h>

#define STOPS(x) ((int32_t)((x)*FX_ONE))

enum {
    GREENS = 2,
    DARK = 32,          /* mean of green below which noise is too much of the color; 12-bit DN */
    WIDTH = FX_ONE / 5, /* from the curve of lamps */
    GRAYS = 4,          /* zones that are enough */
    GAIN_MAX = 0xfff
};

/* Gray under lamps of 10000, 6500, 4000, 2856 and 2000 K as the default pixel die sees it: u =
 * log2(r / g), v = log2(b / g). */
static const struct {
    int32_t along, across; /* u - v, u + v */
} lamp[] = {
    {STOPS(-0.505), STOPS(-1.003)}, {STOPS(0.059), STOPS(-1.050)}, {STOPS(1.049), STOPS(-1.073)},
    {STOPS(1.954), STOPS(-1.187)},  {STOPS(3.028), STOPS(-1.281)},
};
enum { LAMPS = sizeof(lamp) / sizeof(lamp[0]) };

void awb_init(awb_t *awb, uint32_t base)
{
    memset(awb, 0, sizeof(*awb));
    awb->base = base;
}

/* The curve's u + v at u - v; its ends go on level. */
static int32_t across_at(int32_t along)
{
    uint32_t i = 1;
    if (along <= lamp[0].along)
        return lamp[0].across;
    while (i < LAMPS && along > lamp[i].along)
        i++;
    if (i == LAMPS)
        return lamp[LAMPS - 1].across;
    int32_t run = (lamp[i].along - lamp[i - 1].along) >> 8;
    int32_t rise = lamp[i].across - lamp[i - 1].across;
    return lamp[i - 1].across + rise * ((along - lamp[i - 1].along) >> 8) / run;
}

bool awb_may_be_gray(uint32_t r, uint32_t g, uint32_t b)
{
    int32_t green = fx_log2(g) - FX_ONE, u = fx_log2(r) - green, v = fx_log2(b) - green;
    int32_t along = u - v, off = u + v - across_at(along);
    return off <= WIDTH && off >= -WIDTH && along >= lamp[0].along - WIDTH &&
           along <= lamp[LAMPS - 1].along + WIDTH;
}

static bool counts(const stats_zone_t *zone, uint32_t cells)
{
    return zone->count > cells / 2 && zone->g / GREENS >= DARK * zone->count &&
           awb_may_be_gray(zone->r, zone->g, zone->b);
}

/* Sums over the zones that count, /16: 256 zones of 2^28 fit. */
static uint32_t add_grays(const stats_zones_t *zones, stats_zone_t *sum)
{
    uint32_t grays = 0;
    for (uint32_t z = 0; z < ZONES; z++) {
        const stats_zone_t *zone = &zones->zone[z];
        if (!counts(zone, stats_zones_cells(zones, z)))
            continue;
        grays++;
        sum->r += zone->r >> 4;
        sum->g += zone->g >> 4;
        sum->b += zone->b >> 4;
    }
    return grays;
}

static void approach(awb_t *awb, int32_t red, int32_t blue)
{
    awb->red += awb->known ? (red - awb->red) / 4 : red;
    awb->blue += awb->known ? (blue - awb->blue) / 4 : blue;
    awb->known = true;
}

/* base times 2^above, to the nearest. */
static uint32_t gain_of(const awb_t *awb, int32_t above)
{
    uint32_t gain = (awb->base * (fx_exp2(above) >> 4) + 2048) >> 12;
    return gain > GAIN_MAX ? GAIN_MAX : gain;
}

static int32_t smallest(int32_t a, int32_t b, int32_t c)
{
    int32_t least = a < b ? a : b;
    return least < c ? least : c;
}

bool awb_step(awb_t *awb, const stats_zones_t *zones, awb_gains_t *gains)
{
    stats_zone_t sum = {0};
    awb->gray = add_grays(zones, &sum);
    if (awb->gray < GRAYS)
        return false;
    int32_t green = fx_log2(sum.g) - FX_ONE;
    approach(awb, green - fx_log2(sum.r), green - fx_log2(sum.b));
    int32_t least = smallest(0, awb->red, awb->blue);
    *gains = (awb_gains_t){gain_of(awb, awb->red - least), gain_of(awb, -least),
                           gain_of(awb, awb->blue - least)};
    return true;
}
