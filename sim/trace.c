/*
 * trace.c - spans to whoever draws the timeline.
 */
#include "sim/sim_int.h"

#include <stdarg.h>
#include <stdio.h>

void sim_set_trace(sim_t *sim, sim_trace_fn_t fn, void *ctx)
{
    sim->trace = fn;
    sim->trace_ctx = ctx;
}

bool sim_tracing(const sim_t *sim)
{
    return sim->trace != NULL;
}

void sim_trace_span(sim_t *sim, const char *track, const char *name, uint64_t start_ps,
                    uint64_t end_ps, const char *args_fmt, ...)
{
    if (sim->trace == NULL)
        return;
    char text[1024];
    const char *given = NULL;
    if (args_fmt != NULL) {
        va_list args;
        va_start(args, args_fmt);
        int length = vsnprintf(text, sizeof(text), args_fmt, args);
        va_end(args);
        if (length >= 0 && (size_t)length < sizeof(text)) /* half an object would break the file */
            given = text;
    }
    sim->trace(sim->trace_ctx, track, name, start_ps, end_ps, given);
}
