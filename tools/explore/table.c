#include "tools/explore/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/hash.h"
#include "tools/explore/pareto.h"

enum { MAX_WIDTH = 60 };

/* All cells of a result, names first: widths are known at the end. */
typedef struct {
    table_format_t format;
    FILE *to;
    uint32_t columns;
    char **cell;
    bool *number;
    size_t cells, room;
    sim_json_t *json;
    bool no_memory;
} table_t;

static void forget(table_t *t)
{
    for (size_t i = 0; i < t->cells; i++)
        free(t->cell[i]);
    free(t->cell);
    free(t->number);
    t->cell = NULL;
    t->number = NULL;
    t->cells = t->room = 0;
}

/* ---- text ---- */

static bool keep(table_t *t, const char *text, bool number)
{
    if (t->cells == t->room) {
        size_t room = 2 * t->room + 256;
        char **cell = realloc(t->cell, room * sizeof(*cell));
        t->cell = cell != NULL ? cell : t->cell;
        bool *numbers = realloc(t->number, room * sizeof(*numbers));
        t->number = numbers != NULL ? numbers : t->number;
        if (cell == NULL || numbers == NULL)
            return false;
        t->room = room;
    }
    char *copy = malloc(strlen(text) + 1);
    if (copy == NULL)
        return false;
    memcpy(copy, text, strlen(text) + 1);
    t->number[t->cells] = number;
    t->cell[t->cells++] = copy;
    return true;
}

static void print_text(const table_t *t)
{
    for (size_t row = 0; t->columns > 0 && row < t->cells / t->columns; row++)
        for (uint32_t c = 0; c < t->columns; c++) {
            size_t width = 0, at = row * t->columns + c;
            bool numbers = t->cells > t->columns && t->number[t->columns + c];
            for (size_t r = 0; r < t->cells / t->columns; r++) {
                size_t length = strlen(t->cell[r * t->columns + c]);
                width = length > width ? length : width;
            }
            width = width > MAX_WIDTH ? MAX_WIDTH : width;
            bool last = c + 1 == t->columns;
            if (numbers)
                fprintf(t->to, "%*s%s", (int)width, t->cell[at], last ? "\n" : "  ");
            else
                fprintf(t->to, "%-*s%s", last ? 0 : (int)width, t->cell[at], last ? "\n" : "  ");
        }
}

/* Figures need no more than seven digits to look at. */
static bool keep_cell(table_t *t, const store_cell_t *cell, bool head)
{
    char text[40];
    snprintf(text, sizeof(text), "%.7g", cell->real);
    const char *shown = head ? cell->name : cell->type == STORE_REAL ? text : cell->text;
    return keep(t, shown, cell->type == STORE_REAL || cell->type == STORE_INTEGER);
}

/* ---- CSV, JSON ---- */

static void put_csv(FILE *to, const char *text, bool last)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, to);
    } else {
        fputc('"', to);
        for (; *text != '\0'; text++) {
            if (*text == '"')
                fputc('"', to);
            fputc(*text, to);
        }
        fputc('"', to);
    }
    fputs(last ? "\r\n" : ",", to);
}

/* Doubles as they are, to the last bit. */
static void csv_cell(FILE *to, const store_cell_t *cell, bool head, bool last)
{
    char text[40];
    snprintf(text, sizeof(text), "%.17g", cell->real);
    for (int digits = 1; digits < 17 && cell->type == STORE_REAL; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, cell->real);
        if (!(strtod(text, NULL) < cell->real) && !(strtod(text, NULL) > cell->real))
            break;
    }
    put_csv(to, head ? cell->name : cell->type == STORE_REAL ? text : cell->text, last);
}

static void json_cell(sim_json_t *row, const store_cell_t *cell)
{
    if (cell->type == STORE_INTEGER)
        sim_json_add_i64(row, cell->name, cell->integer);
    else if (cell->type == STORE_REAL)
        sim_json_add_num(row, cell->name, cell->real);
    else if (cell->type == STORE_TEXT)
        sim_json_add_str(row, cell->name, cell->text);
    else
        sim_json_add_null(row, cell->name);
}

/* ---- rows ---- */

