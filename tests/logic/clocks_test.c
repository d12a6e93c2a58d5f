/*
 * clocks_test.c - cycles of gated clocks, by hand and against edges looked at one by one.
 */
#include "logic/clocks.h"
#include "sim/rng.h"
#include "tests/test.h"

static sim_t *sim;
static clocks_t clocks;
static sim_wire_t wire[2];
static uint64_t hz[CLOCKS_DOMAINS];
static uint64_t slept;

static uint64_t domain_hz(void *ctx, clocks_domain_id_t domain)
{
    (void)ctx;
    return hz[domain];
}

static clocks_desc_t plain(void)
{
    clocks_desc_t desc = clocks_desc_default();
    for (uint32_t i = 0; i < CLOCKS_GATE_COUNT; i++)
        desc.rule[i] = (clocks_rule_t){.idle = true};
    return desc;
}

static void make(const clocks_desc_t *desc)
{
    sim = sim_new();
    memset(wire, 0, sizeof(wire));
    slept = 0;
    ck_assert_int_eq(clocks_init(&clocks, sim, desc, "clocks"), SIM_OK);
    ck_assert_int_eq(sim_check(sim), SIM_EWIRE); /* nobody knows a frequency */
    clocks.hz = domain_hz;
}

static void start(void)
{
    ck_assert_int_eq(sim_check(sim), SIM_OK);
    sim_reset(sim);
    ck_assert_int_eq(sim_start(sim), SIM_OK);
}

static void all_hz(uint64_t each)
{
    for (uint32_t i = 0; i < CLOCKS_DOMAINS; i++)
        hz[i] = each;
}

static void pass_to(uint64_t at_ps)
{
    sim_run_until_ps(sim, at_ps);
}

static void check(clocks_gate_id_t gate, uint64_t clock_cycles, uint64_t gated_cycles)
{
    sim_tally(sim);
    ck_assert_uint_eq(clocks.gate[gate].clock_cycles, clock_cycles);
    ck_assert_uint_eq(clocks.gate[gate].gated_cycles, gated_cycles);
}

START_TEST(a_domain_is_a_ratio_of_inck_in_lowest_terms)
{
    /* 24 MHz: 262.5 / 24 = 175 / 16; 186 = 24 x 31 / 4; 111 = 24 x 37 / 8; 24 and 12 themselves */
    static const uint64_t set[CLOCKS_DOMAINS] = {186000000, 262500000, 12000000, 24000000,
                                                 111000000};
    static const uint64_t up[CLOCKS_DOMAINS] = {31, 175, 1, 1, 37};
    static const uint64_t down[CLOCKS_DOMAINS] = {4, 16, 2, 1, 8};
    clocks_desc_t desc = plain();
    make(&desc);
    memcpy(hz, set, sizeof(hz));
    start();
    for (uint32_t i = 0; i < CLOCKS_DOMAINS; i++) {
        const clocks_domain_t *d = &clocks.domain[i];
        ck_assert_uint_eq(d->hz, set[i]);
        ck_assert_uint_eq(d->ratio_up, up[i]);
        ck_assert_uint_eq(d->ratio_down, down[i]);
    }
    pass_to(SIM_PS_PER_MS); /* an account each: 186,000 edges in 1 ms, and so on */
    check(CLOCKS_GATE_pixel, 186000, 0);
    check(CLOCKS_GATE_isp, 262500, 0);
    check(CLOCKS_GATE_npu, 12000, 0);
    check(CLOCKS_GATE_fabric, 24000, 0);
    check(CLOCKS_GATE_mipi, 111000, 0);
    sim_free(sim);
}
END_TEST

START_TEST(a_gate_closes_so_many_cycles_after_its_clock_was_needed)
{
    clocks_desc_t desc = plain();
    desc.rule[CLOCKS_GATE_npu].idle_cycles = 3;
    make(&desc);
    all_hz(100000000); /* edge n at 10 n ns */
    ck_assert(clocks_need(&clocks, CLOCKS_GATE_npu, &wire[0]));
    start();
    pass_to(1005000);
    sim_wire_set(&wire[0], true);
    check(CLOCKS_GATE_npu, 0, 100); /* edges 1 to 100 */
    pass_to(1200000);
    check(CLOCKS_GATE_npu, 20, 100); /* 101 to 120 */
    pass_to(1505000);
    sim_wire_set(&wire[0], false); /* as of edge 151; then 3 more */
    pass_to(1539999);
    check(CLOCKS_GATE_npu, 53, 100);
    pass_to(2000000);
    check(CLOCKS_GATE_npu, 54, 146); /* 101 to 154 */
    sim_free(sim);
}
END_TEST

