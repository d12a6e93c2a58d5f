/*
 * download_test.c - a host brings firmware and network into the real boot ROM, as the IMX500's
 * kernel driver would; with images and commands that are wrong, too.
 */
#include "firmware/include/download.h"
#include "sim/file.h"
#include "sim/json.h"
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
    BOOT_STATUS = 0x9180,
    BOOT_ERROR = 0x9182,
    ST_TRANS_CMD = 0xd000,
    UPDATE_CMD = 0xd001,
    LOAD_MODE = 0xd002,
    IMAGE_TYPE = 0xd003,
    DIV_NUM = 0xd004,
    FILE_SIZE = 0xd008,
    REPLY_CNT = 0xd010,
    ERR_CNT = 0xd011,
    DETECT_CNT = 0xd012,
    FATAL = 0xd013,
    REPLY = 0xd014,
    DOWNLOAD_STS = 0xd015,
    UPDATE_CANCEL = 0xd016,
    ERR_STS = 0xd020,
    SYS_STATE = 0xd02a,
    MAIN_FW_VERSION = 0xd07c,
};
enum { TRANSITION = 0, UPDATE = 1, ERASE = 2, LOADER = 0, MAIN = 1, NETWORK = 2 };
#define ROM "build/firmware/boot_rom.elf"
#define FIRMWARE "build/firmware/visitor_counter.elf"
#define MODEL "scenes/person_160.tflite"

static board_t *board;
static npu_prog_t network;
static boot_image_t image[3]; /* by type */
static char error[512];
static uint8_t *tape;

static void make_images(const sensor_desc_t *chip)
{
    network_options_t options = {0};
    ck_assert_msg(
        network_load(MODEL, &chip->npu, &options, &network, error, sizeof(error)) &&
            boot_image_load(chip, FIRMWARE, NULL, 0, &image[MAIN], error, sizeof(error)) &&
            boot_image_load(chip, NULL, &network, 1, &image[NETWORK], error, sizeof(error)),
        "%s", error);
    image[LOADER] = (boot_image_t){calloc(1, 256), 256};
    tape = malloc(1 << 22);
    ck_assert_ptr_nonnull(tape);
}

static void make_chip(sensor_desc_t *chip)
{
    size_t bytes;
    chip->logic.clkrst.boot = BOOT_HOST;
    board = board_new(chip);
    make_images(chip);
    uint8_t *rom = board_file(ROM, &bytes);
    ck_assert_msg(sensor_load_rom(board->sensor, rom, bytes, ROM, error, sizeof(error)) == SIM_OK,
                  "%s", error);
    free(rom);
    board->sensor->spit.tape = tape;
    board->sensor->spit.tape_bytes = 1 << 22;
    board_start(board);
    board_run_ms(board, 1);
    ck_assert_uint_eq(board_ccs(board, BOOT_STATUS), BOOT_S_LOADING);
}

static void make(void)
{
    sensor_desc_t chip = sensor_desc_default();
    make_chip(&chip);
}

static void drop(void)
{
    board_free(board);
    npu_prog_free(&network);
    for (uint32_t i = 0; i < 3; i++)
        free(image[i].data);
    free(tape);
}

static void set(uint16_t addr, uint32_t value)
{
    ck_assert(board_cci_write(board, addr, value));
}

/* The next reply, which must come within a millisecond, or longer. */
static uint32_t reply_within(uint32_t ms, uint32_t count)
{
    uint32_t now = board_wait(board, REPLY_CNT, count, ms);
    ck_assert_uint_eq(now, (count + 1) & 0xff);
    return board_ccs(board, REPLY);
}

static uint32_t command(uint32_t kind, uint32_t type, uint32_t bytes)
{
    uint32_t count = board_ccs(board, REPLY_CNT);
    set(LOAD_MODE, 0);
    set(IMAGE_TYPE, type);
    set(DIV_NUM, (bytes - 1) >> 20);
    set(FILE_SIZE, bytes);
    set(ST_TRANS_CMD, type);
    set(UPDATE_CMD, 0);
    set(CMD_INT, kind);
    return reply_within(1, count);
}

