/*
 * choose.c - how to cut a layer into steps that fit L1: by trying. One step of each candidate is
 * emitted into a probe that adds up npu_insn_cycles.
 */
#include <string.h>

#include "npu/array.h"
#include "npu/compiler/compile_int.h"

static uint32_t window_length(uint32_t results, uint32_t kernel, uint32_t stride, uint32_t dilation,
                              uint32_t size)
{
    uint64_t length = (uint64_t)(results - 1) * stride + npu_window_reach(kernel, dilation);
    return length < size ? (uint32_t)length : size;
}

/* The most source rows (else columns) under `count` of the layer's results, cut so. */
static uint32_t source_length(const cc_t *cc, const cc_layer_t *l, bool rows, uint32_t count,
                              uint32_t size)
{
    const npu_window_t *w = &l->window;
    if (l->kind->span == NULL)
        return rows ? window_length(count, w->kernel_h, w->stride_h, w->dilation_h, size)
                    : window_length(count, w->kernel_w, w->stride_w, w->dilation_w, size);
    npu_hwc_t out = npu_tensor_hwc(cc_tensor(cc, l->out));
    uint32_t results = rows ? out.h : out.w, most = 0;
    for (uint32_t first = 0; first < results; first += count) {
        cc_span_t span = l->kind->span(cc, l, rows, first, cc_min(count, results - first));
        most = span.count > most ? span.count : most;
    }
    return most;
}

/* ACT bytes of all sources of a step that padding does not cut, at most. */
static uint64_t sources_bytes(const cc_t *cc, const cc_layer_t *l, const cc_step_t *s)
{
    uint64_t sum = 0;
    if (l->gather)
        return (uint64_t)gather_planes_bytes(l, s->h, s->w) +
               (uint64_t)s->h * s->w * gather_tile_pix(l) + CC_ALIGN;
    for (uint32_t i = 0; i < l->ins; i++) {
        cc_value_t value = cc_operand_value(cc, &l->in[i]);
        uint32_t c0, c;
        tile_operand_channels(l, i, s, &c0, &c);
        npu_hwc_t size = l->in[i].size;
        uint64_t pixels = (uint64_t)source_length(cc, l, true, s->h, size.h) *
                          source_length(cc, l, false, s->w, size.w);
        sum += pixels * cc_tile_pix(&value, c0, c) + CC_ALIGN;
        if (l->in[i].spread)
            sum += pixels * npu_round_lanes(s->c) + CC_ALIGN;
        if (value.layout == NPU_LAYOUT_PLANAR)
            sum += pixels * c + CC_ALIGN;
    }
    return sum;
}

/* The same of what followers read beside the result. */
static uint64_t beside_bytes(const cc_t *cc, const cc_layer_t *l, const cc_step_t *s)
{
    uint64_t sum = 0;
    for (uint32_t k = 0; k < l->followers; k++) {
        const cc_layer_t *f = &l->follower[k];
        if (f->ins == 1)
            continue;
        cc_value_t value = cc_operand_value(cc, &f->in[1 - f->chained]);
        uint64_t pixels = (uint64_t)cc_min(s->h, value.size.h) * cc_min(s->w, value.size.w);
        sum += pixels * cc_tile_pix(&value, s->c0, s->c) + CC_ALIGN;
        if (f->in[1 - f->chained].spread)
            sum += pixels * npu_round_lanes(s->c) + CC_ALIGN;
        if (value.layout == NPU_LAYOUT_PLANAR)
            sum += pixels * s->c + CC_ALIGN;
    }
    return sum;
}

