/*
 * image_test.c - what happens to the image behind the tone curve: every byte against the plain
 * reference, the filters' promises, and when the rows leave.
 */
#include <math.h>

#include "isp/image.h"
#include "tests/isp/slow.h"

static uint32_t between(sim_stream_t *s, uint32_t low, uint32_t high)
{
    return low + sim_stream_below(s, high - low + 1);
}

/* ---- every byte ---- */

static ref_image_t random_image(sim_stream_t *s, const isp_desc_t *desc)
{
    ref_image_t image = {.bt709 = between(s, 0, 1),
                         .full = between(s, 0, 1),
                         .nr = between(s, 0, 1),
                         .sharpen = between(s, 0, 1),
                         .yuv422 = between(s, 0, 1),
                         .out = between(s, 0, 1),
                         .nr_luma = between(s, 0, 127) >> between(s, 0, 3),
                         .nr_chroma = between(s, 0, 127) >> between(s, 0, 3),
                         .nr_strength = between(s, 0, 16),
                         .amount = between(s, 0, 255),
                         .core = between(s, 0, 255) >> between(s, 0, 3),
                         .limit = between(s, 0, 255)};
    image.mirror = image.out && between(s, 0, 1);
    image.x = between(s, 0, desc->array_width_px - 8);
    image.y = between(s, 0, desc->array_height_px - 1);
    image.w = between(s, 8, desc->array_width_px - image.x);
    image.h = between(s, 1, desc->array_height_px - image.y);
    image.width_px = between(s, 0, 3) ? between(s, 2, 140) : 0;
    image.height_px = between(s, 0, 3) ? between(s, 1, 24) : 0;
    return image;
}

static ref_t random_frame(rig_t *rig, sim_stream_t *s)
{
    ref_t ref = rig_reference(rig, between(s, 4, 140), between(s, 4, 24));
    for (int i = 0; i < 42; i++)
        ref.point[i] = between(s, 0, 255);
    if (between(s, 0, 1))
        ref.window = (sim_window_t){16, 32, 200, 128, between(s, 0, 1), between(s, 0, 1)};
    return ref;
}

static void compare(const rig_t *rig, const ref_picture_t *p, const char *level, int number)
{
    ck_assert_uint_eq(rig->rows, p->width_px == 0 ? 0 : p->height_px);
    if (p->width_px == 0)
        return;
    ck_assert_uint_eq(rig->rgb_width_px, p->width_px);
    ck_assert_uint_eq(rig->rgb_height_px, p->height_px);
    ck_assert_uint_eq(rig->row_bytes, p->row_bytes);
    for (uint32_t i = 0; i < p->row_bytes * p->height_px; i++)
        ck_assert_msg(rig->rgb[i] == p->data[i], "%s: case %d, %u x %u, byte %u: %u, not %u", level,
                      number, p->width_px, p->height_px, i, rig->rgb[i], p->data[i]);
}

static void check_frame(const isp_desc_t *desc, const ref_t *ref, int number)
{
    uint32_t samples = ref->width_px * ref->height_px;
    uint16_t *raw = malloc(samples * sizeof(*raw));
    uint8_t *rgb = malloc((size_t)samples * 3);
    rig_noise((uint64_t)number, ref->bits, samples, raw);
    ref_rgb(ref, raw, rgb);
    ref_picture_t expected = ref_image(ref, rgb);
    for (int level = 0; level < SIM_SIMD_LEVELS; level++) {
        if (!sim_simd_force((sim_simd_t)level))
            continue;
        rig_t *rig = rig_new(desc);
        rig_configure(rig, ref, ADDR);
        rig_frame(rig, ref, 3, raw);
        compare(rig, &expected, sim_simd_name((sim_simd_t)level), number);
        ck_assert_uint_eq(rig->tensor_dones, 1);
        ck_assert_str_eq(rig->log, "");
        rig_free(rig);
    }
    free(expected.data);
    free(raw);
    free(rgb);
}

START_TEST(the_image_equals_the_reference_at_every_vector_level)
{
    isp_desc_t desc = rig_small();
    sim_stream_t s = sim_stream(21, 2, 0);
    rig_t *rig = rig_new(&desc);
    for (int i = 0; i < 80 / TEST_FEWER; i++) {
        ref_t ref = random_frame(rig, &s);
        ref.image = random_image(&s, &desc);
        check_frame(&desc, &ref, i);
    }
    rig_free(rig);
}
END_TEST

