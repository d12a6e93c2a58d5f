/*
 * tensor_io.c - layouts in L2 to dense tensors and back.
 */
#include "npu/compiler/tensor_io.h"

#include <math.h>
#include <string.h>

typedef struct {
    uint32_t h, w, c;
} size3_t;

static size3_t input_size(const npu_prog_t *prog)
{
    return (size3_t){prog->net[NPU_NET_INPUT_HEIGHT_W], prog->net[NPU_NET_INPUT_WIDTH_W],
                     prog->net[NPU_NET_INPUT_CHANNELS_W]};
}

uint64_t npu_input_bytes(const npu_prog_t *prog)
{
    size3_t s = input_size(prog);
    return (uint64_t)s.h * s.w * s.c;
}

uint64_t npu_kept_bytes(const npu_kept_t *kept)
{
    uint64_t bytes = 1;
    for (uint32_t d = 0; d < kept->dims; d++)
        bytes *= kept->shape[d];
    return bytes;
}

/* ---- input ----------------------------------------------------------------------------------- */

/* A row of one plane, zeroed and filled a piece at a time: no allocation, any width. */
static bool poke_row(const sim_mem_port_t *port, uint32_t addr, uint32_t row_bytes,
                     const uint8_t *pixel, uint32_t w, uint32_t c, uint8_t flip)
{
    uint8_t piece[256];
    for (uint32_t x0 = 0; x0 < row_bytes; x0 += sizeof(piece)) {
        uint32_t n = row_bytes - x0 < sizeof(piece) ? row_bytes - x0 : (uint32_t)sizeof(piece);
        memset(piece, 0, sizeof(piece));
        for (uint32_t i = 0; i < n && x0 + i < w; i++)
            piece[i] = pixel[(size_t)(x0 + i) * c] ^ flip;
        if (!sim_mem_poke(port, addr + x0, piece, n))
            return false;
    }
    return true;
}

bool npu_input_write(const npu_prog_t *prog, const sim_mem_port_t *port, const uint8_t *codes)
{
    size3_t s = input_size(prog);
    uint32_t row = prog->net[NPU_NET_INPUT_ROW_BYTES_W];
    uint32_t plane = prog->net[NPU_NET_INPUT_PLANE_BYTES_W];
    uint32_t rows = row == 0 ? 0 : plane / row;
    uint8_t flip = prog->net[NPU_NET_INPUT_UNSIGNED_W] != 0 ? 0x80 : 0;
    for (uint32_t c = 0; c < s.c; c++)
        for (uint32_t y = 0; y < rows; y++) {
            uint32_t w = y < s.h ? s.w : 0; /* rows below the image are all padding */
            const uint8_t *pixel = codes + (size_t)(y < s.h ? y : 0) * s.w * s.c + c;
            uint32_t addr = prog->net[NPU_NET_INPUT_ADDR_W] + c * plane + y * row;
            if (!poke_row(port, addr, row, pixel, w, s.c, flip))
                return false;
        }
    return true;
}

void npu_input_from_pixels(const npu_prog_t *prog, const uint8_t *pixels, uint8_t *codes)
{
    uint8_t flip = prog->net[NPU_NET_INPUT_UNSIGNED_W] != 0 ? 0 : 0x80;
    for (uint64_t i = 0; i < npu_input_bytes(prog); i++)
        codes[i] = pixels[i] ^ flip;
}

void npu_input_from_pixels_float(const npu_prog_t *prog, const uint8_t *pixels, uint8_t *codes)
{
    uint8_t table[256], flip = prog->net[NPU_NET_INPUT_UNSIGNED_W] != 0 ? 0x80 : 0;
    int32_t zero = (int32_t)prog->net[NPU_NET_INPUT_ZERO_POINT_W];
    float scale;
    memcpy(&scale, &prog->net[NPU_NET_INPUT_SCALE_W], sizeof(scale));
    for (int32_t i = 0; i < 256; i++) {
        float x = (float)i / 127.5f; /* two float32 steps: one in double gives other codes */
        x = x - 1.0f;
        float steps = roundf(x / scale);
        steps = steps > 512.0f ? 512.0f : steps < -512.0f ? -512.0f : steps;
        table[i] = (uint8_t)npu_clamp(zero + (int32_t)steps, -128, 127) ^ flip;
    }
    for (uint64_t i = 0; i < npu_input_bytes(prog); i++)
        codes[i] = table[pixels[i]];
}

/* ---- kept tensors ---------------------------------------------------------------------------- */

