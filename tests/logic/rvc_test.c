/*
 * rvc_test.c - every compressed instruction as the text of what it stands for; encodings put
 * together by hand from tables 16.5 to 16.7 of the unprivileged specification (the halves and
 * their expansions below agree with GNU binutils).
 */
#include "logic/core.h"
#include "tests/test.h"

static void check(uint32_t half, const char *expected)
{
    char text[64];
    uint32_t bytes = core_disassemble(half, 0x10000000, text, sizeof(text));
    ck_assert_msg(strcmp(text, expected) == 0, "0x%04x is \"%s\", not \"%s\"", half, text,
                  expected);
    ck_assert_uint_eq(bytes, 2);
}

static void check_illegal(uint32_t half)
{
    char text[64];
    ck_assert_msg(core_disassemble(half, 0, text, sizeof(text)) == 0, "0x%04x is \"%s\"", half,
                  text);
}

START_TEST(quadrant_0_expands)
{
    check(0x1fe0, "addi s0, sp, 1020"); /* c.addi4spn */
    check(0x0048, "addi a0, sp, 4");
    check(0x4188, "lw a0, 0(a1)");
    check(0x5dfc, "lw a5, 124(a1)");
    check(0xc188, "sw a0, 0(a1)");
    check(0xddfc, "sw a5, 124(a1)");
}
END_TEST

START_TEST(quadrant_1_expands)
{
    check(0x0001, "addi zero, zero, 0"); /* c.nop */
    check(0x1141, "addi sp, sp, -16");   /* c.addi */
    check(0x2001, "jal ra, 0x10000000"); /* c.jal */
    check(0x2ffd, "jal ra, 0x100007fe");
    check(0x3001, "jal ra, 0xffff800");
    check(0x557d, "addi a0, zero, -1"); /* c.li */
    check(0x7139, "addi sp, sp, -64");  /* c.addi16sp */
    check(0x617d, "addi sp, sp, 496");
    check(0x7101, "addi sp, sp, -512");
    check(0x6505, "lui a0, 0x1"); /* c.lui */
    check(0x757d, "lui a0, 0xfffff");
    check(0x817d, "srli a0, a0, 31"); /* c.srli */
    check(0x857d, "srai a0, a0, 31"); /* c.srai */
    check(0x9979, "andi a0, a0, -2"); /* c.andi */
    check(0x8d0d, "sub a0, a0, a1");
    check(0x8d2d, "xor a0, a0, a1");
    check(0x8d4d, "or a0, a0, a1");
    check(0x8d6d, "and a0, a0, a1");
    check(0xa001, "jal zero, 0x10000000"); /* c.j */
    check(0xbffd, "jal zero, 0xffffffe");
    check(0xc101, "beq a0, zero, 0x10000000");
    check(0xcd7d, "beq a0, zero, 0x100000fe");
    check(0xd101, "beq a0, zero, 0xfffff00");
    check(0xe101, "bne a0, zero, 0x10000000");
}
END_TEST

START_TEST(quadrant_2_expands)
{
    check(0x057e, "slli a0, a0, 31"); /* c.slli */
    check(0x4502, "lw a0, 0(sp)");    /* c.lwsp */
    check(0x557e, "lw a0, 252(sp)");
    check(0x8082, "jalr zero, 0(ra)"); /* c.jr */
    check(0x852e, "add a0, zero, a1"); /* c.mv */
    check(0x9002, "ebreak");
    check(0x9502, "jalr ra, 0(a0)"); /* c.jalr */
    check(0x952e, "add a0, a0, a1"); /* c.add */
    check(0xc02a, "sw a0, 0(sp)");   /* c.swsp */
    check(0xdfaa, "sw a0, 252(sp)");
}
END_TEST

START_TEST(hints_expand_to_instructions_without_effect)
{
    check(0x0005, "addi zero, zero, 1"); /* c.nop with a value */
    check(0x0501, "addi a0, a0, 0");     /* c.addi of 0 */
    check(0x4005, "addi zero, zero, 1"); /* c.li to x0 */
    check(0x6005, "lui zero, 0x1");      /* c.lui to x0 */
    check(0x8101, "srli a0, a0, 0");     /* c.srli by 0 */
    check(0x0502, "slli a0, a0, 0");     /* c.slli by 0 */
    check(0x0006, "slli zero, zero, 1"); /* c.slli of x0 */
    check(0x802e, "add zero, zero, a1"); /* c.mv to x0 */
    check(0x902e, "add zero, zero, a1"); /* c.add to x0 */
}
END_TEST

START_TEST(reserved_encodings_are_illegal)
{
    check_illegal(0x0000); /* defined to be illegal */
    check_illegal(0x0008); /* c.addi4spn of 0 */
    check_illegal(0x8000); /* quadrant 0, funct3 4 */
    check_illegal(0x6101); /* c.addi16sp of 0 */
    check_illegal(0x6501); /* c.lui of 0 */
    check_illegal(0x9101); /* c.srli by 32 */
    check_illegal(0x9501); /* c.srai by 32 */
    check_illegal(0x9d0d); /* c.subw */
    check_illegal(0x9d2d); /* c.addw */
    check_illegal(0x9d4d); /* reserved */
    check_illegal(0x9d6d);
    check_illegal(0x1502); /* c.slli by 32 */
    check_illegal(0x4002); /* c.lwsp to x0 */
    check_illegal(0x8002); /* c.jr of x0 */
}
END_TEST

START_TEST(floating_point_encodings_are_illegal)
{
    const uint32_t floating[] = {0x2000, 0x6000, 0xa000, 0xe000, 0x2002, 0x6002, 0xa002, 0xe002};
    for (size_t i = 0; i < SIM_COUNT(floating); i++)
        check_illegal(floating[i]);
}
END_TEST

START_TEST(full_length_instructions_print_their_operands)
{
    static const struct {
        uint32_t word;
        const char *text;
    } cases[] = {
        {0x12345537, "lui a0, 0x12345"},        {0x12345517, "auipc a0, 0x12345"},
        {0xff9ff06f, "jal zero, 0xffffff8"},    {0xfe0508e3, "beq a0, zero, 0xffffff0"},
        {0xffc52583, "lw a1, -4(a0)"},          {0xfeb52e23, "sw a1, -4(a0)"},
        {0x40555513, "srai a0, a0, 5"},         {0x02c5d533, "divu a0, a1, a2"},
        {0x0cc5a52f, "amoswap.w a0, a2, (a1)"}, /* .aq */
        {0x1005a52f, "lr.w a0, (a1)"},          {0x30029073, "csrrw zero, 0x300, t0"},
        {0x3045f073, "csrrci zero, 0x304, 11"}, {0x30200073, "mret"},
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        char text[64];
        ck_assert_uint_eq(core_disassemble(cases[i].word, 0x10000000, text, sizeof(text)), 4);
        ck_assert_str_eq(text, cases[i].text);
    }
    char text[64];
    ck_assert_uint_eq(core_disassemble(0xffffffff, 0, text, sizeof(text)), 0);
    ck_assert_str_eq(text, ".word 0xffffffff");
}
END_TEST

TEST_MAIN("logic compressed instructions", quadrant_0_expands, quadrant_1_expands,
          quadrant_2_expands, hints_expand_to_instructions_without_effect,
          reserved_encodings_are_illegal, floating_point_encodings_are_illegal,
          full_length_instructions_print_their_operands)