static bool on_row(void *ctx, const store_cell_t *cell, uint32_t cells, bool head)
{
    table_t *t = ctx;
    if (head && t->format == TABLE_TEXT) {
        print_text(t); /* of the statement before */
        forget(t);
    }
    t->columns = cells;
    sim_json_t *row = !head && t->format == TABLE_JSON ? sim_json_add_object(t->json, NULL) : NULL;
    for (uint32_t c = 0; c < cells && !t->no_memory; c++) {
        if (t->format == TABLE_TEXT)
            t->no_memory = !keep_cell(t, &cell[c], head);
        else if (t->format == TABLE_CSV)
            csv_cell(t->to, &cell[c], head, c + 1 == cells);
        else if (row != NULL)
            json_cell(row, &cell[c]);
    }
    return !t->no_memory;
}

static void finish(table_t *t, bool fine)
{
    if (fine && t->format == TABLE_TEXT)
        print_text(t);
    char *text = fine && t->format == TABLE_JSON ? sim_json_print(t->json, true) : NULL;
    if (text != NULL)
        fprintf(t->to, "%s\n", text);
    free(text);
    sim_json_free(t->json);
    forget(t);
}

static table_t begin(table_format_t format, FILE *to)
{
    return (table_t){
        .format = format, .to = to, .json = format == TABLE_JSON ? sim_json_array() : NULL};
}

bool table_query(store_t *store, const char *sql, table_format_t format, FILE *to)
{
    table_t t = begin(format, to);
    bool fine = store_rows(store, sql, on_row, &t) && !t.no_memory;
    finish(&t, fine);
    return fine;
}

/* ---- the front ---- */

typedef struct {
    char columns[(SPACE_PARAMS + SPACE_OBJECTIVES) * (EXPR_NAME + 4)];
    char wanted[SPACE_OBJECTIVES * (EXPR_NAME + 4)]; /* objectives alone */
    char first[EXPR_NAME + 16];
    bool most[SPACE_OBJECTIVES];
    uint32_t objectives;
    bool by_model;
    double *value;
    uint64_t *task; /* of each point; all the same where fronts are not by model */
    bool *in;
    size_t points, room;
    bool no_memory;
    table_t table;
    size_t row;
} front_t;

static void add_name(char *list, size_t bytes, const char *name)
{
    size_t at = strlen(list);
    snprintf(list + at, bytes - at, ", \"%.*s\"", EXPR_NAME - 1, name);
}

static bool on_objective(void *ctx, const store_cell_t *cell, uint32_t cells, bool head)
{
    front_t *f = ctx;
    if (head || cells != 2 || f->objectives == SPACE_OBJECTIVES)
        return head;
    bool most = strcmp(cell[1].text, "max") == 0;
    if (f->objectives == 0)
        snprintf(f->first, sizeof(f->first), "\"%.*s\"%s", EXPR_NAME - 1, cell[0].text,
                 most ? " DESC" : "");
    f->most[f->objectives++] = most;
    add_name(f->wanted, sizeof(f->wanted), cell[0].text);
    return true;
}

static bool on_param(void *ctx, const store_cell_t *cell, uint32_t cells, bool head)
{
    front_t *f = ctx;
    if (!head && cells == 1)
        add_name(f->columns, sizeof(f->columns), cell[0].text);
    return true;
}

static bool on_figures(void *ctx, const store_cell_t *cell, uint32_t cells, bool head)
{
    front_t *f = ctx;
    if (head || cells != f->objectives + (f->by_model ? 2 : 1))
        return head;
    if (f->points == f->room) {
        size_t room = 2 * f->room + 256;
        double *value = realloc(f->value, room * f->objectives * sizeof(*value));
        f->value = value != NULL ? value : f->value;
        uint64_t *task = realloc(f->task, room * sizeof(*task));
        f->task = task != NULL ? task : f->task;
        f->no_memory = value == NULL || task == NULL;
        if (f->no_memory)
            return false;
        f->room = room;
    }
    const char *model = f->by_model ? cell[1].text : "";
    const store_cell_t *figure = &cell[f->by_model ? 2 : 1];
    double *row = f->value + f->points * f->objectives;
    f->task[f->points++] = sim_hash(SIM_HASH_SEED, model, strlen(model));
    for (uint32_t m = 0; m < f->objectives; m++)
        row[m] = f->most[m] ? -figure[m].real : figure[m].real;
    return true;
}

static bool on_front_row(void *ctx, const store_cell_t *cell, uint32_t cells, bool head)
{
    front_t *f = ctx;
    if (!head && !(f->row < f->points && f->in[f->row++]))
        return true;
    return on_row(&f->table, cell, cells, head);
}

static bool rows_in_order(store_t *store, front_t *f, const char *columns, store_row_t row)
{
    char sql[sizeof(f->columns) + sizeof(f->wanted) + 320];
    snprintf(sql, sizeof(sql), "SELECT id%s%s%s FROM points WHERE state = 'done' ORDER BY %s%s, id",
             f->by_model ? ", model" : "", columns, f->wanted, f->by_model ? "model, " : "",
             f->first);
    return store_rows(store, sql, row, f) && !f->no_memory;
}

