#include "mipi/pack_int.h"

#include "mipi/packet.h"

uint8_t mipi_dt_of_bits(uint32_t bits)
{
    return bits == 8 ? MIPI_DT_RAW8 : bits == 10 ? MIPI_DT_RAW10 : bits == 12 ? MIPI_DT_RAW12 : 0;
}

uint32_t mipi_bits_of_dt(uint8_t dt)
{
    return dt == MIPI_DT_RAW8 ? 8 : dt == MIPI_DT_RAW10 ? 10 : dt == MIPI_DT_RAW12 ? 12 : 0;
}

/* A group is the smallest number of pixels that fills whole bytes. */
static uint32_t group_px(uint32_t bits)
{
    return bits == 8 ? 1 : bits == 10 ? 4 : bits == 12 ? 2 : 0;
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

static void pack12(uint8_t *out, const uint16_t *px, uint32_t width_px)
{
    for (; width_px > 0; out += 3) {
        uint32_t p1 = px[0], p2 = width_px > 1 ? px[1] : 0;
        out[0] = (uint8_t)(p1 >> 4);
        out[1] = (uint8_t)(p2 >> 4);
        out[2] = (uint8_t)((p2 & 0xf) << 4 | (p1 & 0xf));
        uint32_t step = width_px > 1 ? 2 : 1;
        width_px -= step, px += step;
    }
}

static void unpack12(uint16_t *px, const uint8_t *in, uint32_t width_px)
{
    for (uint32_t i = 0; i < width_px; i++)
        px[i] = (uint16_t)(in[i / 2 * 3 + i % 2] << 4 | (in[i / 2 * 3 + 2] >> (4 * (i % 2)) & 0xf));
}

mipi_pack_fn_t mipi_pack_row(uint32_t bits, sim_simd_t level)
{
#if SIM_X86
    if (bits == 10 && level >= SIM_SIMD_AVX2)
        return mipi_pack10_avx2;
#endif
    (void)level;
    return bits == 8 ? pack8 : bits == 10 ? mipi_pack10 : bits == 12 ? pack12 : NULL;
}

mipi_unpack_fn_t mipi_unpack_row(uint32_t bits, sim_simd_t level)
{
#if SIM_X86
    if (bits == 10 && level >= SIM_SIMD_AVX2)
        return mipi_unpack10_avx2;
#endif
    (void)level;
    return bits == 8 ? unpack8 : bits == 10 ? mipi_unpack10 : bits == 12 ? unpack12 : NULL;
}