/* The last three dimensions; missing ones are 1. */
static size3_t kept_size(const npu_kept_t *kept)
{
    if (kept->order == NPU_ORDER_CHW)
        return (size3_t){kept->shape[2], kept->shape[3], kept->shape[1]};
    uint32_t hwc[3] = {1, 1, 1};
    for (uint32_t i = 0; i < 3 && i < kept->dims; i++)
        hwc[2 - i] = kept->shape[kept->dims - 1 - i];
    return (size3_t){hwc[0], hwc[1], hwc[2]};
}

/* Steps between elements of a dense tensor in the order of the file. */
typedef struct {
    size_t pixel, channel;
} steps_t;

static steps_t kept_steps(const npu_kept_t *kept, size3_t s)
{
    return kept->order == NPU_ORDER_CHW ? (steps_t){1, (size_t)s.h * s.w} : (steps_t){s.c, 1};
}

static bool read_planar(const sim_mem_port_t *port, uint32_t addr, size3_t s, steps_t step,
                        uint8_t *codes)
{
    uint32_t row = npu_round_lanes(s.w), plane = row * ((s.h + 1) / 2 * 2);
    for (uint32_t c = 0; c < s.c; c++)
        for (uint32_t y = 0; y < s.h; y++)
            for (uint32_t x = 0; x < s.w; x++)
                if (!sim_mem_peek(port, addr + c * plane + y * row + x,
                                  &codes[((size_t)y * s.w + x) * step.pixel + c * step.channel], 1))
                    return false;
    return true;
}

/* One pixel, a piece at a time. */
static bool read_pixel(const sim_mem_port_t *port, uint32_t addr, uint32_t c, size_t step,
                       uint8_t *codes)
{
    uint8_t piece[256];
    if (step == 1)
        return sim_mem_peek(port, addr, codes, c);
    for (uint32_t c0 = 0; c0 < c; c0 += sizeof(piece)) {
        uint32_t n = c - c0 < sizeof(piece) ? c - c0 : (uint32_t)sizeof(piece);
        if (!sim_mem_peek(port, addr + c0, piece, n))
            return false;
        for (uint32_t i = 0; i < n; i++)
            codes[(c0 + i) * step] = piece[i];
    }
    return true;
}

static bool read_pixels(const sim_mem_port_t *port, uint32_t addr, size3_t s, uint32_t pix,
                        steps_t step, uint8_t *codes)
{
    if (pix == s.c && step.channel == 1)
        return sim_mem_peek(port, addr, codes, s.h * s.w * s.c);
    for (uint32_t p = 0; p < s.h * s.w; p++)
        if (!read_pixel(port, addr + p * pix, s.c, step.channel, codes + p * step.pixel))
            return false;
    return true;
}

void npu_kept_to_hwc(const npu_kept_t *kept, const uint8_t *codes, uint8_t *hwc)
{
    size3_t s = kept_size(kept);
    steps_t step = kept_steps(kept, s);
    for (size_t p = 0; p < (size_t)s.h * s.w; p++)
        for (uint32_t c = 0; c < s.c; c++)
            hwc[p * s.c + c] = codes[p * step.pixel + c * step.channel];
}

static void to_unsigned(uint8_t *codes, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        codes[i] ^= 0x80;
}

bool npu_kept_read(const npu_prog_t *prog, const npu_kept_t *kept, const sim_mem_port_t *port,
                   uint8_t *codes)
{
    uint32_t addr = prog->net[NPU_NET_L2_BASE_W] + kept->l2;
    size3_t s = kept_size(kept);
    steps_t step = kept_steps(kept, s);
    uint32_t pix = kept->layout == NPU_LAYOUT_DENSE ? s.c : npu_round_lanes(s.c);
    bool read = kept->layout == NPU_LAYOUT_PLANAR ? read_planar(port, addr, s, step, codes)
                                                  : read_pixels(port, addr, s, pix, step, codes);
    if (read && kept->dtype == NPU_DTYPE_UINT8)
        to_unsigned(codes, npu_kept_bytes(kept));
    return read;
}

bool npu_output_read(const npu_prog_t *prog, uint32_t n, const sim_mem_port_t *port, uint8_t *codes)
{
    const uint32_t *word = prog->net + NPU_NET_OUT0_ADDR_W + n * NPU_NET_OUT_STRIDE_W;
    uint32_t bytes = word[NPU_NET_OUT0_BYTES_W - NPU_NET_OUT0_ADDR_W];
    if (n >= prog->net[NPU_NET_OUTPUTS_W] || !sim_mem_peek(port, word[0], codes, bytes))
        return false;
    if (word[NPU_NET_OUT0_UNSIGNED_W - NPU_NET_OUT0_ADDR_W] != 0)
        to_unsigned(codes, bytes);
    return true;
}
