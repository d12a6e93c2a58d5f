/*
 * tnr_test.c - temporal noise reduction: against the plain reference over several frames, what it
 * does to noise and to what moves, when it starts anew, its bursts, and a memory that is too slow.
 */
#include "sim/snapshot.h"
#include "tests/isp/slow.h"

#define TNR_ADDR (RIG_MEM_BASE + 0x20000)

static uint32_t between(sim_stream_t *s, uint32_t low, uint32_t high)
{
    return low + sim_stream_below(s, high - low + 1);
}

static const uint8_t *kept(const rig_t *rig)
{
    return rig->mem.bytes + (TNR_ADDR - RIG_MEM_BASE);
}

static ref_t filtering(rig_t *rig, uint32_t width, uint32_t height)
{
    ref_t ref = rig_reference(rig, width, height);
    ref.tnr = true;
    ref.tnr_gain = 64;
    ref.tnr_read = 2000;
    ref.tnr_addr = TNR_ADDR;
    return ref;
}

/* Image without tensor. */
static void configure(rig_t *rig, const ref_t *ref)
{
    rig_configure(rig, ref, RIG_MEM_BASE);
    rig_write(rig, "ISP_CTRL", ISP_CTRL_ENABLE);
}

/* ---- against the reference ---- */

static void random_case(sim_stream_t *s, ref_t *ref)
{
    static const sim_bayer_t orders[] = {SIM_BAYER_GRBG, SIM_BAYER_RGGB, SIM_BAYER_BGGR,
                                         SIM_BAYER_GBRG};
    ref->bayer = orders[between(s, 0, 3)];
    ref->bits = between(s, 8, 12);
    ref->width_px = between(s, 4, 150);
    ref->height_px = between(s, 4, 20);
    for (int i = 0; i < 4; i++)
        ref->black[i] = between(s, 0, 400);
    ref->tnr_packed = between(s, 0, 1);
    ref->tnr_gain = between(s, 1, 256);
    ref->tnr_read = between(s, 0, 3) ? between(s, 0, 20000) : between(s, 0, 0xfffff);
    ref->tnr_shot = between(s, 0, 2) ? between(s, 0, 4000) : between(s, 0, 0xffff);
    ref->search = between(s, 0, 1);
    ref->hot_dn = ref->cold_dn = between(s, 0, 500);
}

/* Some samples stay, some change a little, some are others. */
static void next_frame(sim_stream_t *s, const ref_t *ref, uint16_t *raw)
{
    uint32_t white = (1u << ref->bits) - 1, step = 1 + (white >> 4);
    for (uint32_t i = 0; i < ref->width_px * ref->height_px; i++) {
        uint32_t what = between(s, 0, 3), low = raw[i] > step ? raw[i] - step : 0;
        if (what == 0)
            raw[i] = (uint16_t)between(s, 0, white);
        else if (what < 3)
            raw[i] = (uint16_t)between(s, low, low + 2 * step > white ? white : low + 2 * step);
    }
}

static void check_frame(rig_t *rig, const ref_t *ref, const uint16_t *word, const uint16_t *out)
{
    static uint8_t rgb[256 * 256 * 3];
    ref_t behind = ref_behind_tnr(ref);
    ref_rgb(&behind, out, rgb);
    for (uint32_t y = 0; y < ref->height_px; y++)
        for (uint32_t x = 0; x < ref->width_px; x++)
            ck_assert_uint_eq(ref_tnr_word(ref, kept(rig), x, y), word[y * ref->width_px + x]);
    ck_assert_mem_eq(rig->rgb, rgb, (size_t)ref->width_px * ref->height_px * 3);
}

