/*
 * trace.h - spans of time and counters over time for the timeline. Models emit them; the tool's
 * sink writes trace.json.
 */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include "sim/types.h"

/* Spans and counts of one instant of a run are told at its end, by the names of their tracks, then
 * as they came: in which order blocks act within an instant does not show.
 *
 * track: "pixel", "npu.mac"...; name: what happened; args: a JSON object's inside or NULL. Strings
 * are valid only during the call. Spans of one track may be emitted in any order of time. */
typedef void (*sim_trace_fn_t)(void *ctx, const char *track, const char *name, uint64_t start_ps,
                               uint64_t end_ps, const char *args);

/* What a counter is from at_ps on, until its track is told again: values is a JSON object's inside,
 * a number for each series. Times of one track do not go back. */
typedef void (*sim_count_fn_t)(void *ctx, const char *track, uint64_t at_ps, const char *values);

void sim_set_trace(sim_t *sim, sim_trace_fn_t fn, void *ctx);
void sim_set_count(sim_t *sim, sim_count_fn_t fn, void *ctx);
/* False: nobody listens, do not bother to format. */
bool sim_tracing(const sim_t *sim);
bool sim_counting(const sim_t *sim);
void sim_trace_span(sim_t *sim, const char *track, const char *name, uint64_t start_ps,
                    uint64_t end_ps, const char *args_fmt, ...) SIM_PRINTF(6, 7);
/* Says the same as the last time? The listener may leave it out. */
void sim_trace_count(sim_t *sim, const char *track, uint64_t at_ps, const char *values_fmt, ...)
    SIM_PRINTF(4, 5);
/* The same of values as they stand. */
void sim_trace_values(sim_t *sim, const char *track, uint64_t at_ps, const char *values);

/* A name of a file as it can stand between quotes of such an object: what would end them, and
 * control characters, are '_'. Returns out; longer names are cut. */
#define SIM_TRACE_NAME 128
const char *sim_trace_quote(char out[SIM_TRACE_NAME], const char *name);

/* Appends "series":value / 10^decimals to such values, and returns their end: what printf would
 * write, in a fraction of its time. Needs SIM_TRACE_ROOM and the series' length. */
#define SIM_TRACE_ROOM 32
char *sim_trace_put(char *at, const char *series, uint64_t value, uint32_t decimals);
/* The number alone, of up to 6 decimals. Needs SIM_TRACE_ROOM. */
char *sim_trace_number(char *at, uint64_t value, uint32_t decimals);

#endif
