/*
 * flash_images_test.c - a host puts images into the board's flash and starts the sensor from there;
 * with power that goes in the middle, and flashes that are no good.
 */
#include "firmware/include/download.h"
#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tests/tools/board.h"
#include "tests/tools/one_segment.h"
#include "tools/boot_image.h"
#include "tools/download.h"
#include "tools/network.h"

enum {
    MODE_SELECT = 0x0100,
    CMD_INT = 0x3080,
    BOOT_ERROR = 0x9182,
    ST_TRANS_CMD = 0xd000,
    UPDATE_CMD = 0xd001,
    LOAD_MODE = 0xd002,
    IMAGE_TYPE = 0xd003,
    DIV_NUM = 0xd004,
    FLASH_TYPE = 0xd005,
    FILE_SIZE = 0xd008,
    REPLY_CNT = 0xd010,
    REPLY = 0xd014,
    DOWNLOAD_STS = 0xd015,
    UPDATE_CANCEL = 0xd016,
    SYS_STATE = 0xd02a,
};
enum { TRANSITION = 0, UPDATE = 1, ERASE = 2, LOADER = 0, MAIN = 1, NETWORK = 2 };
enum { FLASH_BYTES = 1 << 22, UNIT = FLASH_BYTES / 64, COPY_B = FLASH_BYTES / 2, PAGE = 256 };
enum { BLOCK_MS = 150 }; /* W25Q128JV */
#define ROM "build/firmware/boot_rom.elf"
#define FIRMWARE "build/firmware/visitor_counter.elf"
#define MODEL "scenes/person_160.tflite"

static board_t *board;
static uint8_t *tape;
static uint32_t tape_bytes;
static char error[512];

/* ---- images ---- */

static uint32_t loader_stream(uint8_t *to)
{
    static const uint8_t loader[1024];
    return download_wrap(loader, sizeof(loader), to);
}

static uint32_t main_stream(uint8_t *to)
{
    boot_image_t image;
    ck_assert_msg(
        boot_image_load(&board->sensor->desc, FIRMWARE, NULL, 0, &image, error, sizeof(error)),
        "%s", error);
    uint32_t bytes = download_wrap(image.data, image.bytes, to);
    free(image.data);
    return bytes;
}

static uint32_t network_stream(uint8_t *to)
{
    boot_image_t image;
    npu_prog_t network;
    network_options_t options = {0};
    ck_assert_msg(
        network_load(MODEL, &board->sensor->desc.npu, &options, &network, error, sizeof(error)) &&
            boot_image_load(&board->sensor->desc, NULL, &network, 1, &image, error, sizeof(error)),
        "%s", error);
    uint32_t bytes = download_wrap(image.data, image.bytes, to);
    free(image.data);
    npu_prog_free(&network);
    return bytes;
}

/* One segment for L2 + 0x1000, filled with a byte. */
static uint32_t plain_stream(uint8_t fill, uint32_t segment_bytes)
{
    boot_image_t image = one_segment(BUS_L2_BASE + 0x1000, segment_bytes);
    ck_assert_ptr_nonnull(image.data);
    memset(one_segment_data(&image), fill, segment_bytes);
    one_segment_seal(&image);
    tape_bytes = download_wrap(image.data, image.bytes, tape);
    free(image.data);
    return tape_bytes;
}

static uint32_t word_of_network(void)
{
    return board_word(board, BUS_L2_BASE + 0x1000);
}

/* ---- the host ---- */

static void make_chip(const sensor_desc_t *chip)
{
    size_t bytes;
    board = board_new(chip);
    tape = malloc(1 << 22);
    ck_assert_ptr_nonnull(tape);
    uint8_t *rom = board_file(ROM, &bytes);
    ck_assert_msg(sensor_load_rom(board->sensor, rom, bytes, ROM, error, sizeof(error)) == SIM_OK,
                  "%s", error);
    free(rom);
    board->sensor->spit.tape = tape;
    board->sensor->spit.tape_bytes = 1 << 22;
    board_start(board);
    board_run_ms(board, 1);
}

static sensor_desc_t chip_with_flash(uint32_t bytes)
{
    sensor_desc_t chip = sensor_desc_default();
    chip.logic.clkrst.boot = BOOT_HOST;
    chip.logic.flash.fitted = bytes != 0;
    chip.logic.flash.bytes = bytes != 0 ? bytes : FLASH_BYTES;
    return chip;
}