/* How many samples stood too far apart, over four frames. */
static uint64_t check_case(uint32_t number)
{
    isp_desc_t desc = rig_small();
    sim_stream_t s = sim_stream(31, 4, number);
    static uint16_t raw[150 * 20], word[150 * 20], out[150 * 20];
    rig_t *rig = rig_new(&desc);
    ref_t ref = filtering(rig, 4, 4);
    random_case(&s, &ref);
    configure(rig, &ref);
    rig_noise(number, ref.bits, ref.width_px * ref.height_px, raw);
    for (uint32_t frame = 0; frame < 4; frame++) {
        rig_frame(rig, &ref, frame, raw);
        ref_tnr(&ref, raw, frame == 0, word, out);
        check_frame(rig, &ref, word, out);
        rig->rows = 0;
        next_frame(&s, &ref, raw);
    }
    ck_assert_uint_eq(rig->isp.tnr.frames, 3);
    ck_assert_uint_eq(rig->isp.tnr.starts, 1);
    ck_assert_uint_eq(rig->isp.tnr.late_lines + rig->isp.tnr.lost_lines, 0);
    ck_assert_uint_eq(rig->mem.rule_breaks, 0);
    ck_assert_str_eq(rig->log, "");
    uint64_t moved = rig->isp.tnr.moved_px;
    rig_free(rig);
    return moved;
}

START_TEST(every_sample_of_several_frames_equals_the_reference_at_every_vector_level)
{
    for (uint32_t i = 0; i < 40; i++) {
        sim_simd_force(SIM_SIMD_SCALAR);
        uint64_t moved = check_case(i);
        for (int level = 1; level < SIM_SIMD_LEVELS; level++)
            if (sim_simd_force((sim_simd_t)level))
                ck_assert_uint_eq(check_case(i), moved);
    }
}
END_TEST

/* ---- noise and motion ---- */

/* 1500 and four numbers of 0..63: variance 4 (64^2 - 1) / 12 = 1365 DN^2, 12 bits. */
static void noisy_frame(sim_stream_t *s, uint32_t count, uint16_t *raw)
{
    for (uint32_t i = 0; i < count; i++) {
        raw[i] = 1500;
        for (int k = 0; k < 4; k++)
            raw[i] = (uint16_t)(raw[i] + between(s, 0, 63));
    }
}

static double variance_kept(const rig_t *rig, const ref_t *ref)
{
    double sum = 0, squares = 0, count = (double)ref->width_px * ref->height_px;
    for (uint32_t y = 0; y < ref->height_px; y++)
        for (uint32_t x = 0; x < ref->width_px; x++) {
            double dn = ref_tnr_word(ref, kept(rig), x, y) / 16.0;
            sum += dn;
            squares += dn * dn;
        }
    return squares / count - sum / count * (sum / count);
}

/* The variance of 16384 samples is known to 1.1 % (sigma); 5 sigma. */
START_TEST(noise_of_a_flat_field_falls_by_the_root_of_k_over_2_minus_k)
{
    static const uint32_t gains[] = {32, 64, 128};
    static uint16_t raw[128 * 128];
    isp_desc_t desc = rig_small();
    for (size_t i = 0; i < SIM_COUNT(gains); i++) {
        rig_t *rig = rig_new_blind(&desc);
        sim_stream_t s = sim_stream(5, (uint32_t)i, 0);
        ref_t ref = filtering(rig, 128, 128);
        double k = gains[i] / 256.0, expected = 4 * 4095 / 12.0 * k / (2 - k);
        ref.bits = 12;
        ref.tnr_gain = gains[i];
        ref.tnr_read = 0xfffff; /* all of it is noise */
        configure(rig, &ref);
        for (uint32_t frame = 0; frame < 40; frame++) {
            noisy_frame(&s, 128 * 128, raw);
            rig_frame(rig, &ref, frame, raw);
        }
        double got = variance_kept(rig, &ref);
        ck_assert_msg(got > 0.945 * expected && got < 1.055 * expected, "k %g: %g, not %g", k, got,
                      expected);
        ck_assert_uint_eq(rig->isp.tnr.moved_px, 0);
        rig_free(rig);
    }
}
END_TEST

