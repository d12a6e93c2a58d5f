/*
 * core_time_test.c - cycles by hand, and what happens at which of them. Clock 1 GHz: edge n is at
 * n * 1000 ps. Costs are the defaults of CORE_COSTS.
 */
#include "tests/logic/rig.h"
#include "tests/test.h"

#define HANDLER (RIG_CODE + 0x1000)

/* Cycles from the start to the EBREAK behind the words. */
static uint64_t cycles_of(rig_t *rig, const uint32_t *words, uint32_t count)
{
    rig_program(rig, words, count);
    rig_run(rig);
    uint64_t cycles = rig->core.cycle;
    ck_assert_int_eq(rig->core.state, CORE_NO_HANDLER);
    rig_free(rig);
    return cycles;
}

#define CYCLES(rig, ...)                                                                           \
    cycles_of(rig, (const uint32_t[]){__VA_ARGS__},                                                \
              (uint32_t)(sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)))

static rig_t *rig_with(uint32_t a0, uint32_t a1)
{
    rig_t *rig = rig_new();
    rig->core.x[A0] = a0;
    rig->core.x[A1] = a1;
    return rig;
}

START_TEST(each_class_takes_its_cycles)
{
    ck_assert_uint_eq(CYCLES(rig_new(), NOP, LUI(A2, 1), ADD(A2, A2, A2)), 3);
    ck_assert_uint_eq(CYCLES(rig_new(), MUL(A2, A0, A1), MULHU(A2, A0, A1)), 4);
    ck_assert_uint_eq(CYCLES(rig_new(), BEQ(A0, A1, 4)), 3);       /* forward: not foreseen */
    ck_assert_uint_eq(CYCLES(rig_with(1, 2), BEQ(A0, A1, 4)), 1);  /* not taken */
    ck_assert_uint_eq(CYCLES(rig_with(1, 2), BEQ(A0, A1, -4)), 3); /* backward: not foreseen */
    ck_assert_uint_eq(CYCLES(rig_new(), JAL(RA, 4)), 2);
    ck_assert_uint_eq(CYCLES(rig_new(), AUIPC(A0, 0), JALR(RA, 8, A0)), 1 + 3);
    ck_assert_uint_eq(CYCLES(rig_new(), CSRRS(A0, MSCRATCH, ZERO)), 3);
    ck_assert_uint_eq(CYCLES(rig_new(), FENCE, FENCE_I), 5);
    ck_assert_uint_eq(CYCLES(rig_with(RIG_DATA, 0), SW(A1, 0, A0), SB(A1, 9, A0)), 2);
    ck_assert_uint_eq(CYCLES(rig_with(RIG_DATA, 0), AMOADD_W(A2, A1, A0)), 3);
    ck_assert_uint_eq(CYCLES(rig_with(RIG_DATA, 0), LR_W(A2, A0), SC_W(A3, A1, A0)), 3);
}
END_TEST

START_TEST(a_load_costs_one_more_when_the_next_instruction_uses_it)
{
    ck_assert_uint_eq(CYCLES(rig_with(RIG_DATA, 0), LW(A2, 0, A0), NOP), 3);
    ck_assert_uint_eq(CYCLES(rig_with(RIG_DATA, 0), LW(A2, 0, A0), ADDI(A3, A2, 1)), 4);
    ck_assert_uint_eq(CYCLES(rig_with(RIG_DATA, 0), LW(A2, 0, A0), SW(A2, 4, A0)), 4);
    ck_assert_uint_eq(CYCLES(rig_with(RIG_DATA, 0), LW(A2, 0, A0), NOP, ADDI(A3, A2, 1)), 4);
    ck_assert_uint_eq(CYCLES(rig_with(RIG_DATA, 0), LW(A2, 0, A0), ADDI(A2, A3, 1)), 3);
    ck_assert_uint_eq(CYCLES(rig_with(RIG_DATA, 0), LW(ZERO, 0, A0), ADDI(A2, ZERO, 1)), 3);
    /* c.lw a2, 0(a0); c.add a3, a2 */
    ck_assert_uint_eq(CYCLES(rig_with(RIG_DATA, 0), 0x96b24110), 4);
    /* ROM is as fast: lw a2, 0(zero); addi a3, a2, 1 */
    ck_assert_uint_eq(CYCLES(rig_new(), LW(A2, 0, ZERO), ADDI(A3, A2, 1)), 4);
}
END_TEST

