/*
 * guard.h - zones where nobody may be, or nobody may stay.
 *
 * A visit is of one track in one zone. It begins when the foot has been inside for enter_ms and
 * ends when it was not seen inside for leave_ms, so that neither a foot that trembles on the edge
 * nor a frame without a box is an event. Somebody who appears where a track has just been lost,
 * less than half a box's height away, is taken for that one: a change of identity begins no new
 * visit.
 *
 *   intrusion   the first visit of an empty zone begins, where dwell_ms is 0: nobody may be there
 *   loitering   a visit has lasted the zone's dwell_ms: nobody may stay; once a visit
 *   alert_end   the zone is empty again after either of them
 *
 * A zone that does not count at this second of the day has no visits; an alert in it ends.
 * Integers only, no registers. Times are in ms and may wrap.
 */
#ifndef FW_GUARD_H
#define FW_GUARD_H

#include "meta.h"
#include "zone.h"

enum { GUARD_MAX_VISITS = 64, GUARD_MAX_EVENTS = 32 };

typedef struct {
    uint16_t track; /* 0: free */
    uint8_t zone;
    bool begun, loiters;
    uint32_t since_ms, inside_ms; /* first and last seen inside */
    zone_point_t foot;            /* where that was */
} guard_visit_t;

typedef struct {
    uint32_t enter_ms, leave_ms; /* these and the zones are the caller's; all else zero at first */
    uint32_t zones;
    zone_t zone[ZONE_MAX];
    uint32_t alert; /* bit n: of zone n, told and not ended */
    guard_visit_t visit[GUARD_MAX_VISITS];
    uint32_t events; /* of the newest frame; what finds no room is told in the next one */
    meta_event_t event[GUARD_MAX_EVENTS];
} guard_t;

/* One frame: boxes with their tracks (0: not followed, no visit), its time, and second of the day.
 */
void guard_update(guard_t *guard, const det_box_t *boxes, const uint16_t *tracks, uint32_t count,
                  uint32_t time_ms, uint32_t day_s);

#endif
