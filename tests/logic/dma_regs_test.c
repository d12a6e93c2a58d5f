/*
 * dma_regs_test.c - the DMA and registers: when they are accessed, bytes, and the lines that pace.
 * Clock 1 GHz, a byte of the UART 1000 cycles.
 */
#include "logic/dma.h"
#include "logic/timer.h"
#include "sim/snapshot.h"
#include "tests/logic/rig.h"
#include "tests/test.h"

enum {
    DMA = 0x40009000,
    CH = DMA + 0x40, /* channel 0; the next 0x40 on */
    CTRL = 0x00,
    STATUS = 0x04,
    FIRST = 0x08,
    BYTES_LO = 0x14,
    START = 1,
    ABORT = 2,
    BUSY = 1,
    DONE = 2,
    FAILED = 4,
    ABORTED = 16,
    DESC = RIG_L2 + 0x8000,
    STAMP = RIG_PROBE + 0xff8, /* a read gives its cycle */
    VALUE = RIG_PROBE + 0x04,
    FROM = DMA_FIXED_SOURCE,
    TO = DMA_FIXED_DESTINATION,
    LINE_TX = 1 << DMA_LINE_SHIFT,
    LINE_RX = 2 << DMA_LINE_SHIFT,
    LINE_TIMER = 4 << DMA_LINE_SHIFT,
    LINE_NONE = 7 << DMA_LINE_SHIFT,
};

static rig_t *rig;
static dma_t dma;
static tmr_t tmr;
static char sent[256];
static uint64_t sent_cycle[256];
static uint32_t sent_count;

static void on_sent(void *ctx, uint8_t byte)
{
    (void)ctx;
    ck_assert_uint_lt(sent_count, sizeof(sent) - 1);
    sent_cycle[sent_count] = sim_now_ps(rig->sim) / 1000;
    sent[sent_count++] = (char)byte;
    sent[sent_count] = '\0';
}

static void make(void)
{
    dma_desc_t desc = {.clk_hz = RIG_HZ, .tcm_bytes_per_cycle = 8};
    tmr_desc_t timer = {.clk_hz = RIG_HZ};
    rig = rig_new();
    sent_count = 0;
    sent[0] = '\0';
    rig->uart.sent = on_sent;
    ck_assert_int_eq(dma_init(&dma, rig->sim, &rig->bus, &desc, "dma"), SIM_OK);
    ck_assert_int_eq(tmr_init(&tmr, rig->sim, &timer, "timer"), SIM_OK);
    ck_assert_int_eq(l2_port(&rig->l2, "dma", &dma.l2), SIM_OK);
    ck_assert_int_eq(bus_attach(&rig->bus, 9, &dma.comp), SIM_OK);
    ck_assert(dma_connect(&dma, 1, &rig->uart.tx_room, false));
    ck_assert(dma_connect(&dma, 2, &rig->uart.rx_ready, false));
    ck_assert(dma_connect(&dma, 4, &tmr.matched[0], true));
    rig->bus.dma_pages = UINT64_C(1) << 1 | UINT64_C(1) << (BUS_PAGES - 1);
    ck_assert_int_eq(sim_check(rig->sim), SIM_OK);
    sim_reset(rig->sim);
}