/* Sends bytes of the tape and waits for the reply. */
static uint32_t push(uint32_t bytes)
{
    uint32_t count = board_ccs(board, REPLY_CNT);
    ck_assert(spit_send(&board->sensor->spit, 0, bytes, 35000000));
    return reply_within(bytes * 8 / 35000 + 2, count);
}

/* An image of a type, whole, as a transition or update. */
static uint32_t bring(uint32_t kind, uint32_t type)
{
    uint32_t bytes = download_wrap(image[type].data, image[type].bytes, tape);
    uint32_t ready = command(kind, type, bytes);
    if (ready != DOWNLOAD_TRANS_READY && ready != DOWNLOAD_UPDATE_READY)
        return ready;
    return push(bytes);
}

/* Main firmware of that image is here. */
static uint32_t version(void)
{
    return board_ccs(board, MAIN_FW_VERSION);
}

START_TEST(three_images_and_the_stream_start_the_firmware)
{
    make();
    ck_assert_uint_eq(bring(TRANSITION, LOADER), DOWNLOAD_TRANS_DONE);
    ck_assert_uint_eq(version(), 0);
    ck_assert_uint_eq(bring(TRANSITION, MAIN), DOWNLOAD_TRANS_DONE);
    ck_assert_uint_eq(version(), 0x00010000); /* FOVEA_VERSION is 0.1.0 */
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 0);
    ck_assert_uint_eq(bring(TRANSITION, NETWORK), DOWNLOAD_TRANS_DONE);
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 2);
    ck_assert_uint_eq(board->sensor->spit.lost, 0);
    board_run_ms(board, 5);
    ck_assert_str_eq(board->console, "");
    set(MODE_SELECT, 1);
    board_run_ms(board, 5);
    ck_assert_str_eq(board->console, "visitor_counter 1\nready\n");
    ck_assert_uint_eq(board_ccs(board, BOOT_STATUS), BOOT_S_HOST);
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 3);
    drop();
}
END_TEST

/* A network of 2.5 MB: three blocks, the first two as large as a transfer may be. */
static void make_large_network(void)
{
    enum { BYTES = 2500000 };
    free(image[NETWORK].data);
    image[NETWORK] = one_segment(BUS_L2_BASE + 0x1000, BYTES);
    ck_assert_ptr_nonnull(image[NETWORK].data);
    uint8_t *data = one_segment_data(&image[NETWORK]);
    for (uint32_t i = 0; i < BYTES; i++)
        data[i] = (uint8_t)(i * 2654435761u >> 24);
    one_segment_seal(&image[NETWORK]);
}

START_TEST(a_large_network_comes_in_transfers_of_a_megabyte)
{
    make();
    make_large_network();
    ck_assert_uint_eq(bring(TRANSITION, LOADER), DOWNLOAD_TRANS_DONE);
    ck_assert_uint_eq(bring(TRANSITION, MAIN), DOWNLOAD_TRANS_DONE);
    uint32_t bytes = download_wrap(image[NETWORK].data, image[NETWORK].bytes, tape);
    ck_assert_uint_eq(bytes, image[NETWORK].bytes + 3 * 96);
    ck_assert_uint_eq(command(TRANSITION, NETWORK, bytes), DOWNLOAD_TRANS_READY);
    uint32_t count = board_ccs(board, REPLY_CNT);
    for (uint32_t at = 0; at < bytes; at += 1 << 20) {
        uint64_t end_ps = 0;
        uint32_t part = bytes - at < 1 << 20 ? bytes - at : 1 << 20;
        ck_assert_uint_eq(board_ccs(board, DOWNLOAD_STS), 0);
        ck_assert(spit_send(&board->sensor->spit, at, part, 35000000));
        ck_assert(spit_sending(&board->sensor->spit, &end_ps));
        board_run_ms(board, 1);
        ck_assert_uint_eq(board_ccs(board, DOWNLOAD_STS), 1);
        sim_run_until_ps(board->sim, end_ps + 100 * SIM_PS_PER_US);
    }
    ck_assert_uint_eq(reply_within(1, count), DOWNLOAD_TRANS_DONE);
    ck_assert_uint_eq(board->sensor->spit.lost, 0);
    uint8_t *found = malloc(2500000);
    ck_assert_ptr_nonnull(found);
    ck_assert(bus_peek(&board->sensor->bus, BUS_L2_BASE + 0x1000, found, 2500000));
    ck_assert_mem_eq(found, image[NETWORK].data + BOOT_HEADER_BYTES, 2500000);
    free(found);
    drop();
}
END_TEST

