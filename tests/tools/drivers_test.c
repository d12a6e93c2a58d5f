/*
 * drivers_test.c - the drivers of firmware/ on the simulated core, against blocks whose answers are
 * worked out by hand. The test is the host behind the mailbox.
 */
#include <math.h>

#include "tests/test.h"
#include "tests/tools/board.h"

enum { COMMAND = 0x9100, M_STATUS = 0x9102, RESULT = 0x9104, ACK = 0x9106, EVENT = 0x9108 };
enum { WORD0 = 0x9110 };
enum {
    TEMP = 1,
    ID,
    ERASE,
    WRITE,
    READ,
    GATE,
    RESET_ISP,
    CAUSE,
    WATCH,
    RESET,
    PIN,
    COUNT,
    RECEIVE,
    PRINT
};
#define ELF FOVEA_OUT "/drivers.elf"

static board_t *board;

/* PROGRAM of tests/tools/guest with these files of firmware/. */
static bool compile(const char *program, const char *files)
{
    char command[1024];
    if (system("command -v riscv64-unknown-elf-gcc >/dev/null 2>&1") != 0)
        return false;
    snprintf(command, sizeof(command),
             "riscv64-unknown-elf-gcc -march=rv32imac "
             "-misa-spec=2.2 -mabi=ilp32 --specs=picolibc.specs -std=c11 -O2 -Wall -Wextra "
             "-Werror -ffreestanding -ffunction-sections -fdata-sections -nostartfiles "
             "-Wl,--gc-sections -T firmware/fovea.ld -Ifirmware/include -Ibuild/gen "
             "$(for f in %s; do echo firmware/$f; done) tests/tools/guest/%s.c -o " ELF,
             files, program);
    ck_assert_int_eq(system(command), 0);
    return true;
}

/* False, said, where there is no compiler. */
static bool start_program(const sensor_desc_t *desc, const char *program, const char *files)
{
    char error[512];
    size_t bytes;
    if (!compile(program, files)) {
        printf("skipped: drivers: no riscv64-unknown-elf-gcc\n");
        return false;
    }
    board = board_new(desc);
    uint8_t *elf = board_file(ELF, &bytes);
    ck_assert_msg(sensor_load_firmware(board->sensor, elf, bytes, ELF, error, sizeof(error)) ==
                      SIM_OK,
                  "%s", error);
    free(elf);
    board_start(board);
    board_run_ms(board, 1);
    return true;
}

static bool start(const sensor_desc_t *desc)
{
    if (!start_program(desc, "drivers",
                       "boot.S clkrst.c dma.c flash.c gpio.c hal.c mailbox.c spi.c temp.c timer.c"))
        return false;
    ck_assert_str_eq(board->console, "ready\n");
    return true;
}

static void set(uint32_t n, uint32_t value)
{
    ck_assert(ccs_host_write(&board->sensor->ccs, (uint16_t)(WORD0 + 4 * n), value));
}

static uint32_t get(uint32_t n)
{
    return board_ccs(board, (uint16_t)(WORD0 + 4 * n));
}

/* The answer to a command, which must come within ms. */
static uint32_t ask(uint32_t command, uint64_t ms)
{
    ck_assert(ccs_host_write(&board->sensor->ccs, COMMAND, command));
    ck_assert_uint_eq(board_ccs(board, M_STATUS) & 1, 1);
    uint32_t status = board_wait(board, M_STATUS, board_ccs(board, M_STATUS), ms);
    ck_assert_msg((status & 3) == 2, "command %u: status 0x%x, %s", command, status, board->log);
    ck_assert(ccs_host_write(&board->sensor->ccs, ACK, 2));
    return board_ccs(board, RESULT);
}

static sensor_desc_t chip(void)
{
    sensor_desc_t desc = sensor_desc_default();
    desc.logic.temp.noise_mc = 0;
    desc.logic.flash.fitted = true;
    return desc;
}

