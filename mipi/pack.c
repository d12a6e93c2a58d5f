#include "mipi/pack_int.h"

#include <string.h>

#include "mipi/packet.h"

/* A group is the smallest number of pixels that fills whole bytes. */
/* clang-format off */
static const struct {
    uint8_t bits, dt, group_px;
} raw[] = {
    {8,  MIPI_DT_RAW8,  1}, {10, MIPI_DT_RAW10, 4}, {12, MIPI_DT_RAW12, 2},
    {14, MIPI_DT_RAW14, 4}, {16, MIPI_DT_RAW16, 1}, {20, MIPI_DT_RAW20, 2},
};
/* clang-format on */

uint8_t mipi_dt_of_bits(uint32_t bits)
{
    for (size_t i = 0; i < SIM_COUNT(raw); i++)
        if (raw[i].bits == bits)
            return raw[i].dt;
    return 0;
}

uint32_t mipi_bits_of_dt(uint8_t dt)
{
    for (size_t i = 0; i < SIM_COUNT(raw); i++)
        if (raw[i].dt == dt)
            return raw[i].bits;
    return 0;
}

static uint32_t group_px(uint32_t bits)
{
    for (size_t i = 0; i < SIM_COUNT(raw); i++)
        if (raw[i].bits == bits)
            return raw[i].group_px;
    return 0;
}

uint32_t mipi_row_bytes(uint32_t bits, uint32_t width_px)
{
    uint32_t px = group_px(bits);
    if (px == 0)
        return 0;
    uint64_t bytes = ((uint64_t)width_px + px - 1) / px * (px * bits / 8);
    return bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)bytes;
}

bool mipi_row_px(uint32_t bits, uint32_t payload_bytes, uint32_t *width_px)
{
    uint32_t px = group_px(bits);
    if (px == 0 || payload_bytes % (px * bits / 8) != 0)
        return false;
    *width_px = payload_bytes / (px * bits / 8) * px;
    return true;
}

void mipi_swap_rgb888(uint8_t *out, const uint8_t *in, uint32_t width_px)
{
    for (uint32_t i = 0; i < width_px; i++, in += 3, out += 3) {
        uint8_t first = in[0], last = in[2];
        out[0] = last;
        out[1] = in[1];
        out[2] = first;
    }
}

void mipi_pack_rgb565(uint8_t *out, const uint8_t *rgb, uint32_t width_px)
{
    for (uint32_t i = 0; i < width_px; i++, rgb += 3, out += 2) {
        uint32_t r = rgb[0], g = rgb[1], b = rgb[2], word = r >> 3 << 11 | g >> 2 << 5 | b >> 3;
        out[0] = (uint8_t)word;
        out[1] = (uint8_t)(word >> 8);
    }
}

void mipi_unpack_rgb565(uint8_t *rgb, const uint8_t *in, uint32_t width_px)
{
    for (uint32_t i = 0; i < width_px; i++, rgb += 3, in += 2) {
        uint32_t word = in[0] | (uint32_t)in[1] << 8;
        uint32_t r = word >> 11, g = word >> 5 & 0x3f, b = word & 0x1f;
        rgb[0] = (uint8_t)(r << 3 | r >> 2);
        rgb[1] = (uint8_t)(g << 2 | g >> 4);
        rgb[2] = (uint8_t)(b << 3 | b >> 2);
    }
}

void mipi_pack_luma(uint8_t *out, const uint8_t *uyvy, uint32_t width_px)
{
    for (uint32_t i = 0; i < width_px; i++)
        out[i] = uyvy[2 * i + 1];
}

void mipi_pack_wide(uint8_t *out, const uint8_t *uyvy, uint32_t width_px)
{
    for (uint32_t i = 0; i < width_px / 2; i++, uyvy += 4, out += 5) {
        memcpy(out, uyvy, 4);
        out[4] = 0;
    }
}

static void pack8(uint8_t *out, const uint16_t *px, uint32_t width_px)
{
    for (uint32_t i = 0; i < width_px; i++)
        out[i] = (uint8_t)px[i];
}

static void unpack8(uint16_t *px, const uint8_t *in, uint32_t width_px)
{
    for (uint32_t i = 0; i < width_px; i++)
        px[i] = in[i];
}

/*
 * Four pixels as the four 16-bit places of a word. The high bytes are squeezed together by two
 * shifts; the low pairs meet in one byte by a multiplication whose partial products cannot overlap:
 * pair i stands at bit 16 i and is wanted at bit 48 + 2 i.
 */
static void pack10_group(uint8_t *out, uint64_t px)
{
    uint64_t high = px >> 2 & UINT64_C(0x00ff00ff00ff00ff);
    uint64_t low = px & UINT64_C(0x0003000300030003);
    high = (high | high >> 8) & UINT64_C(0x0000ffff0000ffff);
    high |= high >> 16;
    low *= UINT64_C(1) << 48 | UINT64_C(1) << 34 | UINT64_C(1) << 20 | UINT64_C(1) << 6;
    out[0] = (uint8_t)high;
    out[1] = (uint8_t)(high >> 8);
    out[2] = (uint8_t)(high >> 16);
    out[3] = (uint8_t)(high >> 24);
    out[4] = (uint8_t)(low >> 48);
}

void mipi_pack10(uint8_t *out, const uint16_t *px, uint32_t width_px)
{
    for (; width_px >= 4; width_px -= 4, px += 4, out += 5)
        pack10_group(out,
                     px[0] | (uint64_t)px[1] << 16 | (uint64_t)px[2] << 32 | (uint64_t)px[3] << 48);
    if (width_px == 0)
        return;
    uint64_t rest = 0;
    for (uint32_t i = 0; i < width_px; i++)
        rest |= (uint64_t)px[i] << (16 * i);
    pack10_group(out, rest);
}