/* After a reset the ROM waits for its host again, though mode_select and the states last. */
START_TEST(a_reset_asks_for_everything_again)
{
    make();
    for (uint32_t type = LOADER; type <= NETWORK; type++)
        ck_assert_uint_eq(bring(TRANSITION, type), DOWNLOAD_TRANS_DONE);
    set(MODE_SELECT, 1);
    board_run_ms(board, 5);
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 3);
    clkrst_request(&board->sensor->clkrst, RST_WATCHDOG);
    board_run_ms(board, 5);
    ck_assert_uint_eq(board_ccs(board, BOOT_STATUS), BOOT_S_LOADING);
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 0);
    ck_assert_uint_eq(bring(TRANSITION, NETWORK), DOWNLOAD_E_STATE);
    ck_assert_uint_eq(bring(TRANSITION, LOADER), DOWNLOAD_TRANS_DONE);
    set(MODE_SELECT, 0); /* or it starts without a network */
    ck_assert_uint_eq(bring(TRANSITION, MAIN), DOWNLOAD_TRANS_DONE);
    ck_assert_uint_eq(bring(TRANSITION, NETWORK), DOWNLOAD_TRANS_DONE);
    set(MODE_SELECT, 1);
    board_run_ms(board, 5);
    ck_assert_str_eq(board->console, "visitor_counter 1\nready\nvisitor_counter 1\nready\n");
    drop();
}
END_TEST

/* Loader, main firmware and network in place. */
static void make_loaded(void)
{
    make();
    for (uint32_t type = LOADER; type <= NETWORK; type++)
        ck_assert_uint_eq(bring(TRANSITION, type), DOWNLOAD_TRANS_DONE);
}

START_TEST(a_network_can_be_replaced_and_taken_away)
{
    make_loaded();
    ck_assert_uint_eq(bring(TRANSITION, NETWORK), DOWNLOAD_E_STATE); /* one is there */
    ck_assert_uint_eq(bring(UPDATE, NETWORK), DOWNLOAD_UPDATE_DONE);
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 2);
    ck_assert_uint_eq(command(TRANSITION, 3, 4), DOWNLOAD_TRANS_DONE); /* clear */
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 0);
    ck_assert_uint_eq(command(TRANSITION, 3, 4), DOWNLOAD_E_STATE);
    ck_assert_uint_eq(bring(UPDATE, NETWORK), DOWNLOAD_E_STATE);
    ck_assert_uint_eq(bring(TRANSITION, NETWORK), DOWNLOAD_TRANS_DONE);
    drop();
}
END_TEST

START_TEST(images_come_in_their_order)
{
    make();
    ck_assert_uint_eq(bring(TRANSITION, MAIN), DOWNLOAD_E_STATE);
    ck_assert_uint_eq(bring(TRANSITION, NETWORK), DOWNLOAD_E_STATE);
    ck_assert_uint_eq(bring(TRANSITION, LOADER), DOWNLOAD_TRANS_DONE);
    ck_assert_uint_eq(bring(TRANSITION, LOADER), DOWNLOAD_E_STATE);
    set(MODE_SELECT, 1); /* without firmware: nothing starts */
    board_run_ms(board, 2);
    ck_assert_uint_eq(board_ccs(board, BOOT_STATUS), BOOT_S_LOADING);
    ck_assert_uint_eq(bring(TRANSITION, NETWORK), DOWNLOAD_E_STATE);
    drop();
}
END_TEST

