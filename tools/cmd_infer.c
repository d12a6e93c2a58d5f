/*
 * cmd_infer.c - fovea infer: one inference on the NPU, and on the core where the network needs it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/tensor_io.h"
#include "sim/file.h"
#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/execution.h"
#include "tools/infer_inputs.h"
#include "tools/infer_report.h"
#include "tools/network.h"

typedef struct {
    const char *model;    /* its file */
    const char *dump_dir; /* NULL: none */
    const char *firmware; /* NULL: the NPU alone */
    uint64_t frames;
    bool exact, timing_only, json;
} infer_options_t;

/* ---- what comes out ---- */

/* "tensor_<number>.bin", or its name where the model knows tensors by name. */
static void dump_path(const npu_prog_t *prog, uint32_t tensor, const char *name, const char *dir,
                      char *path, size_t path_bytes)
{
    if (!prog->meta.by_name) {
        snprintf(path, path_bytes, "%s/tensor_%u.bin", dir, tensor);
        return;
    }
    int length = snprintf(path, path_bytes, "%s/%s.bin", dir, name);
    for (size_t i = strlen(dir) + 1; i < path_bytes && (int)i < length; i++)
        if (path[i] == '/' || path[i] == ':')
            path[i] = '_';
}

/* Every kept tensor, then what went in, in the model's own type: a float image is no codes. */
static bool dump(const inference_t *in, uint8_t *const inputs[], const char *dir, char *error,
                 size_t error_bytes)
{
    const npu_prog_t *prog = in->prog;
    char path[1200];
    if (sim_dir_make(dir, error, error_bytes) != SIM_OK)
        return false;
    for (uint32_t i = 0; i < prog->kept_count; i++) {
        const npu_kept_t *k = &prog->kept[i];
        dump_path(prog, k->tensor, k->name, dir, path, sizeof(path));
        if (sim_file_write(path, in->kept[i], npu_kept_bytes(k), error, error_bytes) != SIM_OK)
            return false;
    }
    for (uint32_t n = 0; n < prog->net[NPU_NET_INPUTS_W] && n < prog->end_count; n++) {
        dump_path(prog, prog->ends[n].tensor, prog->ends[n].name, dir, path, sizeof(path));
        if (sim_file_write(path, inputs[n], npu_input_bytes(prog, n), error, error_bytes) != SIM_OK)
            return false;
    }
    return true;
}

static int take_outputs(const inference_t *in, uint8_t *outputs[NPU_NET_ENDS])
{
    for (uint32_t n = 0; n < in->prog->net[NPU_NET_OUTPUTS_W]; n++) {
        if (outputs[n] == NULL)
            outputs[n] = malloc(npu_output_bytes(in->prog, n));
        if (outputs[n] == NULL || !npu_output_read(in->prog, n, &in->memory, outputs[n]))
            return cli_fail(EXIT_FAILED, "%s: output %u cannot be read", in->prog->meta.name, n);
    }
    return EXIT_FINE;
}

/* ---- the command ---- */

/* All frames; states go from one to the next. */
static int run_frames(inference_t *in, infer_inputs_t *inputs, uint64_t frames,
                      uint8_t *outputs[NPU_NET_ENDS])
{
    for (uint64_t f = 0; f < frames; f++) {
        if (f > 0)
            infer_inputs_carry(inputs, outputs);
        if (!inference_run(in, inputs->data))
            return cli_fail(EXIT_FAILED, "%s", in->error);
        int code = take_outputs(in, outputs);
        if (code != EXIT_FINE)
            return code;
    }
    return EXIT_FINE;
}

static int infer(inference_t *in, infer_inputs_t *inputs, const infer_options_t *options)
{
    char error[512];
    uint8_t *outputs[NPU_NET_ENDS] = {NULL};
    in->npu.exact = options->exact;
    in->npu.timing_only = options->timing_only;
    int code = run_frames(in, inputs, options->frames, outputs);
    if (code == EXIT_FINE && options->dump_dir != NULL &&
        !dump(in, inputs->data, options->dump_dir, error, sizeof(error)))
        code = cli_fail(EXIT_FAILED, "%s", error);
    if (code == EXIT_FINE && options->json)
        infer_print_json(in, outputs);
    else if (code == EXIT_FINE)
        infer_print_text(in, outputs);
    for (uint32_t n = 0; n < NPU_NET_ENDS; n++)
        free(outputs[n]);
    return code;
}

static int infer_program(const npu_prog_t *prog, const sensor_desc_t *chip, infer_inputs_t *inputs,
                         const infer_options_t *options)
{
    inference_t *in = calloc(1, sizeof(*in));
    if (in == NULL)
        return cli_fail(EXIT_FAILED, "out of memory");
    in->watch = options->dump_dir != NULL;
    in->by_layer = options->json;
    in->firmware = options->firmware;
    in->file = options->model;
    int code = EXIT_USAGE;
    if (!inference_init(in, chip, prog))
        cli_fail(code, "%s", in->error);
    else
        code = infer(in, inputs, options);
    inference_free(in);
    free(in);
    return code;
}

/* A network that leaves work to the core needs firmware, unless only the NPU's time is asked for.
 */
