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
    TEST_RED = 0x0602,
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
    Y_GAIN = 0xd600,
    Y_SHIFT = 0xd629,
    Y_ADD = 0xd62a,
    BAYER = 0xd684,
    FORMAT = 0xd750,
    MATRIX = 0xd76c,
    MATRIX_CLIP = 0xd784,
    Y_CLIP = 0xd7d8,
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
    NORM_STEP = 20,
    MIX = 0x3d8,
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

/* Rows that nobody looks at are not read: 240 lines of 1520, in the same time. */
static void make_low(void)
{
    make(true);
    ck_assert(board_cci_write(board, 0x034a, 479)); /* y_addr_end */
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
        uint16_t row = (uint16_t)(MATRIX + 8 * (c % 3)); /* -2048 of 13 bits */
        ck_assert_uint_eq(isp(NORM_VAL + NORM_STEP * c), ccs_power_up(ccs, (uint16_t)(row + 6)));
        ck_assert_uint_eq(isp(NORM_SHIFT + NORM_STEP * c), 4);
        ck_assert_uint_eq(isp(CLIP + NORM_STEP * c),
                          ccs_power_up(ccs, (uint16_t)(MATRIX_CLIP + 4 * (c % 3))));
        for (uint16_t i = 0; c < 3 && i < 3; i++)
            ck_assert_uint_eq(isp(MIX + 4 * (3 * c + i)),
                              ccs_power_up(ccs, (uint16_t)(row + 2 * i)));
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
    make_low();
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

/* Only red, green, blue, or all: saturated, so that codes behind the color matrix are 0 and 255. */
static void show(uint32_t colors)
{
    static const uint16_t samples[] = {TEST_RED, TEST_RED + 2, TEST_RED + 4, TEST_RED + 6};
    static const uint32_t of[] = {1, 2, 4, 2}; /* R, Gr, B, Gb */
    set(TEST_PATTERN, 1);
    for (uint32_t i = 0; i < 4; i++)
        set(samples[i], (colors & of[i]) != 0 ? 1023 : 0);
}

static void expect_codes(uint32_t ms, int a, int b, int c)
{
    board_run_ms(board, ms);
    ck_assert_int_eq(code_of(0), a);
    ck_assert_int_eq(code_of(1), b);
    ck_assert_int_eq(code_of(2), c);
}

static int floor_shift(int value, int bits)
{
    return value >= 0 ? value >> bits : -(((-value) + (1 << bits) - 1) >> bits);
}

static int limited(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

/* The host's formula (picamera2), a step at a time. */
static int by_row(const int *k, uint32_t colors)
{
    int sum = 0;
    for (int i = 0; i < 3; i++)
        sum += (colors >> i & 1) != 0 ? 255 * k[i] : 0;
    return floor_shift(floor_shift(sum, 6) + k[3], 4);
}

START_TEST(the_matrix_mixes_swaps_and_shifts_colors)
{
    static const struct {
        int k[3][4], least, most;
    } cases[] = {
        {{{0, 0, 1024, -2048}, {0, 1024, 0, -2048}, {1024, 0, 0, -2048}}, -128, 127}, /* BGR */
        {{{1024, 0, 0, 0}, {0, 1024, 0, 0}, {0, 0, 1024, 0}}, 0, 255},                /* uint8 */
        {{{512, 341, -171, -100}, {-1, 1023, 2, 33}, {300, 300, 424, -4096}}, -256, 255},
        {{{-2048, 2047, 1, 4095}, {0, 0, 0, -16}, {1, 1, 1, 0}}, -100, 100},
    };
    for (size_t n = 0; n < SIM_COUNT(cases); n++) {
        make_low();
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < 4; i++)
                set((uint16_t)(MATRIX + 8 * c + 2 * i),
                    (uint32_t)cases[n].k[c][i] & (i < 3 ? 0xfffu : 0x1fffu));
            set((uint16_t)(MATRIX_CLIP + 4 * c),
                ((uint32_t)cases[n].most & 0x1ffu) << 16 | ((uint32_t)cases[n].least & 0x1ffu));
        }
        for (uint32_t colors = 0; colors < 8; colors = colors == 2   ? 4
                                                       : colors == 4 ? 7
                                                                     : colors + 1) {
            int want[3];
            show(colors);
            if (colors == 0)
                set(MODE_SELECT, 1);
            for (int c = 0; c < 3; c++) /* a byte is the low 8 bits of 9 */
                want[c] =
                    (int8_t)limited(by_row(cases[n].k[c], colors), cases[n].least, cases[n].most);
            expect_codes(75, want[0], want[1], want[2]);
        }
        ck_assert_uint_eq(sim_log_count(board->sim, SIM_LOG_UNIMP), 0);
        drop();
    }
}
END_TEST

