/*
 * watchdog_test.c - a core that stops for good ends the run, unless its watchdog starts it again.
 */
#include <unistd.h>

#include "tests/sensor/fovea.h"
#include "tests/test.h"

#define DIR FOVEA_OUT "/watchdog"

/* Falls over. With WATCHED, the watchdog bites after 30 ticks, the first time. */
static const char program[] = "#include \"fovea_regs.h\"\n"
                              "        .globl _start\n"
                              "_start: li t0, RST_CAUSE\n"
                              "        lw t1, 0(t0)\n"
                              "        andi t1, t1, 2\n"
                              "        bnez t1, 2f\n"
                              "#ifdef WATCHED\n"
                              "        li t0, WDOG_UNLOCK\n"
                              "        li t3, 0x1acce551\n"
                              "        li t4, 15\n"
                              "        sw t3, 0(t0)\n"
                              "        sw t4, WDOG_TIMEOUT - WDOG_UNLOCK(t0)\n"
                              "        sw t3, 0(t0)\n"
                              "        sw t4, WDOG_GRACE - WDOG_UNLOCK(t0)\n"
                              "        li t4, 1\n"
                              "        sw t3, 0(t0)\n"
                              "        sw t4, WDOG_CTRL - WDOG_UNLOCK(t0)\n"
                              "#endif\n"
                              "2:      .word 0\n";

/* Builds it and runs it for a frame that never comes; text gets what the run said. */
static void run(const char *flags, char *text, size_t bytes)
{
    char command[1024];
    FILE *f = system("mkdir -p " DIR) == 0 ? fopen(DIR "/fall.S", "wb") : NULL;
    ck_assert(f != NULL && fputs(program, f) >= 0 && fclose(f) == 0);
    /* literals without a suffix, for the assembler */
    snprintf(command, sizeof(command),
             "sed -E 's/(0x[0-9a-f]+)u /\\1 /' build/gen/fovea_regs.h > " DIR "/fovea_regs.h && "
             "riscv64-unknown-elf-gcc -march=rv32imac -misa-spec=2.2 -mabi=ilp32 -nostdlib -I" DIR
             " %s -Wl,-n,-Ttext=0x10000000 " DIR "/fall.S -o " DIR "/fall.elf",
             flags);
    ck_assert_int_eq(system(command), 0);
    ck_assert_int_eq(fovea(text, bytes,
                           "run scenes/entrance.json -n 1 --firmware " DIR "/fall.elf -o " DIR
                           "/out"),
                     1);
}

START_TEST(a_watchdog_gives_a_lost_core_another_chance)
{
    char text[4096];
    if (system("riscv64-unknown-elf-gcc --version > /dev/null 2>&1") != 0) {
        test_skip("no riscv64-unknown-elf-gcc");
        return;
    }
    run("", text, sizeof(text));
    ck_assert_msg(strstr(text, "core stopped at 0x1000") != NULL, "%s", text);
    ck_assert_msg(strstr(text, "illegal instruction") != NULL, "%s", text);
    ck_assert_ptr_null(strstr(strstr(text, "mcause 2") + 1, "mcause 2")); /* once */
    run("-DWATCHED", text, sizeof(text));
    const char *first = strstr(text, "trap without a handler");
    ck_assert_msg(first != NULL && strstr(first + 1, "trap without a handler: mcause 2") != NULL,
                  "it did not start again: %s", text);
}
END_TEST

TEST_MAIN("tools watchdog", a_watchdog_gives_a_lost_core_another_chance)
