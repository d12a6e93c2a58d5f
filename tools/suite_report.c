#include "tools/suite_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/file.h"

enum { LINE = 2048 };

/* One line of a check, or why it broke; false: no such line. */
static bool line_of(const suite_job_t *job, size_t number, char *line, size_t bytes)
{
    if (job->outcome == SUITE_BROKEN) {
        snprintf(line, bytes, "%s", job->why);
        for (char *c = line; *c != '\0'; c++)
            *c = (unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c;
        return number == 0;
    }
    size_t failed = 0;
    for (size_t i = 0; i < job->verdict.checks; i++)
        if (!job->verdict.check[i].passed && failed++ == number) {
            verdict_line(&job->verdict.check[i], line, bytes);
            return true;
        }
    return false;
}

static void plain_name(const suite_job_t *job, char *name, size_t bytes)
{
    suite_name(job, name, bytes);
    for (char *c = name; *c != '\0'; c++)
        *c = (unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c;
}

/* ---- lines ---- */

/* What a golden file has become, or that the failure was the right one. */
static void tell_notes(FILE *to, const suite_job_t *job, const char *before)
{
    char line[LINE];
    for (size_t i = 0; i < job->verdict.checks; i++) {
        const check_t *c = &job->verdict.check[i];
        bool note = strncmp(c->what, "golden ", 7) == 0 || strcmp(c->what, "fails") == 0;
        if (!c->passed || !note || c->found[0] == '\0')
            continue;
        verdict_line(c, line, sizeof(line));
        fprintf(to, "%s%s\n", before, line);
    }
}

static void tell_plain(FILE *to, const suite_t *suite, const suite_job_t *job)
{
    static const char *const words[] = {"ok", "FAILED", "BROKEN"};
    char name[LINE], line[LINE];
    plain_name(job, name, sizeof(name));
    fprintf(to, "%-6s %-56s %6.1f s\n", words[job->outcome], name, job->seconds);
    for (size_t i = 0; job->outcome != SUITE_PASSED && line_of(job, i, line, sizeof(line)); i++)
        fprintf(to, "       %s\n", line);
    tell_notes(to, job, "       ");
    if (job->outcome != SUITE_PASSED)
        fprintf(to, "       results in %s/%s\n", suite->desc.out, job->folder);
}

/* '#' begins a directive. */
static void tell_tap(FILE *to, const suite_job_t *job, uint32_t number)
{
    char name[LINE], line[LINE];
    plain_name(job, name, sizeof(name));
    fprintf(to, "%sok %u - ", job->outcome == SUITE_PASSED ? "" : "not ", number);
    for (const char *c = name; *c != '\0'; c++)
        fprintf(to, "%s%c", *c == '#' || *c == '\\' ? "\\" : "", *c);
    fputc('\n', to);
    for (size_t i = 0; job->outcome != SUITE_PASSED && line_of(job, i, line, sizeof(line)); i++)
        fprintf(to, "# %s\n", line);
    tell_notes(to, job, "# ");
}

void suite_report_begin(void *ctx, const suite_t *suite)
{
    const suite_report_t *r = ctx;
    if (r->tap)
        fprintf(r->to, "TAP version 13\n1..%u\n", suite->jobs);
}

void suite_report_tell(void *ctx, const suite_t *suite, const suite_job_t *job)
{
    suite_report_t *r = ctx;
    r->number++;
    if (r->tap)
        tell_tap(r->to, job, r->number);
    else
        tell_plain(r->to, suite, job);
    fflush(r->to);
}

/* ---- figures over seeds ---- */

/* Names of figures, then of other checks that compared a number: counters, events. */
typedef struct {
    const char **name;
    uint32_t count, room;
} columns_t;

static void add_column(columns_t *c, const char *name)
{
    for (uint32_t i = 0; i < c->count; i++)
        if (strcmp(c->name[i], name) == 0)
            return;
    if (c->count == c->room) {
        uint32_t room = 2 * c->room + 64;
        const char **more = realloc(c->name, room * sizeof(*more));
        if (more == NULL)
            return; /* a column less */
        c->name = more;
        c->room = room;
    }
    c->name[c->count++] = name;
}

/* Of a file's jobs; NULL: of all. The caller frees name. */
static columns_t columns_of(const suite_t *suite, const char *file)
{
    columns_t c = {0};
    for (uint32_t f = 0; f < FIGURES; f++)
        add_column(&c, expect_figures[f].name);
    for (uint32_t i = 0; i < suite->jobs; i++) {
        const suite_job_t *job = &suite->job[i];
        for (size_t k = 0;
             k < job->verdict.checks && (file == NULL || strcmp(job->file, file) == 0); k++)
            if (isfinite(job->verdict.check[k].value))
                add_column(&c, job->verdict.check[k].what);
    }
    return c;
}

static double value_of(const verdict_t *v, const char *name)
{
    for (uint32_t f = 0; f < FIGURES; f++)
        if (strcmp(expect_figures[f].name, name) == 0)
            return v->figure[f];
    for (size_t k = 0; k < v->checks; k++)
        if (strcmp(v->check[k].what, name) == 0)
            return v->check[k].value;
    return NAN;
}

typedef struct {
    uint32_t count;
    double sum, squares, low, high;
} spread_t;

static spread_t spread_of(const suite_t *suite, const char *file, const char *name)
{
    spread_t s = {.low = INFINITY, .high = -INFINITY};
    double mean = 0;
    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < suite->jobs; i++) {
            double value = value_of(&suite->job[i].verdict, name);
            if (strcmp(suite->job[i].file, file) != 0 || !isfinite(value))
                continue;
            s.count += pass == 0;
            s.sum += pass == 0 ? value : 0;
            s.squares += pass == 1 ? (value - mean) * (value - mean) : 0;
            s.low = fmin(s.low, value);
            s.high = fmax(s.high, value);
        }
        mean = s.count > 0 ? s.sum / s.count : 0;
    }
    return s;
}

