#include "tools/signal_waves.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/file.h"
#include "sim/time.h"
#include "tools/cli.h"

#define LATER UINT64_MAX
enum { DEEPEST = 512, NO_TRACK = UINT32_MAX };

/* Signals of tracks whose names are those of blocks, or say too little. */
static const struct {
    const char *track, *signal;
} names[] = {
    {"isp", "isp.frame"},    {"npu", "npu.program"},      {"core", "core.asleep"},
    {"cci", "cci.transfer"}, {"firmware", "core.judges"}, {"pixel.rows", "pixel.row"},
};

/* ---- options ---- */

static bool read_when(const char *command, const char *option, const char *text, when_t *when)
{
    if (text == NULL || (when_parse(text, when) && when->row == 0))
        return true;
    cli_fail(EXIT_USAGE, "%s: --%s: '%s' is not <n><ps|ns|us|ms|s> or frame:N", command, option,
             text);
    return false;
}

bool signal_waves_options(const char *command, const signal_waves_desc_t *d)
{
    when_t from = {0}, to = {0};
    if (d->file == NULL && (d->signals != NULL || d->from != NULL || d->to != NULL)) {
        cli_fail(EXIT_USAGE, "%s: --signals, --from and --to need --waves", command);
        return false;
    }
    if (!read_when(command, "from", d->from, &from) || !read_when(command, "to", d->to, &to))
        return false;
    bool same = from.at_frame == to.at_frame;
    bool empty =
        d->to != NULL && same && (to.at_frame ? to.frame <= from.frame : to.at_ps <= from.at_ps);
    if (empty)
        cli_fail(EXIT_USAGE, "%s: --to %s is not after --from %s", command, d->to,
                 d->from != NULL ? d->from : "0s");
    return !empty;
}

/* ---- what is wanted ---- */

/* Of a list with commas; NULL: all but what is slow. */
static bool is_wanted(const char *list, const char *signal)
{
    char pattern[SIGNAL_NAME];
    if (list == NULL)
        return strcmp(signal, "core.pc") != 0;
    for (const char *at = list; *at != '\0'; at += *at == ',') {
        size_t length = strcspn(at, ",");
        snprintf(pattern, sizeof(pattern), "%.*s", (int)length, at);
        if (fnmatch(pattern, signal, 0) == 0)
            return true;
        at += length;
    }
    return false;
}

static uint32_t track_of(signal_waves_t *w, const char *track)
{
    const char *signal = track;
    for (size_t i = 0; i < SIM_COUNT(names); i++)
        signal = strcmp(track, names[i].track) == 0 ? names[i].signal : signal;
    uint32_t n = 0;
    while (n < w->tracks && strncmp(w->track[n], signal, SIGNAL_NAME - 1) != 0)
        n++;
    if (n < w->tracks || n == SIGNAL_TRACKS)
        return n < w->tracks ? n : NO_TRACK;
    snprintf(w->track[n], SIGNAL_NAME, "%s", signal);
    w->wanted[n] = is_wanted(w->desc.signals, signal);
    w->numbered[n] = strcmp(signal, "pixel.row") == 0 || strcmp(signal, "core.pc") == 0;
    w->tracks++;
    return n;
}

/* ---- spans ---- */

/* The place of a text among those that are kept: few, and mostly one of the newest. */
static uint32_t text_of(signal_waves_t *w, const char *text)
{
    size_t bytes = strlen(text) + 1;
    for (size_t at = 0; at < w->text_bytes; at += strlen(w->texts + at) + 1)
        if (strcmp(w->texts + at, text) == 0)
            return (uint32_t)at;
    if (w->text_bytes + bytes > w->text_room) {
        size_t room = 2 * w->text_room + bytes + 4096;
        char *more = room < UINT32_MAX ? realloc(w->texts, room) : NULL;
        w->no_memory |= more == NULL;
        if (more == NULL)
            return 0;
        w->texts = more;
        w->text_room = room;
    }
    memcpy(w->texts + w->text_bytes, text, bytes);
    w->text_bytes += bytes;
    return (uint32_t)(w->text_bytes - bytes);
}

