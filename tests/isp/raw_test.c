/*
 * raw_test.c - defect correction, lens shading and digital gain by hand: what they do, what they
 * cost, and where their tables come from. isp_test compares them with the reference.
 */
#include "sim/snapshot.h"
#include "tests/isp/slow.h"

/* ---- rig: gray in, gray out ---- */

enum { SIDE = 16 };

/* Codes are 12-bit samples / 16, all gains 1, black 0. */
static ref_t plain(rig_t *rig, uint32_t width, uint32_t height)
{
    ref_t ref = rig_reference(rig, width, height);
    ref.bits = 12;
    ref.tone = false;
    for (int i = 0; i < 4; i++)
        ref.black[i] = 0, ref.gain_q8[i] = 256;
    for (int i = 0; i < 9; i++)
        ref.matrix_q10[i] = i % 4 == 0 ? 1024 : 0;
    return ref;
}

static void flat(uint16_t *raw, uint32_t count, uint16_t dn)
{
    for (uint32_t i = 0; i < count; i++)
        raw[i] = dn;
}

static void run(rig_t *rig, const ref_t *ref, const uint16_t *raw)
{
    rig_configure(rig, ref, ADDR);
    rig_write(rig, "ISP_CTRL", ISP_CTRL_ENABLE);
    rig_frame(rig, ref, 0, raw);
}

static bool all_codes_are(const rig_t *rig, const ref_t *ref, uint8_t code)
{
    for (uint32_t i = 0; i < 3 * ref->width_px * ref->height_px; i++)
        if (rig->rgb[i] != code)
            return false;
    return true;
}

/* ---- defects ---- */

static ref_t searching(rig_t *rig)
{
    ref_t ref = plain(rig, SIDE, SIDE);
    ref.search = true;
    ref.hot_dn = ref.cold_dn = 100;
    ref.hot_q8 = ref.cold_q8 = 64; /* a quarter of the neighbor */
    return ref;
}

/* 400 all around: the thresholds are 400 + 100 + 100 and 400 - 100 - 100. */
START_TEST(what_is_beyond_the_thresholds_is_replaced_and_what_is_within_stays)
{
    static const struct {
        uint16_t dn;
        uint32_t found;
    } cases[] = {{600, 0}, {601, 1}, {4095, 1}, {200, 0}, {199, 1}, {0, 1}};
    isp_desc_t desc = rig_small();
    for (size_t i = 0; i < SIM_COUNT(cases); i++)
        for (uint32_t at = 0; at < SIDE * SIDE; at += 37) { /* corners, edges, all colors */
            uint16_t raw[SIDE * SIDE];
            rig_t *rig = rig_new(&desc);
            ref_t ref = searching(rig);
            flat(raw, SIDE * SIDE, 400);
            raw[at] = cases[i].dn;
            run(rig, &ref, raw);
            ck_assert_uint_eq(rig_read(rig, "ISP_DPC_FOUND"), cases[i].found);
            ck_assert_uint_eq(rig->isp.dpc.hot_px, cases[i].dn > 400 ? cases[i].found : 0);
            ck_assert_uint_eq(rig->isp.dpc.cold_px, cases[i].dn < 400 ? cases[i].found : 0);
            ck_assert(all_codes_are(rig, &ref, 25) == (cases[i].found == 1));
            rig_free(rig);
        }
}
END_TEST

/* Columns 0..7 are 160, 8..15 are 1600: a hot sample in the last dark columns is replaced along the
 * edge, by 160, not across it. */
START_TEST(a_defect_at_an_edge_takes_the_value_of_its_side)
{
    isp_desc_t desc = rig_small();
    rig_t *rig = rig_new(&desc);
    ref_t ref = searching(rig);
    uint16_t raw[SIDE * SIDE], clean[SIDE * SIDE];
    for (uint32_t i = 0; i < SIDE * SIDE; i++)
        clean[i] = raw[i] = i % SIDE < 8 ? 160 : 1600;
    raw[6 * SIDE + 7] = 3000;
    run(rig, &ref, raw);
    uint8_t expected[3 * SIDE * SIDE];
    ref_t off = ref;
    off.search = false;
    ref_rgb(&off, clean, expected);
    ck_assert_mem_eq(rig->rgb, expected, sizeof(expected));
    rig_free(rig);
}
END_TEST

