/*
 * tflite_fuzz.c - any bytes as a model: reader and compiler may refuse, never crash.
 */
#include "npu/compiler/compile.h"
#include "npu/compiler/tflite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[256];
    npu_graph_t graph;
    npu_prog_t prog;
    npu_compile_report_t report;
    npu_compile_options_t options = {.rounding = size % 2 ? NPU_ROUND_SINGLE : NPU_ROUND_DOUBLE,
                                     .gather_input = size % 3 == 0,
                                     .reuse_input = size % 5 == 0};
    npu_desc_t desc = npu_desc_default();
    desc.l2_bytes = 1 << 18;
    if (size % 7 == 0)
        desc.mem_bytes[NPU_MEM_ACT] = 4096;
    if (npu_tflite_read(data, size, "fuzz", &graph, error, sizeof(error)) != SIM_OK)
        return 0;
    if (npu_compile(&graph, &desc, &options, &prog, &report, error, sizeof(error)) == SIM_OK) {
        npu_compile_report_free(&report);
        npu_prog_free(&prog);
    }
    npu_graph_free(&graph);
    return 0;
}