static void make(void)
{
    sensor_desc_t chip = chip_with_flash(FLASH_BYTES);
    make_chip(&chip);
}

static void drop(void)
{
    board_free(board);
    free(tape);
}

static void set(uint16_t addr, uint32_t value)
{
    ck_assert(board_cci_write(board, addr, value));
}

static uint32_t reply_within(uint32_t ms, uint32_t count)
{
    ck_assert_uint_eq(board_wait(board, REPLY_CNT, count, ms), (count + 1) & 0xff);
    return board_ccs(board, REPLY);
}

static uint32_t command_within(uint32_t ms, uint32_t kind, uint32_t type, bool flash)
{
    uint32_t count = board_ccs(board, REPLY_CNT);
    set(FLASH_TYPE, 2);
    set(LOAD_MODE, flash && kind == TRANSITION);
    set(IMAGE_TYPE, type);
    set(DIV_NUM, (tape_bytes - 1) >> 20);
    set(FILE_SIZE, tape_bytes);
    set(ST_TRANS_CMD, type);
    set(UPDATE_CMD, flash && kind == UPDATE);
    set(CMD_INT, kind);
    return reply_within(ms, count);
}

/* A reply after which the image on the tape is sent, piece by piece as the sensor takes them; the
 * reply to that. */
static uint32_t send(uint32_t ready)
{
    uint32_t count = board_ccs(board, REPLY_CNT);
    if (ready != DOWNLOAD_TRANS_READY && ready != DOWNLOAD_UPDATE_READY)
        return ready;
    for (uint32_t at = 0; at < tape_bytes; at += 1 << 20) {
        uint32_t part = tape_bytes - at < 1 << 20 ? tape_bytes - at : 1 << 20;
        ck_assert_uint_eq(board_wait(board, DOWNLOAD_STS, 1, 5000), 0); /* 100 x 50 ms */
        ck_assert(spit_send(&board->sensor->spit, at, part, 35000000));
        board_run_ms(board, part / 4375 + 1);
    }
    return reply_within(6000, count);
}

static uint32_t bring(uint32_t type)
{
    return send(command_within(1, TRANSITION, type, false));
}

static uint32_t store(uint32_t type)
{
    return send(command_within(1, UPDATE, type, true));
}

static uint32_t fetch(uint32_t type)
{
    return command_within(2000, TRANSITION, type, true);
}

/* A loader is there, from the host. */
static void make_ready(void)
{
    tape_bytes = loader_stream(tape);
    ck_assert_uint_eq(bring(LOADER), DOWNLOAD_TRANS_DONE);
}

static void cut_power(void)
{
    uint64_t end_ps;
    clkrst_request(&board->sensor->clkrst, RST_BROWN_OUT);
    board_run_ms(board, 2);
    if (spit_sending(&board->sensor->spit, &end_ps))
        sim_run_until_ps(board->sim, end_ps);
}

/* ---- tests ---- */

START_TEST(a_sensor_starts_from_flash_what_its_host_has_put_there)
{
    make();
    make_ready();
    ck_assert_uint_eq(store(LOADER), DOWNLOAD_UPDATE_DONE);
    tape_bytes = main_stream(tape);
    ck_assert_uint_eq(store(MAIN), DOWNLOAD_UPDATE_DONE);
    tape_bytes = network_stream(tape);
    uint32_t network_bytes = tape_bytes;
    flash_t *flash = &board->sensor->flash;
    uint64_t before = flash->programs, start_ps = sim_now_ps(board->sim);
    ck_assert_uint_eq(store(NETWORK), DOWNLOAD_UPDATE_DONE);
    uint64_t pages = (network_bytes + PAGE - 1) / PAGE;
    ck_assert_uint_eq(flash->programs - before, pages + 1); /* and the head's */
    ck_assert_uint_eq(flash->erases, 0);                    /* it was new */
    ck_assert_uint_gt(sim_now_ps(board->sim) - start_ps, pages * 400 * SIM_PS_PER_US);
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 0); /* nothing is in memory by that */
    cut_power();
    for (uint32_t type = LOADER; type <= NETWORK; type++) {
        tape_bytes = 4; /* what the host says of sizes does not matter */
        start_ps = sim_now_ps(board->sim);
        ck_assert_uint_eq(fetch(type), DOWNLOAD_TRANS_DONE);
    }
    /* at most 50 Mb/s */
    ck_assert_uint_gt(sim_now_ps(board->sim) - start_ps, network_bytes * UINT64_C(160000));
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 2);
    set(MODE_SELECT, 1);
    board_run_ms(board, 5);
    ck_assert_str_eq(board->console, "visitor_counter 1\nready\n");
    drop();
}
END_TEST