START_TEST(the_map_replaces_what_the_search_cannot_see)
{
    isp_desc_t desc = rig_small();
    rig_t *rig = rig_new(&desc);
    ref_t ref = plain(rig, SIDE, SIDE);
    uint16_t raw[SIDE * SIDE];
    ref.window = (sim_window_t){32, 64, SIDE, SIDE, 0, 0};
    ref.sites = 4;
    ref.site[0] = 70u << 16 | 38; /* sample 6, 6, and 6, 8 of the same color: a pair */
    ref.site[1] = 70u << 16 | 40;
    ref.site[2] = 70u << 16 | 31; /* left of the window */
    ref.site[3] = 80u << 16 | 38; /* below it */
    flat(raw, SIDE * SIDE, 400);
    raw[6 * SIDE + 6] = raw[6 * SIDE + 8] = 420;
    run(rig, &ref, raw);
    ck_assert(all_codes_are(rig, &ref, 25));
    ck_assert_uint_eq(rig->isp.dpc.mapped_px, 2);
    ck_assert_uint_eq(rig_read(rig, "ISP_DPC_FOUND"), 0);
    rig_free(rig);
}
END_TEST

/* Binned 2 x 2: sites 0 and 2 are sample 0, 1 and 3 sample 1, 4 and 6 sample 2. Site (14, 7) is
 * in sample (6, 3), which comes at 16 - 1 - 6 = 9 in a mirrored frame. */
START_TEST(the_map_follows_binning_and_flips)
{
    isp_desc_t desc = rig_small();
    for (uint32_t flip = 0; flip < 4; flip++) {
        rig_t *rig = rig_new(&desc);
        ref_t ref = plain(rig, SIDE, SIDE);
        uint16_t raw[SIDE * SIDE];
        uint32_t x = flip & 1 ? 9 : 6, y = flip & 2 ? 12 : 3;
        ref.window = (sim_window_t){100, 100, 2 * SIDE, 2 * SIDE, flip & 1, flip >> 1};
        ref.sites = 2;
        ref.site[0] = 107u << 16 | 114;
        ref.site[1] = 105u << 16 | 112; /* of the same sample: counts once */
        flat(raw, SIDE * SIDE, 400);
        raw[y * SIDE + x] = 4000;
        run(rig, &ref, raw);
        ck_assert_msg(all_codes_are(rig, &ref, 25), "flip %u", flip);
        ck_assert_uint_eq(rig->isp.dpc.mapped_px, 1);
        rig_free(rig);
    }
}
END_TEST

/* ---- lens shading ---- */

/* 16 samples are 16 x 16 array pixels a piece of 256: centers at 8, 24, .. Node columns lie 256 /
 * 15 = 17.07 px apart, so sample 0 has p = floor(8 x 15 x 256 / 256) = 120 of 256, and sample 15 is
 * 120 short of the right edge. */
START_TEST(gains_are_interpolated_between_the_nodes)
{
    isp_desc_t desc = rig_small();
    rig_t *rig = rig_new(&desc);
    ref_t ref = plain(rig, SIDE, SIDE);
    uint16_t raw[SIDE * SIDE];
    ref.shading = true;
    for (uint32_t i = 0; i < LSC_GAINS; i++)
        ref.shade_q10[i] = i / 4 % 16 == 0 ? 2048 : 1024; /* the left edge has twice the gain */
    flat(raw, SIDE * SIDE, 1024);
    run(rig, &ref, raw);
    /* 1024 x (1 + (256 - 120) / 256) = 1568 = 98 x 16; the next sample is at p = 360: gain 1 */
    rig_write(rig, "ISP_CTRL", 0);
    uint16_t plane[SIDE * SIDE];
    ref_balanced(&ref, raw, plane);
    for (uint32_t y = 0; y < SIDE; y++) {
        ck_assert_uint_eq(plane[y * SIDE], 1568);
        ck_assert_uint_eq(plane[y * SIDE + 1], 1024);
        ck_assert_uint_eq(plane[y * SIDE + 15], 1024);
    }
    /* R of even rows is as it is; G and B in column 0 are interpolated */
    ck_assert_uint_eq(rig->rgb[0], 98);
    ck_assert_uint_eq(rig->rgb[3 * 15 + 1], 64);
    rig_free(rig);
}
END_TEST

