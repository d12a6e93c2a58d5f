#include "mipi/pack.h"

#include "mipi/embedded.h"
#include "sim/rng.h"
#include "tests/test.h"

/* ---- rows ---------------------------------------------------------------------------------------
 */
START_TEST(raw10_group_is_four_high_bytes_then_the_low_pairs)
{
    const uint16_t px[4] = {0x123, 0x167, 0x1ab, 0x1ef};
    uint8_t out[5];
    mipi_pack_row(10, SIM_SIMD_SCALAR)(out, px, 4);
    ck_assert_mem_eq(out, ((uint8_t[]){0x48, 0x59, 0x6a, 0x7b, 0xff}), 5);
    /* one pixel's low bits at a time: P1 lowest */
    mipi_pack_row(10, SIM_SIMD_SCALAR)(out, ((uint16_t[]){1, 2, 3, 0}), 4);
    ck_assert_mem_eq(out, ((uint8_t[]){0, 0, 0, 0, 0x39}), 5);
}
END_TEST

START_TEST(raw12_group_is_two_high_bytes_then_the_low_nibbles)
{
    uint8_t out[3];
    mipi_pack_row(12, SIM_SIMD_SCALAR)(out, ((uint16_t[]){0x123, 0x567}), 2);
    ck_assert_mem_eq(out, ((uint8_t[]){0x12, 0x56, 0x73}), 3);
}
END_TEST

START_TEST(rgb888_is_blue_green_red)
{
    uint8_t px[6] = {1, 2, 3, 4, 5, 6}, out[6];
    mipi_swap_rgb888(out, px, 2);
    ck_assert_mem_eq(out, ((uint8_t[]){3, 2, 1, 6, 5, 4}), 6);
    mipi_swap_rgb888(out, out, 2); /* in place, and back */
    ck_assert_mem_eq(out, px, 6);
}
END_TEST

/* facts: samples 123 567 9AB DEF; the low sixes 23 27 2B 2F are 24 bits BE B9 E3, the first lowest
 */
START_TEST(raw14_group_is_four_high_bytes_then_24_bits_of_low_sixes)
{
    uint8_t out[7];
    mipi_pack_row(14, SIM_SIMD_SCALAR)(out, ((uint16_t[]){0x123, 0x567, 0x9ab, 0xdef}), 4);
    ck_assert_mem_eq(out, ((uint8_t[]){0x04, 0x15, 0x26, 0x37, 0xe3, 0xb9, 0xbe}), 7);
}
END_TEST

START_TEST(raw16_sends_the_high_byte_first)
{
    uint8_t out[4];
    mipi_pack_row(16, SIM_SIMD_SCALAR)(out, ((uint16_t[]){0x1234, 0xabcd}), 2);
    ck_assert_mem_eq(out, ((uint8_t[]){0x12, 0x34, 0xab, 0xcd}), 4);
}
END_TEST

/* 12345 = 048 and 345 of ten bits, ABCDE = 2AF and 0DE: high bytes 12 D1 AB 37, low pairs 0 1 3 2
 */
START_TEST(raw20_is_two_halves_of_ten_bits)
{
    uint8_t out[5];
    mipi_pack20(out, ((uint32_t[]){0x12345, 0xabcde}), 2);
    ck_assert_mem_eq(out, ((uint8_t[]){0x12, 0xd1, 0xab, 0x37, 0xb4}), 5);
}
END_TEST

START_TEST(raw20_comes_back_equal_at_every_width)
{
    sim_stream_t rng = sim_stream(1, 2, 4);
    for (uint32_t width = 0; width <= 33; width++) {
        uint32_t px[34], back[34];
        uint8_t out[34 * 5];
        for (uint32_t i = 0; i < 34; i++)
            px[i] = (uint32_t)sim_stream_below(&rng, 1u << 20);
        memset(out, 0xee, sizeof(out));
        back[width] = 0xdeadbeef;
        mipi_pack20(out, px, width);
        ck_assert_uint_eq(out[mipi_row_bytes(20, width)], 0xee);
        mipi_unpack20(back, out, width);
        ck_assert_mem_eq(back, px, width * sizeof(*px));
        ck_assert_uint_eq(back[width], 0xdeadbeef);
    }
}
END_TEST

