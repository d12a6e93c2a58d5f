/*
 * topology_int.h - what reading lines and building nodes share. Private to topology*.c.
 */
#ifndef NPU_COMPILER_TOPOLOGY_INT_H
#define NPU_COMPILER_TOPOLOGY_INT_H

#include "npu/compiler/topology_line.h"

#define TOPO_MAX_BYTES (UINT64_C(512) << 20)
#define TOPO_MAX_LAYERS 4096u /* lines */

#define TOPO_BIT(key) (1u << TOPO_##key)

typedef struct topo topo_t;

typedef struct {
    const char *name, *tflite; /* both are understood */
    uint32_t keys, needs;      /* bits of topo_key_t: allowed, required */
    uint32_t min_inputs, max_inputs;
    void (*build)(topo_t *t);
    npu_node_op_t op;
} topo_operator_t;

struct topo {
    topo_line_t line;
    npu_graph_t *graph;
    float *rms;    /* that values of each tensor can be expected to have */
    uint32_t bits; /* of weights that say nothing */
    uint64_t seed, weights;
    int32_t *layer; /* the results of each layer, in order; inputs too */
    uint32_t layers;
    int32_t *graph_input, *graph_output;
    /* the line being built */
    topo_keys_t keys;
    const topo_operator_t *op;
    int32_t input[TOPO_MAX_FROM];
    uint32_t inputs;
    npu_node_t nowhere; /* stands in for a node after a failure */
};

/* Memory of the graph; NULL after a complaint. */
void *topo_take(topo_t *t, uint64_t bytes);
const char *topo_copy_text(topo_t *t, const char *text);

/* A map of activations with the scale that all of them have; -1 after a complaint. */
int32_t topo_add_input(topo_t *t, const char *name, npu_hwc_t size);

/* Whether a layer may be called so. */
bool topo_new_name(topo_t *t, const char *name);

/* Notes that a layer, whose name is new, is in tensor. */
void topo_add_layer(topo_t *t, int32_t tensor);

/* NULL after a complaint. */
const topo_operator_t *topo_find_operator(topo_t *t, const char *name);

#endif
