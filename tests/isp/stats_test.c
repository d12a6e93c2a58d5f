/*
 * stats_test.c - statistics for firmware: every word against the plain reference, when they come,
 * and what happens when they cannot.
 */
#include "tests/isp/slow.h"

#define STATS_ADDR (RIG_MEM_BASE + 0x4020)

static uint32_t between(sim_stream_t *s, uint32_t low, uint32_t high)
{
    return low + sim_stream_below(s, high - low + 1);
}

static uint32_t word_at(const rig_t *rig, uint32_t addr)
{
    const uint8_t *byte = rig->mem.bytes + (addr - RIG_MEM_BASE);
    return byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
}

static void random_window(sim_stream_t *s, uint32_t window[4])
{
    window[0] = between(s, 0, 255);
    window[1] = between(s, 0, 255);
    window[2] = between(s, 0, 3) ? between(s, 1, 256 - window[0]) : 4000;
    window[3] = between(s, 0, 3) ? between(s, 1, 256 - window[1]) : 4000;
}

static void random_counts(sim_stream_t *s, ref_t *ref)
{
    static const sim_bayer_t orders[] = {SIM_BAYER_GRBG, SIM_BAYER_RGGB, SIM_BAYER_BGGR,
                                         SIM_BAYER_GBRG};
    ref->bayer = orders[between(s, 0, 3)];
    ref->bits = between(s, 8, 12);
    for (int i = 0; i < 4; i++)
        ref->black[i] = between(s, 0, 600);
    ref->low = between(s, 0, 1) ? 0 : between(s, 0, 800);
    ref->high = between(s, 0, 3) ? between(s, 2500, 4095) : 4095;
    ref->rg_q8[0] = between(s, 0, 256);
    ref->rg_q8[1] = between(s, 0, 3) ? between(s, 256, 2000) : 0xffff;
    ref->bg_q8[0] = between(s, 0, 256);
    ref->bg_q8[1] = between(s, 0, 3) ? between(s, 256, 2000) : 0xffff;
    ref->focus_min = between(s, 0, 1) ? 0 : between(s, 0, 2000);
    random_window(s, ref->awb);
    random_window(s, ref->focus);
    ref->window = (sim_window_t){0};
    if (between(s, 0, 1))
        ref->window = (sim_window_t){between(s, 0, 99),  between(s, 0, 99), between(s, 1, 156),
                                     between(s, 1, 156), between(s, 0, 1),  between(s, 0, 1)};
}

static void check_block(const rig_t *rig, const ref_t *ref, uint32_t frame, const uint16_t *raw,
                        const char *what)
{
    static uint32_t expected[STATS_WORDS];
    ref_stats(ref, frame, raw, expected);
    for (uint32_t i = 0; i < STATS_WORDS; i++)
        ck_assert_msg(word_at(rig, STATS_ADDR + 4 * i) == expected[i],
                      "%s: %u x %u order %u: word %u is %u, not %u", what, ref->width_px,
                      ref->height_px, ref->bayer, i, word_at(rig, STATS_ADDR + 4 * i), expected[i]);
    ck_assert_uint_eq(rig->mem.bytes[STATS_ADDR - RIG_MEM_BASE - 1], RIG_UNWRITTEN);
    ck_assert_uint_eq(rig->mem.bytes[STATS_ADDR - RIG_MEM_BASE + STATS_BYTES], RIG_UNWRITTEN);
}

static void check_case(const ref_t *ref, const isp_desc_t *desc, uint64_t noise)
{
    uint16_t *raw = malloc(ref->width_px * ref->height_px * sizeof(*raw));
    rig_noise(noise, ref->bits, ref->width_px * ref->height_px, raw);
    for (int level = 0; level < SIM_SIMD_LEVELS; level++) {
        if (!sim_simd_force((sim_simd_t)level))
            continue;
        rig_t *rig = noise % 2 ? rig_new(desc) : rig_new_blind(desc);
        rig_configure(rig, ref, RIG_MEM_BASE + 0x8000);
        rig_count(rig, ref, STATS_ADDR);
        rig_write(rig, "ISP_CTRL", ISP_CTRL_ENABLE | ISP_CTRL_STATS);
        rig_frame(rig, ref, 7, raw);
        check_block(rig, ref, 7, raw, sim_simd_name((sim_simd_t)level));
        ck_assert_uint_eq(rig_read(rig, "ISP_STATUS"), ISP_STATUS_FRAME | ISP_STATUS_STATS);
        ck_assert_uint_eq(rig_read(rig, "ISP_STATS_FRAME"), 7);
        ck_assert_uint_eq(rig->mem.rule_breaks, 0);
        ck_assert_str_eq(rig->log, "");
        rig_free(rig);
    }
    free(raw);
}