/* The lowest frames and the tail of every vector. */
START_TEST(every_width_from_4_px_on_is_exact_with_all_stages_on)
{
    isp_desc_t desc = rig_small();
    sim_stream_t s = sim_stream(22, 2, 0);
    rig_t *rig = rig_new(&desc);
    for (uint32_t width = 4; width <= 136; width += width == 72 ? 50 : TEST_FEWER) {
        ref_t ref = random_frame(rig, &s);
        ref.width_px = width;
        ref.height_px = 4 + width % 4;
        ref.image = random_image(&s, &desc);
        ref.image.nr = ref.image.sharpen = true;
        ref.image.out = ref.image.mirror = false;
        check_frame(&desc, &ref, (int)width);
    }
    rig_free(rig);
}
END_TEST

START_TEST(the_tensor_does_not_see_the_images_stages)
{
    isp_desc_t desc = rig_small();
    sim_stream_t s = sim_stream(23, 2, 0);
    rig_t *rig = rig_new(&desc);
    ref_t ref = random_frame(rig, &s);
    uint16_t raw[140 * 24];
    uint8_t tensor[2][8192];
    uint32_t bytes = ref_tensor_bytes(&ref);
    rig_noise(7, ref.bits, ref.width_px * ref.height_px, raw);
    ck_assert_uint_le(bytes, sizeof(tensor[0]));
    for (uint32_t on = 0; on < 2; on++) {
        if (on)
            ref.image = random_image(&s, &desc);
        ref.image.nr = ref.image.sharpen = ref.image.yuv422 = on;
        rig_configure(rig, &ref, ADDR);
        rig_frame(rig, &ref, on, raw);
        memcpy(tensor[on], rig->mem.bytes + (ADDR - RIG_MEM_BASE), bytes);
        rig->rows = 0;
    }
    ck_assert_uint_eq(rig->tensor_dones, 2);
    ck_assert_mem_eq(tensor[0], tensor[1], bytes);
    rig_free(rig);
}
END_TEST

/* ---- YUV ---- */

static void convert(const yuv_matrix_t *m, const uint8_t in[3], uint8_t out[3])
{
    const uint8_t *const from[3] = {&in[0], &in[1], &in[2]};
    uint8_t *const to[3] = {&out[0], &out[1], &out[2]};
    yuv_rows(SIM_SIMD_SCALAR)->matrix(from, 1, m, to);
}

/* BT.601-7 and BT.709-6, rounded: limited range of 8 bits, and the same as JFIF has it. */
START_TEST(primaries_get_the_codes_of_the_standards)
{
    static const struct {
        uint32_t mode;
        uint8_t rgb[3], yuv[3];
    } known[] = {
        {0, {255, 0, 0}, {81, 90, 240}},         {0, {0, 255, 0}, {145, 54, 34}},
        {0, {0, 0, 255}, {41, 240, 110}},        {YUV_BT709, {255, 0, 0}, {63, 102, 240}},
        {YUV_BT709, {0, 255, 0}, {173, 42, 26}}, {YUV_BT709, {0, 0, 255}, {32, 240, 118}},
        {YUV_FULL, {255, 0, 0}, {76, 85, 255}},  {YUV_FULL, {0, 255, 0}, {150, 44, 21}},
        {YUV_FULL, {0, 0, 255}, {29, 255, 107}},
    };
    for (size_t i = 0; i < SIM_COUNT(known); i++) {
        yuv_matrix_t m = yuv_from_rgb(known[i].mode);
        uint8_t yuv[3];
        convert(&m, known[i].rgb, yuv);
        ck_assert_mem_eq(yuv, known[i].yuv, 3);
    }
}
END_TEST

