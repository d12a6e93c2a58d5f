/*
 * modes_test.c - what a host writes into CCS registers, and what the sensor makes of it: the modes
 * of the kernel drivers, frames and settings in time, clocks that change. Chip files, firmware (the
 * program "services"), pixel die and link are the real ones; the test is the host.
 */
#include <math.h>

#include "sim/snapshot.h"
#include "tests/test.h"
#include "tests/tools/board.h"
#include "tools/chip.h"
#include "tools/host_player.h"

#define ELF "build/firmware/services.elf"
#define MAX_FRAMES 12
#define REGS_END                                                                                   \
    {                                                                                              \
        0, 0                                                                                       \
    }

enum {
    ORIENTATION = 0x0101,
    MODE_SELECT = 0x0100,
    HOLD = 0x0104,
    FORMAT = 0x0112,
    FINE = 0x0200,
    COARSE = 0x0202,
    GAIN = 0x0204,
    DGAIN_GR = 0x020e,
    DGAIN_R = 0x0210,
    DGAIN_B = 0x0212,
    DGAIN_GB = 0x0214,
    HDR = 0x0220,
    HDR_SHORT = 0x0224,
    VT_PIX_DIV = 0x0300,
    VT_MULTIPLIER = 0x0306,
    OP_PIX_DIV = 0x0308,
    OP_MULTIPLIER = 0x030e,
    FRAME_LENGTH = 0x0340,
    LINE_LENGTH = 0x0342,
    X_START = 0x0344,
    Y_START = 0x0346,
    X_END = 0x0348,
    Y_END = 0x034a,
    X_SIZE = 0x034c,
    Y_SIZE = 0x034e,
    X_ODD = 0x0382,
    Y_ODD = 0x0386,
    X_CROP = 0x0408,
    Y_CROP = 0x040a,
    PATTERN = 0x0600,
    BIN = 0x0900,
    BIN_TYPE = 0x0901,
    BIN_WEIGHT = 0x0902,
    GLOBAL_RESET = 0x0c00,
    SHUTTER_DELAY = 0x0c08,
    EXP_SHIFT = 0x3210,
    MIN_LINE = 0x1144,
    MIN_LINE_BINNED = 0x1704,
    IMAGE_OUT = 0x9006,
};

typedef struct {
    uint16_t addr;
    uint32_t value;
} reg_t;

typedef struct {
    uint64_t start_ps, second_ps, end_ps; /* readout: first row's, second row's begin; last's end */
    pix_frame_t as;
    uint32_t width, lines, bits;
} frame_t;

static sensor_desc_t desc;
static board_t *board;
static frame_t frame[MAX_FRAMES];
static uint32_t frames; /* complete ones */
static uint64_t packet_ps;
static uint32_t packet_bytes, packets;
static char error[256];

static void on_line(void *ctx, const sim_line_t *line)
{
    (void)ctx;
    if (frames == MAX_FRAMES)
        return;
    frame_t *f = &frame[frames];
    if (line->flags & SIM_LINE_FIRST)
        *f = (frame_t){.start_ps = line->start_ps,
                       .as = board->sensor->pixel.now,
                       .width = line->width_px,
                       .bits = line->bits};
    if (line->row == 1)
        f->second_ps = line->start_ps;
    f->lines++;
    f->end_ps = line->end_ps;
    frames += (line->flags & SIM_LINE_LAST) != 0;
}

/* Image lines: how long their bytes take. */
static void on_packet(void *ctx, const mipi_packet_t *packet)
{
    mipi_header_t header;
    (void)ctx;
    mipi_header_decode(packet->bytes, &header);
    if (header.dt < 0x2a || header.dt > 0x2d)
        return;
    packet_ps = packet->last_byte_ps - packet->first_byte_ps;
    packet_bytes = packet->count;
    packets++;
}

static host_script_t script;
static host_player_t player;

