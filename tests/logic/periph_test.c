/*
 * periph_test.c - CLINT, INTC, UART and SYS, each through its registers. Clock 1 GHz.
 */
#include "tests/logic/rig.h"
#include "tests/test.h"

static rig_t *rig;

static void make_rig(void)
{
    rig = rig_new();
}

static void drop_rig(void)
{
    rig_free(rig);
}

/* Before the core starts: nothing but the test accesses registers. */
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

/* ---- all of them ---- */

static void check_block(sim_comp_t *comp, uint32_t id)
{
    ck_assert_uint_eq(sim_reg_peek(comp, 0), id << 16 | 1);
    for (const sim_reg_t *reg = comp->kind->regs; reg->name != NULL; reg++) {
        ck_assert_msg(sim_reg_peek(comp, reg->addr) == reg->reset, "%s", reg->name);
        for (const sim_reg_t *other = comp->kind->regs; other != reg; other++)
            ck_assert_msg(other->addr != reg->addr, "%s, %s", reg->name, other->name);
    }
}

START_TEST(registers_have_their_reset_values_and_ids)
{
    sim_t *sim = sim_new();
    sys_t sys;
    uart_t uart;
    intc_t intc;
    clint_t clint;
    sys_desc_t sys_desc = sys_desc_default();
    uart_desc_t uart_desc = uart_desc_default();
    clint_desc_t clint_desc = clint_desc_default();
    ck_assert_int_eq(sys_init(&sys, sim, &sys_desc, "sys"), SIM_OK);
    ck_assert_int_eq(uart_init(&uart, sim, &uart_desc, "uart"), SIM_OK);
    ck_assert_int_eq(intc_init(&intc, sim, "intc"), SIM_OK);
    ck_assert_int_eq(clint_init(&clint, sim, &clint_desc, "clint"), SIM_OK);
    sim_reset(sim);
    check_block(&sys.comp, 1);
    check_block(&uart.comp, 2);
    check_block(&intc.comp, 3);
    check_block(&clint.comp, 9);
    sim_free(sim);
}
END_TEST

/* ---- SYS ---- */

START_TEST(time_is_latched_by_its_low_word)
{
    make_rig();
    sim_run_until_ps(rig->sim, UINT64_C(0x5fffffff0));
    ck_assert_uint_eq(get(RIG_SYS + 0x0c), 0xfffffff0);
    sim_run_until_ps(rig->sim, UINT64_C(0x600000010));
    ck_assert_uint_eq(get(RIG_SYS + 0x10), 5); /* as of the read of the low word */
    ck_assert_uint_eq(get(RIG_SYS + 0x0c), 0x10);
    ck_assert_uint_eq(get(RIG_SYS + 0x10), 6);
    drop_rig();
}
END_TEST

START_TEST(cycles_are_edges_of_the_core_clock)
{
    make_rig();
    sim_run_until_ps(rig->sim, 7999);
    ck_assert_uint_eq(get(RIG_SYS + 0x14), 7);
    sim_run_until_ps(rig->sim, 8000);
    ck_assert_uint_eq(get(RIG_SYS + 0x14), 8);
    ck_assert_uint_eq(get(RIG_SYS + 0x08), 1000000000);
    ck_assert_uint_eq(get(RIG_SYS + 0x04), 0x500);
    drop_rig();
}
END_TEST

START_TEST(peeking_latches_nothing)
{
    make_rig();
    sim_run_until_ps(rig->sim, UINT64_C(0x500000000));
    sim_reg_peek(&rig->sys.comp, 0x0c);
    ck_assert_uint_eq(get(RIG_SYS + 0x10), 0);
    drop_rig();
}
END_TEST

START_TEST(writing_what_is_read_only_is_logged)
{
    make_rig();
    put(RIG_SYS + 0x04, 1);
    ck_assert_uint_eq(sim_log_count(rig->sim, SIM_LOG_GUEST), 1);
    ck_assert_uint_eq(get(RIG_SYS + 0x04), 0x500);
    put(RIG_SYS + 0x1c, 0x12345678);
    ck_assert_uint_eq(get(RIG_SYS + 0x1c), 0x12345678);
    drop_rig();
}
END_TEST

/* ---- INTC ---- */

