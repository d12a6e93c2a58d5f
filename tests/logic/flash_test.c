/*
 * flash_test.c - the flash chip behind its SPI lines; time is moved by hand. Commands, wrap rules
 * and protection are those of the W25Q128JV data sheet.
 */
#include "logic/flash.h"
#include "tests/test.h"

enum { SIZE = 1 << 20 }; /* 1 MiB: log2 is 20 */
#define US SIM_PS_PER_US

static sim_t *sim;
static flash_t flash;
static spi_device_t device;

static void make(void)
{
    flash_desc_t desc = flash_desc_default();
    desc.fitted = true;
    desc.bytes = SIZE;
    sim = sim_new();
    ck_assert_int_eq(flash_init(&flash, sim, &desc, "flash"), SIM_OK);
    device = flash_device(&flash);
    sim_reset(sim);
}

static void drop(void)
{
    flash_free(&flash);
    sim_free(sim);
}

/* One select: sends out[0..count-1], keeps what comes back in in (may be NULL). */
static void command_at(uint64_t hz, const uint8_t *out, uint8_t *in, uint32_t count)
{
    device.select(device.ctx, true);
    for (uint32_t i = 0; i < count; i++) {
        uint8_t got = device.byte(device.ctx, out[i], hz, sim_now_ps(sim));
        if (in != NULL)
            in[i] = got;
    }
    device.select(device.ctx, false);
}

#define SEND(...)                                                                                  \
    command_at(10000000, (const uint8_t[]){__VA_ARGS__}, NULL,                                     \
               (uint32_t)sizeof((const uint8_t[]){__VA_ARGS__}))

static uint8_t status(void)
{
    uint8_t in[2];
    command_at(10000000, (const uint8_t[]){0x05, 0}, in, 2);
    return in[1];
}

static uint8_t read_at(uint32_t addr)
{
    uint8_t out[5] = {0x03, (uint8_t)(addr >> 16), (uint8_t)(addr >> 8), (uint8_t)addr, 0}, in[5];
    command_at(10000000, out, in, 5);
    return in[4];
}

static void wait_us(uint64_t us)
{
    sim_run_until_ps(sim, sim_now_ps(sim) + us * US);
}

START_TEST(the_id_repeats)
{
    uint8_t out[7] = {0x9f}, in[7];
    make();
    command_at(10000000, out, in, 7);
    ck_assert_mem_eq(in, ((uint8_t[]){0xff, 0xef, 0x40, 20, 0xef, 0x40, 20}), 7);
    drop();
}
END_TEST

START_TEST(reads_go_on_and_wrap)
{
    uint8_t out[8] = {0x0b, 0x0f, 0xff, 0xff}, in[8];
    make();
    ck_assert(flash_load(&flash, SIZE - 1, "\x11", 1));
    ck_assert(flash_load(&flash, 0, "\x22\x33", 2));
    ck_assert(!flash_load(&flash, SIZE - 1, "ab", 2));
    command_at(100000000, out, in, 8); /* after the dummy byte: last, first, second */
    ck_assert_mem_eq(in + 5, "\x11\x22\x33", 3);
    ck_assert_uint_eq(read_at(0xf00000), 0x22); /* upper address bits are not decoded */
    drop();
}
END_TEST

START_TEST(clocked_too_fast_it_reads_ones)
{
    uint8_t out[6] = {0x03}, in[6];
    make();
    ck_assert(flash_load(&flash, 0, "\x22\x33", 2));
    command_at(50000000, out, in, 6);
    ck_assert_mem_eq(in + 4, "\x22\x33", 2);
    command_at(50000001, out, in, 6);
    ck_assert_mem_eq(in + 4, "\xff\xff", 2);
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_GUEST), 1);
    drop();
}
END_TEST

START_TEST(a_program_needs_the_latch_takes_its_time_and_clears_it)
{
    make();
    SEND(0x02, 0, 1, 0, 0xaa);
    ck_assert_uint_eq(status(), 0);
    ck_assert_uint_eq(read_at(0x100), 0xff);
    SEND(0x06);
    ck_assert_uint_eq(status(), 0x02);
    SEND(0x02, 0, 1, 0, 0xaa, 0x0f);
    ck_assert_uint_eq(status(), 0x01);
    ck_assert_uint_eq(read_at(0x100), 0xff); /* busy: nobody answers */
    SEND(0x06);
    wait_us(399);
    ck_assert_uint_eq(status(), 0x01);
    wait_us(1);
    ck_assert_uint_eq(status(), 0x00); /* the 06 while busy was ignored */
    ck_assert_uint_eq(read_at(0x100), 0xaa);
    ck_assert_uint_eq(read_at(0x101), 0x0f);
    SEND(0x06);
    SEND(0x02, 0, 1, 0, 0x55); /* bits only fall */
    wait_us(400);
    ck_assert_uint_eq(read_at(0x100), 0x00);
    ck_assert_uint_eq(flash.programs, 2);
    drop();
}
END_TEST

START_TEST(a_program_wraps_within_its_page)
{
    uint8_t out[4 + 260];
    make();
    SEND(0x06);
    SEND(0x02, 0, 2, 0xfe, 1, 2, 3);
    wait_us(400);
    ck_assert_uint_eq(read_at(0x2fe), 1);
    ck_assert_uint_eq(read_at(0x2ff), 2);
    ck_assert_uint_eq(read_at(0x200), 3);
    ck_assert_uint_eq(read_at(0x300), 0xff);
    memset(out, 0, sizeof(out));
    out[0] = 0x02;
    out[2] = 4;
    for (uint32_t i = 0; i < 260; i++)
        out[4 + i] = (uint8_t)i; /* the last 256 stay: 4..255, then 0..3 over the first */
    SEND(0x06);
    command_at(10000000, out, NULL, sizeof(out));
    wait_us(400);
    ck_assert_uint_eq(read_at(0x400), 0); /* 256 */
    ck_assert_uint_eq(read_at(0x403), 3);
    ck_assert_uint_eq(read_at(0x404), 4);
    drop();
}
END_TEST

