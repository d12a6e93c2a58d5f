/*
 * core_random_test.c - random programs on the core and on the naive interpreter: registers, CSRs,
 * memory, cycles and retired instructions must agree at random times. Programs jump about, fault,
 * overwrite their own code, sleep and are interrupted. Each fourth runs from ROM.
 */
#include "logic/core_int.h"
#include "tests/logic/naive.h"
#include "tests/logic/rig.h"
#include "tests/test.h"

enum {
    CODE_BYTES = 0x1000,
    HANDLER_AT = 0x4000, /* behind the code, or what would be its place in TCM */
    PROLOGUE = 0x40,     /* in ROM */
    ROM_START = 0x100,   /* behind it */
    MCOUNTEREN = 0x306,
    MCOUNTINHIBIT = 0x320,
    MHPMEVENT3 = 0x323,
    PMPCFG0 = 0x3a0,
    PMPADDR0 = 0x3b0,
    MHPMCOUNTER3 = 0xb03,
    PROBE_VALUE = RIG_PROBE + 4,
    IRQ_CHANGES = 40,
    CHECKS = 25,
    TCM_BYTES = 65536,
    L2_BYTES = 65536,
    L2_CYCLES = 4, /* one to get there, one beat, latency two */
};

/* Where the program of this seed is: in TCM, in L2, or in ROM around the prologue. */
static uint32_t text;

static uint32_t handler(void)
{
    return (text == RIG_L2 ? RIG_L2 : RIG_CODE) + HANDLER_AT;
}

/* Skips two bytes (without C: four) after an exception; comes back into the code from anywhere
 * else. A call from user mode comes back to machine mode. */
static void put_handler(rig_t *rig)
{
    const uint32_t code[] = {
        CSRRS(T6, MCAUSE, ZERO),
        BLT(T6, ZERO, 80), /* to leave */
        ADDI(T6, T6, -1),
        BEQ(T6, ZERO, 40), /* to nowhere */
        ADDI(T6, T6, -7),
        BNE(T6, ZERO, 16), /* to skip */
        LUI(T6, 2),
        ADDI(T6, T6, -0x800),
        CSRRS(ZERO, MSTATUS, T6), /* MPP */
        /* skip: */
        CSRRS(T6, MEPC, ZERO),
        ADDI(T6, T6, rig->core.desc.c ? 2 : 4),
        CSRRW(ZERO, MEPC, T6),
        MRET,
        /* nowhere: */
        CSRRS(T6, MEPC, ZERO),
        ADDI(T6, T6, 68),
        SLLI(T6, T6, 20),
        SRLI(T6, T6, 20),
        LUI(T5, text >> 12),
        ADD(T6, T6, T5),
        CSRRW(ZERO, MEPC, T6),
        MRET,
        /* leave: */
        MRET,
    };
    rig_put(rig, handler(), code, SIM_COUNT(code));
}

/* ---- random code ---- */

static uint32_t below(sim_stream_t *s, uint32_t n)
{
    return sim_stream_below(s, n);
}

/* Registers other than the bases S0 (data), S1 (code), S2 (L2), S3 (register). */
static uint32_t reg(sim_stream_t *s)
{
    uint32_t r = below(s, 32);
    return r == S0 || r == S1 || r == S2 || r == S3 ? A0 + below(s, 6) : r;
}

static uint32_t base(sim_stream_t *s)
{
    static const uint8_t bases[] = {S0, S0, S0, S0, S1, S2, S3, SP};
    return bases[below(s, 8)];
}

static uint32_t random_alu(sim_stream_t *s)
{
    uint32_t funct3 = below(s, 8), rd = reg(s), rs1 = reg(s);
    uint32_t word = sim_stream_u32(s);
    if (below(s, 4) == 0) /* MUL to REMU */
        return enc_r(1, reg(s), rs1, funct3, rd, 0x33);
    if (below(s, 2) == 0)
        return enc_r(funct3 % 5 == 0 ? below(s, 2) * 32 : 0, reg(s), rs1, funct3, rd, 0x33);
    if (funct3 == 1 || funct3 == 5)
        return enc_r(funct3 == 5 ? below(s, 2) * 32 : 0, below(s, 32), rs1, funct3, rd, 0x13);
    return (word & 0xfff00000) | rs1 << 15 | funct3 << 12 | rd << 7 | 0x13;
}

