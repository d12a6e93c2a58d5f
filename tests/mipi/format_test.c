/*
 * format_test.c - every kind of packet that the transmitter makes of lines and for firmware, taken
 * by the receiver; what rows cost the link, by sums and by trying it.
 */
#include "mipi/tx.h"

#include "tests/mipi/rig.h"
#include "tests/test.h"

#define NS UINT64_C(1000)
#define MS SIM_PS_PER_MS

enum { WIDTH = 16 };
#define RGB SIM_LINE_RGB
#define YUV SIM_LINE_YUV422

static rig_t rig;
static mipi_rx_t rx;
static uint16_t px[WIDTH * 8];

/* The frame that the receiver saw last on each channel: its first stream that is not embedded. */
static struct {
    uint32_t frames, streams;
    uint8_t dt;
    uint32_t lines, width_px;
    uint8_t bytes[256];
    uint16_t px[WIDTH * 8];
} seen[MIPI_VCS];
static uint32_t shorts, short_dt, short_vc, short_word, filler_bytes;

static void on_frame(void *ctx, const mipi_rx_frame_t *frame)
{
    (void)ctx;
    seen[frame->vc].frames++;
    seen[frame->vc].streams = frame->streams;
    for (uint32_t i = 0; i < frame->streams; i++) {
        const mipi_rx_stream_t *s = &frame->stream[i];
        if (s->dt == MIPI_DT_EMBEDDED)
            continue;
        seen[frame->vc].dt = s->dt;
        seen[frame->vc].lines = s->lines;
        seen[frame->vc].width_px = s->width_px;
        if (s->px != NULL)
            memcpy(seen[frame->vc].px, s->px, sizeof(uint16_t) * s->lines * s->width_px);
        else
            memcpy(seen[frame->vc].bytes, s->bytes, s->byte_count < 256 ? s->byte_count : 256);
        return;
    }
}

static void on_packet(void *ctx, const mipi_header_t *header, const mipi_packet_t *packet,
                      bool good)
{
    (void)ctx, (void)packet;
    ck_assert(good);
    if (header->dt >= MIPI_DT_SHORT1 && header->dt < MIPI_DT_NULL) {
        shorts++;
        short_dt = header->dt, short_vc = header->vc, short_word = header->word;
    }
    if (header->dt == MIPI_DT_NULL || header->dt == MIPI_DT_BLANKING)
        filler_bytes += header->word;
}

static void open_rig(uint32_t ctrl)
{
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    mipi_rx_init(&rx, NULL, &(mipi_rx_callbacks_t){.packet = on_packet, .frame = on_frame});
    mipi_tx_listen(&rig.tx, mipi_rx_packet, &rx);
    memset(seen, 0, sizeof(seen));
    shorts = filler_bytes = 0;
    for (uint32_t i = 0; i < SIM_COUNT(px); i++)
        px[i] = (uint16_t)(i * 2749 + 11);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, ctrl);
}

/* The receiver found nothing wrong. */
static void close_rig(void)
{
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
    mipi_rx_free(&rx);
    rig_close(&rig);
}

static void put_line(sim_line_format_t format, const void *data, uint32_t bits, uint32_t width_px,
                     uint32_t row, uint32_t height_px)
{
    sim_line_t line = {.format = format,
                       .bits = bits,
                       .width_px = width_px,
                       .height_px = height_px,
                       .row = row,
                       .flags = (row == 0 ? SIM_LINE_FIRST : 0) |
                                (row + 1 == height_px ? SIM_LINE_LAST : 0)};
    if (format == SIM_LINE_RAW)
        line.data.raw = data;
    else
        line.data.rgb = data;
    sim_line_sink_t sink = mipi_tx_line_sink(&rig.tx);
    sink.line(sink.ctx, &line);
}

static void put_raw(uint32_t row, uint32_t height_px)
{
    put_line(SIM_LINE_RAW, px + (size_t)row * WIDTH, 10, WIDTH, row, height_px);
}

/* ---- lines -------------------------------------------------------------------------------------
 */
