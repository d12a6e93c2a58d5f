#include "tools/explore/sweep_page.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 5000, MOST_REASONS = 40 };

void sweep_page_hint(const sweep_page_t *sweep, const sheet_point_t *point,
                     char text[SWEEP_PAGE_TEXT])
{
    const sheet_t *s = &sweep->sheet;
    char number[32];
    size_t at =
        (size_t)snprintf(text, SWEEP_PAGE_TEXT, "point %llu", (unsigned long long)point->id);
    for (uint32_t c = 0; c < s->params && at < SWEEP_PAGE_TEXT; c++)
        if (s->column[c].free && s->column[c].different > 1)
            at += (size_t)snprintf(text + at, SWEEP_PAGE_TEXT - at, ", %s %.80s", s->column[c].name,
                                   sheet_text(&s->column[c], point->value[c], number));
    for (uint32_t m = 0; m < s->objectives && at < SWEEP_PAGE_TEXT; m++) {
        const sheet_column_t *c = &s->column[s->objective[m].column];
        at +=
            (size_t)snprintf(text + at, SWEEP_PAGE_TEXT - at, "%s %s %.40s%s%s", m == 0 ? ":" : ",",
                             c->name, sheet_text(c, point->value[s->objective[m].column], number),
                             c->unit[0] != '\0' ? " " : "", c->unit);
    }
}

/* ---- what it is about ---- */

static const sim_json_t *space_of(const sweep_page_t *sweep, const char *key)
{
    return sweep->space_doc == NULL ? NULL
                                    : sim_json_find(sim_doc_root(sweep->space_doc).node, key);
}

static uint32_t count_state(const sheet_t *s, const char *state)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < s->points; i++)
        count += strcmp(s->point[i].state, state) == 0;
    return count;
}

static void tile(page_t *page, const char *what, const char *fmt, ...) SIM_PRINTF(3, 4);
static void tile(page_t *page, const char *what, const char *fmt, ...)
{
    char text[120];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    page_markup(page, "<div><b>");
    page_text(page, text);
    page_markup(page, "</b><span>");
    page_text(page, what);
    page_markup(page, "</span></div>\n");
}

static void summary(sweep_page_t *sweep)
{
    page_t *page = &sweep->page;
    const sheet_t *s = &sweep->sheet;
    uint32_t front = 0;
    for (uint32_t i = 0; i < s->points; i++)
        front += s->point[i].front;
    page_markup(page, "<h1>");
    page_text(page, sim_json_str(space_of(sweep, "name"), sweep->file));
    page_markup(page, "</h1>\n<p>");
    page_text(page, sim_json_str(space_of(sweep, "about"), ""));
    page_markup(page, "</p>\n<nav><a href=\"#space\">Space</a><a href=\"#fronts\">Fronts</a>"
                      "<a href=\"#effects\">Sensitivity</a><a href=\"#parallel\">Parallel "
                      "coordinates</a><a href=\"#rooflines\">Rooflines</a><a "
                      "href=\"#refused\">Refused</a><a href=\"#points\">Points</a></nav>\n");
    page_markup(page, "<div class=\"tiles\">\n");
    tile(page, "points", "%llu", (unsigned long long)s->all);
    tile(page, "done", "%u", count_state(s, "done"));
    tile(page, "refused", "%u", count_state(s, "refused"));
    tile(page, "failed", "%u", count_state(s, "failed"));
    tile(page, "on a front", "%u", front);
    tile(page, "strategy", "%s", sweep->strategy);
    tile(page, "checked in full", "%.0f",
         store_number(sweep->store, "SELECT count(*) FROM point WHERE checked = 'same'", 0));
    tile(page, "version of fovea", "%s", sweep->version);
    page_markup(page, "</div>\n");
    if (s->all > s->points)
        page_note(page, "This page has the first %u points of %llu; fovea explore csv has all.",
                  s->points, (unsigned long long)s->all);
    if (s->many)
        page_note(page, "Some columns or values are more than a page shows: fovea explore csv.");
}

