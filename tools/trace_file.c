#include "tools/trace_file.h"

#include <inttypes.h>
#include <string.h>

void trace_file_begin(trace_file_t *trace, FILE *stream)
{
    memset(trace, 0, sizeof(*trace));
    trace->stream = stream;
    fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n"
          "{\"ph\":\"M\",\"pid\":1,\"name\":\"process_name\",\"args\":{\"name\":\"sensor\"}}",
          stream);
}

static void print_string(FILE *stream, const char *text)
{
    fputc('"', stream);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', stream);
        if ((unsigned char)*text < 0x20)
            fputc(' ', stream);
        else
            fputc(*text, stream);
    }
    fputc('"', stream);
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
    fprintf(trace->stream,
            ",\n{\"ph\":\"M\",\"pid\":1,\"tid\":%" PRIu32
            ",\"name\":\"thread_name\",\"args\":{\"name\":",
            n + 1);
    print_string(trace->stream, track);
    fputs("}}", trace->stream);
    return n + 1;
}

static void print_us(FILE *stream, uint64_t ps)
{
    fprintf(stream, "%" PRIu64 ".%06" PRIu64, ps / 1000000, ps % 1000000);
}

void trace_file_span(void *trace, const char *track, const char *name, uint64_t start_ps,
                     uint64_t end_ps, const char *args)
{
    trace_file_t *t = trace;
    uint32_t number = track_number(t, track);
    fprintf(t->stream, ",\n{\"ph\":\"X\",\"pid\":1,\"tid\":%" PRIu32 ",\"name\":", number);
    print_string(t->stream, name);
    fputs(",\"ts\":", t->stream);
    print_us(t->stream, start_ps);
    fputs(",\"dur\":", t->stream);
    print_us(t->stream, end_ps > start_ps ? end_ps - start_ps : 0);
    if (args != NULL && args[0] != '\0')
        fprintf(t->stream, ",\"args\":{%s}", args);
    fputc('}', t->stream);
    t->spans++;
}

/* NULL: one track too many, or too long a name. */
static trace_counter_t *counter_of(trace_file_t *trace, const char *track)
{
    uint32_t n = 0;
    while (n < trace->counters && strcmp(trace->counter[n].track, track) != 0)
        n++;
    if (n == TRACE_COUNTERS || strlen(track) >= TRACE_NAME)
        return NULL;
    if (n == trace->counters) {
        strcpy(trace->counter[n].track, track);
        trace->counters++;
    }
    return &trace->counter[n];
}

/* What cannot be kept is never the same as before. */
static bool says_the_same(trace_counter_t *counter, const char *values)
{
    if (counter == NULL)
        return false;
    bool fits = strlen(values) < TRACE_VALUES;
    bool same = fits && strcmp(counter->values, values) == 0;
    strcpy(counter->values, fits ? values : "");
    return same;
}

void trace_file_count(void *trace, const char *track, uint64_t at_ps, const char *values)
{
    trace_file_t *t = trace;
    if (says_the_same(counter_of(t, track), values))
        return;
    fputs(",\n{\"ph\":\"C\",\"pid\":1,\"name\":", t->stream);
    print_string(t->stream, track);
    fputs(",\"ts\":", t->stream);
    print_us(t->stream, at_ps);
    fprintf(t->stream, ",\"args\":{%s}}", values);
    t->counts++;
}

void trace_file_end(trace_file_t *trace)
{
    fputs("\n]}\n", trace->stream);
}
