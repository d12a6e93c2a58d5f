/*
 * move.c - a box of bytes from one place in L2 to another, in any order.
 *
 *   L2 --load--> [ACT: in the source's order] --transform--> [ACT: in the result's] --store--> L2
 *
 * A box is elements along up to CC_MOVE_DIMS dimensions, each with its own distance on either side.
 * Dimensions that follow each other on both sides are taken as one. A DMA instruction moves runs of
 * adjacent bytes in rows and planes, so a chunk is at most three dimensions; the others are loops
 * over chunks, and so is one that runs backwards. Where the bytes that are adjacent on one side are
 * not on the other, the vector unit transforms the chunk in between.
 */
#include <stdlib.h>

#include "npu/compiler/compile_int.h"

#define NONE UINT32_MAX
#define MAX_GAP 32       /* elements so far apart still come as one run, with what lies between */
#define MAX_COUNT 65535u /* rows, planes, pixels of one instruction: 16 bits */
#define LEAST_SPLIT 4096 /* bytes that are worth more than one chunk, so that they overlap */

typedef struct {
    cc_move_t m; /* in normal form: no dimension of 1, the farthest apart in the result first */
    uint32_t load_run, store_run; /* dimensions whose elements are adjacent, or NONE */
    uint32_t gap;                 /* bytes from an element of load_run to the next */
    uint32_t inner[3], inners;    /* dimensions of a chunk; the others are of one index in it */
    uint32_t size[CC_MOVE_DIMS];  /* of a chunk */
    bool transform;
} plan_t;

/* ---- normal form ----------------------------------------------------------------------------- */

static int farther(const void *a, const void *b)
{
    const cc_move_dim_t *x = a, *y = b;
    int64_t by = x->to != y->to ? y->to - x->to : y->from - x->from;
    return by > 0 ? 1 : by < 0 ? -1 : 0;
}

static void normalize(cc_move_t *m)
{
    uint32_t dims = 0;
    for (uint32_t d = 0; d < m->dims; d++)
        if (m->dim[d].n != 1)
            m->dim[dims++] = m->dim[d];
    qsort(m->dim, dims, sizeof(m->dim[0]), farther);
    m->dims = 0;
    for (uint32_t d = 0; d < dims; d++) {
        cc_move_dim_t *last = m->dims == 0 ? NULL : &m->dim[m->dims - 1], *it = &m->dim[d];
        bool follows = last != NULL && last->from == it->n * it->from && last->to == it->n * it->to;
        if (!follows)
            m->dim[m->dims++] = *it;
        else
            *last = (cc_move_dim_t){last->n * it->n, it->from, it->to};
    }
}

/* ---- planning -------------------------------------------------------------------------------- */

static void find_runs(plan_t *p)
{
    p->load_run = p->store_run = NONE;
    p->gap = 1;
    for (uint32_t d = 0; d < p->m.dims; d++) {
        int64_t from = p->m.dim[d].from;
        bool nearer = p->load_run == NONE || from < p->m.dim[p->load_run].from;
        if (from > 0 && from <= MAX_GAP && nearer)
            p->load_run = d;
        if (p->m.dim[d].to == 1 && from > 0)
            p->store_run = d;
    }
    if (p->load_run != NONE)
        p->gap = (uint32_t)p->m.dim[p->load_run].from;
    p->transform =
        p->load_run != NONE && p->store_run != NONE && (p->load_run != p->store_run || p->gap > 1);
}

static bool is_inner(const plan_t *p, uint32_t d)
{
    for (uint32_t i = 0; i < p->inners; i++)
        if (p->inner[i] == d)
            return true;
    return false;
}

/* Runs, and the largest of the others: both DMA instructions have rows and planes beside a run. */
static void find_inner(plan_t *p)
{
    uint32_t most = p->store_run != NONE && p->load_run != NONE ? 3 : 2;
    if (p->store_run != NONE)
        p->inner[p->inners++] = p->store_run;
    if (p->load_run != NONE && p->load_run != p->store_run)
        p->inner[p->inners++] = p->load_run;
    while (p->inners < most) {
        uint32_t best = NONE;
        for (uint32_t d = 0; d < p->m.dims; d++)
            if (!is_inner(p, d) && p->m.dim[d].from > 0 &&
                (best == NONE || p->m.dim[d].n > p->m.dim[best].n))
                best = d;
        if (best == NONE)
            return;
        p->inner[p->inners++] = best;
    }
}

/* Bytes of `size` elements of the run as loaded, with what lies between them. */
static uint32_t run_bytes(const plan_t *p)
{
    return p->load_run == NONE ? 1 : (p->size[p->load_run] - 1) * p->gap + 1;
}

