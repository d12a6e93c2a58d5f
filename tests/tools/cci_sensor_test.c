/*
 * cci_sensor_test.c - the host on the CCI bus of the real sensor, with firmware: a group that takes
 * longer than a frame, software_reset, both ways into standby, automatic frame length, channels.
 */
#include "tests/test.h"
#include "tests/tools/board.h"
#include "tools/chip.h"

#define ELF "build/firmware/services.elf"
#define VGA "logic/chips/vga-tiny.json"
#define US SIM_PS_PER_US
#define MS SIM_PS_PER_MS

enum {
    FRAME_COUNT = 0x0005,
    MODE_SELECT = 0x0100,
    ORIENTATION = 0x0101,
    SOFTWARE_RESET = 0x0103,
    HOLD = 0x0104,
    MASK_CORRUPTED = 0x0105,
    FAST_STANDBY = 0x0106,
    CHANNEL = 0x0110,
    COARSE = 0x0202,
    GAIN = 0x0204,
    FRAME_LENGTH = 0x0340,
    Y_START = 0x0346,
    LENGTH_CTRL = 0x0350,
    IMAGE_OUT = 0x9006,
};
enum { MOST = 32, FS = 0, FE = 1 };

static board_t *board;
static pix_frame_t frame[MOST]; /* as they began to be read */
static uint64_t begin_ps[MOST];
static uint32_t frames, rows, ends;    /* rows since the last one, LAST flags */
static uint32_t starts[16], stops[16]; /* FS, FE on each channel */
static char error[256];

static void on_line(void *ctx, const sim_line_t *line)
{
    (void)ctx;
    if ((line->flags & SIM_LINE_FIRST) != 0 && frames < MOST) {
        rows = 0;
        begin_ps[frames] = line->start_ps;
        frame[frames++] = board->sensor->pixel.now;
    }
    rows++;
    ends += (line->flags & SIM_LINE_LAST) != 0;
}

static void on_packet(void *ctx, const mipi_packet_t *packet)
{
    mipi_header_t header;
    (void)ctx;
    mipi_header_decode(packet->bytes, &header);
    starts[header.vc % 16] += header.dt == FS;
    stops[header.vc % 16] += header.dt == FE;
}

static void make(uint32_t hz)
{
    sensor_desc_t desc;
    size_t bytes;
    ck_assert_msg(chip_load(VGA, &desc, error, sizeof(error)), "%s", error);
    desc.logic.cci.hz = hz;
    board = board_new(&desc);
    uint8_t *elf = board_file(ELF, &bytes);
    ck_assert_int_eq(sensor_load_firmware(board->sensor, elf, bytes, ELF, error, sizeof(error)),
                     SIM_OK);
    free(elf);
    ck_assert(pix_add_sink(&board->sensor->pixel, (sim_line_sink_t){on_line, NULL}));
    ck_assert(mipi_tx_listen(&board->sensor->mipi, on_packet, NULL));
    frames = rows = ends = 0;
    memset(starts, 0, sizeof(starts));
    memset(stops, 0, sizeof(stops));
    board_start(board);
    board_run_ms(board, 2);
}

static void set(uint16_t addr, uint32_t value)
{
    ck_assert_msg(board_cci_write(board, addr, value), "0x%04x", addr);
}

static void run_frames(uint32_t count)
{
    for (uint32_t ms = 0; frames < count; ms++) {
        ck_assert_msg(ms < 2000, "%u frames\n%s", frames, board->log);
        board_run_ms(board, 1);
    }
}

/* At 100 kHz a 16-bit register takes 0.463 ms, a frame of 200 lines 1.667: a group of five
 * registers is written across a frame boundary, at 16 instants of the frame. */
