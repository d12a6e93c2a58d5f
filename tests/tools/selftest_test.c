/*
 * selftest_test.c - firmware/app_selftest.c on the whole sensor: real drivers on the real core, and
 * what they saw against numbers worked out here. Core clock 262.5 MHz.
 */
#include "sim/file.h"
#include "sim/snapshot.h"
#include "tests/test.h"
#include "tests/tools/board.h"

enum { SEED = 77, BUTTON = 3, ECHO = 8 };

static board_t *board;

/* ---- the other end of the pins ---- */

static uint64_t pressed_ps, longest_ps;
static uint32_t echoes, wrong_echoes;

static void on_pins(void *ctx, uint32_t levels, uint32_t changed)
{
    (void)ctx;
    if ((changed >> ECHO & 1) == 0 || pressed_ps == 0)
        return;
    uint64_t took_ps = sim_now_ps(board->sim) - pressed_ps;
    echoes++;
    wrong_echoes += (levels >> ECHO & 1) != (levels >> BUTTON & 1);
    longest_ps = took_ps > longest_ps ? took_ps : longest_ps;
}

static void press(bool level)
{
    pressed_ps = sim_now_ps(board->sim);
    gpio_drive(&board->sensor->gpio, BUTTON, level);
}

/* Runs until the line is on the console; 200 ms at most. */
static void wait_for(const char *line)
{
    for (int i = 0; i < 20000 && strstr(board->console, line) == NULL; i++)
        sim_run_until_ps(board->sim, sim_now_ps(board->sim) + 10 * SIM_PS_PER_US);
    ck_assert_msg(strstr(board->console, line) != NULL, "no '%s' in:\n%s\n%s", line, board->console,
                  board->log);
}

static void load_selftest(void)
{
    sensor_desc_t desc = sensor_desc_default();
    char error[512];
    size_t bytes;
    desc.logic.rng.seed = SEED;
    board = board_new(&desc);
    board->sensor->gpio.moved = on_pins;
    uint8_t *elf =
        sim_file_read("build/firmware/selftest.elf", 1 << 24, &bytes, error, sizeof(error));
    ck_assert_msg(elf != NULL, "%s", error);
    ck_assert_msg(
        sensor_load_firmware(board->sensor, elf, bytes, "selftest", error, sizeof(error)) == SIM_OK,
        "%s", error);
    free(elf);
    board_start(board);
}

static void press_four_times(void)
{
    for (int i = 0; i < 4; i++) {
        press(i % 2 == 0);
        board_run_ms(board, 1);
    }
}

static void run_selftest(void)
{
    load_selftest();
    wait_for("gpio.waits 3\n");
    press_four_times();
    wait_for("stop: passed\n");
}

/* ---- what it said ---- */

/* The nth value of that name, from 0. */
static uint32_t said_nth(const char *name, uint32_t nth)
{
    char line[64];
    snprintf(line, sizeof(line), "\n%s ", name);
    const char *at = board->console;
    for (uint32_t i = 0; i <= nth && at != NULL; i++)
        at = strstr(at + (i != 0), line);
    ck_assert_msg(at != NULL, "%s in:\n%s", name, board->console);
    return (uint32_t)strtoul(at + strlen(line), NULL, 10);
}

static uint32_t said(const char *name)
{
    return said_nth(name, 0);
}

static void check_between(const char *name, uint32_t low, uint32_t high)
{
    ck_assert_msg(said(name) >= low && said(name) <= high, "%s %u is not in %u..%u", name,
                  said(name), low, high);
}

static uint32_t sum_of(const uint32_t *words, uint32_t count)
{
    uint32_t a = 0, b = 0;
    for (uint32_t i = 0; i < count; i++) {
        a += words[i];
        b += a;
    }
    return a ^ b;
}

/* From the write that starts it to the first line of the handler: 50,000 clocks, and the way into
 * the handler. Ten periods of 100 ticks of 262 clocks: exact but for where the handler is. */
static void check_timers(void)
{
    check_between("timer.once", 50000, 50400);
    check_between("timer.ten_periods", 262000 - 100, 262000 + 100);
    ck_assert_uint_eq(said("timer.lost"), 0);
}

static void check_dma(void)
{
    uint32_t picture[1024], corner[128];
    for (uint32_t i = 0; i < 1024; i++)
        picture[i] = i * 2654435761u;
    for (uint32_t i = 0; i < 128; i++)
        corner[i] = picture[i / 8 * 16 + i % 8];
    ck_assert_uint_eq(said("dma.fine"), 1);
    ck_assert_uint_eq(said("dma.bytes"), 4096 + 16 * 32);
    ck_assert_uint_eq(said("dma.l2_sum"), sum_of(picture, 1024));
    ck_assert_uint_eq(said("dma.corner_sum"), sum_of(corner, 128));
    ck_assert_uint_eq(said("dma.nowhere_fine"), 0);
    ck_assert_uint_eq(said("dma.nowhere_error"), 1);
    ck_assert_uint_eq(said("dma.nowhere_addr"), 0x20000000);
    ck_assert_uint_eq(said("dma.misaligned_error"), 2);
    ck_assert_uint_eq(said("dma.aborted"), 16);
    /* The descriptor in TCM: 32 bytes are 4 cycles of its port, and 1; 256 pieces of 12 cycles;
     * less than 500 around it. */
    check_between("dma.64k_cycles", 1 + 5 + 256 * 12, 1 + 5 + 256 * 12 + 500);
    ck_assert_uint_eq(said("dma.64k_happened"), 2);
    ck_assert_uint_eq(said("dma.sent"), 123456789);
}

