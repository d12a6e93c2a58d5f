/*
 * npu_port.c - a memory for tests, and a machine wired to it.
 */
#include "tests/npu/npu_port.h"

#include "tests/test.h"

static bool inside(const fake_mem_t *mem, uint32_t addr, uint32_t bytes)
{
    return addr >= FAKE_BASE && addr - FAKE_BASE <= mem->size &&
           bytes <= mem->size - (addr - FAKE_BASE);
}

static void look(const fake_mem_t *mem, uint32_t addr, uint32_t bytes, bool write)
{
    if (mem->watch != NULL)
        mem->watch->look(mem->watch->ctx, addr, bytes, write);
}

static bool fake_watch(void *ctx, const sim_mem_watch_t *watch)
{
    fake_mem_t *mem = ctx;
    mem->watch = watch;
    return true;
}

static bool fake_peek(void *ctx, uint32_t addr, void *data, uint32_t bytes)
{
    fake_mem_t *mem = ctx;
    if (!inside(mem, addr, bytes))
        return false;
    look(mem, addr, bytes, false);
    memcpy(data, mem->bytes + (addr - FAKE_BASE), bytes);
    return true;
}

static bool fake_poke(void *ctx, uint32_t addr, const void *data, uint32_t bytes)
{
    fake_mem_t *mem = ctx;
    if (!inside(mem, addr, bytes))
        return false;
    look(mem, addr, bytes, true);
    memcpy(mem->bytes + (addr - FAKE_BASE), data, bytes);
    return true;
}

static uint8_t *fake_view(void *ctx, uint32_t addr, uint32_t bytes)
{
    fake_mem_t *mem = ctx;
    return inside(mem, addr, bytes) ? mem->bytes + (addr - FAKE_BASE) : NULL;
}

static void schedule(fake_master_t *m)
{
    if (m->count > 0)
        sim_event_at(m->mem->comp.sim, &m->done,
                     sim_edge_ps(m->done_cycle[m->first], m->mem->clk_hz));
}

static void on_done(void *ctx)
{
    fake_master_t *m = ctx;
    sim_mem_req_t *req = m->oldest;
    m->oldest = req->next;
    m->first = (m->first + 1) % 64;
    m->count--;
    if (!req->error && req->data != NULL && req->write)
        fake_poke(m->mem, req->addr, req->data, req->bytes);
    else if (!req->error && req->data != NULL)
        fake_peek(m->mem, req->addr, req->data, req->bytes);
    schedule(m);
    req->done(req->ctx, req);
}

static void fake_request(void *ctx, uint32_t master, sim_mem_req_t *req)
{
    fake_mem_t *mem = ctx;
    fake_master_t *m = &mem->master[master];
    if (m->count == 64 || req->bytes == 0 ||
        req->addr / mem->burst_bytes != (req->addr + req->bytes - 1) / mem->burst_bytes)
        ck_abort_msg("a request that no port allows"); /* ck_assert writes to a file: slow here */
    uint64_t now = sim_edge_at_or_after(sim_now_ps(mem->comp.sim), mem->clk_hz);
    uint64_t start = now > m->free_cycle ? now : m->free_cycle;
    uint32_t first = req->addr / mem->beat_bytes;
    uint32_t beats = (req->addr + req->bytes - 1) / mem->beat_bytes - first + 1;
    m->free_cycle = start + beats;
    m->done_cycle[(m->first + m->count) % 64] =
        start + beats + mem->latency_cycles + m->extra_cycles;
    bool lost = !req->write && mem->lost - req->addr < req->bytes;
    req->error = lost || !inside(mem, req->addr, req->bytes);
    req->next = NULL;
    if (m->count++ == 0)
        m->oldest = req;
    else
        m->newest->next = req;
    m->newest = req;
    mem->requests++;
    if (m->count == 1)
        schedule(m);
}

static const sim_field_t fake_fields[] = {SIM_FIELD_END};
static const sim_kind_t fake_kind = {.kind = "fake", .version = 1, .fields = fake_fields};