START_TEST(a_need_within_the_idle_cycles_keeps_the_gate_open)
{
    clocks_desc_t desc = plain();
    desc.rule[CLOCKS_GATE_isp].idle_cycles = 5;
    make(&desc);
    all_hz(100000000);
    ck_assert(clocks_need(&clocks, CLOCKS_GATE_isp, &wire[0]));
    ck_assert(clocks_need(&clocks, CLOCKS_GATE_isp, &wire[1]));
    ck_assert(!clocks_need(&clocks, CLOCKS_GATE_isp, &wire[1])); /* two at most */
    start();
    sim_wire_set(&wire[0], true);
    pass_to(100000);
    sim_wire_set(&wire[1], true);
    sim_wire_set(&wire[0], false); /* the other one needs it still */
    pass_to(200000);
    sim_wire_set(&wire[1], false); /* until edge 25 */
    pass_to(230000);
    sim_wire_set(&wire[1], true);
    pass_to(300000);
    check(CLOCKS_GATE_isp, 30, 0);
    sim_wire_set(&wire[1], false);
    pass_to(400000);
    check(CLOCKS_GATE_isp, 35, 5);
    sim_free(sim);
}
END_TEST

START_TEST(without_the_register_bit_there_is_no_clock_whoever_needs_it)
{
    clocks_desc_t desc = plain();
    desc.rule[CLOCKS_GATE_isp].idle_cycles = 5;
    make(&desc);
    all_hz(100000000);
    ck_assert(clocks_need(&clocks, CLOCKS_GATE_isp, &wire[0]));
    start();
    sim_wire_set(&wire[0], true);
    pass_to(100000);
    clocks_enable(&clocks, CLOCKS_GATE_isp, false); /* at once */
    clocks_enable(&clocks, CLOCKS_GATE_uart, false);
    pass_to(200000);
    check(CLOCKS_GATE_isp, 10, 10);
    check(CLOCKS_GATE_uart, 10, 10); /* nothing else closes it */
    sim_wire_set(&wire[0], false);
    clocks_enable(&clocks, CLOCKS_GATE_isp, true); /* not needed: stays closed */
    clocks_enable(&clocks, CLOCKS_GATE_uart, true);
    pass_to(300000);
    check(CLOCKS_GATE_isp, 10, 20);
    check(CLOCKS_GATE_uart, 20, 10);
    check(CLOCKS_GATE_fabric, 30, 0);
    sim_free(sim);
}
END_TEST

START_TEST(a_gate_that_is_not_to_close_when_idle_stays_open)
{
    clocks_desc_t desc = plain();
    desc.rule[CLOCKS_GATE_npu].idle = desc.rule[CLOCKS_GATE_core].idle = false;
    make(&desc);
    all_hz(100000000);
    ck_assert(clocks_need(&clocks, CLOCKS_GATE_npu, &wire[0]));
    clocks_sleeps(&clocks, CLOCKS_GATE_core, NULL, &slept);
    start();
    slept = 40;
    pass_to(1000000);
    check(CLOCKS_GATE_npu, 100, 0);
    check(CLOCKS_GATE_core, 100, 0);
    sim_free(sim);
}
END_TEST

START_TEST(cycles_that_a_block_says_it_slept_are_gated)
{
    clocks_desc_t desc = plain();
    make(&desc);
    all_hz(100000000);
    clocks_sleeps(&clocks, CLOCKS_GATE_core, NULL, &slept);
    start();
    pass_to(1000000);
    slept = 40;
    check(CLOCKS_GATE_core, 60, 40);
    pass_to(2000000);
    slept = 10; /* it was reset, and slept again */
    check(CLOCKS_GATE_core, 150, 50);
    pass_to(2005000);
    slept = 11; /* up to edge 201, which is not there yet: that one counts later */
    check(CLOCKS_GATE_core, 150, 50);
    pass_to(2010000);
    check(CLOCKS_GATE_core, 150, 51);
    sim_free(sim);
}
END_TEST

START_TEST(another_frequency_counts_from_its_first_move_on)
{
    clocks_desc_t desc = plain();
    make(&desc);
    all_hz(100000000);
    ck_assert(clocks_need(&clocks, CLOCKS_GATE_mipi, &wire[0]));
    start();
    pass_to(1000000);
    hz[CLOCKS_LINK] = 200000000;
    sim_wire_set(&wire[0], true);
    pass_to(2000000);
    check(CLOCKS_GATE_mipi, 200, 100);
    ck_assert_uint_eq(clocks.domain[CLOCKS_LINK].hz, 200000000);
    sim_free(sim);
}
END_TEST

static char heard[2048];

static void on_count(void *ctx, const char *track, uint64_t at_ps, const char *values)
{
    size_t used = strlen(heard);
    (void)ctx;
    if (strcmp(track, "clock npu") == 0)
        snprintf(heard + used, sizeof(heard) - used, "%llu:%s ",
                 (unsigned long long)(at_ps / SIM_PS_PER_US), values);
}

