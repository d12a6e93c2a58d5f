/*
 * cascade.c - layers that run stripe by stripe, so that the maps between them are never whole.
 *
 *   rows of      layer n         layer n + 1         layer n + 2
 *                +-----+  3x3    +-----+    1x1      +-----+
 *   stripe 1     |     | ------> |     | ----------> |     |
 *                +-----+         +-----+             +-----+
 *   stripe 2     |     | ------> |     | ----------> |     |     No row is computed twice: a map
 *                +-----+         +-----+             +-----+     between two layers is a ring of
 * rows :               :                   :        in L2, as many as are needed.
 *
 * Rows are pulled: before the last layer makes a stripe, each layer it reads from makes what that
 * stripe needs, and so on. How many rows of a map exist at a time is found by going through that
 * order.
 *
 * Constants of the layers stay in L1 if all fit; else those that would be loaded most often stay,
 * in half of the memory, and the others are loaded for every step.
 */
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/stripes.h"

#define MAX_LENGTH 32u                /* layers of one cascade */
#define MAX_CUTS 1024u                /* remembered */
#define MAX_STRIPES UINT64_C(4000000) /* gone through in a search: about half a second */

/* A layer cut for stripes: what tile_choose said. */
typedef struct {
    uint32_t layer, max_rows;
    cc_reside_t reside;
    bool fits;
    uint64_t cycles, insns, lead_cycles, step_cycles;
} cut_t;

struct cc_cascading {
    stripes_t stripes;
    cc_layer_t *layer; /* as chosen for whole maps */
    cc_place_t *place; /* the same */
    cut_t *cut;
    uint32_t cuts;
};

static stripes_t *stripes_of(const cc_t *cc)
{
    return &cc->cascading->stripes;
}

static cc_place_t *place_of(const cc_t *cc, uint32_t layer)
{
    return &cc->place[cc->layer[layer].made];
}

static bool begin_planning(cc_t *cc)
{
    size_t n = cc->layers;
    struct cc_cascading *p = cc->cascading = calloc(1, sizeof(*p));
    cc->cascade = calloc(n, sizeof(*cc->cascade));
    if (p == NULL || cc->cascade == NULL)
        return cc_fail(cc, NULL, SIM_ENOMEM, "out of memory");
    p->layer = calloc(n, sizeof(*p->layer));
    p->place = calloc(cc->places, sizeof(*p->place));
    p->cut = calloc(MAX_CUTS, sizeof(*p->cut));
    if (!stripes_make(cc, &p->stripes) || p->layer == NULL || p->place == NULL || p->cut == NULL)
        return cc_fail(cc, NULL, SIM_ENOMEM, "out of memory");
    memcpy(p->layer, cc->layer, n * sizeof(*p->layer));
    memcpy(p->place, cc->place, cc->places * sizeof(*p->place));
    return true;
}

