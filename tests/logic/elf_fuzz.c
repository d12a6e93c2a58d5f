/*
 * elf_fuzz.c - any bytes as an ELF file.
 */
#include <stdlib.h>

#include "logic/elf.h"
#include "sim/sim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static const bus_desc_t desc = {
        .rom_bytes = 4096, .tcm_base = BUS_TCM_BASE, .tcm_bytes = 65536};
    sim_t *sim = sim_new();
    bus_t bus;
    char error[128];
    uint32_t value;
    if (sim == NULL || bus_init(&bus, sim, &desc, "bus") != SIM_OK)
        abort();
    elf_segment_t segments[ELF_SEGMENTS];
    uint32_t count;
    elf_segments(data, bytes, "fuzz", segments, &count, error, sizeof(error));
    elf_load(&bus, data, bytes, "fuzz", NULL, error, sizeof(error));
    elf_symbol(data, bytes, "tohost", &value);
    bus_free(&bus);
    sim_free(sim);
    return 0;
}