START_TEST(temperatures_come_at_the_resolution_asked_for)
{
    sensor_desc_t desc = chip();
    thermal_fix(&desc.logic.thermal, 25.437);
    if (!start(&desc))
        return;
    set(0, 12);
    uint64_t before = sim_now_ps(board->sim);
    ck_assert_uint_eq(ask(TEMP, 2), 1);
    ck_assert_uint_eq(get(0), 407);
    ck_assert_uint_ge(sim_now_ps(board->sim) - before, 1600 * SIM_PS_PER_US);
    set(0, 9);
    ck_assert_uint_eq(ask(TEMP, 1), 1);
    ck_assert_uint_eq(get(0), 400);
    board_free(board);
}
END_TEST

/* Dies of 60 degrees cool towards 20, with 50 K/W x 0.002 J/K; what they consume is less than 0.1
 * W.
 */
START_TEST(firmware_reads_the_temperature_of_dies_that_cool_down)
{
    char error[256];
    sensor_desc_t desc = chip();
    thermal_fix(&desc.logic.thermal, 20);
    desc.logic.thermal.self_heating = true;
    desc.logic.thermal.start_mc = 60000;
    desc.logic.thermal.c_uj_per_k = 2000;
    ck_assert(sensor_tech_read(&desc, NULL, NULL, error, sizeof(error)));
    if (!start(&desc))
        return;
    for (uint32_t i = 0; i < 3; i++) {
        set(0, 12);
        ck_assert_uint_eq(ask(TEMP, 3), 1);
        const temp_t *temp = &board->sensor->temp;
        double ms = floor((double)temp->started_ps / 1e9), cooled_c = 20 + 40 * exp(-ms / 100);
        ck_assert_double_ge(temp->sampled_mc, 1000 * cooled_c - 1);
        ck_assert_double_le(temp->sampled_mc, 1000 * (cooled_c - 5 * expm1(-ms / 100)));
        ck_assert_double_eq_tol((int32_t)get(0), temp->sampled_mc * 0.016, 0.5);
        board_run_ms(board, 20);
    }
    ck_assert_int_lt((int32_t)get(0), 16 * 49); /* after 40 ms: 46.8, and 1.6 of its own */
    board_free(board);
}
END_TEST

/* 20 degrees, rising 1 a millisecond: above 30 from about 10 ms on, seen by a conversion within 2
 * ms and told 1.6 ms later. */
START_TEST(heat_rings_the_host)
{
    sensor_desc_t desc = chip();
    thermal_fix(&desc.logic.thermal, 20);
    desc.logic.thermal.profile[1] = (thermal_point_t){100 * SIM_PS_PER_MS, 120000};
    desc.logic.thermal.points = 2;
    if (!start(&desc))
        return;
    set(1, 30 * 16);
    ck_assert_uint_eq(ask(WATCH, 1), 1);
    ck_assert_uint_eq(board_ccs(board, EVENT), 0);
    uint32_t status = board_wait(board, M_STATUS, 0, 30);
    ck_assert_uint_eq(status, 8);
    ck_assert(board->sensor->mailbox.host_irq.level);
    ck_assert_uint_gt(board_ccs(board, EVENT), 30 * 16);
    ck_assert_uint_le(board_ccs(board, EVENT), 32 * 16);
    ck_assert_uint_gt(sim_now_ps(board->sim), 10 * SIM_PS_PER_MS);
    ck_assert_uint_lt(sim_now_ps(board->sim), 14 * SIM_PS_PER_MS);
    board_free(board);
}
END_TEST