static bool choose_firmware(const npu_prog_t *prog, infer_options_t *how, char *path,
                            size_t path_bytes)
{
    if (how->firmware != NULL || prog->post.ops == 0 || how->timing_only)
        return true;
    how->firmware = path;
    if (infer_core_find_firmware(path, path_bytes))
        return true;
    cli_fail(EXIT_USAGE,
             "%s: %s and %u more run on the core, and there is no firmware/infer.elf beside fovea: "
             "give --firmware FILE",
             prog->meta.name, npu_post_op_name(prog->post.op[0].code), prog->post.ops - 1);
    return false;
}

static bool affine_in_range(const pixels_scale_t *affine)
{
    if (fabs(affine->scale) >= 1e-6 && fabs(affine->scale) <= 1e9 && fabs(affine->mean) <= 1e9)
        return true;
    fprintf(stderr,
            "fovea infer: --mean %g, --scale %g: not in -1e9..1e9, or too near to 0 to "
            "divide by\n",
            affine->mean, affine->scale);
    return false;
}

int cmd_infer(int argc, char **argv)
{
    const char *chip = NULL, *json = NULL, *keep = NULL, *fuse = NULL, *cascade = NULL,
               *frames = NULL;
    const char *rounding = NULL, *mean = NULL, *scale = NULL, *simd = NULL;
    const char *exact = NULL, *timing_only = NULL;
    const char *given[CLI_REPEATS + 1] = {NULL}, *states[CLI_REPEATS + 1] = {NULL};
    infer_options_t how = {.frames = 1};
    const cli_opt_t opts[] = {
        {'i', "input", "[NAME=]FILE...", "an input by name or number: raw bytes, or a PNG", given},
        {0, "state", "OUT=IN...", "an output that is an input of the next frame", states},
        {'n', "frames", "N", "inferences in a row (default 1)", &frames},
        {'d', "dump", "DIR", "every kept tensor: DIR/tensor_<index>.bin, .onnx: DIR/<name>.bin",
         &how.dump_dir},
        {0, "keep", "all", "give every tensor a place of its own in L2", &keep},
        {0, "fuse", "LIST", "activation,pad,add,requantize, all or none (default: the chip's)",
         &fuse},
        {0, "cascade", "MODE", "layers in stripes: off, auto (where L2 is too small) or always",
         &cascade},
        {0, "rounding", "MODE", "double (.tflite) or single (.onnx)", &rounding},
        {0, "mean", "X", "float input = (pixel - X) / SCALE (default 127.5)", &mean},
        {0, "scale", "X", "see --mean (default 127.5)", &scale},
        {'c', "chip", "FILE", "chip data (default: IMX500)", &chip},
        {0, "firmware", "FILE", "what runs on the core (default: firmware/infer.elf, if needed)",
         &how.firmware},
        {0, "simd", "LEVEL", "scalar, avx2, avx512 or amx; no effect on results", &simd},
        {0, "timing-only", NULL,
         "cycles of the NPU without numerics, without outputs; inputs are optional", &timing_only},
        {0, "exact", NULL, "an event for every cycle and burst; no effect on results", &exact},
        {0, "json", NULL, "everything as one JSON object", &json},
    };
    const cli_t cli = {"infer",
                       "MODEL [IMAGE.png]",
                       "Runs a .tflite, .onnx, .topo or .fnp on the NPU, its tail on the core.",
                       opts,
                       SIM_COUNT(opts),
                       1,
                       2};
    char **args, error[1024], firmware[1200];
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    pixels_scale_t affine = {mean != NULL || scale != NULL, 127.5, 127.5};
    uint32_t threads;
    network_options_t options = {0};
    sensor_desc_t desc;
    npu_prog_t prog = {0};
    if (!network_flags(&cli, rounding, keep, &options) || !network_fuse(&cli, fuse, &options) ||
        !network_cascade(&cli, cascade, &options) ||
        !execution_options(&cli, NULL, simd, &threads) ||
        (mean != NULL && !cli_num(&cli, "mean", mean, &affine.mean)) ||
        (scale != NULL && !cli_num(&cli, "scale", scale, &affine.scale)) ||
        (frames != NULL && !cli_u64(&cli, "frames", frames, 1, 1000000, &how.frames)))
        return EXIT_USAGE;
    if (!affine_in_range(&affine))
        return EXIT_USAGE;
    how.model = args[0];
    how.exact = exact != NULL;
    how.timing_only = timing_only != NULL;
    how.json = json != NULL;
    if (how.timing_only && how.dump_dir != NULL)
        return cli_fail(EXIT_USAGE, "infer: --timing-only computes nothing to --dump");
    if (!chip_load(chip, &desc, error, sizeof(error)) ||
        !network_load(args[0], &desc.npu, &options, &prog, error, sizeof(error)))
        return cli_fail(EXIT_USAGE, "%s", error);
    infer_inputs_t inputs;
    int code = EXIT_USAGE;
    if (!infer_inputs_read(&inputs, &prog, count == 2 ? args[1] : NULL, given, states, &affine,
                           how.timing_only, error, sizeof(error)))
        cli_fail(code, "%s", error);
    else if (choose_firmware(&prog, &how, firmware, sizeof(firmware)))
        code = infer_program(&prog, &desc, &inputs, &how);
    infer_inputs_free(&inputs);
    npu_prog_free(&prog);
    return code;
}
