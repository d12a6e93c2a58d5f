#include "tests/mipi/rig.h"
#include "tests/test.h"

#define NS 1000u

static rig_t rig;
static mipi_rx_t rx;
static uint16_t px[400 * 8];

/* The payload of the newest metadata frame, as the receiver puts it together. */
static uint8_t received[RIG_L2_BYTES];
static size_t received_bytes;
static uint32_t received_frames, received_lines;
static uint8_t received_vc, received_dt;

static void on_frame(void *ctx, const mipi_rx_frame_t *frame)
{
    (void)ctx;
    for (uint32_t i = 0; i < frame->streams; i++) {
        const mipi_rx_stream_t *s = &frame->stream[i];
        if (s->dt < MIPI_DT_USER1 && s->dt != MIPI_DT_EMBEDDED)
            continue;
        received_bytes = s->byte_count;
        memcpy(received, s->bytes, s->byte_count);
        received_lines = s->lines;
        received_vc = frame->vc;
        received_dt = s->dt;
        received_frames++;
    }
}

static void open_rig(const mipi_desc_t *desc, uint32_t ctrl)
{
    rig_open(&rig, desc);
    received_frames = 0;
    mipi_rx_init(&rx, NULL, &(mipi_rx_callbacks_t){.frame = on_frame});
    mipi_tx_listen(&rig.tx, mipi_rx_packet, &rx);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, ctrl);
}

static void close_rig(void)
{
    mipi_rx_free(&rx);
    rig_close(&rig);
}

static uint32_t asked_frame;
static uint64_t asked_ps;

static void on_asked(void *ctx, uint32_t frame)
{
    asked_frame = frame;
    asked_ps = sim_now_ps(((rig_t *)ctx)->sim);
}

START_TEST(whoever_wants_to_know_hears_of_metadata_when_it_is_asked_for)
{
    mipi_desc_t desc = rig_desc();
    open_rig(&desc, MIPI_CTRL_META);
    rig.tx.meta_asked = on_asked;
    rig_write(&rig, RIG_META_FRAME, 5);
    rig_meta(&rig, 12345 * NS, 10, 10, MIPI_DEST_RESET);
    ck_assert_uint_eq(asked_frame, 5);
    ck_assert_uint_eq(asked_ps, 12345 * NS);
    rig_write(&rig, RIG_META_FRAME, 6);
    rig_write(&rig, RIG_META_GO, 1); /* waits behind the other */
    ck_assert_uint_eq(asked_frame, 6);
    rig_write(&rig, RIG_META_FRAME, 7);
    rig_write(&rig, RIG_META_LINE, 0);
    rig_write(&rig, RIG_META_GO, 1); /* refused */
    ck_assert_uint_eq(asked_frame, 6);
    close_rig();
}
END_TEST

START_TEST(a_metadata_frame_leaves_at_its_times)
{
    mipi_desc_t desc = rig_desc();
    open_rig(&desc, MIPI_CTRL_META);
    rig_write(&rig, RIG_IRQ_EN, MIPI_IRQ_META_DONE);
    rig_write(&rig, RIG_META_FRAME, 77);
    rig_meta(&rig, 0, 20, 10, MIPI_DEST_RESET);
    ck_assert_uint_eq(rig_read(&rig, RIG_STATUS), MIPI_STATUS_META);
    sim_run_until_ps(rig.sim, 1848 * NS - 1);
    ck_assert_uint_eq(rig.irqs, 0);
    sim_run_until_ps(rig.sim, 1848 * NS);
    ck_assert_uint_eq(rig.irqs, 1);
    ck_assert_uint_eq(rig_read(&rig, RIG_STATUS), 0);
    /* First read at edge 1 (4 ns), there at 20 ns: FS 20..429 (409), lines of 10 + 6 bytes 429..934
     * and ..1439 (505 each), FE ..1848. Reads of 10, 6 (to the burst's end), 4 bytes. */
    ck_assert_uint_eq(rig.packets, 4);
    rig_expect(&rig, 0, 1, MIPI_DT_FS);
    rig_expect(&rig, 1, 1, MIPI_DT_USER1);
    rig_expect(&rig, 2, 1, MIPI_DT_USER1);
    rig_expect(&rig, 3, 1, MIPI_DT_FE);
    ck_assert_uint_eq(rig.packet[0].start_ps, 20 * NS);
    ck_assert_uint_eq(rig.packet[1].start_ps, 429 * NS);
    ck_assert_uint_eq(rig.packet[2].start_ps, 934 * NS);
    ck_assert_uint_eq(rig.packet[3].start_ps, 1439 * NS);
    ck_assert_uint_eq(rig.tx.l2_reads, 3);
    ck_assert_uint_eq(rig.tx.l2_wait_cycles, 3);
    ck_assert_uint_eq(rig.frames, 1);
    ck_assert(rig.frame[0].metadata);
    ck_assert_uint_eq(rig.frame[0].vc, 1);
    ck_assert_uint_eq(rig.frame[0].frame, 77);
    ck_assert_uint_eq(rig.frame[0].number, 1);
    ck_assert_uint_eq(rig.frame[0].bytes, 20);
    ck_assert_uint_eq(rig.frame[0].first_ps, (20 + 213) * NS);
    ck_assert_uint_eq(rig.frame[0].last_ps, (1439 + 213 + 32) * NS);
    close_rig();
}
END_TEST

