/*
 * inference.h - the NPU alone with an L2 of the chip's kind: one program, its inputs, every
 * counter.
 */
#ifndef TOOLS_INFERENCE_H
#define TOOLS_INFERENCE_H

#include "logic/l2.h"
#include "npu/fnp.h"
#include "npu/npu.h"
#include "tools/chip.h"

typedef struct {
    sim_t *sim;
    const npu_prog_t *prog; /* the caller's */
    l2_t l2;
    npu_t npu;
    sim_mem_port_t memory; /* for timeless access to L2 */
    uint8_t **kept;        /* dense codes of prog->kept[i] after the run, if watch */
    bool watch;            /* fill kept; set it before inference_init */
    bool finished;
    char error[512];
} inference_t;

/* False with a line in inference->error. The caller zeroes inference and calls inference_free. */
bool inference_init(inference_t *inference, const sensor_desc_t *chip, const npu_prog_t *prog);
/* Each input dense, in the model's own type, npu_input_bytes of them; NULL: L2 as it is. */
bool inference_run(inference_t *inference, uint8_t *const inputs[]);
/* The two halves of it: everything in place, then the program. */
bool inference_load(inference_t *inference, uint8_t *const inputs[]);
bool inference_go(inference_t *inference);
void inference_free(inference_t *inference);

#endif
