/*
 * services_test.c - firmware/app_services.c on the whole sensor: how a program is, and what is
 * left of one that died. The test is the host at mailbox and link.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "firmware/include/postmortem.h"
#include "logic/elf.h"
#include "sim/file.h"
#include "sim/hash.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tests/tools/board.h"
#include "tools/postmortem.h"

enum { DIE_ASSERT = 1, DIE_LOAD, DIE_DEEP, DIE_HANG, USE_HEAP, USE_STACK, COUNTS };
enum {
    HEALTH_COST = 0xf000,
    HEALTH_MEMORY,
    HEALTH_PRINT,
    HEALTH_POSTMORTEM,
    HEALTH_FORGET,
    HEALTH_L2
};
enum { MODE_SELECT = 0x0100, STACK_BYTES = 16384, GUARD_BYTES = 1024 };
#define STACK_LOW (0x10040000u - STACK_BYTES)
#define ELF "build/firmware/services.elf"
#define DIR FOVEA_OUT "/services"
#define CAPTURE DIR "/link.csi2"

static board_t *board;
static uint8_t *elf;
static size_t elf_bytes;
static char text[65536], error[512];

static void start_on(const sensor_desc_t *chip)
{
    board = board_new(chip);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    elf = board_file(ELF, &elf_bytes);
    ck_assert_msg(sensor_load_firmware(board->sensor, elf, elf_bytes, ELF, error, sizeof(error)) ==
                      SIM_OK,
                  "%s", error);
    board_capture(board, CAPTURE);
    board_start(board);
    board_run_ms(board, 5);
    ck_assert_str_eq(board->console, "services, reset cause 1\n");
}

static void start(void)
{
    start_on(NULL);
}

static void stop(void)
{
    board_capture_end(board, CAPTURE);
    board_free(board);
    free(elf);
}

static uint32_t ask(uint32_t number, uint32_t argument)
{
    return board_ask(board, number, argument);
}

static uint32_t word(uint32_t n)
{
    return board_answer(board, n);
}

static uint32_t symbol(const char *name)
{
    uint32_t addr = 0;
    ck_assert_msg(elf_symbol(elf, elf_bytes, name, &addr), "%s", name);
    return addr;
}

/* ---- alive ---- */

static void look_up_cost(const char *name)
{
    ck_assert_msg(board_ask_cost(board, name), "no cost %s", name);
}

/* The beat comes each millisecond, late by at most a run of another task. */
START_TEST(tasks_run_at_their_events_and_what_they_cost_is_told)
{
    start();
    ck_assert_uint_eq(ask(COUNTS, 0), 1);
    uint32_t beats = word(2);
    uint64_t since = sim_now_ps(board->sim);
    board_run_ms(board, 50);
    ck_assert_uint_eq(ask(COUNTS, 0), 1);
    uint32_t more = word(2) - beats;
    uint64_t passed_ms = (sim_now_ps(board->sim) - since) / SIM_PS_PER_MS;
    ck_assert_uint_ge(more, passed_ms - 1);
    ck_assert_uint_le(more, passed_ms + 1);
    look_up_cost("beat");
    ck_assert_uint_ge(word(0), 50);
    ck_assert_uint_ge(word(2), word(1)); /* the worst is no better than the last */
    ck_assert_uint_gt(word(1), 4);       /* a load, an addition, a store, a return: 2 + 1 + 1 + 3 */
    ck_assert_uint_lt(word(2), 200);
    look_up_cost("irq.clint");
    ck_assert_uint_gt(word(1), 7 * 4); /* at least 7 registers: mtime, and three of mtimecmp */
    look_up_cost("irq.mailbox");
    ck_assert_uint_eq(ask(HEALTH_COST, 1000), 0);
    stop();
}
END_TEST