START_TEST(an_update_that_is_cut_leaves_what_was_there)
{
    make();
    make_ready();
    plain_stream(0x11, 70000);
    ck_assert_uint_eq(store(NETWORK), DOWNLOAD_UPDATE_DONE);
    const uint32_t cuts_ms[] = {5, 22, 40, 100}; /* receiving, erasing or writing */
    plain_stream(0x22, 70000);
    for (uint32_t i = 0; i < SIM_COUNT(cuts_ms); i++) {
        ck_assert_uint_eq(command_within(1, UPDATE, NETWORK, true), DOWNLOAD_UPDATE_READY);
        ck_assert(spit_send(&board->sensor->spit, 0, tape_bytes, 35000000));
        board_run_ms(board, cuts_ms[i]);
        ck_assert_uint_eq(board_ccs(board, DOWNLOAD_STS), 1);
        cut_power();
        make_ready();
        plain_stream(0x22, 70000);
    }
    tape_bytes = main_stream(tape);
    ck_assert_uint_eq(bring(MAIN), DOWNLOAD_TRANS_DONE);
    ck_assert_uint_eq(fetch(NETWORK), DOWNLOAD_TRANS_DONE);
    ck_assert_uint_eq(word_of_network(), 0x11111111);
    ck_assert_uint_eq(command_within(1, TRANSITION, 3, false), DOWNLOAD_TRANS_DONE); /* clear */
    plain_stream(0x22, 70000);
    ck_assert_uint_eq(store(NETWORK), DOWNLOAD_UPDATE_DONE);
    ck_assert_uint_eq(fetch(NETWORK), DOWNLOAD_TRANS_DONE);
    ck_assert_uint_eq(word_of_network(), 0x22222222);
    drop();
}
END_TEST

/* Blocks that were used are erased, one after the other: two of 64 KiB. */
START_TEST(the_third_image_goes_over_the_first)
{
    make();
    make_ready();
    tape_bytes = main_stream(tape);
    ck_assert_uint_eq(bring(MAIN), DOWNLOAD_TRANS_DONE);
    flash_t *flash = &board->sensor->flash;
    uint64_t took_ps[3];
    for (uint32_t n = 0; n < 3; n++) {
        plain_stream((uint8_t)(n + 1), 70000);
        took_ps[n] = sim_now_ps(board->sim);
        ck_assert_uint_eq(store(NETWORK), DOWNLOAD_UPDATE_DONE);
        took_ps[n] = sim_now_ps(board->sim) - took_ps[n];
        ck_assert_uint_eq(flash->erases, n == 2 ? 2 : 0);
        ck_assert_uint_eq(fetch(NETWORK), DOWNLOAD_TRANS_DONE);
        ck_assert_uint_eq(word_of_network(), 0x01010101 * (n + 1));
        ck_assert_uint_eq(command_within(1, TRANSITION, 3, false), DOWNLOAD_TRANS_DONE);
    }
    ck_assert_uint_gt(took_ps[2] + 10 * SIM_PS_PER_MS, took_ps[1] + 2 * BLOCK_MS * SIM_PS_PER_MS);
    ck_assert_uint_lt(took_ps[2], took_ps[1] + 2 * (BLOCK_MS + 2) * SIM_PS_PER_MS);
    drop();
}
END_TEST

/* Two pieces: the second one waits until the first is written. */
START_TEST(a_large_image_is_taken_in_pieces)
{
    make();
    make_ready();
    plain_stream(0x77, (1 << 20) + 5000);
    ck_assert_uint_eq(store(NETWORK), DOWNLOAD_UPDATE_DONE);
    ck_assert_uint_eq(board->sensor->spit.lost, 0);
    ck_assert_mem_eq(board->sensor->flash.memory + 5 * UNIT + PAGE, tape, tape_bytes);
    drop();
}
END_TEST