START_TEST(a_slow_group_counts_in_one_frame)
{
    enum { STEPS = 16, TOP = 64, PERIOD_US = 1667 };
    make(100000);
    set(COARSE, 50);
    set(FRAME_LENGTH, 200);
    set(0x034a, 127); /* y_addr_end */
    set(MODE_SELECT, 1);
    run_frames(1);
    for (uint32_t step = 0; step < STEPS; step++) {
        uint32_t flip = ~step & 1, number = board->sensor->pixel.now.frame;
        sim_run_until_ps(board->sim, pix_row_readout_start_ps(&board->sensor->pixel.next, 0) +
                                         step * PERIOD_US * US / STEPS);
        set(HOLD, 1);
        set(ORIENTATION, flip);
        set(COARSE, 60 + step);
        set(GAIN, 100 + step);
        set(Y_START, flip * TOP);
        ck_assert_uint_gt(board->sensor->pixel.now.frame, number + 1); /* across frames */
        set(HOLD, 0);
        frames = 0;
        run_frames(6);
        for (uint32_t i = 0; i < 6; i++) {
            const pix_frame_t *f = &frame[i];
            bool newer = f->gain_code == 100 + step;
            ck_assert_uint_eq(f->coarse_lines == 60 + step, newer);
            ck_assert_uint_eq(f->y.start, f->x.flip * TOP);
        }
        ck_assert_uint_eq(frame[5].gain_code, 100 + step);
        ck_assert_uint_eq(frame[5].x.flip, flip);
    }
    board_free(board);
}
END_TEST

/* 2400 clocks of 24 MHz are 100 us. */
START_TEST(software_reset_makes_all_as_after_power_up)
{
    make(400000);
    uint32_t length = board_ccs(board, FRAME_LENGTH);
    set(IMAGE_OUT, 1);
    set(FRAME_LENGTH, 600);
    set(0x0107, 0x40); /* another address */
    board->device = 0x20;
    set(MODE_SELECT, 1);
    run_frames(2);
    set(SOFTWARE_RESET, 1);
    board->device = CCI_DEVICE;
    uint64_t reset_ps = sim_now_ps(board->sim) - 3 * US; /* or a little later */
    while (!board_cci_write(board, ORIENTATION, 0))
        ck_assert_uint_lt(sim_now_ps(board->sim), reset_ps + 200 * US);
    ck_assert_uint_ge(board->done.start_ps + 23 * US, reset_ps + 100 * US);
    ck_assert_uint_ge(board->sensor->cci.naks, 3); /* 26 us each */
    ck_assert_uint_eq(board_ccs(board, FRAME_LENGTH), length);
    ck_assert_uint_eq(board_ccs(board, MODE_SELECT), 0);
    ck_assert_uint_eq(board->sensor->clkrst.system_resets, 1);
    frames = 0;
    board_run_ms(board, 50);
    ck_assert_uint_eq(frames, 0);
    ck_assert_msg(strcmp(board->console, "services, reset cause 1\nservices, reset cause 17\n") ==
                      0,
                  "%s", board->console);
    set(MODE_SELECT, 1);
    run_frames(2);
    ck_assert_uint_eq(frame[1].frame_length_lines, length);
    board_free(board);
}
END_TEST

/* Stopped at line 100 of 480; RAW leaves on channel 0, with image 3 the ISP's lines on channel 2,
 * with image 2 these on channel 0. */
static void stop_within_a_frame(uint32_t fast, uint32_t image)
{
    make(1000000);
    isp_t *isp = &board->sensor->isp;
    sim_reg_write(&isp->comp, 0x004, ISP_CTRL_ENABLE);
    set(FAST_STANDBY, fast);
    set(IMAGE_OUT, image);
    set(COARSE, 100);
    set(MODE_SELECT, 1);
    run_frames(2);
    uint64_t row_ps = pix_row_readout_start_ps(&board->sensor->pixel.next, 100);
    sim_run_until_ps(board->sim, row_ps);
    set(MODE_SELECT, 0);
    board_run_ms(board, 60);
    ck_assert_uint_eq(frames, 3);
    ck_assert_uint_eq(ends, 3);
    ck_assert_uint_eq(starts[0], 3);
    ck_assert_uint_eq(stops[0], 3);
    ck_assert_uint_eq(starts[2], image == 3 ? 3 : 0);
    ck_assert_uint_eq(stops[2], starts[2]);
    ck_assert_uint_eq(isp->frames, fast ? 2 : 3);
    ck_assert(!isp->in_frame);
}