START_TEST(marks_of_stack_and_heap_are_what_was_used)
{
    start();
    ck_assert_uint_eq(ask(HEALTH_MEMORY, 0), 1);
    uint32_t stack = word(0), heap = word(2);
    ck_assert_uint_eq(word(1), STACK_BYTES);
    ck_assert_uint_gt(stack, 64);
    ck_assert_uint_lt(stack, 1024);
    ck_assert_uint_eq(heap, 0);
    ck_assert_uint_eq(ask(USE_STACK, 50), 1); /* 51 levels, 64 bytes of room and 16 to 48 more */
    ck_assert_uint_eq(ask(HEALTH_MEMORY, 0), 1);
    ck_assert_uint_ge(word(0), 51 * 80);
    ck_assert_uint_le(word(0), 51 * 112 + stack);
    ck_assert_uint_eq(ask(USE_HEAP, 10000), 1);
    uint32_t room = word(0);
    ck_assert_uint_ge(room, symbol("__heap_start"));
    ck_assert_uint_eq(ask(HEALTH_MEMORY, 0), 1);
    ck_assert_uint_lt(word(2), 10000 + 64); /* nothing was written but the heap's own records */
    ck_assert_uint_eq(word(3), STACK_LOW - 2 * GUARD_BYTES - symbol("__heap_start"));
    ck_assert_uint_eq(ask(HEALTH_PRINT, 0), 1);
    ck_assert_ptr_nonnull(strstr(board->console, "\ncost beat "));
    ck_assert_ptr_nonnull(strstr(board->console, " of 16384\nheap "));
    stop();
}
END_TEST

/* DIE_LOAD loads a word: here from where there is one. Nobody dies of one bit. */
START_TEST(errors_of_l2_that_were_corrected_are_told)
{
    sensor_desc_t chip = sensor_desc_default();
    chip.logic.l2.ecc = L2_ECC_SECDED;
    start_on(&chip);
    ck_assert_uint_eq(ask(HEALTH_L2, 0), 1);
    ck_assert_uint_eq(word(0) + word(1), 0);
    for (uint32_t i = 0; i < 3; i++) {
        ck_assert(l2_flip(&board->sensor->l2, 0x04001000 + 8 * i, 5));
        ck_assert_uint_eq(ask(DIE_LOAD, 0x04001000 + 8 * i), 1);
    }
    ck_assert_uint_eq(ask(HEALTH_L2, 0), 1);
    ck_assert_uint_eq(word(0), 3);
    ck_assert_uint_eq(word(1), 0);
    ck_assert_uint_eq(ask(HEALTH_PRINT, 0), 1);
    ck_assert_ptr_nonnull(strstr(board->console, "\nL2 errors corrected 3 fatal 0 "));
    stop();
}
END_TEST

/* Frames of 33.309847 ms (selftest_test.c): in 100 ms three or four begin. */
START_TEST(each_frame_runs_its_task_once)
{
    start();
    ck_assert(ccs_host_write(&board->sensor->ccs, MODE_SELECT, 1));
    board_run_ms(board, 100);
    ck_assert_uint_eq(ask(COUNTS, 0), 1);
    uint32_t frames = word(1);
    ck_assert_uint_ge(frames, 3);
    ck_assert_uint_le(frames, 4);
    look_up_cost("frame");
    ck_assert_uint_ge(word(0), frames);
    ck_assert_uint_lt(word(2), 200);
    stop();
}
END_TEST

/* ---- dead ---- */

/* Dies of a command and starts anew: the packet is on the link from the dead one, and again from
 * the next; the line of the first is in text then. */
static void die(uint32_t number, uint32_t argument, const char *says)
{
    char again[64];
    start();
    board_command(board, number, argument);
    board_run_ms(board, 60);
    ck_assert_msg(strstr(board->console, says) != NULL, "%s in:\n%s", says, board->console);
    snprintf(again, sizeof(again), "\nservices, reset cause 5, it had died\n");
    ck_assert_msg(strstr(board->console, again) != NULL, "%s", board->console);
    ck_assert_uint_eq(ask(HEALTH_POSTMORTEM, 0), 1);
    ck_assert_uint_eq(word(0), 1);
    look_up_cost("beat"); /* of the new life: data are as they were at the first start */
    ck_assert_uint_lt(word(0), 60);
    ck_assert_uint_eq(ask(HEALTH_FORGET, 0), 1);
    ck_assert_uint_eq(ask(HEALTH_POSTMORTEM, 0), 0);
    stop();
    ck_assert_int_eq(fovea(text, sizeof(text), "decode %s -o %s --elf %s", CAPTURE, DIR, ELF), 0);
    ck_assert_msg(strstr(text, " 0 problems, 3 post-mortems; ") != NULL, "%s", text);
    FILE *lines = fopen(DIR "/postmortem.jsonl", "rb");
    ck_assert_ptr_nonnull(lines);
    text[fread(text, 1, sizeof(text) - 1, lines)] = '\0';
    fclose(lines);
    ck_assert_int_eq(line_count(text), 3);
    *strchr(text, '\n') = '\0';
}

