/*
 * npu_hazard.c - hazards: a program means what its instructions do one after the other; a schedule
 * in which they can come to mean something else is wrong, and is reported where it happens.
 *
 * When an instruction starts, every earlier one that is not complete runs or waits in a queue. It
 * must not touch a byte that one of those writes, nor write one that it reads. And what the array
 * and the vector unit read must have been written since the run began; a store may move bytes that
 * nobody wrote (the padding channels of a pixel).
 */
#include <string.h>

#include "npu/npu_int.h"

/* ---- order ------------------------------------------------------------------------------------
 */

static bool clash(const npu_touch_t *a, const npu_touch_t *b)
{
    return a->mem == b->mem && (a->write | b->write) != 0 && a->begin < b->end &&
           b->begin < a->end && npu_touch_meets(a, b);
}

/* Operand of `later` that conflicts with one of `earlier`, and that one; false: there is none. */
static bool conflict(const npu_slot_t *earlier, const npu_slot_t *later, uint32_t *which,
                     uint32_t *other)
{
    if (((later->writes & (earlier->reads | earlier->writes)) | (later->reads & earlier->writes)) ==
        0)
        return false;
    for (uint32_t i = 0; i < NPU_MAX_TOUCHES && later->touch[i].end != 0; i++)
        for (uint32_t k = 0; k < NPU_MAX_TOUCHES && earlier->touch[k].end != 0; k++)
            if (clash(&later->touch[i], &earlier->touch[k])) {
                *which = i;
                *other = k;
                return true;
            }
    return false;
}

static void report(npu_t *npu, const npu_slot_t *slot, uint32_t which, const npu_slot_t *earlier,
                   uint32_t other)
{
    char me[NPU_SLOT_TEXT], it[NPU_SLOT_TEXT];
    const npu_touch_t *touch = &slot->touch[which];
    sim_log(&npu->comp, SIM_LOG_ERROR,
            "%s starts and would %s %s 0x%llx..0x%llx, which %s has yet to %s: no wait orders them",
            npu_slot_text(npu, slot, me), touch->write != 0 ? "overwrite" : "read",
            touch->mem == NPU_MEM_L2 ? "L2" : npu_mem_name((npu_mem_t)touch->mem),
            (unsigned long long)touch->begin, (unsigned long long)touch->end - 1,
            npu_slot_text(npu, earlier, it), earlier->touch[other].write != 0 ? "write" : "read");
    npu->error_other = earlier->index;
    npu_stop(npu, NPU_ERROR_HAZARD, slot->index);
}

/* Of an engine's instructions that are not complete, in order, number `at`; NULL when there is none
 * or it is not before `index`. */
static const npu_slot_t *unfinished(const npu_t *npu, npu_engine_t e, uint32_t at, uint32_t index)
{
    if (at >= npu->engine[e].count + npu->engine[e].busy)
        return NULL;
    const npu_slot_t *slot = npu_slot_at(npu, e, at);
    return slot->index < index ? slot : NULL;
}

static bool in_order(npu_t *npu, const npu_slot_t *slot)
{
    const npu_slot_t *first = NULL, *it;
    uint32_t which = 0, other = 0, i, k;
    npu_engine_t me = npu_op_engine(slot->insn.op);
    for (npu_engine_t e = NPU_ENGINE_LOAD; e < NPU_ENGINES; e++)
        for (uint32_t n = 0; e != me && (it = unfinished(npu, e, n, slot->index)) != NULL; n++)
            if ((first == NULL || it->index < first->index) && conflict(it, slot, &i, &k)) {
                first = it;
                which = i;
                other = k;
            }
    if (first != NULL)
        report(npu, slot, which, first, other);
    return first == NULL;
}

/* ---- bytes that were written ------------------------------------------------------------------
 *
 * A bit for each byte of L1, and behind these a bit for each 64 of them that are all set: long
 * ranges are looked up, and set again, 4096 bytes at a time.
 */

typedef struct {
    uint64_t *byte; /* bits of bytes */
    uint64_t *full; /* bits of words of `byte` */
} written_t;

static size_t words_of(uint64_t bits)
{
    return (size_t)((bits + 63) / 64);
}

size_t npu_written_bytes(const npu_t *npu, npu_mem_t mem)
{
    size_t words = words_of(npu->desc.mem_bytes[mem]);
    return (words + words_of(words)) * sizeof(uint64_t);
}

static written_t written(const npu_t *npu, uint32_t mem)
{
    uint64_t *byte = npu->written[mem];
    return (written_t){byte, byte + words_of(npu->desc.mem_bytes[mem])};
}

/* The bits of word w that lie in begin..end-1; some do. */
static uint64_t bits_in(uint64_t w, uint64_t begin, uint64_t end)
{
    uint64_t low = begin > w * 64 ? begin - w * 64 : 0;
    uint64_t high = end < w * 64 + 64 ? end - w * 64 : 64;
    return (~UINT64_C(0) << low) & (~UINT64_C(0) >> (64 - high));
}

/* Bytes begin..end-1 of which those count whose bit, byte % 64, is in pattern. */
typedef struct {
    uint64_t begin, end, pattern;
} run_t;

#define EVERY ~UINT64_C(0)

static uint64_t bits_of(const run_t *run, uint64_t w)
{
    return bits_in(w, run->begin, run->end) & run->pattern;
}

static void set_word(const written_t *at, const run_t *run, uint64_t w)
{
    uint64_t word = at->byte[w] | bits_of(run, w);
    at->byte[w] = word;
    at->full[w / 64] |= (uint64_t)(word == EVERY) << w % 64;
}

