/*
 * crowd_test.c - the tracker on the simulated core, every place taken: it does what it does on the
 * host, to the bit, and a frame's work is bounded.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"
#include "tests/tools/board.h"
#include "tests/tools/guest/crowd.h"

#define ELF FOVEA_OUT "/crowd.elf"
#define FW_CC                                                                                      \
    "riscv64-unknown-elf-gcc -march=rv32imac -misa-spec=2.2 -mabi=ilp32 --specs=picolibc.specs "   \
    "-std=c11 -O2 -Wall -Wextra -Werror -ffreestanding -ffunction-sections -fdata-sections "       \
    "-nostartfiles -Wl,--gc-sections -T firmware/fovea.ld -I. -Ifirmware/include -Ibuild/gen "
#define FILES                                                                                      \
    "$(for f in boot.S hal.c assign.c fixed.c kalman.c line.c look.c track.c; do echo "            \
    "firmware/$f; done) tests/tools/guest/crowd.c"

/* False, said, where there is no compiler. */
static bool run_guest(char console[4096])
{
    char error[512];
    size_t bytes;
    if (system("command -v riscv64-unknown-elf-gcc >/dev/null 2>&1") != 0) {
        test_skip("no riscv64-unknown-elf-gcc");
        return false;
    }
    ck_assert_int_eq(system(FW_CC FILES " -o " ELF), 0);
    board_t *board = board_new(NULL);
    uint8_t *elf = board_file(ELF, &bytes);
    ck_assert_msg(sensor_load_firmware(board->sensor, elf, bytes, ELF, error, sizeof(error)) ==
                      SIM_OK,
                  "%s", error);
    board_start(board);
    for (int i = 0; i < 1000 && strstr(board->console, "stop: ") == NULL; i++)
        board_run_ms(board, 1);
    memcpy(console, board->console, 4096);
    free(elf);
    board_free(board);
    return true;
}

static uint32_t number(const char *console, const char *name)
{
    const char *at = strstr(console, name);
    ck_assert_msg(at != NULL, "no %s in:\n%s", name, console);
    return (uint32_t)strtoul(at + strlen(name), NULL, 10);
}

static void expect_cycles(const char *console, const char *name, uint32_t least, uint32_t most)
{
    uint32_t cycles = number(console, name);
    ck_assert_msg(cycles >= least && cycles <= most, "%s%u", name, cycles);
}

static uint32_t host_hash(void)
{
    static trk_state_t tracker;
    uint32_t hash = 2166136261u;
    trk_init(&tracker);
    for (uint32_t frame = 0; frame < CROWD_FRAMES; frame++) {
        det_box_t boxes[DET_MAX_BOXES];
        look_t looks[DET_MAX_BOXES];
        uint16_t ids[DET_MAX_BOXES];
        crowd_frame(frame, boxes, looks);
        trk_update(&tracker, frame * CROWD_US, boxes, looks, DET_MAX_BOXES, ids);
        hash = crowd_hash(hash, &tracker, ids);
    }
    return hash;
}

START_TEST(the_core_does_what_the_host_does_within_a_tenth_of_a_frame)
{
    char console[4096];
    if (!run_guest(console))
        return;
    ck_assert_uint_eq(number(console, "hash "), host_hash());
    expect_cycles(console, "track ", 560000, 874000); /* of 8.74 million */
    expect_cycles(console, "assign ", 320000, 437000);
    expect_cycles(console, "look ", 50000, 75000);
}
END_TEST

TEST_MAIN("tracker on the core", the_core_does_what_the_host_does_within_a_tenth_of_a_frame)
