/*
 * cmd_infer.c - fovea infer: one inference on the NPU alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/tensor_io.h"
#include "sim/file.h"
#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/execution.h"
#include "tools/inference.h"
#include "tools/layers.h"
#include "tools/network.h"
#include "tools/pixels.h"

enum { TOP = 5, MAX_PRINTED_CODES = 4096 };

/* An output of the program, as codes of the model's own type. */
typedef struct {
    const npu_kept_t *kept; /* name, shape, scale */
    uint8_t *codes;
    uint64_t count;
} output_t;

static float bits_to_float(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static int code_at(const output_t *out, uint64_t i)
{
    return out->kept->dtype == NPU_DTYPE_UINT8 ? out->codes[i] : (int8_t)out->codes[i];
}

static double value_of(const output_t *out, int code)
{
    return (double)bits_to_float(out->kept->scale_bits) * (code - out->kept->zero_point);
}

static const char *dtype_name(uint32_t dtype)
{
    return dtype == NPU_DTYPE_UINT8 ? "uint8" : "int8";
}

/* The kept tensor that stands where the network table says output n is. */
static const npu_kept_t *find_output(const npu_prog_t *prog, uint32_t n)
{
    uint32_t stride = n * NPU_NET_OUT_STRIDE_W;
    uint32_t l2 = prog->net[NPU_NET_OUT0_ADDR_W + stride] - prog->net[NPU_NET_L2_BASE_W];
    const npu_kept_t *found = NULL;
    for (uint32_t i = 0; i < prog->kept_count; i++)
        if (prog->kept[i].l2 == l2 && prog->kept[i].layout == NPU_LAYOUT_DENSE)
            found = &prog->kept[i];
    return found;
}

/* The kept tensor that is the input; NULL when the program keeps none. */
static const npu_kept_t *find_input(const npu_prog_t *prog)
{
    uint32_t l2 = prog->net[NPU_NET_INPUT_ADDR_W] - prog->net[NPU_NET_L2_BASE_W];
    for (uint32_t i = 0; i < prog->kept_count; i++)
        if (prog->kept[i].l2 == l2 && prog->kept[i].valid_after == NPU_VALID_AT_START)
            return &prog->kept[i];
    return NULL;
}

/* ---- input ---- */

static bool read_input(const npu_prog_t *prog, const char *image, const char *raw,
                       const pixels_scale_t *scale, uint8_t *codes, char *error, size_t error_bytes)
{
    uint64_t want = npu_input_bytes(prog);
    if (raw == NULL)
        return pixels_read(image, prog, scale, codes, error, error_bytes);
    size_t bytes;
    uint8_t *data = sim_file_read(raw, 64 << 20, &bytes, error, error_bytes);
    if (data == NULL)
        return false;
    bool fine = bytes == want;
    const npu_kept_t *kept = find_input(prog);
    if (fine && kept != NULL && npu_kept_bytes(kept) == bytes)
        npu_kept_to_hwc(kept, data, codes);
    else if (fine)
        memcpy(codes, data, bytes);
    else
        snprintf(error, error_bytes, "%s: %zu bytes, expected %llu (the input tensor)", raw, bytes,
                 (unsigned long long)want);
    free(data);
    return fine;
}

/* ---- what comes out ---- */

/* "tensor_<number>.bin", or its name where the model knows tensors by name. */
static void dump_path(const inference_t *in, const npu_kept_t *kept, const char *dir, char *path,
                      size_t path_bytes)
{
    if (!in->prog->meta.by_name) {
        snprintf(path, path_bytes, "%s/tensor_%u.bin", dir, kept->tensor);
        return;
    }
    int length = snprintf(path, path_bytes, "%s/%s.bin", dir, kept->name);
    for (size_t i = strlen(dir) + 1; i < path_bytes && (int)i < length; i++)
        if (path[i] == '/' || path[i] == ':')
            path[i] = '_';
}

static bool dump(const inference_t *in, const char *dir, char *error, size_t error_bytes)
{
    if (sim_dir_make(dir, error, error_bytes) != SIM_OK)
        return false;
    for (uint32_t i = 0; i < in->prog->kept_count; i++) {
        char path[1200];
        dump_path(in, &in->prog->kept[i], dir, path, sizeof(path));
        if (sim_file_write(path, in->kept[i], npu_kept_bytes(&in->prog->kept[i]), error,
                           error_bytes) != SIM_OK)
            return false;
    }
    return true;
}

/* Indices of the largest codes, largest first; of equal ones the first. */
static uint32_t top_of(const output_t *out, uint64_t index[TOP])
{
    uint32_t found = 0;
    for (uint64_t i = 0; i < out->count; i++) {
        uint32_t at = found < TOP ? found : TOP;
        while (at > 0 && code_at(out, index[at - 1]) < code_at(out, i))
            at--;
        if (at == TOP)
            continue;
        found = found < TOP ? found + 1 : TOP;
        for (uint32_t k = found - 1; k > at; k--)
            index[k] = index[k - 1];
        index[at] = i;
    }
    return found;
}

static bool is_classes(const output_t *out)
{
    const uint32_t *shape = out->kept->shape;
    uint32_t last = shape[out->kept->dims - 1];
    return last > 1 && last == out->count;
}

static void add_top(sim_json_t *to, const output_t *out)
{
    uint64_t index[TOP];
    uint32_t found = is_classes(out) ? top_of(out, index) : 0;
    sim_json_t *top = sim_json_add_array(to, "top");
    for (uint32_t i = 0; i < found; i++) {
        sim_json_t *item = sim_json_add_object(top, NULL);
        sim_json_add_u64(item, "class", index[i]);
        sim_json_add_i64(item, "code", code_at(out, index[i]));
        sim_json_add_num(item, "value", value_of(out, code_at(out, index[i])));
    }
}

static void add_output(sim_json_t *outputs, const output_t *out)
{
    sim_json_t *item = sim_json_add_object(outputs, NULL);
    sim_json_add_str(item, "name", out->kept->name);
    sim_json_t *shape = sim_json_add_array(item, "shape");
    for (uint32_t i = 0; i < out->kept->dims; i++)
        sim_json_add_u64(shape, NULL, out->kept->shape[i]);
    sim_json_add_str(item, "type", dtype_name(out->kept->dtype));
    sim_json_add_num(item, "scale", (double)bits_to_float(out->kept->scale_bits));
    sim_json_add_i64(item, "zero_point", out->kept->zero_point);
    if (out->count > MAX_PRINTED_CODES)
        return;
    sim_json_t *codes = sim_json_add_array(item, "codes");
    for (uint64_t i = 0; i < out->count; i++)
        sim_json_add_i64(codes, NULL, code_at(out, i));
}

static void print_json(const inference_t *in, const output_t *outputs, uint32_t count)
{
    npu_perf_t perf = npu_perf(&in->npu);
    const npu_meta_t *meta = &in->prog->meta;
    sim_json_t *to = sim_json_object();
    sim_json_add_str(to, "model", meta->name);
    sim_json_add_str(to, "rounding", meta->rounding == NPU_ROUND_SINGLE ? "single" : "double");
    add_top(to, &outputs[0]);
    sim_json_t *list = sim_json_add_array(to, "outputs");
    for (uint32_t i = 0; i < count; i++)
        add_output(list, &outputs[i]);
    sim_json_add_u64(to, "cycles", perf.cycles);
    sim_json_add_num(to, "time_us", (double)perf.cycles / (double)in->npu.desc.clk_hz * 1e6);
    layers_add(in, to);
    sim_json_add_u64(to, "l2_peak_bytes", meta->l2_peak_bytes);
    sim_json_add_u64(to, "l2_lower_bound_bytes", meta->l2_lower_bound_bytes);
    char *text = sim_json_print(to, true);
    printf("%s\n", text != NULL ? text : "{}");
    free(text);
    sim_json_free(to);
}

static void print_text(const inference_t *in, const output_t *outputs, uint32_t count)
{
    npu_perf_t perf = npu_perf(&in->npu);
    uint64_t index[TOP];
    printf("%s\n", in->prog->meta.name);
    for (uint32_t n = 0; n < count; n++) {
        const output_t *out = &outputs[n];
        uint32_t found = is_classes(out) ? top_of(out, index) : 0;
        for (uint32_t i = 0; i < found; i++)
            printf("  class %-6llu code %-5d %.6g\n", (unsigned long long)index[i],
                   code_at(out, index[i]), value_of(out, code_at(out, index[i])));
        if (found == 0)
            printf("  output %s: %llu codes of %s\n", out->kept->name,
                   (unsigned long long)out->count, dtype_name(out->kept->dtype));
    }
    layers_print(in, stdout);
    printf("%llu cycles, %.3f us at %.1f MHz, %.1f %% of the array; L2 peak %u bytes\n",
           (unsigned long long)perf.cycles, (double)perf.cycles / (double)in->npu.desc.clk_hz * 1e6,
           (double)in->npu.desc.clk_hz / 1e6,
           100 * (double)in->prog->meta.macs / ((double)perf.cycles * layers_peak(&in->npu.desc)),
           in->prog->meta.l2_peak_bytes);
}

/* ---- the command ---- */

static int take_outputs(const inference_t *in, output_t outputs[NPU_NET_OUTPUTS], uint32_t *count)
{
    *count = in->prog->net[NPU_NET_OUTPUTS_W];
    for (uint32_t n = 0; n < *count; n++) {
        output_t *out = &outputs[n];
        out->kept = find_output(in->prog, n);
        if (out->kept == NULL)
            return cli_fail(EXIT_FAILED, "%s: output %u has no record in the program",
                            in->prog->meta.name, n);
        out->count = npu_kept_bytes(out->kept);
        out->codes = malloc(out->count + 1);
        if (out->codes == NULL || !npu_kept_read(in->prog, out->kept, &in->memory, out->codes))
            return cli_fail(EXIT_FAILED, "%s: output %u cannot be read", in->prog->meta.name, n);
    }
    return EXIT_FINE;
}

static int infer(inference_t *in, const uint8_t *codes, const char *dump_dir, bool json)
{
    char error[512];
    output_t outputs[NPU_NET_OUTPUTS] = {{0}};
    uint32_t count = 0;
    if (!inference_run(in, codes))
        return cli_fail(EXIT_FAILED, "%s", in->error);
    if (dump_dir != NULL && !dump(in, dump_dir, error, sizeof(error)))
        return cli_fail(EXIT_FAILED, "%s", error);
    int code = take_outputs(in, outputs, &count);
    if (code == EXIT_FINE && json)
        print_json(in, outputs, count);
    else if (code == EXIT_FINE)
        print_text(in, outputs, count);
    for (uint32_t n = 0; n < NPU_NET_OUTPUTS; n++)
        free(outputs[n].codes);
    return code;
}

int cmd_infer(int argc, char **argv)
{
    const char *chip = NULL, *raw = NULL, *dump_dir = NULL, *json = NULL, *keep = NULL,
               *fuse = NULL;
    const char *rounding = "double", *mean = NULL, *scale = NULL, *simd = NULL;
    const char *exact = NULL, *timing_only = NULL;
    const cli_opt_t opts[] = {
        {'i', "input", "FILE", "raw bytes of the input tensor, instead of an image", &raw},
        {'d', "dump", "DIR", "every kept tensor: DIR/tensor_<index>.bin, .onnx: DIR/<name>.bin",
         &dump_dir},
        {0, "keep", "all", "give every tensor a place of its own in L2", &keep},
        {0, "fuse", "LIST", "activation,pad,add,requantize, all or none (default: the chip's)",
         &fuse},
        {0, "rounding", "MODE", "double (default) or single, for a .tflite", &rounding},
        {0, "mean", "X", "float input = (pixel - X) / SCALE (default 127.5)", &mean},
        {0, "scale", "X", "see --mean (default 127.5)", &scale},
        {'c', "chip", "FILE", "chip data (default: IMX500)", &chip},
        {0, "simd", "LEVEL", "scalar, avx2 or avx512; no effect on results", &simd},
        {0, "timing-only", NULL, "cycles and counters without numerics; outputs mean nothing",
         &timing_only},
        {0, "exact", NULL, "an event for every burst of the DMA; same cycles, slower", &exact},
        {0, "json", NULL, "everything as one JSON object", &json},
    };
    const cli_t cli = {
        "infer", "MODEL [IMAGE.png]", "Runs a .tflite or .fnp once on the NPU alone.",
        opts,    SIM_COUNT(opts),     1,
        2};
    char **args, error[512];
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    if ((count == 2) == (raw != NULL))
        return cli_fail(EXIT_USAGE, "infer: give an image or --input, one of them");
    pixels_scale_t affine = {false, 127.5, 127.5, false};
    uint32_t threads;
    network_options_t options = {.float_input = &affine.float_input};
    sensor_desc_t desc;
    npu_prog_t prog = {0};
    if (!network_flags(&cli, rounding, keep, &options) || !network_fuse(&cli, fuse, &options) ||
        !execution_options(&cli, NULL, simd, &threads) ||
        (mean != NULL && !cli_num(&cli, "mean", mean, &affine.mean)) ||
        (scale != NULL && !cli_num(&cli, "scale", scale, &affine.scale)))
        return EXIT_USAGE;
    affine.given = mean != NULL || scale != NULL;
    if (!chip_load(chip, &desc, error, sizeof(error)) ||
        !network_load(args[0], &desc.npu, &options, &prog, error, sizeof(error)))
        return cli_fail(EXIT_USAGE, "%s", error);
    uint8_t *codes = malloc(npu_input_bytes(&prog) + 1);
    inference_t *in = calloc(1, sizeof(*in));
    int code = EXIT_USAGE;
    if (in != NULL)
        in->watch = dump_dir != NULL;
    if (codes == NULL || in == NULL)
        code = cli_fail(EXIT_FAILED, "out of memory");
    else if (!read_input(&prog, count == 2 ? args[1] : NULL, raw, &affine, codes, error,
                         sizeof(error)))
        cli_fail(code, "%s", error);
    else if (!inference_init(in, &desc, &prog))
        cli_fail(code, "%s", in->error);
    else {
        in->npu.exact = exact != NULL;
        in->npu.timing_only = timing_only != NULL;
        code = infer(in, codes, dump_dir, json != NULL);
    }
    if (in != NULL && in->prog != NULL)
        inference_free(in);
    free(in);
    free(codes);
    npu_prog_free(&prog);
    return code;
}
