/*
 * plan.c - places in L2 by lifetime: greedy best fit, in several orders.
 *
 *   offset ^   +-----------+
 *          |   |   big     |+----+        Places that one layer needs at the same time may not
 *          |   +-----------+| b  |        overlap in offset; others may.
 *          |   +--+ +---+   +----+
 *          |   |a | | c |
 *          +---+--+-+---+----------> layer
 */
#include "npu/compiler/compile_int.h"

#include <stdlib.h>
#include <string.h>

static bool meet(const cc_place_t *a, const cc_place_t *b)
{
    return a->first <= b->last && b->first <= a->last;
}

/* ---- orders: which place is put down first --------------------------------------------------- */

static uint32_t life(const cc_place_t *p)
{
    return p->last - p->first + 1;
}

/* A total order in every case, so that the result does not depend on qsort. */
static int tie(const cc_place_t *a, const cc_place_t *b)
{
    return a->tensor < b->tensor ? -1 : a->tensor > b->tensor;
}

static int by_size(const void *pa, const void *pb)
{
    const cc_place_t *a = *(cc_place_t *const *)pa, *b = *(cc_place_t *const *)pb;
    return a->bytes != b->bytes ? (a->bytes > b->bytes ? -1 : 1) : tie(a, b);
}

static int by_life(const void *pa, const void *pb)
{
    const cc_place_t *a = *(cc_place_t *const *)pa, *b = *(cc_place_t *const *)pb;
    return life(a) != life(b) ? (life(a) > life(b) ? -1 : 1) : by_size(pa, pb);
}

static int by_area(const void *pa, const void *pb)
{
    const cc_place_t *a = *(cc_place_t *const *)pa, *b = *(cc_place_t *const *)pb;
    uint64_t aa = a->bytes * life(a), bb = b->bytes * life(b);
    return aa != bb ? (aa > bb ? -1 : 1) : tie(a, b);
}

static int by_first(const void *pa, const void *pb)
{
    const cc_place_t *a = *(cc_place_t *const *)pa, *b = *(cc_place_t *const *)pb;
    return a->first != b->first ? (a->first < b->first ? -1 : 1) : by_size(pa, pb);
}

static int by_offset(const void *pa, const void *pb)
{
    const cc_place_t *a = *(cc_place_t *const *)pa, *b = *(cc_place_t *const *)pb;
    return a->l2 != b->l2 ? (a->l2 < b->l2 ? -1 : 1) : tie(a, b);
}

/* ---- one order ------------------------------------------------------------------------------- */

/* The smallest gap between placed neighbors that takes p, else above them all. */
static void put_down(cc_place_t *p, cc_place_t **placed, uint32_t count, cc_place_t **near_,
                     uint32_t base)
{
    uint32_t neighbors = 0;
    for (uint32_t i = 0; i < count; i++)
        if (meet(p, placed[i]))
            near_[neighbors++] = placed[i];
    qsort(near_, neighbors, sizeof(*near_), by_offset);
    uint64_t at = base, best = UINT64_MAX, best_gap = UINT64_MAX;
    for (uint32_t i = 0; i < neighbors; i++) {
        uint64_t gap = near_[i]->l2 > at ? near_[i]->l2 - at : 0;
        if (gap >= p->bytes && gap < best_gap) {
            best_gap = gap;
            best = at;
        }
        uint64_t end = near_[i]->l2 + near_[i]->bytes;
        at = at > end ? at : end;
    }
    best = best == UINT64_MAX ? at : best;
    p->l2 = best > UINT32_MAX ? UINT32_MAX : (uint32_t)best;
}

static uint64_t place_all(cc_place_t **order, uint32_t places, cc_place_t **scratch, uint32_t base)
{
    uint64_t top = base;
    for (uint32_t i = 0; i < places; i++) {
        put_down(order[i], order, i, scratch, base);
        uint64_t end = order[i]->l2 + order[i]->bytes;
        top = top > end ? top : end;
    }
    return top;
}

uint64_t plan_places(cc_place_t *place, uint32_t places, uint32_t base)
{
    static int (*const orders[])(const void *, const void *) = {by_size, by_life, by_area,
                                                                by_first};
    cc_place_t **order = malloc(2 * sizeof(*order) * (places + 1));
    uint32_t *best = calloc(places + 1, sizeof(*best));
    uint64_t lowest = UINT64_MAX;
    for (uint32_t o = 0; order != NULL && best != NULL && o < SIM_COUNT(orders); o++) {
        for (uint32_t i = 0; i < places; i++)
            order[i] = &place[i];
        qsort(order, places, sizeof(*order), orders[o]);
        uint64_t top = place_all(order, places, order + places, base);
        for (uint32_t i = 0; top < lowest && i < places; i++)
            best[i] = place[i].l2;
        lowest = top < lowest ? top : lowest;
    }
    for (uint32_t i = 0; best != NULL && i < places; i++)
        place[i].l2 = best[i];
    free(order);
    free(best);
    return lowest;
}

uint64_t plan_live(const cc_place_t *place, uint32_t places, uint32_t layer)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < places; i++)
        if (place[i].first <= layer && layer <= place[i].last)
            sum += place[i].bytes;
    return sum;
}

uint64_t plan_bound(const cc_place_t *place, uint32_t places, uint32_t layers)
{
    uint64_t bound = 0;
    for (uint32_t l = 0; l < layers; l++) {
        uint64_t live = plan_live(place, places, l);
        bound = live > bound ? live : bound;
    }
    return bound;
}
