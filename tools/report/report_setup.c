/*
 * report_setup.c - every counter, the resolved configuration, versions, files of the folder.
 */
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/report/report.h"
#include "tools/version.h"

enum { DEEPEST = 16, PATH_BYTES = 256, MOST_FILES = 4096, NAME = 128 };

/* ---- counters ---- */

static void write_leaf(page_t *page, const char *path, const sim_json_t *leaf)
{
    const sim_json_t *value = sim_json_find(leaf, "value");
    const char *unit = sim_json_str(sim_json_find(leaf, "unit"), "");
    char *list = sim_json_kind(value) == SIM_JSON_ARRAY ? sim_json_print(value, false) : NULL;
    double number = sim_json_num(value, NAN);
    page_row(page);
    page_cell(page, path);
    if (list != NULL)
        page_number(page, NAN, "%s", list);
    else
        page_number(page, number, isfinite(number) ? "%.15g" : "-", number);
    page_cell(page, strcmp(unit, "1") == 0 ? "" : unit);
    page_cell(page, sim_json_str(sim_json_find(leaf, "help"), ""));
    page_row_end(page);
    free(list);
}

static void write_tree(page_t *page, const char *path, const sim_json_t *node, uint32_t depth)
{
    char below[PATH_BYTES];
    if (sim_json_kind(node) != SIM_JSON_OBJECT || depth > DEEPEST)
        return;
    if (sim_json_find(node, "value") != NULL && sim_json_find(node, "unit") != NULL) {
        write_leaf(page, path, node);
        return;
    }
    for (const sim_json_t *v = sim_json_first(node); v != NULL; v = sim_json_next(v)) {
        int length = snprintf(below, sizeof(below), "%s%s%s", path, path[0] != '\0' ? "." : "",
                              sim_json_key(v));
        if (length > 0 && length < PATH_BYTES)
            write_tree(page, below, v, depth + 1);
    }
}

bool report_counters(report_t *report)
{
    static const page_column_t column[] = {{"counter", NULL, false},
                                           {"value", NULL, true},
                                           {"unit", NULL, false},
                                           {"what", NULL, false}};
    page_t *page = &report->page;
    page_section(page, "counters", "Counters");
    page_fold(page, "Every counter of every block (stats.json)");
    page_table(page, NULL, column, SIM_COUNT(column));
    write_tree(page, "", report->stats, 0);
    page_table_end(page);
    page_fold_end(page);
    page_section_end(page);
    return true;
}

/* ---- configuration, versions, files ---- */

static bool write_config(report_t *report)
{
    page_t *page = &report->page;
    if (report->config == NULL) {
        page_note(page, "No config.json: the run was not kept whole.");
        return true;
    }
    char *text = sim_json_print(report->config, true);
    if (text == NULL)
        return report_fail(report, "out of memory");
    page_fold(page, "The resolved configuration (config.json)");
    page_markup(page, "<pre tabindex=\"0\">");
    page_text(page, text);
    page_markup(page, "</pre>\n");
    page_fold_end(page);
    free(text);
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void write_file_rows(report_t *report, char (*name)[NAME], uint32_t count)
{
    page_t *page = &report->page;
    for (uint32_t i = 0; i < count; i++) {
        char path[REPORT_PATH], amount[PAGE_AMOUNT];
        struct stat file;
        if (stat(report_path(report, name[i], path), &file) != 0 || !S_ISREG(file.st_mode) ||
            file.st_size == 0 || strcmp(name[i], "host.json") == 0)
            continue; /* host.json: times of this machine */
        page_row(page);
        page_cell(page, name[i]);
        page_number(page, (double)file.st_size, "%s",
                    page_amount(amount, (double)file.st_size, "B"));
        page_row_end(page);
    }
}

static bool write_files(report_t *report)
{
    static const page_column_t column[] = {{"file", NULL, false}, {"size", NULL, true}};
    char(*name)[NAME] = calloc(MOST_FILES, sizeof(*name));
    DIR *dir = opendir(report->desc.dir);
    uint32_t count = 0;
    bool fine = name != NULL;
    for (struct dirent *e;
         fine && dir != NULL && (e = readdir(dir)) != NULL && count < MOST_FILES;) {
        size_t length = strlen(e->d_name);
        bool page = length > 5 && strcmp(e->d_name + length - 5, ".html") == 0;
        if (length < NAME && e->d_name[0] != '.' && !page && strstr(e->d_name, ".part") == NULL)
            memcpy(name[count++], e->d_name, length + 1);
    }
    if (fine) {
        qsort(name, count, sizeof(*name), by_name);
        page_fold(&report->page, "Files of the run");
        page_table(&report->page, NULL, column, SIM_COUNT(column));
        write_file_rows(report, name, count);
        page_table_end(&report->page);
        page_fold_end(&report->page);
    }
    if (dir != NULL)
        closedir(dir);
    free(name);
    return fine || report_fail(report, "out of memory");
}

bool report_setup(report_t *report)
{
    page_t *page = &report->page;
    const char *version = sim_json_str(sim_json_find(report->host, "version"), NULL);
    page_section(page, "setup", "Configuration and versions");
    page_markup(page, "<p>");
    if (version != NULL)
        page_textf(page, "Run by fovea %s. ", version);
    page_textf(page, "Page by fovea %s. ", fovea_version);
    const char *hash = sim_json_str(sim_json_find(report->stats, "state_hash"), NULL);
    if (hash != NULL)
        page_textf(page, "State at the end: %s.", hash);
    page_markup(page, "</p>\n");
    bool fine = write_config(report) && write_files(report);
    page_section_end(page);
    return fine;
}