START_TEST(only_enabled_inputs_reach_the_core)
{
    make_rig();
    sim_wire_set(&rig->probe.line, true); /* input 1 */
    ck_assert_uint_eq(get(RIG_INTC + 4), 0x2);
    ck_assert_uint_eq(get(RIG_INTC + 0xc), 0);
    ck_assert(!rig->intc.meip.level);
    put(RIG_INTC + 8, 0xffffffff);
    ck_assert_uint_eq(get(RIG_INTC + 8), 0xfffffffe); /* there is no input 0 */
    ck_assert_uint_eq(get(RIG_INTC + 0xc), 0x2);
    ck_assert(rig->intc.meip.level);
    ck_assert_uint_eq(rig->core.mip, 0x800);
    sim_wire_set(&rig->probe.line, false);
    ck_assert(!rig->intc.meip.level);
    ck_assert_uint_eq(rig->core.mip, 0);
    drop_rig();
}
END_TEST

START_TEST(claim_names_the_lowest_pending_input)
{
    make_rig();
    put(RIG_INTC + 8, 0x42);
    ck_assert_uint_eq(get(RIG_INTC + 0x10), 0);
    uart_receive(&rig->uart, 'x');
    put(RIG_UART + 0xc, 1); /* receive interrupt: input 6 */
    ck_assert_uint_eq(get(RIG_INTC + 0x10), 6);
    sim_wire_set(&rig->probe.line, true);
    ck_assert_uint_eq(get(RIG_INTC + 0x10), 1);
    ck_assert_uint_eq(get(RIG_INTC + 0x10), 1); /* no effect */
    sim_wire_set(&rig->probe.line, false);
    ck_assert_uint_eq(get(RIG_INTC + 0x10), 6);
    ck_assert_uint_eq(rig->intc.interrupts, 1); /* meip was high all the time */
    drop_rig();
}
END_TEST

START_TEST(an_input_is_connected_once_and_in_range)
{
    make_rig();
    sim_wire_t wire = {0};
    ck_assert(!intc_connect(&rig->intc, 0, &wire));
    ck_assert(!intc_connect(&rig->intc, 32, &wire));
    ck_assert(!intc_connect(&rig->intc, 6, &wire)); /* the UART's */
    ck_assert(intc_connect(&rig->intc, 31, &wire));
    put(RIG_INTC + 8, 0x80000000);
    sim_wire_set(&wire, true);
    ck_assert_uint_eq(get(RIG_INTC + 0x10), 31);
    drop_rig();
}
END_TEST

/* ---- CLINT: 1 MHz, a tick is 1,000,000 ps ---- */

START_TEST(mtip_rises_when_mtime_reaches_mtimecmp)
{
    make_rig();
    put(RIG_CLINT + 0x0c, 0);
    put(RIG_CLINT + 0x08, 5);
    sim_run_until_ps(rig->sim, 5 * SIM_PS_PER_US - 1);
    ck_assert(!rig->clint.mtip.level);
    ck_assert_uint_eq(get(RIG_CLINT + 0x10), 4);
    sim_run_until_ps(rig->sim, 5 * SIM_PS_PER_US);
    ck_assert(rig->clint.mtip.level);
    ck_assert_uint_eq(get(RIG_CLINT + 0x10), 5);
    put(RIG_CLINT + 0x08, 6);
    ck_assert(!rig->clint.mtip.level);
    sim_run_until_ps(rig->sim, 6 * SIM_PS_PER_US);
    ck_assert(rig->clint.mtip.level);
    drop_rig();
}
END_TEST

START_TEST(a_far_mtimecmp_needs_no_event)
{
    make_rig();
    put(RIG_CLINT + 0x08, 7); /* the upper half is all ones */
    ck_assert_uint_eq(sim_next_event_ps(rig->sim), SIM_NEVER_PS);
    ck_assert(!rig->clint.mtip.level);
    drop_rig();
}
END_TEST