START_TEST(division_takes_a_cycle_for_each_significant_bit)
{
    ck_assert_uint_eq(CYCLES(rig_with(0, 3), DIVU(A2, A0, A1)), 2);
    ck_assert_uint_eq(CYCLES(rig_with(1, 3), DIVU(A2, A0, A1)), 3);
    ck_assert_uint_eq(CYCLES(rig_with(0xff, 3), REMU(A2, A0, A1)), 10);
    ck_assert_uint_eq(CYCLES(rig_with(0xffffffff, 3), DIVU(A2, A0, A1)), 34);
    ck_assert_uint_eq(CYCLES(rig_with(0xffffffff, 3), DIV(A2, A0, A1)), 3); /* |-1| */
    ck_assert_uint_eq(CYCLES(rig_with(0x80000000, 3), REM(A2, A0, A1)), 34);
    ck_assert_uint_eq(CYCLES(rig_with(0xffffffff, 0), DIVU(A2, A0, A1)), 2);
}
END_TEST

/* for (a0 = 10; a0 != 0; a0--): 10 times addi 1, 9 times bne 2 as foreseen, the last bne 3. */
START_TEST(a_loop_takes_what_its_parts_take)
{
    ck_assert_uint_eq(CYCLES(rig_new(), ADDI(A0, ZERO, 10), ADDI(A0, A0, -1), BNE(A0, ZERO, -4)),
                      1 + 10 * 1 + 9 * 2 + 3);
}
END_TEST

START_TEST(the_costs_are_the_descriptions)
{
    rig_t *rig = rig_new();
    rig->core.desc.cost.alu = 7; /* before anything is decoded */
    rig->core.desc.cost.taken = 20;
    ck_assert_uint_eq(CYCLES(rig, NOP, JAL(ZERO, 4)), 7 + 21);
}
END_TEST

START_TEST(mcycle_and_minstret_count_from_reset)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, NOP, JAL(ZERO, 4), CSRRS(A0, MCYCLE, ZERO), CSRRS(A1, MINSTRET, ZERO));
    rig_run(rig);
    ck_assert_uint_eq(rig->core.x[A0], 3);
    ck_assert_uint_eq(rig->core.x[A1], 3);
    rig_free(rig);
}
END_TEST

/* ---- accesses at their own time ---- */

START_TEST(a_register_is_accessed_in_the_cycle_in_which_the_instruction_starts)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, NOP, NOP, SW(A1, 4, A0), /* at 2, for 4 */
                NOP, LW(A2, -8, A3),          /* PROBE_STAMP at 7, for 4 */
                ADDI(A4, A2, 1));             /* at 11: no load-use cycle here */
    rig->core.x[A0] = RIG_PROBE;
    rig->core.x[A1] = 99;
    rig->core.x[A3] = RIG_PROBE + 0x1000;
    rig_run(rig);
    ck_assert_uint_eq(rig->probe.value, 99);
    ck_assert_uint_eq(rig->probe.wrote_cycle, 2);
    ck_assert_uint_eq(rig->core.x[A2], 7);
    ck_assert_uint_eq(rig->core.x[A4], 8);
    ck_assert_uint_eq(rig->core.cycle, 12);
    ck_assert_uint_eq(rig->core.bus_stalls, 6);
    rig_free(rig);
}
END_TEST

/* Requested a cycle after the instruction's start, one beat, latency two. */
START_TEST(an_l2_access_takes_four_cycles_when_alone)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, NOP, LW(A2, 0, A0), SB(A2, 100, A0));
    rig->core.x[A0] = RIG_L2;
    rig_run(rig);
    ck_assert_uint_eq(rig->core.cycle, 1 + 4 + 4);
    ck_assert_uint_eq(rig->core.l2_stalls, 6);
    ck_assert_uint_eq(rig->core.req.request_ps, RIG_PS(6));
    rig_free(rig);
}
END_TEST

static void ignore_done(void *ctx, sim_mem_req_t *req)
{
    (void)ctx;
    (void)req;
}

/* Another master has the bank in cycles 0..3; the core asks at 1 and waits 3. */
START_TEST(an_l2_access_waits_for_its_bank)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, LW(A2, 0, A0));
    rig->core.x[A0] = RIG_L2;
    rig_start(rig);
    sim_mem_req_t burst = {.addr = RIG_L2, .bytes = 256, .done = ignore_done};
    sim_mem_request(&rig->other, &burst);
    rig_run_to_cycle(rig, 1000);
    ck_assert_uint_eq(rig->core.cycle, 4 + 3);
    ck_assert_uint_eq(rig->core.req.wait_cycles, 3);
    ck_assert_uint_eq(rig->core.l2_stalls, 6);
    rig_free(rig);
}
END_TEST