static void keep(signal_waves_t *w, const signal_span_t *span)
{
    w->too_many |= w->spans == SIGNAL_SPANS_MOST;
    if (w->too_many || w->no_memory)
        return;
    if (w->spans == w->room) {
        uint32_t room = w->room == 0 ? 4096 : 2 * w->room;
        signal_span_t *more = realloc(w->span, room * sizeof(*more));
        w->no_memory |= more == NULL;
        if (more == NULL)
            return;
        w->span = more;
        w->room = room;
    }
    w->span[w->spans++] = *span;
}

static bool in_window(const signal_waves_t *w, uint64_t start_ps, uint64_t end_ps)
{
    return w->from_ps != LATER && end_ps > w->from_ps && start_ps < w->to_ps;
}

void signal_waves_span(void *waves, const char *track, const char *name, uint64_t start_ps,
                       uint64_t end_ps, const char *args)
{
    signal_waves_t *w = waves;
    if (!in_window(w, start_ps, end_ps))
        return;
    uint32_t n = track_of(w, track);
    if (n == NO_TRACK || !w->wanted[n])
        return;
    const char *row = w->numbered[n] && args != NULL ? strstr(args, "\"row\":") : NULL;
    keep(w, &(signal_span_t){start_ps, end_ps, n, w->numbered[n] ? 0 : text_of(w, name),
                             row != NULL ? (uint32_t)strtoul(row + 6, NULL, 10) : 0});
}

static void on_insn(void *ctx, const core_note_t *note)
{
    signal_waves_t *w = ctx;
    uint64_t hz = w->sensor->core.desc.clk_hz;
    uint64_t start_ps = sim_edge_ps(note->cycle, hz);
    uint64_t end_ps = sim_edge_ps(note->cycle + note->cycles, hz);
    if (in_window(w, start_ps, end_ps))
        keep(w, &(signal_span_t){start_ps, end_ps, w->pc_track, 0, note->pc});
}

static void on_grant(void *ctx, uint32_t bank, uint32_t who, uint64_t cycle, uint64_t beats)
{
    signal_waves_t *w = ctx;
    const l2_t *l2 = &w->sensor->l2;
    uint64_t start_ps = sim_edge_ps(cycle, l2->desc.clk_hz);
    uint64_t end_ps = sim_edge_ps(cycle + beats, l2->desc.clk_hz);
    uint32_t track = w->bank_track[bank];
    if (!in_window(w, start_ps, end_ps) || track == NO_TRACK || !w->wanted[track])
        return;
    const char *name = l2->master[who].comp.name, *dot = strrchr(name, '.');
    keep(w, &(signal_span_t){start_ps, end_ps, track, text_of(w, dot != NULL ? dot + 1 : name), 0});
}

/* Nobody looks at banks that are not asked for. */
static void watch_banks(signal_waves_t *w)
{
    bool any = false;
    for (uint32_t n = 0; n < w->sensor->l2.desc.banks; n++) {
        char signal[SIGNAL_NAME];
        snprintf(signal, sizeof(signal), "l2.bank%u", n);
        bool wanted = is_wanted(w->desc.signals, signal);
        w->bank_track[n] = wanted ? track_of(w, signal) : NO_TRACK;
        any = any || wanted;
    }
    if (any) {
        w->sensor->l2.granted = on_grant;
        w->sensor->l2.granted_ctx = w;
    }
}

static void on_frame(void *ctx, bool level)
{
    signal_waves_t *w = ctx;
    uint32_t frame = w->sensor->pixel.now.frame;
    uint64_t now_ps = sim_now_ps(w->sensor->sim);
    if (level && w->from_ps == LATER && frame >= w->from_when.frame)
        w->from_ps = now_ps;
    if (level && w->to_when.at_frame && w->to_ps == LATER && frame >= w->to_when.frame)
        w->to_ps = now_ps;
}

