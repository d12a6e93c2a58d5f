#include "mipi/tx.h"

#include "mipi/embedded.h"
#include "sim/rng.h"
#include "tests/mipi/rig.h"
#include "tests/test.h"

#define NS 1000u

static rig_t rig;
static uint16_t px[64 * 400];

/* ---- image frames -------------------------------------------------------------------------------
 */
START_TEST(nothing_is_sent_until_something_is_enabled)
{
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    rig_lines(&rig, 16, 2, 4, 1000 * NS, 10000 * NS, px);
    rig_start(&rig);
    sim_run_until_ps(rig.sim, SIM_PS_PER_MS);
    ck_assert_uint_eq(rig.source.sent, 4);
    ck_assert_uint_eq(rig.packets, 0);
    ck_assert_uint_eq(rig.tx.lines_lost, 0);
    ck_assert_uint_eq(rig_read(&rig, RIG_STATUS), 0);
    rig_close(&rig);
}
END_TEST

START_TEST(a_frame_is_fs_lines_fe_at_their_times)
{
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    rig_lines(&rig, 16, 2, 2, 1000 * NS, 10000 * NS, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    sim_run_until_ps(rig.sim, SIM_PS_PER_MS);
    ck_assert_uint_eq(rig.packets, 4);
    rig_expect(&rig, 0, 0, MIPI_DT_FS);
    rig_expect(&rig, 1, 0, MIPI_DT_RAW10);
    rig_expect(&rig, 2, 0, MIPI_DT_RAW10);
    rig_expect(&rig, 3, 0, MIPI_DT_FE);
    /* 4 bytes: 409 ns; 20 + 6 bytes: 585 ns */
    ck_assert_uint_eq(rig.packet[0].start_ps, 1000 * NS);
    ck_assert_uint_eq(rig.packet[0].first_byte_ps, 1213 * NS);
    ck_assert_uint_eq(rig.packet[0].last_byte_ps, 1245 * NS);
    ck_assert_uint_eq(rig.packet[1].start_ps, 1409 * NS);
    ck_assert_uint_eq(rig.packet[1].end_ps, 1994 * NS);
    ck_assert_uint_eq(rig.packet[2].start_ps, 11000 * NS);
    ck_assert_uint_eq(rig.packet[3].start_ps, 11585 * NS);
    ck_assert_uint_eq(rig.packet[3].header.word, 1);
    ck_assert_uint_eq(rig_busy_ps(&rig), (409 + 585 + 585 + 409) * NS);
    ck_assert_uint_eq(rig.tx.link_bytes, 4 + 26 + 26 + 4);
    ck_assert_uint_eq(rig.tx.image_bytes, 40);
    ck_assert_uint_eq(rig.frames, 1);
    ck_assert_uint_eq(rig.frame[0].first_ps, 1213 * NS);
    ck_assert_uint_eq(rig.frame[0].last_ps, (11585 + 213 + 32) * NS);
    ck_assert_uint_eq(rig.frame[0].bytes, 40);
    rig_close(&rig);
}
END_TEST

START_TEST(the_binned_mode_of_the_sensor_flows_without_loss)
{
    static uint16_t row[2028];
    mipi_desc_t desc = mipi_desc_default();
    rig_open(&rig, &desc);
    rig.tx.mem.max_burst_bytes = 16;
    rig_lines(&rig, 2028, 1520, 0, 0, 0, row);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW | MIPI_CTRL_EMBEDDED | MIPI_CTRL_META);
    sim_line_sink_t sink = mipi_tx_line_sink(&rig.tx);
    for (uint32_t n = 0; n < 1520; n++) {
        sim_run_until_ps(rig.sim, sim_edge_ps((n + 1) * UINT64_C(9398), 744000000));
        sim_line_t line = rig.source.line;
        line.row = n;
        line.flags = (n == 0 ? SIM_LINE_FIRST : 0) | (n == 1519 ? SIM_LINE_LAST : 0);
        line.data.raw = row;
        sink.line(sink.ctx, &line);
        if (n == 700)
            rig_meta(&rig, sim_now_ps(rig.sim), 5000, 1024, MIPI_DEST_RESET);
    }
    sim_run_until_ps(rig.sim, 40 * SIM_PS_PER_MS);
    ck_assert_uint_eq(rig.tx.lines_lost, 0);
    ck_assert_uint_eq(rig.tx.lines_sent, 1520);
    ck_assert_uint_eq(rig.tx.frames_sent, 1);
    ck_assert_uint_eq(rig.tx.metadata_bytes, 5000);
    ck_assert_uint_eq(rig.tx.embedded_bytes, 2 * 2544);
    /* The first line waits for FS and two embedded lines of 11,870,766 ps: two lines come behind
     * it, so 3 packets of 2,541 bytes is what the FIFO must hold, beside an embedded one. */
    ck_assert_uint_eq(rig.tx.fifo_peak_bytes, 2 * 2550 + 2541);
    rig_close(&rig);
}
END_TEST