START_TEST(the_core_runs_ahead_without_events)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, ADDI(A0, A0, 1), JAL(ZERO, -4));
    rig_start(rig);
    rig_run_to_cycle(rig, 300000);
    ck_assert_uint_eq(rig->core.x[A0], 100001);
    ck_assert_uint_eq(sim_events_fired(rig->sim), 1);
    rig_free(rig);
}
END_TEST

/* The same program in one run, and in runs of 1 to 97 cycles: same states at the end. */
static uint64_t hash_after(uint64_t step)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, ADDI(A0, A0, 1), SW(A0, 0, S0), LW(A1, 0, S1), SW(A1, 4, S2), DIV(A3, A0, S0),
                LW(A4, 8, S2), ADD(A5, A5, A4), JAL(ZERO, -28));
    rig->core.x[S0] = RIG_DATA;
    rig->core.x[S1] = RIG_L2;
    rig->core.x[S2] = RIG_PROBE;
    rig_start(rig);
    for (uint64_t cycle = step; cycle < 5000; cycle += step)
        rig_run_to_cycle(rig, cycle);
    rig_run_to_cycle(rig, 5000);
    uint64_t hash = sim_state_hash(rig->sim);
    rig_free(rig);
    return hash;
}

START_TEST(where_runs_are_cut_does_not_show)
{
    uint64_t whole = hash_after(5000);
    for (uint64_t step = 1; step < 100; step += 8)
        ck_assert_msg(hash_after(step) == whole, "runs of %u cycles", (unsigned)step);
}
END_TEST

START_TEST(a_stopped_run_goes_on_where_it_was)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, ADDI(A0, A0, 1), JAL(ZERO, -4));
    rig_start(rig);
    sim_stop(rig->sim);
    ck_assert(sim_step(rig->sim, RIG_PS(300))); /* a step after a stop still does something */
    rig_run_to_cycle(rig, 300);
    ck_assert_uint_eq(rig->core.x[A0], 101);
    rig_free(rig);
}
END_TEST

/* ---- interrupts ---- */

typedef struct {
    sim_comp_t comp;
    sim_event_t go;
    sim_wire_t *wire;
    bool level;
} pulse_t;

static const sim_kind_t pulse_kind = {.kind = "pulse", .version = 1};
static pulse_t pulses[2];

static void on_pulse(void *ctx)
{
    pulse_t *p = ctx;
    sim_wire_set(p->wire, p->level);
}

/* Sets a wire at a time. */
static void at(rig_t *rig, uint32_t which, uint64_t ps, sim_wire_t *wire, bool level)
{
    pulse_t *p = &pulses[which];
    ck_assert_int_eq(sim_comp_init(&p->comp, rig->sim, &pulse_kind, which ? "p1" : "p0"), SIM_OK);
    sim_event_init(&p->go, &p->comp, "go", SIM_PRIO_DRIVE, on_pulse, p);
    p->wire = wire;
    p->level = level;
    sim_event_at(rig->sim, &p->go, ps);
}

/* The handler notes mcycle in s0 and stops. */
static rig_t *interrupted_rig(uint64_t ps)
{
    rig_t *rig = rig_new();
    const uint32_t handler[] = {CSRRS(S0, MCYCLE, ZERO), JAL(ZERO, 0)};
    rig_put(rig, HANDLER, handler, 2);
    rig->core.mtvec = HANDLER;
    rig->core.mie = 0x800;
    rig->core.mstatus = 0x8;
    sim_reg_write(&rig->intc.comp, 8, 2);
    at(rig, 0, ps, &rig->probe.line, true);
    return rig;
}

static void check_entry(uint64_t ps, uint64_t entry_cycle, uint32_t mepc)
{
    rig_t *rig = interrupted_rig(ps);
    RIG_PROGRAM(rig, NOP, NOP, NOP, NOP, NOP, DIVU(A2, A0, A1), /* 34 cycles, from 5 */
                NOP, JAL(ZERO, -4));
    rig->core.x[A0] = 0xffffffff;
    rig->core.x[A1] = 1;
    rig_start(rig);
    rig_run_to_cycle(rig, 200);
    ck_assert_uint_eq(rig->core.mcause, 0x8000000b);
    ck_assert_uint_eq(rig->core.mepc, mepc);
    ck_assert_uint_eq(rig->core.x[S0], entry_cycle);
    ck_assert_uint_eq(rig->core.interrupts, 1);
    rig_free(rig);
}

