/*
 * constraint.h - what a space demands of a point, asked as soon as it is known.
 */
#ifndef TOOLS_EXPLORE_CONSTRAINT_H
#define TOOLS_EXPLORE_CONSTRAINT_H

#include "tools/explore/evaluate.h"

/* One point's; begins zeroed but for space and value. */
typedef struct {
    const space_t *space;
    const space_value_t *value; /* space->params of them */
    bool asked[SPACE_CONSTRAINTS];
} constraints_t;

/* Asks those whose names all have values and that were not asked yet; last: all others, too, and a
 * name without value is a reason. False: one does not hold, and e says which and why. */
bool constraints_hold(constraints_t *constraints, evaluation_t *e, bool last);

/* A parameter or a figure that is a number; NAN: there is none. */
double constraint_number(const space_t *space, const space_value_t *value, const evaluation_t *e,
                         const char *name);

#endif
