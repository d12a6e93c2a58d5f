#include "tools/report/run_trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/json.h"

enum { LONGEST_LINE = 1 << 16, MOST_SAMPLES = 1 << 20, NO_ROW = -1 };

const char *const run_trace_row_names[RUN_TRACE_ROW_COUNT] = {
#define X(row, name) name,
    RUN_TRACE_ROWS(X)
#undef X
};

/* Which tracks are drawn in which row: those whose names begin so, to their end or to a dot. */
static const struct {
    const char *track;
    run_trace_row_t row;
} drawn[] = {
    {"pixel.exposure", RUN_TRACE_EXPOSURE},
    {"pixel.readout", RUN_TRACE_READOUT},
    {"isp", RUN_TRACE_ISP},
    {"isp.tensor", RUN_TRACE_TENSOR},
    {"npu", RUN_TRACE_NPU},
    {"firmware", RUN_TRACE_CORE},
    {"link.vc0", RUN_TRACE_LINK},
    {"link.vc1", RUN_TRACE_LINK},
};

typedef struct {
    run_trace_t *trace;
    const char *file;
    uint64_t line;
    int row[RUN_TRACE_TRACKS]; /* of a track by its number */
    char *error;
    size_t error_bytes;
} reader_t;

static bool complain(reader_t *r, const char *what)
{
    snprintf(r->error, r->error_bytes, "%s:%llu: %s", r->file, (unsigned long long)r->line, what);
    return false;
}

static int row_of(const char *track)
{
    for (size_t i = 0; i < SIM_COUNT(drawn); i++) {
        size_t length = strlen(drawn[i].track);
        if (strncmp(track, drawn[i].track, length) != 0)
            continue;
        bool exposure = drawn[i].row == RUN_TRACE_EXPOSURE && track[length] == '.';
        if (track[length] == '\0' || exposure)
            return (int)drawn[i].row;
    }
    return NO_ROW;
}

static bool take_name(reader_t *r, const sim_json_t *event)
{
    const char *name = sim_json_str(sim_json_find(event, "name"), "");
    double number = sim_json_num(sim_json_find(event, "tid"), -1);
    const sim_json_t *args = sim_json_find(event, "args");
    if (strcmp(name, "thread_name") != 0)
        return true;
    if (!(number >= 0 && number < RUN_TRACE_TRACKS))
        return complain(r, "tid: not in 0..255");
    r->row[(uint32_t)number] = row_of(sim_json_str(sim_json_find(args, "name"), ""));
    return true;
}

static bool take_span(reader_t *r, const sim_json_t *event)
{
    run_trace_t *t = r->trace;
    double number = sim_json_num(sim_json_find(event, "tid"), -1);
    const sim_json_t *frame = sim_json_find(sim_json_find(event, "args"), "frame");
    double start = sim_json_num(sim_json_find(event, "ts"), -1);
    double length = sim_json_num(sim_json_find(event, "dur"), -1);
    if (!(number >= 0 && number < RUN_TRACE_TRACKS))
        return complain(r, "tid: not in 0..255");
    if (!(start >= 0) || !(length >= 0))
        return complain(r, "a span without ts and dur");
    int row = r->row[(uint32_t)number];
    if (row == NO_ROW)
        return true;
    t->more = t->spans == RUN_TRACE_SPANS;
    if (t->more)
        return true;
    run_trace_span_t *span = &t->span[t->spans++];
    *span = (run_trace_span_t){.row = (run_trace_row_t)row,
                               .start_ps = start * 1e6,
                               .end_ps = (start + length) * 1e6,
                               .frame = -1};
    double n = sim_json_num(frame, -1);
    if (n >= 0 && n <= UINT32_MAX)
        span->frame = (int64_t)n;
    snprintf(span->name, sizeof(span->name), "%s", sim_json_str(sim_json_find(event, "name"), ""));
    return true;
}

static uint32_t series_of(run_trace_t *t, const char *name)
{
    uint32_t n = 0;
    while (n < t->all_series && strncmp(t->series[n], name, RUN_TRACE_NAME - 1) != 0)
        n++;
    if (n == t->all_series && n < RUN_TRACE_SERIES)
        snprintf(t->series[t->all_series++], RUN_TRACE_NAME, "%s", name);
    return n;
}

