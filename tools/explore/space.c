#include "tools/explore/space.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/file.h"

const char *const space_kind_names[SPACE_KINDS] = {"npu", "run"};
const char *const strategy_names[STRATEGIES] = {"grid", "random", "sobol", "evolve"};

enum {
    MAX_BYTES = 16 << 20,
    DEFAULT_POPULATION = 32,
    DEFAULT_CHECK = 2,
    DEFAULT_LIMIT_S = 300,
};

/* ---- base ---- */

/* False after a complaint. */
static bool beside(const sim_cfg_t *cfg, const char *key, const char *file, const char *name,
                   char path[SPACE_PATH])
{
    const char *slash = name[0] != '/' ? strrchr(file, '/') : NULL;
    int folder = slash != NULL ? (int)(slash - file + 1) : 0;
    int length = snprintf(path, SPACE_PATH, "%.*s%s", folder, file, name);
    if (name[0] == '\0' || length >= SPACE_PATH) {
        sim_cfg_fail(cfg, key, "path of %d bytes, expected 1..%d", length, SPACE_PATH - 1);
        return false;
    }
    return true;
}

/* A list of files; how many. skip: those that are not there are left out. */
static uint32_t read_files(const sim_cfg_t *base, const char *key, const space_t *s,
                           char (*path)[SPACE_PATH], bool skip, uint32_t *missing)
{
    uint32_t count = sim_cfg_count(base, key), kept = 0;
    if (count > SPACE_FILES)
        sim_cfg_fail(base, key, "%u files, at most %d", count, SPACE_FILES);
    for (uint32_t i = 0; i < count && i < SPACE_FILES; i++) {
        const char *name = sim_cfg_str_at(base, key, i);
        if (name == NULL || !beside(base, key, s->file, name, path[kept]))
            return kept;
        if (!skip || access(path[kept], R_OK) == 0)
            kept++;
        else
            (*missing)++;
    }
    return kept;
}

static const char *without_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* Names of files, for people: without folders, so no two may be the same. */
static void name_models(const sim_cfg_t *base, space_t *s)
{
    s->model_names = sim_json_array();
    for (uint32_t i = 0; i < s->models; i++) {
        const char *name = without_folder(s->model[i]);
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(name, without_folder(s->model[k])) == 0)
                sim_cfg_fail(base, "models", "two files of the name %s", name);
        sim_json_add_str(s->model_names, NULL, name);
    }
}

static void read_base(const sim_cfg_t *root, space_t *s)
{
    sim_cfg_need(root, "base");
    sim_cfg_t base = sim_cfg_obj(root, "base");
    sim_cfg_need(&base, "evaluate");
    s->kind = (space_kind_t)sim_cfg_enum(&base, "evaluate", space_kind_names, SPACE_KINDS, 0);
    const char *chip = sim_cfg_str(&base, "chip", NULL);
    if (chip != NULL)
        beside(&base, "chip", s->file, chip, s->chip);
    bool skip = sim_cfg_bool(&base, "skip_missing", false);
    sim_cfg_need(&base, s->kind == SPACE_NPU ? "models" : "scenarios");
    s->models = read_files(&base, "models", s, s->model, skip, &s->missing);
    s->scenarios = read_files(&base, "scenarios", s, s->scenario, false, NULL);
    if (s->kind == SPACE_NPU && s->models == 0 && s->missing == 0)
        sim_cfg_fail(&base, "models", "none");
    if (s->kind == SPACE_RUN && s->scenarios == 0)
        sim_cfg_fail(&base, "scenarios", "none");
    if (s->kind == SPACE_NPU && sim_cfg_has(&base, "scenarios"))
        sim_cfg_fail(&base, "scenarios", "only where \"evaluate\" is \"run\"");
    if (s->kind == SPACE_RUN && sim_cfg_has(&base, "models"))
        sim_cfg_fail(&base, "models",
                     "only where \"evaluate\" is \"npu\": a scenario's are its "
                     "field scenario.networks");
    name_models(&base, s);
    sim_cfg_done(&base);
}

/* ---- parameters ---- */

static bool is_name(const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || length >= EXPR_NAME || (!isalpha((unsigned char)text[0]) && text[0] != '_'))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)text[i]) && text[i] != '_')
            return false;
    return true;
}

