/*
 * waits_ref.c - see waits_ref.h.
 */
#include "tests/npu/waits_ref.h"

#include "npu/touch.h"
#include "tests/test.h"

/* done[e]: instructions of engine e (index + 1) known to be complete before this one starts. */
typedef struct {
    uint32_t done[NPU_ENGINES];
} clock_vector_t;

static void merge(clock_vector_t *into, const clock_vector_t *from)
{
    for (uint32_t e = 0; e < NPU_ENGINES; e++)
        into->done[e] = into->done[e] > from->done[e] ? into->done[e] : from->done[e];
}

/* The n-th signal (from 1) of a semaphore: its instruction's index; UINT32_MAX when there is none
 * before `end`. */
static uint32_t nth_signal(const npu_insn_t *insn, uint32_t end, uint32_t semaphore, uint32_t n)
{
    for (uint32_t i = 0; i < end; i++)
        for (uint32_t s = 0; s < 2; s++)
            if (insn[i].signal[s] == semaphore && --n == 0)
                return i;
    return UINT32_MAX;
}

static void learn_waits(const npu_insn_t *insn, uint32_t i, clock_vector_t *clock,
                        uint32_t taken[NPU_SEMAPHORES])
{
    for (uint32_t w = 0; w < 2; w++) {
        uint32_t semaphore = insn[i].wait[w].sem;
        if (semaphore == 0)
            continue;
        taken[semaphore] += insn[i].wait[w].count;
        uint32_t from = nth_signal(insn, i, semaphore, taken[semaphore]);
        ck_assert_msg(from != UINT32_MAX, "instruction %u waits for a signal that comes later", i);
        merge(&clock[i], &clock[from]);
        uint32_t *done = &clock[i].done[npu_op_engine(insn[from].op)];
        *done = *done > from + 1 ? *done : from + 1;
    }
}

/* Each instruction's clock, from queues in order, waits and barriers. A semaphore has one waiting
 * engine (checked), so its n-th wait takes its n-th signal. */
static void work_out_clocks(const npu_insn_t *insn, uint32_t count, clock_vector_t *clock)
{
    uint32_t last[NPU_ENGINES] = {0}, taken[NPU_SEMAPHORES] = {0};
    npu_engine_t waiter[NPU_SEMAPHORES] = {NPU_ENGINE_SEQ};
    clock_vector_t floor = {{0}}; /* since the last barrier */
    for (uint32_t i = 0; i < count; i++) {
        npu_engine_t e = npu_op_engine(insn[i].op);
        for (uint32_t w = 0; w < 2; w++) {
            uint32_t s = insn[i].wait[w].sem;
            ck_assert(s == 0 || taken[s] == 0 || waiter[s] == e);
            waiter[s] = e;
        }
        clock[i] = floor;
        if (last[e] != 0) {
            merge(&clock[i], &clock[last[e] - 1]);
            clock[i].done[e] = last[e];
        }
        learn_waits(insn, i, clock, taken);
        if (insn[i].op == NPU_OP_BARRIER)
            memcpy(floor.done, last, sizeof(last));
        last[e] = i + 1;
    }
}

static bool conflict(const npu_insn_t *a, const npu_insn_t *b)
{
    npu_touch_t x[NPU_MAX_TOUCHES], y[NPU_MAX_TOUCHES];
    uint32_t nx = npu_touches(a, x), ny = npu_touches(b, y);
    for (uint32_t i = 0; i < nx; i++)
        for (uint32_t k = 0; k < ny; k++)
            if (x[i].mem == y[k].mem && (x[i].write || y[k].write) && x[i].begin < y[k].end &&
                y[k].begin < x[i].end && npu_touch_meets(&x[i], &y[k]))
                return true;
    return false;
}

bool waits_ref_race(const npu_insn_t *insn, uint32_t count, uint32_t *late, uint32_t *early)
{
    clock_vector_t *clock = calloc(count, sizeof(*clock));
    bool race = false;
    work_out_clocks(insn, count, clock);
    for (uint32_t i = 0; i < count && !race; i++)
        for (uint32_t k = 0; k < i && !race; k++) {
            npu_engine_t e = npu_op_engine(insn[k].op);
            if (clock[i].done[e] >= k + 1 || e == npu_op_engine(insn[i].op) ||
                !conflict(&insn[k], &insn[i]))
                continue;
            *late = i;
            *early = k;
            race = true;
        }
    free(clock);
    return race;
}
