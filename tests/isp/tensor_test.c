/*
 * tensor_test.c - formats of the tensor by hand, and what turning it costs.
 */
#include "tests/isp/slow.h"

static void set_shape(bench_t *b, uint32_t width, uint32_t height, uint32_t channels, uint32_t turn)
{
    b->ref.roi_h = 256;
    b->ref.out_width_px = width;
    b->ref.out_height_px = height;
    b->ref.channels = channels;
    b->ref.turn = turn;
    rig_configure(b->rig, &b->ref, ADDR);
    bench_expect(b);
}

/* Lines so far apart that the writer is always done. */
static void slow_frame(bench_t *b)
{
    bench_frame(b, 0, (rig_timing_t){100 * CYCLE_PS, 400 * CYCLE_PS, 10 * CYCLE_PS});
    rig_run_dry(b->rig);
}

static uint64_t bursts_of(uint32_t slots, uint32_t width, uint32_t height, uint32_t channels,
                          uint32_t turn)
{
    isp_desc_t desc = slow_desc();
    desc.writer_slots = slots;
    bench_t *b = bench_new_of(&desc);
    set_shape(b, width, height, channels, turn);
    slow_frame(b);
    ck_assert_uint_eq(b->rig->tensor_dones, 1);
    ck_assert_uint_eq(b->rig->mem.rule_breaks, 0);
    tensor_is_right(b);
    uint64_t requests = b->rig->mem.requests;
    ck_assert_uint_eq(b->rig->isp.writer.bytes_written, ref_tensor_bytes(&b->ref));
    bench_free(b);
    return requests;
}

/* 6 x 4 x 3: four rows of 32 bytes in each of three planes. */
START_TEST(upright_or_by_180_degrees_a_row_and_plane_is_a_burst)
{
    ck_assert_uint_eq(bursts_of(4, 6, 4, 3, 0), 3 * 4);
    ck_assert_uint_eq(bursts_of(4, 6, 4, 3, 2), 3 * 4);
}
END_TEST

/* The same 6 columns in groups of slots / 2, a burst for each of 4 rows and 3 planes; and 26 bytes
 * of padding a row. The bursts of 2 columns from 5 on, backward, do not cross 128 bytes. */
START_TEST(by_90_degrees_every_row_gets_a_burst_from_every_group_of_columns)
{
    for (uint32_t turn = 1; turn < 4; turn += 2) {
        ck_assert_uint_eq(bursts_of(1, 6, 4, 3, turn), 3 * 4 * (6 + 1));
        ck_assert_uint_eq(bursts_of(2, 6, 4, 3, turn), 3 * 4 * (6 + 1));
        ck_assert_uint_eq(bursts_of(4, 6, 4, 3, turn), 3 * 4 * (3 + 1));
        ck_assert_uint_eq(bursts_of(8, 6, 4, 3, turn), 3 * 4 * (2 + 1)); /* 4 and 2 */
        ck_assert_uint_eq(bursts_of(16, 6, 4, 1, turn), 1 * 4 * (1 + 1));
    }
}
END_TEST

/* An odd height has a row of padding more in each plane; 32 columns have none beside them. */
START_TEST(by_90_degrees_padding_is_written_once)
{
    ck_assert_uint_eq(bursts_of(4, 6, 3, 3, 1), 3 * (3 * (3 + 1) + 1));
    ck_assert_uint_eq(bursts_of(16, 32, 6, 3, 3), 3 * 6 * 4);
    ck_assert_uint_eq(bursts_of(16, 32, 5, 4, 1), 4 * (5 * 4 + 1));
}
END_TEST

/* Column 0 is complete in slot 0 of 2 when the first row has left the scaler; 12 bursts of a byte,
 * two at a time, 9 cycles each: 55 cycles. Rows come every 20: the third has no room, and the
 * scaler drops the fourth. */
START_TEST(a_turned_tensor_is_given_up_when_its_columns_cannot_be_written_in_time)
{
    bench_t *b = bench_new();
    set_shape(b, 6, 4, 3, 1);
    bench_frame(b, 0, usual);
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->tensor_dones, 0);
    ck_assert_uint_eq(b->rig->isp.lost_tensors, 1);
    ck_assert(logged(b, "fell behind"));
    ck_assert_uint_eq(b->rig->rows, 6); /* the image goes on */
    bench_free(b);
}
END_TEST

