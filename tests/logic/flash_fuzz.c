/*
 * flash_fuzz.c - any bytes on the flash's lines: the first byte of each pair says what happens
 * (select, release, time passes, a byte), the second one is the byte.
 */
#include <stdlib.h>

#include "logic/flash.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    flash_desc_t desc = flash_desc_default();
    flash_t flash;
    sim_t *sim = sim_new();
    desc.fitted = true;
    desc.bytes = FLASH_BLOCK_BYTES;
    if (sim == NULL || flash_init(&flash, sim, &desc, "flash") != SIM_OK)
        abort();
    spi_device_t device = flash_device(&flash);
    sim_reset(sim);
    for (size_t i = 0; i + 1 < bytes; i += 2) {
        uint64_t now = sim_now_ps(sim);
        if (data[i] < 0x20)
            device.select(device.ctx, true);
        else if (data[i] < 0x40)
            device.select(device.ctx, false);
        else if (data[i] < 0x48)
            sim_run_until_ps(sim, now + (SIM_PS_PER_US << data[i + 1] % 20));
        else
            device.byte(device.ctx, data[i + 1], data[i] < 0xf0 ? 40000000 : 200000000, now);
    }
    flash_free(&flash);
    sim_free(sim);
    return 0;
}