static void drop(void)
{
    rig_free(rig);
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

static uint32_t channel(uint32_t n, uint32_t reg)
{
    return get(CH + 0x40 * n + reg);
}

/* One row. */
static void put_desc(uint32_t addr, uint32_t flags, uint32_t from, uint32_t to, uint32_t bytes)
{
    const uint32_t words[8] = {flags, from, to, bytes, 1, 0, 0, 0};
    rig_put(rig, addr, words, 8);
}

static void start(uint32_t n, uint32_t desc)
{
    put(CH + 0x40 * n + FIRST, desc);
    put(CH + 0x40 * n + CTRL, START);
}

static void run_to(uint64_t cycle)
{
    rig_run_to_cycle(rig, cycle);
}

/* ---- when ---- */

/* Descriptor there in 4; the register's port 4..7, the access in 7; the word to L2 from 8 on, done
 * 11; the next in 14. */
START_TEST(a_register_is_read_in_the_last_of_4_cycles)
{
    make();
    put_desc(DESC, FROM, STAMP, RIG_L2, 12);
    start(0, DESC);
    run_to(200);
    ck_assert_uint_eq(channel(0, STATUS), DONE);
    ck_assert_uint_eq(rig_word(rig, RIG_L2), 7);
    ck_assert_uint_eq(rig_word(rig, RIG_L2 + 4), 14);
    ck_assert_uint_eq(rig_word(rig, RIG_L2 + 8), 21);
    ck_assert_uint_eq(channel(0, BYTES_LO), 12);
    drop();
}
END_TEST

/* The word is there in 7, and written in 10. */
START_TEST(a_register_is_written_in_the_last_of_4_cycles)
{
    make();
    const uint32_t word = 0x12345678;
    rig_put(rig, RIG_L2, &word, 1);
    put_desc(DESC, TO, RIG_L2, VALUE, 4);
    start(0, DESC);
    run_to(200);
    ck_assert_uint_eq(rig->probe.wrote_cycle, 10);
    ck_assert_uint_eq(rig->probe.value, 0x12345678);
    drop();
}
END_TEST

/* Channel 1 is ready in 5 and has the port 8..11. Channel 0 wrote L2 8..10 and is back in 11, has
 * it 12..15; channel 1 wrote 12..14, is back in 15, has it 16..19. */
START_TEST(channels_queue_for_the_registers)
{
    make();
    put_desc(DESC, FROM, STAMP, RIG_L2, 8);
    put_desc(DESC + 32, FROM, STAMP, RIG_L2 + 8, 8);
    start(0, DESC);
    start(1, DESC + 32);
    run_to(200);
    ck_assert_uint_eq(rig_word(rig, RIG_L2), 7);
    ck_assert_uint_eq(rig_word(rig, RIG_L2 + 8), 11);
    ck_assert_uint_eq(rig_word(rig, RIG_L2 + 4), 15);
    ck_assert_uint_eq(rig_word(rig, RIG_L2 + 12), 19);
    drop();
}
END_TEST

/* The store to DMA0_CTRL in c; the register changes in c + 10. */
START_TEST(the_core_s_access_of_that_cycle_comes_after)
{
    for (uint32_t late = 0; late < 2; late++) {
        make();
        const uint32_t word = 5;
        rig_put(rig, RIG_L2, &word, 1);
        put_desc(DESC, TO, RIG_L2, VALUE, 4);
        RIG_PROGRAM(rig, LUI(S0, DMA >> 12), LUI(S1, RIG_PROBE >> 12), LUI(T0, DESC >> 12),
                    SW(T0, 0x40 + FIRST, S0), ADDI(T0, 0, START), SW(T0, 0x40 + CTRL, S0),
                    NOP,                                                           /* c + 4 */
                    NOP, NOP, NOP, NOP, late != 0 ? NOP : (uint32_t)LW(A0, 4, S1), /* c + 9 */
                    late != 0 ? (uint32_t)LW(A0, 4, S1) : NOP);                    /* c + 10 */
        rig_run(rig);
        ck_assert_uint_eq(rig->core.x[A0], late != 0 ? 5 : 0);
        ck_assert_uint_eq(rig->probe.value, 5);
        drop();
    }
}
END_TEST

/* ---- bytes and lines ---- */

static const char text[] = "forty bytes for a FIFO that has room for 16.";

static void put_text(uint32_t addr)
{
    ck_assert(bus_poke(&rig->bus, addr, text, sizeof(text) - 1));
}

START_TEST(a_text_goes_out_as_the_fifo_has_room)
{
    make();
    put_text(RIG_DATA + 3);
    put_desc(DESC, TO | DMA_BYTES | LINE_TX, RIG_DATA + 3, RIG_UART + 4, sizeof(text) - 1);
    start(0, DESC);
    run_to(100000);
    ck_assert_str_eq(sent, text);
    ck_assert_uint_eq(rig->uart.tx_lost, 0);
    ck_assert_uint_eq(channel(0, STATUS), DONE);
    ck_assert_uint_eq(channel(0, BYTES_LO), sizeof(text) - 1);
    for (uint32_t i = 1; i < sent_count; i++) /* without a gap */
        ck_assert_uint_eq(sent_cycle[i] - sent_cycle[i - 1], 1000);
    drop();
}
END_TEST

/* One in the shifter, 16 in the FIFO: the rest waits for them, a byte a time. */
START_TEST(a_channel_waits_for_its_line_without_events)
{
    make();
    put_text(RIG_DATA);
    put_desc(DESC, TO | DMA_BYTES | LINE_TX, RIG_DATA, RIG_UART + 4, sizeof(text) - 1);
    start(0, DESC);
    run_to(900);
    ck_assert_uint_eq(channel(0, BYTES_LO), 17);
    ck_assert_uint_eq(channel(0, STATUS), BUSY);
    ck_assert_uint_gt(sim_next_event_ps(rig->sim), RIG_PS(950)); /* the UART's */
    run_to(1100);
    ck_assert_uint_eq(channel(0, BYTES_LO), 18);
    put(CH + CTRL, ABORT);
    ck_assert_uint_eq(channel(0, STATUS), ABORTED); /* at once: no access is under way */
    run_to(100000);
    ck_assert_uint_eq(sent_count, 18);
    drop();
}
END_TEST

START_TEST(received_bytes_are_stored_as_they_come)
{
    make();
    put_desc(DESC, FROM | DMA_BYTES | LINE_RX, RIG_UART + 4, RIG_DATA + 1, 20);
    start(2, DESC);
    for (uint32_t i = 0; i < 20; i++) {
        run_to(100 + 50 * i);
        ck_assert_uint_eq(channel(2, STATUS), BUSY);
        uart_receive(&rig->uart, (uint8_t)(0xa0 + i));
    }
    run_to(2000);
    ck_assert_uint_eq(channel(2, STATUS), DONE);
    for (uint32_t i = 0; i < 20; i++) {
        uint8_t byte = 0;
        ck_assert(bus_peek(&rig->bus, RIG_DATA + 1 + i, &byte, 1));
        ck_assert_uint_eq(byte, 0xa0 + i);
    }
    ck_assert_uint_eq(rig->uart.rx_lost, 0);
    drop();
}
END_TEST

static void set_timer(uint32_t period)
{
    sim_reg_write(&tmr.comp, 0x30, period); /* TIMER0_CMP_LO */
    sim_reg_write(&tmr.comp, 0x20, 3);      /* count, restart */
}

/* A match in m is heard in m + 1; the access is in the last of m + 1 .. m + 4. */
START_TEST(a_timer_paces_one_word_a_match)
{
    make();
    put_desc(DESC, FROM | LINE_TIMER, STAMP, RIG_L2, 40);
    set_timer(50);
    start(0, DESC);
    run_to(1000);
    ck_assert_uint_eq(channel(0, STATUS), DONE);
    for (uint32_t i = 0; i < 10; i++)
        ck_assert_uint_eq(rig_word(rig, RIG_L2 + 4 * i), 50 * (i + 1) + 4);
    drop();
}
END_TEST

START_TEST(matches_of_before_do_not_count)
{
    make();
    put_desc(DESC, FROM | LINE_TIMER, STAMP, RIG_L2, 8);
    set_timer(50);
    start(0, DESC);
    run_to(120); /* two matches, done; a third and a fourth */
    ck_assert_uint_eq(channel(0, STATUS), DONE);
    run_to(210);
    start(0, DESC);
    run_to(400);
    ck_assert_uint_eq(rig_word(rig, RIG_L2), 254);
    ck_assert_uint_eq(rig_word(rig, RIG_L2 + 4), 304);
    drop();
}
END_TEST

/* ---- errors ---- */

static void check_error(uint32_t flags, uint32_t from, uint32_t to, uint32_t code)
{
    make();
    put_desc(DESC, flags, from, to, 4);
    start(0, DESC);
    run_to(200);
    ck_assert_msg(channel(0, STATUS) == (FAILED | code << 8), "flags 0x%x: 0x%x", flags,
                  channel(0, STATUS));
    drop();
}

START_TEST(what_does_not_go_together_is_an_error)
{
    check_error(0, RIG_L2, RIG_SYS + 0x1c, DMA_BAD_ADDRESS); /* a page that is not open */
    check_error(0, RIG_SYS, RIG_L2, DMA_BAD_ADDRESS);
    check_error(DMA_BYTES, RIG_L2, RIG_L2 + 64, DMA_BAD_FLAGS);
    check_error(DMA_BYTES | TO, RIG_L2, RIG_L2 + 64, DMA_BAD_FLAGS);
    check_error(DMA_BYTES | FROM | TO, VALUE, VALUE, DMA_BAD_FLAGS);
    check_error(DMA_BYTES, RIG_L2, VALUE, DMA_BAD_FLAGS); /* not fixed */
    check_error(DMA_BYTES | FROM, RIG_L2, VALUE, DMA_BAD_FLAGS);
    check_error(DMA_BYTES | DMA_FILL | TO, RIG_L2, VALUE, DMA_BAD_FLAGS);
    check_error(DMA_BYTES | TO, RIG_L2 + 1, VALUE + 1, DMA_MISALIGNED);
    check_error(LINE_NONE, RIG_L2, RIG_L2 + 64, DMA_BAD_FLAGS);
    check_error(8 << DMA_LINE_SHIFT, RIG_L2, RIG_L2 + 64, DMA_BAD_FLAGS);
    check_error(0xff00, RIG_L2, RIG_L2 + 64, DMA_BAD_FLAGS);
    check_error(UINT32_MAX, RIG_L2, RIG_L2 + 64, DMA_BAD_FLAGS);
    make();
    start(0, VALUE & ~31u); /* a descriptor in registers */
    run_to(200);
    ck_assert_uint_eq(channel(0, STATUS), FAILED | DMA_BAD_ADDRESS << 8);
    drop();
}
END_TEST

START_TEST(a_line_is_connected_once_and_in_range)
{
    make();
    sim_wire_t wire = {0};
    ck_assert(!dma_connect(&dma, 0, &wire, false));
    ck_assert(!dma_connect(&dma, DMA_LINES, &wire, false));
    ck_assert(!dma_connect(&dma, 1, &wire, false));
    ck_assert(dma_connect(&dma, 7, &wire, true));
    drop();
}
END_TEST

/* ---- all at once ---- */

static void start_all(void)
{
    make();
    put_text(RIG_DATA);
    put_desc(DESC, TO | DMA_BYTES | LINE_TX, RIG_DATA, RIG_UART + 4, sizeof(text) - 1);
    put_desc(DESC + 32, FROM | LINE_TIMER, STAMP, RIG_DATA + 0x100, 400);
    put_desc(DESC + 64, FROM | DMA_BYTES | LINE_RX, RIG_UART + 4, RIG_L2, 12);
    put_desc(DESC + 96, 0, RIG_L2 + 0x1000, RIG_DATA + 0x1000, 4096);
}

static void go_all(void)
{
    set_timer(7); /* as fast as the registers at best */
    for (uint32_t n = 0; n < 4; n++)
        start(n, DESC + 32 * n);
    for (uint8_t i = 0; i < 12; i++)
        uart_receive(&rig->uart, i);
}

static uint64_t end_hash(void)
{
    run_to(60000);
    ck_assert(!dma_busy(&dma.comp));
    l2_settle(&rig->l2);
    return sim_state_hash(rig->sim);
}

START_TEST(ties_do_not_depend_on_their_order)
{
    uint64_t first = 0;
    for (uint64_t shuffle = 0; shuffle < 20; shuffle++) {
        start_all();
        sim_set_shuffle(rig->sim, shuffle);
        go_all();
        uint64_t hash = end_hash();
        ck_assert_str_eq(sent, text);
        first = shuffle == 0 ? hash : first;
        ck_assert(hash == first);
        drop();
    }
}
END_TEST

START_TEST(a_run_goes_on_from_a_snapshot_at_any_cycle)
{
    for (uint64_t cycle = 0; cycle < 80; cycle++) {
        start_all();
        go_all();
        run_to(cycle);
        sim_snapshot_t *snapshot = sim_snapshot_take(rig->sim, NULL);
        ck_assert_ptr_nonnull(snapshot);
        uint64_t unbroken = end_hash();
        drop();
        start_all();
        ck_assert_int_eq(sim_snapshot_restore(rig->sim, snapshot), SIM_OK);
        ck_assert_msg(end_hash() == unbroken, "cycle %llu", (unsigned long long)cycle);
        sim_snapshot_free(snapshot);
        drop();
    }
}
END_TEST

TEST_MAIN("logic dma and registers", a_register_is_read_in_the_last_of_4_cycles,
          a_register_is_written_in_the_last_of_4_cycles, channels_queue_for_the_registers,
          the_core_s_access_of_that_cycle_comes_after, a_text_goes_out_as_the_fifo_has_room,
          a_channel_waits_for_its_line_without_events, received_bytes_are_stored_as_they_come,
          a_timer_paces_one_word_a_match, matches_of_before_do_not_count,
          what_does_not_go_together_is_an_error, a_line_is_connected_once_and_in_range,
          ties_do_not_depend_on_their_order, a_run_goes_on_from_a_snapshot_at_any_cycle)