/* L1 bytes of one step with one result; a number too large for 32 bits becomes the largest. */
static void step_needs(const cc_t *cc, cc_layer_t *l, uint32_t need[NPU_MEMS])
{
    cc_tiling_t *t = &l->tiling;
    cc_step_t s = {0};
    tile_set_step(cc, l, 0, 0, &s);
    cc_value_t value = cc_result_value(cc, l);
    uint64_t in = sources_bytes(cc, l, &s), with = beside_bytes(cc, l, &s);
    uint64_t out = (uint64_t)s.h * s.w * cc_tile_pix(&value, 0, s.c);
    uint64_t acc = l->kind->mac == NULL ? 0 : (uint64_t)s.h * s.w * 4 * npu_round_lanes(s.c);
    bool huge = in + out + with > INT32_MAX;
    t->in_bytes = huge ? 0 : cc_align((uint32_t)in);
    t->with_bytes = huge ? 0 : cc_align((uint32_t)with);
    t->out_bytes = huge ? 0 : cc_align((uint32_t)out) + t->with_bytes;
    need[NPU_MEM_ACT] = huge ? UINT32_MAX : t->in_bytes + t->out_bytes;
    need[NPU_MEM_ACC] = acc > INT32_MAX ? UINT32_MAX : cc_align((uint32_t)acc);
    bool stay = l->reside == CC_RESIDE_STAY;
    need[NPU_MEM_WGT] = stay ? 0 : weight_chunk(l);
    need[NPU_MEM_PAR] = stay ? 0 : param_chunk(l);
}

/* L1 bytes for the layer: where a cascade keeps some constants, others have half of the memory. */
static uint32_t room_of(const cc_t *cc, const cc_layer_t *l, uint32_t mem)
{
    bool shared = l->reside == CC_RESIDE_STREAM && (mem == NPU_MEM_WGT || mem == NPU_MEM_PAR);
    return cc->desc->mem_bytes[mem] / (shared ? 2 : 1);
}

/* Whether all constants stay in L1 from one step to the next. */
static bool is_resident(const cc_t *cc, const cc_layer_t *l)
{
    uint32_t out_c = npu_tensor_hwc(cc_tensor(cc, l->out)).c;
    uint32_t params = cc_align(param_bytes(l, out_c)) + follower_param_bytes(l);
    if (l->reside != CC_RESIDE_FREE)
        return l->reside == CC_RESIDE_STAY;
    return l->tiling.slices == 1 && params <= room_of(cc, l, NPU_MEM_PAR) &&
           weight_bytes(l, out_c, l->depth) <= room_of(cc, l, NPU_MEM_WGT);
}

/* An area of the ring holds sources and results of a step (many: of several on the same sources).
 * Two areas let steps overlap; where they do not fit, sources and results are handed out apart. */
static void plan_act(cc_tiling_t *t, bool many, uint32_t room)
{
    uint32_t in = t->in_bytes, out = t->out_bytes;
    t->outs = many && in + 2 * out <= room ? 2 : 1;
    t->in_slots = t->out_slots = 0;
    if (2 * (in + t->outs * out) <= room)
        return;
    bool two_out = in + 2 * out <= room, two_in = 2 * in + out <= room;
    bool both = 2 * (in + out) <= room;
    t->out_slots = both || (two_out && (many || !two_in)) ? 2 : 1;
    t->in_slots = both || (two_in && t->out_slots == 1) ? 2 : 1;
}

/* Fills what follows from rows, cols, group, slice and order; false when a step does not fit. need
 * gets the bytes of one step in each memory. */
static bool fits(cc_t *cc, cc_layer_t *l, uint32_t need[NPU_MEMS])
{
    cc_tiling_t *t = &l->tiling;
    npu_hwc_t out = npu_tensor_hwc(cc_tensor(cc, l->out));
    t->row_tiles = cc_div_up(out.h, t->rows);
    t->col_tiles = cc_div_up(out.w, t->cols);
    t->groups = cc_div_up(out.c, t->group);
    t->slices = l->all_in ? cc_div_up(l->depth, t->slice) : 1;
    step_needs(cc, l, need);
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        if (need[m] > room_of(cc, l, m))
            return false;
    plan_act(t, l->all_in && t->groups > 1, room_of(cc, l, NPU_MEM_ACT));
    t->resident = is_resident(cc, l);
    return true;
}

