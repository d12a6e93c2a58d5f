/*
 * onnx_fuzz.c - any bytes as an ONNX model: reader and compiler may refuse, never crash.
 */
#include "npu/compiler/compile.h"
#include "npu/compiler/onnx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[256];
    npu_graph_t graph;
    npu_prog_t prog;
    npu_compile_options_t options = {.rounding = NPU_ROUND_SINGLE, .keep_all = size % 2 != 0};
    npu_desc_t desc = npu_desc_default();
    desc.l2_bytes = 1 << 18;
    if (npu_onnx_read(data, size, "fuzz", &graph, error, sizeof(error)) != SIM_OK)
        return 0;
    if (npu_compile(&graph, &desc, &options, &prog, NULL, error, sizeof(error)) == SIM_OK)
        npu_prog_free(&prog);
    npu_graph_free(&graph);
    return 0;
}