START_TEST(an_interrupt_is_taken_before_the_first_instruction_that_starts_at_or_after_it)
{
    check_entry(RIG_PS(3), 3 + 4, RIG_CODE + 12);
    check_entry(RIG_PS(3) + 1, 4 + 4, RIG_CODE + 16);
    check_entry(RIG_PS(4), 4 + 4, RIG_CODE + 16);
    check_entry(0, 0 + 4, RIG_CODE);
}
END_TEST

START_TEST(a_division_is_finished_before_the_interrupt)
{
    check_entry(RIG_PS(6), 39 + 4, RIG_CODE + 24);
    check_entry(RIG_PS(38), 39 + 4, RIG_CODE + 24);
}
END_TEST

START_TEST(an_access_to_l2_is_finished_before_the_interrupt)
{
    rig_t *rig = interrupted_rig(RIG_PS(2));
    RIG_PROGRAM(rig, LW(A2, 0, A0), NOP);
    rig->core.x[A0] = RIG_L2;
    rig_start(rig);
    rig_run_to_cycle(rig, 200);
    ck_assert_uint_eq(rig->core.mepc, RIG_CODE + 4);
    ck_assert_uint_eq(rig->core.x[S0], 4 + 4);
    rig_free(rig);
}
END_TEST

START_TEST(a_masked_interrupt_waits_until_it_is_enabled)
{
    rig_t *rig = interrupted_rig(RIG_PS(1));
    RIG_PROGRAM(rig, NOP, NOP, NOP, CSRRSI(ZERO, MSTATUS, 8), NOP); /* enabled from 6 on */
    rig->core.mstatus = 0;
    rig_start(rig);
    rig_run_to_cycle(rig, 200);
    ck_assert_uint_eq(rig->core.x[S0], 6 + 4);
    ck_assert_uint_eq(rig->core.mepc, RIG_CODE + 16);
    rig_free(rig);
}
END_TEST

START_TEST(mret_leads_back_and_a_line_that_is_still_high_interrupts_again)
{
    rig_t *rig = rig_new();
    const uint32_t handler[] = {ADDI(S0, S0, 1), MRET};
    rig_put(rig, HANDLER, handler, 2);
    RIG_PROGRAM(rig, NOP, NOP, NOP, NOP, NOP, NOP, NOP, NOP, NOP);
    rig->core.mtvec = HANDLER;
    rig->core.mie = 0x800;
    rig->core.mstatus = 0x8;
    sim_reg_write(&rig->intc.comp, 8, 2);
    at(rig, 0, RIG_PS(2), &rig->probe.line, true);
    at(rig, 1, RIG_PS(15), &rig->probe.line, false);
    rig_start(rig);
    rig_run_to_cycle(rig, 17);
    /* 2: trap 4, addi 1, mret 3 -> 10: trap again, low at 15, mret -> 18: third NOP */
    ck_assert_uint_eq(rig->core.x[S0], 2);
    ck_assert_uint_eq(rig->core.pc, RIG_CODE + 8);
    ck_assert_uint_eq(rig->core.cycle, 18);
    rig_run_to_cycle(rig, 18);
    ck_assert_uint_eq(rig->core.pc, RIG_CODE + 12);
    ck_assert_uint_eq(rig->core.mstatus & 8, 8);
    rig_free(rig);
}
END_TEST

START_TEST(external_comes_before_software_before_timer_and_vectors_differ)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, JAL(ZERO, 0));
    uint32_t table[12];
    for (int i = 0; i < 12; i++)
        table[i] = JAL(ZERO, 0);
    rig_put(rig, HANDLER, table, 12);
    rig->core.mtvec = HANDLER | 1;
    rig->core.mie = 0x888;
    sim_reg_write(&rig->intc.comp, 8, 2);
    sim_reg_write(&rig->clint.comp, 4, 1);
    sim_reg_write(&rig->clint.comp, 8, 0); /* mtimecmp = 0: due */
    sim_reg_write(&rig->clint.comp, 12, 0);
    sim_wire_set(&rig->probe.line, true);
    ck_assert_uint_eq(rig->core.mip, 0x888);
    rig_start(rig);
    const uint32_t order[] = {11, 3, 7};
    for (uint32_t i = 0; i < 3; i++) {
        rig->core.mstatus = 0x8;
        rig_run_to_cycle(rig, 100 * (i + 1));
        ck_assert_uint_eq(rig->core.mcause, 0x80000000u | order[i]);
        ck_assert_uint_eq(rig->core.pc, HANDLER + 4 * order[i]);
        rig->core.mie &= ~(1u << order[i]);
    }
    rig_free(rig);
}
END_TEST