START_TEST(parameters_that_contradict_each_other_are_refused)
{
    uint32_t count;
    make();
    ck_assert_uint_eq(command(TRANSITION, LOADER, 0), DOWNLOAD_E_PARAMETER);
    ck_assert_uint_eq(command(TRANSITION, LOADER, 6), DOWNLOAD_E_PARAMETER);
    ck_assert_uint_eq(command(ERASE, LOADER, 4), DOWNLOAD_E_PARAMETER); /* of flash */
    ck_assert_uint_eq(command(77, LOADER, 4), DOWNLOAD_E_PARAMETER);
    count = board_ccs(board, REPLY_CNT);
    set(FILE_SIZE, 4);
    set(DIV_NUM, 1);
    set(IMAGE_TYPE, LOADER);
    set(ST_TRANS_CMD, LOADER);
    set(CMD_INT, TRANSITION);
    ck_assert_uint_eq(reply_within(1, count), DOWNLOAD_E_PARAMETER);
    count = board_ccs(board, REPLY_CNT);
    set(DIV_NUM, 0);
    set(LOAD_MODE, 1); /* from flash */
    set(CMD_INT, TRANSITION);
    ck_assert_uint_eq(reply_within(1, count), DOWNLOAD_E_PARAMETER);
    ck_assert_uint_eq(bring(TRANSITION, LOADER), DOWNLOAD_TRANS_DONE);
    drop();
}
END_TEST

/* The reply to main firmware with one byte changed, cut to `bytes`, or its size told wrong. */
static uint32_t bring_bad(uint32_t at, uint32_t told, uint32_t sent)
{
    download_wrap(image[MAIN].data, image[MAIN].bytes, tape);
    tape[at] ^= 1;
    uint64_t end_ps; /* the last one was refused while it still came */
    if (spit_sending(&board->sensor->spit, &end_ps))
        sim_run_until_ps(board->sim, end_ps);
    ck_assert_uint_eq(command(TRANSITION, MAIN, told), DOWNLOAD_TRANS_READY);
    return push(sent);
}

START_TEST(bad_and_short_images_are_refused_and_can_be_sent_again)
{
    make();
    uint32_t all = download_wrap(image[MAIN].data, image[MAIN].bytes, NULL);
    ck_assert_uint_eq(bring(TRANSITION, LOADER), DOWNLOAD_TRANS_DONE);
    ck_assert_uint_eq(bring_bad(0, all, all), DOWNLOAD_E_FORMAT);       /* head */
    ck_assert_uint_eq(bring_bad(7, all, all), DOWNLOAD_E_FORMAT);       /* its size */
    ck_assert_uint_eq(bring_bad(all - 2, all, all), DOWNLOAD_E_FORMAT); /* foot */
    ck_assert_uint_eq(bring_bad(40, all, all), DOWNLOAD_E_FORMAT);      /* image header */
    ck_assert_uint_eq(board_ccs(board, BOOT_ERROR), BOOT_E_HEADER);
    ck_assert_uint_eq(bring_bad(32 + 256 + 100, all, all), DOWNLOAD_E_AUTH);
    ck_assert_uint_eq(board_ccs(board, BOOT_ERROR), BOOT_E_FIRMWARE);
    ck_assert_uint_eq(bring_bad(20, all, all - 64), DOWNLOAD_E_FORMAT); /* stops early */
    ck_assert_uint_eq(bring_bad(20, all, 8), DOWNLOAD_E_FORMAT);
    ck_assert_uint_eq(bring_bad(20, all - 4, all - 4), DOWNLOAD_E_FORMAT);
    ck_assert_uint_eq(bring_bad(20, 32 + 64 + 256, 32 + 64 + 256), DOWNLOAD_E_FORMAT);
    board_run_ms(board, 20);
    ck_assert_uint_eq(bring(TRANSITION, MAIN), DOWNLOAD_TRANS_DONE);
    ck_assert_uint_eq(bring(TRANSITION, NETWORK), DOWNLOAD_TRANS_DONE);
    set(MODE_SELECT, 1);
    board_run_ms(board, 5);
    ck_assert_str_eq(board->console, "visitor_counter 1\nready\n");
    drop();
}
END_TEST