void cascade_free(cc_t *cc)
{
    struct cc_cascading *p = cc->cascading;
    free(cc->cascade);
    cc->cascade = NULL;
    cc->cascading = NULL;
    if (p == NULL)
        return;
    stripes_free(&p->stripes);
    free(p->layer);
    free(p->place);
    free(p->cut);
    free(p);
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static uint64_t ring_bytes(const cc_t *cc, uint32_t layer)
{
    const cc_place_t *whole = &cc->cascading->place[cc->layer[layer].made];
    npu_hwc_t size = stripes_result(cc, layer);
    uint32_t c = whole->layout == NPU_LAYOUT_NHWC32 ? npu_round_lanes(size.c) : size.c;
    uint64_t bytes = (uint64_t)stripes_of(cc)->ring[layer] * size.w * c;
    bytes = (bytes + CC_ALIGN - 1) / CC_ALIGN * CC_ALIGN;
    return bytes < whole->bytes ? bytes : whole->bytes;
}

/* What is alive while the cascade runs. with_rings: else only what is not a ring. */
static uint64_t live_bytes(const cc_t *cc, uint32_t first, uint32_t last, bool with_rings)
{
    const stripes_t *st = stripes_of(cc);
    uint64_t sum = 0;
    for (uint32_t p = 0; p < cc->places; p++) {
        const cc_place_t *it = &cc->cascading->place[p];
        uint32_t maker = st->maker[p];
        if (it->first > last || it->last < first)
            continue;
        if (maker == STRIPES_NO_LAYER || maker < first || maker > last ||
            stripes_leaves(st, maker, last))
            sum += it->bytes;
        else if (with_rings)
            sum += ring_bytes(cc, maker);
    }
    return sum;
}

/* ---- cutting the layers ---------------------------------------------------------------------- */

static uint32_t constants_of(const cc_layer_t *l, npu_mem_t mem)
{
    return mem == NPU_MEM_WGT ? cc_align(l->weights_bytes) : param_room(l);
}

static bool all_stay(const cc_t *cc, const cc_cascade_t *c)
{
    uint64_t wgt = 0, par = 0;
    for (uint32_t i = c->first; i <= c->last; i++) {
        wgt += constants_of(&cc->layer[i], NPU_MEM_WGT);
        par += constants_of(&cc->layer[i], NPU_MEM_PAR);
    }
    return wgt <= cc->desc->mem_bytes[NPU_MEM_WGT] && par <= cc->desc->mem_bytes[NPU_MEM_PAR];
}

/* The layer of most stripes that has not been looked at. */
static uint32_t next_to_stay(const cc_t *cc, const cc_cascade_t *c, const cc_reside_t *reside)
{
    uint32_t found = STRIPES_NO_LAYER, most = 0;
    for (uint32_t i = c->first; i <= c->last; i++) {
        uint32_t count = cc_div_up(stripes_result(cc, i).h, stripes_of(cc)->rows[i]);
        if (reside[i - c->first] == CC_RESIDE_FREE && count > most) {
            found = i;
            most = count;
        }
    }
    return found;
}

/* Whose constants stay in L1. */
static void choose_resident(const cc_t *cc, const cc_cascade_t *c, cc_reside_t reside[MAX_LENGTH])
{
    uint32_t half_wgt = cc->desc->mem_bytes[NPU_MEM_WGT] / 2 / CC_ALIGN * CC_ALIGN;
    uint32_t half_par = cc->desc->mem_bytes[NPU_MEM_PAR] / 2 / CC_ALIGN * CC_ALIGN;
    uint64_t all_wgt = 0, all_par = 0;
    bool all = all_stay(cc, c);
    uint32_t i;
    for (i = 0; i < MAX_LENGTH; i++)
        reside[i] = CC_RESIDE_FREE;
    while ((i = next_to_stay(cc, c, reside)) != STRIPES_NO_LAYER) {
        const cc_layer_t *l = &cc->layer[i];
        uint32_t wgt = constants_of(l, NPU_MEM_WGT), par = constants_of(l, NPU_MEM_PAR);
        bool stay = all || (all_wgt + wgt <= half_wgt && all_par + par <= half_par);
        reside[i - c->first] = stay ? CC_RESIDE_STAY : CC_RESIDE_STREAM;
        all_wgt += stay ? wgt : 0;
        all_par += stay ? par : 0;
    }
}

/* The layer with tiles of at most so many rows. */
static cc_layer_t cut_layer(cc_t *cc, uint32_t layer, uint32_t max_rows, cc_reside_t reside,
                            cut_t *cut)
{
    cc_layer_t l = cc->cascading->layer[layer];
    l.max_rows = max_rows;
    l.reside = reside;
    *cut = (cut_t){.layer = layer, .max_rows = max_rows, .reside = reside};
    if (l.kind->run != NULL)
        tile_count(cc, &l, max_rows, stripes_result(cc, layer).h);
    cut->fits = l.kind->run != NULL || tile_choose_lower(cc, &l);
    if (!cut->fits)
        cc->err = SIM_OK; /* not this way, then */
    cut->cycles = l.estimate;
    cut->insns = l.insns;
    cut->lead_cycles = l.lead_cycles;
    cut->step_cycles = l.step_cycles;
    return l;
}

static cut_t remembered_cut(cc_t *cc, uint32_t layer, uint32_t max_rows, cc_reside_t reside)
{
    struct cc_cascading *known = cc->cascading;
    cut_t cut;
    for (uint32_t i = 0; i < known->cuts; i++) {
        const cut_t *it = &known->cut[i];
        if (it->layer == layer && it->max_rows == max_rows && it->reside == reside)
            return *it;
    }
    cut_layer(cc, layer, max_rows, reside, &cut);
    if (known->cuts < MAX_CUTS)
        known->cut[known->cuts++] = cut;
    return cut;
}

/* Stripes as high as one of the last layer, in proportion. */
static void set_rows(const cc_t *cc, const cc_cascade_t *c)
{
    uint32_t height = stripes_result(cc, c->last).h;
    for (uint32_t i = c->first; i <= c->last; i++)
        stripes_of(cc)->rows[i] =
            (uint32_t)(((uint64_t)c->rows * stripes_result(cc, i).h + height - 1) / height);
}

static bool nodes_overlap(const cc_t *cc)
{
    return (cc->desc->overlap & NPU_OVERLAP_NODES) != 0;
}

/* What it costs that layers take turns. Where nodes do not overlap, each turn begins and ends with
 * idle engines and is set apart by a barrier, as a layer is; where they do, engines wait for about
 * half of a step, unless stripes are made ahead. */
static uint64_t turn_cycles(const cc_t *cc, const cc_cascade_t *c, const cut_t *cut)
{
    uint32_t turns = stripes_of(cc)->turns[cut->layer];
    if (!nodes_overlap(cc))
        return (turns - 1) * (cut->lead_cycles + cc->desc->barrier_cycles);
    return c->ahead ? 0 : turns * cut->step_cycles / 2;
}

/* Cycles and instructions more than with whole maps; false when a layer cannot be cut so. */
static bool extra_costs(cc_t *cc, cc_cascade_t *c, int64_t *insns)
{
    cc_reside_t reside[MAX_LENGTH];
    choose_resident(cc, c, reside);
    c->extra_cycles = 0;
    *insns = 0;
    for (uint32_t i = c->first; i <= c->last; i++) {
        const cc_layer_t *whole = &cc->cascading->layer[i];
        cut_t cut = remembered_cut(cc, i, stripes_of(cc)->rows[i], reside[i - c->first]);
        if (!cut.fits)
            return false;
        c->extra_cycles += (int64_t)cut.cycles - (int64_t)whole->estimate;
        c->extra_cycles += (int64_t)turn_cycles(cc, c, &cut);
        *insns += (int64_t)cut.insns - (int64_t)whole->insns;
        *insns += nodes_overlap(cc) ? 0 : stripes_of(cc)->turns[i];
    }
    return true;
}

/* ---- taking a cascade ------------------------------------------------------------------------ */

static void release_layers(cc_t *cc, const cc_cascade_t *c)
{
    const struct cc_cascading *before = cc->cascading;
    for (uint32_t i = c->first; i <= c->last; i++) {
        cc->layer[i] = before->layer[i];
        *place_of(cc, i) = before->place[cc->layer[i].made];
    }
}

/* Drops cascades within c, which takes their place. */
static void drop_inner(cc_t *cc, const cc_cascade_t *c)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < cc->cascades; i++) {
        const cc_cascade_t it = cc->cascade[i];
        if (it.first >= c->first && it.last <= c->last)
            release_layers(cc, &it);
        else
            cc->cascade[kept++] = it;
    }
    cc->cascades = kept;
}

