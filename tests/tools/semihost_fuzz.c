/*
 * semihost_fuzz.c - any memory, any operation, any parameter. Input, again and again: operation and
 * parameter (4 bytes each), how many bytes of what follows go where in RAM (1 and 3 bytes).
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/folder.h"
#include "tools/semihost.h"

enum { RAM_BYTES = 1 << 16, HEAD_BYTES = 12 };
#define RAM 0x80000000u
#define FOLDER "build/fuzz-semihost"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static uint32_t word(const uint8_t *data)
{
    return data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24;
}

static void on_ended(void *ctx, uint32_t code)
{
    *(uint32_t *)ctx = code;
}

static void set_up(bus_t *bus, semihost_t *semihost, uint32_t *code)
{
    static const bus_desc_t map = {
        .rom_base = 0x20000000, .rom_bytes = 4096, .tcm_base = RAM, .tcm_bytes = RAM_BYTES};
    sim_t *sim = sim_new();
    mkdir("build", 0777);
    mkdir(FOLDER, 0777);
    if (sim == NULL || bus_init(bus, sim, &map, "bus") != SIM_OK)
        abort();
    *semihost = (semihost_t){.bus = bus,
                             .clk_hz = 1000000,
                             .command_line = "prog one",
                             .memory_free = RAM + 0x8000,
                             .memory_end = RAM + RAM_BYTES,
                             .in = fopen("/dev/zero", "rb"),
                             .out = fopen("/dev/null", "wb"),
                             .err = fopen("/dev/null", "wb"),
                             .folder = folder_at(FOLDER),
                             .ended = on_ended,
                             .ended_ctx = code};
    if (semihost->in == NULL || semihost->out == NULL || semihost->err == NULL)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static bus_t bus;
    static semihost_t semihost;
    static uint32_t code;
    if (bus.tcm == NULL)
        set_up(&bus, &semihost, &code);
    memset(bus.tcm, 0, RAM_BYTES);
    semihost_init(&semihost);
    for (uint64_t cycle = 1; bytes >= HEAD_BYTES; cycle++) {
        size_t used = data[8] < bytes - HEAD_BYTES ? data[8] : bytes - HEAD_BYTES;
        memcpy(bus.tcm + word(data + 8) / 256 % (RAM_BYTES - 256), data + HEAD_BYTES, used);
        semihost_call(&semihost, word(data) % 0x40, word(data + 4), cycle << 20);
        data += HEAD_BYTES + used;
        bytes -= HEAD_BYTES + used;
    }
    semihost_free(&semihost);
    return 0;
}