START_TEST(what_went_wrong_is_counted_and_named)
{
    make();
    uint32_t all = download_wrap(image[MAIN].data, image[MAIN].bytes, NULL);
    const struct {
        uint32_t reply, errors, in_data, bits;
    } * now, after[] = {
                 {DOWNLOAD_E_STATE, 1, 0, 0x01}, {DOWNLOAD_TRANS_DONE, 1, 0, 0},
                 {DOWNLOAD_E_AUTH, 2, 1, 0},     {DOWNLOAD_E_PARAMETER, 3, 1, 0x04},
                 {DOWNLOAD_E_FORMAT, 4, 2, 0},   {DOWNLOAD_TRANS_DONE, 4, 2, 0},
             };
    for (uint32_t i = 0; i < SIM_COUNT(after); i++) {
        uint32_t reply = 0;
        now = &after[i];
        switch (i) {
        case 0:
            reply = bring(TRANSITION, NETWORK);
            break;
        case 1:
            reply = bring(TRANSITION, LOADER);
            break;
        case 2:
            reply = bring_bad(32 + 256 + 100, all, all);
            break;
        case 3:
            reply = command(TRANSITION, MAIN, all + 1);
            break;
        case 4:
            reply = bring_bad(0, all, all);
            board_run_ms(board, all * 8 / 35000 + 1);
            break;
        default:
            reply = bring(TRANSITION, MAIN);
            break;
        }
        ck_assert_uint_eq(reply, now->reply);
        ck_assert_uint_eq(board_ccs(board, ERR_CNT), now->errors);
        ck_assert_uint_eq(board_ccs(board, DETECT_CNT), now->in_data);
        ck_assert_uint_eq(board_ccs(board, ERR_STS), now->bits);
    }
    ck_assert_uint_eq(board_ccs(board, FATAL), 0);
    drop();
}
END_TEST

/* The next reply comes a second after now. */
static void expect_timeout(void)
{
    uint32_t count = board_ccs(board, REPLY_CNT);
    board_run_ms(board, 998);
    ck_assert_uint_eq(board_ccs(board, REPLY_CNT), count);
    ck_assert_uint_eq(reply_within(5, count), DOWNLOAD_E_TIMEOUT);
    ck_assert_uint_eq(board_ccs(board, DOWNLOAD_STS), 0);
}

START_TEST(a_host_that_stops_sending_is_told_after_a_second_and_may_begin_again)
{
    make();
    ck_assert_uint_eq(bring(TRANSITION, LOADER), DOWNLOAD_TRANS_DONE);
    ck_assert_uint_eq(command(TRANSITION, MAIN, 4096), DOWNLOAD_TRANS_READY);
    expect_timeout(); /* nothing at all */
    ck_assert_uint_eq(bring(TRANSITION, MAIN), DOWNLOAD_TRANS_DONE);
    make_large_network();
    uint32_t bytes = download_wrap(image[NETWORK].data, image[NETWORK].bytes, tape);
    ck_assert_uint_eq(command(TRANSITION, NETWORK, bytes), DOWNLOAD_TRANS_READY);
    ck_assert(spit_send(&board->sensor->spit, 0, 1 << 20, 35000000));
    board_run_ms(board, 100);
    ck_assert_uint_eq(board_ccs(board, DOWNLOAD_STS), 1);
    board_run_ms(board, 140); /* 2^23 bits take 239.67 ms: at 240 the second transfer is due */
    ck_assert_uint_eq(board_ccs(board, DOWNLOAD_STS), 0);
    expect_timeout();
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 0);
    drop();
}
END_TEST

/* 1 GHz: a word of 32 bits each 8.4 clocks of the core. */
START_TEST(words_that_come_too_fast_are_an_internal_error)
{
    sensor_desc_t chip = sensor_desc_default();
    chip.logic.spit.most_hz = 1000000000;
    make_chip(&chip);
    uint32_t bytes = download_wrap(image[MAIN].data, image[MAIN].bytes, tape);
    ck_assert_uint_eq(command(TRANSITION, LOADER, bytes), DOWNLOAD_TRANS_READY);
    uint32_t count = board_ccs(board, REPLY_CNT);
    ck_assert(spit_send(&board->sensor->spit, 0, bytes, 1000000000));
    ck_assert_uint_eq(reply_within(10, count), DOWNLOAD_E_INTERNAL);
    ck_assert_uint_gt(board->sensor->spit.lost, 0);
    ck_assert_uint_eq(board_ccs(board, ERR_STS), 0x02);
    ck_assert_uint_eq(bring(TRANSITION, LOADER), DOWNLOAD_TRANS_DONE); /* at 35 MHz */
    drop();
}
END_TEST

