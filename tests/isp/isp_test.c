/*
 * isp_test.c - pixels: every byte of the image and of the tensor against the plain reference.
 */
#include "tests/isp/rig.h"
#include "tests/test.h"

#define TENSOR_ADDR (RIG_MEM_BASE + 0x1000)

static const sim_bayer_t all_orders[] = {SIM_BAYER_GRBG, SIM_BAYER_RGGB, SIM_BAYER_BGGR,
                                         SIM_BAYER_GBRG};

static uint32_t between(sim_stream_t *s, uint32_t low, uint32_t high)
{
    return low + sim_stream_below(s, high - low + 1);
}

static void random_shading(sim_stream_t *s, ref_t *ref)
{
    ref->shading = true;
    for (uint32_t i = 0; i < LSC_GAINS; i++)
        ref->shade_q10[i] = (uint16_t)(between(s, 0, 4095) >> between(s, 0, 2));
}

/* Half of the cases have each of the stages that are off by default. */
static void random_raw_stages(sim_stream_t *s, ref_t *ref)
{
    ref->digital_q8 = between(s, 0, 1) ? 256 : between(s, 1, 0xfff) >> between(s, 0, 4);
    ref->digital_q8 += ref->digital_q8 == 0;
    ref->demosaic = between(s, 0, 3) % 3;
    ref->search = between(s, 0, 1);
    ref->hot_dn = between(s, 0, 1) ? between(s, 0, 300) : between(s, 0, 4095);
    ref->hot_q8 = between(s, 0, 255);
    ref->cold_dn = between(s, 0, 300);
    ref->cold_q8 = between(s, 0, 1) ? 0 : between(s, 0, 255);
    ref->sites = between(s, 0, 1) ? between(s, 1, 16) : 0;
    for (uint32_t i = 0; i < ref->sites; i++)
        ref->site[i] = between(s, 0, 255) << 16 | between(s, 0, 255);
    if (between(s, 0, 1))
        random_shading(s, ref);
}

/* Any shape, any registers: gains below and above 1, negative coefficients, wild tone curves. */
static ref_t random_case(sim_stream_t *s, const isp_desc_t *desc)
{
    ref_t ref = {.bayer = all_orders[between(s, 0, 3)],
                 .bits = between(s, 8, 12),
                 .width_px = between(s, 4, 140),
                 .height_px = between(s, 4, 24),
                 .tone = between(s, 0, 4) != 0,
                 .array_width_px = desc->array_width_px,
                 .array_height_px = desc->array_height_px};
    for (int i = 0; i < 4; i++) {
        ref.black[i] = between(s, 0, 600);
        ref.gain_q8[i] = between(s, 1, 0xfff) >> between(s, 0, 4);
        ref.gain_q8[i] += ref.gain_q8[i] == 0;
    }
    for (int i = 0; i < 9; i++)
        ref.matrix_q10[i] = (int32_t)between(s, 0, 1024) - (i % 4 == 0 ? -512 : 512);
    for (int i = 0; i < 42; i++)
        ref.point[i] = between(s, 0, 255);
    if (between(s, 0, 1)) {
        sim_window_t *w = &ref.window;
        w->width_px = between(s, 1, desc->array_width_px);
        w->height_px = between(s, 1, desc->array_height_px);
        w->x_px = between(s, 0, desc->array_width_px - w->width_px);
        w->y_px = between(s, 0, desc->array_height_px - w->height_px);
        w->flip_x = between(s, 0, 1);
        w->flip_y = between(s, 0, 1);
    }
    random_raw_stages(s, &ref);
    ref.roi_x = between(s, 0, desc->array_width_px - 1);
    ref.roi_y = between(s, 0, desc->array_height_px - 1);
    ref.roi_w = between(s, 1, desc->array_width_px - ref.roi_x);
    ref.roi_h = between(s, 1, desc->array_height_px - ref.roi_y);
    ref.out_width_px = between(s, 1, 70);
    ref.out_height_px = between(s, 1, 40);
    ref.channels = (uint32_t[]){1, 3, 4}[between(s, 0, 2)];
    ref.turn = between(s, 0, 3);
    if (ref.turn & 1) /* the scaler's rows: not so many that the writer cannot follow */
        ref.out_width_px = 1 + ref.out_width_px % 40;
    ref.mirror = between(s, 0, 1);
    ref.r_g_g_b = between(s, 0, 3) == 0;
    ref.mix_on = between(s, 0, 1);
    for (int i = 0; i < 9; i++) /* many are 0: rows of one, two, three terms, or none */
        ref.mix[i / 3][i % 3] = between(s, 0, 1) ? (int32_t)between(s, 0, 4095) - 2048 : 0;
    for (int c = 0; c < 4; c++) {
        ref.div_val[c] = between(s, 0, 2048);
        ref.div_shift[c] = between(s, 0, 8);
        ref.norm_shift[c] = between(s, 0, 6);
        ref.norm_val[c] = (int32_t)between(s, 0, 8191) - 4096;
        ref.clip_min[c] = (int32_t)between(s, 0, 511) - 256;
        ref.clip_max[c] = (int32_t)between(s, (uint32_t)(ref.clip_min[c] + 256), 511) - 256;
    }
    return ref;
}

