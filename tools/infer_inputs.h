/*
 * infer_inputs.h - what `fovea infer` feeds: files to inputs, outputs back to inputs.
 */
#ifndef TOOLS_INFER_INPUTS_H
#define TOOLS_INFER_INPUTS_H

#include "tools/pixels.h"

/* An output whose content is an input of the next inference. */
typedef struct {
    uint32_t output, input;
} infer_state_t;

typedef struct {
    const npu_prog_t *prog;      /* the caller's */
    uint8_t *data[NPU_NET_ENDS]; /* each dense, in the model's own type */
    infer_state_t state[NPU_NET_ENDS];
    uint32_t states;
} infer_inputs_t;

/*
 * image: a PNG for the input that is one, or NULL. given: "NAME=FILE", NULL at the end; NAME is an
 * input's name or number, and may be left out where there is only one; FILE holds the raw
 * little-endian bytes of the tensor in the model's own type, or is a PNG. states: "OUT=IN", NULL
 * at the end; such an input begins as zeros (of its real value) unless it is given, and so do all
 * others when they are optional.
 * False with one line in error; call infer_inputs_free in any case.
 */
bool infer_inputs_read(infer_inputs_t *inputs, const npu_prog_t *prog, const char *image,
                       const char *const *given, const char *const *states,
                       const pixels_scale_t *scale, bool optional, char *error, size_t error_bytes);
void infer_inputs_free(infer_inputs_t *inputs);

/* After an inference: outputs (dense, in their own type) that are states become inputs. */
void infer_inputs_carry(infer_inputs_t *inputs, uint8_t *const outputs[]);

#endif
