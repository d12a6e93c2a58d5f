/*
 * inference.h - the NPU with an L2 of the chip's kind: one program, its inputs, every counter.
 *
 * A program that leaves work to the core needs firmware (infer_core.h): the core then starts the
 * NPU and runs its operators. Without, the NPU runs alone, and what the core would make is zero.
 */
#ifndef TOOLS_INFERENCE_H
#define TOOLS_INFERENCE_H

#include "logic/l2.h"
#include "npu/fnp.h"
#include "npu/npu.h"
#include "tools/chip.h"
#include "tools/infer_core.h"

typedef struct {
    sim_t *sim;
    const npu_prog_t *prog; /* the caller's */
    l2_t l2;
    npu_t npu;
    sim_mem_port_t memory; /* for timeless access to L2 */
    uint8_t **kept;        /* dense codes of prog->kept[i] after the run, if watch */
    bool watch;            /* fill kept; set it before inference_init */
    const char *firmware;  /* the core's; NULL: none; set it before inference_init */
    const char *file;      /* for messages; NULL: the network's name */
    infer_core_t core;     /* if firmware */
    energy_t energy;       /* attached to all of these; off where chip has no technology */
    uint64_t *layer_fj;    /* of all these by layer of prog, from end to end of its instructions */
    uint64_t metered_fj;   /* when the last of them ended */
    bool by_layer;         /* fill layer_fj; set it before inference_init */
    bool finished;
    uint32_t errors; /* of the run, and the first of them */
    char first_error[400];
    char error[1024];
} inference_t;

/* How an operator of the core went: status (npu_post_status_name) and cycles; op is an index into
 * prog->post. After a run with firmware. */
typedef struct {
    uint32_t status;
    uint64_t cycles;
} inference_op_t;
inference_op_t inference_op(const inference_t *inference, uint32_t op);
/* Cycles of all of them. */
uint64_t inference_core_cycles(const inference_t *inference);

/* False with a line in inference->error. The caller zeroes inference and calls inference_free. */
bool inference_init(inference_t *inference, const sensor_desc_t *chip, const npu_prog_t *prog);
/* Each input dense, in the model's own type, npu_input_bytes of them; NULL: L2 as it is. */
bool inference_run(inference_t *inference, uint8_t *const inputs[]);
/* The two halves of it: everything in place, then the program. */
bool inference_load(inference_t *inference, uint8_t *const inputs[]);
bool inference_go(inference_t *inference);
void inference_free(inference_t *inference);

#endif