static void compare_rgb(const rig_t *rig, const ref_t *ref, const uint8_t *rgb, const char *what)
{
    ck_assert_uint_eq(rig->rows, ref->height_px);
    for (uint32_t y = 0; y < ref->height_px; y++)
        for (uint32_t i = 0; i < 3 * ref->width_px; i++) {
            size_t at = (size_t)y * 3 * ref->width_px + i;
            ck_assert_msg(rig->rgb[at] == rgb[at],
                          "%s: %u x %u order %u: row %u px %u ch %u: %u, not %u", what,
                          ref->width_px, ref->height_px, ref->bayer, y, i / 3, i % 3, rig->rgb[at],
                          rgb[at]);
        }
}

static void compare_tensor(const rig_t *rig, const ref_t *ref, const uint8_t *rgb, const char *what)
{
    uint32_t bytes = ref_tensor_bytes(ref);
    int8_t *tensor = malloc(bytes);
    ref_tensor(ref, rgb, tensor);
    const int8_t *got = (const int8_t *)rig->mem.bytes + (TENSOR_ADDR - RIG_MEM_BASE);
    for (uint32_t i = 0; i < bytes; i++)
        ck_assert_msg(got[i] == tensor[i],
                      "%s: roi %u,%u %ux%u -> %u x %u x %u: byte %u is %d, not %d", what,
                      ref->roi_x, ref->roi_y, ref->roi_w, ref->roi_h, ref->channels,
                      ref->out_height_px, ref->out_width_px, i, got[i], tensor[i]);
    /* Nothing before and nothing behind. */
    ck_assert_int_eq((uint8_t)got[-1], RIG_UNWRITTEN);
    ck_assert_int_eq((uint8_t)got[bytes], RIG_UNWRITTEN);
    free(tensor);
}

/* One frame through a fresh ISP; image and tensor must be what the reference says. */
static void check_case(const ref_t *ref, const uint16_t *raw, const uint8_t *rgb,
                       const isp_desc_t *desc, const char *what)
{
    rig_t *rig = rig_new(desc);
    rig_configure(rig, ref, TENSOR_ADDR);
    rig_frame(rig, ref, 3, raw);
    compare_rgb(rig, ref, rgb, what);
    ck_assert_uint_eq(rig->tensor_dones, 1);
    compare_tensor(rig, ref, rgb, what);
    ck_assert_uint_eq(rig->mem.rule_breaks, 0);
    ck_assert_str_eq(rig->log, "");
    rig_free(rig);
}