/* The host is a script of scenes/host, less one of its lines. */
static void load_script(const char *file, const char *without)
{
    size_t bytes;
    char *text = (char *)board_file(file, &bytes), *line;
    text = realloc(text, bytes + 1);
    text[bytes] = '\0';
    if (without != NULL) {
        line = strstr(text, without);
        ck_assert_ptr_nonnull(line);
        memset(line, ' ', strcspn(line, "\n"));
    }
    script = (host_script_t){0};
    player = (host_player_t){0};
    ck_assert_msg(host_script_parse(&script, file, text, bytes, error, sizeof(error)), "%s", error);
    ck_assert_int_eq(host_player_init(&player, board->sensor, &script), SIM_OK);
    free(text);
}

static void drop(void)
{
    ck_assert_uint_eq(player.failed + player.unacknowledged, 0);
    host_player_free(&player);
    host_script_free(&script);
    board_free(board);
}

/* file NULL: the test is the host. */
static void start_with(const char *chip, const char *file, const char *without)
{
    ck_assert_msg(chip_load(chip, &desc, error, sizeof(error)), "%s", error);
    board = board_new(&desc);
    size_t bytes;
    uint8_t *elf = board_file(ELF, &bytes);
    ck_assert_msg(sensor_load_firmware(board->sensor, elf, bytes, ELF, error, sizeof(error)) ==
                      SIM_OK,
                  "%s", error);
    free(elf);
    frames = packets = 0;
    ck_assert(pix_add_sink(&board->sensor->pixel, (sim_line_sink_t){on_line, NULL}));
    ck_assert(mipi_tx_listen(&board->sensor->mipi, on_packet, NULL));
    if (file != NULL)
        load_script(file, without);
    board_start(board);
    board_run_ms(board, 2); /* the firmware listens */
}

static void start_sensor(const char *chip)
{
    start_with(chip, NULL, NULL);
}

static void host_write(uint16_t addr, uint32_t value)
{
    ck_assert_msg(ccs_host_write(&board->sensor->ccs, addr, value), "0x%04x", addr);
}

static void host_writes(const reg_t *regs)
{
    for (; regs->addr != 0; regs++)
        host_write(regs->addr, regs->value);
    board_run_ms(board, 1);
}

static void run_frames(uint32_t count)
{
    for (uint32_t ms = 0; frames < count; ms++) {
        ck_assert_msg(ms < 60000, "%u frames\n%s", frames, board->log);
        board_run_ms(board, 1);
    }
}

/* ---- the drivers' modes ---- */

static void about(const char *mode, const char *what, double is, double published, double digits)
{
    ck_assert_msg(fabs(is - published) <= digits, "%s: %s is %.9g, published %g", mode, what, is,
                  published);
}

#define IMX500 "logic/chips/imx500.json"
#define IMX477 "logic/chips/imx477.json"
#define HOST(name) "scenes/host/" name ".txt"
/* clang-format off */
#define BINNED {BIN, 1}, {BIN_TYPE, 0x22}
#define PLAIN {BIN, 0}, {BIN_TYPE, 0x11}

/* facts: imx_timing.csv, each number to its last digit. */
static const struct {
    const char *name, *chip, *script;
    uint32_t width, height, bits;
    double pixel_hz, row_us, frame_lines, fps, skew_ms, lane_mbps, csi_us, fill_percent;
} modes[] = {
    {"IMX477 12 Mpx", IMX477, HOST("imx477_4056x3040"),
     4056, 3040, 12, 840e6, 28.571, 3500, 10, 86.86, 900, 27.04, 95},
    {"IMX477 2x2 bin", IMX477, HOST("imx477_2028x1520"),
     2028, 1520, 12, 840e6, 15.167, 1648, 40, 23.05, 900, 13.52, 89},
    {"IMX477 2x2 bin crop", IMX477, HOST("imx477_2028x1080"),
     2028, 1080, 12, 840e6, 15.167, 1318, 50, 16.38, 900, 13.52, 89},
    {"IMX477 2x2 bin crop fast", IMX477, HOST("imx477_1332x990"),
     1332, 990, 10, 840e6, 7.933, 1050, 120, 7.85, 900, 7.40, 93},
    {"IMX500 12 Mpx", IMX500, HOST("imx500_4056x3040"),
     4056, 3040, 10, 744e6, 24.059, 4157, 9.999, 73.14, 888, 22.84, 95},
    {"IMX500 2x2 bin", IMX500, HOST("imx500_2028x1520"),
     2028, 1520, 10, 744e6, 12.632, 2637, 30.02, 19.20, 888, 11.42, 90},
};
/* clang-format on */