/* From 1000 DN, t^2 = 1024 + 2 * 1000 = 3024 (t 55), to 1000 + d: 2 t is 109.98. */
START_TEST(an_edge_that_moves_leaves_no_more_than_the_bound_and_beyond_2_t_nothing)
{
    static uint16_t raw[200 * 4];
    isp_desc_t desc = rig_small();
    rig_t *rig = rig_new_blind(&desc);
    ref_t ref = filtering(rig, 200, 4);
    double most = 0, bound = 0.75 * 55 * 3 / 2.8284;
    memset(ref.black, 0, sizeof(ref.black));
    ref.bits = 12;
    ref.tnr_read = 1024;
    ref.tnr_shot = 512;
    configure(rig, &ref);
    for (uint32_t i = 0; i < 800; i++)
        raw[i] = 1000;
    rig_frame(rig, &ref, 0, raw);
    for (uint32_t i = 0; i < 800; i++)
        raw[i] = (uint16_t)(900 + i % 200);
    rig_frame(rig, &ref, 1, raw);
    for (uint32_t x = 0; x < 200; x++) {
        double ghost = 900 + x - ref_tnr_word(&ref, kept(rig), x, 1) / 16.0;
        ghost = ghost < 0 ? -ghost : ghost;
        most = ghost > most ? ghost : most;
    }
    ck_assert_double_le(most, bound + 1 / 32.0);
    ck_assert_double_ge(most, 0.97 * bound);
    ck_assert_uint_eq(rig->isp.tnr.moved_px, 0); /* 100 < 109.98 */
    for (uint32_t i = 0; i < 800; i++)
        raw[i] = 2000;
    rig_frame(rig, &ref, 2, raw); /* more than 800 away: t^2 at most 1024 + 2 * 1100, 2 t 114 */
    for (uint32_t x = 0; x < 200; x++)
        ck_assert_uint_eq(ref_tnr_word(&ref, kept(rig), x, 2), 16 * 2000);
    ck_assert_uint_eq(rig->isp.tnr.moved_px, 800);
    rig_free(rig);
}
END_TEST

/* 100 to 104 at k 1/4: d 64, y = 1600 + 16; then 1616 + (64 * 48 + 128 >> 8) = 1628. Packed: 101,
 * then 101 + (64 * 3 + 128 >> 8) = 102, 102 + (128 + 128 >> 8) = 103, 103 + (64 + 128 >> 8) = 103:
 * 1 DN short, less than 128 / 64. */
START_TEST(a_small_step_is_followed_to_the_last_bit_that_words_have)
{
    static const uint32_t words[2][4] = {{1616, 1628, 1637, 1644}, {101, 102, 103, 103}};
    isp_desc_t desc = rig_small();
    for (uint32_t packed = 0; packed < 2; packed++) {
        rig_t *rig = rig_new_blind(&desc);
        ref_t ref = filtering(rig, 8, 4);
        uint16_t raw[32];
        memset(ref.black, 0, sizeof(ref.black));
        ref.bits = 12;
        ref.tnr_packed = packed;
        configure(rig, &ref);
        for (uint32_t frame = 0; frame < 5; frame++) {
            for (uint32_t i = 0; i < 32; i++)
                raw[i] = frame ? 104 : 100;
            rig_frame(rig, &ref, frame, raw);
            if (frame > 0)
                ck_assert_uint_eq(ref_tnr_word(&ref, kept(rig), 5, 3), words[packed][frame - 1]);
        }
        rig_free(rig);
    }
}
END_TEST

/* ---- when it starts anew ---- */

typedef struct {
    bench_t *b;
    uint32_t frame, starts;
} series_t;

static series_t series_new(void)
{
    series_t s = {.b = bench_new()};
    s.b->ref.tnr = true;
    s.b->ref.tnr_gain = 64;
    s.b->ref.tnr_read = 2000;
    s.b->ref.tnr_addr = TNR_ADDR;
    return s;
}