static const char *field_text(const sim_json_t *param, char text[SWEEP_PAGE_TEXT])
{
    const sim_json_t *field = sim_json_find(param, "field");
    const sim_json_t *expr = sim_json_find(param, "expr");
    size_t at = 0;
    text[0] = '\0';
    if (sim_json_str(field, NULL) != NULL)
        at += (size_t)snprintf(text, SWEEP_PAGE_TEXT, "%.300s", sim_json_str(field, ""));
    else
        for (const sim_json_t *f = sim_json_first(field); f != NULL && at < 400;
             f = sim_json_next(f))
            at += (size_t)snprintf(text + at, SWEEP_PAGE_TEXT - at, "%s%.200s", at > 0 ? ", " : "",
                                   sim_json_str(f, ""));
    if (expr != NULL)
        snprintf(text + at, SWEEP_PAGE_TEXT - at, "%s= %.300s", at > 0 ? " " : "",
                 sim_json_str(expr, ""));
    return text;
}

static void write_params(sweep_page_t *sweep)
{
    static const page_column_t column[] = {
        {"parameter", NULL, false},
        {"what it sets", "fields of chip, technology, scenario; = an expression", false},
        {"values", "that differ, of points that are done", true},
        {"least", NULL, false},
        {"most", NULL, false}};
    page_t *page = &sweep->page;
    const sheet_t *s = &sweep->sheet;
    char text[SWEEP_PAGE_TEXT], number[32];
    page_table(page, "Parameters", column, SIM_COUNT(column));
    for (uint32_t c = 0; c < s->params; c++) {
        const sheet_column_t *p = &s->column[c];
        const sim_json_t *param = sim_json_find(space_of(sweep, "parameters"), p->name);
        page_row(page);
        page_cell(page, p->name);
        page_cell(page, field_text(param, text));
        page_number(page, p->different, "%u", p->different);
        page_cell(page, sheet_text(p, p->low, number));
        page_cell(page, sheet_text(p, p->high, number));
        page_row_end(page);
    }
    page_table_end(page);
}

static void write_wanted(sweep_page_t *sweep)
{
    static const page_column_t column[] = {{"objective", NULL, false}, {"goal", NULL, false},
                                           {"unit", NULL, false},      {"what", NULL, false},
                                           {"least", NULL, true},      {"most", NULL, true}};
    page_t *page = &sweep->page;
    const sheet_t *s = &sweep->sheet;
    page_table(page, "Objectives", column, SIM_COUNT(column));
    for (uint32_t m = 0; m < s->objectives; m++) {
        const sheet_column_t *c = &s->column[s->objective[m].column];
        page_row(page);
        page_cell(page, c->name);
        page_cell(page, s->objective[m].most ? "max" : "min");
        page_cell(page, c->unit);
        page_cell(page, c->help);
        page_number(page, c->low, "%.6g", c->low);
        page_number(page, c->high, "%.6g", c->high);
        page_row_end(page);
    }
    page_table_end(page);
    const sim_json_t *constraints = space_of(sweep, "constraints");
    if (sim_json_first(constraints) == NULL)
        return;
    page_markup(page, "<p>Constraints: ");
    for (const sim_json_t *c = sim_json_first(constraints); c != NULL; c = sim_json_next(c)) {
        page_markup(page, "<code>");
        page_text(page, sim_json_str(c, ""));
        page_markup(page, "</code>%s", sim_json_next(c) != NULL ? ", " : "");
    }
    page_markup(page, "</p>\n");
}

static void write_space(sweep_page_t *sweep)
{
    page_section(&sweep->page, "space", "Space and objectives");
    if (sweep->space_doc == NULL)
        page_note(&sweep->page, "The file's copy of the space cannot be read.");
    write_params(sweep);
    write_wanted(sweep);
    page_fold(&sweep->page, sweep->space_file);
    page_markup(&sweep->page, "<pre>");
    page_text(&sweep->page, sweep->space != NULL ? sweep->space : "");
    page_markup(&sweep->page, "</pre>\n");
    page_fold_end(&sweep->page);
    page_section_end(&sweep->page);
}

