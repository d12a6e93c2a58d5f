/*
 * tile.c - emits a layer, step by step.
 *
 * One step makes `rows` x `cols` results of `group` output channels:
 *
 *   L2 --load--> [ACT: source] --mac--> [ACC] --vec--> [ACT: result] --store--> L2
 *   L2 --load--> [WGT, PAR]  ----^---------^
 *
 * Room in each L1 memory is handed out as from a ring, so two steps in a row stand in different
 * memory whenever two fit; the emitter's hazards then let them overlap. How to cut, choose.c says.
 */
#include "npu/compiler/compile_int.h"

#include <assert.h>
#include <string.h>

/* ---- geometry -------------------------------------------------------------------------------- */

static cc_span_t cc_span(uint32_t first, uint32_t count, uint32_t kernel, uint32_t stride,
                         uint32_t dilation, uint32_t pad, uint32_t size)
{
    int64_t low = (int64_t)first * stride - pad;
    int64_t high = low + (int64_t)(count - 1) * stride + npu_window_reach(kernel, dilation);
    cc_span_t span;
    span.first = low > 0 ? (uint32_t)low : 0;
    span.pad = (uint32_t)(span.first - low);
    span.count = (uint32_t)((high < size ? high : size) - span.first);
    return span;
}

/* Source rows and columns of operand i. One row (column) serves all results when that is all the
 * operand has: broadcasting. */
static void operand_span(const cc_t *cc, const cc_layer_t *l, uint32_t i, const cc_step_t *s,
                         cc_span_t *rows, cc_span_t *cols)
{
    if (l->kind->span != NULL) {
        *rows = l->kind->span(cc, l, true, s->y, s->h);
        *cols = l->kind->span(cc, l, false, s->x, s->w);
        return;
    }
    const npu_window_t *w = &l->window;
    npu_hwc_t size = l->in[i].size;
    bool window = l->ins == 1;
    *rows = cc_span(s->y, s->h, w->kernel_h, w->stride_h, w->dilation_h, w->pad_top, size.h);
    *cols = cc_span(s->x, s->w, w->kernel_w, w->stride_w, w->dilation_w, w->pad_left, size.w);
    if (!window && size.h == 1)
        *rows = (cc_span_t){0, 1, 0};
    if (!window && size.w == 1)
        *cols = (cc_span_t){0, 1, 0};
}

cc_span_t tile_operand_rows(const cc_t *cc, const cc_layer_t *l, uint32_t i, uint32_t y, uint32_t h)
{
    cc_step_t s = {.y = y, .h = h, .w = 1};
    cc_span_t rows, cols;
    operand_span(cc, l, i, &s, &rows, &cols);
    return rows;
}

void tile_operand_channels(const cc_layer_t *l, uint32_t i, const cc_step_t *s, uint32_t *c0,
                           uint32_t *c)
{
    bool all = l->all_in || l->in[i].spread;
    *c0 = all ? 0 : s->c0 / l->multiplier;
    *c = all ? l->in[i].size.c : s->c / l->multiplier;
}

/* ACT bytes of an operand's tile, and of the planes it is made from when the operand is planar. */
static uint32_t operand_bytes(const cc_t *cc, const cc_layer_t *l, uint32_t i, const cc_step_t *s,
                              uint32_t *planes_bytes)
{
    cc_value_t value = cc_operand_value(cc, &l->in[i]);
    cc_span_t rows, cols;
    uint32_t c0, c;
    operand_span(cc, l, i, s, &rows, &cols);
    tile_operand_channels(l, i, s, &c0, &c);
    bool planar = value.layout == NPU_LAYOUT_PLANAR;
    *planes_bytes = planar ? cc_align(c * rows.count * cols.count) : 0;
    return cc_align(rows.count * cols.count * cc_tile_pix(&value, c0, c));
}