static void check_mode(uint32_t i)
{
    const char *name = modes[i].name;
    start_with(modes[i].chip, modes[i].script, NULL);
    host_write(IMAGE_OUT, 1);
    run_frames(2);
    board_run_ms(board, 1);
    const frame_t *f = &frame[0];
    double row_us = (double)(f->second_ps - f->start_ps) * 1e-6;
    double frame_us = (double)(frame[1].start_ps - f->start_ps) * 1e-6;
    ck_assert_uint_eq(f->width, modes[i].width);
    ck_assert_uint_eq(f->lines, modes[i].height);
    ck_assert_uint_eq(f->bits, modes[i].bits);
    about(name, "pixel rate", f->as.line_length_pck / (row_us * 1e-6), modes[i].pixel_hz, 100);
    about(name, "row time", row_us, modes[i].row_us, 0.0005);
    about(name, "lines a frame", frame_us / row_us, modes[i].frame_lines, 0.001);
    about(name, "frames/s", 1e6 / frame_us, modes[i].fps, modes[i].fps * 0.001);
    about(name, "skew", (double)(f->end_ps - f->start_ps) * 1e-9, modes[i].skew_ms, 0.0051);
    /* last_byte is that of the last bit: all bytes of a lane */
    double bits = (packet_bytes + 1) / 2 * 8.0, mbps = bits / ((double)packet_ps * 1e-6);
    double csi_us = (packet_bytes - 6) * 8 / (2 * mbps);
    about(name, "Mbit/s", mbps, modes[i].lane_mbps, 0.01);
    about(name, "payload of a line", csi_us, modes[i].csi_us, 0.0051);
    about(name, "fill", 100 * csi_us / row_us, modes[i].fill_percent, 0.51);
    ck_assert_uint_ge(packets, 2 * modes[i].height);
    ck_assert_uint_eq(board->sensor->mipi.lines_lost, 0);
    ck_assert_uint_eq(sim_log_count(board->sim, SIM_LOG_GUEST), 0);
    ck_assert(host_player_done(&player));
    drop();
}

START_TEST(modes_of_the_drivers_take_the_published_times)
{
    for (uint32_t i = 0; i < SIM_COUNT(modes); i++)
        check_mode(i);
}
END_TEST

/* 744e6 / (17900 * 4674) and / (9398 * 2972); facts: mipi.md 3. */
START_TEST(without_the_vblank_write_the_tables_give_fewer_frames)
{
    static const struct {
        const char *script, *vblank;
        double fps;
    } tables[] = {
        {HOST("imx500_4056x3040"), "write frame_length_lines 4157\nwrite", 8.8927},
        {HOST("imx500_2028x1520"), "write frame_length_lines 2637\nwrite", 26.6373},
    };
    for (uint32_t i = 0; i < SIM_COUNT(tables); i++) {
        start_with(IMX500, tables[i].script, tables[i].vblank);
        run_frames(2);
        double frame_us = (double)(frame[1].start_ps - frame[0].start_ps) * 1e-6;
        about(tables[i].script, "frames/s", 1e6 / frame_us, tables[i].fps, 0.0001);
        drop();
    }
}
END_TEST

/* Pixels stay in the sensor: lines as short as the limit registers say. ISSCC 2021, imx500.md 1. */
static void check_fast(const reg_t *regs, uint16_t limit, double readout_ms)
{
    start_sensor(IMX500);
    host_writes(regs);
    host_write(COARSE, 500);
    host_write(LINE_LENGTH, board_ccs(board, limit));
    board_run_ms(board, 1);
    host_write(MODE_SELECT, 1);
    run_frames(2);
    about("fast", "readout", (double)(frame[0].end_ps - frame[0].start_ps) * 1e-9, readout_ms,
          0.0051);
    ck_assert_uint_eq(packets, 0);
    ck_assert_uint_eq(sim_log_count(board->sim, SIM_LOG_GUEST), 0);
    board_free(board);
}

