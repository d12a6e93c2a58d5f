#include "tools/explore/point.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "logic/tech.h"
#include "sim/file.h"
#include "sim/hash.h"
#include "tools/explore/inputs.h"

enum { MAX_INDEX = 4096 };

static sim_json_t *copy_of(const sim_json_t *value)
{
    const sim_cfg_t cursor = {.node = value};
    return sim_cfg_copy(&cursor);
}

/* ---- setting a field ---- */

/* The first step of a path: a key or [n]; where the rest begins. False: it is none. */
static bool first_step(const char *path, char key[64], uint32_t *index, const char **rest)
{
    char *end;
    key[0] = '\0';
    if (*path == '[') {
        unsigned long n = strtoul(path + 1, &end, 10);
        *index = (uint32_t)n;
        if (path[1] < '0' || path[1] > '9' || *end != ']' || n > MAX_INDEX)
            return false;
        path = end + 1;
    } else {
        size_t length = strcspn(path, ".[");
        if (length == 0 || length >= 64)
            return false;
        memcpy(key, path, length);
        key[length] = '\0';
        path += length;
    }
    if (*path == '.' && (path[1] == '\0' || path[1] == '['))
        return false;
    *rest = *path == '.' ? path + 1 : path;
    return *path == '\0' || *path == '.' || *path == '[';
}

/* A copy of `old` (NULL: absent) with the value at path; NULL with a line in error. */
static sim_json_t *changed(const sim_json_t *old, const char *path, sim_json_t *value, char *error,
                           size_t error_bytes);

/* An array with its element `index` replaced; one behind the last is new. */
static sim_json_t *changed_array(const sim_json_t *old, uint32_t index, const char *rest,
                                 sim_json_t *value, char *error, size_t error_bytes)
{
    uint32_t n = 0;
    sim_json_t *array = sim_json_array();
    for (const sim_json_t *v = sim_json_first(old); array != NULL && v != NULL;
         v = sim_json_next(v), n++) {
        sim_json_t *item = n == index ? changed(v, rest, value, error, error_bytes) : copy_of(v);
        if (item == NULL) {
            sim_json_free(array);
            return NULL;
        }
        sim_json_add_value(array, NULL, item);
    }
    if (array == NULL || index < n)
        return array;
    sim_json_t *item = index == n ? changed(NULL, rest, value, error, error_bytes) : NULL;
    if (item == NULL) {
        if (index > n)
            snprintf(error, error_bytes, "[%u] of %u elements", index, n);
        sim_json_free(array);
        return NULL;
    }
    sim_json_add_value(array, NULL, item);
    return array;
}

static sim_json_t *changed_object(const sim_json_t *old, const char *key, const char *rest,
                                  sim_json_t *value, char *error, size_t error_bytes)
{
    sim_json_t *object = old != NULL ? copy_of(old) : sim_json_object();
    sim_json_t *item =
        object != NULL ? changed(sim_json_find(old, key), rest, value, error, error_bytes) : NULL;
    if (item == NULL) {
        sim_json_free(object);
        return NULL;
    }
    sim_json_set_value(object, key, item);
    return object;
}

static sim_json_t *changed(const sim_json_t *old, const char *path, sim_json_t *value, char *error,
                           size_t error_bytes)
{
    char key[64];
    uint32_t index = 0;
    const char *rest;
    sim_json_kind_t kind = sim_json_kind(old);
    if (*path == '\0')
        return copy_of(value);
    if (!first_step(path, key, &index, &rest)) {
        snprintf(error, error_bytes, "'%.60s' is no path", path);
        return NULL;
    }
    bool array = key[0] == '\0';
    if (kind != SIM_JSON_NONE && kind != (array ? SIM_JSON_ARRAY : SIM_JSON_OBJECT)) {
        snprintf(error, error_bytes, "what should have %s%s%.60s is no %s", array ? "" : "\"",
                 array ? "elements" : key, array ? "" : "\"", array ? "array" : "object");
        return NULL;
    }
    return array ? changed_array(old, index, rest, value, error, error_bytes)
                 : changed_object(old, key, rest, value, error, error_bytes);
}

bool point_set(sim_json_t **root, const char *path, sim_json_t *value, char *error,
               size_t error_bytes)
{
    snprintf(error, error_bytes, "out of memory");
    sim_json_t *to = value != NULL ? changed(*root, path, value, error, error_bytes) : NULL;
    sim_json_free(value);
    if (to == NULL)
        return false;
    sim_json_free(*root);
    *root = to;
    return true;
}

/* ---- what the space names ---- */

static bool is_note(const char *key)
{
    return key[0] == '_' || strcmp(key, "note") == 0 || strcmp(key, "source") == 0 ||
           strcmp(key, "comment") == 0;
}