static bool take_power(reader_t *r, const sim_json_t *event)
{
    run_trace_t *t = r->trace;
    double at = sim_json_num(sim_json_find(event, "ts"), -1) * 1e6;
    if (!(at >= 0))
        return complain(r, "a count without ts");
    if (t->samples > 0 && at < t->sample[t->samples - 1].at_ps)
        return complain(r, "power goes back in time");
    if (t->samples == t->sample_room) {
        uint32_t room = t->sample_room == 0 ? 1024 : 2 * t->sample_room;
        run_trace_sample_t *more =
            room > MOST_SAMPLES ? NULL : realloc(t->sample, room * sizeof(*more));
        if (more == NULL)
            return room > MOST_SAMPLES || complain(r, "out of memory");
        t->sample = more;
        t->sample_room = room;
    }
    run_trace_sample_t *sample = &t->sample[t->samples++];
    *sample = (run_trace_sample_t){.at_ps = at};
    const sim_json_t *args = sim_json_find(event, "args");
    for (const sim_json_t *v = sim_json_first(args); v != NULL; v = sim_json_next(v)) {
        uint32_t n = series_of(t, sim_json_key(v));
        double mw = sim_json_num(v, 0);
        if (n < RUN_TRACE_SERIES && mw >= 0 && mw < 1e12)
            sample->value[n] = mw;
    }
    return true;
}

static bool take(reader_t *r, const sim_json_t *event)
{
    const char *phase = sim_json_str(sim_json_find(event, "ph"), "");
    const char *name = sim_json_str(sim_json_find(event, "name"), "");
    if (phase[0] == '\0')
        return complain(r, "an event without ph");
    if (strcmp(phase, "M") == 0)
        return take_name(r, event);
    if (strcmp(phase, "X") == 0)
        return take_span(r, event);
    return strcmp(phase, "C") != 0 || strcmp(name, "power mW") != 0 || take_power(r, event);
}

/* Most lines are of tracks that are not drawn: told from their first bytes. */
static bool is_drawn(const reader_t *r, const char *line)
{
    unsigned number;
    if (strncmp(line, "{\"ph\":\"C\"", 9) == 0)
        return strstr(line, "\"power mW\"") != NULL;
    if (sscanf(line, "{\"ph\":\"X\",\"pid\":1,\"tid\":%u,", &number) == 1 &&
        number < RUN_TRACE_TRACKS)
        return r->row[number] != NO_ROW;
    return true;
}

static bool take_line(reader_t *r, char *line, size_t length)
{
    if (length > 0 && line[length - 1] == ',')
        line[--length] = '\0';
    if (line[0] != '{' || line[length - 1] != '}')
        return complain(r, "not an event of a trace, a line each");
    r->trace->events++;
    if (!is_drawn(r, line))
        return true;
    sim_doc_t *doc = sim_doc_parse(line, length, r->file);
    const char *error = sim_doc_error(doc);
    bool fine = error == NULL ? take(r, sim_doc_root(doc).node) : complain(r, "no JSON object");
    sim_doc_free(doc);
    return fine;
}

static bool read_lines(reader_t *r, FILE *from)
{
    static const char head[] = "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[";
    char *line = malloc(LONGEST_LINE);
    bool fine = line != NULL || complain(r, "out of memory"), ended = false;
    while (fine && fgets(line, LONGEST_LINE, from) != NULL) {
        size_t length = strlen(line);
        bool whole = length > 0 && line[length - 1] == '\n';
        r->line++;
        if (whole)
            line[--length] = '\0';
        if (!whole && length + 1 == LONGEST_LINE)
            fine = complain(r, "a line above 64 KiB");
        else if (ended)
            fine = complain(r, "something behind the end");
        else if (r->line == 1)
            fine = strcmp(line, head) == 0 || complain(r, "not the beginning of a trace");
        else if (strcmp(line, "]}") == 0)
            ended = true;
        else
            fine = take_line(r, line, length);
    }
    free(line);
    return fine && (ended || complain(r, "the file is cut: its end is missing"));
}

bool run_trace_read(run_trace_t *trace, const char *file, char *error, size_t error_bytes)
{
    *trace = (run_trace_t){0};
    reader_t reader = {.trace = trace, .file = file, .error = error, .error_bytes = error_bytes};
    for (uint32_t i = 0; i < RUN_TRACE_TRACKS; i++)
        reader.row[i] = NO_ROW;
    FILE *from = fopen(file, "rb");
    if (from == NULL)
        return true;
    trace->span = calloc(RUN_TRACE_SPANS, sizeof(*trace->span));
    bool fine = trace->span != NULL || complain(&reader, "out of memory");
    trace->there = true;
    fine = fine && read_lines(&reader, from);
    fclose(from);
    return fine;
}

void run_trace_free(run_trace_t *trace)
{
    free(trace->span);
    free(trace->sample);
    *trace = (run_trace_t){0};
}