START_TEST(a_window_has_the_gains_of_its_photosites)
{
    isp_desc_t desc = rig_small();
    rig_t *rig = rig_new(&desc);
    ref_t ref = plain(rig, SIDE, SIDE);
    uint16_t raw[SIDE * SIDE];
    ref.shading = true;
    for (uint32_t i = 0; i < LSC_GAINS; i++)
        ref.shade_q10[i] = i / 4 % 16 >= 13 ? 2048 : 1024; /* from 13 x 17.07 = 221.9 on */
    flat(raw, SIDE * SIDE, 1024);
    ref.window = (sim_window_t){0, 0, 128, 256, 0, 0};
    run(rig, &ref, raw);
    ck_assert(all_codes_are(rig, &ref, 64));
    ref.window = (sim_window_t){224, 0, 32, 256, 1, 0};
    rig->rows = 0;
    run(rig, &ref, raw);
    ck_assert(all_codes_are(rig, &ref, 128));
    rig_free(rig);
}
END_TEST

START_TEST(digital_gain_multiplies_all_colors)
{
    isp_desc_t desc = rig_small();
    rig_t *rig = rig_new(&desc);
    ref_t ref = plain(rig, SIDE, SIDE);
    uint16_t raw[SIDE * SIDE];
    ref.digital_q8 = 0x280; /* 2.5 */
    flat(raw, SIDE * SIDE, 400);
    run(rig, &ref, raw);
    ck_assert_uint_eq(rig->rgb[0], 1000 / 16);
    ck_assert_uint_eq(rig->rgb[1], 1000 / 16);
    rig_free(rig);
}
END_TEST

/* ---- what they cost ---- */

/* slow.h: a line each 20 cycles, 15 cycles of pipe; 2 more and 2 lines with defect correction. */
START_TEST(defect_correction_delays_rows_by_two_lines_and_its_pipe)
{
    bench_t *b = bench_new();
    b->ref.search = true;
    bench_expect(b);
    rig_configure(b->rig, &b->ref, ADDR);
    image_only(b);
    bench_frame(b, 0, usual);
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->rows, HEIGHT);
    row_left(b, 0, 0, 180 + 17, 190 + 17);
    row_left(b, 1, 1, 200 + 17, 210 + 17);
    for (uint32_t row = 2; row < HEIGHT; row++) /* flushed, 4 cycles apart */
        row_left(b, row, row, 210 + 4 * (row - 2) + 17, 214 + 4 * (row - 2) + 17);
    image_is_right(b);
    bench_free(b);
}
END_TEST

/* Row 0 waits for line 4, which a frame of 4 lines has not: all rows are flushed. */
START_TEST(a_frame_of_four_lines_is_flushed_as_a_whole)
{
    bench_t *b = bench_new();
    b->ref.height_px = 4;
    b->ref.search = b->ref.shading = true;
    rig_configure(b->rig, &b->ref, ADDR);
    image_only(b);
    rig_lines(b->rig, &b->ref, 0, 4, b->raw, usual);
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->rows, 4);
    for (uint32_t row = 0; row < 4; row++) /* line 3 ends in 170; 15 + 2 + 1 cycles of pipe */
        row_left(b, row, row, 170 + 4 * row + 18, 174 + 4 * row + 18);
    bench_free(b);
}
END_TEST

START_TEST(shading_delays_rows_by_its_pipe_and_stages_that_are_off_by_nothing)
{
    bench_t *b = bench_new();
    image_only(b);
    bench_frame(b, 0, usual);
    rig_run_dry(b->rig);
    row_left(b, 0, 0, 140 + 15, 150 + 15);
    b->ref.shading = true;
    for (uint32_t i = 0; i < LSC_GAINS; i++)
        b->ref.shade_q10[i] = 1500;
    bench_expect(b);
    rig_configure(b->rig, &b->ref, ADDR);
    image_only(b);
    bench_frame(b, 1, from_cycle(600));
    rig_run_dry(b->rig);
    row_left(b, HEIGHT, 0, 640 + 16, 650 + 16);
    image_is_right(b);
    bench_free(b);
}
END_TEST

