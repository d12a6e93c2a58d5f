/*
 * core_debug_test.c - breakpoints, watchpoints, steps and notes of the core.
 */
#include "logic/core_debug.h"
#include "tests/logic/rig.h"
#include "tests/test.h"

#define HANDLER (RIG_CODE + 0x1000)

/* What the hooks were told last. */
typedef struct {
    rig_t *rig;
    uint32_t stops, insns, traps;
    core_stop_t why;
    uint32_t addr, pc;
    uint64_t cycle, edge; /* the core's, and of the simulated time */
    core_note_t note;
    core_trap_t trap;
} seen_t;

static void on_stop(void *ctx, core_stop_t why, uint32_t addr)
{
    seen_t *seen = ctx;
    seen->stops++;
    seen->why = why;
    seen->addr = addr;
    seen->pc = seen->rig->core.pc;
    seen->cycle = seen->rig->core.cycle;
    seen->edge = sim_now_ps(seen->rig->sim) / 1000;
    sim_stop(seen->rig->sim);
}

static void on_insn(void *ctx, const core_note_t *note)
{
    seen_t *seen = ctx;
    seen->insns++;
    seen->note = *note;
}

static void on_trap(void *ctx, const core_trap_t *trap)
{
    seen_t *seen = ctx;
    seen->traps++;
    seen->trap = *trap;
}

static seen_t seen;
static core_hooks_t hooks;

static rig_t *watch(rig_t *rig, bool notes)
{
    hooks = (core_hooks_t){notes ? on_insn : NULL, on_trap, on_stop, &seen, NULL};
    seen = (seen_t){.rig = rig};
    core_add_hooks(&rig->core, &hooks);
    rig->core.x[S0] = RIG_DATA;
    rig->core.x[S1] = RIG_L2;
    rig->core.x[S2] = RIG_PROBE;
    return rig;
}

/* Until the next stop or for a millisecond. */
static void go(rig_t *rig)
{
    sim_run_until_ps(rig->sim, sim_now_ps(rig->sim) + SIM_PS_PER_MS);
}

/* addi a0, a0, 1 in a loop of ten, then a breakpoint without a handler. */
static void put_loop(rig_t *rig)
{
    RIG_PROGRAM(rig, ADDI(A1, ZERO, 10), ADDI(A0, A0, 1), SW(A0, 0, S0), BNE(A0, A1, -8));
}

/* ---- breakpoints ---- */

START_TEST(a_breakpoint_stops_before_its_instruction_each_time)
{
    rig_t *rig = watch(rig_new(), false);
    put_loop(rig);
    ck_assert(core_break_add(&rig->core, RIG_CODE + 8));
    rig_start(rig);
    for (uint32_t i = 1; i <= 10; i++) {
        go(rig);
        ck_assert_uint_eq(seen.stops, i);
        ck_assert_int_eq(seen.why, CORE_STOP_BREAK);
        ck_assert_uint_eq(seen.addr, RIG_CODE + 8);
        ck_assert_uint_eq(seen.pc, RIG_CODE + 8);
        ck_assert_uint_eq(rig->core.x[A0], i);
        ck_assert_uint_eq(rig_word(rig, RIG_DATA), i - 1);
        ck_assert_uint_eq(seen.cycle, 2 + (i - 1) * 4); /* addi 1, sw 1, bne 2 */
        ck_assert_uint_eq(seen.edge, seen.cycle);
    }
    go(rig);
    ck_assert_uint_eq(seen.stops, 10);
    ck_assert_int_eq(rig->core.state, CORE_NO_HANDLER);
    rig_free(rig);
}
END_TEST