/* Whole tiles of each layer, as cut. */
static void set_stripe_rows(cc_t *cc, const cc_cascade_t *c)
{
    for (uint32_t i = c->first; i <= c->last; i++) {
        const cc_layer_t *l = &cc->layer[i];
        uint32_t tile = l->kind->run != NULL ? 1 : l->tiling.rows;
        stripes_of(cc)->rows[i] = l->max_rows / tile * tile;
    }
}

static void set_rings(cc_t *cc, cc_cascade_t *c)
{
    const stripes_t *st = stripes_of(cc);
    set_stripe_rows(cc, c);
    stripes_measure(cc, stripes_of(cc), c);
    c->ring_bytes = c->whole_bytes = 0;
    for (uint32_t i = c->first; i < c->last; i++) {
        cc_place_t *p = place_of(cc, i);
        if (stripes_leaves(st, i, c->last))
            continue;
        c->whole_bytes += p->bytes;
        if (st->ring[i] < stripes_result(cc, i).h) {
            p->ring_rows = st->ring[i];
            p->bytes = ring_bytes(cc, i);
        }
        c->ring_bytes += p->bytes;
    }
}

static void take_cascade(cc_t *cc, cc_cascade_t c)
{
    cc_reside_t reside[MAX_LENGTH];
    cut_t cut;
    drop_inner(cc, &c);
    set_rows(cc, &c);
    choose_resident(cc, &c, reside);
    for (uint32_t i = c.first; i <= c.last; i++)
        cc->layer[i] = cut_layer(cc, i, stripes_of(cc)->rows[i], reside[i - c.first], &cut);
    set_rings(cc, &c);
    cc->cascade[cc->cascades++] = c;
    cascade_widen(cc);
}

void cascade_widen(cc_t *cc)
{
    for (uint32_t c = 0; c < cc->cascades; c++) {
        const cc_cascade_t *it = &cc->cascade[c];
        for (uint32_t i = it->first; i <= it->last; i++)
            cc->layer[i].cascade = it;
        for (uint32_t p = 0; p < cc->places; p++) {
            cc_place_t *place = &cc->place[p];
            if (place->first >= it->first && place->first <= it->last)
                place->first = it->first;
            if (place->last >= it->first && place->last <= it->last)
                place->last = it->last;
        }
    }
}

