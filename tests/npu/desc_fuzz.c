/*
 * desc_fuzz.c - any text as the chip data of an NPU: refused with its file named, or a machine that
 * the compiler can make a program for.
 */
#include "npu/compiler/topology.h"
#include "npu/desc.h"
#include "tests/npu/fuzz_compile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const char layers[] = "input x 9 7 3\n"
                             "a conv k=3 c=40 relu\n"
                             "b depthwise k=3 s=2\n"
                             "c maxpool k=2\n"
                             "d add from=b,c\n"
                             "e fc c=10\n"
                             "f softmax\n";

static void compile_for(const npu_desc_t *desc)
{
    char error[256];
    npu_graph_t graph;
    npu_compile_options_t options = {.rounding = NPU_ROUND_SINGLE};
    if (npu_topology_read(layers, sizeof(layers) - 1, "fuzz", &graph, error, sizeof(error)) !=
        SIM_OK)
        abort();
    fuzz_compile(&graph, desc, &options);
    npu_graph_free(&graph);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    npu_desc_t desc = npu_desc_default();
    sim_doc_t *doc = sim_doc_parse((const char *)data, bytes, "fuzz");
    sim_cfg_t cfg = sim_doc_root(doc);
    npu_desc_read(&cfg, &desc);
    if (sim_doc_error(doc) == NULL) {
        sim_t *sim = sim_new();
        if (sim == NULL || npu_desc_check(&desc, sim, "npu") != SIM_OK)
            abort();
        sim_free(sim);
        compile_for(&desc);
    } else if (strncmp(sim_doc_error(doc), "fuzz:", 5) != 0) {
        abort();
    }
    sim_doc_free(doc);
    return 0;
}
