/*
 * cmd_compile.c - fovea compile: a model to an NPU program, and what the compiler chose.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/chip.h"
#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/inference.h"
#include "tools/l1_map.h"
#include "tools/l2_map.h"
#include "tools/layers.h"
#include "tools/network.h"

/* The program run without numerics, for its cycles. False with a line in in->error. */
static bool measure(inference_t *in, const sensor_desc_t *chip, const npu_prog_t *prog)
{
    if (!inference_init(in, chip, prog))
        return false;
    in->npu.timing_only = true;
    return inference_run(in, NULL);
}

static void print_plan(const npu_prog_t *prog, const npu_compile_report_t *report)
{
    printf("%-4s %-24s %-18s %-20s %14s %6s %6s %6s %5s %10s %10s\n", "#", "layer", "op", "fused",
           "result", "rows", "cols", "chan", "tiles", "weights B", "live B");
    for (uint32_t i = 0; i < report->layers; i++) {
        const npu_layer_plan_t *l = &report->layer[i];
        char shape[40];
        size_t length = strlen(l->name);
        snprintf(shape, sizeof(shape), "%ux%ux%u", l->out.h, l->out.w, l->out.c);
        printf("%-4u %-24s %-18s %-20s %14s %6u %6u %6u %5u %10u %10u\n", i,
               l->name + (length > 24 ? length - 24 : 0), prog->layers[i].op, l->fused, shape,
               l->stripe_rows, l->stripe_cols, l->group_channels, l->tiles,
               l->weight_bytes + l->param_bytes, l->live_bytes);
    }
}

/* What the NPU leaves to the core: fovea infer measures it. */
static void print_core(const npu_post_t *post)
{
    for (uint32_t i = 0; i < post->ops; i++)
        printf("core, %s the NPU: %s %s\n", i < post->before ? "before" : "after",
               npu_post_op_name(post->op[i].code), post->op[i].name);
}

static void add_core(const npu_post_t *post, sim_json_t *to)
{
    sim_json_t *core = sim_json_add_array(to, "core");
    for (uint32_t i = 0; i < post->ops; i++) {
        sim_json_t *item = sim_json_add_object(core, NULL);
        sim_json_add_str(item, "name", post->op[i].name);
        sim_json_add_str(item, "op", npu_post_op_name(post->op[i].code));
        sim_json_add_bool(item, "before_npu", i < post->before);
    }
}

static void print_report(const inference_t *in, const npu_compile_report_t *report)
{
    const npu_prog_t *prog = in->prog;
    npu_perf_t perf = npu_perf(&in->npu);
    print_plan(prog, report);
    putchar('\n');
    layers_print(in, stdout);
    print_core(&prog->post);
    putchar('\n');
    l2_map_print(report, stdout);
    putchar('\n');
    l1_map_print(prog, &in->npu.desc, stdout);
    printf("\n%u instructions; L2 peak %u bytes, lower bound %u; %.3f M MACs\n", prog->insn_count,
           prog->meta.l2_peak_bytes, prog->meta.l2_lower_bound_bytes,
           (double)prog->meta.macs / 1e6);
    printf("%llu cycles (the compiler expected %llu), %.3f us at %.1f MHz\n",
           (unsigned long long)perf.cycles, (unsigned long long)report->estimate_cycles,
           (double)perf.cycles / (double)in->npu.desc.clk_hz * 1e6,
           (double)in->npu.desc.clk_hz / 1e6);
}

static void add_plan(sim_json_t *item, const npu_layer_plan_t *l)
{
    sim_json_add_str(item, "fused", l->fused);
    sim_json_add_u64(item, "node", l->node);
    sim_json_add_u64(item, "weight_bytes", l->weight_bytes);
    sim_json_add_u64(item, "param_bytes", l->param_bytes);
    sim_json_add_u64(item, "in_bytes", l->in_bytes);
    sim_json_add_u64(item, "out_bytes", l->out_bytes);
    sim_json_add_u64(item, "live_bytes", l->live_bytes);
    sim_json_add_u64(item, "stripe_rows", l->stripe_rows);
    sim_json_add_u64(item, "stripe_cols", l->stripe_cols);
    sim_json_add_u64(item, "group_channels", l->group_channels);
    sim_json_add_u64(item, "tiles", l->tiles);
    sim_json_add_u64(item, "estimate_cycles", l->estimate_cycles);
    sim_json_t *busy = sim_json_add_object(item, "busy_cycles");
    for (npu_engine_t e = NPU_ENGINE_LOAD; e < NPU_ENGINES; e++)
        sim_json_add_u64(busy, layers_engine(e), l->engine_cycles[e]);
}