START_TEST(raw_lines_of_every_depth_arrive_unchanged)
{
    const uint8_t dt[] = {MIPI_DT_RAW8, MIPI_DT_RAW10, MIPI_DT_RAW12, MIPI_DT_RAW14, MIPI_DT_RAW16};
    for (uint32_t bits = 8; bits <= 16; bits += 2) {
        open_rig(MIPI_CTRL_RAW | MIPI_CTRL_EMBEDDED);
        for (uint32_t i = 0; i < SIM_COUNT(px); i++)
            px[i] &= (uint16_t)((1u << bits) - 1);
        for (uint32_t row = 0; row < 4; row++)
            put_line(SIM_LINE_RAW, px + (size_t)row * WIDTH, bits, WIDTH, row, 4);
        sim_run_until_ps(rig.sim, MS);
        ck_assert_uint_eq(seen[0].dt, dt[(bits - 8) / 2]);
        ck_assert_uint_eq(seen[0].lines, 4);
        ck_assert_mem_eq(seen[0].px, px, 4 * WIDTH * sizeof(*px));
        close_rig();
    }
}
END_TEST

START_TEST(small_rgb_lines_are_rgb565)
{
    static const uint8_t rgb[6] = {0xaf, 0xcf, 0x77, 0, 0xff, 0};
    open_rig(MIPI_CTRL_ISP | MIPI_CTRL_SMALL);
    put_line(RGB, rgb, 8, 2, 0, 1);
    sim_run_until_ps(rig.sim, MS);
    ck_assert_uint_eq(seen[0].dt, MIPI_DT_RGB565);
    ck_assert_mem_eq(seen[0].bytes, ((uint8_t[]){0x6e, 0xae, 0xe0, 0x07}), 4);
    close_rig();
}
END_TEST

START_TEST(small_yuv_lines_are_luma_and_all_in_turn)
{
    static const uint8_t yuv[4][9] = {"UaVbUcVd", "uevfugvh", "UiVjUkVl", "umvnuovp"};
    open_rig(MIPI_CTRL_ISP | MIPI_CTRL_SMALL);
    for (uint32_t row = 0; row < 4; row++)
        put_line(YUV, yuv[row], 8, 4, row, 4);
    sim_run_until_ps(rig.sim, MS);
    ck_assert_uint_eq(seen[0].dt, MIPI_DT_YUV420_8);
    ck_assert_uint_eq(seen[0].lines, 4);
    ck_assert_mem_eq(seen[0].bytes, "abcduevfugvhijklumvnuovp", 24);
    close_rig();
}
END_TEST

START_TEST(wide_yuv_lines_are_yuv422_of_ten_bits)
{
    const uint8_t uyvy[8] = "UaVbUcVd";
    uint16_t samples[8];
    uint8_t expected[10];
    for (uint32_t i = 0; i < 8; i++)
        samples[i] = (uint16_t)(uyvy[i] << 2);
    mipi_pack_row(10, SIM_SIMD_SCALAR)(expected, samples, 8);
    open_rig(MIPI_CTRL_ISP | MIPI_CTRL_WIDE);
    put_line(YUV, uyvy, 8, 4, 0, 1);
    sim_run_until_ps(rig.sim, MS);
    ck_assert_uint_eq(seen[0].dt, MIPI_DT_YUV422_10);
    ck_assert_uint_eq(rig.packet[1].header.word, 10);
    ck_assert_mem_eq(seen[0].bytes, expected, 10);
    close_rig();
}
END_TEST

START_TEST(depths_without_a_data_type_are_told_and_not_sent)
{
    open_rig(MIPI_CTRL_RAW);
    for (uint32_t bits = 0; bits < 24; bits++)
        if (bits < 8 || bits > 16 || bits % 2 != 0)
            put_line(SIM_LINE_RAW, px, bits, WIDTH, 0, 1);
    sim_run_until_ps(rig.sim, MS);
    ck_assert_uint_eq(rig.tx.lines_sent, 0);
    close_rig();
}
END_TEST

/* ---- around lines ------------------------------------------------------------------------------
 */
START_TEST(image_lines_stand_between_ls_and_le_of_their_number)
{
    const uint8_t dts[] = {MIPI_DT_FS,    MIPI_DT_EMBEDDED, MIPI_DT_EMBEDDED, MIPI_DT_LS,
                           MIPI_DT_RAW10, MIPI_DT_LE,       MIPI_DT_LS,       MIPI_DT_RAW10,
                           MIPI_DT_LE,    MIPI_DT_FE};
    open_rig(MIPI_CTRL_RAW | MIPI_CTRL_EMBEDDED | MIPI_CTRL_SYNC);
    rig_write(&rig, RIG_IMAGE_VC, 9);
    for (uint32_t frame = 0; frame < 2; frame++) {
        put_raw(0, 2);
        put_raw(1, 2);
        sim_run_until_ps(rig.sim, (frame + 1) * MS);
        for (uint32_t i = 0; i < SIM_COUNT(dts); i++)
            rig_expect(&rig, frame * 10 + i, 9, dts[i]);
        for (uint32_t i = 3; i < 9; i += 2 + i % 2)
            ck_assert_uint_eq(rig.packet[frame * 10 + i].header.word, i < 6 ? 1 : 2);
    }
    ck_assert_uint_eq(rig.packets, 20);
    ck_assert_uint_eq(seen[9].frames, 2);
    close_rig();
}
END_TEST

