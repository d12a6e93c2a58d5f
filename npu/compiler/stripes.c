/*
 * stripes.c - see stripes.h.
 */
#include "npu/compiler/stripes.h"

#include <stdlib.h>
#include <string.h>

npu_hwc_t stripes_result(const cc_t *cc, uint32_t layer)
{
    const cc_layer_t *l = &cc->layer[layer];
    return l->moves ? cc->place[l->made].size : npu_tensor_hwc(cc_tensor(cc, l->result));
}

bool stripes_can(const cc_layer_t *l)
{
    return l->kind->run == NULL || cc_by_rows(l) != NULL;
}

/* ---- who reads what -------------------------------------------------------------------------- */

static uint32_t place_read(const cc_t *cc, const cc_operand_t *in)
{
    if (in->laid_out)
        return in->place;
    return in->constant ? CC_NO_PLACE : cc->place_of[in->tensor];
}

static bool is_part(const cc_t *cc, int32_t tensor)
{
    return tensor != NPU_NO_TENSOR && cc->part[tensor].is;
}

/* Of a place put together from parts, every maker counts, and none works row by row. */
static void add_links(cc_t *cc, stripes_t *st, uint32_t to, const cc_layer_t *reader,
                      uint32_t operand)
{
    const cc_operand_t *in = &reader->in[operand];
    uint32_t place = place_read(cc, in);
    for (uint32_t from = 0; place != CC_NO_PLACE && from < to; from++) {
        if (cc->layer[from].made != place)
            continue;
        npu_hwc_t made = stripes_result(cc, from), read = in->size;
        bool part = is_part(cc, cc->layer[from].result) || is_part(cc, in->tensor);
        bool other = part || in->flat || made.h != read.h || made.w != read.w || made.c != read.c;
        st->link[st->links++] = (stripes_link_t){from, to, reader, operand, other};
        st->last_reader[from] = to;
        st->whole[from] |= other;
    }
}

static void need_whole(cc_t *cc, stripes_t *st, uint32_t place)
{
    for (uint32_t i = 0; place != CC_NO_PLACE && i < cc->layers; i++)
        if (cc->layer[i].made == place)
            st->whole[i] = true;
}

/* Layers without tiles read their node's inputs whole. */
static void read_whole(cc_t *cc, stripes_t *st, const cc_layer_t *l)
{
    need_whole(cc, st, l->source);
    for (uint32_t k = 0; k < l->node->inputs && !l->moves; k++)
        if (l->node->input[k] != NPU_NO_TENSOR)
            need_whole(cc, st, cc->place_of[l->node->input[k]]);
}

static void link_layer(cc_t *cc, stripes_t *st, uint32_t layer)
{
    const cc_layer_t *l = &cc->layer[layer];
    st->first_link[layer] = st->links;
    if (!stripes_can(l))
        read_whole(cc, st, l);
    for (uint32_t i = 0; stripes_can(l) && i < l->ins; i++)
        add_links(cc, st, layer, l, i);
    for (uint32_t f = 0; f < l->followers; f++)
        if (l->follower[f].ins > 1)
            add_links(cc, st, layer, &l->follower[f], 1 - l->follower[f].chained);
}

static void link_layers(cc_t *cc, stripes_t *st)
{
    for (uint32_t p = 0; p < cc->places; p++)
        st->maker[p] = STRIPES_NO_LAYER;
    for (uint32_t i = 0; i < cc->layers; i++) {
        st->maker[cc->layer[i].made] = i;
        st->last_reader[i] = STRIPES_NO_LAYER;
    }
    for (uint32_t i = 0; i < cc->layers; i++)
        link_layer(cc, st, i);
    st->first_link[cc->layers] = st->links;
    for (uint32_t i = 0; i < cc->leavings; i++)
        need_whole(cc, st, cc->place_of[cc->leaving[i]]);
}

/* How many links there can be: each operand from all makers of a place. */
static size_t most_links(const cc_t *cc)
{
    uint32_t most = 0, operands = 0;
    for (uint32_t i = 0; i < cc->layers; i++) {
        uint32_t makers = 0;
        for (uint32_t k = 0; k < cc->layers; k++)
            makers += cc->layer[k].made == cc->layer[i].made;
        most = makers > most ? makers : most;
        operands += (uint32_t)SIM_COUNT(cc->layer[i].in) + cc->layer[i].followers;
    }
    return (size_t)operands * most + 1;
}

bool stripes_make(cc_t *cc, stripes_t *st)
{
    size_t n = cc->layers;
    *st = (stripes_t){.link = calloc(most_links(cc), sizeof(*st->link)),
                      .first_link = calloc(n + 1, sizeof(*st->first_link)),
                      .last_reader = calloc(n, sizeof(*st->last_reader)),
                      .whole = calloc(n, sizeof(*st->whole)),
                      .maker = calloc(cc->places, sizeof(*st->maker)),
                      .rows = calloc(4 * n, sizeof(*st->rows))};
    if (st->link == NULL || st->first_link == NULL || st->last_reader == NULL ||
        st->whole == NULL || st->maker == NULL || st->rows == NULL)
        return false;
    st->done = st->rows + n;
    st->ring = st->done + n;
    st->turns = st->ring + n;
    link_layers(cc, st);
    return true;
}