START_TEST(the_flash_is_erased_written_and_read)
{
    static const uint8_t old[16] = {0};
    sensor_desc_t desc = chip();
    if (!start(&desc))
        return;
    ck_assert(flash_load(&board->sensor->flash, 0x12ff8, old, sizeof(old)));
    ck_assert_uint_eq(ask(ID, 1), 1);
    ck_assert_uint_eq(get(0), 16 << 20);
    ck_assert_uint_eq(get(1), 0xef4018);
    set(0, 0x12f00);
    uint64_t before = sim_now_ps(board->sim);
    ck_assert_uint_eq(ask(ERASE, 60), 1);
    ck_assert_uint_ge(sim_now_ps(board->sim) - before, 45 * SIM_PS_PER_MS);
    ck_assert_uint_eq(board->sensor->flash.memory[0x12ff8], 0xff);
    ck_assert_uint_eq(board->sensor->flash.memory[0x13000], 0); /* the next sector */
    set(0, 0x120f8); /* 8 bytes in one page, 8 in the next */
    set(1, 16);
    for (uint32_t i = 0; i < 4; i++)
        set(2 + i, 0x11111111 * (i + 1));
    ck_assert_uint_eq(ask(WRITE, 2), 1);
    ck_assert_uint_eq(board->sensor->flash.programs, 2);
    for (uint32_t i = 0; i < 4; i++)
        set(2 + i, 0);
    ck_assert_uint_eq(ask(READ, 1), 1);
    for (uint32_t i = 0; i < 4; i++) {
        ck_assert_uint_eq(get(2 + i), 0x11111111 * (i + 1));
        ck_assert_uint_eq(board_word(board, 0x04000100 + 4 * i), 0x11111111 * (i + 1));
    }
    ck_assert_uint_eq(get(12), sim_crc32(0, board->sensor->flash.memory + 0x120f8, 16));
    board_free(board);
}
END_TEST

/* Nobody drives the line: every status reads 0xff. */
START_TEST(drivers_of_the_flash_say_that_there_is_none)
{
    sensor_desc_t desc = chip();
    desc.logic.flash.fitted = false;
    if (!start(&desc))
        return;
    ck_assert_uint_eq(ask(ID, 1), 1);
    ck_assert_uint_eq(get(0), 0); /* bytes */
    ck_assert_uint_eq(get(1), 0xffffff);
    set(0, 0x12000);
    ck_assert_uint_eq(ask(ERASE, 2), 0);
    set(1, 4);
    ck_assert_uint_eq(ask(WRITE, 2), 0);
    board_free(board);
}
END_TEST

/* A chip that stays busy longer than any should is given up, while a page is written after 20 ms.
 */
START_TEST(drivers_of_the_flash_do_not_wait_for_ever)
{
    sensor_desc_t desc = chip();
    desc.logic.flash.program_us = 25000;
    if (!start(&desc))
        return;
    set(0, 0x12000);
    set(1, 4);
    uint64_t before = sim_now_ps(board->sim);
    ck_assert_uint_eq(ask(WRITE, 30), 0);
    ck_assert_uint_ge(sim_now_ps(board->sim) - before, 20 * SIM_PS_PER_MS);
    board_free(board);
}
END_TEST

/* 42 bytes at 921,600 baud with a FIFO of 16 and one on the line: 25 byte times of 285 * 10 clocks
 * are spent asleep, but for the few clocks of each wake-up. An interrupt has its turn meanwhile. */
START_TEST(printing_sleeps_while_the_serial_port_is_full_and_lets_interrupts_in)
{
    sensor_desc_t desc = chip();
    if (!start(&desc))
        return;
    core_settle(&board->sensor->core);
    uint64_t instructions = board->sensor->core.instructions;
    ck_assert_uint_eq(ask(PRINT, 2), 1);
    ck_assert_uint_lt(board->sensor->core.instructions - instructions, 4000); /* polls: 20,000 */
    ck_assert_uint_eq(get(0), 2);
    ck_assert_uint_eq(get(1), 0); /* as it was before */
    ck_assert_uint_eq(get(2), 0);
    board_run_ms(board, 1);
    ck_assert_str_eq(board->console, "ready\na line of forty characters and no others\n");
    board_free(board);
}
END_TEST

START_TEST(a_gated_block_is_gone_and_a_reset_one_is_new)
{
    sensor_desc_t desc = chip();
    if (!start(&desc))
        return;
    ck_assert_uint_eq(ask(GATE, 1), 1);
    ck_assert_uint_eq(get(0), 0);
    ck_assert_uint_eq(get(1), sim_reg_peek(&board->sensor->npu.comp, 0));
    ck_assert_uint_ne(get(1), 0);
    ck_assert_uint_eq(ask(RESET_ISP, 1), 1);
    ck_assert_uint_eq(get(0), 123);
    ck_assert_uint_ne(get(1), 123);
    ck_assert_uint_eq(board->sensor->clkrst.block_resets, 1);
    board_free(board);
}
END_TEST