static void check_pins(void)
{
    ck_assert_uint_eq(said("gpio.edges"), 5);
    ck_assert_uint_eq(echoes, 4);
    ck_assert_uint_eq(wrong_echoes, 0);
    ck_assert_uint_eq(said("gpio.level"), 0);
    /* Asleep, then through two levels of C: well below 3 us, and no less than the trap's 4 cycles
     * and two register accesses of 4. */
    ck_assert_uint_gt(longest_ps, 12 * UINT64_C(3809));
    ck_assert_uint_lt(longest_ps, 3 * SIM_PS_PER_US);
}

/* Words 32.. of the seed: the first 32 are the start-up test's. The core reads four, the DMA four.
 */
static void check_random(void)
{
    for (uint32_t i = 0; i < 8; i++) {
        uint32_t k = 32 + i, counter[4] = {k / 4, 0, 0, 0x54524e47}, out[4];
        sim_rng_block(SEED, counter, out);
        ck_assert_uint_eq(said_nth("rng.word", i), out[k % 4]);
    }
}

/* 9398 * 2637 = 24,782,526 pixel clocks of 744 MHz are 33.309847 ms: 8,743,834.78 core clocks. */
static void check_frames(void)
{
    uint64_t clocks = UINT64_C(9398) * 2637 * 2625 / 7440;
    ck_assert_uint_eq(clocks, 8743834);
    for (uint32_t i = 0; i < 2; i++)
        ck_assert(said_nth("timer.frame", i) - clocks <= 1);
}

static void check_watchdog(void)
{
    /* 100 ticks of 1 us are 26,250 clocks, from the first tick after the kick, up to 263 clocks on;
     * 60 clocks from the kick to the look at the time, 300 into the handler. */
    for (uint32_t i = 0; i < 3; i++)
        ck_assert(said_nth("wdog.window", i) - (26250 - 60) <= 60 + 263 + 300);
    ck_assert_uint_eq(said_nth("wdog.nmis", 0), 0);
    ck_assert_uint_eq(said_nth("wdog.nmis", 1), 1);
    ck_assert_uint_eq(said_nth("wdog.nmis", 2), 2);  /* and the handler that it came into went on */
    ck_assert_uint_eq(board->sensor->wdog.kicks, 0); /* counted from the reset on */
    ck_assert_uint_eq(said("wdog.bad"), 0);
    ck_assert_int_eq(strncmp(board->console, "cause 1\n", 8), 0);
    ck_assert_ptr_nonnull(strstr(board->console, "\ncause 2\nstop: passed\n"));
}

START_TEST(the_firmware_s_drivers_see_what_the_blocks_should_do)
{
    run_selftest();
    check_timers();
    check_dma();
    check_pins();
    check_random();
    check_frames();
    check_watchdog();
    board_free(board);
}
END_TEST

/* ---- snapshots ---- */

static uint64_t waits_ps, end_ps;

/* From wherever it is to the end, with the buttons at their times. */
static uint64_t play_to_the_end(void)
{
    for (uint64_t i = 0; i < 4; i++) {
        uint64_t at_ps = waits_ps + i * SIM_PS_PER_MS;
        if (at_ps < sim_now_ps(board->sim))
            continue;
        sim_run_until_ps(board->sim, at_ps);
        press(i % 2 == 0);
    }
    sim_run_until_ps(board->sim, end_ps);
    return sim_state_hash(board->sim);
}

START_TEST(the_self_test_goes_on_from_a_snapshot_at_any_time)
{
    run_selftest();
    end_ps = sim_now_ps(board->sim);
    board_free(board);
    load_selftest();
    wait_for("gpio.waits 3\n");
    waits_ps = sim_now_ps(board->sim);
    uint64_t unbroken = play_to_the_end();
    ck_assert_ptr_nonnull(strstr(board->console, "\nwdog.bad 0\n"));
    board_free(board);
    sim_stream_t s = sim_stream(1, 3, 0);
    for (uint32_t i = 0; i < 8; i++) {
        /* Half of them before the pins: timers, DMA; the others: pins, noise, frames, watchdog. */
        uint64_t range_us = (i % 2 == 0 ? waits_ps : end_ps) / SIM_PS_PER_US;
        uint64_t at_ps = sim_stream_below(&s, (uint32_t)range_us) * SIM_PS_PER_US + 1;
        load_selftest();
        for (uint64_t k = 0; k < 4 && waits_ps + k * SIM_PS_PER_MS < at_ps; k++) {
            sim_run_until_ps(board->sim, waits_ps + k * SIM_PS_PER_MS);
            press(k % 2 == 0);
        }
        sim_run_until_ps(board->sim, at_ps);
        sim_snapshot_t *snapshot = sim_snapshot_take(board->sim, NULL);
        ck_assert_ptr_nonnull(snapshot);
        board_free(board);
        load_selftest();
        ck_assert_int_eq(sim_snapshot_restore(board->sim, snapshot), SIM_OK);
        sim_snapshot_free(snapshot);
        ck_assert_msg(play_to_the_end() == unbroken, "%llu ps", (unsigned long long)at_ps);
        board_free(board);
    }
}
END_TEST

TEST_MAIN("firmware self-test", the_firmware_s_drivers_see_what_the_blocks_should_do,
          the_self_test_goes_on_from_a_snapshot_at_any_time)
