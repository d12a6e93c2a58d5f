/*
 * core_insn_test.c - what each instruction computes, by hand.
 */
#include "tests/logic/rig.h"
#include "tests/test.h"

/* a0 = first operand, a1 = second; `word` computes a2. */
static uint32_t compute(uint32_t word, uint32_t a, uint32_t b)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, word);
    rig->core.x[A0] = a;
    rig->core.x[A1] = b;
    rig_run(rig);
    uint32_t result = rig->core.x[A2];
    ck_assert_uint_eq(rig->core.instructions, 1);
    rig_free(rig);
    return result;
}

typedef struct {
    const char *what;
    uint32_t word, a, b, result;
} case_t;

static void check_cases(const case_t *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t result = compute(cases[i].word, cases[i].a, cases[i].b);
        ck_assert_msg(result == cases[i].result, "%s of 0x%x, 0x%x gives 0x%x, not 0x%x",
                      cases[i].what, cases[i].a, cases[i].b, result, cases[i].result);
    }
}

START_TEST(register_and_immediate_operations_compute_what_the_manual_says)
{
    const case_t cases[] = {
        {"lui", LUI(A2, 0xfffff), 0, 0, 0xfffff000},
        {"auipc", AUIPC(A2, 1), 0, 0, RIG_CODE + 0x1000},
        {"addi", ADDI(A2, A0, -1), 0, 0, 0xffffffff},
        {"addi", ADDI(A2, A0, 2047), 0x7fffffff, 0, 0x800007fe},
        {"slti", SLTI(A2, A0, -1), 0xfffffffe, 0, 1},
        {"slti", SLTI(A2, A0, -1), 0, 0, 0},
        {"sltiu", SLTIU(A2, A0, -1), 0, 0, 1}, /* the immediate is sign-extended, then unsigned */
        {"sltiu", SLTIU(A2, A0, 1), 1, 0, 0},
        {"xori", XORI(A2, A0, -1), 0x12345678, 0, 0xedcba987},
        {"ori", ORI(A2, A0, 0x70f), 0x10, 0, 0x71f},
        {"andi", ANDI(A2, A0, -16), 0xff, 0, 0xf0},
        {"slli", SLLI(A2, A0, 31), 3, 0, 0x80000000},
        {"srli", SRLI(A2, A0, 31), 0x80000000, 0, 1},
        {"srai", SRAI(A2, A0, 31), 0x80000000, 0, 0xffffffff},
        {"srai", SRAI(A2, A0, 0), 0x80000001, 0, 0x80000001},
        {"srai", SRAI(A2, A0, 4), 0x70000000, 0, 0x07000000},
        {"add", ADD(A2, A0, A1), 0xffffffff, 2, 1},
        {"sub", SUB(A2, A0, A1), 1, 2, 0xffffffff},
        {"sll", SLL(A2, A0, A1), 1, 33, 2}, /* five bits of the amount */
        {"slt", SLT(A2, A0, A1), 0x80000000, 0x7fffffff, 1},
        {"sltu", SLTU(A2, A0, A1), 0x80000000, 0x7fffffff, 0},
        {"xor", XOR(A2, A0, A1), 0xf0f0f0f0, 0xffff0000, 0x0f0ff0f0},
        {"srl", SRL(A2, A0, A1), 0xf0000000, 28, 0xf},
        {"sra", SRA(A2, A0, A1), 0xf0000000, 28, 0xffffffff},
        {"or", OR(A2, A0, A1), 0xf0, 0x0f, 0xff},
        {"and", AND(A2, A0, A1), 0xf1, 0x1f, 0x11},
    };
    check_cases(cases, SIM_COUNT(cases));
}
END_TEST

START_TEST(multiplication_gives_either_half_of_the_product)
{
    const case_t cases[] = {
        {"mul", MUL(A2, A0, A1), 0x12345678, 0x10, 0x23456780},
        {"mul", MUL(A2, A0, A1), 0xffffffff, 0xffffffff, 1},
        {"mulh", MULH(A2, A0, A1), 0xffffffff, 0xffffffff, 0},          /* -1 * -1 */
        {"mulh", MULH(A2, A0, A1), 0x80000000, 0x80000000, 0x40000000}, /* 2^62 */
        {"mulh", MULH(A2, A0, A1), 0x80000000, 1, 0xffffffff},
        {"mulhu", MULHU(A2, A0, A1), 0xffffffff, 0xffffffff, 0xfffffffe},
        {"mulhsu", MULHSU(A2, A0, A1), 0xffffffff, 0xffffffff, 0xffffffff}, /* -(2^32 - 1) */
        {"mulhsu", MULHSU(A2, A0, A1), 2, 0x80000000, 1},
    };
    check_cases(cases, SIM_COUNT(cases));
}
END_TEST