static uint32_t random_access(sim_stream_t *s)
{
    static const uint8_t load_kinds[] = {0, 1, 2, 4, 5};
    uint32_t kind = load_kinds[below(s, 5)], b = base(s);
    uint32_t size = 1u << (kind & 3);
    int32_t offset = (int32_t)(below(s, 256) * size) - 128;
    if (b == S3)
        return below(s, 2) ? LW(reg(s), 0, S3) : SW(reg(s), 0, S3);
    if (below(s, 40) == 0)
        offset++; /* perhaps misaligned */
    if (below(s, 2) == 0)
        return enc_i(offset, b, kind, reg(s), 0x03);
    return enc_s(offset, reg(s), b, kind & 3);
}

static uint32_t random_amo(sim_stream_t *s)
{
    static const uint8_t kinds[] = {0, 1, 2, 3, 2, 3, 4, 8, 12, 16, 20, 24, 28};
    uint32_t kind = kinds[below(s, 13)];
    uint32_t b = below(s, 10) == 0 ? base(s) : S0;
    return enc_r(kind << 2 | below(s, 4), kind == 2 ? 0 : reg(s), b, 2, reg(s), 0x2f);
}

static uint32_t random_csr(sim_stream_t *s)
{
    static const uint16_t numbers[] = {MSTATUS,
                                       MIE,
                                       MSCRATCH,
                                       MSCRATCH,
                                       MEPC,
                                       MTVAL,
                                       MCYCLE,
                                       MCYCLE,
                                       MINSTRET,
                                       MCYCLEH,
                                       MISA,
                                       0xc00,
                                       0xc02,
                                       0xc80,
                                       0xf14,
                                       MIP,
                                       MCAUSE,
                                       0x7c0,
                                       0x310,
                                       0xf11,
                                       MINSTRETH,
                                       0xc01,
                                       MSTATUS,
                                       MCOUNTEREN,
                                       0x30a,
                                       0x31a,
                                       MCOUNTINHIBIT,
                                       MCOUNTINHIBIT,
                                       MHPMEVENT3,
                                       MHPMEVENT3 + 1,
                                       0x329,
                                       0xb09,
                                       MHPMCOUNTER3,
                                       MHPMCOUNTER3 + 1,
                                       PMPCFG0,
                                       PMPCFG0 + 1,
                                       0x3a4,
                                       0xb83,
                                       MHPMCOUNTER3 + 2,
                                       MHPMEVENT3 + 2,
                                       PMPADDR0,
                                       PMPADDR0 + 1,
                                       0xc03,
                                       0xc04,
                                       0xc85,
                                       0xc09,
                                       PMPADDR0 + 15,
                                       0x3c0};
    static const uint8_t kinds[] = {1, 2, 2, 2, 3, 5, 6, 7};
    uint32_t number = numbers[below(s, SIM_COUNT(numbers))];
    uint32_t operand = below(s, 2) ? 0 : reg(s);
    if (number == MSTATUS && below(s, 4) != 0) /* usually leave interrupts on */
        return CSRRSI(reg(s), MSTATUS, 8);
    if (number >= MHPMEVENT3 && number <= MHPMEVENT3 + 2)
        return enc_i((int32_t)number, below(s, 16), 5, reg(s), 0x73); /* an event, mostly */
    if (number >= PMPCFG0 && number <= PMPADDR0 + 15 && below(s, 3) != 0)
        operand = 0;
    return number << 20 | operand << 15 | (uint32_t)kinds[below(s, 8)] << 12 | reg(s) << 7 | 0x73;
}

static uint32_t random_jump(sim_stream_t *s)
{
    static const uint8_t kinds[] = {0, 1, 4, 5, 6, 7};
    int32_t offset = (int32_t)below(s, 128) * 2 - 100;
    if (below(s, 3) == 0)
        return JAL(below(s, 2) ? RA : ZERO, offset);
    if (below(s, 20) == 0)
        return JALR(reg(s), offset, S1);
    return enc_b(kinds[below(s, 6)], reg(s), reg(s), offset);
}

