/*
 * pack_int.h - the kernels that have a vector twin. Same bytes at every level.
 */
#ifndef MIPI_PACK_INT_H
#define MIPI_PACK_INT_H

#include "mipi/pack.h"

void mipi_pack10(uint8_t *out, const uint16_t *px, uint32_t width_px);
void mipi_unpack10(uint16_t *px, const uint8_t *in, uint32_t width_px);
void mipi_pack12(uint8_t *out, const uint16_t *px, uint32_t width_px);
void mipi_unpack12(uint16_t *px, const uint8_t *in, uint32_t width_px);

#if SIM_X86
void mipi_pack10_avx2(uint8_t *out, const uint16_t *px, uint32_t width_px);
void mipi_unpack10_avx2(uint16_t *px, const uint8_t *in, uint32_t width_px);
void mipi_pack12_avx2(uint8_t *out, const uint16_t *px, uint32_t width_px);
void mipi_unpack12_avx2(uint16_t *px, const uint8_t *in, uint32_t width_px);
#endif

#endif
