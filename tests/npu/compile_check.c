#include "tests/npu/compile_check.h"

#include "npu/compiler/tensor_io.h"
#include "tests/npu/compile_exec.h"
#include "tests/npu/golden_ref.h"
#include "tests/npu/waits_ref.h"
#include "tests/test.h"

/* ---- what a program computes ----------------------------------------------------------------- */

static void fill_inputs(build_t *b, golden_ref_t *ref)
{
    for (uint32_t n = 0; n < b->graph.inputs; n++) {
        int32_t input = b->graph.input[n];
        for (uint64_t i = 0; i < b->graph.tensor[input].bytes; i++)
            ref->tensor[input][i] = (uint8_t)sim_stream_u32(&b->random);
    }
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
    fill_inputs(b, &ref);
    compile_exec_init(&exec, prog, desc, sim_simd());
    for (uint32_t n = 0; n < b->graph.inputs; n++)
        ck_assert(npu_input_write(prog, n, &exec.port, ref.tensor[b->graph.input[n]]));
    compile_exec_run(&exec);
    compare(&exec, &ref, seed);
    compile_exec_free(&exec);
    golden_ref_free(&ref);
}

/* ---- what it waits for ------------------------------------------------------------------------
 */

void compile_check_waits(const npu_prog_t *prog, uint64_t seed)
{
    uint32_t n = prog->insn_count, late, early;
    npu_insn_t *insn = calloc(n, sizeof(*insn));
    for (uint32_t i = 0; i < n; i++)
        ck_assert(npu_insn_decode(prog->insns[i], &insn[i], NULL, 0));
    if (waits_ref_race(insn, n, &late, &early))
        ck_abort_msg("seed %llu: instruction %u does not wait for %u", (unsigned long long)seed,
                     late, early);
    free(insn);
}