static uint32_t reload_base(sim_stream_t *s)
{
    switch (below(s, 5)) {
    case 0:
        return LUI(S0, 0x10008);
    case 1:
        return LUI(S1, text >> 12);
    case 2:
        return LUI(S2, RIG_L2 >> 12);
    case 3:
        return LUI(SP, 0x10008);
    default:
        return CSRRS(S3, MSCRATCH, ZERO); /* holds the address of the register, mostly */
    }
}

static uint32_t random_word(sim_stream_t *s)
{
    static const uint32_t fixed[] = {ECALL, EBREAK, MRET, WFI, FENCE, FENCE_I};
    uint32_t kind = below(s, 100), word = sim_stream_u32(s);
    if (kind < 30)
        return random_alu(s);
    if (kind < 52)
        return random_access(s);
    if (kind < 57)
        return random_amo(s);
    if (kind < 62)
        return random_csr(s);
    if (kind < 70)
        return random_jump(s);
    if (kind < 76)
        return reload_base(s);
    if (kind < 77)
        return fixed[below(s, 6)];
    if (kind < 78)
        return word;
    if (kind < 80)
        return LUI(reg(s), word >> 12);
    if (kind < 82)
        return AUIPC(reg(s), word >> 12);
    return word & ~(below(s, 3) ? 0x00020002u : 0x00010001u); /* two halves of quadrants 0, 1, 2 */
}

/* ---- the comparison ---- */

typedef struct {
    sim_comp_t comp;
    sim_event_t change;
    rig_t *rig;
    naive_irq_t irq[IRQ_CHANGES];
    uint32_t next;
} irq_source_t;

static const sim_kind_t irq_kind = {.kind = "irq_source", .version = 1};

static void on_change(void *ctx)
{
    irq_source_t *source = ctx;
    sim_wire_set(&source->rig->probe.line, source->irq[source->next].level);
    if (++source->next < IRQ_CHANGES)
        sim_event_at(source->comp.sim, &source->change, RIG_PS(source->irq[source->next].cycle));
}

static void make_irqs(irq_source_t *source, rig_t *rig, sim_stream_t *s)
{
    uint64_t cycle = 0;
    source->rig = rig;
    source->next = 0;
    for (uint32_t i = 0; i < IRQ_CHANGES; i++) {
        cycle += 1 + (i % 2 == 0 ? below(s, 1200) : below(s, 40));
        source->irq[i] = (naive_irq_t){cycle, i % 2 == 0};
    }
    ck_assert_int_eq(sim_comp_init(&source->comp, rig->sim, &irq_kind, "irq"), SIM_OK);
    sim_event_init(&source->change, &source->comp, "change", SIM_PRIO_DRIVE, on_change, source);
    sim_event_at(rig->sim, &source->change, RIG_PS(source->irq[0].cycle));
    sim_reg_write(&rig->intc.comp, 8, 1u << 1); /* INTC_ENABLE */
}

/* A chip of some kind, for both. */
static void choose(rig_t *rig, naive_t *n, sim_stream_t *s)
{
    icache_desc_t chip = {below(s, 4) == 0 ? 0 : 256u << below(s, 5), 4u << below(s, 7),
                          1u << below(s, 3)};
    while (chip.bytes != 0 && chip.bytes < chip.line_bytes * (chip.ways > 2 ? chip.ways : 2))
        chip.bytes *= 2;
    rig_set_icache(rig, chip);
    n->line_bytes = chip.line_bytes;
    n->ways = chip.bytes == 0 ? 2 : chip.ways;
    n->lines = chip.bytes == 0 ? 2 : chip.bytes / chip.line_bytes;
    n->fill_cycles = 3 + (chip.line_bytes + 63) / 64; /* as L2_CYCLES, with more beats */
    core_desc_t *d = &rig->core.desc;                 /* before anything is decoded */
    d->m = n->m = below(s, 8) != 0;
    d->a = n->a = below(s, 8) != 0;
    d->c = n->c = below(s, 4) != 0;
    d->u = n->u = below(s, 4) != 0;
    d->misaligned = n->misaligned = below(s, 2) != 0;
    d->pmp_regions = n->pmp_regions = below(s, 3) * 8;
}

