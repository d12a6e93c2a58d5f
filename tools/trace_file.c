#include "tools/trace_file.h"

#include <string.h>

/* ---- text of one event, which goes to the stream in one piece ---- */

static void flush(trace_file_t *trace)
{
    fwrite(trace->text, 1, trace->used, trace->stream);
    trace->used = 0;
}

static void put_bytes(trace_file_t *trace, const char *text, size_t bytes)
{
    if (bytes > TRACE_TEXT - trace->used)
        flush(trace);
    if (bytes > TRACE_TEXT) {
        fwrite(text, 1, bytes, trace->stream);
        return;
    }
    memcpy(trace->text + trace->used, text, bytes);
    trace->used += (uint32_t)bytes;
}

static void put(trace_file_t *trace, const char *text)
{
    put_bytes(trace, text, strlen(text));
}

static void put_string(trace_file_t *trace, const char *text)
{
    put(trace, "\"");
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            put_bytes(trace, "\\", 1);
        put_bytes(trace, (unsigned char)*text < 0x20 ? " " : text, 1);
    }
    put(trace, "\"");
}

static void put_number(trace_file_t *trace, uint64_t value, uint32_t decimals)
{
    char digits[SIM_TRACE_ROOM];
    put_bytes(trace, digits, (size_t)(sim_trace_number(digits, value, decimals) - digits));
}

static void put_us(trace_file_t *trace, uint64_t ps)
{
    put_number(trace, ps, 6);
}

/* ---- events ---- */

/* The least level that shows a track: the first row whose beginning fits. Others: TRACE_BLOCKS. */
static const struct {
    const char *begins;
    trace_level_t level;
    bool all; /* its whole name */
} shown[] = {
    {"pixel.rows", TRACE_ALL, true},    {"pixel.", TRACE_FRAMES, false},
    {"isp", TRACE_FRAMES, true},        {"isp.tensor", TRACE_FRAMES, true},
    {"npu", TRACE_FRAMES, true},        {"npu.layers", TRACE_BLOCKS, true},
    {"npu.", TRACE_WORK, false},        {"firmware", TRACE_FRAMES, true},
    {"link.packets", TRACE_WORK, true}, {"link.vc", TRACE_FRAMES, false},
    {"core.calls", TRACE_ALL, false},
};

static trace_level_t level_of(const char *track)
{
    for (size_t i = 0; i < SIM_COUNT(shown); i++)
        if (shown[i].all ? strcmp(track, shown[i].begins) == 0
                         : strncmp(track, shown[i].begins, strlen(shown[i].begins)) == 0)
            return shown[i].level;
    return TRACE_BLOCKS;
}

void trace_file_begin(trace_file_t *trace, FILE *stream, trace_level_t level)
{
    memset(trace, 0, sizeof(*trace));
    trace->level = level;
    trace->stream = stream;
    fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n"
          "{\"ph\":\"M\",\"pid\":1,\"name\":\"process_name\",\"args\":{\"name\":\"sensor\"}}",
          stream);
}

/* Threads of the viewer are tracks, in the order in which they first appear. */
static uint32_t track_number(trace_file_t *trace, const char *track)
{
    uint32_t n = 0;
    while (n < trace->tracks && strncmp(trace->track[n], track, TRACE_NAME - 1) != 0)
        n++;
    if (n < trace->tracks || n == TRACE_TRACKS)
        return n < trace->tracks ? n + 1 : TRACE_TRACKS;
    snprintf(trace->track[n], TRACE_NAME, "%s", track);
    trace->tracks++;
    put(trace, ",\n{\"ph\":\"M\",\"pid\":1,\"tid\":");
    put_number(trace, n + 1, 0);
    put(trace, ",\"name\":\"thread_name\",\"args\":{\"name\":");
    put_string(trace, track);
    put(trace, "}}");
    return n + 1;
}

void trace_file_span(void *trace, const char *track, const char *name, uint64_t start_ps,
                     uint64_t end_ps, const char *args)
{
    trace_file_t *t = trace;
    if (t->mute || (t->level < TRACE_ALL && level_of(track) > t->level))
        return;
    uint32_t number = track_number(t, track);
    put(t, ",\n{\"ph\":\"X\",\"pid\":1,\"tid\":");
    put_number(t, number, 0);
    put(t, ",\"name\":");
    put_string(t, name);
    put(t, ",\"ts\":");
    put_us(t, start_ps);
    put(t, ",\"dur\":");
    put_us(t, end_ps > start_ps ? end_ps - start_ps : 0);
    if (args != NULL && args[0] != '\0') {
        put(t, ",\"args\":{");
        put(t, args);
        put(t, "}");
    }
    put(t, "}");
    flush(t);
    t->spans++;
}

/* NULL: one track too many, or too long a name. */
static trace_counter_t *counter_of(trace_file_t *trace, const char *track)
{
    for (uint32_t i = 0, n = trace->counted; i < trace->counters; i++) {
        n = n + 1 < trace->counters ? n + 1 : 0; /* they mostly come in the same order */
        if (strcmp(trace->counter[n].track, track) == 0) {
            trace->counted = n;
            return &trace->counter[n];
        }
    }
    if (trace->counters == TRACE_COUNTERS || strlen(track) >= TRACE_NAME)
        return NULL;
    strcpy(trace->counter[trace->counters].track, track);
    return &trace->counter[trace->counters++];
}

/* What cannot be kept is never the same as before. */
static bool says_the_same(trace_counter_t *counter, const char *values)
{
    if (counter == NULL)
        return false;
    if (strcmp(counter->values, values) == 0)
        return counter->values[0] != '\0';
    size_t bytes = strlen(values) + 1;
    counter->values[0] = '\0';
    if (bytes <= TRACE_VALUES)
        memcpy(counter->values, values, bytes);
    return false;
}

void trace_file_count(void *trace, const char *track, uint64_t at_ps, const char *values)
{
    trace_file_t *t = trace;
    if (t->mute || t->level < TRACE_BLOCKS || says_the_same(counter_of(t, track), values))
        return;
    put(t, ",\n{\"ph\":\"C\",\"pid\":1,\"name\":");
    put_string(t, track);
    put(t, ",\"ts\":");
    put_us(t, at_ps);
    put(t, ",\"args\":{");
    put(t, values);
    put(t, "}}");
    flush(t);
    t->counts++;
}

void trace_file_flow(trace_file_t *trace, char phase, const char *track, const char *name,
                     uint64_t id, uint64_t at_ps)
{
    const char kind[] = {phase, '\0'};
    if (trace->mute)
        return;
    uint32_t number = track_number(trace, track);
    put(trace, ",\n{\"ph\":\"");
    put(trace, kind);
    put(trace, "\",\"pid\":1,\"tid\":");
    put_number(trace, number, 0);
    put(trace, ",\"cat\":\"frame\",\"name\":");
    put_string(trace, name);
    put(trace, ",\"id\":");
    put_number(trace, id, 0);
    put(trace, ",\"ts\":");
    put_us(trace, at_ps);
    put(trace, phase == 'f' ? ",\"bp\":\"e\"}" : "}");
    flush(trace);
}

void trace_file_end(trace_file_t *trace)
{
    fputs("\n]}\n", trace->stream);
}