/* Without notes: they are for readers of the file. */
static sim_json_t *bare(const sim_json_t *value)
{
    sim_json_kind_t kind = sim_json_kind(value);
    if (kind != SIM_JSON_OBJECT && kind != SIM_JSON_ARRAY)
        return copy_of(value);
    bool object = kind == SIM_JSON_OBJECT;
    sim_json_t *to = object ? sim_json_object() : sim_json_array();
    for (const sim_json_t *v = sim_json_first(value); to != NULL && v != NULL;
         v = sim_json_next(v)) {
        if (object && is_note(sim_json_key(v)))
            continue;
        sim_json_t *item = bare(v);
        if (item != NULL)
            sim_json_add_value(to, object ? sim_json_key(v) : NULL, item);
    }
    return to;
}

/* Takes doc over. */
static sim_json_t *take_doc(sim_doc_t *doc, char *error, size_t error_bytes)
{
    sim_json_t *value = NULL;
    if (doc == NULL)
        snprintf(error, error_bytes, "out of memory");
    else if (sim_doc_error(doc) != NULL)
        snprintf(error, error_bytes, "%s", sim_doc_error(doc));
    else
        value = bare(sim_doc_root(doc).node);
    sim_doc_free(doc);
    return value;
}

bool point_absolute(const char *file, char path[SPACE_PATH], char *error, size_t error_bytes)
{
    char here[SPACE_PATH] = "";
    bool fine = file[0] == '/' || getcwd(here, sizeof(here)) != NULL;
    int length = fine ? snprintf(path, SPACE_PATH, "%s%s%s", here, here[0] != '\0' ? "/" : "", file)
                      : SPACE_PATH;
    if (length >= SPACE_PATH)
        snprintf(error, error_bytes, "%s: path too long", file);
    return length < SPACE_PATH;
}

static bool load_models(point_base_t *base, char *error, size_t error_bytes)
{
    for (uint32_t i = 0; i < base->space->models; i++)
        if (!point_absolute(base->space->model[i], base->model[i], error, error_bytes) ||
            !input_add(base->files, base->files, base->model[i], error, error_bytes))
            return false;
    return true;
}

/* Files among the values of a parameter: they belong to the base, too, since tasks of other hosts
 * know the base alone. What expressions make is known point by point. */
static bool add_values(point_base_t *base, const space_param_t *p, const char *field, char *error,
                       size_t error_bytes)
{
    const char *dot = strrchr(field, '.');
    char key[64];
    bool fine = true;
    snprintf(key, sizeof(key), "%.*s", (int)strcspn(dot + 1, "["), dot + 1);
    for (uint64_t v = 0; fine && p->kind == PARAM_LIST && v < p->levels; v++) {
        sim_json_t *holder = sim_json_object(), *value = copy_of(p->value[v]);
        if (holder == NULL || value == NULL) {
            snprintf(error, error_bytes, "out of memory");
            sim_json_free(holder);
            sim_json_free(value);
            return false;
        }
        sim_json_add_value(holder, key, value);
        for (uint32_t i = 0; fine && i < base->space->scenarios; i++)
            fine = input_add_scenario(base->files, base->files, holder, base->scenario_file[i],
                                      error, error_bytes);
        sim_json_free(holder);
    }
    return fine;
}

static bool load_values(point_base_t *base, char *error, size_t error_bytes)
{
    for (uint32_t i = 0; i < base->space->params; i++) {
        const space_param_t *p = &base->space->param[i];
        for (uint32_t f = 0; f < p->fields; f++)
            if (strncmp(p->field[f], "scenario.", 9) == 0 &&
                !add_values(base, p, p->field[f], error, error_bytes))
                return false;
    }
    return true;
}

static bool load_scenarios(point_base_t *base, char *error, size_t error_bytes)
{
    for (uint32_t i = 0; i < base->space->scenarios; i++) {
        if (!point_absolute(base->space->scenario[i], base->scenario_file[i], error, error_bytes))
            return false;
        base->scenario[i] = take_doc(sim_doc_load(base->scenario_file[i]), error, error_bytes);
        if (base->scenario[i] == NULL ||
            !input_add_scenario(base->files, base->files, base->scenario[i], base->scenario_file[i],
                                error, error_bytes))
            return false;
    }
    return true;
}

/* The space's, or the first scenario's; path empty: the built-in IMX500. */
static bool chip_path(const point_base_t *base, char path[SPACE_PATH], char *error,
                      size_t error_bytes)
{
    path[0] = '\0';
    if (base->space->chip[0] != '\0')
        return point_absolute(base->space->chip, path, error, error_bytes);
    if (base->space->kind != SPACE_RUN)
        return true;
    const char *name = sim_json_str(sim_json_find(base->scenario[0], "chip"), "");
    return input_path(base->scenario_file[0], name, path, error, error_bytes);
}