START_TEST(metadata_of_any_length_line_and_address_arrive_unchanged)
{
    mipi_desc_t desc = rig_desc();
    open_rig(&desc, MIPI_CTRL_META);
    uint32_t frames = 0;
    uint64_t now = 0;
    for (uint32_t bytes = 1; bytes < 600; bytes += 37) {
        for (uint32_t line = 1; line <= 256; line = line * 3 + 1) {
            uint32_t offset = bytes % 29 * 3;
            sim_run_until_ps(rig.sim, now += SIM_PS_PER_MS);
            rig_write(&rig, RIG_META_ADDR, RIG_L2 + offset);
            rig_write(&rig, RIG_META_BYTES, bytes);
            rig_write(&rig, RIG_META_LINE, line);
            rig_write(&rig, RIG_META_DEST, 0x937); /* VC 9, user 8 */
            rig_write(&rig, RIG_META_GO, 1);
            rig.packets = 0;
            sim_run_until_ps(rig.sim, now + SIM_PS_PER_MS - 1);
            ck_assert_uint_eq(received_frames, ++frames);
            ck_assert_uint_eq(received_vc, 9);
            ck_assert_uint_eq(received_dt, 0x37);
            ck_assert_uint_eq(received_bytes, bytes);
            ck_assert_uint_eq(received_lines, (bytes + line - 1) / line);
            ck_assert_mem_eq(received, rig.mem.data + offset, bytes);
        }
    }
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
    ck_assert_uint_eq(rig.tx.metadata_frames, frames);
    close_rig();
}
END_TEST

START_TEST(reads_use_the_ports_bursts)
{
    mipi_desc_t desc = rig_desc();
    open_rig(&desc, MIPI_CTRL_META);
    rig.mem.burst_bytes = rig.tx.mem.max_burst_bytes = 64;
    rig_meta(&rig, 0, 200, 100, MIPI_DEST_RESET);
    sim_run_until_ps(rig.sim, SIM_PS_PER_MS);
    ck_assert_uint_eq(rig.tx.l2_reads, 5); /* 0..64..100, 100..128..192..200 */
    ck_assert_mem_eq(received, rig.mem.data, 200);
    close_rig();
}
END_TEST

START_TEST(a_padded_last_line_is_filled_with_zeros)
{
    mipi_desc_t desc = rig_desc();
    open_rig(&desc, MIPI_CTRL_META);
    rig_meta(&rig, 0, 400, 200, MIPI_DEST_RESET); /* leaves its bytes in both buffers */
    rig_meta(&rig, 100000 * NS, 50, 40, MIPI_DEST_RESET | MIPI_DEST_PAD);
    sim_run_until_ps(rig.sim, SIM_PS_PER_MS);
    ck_assert_uint_eq(received_frames, 2);
    ck_assert_uint_eq(received_bytes, 80);
    ck_assert_mem_eq(received, rig.mem.data, 50);
    for (uint32_t i = 50; i < 80; i++)
        ck_assert_uint_eq(received[i], 0);
    close_rig();
}
END_TEST