START_TEST(stops_and_watching_change_nothing)
{
    uint64_t hash[5];
    for (uint32_t how = 0; how < 5; how++) {
        rig_t *rig = watch(rig_new(), how == 3);
        RIG_PROGRAM(rig, ADDI(A1, ZERO, 10), ADDI(A0, A0, 1), SW(A0, 0, S0), LW(A2, 0, S1),
                    SW(A2, 4, S2), LW(A3, 0, S0), MUL(A3, A3, A2), SW(A3, 8, S1), BNE(A0, A1, -28));
        if (how == 1)
            core_break_add(&rig->core, RIG_CODE + 12);
        if (how == 2)
            core_watch_add(&rig->core, (core_watch_t){RIG_DATA, 4, 3});
        rig_start(rig);
        while (rig->core.state == CORE_RUNS) {
            if (how == 4)
                core_step_one(&rig->core);
            sim_run_until_ps(rig->sim, 10 * SIM_PS_PER_MS);
        }
        sim_run_until_ps(rig->sim, 10 * SIM_PS_PER_MS);
        hash[how] = sim_state_hash(rig->sim);
        ck_assert_uint_eq(seen.stops, how == 1 ? 10 : how == 2 ? 20 : how == 4 ? 82 : 0);
        ck_assert_uint_eq(seen.insns, how == 3 ? 81 : 0);
        ck_assert_uint_eq(hash[how], hash[0]);
        rig_free(rig);
    }
}
END_TEST

START_TEST(a_breakpoint_in_rom_and_on_an_instruction_that_leaves_the_loop)
{
    rig_t *rig = watch(rig_new(), false);
    bus_set_boot(&rig->bus, RIG_CODE); /* lui t0; jalr t0 */
    RIG_PROGRAM(rig, LW(A0, 0, S1), CSRRS(A1, MCYCLE, ZERO));
    rig->core.pc = 0;
    core_break_add(&rig->core, 4);
    core_break_add(&rig->core, RIG_CODE);
    core_break_add(&rig->core, RIG_CODE + 4);
    rig_start(rig);
    const uint32_t at[] = {4, RIG_CODE, RIG_CODE + 4};
    for (uint32_t i = 0; i < 3; i++) {
        go(rig);
        ck_assert_uint_eq(seen.stops, i + 1);
        ck_assert_uint_eq(seen.pc, at[i]);
    }
    go(rig);
    ck_assert_uint_eq(rig->core.x[A1], 1 + 3 + 4); /* lui, jalr, lw from L2 */
    rig_free(rig);
}
END_TEST

START_TEST(a_breakpoint_that_is_removed_is_gone)
{
    rig_t *rig = watch(rig_new(), false);
    put_loop(rig);
    core_break_add(&rig->core, RIG_CODE + 8);
    rig_start(rig);
    go(rig);
    core_break_remove(&rig->core, RIG_CODE + 8);
    core_break_remove(&rig->core, RIG_CODE + 8);
    go(rig);
    ck_assert_uint_eq(seen.stops, 1);
    ck_assert_int_eq(rig->core.state, CORE_NO_HANDLER);
    rig_free(rig);
}
END_TEST

START_TEST(there_is_room_for_so_many)
{
    rig_t *rig = rig_new();
    for (uint32_t i = 0; i < CORE_MAX_BREAKS; i++)
        ck_assert(core_break_add(&rig->core, RIG_CODE + 4 * i));
    ck_assert(core_break_add(&rig->core, RIG_CODE)); /* is there */
    ck_assert(!core_break_add(&rig->core, RIG_DATA));
    for (uint32_t i = 0; i < CORE_MAX_WATCHES; i++)
        ck_assert(core_watch_add(&rig->core, (core_watch_t){RIG_DATA + i, 1, 1}));
    ck_assert(core_watch_add(&rig->core, (core_watch_t){RIG_DATA, 1, 1}));
    ck_assert(!core_watch_add(&rig->core, (core_watch_t){RIG_DATA, 1, 2}));
    ck_assert(!core_watch_add(&rig->core, (core_watch_t){RIG_DATA, 0, 1}));
    rig_free(rig);
}
END_TEST

