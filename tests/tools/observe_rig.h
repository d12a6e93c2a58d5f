/*
 * observe_rig.h - what the tests of traces and profiles share: a guest (guest/observe.c) that has
 * run once with everything watched, its files in OBSERVE.
 */
#ifndef TESTS_TOOLS_OBSERVE_RIG_H
#define TESTS_TOOLS_OBSERVE_RIG_H

#include "sim/types.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

/* A folder for each test program, as several may run. */
#ifndef DIR
#define DIR FOVEA_OUT "/observe"
#endif
#define GUEST "tests/tools/guest/observe.c"
#define BUILD                                                                                      \
    "riscv64-unknown-elf-gcc -ffreestanding -march=rv32ima -misa-spec=2.2 -mabi=ilp32 -O1 "        \
    "-nostdlib -nostartfiles -Wl,-N,--no-warn-rwx-segments,-Ttext=0x80000000 " GUEST
#define AS                                                                                         \
    "riscv64-unknown-elf-gcc -march=rv32ima -misa-spec=2.2 -mabi=ilp32 -nostdlib -nostartfiles "   \
    "-Wl,-N,--no-warn-rwx-segments,-Ttext=0x80000000"

/* Whether there is such a command. */
bool has(const char *command);
/* Fails the test when the command does. */
void shell(const char *fmt, ...) SIM_PRINTF(1, 2);
/* The caller frees it. */
char *read_text(const char *path);

/* Compiles the guest and runs it: dir/guest.elf, profile, flame, coverage.info, access, trace. What
 * the command says is in text. False without compiler. */
bool run_guest(const char *dir, char *text, size_t text_bytes);

#define NEEDS_GUEST()                                                                              \
    if (!run_guest(DIR, text, sizeof(text))) {                                                     \
        test_skip("no riscv64-unknown-elf-gcc");                                                   \
        return;                                                                                    \
    }

#endif
