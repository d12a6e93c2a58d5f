#include "tools/view/model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- memory ---- */

bool view_model_init(view_model_t *m)
{
    *m = (view_model_t){0};
    m->span = calloc(VIEW_SPANS, sizeof(*m->span));
    m->packet = calloc(VIEW_PACKETS, sizeof(*m->packet));
    m->report = calloc(VIEW_REPORTS, sizeof(*m->report));
    m->frame = calloc(VIEW_FRAMES, sizeof(*m->frame));
    m->line = calloc(VIEW_LINES, sizeof(*m->line));
    m->fill = calloc(VIEW_FILLS, sizeof(*m->fill));
    return m->span != NULL && m->packet != NULL && m->report != NULL && m->frame != NULL &&
           m->line != NULL && m->fill != NULL;
}

void view_model_free(view_model_t *m)
{
    for (uint32_t i = 0; i < VIEW_PICTURES; i++)
        free(m->picture[i].px.rgb);
    for (uint32_t i = 0; i < m->counters; i++)
        free(m->counter[i].sample);
    free(m->span);
    free(m->packet);
    free(m->report);
    free(m->frame);
    free(m->line);
    free(m->fill);
}

/* ---- rings ---- */

const view_span_t *view_span(const view_model_t *m, uint64_t number)
{
    return &m->span[number % VIEW_SPANS];
}

const view_packet_t *view_packet(const view_model_t *m, uint64_t number)
{
    return &m->packet[number % VIEW_PACKETS];
}

const view_report_t *view_report(const view_model_t *m, uint64_t number)
{
    return &m->report[number % VIEW_REPORTS];
}

const timeline_frame_t *view_frame(const view_model_t *m, uint64_t number)
{
    return &m->frame[number % VIEW_FRAMES];
}

const view_line_t *view_line(const view_model_t *m, uint64_t number)
{
    return &m->line[number % VIEW_LINES];
}

const view_fill_t *view_fill(const view_model_t *m, uint64_t number)
{
    return &m->fill[number % VIEW_FILLS];
}

/* The place of the next item of a ring with so much room. */
static uint32_t take(view_ring_t *ring, uint32_t room)
{
    uint32_t at = (uint32_t)(ring->next++ % room);
    if (ring->next - ring->first > room)
        ring->first = ring->next - room;
    return at;
}

static void back(view_ring_t *ring, uint64_t next)
{
    ring->next = next;
    if (ring->first > next)
        ring->first = next;
}

/* ---- what is told ---- */

/* Where a name is asked for next, `last` being where the one before was: they mostly come in the
 * same order, and often again. Of `count` names; goes round. */
static uint32_t after(uint32_t last, uint32_t i, uint32_t count)
{
    uint32_t at = last + i;
    return at < count ? at : at - count;
}

static uint32_t track_of(view_model_t *m, const char *name)
{
    for (uint32_t i = 0; i < m->tracks; i++) {
        uint32_t at = after(m->told_track, i, m->tracks);
        if (strcmp(m->track[at], name) == 0)
            return m->told_track = at;
    }
    if (m->tracks == VIEW_TRACKS)
        return VIEW_TRACKS;
    snprintf(m->track[m->tracks], sizeof(m->track[0]), "%.*s", VIEW_NAME - 1, name);
    return m->tracks++;
}

static int32_t frame_of(const char *args)
{
    const char *at = strstr(args, "\"frame\":");
    return at != NULL ? (int32_t)strtol(at + 8, NULL, 10) : -1;
}

void view_tell_span(view_model_t *m, const char *track, const char *name, uint64_t start_ps,
                    uint64_t end_ps, const char *args, uint64_t now_ps)
{
    uint32_t number = track_of(m, track);
    if (number == VIEW_TRACKS)
        return;
    view_span_t *span = &m->span[take(&m->spans, VIEW_SPANS)];
    *span = (view_span_t){
        .start_ps = start_ps, .end_ps = end_ps, .told_ps = now_ps, .track = number, .frame = -1};
    snprintf(span->name, sizeof(span->name), "%.*s", VIEW_NAME - 1, name);
    if (args != NULL) {
        snprintf(span->args, sizeof(span->args), "%.*s", VIEW_ARGS - 1, args);
        span->frame = frame_of(args);
    }
}

