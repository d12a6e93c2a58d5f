/*
 * core_trap_test.c - exceptions, CSRs and halts.
 */
#include "tests/logic/rig.h"
#include "tests/test.h"

#define HANDLER (RIG_CODE + 0x1000)

/* Runs `word` at RIG_CODE with a0; the handler is an endless loop. Checks what the trap left. */
static void check_trap(uint32_t word, uint32_t a0, uint32_t cause, uint32_t value)
{
    rig_t *rig = rig_new();
    const uint32_t loop = JAL(ZERO, 0);
    rig_put(rig, RIG_CODE, &word, 1);
    rig_put(rig, HANDLER, &loop, 1);
    rig->core.x[A0] = a0;
    rig->core.x[A1] = 0x1234;
    rig->core.mtvec = HANDLER;
    rig->core.mstatus = 0x8; /* MIE */
    rig_start(rig);
    rig_run_to_cycle(rig, 20);
    const core_t *core = &rig->core;
    ck_assert_msg(core->mcause == cause && core->mtval == value,
                  "0x%08x with a0 0x%x: cause %u, value 0x%x, not %u, 0x%x", word, a0, core->mcause,
                  core->mtval, cause, value);
    ck_assert_uint_eq(core->mepc, RIG_CODE);
    ck_assert_uint_eq(core->pc, HANDLER);
    ck_assert_uint_eq(core->mstatus & 0x88, 0x80); /* MPIE has MIE, MIE is 0 */
    ck_assert_uint_eq(core->exceptions, 1);
    ck_assert_uint_eq(core->x[A1], 0x1234);
    rig_free(rig);
}

START_TEST(illegal_instructions_trap_with_their_encoding)
{
    check_trap(0xffffffff, 0, 2, 0xffffffff);
    check_trap(0x00000000, 0, 2, 0);                             /* the illegal half */
    check_trap(0xffff8000, 0, 2, 0x8000);                        /* a reserved half */
    check_trap(0x0000705b, 0, 2, 0x0000705b);                    /* custom-2 */
    check_trap(0x00053587, 0, 2, 0x00053587);                    /* fld */
    check_trap(enc_r(2, A1, A0, 0, A1, 0x33), 0, 2, 0x04b505b3); /* funct7 2 */
    check_trap(0x02051593, 0, 2, 0x02051593);                    /* slli by 32 */
    check_trap(0x00200073, 0, 2, 0x00200073);                    /* uret */
    check_trap(0x10200073, 0, 2, 0x10200073);                    /* sret */
    check_trap(0x12000073, 0, 2, 0x12000073);                    /* sfence.vma */
    check_trap(0x1015252f, 0, 2, 0x1015252f);                    /* lr.w with rs2 */
}
END_TEST

START_TEST(csrs_that_do_not_exist_trap)
{
    const uint32_t absent[] = {0x000, 0x001, 0x100, 0x180, 0x302, 0x303, 0x307, 0x321,
                               0x322, 0x345, 0x3a4, 0x3c0, 0x7a0, 0x7b0, 0x7c0, 0xb01,
                               0xb20, 0xb81, 0xc01, 0xc20, 0xf10, 0xf16};
    for (size_t i = 0; i < SIM_COUNT(absent); i++)
        check_trap(CSRRS(A1, absent[i], ZERO), 0, 2, CSRRS(A1, absent[i], ZERO));
}
END_TEST

START_TEST(writing_a_read_only_csr_traps_and_reading_it_does_not)
{
    check_trap(CSRRW(A1, 0xf14, A0), 0, 2, CSRRW(A1, 0xf14, A0));
    check_trap(CSRRS(A1, 0xc00, A0), 0, 2, CSRRS(A1, 0xc00, A0)); /* also of no bits */
    check_trap(CSRRCI(A1, 0xc02, 1), 0, 2, CSRRCI(A1, 0xc02, 1));
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, CSRRS(A1, 0xf14, ZERO), CSRRCI(A2, 0xf11, 0));
    rig->core.x[A1] = rig->core.x[A2] = 9;
    rig_run(rig);
    ck_assert_uint_eq(rig->core.instructions, 2);
    ck_assert_uint_eq(rig->core.x[A1], 0);
    ck_assert_uint_eq(rig->core.x[A2], 0);
    rig_free(rig);
}
END_TEST

