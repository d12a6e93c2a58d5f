/*
 * icache_test.c - code in L2: cycles worked out by hand, who sees which copy, errors, rights, stops
 * and snapshots. tests/logic/core_random_test.c runs random programs from there.
 */
#include "sim/snapshot.h"
#include "tests/logic/rig.h"
#include "tests/test.h"

enum {
    LINE = 64, /* a beat of L2 */
    MISS = 4,  /* one cycle to ask, one beat, latency two */
    HANDLER = RIG_CODE + 0x100,
    FETCH = 2, /* the port's number on the rig */
    OTHER = 1,
};

static rig_t *rig;

/* Code at L2's base plus `at`. */
static void put(uint32_t at, const uint32_t *words, uint32_t count)
{
    rig_put(rig, RIG_L2 + at, words, count);
}
#define PUT(at, ...)                                                                               \
    put(at, (const uint32_t[]){__VA_ARGS__},                                                       \
        (uint32_t)(sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)))

static void begin(uint32_t bytes, uint32_t line_bytes, uint32_t ways)
{
    rig = rig_new();
    rig_set_icache(rig, (icache_desc_t){bytes, line_bytes, ways});
    rig->core.pc = RIG_L2;
}

/* Until EBREAK; it must start in that cycle. */
static void ends_in(uint64_t cycle, uint64_t misses)
{
    rig_run(rig);
    ck_assert_uint_eq(rig->core.state, CORE_NO_HANDLER);
    ck_assert_uint_eq(rig->core.cycle, cycle);
    ck_assert_uint_eq(rig->core.icache_misses, misses);
}

/* ---- cycles ---- */

START_TEST(a_cold_line_costs_its_burst_and_what_is_there_nothing)
{
    begin(4096, LINE, 2);
    for (uint32_t i = 0; i < LINE / 4 + 1; i++)
        PUT(4 * i, ADDI(A0, A0, 1));
    PUT(LINE + 4, EBREAK);
    ends_in(MISS + 16 + MISS + 1, 2);
    ck_assert_uint_eq(rig->core.x[A0], 17);
    ck_assert_uint_eq(rig->core.fetch_stalls, 2 * MISS);
    l2_settle(&rig->l2);
    ck_assert_str_eq(l2_master_name(&rig->l2, FETCH), "core_fetch");
    ck_assert_uint_eq(rig->l2.master[FETCH].requests, 2);
    ck_assert_uint_eq(rig->l2.master[FETCH].read_bytes, 2 * LINE);
    ck_assert_uint_eq(rig->l2.master[FETCH].wait_cycles, 0);
    rig_free(rig);
}
END_TEST

START_TEST(a_loop_in_a_line_waits_once)
{
    begin(4096, LINE, 2);
    PUT(0, ADDI(A0, A0, -1), BNE(A0, ZERO, -4), EBREAK);
    rig->core.x[A0] = 3;
    ends_in(MISS + (1 + 2) + (1 + 2) + (1 + 3), 1); /* taken as foreseen 2, else 3 */
    rig_free(rig);
}
END_TEST

/* Two beats; and four. */
START_TEST(a_longer_line_takes_its_beats)
{
    for (uint32_t bytes = 128; bytes <= 256; bytes *= 2) {
        begin(4096, bytes, 2);
        PUT(0, ADDI(A0, A0, 1), EBREAK);
        ends_in(3 + bytes / 64 + 1, 1);
        rig_free(rig);
    }
}
END_TEST

/* Lines 0 and 2, twice each. */
static void two_lines(void)
{
    PUT(0, JAL(ZERO, 2 * LINE));
    PUT(2 * LINE, ADDI(A0, A0, -1), BNE(A0, ZERO, -2 * LINE - 4), EBREAK);
    rig->core.x[A0] = 2;
}

START_TEST(lines_of_one_place_evict_each_other)
{
    begin(2 * LINE, LINE, 1);
    two_lines();
    ends_in((MISS + 2 + MISS + 1) + 2 + (MISS + 2 + MISS + 1) + 3, 4);
    rig_free(rig);
}
END_TEST

