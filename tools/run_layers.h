/*
 * run_layers.h - what the layers of a run's networks took, summed over its inferences, for
 * stats.json.
 *
 * Listens to the NPU's done pulse; nothing of it changes what is simulated.
 */
#ifndef TOOLS_RUN_LAYERS_H
#define TOOLS_RUN_LAYERS_H

#include "npu/npu.h"
#include "sim/json.h"
#include "tools/network.h"

/* One layer of one network. */
typedef struct {
    uint64_t runs, cycles, most_cycles; /* in which it completed something; sum; most */
    npu_layer_report_t last;            /* of the last of them */
} run_layer_t;

typedef struct {
    const npu_t *npu;
    const networks_t *networks;
    void *layer; /* run_layer_t of each layer of each network: kept in snapshots */
    size_t layer_bytes;
} run_layers_t;

/* After networks_load. False without memory, or where the wire has no place left; run_layers_free
 * is due in either case. */
bool run_layers_init(run_layers_t *layers, npu_t *npu, const networks_t *networks);
void run_layers_free(run_layers_t *layers);

/* Adds the array "networks": {number, id, name, runs, cycles, layers: [{.., as of `infer --json`,
 * runs, mean_cycles, most_cycles}]}, and where it was compiled for this run what `compile --json`
 * says of places; nothing when there are no networks. */
void run_layers_add(const run_layers_t *layers, sim_json_t *stats);

#endif