START_TEST(division_truncates_and_has_defined_results_for_zero_and_overflow)
{
    const uint32_t min = 0x80000000, minus_1 = 0xffffffff;
    const case_t cases[] = {
        {"div", DIV(A2, A0, A1), 7, (uint32_t)-2, (uint32_t)-3},
        {"rem", REM(A2, A0, A1), 7, (uint32_t)-2, 1},
        {"div", DIV(A2, A0, A1), (uint32_t)-7, 2, (uint32_t)-3},
        {"rem", REM(A2, A0, A1), (uint32_t)-7, 2, (uint32_t)-1},
        {"div", DIV(A2, A0, A1), min, minus_1, min},
        {"rem", REM(A2, A0, A1), min, minus_1, 0},
        {"div", DIV(A2, A0, A1), 5, 0, minus_1},
        {"rem", REM(A2, A0, A1), (uint32_t)-5, 0, (uint32_t)-5},
        {"divu", DIVU(A2, A0, A1), minus_1, 16, 0x0fffffff},
        {"remu", REMU(A2, A0, A1), minus_1, 16, 15},
        {"divu", DIVU(A2, A0, A1), 5, 0, minus_1},
        {"remu", REMU(A2, A0, A1), 5, 0, 5},
    };
    check_cases(cases, SIM_COUNT(cases));
}
END_TEST

START_TEST(x0_stays_zero)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, ADDI(ZERO, ZERO, 5), LUI(ZERO, 1), ADD(A0, ZERO, ZERO), JAL(ZERO, 4),
                LW(ZERO, 0, S0), ADD(A1, ZERO, ZERO));
    rig->core.x[S0] = RIG_CODE;
    rig->core.x[A0] = rig->core.x[A1] = 1;
    rig_run(rig);
    ck_assert_uint_eq(rig->core.x[A0], 0);
    ck_assert_uint_eq(rig->core.x[A1], 0);
    rig_free(rig);
}
END_TEST

START_TEST(loads_extend_and_stores_truncate)
{
    rig_t *rig = rig_new();
    const uint32_t data[] = {0x8081f2f3, 0};
    rig_put(rig, RIG_DATA, data, 2);
    RIG_PROGRAM(rig, LB(A0, 1, S0), LBU(A1, 1, S0), LH(A2, 2, S0), LHU(A3, 2, S0), LW(A4, 0, S0),
                SB(A4, 5, S0), SH(A4, 6, S0));
    rig->core.x[S0] = RIG_DATA;
    rig_run(rig);
    ck_assert_uint_eq(rig->core.x[A0], 0xfffffff2);
    ck_assert_uint_eq(rig->core.x[A1], 0xf2);
    ck_assert_uint_eq(rig->core.x[A2], 0xffff8081);
    ck_assert_uint_eq(rig->core.x[A3], 0x8081);
    ck_assert_uint_eq(rig->core.x[A4], 0x8081f2f3);
    ck_assert_uint_eq(rig_word(rig, RIG_DATA + 4), 0xf2f3f300);
    ck_assert_uint_eq(rig->core.loads, 5);
    ck_assert_uint_eq(rig->core.stores, 2);
    rig_free(rig);
}
END_TEST

START_TEST(the_same_loads_and_stores_work_on_l2)
{
    rig_t *rig = rig_new();
    const uint32_t data[] = {0x8081f2f3, 0};
    rig_put(rig, RIG_L2 + 0x400, data, 2);
    RIG_PROGRAM(rig, LB(A0, 1, S0), LBU(A1, 1, S0), LH(A2, 2, S0), LHU(A3, 2, S0), LW(A4, 0, S0),
                SB(A4, 5, S0), SH(A4, 6, S0));
    rig->core.x[S0] = RIG_L2 + 0x400;
    rig_run(rig);
    ck_assert_uint_eq(rig->core.x[A0], 0xfffffff2);
    ck_assert_uint_eq(rig->core.x[A1], 0xf2);
    ck_assert_uint_eq(rig->core.x[A2], 0xffff8081);
    ck_assert_uint_eq(rig->core.x[A3], 0x8081);
    ck_assert_uint_eq(rig->core.x[A4], 0x8081f2f3);
    ck_assert_uint_eq(rig_word(rig, RIG_L2 + 0x404), 0xf2f3f300);
    ck_assert_uint_eq(rig->core.loads, 5);
    ck_assert_uint_eq(rig->core.stores, 2);
    rig_free(rig);
}
END_TEST

