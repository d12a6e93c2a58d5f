/*
 * golden_machine.h - a machine with 8 MiB of memory that runs a compiled program and takes every
 * kept tensor at the moment it is complete.
 */
#ifndef TESTS_NPU_GOLDEN_MACHINE_H
#define TESTS_NPU_GOLDEN_MACHINE_H

#include "npu/npu.h"
#include "tests/npu/npu_port.h"

typedef struct {
    sim_t *sim;
    fake_mem_t mem;
    npu_t npu;
    sim_mem_port_t port;
    const npu_prog_t *prog;
    uint8_t **kept; /* for each kept tensor of prog; NULL: never complete */
} golden_machine_t;

void golden_machine_init(golden_machine_t *m, const npu_desc_t *desc, const npu_prog_t *prog);
/* One inference; inputs are dense, in the model's types. Fails the test on an NPU error. */
void golden_machine_run_all(golden_machine_t *m, uint8_t *const inputs[]);
/* The same of a network with one input. */
void golden_machine_run(golden_machine_t *m, uint8_t *input);
/* Runs what stands in memory; returns NPU_ERROR. */
uint32_t golden_machine_try(golden_machine_t *m);
uint64_t golden_machine_cycles(const golden_machine_t *m);
void golden_machine_free(golden_machine_t *m);

#endif
