/*
 * trace_check.h - whether a trace.json is what the Trace Event Format asks for ("Trace Event
 * Format", Google, 2016): fields of each phase, spans that nest, counts in order, arrows whose
 * points are in spans.
 */
#ifndef TESTS_TOOLS_TRACE_CHECK_H
#define TESTS_TOOLS_TRACE_CHECK_H

#include "sim/types.h"

enum { TRACE_CHECK_TRACKS = 256, TRACE_CHECK_NAME = 64 };

typedef struct {
    uint64_t events, flows; /* arrows that are whole */
    uint32_t tracks;
    char track[TRACE_CHECK_TRACKS][TRACE_CHECK_NAME];
    uint64_t spans[TRACE_CHECK_TRACKS];
} trace_check_t;

/* False with one line in error. */
bool trace_check(const char *file, trace_check_t *check, char *error, size_t error_bytes);
/* Spans of a track; 0: there is none of that name. */
uint64_t trace_check_spans(const trace_check_t *check, const char *track);

#endif