void stripes_free(stripes_t *st)
{
    free(st->link);
    free(st->first_link);
    free(st->last_reader);
    free(st->whole);
    free(st->maker);
    free(st->rows);
}

bool stripes_leaves(const stripes_t *st, uint32_t layer, uint32_t last)
{
    return st->whole[layer] || st->last_reader[layer] == STRIPES_NO_LAYER ||
           st->last_reader[layer] > last;
}

/* ---- the order of things --------------------------------------------------------------------- */

typedef struct {
    cc_t *cc;
    stripes_t *st;
    uint32_t first, last;
    uint32_t stripes; /* 1; 2: one ahead */
    stripes_step_t step;
    void *ctx;
} walk_t;

/* Rows [*low, *high) that the reader's next stripes need; nothing once it is complete. */
static bool next_rows(const walk_t *w, const stripes_link_t *k, uint32_t stripes, uint32_t *low,
                      uint32_t *high)
{
    const stripes_t *st = w->st;
    uint32_t y = st->done[k->to], height = stripes_result(w->cc, k->to).h;
    if (y == height)
        return false;
    uint32_t h = cc_min(stripes * st->rows[k->to], height - y);
    const cc_by_rows_t *by_rows = cc_by_rows(k->reader);
    cc_span_t span = by_rows != NULL ? by_rows->source(w->cc, k->reader, y, h)
                                     : tile_operand_rows(w->cc, k->reader, k->operand, y, h);
    *low = k->all_rows ? 0 : span.first;
    *high = k->all_rows ? stripes_result(w->cc, k->from).h : span.first + span.count;
    return true;
}

static void make_stripe(walk_t *w, uint32_t layer)
{
    stripes_t *st = w->st;
    uint32_t y = st->done[layer];
    uint32_t h = cc_min(st->rows[layer], stripes_result(w->cc, layer).h - y);
    w->step(w->ctx, layer, y, h);
    st->done[layer] = y + h;
}

static bool ready(const walk_t *w, uint32_t layer)
{
    const stripes_t *st = w->st;
    uint32_t low, high;
    for (uint32_t k = st->first_link[layer]; k < st->first_link[layer + 1]; k++)
        if (st->link[k].from >= w->first && next_rows(w, &st->link[k], 1, &low, &high) &&
            st->done[st->link[k].from] < high)
            return false;
    return true;
}

/* Results that leave are made as soon as they can be, or their sources would have to wait. */
static void push_leaving(walk_t *w)
{
    const stripes_t *st = w->st;
    for (uint32_t i = w->first; i < w->last; i++)
        while (stripes_leaves(st, i, w->last) && st->done[i] < stripes_result(w->cc, i).h &&
               ready(w, i))
            make_stripe(w, i);
}

static void pull(walk_t *w, uint32_t layer, uint32_t rows)
{
    const stripes_t *st = w->st;
    uint32_t low, high;
    while (st->done[layer] < rows) {
        for (uint32_t k = st->first_link[layer]; k < st->first_link[layer + 1]; k++)
            if (st->link[k].from >= w->first && next_rows(w, &st->link[k], w->stripes, &low, &high))
                pull(w, st->link[k].from, high);
        if (st->done[layer] == stripes_result(w->cc, layer).h || !ready(w, layer))
            continue; /* it was pushed meanwhile */
        make_stripe(w, layer);
        push_leaving(w);
    }
}

static void walk(walk_t *w)
{
    const stripes_t *st = w->st;
    memset(st->done + w->first, 0, (w->last + 1 - w->first) * sizeof(*st->done));
    pull(w, w->last, stripes_result(w->cc, w->last).h);
    for (uint32_t i = w->first; i < w->last; i++)
        if (stripes_leaves(st, i, w->last))
            pull(w, i, stripes_result(w->cc, i).h);
}

/* Of the rows made so far, those that a reader still needs must be there. Turns count how often the
 * work moves on to the layer. */
static void measure(void *ctx, uint32_t layer, uint32_t y, uint32_t h)
{
    walk_t *w = ctx;
    stripes_t *st = w->st;
    uint32_t lowest = y, low, high;
    for (uint32_t k = st->first_link[w->first]; k < st->first_link[w->last + 1]; k++)
        if (st->link[k].from == layer && next_rows(w, &st->link[k], 1, &low, &high))
            lowest = cc_min(lowest, low);
    if (st->ring[layer] < y + h - lowest)
        st->ring[layer] = y + h - lowest;
    st->turns[layer] += st->turn != layer;
    st->turn = layer;
}

void stripes_walk(cc_t *cc, stripes_t *st, const cc_cascade_t *c, stripes_step_t step, void *ctx)
{
    walk_t w = {cc, st, c->first, c->last, c->ahead ? 2 : 1, step, ctx};
    walk(&w);
}

void stripes_measure(cc_t *cc, stripes_t *st, const cc_cascade_t *c)
{
    walk_t w = {cc, st, c->first, c->last, c->ahead ? 2 : 1, measure, NULL};
    w.ctx = &w;
    memset(st->ring + c->first, 0, (c->last + 1 - c->first) * sizeof(*st->ring));
    memset(st->turns + c->first, 0, (c->last + 1 - c->first) * sizeof(*st->turns));
    st->turn = STRIPES_NO_LAYER;
    walk(&w);
}