/* Lines of 506 bytes take 4425 ns of each 10000. */
START_TEST(metadata_goes_between_image_lines)
{
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    rig_lines(&rig, 400, 4, 4, 1000 * NS, 10000 * NS, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW | MIPI_CTRL_META);
    /* FS + line 0: 1000..5834; line 1 from 11000 on; metadata asked for at 12000 */
    rig_meta(&rig, 12000 * NS, 30, 10, MIPI_DEST_RESET);
    sim_run_until_ps(rig.sim, SIM_PS_PER_MS);
    const struct {
        uint8_t vc, dt;
    } order[] = {{0, MIPI_DT_FS},    {0, MIPI_DT_RAW10}, {0, MIPI_DT_RAW10}, {1, MIPI_DT_FS},
                 {1, MIPI_DT_USER1}, {1, MIPI_DT_USER1}, {1, MIPI_DT_USER1}, {1, MIPI_DT_FE},
                 {0, MIPI_DT_RAW10}, {0, MIPI_DT_RAW10}, {0, MIPI_DT_FE}};
    ck_assert_uint_eq(rig.packets, SIM_COUNT(order));
    for (uint32_t n = 0; n < SIM_COUNT(order); n++)
        rig_expect(&rig, n, order[n].vc, order[n].dt);
    ck_assert_uint_eq(rig.packet[3].start_ps, 15425 * NS); /* as soon as line 1 has left */
    rig_close(&rig);
}
END_TEST

/* Lines each 3000 ns on a link that takes 4425 ns for one: the queue never empties. Up to half
 * full, both take turns; above, the image goes first. */
START_TEST(metadata_takes_turns_until_the_fifo_is_half_full)
{
    mipi_desc_t desc = rig_desc();
    desc.fifo_bytes = 16384;
    rig_open(&rig, &desc);
    rig_lines(&rig, 400, 8, 8, 1000 * NS, 3000 * NS, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW | MIPI_CTRL_META);
    rig_meta(&rig, 900 * NS, 250, 100, MIPI_DEST_RESET);
    sim_run_until_ps(rig.sim, SIM_PS_PER_MS);
    /* metadata is there at 1 us, when the link takes the image's FS; then in turn */
    const uint8_t vc[] = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0};
    for (uint32_t n = 1; n < SIM_COUNT(vc); n++)
        ck_assert_uint_eq(rig.packet[n].header.vc, vc[n]);
    rig_close(&rig);

    desc.fifo_bytes = 2048;
    rig_open(&rig, &desc);
    rig_lines(&rig, 400, 4, 4, 1000 * NS, 300 * NS, px); /* four lines within one packet: full */
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW | MIPI_CTRL_META);
    rig_meta(&rig, 1950 * NS, 250, 100, MIPI_DEST_RESET);
    sim_run_until_ps(rig.sim, SIM_PS_PER_MS);
    /* After line 0: 3 lines = 1518 bytes, image; after line 1: 1012 <= 1024, metadata's turn */
    rig_expect(&rig, 1, 0, MIPI_DT_RAW10);
    rig_expect(&rig, 2, 0, MIPI_DT_RAW10);
    rig_expect(&rig, 3, 1, MIPI_DT_FS);
    rig_expect(&rig, 4, 0, MIPI_DT_RAW10);
    rig_expect(&rig, 5, 1, MIPI_DT_USER1);
    rig_expect(&rig, 6, 0, MIPI_DT_RAW10);
    rig_close(&rig);
}
END_TEST

START_TEST(inline_metadata_stands_in_the_image_frame_behind_the_embedded_lines)
{
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    received_frames = 0;
    mipi_rx_init(&rx, NULL, &(mipi_rx_callbacks_t){.frame = on_frame});
    mipi_tx_listen(&rig.tx, mipi_rx_packet, &rx);
    rig_lines(&rig, 400, 1, 2, 100000 * NS, 100000 * NS, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_EMBEDDED | MIPI_CTRL_META);
    /* 3 lines of 200: long before the frame begins; they wait for it, and FE waits for them */
    rig_meta(&rig, 1000 * NS, 600, 200, 0x35 | MIPI_DEST_INLINE);
    sim_run_until_ps(rig.sim, 99999 * NS);
    ck_assert_uint_eq(rig.packets, 0);
    sim_run_until_ps(rig.sim, 199999 * NS);
    const uint8_t dt[] = {MIPI_DT_FS, MIPI_DT_EMBEDDED, MIPI_DT_EMBEDDED, 0x35, 0x35,
                          0x35,       MIPI_DT_FE};
    ck_assert_uint_eq(rig.packets, SIM_COUNT(dt));
    for (uint32_t n = 0; n < SIM_COUNT(dt); n++)
        rig_expect(&rig, n, 0, dt[n]);
    ck_assert_uint_eq(received_frames, 2); /* embedded and metadata of one frame */
    ck_assert_uint_eq(received_dt, 0x35);
    ck_assert_uint_eq(received_bytes, 600);
    ck_assert_mem_eq(received, rig.mem.data, 600);
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
    ck_assert_uint_eq(rig.tx.metadata_frames, 1);
    sim_run_until_ps(rig.sim, SIM_PS_PER_MS);
    ck_assert_uint_eq(rig.packets, SIM_COUNT(dt) + 4); /* the next frame has none */
    mipi_rx_free(&rx);
    rig_close(&rig);
}
END_TEST

