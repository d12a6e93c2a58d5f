/*
 * space.h - SPACE.json: what to vary, what has to hold, what is wanted.
 *
 *   {"base": {"evaluate": "npu", "chip": "imx500.json", "models": ["a.tflite", "b.tflite"]},
 *    "parameters": {"channels": {"field": "chip.npu.mac.channels", "values": [4, 8, 16]},
 *                   "clock_mhz": {"range": [100, 400], "step": 50},
 *                   "clock": {"field": ["chip.npu.clk_hz", ..], "expr": "clock_mhz * 1e6"}},
 *    "constraints": ["area_mm2 <= 40"],
 *    "objectives": [{"name": "npu_ms", "goal": "min"}, ..]}
 *
 * README.md has all keys. Files are relative to the space's own folder. A free parameter has levels
 * (a list, steps, powers of two) or any real number of a range; `expr` makes others of those. More
 * than one model is a parameter `model` of its own, the last.
 */
#ifndef TOOLS_EXPLORE_SPACE_H
#define TOOLS_EXPLORE_SPACE_H

#include "sim/json.h"
#include "tools/explore/expr.h"

enum {
    SPACE_PARAMS = 64,
    SPACE_FREE = 32,
    SPACE_FIELDS = 64, /* of one parameter */
    SPACE_CONSTRAINTS = 64,
    SPACE_OBJECTIVES = 8,
    SPACE_FILES = 64,
    SPACE_PATH = 1024,
};
#define SPACE_MAX_LEVELS (UINT64_C(1) << 32)
#define SPACE_MAX_POINTS (UINT64_C(1) << 24) /* of a sweep */

typedef enum { SPACE_NPU, SPACE_RUN, SPACE_KINDS } space_kind_t;
extern const char *const space_kind_names[SPACE_KINDS]; /* "npu", "run" */

typedef enum {
    STRATEGY_GRID,
    STRATEGY_RANDOM,
    STRATEGY_SOBOL,
    STRATEGY_EVOLVE,
    STRATEGIES
} strategy_kind_t;
extern const char *const strategy_names[STRATEGIES];

typedef enum { PARAM_LIST, PARAM_STEPS, PARAM_LOG2, PARAM_REAL, PARAM_EXPR } param_kind_t;

typedef struct {
    char name[EXPR_NAME];
    param_kind_t kind;
    uint64_t levels;          /* of a free one; 0: real numbers, or an expression */
    const sim_json_t **value; /* PARAM_LIST: levels of them */
    double low, high, step;
    expr_t *expr;    /* PARAM_EXPR */
    uint32_t column; /* free ones: place in a gene */
    const char *field[SPACE_FIELDS];
    uint32_t fields; /* 0: only for expressions */
} space_param_t;

typedef struct {
    const char *name;
    bool most; /* goal "max" */
} space_objective_t;

typedef struct {
    sim_doc_t *doc;
    char *text; /* of the file */
    char file[SPACE_PATH];
    space_kind_t kind;
    char chip[SPACE_PATH]; /* empty: the built-in IMX500 (npu), the scenario's (run) */
    char model[SPACE_FILES][SPACE_PATH];
    uint32_t models;
    char scenario[SPACE_FILES][SPACE_PATH];
    uint32_t scenarios;
    space_param_t *param;
    uint32_t params, free; /* all; those with levels or a range */
    expr_t *constraint[SPACE_CONSTRAINTS];
    uint32_t constraints;
    space_objective_t objective[SPACE_OBJECTIVES];
    uint32_t objectives;
    strategy_kind_t strategy;
    uint64_t budget; /* points; 0: all of the grid */
    uint64_t seed;
    uint32_t population;   /* of STRATEGY_EVOLVE */
    uint32_t check;        /* points that are evaluated in full, too */
    uint32_t time_limit_s; /* of one point */
    sim_json_t *model_names;
    uint32_t missing; /* models that are not there (base.skip_missing) */
} space_t;

/* Whether a figure of that name comes out of evaluations of a kind. */
typedef bool (*space_figure_t)(space_kind_t kind, const char *name);

/* False with a line that names the path in it. The caller zeroes space and frees it in any case. */
bool space_parse(space_t *space, const char *text, size_t bytes, const char *file,
                 space_figure_t is_figure, char *error, size_t error_bytes);
bool space_load(space_t *space, const char *file, space_figure_t is_figure, char *error,
                size_t error_bytes);
void space_free(space_t *space);

/* Points of the whole grid; 0: one of the parameters is a real number; UINT64_MAX: that or more. */
uint64_t space_points(const space_t *space);

/* A gene has a number in 0..1 (1 excluded) for each free parameter; with levels it means level
 * floor(number * levels). */
uint64_t space_level(const space_param_t *param, double number);
/* The gene's number of a level: its middle. */
double space_number(const space_param_t *param, uint64_t level);

/* Values of all parameters at a gene. text of a value belongs to the space or to its expressions;
 * json is set where the value is neither a number nor text (true, a list). */
typedef struct {
    expr_value_t v;
    const sim_json_t *json;
} space_value_t;
/* value: params of them. False with a line: an expression has no value there. */
bool space_values(const space_t *space, const double *gene, space_value_t *value, char *error,
                  size_t error_bytes);

/* The parameters as a JSON object, and its text; the caller frees it. */
char *space_values_text(const space_t *space, const space_value_t *value);

#endif
