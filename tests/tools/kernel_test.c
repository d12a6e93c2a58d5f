/*
 * kernel_test.c - firmware/kernel.c on the simulated core: registers, turns, a lock, user mode.
 * Numbers are worked out here. Skipped without the cross compiler.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"
#include "tests/tools/board.h"

#define ELF FOVEA_OUT "/kernel.elf"
#define FW_CC                                                                                      \
    "riscv64-unknown-elf-gcc -march=rv32imac -misa-spec=2.2 -mabi=ilp32 --specs=picolibc.specs "   \
    "-std=c11 -O2 -Wall -Wextra -Werror -ffreestanding -ffunction-sections -fdata-sections "       \
    "-nostartfiles -Wl,--gc-sections -T firmware/fovea.ld -Ifirmware/include -Ibuild/gen "

enum { ADDS = 1000, ENDED = 1, FAULTED = 2, STORE_FAULT = 7, ILLEGAL = 2, UART_DATA = 0x40001004 };

static board_t *board;
static const char *at; /* how far the console is read */

/* False, said, where there is no compiler. */
static bool compile(void)
{
    if (system("command -v riscv64-unknown-elf-gcc >/dev/null 2>&1") != 0) {
        test_skip("no riscv64-unknown-elf-gcc");
        return false;
    }
    ck_assert_int_eq(
        system(FW_CC "firmware/boot.S firmware/hal.c firmware/kernel.c firmware/kernel_entry.S "
                     "tests/tools/guest/kernel.c tests/tools/guest/survive.S -o " ELF),
        0);
    return true;
}

static void run(void)
{
    char error[512];
    size_t bytes;
    board = board_new(NULL);
    uint8_t *elf = board_file(ELF, &bytes);
    ck_assert_msg(sensor_load_firmware(board->sensor, elf, bytes, ELF, error, sizeof(error)) ==
                      SIM_OK,
                  "%s", error);
    free(elf);
    board_start(board);
    for (int i = 0; i < 100 && strstr(board->console, "stop: ") == NULL; i++)
        board_run_ms(board, 1);
    ck_assert_msg(strstr(board->console, "end\nstop: passed\n") != NULL, "%s\n%s", board->console,
                  board->log);
    at = board->console;
}

/* The next value of that name. */
static uint32_t said(const char *name)
{
    char line[64];
    snprintf(line, sizeof(line), "%s ", name);
    const char *found = strstr(at, line);
    ck_assert_msg(found != NULL, "%s in:\n%s", name, at);
    at = found + strlen(line);
    return (uint32_t)strtoul(at, NULL, 10);
}

/* 16 rounds of 20,000 turns of 3 cycles: 960,000 cycles, and less than 2,000 around each. A slice
 * is 40 us, 10,500 cycles, of which the kernel's part, more than 2 * 33 registers and 8 accesses to
 * CLINT of 4 cycles, is less than 500. Both tasks get on alike, and A begins: A ends each round
 * first. */
static void check_registers(void)
{
    uint32_t cycles = said("cycles");
    ck_assert_uint_gt(cycles, 960000);
    ck_assert_uint_lt(cycles, 960000 / 100 * 105 + 16 * 2000);
    ck_assert_uint_eq(said("wrong"), 0);
    uint32_t turns = said("turns");
    ck_assert_uint_ge(turns, cycles / 10500 - 2);
    ck_assert_uint_le(turns, cycles / 10500 + 4);
    said("order");
    ck_assert_int_eq(strncmp(at, "ABABABABABABABAB\n", 17), 0);
}

/* Without the lock additions get lost, so the lock is what kept the other sum whole. */
static void check_lock(void)
{
    ck_assert_uint_eq(said("locked"), 2 * ADDS);
    uint32_t unlocked = said("unlocked");
    ck_assert_uint_ge(unlocked, ADDS);
    ck_assert_uint_lt(unlocked, 2 * ADDS);
    ck_assert_uint_eq(said("taken"), 2); /* the first try took it, the second did not */
}

/* The other task, in machine mode, adds under the same lock and ends as ever. */
static void check_user(const char *name, uint32_t state, uint32_t cause, uint32_t *value)
{
    ck_assert_uint_eq(said(name), state);
    ck_assert_uint_eq(said("cause"), cause);
    *value = said("value");
    ck_assert_uint_eq(said("sum"), 2 * ADDS);
    said("wrong");
    ck_assert_uint_eq(said("secret"), 42);
    ck_assert_uint_eq(said("other"), ENDED);
}

START_TEST(two_tasks_share_the_core_and_one_may_be_kept_in_its_place)
{
    uint32_t value;
    if (!compile())
        return;
    run();
    check_registers();
    check_lock();
    check_user("user.fine", ENDED, 0, &value);
    check_user("user.store", FAULTED, STORE_FAULT, &value);
    ck_assert_uint_eq(said("address"), value);
    check_user("user.csr", FAULTED, ILLEGAL, &value);
    ck_assert_uint_eq(value, 0x34001073); /* csrw mscratch, zero */
    check_user("user.device", FAULTED, STORE_FAULT, &value);
    ck_assert_uint_eq(value, UART_DATA);
    board_free(board);
}
END_TEST

TEST_MAIN("firmware kernel", two_tasks_share_the_core_and_one_may_be_kept_in_its_place)
