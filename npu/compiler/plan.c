/*
 * plan.c - places in L2 by lifetime: greedy best fit, in several orders, each made better by
 * putting down first what ended highest.
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
    if (a->tensor != b->tensor)
        return a->tensor < b->tensor ? -1 : 1;
    return a < b ? -1 : a > b; /* the core's scratch memory has a tensor of another place */
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

static uint32_t end_of(const cc_place_t *place, uint32_t places)
{
    uint32_t last = 0;
    for (uint32_t i = 0; i < places; i++)
        last = place[i].last > last ? place[i].last : last;
    return last + 1;
}

/* The place that ends highest goes down first next time. */
static void raise_highest(cc_place_t **order, uint32_t places)
{
    uint32_t highest = 0;
    for (uint32_t i = 1; i < places; i++)
        if (order[i]->l2 + order[i]->bytes > order[highest]->l2 + order[highest]->bytes)
            highest = i;
    cc_place_t *first = order[highest];
    memmove(order + 1, order, highest * sizeof(*order));
    order[0] = first;
}

typedef struct {
    cc_place_t *place;
    uint32_t places, base;
    cc_place_t **order, **scratch;
    uint32_t *best; /* offsets */
    uint64_t lowest;
} plan_t;

static void try_order(plan_t *p)
{
    uint64_t top = place_all(p->order, p->places, p->scratch, p->base);
    for (uint32_t i = 0; top < p->lowest && i < p->places; i++)
        p->best[i] = p->place[i].l2;
    p->lowest = top < p->lowest ? top : p->lowest;
}

/* Each order, and what becomes of it when what stands in the way goes first, until no plan can be
 * lower. */
static void try_orders(plan_t *p)
{
    static int (*const orders[])(const void *, const void *) = {by_size, by_life, by_area,
                                                                by_first};
    uint64_t bound = p->base + plan_bound(p->place, p->places, end_of(p->place, p->places));
    uint32_t tries = p->places > 500 ? 1 : 32;
    for (uint32_t o = 0; o < SIM_COUNT(orders); o++) {
        for (uint32_t i = 0; i < p->places; i++)
            p->order[i] = &p->place[i];
        qsort(p->order, p->places, sizeof(*p->order), orders[o]);
        for (uint32_t t = 0; t < tries && p->lowest > bound; t++) {
            try_order(p);
            raise_highest(p->order, p->places);
        }
    }
}

uint64_t plan_places(cc_place_t *place, uint32_t places, uint32_t base)
{
    plan_t p = {.place = place, .places = places, .base = base, .lowest = UINT64_MAX};
    p.order = malloc(sizeof(*p.order) * (places + 1));
    p.scratch = malloc(sizeof(*p.scratch) * (places + 1));
    p.best = calloc(places + 1, sizeof(*p.best));
    if (p.order != NULL && p.scratch != NULL && p.best != NULL)
        try_orders(&p);
    for (uint32_t i = 0; p.best != NULL && i < places; i++)
        place[i].l2 = p.best[i];
    free(p.order);
    free(p.scratch);
    free(p.best);
    return p.lowest;
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