START_TEST(mtime_can_be_written_and_carries)
{
    make_rig();
    sim_run_until_ps(rig->sim, 10 * SIM_PS_PER_US);
    put(RIG_CLINT + 0x14, 3);          /* upper half */
    put(RIG_CLINT + 0x10, 0xffffffff); /* lower half, now */
    ck_assert_uint_eq(get(RIG_CLINT + 0x10), 0xffffffff);
    ck_assert_uint_eq(get(RIG_CLINT + 0x14), 3);
    put(RIG_CLINT + 0x0c, 4);
    put(RIG_CLINT + 0x08, 1);
    sim_run_until_ps(rig->sim, 12 * SIM_PS_PER_US - 1);
    ck_assert(!rig->clint.mtip.level);
    sim_run_until_ps(rig->sim, 12 * SIM_PS_PER_US); /* 0x3ffffffff + 2 */
    ck_assert(rig->clint.mtip.level);
    ck_assert_uint_eq(get(RIG_CLINT + 0x10), 1);
    ck_assert_uint_eq(get(RIG_CLINT + 0x14), 4);
    drop_rig();
}
END_TEST

START_TEST(msip_is_a_level)
{
    make_rig();
    put(RIG_CLINT + 4, 0xffffffff);
    ck_assert_uint_eq(get(RIG_CLINT + 4), 1);
    ck_assert_uint_eq(rig->core.mip, 0x8);
    put(RIG_CLINT + 4, 0);
    ck_assert_uint_eq(rig->core.mip, 0);
    drop_rig();
}
END_TEST

/* ---- UART: 100 clocks a bit, a byte is 1,000 clocks = 1 us ---- */

static uint8_t sent[64];
static uint64_t sent_ps[64];
static uint32_t sent_count;

static void on_sent(void *ctx, uint8_t byte)
{
    (void)ctx;
    ck_assert_uint_lt(sent_count, 64);
    sent_ps[sent_count] = sim_now_ps(rig->sim);
    sent[sent_count++] = byte;
}

static void make_uart_rig(void)
{
    make_rig();
    rig->uart.sent = on_sent;
    ck_assert_uint_eq(get(RIG_UART + 0x10), 100);
}

START_TEST(a_byte_arrives_at_the_end_of_its_stop_bit)
{
    make_uart_rig();
    sim_run_until_ps(rig->sim, 500);
    put(RIG_UART + 4, 0x141);                   /* bits above 7 are not sent; starts at edge 1 */
    ck_assert_uint_eq(get(RIG_UART + 8), 0x12); /* sending, FIFO empty again */
    sim_run_until_ps(rig->sim, RIG_PS(1001) - 1);
    ck_assert_uint_eq(sent_count, 0);
    sim_run_until_ps(rig->sim, RIG_PS(1001));
    ck_assert_uint_eq(sent_count, 1);
    ck_assert_uint_eq(sent[0], 0x41);
    ck_assert_uint_eq(rig->uart.tx_edges, 6); /* 1 | 0 10000010 1 */
    ck_assert_uint_eq(get(RIG_UART + 8), 0x10);
    drop_rig();
}
END_TEST

START_TEST(bytes_follow_each_other_without_a_gap)
{
    make_uart_rig();
    for (uint32_t i = 0; i < 17; i++) /* one in the shifter, 16 in the FIFO */
        put(RIG_UART + 4, i);
    ck_assert_uint_eq(get(RIG_UART + 8), 0x03); /* full, sending */
    put(RIG_UART + 4, 99);
    ck_assert_uint_eq(rig->uart.tx_lost, 1);
    ck_assert_uint_eq(sim_log_count(rig->sim, SIM_LOG_GUEST), 1);
    sim_run_until_ps(rig->sim, RIG_PS(100000));
    ck_assert_uint_eq(sent_count, 17);
    for (uint32_t i = 0; i < 17; i++) {
        ck_assert_uint_eq(sent[i], i);
        ck_assert_uint_eq(sent_ps[i], RIG_PS(1000 * (i + 1)));
    }
    ck_assert_uint_eq(rig->uart.tx_bytes, 17);
    drop_rig();
}
END_TEST

START_TEST(a_new_divider_counts_from_the_next_byte)
{
    make_uart_rig();
    put(RIG_UART + 4, 1);
    put(RIG_UART + 4, 2);
    put(RIG_UART + 0x10, 50);
    sim_run_until_ps(rig->sim, RIG_PS(100000));
    ck_assert_uint_eq(sent_ps[0], RIG_PS(1000));
    ck_assert_uint_eq(sent_ps[1], RIG_PS(1500));
    put(RIG_UART + 0x10, 0); /* no rate */
    ck_assert_uint_eq(get(RIG_UART + 0x10), 1);
    drop_rig();
}
END_TEST