START_TEST(system_calls_and_breakpoints_trap)
{
    check_trap(ECALL, 0, 11, 0);
    check_trap(EBREAK, 0, 3, RIG_CODE);
    check_trap(0x9002, 0, 3, RIG_CODE); /* c.ebreak */
}
END_TEST

START_TEST(misaligned_accesses_trap_wherever_they_go)
{
    check_trap(LH(A1, 0, A0), RIG_DATA + 1, 4, RIG_DATA + 1);
    check_trap(LHU(A1, 0, A0), RIG_L2 + 3, 4, RIG_L2 + 3);
    check_trap(LW(A1, 2, A0), RIG_DATA, 4, RIG_DATA + 2);
    check_trap(LW(A1, 1, A0), RIG_NOTHING, 4, RIG_NOTHING + 1);
    check_trap(SH(A1, 0, A0), RIG_DATA + 1, 6, RIG_DATA + 1);
    check_trap(SW(A1, 0, A0), RIG_PROBE + 6, 6, RIG_PROBE + 6);
    check_trap(LR_W(A1, A0), RIG_DATA + 2, 4, RIG_DATA + 2);
    check_trap(AMOADD_W(A1, A1, A0), RIG_DATA + 2, 6, RIG_DATA + 2);
}
END_TEST

START_TEST(accesses_that_nothing_answers_trap)
{
    check_trap(LW(A1, 0, A0), RIG_NOTHING, 5, RIG_NOTHING);
    check_trap(SW(A1, 0, A0), RIG_NOTHING, 7, RIG_NOTHING);
    check_trap(SB(A1, 0, A0), 0x40005000, 7, 0x40005000);       /* a page without a block */
    check_trap(LB(A1, 0, A0), RIG_PROBE + 4, 5, RIG_PROBE + 4); /* registers are words */
    check_trap(LHU(A1, 0, A0), RIG_PROBE + 4, 5, RIG_PROBE + 4);
    check_trap(SH(A1, 0, A0), RIG_PROBE + 4, 7, RIG_PROBE + 4);
    check_trap(SW(A1, 0, A0), 0, 7, 0);                                   /* ROM */
    check_trap(LW(A1, 0, A0), RIG_CODE + 0x10000, 5, RIG_CODE + 0x10000); /* one past TCM */
    check_trap(LW(A1, 0, A0), RIG_L2 + 0x10000, 5, RIG_L2 + 0x10000);
}
END_TEST

START_TEST(atomics_work_on_tcm_only)
{
    check_trap(LR_W(A1, A0), RIG_L2, 5, RIG_L2);
    check_trap(SC_W(A1, A1, A0), RIG_L2, 7, RIG_L2);
    check_trap(AMOSWAP_W(A1, A1, A0), RIG_L2, 7, RIG_L2);
    check_trap(AMOSWAP_W(A1, A1, A0), RIG_PROBE + 4, 7, RIG_PROBE + 4);
    check_trap(LR_W(A1, A0), 0, 5, 0);
}
END_TEST

START_TEST(a_fault_is_counted_and_logged_as_the_guests)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, LW(A1, 0, A0));
    rig->core.x[A0] = RIG_NOTHING;
    rig->core.mtvec = RIG_CODE + 4;
    rig_start(rig);
    rig_run_to_cycle(rig, 0);
    ck_assert_uint_eq(rig->bus.faults, 1);
    ck_assert_uint_eq(sim_log_count(rig->sim, SIM_LOG_GUEST), 1);
    ck_assert_ptr_nonnull(strstr(rig->last_log, "load of 4 bytes at 0x20000000"));
    rig_free(rig);
}
END_TEST

START_TEST(fetching_outside_memory_faults_at_the_target)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, JALR(RA, 0, A0));
    const uint32_t loop = JAL(ZERO, 0);
    rig_put(rig, HANDLER, &loop, 1);
    rig->core.x[A0] = RIG_PROBE;
    rig->core.mtvec = HANDLER;
    rig_start(rig);
    rig_run_to_cycle(rig, 20);
    ck_assert_uint_eq(rig->core.mcause, 1);
    ck_assert_uint_eq(rig->core.mepc, RIG_PROBE);
    ck_assert_uint_eq(rig->core.mtval, RIG_PROBE);
    ck_assert_uint_eq(rig->core.x[RA], RIG_CODE + 4); /* the jump itself was fine */
    rig_free(rig);
}
END_TEST

