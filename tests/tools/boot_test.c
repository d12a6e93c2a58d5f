/*
 * boot_test.c - the real boot ROM on the simulated core, with whole, bad and truncated images.
 */
#include "firmware/include/boot_image.h"
#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tests/tools/board.h"
#include "tools/boot_image.h"
#include "tools/network.h"

#include <unistd.h>

enum { STATUS = 0x9180, MAIN_FW_VERSION = 0xd07c, ERROR_A = 0x9182, ERROR_B = 0x9184 };
enum { SLOT_B = 8 << 20, PATIENCE_MS = 400 };
#define ROM "build/firmware/boot_rom.elf"
#define FIRMWARE "build/firmware/visitor_counter.elf"
#define NETWORK "scenes/person_160.tflite"

static char error[512];
static sensor_desc_t chip;
static npu_prog_t network;
static boot_image_t image;

static board_t *make(void)
{
    size_t bytes;
    chip = sensor_desc_default();
    chip.logic.clkrst.boot = BOOT_SPI;
    chip.logic.flash.fitted = true;
    board_t *board = board_new(&chip);
    uint8_t *rom = board_file(ROM, &bytes);
    ck_assert_msg(sensor_load_rom(board->sensor, rom, bytes, ROM, error, sizeof(error)) == SIM_OK,
                  "%s", error);
    free(rom);
    return board;
}

/* Once a process: each test is one. */
static void make_image(void)
{
    network_options_t options = {0};
    if (image.data != NULL)
        return;
    ck_assert_msg(network_load(NETWORK, &chip.npu, &options, &network, error, sizeof(error)), "%s",
                  error);
    ck_assert_msg(boot_image_load(&chip, FIRMWARE, &network, 1, &image, error, sizeof(error)), "%s",
                  error);
}

static void drop_image(void)
{
    npu_prog_free(&network);
    free(image.data);
}

