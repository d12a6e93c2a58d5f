/*
 * core_mode_test.c - user mode, protection, NMI, event counters, extensions, misaligned accesses
 * and the two speeds, by hand.
 */
#include "logic/isa.h"
#include "tests/logic/rig.h"
#include "tests/test.h"

#define HANDLER (RIG_CODE + 0x1000)
#define USER (RIG_CODE + 0x800)

enum {
    MCOUNTEREN = 0x306,
    MCOUNTINHIBIT = 0x320,
    MHPMEVENT3 = 0x323,
    MHPMCOUNTER3 = 0xb03,
    PMPCFG0 = 0x3a0,
    PMPADDR0 = 0x3b0,
    MPP = 0x1800,
    MPRV = 0x20000,
    TW = 0x200000,
    ALL_RWX = 0x1f, /* NAPOT */
};

static const uint32_t stop[] = {0x00100073, 0x0000006f}; /* ebreak; j . */

/* A machine whose handler is an endless loop and whose entry 0 gives user mode everything. */
static rig_t *rig_open(void)
{
    rig_t *rig = rig_new();
    rig_put(rig, HANDLER, stop + 1, 1);
    rig->core.mtvec = HANDLER;
    sim_reg_write(&rig->intc.comp, 8, 1u << 1); /* INTC_ENABLE: the probe's line */
    return rig;
}

/* Entries by their bytes: through the CSRs, by a program that goes to USER in that mode. */
typedef struct {
    uint32_t addr[4], cfg;
} pmp_t;

static const pmp_t open_to_all = {{UINT32_MAX}, ALL_RWX};

#define LI(rd, value)                                                                              \
    LUI(rd, ((uint32_t)(value) + 0x800) >> 12),                                                    \
        ADDI(rd, rd, (int32_t)((uint32_t)(value) << 20) >> 20)

/* Sets protection, then runs `code` at USER with that mstatus.MPP for `cycles` more. */
static void run_at(rig_t *rig, const pmp_t *pmp, uint32_t mstatus, const uint32_t *code, uint32_t n)
{
    const uint32_t prologue[] = {LI(T6, pmp->addr[0]),
                                 CSRRW(ZERO, PMPADDR0, T6),
                                 LI(T6, pmp->addr[1]),
                                 CSRRW(ZERO, PMPADDR0 + 1, T6),
                                 LI(T6, pmp->addr[2]),
                                 CSRRW(ZERO, PMPADDR0 + 2, T6),
                                 LI(T6, pmp->addr[3]),
                                 CSRRW(ZERO, PMPADDR0 + 3, T6),
                                 LI(T6, pmp->cfg),
                                 CSRRW(ZERO, PMPCFG0, T6),
                                 LI(T6, mstatus),
                                 CSRRW(ZERO, MSTATUS, T6),
                                 LI(T6, USER),
                                 CSRRW(ZERO, MEPC, T6),
                                 MRET};
    rig_put(rig, RIG_CODE, prologue, SIM_COUNT(prologue));
    rig_put(rig, USER, code, n);
    rig_put(rig, USER + 4 * n, stop, 1);
    rig_start(rig);
    rig_run_to_cycle(rig, 400);
}

#define RUN(rig, pmp, mstatus, ...)                                                                \
    run_at(rig, pmp, mstatus, (const uint32_t[]){__VA_ARGS__},                                     \
           (uint32_t)(sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)))

/* How it ended: the trap's cause, its value, and where (in words from USER). */
static void check_end(const rig_t *rig, uint32_t cause, uint32_t value, uint32_t at)
{
    const core_t *core = &rig->core;
    ck_assert_msg(core->mcause == cause && core->mtval == value && core->mepc == USER + 4 * at,
                  "cause %u, value 0x%x, at 0x%x", core->mcause, core->mtval, core->mepc);
    ck_assert_uint_eq(core->mode, CORE_MACHINE);
}

/* ---- modes ---- */

START_TEST(user_mode_calls_and_the_handler_sees_from_where)
{
    rig_t *rig = rig_open();
    RUN(rig, &open_to_all, 0x80, ADDI(A0, ZERO, 5), ECALL);
    check_end(rig, 8, 0, 1);
    ck_assert_uint_eq(rig->core.x[A0], 5);
    ck_assert_uint_eq(rig->core.mstatus, 0x80); /* MPIE: MIE was on; MPP: user */
    rig_free(rig);
    rig = rig_open();
    RUN(rig, &open_to_all, MPP, ECALL);
    check_end(rig, 11, 0, 0);
    ck_assert_uint_eq(rig->core.mstatus, MPP);
    rig_free(rig);
}
END_TEST

