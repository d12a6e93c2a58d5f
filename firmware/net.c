#include "net.h"

#include <string.h>

#include "hal.h"

enum { OUTPUT_ROOM_BYTES = 16384 };

static uint8_t output_room[OUTPUT_ROOM_BYTES] __attribute__((aligned(4)));

_Static_assert(NET_MAX_OUTPUTS == NET_ENDS, "as many as the table has");

static uint32_t out_word(uint32_t output, uint32_t offset)
{
    return reg_read(NET_OUTPUT0 + output * TENSOR_BYTES + offset);
}

static float as_float(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* Shapes with fewer than four dimensions get ones in front: [1, 2] is [1, 1, 1, 2]. */
static void read_shape(uint32_t n, uint32_t count, uint32_t dims[4])
{
    for (uint32_t i = 0; i < 4; i++)
        dims[i] = i + count >= 4 ? out_word(n, TENSOR_DIM0 + 4 * (i + count - 4)) : 1;
}

static bool read_output(net_t *net, uint32_t n, uint32_t *used)
{
    det_tensor_t *t = &net->output[n];
    uint32_t format = out_word(n, TENSOR_FORMAT), type = format & 0xffu;
    read_shape(n, format >> 8 & 0xffu, t->dims);
    net->output_addr[n] = out_word(n, TENSOR_ADDR);
    net->output_bytes[n] = t->dims[0] * t->dims[1] * t->dims[2] * t->dims[3];
    if ((type != DTYPE_INT8 && type != DTYPE_UINT8) ||
        net->output_bytes[n] > OUTPUT_ROOM_BYTES - *used)
        return false;
    t->data = (const int8_t *)output_room + *used;
    *used += (net->output_bytes[n] + 3u) & ~3u;
    t->zero_point = (int32_t)format >> 16;
    t->scale = as_float(out_word(n, TENSOR_SCALE));
    return *used <= OUTPUT_ROOM_BYTES;
}

bool net_read_head(net_t *net)
{
    if (reg_read(NET_MAGIC) != NET_MAGIC_VALUE || reg_read(NET_VERSION) != NET_VERSION_VALUE)
        return false;
    net->id = reg_read(NET_NETWORK_ID);
    net->program = reg_read(NET_PROG_ADDR);
    net->instructions = reg_read(NET_PROG_COUNT);
    net->l2_base = reg_read(NET_L2_BASE);
    net->input = reg_read(NET_INPUT_ADDR);
    net->width = reg_read(NET_INPUT_WIDTH);
    net->height = reg_read(NET_INPUT_HEIGHT);
    net->channels = reg_read(NET_INPUT_CHANNELS);
    net->free_addr = reg_read(NET_FREE_ADDR);
    net->free_bytes = reg_read(NET_FREE_BYTES);
    net->outputs = reg_read(NET_OUTPUTS);
    return net->channels != 0 && net->outputs != 0 && net->outputs <= NET_MAX_OUTPUTS;
}

bool net_read(net_t *net)
{
    uint32_t used = 0;
    if (!net_read_head(net))
        return false;
    for (uint32_t n = 0; n < net->outputs; n++)
        if (!read_output(net, n, &used))
            return false;
    return true;
}

/* L2 is read in words; what lies between the end of a tensor and its last word is ours to skip. */
void net_fetch_outputs(net_t *net)
{
    for (uint32_t n = 0; n < net->outputs; n++) {
        uint32_t addr = net->output_addr[n];
        uint32_t *to = (uint32_t *)(uintptr_t)net->output[n].data;
        for (uint32_t i = 0; i < (net->output_bytes[n] + 3u) / 4u; i++)
            to[i] = reg_read(addr + 4 * i);
    }
}