START_TEST(without_a_flash_there_is_no_source_and_no_target)
{
    make_loaded();
    uint32_t bytes = download_wrap(image[NETWORK].data, image[NETWORK].bytes, tape);
    ck_assert_uint_eq(command(UPDATE, NETWORK, bytes), DOWNLOAD_UPDATE_READY);
    ck_assert_uint_eq(push(bytes), DOWNLOAD_UPDATE_DONE);
    uint32_t count = board_ccs(board, REPLY_CNT);
    set(UPDATE_CMD, 1);
    set(CMD_INT, UPDATE);
    ck_assert_uint_eq(reply_within(1, count), DOWNLOAD_E_PARAMETER);
    set(UPDATE_CMD, 0);
    set(LOAD_MODE, 1);
    set(CMD_INT, UPDATE);
    ck_assert_uint_eq(reply_within(1, count + 1), DOWNLOAD_E_PARAMETER);
    ck_assert_uint_eq(command(ERASE, NETWORK, bytes), DOWNLOAD_E_PARAMETER);
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 2); /* what is there stays */
    drop();
}
END_TEST

START_TEST(an_update_can_be_canceled)
{
    make_loaded();
    uint32_t bytes = download_wrap(image[NETWORK].data, image[NETWORK].bytes, tape);
    ck_assert_uint_ne(board_word(board, BUS_L2_BASE), 0);
    for (uint32_t sent = 0; sent < 2; sent++) { /* nothing; half of it */
        ck_assert_uint_eq(command(UPDATE, NETWORK, bytes), DOWNLOAD_UPDATE_READY);
        if (sent != 0)
            ck_assert(spit_send(&board->sensor->spit, 0, bytes, 35000000));
        board_run_ms(board, 20);
        uint32_t count = board_ccs(board, REPLY_CNT);
        set(UPDATE_CANCEL, 1);
        ck_assert_uint_eq(reply_within(2, count), DOWNLOAD_UPDATE_CANCELED);
        ck_assert_uint_eq(board_ccs(board, ERR_CNT), 0);
        ck_assert_uint_eq(board_ccs(board, SYS_STATE), 0);
        ck_assert_uint_eq(board_word(board, BUS_L2_BASE), 0);
        board_run_ms(board, bytes * 8 / 35000);
        ck_assert_uint_eq(bring(TRANSITION, NETWORK), DOWNLOAD_TRANS_DONE);
        ck_assert_uint_eq(board_ccs(board, UPDATE_CANCEL), 0);
    }
    drop();
}
END_TEST

/* A main firmware with a network in it, and the other way round. */
START_TEST(images_of_the_wrong_kind_are_refused)
{
    make();
    ck_assert_uint_eq(bring(TRANSITION, LOADER), DOWNLOAD_TRANS_DONE);
    boot_image_t main = image[MAIN];
    image[MAIN] = image[NETWORK];
    ck_assert_uint_eq(bring(TRANSITION, MAIN), DOWNLOAD_E_FORMAT);
    ck_assert_uint_eq(board_ccs(board, BOOT_ERROR), BOOT_E_SEGMENTS);
    image[MAIN] = main;
    drop();
}
END_TEST

/* ---- a program that runs ---- */

#define SWAP FOVEA_OUT "/swap.elf"

static bool compile_swap(void)
{
    return system("command -v riscv64-unknown-elf-gcc >/dev/null 2>&1") == 0 &&
           system("riscv64-unknown-elf-gcc -march=rv32imac "
                  "-misa-spec=2.2 -mabi=ilp32 --specs=picolibc.specs -std=c11 -O2 -Wall -Wextra "
                  "-Werror -ffreestanding -ffunction-sections -fdata-sections -nostartfiles "
                  "-Wl,--gc-sections -T firmware/fovea.ld -Ifirmware/include -Ibuild/gen "
                  "firmware/boot.S firmware/boot_check.c firmware/download.c "
                  "firmware/download_stream.c firmware/flash.c firmware/hal.c "
                  "firmware/image_store.c firmware/spi.c tests/tools/guest/swap.c -o " SWAP) == 0;
}