/* The last half word of TCM is the first half of a 32-bit instruction. */
START_TEST(an_instruction_across_the_end_of_tcm_faults_at_its_second_half)
{
    rig_t *rig = rig_new();
    const uint32_t loop = JAL(ZERO, 0), end = RIG_CODE + 0x10000;
    const uint8_t half[2] = {0x13, 0x05};
    ck_assert(bus_poke(&rig->bus, end - 2, half, 2));
    rig_put(rig, HANDLER, &loop, 1);
    rig->core.pc = end - 2;
    rig->core.mtvec = HANDLER;
    rig_start(rig);
    rig_run_to_cycle(rig, 20);
    ck_assert_uint_eq(rig->core.mcause, 1);
    ck_assert_uint_eq(rig->core.mepc, end - 2);
    ck_assert_uint_eq(rig->core.mtval, end);
    rig_free(rig);
}
END_TEST

START_TEST(running_off_the_end_of_tcm_faults)
{
    rig_t *rig = rig_new();
    const uint32_t loop = JAL(ZERO, 0), end = RIG_CODE + 0x10000, nop = NOP;
    rig_put(rig, end - 4, &nop, 1);
    rig_put(rig, HANDLER, &loop, 1);
    rig->core.pc = end - 4;
    rig->core.mtvec = HANDLER;
    rig_start(rig);
    rig_run_to_cycle(rig, 20);
    ck_assert_uint_eq(rig->core.instructions, 1 + (21 - 1 - 4 + 1) / 2); /* nop, then the loop */
    ck_assert_uint_eq(rig->core.mepc, end);
    ck_assert_uint_eq(rig->core.mtval, end);
    rig_free(rig);
}
END_TEST

START_TEST(mret_returns_and_restores_the_enable_bit)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, MRET);
    const uint32_t there[] = {ADDI(A0, ZERO, 7), EBREAK};
    rig_put(rig, RIG_CODE + 0x200, there, 2);
    rig->core.mepc = RIG_CODE + 0x200;
    rig->core.mstatus = 0x1880; /* MPP, MPIE */
    rig_run(rig);
    ck_assert_uint_eq(rig->core.x[A0], 7);
    ck_assert_uint_eq(rig->core.mstatus, 0x88); /* MIE has MPIE, MPIE is 1, MPP is user */
    rig_free(rig);
}
END_TEST

/* Writes all ones, then zero, to a CSR and reads both back. */
static void check_csr(uint32_t number, uint32_t ones, uint32_t zeros)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, CSRRW(ZERO, number, A0), CSRRW(A1, number, ZERO), CSRRS(A2, number, ZERO));
    rig->core.x[A0] = 0xffffffff;
    rig_run(rig);
    ck_assert_msg(rig->core.x[A1] == ones && rig->core.x[A2] == zeros,
                  "CSR 0x%x: 0x%x and 0x%x, not 0x%x and 0x%x", number, rig->core.x[A1],
                  rig->core.x[A2], ones, zeros);
    rig_free(rig);
}

START_TEST(csrs_keep_the_bits_that_exist)
{
    check_csr(MSTATUS, 0x221888, 0); /* TW, MPRV, MPP, MPIE, MIE */
    check_csr(MISA, 0x40101105, 0x40101105);
    check_csr(MIE, 0x888, 0);
    check_csr(MTVEC, 0xfffffffd, 0);
    check_csr(MSCRATCH, 0xffffffff, 0);
    check_csr(MEPC, 0xfffffffe, 0);
    check_csr(MCAUSE, 0xffffffff, 0);
    check_csr(MTVAL, 0xffffffff, 0);
    check_csr(MIP, 0, 0);
    check_csr(0x310, 0, 0);
    check_csr(0x306, 0x1fd, 0); /* mcounteren: cycle, instret, 3 to 8 */
    check_csr(0x30a, 0, 0);
    check_csr(0x320, 0x1fd, 0);
    check_csr(0x323, 0, 0);                   /* mhpmevent3 knows no event 0xffffffff */
    check_csr(0x3a0, 0x9f9f9f9f, 0x9f9f9f9f); /* pmpcfg0: locked at once */
    check_csr(0x3a2, 0, 0);                   /* of entries 8 to 11, which are not there */
    check_csr(0x3b7, 0xffffffff, 0);
    check_csr(0x3b8, 0, 0);
    check_csr(0x33f, 0, 0);
    check_csr(0xb03, 0xffffffff, 0);
    check_csr(0xb09, 0, 0);
    check_csr(0xb9f, 0, 0);
}
END_TEST