/* The boot ROM jumps to an entry whose low part is negative as a 12-bit number. */
START_TEST(the_boot_rom_jumps_to_the_entry)
{
    rig_t *rig = rig_new();
    bus_set_boot(&rig->bus, RIG_CODE + 0xffe);
    const uint32_t code = LW(A0, 4, ZERO) << 16 | HALF_NOP, rest = LW(A0, 4, ZERO) >> 16;
    const uint32_t words[] = {code, rest | 0x9002u << 16}; /* nop; lw a0, 4(zero); c.ebreak */
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
    ck_assert(bus_poke(&rig->bus, RIG_CODE + 0xffe, bytes, 8));
    rig->core.pc = BUS_ROM_BASE;
    rig_run(rig);
    ck_assert_uint_eq(rig->core.x[A0], 0xffe28067); /* jalr zero, -2(t0): ROM can be read */
    ck_assert_uint_eq(rig->core.pc, RIG_CODE + 0xffe + 6);
    rig_free(rig);
}
END_TEST

static bool is_taken(uint32_t word, uint32_t a, uint32_t b)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, word, ADDI(A2, ZERO, 1)); /* the branch skips the second */
    rig->core.x[A0] = a;
    rig->core.x[A1] = b;
    rig_run(rig);
    bool taken = rig->core.x[A2] == 0;
    ck_assert_uint_eq(rig->core.taken, taken);
    rig_free(rig);
    return taken;
}

START_TEST(branches_compare_signed_and_unsigned)
{
    const uint32_t minus_1 = 0xffffffff;
    ck_assert(is_taken(BEQ(A0, A1, 8), 5, 5));
    ck_assert(!is_taken(BEQ(A0, A1, 8), 5, 6));
    ck_assert(is_taken(BNE(A0, A1, 8), 5, 6));
    ck_assert(!is_taken(BNE(A0, A1, 8), 5, 5));
    ck_assert(is_taken(BLT(A0, A1, 8), minus_1, 0));
    ck_assert(!is_taken(BLT(A0, A1, 8), 0, 0));
    ck_assert(is_taken(BGE(A0, A1, 8), 0, minus_1));
    ck_assert(is_taken(BGE(A0, A1, 8), 0, 0));
    ck_assert(!is_taken(BLTU(A0, A1, 8), minus_1, 0));
    ck_assert(is_taken(BLTU(A0, A1, 8), 0, minus_1));
    ck_assert(is_taken(BGEU(A0, A1, 8), minus_1, 0));
    ck_assert(!is_taken(BGEU(A0, A1, 8), 0, minus_1));
}
END_TEST

START_TEST(jumps_link_and_clear_the_lowest_bit)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, JAL(RA, 8), /* 0: to 8 */
                EBREAK,          /* 4 */
                JALR(A0, 5, RA), /* 8: to (4 + 5 + code) & ~1 = 8 the first time */
                EBREAK);
    rig->core.x[RA] = 0;
    rig_start(rig);
    rig_run_to_cycle(rig, 5); /* jal: 0..2, jalr: 3..5 */
    ck_assert_uint_eq(rig->core.x[RA], RIG_CODE + 4);
    ck_assert_uint_eq(rig->core.x[A0], RIG_CODE + 12);
    ck_assert_uint_eq(rig->core.pc, RIG_CODE + 8);
    rig_free(rig);
}
END_TEST

START_TEST(jalr_reads_its_base_before_it_links)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, JALR(RA, 8, RA));
    const uint32_t there[] = {NOP, NOP, EBREAK};
    rig_put(rig, RIG_CODE + 0x100, there, 3);
    rig->core.x[RA] = RIG_CODE + 0x100;
    rig_run(rig);
    ck_assert_uint_eq(rig->core.pc, RIG_CODE + 0x108);
    ck_assert_uint_eq(rig->core.x[RA], RIG_CODE + 4);
    rig_free(rig);
}
END_TEST

/* Runs `word` with a1 = address of a word that holds `old` and a0 = value; checks what is left. */
static void check_amo(uint32_t word, uint32_t old, uint32_t value, uint32_t left)
{
    rig_t *rig = rig_new();
    rig_put(rig, RIG_DATA, &old, 1);
    RIG_PROGRAM(rig, word);
    rig->core.x[A0] = value;
    rig->core.x[A1] = RIG_DATA;
    rig_run(rig);
    ck_assert_uint_eq(rig->core.x[A2], old);
    ck_assert_uint_eq(rig_word(rig, RIG_DATA), left);
    rig_free(rig);
}

START_TEST(atomics_return_the_old_word_and_leave_the_new)
{
    check_amo(AMOSWAP_W(A2, A0, A1), 5, 9, 9);
    check_amo(AMOADD_W(A2, A0, A1), 5, 0xffffffff, 4);
    check_amo(AMOXOR_W(A2, A0, A1), 0xff, 0x0f, 0xf0);
    check_amo(AMOAND_W(A2, A0, A1), 0xff, 0x0f, 0x0f);
    check_amo(AMOOR_W(A2, A0, A1), 0xf0, 0x0f, 0xff);
    check_amo(AMOMIN_W(A2, A0, A1), 5, 0x80000000, 0x80000000);
    check_amo(AMOMAX_W(A2, A0, A1), 5, 0x80000000, 5);
    check_amo(AMOMINU_W(A2, A0, A1), 5, 0x80000000, 5);
    check_amo(AMOMAXU_W(A2, A0, A1), 5, 0x80000000, 0x80000000);
}
END_TEST