START_TEST(steps_are_counted_through_resets)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, NOP, NOP, ECALL, NOP);
    rig_start(rig);
    ck_assert_uint_eq(core_steps(&rig->core), 0);
    rig_run(rig); /* two instructions, and an exception that has no handler */
    ck_assert_uint_eq(core_steps(&rig->core), 3);
    rig->core.comp.kind->reset(&rig->core.comp);
    ck_assert_uint_eq(rig->core.instructions, 0);
    ck_assert_uint_eq(core_steps(&rig->core), 3);
    rig_free(rig);
}
END_TEST

/* ---- watchpoints ---- */

START_TEST(a_watchpoint_stops_after_the_access_that_meets_it)
{
    const struct {
        core_watch_t watch;
        uint32_t word;
        bool stops;
        core_stop_t why;
    } cases[] = {
        {{RIG_DATA, 4, CORE_WATCH_WRITE}, SW(A0, 0, S0), true, CORE_STOP_WRITE},
        {{RIG_DATA, 4, CORE_WATCH_WRITE}, LW(A0, 0, S0), false, CORE_STOP_READ},
        {{RIG_DATA, 4, CORE_WATCH_READ}, LW(A0, 0, S0), true, CORE_STOP_READ},
        {{RIG_DATA + 3, 1, CORE_WATCH_READ}, LW(A0, 0, S0), true, CORE_STOP_READ},
        {{RIG_DATA + 3, 1, CORE_WATCH_READ}, LH(A0, 0, S0), false, CORE_STOP_READ},
        {{RIG_DATA + 4, 1, CORE_WATCH_WRITE}, SW(A0, 0, S0), false, CORE_STOP_READ},
        {{RIG_DATA, 4, CORE_WATCH_READ}, AMOADD_W(A1, A0, S0), true, CORE_STOP_READ},
        {{RIG_DATA, 4, CORE_WATCH_WRITE}, AMOADD_W(A1, A0, S0), true, CORE_STOP_WRITE},
        {{RIG_L2, 256, CORE_WATCH_WRITE}, SB(A0, 255, S1), true, CORE_STOP_WRITE},
        {{RIG_L2, 256, CORE_WATCH_READ}, LW(A0, 256, S1), false, CORE_STOP_READ},
        {{RIG_PROBE + 4, 4, CORE_WATCH_READ}, LW(A0, 4, S2), true, CORE_STOP_READ},
        {{0, 4, CORE_WATCH_READ}, LW(A0, 0, ZERO), true, CORE_STOP_READ},
        {{RIG_NOTHING, 4, CORE_WATCH_READ}, LW(A0, 0, S3), false, CORE_STOP_READ}, /* a fault */
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        rig_t *rig = watch(rig_new(), false);
        RIG_PROGRAM(rig, NOP, NOP, cases[i].word, NOP);
        rig->core.x[S3] = RIG_NOTHING;
        ck_assert(core_watch_add(&rig->core, cases[i].watch));
        rig_start(rig);
        go(rig);
        ck_assert_msg(seen.stops == cases[i].stops, "case %zu", i);
        if (cases[i].stops) {
            ck_assert_int_eq(seen.why, cases[i].why);
            ck_assert_uint_eq(seen.pc, RIG_CODE + 12);
            go(rig);
            ck_assert_int_eq(rig->core.state, CORE_NO_HANDLER);
        }
        rig_free(rig);
    }
}
END_TEST

/* Others run ahead; a watched store is made at its own time. */
START_TEST(time_stands_where_the_watched_access_was_made)
{
    rig_t *rig = watch(rig_new(), false);
    put_loop(rig);
    core_watch_add(&rig->core, (core_watch_t){RIG_DATA, 4, CORE_WATCH_WRITE});
    rig_start(rig);
    go(rig);
    ck_assert_uint_eq(seen.cycle, 3);
    ck_assert_uint_eq(seen.edge, 2); /* in which the store started */
    ck_assert_uint_eq(rig_word(rig, RIG_DATA), 1);
    core_watch_remove(&rig->core, (core_watch_t){RIG_DATA, 4, CORE_WATCH_WRITE});
    go(rig);
    ck_assert_uint_eq(seen.stops, 1);
    rig_free(rig);
}
END_TEST

