#include "stop.h"

#include "fovea_metadata.h"

static bool tell(stop_t *stop, uint8_t kind, uint32_t place, uint32_t value)
{
    if (stop->events == STOP_MAX_EVENTS)
        return false;
    stop->event[stop->events++] =
        (meta_event_t){.kind = kind, .place = (uint8_t)place, .value = value};
    return true;
}

void stop_fail(stop_t *stop, uint32_t fault)
{
    stop->fault_told = stop->fault_told && stop->fault == fault;
    stop->fault = fault;
    stop->fault_dated = false;
}

void stop_begin(stop_t *stop)
{
    stop->stopped = 0;
    stop->events = 0;
    stop->fault_told = false;
    stop_fail(stop, META_FAULT_START);
}

uint32_t stop_inside(const stop_t *stop, const det_box_t *boxes, uint32_t count, uint32_t day_s)
{
    uint32_t inside = 0, counting = 0;
    for (uint32_t n = 0; n < stop->zones; n++)
        counting |= (uint32_t)zone_counts(&stop->zone[n], day_s) << n;
    for (uint32_t b = 0; b < count; b++)
        inside |= zone_mask(stop->zone, stop->zones, zone_foot(&boxes[b]));
    return inside & counting;
}

static void judge_zone(stop_t *stop, uint32_t n, bool inside, uint32_t time_ms)
{
    uint32_t bit = 1u << n;
    if (inside)
        stop->seen_ms[n] = time_ms;
    if (inside && (stop->stopped & bit) == 0 && tell(stop, META_EVENT_STOP, n, 0))
        stop->stopped |= bit;
    if (!inside && (stop->stopped & bit) != 0 && time_ms - stop->seen_ms[n] >= stop->release_ms &&
        tell(stop, META_EVENT_RELEASE, n, 0))
        stop->stopped &= ~bit;
}

static void judge_fault(stop_t *stop, uint32_t time_ms)
{
    if (stop->fault == META_FAULT_NONE)
        return;
    if (!stop->fault_told)
        stop->fault_told = tell(stop, META_EVENT_FAULT, 0, stop->fault);
    if (!stop->fault_dated)
        stop->fault_ms = time_ms;
    stop->fault_dated = true;
    if (stop->fault_told && time_ms - stop->fault_ms >= stop->release_ms &&
        tell(stop, META_EVENT_FAULT_END, 0, stop->fault))
        stop->fault = META_FAULT_NONE;
}

bool stop_update(stop_t *stop, uint32_t inside, uint32_t time_ms)
{
    stop->events = 0;
    for (uint32_t n = 0; n < ZONE_MAX; n++)
        judge_zone(stop, n, (inside >> n & 1) != 0, time_ms);
    judge_fault(stop, time_ms);
    return inside != 0 || stop->stopped != 0 || stop->fault != META_FAULT_NONE;
}
