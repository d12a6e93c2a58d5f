/*
 * cmd_compile.c - fovea compile: a model to an NPU program, and what the compiler chose.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/chip.h"
#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/network.h"

static void print_report(const npu_prog_t *prog, const npu_compile_report_t *report)
{
    printf("%-4s %-24s %-18s %12s %14s %7s %5s %10s %10s\n", "#", "layer", "op", "result", "MACs",
           "stripe", "tiles", "weights B", "busy cyc");
    for (uint32_t i = 0; i < report->layers; i++) {
        const npu_layer_plan_t *l = &report->layer[i];
        char shape[32];
        uint64_t busy = 0;
        for (int e = 0; e < NPU_ENGINES; e++)
            busy = l->engine_cycles[e] > busy ? l->engine_cycles[e] : busy;
        size_t length = strlen(l->name);
        snprintf(shape, sizeof(shape), "%ux%ux%u", l->out.h, l->out.w, l->out.c);
        printf("%-4u %-24s %-18s %12s %14llu %7u %5u %10u %10llu\n", i,
               length > 24 ? l->name + length - 24 : l->name, prog->layers[i].op, shape,
               (unsigned long long)l->macs, l->stripe_rows, l->tiles,
               l->weight_bytes + l->param_bytes, (unsigned long long)busy);
    }
    printf("\n%-32s %10s %10s %7s %7s\n", "L2 place", "offset", "bytes", "from", "to layer");
    for (uint32_t i = 0; i < report->places; i++) {
        const npu_place_plan_t *p = &report->place[i];
        size_t length = strlen(p->name);
        printf("%-32s %10u %10u %7u %7u\n", length > 32 ? p->name + length - 32 : p->name, p->l2,
               p->bytes, p->first_layer, p->last_layer);
    }
    printf("\nconstants %u bytes, program %u bytes (%u instructions), activations %u bytes\n",
           report->constants_bytes, report->program_bytes, prog->insn_count,
           report->activations_bytes);
    printf("L2 peak %u bytes, lower bound %u; %.3f M MACs\n", prog->meta.l2_peak_bytes,
           prog->meta.l2_lower_bound_bytes, (double)prog->meta.macs / 1e6);
}

static void add_layers(sim_json_t *out, const npu_compile_report_t *report)
{
    sim_json_t *layers = sim_json_add_array(out, "layers");
    for (uint32_t i = 0; i < report->layers; i++) {
        const npu_layer_plan_t *l = &report->layer[i];
        sim_json_t *item = sim_json_add_object(layers, NULL);
        sim_json_add_str(item, "name", l->name);
        sim_json_add_str(item, "op", l->op);
        sim_json_add_str(item, "fused", l->fused);
        sim_json_add_u64(item, "first", l->first);
        sim_json_add_u64(item, "last", l->last);
        sim_json_add_u64(item, "macs", l->macs);
        sim_json_add_u64(item, "weight_bytes", l->weight_bytes);
        sim_json_add_u64(item, "param_bytes", l->param_bytes);
        sim_json_add_u64(item, "in_bytes", l->in_bytes);
        sim_json_add_u64(item, "out_bytes", l->out_bytes);
        sim_json_add_u64(item, "tiles", l->tiles);
        sim_json_t *busy = sim_json_add_object(item, "busy_cycles");
        sim_json_add_u64(busy, "load", l->engine_cycles[NPU_ENGINE_LOAD]);
        sim_json_add_u64(busy, "store", l->engine_cycles[NPU_ENGINE_STORE]);
        sim_json_add_u64(busy, "mac", l->engine_cycles[NPU_ENGINE_MAC]);
        sim_json_add_u64(busy, "vector", l->engine_cycles[NPU_ENGINE_VEC]);
    }
}

static void print_json(const npu_prog_t *prog, const npu_compile_report_t *report)
{
    sim_json_t *out = sim_json_object();
    sim_json_add_str(out, "model", prog->meta.name);
    sim_json_add_str(out, "rounding",
                     prog->meta.rounding == NPU_ROUND_SINGLE ? "single" : "double");
    sim_json_add_u64(out, "instructions", prog->insn_count);
    sim_json_add_u64(out, "macs", prog->meta.macs);
    sim_json_add_u64(out, "l2_peak_bytes", prog->meta.l2_peak_bytes);
    sim_json_add_u64(out, "l2_lower_bound_bytes", prog->meta.l2_lower_bound_bytes);
    add_layers(out, report);
    char *text = sim_json_print(out, true);
    printf("%s\n", text != NULL ? text : "{}");
    free(text);
    sim_json_free(out);
}

static void default_out(const char *model, char *out, size_t bytes)
{
    const char *dot = strrchr(model, '.'), *slash = strrchr(model, '/');
    int length =
        dot != NULL && (slash == NULL || dot > slash) ? (int)(dot - model) : (int)strlen(model);
    snprintf(out, bytes, "%.*s.fnp", length, model);
}

int cmd_compile(int argc, char **argv)
{
    const char *out = NULL, *chip = NULL, *report_flag = NULL, *json = NULL;
    const char *rounding = "double", *keep = NULL, *fuse = NULL;
    const cli_opt_t opts[] = {
        {'o', "out", "FILE", "the program (default: the model's name with .fnp)", &out},
        {'c', "chip", "FILE", "chip data (default: IMX500)", &chip},
        {0, "rounding", "MODE", "double (default) or single: how TFLite was built", &rounding},
        {0, "keep", "all", "give every tensor a place of its own in L2", &keep},
        {0, "fuse", "LIST", "activation,pad,add,requantize, all or none (default: the chip's)",
         &fuse},
        {'r', "report", NULL, "layers and memory map", &report_flag},
        {0, "json", NULL, "the report as one JSON object", &json},
    };
    const cli_t cli = {
        "compile", "MODEL.tflite", "Compiles a model for the NPU.", opts, SIM_COUNT(opts), 1, 1};
    char **args, error[512], path[1024];
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    sensor_desc_t desc;
    npu_prog_t prog = {0};
    npu_compile_report_t report = {0};
    network_options_t options = {.report = &report};
    if (!network_flags(&cli, rounding, keep, &options) || !network_fuse(&cli, fuse, &options))
        return EXIT_USAGE;
    if (!chip_load(chip, &desc, error, sizeof(error)) ||
        !network_load(args[0], &desc.npu, &options, &prog, error, sizeof(error)))
        return cli_fail(EXIT_USAGE, "%s", error);
    if (out == NULL) {
        default_out(args[0], path, sizeof(path));
        out = path;
    }
    int code = EXIT_FINE;
    if (npu_fnp_write(out, &prog, error, sizeof(error)) != SIM_OK)
        code = cli_fail(EXIT_FAILED, "%s", error);
    else if (json != NULL)
        print_json(&prog, &report);
    else if (report_flag != NULL)
        print_report(&prog, &report);
    npu_compile_report_free(&report);
    npu_prog_free(&prog);
    return code;
}