/* Busy cycles of each engine over the layer, from one step of each kind. */
typedef struct {
    uint64_t total[NPU_ENGINES], insns;
    uint64_t alone; /* cycles in which nothing else runs: weights, where they do not overlap */
    uint64_t lead;  /* before the array (or vector unit) can start, and after it is done */
    uint64_t sources, weights, array, result; /* of one step: parts that may fail to overlap */
    uint64_t loads;                           /* how often sources are loaded */
} cost_t;

static void probe_into(cc_t *cc, uint64_t cycles[NPU_ENGINES])
{
    memset(cycles, 0, NPU_ENGINES * sizeof(*cycles));
    cc->probe = cycles;
    cc->probed = 0;
}

static void add_probe(const cc_t *cc, cost_t *cost, uint64_t times)
{
    cost->insns += cc->probed * times;
    for (uint32_t e = 0; e < NPU_ENGINES; e++)
        cost->total[e] += cc->probe[e] * times;
}

/* Multiples at which cuts of the layer fill the array; all 1 where there is none of it. */
static npu_array_grain_t grain_of(const cc_t *cc, const cc_layer_t *l)
{
    const npu_array_kind_t *kind = npu_array(cc->desc);
    bool folds = l->kind->mac != NULL && l->all_in && kind->grain != NULL;
    return folds ? kind->grain(cc->desc) : (npu_array_grain_t){1, 1, 1};
}

/* Where the array works in folds, the last of rows, columns and groups, which may be smaller than
 * the others, take less: cycles of the array over the layer. */
static uint64_t array_cycles(cc_t *cc, cc_layer_t *l)
{
    const cc_tiling_t *t = &l->tiling;
    uint64_t cycles[NPU_ENGINES], sum = 0;
    for (uint32_t last = 0; last < 8; last++) {
        uint32_t rows = last & 1 ? 1 : t->row_tiles - 1, row = last & 1 ? t->row_tiles - 1 : 0;
        uint32_t cols = last & 2 ? 1 : t->col_tiles - 1, col = last & 2 ? t->col_tiles - 1 : 0;
        uint32_t groups = last & 4 ? 1 : t->groups - 1, group = last & 4 ? t->groups - 1 : 0;
        cc_step_t s = {0};
        if (rows == 0 || cols == 0 || groups == 0)
            continue;
        tile_set_step(cc, l, row * t->col_tiles + col, group, &s);
        probe_into(cc, cycles);
        for (uint32_t slice = 0; slice < t->slices; slice++)
            l->kind->mac(cc, l, &s, slice);
        sum += (uint64_t)rows * cols * groups * cycles[NPU_ENGINE_MAC];
    }
    return sum;
}

