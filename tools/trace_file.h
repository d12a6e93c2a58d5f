/*
 * trace_file.h - trace.json: the timeline in the Chrome trace format, which Perfetto opens.
 *
 * Written as spans come, one event a line; times are microseconds with the picoseconds as decimals.
 */
#ifndef TOOLS_TRACE_FILE_H
#define TOOLS_TRACE_FILE_H

#include <stdio.h>

#include "sim/trace.h"

enum { TRACE_TRACKS = 64, TRACE_NAME = 48 };

typedef struct {
    FILE *stream; /* the caller's */
    char track[TRACE_TRACKS][TRACE_NAME];
    uint32_t tracks;
    uint64_t spans;
} trace_file_t;

void trace_file_begin(trace_file_t *trace, FILE *stream);
/* A sim_trace_fn_t. */
void trace_file_span(void *trace, const char *track, const char *name, uint64_t start_ps,
                     uint64_t end_ps, const char *args);
void trace_file_end(trace_file_t *trace);

#endif