static bool load_chip(point_base_t *base, char *error, size_t error_bytes)
{
    char path[SPACE_PATH];
    tech_t *names = calloc(1, sizeof(*names));
    bool fine = names != NULL && chip_path(base, path, error, error_bytes);
    if (names == NULL)
        snprintf(error, error_bytes, "out of memory");
    if (fine) {
        base->chip =
            path[0] != '\0' ? take_doc(sim_doc_load(path), error, error_bytes) : sim_json_object();
        fine = base->chip != NULL;
    }
    for (uint32_t d = 0; fine && d < TECH_DIES; d++) {
        const sim_json_t *given =
            sim_json_find(sim_json_find(base->chip, "tech"), tech_die_names[d]);
        snprintf(names->file[d], TECH_FILE, "%s", sim_json_str(given, ""));
        base->tech[d] = take_doc(tech_open(names, (tech_die_t)d, path[0] != '\0' ? path : NULL),
                                 error, error_bytes);
        fine = base->tech[d] != NULL;
    }
    free(names);
    return fine;
}

/* ---- a point ---- */

static void add_tech(sim_json_t *config, sim_json_t *tech[2])
{
    sim_json_t *both = sim_json_add_object(config, "tech");
    for (uint32_t d = 0; d < TECH_DIES; d++) {
        sim_json_add_value(both, tech_die_names[d], tech[d]);
        tech[d] = NULL;
    }
}

typedef struct {
    sim_json_t *chip, *tech[2], *scenario[SPACE_FILES];
    uint32_t scenarios;
} parts_t;

static void free_parts(parts_t *p)
{
    sim_json_free(p->chip);
    sim_json_free(p->tech[0]);
    sim_json_free(p->tech[1]);
    for (uint32_t i = 0; i < p->scenarios; i++)
        sim_json_free(p->scenario[i]);
}

static sim_json_t *json_of(const space_value_t *value)
{
    sim_json_t *holder = sim_json_object(), *copy;
    if (holder == NULL)
        return NULL;
    if (value->v.text != NULL)
        sim_json_add_str(holder, "v", value->v.text);
    else
        sim_json_add_num(holder, "v", value->v.num);
    copy = copy_of(value->json != NULL ? value->json : sim_json_find(holder, "v"));
    sim_json_free(holder);
    return copy;
}

static bool set_field(parts_t *p, const char *field, const space_value_t *value, char *error,
                      size_t error_bytes)
{
    char why[200];
    bool fine = true;
    if (strncmp(field, "chip.", 5) == 0)
        fine = point_set(&p->chip, field + 5, json_of(value), why, sizeof(why));
    else if (strncmp(field, "tech.pixel.", 11) == 0)
        fine = point_set(&p->tech[0], field + 11, json_of(value), why, sizeof(why));
    else if (strncmp(field, "tech.logic.", 11) == 0)
        fine = point_set(&p->tech[1], field + 11, json_of(value), why, sizeof(why));
    else
        for (uint32_t i = 0; fine && i < p->scenarios; i++)
            fine = point_set(&p->scenario[i], field + 9, json_of(value), why, sizeof(why));
    if (!fine)
        snprintf(error, error_bytes, "field %.100s: %s", field, why);
    return fine;
}

static bool set_fields(const point_base_t *base, const space_value_t *value, parts_t *p,
                       char *error, size_t error_bytes)
{
    for (uint32_t i = 0; i < base->space->params; i++)
        for (uint32_t f = 0; f < base->space->param[i].fields; f++)
            if (!set_field(p, base->space->param[i].field[f], &value[i], error, error_bytes))
                return false;
    return true;
}

static const char *model_of(const point_base_t *base, const space_value_t *value)
{
    const space_t *s = base->space;
    for (uint32_t i = 0; i < s->params; i++)
        if (strcmp(s->param[i].name, "model") == 0) {
            const sim_json_t *name = sim_json_first(s->model_names);
            for (uint32_t m = 0; m < s->models; m++, name = sim_json_next(name))
                if (strcmp(sim_json_str(name, ""), value[i].v.text) == 0)
                    return base->model[m];
        }
    return base->model[0];
}

