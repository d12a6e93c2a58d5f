/*
 * tflite_fuzz.c - any bytes as a model: refused by reader or compiler, or a program.
 */
#include "npu/compiler/tflite.h"
#include "tests/npu/fuzz_compile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[256];
    npu_graph_t graph;
    npu_compile_options_t options = {.rounding = size % 2 ? NPU_ROUND_SINGLE : NPU_ROUND_DOUBLE,
                                     .gather_input = size % 3 == 0,
                                     .reuse_input = size % 5 == 0};
    npu_desc_t desc = npu_desc_default();
    desc.l2_bytes = 1 << 18;
    if (size % 7 == 0)
        desc.mem_bytes[NPU_MEM_ACT] = 4096;
    if (npu_tflite_read(data, size, "fuzz", &graph, error, sizeof(error)) != SIM_OK)
        return 0;
    fuzz_compile(&graph, &desc, &options);
    npu_graph_free(&graph);
    return 0;
}
