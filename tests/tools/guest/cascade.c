/*
 * cascade.c - two networks in L2 at once, one working on what the other one said: the first sees a
 * pattern, the second the first one's outputs, and both again. cascade_test.c knows what comes out.
 */
#include "hal.h"
#include "net.h"

enum { ROUNDS = 2 };

static volatile uint32_t events;
static net_t first, second;
static uint32_t first_room[NET_ROOM_BYTES / 4], second_room[NET_ROOM_BYTES / 4];

static void on_npu(void)
{
    uint32_t status = reg_read(NPU_STATUS);
    reg_write(NPU_STATUS, status & (NPU_STATUS_DONE | NPU_STATUS_ERROR));
    if ((status & NPU_STATUS_ERROR) != 0)
        hal_stop("NPU error");
    events |= 1;
}

static uint32_t byte_of(const uint8_t *from, uint32_t bytes, uint32_t n)
{
    return from != 0 ? from[n % bytes] : n * 37u + (n >> 8);
}

/* Bytes 0, 1, .. of `from` (0: a pattern), again and again, padding included. */
static void fill(const net_t *net, const uint8_t *from, uint32_t bytes)
{
    for (uint32_t n = 0; n < net->plane_bytes * net->channels; n += 4) {
        uint32_t word = 0;
        for (uint32_t i = 0; i < 4; i++)
            word |= (byte_of(from, bytes, n + i) & 0xffu) << 8 * i;
        reg_write(net->input + n, word);
    }
}

static void run(net_t *net, const char *name)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    net_run(net);
    hal_wait(&events);
    net_fetch_outputs(net);
    for (uint32_t o = 0; o < net->outputs; o++)
        for (uint32_t i = 0; i < net->output_bytes[o]; i++)
            hash = (hash ^ (uint8_t)net->output[o].data[i]) * 16777619u;
    hal_print(name);
    hal_print_u32(hash);
    hal_print("\n");
}

int main(void)
{
    hal_irq_enable(IRQ_NPU, on_npu);
    hal_irq_start();
    if (!net_read(&first, 0, first_room, sizeof(first_room)) ||
        !net_read(&second, 1, second_room, sizeof(second_room)))
        hal_stop("no networks");
    hal_print(net_read(&first, 2, first_room, sizeof(first_room)) ? "third\n" : "two\n");
    for (uint32_t round = 0; round < ROUNDS; round++) {
        fill(&first, 0, 0);
        run(&first, "first ");
        fill(&second, (const uint8_t *)first.output[0].data, first.output_bytes[0]);
        run(&second, "second ");
    }
    hal_stop("passed");
}
