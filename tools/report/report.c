#include "tools/report/report.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/json_lines.h"

static report_section_t *const sections[] = {
    report_summary, report_frames, report_timeline, report_latency,  report_layers, report_memory,
    report_link,    report_energy, report_events,   report_counters, report_setup,
};

report_desc_t report_desc_default(const char *dir)
{
    return (report_desc_t){.dir = dir, .pictures = 6, .width_px = 640};
}

/* ---- for the sections ---- */

bool report_fail(report_t *report, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(report->error, sizeof(report->error), fmt, args);
    va_end(args);
    return false;
}

const char *report_path(const report_t *report, const char *name, char path[REPORT_PATH])
{
    snprintf(path, REPORT_PATH, "%s/%s", report->desc.dir, name);
    return path;
}

bool report_has(const report_t *report, const char *name)
{
    char path[REPORT_PATH];
    struct stat file;
    return stat(report_path(report, name, path), &file) == 0 && S_ISREG(file.st_mode) &&
           file.st_size > 0;
}

const sim_json_t *report_at(const sim_json_t *from, const char *path)
{
    while (from != NULL && *path != '\0') {
        char key[64];
        size_t length = strcspn(path, ".");
        snprintf(key, sizeof(key), "%.*s", (int)length, path);
        from = sim_json_find(from, key);
        path += length + (path[length] == '.');
    }
    return from;
}

double report_stat(const report_t *report, const char *path)
{
    return report_num(report_at(report->stats, path), "value");
}

double report_num(const sim_json_t *object, const char *key)
{
    const sim_json_t *value = sim_json_find(object, key);
    return sim_json_kind(value) == SIM_JSON_NUM ? sim_json_num(value, NAN) : (double)NAN;
}

double report_shown(double value)
{
    return value > 1e18 ? 1e18 : value < -1e18 ? -1e18 : value;
}

const char *report_str(const sim_json_t *value, char text[32])
{
    if (sim_json_kind(value) == SIM_JSON_STR)
        return sim_json_str(value, "");
    if (sim_json_kind(value) == SIM_JSON_NUM)
        snprintf(text, 32, "%.9g", sim_json_num(value, 0));
    else if (sim_json_kind(value) == SIM_JSON_BOOL)
        snprintf(text, 32, "%s", sim_json_num(value, 0) != 0 ? "true" : "false");
    else
        text[0] = '\0';
    return text;
}

void report_percent(page_t *page, double share)
{
    if (isfinite(100 * share))
        page_number(page, share, "%.1f %%", report_shown(100 * share));
    else
        page_number(page, NAN, "-");
}

uint32_t report_count(const sim_json_t *list)
{
    uint32_t count = 0;
    for (const sim_json_t *v = sim_json_first(list); v != NULL; v = sim_json_next(v))
        count++;
    return count;
}

/* ---- the folder ---- */

/* An object of a file; *root NULL and true where the file is not there. */
static bool load(report_t *report, const char *name, sim_doc_t **doc, const sim_json_t **root)
{
    char path[REPORT_PATH];
    struct stat file;
    *doc = NULL;
    *root = NULL;
    if (stat(report_path(report, name, path), &file) != 0)
        return true;
    *doc = sim_doc_load(path);
    if (*doc == NULL)
        return report_fail(report, "out of memory");
    if (sim_doc_error(*doc) != NULL)
        return report_fail(report, "%s", sim_doc_error(*doc));
    *root = sim_doc_root(*doc).node;
    return sim_json_kind(*root) == SIM_JSON_OBJECT ||
           report_fail(report, "%s: expected an object", path);
}

static bool take_line(void *ctx, const sim_cfg_t *line)
{
    report_lines_t *sum = ctx;
    double latency = report_num(line->node, "latency_us");
    sum->there = true;
    sum->lines++;
    sum->boxes += report_count(sim_json_find(line->node, "boxes"));
    sum->events += report_count(sim_json_find(line->node, "events"));
    if (isfinite(latency)) {
        sum->latencies++;
        sum->latency_us += latency;
        sum->most_latency_us = fmax(sum->most_latency_us, latency);
    }
    return true;
}

static bool sum_lines(report_t *report, const char *name, report_lines_t *sum)
{
    char path[REPORT_PATH];
    return !report_has(report, name) || json_lines(report_path(report, name, path), take_line, sum,
                                                   report->error, sizeof(report->error));
}

/* Lists of stats.json whose elements the sections read. */
static bool check_stats(report_t *report)
{
    static const char *const lists[] = {"frames", "images", "networks"};
    for (size_t i = 0; i < SIM_COUNT(lists); i++) {
        const sim_json_t *list = sim_json_find(report->stats, lists[i]);
        if (list != NULL && sim_json_kind(list) != SIM_JSON_ARRAY)
            return report_fail(report, "%s/stats.json: %s: expected an array", report->desc.dir,
                               lists[i]);
        uint32_t n = 0;
        for (const sim_json_t *v = sim_json_first(list); v != NULL; v = sim_json_next(v), n++)
            if (sim_json_kind(v) != SIM_JSON_OBJECT)
                return report_fail(report, "%s/stats.json: %s[%u]: expected an object",
                                   report->desc.dir, lists[i], n);
    }
    return true;
}

static bool read_folder(report_t *report)
{
    char path[REPORT_PATH];
    struct stat file;
    if (strlen(report->desc.dir) > REPORT_PATH - 300)
        return report_fail(report, "the name of the folder is too long");
    if (stat(report->desc.dir, &file) != 0 || !S_ISDIR(file.st_mode))
        return report_fail(report, "%s: not a folder", report->desc.dir);
    if (!load(report, "stats.json", &report->stats_doc, &report->stats))
        return false;
    if (report->stats == NULL)
        return report_fail(report,
                           "%s: no stats.json: not the folder of a run, or of one that did not end",
                           report->desc.dir);
    return check_stats(report) &&
           load(report, "config.json", &report->config_doc, &report->config) &&
           load(report, "host.json", &report->host_doc, &report->host) &&
           sum_lines(report, "metadata.jsonl", &report->metadata) &&
           sum_lines(report, "truth.jsonl", &report->truth) &&
           run_trace_read(&report->trace, report_path(report, "trace.json", path), report->error,
                          sizeof(report->error));
}

static bool write_page(report_t *report)
{
    char title[REPORT_PATH];
    const char *dir = report->desc.dir, *name = dir + strlen(dir);
    while (name > dir && (name[-1] != '/' || name[0] == '\0' || name[0] == '/'))
        name--;
    snprintf(title, sizeof(title), "%.*s - fovea run", (int)strcspn(name, "/"), name);
    page_begin(&report->page, report->desc.header != NULL ? report->desc.header : title);
    for (size_t i = 0; i < SIM_COUNT(sections); i++)
        if (!sections[i](report))
            return false;
    page_end(&report->page);
    return true;
}

bool report_write(const report_desc_t *desc, FILE *to, char *error, size_t error_bytes)
{
    report_t report = {.desc = *desc, .page = {to}};
    bool fine = read_folder(&report) && write_page(&report);
    if (!fine)
        snprintf(error, error_bytes, "%s", report.error);
    sim_doc_free(report.stats_doc);
    sim_doc_free(report.config_doc);
    sim_doc_free(report.host_doc);
    run_trace_free(&report.trace);
    return fine;
}
