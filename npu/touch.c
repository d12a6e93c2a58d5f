/*
 * touch.c - operands as sets of bytes.
 */
#include "npu/touch.h"

#include <assert.h>

/* ---- normal form ----------------------------------------------------------------------------- */

static void drop_dim(npu_touch_t *t, uint32_t k)
{
    t->dims--;
    for (; k < t->dims; k++)
        t->dim[k] = t->dim[k + 1];
}

static void sort_dims(npu_touch_t *t)
{
    for (uint32_t i = 1; i < t->dims; i++)
        for (uint32_t k = i; k > 0 && t->dim[k].step > t->dim[k - 1].step; k--) {
            uint64_t count = t->dim[k].count, step = t->dim[k].step;
            t->dim[k] = t->dim[k - 1];
            t->dim[k - 1].count = count;
            t->dim[k - 1].step = step;
        }
}

/* Pieces that meet become one; rows whose pieces go on evenly become one row. */
static void merge_dims(npu_touch_t *t)
{
    while (t->dims > 0 && t->dim[t->dims - 1].step <= t->bytes) {
        t->dims--;
        t->bytes += (t->dim[t->dims].count - 1) * t->dim[t->dims].step;
    }
    for (uint32_t k = 0; k + 1 < t->dims;) {
        if (t->dim[k].step == t->dim[k + 1].count * t->dim[k + 1].step) {
            t->dim[k + 1].count *= t->dim[k].count;
            drop_dim(t, k);
        } else {
            k++;
        }
    }
}

static npu_touch_t normal(npu_touch_t t)
{
    t.end = t.begin + t.bytes;
    for (uint32_t k = 0; k < t.dims; k++)
        t.end += (t.dim[k].count - 1) * t.dim[k].step;
    for (uint32_t k = 0; k < t.dims;) {
        if (t.dim[k].count == 1 || t.dim[k].step == 0)
            drop_dim(&t, k);
        else
            k++;
    }
    sort_dims(&t);
    merge_dims(&t);
    return t;
}

/* ---- what an instruction touches ------------------------------------------------------------- */

typedef struct {
    npu_touch_t *touch;
    uint32_t count;
} list_t;

static void add(list_t *list, npu_touch_t touch)
{
    assert(list->count < NPU_MAX_TOUCHES);
    list->touch[list->count++] = normal(touch);
}

static void add_range(list_t *list, npu_mem_t mem, uint16_t write, uint64_t begin, uint64_t bytes)
{
    add(list, (npu_touch_t){.mem = (uint16_t)mem, .write = write, .begin = begin, .bytes = bytes});
}

static void add_tile(list_t *list, npu_mem_t mem, uint16_t write, const npu_tile_t *tile,
                     uint32_t h, uint32_t w, uint64_t bytes)
{
    add(list, (npu_touch_t){.mem = (uint16_t)mem,
                            .write = write,
                            .begin = tile->addr,
                            .bytes = bytes,
                            .dims = 2,
                            .dim = {{h, tile->row}, {w, tile->pix}}});
}

/* A tile whose channels stand apart. */
static void add_planes(list_t *list, uint16_t write, const npu_tile_t *tile, uint32_t chan,
                       const npu_insn_t *i)
{
    add(list, (npu_touch_t){.mem = NPU_MEM_ACT,
                            .write = write,
                            .begin = tile->addr,
                            .bytes = 1,
                            .dims = 3,
                            .dim = {{i->h, tile->row}, {i->w, tile->pix}, {i->c, chan}}});
}

static void add_dma(list_t *list, const npu_insn_t *i)
{
    uint16_t load = i->op == NPU_OP_LOAD;
    npu_touch_t l1 = {.mem = (uint16_t)i->mem,
                      .write = load,
                      .begin = i->l1,
                      .bytes = npu_row_l1_bytes(i),
                      .dims = 2,
                      .dim = {{i->planes, i->l1_plane}, {i->rows, i->l1_row}}};
    npu_touch_t l2 = {.mem = NPU_MEM_L2,
                      .write = !load,
                      .begin = i->l2,
                      .bytes = i->row_bytes,
                      .dims = 2,
                      .dim = {{i->planes, i->l2_plane}, {i->rows, i->l2_row}}};
    add(list, load ? l2 : l1);
    add(list, load ? l1 : l2);
}