START_TEST(received_bytes_wait_in_order_and_overrun)
{
    make_uart_rig();
    for (uint32_t i = 0; i < 17; i++)
        uart_receive(&rig->uart, (uint8_t)(10 + i));
    ck_assert_uint_eq(get(RIG_UART + 8), 0x1c); /* received, overrun, transmit empty */
    ck_assert_uint_eq(sim_reg_peek(&rig->uart.comp, 4), 10);
    for (uint32_t i = 0; i < 16; i++)
        ck_assert_uint_eq(get(RIG_UART + 4), 10 + i);
    ck_assert_uint_eq(get(RIG_UART + 4), 0); /* nothing there */
    ck_assert_uint_eq(get(RIG_UART + 8), 0x18);
    put(RIG_UART + 8, 0x8);
    ck_assert_uint_eq(get(RIG_UART + 8), 0x10);
    ck_assert_uint_eq(rig->uart.rx_lost, 1);
    drop_rig();
}
END_TEST

START_TEST(the_uart_interrupts_while_a_condition_holds)
{
    make_uart_rig();
    put(RIG_UART + 0xc, 2); /* transmit FIFO empty */
    ck_assert(rig->uart.irq.level);
    put(RIG_UART + 4, 1);
    ck_assert(rig->uart.irq.level); /* it went straight to the shifter */
    put(RIG_UART + 4, 2);
    ck_assert(!rig->uart.irq.level);
    sim_run_until_ps(rig->sim, RIG_PS(1000));
    ck_assert(rig->uart.irq.level);
    put(RIG_UART + 0xc, 1); /* received data */
    ck_assert(!rig->uart.irq.level);
    uart_receive(&rig->uart, 'a');
    ck_assert(rig->uart.irq.level);
    get(RIG_UART + 4);
    ck_assert(!rig->uart.irq.level);
    put(RIG_UART + 0xc, 4); /* transmit FIFO not full */
    for (uint32_t i = 0; i < 16; i++) {
        ck_assert(rig->uart.irq.level);
        put(RIG_UART + 4, i); /* behind byte 2, which is on the line */
    }
    ck_assert(!rig->uart.irq.level);
    sim_run_until_ps(rig->sim, RIG_PS(2000));
    ck_assert(rig->uart.irq.level);
    drop_rig();
}
END_TEST

START_TEST(impossible_descriptions_are_refused)
{
    sim_t *sim = sim_new();
    uart_t uart;
    clint_t clint;
    sys_t sys;
    uart_desc_t slow = {.clk_hz = 262500000, .baud = 100}; /* 2,625,000 clocks a bit */
    ck_assert_int_eq(uart_init(&uart, sim, &slow, "uart"), SIM_EDESC);
    ck_assert_str_eq(sim_error(sim), "uart.baud: 100 bauds are not 16..1048575 clocks a bit");
    clint_desc_t never = {.mtime_hz = 0};
    ck_assert_int_eq(clint_init(&clint, sim, &never, "clint"), SIM_EDESC);
    sys_desc_t fast = {.clk_hz = UINT64_C(5000000000)};
    ck_assert_int_eq(sys_init(&sys, sim, &fast, "sys"), SIM_EDESC);
    sim_free(sim);
}
END_TEST

/* ---- the bus ---- */

START_TEST(areas_end_where_they_end)
{
    make_rig();
    const bus_t *bus = &rig->bus;
    ck_assert_int_eq(bus_area(bus, 0xffc, 4), BUS_ROM);
    ck_assert_int_eq(bus_area(bus, 0xffd, 4), BUS_NOTHING);
    ck_assert_int_eq(bus_area(bus, RIG_CODE + 0xffff, 1), BUS_TCM);
    ck_assert_int_eq(bus_area(bus, RIG_CODE + 0xffff, 2), BUS_NOTHING);
    ck_assert_int_eq(bus_area(bus, RIG_L2 + 0xffff, 1), BUS_L2);
    ck_assert_int_eq(bus_area(bus, RIG_L2 - 1, 1), BUS_NOTHING);
    ck_assert_int_eq(bus_area(bus, RIG_PROBE + 0xffc, 4), BUS_REGS);
    ck_assert_int_eq(bus_area(bus, RIG_PROBE + 0xffc, 8), BUS_NOTHING);
    ck_assert_int_eq(bus_area(bus, RIG_PROBE + 0x1000, 4), BUS_NOTHING);
    ck_assert_int_eq(bus_area(bus, 0xffffffff, 1), BUS_NOTHING);
    ck_assert_int_eq(bus_area(bus, 0xfffffffe, 4), BUS_NOTHING);
    drop_rig();
}
END_TEST

