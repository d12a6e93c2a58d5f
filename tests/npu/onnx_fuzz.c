/*
 * onnx_fuzz.c - any bytes as an ONNX model: refused by reader or compiler, or a program.
 */
#include "npu/compiler/onnx.h"
#include "tests/npu/fuzz_compile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[256];
    npu_graph_t graph;
    npu_compile_options_t options = {.rounding = NPU_ROUND_SINGLE, .keep_all = size % 2 != 0};
    npu_desc_t desc = npu_desc_default();
    desc.l2_bytes = 1 << 18;
    if (npu_onnx_read(data, size, "fuzz", &graph, error, sizeof(error)) != SIM_OK)
        return 0;
    fuzz_compile(&graph, &desc, &options);
    npu_graph_free(&graph);
    return 0;
}