START_TEST(the_registers_are_free_once_go_is_written)
{
    mipi_desc_t desc = rig_desc();
    open_rig(&desc, MIPI_CTRL_META);
    rig_meta(&rig, 0, 100, 50, MIPI_DEST_RESET);
    rig_write(&rig, RIG_META_ADDR, 0);
    rig_write(&rig, RIG_META_BYTES, 1);
    rig_write(&rig, RIG_META_LINE, 7);
    rig_write(&rig, RIG_META_DEST, 0x431);
    rig_write(&rig, RIG_META_FRAME, 9);
    sim_run_until_ps(rig.sim, SIM_PS_PER_MS);
    ck_assert_uint_eq(received_bytes, 100);
    ck_assert_mem_eq(received, rig.mem.data, 100);
    ck_assert_uint_eq(received_vc, 1);
    ck_assert_uint_eq(rig.frame[0].frame, 0);
    close_rig();
}
END_TEST

START_TEST(what_cannot_be_sent_is_refused_and_logged)
{
    const struct {
        uint32_t ctrl, bytes, line, dest;
        const char *why;
    } bad[] = {
        {0, 10, 10, MIPI_DEST_RESET, "metadata is off"},
        {MIPI_CTRL_META, 0, 10, MIPI_DEST_RESET, "MIPI_META_BYTES is 0"},
        {MIPI_CTRL_META, 10, 0, MIPI_DEST_RESET, "MIPI_META_LINE"},
        {MIPI_CTRL_META, 10, 257, MIPI_DEST_RESET, "MIPI_META_LINE"},
        {MIPI_CTRL_META, 10, 10, 0x10f, "short packet"},
        {MIPI_CTRL_META, 10, 10, 0x12 | MIPI_DEST_INLINE, "without an image frame"},
    };
    mipi_desc_t desc = rig_desc();
    open_rig(&desc, 0);
    for (uint32_t i = 0; i < SIM_COUNT(bad); i++) {
        rig_write(&rig, RIG_CTRL, bad[i].ctrl);
        rig_meta(&rig, i * SIM_PS_PER_US, bad[i].bytes, bad[i].line, bad[i].dest);
        ck_assert_uint_eq(rig.guests_logged, i + 1);
        ck_assert_ptr_nonnull(strstr(rig.last_log, bad[i].why));
        ck_assert_uint_eq(rig_read(&rig, RIG_STATUS), 0);
    }
    rig_meta(&rig, 50 * SIM_PS_PER_US, 10, 10, MIPI_DEST_RESET);
    for (uint32_t i = 0; i < MIPI_META_JOBS; i++) {
        ck_assert_uint_eq(rig_read(&rig, RIG_STATUS) & MIPI_STATUS_FULL, 0);
        rig_write(&rig, RIG_META_GO, 1);
    }
    ck_assert_uint_eq(rig_read(&rig, RIG_STATUS), MIPI_STATUS_META | MIPI_STATUS_FULL);
    rig_write(&rig, RIG_META_GO, 1);
    ck_assert_ptr_nonnull(strstr(rig.last_log, "queue is full"));
    sim_run_until_ps(rig.sim, SIM_PS_PER_MS);
    ck_assert_uint_eq(rig.packets, 3 * (1 + MIPI_META_JOBS));
    close_rig();
}
END_TEST

