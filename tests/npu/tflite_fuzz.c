/*
 * tflite_fuzz.c - any bytes as a model: the reader may refuse, never crash.
 *
 *   clang -g -O1 -fsanitize=fuzzer,address,undefined -I. tests/npu/tflite_fuzz.c \
 *       npu/compiler/tflite.c npu/compiler/flatbuffer.c npu/compiler/graph.c
 * npu/compiler/graph_check.c
 */
#include "npu/compiler/tflite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[256];
    npu_graph_t graph;
    if (npu_tflite_read(data, size, "fuzz", &graph, error, sizeof(error)) == SIM_OK)
        npu_graph_free(&graph);
    return 0;
}
