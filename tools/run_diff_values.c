/*
 * run_diff_values.c - two values of JSON, walked side by side.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/run_diff.h"

enum { DEEPEST = 64, MOST_NAMED = 1 << 16 };

static void describe(const sim_json_t *value, char text[RUN_DIFF_TEXT])
{
    text[0] = '\0';
    if (value == NULL)
        return;
    if (sim_json_kind(value) == SIM_JSON_NUM) {
        snprintf(text, RUN_DIFF_TEXT, "%.15g", sim_json_num(value, 0));
        return;
    }
    char *json = sim_json_print(value, false);
    snprintf(text, RUN_DIFF_TEXT, "%s", json != NULL ? json : "?");
    free(json);
}

static run_diff_value_t *add(run_diff_values_t *v)
{
    if (v->count == v->room) {
        uint32_t room = v->room == 0 ? 256 : 2 * v->room;
        run_diff_value_t *more = realloc(v->value, room * sizeof(*more));
        if (more == NULL)
            return NULL;
        v->value = more;
        v->room = room;
    }
    run_diff_value_t *value = &v->value[v->count++];
    *value = (run_diff_value_t){.numbers = false};
    return value;
}

static double change_of(double a, double b)
{
    if (a > 0 || a < 0)
        return b / a - 1;
    return b > 0 ? INFINITY : -INFINITY;
}

static bool note(run_diff_values_t *v, const char *path, const char *unit, const sim_json_t *a,
                 const sim_json_t *b, double within)
{
    bool numbers = sim_json_kind(a) == SIM_JSON_NUM && sim_json_kind(b) == SIM_JSON_NUM;
    double change = numbers ? change_of(sim_json_num(a, 0), sim_json_num(b, 0)) : 0;
    if (numbers && within > 0 && fabs(change) <= within) {
        v->within++;
        return true;
    }
    run_diff_value_t *value = add(v);
    if (value == NULL)
        return false;
    snprintf(value->path, sizeof(value->path), "%s", path);
    snprintf(value->unit, sizeof(value->unit), "%s", strcmp(unit, "1") == 0 ? "" : unit);
    describe(a, value->a);
    describe(b, value->b);
    value->numbers = numbers;
    value->change = change;
    return true;
}

static bool same_scalar(const sim_json_t *a, const sim_json_t *b)
{
    if (sim_json_kind(a) == SIM_JSON_STR)
        return strcmp(sim_json_str(a, ""), sim_json_str(b, "")) == 0;
    double x = sim_json_num(a, 0), y = sim_json_num(b, 0);
    return !(x < y) && !(x > y);
}

typedef struct {
    run_diff_values_t *values;
    double within;
    const char *unit;
    uint32_t depth;
} walk_t;

static bool walk(walk_t w, const char *path, const sim_json_t *a, const sim_json_t *b);

static bool walk_member(walk_t w, const char *path, const char *key, const sim_json_t *a,
                        const sim_json_t *b)
{
    char below[RUN_DIFF_PATH];
    bool value = strcmp(key, "value") == 0 && w.unit[0] != '\0'; /* a counter is its value */
    int length =
        value ? snprintf(below, sizeof(below), "%s", path)
              : snprintf(below, sizeof(below), "%s%s%s", path, path[0] != '\0' ? "." : "", key);
    (void)length; /* a cut path still names the beginning */
    w.depth++;
    return walk(w, below, a, b);
}

static bool walk_object(walk_t w, const char *path, const sim_json_t *a, const sim_json_t *b)
{
    bool fine = true;
    w.unit = sim_json_str(sim_json_find(a, "unit"), "");
    for (const sim_json_t *i = sim_json_first(a); i != NULL && fine; i = sim_json_next(i))
        fine = walk_member(w, path, sim_json_key(i), i, sim_json_find(b, sim_json_key(i)));
    for (const sim_json_t *i = sim_json_first(b); i != NULL && fine; i = sim_json_next(i))
        if (sim_json_find(a, sim_json_key(i)) == NULL)
            fine = walk_member(w, path, sim_json_key(i), NULL, i);
    return fine;
}

/* What an element of a list is called: layers have a name, counters a block and a statistic. */
static bool name_of(const sim_json_t *item, char name[RUN_DIFF_PATH])
{
    const char *own = sim_json_str(sim_json_find(item, "name"), NULL);
    const char *block = sim_json_str(sim_json_find(item, "block"), NULL);
    const char *part = sim_json_str(sim_json_find(item, "component"), NULL);
    const char *stat = sim_json_str(sim_json_find(item, "stat"), NULL);
    if (own != NULL)
        snprintf(name, RUN_DIFF_PATH, "%s", own);
    else if (block != NULL && part != NULL && stat != NULL)
        snprintf(name, RUN_DIFF_PATH, "%s.%s.%s", block, part, stat);
    return own != NULL || (block != NULL && part != NULL && stat != NULL);
}

typedef struct {
    char name[RUN_DIFF_PATH];
    uint32_t nth; /* of that name, from 0 on */
    const sim_json_t *item;
    bool met; /* the other list has it, too */
} named_t;

