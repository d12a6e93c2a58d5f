/*
 * imx500_input.h - the way to the input tensor as the host's registers of the IMX500 set it
 * (facts: IMX500 2.1 and 5; names of the kernel driver where it has some).
 *
 *   0xd80c black level     0xd804 white balance   0xd826, 0xe000 lens shading
 *   0xd814, 0xd850 tone curve (43 points)         0xd708 normalization of each channel
 *
 * Normalization: q = (x + add) >> shift, within clip_min .. clip_max; the ISP's formula with
 * div_val 1024, div_shift 6 is that, for norm_val 16 add and norm_shift 4 + shift.
 *
 * The order of points and nodes follows from what the driver writes into the two tables (a curve
 * that rises, bowls of 16 x 12): it is derived, not published. The ISP has 42 points.
 *
 * Not modeled: tone curves of G and B apart (R's is that of all), the channels behind the fourth,
 * the matrix at 0xd76c, the Y path at 0xd600, the block at 0xd684, format select at 0xd750.
 */
#ifndef FW_IMX500_INPUT_H
#define FW_IMX500_INPUT_H

/* Black level, white balance, normalization: from the next frame on. */
void input_relay(void);

/* Before a stream: tone curve and lens shading, too. */
void input_begin(void);

#endif