static void check_all_levels(const ref_t *ref, uint64_t noise, const isp_desc_t *desc)
{
    uint32_t samples = ref->width_px * ref->height_px;
    uint16_t *raw = malloc(samples * sizeof(*raw));
    uint8_t *rgb = malloc((size_t)samples * 3);
    rig_noise(noise, ref->bits, samples, raw);
    ref_rgb(ref, raw, rgb);
    for (int level = 0; level < SIM_SIMD_LEVELS; level++)
        if (sim_simd_force((sim_simd_t)level))
            check_case(ref, raw, rgb, desc, sim_simd_name((sim_simd_t)level));
    free(raw);
    free(rgb);
}

START_TEST(image_and_tensor_equal_the_reference_at_every_vector_level)
{
    isp_desc_t desc = rig_small();
    sim_stream_t s = sim_stream(11, 2, 0);
    for (uint64_t i = 0; i < 60 / TEST_FEWER; i++) {
        ref_t ref = random_case(&s, &desc);
        check_all_levels(&ref, 100 + i, &desc);
    }
}
END_TEST

/* Widths around the vectors' 16, 32 and 64 lanes, with all four orders; and around the steps of
 * ISP_GREEN_PX samples of a half row. */
START_TEST(every_width_from_4_px_on_and_every_bayer_order_is_exact)
{
    isp_desc_t desc = rig_small();
    sim_stream_t s = sim_stream(12, 2, 0);
    for (uint32_t width = 4; width <= 140; width += width < 76 ? TEST_FEWER : 7) {
        ref_t ref = random_case(&s, &desc);
        ref.width_px = width;
        ref.height_px = 4 + width % 3;
        ref.bayer = all_orders[width % 4];
        check_all_levels(&ref, width, &desc);
    }
    for (uint32_t width = 2 * ISP_GREEN_PX - 8; width <= 256; width += TEST_FEWER) {
        ref_t ref = random_case(&s, &desc);
        ref.width_px = width;
        ref.height_px = 7;
        ref.demosaic = DEMOSAIC_EDGE;
        check_all_levels(&ref, width, &desc);
    }
    for (int order = 0; order < 4; order++)
        for (uint32_t size = 0; size < 4; size++) {
            ref_t ref = random_case(&s, &desc);
            ref.width_px = 67 + (size & 1);
            ref.height_px = 4 + (size >> 1);
            ref.bayer = all_orders[order];
            check_all_levels(&ref, 7 * size, &desc);
        }
}
END_TEST

/* 0 and full scale in random patterns drive every filter to its limits. */
START_TEST(black_and_white_noise_meets_the_clamps_exactly)
{
    isp_desc_t desc = rig_small();
    ref_t ref = {.bits = 12,
                 .width_px = 137,
                 .height_px = 21,
                 .gain_q8 = {256, 256, 256, 256},
                 .digital_q8 = 256,
                 .matrix_q10 = {32767, -32768, 1, 0, 1024, 0, -32768, 32767, 32767},
                 .array_width_px = 256,
                 .array_height_px = 256,
                 .roi_w = 256,
                 .roi_h = 256,
                 .out_width_px = 33,
                 .out_height_px = 11,
                 .channels = 3,
                 .div_val = {1024, 1024, 1024},
                 .div_shift = {6, 6, 6},
                 .norm_shift = {4, 4, 4},
                 .norm_val = {-2048, -2048, -2048},
                 .clip_min = {-128, -128, -128},
                 .clip_max = {127, 127, 127}};
    uint32_t samples = ref.width_px * ref.height_px;
    uint16_t *raw = malloc(samples * sizeof(*raw));
    uint8_t *rgb = malloc((size_t)samples * 3);
    for (int pass = 0; pass < 12; pass++) {
        ref.bayer = all_orders[pass % 4];
        ref.demosaic = (uint32_t)pass % 3;
        if (pass >= 4) /* the filters alone */
            memcpy(ref.matrix_q10, (int32_t[9]){1024, 0, 0, 0, 1024, 0, 0, 0, 1024},
                   sizeof(ref.matrix_q10));
        rig_noise(50 + (uint64_t)pass, 1, samples, raw);
        for (uint32_t i = 0; i < samples; i++)
            raw[i] = raw[i] ? 4095 : 0;
        ref_rgb(&ref, raw, rgb);
        for (int level = 0; level < SIM_SIMD_LEVELS; level++)
            if (sim_simd_force((sim_simd_t)level))
                check_case(&ref, raw, rgb, &desc, sim_simd_name((sim_simd_t)level));
    }
    free(raw);
    free(rgb);
}
END_TEST

