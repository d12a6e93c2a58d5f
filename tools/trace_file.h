/*
 * trace_file.h - trace.json: the timeline in the Trace Event Format, which Perfetto opens.
 *
 * Written as spans and counts come, one event a line; times are microseconds with the picoseconds
 * as decimals. A count that says what its track said last is left out: a value holds until the
 * next.
 */
#ifndef TOOLS_TRACE_FILE_H
#define TOOLS_TRACE_FILE_H

#include <stdio.h>

#include "sim/trace.h"

/* How much of it: each level has those before it, too. */
typedef enum {
    TRACE_FRAMES, /* exposure, readout, ISP, NPU, firmware, link; arrows */
    TRACE_BLOCKS, /* stages, layers, interrupts, buses of the host, sleep; counters */
    TRACE_WORK,   /* instructions of the NPU's engines, packets of the link */
    TRACE_ALL,    /* rows of the readout, functions of the core */
    TRACE_LEVELS
} trace_level_t;

#define TRACE_LEVEL_DEFAULT TRACE_WORK

enum {
    TRACE_TRACKS = 256,
    TRACE_NAME = 48,
    TRACE_COUNTERS = 64,
    TRACE_VALUES = 512,
    TRACE_TEXT = 512
};

typedef struct {
    char track[TRACE_NAME],
        values[TRACE_VALUES]; /* what it said last; "": nothing to compare with */
} trace_counter_t;

typedef struct {
    FILE *stream; /* the caller's */
    trace_level_t level;
    bool mute; /* nobody will read it: after its begin nothing is written */
    char track[TRACE_TRACKS][TRACE_NAME];
    uint32_t tracks;
    trace_counter_t counter[TRACE_COUNTERS];
    uint32_t counters, counted; /* their number; the one that came last */
    uint64_t spans, counts;     /* written */
    char text[TRACE_TEXT];      /* of an event, up to used: not in the stream yet */
    uint32_t used;
} trace_file_t;

void trace_file_begin(trace_file_t *trace, FILE *stream, trace_level_t level);
/* A sim_trace_fn_t. */
void trace_file_span(void *trace, const char *track, const char *name, uint64_t start_ps,
                     uint64_t end_ps, const char *args);
/* A sim_count_fn_t. */
void trace_file_count(void *trace, const char *track, uint64_t at_ps, const char *values);
/* A point of an arrow, phase 's' (its start), 't' or 'f' (its end): at at_ps of a track, in whose
 * span of then it begins or ends. Points of one id in their order. */
void trace_file_flow(trace_file_t *trace, char phase, const char *track, const char *name,
                     uint64_t id, uint64_t at_ps);
void trace_file_end(trace_file_t *trace);

#endif