START_TEST(the_trace_has_the_share_of_each_window)
{
    clocks_desc_t desc = plain();
    desc.window_ps = SIM_PS_PER_US; /* 100 cycles */
    make(&desc);
    all_hz(100000000);
    heard[0] = '\0';
    sim_set_count(sim, on_count, NULL);
    ck_assert(clocks_need(&clocks, CLOCKS_GATE_npu, &wire[0]));
    start();
    pass_to(1250000);
    sim_wire_set(&wire[0], true);
    pass_to(1700000);
    sim_tally(sim); /* looking changes nothing */
    pass_to(3010000);
    sim_wire_set(&wire[0], false);
    pass_to(3500000);
    clocks_end(&clocks);
    /* edges 126 to 200, 201 to 300, and 301 */
    ck_assert_str_eq(heard, "0:\"MHz\":0.000 1:\"MHz\":75.000 2:\"MHz\":100.000 "
                            "3:\"MHz\":1.000 ");
    sim_free(sim);
}
END_TEST

/* ---- against a look at every edge ---- */

enum { CHANGES = 80 };

typedef struct {
    uint64_t at_ps;
    bool level;
} change_t;

/* Of the edge at `at_ps`, number n: what moved before it counts. */
static bool is_open(const change_t *change, uint32_t changes, uint64_t n, uint64_t at_ps,
                    uint64_t clk_hz, uint32_t idle)
{
    bool open = false;
    for (uint32_t i = 0; i < changes && change[i].at_ps < at_ps; i++) {
        if (change[i].level)
            open = true;
        else if (open)
            open = n <= sim_edge_at_or_after(change[i].at_ps, clk_hz) + idle;
    }
    return open;
}

static void try_random(uint64_t seed)
{
    static const uint64_t some_hz[] = {262500000, 111000000, 333333333, 7};
    sim_stream_t random = sim_stream(seed, 1, 0);
    uint64_t clk_hz = some_hz[seed % 4], period = SIM_PS_PER_S / clk_hz;
    change_t change[CHANGES];
    uint32_t idle = sim_stream_u32(&random) % 4;
    clocks_desc_t desc = plain();
    desc.rule[CLOCKS_GATE_npu].idle_cycles = idle;
    make(&desc);
    all_hz(clk_hz);
    ck_assert(clocks_need(&clocks, CLOCKS_GATE_npu, &wire[0]));
    start();
    uint64_t at = 0, n = 1, open = 0;
    for (uint32_t i = 0; i < CHANGES; i++) {
        at += sim_stream_u32(&random) % 8 * period / 2 + sim_stream_u32(&random) % 3;
        if (sim_stream_u32(&random) % 4 == 0) /* just on an edge */
            at = sim_edge_ps(sim_edge_at_or_after(at, clk_hz), clk_hz);
        change[i] = (change_t){at, i % 2 == 0};
        pass_to(at);
        for (; sim_edge_ps(n, clk_hz) <= at; n++)
            open += is_open(change, i, n, sim_edge_ps(n, clk_hz), clk_hz, idle);
        if (sim_stream_u32(&random) % 2 == 0) /* looking changes nothing */
            check(CLOCKS_GATE_npu, open, n - 1 - open);
        sim_wire_set(&wire[0], change[i].level);
    }
    check(CLOCKS_GATE_npu, open, n - 1 - open);
    sim_free(sim);
}

START_TEST(random_needs_give_the_cycles_that_a_look_at_every_edge_gives)
{
    for (uint64_t seed = 0; seed < 40; seed++)
        try_random(seed);
}
END_TEST

START_TEST(descriptions_that_make_no_sense_are_refused)
{
    clocks_desc_t desc = plain();
    sim = sim_new();
    desc.inck_hz = 0;
    ck_assert_int_eq(clocks_init(&clocks, sim, &desc, "clocks"), SIM_EDESC);
    desc = plain();
    desc.rule[CLOCKS_GATE_isp].idle_cycles = CLOCKS_MAX_IDLE_CYCLES + 1;
    ck_assert_int_eq(clocks_init(&clocks, sim, &desc, "clocks"), SIM_EDESC);
    ck_assert_ptr_nonnull(strstr(sim_error(sim), "clocks.isp.idle_cycles"));
    desc = plain();
    desc.window_ps = SIM_PS_PER_S + 1;
    ck_assert_int_eq(clocks_init(&clocks, sim, &desc, "clocks"), SIM_EDESC);
    sim_free(sim);
}
END_TEST

TEST_MAIN("clocks", a_domain_is_a_ratio_of_inck_in_lowest_terms,
          a_gate_closes_so_many_cycles_after_its_clock_was_needed,
          a_need_within_the_idle_cycles_keeps_the_gate_open,
          without_the_register_bit_there_is_no_clock_whoever_needs_it,
          a_gate_that_is_not_to_close_when_idle_stays_open,
          cycles_that_a_block_says_it_slept_are_gated,
          another_frequency_counts_from_its_first_move_on,
          random_needs_give_the_cycles_that_a_look_at_every_edge_gives,
          the_trace_has_the_share_of_each_window, descriptions_that_make_no_sense_are_refused)
