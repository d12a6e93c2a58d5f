/*
 * pixel_int.h - what the files of this folder share.
 */
#ifndef PIXEL_PIXEL_INT_H
#define PIXEL_PIXEL_INT_H

#include "pixel/pixel.h"

/* Purposes of random numbers: "PIX" and a letter. */
#define PIX_RNG_SHOT 0x50495853u
#define PIX_RNG_READ 0x50495852u
#define PIX_RNG_FPN 0x50495846u

/* e^x for |x| <= 700, the same on every machine; for set-up, not for rows. */
double pix_exp(double x);

/* Width rounded up to whole vectors. */
uint32_t pix_padded_px(uint32_t width_px);

/* The clock at which row 0 of `next` begins to be read when `next` follows `now`. */
uint64_t pix_follow_pck(const pix_desc_t *desc, const pix_frame_t *now, const pix_frame_t *next);

#endif