/* Ten stores of 1 to 10 in a row of stops, each once, and a breakpoint at the store as well. */
START_TEST(an_early_watchpoint_stops_before_each_access_and_once)
{
    rig_t *rig = watch(rig_new(), false);
    put_loop(rig);
    core_watch_add(&rig->core, (core_watch_t){RIG_DATA, 4, CORE_WATCH_WRITE});
    core_break_add(&rig->core, RIG_CODE + 8);
    rig->core.debug.early = true;
    rig_start(rig);
    for (uint32_t i = 1; i <= 10; i++) {
        go(rig);
        ck_assert_int_eq(seen.why, CORE_STOP_BREAK);
        go(rig);
        ck_assert_int_eq(seen.why, CORE_STOP_WRITE);
        ck_assert_uint_eq(seen.pc, RIG_CODE + 8);
        ck_assert_uint_eq(seen.addr, RIG_DATA);
        ck_assert_uint_eq(rig->core.x[A0], i);
        ck_assert_uint_eq(rig_word(rig, RIG_DATA), i - 1);
    }
    go(rig);
    ck_assert_uint_eq(seen.stops, 20);
    ck_assert_uint_eq(rig_word(rig, RIG_DATA), 10);
    ck_assert_uint_eq(rig->core.instructions, 1 + 10 * 3);
    rig_free(rig);
}
END_TEST

/* Told before the request goes to L2; a step that meets it is over, the next one makes it. */
START_TEST(an_early_watchpoint_on_l2_ends_a_step)
{
    rig_t *rig = watch(rig_new(), false);
    RIG_PROGRAM(rig, SW(A0, 0, S1), NOP, NOP);
    rig->core.x[A0] = 5;
    core_watch_add(&rig->core, (core_watch_t){RIG_L2, 4, CORE_WATCH_WRITE});
    rig->core.debug.early = true;
    rig_start(rig);
    core_step_one(&rig->core);
    go(rig);
    ck_assert_int_eq(seen.why, CORE_STOP_WRITE);
    ck_assert_uint_eq(seen.pc, RIG_CODE);
    ck_assert_uint_eq(rig_word(rig, RIG_L2), 0);
    core_step_one(&rig->core);
    go(rig);
    ck_assert_int_eq(seen.why, CORE_STOP_STEP);
    ck_assert_uint_eq(seen.pc, RIG_CODE + 4);
    ck_assert_uint_eq(rig_word(rig, RIG_L2), 5);
    go(rig);
    ck_assert_uint_eq(seen.stops, 2);
    rig_free(rig);
}
END_TEST

/* ---- steps ---- */

START_TEST(a_step_is_one_instruction_wherever_it_goes)
{
    rig_t *rig = watch(rig_new(), false);
    RIG_PROGRAM(rig, ADDI(A0, ZERO, 1), LW(A1, 0, S1), SW(A1, 4, S2), JAL(ZERO, 8), NOP, ECALL);
    const uint32_t loop = JAL(ZERO, 0);
    rig_put(rig, HANDLER, &loop, 1);
    rig->core.mtvec = HANDLER;
    const uint32_t at[] = {4, 8, 12, 20, 0x1000, 0x1000};
    rig_start(rig);
    for (uint32_t i = 0; i < SIM_COUNT(at); i++) {
        core_step_one(&rig->core);
        go(rig);
        ck_assert_uint_eq(seen.stops, i + 1);
        ck_assert_int_eq(seen.why, CORE_STOP_STEP);
        ck_assert_uint_eq(seen.pc, RIG_CODE + at[i]);
    }
    ck_assert_uint_eq(rig->core.mcause, 11);
    rig_free(rig);
}
END_TEST