START_TEST(metadata_from_nowhere_are_zeros_and_an_error_bit)
{
    mipi_desc_t desc = rig_desc();
    open_rig(&desc, MIPI_CTRL_META);
    rig_write(&rig, RIG_META_ADDR, 0x00001000);
    rig_write(&rig, RIG_META_BYTES, 40);
    rig_write(&rig, RIG_META_LINE, 40);
    rig_write(&rig, RIG_META_GO, 1);
    sim_run_until_ps(rig.sim, SIM_PS_PER_MS);
    ck_assert_uint_eq(rig_read(&rig, RIG_IRQ), MIPI_IRQ_META_DONE | MIPI_IRQ_META_ERROR);
    ck_assert_uint_eq(received_bytes, 40);
    for (uint32_t i = 0; i < 40; i++)
        ck_assert_uint_eq(received[i], 0);
    close_rig();
}
END_TEST

/* ---- the queue, lines, groups ---- */

static void job(uint32_t offset, uint32_t bytes, uint32_t line, uint32_t lines, uint32_t dest)
{
    rig_write(&rig, RIG_META_ADDR, RIG_L2 + offset);
    rig_write(&rig, RIG_META_BYTES, bytes);
    rig_write(&rig, RIG_META_LINE, line);
    rig_write(&rig, RIG_META_LINES, lines);
    rig_write(&rig, RIG_META_DEST, dest);
    rig_write(&rig, RIG_META_GO, 1);
}

START_TEST(lines_beyond_the_metadata_are_zeros_and_fewer_lines_cut_it)
{
    mipi_desc_t desc = rig_desc();
    open_rig(&desc, MIPI_CTRL_META);
    job(0, 50, 40, 4, MIPI_DEST_RESET); /* 40, 10 and 30 zeros, two lines of zeros */
    sim_run_until_ps(rig.sim, SIM_PS_PER_MS);
    ck_assert_uint_eq(received_lines, 4);
    ck_assert_uint_eq(received_bytes, 160);
    ck_assert_mem_eq(received, rig.mem.data, 50);
    for (uint32_t i = 50; i < 160; i++)
        ck_assert_uint_eq(received[i], 0);
    ck_assert_uint_eq(rig.tx.l2_reads, 5); /* 0..16..32..40, ..48, ..50 */
    job(0, 200, 40, 2, MIPI_DEST_RESET);
    sim_run_until_ps(rig.sim, 2 * SIM_PS_PER_MS);
    ck_assert_uint_eq(received_lines, 2);
    ck_assert_mem_eq(received, rig.mem.data, 80);
    job(0, 0, 16, 3, MIPI_DEST_RESET); /* nothing to read at all */
    sim_run_until_ps(rig.sim, 3 * SIM_PS_PER_MS);
    ck_assert_uint_eq(received_lines, 3);
    ck_assert_uint_eq(received_bytes, 48);
    ck_assert_uint_eq(rig_read(&rig, RIG_STATUS), 0);
    close_rig();
}
END_TEST

START_TEST(a_group_of_jobs_is_one_frame)
{
    mipi_desc_t desc = rig_desc();
    open_rig(&desc, MIPI_CTRL_META);
    job(0, 10, 10, 0, 0x231 | MIPI_DEST_MORE);
    job(64, 20, 20, 0, 0x232 | MIPI_DEST_MORE);
    rig_write(&rig, RIG_META_FRAME, 4);
    job(128, 10, 10, 0, 0x231);
    job(0, 10, 10, 0, 0x231); /* the next group */
    sim_run_until_ps(rig.sim, SIM_PS_PER_MS);
    const uint8_t dt[] = {MIPI_DT_FS, 0x31, 0x32, 0x31, MIPI_DT_FE, MIPI_DT_FS, 0x31, MIPI_DT_FE};
    ck_assert_uint_eq(rig.packets, SIM_COUNT(dt));
    for (uint32_t n = 0; n < SIM_COUNT(dt); n++)
        rig_expect(&rig, n, 2, dt[n]);
    ck_assert_uint_eq(rig.frames, 2);
    ck_assert_uint_eq(rig.frame[0].bytes, 40);
    ck_assert_uint_eq(rig.frame[0].frame, 4);
    ck_assert_uint_eq(rig.frame[0].first_ps, rig.packet[0].first_byte_ps);
    ck_assert_uint_eq(rig.frame[0].last_ps, rig.packet[4].last_byte_ps);
    ck_assert_uint_eq(rig.tx.metadata_frames, 2);
    close_rig();
}
END_TEST