/* ---- WFI ---- */

START_TEST(wfi_sleeps_without_events_until_an_enabled_interrupt)
{
    rig_t *rig = interrupted_rig(RIG_PS(5000) - 1);
    RIG_PROGRAM(rig, NOP, WFI, NOP);
    rig_start(rig);
    rig_run_to_cycle(rig, 4000);
    ck_assert(rig->core.sleeping);
    ck_assert_uint_eq(sim_next_event_ps(rig->sim), RIG_PS(5000) - 1); /* nobody ticks */
    core_settle(&rig->core);
    ck_assert_uint_eq(rig->core.wfi_cycles, 4000 - 2);
    ck_assert_uint_eq(rig->core.cycles, 4000);
    rig_run_to_cycle(rig, 6000);
    ck_assert_uint_eq(rig->core.x[S0], 5000 + 4);
    ck_assert_uint_eq(rig->core.mepc, RIG_CODE + 8); /* behind the WFI */
    ck_assert_uint_eq(rig->core.wfi_cycles, 5000 - 2);
    rig_free(rig);
}
END_TEST

static uint64_t asleep_ps[2];
static uint32_t asleep_spans;

static void on_asleep(void *ctx, const char *track, const char *name, uint64_t start_ps,
                      uint64_t end_ps, const char *args)
{
    (void)ctx, (void)track, (void)args;
    if (strcmp(name, "asleep") != 0)
        return;
    asleep_spans++;
    asleep_ps[0] = start_ps;
    asleep_ps[1] = end_ps;
}

START_TEST(sleep_is_one_span_of_the_trace_however_often_it_is_counted)
{
    rig_t *rig = interrupted_rig(RIG_PS(5000));
    RIG_PROGRAM(rig, NOP, WFI, NOP);
    sim_set_trace(rig->sim, on_asleep, NULL);
    asleep_spans = 0;
    rig_start(rig);
    for (uint64_t cycle = 500; cycle <= 4500; cycle += 500) {
        rig_run_to_cycle(rig, cycle);
        core_settle(&rig->core);
    }
    rig_run_to_cycle(rig, 6000);
    ck_assert_uint_eq(asleep_spans, 1);
    ck_assert_uint_eq(asleep_ps[0], RIG_PS(2));
    ck_assert_uint_eq(asleep_ps[1], RIG_PS(5000));
    rig_free(rig);
}
END_TEST

START_TEST(wfi_with_interrupts_masked_wakes_and_goes_on)
{
    rig_t *rig = interrupted_rig(RIG_PS(100));
    RIG_PROGRAM(rig, WFI, CSRRS(S0, MCYCLE, ZERO), JAL(ZERO, 0));
    rig->core.mstatus = 0;
    rig_start(rig);
    rig_run_to_cycle(rig, 200);
    ck_assert_uint_eq(rig->core.x[S0], 100);
    ck_assert_uint_eq(rig->core.interrupts, 0);
    rig_free(rig);
}
END_TEST

START_TEST(wfi_does_not_wake_for_an_interrupt_that_is_not_enabled)
{
    rig_t *rig = interrupted_rig(RIG_PS(100));
    RIG_PROGRAM(rig, WFI, NOP);
    rig->core.mie = 0x080;
    rig_start(rig);
    rig_run_to_cycle(rig, 2000);
    ck_assert(rig->core.sleeping);
    rig_free(rig);
}
END_TEST

START_TEST(wfi_with_an_interrupt_pending_is_a_nop)
{
    rig_t *rig = interrupted_rig(0);
    RIG_PROGRAM(rig, NOP, WFI, CSRRS(S0, MCYCLE, ZERO), JAL(ZERO, 0));
    rig->core.mstatus = 0;
    rig_start(rig);
    rig_run_to_cycle(rig, 100);
    ck_assert_uint_eq(rig->core.x[S0], 2);
    ck_assert_uint_eq(rig->core.wfi_cycles, 0);
    rig_free(rig);
}
END_TEST