START_TEST(user_mode_may_not_use_the_machines_registers_and_instructions)
{
    const uint32_t forbidden[] = {MRET,
                                  CSRRS(A0, MSTATUS, ZERO),
                                  CSRRW(ZERO, MSCRATCH, A0),
                                  CSRRS(A0, 0xf14, ZERO),
                                  CSRRS(A0, PMPCFG0, ZERO),
                                  CSRRS(A0, MHPMCOUNTER3, ZERO),
                                  CSRRS(A0, 0xc00, ZERO)}; /* cycle: mcounteren is 0 */
    for (size_t i = 0; i < SIM_COUNT(forbidden); i++) {
        rig_t *rig = rig_open();
        RUN(rig, &open_to_all, 0, NOP, forbidden[i]);
        check_end(rig, 2, forbidden[i], 1);
        rig_free(rig);
    }
}
END_TEST

START_TEST(mcounteren_opens_counters_to_user_mode)
{
    rig_t *rig = rig_open();
    rig->core.mcounteren = 0x4;
    RUN(rig, &open_to_all, 0, CSRRS(A0, 0xc02, ZERO), CSRRS(A1, 0xc02, ZERO),
        CSRRS(A2, 0xc00, ZERO));
    check_end(rig, 2, CSRRS(A2, 0xc00, ZERO), 2);
    ck_assert_uint_eq(rig->core.x[A1], rig->core.x[A0] + 1);
    rig_free(rig);
}
END_TEST

START_TEST(interrupts_come_in_user_mode_whatever_mie_says)
{
    for (uint32_t mpp = 0; mpp <= MPP; mpp += MPP) {
        rig_t *rig = rig_open();
        rig->core.mie = 1u << CORE_MEI;
        sim_wire_set(&rig->probe.line, true);
        RUN(rig, &open_to_all, mpp, NOP, NOP); /* MPIE is 0: so is MIE afterwards */
        if (mpp == 0)
            check_end(rig, 0x8000000b, 0, 0);
        else
            check_end(rig, 3, USER + 8, 2); /* the breakpoint at the end */
        rig_free(rig);
    }
}
END_TEST

START_TEST(tw_keeps_user_mode_from_sleeping)
{
    rig_t *rig = rig_open();
    RUN(rig, &open_to_all, TW, WFI);
    check_end(rig, 2, WFI, 0);
    rig_free(rig);
    rig = rig_open();
    RUN(rig, &open_to_all, 0, WFI);
    ck_assert(rig->core.sleeping);
    rig_free(rig);
}
END_TEST

START_TEST(a_chip_without_user_mode_has_none_of_its_bits)
{
    rig_t *rig = rig_new();
    rig->core.desc.u = false;
    RIG_PROGRAM(rig, CSRRW(ZERO, MSTATUS, A0), CSRRS(A1, MSTATUS, ZERO), CSRRW(ZERO, MSTATUS, ZERO),
                CSRRS(A2, MSTATUS, ZERO), CSRRS(A3, MISA, ZERO), CSRRS(A4, MCOUNTEREN, ZERO));
    rig->core.x[A0] = UINT32_MAX;
    rig_run(rig);
    ck_assert_uint_eq(rig->core.x[A1], 0x1888);
    ck_assert_uint_eq(rig->core.x[A2], 0x1800);
    ck_assert_uint_eq(rig->core.x[A3], 0x40001105);
    ck_assert_uint_eq(rig->core.instructions, 5); /* mcounteren is illegal */
    rig_free(rig);
}
END_TEST

/* ---- protection ---- */

START_TEST(user_mode_may_nothing_that_no_entry_gives)
{
    rig_t *rig = rig_open();
    const pmp_t none = {{0}, 0};
    RUN(rig, &none, 0, NOP);
    check_end(rig, 1, USER, 0); /* not even fetch */
    rig_free(rig);
}
END_TEST

