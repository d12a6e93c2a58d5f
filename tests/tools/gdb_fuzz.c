/*
 * gdb_fuzz.c - any bytes from a debugger: as they come, and each line as the payload of a packet.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/sim.h"
#include "tools/gdb_stub.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void on_send(void *ctx, const char *bytes, size_t count)
{
    (void)ctx;
    (void)bytes;
    (void)count;
}

static void on_monitor(void *ctx, const char *line, gdb_text_t *reply)
{
    (void)ctx;
    gdb_print(reply, "%s", line);
}

static void feed(gdb_stub_t *stub, const uint8_t *data, size_t bytes)
{
    for (size_t at = 0; at < bytes;) {
        at += gdb_feed(stub, data + at, bytes - at);
        if (stub->go != GDB_WAIT)
            gdb_stopped(stub, (gdb_stop_t){.why = (gdb_why_t)(at % 7)});
    }
}

static void feed_lines(gdb_stub_t *stub, const uint8_t *data, size_t bytes)
{
    static char packet[2 * RSP_MAX + 4];
    for (size_t at = 0; at < bytes;) {
        const uint8_t *end = memchr(data + at, '\n', bytes - at);
        size_t length = end != NULL ? (size_t)(end - data) - at : bytes - at;
        size_t kept = length < RSP_MAX ? length : RSP_MAX;
        feed(stub, (const uint8_t *)packet, rsp_frame(packet, (const char *)data + at, kept));
        at += length + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static gdb_stub_t stub;
    static core_t core;
    bus_desc_t bus_desc = {.rom_bytes = 64, .tcm_base = BUS_TCM_BASE, .tcm_bytes = 256};
    core_desc_t desc = core_desc_default();
    bus_t bus;
    sim_t *sim = sim_new();
    if (sim == NULL || bus_init(&bus, sim, &bus_desc, "bus") != SIM_OK ||
        core_init(&core, sim, &bus, &desc, "core") != SIM_OK)
        abort();
    sim_reset(sim);
    memset(&stub, 0, sizeof(stub));
    stub.core = &core;
    stub.bus = &bus;
    stub.send = on_send;
    stub.monitor = on_monitor;
    stub.can_go_back = true;
    feed(&stub, data, bytes);
    feed_lines(&stub, data, bytes);
    gdb_detach(&stub);
    core_free(&core);
    bus_free(&bus);
    sim_free(sim);
    return 0;
}