static cost_t probe(cc_t *cc, cc_layer_t *l)
{
    const cc_tiling_t *t = &l->tiling;
    uint64_t tiles = (uint64_t)t->row_tiles * t->col_tiles, steps = tiles * t->groups;
    uint64_t cycles[NPU_ENGINES];
    cc_ring_t ring[NPU_MEMS];
    memcpy(ring, cc->ring, sizeof(ring));
    cost_t cost = {0};
    cc_step_t s = {0};
    /* the middle tile has the most source rows */
    tile_set_step(cc, l, (uint32_t)(tiles / 2), 0, &s);

    probe_into(cc, cycles);
    constants_load(cc, l, &s);
    for (uint32_t slice = 1; slice < t->slices; slice++)
        constants_load_slice(cc, l, &s, slice);
    uint64_t times = t->groups_outer || t->resident ? t->groups : steps;
    cost.weights = cycles[NPU_ENGINE_LOAD];
    add_probe(cc, &cost, times);
    if ((cc->desc->overlap & NPU_OVERLAP_WEIGHTS) != 0) {
        cost.lead += cycles[NPU_ENGINE_LOAD];
    } else { /* of no engine, but before all */
        cost.alone = cycles[NPU_ENGINE_LOAD] * times;
        cost.total[NPU_ENGINE_LOAD] -= cost.alone;
    }

    probe_into(cc, cycles);
    tile_load_operands(cc, l, &s, 0);
    bool per_step = !l->all_in || (t->groups_outer && tiles > 1);
    cost.loads = per_step ? steps : tiles;
    add_probe(cc, &cost, cost.loads);
    cost.sources = cycles[NPU_ENGINE_LOAD] + cycles[NPU_ENGINE_VEC];
    cost.lead += cost.sources;

    probe_into(cc, cycles);
    tile_set_result(cc, l, &s, t->in_bytes);
    tile_load_beside(cc, l, &s, t->in_bytes + t->out_bytes - t->with_bytes);
    add_probe(cc, &cost, steps);
    cost.sources += cycles[NPU_ENGINE_LOAD] + cycles[NPU_ENGINE_VEC];

    probe_into(cc, cycles);
    tile_set_accumulator(cc, l, &s);
    for (uint32_t slice = 0; l->kind->mac != NULL && slice < t->slices; slice++)
        l->kind->mac(cc, l, &s, slice);
    add_probe(cc, &cost, steps);
    cost.array = cycles[NPU_ENGINE_MAC];
    if (l->kind->mac != NULL && npu_array(cc->desc)->grain != NULL)
        cost.total[NPU_ENGINE_MAC] = array_cycles(cc, l);

    probe_into(cc, cycles);
    tile_finish(cc, l, &s);
    add_probe(cc, &cost, steps);
    cost.result = cycles[NPU_ENGINE_VEC] + cycles[NPU_ENGINE_STORE];
    cost.lead += cost.result;
    cc->probe = NULL;
    memcpy(cc->ring, ring, sizeof(ring));
    return cost;
}

static bool is_planar(const cc_t *cc, const cc_layer_t *l)
{
    return cc_operand_value(cc, &l->in[0]).layout == NPU_LAYOUT_PLANAR;
}

/* Constants that fill most of WGT cannot be loaded ahead: then the first tile, which needs them
 * all, takes as long as they do. */
static uint64_t first_tile_cycles(const cc_t *cc, const cc_layer_t *l, const cost_t *cost,
                                  uint64_t busiest)
{
    const cc_tiling_t *t = &l->tiling;
    uint64_t tiles = (uint64_t)t->row_tiles * t->col_tiles, constants = cost->weights * t->groups;
    uint32_t bytes = t->groups * weight_chunk(l);
    if (!t->resident || t->groups_outer || bytes <= cc->desc->mem_bytes[NPU_MEM_WGT] / 2)
        return 0;
    return constants > busiest / tiles ? constants - busiest / tiles : 0;
}

/* Of the busiest engine; of all, where nothing overlaps. */
static uint64_t busy_cycles(const cc_t *cc, const cost_t *cost)
{
    uint64_t busiest = 0, sum = 0;
    for (uint32_t e = 0; e < NPU_ENGINES; e++) {
        busiest = cost->total[e] > busiest ? cost->total[e] : busiest;
        sum += cost->total[e];
    }
    return (cc->desc->overlap & NPU_OVERLAP_ACTIVATIONS) != 0 ? busiest : sum;
}

/*
 * Estimated cycles of the layer: the busiest engine; what comes before and after it, half of that
 * where the layers there overlap with it; what cannot overlap because two steps do not stand side
 * by side. A sixteenth of the DMA's cycles on top: L2 serves others too, so of two cuts that are as
 * fast the one that stores whole pixels is better.
 */