/* ---- looking for cascades -------------------------------------------------------------------- */

/* What a search is for, and the best found. Bytes are of activations alive at a time and program.
 */
typedef struct {
    uint32_t worst; /* layer that must be inside */
    uint64_t now;   /* needed there now */
    uint64_t room;  /* enough when no more than this */
    uint64_t program;
    uint64_t stripes_left; /* that may still be gone through: no network makes it last for ever */
    cc_cascade_t best;
    uint64_t best_bytes; /* UINT64_MAX: none found */
} search_t;

/* A cascade may take in others, not cut them. */
static bool cuts_another(const cc_t *cc, uint32_t first, uint32_t last)
{
    for (uint32_t c = 0; c < cc->cascades; c++) {
        const cc_cascade_t *it = &cc->cascade[c];
        bool apart = it->last < first || it->first > last;
        bool inside = it->first >= first && it->last <= last;
        if (!apart && !inside)
            return true;
    }
    return false;
}

/* Whether so many bytes can be better than the best: cheaper where both are enough, else less. */
static bool promising(const search_t *s, uint64_t bytes)
{
    return bytes < s->now && (bytes <= s->room || bytes < s->best_bytes);
}

/* It costs no less than this; the best may already be cheaper. */
static int64_t least_cycles(const cc_t *cc, const cc_cascade_t *c)
{
    uint32_t stripes = cc_div_up(stripes_result(cc, c->last).h, c->rows);
    uint64_t cycles = (uint64_t)(stripes - 1) * (c->last + 1 - c->first) * cc->desc->barrier_cycles;
    return nodes_overlap(cc) ? 0 : (int64_t)cycles;
}

/* Stripes of all layers. */
static uint64_t count_stripes(const cc_t *cc, const cc_cascade_t *c)
{
    return (uint64_t)cc_div_up(stripes_result(cc, c->last).h, c->rows) * (c->last + 1 - c->first);
}

/* Instructions more than with whole maps, at least: a stripe is loaded, worked on, stored. */
static uint64_t least_insns(const cc_t *cc, const cc_cascade_t *c)
{
    uint64_t least = 3 * count_stripes(cc, c), whole = 0;
    for (uint32_t i = c->first; i <= c->last; i++)
        whole += cc->cascading->layer[i].insns;
    return least > whole ? least - whole : 0;
}

/* live: bytes alive beside the rings. */
static void try_cascade(cc_t *cc, search_t *s, uint64_t live, cc_cascade_t c)
{
    int64_t insns;
    if ((s->best_bytes <= s->room && least_cycles(cc, &c) >= s->best.extra_cycles) ||
        !promising(s, s->program + live + least_insns(cc, &c) * NPU_INSN_BYTES) ||
        count_stripes(cc, &c) > s->stripes_left)
        return;
    s->stripes_left -= count_stripes(cc, &c);
    set_rows(cc, &c);
    stripes_measure(cc, stripes_of(cc), &c);
    uint64_t bytes = s->program + live_bytes(cc, c.first, c.last, true);
    if (!promising(s, bytes) || !extra_costs(cc, &c, &insns))
        return;
    bytes += insns < 0 ? 0 : (uint64_t)insns * NPU_INSN_BYTES;
    bool both = bytes <= s->room && s->best_bytes <= s->room;
    if (promising(s, bytes) && (!both || c.extra_cycles < s->best.extra_cycles)) {
        s->best = c;
        s->best_bytes = bytes;
    }
}

/* Cascades from `first` on that hold the worst layer. */
static void try_from(cc_t *cc, search_t *s, uint32_t first)
{
    uint32_t end = cc_min(cc->layers, first + MAX_LENGTH);
    for (uint32_t last = first; last < end && stripes_can(&cc->layer[last]); last++) {
        uint32_t height = stripes_result(cc, last).h;
        if (last < s->worst || last == first || cuts_another(cc, first, last))
            continue;
        uint64_t live = live_bytes(cc, first, last, false);
        if (!promising(s, s->program + live))
            continue;
        for (uint32_t count = 2; count < 2 * height; count *= 2)
            for (int ahead = 0; ahead < (nodes_overlap(cc) ? 2 : 1); ahead++)
                try_cascade(cc, s, live,
                            (cc_cascade_t){.first = first,
                                           .last = last,
                                           .rows = cc_div_up(height, count),
                                           .ahead = ahead == 1});
    }
}

static void find_cascade(cc_t *cc, search_t *s)
{
    for (uint32_t first = s->worst; s->worst - first < MAX_LENGTH && stripes_can(&cc->layer[first]);
         first--) {
        try_from(cc, s, first);
        if (first == 0)
            break;
    }
}