START_TEST(erased_images_are_gone)
{
    make();
    make_ready();
    tape_bytes = main_stream(tape);
    ck_assert_uint_eq(store(MAIN), DOWNLOAD_UPDATE_DONE);
    ck_assert_uint_eq(store(MAIN), DOWNLOAD_UPDATE_DONE); /* two copies */
    uint64_t start_ps = sim_now_ps(board->sim);
    uint32_t count = board_ccs(board, REPLY_CNT);
    set(IMAGE_TYPE, MAIN);
    set(CMD_INT, ERASE);
    board_run_ms(board, 100);
    ck_assert_uint_eq(board_ccs(board, DOWNLOAD_STS), 1);
    ck_assert_uint_eq(reply_within(2 * 4 * (BLOCK_MS + 2), count), DOWNLOAD_UPDATE_DONE);
    ck_assert_uint_gt(sim_now_ps(board->sim) - start_ps, 8 * BLOCK_MS * SIM_PS_PER_MS);
    ck_assert_uint_eq(board_ccs(board, DOWNLOAD_STS), 0);
    ck_assert_uint_eq(board->sensor->flash.erases, 8); /* 2 x 256 KiB */
    ck_assert_uint_eq(fetch(MAIN), DOWNLOAD_E_FORMAT);
    ck_assert_uint_eq(board_ccs(board, BOOT_ERROR), BOOT_E_NO_IMAGE);
    ck_assert_uint_eq(bring(MAIN), DOWNLOAD_TRANS_DONE); /* the host still can */
    drop();
}
END_TEST

START_TEST(a_corrupt_image_is_refused)
{
    make();
    make_ready();
    tape_bytes = main_stream(tape);
    ck_assert_uint_eq(store(MAIN), DOWNLOAD_UPDATE_DONE);
    ck_assert_uint_eq(bring(MAIN), DOWNLOAD_TRANS_DONE);
    plain_stream(0x44, 20000);
    ck_assert_uint_eq(store(NETWORK), DOWNLOAD_UPDATE_DONE);
    uint8_t *copy = board->sensor->flash.memory + 5 * UNIT;
    copy[PAGE + 32 + 256 + 5000] ^= 0x10; /* in the segment */
    ck_assert_uint_eq(fetch(NETWORK), DOWNLOAD_E_AUTH);
    ck_assert_uint_eq(board_ccs(board, BOOT_ERROR), BOOT_E_NETWORK);
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 0);
    copy[PAGE + 32 + 256 + 5000] ^= 0x10;
    copy[PAGE + 1] ^= 0x10; /* a block's head */
    ck_assert_uint_eq(fetch(NETWORK), DOWNLOAD_E_FORMAT);
    copy[PAGE + 1] ^= 0x10;
    copy[9] ^= 0x10; /* the copy's own head: none is there */
    ck_assert_uint_eq(fetch(NETWORK), DOWNLOAD_E_FORMAT);
    ck_assert_uint_eq(board_ccs(board, BOOT_ERROR), BOOT_E_NO_IMAGE);
    copy[9] ^= 0x10;
    ck_assert_uint_eq(fetch(NETWORK), DOWNLOAD_TRANS_DONE);
    ck_assert_uint_eq(word_of_network(), 0x44444444);
    drop();
}
END_TEST

START_TEST(a_bad_image_does_not_replace_a_good_one)
{
    make();
    make_ready();
    plain_stream(0x55, 100000);
    ck_assert_uint_eq(store(NETWORK), DOWNLOAD_UPDATE_DONE);
    plain_stream(0x66, 100000);
    tape[5000] ^= 1;
    ck_assert_uint_eq(store(NETWORK), DOWNLOAD_E_AUTH);
    plain_stream(0x66, 100000);
    ck_assert_uint_eq(command_within(1, UPDATE, NETWORK, true), DOWNLOAD_UPDATE_READY);
    uint32_t count = board_ccs(board, REPLY_CNT);
    set(UPDATE_CANCEL, 1);
    ck_assert_uint_eq(reply_within(2, count), DOWNLOAD_UPDATE_CANCELED);
    tape_bytes = main_stream(tape);
    ck_assert_uint_eq(bring(MAIN), DOWNLOAD_TRANS_DONE);
    ck_assert_uint_eq(fetch(NETWORK), DOWNLOAD_TRANS_DONE);
    ck_assert_uint_eq(word_of_network(), 0x55555555);
    drop();
}
END_TEST