static view_counter_t *counter_of(view_model_t *m, const char *track)
{
    for (uint32_t i = 0; i < m->counters; i++) {
        uint32_t at = after(m->told_counter, i, m->counters);
        if (strcmp(m->counter[at].track, track) == 0) {
            m->told_counter = after(at, 1, m->counters);
            return &m->counter[at];
        }
    }
    if (m->counters == VIEW_COUNTERS)
        return NULL;
    view_counter_t *c = &m->counter[m->counters];
    c->sample = calloc(VIEW_SAMPLES, sizeof(*c->sample));
    if (c->sample == NULL)
        return NULL;
    m->counters++;
    snprintf(c->track, sizeof(c->track), "%.*s", VIEW_NAME - 1, track);
    return c;
}

/* guess: where it was the last time, mostly. */
static uint32_t series_of(view_counter_t *c, uint32_t guess, const char *name, size_t length)
{
    for (uint32_t i = 0; i < c->count; i++) {
        uint32_t at = after(guess < c->count ? guess : 0, i, c->count);
        if (strncmp(c->series[at], name, length) == 0 && c->series[at][length] == '\0')
            return at;
    }
    if (c->count == VIEW_SERIES || length >= VIEW_NAME)
        return VIEW_SERIES;
    memcpy(c->series[c->count], name, length);
    c->series[c->count][length] = '\0';
    return c->count++;
}

static const char *digits_at(const char *at, uint64_t *value)
{
    for (; *at >= '0' && *at <= '9'; at++)
        *value = 10 * *value + (uint64_t)(*at - '0');
    return at;
}

/* A number without exponent, as traces have them: read much faster than by strtod. */
static float number_at(const char *at)
{
    uint64_t value = 0;
    double unit = 1;
    at += *at == ' ';
    bool below = *at == '-';
    at = digits_at(at + below, &value);
    if (*at == '.')
        for (const char *point = at + 1, *end = digits_at(point, &value); point < end; point++)
            unit *= 10;
    return (float)((below ? -(double)value : (double)value) / unit);
}

/* "name":number, as sim/trace.h has them. */
static void read_values(view_counter_t *c, const char *values)
{
    uint32_t next = 0;
    memset(c->value, 0, sizeof(c->value));
    for (const char *at = strchr(values, '"'); at != NULL; at = strchr(at, '"')) {
        const char *end = strchr(at + 1, '"');
        if (end == NULL || end[1] != ':')
            return;
        uint32_t series = series_of(c, next, at + 1, (size_t)(end - at - 1));
        next = series + 1;
        at = end + 2;
        if (series < VIEW_SERIES)
            c->value[series] = number_at(at);
    }
}

void view_tell_count(view_model_t *m, const char *track, uint64_t at_ps, const char *values)
{
    view_counter_t *c = counter_of(m, track);
    if (c == NULL)
        return;
    if (strcmp(c->told, values) != 0) { /* a chip that sleeps says the same for long */
        read_values(c, values);
        snprintf(c->told, sizeof(c->told), "%s", values);
    }
    uint32_t place = take(&c->ring, VIEW_SAMPLES);
    c->sample[place].at_ps = at_ps;
    memcpy(c->sample[place].value, c->value, sizeof(c->value));
}

view_packet_t *view_tell_packet(view_model_t *m)
{
    view_packet_t *packet = &m->packet[take(&m->packets, VIEW_PACKETS)];
    *packet = (view_packet_t){0};
    return packet;
}

view_report_t *view_tell_report(view_model_t *m)
{
    view_report_t *report = &m->report[take(&m->reports, VIEW_REPORTS)];
    *report = (view_report_t){0};
    return report;
}

