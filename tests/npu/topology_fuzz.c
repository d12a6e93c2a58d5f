/*
 * topology_fuzz.c - any text is a layer list or one complaint.
 */
#include "npu/compiler/topology.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    npu_graph_t graph;
    char error[256] = "";
    if (npu_topology_read((const char *)data, bytes, "f", &graph, error, sizeof(error)) == SIM_OK)
        npu_graph_free(&graph);
    else
        assert(strncmp(error, "f:", 2) == 0);
    return 0;
}