/* 20 bits of an immediate and 12: value into T6. */
static uint32_t put_value(uint32_t *code, uint32_t value)
{
    code[0] = LUI(T6, (value + 0x800) >> 12);
    code[1] = ADDI(T6, T6, (int32_t)(value << 20) >> 20);
    return 2;
}

/* An address of protection: in code or data, sometimes of a power of two around it. */
static uint32_t random_pmpaddr(sim_stream_t *s)
{
    uint32_t at = (below(s, 2) ? RIG_DATA : text) + below(s, 0x400) - 128;
    uint32_t ones = (1u << below(s, 12)) - 1;
    return below(s, 12) == 0 ? sim_stream_u32(s) : at >> 2 | ones;
}

/* Sets some protection, entry 3 giving all of it to user mode as a rule, and goes to the code. */
static void put_prologue(rig_t *rig, sim_stream_t *s)
{
    uint32_t code[40], n = 0, cfg = 0;
    for (uint32_t i = 0; i < 4; i++) {
        bool all = i == 3 && below(s, 5) != 0;
        uint32_t one = all ? 0x1f : sim_stream_u32(s) & (below(s, 10) == 0 ? 0x9f : 0x1f);
        n += put_value(code + n, all ? UINT32_MAX : random_pmpaddr(s));
        code[n++] = CSRRW(ZERO, PMPADDR0 + i, T6);
        cfg |= one << 8 * i;
    }
    n += put_value(code + n, cfg);
    code[n++] = CSRRW(ZERO, PMPCFG0, T6);
    n += put_value(code + n, (below(s, 2) ? 0x1880 : 0x80) | below(s, 2)
                                                                 << 17); /* MPIE, MPP, MPRV */
    code[n++] = CSRRW(ZERO, MSTATUS, T6);
    n += put_value(code + n, text + (text == BUS_ROM_BASE ? ROM_START : 0));
    code[n++] = CSRRW(ZERO, MEPC, T6);
    code[n++] = MRET;
    rig_put(rig, PROLOGUE, code, n);
}

static void set_up(rig_t *rig, naive_t *n, sim_stream_t *s)
{
    const uint32_t bases[][2] = {
        {S0, RIG_DATA}, {S1, text}, {S2, RIG_L2}, {S3, PROBE_VALUE}, {SP, RIG_DATA + 0x400}};
    choose(rig, n, s);
    for (uint32_t at = 0; at < CODE_BYTES; at += 4) {
        uint32_t word = random_word(s);
        rig_put(rig, text + at, &word, 1);
    }
    put_handler(rig);
    put_prologue(rig, s);
    for (uint32_t r = 1; r < 32; r++)
        rig->core.x[r] = below(s, 2) ? sim_stream_u32(s) : below(s, 5) - 2;
    for (size_t i = 0; i < SIM_COUNT(bases); i++)
        rig->core.x[bases[i][0]] = bases[i][1];
    rig->core.mtvec = handler();
    rig->core.mscratch = PROBE_VALUE;
    rig->core.mie = 0x888;
    rig->core.mstatus = 0x1800;
    rig->core.pc = PROLOGUE;
    n->rom = rig->bus.rom;
    n->rom_bytes = rig->bus.desc.rom_bytes;
    n->tcm_base = BUS_TCM_BASE;
    n->tcm_bytes = TCM_BYTES;
    n->l2_base = BUS_L2_BASE;
    n->l2_bytes = L2_BYTES;
    n->l2_cycles = L2_CYCLES;
    n->reg_addr = PROBE_VALUE;
    memcpy(n->x, rig->core.x, sizeof(n->x));
    memcpy(n->tcm, rig->bus.tcm, TCM_BYTES);
    memcpy(n->l2, rig->l2.mem, L2_BYTES);
    n->pc = PROLOGUE;
    n->mode = CORE_MACHINE;
    n->mtvec = handler();
    n->mscratch = PROBE_VALUE;
    n->mie = 0x888;
    n->mstatus = 0x1800;
    n->reserved = 1;
    n->last_exception = UINT64_MAX;
}

