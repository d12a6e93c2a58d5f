/*
 * core_activity_test.c - what the core counts for accounts of energy, by hand.
 */
#include "tests/logic/rig.h"
#include "tests/test.h"

static rig_t *rig;

static void run(void)
{
    rig_run(rig);
    sim_tally(rig->sim);
    ck_assert_int_eq(rig->core.state, CORE_NO_HANDLER); /* at the EBREAK, which does not retire */
}

/* a0 = 10, then 10 times a0 - 1 and BNE. */
START_TEST(branches_and_bytes_of_a_loop)
{
    rig = rig_new();
    RIG_PROGRAM(rig, ADDI(A0, ZERO, 10), ADDI(A0, A0, -1), BNE(A0, ZERO, -4));
    run();
    ck_assert_uint_eq(rig->core.instructions, 21);
    ck_assert_uint_eq(rig->core.taken, 9);
    ck_assert_uint_eq(rig->core.untaken, 1);
    ck_assert_uint_eq(rig->core.fetch_tcm_bytes, 4 * 21);
    ck_assert_uint_eq(rig->core.fetch_rom_bytes + rig->core.fetch_cache_bytes, 0);
    rig_free(rig);
}
END_TEST

/* The same in 16 bits: c.li a0, 10; c.addi a0, -1; c.bnez a0, -2; c.ebreak. */
START_TEST(compressed_instructions_are_half_as_many_bytes)
{
    rig = rig_new();
    RIG_PROGRAM(rig, 0x157d4529, 0x9002fd7d);
    run();
    ck_assert_uint_eq(rig->core.instructions, 21);
    ck_assert_uint_eq(rig->core.fetch_tcm_bytes, 2 * 21);
    rig_free(rig);
}
END_TEST

/* AUIPC, JALR over two NOPs and back again: JAL -12, NOP, JAL over the JAL. */
START_TEST(jumps_skip_what_they_jump_over)
{
    rig = rig_new();
    RIG_PROGRAM(rig, AUIPC(A0, 0), JALR(ZERO, 16, A0), NOP, JAL(ZERO, 8), JAL(ZERO, -8));
    run();
    ck_assert_uint_eq(rig->core.instructions, 5);
    ck_assert_uint_eq(rig->core.taken, 3);
    ck_assert_uint_eq(rig->core.fetch_tcm_bytes, 5 * 4);
    rig_free(rig);
}
END_TEST

START_TEST(loads_and_stores_are_told_by_where_they_go)
{
    rig = rig_new();
    rig->core.x[A0] = RIG_DATA;
    rig->core.x[A1] = RIG_PROBE;
    rig->core.x[A2] = RIG_L2;
    RIG_PROGRAM(rig, LW(A3, 0, A0), SW(A3, 4, A0), LW(A3, 0, ZERO), LB(A4, 3, A0), SW(A3, 4, A1),
                LW(A4, 4, A1), SW(A3, 0, A2), LW(A3, 0, A2), LW(A3, 4, A2),
                CSRRS(A4, MSCRATCH, ZERO), AMOADD_W(A4, A3, A0));
    run();
    ck_assert_uint_eq(rig->core.loads, 3 + 1 + 2 + 1);
    ck_assert_uint_eq(rig->core.stores, 1 + 1 + 1 + 1);
    ck_assert_uint_eq(rig->core.bus_accesses, 2);
    ck_assert_uint_eq(rig->core.l2_accesses, 3);
    ck_assert_uint_eq(rig->core.local_accesses, 4 + 2); /* an AMO is two */
    ck_assert_uint_eq(rig->core.csrs, 1);
    ck_assert_uint_eq(rig->core.fetch_tcm_bytes, 4 * 11);
    rig_free(rig);
}
END_TEST

/* Two instructions in TCM, 17 in L2: over the end of a line of 64 bytes. */
START_TEST(code_in_l2_is_fetched_out_of_the_cache)
{
    rig = rig_new();
    rig_set_icache(rig, (icache_desc_t){4096, 64, 2});
    RIG_PROGRAM(rig, LUI(A0, RIG_L2 >> 12), JALR(ZERO, 0, A0));
    for (uint32_t i = 0; i < 17; i++)
        rig_put(rig, RIG_L2 + 4 * i, (const uint32_t[]){NOP}, 1);
    rig_put(rig, RIG_L2 + 4 * 17, (const uint32_t[]){EBREAK}, 1);
    run();
    ck_assert_uint_eq(rig->core.fetch_tcm_bytes, 8);
    ck_assert_uint_eq(rig->core.fetch_cache_bytes, 4 * 17);
    ck_assert_uint_eq(rig->core.icache_fill_bytes, 2 * 64);
    rig_free(rig);
}
END_TEST

START_TEST(it_is_asleep_after_wfi)
{
    rig = rig_new();
    RIG_PROGRAM(rig, NOP, NOP, WFI);
    rig_start(rig);
    rig_run_to_cycle(rig, 1000);
    sim_tally(rig->sim);
    ck_assert_uint_eq(rig->core.awake_cycles, 3);
    ck_assert_uint_eq(rig->core.wfi_cycles, 997);
    rig_run_to_cycle(rig, 1777);
    sim_tally(rig->sim);
    ck_assert_uint_eq(rig->core.awake_cycles, 3);
    ck_assert_uint_eq(rig->core.wfi_cycles, 1774);
    rig_free(rig);
}
END_TEST

TEST_MAIN("core activity", branches_and_bytes_of_a_loop,
          compressed_instructions_are_half_as_many_bytes, jumps_skip_what_they_jump_over,
          loads_and_stores_are_told_by_where_they_go, code_in_l2_is_fetched_out_of_the_cache,
          it_is_asleep_after_wfi)