START_TEST(pokes_and_peeks_stay_within_one_area)
{
    make_rig();
    uint8_t data[8] = {1, 2, 3, 4, 5, 6, 7, 8}, back[8];
    const uint32_t places[] = {0x100, RIG_DATA, RIG_L2 + 0x100};
    for (size_t i = 0; i < SIM_COUNT(places); i++) {
        ck_assert(bus_poke(&rig->bus, places[i], data, 8));
        ck_assert(bus_peek(&rig->bus, places[i], back, 8));
        ck_assert_mem_eq(data, back, 8);
    }
    ck_assert(!bus_poke(&rig->bus, 0xffc, data, 8));
    ck_assert(!bus_poke(&rig->bus, RIG_PROBE + 4, data, 4));
    ck_assert(!bus_peek(&rig->bus, RIG_NOTHING, back, 1));
    put(RIG_PROBE + 4, 0x04030201);
    uint64_t reads = rig->probe.reads;
    ck_assert(bus_peek(&rig->bus, RIG_PROBE + 4, back, 4));
    ck_assert_mem_eq(data, back, 4);
    ck_assert(!bus_peek(&rig->bus, RIG_PROBE + 4, back, 2));
    ck_assert_uint_eq(rig->probe.reads, reads); /* no side effect */
    drop_rig();
}
END_TEST

START_TEST(a_page_has_one_owner)
{
    make_rig();
    ck_assert_int_eq(bus_attach(&rig->bus, 63, &rig->sys.comp), SIM_EDESC);
    ck_assert_str_eq(sim_error(rig->sim), "bus: page 63 of sys is taken by probe");
    ck_assert_int_eq(bus_attach(&rig->bus, 64, &rig->sys.comp), SIM_EDESC);
    drop_rig();
}
END_TEST

START_TEST(areas_of_the_map_lie_apart)
{
    sim_t *sim = sim_new();
    bus_t bus;
    bus_desc_t desc = bus_desc_default();
    desc.tcm_base = 0x047fff00; /* 255 bytes short of the end of L2 */
    ck_assert_int_eq(bus_init(&bus, sim, &desc, "bus"), SIM_EDESC);
    ck_assert_str_eq(sim_error(sim), "bus: no room for TCM, 0x40000 bytes at 0x047fff00");
    desc.tcm_base = 0xffff0000;
    ck_assert_int_eq(bus_init(&bus, sim, &desc, "bus"), SIM_EDESC);
    ck_assert_str_eq(sim_error(sim), "bus: no room for TCM, 0x40000 bytes at 0xffff0000");
    desc.tcm_base = 0x80000020;
    ck_assert_int_eq(bus_init(&bus, sim, &desc, "bus"), SIM_EDESC);
    desc.tcm_base = 0x80000000;
    ck_assert_int_eq(bus_init(&bus, sim, &desc, "bus"), SIM_OK);
    ck_assert_int_eq(bus_area(&bus, 0x8003fffc, 4), BUS_TCM);
    ck_assert_int_eq(bus_area(&bus, BUS_TCM_BASE, 4), BUS_NOTHING);
    bus_free(&bus);
    sim_free(sim);
}
END_TEST

START_TEST(a_bus_can_do_without_rom)
{
    sim_t *sim = sim_new();
    bus_t bus;
    bus_desc_t desc = {.rom_base = 0, .tcm_base = 0, .tcm_bytes = 64};
    ck_assert_int_eq(bus_init(&bus, sim, &desc, "bus"), SIM_OK);
    ck_assert_int_eq(bus_area(&bus, 0, 64), BUS_TCM);
    ck_assert_int_eq(bus_area(&bus, 64, 1), BUS_NOTHING);
    bus_free(&bus);
    sim_free(sim);
}
END_TEST