START_TEST(embedded_lines_follow_fs_and_carry_the_registers)
{
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    rig_lines(&rig, 64, 1, 2, 1000 * NS, 100000 * NS, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW | MIPI_CTRL_EMBEDDED);
    sim_run_until_ps(rig.sim, 50000 * NS);
    ck_assert_uint_eq(rig.packets, 5);
    rig_expect(&rig, 0, 0, MIPI_DT_FS);
    rig_expect(&rig, 1, 0, MIPI_DT_EMBEDDED);
    rig_expect(&rig, 2, 0, MIPI_DT_EMBEDDED);
    rig_expect(&rig, 3, 0, MIPI_DT_RAW10);
    rig_expect(&rig, 4, 0, MIPI_DT_FE);
    ck_assert_uint_eq(rig.packet[1].header.word, 80); /* 64 * 10 / 8 = 80, a multiple of 16 */
    /* image off: the frame still opens and closes around its embedded lines */
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_EMBEDDED);
    sim_run_until_ps(rig.sim, 200000 * NS);
    ck_assert_uint_eq(rig.packets, 9);
    rig_expect(&rig, 5, 0, MIPI_DT_FS);
    rig_expect(&rig, 6, 0, MIPI_DT_EMBEDDED);
    rig_expect(&rig, 7, 0, MIPI_DT_EMBEDDED);
    rig_expect(&rig, 8, 0, MIPI_DT_FE);
    ck_assert_uint_eq(rig.packet[8].header.word, 2);
    rig_close(&rig);
}
END_TEST

START_TEST(control_bits_wait_for_the_next_frame)
{
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    rig_lines(&rig, 16, 2, 6, 1000 * NS, 10000 * NS, px);
    rig_start(&rig);
    sim_run_until_ps(rig.sim, 5000 * NS);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW); /* within frame 0: from frame 1 on */
    rig_write(&rig, RIG_IMAGE_VC, 5);
    sim_run_until_ps(rig.sim, 25000 * NS);
    rig_write(&rig, RIG_CTRL, 0); /* within frame 1: it is finished */
    sim_run_until_ps(rig.sim, 100000 * NS);
    ck_assert_uint_eq(rig.packets, 4);
    rig_expect(&rig, 0, 5, MIPI_DT_FS);
    rig_expect(&rig, 3, 5, MIPI_DT_FE);
    ck_assert_uint_eq(rig.frame[0].frame, 1);
    rig_close(&rig);
}
END_TEST

