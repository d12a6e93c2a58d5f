#include "tools/infer_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/tensor_io.h"
#include "tools/energy_report.h"
#include "tools/layers.h"

enum { TOP = 5, MAX_PRINTED = 4096 };

/* An output: where it stands on the host, and how to read it. */
typedef struct {
    const char *name;
    npu_net_tensor_t tensor;
    const uint8_t *data;
    uint64_t count;
} output_t;

static float bits_to_float(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static const char *end_name(const npu_prog_t *prog, uint32_t end)
{
    return end < prog->end_count ? prog->ends[end].name : "";
}

static output_t output_of(const inference_t *in, uint32_t n, const uint8_t *data)
{
    output_t out = {.name = end_name(in->prog, in->prog->net[NPU_NET_INPUTS_W] + n),
                    .tensor = npu_prog_output(in->prog, n),
                    .data = data};
    out.count = npu_net_tensor_elements(&out.tensor);
    return out;
}

static uint64_t little_endian(const uint8_t *at, uint32_t bytes)
{
    uint64_t value = 0;
    for (uint32_t b = 0; b < bytes; b++)
        value |= (uint64_t)at[b] << (8 * b);
    return value;
}

/* Element i of an integer type. */
static int64_t code_at(const output_t *out, uint64_t i)
{
    uint32_t dtype = out->tensor.dtype, bytes = npu_dtype_bytes(dtype);
    uint64_t raw = little_endian(out->data + i * bytes, bytes);
    switch (dtype) {
    case NPU_DTYPE_INT8:
        return (int8_t)raw;
    case NPU_DTYPE_INT32:
        return (int32_t)raw;
    default:
        return (int64_t)raw;
    }
}

/* The zero point of the codes as they are printed: the table's is of those in L2. */
static int32_t zero_point(const npu_net_tensor_t *t)
{
    return t->zero_point + (t->dtype == NPU_DTYPE_UINT8 ? 128 : 0);
}

static bool is_code(const npu_net_tensor_t *t)
{
    return t->dtype == NPU_DTYPE_INT8 || t->dtype == NPU_DTYPE_UINT8;
}

/* Element i as the real number that it stands for. */
static double value_at(const output_t *out, uint64_t i)
{
    const npu_net_tensor_t *t = &out->tensor;
    if (t->dtype == NPU_DTYPE_FLOAT32)
        return (double)bits_to_float((uint32_t)little_endian(out->data + 4 * i, 4));
    if (!is_code(t))
        return (double)code_at(out, i);
    return (double)bits_to_float(t->scale_bits) * (double)(code_at(out, i) - zero_point(t));
}

/* Indices of the largest values, largest first; of equal ones the first. */
static uint32_t top_of(const output_t *out, uint64_t index[TOP])
{
    uint32_t found = 0;
    for (uint64_t i = 0; i < out->count; i++) {
        uint32_t at = found < TOP ? found : TOP;
        while (at > 0 && value_at(out, index[at - 1]) < value_at(out, i))
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

/* Scores of classes: one vector of codes or floats. */
static bool is_classes(const output_t *out)
{
    uint32_t last = out->tensor.shape[out->tensor.dims - 1];
    return last > 1 && last == out->count &&
           (is_code(&out->tensor) || out->tensor.dtype == NPU_DTYPE_FLOAT32);
}

/* ---- JSON ---- */

static void add_top(sim_json_t *to, const output_t *out)
{
    uint64_t index[TOP];
    uint32_t found = is_classes(out) ? top_of(out, index) : 0;
    sim_json_t *top = sim_json_add_array(to, "top");
    for (uint32_t i = 0; i < found; i++) {
        sim_json_t *item = sim_json_add_object(top, NULL);
        sim_json_add_u64(item, "class", index[i]);
        if (is_code(&out->tensor))
            sim_json_add_i64(item, "code", code_at(out, index[i]));
        sim_json_add_num(item, "value", value_at(out, index[i]));
    }
}

/* end counts inputs, then outputs. */
static sim_json_t *add_end(sim_json_t *list, const npu_prog_t *prog, uint32_t end,
                           const npu_net_tensor_t *t, uint32_t dtype)
{
    static const uint8_t order[NPU_ORDERS][4] = {{0, 1, 2, 3}, {0, 3, 1, 2}};
    const uint8_t *dim = order[end < prog->end_count ? prog->ends[end].order : NPU_ORDER_HWC];
    sim_json_t *item = sim_json_add_object(list, NULL);
    sim_json_add_str(item, "name", end_name(prog, end));
    sim_json_t *shape = sim_json_add_array(item, "shape");
    for (uint32_t i = 0; i < t->dims; i++)
        sim_json_add_u64(shape, NULL, t->shape[dim[i]]);
    sim_json_add_str(item, "type", npu_dtype_name(dtype));
    sim_json_add_num(item, "scale", (double)bits_to_float(t->scale_bits));
    sim_json_add_i64(item, "zero_point", zero_point(t));
    return item;
}

static void add_inputs(sim_json_t *to, const npu_prog_t *prog)
{
    sim_json_t *list = sim_json_add_array(to, "inputs");
    for (uint32_t n = 0; n < prog->net[NPU_NET_INPUTS_W]; n++) {
        npu_net_tensor_t t = npu_prog_input(prog, n);
        sim_json_t *item = add_end(list, prog, n, &t, npu_input_dtype(prog, n));
        sim_json_add_bool(item, "image", n == npu_image_input(prog));
    }
}

static void add_output(sim_json_t *list, const inference_t *in, uint32_t n, const output_t *out)
{
    const npu_prog_t *prog = in->prog;
    sim_json_t *item =
        add_end(list, prog, prog->net[NPU_NET_INPUTS_W] + n, &out->tensor, out->tensor.dtype);
    if (out->count > MAX_PRINTED || in->npu.timing_only)
        return;
    bool is_float = out->tensor.dtype == NPU_DTYPE_FLOAT32;
    sim_json_t *codes = sim_json_add_array(item, is_float ? "values" : "codes");
    for (uint64_t i = 0; i < out->count; i++) {
        if (is_float)
            sim_json_add_num(codes, NULL, value_at(out, i));
        else
            sim_json_add_i64(codes, NULL, code_at(out, i));
    }
}

static double core_us(const inference_t *in, uint64_t cycles)
{
    return (double)cycles / (double)in->core.core.desc.clk_hz * 1e6;
}

static void add_core(const inference_t *in, sim_json_t *to)
{
    const npu_post_t *post = &in->prog->post;
    uint64_t cycles = inference_core_cycles(in);
    sim_json_t *core = sim_json_add_object(to, "core");
    sim_json_add_u64(core, "cycles", cycles);
    sim_json_add_num(core, "time_us", core_us(in, cycles));
    sim_json_t *ops = sim_json_add_array(core, "ops");
    for (uint32_t i = 0; i < post->ops; i++) {
        uint64_t took = inference_op(in, i).cycles;
        sim_json_t *item = sim_json_add_object(ops, NULL);
        sim_json_add_str(item, "name", post->op[i].name);
        sim_json_add_str(item, "op", npu_post_op_name(post->op[i].code));
        sim_json_add_bool(item, "before_npu", i < post->before);
        sim_json_add_u64(item, "cycles", took);
        sim_json_add_num(item, "time_us", core_us(in, took));
    }
}

void infer_print_json(const inference_t *in, uint8_t *const outputs[])
{
    npu_perf_t perf = npu_perf(&in->npu);
    const npu_meta_t *meta = &in->prog->meta;
    uint32_t count = in->prog->net[NPU_NET_OUTPUTS_W];
    sim_json_t *to = sim_json_object();
    sim_json_add_str(to, "model", meta->name);
    sim_json_add_str(to, "rounding", meta->rounding == NPU_ROUND_SINGLE ? "single" : "double");
    if (count > 0 && !in->npu.timing_only) {
        output_t first = output_of(in, 0, outputs[0]);
        add_top(to, &first);
    }
    add_inputs(to, in->prog);
    sim_json_t *list = sim_json_add_array(to, "outputs");
    for (uint32_t n = 0; n < count; n++) {
        output_t out = output_of(in, n, outputs[n]);
        add_output(list, in, n, &out);
    }
    sim_json_add_u64(to, "cycles", perf.cycles);
    sim_json_add_num(to, "time_us", (double)perf.cycles / (double)in->npu.desc.clk_hz * 1e6);
    layers_add(in, to);
    if (in->firmware != NULL)
        add_core(in, to);
    sim_json_add_u64(to, "l2_peak_bytes", meta->l2_peak_bytes);
    sim_json_add_u64(to, "l2_lower_bound_bytes", meta->l2_lower_bound_bytes);
    energy_add_account(to, &in->energy);
    char *text = sim_json_print(to, true);
    printf("%s\n", text != NULL ? text : "{}");
    free(text);
    sim_json_free(to);
}

/* ---- text ---- */

static void print_output(const output_t *out)
{
    uint64_t index[TOP];
    uint32_t found = is_classes(out) ? top_of(out, index) : 0;
    for (uint32_t i = 0; i < found; i++) {
        printf("  class %-6llu ", (unsigned long long)index[i]);
        if (is_code(&out->tensor))
            printf("code %-5lld ", (long long)code_at(out, index[i]));
        printf("%.6g\n", value_at(out, index[i]));
    }
    if (found == 0)
        printf("  output %s: %llu of %s\n", out->name, (unsigned long long)out->count,
               npu_dtype_name(out->tensor.dtype));
}

/* Each operator, and the sum of NPU and core: they do not overlap. */
static void print_core(const inference_t *in, double npu_us)
{
    const npu_post_t *post = &in->prog->post;
    for (uint32_t i = 0; i < post->ops; i++) {
        uint64_t cycles = inference_op(in, i).cycles;
        printf("core, %s the NPU: %-22s %-40s %10llu cycles %10.3f us\n",
               i < post->before ? "before" : "after ", npu_post_op_name(post->op[i].code),
               post->op[i].name, (unsigned long long)cycles, core_us(in, cycles));
    }
    double us = core_us(in, inference_core_cycles(in));
    printf("NPU %.3f us + core %.3f us = %.3f us\n", npu_us, us, npu_us + us);
}

void infer_print_text(const inference_t *in, uint8_t *const outputs[])
{
    npu_perf_t perf = npu_perf(&in->npu);
    printf("%s\n", in->prog->meta.name);
    for (uint32_t n = 0; n < in->prog->net[NPU_NET_OUTPUTS_W] && !in->npu.timing_only; n++) {
        output_t out = output_of(in, n, outputs[n]);
        print_output(&out);
    }
    layers_print(in, stdout);
    printf("%llu cycles, %.3f us at %.1f MHz, %.1f %% of the array; L2 peak %u bytes\n",
           (unsigned long long)perf.cycles, (double)perf.cycles / (double)in->npu.desc.clk_hz * 1e6,
           (double)in->npu.desc.clk_hz / 1e6, 100 * layers_utilization(in),
           in->prog->meta.l2_peak_bytes);
    if (in->firmware != NULL)
        print_core(in, (double)perf.cycles / (double)in->npu.desc.clk_hz * 1e6);
    energy_print_account(&in->energy, stdout);
}