/* The fields that a kind of evaluation has. */
static void check_field(const sim_cfg_t *cfg, const char *field, space_kind_t kind)
{
    static const char *const roots[] = {"chip.", "tech.pixel.", "tech.logic.", "scenario."};
    size_t known = kind == SPACE_RUN ? SIM_COUNT(roots) : SIM_COUNT(roots) - 1;
    for (size_t i = 0; i < known; i++)
        if (strncmp(field, roots[i], strlen(roots[i])) == 0 && field[strlen(roots[i])] != '\0')
            return;
    sim_cfg_fail(cfg, "field", "\"%.60s\" does not begin with chip., tech.pixel. or tech.logic.%s",
                 field, kind == SPACE_RUN ? ", scenario." : "");
}

static void read_fields(const sim_cfg_t *cfg, const space_t *s, space_param_t *p)
{
    if (sim_cfg_is_str(cfg, "field")) {
        p->field[p->fields++] = sim_cfg_str(cfg, "field", "");
    } else {
        uint32_t count = sim_cfg_count(cfg, "field");
        if (count > SPACE_FIELDS)
            sim_cfg_fail(cfg, "field", "%u of them, at most %d", count, SPACE_FIELDS);
        for (uint32_t i = 0; i < count && i < SPACE_FIELDS; i++) {
            p->field[i] = sim_cfg_str_at(cfg, "field", i);
            if (p->field[i] == NULL)
                return;
            p->fields++;
        }
    }
    for (uint32_t i = 0; i < p->fields; i++)
        check_field(cfg, p->field[i], s->kind);
}

static void take_list(const sim_cfg_t *cfg, const sim_json_t *list, space_param_t *p)
{
    uint64_t count = 0;
    p->kind = PARAM_LIST;
    for (const sim_json_t *v = sim_json_first(list); v != NULL; v = sim_json_next(v))
        count++;
    if (count == 0) {
        sim_cfg_fail(cfg, "values", "none");
        return;
    }
    p->value = calloc(count, sizeof(*p->value));
    if (p->value == NULL) {
        sim_cfg_fail(cfg, "values", "out of memory");
        return;
    }
    for (const sim_json_t *v = sim_json_first(list); v != NULL; v = sim_json_next(v))
        p->value[p->levels++] = v;
}

static void read_list(const sim_cfg_t *cfg, space_param_t *p)
{
    (void)sim_cfg_count(cfg, "values"); /* complains if it is no array */
    const sim_json_t *list = sim_json_find(cfg->node, "values");
    if (sim_json_kind(list) == SIM_JSON_ARRAY)
        take_list(cfg, list, p);
}

static void read_range(const sim_cfg_t *cfg, space_param_t *p)
{
    double ends[2] = {0, 1};
    sim_cfg_nums(cfg, "range", ends, 2, -1e18, 1e18);
    p->low = ends[0];
    p->high = ends[1];
    p->kind = PARAM_REAL;
    if (!(p->low < p->high)) {
        sim_cfg_fail(cfg, "range", "%g is not below %g", p->low, p->high);
        return;
    }
    bool log2 = sim_cfg_bool(cfg, "log2", false);
    if (log2 && sim_cfg_has(cfg, "step"))
        sim_cfg_fail(cfg, "step", "not together with log2");
    if (log2) {
        p->kind = PARAM_LOG2;
        if (p->low > 0)
            for (double v = p->low; v <= p->high && p->levels < 128; v *= 2)
                p->levels++;
        else
            sim_cfg_fail(cfg, "range", "%g is not above 0, as log2 needs it", p->low);
    } else if (sim_cfg_has(cfg, "step")) {
        p->kind = PARAM_STEPS;
        p->step = sim_cfg_num(cfg, "step", 0, 1e18, 1);
        /* a last step that only rounding keeps below the end belongs to it */
        double levels =
            p->step > 0 ? floor((p->high - p->low) / p->step * (1 + 1e-12) + 1e-9) + 1 : 0;
        if (!(levels >= 1 && levels <= (double)SPACE_MAX_LEVELS))
            sim_cfg_fail(cfg, "step", "%g makes %g levels, at most 2^32", p->step, levels);
        else
            p->levels = (uint64_t)levels;
    }
}

static void read_expr(const sim_cfg_t *cfg, space_param_t *p)
{
    char error[256];
    const char *text = sim_cfg_str(cfg, "expr", "0");
    p->kind = PARAM_EXPR;
    p->expr = expr_parse(text, error, sizeof(error));
    if (p->expr == NULL)
        sim_cfg_fail(cfg, "expr", "%s", error);
}