bool signal_waves_init(signal_waves_t *w, const signal_waves_desc_t *desc, sensor_t *sensor,
                       char *error, size_t error_bytes)
{
    *w = (signal_waves_t){.desc = *desc, .sensor = sensor, .from_ps = LATER, .to_ps = LATER};
    if (desc->file == NULL)
        return true;
    if (desc->from != NULL)
        (void)when_parse(desc->from, &w->from_when); /* looked at before */
    if (desc->to != NULL)
        (void)when_parse(desc->to, &w->to_when);
    w->from_ps = w->from_when.at_frame ? LATER : w->from_when.at_ps;
    w->to_ps = desc->to == NULL || w->to_when.at_frame ? LATER : w->to_when.at_ps;
    bool frames = w->from_when.at_frame || w->to_when.at_frame;
    w->file = sim_file_create(desc->file, error, error_bytes);
    if (w->file == NULL)
        return false;
    if (frames && !sim_wire_connect(&sensor->pixel.frame_start, on_frame, w)) {
        snprintf(error, error_bytes, "--waves: a port of the sensor has no place left");
        return false;
    }
    watch_banks(w);
    if (is_wanted(desc->signals, "core.pc")) {
        w->pc_track = track_of(w, "core.pc");
        w->hooks = (core_hooks_t){.insn = on_insn, .ctx = w};
        core_add_hooks(&sensor->core, &w->hooks);
    }
    return true;
}

/* ---- the file ---- */

typedef struct {
    uint64_t at_ps;
    uint32_t signal; /* track, and which of its two */
    uint32_t text, number;
    bool on;
} edge_t;

/* Of a track, in order of their begin, the outer one first. */
static int by_begin(const void *a, const void *b)
{
    const signal_span_t *x = a, *y = b;
    if (x->track != y->track)
        return x->track < y->track ? -1 : 1;
    if (x->start_ps != y->start_ps)
        return x->start_ps < y->start_ps ? -1 : 1;
    return x->end_ps == y->end_ps ? 0 : x->end_ps > y->end_ps ? -1 : 1;
}

static int by_time(const void *a, const void *b)
{
    const edge_t *x = a, *y = b;
    if (x->at_ps != y->at_ps)
        return x->at_ps < y->at_ps ? -1 : 1;
    return x->signal < y->signal ? -1 : x->signal > y->signal;
}

/* Where the value of a track changes: the innermost of its spans says what it is. At one time the
 * last change counts. */
static uint32_t find_edges(const signal_waves_t *w, edge_t *edge)
{
    const signal_span_t *open[DEEPEST];
    uint32_t depth = 0, count = 0;
    for (uint32_t i = 0; i <= w->spans; i++) {
        const signal_span_t *s = i < w->spans ? &w->span[i] : NULL;
        while (depth > 0 && (s == NULL || s->track != open[depth - 1]->track ||
                             s->start_ps >= open[depth - 1]->end_ps)) {
            const signal_span_t *ended = open[--depth], *now = depth > 0 ? open[depth - 1] : NULL;
            edge[count++] = (edge_t){ended->end_ps, ended->track, now != NULL ? now->text : 0,
                                     now != NULL ? now->number : 0, now != NULL};
        }
        if (s == NULL || depth == DEEPEST)
            continue;
        open[depth++] = s;
        edge[count++] = (edge_t){s->start_ps, s->track, s->text, s->number, true};
    }
    return count;
}

/* Codes of signals are numbers to the base of the 94 printable characters. */
static const char *code_of(uint32_t number, char code[8])
{
    uint32_t n = 0;
    do
        code[n++] = (char)('!' + number % 94);
    while ((number /= 94) != 0);
    code[n] = '\0';
    return code;
}

static void declare(const signal_waves_t *w, uint32_t n)
{
    char code[8], what[8], scope[SIGNAL_NAME], *rest;
    snprintf(scope, sizeof(scope), "%s", w->track[n]);
    rest = strchr(scope, '.');
    if (rest != NULL)
        *rest++ = '\0';
    else
        rest = scope;
    for (char *at = rest; *at != '\0'; at++)
        *at = *at == '.' ? '_' : *at;
    fprintf(w->file, "$scope module %s $end\n", scope);
    if (w->numbered[n]) {
        fprintf(w->file, "$var wire 32 %s %s [31:0] $end\n", code_of(2 * n, code), rest);
    } else {
        fprintf(w->file, "$var wire 1 %s %s $end\n", code_of(2 * n, code), rest);
        fprintf(w->file, "$var string 1 %s %s_what $end\n", code_of(2 * n + 1, what), rest);
    }
    fprintf(w->file, "$upscope $end\n");
}

static void put_number(const signal_waves_t *w, uint32_t n, bool on, uint32_t number)
{
    char code[8], bits[33];
    uint32_t count = 0;
    for (uint32_t bit = 32; bit-- > 0;)
        if (count > 0 || (number >> bit & 1) != 0 || bit == 0)
            bits[count++] = (char)('0' + (number >> bit & 1));
    bits[count] = '\0';
    fprintf(w->file, "b%s %s\n", on ? bits : "x", code_of(2 * n, code));
}