#define SAME(member, theirs)                                                                       \
    ck_assert_msg(                                                                                 \
        core->member == (theirs), "seed %u, cycle %llu: " #member " is 0x%llx, not 0x%llx", seed,  \
        (unsigned long long)cycle, (unsigned long long)core->member, (unsigned long long)(theirs))

static void compare(rig_t *rig, const naive_t *n, uint32_t seed, uint64_t cycle)
{
    const core_t *core = &rig->core;
    ck_assert_int_eq(core->state != CORE_RUNS, n->halted);
    SAME(pc, n->pc);
    SAME(instructions, n->instret);
    SAME(sleeping, n->asleep);
    if (!core->sleeping)
        SAME(cycle, n->cycle);
    for (uint32_t r = 0; r < 32; r++)
        SAME(x[r], n->x[r]);
    for (uint32_t i = 0; i < CORE_COUNTERS && !core->sleeping; i++)
        if (i != 1)
            ck_assert_msg(csr_counter(core, i) == n->counter[i],
                          "seed %u, cycle %llu: counter %u is %llu, not %llu", seed,
                          (unsigned long long)cycle, i, (unsigned long long)csr_counter(core, i),
                          (unsigned long long)n->counter[i]);
#define X(number, member, help) SAME(member, n->events[number]);
    if (!core->sleeping) {
        CORE_EVENTS(X)
    }
#undef X
    SAME(mode, n->mode);
    SAME(mstatus, n->mstatus);
    SAME(mcounteren, n->mcounteren);
    SAME(mcountinhibit, n->mcountinhibit);
    for (uint32_t i = 0; i < CORE_PMP_REGIONS; i++) {
        SAME(pmpcfg[i], n->pmpcfg[i]);
        SAME(pmpaddr[i], n->pmpaddr[i]);
    }
    SAME(mtvec, n->mtvec);
    SAME(mepc, n->mepc);
    SAME(mcause, n->mcause);
    SAME(mtval, n->mtval);
    SAME(mscratch, n->mscratch);
    SAME(mie, n->mie);
    ck_assert_uint_eq(rig->probe.value, n->reg);
    ck_assert_msg(memcmp(rig->bus.tcm, n->tcm, TCM_BYTES) == 0, "seed %u: TCM", seed);
    ck_assert_msg(memcmp(rig->l2.mem, n->l2, L2_BYTES) == 0, "seed %u: L2", seed);
}

typedef struct {
    uint64_t instructions, in_rom, misses, exceptions, interrupts, halts, user;
    uint64_t notes, traps, stops; /* that the hooks were told */
} totals_t;

static void on_insn(void *ctx, const core_note_t *note)
{
    totals_t *totals = ctx;
    ck_assert_uint_gt(note->cycles, 0);
    totals->notes++;
}

static void on_trap(void *ctx, const core_trap_t *trap)
{
    totals_t *totals = ctx;
    (void)trap;
    totals->traps++;
}

static void on_stop(void *ctx, core_stop_t why, uint32_t addr)
{
    totals_t *totals = ctx;
    (void)why;
    (void)addr;
    totals->stops++;
}

/* Somebody watches, in three of four runs: nothing may be different. */
static void watch(rig_t *rig, sim_stream_t *s, totals_t *totals)
{
    static core_hooks_t hooks;
    uint32_t how = below(s, 4);
    hooks = (core_hooks_t){
        .insn = (how & 1) != 0 ? on_insn : NULL, .trap = on_trap, .stop = on_stop, .ctx = totals};
    core_add_hooks(&rig->core, &hooks);
    for (uint32_t i = 0; i < 20 && (how & 2) != 0; i++) {
        core_watch_t w = {RIG_DATA - 128 + below(s, 1024), 1 + below(s, 8), 1 + below(s, 3)};
        ck_assert(core_break_add(&rig->core, text + 2 * below(s, CODE_BYTES / 2)));
        ck_assert(i % 5 != 0 || core_watch_add(&rig->core, w));
    }
}

