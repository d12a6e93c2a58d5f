#include "presence.h"

#include <string.h>

enum { ONE = 256, FOLLOW = 8, NOISES = 4, FEW_ZONES = 2 };

void presence_init(presence_t *presence, const presence_rule_t *rule)
{
    memset(presence, 0, sizeof(*presence));
    presence->rule = *rule;
    presence->wants_look = true;
}

/* ---- the view ---- */

static uint32_t brightness(const stats_zone_t *zone)
{
    uint64_t sum = (uint64_t)zone->r + zone->g + zone->b; /* four samples a cell */
    return zone->count != 0 ? (uint32_t)(sum * 4 / zone->count) : 0;
}

static void measure(const stats_zones_t *zones, uint32_t now[ZONES])
{
    for (uint32_t z = 0; z < ZONES; z++)
        now[z] = brightness(&zones->zone[z]);
}

/* Brightness now of all zones that both views have, 1/65536 of what it was. */
static uint32_t light(const presence_t *p, const uint32_t now[ZONES])
{
    uint64_t is = 0, was = 0;
    for (uint32_t z = 0; z < ZONES; z++) {
        if (now[z] == 0 || p->empty[z] == 0)
            continue;
        is += now[z];
        was += p->empty[z];
    }
    uint64_t ratio = was != 0 ? is * 65536u / was : 65536u;
    return ratio < UINT32_MAX ? (uint32_t)ratio : UINT32_MAX;
}

/* How far from what the empty view would be in this light, 1/256 of that, at most ONE. A zone that
 * went out of range, or came into it, is all new. */
static uint32_t difference(uint32_t now, uint32_t empty, uint32_t ratio)
{
    uint64_t expected = (uint64_t)empty * ratio >> 16;
    if (now == 0 || expected == 0)
        return now == expected ? 0 : ONE;
    uint64_t off = now > expected ? now - expected : expected - now;
    uint64_t part = off * ONE / expected;
    return part < ONE ? (uint32_t)part : ONE;
}

/* The least difference that half of the zones do not exceed. */
static uint32_t median(const uint16_t count[ONE + 1])
{
    uint32_t below = 0, d = 0;
    for (; d < ONE; d++) {
        below += count[d];
        if (2 * below >= ZONES)
            break;
    }
    return d;
}

static bool is_new(const presence_t *p, const uint32_t now[ZONES])
{
    uint16_t count[ONE + 1] = {0};
    uint32_t ratio = light(p, now), zones = 0;
    for (uint32_t z = 0; z < ZONES; z++)
        count[difference(now[z], p->empty[z], ratio)]++;
    uint32_t noise = median(count);
    uint32_t least = NOISES * noise > p->rule.change ? NOISES * noise : p->rule.change;
    for (uint32_t d = least + 1; d <= ONE; d++)
        zones += count[d];
    return zones >= FEW_ZONES || noise > p->rule.change;
}

static void follow(presence_t *p, const uint32_t now[ZONES])
{
    for (uint32_t z = 0; z < ZONES; z++)
        p->empty[z] =
            (uint32_t)((int32_t)p->empty[z] + ((int32_t)now[z] - (int32_t)p->empty[z]) / FOLLOW);
}

/* ---- what comes next ---- */

void presence_glanced(presence_t *presence, const stats_zones_t *zones)
{
    uint32_t now[ZONES];
    measure(zones, now);
    presence->glances++;
    if (!presence->known) {
        memcpy(presence->empty, now, sizeof(now));
        presence->known = true;
    } else if (is_new(presence, now)) {
        presence->wants_look = true;
        return;
    } else {
        follow(presence, now);
    }
    presence->wants_look = presence->glances >= presence->rule.glances;
}

bool presence_looked(presence_t *presence, uint8_t score)
{
    const presence_rule_t *rule = &presence->rule;
    bool before = presence->present;
    presence->nobody = score < rule->leave_score ? presence->nobody + 1 : 0;
    if (score >= rule->enter_score)
        presence->present = true;
    if (presence->nobody >= rule->leave_looks)
        presence->present = false;
    /* the view without anybody is the one to compare with: it may have changed for good */
    presence->known = presence->known && presence->present;
    presence->wants_look = presence->present || rule->glances == 0;
    presence->glances = 0;
    return presence->present != before;
}