static uint64_t estimate(cc_t *cc, cc_layer_t *l, const uint32_t need[NPU_MEMS], cost_t *cost)
{
    const cc_tiling_t *t = &l->tiling;
    uint64_t steps = (uint64_t)t->row_tiles * t->col_tiles * t->groups;
    *cost = probe(cc, l);
    uint64_t dma = cost->total[NPU_ENGINE_LOAD] + cost->total[NPU_ENGINE_STORE];
    uint64_t busiest = busy_cycles(cc, cost), cycles = busiest + cost->alone + dma / 16;
    cycles += cost->insns * cc->insn_cycles;
    cycles += (cc->desc->overlap & NPU_OVERLAP_NODES) != 0 ? cost->lead / 2 : cost->lead;
    if (cost->alone == 0)
        cycles += first_tile_cycles(cc, l, cost, busiest);
    cycles += t->in_slots == 1 ? cost->sources * (cost->loads - 1) : 0;
    cycles += t->out_slots == 1 ? cost->result * (steps - 1) : 0;
    if (2 * (uint64_t)need[NPU_MEM_ACC] > room_of(cc, l, NPU_MEM_ACC))
        cycles += cost->result * (steps - 1);
    if (l->kind->mac != NULL && is_planar(cc, l) && !tile_holds_steps(cc, l))
        cycles += cost->total[NPU_ENGINE_VEC]; /* it works before the array and after it */
    if (!t->resident && cost->alone == 0 &&
        2 * (uint64_t)need[NPU_MEM_WGT] > room_of(cc, l, NPU_MEM_WGT))
        cycles += cost->weights * (t->groups_outer ? t->groups : steps);
    return cycles;
}