START_TEST(every_word_equals_the_reference_at_every_vector_level)
{
    isp_desc_t desc = rig_small();
    sim_stream_t s = sim_stream(21, 2, 0);
    rig_t *rig = rig_new(&desc);
    ref_t ref = rig_reference(rig, 4, 4);
    rig_free(rig);
    for (uint64_t i = 0; i < 80; i++) {
        random_counts(&s, &ref);
        ref.width_px = between(&s, 4, i % 8 ? 90 : 256);
        ref.height_px = between(&s, 4, 40);
        check_case(&ref, &desc, i);
    }
}
END_TEST

/* 64 x 32 samples of 10 bits: 2 x 1 cells a zone, all of them R 300, Gr 200, Gb 202, B 100. */
START_TEST(sums_of_a_plain_frame_are_what_one_works_out)
{
    isp_desc_t desc = rig_small();
    rig_t *rig = rig_new(&desc);
    ref_t ref = rig_reference(rig, 64, 32);
    static uint16_t raw[64 * 32];
    for (uint32_t y = 0; y < 32; y++)
        for (uint32_t x = 0; x < 64; x++)
            raw[64 * y + x] = (uint16_t)(64 + (y & 1 ? x & 1 ? 25 : 50 : x & 1 ? 50 : 75));
    raw[64 * 31] = 1023; /* one Gb: 4092 - 256 = 3836, above 3800 */
    rig_configure(rig, &ref, RIG_MEM_BASE);
    rig_write(rig, "ISP_STATS_ADDR", STATS_ADDR);
    rig_write(rig, "ISP_CTRL", ISP_CTRL_ENABLE | ISP_CTRL_STATS);
    rig_frame(rig, &ref, 2, raw);
#define WORD(i) word_at(rig, STATS_ADDR + 4 * (i))
    ck_assert_uint_eq(WORD(0), 2);
    ck_assert_uint_eq(WORD(1), 16u << 16 | 32);
    ck_assert_uint_eq(WORD(2), 1);
    ck_assert_uint_eq(WORD(3), 0);
    ck_assert_uint_eq(WORD(4), 511 * 300);
    ck_assert_uint_eq(WORD(6), 511 * 400);
    ck_assert_uint_eq(WORD(8), 511 * 100);
    ck_assert_uint_eq(WORD(10), 511);
    /* window (2, 0): 1 step of 3636 in its lowest row of Gb */
    ck_assert_uint_eq(WORD(12 + 4 * 6), 3636);
    ck_assert_uint_eq(WORD(12 + 4 * 6 + 2), 3636 * 3636);
    ck_assert_uint_eq(WORD(12 + 4 * 7), 0);
    ck_assert_uint_eq(WORD(48 + 300 / 32), 512);
    ck_assert_uint_eq(WORD(48 + 128 + 200 / 32), 511);
    ck_assert_uint_eq(WORD(48 + 128 + (200 + 3836) / 2 / 32), 1);
    ck_assert_uint_eq(WORD(48 + 256 + 100 / 32), 512);
    ck_assert_uint_eq(WORD(432), 600);
    ck_assert_uint_eq(WORD(433), 800);
    ck_assert_uint_eq(WORD(434), 200);
    ck_assert_uint_eq(WORD(435), 2);
    ck_assert_uint_eq(WORD(432 + 4 * 240 + 3), 1); /* lower left: one of two is saturated */
    rig_free(rig);
}
END_TEST

/* Frames of 8 x 6 (slow.h): 5824 bytes are 46 bursts, the first of 96 bytes, the last of 96; each
 * takes ceil(bytes / 32) + 8 cycles, and there is always one. */