/* Where the step is; its tiles in L1 are set by what loads them. */
void tile_set_step(const cc_t *cc, const cc_layer_t *l, uint32_t tile, uint32_t group, cc_step_t *s)
{
    const cc_tiling_t *t = &l->tiling;
    npu_hwc_t out = npu_tensor_hwc(cc_tensor(cc, l->out));
    s->y = tile / t->col_tiles * t->rows;
    s->x = tile % t->col_tiles * t->cols;
    s->h = cc_min(t->rows, out.h - s->y);
    s->w = cc_min(t->cols, out.w - s->x);
    s->group = group;
    s->c0 = group * t->group;
    s->c = cc_min(t->group, out.c - s->c0);
    operand_span(cc, l, 0, s, &s->rows, &s->cols);
}

static uint32_t tile_acc_bytes(const cc_layer_t *l, const cc_step_t *s)
{
    return l->kind->mac == NULL ? 0 : cc_align(s->h * s->w * 4 * npu_round_lanes(s->c));
}

/* ---- emitting -------------------------------------------------------------------------------- */

/* The one channel of a tile for all channels of the step, at ACT address `at`. */
static void spread_channel(cc_t *cc, cc_layer_t *l, const cc_step_t *s, cc_span_t rows,
                           cc_span_t cols, uint32_t at, npu_tile_t *tile)
{
    npu_insn_t move = {.op = NPU_OP_TRANSFORM, .h = rows.count, .w = cols.count, .c = s->c};
    move.src = *tile;
    move.dst.addr = at;
    move.dst.pix = npu_round_lanes(s->c);
    move.dst.row = cols.count * move.dst.pix;
    move.dst_chan = 1;
    cc_emit(cc, l, move);
    *tile = move.dst;
}

/* The pixels of a span of what `up` makes of `size` of them: first one, and how many. */
static cc_span_t pixels_under(cc_span_t span, uint32_t up, uint32_t size)
{
    uint32_t first = cc_div_up(span.first, up);
    uint32_t end = cc_min(cc_div_up(span.first + span.count, up), size);
    return (cc_span_t){first, end > first ? end - first : 0, 0};
}

/* Pixels apart from each other on a ground of zeros. */
static void load_apart(cc_t *cc, cc_layer_t *l, const cc_value_t *value, cc_span_t rows,
                       cc_span_t cols, uint32_t c0, uint32_t c, const npu_tile_t *tile)
{
    cc_span_t ys = pixels_under(rows, l->up_h, value->size.h);
    cc_span_t xs = pixels_under(cols, l->up_w, value->size.w);
    npu_insn_t fill = {.op = NPU_OP_FILL, .dst = *tile, .h = rows.count, .w = cols.count, .c = c};
    fill.value = cc_zero(cc, l->node->input[0]);
    cc_emit(cc, l, fill);
    if (ys.count == 0 || xs.count == 0)
        return;
    npu_tile_t to = {tile->addr, tile->row * l->up_h, tile->pix * l->up_w};
    to.addr += (ys.first * l->up_h - rows.first) * tile->row;
    to.addr += (xs.first * l->up_w - cols.first) * tile->pix;
    cc_load(cc, l, value, ys, xs, c0, c, &to);
}

/* Loads operand i from ACT address `at` on; returns what is behind it. */
static uint32_t load_operand(cc_t *cc, cc_layer_t *l, uint32_t i, const cc_step_t *s, uint32_t at,
                             npu_tile_t *tile)
{
    cc_value_t value = cc_operand_value(cc, &l->in[i]);
    cc_span_t rows, cols;
    uint32_t c0, c, planes_bytes, bytes = operand_bytes(cc, l, i, s, &planes_bytes);
    operand_span(cc, l, i, s, &rows, &cols);
    tile_operand_channels(l, i, s, &c0, &c);
    uint32_t pix = cc_tile_pix(&value, c0, c);
    *tile = (npu_tile_t){at + planes_bytes, cols.count * pix, pix};
    at += planes_bytes + bytes;
    if (l->node->op == NPU_NODE_TRANSPOSE_CONV)
        load_apart(cc, l, &value, rows, cols, c0, c, tile);
    else
        cc_load(cc, l, &value, rows, cols, c0, c, tile);
    if (l->in[i].spread) {
        spread_channel(cc, l, s, rows, cols, at, tile);
        at += cc_align(rows.count * tile->row);
    }
    if (l->ins > 1 && rows.count == 1 && s->h > 1)
        tile->row = 0;
    if (l->ins > 1 && cols.count == 1 && s->w > 1)
        tile->pix = 0;
    return at;
}

