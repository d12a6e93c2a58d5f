/*
 * emit.c - hazards to semaphores. Instruction numbers are index + 1, so 0 means "none".
 */
#include "npu/compiler/emit.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct emit_insn {
    npu_insn_t insn;
    uint32_t clock[NPU_ENGINES]; /* what was complete, for each engine, when this one started */
    uint32_t previous;           /* number of the engine's instruction before this one */
};

/* ---- what an instruction touches ------------------------------------------------------------- */

uint32_t emit_accesses(const npu_insn_t *insn, emit_access_t access[EMIT_MAX_ACCESSES])
{
    npu_touch_t touch[NPU_MAX_TOUCHES];
    uint32_t count = npu_touches(insn, touch);
    for (uint32_t i = 0; i < count; i++)
        access[i] = (emit_access_t){touch[i].mem, (uint32_t)touch[i].begin, (uint32_t)touch[i].end,
                                    touch[i].write};
    return count;
}

/* ---- history --------------------------------------------------------------------------------- */

static bool overlaps(const emit_access_t *a, const emit_access_t *b)
{
    return a->begin < b->end && b->begin < a->end;
}

static bool covers(const emit_access_t *a, const emit_access_t *b)
{
    return a->begin <= b->begin && b->end <= a->end;
}

/* Raises need[p] to the last instruction of each other engine that conflicts with access. */
static void find_hazards(const emit_t *emit, const emit_access_t *access, npu_engine_t engine,
                         uint32_t need[NPU_ENGINES])
{
    const emit_history_t *h = &emit->history[access->mem];
    for (uint32_t i = 0; i < h->records; i++) {
        const emit_record_t *r = &h->record[i];
        if (r->engine != engine && (access->write || r->range.write) &&
            overlaps(access, &r->range) && need[r->engine] < r->index + 1)
            need[r->engine] = r->index + 1;
    }
}

/*
 * Adds a record and drops those it makes redundant: whatever conflicts with one that is wholly
 * covered conflicts with this one too, and this one is ordered after it (a write is ordered after
 * everything it overlaps; a read after reads of its own engine).
 */
static void remember(emit_t *emit, const emit_access_t *access, npu_engine_t engine, uint32_t index)
{
    emit_history_t *h = &emit->history[access->mem];
    uint32_t kept = 0;
    for (uint32_t i = 0; i < h->records; i++) {
        const emit_record_t *r = &h->record[i];
        bool redundant = covers(access, &r->range) &&
                         (access->write || (r->engine == engine && !r->range.write));
        if (!redundant)
            h->record[kept++] = *r;
    }
    h->records = kept;
    if (h->records == h->capacity) {
        uint32_t capacity = h->capacity == 0 ? 64 : 2 * h->capacity;
        emit_record_t *more = realloc(h->record, capacity * sizeof(*more));
        if (more == NULL) {
            emit->no_memory = true;
            return;
        }
        h->record = more;
        h->capacity = capacity;
    }
    h->record[h->records++] = (emit_record_t){*access, engine, index};
}

/* ---- semaphores ------------------------------------------------------------------------------ */

/* One for each ordered pair of engines. */
static uint32_t pair_semaphore(npu_engine_t from, npu_engine_t to)
{
    return 1 + (uint32_t)from * NPU_ENGINES + (uint32_t)to;
}

_Static_assert(NPU_ENGINES *NPU_ENGINES + 1 <= NPU_SEMAPHORES, "a semaphore for each pair");

/* Drops needs that another need's own waits already guarantee. */
static void reduce(const emit_t *emit, npu_engine_t engine, uint32_t need[NPU_ENGINES])
{
    for (uint32_t p = 0; p < NPU_ENGINES; p++)
        if (need[p] <= emit->known[engine][p])
            need[p] = 0;
    for (uint32_t p = 0; p < NPU_ENGINES; p++)
        for (uint32_t q = 0; q < NPU_ENGINES; q++)
            if (need[p] != 0 && q != p && need[q] != 0 &&
                emit->insn[need[q] - 1].clock[p] >= need[p])
                need[p] = 0;
}

/* An instruction of engine p, from `number` on, that can still take a signal; 0: none. */
static uint32_t find_signaler(const emit_t *emit, npu_engine_t p, uint32_t number)
{
    uint32_t found = 0;
    for (uint32_t n = emit->last[p]; n >= number && n != 0; n = emit->insn[n - 1].previous)
        if (emit->insn[n - 1].insn.signal[1] == 0)
            found = n;
    return found;
}

