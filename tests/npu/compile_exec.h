/*
 * compile_exec.h - a program run the simplest way: one instruction after another, no engines, no
 * time; the core's operators on the host. What the machine computes concurrently must equal this,
 * since the schedule's waits must allow nothing else.
 */
#ifndef TESTS_NPU_COMPILE_EXEC_H
#define TESTS_NPU_COMPILE_EXEC_H

#include "npu/fnp.h"
#include "npu/kernel.h"

typedef struct {
    const npu_prog_t *prog;
    npu_l1_t l1;
    npu_kernels_t kernels;
    uint8_t *l2;
    uint32_t l2_base, l2_bytes;
    sim_mem_port_t port; /* peek, poke and view of l2 */
    uint8_t **kept;      /* for each kept tensor its dense content, taken when it was complete */
} compile_exec_t;

/* Memory of desc, filled with a pattern; program and constants are loaded. */
void compile_exec_init(compile_exec_t *exec, const npu_prog_t *prog, const npu_desc_t *desc,
                       sim_simd_t level);
void compile_exec_run(compile_exec_t *exec);
void compile_exec_free(compile_exec_t *exec);

#endif