static void add_mac(list_t *list, const npu_insn_t *i)
{
    uint64_t lanes = npu_round_lanes(i->c), taps = (uint64_t)i->k_h * i->k_w;
    uint64_t depth = i->op == NPU_OP_CONV ? npu_round_lanes(i->in_c) : 1;
    uint64_t weights = lanes * taps * depth >> i->narrow; /* may be more than 32 bits */
    add_tile(list, NPU_MEM_ACT, 0, &i->src, i->in_h, i->in_w, i->in_c);
    add_range(list, NPU_MEM_WGT, 0, i->wgt, weights);
    if ((i->flags & NPU_FLAG_ACCUMULATE) != 0)
        add_tile(list, NPU_MEM_ACC, 0, &i->dst, i->h, i->w, 4 * lanes);
    add_tile(list, NPU_MEM_ACC, 1, &i->dst, i->h, i->w, 4 * lanes);
}

/* Bytes of the parameter record; 0: it has none. */
static uint32_t record_bytes(const npu_insn_t *i)
{
    switch (i->op) {
    case NPU_OP_REQUANT:
        return npu_requant_par_bytes(i->c);
    case NPU_OP_ADD:
    case NPU_OP_SUB:
        return 4 * NPU_PAR_ADD_WORDS;
    case NPU_OP_MUL:
        return 4 * NPU_PAR_MUL_WORDS;
    case NPU_OP_PRELU:
        return 4 * NPU_PAR_PRELU_WORDS;
    case NPU_OP_MEAN:
        return 4 * NPU_PAR_MEAN_WORDS;
    case NPU_OP_SOFTMAX:
        return 4 * NPU_PAR_SOFTMAX_WORDS;
    case NPU_OP_LUT:
        return NPU_PAR_LUT_BYTES;
    case NPU_OP_RESIZE:
        return NPU_PAR_RESIZE_BYTES * i->h;
    default:
        return 0;
    }
}

static void add_sources(list_t *list, const npu_insn_t *i)
{
    switch (i->op) {
    case NPU_OP_FILL:
        break;
    case NPU_OP_REQUANT:
        add_tile(list, NPU_MEM_ACC, 0, &i->src, i->h, i->w, 4 * (uint64_t)i->c);
        break;
    case NPU_OP_AVGPOOL:
    case NPU_OP_MAXPOOL:
    case NPU_OP_MEAN:
    case NPU_OP_RESIZE:
        add_tile(list, NPU_MEM_ACT, 0, &i->src, i->in_h, i->in_w, i->c);
        break;
    case NPU_OP_TRANSFORM:
        add_planes(list, 0, &i->src, i->src_chan, i);
        break;
    case NPU_OP_ADD:
    case NPU_OP_SUB:
    case NPU_OP_MUL:
    case NPU_OP_PRELU:
    case NPU_OP_MAX:
    case NPU_OP_MIN:
        add_tile(list, NPU_MEM_ACT, 0, &i->src2, i->h, i->w, i->c);
        add_tile(list, NPU_MEM_ACT, 0, &i->src, i->h, i->w, i->c);
        break;
    default:
        add_tile(list, NPU_MEM_ACT, 0, &i->src, i->h, i->w, i->c);
        break;
    }
}

static void add_vec(list_t *list, const npu_insn_t *i)
{
    add_sources(list, i);
    if (record_bytes(i) != 0)
        add_range(list, NPU_MEM_PAR, 0, i->par, record_bytes(i));
    if (i->op == NPU_OP_RESIZE)
        add_range(list, NPU_MEM_PAR, 0, i->par2, NPU_PAR_RESIZE_BYTES * (uint64_t)i->w);
    if (i->op == NPU_OP_TRANSFORM)
        add_planes(list, 1, &i->dst, i->dst_chan, i);
    else if (i->op == NPU_OP_MEAN) /* one pixel */
        add_range(list, NPU_MEM_ACT, 1, i->dst.addr, i->c);
    else
        add_tile(list, NPU_MEM_ACT, 1, &i->dst, i->h, i->w, i->c);
}

