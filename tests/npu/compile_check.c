#include "tests/npu/compile_check.h"

#include "npu/compiler/emit.h"
#include "npu/compiler/tensor_io.h"
#include "tests/npu/compile_exec.h"
#include "tests/npu/golden_ref.h"
#include "tests/test.h"

/* ---- what a program computes ----------------------------------------------------------------- */

static void fill_input(build_t *b, golden_ref_t *ref)
{
    int32_t input = b->graph.input[0];
    for (uint64_t i = 0; i < b->graph.tensor[input].bytes; i++)
        ref->tensor[input][i] = (uint8_t)sim_stream_u32(&b->random);
    golden_ref_run(ref);
}

/* Every kept tensor when it is complete, and every output at the end. */
static void compare(const compile_exec_t *exec, const golden_ref_t *ref, uint64_t seed)
{
    const npu_graph_t *g = ref->graph;
    for (uint32_t k = 0; k < exec->prog->kept_count; k++) {
        uint32_t t = exec->prog->kept[k].tensor;
        ck_assert_msg(exec->kept[k] != NULL, "seed %llu: tensor %u is never complete",
                      (unsigned long long)seed, t);
        ck_assert_msg(memcmp(exec->kept[k], ref->tensor[t], g->tensor[t].bytes) == 0,
                      "seed %llu: tensor %u differs", (unsigned long long)seed, t);
    }
    for (uint32_t o = 0; o < g->outputs; o++) {
        uint64_t bytes = g->tensor[g->output[o]].bytes;
        uint8_t *codes = malloc(bytes);
        ck_assert(npu_output_read(exec->prog, o, &exec->port, codes));
        ck_assert_msg(memcmp(codes, ref->tensor[g->output[o]], bytes) == 0,
                      "seed %llu: output %u differs", (unsigned long long)seed, o);
        free(codes);
    }
}

void compile_check_run(build_t *b, const npu_prog_t *prog, const npu_desc_t *desc, uint64_t seed)
{
    golden_ref_t ref;
    compile_exec_t exec;
    golden_ref_init(&ref, &b->graph, prog->meta.rounding == NPU_ROUND_SINGLE);
    fill_input(b, &ref);
    compile_exec_init(&exec, prog, desc, sim_simd());
    ck_assert(npu_input_write(prog, &exec.port, ref.tensor[b->graph.input[0]]));
    compile_exec_run(&exec);
    compare(&exec, &ref, seed);
    compile_exec_free(&exec);
    golden_ref_free(&ref);
}

/* ---- what it waits for ------------------------------------------------------------------------
 */

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
    emit_access_t x[EMIT_MAX_ACCESSES], y[EMIT_MAX_ACCESSES];
    uint32_t nx = emit_accesses(a, x), ny = emit_accesses(b, y);
    for (uint32_t i = 0; i < nx; i++)
        for (uint32_t k = 0; k < ny; k++)
            if (x[i].mem == y[k].mem && (x[i].write || y[k].write) && x[i].begin < y[k].end &&
                y[k].begin < x[i].end)
                return true;
    return false;
}

void compile_check_waits(const npu_prog_t *prog, uint64_t seed)
{
    uint32_t n = prog->insn_count;
    npu_insn_t *insn = calloc(n, sizeof(*insn));
    clock_vector_t *clock = calloc(n, sizeof(*clock));
    for (uint32_t i = 0; i < n; i++)
        ck_assert(npu_insn_decode(prog->insns[i], &insn[i], NULL, 0));
    work_out_clocks(insn, n, clock);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < i; k++) {
            npu_engine_t e = npu_op_engine(insn[k].op);
            if (clock[i].done[e] < k + 1 && e != npu_op_engine(insn[i].op))
                ck_assert_msg(!conflict(&insn[k], &insn[i]),
                              "seed %llu: instruction %u does not wait for %u",
                              (unsigned long long)seed, i, k);
        }
    free(insn);
    free(clock);
}