static void make_free(const sim_cfg_t *cfg, space_t *s, space_param_t *p)
{
    if (s->free == SPACE_FREE)
        sim_cfg_fail(cfg, NULL, "more than %d parameters that are free", SPACE_FREE);
    else
        p->column = s->free++;
}

static void read_param(const sim_cfg_t *cfg, const char *name, space_t *s, space_figure_t is_figure)
{
    space_param_t *p = &s->param[s->params++];
    if (!is_name(name))
        sim_cfg_fail(cfg, NULL, "a name is 1 to %d letters, digits and _", EXPR_NAME - 1);
    else if (is_figure(s->kind, name) || strcmp(name, "model") == 0)
        sim_cfg_fail(cfg, NULL, "is the name of a figure already");
    snprintf(p->name, sizeof(p->name), "%s", name);
    read_fields(cfg, s, p);
    bool list = sim_cfg_has(cfg, "values"), range = sim_cfg_has(cfg, "range");
    bool expr = sim_cfg_has(cfg, "expr");
    if (list + range + expr != 1)
        sim_cfg_fail(cfg, NULL, "needs one of values, range, expr");
    else if (list)
        read_list(cfg, p);
    else if (range)
        read_range(cfg, p);
    else
        read_expr(cfg, p);
    if (!expr)
        make_free(cfg, s, p);
    sim_cfg_done(cfg);
}

/* The model is a parameter like others. */
static void add_model(const sim_cfg_t *root, space_t *s)
{
    if (s->models < 2)
        return;
    space_param_t *p = &s->param[s->params++];
    snprintf(p->name, sizeof(p->name), "model");
    take_list(root, s->model_names, p);
    make_free(root, s, p);
}

static void read_params(const sim_cfg_t *root, space_t *s, space_figure_t is_figure)
{
    sim_cfg_t all = sim_cfg_obj(root, "parameters");
    const char *key;
    s->param = calloc(SPACE_PARAMS + 1, sizeof(*s->param));
    if (s->param == NULL) {
        sim_cfg_fail(root, NULL, "out of memory");
        return;
    }
    for (uint32_t i = 0; (key = sim_cfg_key_at(&all, i)) != NULL; i++) {
        if (key[0] == '_' || strcmp(key, "note") == 0 || strcmp(key, "comment") == 0 ||
            strcmp(key, "source") == 0)
            continue;
        if (s->params == SPACE_PARAMS) {
            sim_cfg_fail(root, "parameters", "more than %d", SPACE_PARAMS);
            return;
        }
        sim_cfg_t item = sim_cfg_obj(&all, key);
        read_param(&item, key, s, is_figure);
    }
    sim_cfg_done(&all);
    add_model(root, s);
    if (s->free == 0 && s->missing == 0)
        sim_cfg_fail(root, "parameters", "nothing to vary");
}

/* ---- what has to hold, what is wanted ---- */

static const space_param_t *find_param(const space_t *s, const char *name, uint32_t before)
{
    for (uint32_t i = 0; i < before; i++)
        if (strcmp(s->param[i].name, name) == 0)
            return &s->param[i];
    return NULL;
}

/* Expressions of parameters know those that stand before them, so there are no circles. */
static void check_param_names(const sim_cfg_t *root, const space_t *s)
{
    sim_cfg_t all = sim_cfg_obj(root, "parameters");
    for (uint32_t i = 0; i < s->params; i++) {
        uint32_t column;
        const char *name;
        if (s->param[i].expr == NULL)
            continue;
        sim_cfg_t item = sim_cfg_obj(&all, s->param[i].name);
        for (uint32_t n = 0; (name = expr_name(s->param[i].expr, n, &column)) != NULL; n++)
            if (find_param(s, name, i) == NULL)
                sim_cfg_fail(&item, "expr", "column %u: %s is no parameter above this one", column,
                             name);
    }
}

