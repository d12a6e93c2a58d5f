/*
 * spi.h - the SPI controller: bytes, and transfers into L2.
 */
#ifndef FW_SPI_H
#define FW_SPI_H

#include "hal.h"

/* Chip select 0..3, mode 0, at most most_hz. */
void spi_setup(uint32_t select, uint32_t most_hz);

/* Chip select low, or high again. */
void spi_select(bool on);

/* Sends a byte and returns what came back. */
uint8_t spi_exchange(uint8_t out);

/* Sends four bytes 0, one behind the other; returns what came back, the first one lowest. */
uint32_t spi_exchange_word(void);

/* Brings `bytes` (up to 16 MiB - 1) into memory at a bus address, and sleeps until they are there;
 * *crc is their CRC-32. False when there is no memory. */
bool spi_to_memory(uint32_t addr, uint32_t bytes, uint32_t *crc);

#endif
