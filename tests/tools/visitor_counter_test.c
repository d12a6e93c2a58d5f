/*
 * visitor_counter_test.c - firmware/app_visitor_counter.c as a program that is looked after: what a
 * hang, an overflow and a host that asks make of it. Code is broken in the core's RAM, before the
 * start, and mended after the death. The test is the host at mailbox and link.
 */
#include "logic/elf.h"
#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tests/tools/board.h"
#include "tools/network.h"

enum { MODE_SELECT = 0x0100, HEALTH_MEMORY = 0xf001, HEALTH_PRINT, STACK_BYTES = 16384 };
enum { PATCH_WORDS = 3 };
#define STACK_LOW (0x10040000u - STACK_BYTES)
#define ELF "build/firmware/visitor_counter.elf"
#define DIR FOVEA_OUT "/visitor_counter"
#define CAPTURE DIR "/link.csi2"
#define ALIVE "visitor_counter 1\nready\n"

static const uint32_t hang[PATCH_WORDS] = {0x0000006f, 0, 0}; /* j . */
/* 16 bytes deeper for ever: addi sp, sp, -16; sw ra, 0(sp); j .-8 */
static const uint32_t dive[PATCH_WORDS] = {0xff010113, 0x00112023, 0xff9ff06f};

static board_t *board;
static npu_prog_t network;
static uint8_t *elf, whole[4 * PATCH_WORDS];
static size_t elf_bytes;
static uint32_t patched, frames;
static char text[65536], error[512];

static void on_done(void *ctx, const timeline_frame_t *frame)
{
    (void)ctx;
    (void)frame;
    frames++;
}

/* Streams from time 0, with code in place of that function's first words; NULL: as it is. */
static void start(const sensor_desc_t *desc, const char *function, const uint32_t *code)
{
    network_options_t options = {0};
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    board = board_new(desc);
    elf = board_file(ELF, &elf_bytes);
    ck_assert_msg(sensor_load_firmware(board->sensor, elf, elf_bytes, ELF, error, sizeof(error)) ==
                          SIM_OK &&
                      network_load("scenes/person_160.tflite", &board->sensor->desc.npu, &options,
                                   &network, error, sizeof(error)) &&
                      sensor_load_network(board->sensor, &network, error, sizeof(error)) == SIM_OK,
                  "%s", error);
    if (function != NULL) {
        ck_assert(elf_symbol(elf, elf_bytes, function, &patched));
        ck_assert(bus_peek(&board->sensor->bus, patched, whole, sizeof(whole)));
        bus_poke(&board->sensor->bus, patched, code, sizeof(whole));
    }
    board->sensor->timeline.done = on_done;
    frames = 0;
    board_capture(board, CAPTURE);
    board_start(board);
    ck_assert(ccs_host_write(&board->sensor->ccs, MODE_SELECT, 1));
}

static void stop(void)
{
    board_capture_end(board, CAPTURE);
    board_free(board);
    npu_prog_free(&network);
    free(elf);
}

static void says(const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "no %s in:\n%s", part, text);
}

static void console_is(const char *before, const char *after)
{
    size_t n = strlen(board->console), tail = strlen(after);
    ck_assert_msg(strncmp(board->console, before, strlen(before)) == 0 && n >= tail &&
                      strcmp(board->console + n - tail, after) == 0,
                  "%s", board->console);
}

/*
 * The first frame's network is done after 41 ms (0.53 to the stream, 20.2 of exposure, 19.2 of
 * readout, 0.6 of network). The watchdog was started at 0.53 ms and kicked first at 50.53, so its
 * NMI comes at 100.53. The chip starts anew, says so, sends the packet once more, and when the code
 * is whole again counts frames as if nothing had been. text is what the dead one left.
 */
static void die(const char *function, const uint32_t *code, uint64_t until_ms, const char *why)
{
    char line[128];
    start(NULL, function, code);
    board_run_ms(board, until_ms);
    ck_assert_str_eq(board->console, ALIVE);
    board_run_ms(board, 10);
    ck_assert_uint_eq(frames, 0);
    snprintf(line, sizeof(line), ALIVE "panic: %s at 0x", why);
    console_is(line, "\nvisitor_counter 1\nstarted again after a panic\nready\n");
    bus_poke(&board->sensor->bus, patched, whole, sizeof(whole));
    board_run_ms(board, 90); /* two frames */
    ck_assert_uint_eq(frames, 2);
    ck_assert(board_ask_cost(board, "frame"));
    ck_assert_uint_eq(board_answer(board, 0), 2); /* of this life */
    stop();
    ck_assert_int_eq(fovea(text, sizeof(text), "decode %s -o %s --elf %s", CAPTURE, DIR, ELF), 0);
    says(" 0 problems, 2 post-mortems; 2 lanes of D-PHY, 888.0 Mb/s each\n");
    FILE *lines = fopen(DIR "/postmortem.jsonl", "rb");
    ck_assert_ptr_nonnull(lines);
    text[fread(text, 1, sizeof(text) - 1, lines)] = '\0';
    fclose(lines);
    *strchr(text, '\n') = '\0';
}