/* With the registers as the reference has them; does a frame start anew? */
static bool starts_anew(series_t *s)
{
    uint64_t before = s->b->rig->isp.tnr.starts;
    rig_frame(s->b->rig, &s->b->ref, s->frame++, s->b->raw);
    return s->b->rig->isp.tnr.starts != before;
}

static void once(series_t *s, const char *what)
{
    ck_assert_msg(starts_anew(s), "%s", what);
    ck_assert_msg(!starts_anew(s), "behind %s", what);
}

START_TEST(a_change_of_shape_exposure_or_gain_starts_anew_once)
{
    series_t s = series_new();
    ref_t *ref = &s.b->ref;
    configure(s.b->rig, ref);
    once(&s, "the first frame");
    ref->window = (sim_window_t){0, 0, 128, 128, 0, 0};
    once(&s, "a window");
    ref->window.flip_x = 1;
    once(&s, "a flip");
    ref->bayer = SIM_BAYER_GBRG;
    once(&s, "an order of colors");
    ref->height_px = 4;
    once(&s, "a height");
    ref->width_px = 6;
    once(&s, "a width");
    ref->bits = 12;
    once(&s, "a depth");
    s.b->rig->exposure_clk = 1000;
    once(&s, "an exposure");
    s.b->rig->gain = 7;
    once(&s, "a gain");
    rig_write(s.b->rig, "ISP_BLC_GB", 3);
    once(&s, "a black level");
    rig_write(s.b->rig, "ISP_TNR_ADDR", TNR_ADDR + 4096);
    once(&s, "an address");
    rig_write(s.b->rig, "ISP_TNR", ISP_TNR_ON | ISP_TNR_PACKED | ISP_TNR_EXPOSURE);
    once(&s, "packed words");
    rig_write(s.b->rig, "ISP_TNR_GAIN", 100);
    ck_assert(!starts_anew(&s));
    ck_assert_str_eq(s.b->rig->log, "");
    bench_free(s.b);
}
END_TEST

START_TEST(firmware_says_whether_exposure_counts_and_can_start_anew)
{
    series_t s = series_new();
    rig_t *rig = s.b->rig;
    configure(rig, &s.b->ref);
    rig_write(rig, "ISP_TNR", ISP_TNR_ON);
    once(&s, "the first frame");
    rig->exposure_clk = 1000;
    rig->gain = 7;
    ck_assert(!starts_anew(&s));
    rig_write(rig, "ISP_TNR", ISP_TNR_ON | ISP_TNR_ANEW);
    once(&s, "the register");
    ck_assert_uint_eq(rig_read(rig, "ISP_TNR"), ISP_TNR_ON);
    rig_write(rig, "ISP_TNR", 0);
    ck_assert(!starts_anew(&s)); /* there is no filter */
    rig_write(rig, "ISP_TNR", ISP_TNR_ON);
    once(&s, "a frame without filter");
    bench_free(s.b);
}
END_TEST

START_TEST(a_first_frame_cut_short_is_not_used_and_a_later_one_is)
{
    series_t s = series_new();
    rig_t *rig = s.b->rig;
    configure(rig, &s.b->ref);
    rig_lines(rig, &s.b->ref, s.frame++, 3, s.b->raw, usual);
    rig_run_dry(rig);
    once(&s, "a first frame cut short");
    rig_timing_t timing = {sim_now_ps(rig->sim) + 100 * CYCLE_PS, 20 * CYCLE_PS, 10 * CYCLE_PS};
    rig_lines(rig, &s.b->ref, s.frame++, 3, s.b->raw, timing);
    rig_run_dry(rig);
    ck_assert(!starts_anew(&s));
    /* Of its rows 0 could not be read ahead of it: rows 3 and 4 were. */
    ck_assert_uint_eq(rig_read(rig, "ISP_TNR_LATE"), 1);
    ck_assert(!starts_anew(&s));
    ck_assert_uint_eq(rig_read(rig, "ISP_TNR_LATE"), 0);
    bench_free(s.b);
}
END_TEST

/* ---- bursts and times ---- */