static void read_constraints(const sim_cfg_t *root, space_t *s, space_figure_t is_figure)
{
    char error[256];
    uint32_t count = sim_cfg_count(root, "constraints"), column;
    if (count > SPACE_CONSTRAINTS)
        sim_cfg_fail(root, "constraints", "%u of them, at most %d", count, SPACE_CONSTRAINTS);
    for (uint32_t i = 0; i < count && i < SPACE_CONSTRAINTS; i++) {
        sim_cfg_t item = sim_cfg_at(root, "constraints", i);
        const char *text = sim_cfg_str(&item, NULL, NULL), *name;
        expr_t *e = text != NULL ? expr_parse(text, error, sizeof(error)) : NULL;
        if (e == NULL) {
            sim_cfg_fail(&item, NULL, "%s", error);
            return;
        }
        s->constraint[s->constraints++] = e;
        for (uint32_t n = 0; (name = expr_name(e, n, &column)) != NULL; n++)
            if (find_param(s, name, s->params) == NULL && !is_figure(s->kind, name) &&
                strcmp(name, "model") != 0)
                sim_cfg_fail(&item, NULL, "column %u: %s is neither a parameter nor a figure",
                             column, name);
    }
}

static void read_objectives(const sim_cfg_t *root, space_t *s, space_figure_t is_figure)
{
    static const char *const goals[] = {"min", "max"};
    uint32_t count = sim_cfg_count(root, "objectives");
    if (count > SPACE_OBJECTIVES)
        sim_cfg_fail(root, "objectives", "%u of them, at most %d", count, SPACE_OBJECTIVES);
    for (uint32_t i = 0; i < count && i < SPACE_OBJECTIVES; i++) {
        sim_cfg_t item = sim_cfg_at(root, "objectives", i);
        space_objective_t *o = &s->objective[s->objectives++];
        sim_cfg_need(&item, "name");
        o->name = sim_cfg_str(&item, "name", "");
        o->most = sim_cfg_enum(&item, "goal", goals, 2, 0) == 1;
        const space_param_t *p = find_param(s, o->name, s->params);
        if (p == NULL && !is_figure(s->kind, o->name))
            sim_cfg_fail(&item, "name", "\"%.40s\" is neither a parameter nor a figure", o->name);
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(s->objective[k].name, o->name) == 0)
                sim_cfg_fail(&item, "name", "\"%.40s\" is an objective already", o->name);
        sim_cfg_done(&item);
    }
}

static void read_search(const sim_cfg_t *root, space_t *s)
{
    s->strategy =
        (strategy_kind_t)sim_cfg_enum(root, "strategy", strategy_names, STRATEGIES, STRATEGY_GRID);
    s->budget = sim_cfg_u64(root, "budget", 1, SPACE_MAX_POINTS, 0);
    s->seed = sim_cfg_u64(root, "seed", 0, UINT64_MAX, 1);
    s->population = (uint32_t)sim_cfg_u64(root, "population", 4, 1024, DEFAULT_POPULATION);
    s->check = (uint32_t)sim_cfg_u64(root, "check", 0, 1u << 20, DEFAULT_CHECK);
    s->time_limit_s = (uint32_t)sim_cfg_u64(root, "time_limit_s", 1, 86400, DEFAULT_LIMIT_S);
    (void)sim_cfg_str(root, "name", NULL);
    (void)sim_cfg_str(root, "about", NULL);
}

bool space_parse(space_t *s, const char *text, size_t bytes, const char *file,
                 space_figure_t is_figure, char *error, size_t error_bytes)
{
    snprintf(s->file, sizeof(s->file), "%s", file);
    s->text = calloc(1, bytes + 1);
    s->doc = s->text != NULL ? sim_doc_parse(text, bytes, file) : NULL;
    if (s->doc == NULL) {
        snprintf(error, error_bytes, "%s: out of memory", file);
        return false;
    }
    memcpy(s->text, text, bytes);
    if (sim_doc_error(s->doc) == NULL) {
        sim_cfg_t root = sim_doc_root(s->doc);
        read_base(&root, s);
        sim_cfg_need(&root, "parameters");
        read_params(&root, s, is_figure);
        if (sim_doc_error(s->doc) == NULL) {
            check_param_names(&root, s);
            read_constraints(&root, s, is_figure);
            read_objectives(&root, s, is_figure);
            read_search(&root, s);
            sim_cfg_done(&root);
        }
    }
    if (sim_doc_error(s->doc) != NULL)
        snprintf(error, error_bytes, "%s", sim_doc_error(s->doc));
    return sim_doc_error(s->doc) == NULL;
}

bool space_load(space_t *space, const char *file, space_figure_t is_figure, char *error,
                size_t error_bytes)
{
    size_t bytes;
    char *text = (char *)sim_file_read(file, MAX_BYTES, &bytes, error, error_bytes);
    bool fine = text != NULL && strlen(file) < SPACE_PATH &&
                space_parse(space, text, bytes, file, is_figure, error, error_bytes);
    if (text != NULL && strlen(file) >= SPACE_PATH)
        snprintf(error, error_bytes, "%.100s..: name of %zu bytes", file, strlen(file));
    free(text);
    return fine;
}

