/*
 * topology.c - lines of a layer list become inputs, outputs and layers.
 */
#include "npu/compiler/topology.h"

#include <stdio.h>
#include <string.h>

#include "npu/compiler/topology_int.h"

/* ---- lines ----------------------------------------------------------------------------------- */

static int32_t find_layer(topo_t *t, const char *name)
{
    for (uint32_t i = t->layers; i-- > 0;)
        if (strcmp(t->graph->tensor[t->layer[i]].name, name) == 0)
            return t->layer[i];
    topo_fail(&t->line, "found \"%.60s\", expected the name of a layer above", name);
    return 0;
}

bool topo_new_name(topo_t *t, const char *name)
{
    for (uint32_t i = 0; i < t->layers; i++)
        if (strcmp(t->graph->tensor[t->layer[i]].name, name) == 0)
            return topo_fail(&t->line, "a second layer is called \"%.60s\"", name);
    if (t->layers == NPU_GRAPH_MAX_TENSORS || t->graph->nodes == TOPO_MAX_LAYERS)
        return topo_fail(&t->line, "more than %u layers", TOPO_MAX_LAYERS);
    if (strchr(name, ',') != NULL || strchr(name, '=') != NULL)
        return topo_fail(&t->line, "found the name \"%.60s\", expected one without , and =", name);
    return true;
}

void topo_add_layer(topo_t *t, int32_t tensor)
{
    t->layer[t->layers++] = tensor;
}

static bool word_count(topo_t *t, uint32_t low, uint32_t high, const char *form)
{
    if (t->line.words >= low && t->line.words <= high)
        return true;
    return topo_fail(&t->line, "found %u words, expected \"%s\"", t->line.words, form);
}

static void read_input(topo_t *t)
{
    char(*word)[TOPO_WORD_BYTES] = t->line.word;
    if (!word_count(t, 5, 5, "input NAME HEIGHT WIDTH CHANNELS") || !topo_new_name(t, word[1]))
        return;
    npu_hwc_t size = {topo_number(&t->line, word[2], 1, 65536, "height"),
                      topo_number(&t->line, word[3], 1, 65536, "width"),
                      topo_number(&t->line, word[4], 1, 65536, "channels")};
    if (t->graph->nodes > 0)
        topo_fail(&t->line, "an input after a layer, expected inputs first");
    if (t->graph->inputs == NPU_GRAPH_MAX_ENDS)
        topo_fail(&t->line, "more than %d inputs", NPU_GRAPH_MAX_ENDS);
    int32_t tensor = topo_add_input(t, word[1], size);
    if (tensor < 0)
        return;
    topo_add_layer(t, tensor);
    t->graph_input[t->graph->inputs++] = tensor;
}

static void read_output(topo_t *t)
{
    for (uint32_t w = 1; w < t->line.words && !t->line.failed; w++) {
        int32_t tensor = find_layer(t, t->line.word[w]);
        if (t->graph->outputs == NPU_GRAPH_MAX_ENDS)
            topo_fail(&t->line, "more than %d outputs", NPU_GRAPH_MAX_ENDS);
        else
            t->graph_output[t->graph->outputs++] = tensor;
    }
}

static void find_inputs(topo_t *t)
{
    const topo_operator_t *op = t->op;
    t->inputs = 0;
    if (t->layers == 0) {
        topo_fail(&t->line, "a layer before any input");
        return;
    }
    for (uint32_t i = 0; i < t->keys.from_count; i++)
        t->input[t->inputs++] = find_layer(t, t->keys.from[i]);
    if (t->inputs == 0)
        t->input[t->inputs++] = t->layer[t->layers - 1];
    if (t->inputs < op->min_inputs || t->inputs > op->max_inputs)
        topo_fail(&t->line, "%u inputs, expected %u", t->inputs, op->min_inputs);
}