/* 1 lane of 1 Gb/s, FIFO of 2048: lines of 1000 bytes, of which 2 fit. */
START_TEST(a_lost_line_takes_its_ls_and_le_along_and_its_number_stays_free)
{
    static uint16_t wide[800];
    open_rig(MIPI_CTRL_RAW | MIPI_CTRL_SYNC);
    for (uint32_t row = 0; row < 3; row++)
        put_line(SIM_LINE_RAW, wide, 10, 800, row, 4);
    sim_run_until_ps(rig.sim, MS);
    put_line(SIM_LINE_RAW, wide, 10, 800, 3, 4);
    sim_run_until_ps(rig.sim, 2 * MS);
    ck_assert_uint_eq(rig.tx.lines_lost, 1);
    ck_assert_uint_eq(rig.packets, 11);
    rig_expect(&rig, 7, 0, MIPI_DT_LS);
    ck_assert_uint_eq(rig.packet[7].header.word, 4);
    ck_assert_uint_eq(rx.counts[MIPI_RX_LINE_NUMBER], 1); /* and the receiver sees it */
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 1);
    rx.counts[MIPI_RX_LINE_NUMBER] = 0;
    close_rig();
}
END_TEST

START_TEST(filler_follows_image_lines_and_counts_as_none)
{
    for (uint32_t null = 0; null < 2; null++) {
        open_rig(MIPI_CTRL_RAW | MIPI_CTRL_EMBEDDED);
        rig_write(&rig, RIG_FILL, null << 16 | 30);
        put_raw(0, 2);
        put_raw(1, 2);
        sim_run_until_ps(rig.sim, MS);
        uint8_t dt = null ? MIPI_DT_NULL : MIPI_DT_BLANKING;
        rig_expect(&rig, 3, 0, MIPI_DT_RAW10);
        rig_expect(&rig, 4, 0, dt);
        rig_expect(&rig, 5, 0, MIPI_DT_RAW10);
        rig_expect(&rig, 6, 0, dt);
        rig_expect(&rig, 7, 0, MIPI_DT_FE);
        ck_assert_uint_eq(filler_bytes, 60);
        ck_assert_uint_eq(rig.tx.filler_bytes, 60);
        ck_assert_uint_eq(rig.tx.lines_sent, 2);
        ck_assert_uint_eq(rig.tx.image_bytes, 40);
        ck_assert_uint_eq(rig.frame[0].bytes, 40 + 2 * 32);
        ck_assert_uint_eq(seen[0].streams, 2);
        close_rig();
    }
}
END_TEST

/* FIFO of 2048: three lines of 506 and their fillers of 206 do not all fit; the lines do. */
START_TEST(filler_never_costs_a_line)
{
    static uint16_t wide[400];
    open_rig(MIPI_CTRL_RAW);
    rig_write(&rig, RIG_FILL, 200);
    for (uint32_t row = 0; row < 3; row++)
        put_line(SIM_LINE_RAW, wide, 10, 400, row, 3);
    sim_run_until_ps(rig.sim, MS);
    ck_assert_uint_eq(rig.tx.lines_sent, 3);
    ck_assert_uint_eq(rig.tx.lines_lost, 0);
    ck_assert_uint_eq(rig.tx.filler_bytes, 400);
    close_rig();
}
END_TEST

/* ---- generic short packets ---------------------------------------------------------------------
 */
START_TEST(firmware_sends_generic_short_packets_of_any_kind)
{
    open_rig(0);
    for (uint32_t vc = 0; vc < MIPI_VCS; vc++) {
        for (uint32_t kind = 0; kind < 8; kind++) {
            uint16_t word = (uint16_t)(1u << vc | kind << 3);
            rig_write(&rig, RIG_SHORT, vc << 24 | kind << 16 | word);
            sim_run_until_ps(rig.sim, sim_now_ps(rig.sim) + 409 * NS);
            ck_assert_uint_eq(shorts, vc * 8 + kind + 1);
            ck_assert_uint_eq(short_vc, vc);
            ck_assert_uint_eq(short_dt, 8 + kind);
            ck_assert_uint_eq(short_word, word);
        }
    }
    ck_assert_uint_eq(rig.tx.shorts_sent, 128);
    close_rig();
}
END_TEST