START_TEST(a_second_way_keeps_both)
{
    begin(2 * LINE, LINE, 2);
    two_lines();
    ends_in((MISS + 2 + MISS + 1) + 2 + (2 + 1) + 3, 2);
    rig_free(rig);
}
END_TEST

/* Lines 0, 1, 0, 2: it is 1 that goes, and 0 that is still there. */
START_TEST(the_line_not_used_for_longest_goes)
{
    begin(0, LINE, 1); /* two line buffers */
    PUT(0, ADDI(A0, A0, 1), BLT(A0, A1, LINE - 4), JAL(ZERO, 2 * LINE - 8));
    PUT(LINE, JAL(ZERO, -LINE));
    PUT(2 * LINE, BEQ(A0, A1, 8), EBREAK, ADDI(A1, A1, -1), JAL(ZERO, -2 * LINE - 12));
    rig->core.x[A1] = 2;
    /* 0 misses: ADDI, BLT taken forward; 1 misses: JAL; 0: ADDI, BLT not taken, JAL; 2 misses: BEQ
     * taken forward, ADDI, JAL; 0: ADDI, BLT not, JAL; 2: BEQ not taken */
    ends_in((MISS + 1 + 3) + (MISS + 2) + (1 + 1 + 2) + (MISS + 3 + 1 + 2) + (1 + 1 + 2) + 1, 3);
    rig_free(rig);
}
END_TEST

START_TEST(an_instruction_in_two_lines_waits_for_both)
{
    begin(4096, LINE, 2);
    rig->core.pc = RIG_L2 + LINE - 2;
    PUT(LINE - 2, ADDI(A0, A0, 5), EBREAK);
    ends_in(2 * MISS + 1, 2);
    ck_assert_uint_eq(rig->core.x[A0], 5);
    rig_free(rig);
}
END_TEST

START_TEST(fence_i_costs_the_lines_again)
{
    begin(4096, LINE, 2);
    PUT(0, FENCE_I, ADDI(A0, A0, 1), EBREAK);
    ends_in(MISS + 4 + MISS + 1, 2);
    rig_free(rig);
}
END_TEST

static void on_other(void *ctx, sim_mem_req_t *req)
{
    (void)ctx;
    (void)req;
}

/* Four beats in cycles 0 to 3 of bank 0; the line is asked for in 1, granted in 4. */
START_TEST(another_master_of_the_bank_comes_first)
{
    sim_mem_req_t req = {.addr = RIG_L2 + 8 * 256, .bytes = 256, .done = on_other};
    begin(4096, LINE, 2);
    PUT(0, ADDI(A0, A0, 1), EBREAK);
    rig_start(rig);
    sim_mem_request(&rig->other, &req);
    rig_run_to_cycle(rig, 100);
    ck_assert_uint_eq(rig->core.cycle, 4 + 1 + 2 + 1);
    ck_assert_uint_eq(rig->core.fetch_stalls, 7);
    l2_settle(&rig->l2);
    ck_assert_uint_eq(rig->l2.master[FETCH].wait_cycles, 3);
    ck_assert_uint_eq(rig->l2.master[FETCH].bank_wait_cycles[0], 3);
    ck_assert_uint_eq(rig->l2.master[FETCH].behind_cycles[OTHER], 3);
    rig_free(rig);
}
END_TEST

/* Two bursts of another master want the bank; cycles that its lines waits. */
static uint64_t waits_for(l2_policy_t policy, uint32_t my_level, uint32_t other_level)
{
    sim_mem_req_t req[2];
    begin(4096, LINE, 2);
    rig->l2.desc.policy = policy;
    rig->l2.ranked = policy == L2_PRIORITY;
    rig->l2.master[FETCH].level = my_level;
    rig->l2.master[OTHER].level = other_level;
    PUT(0, ADDI(A0, A0, 1), EBREAK);
    rig_start(rig);
    for (uint32_t i = 0; i < 2; i++) {
        req[i] = (sim_mem_req_t){.addr = RIG_L2 + 8 * 256, .bytes = 256, .done = on_other};
        sim_mem_request(&rig->other, &req[i]);
    }
    rig_run_to_cycle(rig, 100);
    l2_settle(&rig->l2);
    uint64_t waited = rig->l2.master[FETCH].wait_cycles;
    rig_free(rig);
    return waited;
}