/* Rows of 100 samples are 200 bytes, 224 apart. Lines end at cycle 110 + 20 k. Row 1 lies at 224:
 * 32 bytes to the boundary at 256, 128, 40. Of frame 0 rows are written only; at lines 2 and 3 of
 * four rows 0 and 1 are read for the next. The line's 50 cycles at two samples a cycle do not
 * matter to when lines come. */
START_TEST(rows_are_written_and_read_ahead_in_these_bursts)
{
    static const rig_burst_t bursts[] = {
        {0, 128, true, 110},   {128, 72, true, 110},                          /* row 0 */
        {224, 32, true, 210},  {256, 128, true, 210},  {384, 40, true, 210},  /* row 1 */
        {0, 128, false, 310},  {128, 72, false, 310},                         /* row 0 again */
        {448, 64, true, 310},  {512, 128, true, 310},  {640, 8, true, 322},   /* row 2 */
        {224, 32, false, 410}, {256, 128, false, 410}, {384, 40, false, 410}, /* row 1 again */
        {672, 96, true, 410},  {768, 104, true, 419},                         /* row 3 */
    };
    isp_desc_t desc = slow_desc();
    bench_t *b = bench_new_of(&desc);
    static uint16_t raw[400];
    ref_t ref = filtering(b->rig, 100, 4);
    configure(b->rig, &ref);
    rig_timing_t timing = {100 * CYCLE_PS, 100 * CYCLE_PS, 10 * CYCLE_PS};
    rig_lines(b->rig, &ref, 0, 4, raw, timing);
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->mem.requests, SIM_COUNT(bursts));
    for (uint32_t i = 0; i < SIM_COUNT(bursts); i++) {
        const rig_burst_t *got = &b->rig->mem.note[i];
        ck_assert_uint_eq(got->addr, TNR_ADDR + bursts[i].addr);
        ck_assert_uint_eq(got->bytes, bursts[i].bytes);
        ck_assert_int_eq(got->write, bursts[i].write);
        ck_assert_msg(got->cycle == bursts[i].cycle, "burst %u: cycle %u, not %u", i,
                      (unsigned)got->cycle, (unsigned)bursts[i].cycle);
    }
    ck_assert_uint_eq(b->rig->isp.tnr.bursts, SIM_COUNT(bursts));
    ck_assert_uint_eq(b->rig->isp.tnr.bytes_written, 4 * 200);
    ck_assert_uint_eq(b->rig->isp.tnr.bytes_read, 2 * 200);
    bench_free(b);
}
END_TEST

START_TEST(on_it_takes_its_pipe_and_off_nothing)
{
    for (uint32_t on = 0; on < 2; on++) {
        series_t s = series_new();
        s.b->ref.tnr = on;
        configure(s.b->rig, &s.b->ref);
        bench_frame(s.b, 0, usual);
        rig_run_dry(s.b->rig);
        row_left(s.b, 0, 0, 140 + 15 + on, 150 + 15 + on);
        row_left(s.b, 5, 5, 214 + 15 + on, 218 + 15 + on);
        image_is_right(s.b); /* the first frame is as it came */
        ck_assert_uint_eq(s.b->rig->mem.requests, on ? 8 : 0);
        bench_free(s.b);
    }
}
END_TEST

/* ---- a memory that is too slow, too small, not there ---- */

/* Row n + 2 is read when line n ends, in 110 + 20 n, and line n + 2 begins 30 cycles later: a row
 * of a beat, 1 + latency cycles, must be there before. Rows 0 and 1 are read between frames. */
