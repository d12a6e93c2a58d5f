#include "tools/inference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/tensor_io.h"

/* A tensor is read at the moment it is complete: later its place may hold another. */
static void on_insn(void *ctx, uint32_t index)
{
    inference_t *in = ctx;
    for (uint32_t i = 0; i < in->prog->kept_count; i++)
        if (in->prog->kept[i].valid_after == index)
            npu_kept_read(in->prog, &in->prog->kept[i], &in->memory, in->kept[i]);
}

static void on_log(void *ctx, uint64_t time_ps, sim_log_level_t level, const char *name,
                   const char *line)
{
    (void)ctx;
    (void)time_ps;
    fprintf(stderr, "%s %s: %s\n", sim_log_level_name(level), name, line);
}

static void on_done(void *ctx, bool level)
{
    inference_t *in = ctx;
    if (level) {
        in->finished = true;
        sim_stop(in->sim);
    }
}

static bool fail(inference_t *in, const char *why)
{
    snprintf(in->error, sizeof(in->error), "%s", why);
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
           sim_wire_connect(&in->npu.done, on_done, in) && sim_check(in->sim) == SIM_OK;
}

static bool make_room(inference_t *in)
{
    in->kept = calloc(in->prog->kept_count + 1, sizeof(in->kept[0]));
    for (uint32_t i = 0; in->kept != NULL && i < in->prog->kept_count; i++)
        if ((in->kept[i] = malloc(npu_kept_bytes(&in->prog->kept[i]) + 1)) == NULL)
            return false;
    return in->kept != NULL;
}

bool inference_init(inference_t *inference, const sensor_desc_t *chip, const npu_prog_t *prog)
{
    inference_t *in = inference;
    in->prog = prog;
    if (!npu_prog_fits(prog, &chip->npu, in->error, sizeof(in->error)))
        return false;
    in->sim = sim_new();
    if (in->sim == NULL || !make_room(in))
        return fail(in, "out of memory");
    sim_set_log(in->sim, on_log, in, SIM_LOG_UNIMP);
    if (!make_blocks(in, chip))
        return fail(in, sim_error(in->sim));
    in->npu.names = prog;
    in->npu.on_insn = in->watch ? on_insn : NULL;
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
    sim_reset(in->sim);
    if (sim_start(in->sim) != SIM_OK)
        return fail(in, sim_error(in->sim));
    if (!npu_prog_load(in->prog, &in->memory, in->l2.desc.base) || !write_inputs(in, inputs))
        return fail(in, "the program or its inputs do not fit the chip's L2");
    for (uint32_t i = 0; i < in->prog->kept_count && in->watch; i++)
        if (in->prog->kept[i].valid_after == NPU_VALID_AT_START)
            npu_kept_read(in->prog, &in->prog->kept[i], &in->memory, in->kept[i]);
    return true;
}

bool inference_go(inference_t *inference)
{
    inference_t *in = inference;
    sim_comp_t *npu = &in->npu.comp;
    set(npu, "NPU_L2_BASE", in->prog->net[NPU_NET_L2_BASE_W]);
    set(npu, "NPU_PROG_ADDR", in->prog->net[NPU_NET_PROG_ADDR_W]);
    set(npu, "NPU_PROG_COUNT", in->prog->net[NPU_NET_PROG_COUNT_W]);
    set(npu, "NPU_CTRL", NPU_CTRL_START);
    sim_run_until_ps(in->sim, 3600 * SIM_PS_PER_S);
    if (!in->finished)
        snprintf(in->error, sizeof(in->error), "%s: instruction %u: %s", in->prog->meta.name,
                 in->npu.error_reg & 0xffffffu,
                 npu_error_name((npu_error_t)(in->npu.error_reg >> 24)));
    return in->finished;
}

bool inference_run(inference_t *inference, uint8_t *const inputs[])
{
    return inference_load(inference, inputs) && inference_go(inference);
}

void inference_free(inference_t *inference)
{
    for (uint32_t i = 0; inference->kept != NULL && i < inference->prog->kept_count; i++)
        free(inference->kept[i]);
    free(inference->kept);
    npu_free(&inference->npu);
    l2_free(&inference->l2);
    sim_free(inference->sim);
}
