/*
 * array.h - kinds of MAC array: how long one takes for a CONV or DWCONV. What an instruction
 * computes does not depend on the kind; time does.
 *
 *   imx500   32 channel lanes x 9 taps x 8 input channels; depthwise channel-parallel
 *   ws       systolic, weight-stationary: weights stay in the grid, pixels pass
 *   os       systolic, output-stationary: sums stay, weights and pixels pass
 *   is       systolic, input-stationary: pixels stay, weights pass
 *
 * A kind is one file array_*.c and one row of the table in array.c. The compiler's estimates, the
 * machine and its oracle all come through here.
 */
#ifndef NPU_ARRAY_H
#define NPU_ARRAY_H

#include "npu/desc.h"

typedef enum { NPU_ARRAY_IMX500, NPU_ARRAY_WS, NPU_ARRAY_OS, NPU_ARRAY_IS, NPU_ARRAYS } npu_array_t;

/* Multiples at which a product of matrices fills the array: pixels of the result, input channels
 * times taps, output channels. 1: no matter. */
typedef struct {
    uint32_t pixels, depth, channels;
} npu_array_grain_t;

typedef struct {
    /* Cycles from an instruction's start to its last accumulator; insn is a CONV or DWCONV. */
    uint64_t (*cycles)(const npu_desc_t *desc, const npu_insn_t *insn);
    /* Multiply-accumulates a cycle at most, with weights of 8 >> narrow bits. */
    uint32_t (*peak_macs)(const npu_desc_t *desc, uint32_t narrow);
    /* Where a CONV is best cut; NULL: the array has no folds. */
    npu_array_grain_t (*grain)(const npu_desc_t *desc);
} npu_array_kind_t;

extern const npu_array_kind_t npu_array_imx500;
extern const npu_array_kind_t npu_array_ws, npu_array_os, npu_array_is;

/* desc->mac_kind, which npu_desc_check accepted. */
const npu_array_kind_t *npu_array(const npu_desc_t *desc);

/* NPU_ARRAYS names as in chip files: "imx500", "ws", "os", "is". */
const char *const *npu_array_names(void);

#endif