/* Entry 0 is the data's, entry 1 gives the rest. 64 bytes: pmpaddr ends in 0 and three ones. */
START_TEST(an_entry_gives_what_its_bits_say)
{
    const uint32_t data = RIG_DATA >> 2 | 7;
    const struct {
        uint32_t cfg, word, cause;
    } cases[] = {
        {0x1b, LW(A1, 0, A0), 3},        {0x1b, SW(A1, 60, A0), 3},       {0x19, LW(A1, 0, A0), 3},
        {0x19, SW(A1, 60, A0), 7},       {0x1c, LW(A1, 0, A0), 5},        {0x1c, SW(A1, 60, A0), 7},
        {0x18, LB(A1, 63, A0), 5},       {0x18, LB(A1, 64, A0), 3},       {0x18, LB(A1, -1, A0), 3},
        {0x19, AMOADD_W(A1, A1, A0), 7}, {0x1b, AMOADD_W(A1, A1, A0), 3}, {0x19, LR_W(A1, A0), 3},
        {0x18, LR_W(A1, A0), 5},         {0x19, SC_W(A1, A1, A0), 7},
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        rig_t *rig = rig_open();
        const pmp_t pmp = {{data, UINT32_MAX}, cases[i].cfg | ALL_RWX << 8};
        int32_t offset = (int32_t)cases[i].word >> 20; /* of loads */
        rig->core.x[A0] = RIG_DATA;
        RUN(rig, &pmp, 0, cases[i].word);
        if (cases[i].cause == 3)
            check_end(rig, 3, USER + 4, 1);
        else if ((cases[i].word & 0x7f) == 0x03)
            check_end(rig, cases[i].cause, RIG_DATA + (uint32_t)offset, 0);
        else if ((cases[i].word & 0x7f) == 0x23)
            check_end(rig, cases[i].cause, RIG_DATA + 60, 0);
        else
            check_end(rig, cases[i].cause, RIG_DATA, 0);
        rig_free(rig);
    }
}
END_TEST

/* Top of range: from entry 0's address to entry 1's. */
START_TEST(a_range_ends_before_its_top)
{
    const pmp_t pmp = {{(RIG_DATA + 8) >> 2, (RIG_DATA + 16) >> 2, UINT32_MAX},
                       0x00 | 0x08 << 8 | ALL_RWX << 16};
    for (int32_t at = 0; at < 24; at += 4) {
        rig_t *rig = rig_open();
        rig->core.x[A0] = RIG_DATA;
        RUN(rig, &pmp, 0, LW(A1, at, A0));
        if (at >= 8 && at < 16)
            check_end(rig, 5, RIG_DATA + (uint32_t)at, 0);
        else
            check_end(rig, 3, USER + 4, 1);
        rig_free(rig);
    }
}
END_TEST

START_TEST(the_lowest_entry_that_matches_decides)
{
    const pmp_t four_bytes = {{RIG_DATA >> 2, RIG_DATA >> 2 | 7, UINT32_MAX},
                              0x11 | 0x18 << 8 | ALL_RWX << 16};
    rig_t *rig = rig_open();
    rig->core.x[A0] = RIG_DATA;
    RUN(rig, &four_bytes, 0, LW(A1, 0, A0), LW(A1, 4, A0));
    check_end(rig, 5, RIG_DATA + 4, 1);
    rig_free(rig);
}
END_TEST

START_TEST(code_needs_the_right_to_execute)
{
    const pmp_t pmp = {{(USER + 8) >> 2 | 0, UINT32_MAX}, 0x13 | ALL_RWX << 8}; /* NA4, no X */
    rig_t *rig = rig_open();
    RUN(rig, &pmp, 0, NOP, NOP, NOP);
    check_end(rig, 1, USER + 8, 2);
    rig_free(rig);
    rig = rig_open();
    RUN(rig, &pmp, MPP, NOP, NOP, NOP); /* machine mode: the entry is not locked */
    check_end(rig, 3, USER + 12, 3);
    rig_free(rig);
}
END_TEST