START_TEST(an_unconnected_l2_is_found_by_the_check)
{
    sim_t *sim = sim_new();
    bus_t bus;
    bus_desc_t desc = bus_desc_default();
    ck_assert_int_eq(bus_init(&bus, sim, &desc, "bus"), SIM_OK);
    ck_assert_int_eq(sim_check(sim), SIM_EWIRE);
    ck_assert_str_eq(sim_error(sim), "bus.l2: not connected");
    bus_free(&bus);
    sim_free(sim);
}
END_TEST

/* ---- inputs with faults ---- */

static uint32_t noted_lost, noted_back;

static void on_fault_note(void *ctx, uint32_t number, bool lost)
{
    (void)ctx;
    ck_assert_uint_eq(number, 31);
    noted_lost += lost;
    noted_back += !lost;
}

START_TEST(a_lost_rise_is_low_until_the_source_falls_and_rises_again)
{
    enum { RAW = 0x40002004 };
    const uint32_t bit = 1u << 31;
    sim_wire_t wire = {0};
    make_rig();
    rig->intc.noted = on_fault_note;
    noted_lost = noted_back = 0;
    ck_assert(intc_connect(&rig->intc, 31, &wire));
    sim_reset(rig->sim);
    intc_lose(&rig->intc, 31);
    sim_wire_set(&wire, true);
    ck_assert_uint_eq(get(RAW) & bit, 0);
    ck_assert_uint_eq(noted_lost, 1);
    sim_wire_set(&wire, false);
    ck_assert_uint_eq(noted_back, 1);
    sim_wire_set(&wire, true);
    ck_assert_uint_eq(get(RAW) & bit, bit);
    intc_lose(&rig->intc, 31); /* the next rise, not this one */
    ck_assert_uint_eq(get(RAW) & bit, bit);
    ck_assert_uint_eq(rig->intc.lost_rises, 1);
    drop_rig();
}
END_TEST

START_TEST(a_blocked_input_shows_its_level_when_it_is_let_through)
{
    enum { RAW = 0x40002004 };
    const uint32_t bit = 1u << 31;
    sim_wire_t wire = {0};
    make_rig();
    rig->intc.noted = on_fault_note;
    noted_lost = noted_back = 0;
    ck_assert(intc_connect(&rig->intc, 31, &wire));
    sim_reset(rig->sim);
    intc_block(&rig->intc, 31, true);
    sim_wire_set(&wire, true);
    ck_assert_uint_eq(get(RAW) & bit, 0);
    intc_block(&rig->intc, 31, false);
    ck_assert_uint_eq(get(RAW) & bit, bit);
    ck_assert_uint_eq(noted_lost, 1);
    ck_assert_uint_eq(noted_back, 1);
    intc_block(&rig->intc, 31, true); /* a level that is there is hidden too */
    intc_block(&rig->intc, 31, true);
    ck_assert_uint_eq(get(RAW) & bit, 0);
    ck_assert_uint_eq(noted_lost, 2);
    sim_wire_set(&wire, false); /* served all the same */
    ck_assert_uint_eq(noted_back, 2);
    drop_rig();
}
END_TEST

TEST_MAIN("logic peripherals", registers_have_their_reset_values_and_ids,
          time_is_latched_by_its_low_word, cycles_are_edges_of_the_core_clock,
          peeking_latches_nothing, writing_what_is_read_only_is_logged,
          only_enabled_inputs_reach_the_core, claim_names_the_lowest_pending_input,
          an_input_is_connected_once_and_in_range, mtip_rises_when_mtime_reaches_mtimecmp,
          a_far_mtimecmp_needs_no_event, mtime_can_be_written_and_carries, msip_is_a_level,
          a_byte_arrives_at_the_end_of_its_stop_bit, bytes_follow_each_other_without_a_gap,
          a_new_divider_counts_from_the_next_byte, received_bytes_wait_in_order_and_overrun,
          the_uart_interrupts_while_a_condition_holds, impossible_descriptions_are_refused,
          areas_end_where_they_end, areas_of_the_map_lie_apart, a_bus_can_do_without_rom,
          pokes_and_peeks_stay_within_one_area, a_page_has_one_owner,
          an_unconnected_l2_is_found_by_the_check,
          a_lost_rise_is_low_until_the_source_falls_and_rises_again,
          a_blocked_input_shows_its_level_when_it_is_let_through)