/* In memory in place of another one, from flash. */
START_TEST(an_update_of_the_memory_may_come_from_flash)
{
    make();
    make_ready();
    tape_bytes = main_stream(tape);
    ck_assert_uint_eq(bring(MAIN), DOWNLOAD_TRANS_DONE);
    plain_stream(0x31, 5000);
    ck_assert_uint_eq(store(NETWORK), DOWNLOAD_UPDATE_DONE);
    plain_stream(0x32, 5000);
    ck_assert_uint_eq(bring(NETWORK), DOWNLOAD_TRANS_DONE);
    ck_assert_uint_eq(word_of_network(), 0x32323232);
    ck_assert_uint_eq(store(NETWORK), DOWNLOAD_E_STATE); /* L2 is in use */
    uint32_t count = board_ccs(board, REPLY_CNT);
    set(UPDATE_CMD, 0);
    set(LOAD_MODE, 1);
    set(CMD_INT, UPDATE);
    ck_assert_uint_eq(reply_within(100, count), DOWNLOAD_UPDATE_DONE);
    ck_assert_uint_eq(word_of_network(), 0x31313131);
    drop();
}
END_TEST

/* L2 is the buffer of a piece of 1 MiB, and of 64 KiB more. */
START_TEST(an_l2_that_is_too_small_for_a_piece_is_told)
{
    const uint32_t room = (1 << 20) + (1 << 16);
    for (uint32_t fits = 0; fits <= 1; fits++) {
        sensor_desc_t chip = chip_with_flash(FLASH_BYTES);
        uint32_t bytes = fits ? room : room - chip.logic.l2.burst_bytes;
        chip.logic.l2.bytes = chip.logic.bus.l2_bytes = chip.logic.sys.l2_bytes = bytes;
        make_chip(&chip);
        make_ready();
        plain_stream(7, 1000);
        ck_assert_uint_eq(store(NETWORK), fits ? DOWNLOAD_UPDATE_DONE : DOWNLOAD_E_PARAMETER);
        drop();
    }
}
END_TEST

START_TEST(flashes_that_are_no_good_are_told)
{
    const uint32_t sizes[] = {0, 1 << 21};
    for (uint32_t i = 0; i < SIM_COUNT(sizes); i++) {
        sensor_desc_t chip = chip_with_flash(sizes[i]);
        make_chip(&chip);
        make_ready();
        ck_assert_uint_eq(store(LOADER), DOWNLOAD_E_PARAMETER);
        ck_assert_uint_eq(fetch(MAIN), DOWNLOAD_E_PARAMETER);
        ck_assert_uint_eq(command_within(1, ERASE, MAIN, true), DOWNLOAD_E_PARAMETER);
        drop();
    }
    make();
    plain_stream(1, 1000);
    ck_assert_uint_eq(store(NETWORK), DOWNLOAD_E_STATE); /* no loader */
    ck_assert_uint_eq(command_within(1, ERASE, NETWORK, true), DOWNLOAD_E_STATE);
    make_ready();
    uint32_t count = board_ccs(board, REPLY_CNT);
    set(FLASH_TYPE, 1);
    set(UPDATE_CMD, 1);
    set(CMD_INT, UPDATE);
    ck_assert_uint_eq(reply_within(1, count), DOWNLOAD_E_PARAMETER);
    ck_assert_uint_eq(fetch(MAIN), DOWNLOAD_E_FORMAT); /* empty */
    plain_stream(1, UNIT);
    ck_assert_uint_eq(store(LOADER), DOWNLOAD_E_PARAMETER); /* too large by its head */
    board->sensor->flash.status = 7 << 2;                   /* all of it protected */
    plain_stream(1, 1000);
    ck_assert_uint_eq(store(NETWORK), DOWNLOAD_E_INTERNAL);
    ck_assert_uint_eq(command_within(10, ERASE, NETWORK, true), DOWNLOAD_E_INTERNAL);
    drop();
}
END_TEST

/* scenes/host/imx500_flash.txt: images to flash, a software reset, the stream from flash. */
START_TEST(a_host_script_updates_the_flash_and_boots_from_it)
{
    static char text[65536];
    int code = fovea(text, sizeof(text), "run scenes/imx500/flash.json --out " FOVEA_OUT "/flash");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    ck_assert_ptr_nonnull(strstr(text, "lines in 2 frames: 2 inputs, 2 outputs"));
}
END_TEST

TEST_MAIN("tools flash images", a_sensor_starts_from_flash_what_its_host_has_put_there,
          an_update_that_is_cut_leaves_what_was_there, the_third_image_goes_over_the_first,
          a_large_image_is_taken_in_pieces, erased_images_are_gone, a_corrupt_image_is_refused,
          a_bad_image_does_not_replace_a_good_one, an_update_of_the_memory_may_come_from_flash,
          an_l2_that_is_too_small_for_a_piece_is_told, flashes_that_are_no_good_are_told,
          a_host_script_updates_the_flash_and_boots_from_it)