void view_tell_frame(view_model_t *m, const timeline_frame_t *frame)
{
    m->frame[take(&m->frames_done, VIEW_FRAMES)] = *frame;
}

void view_tell_fill(view_model_t *m, uint64_t at_ps, uint32_t fifo_bytes)
{
    m->fill[take(&m->fills, VIEW_FILLS)] = (view_fill_t){at_ps, fifo_bytes};
}

void view_tell_line(view_model_t *m, view_line_kind_t kind, uint64_t at_ps, const char *fmt, ...)
{
    view_line_t *line = &m->line[take(&m->lines, VIEW_LINES)];
    va_list args;
    line->told_ps = at_ps;
    line->kind = kind;
    va_start(args, fmt);
    vsnprintf(line->text, sizeof(line->text), fmt, args);
    va_end(args);
}

/* ---- back in time ---- */

/* Number of the first item that was told after at_ps; items are in the order of when. */
#define FIRST_AFTER(m, ring, get, when, at_ps, out)                                                \
    do {                                                                                           \
        out = (ring)->next;                                                                        \
        while (out > (ring)->first && get(m, out - 1)->when > (at_ps))                             \
            out--;                                                                                 \
    } while (0)

void view_model_back(view_model_t *m, uint64_t at_ps)
{
    uint64_t n;
    FIRST_AFTER(m, &m->spans, view_span, told_ps, at_ps, n);
    back(&m->spans, n);
    FIRST_AFTER(m, &m->packets, view_packet, end_ps, at_ps, n);
    back(&m->packets, n);
    FIRST_AFTER(m, &m->reports, view_report, told_ps, at_ps, n);
    back(&m->reports, n);
    FIRST_AFTER(m, &m->frames_done, view_frame, link_last_ps, at_ps, n);
    back(&m->frames_done, n);
    FIRST_AFTER(m, &m->lines, view_line, told_ps, at_ps, n);
    back(&m->lines, n);
    FIRST_AFTER(m, &m->fills, view_fill, at_ps, at_ps, n);
    back(&m->fills, n);
    for (uint32_t i = 0; i < m->counters; i++) {
        view_counter_t *c = &m->counter[i];
        n = c->ring.next;
        while (n > c->ring.first && c->sample[(n - 1) % VIEW_SAMPLES].at_ps > at_ps)
            n--;
        back(&c->ring, n);
    }
    m->now_ps = at_ps;
}

void view_model_arrived(view_model_t *m, uint64_t at_ps)
{
    for (uint32_t i = 0; i < VIEW_PICTURES; i++)
        if (m->picture[i].told_ps > at_ps)
            m->picture[i].width_px = m->picture[i].height_px = m->picture[i].rows = 0;
    for (uint32_t i = 0; i < m->layers; i++)
        m->layer[i].known = m->layer[i].known && m->layer[i].report.end_ps <= at_ps;
    m->energy_known = m->energy_known && m->energy_ps <= at_ps;
    if (m->truth_known && m->timing.start_ps + m->timing.exposure_ps > at_ps) {
        m->truth_known = false;
        m->timing = (scene_timing_t){0};
    }
}

/* ---- questions ---- */

const view_report_t *view_report_of(const view_model_t *m, uint32_t frame)
{
    for (uint64_t n = m->reports.next; n > m->reports.first; n--)
        if (view_report(m, n - 1)->frame <= frame)
            return view_report(m, n - 1);
    return NULL;
}

const view_counter_t *view_counter(const view_model_t *m, const char *track)
{
    for (uint32_t i = 0; i < m->counters; i++)
        if (strcmp(m->counter[i].track, track) == 0)
            return &m->counter[i];
    return NULL;
}

double view_value(const view_counter_t *c, uint32_t series)
{
    if (c == NULL || series >= c->count || c->ring.next == c->ring.first)
        return 0;
    return c->sample[(c->ring.next - 1) % VIEW_SAMPLES].value[series];
}