START_TEST(without_the_link_the_readout_is_as_fast_as_published)
{
    check_fast((const reg_t[]){PLAIN, {FRAME_LENGTH, 3068}, REGS_END}, MIN_LINE, 16.52);
    check_fast((const reg_t[]){BINNED, {FRAME_LENGTH, 1560}, REGS_END}, MIN_LINE_BINNED, 5.52);
}
END_TEST

/* ---- clocks ---- */

#define VGA "logic/chips/vga-tiny.json"

/* 96 Mpixel/s; then 24 / 2 * 72 / (2 * 6) * 2 = 144 Mpixel/s and 24 / 2 * 100 = 1200 Mb/s. */
START_TEST(a_stream_has_the_clocks_that_its_start_found)
{
    start_sensor(VGA);
    host_writes((const reg_t[]){{IMAGE_OUT, 1}, {COARSE, 100}, {LINE_LENGTH, 1600}, REGS_END});
    host_write(MODE_SELECT, 1);
    run_frames(1);
    ck_assert_uint_eq((frame[0].second_ps - frame[0].start_ps + 1) / 1000,
                      16666); /* 1600 / 96 MHz */
    ck_assert(!ccs_host_write(&board->sensor->ccs, VT_MULTIPLIER, 72));
    host_write(MODE_SELECT, 0);
    host_writes(
        (const reg_t[]){{VT_MULTIPLIER, 72}, {VT_PIX_DIV, 6}, {OP_MULTIPLIER, 100}, REGS_END});
    ck_assert_uint_eq(frames, 1);
    ck_assert_uint_eq(packet_ps, 806 * 8 * UINT64_C(1000000) / 888);
    host_write(MODE_SELECT, 1);
    run_frames(2);
    board_run_ms(board, 1);
    uint64_t line_ps = frame[1].second_ps - frame[1].start_ps;
    ck_assert_uint_ge(line_ps, 11111111); /* 1600 / 144 MHz */
    ck_assert_uint_le(line_ps, 11111112);
    ck_assert_uint_eq(packet_ps / 1000, 806 * 8 * 1000 / 1200);
    board_free(board);
}
END_TEST

/* Other clocks than after power-up, and a group that waits. */
START_TEST(a_snapshot_keeps_clocks_and_groups)
{
    static const reg_t set[] = {
        {IMAGE_OUT, 1}, {COARSE, 100}, {VT_MULTIPLIER, 72}, {OP_MULTIPLIER, 100}, REGS_END};
    start_sensor(VGA);
    host_writes(set);
    host_write(MODE_SELECT, 1);
    run_frames(1);
    host_write(HOLD, 1);
    host_write(GAIN, 512);
    board_run_ms(board, 3);
    sim_snapshot_t *snapshot = sim_snapshot_take(board->sim, NULL);
    ck_assert_ptr_nonnull(snapshot);
    host_write(HOLD, 0);
    board_run_ms(board, 60);
    ck_assert_uint_eq(board->sensor->pixel.now.gain_code, 512);
    uint64_t hash = sim_state_hash(board->sim);
    board_free(board);
    start_sensor(VGA);
    ck_assert_int_eq(sim_snapshot_restore(board->sim, snapshot), SIM_OK);
    ck_assert_uint_eq(ccs_pll(&board->sensor->ccs).lane_bit_hz, 1200000000);
    host_write(HOLD, 0);
    board_run_ms(board, 60);
    ck_assert_uint_eq(sim_state_hash(board->sim), hash);
    sim_snapshot_free(snapshot);
    board_free(board);
}
END_TEST

START_TEST(clocks_that_cannot_be_start_no_stream)
{
    start_sensor(VGA);
    host_writes((const reg_t[]){{VT_MULTIPLIER, 300}, REGS_END}); /* a VCO of 3.6 GHz */
    ck_assert(!ccs_host_write(&board->sensor->ccs, MODE_SELECT, 1));
    ck_assert_ptr_nonnull(strstr(board->log, "vt VCO of 3600000000 Hz"));
    board_run_ms(board, 60);
    ck_assert_uint_eq(frames, 0);
    host_write(VT_MULTIPLIER, 80);
    host_write(MODE_SELECT, 1);
    run_frames(1);
    board_free(board);
}
END_TEST

/* ---- settings in time ---- */

