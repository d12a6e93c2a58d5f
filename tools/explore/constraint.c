#include "tools/explore/constraint.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const space_t *space;
    const space_value_t *value;
    const evaluation_t *e;
} known_t;

static bool look_up(void *ctx, const char *name, expr_value_t *value)
{
    const known_t *k = ctx;
    for (uint32_t i = 0; i < k->space->params; i++)
        if (strcmp(k->space->param[i].name, name) == 0) {
            *value = k->value[i].v;
            return true;
        }
    for (uint32_t i = 0; i < EVALUATE_FIGURES; i++)
        if (strcmp(evaluate_names[i].name, name) == 0 && !isnan(k->e->value[i])) {
            *value = (expr_value_t){k->e->value[i], NULL};
            return true;
        }
    /* one model is no parameter, and still has a name */
    const sim_json_t *only = sim_json_first(k->space->model_names);
    *value = (expr_value_t){0, sim_json_str(only, NULL)};
    return strcmp(name, "model") == 0 && value->text != NULL;
}

double constraint_number(const space_t *space, const space_value_t *value, const evaluation_t *e,
                         const char *name)
{
    known_t known = {space, value, e};
    expr_value_t v;
    return look_up(&known, name, &v) && v.text == NULL ? v.num : NAN;
}

static bool all_known(known_t *known, const expr_t *expr)
{
    expr_value_t v;
    const char *name;
    for (uint32_t n = 0; (name = expr_name(expr, n, NULL)) != NULL; n++)
        if (!look_up(known, name, &v))
            return false;
    return true;
}

/* "area_mm2 <= 40: area_mm2 41.2" */
static void refuse(evaluation_t *e, known_t *known, const expr_t *expr)
{
    expr_value_t v;
    const char *name;
    size_t room = sizeof(e->reason);
    size_t at = (size_t)snprintf(e->reason, room, "%.300s:", expr_text(expr));
    e->outcome = EVALUATE_REFUSED;
    for (uint32_t n = 0; (name = expr_name(expr, n, NULL)) != NULL && at < room; n++) {
        const char *comma = n > 0 ? "," : "";
        if (!look_up(known, name, &v))
            continue;
        if (v.text != NULL)
            at += (size_t)snprintf(e->reason + at, room - at, "%s %s %s", comma, name, v.text);
        else
            at += (size_t)snprintf(e->reason + at, room - at, "%s %s %.10g", comma, name, v.num);
    }
}

static bool holds(const expr_t *expr, known_t *known, evaluation_t *e)
{
    char error[256];
    expr_value_t v;
    if (!expr_eval(expr, look_up, known, &v, error, sizeof(error))) {
        e->outcome = EVALUATE_REFUSED;
        snprintf(e->reason, sizeof(e->reason), "%.250s: %.250s", expr_text(expr), error);
        return false;
    }
    if (v.text == NULL && (v.num < 0 || v.num > 0))
        return true;
    refuse(e, known, expr);
    return false;
}

bool constraints_hold(constraints_t *c, evaluation_t *e, bool last)
{
    known_t known = {c->space, c->value, e};
    for (uint32_t i = 0; i < c->space->constraints; i++) {
        const expr_t *expr = c->space->constraint[i];
        if (c->asked[i] || (!last && !all_known(&known, expr)))
            continue;
        c->asked[i] = true;
        if (!holds(expr, &known, e))
            return false;
    }
    return true;
}