/* Files that this point needs; what is there already is not read again. NULL with a line. */
static sim_json_t *files_of(const point_base_t *base, const space_value_t *value, const parts_t *p,
                            char *error, size_t error_bytes)
{
    sim_json_t *files = sim_json_object();
    bool fine = files != NULL;
    if (!fine)
        snprintf(error, error_bytes, "out of memory");
    if (fine && base->space->models > 0)
        fine = input_add(files, base->files, model_of(base, value), error, error_bytes);
    for (uint32_t i = 0; fine && i < p->scenarios; i++)
        fine = input_add_scenario(files, base->files, p->scenario[i], base->scenario_file[i], error,
                                  error_bytes);
    if (fine)
        return files;
    sim_json_free(files);
    return NULL;
}

static char *print_config(const point_base_t *base, const space_value_t *value, parts_t *p,
                          char *error, size_t error_bytes)
{
    sim_json_t *files = files_of(base, value, p, error, error_bytes);
    if (files == NULL)
        return NULL;
    sim_json_t *config = sim_json_object();
    sim_json_add_str(config, "evaluate", space_kind_names[base->space->kind]);
    if (base->space->models > 0)
        sim_json_add_str(config, "model", model_of(base, value));
    sim_json_add_value(config, "chip", p->chip);
    p->chip = NULL;
    add_tech(config, p->tech);
    if (p->scenarios > 0) {
        sim_json_t *list = sim_json_add_array(config, "scenarios");
        for (uint32_t i = 0; i < p->scenarios; i++) {
            sim_json_t *item = sim_json_add_object(list, NULL);
            sim_json_add_str(item, "file", base->scenario_file[i]);
            sim_json_add_value(item, "data", p->scenario[i]);
            p->scenario[i] = NULL;
        }
    }
    sim_json_add_value(config, "files", files);
    char *text = sim_json_print(config, false);
    sim_json_free(config);
    if (text == NULL)
        snprintf(error, error_bytes, "out of memory");
    return text;
}

char *point_config(const point_base_t *base, const space_value_t *value, char *error,
                   size_t error_bytes)
{
    parts_t p = {.chip = copy_of(base->chip),
                 .tech = {copy_of(base->tech[0]), copy_of(base->tech[1])},
                 .scenarios = base->space->scenarios};
    for (uint32_t i = 0; i < p.scenarios; i++)
        p.scenario[i] = copy_of(base->scenario[i]);
    char *text = NULL;
    if (set_fields(base, value, &p, error, error_bytes))
        text = print_config(base, value, &p, error, error_bytes);
    free_parts(&p);
    return text;
}

void point_hash(const char *text, char hash[POINT_HASH])
{
    snprintf(hash, POINT_HASH, "%016" PRIx64, sim_hash(SIM_HASH_SEED, text, strlen(text)));
}

bool point_files_same(const sim_json_t *config, char *error, size_t error_bytes)
{
    char hash[INPUT_HASH];
    const sim_json_t *f = sim_json_first(sim_json_find(config, "files"));
    for (; f != NULL; f = sim_json_next(f)) {
        if (!input_hash(sim_json_key(f), hash, error, error_bytes))
            return false;
        if (strcmp(hash, sim_json_str(f, "")) != 0) {
            snprintf(error, error_bytes, "%s: not the file that the point was evaluated with",
                     sim_json_key(f));
            return false;
        }
    }
    return true;
}

/* ---- all of it ---- */

/* What the space changes is in the points; what it is based on is here. */
static uint64_t hash_base(const point_base_t *base)
{
    uint64_t hash = SIM_HASH_SEED;
    const sim_json_t *all[4 + SPACE_FILES] = {base->chip, base->tech[0], base->tech[1],
                                              base->files};
    for (uint32_t i = 0; i < base->space->scenarios; i++)
        all[4 + i] = base->scenario[i];
    for (uint32_t i = 0; i < 4 + base->space->scenarios; i++) {
        char *text = sim_json_print(all[i], false);
        if (text != NULL)
            hash = sim_hash(hash, text, strlen(text));
        free(text);
    }
    return hash;
}

bool point_base_load(point_base_t *base, const space_t *space, char *error, size_t error_bytes)
{
    memset(base, 0, sizeof(*base));
    base->space = space;
    base->files = sim_json_object();
    if (base->files == NULL) {
        snprintf(error, error_bytes, "out of memory");
        return false;
    }
    if (!load_models(base, error, error_bytes) || !load_scenarios(base, error, error_bytes) ||
        !load_values(base, error, error_bytes) || !load_chip(base, error, error_bytes))
        return false;
    base->hash = hash_base(base);
    return true;
}

void point_base_free(point_base_t *base)
{
    sim_json_free(base->chip);
    sim_json_free(base->tech[0]);
    sim_json_free(base->tech[1]);
    for (uint32_t i = 0; base->space != NULL && i < base->space->scenarios; i++)
        sim_json_free(base->scenario[i]);
    sim_json_free(base->files);
    memset(base, 0, sizeof(*base));
}
