#include "tools/explore/sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/explore/pareto.h"

/* Of the view `points`, beside parameters and figures (store.h). */
enum { NOT_A_COLUMN = -1, OF_ID = -2, OF_STATE = -3, OF_REASON = -4 };

typedef struct {
    sheet_t *sheet;
    int32_t place[SHEET_COLUMNS + 8]; /* of a result's cell: column, or one of the above */
} loading_t;

int32_t sheet_find(const sheet_t *sheet, const char *name)
{
    for (uint32_t c = 0; c < sheet->columns; c++)
        if (strcmp(sheet->column[c].name, name) == 0)
            return (int32_t)c;
    return -1;
}

const char *sheet_text(const sheet_column_t *column, double value, char text[32])
{
    if (isnan(value))
        return "-";
    if (column->text)
        return column->level[(uint32_t)value];
    snprintf(text, 32, "%.6g", value);
    return text;
}

const char *sheet_task(const sheet_t *sheet, uint32_t task)
{
    const sheet_column_t *c = sheet->model < 0 ? NULL : &sheet->column[sheet->model];
    return c == NULL || task >= c->levels ? "" : c->level[task];
}

/* ---- columns ---- */

static sheet_column_t *add_column(sheet_t *sheet, const char *name)
{
    if (sheet->columns == SHEET_COLUMNS) {
        sheet->many = true;
        return NULL;
    }
    sheet_column_t *c = &sheet->column[sheet->columns++];
    snprintf(c->name, sizeof(c->name), "%s", name);
    c->low = c->high = NAN;
    return c;
}

static bool on_param(void *ctx, const store_cell_t *cell, uint32_t cells, bool head)
{
    sheet_t *sheet = ctx;
    sheet_column_t *c = head || cells != 3 ? NULL : add_column(sheet, cell[0].text);
    if (c != NULL) {
        c->parameter = true;
        c->free = cell[1].integer != 0;
        c->text = cell[2].integer != 0;
        sheet->params = sheet->columns;
    }
    return true;
}

static bool on_figure(void *ctx, const store_cell_t *cell, uint32_t cells, bool head)
{
    sheet_column_t *c = head || cells != 3 ? NULL : add_column(ctx, cell[0].text);
    if (c != NULL) {
        snprintf(c->unit, sizeof(c->unit), "%s",
                 strcmp(cell[1].text, "1") != 0 ? cell[1].text : "");
        snprintf(c->help, sizeof(c->help), "%s", cell[2].text);
    }
    return true;
}

static bool on_objective(void *ctx, const store_cell_t *cell, uint32_t cells, bool head)
{
    sheet_t *sheet = ctx;
    if (head || cells != 2 || sheet->objectives == SPACE_OBJECTIVES)
        return true;
    int32_t at = sheet_find(sheet, cell[0].text);
    for (uint32_t m = 0; m < sheet->objectives; m++)
        if ((int32_t)sheet->objective[m].column == at)
            return true; /* once is enough */
    if (at >= 0)
        sheet->objective[sheet->objectives++] =
            (sheet_objective_t){(uint32_t)at, strcmp(cell[1].text, "max") == 0};
    return true;
}

/* ---- points ---- */

static double level_of(sheet_t *sheet, sheet_column_t *c, const char *text)
{
    for (uint32_t i = 0; i < c->levels; i++)
        if (strcmp(c->level[i], text) == 0)
            return i;
    if (c->levels == SHEET_LEVELS) {
        sheet->many = true;
        return NAN;
    }
    char **more = realloc(c->level, (c->levels + 1) * sizeof(*more));
    char *copy = malloc(strlen(text) + 1);
    c->level = more != NULL ? more : c->level;
    if (more == NULL || copy == NULL) {
        free(copy);
        sheet->no_memory = true;
        return NAN;
    }
    memcpy(copy, text, strlen(text) + 1);
    c->level[c->levels] = copy;
    return c->levels++;
}

static sheet_point_t *add_point(sheet_t *sheet)
{
    if (sheet->points == sheet->room) {
        uint32_t room = 2 * sheet->room + 64;
        sheet_point_t *more = realloc(sheet->point, room * sizeof(*more));
        sheet->no_memory |= more == NULL;
        if (more == NULL)
            return NULL;
        sheet->point = more;
        sheet->room = room;
    }
    sheet_point_t *p = &sheet->point[sheet->points];
    memset(p, 0, sizeof(*p));
    p->value = malloc((sheet->columns + 1) * sizeof(*p->value));
    sheet->no_memory |= p->value == NULL;
    for (uint32_t c = 0; p->value != NULL && c < sheet->columns; c++)
        p->value[c] = NAN;
    sheet->points += p->value != NULL;
    return p->value != NULL ? p : NULL;
}

static void find_places(loading_t *l, const store_cell_t *cell, uint32_t cells)
{
    static const struct {
        const char *name;
        int32_t place;
    } own[] = {{"id", OF_ID}, {"state", OF_STATE}, {"reason", OF_REASON}};
    for (uint32_t i = 0; i < SIM_COUNT(l->place); i++)
        l->place[i] = NOT_A_COLUMN;
    for (uint32_t i = 0; i < cells && i < SIM_COUNT(l->place); i++) {
        l->place[i] = sheet_find(l->sheet, cell[i].name);
        for (size_t k = 0; k < SIM_COUNT(own); k++)
            if (strcmp(cell[i].name, own[k].name) == 0)
                l->place[i] = own[k].place;
    }
}