START_TEST(the_time_of_a_line_can_be_read)
{
    mipi_desc_t desc = rig_desc();
    open_rig(&desc, MIPI_CTRL_META);
    rig_write(&rig, RIG_META_LINE, 100);
    ck_assert_uint_eq(rig_read(&rig, RIG_META_NS), 377 + 8 * 106);
    close_rig();
}
END_TEST

/* The low bits of every pixel are 01: the fifth byte is 01 01 01 01. */
START_TEST(bytes_can_leave_as_pixels_of_10_bits)
{
    mipi_desc_t desc = rig_desc();
    open_rig(&desc, MIPI_CTRL_META);
    job(0, 400, 200, 0, MIPI_DEST_RESET); /* leaves its bytes in both buffers */
    for (uint32_t bytes = 1; bytes <= 300; bytes += 23) {
        uint32_t line = 4 + bytes % 201, at = 0;
        job(bytes, bytes, line, 0, MIPI_DEST_RESET | MIPI_DEST_RAW10);
        sim_run_until_ps(rig.sim, (1 + bytes) * SIM_PS_PER_MS);
        for (uint32_t done = 0; done < bytes; done += line) {
            uint32_t count = bytes - done < line ? bytes - done : line;
            for (uint32_t i = 0; i < (count + 3) / 4 * 4; i++) {
                uint8_t want = i < count ? rig.mem.data[bytes + done + i] : 0;
                ck_assert_uint_eq(received[at++], want);
                if (i % 4 == 3)
                    ck_assert_uint_eq(received[at++], 0x55);
            }
        }
        ck_assert_uint_eq(received_bytes, at);
        ck_assert_uint_eq(received_lines, (bytes + line - 1) / line);
    }
    rig_write(&rig, RIG_META_DEST, MIPI_DEST_RESET | MIPI_DEST_RAW10);
    rig_write(&rig, RIG_META_LINE, 100);
    ck_assert_uint_eq(rig_read(&rig, RIG_META_NS), 377 + 8 * (125 + 6));
    rig_write(&rig, RIG_META_LINE, 204); /* 255 of the buffer's 256 bytes */
    rig_write(&rig, RIG_META_GO, 1);
    ck_assert_uint_eq(rig.guests_logged, 0);
    rig_write(&rig, RIG_META_LINE, 205); /* 260 */
    rig_write(&rig, RIG_META_GO, 1);
    ck_assert_ptr_nonnull(strstr(rig.last_log, "larger than the line buffer"));
    close_rig();
}
END_TEST

/* Frames of 2 lines, each 100 us; RAW10 lines of 506 bytes. */
static void open_hold(uint32_t frames, uint32_t ctrl)
{
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    rig_lines(&rig, 400, 2, 2 * frames, 100000 * NS, 100000 * NS, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_META | MIPI_CTRL_HOLD | ctrl);
}

static void expect_order(const uint8_t *dt, uint32_t count)
{
    ck_assert_uint_eq(rig.packets, count);
    for (uint32_t n = 0; n < count; n++)
        rig_expect(&rig, n, 0, dt[n]);
}

START_TEST(a_held_frame_end_waits_for_its_inline_group)
{
    open_hold(2, MIPI_CTRL_RAW);
    sim_run_until_ps(rig.sim, 250000 * NS); /* frame 1 begins at 300 us */
    ck_assert_uint_eq(rig.packets, 3);      /* FE is not among them */
    job(0, 10, 10, 0, 0x12 | MIPI_DEST_INLINE | MIPI_DEST_MORE);
    sim_run_until_ps(rig.sim, 270000 * NS);
    ck_assert_uint_eq(rig.packets, 4);
    job(0, 10, 10, 2, 0x12 | MIPI_DEST_INLINE);
    sim_run_until_ps(rig.sim, 299999 * NS);
    const uint8_t dt[] = {MIPI_DT_FS,       MIPI_DT_RAW10,    MIPI_DT_RAW10, MIPI_DT_EMBEDDED,
                          MIPI_DT_EMBEDDED, MIPI_DT_EMBEDDED, MIPI_DT_FE};
    expect_order(dt, SIM_COUNT(dt));
    ck_assert_uint_eq(rig.tx.metadata_frames, 1);
    ck_assert_uint_eq(rig_read(&rig, RIG_IRQ), MIPI_IRQ_META_DONE | MIPI_IRQ_FRAME_END);
    sim_run_until_ps(rig.sim, SIM_PS_PER_MS); /* no frame follows: this one stays open */
    ck_assert_uint_eq(rig.packets, SIM_COUNT(dt) + 3);
    rig_close(&rig);
}
END_TEST

