#include "tools/inference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/tensor_io.h"

/* Of simulated time, for firmware and programs that do not end by themselves. */
enum { CORE_SECONDS = 100, NPU_SECONDS = 3600 };

/* A tensor is read at the moment it is complete: later its place may hold another. */
static void take(inference_t *in, uint32_t valid_after)
{
    for (uint32_t i = 0; i < in->prog->kept_count; i++)
        if (in->prog->kept[i].valid_after == valid_after)
            npu_kept_read(in->prog, &in->prog->kept[i], &in->memory, in->kept[i]);
}

/* Since the last instruction ended, to the layer of the one that ends now. */
static void meter_layer(inference_t *in, uint32_t index)
{
    npu_insn_t insn;
    uint64_t fj = energy_total_fj(&in->energy);
    if (npu_insn_decode(in->prog->insns[index], &insn, NULL, 0) &&
        insn.layer < in->prog->layer_count)
        in->layer_fj[insn.layer] += fj - in->metered_fj;
    in->metered_fj = fj;
}

static void on_insn(void *ctx, uint32_t index)
{
    inference_t *in = ctx;
    if (in->by_layer)
        meter_layer(in, index);
    if (in->watch)
        take(in, index);
}

static void on_active(void *ctx, bool level)
{
    inference_t *in = ctx;
    if (level)
        in->metered_fj = energy_total_fj(&in->energy);
}

/* What makes the run fail is told once, when it has failed. */
static void on_log(void *ctx, uint64_t time_ps, sim_log_level_t level, const char *name,
                   const char *line)
{
    inference_t *in = ctx;
    (void)time_ps;
    if (level == SIM_LOG_ERROR && in->errors++ == 0)
        snprintf(in->first_error, sizeof(in->first_error), "%s", line);
    if (level != SIM_LOG_ERROR)
        fprintf(stderr, "%s %s: %s\n", sim_log_level_name(level), name, line);
}

static void on_done(void *ctx, bool level)
{
    inference_t *in = ctx;
    if (level && in->firmware == NULL) {
        in->finished = true;
        sim_stop(in->sim);
    }
}

static bool fail(inference_t *in, const char *why)
{
    snprintf(in->error, sizeof(in->error), "%s", why);
    return false;
}

static const char *file_of(const inference_t *in)
{
    return in->file != NULL ? in->file : in->prog->meta.name;
}

/* The NPU's last message only repeats the code: the one before it says more. */
static bool npu_failed(inference_t *in)
{
    const char *code = npu_error_name((npu_error_t)(in->npu.error_reg >> 24));
    if (in->npu.error_reg == 0)
        snprintf(in->error, sizeof(in->error), "%s: did not end in %d s", file_of(in), NPU_SECONDS);
    else if (in->errors > 1 && strncmp(in->first_error, code, strlen(code)) == 0)
        snprintf(in->error, sizeof(in->error), "%s: %s", file_of(in), in->first_error);
    else if (in->errors > 1)
        snprintf(in->error, sizeof(in->error), "%s: %s: %s", file_of(in), code, in->first_error);
    else
        snprintf(in->error, sizeof(in->error), "%s: %s at instruction %u", file_of(in), code,
                 in->npu.error_reg & 0xffffffu);
    return false;
}

static bool make_blocks(inference_t *in, const sensor_desc_t *chip)
{
    return l2_init(&in->l2, in->sim, &chip->logic.l2, "l2") == SIM_OK &&
           npu_init(&in->npu, in->sim, &chip->npu, "npu") == SIM_OK &&
           l2_port(&in->l2, "npu_fetch", &in->npu.fetch) == SIM_OK &&
           l2_port(&in->l2, "npu_load", &in->npu.load.port) == SIM_OK &&
           l2_port(&in->l2, "npu_store", &in->npu.store.port) == SIM_OK &&
           l2_port(&in->l2, "tool", &in->memory) == SIM_OK &&
           sim_wire_connect(&in->npu.active, on_active, in) &&
           sim_wire_connect(&in->npu.done, on_done, in);
}