/* 255 x 0x10 / 32 = 127.5; (127 - 63) >> 1 = 32. */
START_TEST(the_y_path_has_a_gain_and_a_shift)
{
    make_low();
    set(FORMAT, 1);
    set(Y_GAIN, 0x10);
    set(Y_ADD, 0x1c1); /* -63 */
    set(Y_SHIFT, 1);
    show(7);
    set(MODE_SELECT, 1);
    expect_codes(110, 32, -1, -1); /* 127 - 128 of the others */
    set(Y_GAIN, 0x40);             /* 510 - 63 >> 1 = 223: cut to 127 */
    expect_codes(110, 127, 127, 127);
    set(Y_CLIP, 0x00600180);
    set(Y_CLIP + 4, 0x00ff0000);
    set(Y_GAIN, 0x20); /* 255 - 63 >> 1 = 96; 255 - 128 */
    expect_codes(110, 96, 127, 127);
    show(0);
    expect_codes(110, -32, 0, -128); /* -63 >> 1; -128 cut to 0 */
    ck_assert_uint_eq(sim_log_count(board->sim, SIM_LOG_UNIMP), 0);
    drop();
}
END_TEST

/* Of three channels R Gr Gb: their own numbers. Network 1 has its own, too. */
START_TEST(bayer_rgb_has_numbers_for_each_color)
{
    make_low();
    set(FORMAT, 5);
    set(BAYER, 0x1ff);          /* R: -1 */
    set(BAYER + 8 + 2, 1);      /* Gr: (x - 128) >> 1 */
    set(BAYER + 16 + 4, 0x040); /* Gb: at most 64 */
    set(BAYER + 0x20, 0x100);   /* of network 1 */
    show(7);
    set(MODE_SELECT, 1);
    expect_codes(110, 127, 63, 64);
    set(BAYER + 6, 0x1f0); /* R: at least -16, while it streams */
    show(0);
    expect_codes(110, -1, -64, -128);
    drop();
}
END_TEST

START_TEST(what_is_not_published_is_said)
{
    make_low();
    set(FORMAT, 3);
    show(7);
    set(MODE_SELECT, 1);
    expect_codes(110, 127, 127, 127);
    ck_assert_ptr_nonnull(
        strstr(board->console, "the meaning of input format 3 is not published, taken as 2\n"));
    ck_assert_uint_eq(sim_log_count(board->sim, SIM_LOG_UNIMP), 0);
    set(0xd708, 0x100); /* no effect is published */
    ck_assert_uint_eq(sim_log_count(board->sim, SIM_LOG_UNIMP), 1);
    expect_codes(110, 127, 127, 127);
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
          the_matrix_mixes_swaps_and_shifts_colors, the_y_path_has_a_gain_and_a_shift,
          bayer_rgb_has_numbers_for_each_color, what_is_not_published_is_said,
          states_tell_streaming_and_network, without_a_network_frames_leave_all_the_same,
          with_image_only_no_inference_runs, the_first_frames_stay_inside_when_the_host_says_so,
          in_standby_the_host_changes_the_network)