/* Written while frame 2 is read: exposure and gain show in frame 4, blanking in frame 5 (libcamera:
 * 2 and 3 frames). */
START_TEST(settings_show_after_the_documented_delays)
{
    start_sensor(VGA);
    host_writes((const reg_t[]){{COARSE, 300}, {FRAME_LENGTH, 600}, {MODE_SELECT, 1}, REGS_END});
    run_frames(2);
    board_run_ms(board, 2);
    ck_assert(board->sensor->pixel.reading && board->sensor->pixel.now.frame == 2);
    host_writes((const reg_t[]){{COARSE, 200},
                                {GAIN, 512},
                                {DGAIN_GR, 0x200},
                                {FRAME_LENGTH, 700},
                                {LINE_LENGTH, 900},
                                REGS_END});
    run_frames(7);
    for (uint32_t i = 0; i < 7; i++) {
        ck_assert_uint_eq(frame[i].as.coarse_lines, i < 4 ? 300 : 200);
        ck_assert_uint_eq(frame[i].as.gain_code, i < 4 ? 0 : 512);
        ck_assert_uint_eq(frame[i].as.digital_gain[PIX_PHASE_GR], i < 4 ? 0x100 : 0x200);
        ck_assert_uint_eq(frame[i].as.frame_length_lines, i < 5 ? 600 : 700);
        ck_assert_uint_eq(frame[i].as.line_length_pck, i < 5 ? 800 : 900);
    }
    board_free(board);
}
END_TEST

/* The host sets exposure and gain a frame apart; with the hold they come together. */
START_TEST(a_grouped_hold_keeps_settings_together_over_frames)
{
    start_sensor(VGA);
    host_writes((const reg_t[]){{COARSE, 300}, {FRAME_LENGTH, 600}, {MODE_SELECT, 1}, REGS_END});
    run_frames(1);
    host_writes((const reg_t[]){{HOLD, 1}, {COARSE, 100}, REGS_END});
    run_frames(3);
    host_writes((const reg_t[]){{GAIN, 512}, REGS_END});
    run_frames(5);
    host_writes((const reg_t[]){{HOLD, 0}, REGS_END});
    run_frames(9);
    uint32_t first = 0;
    while (first < 9 && frame[first].as.gain_code == 0)
        first++;
    ck_assert_uint_ge(first, 6);
    ck_assert_uint_le(first, 7);
    for (uint32_t i = 0; i < 9; i++) {
        ck_assert_uint_eq(frame[i].as.coarse_lines, i < first ? 300 : 100);
        ck_assert_uint_eq(frame[i].as.gain_code, i < first ? 0 : 512);
    }
    board_free(board);
}
END_TEST

/* At whatever instant the host writes two settings in a hold, no frame has only one of them: the
 * firmware takes some 10 us to hand all of them on, these two at its beginning and end. */
START_TEST(no_frame_has_half_of_a_group)
{
    enum { STEPS = 48, STEP_NS = 400, TOP = 64 };
    start_sensor(VGA);
    host_writes((const reg_t[]){
        {COARSE, 50}, {FRAME_LENGTH, 200}, {X_SIZE, 32}, {Y_END, 127}, {MODE_SELECT, 1}, REGS_END});
    run_frames(1);
    for (uint32_t step = 0; step < STEPS; step++) {
        uint32_t flip = ~step & 1;
        uint64_t latch_ps = pix_row_readout_start_ps(&board->sensor->pixel.next, 0);
        sim_run_until_ps(board->sim, latch_ps - (step + 1) * STEP_NS * SIM_PS_PER_NS);
        host_write(HOLD, 1);
        host_write(ORIENTATION, flip);
        host_write(Y_START, flip * TOP);
        host_write(HOLD, 0);
        frames = 0;
        run_frames(5);
        for (uint32_t i = 0; i < 5; i++)
            ck_assert_uint_eq(frame[i].as.y.start, frame[i].as.x.flip * TOP);
        ck_assert_uint_eq(frame[4].as.x.flip, flip);
    }
    board_free(board);
}
END_TEST

/* ---- every register on its way ---- */