/* Words of the g-th 64 of them that lie inside first..last-1 and are not yet all set. */
static uint64_t open_words(const written_t *at, uint64_t g, uint64_t first, uint64_t last)
{
    return bits_in(g, first, last) & ~at->full[g];
}

static void set_run(const written_t *at, const run_t *run)
{
    uint64_t first = run->begin / 64, last = (run->end - 1) / 64;
    set_word(at, run, first);
    set_word(at, run, last);
    for (uint64_t g = (first + 1) / 64; g * 64 < last; g++)
        for (uint64_t w = g * 64, open = open_words(at, g, first + 1, last); open != 0;
             w++, open >>= 1)
            if ((open & 1) != 0)
                set_word(at, run, w);
}

static bool has_word(const written_t *at, const run_t *run, uint64_t w)
{
    return (bits_of(run, w) & ~at->byte[w]) == 0;
}

static bool has_run(const written_t *at, const run_t *run)
{
    uint64_t first = run->begin / 64, last = (run->end - 1) / 64;
    bool fine = has_word(at, run, first) && has_word(at, run, last);
    for (uint64_t g = (first + 1) / 64; g * 64 < last && fine; g++)
        for (uint64_t w = g * 64, open = open_words(at, g, first + 1, last); open != 0 && fine;
             w++, open >>= 1)
            fine = (open & 1) == 0 || has_word(at, run, w);
    return fine;
}

/* Pieces of bytes at 0, step, 2 * step, ... in a word; step divides 64. */
static uint64_t pattern_of(uint64_t step, uint64_t bytes)
{
    uint64_t pattern = 0;
    for (uint64_t i = 0; i < 64; i++)
        pattern |= (uint64_t)(i % step < bytes) << i;
    return pattern;
}

static uint64_t rotate(uint64_t word, uint64_t by)
{
    return by == 0 ? word : word << by | word >> (64 - by);
}

/* Calls fn for runs that make up the operand; stops, and returns false, when fn does. */
typedef bool (*run_fn_t)(void *ctx, const written_t *at, const run_t *run);

static bool for_runs(const npu_touch_t *t, const written_t *at, run_fn_t fn, void *ctx)
{
    uint64_t count[NPU_TOUCH_DIMS] = {1, 1, 1}, step[NPU_TOUCH_DIMS] = {0}, bytes = t->bytes;
    uint64_t pattern = EVERY;
    for (uint32_t k = 0; k < t->dims; k++) {
        count[k] = t->dim[k].count;
        step[k] = t->dim[k].step;
    }
    uint32_t inner = t->dims - 1; /* of pieces that fit a word evenly all are one run */
    if (t->dims > 0 && step[inner] <= 64 && 64 % step[inner] == 0) {
        pattern = pattern_of(step[inner], bytes);
        bytes += (count[inner] - 1) * step[inner];
        count[inner] = 1;
    }
    for (uint64_t i = 0; i < count[0]; i++)
        for (uint64_t j = 0; j < count[1]; j++)
            for (uint64_t k = 0; k < count[2]; k++) {
                uint64_t begin = t->begin + i * step[0] + j * step[1] + k * step[2];
                const run_t run = {begin, begin + bytes, rotate(pattern, begin % 64)};
                if (!fn(ctx, at, &run))
                    return false;
            }
    return true;
}

static bool mark(void *ctx, const written_t *at, const run_t *run)
{
    (void)ctx;
    set_run(at, run);
    return true;
}

/* False at a run with a byte that nobody wrote; the first of them goes to ctx. */
static bool look(void *ctx, const written_t *at, const run_t *run)
{
    if (has_run(at, run))
        return true;
    uint64_t *missing = ctx;
    for (*missing = run->begin; (bits_of(run, *missing / 64) & ~at->byte[*missing / 64] &
                                 UINT64_C(1) << *missing % 64) == 0;)
        ++*missing;
    return false;
}

static bool was_written(npu_t *npu, const npu_slot_t *slot)
{
    for (uint32_t i = 0; i < NPU_MAX_TOUCHES && slot->touch[i].end != 0; i++) {
        const npu_touch_t *t = &slot->touch[i];
        if (t->mem == NPU_MEM_L2 || t->write != 0 || slot->insn.op == NPU_OP_STORE)
            continue;
        const written_t at = written(npu, t->mem);
        uint64_t missing;
        if (for_runs(t, &at, look, &missing))
            continue;
        char me[NPU_SLOT_TEXT];
        sim_log(&npu->comp, SIM_LOG_ERROR,
                "%s would read %s 0x%llx, which nothing has written in this run",
                npu_slot_text(npu, slot, me), npu_mem_name((npu_mem_t)t->mem),
                (unsigned long long)missing);
        npu_stop(npu, NPU_ERROR_UNINIT, slot->index);
        return false;
    }
    return true;
}

void npu_hazard_wrote(npu_t *npu, const npu_slot_t *slot)
{
    if (npu->unchecked)
        return;
    for (uint32_t i = 0; i < NPU_MAX_TOUCHES && slot->touch[i].end != 0; i++) {
        const npu_touch_t *t = &slot->touch[i];
        if (t->mem == NPU_MEM_L2 || t->write == 0)
            continue;
        const written_t at = written(npu, t->mem);
        for_runs(t, &at, mark, NULL);
    }
}

bool npu_hazard_free(npu_t *npu, const npu_slot_t *slot)
{
    return npu->unchecked || (in_order(npu, slot) && was_written(npu, slot));
}