START_TEST(a_locked_entry_binds_machine_mode_and_stays)
{
    const pmp_t pmp = {{RIG_DATA >> 2 | 7}, 0x99}; /* read only, locked */
    rig_t *rig = rig_open();
    rig->core.x[A0] = RIG_DATA;
    RUN(rig, &pmp, MPP, LW(A1, 0, A0), CSRRW(ZERO, PMPCFG0, ZERO), CSRRW(ZERO, PMPADDR0, ZERO),
        CSRRS(A2, PMPCFG0, ZERO), CSRRS(A3, PMPADDR0, ZERO), SW(A1, 64, A0), SW(A1, 0, A0));
    check_end(rig, 7, RIG_DATA, 6);
    ck_assert_uint_eq(rig->core.x[A2], 0x99);
    ck_assert_uint_eq(rig->core.x[A3], RIG_DATA >> 2 | 7);
    rig_free(rig);
}
END_TEST

START_TEST(mprv_lends_machine_mode_the_rights_of_mpp)
{
    const pmp_t pmp = {{RIG_DATA >> 2 | 7, UINT32_MAX}, 0x18 | ALL_RWX << 8};
    rig_t *rig = rig_open();
    rig->core.x[A0] = RIG_DATA;
    RUN(rig, &pmp, MPP, LW(A1, 0, A0), LUI(A2, MPRV >> 12), LUI(A3, 2), ADDI(A3, A3, -0x800),
        CSRRC(ZERO, MSTATUS, A3), /* MPP: user */
        CSRRS(ZERO, MSTATUS, A2), LW(A1, 0, A0));
    check_end(rig, 5, RIG_DATA, 6);
    ck_assert_uint_eq(rig->core.mstatus & MPRV, MPRV);
    rig_free(rig);
}
END_TEST

/* The window is what makes this fast; a change of an entry must not leave it open. */
START_TEST(a_change_of_protection_holds_for_the_next_access)
{
    const pmp_t pmp = {{RIG_DATA >> 2 | 7, UINT32_MAX}, 0x1b | ALL_RWX << 8};
    rig_t *rig = rig_open();
    rig->core.x[A0] = RIG_DATA;
    RUN(rig, &pmp, MPP, LUI(A3, MPRV >> 12), CSRRS(ZERO, MSTATUS, A3), LUI(A3, 2),
        ADDI(A3, A3, -0x800), CSRRC(ZERO, MSTATUS, A3), SW(A0, 0, A0), SW(A0, 4, A0),
        CSRRCI(ZERO, PMPCFG0, 2), LW(A1, 4, A0), SW(A0, 8, A0));
    check_end(rig, 7, RIG_DATA + 8, 9);
    ck_assert_uint_eq(rig->core.x[A1], RIG_DATA);
    rig_free(rig);
}
END_TEST

/* Code that sets protection may lie in ROM: each write is one instruction of 3 cycles. */
START_TEST(protection_can_be_set_from_rom)
{
    enum { AT = 0x100 };
    const uint32_t code[] = {CSRRW(ZERO, PMPADDR0, A1), CSRRW(A2, PMPADDR0, A1),
                             CSRRW(ZERO, PMPCFG0, A3), CSRRS(A4, PMPCFG0, ZERO), stop[0]};
    rig_t *rig = rig_open();
    rig_put(rig, AT, code, SIM_COUNT(code));
    RIG_PROGRAM(rig, JALR(ZERO, 0, A0));
    rig->core.x[A0] = AT;
    rig->core.x[A1] = 0x1234;
    rig->core.x[A3] = ALL_RWX;
    rig_start(rig);
    rig_run_to_cycle(rig, 3 + 4 * 3 - 1); /* JALR takes 3, too */
    ck_assert_uint_eq(rig->core.pc, AT + 4 * 4);
    ck_assert_uint_eq(rig->core.instructions, 5);
    ck_assert_uint_eq(rig->core.x[A2], 0x1234);
    ck_assert_uint_eq(rig->core.x[A4], ALL_RWX);
    ck_assert_uint_eq(rig->core.x[ZERO], 0);
    rig_free(rig);
}
END_TEST

/* ---- NMI ---- */

