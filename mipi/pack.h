/*
 * pack.h - samples to CSI-2 payload bytes and back, a row at a time.
 *
 *   RAW8      1 byte  / 1 pixel
 *   RAW10     5 bytes / 4 pixels: the high bytes [9:2] of P1..P4, then all low pairs, P1 lowest
 *   RAW12     3 bytes / 2 pixels: P1[11:4] P2[11:4], then the low nibbles, P1 lowest
 *   RAW14     7 bytes / 4 pixels: the high bytes [13:6] of P1..P4, then 24 bits of low sixes
 *   RAW16     2 bytes / 1 pixel: high byte first (one source)
 *   RAW20     5 bytes / 2 pixels: P1[19:10] P1[9:0] P2[19:10] P2[9:0] as RAW10 (one source)
 *   RGB888    3 bytes / 1 pixel: B G R
 *   RGB565    2 bytes / 1 pixel: a word R[15:11] G[10:5] B[4:0], low byte first (assumed)
 *   YUV422-8  4 bytes / 2 pixels: U1 Y1 V1 Y2
 *   YUV422-10 5 bytes / 2 pixels: the same four as RAW10
 *   YUV420-8  odd lines (the first is one): Y1 Y2 ..; even ones: U1 Y1 V1 Y2, chroma of both
 *
 * Source: facts/mipi.md. A row whose width is no multiple of the group is filled up with black (0).
 * Not modeled: RAW6, 7, 24, 28, RGB444, 555, 666; legacy YUV420.
 */
#ifndef MIPI_PACK_H
#define MIPI_PACK_H

#include "sim/cpu.h"
#include "sim/types.h"

/* Payload bytes of width_px pixels of 8, 10, 12, 14, 16 or 20 bits; 0 for other depths. */
uint32_t mipi_row_bytes(uint32_t bits, uint32_t width_px);
/* Pixels in payload_bytes; false when they are no whole number of groups. */
bool mipi_row_px(uint32_t bits, uint32_t payload_bytes, uint32_t *width_px);
/* RAW8 .. RAW20 <-> 8 .. 20 bits; 0 for anything else. */
uint8_t mipi_dt_of_bits(uint32_t bits);
uint32_t mipi_bits_of_dt(uint8_t dt);

/* R G B <-> B G R, width_px pixels; in and out may be the same. */
void mipi_swap_rgb888(uint8_t *out, const uint8_t *in, uint32_t width_px);

/* R G B of 8 bits to words without their low bits, and back, where the high bits stand for them. */
void mipi_pack_rgb565(uint8_t *out, const uint8_t *rgb, uint32_t width_px);
void mipi_unpack_rgb565(uint8_t *rgb, const uint8_t *in, uint32_t width_px);

/* U Y V Y to Y alone, or to YUV422-10 with zeros as low bits; width_px even. */
void mipi_pack_luma(uint8_t *out, const uint8_t *uyvy, uint32_t width_px);
void mipi_pack_wide(uint8_t *out, const uint8_t *uyvy, uint32_t width_px);

/* RAW20, samples right-aligned. */
void mipi_pack20(uint8_t *out, const uint32_t *px, uint32_t width_px);
void mipi_unpack20(uint32_t *px, const uint8_t *in, uint32_t width_px);

/* Row kernels. px: width_px samples, right-aligned; bits above the depth are ignored. */
typedef void (*mipi_pack_fn_t)(uint8_t *out, const uint16_t *px, uint32_t width_px);
typedef void (*mipi_unpack_fn_t)(uint16_t *px, const uint8_t *in, uint32_t width_px);

/* The kernel for a depth of 8 .. 16 bits at a SIMD level, NULL for others; every level gives the
 * same bytes. */
mipi_pack_fn_t mipi_pack_row(uint32_t bits, sim_simd_t level);
mipi_unpack_fn_t mipi_unpack_row(uint32_t bits, sim_simd_t level);

#endif