START_TEST(a_running_program_gets_another_network)
{
    char expected[128];
    size_t bytes;
    npu_prog_t other = {0};
    network_options_t options = {.topology = true};
    if (!compile_swap()) {
        test_skip("no riscv64-unknown-elf-gcc");
        return;
    }
    board = board_new(NULL);
    make_images(&board->sensor->desc);
    ck_assert_int_eq(sensor_load_network(board->sensor, &network, error, sizeof(error)), SIM_OK);
    uint8_t *elf = board_file(SWAP, &bytes);
    ck_assert_msg(sensor_load_firmware(board->sensor, elf, bytes, SWAP, error, sizeof(error)) ==
                      SIM_OK,
                  "%s", error);
    free(elf);
    ck_assert_msg(network_load("npu/networks/cifar_baseline.topo", &board->sensor->desc.npu,
                               &options, &other, error, sizeof(error)),
                  "%s", error);
    board->sensor->spit.tape = tape;
    board->sensor->spit.tape_bytes = 1 << 22;
    board_start(board);
    board_run_ms(board, 5);
    free(image[NETWORK].data);
    ck_assert(boot_image_load(&board->sensor->desc, NULL, &other, 1, &image[NETWORK], error,
                              sizeof(error)));
    ck_assert_uint_eq(bring(UPDATE, NETWORK), DOWNLOAD_UPDATE_DONE);
    board_run_ms(board, 5);
    ck_assert_uint_ne(network.insn_count, other.insn_count);
    snprintf(expected, sizeof(expected), "network instructions %u\nnetwork instructions %u\n",
             network.insn_count, other.insn_count);
    ck_assert_str_eq(board->console, expected);
    npu_prog_free(&other);
    drop();
}
END_TEST

START_TEST(blocks_are_of_a_megabyte_at_most)
{
    static uint8_t data[1 << 20], out[(1 << 20) + 192];
    memset(data, 0x55, sizeof(data));
    ck_assert_uint_eq(download_wrap(data, 100, NULL), 196);
    ck_assert_uint_eq(download_wrap(data, (1 << 20) - 96, NULL), 1 << 20);
    ck_assert_uint_eq(download_wrap(data, 1 << 20, out), (1 << 20) + 192);
    ck_assert_mem_eq(out, "9464\x00\x0f\xff\xc0", 8); /* 1 MiB less 64 */
    ck_assert_mem_eq(out + (1 << 20) - 4, "3695", 4);
    ck_assert_mem_eq(out + (1 << 20), "9464\x00\x00\x00\x80", 8); /* 32 + 96 */
    ck_assert_mem_eq(out + (1 << 20) + 32, data, 96);
    ck_assert_mem_eq(out + (1 << 20) + 188, "3695", 4);
}
END_TEST

/* The whole scenario: power-up 9 ms; the boot ROM replies faster than the bus asks, so no poll of
 * 50 ms is waited for; the two large images take 8 bits a byte at 35 MHz. Some 50 accesses of 0.13
 * ms. */
START_TEST(a_scenario_boots_from_its_host)
{
    static char text[65536], changed[8192];
    size_t bytes;
    char *scenario = (char *)board_file("scenes/entrance.json", &bytes);
    snprintf(changed, sizeof(changed), "{\"boot\": \"host\",%s", strchr(scenario, '{') + 1);
    free(scenario);
    ck_assert_int_eq(sim_file_write("scenes/download_test.part.json", changed, strlen(changed),
                                    error, sizeof(error)),
                     SIM_OK);
    int code = fovea(text, sizeof(text),
                     "run scenes/download_test.part.json --frames 2 --out " FOVEA_OUT "/host");
    remove("scenes/download_test.part.json");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    char *lines = (char *)board_file(FOVEA_OUT "/host/metadata.jsonl", &bytes);
    ck_assert_int_eq(line_count(lines), 2);
    ck_assert_ptr_nonnull(strstr(lines, "\"class\":\"person\""));
    free(lines);
    sim_doc_t *doc = sim_doc_load(FOVEA_OUT "/host/stats.json");
    sim_cfg_t root = sim_doc_root(doc), frame = sim_cfg_at(&root, "frames", 0);
    uint64_t start = sim_cfg_u64(&frame, "exposure_start_ps", 0, UINT64_MAX, 0);
    sensor_desc_t chip = sensor_desc_default();
    make_images(&chip);
    uint64_t sent = download_wrap(image[MAIN].data, image[MAIN].bytes, NULL) +
                    (uint64_t)download_wrap(image[NETWORK].data, image[NETWORK].bytes, NULL);
    uint64_t expected = 9 * SIM_PS_PER_MS + sent * 8 * 1000000 / 35;
    ck_assert_uint_gt(start, expected);
    ck_assert_uint_lt(start, expected + 10 * SIM_PS_PER_MS);
    sim_doc_free(doc);
    npu_prog_free(&network);
    for (uint32_t i = 0; i < 3; i++)
        free(image[i].data);
    free(tape);
}
END_TEST

