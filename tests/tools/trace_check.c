#include "tests/tools/trace_check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/json.h"

enum { COUNTERS = 128, FLOWS = 4096 };

typedef struct {
    uint32_t tid;
    uint64_t start_ps, end_ps;
    uint64_t line;
} span_t;

typedef struct {
    double id;
    uint64_t at_ps;
    char last; /* phase of its newest point */
} flow_t;

typedef struct {
    uint32_t tid;
    uint64_t at_ps, line;
} point_t;

typedef struct {
    trace_check_t *check;
    uint64_t line;
    span_t *span;
    size_t spans;
    point_t *point;
    size_t points;
    char counter[COUNTERS][TRACE_CHECK_NAME];
    uint64_t counted_ps[COUNTERS];
    uint32_t counters;
    flow_t flow[FLOWS];
    uint32_t flows;
    char *error;
    size_t error_bytes;
} checker_t;

static bool wrong(checker_t *c, const char *what)
{
    snprintf(c->error, c->error_bytes, "event %llu: %s", (unsigned long long)c->line, what);
    return false;
}

/* Of a number of microseconds; false: there is none, or below 0. */
static bool read_ps(const sim_json_t *event, const char *key, uint64_t *ps)
{
    const sim_json_t *value = sim_json_find(event, key);
    double us = sim_json_num(value, -1);
    *ps = us >= 0 ? (uint64_t)llround(us * 1e6) : 0;
    return sim_json_kind(value) == SIM_JSON_NUM && us >= 0;
}

/* A track that has been named; false otherwise. */
static bool read_tid(const checker_t *c, const sim_json_t *event, uint32_t *tid)
{
    double n = sim_json_num(sim_json_find(event, "tid"), -1);
    *tid = n >= 1 && n < TRACE_CHECK_TRACKS ? (uint32_t)n : 0;
    return *tid != 0 && c->check->track[*tid][0] != '\0';
}

static bool take_meta(checker_t *c, const sim_json_t *event)
{
    const char *what = sim_json_str(sim_json_find(event, "name"), "");
    const char *name = sim_json_str(sim_json_find(sim_json_find(event, "args"), "name"), "");
    double n = sim_json_num(sim_json_find(event, "tid"), -1);
    if (name[0] == '\0' || strlen(name) >= TRACE_CHECK_NAME)
        return wrong(c, "M without args.name");
    if (strcmp(what, "process_name") == 0)
        return true;
    if (strcmp(what, "thread_name") != 0 || !(n >= 1 && n < TRACE_CHECK_TRACKS))
        return wrong(c, "M is neither process_name nor thread_name");
    char *track = c->check->track[(uint32_t)n];
    if (track[0] != '\0')
        return wrong(c, "a track with two names");
    strcpy(track, name);
    c->check->tracks++;
    return true;
}

static bool take_span(checker_t *c, const sim_json_t *event)
{
    span_t span = {.line = c->line};
    uint64_t took;
    const sim_json_t *args = sim_json_find(event, "args");
    if (!read_tid(c, event, &span.tid))
        return wrong(c, "X on a track without a name");
    if (!read_ps(event, "ts", &span.start_ps) || !read_ps(event, "dur", &took))
        return wrong(c, "X without ts and dur");
    if (args != NULL && sim_json_kind(args) != SIM_JSON_OBJECT)
        return wrong(c, "args is no object");
    span.end_ps = span.start_ps + took;
    c->span = realloc(c->span, (c->spans + 1) * sizeof(span));
    c->span[c->spans++] = span;
    c->check->spans[span.tid]++;
    return true;
}

static bool take_count(checker_t *c, const sim_json_t *event)
{
    const char *name = sim_json_str(sim_json_find(event, "name"), "");
    const sim_json_t *args = sim_json_find(event, "args");
    uint64_t at_ps;
    uint32_t n = 0;
    if (!read_ps(event, "ts", &at_ps))
        return wrong(c, "C without ts");
    if (sim_json_first(args) == NULL)
        return wrong(c, "C without a series");
    for (const sim_json_t *v = sim_json_first(args); v != NULL; v = sim_json_next(v))
        if (sim_json_kind(v) != SIM_JSON_NUM)
            return wrong(c, "a series that is no number");
    while (n < c->counters && strcmp(c->counter[n], name) != 0)
        n++;
    if (n == COUNTERS || strlen(name) >= TRACE_CHECK_NAME)
        return wrong(c, "too many counters");
    if (n < c->counters && at_ps < c->counted_ps[n])
        return wrong(c, "a counter goes back in time");
    if (n == c->counters)
        strcpy(c->counter[c->counters++], name);
    c->counted_ps[n] = at_ps;
    return true;
}

