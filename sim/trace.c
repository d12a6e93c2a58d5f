/*
 * trace.c - spans and counts to whoever draws the timeline.
 */
#include "sim/sim_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 1024 }; /* arguments or values with their end; longer ones are left out */

static void make_room(sim_t *sim)
{
    if (sim->spans == NULL && (sim->trace != NULL || sim->count != NULL))
        sim->spans = calloc(1, sizeof(*sim->spans));
}

void sim_set_trace(sim_t *sim, sim_trace_fn_t fn, void *ctx)
{
    sim->trace = fn;
    sim->trace_ctx = ctx;
    make_room(sim);
}

void sim_set_count(sim_t *sim, sim_count_fn_t fn, void *ctx)
{
    sim->count = fn;
    sim->count_ctx = ctx;
    make_room(sim);
}

static void tell(const sim_t *sim, const sim_span_t *span)
{
    if (span->name == NULL && sim->count != NULL)
        sim->count(sim->count_ctx, span->track, span->start_ps, span->args);
    if (span->name != NULL && sim->trace != NULL)
        sim->trace(sim->trace_ctx, span->track, span->name, span->start_ps, span->end_ps,
                   span->args);
}

void sim_trace_tell(sim_t *sim)
{
    sim_spans_t *s = sim->spans;
    for (uint32_t i = 0; s != NULL && i < s->count; i++)
        tell(sim, &s->span[i]);
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

static void tell_in_order(sim_t *sim, const sim_span_t *span)
{
    if (!wait_for_others(sim, span))
        tell(sim, span);
}

bool sim_tracing(const sim_t *sim)
{
    return sim->trace != NULL;
}

bool sim_counting(const sim_t *sim)
{
    return sim->count != NULL;
}

void sim_trace_span(sim_t *sim, const char *track, const char *name, uint64_t start_ps,
                    uint64_t end_ps, const char *args_fmt, ...)
{
    if (sim->trace == NULL)
        return;
    char text[TEXT];
    const char *given = NULL;
    if (args_fmt != NULL) {
        va_list args;
        va_start(args, args_fmt);
        int length = vsnprintf(text, sizeof(text), args_fmt, args);
        va_end(args);
        if (length >= 0 && length < TEXT) /* half an object would break the file */
            given = text;
    }
    tell_in_order(sim, &(sim_span_t){start_ps, end_ps, track, name, given});
}

void sim_trace_count(sim_t *sim, const char *track, uint64_t at_ps, const char *values_fmt, ...)
{
    if (sim->count == NULL)
        return;
    char text[TEXT];
    va_list args;
    va_start(args, values_fmt);
    int length = vsnprintf(text, sizeof(text), values_fmt, args);
    va_end(args);
    if (length >= 0 && length < TEXT)
        sim_trace_values(sim, track, at_ps, text);
}

void sim_trace_values(sim_t *sim, const char *track, uint64_t at_ps, const char *values)
{
    if (sim->count != NULL)
        tell_in_order(sim, &(sim_span_t){at_ps, at_ps, track, NULL, values});
}

char *sim_trace_number(char *at, uint64_t value, uint32_t decimals)
{
    enum { MOST = 24 }; /* 20 digits, a point and an end; copied as a whole */
    char text[2 * MOST] = {0}, *end = text + MOST, *first = end;
    for (uint32_t i = 0; i < decimals; i++, value /= 10)
        *--first = (char)('0' + value % 10);
    if (decimals > 0)
        *--first = '.';
    for (; value > UINT32_MAX; value /= 10)
        *--first = (char)('0' + value % 10);
    uint32_t rest = (uint32_t)value;
    do
        *--first = (char)('0' + rest % 10);
    while ((rest /= 10) != 0);
    memcpy(at, first, MOST);
    return at + (end - first);
}

const char *sim_trace_quote(char out[SIM_TRACE_NAME], const char *name)
{
    size_t n = 0;
    for (; name[n] != '\0' && n + 1 < SIM_TRACE_NAME; n++) {
        bool plain = (unsigned char)name[n] >= 0x20 && name[n] != '"' && name[n] != '\\';
        out[n] = plain ? name[n] : '_';
    }
    while (n > 0 && name[n] != '\0' && ((unsigned char)name[n] & 0xc0) == 0x80)
        n--; /* not within a character of UTF-8 */
    out[n] = '\0';
    return out;
}

char *sim_trace_put(char *at, const char *series, uint64_t value, uint32_t decimals)
{
    size_t length = strlen(series);
    *at++ = '"';
    memcpy(at, series, length);
    at += length;
    *at++ = '"';
    *at++ = ':';
    return sim_trace_number(at, value, decimals);
}
