/*
 * spi_test.c - the SPI controller with a device that answers what it likes. 1 GHz, so that a byte
 * at SPI_DIV 10 takes 80 cycles.
 */
#include "logic/spi.h"
#include "tests/logic/rig.h"
#include "tests/test.h"

enum { CTRL = 0x04, DIVIDER = 0x08, STATUS = 0x0c, IRQ_EN = 0x10, DATA = 0x14 };
enum { ADDR = 0x18, COUNT = 0x1c, GO = 0x20, CRC = 0x24 };
enum { ON = 0x101, MODE3 = 0x2, SELECT1 = 0x10, DROP = 0x200 };

static rig_t *rig;
static spi_t spi;

/* Answers byte n of a select with n, and keeps what it got. */
static struct {
    uint32_t selects, n;
    bool on;
    uint8_t got[64];
    uint64_t at_ps, hz;
} device;

static void on_select(void *ctx, bool on)
{
    (void)ctx;
    device.selects++;
    device.on = on;
    device.n = 0;
}

static uint8_t on_byte(void *ctx, uint8_t out, uint64_t hz, uint64_t at_ps)
{
    (void)ctx;
    device.got[device.n % 64] = out;
    device.at_ps = at_ps;
    device.hz = hz;
    return (uint8_t)device.n++;
}

static void make(void)
{
    spi_desc_t desc = {.clk_hz = RIG_HZ};
    memset(&device, 0, sizeof(device));
    rig = rig_new();
    ck_assert_int_eq(spi_init(&spi, rig->sim, &desc, "spi"), SIM_OK);
    ck_assert_int_eq(sim_check(rig->sim), SIM_EWIRE);
    ck_assert_int_eq(l2_port(&rig->l2, "spi", &spi.port), SIM_OK);
    spi.device[1] = (spi_device_t){.mode3 = true, .select = on_select, .byte = on_byte};
    ck_assert_int_eq(sim_check(rig->sim), SIM_OK);
    sim_reset(rig->sim);
    sim_reg_write(&spi.comp, DIVIDER, 10);
}

static uint32_t get(uint32_t addr)
{
    return sim_reg_read(&spi.comp, addr);
}

static void put(uint32_t addr, uint32_t value)
{
    sim_reg_write(&spi.comp, addr, value);
}

START_TEST(bytes_follow_each_other_without_a_gap)
{
    make();
    put(CTRL, ON | MODE3 | SELECT1);
    ck_assert(device.on);
    put(DATA, 0x9f);
    put(DATA, 0x11);
    ck_assert_uint_eq(get(STATUS), 0x1); /* one on the line, one in the FIFO */
    rig_run_to_cycle(rig, 79);
    ck_assert_uint_eq(device.n, 0);
    rig_run_to_cycle(rig, 80);
    ck_assert_uint_eq(device.n, 1);
    ck_assert_uint_eq(device.got[0], 0x9f);
    ck_assert_uint_eq(device.hz, RIG_HZ / 10);
    ck_assert_uint_eq(get(STATUS), 0x1 | 0x4 | 0x8);
    rig_run_to_cycle(rig, 159);
    ck_assert_uint_eq(device.n, 1);
    rig_run_to_cycle(rig, 160);
    ck_assert_uint_eq(device.n, 2);
    ck_assert_uint_eq(device.at_ps, 160000);
    ck_assert_uint_eq(get(STATUS), 0x4 | 0x8);
    ck_assert_uint_eq(get(DATA), 0);
    ck_assert_uint_eq(get(DATA), 1);
    ck_assert_uint_eq(get(STATUS), 0x4);
    put(CTRL, 0x1);
    ck_assert(!device.on);
    rig_free(rig);
}
END_TEST

