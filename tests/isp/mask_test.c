/*
 * mask_test.c - rectangles of the image that are hidden: every sample against the definition, and
 * where they lie for windows and flips.
 */
#include "isp/mask.h"
#include "tests/isp/slow.h"

enum { W_PX = 70, H_PX = 44, BYTES = W_PX * H_PX * 3 };

typedef struct {
    uint32_t x0, y0, x1, y1; /* samples */
} area_t;

static uint16_t raw[W_PX * H_PX];

/* One frame as it leaves; mode and rectangles of array pixels. */
static void make(const ref_t *ref, uint32_t mode, uint32_t cell, const uint32_t (*rect)[4],
                 uint32_t rects, uint8_t *rgb, uint64_t *last_ps)
{
    isp_desc_t desc = rig_small();
    rig_t *rig = rig_new(&desc);
    rig_configure(rig, ref, ADDR);
    rig_write(rig, "ISP_MASK", mode);
    rig_write(rig, "ISP_MASK_CELL", cell);
    rig_write(rig, "ISP_MASK_COLOR", 0x102030);
    for (uint32_t i = 0; i < rects; i++) {
        rig_write_n(rig, "ISP_MASK_XY", i, rect[i][1] << 16 | rect[i][0]);
        rig_write_n(rig, "ISP_MASK_WH", i, rect[i][3] << 16 | rect[i][2]);
    }
    rig_frame(rig, ref, 0, raw);
    ck_assert_uint_eq(rig->rows, H_PX);
    ck_assert_uint_eq(rig->tensor_dones, 1);
    memcpy(rgb, rig->rgb, BYTES);
    *last_ps = rig->row[H_PX - 1].now_ps;
    rig_free(rig);
}

static ref_t frame_of(sim_window_t window)
{
    isp_desc_t desc = rig_small();
    rig_t *rig = rig_new(&desc);
    ref_t ref = rig_reference(rig, W_PX, H_PX);
    rig_free(rig);
    ref.window = window;
    rig_noise(5, ref.bits, W_PX * H_PX, raw);
    return ref;
}

static bool is_in(const area_t *area, uint32_t areas, uint32_t x, uint32_t y)
{
    for (uint32_t i = 0; i < areas; i++)
        if (x >= area[i].x0 && x < area[i].x1 && y >= area[i].y0 && y < area[i].y1)
            return true;
    return false;
}

/* Color of a cell: of its first row, sample by sample. */
static uint32_t cell_color(const uint8_t *open, uint32_t x, uint32_t y, uint32_t c, uint32_t cell)
{
    uint32_t sum = 0, count = 0, left = x - x % cell, top = y - y % cell;
    for (uint32_t i = left; i < left + cell && i < W_PX; i++, count++)
        sum += open[(top * W_PX + i) * 3 + c];
    return (sum + count / 2) / count;
}

/* cell 0: filled. */
static void check(const uint8_t *open, const uint8_t *masked, const area_t *area, uint32_t areas,
                  uint32_t cell)
{
    static const uint32_t color[3] = {0x10, 0x20, 0x30};
    for (uint32_t i = 0; i < BYTES; i++) {
        uint32_t x = i / 3 % W_PX, y = i / 3 / W_PX, c = i % 3, want = open[i];
        if (is_in(area, areas, x, y))
            want = cell != 0 ? cell_color(open, x, y, c, cell) : color[c];
        ck_assert_msg(masked[i] == want, "x %u y %u channel %u: %u, not %u", x, y, c, masked[i],
                      want);
    }
}

/* The array is 256 x 256, the window 70 x 44 of it at 10, 20: an array pixel is a sample. The
 * second rectangle sticks out, the third is elsewhere, the fourth is none. */
static const sim_window_t window = {10, 20, W_PX, H_PX, 0, 0};
static const uint32_t rect[4][4] = {
    {15, 23, 30, 17}, {60, 50, 90, 90}, {100, 20, 30, 30}, {20, 20, 0, 9}};
static const area_t area[2] = {{5, 3, 35, 20}, {50, 30, W_PX, H_PX}};

