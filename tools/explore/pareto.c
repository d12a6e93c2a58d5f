#include "tools/explore/pareto.h"

#include <math.h>
#include <stdlib.h>

static bool whole(const double *row, uint32_t objectives)
{
    for (uint32_t m = 0; m < objectives; m++)
        if (isnan(row[m]))
            return false;
    return true;
}

bool pareto_dominates(const double *a, const double *b, uint32_t objectives)
{
    bool better = false, fine = whole(a, objectives);
    if (fine != whole(b, objectives))
        return fine;
    for (uint32_t m = 0; fine && m < objectives; m++) {
        if (a[m] > b[m])
            return false;
        better |= a[m] < b[m];
    }
    return better;
}

/* ---- one front ---- */

typedef struct {
    const double *row;
    uint64_t group;
    size_t index;
    uint32_t objectives;
} entry_t;

/* By group, then by the first objective, the next where that is equal, and so on: what comes later
 * is not better than what came before. */
static int by_values(const void *a, const void *b)
{
    const entry_t *x = a, *y = b;
    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    for (uint32_t m = 0; m < x->objectives; m++)
        if (x->row[m] < y->row[m] || x->row[m] > y->row[m])
            return x->row[m] < y->row[m] ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* entry: sorted. The front so far stands at its beginning; what is better than a row is most often
 * what entered it last. */
static void scan(entry_t *entry, size_t entries, bool *in)
{
    size_t front = 0, first = 0;
    for (size_t i = 0; i < entries; i++) {
        const entry_t e = entry[i];
        bool best = true;
        if (front > 0 && entry[front - 1].group != e.group)
            first = front;
        for (size_t k = front; k > first && best; k--)
            best = !pareto_dominates(entry[k - 1].row, e.row, e.objectives);
        in[e.index] = best;
        if (best)
            entry[front++] = e;
    }
}

bool pareto_front(const double *value, const uint64_t *group, size_t points, uint32_t objectives,
                  bool *in)
{
    entry_t *entry = calloc(points + 1, sizeof(*entry));
    size_t entries = 0;
    if (entry == NULL)
        return false;
    for (size_t i = 0; i < points; i++) {
        const double *row = value + i * objectives;
        in[i] = false;
        if (whole(row, objectives))
            entry[entries++] = (entry_t){row, group[i], i, objectives};
    }
    qsort(entry, entries, sizeof(*entry), by_values);
    scan(entry, entries, in);
    free(entry);
    return true;
}

/* ---- all fronts ---- */

/* Peels fronts off: how many dominate each row, less those already taken. */
bool pareto_rank(const double *value, uint32_t points, uint32_t objectives, uint32_t *rank)
{
    uint32_t *over = calloc((size_t)points + 1, sizeof(*over)), left = points;
    if (over == NULL)
        return false;
    for (uint32_t a = 0; a < points; a++)
        for (uint32_t b = 0; b < points; b++)
            over[b] += pareto_dominates(value + (size_t)a * objectives,
                                        value + (size_t)b * objectives, objectives);
    for (uint32_t i = 0; i < points; i++)
        rank[i] = UINT32_MAX;
    for (uint32_t front = 0; left > 0; front++) {
        for (uint32_t i = 0; i < points; i++)
            if (rank[i] == UINT32_MAX && over[i] == 0) {
                rank[i] = front;
                left--;
            }
        for (uint32_t a = 0; a < points; a++)
            for (uint32_t b = 0; rank[a] == front && b < points; b++)
                over[b] -= pareto_dominates(value + (size_t)a * objectives,
                                            value + (size_t)b * objectives, objectives);
    }
    free(over);
    return true;
}

typedef struct {
    double value;
    uint32_t rank, index;
} place_t; /* of one objective */

static int by_rank_and_value(const void *a, const void *b)
{
    const place_t *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    if (x->value < y->value || x->value > y->value)
        return x->value < y->value ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* key: sorted. Adds what one objective says of each rank. */
static void add_gaps(const place_t *key, uint32_t points, double *distance)
{
    for (uint32_t i = 0, end; i < points; i = end) {
        for (end = i; end < points && key[end].rank == key[i].rank;)
            end++;
        double range = key[end - 1].value - key[i].value;
        distance[key[i].index] = distance[key[end - 1].index] = INFINITY;
        for (uint32_t k = i + 1; k + 1 < end; k++)
            if (range > 0 && isfinite(range))
                distance[key[k].index] += (key[k + 1].value - key[k - 1].value) / range;
    }
}

bool pareto_crowding(const double *value, uint32_t points, uint32_t objectives,
                     const uint32_t *rank, double *distance)
{
    place_t *key = calloc((size_t)points + 1, sizeof(*key));
    if (key == NULL)
        return false;
    for (uint32_t i = 0; i < points; i++)
        distance[i] = 0;
    for (uint32_t m = 0; m < objectives; m++) {
        for (uint32_t i = 0; i < points; i++) {
            double v = value[(size_t)i * objectives + m];
            key[i] = (place_t){isnan(v) ? INFINITY : v, rank[i], i};
        }
        qsort(key, points, sizeof(*key), by_rank_and_value);
        add_gaps(key, points, distance);
    }
    free(key);
    return true;
}