static void died_at_ms(uint64_t low, uint64_t high)
{
    uint64_t time_ps = strtoull(strstr(text, "\"time_ps\":") + 10, NULL, 10);
    ck_assert_uint_ge(time_ps, low * SIM_PS_PER_MS);
    ck_assert_uint_lt(time_ps, high * SIM_PS_PER_MS);
}

START_TEST(a_handler_that_loops_ends_in_the_watchdog_s_nmi)
{
    die("on_npu", hang, 100, "watchdog 0");
    says("\"cause\":\"NMI\"");
    says("\"task\":\"irq\"");
    says("\"at\":\"on_npu (");
    died_at_ms(100, 102);
}
END_TEST

/* Interrupts go on all the while, the watchdog's own too: they do not kick it. */
START_TEST(a_task_that_loops_ends_in_the_watchdog_s_nmi)
{
    die("det_decode", hang, 100, "watchdog 0");
    says("\"cause\":\"NMI\"");
    says("\"task\":\"frame\"");
    says("\"at\":\"det_decode (");
    says("\"calls\":[\"boxes_of (boxes.c");
    says("\"on_frame (app_visitor_counter.c");
    died_at_ms(100, 102);
}
END_TEST

/* A kilobyte takes 64 rounds of some 5 cycles: the death is that of the frame at 41 ms. */
START_TEST(an_overflow_of_the_stack_ends_in_the_guard)
{
    die("det_decode", dive, 40, "exception 7");
    says("\"cause\":\"store access fault\"");
    says("\"task\":\"frame\"");
    says("\"at\":\"det_decode (");
    unsigned long value = strtoul(strstr(text, "\"mtval\":\"") + 9, NULL, 16);
    ck_assert_uint_lt(value, STACK_LOW);
    ck_assert_uint_ge(value, STACK_LOW - 16);
    died_at_ms(40, 42);
}
END_TEST

/* Three frames are done after 0.53 + 3 x 33.31 + 7.2 ms; the next one 33 ms later. */
START_TEST(the_host_asks_what_frames_and_handlers_cost)
{
    start(NULL, NULL, NULL);
    board_run_ms(board, 120);
    ck_assert_uint_eq(frames, 3);
    ck_assert(board_ask_cost(board, "frame"));
    ck_assert_uint_eq(board_answer(board, 0), 3);
    uint32_t worst = board_answer(board, 2);
    /* 1,500 codes are fetched from L2 in 375 words of 8 cycles and more; all of it in half a
     * millisecond */
    ck_assert_uint_gt(worst, 375 * 8);
    ck_assert_uint_lt(worst, 131250);
    ck_assert(board_ask_cost(board, "irq.npu"));
    ck_assert_uint_eq(board_answer(board, 0), 3);
    ck_assert(board_ask_cost(board, "irq.isp"));
    ck_assert_uint_eq(board_answer(board, 0), 3);
    ck_assert_uint_gt(board_answer(board, 2), 5 * 4); /* five registers */
    ck_assert(board_ask_cost(board, "irq.wdog"));     /* the window, once in 50 ms */
    ck_assert_uint_eq(board_answer(board, 0), 2);
    ck_assert_uint_eq(board_ask(board, HEALTH_MEMORY, 0), 1);
    ck_assert_uint_eq(board_answer(board, 1), STACK_BYTES);
    ck_assert_uint_lt(board_answer(board, 0), STACK_BYTES / 4);
    ck_assert_uint_eq(board_ask(board, HEALTH_PRINT, 0), 1);
    ck_assert_ptr_nonnull(strstr(board->console, "\ncost frame 3 "));
    ck_assert_uint_eq(board_ask(board, 1, 0), 0); /* a command of nobody */
    stop();
}
END_TEST

/* PMP's registers trap there; the program does without its guard. */
START_TEST(a_chip_without_pmp_counts_too)
{
    sensor_desc_t desc = sensor_desc_default();
    desc.logic.core.pmp_regions = 0;
    start(&desc, NULL, NULL);
    board_run_ms(board, 50);
    ck_assert_str_eq(board->console, ALIVE);
    ck_assert_uint_eq(frames, 1);
    stop();
}
END_TEST

TEST_MAIN("visitor_counter", a_handler_that_loops_ends_in_the_watchdog_s_nmi,
          a_task_that_loops_ends_in_the_watchdog_s_nmi, an_overflow_of_the_stack_ends_in_the_guard,
          the_host_asks_what_frames_and_handlers_cost, a_chip_without_pmp_counts_too)