/* Sources of the step, from ACT address `at` on. */
void tile_load_operands(cc_t *cc, cc_layer_t *l, cc_step_t *s, uint32_t at)
{
    if (l->gather)
        gather_load(cc, l, s, at);
    for (uint32_t i = 0; i < l->ins && !l->gather; i++)
        at = load_operand(cc, l, i, s, at, &s->in[i]);
}

/* What followers read beside the result, from ACT address `at` on. */
void tile_load_beside(cc_t *cc, cc_layer_t *l, cc_step_t *s, uint32_t at)
{
    for (uint32_t k = 0; k < l->followers; k++) {
        cc_layer_t *f = &l->follower[k];
        if (f->ins > 1)
            at = load_operand(cc, f, 1 - f->chained, s, at, &s->with[k]);
    }
}

static void follow(cc_t *cc, cc_layer_t *l, const cc_step_t *s)
{
    cc_step_t step = *s;
    step.par = s->with_par;
    for (uint32_t k = 0; k < l->followers; k++) {
        cc_layer_t *f = &l->follower[k];
        step.in[1 - f->chained] = s->with[k];
        step.in[f->chained] = s->out;
        f->kind->vec(cc, f, &step);
        step.par += cc_align(f->params_bytes);
    }
}

static void store_result(cc_t *cc, cc_layer_t *l, const cc_step_t *s)
{
    cc_value_t value = cc_result_value(cc, l);
    cc_store(cc, l, &value, s->y, s->x, s->h, s->w, s->c0, s->c, &s->out);
}

void tile_set_result(const cc_t *cc, const cc_layer_t *l, cc_step_t *s, uint32_t at)
{
    cc_value_t value = cc_result_value(cc, l);
    s->out.addr = at;
    s->out.pix = cc_tile_pix(&value, s->c0, s->c);
    s->out.row = s->w * s->out.pix;
}

void tile_set_accumulator(cc_t *cc, const cc_layer_t *l, cc_step_t *s)
{
    if (l->kind->mac == NULL)
        return;
    s->acc.addr = cc_take(cc, NPU_MEM_ACC, tile_acc_bytes(l, s));
    s->acc.pix = 4 * npu_round_lanes(s->c);
    s->acc.row = s->w * s->acc.pix;
}

void tile_finish(cc_t *cc, cc_layer_t *l, const cc_step_t *s)
{
    l->kind->vec(cc, l, s);
    follow(cc, l, s);
    store_result(cc, l, s);
}

static void array_work(cc_t *cc, cc_layer_t *l, cc_step_t *s)
{
    if (l->kind->mac == NULL)
        return;
    for (uint32_t slice = 0; slice < l->tiling.slices; slice++) {
        if (slice > 0)
            constants_load_slice(cc, l, s, slice);
        l->kind->mac(cc, l, s, slice);
    }
}

static void flush(cc_t *cc, cc_layer_t *l, cc_loop_t *loop)
{
    if (loop->holds)
        tile_finish(cc, l, &loop->held);
    loop->holds = false;
}

/*
 * A planar source needs the vector unit before the array as well as after it. So that it never
 * waits, the transform of step n + 1 is emitted before the requantize of step n; for that a step
 * is held back, which is possible where two steps stand side by side in L1.
 */
bool tile_holds_steps(const cc_t *cc, const cc_layer_t *l)
{
    const cc_tiling_t *t = &l->tiling;
    uint32_t act = t->in_bytes + t->outs * t->out_bytes;
    cc_step_t s = {0};
    tile_set_step(cc, l, 0, 0, &s);
    return l->kind->mac != NULL && t->resident && t->groups == 1 && l->max_rows == 0 &&
           cc_operand_value(cc, &l->in[0]).layout == NPU_LAYOUT_PLANAR &&
           4 * act <= cc->desc->mem_bytes[NPU_MEM_ACT] &&
           4 * tile_acc_bytes(l, &s) <= cc->desc->mem_bytes[NPU_MEM_ACC];
}

