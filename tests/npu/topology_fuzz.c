/*
 * topology_fuzz.c - any text is a layer list or one complaint; and the list compiles, or there is a
 * complaint.
 */
#include "npu/compiler/topology.h"

#include "tests/npu/fuzz_compile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* What the reader takes, but fills with weights for too long. */
static bool is_slow(const uint8_t *text, size_t bytes)
{
    uint64_t number = 0;
    for (size_t i = 0; i < bytes; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (!digit && number > 128 && number <= 65536)
            return true;
        number = digit && number <= 65536 ? 10 * number + text[i] - '0' : digit ? number : 0;
    }
    return false;
}

/* Compiled in a few milliseconds. */
static bool is_small(const npu_graph_t *graph)
{
    uint64_t bytes = 0;
    for (uint32_t t = 0; t < graph->tensors; t++)
        bytes += graph->tensor[t].bytes;
    return graph->nodes <= 32 && bytes <= 1 << 17;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    npu_graph_t graph;
    char error[256] = "";
    if (is_slow(data, bytes))
        return 0;
    if (npu_topology_read((const char *)data, bytes, "fuzz", &graph, error, sizeof(error)) ==
        SIM_OK) {
        npu_compile_options_t options = {.keep_all = bytes % 2 != 0,
                                         .gather_input = bytes % 3 == 0};
        npu_desc_t desc = npu_desc_default();
        desc.l2_bytes = bytes % 5 == 0 ? 1 << 16 : 1 << 20;
        desc.mem_bytes[NPU_MEM_ACT] = bytes % 7 == 0 ? 8192 : desc.mem_bytes[NPU_MEM_ACT];
        if (is_small(&graph))
            fuzz_compile(&graph, &desc, &options);
        npu_graph_free(&graph);
    } else if (strncmp(error, "fuzz:", 5) != 0) {
        abort();
    }
    return 0;
}
