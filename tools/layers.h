/*
 * layers.h - what each layer of a finished inference did: cycles, bytes, stalls, roofline.
 *
 * roof: multiply-accumulates a cycle if nothing held the layer up but the array's multipliers and
 * the channels of the DMA engines: macs / max(macs / multipliers, load bytes / rate, store bytes /
 * rate). A layer far below its roof loses its time elsewhere: its stalls say where.
 */
#ifndef TOOLS_LAYERS_H
#define TOOLS_LAYERS_H

#include <stdio.h>

#include "sim/json.h"
#include "tools/inference.h"

typedef struct {
    const npu_layer_t *layer;           /* name, operator, instructions, MACs */
    npu_layer_report_t run;             /* cycles, stalls, bytes, long pole */
    double macs_per_cycle, utilization; /* of what the array could do in its cycles, 0..1 */
    double intensity;                   /* MACs a byte of L2 traffic */
    double roof;
    npu_engine_t roof_by; /* MAC, LOAD or STORE: which of the three it is */
    bool metered;
    uint64_t energy_fj; /* if metered: of NPU, L2 and core, from end to end of its instructions */
} layer_row_t;

/* Of the array, over all layers, 0..1. */
double layers_utilization(const inference_t *in);
/* What the report of layer n of prog comes to on that chip; unmetered. */
layer_row_t layers_row_of(const npu_prog_t *prog, const npu_desc_t *desc, uint32_t n,
                          const npu_layer_report_t *run);
/* False for a layer that completed nothing. */
bool layers_row(const inference_t *in, uint32_t n, layer_row_t *row);

/* A table, a line a layer, and a line of sums. */
void layers_print(const inference_t *in, FILE *to);
/* Adds the row's keys to an object. */
void layers_add_row(sim_json_t *item, const layer_row_t *row);
/* Adds the array "layers". */
void layers_add(const inference_t *in, sim_json_t *to);

/* "sequencer", "load", "store", "mac", "vector" */
const char *layers_engine(npu_engine_t engine);

#endif