/* Turns needs into signals; false, and nothing changed, when there are too many of them. */
static bool place_waits(emit_t *emit, npu_insn_t *insn, npu_engine_t engine,
                        uint32_t need[NPU_ENGINES])
{
    uint32_t waits = 0;
    for (uint32_t p = 0; p < NPU_ENGINES; p++) {
        if (need[p] == 0)
            continue;
        need[p] = find_signaler(emit, (npu_engine_t)p, need[p]);
        if (need[p] == 0 || ++waits > SIM_COUNT(insn->wait))
            return false;
    }
    waits = 0;
    for (uint32_t p = 0; p < NPU_ENGINES; p++) {
        if (need[p] == 0)
            continue;
        uint32_t semaphore = pair_semaphore((npu_engine_t)p, engine);
        uint32_t *signal = emit->insn[need[p] - 1].insn.signal;
        signal[signal[0] == 0 ? 0 : 1] = semaphore;
        insn->wait[waits].sem = semaphore;
        insn->wait[waits++].count = 1;
    }
    return true;
}

/* After a wait the engine knows what the awaited instruction knew, and that it is complete. */
static void learn(emit_t *emit, npu_engine_t engine, const uint32_t need[NPU_ENGINES])
{
    uint32_t *known = emit->known[engine];
    for (uint32_t p = 0; p < NPU_ENGINES; p++) {
        if (need[p] == 0)
            continue;
        const uint32_t *clock = emit->insn[need[p] - 1].clock;
        for (uint32_t q = 0; q < NPU_ENGINES; q++)
            known[q] = known[q] > clock[q] ? known[q] : clock[q];
        known[p] = known[p] > need[p] ? known[p] : need[p];
    }
}

/* ---- adding ---------------------------------------------------------------------------------- */

static uint32_t append(emit_t *emit, const npu_insn_t *insn)
{
    if (emit->insns == emit->capacity) {
        uint32_t capacity = emit->capacity == 0 ? 256 : 2 * emit->capacity;
        emit_insn_t *more = realloc(emit->insn, capacity * sizeof(*more));
        if (more == NULL) {
            emit->no_memory = true;
            return 0;
        }
        emit->insn = more;
        emit->capacity = capacity;
    }
    npu_engine_t engine = npu_op_engine(insn->op);
    emit_insn_t *at = &emit->insn[emit->insns];
    at->insn = *insn;
    at->previous = emit->last[engine];
    memcpy(at->clock, emit->known[engine], sizeof(at->clock));
    at->clock[engine] = emit->last[engine];
    emit->last[engine] = emit->insns + 1;
    return emit->insns++;
}

uint32_t emit_barrier(emit_t *emit, uint32_t layer)
{
    npu_insn_t barrier = {.op = NPU_OP_BARRIER, .layer = layer};
    uint32_t index = append(emit, &barrier);
    for (uint32_t e = 0; e < NPU_ENGINES; e++)
        memcpy(emit->known[e], emit->last, sizeof(emit->known[e]));
    return index;
}

void emit_order(emit_t *emit, uint32_t engines)
{
    emit->order |= engines;
}

/* Needs that are wanted, not found: everything of the engines in emit->order. */
static void add_order(emit_t *emit, npu_engine_t engine, uint32_t need[NPU_ENGINES])
{
    for (uint32_t p = 0; p < NPU_ENGINES; p++)
        if (p != engine && (emit->order >> p & 1u) != 0)
            need[p] = emit->last[p];
    emit->order = 0;
}

uint32_t emit_add(emit_t *emit, const npu_insn_t *insn)
{
    npu_insn_t copy = *insn;
    npu_engine_t engine = npu_op_engine(insn->op);
    emit_access_t access[EMIT_MAX_ACCESSES];
    uint32_t need[NPU_ENGINES] = {0};
    uint32_t accesses = emit_accesses(insn, access);
    for (uint32_t i = 0; i < accesses; i++) {
        if (access[i].mem != EMIT_L2 && emit->used[access[i].mem] < access[i].end)
            emit->used[access[i].mem] = access[i].end;
        if (access[i].mem == EMIT_L2 && access[i].begin >= emit->constants_l2)
            access[i].end = access[i].begin; /* touches nothing that changes */
        find_hazards(emit, &access[i], engine, need);
    }
    add_order(emit, engine, need);
    reduce(emit, engine, need);
    if (place_waits(emit, &copy, engine, need)) {
        learn(emit, engine, need);
    } else { /* the rare way out */
        emit_barrier(emit, insn->layer);
        emit->barriers++;
    }
    uint32_t index = append(emit, &copy);
    for (uint32_t i = 0; i < accesses; i++)
        if (access[i].begin != access[i].end)
            remember(emit, &access[i], engine, index);
    return index;
}

const npu_insn_t *emit_at(const emit_t *emit, uint32_t index)
{
    assert(index < emit->insns);
    return &emit->insn[index].insn;
}

void emit_init(emit_t *emit, uint32_t constants_l2)
{
    memset(emit, 0, sizeof(*emit));
    emit->constants_l2 = constants_l2;
}

void emit_free(emit_t *emit)
{
    free(emit->insn);
    for (uint32_t m = 0; m < EMIT_MEMS; m++)
        free(emit->history[m].record);
    memset(emit, 0, sizeof(*emit));
}
