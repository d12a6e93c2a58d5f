/*
 * imx500_registers_test.c - the IMX500's own registers, written over the CCI bus, do in the program
 * imx500 what their names say: the way to the tensor, image only, states, frames at the start.
 */
#include "firmware/include/download.h"
#include "mipi/packet.h"
#include "npu/npu.h"
#include "tests/test.h"
#include "tests/tools/board.h"
#include "tools/boot_image.h"
#include "tools/download.h"
#include "tools/network.h"

#define FIRMWARE "build/firmware/imx500.elf"
#define MODEL "scenes/person_160.tflite"

enum {
    MODE_SELECT = 0x0100,
    TEST_PATTERN = 0x0600, /* 1: solid color, of what is at 0x0602.. */
    MIPI_OUTPUT = 0x3050,
    MIPI_PIXELS = 0x3051,
    IMAGE_ONLY = 0xa700,
    CMD_INT = 0x3080,
    TRANSITION = 0xd000,
    IMAGE_TYPE = 0xd003,
    FILE_SIZE = 0xd008,
    REPLY_CNT = 0xd010,
    REPLY = 0xd014,
    SYS_STATE = 0xd02a,
    STARTUP_DROPS = 0xd405,
    NORM = 0xd708,
    GAIN = 0xd804,
    BLACK = 0xd80c,
    GAMMA_ON = 0xd814,
    SHADING_ON = 0xd826,
    GAMMA = 0xd850,
    GAMMA_END = 0xd8a4,
    SHADING = 0xe000,
};
/* pages of the ISP (isp/regs.c) */
enum { BLC = 0x010, WB = 0x020, GAMMA_CTRL = 0x054, CURVE = 0x100, LSC = 0x270, LSC_INDEX = 0x274 };
enum {
    TENSOR_W = 0x074,
    LSC_PAIR = 0x278,
    NORM_VAL = 0x388,
    NORM_SHIFT = 0x38c,
    CLIP = 0x390,
    NORM_STEP = 20
};

static board_t *board;
static npu_prog_t network;
static char error[512];

/* What has left on the link. */
static uint32_t frames, raw_lines, first_frame;

static void on_packet(void *ctx, const mipi_packet_t *packet)
{
    uint8_t dt = packet->bytes[0] & 0x3f;
    (void)ctx;
    raw_lines += dt == MIPI_DT_RAW10;
    if (dt == MIPI_DT_FS && frames++ == 0)
        first_frame = board->sensor->pixel.now.frame;
}

static void make(bool with_network)
{
    size_t bytes;
    sensor_desc_t chip = sensor_desc_default();
    network_options_t options = {0};
    board = board_new(&chip);
    ck_assert_msg(network_load(MODEL, &chip.npu, &options, &network, error, sizeof(error)), "%s",
                  error);
    if (with_network)
        ck_assert_int_eq(sensor_load_network(board->sensor, &network, error, sizeof(error)),
                         SIM_OK);
    uint8_t *elf = board_file(FIRMWARE, &bytes);
    ck_assert_msg(sensor_load_firmware(board->sensor, elf, bytes, FIRMWARE, error, sizeof(error)) ==
                      SIM_OK,
                  "%s", error);
    free(elf);
    frames = raw_lines = first_frame = 0;
    ck_assert(mipi_tx_listen(&board->sensor->mipi, on_packet, NULL));
    board_start(board);
    board_run_ms(board, 3);
}

static void drop(void)
{
    board_free(board);
    npu_prog_free(&network);
}

static void set(uint16_t addr, uint32_t value)
{
    ck_assert_msg(board_cci_write(board, addr, value), "0x%04x: %s", addr, board->log);
}

static uint32_t isp(uint32_t addr)
{
    return sim_reg_read(&board->sensor->isp.comp, addr);
}

/* ---- the way to the tensor ---- */