START_TEST(csr_instructions_set_clear_and_swap)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, CSRRWI(A0, MSCRATCH, 0x15), CSRRS(A1, MSCRATCH, S0), CSRRC(A2, MSCRATCH, S1),
                CSRRSI(A3, MSCRATCH, 0x2), CSRRCI(A4, MSCRATCH, 0x1), CSRRW(S2, MSCRATCH, S2));
    rig->core.x[S0] = 0xf0;
    rig->core.x[S1] = 0x14;
    rig->core.x[S2] = 0x77;
    rig->core.x[A0] = 1;
    rig_run(rig);
    ck_assert_uint_eq(rig->core.x[A0], 0);
    ck_assert_uint_eq(rig->core.x[A1], 0x15);
    ck_assert_uint_eq(rig->core.x[A2], 0xf5);
    ck_assert_uint_eq(rig->core.x[A3], 0xe1);
    ck_assert_uint_eq(rig->core.x[A4], 0xe3);
    ck_assert_uint_eq(rig->core.x[S2], 0xe2);
    ck_assert_uint_eq(rig->core.mscratch, 0x77);
    rig_free(rig);
}
END_TEST

START_TEST(counters_read_what_was_written_to_them)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, CSRRW(ZERO, MCYCLEH, S0), CSRRW(ZERO, MCYCLE, S1), CSRRS(A0, MCYCLE, ZERO),
                CSRRS(A1, MCYCLEH, ZERO), /* 3 cycles later: carried over */
                CSRRW(ZERO, MINSTRETH, S0), CSRRW(ZERO, MINSTRET, S1), CSRRS(A2, MINSTRET, ZERO),
                CSRRS(A3, MINSTRETH, ZERO));
    rig->core.x[S0] = 5;
    rig->core.x[S1] = 0xffffffff;
    rig_run(rig);
    ck_assert_uint_eq(rig->core.x[A0], 0xffffffff);
    ck_assert_uint_eq(rig->core.x[A1], 6);
    ck_assert_uint_eq(rig->core.x[A2], 0xffffffff);
    ck_assert_uint_eq(rig->core.x[A3], 6);
    rig_free(rig);
}
END_TEST

/* ---- the core stops ---- */

static uint32_t halts;
static uint64_t halt_ps;
static rig_t *halt_rig;

static void on_halt(void *ctx, bool level)
{
    (void)ctx;
    halts += level;
    halt_ps = sim_now_ps(halt_rig->sim);
}

START_TEST(an_exception_without_a_handler_stops_the_core)
{
    rig_t *rig = halt_rig = rig_new();
    RIG_PROGRAM(rig, NOP, NOP, ECALL);
    ck_assert(sim_wire_connect(&rig->core.halt, on_halt, NULL));
    rig_start(rig);
    rig_run_to_cycle(rig, 1000);
    ck_assert_int_eq(rig->core.state, CORE_NO_HANDLER);
    ck_assert_uint_eq(halts, 1);
    ck_assert_uint_eq(halt_ps, RIG_PS(2)); /* at its own time */
    ck_assert_uint_eq(rig->core.pc, RIG_CODE + 8);
    ck_assert_uint_eq(sim_log_count(rig->sim, SIM_LOG_ERROR), 1);
    ck_assert_str_eq(rig->last_log,
                     "error core: trap without a handler: mcause 11, pc 0x10000008, mtval "
                     "0x00000000: environment call from machine mode");
    ck_assert_uint_eq(sim_next_event_ps(rig->sim), SIM_NEVER_PS);
    rig_free(rig);
}
END_TEST

