#include "tools/layers.h"

#include <string.h>

const char *layers_engine(npu_engine_t engine)
{
    static const char *const names[] = {"sequencer", "load", "store", "mac", "vector"};
    return names[engine];
}

/* The least cycles that the DMA channels need for the layer's bytes, and the array for its work:
 * narrow weights give it more lanes. */
static void least_cycles(const npu_prog_t *prog, const npu_desc_t *desc, uint32_t n,
                         double cycles[NPU_ENGINES])
{
    const npu_layer_t *layer = &prog->layers[n];
    uint32_t narrow = 0;
    memset(cycles, 0, NPU_ENGINES * sizeof(cycles[0]));
    for (uint32_t i = layer->first; i <= layer->last && i < prog->insn_count; i++) {
        npu_insn_t insn;
        if (!npu_insn_decode(prog->insns[i], &insn, NULL, 0) || insn.layer != n)
            continue;
        if (insn.op == NPU_OP_LOAD || insn.op == NPU_OP_STORE)
            cycles[npu_op_engine(insn.op)] +=
                (double)insn.row_bytes * insn.rows * insn.planes / npu_dma_rate(desc, insn.mem);
        narrow = insn.narrow > narrow ? insn.narrow : narrow;
    }
    cycles[NPU_ENGINE_MAC] = (double)layer->macs / npu_peak_macs(desc, narrow);
}

layer_row_t layers_row_of(const npu_prog_t *prog, const npu_desc_t *desc, uint32_t n,
                          const npu_layer_report_t *run)
{
    double least[NPU_ENGINES];
    layer_row_t row = {.layer = &prog->layers[n], .run = *run, .roof_by = NPU_ENGINE_MAC};
    double macs = (double)row.layer->macs, cycles = (double)run->cycles;
    least_cycles(prog, desc, n, least);
    for (npu_engine_t e = NPU_ENGINE_LOAD; e <= NPU_ENGINE_STORE; e++)
        if (least[e] > least[row.roof_by])
            row.roof_by = e;
    row.roof = least[row.roof_by] > 0 ? macs / least[row.roof_by] : 0;
    row.macs_per_cycle = cycles > 0 ? macs / cycles : 0;
    row.utilization = cycles > 0 ? least[NPU_ENGINE_MAC] / cycles : 0;
    row.intensity = run->l2_bytes != 0 ? macs / (double)run->l2_bytes : 0;
    return row;
}

bool layers_row(const inference_t *in, uint32_t n, layer_row_t *row)
{
    npu_layer_report_t run;
    if (!npu_layer_report(&in->npu, n, &run))
        return false;
    *row = layers_row_of(in->prog, &in->npu.desc, n, &run);
    row->metered = in->by_layer;
    row->energy_fj = in->layer_fj[n];
    return true;
}

double layers_utilization(const inference_t *in)
{
    double cycles = 0, worked = 0;
    layer_row_t row;
    for (uint32_t i = 0; i < in->prog->layer_count; i++)
        if (layers_row(in, i, &row)) {
            cycles += (double)row.run.cycles;
            worked += row.utilization * (double)row.run.cycles;
        }
    return cycles > 0 ? worked / cycles : 0;
}

/* ---- text ---- */

static void print_classes(const uint64_t classes[NPU_CLASSES], FILE *to)
{
    for (int c = 0; c < NPU_CLASSES; c++)
        fprintf(to, " %10llu", (unsigned long long)classes[c]);
    fputc('\n', to);
}

static void print_head(FILE *to)
{
    fprintf(to, "%-4s %-9s %-28s %-18s %10s %12s %8s %6s %8s %-5s %10s %10s %-9s", "#", "insns",
            "layer", "op", "cycles", "MACs", "MAC/cyc", "used", "roof", "by", "L2 bytes",
            "L1 bytes", "long pole");
    for (int c = 0; c < NPU_CLASSES; c++)
        fprintf(to, " %10s", npu_class_name((npu_class_t)c));
    fputc('\n', to);
}