/* Every ratio of a few source sizes: 1:1, whole, broken, and up, mixed between the axes. */
START_TEST(resizing_is_exact_up_down_and_mixed)
{
    static const uint32_t sizes[] = {1, 2, 3, 5, 16, 31, 32, 33, 64, 65};
    isp_desc_t desc = rig_small();
    sim_stream_t s = sim_stream(13, 2, 0);
    for (size_t i = 0; i < SIM_COUNT(sizes); i++)
        for (size_t j = i % TEST_FEWER; j < SIM_COUNT(sizes); j += TEST_FEWER) {
            ref_t ref = random_case(&s, &desc);
            ref.width_px = 64;
            ref.height_px = 16;
            ref.roi_x = ref.roi_y = 0;
            ref.roi_w = 4 * (1 + (uint32_t)(7 * i + j) % 64); /* 1..64 samples */
            ref.roi_h = 16 * (1 + (uint32_t)(3 * i + j) % 16);
            ref.out_width_px = sizes[i];
            ref.out_height_px = sizes[j];
            ref.turn &= 2; /* by 90 degrees the writer cannot follow when rows multiply */
            check_all_levels(&ref, 31 * i + j, &desc);
        }
}
END_TEST

/* The binned mode's width and the detector's tensor width; few rows, or the reference takes ages.
 */
START_TEST(rows_of_the_binned_mode_are_exact)
{
    isp_desc_t desc = isp_desc_default();
    rig_t *rig = rig_new(&desc);
    ref_t ref = rig_reference(rig, 2028, 24);
    rig_free(rig);
    ref.out_width_px = 160;
    ref.out_height_px = 3;
    check_all_levels(&ref, 5, &desc);
}
END_TEST

START_TEST(the_tensor_is_the_same_without_an_image_sink)
{
    isp_desc_t desc = rig_small();
    sim_stream_t s = sim_stream(14, 2, 0);
    for (int i = 0; i < 20; i++) {
        ref_t ref = random_case(&s, &desc);
        uint32_t samples = ref.width_px * ref.height_px;
        uint16_t *raw = malloc(samples * sizeof(*raw));
        uint8_t *rgb = malloc((size_t)samples * 3);
        rig_noise((uint64_t)i, ref.bits, samples, raw);
        ref_rgb(&ref, raw, rgb);
        rig_t *rig = rig_new_blind(&desc);
        rig_configure(rig, &ref, TENSOR_ADDR);
        rig_frame(rig, &ref, 0, raw);
        ck_assert_uint_eq(rig->rows, 0);
        compare_tensor(rig, &ref, rgb, "blind");
        rig_free(rig);
        free(raw);
        free(rgb);
    }
}
END_TEST

/* Frames of different shape, order and registers follow each other through one ISP. */
START_TEST(nothing_of_a_frame_stays_in_the_next)
{
    isp_desc_t desc = rig_small();
    sim_stream_t s = sim_stream(15, 2, 0);
    rig_t *rig = rig_new(&desc);
    for (uint32_t i = 0; i < 12; i++) {
        ref_t ref = random_case(&s, &desc);
        uint32_t samples = ref.width_px * ref.height_px;
        uint16_t *raw = malloc(samples * sizeof(*raw));
        uint8_t *rgb = malloc((size_t)samples * 3);
        rig_noise(i, ref.bits, samples, raw);
        ref_rgb(&ref, raw, rgb);
        memset(rig->mem.bytes, RIG_UNWRITTEN, RIG_MEM_BYTES);
        rig->rows = 0;
        rig_configure(rig, &ref, TENSOR_ADDR);
        rig_frame(rig, &ref, i, raw);
        compare_rgb(rig, &ref, rgb, "one of many");
        compare_tensor(rig, &ref, rgb, "one of many");
        free(raw);
        free(rgb);
    }
    ck_assert_uint_eq(rig->tensor_dones, 12);
    rig_free(rig);
}
END_TEST