START_TEST(all_settings_arrive_in_the_frame)
{
    /* clang-format off */
    static const reg_t set[] = {
        {ORIENTATION, 3}, {FINE, 40}, {COARSE, 100}, {GAIN, 256},
        {DGAIN_GR, 0x110}, {DGAIN_R, 0x120}, {DGAIN_B, 0x130}, {DGAIN_GB, 0x140},
        {LINE_LENGTH, 9000}, {FRAME_LENGTH, 1000}, {EXP_SHIFT, 2},
        {X_START, 16}, {Y_START, 32}, {X_END, 1295}, {Y_END, 991}, {X_SIZE, 152}, {Y_SIZE, 60},
        {X_ODD, 3}, {Y_ODD, 3}, {X_CROP, 4}, {Y_CROP, 8}, {BIN, 1}, {BIN_TYPE, 0x21}, {BIN_WEIGHT, 1},
        {PATTERN, 1}, {PATTERN + 2, 11}, {PATTERN + 4, 12}, {PATTERN + 6, 13}, {PATTERN + 8, 14},
        {FORMAT, 0x0c0c}, {OP_PIX_DIV, 12}, {HDR, 0x21}, {HDR_SHORT, 40}, {MODE_SELECT, 1}, REGS_END};
    /* clang-format on */
    start_sensor(IMX500);
    host_writes(set);
    run_frames(1);
    const pix_frame_t *as = &frame[0].as;
    /* x: samples of 2 x 2 columns of pairs 1 and 3 apart: 4 columns a sample; y: 2 rows */
    const pix_axis_t x = {16 + 4 * 4, 152 * 4, 1, 3, 2, 1}, y = {32 + 2 * 8, 60 * 2, 1, 3, 1, 1};
    ck_assert_mem_eq(&as->x, &x, sizeof(x));
    ck_assert_mem_eq(&as->y, &y, sizeof(y));
    ck_assert_uint_eq(as->bin_sum, 1);
    ck_assert_uint_eq(as->fine_pck, 40);
    ck_assert_uint_eq(as->exposure_shift, 2);
    ck_assert_uint_eq(as->coarse_lines, 400);
    ck_assert_uint_eq(as->frame_length_lines, 4000);
    ck_assert_uint_eq(as->line_length_pck, 9000);
    ck_assert_uint_eq(as->gain_code, 256);
    ck_assert_uint_eq(as->adc_bits, 12);
    static const uint32_t gains[PIX_PHASES] = {0x110, 0x120, 0x130, 0x140};
    static const uint32_t solid[PIX_PHASES] = {12, 11, 13, 14};
    ck_assert_mem_eq(as->digital_gain, gains, sizeof(gains));
    ck_assert_mem_eq(as->pattern_dn, solid, sizeof(solid));
    ck_assert_uint_eq(as->pattern, PIX_PATTERN_SOLID);
    ck_assert_uint_eq(as->short_lines, 40);
    ck_assert_uint_eq(as->short_delay, 43);
    ck_assert_uint_eq(sim_log_count(board->sim, SIM_LOG_GUEST), 0);
    board_free(board);
}
END_TEST

/* One line time is 800 clocks of 96 MHz: 8.333 us. */
START_TEST(after_a_global_reset_all_rows_see_the_same_moment)
{
    start_sensor(VGA);
    host_writes((const reg_t[]){
        {COARSE, 100}, {GLOBAL_RESET, 1}, {SHUTTER_DELAY, 60}, {MODE_SELECT, 1}, REGS_END});
    run_frames(2);
    const pix_frame_t *as = &frame[1].as;
    uint64_t reset_ps = pix_row_exposure_start_ps(as, 0);
    ck_assert_uint_eq(pix_row_exposure_start_ps(as, 479), reset_ps);
    ck_assert_uint_eq(pix_row_light_pck(as, 0), 60 * 800);
    ck_assert_uint_eq(pix_row_light_pck(as, 479), 60 * 800);
    ck_assert_uint_eq(pix_row_dark_pck(as, 479), (100 + 479) * 800);
    ck_assert_uint_eq((frame[1].start_ps - reset_ps + 500) / 1000, 833333);
    host_write(HOLD, 1);
    host_write(GLOBAL_RESET, 0);
    host_write(SHUTTER_DELAY, 0);
    host_write(HOLD, 0);
    frames = 0;
    run_frames(4);
    ck_assert_uint_eq(frame[3].as.global_reset, 0);
    ck_assert_uint_eq(pix_row_light_pck(&frame[3].as, 479), 100 * 800);
    ck_assert_uint_eq(sim_log_count(board->sim, SIM_LOG_GUEST), 0);
    board_free(board);
}
END_TEST

