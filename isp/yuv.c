/*
 * yuv.c - matrices, and 4:2:2.
 */
#include "isp/yuv.h"

#define HALF 4096

/* Q13, rows Y, U, V of R, G, B; rows R, G, B of Y, U, V. By mode. tests/isp computes them again. */
/* clang-format off */
static const int16_t from_rgb[YUV_MODES][3][3] = {
    [0]                    = {{2104, 4130, 802}, {-1214, -2384, 3598}, {3598, -3013, -585}},
    [YUV_BT709]            = {{1496, 5032, 508}, { -824, -2774, 3598}, {3598, -3268, -330}},
    [YUV_FULL]             = {{2449, 4809, 934}, {-1382, -2714, 4096}, {4096, -3430, -666}},
    [YUV_BT709 | YUV_FULL] = {{1742, 5859, 591}, { -939, -3157, 4096}, {4096, -3720, -376}},
};
static const int16_t to_rgb[YUV_MODES][3][3] = {
    [0]                    = {{9539, 0, 13075}, {9539, -3209, -6660}, {9539, 16525, 0}},
    [YUV_BT709]            = {{9539, 0, 14686}, {9539, -1747, -4366}, {9539, 17305, 0}},
    [YUV_FULL]             = {{8192, 0, 11485}, {8192, -2819, -5850}, {8192, 14516, 0}},
    [YUV_BT709 | YUV_FULL] = {{8192, 0, 12901}, {8192, -1535, -3835}, {8192, 15201, 0}},
};
/* clang-format on */

uint32_t yuv_black(uint32_t mode)
{
    return mode & YUV_FULL ? 0 : 16;
}

uint32_t yuv_white(uint32_t mode)
{
    return mode & YUV_FULL ? 255 : 235;
}

/* What stands for 0 in each plane. */
static int32_t zero_of(uint32_t mode, int plane)
{
    return plane == 0 ? (int32_t)yuv_black(mode) : 128;
}

yuv_matrix_t yuv_from_rgb(uint32_t mode)
{
    yuv_matrix_t m;
    for (int c = 0; c < 3; c++) {
        m.bias[c] = zero_of(mode, c) * 2 * HALF + HALF;
        for (int i = 0; i < 3; i++)
            m.k[c][i] = from_rgb[mode][c][i];
    }
    return m;
}

yuv_matrix_t yuv_to_rgb(uint32_t mode)
{
    yuv_matrix_t m;
    for (int c = 0; c < 3; c++) {
        m.bias[c] = HALF;
        for (int i = 0; i < 3; i++) {
            m.k[c][i] = to_rgb[mode][c][i];
            m.bias[c] -= m.k[c][i] * zero_of(mode, i);
        }
    }
    return m;
}

void yuv_unpack_422(const uint8_t *in, uint32_t width_px, uint32_t mode, uint8_t *rgb)
{
    yuv_matrix_t m = yuv_to_rgb(mode);
    for (uint32_t x = 0; x < width_px; x++) {
        const uint8_t *pair = in + 2 * (size_t)(x & ~1u);
        const uint8_t *next = (x & 1) && x + 1 < width_px ? pair + 4 : pair;
        uint8_t y = pair[x & 1 ? 3 : 1], u = (uint8_t)((pair[0] + next[0] + 1) / 2);
        uint8_t v = (uint8_t)((pair[2] + next[2] + 1) / 2);
        const uint8_t *const planes[3] = {&y, &u, &v};
        uint8_t *const out[3] = {rgb + 3 * (size_t)x, rgb + 3 * (size_t)x + 1,
                                 rgb + 3 * (size_t)x + 2};
        yuv_rows(SIM_SIMD_SCALAR)->matrix(planes, 1, &m, out);
    }
}
