/*
 * clkrst_test.c - gates and resets of the rig's UART and INTC, and of the whole rig. 1 GHz.
 */
#include "logic/clkrst.h"
#include "tests/logic/rig.h"
#include "tests/test.h"

enum { ENABLE = 0x04, REFUSED = 0x08, BLOCK = 0x0c, SYSTEM = 0x10, CAUSE = 0x14, MODE = 0x18 };
enum { UART = 1u << 1, INTC = 1u << 2, CLKRST_PAGE = 17 };

static rig_t *rig;
static clkrst_t clkrst;
static bool on_bus;
static uint32_t restarts;
static rst_cause_t why;

static bool is_on_bus(void *ctx, uint32_t page)
{
    (void)ctx;
    return on_bus && page == 1;
}

/* As the sensor does it. */
static void restart(void *ctx, rst_cause_t cause)
{
    rig_t *r = ctx;
    restarts++;
    why = cause;
    for (sim_comp_t *comp = sim_comp_first(r->sim); comp != NULL; comp = comp->next) {
        if (comp == &clkrst.comp)
            continue;
        sim_regs_reset(comp);
        if (comp->kind->reset != NULL)
            comp->kind->reset(comp);
    }
    r->core.comp.kind->start(&r->core.comp);
}

static void make(boot_mode_t boot)
{
    clkrst_desc_t desc = {.clk_hz = RIG_HZ, .boot = boot};
    rig = rig_new();
    on_bus = false;
    restarts = 0;
    ck_assert_int_eq(clkrst_init(&clkrst, rig->sim, &rig->bus, &desc, "clkrst"), SIM_OK);
    ck_assert_int_eq(bus_attach(&rig->bus, CLKRST_PAGE, &clkrst.comp), SIM_OK);
    clkrst_add(&clkrst, 1,
               &(clkrst_unit_t){.gate = true, .irq = &rig->uart.irq, .on_bus = is_on_bus});
    clkrst_add(&clkrst, 2, &(clkrst_unit_t){.irq = NULL});
    ck_assert_int_eq(sim_check(rig->sim), SIM_EWIRE); /* nobody restarts yet */
    clkrst.restart = restart;
    clkrst.restart_ctx = rig;
    ck_assert_int_eq(sim_check(rig->sim), SIM_OK);
    sim_reset(rig->sim);
}

static uint32_t get(uint32_t addr)
{
    uint32_t value = 0xdead;
    ck_assert(bus_read_reg(&rig->bus, addr, 4, &value));
    return value;
}

static void put(uint32_t addr, uint32_t value)
{
    ck_assert(bus_write_reg(&rig->bus, addr, 4, value));
}

static uint32_t ctl(uint32_t addr)
{
    return get(BUS_PAGE_BASE + CLKRST_PAGE * BUS_PAGE_BYTES + addr);
}

static void set(uint32_t addr, uint32_t value)
{
    put(BUS_PAGE_BASE + CLKRST_PAGE * BUS_PAGE_BYTES + addr, value);
}

START_TEST(a_block_without_clock_answers_zero_and_takes_nothing)
{
    make(BOOT_MEMORY);
    put(RIG_UART + 0x10, 100);
    set(ENABLE, ~(uint32_t)UART);
    ck_assert_uint_eq(ctl(ENABLE), ~(uint32_t)UART);
    ck_assert(!clkrst_on(&clkrst, 1));
    ck_assert_uint_eq(sim_log_count(rig->sim, SIM_LOG_GUEST), 0);
    ck_assert_uint_eq(get(RIG_UART + 0x10), 0);
    put(RIG_UART + 0x10, 200);
    put(RIG_UART + 0x04, 'x');
    ck_assert_uint_eq(sim_log_count(rig->sim, SIM_LOG_GUEST), 3);
    ck_assert(!sim_event_pending(&rig->uart.shifted));
    set(ENABLE, 0xffffffff);
    ck_assert_uint_eq(get(RIG_UART + 0x10), 100); /* its state stayed */
    rig_free(rig);
}
END_TEST

START_TEST(a_busy_block_keeps_its_clock)
{
    make(BOOT_MEMORY);
    put(RIG_UART + 0x04, 'x'); /* ten bits of 100 clocks */
    set(ENABLE, 0);
    ck_assert_uint_eq(ctl(ENABLE), 0xffffffff);
    ck_assert_uint_eq(ctl(REFUSED), UART);
    ck_assert_uint_eq(clkrst.gates_refused, 1);
    rig_run_to_cycle(rig, 1000);
    ck_assert_uint_eq(rig->uart.tx_bytes, 1);
    set(ENABLE, 0);
    ck_assert_uint_eq(ctl(ENABLE), ~(uint32_t)UART); /* the INTC has no gate */
    ck_assert(clkrst_on(&clkrst, 2));
    set(REFUSED, UART);
    ck_assert_uint_eq(ctl(REFUSED), 0);
    rig_free(rig);
}
END_TEST