START_TEST(a_frame_cut_short_is_closed_before_the_next)
{
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    rig_lines(&rig, 16, 4, 0, 0, 0, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    sim_line_t line = rig.source.line;
    line.data.raw = px;
    line.flags = SIM_LINE_FIRST;
    sim_line_sink_t sink = mipi_tx_line_sink(&rig.tx);
    sink.line(sink.ctx, &line);
    sink.line(sink.ctx, &line);
    sim_run_until_ps(rig.sim, 100000 * NS);
    ck_assert_uint_eq(rig.packets, 5);
    rig_expect(&rig, 2, 0, MIPI_DT_FE);
    rig_expect(&rig, 3, 0, MIPI_DT_FS);
    ck_assert_uint_eq(rig.packet[2].header.word, 1);
    ck_assert_uint_eq(rig.packet[3].header.word, 2);
    rig_close(&rig);
}
END_TEST

START_TEST(rgb_lines_go_out_blue_first)
{
    static uint8_t rgb[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    rig_lines(&rig, 16, 1, 1, 1000 * NS, 1000 * NS, px); /* RAW comes too, and is ignored */
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_ISP);
    sim_line_t line = {.format = SIM_LINE_RGB,
                       .bits = 8,
                       .width_px = 4,
                       .height_px = 1,
                       .flags = SIM_LINE_FIRST | SIM_LINE_LAST,
                       .data.rgb = rgb};
    sim_line_sink_t sink = mipi_tx_line_sink(&rig.tx);
    sink.line(sink.ctx, &line);
    sim_run_until_ps(rig.sim, 100000 * NS);
    ck_assert_uint_eq(rig.packets, 3);
    rig_expect(&rig, 1, 0, MIPI_DT_RGB888);
    ck_assert_uint_eq(rig.packet[1].header.word, 12);
    ck_assert_mem_eq(rig.tx.ring + 8, ((uint8_t[]){3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10}), 12);
    rig_close(&rig);
}
END_TEST

/* ---- lines of the ISP ---- */

static void isp_line(sim_line_format_t format, const uint8_t *bytes, uint32_t width_px,
                     uint32_t row, uint32_t height_px)
{
    sim_line_t line = {.format = format,
                       .bits = 8,
                       .width_px = width_px,
                       .height_px = height_px,
                       .row = row,
                       .flags = (row == 0 ? SIM_LINE_FIRST : 0) |
                                (row + 1 == height_px ? SIM_LINE_LAST : 0),
                       .data.rgb = bytes};
    sim_line_sink_t sink = mipi_tx_line_sink(&rig.tx);
    sink.line(sink.ctx, &line);
}

START_TEST(yuv422_lines_go_out_as_u_y_v_y)
{
    static const uint8_t yuv[8] = {101, 1, 102, 2, 103, 3, 104, 4};
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    rig_lines(&rig, 16, 1, 0, 0, 0, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_ISP);
    isp_line(SIM_LINE_YUV422, yuv, 4, 0, 1);
    sim_run_until_ps(rig.sim, 100000 * NS);
    ck_assert_uint_eq(rig.packets, 3);
    rig_expect(&rig, 1, 0, MIPI_DT_YUV422_8);
    ck_assert_uint_eq(rig.packet[1].header.word, 8);
    ck_assert_mem_eq(rig.tx.ring + 8, yuv, 8);
    rig_close(&rig);
}
END_TEST

/* Both kinds, on channels 0 and 2, in the order in which they came, and numbered apart. */
START_TEST(raw_and_a_region_are_frames_of_two_channels)
{
    static const uint8_t rgb[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    rig_lines(&rig, 16, 3, 3, 1000 * NS, 5000 * NS, px); /* at 1, 6, 11 us */
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW | MIPI_CTRL_ISP | MIPI_CTRL_EMBEDDED);
    sim_run_until_ps(rig.sim, 8000 * NS);
    isp_line(SIM_LINE_RGB, rgb, 4, 0, 2);
    sim_run_until_ps(rig.sim, 13000 * NS);
    ck_assert(rig_read(&rig, RIG_STATUS) & MIPI_STATUS_FRAME); /* the region's is open */
    isp_line(SIM_LINE_RGB, rgb, 4, 1, 2);
    sim_run_until_ps(rig.sim, 100000 * NS);
    static const struct {
        uint8_t vc, dt;
    } expected[] = {{0, MIPI_DT_FS},     {0, MIPI_DT_EMBEDDED}, {0, MIPI_DT_EMBEDDED},
                    {0, MIPI_DT_RAW10},  {0, MIPI_DT_RAW10},    {2, MIPI_DT_FS},
                    {2, MIPI_DT_RGB888}, {0, MIPI_DT_RAW10},    {0, MIPI_DT_FE},
                    {2, MIPI_DT_RGB888}, {2, MIPI_DT_FE}};
    ck_assert_uint_eq(rig.packets, SIM_COUNT(expected));
    for (uint32_t i = 0; i < SIM_COUNT(expected); i++)
        rig_expect(&rig, i, expected[i].vc, expected[i].dt);
    ck_assert_uint_eq(rig.packet[0].header.word, 1);
    ck_assert_uint_eq(rig.packet[5].header.word, 1);
    ck_assert_uint_eq(rig.tx.frames_sent, 2);
    ck_assert(!(rig_read(&rig, RIG_STATUS) & MIPI_STATUS_FRAME));
    rig_close(&rig);
}
END_TEST

START_TEST(lines_of_the_isp_wait_until_they_are_on)
{
    static const uint8_t rgb[12] = {0};
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    rig_lines(&rig, 16, 1, 0, 0, 0, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    isp_line(SIM_LINE_RGB, rgb, 4, 0, 2);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_ISP);
    isp_line(SIM_LINE_RGB, rgb, 4, 1, 2); /* in the middle of a frame */
    sim_run_until_ps(rig.sim, 100000 * NS);
    ck_assert_uint_eq(rig.packets, 0);
    rig_close(&rig);
}
END_TEST

START_TEST(frame_numbers_wrap_to_one)
{
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    rig_lines(&rig, 16, 1, 0, 0, 0, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    sim_line_t line = rig.source.line;
    line.data.raw = px;
    line.flags = SIM_LINE_FIRST | SIM_LINE_LAST;
    sim_line_sink_t sink = mipi_tx_line_sink(&rig.tx);
    for (uint32_t n = 1; n <= 65537; n++) {
        sink.line(sink.ctx, &line);
        sim_run_until_ps(rig.sim, n * 2000 * (uint64_t)NS);
        ck_assert_uint_eq(rig.packets, 3);
        uint32_t number = n <= 65535 ? n : n - 65535;
        ck_assert_uint_eq(rig.packet[0].header.word, number);
        ck_assert_uint_eq(rig.packet[2].header.word, number);
        rig.packets = 0;
    }
    rig_close(&rig);
}
END_TEST

START_TEST(frame_numbers_can_be_off)
{
    mipi_desc_t desc = rig_desc();
    desc.frame_numbers = false;
    rig_open(&rig, &desc);
    rig_lines(&rig, 16, 1, 3, 1000 * NS, 10000 * NS, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    sim_run_until_ps(rig.sim, 100000 * NS);
    ck_assert_uint_eq(rig.packets, 9);
    for (uint32_t n = 0; n < 9; n += 3) {
        ck_assert_uint_eq(rig.packet[n].header.word, 0);
        ck_assert_uint_eq(rig.packet[n + 2].header.word, 0);
    }
    rig_close(&rig);
}
END_TEST

/* ---- FIFO ---------------------------------------------------------------------------------------
 */
/*
 * 400 px = 500 bytes, 506 as a packet, 4425 ns each; a FIFO of 2048 bytes holds four. Lines arrive
 * each 1000 ns from 1000 ns on; FS takes 1000..1409.
 *   line 0 1409..5834, 1..3 wait; 4 (5000) lost; 5 (6000) taken; 6..9 lost;
 *   line 1 5834..10259; 10 (11000) taken; 11 (12000) lost.
 */
START_TEST(a_slow_link_drops_exactly_the_lines_that_find_no_room)
{
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    rig_lines(&rig, 400, 12, 12, 1000 * NS, 1000 * NS, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    rig_write(&rig, RIG_IRQ_EN, MIPI_IRQ_OVERFLOW);
    sim_run_until_ps(rig.sim, 4999 * NS);
    ck_assert_uint_eq(rig.irqs, 0);
    ck_assert_uint_eq(rig_read(&rig, RIG_FIFO_LEVEL), 4 * 506);
    sim_run_until_ps(rig.sim, 5000 * NS);
    ck_assert_uint_eq(rig.irqs, 1);
    ck_assert_uint_eq(rig_read(&rig, RIG_IRQ), MIPI_IRQ_OVERFLOW);
    sim_run_until_ps(rig.sim, 100000 * NS);
    ck_assert_uint_eq(rig.tx.lines_lost, 6);
    ck_assert_uint_eq(rig_read(&rig, RIG_LINES_LOST), 6);
    ck_assert_uint_eq(rig.tx.bytes_lost, 6 * 500);
    ck_assert_uint_eq(rig.tx.lines_sent, 6);
    ck_assert_uint_eq(rig.tx.fifo_peak_bytes, 4 * 506);
    ck_assert_uint_eq(rig.packets, 8); /* FS and FE never get lost */
    rig_expect(&rig, 7, 0, MIPI_DT_FE);
    ck_assert_uint_eq(rig.errors_logged, 1); /* once per frame */
    ck_assert_uint_eq(rig_read(&rig, RIG_FIFO_LEVEL), 0);
    rig_close(&rig);
}
END_TEST

/*
 * FS and line 0 take 409 + 4425 = 4834 ns. With a period of a quarter of that, line 4 arrives in
 * the very instant in which line 0 leaves: lost, whoever comes first. 4 ps later there is room.
 */
START_TEST(room_is_seen_after_the_instant_it_comes_back)
{
    for (uint32_t late_ps = 0; late_ps <= 1; late_ps++) {
        for (uint64_t shuffle = 0; shuffle < 8; shuffle++) {
            mipi_desc_t desc = rig_desc();
            rig_open(&rig, &desc);
            rig_lines(&rig, 400, 5, 5, 1000 * NS, 1208500 + late_ps, px);
            sim_set_shuffle(rig.sim, shuffle);
            rig_start(&rig);
            rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
            sim_run_until_ps(rig.sim, 100000 * NS);
            ck_assert_uint_eq(rig.tx.lines_lost, late_ps == 0 ? 1 : 0);
            rig_close(&rig);
        }
    }
}
END_TEST

/* A period of 4834 / 4 = 1208.5 ns: line 4 and the end of line 0 fall together, and so on. */
static uint64_t run_with_ties(uint32_t latency_cycles, uint64_t order)
{
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    rig.mem.latency_cycles = latency_cycles;
    rig_lines(&rig, 400, 7, 49, 1000 * NS, 1208500, px);
    sim_set_shuffle(rig.sim, order);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW | MIPI_CTRL_META);
    rig_meta(&rig, 2208500, 1000, 100, MIPI_DEST_RESET);
    sim_run_until_ps(rig.sim, 200000 * NS);
    uint64_t hash = sim_state_hash(rig.sim);
    ck_assert_uint_gt(rig.tx.lines_lost, 0);
    ck_assert_uint_eq(rig.tx.metadata_frames, 1);
    rig_close(&rig);
    return hash;
}

START_TEST(ties_do_not_change_the_state)
{
    static const uint64_t orders[] = {SIM_REVERSE, 1, 2, 3, 4};
    for (uint32_t latency = 1; latency <= 64; latency++) {
        uint64_t plain = run_with_ties(latency, 0);
        for (size_t i = 0; i < SIM_COUNT(orders); i++)
            ck_assert_msg(run_with_ties(latency, orders[i]) == plain, "latency %u, order %zu",
                          latency, i);
    }
}
END_TEST

START_TEST(frames_faster_than_the_link_are_dropped_whole)
{
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    /* One-line frames of 506 bytes: FS, line, FE take 5243 ns, a frame comes each 500 ns. Four
     * fit, 6 come (at 3000..5500) before the first has left at 1000 + 5243 ns. */
    rig_lines(&rig, 400, 1, 10, 1000 * NS, 500 * NS, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    sim_run_until_ps(rig.sim, 100000 * NS);
    ck_assert_uint_eq(rig.tx.frames_lost, 6);
    ck_assert_uint_eq(rig.tx.lines_lost, 6);
    ck_assert_uint_eq(rig.tx.frames_sent, 4);
    ck_assert_uint_eq(rig.packets, 12);
    ck_assert_uint_eq(rig.packet[11].header.word, 4);
    ck_assert_uint_eq(rig.errors_logged, 6);
    rig_close(&rig);
}
END_TEST

/* FS, line and FE take 409 + 4425 + 409 = 5243 ns; frame 4 comes four periods after frame 0. */
START_TEST(a_frame_in_the_instant_another_leaves_is_too_early)
{
    for (uint32_t late_ps = 0; late_ps <= 1; late_ps++) {
        for (uint64_t shuffle = 0; shuffle < 8; shuffle++) {
            mipi_desc_t desc = rig_desc();
            desc.fifo_bytes = 8192;
            rig_open(&rig, &desc);
            rig_lines(&rig, 400, 1, 5, 1000 * NS, 1310750 + late_ps, px);
            sim_set_shuffle(rig.sim, shuffle);
            rig_start(&rig);
            rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
            sim_run_until_ps(rig.sim, 100000 * NS);
            ck_assert_uint_eq(rig.tx.frames_lost, late_ps == 0 ? 1 : 0);
            rig_close(&rig);
        }
    }
}
END_TEST

/* 64 places, 8 of them kept for FS and FE: FS and 55 lines of 11 bytes fill the rest. */
START_TEST(the_fifo_has_64_places)
{
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    rig_lines(&rig, 4, 100, 200, 1000 * NS, 1 * NS, px);
    rig.source.lines = 100;
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    sim_run_until_ps(rig.sim, 1000000 * NS);
    ck_assert_uint_eq(rig.tx.lines_lost, 45);
    ck_assert_uint_eq(rig.packets, 57);
    ck_assert_uint_eq(rig.errors_logged, 1);
    /* the next frame logs anew */
    rig.source.lines = 200;
    rig.source.first_ps = 2000000 * NS - 100 * NS;
    sim_event_at(rig.sim, &rig.source.event, 2000000 * NS);
    sim_run_until_ps(rig.sim, 3000000 * NS);
    ck_assert_uint_eq(rig.tx.lines_lost, 90);
    ck_assert_uint_eq(rig.packets, 114);
    ck_assert_uint_eq(rig.errors_logged, 2);
    rig_close(&rig);
}
END_TEST

START_TEST(a_line_longer_than_a_packet_is_lost_not_wrapped)
{
    static uint16_t wide[60000];
    mipi_desc_t desc = rig_desc();
    desc.fifo_bytes = 1 << 20;
    rig_open(&rig, &desc);
    rig_lines(&rig, 60000, 1, 1, 1000 * NS, 1000 * NS, wide); /* 75,000 bytes > 65,535 */
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    sim_run_until_ps(rig.sim, SIM_PS_PER_MS);
    ck_assert_uint_eq(rig.tx.lines_lost, 1);
    ck_assert_uint_eq(rig.packets, 2);
    rig_close(&rig);
}
END_TEST

/* Random widths and rates through a small FIFO: what arrives is what was sent. */
START_TEST(what_is_taken_arrives_unchanged)
{
    sim_stream_t rng = sim_stream(7, 0, 0);
    for (uint32_t i = 0; i < SIM_COUNT(px); i++)
        px[i] = (uint16_t)sim_stream_below(&rng, 1024);
    for (uint32_t run = 0; run < 40; run++) {
        mipi_desc_t desc = rig_desc();
        desc.fifo_bytes = 1024 + sim_stream_below(&rng, 2000);
        rig_open(&rig, &desc);
        mipi_rx_t rx;
        mipi_rx_init(&rx, NULL, NULL);
        mipi_tx_listen(&rig.tx, mipi_rx_packet, &rx);
        uint32_t width = 4 + sim_stream_below(&rng, 396), height = 1 + sim_stream_below(&rng, 60);
        rig_lines(&rig, width, height, height * 5, 1000, 1 + sim_stream_below(&rng, 4000000), px);
        rig_start(&rig);
        rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW | MIPI_CTRL_EMBEDDED | MIPI_CTRL_META);
        rig_meta(&rig, 2000000, 700, 90, MIPI_DEST_RESET);
        sim_run_until_ps(rig.sim, 10 * SIM_PS_PER_MS);
        ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
        ck_assert_uint_eq(rig.tx.lines_sent + rig.tx.lines_lost +
                              rig.tx.embedded_bytes / mipi_embedded_line_bytes(width, 10),
                          height * 5 + 2 * (5 - rig.tx.frames_lost));
        ck_assert_uint_eq(rig.tx.fifo_packets, 0);
        ck_assert_uint_eq(rig.tx.fifo_used, 0);
        mipi_rx_free(&rx);
        rig_close(&rig);
    }
}
END_TEST

/* ---- registers, interrupts, faults, description
 * --------------------------------------------------- */
START_TEST(registers_have_their_reset_values)
{
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    rig_start(&rig);
    ck_assert_uint_eq(rig_read(&rig, RIG_ID), 0x00070001);
    ck_assert_uint_eq(rig_read(&rig, RIG_CTRL), 0);
    ck_assert_uint_eq(rig_read(&rig, RIG_META_LINE), 1024);
    ck_assert_uint_eq(rig_read(&rig, RIG_META_DEST), 0x130);
    rig_write(&rig, RIG_META_DEST, UINT32_MAX);
    ck_assert_uint_eq(rig_read(&rig, RIG_META_DEST), 0xf0f3f);
    rig_write(&rig, RIG_CTRL, UINT32_MAX);
    ck_assert_uint_eq(rig_read(&rig, RIG_CTRL), 0xff);
    rig_write(&rig, RIG_ID, 0);
    ck_assert_uint_eq(rig_read(&rig, RIG_ID), 0x00070001);
    ck_assert_uint_eq(rig.guests_logged, 1);
    rig_close(&rig);
}
END_TEST

START_TEST(the_interrupt_is_a_level_that_a_one_clears)
{
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    rig_lines(&rig, 16, 1, 2, 1000 * NS, 10000 * NS, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    sim_run_until_ps(rig.sim, 5000 * NS);
    ck_assert_uint_eq(rig_read(&rig, RIG_IRQ), MIPI_IRQ_FRAME_END);
    ck_assert(!rig.tx.irq.level); /* masked */
    rig_write(&rig, RIG_IRQ_EN, MIPI_IRQ_FRAME_END);
    ck_assert(rig.tx.irq.level);
    rig_write(&rig, RIG_IRQ, MIPI_IRQ_META_DONE);
    ck_assert(rig.tx.irq.level);
    rig_write(&rig, RIG_IRQ, MIPI_IRQ_FRAME_END);
    ck_assert(!rig.tx.irq.level);
    /* frame 1: FS 11000..11409, line ..11994, FE ..12403 */
    sim_run_until_ps(rig.sim, 12403 * NS - 1);
    ck_assert(!rig.tx.irq.level);
    ck_assert_uint_eq(rig_read(&rig, RIG_STATUS),
                      MIPI_STATUS_LINK | MIPI_STATUS_FRAME | MIPI_STATUS_FIFO);
    sim_run_until_ps(rig.sim, 12403 * NS);
    ck_assert(rig.tx.irq.level);
    ck_assert_uint_eq(rig_read(&rig, RIG_STATUS), 0);
    rig_close(&rig);
}
END_TEST

START_TEST(reset_brings_the_first_frame_back)
{
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    rig_lines(&rig, 400, 3, 0, 0, 0, px);
    rig_start(&rig);
    uint64_t hash = sim_state_hash(rig.sim);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW | MIPI_CTRL_META);
    sim_line_t line = rig.source.line;
    line.flags = SIM_LINE_FIRST;
    line.data.raw = px;
    sim_line_sink_t sink = mipi_tx_line_sink(&rig.tx);
    sink.line(sink.ctx, &line);
    rig_meta(&rig, 600 * NS, 100, 10, MIPI_DEST_RESET);
    sim_run_until_ps(rig.sim, 700 * NS);
    rig_write(&rig, RIG_IRQ_EN, UINT32_MAX);
    line.width_px = 4000; /* no room: overflow */
    sink.line(sink.ctx, &line);
    ck_assert(rig.tx.irq.level);
    ck_assert_uint_ne(sim_state_hash(rig.sim), hash);
    rig.mem.head = NULL;
    sim_event_cancel(rig.sim, &rig.mem.answer);
    sim_reset(rig.sim);
    ck_assert_uint_eq(sim_next_event_ps(rig.sim), SIM_NEVER_PS);
    ck_assert(!rig.tx.irq.level);
    ck_assert_uint_eq(rig.tx.fifo_packets, 0);
    ck_assert_uint_eq(rig_read(&rig, RIG_STATUS), 0);
    rig_close(&rig);
}
END_TEST

START_TEST(faults_hit_the_packets_they_name)
{
    mipi_fault_t faults[] = {
        {.packet = 1, .kind = MIPI_FAULT_FLIP, .arg = 3, .packets = 1},      /* header: corrected */
        {.packet = 2, .kind = MIPI_FAULT_FLIP, .arg = 8 * 10, .packets = 1}, /* payload: CRC */
        {.packet = 2, .kind = MIPI_FAULT_FLIP, .arg = 8 * 11, .packets = 1}, /* the same packet */
        {.packet = 3, .kind = MIPI_FAULT_TRUNCATE, .arg = 9, .packets = 1},  /* short */
        {.packet = 4, .kind = MIPI_FAULT_DROP, .packets = 1},                /* gone */
        {.packet = 5, .kind = MIPI_FAULT_SKEW, .extra = 9, .packets = 1},    /* one lane: no skew */
        {.packet = 6, .kind = MIPI_FAULT_LOSE_LANE, .packets = 1},        /* the only one: unseen */
        {.packet = 7, .kind = MIPI_FAULT_SYNC, .extra = 1, .packets = 1}, /* FE: tolerated */
    };
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    rig.tx.faults = faults;
    rig.tx.fault_count = SIM_COUNT(faults);
    mipi_rx_t rx;
    mipi_rx_init(&rx, NULL, NULL);
    mipi_tx_listen(&rig.tx, mipi_rx_packet, &rx);
    for (uint32_t i = 0; i < 16; i++)
        px[i] = (uint16_t)(100 + i);
    rig_lines(&rig, 16, 6, 6, 1000 * NS, 10000 * NS, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    sim_run_until_ps(rig.sim, 200000 * NS);
    ck_assert_uint_eq(rig.packets, 7); /* FS, 6 lines, FE less the dropped one */
    ck_assert_uint_eq(rx.counts[MIPI_RX_ECC_CORRECTED], 1);
    ck_assert_uint_eq(rx.counts[MIPI_RX_CRC], 1);
    ck_assert_uint_eq(rx.counts[MIPI_RX_SHORT], 1);
    ck_assert_uint_eq(rx.counts[MIPI_RX_SOT], 1);
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 4);
    ck_assert_uint_eq(rig.tx.faults_done, 7);
    for (size_t i = 0; i < SIM_COUNT(faults); i++)
        ck_assert(faults[i].done == 1 && faults[i].hits == 1);
    mipi_rx_free(&rx);
    rig_close(&rig);
}
END_TEST

START_TEST(descriptions_out_of_range_are_refused_by_name)
{
    sim_t *sim = sim_new();
    mipi_tx_t tx;
    mipi_desc_t desc = mipi_desc_default();
    desc.fifo_bytes = 1000;
    ck_assert_int_eq(mipi_tx_init(&tx, sim, &desc, "m"), SIM_EDESC);
    ck_assert_str_eq(sim_error(sim), "m.fifo_bytes: 1000 not in 1024..16777216");
    desc = mipi_desc_default();
    desc.dphy.lanes = 0;
    ck_assert_int_eq(mipi_tx_init(&tx, sim, &desc, "m"), SIM_EDESC);
    ck_assert_str_eq(sim_error(sim), "m.dphy.lanes: 0 not in 1..4");
    desc = mipi_desc_default();
    desc.embedded_lines = 9;
    ck_assert_int_eq(mipi_tx_init(&tx, sim, &desc, "m"), SIM_EDESC);
    desc = mipi_desc_default();
    desc.meta_line_bytes = 70000;
    ck_assert_int_eq(mipi_tx_init(&tx, sim, &desc, "m"), SIM_EDESC);
    sim_free(sim);
}
END_TEST

START_TEST(without_memory_the_check_fails)
{
    sim_t *sim = sim_new();
    mipi_tx_t tx;
    mipi_desc_t desc = mipi_desc_default();
    ck_assert_int_eq(mipi_tx_init(&tx, sim, &desc, "m"), SIM_OK);
    ck_assert_int_eq(sim_check(sim), SIM_EWIRE);
    ck_assert_str_eq(sim_error(sim), "m.mem: not connected");
    sim_free(sim);
    mipi_tx_free(&tx);
}
END_TEST

static const char *read_text(const char *text, mipi_desc_t *desc, char *error, size_t bytes)
{
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "chip.json");
    sim_cfg_t cfg = sim_doc_root(doc);
    *desc = mipi_desc_default();
    mipi_desc_read(&cfg, desc);
    snprintf(error, bytes, "%s", sim_doc_error(doc) == NULL ? "" : sim_doc_error(doc));
    sim_doc_free(doc);
    return error;
}

START_TEST(chip_data_are_read_strictly)
{
    mipi_desc_t desc;
    char error[256];
    ck_assert_str_eq(read_text("{}", &desc, error, sizeof(error)), "");
    ck_assert_uint_eq(desc.dphy.bit_rate_bps, 888000000);
    ck_assert_str_eq(read_text("{\"fifo_bytes\": 4096, \"dphy\": {\"lanes\": 4, "
                               "\"hs_exit\": {\"ns\": 120}}, \"source\": \"x\"}",
                               &desc, error, sizeof(error)),
                     "");
    ck_assert_uint_eq(desc.fifo_bytes, 4096);
    ck_assert_uint_eq(desc.dphy.lanes, 4);
    ck_assert_uint_eq(desc.dphy.hs_exit.ns, 120);
    ck_assert_ptr_nonnull(strstr(read_text("{\"fifo\": 1}", &desc, error, sizeof(error)), "fifo"));
    ck_assert_ptr_nonnull(
        strstr(read_text("{\"dphy\": {\"lanes\": 5}}", &desc, error, sizeof(error)), "dphy.lanes"));
    ck_assert_ptr_nonnull(
        strstr(read_text("{\"dphy\": {\"lpx\": {\"ns\": 40}}}", &desc, error, sizeof(error)),
               "dphy: lpx: 40 ns + 0 UI below 50 ns + 0 UI"));
}
END_TEST

START_TEST(the_default_chip_says_what_the_code_defaults_to)
{
    sim_doc_t *doc = sim_doc_load("logic/chips/imx500.json");
    sim_cfg_t root = sim_doc_root(doc), cfg = sim_cfg_obj(&root, "mipi");
    mipi_desc_t desc = {.dphy.bit_rate_bps = 888000000}; /* a sensor's PLL sets it */
    ck_assert(sim_cfg_has(&root, "mipi"));
    mipi_desc_read(&cfg, &desc); /* over zeros: every key is there */
    ck_assert_ptr_null(sim_doc_error(doc));
    sim_doc_free(doc);
    mipi_desc_t expected = mipi_desc_default();
    ck_assert_uint_eq(desc.clk_hz, expected.clk_hz);
    ck_assert_uint_eq(desc.fifo_bytes, expected.fifo_bytes);
    ck_assert_uint_eq(desc.meta_line_bytes, expected.meta_line_bytes);
    ck_assert_uint_eq(desc.embedded_lines, expected.embedded_lines);
    ck_assert_uint_eq(desc.frame_numbers, expected.frame_numbers);
    ck_assert_uint_eq(mipi_dphy_packet(&desc.dphy, 2541).end_ps, 11830225);
    desc.dphy.gated_clock = expected.dphy.gated_clock = true;
    ck_assert_uint_eq(mipi_dphy_packet(&desc.dphy, 2541).end_ps,
                      mipi_dphy_packet(&expected.dphy, 2541).end_ps);
}
END_TEST

START_TEST(what_a_line_will_take_is_told_as_the_registers_stand)
{
    mipi_desc_t desc = mipi_desc_default();
    rig_open(&rig, &desc);
    rig_lines(&rig, 2028, 1520, 0, 0, 0, px);
    rig_start(&rig);
    ck_assert_uint_eq(rig_row_ps(&rig, 10, 2028, 2028), 0);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_META | MIPI_CTRL_EMBEDDED);
    ck_assert_uint_eq(rig_row_ps(&rig, 10, 2028, 2028), 0);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    /* 2,541 bytes as above; 8 bits more a lane are 9.009 ns: 5,076, 2,034, 6,090 bytes */
    ck_assert_uint_eq(rig_row_ps(&rig, 10, 2028, 2028), 11830225);
    ck_assert_uint_le(
        rig_row_ps(&rig, 10, 4056, 4056) - (11830225 + 1267 * UINT64_C(8000000) / 888) + 1, 2);
    ck_assert_uint_le(
        rig_row_ps(&rig, 8, 2028, 2028) - (11830225 - 254 * UINT64_C(8000000) / 888) + 1, 2);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_ISP);
    ck_assert_uint_le(
        rig_row_ps(&rig, 10, 2028, 2028) - (11830225 + 1774 * UINT64_C(8000000) / 888) + 1, 2);
    rig_close(&rig);
}
END_TEST

