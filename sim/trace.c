/*
 * trace.c - spans to whoever draws the timeline.
 */
#include "sim/sim_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sim_set_trace(sim_t *sim, sim_trace_fn_t fn, void *ctx)
{
    sim->trace = fn;
    sim->trace_ctx = ctx;
    if (sim->spans == NULL && fn != NULL)
        sim->spans = calloc(1, sizeof(*sim->spans));
}

void sim_trace_tell(sim_t *sim)
{
    sim_spans_t *s = sim->spans;
    for (uint32_t i = 0; s != NULL && i < s->count; i++)
        sim->trace(sim->trace_ctx, s->span[i].track, s->span[i].name, s->span[i].start_ps,
                   s->span[i].end_ps, s->span[i].args);
    if (s != NULL)
        s->count = s->used = 0;
}

static const char *keep(sim_spans_t *s, const char *text)
{
    if (text == NULL)
        return NULL;
    char *at = s->text + s->used;
    s->used += (uint32_t)strlen(text) + 1;
    return strcpy(at, text);
}

static size_t room_for(const char *text)
{
    return text != NULL ? strlen(text) + 1 : 0;
}

/* False: there is no place for it. */
static bool wait_for_others(sim_t *sim, const sim_span_t *span)
{
    sim_spans_t *s = sim->spans;
    size_t bytes = room_for(span->track) + room_for(span->name) + room_for(span->args);
    if (s == NULL || !sim->running || bytes > SIM_SPAN_TEXT)
        return false;
    if (s->count == SIM_SPANS || bytes > SIM_SPAN_TEXT - s->used)
        sim_trace_tell(sim);
    uint32_t at = s->count++;
    for (; at > 0 && strcmp(s->span[at - 1].track, span->track) > 0; at--)
        s->span[at] = s->span[at - 1];
    s->span[at] = (sim_span_t){span->start_ps, span->end_ps, keep(s, span->track),
                               keep(s, span->name), keep(s, span->args)};
    return true;
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
    if (!wait_for_others(sim, &(sim_span_t){start_ps, end_ps, track, name, given}))
        sim->trace(sim->trace_ctx, track, name, start_ps, end_ps, given);
}