START_TEST(rgb565_is_a_word_with_blue_lowest)
{
    /* R 5: 10101, G 6: 110011, B 5: 01110; the bits below are lost */
    const uint8_t rgb[6] = {0xaf, 0xcf, 0x77, 0, 0xff, 0};
    uint8_t out[4], back[6];
    mipi_pack_rgb565(out, rgb, 2);
    ck_assert_mem_eq(out, ((uint8_t[]){0x6e, 0xae, 0xe0, 0x07}), 4);
    mipi_unpack_rgb565(back, out, 2);
    ck_assert_mem_eq(back, ((uint8_t[]){0xad, 0xcf, 0x73, 0, 0xff, 0}), 6);
}
END_TEST

START_TEST(every_rgb565_word_comes_back)
{
    for (uint32_t word = 0; word < 65536; word++) {
        const uint8_t in[2] = {(uint8_t)word, (uint8_t)(word >> 8)};
        uint8_t rgb[3], out[2];
        mipi_unpack_rgb565(rgb, in, 1);
        mipi_pack_rgb565(out, rgb, 1);
        ck_assert_mem_eq(out, in, 2);
    }
}
END_TEST

START_TEST(luma_lines_keep_every_second_byte)
{
    uint8_t out[4];
    mipi_pack_luma(out, (const uint8_t *)"UaVbUcVd", 4);
    ck_assert_mem_eq(out, "abcd", 4);
}
END_TEST

START_TEST(bits_above_the_depth_do_not_leak_into_neighbors)
{
    for (int level = 0; level <= (int)sim_simd_best(); level++) {
        uint16_t px[64];
        uint8_t out[81];
        for (int i = 0; i < 64; i++)
            px[i] = i % 2 ? 0 : 0xfc00; /* nothing within 10 bits */
        mipi_pack_row(10, (sim_simd_t)level)(out, px, 64);
        for (int i = 0; i < 80; i++)
            ck_assert_uint_eq(out[i], 0);
        for (int i = 0; i < 64; i++)
            px[i] = i % 2 ? 0 : 0xf000; /* nor within 12 */
        mipi_pack_row(12, (sim_simd_t)level)(out, px, 53);
        for (int i = 0; i < 81; i++)
            ck_assert_uint_eq(out[i], 0);
    }
}
END_TEST

START_TEST(row_bytes_and_pixels_of_the_sensor_modes)
{
    uint32_t px;
    ck_assert_uint_eq(mipi_row_bytes(10, 4056), 5070);
    ck_assert_uint_eq(mipi_row_bytes(10, 2028), 2535);
    ck_assert_uint_eq(mipi_row_bytes(12, 4056), 6084);
    ck_assert_uint_eq(mipi_row_bytes(8, 640), 640);
    ck_assert_uint_eq(mipi_row_bytes(10, 5), 10); /* filled up to 8 pixels */
    ck_assert_uint_eq(mipi_row_bytes(14, 100), 175);
    ck_assert_uint_eq(mipi_row_bytes(14, 101), 182);
    ck_assert_uint_eq(mipi_row_bytes(16, 101), 202);
    ck_assert_uint_eq(mipi_row_bytes(20, 101), 255);
    ck_assert_uint_eq(mipi_row_bytes(6, 100), 0);
    ck_assert_uint_eq(mipi_row_bytes(18, 100), 0);
    ck_assert(mipi_row_px(10, 2535, &px) && px == 2028);
    ck_assert(mipi_row_px(12, 6084, &px) && px == 4056);
    ck_assert(!mipi_row_px(10, 2536, &px));
    ck_assert(!mipi_row_px(9, 10, &px));
    for (uint32_t bits = 0; bits <= 24; bits++) {
        uint8_t dt = mipi_dt_of_bits(bits);
        ck_assert_uint_eq(dt != 0, bits == 20 || (bits >= 8 && bits <= 16 && bits % 2 == 0));
        ck_assert(dt == 0 || mipi_bits_of_dt(dt) == bits);
        ck_assert((mipi_pack_row(bits, SIM_SIMD_SCALAR) != NULL) == (dt != 0 && bits <= 16));
    }
}
END_TEST

