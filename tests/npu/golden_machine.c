#include "tests/npu/golden_machine.h"

#include "npu/compiler/tensor_io.h"
#include "tests/npu/post_run.h"
#include "tests/test.h"

static void take(golden_machine_t *m, uint32_t index)
{
    for (uint32_t k = 0; k < m->prog->kept_count; k++) {
        const npu_kept_t *kept = &m->prog->kept[k];
        if (kept->valid_after != index)
            continue;
        if (m->kept[k] == NULL)
            m->kept[k] = malloc(npu_kept_bytes(kept) + 1);
        ck_assert(npu_kept_read(m->prog, kept, &m->port, m->kept[k]));
    }
}

static void on_insn(void *ctx, uint32_t index)
{
    take(ctx, index);
}

void golden_machine_init(golden_machine_t *m, const npu_desc_t *desc, const npu_prog_t *prog)
{
    memset(m, 0, sizeof(*m));
    m->prog = prog;
    m->kept = calloc(prog->kept_count + 1, sizeof(*m->kept));
    m->sim = sim_new();
    ck_assert_ptr_nonnull(m->sim);
    fake_mem_init(&m->mem, m->sim, desc->l2_bytes);
    memset(m->mem.bytes, 0xa5, desc->l2_bytes);
    ck_assert_msg(npu_init(&m->npu, m->sim, desc, "npu") == SIM_OK, "%s", sim_error(m->sim));
    m->npu.fetch = fake_mem_port(&m->mem, 0);
    m->npu.load.port = fake_mem_port(&m->mem, 1);
    m->npu.store.port = fake_mem_port(&m->mem, 2);
    m->npu.on_insn = on_insn;
    m->npu.on_insn_ctx = m;
    m->port = fake_mem_port(&m->mem, 1);
    ck_assert_msg(sim_check(m->sim) == SIM_OK, "%s", sim_error(m->sim));
    sim_reset(m->sim);
    ck_assert_int_eq(sim_start(m->sim), SIM_OK);
    ck_assert(npu_prog_load(prog, &m->port, desc->l2_base));
}

static void write_register(golden_machine_t *m, const char *name, uint32_t value)
{
    const sim_reg_t *reg = m->npu.comp.kind->regs;
    while (reg->name != NULL && strcmp(reg->name, name) != 0)
        reg++;
    ck_assert_msg(reg->name != NULL, "no register %s", name);
    sim_reg_write(&m->npu.comp, reg->addr, value);
}

uint32_t golden_machine_try(golden_machine_t *m)
{
    write_register(m, "NPU_STATUS", NPU_STATUS_ERROR | NPU_STATUS_DONE);
    write_register(m, "NPU_PROG_ADDR", m->prog->net[NPU_NET_PROG_ADDR_W]);
    write_register(m, "NPU_PROG_COUNT", m->prog->net[NPU_NET_PROG_COUNT_W]);
    write_register(m, "NPU_L2_BASE", m->prog->net[NPU_NET_L2_BASE_W]);
    write_register(m, "NPU_CTRL", NPU_CTRL_START);
    uint64_t end = sim_now_ps(m->sim) + SIM_PS_PER_S;
    do {
        if (!sim_step(m->sim, end))
            break;
    } while (m->npu.status_reg & NPU_STATUS_BUSY);
    ck_assert_uint_eq(m->npu.status_reg & NPU_STATUS_BUSY, 0);
    ck_assert((m->npu.error_reg == 0) == ((m->npu.status_reg & NPU_STATUS_DONE) != 0));
    return m->npu.error_reg;
}

void golden_machine_run(golden_machine_t *m, uint8_t *input)
{
    ck_assert_uint_eq(m->prog->net[NPU_NET_INPUTS_W], 1);
    golden_machine_run_all(m, &input);
}

void golden_machine_run_all(golden_machine_t *m, uint8_t *const inputs[])
{
    for (uint32_t n = 0; n < m->prog->net[NPU_NET_INPUTS_W]; n++)
        ck_assert(npu_input_write(m->prog, n, &m->port, inputs[n]));
    take(m, NPU_VALID_AT_START);
    post_run_list(m->prog, m->mem.bytes, true);
    uint32_t error = golden_machine_try(m);
    ck_assert_msg(error == 0, "%s at instruction %u", npu_error_name((npu_error_t)(error >> 24)),
                  error & 0xffffff);
    post_run_list(m->prog, m->mem.bytes, false);
    take(m, NPU_VALID_AT_END);
}

uint64_t golden_machine_cycles(const golden_machine_t *m)
{
    return npu_perf(&m->npu).cycles;
}

void golden_machine_free(golden_machine_t *m)
{
    for (uint32_t k = 0; k < m->prog->kept_count; k++)
        free(m->kept[k]);
    free(m->kept);
    sim_free(m->sim);
    npu_free(&m->npu);
    free(m->mem.bytes);
}