START_TEST(gray_has_no_color_and_comes_back_as_it_was)
{
    for (uint32_t mode = 0; mode < YUV_MODES; mode++) {
        yuv_matrix_t there = yuv_from_rgb(mode), back = yuv_to_rgb(mode);
        for (int code = 0; code < 256; code++) {
            uint8_t gray[3] = {(uint8_t)code, (uint8_t)code, (uint8_t)code}, yuv[3], rgb[3];
            convert(&there, gray, yuv);
            convert(&back, yuv, rgb);
            ck_assert_uint_eq(yuv[1], 128);
            ck_assert_uint_eq(yuv[2], 128);
            for (int c = 0; c < 3; c++)
                ck_assert_int_le(abs(rgb[c] - code), mode & YUV_FULL ? 0 : 1);
        }
        uint8_t white[3] = {255, 255, 255}, black[3] = {0, 0, 0}, yuv[3];
        convert(&there, white, yuv);
        ck_assert_uint_eq(yuv[0], yuv_white(mode));
        convert(&there, black, yuv);
        ck_assert_uint_eq(yuv[0], yuv_black(mode));
    }
}
END_TEST

START_TEST(a_color_comes_back_within_2_codes_in_full_range)
{
    for (uint32_t mode = YUV_FULL; mode < YUV_MODES; mode++) {
        yuv_matrix_t there = yuv_from_rgb(mode), back = yuv_to_rgb(mode);
        for (uint32_t color = 0; color < 52 * 52 * 52; color += TEST_FEWER) {
            uint8_t rgb[3] = {(uint8_t)(color % 52 * 5), (uint8_t)(color / 52 % 52 * 5),
                              (uint8_t)(color / 52 / 52 * 5)};
            uint8_t yuv[3], again[3];
            convert(&there, rgb, yuv);
            convert(&back, yuv, again);
            for (int c = 0; c < 3; c++)
                ck_assert_int_le(abs(again[c] - rgb[c]), 2);
        }
    }
}
END_TEST

/* By hand. U of column 0: left is column 1: (20 + 2 * 10 + 20 + 2) / 4; of column 2:
 * (20 + 2 * 30 + 44 + 2) / 4. */
START_TEST(yuv422_is_u_y_v_y_with_chroma_at_even_columns)
{
    static const uint8_t y[4] = {1, 2, 3, 4}, u[4] = {10, 20, 30, 44}, v[4] = {9, 9, 9, 13};
    static const uint8_t expected[8] = {15, 1, 9, 2, 31, 3, 10, 4};
    const uint8_t *const planes[3] = {y, u, v};
    uint8_t out[8];
    yuv_rows(SIM_SIMD_SCALAR)->pack_422(planes, 4, out);
    ck_assert_mem_eq(out, expected, 8);
}
END_TEST

START_TEST(unpacking_yuv422_gives_the_color_back)
{
    uint8_t in[16], rgb[24];
    for (int i = 0; i < 16; i += 4) { /* green: 150, 44, 21 in full range of BT.601 */
        in[i] = 44;
        in[i + 1] = in[i + 3] = 150;
        in[i + 2] = 21;
    }
    yuv_unpack_422(in, 8, YUV_FULL, rgb);
    for (int i = 0; i < 24; i++)
        ck_assert_int_le(abs(rgb[i] - (i % 3 == 1 ? 255 : 0)), 2);
}
END_TEST

/* ---- filters ---- */

enum { FIELD = 400, MARGIN = 4 };

static double gaussian(sim_stream_t *s)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += sim_stream_u32(s) / 4294967296.0;
    return sum - 6;
}

/* A field of gray with a step up by `step` in the middle, in noise of `sigma`. */
static uint8_t *make_field(double step, double sigma)
{
    uint8_t *field = malloc(FIELD * FIELD);
    sim_stream_t s = sim_stream(24, 2, 0);
    for (int i = 0; i < FIELD * FIELD; i++)
        field[i] =
            (uint8_t)floor(90.5 + (i % FIELD >= FIELD / 2 ? step : 0) + sigma * gaussian(&s));
    return field;
}

static uint8_t *smooth(const uint8_t *field, uint32_t threshold, uint32_t strength)
{
    uint8_t *out = calloc(1, FIELD * FIELD);
    for (int y = 2; y < FIELD - 2; y++) {
        const uint8_t *rows[WIN_LINES];
        for (int k = 0; k < WIN_LINES; k++)
            rows[k] = field + (y + k - 2) * FIELD + 2;
        yuv_rows(sim_simd_best())
            ->smooth(rows, FIELD - 4, threshold, strength, out + y * FIELD + 2);
    }
    return out;
}

typedef struct {
    double mean, variance;
} moments_t;