static uint64_t loaded_bytes(const plan_t *p)
{
    uint64_t bytes = run_bytes(p);
    for (uint32_t d = 0; d < p->m.dims; d++)
        bytes *= d == p->load_run ? 1 : p->size[d];
    return bytes;
}

static uint64_t stored_bytes(const plan_t *p)
{
    uint64_t bytes = p->transform ? 1 : 0;
    for (uint32_t d = 0; d < p->m.dims; d++)
        bytes *= p->size[d];
    return bytes;
}

static uint64_t chunks_of(const plan_t *p)
{
    uint64_t chunks = 1;
    for (uint32_t d = 0; d < p->m.dims; d++)
        chunks *= cc_div_up(p->m.dim[d].n, p->size[d]);
    return chunks;
}

/* The outermost dimension of a chunk that can still be cut. */
static uint32_t to_cut(const plan_t *p)
{
    uint32_t found = NONE;
    for (uint32_t i = 0; i < p->inners; i++) {
        uint32_t d = p->inner[i];
        if (p->size[d] > 1 && (found == NONE || p->m.dim[d].to > p->m.dim[found].to))
            found = d;
    }
    return found;
}

/* Two chunks fit ACT side by side, and what is large becomes four or more. */
static void choose_sizes(const cc_t *cc, plan_t *p)
{
    uint64_t room = cc->desc->mem_bytes[NPU_MEM_ACT] / 2 - 2 * CC_ALIGN;
    for (uint32_t d = 0; d < p->m.dims; d++)
        p->size[d] = is_inner(p, d) ? cc_min(p->m.dim[d].n, MAX_COUNT) : 1;
    for (uint32_t d = to_cut(p); d != NONE; d = to_cut(p)) {
        uint64_t bytes = loaded_bytes(p) + stored_bytes(p);
        if (bytes <= room && (bytes < LEAST_SPLIT || chunks_of(p) >= 4))
            return;
        p->size[d] = cc_div_up(p->size[d], 2);
    }
}

static plan_t plan(const cc_t *cc, const cc_move_t *move)
{
    plan_t p = {.m = *move};
    normalize(&p.m);
    find_runs(&p);
    find_inner(&p);
    choose_sizes(cc, &p);
    return p;
}

/* ---- emitting -------------------------------------------------------------------------------- */

/* A chunk in L1: bytes from an element to the next, for each dimension; how many in all. */
typedef struct {
    uint32_t step[CC_MOVE_DIMS], bytes;
} tile_t;

typedef struct {
    plan_t p;
    /* the chunk at hand */
    uint32_t index[CC_MOVE_DIMS], count[CC_MOVE_DIMS];
    tile_t loaded, stored; /* the same when nothing is transformed */
} job_t;

static void place_dim(const job_t *j, tile_t *t, uint32_t d)
{
    if (d == NONE || t->step[d] != 0)
        return;
    t->step[d] = t->bytes;
    t->bytes *= j->count[d];
}

/* Without gaps but for those of a run: the run first, then `next`, then whatever there is. */
static tile_t tile_of(const job_t *j, uint32_t run, uint32_t gap, uint32_t next)
{
    tile_t t = {.bytes = 1};
    if (run != NONE) {
        t.step[run] = gap;
        t.bytes = (j->count[run] - 1) * gap + 1;
    }
    place_dim(j, &t, next);
    for (uint32_t d = j->p.m.dims; d-- > 0;)
        place_dim(j, &t, d);
    return t;
}

static int64_t first_byte(const job_t *j, bool load)
{
    int64_t at = load ? j->p.m.from : j->p.m.to;
    for (uint32_t d = 0; d < j->p.m.dims; d++)
        at += (int64_t)j->index[d] * (load ? j->p.m.dim[d].from : j->p.m.dim[d].to);
    return at;
}

/* Another dimension of a DMA instruction: rows, or planes if its bytes are farther apart in L2. */
static void add_level(npu_insn_t *i, uint32_t count, uint32_t l2, uint32_t l1)
{
    bool plane = i->rows > 1 && l2 >= i->l2_row;
    if (!plane) {
        i->planes = i->rows;
        i->l2_plane = i->l2_row;
        i->l1_plane = i->l1_row;
    }
    *(plane ? &i->planes : &i->rows) = count;
    *(plane ? &i->l2_plane : &i->l2_row) = l2;
    *(plane ? &i->l1_plane : &i->l1_row) = l1;
}