static void keep_reason(sheet_t *sheet, sheet_point_t *p, const store_cell_t *cell)
{
    if (cell->type != STORE_TEXT || p->reason != NULL)
        return;
    p->reason = malloc(strlen(cell->text) + 1);
    sheet->no_memory |= p->reason == NULL;
    if (p->reason != NULL)
        memcpy(p->reason, cell->text, strlen(cell->text) + 1);
}

static bool on_point(void *ctx, const store_cell_t *cell, uint32_t cells, bool head)
{
    loading_t *l = ctx;
    if (head) {
        find_places(l, cell, cells);
        return true;
    }
    sheet_point_t *p = add_point(l->sheet);
    for (uint32_t i = 0; p != NULL && i < cells && i < SIM_COUNT(l->place); i++) {
        int32_t at = l->place[i];
        if (at == OF_ID)
            p->id = (uint64_t)cell[i].integer;
        else if (at == OF_STATE)
            snprintf(p->state, sizeof(p->state), "%s", cell[i].text);
        else if (at == OF_REASON)
            keep_reason(l->sheet, p, &cell[i]);
        else if (at >= 0 && cell[i].type != STORE_NULL)
            p->value[at] = l->sheet->column[at].text
                               ? level_of(l->sheet, &l->sheet->column[at], cell[i].text)
                               : cell[i].real;
    }
    return !l->sheet->no_memory;
}

/* ---- what follows from them ---- */

static void find_range(sheet_t *sheet, uint32_t column)
{
    sheet_column_t *c = &sheet->column[column];
    double seen[SHEET_LEVELS];
    c->whole = true;
    for (uint32_t i = 0; i < sheet->points; i++) {
        double v = sheet->point[i].value[column];
        if (!sheet->point[i].done || !isfinite(v))
            continue;
        c->whole &= !(v > floor(v));
        c->low = fmin(isnan(c->low) ? v : c->low, v);
        c->high = fmax(isnan(c->high) ? v : c->high, v);
        uint32_t k = 0;
        while (k < c->different && (seen[k] < v || seen[k] > v))
            k++;
        if (k == c->different && k < SHEET_LEVELS)
            seen[c->different++] = v;
    }
}

/* Rows of points that are done; others have no figures. */
static bool find_front(sheet_t *sheet)
{
    uint32_t objectives = sheet->objectives;
    double *row = calloc((size_t)sheet->points * objectives + 1, sizeof(*row));
    uint64_t *task = calloc(sheet->points + 1, sizeof(*task));
    bool *in = calloc(sheet->points + 1, sizeof(*in));
    bool fine = row != NULL && task != NULL && in != NULL;
    for (uint32_t i = 0; fine && i < sheet->points; i++) {
        const sheet_point_t *p = &sheet->point[i];
        task[i] = p->task;
        for (uint32_t m = 0; m < objectives; m++) {
            double v = p->done ? p->value[sheet->objective[m].column] : NAN;
            row[(size_t)i * objectives + m] = sheet->objective[m].most ? -v : v;
        }
    }
    fine = fine && pareto_front(row, task, sheet->points, objectives, in);
    for (uint32_t i = 0; fine && i < sheet->points; i++)
        sheet->point[i].front = in[i] && objectives > 0;
    free(row);
    free(task);
    free(in);
    return fine;
}

static void find_tasks(sheet_t *sheet)
{
    sheet->model = sheet_find(sheet, "model");
    if (sheet->model >= 0 && !sheet->column[sheet->model].text)
        sheet->model = -1;
    sheet->tasks = sheet->model >= 0 ? sheet->column[sheet->model].levels : 1;
    for (uint32_t i = 0; i < sheet->points; i++) {
        sheet_point_t *p = &sheet->point[i];
        double task = sheet->model >= 0 ? p->value[sheet->model] : 0;
        p->done = strcmp(p->state, "done") == 0;
        p->task = task >= 0 ? (uint32_t)task : 0;
    }
}

bool sheet_load(sheet_t *sheet, store_t *store)
{
    loading_t l = {.sheet = sheet};
    char sql[80];
    snprintf(sql, sizeof(sql), "SELECT * FROM points ORDER BY id LIMIT %d", SHEET_POINTS);
    sheet->model = -1;
    sheet->all = (uint64_t)store_number(store, "SELECT count(*) FROM point", 0);
    if (!store_rows(store,
                    "SELECT name, free, name = 'model' OR EXISTS (SELECT 1 FROM point WHERE "
                    "json_type(parameters, '$.\"' || parameter.name || '\"') IN ('text', 'true', "
                    "'false', 'array', 'object')) FROM parameter ORDER BY position",
                    on_param, sheet) ||
        !store_rows(store,
                    "SELECT name, unit, help FROM figure WHERE name NOT IN (SELECT name FROM "
                    "parameter) AND EXISTS (SELECT 1 FROM value WHERE value.name = figure.name) "
                    "ORDER BY position",
                    on_figure, sheet) ||
        !store_rows(store, "SELECT name, goal FROM objective ORDER BY position", on_objective,
                    sheet) ||
        !store_rows(store, sql, on_point, &l) || sheet->no_memory)
        return false;
    find_tasks(sheet);
    for (uint32_t c = 0; c < sheet->columns; c++)
        find_range(sheet, c);
    return find_front(sheet) && !sheet->no_memory;
}

void sheet_free(sheet_t *sheet)
{
    for (uint32_t i = 0; i < sheet->points; i++) {
        free(sheet->point[i].reason);
        free(sheet->point[i].value);
    }
    free(sheet->point);
    for (uint32_t c = 0; c < sheet->columns; c++) {
        for (uint32_t k = 0; k < sheet->column[c].levels; k++)
            free(sheet->column[c].level[k]);
        free(sheet->column[c].level);
    }
    memset(sheet, 0, sizeof(*sheet));
}