static bool make_core(inference_t *in, const sensor_desc_t *chip)
{
    return in->firmware == NULL ||
           infer_core_init(&in->core, in->sim, &in->l2, &in->npu, &chip->logic, in->firmware,
                           in->error, sizeof(in->error));
}

static bool make_room(inference_t *in)
{
    in->kept = calloc(in->prog->kept_count + 1, sizeof(in->kept[0]));
    in->layer_fj = calloc(in->prog->layer_count + 1, sizeof(in->layer_fj[0]));
    if (in->layer_fj == NULL)
        return false;
    for (uint32_t i = 0; in->kept != NULL && i < in->prog->kept_count; i++)
        if ((in->kept[i] = calloc(1, npu_kept_bytes(&in->prog->kept[i]) + 1)) == NULL)
            return false;
    return in->kept != NULL;
}

bool inference_init(inference_t *inference, const sensor_desc_t *chip, const npu_prog_t *prog)
{
    inference_t *in = inference;
    char what[256];
    in->prog = prog;
    if (!npu_prog_fits(prog, &chip->npu, what, sizeof(what))) {
        snprintf(in->error, sizeof(in->error), "%s: %s", file_of(in), what);
        return false;
    }
    in->sim = sim_new();
    if (in->sim == NULL || !make_room(in))
        return fail(in, "out of memory");
    sim_set_log(in->sim, on_log, in, SIM_LOG_UNIMP);
    if (!make_blocks(in, chip))
        return fail(in, sim_error(in->sim));
    if (!make_core(in, chip))
        return false;
    if (energy_attach(&in->energy, in->sim, &chip->tech) != SIM_OK)
        return fail(in, sim_error(in->sim));
    if (sim_check(in->sim) != SIM_OK)
        return fail(in, sim_error(in->sim));
    in->npu.names = prog;
    in->by_layer = in->by_layer && in->energy.on;
    in->npu.on_insn = in->watch || in->by_layer ? on_insn : NULL;
    in->npu.on_insn_ctx = in;
    return true;
}

static void set(sim_comp_t *comp, const char *name, uint32_t value)
{
    for (const sim_reg_t *reg = comp->kind->regs; reg->name != NULL; reg++)
        if (strcmp(reg->name, name) == 0)
            sim_reg_write(comp, reg->addr, value);
}

static bool write_inputs(inference_t *in, uint8_t *const inputs[])
{
    for (uint32_t n = 0; inputs != NULL && n < in->prog->net[NPU_NET_INPUTS_W]; n++)
        if (!npu_input_write(in->prog, n, &in->memory, inputs[n]))
            return false;
    return true;
}

bool inference_load(inference_t *inference, uint8_t *const inputs[])
{
    inference_t *in = inference;
    in->finished = false;
    in->errors = 0;
    sim_reset(in->sim);
    energy_restart(&in->energy);
    memset(in->layer_fj, 0, in->prog->layer_count * sizeof(in->layer_fj[0]));
    if (sim_start(in->sim) != SIM_OK)
        return fail(in, sim_error(in->sim));
    if (!npu_prog_load(in->prog, &in->memory, in->l2.desc.base) || !write_inputs(in, inputs))
        return fail(in, "the program or its inputs do not fit the chip's L2");
    if (in->watch)
        take(in, NPU_VALID_AT_START);
    return in->firmware == NULL || infer_core_load(&in->core, in->error, sizeof(in->error));
}

/* ---- the core's part ---- */