START_TEST(a_generic_short_packet_leaves_behind_the_lines_that_wait)
{
    open_rig(MIPI_CTRL_RAW);
    put_raw(0, 2);
    rig_write(&rig, RIG_SHORT, 0x3 << 24 | 0x51234);
    put_raw(1, 2);
    sim_run_until_ps(rig.sim, MS);
    rig_expect(&rig, 1, 0, MIPI_DT_RAW10);
    rig_expect(&rig, 2, 3, 0x0d);
    rig_expect(&rig, 3, 0, MIPI_DT_RAW10);
    ck_assert_uint_eq(rig.packet[2].header.word, 0x1234);
    ck_assert_uint_eq(seen[0].frames, 1);
    close_rig();
}
END_TEST

START_TEST(a_generic_short_packet_without_a_place_is_lost_and_told)
{
    open_rig(0);
    for (uint32_t n = 0; n < 60; n++) /* 56 places; the link takes none of them within an instant */
        rig_write(&rig, RIG_SHORT, n);
    ck_assert_uint_eq(rig.tx.shorts_lost, 4);
    ck_assert_uint_eq(rig.guests_logged, 4);
    sim_run_until_ps(rig.sim, MS);
    ck_assert_uint_eq(shorts, 56);
    ck_assert_uint_eq(short_word, 55);
    close_rig();
}
END_TEST

/* ---- channels ----------------------------------------------------------------------------------
 */
START_TEST(image_region_and_metadata_share_the_link_on_any_three_channels)
{
    static uint8_t rgb[3 * 8];
    for (uint32_t i = 0; i < sizeof(rgb); i++)
        rgb[i] = (uint8_t)(i * 11 + 1);
    for (uint32_t vc = 0; vc < MIPI_VCS; vc++) {
        uint32_t isp_vc = (vc + 5) % MIPI_VCS, meta_vc = (vc + 11) % MIPI_VCS;
        open_rig(MIPI_CTRL_RAW | MIPI_CTRL_EMBEDDED | MIPI_CTRL_ISP | MIPI_CTRL_META |
                 MIPI_CTRL_SYNC);
        for (uint32_t i = 0; i < SIM_COUNT(px); i++)
            px[i] &= 0x3ff;
        rig_write(&rig, RIG_IMAGE_VC, vc);
        rig_write(&rig, 0x18, isp_vc);
        rig_meta(&rig, 0, 120, 50, meta_vc << 8 | (0x30 + vc % 8));
        for (uint32_t row = 0; row < 2; row++) {
            put_raw(row, 2);
            put_line(RGB, rgb, 8, 8, row, 2);
            sim_run_until_ps(rig.sim, (row + 1) * 6000 * NS);
        }
        sim_run_until_ps(rig.sim, MS);
        ck_assert_uint_eq(seen[vc].frames + seen[isp_vc].frames + seen[meta_vc].frames, 3);
        ck_assert_uint_eq(seen[vc].dt, MIPI_DT_RAW10);
        ck_assert_mem_eq(seen[vc].px, px, 2 * WIDTH * sizeof(*px));
        ck_assert_uint_eq(seen[isp_vc].dt, MIPI_DT_RGB888);
        ck_assert_uint_eq(seen[isp_vc].bytes[0], rgb[2]);
        ck_assert_uint_eq(seen[meta_vc].dt, 0x30 + vc % 8);
        ck_assert_mem_eq(seen[meta_vc].bytes, rig.mem.data, 120);
        close_rig();
    }
}
END_TEST

/* User defined, generic long, and whatever else firmware gives as data type of its metadata. */
START_TEST(metadata_leave_as_any_long_data_type)
{
    for (uint8_t dt = MIPI_DT_EMBEDDED; dt < 0x38; dt++) {
        if (!mipi_dt_known(dt))
            continue;
        open_rig(MIPI_CTRL_META);
        rig_meta(&rig, 0, 210, 210, 0x600u | dt);
        sim_run_until_ps(rig.sim, MS);
        rig_expect(&rig, 1, 6, dt);
        ck_assert_uint_eq(rig.packet[1].header.word, 210);
        ck_assert_uint_eq(seen[6].frames, 1);
        close_rig();
    }
}
END_TEST

/* ---- what a row costs --------------------------------------------------------------------------
 */
static mipi_row_cost_t cost(sim_line_format_t format, uint32_t isp_width_px)
{
    const mipi_rows_t rows = {10, WIDTH, format, isp_width_px};
    return mipi_tx_row_cost(&rig.tx, &rows);
}

