#include "net.h"

#include <string.h>

#include "hal.h"

_Static_assert(NET_MAX_OUTPUTS == NET_ENDS, "as many as the table has");

/* Of network n the word that is at addr in the first one's table. */
static uint32_t word(uint32_t n, uint32_t addr)
{
    return reg_read(addr + n * NET_BYTES);
}

static uint32_t out_word(const net_t *net, uint32_t output, uint32_t offset)
{
    return word(net->place, NET_OUTPUT0 + output * TENSOR_BYTES + offset);
}

static float as_float(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* Shapes with fewer than four dimensions get ones in front: [1, 2] is [1, 1, 1, 2]. */
static void read_shape(const net_t *net, uint32_t n, uint32_t count, uint32_t dims[4])
{
    for (uint32_t i = 0; i < 4; i++)
        dims[i] = i + count >= 4 ? out_word(net, n, TENSOR_DIM0 + 4 * (i + count - 4)) : 1;
}

/* Its copy begins at room + *used. */
static bool read_output(net_t *net, uint32_t n, const int8_t *room, uint32_t bytes, uint32_t *used)
{
    det_tensor_t *t = &net->output[n];
    uint32_t format = out_word(net, n, TENSOR_FORMAT), type = format & 0xffu;
    read_shape(net, n, format >> 8 & 0xffu, t->dims);
    net->output_addr[n] = out_word(net, n, TENSOR_ADDR);
    net->output_bytes[n] = t->dims[0] * t->dims[1] * t->dims[2] * t->dims[3];
    if ((type != DTYPE_INT8 && type != DTYPE_UINT8) || net->output_bytes[n] > bytes - *used)
        return false;
    t->data = room + *used;
    *used += (net->output_bytes[n] + 3u) & ~3u;
    t->zero_point = (int32_t)format >> 16;
    t->scale = as_float(out_word(net, n, TENSOR_SCALE));
    return *used <= bytes;
}

/* A table is where it says it is. */
static bool is_there(uint32_t n)
{
    return word(n, NET_MAGIC) == NET_MAGIC_VALUE && word(n, NET_VERSION) == NET_VERSION_VALUE &&
           word(n, NET_PLACE) == n;
}

/* Tables that may be read: as many as the first one says; else all, when somebody has cleared it.
 */
static uint32_t places(void)
{
    if (reg_read(NET_VERSION) != NET_VERSION_VALUE)
        return reg_read(NET_MAGIC) == 0 ? NET_PLACES_MOST : 0;
    uint32_t count = reg_read(NET_PLACES);
    return count == 0 ? 1 : count < NET_PLACES_MOST ? count : NET_PLACES_MOST;
}

bool net_read_head(net_t *net, uint32_t n)
{
    if (n >= places() || !is_there(n))
        return false;
    net->place = n;
    net->places = word(n, NET_PLACES);
    net->id = word(n, NET_NETWORK_ID);
    net->program = word(n, NET_PROG_ADDR);
    net->instructions = word(n, NET_PROG_COUNT);
    net->l2_base = word(n, NET_L2_BASE);
    net->input = word(n, NET_INPUT_ADDR);
    net->width = word(n, NET_INPUT_WIDTH);
    net->height = word(n, NET_INPUT_HEIGHT);
    net->channels = word(n, NET_INPUT_CHANNELS);
    net->plane_bytes = word(n, NET_INPUT_PLANE_BYTES);
    net->free_addr = word(n, NET_FREE_ADDR);
    net->free_bytes = word(n, NET_FREE_BYTES);
    net->own_addr = word(n, NET_OWN_ADDR);
    net->own_bytes = word(n, NET_OWN_BYTES);
    net->ap_addr = word(n, NET_AP_ADDR);
    net->ap_bytes = word(n, NET_AP_BYTES);
    net->sent_addr = word(n, NET_SENT_ADDR);
    net->sent = word(n, NET_SENT);
    net->outputs = word(n, NET_OUTPUTS);
    return net->channels != 0 && net->outputs != 0 && net->outputs <= NET_MAX_OUTPUTS;
}

bool net_read(net_t *net, uint32_t n, void *room, uint32_t bytes)
{
    uint32_t used = 0;
    if (!net_read_head(net, n))
        return false;
    for (uint32_t i = 0; i < net->outputs; i++)
        if (!read_output(net, i, room, bytes, &used))
            return false;
    return true;
}

uint32_t net_there(void)
{
    uint32_t there = 0, end = places();
    for (uint32_t n = 0; n < end; n++)
        there |= (uint32_t)is_there(n) << n;
    return there;
}

void net_room(uint32_t except, uint32_t *addr, uint32_t *bytes)
{
    uint32_t there = net_there() & ~except, from = L2_BASE, end = L2_BASE + reg_read(SYS_L2_BYTES);
    for (uint32_t n = 0; n < NET_PLACES_MOST; n++) {
        if ((there >> n & 1u) == 0)
            continue;
        uint32_t at = word(n, NET_FREE_ADDR), behind = at + word(n, NET_FREE_BYTES);
        from = at > from ? at : from;
        end = behind < end ? behind : end;
    }
    *addr = from;
    *bytes = end > from ? end - from : 0;
}

void net_forget(uint32_t n)
{
    reg_write(NET_MAGIC + n * NET_BYTES, 0);
    reg_write(NET_VERSION + n * NET_BYTES, 0);
}

static void load(const net_t *net)
{
    reg_write(NPU_L2_BASE, net->l2_base);
    reg_write(NPU_PROG_ADDR, net->program);
    reg_write(NPU_PROG_COUNT, net->instructions);
}

void net_arm(const net_t *net)
{
    load(net);
    reg_write(NPU_CTRL, NPU_CTRL_AUTO | NPU_CTRL_IRQ_DONE | NPU_CTRL_IRQ_ERROR);
}

void net_run(const net_t *net)
{
    load(net);
    reg_write(NPU_CTRL, NPU_CTRL_START | NPU_CTRL_IRQ_DONE | NPU_CTRL_IRQ_ERROR);
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
