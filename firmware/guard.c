#include "guard.h"

#include "fovea_metadata.h"

/* ---- events ---- */

static bool tell(guard_t *guard, uint8_t kind, uint32_t zone, uint16_t track, uint32_t value)
{
    if (guard->events == GUARD_MAX_EVENTS)
        return false;
    guard->event[guard->events++] = (meta_event_t){kind, (uint8_t)zone, track, value};
    return true;
}

static void raise_alert(guard_t *guard, uint8_t kind, const guard_visit_t *visit, bool *told)
{
    if (*told || !tell(guard, kind, visit->zone, visit->track, 0))
        return;
    *told = true;
    guard->alert |= 1u << visit->zone;
}

/* ---- visits ---- */

/* What a frame shows. */
typedef struct {
    const det_box_t *box;
    const uint16_t *track;
    uint32_t count, ms;
} sight_t;

static bool has(const sight_t *sight, uint16_t track)
{
    for (uint32_t i = 0; i < sight->count; i++)
        if (sight->track[i] == track)
            return true;
    return false;
}

static guard_visit_t *find(guard_t *guard, uint32_t zone, uint16_t track)
{
    for (uint32_t i = 0; i < GUARD_MAX_VISITS; i++)
        if (guard->visit[i].track == track && guard->visit[i].zone == zone)
            return &guard->visit[i];
    return 0;
}

static guard_visit_t *find_free(guard_t *guard)
{
    for (uint32_t i = 0; i < GUARD_MAX_VISITS; i++)
        if (guard->visit[i].track == 0)
            return &guard->visit[i];
    return 0;
}

static bool is_near(const guard_visit_t *visit, const det_box_t *box)
{
    zone_point_t foot = zone_foot(box);
    int32_t dx = foot.x - visit->foot.x, dy = foot.y - visit->foot.y,
            reach = (box->y1 - box->y0) / 2;
    return dx < reach && -dx < reach && dy < reach && -dy < reach;
}

/* A visit in the zone whose track is not seen any more, and that box may be: the one that has
 * lasted longest. */
static guard_visit_t *find_lost(guard_t *guard, uint32_t zone, const det_box_t *box,
                                const sight_t *sight)
{
    guard_visit_t *lost = 0;
    for (uint32_t i = 0; i < GUARD_MAX_VISITS; i++) {
        guard_visit_t *v = &guard->visit[i];
        if (v->track == 0 || v->zone != zone || has(sight, v->track) || !is_near(v, box))
            continue;
        if (lost == 0 || sight->ms - v->since_ms > sight->ms - lost->since_ms)
            lost = v;
    }
    return lost;
}

static void see_inside(guard_t *guard, uint32_t zone, uint32_t box, const sight_t *sight)
{
    uint16_t track = sight->track[box];
    guard_visit_t *v = find(guard, zone, track);
    if (v == 0)
        v = find_lost(guard, zone, &sight->box[box], sight);
    if (v == 0) {
        v = find_free(guard);
        if (v == 0)
            return; /* more visits than there is room for */
        *v = (guard_visit_t){.zone = (uint8_t)zone, .since_ms = sight->ms};
    }
    v->track = track;
    v->inside_ms = sight->ms;
    v->foot = zone_foot(&sight->box[box]);
}

static void see_all(guard_t *guard, const sight_t *sight, uint32_t counting)
{
    for (uint32_t b = 0; b < sight->count; b++) {
        if (sight->track[b] == 0)
            continue;
        zone_point_t foot = zone_foot(&sight->box[b]);
        uint32_t inside = counting & zone_mask(guard->zone, guard->zones, foot);
        for (uint32_t n = 0; n < guard->zones; n++)
            if ((inside >> n & 1) != 0)
                see_inside(guard, n, b, sight);
    }
}

/* ---- what follows from a visit ---- */

static void judge_visit(guard_t *guard, guard_visit_t *v, uint32_t time_ms, uint32_t *occupied)
{
    const zone_t *zone = &guard->zone[v->zone];
    if (time_ms - v->inside_ms > guard->leave_ms) {
        v->track = 0;
        return;
    }
    v->begun = v->begun || v->inside_ms - v->since_ms >= guard->enter_ms;
    if (!v->begun)
        return;
    *occupied |= 1u << v->zone;
    bool alarmed = (guard->alert >> v->zone & 1) != 0;
    if (zone->dwell_ms == 0)
        raise_alert(guard, META_EVENT_INTRUSION, v, &alarmed);
    else if (v->inside_ms - v->since_ms >= zone->dwell_ms)
        raise_alert(guard, META_EVENT_LOITERING, v, &v->loiters);
}

static void end_alerts(guard_t *guard, uint32_t occupied)
{
    for (uint32_t n = 0; n < ZONE_MAX; n++)
        if (((guard->alert & ~occupied) >> n & 1) != 0 &&
            tell(guard, META_EVENT_ALERT_END, n, 0, 0))
            guard->alert &= ~(1u << n);
}

static uint32_t zones_that_count(const guard_t *guard, uint32_t day_s)
{
    uint32_t mask = 0;
    for (uint32_t n = 0; n < guard->zones; n++)
        mask |= (uint32_t)zone_counts(&guard->zone[n], day_s) << n;
    return mask;
}

void guard_update(guard_t *guard, const det_box_t *boxes, const uint16_t *tracks, uint32_t count,
                  uint32_t time_ms, uint32_t day_s)
{
    const sight_t sight = {boxes, tracks, count, time_ms};
    uint32_t counting = zones_that_count(guard, day_s), occupied = 0;
    guard->events = 0;
    see_all(guard, &sight, counting);
    for (uint32_t i = 0; i < GUARD_MAX_VISITS; i++) {
        guard_visit_t *v = &guard->visit[i];
        if (v->track != 0 && (counting >> v->zone & 1) == 0)
            v->track = 0;
        if (v->track != 0)
            judge_visit(guard, v, time_ms, &occupied);
    }
    end_alerts(guard, occupied);
}