static uint32_t peek_word(const inference_t *in, uint32_t addr)
{
    uint8_t b[4] = {0};
    sim_mem_peek(&in->memory, addr, b, sizeof(b));
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

inference_op_t inference_op(const inference_t *inference, uint32_t op)
{
    const npu_post_t *post = &inference->prog->post;
    uint32_t words = NPU_POST_HEAD_WORDS + post->tensors * NPU_TENSOR_WORDS;
    uint32_t at = inference->prog->net[NPU_NET_POST_ADDR_W] + 4 * (words + op * NPU_POST_OP_WORDS);
    uint64_t low = peek_word(inference, at + 4 * NPU_POST_OP_CYCLES_LO_W);
    uint64_t high = peek_word(inference, at + 4 * NPU_POST_OP_CYCLES_HI_W);
    return (inference_op_t){peek_word(inference, at + 4 * NPU_POST_OP_STATUS_W), high << 32 | low};
}

uint64_t inference_core_cycles(const inference_t *inference)
{
    uint64_t cycles = 0;
    for (uint32_t i = 0; inference->firmware != NULL && i < inference->prog->post.ops; i++)
        cycles += inference_op(inference, i).cycles;
    return cycles;
}

/* What the firmware has to say about its end: the operator that failed, the NPU's error, or that it
 * stopped by itself. */
static bool core_failed(inference_t *in)
{
    const npu_prog_t *prog = in->prog;
    for (uint32_t i = 0; i < prog->post.ops; i++) {
        uint32_t status = inference_op(in, i).status;
        if (status > NPU_POST_STATUS_DONE) {
            snprintf(in->error, sizeof(in->error), "%s: %s \"%.80s\" on the core: %s", file_of(in),
                     npu_post_op_name(prog->post.op[i].code), prog->post.op[i].name,
                     npu_post_status_name(status));
            return false;
        }
    }
    if (in->npu.error_reg != 0)
        return npu_failed(in);
    if (in->core.exited)
        snprintf(in->error, sizeof(in->error), "%s: firmware %s ended with %u%s", file_of(in),
                 in->firmware, in->core.code, in->npu.running ? ": the NPU stands still" : "");
    else
        snprintf(in->error, sizeof(in->error), "%s: firmware %s did not end in %d s: core %s; %s",
                 file_of(in), in->firmware, CORE_SECONDS, core_state_name(in->core.core.state),
                 in->core.console);
    return false;
}

/* The firmware starts the NPU. */
static bool go_with_core(inference_t *in)
{
    sim_run_until_ps(in->sim, CORE_SECONDS * SIM_PS_PER_S);
    in->finished = in->core.exited && in->core.code == 0;
    if (!in->finished)
        return core_failed(in);
    if (in->watch)
        take(in, NPU_VALID_AT_END);
    return true;
}

static bool go_alone(inference_t *in)
{
    sim_comp_t *npu = &in->npu.comp;
    set(npu, "NPU_L2_BASE", in->prog->net[NPU_NET_L2_BASE_W]);
    set(npu, "NPU_PROG_ADDR", in->prog->net[NPU_NET_PROG_ADDR_W]);
    set(npu, "NPU_PROG_COUNT", in->prog->net[NPU_NET_PROG_COUNT_W]);
    set(npu, "NPU_CTRL", NPU_CTRL_START);
    sim_run_until_ps(in->sim, NPU_SECONDS * SIM_PS_PER_S);
    return in->finished || npu_failed(in);
}

bool inference_go(inference_t *inference)
{
    bool fine = inference->firmware != NULL ? go_with_core(inference) : go_alone(inference);
    energy_settle(&inference->energy);
    return fine;
}

bool inference_run(inference_t *inference, uint8_t *const inputs[])
{
    bool fine = inference_load(inference, inputs) && inference_go(inference);
    if (fine && inference->errors > 0) /* firmware may have got over them */
        fprintf(stderr, "fovea: %s: %s; %u errors in all\n", file_of(inference),
                inference->first_error, inference->errors);
    return fine;
}

void inference_free(inference_t *inference)
{
    for (uint32_t i = 0; inference->kept != NULL && i < inference->prog->kept_count; i++)
        free(inference->kept[i]);
    free(inference->kept);
    free(inference->layer_fj);
    infer_core_free(&inference->core);
    npu_free(&inference->npu);
    l2_free(&inference->l2);
    sim_free(inference->sim);
}