/* ---- what was refused ---- */

static bool on_reason(void *ctx, const store_cell_t *cell, uint32_t cells, bool head)
{
    page_t *page = ctx;
    if (head || cells != 4)
        return true;
    page_row(page);
    page_cell(page, cell[0].text);
    page_number(page, cell[1].real, "%s", cell[1].text);
    page_number(page, cell[2].real, "%s", cell[2].text);
    page_cell(page, cell[3].text);
    page_row_end(page);
    return true;
}

static void write_refused(sweep_page_t *sweep)
{
    static const page_column_t column[] = {
        {"state", NULL, false},
        {"points", NULL, true},
        {"first", "its number", true},
        {"reason", "numbers in it are those of the first point", false}};
    page_t *page = &sweep->page;
    char sql[400];
    page_section(page, "refused", "Refused and failed points");
    if (!(store_number(sweep->store, "SELECT count(*) FROM point WHERE reason IS NOT NULL", 0) >
          0)) {
        page_note(page, "None: every point of the space can be built, and runs.");
        page_section_end(page);
        return;
    }
    /* a reason is its text up to the last colon: behind that are the point's own figures */
    snprintf(sql, sizeof(sql),
             "SELECT state, count(*), min(id), reason FROM point WHERE reason IS NOT NULL GROUP BY "
             "state, rtrim(rtrim(reason, '0123456789.,-+e'), ' ') ORDER BY 2 DESC, 3 LIMIT %d",
             MOST_REASONS);
    page_table(page, NULL, column, SIM_COUNT(column));
    (void)store_rows(sweep->store, sql, on_reason, page);
    page_table_end(page);
    page_section_end(page);
}

/* ---- all points ---- */

static bool is_objective(const sheet_t *s, uint32_t column)
{
    for (uint32_t m = 0; m < s->objectives; m++)
        if (s->objective[m].column == column)
            return true;
    return false;
}

/* Columns in the order of the table: free parameters, objectives, others that vary. */
static uint32_t order_columns(const sheet_t *s, uint32_t *order)
{
    uint32_t n = 0;
    for (uint32_t c = 0; c < s->params; c++)
        if (s->column[c].free && !is_objective(s, c))
            order[n++] = c;
    for (uint32_t m = 0; m < s->objectives; m++)
        order[n++] = s->objective[m].column;
    for (uint32_t c = 0; c < s->columns; c++)
        if ((c >= s->params || !s->column[c].free) && !is_objective(s, c) &&
            s->column[c].different > 1)
            order[n++] = c;
    return n;
}

static void write_point(sweep_page_t *sweep, const sheet_point_t *p, const uint32_t *order,
                        uint32_t columns)
{
    page_t *page = &sweep->page;
    char text[32];
    page_markup(page, "<tr id=\"p%llu\"%s>", (unsigned long long)p->id,
                p->front ? " class=\"pole\"" : "");
    page_number(page, (double)p->id, "%llu", (unsigned long long)p->id);
    page_cell(page, p->front ? "front" : p->state);
    for (uint32_t i = 0; i < columns; i++) {
        const sheet_column_t *c = &sweep->sheet.column[order[i]];
        double v = p->value[order[i]];
        if (c->text)
            page_cell(page, sheet_text(c, v, text));
        else
            page_number(page, v, "%s", sheet_text(c, v, text));
    }
    page_markup(page, "<td><code>fovea run --point ");
    page_text(page, sweep->file);
    page_markup(page, ":%llu</code></td>", (unsigned long long)p->id);
    page_row_end(page);
}