START_TEST(a_row_that_comes_when_its_line_begins_is_late_and_a_cycle_before_is_not)
{
    for (uint32_t latency = 28; latency <= 29; latency++) {
        series_t s = series_new();
        rig_t *rig = s.b->rig;
        uint16_t word[WIDTH * HEIGHT], out[WIDTH * HEIGHT];
        rig->mem.latency_cycles = latency;
        configure(rig, &s.b->ref);
        bench_frame(s.b, 0, usual);
        ref_tnr(&s.b->ref, s.b->raw, true, word, out);
        for (uint32_t i = 0; i < WIDTH * HEIGHT; i++)
            s.b->raw[i] ^= 3;
        bench_frame(s.b, 1, from_cycle(400));
        rig_run_dry(rig);
        ref_tnr(&s.b->ref, s.b->raw, false, word, out);
        if (latency == 29) { /* rows 2 to 5 as they came */
            ref_t late = s.b->ref;
            uint16_t as_it_came[WIDTH * HEIGHT], words[WIDTH * HEIGHT];
            ref_tnr(&late, s.b->raw, true, words, as_it_came);
            memcpy(out + 2 * WIDTH, as_it_came + 2 * WIDTH, 4 * WIDTH * sizeof(*out));
            memcpy(word + 2 * WIDTH, words + 2 * WIDTH, 4 * WIDTH * sizeof(*word));
        }
        check_frame(rig, &s.b->ref, word, out);
        ck_assert_uint_eq(rig_read(rig, "ISP_TNR_LATE"), latency == 29 ? 4 : 0);
        ck_assert_uint_eq(rig->isp.tnr.late_lines, latency == 29 ? 4 : 0);
        ck_assert_uint_eq(rig->isp.tnr.lost_lines, 0);
        bench_free(s.b);
    }
}
END_TEST

/* Writes of rows 0 and 1 are done in 110 + 71 and 130 + 71, so the two buffers are taken at lines 2
 * and 3 (150, 170): these rows are lost, 4 and 5 (190, 210) are not. The frame is the first, so the
 * next starts anew, and so on. */
START_TEST(rows_that_cannot_be_written_are_lost_and_a_first_frame_with_them)
{
    series_t s = series_new();
    rig_t *rig = s.b->rig;
    rig->mem.latency_cycles = 70;
    configure(rig, &s.b->ref);
    bench_frame(s.b, 0, usual);
    rig_run_dry(rig);
    ck_assert_uint_eq(rig->isp.tnr.lost_lines, 2);
    ck_assert_uint_eq(rig->mem.requests, 4); /* nothing is read ahead for the next */
    ck_assert_uint_eq(kept(rig)[2 * 32], RIG_UNWRITTEN);
    ck_assert_uint_ne(ref_tnr_word(&s.b->ref, kept(rig), 0, 4), RIG_UNWRITTEN << 8 | RIG_UNWRITTEN);
    bench_frame(s.b, 1, from_cycle(600));
    rig_run_dry(rig);
    ck_assert_uint_eq(rig->isp.tnr.starts, 2);
    image_is_right(s.b);
    bench_free(s.b);
}
END_TEST

START_TEST(a_frame_that_does_not_fit_is_not_filtered)
{
    series_t s = series_new();
    rig_t *rig = s.b->rig;
    configure(rig, &s.b->ref);
    rig_write(rig, "ISP_TNR_BYTES", 6 * 32 - 1);
    ck_assert(!starts_anew(&s));
    ck_assert(logged(s.b, "guest: ISP_TNR: a frame of 8 x 6 takes 192 bytes at 0x04020000"));
    ck_assert_uint_eq(rig->mem.requests, 0);
    image_is_right(s.b);
    rig_write(rig, "ISP_TNR_BYTES", 6 * 32);
    once(&s, "room");
    rig_write(rig, "ISP_TNR_BYTES", 0xffffffff);
    rig_write(rig, "ISP_TNR_ADDR", 0xffffff60); /* 160 bytes to the end of the bus */
    ck_assert(!starts_anew(&s));
    ck_assert_int_eq(lines_logged(s.b), 2);
    bench_free(s.b);
}
END_TEST

