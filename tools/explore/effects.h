/*
 * effects.h - which parameter moves which objective.
 *
 * The share of an objective's variance that the means over a parameter's values have: Var(E[Y|x]) /
 * Var(Y), within each model (an objective less the model's mean, by its deviation; models that do
 * not vary count nothing). What it is worth depends on how the points were chosen:
 *
 *   FACTORIAL  all points of a grid are done: the first-order Sobol index of independent, evenly
 *              spread values, exactly (I. M. Sobol', "Sensitivity estimates for nonlinear
 *              mathematical models", 1993); the rest up to 1 is interaction
 *   SAMPLE     random or Sobol points, all done: the same index, estimated from the given points
 *              (real numbers in bins of equal count; E. Plischke et al., "Global sensitivity
 *              measures from given data", EJOR 226, 2013)
 *   PARTIAL    some were refused, or chosen by what others came to (evolve): parameters are no
 *              longer independent, shares overlap; rank correlation beside it says the direction
 *
 * Estimates have the expectation of pure chance taken off (epsilon squared; T. L. Kelley, 1935).
 */
#ifndef TOOLS_EXPLORE_EFFECTS_H
#define TOOLS_EXPLORE_EFFECTS_H

#include "tools/explore/sheet.h"

typedef enum { EFFECTS_FACTORIAL, EFFECTS_SAMPLE, EFFECTS_PARTIAL } effects_kind_t;

typedef struct {
    double share; /* 0..1; NAN: it has one value, or the objective does not vary */
    double rank;  /* Spearman's, -1..1; NAN: levels of text, or no variance */
} effect_t;

typedef struct {
    effects_kind_t kind;
    uint32_t points; /* done */
    uint32_t params; /* free ones, without the model, that have more than one value */
    uint32_t column[SPACE_PARAMS + 1];
    effect_t effect[SPACE_PARAMS + 1][SPACE_OBJECTIVES];
} effects_t;

/* strategy: as strategy_names. False: out of memory. */
bool effects_of(const sheet_t *sheet, const char *strategy, effects_t *effects);

#endif