/* Of columns from..to-1. */
static moments_t moments_of(const uint8_t *field, int from, int to)
{
    double sum = 0, squares = 0, count = (double)(to - from) * (FIELD - 2 * MARGIN);
    for (int y = MARGIN; y < FIELD - MARGIN; y++)
        for (int x = from; x < to; x++) {
            sum += field[y * FIELD + x];
            squares += (double)field[y * FIELD + x] * field[y * FIELD + x];
        }
    return (moments_t){sum / count, squares / count - sum / count * (sum / count)};
}

/* nr.h; the rounding of the result adds 1/12. */
START_TEST(noise_of_a_flat_field_falls_by_the_computed_factor)
{
    uint8_t *field = make_field(0, 8);
    double before = moments_of(field, MARGIN, FIELD - MARGIN).variance;
    for (uint32_t strength = 4; strength <= 16; strength += 4) {
        double s = strength / 16.0, center = 1 - s + s * 36 / 256;
        double factor = center * center + s * s * (70.0 * 70 - 36 * 36) / 65536;
        uint8_t *out = smooth(field, 127, strength);
        double after = moments_of(out, MARGIN, FIELD - MARGIN).variance;
        double expected = before * factor + 1.0 / 12;
        ck_assert_msg(after > 0.96 * expected && after < 1.04 * expected,
                      "strength %u: variance %.3f, not %.3f", strength, after, expected);
        free(out);
    }
    free(field);
}
END_TEST

/* Beside the edge only the near side pulls, with 80 of 256 less: so much more stays of the pixel.
 */
START_TEST(an_edge_keeps_its_height_in_noise)
{
    uint8_t *field = make_field(80, 4), *out = smooth(field, 20, 16);
    int middle = FIELD / 2;
    moments_t low = moments_of(out, middle - 1, middle), high = moments_of(out, middle, middle + 1);
    moments_t was_low = moments_of(field, middle - 1, middle);
    moments_t was_high = moments_of(field, middle, middle + 1);
    double factor = ((36 + 80.0) * (36 + 80) + (36 + 16 + 1) * 70 - 36 * 36) / 65536;
    ck_assert_double_eq_tol(high.mean - low.mean, was_high.mean - was_low.mean, 0.5);
    ck_assert_double_lt(low.variance, 1.1 * (factor * was_low.variance + 1.0 / 12));
    ck_assert_double_lt(high.variance, 1.1 * (factor * was_high.variance + 1.0 / 12));
    free(field);
    free(out);
}
END_TEST

/* Lone pixels of 128, all 24 neighbors as far off as counts most: by 220 of 256 parts of t. */
START_TEST(neighbors_at_the_threshold_pull_with_all_their_weight_at_every_vector_level)
{
    enum { COUNT = 150 };
    static const uint32_t thresholds[] = {1, 31, 32, 63, 64, 127};
    for (int level = 0; level <= (int)sim_simd_best(); level++)
        for (size_t i = 0; i < SIM_COUNT(thresholds); i++)
            for (int sign = -1; sign <= 1; sign += 2) {
                int t = (int)thresholds[i], pull = (16 * 220 * t * sign + 2048) >> 12;
                uint8_t line[3][COUNT + 4], out[COUNT];
                memset(line, 128 + sign * t, sizeof(line));
                for (int x = 2; x < COUNT + 2; x += 5)
                    line[2][x] = 128;
                const uint8_t *const rows[WIN_LINES] = {line[0] + 2, line[1] + 2, line[2] + 2,
                                                        line[0] + 2, line[1] + 2};
                yuv_rows((sim_simd_t)level)->smooth(rows, COUNT, thresholds[i], 16, out);
                for (int x = 0; x < COUNT; x += 5)
                    ck_assert_msg(out[x] == 128 + pull, "level %d, t %d: %u, not %d", level, t,
                                  out[x], 128 + pull);
            }
}
END_TEST

START_TEST(an_edge_without_noise_is_not_touched_at_all)
{
    uint8_t *field = make_field(41, 0), *out = smooth(field, 20, 16);
    for (int y = 2; y < FIELD - 2; y++)
        ck_assert_mem_eq(out + y * FIELD + 2, field + y * FIELD + 2, FIELD - 4);
    free(field);
    free(out);
}
END_TEST