START_TEST(a_block_reset_takes_two_and_a_half_clocks)
{
    make(BOOT_MEMORY);
    put(RIG_INTC + 8, 0x40);
    put(RIG_UART + 0x0c, 2); /* interrupt on an empty transmit FIFO: now */
    ck_assert(rig->intc.meip.level);
    put(RIG_UART + 0x10, 77);
    set(BLOCK, UART);
    ck_assert_uint_eq(ctl(BLOCK), UART);
    sim_run_until_ps(rig->sim, 2499);
    ck_assert_uint_eq(get(RIG_UART + 0x10), 77);
    sim_run_until_ps(rig->sim, 2500);
    ck_assert_uint_eq(ctl(BLOCK), 0);
    ck_assert_uint_eq(get(RIG_UART + 0x10), 100); /* the rig's rate */
    ck_assert_uint_eq(get(RIG_UART + 0x0c), 0);
    ck_assert(!rig->intc.meip.level);
    ck_assert_uint_eq(get(RIG_INTC + 8), 0x40); /* others are left alone */
    rig_free(rig);
}
END_TEST

START_TEST(a_block_reset_waits_for_the_bus)
{
    make(BOOT_MEMORY);
    put(RIG_UART + 0x10, 77);
    on_bus = true;
    set(ENABLE, ~(uint32_t)UART); /* busy without an event */
    ck_assert_uint_eq(ctl(REFUSED), UART);
    set(BLOCK, UART);
    rig_run_to_cycle(rig, 5);
    ck_assert_uint_eq(ctl(BLOCK), UART);
    on_bus = false;
    sim_run_until_ps(rig->sim, 19499); /* 2.5, then 16 clocks and a half after edge 3 */
    ck_assert_uint_eq(get(RIG_UART + 0x10), 77);
    sim_run_until_ps(rig->sim, 19500);
    ck_assert_uint_eq(get(RIG_UART + 0x10), 100);
    ck_assert_uint_eq(clkrst.block_resets, 1);
    rig_free(rig);
}
END_TEST

START_TEST(pages_without_reset_are_told)
{
    make(BOOT_MEMORY);
    set(BLOCK, 1u << 0);
    ck_assert_uint_eq(sim_log_count(rig->sim, SIM_LOG_GUEST), 1);
    ck_assert_uint_eq(ctl(BLOCK), 0);
    rig_free(rig);
}
END_TEST

/* The program counts its starts in TCM, notes the cause, and resets the system twice. */
START_TEST(the_core_starts_again_and_ram_stays)
{
    make(BOOT_MEMORY);
    enum { SYS_REG = 0x40011000 };
    RIG_PROGRAM(rig, LUI(A0, RIG_DATA >> 12), LW(A1, 0, A0), ADDI(A1, A1, 1), SW(A1, 0, A0),
                LUI(A2, SYS_REG >> 12), LW(A3, CAUSE, A2), SW(A3, 4, A0), ADDI(A4, ZERO, 3),
                BEQ(A1, A4, 16), LUI(A5, 6), ADDI(A5, A5, -0x502), SW(A5, SYSTEM, A2),
                JAL(ZERO, 0));
    rig_start(rig);
    rig_run_to_cycle(rig, 10000);
    ck_assert_uint_eq(rig_word(rig, RIG_DATA), 3);
    ck_assert_uint_eq(rig_word(rig, RIG_DATA + 4), RST_POWER_ON | RST_SOFTWARE);
    ck_assert_uint_eq(restarts, 2);
    ck_assert_uint_eq(why, RST_SOFTWARE);
    ck_assert_uint_eq(clkrst.system_resets, 2);
    rig_free(rig);
}
END_TEST

START_TEST(a_wrong_key_resets_nothing)
{
    make(BOOT_MEMORY);
    set(SYSTEM, 0x5aff);
    ck_assert_uint_eq(sim_log_count(rig->sim, SIM_LOG_GUEST), 1);
    rig_run_to_cycle(rig, 100);
    ck_assert_uint_eq(restarts, 0);
    ck_assert_uint_eq(ctl(SYSTEM), 0);
    rig_free(rig);
}
END_TEST

START_TEST(watchdog_and_brown_out_leave_their_cause)
{
    make(BOOT_SPI);
    ck_assert_uint_eq(ctl(CAUSE), RST_POWER_ON);
    ck_assert_uint_eq(ctl(MODE), BOOT_SPI);
    set(CAUSE, RST_POWER_ON);
    clkrst_on_watchdog(&clkrst, true);
    clkrst_on_watchdog(&clkrst, false);
    put(RIG_UART + 0x10, 77);
    set(ENABLE, ~(uint32_t)UART);
    rig_run_to_cycle(rig, 10);
    ck_assert_uint_eq(restarts, 1);
    ck_assert_uint_eq(ctl(CAUSE), RST_WATCHDOG);
    ck_assert_uint_eq(ctl(ENABLE), 0xffffffff);
    ck_assert_uint_eq(get(RIG_UART + 0x10), 100);
    clkrst_request(&clkrst, RST_BROWN_OUT);
    rig_run_to_cycle(rig, 20);
    ck_assert_uint_eq(why, RST_BROWN_OUT);
    ck_assert_uint_eq(ctl(CAUSE), RST_WATCHDOG | RST_BROWN_OUT);
    set(CAUSE, 0xf);
    ck_assert_uint_eq(ctl(CAUSE), 0);
    ck_assert_uint_eq(ctl(MODE), BOOT_SPI); /* the strap */
    rig_free(rig);
}
END_TEST

TEST_MAIN("logic clocks and resets", a_block_without_clock_answers_zero_and_takes_nothing,
          a_busy_block_keeps_its_clock, a_block_reset_takes_two_and_a_half_clocks,
          a_block_reset_waits_for_the_bus, pages_without_reset_are_told,
          the_core_starts_again_and_ram_stays, a_wrong_key_resets_nothing,
          watchdog_and_brown_out_leave_their_cause)