void mipi_unpack10(uint16_t *px, const uint8_t *in, uint32_t width_px)
{
    for (; width_px >= 4; width_px -= 4, px += 4, in += 5)
        for (uint32_t i = 0; i < 4; i++)
            px[i] = (uint16_t)(in[i] << 2 | (in[4] >> (2 * i) & 3));
    for (uint32_t i = 0; i < width_px; i++)
        px[i] = (uint16_t)(in[i] << 2 | (in[4] >> (2 * i) & 3));
}

void mipi_pack12(uint8_t *out, const uint16_t *px, uint32_t width_px)
{
    for (; width_px >= 2; width_px -= 2, px += 2, out += 3) {
        out[0] = (uint8_t)(px[0] >> 4);
        out[1] = (uint8_t)(px[1] >> 4);
        out[2] = (uint8_t)((px[1] & 0xf) << 4 | (px[0] & 0xf));
    }
    if (width_px == 0)
        return;
    out[0] = (uint8_t)(px[0] >> 4);
    out[1] = 0;
    out[2] = px[0] & 0xf;
}

void mipi_unpack12(uint16_t *px, const uint8_t *in, uint32_t width_px)
{
    for (; width_px >= 2; width_px -= 2, px += 2, in += 3) {
        px[0] = (uint16_t)(in[0] << 4 | (in[2] & 0xf));
        px[1] = (uint16_t)(in[1] << 4 | in[2] >> 4);
    }
    if (width_px != 0)
        px[0] = (uint16_t)(in[0] << 4 | (in[2] & 0xf));
}

/* Of a last group, black where there is nothing. */
static void pack14(uint8_t *out, const uint16_t *px, uint32_t width_px)
{
    for (uint32_t i = 0; i < width_px; i += 4, out += 7) {
        uint32_t low = 0;
        for (uint32_t k = 0; k < 4; k++) {
            uint32_t sample = i + k < width_px ? px[i + k] : 0;
            out[k] = (uint8_t)(sample >> 6);
            low |= (sample & 0x3f) << (6 * k);
        }
        out[4] = (uint8_t)low;
        out[5] = (uint8_t)(low >> 8);
        out[6] = (uint8_t)(low >> 16);
    }
}

static void unpack14(uint16_t *px, const uint8_t *in, uint32_t width_px)
{
    for (uint32_t i = 0; i < width_px; i += 4, in += 7) {
        uint32_t low = in[4] | (uint32_t)in[5] << 8 | (uint32_t)in[6] << 16;
        for (uint32_t k = 0; k < 4 && i + k < width_px; k++)
            px[i + k] = (uint16_t)((uint32_t)in[k] << 6 | (low >> (6 * k) & 0x3f));
    }
}

static void pack16(uint8_t *out, const uint16_t *px, uint32_t width_px)
{
    for (uint32_t i = 0; i < width_px; i++) {
        out[2 * i] = (uint8_t)(px[i] >> 8);
        out[2 * i + 1] = (uint8_t)px[i];
    }
}

static void unpack16(uint16_t *px, const uint8_t *in, uint32_t width_px)
{
    for (uint32_t i = 0; i < width_px; i++)
        px[i] = (uint16_t)(in[2 * i] << 8 | in[2 * i + 1]);
}

void mipi_pack20(uint8_t *out, const uint32_t *px, uint32_t width_px)
{
    for (uint32_t i = 0; i < width_px; i += 2, out += 5) {
        uint32_t second = i + 1 < width_px ? px[i + 1] : 0;
        const uint16_t halves[4] = {(uint16_t)(px[i] >> 10), (uint16_t)(px[i] & 0x3ff),
                                    (uint16_t)(second >> 10), (uint16_t)(second & 0x3ff)};
        mipi_pack10(out, halves, 4);
    }
}

void mipi_unpack20(uint32_t *px, const uint8_t *in, uint32_t width_px)
{
    for (uint32_t i = 0; i < width_px; i++) {
        uint16_t halves[4];
        mipi_unpack10(halves, in + i / 2 * 5, 4);
        px[i] = (uint32_t)halves[i % 2 * 2] << 10 | halves[i % 2 * 2 + 1];
    }
}

/* By (bits - 8) / 2. */
static bool has_kernel(uint32_t bits)
{
    return bits >= 8 && bits <= 16 && bits % 2 == 0;
}

mipi_pack_fn_t mipi_pack_row(uint32_t bits, sim_simd_t level)
{
    static const mipi_pack_fn_t fn[] = {pack8, mipi_pack10, mipi_pack12, pack14, pack16};
#if SIM_X86
    if ((bits == 10 || bits == 12) && level >= SIM_SIMD_AVX2)
        return bits == 10 ? mipi_pack10_avx2 : mipi_pack12_avx2;
#endif
    (void)level;
    return has_kernel(bits) ? fn[(bits - 8) / 2] : NULL;
}

mipi_unpack_fn_t mipi_unpack_row(uint32_t bits, sim_simd_t level)
{
    static const mipi_unpack_fn_t fn[] = {unpack8, mipi_unpack10, mipi_unpack12, unpack14,
                                          unpack16};
#if SIM_X86
    if ((bits == 10 || bits == 12) && level >= SIM_SIMD_AVX2)
        return bits == 10 ? mipi_unpack10_avx2 : mipi_unpack12_avx2;
#endif
    (void)level;
    return has_kernel(bits) ? fn[(bits - 8) / 2] : NULL;
}