START_TEST(an_nmi_is_taken_whatever_is_masked)
{
    rig_t *rig = rig_new();
    sim_wire_t *nmi = &rig->probe.line; /* instead of the controller's */
    ck_assert(core_connect(&rig->core, CORE_NMI, nmi));
    rig_put(rig, HANDLER, stop + 1, 1);
    const uint32_t loop[] = {JAL(ZERO, 0)};
    rig_put(rig, RIG_CODE, loop, 1);
    rig->core.mtvec = HANDLER | 1; /* vectored: cause 0 is at its base */
    rig_start(rig);
    rig_run_to_cycle(rig, 100);
    sim_wire_set(nmi, true);
    rig_run_to_cycle(rig, 120);
    ck_assert_uint_eq(rig->core.mcause, 0x80000000);
    ck_assert_uint_eq(rig->core.mepc, RIG_CODE);
    ck_assert_uint_eq(rig->core.pc, HANDLER);
    ck_assert_uint_eq(rig->core.interrupts, 1); /* a level does not come again */
    rig_free(rig);
}
END_TEST

START_TEST(an_nmi_ends_sleep)
{
    rig_t *rig = rig_new();
    ck_assert(core_connect(&rig->core, CORE_NMI, &rig->probe.line));
    rig_put(rig, HANDLER, stop + 1, 1);
    RIG_PROGRAM(rig, WFI);
    rig->core.mtvec = HANDLER;
    rig_start(rig);
    rig_run_to_cycle(rig, 50);
    ck_assert(rig->core.sleeping);
    sim_wire_set(&rig->probe.line, true);
    rig_run_to_cycle(rig, 60);
    ck_assert_uint_eq(rig->core.mcause, 0x80000000);
    ck_assert_uint_eq(rig->core.mepc, RIG_CODE + 4);
    rig_free(rig);
}
END_TEST

/* ---- counters ---- */

START_TEST(events_are_counted_as_selected)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, CSRRWI(ZERO, MHPMEVENT3, 1), CSRRWI(ZERO, MHPMEVENT3 + 1, 4), LW(A1, 0, A0),
                LW(A1, 0, A0), MUL(A1, A0, A0), SW(A1, 0, A0), CSRRS(A2, MHPMCOUNTER3, ZERO),
                CSRRS(A3, MHPMCOUNTER3 + 1, ZERO), CSRRWI(ZERO, MHPMEVENT3, 31),
                CSRRS(A4, MHPMEVENT3, ZERO));
    rig->core.x[A0] = RIG_DATA;
    rig_run(rig);
    ck_assert_uint_eq(rig->core.x[A2], 2);
    ck_assert_uint_eq(rig->core.x[A3], 1);
    ck_assert_uint_eq(rig->core.x[A4], 1); /* no event 31: not taken */
    rig_free(rig);
}
END_TEST

START_TEST(an_inhibited_counter_stands_still)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, CSRRWI(ZERO, MCOUNTINHIBIT, 5), /* at 0: mcycle stops at 3, minstret at 1 */
                NOP, NOP, CSRRS(A0, MCYCLE, ZERO), CSRRS(A1, MINSTRET, ZERO),
                CSRRWI(ZERO, MCYCLE, 9), CSRRWI(ZERO, MCOUNTINHIBIT, 0), NOP,
                CSRRS(A2, MCYCLE, ZERO));
    rig_run(rig);
    ck_assert_uint_eq(rig->core.x[A0], 3);
    ck_assert_uint_eq(rig->core.x[A1], 1);
    ck_assert_uint_eq(rig->core.x[A2], 10);
    rig_free(rig);
}
END_TEST

/* ---- extensions ---- */

/* Runs `word` alone; true when it is legal. */
static bool is_legal(const char *isa, uint32_t word)
{
    rig_t *rig = rig_new();
    isa_t it;
    char error[256];
    ck_assert(isa_parse(isa, &it, error, sizeof(error)));
    isa_to_core(&it, &rig->core.desc);
    rig->core.x[A0] = RIG_DATA;
    RIG_PROGRAM(rig, word);
    rig_run(rig);
    bool legal = rig->core.instructions > 0;
    rig_free(rig);
    return legal;
}

START_TEST(an_extension_that_is_off_is_illegal)
{
    const uint32_t two_nops = 0x00010001;
    ck_assert(is_legal("rv32imac", MUL(A1, A0, A0)));
    ck_assert(!is_legal("rv32iac", MUL(A1, A0, A0)));
    ck_assert(!is_legal("rv32i", REMU(A1, A0, A0)));
    ck_assert(is_legal("rv32ia", AMOADD_W(A1, A0, A0)));
    ck_assert(!is_legal("rv32imc", AMOADD_W(A1, A0, A0)));
    ck_assert(!is_legal("rv32imc", LR_W(A1, A0)));
    ck_assert(is_legal("rv32ic_zicsr", two_nops));
    ck_assert(!is_legal("rv32ima", two_nops));
    ck_assert(is_legal("rv32i_zicsr_zifencei", FENCE_I));
}
END_TEST