static void tell_spread(FILE *to, const char *before, const suite_t *suite, const char *file)
{
    columns_t columns = columns_of(suite, file);
    int wide = 22;
    for (uint32_t f = 0; f < columns.count; f++)
        wide = (int)strlen(columns.name[f]) > wide ? (int)strlen(columns.name[f]) : wide;
    fprintf(to, "%s%-*s %14s %14s %14s %14s\n", before, wide, "over seeds", "mean", "deviation",
            "least", "most");
    for (uint32_t f = 0; f < columns.count; f++) {
        spread_t s = spread_of(suite, file, columns.name[f]);
        double deviation = s.count > 1 ? sqrt(s.squares / (s.count - 1)) : 0;
        if (s.count > 0)
            fprintf(to, "%s%-*s %14.6g %14.6g %14.6g %14.6g\n", before, wide, columns.name[f],
                    s.sum / s.count, deviation, s.low, s.high);
    }
    free(columns.name);
}

void suite_report_end(const suite_report_t *r, const suite_t *suite)
{
    const char *before = r->tap ? "# " : "";
    uint32_t passed = suite_count(suite, SUITE_PASSED);
    for (uint32_t i = 0; suite->desc.seeds > 0 && i < suite->jobs; i++) {
        if (i > 0 && strcmp(suite->job[i].file, suite->job[i - 1].file) == 0)
            continue;
        char name[LINE];
        snprintf(name, sizeof(name), "%s", suite->job[i].file);
        for (char *c = name; *c != '\0'; c++)
            *c = (unsigned char)*c < ' ' ? '?' : *c;
        fprintf(r->to, "%s%s\n", before, name);
        tell_spread(r->to, before, suite, suite->job[i].file);
    }
    fprintf(r->to, "%s%u passed, %u failed, %u broken\n", before, passed,
            suite_count(suite, SUITE_FAILED), suite_count(suite, SUITE_BROKEN));
}

/* ---- files ---- */

/* Bytes of the UTF-8 character that begins here and that XML can have; 0: none does. */
static size_t character(const unsigned char *p)
{
    uint32_t lead = p[0];
    size_t bytes = lead < 0x80       ? 1
                   : lead >> 5 == 6  ? 2
                   : lead >> 4 == 14 ? 3
                   : lead >> 3 == 30 ? 4
                                     : 0;
    uint32_t code = bytes < 2 ? lead : lead & (0x7fu >> bytes);
    static const uint32_t least[] = {0, 0x20, 0x80, 0x800, 0x10000};
    for (size_t i = 1; i < bytes; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (p[i] & 0x3fu);
    }
    bool blank = code == '\t' || code == '\n';
    bool surrogate = code >= 0xd800 && code < 0xe000;
    bool fine = blank || (code >= least[bytes] && code <= 0x10ffff && !surrogate &&
                          (code & 0xfffe) != 0xfffe && code != 0x7f);
    return fine ? bytes : 0;
}