static void print_row(uint32_t n, const layer_row_t *r, FILE *to)
{
    size_t length = strlen(r->layer->name);
    char insns[24];
    snprintf(insns, sizeof(insns), "%u..%u", r->layer->first, r->layer->last);
    fprintf(to, "%-4u %-9s %-28s %-18s %10llu %12llu %8.1f %5.1f%% %8.1f %-5s %10llu %10llu %-9s",
            n, insns, r->layer->name + (length > 28 ? length - 28 : 0), r->layer->op,
            (unsigned long long)r->run.cycles, (unsigned long long)r->layer->macs,
            r->macs_per_cycle, 100 * r->utilization, r->roof, layers_engine(r->roof_by),
            (unsigned long long)r->run.l2_bytes, (unsigned long long)r->run.l1_bytes,
            layers_engine(r->run.long_pole));
    print_classes(r->run.classes, to);
}

void layers_print(const inference_t *in, FILE *to)
{
    uint64_t cycles = 0, macs = 0, l2 = 0, l1 = 0, classes[NPU_CLASSES] = {0};
    layer_row_t row;
    print_head(to);
    for (uint32_t i = 0; i < in->prog->layer_count; i++) {
        if (!layers_row(in, i, &row))
            continue;
        print_row(i, &row, to);
        cycles += row.run.cycles;
        macs += row.layer->macs;
        l2 += row.run.l2_bytes;
        l1 += row.run.l1_bytes;
        for (int c = 0; c < NPU_CLASSES; c++)
            classes[c] += row.run.classes[c];
    }
    double rate = cycles != 0 ? (double)macs / (double)cycles : 0;
    fprintf(to, "%-4s %-9s %-28s %-18s %10llu %12llu %8.1f %5.1f%% %8s %-5s %10llu %10llu %-9s", "",
            "", "sum", "", (unsigned long long)cycles, (unsigned long long)macs, rate,
            100 * layers_utilization(in), "", "", (unsigned long long)l2, (unsigned long long)l1,
            "");
    print_classes(classes, to);
}

/* ---- JSON ---- */

void layers_add_row(sim_json_t *item, const layer_row_t *row)
{
    sim_json_add_str(item, "name", row->layer->name);
    sim_json_add_str(item, "op", row->layer->op);
    sim_json_add_u64(item, "first", row->layer->first);
    sim_json_add_u64(item, "last", row->layer->last);
    sim_json_add_u64(item, "start_ps", row->run.start_ps);
    sim_json_add_u64(item, "cycles", row->run.cycles);
    sim_json_add_u64(item, "macs", row->layer->macs);
    sim_json_add_num(item, "utilization", row->utilization);
    sim_json_add_u64(item, "l2_bytes", row->run.l2_bytes);
    sim_json_add_u64(item, "l1_bytes", row->run.l1_bytes);
    if (row->metered)
        sim_json_add_u64(item, "energy_fj", row->energy_fj);
    sim_json_add_str(item, "long_pole", layers_engine(row->run.long_pole));
    sim_json_t *stalls = sim_json_add_object(item, "stalls");
    for (int c = 0; c < NPU_CLASSES; c++)
        sim_json_add_u64(stalls, npu_class_name((npu_class_t)c), row->run.classes[c]);
    sim_json_t *roofline = sim_json_add_object(item, "roofline");
    sim_json_add_num(roofline, "macs_per_byte", row->intensity);
    sim_json_add_num(roofline, "macs_per_cycle", row->macs_per_cycle);
    sim_json_add_num(roofline, "roof_macs_per_cycle", row->roof);
    sim_json_add_str(roofline, "by", layers_engine(row->roof_by));
}

void layers_add(const inference_t *in, sim_json_t *to)
{
    layer_row_t row;
    sim_json_t *layers = sim_json_add_array(to, "layers");
    for (uint32_t i = 0; i < in->prog->layer_count; i++)
        if (layers_row(in, i, &row))
            layers_add_row(sim_json_add_object(layers, NULL), &row);
}