static void check_size(topo_t *t)
{
    npu_hwc_t size = npu_tensor_hwc(&t->graph->tensor[t->layer[t->layers - 1]]);
    if ((t->keys.given & TOPO_BIT(SIZE)) == 0 ||
        (size.h == t->keys.size[0] && size.w == t->keys.size[1]))
        return;
    topo_fail(&t->line, "the result is %ux%u, the line says %ux%u", size.h, size.w, t->keys.size[0],
              t->keys.size[1]);
}

static void read_layer(topo_t *t)
{
    if (!word_count(t, 2, TOPO_MAX_WORDS, "NAME OPERATOR KEYS..") ||
        !topo_new_name(t, t->line.word[0]))
        return;
    t->op = topo_find_operator(t, t->line.word[1]);
    if (t->op == NULL || !topo_read_keys(&t->line, 2, t->op->keys, &t->keys))
        return;
    uint32_t missing = t->op->needs & ~t->keys.given;
    if (missing != 0) {
        topo_fail(&t->line, "%s without %s=", t->op->name, topo_key_name(missing));
        return;
    }
    find_inputs(t);
    if (!t->line.failed)
        t->op->build(t);
    if (!t->line.failed)
        check_size(t);
}

static void read_line(topo_t *t)
{
    char(*word)[TOPO_WORD_BYTES] = t->line.word;
    if (strcmp(word[0], "input") == 0) {
        read_input(t);
    } else if (strcmp(word[0], "output") == 0) {
        read_output(t);
    } else if (strcmp(word[0], "seed") == 0) {
        if (word_count(t, 2, 2, "seed N"))
            t->seed = topo_number(&t->line, word[1], 0, UINT32_MAX, "seed");
    } else if (strcmp(word[0], "bits") == 0) {
        if (word_count(t, 2, 2, "bits N"))
            t->bits = topo_bits(&t->line, word[1]);
    } else {
        read_layer(t);
    }
}

/* ---- the network ----------------------------------------------------------------------------- */

static bool make_room(topo_t *t, const char *file_name)
{
    npu_graph_t *g = t->graph;
    g->name = topo_copy_text(t, file_name);
    g->tensor = topo_take(t, NPU_GRAPH_MAX_TENSORS * sizeof(*g->tensor));
    g->node = topo_take(t, TOPO_MAX_LAYERS * sizeof(*g->node));
    t->rms = topo_take(t, NPU_GRAPH_MAX_TENSORS * sizeof(*t->rms));
    t->layer = topo_take(t, NPU_GRAPH_MAX_TENSORS * sizeof(*t->layer));
    t->graph_input = topo_take(t, NPU_GRAPH_MAX_ENDS * sizeof(*t->graph_input));
    t->graph_output = topo_take(t, NPU_GRAPH_MAX_ENDS * sizeof(*t->graph_output));
    g->input = t->graph_input;
    g->output = t->graph_output;
    return !t->line.failed;
}

static void read_lines(topo_t *t, const char *text, size_t bytes)
{
    const char *end = text + bytes;
    while (!t->line.failed && topo_next_line(&t->line, &text, end))
        if (t->line.words > 0 && !t->line.failed)
            read_line(t);
    if (!t->line.failed && t->graph->nodes == 0)
        topo_fail(&t->line, "no layer");
    if (!t->line.failed && t->graph->outputs == 0)
        t->graph_output[t->graph->outputs++] = t->layer[t->layers - 1];
}

sim_err_t npu_topology_read(const char *text, size_t bytes, const char *file_name,
                            npu_graph_t *graph, char *error, size_t error_bytes)
{
    topo_t t = {.line = {.file = file_name, .error = error, .error_bytes = error_bytes},
                .graph = graph,
                .bits = 8,
                .seed = 1};
    if (!npu_graph_init(graph, TOPO_MAX_BYTES)) {
        snprintf(error, error_bytes, "%s: out of memory", file_name);
        return SIM_ENOMEM;
    }
    if (make_room(&t, file_name))
        read_lines(&t, text, bytes);
    sim_err_t err = t.line.failed ? SIM_EPARSE : npu_graph_check(graph, error, error_bytes);
    if (err != SIM_OK)
        npu_graph_free(graph);
    return err;
}