static void put(const signal_waves_t *w, uint32_t n, bool on, const char *text, uint32_t number)
{
    char code[8], what[8];
    if (w->numbered[n]) {
        put_number(w, n, on, number);
        return;
    }
    fprintf(w->file, "%d%s\ns", on, code_of(2 * n, code));
    for (const char *at = on ? text : "-"; *at != '\0'; at++)
        fputc((unsigned char)*at > ' ' && (unsigned char)*at < 0x7f ? *at : '_', w->file);
    fprintf(w->file, " %s\n", code_of(2 * n + 1, what));
}

static void put_head(const signal_waves_t *w)
{
    fprintf(w->file, "$comment fovea: what the blocks did $end\n$timescale 1 ps $end\n");
    for (uint32_t n = 0; n < w->tracks; n++)
        if (w->wanted[n])
            declare(w, n);
    fprintf(w->file, "$enddefinitions $end\n#%" PRIu64 "\n$dumpvars\n", w->from_ps);
    for (uint32_t n = 0; n < w->tracks; n++)
        if (w->wanted[n])
            put(w, n, false, "", 0);
    fprintf(w->file, "$end\n");
}

static bool put_edges(signal_waves_t *w, uint64_t end_ps)
{
    edge_t *edge = malloc((2 * (size_t)w->spans + 1) * sizeof(*edge));
    if (edge == NULL)
        return false;
    for (uint32_t i = 0; i < w->spans; i++) { /* what is outside is at the window's edge */
        signal_span_t *s = &w->span[i];
        s->start_ps = s->start_ps > w->from_ps ? s->start_ps : w->from_ps;
        s->end_ps = s->end_ps < end_ps ? s->end_ps : end_ps;
    }
    if (w->spans > 1)
        qsort(w->span, w->spans, sizeof(*w->span), by_begin);
    uint32_t count = find_edges(w, edge);
    for (uint32_t i = 0; i < count; i++) /* the last change at a time and signal is at its place */
        if (i + 1 < count && edge[i + 1].signal == edge[i].signal &&
            edge[i + 1].at_ps == edge[i].at_ps)
            edge[i].at_ps = LATER;
    if (count > 1)
        qsort(edge, count, sizeof(*edge), by_time);
    uint64_t now_ps = w->from_ps;
    for (uint32_t i = 0; i < count && edge[i].at_ps != LATER; i++) {
        if (edge[i].at_ps != now_ps)
            fprintf(w->file, "#%" PRIu64 "\n", edge[i].at_ps);
        now_ps = edge[i].at_ps;
        put(w, edge[i].signal, edge[i].on, w->texts != NULL ? w->texts + edge[i].text : "",
            edge[i].number);
    }
    if (now_ps != end_ps)
        fprintf(w->file, "#%" PRIu64 "\n", end_ps);
    free(edge);
    return true;
}

bool signal_waves_end(signal_waves_t *w, char *error, size_t error_bytes)
{
    FILE *file = w->file;
    if (file == NULL)
        return true;
    uint64_t now_ps = sim_now_ps(w->sensor->sim);
    uint64_t end_ps = w->to_ps < now_ps ? w->to_ps : now_ps;
    if (w->from_ps == LATER || w->from_ps >= end_ps) {
        snprintf(error, error_bytes, "%s: the run ended before --from", w->desc.file);
        return false;
    }
    if (w->too_many) {
        snprintf(error, error_bytes,
                 "%s: more than %d spans: --from, --to and --signals can choose fewer",
                 w->desc.file, SIGNAL_SPANS_MOST);
        return false;
    }
    put_head(w);
    if (w->no_memory || !put_edges(w, end_ps)) {
        snprintf(error, error_bytes, "%s: out of memory", w->desc.file);
        return false;
    }
    w->file = NULL;
    return sim_file_commit(file, w->desc.file, error, error_bytes) == SIM_OK;
}

void signal_waves_free(signal_waves_t *w)
{
    if (w->file != NULL)
        sim_file_abandon(w->file, w->desc.file);
    w->file = NULL;
    free(w->span);
    free(w->texts);
    w->span = NULL;
    w->texts = NULL;
}