static void costs(mipi_row_cost_t found, uint64_t bytes, uint64_t ns)
{
    ck_assert_uint_eq(found.bytes, bytes);
    ck_assert_uint_eq(found.ps, ns * NS);
}

/* 1 lane of 1 Gb/s: n bytes take 377 + 8 n ns. */
START_TEST(a_row_costs_what_its_packets_cost)
{
    open_rig(MIPI_CTRL_EMBEDDED | MIPI_CTRL_META);
    costs(cost(RGB, 8), 0, 0);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    costs(cost(RGB, 8), 26, 585);
    rig_write(&rig, RIG_FILL, 100);
    costs(cost(RGB, 8), 26 + 106, 585 + 1225);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW | MIPI_CTRL_SYNC);
    costs(cost(RGB, 8), 26 + 106 + 8, 585 + 1225 + 2 * 409);
    rig_write(&rig, RIG_FILL, 0);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_ISP);
    costs(cost(RGB, 8), 30, 617);
    costs(cost(YUV, 8), 22, 553);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_ISP | MIPI_CTRL_SMALL);
    costs(cost(RGB, 8), 22, 553);
    costs(cost(YUV, 8), (14 + 22) / 2, 377 + 8 * 18);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_ISP | MIPI_CTRL_WIDE);
    costs(cost(RGB, 8), 30, 617);
    costs(cost(YUV, 8), 26, 585);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_ISP | MIPI_CTRL_RAW);
    costs(cost(RGB, 8), 26 + 30, 585 + 617);
    close_rig();
}
END_TEST

/* 500 rows of a frame, which come every period_ps: how many find no room. */
static uint64_t lost_at(uint32_t ctrl, sim_line_format_t isp, uint64_t period_ps)
{
    static uint8_t row_bytes[3 * WIDTH];
    uint64_t at = 20000 * NS;
    open_rig(ctrl);
    for (uint32_t row = 0; row < 500; row++, at += period_ps) {
        sim_run_until_ps(rig.sim, at);
        put_line(SIM_LINE_RAW, px, 10, WIDTH, row, 1000);
        put_line(isp, row_bytes, 8, WIDTH, row, 1000);
    }
    uint64_t lost = rig.tx.lines_lost;
    mipi_rx_free(&rx);
    rig_close(&rig);
    return lost;
}

START_TEST(rows_that_come_as_fast_as_told_drain_and_faster_ones_do_not)
{
    const struct {
        uint32_t ctrl;
        sim_line_format_t isp;
    } modes[] = {
        {MIPI_CTRL_RAW, RGB},
        {MIPI_CTRL_RAW | MIPI_CTRL_SYNC, RGB},
        {MIPI_CTRL_ISP, RGB},
        {MIPI_CTRL_ISP, YUV},
        {MIPI_CTRL_ISP | MIPI_CTRL_SMALL, RGB},
        {MIPI_CTRL_ISP | MIPI_CTRL_SMALL, YUV},
        {MIPI_CTRL_ISP | MIPI_CTRL_RAW | MIPI_CTRL_SYNC, RGB},
    };
    for (size_t i = 0; i < SIM_COUNT(modes); i++) {
        open_rig(modes[i].ctrl);
        uint64_t ps = cost(modes[i].isp, WIDTH).ps;
        mipi_rx_free(&rx);
        rig_close(&rig);
        ck_assert_uint_eq(lost_at(modes[i].ctrl, modes[i].isp, ps), 0);
        ck_assert_uint_gt(lost_at(modes[i].ctrl, modes[i].isp, ps - ps / 5), 0);
    }
}
END_TEST

TEST_MAIN("mipi formats", raw_lines_of_every_depth_arrive_unchanged, small_rgb_lines_are_rgb565,
          small_yuv_lines_are_luma_and_all_in_turn, wide_yuv_lines_are_yuv422_of_ten_bits,
          depths_without_a_data_type_are_told_and_not_sent,
          image_lines_stand_between_ls_and_le_of_their_number,
          a_lost_line_takes_its_ls_and_le_along_and_its_number_stays_free,
          filler_follows_image_lines_and_counts_as_none, filler_never_costs_a_line,
          firmware_sends_generic_short_packets_of_any_kind,
          a_generic_short_packet_leaves_behind_the_lines_that_wait,
          a_generic_short_packet_without_a_place_is_lost_and_told,
          image_region_and_metadata_share_the_link_on_any_three_channels,
          metadata_leave_as_any_long_data_type, a_row_costs_what_its_packets_cost,
          rows_that_come_as_fast_as_told_drain_and_faster_ones_do_not)
