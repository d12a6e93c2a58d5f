#include "tools/run_layers.h"

#include <stdlib.h>
#include <string.h>

#include "tools/l2_map.h"
#include "tools/layers.h"

/* The first layer of that network. */
static run_layer_t *layers_of(const run_layers_t *layers, uint32_t network)
{
    run_layer_t *at = layers->layer;
    for (uint32_t n = 0; n < network; n++)
        at += layers->networks->prog[n].layer_count;
    return at;
}

/* Listener of the NPU: the names that it goes by are the program that ran. */
static void on_done(void *ctx, bool level)
{
    run_layers_t *layers = ctx;
    const npu_prog_t *prog = npu_names(layers->npu);
    if (!level || prog == NULL)
        return;
    run_layer_t *layer = layers_of(layers, (uint32_t)(prog - layers->networks->prog));
    for (uint32_t i = 0; i < prog->layer_count; i++) {
        npu_layer_report_t report;
        if (!npu_layer_report(layers->npu, i, &report))
            continue;
        layer[i].runs++;
        layer[i].cycles += report.cycles;
        layer[i].last = report;
        if (report.cycles > layer[i].most_cycles)
            layer[i].most_cycles = report.cycles;
    }
}

bool run_layers_init(run_layers_t *layers, npu_t *npu, const networks_t *networks)
{
    size_t count = 0;
    for (uint32_t n = 0; n < networks->count; n++)
        count += networks->prog[n].layer_count;
    *layers = (run_layers_t){.npu = npu, .networks = networks};
    if (count == 0)
        return true;
    layers->layer_bytes = count * sizeof(run_layer_t);
    layers->layer = calloc(count, sizeof(run_layer_t));
    return layers->layer != NULL && sim_wire_connect(&npu->done, on_done, layers);
}

void run_layers_free(run_layers_t *layers)
{
    free(layers->layer);
    *layers = (run_layers_t){0};
}

/* ---- stats.json ---- */

static void add_layer(const run_layers_t *layers, uint32_t network, uint32_t n, sim_json_t *list)
{
    const run_layer_t *layer = layers_of(layers, network) + n;
    layer_row_t row =
        layers_row_of(&layers->networks->prog[network], &layers->npu->desc, n, &layer->last);
    sim_json_t *item = sim_json_add_object(list, NULL);
    layers_add_row(item, &row);
    sim_json_add_u64(item, "runs", layer->runs);
    sim_json_add_num(item, "mean_cycles", (double)layer->cycles / (double)layer->runs);
    sim_json_add_u64(item, "most_cycles", layer->most_cycles);
}

static void add_network(const run_layers_t *layers, uint32_t n, sim_json_t *list)
{
    const npu_prog_t *prog = &layers->networks->prog[n];
    const npu_compile_report_t *report = &layers->networks->report[n];
    const run_layer_t *layer = layers_of(layers, n);
    uint64_t runs = 0, cycles = 0;
    sim_json_t *item = sim_json_add_object(list, NULL);
    for (uint32_t i = 0; i < prog->layer_count; i++) {
        runs = layer[i].runs > runs ? layer[i].runs : runs;
        cycles += layer[i].cycles;
    }
    sim_json_add_u64(item, "number", n);
    sim_json_add_u64(item, "id", prog->net[NPU_NET_NETWORK_ID_W]);
    sim_json_add_str(item, "name", prog->meta.name);
    sim_json_add_u64(item, "runs", runs);
    sim_json_add_u64(item, "cycles", cycles);
    sim_json_t *rows = sim_json_add_array(item, "layers");
    for (uint32_t i = 0; i < prog->layer_count; i++)
        if (layer[i].runs > 0)
            add_layer(layers, n, i, rows);
    if (report->layers > 0)
        l2_map_add(report, item);
}

void run_layers_add(const run_layers_t *layers, sim_json_t *stats)
{
    uint32_t count = layers->networks != NULL ? layers->networks->count : 0;
    sim_json_t *list = count > 0 ? sim_json_add_array(stats, "networks") : NULL;
    for (uint32_t n = 0; n < count; n++)
        add_network(layers, n, list);
}