static uint64_t hash_at_level(sim_simd_t level, const ref_t *ref, const uint16_t *raw)
{
    isp_desc_t desc = rig_small();
    if (!sim_simd_force(level))
        return 0;
    rig_t *rig = rig_new(&desc);
    rig_configure(rig, ref, TENSOR_ADDR);
    rig_timing_t timing = {SIM_PS_PER_US, 10 * SIM_PS_PER_US, 8 * SIM_PS_PER_US};
    rig_lines(rig, ref, 0, ref->height_px - 3, raw, timing); /* in the middle of things */
    uint64_t hash = sim_state_hash(rig->sim);
    rig_free(rig);
    return hash;
}

START_TEST(the_state_hash_is_the_same_twice_and_at_every_vector_level)
{
    isp_desc_t desc = rig_small();
    sim_stream_t s = sim_stream(16, 2, 0);
    uint16_t raw[140 * 24];
    for (int i = 0; i < 8; i++) {
        ref_t ref = random_case(&s, &desc);
        rig_noise((uint64_t)i, ref.bits, 140 * 24, raw);
        uint64_t expected = hash_at_level(SIM_SIMD_SCALAR, &ref, raw);
        for (int level = 0; level <= (int)sim_simd_best(); level++)
            ck_assert_uint_eq(hash_at_level((sim_simd_t)level, &ref, raw), expected);
        for (int phase = 0; phase < 4; phase++) /* nothing clamps: it depends on every sample */
            ref.black[phase] = 0, ref.gain_q8[phase] = 256;
        ref.digital_q8 = 256;
        ref.search = ref.shading = false;
        ref.sites = 0;
        expected = hash_at_level(SIM_SIMD_SCALAR, &ref, raw);
        raw[(ref.height_px - 4) * ref.width_px] ^= 1;
        ck_assert_uint_ne(hash_at_level(SIM_SIMD_SCALAR, &ref, raw), expected);
    }
}
END_TEST

/* By hand: 64 of 10 bits is black; one sample below it is clamped and counted. */
START_TEST(clipped_and_saturated_samples_are_counted)
{
    isp_desc_t desc = rig_small();
    rig_t *rig = rig_new(&desc);
    ref_t ref = rig_reference(rig, 4, 4);
    uint16_t raw[16];
    for (int i = 0; i < 16; i++)
        raw[i] = 100;
    raw[3] = 63;    /* 252 - 256 < 0 */
    raw[6] = 64;    /* 0: not clamped */
    raw[9] = 1023;  /* (4092 - 256) * 274 / 256 = 4105.7: saturated */
    raw[10] = 1020; /* B: 3824 * 402 / 256 = 6004: saturated */
    rig_configure(rig, &ref, TENSOR_ADDR);
    rig_frame(rig, &ref, 0, raw);
    ck_assert_uint_eq(rig->isp.blc.clipped_px, 1);
    ck_assert_uint_eq(rig->isp.wb.saturated_px, 2);
    rig_free(rig);
}
END_TEST

TEST_MAIN("isp", image_and_tensor_equal_the_reference_at_every_vector_level,
          every_width_from_4_px_on_and_every_bayer_order_is_exact,
          black_and_white_noise_meets_the_clamps_exactly, resizing_is_exact_up_down_and_mixed,
          rows_of_the_binned_mode_are_exact, the_tensor_is_the_same_without_an_image_sink,
          nothing_of_a_frame_stays_in_the_next,
          the_state_hash_is_the_same_twice_and_at_every_vector_level,
          clipped_and_saturated_samples_are_counted)