/* mtime is 1 MHz: 1000 clocks a tick. */
START_TEST(the_timer_wakes_the_core_at_its_tick)
{
    rig_t *rig = rig_new();
    const uint32_t handler[] = {CSRRS(S0, MCYCLE, ZERO), JAL(ZERO, 0)};
    rig_put(rig, HANDLER, handler, 2);
    RIG_PROGRAM(rig, SW(ZERO, 12, A0), SW(A1, 8, A0), WFI, NOP);
    rig->core.x[A0] = RIG_CLINT;
    rig->core.x[A1] = 3;
    rig->core.mtvec = HANDLER;
    rig->core.mie = 0x80;
    rig->core.mstatus = 0x8;
    rig_start(rig);
    rig_run_to_cycle(rig, 4000);
    ck_assert_uint_eq(rig->core.x[S0], 3000 + 4);
    ck_assert_uint_eq(rig->core.mcause, 0x80000007);
    rig_free(rig);
}
END_TEST

START_TEST(a_software_interrupt_follows_the_store_that_asks_for_it)
{
    rig_t *rig = rig_new();
    const uint32_t handler[] = {CSRRS(S0, MCYCLE, ZERO), JAL(ZERO, 0)};
    rig_put(rig, HANDLER, handler, 2);
    RIG_PROGRAM(rig, SW(A1, 4, A0), NOP);
    rig->core.x[A0] = RIG_CLINT;
    rig->core.x[A1] = 1;
    rig->core.mtvec = HANDLER;
    rig->core.mie = 0x8;
    rig->core.mstatus = 0x8;
    rig_start(rig);
    rig_run_to_cycle(rig, 100);
    ck_assert_uint_eq(rig->core.x[S0], 4 + 4);
    ck_assert_uint_eq(rig->core.mepc, RIG_CODE + 4);
    ck_assert_uint_eq(rig->core.mcause, 0x80000003);
    rig_free(rig);
}
END_TEST

/* 262.5 MHz: edge n is at floor(n * 80000 / 21) ps, so NOP k + 1 starts there. */
START_TEST(an_odd_clock_keeps_the_core_on_its_edges)
{
    rig_t *rig = rig_new_hz(262500000, 1000000);
    uint32_t code[1000];
    for (int i = 0; i < 1000; i++)
        code[i] = NOP;
    rig_program(rig, code, 1000);
    rig_start(rig);
    sim_run_until_ps(rig->sim, 380952); /* edge 100 is at 380952.38 */
    ck_assert_uint_eq(rig->core.instructions, 101);
    sim_run_until_ps(rig->sim, 384760); /* edge 101 is at 384761.9 */
    ck_assert_uint_eq(rig->core.instructions, 101);
    sim_run_until_ps(rig->sim, 384761);
    ck_assert_uint_eq(rig->core.instructions, 102);
    rig_free(rig);
}
END_TEST

TEST_MAIN("logic core timing", each_class_takes_its_cycles,
          a_load_costs_one_more_when_the_next_instruction_uses_it,
          division_takes_a_cycle_for_each_significant_bit, a_loop_takes_what_its_parts_take,
          the_costs_are_the_descriptions, mcycle_and_minstret_count_from_reset,
          a_register_is_accessed_in_the_cycle_in_which_the_instruction_starts,
          an_l2_access_takes_four_cycles_when_alone, an_l2_access_waits_for_its_bank,
          the_core_runs_ahead_without_events, where_runs_are_cut_does_not_show,
          a_stopped_run_goes_on_where_it_was,
          an_interrupt_is_taken_before_the_first_instruction_that_starts_at_or_after_it,
          a_division_is_finished_before_the_interrupt,
          an_access_to_l2_is_finished_before_the_interrupt,
          a_masked_interrupt_waits_until_it_is_enabled,
          mret_leads_back_and_a_line_that_is_still_high_interrupts_again,
          external_comes_before_software_before_timer_and_vectors_differ,
          wfi_sleeps_without_events_until_an_enabled_interrupt,
          sleep_is_one_span_of_the_trace_however_often_it_is_counted,
          wfi_with_interrupts_masked_wakes_and_goes_on,
          wfi_does_not_wake_for_an_interrupt_that_is_not_enabled,
          wfi_with_an_interrupt_pending_is_a_nop, the_timer_wakes_the_core_at_its_tick,
          a_software_interrupt_follows_the_store_that_asks_for_it,
          an_odd_clock_keeps_the_core_on_its_edges)