static uint32_t word(uint32_t at)
{
    const uint8_t *p = image.data + at;
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Byte offset of word `word` of segment n. */
static uint32_t segment_at(uint32_t n, uint32_t in)
{
    return 4 * (BOOT_HEAD_WORDS + n * BOOT_SEG_WORDS + in);
}

static void check_segment(board_t *board, uint32_t n)
{
    uint32_t bytes = word(segment_at(n, BOOT_SEG_BYTES));
    uint8_t *found = malloc(bytes);
    ck_assert_ptr_nonnull(found);
    ck_assert(bus_peek(&board->sensor->bus, word(segment_at(n, BOOT_SEG_ADDR)), found, bytes));
    ck_assert_mem_eq(found, image.data + word(segment_at(n, BOOT_SEG_OFFSET)), bytes);
    free(found);
}

/* The line: 8 bits of 6 clocks (43.75 MHz, below the driver's 50) a byte, with the header of 256
 * bytes. The core's part, mostly copying firmware out of L2 at some 13 cycles a word, is below
 * a tenth of that. */
START_TEST(a_whole_image_is_loaded_at_the_speed_of_the_line)
{
    board_t *board = make();
    make_image();
    ck_assert(flash_load(&board->sensor->flash, 0, image.data, image.bytes));
    board_start(board);
    ck_assert_uint_eq(board_wait(board, STATUS, 0, 1), BOOT_S_LOADING);
    ck_assert_uint_eq(board_wait(board, STATUS, BOOT_S_LOADING, PATIENCE_MS), BOOT_S_SLOT_A);
    ck_assert_uint_eq(board_ccs(board, MAIN_FW_VERSION), 0x00010000); /* FOVEA_VERSION is 0.1.0 */
    ck_assert_uint_eq(board_ccs(board, ERROR_A), BOOT_E_FINE);
    uint64_t line_ps = sim_edge_ps((uint64_t)image.bytes * 8 * 6, 262500000);
    ck_assert_uint_gt(sim_now_ps(board->sim), line_ps);
    ck_assert_uint_lt(sim_now_ps(board->sim), line_ps + line_ps / 10);
    ck_assert_uint_eq(board->sensor->spi.stall_cycles, 0);
    board_run_ms(board, 2);
    ck_assert_str_eq(board->console, "visitor_counter 1\nready\n");
    board_free(board);
    drop_image();
}
END_TEST

/* Code and network: the firmware has begun to change its data. */
START_TEST(memory_holds_what_the_image_says)
{
    board_t *board = make();
    make_image();
    ck_assert(flash_load(&board->sensor->flash, 0, image.data, image.bytes));
    board_start(board);
    ck_assert_uint_eq(board_wait(board, STATUS, 0, 1), BOOT_S_LOADING);
    ck_assert_uint_eq(board_wait(board, STATUS, BOOT_S_LOADING, PATIENCE_MS), BOOT_S_SLOT_A);
    check_segment(board, 0);
    ck_assert_uint_ge(word(4 * BOOT_COUNT_W), 3); /* text, data, at least one of the network */
    for (uint32_t n = 2; n < word(4 * BOOT_COUNT_W); n++)
        check_segment(board, n);
    board_free(board);
    drop_image();
}
END_TEST

/* What the network's part of the image puts into L2 is what loading in place puts there. */
START_TEST(the_image_s_network_is_the_network)
{
    board_t *board = make(), *placed = board_new(&chip);
    make_image();
    ck_assert_int_eq(sensor_load_network(placed->sensor, &network, error, sizeof(error)), SIM_OK);
    uint32_t bytes = chip.logic.l2.bytes;
    uint8_t *expected = malloc(bytes), *found = calloc(1, bytes);
    ck_assert(expected != NULL && found != NULL);
    ck_assert(bus_peek(&placed->sensor->bus, BUS_L2_BASE, expected, bytes));
    for (uint32_t n = 0; n < word(4 * BOOT_COUNT_W); n++)
        if (word(segment_at(n, BOOT_SEG_KIND)) == BOOT_KIND_NETWORK)
            memcpy(found + (word(segment_at(n, BOOT_SEG_ADDR)) - BUS_L2_BASE),
                   image.data + word(segment_at(n, BOOT_SEG_OFFSET)),
                   word(segment_at(n, BOOT_SEG_BYTES)));
    ck_assert_mem_eq(found, expected, bytes);
    free(expected);
    free(found);
    board_free(placed);
    board_free(board);
    drop_image();
}
END_TEST

/* Slot A has `bytes` of the image, with one byte at `at` changed; slot B is whole if `b`. */
static void boot_damaged(uint32_t bytes, uint32_t at, bool b, uint32_t status, uint32_t code)
{
    board_t *board = make();
    make_image();
    if (b)
        ck_assert(flash_load(&board->sensor->flash, SLOT_B, image.data, image.bytes));
    image.data[at % image.bytes] ^= 0x10;
    ck_assert(flash_load(&board->sensor->flash, 0, image.data, bytes));
    image.data[at % image.bytes] ^= 0x10;
    board_start(board);
    ck_assert_uint_eq(board_wait(board, STATUS, 0, 1), BOOT_S_LOADING);
    uint32_t found = board_wait(board, STATUS, BOOT_S_LOADING, PATIENCE_MS);
    ck_assert_msg(found == status && board_ccs(board, ERROR_A) == code,
                  "byte %u: status 0x%x, error %u", at, found, board_ccs(board, ERROR_A));
    ck_assert_uint_eq(board_ccs(board, ERROR_B), b ? BOOT_E_FINE : BOOT_E_NO_IMAGE);
    board_run_ms(board, 2);
    ck_assert_str_eq(board->console, b ? "visitor_counter 1\nready\n" : "");
    board_free(board);
}

static uint32_t all(void)
{
    chip = sensor_desc_default();
    make_image();
    return image.bytes;
}

START_TEST(a_damaged_image_is_not_started)
{
    uint32_t bytes = all();
    boot_damaged(bytes, 0, false, BOOT_S_FAILED, BOOT_E_NO_IMAGE);
    boot_damaged(bytes, 4, false, BOOT_S_FAILED, BOOT_E_VERSION);
    boot_damaged(bytes, 40, false, BOOT_S_FAILED, BOOT_E_HEADER);
    boot_damaged(bytes, 300, false, BOOT_S_FAILED, BOOT_E_FIRMWARE);
    boot_damaged(bytes, bytes - 5, false, BOOT_S_FAILED, BOOT_E_NETWORK);
    drop_image();
}
END_TEST

START_TEST(a_truncated_image_is_not_started)
{
    uint32_t bytes = all();
    boot_damaged(0, 0, false, BOOT_S_FAILED, BOOT_E_NO_IMAGE);
    boot_damaged(200, bytes - 1, false, BOOT_S_FAILED, BOOT_E_HEADER);
    boot_damaged(4096, bytes - 1, false, BOOT_S_FAILED, BOOT_E_FIRMWARE);
    boot_damaged(bytes - 64, bytes - 1, false, BOOT_S_FAILED, BOOT_E_NETWORK);
    drop_image();
}
END_TEST

START_TEST(the_other_slot_is_tried)
{
    uint32_t bytes = all();
    boot_damaged(bytes, 300, true, BOOT_S_SLOT_B, BOOT_E_FIRMWARE);
    boot_damaged(bytes, bytes - 5, true, BOOT_S_SLOT_B, BOOT_E_NETWORK);
    drop_image();
}
END_TEST

/* A reset goes through the ROM again; the image may have changed. */
START_TEST(a_system_reset_boots_again)
{
    board_t *board = make();
    make_image();
    ck_assert(flash_load(&board->sensor->flash, 0, image.data, image.bytes));
    ck_assert(flash_load(&board->sensor->flash, SLOT_B, image.data, image.bytes));
    board_start(board);
    board_run_ms(board, 100);
    ck_assert_uint_eq(board_ccs(board, STATUS), BOOT_S_SLOT_A);
    board->sensor->flash.memory[300] ^= 1;
    clkrst_request(&board->sensor->clkrst, RST_SOFTWARE);
    board_run_ms(board, 1);
    ck_assert_uint_eq(board_ccs(board, STATUS), BOOT_S_LOADING);
    board_run_ms(board, 100);
    ck_assert_uint_eq(board_ccs(board, STATUS), BOOT_S_SLOT_B);
    ck_assert_uint_eq(board_ccs(board, ERROR_A), BOOT_E_FIRMWARE);
    ck_assert_str_eq(board->console, "visitor_counter 1\nready\nvisitor_counter 1\nready\n");
    board_free(board);
    drop_image();
}
END_TEST

/* A bit of the ROM's own code is wrong: an illegal instruction, mcause 2. */
START_TEST(an_exception_in_the_rom_leaves_its_cause)
{
    static const uint8_t illegal[4] = {0};
    size_t bytes;
    uint32_t at = 0;
    board_t *board = make();
    uint8_t *rom = board_file(ROM, &bytes);
    ck_assert(elf_symbol(rom, bytes, "flash_setup", &at));
    ck_assert(bus_poke(&board->sensor->bus, at, illegal, sizeof(illegal)));
    free(rom);
    board_start(board);
    board_run_ms(board, 1);
    ck_assert_uint_eq(board_ccs(board, STATUS), BOOT_S_TRAP);
    ck_assert_uint_eq(board_ccs(board, ERROR_A), 2);
    board_free(board);
}
END_TEST

START_TEST(without_a_flash_the_rom_says_so)
{
    board_t *board = make();
    board->sensor->spi.device[0] = (spi_device_t){0};
    board_start(board);
    board_run_ms(board, 1);
    ck_assert_uint_eq(board_ccs(board, STATUS), BOOT_S_FAILED);
    ck_assert_uint_eq(board_ccs(board, ERROR_A), BOOT_E_NO_FLASH);
    ck_assert_uint_eq(board_ccs(board, ERROR_B), BOOT_E_NO_FLASH);
    board_free(board);
}
END_TEST

/* ---- files ---- */

static char text[65536];

/* The scenario of the demo with `keys` added. */
static int run_with(const char *keys, const char *name)
{
    size_t bytes;
    char *scenario = (char *)board_file("scenes/entrance.json", &bytes);
    static char changed[8192];
    snprintf(changed, sizeof(changed), "{%s,%s", keys, strchr(scenario, '{') + 1);
    free(scenario);
    ck_assert_int_eq(sim_file_write("scenes/boot_test.part.json", changed, strlen(changed), error,
                                    sizeof(error)),
                     SIM_OK);
    int code = fovea(text, sizeof(text),
                     "run scenes/boot_test.part.json --frames 2 --out " FOVEA_OUT "/%s", name);
    unlink("scenes/boot_test.part.json");
    return code;
}

START_TEST(a_run_from_flash_sees_what_a_run_in_place_sees)
{
    size_t bytes;
    int code = run_with("\"boot\": \"spi\", \"host\": [{\"at\": \"0us\", \"write\": "
                        "\"mode_select\", \"value\": 1}, {\"at\": \"60ms\", \"read\": "
                        "\"boot_status\", \"expect\": 10}]",
                        "boot");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    char *lines = (char *)board_file(FOVEA_OUT "/boot/metadata.jsonl", &bytes);
    ck_assert_int_eq(line_count(lines), 2);
    ck_assert_ptr_nonnull(strstr(lines, "\"class\":\"person\""));
    free(lines);
}
END_TEST

/* -10 degrees, 246 in a byte: the first conversion's; the second one begins after 100 ms. The
 * firmware has answered the command, none of its own, before the bus asks. */
START_TEST(a_host_script_reaches_temperature_and_mailbox)
{
    int code = run_with(
        "\"temperature_c\": [{\"at\": \"0us\", \"c\": -10}, {\"at\": \"50ms\", \"c\": 31.5}], "
        "\"host\": [{\"at\": \"0us\", \"write\": \"mode_select\", \"value\": 1}, "
        "{\"at\": \"1us\", \"write\": \"temp_sensor_ctrl\", \"value\": 1}, "
        "{\"at\": \"1us\", \"write\": \"mbx_data0\", \"value\": 4294967295}, "
        "{\"at\": \"2us\", \"write\": \"mbx_command\", \"value\": 3}, "
        "{\"at\": \"3us\", \"read\": \"mbx_status\", \"expect\": 2}, "
        "{\"at\": \"3us\", \"read\": \"mbx_data0\", \"expect\": 4294967295}, "
        "{\"at\": \"2ms\", \"read\": \"temp_sensor_output\", \"expect\": 246}, "
        "{\"at\": \"frame:1+1500\", \"read\": \"temp_sensor_output\", \"expect\": 246}]",
        "script");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
}
END_TEST

START_TEST(images_are_made_by_a_command_and_put_into_slots)
{
    int code = fovea(text, sizeof(text), "image " FIRMWARE " " NETWORK " -o " FOVEA_OUT "/x.img");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    code = run_with("\"boot\": \"spi\", \"flash\": [{\"at\": 8388608, \"file\": \"../" FOVEA_OUT
                    "/x.img\"}], \"host\": [{\"at\": \"0us\", \"write\": \"mode_select\", "
                    "\"value\": 1}, {\"at\": \"60ms\", \"read\": \"boot_status\", \"expect\": 11}]",
                    "slot_b");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
}
END_TEST

static void refused(const char *keys, const char *part)
{
    int code = run_with(keys, "refused");
    ck_assert_msg(code == 2 && strstr(text, part) != NULL, "exit %d: %s", code, text);
    ck_assert_int_eq(line_count(text), 1);
}

START_TEST(wrong_keys_end_with_one_line)
{
    refused("\"boot\": \"usb\"", "boot: \"usb\"");
    refused("\"boot\": \"spi\", \"boot_rom\": \"none.elf\"", "none.elf");
    refused("\"boot\": \"spi\", \"boot_rom\": \"../" FIRMWARE "\"", "expected 0x00000000");
    refused("\"boot\": \"spi\", \"flash\": [{\"at\": 16777216, \"file\": \"x\"}]", "flash[0].at");
    refused("\"boot\": \"spi\", \"flash\": [{\"at\": 0}]", "flash[0].file");
    refused("\"boot\": \"spi\", \"flash\": [{\"at\": 16777215, \"file\": \"entrance.json\"}]",
            "bytes at 16777215");
    refused("\"temperature_c\": [{\"at\": \"1ms\", \"c\": 20}, {\"at\": \"1ms\", \"c\": 30}]",
            "temperature_c[1].at");
    refused("\"temperature_c\": 201", "temperature_c: 201");
    refused("\"temperature_c\": [{\"at\": \"1ms\"}]", "temperature_c[0].c");
    refused("\"thermal\": {}", "thermal.ambient_c");
    refused("\"thermal\": {\"ambient_c\": 201}", "thermal.ambient_c: 201");
    refused("\"thermal\": {\"ambient_c\": [{\"at\": \"1ms\"}]}", "thermal.ambient_c[0].c");
    refused("\"thermal\": {\"ambient_c\": 20, \"start_c\": -101}", "thermal.start_c: -101");
    refused("\"thermal\": {\"ambient_c\": 20}, \"temperature_c\": 20", "not together with thermal");
    refused("\"host\": [{\"at\": \"1ms\", \"write\": \"mbx_command\", \"value\": 65536}]",
            "host[0].value");
    ck_assert_int_eq(fovea(text, sizeof(text), "image " FIRMWARE), 2);
    ck_assert_int_eq(fovea(text, sizeof(text), "image " NETWORK " -o " FOVEA_OUT "/y.img"), 2);
}
END_TEST

TEST_MAIN("tools boot", a_whole_image_is_loaded_at_the_speed_of_the_line,
          memory_holds_what_the_image_says, the_image_s_network_is_the_network,
          a_damaged_image_is_not_started, a_truncated_image_is_not_started, the_other_slot_is_tried,
          a_system_reset_boots_again, an_exception_in_the_rom_leaves_its_cause,
          without_a_flash_the_rom_says_so, a_run_from_flash_sees_what_a_run_in_place_sees,
          a_host_script_reaches_temperature_and_mailbox,
          images_are_made_by_a_command_and_put_into_slots, wrong_keys_end_with_one_line)
