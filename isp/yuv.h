/*
 * yuv.h - R' G' B' to Y' Cb Cr and back, and 4:2:2.
 *
 *               +-------+                            +-------+
 *   R G B ----->|  YUV  |-----> Y U V    Y U V ----->| 4:2:2 |-----> U Y V Y
 *               +-------+                            +-------+
 *
 * Coefficients of ITU-R BT.601-7 (Kr 0.299, Kb 0.114) or BT.709-6 (0.2126, 0.0722), rounded to
 * Q13; limited range (Y 16..235, U and V 16..240) or full (0..255, as JFIF). Both directions:
 * clamp((sum + 4096) >> 13, 0, 255), offsets within the sum. Gray has U = V = 128 exactly.
 * There and back costs at most 2 codes in full range.
 *
 * 4:2:2: U and V of even columns (cosited with them, as BT.601), low-pass filtered by
 * (1 2 1) / 4: (left + 2 x + right + 2) >> 2, columns mirrored at the ends. Order of bytes as CSI-2
 * sends them: U Y V Y.
 *
 * Timing:       streams; pipe_cycles a conversion. No line of delay; the 4:2:2 filter is in them.
 * Not modeled:  4:2:0; BT.2020.
 */
#ifndef ISP_YUV_H
#define ISP_YUV_H

#include "isp/yuv_rows.h"

/* ISP_YUV */
#define YUV_BT709 0x1u
#define YUV_FULL 0x2u
#define YUV_MODES 4u

/* Matrices of mode 0..3, YUV_ bits. */
yuv_matrix_t yuv_from_rgb(uint32_t mode);
yuv_matrix_t yuv_to_rgb(uint32_t mode);

/* Limits of Y. */
uint32_t yuv_black(uint32_t mode);
uint32_t yuv_white(uint32_t mode);

/* A row of 4:2:2, of width_px, even (yuv_rows_t packs them), back to R G B: U and V of odd columns
 * are the mean of their neighbors, rounded up. */
void yuv_unpack_422(const uint8_t *in, uint32_t width_px, uint32_t mode, uint8_t *rgb);

#endif