START_TEST(the_next_frame_ends_the_wait_and_what_is_late_is_dropped)
{
    open_hold(3, MIPI_CTRL_RAW);
    sim_run_until_ps(rig.sim, 280000 * NS);
    /* 16 lines of 200 + 6 bytes, 2.025 us each: 280.02 .. 300.27 take 10, during which line 0 of
     * the next frame comes; the 11th has not begun. Behind it, a job of 3 lines of the same group.
     */
    job(0, 3200, 200, 0, 0x12 | MIPI_DEST_INLINE | MIPI_DEST_MORE);
    job(0, 600, 200, 0, 0x12 | MIPI_DEST_INLINE);
    sim_run_until_ps(rig.sim, 350000 * NS);
    ck_assert_uint_eq(rig_read(&rig, RIG_META_LOST), 6 + 3);
    ck_assert_uint_eq(rig_read(&rig, RIG_STATUS) & MIPI_STATUS_META, 0);
    ck_assert_uint_ne(rig_read(&rig, RIG_IRQ) & MIPI_IRQ_META_LATE, 0);
    ck_assert_uint_eq(rig.tx.metadata_frames, 0);
    ck_assert_ptr_nonnull(strstr(rig.last_log, "without all of its inline metadata"));
    rig_expect(&rig, 3 + 9, 0, MIPI_DT_EMBEDDED);
    rig_expect(&rig, 3 + 10, 0, MIPI_DT_FE);
    rig_expect(&rig, 3 + 11, 0, MIPI_DT_FS);
    ck_assert_uint_eq(rig.tx.lines_lost, 0);
    /* The next frame has its own; the one behind it gets none, and ends when nothing follows. */
    rig_write(&rig, RIG_IRQ, MIPI_IRQ_META_LATE);
    job(0, 10, 10, 0, 0x12 | MIPI_DEST_INLINE);
    sim_run_until_ps(rig.sim, 450000 * NS);
    ck_assert_uint_eq(rig.tx.metadata_frames, 1);
    ck_assert_uint_eq(rig_read(&rig, RIG_IRQ) & MIPI_IRQ_META_LATE, 0);
    rig_close(&rig);
}
END_TEST

START_TEST(frames_without_pixels_have_embedded_and_inline_lines_only)
{
    open_hold(1, MIPI_CTRL_EMBEDDED);
    sim_run_until_ps(rig.sim, 250000 * NS);
    job(0, 20, 10, 3, 0x30 | MIPI_DEST_INLINE);
    sim_run_until_ps(rig.sim, SIM_PS_PER_MS);
    const uint8_t dt[] = {MIPI_DT_FS, MIPI_DT_EMBEDDED, MIPI_DT_EMBEDDED, 0x30, 0x30,
                          0x30,       MIPI_DT_FE};
    expect_order(dt, SIM_COUNT(dt));
    rig_close(&rig);
}
END_TEST

TEST_MAIN("mipi metadata", whoever_wants_to_know_hears_of_metadata_when_it_is_asked_for,
          a_metadata_frame_leaves_at_its_times,
          metadata_of_any_length_line_and_address_arrive_unchanged, reads_use_the_ports_bursts,
          a_padded_last_line_is_filled_with_zeros, metadata_goes_between_image_lines,
          metadata_takes_turns_until_the_fifo_is_half_full,
          inline_metadata_stands_in_the_image_frame_behind_the_embedded_lines,
          the_registers_are_free_once_go_is_written, what_cannot_be_sent_is_refused_and_logged,
          metadata_from_nowhere_are_zeros_and_an_error_bit,
          lines_beyond_the_metadata_are_zeros_and_fewer_lines_cut_it, a_group_of_jobs_is_one_frame,
          the_time_of_a_line_can_be_read, bytes_can_leave_as_pixels_of_10_bits,
          a_held_frame_end_waits_for_its_inline_group,
          the_next_frame_ends_the_wait_and_what_is_late_is_dropped,
          frames_without_pixels_have_embedded_and_inline_lines_only)
