/*
 * inspect_network.c - a tensor of the L2 and a layer of the network, in detail.
 */
#include <string.h>

#include "tools/layers.h"
#include "tools/view/inspect.h"

typedef unsigned long long ull_t;

static void nothing(inspect_t *in, const char *what)
{
    inspect_head(in, 0, "%s", what);
    inspect_say(in, ui_dim, "The network that it belonged to is not there.");
}

/* ---- a tensor ---- */

/* Several may stand in one place: the first of that name, else the first at that offset. */
static const npu_kept_t *kept_of(const npu_prog_t *prog, const npu_place_plan_t *place)
{
    for (uint32_t i = 0; i < prog->kept_count; i++)
        if (strcmp(prog->kept[i].name, place->name) == 0)
            return &prog->kept[i];
    for (uint32_t i = 0; i < prog->kept_count; i++)
        if (prog->kept[i].l2 == place->l2)
            return &prog->kept[i];
    return NULL;
}

static void put_shape(inspect_t *in, const npu_kept_t *kept)
{
    const uint32_t *s = kept->shape;
    if (kept->dims == 4)
        inspect_put(in, "shape", "%u x %u x %u x %u", s[0], s[1], s[2], s[3]);
    else if (kept->dims == 3)
        inspect_put(in, "shape", "%u x %u x %u", s[0], s[1], s[2]);
    else if (kept->dims == 2)
        inspect_put(in, "shape", "%u x %u", s[0], s[1]);
    else
        inspect_put(in, "shape", "%u", s[0]);
}

static const char *layer_name(const npu_compile_report_t *report, uint32_t layer)
{
    return layer < report->layers ? report->layer[layer].name : "the core's operators";
}

void inspect_tensor(inspect_t *in, const ui_select_t *select)
{
    const uint64_t a = select->a;
    const networks_t *networks = in->ui->model->networks;
    uint32_t network = (uint32_t)(a >> 32), at = (uint32_t)a;
    if (networks == NULL || network >= networks->count || at >= networks->report[network].places) {
        nothing(in, "Tensor");
        return;
    }
    const npu_compile_report_t *report = &networks->report[network];
    const npu_place_plan_t *place = &report->place[at];
    const npu_kept_t *kept = kept_of(&networks->prog[network], place);
    inspect_head(in, ui_color(at), "Tensor %s", place->name);
    if (kept != NULL)
        put_shape(in, kept);
    inspect_put(in, "in L2 at", "0x%06x", place->l2);
    inspect_put(in, "bytes", "%u", place->bytes);
    if (place->ring_rows != 0)
        inspect_put(in, "ring of", "%u rows at a time", place->ring_rows);
    inspect_link(in, HIT_LAYER, place->first_layer, 0, "from layer", "%u %s", place->first_layer,
                 layer_name(report, place->first_layer));
    inspect_link(in, HIT_LAYER, place->last_layer, 0, "to layer", "%u %s", place->last_layer,
                 layer_name(report, place->last_layer));
    inspect_put(in, "network", "%u %s", network, networks->prog[network].meta.name);
}

/* ---- a layer ---- */

static void put_plan(inspect_t *in, const npu_layer_plan_t *plan)
{
    inspect_space(in);
    inspect_head(in, 0, "As compiled");
    inspect_put(in, "in", "%u x %u x %u", plan->in.h, plan->in.w, plan->in.c);
    inspect_put(in, "out", "%u x %u x %u", plan->out.h, plan->out.w, plan->out.c);
    if (plan->fused[0] != '\0')
        inspect_put(in, "with it", "%s", plan->fused);
    inspect_put(in, "weights", "%u bytes", plan->weight_bytes);
    inspect_put(in, "parameters", "%u bytes", plan->param_bytes);
    inspect_put(in, "activations", "%u in, %u out, bytes", plan->in_bytes, plan->out_bytes);
    inspect_put(in, "tiles", "%u of %u x %u x %u", plan->tiles, plan->stripe_rows,
                plan->stripe_cols, plan->group_channels);
    inspect_put(in, "estimate", "%llu cycles", (ull_t)plan->estimate_cycles);
}

static void put_run(inspect_t *in, const npu_layer_report_t *run)
{
    char text[24];
    const view_model_t *m = in->ui->model;
    uint64_t cycles = run->cycles != 0 ? run->cycles : 1;
    inspect_put(in, "cycles", "%llu", (ull_t)run->cycles);
    inspect_put(in, "from", "%s", ui_time(text, run->start_ps));
    inspect_put(in, "to", "%s", ui_time(text, run->end_ps));
    inspect_put(in, "MACs", "%llu", (ull_t)run->macs);
    if (m->sensor != NULL) {
        double most = (double)npu_peak_macs(&m->sensor->npu.desc, 0) * (double)cycles;
        inspect_put(in, "utilization", "%.1f %%", 100 * (double)run->macs / most);
    }
    inspect_put(in, "long pole", "%s", layers_engine(run->long_pole));
    inspect_put(in, "L2 traffic", "%llu bytes", (ull_t)run->l2_bytes);
    inspect_put(in, "L1 traffic", "%llu bytes", (ull_t)run->l1_bytes);
    inspect_put(in, "instructions", "%llu", (ull_t)run->insns);
    inspect_space(in);
    inspect_head(in, 0, "Where its cycles went");
    for (uint32_t c = 0; c < NPU_CLASSES; c++)
        inspect_put(in, npu_class_name((npu_class_t)c), "%5.1f %%  %llu",
                    100 * (double)run->classes[c] / (double)cycles, (ull_t)run->classes[c]);
    inspect_space(in);
    inspect_head(in, 0, "Busy");
    for (uint32_t e = 0; e < NPU_ENGINES; e++)
        inspect_put(in, layers_engine((npu_engine_t)e), "%5.1f %%  %llu",
                    100 * (double)run->busy[e] / (double)cycles, (ull_t)run->busy[e]);
}

void inspect_layer(inspect_t *in, const ui_select_t *select)
{
    const uint64_t number = select->a;
    const view_model_t *m = in->ui->model;
    if (number >= m->layers || number >= VIEW_LAYERS) {
        nothing(in, "Layer");
        return;
    }
    const view_layer_t *layer = &m->layer[number];
    inspect_head(in, ui_block_color("npu"), "Layer %llu: %s", (ull_t)number, layer->op);
    inspect_say(in, ui_text, "%s", layer->name);
    if (layer->known)
        put_run(in, &layer->report);
    else
        inspect_say(in, ui_dim, "It has not completed yet.");
    const networks_t *networks = m->networks;
    if (networks != NULL && m->network < networks->count &&
        number < networks->report[m->network].layers)
        put_plan(in, &networks->report[m->network].layer[number]);
}