/* A vertical edge 100 | 116: of the columns' weights 1 4 6 4 1, one sixteenth (distance 2) or five
 * (distance 1) lie beyond it: detail -1 and -5 codes before, 5 and 1 behind, in Q4 16 times that.
 */
START_TEST(sharpening_an_edge_gives_the_overshoot_worked_out_by_hand)
{
    static const uint8_t edge[12] = {100, 100, 100, 100, 100, 100, 116, 116, 116, 116, 116, 116};
    const uint8_t *rows[WIN_LINES];
    uint8_t out[8];
    for (int k = 0; k < WIN_LINES; k++)
        rows[k] = edge + 2;
    static const struct {
        sharpen_job_t job;
        uint8_t expected[8];
    } known[] = {
        {{32, 0, 255, 0, 255}, {100, 100, 99, 95, 121, 117, 116, 116}},
        {{64, 0, 255, 0, 255}, {100, 100, 98, 90, 126, 118, 116, 116}},
        {{32, 16, 255, 0, 255}, {100, 100, 100, 96, 120, 116, 116, 116}}, /* a code of core */
        {{64, 0, 4, 0, 255}, {100, 100, 98, 96, 120, 118, 116, 116}},     /* 4 at most */
        {{64, 0, 255, 97, 119}, {100, 100, 98, 97, 119, 118, 116, 116}},  /* within the range */
        {{0, 0, 255, 0, 255}, {100, 100, 100, 100, 116, 116, 116, 116}},
    };
    for (size_t i = 0; i < SIM_COUNT(known); i++) {
        yuv_rows(SIM_SIMD_SCALAR)->sharpen(rows, 8, &known[i].job, out);
        ck_assert_mem_eq(out, known[i].expected, 8);
    }
}
END_TEST

/* ---- time ---- */

/* D = 6 lines; pipe 15 + two conversions + NR + SHARPEN = 19. All rows are flushed: line 6 counts
 * from 210 to 214. The tensor's rows take 19 cycles of pipe too. */
START_TEST(noise_reduction_and_sharpening_take_2_lines_each)
{
    bench_t *b = bench_new();
    rig_write(b->rig, "ISP_NR", 1);
    rig_write(b->rig, "ISP_SHARPEN", 1);
    image_only(b);
    bench_frame(b, 0, usual);
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->rows, 6);
    for (uint32_t row = 0; row < 6; row++)
        row_left(b, row, row, 229 + 4 * row, 233 + 4 * row);
    bench_free(b);
}
END_TEST

/* D = 4, one conversion: rows 0 and 1 leave with lines 4 and 5. */
START_TEST(a_stage_that_is_off_takes_no_time)
{
    bench_t *b = bench_new();
    rig_write(b->rig, "ISP_NR", 1);
    rig_write(b->rig, "ISP_FORMAT", 1);
    image_only(b);
    bench_frame(b, 0, usual);
    rig_run_dry(b->rig);
    row_left(b, 0, 0, 197, 207);
    row_left(b, 1, 1, 217, 227);
    row_left(b, 2, 2, 227, 231);
    row_left(b, 5, 5, 239, 243);
    ck_assert_uint_eq(b->rig->isp.frames, 1);
    bench_free(b);
}
END_TEST

/* Row n reaches OUT at 165 + 20 n and leaves 6 + 4 cycles later. At the flush row 4 waits from 229
 * on for row 3, out at 235, in steps of 4; row 5 from 241 for row 4, out at 247. */
START_TEST(rows_of_a_region_leave_when_the_scaler_has_them)
{
    bench_t *b = bench_new();
    rig_write(b->rig, "ISP_OUT", 1);
    image_only(b);
    bench_frame(b, 0, usual);
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->rows, 6);
    row_left(b, 0, 0, 171, 175);
    row_left(b, 3, 3, 231, 235);
    row_left(b, 4, 4, 243, 247);
    row_left(b, 5, 5, 255, 259);
    image_is_right(b);
    ck_assert_str_eq(b->rig->log, "");
    bench_free(b);
}
END_TEST

static bool room_from_cycle_240(void *ctx)
{
    const rig_t *rig = ctx;
    return sim_now_ps(rig->sim) >= 240 * CYCLE_PS;
}

/* The flushed rows 4 and 5 would leave at 229 and 233; 229, 233, 237 are too early. Rows that are
 * pushed do not ask. */