START_TEST(standby_waits_for_the_frame_or_cuts_it)
{
    stop_within_a_frame(0, 1);
    ck_assert_uint_eq(rows, 480);
    ck_assert_uint_eq(board->sensor->pixel.cut_frames, 0);
    board_free(board);
    stop_within_a_frame(1, 1);
    ck_assert_uint_gt(rows, 100);
    ck_assert_uint_lt(rows, 110);
    ck_assert_uint_eq(board->sensor->pixel.cut_frames, 1);
    ck_assert_uint_eq(board->sensor->isp.overruns, 0);
    set(MODE_SELECT, 1); /* and all is well again */
    run_frames(5);
    ck_assert_uint_ge(ends, 4);
    ck_assert_uint_eq(board->sensor->isp.overruns, 0);
    ck_assert_uint_eq(sim_log_count(board->sim, SIM_LOG_ERROR), 0);
    board_free(board);
}
END_TEST

/* Frame length and exposure grow at once: one frame has less exposure than it should. Between the
 * frames that leave are then two, and frame_count in the embedded lines tells. */
START_TEST(corrupt_frames_are_masked_where_the_host_wants_it)
{
    for (uint32_t mask = 0; mask <= 1; mask++) {
        make(1000000);
        board->sensor->pixel.desc.too_long = PIX_CORRUPT;
        set(MASK_CORRUPTED, mask);
        set(IMAGE_OUT, 1);
        set(COARSE, 100);
        set(FRAME_LENGTH, 600);
        set(MODE_SELECT, 1);
        run_frames(2);
        set(HOLD, 1);
        set(FRAME_LENGTH, 2000);
        set(COARSE, 1900);
        set(HOLD, 0);
        run_frames(8);
        ck_assert_uint_eq(board->sensor->pixel.corrupt_frames, 1);
        ck_assert_uint_eq(board->sensor->pixel.masked_frames, mask);
        uint32_t gaps = 0;
        for (uint32_t i = 1; i < 8; i++)
            gaps += frame[i].frame == frame[i - 1].frame + 2;
        ck_assert_uint_eq(gaps, mask);
        ck_assert_uint_eq(frame[7].coarse_lines, 1900);
        ck_assert_uint_eq(sim_log_count(board->sim, SIM_LOG_ERROR), 0);
        board_free(board);
    }
}
END_TEST

START_TEST(a_frame_that_is_cut_ends_in_the_isp_too)
{
    for (uint32_t image = 2; image <= 3; image++) {
        stop_within_a_frame(0, image);
        uint64_t whole = board->sensor->mipi.lines_sent;
        board_free(board);
        stop_within_a_frame(1, image);
        ck_assert_uint_lt(board->sensor->mipi.lines_sent, whole - 300);
        set(MODE_SELECT, 1);
        run_frames(5);
        ck_assert_uint_eq(stops[0] + 1, starts[0]); /* of the frame that leaves now */
        ck_assert_uint_eq(sim_log_count(board->sim, SIM_LOG_ERROR), 0);
        board_free(board);
    }
}
END_TEST

/* 700 lines of integration need 700 + coarse_integration_time_max_margin. */
START_TEST(a_frame_is_as_long_as_its_exposure_where_that_is_wanted)
{
    make(400000);
    uint32_t margin = board_ccs(board, 0x1006);
    ck_assert_uint_eq(board_ccs(board, 0x114d) & 1, 1);
    set(FRAME_LENGTH, 600);
    set(COARSE, 700);
    set(LENGTH_CTRL, 1);
    set(MODE_SELECT, 1);
    run_frames(3);
    ck_assert_uint_eq(frame[2].frame_length_lines, 700 + margin);
    ck_assert_uint_eq(frame[2].coarse_lines, 700);
    set(COARSE, 100);
    run_frames(9);
    ck_assert_uint_eq(frame[8].frame_length_lines, 600);
    set(COARSE, 700);
    set(LENGTH_CTRL, 0);
    run_frames(15);
    ck_assert_uint_eq(frame[14].frame_length_lines, 600);
    ck_assert_uint_lt(frame[14].coarse_lines, 600);
    board_free(board);
}
END_TEST

START_TEST(the_image_leaves_on_the_channel_that_the_host_names)
{
    make(400000);
    set(IMAGE_OUT, 1);
    set(CHANNEL, 13);
    set(COARSE, 100);
    set(MODE_SELECT, 1);
    run_frames(3);
    ck_assert_uint_eq(starts[0], 0);
    ck_assert_uint_eq(starts[13], 3);
    ck_assert_uint_ge(stops[13], 2);
    ck_assert_uint_eq(board_ccs(board, FRAME_COUNT), board->sensor->pixel.now.frame);
    board_free(board);
}
END_TEST