START_TEST(an_isa_is_read_or_refused)
{
    core_desc_t desc = core_desc_default();
    isa_t isa;
    char error[256];
    const char *wrong[] = {"",       "rv32",         "rv64i",     "rv32e",
                           "rv32ig", "rv32i_zicsrx", "rv32imafc", "rv32imac_zicntr"};
    for (size_t i = 0; i < SIM_COUNT(wrong); i++)
        ck_assert_msg(!isa_parse(wrong[i], &isa, error, sizeof(error)), "%s", wrong[i]);
    ck_assert(isa_parse("RV32ICMZicsr_Zifencei", &isa, error, sizeof(error)));
    ck_assert(isa.m && !isa.a && isa.c && !isa.u);
    isa_to_core(&isa, &desc);
    ck_assert(desc.m && !desc.a && desc.c && desc.u);
}
END_TEST

START_TEST(without_c_targets_are_multiples_of_four)
{
    const struct {
        uint32_t word, target;
        bool taken;
    } cases[] = {
        {JAL(A1, 6), USER + 6, true},         {JALR(A1, 2, A0), USER + 2, true},
        {BEQ(ZERO, ZERO, 6), USER + 6, true}, {BNE(ZERO, ZERO, 6), USER + 6, false},
        {JALR(A1, 5, A0), USER + 4, false},   {JAL(A1, 4), USER + 4, false},
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        rig_t *rig = rig_open();
        rig->core.desc.c = false;
        rig->core.x[A0] = USER;
        rig->core.x[A1] = 77;
        RUN(rig, &open_to_all, MPP, cases[i].word);
        if (cases[i].taken) {
            check_end(rig, 0, cases[i].target, 0);
            ck_assert_uint_eq(rig->core.x[A1], 77);
        } else {
            check_end(rig, 3, USER + 4, 1);
        }
        rig_free(rig);
    }
}
END_TEST

/* ---- misaligned accesses ---- */

START_TEST(misaligned_accesses_are_done_where_the_chip_does_them)
{
    rig_t *rig = rig_new();
    rig->core.desc.misaligned = true;
    RIG_PROGRAM(rig, SW(A1, 1, A0), LW(A2, 1, A0), LHU(A3, 3, A0), LW(A4, 0, A0), LH(A5, 1, ZERO));
    rig->core.x[A0] = RIG_DATA;
    rig->core.x[A1] = 0x84838281;
    const uint8_t rom[] = {0x11, 0x22, 0x93};
    bus_poke(&rig->bus, 0, rom, 3);
    rig_run(rig);
    ck_assert_uint_eq(rig->core.x[A2], 0x84838281);
    ck_assert_uint_eq(rig->core.x[A3], 0x8483);
    ck_assert_uint_eq(rig->core.x[A4], 0x83828100);
    ck_assert_uint_eq(rig->core.x[A5], 0xffff9322);
    ck_assert_uint_eq(rig->core.cycle, 2 + 3 + 3 + 2 + 3); /* a store 1, a load 2, one more each */
    rig_free(rig);
}
END_TEST

START_TEST(misaligned_accesses_of_others_and_atomics_trap_all_the_same)
{
    const struct {
        uint32_t base, word, cause;
    } cases[] = {{RIG_L2 + 1, LW(A1, 0, A0), 4},
                 {RIG_PROBE + 6, SW(A1, 0, A0), 6},
                 {RIG_DATA + 2, AMOADD_W(A1, A1, A0), 6},
                 {RIG_DATA + 1, LR_W(A1, A0), 4},
                 {RIG_CODE + 0xfffe, LW(A1, 0, A0), 4}}; /* across the end of TCM */
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        rig_t *rig = rig_open();
        rig->core.desc.misaligned = true;
        rig->core.x[A0] = cases[i].base;
        RUN(rig, &open_to_all, MPP, cases[i].word);
        check_end(rig, cases[i].cause, cases[i].base, 0);
        rig_free(rig);
    }
}
END_TEST

