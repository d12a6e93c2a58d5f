/*
 * crc_int.h - the CRC's two ways, private to mipi/. Same value at every level.
 */
#ifndef MIPI_CRC_INT_H
#define MIPI_CRC_INT_H

#include "sim/cpu.h"
#include "sim/types.h"

/* For what is short. */
uint16_t mipi_crc16_table(uint16_t crc, const uint8_t *p, size_t bytes);
uint16_t mipi_crc16_fold(uint16_t crc, const uint8_t *p, size_t bytes);

#if SIM_X86
uint16_t mipi_crc16_avx2(uint16_t crc, const uint8_t *p, size_t bytes);
#endif

#endif
