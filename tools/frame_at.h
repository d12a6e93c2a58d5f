/*
 * frame_at.h - which frame a line of metadata.jsonl or truth.jsonl is of: its number, and when it
 * began to be exposed. Numbers begin anew when the sensor is reset, times do not.
 */
#ifndef TOOLS_FRAME_AT_H
#define TOOLS_FRAME_AT_H

#include "sim/json.h"

typedef struct {
    int64_t frame;  /* below 0: the line has none */
    double time_ps; /* NAN: the line has none */
} frame_at_t;

frame_at_t frame_at(const sim_json_t *line);

/* 0: the same frame, of one number and (within a millisecond, which firmware may be wrong by) one
 * time. Below 0: a is before b, above 0: behind it. Where one has no time, numbers alone say it. */
int frame_at_order(const frame_at_t *a, const frame_at_t *b);

#endif