START_TEST(a_system_reset_starts_the_program_again)
{
    sensor_desc_t desc = chip();
    if (!start(&desc))
        return;
    ck_assert(ccs_host_write(&board->sensor->ccs, 0x9002, 1234)); /* a register of the host */
    ck_assert_uint_eq(ask(CAUSE, 1), RST_POWER_ON);
    set(1, 2000);
    ck_assert_uint_eq(ask(WATCH, 1), 1);
    ck_assert_uint_eq(ask(WATCH, 1), 1);
    ck_assert_uint_eq(get(0), 0x77); /* SYS_SCRATCH, from the first */
    ck_assert(ccs_host_write(&board->sensor->ccs, COMMAND, RESET));
    board_run_ms(board, 1);
    ck_assert_str_eq(board->console, "ready\nready\n");
    ck_assert_uint_eq(board_ccs(board, M_STATUS), 0); /* the command is gone with the mailbox */
    ck_assert_uint_eq(ask(CAUSE, 1), RST_SOFTWARE);
    set(1, 2000);
    ck_assert_uint_eq(ask(WATCH, 1), 1);
    ck_assert_uint_eq(get(0), 0);
    ck_assert_uint_eq(board_ccs(board, 0x9002), 1234);
    clkrst_request(&board->sensor->clkrst, RST_BROWN_OUT);
    board_run_ms(board, 1);
    ck_assert_uint_eq(board_ccs(board, 0x9002), 2028); /* as after power-on */
    ck_assert_uint_eq(ask(CAUSE, 1), RST_BROWN_OUT);
    board_free(board);
}
END_TEST

/* The board pulls it up all the while; the chip is stronger as long as it drives. */
START_TEST(a_pin_that_is_let_go_is_the_board_s)
{
    sensor_desc_t desc = chip();
    if (!start(&desc))
        return;
    gpio_drive(&board->sensor->gpio, 5, true);
    ck_assert_uint_eq(ask(PIN, 1), 1);
    ck_assert_uint_eq(get(0), 0);
    ck_assert_uint_eq(get(1), 1);
    ck_assert_uint_eq(board->sensor->gpio.dir & 1u << 5, 0);
    ck_assert_uint_eq(board->sensor->gpio.conflicts, 1);
    board_free(board);
}
END_TEST

/* A tick is 10 clocks: 5,000 rounds of nop, addi and a branch taken, 1 + 1 + 2 clocks, are 2,000 of
 * them. What lies between the readings of count and clock is the same before and after. */
START_TEST(a_timer_s_count_is_read_whole)
{
    sensor_desc_t desc = chip();
    if (!start(&desc))
        return;
    ck_assert_uint_eq(ask(COUNT, 1), 1);
    uint32_t ticks = get(0), clocks = get(1);
    ck_assert_uint_ge(clocks, 5000 * 4);
    ck_assert_uint_lt(clocks, 5000 * 4 + 200);
    ck_assert_uint_ge(ticks * 10, clocks - 20);
    ck_assert_uint_le(ticks * 10, clocks + 20);
    ck_assert_uint_eq(get(2), 1); /* it began below 2^32 */
    ck_assert_uint_gt(get(3), 0); /* and went past it with no step back, nor one of 2^32 */
    ck_assert_uint_lt(get(3), 100);
    board_free(board);
}
END_TEST

START_TEST(bytes_of_the_serial_port_go_to_memory_as_they_come)
{
    sensor_desc_t desc = chip();
    if (!start(&desc))
        return;
    ck_assert(ccs_host_write(&board->sensor->ccs, COMMAND, RECEIVE));
    for (uint32_t i = 0; i < 9; i++) {
        board_run_ms(board, 1);
        ck_assert_uint_eq(board_ccs(board, M_STATUS) & 2, i < 8 ? 0 : 2); /* answered after eight */
        uart_receive(&board->sensor->uart, (uint8_t)(0xa1 + i));
    }
    ck_assert_uint_eq(board_ccs(board, RESULT), 1);
    ck_assert_uint_eq(get(0), 0xa4a3a2a1);
    ck_assert_uint_eq(get(1), 0xa8a7a6a5);
    ck_assert_uint_eq(get(2), 0xeeeeeeee);
    ck_assert_uint_eq(board->sensor->uart.rx_count, 1); /* the ninth waits */
    board_free(board);
}
END_TEST

