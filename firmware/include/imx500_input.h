/*
 * imx500_input.h - the way to the input tensor as the host's registers of the IMX500 set it
 * (facts: IMX500 2.1 and 5; names of the kernel driver where it has some).
 *
 *   0xd80c black level     0xd804 white balance   0xd826, 0xe000 lens shading
 *   0xd814, 0xd850 tone curve (43 points)         0xd750 format, by it the normalization
 *
 *   1 Y           q = (((gain x) >> 5) + add) >> shift, within limits: 0xd600, 0xd629.., 0xd7d8..
 *                 x: luma where it is the only channel, else the channel's color
 *   2 by matrix   q = (((K0 R + K1 G + K2 B) >> 6) + K3) >> 4, within limits: 0xd76c.., 0xd784..
 *                 a luma that is the only channel takes K00
 *   5 Bayer RGB   as 1, of R Gr Gb B: 0xd600, 0xd684..; both G are the interpolated one
 *
 * Each for networks 0 to 2; further ones take the first's. Formulas, widths and names are those of the maker's host
 * code, which undoes them (ArduCAM's SDK for the IMX500: init_input_tensor_preprocess_config,
 * build_input_norm_info; picamera2's imx500.py has the second), and of the kernel driver's checks;
 * that G is interpolated, and what Y does to three colors, is assumed.
 *
 * The order of points and nodes follows from what the driver writes into the two tables (a curve
 * that rises, bowls of 16 x 12): it is derived, not published. The ISP has 42 points.
 *
 * Not modeled: tone curves of G and B apart (R's is that of all); what 0xd708..0xd74f do: networks
 * bring -128 there and in K3, so that they cannot stand behind the matrix; formats 0, 3, 4, which
 * are not published.
 */
#ifndef FW_IMX500_INPUT_H
#define FW_IMX500_INPUT_H

#include <stdint.h>

/* Black level, white balance, format and normalization of that network: from the next frame on. */
void input_relay(uint32_t network);

/* Before a stream: tone curve and lens shading, too. */
void input_begin(uint32_t network);

#endif