static void write_points(sweep_page_t *sweep)
{
    page_t *page = &sweep->page;
    const sheet_t *s = &sweep->sheet;
    static page_column_t column[SHEET_COLUMNS + 3];
    uint32_t order[SHEET_COLUMNS + SPACE_OBJECTIVES], n = order_columns(s, order), rows = 0;
    column[0] = (page_column_t){"#", "number of the point", true};
    column[1] = (page_column_t){"state", "front: nothing is better in all objectives", false};
    for (uint32_t i = 0; i < n; i++)
        column[2 + i] = (page_column_t){s->column[order[i]].name, s->column[order[i]].help,
                                        !s->column[order[i]].text};
    column[2 + n] =
        (page_column_t){"once more", "the point again, with its figures compared", false};
    page_section(page, "points", "All points");
    page_table(page, "A click on a head sorts; points of a front are marked.", column, n + 3);
    for (uint32_t i = 0; i < s->points; i++) {
        bool refused = !s->point[i].done;
        if (!refused && rows++ < MOST_ROWS)
            write_point(sweep, &s->point[i], order, n);
    }
    page_table_end(page);
    if (rows > MOST_ROWS)
        page_note(page, "The first %d of %u points that are done; fovea explore csv has all.",
                  MOST_ROWS, rows);
    page_section_end(page);
}

/* ---- the page ---- */

static bool on_sweep(void *ctx, const store_cell_t *cell, uint32_t cells, bool head)
{
    sweep_page_t *sweep = ctx;
    if (head || cells != 5)
        return true;
    snprintf(sweep->space_file, sizeof(sweep->space_file), "%s", cell[1].text);
    snprintf(sweep->evaluate, sizeof(sweep->evaluate), "%s", cell[2].text);
    snprintf(sweep->version, sizeof(sweep->version), "%s", cell[3].text);
    snprintf(sweep->strategy, sizeof(sweep->strategy), "%s", cell[4].text);
    sweep->space = malloc(strlen(cell[0].text) + 1);
    if (sweep->space != NULL)
        memcpy(sweep->space, cell[0].text, strlen(cell[0].text) + 1);
    return false;
}

static void read_space(sweep_page_t *sweep)
{
    (void)store_rows(sweep->store, "SELECT space, file, evaluate, version, strategy FROM sweep",
                     on_sweep, sweep);
    sim_doc_t *doc =
        sweep->space == NULL ? NULL : sim_doc_parse(sweep->space, strlen(sweep->space), "space");
    if (doc != NULL && sim_doc_error(doc) == NULL)
        sweep->space_doc = doc;
    else
        sim_doc_free(doc);
}

static void write_page(sweep_page_t *sweep)
{
    page_begin(&sweep->page, sim_json_str(space_of(sweep, "name"), sweep->file));
    summary(sweep);
    write_space(sweep);
    sweep_fronts(sweep);
    sweep_effects(sweep);
    sweep_parallel(sweep);
    sweep_rooflines(sweep);
    write_refused(sweep);
    write_points(sweep);
    page_end(&sweep->page);
}

bool sweep_page_write(store_t *store, const char *file, FILE *to, char *error, size_t error_bytes)
{
    sweep_page_t *sweep = calloc(1, sizeof(*sweep));
    bool fine = false;
    snprintf(error, error_bytes, "out of memory");
    if (sweep == NULL)
        return false;
    sweep->page.to = to;
    sweep->store = store;
    sweep->file = file;
    read_space(sweep);
    if (sheet_load(&sweep->sheet, store)) {
        fine = effects_of(&sweep->sheet, sweep->strategy, &sweep->effects);
        if (fine) {
            write_page(sweep);
            snprintf(error, error_bytes, "%s", sweep->no_plots);
        }
    } else if (store_error(store)[0] != '\0') {
        snprintf(error, error_bytes, "%s", store_error(store));
    }
    sheet_free(&sweep->sheet);
    if (sweep->space_doc != NULL)
        sim_doc_free(sweep->space_doc);
    free(sweep->space);
    free(sweep);
    return fine;
}