void space_free(space_t *space)
{
    for (uint32_t i = 0; space->param != NULL && i < space->params; i++) {
        free(space->param[i].value);
        expr_free(space->param[i].expr);
    }
    for (uint32_t i = 0; i < space->constraints; i++)
        expr_free(space->constraint[i]);
    free(space->param);
    free(space->text);
    sim_json_free(space->model_names);
    sim_doc_free(space->doc);
    memset(space, 0, sizeof(*space));
}

/* ---- points ---- */

uint64_t space_points(const space_t *space)
{
    uint64_t points = 1;
    for (uint32_t i = 0; i < space->params; i++) {
        const space_param_t *p = &space->param[i];
        if (p->kind == PARAM_EXPR)
            continue;
        if (p->kind == PARAM_REAL)
            return 0;
        points = points > UINT64_MAX / p->levels ? UINT64_MAX : points * p->levels;
    }
    return points;
}

uint64_t space_level(const space_param_t *param, double number)
{
    double level = floor(number * (double)param->levels);
    uint64_t last = param->levels - 1;
    return !(level > 0) ? 0 : level >= (double)last ? last : (uint64_t)level;
}

double space_number(const space_param_t *param, uint64_t level)
{
    return ((double)level + 0.5) / (double)param->levels;
}

/* Of steps: the value that its decimal text has, so that 0.1 three times is 0.3. */
static double tidy(double value)
{
    char text[40];
    snprintf(text, sizeof(text), "%.12g", value);
    return strtod(text, NULL);
}

static space_value_t value_of(const space_param_t *p, double number)
{
    space_value_t v = {{0, NULL}, NULL};
    uint64_t level = p->kind == PARAM_REAL ? 0 : space_level(p, number);
    if (p->kind == PARAM_REAL) {
        v.v.num = p->low + number * (p->high - p->low);
    } else if (p->kind == PARAM_STEPS) {
        v.v.num = tidy(p->low + (double)level * p->step);
    } else if (p->kind == PARAM_LOG2) {
        v.v.num = ldexp(p->low, (int)level);
    } else {
        const sim_json_t *json = p->value[level];
        sim_json_kind_t kind = sim_json_kind(json);
        v.v.num = sim_json_num(json, 0);
        v.v.text = sim_json_str(json, NULL);
        if (kind != SIM_JSON_NUM && kind != SIM_JSON_STR)
            v.json = json;
    }
    return v;
}

typedef struct {
    const space_t *space;
    const space_value_t *value;
    uint32_t known;
} names_t;

static bool look_up(void *ctx, const char *name, expr_value_t *value)
{
    const names_t *n = ctx;
    for (uint32_t i = 0; i < n->known; i++)
        if (strcmp(n->space->param[i].name, name) == 0) {
            *value = n->value[i].v;
            return true;
        }
    return false;
}

bool space_values(const space_t *space, const double *gene, space_value_t *value, char *error,
                  size_t error_bytes)
{
    char why[256];
    names_t names = {space, value, 0};
    for (uint32_t i = 0; i < space->params; i++, names.known++) {
        const space_param_t *p = &space->param[i];
        if (p->kind != PARAM_EXPR) {
            value[i] = value_of(p, gene[p->column]);
            continue;
        }
        value[i] = (space_value_t){{0, NULL}, NULL};
        if (!expr_eval(p->expr, look_up, &names, &value[i].v, why, sizeof(why))) {
            snprintf(error, error_bytes, "parameters.%s.expr: %s", p->name, why);
            return false;
        }
    }
    return true;
}

char *space_values_text(const space_t *space, const space_value_t *value)
{
    sim_json_t *object = sim_json_object();
    for (uint32_t i = 0; object != NULL && i < space->params; i++) {
        const sim_cfg_t cursor = {.node = value[i].json};
        if (value[i].json != NULL)
            sim_json_add_value(object, space->param[i].name, sim_cfg_copy(&cursor));
        else if (value[i].v.text != NULL)
            sim_json_add_str(object, space->param[i].name, value[i].v.text);
        else
            sim_json_add_num(object, space->param[i].name, value[i].v.num);
    }
    char *text = sim_json_print(object, false);
    sim_json_free(object);
    return text;
}