START_TEST(store_conditional_succeeds_once_after_a_load_reserved)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, SC_W(A2, A0, A1),                            /* no reservation: fails */
                LR_W(A3, A1), SC_W(A4, A0, A1),                   /* succeeds */
                SC_W(A5, A0, A1),                                 /* used up: fails */
                LR_W(A3, A1), ADDI(A1, A1, 4), SC_W(A6, A0, A1)); /* other address: fails */
    rig->core.x[A0] = 77;
    rig->core.x[A1] = RIG_DATA;
    rig_run(rig);
    ck_assert_uint_eq(rig->core.x[A2], 1);
    ck_assert_uint_eq(rig->core.x[A4], 0);
    ck_assert_uint_eq(rig->core.x[A5], 1);
    ck_assert_uint_eq(rig->core.x[A6], 1);
    ck_assert_uint_eq(rig->core.x[A3], 77);
    ck_assert_uint_eq(rig_word(rig, RIG_DATA), 77);
    ck_assert_uint_eq(rig_word(rig, RIG_DATA + 4), 0);
    ck_assert_uint_eq(rig->core.stores, 1);
    rig_free(rig);
}
END_TEST

/* A loop whose own add is rewritten in the second round, without FENCE.I. */
START_TEST(a_store_to_code_is_seen_by_the_next_fetch)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, ADDI(T0, ZERO, 2), /* rounds */
                ADDI(A0, A0, 1),        /* 4: becomes addi a0, a0, 16 */
                SW(A1, 4, S0),          /* 8 */
                ADDI(T0, T0, -1),       /* 12 */
                BNE(T0, ZERO, -12));    /* 16: to 4 */
    rig->core.x[S0] = RIG_CODE;
    rig->core.x[A1] = ADDI(A0, A0, 16);
    rig_run(rig);
    ck_assert_uint_eq(rig->core.x[A0], 17);
    rig_free(rig);
}
END_TEST

/* Half of a 32-bit instruction that lies across a 64-byte line is rewritten. */
START_TEST(a_store_to_the_second_half_of_an_instruction_is_seen)
{
    rig_t *rig = rig_new();
    uint32_t code[20];
    uint32_t addi = ADDI(A0, A0, 1), addi_16 = ADDI(A0, A0, 16);
    for (int i = 0; i < 20; i++)
        code[i] = NOP;
    code[15] = addi << 16 | HALF_NOP; /* at 0x3c: c.nop, and at 0x3e the addi */
    code[16] = HALF_NOP << 16 | addi >> 16;
    code[17] = SH(A1, 0x40, S0);
    code[18] = ADDI(T0, T0, -1);
    code[19] = BNE(T0, ZERO, -16); /* 0x4c to 0x3c */
    rig_program(rig, code, 20);
    rig->core.x[S0] = RIG_CODE;
    rig->core.x[T0] = 2;
    rig->core.x[A1] = addi_16 >> 16;
    rig_run(rig);
    ck_assert_uint_eq(rig->core.x[A0], 17);
    rig_free(rig);
}
END_TEST

START_TEST(a_poke_replaces_code_that_has_run)
{
    rig_t *rig = rig_new();
    RIG_PROGRAM(rig, ADDI(A0, A0, 1), JAL(ZERO, -4));
    rig_start(rig);
    rig_run_to_cycle(rig, 100);
    const uint32_t stop = EBREAK;
    rig_put(rig, RIG_CODE, &stop, 1);
    rig_run_to_cycle(rig, 200);
    ck_assert_int_eq(rig->core.state, CORE_NO_HANDLER);
    rig_free(rig);
}
END_TEST

TEST_MAIN("logic core instructions", register_and_immediate_operations_compute_what_the_manual_says,
          multiplication_gives_either_half_of_the_product,
          division_truncates_and_has_defined_results_for_zero_and_overflow, x0_stays_zero,
          loads_extend_and_stores_truncate, the_same_loads_and_stores_work_on_l2,
          the_boot_rom_jumps_to_the_entry, branches_compare_signed_and_unsigned,
          jumps_link_and_clear_the_lowest_bit, jalr_reads_its_base_before_it_links,
          atomics_return_the_old_word_and_leave_the_new,
          store_conditional_succeeds_once_after_a_load_reserved,
          a_store_to_code_is_seen_by_the_next_fetch,
          a_store_to_the_second_half_of_an_instruction_is_seen, a_poke_replaces_code_that_has_run)
