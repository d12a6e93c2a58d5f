#include "tools/verdict.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/file.h"

void verdict_init(verdict_t *v)
{
    *v = (verdict_t){0};
    for (uint32_t i = 0; i < FIGURES; i++)
        v->figure[i] = NAN;
}

void verdict_free(verdict_t *v)
{
    free(v->check);
    *v = (verdict_t){0};
}

static void make_visible(char *text)
{
    for (char *p = text; *p != '\0'; p++)
        *p = (unsigned char)*p < ' ' || *p == 0x7f ? '?' : *p;
}

check_t *verdict_add(verdict_t *v, const char *what, bool passed)
{
    check_t *more = realloc(v->check, (v->checks + 2) * sizeof(*more));
    if (more != NULL)
        v->check = more;
    else
        v->no_memory = true;
    check_t *check = more != NULL ? &more[v->checks++] : &v->spare;
    memset(check, 0, sizeof(*check));
    check->passed = passed;
    check->value = NAN;
    snprintf(check->what, sizeof(check->what), "%s", what);
    make_visible(check->what);
    return check;
}

bool verdict_passed(const verdict_t *v)
{
    for (size_t i = 0; i < v->checks; i++)
        if (!v->check[i].passed)
            return false;
    return !v->no_memory;
}

void verdict_line(const check_t *c, char *line, size_t bytes)
{
    bool told = c->expected[0] != '\0';
    snprintf(line, bytes, "%s%s%s: %s%s%s%s%s%s%s", c->what, c->where[0] != '\0' ? ": " : "",
             c->where, told ? "expected " : "", c->expected, told ? ", found " : "", c->found,
             c->picture[0] != '\0' ? " (" : "", c->picture, c->picture[0] != '\0' ? ")" : "");
    make_visible(line);
}

/* ---- the file ---- */

static sim_json_t *to_json(const verdict_t *v)
{
    sim_json_t *out = sim_json_object();
    sim_json_add_bool(out, "passed", verdict_passed(v));
    sim_json_add_bool(out, "expected_failure", v->expected_failure);
    sim_json_t *figures = sim_json_add_object(out, "figures");
    for (uint32_t i = 0; i < FIGURES; i++)
        if (isfinite(v->figure[i]))
            sim_json_add_num(figures, expect_figures[i].name, v->figure[i]);
    sim_json_t *checks = sim_json_add_array(out, "checks");
    for (size_t i = 0; i < v->checks; i++) {
        const check_t *c = &v->check[i];
        sim_json_t *item = sim_json_add_object(checks, NULL);
        sim_json_add_bool(item, "passed", c->passed);
        sim_json_add_str(item, "what", c->what);
        if (isfinite(c->value))
            sim_json_add_num(item, "value", c->value);
        sim_json_add_str(item, "where", c->where);
        sim_json_add_str(item, "expected", c->expected);
        sim_json_add_str(item, "found", c->found);
        sim_json_add_str(item, "picture", c->picture);
    }
    return out;
}

bool verdict_write(const verdict_t *v, const char *file, char *error, size_t error_bytes)
{
    sim_json_t *json = to_json(v);
    char *text = sim_json_print(json, true);
    bool fine = text != NULL && !v->no_memory;
    if (fine)
        fine = sim_file_write(file, text, strlen(text), error, error_bytes) == SIM_OK;
    else
        snprintf(error, error_bytes, "%s: out of memory", file);
    free(text);
    sim_json_free(json);
    return fine;
}

static void copy(const sim_json_t *item, const char *key, char *out, size_t bytes)
{
    snprintf(out, bytes, "%s", sim_json_str(sim_json_find(item, key), ""));
}

bool verdict_read(verdict_t *v, const char *file, char *error, size_t error_bytes)
{
    sim_doc_t *doc = sim_doc_load(file);
    const char *wrong = doc == NULL ? "out of memory" : sim_doc_error(doc);
    if (wrong != NULL) {
        snprintf(error, error_bytes, "%s", wrong);
        sim_doc_free(doc);
        return false;
    }
    const sim_json_t *root = sim_doc_root(doc).node;
    v->expected_failure = sim_json_num(sim_json_find(root, "expected_failure"), 0) > 0;
    const sim_json_t *figures = sim_json_find(root, "figures");
    for (uint32_t i = 0; i < FIGURES; i++)
        v->figure[i] = sim_json_num(sim_json_find(figures, expect_figures[i].name), NAN);
    const sim_json_t *item = sim_json_first(sim_json_find(root, "checks"));
    for (; item != NULL; item = sim_json_next(item)) {
        const char *what = sim_json_str(sim_json_find(item, "what"), "");
        check_t *c = verdict_add(v, what, sim_json_num(sim_json_find(item, "passed"), 0) > 0);
        c->value = sim_json_num(sim_json_find(item, "value"), NAN);
        copy(item, "where", c->where, sizeof(c->where));
        copy(item, "expected", c->expected, sizeof(c->expected));
        copy(item, "found", c->found, sizeof(c->found));
        copy(item, "picture", c->picture, sizeof(c->picture));
    }
    sim_doc_free(doc);
    return true;
}