static void emit_dma(cc_t *cc, cc_layer_t *l, const job_t *j, bool load, uint32_t l1)
{
    const plan_t *p = &j->p;
    const tile_t *tile = load ? &j->loaded : &j->stored;
    uint32_t run = load ? p->load_run : p->store_run;
    npu_insn_t i = {.op = load ? NPU_OP_LOAD : NPU_OP_STORE, .mem = NPU_MEM_ACT, .l1 = l1};
    i.l2 = (uint32_t)first_byte(j, load);
    i.rows = i.planes = 1;
    i.row_bytes = run == NONE ? 1 : load ? (j->count[run] - 1) * p->gap + 1 : j->count[run];
    for (uint32_t k = 0; k < p->inners; k++) {
        uint32_t d = p->inner[k];
        if (d != run && j->count[d] > 1)
            add_level(&i, j->count[d], (uint32_t)(load ? p->m.dim[d].from : p->m.dim[d].to),
                      tile->step[d]);
    }
    if (load)
        cc_emit_load(cc, l, i);
    else
        cc_emit(cc, l, i);
}

/* Codes of the loaded tile through a table, where they stand. */
static void emit_table(cc_t *cc, cc_layer_t *l, const job_t *j, uint32_t l1)
{
    uint32_t bytes = j->loaded.bytes, blocks = bytes / NPU_LANES, rest = bytes % NPU_LANES;
    npu_insn_t i = {.op = NPU_OP_LUT, .par = j->p.m.table, .h = 1, .c = NPU_LANES};
    for (uint32_t done = 0; done < blocks; done += i.w) {
        i.w = cc_min(blocks - done, MAX_COUNT);
        i.src = i.dst = (npu_tile_t){l1 + done * NPU_LANES, 0, NPU_LANES};
        cc_emit(cc, l, i);
    }
    i.w = 1;
    i.c = rest;
    i.src = i.dst = (npu_tile_t){l1 + blocks * NPU_LANES, 0, NPU_LANES};
    if (rest != 0)
        cc_emit(cc, l, i);
}

static void emit_transform(cc_t *cc, cc_layer_t *l, const job_t *j, uint32_t from, uint32_t to)
{
    const plan_t *p = &j->p;
    npu_insn_t i = {.op = NPU_OP_TRANSFORM, .h = 1, .w = 1, .c = 1};
    i.src.addr = from;
    i.dst.addr = to;
    for (uint32_t k = 0; k < p->inners; k++) {
        uint32_t d = p->inner[k];
        if (d == p->load_run) {
            i.w = j->count[d];
            i.src.pix = j->loaded.step[d];
            i.dst.pix = j->stored.step[d];
        } else if (d == p->store_run || (p->load_run == p->store_run && k == 1)) {
            i.c = j->count[d];
            i.src_chan = j->loaded.step[d];
            i.dst_chan = j->stored.step[d];
        } else {
            i.h = j->count[d];
            i.src.row = j->loaded.step[d];
            i.dst.row = j->stored.step[d];
        }
    }
    cc_emit(cc, l, i);
}

static void emit_chunk(cc_t *cc, cc_layer_t *l, const job_t *j)
{
    uint32_t loaded = cc_align(j->loaded.bytes);
    uint32_t stored = j->p.transform ? cc_align(j->stored.bytes) : 0;
    uint32_t at = cc_take(cc, NPU_MEM_ACT, loaded + stored);
    emit_dma(cc, l, j, true, at);
    if (j->p.m.translated)
        emit_table(cc, l, j, at);
    if (j->p.transform)
        emit_transform(cc, l, j, at, at + loaded);
    emit_dma(cc, l, j, false, j->p.transform ? at + loaded : at);
}

/* Moves on to the next chunk; false behind the last. */
static bool next_chunk(job_t *j)
{
    const plan_t *p = &j->p;
    uint32_t d = p->m.dims;
    while (d-- > 0) {
        j->index[d] += p->size[d];
        if (j->index[d] < p->m.dim[d].n)
            return true;
        j->index[d] = 0;
    }
    return false;
}

static void set_chunk(job_t *j)
{
    const plan_t *p = &j->p;
    uint32_t run = p->load_run != NONE ? p->load_run : p->store_run;
    for (uint32_t d = 0; d < p->m.dims; d++)
        j->count[d] = cc_min(p->size[d], p->m.dim[d].n - j->index[d]);
    j->loaded = tile_of(j, run, p->gap, p->store_run);
    j->stored = p->transform ? tile_of(j, p->store_run, 1, p->load_run) : j->loaded;
}

void cc_move(cc_t *cc, cc_layer_t *l, const cc_move_t *move)
{
    job_t j = {.p = plan(cc, move)};
    do {
        set_chunk(&j);
        emit_chunk(cc, l, &j);
    } while (next_chunk(&j));
}

uint64_t cc_move_insns(const cc_t *cc, const cc_move_t *move)
{
    plan_t p = plan(cc, move);
    return chunks_of(&p) * (2u + p.transform + (move->translated ? 2 : 0));
}