START_TEST(a_step_may_be_an_interrupt_and_passes_a_breakpoint)
{
    rig_t *rig = watch(rig_new(), false);
    RIG_PROGRAM(rig, NOP, NOP, NOP);
    const uint32_t loop = JAL(ZERO, 0);
    rig_put(rig, HANDLER, &loop, 1);
    rig->core.mtvec = HANDLER;
    core_break_add(&rig->core, RIG_CODE);
    rig_start(rig);
    go(rig);
    ck_assert_int_eq(seen.why, CORE_STOP_BREAK);
    core_step_one(&rig->core);
    go(rig);
    ck_assert_uint_eq(seen.pc, RIG_CODE + 4);
    rig->core.mie = rig->core.mip = 1u << CORE_MSI;
    rig->core.mstatus |= 8;
    core_step_one(&rig->core);
    go(rig);
    ck_assert_uint_eq(seen.pc, HANDLER);
    ck_assert_uint_eq(rig->core.mepc, RIG_CODE + 4);
    rig_free(rig);
}
END_TEST

START_TEST(a_breakpoint_counts_again_when_pc_was_moved)
{
    rig_t *rig = watch(rig_new(), false);
    RIG_PROGRAM(rig, NOP, NOP, NOP);
    core_break_add(&rig->core, RIG_CODE + 4);
    rig_start(rig);
    go(rig);
    rig->core.pc = RIG_CODE + 4; /* to where it is */
    core_moved(&rig->core);
    go(rig);
    ck_assert_uint_eq(seen.stops, 2);
    rig_free(rig);
}
END_TEST

/* ---- notes ---- */

/* Runs one instruction after a NOP and looks at its note. */
static core_note_t note_of(uint32_t word)
{
    rig_t *rig = watch(rig_new(), true);
    RIG_PROGRAM(rig, NOP, word, NOP);
    rig_start(rig);
    while (seen.insns < 2)
        ck_assert(sim_step(rig->sim, SIM_PS_PER_MS));
    core_note_t note = seen.note;
    rig_free(rig);
    return note;
}

/* The run ahead goes on behind it: only one instruction is noted where a step ends. */
static core_note_t step_note(uint32_t word)
{
    rig_t *rig = watch(rig_new(), true);
    RIG_PROGRAM(rig, NOP, word, NOP);
    rig_start(rig);
    for (int i = 0; i < 2; i++) {
        core_step_one(&rig->core);
        go(rig);
    }
    core_note_t note = seen.note;
    ck_assert_uint_eq(seen.insns, 2);
    rig_free(rig);
    return note;
}

START_TEST(notes_tell_what_an_instruction_did)
{
    core_note_t n = step_note(SB(A0, 5, S0));
    ck_assert(n.store && !n.load && n.addr == RIG_DATA + 5 && n.bytes == 1 && n.rd == 0);
    ck_assert(n.cycle == 1 && n.cycles == 1 && n.pc == RIG_CODE + 4 && n.next_pc == RIG_CODE + 8);
    ck_assert(n.word == SB(A0, 5, S0) && n.slots == 2 && n.csr == 0 && n.mode == CORE_MACHINE);
    n = step_note(LHU(A4, 2, S1));
    ck_assert(n.load && !n.store && n.addr == RIG_L2 + 2 && n.bytes == 2 && n.rd == A4);
    ck_assert(n.cycle == 1 && n.cycles == 4);
    n = step_note(AMOADD_W(A1, A0, S0));
    ck_assert(n.load && n.store && n.addr == RIG_DATA && n.rd == A1);
    n = step_note(CSRRS(A2, MSCRATCH, ZERO));
    ck_assert(n.csr == MSCRATCH && n.rd == A2 && n.cycles == 3);
    n = step_note(JAL(ZERO, 4));
    ck_assert(n.rd == 0 && n.cycles == 2 && n.next_pc == RIG_CODE + 8);
    n = step_note(BNE(ZERO, ZERO, 8));
    ck_assert(n.rd == 0 && n.cycles == 1);
    n = step_note(0x00010085); /* c.addi ra, 1; c.nop */
    ck_assert(n.slots == 1 && n.word == 0x0085 && n.rd == RA && n.next_pc == RIG_CODE + 6);
    n = note_of(WFI);
    ck_assert(n.cycles == 1 && n.word == WFI);
}
END_TEST