TEST_MAIN("mipi tx", nothing_is_sent_until_something_is_enabled,
          a_frame_is_fs_lines_fe_at_their_times, the_binned_mode_of_the_sensor_flows_without_loss,
          embedded_lines_follow_fs_and_carry_the_registers, control_bits_wait_for_the_next_frame,
          a_frame_cut_short_is_closed_before_the_next, rgb_lines_go_out_blue_first,
          yuv422_lines_go_out_as_u_y_v_y, raw_and_a_region_are_frames_of_two_channels,
          lines_of_the_isp_wait_until_they_are_on, frame_numbers_wrap_to_one,
          frame_numbers_can_be_off, a_slow_link_drops_exactly_the_lines_that_find_no_room,
          room_is_seen_after_the_instant_it_comes_back, ties_do_not_change_the_state,
          frames_faster_than_the_link_are_dropped_whole,
          a_frame_in_the_instant_another_leaves_is_too_early, the_fifo_has_64_places,
          a_line_longer_than_a_packet_is_lost_not_wrapped, what_is_taken_arrives_unchanged,
          registers_have_their_reset_values, the_interrupt_is_a_level_that_a_one_clears,
          reset_brings_the_first_frame_back, faults_hit_the_packets_they_name,
          descriptions_out_of_range_are_refused_by_name, without_memory_the_check_fails,
          chip_data_are_read_strictly, the_default_chip_says_what_the_code_defaults_to,
          what_a_line_will_take_is_told_as_the_registers_stand)