/* Which source corner is in the tensor's corners, by hand: A B / C D turned clockwise is C A / D B.
 */
START_TEST(corners_are_where_a_clockwise_turn_puts_them)
{
    /* top left, top right, bottom left, bottom right of the tensor */
    static const char *const expected[2][4] = {{"ABCD", "CADB", "DCBA", "BDAC"},
                                               {"BADC", "DBCA", "CDAB", "ACBD"}};
    for (uint32_t mirror = 0; mirror < 2; mirror++)
        for (uint32_t turn = 0; turn < 4; turn++) {
            bench_t *b = bench_new();
            bool sideways = turn % 2;
            b->ref.mirror = mirror;
            set_shape(b, sideways ? 6 : 8, sideways ? 8 : 6, 1, turn);
            slow_frame(b);
            tensor_is_right(b);
            const uint8_t *t = b->rig->mem.bytes + (ADDR - RIG_MEM_BASE);
            uint32_t w = b->ref.out_width_px, h = b->ref.out_height_px;
            const uint8_t corner[4] = {t[0], t[w - 1], t[(h - 1) * 32], t[(h - 1) * 32 + w - 1]};
            for (int i = 0; i < 4; i++) {
                int at = expected[mirror][turn][i] - 'A';
                const uint8_t *px = b->rgb + 3 * ((at / 2) * 5 * WIDTH + (at % 2) * (WIDTH - 1));
                int luma = (77 * px[0] + 150 * px[1] + 29 * px[2] + 128) >> 8;
                ck_assert_int_eq((int8_t)corner[i], luma - 128);
            }
            ck_assert_uint_eq(rig_read(b->rig, "ISP_SEEN_FLIP"), turn << 2 | mirror);
            bench_free(b);
        }
}
END_TEST

/* norm_val 0 and limits 0, 255: the code itself; limits of one channel do not touch another. */
START_TEST(unsigned_bytes_come_from_the_clip_registers)
{
    bench_t *b = bench_new();
    for (int c = 0; c < 4; c++) {
        b->ref.norm_val[c] = 0;
        b->ref.clip_min[c] = 0;
        b->ref.clip_max[c] = 255;
    }
    b->ref.clip_min[1] = b->ref.clip_max[1] = 77;
    set_shape(b, 8, 6, 4, 0);
    slow_frame(b);
    tensor_is_right(b);
    const uint8_t *t = b->rig->mem.bytes + (ADDR - RIG_MEM_BASE);
    for (uint32_t y = 0; y < 6; y++)
        for (uint32_t x = 0; x < 8; x++) {
            const uint8_t *px = b->rgb + 3 * (y * WIDTH + x);
            ck_assert_uint_eq(t[y * 32 + x], px[0]);
            ck_assert_uint_eq(t[(6 + y) * 32 + x], 77);
            ck_assert_uint_eq(t[(12 + y) * 32 + x], px[2]);
            ck_assert_uint_eq(t[(18 + y) * 32 + x],
                              (uint32_t)(77 * px[0] + 150 * px[1] + 29 * px[2] + 128) >> 8);
        }
    bench_free(b);
}
END_TEST

START_TEST(channels_that_do_not_exist_become_three)
{
    bench_t *b = bench_new();
    static const uint32_t legal[8] = {3, 1, 3, 3, 4, 4, 4, 4};
    for (uint32_t channels = 0; channels < 8; channels++) {
        rig_write(b->rig, "ISP_TENSOR_CH", channels);
        bench_frame(b, channels, from_cycle(1000 * (1 + channels)));
        rig_run_dry(b->rig);
        ck_assert_uint_eq(rig_read(b->rig, "ISP_TENSOR_CH"), legal[channels]);
    }
    bench_free(b);
}
END_TEST

TEST_MAIN("tensor", upright_or_by_180_degrees_a_row_and_plane_is_a_burst,
          by_90_degrees_every_row_gets_a_burst_from_every_group_of_columns,
          by_90_degrees_padding_is_written_once,
          a_turned_tensor_is_given_up_when_its_columns_cannot_be_written_in_time,
          corners_are_where_a_clockwise_turn_puts_them, unsigned_bytes_come_from_the_clip_registers,
          channels_that_do_not_exist_become_three)