void fake_mem_init(fake_mem_t *mem, sim_t *sim, uint32_t size)
{
    static const char *const names[FAKE_MASTERS] = {"done0", "done1", "done2"};
    *mem = (fake_mem_t){.clk_hz = 262500000,
                        .beat_bytes = 64,
                        .burst_bytes = 256,
                        .latency_cycles = 3,
                        .size = size};
    mem->bytes = calloc(1, size);
    ck_assert_ptr_nonnull(mem->bytes);
    ck_assert_int_eq(sim_comp_init(&mem->comp, sim, &fake_kind, "mem"), SIM_OK);
    for (uint32_t i = 0; i < FAKE_MASTERS; i++) {
        mem->master[i].mem = mem;
        sim_event_init(&mem->master[i].done, &mem->comp, names[i], SIM_PRIO_DRIVE, on_done,
                       &mem->master[i]);
    }
}

sim_mem_port_t fake_mem_port(fake_mem_t *mem, uint32_t master)
{
    return (sim_mem_port_t){.request = fake_request,
                            .peek = fake_peek,
                            .poke = fake_poke,
                            .view = fake_view,
                            .watch = fake_watch,
                            .ctx = mem,
                            .master = master,
                            .beat_bytes = mem->beat_bytes,
                            .max_burst_bytes = mem->burst_bytes,
                            .clk_hz = mem->clk_hz};
}

void bench_make(bench_t *b, const npu_desc_t *desc)
{
    memset(b, 0, sizeof(*b));
    b->sim = sim_new();
    fake_mem_init(&b->mem, b->sim, 1 << 20);
    ck_assert_msg(npu_init(&b->npu, b->sim, desc, "npu") == SIM_OK, "%s", sim_error(b->sim));
    b->npu.fetch = fake_mem_port(&b->mem, 0);
    b->npu.load.port = fake_mem_port(&b->mem, 1);
    b->npu.store.port = fake_mem_port(&b->mem, 2);
    ck_assert_msg(sim_check(b->sim) == SIM_OK, "%s", sim_error(b->sim));
    sim_reset(b->sim);
    ck_assert_int_eq(sim_start(b->sim), SIM_OK);
}

void bench_free(bench_t *b)
{
    npu_prog_free(&b->prog);
    sim_free(b->sim);
    npu_free(&b->npu);
    free(b->mem.bytes);
}

uint32_t bench_add(bench_t *b, npu_insn_t insn)
{
    char error[200] = "";
    uint32_t index = npu_prog_add_insn(&b->prog, &insn, error, sizeof(error));
    ck_assert_msg(index != UINT32_MAX, "%s", error);
    return index;
}

void bench_start(bench_t *b)
{
    b->prog.meta.insn_l2 = 0x80000;
    ck_assert(npu_prog_load(&b->prog, &b->npu.load.port, FAKE_BASE));
    bench_write(b, "NPU_PROG_ADDR", FAKE_BASE + b->prog.meta.insn_l2);
    bench_write(b, "NPU_PROG_COUNT", b->prog.insn_count);
    bench_write(b, "NPU_CTRL", b->npu.ctrl_reg | NPU_CTRL_START);
}

void bench_wait(bench_t *b)
{
    uint64_t end = sim_now_ps(b->sim) + SIM_PS_PER_S;
    while (sim_reg_read(&b->npu.comp, bench_reg(b, "NPU_STATUS")) & NPU_STATUS_BUSY)
        if (!sim_step(b->sim, end))
            break;
    ck_assert_uint_eq(b->npu.status_reg & NPU_STATUS_BUSY, 0);
}

uint32_t bench_reg(bench_t *b, const char *name)
{
    const sim_reg_t *reg = b->npu.comp.kind->regs;
    while (reg->name != NULL && strcmp(reg->name, name) != 0)
        reg++;
    ck_assert_msg(reg->name != NULL, "no register %s", name);
    return reg->addr;
}

void bench_write(bench_t *b, const char *name, uint32_t value)
{
    sim_reg_write(&b->npu.comp, bench_reg(b, name), value);
}

uint64_t bench_counter(bench_t *b, const char *name)
{
    char part[64];
    snprintf(part, sizeof(part), "%s_LO", name);
    uint64_t low = sim_reg_read(&b->npu.comp, bench_reg(b, part));
    snprintf(part, sizeof(part), "%s_HI", name);
    return low | (uint64_t)sim_reg_read(&b->npu.comp, bench_reg(b, part)) << 32;
}