START_TEST(where_no_memory_is_every_frame_is_as_it_came_and_it_is_logged_once)
{
    series_t s = series_new();
    rig_t *rig = s.b->rig;
    s.b->ref.tnr_addr = 0x10000000;
    configure(rig, &s.b->ref);
    for (uint32_t frame = 0; frame < 3; frame++) {
        ck_assert(starts_anew(&s));
        image_is_right(s.b);
    }
    ck_assert_int_eq(lines_logged(s.b), 1);
    ck_assert(logged(s.b, "guest: temporal noise reduction at 0x10000000"));
    ck_assert_uint_eq(rig->isp.tnr.bytes_written, 0);
    bench_free(s.b);
}
END_TEST

/* ---- state ---- */

START_TEST(a_frame_goes_on_from_a_snapshot_as_if_nothing_had_been)
{
    isp_desc_t desc = rig_small();
    for (uint32_t cut = 1; cut < 12; cut++) {
        rig_t *rig = rig_new(&desc);
        ref_t ref = filtering(rig, 33, 12);
        static uint16_t raw[33 * 12], word[33 * 12], out[33 * 12];
        rig_noise(cut, 10, 33 * 12, raw);
        configure(rig, &ref);
        rig_frame(rig, &ref, 0, raw);
        ref_tnr(&ref, raw, true, word, out);
        for (uint32_t i = 0; i < 33 * 12; i++)
            raw[i] ^= i & 15;
        ref_tnr(&ref, raw, false, word, out);
        rig_timing_t timing = {sim_now_ps(rig->sim) + SIM_PS_PER_US, 10 * SIM_PS_PER_US,
                               8 * SIM_PS_PER_US};
        rig_lines(rig, &ref, 1, cut, raw, timing);
        sim_run_until_ps(rig->sim, sim_now_ps(rig->sim) + SIM_PS_PER_US);
        sim_snapshot_t *snapshot = sim_snapshot_take(rig->sim, NULL);
        ck_assert_ptr_nonnull(snapshot);
        uint8_t *memory = malloc(RIG_MEM_BYTES);
        memcpy(memory, rig->mem.bytes, RIG_MEM_BYTES);
        uint64_t hash[2];
        for (int pass = 0; pass < 2; pass++) {
            for (uint32_t row = cut; row < 12; row++)
                rig_line(rig, &ref, 1, row, raw, timing);
            rig_run_dry(rig);
            hash[pass] = sim_state_hash(rig->sim);
            if (pass == 1)
                break;
            check_frame(rig, &ref, word, out);
            rig_write(rig, "ISP_TNR_GAIN", 200);
            rig_frame(rig, &ref, 2, raw);
            ck_assert_int_eq(sim_snapshot_restore(rig->sim, snapshot), SIM_OK);
            memcpy(rig->mem.bytes, memory, RIG_MEM_BYTES);
        }
        ck_assert_uint_eq(hash[0], hash[1]);
        ck_assert_uint_eq(rig->isp.tnr.frames, 1);
        free(memory);
        sim_snapshot_free(snapshot);
        rig_free(rig);
    }
}
END_TEST

TEST_MAIN("isp temporal noise reduction",
          every_sample_of_several_frames_equals_the_reference_at_every_vector_level,
          noise_of_a_flat_field_falls_by_the_root_of_k_over_2_minus_k,
          an_edge_that_moves_leaves_no_more_than_the_bound_and_beyond_2_t_nothing,
          a_small_step_is_followed_to_the_last_bit_that_words_have,
          a_change_of_shape_exposure_or_gain_starts_anew_once,
          firmware_says_whether_exposure_counts_and_can_start_anew,
          a_first_frame_cut_short_is_not_used_and_a_later_one_is,
          rows_are_written_and_read_ahead_in_these_bursts, on_it_takes_its_pipe_and_off_nothing,
          a_row_that_comes_when_its_line_begins_is_late_and_a_cycle_before_is_not,
          rows_that_cannot_be_written_are_lost_and_a_first_frame_with_them,
          a_frame_that_does_not_fit_is_not_filtered,
          where_no_memory_is_every_frame_is_as_it_came_and_it_is_logged_once,
          a_frame_goes_on_from_a_snapshot_as_if_nothing_had_been)