START_TEST(nobody_answers_with_ones)
{
    make();
    put(CTRL, ON | SELECT1); /* mode 0, which it does not speak */
    put(DATA, 1);
    rig_run_to_cycle(rig, 80);
    put(CTRL, ON | MODE3); /* chip select 0, where nothing is */
    put(DATA, 2);
    rig_run_to_cycle(rig, 160);
    put(CTRL, 0x1 | MODE3 | SELECT1); /* not selected */
    put(DATA, 3);
    rig_run_to_cycle(rig, 240);
    for (uint32_t i = 0; i < 3; i++)
        ck_assert_uint_eq(get(DATA), 0xff);
    ck_assert_uint_eq(device.n, 0);
    ck_assert_uint_eq(device.selects, 2);
    rig_free(rig);
}
END_TEST

/* 8 clocks a byte; MOSI 0 | 10100101 | 00001111. */
START_TEST(edges_of_clock_and_data_are_counted)
{
    make();
    put(CTRL, ON | MODE3 | SELECT1);
    put(DATA, 0xa5);
    put(DATA, 0x0f);
    rig_run_to_cycle(rig, 80);
    ck_assert_uint_eq(spi.edges, 16 + 1 + 6);
    rig_run_to_cycle(rig, 160);
    ck_assert_uint_eq(spi.edges, 2 * 16 + 1 + 6 + 1 + 1);
    rig_free(rig);
}
END_TEST

START_TEST(full_fifos_lose_bytes_and_say_so)
{
    make();
    put(DATA, 1); /* off */
    ck_assert_uint_eq(sim_log_count(rig->sim, SIM_LOG_GUEST), 1);
    put(CTRL, ON | MODE3 | SELECT1);
    for (uint32_t i = 0; i < 17; i++)
        put(DATA, i); /* one goes to the line at once */
    ck_assert_uint_eq(get(STATUS) & 0x2, 0x2);
    ck_assert_uint_eq(sim_log_count(rig->sim, SIM_LOG_GUEST), 1);
    put(DATA, 99);
    ck_assert_uint_eq(sim_log_count(rig->sim, SIM_LOG_GUEST), 2);
    put(IRQ_EN, 0x10);
    rig_run_to_cycle(rig, 16 * 80);
    ck_assert(!spi.irq.level);
    rig_run_to_cycle(rig, 17 * 80); /* the RX FIFO holds 16 */
    ck_assert(spi.irq.level);
    ck_assert_uint_eq(get(STATUS), 0x4 | 0x8 | 0x10);
    ck_assert_uint_eq(spi.rx_lost, 1);
    put(STATUS, 0x10);
    ck_assert(!spi.irq.level);
    for (uint32_t i = 0; i < 16; i++)
        ck_assert_uint_eq(get(DATA), i);
    put(CTRL, ON | MODE3 | SELECT1 | DROP);
    put(DATA, 5);
    rig_run_to_cycle(rig, 18 * 80);
    ck_assert_uint_eq(get(STATUS), 0x4);
    ck_assert_uint_eq(device.n, 18);
    rig_free(rig);
}
END_TEST

START_TEST(the_divider_is_even_and_at_least_two)
{
    make();
    put(DIVIDER, 0);
    ck_assert_uint_eq(get(DIVIDER), 2);
    put(DIVIDER, 7);
    ck_assert_uint_eq(get(DIVIDER), 8);
    put(DIVIDER, 0xffff);
    ck_assert_uint_eq(get(DIVIDER), 0xfffe);
    ck_assert_uint_eq(sim_log_count(rig->sim, SIM_LOG_GUEST), 3);
    rig_free(rig);
}
END_TEST

/* From 16 bytes before a boundary: bursts of 16, 64 and 20 bytes; the last is in memory after its
 * one beat of 64 bytes (assumed L2: 1 + 2 cycles; request at edge 8000). */