static bool take_flow(checker_t *c, const sim_json_t *event, char phase)
{
    double id = sim_json_num(sim_json_find(event, "id"), -1);
    uint32_t n = 0;
    point_t point = {.line = c->line};
    if (!read_tid(c, event, &point.tid) || !read_ps(event, "ts", &point.at_ps) || id < 0)
        return wrong(c, "an arrow without tid, ts, id");
    if (sim_json_str(sim_json_find(event, "cat"), "")[0] == '\0')
        return wrong(c, "an arrow without cat");
    if (phase == 'f' && strcmp(sim_json_str(sim_json_find(event, "bp"), ""), "e") != 0)
        return wrong(c, "an arrow's end without bp e: it would go to the next span");
    while (n < c->flows && (c->flow[n].id != id))
        n++;
    if (n == FLOWS)
        return wrong(c, "too many arrows");
    if ((phase == 's') != (n == c->flows))
        return wrong(c,
                     phase == 's' ? "an arrow that begins twice" : "an arrow without a beginning");
    flow_t *flow = &c->flow[n];
    if (phase == 's')
        c->flows++;
    else if (flow->last == 'f' || point.at_ps < flow->at_ps)
        return wrong(c, "a point behind the arrow's end, or before its last point");
    *flow = (flow_t){id, point.at_ps, phase};
    c->check->flows += phase == 'f';
    c->point = realloc(c->point, (c->points + 1) * sizeof(point));
    c->point[c->points++] = point;
    return true;
}

static bool take(checker_t *c, const sim_json_t *event)
{
    const char *phase = sim_json_str(sim_json_find(event, "ph"), "");
    if (sim_json_str(sim_json_find(event, "name"), "")[0] == '\0' ||
        sim_json_num(sim_json_find(event, "pid"), -1) != 1)
        return wrong(c, "no name, or no pid");
    if (strlen(phase) != 1)
        return wrong(c, "no phase");
    switch (phase[0]) {
    case 'M':
        return take_meta(c, event);
    case 'X':
        return take_span(c, event);
    case 'C':
        return take_count(c, event);
    case 's':
    case 't':
    case 'f':
        return take_flow(c, event, phase[0]);
    default:
        return wrong(c, "a phase that is not used");
    }
}

/* By track, begin, and the longer first. */
static int by_place(const void *a, const void *b)
{
    const span_t *x = a, *y = b;
    if (x->tid != y->tid)
        return x->tid < y->tid ? -1 : 1;
    if (x->start_ps != y->start_ps)
        return x->start_ps < y->start_ps ? -1 : 1;
    return x->end_ps == y->end_ps ? 0 : x->end_ps > y->end_ps ? -1 : 1;
}

/* One span of a track is in another or beside it. */
static bool check_nesting(checker_t *c)
{
    static uint64_t end_ps[4096];
    uint32_t depth = 0;
    if (c->spans > 0)
        qsort(c->span, c->spans, sizeof(*c->span), by_place);
    for (size_t i = 0; i < c->spans; i++) {
        const span_t *s = &c->span[i];
        if (i > 0 && c->span[i - 1].tid != s->tid)
            depth = 0;
        while (depth > 0 && end_ps[depth - 1] <= s->start_ps)
            depth--;
        if (depth > 0 && s->end_ps > end_ps[depth - 1]) {
            snprintf(c->error, c->error_bytes,
                     "%s: the span of event %llu, %llu..%llu ps, overlaps one that ends at %llu",
                     c->check->track[s->tid], (unsigned long long)s->line,
                     (unsigned long long)s->start_ps, (unsigned long long)s->end_ps,
                     (unsigned long long)end_ps[depth - 1]);
            return false;
        }
        if (depth < 4096)
            end_ps[depth++] = s->end_ps;
    }
    return true;
}

/* Arrows end, and each point is in a span of its track. Viewers count in ns and sort by time
 * alone: a span that begins with the point has to stand before it. */
static bool check_flows(checker_t *c)
{
    for (uint32_t n = 0; n < c->flows; n++)
        if (c->flow[n].last != 'f') {
            snprintf(c->error, c->error_bytes, "arrow %.0f does not end", c->flow[n].id);
            return false;
        }
    for (size_t p = 0; p < c->points; p++) {
        bool inside = false;
        for (size_t i = 0; i < c->spans && !inside; i++)
            inside = c->span[i].tid == c->point[p].tid &&
                     c->span[i].start_ps <= c->point[p].at_ps &&
                     c->point[p].at_ps <= c->span[i].end_ps &&
                     (c->span[i].start_ps / 1000 < c->point[p].at_ps / 1000 ||
                      c->span[i].line < c->point[p].line);
        if (!inside) {
            snprintf(c->error, c->error_bytes, "%s: an arrow at %llu ps is in no span",
                     c->check->track[c->point[p].tid], (unsigned long long)c->point[p].at_ps);
            return false;
        }
    }
    return true;
}

bool trace_check(const char *file, trace_check_t *check, char *error, size_t error_bytes)
{
    static checker_t c;
    memset(check, 0, sizeof(*check));
    c = (checker_t){.check = check, .error = error, .error_bytes = error_bytes};
    sim_doc_t *doc = sim_doc_load(file);
    const char *why = sim_doc_error(doc);
    bool fine = why == NULL;
    if (!fine)
        snprintf(error, error_bytes, "%s", why);
    const sim_json_t *events = fine ? sim_json_find(sim_doc_root(doc).node, "traceEvents") : NULL;
    for (const sim_json_t *e = sim_json_first(events); e != NULL && fine; e = sim_json_next(e)) {
        c.line++;
        check->events++;
        fine = take(&c, e);
    }
    sim_doc_free(doc);
    fine = fine && check_nesting(&c) && check_flows(&c);
    free(c.span);
    free(c.point);
    return fine;
}

uint64_t trace_check_spans(const trace_check_t *check, const char *track)
{
    for (uint32_t i = 0; i < TRACE_CHECK_TRACKS; i++)
        if (strcmp(check->track[i], track) == 0)
            return check->spans[i];
    return 0;
}