static uint64_t program_bytes(const cc_t *cc)
{
    uint64_t insns = 1;
    for (uint32_t i = 0; i < cc->layers; i++)
        insns += cc->layer[i].insns;
    return insns * NPU_INSN_BYTES;
}

static uint32_t worst_layer(const cc_t *cc)
{
    uint32_t worst = 0;
    for (uint32_t i = 1; i < cc->layers; i++)
        if (plan_live(cc->place, cc->places, i) > plan_live(cc->place, cc->places, worst))
            worst = i;
    return worst;
}

static void start_over(cc_t *cc)
{
    for (uint32_t c = 0; c < cc->cascades; c++)
        release_layers(cc, &cc->cascade[c]);
    memcpy(cc->place, cc->cascading->place, cc->places * sizeof(*cc->place));
    cc->cascades = 0;
}

void cascade_drop(cc_t *cc)
{
    if (cc->cascading != NULL)
        start_over(cc);
    cascade_free(cc);
}

bool cascade_plan(cc_t *cc, uint64_t room)
{
    if (cc->cascading == NULL && !begin_planning(cc))
        return false;
    start_over(cc);
    uint64_t left = MAX_STRIPES;
    for (uint32_t i = 0; i < cc->layers; i++) {
        search_t s = {.worst = worst_layer(cc),
                      .room = room,
                      .program = program_bytes(cc),
                      .stripes_left = left};
        s.now = s.program + plan_live(cc->place, cc->places, s.worst);
        s.best_bytes = UINT64_MAX;
        if (s.now <= room)
            break;
        find_cascade(cc, &s);
        left = s.stripes_left;
        if (s.best_bytes == UINT64_MAX)
            break;
        take_cascade(cc, s.best);
    }
    return cc->err == SIM_OK;
}

uint64_t cascade_whole_bound(const cc_t *cc)
{
    const cc_place_t *place = cc->cascades == 0 ? cc->place : cc->cascading->place;
    return plan_bound(place, cc->places, cc->layers);
}

/* ---- running it ------------------------------------------------------------------------------ */

typedef struct {
    cc_t *cc;
    const cc_cascade_t *cascade;
    uint32_t turn; /* the layer that made the last stripe */
    cc_loop_t loop[MAX_LENGTH];
} run_t;

/* Where nodes do not overlap, a barrier stands between them. */
static void begin_turn(run_t *run, cc_layer_t *l)
{
    if (run->turn != STRIPES_NO_LAYER && !nodes_overlap(run->cc)) {
        l->last = emit_barrier(&run->cc->emit, l->index);
        l->first = l->first == UINT32_MAX ? l->last : l->first;
    }
    run->turn = l->index;
}

static void run_stripe(void *ctx, uint32_t layer, uint32_t y, uint32_t h)
{
    run_t *run = ctx;
    cc_layer_t *l = &run->cc->layer[layer];
    if (run->turn != layer)
        begin_turn(run, l);
    if (l->kind->run != NULL) {
        cc_by_rows(l)->run(run->cc, l, y, y + h);
        return;
    }
    for (uint32_t row = y / l->tiling.rows; row * l->tiling.rows < y + h; row++)
        tile_run_row(run->cc, l, &run->loop[layer - run->cascade->first], row);
}

/* Constants that stay stand at the bottom of L1; the rest of it is handed out as ever. */
static void place_resident(cc_t *cc, const cc_cascade_t *c)
{
    uint32_t wgt = 0, par = 0;
    for (uint32_t i = c->first; i <= c->last; i++) {
        cc_layer_t *l = &cc->layer[i];
        if (l->reside != CC_RESIDE_STAY)
            continue;
        l->placed = true;
        l->wgt_l1 = wgt;
        l->par_l1 = par;
        wgt += constants_of(l, NPU_MEM_WGT);
        par += constants_of(l, NPU_MEM_PAR);
    }
    cc->ring[NPU_MEM_WGT].base = cc->ring[NPU_MEM_WGT].head = wgt;
    cc->ring[NPU_MEM_PAR].base = cc->ring[NPU_MEM_PAR].head = par;
}

uint32_t cascade_run(cc_t *cc, const cc_cascade_t *c)
{
    run_t run = {.cc = cc, .cascade = c, .turn = STRIPES_NO_LAYER};
    set_stripe_rows(cc, c);
    place_resident(cc, c);
    stripes_walk(cc, stripes_of(cc), c, run_stripe, &run);
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        cc->ring[m].base = 0;
    return c->last;
}
