/*
 * report.h - what a run left, as one page of HTML.
 *
 * Everything comes from the files of the run's folder, nothing from memory: a folder that was
 * copied elsewhere makes the same page. What the run did not leave is left out, with a line that
 * says how to get it. Files that are cut or malformed end it with one line.
 */
#ifndef TOOLS_REPORT_REPORT_H
#define TOOLS_REPORT_REPORT_H

#include "sim/json.h"
#include "tools/report/page.h"
#include "tools/report/run_trace.h"

enum { REPORT_PATH = 1280, REPORT_ERROR = 1024 };

typedef struct {
    const char *dir;
    uint32_t pictures;  /* at most so many of each kind; 0: none */
    uint32_t width_px;  /* of a picture, at most; 16..4096 */
    const char *header; /* text over the page; NULL: the folder's name */
} report_desc_t;

/* Pictures of 640 px, 6 of each kind. */
report_desc_t report_desc_default(const char *dir);

/* What the lines of metadata.jsonl and truth.jsonl come to. */
typedef struct {
    bool there; /* the file is, and has a line */
    uint64_t lines, boxes, events;
    double latency_us, most_latency_us; /* sum; most */
    uint64_t latencies;
} report_lines_t;

typedef struct {
    report_desc_t desc;
    page_t page;
    sim_doc_t *stats_doc, *config_doc, *host_doc;
    const sim_json_t *stats, *config, *host; /* NULL: not there */
    report_lines_t metadata, truth;
    run_trace_t trace;
    char error[REPORT_ERROR];
} report_t;

/* Reads the folder and writes the page into `to`. False with one line in error. */
bool report_write(const report_desc_t *desc, FILE *to, char *error, size_t error_bytes);

/* ---- for the sections ---- */

/* False, with report->error filled. */
bool report_fail(report_t *report, const char *fmt, ...) SIM_PRINTF(2, 3);
/* "dir/name". */
const char *report_path(const report_t *report, const char *name, char path[REPORT_PATH]);
/* Whether the file is there and has a byte. */
bool report_has(const report_t *report, const char *name);
/* A value of stats.json by its path, "sensor.mipi.packets": of a counter its value; NAN: none. */
double report_stat(const report_t *report, const char *path);
/* The value that a path of keys leads to; NULL: none. */
const sim_json_t *report_at(const sim_json_t *from, const char *path);
/* A number of an object; NAN. */
double report_num(const sim_json_t *object, const char *key);
/* The same within +-1e18, so that all its digits can be written. */
double report_shown(double value);
/* A string, a number's digits, or "". */
const char *report_str(const sim_json_t *value, char text[32]);
/* A cell with a share, "12.3 %"; "-" for none. */
void report_percent(page_t *page, double share);
uint32_t report_count(const sim_json_t *list);

/* A section, in the order of the page; false with report->error filled. Each writes its own
 * <section>. */
typedef bool report_section_t(report_t *report);
report_section_t report_summary, report_frames, report_timeline, report_latency, report_layers,
    report_memory, report_link, report_energy, report_events, report_counters, report_setup;

#endif
