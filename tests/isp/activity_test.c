/*
 * activity_test.c - what the stages do in a frame of 40 x 24 samples, worked out by hand: 4 samples
 * a clock, line buffers of 12 bits (RAW) and 3 bytes (YUV) a pixel.
 */
#include "tests/isp/rig.h"
#include "tests/test.h"

enum { W = 40, H = 24, PX = W * H, ADDR = RIG_MEM_BASE + 0x1000 };

static rig_t *rig;

/* Of the whole array, the tensor 20 x 12 of it. */
static ref_t shape(void)
{
    ref_t ref = rig_reference(rig, W, H);
    ref.search = ref.shading = ref.tnr = false;
    ref.sites = ref.demosaic = 0;
    ref.tone = true;
    ref.out_width_px = 20;
    ref.out_height_px = 12;
    return ref;
}

static void frame(const ref_t *ref)
{
    static uint16_t raw[PX];
    rig_noise(1, ref->bits, PX, raw);
    rig_configure(rig, ref, ADDR);
    rig_frame(rig, ref, 0, raw);
    sim_tally(rig->sim);
}

static void expect(const isp_work_t *expected)
{
    const isp_work_t *work = &rig->isp.work;
#define X(member, unit, help)                                                                      \
    ck_assert_msg(work->member == expected->member, #member ": %llu, not %llu",                    \
                  (unsigned long long)work->member, (unsigned long long)expected->member);
    ISP_WORK_TABLE(X)
#undef X
}

/* The demosaic's window has four lines besides the one that comes in. */
static const isp_work_t plain = {.raw_px = PX,
                                 .rgb_px = PX,
                                 .gamma_px = PX,
                                 .buffer_write_bytes = PX * 12 / 8,
                                 .buffer_read_bytes = 4 * PX * 12 / 8,
                                 .busy_cycles = H * W / 4};

START_TEST(a_frame_goes_through_the_stages_that_are_on)
{
    isp_desc_t desc = rig_small();
    rig = rig_new(&desc);
    ref_t ref = shape();
    frame(&ref);
    expect(&plain);
    ck_assert_uint_eq(rig->isp.scaler.source_px, PX);
    ck_assert_uint_eq(rig->isp.scaler.made_px, 20 * 12);
    ck_assert_uint_eq(rig->isp.image.sent_px, PX);
    ck_assert_uint_eq(rig->isp.image.yuv_px + rig->isp.image.nr_px, 0);
    rig_free(rig);
}
END_TEST

START_TEST(pixels_that_nobody_sees_are_worked_on_all_the_same)
{
    isp_desc_t desc = rig_small();
    rig = rig_new_blind(&desc);
    ref_t ref = shape();
    frame(&ref);
    expect(&plain);
    ck_assert_uint_eq(rig->isp.image.sent_px, 0);
    rig_free(rig);
}
END_TEST

/* Along edges: 6 lines and 2 rows of 13 bits for every other sample; whole bytes of a row count. */
START_TEST(stages_count_what_goes_through_them)
{
    isp_desc_t desc = rig_small();
    rig = rig_new(&desc);
    ref_t ref = shape();
    ref.search = ref.shading = true;
    ref.tone = false;
    ref.demosaic = DEMOSAIC_EDGE;
    ref.image.nr = ref.image.sharpen = true;
    frame(&ref);
    const isp_work_t expected = {
        .raw_px = PX,
        .dpc_px = PX,
        .lsc_px = PX,
        .rgb_px = PX,
        .buffer_write_bytes = H * (60 + (480 + 260) / 8),
        .buffer_read_bytes = H * (4 * 60 + (6 * 480 + 2 * 260) / 8),
        .busy_cycles = H * W / 4,
    };
    expect(&expected);
    ck_assert_uint_eq(rig->isp.image.yuv_px, 2 * PX); /* there and back */
    ck_assert_uint_eq(rig->isp.image.nr_px, PX);
    ck_assert_uint_eq(rig->isp.image.sharpen_px, PX);
    ck_assert_uint_eq(rig->isp.image.buffer_write_bytes, 2 * 3 * PX);
    ck_assert_uint_eq(rig->isp.image.buffer_read_bytes, (4 * 3 + 4 + 2) * PX);
    rig_free(rig);
}
END_TEST

TEST_MAIN("isp activity", a_frame_goes_through_the_stages_that_are_on,
          pixels_that_nobody_sees_are_worked_on_all_the_same, stages_count_what_goes_through_them)
