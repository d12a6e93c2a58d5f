/*
 * l1_map.h - which bytes of the L1 memories each layer's instructions touch.
 */
#ifndef TOOLS_L1_MAP_H
#define TOOLS_L1_MAP_H

#include <stdio.h>

#include "npu/fnp.h"
#include "sim/json.h"

/* From the first byte touched to behind the last; both 0: none. */
typedef struct {
    uint64_t begin[NPU_MEMS], end[NPU_MEMS];
} l1_span_t;

l1_span_t l1_span(const npu_prog_t *prog, uint32_t layer);

/* A row a layer. */
void l1_map_print(const npu_prog_t *prog, const npu_desc_t *desc, FILE *to);
/* "l1": {"act": [begin, end], ...} into a layer's object. */
void l1_map_add(const npu_prog_t *prog, uint32_t layer, sim_json_t *to);

#endif