/* The files of `fovea image` are what blocks around the images are. */
START_TEST(files_for_a_host_are_its_images_in_blocks)
{
    static char text[4096];
    size_t bytes;
    sensor_desc_t chip = sensor_desc_default();
    make_images(&chip);
    ck_assert_int_eq(
        fovea(text, sizeof(text), "image " FIRMWARE " " MODEL " --for-host " FOVEA_OUT "/for_host"),
        0);
    static const char *const names[] = {"loader", "main", "network"};
    for (uint32_t i = MAIN; i <= NETWORK; i++) {
        char path[256];
        snprintf(path, sizeof(path), FOVEA_OUT "/for_host/%s.bin", names[i]);
        uint8_t *file = board_file(path, &bytes);
        ck_assert_uint_eq(bytes, download_wrap(image[i].data, image[i].bytes, tape));
        ck_assert_mem_eq(file, tape, bytes);
        free(file);
    }
    uint8_t *loader = board_file(FOVEA_OUT "/for_host/loader.bin", &bytes);
    ck_assert_uint_eq(bytes % 4, 0);
    ck_assert_mem_eq(loader, "9464", 4);
    free(loader);
    ck_assert_int_eq(fovea(text, sizeof(text), "image " FIRMWARE), 2);
    ck_assert_ptr_nonnull(strstr(text, "--out or --for-host is missing"));
    ck_assert_int_eq(fovea(text, sizeof(text), "image " FIRMWARE " --for-host README.md"), 1);
    npu_prog_free(&network);
    for (uint32_t i = 0; i < 3; i++)
        free(image[i].data);
    free(tape);
}
END_TEST

/* scenes/host/imx500_boot.txt looks at every state itself; nobody else brings images. */
START_TEST(a_host_script_boots_the_sensor_from_nothing)
{
    static char text[65536];
    size_t bytes;
    int code = fovea(text, sizeof(text), "run scenes/imx500/boot.json --out " FOVEA_OUT "/script");
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    ck_assert_ptr_nonnull(strstr(text, "lines in 3 frames: 3 inputs, 3 outputs"));
    char *reads = (char *)board_file(FOVEA_OUT "/script/host_reads.jsonl", &bytes);
    ck_assert_ptr_nonnull(strstr(reads, "\"register\":\"0xd07c\",\"bytes\":4,\"value\":65536"));
    free(reads);
    char *stats = (char *)board_file(FOVEA_OUT "/script/stats.json", &bytes);
    ck_assert_ptr_null(strstr(stats, "host.download"));
    free(stats);
}
END_TEST

TEST_MAIN("tools download", three_images_and_the_stream_start_the_firmware,
          a_large_network_comes_in_transfers_of_a_megabyte, a_reset_asks_for_everything_again,
          a_network_can_be_replaced_and_taken_away, images_come_in_their_order,
          parameters_that_contradict_each_other_are_refused,
          bad_and_short_images_are_refused_and_can_be_sent_again,
          what_went_wrong_is_counted_and_named,
          a_host_that_stops_sending_is_told_after_a_second_and_may_begin_again,
          words_that_come_too_fast_are_an_internal_error, an_update_can_be_canceled,
          without_a_flash_there_is_no_source_and_no_target, images_of_the_wrong_kind_are_refused,
          a_running_program_gets_another_network, blocks_are_of_a_megabyte_at_most,
          a_scenario_boots_from_its_host, files_for_a_host_are_its_images_in_blocks,
          a_host_script_boots_the_sensor_from_nothing)