/* Asked for in cycle 1; the bursts are in 0 .. 3 and 4 .. 7 where both come first. */
START_TEST(rules_of_the_arbiter_hold_for_fetches)
{
    ck_assert_uint_eq(waits_for(L2_ROUND_ROBIN, 0, 0), 3);
    ck_assert_uint_eq(waits_for(L2_FIXED, 0, 0), 7); /* attached last */
    ck_assert_uint_eq(waits_for(L2_PRIORITY, 1, 2), 7);
    ck_assert_uint_eq(waits_for(L2_PRIORITY, 2, 1), 3);
}
END_TEST

START_TEST(an_interrupt_is_taken_when_the_line_is_there)
{
    begin(4096, LINE, 2);
    PUT(0, ADDI(A0, A0, 1), EBREAK);
    const uint32_t loop = JAL(ZERO, 0);
    rig_put(rig, HANDLER, &loop, 1);
    rig->core.mtvec = HANDLER;
    rig->core.mie = 0x800;
    rig->core.mstatus = 8;
    sim_reg_write(&rig->intc.comp, 8, 1u << 1); /* INTC_ENABLE */
    rig_start(rig);
    rig_run_to_cycle(rig, 2);
    sim_wire_set(&rig->probe.line, true);
    rig_run_to_cycle(rig, MISS + 4 - 1);
    ck_assert_uint_eq(rig->core.mepc, RIG_L2);
    ck_assert_uint_eq(rig->core.x[A0], 0);
    ck_assert_uint_eq(rig->core.pc, HANDLER);
    ck_assert_uint_eq(rig->core.cycle, MISS + 4);
    rig_free(rig);
}
END_TEST

START_TEST(event_counters_count_lines_and_waits)
{
    begin(4096, LINE, 2);
    PUT(0, ADDI(A0, A0, 1), JAL(ZERO, 2 * LINE - 4));
    PUT(2 * LINE, CSRRS(A1, 0xb03, ZERO), CSRRS(A2, 0xb04, ZERO), EBREAK);
    ck_assert(core_csr_poke(&rig->core, 0x323, 11));
    ck_assert(core_csr_poke(&rig->core, 0x324, 12));
    rig_run(rig);
    ck_assert_uint_eq(rig->core.x[A1], 2);
    ck_assert_uint_eq(rig->core.x[A2], 2 * MISS);
    rig_free(rig);
}
END_TEST

/* ---- copies ---- */

/* A0 is 1 where the old instruction ran, 16 where the new one did. */
static uint32_t after_store(uint32_t between)
{
    begin(4096, LINE, 2);
    PUT(0, SW(A1, 8, A2), between, ADDI(A0, A0, 1), EBREAK);
    rig->core.x[A1] = ADDI(A0, A0, 16);
    rig->core.x[A2] = RIG_L2;
    rig_run(rig);
    uint32_t result = rig->core.x[A0];
    ck_assert_uint_eq(rig_word(rig, RIG_L2 + 8), ADDI(A0, A0, 16));
    rig_free(rig);
    return result;
}

START_TEST(a_store_is_fetched_after_fence_i)
{
    ck_assert_uint_eq(after_store(NOP), 1);
    ck_assert_uint_eq(after_store(FENCE_I), 16);
}
END_TEST