static void says(const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "no %s in:\n%s", part, text);
}

START_TEST(an_assertion_says_where_and_what)
{
    die(DIE_ASSERT, 0, "panic: assertion firmware/app_services.c:");
    says("{\"reason\":\"assertion\",");
    says("\"task\":\"host\"");
    says("\"cause\":\"call from machine mode\"");
    says("\"at\":\"on_host_task (");
    says("\"assertion\":\"firmware/app_services.c: command != DIE_ASSERT\"");
    says("\"reset_cause\":[\"power-on\"],\"deaths\":1");
}
END_TEST

START_TEST(a_fault_has_its_function_and_its_address)
{
    die(DIE_LOAD, 0x20000000, "panic: exception 5 at ");
    says("\"cause\":\"load access fault\"");
    says("\"mtval\":\"0x20000000\"");
    says("\"a0\":\"0x20000000\"");
    says("\"at\":\"load_from (");
    says("\"calls\":[\"on_host_task (");
    says("\"sched_run (");
}
END_TEST

/* go_deep writes 16 words upwards in its room: the first store in the guard is a fault. */
START_TEST(an_overflow_of_the_stack_ends_in_the_guard)
{
    die(DIE_DEEP, 0, "panic: exception 7 at ");
    says("\"cause\":\"store access fault\"");
    says("\"at\":\"go_deep");
    unsigned long value = strtoul(strstr(text, "\"mtval\":\"") + 9, NULL, 16);
    ck_assert_uint_lt(value, STACK_LOW);
    ck_assert_uint_ge(value, STACK_LOW - 128);
    says("\"stack\":{\"addr\":\"0x1003c000\"");
}
END_TEST

/* The watchdog of 20 ms, kicked until then; its NMI is the packet, and the reset is ours. */
START_TEST(a_task_that_hangs_ends_in_the_watchdog_s_nmi)
{
    die(DIE_HANG, 0, "panic: watchdog 0 at ");
    says("\"cause\":\"NMI\"");
    says("\"at\":\"hang (");
    says("\"task\":\"host\"");
    unsigned long long time = strtoull(strstr(text, "\"time_ps\":") + 10, NULL, 10);
    ck_assert_uint_gt(time, 20 * SIM_PS_PER_MS);
    ck_assert_uint_lt(time, 30 * SIM_PS_PER_MS);
}
END_TEST

/* The whole command: the run fails, and its folder says why. */
START_TEST(a_run_keeps_what_the_dying_program_said)
{
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    FILE *file = fopen(DIR "/die.json", "w");
    ck_assert_ptr_nonnull(file);
    fputs("{\"chip\": \"../../../logic/chips/imx500.json\", "
          "\"firmware\": \"../../firmware/services.elf\", "
          "\"networks\": [\"../../../scenes/person_160.tflite\"], "
          "\"scene\": \"../../../tests/golden/plain_camera/rgb_00009.png\", \"frames\": 1, "
          "\"host\": [{\"at\": \"10ms\", \"write\": \"mbx_command\", \"value\": 1}]}\n",
          file);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(fovea(text, sizeof(text), "run %s/die.json --out %s/run", DIR, DIR), 1);
    says("0 of 1 frames were reported, the firmware died (see " DIR "/run/postmortem.jsonl)");
    file = fopen(DIR "/run/postmortem.jsonl", "rb");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    says("\"at\":\"on_host_task (");
    says("\"deaths\":1,");
    ck_assert_int_eq(
        fovea(text, sizeof(text), "decode %s/run/link.csi2 -o %s/again --elf %s", DIR, DIR, ELF),
        0);
    ck_assert(same_file(DIR "/run/postmortem.jsonl", DIR "/again/postmortem.jsonl"));
}
END_TEST

/* ---- packets of anybody ---- */

static uint32_t packet[PM_MAX_BYTES / 4 + 2];

