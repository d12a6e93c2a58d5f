/*
 * pareto.h - which of several points are better than which: fronts and crowding of NSGA-II (K. Deb
 * et al., "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE Transactions on
 * Evolutionary Computation 6(2), 2002).
 *
 * Objectives are to be small: who wants much gives minus that. A row with a NAN (a point without
 * figures) is worse than every row without, and as good as others of its kind.
 */
#ifndef TOOLS_EXPLORE_PARETO_H
#define TOOLS_EXPLORE_PARETO_H

#include "sim/types.h"

/* Whether a[0..objectives-1] is nowhere worse than b and somewhere better. */
bool pareto_dominates(const double *a, const double *b, uint32_t objectives);

/* in[i]: row i is on the front of its group: it has all figures, and no
 * row is better. group: one for each row. False: no memory. */
bool pareto_front(const double *value, const uint64_t *group, size_t points, uint32_t objectives,
                  bool *in);

/* value: points rows of objectives each. rank of each row: 0 for those that nothing dominates, then
 * what only these dominate, and so on. False: no memory. */
bool pareto_rank(const double *value, uint32_t points, uint32_t objectives, uint32_t *rank);

/* Crowding distance of each row within its rank: infinite at the ends of an objective, else the sum
 * over objectives of the gap between its neighbors, by the rank's range. False: no memory. */
bool pareto_crowding(const double *value, uint32_t points, uint32_t objectives,
                     const uint32_t *rank, double *distance);

#endif