START_TEST(registers_power_up_as_the_isp_does)
{
    const ccs_desc_t *ccs;
    make(true);
    ccs = &board->sensor->ccs.desc;
    for (uint32_t c = 0; c < 4; c++) {
        ck_assert_uint_eq(ccs_power_up(ccs, (uint16_t)(GAIN + 2 * c)), isp(WB + 4 * c));
        ck_assert_uint_eq(ccs_power_up(ccs, (uint16_t)(BLACK + 2 * c)), isp(BLC + 4 * c));
        uint16_t norm = (uint16_t)(NORM + 8 * c);
        ck_assert_uint_eq(ccs_power_up(ccs, norm), 0x180);        /* -128 of 9 bits */
        ck_assert_uint_eq(isp(NORM_VAL + NORM_STEP * c), 0x1800); /* -2048 of 13 bits */
        ck_assert_uint_eq(isp(NORM_SHIFT + NORM_STEP * c), 4);
        ck_assert_uint_eq(isp(CLIP + NORM_STEP * c),
                          ccs_power_up(ccs, norm + 4) << 16 | ccs_power_up(ccs, norm + 6));
    }
    for (uint32_t n = 0; n < 41; n++) /* two a word, the first one low */
        ck_assert_uint_eq(ccs_power_up(ccs, (uint16_t)(GAMMA + 4 * (n / 2))) >> 16 * (n % 2) & 0xff,
                          isp(CURVE + 4 * n));
    ck_assert_uint_eq(ccs_power_up(ccs, GAMMA_END), isp(CURVE + 4 * 41));
    set(MODE_SELECT, 1); /* the program hands all of that on: nothing changes */
    board_run_ms(board, 5);
    for (uint32_t c = 0; c < 4; c++)
        ck_assert_uint_eq(isp(NORM_VAL + NORM_STEP * c), 0x1800);
    ck_assert_uint_eq(isp(CURVE + 4 * 41), 255);
    ck_assert_uint_eq(isp(GAMMA_CTRL), 1);
    ck_assert_uint_eq(isp(LSC), 0);
    drop();
}
END_TEST

START_TEST(colors_count_from_the_next_frame_on_tables_from_the_next_stream)
{
    make(true);
    set(GAMMA_ON, 0);
    set(GAMMA + 4 * 3, 0x00770066);
    set(GAMMA_END, 0xee);
    set(SHADING_ON, 1);
    set(SHADING, 0x02800140);              /* node 0: R 2.5, Gr 1.25 */
    set(SHADING + 0x300 + 4 * 191, 0x100); /* the last one: Gb 0, B 1 */
    set(MODE_SELECT, 1);
    board_run_ms(board, 5);
    ck_assert_uint_eq(isp(GAMMA_CTRL), 0);
    ck_assert_uint_eq(isp(CURVE + 4 * 6), 0x66);
    ck_assert_uint_eq(isp(CURVE + 4 * 7), 0x77);
    ck_assert_uint_eq(isp(CURVE + 4 * 41), 0xee);
    ck_assert_uint_eq(isp(LSC), 1);
    static const struct {
        uint32_t entry, gains; /* low: R or Gb, high: Gr or B; 0x400 is 1 */
    } grid[] = {{0, 0x05000a00}, {1, 0x04000400}, {382, 0x04000400}, {383, 0x04000000}};
    for (size_t i = 0; i < SIM_COUNT(grid); i++) {
        sim_reg_write(&board->sensor->isp.comp, LSC_INDEX, grid[i].entry);
        ck_assert_uint_eq(isp(LSC_PAIR), grid[i].gains);
    }
    set(GAIN, 0x234); /* while it streams */
    set(GAIN + 6, 0xfff);
    set(BLACK + 2, 0x80);
    set(SHADING_ON, 0);
    board_run_ms(board, 1);
    ck_assert_uint_eq(isp(WB), 0x234);
    ck_assert_uint_eq(isp(WB + 12), 0xfff);
    ck_assert_uint_eq(isp(BLC + 4), 0x80);
    ck_assert_uint_eq(isp(LSC), 1);
    set(MODE_SELECT, 0);
    set(MODE_SELECT, 1);
    board_run_ms(board, 1);
    ck_assert_uint_eq(isp(LSC), 0);
    drop();
}
END_TEST