/* Two stack words, one word of text. */
static size_t make_packet(void)
{
    uint32_t words = PM_HEADER_WORDS + PM_REGISTERS + 3;
    memset(packet, 0, sizeof(packet));
    packet[PM_MAGIC] = PM_MAGIC_VALUE;
    packet[PM_VERSION] = 1;
    packet[PM_TOTAL_BYTES] = 4 * (words + 1);
    packet[PM_STACK_WORDS] = 2;
    packet[PM_TEXT_WORDS] = 1;
    packet[words - 1] = 0x07414141; /* AAA and what is no text */
    packet[words] = sim_crc32(0, (const uint8_t *)packet, 4 * (size_t)words);
    return 4 * (words + 1);
}

static bool check(size_t bytes)
{
    return postmortem_check((const uint8_t *)packet, bytes, error, sizeof(error));
}

START_TEST(damaged_packets_are_refused_with_the_place)
{
    size_t bytes = make_packet();
    ck_assert(check(bytes));
    sim_json_t *line = postmortem_json((const uint8_t *)packet, NULL);
    char *printed = sim_json_print(line, false);
    ck_assert_ptr_nonnull(strstr(printed, "\"assertion\":\"AAA?\""));
    ck_assert_ptr_nonnull(strstr(printed, "\"reason\":\"unknown\""));
    free(printed);
    sim_json_free(line);
    for (size_t i = 0; i < bytes; i++)
        ck_assert(!check(i));
    for (size_t bit = 0; bit < 8 * bytes; bit++) {
        packet[bit / 32] ^= 1u << bit % 32;
        ck_assert_msg(!check(bytes), "bit %zu", bit);
        packet[bit / 32] ^= 1u << bit % 32;
    }
    packet[PM_STACK_WORDS] = 0xffffffff;
    ck_assert(!check(bytes));
    ck_assert_ptr_nonnull(strstr(error, "byte 8: found"));
}
END_TEST

/* 100 words of stack and 300 characters of text are cut to what a packet holds. */
START_TEST(a_packet_holds_the_first_of_what_is_too_much)
{
    uint32_t registers[PM_REGISTERS], stack[100];
    char name[301];
    for (uint32_t i = 0; i < PM_REGISTERS; i++)
        registers[i] = 0x1000 + i;
    for (uint32_t i = 0; i < 100; i++)
        stack[i] = 0x2000 + i;
    memset(name, 'x', 300);
    name[300] = '\0';
    postmortem_t dead = {.reason = PM_REASON_ASSERTION,
                         .task = "ninechars",
                         .file = "f.c",
                         .text = name,
                         .registers = registers,
                         .stack = stack,
                         .stack_words = 100};
    memset(packet, 0xff, sizeof(packet));
    ck_assert_uint_eq(postmortem_build(&dead, packet), PM_MAX_BYTES);
    ck_assert_uint_eq(packet[PM_MAX_BYTES / 4], 0xffffffff);
    ck_assert(check(PM_MAX_BYTES));
    ck_assert(postmortem_valid(packet));
    ck_assert_uint_eq(packet[PM_HEADER_WORDS + 30], 0x101e);
    ck_assert_uint_eq(packet[PM_HEADER_WORDS + 31 + 63], 0x203f);
    sim_json_t *line = postmortem_json((const uint8_t *)packet, NULL);
    char *printed = sim_json_print(line, false);
    ck_assert_ptr_nonnull(strstr(printed, "\"task\":\"ninechar\""));
    ck_assert_ptr_nonnull(strstr(printed, "\"assertion\":\"f.c: xxx"));
    free(printed);
    sim_json_free(line);
    packet[PM_TOTAL_BYTES] = 0xfffffffc; /* what no program left: nothing behind it is read */
    ck_assert(!postmortem_valid(packet));
}
END_TEST

TEST_MAIN("firmware services", tasks_run_at_their_events_and_what_they_cost_is_told,
          marks_of_stack_and_heap_are_what_was_used, errors_of_l2_that_were_corrected_are_told,
          each_frame_runs_its_task_once, a_run_keeps_what_the_dying_program_said,
          an_assertion_says_where_and_what, a_fault_has_its_function_and_its_address,
          an_overflow_of_the_stack_ends_in_the_guard, a_task_that_hangs_ends_in_the_watchdog_s_nmi,
          damaged_packets_are_refused_with_the_place, a_packet_holds_the_first_of_what_is_too_much)