/* In a line that is not there yet nothing is old. */
START_TEST(a_store_ahead_of_its_line_is_fetched)
{
    begin(4096, LINE, 2);
    PUT(0, SW(A1, 0, A2), JAL(ZERO, LINE - 4));
    PUT(LINE, ADDI(A0, A0, 1), EBREAK);
    rig->core.x[A1] = ADDI(A0, A0, 16);
    rig->core.x[A2] = RIG_L2 + LINE;
    rig_run(rig);
    ck_assert_uint_eq(rig->core.x[A0], 16);
    rig_free(rig);
}
END_TEST

/* A0 counts in ones, and from when the new step is seen in thousands. */
START_TEST(a_debugger_is_seen_at_once_and_other_masters_are_not)
{
    const uint32_t step = ADDI(A0, A0, 1000);
    uint8_t bytes[4];
    for (uint32_t i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(step >> 8 * i);
    begin(4096, LINE, 2);
    PUT(0, ADDI(A0, A0, 1), JAL(ZERO, -4));
    rig_start(rig);
    rig_run_to_cycle(rig, 100);
    ck_assert(sim_mem_poke(&rig->other, RIG_L2, bytes, 4));
    rig_run_to_cycle(rig, 200);
    ck_assert_uint_lt(rig->core.x[A0], 200);
    ck_assert_uint_eq(rig->core.icache_misses, 1);
    ck_assert(bus_poke(&rig->bus, RIG_L2, bytes, 4));
    rig_run_to_cycle(rig, 300);
    ck_assert_uint_gt(rig->core.x[A0], 1000);
    ck_assert_uint_eq(rig->core.icache_misses, 2);
    rig_free(rig);
}
END_TEST

/* Of an instruction in two lines only the second one changes: its immediate. */
START_TEST(a_new_line_is_met_by_what_began_in_the_one_before)
{
    const uint32_t step = ADDI(A0, A0, 1000);
    const uint8_t high[2] = {(uint8_t)(step >> 16), (uint8_t)(step >> 24)};
    begin(4096, LINE, 2);
    rig->core.pc = RIG_L2 + LINE - 2;
    PUT(LINE - 2, ADDI(A0, A0, 1), JAL(ZERO, -4));
    rig_start(rig);
    rig_run_to_cycle(rig, 100);
    ck_assert_uint_lt(rig->core.x[A0], 100);
    ck_assert(bus_poke(&rig->bus, RIG_L2 + LINE, high, 2));
    rig_run_to_cycle(rig, 200);
    ck_assert_uint_gt(rig->core.x[A0], 1000);
    ck_assert_uint_eq(rig->core.icache_misses, 3);
    rig_free(rig);
}
END_TEST

/* ---- errors and rights ---- */

static void trap_to_handler(void)
{
    const uint32_t loop = JAL(ZERO, 0);
    rig_put(rig, HANDLER, &loop, 1);
    rig->core.mtvec = HANDLER;
    rig_start(rig);
    rig_run_to_cycle(rig, 60);
}

START_TEST(a_line_with_two_flipped_bits_is_an_access_fault)
{
    begin(4096, LINE, 2);
    rig->l2.desc.ecc = L2_ECC_SECDED;
    rig->core.pc = RIG_L2 + LINE - 2;
    PUT(LINE - 2, ADDI(A0, A0, 5), EBREAK);
    ck_assert(l2_flip(&rig->l2, RIG_L2 + LINE, 3) && l2_flip(&rig->l2, RIG_L2 + LINE, 40));
    trap_to_handler();
    ck_assert_uint_eq(rig->core.mcause, 1);
    ck_assert_uint_eq(rig->core.mepc, RIG_L2 + LINE - 2);
    ck_assert_uint_eq(rig->core.mtval, RIG_L2 + LINE); /* the half that was not there */
    ck_assert_uint_eq(rig->core.x[A0], 0);
    ck_assert_uint_eq(rig->l2.error_master, FETCH);
    rig_free(rig);
}
END_TEST

START_TEST(a_line_with_one_flipped_bit_is_corrected)
{
    begin(4096, LINE, 2);
    rig->l2.desc.ecc = L2_ECC_SECDED;
    PUT(0, ADDI(A0, A0, 5), EBREAK);
    ck_assert(l2_flip(&rig->l2, RIG_L2, 20));
    ends_in(MISS + 1, 1);
    ck_assert_uint_eq(rig->core.x[A0], 5);
    ck_assert_uint_eq(rig->l2.corrected, 1);
    rig_free(rig);
}
END_TEST

/* Nothing is asked of L2. */
START_TEST(a_fetch_that_is_not_allowed_is_not_made)
{
    begin(4096, LINE, 2);
    PUT(0, JAL(ZERO, 0));
    ck_assert(core_csr_poke(&rig->core, 0x3b0, RIG_L2 >> 2 | 0xfff)); /* 32 KiB */
    ck_assert(core_csr_poke(&rig->core, 0x3a0, 0x80 | 0x18 | 0x3)); /* locked NAPOT, read, write */
    trap_to_handler();
    ck_assert_uint_eq(rig->core.mcause, 1);
    ck_assert_uint_eq(rig->core.mtval, RIG_L2);
    l2_settle(&rig->l2);
    ck_assert_uint_eq(rig->l2.master[FETCH].requests, 0);
    rig_free(rig);
}
END_TEST

/* The second line is not asked for. */
START_TEST(an_instruction_that_ends_where_it_may_not_faults_there)
{
    begin(4096, LINE, 2);
    rig->core.pc = RIG_L2 + LINE - 2;
    PUT(LINE - 2, ADDI(A0, A0, 5), EBREAK);
    ck_assert(core_csr_poke(&rig->core, 0x3b0, (RIG_L2 + LINE) >> 2 | 7)); /* 64 bytes */
    ck_assert(core_csr_poke(&rig->core, 0x3a0, 0x80 | 0x18 | 0x3));
    trap_to_handler();
    ck_assert_uint_eq(rig->core.mcause, 1);
    ck_assert_uint_eq(rig->core.mepc, RIG_L2 + LINE - 2);
    ck_assert_uint_eq(rig->core.mtval, RIG_L2 + LINE);
    ck_assert_uint_eq(rig->core.icache_misses, 1);
    rig_free(rig);
}
END_TEST

/* Its first half is in L2, the second is not in anything. */
START_TEST(an_instruction_across_the_end_of_l2_faults_at_its_second_half)
{
    const uint8_t half[2] = {0x13, 0x05};
    begin(4096, LINE, 2);
    const uint32_t end = RIG_L2 + rig->bus.desc.l2_bytes;
    ck_assert(bus_poke(&rig->bus, end - 2, half, 2));
    rig->core.pc = end - 2;
    trap_to_handler();
    ck_assert_uint_eq(rig->core.mcause, 1);
    ck_assert_uint_eq(rig->core.mepc, end - 2);
    ck_assert_uint_eq(rig->core.mtval, end);
    ck_assert_uint_eq(rig->core.icache_misses, 1);
    rig_free(rig);
}
END_TEST

START_TEST(shapes_that_are_none_are_refused)
{
    static const icache_desc_t wrong[] = {{4096, 2, 2},  {4096, 512, 2}, {4096, 48, 2},
                                          {4096, 64, 0}, {4096, 64, 16}, {64, 64, 1},
                                          {256, 64, 8},  {3072, 64, 2},  {131072, 64, 2}};
    icache_t cache = {0};
    begin(4096, LINE, 2);
    for (uint32_t i = 0; i < SIM_COUNT(wrong); i++)
        ck_assert_int_eq(icache_init(&cache, rig->sim, &wrong[i], RIG_L2, 65536, "core"),
                         SIM_EDESC);
    rig_free(rig);
}
END_TEST

/* ---- stops, speeds, snapshots ---- */

/* Goes through four lines of a small cache again and again; changes an instruction each time, half
 * of the time with FENCE_I behind it. */
static void busy_program(void)
{
    begin(2 * LINE, LINE, 1);
    PUT(0, ADDI(A0, A0, 1), ANDI(T0, A0, 1), BEQ(T0, ZERO, LINE - 8), JAL(ZERO, 2 * LINE - 14));
    PUT(LINE, LW(T1, 0, A2), ADD(T1, T1, A1), SW(T1, 0, A2), FENCE_I, JAL(ZERO, 2 * LINE - 16));
    PUT(2 * LINE - 2, XOR(A4, A4, A5)); /* in two lines */
    PUT(2 * LINE + 2, LW(T1, 0, A2), ADD(T1, T1, A1), SW(T1, 0, A2), JAL(ZERO, LINE - 14));
    PUT(3 * LINE, ADDI(A5, A5, 1), BLT(A0, A3, -3 * LINE - 4), EBREAK);
    rig->core.x[A1] = 1u << 20; /* one more in the immediate */
    rig->core.x[A2] = RIG_L2 + 3 * LINE;
    rig->core.x[A3] = 100;
}

static void halted_alike(const core_t *a, const core_t *b)
{
    ck_assert_uint_eq(a->state, CORE_NO_HANDLER);
    ck_assert_uint_eq(b->state, CORE_NO_HANDLER);
    ck_assert_mem_eq(a->x, b->x, 32 * sizeof(a->x[0]));
    ck_assert_uint_eq(a->instructions, b->instructions);
    ck_assert_uint_eq(a->icache_misses, b->icache_misses);
    ck_assert_mem_eq(a->icache.tag, b->icache.tag, a->icache.lines * sizeof(uint32_t));
    ck_assert_mem_eq(a->icache.age, b->icache.age, a->icache.lines);
    ck_assert_mem_eq(a->icache.data, b->icache.data, a->icache.lines * LINE);
}

START_TEST(speed_changes_cycles_and_nothing_else)
{
    busy_program();
    rig_run(rig);
    rig_t *slow = rig;
    ck_assert_uint_gt(slow->core.icache_misses, 300);
    ck_assert_uint_gt(slow->core.x[A5], 100);
    for (uint64_t every = 0; every < 12; every++) {
        busy_program();
        core_set_speed(&rig->core, CORE_FUNCTIONAL);
        rig_start(rig);
        for (uint64_t cycle = 0, k = 1; every != 0 && cycle < 20000; cycle += every, k++) {
            rig_run_to_cycle(rig, cycle);
            core_set_speed(&rig->core, k % 2 == 0 ? CORE_FUNCTIONAL : CORE_CYCLE);
        }
        rig_run_to_cycle(rig, 30000);
        halted_alike(&slow->core, &rig->core);
        rig_free(rig);
    }
    rig_free(slow);
}
END_TEST

static uint64_t end_hash(void)
{
    rig_run_to_cycle(rig, 400);
    core_settle(&rig->core);
    l2_settle(&rig->l2);
    return sim_state_hash(rig->sim);
}

START_TEST(a_run_goes_on_from_a_snapshot_at_any_cycle)
{
    for (uint64_t cycle = 0; cycle < 150; cycle++) {
        busy_program();
        rig_start(rig);
        rig_run_to_cycle(rig, cycle);
        sim_snapshot_t *snapshot = sim_snapshot_take(rig->sim, NULL);
        ck_assert_ptr_nonnull(snapshot);
        uint64_t unbroken = end_hash();
        rig_free(rig);
        busy_program();
        rig_start(rig);
        ck_assert_int_eq(sim_snapshot_restore(rig->sim, snapshot), SIM_OK);
        ck_assert_msg(end_hash() == unbroken, "cycle %llu", (unsigned long long)cycle);
        sim_snapshot_free(snapshot);
        rig_free(rig);
    }
}
END_TEST

/* A snapshot from a later time, into a core that has other lines decoded. */
START_TEST(going_back_brings_back_the_lines)
{
    busy_program();
    rig_start(rig);
    rig_run_to_cycle(rig, 77);
    sim_snapshot_t *snapshot = sim_snapshot_take(rig->sim, NULL);
    uint64_t first = end_hash();
    rig_run_to_cycle(rig, 1234);
    ck_assert_int_eq(sim_snapshot_restore(rig->sim, snapshot), SIM_OK);
    ck_assert_uint_eq(end_hash(), first);
    sim_snapshot_free(snapshot);
    rig_free(rig);
}
END_TEST

static uint32_t stops;

static void on_stop(void *ctx, core_stop_t why, uint32_t addr)
{
    (void)ctx;
    ck_assert_int_eq(why, CORE_STOP_BREAK);
    ck_assert_uint_eq(addr, RIG_L2 + 2 * LINE - 2);
    ck_assert_uint_eq(rig->core.pc, addr);
    stops++;
    sim_stop(rig->sim);
}

/* Every other time round it comes by the instruction in two lines, the first time at A0 1. */
START_TEST(a_breakpoint_on_code_in_two_lines_stops_each_time)
{
    core_hooks_t hooks = {.stop = on_stop};
    busy_program();
    core_add_hooks(&rig->core, &hooks);
    ck_assert(core_break_add(&rig->core, RIG_L2 + 2 * LINE - 2));
    rig_start(rig);
    for (stops = 0; rig->core.state == CORE_RUNS;) {
        uint32_t before = stops;
        rig_run_to_cycle(rig, 30000);
        if (stops != before)
            ck_assert_uint_eq(rig->core.x[A0], 2 * before + 1);
    }
    ck_assert_uint_eq(stops, 50);
    core_remove_hooks(&rig->core, &hooks);
    rig_free(rig);
}
END_TEST

static uint64_t noted, told;

static void on_insn(void *ctx, const core_note_t *note)
{
    (void)ctx;
    ck_assert_uint_eq(note->cycle, told);
    told = note->cycle + note->cycles;
    noted++;
}

/* The waits of fetches too; and watching costs nothing. */
START_TEST(notes_account_for_every_cycle)
{
    core_hooks_t hooks = {.insn = on_insn};
    busy_program();
    rig_run(rig);
    rig_t *alone = rig;
    busy_program();
    core_add_hooks(&rig->core, &hooks);
    noted = told = 0;
    rig_run(rig);
    ck_assert_uint_eq(noted, rig->core.instructions);
    ck_assert_uint_eq(rig->core.cycle, alone->core.cycle);
    halted_alike(&alone->core, &rig->core);
    rig_free(alone);
    rig_free(rig);
}
END_TEST

TEST_MAIN("logic instruction cache", a_cold_line_costs_its_burst_and_what_is_there_nothing,
          a_loop_in_a_line_waits_once, a_longer_line_takes_its_beats,
          lines_of_one_place_evict_each_other, a_second_way_keeps_both,
          the_line_not_used_for_longest_goes, an_instruction_in_two_lines_waits_for_both,
          fence_i_costs_the_lines_again, another_master_of_the_bank_comes_first,
          rules_of_the_arbiter_hold_for_fetches, an_interrupt_is_taken_when_the_line_is_there,
          event_counters_count_lines_and_waits, a_store_is_fetched_after_fence_i,
          a_store_ahead_of_its_line_is_fetched,
          a_debugger_is_seen_at_once_and_other_masters_are_not,
          a_line_with_two_flipped_bits_is_an_access_fault, a_line_with_one_flipped_bit_is_corrected,
          a_new_line_is_met_by_what_began_in_the_one_before,
          an_instruction_that_ends_where_it_may_not_faults_there,
          a_fetch_that_is_not_allowed_is_not_made,
          an_instruction_across_the_end_of_l2_faults_at_its_second_half,
          shapes_that_are_none_are_refused, speed_changes_cycles_and_nothing_else,
          a_run_goes_on_from_a_snapshot_at_any_cycle, going_back_brings_back_the_lines,
          a_breakpoint_on_code_in_two_lines_stops_each_time, notes_account_for_every_cycle)