START_TEST(erases_are_of_whole_sectors_and_blocks)
{
    static uint8_t zeros[SIZE];
    make();
    ck_assert(flash_load(&flash, 0, zeros, SIZE));
    SEND(0x06);
    SEND(0x20, 0x00, 0x12, 0x34);
    wait_us(45000 - 1);
    ck_assert_uint_eq(status(), 0x01);
    wait_us(1);
    ck_assert_uint_eq(status(), 0x00);
    ck_assert_uint_eq(read_at(0x0fff), 0);
    ck_assert_uint_eq(read_at(0x1000), 0xff);
    ck_assert_uint_eq(read_at(0x1fff), 0xff);
    ck_assert_uint_eq(read_at(0x2000), 0);
    SEND(0x06);
    SEND(0xd8, 0x03, 0x00, 0x01);
    wait_us(150000);
    ck_assert_uint_eq(read_at(0x2ffff), 0);
    ck_assert_uint_eq(read_at(0x30000), 0xff);
    ck_assert_uint_eq(read_at(0x3ffff), 0xff);
    ck_assert_uint_eq(read_at(0x40000), 0);
    SEND(0x06);
    SEND(0xc7);
    wait_us(39999999);
    ck_assert_uint_eq(status(), 0x01);
    wait_us(1);
    ck_assert_uint_eq(read_at(0x40000), 0xff);
    ck_assert_uint_eq(flash.erases, 3);
    drop();
}
END_TEST

START_TEST(commands_cut_short_or_unknown_do_nothing)
{
    make();
    ck_assert(flash_load(&flash, 0x1000, "\x00", 1));
    SEND(0x06);
    SEND(0x20, 0x00, 0x10); /* two address bytes */
    ck_assert_uint_eq(status(), 0x00);
    SEND(0x06);
    SEND(0x20, 0x00, 0x10, 0x00, 0x00); /* and one too many */
    ck_assert_uint_eq(status(), 0x00);
    SEND(0x06);
    SEND(0x02, 0, 0, 0); /* no data */
    ck_assert_uint_eq(status(), 0x00);
    SEND(0x06);
    SEND(0x77, 1, 2, 3);
    ck_assert_uint_eq(status(), 0x02);
    SEND(0x04);
    ck_assert_uint_eq(status(), 0x00);
    SEND(0x06, 0x00); /* rises in the wrong place */
    ck_assert_uint_eq(status(), 0x00);
    ck_assert_uint_eq(read_at(0x1000), 0);
    ck_assert_uint_eq(flash.programs + flash.erases, 0);
    drop();
}
END_TEST

static void write_status(uint8_t value)
{
    SEND(0x06);
    SEND(0x01, value);
    wait_us(10000);
}

static bool programs_at(uint32_t addr)
{
    SEND(0x06);
    SEND(0x02, (uint8_t)(addr >> 16), (uint8_t)(addr >> 8), (uint8_t)addr, 0x00);
    wait_us(400);
    return read_at(addr) == 0;
}

START_TEST(the_upper_part_can_be_protected)
{
    make();
    write_status(6 << 2); /* the upper half */
    ck_assert_uint_eq(status(), 0x18);
    ck_assert(programs_at(SIZE / 2 - 1));
    ck_assert(!programs_at(SIZE / 2));
    ck_assert_uint_eq(flash.refused, 1);
    SEND(0x06);
    SEND(0xc7); /* something is protected: nothing is erased */
    ck_assert_uint_eq(status(), 0x18);
    write_status(1 << 2); /* 1/64: 16 KiB */
    ck_assert(programs_at(SIZE - 16384 - 1));
    ck_assert(!programs_at(SIZE - 16384));
    write_status(7 << 2);
    ck_assert(!programs_at(5));
    write_status(0);
    ck_assert(programs_at(SIZE - 1));
    drop();
}
END_TEST

START_TEST(a_locked_status_stays_while_the_pin_is_low)
{
    make();
    flash.desc.write_protect = true;
    write_status(0x80 | 7 << 2);
    ck_assert_uint_eq(status(), 0x9c);
    write_status(0);
    ck_assert_uint_eq(status(), 0x9c);
    flash.desc.write_protect = false; /* the pin rises */
    write_status(0);
    ck_assert_uint_eq(status(), 0);
    drop();
}
END_TEST

START_TEST(a_chip_that_is_not_fitted_is_no_device)
{
    flash_desc_t desc = flash_desc_default();
    sim = sim_new();
    ck_assert_int_eq(flash_init(&flash, sim, &desc, "flash"), SIM_OK);
    ck_assert(flash_device(&flash).byte == NULL);
    ck_assert(!flash_load(&flash, 0, "x", 1));
    ck_assert_ptr_null(sim_comp_find(sim, "flash"));
    desc.bytes = 3 << 20;
    ck_assert_int_eq(flash_init(&flash, sim, &desc, "flash"), SIM_EDESC);
    sim_free(sim);
}
END_TEST

TEST_MAIN("logic flash", the_id_repeats, reads_go_on_and_wrap, clocked_too_fast_it_reads_ones,
          a_program_needs_the_latch_takes_its_time_and_clears_it, a_program_wraps_within_its_page,
          erases_are_of_whole_sectors_and_blocks, commands_cut_short_or_unknown_do_nothing,
          the_upper_part_can_be_protected, a_locked_status_stays_while_the_pin_is_low,
          a_chip_that_is_not_fitted_is_no_device)