/* The first byte of a channel's plane in L2. */
static int8_t code_of(uint32_t channel)
{
    uint32_t at =
        network.net[NPU_NET_INPUT_ADDR_W] + channel * network.net[NPU_NET_INPUT_PLANE_BYTES_W];
    return (int8_t)(board_word(board, at & ~3u) >> 8 * (at & 3));
}

/* All samples are 0: x = 0 behind the tone curve, q = add >> shift within the limits. */
START_TEST(normalization_is_that_of_each_channel)
{
    static const struct {
        uint32_t add, shift, most, least;
    } norm[] = {{0x1c0, 0, 0x7f, 0x180}, {0x1c1, 1, 0x7f, 0x180}, {0x07f, 0, 0x10, 0x180}};
    static const int8_t want[] = {-64, -32, 16}; /* -63 >> 1 is -32; 127 is cut to 16 */
    make(true);
    set(TEST_PATTERN, 1);
    for (uint32_t c = 0; c < 3; c++) {
        set((uint16_t)(NORM + 8 * c), norm[c].add);
        set((uint16_t)(NORM + 8 * c + 2), norm[c].shift);
        set((uint16_t)(NORM + 8 * c + 4), norm[c].most);
        set((uint16_t)(NORM + 8 * c + 6), norm[c].least);
    }
    set(MODE_SELECT, 1);
    board_run_ms(board, 60);
    for (uint32_t c = 0; c < 3; c++)
        ck_assert_int_eq(code_of(c), want[c]);
    set(NORM + 6, 0x1f0); /* not below -16, while it streams */
    board_run_ms(board, 70);
    ck_assert_int_eq(code_of(0), -16);
    ck_assert_int_eq(code_of(1), -32);
    drop();
}
END_TEST

/* ---- states ---- */

START_TEST(states_tell_streaming_and_network)
{
    make(true);
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 2);
    set(MODE_SELECT, 1);
    board_run_ms(board, 2);
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 3);
    set(MODE_SELECT, 0);
    board_run_ms(board, 2);
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 2);
    drop();
}
END_TEST

START_TEST(without_a_network_frames_leave_all_the_same)
{
    make(false);
    ck_assert_str_eq(board->console, "imx500 1\nno usable network in L2: image only\nready\n");
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 0);
    set(MODE_SELECT, 1);
    board_run_ms(board, 100);
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 1);
    ck_assert_uint_ge(frames, 2);
    ck_assert_uint_ge(raw_lines, 2 * 1520);
    ck_assert_uint_eq(board->sensor->npu.runs, 0);
    drop();
}
END_TEST

START_TEST(with_image_only_no_inference_runs)
{
    make(true);
    set(IMAGE_ONLY, 1);
    ck_assert_uint_eq(sim_log_count(board->sim, SIM_LOG_UNIMP), 0);
    set(MODE_SELECT, 1);
    board_run_ms(board, 100);
    ck_assert_uint_ge(raw_lines, 2 * 1520);
    ck_assert_uint_eq(board->sensor->npu.runs, 0);
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 3);
    drop();
}
END_TEST

/* A frame is 33.3 ms: after 1.9 frames one and a bit have begun. */
START_TEST(the_first_frames_stay_inside_when_the_host_says_so)
{
    for (uint32_t n = 0; n < 3; n++) {
        make(true);
        set(STARTUP_DROPS, n);
        set(MODE_SELECT, 1);
        board_run_ms(board, 33 * n + 60);
        ck_assert_uint_ge(frames, 1);
        ck_assert_uint_eq(first_frame, n);
        ck_assert_uint_ge(raw_lines, 1520);
        drop();
    }
}
END_TEST

/* ---- another network ---- */

static uint32_t reply(uint32_t count, uint32_t ms)
{
    ck_assert_uint_eq(board_wait(board, REPLY_CNT, count, ms), (count + 1) & 0xff);
    return board_ccs(board, REPLY);
}