static void write_power_up(const ccs_reg_t *regs, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (regs[i].writable && regs[i].addr < 0x3000 && regs[i].addr != MODE_SELECT)
            host_write(regs[i].addr, ccs_power_up(&board->sensor->ccs.desc, regs[i].addr));
}

START_TEST(whatever_a_host_has_written_the_next_stream_is_a_good_one)
{
    uint32_t count;
    const ccs_reg_t *regs = ccs_regs(&count);
    for (uint64_t seed = 0; seed < 4; seed++) {
        sim_stream_t random = sim_stream(seed, 5, 5);
        start_sensor(VGA);
        for (uint32_t i = 0; i < 400; i++) {
            const ccs_reg_t *reg = &regs[sim_stream_below(&random, count)];
            uint32_t value = sim_stream_u32(&random) >> sim_stream_below(&random, 32);
            if (reg->addr < 0x3000)
                (void)ccs_host_write(&board->sensor->ccs, reg->addr, value);
            if (i % 8 == 0)
                (void)ccs_host_write(&board->sensor->ccs, MODE_SELECT, i % 3 != 0);
            if (i % 16 == 0)
                board_run_ms(board, 1 + sim_stream_below(&random, 30));
            ck_assert_uint_le(ccs_pll(&board->sensor->ccs).pixel_hz, 500000000);
            ck_assert_uint_ge(ccs_pll(&board->sensor->ccs).lane_bit_hz, 80000000);
        }
        host_write(MODE_SELECT, 0);
        write_power_up(regs, count);
        board_run_ms(board, 1000); /* the last frame's lines may be long */
        host_write(MODE_SELECT, 1);
        frames = 0;
        run_frames(2);
        ck_assert_uint_eq(frame[1].lines, 480);
        ck_assert_uint_eq(frame[1].as.line_length_pck, 800);
        ck_assert_uint_eq((frame[1].start_ps - frame[0].start_ps) / 1000, 16666666);
        board_free(board);
    }
}
END_TEST

/* 2^7 times 1562 lines of 24.06 us: 4.8 s. The firmware lives on meanwhile. */
START_TEST(a_long_exposure_takes_its_time)
{
    start_sensor(IMX500);
    host_writes((const reg_t[]){PLAIN,
                                {LINE_LENGTH, 17900},
                                {FRAME_LENGTH, 1600},
                                {COARSE, 1562},
                                {EXP_SHIFT, 7},
                                {X_SIZE, 160},
                                {Y_SIZE, 120},
                                {MODE_SELECT, 1},
                                REGS_END});
    run_frames(2);
    ck_assert_uint_eq(frame[1].as.coarse_lines, 1562 << 7);
    double exposure_s =
        (double)(frame[1].start_ps - pix_row_exposure_start_ps(&frame[1].as, 0)) * 1e-12;
    about("long", "exposure", exposure_s, 1562.0 * 128 * 17900 / 744e6, 1e-6);
    ck_assert_uint_eq(sim_log_count(board->sim, SIM_LOG_GUEST), 0);
    ck_assert_str_eq(board->console, "services, reset cause 1\n");
    board_free(board);
}
END_TEST

TEST_MAIN("CCS modes", modes_of_the_drivers_take_the_published_times,
          without_the_vblank_write_the_tables_give_fewer_frames,
          without_the_link_the_readout_is_as_fast_as_published,
          a_stream_has_the_clocks_that_its_start_found, a_snapshot_keeps_clocks_and_groups,
          clocks_that_cannot_be_start_no_stream, settings_show_after_the_documented_delays,
          a_grouped_hold_keeps_settings_together_over_frames, no_frame_has_half_of_a_group,
          all_settings_arrive_in_the_frame, after_a_global_reset_all_rows_see_the_same_moment,
          whatever_a_host_has_written_the_next_stream_is_a_good_one, a_long_exposure_takes_its_time)