static int by_name(const void *a, const void *b)
{
    const named_t *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order != 0 ? order : (x->nth > y->nth) - (x->nth < y->nth);
}

/* The elements by name; NULL: some have none, or there is no memory. */
static named_t *named(const sim_json_t *array, size_t *count)
{
    size_t n = 0;
    bool fine = true;
    for (const sim_json_t *i = sim_json_first(array); i != NULL; i = sim_json_next(i))
        n++;
    named_t *all = n > 0 && n <= MOST_NAMED ? calloc(n, sizeof(*all)) : NULL;
    n = 0;
    for (const sim_json_t *i = sim_json_first(array); all != NULL && i != NULL && fine;
         i = sim_json_next(i), n++) {
        all[n] = (named_t){.nth = (uint32_t)n, .item = i};
        fine = name_of(i, all[n].name);
    }
    *count = n;
    if (all != NULL && fine) {
        qsort(all, n, sizeof(*all), by_name);
        all[0].nth = 0;
        for (size_t i = 1; i < n; i++)
            all[i].nth = strcmp(all[i].name, all[i - 1].name) == 0 ? all[i - 1].nth + 1 : 0;
        return all;
    }
    free(all);
    return NULL;
}

/* nth: of one name, from 0 on. */
static bool walk_element(walk_t w, const char *path, const char *name, uint32_t nth,
                         const sim_json_t *a, const sim_json_t *b)
{
    char below[RUN_DIFF_PATH], number[16] = "";
    if (nth > 0)
        snprintf(number, sizeof(number), "#%u", nth + 1);
    int length = snprintf(below, sizeof(below), "%s[%s%s]", path, name, number);
    (void)length; /* a cut path still names the beginning */
    return walk(w, below, a, b);
}

/* Lists whose elements have names: those of one name stand side by side, wherever they are. */
static bool walk_named(walk_t w, const char *path, const named_t *of_a, size_t in_a, named_t *of_b,
                       size_t in_b)
{
    bool fine = true;
    for (size_t i = 0; i < in_a && fine; i++) {
        named_t *other = bsearch(&of_a[i], of_b, in_b, sizeof(*of_b), by_name);
        if (other != NULL)
            other->met = true;
        fine = walk_element(w, path, of_a[i].name, of_a[i].nth, of_a[i].item,
                            other != NULL ? other->item : NULL);
    }
    for (size_t i = 0; i < in_b && fine; i++)
        if (!of_b[i].met)
            fine = walk_element(w, path, of_b[i].name, of_b[i].nth, NULL, of_b[i].item);
    return fine;
}

static bool walk_numbered(walk_t w, const char *path, const sim_json_t *a, const sim_json_t *b)
{
    const sim_json_t *x = sim_json_first(a), *y = sim_json_first(b);
    bool fine = true;
    for (uint64_t i = 0; (x != NULL || y != NULL) && fine; i++) {
        char number[24];
        snprintf(number, sizeof(number), "%llu", (unsigned long long)i);
        fine = walk_element(w, path, number, 0, x, y);
        x = sim_json_next(x);
        y = sim_json_next(y);
    }
    return fine;
}

static bool walk_array(walk_t w, const char *path, const sim_json_t *a, const sim_json_t *b)
{
    size_t in_a = 0, in_b = 0;
    named_t *of_a = named(a, &in_a), *of_b = of_a != NULL ? named(b, &in_b) : NULL;
    w.depth++;
    bool fine = of_a != NULL && of_b != NULL ? walk_named(w, path, of_a, in_a, of_b, in_b)
                                             : walk_numbered(w, path, a, b);
    free(of_a);
    free(of_b);
    return fine;
}

static bool walk(walk_t w, const char *path, const sim_json_t *a, const sim_json_t *b)
{
    sim_json_kind_t kind = sim_json_kind(a);
    if (kind != sim_json_kind(b) || w.depth > DEEPEST)
        return note(w.values, path, w.unit, a, b, 0);
    if (kind == SIM_JSON_OBJECT)
        return walk_object(w, path, a, b);
    if (kind == SIM_JSON_ARRAY)
        return walk_array(w, path, a, b);
    if (!same_scalar(a, b) && !(w.within > 0 && strcmp(path, "state_hash") == 0))
        return note(w.values, path, w.unit, a, b, w.within);
    w.values->same++;
    return true;
}

bool run_diff_walk(run_diff_values_t *values, const char *path, const sim_json_t *a,
                   const sim_json_t *b, double within)
{
    return walk((walk_t){values, within, "", 0}, path, a, b);
}

/* What is no number first, then by size of the change, then by path. */
static int by_change(const void *a, const void *b)
{
    const run_diff_value_t *x = a, *y = b;
    double cx = x->numbers ? fabs(x->change) : INFINITY,
           cy = y->numbers ? fabs(y->change) : INFINITY;
    if (x->numbers != y->numbers)
        return x->numbers ? 1 : -1;
    if (cx < cy || cx > cy)
        return cx > cy ? -1 : 1;
    return strcmp(x->path, y->path);
}

void run_diff_sort(run_diff_values_t *values)
{
    if (values->count > 1)
        qsort(values->value, values->count, sizeof(*values->value), by_change);
}