START_TEST(flushed_rows_wait_for_room_on_the_link)
{
    bench_t *b = bench_new();
    b->rig->isp.image.sink[0].has_room = room_from_cycle_240;
    image_only(b);
    bench_frame(b, 0, usual);
    rig_run_dry(b->rig);
    row_left(b, 3, 3, 215, 225);
    row_left(b, 4, 4, 237, 241);
    row_left(b, 5, 5, 241, 245);
    image_is_right(b);
    bench_free(b);
}
END_TEST

static bool never(void *ctx)
{
    (void)ctx;
    return false;
}

START_TEST(an_image_that_nobody_wants_is_not_made)
{
    bench_t *b = bench_new();
    b->rig->isp.image.sink[0].wanted = never;
    image_only(b);
    bench_frame(b, 0, usual);
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->rows, 0);
    ck_assert_uint_eq(b->rig->isp.frames, 1);
    bench_free(b);
}
END_TEST

START_TEST(bytes_of_a_line_follow_the_registers)
{
    bench_t *b = bench_new();
    const isp_t *isp = &b->rig->isp;
    ck_assert_uint_eq(isp_line_bytes(isp, 128), 3 * 128);
    rig_write(b->rig, "ISP_FORMAT", 1);
    ck_assert_uint_eq(isp_line_bytes(isp, 128), 2 * 128);
    rig_write(b->rig, "ISP_OUT", 1);
    rig_write(b->rig, "ISP_OUT_W", 64); /* of 256 */
    ck_assert_uint_eq(isp_line_bytes(isp, 128), 2 * 32);
    rig_write(b->rig, "ISP_OUT_WIDTH", 10);
    ck_assert_uint_eq(isp_line_bytes(isp, 128), 2 * 10);
    bench_free(b);
}
END_TEST

START_TEST(line_buffers_are_counted)
{
    isp_desc_t desc = isp_desc_default();
    rig_t *rig = rig_new(&desc);
    ck_assert_uint_eq(rig->isp.image.nr.line_buffer_bytes, 4 * 3 * 4056);
    ck_assert_uint_eq(rig->isp.image.sharpen.line_buffer_bytes, 4 * 4056 + 2 * 2 * 4056);
    ck_assert_uint_eq(rig->isp.image.out.line_buffer_bytes, 3 * 4 * 4056);
    rig_free(rig);
}
END_TEST

START_TEST(the_window_of_a_cropped_mirrored_image_says_so)
{
    bench_t *b = bench_new();
    rig_write(b->rig, "ISP_OUT", 3);
    rig_write(b->rig, "ISP_OUT_X", 64);
    rig_write(b->rig, "ISP_OUT_W", 128);
    image_only(b);
    bench_frame(b, 0, usual);
    rig_run_dry(b->rig);
    sim_window_t w = b->rig->window;
    ck_assert_uint_eq(w.x_px, 64);
    ck_assert_uint_eq(w.width_px, 128);
    ck_assert_uint_eq(w.flip_x, 1);
    ck_assert_uint_eq(b->rig->rgb_width_px, 4);
    bench_free(b);
}
END_TEST

TEST_MAIN("image", the_image_equals_the_reference_at_every_vector_level,
          every_width_from_4_px_on_is_exact_with_all_stages_on,
          the_tensor_does_not_see_the_images_stages, primaries_get_the_codes_of_the_standards,
          gray_has_no_color_and_comes_back_as_it_was,
          a_color_comes_back_within_2_codes_in_full_range,
          yuv422_is_u_y_v_y_with_chroma_at_even_columns, unpacking_yuv422_gives_the_color_back,
          noise_of_a_flat_field_falls_by_the_computed_factor, an_edge_keeps_its_height_in_noise,
          neighbors_at_the_threshold_pull_with_all_their_weight_at_every_vector_level,
          an_edge_without_noise_is_not_touched_at_all,
          sharpening_an_edge_gives_the_overshoot_worked_out_by_hand,
          noise_reduction_and_sharpening_take_2_lines_each, a_stage_that_is_off_takes_no_time,
          rows_of_a_region_leave_when_the_scaler_has_them, flushed_rows_wait_for_room_on_the_link,
          an_image_that_nobody_wants_is_not_made, bytes_of_a_line_follow_the_registers,
          line_buffers_are_counted, the_window_of_a_cropped_mirrored_image_says_so)