START_TEST(rows_come_back_equal_at_every_depth_width_and_level)
{
    enum { MAX = 150 };
    uint16_t px[MAX];
    sim_stream_t rng = sim_stream(1, 2, 3);
    for (uint32_t bits = 8; bits <= 16; bits += 2) {
        for (int level = 0; level <= (int)sim_simd_best(); level++) {
            for (uint32_t width = 0; width <= MAX; width++) {
                for (uint32_t i = 0; i < MAX; i++)
                    px[i] = (uint16_t)sim_stream_below(&rng, 1u << bits);
                uint32_t bytes = mipi_row_bytes(bits, width);
                uint8_t out[MAX * 2 + 16], scalar[MAX * 2 + 16];
                uint16_t back[MAX + 1];
                memset(out, 0xee, sizeof(out));
                back[width] = 0xbeef;
                mipi_pack_row(bits, SIM_SIMD_SCALAR)(scalar, px, width);
                mipi_pack_row(bits, (sim_simd_t)level)(out, px, width);
                ck_assert_mem_eq(out, scalar, bytes);
                ck_assert_uint_eq(out[bytes], 0xee); /* not a byte beyond */
                mipi_unpack_row(bits, (sim_simd_t)level)(back, out, width);
                ck_assert_mem_eq(back, px, width * 2);
                ck_assert_uint_eq(back[width], 0xbeef);
            }
        }
    }
}
END_TEST

START_TEST(a_last_group_is_filled_with_black)
{
    uint8_t out[5];
    mipi_pack_row(10, SIM_SIMD_SCALAR)(out, ((uint16_t[]){0x3ff}), 1);
    ck_assert_mem_eq(out, ((uint8_t[]){0xff, 0, 0, 0, 0x03}), 5);
    mipi_pack_row(12, SIM_SIMD_SCALAR)(out, ((uint16_t[]){0xfff}), 1);
    ck_assert_mem_eq(out, ((uint8_t[]){0xff, 0, 0x0f}), 3);
}
END_TEST

/* ---- embedded lines
 * ------------------------------------------------------------------------------ */
START_TEST(embedded_lines_have_the_drivers_length)
{
    ck_assert_uint_eq(mipi_embedded_line_bytes(2028, 10), 2544);
    ck_assert_uint_eq(mipi_embedded_line_bytes(4056, 10), 5072);
}
END_TEST

START_TEST(embedded_line_is_tagged_and_every_fifth_byte_is_a_dummy)
{
    const mipi_embedded_reg_t regs[] = {{0x0202, 0x12}, {0x0203, 0x34}, {0x0340, 0x56}};
    const uint8_t expected[32] = {0x0a, 0xaa, 0x02, 0xa5, 0x55, 0x02, 0x5a, 0x12, 0x5a, 0x55, 0x34,
                                  0xaa, 0x03, 0xa5, 0x55, 0x40, 0x5a, 0x56, 0x07, 0x55, 0x07, 0x07,
                                  0x07, 0x07, 0x55, 0x07, 0x07, 0x07, 0x07, 0x55, 0x07, 0x07};
    uint8_t line[32];
    ck_assert_uint_eq(mipi_embedded_write(line, sizeof(line), 10, regs, 3), 3);
    ck_assert_mem_eq(line, expected, sizeof(line));
}
END_TEST

START_TEST(embedded_line_of_raw14_has_three_dummies_in_seven)
{
    const mipi_embedded_reg_t reg = {0x0202, 0x12};
    uint8_t line[32];
    ck_assert_uint_eq(mipi_embedded_write(line, sizeof(line), 14, &reg, 1), 1);
    const uint8_t expected[14] = {0x0a, 0xaa, 0x02, 0xa5, 0x55, 0x55, 0x55,
                                  0x02, 0x5a, 0x12, 0x07, 0x55, 0x55, 0x55};
    ck_assert_mem_eq(line, expected, sizeof(expected));
}
END_TEST

