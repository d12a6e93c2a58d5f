/*
 * pack.h - pixels of 8, 10, 12 bits to CSI-2 payload bytes and back, a row at a time.
 *
 *   RAW8   1 byte  / 1 pixel
 *   RAW10  5 bytes / 4 pixels: P1[9:2] P2[9:2] P3[9:2] P4[9:2], then P4 P3 P2 P1 low bits, P1
 * lowest RAW12  3 bytes / 2 pixels: P1[11:4] P2[11:4], then P2[3:0] P1[3:0], P1 lowest
 *
 * A row whose width is no multiple of the group is filled up with black pixels (0).
 *   RGB888 3 bytes / 1 pixel: B G R;  YUV422-8 4 bytes / 2 pixels: U1 Y1 V1 Y2 (facts/mipi.md)
 * Not modeled: RAW6, 7, 14, 16, 20, 24, 28; other YUV and RGB formats.
 */
#ifndef MIPI_PACK_H
#define MIPI_PACK_H

#include "sim/cpu.h"
#include "sim/types.h"

/* Payload bytes of width_px pixels of 8, 10 or 12 bits; 0 for other depths. */
uint32_t mipi_row_bytes(uint32_t bits, uint32_t width_px);
/* Pixels in payload_bytes; false when they are no whole number of groups. */
bool mipi_row_px(uint32_t bits, uint32_t payload_bytes, uint32_t *width_px);
/* RAW8, 10, 12 <-> 8, 10, 12 bits; 0 for anything else. */
uint8_t mipi_dt_of_bits(uint32_t bits);
uint32_t mipi_bits_of_dt(uint8_t dt);

/* R G B <-> B G R, width_px pixels; in and out may be the same. */
void mipi_swap_rgb888(uint8_t *out, const uint8_t *in, uint32_t width_px);

/* Row kernels. px: width_px samples, right-aligned; bits above the depth are ignored. */
typedef void (*mipi_pack_fn_t)(uint8_t *out, const uint16_t *px, uint32_t width_px);
typedef void (*mipi_unpack_fn_t)(uint16_t *px, const uint8_t *in, uint32_t width_px);

/* The kernel for a depth of 8, 10 or 12 bits at a SIMD level; every level gives the same bytes. */
mipi_pack_fn_t mipi_pack_row(uint32_t bits, sim_simd_t level);
mipi_unpack_fn_t mipi_unpack_row(uint32_t bits, sim_simd_t level);

#endif