uint32_t npu_touches(const npu_insn_t *insn, npu_touch_t touch[NPU_MAX_TOUCHES])
{
    list_t list = {touch, 0};
    switch (npu_op_engine(insn->op)) {
    case NPU_ENGINE_LOAD:
    case NPU_ENGINE_STORE:
        add_dma(&list, insn);
        break;
    case NPU_ENGINE_MAC:
        add_mac(&list, insn);
        break;
    case NPU_ENGINE_VEC:
        add_vec(&list, insn);
        break;
    default:
        break;
    }
    return list.count;
}

bool npu_touches_inside(const npu_touch_t *touch, uint32_t count,
                        const uint32_t mem_bytes[NPU_MEMS], uint32_t *mem, uint64_t *end)
{
    for (uint32_t i = 0; i < count; i++) {
        if (touch[i].mem == NPU_MEM_L2 || touch[i].end <= mem_bytes[touch[i].mem])
            continue;
        if (mem != NULL) {
            *mem = touch[i].mem;
            *end = touch[i].end;
        }
        return false;
    }
    return true;
}

bool npu_l1_inside(const npu_insn_t *insn, const uint32_t mem_bytes[NPU_MEMS], uint32_t *mem,
                   uint64_t *end)
{
    npu_touch_t touch[NPU_MAX_TOUCHES];
    return npu_touches_inside(touch, npu_touches(insn, touch), mem_bytes, mem, end);
}

/* ---- common bytes ---------------------------------------------------------------------------- */

/* A set of which the outer `level` steps are fixed: where it begins, where it ends. */
typedef struct {
    const npu_touch_t *touch;
    uint32_t level;
    uint64_t begin, end;
} part_t;

static bool apart(const part_t *a, const part_t *b)
{
    return a->end <= b->begin || b->end <= a->begin;
}

static uint64_t step_of(const part_t *p)
{
    return p->level < p->touch->dims ? p->touch->dim[p->level].step : 0;
}

/* Element i of the outermost free step. */
static part_t element(const part_t *p, uint64_t i)
{
    uint64_t step = step_of(p), count = p->touch->dim[p->level].count;
    uint64_t begin = p->begin + i * step;
    return (part_t){p->touch, p->level + 1, begin, p->end - (count - 1 - i) * step};
}

/* The elements first..last of p that reach into begin..end-1; false: none does. */
static bool elements_within(const part_t *p, uint64_t begin, uint64_t end, uint64_t *first,
                            uint64_t *last)
{
    uint64_t step = step_of(p), count = p->touch->dim[p->level].count;
    uint64_t span = p->end - p->begin - (count - 1) * step; /* bytes of one */
    *first = begin < p->begin + span ? 0 : (begin - p->begin - span) / step + 1;
    if (end <= p->begin || *first >= count)
        return false;
    *last = (end - 1 - p->begin) / step;
    *last = *last < count ? *last : count - 1;
    return *first <= *last;
}

static bool meet(const part_t *a, const part_t *b);

/* Equal steps: whether elements i of a and k of b meet depends on k - i alone. Element 0 of one of
 * them stands against all of the other. */
static bool meet_evenly(const part_t *a, const part_t *b)
{
    uint64_t first, last;
    part_t e = element(a, 0), f = element(b, 0);
    if (elements_within(b, e.begin, e.end, &first, &last))
        for (uint64_t k = first; k <= last; k++) {
            part_t other = element(b, k);
            if (meet(&e, &other))
                return true;
        }
    if (elements_within(a, f.begin, f.end, &first, &last))
        for (uint64_t k = first; k <= last; k++) {
            part_t other = element(a, k);
            if (meet(&other, &f))
                return true;
        }
    return false;
}

static bool meet(const part_t *a, const part_t *b)
{
    if (apart(a, b))
        return false;
    uint64_t step_a = step_of(a), step_b = step_of(b), first, last;
    if (step_a == 0 && step_b == 0)
        return true;
    if (step_a == step_b)
        return meet_evenly(a, b);
    const part_t *coarse = step_a > step_b ? a : b, *fine = step_a > step_b ? b : a;
    if (!elements_within(coarse, fine->begin, fine->end, &first, &last))
        return false;
    for (uint64_t k = first; k <= last; k++) {
        part_t one = element(coarse, k);
        if (meet(&one, fine))
            return true;
    }
    return false;
}

bool npu_touch_meets(const npu_touch_t *a, const npu_touch_t *b)
{
    part_t x = {a, 0, a->begin, a->end}, y = {b, 0, b->begin, b->end};
    return a->mem == b->mem && meet(&x, &y);
}