START_TEST(an_exception_at_the_handlers_first_instruction_stops_the_core)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, NOP, ECALL);
    rig->core.mtvec = RIG_CODE + 0x100; /* zeros: illegal */
    rig_run(rig);
    ck_assert_int_eq(rig->core.state, CORE_DOUBLE_FAULT);
    ck_assert_uint_eq(rig->core.mepc, RIG_CODE + 4); /* of the first one */
    ck_assert_uint_eq(rig->core.pc, RIG_CODE + 0x100);
    rig_free(rig);
}
END_TEST

START_TEST(an_exception_later_in_the_handler_is_taken)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, ECALL);
    const uint32_t handler[] = {ADDI(A0, A0, 1), ECALL};
    rig_put(rig, HANDLER, handler, 2);
    rig->core.mtvec = HANDLER;
    rig_start(rig);
    rig_run_to_cycle(rig, 4 + 5 * 9); /* 4, then 1 + 4 each */
    ck_assert_int_eq(rig->core.state, CORE_RUNS);
    ck_assert_uint_eq(rig->core.x[A0], 10);
    rig_free(rig);
}
END_TEST

static bool at_ebreak(void *ctx, core_t *core)
{
    uint64_t *when = ctx;
    *when = sim_now_ps(core->comp.sim);
    core->x[A0] = 42;
    return core->x[A1] == 0;
}

START_TEST(ebreak_asks_the_host_first)
{
    rig_t *rig = rig_new();
    uint64_t when = 0;
    RIG_PROGRAM(rig, NOP, NOP, NOP, EBREAK, ADDI(A1, A0, 0));
    rig->core.on_ebreak = at_ebreak;
    rig->core.on_ebreak_ctx = &when;
    rig_start(rig);
    rig_run_to_cycle(rig, 4); /* three NOPs, EBREAK at 3 for 1 */
    ck_assert_uint_eq(when, RIG_PS(3));
    ck_assert_uint_eq(rig->core.x[A1], 42);
    rig_run_to_cycle(rig, 1000);
    ck_assert_int_eq(rig->core.state, CORE_NO_HANDLER); /* the second is refused: a1 is not 0 */
    rig_free(rig);
}
END_TEST

START_TEST(core_halt_stops_and_a_reset_starts_again)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, ADDI(A0, A0, 1), JAL(ZERO, -4));
    rig_start(rig);
    rig_run_to_cycle(rig, 100);
    core_halt(&rig->core);
    uint32_t count = rig->core.x[A0];
    rig_run_to_cycle(rig, 200);
    ck_assert_int_eq(rig->core.state, CORE_HALTED);
    ck_assert_uint_eq(rig->core.x[A0], count);
    ck_assert_str_eq(core_state_name(rig->core.state), "halted");
    sim_reset(rig->sim);
    ck_assert_uint_eq(rig->core.x[A0], 0);
    rig_start(rig);
    rig_run_to_cycle(rig, 200 + 2); /* addi 1, jal 2 */
    ck_assert_uint_eq(rig->core.x[A0], 1);
    ck_assert_uint_eq(rig->core.pc, RIG_CODE);
    rig_free(rig);
}
END_TEST

TEST_MAIN("logic core traps", illegal_instructions_trap_with_their_encoding,
          csrs_that_do_not_exist_trap, writing_a_read_only_csr_traps_and_reading_it_does_not,
          system_calls_and_breakpoints_trap, misaligned_accesses_trap_wherever_they_go,
          accesses_that_nothing_answers_trap, atomics_work_on_tcm_only,
          a_fault_is_counted_and_logged_as_the_guests,
          fetching_outside_memory_faults_at_the_target,
          an_instruction_across_the_end_of_tcm_faults_at_its_second_half,
          running_off_the_end_of_tcm_faults, mret_returns_and_restores_the_enable_bit,
          csrs_keep_the_bits_that_exist, csr_instructions_set_clear_and_swap,
          counters_read_what_was_written_to_them, an_exception_without_a_handler_stops_the_core,
          an_exception_at_the_handlers_first_instruction_stops_the_core,
          an_exception_later_in_the_handler_is_taken, ebreak_asks_the_host_first,
          core_halt_stops_and_a_reset_starts_again)