static void run_seed(uint32_t seed, uint32_t where, totals_t *totals)
{
    static naive_t n;
    static irq_source_t source;
    static uint8_t tcm[TCM_BYTES], l2[L2_BYTES];
    sim_stream_t s = sim_stream(99, 2, seed);
    text = where;
    rig_t *rig = rig_new();
    for (uint32_t page = 0; page < BUS_PAGES; page++)
        if (rig->bus.page[page] != &rig->probe.comp)
            rig->bus.page[page] = NULL; /* the naive one has no peripherals */
    memset(&n, 0, sizeof(n));
    n.tcm = tcm;
    n.l2 = l2;
    set_up(rig, &n, &s);
    watch(rig, &s, totals);
    make_irqs(&source, rig, &s);
    n.irq = source.irq;
    n.irqs = IRQ_CHANGES;
    rig_start(rig);
    rig->core.counter_base[0] = 0;
    uint64_t cycle = 0;
    for (uint32_t i = 0; i < CHECKS; i++) {
        cycle += below(&s, 2000);
        rig_run_to_cycle(rig, cycle);
        while (rig->core.waiting) /* the naive one does not stop in the middle of an access */
            rig_run_to_cycle(rig, ++cycle);
        naive_run(&n, cycle);
        compare(rig, &n, seed, cycle);
    }
    totals->instructions += n.instret;
    totals->in_rom += text == BUS_ROM_BASE ? n.instret : 0;
    totals->misses += n.events[11];
    totals->exceptions += n.events[10];
    totals->interrupts += n.events[9];
    totals->user += n.mode == CORE_USER;
    totals->halts += n.halted;
    rig_free(rig);
}

START_TEST(random_programs_run_as_on_the_naive_interpreter)
{
    totals_t totals = {0};
    for (uint32_t seed = 1; seed <= 500 / TEST_FEWER; seed++)
        run_seed(seed, seed % 4 == 0 ? BUS_ROM_BASE : RIG_CODE, &totals);
    /* the programs were worth running */
    ck_assert_uint_gt(totals.instructions, 400000 / TEST_FEWER);
    ck_assert_uint_gt(totals.in_rom, 50000 / TEST_FEWER);
    ck_assert_uint_gt(totals.exceptions, 10000 / TEST_FEWER);
    ck_assert_uint_gt(totals.interrupts, 2000 / TEST_FEWER);
    ck_assert_uint_gt(totals.user, 20 / TEST_FEWER);
    ck_assert_uint_lt(totals.halts, 100 / TEST_FEWER);
    ck_assert_uint_gt(totals.notes, totals.instructions / 3);
    ck_assert_uint_gt(totals.traps, totals.exceptions);
    ck_assert_uint_gt(totals.stops, 1000 / TEST_FEWER);
}
END_TEST

/* On caches of many shapes; stores meet code, and the copies of it. */
START_TEST(random_programs_in_l2_run_as_on_the_naive_interpreter)
{
    totals_t totals = {0};
    for (uint32_t seed = 501; seed <= 500 + 200 / TEST_FEWER; seed++)
        run_seed(seed, RIG_L2, &totals);
    ck_assert_uint_gt(totals.instructions, 50000 / TEST_FEWER);
    ck_assert_uint_gt(totals.exceptions, 2500 / TEST_FEWER);
    ck_assert_uint_gt(totals.interrupts, 500 / TEST_FEWER);
    ck_assert_uint_gt(totals.misses, 10000 / TEST_FEWER);
    ck_assert_uint_lt(totals.halts, 50 / TEST_FEWER);
    ck_assert_uint_gt(totals.notes, totals.instructions / 3);
    ck_assert_uint_gt(totals.stops, 1000 / TEST_FEWER);
}
END_TEST

TEST_MAIN("logic core against naive interpreter", random_programs_run_as_on_the_naive_interpreter,
          random_programs_in_l2_run_as_on_the_naive_interpreter)