static uint32_t ask(uint32_t kind, uint32_t bytes)
{
    uint32_t count = board_ccs(board, REPLY_CNT);
    set(FILE_SIZE, bytes);
    set(IMAGE_TYPE, 2);
    set(CMD_INT, kind);
    return reply(count, 5);
}

static uint32_t transition(uint32_t command, uint32_t bytes)
{
    set(TRANSITION, command);
    return ask(0, bytes);
}

/* 74 KB at 1 MHz: 0.6 s, twice what the watchdog waits. */
START_TEST(in_standby_the_host_changes_the_network)
{
    boot_image_t image;
    npu_prog_t other = {0};
    network_options_t options = {.topology = true};
    make(true);
    ck_assert_msg(
        network_load("npu/networks/cifar_baseline.topo", &board->sensor->desc.npu, &options, &other,
                     error, sizeof(error)) &&
            boot_image_load(&board->sensor->desc, NULL, &other, 1, &image, error, sizeof(error)),
        "%s", error);
    uint32_t bytes = download_wrap(image.data, image.bytes, NULL);
    ck_assert_uint_gt(bytes, 50000);
    uint8_t *tape = malloc(bytes);
    download_wrap(image.data, image.bytes, tape);
    board->sensor->spit.tape = tape;
    board->sensor->spit.tape_bytes = bytes;
    set(MODE_SELECT, 1);
    board_run_ms(board, 20);
    ck_assert_uint_eq(transition(3, bytes), DOWNLOAD_E_STATE); /* it streams */
    ck_assert_uint_eq(isp(TENSOR_W), 160);
    set(MODE_SELECT, 0);
    board_run_ms(board, 50);
    ck_assert_uint_eq(transition(2, bytes), DOWNLOAD_E_STATE); /* there is one */
    ck_assert_uint_eq(transition(3, bytes), DOWNLOAD_TRANS_DONE);
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 0);
    ck_assert_uint_eq(transition(2, bytes), DOWNLOAD_TRANS_READY);
    uint32_t count = board_ccs(board, REPLY_CNT);
    uint64_t runs = board->sensor->npu.runs;
    ck_assert(spit_send(&board->sensor->spit, 0, bytes, 1000000));
    ck_assert_uint_eq(reply(count, bytes * 8 / 1000 + 2), DOWNLOAD_TRANS_DONE);
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 2);
    set(MODE_SELECT, 1);
    board_run_ms(board, 60);
    ck_assert_uint_eq(board_ccs(board, SYS_STATE), 3);
    ck_assert_uint_eq(isp(TENSOR_W), 32);
    ck_assert_uint_gt(board->sensor->npu.runs, runs);
    ck_assert_uint_eq(board->sensor->npu.failed_runs, 0);
    set(MODE_SELECT, 0); /* once more, as an update and as fast as it may */
    board_run_ms(board, 50);
    ck_assert_uint_eq(ask(1, bytes), DOWNLOAD_UPDATE_READY);
    count = board_ccs(board, REPLY_CNT);
    ck_assert(spit_send(&board->sensor->spit, 0, bytes, 35000000));
    ck_assert_uint_eq(reply(count, bytes * 8 / 35000 + 2), DOWNLOAD_UPDATE_DONE);
    ck_assert_str_eq(board->console, "imx500 1\nready\n"); /* no watchdog */
    free(tape);
    free(image.data);
    npu_prog_free(&other);
    drop();
}
END_TEST

TEST_MAIN("imx500 registers", registers_power_up_as_the_isp_does,
          colors_count_from_the_next_frame_on_tables_from_the_next_stream,
          normalization_is_that_of_each_channel, states_tell_streaming_and_network,
          without_a_network_frames_leave_all_the_same, with_image_only_no_inference_runs,
          the_first_frames_stay_inside_when_the_host_says_so,
          in_standby_the_host_changes_the_network)