/* A word at +2: its second half begins at +4, where entry 0 begins. */
START_TEST(a_misaligned_access_faults_at_the_part_that_is_forbidden)
{
    const pmp_t pmp = {{(RIG_DATA + 4) >> 2, UINT32_MAX}, 0x10 | ALL_RWX << 8};
    rig_t *rig = rig_open();
    rig->core.desc.misaligned = true;
    rig->core.x[A0] = RIG_DATA;
    RUN(rig, &pmp, 0, LH(A1, 1, A0), LW(A1, 2, A0));
    check_end(rig, 5, RIG_DATA + 4, 1);
    rig_free(rig);
}
END_TEST

/* ---- speeds ---- */

/* Sums words of TCM and L2, writes both and a register, divides, loops. */
static void put_mix(rig_t *rig)
{
    RIG_PROGRAM(rig, ADDI(S4, ZERO, 50), LW(A1, 0, S0), LW(A2, 0, S1), ADD(A1, A1, A2),
                ADD(A1, A1, S4), SW(A1, 0, S1), SH(A1, 4, S0), LW(A3, 4, S0), DIVU(A4, A3, S4),
                ADD(A5, A5, A4), SW(A5, 0, S0), SW(A5, 4, S2), LW(A6, 4, S2), ADD(A7, A7, A6),
                ADDI(S4, S4, -1), BNE(S4, ZERO, -56));
    rig->core.x[S0] = RIG_DATA;
    rig->core.x[S1] = RIG_L2;
    rig->core.x[S2] = RIG_PROBE;
}

START_TEST(speed_changes_cycles_and_nothing_else)
{
    uint32_t x[32], word = 0;
    for (uint32_t step = 0; step < 40; step++) { /* 0: cycles only, 1: functional only */
        rig_t *rig = rig_new();
        put_mix(rig);
        core_set_speed(&rig->core, step == 1 ? CORE_FUNCTIONAL : CORE_CYCLE);
        rig_start(rig);
        for (uint32_t i = 1; i < 5000; i++) { /* to and fro, every so many cycles */
            rig_run_to_cycle(rig, i * step);
            if (step > 1)
                core_set_speed(&rig->core, i % 2 != 0 ? CORE_FUNCTIONAL : CORE_CYCLE);
        }
        rig_run_to_cycle(rig, 200000);
        ck_assert_int_eq(rig->core.state, CORE_NO_HANDLER);
        ck_assert_uint_eq(rig->core.instructions, 1 + 50 * 15);
        if (step == 0) {
            memcpy(x, rig->core.x, sizeof(x));
            word = rig_word(rig, RIG_L2);
        }
        if (step == 1)
            ck_assert_uint_eq(rig->core.cycle, rig->core.instructions);
        ck_assert_int_eq(memcmp(x, rig->core.x, sizeof(x)), 0);
        ck_assert_uint_eq(rig_word(rig, RIG_L2), word);
        rig_free(rig);
    }
}
END_TEST

TEST_MAIN("logic core modes", user_mode_calls_and_the_handler_sees_from_where,
          user_mode_may_not_use_the_machines_registers_and_instructions,
          mcounteren_opens_counters_to_user_mode, interrupts_come_in_user_mode_whatever_mie_says,
          tw_keeps_user_mode_from_sleeping, a_chip_without_user_mode_has_none_of_its_bits,
          user_mode_may_nothing_that_no_entry_gives, an_entry_gives_what_its_bits_say,
          a_range_ends_before_its_top, the_lowest_entry_that_matches_decides,
          code_needs_the_right_to_execute, a_locked_entry_binds_machine_mode_and_stays,
          mprv_lends_machine_mode_the_rights_of_mpp,
          a_change_of_protection_holds_for_the_next_access, protection_can_be_set_from_rom,
          an_nmi_is_taken_whatever_is_masked, an_nmi_ends_sleep, events_are_counted_as_selected,
          an_inhibited_counter_stands_still, an_extension_that_is_off_is_illegal,
          an_isa_is_read_or_refused, without_c_targets_are_multiples_of_four,
          misaligned_accesses_are_done_where_the_chip_does_them,
          misaligned_accesses_of_others_and_atomics_trap_all_the_same,
          a_misaligned_access_faults_at_the_part_that_is_forbidden,
          speed_changes_cycles_and_nothing_else)
