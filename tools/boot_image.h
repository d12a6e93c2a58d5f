/*
 * boot_image.h - makes what the boot ROM loads: firmware and network in one file for the flash
 * (firmware/include/boot_image.h).
 */
#ifndef TOOLS_BOOT_IMAGE_H
#define TOOLS_BOOT_IMAGE_H

#include "logic/sensor.h"

typedef struct {
    uint8_t *data; /* the caller frees it */
    uint32_t bytes;
} boot_image_t;

/*
 * Firmware from an ELF (NULL: none), its segments' bytes alone (start-up code clears the rest), and
 * what networks put into L2 (several have their places: npu/place.h). Checked against the chip's
 * memory as the ROM will do. False with a line in error.
 */
bool boot_image_make(const sensor_desc_t *chip, const uint8_t *elf, size_t elf_bytes,
                     const char *elf_name, const npu_prog_t *network, uint32_t networks,
                     boot_image_t *image, char *error, size_t error_bytes);

/* The same with the ELF of a file (NULL: none). */
bool boot_image_load(const sensor_desc_t *chip, const char *firmware, const npu_prog_t *network,
                     uint32_t networks, boot_image_t *image, char *error, size_t error_bytes);

#endif