START_TEST(a_transfer_fills_memory_and_tells_its_crc)
{
    uint8_t expected[102], found[102];
    make();
    put(CTRL, ON | MODE3 | SELECT1);
    put(ADDR, RIG_L2 + 0x130);
    put(COUNT, 100);
    put(IRQ_EN, 0x20);
    put(GO, 1);
    ck_assert_uint_eq(get(STATUS), 0x1 | 0x4);
    put(DATA, 1); /* not now */
    put(GO, 1);
    ck_assert_uint_eq(sim_log_count(rig->sim, SIM_LOG_GUEST), 2);
    rig_run_to_cycle(rig, 8002);
    ck_assert(!spi.irq.level);
    rig_run_to_cycle(rig, 8003);
    ck_assert(spi.irq.level);
    ck_assert_uint_eq(get(STATUS), 0x4 | 0x20);
    for (uint32_t i = 0; i < 102; i++)
        expected[i] = i == 0 || i == 101 ? 0 : (uint8_t)(i - 1);
    ck_assert(bus_peek(&rig->bus, RIG_L2 + 0x12f, found, 102));
    ck_assert_mem_eq(found, expected, 102);
    ck_assert_uint_eq(get(CRC), sim_crc32(0, expected + 1, 100));
    ck_assert_uint_eq(spi.stall_cycles, 0);
    ck_assert_uint_eq(device.got[0], 0xff);
    rig_free(rig);
}
END_TEST

/* A beat of 4 bytes at 2 clocks a bit comes every 64 cycles; a memory that takes longer stops the
 * line. */
static sim_mem_req_t *held[2];
static uint32_t holds;

static void hold(void *ctx, uint32_t master, sim_mem_req_t *req)
{
    (void)ctx;
    (void)master;
    held[holds++ % 2] = req;
}

START_TEST(the_line_waits_for_memory_with_both_buffers_full)
{
    make();
    spi.port.request = hold;
    holds = 0;
    put(CTRL, ON | MODE3 | SELECT1);
    put(COUNT, 3 * 64);
    put(ADDR, RIG_L2);
    put(GO, 1);
    rig_run_to_cycle(rig, 5120);
    ck_assert_uint_eq(holds, 1);
    rig_run_to_cycle(rig, 10240);
    ck_assert_uint_eq(holds, 2);
    rig_run_to_cycle(rig, 12000);
    ck_assert_uint_eq(device.n, 128); /* it stands still */
    held[0]->error = false;
    held[0]->done(held[0]->ctx, held[0]);
    ck_assert_uint_eq(spi.stall_cycles, 1760);
    rig_run_to_cycle(rig, 12000 + 5119);
    ck_assert_uint_eq(device.n, 128);
    rig_run_to_cycle(rig, 12000 + 5120);
    ck_assert_uint_eq(device.n, 192);
    held[1]->error = true;
    held[1]->done(held[1]->ctx, held[1]);
    ck_assert_uint_eq(get(STATUS) & 0x21, 0x1);
    held[0]->error = false;
    held[0]->done(held[0]->ctx, held[0]);
    ck_assert_uint_eq(get(STATUS), 0x4 | 0x20 | 0x40);
    rig_free(rig);
}
END_TEST

START_TEST(a_transfer_beside_memory_ends_with_an_error)
{
    make();
    put(CTRL, ON | MODE3 | SELECT1);
    put(ADDR, 0x20000000);
    put(COUNT, 4);
    put(GO, 1);
    rig_run_to_cycle(rig, 1000);
    ck_assert_uint_eq(get(STATUS), 0x4 | 0x20 | 0x40);
    put(COUNT, 0);
    put(GO, 1);
    ck_assert_uint_eq(sim_log_count(rig->sim, SIM_LOG_GUEST), 1);
    rig_free(rig);
}
END_TEST

TEST_MAIN("logic SPI controller", bytes_follow_each_other_without_a_gap, nobody_answers_with_ones,
          edges_of_clock_and_data_are_counted, full_fifos_lose_bytes_and_say_so,
          the_divider_is_even_and_at_least_two, a_transfer_fills_memory_and_tells_its_crc,
          the_line_waits_for_memory_with_both_buffers_full,
          a_transfer_beside_memory_ends_with_an_error)