void suite_xml(FILE *to, const char *text)
{
    static const struct {
        char c;
        const char *as;
    } escapes[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\n', "&#10;"}};
    while (*text != '\0') {
        size_t bytes = character((const unsigned char *)text), e = 0;
        while (e < SIM_COUNT(escapes) && escapes[e].c != *text)
            e++;
        if (e < SIM_COUNT(escapes))
            fputs(escapes[e].as, to);
        else if (bytes == 0)
            fputc('?', to);
        else
            fwrite(text, 1, bytes, to);
        text += bytes > 0 ? bytes : 1;
    }
}

static void attribute(FILE *to, const char *name, const char *text)
{
    fprintf(to, " %s=\"", name);
    suite_xml(to, text);
    fputc('"', to);
}

static void junit_case(FILE *to, const suite_t *suite, const suite_job_t *job)
{
    char name[LINE], line[LINE];
    suite_name(job, name, sizeof(name));
    fputs("  <testcase", to);
    attribute(to, "classname", "fovea");
    attribute(to, "name", name);
    fprintf(to, " time=\"%.3f\"", job->seconds);
    if (job->outcome == SUITE_PASSED || !line_of(job, 0, line, sizeof(line))) {
        fputs("/>\n", to);
        return;
    }
    const char *tag = job->outcome == SUITE_FAILED ? "failure" : "error";
    fprintf(to, ">\n    <%s", tag);
    attribute(to, "message", line);
    attribute(to, "type", job->outcome == SUITE_FAILED ? "expectation" : "broken");
    fputc('>', to);
    for (size_t i = 0; line_of(job, i, line, sizeof(line)); i++) {
        suite_xml(to, line);
        fputc('\n', to);
    }
    suite_xml(to, "results in ");
    suite_xml(to, suite->desc.out);
    suite_xml(to, "/");
    suite_xml(to, job->folder);
    fprintf(to, "</%s>\n  </testcase>\n", tag);
}

void suite_junit(const suite_t *suite, FILE *to)
{
    double seconds = 0;
    for (uint32_t i = 0; i < suite->jobs; i++)
        seconds += suite->job[i].seconds;
    fprintf(to,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
            "<testsuite name=\"fovea\" tests=\"%u\" failures=\"%u\" errors=\"%u\" time=\"%.3f\">\n",
            suite->jobs, suite_count(suite, SUITE_FAILED), suite_count(suite, SUITE_BROKEN),
            seconds);
    for (uint32_t i = 0; i < suite->jobs; i++)
        junit_case(to, suite, &suite->job[i]);
    fputs("</testsuite>\n</testsuites>\n", to);
}

/* RFC 4180. */
static void quoted(FILE *to, const char *text)
{
    fputc('"', to);
    for (; *text != '\0'; text++)
        fprintf(to, "%s%c", *text == '"' ? "\"" : "", *text);
    fputc('"', to);
}

bool suite_csv(const suite_t *suite, const char *file, char *error, size_t error_bytes)
{
    FILE *to = sim_file_create(file, error, error_bytes);
    if (to == NULL)
        return false;
    columns_t columns = columns_of(suite, NULL);
    fputs("scenario,seed,passed", to);
    for (uint32_t f = 0; f < columns.count; f++) {
        fputc(',', to);
        if (f < FIGURES)
            fputs(columns.name[f], to);
        else
            quoted(to, columns.name[f]);
    }
    fputc('\n', to);
    for (uint32_t i = 0; i < suite->jobs; i++) {
        const suite_job_t *job = &suite->job[i];
        quoted(to, job->file);
        fprintf(to, ",%s,%d", job->seed, job->outcome == SUITE_PASSED);
        for (uint32_t f = 0; f < columns.count; f++) {
            double value = value_of(&job->verdict, columns.name[f]);
            fputc(',', to);
            if (isfinite(value))
                fprintf(to, "%.10g", value);
        }
        fputc('\n', to);
    }
    free(columns.name);
    return sim_file_commit(to, file, error, error_bytes) == SIM_OK;
}