/* ---- tables ---- */

START_TEST(tables_are_written_and_read_one_word_after_another)
{
    isp_desc_t desc = rig_small();
    rig_t *rig = rig_new(&desc);
    rig_write(rig, "ISP_LSC_INDEX", 382);
    for (uint32_t i = 0; i < 4; i++)
        rig_write(rig, "ISP_LSC_GAINS", 0x01000200 + i);
    ck_assert_uint_eq(rig_read(rig, "ISP_LSC_INDEX"), 2); /* past the last one: from 0 on */
    ck_assert_uint_eq(rig_read(rig, "ISP_LSC_GAINS"), 0x04000400);
    rig_write(rig, "ISP_LSC_INDEX", 383);
    ck_assert_uint_eq(rig_read(rig, "ISP_LSC_GAINS"), 0x01000201);
    rig_write(rig, "ISP_LSC_INDEX", 1);
    ck_assert_uint_eq(rig_read(rig, "ISP_LSC_GAINS"), 0x01000203);
    rig_write(rig, "ISP_DPC_INDEX", 511);
    rig_write(rig, "ISP_DPC_SITE", 5u << 16 | 7);
    rig_write(rig, "ISP_DPC_SITE", 6u << 16 | 8);
    ck_assert_uint_eq(rig_read(rig, "ISP_DPC_INDEX"), 1);
    rig_write(rig, "ISP_DPC_INDEX", 511);
    ck_assert_uint_eq(rig_read(rig, "ISP_DPC_SITE"), 5u << 16 | 7);
    rig_write(rig, "ISP_DPC_INDEX", 0);
    ck_assert_uint_eq(rig_read(rig, "ISP_DPC_SITE"), 6u << 16 | 8);
    rig_free(rig);
}
END_TEST

START_TEST(a_map_of_more_sites_than_there_are_is_cut)
{
    isp_desc_t desc = rig_small();
    rig_t *rig = rig_new(&desc);
    ref_t ref = plain(rig, SIDE, SIDE);
    uint16_t raw[SIDE * SIDE] = {0};
    rig_configure(rig, &ref, ADDR);
    rig_write(rig, "ISP_DPC_SITES", 600);
    rig_write(rig, "ISP_DPC", ISP_DPC_MAP);
    rig_frame(rig, &ref, 0, raw);
    ck_assert_uint_eq(rig_read(rig, "ISP_DPC_SITES"), 512);
    ck_assert_ptr_nonnull(strstr(rig->log, "ISP_DPC_SITES: 600 not in 0..512"));
    ck_assert_uint_eq(rig->isp.dpc.mapped_px, 1); /* all entries are site (0, 0) */
    rig_free(rig);
}
END_TEST

START_TEST(the_chip_files_tables_are_what_reset_brings_back)
{
    isp_desc_t desc = rig_small();
    desc.lsc_on = true;
    desc.lsc_q10[6] = 1111;
    desc.lsc_q10[7] = 2222;
    desc.defects = 2;
    desc.defect_site[1] = 9u << 16 | 3;
    rig_t *rig = rig_new(&desc);
    for (int pass = 0; pass < 2; pass++) {
        ck_assert_uint_eq(rig_read(rig, "ISP_LSC"), 1);
        ck_assert_uint_eq(rig_read(rig, "ISP_DPC"), ISP_DPC_MAP);
        ck_assert_uint_eq(rig_read(rig, "ISP_DPC_SITES"), 2);
        rig_write(rig, "ISP_LSC_INDEX", 3);
        ck_assert_uint_eq(rig_read(rig, "ISP_LSC_GAINS"), 2222u << 16 | 1111);
        rig_write(rig, "ISP_LSC_GAINS", 0);
        rig_write(rig, "ISP_DPC_INDEX", 1);
        ck_assert_uint_eq(rig_read(rig, "ISP_DPC_SITE"), 9u << 16 | 3);
        rig_write(rig, "ISP_DPC_SITE", 0);
        sim_reset(rig->sim);
    }
    rig_free(rig);
}
END_TEST

/* ---- snapshots ---- */