/* Steps in a row stand in banks of their own, where memory allows many: else engines wait for
 * ports. */
static uint32_t area_bytes(const cc_t *cc, const cc_tiling_t *t)
{
    uint32_t room = cc->desc->mem_bytes[NPU_MEM_ACT];
    uint32_t bank = room / cc->desc->mem_banks[NPU_MEM_ACT];
    uint32_t bytes = t->in_bytes + t->outs * t->out_bytes;
    uint32_t apart = cc_div_up(bytes, bank) * bank;
    return 6 * apart <= room ? apart : bytes;
}

static void next_area(cc_t *cc, const cc_tiling_t *t, cc_loop_t *loop)
{
    if (t->in_slots != 0) {
        loop->area = loop->sources++ % t->in_slots * t->in_bytes;
        return;
    }
    loop->area = cc_take(cc, NPU_MEM_ACT, area_bytes(cc, t));
    loop->results = 0;
}

static uint32_t next_result(const cc_tiling_t *t, cc_loop_t *loop)
{
    uint32_t n = loop->results++;
    if (t->in_slots != 0)
        return t->in_slots * t->in_bytes + n % t->out_slots * t->out_bytes;
    return loop->area + t->in_bytes + n % t->outs * t->out_bytes;
}

static void run_step(cc_t *cc, cc_layer_t *l, cc_loop_t *loop, uint32_t tile, uint32_t group)
{
    const cc_tiling_t *t = &l->tiling;
    cc_step_t *s = &loop->step;
    bool one_tile = t->row_tiles * t->col_tiles == 1;
    tile_set_step(cc, l, tile, group, s);
    constants_set(cc, l, s, !t->groups_outer || tile == 0 || t->slices > 1);
    if (!l->all_in || group == 0 || (t->groups_outer && !one_tile)) {
        next_area(cc, t, loop);
        tile_load_operands(cc, l, s, loop->area);
    }
    loop->idle_cycles += loop->idle_per_step;
    constants_ahead(cc, l, &loop->idle_cycles);
    uint32_t result = next_result(t, loop);
    tile_set_result(cc, l, s, result);
    tile_load_beside(cc, l, s, result + t->out_bytes - t->with_bytes);
    tile_set_accumulator(cc, l, s);
    array_work(cc, l, s);
}

/* Cycles of the layer in which the load DMA has nothing to do because another engine is slower. */
static uint64_t idle_load_cycles(const cc_layer_t *l)
{
    uint64_t busiest = 0;
    for (uint32_t e = 0; e < NPU_ENGINES; e++)
        busiest = l->engine_cycles[e] > busiest ? l->engine_cycles[e] : busiest;
    return busiest - l->engine_cycles[NPU_ENGINE_LOAD];
}

void tile_run(cc_t *cc, cc_layer_t *l)
{
    const cc_tiling_t *t = &l->tiling;
    uint32_t tiles = t->row_tiles * t->col_tiles;
    bool hold = tile_holds_steps(cc, l);
    cc_loop_t loop = {0};
    loop.idle_per_step = idle_load_cycles(l) / (tiles * t->groups);
    for (uint32_t i = 0; i < tiles * t->groups; i++) {
        uint32_t tile = t->groups_outer ? i % tiles : i / t->groups;
        uint32_t group = t->groups_outer ? i / tiles : i % t->groups;
        run_step(cc, l, &loop, tile, group);
        flush(cc, l, &loop);
        loop.held = loop.step;
        loop.holds = true;
        if (!hold)
            flush(cc, l, &loop);
    }
    flush(cc, l, &loop);
}

void tile_run_row(cc_t *cc, cc_layer_t *l, cc_loop_t *loop, uint32_t row)
{
    const cc_tiling_t *t = &l->tiling;
    for (uint32_t i = 0; i < t->col_tiles * t->groups; i++) {
        run_step(cc, l, loop, row * t->col_tiles + i / t->groups, i % t->groups);
        tile_finish(cc, l, &loop->step);
    }
}
