/*
 * stop.h - when a machine has to stop: somebody is in a zone, or the program does not see.
 *
 *     somebody's foot in zone n      stop n      raised at once
 *     nobody there for release_ms    release n   lowered, unless there is another cause
 *     a fault                        fault       raised, until results have come for release_ms
 *                                                without another one; then fault_end
 *
 * There is a fault from the start on: nobody has looked yet. Integers only, no registers: the
 * application has the pins. Times are in ms and may wrap.
 *
 * Not modeled: a manual restart, which standards ask for where somebody can be inside unseen.
 */
#ifndef FW_STOP_H
#define FW_STOP_H

#include "meta.h"
#include "zone.h"

enum { STOP_MAX_EVENTS = 8 };

typedef struct {
    uint32_t release_ms;
    uint32_t zones;
    zone_t zone[ZONE_MAX];
    uint32_t stopped;           /* bit n: zone n is a cause */
    uint32_t seen_ms[ZONE_MAX]; /* when somebody was inside last */
    uint32_t fault;             /* META_FAULT_..., the newest; 0: none */
    uint32_t fault_ms;          /* of the first frame after it */
    bool fault_told, fault_dated;
    uint32_t events; /* of the newest frame; what finds no room is told in the next one */
    meta_event_t event[STOP_MAX_EVENTS];
} stop_t;

/* At the start; zones and release_ms stay. */
void stop_begin(stop_t *stop);

/* A fault has happened: META_FAULT_.... */
void stop_fail(stop_t *stop, uint32_t fault);

/* The zones (bit n) that count at this second of the day in which one of the boxes stands. */
uint32_t stop_inside(const stop_t *stop, const det_box_t *boxes, uint32_t count, uint32_t day_s);

/* A frame's result: who is inside, the frame's time. True: the machine has to stand still. */
bool stop_update(stop_t *stop, uint32_t inside, uint32_t time_ms);

#endif