/* Ticks of 1 us; from the timer to the task some 100 instructions, within the next tick. */
static void rang(const char *name, uint32_t times, uint32_t ticks)
{
    char line[64], next[64];
    snprintf(line, sizeof(line), "\n%s %u at %u\n", name, times, ticks);
    snprintf(next, sizeof(next), "\n%s %u at %u\n", name, times, ticks + 1);
    ck_assert_msg(strstr(board->console, line) != NULL || strstr(board->console, next) != NULL,
                  "no%sin:%s", line, board->console);
}

START_TEST(alarms_ring_once_or_again_unless_they_are_cancelled)
{
    sensor_desc_t desc = chip();
    if (!start_program(&desc, "alarms",
                       "boot.S boot_check.c clkrst.c cost.c hal.c link.c memory.c panic.c "
                       "postmortem.c sched.c service.c service_entry.S wdog.c"))
        return;
    board_run_ms(board, 5);
    rang("once", 1, 300);
    rang("moved later", 1, 500);
    rang("moved sooner", 1, 100);
    ck_assert_ptr_nonnull(strstr(board->console, "\ncancelled 0 at 0\n"));
    rang("every", 3, 750);
    rang("last", 1, 1500);
    board_free(board);
}
END_TEST

/* ---- code in L2 ---- */

static uint32_t said(const char *name)
{
    char line[64];
    snprintf(line, sizeof(line), "\n%s ", name);
    const char *at = strstr(board->console, line);
    ck_assert_msg(at != NULL, "no %s in:\n%s\n%s", name, board->console, board->log);
    return (uint32_t)strtoul(at + strlen(line), NULL, 10);
}

/* The sum as the guest forms it. */
static uint32_t sum_of_words(void)
{
    uint32_t a = 1, b = 0;
    for (uint32_t i = 0; i < 64; i++) {
        a += i * 2654435761u;
        b ^= a << (i & 15);
    }
    return b;
}

START_TEST(a_function_runs_from_l2)
{
    sensor_desc_t desc = chip();
    if (!start_program(&desc, "l2code", "boot.S hal.c memory.c"))
        return;
    board_run_ms(board, 3);
    const sensor_t *s = board->sensor;
    ck_assert_ptr_nonnull(strstr(board->console, "\nend\n"));
    ck_assert_uint_eq(said("here.lines"), 0);
    ck_assert_uint_eq(said("there"), sum_of_words());
    ck_assert_uint_eq(said("here.place") >> 20, 0x100);
    ck_assert_uint_eq(said("there.place") >> 16, 0x47f);
    ck_assert_uint_ge(said("there.lines"), 1);
    ck_assert_uint_le(said("there.lines"), 4); /* 64 instructions at most */
    ck_assert_uint_eq(said("again"), sum_of_words());
    ck_assert_uint_eq(said("again.lines"), 0);
    ck_assert_uint_eq(said("old"), 1);
    ck_assert_uint_eq(said("stale"), 1);
    ck_assert_uint_eq(said("new"), 2);
    sim_tally(board->sim);
    const l2_master_t *fetch = &s->l2.master[s->core.icache.port.master];
    ck_assert_uint_eq(fetch->requests, s->core.icache_misses);
    ck_assert_uint_eq(s->core.fetch_stalls, 4 * fetch->requests); /* nobody else is there */
    board_free(board);
}
END_TEST

TEST_MAIN("tools firmware drivers", temperatures_come_at_the_resolution_asked_for,
          firmware_reads_the_temperature_of_dies_that_cool_down, heat_rings_the_host,
          the_flash_is_erased_written_and_read, drivers_of_the_flash_say_that_there_is_none,
          drivers_of_the_flash_do_not_wait_for_ever,
          printing_sleeps_while_the_serial_port_is_full_and_lets_interrupts_in,
          a_gated_block_is_gone_and_a_reset_one_is_new, a_system_reset_starts_the_program_again,
          a_pin_that_is_let_go_is_the_board_s, a_timer_s_count_is_read_whole,
          bytes_of_the_serial_port_go_to_memory_as_they_come,
          alarms_ring_once_or_again_unless_they_are_cancelled, a_function_runs_from_l2)