START_TEST(embedded_registers_come_back_at_every_depth)
{
    for (uint32_t bits = 8; bits <= 14; bits += 2) {
        mipi_embedded_reg_t regs[40], back[40];
        uint8_t line[512];
        uint32_t at;
        for (uint32_t i = 0; i < 40; i++)
            regs[i] =
                (mipi_embedded_reg_t){(uint16_t)(0x01fd + i * (i / 10 + 1)), (uint8_t)(i * 7)};
        ck_assert_uint_eq(mipi_embedded_write(line, sizeof(line), bits, regs, 40), 40);
        ck_assert_int_eq(mipi_embedded_read(line, sizeof(line), bits, back, 40, &at), 40);
        for (uint32_t i = 0; i < 40; i++) {
            ck_assert_uint_eq(back[i].addr, regs[i].addr);
            ck_assert_uint_eq(back[i].value, regs[i].value);
        }
    }
}
END_TEST

START_TEST(embedded_line_too_short_keeps_whole_registers)
{
    const mipi_embedded_reg_t regs[] = {{0x0100, 1}, {0x0200, 2}, {0x0300, 3}};
    mipi_embedded_reg_t back[3];
    uint32_t at;
    for (uint32_t i = 0; i < 4 * 32; i++) {
        uint8_t line[48];
        uint32_t bits = 8 + i / 32 * 2, bytes = 16 + i % 32;
        uint32_t n = mipi_embedded_write(line, bytes, bits, regs, 3);
        ck_assert_int_eq(mipi_embedded_read(line, bytes, bits, back, 3, &at), (int)n);
        for (uint32_t k = 0; k < n; k++)
            ck_assert_uint_eq(back[k].value, k + 1);
    }
}
END_TEST

START_TEST(broken_embedded_lines_are_refused_with_the_place)
{
    mipi_embedded_reg_t regs[4];
    uint32_t at;
    ck_assert_int_eq(mipi_embedded_read((const uint8_t *)"\x0b", 1, 8, regs, 4, &at), -1);
    ck_assert_uint_eq(at, 0);
    /* an unknown tag */
    ck_assert_int_eq(
        mipi_embedded_read((const uint8_t *)"\x0a\xaa\x02\x99\x00", 5, 8, regs, 4, &at), -1);
    ck_assert_uint_eq(at, 3);
    /* a dummy that is none, at byte 4 of a RAW10 line */
    ck_assert_int_eq(
        mipi_embedded_read((const uint8_t *)"\x0a\xaa\x02\xa5\x54\x00", 6, 10, regs, 4, &at), -1);
    ck_assert_uint_eq(at, 4);
    /* no end */
    ck_assert_int_eq(mipi_embedded_read((const uint8_t *)"\x0a\xaa\x02", 3, 8, regs, 4, &at), -1);
    ck_assert_int_eq(mipi_embedded_read(NULL, 0, 8, regs, 4, &at), -1);
}
END_TEST

TEST_MAIN("mipi pack", raw10_group_is_four_high_bytes_then_the_low_pairs,
          raw12_group_is_two_high_bytes_then_the_low_nibbles, rgb888_is_blue_green_red,
          raw14_group_is_four_high_bytes_then_24_bits_of_low_sixes, raw16_sends_the_high_byte_first,
          raw20_is_two_halves_of_ten_bits, raw20_comes_back_equal_at_every_width,
          rgb565_is_a_word_with_blue_lowest, every_rgb565_word_comes_back,
          luma_lines_keep_every_second_byte, bits_above_the_depth_do_not_leak_into_neighbors,
          row_bytes_and_pixels_of_the_sensor_modes,
          rows_come_back_equal_at_every_depth_width_and_level, a_last_group_is_filled_with_black,
          embedded_lines_have_the_drivers_length,
          embedded_line_is_tagged_and_every_fifth_byte_is_a_dummy,
          embedded_line_of_raw14_has_three_dummies_in_seven,
          embedded_registers_come_back_at_every_depth,
          embedded_line_too_short_keeps_whole_registers,
          broken_embedded_lines_are_refused_with_the_place)