START_TEST(the_block_is_written_when_the_last_row_has_left_and_then_raises_the_interrupt)
{
    bench_t *b = bench_new();
    rig_count(b->rig, &b->ref, STATS_ADDR);
    rig_write(b->rig, "ISP_CTRL", ISP_CTRL_ENABLE | ISP_CTRL_STATS);
    rig_write(b->rig, "ISP_IRQ_EN", ISP_STATUS_STATS);
    bench_frame(b, 0, usual);
    rig_run_dry(b->rig);
    /* line 5 ends in 210, rows 4 and 5 are flushed 4 cycles apart, 15 cycles of pipe */
    uint64_t start = 210 + 2 * 4 + 15, cycles = 44 * (4 + 8) + 2 * (3 + 8);
    ck_assert_uint_eq(b->rig->mem.first_request_ps, start * CYCLE_PS);
    ck_assert_uint_eq(b->rig->mem.requests, 46);
    ck_assert_uint_eq(b->rig->mem.last_done_ps, (start + cycles) * CYCLE_PS);
    ck_assert_uint_eq(b->rig->irq_rises, 1);
    rig_write(b->rig, "ISP_STATUS", ISP_STATUS_STATS);
    ck_assert_uint_eq(b->rig->irq_falls, 1);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_STATUS"), ISP_STATUS_FRAME);
    bench_free(b);
}
END_TEST

START_TEST(statistics_next_to_a_tensor_leave_it_alone)
{
    bench_t *b = bench_new();
    b->ref.high = 4095;
    b->ref.awb[2] = b->ref.awb[3] = b->ref.focus[2] = b->ref.focus[3] = 256;
    b->ref.rg_q8[1] = b->ref.bg_q8[1] = 0xffff;
    rig_count(b->rig, &b->ref, STATS_ADDR);
    bench_frame(b, 0, usual);
    rig_run_dry(b->rig);
    tensor_is_right(b);
    image_is_right(b);
    check_block(b->rig, &b->ref, 0, b->raw, "beside a tensor");
    bench_free(b);
}
END_TEST

START_TEST(a_frame_that_ends_while_the_last_block_is_written_has_none)
{
    bench_t *b = bench_new();
    rig_count(b->rig, &b->ref, STATS_ADDR);
    rig_write(b->rig, "ISP_CTRL", ISP_CTRL_ENABLE | ISP_CTRL_STATS);
    bench_frame(b, 0, usual);
    bench_frame(b, 1, from_cycle(300)); /* ends in 433; the block takes 233 .. 783 */
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->isp.stats.blocks, 1);
    ck_assert_uint_eq(b->rig->isp.stats.lost_blocks, 1);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_STATS_FRAME"), 0);
    ck_assert_uint_eq(word_at(b->rig, STATS_ADDR), 0);
    ck_assert(logged(b, "statistics"));
    ck_assert_uint_ne(rig_read(b->rig, "ISP_STATUS") & ISP_STATUS_OVERRUN, 0);
    bench_frame(b, 2, from_cycle(1000));
    rig_run_dry(b->rig);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_STATS_FRAME"), 2);
    bench_free(b);
}
END_TEST

START_TEST(a_frame_cut_short_has_no_statistics_and_the_next_starts_from_0)
{
    bench_t *b = bench_new();
    b->ref.high = 4095;
    b->ref.awb[2] = b->ref.awb[3] = b->ref.focus[2] = b->ref.focus[3] = 256;
    rig_count(b->rig, &b->ref, STATS_ADDR);
    rig_lines(b->rig, &b->ref, 0, 4, b->raw, usual);
    bench_frame(b, 1, from_cycle(600));
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->isp.stats.blocks, 1);
    check_block(b->rig, &b->ref, 1, b->raw, "after a frame cut short");
    bench_free(b);
}
END_TEST

START_TEST(a_block_where_no_memory_is_is_lost_and_logged_once)
{
    bench_t *b = bench_new();
    rig_count(b->rig, &b->ref, 0x10000000);
    rig_write(b->rig, "ISP_CTRL", ISP_CTRL_ENABLE | ISP_CTRL_STATS);
    bench_frame(b, 0, usual);
    rig_run_dry(b->rig);
    ck_assert_int_eq(lines_logged(b), 1);
    ck_assert(logged(b, "guest: statistics written to 0x10000000"));
    ck_assert_uint_eq(rig_read(b->rig, "ISP_STATUS"), ISP_STATUS_FRAME | ISP_STATUS_OVERRUN);
    ck_assert_uint_eq(b->rig->isp.stats.lost_blocks, 1);
    bench_free(b);
}
END_TEST

TEST_MAIN("isp stats", every_word_equals_the_reference_at_every_vector_level,
          sums_of_a_plain_frame_are_what_one_works_out,
          the_block_is_written_when_the_last_row_has_left_and_then_raises_the_interrupt,
          statistics_next_to_a_tensor_leave_it_alone,
          a_frame_that_ends_while_the_last_block_is_written_has_none,
          a_frame_cut_short_has_no_statistics_and_the_next_starts_from_0,
          a_block_where_no_memory_is_is_lost_and_logged_once)
