/*
 * report_events.c - what happened: events told and true, faults, pins, reads of the host, words of
 * the firmware.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/file.h"
#include "tools/event_filter.h"
#include "tools/json_lines.h"
#include "tools/report/report.h"

enum { MOST_ROWS = 2000, MOST_KEYS = 24, MOST_TEXT = 64 << 10, MOST_FILE = 64 << 20 };

typedef struct {
    report_t *report;
    const char *who; /* told the event */
    uint64_t rows;
} events_t;

/* ---- events ---- */

/* What the event says beside its type, time and identity. */
static void other_keys(const sim_json_t *event, char *text, size_t bytes)
{
    size_t used = 0;
    char number[32];
    text[0] = '\0';
    for (const sim_json_t *v = sim_json_first(event); v != NULL; v = sim_json_next(v)) {
        const char *key = sim_json_key(v);
        if (strcmp(key, "type") == 0 || strcmp(key, "time_ps") == 0 || strcmp(key, "id") == 0)
            continue;
        if (used + 100 < bytes)
            used += (size_t)snprintf(text + used, bytes - used, "%s%.40s %.50s",
                                     used > 0 ? ", " : "", key, report_str(v, number));
    }
}

static bool take_events(void *ctx, const sim_cfg_t *line)
{
    events_t *e = ctx;
    page_t *page = &e->report->page;
    char text[600], number[32];
    for (const sim_json_t *v = event_next(line, NULL); v != NULL && e->rows < MOST_ROWS;
         v = event_next(line, v), e->rows++) {
        double time = event_time_ps(line->node, v);
        page_row(page);
        page_cell(page, e->who);
        page_number(page, time, "%.6f", report_shown(time) / 1e12);
        page_number(page, report_num(line->node, "frame"), "%s",
                    report_str(sim_json_find(line->node, "frame"), number));
        page_cell(page, sim_json_str(sim_json_find(v, "type"), ""));
        page_number(page, report_num(v, "id"), "%s", report_str(sim_json_find(v, "id"), number));
        other_keys(v, text, sizeof(text));
        page_cell(page, text);
        page_row_end(page);
    }
    return e->rows < MOST_ROWS;
}

static bool write_events(report_t *report)
{
    static const page_column_t column[] = {
        {"who says so", "the sensor, or the truth", false},
        {"time, s", "told: the start of its frame's exposure; true: when it happened", true},
        {"frame", NULL, true},
        {"event", NULL, false},
        {"id", NULL, true},
        {"what", NULL, false}};
    static const char *const file[] = {"metadata.jsonl", "truth.jsonl"};
    static const char *const who[] = {"told", "true"};
    bool fine = true;
    if (report->metadata.events + report->truth.events == 0) {
        page_note(&report->page, "No events: nothing was told, and the truth has none.");
        return true;
    }
    page_table(&report->page, NULL, column, SIM_COUNT(column));
    for (uint32_t i = 0; fine && i < 2; i++) {
        char path[REPORT_PATH];
        events_t events = {report, who[i], 0};
        if (report_has(report, file[i]))
            fine = json_lines(report_path(report, file[i], path), take_events, &events,
                              report->error, sizeof(report->error));
        if (events.rows >= MOST_ROWS)
            page_markup(&report->page,
                        "<tr><td colspan=\"6\">the first %d only; fovea events finds "
                        "the others</td></tr>\n",
                        MOST_ROWS);
    }
    page_table_end(&report->page);
    return fine;
}

/* ---- any file of lines as a table ---- */

typedef struct {
    report_t *report;
    char key[MOST_KEYS][48]; /* columns: those of the first line */
    uint32_t keys;
    uint64_t rows;
} sheet_t;

static void begin_sheet(sheet_t *s, const sim_json_t *line)
{
    page_column_t column[MOST_KEYS];
    for (const sim_json_t *v = sim_json_first(line); v != NULL && s->keys < MOST_KEYS;
         v = sim_json_next(v)) {
        snprintf(s->key[s->keys], sizeof(s->key[0]), "%s", sim_json_key(v));
        bool number = sim_json_kind(v) == SIM_JSON_NUM;
        column[s->keys] = (page_column_t){s->key[s->keys], NULL, number};
        s->keys++;
    }
    page_table(&s->report->page, NULL, column, s->keys);
}

static bool take_sheet(void *ctx, const sim_cfg_t *line)
{
    sheet_t *s = ctx;
    page_t *page = &s->report->page;
    char number[32];
    if (s->rows == 0)
        begin_sheet(s, line->node);
    if (s->rows++ >= MOST_ROWS)
        return false;
    page_row(page);
    for (uint32_t k = 0; k < s->keys; k++) {
        const sim_json_t *v = sim_json_find(line->node, s->key[k]);
        bool nested = sim_json_kind(v) == SIM_JSON_ARRAY || sim_json_kind(v) == SIM_JSON_OBJECT;
        char *json = nested ? sim_json_print(v, false) : NULL;
        if (sim_json_kind(v) == SIM_JSON_NUM)
            page_number(page, sim_json_num(v, NAN), "%.15g", sim_json_num(v, NAN));
        else
            page_cell(page, json != NULL ? json : report_str(v, number));
        free(json);
    }
    page_row_end(page);
    return true;
}

static bool write_sheet(report_t *report, const char *name, const char *title)
{
    char path[REPORT_PATH];
    sheet_t sheet = {.report = report};
    if (!report_has(report, name))
        return true;
    page_fold(&report->page, title);
    bool fine = json_lines(report_path(report, name, path), take_sheet, &sheet, report->error,
                           sizeof(report->error));
    if (sheet.rows > 0)
        page_table_end(&report->page);
    if (sheet.rows > MOST_ROWS)
        page_note(&report->page, "The first %d; the others are in %s.", MOST_ROWS, name);
    page_fold_end(&report->page);
    return fine;
}

/* The end of a text. */
static bool write_words(report_t *report, const char *name, const char *title)
{
    char path[REPORT_PATH];
    size_t bytes;
    if (!report_has(report, name))
        return true;
    uint8_t *text = sim_file_read(report_path(report, name, path), MOST_FILE, &bytes, report->error,
                                  sizeof(report->error));
    if (text == NULL)
        return false;
    for (size_t i = 0; i < bytes; i++)
        text[i] = text[i] == 0 ? 0xff : text[i]; /* shown, and not the end */
    page_fold(&report->page, title);
    if (bytes > MOST_TEXT)
        page_note(&report->page, "The last %d bytes of %zu.", MOST_TEXT, bytes);
    page_markup(&report->page, "<pre tabindex=\"0\">");
    page_text(&report->page, (const char *)text + (bytes > MOST_TEXT ? bytes - MOST_TEXT : 0));
    page_markup(&report->page, "</pre>\n");
    page_fold_end(&report->page);
    free(text);
    return true;
}

bool report_events(report_t *report)
{
    static const struct {
        const char *file, *title;
    } sheets[] = {
        {"faults.jsonl", "Faults that were put in, and what became of them"},
        {"postmortem.jsonl", "Post-mortems of the firmware"},
        {"pins.jsonl", "Changes of pins"},
        {"host_reads.jsonl", "What the host read"},
        {"tensors.jsonl", "Tensor lines"},
    };
    page_section(&report->page, "events", "Events");
    if (!write_events(report))
        return false;
    for (size_t i = 0; i < SIM_COUNT(sheets); i++)
        if (!write_sheet(report, sheets[i].file, sheets[i].title))
            return false;
    if (!write_words(report, "uart.log", "What the firmware printed (uart.log)"))
        return false;
    page_section_end(&report->page);
    return true;
}