static void print_json(const inference_t *in, const npu_compile_report_t *report)
{
    const npu_meta_t *meta = &in->prog->meta;
    npu_perf_t perf = npu_perf(&in->npu);
    layer_row_t row;
    sim_json_t *out = sim_json_object();
    sim_json_add_str(out, "model", meta->name);
    sim_json_add_str(out, "rounding", meta->rounding == NPU_ROUND_SINGLE ? "single" : "double");
    sim_json_add_u64(out, "instructions", in->prog->insn_count);
    sim_json_add_u64(out, "macs", meta->macs);
    sim_json_add_u64(out, "cycles", perf.cycles);
    sim_json_add_num(out, "time_us", (double)perf.cycles / (double)in->npu.desc.clk_hz * 1e6);
    sim_json_add_u64(out, "l2_peak_bytes", meta->l2_peak_bytes);
    sim_json_add_u64(out, "l2_lower_bound_bytes", meta->l2_lower_bound_bytes);
    sim_json_t *layers = sim_json_add_array(out, "layers");
    for (uint32_t i = 0; i < report->layers; i++) {
        sim_json_t *item = sim_json_add_object(layers, NULL);
        if (layers_row(in, i, &row))
            layers_add_row(item, &row);
        add_plan(item, &report->layer[i]);
        l1_map_add(in->prog, i, item);
    }
    add_core(&in->prog->post, out);
    l2_map_add(report, out);
    char *text = sim_json_print(out, true);
    printf("%s\n", text != NULL ? text : "{}");
    free(text);
    sim_json_free(out);
}

/* What was compiled, measured, in the form asked for. */
static int tell(const sensor_desc_t *chip, const npu_prog_t *prog,
                const npu_compile_report_t *report, bool json)
{
    int code = EXIT_FINE;
    inference_t *in = calloc(1, sizeof(*in));
    if (in == NULL)
        return cli_fail(EXIT_FAILED, "out of memory");
    if (!measure(in, chip, prog))
        code = cli_fail(EXIT_FAILED, "%s", in->error);
    else if (json)
        print_json(in, report);
    else
        print_report(in, report);
    inference_free(in);
    free(in);
    return code;
}

/* In this folder, as other compilers do. */
static bool default_out(const char *model, char *out, size_t bytes)
{
    const char *slash = strrchr(model, '/'), *name = slash != NULL ? slash + 1 : model;
    const char *dot = strrchr(name, '.');
    int stem = dot != NULL && dot > name ? (int)(dot - name) : (int)strlen(name);
    int length = snprintf(out, bytes, "%.*s.fnp", stem, name);
    return length > 0 && (size_t)length < bytes;
}

int cmd_compile(int argc, char **argv)
{
    const char *out = NULL, *chip = NULL, *report_flag = NULL, *json = NULL;
    const char *rounding = NULL, *keep = NULL, *fuse = NULL, *cascade = NULL, *topology = NULL;
    const char *id = NULL;
    const cli_opt_t opts[] = {
        {'o', "out", "FILE", "the program (default: the model's name with .fnp, in this folder)",
         &out},
        {0, "topology", "FILE", "a layer list with random weights, instead of a model", &topology},
        {'c', "chip", "FILE", "chip data (default: IMX500)", &chip},
        {0, "rounding", "MODE", "double (.tflite) or single (.onnx)", &rounding},
        {0, "keep", "all", "give every tensor a place of its own in L2", &keep},
        {0, "fuse", "LIST", "activation,pad,add,requantize, all or none (default: the chip's)",
         &fuse},
        {0, "cascade", "MODE", "layers in stripes: off, auto (where L2 is too small) or always",
         &cascade},
        {0, "id", "N", "number that the network's tensors carry on the link, 0..65535 (default 0)",
         &id},
        {'r', "report", NULL, "layers: cuts, cycles, stalls, roofline; L2 and L1 over time",
         &report_flag},
        {0, "json", NULL, "the report as one JSON object", &json},
    };
    const cli_t cli = {
        "compile", "[MODEL]",       "Compiles a model (.tflite, .onnx, .topo) for the NPU.",
        opts,      SIM_COUNT(opts), 0,
        1};
    char **args, error[512], path[1024];
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    if ((count == 1) == (topology != NULL))
        return cli_fail(EXIT_USAGE, "compile: give a model or --topology, one of them");
    const char *model = topology != NULL ? topology : args[0];
    sensor_desc_t desc;
    npu_prog_t prog = {0};
    npu_compile_report_t report = {0};
    network_options_t options = {.report = &report, .topology = topology != NULL};
    if (!network_flags(&cli, rounding, keep, &options) || !network_fuse(&cli, fuse, &options) ||
        !network_cascade(&cli, cascade, &options) || !network_id(&cli, id, &options))
        return EXIT_USAGE;
    if (!chip_load(chip, &desc, error, sizeof(error)) ||
        !network_load(model, &desc.npu, &options, &prog, error, sizeof(error)))
        return cli_fail(EXIT_USAGE, "%s", error);
    int code = EXIT_FINE;
    if (out == NULL && !default_out(model, path, sizeof(path)))
        code = cli_fail(EXIT_USAGE, "%s: the name is too long: give --out FILE", model);
    else if (!cli_apart(model, out = out != NULL ? out : path))
        code = EXIT_USAGE;
    else if (npu_fnp_write(out, &prog, error, sizeof(error)) != SIM_OK)
        code = cli_fail(EXIT_FAILED, "%s", error);
    else if (json != NULL || report_flag != NULL)
        code = tell(&desc, &prog, &report, json != NULL);
    npu_compile_report_free(&report);
    npu_prog_free(&prog);
    return code;
}