static uint32_t common(uint32_t a, uint32_t b)
{
    while (b != 0) {
        uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The least count whose multiples, `each` times, are multiples of grain. */
static uint32_t unit_of(uint32_t grain, uint32_t each)
{
    return grain / common(grain, each);
}

/* The same in whole blocks of lanes. */
static uint32_t lanes_unit(uint32_t grain, uint32_t each)
{
    uint32_t unit = unit_of(grain, each);
    return unit * unit_of(NPU_LANES, unit);
}

/* Input channels of one CONV: all of them, or as many as leave two chunks of weights in WGT. */
static uint32_t slice_for(const cc_t *cc, const cc_layer_t *l, uint32_t group)
{
    uint32_t in_c = l->depth, room = room_of(cc, l, NPU_MEM_WGT);
    if (!l->all_in || l->kind->mac == NULL || l->reside == CC_RESIDE_STAY)
        return in_c;
    uint64_t block = (uint64_t)l->array.kernel_h * l->array.kernel_w * npu_round_lanes(group) * 32;
    uint64_t blocks = block == 0 ? 1 : room / block;
    if (blocks * 32 >= in_c)
        return in_c;
    blocks = blocks > 1 ? blocks / 2 : 1;
    uint32_t slice = (uint32_t)blocks * 32;
    uint32_t unit = lanes_unit(grain_of(cc, l).depth, l->array.kernel_h * l->array.kernel_w);
    return slice >= unit ? slice / unit * unit : slice;
}

typedef struct {
    cc_tiling_t tiling;
    uint64_t cycles;
    bool found;
    uint32_t need[NPU_MEMS]; /* of the smallest step tried */
} choice_t;

static void try_cut(cc_t *cc, cc_layer_t *l, uint32_t rows, uint32_t cols, uint32_t group,
                    choice_t *best)
{
    uint32_t need[NPU_MEMS];
    cost_t cost;
    for (uint32_t order = 0; order < 2; order++) {
        l->tiling = (cc_tiling_t){.rows = rows,
                                  .cols = cols,
                                  .group = group,
                                  .slice = slice_for(cc, l, group),
                                  .groups_outer = order == 1};
        bool fit = fits(cc, l, need);
        if (!fit && !best->found)
            memcpy(best->need, need, sizeof(need));
        bool pointless =
            order == 1 && (!l->all_in || l->max_rows != 0 || l->tiling.groups == 1 ||
                           l->tiling.resident || l->tiling.row_tiles * l->tiling.col_tiles == 1);
        if (!fit || pointless)
            continue;
        uint64_t cycles = estimate(cc, l, need, &cost);
        if (!best->found || cycles < best->cycles) {
            best->tiling = l->tiling;
            best->cycles = cycles;
            best->found = true;
            l->insns = cost.insns;
            l->lead_cycles = cost.sources + cost.result;
            l->step_cycles = l->lead_cycles + cost.array;
            memcpy(l->engine_cycles, cost.total, sizeof(cost.total));
        }
    }
}

/* Output channels of a tile: all, and halves of that down to one block. */
static uint32_t next_group(const cc_layer_t *l, uint32_t group)
{
    if (l->one_group || group <= NPU_LANES)
        return 0;
    return npu_round_lanes(group / 2);
}

static void try_rows(cc_t *cc, cc_layer_t *l, npu_hwc_t out, uint32_t cols, uint32_t group,
                     choice_t *best)
{
    uint32_t last = 0, fewest = l->max_rows == 0 ? 1 : cc_div_up(out.h, l->max_rows);
    uint32_t unit = unit_of(grain_of(cc, l).pixels, cols);
    for (uint32_t tiles = fewest; tiles <= out.h; tiles += 1 + tiles / 8) {
        uint32_t rows = cc_div_up(out.h, tiles);
        if (rows != last)
            try_cut(cc, l, rows, cols, group, best);
        if (rows != last && rows > unit && rows % unit != 0)
            try_cut(cc, l, rows / unit * unit, cols, group, best);
        last = rows;
    }
    if (last != 1)
        try_cut(cc, l, 1, cols, group, best);
}

/* Groups of halved channels, and of whole folds of the array near them. */
static void try_groups(cc_t *cc, cc_layer_t *l, npu_hwc_t out, uint32_t cols, choice_t *best)
{
    uint32_t unit = lanes_unit(grain_of(cc, l).channels, 1);
    for (uint32_t group = out.c; group != 0; group = next_group(l, group)) {
        try_rows(cc, l, out, cols, group, best);
        if (group == out.c || unit == NPU_LANES || group % unit == 0)
            continue;
        if (group / unit > 0)
            try_rows(cc, l, out, cols, group / unit * unit, best);
        if (cc_div_up(group, unit) * unit < out.c)
            try_rows(cc, l, out, cols, cc_div_up(group, unit) * unit, best);
    }
}

static void settle(cc_layer_t *l, const choice_t *best)
{
    l->tiling = best->tiling;
    l->estimate = best->cycles;
}

bool tile_choose_lower(cc_t *cc, cc_layer_t *l)
{
    cc_tiling_t t = l->tiling;
    choice_t best = {.found = false};
    try_cut(cc, l, cc_min(t.rows, l->max_rows), t.cols, t.group, &best);
    if (!best.found)
        return tile_choose(cc, l);
    settle(l, &best);
    return true;
}

bool tile_choose(cc_t *cc, cc_layer_t *l)
{
    static const char *const names[NPU_MEMS] = {"activations", "weights", "accumulators",
                                                "parameters"};
    npu_hwc_t out = npu_tensor_hwc(cc_tensor(cc, l->out));
    choice_t best = {.found = false};
    for (uint32_t cols = out.w; !best.found; cols = cc_div_up(cols, 2)) {
        try_groups(cc, l, out, cols, &best);
        if (cols == 1)
            break;
    }
    settle(l, &best);
    for (uint32_t m = 0; !best.found && m < NPU_MEMS; m++)
        if (best.need[m] > cc->desc->mem_bytes[m])
            return cc_fail(cc, l, SIM_EFULL,
                           "the smallest tile needs %u bytes of L1 %s, there are %u", best.need[m],
                           names[m], cc->desc->mem_bytes[m]);
    return best.found;
}

void tile_count(cc_t *cc, cc_layer_t *l, uint32_t rows, uint32_t height)
{
    uint64_t cycles[NPU_ENGINES];
    cc_ring_t ring[NPU_MEMS];
    memcpy(ring, cc->ring, sizeof(ring));
    probe_into(cc, cycles);
    for (uint32_t y = 0; y < height; y += rows) {
        if (rows >= height)
            l->kind->run(cc, l);
        else
            cc_by_rows(l)->run(cc, l, y, cc_min(y + rows, height));
    }
    cc->probe = NULL;
    memcpy(cc->ring, ring, sizeof(ring));
    l->insns = cc->probed;
    l->estimate = 0;
    for (uint32_t e = 0; e < NPU_ENGINES; e++)
        l->estimate = cycles[e] > l->estimate ? cycles[e] : l->estimate;
}