static bool make_front(store_t *store, front_t *f)
{
    if (!store_rows(store, "SELECT name, goal FROM objective ORDER BY position", on_objective, f))
        return false;
    if (f->objectives == 0) {
        fputs("the space has no objectives\n", f->table.to);
        return true;
    }
    /* an objective that is a parameter stands among the objectives alone */
    if (!store_rows(store,
                    f->by_model ? "SELECT name FROM parameter WHERE name <> 'model' AND name NOT "
                                  "IN (SELECT name FROM objective) ORDER BY position"
                                : "SELECT name FROM parameter WHERE name NOT IN (SELECT name "
                                  "FROM objective) ORDER BY position",
                    on_param, f) ||
        !rows_in_order(store, f, "", on_figures))
        return false;
    f->in = calloc(f->points + 1, sizeof(*f->in));
    if (f->in == NULL || !pareto_front(f->value, f->task, f->points, f->objectives, f->in))
        return false;
    return rows_in_order(store, f, f->columns, on_front_row);
}

bool table_front(store_t *store, bool mixed, table_format_t format, FILE *to)
{
    front_t *f = calloc(1, sizeof(*f));
    if (f == NULL)
        return false;
    f->table = begin(format, to);
    f->by_model =
        !mixed && store_number(store, "SELECT count(*) FROM parameter WHERE name = 'model'", 0) > 0;
    bool fine = make_front(store, f) && !f->table.no_memory;
    finish(&f->table, fine);
    free(f->value);
    free(f->task);
    free(f->in);
    free(f);
    return fine;
}

/* ---- the status ---- */

/* Whether frames were reused, or kept for that; files of older sweeps do not say. */
static bool has_tensors(store_t *store)
{
    static const char column[] =
        "SELECT count(*) FROM sqlite_master WHERE name = 'point' AND sql LIKE '%tensors_reused%'";
    static const char sum[] =
        "SELECT sum(tensors_reused + tensors_recorded + tensors_rejected) FROM point";
    return store_number(store, column, 0) > 0 && store_number(store, sum, 0) > 0;
}

bool table_status(store_t *store, table_format_t format, FILE *to)
{
    static const char overview[] =
        "SELECT strategy, (SELECT count(*) FROM point) AS points, budget,"
        " (SELECT count(*) FROM point WHERE state = 'done') AS done,"
        " (SELECT count(*) FROM point WHERE state = 'refused') AS refused,"
        " (SELECT count(*) FROM point WHERE state = 'failed') AS failed,"
        " (SELECT count(*) FROM point WHERE state = 'running') AS running,"
        " (SELECT count(*) FROM point WHERE state = 'waiting') AS waiting,"
        " (SELECT count(*) FROM point WHERE checked = 'same') AS checked,"
        " (SELECT count(*) FROM point WHERE checked <> 'same') AS differing,"
        " (SELECT round(sum(seconds), 3) FROM point) AS seconds FROM sweep";
    static const char reasons[] =
        "SELECT state, count(*) AS points, min(id) AS first, reason FROM point "
        "WHERE reason IS NOT NULL GROUP BY state, reason ORDER BY points DESC, first LIMIT 10";
    static const char tasks[] =
        "SELECT count(*) AS tasks, sum(points) AS of_points, sum(merged) AS merged, "
        "sum(NOT merged) AS to_come FROM task";
    static const char tensors[] =
        "SELECT sum(tensors_reused) AS frames_reused, sum(tensors_recorded) AS recorded, "
        "sum(tensors_rejected) AS records_damaged, "
        "sum(tensors_reused > 0) AS points_that_reused FROM point";
    if (!table_query(store, overview, format, to))
        return false;
    if (format == TABLE_TEXT && has_tensors(store)) {
        fputc('\n', to);
        if (!table_query(store, tensors, format, to))
            return false;
    }
    if (format == TABLE_TEXT &&
        store_number(store, "SELECT count(*) FROM sqlite_master WHERE name = 'task'", 0) > 0) {
        fputc('\n', to);
        if (!table_query(store, tasks, format, to))
            return false;
    }
    if (format != TABLE_TEXT ||
        store_number(store, "SELECT count(*) FROM point WHERE reason IS NOT NULL", 0) < 1)
        return true;
    fputc('\n', to);
    return table_query(store, reasons, format, to);
}