/* As the Linux driver does, but all 64 bytes in one transaction. The model is the first of page 0.
 */
START_TEST(a_page_of_fuses_comes_over_the_bus)
{
    make(400000);
    set(0x0a02, 0);
    set(0x0a00, 1);
    board_run_ms(board, 1);
    cci_xfer_t status = cci_read_of(board->client, 0, 0x0a01, 1);
    cci_xfer_t page = cci_read_of(board->client, 0, 0x0a04, 64);
    ck_assert(cci_submit(&board->sensor->cci, &status));
    board_run_ms(board, 1);
    ck_assert_uint_eq(cci_value(&board->done), 1);
    ck_assert(cci_submit(&board->sensor->cci, &page));
    board_run_ms(board, 3);
    ck_assert_uint_eq(board->done.moved, 64);
    ck_assert_uint_eq(cci_value(&board->done) >> 16, board_ccs(board, 0x0000));
    ck_assert_uint_eq(board->done.data[9], board_ccs(board, 0x001c) & 0xff);
    /* 3 bytes, repeated start, 65 bytes: 612 clocks */
    ck_assert_uint_eq(board->done.end_ps - board->done.start_ps,
                      (600 + 27 * 2500 + 2500 + 65 * 9 * 2500 + 1900) * SIM_PS_PER_NS);
    board_free(board);
}
END_TEST

/* Any bytes to any place: the bus goes on, nothing of ours complains, and after a loss of power all
 * is as ever. */
START_TEST(whatever_a_host_sends_the_sensor_comes_back)
{
    uint32_t count;
    const ccs_reg_t *regs = ccs_regs(&count);
    for (uint64_t seed = 0; seed < 3; seed++) {
        sim_stream_t random = sim_stream(seed, 7, 7);
        make(1000000);
        uint32_t length = board_ccs(board, FRAME_LENGTH);
        for (uint32_t i = 0; i < 1500; i++) {
            const ccs_reg_t *reg = &regs[sim_stream_below(&random, count)];
            cci_xfer_t xfer = {.kind = sim_stream_below(&random, 3),
                               .device = ccs_device(&board->sensor->ccs),
                               .index = (reg->addr + sim_stream_below(&random, 4)) & 0xffff,
                               .bytes = 1 + sim_stream_below(&random, 8),
                               .client = board->client};
            uint32_t wide = sim_stream_u32(&random) >> sim_stream_below(&random, 32);
            for (uint32_t b = 0; b < xfer.bytes; b++)
                xfer.data[b] = (uint8_t)(wide >> 8 * (xfer.bytes - 1 - b) % 32);
            uint32_t before = board->dones;
            ck_assert(cci_submit(&board->sensor->cci, &xfer));
            while (board->dones == before)
                sim_run_until_ps(board->sim, sim_now_ps(board->sim) + 50 * US);
            if (i % 100 == 0)
                board_run_ms(board, sim_stream_below(&random, 20));
        }
        clkrst_request(&board->sensor->clkrst, RST_BROWN_OUT);
        board_run_ms(board, 5);
        board->device = CCI_DEVICE;
        ck_assert_uint_eq(board_ccs(board, FRAME_LENGTH), length);
        set(MODE_SELECT, 1);
        frames = 0;
        run_frames(2);
        ck_assert_uint_eq(frame[1].frame_length_lines, length);
        ck_assert_uint_eq(frame[1].line_length_pck, board_ccs(board, 0x0342));
        board_free(board);
    }
}
END_TEST

TEST_MAIN("CCI of the sensor", a_slow_group_counts_in_one_frame,
          software_reset_makes_all_as_after_power_up, standby_waits_for_the_frame_or_cuts_it,
          a_frame_that_is_cut_ends_in_the_isp_too,
          corrupt_frames_are_masked_where_the_host_wants_it,
          a_frame_is_as_long_as_its_exposure_where_that_is_wanted,
          the_image_leaves_on_the_channel_that_the_host_names, a_page_of_fuses_comes_over_the_bus,
          whatever_a_host_sends_the_sensor_comes_back)
