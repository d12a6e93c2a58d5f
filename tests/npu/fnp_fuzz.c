/*
 * fnp_fuzz.c - any bytes as a program file; what is read must be valid and print to a file again.
 *
 * A checksum would keep a fuzzer out, so they are made right first.
 */
#include <stdlib.h>
#include <string.h>

#include "npu/place.h"
#include "sim/hash.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void put_u32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

static uint32_t get_u32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void seal(uint8_t *file, size_t bytes)
{
    if (bytes < 16)
        return;
    uint32_t sections = get_u32(file + 8);
    if (sections > (bytes - 16) / 16)
        return;
    for (uint32_t i = 0; i < sections; i++) {
        uint8_t *entry = file + 16 + 16 * (size_t)i;
        uint32_t offset = get_u32(entry + 4), size = get_u32(entry + 8);
        if (offset <= bytes && size <= bytes - offset)
            put_u32(entry + 12, sim_crc32(0, file + offset, size));
    }
    put_u32(file + 12, sim_crc32(sim_crc32(0, file, 12), file + 16, 16 * (size_t)sections));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char error[256];
    npu_prog_t prog, back;
    uint8_t *copy = malloc(bytes + 1);
    if (copy == NULL)
        return 0;
    memcpy(copy, data, bytes);
    seal(copy, bytes);
    if (npu_fnp_parse(copy, bytes, "fuzz", &prog, error, sizeof(error)) == SIM_OK) {
        size_t again;
        uint8_t *file = npu_fnp_print(&prog, &again, error, sizeof(error));
        if (file == NULL ||
            npu_fnp_parse(file, again, "again", &back, error, sizeof(error)) != SIM_OK ||
            !npu_prog_equal(&prog, &back))
            abort();
        free(file);
        npu_prog_t both[2] = {prog, back}; /* side by side, if they can be */
        npu_desc_t desc = npu_desc_default();
        both[1].net[NPU_NET_NETWORK_ID_W]++;
        (void)npu_place(both, 2, &desc, error, sizeof(error));
        npu_prog_free(&both[0]);
        npu_prog_free(&both[1]);
    }
    free(copy);
    return 0;
}