START_TEST(traps_are_told)
{
    rig_t *rig = watch(rig_new(), false);
    RIG_PROGRAM(rig, NOP, LW(A0, 1, S0));
    const uint32_t loop = JAL(ZERO, 0);
    rig_put(rig, HANDLER, &loop, 1);
    rig->core.mtvec = HANDLER;
    rig_start(rig);
    rig_run_to_cycle(rig, 20);
    ck_assert_uint_eq(seen.traps, 1);
    ck_assert(seen.trap.cause == 4 && seen.trap.epc == RIG_CODE + 4);
    ck_assert(seen.trap.value == RIG_DATA + 1 && seen.trap.from == CORE_MACHINE);
    ck_assert_uint_eq(seen.trap.cycle, 1 + 4);
    rig_free(rig);
}
END_TEST

/* ---- CSRs ---- */

START_TEST(csrs_have_names_and_can_be_read_and_written)
{
    rig_t *rig = rig_new();
    char text[CORE_CSR_NAME];
    uint32_t number, value, count = 0;
    for (; core_csr_at(&rig->core, count, &number); count++)
        ck_assert_msg(core_csr_peek(&rig->core, number, &value) && number < 4096, "0x%x", number);
    ck_assert_uint_gt(count, 120);
    ck_assert_str_eq(core_csr_name(0x300, text), "mstatus");
    ck_assert_str_eq(core_csr_name(0xb03, text), "mhpmcounter3");
    ck_assert_str_eq(core_csr_name(0xb9f, text), "mhpmcounter31h");
    ck_assert_str_eq(core_csr_name(0xc82, text), "instreth");
    ck_assert_str_eq(core_csr_name(0x325, text), "mhpmevent5");
    ck_assert_str_eq(core_csr_name(0x3a1, text), "pmpcfg1");
    ck_assert_str_eq(core_csr_name(0x3bf, text), "pmpaddr15");
    ck_assert_str_eq(core_csr_name(0x7c0, text), "csr0x7c0");
    ck_assert(core_csr_poke(&rig->core, 0x340, 7) && rig->core.mscratch == 7);
    ck_assert(!core_csr_poke(&rig->core, 0xf14, 7));
    for (uint32_t counter = 0xb00; counter <= 0xb04; counter += 2) /* and takes no time */
        ck_assert(core_csr_poke(&rig->core, counter, 1000) &&
                  core_csr_peek(&rig->core, counter, &value) && value == 1000);
    ck_assert(!core_csr_peek(&rig->core, 0x7c0, &value));
    rig->core.mode = CORE_USER; /* a debugger is not bound by it */
    ck_assert(core_csr_peek(&rig->core, 0x340, &value) && value == 7);
    rig_free(rig);
}
END_TEST

TEST_MAIN("logic core debugging", a_breakpoint_stops_before_its_instruction_each_time,
          stops_and_watching_change_nothing,
          a_breakpoint_in_rom_and_on_an_instruction_that_leaves_the_loop,
          a_breakpoint_that_is_removed_is_gone, there_is_room_for_so_many,
          a_watchpoint_stops_after_the_access_that_meets_it,
          time_stands_where_the_watched_access_was_made,
          an_early_watchpoint_stops_before_each_access_and_once,
          an_early_watchpoint_on_l2_ends_a_step, a_step_is_one_instruction_wherever_it_goes,
          a_step_may_be_an_interrupt_and_passes_a_breakpoint,
          a_breakpoint_counts_again_when_pc_was_moved, notes_tell_what_an_instruction_did,
          traps_are_told, steps_are_counted_through_resets,
          csrs_have_names_and_can_be_read_and_written)
