/*
 * strategy.h - which point is next.
 *
 *   grid     every combination of levels, the first parameter slowest
 *   random   uniform in each parameter
 *   sobol    a Sobol sequence (sobol.h), moved by a digital shift of the seed
 *   evolve   NSGA-II on the levels (pareto.h): generation g is bred from what generations up to
 *            g - 2 came to, so that generation g - 1 keeps all workers busy meanwhile
 *
 * No combination of levels comes twice. Points are a function of space and seed, and with evolve
 * of the figures that strategy_tell has heard of older generations: never of time or of the number
 * of workers.
 */
#ifndef TOOLS_EXPLORE_STRATEGY_H
#define TOOLS_EXPLORE_STRATEGY_H

#include "tools/explore/space.h"

typedef struct strategy strategy_t;

/* NULL with a line in error: the space does not suit. budget: points at most, not 0. */
strategy_t *strategy_new(strategy_kind_t kind, const space_t *space, uint64_t seed, uint64_t budget,
                         char *error, size_t error_bytes);
void strategy_free(strategy_t *strategy); /* NULL is fine */

typedef enum { STRATEGY_POINT, STRATEGY_WAIT, STRATEGY_END, STRATEGY_NO_MEMORY } strategy_answer_t;

/* The next point: gene has space->free numbers. WAIT: results of points are missing. */
strategy_answer_t strategy_next(strategy_t *strategy, double *gene);

/* What point n (from 0, in the order of strategy_next) came to: space->objectives figures; NULL: it
 * has none (refused, failed). */
void strategy_tell(strategy_t *strategy, uint64_t n, const double *figure);

#endif