START_TEST(rectangles_are_filled)
{
    static uint8_t open[BYTES], masked[BYTES];
    uint64_t open_ps, masked_ps;
    ref_t ref = frame_of(window);
    make(&ref, MASK_OFF, 16, rect, 4, open, &open_ps);
    make(&ref, MASK_FILL, 16, rect, 4, masked, &masked_ps);
    check(open, masked, area, 2, 0);
    ck_assert_uint_gt(masked_ps, open_ps);
}
END_TEST

START_TEST(a_cell_of_a_mosaic_has_the_mean_of_its_first_row)
{
    static const uint32_t cells[] = {4, 7, 16, 64};
    static uint8_t open[BYTES], masked[BYTES];
    uint64_t ps;
    ref_t ref = frame_of(window);
    make(&ref, MASK_OFF, 16, rect, 4, open, &ps);
    for (size_t i = 0; i < SIM_COUNT(cells); i++) {
        make(&ref, MASK_MOSAIC, cells[i], rect, 4, masked, &ps);
        check(open, masked, area, 2, cells[i]);
    }
}
END_TEST

/* A mirrored and an upside-down frame: the last sample of the window comes first. */
START_TEST(rectangles_follow_flips)
{
    static uint8_t open[BYTES], masked[BYTES];
    static const area_t flipped[2] = {{W_PX - 35, H_PX - 20, W_PX - 5, H_PX - 3},
                                      {0, 0, W_PX - 50, H_PX - 30}};
    uint64_t ps;
    sim_window_t turned = window;
    turned.flip_x = turned.flip_y = 1;
    ref_t ref = frame_of(turned);
    make(&ref, MASK_OFF, 16, rect, 4, open, &ps);
    make(&ref, MASK_FILL, 16, rect, 4, masked, &ps);
    check(open, masked, flipped, 2, 0);
}
END_TEST

/* Samples of 2 x 2 array pixels: 15..45 of a window that begins at 10 are 2.5..17.5: samples 2 to
 * 17; 23..40 of 20: 1.5..10, samples 1 to 9. */
START_TEST(of_binned_samples_all_are_hidden_that_have_a_part_in_it)
{
    static uint8_t open[BYTES], masked[BYTES];
    static const area_t binned[1] = {{2, 1, 18, 10}};
    uint64_t ps;
    ref_t ref = frame_of((sim_window_t){10, 20, 2 * W_PX, 2 * H_PX, 0, 0});
    make(&ref, MASK_OFF, 16, rect, 1, open, &ps);
    make(&ref, MASK_FILL, 16, rect, 1, masked, &ps);
    check(open, masked, binned, 1, 0);
}
END_TEST

/* 4 clocks, and 16 samples at 4 a clock; isp.h: 262.5 MHz. */
START_TEST(a_mosaic_costs_its_clocks)
{
    static uint8_t rgb[BYTES];
    uint64_t off, fill, mosaic;
    ref_t ref = frame_of(window);
    make(&ref, MASK_OFF, 16, rect, 4, rgb, &off);
    make(&ref, MASK_FILL, 16, rect, 4, rgb, &fill);
    make(&ref, MASK_MOSAIC, 16, rect, 4, rgb, &mosaic);
    double clock_ps = 1e12 / (double)rig_small().clk_hz;
    ck_assert_double_eq_tol((double)(fill - off), 4 * clock_ps, 2);
    ck_assert_double_eq_tol((double)(mosaic - off), 8 * clock_ps, 2);
}
END_TEST

START_TEST(illegal_cells_are_made_legal)
{
    static uint8_t open[BYTES], masked[BYTES];
    uint64_t ps;
    ref_t ref = frame_of(window);
    make(&ref, MASK_OFF, 16, rect, 4, open, &ps);
    make(&ref, MASK_MOSAIC, 1, rect, 4, masked, &ps);
    check(open, masked, area, 2, MASK_LEAST_CELL);
    make(&ref, 3, 127, rect, 4, masked, &ps);
    check(open, masked, area, 2, MASK_MOST_CELL);
}
END_TEST

TEST_MAIN("isp mask", rectangles_are_filled, a_cell_of_a_mosaic_has_the_mean_of_its_first_row,
          rectangles_follow_flips, of_binned_samples_all_are_hidden_that_have_a_part_in_it,
          a_mosaic_costs_its_clocks, illegal_cells_are_made_legal)
