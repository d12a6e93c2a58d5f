/*
 * golden_file.h - the models and golden tensors of FOVEA_MODELS, loaded for tests.
 */
#ifndef TESTS_NPU_GOLDEN_FILE_H
#define TESTS_NPU_GOLDEN_FILE_H

#include "npu/compiler/graph.h"
#include "sim/png.h"

typedef struct {
    uint32_t tensor;        /* number in the model */
    char name[64];          /* in a model that knows names only */
    uint64_t offset, bytes; /* in golden_t.data */
    bool is_input;
} golden_tensor_t;

typedef struct {
    sim_image_t image;
    uint8_t *data; /* the .bin */
    size_t bytes;
    uint32_t tensors;
    golden_tensor_t *tensor;
} golden_t;

/* dir/golden/NAME.json and its .bin, or NAME.single_rounding.bin; fails the test when broken. */
void golden_load(golden_t *golden, const char *dir, const char *name, bool single_rounding);
void golden_free(golden_t *golden);

/* dir/MODEL.tflite, or dir/MODEL.onnx where there is one, as a checked graph. */
void golden_load_model(npu_graph_t *graph, const char *dir, const char *model);

#endif
