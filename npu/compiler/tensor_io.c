/*
 * tensor_io.c - layouts in L2 to dense tensors and back.
 */
#include "npu/compiler/tensor_io.h"

#include <math.h>
#include <string.h>

static float as_float(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

static void to_unsigned(uint8_t *codes, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        codes[i] ^= 0x80;
}

/* ---- order of elements ----------------------------------------------------------------------- */

/* A tensor's size, and the steps between elements of the dense tensor in the order of the file. */
typedef struct {
    uint32_t h, w, c;
    size_t pixel, channel;
} order_t;

static order_t order_of(uint32_t h, uint32_t w, uint32_t c, uint32_t order)
{
    bool planes = order == NPU_ORDER_CHW;
    return (order_t){h, w, c, planes ? 1 : c, planes ? (size_t)h * w : 1};
}

/* The last three of N H W C, missing ones are 1; maps of a batch stand one below the other. */
static order_t order_of_shape(uint32_t dims, const uint32_t shape[4], uint32_t order)
{
    uint32_t hwc[3] = {1, 1, 1};
    for (uint32_t i = 0; i < 3 && i < dims; i++)
        hwc[2 - i] = shape[dims - 1 - i];
    if (dims == 4)
        hwc[0] *= shape[0];
    return order_of(hwc[0], hwc[1], hwc[2], order);
}

static order_t kept_order(const npu_kept_t *kept)
{
    if (kept->order == NPU_ORDER_CHW)
        return order_of(kept->shape[2], kept->shape[3], kept->shape[1], kept->order);
    return order_of_shape(kept->dims, kept->shape, kept->order);
}

/* Of an input or output: end counts inputs, then outputs. */
static order_t end_order(const npu_prog_t *prog, uint32_t end, const npu_net_tensor_t *t)
{
    uint32_t order = end < prog->end_count ? prog->ends[end].order : NPU_ORDER_HWC;
    return order_of_shape(t->dims, t->shape, order);
}

/* ---- inputs ---------------------------------------------------------------------------------- */

uint32_t npu_image_input(const npu_prog_t *prog)
{
    for (uint32_t n = 0; n < prog->net[NPU_NET_INPUTS_W]; n++)
        if (prog->net[NPU_NET_INPUT_CHANNELS_W] != 0 &&
            npu_prog_input(prog, n).addr == prog->net[NPU_NET_INPUT_ADDR_W])
            return n;
    return UINT32_MAX;
}

uint32_t npu_input_dtype(const npu_prog_t *prog, uint32_t n)
{
    return n < prog->end_count ? prog->ends[n].dtype : npu_prog_input(prog, n).dtype;
}

uint64_t npu_input_bytes(const npu_prog_t *prog, uint32_t n)
{
    npu_net_tensor_t t = npu_prog_input(prog, n);
    return npu_net_tensor_elements(&t) * npu_dtype_bytes(npu_input_dtype(prog, n));
}

/* How the elements of one input become those in L2. */
typedef struct {
    const uint8_t *data;
    uint32_t bytes; /* of an element in L2 */
    bool quantize;  /* float32 to a code */
    uint8_t flip;   /* uint8 to int8 */
    float scale;
    int32_t zero_point;
} source_t;

static uint8_t quantized(const source_t *from, uint64_t i)
{
    float x;
    memcpy(&x, from->data + 4 * i, sizeof(x));
    float steps = roundf(x / from->scale);
    if (!(steps > -512.0f)) /* NaN as well: the cast would be undefined */
        steps = -512.0f;
    steps = steps > 512.0f ? 512.0f : steps;
    return (uint8_t)npu_clamp(from->zero_point + (int32_t)steps, -128, 127);
}

static void element(const source_t *from, uint64_t i, uint8_t *to)
{
    if (from->quantize)
        *to = quantized(from, i);
    else if (from->bytes == 1)
        *to = from->data[i] ^ from->flip;
    else
        memcpy(to, from->data + i * from->bytes, from->bytes);
}

/* count elements, step apart in the source, then zeros up to `room` elements: a piece at a time, no
 * allocation. */
static bool poke_elements(const sim_mem_port_t *port, uint32_t addr, uint64_t room,
                          const source_t *from, uint64_t first, uint64_t count, size_t step)
{
    uint8_t piece[512];
    uint32_t per_piece = (uint32_t)sizeof(piece) / from->bytes;
    for (uint64_t at = 0; at < room; at += per_piece) {
        uint32_t n = room - at < per_piece ? (uint32_t)(room - at) : per_piece;
        memset(piece, 0, sizeof(piece));
        for (uint32_t i = 0; i < n && at + i < count; i++)
            element(from, first + (at + i) * step, piece + i * from->bytes);
        if (!sim_mem_poke(port, addr + (uint32_t)at * from->bytes, piece, n * from->bytes))
            return false;
    }
    return true;
}

static bool write_planes(const npu_prog_t *prog, const sim_mem_port_t *port, const source_t *from,
                         const order_t *o)
{
    const uint32_t *net = prog->net;
    uint32_t row = net[NPU_NET_INPUT_ROW_BYTES_W], plane = net[NPU_NET_INPUT_PLANE_BYTES_W];
    for (uint32_t c = 0; c < o->c; c++)
        for (uint32_t y = 0; y < plane / row; y++) { /* rows below the image are all padding */
            uint32_t addr = net[NPU_NET_INPUT_ADDR_W] + c * plane + y * row;
            uint64_t first = (uint64_t)y * o->w * o->pixel + c * o->channel;
            if (!poke_elements(port, addr, row, from, first, y < o->h ? o->w : 0, o->pixel))
                return false;
        }
    return true;
}

static bool write_dense(const npu_net_tensor_t *t, const sim_mem_port_t *port, const source_t *from,
                        const order_t *o)
{
    uint64_t count = npu_net_tensor_elements(t);
    if (o->channel == 1)
        return poke_elements(port, t->addr, count, from, 0, count, 1);
    for (uint64_t p = 0; p < (uint64_t)o->h * o->w; p++)
        if (!poke_elements(port, t->addr + (uint32_t)p * o->c * from->bytes, o->c, from,
                           p * o->pixel, o->c, o->channel))
            return false;
    return true;
}

bool npu_input_write(const npu_prog_t *prog, uint32_t n, const sim_mem_port_t *port,
                     const void *data)
{
    npu_net_tensor_t t = npu_prog_input(prog, n);
    uint32_t bytes = npu_dtype_bytes(t.dtype);
    source_t from = {.data = data,
                     .bytes = bytes,
                     .quantize = npu_input_dtype(prog, n) == NPU_DTYPE_FLOAT32 && bytes == 1,
                     .flip = t.dtype == NPU_DTYPE_UINT8 ? 0x80 : 0,
                     .scale = as_float(t.scale_bits),
                     .zero_point = t.zero_point};
    order_t order = end_order(prog, n, &t);
    return n == npu_image_input(prog) ? write_planes(prog, port, &from, &order)
                                      : write_dense(&t, port, &from, &order);
}

bool npu_input_from_pixels(const npu_prog_t *prog, uint32_t n, const uint8_t *pixels, void *data)
{
    npu_net_tensor_t t = npu_prog_input(prog, n);
    order_t o = end_order(prog, n, &t);
    uint32_t dtype = npu_input_dtype(prog, n);
    uint8_t *to = data;
    for (uint64_t i = 0; i < npu_net_tensor_elements(&t); i++) {
        uint64_t at = i / o.c * o.pixel + i % o.c * o.channel;
        float x = (float)pixels[i] / 127.5f; /* two float32 steps: double gives other codes */
        x = x - 1.0f;
        if (dtype == NPU_DTYPE_FLOAT32)
            memcpy(to + 4 * at, &x, sizeof(x));
        else if (dtype == NPU_DTYPE_UINT8 || dtype == NPU_DTYPE_INT8)
            to[at] = pixels[i] ^ (dtype == NPU_DTYPE_UINT8 ? 0 : 0x80);
        else
            return false;
    }
    return true;
}

void npu_input_arrange(const npu_prog_t *prog, uint32_t n, const void *nhwc, void *data)
{
    npu_net_tensor_t t = npu_prog_input(prog, n);
    order_t o = end_order(prog, n, &t);
    uint32_t bytes = npu_dtype_bytes(npu_input_dtype(prog, n));
    for (uint64_t i = 0; i < npu_net_tensor_elements(&t); i++) {
        uint64_t at = i / o.c * o.pixel + i % o.c * o.channel;
        memcpy((uint8_t *)data + at * bytes, (const uint8_t *)nhwc + i * bytes, bytes);
    }
}

/* ---- kept tensors, outputs ------------------------------------------------------------------- */

/* One pixel of elements of `bytes`, `step` elements apart on the host; a piece at a time. */
static bool read_pixel(const sim_mem_port_t *port, uint32_t addr, uint32_t c, uint32_t bytes,
                       size_t step, uint8_t *data)
{
    uint8_t piece[512];
    uint32_t per_piece = (uint32_t)sizeof(piece) / bytes;
    if (step == 1)
        return sim_mem_peek(port, addr, data, c * bytes);
    for (uint32_t c0 = 0; c0 < c; c0 += per_piece) {
        uint32_t n = c - c0 < per_piece ? c - c0 : per_piece;
        if (!sim_mem_peek(port, addr + c0 * bytes, piece, n * bytes))
            return false;
        for (uint32_t i = 0; i < n; i++)
            memcpy(data + (c0 + i) * step * bytes, piece + i * bytes, bytes);
    }
    return true;
}

/* Bytes from a row, a pixel, a channel to the next in L2. */
typedef struct {
    uint32_t row, pix, chan;
} step_t;

/* A pixel whose channels are not side by side. */
static bool read_planes(const sim_mem_port_t *port, uint32_t addr, const order_t *o, uint32_t chan,
                        uint32_t bytes, uint8_t *data)
{
    for (uint32_t c = 0; c < o->c; c++)
        if (!sim_mem_peek(port, addr + c * chan, data + c * o->channel * bytes, bytes))
            return false;
    return true;
}

static bool read_strided(const sim_mem_port_t *port, uint32_t addr, const order_t *o,
                         const step_t *step, uint32_t bytes, uint8_t *data)
{
    bool gaps = step->chan != bytes || step->pix != o->c * bytes || step->row != o->w * step->pix;
    if (!gaps && o->channel == 1)
        return sim_mem_peek(port, addr, data, o->h * step->row);
    for (uint32_t y = 0; y < o->h; y++)
        for (uint32_t x = 0; x < o->w; x++) {
            uint32_t from = addr + y * step->row + x * step->pix;
            uint8_t *to = data + ((size_t)y * o->w + x) * o->pixel * bytes;
            bool read = step->chan == bytes ? read_pixel(port, from, o->c, bytes, o->channel, to)
                                            : read_planes(port, from, o, step->chan, bytes, to);
            if (!read)
                return false;
        }
    return true;
}

uint64_t npu_kept_bytes(const npu_kept_t *kept)
{
    uint64_t bytes = npu_dtype_bytes(kept->dtype);
    for (uint32_t d = 0; d < kept->dims; d++)
        bytes *= kept->shape[d];
    return bytes;
}

bool npu_kept_read(const npu_prog_t *prog, const npu_kept_t *kept, const sim_mem_port_t *port,
                   uint8_t *data)
{
    uint32_t addr = prog->net[NPU_NET_L2_BASE_W] + kept->l2, bytes = npu_dtype_bytes(kept->dtype);
    order_t o = kept_order(kept);
    step_t step = {kept->row, kept->pix, kept->chan};
    bool read = read_strided(port, addr, &o, &step, bytes, data);
    if (read && kept->dtype == NPU_DTYPE_UINT8)
        to_unsigned(data, npu_kept_bytes(kept));
    return read;
}

uint64_t npu_output_bytes(const npu_prog_t *prog, uint32_t n)
{
    npu_net_tensor_t t = npu_prog_output(prog, n);
    return npu_net_tensor_elements(&t) * npu_dtype_bytes(t.dtype);
}

bool npu_output_read(const npu_prog_t *prog, uint32_t n, const sim_mem_port_t *port, uint8_t *data)
{
    if (n >= prog->net[NPU_NET_OUTPUTS_W])
        return false;
    npu_net_tensor_t t = npu_prog_output(prog, n);
    uint32_t bytes = npu_dtype_bytes(t.dtype);
    order_t o = end_order(prog, prog->net[NPU_NET_INPUTS_W] + n, &t);
    step_t step = {o.w * o.c * bytes, o.c * bytes, bytes};
    if (!read_strided(port, t.addr, &o, &step, bytes, data))
        return false;
    if (t.dtype == NPU_DTYPE_UINT8)
        to_unsigned(data, npu_output_bytes(prog, n));
    return true;
}