static ref_t everything_on(rig_t *rig, uint32_t width, uint32_t height)
{
    ref_t ref = plain(rig, width, height);
    ref.search = ref.shading = true;
    ref.hot_dn = ref.cold_dn = 200;
    ref.demosaic = DEMOSAIC_EDGE;
    ref.sites = 3;
    for (uint32_t i = 0; i < 3; i++)
        ref.site[i] = (50 * i + 60) << 16 | (40 * i + 70);
    for (uint32_t i = 0; i < LSC_GAINS; i++)
        ref.shade_q10[i] = (uint16_t)(900 + i % 301);
    ref.high = 4095;
    ref.awb[2] = ref.awb[3] = ref.focus[2] = ref.focus[3] = 256;
    ref.rg_q8[1] = ref.bg_q8[1] = 0xffff;
    return ref;
}

static void lines_from(rig_t *rig, const ref_t *ref, uint32_t first, const uint16_t *raw,
                       rig_timing_t timing)
{
    for (uint32_t row = first; row < ref->height_px; row++)
        rig_line(rig, ref, 0, row, raw, timing);
    rig_run_dry(rig);
}

/* Taken in the middle of a frame, with another frame in between that changes all there is. */
START_TEST(a_frame_goes_on_from_a_snapshot_as_if_nothing_had_been)
{
    isp_desc_t desc = rig_small();
    rig_timing_t timing = {SIM_PS_PER_US, 10 * SIM_PS_PER_US, 8 * SIM_PS_PER_US};
    for (uint32_t cut = 1; cut < 40; cut += 6) {
        rig_t *rig = rig_new(&desc);
        ref_t ref = everything_on(rig, 71, 40);
        uint16_t raw[71 * 40];
        uint8_t expected[71 * 40 * 3];
        rig_noise(cut, 12, 71 * 40, raw);
        ref_rgb(&ref, raw, expected);
        rig_configure(rig, &ref, ADDR);
        rig_count(rig, &ref, RIG_MEM_BASE + 0x4000);
        rig_write(rig, "ISP_CTRL", ISP_CTRL_ENABLE | ISP_CTRL_STATS);
        rig_lines(rig, &ref, 0, cut, raw, timing);
        sim_snapshot_t *snapshot = sim_snapshot_take(rig->sim, NULL);
        ck_assert_ptr_nonnull(snapshot);
        lines_from(rig, &ref, cut, raw, timing);
        uint64_t hash = sim_state_hash(rig->sim);
        ck_assert_mem_eq(rig->rgb, expected, sizeof(expected));
        for (uint32_t i = 0; i < 71 * 40; i++)
            raw[i] ^= 0xfff;
        rig_write(rig, "ISP_LSC_GAINS", 0x123);
        rig_frame(rig, &ref, 1, raw);
        for (uint32_t i = 0; i < 71 * 40; i++)
            raw[i] ^= 0xfff;
        ck_assert_int_eq(sim_snapshot_restore(rig->sim, snapshot), SIM_OK);
        lines_from(rig, &ref, cut, raw, timing);
        ck_assert_uint_eq(sim_state_hash(rig->sim), hash);
        uint32_t first = cut > 7 ? cut - 6 : 0; /* rows before had left */
        ck_assert_mem_eq(rig->rgb + 71 * 3 * first, expected + 71 * 3 * first,
                         71 * 3 * (40 - first));
        sim_snapshot_free(snapshot);
        rig_free(rig);
    }
}
END_TEST

TEST_MAIN("isp raw stages", what_is_beyond_the_thresholds_is_replaced_and_what_is_within_stays,
          a_defect_at_an_edge_takes_the_value_of_its_side,
          the_map_replaces_what_the_search_cannot_see, the_map_follows_binning_and_flips,
          gains_are_interpolated_between_the_nodes, a_window_has_the_gains_of_its_photosites,
          digital_gain_multiplies_all_colors,
          defect_correction_delays_rows_by_two_lines_and_its_pipe,
          a_frame_of_four_lines_is_flushed_as_a_whole,
          shading_delays_rows_by_its_pipe_and_stages_that_are_off_by_nothing,
          tables_are_written_and_read_one_word_after_another,
          a_map_of_more_sites_than_there_are_is_cut,
          the_chip_files_tables_are_what_reset_brings_back,
          a_frame_goes_on_from_a_snapshot_as_if_nothing_had_been)
